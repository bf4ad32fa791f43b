"""What chapter 05 says in words holds for the numbers that it computes."""

from types import SimpleNamespace

import numpy as np
import pytest

from chapters import values_of


@pytest.fixture(scope="module")
def chapter():
    return SimpleNamespace(**values_of("05-deep-networks"))


@pytest.mark.parametrize(
    "name, hidden, width, depth, step, low, high",
    [  # how many of eight draws have more than 0.9 right: at least, at most
        *[
            ("circles", h, 2, d, 1000, 0, 0)
            for h in ("tanh", "relu")
            for d in (1, 2, 3)
        ],
        ("circles", "tanh", 3, 1, 100, 0, 0),
        ("circles", "tanh", 3, 1, 1000, 8, 8),
        ("moons", "tanh", 2, 1, 1000, 1, 2),
        ("moons", "tanh", 2, 2, 1000, 4, 8),
        ("circles", "relu", 3, 1, 1000, 6, 8),
        ("circles", "relu", 3, 3, 1000, 0, 5),
    ],
)
def test_how_many_draws_learn(chapter, name, hidden, width, depth, step, low, high):
    assert low <= chapter.learned(name, hidden, width, depth, step=step) <= high


def test_eight_units_learn_in_most_draws_or_all(chapter):
    wide = [chapter.learned(*key) for key in chapter.RUNS if key[2] == 8]
    assert len(wide) == 12
    assert min(wide) >= 5


def test_who_gives_one_answer_to_all_points_has_a_dead_layer(chapter):
    found = 0
    for (name, hidden, width, depth), (net, kept) in chapter.RUNS.items():
        output, cache = net.forward_propagation(chapter.DATA[name][0], kept[1000])
        same = np.ptp(output, axis=(-2, -1)) < 1e-9
        layers = [cache[f"A{k}"] for k in range(1, depth + 1)]
        dead = np.any([(A <= 0).all(axis=(-2, -1)) for A in layers], axis=0)
        if hidden == "relu":
            assert (dead[same]).all()
            found += same.sum()
        else:
            assert not same.any()
        assert width < 8 or not same.any()
    assert found >= 8


def test_the_circles_lie_still_before_the_cost_falls(chapter):
    costs = chapter.runs["circles"].costs
    assert costs[300] > 0.68
    assert costs[700] < 0.05
    assert chapter.runs["moons"].costs[300] < 0.5


def test_the_threshold_gives_the_share_of_one_class(chapter):
    assert chapter.above[0] == 0.5
    assert chapter.above[0.5] > 0.95


def test_a_wrong_mean_doubles_with_every_example_given_twice(chapter):
    X, Y = chapter.DATA["moons"]
    once, twice = chapter.slope(X, Y, 0), chapter.slope(*chapter.twice, 0)
    assert twice == pytest.approx(2 * once)
    right = chapter.slope(X, Y, 1)
    assert chapter.slope(*chapter.twice, 1) == pytest.approx(right)
