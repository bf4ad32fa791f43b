"""What chapter 01 says in words holds for the numbers that it computes."""

from types import SimpleNamespace

import numpy as np
import pytest

from chapters import values_of
from nnteach.activations import softmax


@pytest.fixture(scope="module")
def chapter():
    return SimpleNamespace(**values_of("01-activations"))


def test_the_relu_is_dead_from_minus_two_on_and_the_leaky_one_is_not(chapter):
    relu = chapter.activations.relu
    dead = [bias for bias in chapter.biases if (relu(chapter.x + bias) == 0).all()]
    assert dead == [-4, -3.5, -3, -2.5, -2]
    for bias in chapter.biases:
        for unit, stuck in (("ReLU", bias <= -2), ("leaky ReLU", False)):
            said = chapter.dead_or_alive.function(bias, unit).sentence
            assert ("slope 0 for 9 of 9" in said) == stuck


def test_each_entry_is_a_row_times_a_column(chapter):
    for entry in ("1, 1", "1, 2", "2, 1", "2, 2"):
        said = chapter.product.function(entry).sentence.replace("−", "-")
        sum_said, result = said.split(": ")[1].rstrip(".").split(" = ")
        assert eval(sum_said.replace("·", "*")) == float(result)


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
