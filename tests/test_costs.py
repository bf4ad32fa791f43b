"""The costs: by hand, against their definition, and at outputs of exactly 0 and 1."""

from math import log

import numpy as np
import pytest

from nnteach.costs import COSTS

binary, binary_slope, _ = COSTS["binary_cross_entropy"]
categorical, categorical_slope, _ = COSTS["categorical_cross_entropy"]
squared, squared_slope, _ = COSTS["half_squared_error"]

A2 = np.array([[0.9, 0.2, 0.6, 0.5]])
Y2 = np.array([[1, 0, 0, 1]])
A3 = np.array([[0.7, 0.1], [0.2, 0.3], [0.1, 0.6]])
Y3 = np.array([[1, 0], [0, 1], [0, 0]])


@pytest.mark.parametrize(
    "cost, A, Y, wanted",
    [
        (binary, A2, Y2, -(log(0.9) + log(0.8) + log(0.4) + log(0.5)) / 4),
        (
            binary,
            [[0.9], [0.3]],
            [[1], [0]],
            -(log(0.9) + log(0.7)),
        ),  # 2 outputs, m = 1
        (categorical, A3, Y3, -(log(0.7) + log(0.3)) / 2),
        (squared, A2, Y2, (0.1**2 + 0.2**2 + 0.6**2 + 0.5**2) / 8),
        (squared, [[3.0], [1]], [[1], [0.5]], (2**2 + 0.5**2) / 2),
    ],
)
def test_by_hand(cost, A, Y, wanted):
    assert cost(A, Y) == pytest.approx(wanted, rel=1e-14)
    assert np.ndim(cost(A, Y)) == 0


@pytest.mark.parametrize("name, A, Y", [
    ("binary_cross_entropy", A2, Y2),
    ("categorical_cross_entropy", A3, Y3),
    ("half_squared_error", A3, Y3),
])  # fmt: skip
def test_stacked_outputs_give_one_cost_for_each_run(name, A, Y):
    cost, derivative, _ = COSTS[name]
    many = np.stack([A, A**2, A**3, A**4, A**5, A**6]).reshape(2, 3, *A.shape)
    costs = cost(many, Y)
    assert costs.shape == (2, 3)
    for run in np.ndindex(2, 3):
        assert costs[run] == pytest.approx(cost(many[run], Y))
        np.testing.assert_allclose(derivative(many, Y)[run], derivative(many[run], Y))


@pytest.mark.parametrize("name, A, Y", [
    ("binary_cross_entropy", A2, Y2),
    ("categorical_cross_entropy", A3, Y3),
    ("half_squared_error", A3, Y3),
])  # fmt: skip
def test_the_derivative_is_the_slope_of_each_example(name, A, Y):
    cost, derivative, _ = COSTS[name]
    slopes, m, h = derivative(A, Y), A.shape[1], 1e-6
    for place in np.ndindex(A.shape):
        move = np.zeros(A.shape)
        move[place] = h
        # The mean's 1/m is in the cost and not in its derivative.
        slope = m * (cost(A + move, Y) - cost(A - move, Y)) / (2 * h)
        assert slopes[place] == pytest.approx(slope, abs=1e-7)


@pytest.mark.parametrize("output", [0.0, 1.0, 5e-324, 1e-310, 1e-300, 1 - 2**-53])
@pytest.mark.parametrize("label", [0, 1])
def test_an_output_of_0_or_1_has_a_finite_cost(output, label):
    cost = binary([[output]], [[label]])
    if output == label:
        # Right and certain: no cost, but what one unit in the last place makes.
        assert 0 <= cost < 1.2e-16
    assert 0 <= cost < 708.4
    one_hot = np.array([[label], [1 - label]])
    assert 0 <= categorical([[output], [1 - output]], one_hot) < 708.4
    for derivative, Y in [(binary_slope, [[label]]), (categorical_slope, one_hot)]:
        A = [[output], [1 - output]][: len(Y)]
        assert np.isfinite(derivative(A, Y)).all()


def test_a_wrong_and_certain_output_costs_as_the_docstring_says():
    assert binary([[0.0]], [[1]]) == pytest.approx(708.4, abs=0.1)
    assert binary([[1.0]], [[0]]) == pytest.approx(36.7, abs=0.1)
    assert categorical([[0.0], [1.0]], [[1], [0]]) == pytest.approx(708.4, abs=0.1)


def test_small_probabilities_keep_their_precision():
    for power in (20, 100, 300):
        assert binary([[10.0**-power]], [[1]]) == pytest.approx(power * log(10))
        A, Y = [[10.0**-power], [1]], [[1], [0]]
        assert categorical(A, Y) == pytest.approx(power * log(10))


@pytest.mark.parametrize("A", [0.0, 1e-300, 0.3, 1.0])
@pytest.mark.parametrize("Y", [0, 1])
def test_slope_of_cost_times_slope_of_sigmoid_is_the_error(A, Y):
    # At exactly 0 or 1 the sigmoid has no slope left, and the product is 0.
    product = binary_slope([[A]], [[Y]]) * A * (1 - A)
    assert product == pytest.approx(A - Y if A * (1 - A) else 0)
