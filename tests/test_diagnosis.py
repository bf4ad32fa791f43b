"""`diagnose` names the mistakes that people make, and no mistake where there is none."""

import re

import numpy as np
import pytest

from nnteach import deep, diagnose, three_layer, two_layer, worked_example
from nnteach.diagnosis import Diagnosis


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def two_layer_with(source):
    """Return a backward pass of two layers in which one line is replaced."""
    lines = """
    m = X.shape[1]
    W2, A1, A2, Z1, Z2 = parameters["W2"], *map(cache.get, ("A1", "A2", "Z1", "Z2"))
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (1 - A1**2)
    dW1 = dZ1 @ X.T / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
    """
    for line in source.split(";"):
        name = line.split("=")[0].strip()
        lines, count = re.subn(
            rf"^    {name} = .*$", f"    {line.strip()}", lines, flags=re.M
        )
        if not count:  # a new line, in front of the return
            lines = lines.replace("    return", f"    {line.strip()}\n    return")
    space = {"np": np, "sigmoid": sigmoid}
    exec(f"def backward_propagation(parameters, cache, X, Y):{lines}", space)
    return space["backward_propagation"]


def found(diagnosis):
    return [(mistake.code, mistake.where) for mistake in diagnosis.mistakes]


# --------------------------------------------------- what the published notebooks do


def seed_000(parameters, cache, X, Y):
    m = X.shape[1]
    A1, A2, W2 = cache["A1"], cache["A2"], parameters["W2"]
    dZ2 = A2 - Y
    dZ1 = np.dot(W2.T, dZ2) * A1 * (1 - A1)
    return {
        "dW1": (1 / m) * np.dot(dZ1, X.T),
        "db1": (1 / m) * np.sum(dZ1, axis=1, keepdims=True),
        "dW2": (1 / m) * np.dot(dZ2, A1.T),
        "db2": (1 / m) * np.sum(dZ2, axis=1, keepdims=True),
    }


def seed_002(X, parameters):
    A, cache = X, {}
    for layer in (1, 2, 3):
        Z = np.dot(parameters[f"W{layer}"], A) + parameters[f"b{layer}"]
        A = np.maximum(0, Z) if layer < 3 else np.exp(Z) / np.exp(Z).sum()
        cache[f"Z{layer}"], cache[f"A{layer}"] = Z, A
    return A, cache


def seed_003(Y_hat, Y, memory, params_values, nn_architecture):
    m = Y.shape[0]
    grads, dA = {}, -(np.divide(Y, Y_hat) - np.divide(1 - Y, 1 - Y_hat))
    for layer in range(len(nn_architecture), 0, -1):
        Z = memory[f"Z{layer}"]
        if nn_architecture[layer - 1]["activation"] == "relu":
            dZ = np.where(Z <= 0, 0, dA)
        else:
            dZ = dA * sigmoid(Z) * (1 - sigmoid(Z))
        grads[f"dW{layer}"] = np.dot(dZ, memory[f"A{layer - 1}"].T) / m
        grads[f"db{layer}"] = np.sum(dZ, axis=1) / m
        dA = np.dot(params_values[f"W{layer}"].T, dZ)
    return grads


def seed_004(parameters, cache, X, Y):
    A1, A2 = cache["A1"], cache["A2"]
    delta2 = (Y - A2) * A2 * (1 - A2)
    delta1 = (parameters["W2"].T @ delta2) * A1 * (1 - A1)
    m = X.shape[1]
    grads = delta1 @ X.T, delta1.sum(1), delta2 @ A1.T, delta2.sum(1)
    return tuple(grad.reshape(len(grad), -1) / m for grad in grads)


def seed_004_update(parameters, grads, eta):
    return {
        **parameters,
        "W1": parameters["W1"] + eta * grads["dW1"],
        "W2": parameters["W2"] + eta * grads["dW2"],
    }


def test_seeds():
    network = deep.Network(deep.architecture([2, 25, 50, 25, 1]))
    assert found(diagnose(seed_000)) == [("slope-of-other-activation", "dZ1")]
    assert found(diagnose(seed_002, three_layer)) == [("softmax-axis", "A3")]
    of_003 = diagnose(seed_003, network, "backward")
    assert of_003.verdict == "scaled"
    assert found(of_003)[0] == ("mean-over-wrong-axis", "every gradient")
    assert {code for code, _ in found(of_003)[1:]} == {"bias-flat"}
    assert "m/n_y" in str(of_003)
    assert found(diagnose(seed_004, worked_example)) == [("wrong-sign", "dZ2")]
    update = diagnose(seed_004_update, worked_example)
    assert found(update) == [("wrong-sign", "W1"), ("bias-zero", "b1")]


# -------------------------------------------------------------- typed in by learners

TYPED = {
    "dZ1 = dA1": [("slope-missing", "dZ1")],
    "dZ1 = dA1 * (1 - np.tanh(A1)**2)": [("slope-of-activation", "dZ1")],
    "dZ1 = dA1 * (1 - Z1**2)": [("slope-of-preactivation", "dZ1")],
    "dZ1 = dA1 * sigmoid(Z1) * (1 - sigmoid(Z1))": [
        ("slope-of-other-activation", "dZ1")
    ],
    "dZ1 = np.maximum(0, dA1)": [("relu-of-gradient", "dZ1")],
    "dZ1 = (W2 - 0.5 * dW2).T @ dZ2 * (1 - A1**2)": [("updated-too-early", "dZ1")],
    "dZ2 = (A2 - Y) * A2 * (1 - A2)": [("output-slope-extra", "dZ2")],
    "dZ2 = -Y / A2 + (1 - Y) / (1 - A2)": [("output-slope-missing", "dZ2")],
    "dZ2 = Y - A2": [("wrong-sign", "dZ2")],
    "db1 = np.sum(dZ1) / m": [("bias-one-number", "db1")],
    "db1 = np.sum(dZ1) / m; db2 = np.sum(dZ2) / m": [("bias-one-number", "db2")],
    "db1 = np.mean(dZ1)": [("bias-one-number", "db1")],
    "db1 = np.sum(dZ1, axis=0) / m": [("bias-wrong-axis", "db1")],
    "db2 = dZ2": [("bias-not-summed", "db2")],
    "db1 = np.zeros((W2.shape[1], 1))": [("bias-zero", "db1")],
    "db1 = db2": [("bias-from-other-layer", "db1")],
    "dW2 = dZ2 @ Z1.T / m": [("wrong-layer-input", "dW2")],
    "dW2 = dZ2 @ X.T / m": [("wrong-layer-input", "dW2")],
    "dW1 = dZ1 @ X.T": [("mean-missing", "dW1")],
    "dW1 = dZ1 @ X.T; db1 = np.sum(dZ1, axis=1, keepdims=True)": [
        ("mean-missing", "dW1")
    ],
    "dW1 = 3 * dZ1 @ X.T / m": [("scaled", "dW1")],
    "dW1 = dZ1 @ X.T / X.shape[0]": [("mean-over-wrong-axis", "dW1")],
    "dW2 = dZ2 @ A1.T / m + 0.01 * W2": [("weight-decay", "dW2")],
    "dZ1 = dA1 * A1 * (1 - A1); db2 = np.sum(dZ2) / m": [
        ("bias-one-number", "db2"), ("slope-of-other-activation", "dZ1"),
    ],
}  # fmt: skip
TYPED_THAT_RAISE = {
    "dA1 = W2 @ dZ2": [("transpose-missing", "dZ1")],
    "dA1 = W2.T * dZ2": [("elementwise-for-matrix-product", "dZ1")],
    "dW1 = dZ1 @ X / m": [("transpose-missing", "dW1")],
    "dW2 = dZ2 * A1 / m": [("elementwise-for-matrix-product", "dW2")],
    "dZ1 = dA1 * (1 - A2**2)": [("slope-of-other-layer", "dZ1")],
}


@pytest.mark.parametrize("source", TYPED)
def test_typed_in_wrong(source):
    diagnosis = diagnose(two_layer_with(source))
    assert diagnosis.verdict == "wrong"
    assert found(diagnosis) == TYPED[source]


@pytest.mark.parametrize("source", TYPED_THAT_RAISE)
def test_an_error_that_hides_where_sizes_are_equal(source):
    diagnosis = diagnose(two_layer_with(source))
    assert diagnosis.verdict == "raised"
    assert found(diagnosis) == TYPED_THAT_RAISE[source]


def test_numbers_are_solved_for():
    early = "dZ1 = (W2 - 0.5 * dW2).T @ dZ2 * (1 - A1**2)"
    (mistake,) = diagnose(two_layer_with(early)).mistakes
    assert mistake.number == pytest.approx(0.5)
    assert "0.5" in mistake.message


# ---------------------------------------------------------------- what nobody knows

OUTSIDE = {
    "dW2 = dZ2 @ A1.T / m + 0.1": "dW2",
    "dW2 = np.sqrt(np.abs(dZ2 @ A1.T)) / m": "dW2",
    "dW1 = dZ1 @ (X * X).T / m": "dW1",
    "dW1 = dZ1[:, ::-1] @ X.T / m": "dW1",
    "db2 = np.max(dZ2, axis=1, keepdims=True) / m": "db2",
    "db1 = np.median(dZ1, axis=1, keepdims=True)": "db1",
    "db2 = dZ2[:, :1]": "db2",
    "dZ2 = np.round(A2 - Y, 1)": "dZ2",
    "dZ2 = np.where(Y == 1, A2 - Y, 0.5 * (A2 - Y))": "dZ2",
    "dZ1 = dA1 * np.cos(Z1)": "dZ1",
    "dZ1 = dA1 - (1 - A1**2)": "dZ1",
    "dZ1 = dA1 * (1 - A1**2) + 0.01": "dZ1",
    "dA1 = W2.T @ np.sort(dZ2, axis=1)": "dZ1",
    "dA1 = (W2**2).T @ dZ2": "dZ1",
}


@pytest.mark.parametrize("source", OUTSIDE)
def test_a_mistake_that_nobody_has_described(source):
    diagnosis = diagnose(two_layer_with(source))
    assert found(diagnosis) == [("unknown", OUTSIDE[source])]
    assert any("uphill" in fact or "downhill" in fact for fact in diagnosis.facts)
    if OUTSIDE[source] != "dZ2":
        assert any("Right: dW2" in f or "Right: db2" in f for f in diagnosis.facts)


def test_it_says_on_which_inputs_the_result_differs():
    only_ones = two_layer_with(
        "dZ2 = np.where(Y == 1, A2 - Y, 0.5 * (A2 - Y))[:1] * Y**0"
    )
    assert not diagnose(only_ones).right
    known = two_layer_with("dW1 = dZ1 @ X.T / m if m < 2 else dZ1 @ (X**2).T / m")
    assert "With one example at a time it is right." in diagnose(known).facts
