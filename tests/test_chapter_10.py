"""What chapter 10 says in words holds for its numbers, of eight starts each."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from chapters import values_of
from nnteach import train, updates


@pytest.fixture(scope="module")
def chapter():
    return SimpleNamespace(**values_of("10-better-steps"))


def test_some_momentum_arrives_and_too_much_swings(chapter):
    def end(share, rate):
        update = partial(updates.momentum, momentum=share)
        return chapter.distance(chapter.walk(update, rate))[-1]

    assert end(0.7, 0.1) < 0.01 < 0.3 < min(end(0, 0.1), end(0.95, 0.1))
    assert end(0.7, 1) < 0.01 < 1e6 < end(0, 1)


@pytest.mark.parametrize("share", [0, 0.3, 0.7, 0.9])
def test_the_border_is_where_the_derivation_puts_it(chapter, share):
    rates = np.array([0.99, 1.01]) * 2 * (1 + share) / 3
    update = partial(updates.momentum, momentum=share)
    given = chapter.unit, chapter.points, chapter.targets, chapter.START, rates, 3000
    costs = train(*given, update=update).costs
    assert (costs[-1] < costs[0]).tolist() == [True, False]


def test_smaller_batches_lead_further_down_for_every_start(chapter):
    costs = np.array([chapter.by_size[size].costs[-1] for size in chapter.SIZES])
    assert costs.shape == (4, 8)
    assert (np.diff(costs, axis=0) < 0).all()
    assert np.min(chapter.all_at_once) > costs[1:].max()


def test_a_constant_rate_does_not_come_to_rest(chapter):
    far = {
        fade: [
            chapter.distance(chapter.fading_walk(fade, seed))[-50:].mean()
            for seed in range(8)
        ]
        for fade in chapter.FADES
    }
    assert 0.35 < min(far["constant"]) < max(far["constant"]) < 0.5
    assert max(far["inverse"] + far["cosine"]) < 0.5 * min(far["constant"])


def test_adam_does_not_see_the_unit_of_the_cost(chapter):
    one, ten = (chapter.walk(updates.adam, 0.1, scale=scale) for scale in (1, 10))
    np.testing.assert_allclose(one, ten, atol=1e-6)
    best = partial(updates.momentum, momentum=0.7)
    at_0_1 = [chapter.distance(chapter.walk(u, 0.1))[-1] for u in (updates.adam, best)]
    assert at_0_1[0] > at_0_1[1]  # it is not faster here


def test_what_momentum_and_adam_buy_on_the_digits(chapter):
    middle = {name: np.median(s, axis=0) for name, s in chapter.by_kind.items()}
    best = {name: shares.argmax() for name, shares in middle.items()}
    at_best = {name: s[:, best[name]] for name, s in chapter.by_kind.items()}
    plain, rolling, adam = at_best.values()
    assert plain.shape == (8,)
    assert (rolling > plain).sum() >= 7
    assert (adam > plain).all()
    assert best["Adam"] < best["momentum 0.9"] < best["plain"]
    assert abs(np.median(adam) - np.median(rolling)) < 0.02
    good = {name: (shares > 0.9).sum() for name, shares in middle.items()}
    assert good["Adam"] > good["momentum 0.9"] > good["plain"]
    assert all(shares.min() < 0.5 for shares in middle.values())


def test_a_penalty_keeps_the_lies_out(chapter):
    test = {s: chapter.share_right(ends) for s, ends in chapter.learned.items()}
    lied = {
        s: chapter.share_right(ends, *chapter.lied)
        for s, ends in chapter.learned.items()
    }
    assert lied[0].min() > 0.5
    assert lied[0.02].max() < 0.1
    assert (test[0.02] > test[0] + 0.05).all()
    assert (test[0.1] < test[0]).all()
    assert all(test[s].shape == (8,) for s in chapter.STRENGTHS)


def test_examples_that_are_never_mixed_are_not_learned(chapter):
    never = chapter.ten_passes(lambda draw: chapter.by_class)
    once = chapter.ten_passes(lambda draw: chapter.fixed)
    anew = chapter.ten_passes(lambda draw: draw.permutation(chapter.by_class))
    assert never.max() < 0.5 < 0.9 < min(once.min(), anew.min())


def test_a_lost_memory_is_plain_descent_or_never_rests(chapter):
    for rate in (0.02, 0.1, 0.4):
        lost = chapter.walk(chapter.forgetful(updates.momentum), rate)
        plain = chapter.walk(updates.gradient_descent, rate)
        np.testing.assert_array_equal(lost, plain)
        adam = chapter.walk(chapter.forgetful(updates.adam), rate, 400)
        longest = np.abs(np.diff(adam)).max(axis=0)  # in one direction or the other
        np.testing.assert_allclose(longest, rate, rtol=0.05)
