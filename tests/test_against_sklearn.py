"""A second opinion: scikit-learn's gradients for the same weights and examples."""

from itertools import pairwise

import numpy as np
import pytest

from nnteach import deep, three_layer, train, two_layer
from nnteach.data import one_hot

neural_network = pytest.importorskip("sklearn.neural_network")

draw = np.random.default_rng(0)
m = 9
X = draw.normal(size=(3, m))
NAMES = {"logistic": "sigmoid", "tanh": "tanh", "relu": "relu", "identity": "identity"}


def theirs(X, Y, parameters, hidden, updates=1):
    """Return the output, the costs and the gradients that scikit-learn computes.

    It has one example per row and does not tell its gradients; but after one update
    with the learning rate 1 they are what the weights have lost. The weights are put
    into its own arrays, because its optimizer holds on to those.
    """
    count = len(parameters) // 2
    kind, first, labels = neural_network.MLPRegressor, {}, Y.T
    if Y is not NUMBERS:
        kind, labels = (
            neural_network.MLPClassifier,
            Y[0] if len(Y) == 1 else Y.argmax(0),
        )
        first = {"classes": np.unique(labels)}
    model = kind(
        hidden_layer_sizes=[len(parameters[f"b{i}"]) for i in range(1, count)],
        activation=hidden, solver="sgd", learning_rate_init=1, momentum=0, alpha=0,
        batch_size=m, shuffle=False,
    )  # fmt: skip
    model.partial_fit(X.T, labels, **first)
    for i in range(count):
        model.coefs_[i][:] = parameters[f"W{i + 1}"].T
        model.intercepts_[i][:] = parameters[f"b{i + 1}"][:, 0]
    output = (model.predict_proba if first else model.predict)(X.T).T
    for _ in range(updates):
        model.partial_fit(X.T, labels)
    grads = {}
    for i in range(count):
        name = f"W{i + 1}"
        grads["d" + name] = parameters[name] - model.coefs_[i].T
        name = f"b{i + 1}"
        grads["d" + name] = parameters[name] - model.intercepts_[i][:, None]
    return output[-len(Y) :], model.loss_curve_[1:], grads


def random_parameters(sizes):
    parameters = {}
    for i, (below, rows) in enumerate(pairwise(sizes), start=1):
        parameters[f"W{i}"] = draw.normal(size=(rows, below))
        parameters[f"b{i}"] = draw.normal(size=(rows, 1))
    return parameters


DIGITS = np.arange(m) % 4
TWO, FOUR = (DIGITS[None, :] > 1).astype(float), one_hot(DIGITS, 4)
NUMBERS = draw.normal(size=(2, m))
CASES = [
    (two_layer, [3, 4, 1], TWO, "tanh"),
    (three_layer, [3, 6, 5, 4], FOUR, "relu"),
    *[(None, [3, 6, 5, 1], TWO, hidden) for hidden in NAMES],
    *[(None, [3, 6, 5, 4], FOUR, hidden) for hidden in NAMES],
    *[(None, [3, 6, 5, 2], NUMBERS, hidden) for hidden in NAMES],
]


@pytest.mark.parametrize("network, sizes, Y, hidden", CASES)
def test_output_cost_and_gradients(network, sizes, Y, hidden):
    last = "identity" if Y is NUMBERS else "softmax" if Y is FOUR else "sigmoid"
    if network is None:
        network = deep.Network(deep.architecture(sizes, NAMES[hidden], last))
    parameters = random_parameters(sizes)
    output, cost, grads = theirs(X, Y, parameters, hidden)
    ours, cache = network.forward_propagation(X, parameters)
    np.testing.assert_allclose(ours, output, rtol=1e-12)
    # Its squared error is a mean over the outputs as well, and its gradients are not.
    scale = len(Y) if Y is NUMBERS else 1
    np.testing.assert_allclose(
        network.compute_cost(ours, Y), scale * cost[0], rtol=1e-12
    )
    mine = network.backward_propagation(parameters, cache, X, Y)
    for name, value in grads.items():
        np.testing.assert_allclose(mine[name], value, rtol=1e-9, atol=1e-13)


def test_a_whole_training_run():
    parameters = two_layer.initialize_parameters(3, 4, 1, scale=0.5, rng=1)
    run = train(two_layer, X, TWO, parameters, learning_rate=1, iterations=20)
    _, costs, moved = theirs(X, TWO, parameters, "tanh", updates=20)
    np.testing.assert_allclose(run.costs[:20], costs, rtol=1e-10)
    for name, value in run.parameters.items():
        np.testing.assert_allclose(
            parameters[name] - moved["d" + name], value, rtol=1e-9
        )
