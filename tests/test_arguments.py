"""Code that learners bring is called as it is, or answered with lines that call it."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from learners_corpus import BASES, HELP, pieces
from nnteach import diagnose, three_layer, two_layer, worked_example
from nnteach.judge.arguments import CannotCall, arrange, course_name, guess
from nnteach.judge.note import Code

# What may be said beside the planted mistake, or in place of it, and is not false.
BESIDE = {"unknown", "needs-adapter", "step", "from-outside", "bias-flat", "raised"}
BESIDE |= {"rows-for-columns", "labels-as-numbers", "inputs-changed"}


def adapter(result):
    """Return the lines of the adapter that a result shows, or ""."""
    return next((fact for fact in result.facts if isinstance(fact, Code)), "")


def run(lines, space):
    """Return the function that these lines define."""
    space = {**space}
    exec(lines, space)
    return space[re.match(r"def (\w+)", lines)[1]]


def helps(name, network, space, result):
    """Return whether a result brings the learner on: its words, or its lines filled."""
    help = HELP.get(name, [])
    if isinstance(help, str):
        return help in result.message
    lines = adapter(result)
    if lines.count("...") != len(help):
        return False
    for words in help:
        lines = lines.replace("...", words, 1)
    return diagnose(run(lines, space), network).right


@pytest.fixture(scope="module")
def judged():
    """Return (label, wanted codes, verdict, codes, helped) of each piece."""
    rows = []
    for label, network, function, wanted, space in pieces():
        result = diagnose(function, network)
        helped = result.verdict == "not judged" and helps(label, network, space, result)
        codes = {mistake.code for mistake in result.mistakes}
        rows.append((label, wanted, result.verdict, codes, helped))
    return rows


def outcome(wanted, verdict, codes, helped):
    """Return "right", "named", "helped", or what else came of it."""
    if helped:
        return "helped"
    if wanted == {"right"}:
        fine = verdict in ("right", "misshapen")
        return "right" if fine else "false alarm" if verdict == "wrong" else verdict
    if wanted == {"helped"}:
        return "not helped"
    if verdict in ("right", "misshapen") and not codes & wanted:
        return "missed"
    if codes & wanted:
        return "named" if codes <= wanted | BESIDE else "false name"
    return "unknown" if codes <= BESIDE else "false name"


def test_most_code_is_judged_or_helped_just_as_it_was_written(judged):
    outcomes = {row[0]: outcome(*row[1:]) for row in judged}
    count = Counter(outcomes.values())
    good = count["right"] + count["named"] + count["helped"]
    rest = {k: v for k, v in outcomes.items() if v not in ("right", "named", "helped")}
    print(f"{good} of {len(outcomes)}: {dict(count)}", *rest.items(), sep="\n")
    assert len(outcomes) > 120
    assert not count["false alarm"] + count["missed"] + count["false name"], rest
    assert good >= 0.8 * len(outcomes), rest


# ------------------------------------------------------------------------ adapters

CLASSES = [base[0] for base in BASES if base[4].startswith("\nclass")]
CLASSES = [name for name in CLASSES if name not in HELP]


@pytest.mark.parametrize("name", CLASSES)
def test_the_lines_that_are_shown_for_a_class_call_it(name):
    for label, network, function, wanted, space in pieces():
        if label.split(":")[0] != name:
            continue
        lines = adapter(diagnose(function, network))
        assert "..." not in lines
        result = diagnose(run(lines, space), network)
        codes = {mistake.code for mistake in result.mistakes}
        assert result.verdict in ("right", "misshapen") or wanted & codes, label
        assert (wanted == {"right"}) == (result.verdict in ("right", "misshapen"))


def of_a_class_inside():
    """Return a class whose name is known nowhere else; its gradients are in a table."""

    class Local:
        def __init__(self, n_x, n_h, n_y):
            self.W1, self.b1 = np.ones((n_h, n_x)), np.zeros((n_h, 1))
            self.W2, self.b2 = np.ones((n_y, n_h)), np.zeros((n_y, 1))

        def predict(self, X):
            return self.forward(X) > 0.5

        def forward(self, X):
            self.cache = {"A1": np.tanh(self.W1 @ X + self.b1)}
            Z2 = self.W2 @ self.cache["A1"] + self.b2
            self.cache["A2"] = 1 / (1 + np.exp(-Z2))
            return self.cache["A2"]

        def backward(self, X, Y):
            parameters = {"W1": self.W1, "b1": self.b1, "W2": self.W2, "b2": self.b2}
            back = two_layer.backward_propagation
            self.grads = back(parameters, self.cache, X, Y)

    return Local


def test_a_class_that_is_asked_to_go_forward():
    lines = adapter(diagnose(of_a_class_inside(), what="forward"))
    wanted = "output = nn.forward(X=X)\n    return output, (nn.cache,)"
    assert lines.endswith(wanted)


@pytest.mark.parametrize(
    "network, names",
    [
        (two_layer, "A3, Y"), (two_layer, "A1, Y"), (three_layer, "A2, Y"),
        (three_layer, "Y, A1"), (three_layer, "A1, A3, Y"), (three_layer, "a, Y"),
    ],
)  # fmt: skip
def test_the_output_may_have_the_name_of_another_layer(network, names):
    output = [name for name in names.split(", ") if name != "Y"][-1]
    space = {"cost": network.compute_cost}
    exec(f"def compute_cost({names}): return cost({output}, Y)", space)
    assert diagnose(space["compute_cost"], network).right


def test_what_is_said_of_arguments_that_nobody_knows():
    result = diagnose(lambda output, Y, lambd: 0, what="cost")
    assert "It takes `lambd`, which could be anything" in result.message

    def forward(*, weights_of_all):
        return 0

    result = diagnose(forward)
    assert "It takes `weights_of_all`, which could be" in result.message


def test_flat_biases_are_right_where_examples_are_rows():
    def backward(X, y, cache, parameters):
        m, a1, d2 = len(X), cache["A1"], cache["A2"] - y
        d1 = d2 @ parameters["W2"].T * (1 - a1**2)
        grads = {"dW1": X.T @ d1 / m, "db1": d1.sum(axis=0) / m}
        return grads | {"dW2": a1.T @ d2 / m, "db2": d2.sum(axis=0) / m}

    result = diagnose(backward)
    assert (result.verdict, result.code) == ("misshapen", "rows-for-columns")


def test_gradients_that_are_kept_in_a_table():
    local = of_a_class_inside()
    for given in (local, local(2, 3, 1).backward):
        result = diagnose(given)
        assert result.right
        assert adapter(result).endswith("nn.backward(X=X, Y=Y)\n    return nn.grads")
        assert "nn.forward(X=X)" in adapter(result)  # not predict
    result = diagnose(local.backward)
    assert result.verdict == "not judged"
    assert "try `diagnose(nn.backward)`" in result.message


PAGE = (Path(__file__).parents[1] / "docs/diagnose.md").read_text(encoding="utf-8")
SHOWN = {  # a base of each adapter in the docs
    "class that keeps its gradients": two_layer,
    "class that moves its weights": worked_example,
    "one example at a time": worked_example,
}


@pytest.mark.parametrize("number, name", [*enumerate(SHOWN)])
def test_the_adapters_of_the_docs(number, name):
    lines = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[number]
    for label, _, _, wanted, space in pieces():
        if label.split(":")[0] == name:
            result = diagnose(run(lines, space), SHOWN[name])
            codes = {mistake.code for mistake in result.mistakes} or {"right"}
            assert codes == wanted, label


# ------------------------------------------------------------------- names, and what

KINDS = """
backprop back_prop backward L_model_backward compute_gradients       : backward
forward forward_pass feedforward predict_proba                       : forward
compute_cost cross_entropy_loss mse                                  : cost
update_params update sgd                                             : update
train_step train gradient_descent fit                                : step
softmax sigmoid relu_deriv d_tanh leaky_relu sigmoid_prime           : activation
"""


@pytest.mark.parametrize("row", KINDS.strip().splitlines())
def test_the_name_tells_what_it_is(row):
    names, kind = row.split(":")
    for name in names.split():

        def function(*numbers): ...

        function.__name__ = name
        assert guess(function) == kind.strip(), name


def test_arguments_tell_it_where_the_name_does_not():
    assert guess(lambda dZ, cache: 0) == "layer"
    assert guess(lambda W1, b1, dW1, db1, lr: 0) == "update"
    assert guess(lambda A2, Y: 0) is None
    assert guess(lambda y_hat, y: 0) == "cost"

    def train_step(parameters, grads, learning_rate): ...

    def update(X, Y, parameters, learning_rate): ...

    assert (guess(train_step), guess(update)) == ("update", "step")
    assert guess(lambda X, parameters: 0) == "forward"
    assert guess(lambda X, Y, parameters: 0) == "step"
    assert guess(lambda a, b: 0) is None


@pytest.mark.parametrize(
    "head, kind",
    [
        ("backward_step(parameters, cache, X, Y)", "backward"),
        ("epoch_grads(parameters, cache, X, Y)", "backward"),
        ("model(X, parameters)", "forward"), ("train_loss(A2, Y)", "cost"),
        ("optimizer_step(weights, biases, dW, db, lr)", "update"),
        ("gradient_descent(X, Y, parameters, lr)", "step"),
        ("train(X, Y, W1, b1)", "step"), ("train_step(cache, X, Y, lr)", "step"),
        ("train(X, parameters)", "step"), ("fit(model, data)", "step"),
        ("train(X, Y, cache)", "step"), ("fit(X, Y, a=0.01)", "step"),
    ],
)  # fmt: skip
def test_a_part_that_is_named_after_training_is_a_part(head, kind):
    space = {}
    exec(f"def {head}: ...", space)
    assert guess(space[head.split("(")[0]]) == kind


@pytest.mark.parametrize(
    "name, course",
    [("w_1", "W1"), ("grad_W2", "dW2"), ("weights3", "W3"), ("eta", "learning_rate"),
     ("y_true", "Y"), ("AL", "output"), ("db_2", "db2"), ("h", "h")],
)  # fmt: skip
def test_what_the_course_calls_an_argument(name, course):
    assert course_name(name) == course


def test_arguments_that_nobody_knows_take_what_is_left():
    known = {name: {} for name in ("parameters", "cache", "X", "Y", "learning_rate")}
    usual = ["parameters", "cache", "X", "Y"]
    assert arrange(lambda p, c, X, Y: 0, "backward", known) == usual
    assert arrange(lambda X, Y, q, r: 0, "backward", known) == [
        "X", "Y", "parameters", "cache"
    ]  # fmt: skip
    with pytest.raises(CannotCall, match="a learning rate"):
        arrange(lambda X, Y, parameters, lr: 0, "backward", known)


FROM_OUTSIDE = """
def back(X, Y, cache):
    A1, d2 = cache["A1"], (cache["A2"] - Y) / m
    d1 = W2.T @ d2 * (1 - A1 ** 2)
    return d1 @ X.T, b1(d1), d2 @ A1.T, b1(d2)
"""


def test_what_comes_from_outside_is_handed_over_and_said():
    space = {"m": 3, "W2": np.ones((1, 2)), "b1": lambda d: d.sum(1, keepdims=True)}
    result = diagnose(run(FROM_OUTSIDE.strip(), space), two_layer)
    assert (result.verdict, result.code) == ("misshapen", "from-outside")
    assert "`W2`, `m`" in result.message
    assert space["m"] == 3


OWN = """
def back(parameters, cache, X, Y):
    return backward(parameters, cache, X, Y) if VALUE else None
"""


@pytest.mark.parametrize(
    "name, value, used",
    [
        ("params", {"lr": 0.1, "verbose": True}, "params['verbose']"),
        ("layers", 2, "[*range(layers)]"), ("theta", 0.5, "theta > 0"),
        ("inputs", 2, "inputs == 2"), ("weights", {"decay": 1}, "weights['decay']"),
    ],
)  # fmt: skip
def test_what_is_of_another_kind_outside_is_left_alone(name, value, used):
    space = {name: value, "backward": two_layer.backward_propagation}
    result = diagnose(run(OWN.strip().replace("VALUE", used), space), two_layer)
    assert (result.right, result.code) == (True, "")


FORWARD = """
def forward(X):
    A1 = np.tanh(parameters["w1"] @ X + b1)
    return 1 / (1 + np.exp(-(parameters["w2"] @ A1 + b2))), {"A1": A1}
"""


def test_a_plain_bias_and_small_letters_outside_are_handed_over():
    table = {"w1": np.ones((3, 2)), "w2": np.ones((1, 3))}
    space = {"np": np, "parameters": table, "b1": 0, "b2": 0.3}
    result = diagnose(run(FORWARD.strip(), space), two_layer)
    assert (result.verdict, result.code) == ("misshapen", "from-outside")


STEP = """
def update(parameters, grads, learning_rate):
    return {key: parameters[key] - RATE * grads["d" + key] for key in parameters}
"""


@pytest.mark.parametrize(
    "step, code, word",
    [
        ("learning_rate * (alpha + 0.1)", "", "Right"),
        ("learning_rate * alpha", "scaled", "0.9 times"),
        ("alpha", "from-outside", "`alpha`"),
        ("(lambda: learning_rate * alpha)()", "scaled", "0.9 times"),
    ],
)
def test_a_constant_beside_the_learning_rate_is_not_taken_for_it(step, code, word):
    update = run(STEP.strip().replace("RATE", step), {"alpha": 0.9})
    result = diagnose(update, two_layer)
    assert [mistake.code for mistake in result.mistakes] == [code] * bool(code)
    assert word in str(result)


def test_arguments_that_have_to_be_given_by_name():
    def backward(X, Y, *, cache, parameters, verbose=False):
        return two_layer.backward_propagation(parameters, cache, X, Y)

    result = diagnose(backward)
    assert result.right
    assert "backward(X=X, Y=Y, cache=cache, parameters=parameters)" in adapter(result)


def test_nothing_is_answered_with_its_own_arguments_alone():
    def backward(q, r, output):
        return q

    def forward():
        return 0

    for function in (backward, forward):
        result = diagnose(function)
        assert (result.verdict, result.code) == ("not judged", "needs-adapter")
        assert "(n_x, m)" in result.message
        assert f"return {function.__name__}(" in adapter(result)
    assert 'output=cache["A2"]' in adapter(diagnose(backward))
