"""The activation functions: exact to the last bits, quiet for any finite input."""

from decimal import Decimal, localcontext

import numpy as np
import pytest

from nnteach import activations
from nnteach.activations import (
    ACTIVATIONS,
    leaky_relu,
    leaky_relu_derivative,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_derivative,
    tanh,
    tanh_derivative,
)

LARGEST = np.finfo(float).max
SMALLEST = np.finfo(float).tiny  # below it floats lose digits: 2.2e-308
TAILS = [0.0, 1e-300, 1e-17, 1e-8, 0.3, 1, 5, 18, 19.1, 36, 37, 40, 300, 700]
TAILS = np.array([-z for z in reversed(TAILS)] + TAILS)
EDGES = np.array([-LARGEST, -1e300, -1e5, -746, -710, 710, 746, 1e5, 1e300, LARGEST])
EXACT = 1e-15  # relative: numpy promises 4 units in the last place on every processor


def exactly(formula, Z):
    """Return formula(z, e**z, e**-z) computed with 350 digits, then rounded."""
    with localcontext() as context:
        context.prec = 350
        decimals = [Decimal(float(z)) for z in np.ravel(Z)]
        return np.array([float(formula(z, z.exp(), (-z).exp())) for z in decimals])


@pytest.mark.parametrize(
    "function, formula",
    [
        (sigmoid, lambda z, up, down: 1 / (1 + down)),
        (tanh, lambda z, up, down: (up - down) / (up + down)),
        (relu, lambda z, up, down: max(z, 0)),
        (leaky_relu, lambda z, up, down: max(z, Decimal("0.01") * z)),
        (activations.identity, lambda z, up, down: z),
    ],
)
def test_exact_in_the_middle_and_in_the_tails(function, formula):
    np.testing.assert_allclose(
        function(TAILS), exactly(formula, TAILS), rtol=EXACT, atol=0
    )


def test_sigmoid_below_the_range_of_full_floats():
    Z = np.linspace(-750, -700, 26)
    wanted = exactly(lambda z, up, down: 1 / (1 + down), Z)
    np.testing.assert_allclose(sigmoid(Z), wanted, rtol=EXACT, atol=SMALLEST)
    assert (np.diff(sigmoid(Z)) >= 0).all()


def test_softmax_is_exact():
    draw = np.random.default_rng(0)
    Z = np.concatenate([draw.normal(size=(3, 20)), 200 * draw.normal(size=(3, 20))], 1)
    with localcontext() as context:
        context.prec = 60
        exps = [[Decimal(float(z)).exp() for z in column] for column in Z.T]
        wanted = [[float(e / sum(column)) for e in column] for column in exps]
    # Taking off the largest rounds once: at 600 that costs up to 600 half units.
    np.testing.assert_allclose(softmax(Z)[:, :20], np.transpose(wanted)[:, :20], 1e-15)
    np.testing.assert_allclose(softmax(Z), np.transpose(wanted), rtol=3e-13)


@pytest.mark.parametrize(
    "function, left, right",
    [
        (sigmoid, 0, 1),
        (tanh, -1, 1),
        (relu, 0, EDGES[5:]),
        (leaky_relu, 0.01 * EDGES[:5], EDGES[5:]),
        (activations.identity, EDGES[:5], EDGES[5:]),
    ],
)
def test_the_limits_of_the_float_range(function, left, right):
    got = function(EDGES)  # a warning would be an error here
    np.testing.assert_allclose(
        got[:5], np.broadcast_to(left, 5), rtol=1e-15, atol=1e-300
    )
    np.testing.assert_allclose(got[5:], np.broadcast_to(right, 5), rtol=1e-15)


def test_softmax_at_the_limits_of_the_float_range():
    Z = [[LARGEST, 0, -LARGEST, 1e308], [-LARGEST, 0, -LARGEST, 0.0]]
    assert softmax(Z).tolist() == [[1, 0.5, 0.5, 1], [0, 0.5, 0.5, 0]]
    assert softmax([[-1000.0], [-1000]]).tolist() == [[0.5], [0.5]]
    assert softmax([[1000.0, -7]]).tolist() == [[1, 1]]  # one class is certain


def test_softmax_goes_over_the_classes_of_each_example():
    Z = np.random.default_rng(1).normal(size=(4, 5, 3, 7))  # stacked runs
    A = softmax(Z)
    np.testing.assert_allclose(A.sum(axis=-2), 1)
    np.testing.assert_allclose(A[2, 3, :, [5]], softmax(Z[2, 3, :, 5:6]).T)
    np.testing.assert_allclose(A, softmax(Z + 100), rtol=1e-12)


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_the_derivative_is_the_slope_of_the_function(name):
    function, derivative = ACTIVATIONS[name]
    Z, h = np.array([-5.3, -1, -0.2, 0.1, 0.7, 2, 4.9]), 1e-6
    slope = (function(Z + h) - function(Z - h)) / (2 * h)
    np.testing.assert_allclose(derivative(function(Z)), slope, rtol=1e-7, atol=1e-9)
    assert derivative(function(Z.reshape(7, 1))).shape == (7, 1)


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (2, 3, 5)])
def test_the_derivative_of_softmax_is_its_jacobian(shape):
    Z, h = np.random.default_rng(2).normal(size=shape), 1e-6
    got = softmax_derivative(softmax(Z))
    assert got.shape == (*shape[:-1], *shape[-2:])
    for j in range(shape[-2]):
        move = np.zeros(shape)
        move[..., j, :] = h
        slope = (softmax(Z + move) - softmax(Z - move)) / (2 * h)
        np.testing.assert_allclose(got[..., :, j, :], slope, atol=1e-9)


def test_the_slope_at_the_corner_is_the_left_one():
    assert relu_derivative(relu(0)) == 0
    assert leaky_relu_derivative(leaky_relu(0)) == 0.01


def test_the_slope_of_leaky_relu_can_be_chosen():
    assert leaky_relu(-3.0, slope=0.2) == pytest.approx(-0.6)
    assert leaky_relu_derivative(leaky_relu(-3.0, slope=0.2), slope=0.2) == 0.2
    np.testing.assert_array_equal(leaky_relu(EDGES, slope=0), relu(EDGES))
    assert leaky_relu([np.inf, -np.inf], slope=0).tolist() == [np.inf, 0]
    assert leaky_relu([np.inf, -np.inf], slope=0.1).tolist() == [np.inf, -np.inf]
    # With slope 0 a negative Z leaves no trace in A, and its slope is 0 all the same.
    assert leaky_relu_derivative(leaky_relu(-3.0, slope=0), slope=0) == 0


@pytest.mark.parametrize("derivative", [sigmoid_derivative, tanh_derivative])
def test_saturated_units_have_no_slope(derivative):
    function = {sigmoid_derivative: sigmoid, tanh_derivative: tanh}[derivative]
    assert not derivative(function(np.array([-800.0, 800]))).any()
    assert derivative(function(np.linspace(-3, 3, 7))).argmax() == 3


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize(
    "kind",
    [
        lambda array: array.astype(int),
        lambda array: array.astype(bool),
        lambda array: array.astype(np.float32),
        lambda array: array.astype(float),
        np.asfortranarray,
        np.ndarray.tolist,
    ],
    ids=["int", "bool", "float32", "float", "Fortran order", "lists"],
)
def test_any_numbers_go_in_and_the_input_stays_as_it_is(name, kind):
    function, derivative = ACTIVATIONS[name]
    plain = np.array([[0.0, 1], [1, 0]])
    given = kind(plain)
    A = function(given)
    assert A.dtype == float
    np.testing.assert_array_equal(A, function(plain))
    np.testing.assert_array_equal(derivative(A), derivative(A.tolist()))
    A[...] = derivative(A)[..., 0, :, :] if A.ndim == 3 else 9
    np.testing.assert_array_equal(given, plain)
