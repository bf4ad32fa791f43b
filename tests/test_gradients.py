"""The referee: measured gradients, and what it says of a wrong backward pass."""

import numpy as np
import pytest

from nnteach import (
    check_gradients,
    deep,
    numerical_gradients,
    three_layer,
    train,
    two_layer,
)
from nnteach.data import one_hot
from nnteach.gradients import relative_error
from nnteach.training import variant

draw = np.random.default_rng(0)
X = draw.normal(size=(3, 7))
Y = draw.integers(0, 2, (1, 7))
PARAMETERS = {
    "W1": draw.normal(size=(4, 3)),
    "b1": draw.normal(size=(4, 1)),
    "W2": draw.normal(size=(1, 4)),
    "b2": draw.normal(size=(1, 1)),
}


def test_measured_gradients_by_hand():
    # One unit without activation: J = (w x + b - y)**2 / 2, so dJ/dw = (w x + b - y) x.
    line = deep.Network(deep.architecture([1, 1], output="identity"))
    grads = numerical_gradients(line, {"W1": [[2.0]], "b1": [[1.0]]}, [[3.0]], [[4.0]])
    np.testing.assert_allclose(grads["dW1"], [[9]], rtol=1e-9)
    np.testing.assert_allclose(grads["db1"], [[3]], rtol=1e-9)


def test_the_usual_step_is_near_the_best():
    exact = two_layer.backward_propagation(
        PARAMETERS, two_layer.forward_propagation(X, PARAMETERS)[1], X, Y
    )

    def error(**step):
        measured = numerical_gradients(two_layer, PARAMETERS, X, Y, **step)
        return max(np.abs(measured[name] - exact[name]).max() for name in exact)

    assert 2 * error() < min(error(step=1e-3), error(step=1e-8))


def test_measured_gradients_of_a_curve_improve_with_the_square_of_the_step():
    _, cache = two_layer.forward_propagation(X, PARAMETERS)
    right = two_layer.backward_propagation(PARAMETERS, cache, X, Y)["dW1"]
    errors = [
        np.abs(
            numerical_gradients(two_layer, PARAMETERS, X, Y, step)["dW1"] - right
        ).max()
        for step in (0.1, 0.01)
    ]
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.1)


@pytest.mark.parametrize("network", [two_layer, three_layer])
def test_a_right_backward_pass(network):
    parameters, targets = PARAMETERS, Y
    if network is three_layer:
        parameters = three_layer.initialize_parameters(3, 5, 4, 2, scale=1, rng=0)
        targets = one_hot(Y[0], 2)
    errors = check_gradients(network, parameters, X, targets)
    assert list(errors) == ["d" + name for name in parameters]
    assert all(type(error) is float and 0 <= error < 1e-7 for error in errors.values())


def dZ1(parameters, cache, slope):
    return parameters["W2"].T @ (cache["A2"] - Y) * slope


def of_sigmoid(parameters, cache, grads):
    A1 = cache["A1"]
    return dZ1(parameters, cache, A1 * (1 - A1)) @ X.T / X.shape[1]


# mistake, the gradient that it spoils, the wrong gradient
WRONG = [
    ("another slope", "dW1", of_sigmoid),
    ("no slope", "db1", lambda p, c, g: dZ1(p, c, 1).mean(axis=1, keepdims=True)),
    ("no mean", "dW2", lambda p, c, g: g["dW2"] * X.shape[1]),
    ("the sign", "db2", lambda p, c, g: -g["db2"]),
    ("a sum without an axis", "db1", lambda p, c, g: np.full((4, 1), g["db1"].sum())),
]


@pytest.mark.parametrize("mistake, spoiled, edit", WRONG, ids=[w[0] for w in WRONG])
def test_a_wrong_backward_pass_is_found_where_it_is_wrong(mistake, spoiled, edit):
    def backward_propagation(parameters, cache, X, Y):
        grads = two_layer.backward_propagation(parameters, cache, X, Y)
        return {**grads, spoiled: edit(parameters, cache, grads)}

    own = variant(two_layer, backward_propagation=backward_propagation)
    errors = check_gradients(own, PARAMETERS, X, Y)
    for name, error in errors.items():
        assert (error > 1e-3) == (name == spoiled)


def test_measuring_needs_no_backward_pass():
    own = variant(two_layer)
    del own.backward_propagation
    assert numerical_gradients(own, PARAMETERS, X, Y).keys() == {
        "dW1",
        "db1",
        "dW2",
        "db2",
    }
    with pytest.raises(TypeError, match="the function backward_propagation"):
        check_gradients(own, PARAMETERS, X, Y)


COSTS = [
    ("one number", 0, {"axis": 0}, r"an array of shape \(7,\). Try its sum or mean."),
    ("one number", 0, {"keepdims": True}, r".* \(1, 1\). Try cost.item\(\)."),
    ("2 costs", 2, {}, r".*. Try sums over axis=\(-2, -1\)."),
]


@pytest.mark.parametrize("wanted, runs, mean, says", COSTS)
def test_a_cost_over_the_wrong_axes_is_refused(wanted, runs, mean, says):
    def compute_cost(output, Y):
        return ((output - Y) ** 2).mean(**mean)

    own = variant(two_layer, compute_cost=compute_cost)
    rate = [1] * runs if runs else 1
    with pytest.raises(
        ValueError, match=f"compute_cost: expected {wanted}, got {says}"
    ):
        train(own, X, Y, PARAMETERS, rate, 1)


def forward_with(change):
    return {"forward_propagation": lambda *a: change(two_layer.forward_propagation(*a))}


FORGOTTEN = [  # what is left out in a function, what it says
    (forward_with(lambda result: None), "the output and the cache, got None. Try retu"),
    (
        forward_with(lambda result: result[0]),
        r".* shape \(1, 7\). Try return A2, cache",
    ),
    ({"compute_cost": lambda A2, Y: None}, "one number, got None. Try return cost"),
    (
        {"backward_propagation": lambda *a: None},
        "a dictionary, got None. Try return grads",
    ),
]


@pytest.mark.parametrize("change, says", FORGOTTEN)
def test_a_forgotten_return_is_said_of_its_function(change, says):
    own, (name,) = variant(two_layer, **change), change
    for call in (
        lambda: check_gradients(own, PARAMETERS, X, Y),
        lambda: train(own, X, Y, PARAMETERS, 0.1, 1),
        lambda: train(own, X, Y, PARAMETERS, [0.1, 1], 1),
    ):
        with pytest.raises(TypeError, match=f"^{name}: expected {says}"):
            call()


def test_parameters_are_not_modified():
    given = {name: value.copy() for name, value in PARAMETERS.items()}
    check_gradients(two_layer, given, X, Y)
    for name, value in PARAMETERS.items():
        np.testing.assert_array_equal(given[name], value)


@pytest.mark.parametrize(
    "a, b, error",
    [
        ([1, 2], [1, 2], 0),
        ([1, 2], [-1, -2], 1),
        ([0, 0], [0, 0], 0),
        ([0, 0], [0, 3], 1),
        ([3, 0], [0, 4], 5 / 7),
    ],
)
def test_relative_error(a, b, error):
    assert relative_error(a, b) == pytest.approx(error)
    assert relative_error(np.array(b) * 1e-12, np.array(a) * 1e-12) == pytest.approx(
        error
    )
