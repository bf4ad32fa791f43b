"""Each row of symptoms.md is shown: the mistake is made, and the symptom is seen.

From each of eight starts; and right code does not show it from any of them.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from learners import learner
from nnteach import data, deep, gradients, three_layer, two_layer
from nnteach.checks import unchecked
from nnteach.judge.problems import KINDS, TASKS, Kind
from nnteach.judge.search import Choice
from nnteach.updates import update_parameters
from start import HERE

PAGE = (HERE / "notebooks/symptoms.md").read_text("utf-8")
ROW = re.compile(
    r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| \[(\d\d)\]\((.+)\) \|$", re.MULTILINE
)
ROWS = {symptom: (causes, file) for symptom, _, causes, _, file in ROW.findall(PAGE)}
SIZES = {two_layer: (2, 4, 1), three_layer: (2, 10, 10, 3)}
STEEP = Kind(("relu", "identity"), "half_squared_error")  # nothing bounds its output
PARTS = {"forward": "forward_propagation", "backward": "backward_propagation",
         "cost": "compute_cost", "update": "update_parameters"}  # fmt: skip


class Seen:
    """What a student sees of a network: of right code, or of code with a mistake."""

    def __init__(self, network, start, kind=None, **options):
        self.kind, self.start = kind or KINDS[network], start
        self.rate, self.steps = options.get("rate", 0.5), options.get("steps", 200)
        points = data.spirals if network is three_layer else data.moons
        self.X, self.Y = points(90)
        parts = {name: getattr(network, name) for name in list(PARTS.values())[:3]}
        self.code = SimpleNamespace(update_parameters=update_parameters, **parts)

    def make(self, what, code, places, layers=None):
        """Put the catalogue's first edit with that code at each of these places."""
        choices = []
        for layer in layers or range(1, len(self.kind.activations) + 1):
            for place in places.split():
                edit = next(
                    edit
                    for edit in TASKS[what].edits
                    if edit.code == code and place in edit.places.split()
                )
                choices.append(Choice(edit, place, layer, 1 if edit.unknown else None))
        setattr(self.code, PARTS[what], learner(self.kind, what, choices))

    def round(self, parameters):
        """Return cost and gradients."""
        output, cache = self.code.forward_propagation(self.X, parameters)
        cost = self.code.compute_cost(output, self.Y)
        return cost, self.code.backward_propagation(parameters, cache, self.X, self.Y)

    @cached_property
    def trained(self):
        """All costs, (steps,) or (steps, 8), and the parameters at the end."""
        parameters, costs = self.start, []
        with np.errstate(all="ignore"):
            for _ in range(self.steps):
                cost, grads = self.round(parameters)
                costs.append(cost)
                parameters = self.code.update_parameters(parameters, grads, self.rate)
        return np.array(costs, float), parameters

    @property
    def costs(self):
        return self.trained[0]

    @property
    def grads(self):
        return self.round(self.start)[1]

    @property
    def output(self):
        return self.code.forward_propagation(self.X, self.start)[0]

    @cached_property
    def errors(self):
        """The gradient check: name -> relative error."""
        away = {name: value + 0.1 for name, value in self.start.items()}  # biases too
        measured = gradients.numerical_gradients(self.code, away, self.X, self.Y)
        own = self.round(away)[1]
        return {n: gradients.relative_error(own[n], measured[n]) for n in measured}

    @property
    def wrong(self):
        return {name for name, error in self.errors.items() if error > 1e-6}


# --------------------------------------------------- causes that are no edit of code


def much_too_fast(seen):
    seen.rate *= 100


def all_zero(seen):
    seen.start = {name: np.zeros_like(value) for name, value in seen.start.items()}


def all_equal(seen):
    seen.start = {name: np.full_like(v, 0.5) for name, v in seen.start.items()}


def as_bytes(seen):
    seen.X = 255 * seen.X


def deep_with(hidden, scale):
    network = deep.Network(deep.architecture([2] + 6 * [10] + [1], hidden))

    def put(seen):
        seen.code = network
        seen.start = network.initialize_parameters(scale=scale, rng=seen.seed)

    return put


def few_examples(seen):
    seen.X, seen.Y = seen.X[:, :6], seen.Y[:, :6]


# ------------------------------------------------------------------ what is seen


def at_log_k(seen):
    k = max(2, len(seen.Y))
    return (np.abs(seen.costs - np.log(k)) < 1e-3).all(axis=0)


def same_rows(values):
    return np.ptp(values, axis=0).max() < 1e-9


def says_one_size(seen):
    errors = list(seen.errors.values())
    m = seen.X.shape[1]
    return np.ptp(errors) < 1e-6 and abs(errors[0] - (m - 1) / (m + 1)) < 1e-6


def does_not_fit(seen):
    try:
        seen.grads  # noqa: B018
    except ValueError as error:
        return "matmul" in str(error)
    return False


def biases_stay(seen):
    end = seen.trained[1]
    stay = [np.array_equal(end[name], seen.start[name]) for name in ("b1", "b2")]
    return not seen.wrong and all(stay)


def other_length(seen):
    _, grads = seen.round(seen.start)
    new = seen.code.update_parameters(seen.start, grads, seen.rate)
    ratio = (seen.start["W1"] - new["W1"]) / (seen.rate * grads["dW1"])
    return not seen.wrong and np.abs(ratio - 1).min() > 0.1


def several_columns(seen):
    _, cache = seen.code.forward_propagation(seen.X[:, :1], seen.start)
    return cache["Z1"].shape[1] > 1


def first_layer_waits(seen):
    return np.abs(seen.grads["dW1"]).mean() < 1e-4


def by_heart(seen):
    """Whether all that was learned is right, and a tenth of other points is wrong."""
    X, Y = data.moons(400, seed=1)
    own, new = (
        ((seen.code.forward_propagation(x, seen.trained[1])[0] > 0.5) == y).mean()
        for x, y in ((seen.X, seen.Y), (X, Y))
    )
    return own == 1 and new < 0.9


def columns_do_not_add_up(seen):
    return np.abs(seen.output.sum(axis=-2) - 1).min() > 1e-3


@dataclass
class Row:
    see: object
    causes: dict  # the words or the code in the page -> an edit, or a function of Seen
    network: object = two_layer
    options: dict = field(default_factory=dict)
    stacked: bool = False  # eight starts trained at once


def backward(code, places, layers=None):
    return "backward", code, places, layers


SUMS = backward("mean-missing", "dW db")
SLOWLY = {"scale": 0.01, "rate": 1}
SHOWN = {
    "It rises, step after step.": Row(
        lambda seen: (np.diff(seen.costs, axis=0) > 0).all(axis=0),
        {"the slopes": backward("wrong-sign", "dZ", [2]),
         "the update": ("update", "wrong-sign", "newW newb")},
        options={"steps": 100}, stacked=True),
    "It jumps up and down.": Row(
        lambda seen: (np.diff(seen.costs, axis=0) > 1e-3).sum(axis=0) > 10,
        {"learning rate is too large": much_too_fast, "`mean-missing`": SUMS},
        stacked=True),
    "It becomes inf or nan.": Row(
        lambda seen: ~np.isfinite(seen.costs[-1]),
        {"learning rate is too large": much_too_fast, "`mean-missing`": SUMS},
        "steep", {"rate": 0.1}, stacked=True),
    "It stays at log 2, with k classes at log k.": Row(
        at_log_k,
        {"began with 0": all_zero,
         "`not-updated`": ("update", "not-updated", "newW"),
         "`gradient-zero`": backward("gradient-zero", "dW")},
        options=SLOWLY, stacked=True),
    "It stays far from 0, on points that can be told apart.": Row(
        lambda seen: seen.costs[-1] > 0.1,
        {code: backward(code.strip("`"), place, [1])
         for code, place in [("`slope-of-other-activation`", "dZ"),
                             ("`slope-missing`", "dZ"), ("`gradient-zero`", "dW")]},
        options={"rate": 2, "steps": 2000}, stacked=True),
    "It begins far above log k.": Row(
        lambda seen: seen.costs[0] > 2 * np.log(3),
        {"`softmax-axis`": ("forward", "softmax-axis", "A", [3]),
         "not scaled": as_bytes},
        three_layer, {"steps": 1}, stacked=True),
    "It is negative.": Row(
        lambda seen: seen.costs.min() < 0,
        {"`wrong-sign`": ("cost", "wrong-sign", "cost", [2]),
         "`cost-part-sign`": ("cost", "cost-part-sign", "cost", [2])},
        options={"steps": 100}),
    "It says 1 for every gradient.": Row(
        lambda seen: min(seen.errors.values()) > 0.9999,
        {"`wrong-sign`": backward("wrong-sign", "dZ", [2])}),
    "It says the same for every gradient: (m − 1)/(m + 1), nearly 1 for many "
    "examples.": Row(
        says_one_size,
        {"`mean-missing`": SUMS, "`mean-twice`": backward("mean-twice", "dW db")}),
    "dW2 and db2 are right, dW1 and db1 are not.": Row(
        lambda seen: seen.wrong == {"dW1", "db1"},
        {code: backward(code.strip("`"), place, [1])
         for code, place in [("`slope-missing`", "dZ"),
                             ("`slope-of-other-activation`", "dZ"),
                             ("`updated-too-early`", "dA")]}),
    "Only db1 is wrong.": Row(
        lambda seen: seen.wrong == {"db1"},
        {"`bias-one-number`": backward("bias-one-number", "db", [1]),
         "`bias-missing`": ("forward", "bias-missing", "Z", [1])}),
    "All gradients are right, and the biases never change.": Row(
        biases_stay, {"`bias-zero`": ("update", "bias-zero", "newb")}),
    "All gradients are right, and a step is longer or shorter than rate times slope.":
        Row(other_length,
            {code: ("update", code.strip("`"), "newW newb")
             for code in ("`rate-missing`", "`rate-twice`")}),
    "numpy says that sizes do not fit in a product.": Row(
        does_not_fit,
        {code: backward(code.strip("`"), "dW", [1])
         for code in ("`transpose-missing`", "`order-of-product`")}),
    "db has a column for each example.": Row(
        lambda seen: seen.grads["db1"].shape == (4, 90),
        {"`bias-not-summed`": backward("bias-not-summed", "db", [1])}),
    "One example goes in, and Z1 has several columns.": Row(
        several_columns, {"`bias-flat`": ("forward", "bias-flat", "Z", [1])}),
    "All rows of db1 are equal, those of dW1 are not.": Row(
        lambda seen: np.size(seen.grads["db1"]) in (1, 4)
        and same_rows(seen.grads["db1"] + np.zeros((4, 1)))
        and not same_rows(seen.grads["dW1"]),
        {"`bias-one-number`": backward("bias-one-number", "db", [1])}),
    "All rows of W1 are equal.": Row(
        lambda seen: same_rows(seen.trained[1]["W1"]), {"same number": all_equal}),
    "The probabilities of an example do not add up to 1.": Row(
        columns_do_not_add_up,
        {code: ("forward", code.strip("`"), "A", [3])
         for code in ("`softmax-axis`", "`softmax-sum-missing`")},
        three_layer),
    "The first layers of a deep network hardly change.": Row(
        first_layer_waits,
        {"sigmoid in many layers": deep_with("sigmoid", "xavier"),
         "weights that are too small": deep_with("tanh", 0.05)}),
    "It is right for the examples it learned, and wrong for new ones.": Row(
        by_heart, {"by heart": few_examples}, options={"rate": 1, "steps": 1000}),
}  # fmt: skip


def starts(row):
    """Yield eight starts one by one, or all of them stacked in one."""
    scale = row.options.get("scale", 0.5)
    if row.network == "steep":
        network = STEEP.network((2, 4, 1))
        drawn = [network.initialize_parameters(scale, rng=seed) for seed in range(8)]
    else:
        network, sizes = row.network, SIZES[row.network]
        drawn = [
            network.initialize_parameters(*sizes, scale=scale, rng=seed)
            for seed in range(8)
        ]
    if row.stacked:
        drawn = [{n: np.stack([p[n] for p in drawn]) for n in drawn[0]}]
    return network, drawn


def seen_with(row, cause=None):
    """Yield what is seen from each start, with that cause put in."""
    network, drawn = starts(row)
    kind = STEEP if row.network == "steep" else None
    for seed, start in enumerate(drawn):
        seen = Seen(network, start, kind, **row.options)
        seen.seed = seed
        if callable(cause):
            cause(seen)
        elif cause:
            seen.make(*cause)
        with unchecked():  # as in code that a student has written
            yield row.see(seen)


def test_every_row_is_shown_and_every_cause_of_it():
    assert list(ROWS) == list(SHOWN)
    for symptom, (causes, file) in ROWS.items():
        codes = set(re.findall(r"`[a-z-]+`", causes))
        given = SHOWN[symptom].causes
        if "`wrong-sign`" in codes and "the update" in given:
            codes -= {"`wrong-sign`"}  # named once for two causes
        assert codes <= set(given), symptom
        assert all(words in causes for words in given), symptom
        assert len(given) >= causes.count(";") + 1, symptom
        assert (HERE / "notebooks" / file).is_file()


@pytest.mark.parametrize(
    ("symptom", "cause"),
    [(symptom, cause) for symptom, row in SHOWN.items() for cause in row.causes],
)
def test_the_mistake_shows_the_symptom(symptom, cause):
    row = SHOWN[symptom]
    assert np.all(list(seen_with(row, row.causes[cause])))


@pytest.mark.parametrize("symptom", SHOWN)
def test_right_code_does_not(symptom):
    assert not np.any(list(seen_with(SHOWN[symptom])))


def test_chapters_and_readme_lead_to_it():
    for name in ("00-start-here", "06-find-the-mistake"):
        notebook = nbformat.read(HERE / "notebooks" / f"{name}.ipynb", as_version=4)
        assert any("(symptoms.md)" in cell.source for cell in notebook.cells)
    assert "(notebooks/symptoms.md)" in (HERE / "README.md").read_text("utf-8")
