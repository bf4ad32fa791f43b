"""What chapter 10 says in words holds for its numbers, of eight starts each."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from chapters import values_of
from nnteach import three_layer, train, updates


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
    assert np.min(chapter.at_once) > costs[1:].max()


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


def test_batches_stray_by_the_root_of_their_size_from_every_start(chapter):
    def strays(start, size):
        def slope(X, Y):
            _, cache = three_layer.forward_propagation(X, start)
            return three_layer.backward_propagation(start, cache, X, Y)["dW1"]

        batches = updates.mini_batches(*chapter.some, size, 0)
        parts, whole = [slope(*batch) for batch in batches], slope(*chapter.some)
        np.testing.assert_allclose(np.mean(parts, axis=0), whole, atol=1e-12)
        return np.mean([np.linalg.norm(part - whole) for part in parts])

    for start in chapter.starts:
        assert 3.5 < strays(start, 8) / strays(start, 128) < 4.5


def test_examples_that_are_never_mixed_are_not_learned(chapter):
    never, batches, once, anew = chapter.by_order.values()
    assert never.shape == (8,)
    assert never.max() < 0.5 < 0.89 < batches.min()
    assert np.median(batches) < min(np.median(once), np.median(anew))
    assert min(once.min(), anew.min()) > 0.93


def test_one_slip_alone_makes_momentum_plain(chapter):
    same = [
        np.array_equal(chapter.slip(f), chapter.plain) for f in chapter.SLIPS.values()
    ]
    assert same == [True, False, False, False]
    given = {"W1": np.zeros((1, 1))}, {"dW1": np.full((1, 1), 2.0)}, 0.1
    state, after = updates.adam({}, *given)
    m, v = state["m"]["W1"].item(), state["v"]["W1"].item()
    bare, of_v_alone, *_ = chapter.steps.values()
    assert (bare, of_v_alone) == pytest.approx((0.1 * m / v**0.5, 0.2 / v**0.5))
    assert after["W1"].item() == pytest.approx(-0.1)


def test_a_lost_memory_is_plain_descent_or_never_rests(chapter):
    for rate in (0.02, 0.1, 0.4):
        lost = chapter.walk(chapter.forgetful(updates.momentum), rate)
        plain = chapter.walk(updates.gradient_descent, rate)
        np.testing.assert_array_equal(lost, plain)
        adam = chapter.walk(chapter.forgetful(updates.adam), rate, 400)
        longest = np.abs(np.diff(adam)).max(axis=0)  # in one direction or the other
        np.testing.assert_allclose(longest, rate, rtol=0.05)
