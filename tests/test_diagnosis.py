"""`diagnose` names the mistakes that people make, and none where there is none."""

import re

import numpy as np
import pytest

from nnteach import (
    deep,
    diagnose,
    numerical_gradients,
    three_layer,
    two_layer,
    worked_example,
)
from nnteach.activations import softmax
from nnteach.checks import beneath as beneath_the_checks
from nnteach.judge.compare import near_one
from nnteach.judge.note import Block, Code, Mistake, Note, Result, with_code


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


def test_slopes_left_out_in_both_layers_are_no_slopes_of_relu():
    def backward_propagation(parameters, cache, X, Y):
        dZ2, m = cache["A2"] - Y, X.shape[1]
        dZ1 = parameters["W2"].T @ dZ2
        grads = {"dW1": dZ1 @ X.T, "dW2": dZ2 @ cache["A1"].T}
        grads |= {"db1": dZ1.sum(1, keepdims=True), "db2": dZ2.sum(1, keepdims=True)}
        return {name: grad / m for name, grad in grads.items()}

    assert found(diagnose(backward_propagation, worked_example)) == [
        ("output-slope-missing", "dZ2"),
        ("slope-missing", "dZ1"),
    ]


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
    "dW2 = dZ2 * A1 / m": [("elementwise-for-matrix-product", "dW2")],
    "dZ1 = dA1 * (1 - A2**2)": [("slope-of-other-layer", "dZ1")],
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
    "dW2 = 0 * W2; db1 = 0 * dZ1[:, :1]": [
        ("gradient-zero", "dW2"), ("bias-zero", "db1"),
    ],
    "dZ1 = dA1 * 1 - A1**2": [("slope-formula", "dZ1")],
    "dZ1 = dA1 * A1 * (1 - A1); db1 = np.sum(dZ1) / m": [
        ("slope-of-other-activation", "dZ1"), ("bias-one-number", "db1"),
    ],
}  # fmt: skip
TYPED_THAT_RAISE = {
    "dA1 = W2 @ dZ2": [("transpose-missing", "dZ1")],
    "dW1 = dZ1 @ X / m": [("transpose-missing", "dW1")],
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


def test_two_numbers_in_one_chain_are_solved_for():
    early = "dZ1 = 3 * (W2 - 0.5 * dW2).T @ dZ2 * (1 - A1**2)"
    mistakes = diagnose(two_layer_with(early)).mistakes
    numbers = {mistake.code: mistake.number for mistake in mistakes}
    assert numbers == pytest.approx({"updated-too-early": 0.5, "scaled": 3})


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
    "dZ2 = np.round(A2 - Y, 1)": "dW2",
    "dZ2 = np.clip(A2 - Y, -0.6, 0.6)": "dW2",
    "dZ2 = np.where(Y == 1, A2 - Y, 0.5 * (A2 - Y))": "dW2",
    "dZ1 = dA1 * np.cos(Z1)": "dW1",
    "dZ1 = dA1 - (1 - A1**2)": "dW1",
    "dZ1 = dA1 * (1 - A1**2) + 0.01": "dW1",
    "dA1 = W2.T @ np.sort(dZ2, axis=1)": "dW1",
    "dA1 = (W2**2).T @ dZ2": "dW1",
}


@pytest.mark.parametrize("source", OUTSIDE)
def test_a_mistake_that_nobody_has_described(source):
    diagnosis = diagnose(two_layer_with(source))
    assert found(diagnosis) == [("unknown", OUTSIDE[source])]
    assert any("uphill" in fact or "downhill" in fact for fact in diagnosis.facts)
    if OUTSIDE[source] != "dW2":
        assert any("Right: dW2" in f or "Right: db2" in f for f in diagnosis.facts)


@pytest.mark.parametrize("network, most", [(two_layer, 1), (three_layer, 5)])
@pytest.mark.parametrize("read", [lambda function: function, beneath_the_checks])
def test_gradients_that_are_cut_off_are_not_right(network, most, read):
    backward = read(network.backward_propagation)

    def backward_propagation(*given):
        grads = backward(*given)
        return {name: np.clip(value, -most, most) for name, value in grads.items()}

    result = diagnose(backward_propagation, network)
    assert found(result) == [("unknown", "dW1")]
    assert f"you give −{most}" in str(result) or f"you give {most}" in str(result)
    assert "a hundred times as large; with smaller ones it is right" in str(result)


@pytest.mark.parametrize(
    "factor, said", [(1, "goes downhill all the same"), (-9, "not always go downhill")]
)
def test_it_says_whether_the_gradients_lead_downhill(factor, said):
    source = f"dW1 = {factor} * np.sinh(dZ1 @ X.T / m + 0.001)"
    diagnosis = diagnose(two_layer_with(source))
    assert found(diagnosis) == [("unknown", "dW1")]
    assert any(said in fact for fact in diagnosis.facts)


@pytest.mark.parametrize("shape", [".sum()", "[:, :1]", " * np.ones(m)[:, None, None]"])
def test_of_other_shapes_it_does_not_say_whether_they_lead_downhill(shape):
    source = f"dW1 = np.sinh(dZ1 @ X.T / m + 0.001){shape}"
    diagnosis = diagnose(two_layer_with(source))
    assert found(diagnosis) == [("unknown", "dW1")]
    assert not any("downhill" in fact for fact in diagnosis.facts)


def test_it_says_on_which_inputs_the_result_differs():
    many = two_layer_with("dW1 = dZ1 @ X.T / m if m < 2 else dZ1 @ (X**2).T / m")
    assert "With one example at a time it is right." in diagnose(many).facts
    labels = two_layer_with("dZ2 = np.where(Y[0] == 1, A2 - Y, np.sin(A2 - Y))")
    assert diagnose(labels).facts[-1].endswith("the first entry of Y is 0.")
    others = two_layer_with("dZ2 = np.where(Y[0] == 0, A2 - Y, np.sin(A2 - Y))")
    assert diagnose(others).facts[-1].endswith("the first entry of Y is 1.")


def classes(wrong):
    """Return a backward pass of three layers, wrong where that holds, rows, numbers."""

    def backward(X, y, A1, A2, A3, W2, W3):
        m, d3 = len(X), A3.copy()
        d3[range(m), y] -= ~wrong(y)
        d2 = d3 @ W3.T * (A2 > 0)
        d1 = d2 @ W2.T * (A1 > 0)
        pairs = zip((1, 2, 3), (X, A1, A2), (d1, d2, d3), strict=True)
        return {f"dW{n}": A.T @ d / m for n, A, d in pairs} | {
            f"db{n}": d.mean(0) for n, d in enumerate((d1, d2, d3), 1)
        }

    return backward


def two_classes(wrong):
    """Return a backward pass of two layers, wrong where that holds; numbers."""

    def backward(parameters, cache, X, y):
        A2 = cache["A2"] * np.where(wrong(y), 0.9, 1)
        cache = {**cache, "A2": A2 - np.array([0.0, 1.0])[y]}
        return two_layer.backward_propagation(parameters, cache, X, 0 * A2)

    return backward


@pytest.mark.parametrize(
    "make, network", [(classes, three_layer), (two_classes, two_layer)]
)
@pytest.mark.parametrize(
    "wrong, words",
    [(lambda y: y == 0, "those of class 0."), (lambda y: y > 0, "not of class 0.")],
    ids=["class 0", "others"],
)
def test_of_labels_that_are_numbers_it_names_the_class(make, network, wrong, words):
    assert diagnose(make(wrong), network).facts[-1].endswith(words)


ROWS = [  # of two layers, with one example per row: (changed line, what is said)
    ("db2 = d2", "db2 has numbers for each example: they are not summed up."),
    ("m = A1.shape[1]", "it is m/(units of A1) times the right one."),
    ("db2 = d2.mean(0) * np.ones((len(X), 1))", "once for each example: once is"),
]


@pytest.mark.parametrize("line, words", ROWS)
def test_what_is_said_is_true_of_rows_too(line, words):
    lines = "m = len(X);d2 = A2 - y;d1 = d2 @ W2.T * (1 - A1**2);db2 = d2.sum(0) / m"
    name = line.split(" = ")[0]
    lines = [line if x.startswith(f"{name} =") else x for x in lines.split(";")]
    grads = "dict(dW2=A1.T @ d2 / m, db2=db2, dW1=X.T @ d1 / m, db1=d1.sum(0) / m)"
    space = {"np": np}
    body = "\n    ".join([*lines, f"return {grads}"])
    exec(f"def backward(X, y, A1, A2, W2):\n    {body}", space)
    assert words in diagnose(space["backward"]).message


def test_a_cost_in_an_array_of_one_entry_is_right():
    def cost(A2, Y):
        return np.array([[two_layer.compute_cost(A2, Y)]])

    result = diagnose(cost)
    assert result.right
    assert "an array of shape (1, 1) with one entry: `.item()` makes" in str(result)


@pytest.mark.parametrize("factors, near", [([1, 1.009], True), ([1, 1.02], False)])
def test_what_is_within_one_percent(factors, near):
    assert near_one(factors) == near


def test_every_layer_is_searched_also_below_an_unknown_gradient():
    source = "dW2 = dZ2 @ A1.T / m + 0.1; dZ1 = dA1 * A1 * (1 - A1)"
    assert found(diagnose(two_layer_with(source))) == [
        ("slope-of-other-activation", "dZ1"),
        ("unknown", "dW2"),
    ]


# ------------------------------------------------------------------ the other verdicts

COMMON_FACTORS = {
    "dZ2 = 2 * (A2 - Y)": ("scaled", "2 times"),
    "m = 1": ("mean-missing", "m times"),
    "dZ2 = (A2 - Y) / m": ("mean-twice", "1/m times"),
    "m = X.shape[0]": ("mean-over-wrong-axis", "m/n_x times"),
    "m = Y.shape[0]": ("mean-over-wrong-axis", "m/n_y times"),
    "dZ2 = 0.05 * (A2 - Y)": ("scaled", "0.05 times"),
    "dZ2 = (A2 - Y) / np.linalg.norm(A2 - Y)": ("scaled", "changes with the data"),
}


@pytest.mark.parametrize("source", COMMON_FACTORS)
def test_one_factor_on_every_gradient_is_a_convention(source):
    diagnosis = diagnose(two_layer_with(source))
    code, words = COMMON_FACTORS[source]
    assert diagnosis.verdict == "scaled"
    assert found(diagnosis) == [(code, "every gradient")]
    assert words in diagnosis.mistakes[0].message


MISSHAPEN = {
    "db1 = np.sum(dZ1, axis=1) / m": [("bias-flat", "db1")],
    "db1 = np.sum(dZ1, axis=1)[None] / m": [("bias-flat", "db1")],
    "dW2 = A1 @ dZ2.T / m": [("transposed", "dW2")],
    "dW1 = (dZ1 @ X.T / m).ravel()": [("flattened", "dW1")],
}


@pytest.mark.parametrize("source", MISSHAPEN)
def test_right_numbers_in_a_wrong_shape(source):
    diagnosis = diagnose(two_layer_with(source))
    assert diagnosis.verdict == "misshapen"
    assert found(diagnosis) == MISSHAPEN[source]


def stub(parameters, cache, X, Y): ...


def nothing(parameters, cache, X, Y):
    print(two_layer.backward_propagation(parameters, cache, X, Y))


def in_place(parameters, cache, X, Y):
    grads = two_layer.backward_propagation(parameters, cache, X, Y)
    cache["A2"] -= Y
    return grads


def without_biases(parameters, cache, X, Y):
    grads = two_layer.backward_propagation(parameters, cache, X, Y)
    return {"dW1": grads["dW1"], "dW2": grads["dW2"]}


def not_a_number(parameters, cache, X, Y):
    grads = two_layer.backward_propagation(parameters, cache, X, Y)
    return {**grads, "dW1": grads["dW1"] * np.nan}


@pytest.mark.parametrize(
    "function, verdict, mistakes",
    [
        (None, "not attempted", []),
        (..., "not attempted", []),
        (stub, "not attempted", []),
        (nothing, "wrong", [("returned-nothing", "function")]),
        (in_place, "wrong", [("inputs-changed", "inputs")]),
        (without_biases, "wrong", [("missing", "db1"), ("missing", "db2")]),
        (not_a_number, "wrong", [("not-finite", "dW1")]),
        (lambda p, c, X, Y: 3, "wrong", [("wrong-type", "result")]),
        (lambda p, c, X, Y: {"dW1": "a"}, "wrong", None),
        (lambda p, c, X, Y: X[99], "raised", [("raised", "function")]),
        (two_layer_with("m = 0;dZ3 = A2 @ A2"), "raised", None),
    ],
)
def test_results_that_are_none(function, verdict, mistakes):
    diagnosis = diagnose(function, two_layer, "backward")
    assert diagnosis.verdict == verdict
    assert not diagnosis.right
    assert mistakes is None or found(diagnosis) == mistakes


@pytest.mark.parametrize(
    "source", ["db2 = np.sum(dZ2) / m", "m = Y.size", "dA1 = W2.T * dZ2"]
)
def test_what_is_right_with_one_output_is_right(source):
    diagnosis = diagnose(two_layer_with(source))
    assert diagnosis.right
    assert "With several outputs: " in diagnosis.facts[-1]


@pytest.mark.parametrize(
    "function, verdict",
    [
        (two_layer_with("dZ2 = np.squeeze(A2 - Y)"), "raised"),
        (lambda X, p: squeezed(*two_layer.forward_propagation(X, p)), "misshapen"),
    ],
)
def test_what_fails_with_one_output_is_not_right(function, verdict):
    what = "forward" if verdict == "misshapen" else None
    diagnosis = diagnose(function, two_layer, what)
    assert diagnosis.verdict == verdict
    assert "(n_y = 1); with more it is right." in diagnosis.facts[-1]


def squeezed(A2, cache):
    return np.squeeze(A2), {**cache, "A2": np.squeeze(A2)}


# ----------------------------------------- forward pass, cost and update, typed in


def forward(first="W1 @ X + b1", second="W2 @ A1 + b2", out="sigmoid(Z2)", keep="A1"):
    def forward_propagation(X, parameters):
        names = {**parameters, "X": X, "np": np, "sigmoid": sigmoid}
        names["Z1"] = eval(first, names)
        names["A1"] = np.tanh(names["Z1"])
        names["Z2"] = eval(second, names)
        names["A2"] = eval(out, names)
        kept = {"Z1": names["Z1"], "A1": names[keep], "Z2": names["Z2"]}
        return names["A2"], {**kept, "A2": names["A2"]}

    return forward_propagation


FORWARD = [
    (forward(), []),
    (lambda X, parameters: forward()(X, parameters)[0], [("cache-missing", "result")]),
    (forward(first="W1 @ X"), [("bias-missing", "Z1")]),
    (forward(second="W2 @ Z1 + b2"), [("wrong-layer-input", "Z2")]),
    (forward(out="np.tanh(Z2)"), [("other-activation", "A2")]),
    (forward(out="sigmoid(Z2) * (1 - sigmoid(Z2))"), [("slope-for-activation", "A2")]),
    (forward(first="X @ W1 + b1"), [("order-of-product", "Z1")]),
    (forward(first="W1.T @ X + b1"), [("transpose-missing", "Z1")]),
    (forward(keep="Z1"), [("cache-mixed-up", "A1")]),
    (forward(out="Z2"), [("activation-missing", "A2")]),
]


@pytest.mark.parametrize("function, mistakes", FORWARD)
def test_forward(function, mistakes):
    assert found(diagnose(function, two_layer, "forward")) == mistakes


def log_terms(A2, Y):
    return Y * np.log(A2) + (1 - Y) * np.log(1 - A2)


COST = [
    (lambda A2, Y: -log_terms(A2, Y).sum() / Y.shape[1], "right", []),
    (lambda A2, Y: -log_terms(A2, Y).sum(), "scaled", ["mean-missing"]),
    (lambda A2, Y: -log_terms(A2, Y).mean(), "right", []),
    (lambda A2, Y: -(Y * np.log(A2)).mean(), "wrong", ["cost-part-missing"]),
    (
        lambda A2, Y: -log_terms(A2, Y).sum() / Y.shape[1] / np.log(10),
        "scaled",
        ["other-logarithm"],
    ),
    (lambda A2, Y: log_terms(A2, Y).sum() / Y.shape[1], "wrong", ["wrong-sign"]),
    (
        lambda A2, Y: -(Y * np.log(A2)).sum() / Y.shape[1],
        "wrong",
        ["cost-part-missing"],
    ),
    (
        lambda A2, Y: -(Y * np.log(A2)).sum(),
        "wrong",
        ["cost-part-missing", "mean-missing"],
    ),
    (
        lambda A2, Y: -(Y @ np.log(A2).T + (1 - Y) @ np.log(1 - A2).T) / Y.shape[1],
        "right",
        [],
    ),
    (lambda A2, Y: np.abs(A2 - Y).max(), "wrong", ["unknown"]),
    # infinite, if its examples were rows
    (lambda A2, Y: -np.log((Y * A2).sum(axis=1)).mean(), "wrong", ["unknown"]),
]


@pytest.mark.parametrize("function, verdict, codes", COST)
def test_cost(function, verdict, codes):
    diagnosis = diagnose(function, two_layer, "cost")
    assert diagnosis.verdict == verdict
    assert [code for code, _ in found(diagnosis)] == codes


@pytest.mark.parametrize(
    "names, passed",
    [
        ("y, t", "y, t"), ("y, t", "t, y"), ("t, y", "t, y"), ("t, y", "y, t"),
        ("actual, pred", "pred, actual"), ("u, v", "u, v"), ("u, v", "v, u"),
    ],
)  # fmt: skip
def test_a_cost_may_call_output_and_labels_as_it_likes(names, passed):
    space = {"cost": two_layer.compute_cost}
    exec(f"def mine({names}): return cost({passed})", space)
    exec(f"def double({names}): return 2 * cost({passed})", space)
    assert diagnose(space["mine"], two_layer, "cost").right
    assert not diagnose(space["double"], two_layer, "cost").right


@pytest.mark.parametrize("names", ["A2, Y", "y_hat, y"])
def test_a_cost_whose_names_are_exchanged_is_not_right(names):
    space = {"cost": two_layer.compute_cost}
    exec(f"def mine({names}): return cost({', '.join(names.split(', ')[::-1])})", space)
    assert not diagnose(space["mine"], two_layer, "cost").right


def test_a_cost_that_cuts_its_outputs_off_is_not_right():
    def compute_cost(A2, Y):
        return two_layer.compute_cost(np.clip(A2, 0.01, 0.99), Y)

    result = diagnose(compute_cost)
    assert not result.right
    assert "outputs of 0.002 and 0.998; with less sure ones it is right" in str(result)
    small = lambda A2, Y: -(log_terms(A2 + 1e-8, Y) / Y.shape[1]).sum()  # noqa: E731
    assert diagnose(small, two_layer, "cost").right
    small = lambda A2, Y: -(log_terms(A2 + 1e-6, Y) / Y.shape[1]).sum()  # noqa: E731
    assert diagnose(small, two_layer, "cost").right


def test_an_activation_that_ends_at_6_is_not_relu():
    def forward_propagation(X, parameters):
        W1, b1, W2, b2, W3, b3 = parameters.values()
        A1 = np.clip(W1 @ X + b1, 0, 6)
        A2 = np.clip(W2 @ A1 + b2, 0, 6)
        return softmax(W3 @ A2 + b3), {"A1": A1, "A2": A2}

    result = diagnose(forward_propagation, three_layer)
    assert found(result) == [("unknown", "A1")]
    assert "ten times as large; with smaller ones it is right" in str(result)


def test_what_is_infinite_for_large_inputs_is_said():
    def forward_propagation(X, parameters):
        A2, cache = two_layer.forward_propagation(X, parameters)
        return np.where(np.abs(X).max() > 9, np.nan, A2), cache

    result = diagnose(forward_propagation)
    assert ("not-finite", "A2") in found(result)
    assert "ten times as large; with smaller ones it is right" in str(result)


def with_cache(**changed):
    def forward_propagation(X, parameters):
        A2, cache = two_layer.forward_propagation(X, parameters)
        made = {name: make(X, A2, cache) for name, make in changed.items()}
        return A2, {**cache, **made}

    return forward_propagation


@pytest.mark.parametrize(
    "changed, where",
    [
        ({"A2": lambda X, A2, cache: cache["A1"]}, ["A2"]),
        ({"A2": lambda X, A2, cache: A2 > 0.5}, ["A2"]),
        ({"A2": lambda X, A2, cache: None}, ["A2"]),
        ({"A0": lambda X, A2, cache: 2 * X}, ["A0"]),
        ({"A0": lambda X, A2, cache: X, "A2": lambda X, A2, cache: A2.copy()}, []),
        ({"A0": lambda X, A2, cache: X.T, "A2": lambda X, A2, cache: A2.T}, []),
        ({"A0": lambda X, A2, cache: np.vstack([X, np.ones((1, X.shape[1]))])}, []),
        ({"A2": lambda X, A2, cache: (A2, cache["A1"])}, []),
    ],
)
def test_the_ends_of_a_cache_are_looked_at(changed, where):
    result = diagnose(with_cache(**changed), two_layer)
    assert found(result) == [("cache-mixed-up", name) for name in where]
    assert result.right == (not where)


GRADS = {
    "cache, grads": lambda parameters, cache, grads: (cache, grads),
    "parameters, grads": lambda parameters, cache, grads: (parameters, grads),
    "a table of tables": lambda parameters, cache, grads: {"grads": grads},
}


@pytest.mark.parametrize("form", GRADS)
def test_gradients_are_found_beside_other_tables(form):
    def backward_propagation(parameters, cache, X, Y):
        grads = two_layer.backward_propagation(parameters, cache, X, Y)
        return GRADS[form](parameters, cache, grads)

    assert diagnose(backward_propagation).right


def test_new_parameters_are_found_beside_others():
    def update_parameters(parameters, grads, learning_rate):
        new = {
            name.lower(): value - learning_rate * grads["d" + name]
            for name, value in parameters.items()
        }
        return new, parameters

    assert diagnose(update_parameters).right


def test_gradients_may_be_measured():
    def backward_propagation(parameters, cache, X, Y):
        return numerical_gradients(two_layer, parameters, X, Y, step=1e-4)

    assert diagnose(backward_propagation).right


def test_a_squared_error_of_softmax_may_take_the_numbers_of_classes():
    layers = deep.architecture([4, 5, 3], "relu", "softmax")
    network = deep.Network(layers, "half_squared_error")

    def compute_cost(A, Y):
        return 0.5 * ((A - np.eye(len(A))[Y].T) ** 2).sum() / Y.size

    result = diagnose(compute_cost, network)
    assert found(result) == [("labels-as-numbers", "layout")]


def test_targets_of_a_squared_error_are_no_classes():
    def backward_propagation(parameters, cache, X, Y):
        m, A1, A2 = X.shape[1], cache["A1"], cache["A2"]
        dZ2 = (A2 - 2 * Y) * A2 * (1 - A2)
        dZ1 = parameters["W2"].T @ dZ2 * A1 * (1 - A1)
        return {
            "dW1": dZ1 @ X.T / m, "db1": dZ1.sum(axis=1, keepdims=True) / m,
            "dW2": dZ2 @ A1.T / m, "db2": dZ2.sum(axis=1, keepdims=True) / m,
        }  # fmt: skip

    result = diagnose(backward_propagation, worked_example)
    assert found(result) == [("unknown", "dW2")]
    assert "labels" not in str(result)


def update(step):
    def update_parameters(parameters, grads, learning_rate):
        return {
            k: step(W, grads["d" + k], learning_rate) for k, W in parameters.items()
        }

    return update_parameters


UPDATE = [
    (update(lambda W, dW, rate: W - rate * dW), []),
    (update(lambda W, dW, rate: W + rate * dW), [("wrong-sign", "W1")]),
    (update(lambda W, dW, rate: W - dW), [("rate-missing", "W1")]),
    (update(lambda W, dW, rate: -rate * dW), [("step-for-parameter", "W1")]),
    (update(lambda W, dW, rate: W - rate * dW / 10), [("scaled", "W1")]),
    (update(lambda W, dW, rate: W - 1.2 * dW), [("unknown", "W1")]),  # at any rate
    (
        update(lambda W, dW, rate: W - rate * dW if W.shape[1] > 1 else W),
        [("bias-zero", "b1")],
    ),
]


@pytest.mark.parametrize("function, mistakes", UPDATE)
def test_update(function, mistakes):
    assert found(diagnose(function, two_layer)) == mistakes


# --------------------------------------------------------------------- how it is asked


def test_arguments_are_known_by_their_names():
    def mine(X, y, params, memory):
        return two_layer.backward_propagation(params, memory, X, y)

    def other(grads, parameters, lr=0.1):
        return {k: W - lr * grads["d" + k] for k, W in parameters.items()}

    def tuples(parameters, cache, X, Y):
        _, _, W2, _ = parameters
        _, A1, _, A2 = cache
        d2 = (A2 - Y) / Y.shape[1]
        d1 = W2.T @ d2 * (1 - A1**2)
        return d1 @ X.T, d1.sum(1, keepdims=True), d2 @ A1.T, d2.sum(1, keepdims=True)

    def stars(parameters, cache, X, Y, *architecture, **others):
        assert not architecture
        return two_layer.backward_propagation(parameters, cache, X, Y)

    assert diagnose(mine).right
    assert diagnose(stars).right
    assert diagnose(other).right
    assert diagnose(tuples).right
    assert diagnose(lambda p, c, X, Y: 0, what="backward").verdict == "wrong"
    with pytest.raises(ValueError, match="cannot be told what kind"):
        diagnose(lambda a, b: 0)
    with pytest.raises(ValueError, match="got 'backwards'"):
        diagnose(mine, what="backwards")
    with pytest.raises(TypeError, match=r"network: expected two_layer.*got 3"):
        diagnose(mine, network=3)


@pytest.mark.parametrize("rate", ["learning_rate=0.01", "alpha=0.01", "lr=0.1"])
@pytest.mark.parametrize("made", ["grads", "tuple(grads.values())"])
def test_a_rate_that_nothing_uses_does_not_make_a_step(rate, made):
    space = {"back": two_layer.backward_propagation}
    lines = "grads = back(parameters, cache, X, Y)"
    exec(f"def mine(parameters, cache, X, Y, {rate}):\n {lines}\n return {made}", space)
    assert diagnose(space["mine"], two_layer, "backward").right


def test_a_function_that_fits_the_sizes_of_its_network_only():
    network = deep.Network(deep.architecture([2, 4, 3, 1]))

    def only_here(parameters, cache, X, Y):
        assert X.shape[0] == 2
        return network.backward_propagation(parameters, cache, X, Y)

    diagnosis = diagnose(only_here, network)
    assert diagnosis.right
    assert "sizes of this network" in diagnosis.facts[0]


ORDERS = [  # of what comes back in a tuple, three layers
    "dW1 db1 dW2 db2 dW3 db3", "dW3 db3 dW2 db2 dW1 db1", "dW1 dW2 dW3 db1 db2 db3",
    "dW3 dW2 dW1 db3 db2 db1", "db3 dW1 db2 dW3 db1 dW2",
    "Z1 A1 Z2 A2 Z3 A3", "A1 A2 A3", "Z1 Z2 Z3 A1 A2 A3", "A1 A2 A3 Z1 Z2 Z3",
    "A3 Z3 A2 Z2 A1 Z1", "A1 Z1 A2 Z2 A3 Z3", "A3 A2 A1", "A0 A1 A2 A3",
    "A0 Z1 A1 Z2 A2 Z3 A3",
]  # fmt: skip
CACHES = [
    "A1 Z1 A2 Z2", "A1 Z1 A2 Z2 A3 Z3", "A1 A2", "Z1 A1 Z2 A2 Z3", "A0 A1 A2", "A2 A1",
    "Z1 A1 Z2 A2 Z3 A3",
]  # fmt: skip
PLACES = [(order, k) for order in ORDERS for k in range(len(order.split()))]


def in_a_row(order, wrong):
    """Return a function that returns its results in that order, one of them wrong."""

    def backward_propagation(parameters, cache, X, Y):
        found = three_layer.backward_propagation(parameters, cache, X, Y)
        names = order.split()
        return tuple(found[n] * (2 if k == wrong else 1) for k, n in enumerate(names))

    def forward_propagation(X, parameters):
        _, found = three_layer.forward_propagation(X, parameters)
        found, names = {**found, "A0": X}, order.split()
        return tuple(found[n] + (k == wrong) for k, n in enumerate(names))

    return backward_propagation if "dW1" in order else forward_propagation


@pytest.mark.parametrize("order", ORDERS)
def test_a_tuple_is_read_in_any_usual_order(order):
    assert diagnose(in_a_row(order, None), three_layer).right


@pytest.mark.parametrize("order, wrong", PLACES)
def test_what_is_wrong_in_a_tuple_is_found_at_its_place(order, wrong):
    name = order.split()[wrong]
    result = diagnose(in_a_row(order, wrong), three_layer)
    if name == "A0":  # nobody asks for it
        assert result.right
    else:
        assert result.verdict == "wrong"
        assert result.mistakes[0].where == name


@pytest.mark.parametrize(
    "order", ["A1 Z1 A2 Z2", "A1 A2 Z1 Z2", "Z1 A1 Z2 A2", "A1 Z1"]
)
def test_which_array_is_which_is_told_where_all_of_them_are_wrong(order):
    def forward_propagation(X, parameters):
        without = {**parameters, "b1": 0 * parameters["b1"]}
        A2, cache = two_layer.forward_propagation(X, without)
        return A2, tuple(cache[name] for name in order.split())

    mistakes = diagnose(forward_propagation, two_layer).mistakes
    assert [mistake.code for mistake in mistakes] == ["bias-missing"]


@pytest.mark.parametrize("layout", ["columns", "rows"])
def test_which_array_is_which_is_told_with_softmax_and_in_rows(layout):
    def forward_propagation(X, parameters):
        without = {**parameters, "b1": 0 * parameters["b1"]}
        _, cache = three_layer.forward_propagation(X, without)
        return cache["A3"], tuple(cache[k] for k in "A1 Z1 A2 Z2 A3 Z3".split())

    def in_rows(X, parameters):
        A3, kept = forward_propagation(X.T, {k: p.T for k, p in parameters.items()})
        return A3.T, tuple(each.T for each in kept)

    function = forward_propagation if layout == "columns" else in_rows
    mistakes = diagnose(function, three_layer, "forward").mistakes
    assert [mistake.code for mistake in mistakes] == ["bias-missing"]


@pytest.mark.parametrize("number", [np.inf, np.nan, 1e300])
def test_a_cache_in_a_tuple_may_hold_any_numbers(number):
    def forward_propagation(X, parameters):
        A3, cache = three_layer.forward_propagation(X, parameters)
        return A3, tuple(number * value for value in cache.values())

    diagnosis = diagnose(forward_propagation, three_layer)
    assert {m.code for m in diagnosis.mistakes} <= {"not-finite", "cache-mixed-up"}
    assert diagnosis.facts[0] == "Right: A3." or number == 1e300


@pytest.mark.parametrize("order", [order for order in ORDERS if "dW1" in order])
def test_of_a_tuple_only_what_has_another_shape_is_wrong(order):
    def backward_propagation(parameters, cache, X, Y):
        grads = three_layer.backward_propagation(parameters, cache, X, Y)
        grads["db1"] = grads["db1"].sum()
        return tuple(grads[name] for name in order.split())

    assert found(diagnose(backward_propagation, three_layer)) == [
        ("bias-one-number", "db1")
    ]


@pytest.mark.parametrize("order", CACHES)
def test_a_cache_may_be_a_tuple(order):
    def forward_propagation(X, parameters):
        A3, found = three_layer.forward_propagation(X, parameters)
        return A3, tuple({**found, "A0": X}[name] for name in order.split())

    assert diagnose(forward_propagation, three_layer).right


def test_without_a_hidden_layer_nothing_has_to_be_kept():
    network = deep.Network(deep.architecture([3, 2]))

    def forward_propagation(X, parameters):
        return network.forward_propagation(X, parameters)[0]

    assert diagnose(forward_propagation, network).right


@pytest.mark.parametrize(
    "value, kind", [(["a"], "text"), ([1j], "complex numbers"), ([b"a"], "bytes")]
)
def test_an_output_that_holds_no_numbers(value, kind):
    result = diagnose(lambda X, parameters: np.array(value), what="forward")
    assert found(result) == [("wrong-type", "result")]
    assert result.message == f"The output is an array of {kind} of shape (1,)."


def test_layers_with_two_digits():
    network = deep.Network(deep.architecture([3] * 13))

    def flat(parameters, cache, X, Y):
        grads = network.backward_propagation(parameters, cache, X, Y)
        named = {name.upper(): grad for name, grad in grads.items()}
        return {**named, "DB11": grads["db11"].ravel()}

    assert diagnose(network.backward_propagation, network).right
    assert found(diagnose(flat, network)) == [("bias-flat", "db11")]


# ------------------------------------------------------------------------ how it shows


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 1, 1, 1), (2, 2, 1, 1)])
@pytest.mark.parametrize("name", ["dW2", "db2", "dW1"])
def test_a_result_with_too_many_axes_hides_no_other_and_stops_nothing(name, shape):
    def backward_propagation(parameters, cache, X, Y):
        grads = two_layer.backward_propagation(parameters, cache, X, Y)
        return grads | {name: np.ones(shape)}

    found = diagnose(backward_propagation)
    assert found.verdict in ("wrong", "misshapen")
    assert f"{name}: you give the shape {shape}" in str(found)
    assert not any(other in found.message for other in {"dW2", "db2", "dW1"} - {name})


def test_it_shows_as_text_and_as_html():
    diagnosis = diagnose(two_layer_with("dZ1 = dA1"))
    bundle = diagnosis._repr_mimebundle_()
    assert bundle["text/plain"] == str(diagnosis) == repr(diagnosis)
    assert str(diagnosis).startswith("✗ Not right yet (slope-missing).\ndZ1 is formed")
    page = bundle["text/html"]
    assert '<span aria-hidden="true">✗</span> <strong>Not right yet' in page
    assert str(Result("right")) == "✓ Right."


def test_text_is_filled_and_a_block_keeps_its_columns():
    x, y, z = "x" * 40, "y" * 39, "z" * 90
    note = Note("Head", f"{x} {y} {z}", "", Block("a  b\nc"), sign="!")
    assert str(note) == f"! Head\n{x}\n{y}\n{z}\n    a  b\n    c"
    assert with_code('"1" & `a<b`') == '"1" &amp; <code>a&lt;b</code>'
    assert "aria-hidden" not in Note("Head").html()
    page = Result("wrong", [], [Block("<c>"), "a `b`", Code("return 1")]).html()
    assert "<pre>&lt;c&gt;</pre><p>a <code>b</code></p>" in page
    assert '<span style="color' in page
    assert "solid #D55E00" in page


HEADINGS = [
    ("wrong", "", "✗ Not right yet (a, b).\nfirst\nThink: why?\nsecond"),
    (
        "scaled",
        "tanh",
        "≈ tanh: right up to a factor (a, b).\nfirst\nThink: why?\nsecond",
    ),
    ("raised", "tanh", "! tanh: an error stopped it.\nfirst\nThink: why?\nsecond"),
]


@pytest.mark.parametrize("verdict, subject, text", HEADINGS)
def test_a_result_says_its_verdict_and_names_each_mistake_once(verdict, subject, text):
    mistakes = [Mistake("a", "W1", "first", "why?"), Mistake("b", "W2", "second")]
    result = Result(verdict, mistakes, ["", None], subject)
    assert str(result) == text
    assert (result.code, result.message, result.right) == ("a, b", "first", False)
    assert Result(verdict, [mistakes[0]] * 2).code == "a"


def test_what_it_quotes_is_escaped():
    def function(parameters, cache, X, Y):
        raise ValueError("<b>&")

    page = diagnose(function)._repr_html_()
    assert "&lt;b&gt;&amp;" in page
