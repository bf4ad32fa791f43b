"""What chapter 03 says in words holds for the numbers that it computes."""

from types import SimpleNamespace

import numpy as np
import pytest

from chapters import values_of
from nnteach import check_gradients, train, two_layer


@pytest.fixture(scope="module")
def chapter():
    return SimpleNamespace(**values_of("03-two-layer-network"))


def share_right(parameters, X, Y):
    return (two_layer.predict(X, parameters) == Y).mean(axis=(-2, -1))


def test_the_slip_is_wrong_in_the_hidden_layer_alone(chapter):
    X, Y, away = chapter.X, chapter.Y, chapter.away
    assert max(check_gradients(two_layer, away, X, Y).values()) < 1e-7
    slip = check_gradients(chapter.mistaken, away, X, Y)
    assert max(slip["dW2"], slip["db2"]) < 1e-7
    assert min(slip["dW1"], slip["db1"]) > 0.1


def test_a_saturated_unit_waits_with_the_squared_error_alone(chapter):
    squared, entropy = chapter.outputs.values()
    assert (squared[:21] > 0.9).all()
    assert (entropy[1:] < 0.07).all()


def test_the_published_costs_come_out(chapter):
    costs = [f"{cost:.6f}" for cost in chapter.run3.costs[:1000:100]]
    assert costs == chapter.published.split()


def test_the_cost_falls_first_and_the_answers_improve_later(chapter):
    assert chapter.run.costs[100] < 0.55
    early, late = (share_right(p, chapter.X, chapter.Y)
                   for p in chapter.eight.kept.values())  # fmt: skip
    assert (chapter.eight.costs[80] < 0.58).all()
    assert (early < 0.6).all()
    assert (late > 0.8).sum() == 7


@pytest.mark.parametrize(
    ("units", "worst", "best", "crossings"),
    [
        (1, 0.67, 0.71, {2: 8}),
        (2, 0.69, 0.72, {2: 8}),
        (3, 0.69, 0.86, {2: 5, 6: 3}),
        (4, 0.69, 0.87, {2: 1, 6: 7}),
        (5, 0.84, 0.87, {6: 8}),
        (10, 0.84, 0.88, {6: 8}),
        (20, 0.84, 0.88, {6: 8}),
        (50, 0.84, 0.88, {6: 8}),
    ],
)
def test_what_so_many_units_draw_from_eight_starts(
    chapter, units, worst, best, crossings
):
    own = chapter.shares(units, chapter.X, chapter.Y)
    assert worst < own.min() <= own.max() < best
    values, counts = np.unique(chapter.changes(chapter.by_size[units]), return_counts=1)
    assert dict(zip(values.tolist(), counts.tolist(), strict=True)) == crossings
    new = chapter.shares(units, chapter.X_new, chapter.Y_new)
    if units >= 5:
        assert abs(np.median(new) - 0.8) < 0.02


def test_two_units_can_draw_a_strip(chapter):
    assert chapter.changes(chapter.strip) == 4


@pytest.mark.parametrize(
    ("rate", "rising", "above"),
    [(0.5, 0, 0), (1, 0, 0), (2, 7, 0), (10, 8, 8), (20, 8, 8)],
)
def test_how_many_of_eight_runs_rise(chapter, rate, rising, above):
    start = chapter.eight_starts(4)
    costs = train(two_layer, chapter.X, chapter.Y, start, rate, 500).costs
    assert (np.diff(costs, axis=0) > 0).any(axis=0).sum() == rising
    assert (costs.max(axis=0) > costs[0]).sum() == above


def test_the_slip_learns_less_and_its_cost_rises_only_in_some_runs(chapter):
    start, rose = chapter.eight_starts(4), []
    for network in (two_layer, chapter.mistaken):
        costs = train(network, chapter.X, chapter.Y, start, 0.1, 1000).costs
        rose.append((np.diff(costs, axis=0) > 0).any(axis=0).sum())
        assert (costs[-1] < costs[0]).all()
    assert rose[0] == 0 < rose[1] < 8
    ends = [
        share_right(
            train(network, chapter.X, chapter.Y, start, 0.5, 400).parameters,
            chapter.X,
            chapter.Y,
        )
        for network in (two_layer, chapter.mistaken)
    ]
    assert np.median(ends[0]) > 0.8 > 0.7 > np.median(ends[1])


def test_coins_are_learned_by_heart_or_not_at_all(chapter):
    own, new = np.array([chapter.coin_experiment(seed) for seed in range(12)]).T
    assert 0.55 < own.mean() < 0.7
    assert 0.45 < new.mean() < 0.55
    for n_h, low, high in ((4, 0.6, 0.72), (50, 0.74, 0.82)):
        assert low < chapter.sized[n_h][0] < high
        assert 0.42 < chapter.sized[n_h][1] < 0.55
