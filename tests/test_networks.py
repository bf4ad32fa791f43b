"""The networks: right gradients, one set of lines for one run and many, equal twins."""

from itertools import pairwise

import numpy as np
import pytest

from nnteach import check_gradients, deep, three_layer, two_layer
from nnteach import worked_example as worked
from nnteach.data import one_hot

M = 7  # examples; every size differs from the others, so that no transpose can hide


def random_problem(network, sizes, seed=0, stack=()):
    """Return X, Y and parameters for layers of these sizes, maybe stacked."""
    draw = np.random.default_rng(seed)
    X = draw.normal(size=(sizes[0], M))
    if network is three_layer or "categorical" in getattr(network, "cost", ""):
        Y = one_hot(draw.integers(0, sizes[-1], M), sizes[-1])
    elif network is worked or getattr(network, "cost", "") == "half_squared_error":
        Y = draw.uniform(0.1, 0.9, (sizes[-1], M))
    else:
        Y = draw.integers(0, 2, (sizes[-1], M))
    parameters = {}
    for layer, (below, rows) in enumerate(pairwise(sizes), start=1):
        parameters[f"W{layer}"] = draw.normal(size=(*stack, rows, below))
        parameters[f"b{layer}"] = draw.normal(size=(*stack, rows, 1))
    return X, Y, parameters


def layer_list(sizes, names):
    return [
        {"input_dim": below, "output_dim": rows, "activation": name}
        for below, rows, name in zip(sizes, sizes[1:], names, strict=False)
    ]


SQUARED = "half_squared_error"
BINARY = "binary_cross_entropy"
CATEGORICAL = "categorical_cross_entropy"
# sizes, activations, cost asked for, cost expected
DEEP = [
    ([3, 1], ["sigmoid"], None, BINARY),
    ([3, 4, 2], ["tanh", "sigmoid"], None, BINARY),
    ([3, 4, 2], ["sigmoid", "sigmoid"], SQUARED, SQUARED),
    ([3, 5, 4, 2], ["relu", "relu", "softmax"], None, CATEGORICAL),
    ([3, 5, 4, 2], ["leaky_relu", "tanh", "softmax"], SQUARED, SQUARED),
    ([3, 4, 5, 6, 2], ["tanh", "sigmoid", "leaky_relu", "identity"], None, SQUARED),
    ([3, 4, 2], ["identity", "tanh"], None, SQUARED),
    ([3, 4, 2], ["sigmoid", "relu"], None, SQUARED),
    ([1, 1, 1], ["tanh", "leaky_relu"], None, SQUARED),
]
NETWORKS = [
    (two_layer, [3, 4, 1]),
    (two_layer, [3, 4, 2]),
    (two_layer, [1, 1, 1]),
    (three_layer, [3, 5, 4, 2]),
    (three_layer, [2, 1, 1, 3]),
    (worked, [3, 4, 2]),
    *[(deep.Network(layer_list(s, names), cost), s) for s, names, cost, _ in DEEP],
]
networks = pytest.mark.parametrize(
    "network, sizes",
    NETWORKS,
    ids=[getattr(n, "__name__", repr(n)) for n, _ in NETWORKS],
)


@networks
@pytest.mark.parametrize("seed", [1, 2])
def test_gradients_agree_with_central_differences(network, sizes, seed):
    X, Y, parameters = random_problem(network, sizes, seed)
    errors = check_gradients(network, parameters, X, Y)
    assert errors.keys() == {"d" + name for name in parameters}
    assert max(errors.values()) < 1e-7


@networks
def test_gradients_lower_the_cost(network, sizes):
    X, Y, parameters = random_problem(network, sizes)
    output, cache = network.forward_propagation(X, parameters)
    grads = network.backward_propagation(parameters, cache, X, Y)
    moved = {
        name: value - 1e-4 * grads["d" + name] for name, value in parameters.items()
    }
    after, _ = network.forward_propagation(X, moved)
    assert network.compute_cost(after, Y) < network.compute_cost(output, Y)


@networks
def test_stacked_runs_equal_single_runs(network, sizes):
    stack = (2, 3)
    X, Y, many = random_problem(network, sizes, stack=stack)
    outputs, caches = network.forward_propagation(X, many)
    costs = network.compute_cost(outputs, Y)
    grads = network.backward_propagation(many, caches, X, Y)
    classes = network.predict(X, many)
    assert costs.shape == stack
    for run in np.ndindex(stack):
        one = {name: value[run] for name, value in many.items()}
        output, cache = network.forward_propagation(X, one)
        np.testing.assert_allclose(outputs[run], output, rtol=1e-13)
        np.testing.assert_allclose(costs[run], network.compute_cost(output, Y))
        for name, value in cache.items():
            if name != "A0":  # the inputs, which all runs share
                np.testing.assert_allclose(caches[name][run], value, rtol=1e-13)
        single = network.backward_propagation(one, cache, X, Y)
        for name, value in single.items():
            np.testing.assert_allclose(grads[name][run], value, rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(classes[run], network.predict(X, one), rtol=1e-13)


@networks
def test_everything_has_the_documented_shape(network, sizes):
    X, Y, parameters = random_problem(network, sizes)
    output, cache = network.forward_propagation(X, parameters)
    assert output.shape == (sizes[-1], M)
    for layer, rows in enumerate(sizes[1:], start=1):
        assert cache[f"Z{layer}"].shape == cache[f"A{layer}"].shape == (rows, M)
    assert np.shape(network.compute_cost(output, Y)) == ()
    grads = network.backward_propagation(parameters, cache, X, Y)
    assert {k: v.shape for k, v in grads.items()} == {
        "d" + k: v.shape for k, v in parameters.items()
    }


# ------------------------------------------------------------ deep and its twins

TWINS = [
    (two_layer, deep.architecture([3, 4, 2], "tanh", "sigmoid"), None),
    (three_layer, deep.architecture([3, 5, 4, 2], "relu", "softmax"), None),
    (worked, deep.architecture([3, 4, 2], "sigmoid", "sigmoid"), SQUARED),
]


@pytest.mark.parametrize("longhand, layers, cost", TWINS)
@pytest.mark.parametrize("stack", [(), (4,)], ids=["one", "stacked"])
def test_deep_equals_the_longhand_network(longhand, layers, cost, stack):
    network = deep.Network(layers, cost)
    sizes = [layers[0]["input_dim"], *(layer["output_dim"] for layer in layers)]
    X, Y, parameters = random_problem(longhand, sizes, stack=stack)
    output, cache = longhand.forward_propagation(X, parameters)
    deep_output, deep_cache = network.forward_propagation(X, parameters)
    close = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(deep_output, output, **close)
    for name, value in cache.items():
        np.testing.assert_allclose(deep_cache[name], value, **close)
    np.testing.assert_allclose(
        network.compute_cost(output, Y), longhand.compute_cost(output, Y), **close
    )
    # Each takes the other's cache.
    for one_cache in (cache, deep_cache):
        grads = longhand.backward_propagation(parameters, one_cache, X, Y)
        deep_grads = network.backward_propagation(parameters, one_cache, X, Y)
        assert grads.keys() == deep_grads.keys()
        for name, value in grads.items():
            np.testing.assert_allclose(deep_grads[name], value, **close)
    np.testing.assert_array_equal(
        network.predict(X, parameters), longhand.predict(X, parameters)
    )


@pytest.mark.parametrize("sizes, names, cost, expected", DEEP)
def test_deep_chooses_the_cost_that_fits(sizes, names, cost, expected):
    assert deep.Network(layer_list(sizes, names), cost).cost == expected


def test_deep_does_not_hold_on_to_the_list_it_was_given():
    layers = deep.architecture([2, 3, 1])
    network = deep.Network(layers)
    layers[0]["output_dim"] = 99
    assert network.initialize_parameters(rng=0)["W1"].shape == (3, 2)
    assert repr(network) == "Network 2-3-1 (relu, sigmoid; binary_cross_entropy)"


# ------------------------------------------------------------ initial parameters


@pytest.mark.parametrize(
    "draw, names",
    [
        (lambda **k: two_layer.initialize_parameters(3, 4, 2, **k), "W1 b1 W2 b2"),
        (lambda **k: worked.initialize_parameters(3, 4, 2, **k), "W1 b1 W2 b2"),
        (
            lambda **k: three_layer.initialize_parameters(3, 5, 4, 2, **k),
            "W1 b1 W2 b2 W3 b3",
        ),
        (
            lambda **k: deep.Network(
                deep.architecture([3, 5, 4, 2])
            ).initialize_parameters(**k),
            "W1 b1 W2 b2 W3 b3",
        ),
    ],
    ids=["two_layer", "worked_example", "three_layer", "deep"],
)
def test_initial_parameters(draw, names):
    parameters = draw(rng=5)
    assert " ".join(parameters) == names
    again, other = draw(rng=np.random.default_rng(5)), draw(rng=6)
    for name, value in parameters.items():
        np.testing.assert_array_equal(value, again[name])
        if name.startswith("b"):
            assert value.shape == (len(parameters["W" + name[1]]), 1)
            assert not value.any()
        else:
            assert (value != other[name]).all()
    twice = draw(rng=np.random.RandomState(5), scale=0.2)
    once = draw(rng=np.random.RandomState(5), scale=0.1)
    np.testing.assert_allclose(twice["W2"], 2 * once["W2"])
    assert not draw(rng=0, scale=0)["W1"].any()
    assert (draw()["W1"] != draw()["W1"]).any()  # without a seed: other numbers


@pytest.mark.parametrize(
    "scale, variance", [("xavier", 2 / (300 + 100)), ("he", 2 / 300), (0.5, 0.25)]
)
def test_scale_of_deep_weights(scale, variance):
    network = deep.Network(deep.architecture([300, 100, 1]))
    W1 = network.initialize_parameters(scale=scale, rng=0)["W1"]
    assert W1.var() == pytest.approx(variance, rel=0.02)  # 30,000 draws: 0.8 % off


def test_bias_scale_draws_the_biases_and_0_draws_none():
    network = deep.Network(deep.architecture([3, 5, 4, 2], "relu", "softmax"))
    for scale in (0, 0.3):
        one = three_layer.initialize_parameters(
            3, 5, 4, 2, scale=0.1, bias_scale=scale, rng=1
        )
        two = network.initialize_parameters(scale=0.1, bias_scale=scale, rng=1)
        for name, value in one.items():
            np.testing.assert_array_equal(two[name], value)
        assert one["b1"].all() == bool(scale)


# ----------------------------------------------------------------------- predict


def test_predict_two_classes_at_one_half():
    # Without weights the output is sigmoid(b2): b2 = 0 is exactly 0.5, which counts
    # as class 0.
    parameters = {"W1": [[0.0]], "b1": [[0.0]], "W2": [[1.0]], "b2": [[0.0]]}
    network = deep.Network(deep.architecture([1, 1, 1], "tanh"))
    for b2, wanted in [(-0.1, 0), (0, 0), (0.1, 1)]:
        parameters["b2"] = [[b2]]
        for one in (two_layer, network):
            got = one.predict([[3.0, 4.0]], parameters)
            assert got.tolist() == [[wanted, wanted]]
            assert got.dtype.kind == "i"


def test_predict_several_classes_gives_their_numbers():
    X = np.array([[3.0, 0, 1], [1, 2, 0], [0, 0, 4]])
    eye, zero = np.eye(3), np.zeros((3, 1))
    parameters = {"W1": eye, "b1": zero, "W2": eye, "b2": zero, "W3": eye, "b3": zero}
    assert three_layer.predict(X, parameters).tolist() == [0, 1, 2]
    network = deep.Network(deep.architecture([3, 3, 3, 3], "relu", "softmax"))
    assert network.predict(X, parameters).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "network, sizes",
    [(worked, [3, 4, 2]), (deep.Network(layer_list([3, 2], ["identity"])), [3, 2])],
)
def test_predict_numbers_gives_the_output(network, sizes):
    X, _, parameters = random_problem(network, sizes)
    output, _ = network.forward_propagation(X, parameters)
    np.testing.assert_array_equal(network.predict(X, parameters), output)


# ------------------------------------------------------------------ extreme inputs


@pytest.mark.parametrize("size", [1e4, 1e150])
@pytest.mark.parametrize(
    "network, sizes",
    [
        (two_layer, [3, 4, 1]),
        (three_layer, [3, 5, 4, 2]),
        (worked, [3, 4, 2]),
        (deep.Network(layer_list([3, 4, 2], ["relu", "sigmoid"])), [3, 4, 2]),
        (deep.Network(layer_list([3, 4, 2], ["tanh", "softmax"])), [3, 4, 2]),
    ],
)
def test_saturated_networks_stay_finite_and_quiet(network, sizes, size):
    X, Y, parameters = random_problem(network, sizes)
    output, cache = network.forward_propagation(size * X, parameters)
    assert np.isfinite(network.compute_cost(output, Y))
    grads = network.backward_propagation(parameters, cache, size * X, Y)
    assert all(np.isfinite(value).all() for value in grads.values())
