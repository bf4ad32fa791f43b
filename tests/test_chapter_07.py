"""What chapter 07 says in words holds for the numbers that it computes."""

from types import SimpleNamespace

import numpy as np
import pytest

from chapters import values_of
from nnteach import train, two_layer

STARTS = range(8)


@pytest.fixture(scope="module")
def chapter():
    return SimpleNamespace(**values_of("07-learning-rate"))


@pytest.fixture(scope="module")
def eight(chapter):
    """The runs with 64 rates of each of eight starts, and their curvature at first."""
    starts = [
        chapter.small.initialize_parameters(scale=0.5, rng=seed) for seed in STARTS
    ]
    data = chapter.points, chapter.labels
    runs = [train(chapter.small, *data, start, chapter.wide, 1000) for start in starts]
    return runs, [chapter.steepest(start) for start in starts]


def test_the_border_is_two_divided_by_the_largest_curvature(chapter):
    border = 2 / chapter.curvatures[1]
    assert (chapter.works == (chapter.close < border)).all()
    growth = chapter.runs.costs[-5:] / chapter.runs.costs[-6:-1]
    above = np.array(chapter.RATES) > border
    assert (growth[:, above] > 1).all()
    np.testing.assert_allclose(np.ptp(growth[:, above], axis=0), 0, atol=0.01)
    fastest = chapter.slow_to_fast[chapter.measured.argmin()]
    assert fastest == pytest.approx(2 / sum(chapter.curvatures), abs=0.04)


def test_plateau_then_a_narrow_range_then_divergence_from_every_start(chapter, eight):
    for run in eight[0]:
        lost = run.diverged_at >= 0
        at = [
            run.costs[-1, abs(chapter.wide - rate).argmin()] for rate in (0.006, 0.03)
        ]
        assert at[1] > 0.85 * at[0]
        best = np.where(lost, np.inf, run.costs[-1]).argmin()
        assert run.costs[-1, best] < 0.6 * at[1]
        assert 1 < chapter.wide[lost].min() / chapter.wide[best] < 2.1
        assert lost[lost.argmax() :].all()


def test_the_curvature_ends_at_the_limit_for_the_largest_rate_alone(chapter, eight):
    for run, curvature in zip(*eight, strict=True):
        lost = run.diverged_at >= 0
        assert 1 < chapter.wide[lost].min() * curvature / 2 < 4
        last = np.flatnonzero(~lost)[-1]
        share = chapter.steepest(run[last].parameters) * chapter.wide[last] / 2
        assert 0.8 < share < 1.2
        small = chapter.steepest(run[24].parameters) * chapter.wide[24] / 2
        assert small < 0.1


def test_ten_times_the_rate_needs_a_tenth_of_the_steps(chapter):
    for seed in STARTS:
        start = two_layer.initialize_parameters(2, 4, 1, rng=seed)
        rates = np.array([0.01, 0.1])
        slow, fast = train(two_layer, chapter.X3, chapter.Y3, start, rates).costs.T
        assert 85 < (fast <= slow[900]).argmax() < 95


def test_large_rates_give_finite_numbers_that_never_come_to_rest(chapter):
    rates = np.array([0.5, 50, 100])
    for seed in STARTS:
        start = two_layer.initialize_parameters(2, 4, 1, scale=0.5, rng=seed)
        run = train(two_layer, chapter.points, chapter.labels, start, rates)
        assert (run.diverged_at < 0).all()
        up = (np.diff(run.costs[500:], axis=0) > 0).mean(axis=0)
        assert (up > 0.1).tolist() == [False, True, True]
