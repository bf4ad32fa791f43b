"""The catalogue of known mistakes: each one a small edit of the right computation.

A computation is a chain of places. The backward pass goes down from the output layer:

    dA2 -> dZ2 -> dW2, db2 -> dA1 -> dZ1 -> dW1, db1

`RIGHT` holds the right operation for each kind of place; an `Edit` puts another one
there, a function of a `Scene` s, which knows every value of its layer (s.A, s.dZ ...)
and of the layers beside it (s.A_below, s.W_above ...), and the right one (s.right).
A teacher extends the catalogue in five lines:

    from nnteach.judge.catalogue import BACKWARD, Edit
    BACKWARD.append(Edit(
        "bias-squared", "db", lambda s: s.right**2,
        "{db} holds squares.",
        "Which line squares something, and which formula asks for it?"))

A number that nobody knows beforehand is a second argument t that enters linearly:
`lambda s, t: s.right + t * s.W`. `diagnose` solves for it, and the sentence shows it as
{number}. Of two edits that give the same numbers the first in its list is named.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnteach.activations import ACTIVATIONS, softmax_derivative
from nnteach.checks import unchecked
from nnteach.costs import COSTS

BESIDE = {"": 0, "below": -1, "above": 1}
WORDS = {
    "sigmoid": "the sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "softmax": "softmax",
    "identity": "the identity",
}


class Scene:
    """What one operation sees: the values of its layer and of those beside it.

    s.A, s.Z, s.W, s.b, s.dA, s.dZ, s.dW, s.db belong to this layer, s.A_below and
    s.W_above and so on to its neighbours (s.A_below is X in layer 1). s.X, s.Y, s.m,
    s.rate and s.activation are what they say; s.output tells whether this is the output
    layer, and s.fits whether the cost fits its activation, so that dZ is A - Y there.
    """

    def __init__(self, place, layer, values, kind):
        self.place, self.layer, self.values, self.kind = place, layer, values, kind
        self.last = len(kind.activations)
        self.output = layer == self.last
        self.fits = self.output and kind.fits
        self.activation = kind.activations[layer - 1]
        self.X, self.Y, self.rate = values["A0"], values["Y"], values["rate"]
        self.m = self.X.shape[-1]

    def __getattr__(self, name):
        """Return a value by its name: `A`, `W_above`, `dZ_below` ..."""
        stem, _, beside = name.partition("_")
        if beside not in BESIDE:
            raise AttributeError(name)
        return self.value(stem, self.layer + BESIDE[beside])

    def value(self, stem, layer):
        """Return the value of that name in any layer: s.value("dZ", 3) is dZ3."""
        try:
            return self.values[f"{stem}{layer}"]
        except KeyError:  # there is no such layer, or it has not been computed yet
            raise AttributeError(f"{stem}{layer}") from None

    @property
    def right(self):
        """What would be right at this place."""
        return RIGHT[self.place](self)

    @property
    def slope(self):
        """The slope of this layer's activation, elementwise."""
        return AT_A[self.activation](self.A)

    def using(self, name, value):
        """Return what would be right here if that name of this layer had the value."""
        values = {**self.values, f"{name}{self.layer}": value}
        return Scene(self.place, self.layer, values, self.kind).right

    def words(self):
        """Return what the names in a sentence stand for in this layer."""
        names = {
            f"{stem}_{beside}".rstrip("_"): f"{stem}{self.layer + shift}"
            for stem in ("W", "b", "Z", "A", "dA", "dZ", "dW", "db")
            for beside, shift in BESIDE.items()
        }
        if self.layer == 1:
            names["A_below"] = "X"
        here = {"dA": f"dZ{self.layer}", "cost": "cost"}  # dA is on the way to dZ
        name = f"{self.place.removeprefix('new')}{self.layer}"
        names["here"] = here.get(self.place, name)
        return {**names, "layer": self.layer, "activation": WORDS[self.activation]}


@dataclass(frozen=True, eq=False)
class Edit:
    """One known mistake.

    code: its short name, or two of them: "wrong-sign, slope-missing".
    places: where it can be made ("dW db": in either).
    operation: a function of a Scene, or of a Scene and an unknown number t.
    message: what is wrong, in one sentence; {dZ}, {A_below} ... are names at the layer,
        {here} is the place itself, {number} the number that was solved for.
    hint: what to think about, by default the one in HINTS.
    when: a function of a Scene that tells whether the mistake is possible there.
    """

    code: str
    places: str
    operation: Callable
    message: str
    hint: str | None = None
    when: Callable = lambda s: True

    @property
    def question(self):
        """What to think about."""
        return self.hint or HINTS[self.code.split(", ")[-1]]

    @functools.cached_property
    def unknown(self):
        """Whether a number has to be solved for."""
        code = self.operation.__code__
        return "t" in code.co_varnames[: code.co_argcount]


# -------------------------------------------------------------- the right operations


def sigmoid(Z):
    """Return the sigmoid, without a check: here it may be handed anything."""
    return 1 / (1 + np.exp(-Z))


def activate(name, Z):
    """Return the activation of that name, without its checks."""
    with unchecked():
        return ACTIVATIONS[name][0](Z)


def softmax_over(Z, axis):
    """Return a softmax whose sum runs over the given axis."""
    return np.exp(Z) / np.exp(Z).sum(axis=axis, keepdims=True)


# A slope can be written with the activation A or with the pre-activation Z. Each
# formula is right for one of the two; handing it the other is a common mistake.
AT_A = {
    "sigmoid": lambda A: A * (1 - A),
    "tanh": lambda A: 1 - A**2,
    "relu": lambda A: np.where(A > 0, 1.0, 0.0),
    "leaky_relu": lambda A: np.where(A > 0, 1.0, 0.01),
    "softmax": lambda A: A * (1 - A),
    "identity": np.ones_like,
}
AT_Z = {name: lambda Z, name=name: AT_A[name](activate(name, Z)) for name in AT_A}
AT_Z["leaky_relu"] = AT_A["leaky_relu"]


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
    "newW": lambda s: s.W - s.rate * s.dW,
    "newb": lambda s: s.b - s.rate * s.db,
}

# ------------------------------------------------------------------------- the hints

HINTS = {
    "activation-formula": "Draw {activation}: what is it where {Z} is negative?",
    "activation-for-slope": "How steep is {activation} at {Z}, not: how high?",
    "activation-missing": "What makes a layer more than a matrix product?",
    "activation-twice": "What is {activation} handed?",
    "bias-flat": "Which shape gives each unit of the layer its own bias?",
    "bias-from-other-layer": "Which layer does {b} belong to?",
    "bias-from-weights": "A bias is a weight whose input is always 1. What follows?",
    "bias-missing": "What do the units of layer {layer} receive besides their inputs?",
    "bias-not-summed": "There is one bias for each unit. Over which axis is the sum?",
    "bias-one-number": "There is one bias for each unit. Over which axis is the sum?",
    "bias-spread": "How many numbers does {b} hold?",
    "bias-after-activation": "Which number does {activation} take?",
    "bias-wrong-axis": "There is one bias for each unit. Over which axis is the sum?",
    "bias-zero": "By how much does {Z} change when {b} changes by 1?",
    "binary-cost-for-classes": "How many entries of Y are 1 for one example?",
    "cost-part-missing": "What does an example with the other label contribute?",
    "cost-part-sign": "What should an example with Y = 0 contribute?",
    "cost-parts-swapped": "For Y = 1, should {A} be near 1 or near 0?",
    "decision-for-probability": "Does a decision change when a weight moves a little?",
    "elementwise-for-matrix-product": "Which numbers are multiplied, then added up?",
    "error-not-sent-back": "How does layer {layer} learn how wrong the output is?",
    "error-squared": "What is the derivative of the cost with respect to {Z}?",
    "gradient-missing": "What tells the parameters in which direction to go?",
    "gradient-zero": "Do you return what you have computed?",
    "labels-not-one-hot": "Which of the outputs should be 1 for an example?",
    "labels-missing": "How can the network know what was wanted?",
    "logarithm-missing": "What should the cost do as a right {A} nears 0?",
    "mean-inverted": "In which order does Python work out / and *?",
    "mean-missing": "Over what is the cost a mean?",
    "mean-over-m-minus-1": "Over how many examples is the mean?",
    "mean-over-wrong-axis": "Which axis counts the examples?",
    "mean-twice": "How often do you divide by m on the way?",
    "not-updated": "Which parameters does gradient descent move?",
    "order-of-product": "Which shape must come out, and which product has it?",
    "other-activation": "Which activation does layer {layer} have?",
    "other-cost": "Which cost does this network have?",
    "output-slope-extra": "Work out dA · slope for this cost on paper: what is left?",
    "output-slope-missing": "How much does {A} change when {Z} changes a little?",
    "parameter-for-gradient": "Which function updates the parameters?",
    "preactivation-for-activation": "Which of {Z} and {A} is the output?",
    "rate-divides": "Should a larger learning rate make the step longer or shorter?",
    "rate-missing": "How long should the step be?",
    "rate-twice": "How long should the step be?",
    "relu-of-gradient": "May a gradient be negative? What does {activation} do to it?",
    "root-extra": "What is the formula of the cost?",
    "scaled": "Which number in your line is not in the formula?",
    "sent-back-before-slope": "Which of {dA_above} and {dZ_above} is beside {W_above}?",
    "slope-for-activation": "Which function belongs to the way forward?",
    "slope-formula": "Take the derivative of {activation} once more, on paper.",
    "slope-missing": "What does the chain rule say about passing {activation}?",
    "slope-of-activation": "Is your slope formula written for {A} or for {Z}?",
    "slope-of-other-activation": "What is the slope of {activation}?",
    "slope-of-other-layer": "Which activation lies between {A} and {Z}?",
    "slope-of-preactivation": "Is your slope formula written for {A} or for {Z}?",
    "slope-twice": "How often does the error pass {activation}?",
    "softmax-axis": "Which entries of {A} have to add up to 1?",
    "softmax-diagonal": "If {Z} of one unit grows, what does {A} of the others do?",
    "softmax-sum-missing": "What makes probabilities out of positive numbers?",
    "square-missing": "What do an error of 1 and an error of −1 cost together?",
    "step-for-parameter": "From where do you go downhill?",
    "transpose-missing": "Write the shapes under the product: what must come out?",
    "updated-too-early": "Which {W_above} made the output whose error you send back?",
    "weight-decay": "Which terms of the cost contain {W}?",
    "weights-left-out": "By which path does a unit of layer {layer} reach the output?",
    "weights-of-other-layer": "Which weights lie between the two layers?",
    "wrong-layer-input": "Which values does {W} multiply on the way forward?",
    "wrong-sign": "Which way is uphill? Follow the signs from the cost on.",
}


# fmt: off
# ------------------------------------------------------------ the way back: dA and dZ

def hidden(s):
    """Tell whether this is a hidden layer."""
    return not s.output


def sloped(s):
    """Tell whether dZ of this layer contains a slope, entry by entry."""
    return not s.fits and s.activation != "softmax"


def at(*activations):
    """Return a condition: dZ of this layer has the slope of one of these."""
    return lambda s: sloped(s) and s.activation in activations


def binary(s):
    """Tell whether this is a sigmoid output with cross-entropy."""
    return s.fits and s.activation == "sigmoid"


def softmax_output(s):
    """Tell whether this is a softmax output."""
    return s.output and s.activation == "softmax"


def error(code, operation, message, when=lambda s: True):
    """Return an edit of the error at the output."""
    return Edit(code, "dA", operation, message, None, lambda s: s.output and when(s))


def sent_back(code, operation, message):
    """Return an edit of how the error reaches a hidden layer."""
    return Edit(code, "dA", operation, message, None, hidden)


def slope(code, formula, message, when=sloped):
    """Return an edit of the slope that dA is multiplied by."""
    return Edit(code, "dZ", lambda s: s.dA * formula(s), message, None, when)


ERROR = [
    error("wrong-sign", lambda s: s.Y - s.A,
          "From {dZ} on all signs are wrong, as if the error were Y − {A}."),
    error("output-slope-missing", lambda s: COSTS[s.kind.cost][1](s.A, s.Y),
          "{dZ} is the derivative of the cost with respect to {A}: the slope of "
          "{activation} is not in it yet.", lambda s: s.fits),
    error("cost-part-missing", lambda s: -s.Y * (1 - s.A),
          "{dZ} knows only the part of the cost for Y = 1.", binary),
    error("cost-part-missing", lambda s: (1 - s.Y) * s.A,
          "{dZ} knows only the part of the cost for Y = 0.", binary),
    error("cost-part-sign", lambda s: -s.Y * (1 - s.A) - (1 - s.Y) * s.A,
          "In {dZ} the parts for Y = 1 and for Y = 0 have the same sign.", binary),
    error("cost-part-sign", lambda s: -s.Y / s.A - (1 - s.Y) / (1 - s.A),
          "In {dZ} the parts for Y = 1 and for Y = 0 have the same sign, and the slope "
          "of {activation} is missing.", binary),
    error("softmax-diagonal", lambda s: -s.Y * (1 - s.A),
          "{dZ} takes each output of softmax to depend on its own {Z} only.",
          lambda s: s.fits and softmax_output(s)),
    error("softmax-axis", lambda s: softmax_over(s.Z, (-2, -1)) - s.Y,
          "The softmax in {dZ} divides by the sum over everything.", softmax_output),
    error("softmax-axis", lambda s: softmax_over(s.Z, -1) - s.Y,
          "The softmax in {dZ} divides by a sum over the examples.", softmax_output),
    error("preactivation-for-activation", lambda s: s.Z - s.Y,
          "{dZ} compares Y with {Z}, not with the output {A}."),
    error("decision-for-probability", lambda s: (s.A > 0.5) - s.Y,
          "{dZ} compares Y with the decision ({A} > 0.5), not with {A} itself."),
    error("decision-for-probability",
          lambda s: (s.A.max(axis=-2, keepdims=True) == s.A) - s.Y,
          "{dZ} compares Y with the chosen class, not with {A}.", softmax_output),
    error("labels-missing", lambda s: s.A, "{dZ} does not contain Y."),
    error("labels-not-one-hot", lambda s: s.A - s.Y.argmax(axis=-2, keepdims=True),
          "{dZ} subtracts the number of the class from every output.", softmax_output),
    error("error-squared", lambda s: (s.A - s.Y) ** 2,
          "The error in {dZ} is squared, so it has lost its sign."),
    error("error-squared", lambda s: np.abs(s.A - s.Y),
          "The error in {dZ} is an absolute value: it has lost its sign."),
]

SENT_BACK = [
    sent_back("updated-too-early",
              lambda s, t: (s.W_above - t * s.dW_above).mT @ s.dZ_above,
              "{W_above} has already been updated, by {number} times {dW_above}, when "
              "{dZ} is formed."),
    sent_back("updated-too-early, sent-back-before-slope",
              lambda s, t: (s.W_above - t * s.dW_above).mT @ s.dA_above,
              "{dZ} is formed from {dA_above}, which has not passed the slope, and "
              "from {W_above} after its update by {number} times {dW_above}."),
    sent_back("mean-twice", lambda s: s.right / s.m,
              "{dZ}, or what is made of it, is divided by m once too often."),
    sent_back("error-not-sent-back", lambda s: s.W_above.mT @ np.ones_like(s.dZ_above),
              "{dZ} does not contain {dZ_above}: the error from above is dropped."),
    sent_back("error-not-sent-back", lambda s: s.W_above.mT @ s.A_above,
              "{A_above} is sent back to {dZ}, not the error {dZ_above}."),
    sent_back("error-not-sent-back", lambda s: np.ones_like(s.A),
              "{dZ} is only a slope: no error from above reaches it."),
    sent_back("sent-back-before-slope", lambda s: s.W_above.mT @ s.dA_above,
              "{dZ} is formed from {dA_above}, which has not passed the slope of the "
              "layer above."),
    sent_back("weights-left-out",
              lambda s: np.ones_like(s.A) * s.dZ_above.sum(axis=-2, keepdims=True),
              "{dZ} is formed without {W_above}: every unit gets the same error."),
    sent_back("transpose-missing", lambda s: s.W_above @ s.dZ_above,
              "{W_above} is not transposed when the error is sent back for {dZ}."),
    *(sent_back("elementwise-for-matrix-product", operation,
                "For {dZ}, {W_above} and {dZ_above} are multiplied entry by entry, "
                "where a matrix product belongs.")
      for operation in (lambda s: s.W_above.mT * s.dZ_above,
                        lambda s: s.W_above * s.dZ_above)),
    *(sent_back("weights-of-other-layer", operation,
                "The error is sent back for {dZ} through {W}, not through {W_above}.")
      for operation in (lambda s: s.W.mT @ s.dZ_above, lambda s: s.W @ s.dZ_above)),
]

# Slopes that are not the right one: (condition, formula, the same in words).
FORMULAS = [
    (at("sigmoid", "tanh"), lambda s: 1 - s.A, "1 − {A}"),
    (at("tanh"), lambda s: 1 + s.A**2, "1 + {A}²"),
    (at("tanh"), lambda s: 1 / np.cosh(s.Z), "1 / cosh({Z})"),
    (at("tanh"), lambda s: 1 - np.tanh(s.Z**2), "1 − tanh({Z}²)"),
    (at("sigmoid", "tanh"), lambda s: (1 - s.A) ** 2, "(1 − {A})²"),
    (at("sigmoid"), lambda s: s.A * (1 + s.A), "{A} (1 + {A})"),
    (at("sigmoid"), lambda s: s.A**2 * (1 - s.A), "{A}² (1 − {A})"),
    (at("sigmoid"), lambda s: s.A * sigmoid(1 - s.Z), "σ({Z}) σ(1 − {Z})"),
    (at("sigmoid"), lambda s: -(1 + np.exp(-s.Z)) * np.exp(-s.Z),
     "σ (1 − σ) with σ = 1 + e^(−{Z}), where brackets are missing"),
    (at("relu", "leaky_relu"), lambda s: s.Z <= 0, "1 where {Z} is negative"),
    (at("relu", "leaky_relu"), lambda s: np.sign(s.Z), "the sign of {Z}"),
    (at("leaky_relu"), lambda s: np.where(s.Z > 0, 0.01, 1),
     "0.01 where {Z} is positive, and 1 elsewhere"),
]

SLOPES = [
    Edit("wrong-sign", "dZ dW db", lambda s: -s.right, "{here} has the wrong sign."),
    Edit("output-slope-missing", "dZ", lambda s: s.dA,
         "{dZ} is just {A} − Y: with this cost the slope of {activation} belongs in "
         "it too.", "Does this cost cancel the slope, as cross-entropy does?",
         lambda s: s.output),
    Edit("softmax-diagonal", "dZ", lambda s: s.dA * s.slope,
         "{dZ} takes each output of softmax to depend on its own {Z} only.",
         None, lambda s: softmax_output(s) and not s.fits),
    Edit("slope-missing", "dZ", lambda s: s.dA,
         "{dZ} is formed without the slope of {activation}.", None,
         lambda s: not s.output and s.activation != "relu"),
    Edit("slope-missing", "dZ", lambda s: s.dA,  # or A >= 0 in place of A > 0
         "In {dZ} the slope of ReLU is left out, or is 1 everywhere.", None,
         lambda s: not s.output and s.activation == "relu"),
    Edit("slope-missing", "dW db", lambda s: s.using("dZ", s.dA),
         "{here} is formed from {dA}, not from {dZ}: {activation} is not passed.",
         None, sloped),
    slope("slope-of-activation", lambda s: AT_Z[s.activation](s.A),
          "{dZ} hands {A} to a slope formula that expects {Z}."),
    slope("slope-of-preactivation", lambda s: AT_A[s.activation](s.Z),
          "{dZ} hands {Z} to a slope formula that expects {A}."),
    *(slope("slope-of-other-activation", formula,
            f"{{dZ}} multiplies by the slope of {WORDS[name]}{handed}, but layer "
            "{layer} uses {activation}.",
            lambda s, name=name, of=of: sloped(s) and s.activation != name
            # The slope of ReLU at the A of a sigmoid is 1: no slope at all.
            and not ("relu" in name and of == "A" and s.activation == "sigmoid"))
      for name in ("sigmoid", "tanh", "relu", "leaky_relu")
      for formula, of, handed in (
          (lambda s, name=name: AT_A[name](s.A), "A", ""),
          (lambda s, name=name: AT_Z[name](s.Z), "Z", ""),
          (lambda s, name=name: AT_Z[name](s.A), "A", " (as if {A} were {Z})"),
          (lambda s, name=name: AT_A[name](s.Z), "Z", " (as if {Z} were {A})"))),
    *(slope("slope-formula", formula,
            f"In {{dZ}} the slope of {{activation}} is taken as {words}.", when)
      for when, formula, words in FORMULAS),
    *(slope("activation-for-slope", formula,
            f"{{dZ}} multiplies by {words}, where the slope of {{activation}} belongs.")
      for formula, words in (
          (lambda s: s.A, "{A}"), (lambda s: s.Z, "{Z}"),
          (lambda s: activate(s.activation, s.A), "{activation} of {A}"))),
    *(Edit("slope-formula", "dZ", operation,
           "In {dZ} there are no brackets around the slope of {activation}.",
           "In which order does Python work out *, − and **?", at(name))
      for name, operation in (("tanh", lambda s: s.dA - s.A**2),
                              ("sigmoid", lambda s: s.dA * s.A - s.A))),
    slope("slope-twice", lambda s: s.slope**2,
          "The slope of {activation} is in {dZ} twice."),
    *(slope("slope-of-other-layer", formula,
            "{dZ} multiplies by a slope of another layer than layer {layer}.")
      for formula in (lambda s: AT_A[s.activation](s.A_above),
                      lambda s: AT_Z[s.activation](s.Z_above),
                      lambda s: AT_A[s.activation](s.A_below),
                      lambda s: AT_Z[s.activation](s.Z_below))),
    Edit("slope-of-other-activation", "dZ", lambda s, t: s.dA * np.where(s.Z > 0, 1, t),
         "In {dZ} the slope is {number} where {Z} is negative: wrong for {activation}.",
         None, at("relu", "leaky_relu")),
    Edit("relu-of-gradient", "dZ", lambda s: np.maximum(0, s.dA),
         "{dZ} takes ReLU of the gradient {dA}: it is cut off where {dA} is negative.",
         None, hidden),
    Edit("relu-of-gradient", "dZ", lambda s: np.maximum(0, s.right),
         "{dZ} is cut off at zero, but a gradient may be negative.", None, hidden),
    Edit("relu-of-gradient", "dZ", lambda s: activate(s.activation, s.dA),
         "{dZ} applies {activation} to the gradient {dA}.", None, hidden),
    *(slope("output-slope-extra", formula,
            f"{{dZ}} multiplies by the slope of {words}, but the slope has already "
            "cancelled against the cost.", lambda s: s.fits)
      for formula, words in (
          (lambda s: s.slope, "{activation}"),
          (lambda s: AT_Z[s.activation](s.A), "{activation} (as if {A} were {Z})"),
          (lambda s: AT_A[s.activation](s.Z), "{activation} (as if {Z} were {A})"),
          (lambda s: AT_A["tanh"](s.A), "tanh"), (lambda s: AT_Z["tanh"](s.Z), "tanh"),
          (lambda s: AT_A["sigmoid"](s.A), "the sigmoid"),
          (lambda s: AT_Z["sigmoid"](s.Z), "the sigmoid"),
          (lambda s: AT_A["relu"](s.Z), "ReLU"))),
]

# Two mistakes in one line: the sign, and the slope.
SLOPES += [
    Edit(f"wrong-sign, {edit.code}", "dZ", lambda s, edit=edit: -edit.operation(s),
         f"{edit.message[:-1]}, and its sign is wrong.", edit.hint, edit.when)
    for edit in SLOPES
    if edit.places == "dZ" and not edit.unknown
]

# ----------------------------------------------------------- what is left: dW and db

# Wrong factors: (code, factor, the same in words).
FACTORS = [
    ("mean-missing", lambda s: s.m, "m"),
    ("mean-twice", lambda s: 1 / s.m, "1/m"),
    ("mean-inverted", lambda s: s.m**2, "m²"),
    ("mean-over-m-minus-1", lambda s: s.m / (s.m - 1), "m/(m − 1)"),
    ("mean-over-wrong-axis", lambda s: s.m / len(s.Y), "m/n_y"),
    ("mean-over-wrong-axis", lambda s: s.m / len(s.X), "m/n_x"),
    ("mean-over-wrong-axis", lambda s: 1 / len(s.Y), "1/n_y"),
    ("mean-over-wrong-axis", lambda s: 1 / len(s.X), "1/n_x"),
    ("mean-over-wrong-axis", lambda s: s.m / len(s.A_below), "m/(units of {A_below})"),
    ("mean-over-wrong-axis", lambda s: s.m / len(s.A), "m/(units of {A})"),
    ("mean-over-wrong-axis", lambda s: 1 / len(s.A_below), "1/(units of {A_below})"),
    ("mean-over-wrong-axis", lambda s: 1 / len(s.A), "1/(units of {A})"),
    ("scaled", lambda s: len(s.Y), "n_y"),
    ("scaled", lambda s: 2 / len(s.Y), "2/n_y"),
    ("scaled", lambda s: 2 * s.m, "2m"),
]
SAY_FACTOR = {
    "mean-missing": "{here} is not divided by m: it is a sum over the examples.",
    "mean-twice": "{here} is divided by m once too often.",
    "mean-inverted": "{here} is multiplied by m, not divided by it.",
    "mean-over-m-minus-1": "{here} is divided by m − 1, not by m.",
}

FACTOR_EDITS = [
    *(Edit(code, "dW db", lambda s, factor=factor: factor(s) * s.right,
           SAY_FACTOR.get(code, f"{{here}} is {words} times what it should be."))
      for code, factor, words in FACTORS),
    Edit("parameter-for-gradient", "dW db",
         lambda s, t: s.value(s.place[1:], s.layer) - t * s.right,
         "{here} is a parameter after a step of {number}, not a gradient."),
    Edit("scaled", "dZ dW db", lambda s, t: t * s.right,
         "{here} is {number} times what it should be."),
]

# Other values than the input of the layer, in the formula of dW.
INPUTS = [
    (lambda s: s.Z_below, "{Z_below}, before its activation,"),
    (lambda s: s.A, "{A}, which is the output of the layer,"),
    (lambda s: s.Z, "{Z}"),
    (lambda s: s.X, "X"),
    (lambda s: s.A_above, "{A_above}"),
    (lambda s: s.value("A", 1), "A1"),
    (lambda s: s.value("A", 2), "A2"),
    (lambda s: s.value("A", s.last), "the output"),
]

WEIGHTS = [
    *(Edit("wrong-layer-input", "dW",
           lambda s, other=other: s.dZ @ other(s).mT / s.m,
           f"{{dW}} is formed with {words} where the input of layer {{layer}} belongs.")
      for other, words in INPUTS),
    Edit("transpose-missing", "dW", lambda s: s.dZ @ s.A_below / s.m,
         "{A_below} is not transposed in {dW}."),
    Edit("transpose-missing", "dW", lambda s: s.dZ.mT @ s.A_below / s.m,
         "The wrong one of {dZ} and {A_below} is transposed in {dW}."),
    Edit("order-of-product", "dW", lambda s: s.A_below.mT @ s.dZ / s.m,
         "{dZ} and {A_below} stand in the wrong order in {dW}."),
    *(Edit("elementwise-for-matrix-product", "dW", operation,
           "{dW} multiplies {dZ} and {A_below} entry by entry, where a matrix product "
           "belongs.")
      for operation in (lambda s: s.dZ * s.A_below / s.m,
                        lambda s: s.dZ * s.A_below.mT / s.m)),
    Edit("weight-decay", "dW", lambda s, t: s.right + t * s.W,
         "{dW} contains {number} times {W}, as if the cost had weight decay."),
    Edit("weight-decay", "dW", lambda s, t: s.right + t * s.W / s.m,
         "{dW} contains {number}/m times {W}, as if the cost had weight decay."),
]


def total(value):
    """Return the sum over all units and examples."""
    return value.sum(axis=(-2, -1), keepdims=True)


BIASES = [
    *(Edit("bias-one-number", "db", operation,
           "{db} is one number: the sum runs over the units too, so every bias of "
           "layer {layer} moves alike.")
      for operation in (lambda s: total(s.dZ) / s.m,
                        lambda s: s.dZ.mean(axis=(-2, -1), keepdims=True),
                        lambda s, t: t * total(s.dZ))),
    *(Edit("bias-not-summed", "db", operation,
           "{db} has numbers for each example: they are not summed up.")
      for operation in (lambda s: s.dZ / s.m, lambda s: s.dZ)),
    Edit("bias-spread", "db", lambda s: s.right * np.ones(s.m),
         "{db} has the right numbers once for each example: once is enough."),
    *(Edit("bias-wrong-axis", "db", operation,
           "{db} is summed over the units, not over the examples.")
      for operation in (lambda s: s.dZ.sum(axis=-2, keepdims=True) / s.m,
                        lambda s: s.dZ.mean(axis=-2, keepdims=True),
                        lambda s: s.dZ.sum(axis=-2, keepdims=True))),
    Edit("bias-from-other-layer", "db", lambda s: s.value("their_db", s.layer + 1),
         "{db} is the same as {db_above}."),
    Edit("bias-from-other-layer", "db", lambda s: s.value("their_db", s.layer - 1),
         "{db} is the same as {db_below}."),
    Edit("bias-from-other-layer", "db",
         lambda s: s.dZ_above.sum(axis=-1, keepdims=True) / s.m,
         "{db} is formed from {dZ_above}."),
    Edit("bias-from-weights", "db", lambda s: s.dW.sum(axis=-1, keepdims=True),
         "{db} is a sum over {dW}."),
]

ZEROS = [
    Edit("gradient-zero", "dW", lambda s: np.zeros_like(s.right),
         "{dW} is zero everywhere."),
    Edit("bias-zero", "db", lambda s: np.zeros_like(s.right),
         "{db} is zero: the biases of layer {layer} never learn."),
]

BACKWARD = [*ZEROS, *ERROR, *SENT_BACK, *SLOPES, *WEIGHTS, *BIASES, *FACTOR_EDITS]

# ------------------------------------------------------------------ the forward pass

FORWARD = [
    Edit("bias-missing", "Z", lambda s: s.W @ s.A_below, "{Z} is formed without {b}."),
    Edit("wrong-sign", "Z", lambda s: s.W @ s.A_below - s.b,
         "{b} is subtracted in {Z}, not added.", "What does a unit do with its bias?"),
    Edit("bias-one-number", "Z", lambda s: s.W @ s.A_below + s.b.sum(),
         "Every unit of {Z} gets the same bias.", "How many biases does {b} hold?"),
    Edit("wrong-layer-input", "Z", lambda s: s.W @ s.Z_below + s.b,
         "{Z} is formed from {Z_below}, before its activation.",
         "What does the layer below hand on?"),
    Edit("wrong-layer-input", "Z", lambda s: s.W @ s.X + s.b,
         "{Z} is formed from X again, not from {A_below}.",
         "What does the layer below hand on?"),
    Edit("bias-from-other-layer", "Z", lambda s: s.W @ s.A_below + s.b_below,
         "{Z} adds {b_below}."),
    Edit("weights-of-other-layer", "Z", lambda s: s.W_below @ s.A_below + s.b,
         "{Z} is formed with {W_below}."),
    Edit("transpose-missing", "Z", lambda s: s.W.mT @ s.A_below + s.b,
         "{W} is transposed in {Z}, and should not be."),
    Edit("order-of-product", "Z", lambda s: s.A_below @ s.W + s.b,
         "{W} and {A_below} stand in the wrong order in {Z}."),
    Edit("elementwise-for-matrix-product", "Z", lambda s: s.W * s.A_below + s.b,
         "{W} and {A_below} are multiplied entry by entry in {Z}."),
    Edit("bias-flat", "Z", lambda s: s.W @ s.A_below + s.b.mT,
         "{b} is added along the examples in {Z}, not along the units."),
    Edit("bias-after-activation", "A", lambda s: s.right + s.b,
         "{b} is added to {A}, after {activation}."),
    Edit("activation-missing", "A", lambda s: s.Z,
         "{A} is {Z} itself: {activation} is not applied."),
    Edit("slope-for-activation", "A", lambda s: AT_Z[s.activation](s.Z),
         "{A} is the slope of {activation}, not {activation} itself."),
    *(Edit("other-activation", "A", lambda s, name=name: activate(name, s.Z),
           f"{{A}} uses {WORDS[name]}, but layer {{layer}} uses {{activation}}.")
      for name in WORDS if name != "identity"),
    Edit("activation-twice", "A",
         lambda s: activate(s.activation, activate(s.activation, s.Z)),
         "{activation} is applied twice in {A}."),
    Edit("softmax-axis", "A", lambda s: softmax_over(s.Z, (-2, -1)),
         "The softmax in {A} divides by the sum over everything.", None,
         softmax_output),
    Edit("softmax-axis", "A", lambda s: softmax_over(s.Z, -1),
         "The softmax in {A} divides by a sum over the examples.", None,
         softmax_output),
    *(Edit("softmax-sum-missing", "A", operation,
           "{A} holds exponentials that do not add up to 1.", None, softmax_output)
      for operation in (lambda s: np.exp(s.Z),
                        lambda s: np.exp(s.Z - s.Z.max(axis=-2, keepdims=True)))),
    Edit("wrong-sign", "A", lambda s: activate(s.activation, -s.Z),
         "{A} is what {activation} gives for −{Z}.",
         "Does a unit of layer {layer} grow when its {Z} grows?"),
    *(Edit("activation-formula", "A", operation, f"{{A}} is {words}.", None,
           lambda s, name=name: s.activation == name)
      for name, operation, words in (
          ("relu", lambda s: np.minimum(0, s.Z), "the negative part of {Z}"),
          ("relu", lambda s: np.abs(s.Z), "the absolute value of {Z}"),
          ("sigmoid", lambda s: 1 + np.exp(-s.Z), "1 + e^(−{Z}): is the "
           "division missing, or are the brackets"))),
    Edit("other-activation", "A", lambda s, t: np.where(s.Z > 0, s.Z, t * s.Z),
         "Where {Z} is negative, {A} is {number} times {Z}: {activation} is something "
         "else.", None, lambda s: "relu" in s.activation),
]

# -------------------------------------------------------------------------- the cost


def cost(code, terms, message, *names, hint=None):
    """Return an edit of a cost that is a mean of these terms."""
    return Edit(code, "cost", lambda s: total(terms(s)).squeeze() / s.m, message, hint,
                lambda s: not names or s.kind.cost in names)


TWO, MANY = "binary_cross_entropy", "categorical_cross_entropy"
SQUARES = "half_squared_error"

COST = [
    Edit("wrong-sign", "cost", lambda s: -s.right, "The cost has the wrong sign.",
         "Is the logarithm of a probability positive or negative?"),
    Edit("mean-missing", "cost", lambda s: s.m * s.right,
         "The cost is a sum over the examples, not their mean."),
    cost("cost-part-missing", lambda s: -s.Y * np.log(s.A),
         "The part (1 − Y) log(1 − {A}) is missing.", TWO),
    cost("cost-part-missing", lambda s: -(1 - s.Y) * np.log(1 - s.A),
         "The part Y log {A} is missing.", TWO),
    cost("cost-parts-swapped",
         lambda s: -s.Y * np.log(1 - s.A) - (1 - s.Y) * np.log(s.A),
         "The two logarithms have changed places.", TWO),
    cost("cost-part-sign", lambda s: -s.Y * np.log(s.A) + (1 - s.Y) * np.log(1 - s.A),
         "The part for Y = 0 has the wrong sign.", TWO),
    cost("cost-part-sign", lambda s: s.Y * np.log(s.A) - (1 - s.Y) * np.log(1 - s.A),
         "The part for Y = 1 has the wrong sign.", TWO),
    cost("binary-cost-for-classes",
         lambda s: -s.Y * np.log(s.A) - (1 - s.Y) * np.log(1 - s.A),
         "This is the cost for two classes: it has a part for 1 − Y.", MANY),
    cost("labels-missing", lambda s: -np.log(s.A), "The cost does not look at Y."),
    cost("logarithm-missing", lambda s: -s.Y * s.A, "The logarithm is missing.", MANY),
    cost("logarithm-missing", lambda s: -s.Y * s.A - (1 - s.Y) * (1 - s.A),
         "The logarithms are missing.", TWO),
    cost("other-cost", lambda s: (s.A - s.Y) ** 2 / 2,
         "This is half the squared error.", TWO, MANY),
    cost("other-cost", lambda s: (s.A - s.Y) ** 2,
         "This is the squared error.", TWO, MANY),
    cost("square-missing", lambda s: (s.A - s.Y) / 2,
         "The errors are not squared: positive and negative ones cancel.", SQUARES),
    cost("square-missing", lambda s: (s.Y - s.A) / 2,
         "The errors are not squared: positive and negative ones cancel.", SQUARES),
    cost("square-missing", lambda s: np.abs(s.A - s.Y) / 2,
         "The errors are not squared.", SQUARES,
         hint="What does an error of 2 cost, compared with an error of 1?"),
    Edit("root-extra", "cost", lambda s: np.sqrt(2 * s.right),
         "A square root is taken.", None, lambda s: s.kind.cost == SQUARES),
]

# ------------------------------------------------------------------------ the update


def old(s):
    """Return the parameter before the update."""
    return s.value(s.place.removeprefix("new"), s.layer)


def slope_of(s):
    """Return the gradient of the parameter."""
    return s.value("d" + s.place.removeprefix("new"), s.layer)


UPDATE = [
    Edit("wrong-sign", "newW newb", lambda s: old(s) + s.rate * slope_of(s),
         "The step of {here} is added, not subtracted: it leads uphill."),
    Edit("bias-zero", "newb", old, "{here} is never updated.",
         "Which parameters does gradient descent move?"),
    Edit("not-updated", "newW", old, "{here} is never updated."),
    Edit("rate-missing", "newW newb", lambda s: old(s) - slope_of(s),
         "The step of {here} does not contain the learning rate."),
    Edit("rate-missing", "newW newb", lambda s: old(s) + slope_of(s),
         "The step of {here} is added, and does not contain the learning rate."),
    Edit("rate-twice", "newW newb", lambda s: old(s) - s.rate**2 * slope_of(s),
         "The step of {here} contains the learning rate twice."),
    Edit("rate-divides", "newW newb", lambda s: old(s) - slope_of(s) / s.rate,
         "The step of {here} is divided by the learning rate."),
    *(Edit("step-for-parameter", "newW newb",
           lambda s, sign=sign: sign * s.rate * slope_of(s),
           "{here} is only the step: where it starts from is missing.")
      for sign in (-1, 1)),
    Edit("gradient-missing", "newW newb", lambda s: old(s) - s.rate,
         "{here} goes down by the learning rate, whatever the gradient is."),
    Edit("gradient-missing", "newW newb", lambda s: old(s) - s.rate * old(s),
         "{here} shrinks by the learning rate, whatever the gradient is."),
    Edit("scaled", "newW newb", lambda s, t: old(s) - t * s.rate * slope_of(s),
         "The step of {here} is {number} times what it should be."),
    Edit("weight-decay", "newW newb", lambda s, t: s.right - t * old(s),
         "Beside the step, {here} loses {number} times itself, as with weight decay.",
         "Which terms of the cost contain {here}?"),
]
# fmt: on
