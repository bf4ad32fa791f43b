"""Riddles for a detective: five networks, and in each hides one mistake, or none.

    draw("Ada")                          # hides them; the same for the same name
    exercises.case_1.ask("shapes")       # one instrument after the other
    exercises.case_1.check("nothing")    # who did it; 10 points at the start

A case is a two-layer network on six points, computed as the catalogue says, with one
of its edits put in. Introduced in chapter 6.
"""

import functools
import random

import numpy as np

from nnteach import costs, data, gradients, two_layer
from nnteach.checks import unchecked
from nnteach.judge.catalogue import BACKWARD, FORWARD, UPDATE, Scene
from nnteach.judge.note import Block, Note
from nnteach.judge.problems import KINDS
from nnteach.practice.exercise import ChoiceExercise
from nnteach.rounding import show
from nnteach.training import Run

NOTHING = "nothing"
# suspect -> what it means, and what it would leave behind where it is at work
SUSPECTS = {
    NOTHING: ("all of it is right", "Then every number would be right."),
    "slope-missing": (
        "the slope of the hidden activation is left out",
        "Then `dZ1` would be `W2.T @ dZ2` itself.",
    ),
    "slope-of-other-activation": (
        "the slope of another activation is used",
        "Then `dZ1` would be `W2.T @ dZ2` times A1 (1 − A1), the sigmoid's slope.",
    ),
    "mean-missing": (
        "the gradients are sums, not means",
        "Then every gradient would be six times too long.",
    ),
    "wrong-sign": (
        "the error at the output has the wrong sign",
        "Then each gradient would point the opposite way.",
    ),
    "bias-one-number": (
        "db1 is summed over the units, too",
        "Then all rows of `db1` would be equal.",
    ),
    "bias-not-summed": (
        "db1 is not summed over the examples",
        "Then `db1` would have a column for each example.",
    ),
    "bias-missing": (
        "the hidden layer does not add its bias",
        "Then `Z1` would be `W1 @ X`, and the cost would not feel `b1`.",
    ),
    "bias-zero": (
        "the update leaves the biases alone",
        "Then `b1` would be the same after the update.",
    ),
    "rate-twice": (
        "the update contains the learning rate twice",
        "Then a step would be rate² times the gradient.",
    ),
}
# suspect -> which list of the catalogue, the places, the layers
MADE = {
    "slope-missing": (BACKWARD, "dZ", (1,)),
    "slope-of-other-activation": (BACKWARD, "dZ", (1,)),
    "mean-missing": (BACKWARD, "dW db", (1, 2)),
    "wrong-sign": (BACKWARD, "dA", (2,)),
    "bias-one-number": (BACKWARD, "db", (1,)),
    "bias-not-summed": (BACKWARD, "db", (1,)),
    "bias-missing": (FORWARD, "Z", (1,)),
    "bias-zero": (UPDATE, "newb", (1, 2)),
    "rate-twice": (UPDATE, "newW newb", (1, 2)),
}
RATE, STEPS, HIDDEN = 0.5, 300, 3
FULL, FOR_INSTRUMENT, FOR_MISS = 10, 1, 2
TASK = """
    A two-layer network (tanh, sigmoid, binary cross-entropy; 2 inputs, 3 hidden units,
    1 output) learns six points, with the learning rate 0.5. One mistake is in its code,
    or none. Who did it? Answer with one of the words below, in quotes.

    - Which instrument rules out the most suspects at once?
    - If every gradient is right, look at what comes after the gradients.
    - The first wrong gradient, seen from the output, is closest to the mistake; what
      two suspects have in common is told apart by one unit by hand.

    It is the one that explains every number.
"""


@functools.cache  # not at import: the moons are scikit-learn's, which may not be there
def six_points():
    """Return X and Y of every case."""
    return data.moons(6)


def start():
    """Return the parameters that every case begins with."""
    parameters = two_layer.initialize_parameters(2, HIDDEN, 1, scale=1, rng=3)
    return parameters | {"b1": np.array([[0.4], [-0.7], [0.2]])}


class Culprit:
    """A two-layer network with one mistake in it, or none: its functions."""

    compute_cost = staticmethod(two_layer.compute_cost)

    def __init__(self, suspect):
        table, self.places, self.layers = MADE.get(suspect, ((), "", ()))
        self.edit = next((edit for edit in table if fits(edit, suspect, self)), None)

    def compute(self, places, layers, values):
        """Add what is computed at these places of these layers to the values."""
        with unchecked():
            for layer in layers:
                for place in places.split():
                    scene = Scene(place, layer, values, KINDS[two_layer])
                    value = scene.right
                    if place in self.places.split() and layer in self.layers:
                        made = self.edit.operation(scene)
                        value = made + 0 * value if np.size(made) == 1 else made
                    values[f"{place}{layer}"] = value
        return values

    def forward_propagation(self, X, parameters):
        """Return the output and the cache."""
        given = {**parameters, "A0": X, "Y": None, "rate": None}
        values = self.compute("Z A", (1, 2), given)
        return values["A2"], {name: values[name] for name in ("Z1", "A1", "Z2", "A2")}

    def backward_propagation(self, parameters, cache, X, Y):
        """Return the gradients."""
        values = {**parameters, **cache, "A0": X, "Y": Y, "rate": None}
        self.compute("dA dZ dW db", (2, 1), values)
        return {name: values[name] for name in ("dW1", "db1", "dW2", "db2")}

    def update_parameters(self, parameters, grads, learning_rate):
        """Return the parameters after a step."""
        X, Y = six_points()
        values = {**parameters, **grads, "A0": X, "Y": Y, "rate": learning_rate}
        self.compute("newW newb", (1, 2), values)
        return {name: values[f"new{name}"] for name in parameters}

    def run(self):
        """Return a `Run` of training."""
        (X, Y), parameters, all_costs = six_points(), start(), []
        for _ in range(STEPS + 1):
            A2, cache = self.forward_propagation(X, parameters)
            all_costs.append(costs.binary_cross_entropy(A2, Y))
            grads = self.backward_propagation(parameters, cache, X, Y)
            parameters = self.update_parameters(parameters, grads, RATE)
        return Run(parameters, np.array(all_costs), RATE, None)

    def one_round(self):
        """Return every value of the first step."""
        X, Y = six_points()
        values = {**start(), "A0": X, "Y": Y, "rate": RATE}
        self.compute("Z A", (1, 2), values)
        self.compute("dA dZ dW db", (2, 1), values)
        return self.compute("newW newb", (1, 2), values)


def fits(edit, suspect, made):
    """Return whether this edit of the catalogue is what the suspect does."""
    return edit.code == suspect and set(made.places.split()) <= {*edit.places.split()}


# -------------------------------------------------------------------- the instruments


def cost_curve(culprit):
    """Return the cost of the case beside that of right code."""
    from nnteach.draw import plots

    return plots.cost_curves([culprit.run(), Culprit(NOTHING).run()], ["case", "right"])


def gradient_check(culprit):
    """Return the relative error of each gradient, as a table."""
    X, Y = six_points()
    measured = gradients.numerical_gradients(culprit, start(), X, Y)
    _, cache = culprit.forward_propagation(X, start())
    own = culprit.backward_propagation(start(), cache, X, Y)
    errors = {name: gradients.relative_error(own[name], measured[name]) for name in own}
    said = {n: show(e, 3) if e > 1e-6 else "below 1e-6" for n, e in errors.items()}
    return "\n".join(f"{name}: relative error {error}" for name, error in said.items())


def shapes(culprit):
    """Return the shapes of what is computed."""
    values = culprit.one_round()
    names = "Z1 A1 Z2 A2 dZ2 dW2 db2 dZ1 dW1 db1 newW1 newb1 newW2 newb2".split()
    return "\n".join(f"{label(name)} {np.shape(values[name])}" for name in names)


def label(name):
    """Return a name as it is shown, in a column: "new W1" is W1 after the step."""
    return f"{name.replace('new', 'new '):7}"


def one_unit(culprit):
    """Return all numbers of the first hidden unit, to be computed again by hand."""
    v, (X, Y) = culprit.one_round(), six_points()
    columns = {
        "x1": X[0], "x2": X[1], "y": Y[0], "Z1": v["Z1"][0], "A1": v["A1"][0],
        "A2": v["A2"][0], "dZ2": v["dZ2"][0], "dZ1": v["dZ1"][0],
    }  # fmt: skip
    lines = ["hidden unit 0, one column for each example"]
    for name, row in columns.items():
        lines.append(f"{name:5}" + "".join(f"{show(n, 3):>9}" for n in row))
    lines.append(f"before and after one step with the rate {RATE}, and the gradient:")
    for name, place in (("W1", (0, 0)), ("W1", (0, 1)), ("b1", (0, 0)), ("W2", (0, 0))):
        old, grad, new = (v[f"{kind}{name}"][place] for kind in ("", "d", "new"))
        entry = f"{name}[{place[0]}, {place[1]}]"
        row = "".join(f"{show(n, 3):>9}" for n in (old, new, grad))
        lines.append(f"{entry:9}{row}")
    return "\n".join(lines)


def equal_rows(culprit):
    """Return which arrays have equal rows."""
    values, lines = culprit.one_round(), []
    for name in ("W1", "b1", "A1", "dZ1", "dW1", "db1", "newW1", "newb1"):
        rows = np.asarray(values[name])
        same = "equal" if np.allclose(rows, rows[:1]) else "different"
        lines.append(f"{label(name)} rows are {same}")
    return "\n".join(lines)


INSTRUMENTS = {
    "cost curve": cost_curve,
    "gradient check": gradient_check,
    "shapes": shapes,
    "one unit by hand": one_unit,
    "equal rows": equal_rows,
}


# -------------------------------------------------------------------------- the cases


class Case(ChoiceExercise):
    """A network in which one suspect hides; instruments are asked one at a time."""

    def __init__(self, name, suspect):
        words = {word: means for word, (means, _) in SUSPECTS.items()}
        super().__init__(name, 6, TASK, words=suspect, choices=words)
        self.hide(suspect)

    def hide(self, suspect):
        """Begin anew, with this suspect."""
        self.words = (suspect,)
        self.answer_text = f"{self.address}.check({suspect!r})"
        self.culprit, self.asked, self.misses, self.wrong = Culprit(suspect), [], 0, ()
        for word, (_, trace) in SUSPECTS.items():
            if word != suspect:
                message = f"{trace} Compare this with what your instruments show."
                self.wrong += (self.known("not-this-one", word, message),)

    @property
    def points(self):
        """What the case is still worth."""
        lost = FOR_INSTRUMENT * len(self.asked) + FOR_MISS * self.misses
        return max(0, FULL - lost)

    def ask(self, instrument=...):
        """Return what an instrument shows; each new one costs a point."""
        known = {"".join(name.split()): name for name in INSTRUMENTS}
        plain = "".join(str(instrument).lower().replace("-", " ").split())
        if plain not in known:
            names = ", ".join(f'"{name}"' for name in INSTRUMENTS)
            asked = f"Asked so far: {', '.join(self.asked)}." * any(self.asked)
            said = f"Put one of these in place of the dots: {names}."
            return Note(f"{self.name}: which instrument?", said, asked, sign="?")
        name = known[plain]
        if name not in self.asked:
            self.asked.append(name)
        found = INSTRUMENTS[name](self.culprit)
        left = f"The case is worth {self.points} points now."
        if not isinstance(found, str):
            return type(found)(found.figure, f"{found.sentence} {left}")
        return Note(f"{self.name}: {name}.", Block(found), left)

    def judge(self, *answers):
        """Return the result for an accusation."""
        result = super().judge(*answers)
        if result.verdict == "wrong":
            self.misses += result.code != "not-a-choice"
            return result
        if not result.right:
            return result
        means = SUSPECTS[self.words[0]][0]
        count = len(self.asked)
        asked = f"{count} instrument{'s' * (count != 1)}"
        score = f"Solved with {asked}: {self.points} of {FULL} points."
        return self.right_answer(f"In {self.name} {means}.", score)


CASES = [
    Case(f"case_{number}", suspect)
    for number, suspect in enumerate(
        ("mean-missing", "bias-one-number", NOTHING, "slope-missing", "bias-zero"), 1
    )
]


def draw(student=""):
    """Hide a suspect in each case, the same for the same name; nothing is stored."""
    student = "everybody" if student in ("", ...) else str(student)
    turn = random.Random(f"nnteach {student}")
    others = [suspect for suspect in SUSPECTS if suspect != NOTHING]
    turn.shuffle(others)
    hidden = ([NOTHING] * turn.choice((1, 2)) + others)[: len(CASES)]
    turn.shuffle(hidden)
    for case, suspect in zip(CASES, hidden, strict=True):
        case.hide(suspect)
    return Note(
        f"{len(CASES)} cases for {student}.",
        "In each hides one mistake, or none, and no two hide the same mistake. "
        f"A case is worth {FULL} points; an instrument costs {FOR_INSTRUMENT}, a wrong "
        f"accusation {FOR_MISS}. These are the suspects:",
        Block("\n".join(f"{word:27}{means}" for word, (means, _) in SUSPECTS.items())),
    )
