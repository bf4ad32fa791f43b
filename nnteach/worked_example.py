r"""The network small enough to follow by hand: inputs 0.35 and 0.7.

        x1 = 0.35 ---\ /--- unit 1 ---\
                      X                 output unit ---> A2, wanted: 0.5
        x2 = 0.70 ---/ \--- unit 2 ---/

    X --W1, b1--> Z1 --sigmoid--> A1 --W2, b2--> Z2 --sigmoid--> A2 --> cost

The module is a network like the others (sigmoid, sigmoid, half squared error), for any
sizes and any number of examples. `steps` takes one example through it, one operation at
a time: forward, cost, backward, update. Introduced in chapter 2.
"""

from dataclasses import dataclass, field

import numpy as np

from nnteach.activations import sigmoid, sigmoid_derivative
from nnteach.checks import (
    checked,
    describe,
    finite,
    fit_together,
    inputs,
    layers_of,
    positive,
    wrong,
)
from nnteach.costs import half_squared_error
from nnteach.rounding import show
from nnteach.two_layer import initialize_parameters

__all__ = [
    "EXAMPLE",
    "Example",
    "Step",
    "backward_propagation",
    "compute_cost",
    "forward_propagation",
    "initialize_parameters",
    "predict",
    "steps",
]


@checked(parameters=layers_of(2))
def forward_propagation(X, parameters):
    """Return the output A2 (n_y, m) and the cache of what was computed."""
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]

    Z1 = W1 @ X + b1
    A1 = sigmoid(Z1)
    Z2 = W2 @ A1 + b2
    A2 = sigmoid(Z2)

    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def compute_cost(A2, Y):
    """Return the half squared error of the output A2 and the target Y."""
    return half_squared_error(A2, Y)


@checked(parameters=layers_of(2))
def backward_propagation(parameters, cache, X, Y):
    """Return the derivatives of the cost: dW1, db1, dW2, db2, as W1 ... b2.

    The squared error does not cancel the slope of the sigmoid, so dZ2 keeps it.
    Source: Nielsen (2015), equations (BP1) to (BP4).
    """
    m = X.shape[-1]
    W2 = parameters["W2"]
    A1, A2 = cache["A1"], cache["A2"]

    dA2 = A2 - Y
    dZ2 = dA2 * sigmoid_derivative(A2)
    dW2 = dZ2 @ A1.mT / m
    db2 = dZ2.sum(axis=-1, keepdims=True) / m

    dA1 = W2.mT @ dZ2
    dZ1 = dA1 * sigmoid_derivative(A1)
    dW1 = dZ1 @ X.mT / m
    db1 = dZ1.sum(axis=-1, keepdims=True) / m

    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def predict(X, parameters):
    """Return the output A2 itself, shape (n_y, m): this network predicts numbers."""
    A2, _ = forward_propagation(X, parameters)
    return A2


# --------------------------------------------------------------- the example


def column(name, values):
    """Return a list or row of numbers as a column, shape (n, 1)."""
    array = finite(name, values)
    return matrix(name, array.reshape(-1, 1) if array.ndim < 2 else array)


def matrix(name, values):
    """Return the numbers as an array with rows and columns, and no more axes."""
    array = inputs(name, values)
    if array.ndim > 2:
        raise wrong(name, "rows and columns", describe(values), f"{name}[0]")
    return array


@dataclass(frozen=True)
class Example:
    """One input, its target, parameters and learning rate: replace any of them.

    x (n_x,), y (n_y,): lists or arrays; one example.
    W1 (n_h, n_x), b1 (n_h,), W2 (n_y, n_h), b2 (n_y,); biases left out are zero.
    """

    x: np.ndarray = (0.35, 0.7)
    y: np.ndarray = (0.5,)
    W1: np.ndarray = ((0.2, 0.2), (0.3, 0.3))
    W2: np.ndarray = ((0.3, 0.9),)
    b1: np.ndarray | None = None
    b2: np.ndarray | None = None
    learning_rate: float = 1.0
    parameters: dict = field(init=False, repr=False)

    def __post_init__(self):
        new = {name: column(name, getattr(self, name)) for name in ("x", "y")}
        for name in ("x", "y"):
            if new[name].shape[-1] != 1:
                got = f"{new[name].shape[-1]} columns"
                raise wrong(name, "one example", got, f"{name}[:, :1]")
        for layer in ("1", "2"):
            W = new["W" + layer] = matrix("W" + layer, getattr(self, "W" + layer))
            b = getattr(self, "b" + layer)
            new["b" + layer] = column("b" + layer, np.zeros(len(W)) if b is None else b)
        new["learning_rate"] = positive("learning_rate", self.learning_rate)
        names = ("W1", "b1", "W2", "b2")
        parameters = layers_of(2)("parameters", {name: new[name] for name in names})
        fit_together({"X": new["x"], "Y": new["y"], "parameters": parameters})
        for name in ("x", "y", *names):  # one EXAMPLE serves every cell of a lesson
            new[name] = new[name].copy()
            new[name].flags.writeable = False
        new["parameters"] = {name: new[name] for name in names}
        for name, value in new.items():
            object.__setattr__(self, name, value)


EXAMPLE = Example()


# -------------------------------------------------- the same, step by step


@dataclass(frozen=True)
class Step:
    """One operation of the worked example.

    phase: "forward", "cost", "backward" or "update".
    name: what is computed, such as "Z1"; title: the same in words.
    formula: in mathematical notation; code: the line of Python that computed value.
    numbers: the formula with the numbers filled in, one line for each entry of value.
    value: an array, or a float for the cost.
    part: which part of the network it is about, such as "Z1", "W2" or "cost".
    """

    phase: str
    name: str
    title: str
    formula: str
    code: str
    numbers: tuple
    value: np.ndarray | float
    part: str

    def __str__(self):
        lines = [f"{self.name}: {self.title}", f"  {self.formula}", f"  {self.code}"]
        return "\n".join(lines + ["  " + line for line in self.numbers])


def steps(example=EXAMPLE, as_published=False):
    """Return the list of `Step`s that take the example through one round of learning.

    as_published: the variant of the notebook that this example comes from. Its error is
        Y - A2, the opposite sign, so that its "gradients" point downhill and the update
        adds them; and its biases stay as they are.
    """
    if not isinstance(example, Example):
        advice = "worked_example.Example(x=[0.35, 0.7])"
        raise wrong("example", "an Example", describe(example), advice, TypeError)
    known = {"X": example.x, "Y": example.y, **example.parameters, "m": 1}
    known["learning_rate"] = example.learning_rate
    functions = {"sigmoid": sigmoid, "sigmoid_derivative": sigmoid_derivative}
    functions["half_squared_error"] = half_squared_error
    result = []
    for phase, name, title, formula, code, fill in operations(as_published):
        # The line that is shown is the line that computes: they cannot differ.
        value = eval(code.partition(" = ")[2], functions, known)
        texts = {key: Entries(entry) for key, entry in known.items()}
        numbers = []
        for entry in np.ndindex(np.shape(value)):
            one = show(np.asarray(value)[entry], DIGITS)
            where = subscript(entry, np.shape(value))
            numbers.append(f"{name}{where} = {fill(texts, *entry[:2])} = {one}")
        known[name] = value
        part = "cost" if name == "cost" else name.removeprefix("d")
        result.append(
            Step(phase, name, title, formula, code, tuple(numbers), value, part)
        )
    return result


DIGITS = 6  # enough to follow every step with a pocket calculator


class Entries:
    """The entries of an array as text, so that they can be put into a formula."""

    def __init__(self, array):
        self.array = np.atleast_2d(array)

    def __call__(self, row=0, column=0):
        """Return one entry as text, in brackets if it is negative."""
        text = self.plain(row, column)
        return f"({text})" if text.startswith("\u2212") else text

    def plain(self, row=0, column=0):
        """Return one entry as text."""
        return show(self.array[row, column], DIGITS)

    def name(self, name, row):
        """Return the name of one entry: "dZ1₂"."""
        return name + subscript((row, 0), self.array.shape)

    def times(self, other, pairs):
        """Return the sum of products of the entries at these pairs of places."""
        return " + ".join(f"{self(*mine)}·{other(*its)}" for mine, its in pairs)


def subscript(entry, shape):
    """Return the place of an entry as subscripts counted from 1: row, then column."""
    digits = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    if np.prod(shape) <= 1:
        return ""
    places = entry[:1] if shape[-1] == 1 else entry
    return ",".join(str(place + 1) for place in places).translate(digits)


def operations(as_published):
    """Return a row for each step: phase, name, title, formula, code, how to fill in.

    The last entry takes the numbers known so far, as `Entries` by name, and the row and
    column of one entry of the result; it returns the right-hand side with its numbers.
    """

    def affine(t, layer, i):
        W, below, b = t[f"W{layer}"], t["X" if layer == 1 else "A1"], t[f"b{layer}"]
        pairs = [((i, j), (j, 0)) for j in range(W.array.shape[1])]
        return f"{W.times(below, pairs)} + {b(i)}"

    def slope(t, layer, i):
        A = t[f"A{layer}"](i)
        return f"{t[f'dA{layer}'](i)}·{A}·(1 − {A})"

    def sent_back(t, j):
        W2, dZ2 = t["W2"], t["dZ2"]
        return W2.times(dZ2, [((i, j), (i, 0)) for i in range(W2.array.shape[0])])

    def half_squares(t):
        rows = range(len(t["Y"].array))
        squares = [f"({t['A2'].plain(i)} − {t['Y'].plain(i)})²" for i in rows]
        return f"½ ({' + '.join(squares)})" if len(squares) > 1 else f"½ {squares[0]}"

    if as_published:
        error = ("Y - A2", "Y − A2", lambda t, i, j: f"{t['Y'](i)} − {t['A2'](i)}")
        sign, way = "+", "added: it points downhill already"
    else:
        error = ("A2 - Y", "A2 − Y", lambda t, i, j: f"{t['A2'](i)} − {t['Y'](i)}")
        sign, way = "-", "one step downhill"
    shown = sign.replace("-", "−")

    def update(name):
        if as_published and name.startswith("b"):
            return (
                "update", name, "the bias, forgotten", f"{name} ← {name}",
                f"{name} = {name}", lambda t, i, j: t[name].name(name, i),
            )  # fmt: skip
        what = "weights" if name.startswith("W") else "biases"
        layer = "output" if name.endswith("2") else "hidden"
        return (
            "update", name, f"the {layer} {what}, {way}",
            f"{name} ← {name} {shown} η d{name}",
            f"{name} = {name} {sign} learning_rate * d{name}",
            lambda t, i, j: f"{t[name](i, j)} {shown} "
            f"{t['learning_rate']()}·{t['d' + name](i, j)}",
        )  # fmt: skip

    return [
        ("forward", "Z1", "what reaches the hidden units", "Z1 = W1 X + b1",
         "Z1 = W1 @ X + b1", lambda t, i, j: affine(t, 1, i)),
        ("forward", "A1", "the hidden units answer", "A1 = σ(Z1)",
         "A1 = sigmoid(Z1)", lambda t, i, j: f"σ({t['Z1'].plain(i)})"),
        ("forward", "Z2", "what reaches the output unit", "Z2 = W2 A1 + b2",
         "Z2 = W2 @ A1 + b2", lambda t, i, j: affine(t, 2, i)),
        ("forward", "A2", "the output", "A2 = σ(Z2)",
         "A2 = sigmoid(Z2)", lambda t, i, j: f"σ({t['Z2'].plain(i)})"),
        ("cost", "cost", "how wrong the output is", "J = ½ Σ (A2 − Y)²",
         "cost = half_squared_error(A2, Y)", lambda t: half_squares(t)),
        ("backward", "dA2", "how the cost changes with A2", f"dA2 = {error[1]}",
         f"dA2 = {error[0]}", error[2]),
        ("backward", "dZ2", "back through the output's sigmoid",
         "dZ2 = dA2 · A2 · (1 − A2)",
         "dZ2 = dA2 * sigmoid_derivative(A2)", lambda t, i, j: slope(t, 2, i)),
        ("backward", "dW2", "the share of each output weight",
         "dW2 = dZ2 A1ᵀ / m", "dW2 = dZ2 @ A1.mT / m",
         lambda t, i, j: f"{t['dZ2'](i)}·{t['A1'](j)}"),
        ("backward", "db2", "the share of the output bias",
         "db2 = Σ dZ2 / m", "db2 = dZ2.sum(axis=-1, keepdims=True) / m",
         lambda t, i, j: t["dZ2"].name("dZ2", i)),
        ("backward", "dA1", "how the cost changes with A1",
         "dA1 = W2ᵀ dZ2", "dA1 = W2.mT @ dZ2", lambda t, i, j: sent_back(t, i)),
        ("backward", "dZ1", "back through the hidden sigmoids",
         "dZ1 = dA1 · A1 · (1 − A1)",
         "dZ1 = dA1 * sigmoid_derivative(A1)", lambda t, i, j: slope(t, 1, i)),
        ("backward", "dW1", "the share of each hidden weight",
         "dW1 = dZ1 Xᵀ / m", "dW1 = dZ1 @ X.mT / m",
         lambda t, i, j: f"{t['dZ1'](i)}·{t['X'](j)}"),
        ("backward", "db1", "the share of the hidden biases",
         "db1 = Σ dZ1 / m", "db1 = dZ1.sum(axis=-1, keepdims=True) / m",
         lambda t, i, j: t["dZ1"].name("dZ1", i)),
        *(update(name) for name in ("W2", "b2", "W1", "b1")),
    ]  # fmt: skip
