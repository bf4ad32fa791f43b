"""Every mistake of the catalogue is named, alone and together with another one.

`pytest tests/test_catalogue.py -s` prints how many.
"""

import itertools
import random
import re
import textwrap

import numpy as np
import pytest

from learners import NUMBER, learner, right_styles, single_mistakes
from nnteach import deep, mistakes, three_layer, two_layer, worked_example
from nnteach.judge.catalogue import BESIDE, Scene
from nnteach.judge.compare import same
from nnteach.judge.diagnosis import diagnose
from nnteach.judge.problems import (
    TASKS,
    Kind,
    different_sizes,
    equal_sizes,
    kind_of,
    problem,
)
from nnteach.judge.search import perform

NETWORKS = {
    "two_layer": two_layer,
    "three_layer": three_layer,
    "worked_example": worked_example,
    "deep": deep.Network(deep.architecture([2, 6, 5, 3], hidden="leaky_relu")),
}
# With one output these may make no difference.
ONE_OUTPUT = {
    "mean-over-wrong-axis", "bias-one-number", "bias-wrong-axis", "scaled", "bias-flat",
    "elementwise-for-matrix-product",
}  # fmt: skip
PAIRS = 80  # of each network, drawn from all pairs; each takes some 30 ms


def where(choice, kind):
    given = problem(kind, different_sizes(kind)[0])
    return Scene(choice.place, choice.layer, given.values, kind).words()["here"]


def named(diagnosis, choice, kind):
    """Whether the diagnosis has this mistake, at its place."""
    if diagnosis.verdict == "scaled":
        return any(m.code == choice.edit.code for m in diagnosis.mistakes)
    return any(
        m.code == choice.edit.code
        and (m.where == where(choice, kind) or where(choice, kind) in m.message)
        for m in diagnosis.mistakes
    )


@pytest.fixture(scope="module")
def table():
    rows = []
    yield rows
    print("\n" + "\n".join(rows))


@pytest.mark.parametrize("what", TASKS)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_single_mistake_is_named(name, what, table):
    network, (kind, _) = NETWORKS[name], kind_of(NETWORKS[name])
    seen, counts = set(), []
    for sizes in (different_sizes(kind)[0], equal_sizes(kind)[0]):
        found = [
            choice
            for choice in single_mistakes(kind, what, sizes)
            if (choice.edit, choice.place, choice.layer) not in seen
        ]
        seen |= {(choice.edit, choice.place, choice.layer) for choice in found}
        counts.append(len(found))
        for choice in found:
            diagnosis = diagnose(learner(kind, what, [choice]), network, what)
            if diagnosis.right:
                assert choice.edit.code in ONE_OUTPUT
                assert "several outputs" in diagnosis.facts[-1]
                continue
            assert len(diagnosis.mistakes) == 1, (choice, diagnosis)
            assert named(diagnosis, choice, kind), (choice, diagnosis)
            if choice.number and choice.edit.code == "updated-too-early":
                assert diagnosis.mistakes[0].number == pytest.approx(choice.number)
    table.append(
        f"{name:15} {what:9} all {counts[0]:3} single mistakes named, and all "
        f"{counts[1]:2} that need equal sizes to run"
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_two_mistakes_at_once(name, table):
    network, (kind, _) = NETWORKS[name], kind_of(NETWORKS[name])
    single = single_mistakes(kind, "backward", different_sizes(kind)[0])
    pairs = [
        (one, other)
        for one, other in itertools.combinations(single, 2)
        if (one.place, one.layer) != (other.place, other.layer)
    ]
    both, count = 0, 0
    for pair in random.Random(7).sample(pairs, PAIRS):
        diagnosis = diagnose(learner(kind, "backward", pair), network, "backward")
        codes = {mistake.code for mistake in diagnosis.mistakes}
        made = [choice.edit.code for choice in pair]
        if diagnosis.right:  # two wrong signs, one after the other, are right
            assert made == ["wrong-sign"] * 2 or {*made} <= ONE_OUTPUT
            continue
        wanted = {choice.edit.code for choice in pair}
        one_does_it = len(codes) == 1 and codes != {"unknown"}  # the same numbers
        assert codes & wanted or one_does_it, (pair, diagnosis)
        both += wanted <= codes
        count += 1
    assert both >= 0.8 * count
    table.append(
        f"{name:15} {len(pairs)} pairs, of {count} drawn ones both named: {both}, "
        "at least one: all"
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_right_functions_in_many_styles_are_right(name, table):
    kind, _ = kind_of(NETWORKS[name])
    styles = dict(right_styles(kind))
    assert len(styles) >= 50
    for style, function in styles.items():
        assert diagnose(function, NETWORKS[name]).right, style
    table.append(f"{name:15} {len(styles)} right functions, all right")


def test_the_example_of_the_docstring_extends_the_catalogue(monkeypatch):
    monkeypatch.setattr(mistakes, "BACKWARD", mistakes.BACKWARD)
    before = list(mistakes.BACKWARD)
    code = re.search(r"    from nnteach.*?\)\)\n", mistakes.__doc__, re.S).group()
    try:
        exec(textwrap.dedent(code))

        def squared(parameters, cache, X, Y):
            grads = two_layer.backward_propagation(parameters, cache, X, Y)
            return {**grads, "db1": grads["db1"] ** 2}

        (found,) = diagnose(squared, two_layer).mistakes
    finally:
        mistakes.BACKWARD[:] = before
    assert (found.code, found.where) == ("bias-squared", "db1")


# What learners write at one place, and its name; a number to be solved for is 0.37.
FORMULAS = """
two dA2
  wrong-sign: Y - A
  output-slope-missing: (A - Y) / (A * (1 - A))
  cost-part-missing: -Y * (1 - A); (1 - Y) * A
  cost-part-sign: -Y + 2 * A * Y - A; -Y / A - (1 - Y) / (1 - A)
  preactivation-for-activation: Z - Y
  decision-for-probability: np.round(A) - Y
  labels-missing: A
  error-squared: (Y - A) ** 2; abs(A - Y)
three dA3
  output-slope-missing: -Y / A
  softmax-diagonal: Y * (A - 1)
  softmax-axis: exp(Z) / exp(Z).sum() - Y; exp(Z) / exp(Z).sum(1, keepdims=True) - Y
  decision-for-probability: (A == A.max(0)) - Y
  labels-not-one-hot: A - Y.argmax(0)
three dA2
  updated-too-early: (W_above - 0.37 * dW_above).T @ dZ_above
  mean-twice: W_above.T @ dZ_above / m
  error-not-sent-back: W_above.sum(0)[:, None] + 0 * A; W_above.T @ A_above
  error-not-sent-back: np.ones(A.shape)
  weights-left-out: dZ_above.sum(0) + 0 * A
  transpose-missing: W_above @ dZ_above
  elementwise-for-matrix-product: W_above.T * dZ_above; W_above * dZ_above
  weights-of-other-layer: W.T @ dZ_above; W @ dZ_above
squares dA1
  sent-back-before-slope: W_above.T @ dA_above
  updated-too-early, sent-back-before-slope: (W_above - 0.37 * dW_above).T @ dA_above
two dZ1
  wrong-sign: dA * (A**2 - 1)
  slope-missing: dA
  wrong-sign, slope-missing: -dA
  slope-of-activation: dA * (1 - np.tanh(A) ** 2)
  slope-of-preactivation: dA * (1 - Z * Z)
  slope-of-other-activation: dA * A * (1 - A); dA * sigmoid(Z) * (1 - sigmoid(Z))
  slope-of-other-activation: dA * Z * (1 - Z); dA * (Z > 0)
  slope-of-other-activation: dA * np.where(Z > 0, 1, 0.01)
  slope-formula: dA * (1 - A); dA * (1 + A**2); dA / np.cosh(Z); dA - A**2
  slope-formula: dA * (1 - np.tanh(Z**2)); dA * (1 - A) ** 2
  activation-for-slope: dA * A; dA * Z; dA * np.tanh(A)
  slope-twice: dA * (1 - A**2) ** 2
  slope-of-other-layer: dA * (1 - A_above**2); dA * (1 - np.tanh(Z_above) ** 2)
  slope-of-other-layer: dA * (1 - A_below**2)
  relu-of-gradient: np.maximum(0, dA); np.maximum(0, dA * (1 - A**2)); np.tanh(dA)
squares dZ1
  slope-formula: dA * (1 - A); dA * (1 - A) ** 2; dA * A * (1 + A); dA * (A * A - A**3)
  slope-formula: dA * A * sigmoid(1 - Z); dA * A - A; -dA * (1 + exp(-Z)) * exp(-Z)
  slope-of-other-activation: dA * (1 - A**2); dA * (1 - np.tanh(Z) ** 2)
squares dZ2
  output-slope-missing: dA
three dZ2
  slope-formula: dA * (Z <= 0); dA * np.sign(Z)
  slope-of-other-activation: dA * np.where(Z > 0, 1, 0.37)
two dZ2
  output-slope-extra: dA * A * (1 - A); dA * Z * (1 - Z); dA * (1 - A**2)
  output-slope-extra: dA * (1 - np.tanh(Z) ** 2); dA * (Z > 0)
  output-slope-extra: dA * sigmoid(A) * sigmoid(-A)
mixed dZ2
  softmax-diagonal: dA * A * (1 - A)
three dW2
  gradient-zero: 0 * W
  wrong-sign: -dW
  slope-missing: dA @ A_below.T / m
  mean-missing: dZ @ A_below.T
  mean-twice: dZ @ A_below.T / m**2
  mean-over-m-minus-1: dZ @ A_below.T / (m - 1)
  mean-over-wrong-axis: m * dW / len(Y); m * dW / len(X); m * dW / len(A_below)
  mean-over-wrong-axis: m * dW / len(A); dW / len(Y); dW / len(X); dW / len(A_below)
  mean-over-wrong-axis: dW / len(A)
  scaled: dW * len(Y); dW * 2 / len(Y); 2 * m * dW; 0.37 * dW
  parameter-for-gradient: W - 0.37 * dW
  wrong-layer-input: dZ @ Z_below.T / m; dZ @ A.T / m; dZ @ Z.T / m; dZ @ X.T / m
  wrong-layer-input: dZ @ A_above.T / m
  transpose-missing: dZ @ A_below / m; dZ.T @ A_below / m
  order-of-product: A_below.T @ dZ / m
  elementwise-for-matrix-product: dZ * A_below / m; dZ * A_below.T / m
  weight-decay: dW + 0.37 * W; dW + 0.37 * W / m
three dW1
  wrong-layer-input: dZ @ A1.T / m; dZ @ A2.T / m; dZ @ A3.T / m
three db2
  bias-zero: 0 * b
  slope-missing: dA.mean(1)
  bias-one-number: dZ.sum() / m; dZ.mean(); 0.37 * dZ.sum()
  bias-not-summed: dZ / m; dZ
  bias-spread: dZ.mean(1)[:, None] + 0 * dZ
  bias-wrong-axis: dZ.sum(0) / m; dZ.mean(0); dZ.sum(0)
  bias-from-other-layer: dZ_above.mean(1); their_db1
  bias-from-weights: dW.sum(1)
three Z2
  bias-missing: W @ A_below
  wrong-sign: W @ A_below - b
  bias-one-number: W @ A_below + b.sum()
  wrong-layer-input: W @ Z_below + b; W @ X + b
  bias-from-other-layer: W @ A_below + b_below
  weights-of-other-layer: W_below @ A_below + b
  transpose-missing: W.T @ A_below + b
  order-of-product: A_below @ W + b
  elementwise-for-matrix-product: W * A_below + b
  bias-flat: W @ A_below + b.ravel()
two A1
  bias-after-activation: np.tanh(Z) + b
  activation-missing: Z
  slope-for-activation: 1 - np.tanh(Z) ** 2
  other-activation: sigmoid(Z); np.maximum(0, Z); np.maximum(0.01 * Z, Z)
  other-activation: exp(Z) / exp(Z).sum(0)
  activation-twice: np.tanh(np.tanh(Z))
  wrong-sign: -np.tanh(Z)
two A2
  activation-formula: 1 / 1 + exp(-Z)
three A2
  activation-formula: np.minimum(0, Z); abs(Z)
  other-activation: np.where(Z > 0, Z, 0.37 * Z); np.tanh(Z)
three A3
  softmax-axis: exp(Z) / exp(Z).sum(); exp(Z) / exp(Z).sum(1, keepdims=True)
  softmax-sum-missing: exp(Z); exp(Z - Z.max(0))
two cost2
  wrong-sign: (Y * log(A) + (1 - Y) * log(1 - A)).sum() / m
  mean-missing: -(Y * log(A) + (1 - Y) * log(1 - A)).sum()
  cost-part-missing: -(Y * log(A)).sum() / m; -((1 - Y) * log(1 - A)).sum() / m
  cost-parts-swapped: -(Y * log(1 - A) + (1 - Y) * log(A)).sum() / m
  cost-part-sign: ((1 - Y) * log(1 - A) - Y * log(A)).sum() / m
  cost-part-sign: (Y * log(A) - (1 - Y) * log(1 - A)).sum() / m
  labels-missing: -log(A).sum() / m
  logarithm-missing: -(Y * A + (1 - Y) * (1 - A)).sum() / m
  other-cost: ((A - Y) ** 2).sum() / m; ((A - Y) ** 2).sum() / m / 2
three cost3
  binary-cost-for-classes: -(Y * log(A) + (1 - Y) * log(1 - A)).sum() / m
  logarithm-missing: -(Y * A).sum() / m
squares cost2
  square-missing: (A - Y).sum() / m / 2; (Y - A).sum() / m / 2; abs(A - Y).sum() / m / 2
  root-extra: np.sqrt(((A - Y) ** 2).sum() / m)
two newW1
  wrong-sign: W + rate * dW
  not-updated: W
  rate-missing: W - dW; W + dW
  rate-twice: W - rate * rate * dW
  rate-divides: W - dW / rate
  step-for-parameter: rate * dW; -rate * dW
  gradient-missing: W - rate; W - rate * W
  scaled: W - 0.37 * rate * dW
  weight-decay: W - rate * dW - 0.37 * W
two newb1
  bias-zero: b
"""
KINDS = {
    "two": kind_of(two_layer)[0],
    "three": kind_of(three_layer)[0],
    "squares": kind_of(worked_example)[0],
    "mixed": Kind(("tanh", "softmax"), "half_squared_error"),
}


def formulas():
    """Yield (network, place and layer, code, formula) of each."""
    for line in FORMULAS.strip().splitlines():
        if line[0] != " ":
            network, place = line.split()
            continue
        code, row = line.strip().split(": ")
        for formula in row.split("; "):
            yield network, place, code, formula


def name_of(formula, kind, place, layer):
    """Return the code of the first edit that has the numbers of a formula."""
    (task,) = (task for task in TASKS.values() if place in task.places.split())
    short = {"exp": np.exp, "log": np.log, "sigmoid": lambda Z: 1 / (1 + np.exp(-Z))}
    for sizes in (different_sizes(kind)[0], equal_sizes(kind)[0]):
        given = problem(kind, sizes).values
        values = given | {f"their_{name}": value for name, value in given.items()}
        scene = Scene(place, layer, values, kind)
        names = {"np": np, **short, **values, "X": given["A0"], "m": scene.m}
        for stem in "W b Z A dA dZ dW db".split():
            for beside, shift in BESIDE.items():
                if (name := f"{stem}{layer + shift}") in given:
                    names[f"{stem}_{beside}".rstrip("_")] = given[name]
        try:
            value = np.asarray(eval(formula, names), dtype=float)
        except ValueError:
            continue  # these shapes fit where all sizes are equal
        for edit in task.edits:
            if place in edit.places.split():
                found = perform(scene, edit, NUMBER if edit.unknown else None)
                if found is not None and same(value, found):
                    return edit.code
    return None


@pytest.mark.parametrize("network, place, code, formula", [*formulas()])
def test_a_formula_that_learners_write_has_its_name(network, place, code, formula):
    assert name_of(formula, KINDS[network], place[:-1], int(place[-1])) == code


WORDS = [
    ("dA", 1, "here", "dZ1"), ("cost", 2, "here", "cost"), ("newW", 1, "here", "W1"),
    ("dW", 1, "A_below", "X"), ("dW", 2, "A_below", "A1"), ("dA", 1, "W_above", "W2"),
    ("A", 1, "activation", "tanh"), ("A", 2, "activation", "the sigmoid"),
    ("Z", 2, "layer", 2),
]  # fmt: skip


@pytest.mark.parametrize("place, layer, name, word", WORDS)
def test_what_a_name_in_a_sentence_stands_for(place, layer, name, word):
    kind = KINDS["two"]
    values = problem(kind, different_sizes(kind)[0]).values
    assert Scene(place, layer, values, kind).words()[name] == word


CODES = """
slope-missing slope-of-other-activation slope-of-activation slope-of-preactivation
slope-formula activation-for-slope relu-of-gradient slope-of-other-layer
output-slope-extra output-slope-missing softmax-axis mean-missing mean-twice
mean-over-wrong-axis bias-one-number bias-not-summed bias-wrong-axis bias-zero
bias-from-other-layer transpose-missing wrong-layer-input error-not-sent-back
updated-too-early wrong-sign elementwise-for-matrix-product scaled
""".split()


def test_the_catalogue_has_the_known_mistakes():
    assert set(CODES) <= {edit.code for edit in mistakes.BACKWARD}


def test_every_edit_has_a_hint_and_every_hint_an_edit():
    edits = [edit for task in TASKS.values() for edit in task.edits]
    assert set(mistakes.HINTS) <= {c for e in edits for c in e.code.split(", ")}
    for edit in edits:
        hint = edit.question
        assert edit.message.endswith((".", "?"))
        assert hint.endswith(("?", "."))
        assert "np." not in edit.message + hint  # no line of the solution


def test_no_sentence_or_hint_says_how_the_arrays_lie():
    for task in TASKS.values():
        for edit in task.edits:
            said = f"{edit.message} {edit.question}"
            assert not re.search(r"\b(rows?|columns?)\b", said), said
