"""What chapter 03 says in words holds for the numbers that it computes."""

from types import SimpleNamespace

import numpy as np
import pytest

from chapters import values_of
from nnteach import check_gradients, two_layer


@pytest.fixture(scope="module")
def chapter():
    return SimpleNamespace(**values_of("03-two-layer-network"))


def share_right(parameters, X, Y):
    return (two_layer.predict(X, parameters) == Y).mean()


def test_the_slip_is_wrong_in_the_hidden_layer_alone(chapter):
    X, Y, away = chapter.X, chapter.Y, chapter.away
    assert max(check_gradients(two_layer, away, X, Y).values()) < 1e-7
    slip = check_gradients(chapter.mistaken, away, X, Y)
    assert max(slip["dW2"], slip["db2"]) < 1e-7
    assert min(slip["dW1"], slip["db1"]) > 0.1


def test_the_published_costs_come_out(chapter):
    costs = [f"{cost:.6f}" for cost in chapter.run3.costs[:1000:100]]
    assert costs == chapter.published.split()


def test_the_cost_falls_first_and_the_answers_improve_later(chapter):
    right = {
        step: share_right(kept, chapter.X, chapter.Y)
        for step, kept in chapter.kept.items()
    }
    assert chapter.run.costs[100] < 0.55
    assert right[100] < 0.6
    assert right[150] > 0.8


def test_one_unit_draws_a_line_and_fifty_are_no_better_than_five(chapter):
    own, new = (
        {n: share_right(p, X, Y) for n, p in chapter.by_size.items()}
        for X, Y in ((chapter.X, chapter.Y), (chapter.X_new, chapter.Y_new))
    )
    assert max(own[1], own[2]) < 0.72
    assert min(own[n] for n in (3, 4, 5, 10, 20, 50)) > 0.84
    assert abs(own[50] - own[5]) < 0.02
    assert abs(new[50] - new[5]) < 0.02


def test_the_cost_rises_only_from_a_learning_rate_of_two_on(chapter):
    rose = (np.diff(chapter.runs.costs, axis=0) > 0).any(axis=0)
    assert (rose == (chapter.RATES >= 2)).all()
    above = chapter.runs.costs.max(axis=0) > chapter.runs.costs[0]
    assert (above == (chapter.RATES >= 10)).all()


def test_coins_are_learned_by_heart_or_not_at_all(chapter):
    own, new = np.array([chapter.coin_experiment(seed) for seed in range(12)]).T
    assert 0.55 < own.mean() < 0.7
    assert 0.45 < new.mean() < 0.55
    more, _ = chapter.coin_experiment(0, n_h=50, rate=2, steps=800)
    assert more > own[0] + 0.1
