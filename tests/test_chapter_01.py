"""What chapter 01 says in words holds for the numbers that it computes."""

from types import SimpleNamespace

import numpy as np
import pytest

from chapters import values_of
from nnteach.activations import softmax


@pytest.fixture(scope="module")
def chapter():
    return SimpleNamespace(**values_of("01-activations"))


def test_a_saturated_unit_learns_late_or_never(chapter):
    costs = dict(zip(chapter.starts, chapter.runs.costs.T, strict=True))
    assert costs[2][20] < 0.02
    assert costs[6][190] > 0.9 * costs[6][0]
    assert costs[6][300] < 0.01
    assert costs[8][300] > 0.99 * costs[8][0]


def test_the_relu_is_dead_from_minus_two_on_and_the_leaky_one_is_not(chapter):
    last = {name: run.costs[-1] for name, run in chapter.trained.items()}
    mean_alone = ((chapter.Y - chapter.Y.mean()) ** 2).mean() / 2
    dead = np.isclose(last["ReLU"], mean_alone)
    assert (dead == (chapter.biases <= -2)).all()
    assert (last["leaky ReLU"][dead] < 0.5 * mean_alone).all()
    assert (last["ReLU"][~dead] < 0.001).all()


def test_the_slip_takes_probability_from_the_neighbours(chapter):
    scores = chapter.scores
    slip = [chapter.softmax_over_everything(scores[:, :m])[:, 0] for m in range(1, 11)]
    right = [softmax(scores[:, :m])[:, 0] for m in range(1, 11)]
    np.testing.assert_allclose(slip[0], right[0])
    np.testing.assert_allclose(right, [right[0]] * 10)
    assert (np.diff(slip, axis=0) < 0).all()


def test_the_direct_formula_agrees_until_it_overflows(chapter):
    column = np.array([[2.0], [1.0], [0.0]])
    np.testing.assert_allclose(chapter.softmax_direct(column), softmax(column))
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan(chapter.softmax_direct(column + 1000)).all()


def test_temperature_changes_how_sure_and_never_the_order(chapter):
    at = {T: softmax(chapter.Z4 / T)[:, 0] for T in chapter.VALUES}
    assert all((np.diff(p) <= 0).all() for p in at.values())
    np.testing.assert_allclose(at[0.1], [1, 0, 0, 0], atol=1e-4)
    np.testing.assert_allclose(at[100], 0.25, atol=0.01)
