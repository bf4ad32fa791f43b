"""Nothing false is said to a learner.

Right functions, drawn from the many ways of writing one, are right; whatever is named
in a wrong one gives its numbers on a problem too that the judge has never seen.
"""

import random
import re

import numpy as np
import pytest

import drawn
from learners import learner, single_mistakes
from nnteach import deep, diagnose, exercises, three_layer, two_layer, worked_example
from nnteach.checks import unchecked
from nnteach.judge import compare, search
from nnteach.judge.diagnosis import Examination
from nnteach.judge.problems import (
    TASKS,
    Kind,
    different_sizes,
    equal_sizes,
    kind_of,
    one_output,
    own_sizes,
    problem,
)
from nnteach.judge.read import read
from nnteach.practice.function_exercise import NetworkExercise
from test_diagnosis import found, two_layer_with, update

NETWORKS = {
    "two_layer": two_layer,
    "three_layer": three_layer,
    "worked_example": worked_example,
    "deep": deep.Network(deep.architecture([2, 6, 5, 3], hidden="leaky_relu")),
}


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def function(source):
    """Return the function `mine` out of its source."""
    space = {"np": np, "sigmoid": sigmoid}
    exec(source, space)
    return space["mine"]


def draw(number):
    """Return (network, task, source) of a right function, drawn by that number."""
    rng = random.Random(number)
    network, what = NETWORKS[rng.choice(list(NETWORKS))], rng.choice(list(TASKS))
    return network, what, drawn.write(kind_of(network)[0], what, rng)


@pytest.mark.parametrize("number", range(300))
def test_right_functions_are_right(number):
    network, what, source = draw(number)
    diagnosis = diagnose(function(source), network, what)
    assert diagnosis.right, f"{source}\n{diagnosis}"


# ---------------------------------------------------- what is named holds everywhere

SLIPS = [  # what is written, and what is written in its place
    ("@", "*"), (".T", ""), ("+", "-"), ("- Y", "+ Y"), ("-", "+"), ("/ m", ""),
    ("axis=1", "axis=0"), ("**2", ""), ("A1", "Z1"), ("W2", "W1"), ("X", "A1"),
    ("1 -", "1 +"), ("1 - ", ""), ("np.tanh", "np.sin"), ("> 0", "> 0.3"),
    ("(1 / m)", "(2 / m)"), ("m", "(m - 1)"), ("0.5", "0.4"), ("np.log", "np.log2"),
    ("A2", "A1"), ("np.exp(-", "np.exp("), ("A1", "(A1 * 0.9)"), ("d1", "np.abs(d1)"),
    ("d2", "np.clip(d2, -0.3, 0.3)"), ("Y", "(Y > 0.5)"), ("b1", "(b1 + 1)"),
]  # fmt: skip


def slip(source, rng):
    """Return the source with one slip in its body, or None if it is no Python then."""
    head, body = source.split("\n", 1)
    spots = [
        (match.start(), match.end(), new)
        for old, new in SLIPS
        for match in re.finditer(re.escape(old), body)
    ]
    start, end, new = rng.choice(spots)
    source = f"{head}\n{body[:start]}{new}{body[end:]}"
    try:
        compile(source, "slip", "exec")
    except SyntaxError:
        return None
    return source


def test_what_is_said_of_a_slip_holds_on_a_problem_never_seen():
    said = {"right": 0, "named": 0}
    for number in range(400):
        network, what, right = draw(number)
        source, task = slip(right, random.Random(number)), TASKS[what]
        if source is None:
            continue
        kind, _ = kind_of(network)
        examination = Examination(function(source), task, kind, None)
        with np.errstate(all="ignore"):
            trial = examination.trial(examination.sizes())
            if trial.failed:
                continue
            looked = search.Search(task, trial.problems, trial.theirs)
            choices, unknown = looked.explain()
            fresh = problem(kind, tuple(n + 2 for n in different_sizes(kind)[0]))
            tried = examination.call(fresh)
            if unknown or tried.value is None:
                continue
            theirs = read(tried.value, task, fresh).arrays
            again = search.Search(task, [fresh], [theirs])
            chain = task.names(len(kind.activations), results=False)
            with unchecked():
                holds = again.holds(choices, chain, ())
        assert holds, f"{source}\n{choices}"
        said["named" if choices else "right"] += 1
    assert min(said.values()) > 20, said


# ------------------------------------------------- what was said once, and was false


def step(source):
    """Return an update whose step is this formula of p, g and l."""
    return update(eval(f"lambda p, g, l: {source}", {"np": np}))


def adam(p, g, rate):
    m, v = 0.1 * g, 0.001 * g**2
    return p - rate * (m / 0.1) / (np.sqrt(v / 0.001) + 1e-8)


def gradients_then(change):
    """Return a right backward pass whose gradients are changed at the end."""

    def backward_propagation(parameters, cache, X, Y):
        grads = two_layer.backward_propagation(parameters, cache, X, Y)
        return {name: change(grad) for name, grad in grads.items()}

    return backward_propagation


def three(error="A - Y", slope="Z > 0", above="", m="m"):
    """Return a backward pass of three layers, written as a loop."""
    return function(f"""
def mine(parameters, cache, X, Y):
    grads, A, count = {{}}, cache["A3"], X.shape[1]
    m, dZ = count, {error}
    for n in (3, 2, 1):
        below = cache[f"A{{n - 1}}"] if n > 1 else X
        dZ = dZ {above}
        grads[f"dW{{n}}"] = dZ @ below.T / {m}
        grads[f"db{{n}}"] = dZ.sum(axis=1, keepdims=True) / {m}
        if n > 1:
            Z = cache[f"Z{{n - 1}}"]
            dZ = parameters[f"W{{n}}"].T @ dZ * ({slope})
    return grads
""")


def flipped(name):
    """Return a backward pass of three layers in which one error has its sign wrong."""
    return function(f"""
def mine(parameters, cache, X, Y):
    m, d3 = X.shape[1], cache["A3"] - Y
    d3 = {"-d3" if name == "dZ3" else "d3"}
    d2 = {"-" if name == "dZ2" else ""}parameters["W3"].T @ d3 * (cache["Z2"] > 0)
    d1 = parameters["W2"].T @ d2 * (cache["Z1"] > 0)
    pairs = [(1, d1, X), (2, d2, cache["A1"]), (3, d3, cache["A2"])]
    grads = {{f"dW{{n}}": d @ a.T / m for n, d, a in pairs}}
    return grads | {{f"db{{n}}": d.sum(1, keepdims=True) / m for n, d, a in pairs}}
""")


def halved(parameters, cache, X, Y):
    A1 = cache["A1"]
    A1 *= 0.5
    return two_layer.backward_propagation(parameters, cache, X, Y)


def rows(parameters, cache, X, Y):
    A1, A2, W2 = cache["A1"], cache["A2"], parameters["W2"]
    d2 = (A2 - Y) / len(X)
    d1 = d2 @ W2.T * (1 - A1**2)
    sums = {"db1": d1.sum(axis=0, keepdims=True), "db2": d2.sum(0, keepdims=True)}
    return {"dW1": X.T @ d1, "dW2": A1.T @ d2, **sums}


def forward(returned, extra=""):
    """Return a forward pass of two layers that returns this."""
    return function(f"""
def mine(X, parameters):
    W1, b1, W2, b2 = (parameters[name] for name in ("W1", "b1", "W2", "b2"))
    Z1 = W1 @ X + b1
    A1 = np.tanh(Z1){extra}
    Z2 = W2 @ A1 + b2
    A2 = sigmoid(Z2)
    return {returned}
""")


def costs(formula):
    return function(f"def mine(A, Y):\n    return {formula}")


def in_place(sign, returned="parameters"):
    return function(f"""
def mine(parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] {sign}= learning_rate * grads["d" + name]
    return {returned}
""")


two, many = two_layer, three_layer
ONE_LAYER = deep.Network(deep.architecture([3, 1]))
LOGS = "Y * np.log(A) + (1 - Y) * np.log(1 - A)"
NEVER = [  # network, task, function, verdict, what is found, words that must be there
    *((two, "update", step(s), "wrong", [("unknown", "W1")], "Different: W1, b1, W2")
      for s in ("p * (1 - l * g)", "l * p - g", "p - l * (p - g)",
                "p - l * np.sign(g)", "p - l * np.clip(g, -0.1, 0.1)")),
    (two, "update", update(adam), "wrong", [("unknown", "W1")], "Different: W1, b1"),
    (two, "update", step("0.99 * p - l * g"), "wrong", [("weight-decay", "W1")],
     "loses 0.01 times itself"),
    (two, "update", in_place("-"), "right", [], "changes `parameters"),
    (two, "update", in_place("+"), "wrong", [("wrong-sign", "W1")], "It changes"),
    *((two, "forward", forward(r), "right", [], "one by one")
      for r in ("Z1, A1, Z2, A2", "A1, A2", "[Z1, Z2], [A1, A2]")),
    (two, "forward", forward("{'A1': A1, 'A2': A2}"), "right", [], "one dictionary"),
    (two, "forward", forward("A2, [((X, W1, b1), Z1), ((A1, W2, b2), Z2)]"), "right",
     [], "a form of its own"),
    (two, "forward", forward("A2, {'A': [X, A1]}"), "right", [], "a form of its own"),
    (two, "forward", forward("{'A1': A1}, A2"), "misshapen", [("order", "result")],
     "only their order"),
    (two, "forward", forward("A2.tolist(), {'A1': A1}"), "right", [], ""),
    (ONE_LAYER, "forward", function("def mine(X, parameters):\n    return sigmoid("
     "parameters['W1'] @ X + parameters['b1'])"), "right", [], ""),
    (two, "forward", forward("A2"), "wrong", [("cache-missing", "result")], "alone"),
    (two, "forward", forward("A2, {'Z1': Z1}"), "wrong", [("missing", "A1")], "no A1"),
    (two, "forward", forward("A2, {'A1': A1.T}"), "misshapen",
     [("transposed", "A1")], "expected (5, 7)"),
    (two, "forward", forward("A2, {'A1': A1, 'Z2': 3}"), "wrong", None, "Z2"),
    (two, "forward", forward("A2, {'A1': [[1, 2], [3]]}"), "wrong",
     [("wrong-type", "A1")], "A1 is a list"),
    (two, "forward", forward("A2, {'A1': A1, 'Z1': Z1}", " + b1"), "wrong",
     [("bias-after-activation", "A1")], "after tanh"),
    (two, "forward", function("def mine(X, parameters):\n    p = parameters\n"
     "    A1 = np.tanh(p['W1'] @ X + p['b1'])\n    A2 = 1 / 1 + np.exp(-(p['W2'] @ A1 "
     "+ p['b2']))\n    return A2, {'A1': A1}"), "wrong",
     [("activation-formula", "A2")], "brackets"),
    *((two, "backward", gradients_then(change), "wrong", [("unknown", "dW2")], text)
      for change, text in ((lambda g: np.clip(g, -0.05, 0.05), "you give 0.05"),
                           (np.sign, "you give 1"),
                           (lambda g: g / np.linalg.norm(g), "Different: dW2"))),
    (two, "backward", lambda parameters, cache, X, Y: parameters
     | two_layer.backward_propagation(parameters, cache, X, Y), "right", [], ""),
    (two, "backward", halved, "wrong", [("inputs-changed", "inputs")], "Right: db2"),
    (two, "backward", rows, "misshapen", [("rows-for-columns", "layout")], "is right"),
    (two, "backward", two_layer_with("m = X.shape[1] - 1"), "scaled",
     [("mean-over-m-minus-1", "every gradient")], "m − 1"),
    (two, "backward", two_layer_with("db1 = np.sum(dZ1, axis=1, keepdims=True) / m "
     "+ 0 * dZ1"), "wrong", [("bias-spread", "db1")], "for each example"),
    (two, "backward", two_layer_with("dW1 = dZ1 @ X.T / m + 0.1 * "
     "parameters['W1'] / m"), "wrong", [("weight-decay", "dW1")], "0.1/m times W1"),
    (two, "backward", two_layer_with("dZ1 = -dA1"), "wrong",
     [("wrong-sign, slope-missing", "dZ1")], "its sign is wrong"),
    (many, "backward", three("Y - A"), "wrong", [("wrong-sign", "dZ3")], "Every"),
    *((many, "backward", flipped(name), "wrong", [("wrong-sign", name)], words)
      for name, words in (("dZ3", "Every gradient has the wrong sign"),
                          ("dZ2", "that of dW3, db3 is right"))),
    (many, "backward", three(slope="1"), "wrong", [("slope-missing", "dZ2")], "in dZ1"),
    (many, "backward", three(above="/ m", m="1"), "wrong", [("mean-twice", "dZ2")],
     "The same happens in dZ1"),
    (many, "backward", three("A - Y.argmax(axis=0)"), "wrong",
     [("labels-not-one-hot", "dZ3")], "number of the class"),
    (two, "cost", costs(f"-({LOGS}).mean()"), "right", [], "for one output"),
    (two, "cost", costs("-(Y @ np.log(A).T + (1 - Y) @ np.log(1 - A).T) / Y.shape[1]"),
     "right", [], "plain number"),
    (two, "cost", costs(f"({LOGS}).mean()"), "wrong", [("wrong-sign", "cost")], ""),
    (two, "cost", costs("-(Y * np.log(A)).mean()"), "wrong",
     [("cost-part-missing", "cost")], "(1 − Y)"),
    (two, "cost", costs("((A - Y)**2).mean()"), "wrong", [("other-cost", "cost")], ""),
    (many, "cost", costs("-(Y * np.log(A)).sum(axis=0).mean()"), "right", [], ""),
    (many, "cost", costs("-(Y * np.log(A)).mean()"), "scaled",
     [("mean-over-wrong-axis", "cost")], "1/n_y"),
]  # fmt: skip


@pytest.mark.parametrize("network, what, mine, verdict, mistakes, words", NEVER)
def test_said_once_and_false(network, what, mine, verdict, mistakes, words):
    diagnosis = diagnose(mine, network, what)
    text = " ".join(str(diagnosis).split())
    assert diagnosis.verdict == verdict, diagnosis
    assert mistakes is None or found(diagnosis) == mistakes, diagnosis
    assert words in text, diagnosis
    if verdict == "wrong" and mistakes and mistakes[0][0] == "unknown":
        assert "you give" in text
        assert "dZ" not in text  # nothing is said of what was not seen


def test_entries_that_are_missing_hide_nothing():
    slope = two_layer_with("dZ1 = dA1 * A1")

    def without_biases(parameters, cache, X, Y):
        grads = slope(parameters, cache, X, Y)
        return {name: grad for name, grad in grads.items() if name[1] == "W"}

    assert found(diagnose(without_biases)) == [
        ("activation-for-slope", "dZ1"), ("missing", "db1"), ("missing", "db2"),
    ]  # fmt: skip


# ------------------------------------------------------- one judge for both questions


PARTS = [e for e in exercises.EXERCISES.values() if isinstance(e, NetworkExercise)]


@pytest.mark.parametrize("exercise", PARTS, ids=lambda exercise: exercise.name)
def test_an_exercise_and_diagnose_say_the_same(exercise):
    rows = [
        row for row in NEVER if (row[0], row[1]) == (exercise.network, exercise.part)
    ]
    functions = [..., exercise.answer, *(row[2] for row in rows)]
    kind, _ = kind_of(exercise.network)
    singles = single_mistakes(kind, exercise.part, different_sizes(kind)[0])
    functions += [learner(kind, exercise.part, [choice]) for choice in singles]
    for mine in functions:
        checked = exercise.judge(mine)
        diagnosis = diagnose(mine, exercise.network, exercise.part)
        more = ()
        if diagnosis.right and not checked.right:  # it was written for one network
            diagnosis = diagnose(mine, exercise.also, exercise.part)
            more = checked.facts[-1:]
            assert f"This is a {exercise.also!r}." in more[0]
        assert checked.verdict == diagnosis.verdict
        assert checked.mistakes == diagnosis.mistakes
        if checked.verdict != "not attempted":  # it also says what to do first
            assert checked.facts == (*diagnosis.facts, *more)


# ------------------------------------------------------- a problem hides no mistake


@pytest.mark.parametrize("layers", range(1, 6))
def test_no_two_sizes_are_equal_and_no_unit_is_always_on_or_off(layers):
    activations = ("relu",) * (layers - 1) + ("softmax",)
    kind = Kind(activations, "categorical_cross_entropy")
    for sizes in different_sizes(kind):
        assert len(sizes) == len({*sizes}) == layers + 2
        given = problem(kind, sizes).values
        assert given["Y"].any(axis=1).all()
        for n in range(1, layers):
            on = given[f"Z{n}"] > 0
            assert (on.any(axis=1) & ~on.all(axis=1)).all()
            assert np.abs(given[f"Z{n}"]).min() > 0.03  # far from the kink
    assert [sizes[-2] for sizes in one_output(kind)] == [1, 1, 1]
    assert {len({*sizes}) for sizes in equal_sizes(kind)} == {1}
    assert {sizes[:3] for sizes in own_sizes((2, 9, 3))} == {(2, 9, 3)}
    assert len({sizes[3] for sizes in own_sizes((2, 9, 3))} | {2, 9, 3}) == 6


# ------------------------------------------------------------ each constant matters


def float32(parameters, cache, X, Y):
    grads = two_layer.backward_propagation(parameters, cache, X, Y)
    return {name: grad.astype(np.float32) for name, grad in grads.items()}


def output_alone(X, parameters):
    """Return the output of four layers, the first of them with something unknown."""
    network, layers = FOUR, len(FOUR.architecture)
    parameters = {**parameters, "b1": np.sin(parameters["b1"])}
    return network.forward_propagation(X, parameters)[0], [layers]


FOUR = deep.Network(deep.architecture([3, 3, 3, 3, 2]))


def two_unseen(X, parameters):
    """Return the output of three layers alone, with a mistake in the first and last."""
    A1 = np.maximum(0, parameters["W1"] @ X)
    A2 = np.maximum(0, parameters["W2"] @ A1 + parameters["b2"])
    E = np.exp(parameters["W3"] @ A2 + parameters["b3"])
    return E / E.sum()


NEAR = two_layer_with("dZ1 = dA1 * (1 - A1**2) * np.where(A1 < 0, 1, 1.002)")
BOTH = two_layer_with("dZ1 = dA1 * A1;dW1 = dZ1 @ X.T")
BEFORE = two_layer_with(
    "dZ2 = (A2 - Y) * A2 * (1 - A2);dA1 = W2.T @ (A2 - Y);dZ1 = dA1 * A1 * (1 - A1)"
)
CONSTANTS = [  # where, name, another value, a function that is then judged otherwise
    (compare, "TOLERANCE", 1e-10, two, float32, "right"),
    (compare, "TOLERANCE", 1e-2, two, NEAR, "unknown"),
    (search, "NEW", 1, two, BOTH, "activation-for-slope, mean-missing"),
    (search, "LONG", 4, many, two_unseen, "bias-missing, softmax-axis, cache-missing"),
    (search, "SMALL", 0, worked_example, BEFORE, "sent-back-before-slope"),
]


@pytest.mark.parametrize("module, name, other, network, mine, says", CONSTANTS)
def test_constants(monkeypatch, module, name, other, network, mine, says):
    def said():
        diagnosis = diagnose(mine, network)
        return diagnosis.code or diagnosis.verdict

    assert said() == says
    monkeypatch.setattr(module, name, other)
    assert said() != says


inf, nan = np.inf, np.nan
SAME = [  # theirs, right, whether they are the same
    ([1.0, 2.0], [[1.0], [2.0]], True), ([[1.0, 2.0]], [[1.0], [2.0]], True),
    ([[1.0]], 1.0, True), (1.0, [1.0, 1.0], True), (1.0, [[1.0], [1.0]], True),
    (1.0, [[1.0, 1.0]], False), ([[1.0, 1.0]], 1.0, False), (1.0, [1.0, 2.0], False),
    ([1.0, 1.0], [1.0, 1.0, 1.0], False), (np.ones((2, 3)), np.ones((3, 2)), False),
    ([1.000001e-3, 0.0], [1e-3, 0.0], True), ([1.0001e-3, 0.0], [1e-3, 0.0], False),
    ([1.0, 1e-6], [1.0, 0.0], True), ([1.0, 1e-4], [1.0, 0.0], False),
    ([inf, 1.0], [inf, 1.0], True), ([inf, 1.0], [inf, 1.001], False),
    ([inf, 1.0], [-inf, 1.0], False), ([1.0, 1.0], [inf, 1.0], False),
    ([inf, 1.001e-3], [inf, 1e-3], False), ([inf, 1e-6, 1.0], [inf, 0.0, 1.0], True),
    ([inf, inf], [inf, inf], True), ([1e-11, 0.0], [0.0, 0.0], False),
    ([nan, 1.0], [nan, 1.0], True), ([nan, 1.0], [1.0, 1.0], False), ([], [], True),
]  # fmt: skip


@pytest.mark.parametrize("theirs, right, answer", SAME)
def test_when_arrays_are_the_same(theirs, right, answer):
    assert compare.same(theirs, right) is answer


@pytest.mark.parametrize(
    "theirs, right, factor",
    [
        ([[2.0, 4.0], [6.0]], [[1.0, 2.0], [3.0]], 2), ([[2.0]], [[-1.0]], -2),
        ([[2.0], [3.0]], [[1.0], [1.0]], None), ([[2.0]], [[1.0, 1.0]], None),
        ([[2.0], [2.0]], [[1.0], [1.0, 1.0]], None),
        ([[2.0], [3.0, 1.0]], [[1.0], [1.0, 1.0]], None),  # 2 is the nearest
        ([[0.0]], [[1.0]], None), ([[0.0]], [[0.0]], None), ([[inf]], [[inf]], None),
    ],
)  # fmt: skip
def test_the_one_factor(theirs, right, factor):
    arrays = ([np.array(entries) for entries in each] for each in (theirs, right))
    assert compare.common_factor(*arrays) == factor


def test_where_two_arrays_differ_most():
    right = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert compare.largest_gap([[1, 3], [1, 4]], right) == (1, 0)
    assert compare.largest_gap([[9, nan], [3, 4]], right) == (0, 1)


def test_rounding_is_no_difference_where_zero_is_right(monkeypatch):
    assert compare.same([1e-16, 0], [0.0, 0.0])
    monkeypatch.setattr(compare, "NOTHING", 0)
    assert not compare.same([1e-16, 0], [0.0, 0.0])


def test_a_long_chain_that_nobody_has_seen_is_searched_in_bounds(monkeypatch):
    def count():
        looked.clear()
        assert diagnose(output_alone, FOUR, "forward").code == "unknown"
        return len(looked)

    looked, perform = [], search.perform
    monkeypatch.setattr(
        search, "perform", lambda *more: looked.append(1) or perform(*more)
    )
    few = count()
    monkeypatch.setattr(search, "LONG", 100)
    assert count() > 10 * few
