"""The worked example: its steps say what they compute, for any numbers."""

import inspect
import re
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from nnteach import update_parameters
from nnteach import worked_example as worked
from nnteach.activations import sigmoid
from nnteach.worked_example import EXAMPLE, Example, steps

draw = np.random.default_rng(0)
WIDE = Example(
    x=[1, -2, 0.5],
    y=[0.1, 0.9],
    W1=draw.normal(size=(4, 3)).round(2),
    W2=draw.normal(size=(2, 4)).round(2),
    b1=[1, -1, 0, 0.3],
    b2=[0.2, -0.1],
    learning_rate=0.5,
)
SMALL = Example(x=[2], y=[1], W1=[[0.5]], W2=[[-0.5]], learning_rate=3)
HUGE = Example(x=[3e5, -7], W1=[[2e-6, 4000], [-1e-7, 0]])
EXAMPLES = {"as it is": EXAMPLE, "3-4-2": WIDE, "1-1-1": SMALL, "far apart": HUGE}
every_example = pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
both_signs = pytest.mark.parametrize("as_published", [False, True])

NAMES = "Z1 A1 Z2 A2 cost dA2 dZ2 dW2 db2 dA1 dZ1 dW1 db1 W2 b2 W1 b1"


@both_signs
def test_order_and_phases(as_published):
    listed = steps(as_published=as_published)
    assert " ".join(step.name for step in listed) == NAMES
    phases = [step.phase for step in listed]
    assert phases == 4 * ["forward"] + ["cost"] + 8 * ["backward"] + 4 * ["update"]
    known = {"X", "Y", *"Z1 A1 Z2 A2 cost W1 b1 W2 b2".split()}
    assert {step.part for step in listed} <= known
    assert [listed[i].part for i in (0, 4, 5, 7, 16)] == [
        "Z1",
        "cost",
        "A2",
        "W2",
        "b1",
    ]


@every_example
def test_steps_are_the_networks_own_functions(example):
    values = {step.name: step.value for step in steps(example)}
    A2, cache = worked.forward_propagation(example.x, example.parameters)
    grads = worked.backward_propagation(example.parameters, cache, example.x, example.y)
    after = update_parameters(example.parameters, grads, example.learning_rate)
    wanted = cache | grads | after | {"cost": worked.compute_cost(A2, example.y)}
    assert wanted.keys() == values.keys() - {"dA1", "dA2", "dZ1", "dZ2"}
    for name, value in wanted.items():
        np.testing.assert_array_equal(values[name], value)


def test_the_code_that_is_shown_is_the_code_of_the_network():
    sources = inspect.getsource(worked.forward_propagation)
    sources += inspect.getsource(worked.backward_propagation)
    sources += "cost = " + inspect.getsource(worked.compute_cost).split("return ")[-1]
    for step in steps():
        if step.phase != "update":  # update_parameters goes over all of them at once
            assert f"{step.code}\n" in sources
        else:
            assert (
                step.code == f"{step.name} = {step.name} - learning_rate * d{step.name}"
            )


def read(text):
    """Return the value of a formula with its numbers filled in."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    for sign, code in [
        ("·", "*"),
        ("−", "-"),
        ("²", "**2"),
        ("½", "0.5 * "),
        ("σ", "f"),
    ]:
        text = text.replace(sign, code)
    return float(eval(text, {"f": sigmoid}))


def test_an_update_says_whose_numbers_it_changes():
    said = {step.name: step.title for step in steps() if step.phase == "update"}
    for name, words in {"W1": "hidden weights", "b2": "output biases"}.items():
        assert words in said[name]


def test_brackets_stand_around_the_squares_of_two_outputs_and_not_of_one():
    two = Example([0.1], [0.2, 0.4], [[1]], [[1], [2]])
    shown = {len(e.y): str(steps(e)[4]).split(" = ")[-2] for e in (EXAMPLE, two)}
    assert re.fullmatch(r"½ \([^()]*\)²", shown[1])
    assert re.fullmatch(r"½ \(\([^()]*\)² \+ \([^()]*\)²\)", shown[2])


@every_example
@both_signs
def test_the_numbers_filled_in_give_the_value(example, as_published):
    shown = {}  # what was shown before, by the name on its left
    for step in steps(example, as_published):
        assert len(step.numbers) == np.size(step.value)
        if np.size(step.value) > 1:  # every entry has a name of its own
            assert len({line.split(" = ")[0] for line in step.numbers}) == np.size(
                step.value
            )
        for line, value in zip(step.numbers, np.ravel(step.value), strict=True):
            left, formula, right = line.split(" = ")
            assert left.startswith(step.name)
            assert read(right) == pytest.approx(value, rel=1e-5)
            if re.match("d?[Zb]", formula):  # a sum over one example: a name
                wanted = shown.get(formula, value)
            else:
                wanted = read(formula)
            # Six digits in, six digits out, but for what cancels in a sum.
            assert wanted == pytest.approx(value, rel=1e-4, abs=2e-6)
            shown[left] = value


def test_as_published_has_the_opposite_sign_and_the_old_biases():
    right = {step.name: step for step in steps(WIDE)}
    published = {step.name: step for step in steps(WIDE, as_published=True)}
    for name, step in right.items():
        value = published[name].value
        if step.phase == "backward":
            np.testing.assert_array_equal(value, -step.value)
        elif name in ("b1", "b2"):
            np.testing.assert_array_equal(value, WIDE.parameters[name])
            assert (step.value != value).any()
        else:
            np.testing.assert_array_equal(value, step.value)


def test_text_of_a_step():
    Z1 = steps()[0]
    assert str(Z1).splitlines() == [
        f"Z1: {Z1.title}",
        "  Z1 = W1 X + b1",
        "  Z1 = W1 @ X + b1",
        "  Z1₁ = 0.2·0.35 + 0.2·0.7 + 0 = 0.21",
        "  Z1₂ = 0.3·0.35 + 0.3·0.7 + 0 = 0.315",
    ]
    assert steps(SMALL)[2].numbers[0] == "Z2 = (−0.5)·0.731059 + 0 = −0.365529"
    assert steps(SMALL)[3].numbers == ("A2 = σ(−0.365529) = 0.409622",)


def test_what_can_be_given_as_an_example():
    assert EXAMPLE.x.tolist() == [[0.35], [0.7]]
    assert {k: v.shape for k, v in WIDE.parameters.items()} == {
        "W1": (4, 3), "b1": (4, 1), "W2": (2, 4), "b2": (2, 1),
    }  # fmt: skip
    for x in ([1, 2], (1, 2), [[1], [2]], np.array([1, 2]), np.array([[1.0], [2]])):
        assert Example(x=x).x.tolist() == [[1], [2]]
    mine = np.array([[0.1], [0.2]])
    example = Example(x=mine)
    mine[0] = 9  # still the caller's own
    assert example.x.tolist() == [[0.1], [0.2]]


@pytest.mark.parametrize(
    "change, message",
    [
        ({"x": [1, 2, 3]}, "X has 3 rows but W1 has 2 columns"),
        ({"x": [[1, 2], [3, 4]]}, "x: expected one example"),
        ({"y": [0, 1]}, "Y has 2 rows but W2 has 1"),
        ({"W2": [[1, 2, 3]]}, "W2 has 3 columns but W1 has 2 rows"),
        ({"W2": [[0.3], [0.9]]}, r"a column of W2 for each unit of layer 1. Try W2\.T"),
        ({"W1": [0.2, 0.3]}, r"W1: expected a matrix, one row for each unit, .*1, -1"),
        ({"b1": 0.1}, r"one bias for each row of W1, got \(1, 1\). Try np.zeros\("),
        ({"b1": [[1, 2]]}, r"got \(1, 2\). Try np.reshape\(b1, \(2, 1\)\)"),
        ({"W1": np.ones((2, 2, 2))}, "W1: expected rows and columns"),
        ({"b1": [1, 2, 3]}, "b1: expected the shape"),
        ({"x": ["0.35", "0.7"]}, "x: expected numbers"),
        ({"y": [np.inf]}, "y: expected finite numbers"),
        ({"learning_rate": 0}, "learning_rate: expected a positive number"),
        ({"learning_rate": [1]}, "learning_rate: expected a positive number"),
    ],
)
def test_an_example_that_does_not_fit(change, message):
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        Example(**change)
    assert "Try" in str(caught.value)


def test_the_numbers_of_an_example_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        EXAMPLE.x = [1, 2]
    with pytest.raises(FrozenInstanceError):
        next(iter(steps(EXAMPLE))).value = 3
    assert "parameters" not in repr(EXAMPLE)  # they are W1, b1 ... once more
    for array in (EXAMPLE.x, EXAMPLE.y, EXAMPLE.W1, *EXAMPLE.parameters.values()):
        with pytest.raises(ValueError, match="read-only"):
            array -= 1
