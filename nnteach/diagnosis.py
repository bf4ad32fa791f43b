"""Name the mistake in a learner's function from its numbers alone.

    diagnose(backward_propagation, network=two_layer)

The function is called, never read. Its results on small random problems, in which all
sizes differ, are compared with the right ones (which agree with central differences).
If some are wrong, the catalogue in `mistakes` is searched, place by place in the order of
the computation, for the edit, or the two edits, that reproduce the learner's numbers:
what a wrong dZ2 does to dW2, db2 and dZ1 is explained by it and is not a mistake of its
own. Introduced in chapter 6.
"""

import functools
import html
import inspect
import re
from dataclasses import dataclass

import numpy as np

from nnteach import deep, gradients, three_layer, two_layer, worked_example
from nnteach.attempt import attempt
from nnteach.checks import describe, unchecked
from nnteach.mistakes import (
    BACKWARD,
    COST,
    FACTORS,
    FORWARD,
    HINTS,
    UPDATE,
    Scene,
)
from nnteach.rounding import show

TOLERANCE = 1e-4  # of the length of an array: float32 passes, no known mistake does
NEW_PER_STAGE = 2  # how many different mistakes are looked for in one layer


# ------------------------------------------------------------------- what comes out


@dataclass(frozen=True)
class Mistake:
    """One mistake: its code, where it is ("dZ1"), a sentence, and a hint.

    number: the unknown number that was solved for, such as a factor, or None.
    """

    code: str
    where: str
    message: str
    hint: str
    number: float | None = None

    def __str__(self):
        return f"{self.code} in {self.where}: {self.message}\n  Think: {self.hint}"


SIGNS = {
    "right": ("✓", "Right"),
    "scaled": ("≈", "Right, but for one factor"),
    "misshapen": ("≈", "The numbers are right, the shape is not"),
    "wrong": ("✗", "Not right yet"),
    "raised": ("✗", "It stops with an error"),
    "not attempted": ("…", "Not attempted yet"),
}


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` found; as text and as HTML it says so to a reader.

    verdict: "right", "scaled", "misshapen", "wrong", "raised" or "not attempted".
    mistakes: a tuple of `Mistake`s, the first cause first.
    facts: a tuple of sentences with what else is known.
    """

    verdict: str
    mistakes: tuple = ()
    facts: tuple = ()

    @property
    def right(self):
        """Whether the function is right."""
        return self.verdict == "right"

    def __str__(self):
        lines = ["{} {}.".format(*SIGNS[self.verdict])]
        lines += [f"- {mistake}" for mistake in self.mistakes]
        return "\n".join([*lines, *self.facts])

    __repr__ = __str__

    def _repr_html_(self):
        sign, words = SIGNS[self.verdict]
        parts = [
            f'<p><strong><span aria-hidden="true">{sign}</span> {words}.</strong></p>'
        ]
        if self.mistakes:
            entries = "".join(
                f"<li><strong>{escape(mistake.where)}</strong> "
                f"(<code>{escape(mistake.code)}</code>): {escape(mistake.message)}"
                f"<br><em>Think:</em> {escape(mistake.hint)}</li>"
                for mistake in self.mistakes
            )
            parts.append(f"<ul>{entries}</ul>")
        parts += [f"<p>{escape(fact)}</p>" for fact in self.facts]
        return (
            f'<section class="nnteach" role="region" aria-label="Diagnosis: {words}">'
            f"{''.join(parts)}</section>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": str(self), "text/html": self._repr_html_()}


def escape(text):
    """Return the text fit to stand in HTML."""
    return html.escape(text, quote=False)


# ------------------------------------------------------------------- the problems


@dataclass(frozen=True)
class Kind:
    """What has to be known of a network: the activation of each layer, and the cost."""

    activations: tuple
    cost: str

    @property
    def fits(self):
        """Whether the cost cancels the output's slope."""
        return deep.FITTING_COST.get(self.activations[-1]) == self.cost

    def network(self, sizes):
        """Return the network of this kind with these sizes, inputs first."""
        return deep.Network(
            [
                {"input_dim": n_in, "output_dim": n_out, "activation": name}
                for n_in, n_out, name in zip(
                    sizes[:-1], sizes[1:], self.activations, strict=True
                )
            ],
            cost=self.cost,
        )


KINDS = {
    two_layer: Kind(("tanh", "sigmoid"), "binary_cross_entropy"),
    three_layer: Kind(("relu", "relu", "softmax"), "categorical_cross_entropy"),
    worked_example: Kind(("sigmoid", "sigmoid"), "half_squared_error"),
}


def kind_of(network):
    """Return the `Kind` of a network and the sizes it is bound to, if any."""
    if isinstance(network, deep.Network):
        layers = network.architecture
        sizes = (layers[0]["input_dim"], *(layer["output_dim"] for layer in layers))
        return Kind(tuple(each["activation"] for each in layers), network.cost), sizes
    for known, kind in KINDS.items():
        if network is known:
            return kind, None
    raise TypeError(
        "network: expected two_layer, three_layer, worked_example or a deep.Network, "
        f"got {describe(network)}. Try network=nnteach.two_layer."
    )


def different_sizes(kind):
    """Return sizes (inputs first, m last) of three problems; the third has one output.

    In each all sizes differ; only very deep networks repeat those of hidden layers.
    """
    hidden = [5 + layer % 5 for layer in range(len(kind.activations) - 1)]
    one = 2 if kind.activations[-1] == "softmax" else 1
    m = max(hidden, default=5) + 2
    up = [size + 1 for size in reversed(hidden)]
    return (4, *hidden, 3, m), (3, *up, 2, 5), (4, *hidden, one, m)


def equal_sizes(kind):
    """Return sizes (inputs first, m last) of two problems in which all are equal."""
    return tuple((n,) * (len(kind.activations) + 2) for n in (4, 5))


@dataclass(frozen=True, eq=False)
class Problem:
    """Parameters, data and everything the right computation makes of them, by name."""

    kind: Kind
    values: dict
    sizes: tuple

    def pick(self, *stems):
        """Return the values whose names start with one of these, layer by layer."""
        return {
            f"{stem}{layer}": self.values[f"{stem}{layer}"]
            for layer in range(1, len(self.kind.activations) + 1)
            for stem in stems
        }


@functools.lru_cache(maxsize=64)
def problem(kind, sizes):
    """Return a random problem of these sizes (inputs first, m last).

    Each unit with a kink is switched on by some examples and off by others, none of
    them near the kink. The right gradients are checked against central differences.
    """
    rng = np.random.default_rng(0)
    *layers, m = sizes
    values = {"A0": rng.standard_normal((layers[0], m)), "Y": None, "rate": 0.3}
    for layer, activation in enumerate(kind.activations, 1):
        n_in, n_out = layers[layer - 1 : layer + 1]
        W = rng.standard_normal((n_out, n_in)) * 1.3 / n_in**0.5
        b = rng.standard_normal((n_out, 1)) * 0.5
        if activation in ("relu", "leaky_relu"):
            ordered = np.sort(W @ values[f"A{layer - 1}"], axis=1)
            widest = np.diff(ordered).argmax(axis=1)[:, None]
            below = np.take_along_axis(ordered, widest, axis=1)
            above = np.take_along_axis(ordered, widest + 1, axis=1)
            b = -(below + above) / 2
        values[f"W{layer}"], values[f"b{layer}"] = W, b
        run_right(kind, values, ["Z", "A"], [layer])
    n_y = layers[-1]
    if kind.activations[-1] == "softmax":
        values["Y"] = np.eye(n_y)[:, rng.permutation(np.arange(m) % n_y)]
    elif kind.cost == "binary_cross_entropy":
        values["Y"] = rng.permuted(np.tile(np.arange(m) % 2.0, (n_y, 1)), axis=1)
    else:
        values["Y"] = rng.uniform(0.1, 0.9, (n_y, m))
    run_right(kind, values, ["dA", "dZ", "dW", "db"], range(len(layers) - 1, 0, -1))
    found = Problem(kind, values, sizes)
    measured = gradients.numerical_gradients(
        kind.network(layers), found.pick("W", "b"), values["A0"], values["Y"]
    )
    for name, value in measured.items():
        assert same(values[name], value, noise=1e-8), f"{name} is not what it should be"
    return found


def run_right(kind, values, places, layers):
    """Add what the right operations compute to the values."""
    for layer in layers:
        for place in places:
            values[f"{place}{layer}"] = Scene(place, layer, values, kind).right


def same(theirs, value, noise=0.0):
    """Return whether two arrays hold the same numbers, up to axes of length 1.

    A single number on one side is compared with every entry of the other.
    """
    if theirs.shape != value.shape:
        if 1 not in (theirs.size, value.size) and squeezed(theirs) != squeezed(value):
            return False
        if theirs.size == value.size:
            theirs = theirs.reshape(value.shape)
    gap, value = np.subtract(theirs, value).ravel(), value.ravel()
    if gap.size != value.size:  # one number, in place of many
        value = np.broadcast_to(value, gap.shape) if value.size == 1 else value
    return bool(gap @ gap <= (TOLERANCE * (value @ value) ** 0.5 + noise) ** 2)


def squeezed(array):
    """Return the shape without its axes of length 1."""
    return tuple(length for length in array.shape if length != 1)


# ---------------------------------------------------------- what kinds of functions


@dataclass(frozen=True)
class Task:
    """A kind of function that can be diagnosed.

    takes: its arguments, in the course's order; start: what the computation starts
    from; stages: a function of the number of layers; results: the stems of its results.
    """

    takes: tuple
    edits: list
    start: tuple
    places: tuple
    results: tuple
    upward: bool = True

    def stages(self, layers, seen):
        """Return the chain of (place, layer), cut where all results are known."""
        order = range(1, layers + 1) if self.upward else range(layers, 0, -1)
        if self.places == ("cost",):
            order = [layers]
        stages, stage = [], []
        for layer in order:
            stage += [(place, layer) for place in self.places]
            place, layer = stage[-1]
            if f"{place}{layer}" in seen or layer == order[-1]:
                stages.append(stage)
                stage = []
        return stages


TASKS = {
    "backward": Task(
        ("parameters", "cache", "X", "Y"), BACKWARD, ("W", "b", "Z", "A"),
        ("dA", "dZ", "dW", "db"), ("dW", "db"), upward=False,
    ),
    "forward": Task(
        ("X", "parameters"), FORWARD, ("W", "b"), ("Z", "A"), ("Z", "A")
    ),
    "cost": Task(("output", "Y"), COST, ("Z", "A"), ("cost",), ("cost",)),
    "update": Task(
        ("parameters", "grads", "learning_rate"), UPDATE, ("W", "b", "dW", "db"),
        ("W", "b"), ("W", "b"),
    ),
}  # fmt: skip


# --------------------------------------------------------------------- the search


@dataclass(frozen=True)
class Choice:
    """An edit that was put at a place, with its number if it has one."""

    edit: object
    place: str
    layer: int
    number: float | None = None

    @property
    def key(self):
        """What makes the same mistake in another layer the same."""
        return self.edit, None if self.number is None else float(f"{self.number:.3g}")


@dataclass(frozen=True)
class State:
    """How far an explanation has got: its edits, and the values of each problem."""

    choices: tuple
    values: tuple


class Search:
    """Looks for the edits that reproduce what the learner's function returned."""

    def __init__(self, task, kind, problems, theirs):
        self.task, self.kind, self.theirs = task, kind, theirs
        self.start = State(
            (), tuple(self.first(p, t) for p, t in zip(problems, theirs, strict=True))
        )
        self.stages = task.stages(len(kind.activations), theirs[0])

    def first(self, problem, theirs):
        """Return the values before the first place."""
        values = {name: problem.values[name] for name in ("A0", "Y", "rate")}
        values.update(problem.pick(*self.task.start))
        values.update({f"their_{name}": value for name, value in theirs.items()})
        return values

    def cost(self, state):
        """Few different mistakes first, then few places, then the catalogue's order."""
        order = sum(self.task.edits.index(choice.edit) for choice in state.choices)
        different = {choice.key for choice in state.choices}
        return len(different), len(state.choices), order

    def explain(self):
        """Return the choices that explain the results, and where one is unknown.

        Stage by stage, the explanations with the fewest new mistakes are kept.
        """
        states, unknown = [self.start], []
        for stage in self.stages:
            found = []
            for state in states:
                for new in range(NEW_PER_STAGE + 1):
                    more = list(self.extend(state, stage, new))
                    found += more
                    if more:
                        break
            if not found:
                where, state = self.give_up(states[0], stage)
                unknown.append(where)
                if state is None:
                    break
                found = [state]
            found.sort(key=self.cost)
            fewest = self.cost(found[0])[0]
            states = [s for s in found if self.cost(s)[0] == fewest][:6]
        return states[0].choices, unknown

    def give_up(self, state, stage):
        """Return where a stage cannot be explained, and a state to go on from, if any.

        A result that nothing else depends on is skipped; a hidden one ends the search.
        """
        seen = [f"{p}{layer}" for p, layer in stage if f"{p}{layer}" in self.theirs[0]]
        for name in seen:
            for new in range(NEW_PER_STAGE):
                for found in self.extend(state, stage, new, skip=name):
                    return name, found
        hidden = [f"{p}{layer}" for p, layer in stage if f"{p}{layer}" not in seen]
        return (hidden[-1] if hidden else seen[0]), None

    def extend(self, state, stage, new, skip=None):
        """Yield the states that explain one more stage with so many new mistakes."""
        for choices in self.walk(state, stage, new, skip):
            values = [
                self.replay(choices, stage, number, values, skip)
                for number, values in enumerate(state.values)
            ]
            if all(values):
                yield State((*state.choices, *choices), tuple(values))

    def replay(self, choices, stage, number, values, skip):
        """Return the values of a problem with these choices, or None at a contradiction."""
        made = {(choice.place, choice.layer): choice for choice in choices}
        values = dict(values)
        for place, layer in stage:
            choice = made.get((place, layer))
            scene = Scene(place, layer, values, self.kind)
            value = perform(scene, choice and choice.edit, choice and choice.number)
            name = f"{place}{layer}"
            theirs = self.theirs[number].get(name)
            if name == skip:
                value = theirs
            elif value is None or (theirs is not None and not same(theirs, value)):
                return None
            values[name] = value
        return values

    def walk(self, state, stage, new, skip):
        """Yield choices for a stage that reproduce the results of the first problem."""
        known = {choice.key: choice for choice in state.choices}

        def step(i, values, choices, left, open_number):
            if i == len(stage):
                if not left and not open_number:
                    yield choices
                return
            place, layer = stage[i]
            name = f"{place}{layer}"
            theirs = self.theirs[0].get(name)
            scene = Scene(place, layer, values, self.kind)
            for edit, number, price in options(place, choices):
                if price > left or (open_number and edit and edit.unknown):
                    continue
                to_solve = edit is not None and edit.unknown and number is None
                value = perform(scene, edit, [0.0, 1.0] if to_solve else number)
                if value is None:
                    continue
                now, found = values, choices
                if edit:
                    found = (*choices, Choice(edit, place, layer, number))
                solving = open_number or to_solve
                if name == skip:
                    value = theirs
                elif theirs is not None:
                    if solving and value.ndim == 3:
                        number = solve(theirs, value)
                        if number is None or abs(number) < 1e-3:
                            continue
                        now = {k: between(number, v) for k, v in values.items()}
                        value, solving = between(number, value), False
                        found = tuple(settle(choice, number) for choice in found)
                    if not same(theirs, value):
                        continue
                yield from step(
                    i + 1, {**now, name: value}, found, left - price, solving
                )

        def options(place, choices):
            used = {**known, **{choice.key: choice for choice in choices}}
            yield None, None, 0
            for choice in used.values():
                if place in choice.edit.places.split():
                    yield choice.edit, choice.number, 0
            fresh = {choice.edit for choice in used.values() if choice.number is None}
            for edit in self.edits(place):
                if edit not in fresh:
                    yield edit, None, 1

        yield from step(0, state.values[0], (), new, False)

    def edits(self, place):
        """Return the edits of the catalogue for a place."""
        return [edit for edit in self.task.edits if place in edit.places.split()]


def perform(scene, edit, number=None):
    """Return what an operation gives at a place, or None where it cannot be done.

    number: for an edit with an unknown number, its value, or two values, for which the
    results are stacked.
    """
    try:
        if edit is None:
            return scene.right
        if not edit.when(scene):
            return None
        if isinstance(number, list):
            return np.stack([edit.operation(scene, each) for each in number])
        value = edit.operation(scene, *([] if number is None else [number]))
        return np.asarray(value, dtype=float)
    except (AttributeError, ValueError, IndexError):
        return None  # shapes that do not fit, or a layer that is not there


def solve(theirs, stacked):
    """Return the number t for which start + t (end - start) is nearest to theirs."""
    start, end = stacked
    move = (end - start).ravel()
    if theirs.size != start.size or not move @ move:
        return None
    return float((theirs.ravel() - start.ravel()) @ move / (move @ move))


def between(number, value):
    """Return a value that was computed for 0 and 1 at the number in between."""
    if np.ndim(value) == 3:
        return value[0] + number * (value[1] - value[0])
    return value


def settle(choice, number):
    """Return the choice with its number, if it still had none."""
    if choice.edit.unknown and choice.number is None:
        return Choice(choice.edit, choice.place, choice.layer, number)
    return choice


# ------------------------------------------------------- calling and reading results

ALIASES = {
    "X": "x inputs a0",
    "Y": "y labels targets y_true",
    "parameters": "parameters params params_values param weights theta",
    "cache": "cache caches memory activations forwardpass_activations",
    "grads": "grads gradients grades grads_values pass_gradients",
    "learning_rate": "learning_rate lr eta alpha rate step_size",
    "output": "output a al a1 a2 a3 a_out y_hat yhat y_pred prediction predictions",
    "architecture": "architecture nn_architecture layers",
}
MEANS = {alias: name for name, words in ALIASES.items() for alias in words.split()}


def argument_order(function, task):
    """Return the course's names of the arguments, in the learner's order."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return task.takes
    names = [
        MEANS.get(name.lower())
        for name, parameter in signature.parameters.items()
        if parameter.default is parameter.empty
    ]
    return tuple(names) if None not in names and names else task.takes


def guess_what(function):
    """Return which kind of function it is, by its arguments or else its name."""
    try:
        names = {MEANS.get(n.lower()) for n in inspect.signature(function).parameters}
    except (TypeError, ValueError):
        names = set()
    called = getattr(function, "__name__", "")
    if names & {"grads", "learning_rate"}:
        return "update"
    if "cache" in names:
        return "backward"
    if {"X", "parameters"} <= names and "Y" not in names:
        return "forward"
    if "Y" in names and "X" not in names and len(names) <= 3:
        return "cost"
    for what in TASKS:
        if what in called or (what == "backward" and "backprop" in called):
            return what
    if {"X", "Y"} <= names:
        return "backward"
    raise ValueError(
        "what: cannot tell what kind of function this is. "
        f"Try what= one of {', '.join(map(repr, TASKS))}."
    )


def call(function, task, given):
    """Return the `Attempt` of calling the function on one problem."""
    layers = len(given.kind.activations)
    last = given.values[f"A{layers}"]
    known = {
        "X": given.values["A0"], "Y": given.values["Y"], "output": last,
        "parameters": given.pick("W", "b"), "grads": given.pick("dW", "db"),
        "cache": {"A0": given.values["A0"], **given.pick("Z", "A")},
        "learning_rate": given.values["rate"],
        "architecture": given.kind.network(given.sizes[:-1]).architecture,
    }  # fmt: skip
    arguments = [known[name] for name in argument_order(function, task)]
    result = attempt(function, *arguments)
    if (
        result.problem == "raised"
    ):  # some courses unpack tuples: W1, b1, ... = parameters
        known["cache"].pop("A0")
        tuples = [tuple(a.values()) if isinstance(a, dict) else a for a in arguments]
        again = attempt(function, *tuples)
        if again.problem is None:
            return again
    return result


def read(value, task, given):
    """Return the learner's results by name as arrays, and mistakes of their form."""
    layers = range(1, len(given.kind.activations) + 1)
    if task.places == ("cost",):
        return read_arrays({f"cost{layers[-1]}": value}, given)
    if task.places == ("Z", "A"):
        return read_forward(value, given)
    wanted = [f"{stem}{layer}" for layer in layers for stem in task.results]
    if isinstance(value, (tuple, list)):
        tables = [entry for entry in value if isinstance(entry, dict)]
        value = tables[0] if tables else in_order(value, wanted, given)
    if not isinstance(value, dict):
        text = f"Your function returns {describe(value)}, not {', '.join(wanted)}."
        return {}, [Mistake("wrong-type", "result", text, "What does `return` name?")]
    entries, problems = {}, []
    for name in wanted:
        keys = [name] if name in value else [
            key for key in value if re.search(rf"{name[-2]}_?{name[-1]}$", str(key))
        ]  # fmt: skip
        if len(keys) == 1 and value[keys[0]] is not None:
            entries[name] = value[keys[0]]
        else:
            text = f"Your result has no {name}."
            problems.append(
                Mistake("missing", name, text, "Is it computed, and is it returned?")
            )
    arrays, more = read_arrays(entries, given, result=given.values)
    return arrays, problems + more


def in_order(values, wanted, given):
    """Return the entries of a tuple by name: W1, b1, W2 ..., or another usual order."""
    flat = []
    for entry in values:
        flat += list(entry) if isinstance(entry, (tuple, list)) else [entry]
    if len(flat) != len(wanted):
        return values
    pairs = [wanted[i : i + 2] for i in range(0, len(wanted), 2)]
    orders = [
        wanted,
        [name for pair in reversed(pairs) for name in pair],
        wanted[0::2] + wanted[1::2],
    ]
    for order in orders:
        if all(
            np.shape(entry) == given.values[name].shape
            for name, entry in zip(order, flat, strict=True)
        ):
            return dict(zip(order, flat, strict=True))
    return dict(zip(wanted, flat, strict=True))


def read_forward(value, given):
    """Return the output and what the cache holds, as arrays by name."""
    output, cache = value, {}
    if isinstance(value, (tuple, list)) and len(value) == 2:
        output, cache = value
        if isinstance(output, dict):
            output, cache = cache, output
    names = list(given.pick("Z", "A"))
    if isinstance(output, dict):
        output = output.get(names[-1])
    if isinstance(cache, (tuple, list)) and len(cache) == len(names):
        cache = dict(zip(names, cache, strict=True))
    arrays, problems = read_arrays({names[-1]: output}, given, result=given.values)
    if isinstance(cache, dict) and not problems:
        kept = {name: cache[name] for name in names[:-1] if name in cache}
        known, wrong = read_arrays(kept, given, result=given.values)
        arrays = {**(known if not wrong else {}), **arrays}
    return arrays, problems


def read_arrays(entries, given, result=None):
    """Return the entries as arrays of the wanted shape, and mistakes of their form."""
    arrays, problems = {}, []
    for name, value in entries.items():
        try:
            array = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            text = f"{name} is {describe(value)}, not numbers."
            problems.append(
                Mistake("wrong-type", name, text, "What is assigned to it?")
            )
            continue
        if not np.isfinite(array).all():
            text = f"{name} holds numbers that are infinite or not numbers (NaN)."
            hint = "Where do you divide by zero, or take the logarithm of 0?"
            problems.append(Mistake("not-a-number", name, text, hint))
            continue
        wanted = () if result is None else result[name].shape
        if array.shape != wanted and array.size == np.prod(wanted):
            problems.append(shape_mistake(name, array.shape, wanted))
            turned = array.shape == wanted[::-1]
            array = array.T if turned else array.reshape(wanted)
        arrays[name] = array
    return arrays, problems


def shape_mistake(name, got, wanted):
    """Return the mistake of an array that has the right size in the wrong shape."""
    text = f"{name} has the shape {got}, expected {wanted}."
    if not wanted:
        return Mistake(
            "not-one-number", "cost", f"Your cost has the shape {got}: one number is "
            "expected.", "Which function makes one number of it?",
        )  # fmt: skip
    if name.lstrip("d")[0] == "b":
        return Mistake(
            "bias-flat", name, f"{text} It is not a column, so numpy adds it along the "
            "wrong axis.", "Which argument of the sum keeps the axis that it sums over?",
        )  # fmt: skip
    if got == wanted[::-1]:
        return Mistake(
            "transposed", name, f"{text} It is transposed.",
            "Which of the two axes counts the units of the layer?",
        )  # fmt: skip
    return Mistake("flattened", name, text, "Where does it lose or gain an axis?")


# ------------------------------------------------------------------------ diagnose


def diagnose(function, network=two_layer, what=None):
    """Return the `Diagnosis` of a learner's function.

    function: backward_propagation(parameters, cache, X, Y), forward_propagation(X,
        parameters), compute_cost(output, Y) or update_parameters(parameters, grads,
        learning_rate), written for the network; it is called on copies, never read.
        Dictionaries or tuples may be returned, in the order W1, b1, W2 ...
    network: two_layer, three_layer, worked_example or a deep.Network.
    what: "backward", "forward", "cost" or "update"; by default what the names of the
        arguments say, or else the name of the function.

    Raises TypeError for an unknown network and ValueError if `what` cannot be told.
    Introduced in chapter 6.
    """
    kind, own_sizes = kind_of(network)
    if function is None or function is ...:
        return Diagnosis("not attempted")
    if what is None and callable(function):
        what = guess_what(function)
    if what is not None and what not in TASKS:
        raise ValueError(f"what: expected one of {', '.join(TASKS)}, got {what!r}.")
    task = TASKS[what or "backward"]
    with np.errstate(all="ignore"), unchecked():
        return examine(function, task, kind, own_sizes)


def examine(function, task, kind, own_sizes):
    """Return the `Diagnosis`: call, read, compare, and search if something is wrong."""
    problems = [problem(kind, sizes) for sizes in different_sizes(kind)]
    if task.places == ("cost",):  # one number says little: ask for more of them
        *layers, m = different_sizes(kind)[0]
        more = [problem(kind, (*layers, m + extra)) for extra in (1, 2, 3, 4)]
        problems = [*problems[:2], *more, problems[2]]
    results = [call(function, task, each) for each in problems]
    if own_sizes and any(result.problem == "raised" for result in results):
        own = (*own_sizes, max(own_sizes) + 1), (*own_sizes, max(own_sizes) + 2)
        again = [problem(kind, sizes) for sizes in own]
        repeated = [call(function, task, each) for each in again]
        if not any(result.problem == "raised" for result in repeated):
            problems, results = again, repeated
    first = next((result for result in results if result.problem), None)
    if first and first.problem == "not attempted":
        return Diagnosis("not attempted", facts=(first.message,))
    changed = ()
    if first and first.problem == "changed its inputs":
        text = "Your function changes what it was handed. " + first.message
        hint = "Which of your lines works in place (+=, -=, A[...] = ...)?"
        changed = (Mistake("inputs-changed", "inputs", text, hint),)
        first = next(
            (r for r in results if r.problem not in (None, "changed its inputs")), None
        )
    if first:
        return after_error(function, task, kind, problems, results, first)
    return compare(task, kind, problems, [r.value for r in results], changed, function)


def after_error(function, task, kind, problems, results, first):
    """Return the diagnosis of a function that raises an error, does not end, ..."""
    line = f" (line {first.line[0]}: {first.line[1]})" if first.line else ""
    code = first.problem.replace(" ", "-")
    hint = "Print the shapes of the arrays in that line."
    if first.problem == "no end":
        hint = "What makes the loop stop?"
    elif first.problem != "raised":
        hint = "How is the function called, and what must it return?"
    whole = Mistake(code, "function", first.message + line, hint)
    if first.problem != "raised":
        return Diagnosis("wrong", (whole,))
    facts = [first.message + line]
    if results[-1].problem is None and problems[-1].sizes[-2] == 1:
        lone = compare(task, kind, problems[-1:], [results[-1].value], (), function)
        if lone.right:
            facts.append("With one output (n_y = 1) it runs and is right.")
    problems = [problem(kind, sizes) for sizes in equal_sizes(kind)]
    results = [call(function, task, each) for each in problems]
    if any(result.problem for result in results):
        return Diagnosis("raised", (whole,), tuple(facts[1:]))
    found = compare(task, kind, problems, [r.value for r in results], (), function)
    if not found.mistakes:
        text = "It is right only where all sizes are equal. " + first.message
        found = Diagnosis("raised", (Mistake("raised", "function", text, hint),))
    facts.append("It runs where all sizes are equal: that is where the mistake hides.")
    return Diagnosis("raised", found.mistakes, tuple(facts))


def compare(task, kind, problems, values, changed, function):
    """Return the diagnosis of a function that has returned something."""
    readings = [
        read(value, task, each) for value, each in zip(values, problems, strict=True)
    ]
    theirs = [arrays for arrays, _ in readings]
    form = {}
    for _, mistakes in readings:
        for mistake in mistakes:
            form.setdefault((mistake.code, mistake.where), mistake)
    form = tuple(form.values())
    common = set.intersection(*(set(arrays) for arrays in theirs))
    theirs = [{name: a[name] for name in a if name in common} for a in theirs]
    rights = [right_values(task, each) for each in problems]
    broken = [m for m in form if m.code in ("missing", "wrong-type", "not-a-number")]
    wrong = [
        name for name in rights[0] if name in common and not all(
            same(a[name], right[name]) for a, right in zip(theirs, rights, strict=True)
        )
    ]  # fmt: skip
    if not common:
        return Diagnosis("wrong", form + changed)
    if not wrong:
        if broken or changed:
            return Diagnosis("wrong", form + changed)
        return Diagnosis("misshapen", form) if form else Diagnosis("right")
    factor = None if broken else common_factor(kind, problems, theirs, rights)
    if factor and task.places != ("Z", "A") and task.results[0] != "W":
        verdict = "wrong" if changed else "scaled"
        return Diagnosis(verdict, (factor, *form, *changed))
    lone = problems[-1].sizes[-2] == 1
    several = slice(0, -1 if len(problems) > 2 else None)  # the last has one output
    search = Search(task, kind, problems[several], theirs[several])
    choices, unknown = search.explain()
    mistakes = merge(choices, kind, problems[0])
    facts = []
    for place in unknown:
        mistakes.append(unknown_mistake(place, mistakes))
    if unknown or not mistakes:
        if not mistakes:
            mistakes = [unknown_mistake(wrong[0], [])]
        facts = what_is_known(task, theirs, rights, wrong, function, problems)
    if lone and all(same(theirs[-1][name], rights[-1][name]) for name in wrong):
        facts.append("With one output (n_y = 1) it would be right.")
    return Diagnosis("wrong", (*mistakes, *form, *changed), tuple(facts))


def right_values(task, given):
    """Return the right results by name, in the order of the computation."""
    values = dict(given.values)
    layers = len(given.kind.activations)
    if task.results == ("dW", "db"):
        return dict(reversed(given.pick("db", "dW").items()))
    if task.results == ("cost",):
        run_right(given.kind, values, ["cost"], [layers])
        return {f"cost{layers}": np.asarray(values[f"cost{layers}"])}
    if task.results == ("W", "b"):
        run_right(given.kind, values, ["W", "b"], range(1, layers + 1))
    return {name: values[name] for name in given.pick(*task.results)}


def common_factor(kind, problems, theirs, rights):
    """Return the mistake of one positive factor on every result, or None."""
    ratios = []
    for arrays, right in zip(theirs, rights, strict=True):
        ours = np.concatenate([right[name].ravel() for name in arrays])
        if any(arrays[name].shape != right[name].shape for name in arrays):
            return None
        given = np.concatenate([array.ravel() for array in arrays.values()])
        ratio = given @ ours / (ours @ ours)
        if not ratio > 0 or not all(
            same(arrays[name], ratio * right[name]) for name in arrays
        ):
            return None
        ratios.append(ratio)
    where = "every gradient" if len(theirs[0]) > 1 else "cost"
    what = where.capitalize() if where != "cost" else "The cost"
    scenes = [
        Scene("dZ", len(kind.activations), each.values, kind) for each in problems
    ]
    hint = "The direction is right. What is your cost: a sum, a mean, with a half?"
    for code, factor, words in FACTORS:
        if np.allclose(ratios, [factor(s) for s in scenes], rtol=1e-3):
            text = f"{what} is {words} times what this course takes."
            return Mistake(code, where, text.format(**scenes[0].words()), hint)
    if np.ptp(ratios) < 1e-3 * ratios[0]:  # the same in every problem
        number = float(ratios[0])
        text = f"{what} is {show(number)} times what this course takes."
        logarithms = {10: "log10", 2: "log2"}
        for base, name in logarithms.items():
            if where == "cost" and abs(number * np.log(base) - 1) < 1e-3:
                text += f" That is {name} in place of the natural logarithm."
                return Mistake("other-logarithm", where, text, hint, number)
        return Mistake("scaled", where, text, hint, number)
    if where == "cost":  # one number is always a multiple of another
        return None
    text = f"{what} is off by one factor, which changes with the data."
    return Mistake("scaled", where, text, hint)


def merge(choices, kind, given):
    """Return the mistakes of these choices; the same one in many layers is one."""
    places = {}
    for choice in choices:
        places.setdefault(choice.key, []).append(choice)
    mistakes = []
    for same_ones in places.values():
        first, *others = same_ones
        scene = Scene(first.place, first.layer, given.values, kind)
        words = scene.words()
        if first.number is not None:
            words["number"] = show(first.number)
        message = first.edit.message.format(**words)
        if others:
            also = ", ".join(
                Scene(each.place, each.layer, given.values, kind).words()["here"]
                for each in others
            )
            message += f" The same happens in {also}."
        hint = (first.edit.hint or HINTS[first.edit.code]).format(**words)
        mistakes.append(
            Mistake(first.edit.code, words["here"], message, hint, first.number)
        )
    return mistakes


def unknown_mistake(place, before):
    """Return the mistake of a place where nothing in the catalogue fits."""
    here = place.replace("dA", "dZ")
    here = "cost" if here.startswith("cost") else here
    also = "also " if before else ""
    text = f"{here} is {also}wrong, in a way that is not in the catalogue."
    return Mistake(
        "unknown", here, text, "Work it out on paper for one example and one unit."
    )


def what_is_known(task, theirs, rights, wrong, function, problems):
    """Return sentences about a mistake that nobody has described."""
    facts = []
    fine = [name for name in rights[0] if name in theirs[0] and name not in wrong]
    names = ["cost" if name.startswith("cost") else name for name in (wrong[0],)]
    if fine:
        facts.append(f"Right: {', '.join(fine)}.")
    if len(wrong) > 1:
        facts.append(f"Wrong: {', '.join(wrong)}; the first of them is {names[0]}.")
    if task.results == ("dW", "db"):
        slopes = [
            sum(float(a[n].ravel() @ r[n].ravel()) for n in a if a[n].size == r[n].size)
            for a, r in zip(theirs, rights, strict=True)
        ]
        down = all(slope > 0 for slope in slopes)
        facts.append(
            "Your gradients still point downhill, so training may seem to work."
            if down
            else "A step against your gradients does not always go downhill."
        )
    return facts
