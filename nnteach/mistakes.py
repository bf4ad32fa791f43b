r"""The catalogue of known mistakes: each one a small edit of the right computation.

A computation is a chain of places. For the backward pass, from the output layer down:

    dA2 -> dZ2 -> dW2, db2 -> dA1 -> dZ1 -> dW1, db1

`RIGHT` holds the right operation for each kind of place, and an `Edit` another one: it is
a function of a `Scene`, which knows everything at its layer by name (s.A, s.dZ, s.W ...),
in the layers beside it (s.A_below, s.W_above ...) and what would be right here (s.right).
A teacher extends the catalogue in five lines:

    BACKWARD.append(Edit(
        "bias-doubled", "db", lambda s: 2 * s.right,
        "{db} is twice what it should be.",
        "How often do you add up the columns of {dZ}?"))

A number that nobody knows beforehand is a second argument, and the number must enter
linearly: `lambda s, t: s.right + t * s.W`. `diagnose` solves for it, and the sentence
names it as {number}. The order of a list is the order of preference: of two edits
that give the same numbers, the first is named.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnteach.activations import ACTIVATIONS, softmax_derivative
from nnteach.checks import unchecked
from nnteach.costs import COSTS

# ------------------------------------------------------------------ the notation

BESIDE = {"": 0, "below": -1, "above": 1}


class Scene:
    """What one operation sees: the values of its layer and of those beside it.

    s.A, s.Z, s.W, s.b, s.dA, s.dZ are of this layer; s.A_below, s.W_above, s.dZ_above
    and so on of its neighbours (s.A_below is X in layer 1). s.X, s.Y, s.m, s.rate and
    s.activation are what they say, s.output tells whether this is the output layer, and
    s.fits whether the cost fits its activation, so that dZ = A - Y there.
    """

    def __init__(self, place, layer, values, kind):
        self.place, self.layer, self.values, self.kind = place, layer, values, kind
        self.last = len(kind.activations)
        self.output = layer == self.last
        self.activation = kind.activations[layer - 1]
        self.fits = self.output and kind.fits
        self.X, self.Y = values["A0"], values["Y"]
        self.m, self.rate = self.X.shape[-1], values["rate"]

    def __getattr__(self, name):
        """Return a value by its name: `A`, `W_above`, `dZ_below` ..."""
        stem, _, beside = name.partition("_")
        if beside not in BESIDE:
            raise AttributeError(name)
        return self.value(stem, self.layer + BESIDE[beside])

    def value(self, stem, layer):
        """Return the value of that name in that layer, such as dZ3."""
        try:
            return self.values[f"{stem}{layer}"]
        except KeyError:  # there is no such layer, or it has not been computed yet
            raise AttributeError(f"{stem}{layer}") from None

    def words(self):
        """Return what the names in a sentence stand for in this layer."""
        names = {
            f"{stem}{'_' * bool(beside)}{beside}": f"{stem}{self.layer + shift}"
            for stem in ("W", "b", "Z", "A", "dA", "dZ", "dW", "db")
            for beside, shift in BESIDE.items()
        }
        if self.layer == 1:
            names["A_below"] = "X"
        stem = {"dA": "dZ"}.get(self.place, self.place)  # dA is a step towards dZ
        here = "cost" if self.place == "cost" else f"{stem}{self.layer}"
        own = {"layer": self.layer, "activation": WORDS[self.activation], "here": here}
        return {**names, **own}

    def theirs(self, stem, layer):
        """Return what the learner's function gave for it."""
        return self.value("their_" + stem, layer)

    @property
    def right(self):
        """What would be right at this place."""
        return RIGHT[self.place](self)

    def using(self, name, value):
        """Return what would be right here if {name} of this layer were the value."""
        values = {**self.values, f"{name}{self.layer}": value}
        return Scene(self.place, self.layer, values, self.kind).right

    @property
    def slope(self):
        """The slope of this layer's activation, elementwise."""
        return SLOPE_AT_A[self.activation](self.A)


@dataclass(frozen=True, eq=False)
class Edit:
    """One known mistake.

    code: its short name; places: where it can occur ("dW db": in both of them).
    operation: a function of a Scene, or of a Scene and an unknown number.
    message: what is wrong; hint: what to think about. In both, {dZ}, {A_below} ... are
        the names at the layer, {here} the place itself, {number} the unknown number.
    when: a function of a Scene that tells whether the mistake is possible there.
    """

    code: str
    places: str
    operation: Callable
    message: str
    hint: str
    when: Callable = lambda s: True

    @property
    def unknown(self):
        """Whether a number has to be solved for."""
        arguments = self.operation.__code__.co_varnames
        return arguments[: self.operation.__code__.co_argcount][1:2] == ("t",)


# ------------------------------------------------------ the slopes, in two ways


def sigmoid(Z):
    """Return the sigmoid; here an argument may be anything, so nothing is checked."""
    return 1 / (1 + np.exp(-Z))


def activate(name, Z):
    """Return the activation of that name, without its checks."""
    with unchecked():
        return ACTIVATIONS[name][0](Z)


# A slope can be written with the activation A, or with the pre-activation Z. Each
# formula is right for one of the two; handing it the other is a common mistake.
SLOPE_AT_A = {
    "sigmoid": lambda A: A * (1 - A),
    "tanh": lambda A: 1 - A**2,
    "relu": lambda A: np.where(A > 0, 1.0, 0.0),
    "leaky_relu": lambda A: np.where(A > 0, 1.0, 0.01),
    "softmax": lambda A: A * (1 - A),
    "identity": np.ones_like,
}
SLOPE_AT_Z = {
    "sigmoid": lambda Z: sigmoid(Z) * (1 - sigmoid(Z)),
    "tanh": lambda Z: 1 - np.tanh(Z) ** 2,
    "relu": SLOPE_AT_A["relu"],
    "leaky_relu": SLOPE_AT_A["leaky_relu"],
    "softmax": lambda Z: activate("softmax", Z) * (1 - activate("softmax", Z)),
    "identity": np.ones_like,
}
WORDS = {
    "sigmoid": "the sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "softmax": "softmax",
    "identity": "the identity",
}

# ------------------------------------------------------------ the right operations


def through_activation(s):
    """Return dZ of the layer, given its dA."""
    if s.fits:  # dA stands for A - Y here, and the slope has cancelled
        return s.dA
    if s.activation == "softmax":
        return (softmax_derivative(s.A) * s.dA[..., :, None, :]).sum(axis=-3)
    return s.dA * s.slope


RIGHT = {
    "dA": lambda s: s.A - s.Y if s.output else s.W_above.mT @ s.dZ_above,
    "dZ": through_activation,
    "dW": lambda s: s.dZ @ s.A_below.mT / s.m,
    "db": lambda s: s.dZ.sum(axis=-1, keepdims=True) / s.m,
    "Z": lambda s: s.W @ s.A_below + s.b,
    "A": lambda s: activate(s.activation, s.Z),
    "cost": lambda s: COSTS[s.kind.cost][0](s.A, s.Y),
    "W": lambda s: s.W - s.rate * s.dW,
    "b": lambda s: s.b - s.rate * s.db,
}

# ---------------------------------------------------- mistakes of a backward pass


def hidden(s):
    """Tell whether this is a hidden layer."""
    return not s.output


def sloped(s):
    """Tell whether dZ is formed with a slope at this layer."""
    return not s.fits and s.activation != "softmax"


def on_the_way_back():
    """Return the edits of dA: how the error reaches a layer."""
    sent = "Which matrix carries {A} forward to {Z_above}, and how does it carry back?"
    return [
        Edit(
            "updated-too-early", "dA",
            lambda s, t: (s.W_above - t * s.dW_above).mT @ s.dZ_above,
            "{W_above} has already been updated (by {number} times {dW_above}) when "
            "{dZ} is formed.",
            "Which {W_above} made the output whose error you send back?", hidden,
        ),
        Edit(
            "wrong-sign", "dA", lambda s: -s.right,
            "The error has the wrong sign: every gradient from {dZ} down points "
            "uphill where it should point downhill.",
            "The cost grows when an output that is too large grows. Which sign must "
            "{dZ} have there?", lambda s: s.output,
        ),
        Edit(
            "error-not-sent-back", "dA",
            lambda s: s.W_above.mT @ np.ones_like(s.dZ_above),
            "{dZ} does not contain {dZ_above}: the error from above is dropped.",
            "How does layer {layer} get to know how wrong the output is?", hidden,
        ),
        Edit(
            "error-not-sent-back", "dA", lambda s: np.ones_like(s.A),
            "{dZ} is only a slope: no error from above reaches it.", sent, hidden,
        ),
        Edit(
            "sent-back-before-slope", "dA", lambda s: s.W_above.mT @ s.dA_above,
            "What you send back to layer {layer} is {dA_above}, before it went "
            "through the slope of the layer above.",
            "Which of the two, {dA_above} or {dZ_above}, is multiplied by "
            "{W_above} on the way forward?", hidden,
        ),
        Edit(
            "weights-left-out", "dA",
            lambda s: np.ones_like(s.A) * s.dZ_above.sum(axis=-2, keepdims=True),
            "{dZ} is formed without {W_above}: every unit of layer {layer} gets the "
            "same error.", sent, hidden,
        ),
        Edit(
            "transpose-missing", "dA", lambda s: s.W_above @ s.dZ_above,
            "{W_above} is not transposed when the error is sent back for {dZ}.",
            "{W_above} has one row for each unit above. Which shape takes {dZ_above} "
            "to one row for each unit of layer {layer}?", hidden,
        ),
        *(
            Edit(
                "elementwise-for-matrix-product", "dA", operation,
                "{dZ} multiplies {W_above} and {dZ_above} entry by entry, where a "
                "matrix product belongs.",
                "A unit of layer {layer} feeds every unit above. Where do you add up "
                "their errors?", hidden,
            )
            for operation in (
                lambda s: s.W_above.mT * s.dZ_above,
                lambda s: s.W_above * s.dZ_above,
            )
        ),
        Edit(
            "weights-of-other-layer", "dA", lambda s: s.W.mT @ s.dZ_above,
            "The error is sent back for {dZ} through {W}, not through {W_above}.",
            sent, hidden,
        ),
        Edit(
            "weights-of-other-layer", "dA", lambda s: s.W @ s.dZ_above,
            "The error is sent back for {dZ} through {W}, not through {W_above}.",
            sent, hidden,
        ),
    ]  # fmt: skip


def first_error():
    """Return the edits of the error at the output."""

    def cost_slope(s):
        return COSTS[s.kind.cost][1](s.A, s.Y)

    def is_binary(s):
        return s.fits and s.activation == "sigmoid"

    start = "What is the derivative of the cost with respect to {Z}?"
    edits = [
        (
            "output-slope-missing", cost_slope,
            "{dZ} is the derivative of the cost with respect to {A}: the slope of "
            "{activation} is not in it yet.",
            "By which factor does {A} change when {Z} changes a little?",
            lambda s: s.fits and s.activation != "identity",
        ),
        (
            "cost-part-missing", lambda s: -s.Y * (1 - s.A),
            "{dZ} knows only the part Y log {A} of the cost: for Y = 0 it is zero.",
            "What does the cost say about the examples with Y = 0?", is_binary,
        ),
        (
            "cost-part-missing", lambda s: (1 - s.Y) * s.A,
            "{dZ} knows only the part (1 − Y) log(1 − {A}) of the cost: for Y = 1 it "
            "is zero.",
            "What does the cost say about the examples with Y = 1?", is_binary,
        ),
        (
            "cost-part-sign", lambda s: -s.Y * (1 - s.A) - (1 - s.Y) * s.A,
            "The two parts of {dZ}, for Y = 1 and for Y = 0, have the same sign.",
            "In which direction must {A} move for Y = 1, and in which for Y = 0?",
            is_binary,
        ),
        (
            "cost-part-sign", lambda s: -s.Y / s.A - (1 - s.Y) / (1 - s.A),
            "The two parts of the cost's derivative in {dZ} have the same sign, and "
            "the slope of {activation} is missing.",
            "What is the derivative of log(1 − {A}) with respect to {A}?", is_binary,
        ),
        (
            "softmax-diagonal", lambda s: -s.Y * (1 - s.A),
            "{dZ} treats softmax as if each output depended on its own row of {Z} "
            "only, so wrong classes get no error.",
            "If one row of {Z} grows, what happens to the other rows of {A}?",
            lambda s: s.fits and s.activation == "softmax",
        ),
        (
            "softmax-diagonal", lambda s: (s.A - s.Y) * s.A * (1 - s.A),
            "{dZ} multiplies by {A} (1 − {A}), as if each output of softmax depended "
            "on its own row of {Z} only.",
            "If one row of {Z} grows, what happens to the other rows of {A}?",
            lambda s: not s.fits and s.activation == "softmax",
        ),
        *(
            (
                "softmax-axis", operation,
                f"The softmax in {{dZ}} divides by a sum over {wrong}.",
                "Which numbers of {A} have to add up to 1?",
                lambda s: s.activation == "softmax",
            )
            for operation, wrong in (
                (lambda s: softmax_over(s.Z, (-2, -1)) - s.Y,
                 "everything, not over the classes of one example"),
                (lambda s: softmax_over(s.Z, -1) - s.Y,
                 "the examples, not over the classes of one example"),
            )
        ),
        (
            "preactivation-for-activation", lambda s: s.Z - s.Y,
            "{dZ} compares Y with {Z}, not with the output {A}.",
            "Which of {Z} and {A} is the output of the network?",
            lambda s: s.activation != "identity",
        ),
        (
            "decision-for-probability", lambda s: (s.A > 0.5) - s.Y,
            "{dZ} compares Y with the decision ({A} > 0.5), not with {A} itself.",
            "Does a decision change when a weight moves a little?",
            lambda s: s.activation in ("sigmoid", "softmax"),
        ),
        (
            "decision-for-probability",
            lambda s: (s.A.max(axis=-2, keepdims=True) == s.A) - s.Y,
            "{dZ} compares Y with the chosen class, not with the probabilities {A}.",
            "Does the chosen class change when a weight moves a little?",
            lambda s: s.activation == "softmax",
        ),
        (
            "labels-missing", lambda s: s.A,
            "{dZ} does not contain Y: the network cannot know what was wanted.",
            start, None,
        ),
        ("error-squared", lambda s: (s.A - s.Y) ** 2,
         "The error in {dZ} is squared, so it has lost its sign.", start, None),
        ("error-squared", lambda s: np.abs(s.A - s.Y),
         "The error in {dZ} is an absolute value: it has lost its sign.", start, None),
        ("error-squared", lambda s: np.sign(s.A - s.Y),
         "{dZ} knows only the sign of the error, not its size.", start, None),
    ]  # fmt: skip
    return [
        Edit(code, "dA", operation, message, hint,
             lambda s, when=when: s.output and (when is None or when(s)))
        for code, operation, message, hint, when in edits
    ]  # fmt: skip


def softmax_over(Z, axis):
    """Return a softmax whose sum runs over the given axis."""
    exponentials = np.exp(Z)
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def slopes():
    """Return the edits of the slope, with which dA becomes dZ."""
    own = "What is the slope of {activation}? Is your formula written for {A} or {Z}?"
    edits = [
        ("slope-of-activation", lambda s: SLOPE_AT_Z[s.activation](s.A),
         "{dZ} uses a slope formula that expects {Z}, but hands it {A}: the "
         "activation function is applied twice.", own, None),
        ("slope-of-preactivation", lambda s: SLOPE_AT_A[s.activation](s.Z),
         "{dZ} uses a slope formula that expects {A}, but hands it {Z}.", own, None),
    ]  # fmt: skip
    for name, words in WORDS.items():
        if name not in ("softmax", "identity"):
            edits += [
                ("slope-of-other-activation", operation,
                 f"{{dZ}} multiplies by the slope of {words}{handed}, but layer "
                 "{layer} uses {activation}.",
                 f"Does the slope have to be that of {words}? What is the slope of "
                 "{activation}?",
                 lambda s, name=name: s.activation != name)
                for operation, handed in (
                    (lambda s, name=name: SLOPE_AT_A[name](s.A), ""),
                    (lambda s, name=name: SLOPE_AT_Z[name](s.Z), ""),
                    (lambda s, name=name: SLOPE_AT_Z[name](s.A),
                     " (and hands {A} to a formula for {Z})"),
                    (lambda s, name=name: SLOPE_AT_A[name](s.Z),
                     " (and hands {Z} to a formula for {A})"),
                )
            ]  # fmt: skip

    def of(*names):
        return lambda s: s.activation in names

    formula = "Take the derivative of {activation} once more, on paper."
    written = [
        (lambda s: 1 - s.A, "1 − {A}", of("sigmoid", "tanh")),
        (lambda s: 1 + s.A**2, "1 + {A}²", of("tanh")),
        (lambda s: s.A**2 - 1, "{A}² − 1", of("tanh")),
        (lambda s: (1 - s.A) ** 2, "(1 − {A})²", of("sigmoid", "tanh")),
        (lambda s: s.A * (1 + s.A), "{A} (1 + {A})", of("sigmoid", "tanh")),
        (lambda s: s.A * (s.A - 1), "{A} ({A} − 1)", of("sigmoid")),
        (lambda s: s.A**2 * (1 - s.A), "{A}² (1 − {A})", of("sigmoid")),
        (lambda s: s.A * sigmoid(1 - s.Z), "σ({Z}) σ(1 − {Z})", of("sigmoid")),
        (lambda s: np.exp(-s.Z) / (1 + np.exp(-s.Z)),
         "exp(−{Z}) / (1 + exp(−{Z}))", of("sigmoid")),
        (lambda s: 1 / np.cosh(s.Z), "1 / cosh({Z})", of("tanh")),
        (lambda s: 1 - np.tanh(s.Z**2), "1 − tanh({Z}²)", of("tanh")),
        (lambda s: np.where(s.Z > 0, 0.0, 1.0), "1 where {Z} is negative",
         of("relu", "leaky_relu")),
        (lambda s: np.sign(s.Z), "the sign of {Z}", of("relu", "leaky_relu")),
    ]  # fmt: skip
    edits += [
        ("slope-formula", operation,
         f"In {{dZ}} the slope of {{activation}} is taken as {text}.", formula, when)
        for operation, text, when in written
    ]  # fmt: skip
    edits += [
        ("activation-for-slope", lambda s: s.A,
         "{dZ} multiplies by {A} itself, where the slope of {activation} belongs.",
         "How steep is {activation} at {Z}? That is another question than how high.",
         None),
        ("activation-for-slope", lambda s: s.Z,
         "{dZ} multiplies by {Z} itself, where the slope of {activation} belongs.",
         "How steep is {activation} at {Z}?", None),
        ("activation-for-slope", lambda s: activate(s.activation, s.A),
         "{dZ} applies {activation} where its slope belongs.",
         "How steep is {activation} at {Z}?", None),
        ("slope-twice", lambda s: s.slope**2,
         "The slope of {activation} is in {dZ} twice.",
         "How often does the chain rule pass through layer {layer}?", None),
        *(
            ("slope-of-other-layer", operation,
             "{dZ} multiplies by a slope of another layer, not of layer {layer}.",
             "Which activation does the error pass on its way from {A} to {Z}?", None)
            for operation in (
                lambda s: SLOPE_AT_A[s.activation](s.A_above),
                lambda s: SLOPE_AT_Z[s.activation](s.Z_above),
                lambda s: SLOPE_AT_A[s.activation](s.A_below),
                lambda s: SLOPE_AT_Z[s.activation](s.Z_below),
            )
        ),
    ]  # fmt: skip

    def times(slope):
        return lambda s: s.dA * slope(s)

    found = [
        Edit("output-slope-missing", "dZ", lambda s: s.dA,
             "{dZ} is just {A} − Y: with this cost, the slope of {activation} "
             "belongs into it too.",
             "Does this cost cancel the slope of {activation}, as cross-entropy does?",
             lambda s: s.output and not s.fits),
        Edit("slope-missing", "dZ", lambda s: s.dA,
             "{dZ} is formed without the slope of {activation}.",
             "The error has to pass the activation of layer {layer}: what does the "
             "chain rule multiply by there?", hidden),
        Edit("slope-missing", "dW db", lambda s: s.using("dZ", s.dA),
             "{here} is formed from {dA}: the slope of {activation} is not in it.",
             "What is the difference between {dA} and {dZ}?", sloped),
        Edit("relu-of-gradient", "dZ", lambda s: np.maximum(0, s.dA),
             "{dZ} takes ReLU of the gradient {dA}: it is zero where {dA} is "
             "negative, not where {Z} is.",
             "Which of the two decides whether a unit was switched on: {Z} or {dA}?",
             hidden),
        Edit("relu-of-gradient", "dZ", lambda s: np.maximum(0, s.right),
             "{dZ} is cut off at zero: a gradient may be negative.",
             "What does a negative entry of {dZ} tell the weights?", hidden),
        Edit("relu-of-gradient", "dZ", lambda s: activate(s.activation, s.dA),
             "{dZ} applies {activation} to the gradient {dA}.",
             "What happens to a small change on its way back through {activation}?",
             lambda s: not s.output and s.activation != "identity"),
        Edit("slope-of-other-activation", "dZ",
             lambda s, t: s.dA * np.where(s.Z > 0, 1, t),
             "In {dZ} the slope is {number} where {Z} is negative; {activation} has "
             "another one there.",
             "How does {activation} run where {Z} is negative?",
             of("relu", "leaky_relu")),
    ]  # fmt: skip
    found += [
        Edit(code, "dZ", times(slope), message, hint,
             lambda s, when=when: sloped(s) and (when is None or when(s)))
        for code, slope, message, hint, when in edits
    ]  # fmt: skip
    extra = (
        (lambda s: s.slope, "{activation}"),
        (lambda s: SLOPE_AT_Z[s.activation](s.A), "{activation}, handed {A} for {Z}"),
        (lambda s: SLOPE_AT_A[s.activation](s.Z), "{activation}, handed {Z} for {A}"),
        *(
            (lambda s, name=name, at=at: SLOPE_AT_A[name](s.value(at, s.layer)),
             WORDS[name])
            for name in ("sigmoid", "tanh", "relu") for at in "AZ"
        ),
    )  # fmt: skip
    for slope, words in extra:
        found.append(
            Edit("output-slope-extra", "dZ", times(slope),
                 f"{{dZ}} multiplies by a slope (of {words}) that has already "
                 "cancelled against the derivative of the cost.",
                 "Work out dA · slope for this cost on paper: what is left?",
                 lambda s: s.fits)
        )  # fmt: skip
    return found


# Wrong factors: (code, factor, in words). "Wrong axis" takes another size for m.
FACTORS = [
    ("mean-missing", lambda s: s.m, "m"),
    ("mean-twice", lambda s: 1 / s.m, "1/m"),
    ("mean-over-wrong-axis", lambda s: s.m / len(s.X), "m/n_x"),
    ("mean-over-wrong-axis", lambda s: s.m / len(s.Y), "m/n_y"),
    ("mean-over-wrong-axis", lambda s: 1 / len(s.X), "1/n_x"),
    ("mean-over-wrong-axis", lambda s: 1 / len(s.Y), "1/n_y"),
    ("scaled", lambda s: len(s.Y), "n_y"),
    ("scaled", lambda s: 2 / len(s.Y), "2/n_y"),
    ("scaled", lambda s: 2 * s.m, "2m"),
]


def factors():
    """Return the edits that put a wrong factor somewhere."""
    mean = "Over what is the cost a mean, and which axis of the arrays counts them?"
    found = [
        Edit("wrong-sign", "dZ", lambda s: -s.right,
             "{dZ} has the wrong sign.", "Follow the signs of {dA} and of the slope.",
             hidden),
        Edit("wrong-sign", "dW db", lambda s: -s.right,
             "{here} has the wrong sign.",
             "A gradient points uphill; it is the update that turns round."),
    ]  # fmt: skip
    says = {
        "mean-missing": "{here} is not divided by m: it is a sum over the examples.",
        "mean-twice": "{here} is divided by m once too often.",
        "mean-over-wrong-axis": "{here} is off by the factor %s: you divide by the "
        "wrong number.",
        "scaled": "{here} is too large by the factor %s.",
    }
    local = [
        (
            "mean-over-wrong-axis",
            lambda s: s.m / len(s.A_below),
            "m/(rows of {A_below})",
        ),
        ("mean-over-wrong-axis", lambda s: s.m / len(s.A), "m/(rows of {A})"),
        ("mean-over-wrong-axis", lambda s: 1 / len(s.A_below), "1/(rows of {A_below})"),
        ("mean-over-wrong-axis", lambda s: 1 / len(s.A), "1/(rows of {A})"),
    ]
    for code, factor, words in [*FACTORS, *local]:
        message = says[code].replace("%s", words)
        found.append(
            Edit(code, "dW db dZ", lambda s, f=factor: f(s) * s.right, message, mean)
        )
    return found


def weights():
    """Return the edits of dW."""
    inputs = "Which values does {W} multiply on the way forward?"
    shapes = "{dW} has the shape of {W}. Which product of {dZ} and {A_below} has it?"
    other = [
        (lambda s: s.dZ @ s.Z_below.mT / s.m, "{Z_below}, before its activation,"),
        (lambda s: s.dZ @ s.A.mT / s.m, "{A}, the output of this layer,"),
        (lambda s: s.dZ @ s.Z.mT / s.m, "{Z}"),
        (lambda s: s.dZ @ s.X.mT / s.m, "X"),
        (lambda s: s.dZ @ s.A_above.mT / s.m, "{A_above}"),
        (lambda s: s.dZ @ s.value("A", s.last).mT / s.m, "the output"),
        (lambda s: s.dZ @ s.value("A", 1).mT / s.m, "A1"),
        (lambda s: s.dZ @ s.value("A", 2).mT / s.m, "A2"),
    ]
    return [
        *(
            Edit("wrong-layer-input", "dW", operation,
                 f"{{dW}} is formed with {words} where the input of layer {{layer}} "
                 "belongs.", inputs)
            for operation, words in other
        ),
        Edit("transpose-missing", "dW", lambda s: s.dZ @ s.A_below / s.m,
             "{A_below} is not transposed in {dW}.", shapes),
        Edit("transpose-missing", "dW", lambda s: s.dZ.mT @ s.A_below / s.m,
             "The wrong matrix is transposed in {dW}.", shapes),
        Edit("transpose-missing", "dW", lambda s: s.dZ.mT @ s.A_below.mT / s.m,
             "{dZ} is transposed in {dW}, and should not be.", shapes),
        Edit("order-of-product", "dW", lambda s: s.A_below.mT @ s.dZ / s.m,
             "The two matrices of {dW} stand in the wrong order.", shapes),
        *(
            Edit("elementwise-for-matrix-product", "dW", operation,
                 "{dW} multiplies {dZ} and {A_below} entry by entry, where a matrix "
                 "product belongs.",
                 "Each weight collects something from all examples. Where do you add "
                 "it up?")
            for operation in (
                lambda s: s.dZ * s.A_below / s.m, lambda s: s.dZ * s.A_below.mT / s.m
            )
        ),
        Edit("gradient-zero", "dW", lambda s: np.zeros_like(s.right),
             "{dW} is zero everywhere.", "Do you return what you have computed?"),
        Edit("weight-decay", "dW", lambda s, t: s.right + t * s.W,
             "{dW} contains {number} times {W}: that belongs to a cost with weight "
             "decay, and this cost has none.",
             "Which terms of the cost contain {W}?"),
        Edit("parameter-for-gradient", "dW", lambda s, t: s.W - t * s.right,
             "{dW} is the updated {W} (a step of {number}), not the gradient.",
             "Which function updates the parameters?"),
    ]  # fmt: skip


def biases():
    """Return the edits of db."""
    total = "There is one bias for each unit. Over what is its gradient a sum?"
    own = "Which layer does {b} belong to?"
    return [
        Edit("bias-one-number", "db",
             lambda s: s.dZ.sum(axis=(-2, -1), keepdims=True) / s.m,
             "{db} is one number: the sum runs over the units too, so every bias of "
             "layer {layer} moves alike.", total),
        Edit("bias-one-number", "db",
             lambda s: s.dZ.mean(axis=(-2, -1), keepdims=True),
             "{db} is one number: the mean runs over the units too, so every bias of "
             "layer {layer} moves alike.", total),
        Edit("bias-one-number", "db",
             lambda s, t: t * s.dZ.sum(axis=(-2, -1), keepdims=True),
             "{db} is one number: every bias of layer {layer} moves alike.", total),
        Edit("bias-not-summed", "db", lambda s: s.dZ / s.m,
             "{db} has one column for each example: it is not summed up.", total),
        Edit("bias-not-summed", "db", lambda s: s.dZ,
             "{db} is {dZ} itself: it is not summed up over the examples.", total),
        *(
            Edit("bias-wrong-axis", "db", operation,
                 "{db} is summed over the units, not over the examples.", total)
            for operation in (
                lambda s: s.dZ.sum(axis=-2, keepdims=True) / s.m,
                lambda s: s.dZ.mean(axis=-2, keepdims=True),
                lambda s: s.dZ.sum(axis=-2, keepdims=True),
            )
        ),
        Edit("bias-zero", "db", lambda s: np.zeros_like(s.right),
             "{db} is zero: the biases of layer {layer} never learn.",
             "By how much does {Z} change when {b} changes by 1?"),
        Edit("bias-from-other-layer", "db", lambda s: s.theirs("db", s.layer + 1),
             "{db} is the same as {db_above}.", own),
        Edit("bias-from-other-layer", "db", lambda s: s.theirs("db", s.layer - 1),
             "{db} is the same as {db_below}.", own),
        Edit("bias-from-other-layer", "db",
             lambda s: s.dZ_above.sum(axis=-1, keepdims=True) / s.m,
             "{db} is formed from {dZ_above}.", own),
        Edit("bias-from-other-layer", "db",
             lambda s: s.value("dZ", s.last).sum(axis=-1, keepdims=True) / s.m,
             "{db} is formed from the error at the output.", own),
        Edit("bias-from-weights", "db",
             lambda s: s.dW.sum(axis=-1, keepdims=True),
             "{db} is a sum over {dW}.",
             "A bias is like a weight whose input is always 1. What follows?"),
        Edit("parameter-for-gradient", "db", lambda s, t: s.b - t * s.right,
             "{db} is the updated {b} (a step of {number}), not the gradient.",
             "Which function updates the parameters?"),
    ]  # fmt: skip


SCALED = Edit(
    "scaled", "dZ dW db", lambda s, t: t * s.right,
    "{here} is off by the factor {number}.",
    "Which number in your line does the formula not have?",
)  # fmt: skip

BACKWARD = [
    *on_the_way_back(), *first_error(), *slopes(), *weights(), *biases(), *factors(),
    SCALED,
]  # fmt: skip

# ------------------------------------- mistakes of a forward pass, a cost, an update


def forward():
    """Return the edits of a forward pass."""
    line = "What do the units of layer {layer} receive, besides their inputs?"
    product = "{W} has one row for each unit, and one column for each input. And X?"
    edits = [
        ("bias-missing", "Z", lambda s: s.W @ s.A_below,
         "{Z} is formed without {b}.", line, None),
        ("wrong-sign", "Z", lambda s: s.W @ s.A_below - s.b,
         "{b} is subtracted in {Z}, not added.", line, None),
        ("bias-one-number", "Z", lambda s: s.W @ s.A_below + s.b.sum(),
         "Every unit of {Z} gets the same bias.", "How many biases has {b}?", None),
        ("wrong-layer-input", "Z", lambda s: s.W @ s.Z_below + s.b,
         "{Z} is formed from {Z_below}, before its activation.",
         "What does layer {layer} receive: {Z_below} or {A_below}?", None),
        ("wrong-layer-input", "Z", lambda s: s.W @ s.X + s.b,
         "{Z} is formed from X again, not from {A_below}.",
         "What does layer {layer} receive from the layer before it?", None),
        ("bias-from-other-layer", "Z", lambda s: s.W @ s.A_below + s.b_below,
         "{Z} adds {b_below}.", "Which bias belongs to layer {layer}?", None),
        ("weights-of-other-layer", "Z", lambda s: s.W_below @ s.A_below + s.b,
         "{Z} is formed with {W_below}.", "Which weights lead to layer {layer}?", None),
        ("transpose-missing", "Z", lambda s: s.W.mT @ s.A_below + s.b,
         "{W} is transposed in {Z}.", product, None),
        ("order-of-product", "Z", lambda s: s.A_below @ s.W + s.b,
         "{W} and {A_below} stand in the wrong order in {Z}.", product, None),
        ("order-of-product", "Z", lambda s: s.A_below.mT @ s.W.mT + s.b,
         "{Z} has rows for the examples: the product is the other way round.",
         product, None),
        ("elementwise-for-matrix-product", "Z", lambda s: s.W * s.A_below + s.b,
         "{W} and {A_below} are multiplied entry by entry in {Z}.", product, None),
        ("bias-flat", "Z", lambda s: s.W @ s.A_below + s.b.mT,
         "{b} is added along the examples in {Z}, not along the units.",
         "Which shape must {b} have, so that each row of {Z} gets its own bias?", None),
        ("activation-missing", "A", lambda s: s.Z,
         "{A} is {Z} itself: {activation} is not applied.",
         "What makes a layer more than a matrix product?", None),
        ("slope-for-activation", "A", lambda s: SLOPE_AT_Z[s.activation](s.Z),
         "{A} is the slope of {activation}, not {activation} itself.",
         "Which function belongs to the way forward?", None),
        ("activation-twice", "A",
         lambda s: activate(s.activation, activate(s.activation, s.Z)),
         "{activation} is applied twice in {A}.", "What is {activation} handed?", None),
        *(
            ("other-activation", "A", lambda s, name=name: activate(name, s.Z),
             f"{{A}} uses {WORDS[name]}, but layer {{layer}} uses {{activation}}.",
             "Which activation does this layer have?",
             lambda s, name=name: s.activation != name)
            for name in WORDS if name != "identity"
        ),
        *(
            ("softmax-axis", "A", lambda s, axis=axis: softmax_over(s.Z, axis),
             f"The softmax in {{A}} divides by a sum over {wrong}.",
             "Which numbers of {A} have to add up to 1?",
             lambda s: s.activation == "softmax")
            for axis, wrong in (
                ((-2, -1), "everything, not over the classes of each example"),
                (-1, "the examples, not over the classes of each example"),
            )
        ),
        ("softmax-sum-missing", "A", lambda s: np.exp(s.Z),
         "{A} holds exponentials that do not add up to 1.",
         "What makes probabilities out of positive numbers?",
         lambda s: s.activation == "softmax"),
        ("softmax-sum-missing", "A",
         lambda s: np.exp(s.Z - s.Z.max(axis=-2, keepdims=True)),
         "{A} holds exponentials that do not add up to 1.",
         "What makes probabilities out of positive numbers?",
         lambda s: s.activation == "softmax"),
        ("wrong-sign", "A", lambda s: activate(s.activation, -s.Z),
         "{A} has the wrong sign in front of {Z}.",
         "Does a unit of layer {layer} grow when {Z} grows?", None),
        ("activation-formula", "A", lambda s: np.minimum(0, s.Z),
         "{A} keeps the negative part of {Z}.", "Which part does ReLU keep?",
         lambda s: s.activation == "relu"),
        ("activation-formula", "A", lambda s: np.abs(s.Z),
         "{A} turns negative {Z} round.", "What is ReLU where {Z} is negative?",
         lambda s: s.activation == "relu"),
        ("activation-formula", "A", lambda s: np.exp(s.Z) / (1 - np.exp(s.Z)),
         "There is a wrong sign below the fraction bar of {A}.",
         "Can {A} become larger than 1, or negative?",
         lambda s: s.activation == "sigmoid"),
    ]  # fmt: skip
    return [
        Edit(code, place, operation, message, hint, when or (lambda s: True))
        for code, place, operation, message, hint, when in edits
    ]


def costs():
    """Return the edits of a cost."""

    def cost(name):
        return lambda s: s.kind.cost == name

    binary, classes = cost("binary_cross_entropy"), cost("categorical_cross_entropy")
    squares = cost("half_squared_error")
    parts = "What should an example with the other label contribute?"
    mean = "Over what is the cost a mean?"

    def total(entry, s):
        return entry.sum(axis=(-2, -1)) / s.m

    def of(terms):
        return lambda s: total(terms(s), s)

    edits = [
        ("wrong-sign", lambda s: -s.right, "The cost has the wrong sign.",
         "Is the logarithm of a probability positive or negative?", None),
        ("mean-missing", lambda s: s.m * s.right,
         "The cost is a sum over the examples, not their mean.", mean, None),
        ("cost-part-missing", of(lambda s: -s.Y * np.log(s.A)),
         "The part (1 − Y) log(1 − {A}) is missing.", parts, binary),
        ("cost-part-missing", of(lambda s: -(1 - s.Y) * np.log(1 - s.A)),
         "The part Y log {A} is missing.", parts, binary),
        ("cost-parts-swapped",
         of(lambda s: -s.Y * np.log(1 - s.A) - (1 - s.Y) * np.log(s.A)),
         "The two logarithms have changed places.",
         "For Y = 1, should {A} be near 1 or near 0?", binary),
        ("cost-part-sign",
         of(lambda s: -s.Y * np.log(s.A) + (1 - s.Y) * np.log(1 - s.A)),
         "The part for Y = 0 has the wrong sign.", parts, binary),
        ("cost-part-sign",
         of(lambda s: -s.Y * np.log(s.A) - (1 - s.Y) * np.log(s.A)),
         "The part for Y = 0 takes the logarithm of {A}, not of 1 − {A}.",
         parts, binary),
        ("binary-cost-for-classes",
         of(lambda s: -s.Y * np.log(s.A) - (1 - s.Y) * np.log(1 - s.A)),
         "This is the cost for two classes: it also counts (1 − Y) log(1 − {A}).",
         "How many of the rows of Y are 1 for one example?", classes),
        ("labels-missing", of(lambda s: -np.log(s.A)),
         "The cost does not look at Y.", "Which probability matters?", None),
        ("logarithm-missing", of(lambda s: -s.Y * s.A),
         "The logarithm is missing.", "What does the cost do as {A} nears 0?", classes),
        ("logarithm-missing", of(lambda s: -s.Y * s.A - (1 - s.Y) * (1 - s.A)),
         "The logarithms are missing.", "What does the cost do as {A} nears 0?",
         binary),
        ("labels-and-output-swapped", of(lambda s: -s.A * np.log(s.Y + 1e-8)),
         "Y and {A} have changed places.", "Which of the two may be 0?", classes),
        ("other-cost", of(lambda s: (s.A - s.Y) ** 2 / 2),
         "This is half the squared error.", "Which cost does this network have?",
         lambda s: not squares(s)),
        ("other-cost", of(lambda s: (s.A - s.Y) ** 2),
         "This is a squared error.", "Which cost does this network have?",
         lambda s: not squares(s)),
        ("square-missing", of(lambda s: (s.A - s.Y) / 2),
         "The errors are not squared: positive and negative ones cancel.",
         "What is the cost of one error of 1 and one of −1?", squares),
        ("square-missing", of(lambda s: np.abs(s.A - s.Y) / 2),
         "The errors are not squared.", "What is the formula of the cost?", squares),
        ("root-extra", lambda s: np.sqrt(2 * s.right),
         "A square root is taken.", "What is the formula of the cost?", squares),
    ]  # fmt: skip
    return [
        Edit(code, "cost", operation, message, hint, when or (lambda s: True))
        for code, operation, message, hint, when in edits
    ]


def updates():
    """Return the edits of an update."""
    found = []
    turn = "Gradients point uphill. In which direction do you want to go?"
    for name in "Wb":

        def old(s, name=name):
            return s.value(name, s.layer)

        def step(s, name=name):
            return s.rate * s.value("d" + name, s.layer)

        never = "bias-zero" if name == "b" else "not-updated"
        edits = [
            ("wrong-sign", lambda s, old=old, step=step: old(s) + step(s),
             "The step of {here} is added, so the cost climbs.", turn),
            (never, lambda s, old=old: old(s), "{here} is never updated.",
             "Which parameters does gradient descent move?"),
            ("rate-missing", lambda s, old=old, step=step: old(s) - step(s) / s.rate,
             "{here} takes a step without the learning rate.",
             "How long should the step be?"),
            ("rate-missing", lambda s, old=old, step=step: old(s) + step(s) / s.rate,
             "{here} takes a step uphill, and without the learning rate.", turn),
            ("rate-twice", lambda s, old=old, step=step: old(s) - step(s) * s.rate,
             "{here} has the learning rate in it twice.", "How long is the step?"),
            ("rate-divides", lambda s, old=old, step=step: old(s) - step(s) / s.rate**2,
             "{here} divides by the learning rate.",
             "Should a larger learning rate make the step longer or shorter?"),
            ("step-for-parameter", lambda s, step=step: -step(s),
             "{here} is only the step: where it starts from is missing.",
             "From where do you go downhill?"),
            ("step-for-parameter", lambda s, step=step: step(s),
             "{here} is only the step: where it starts from is missing.",
             "From where do you go downhill?"),
            ("gradient-missing", lambda s, old=old: old(s) - s.rate,
             "{here} goes down by the learning rate, whatever the gradient is.",
             "What tells the parameters in which direction to go?"),
            ("gradient-missing", lambda s, old=old: old(s) - s.rate * old(s),
             "{here} shrinks by the learning rate, whatever the gradient is.",
             "What tells the parameters in which direction to go?"),
            ("scaled", lambda s, t, old=old, step=step: old(s) - t * step(s),
             "The step of {here} is off by the factor {number}.",
             "Which number in your line does the formula not have?"),
        ]  # fmt: skip
        found += [Edit(code, name, *rest) for code, *rest in edits]
    return found


FORWARD, COST, UPDATE = forward(), costs(), updates()
