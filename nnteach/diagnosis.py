"""Name the mistake in a learner's function from its numbers alone.

    diagnose(backward_propagation, network=two_layer)

The function is called, never read. What it returns for small random problems, in which
all sizes differ, is compared with the right results (which agree with central
differences). If some differ, the catalogue in `mistakes` is searched, place by place in
the order of the computation, for the edit, or the two edits, that reproduce the
learner's numbers. What a wrong dZ2 does to dW2, db2 and dZ1 is explained by it, and is
not a mistake of its own. Introduced in chapter 6.
"""

import functools
import html
import inspect
import re
from dataclasses import dataclass, replace

import numpy as np

from nnteach import deep, gradients, three_layer, two_layer, worked_example
from nnteach.attempt import attempt
from nnteach.checks import describe, unchecked
from nnteach.mistakes import BACKWARD, COST, FACTORS, FORWARD, HINTS, UPDATE, Scene
from nnteach.rounding import show

TOLERANCE = 1e-4  # of the length of an array: lets float32 pass, and no known mistake
NEW = 2  # how many different mistakes are looked for in one layer


# ------------------------------------------------------------------ what is returned


@dataclass(frozen=True)
class Mistake:
    """One mistake: its code, where it is ("dZ1"), a sentence about it, and a hint.

    number: what was solved for, such as a factor or a step size, or None.
    """

    code: str
    where: str
    message: str
    hint: str
    number: float | None = None

    def __str__(self):
        return f"{self.where} ({self.code}): {self.message}\n  Think: {self.hint}"


SIGNS = {
    "right": ("✓", "Right"),
    "scaled": ("≈", "Right, but for one factor"),
    "misshapen": ("≈", "The numbers are right, the shape is not"),
    "wrong": ("✗", "Not right yet"),
    "raised": ("✗", "It stops with an error"),
    "not attempted": ("…", "Not attempted yet"),
}


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What `diagnose` found, shown as text and as HTML.

    verdict: "right", "scaled", "misshapen", "wrong", "raised" or "not attempted".
    mistakes: a tuple of `Mistake`s, the first cause first.
    facts: a tuple of sentences that say what else is known.
    """

    verdict: str
    mistakes: tuple = ()
    facts: tuple = ()

    @property
    def right(self):
        """Whether the function is right."""
        return self.verdict == "right"

    def __str__(self):
        sign, words = SIGNS[self.verdict]
        found = [f"- {mistake}" for mistake in self.mistakes]
        return "\n".join([f"{sign} {words}.", *found, *self.facts])

    __repr__ = __str__

    def _repr_html_(self):
        sign, words = SIGNS[self.verdict]
        found = "".join(
            f"<li><strong>{m.where}</strong> (<code>{m.code}</code>): "
            f"{html.escape(m.message, quote=False)}"
            f"<br><em>Think:</em> {html.escape(m.hint, quote=False)}</li>"
            for m in self.mistakes
        )
        facts = "".join(
            f"<p>{html.escape(fact, quote=False)}</p>" for fact in self.facts
        )
        return (
            f'<section class="nnteach" aria-label="Diagnosis: {words}"><p><strong>'
            f'<span aria-hidden="true">{sign}</span> {words}.</strong></p>'
            f"{found and f'<ul>{found}</ul>'}{facts}</section>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": str(self), "text/html": self._repr_html_()}


# ---------------------------------------------------------------------- the problems


@dataclass(frozen=True)
class Kind:
    """What has to be known of a network: the activation of each layer, and the cost."""

    activations: tuple
    cost: str

    @property
    def fits(self):
        """Whether the cost cancels the slope of the output layer."""
        return deep.FITTING_COST.get(self.activations[-1]) == self.cost

    def network(self, layers):
        """Return a network of this kind with layers of these sizes, inputs first."""
        entries = deep.architecture(layers)
        for entry, activation in zip(entries, self.activations, strict=True):
            entry["activation"] = activation
        return deep.Network(entries, self.cost)


KINDS = {
    two_layer: Kind(("tanh", "sigmoid"), "binary_cross_entropy"),
    three_layer: Kind(("relu", "relu", "softmax"), "categorical_cross_entropy"),
    worked_example: Kind(("sigmoid", "sigmoid"), "half_squared_error"),
}


def kind_of(network):
    """Return the `Kind` of a network, and the sizes of its layers if it has some."""
    if isinstance(network, deep.Network):
        layers = network.architecture
        sizes = layers[0]["input_dim"], *(layer["output_dim"] for layer in layers)
        return Kind(tuple(layer["activation"] for layer in layers), network.cost), sizes
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
    """Return sizes (inputs first, m last) of two problems, equal in each."""
    return tuple((n,) * (len(kind.activations) + 2) for n in (4, 5))


@dataclass(frozen=True, eq=False)
class Problem:
    """Parameters, data and everything that the right computation makes of them."""

    kind: Kind
    values: dict
    sizes: tuple

    def pick(self, *stems):
        """Return the values with these names, layer by layer: W1, b1, W2 ..."""
        layers = range(1, len(self.kind.activations) + 1)
        names = [f"{stem}{layer}" for layer in layers for stem in stems]
        return {name: self.values[name] for name in names}


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
        if activation in ("relu", "leaky_relu"):  # the kink into the widest gap
            ordered = np.sort(W @ values[f"A{layer - 1}"], axis=1)
            gap = np.diff(ordered).argmax(axis=1)[:, None] + [[0, 1]]
            b = -np.take_along_axis(ordered, gap, axis=1).mean(axis=1, keepdims=True)
        values[f"W{layer}"], values[f"b{layer}"] = W, b
        run_right(kind, values, "Z A", [layer])
    n_y = layers[-1]
    if kind.activations[-1] == "softmax":
        values["Y"] = np.eye(n_y)[:, rng.permutation(np.arange(m) % n_y)]
    elif kind.cost == "binary_cross_entropy":
        values["Y"] = rng.permuted(np.tile(np.arange(m) % 2.0, (n_y, 1)), axis=1)
    else:
        values["Y"] = rng.uniform(0.1, 0.9, (n_y, m))
    run_right(kind, values, "dA dZ dW db", range(len(layers) - 1, 0, -1))
    found = Problem(kind, values, sizes)
    measured = gradients.numerical_gradients(
        kind.network(layers), found.pick("W", "b"), values["A0"], values["Y"]
    )
    for name, value in measured.items():
        assert same(values[name], value, noise=1e-8), f"{name} is not what was measured"
    return found


def run_right(kind, values, places, layers):
    """Add what the right operations compute to the values."""
    for layer in layers:
        for place in places.split():
            values[f"{place}{layer}"] = Scene(place, layer, values, kind).right


def same(theirs, value, noise=0.0):
    """Return whether two arrays hold the same numbers, up to axes of length 1.

    One single number is compared with every entry of the other array.
    """
    if theirs.shape != value.shape and 1 not in (theirs.size, value.size):
        if [n for n in theirs.shape if n > 1] != [n for n in value.shape if n > 1]:
            return False
        theirs = theirs.reshape(value.shape)
    gap = np.subtract(theirs, value).ravel()
    wanted = value.ravel()
    if wanted.size != gap.size:
        wanted = np.broadcast_to(wanted, gap.shape)
    return bool(gap @ gap <= (TOLERANCE * (wanted @ wanted) ** 0.5 + noise) ** 2)


# -------------------------------------------------------- what kinds of functions


@dataclass(frozen=True)
class Task:
    """A kind of function that can be diagnosed.

    takes: the course's names of its arguments; edits: its catalogue; start: what its
    computation starts from; places: what it computes in each layer, in this order;
    results: which of them it returns.
    """

    takes: str
    edits: list
    start: str
    places: str
    results: str

    def names(self, layers, results):
        """Return the names that it computes, in order: W1, b1, W2 ..."""
        order = range(1, layers + 1)
        if self is TASKS["backward"]:
            order = range(layers, 0, -1)
        if self is TASKS["cost"]:
            order = [layers]
        stems = (self.results if results else self.places).split()
        return [(stem, layer) for layer in order for stem in stems]

    def stages(self, layers, seen):
        """Return the chain of (place, layer), cut where a layer's results are seen."""
        stages, chain = [[]], self.names(layers, results=False)
        for place, layer in chain:
            stages[-1].append((place, layer))
            end = place == self.places.split()[-1] and f"{place}{layer}" in seen
            if end and (place, layer) != chain[-1]:
                stages.append([])
        return stages

    def right(self, given):
        """Return the right results of a problem by name, in the order of computation."""
        values, layers = dict(given.values), len(given.kind.activations)
        for place, layer in self.names(layers, results=False):
            values[f"{place}{layer}"] = Scene(place, layer, values, given.kind).right
        names = [f"{stem}{layer}" for stem, layer in self.names(layers, results=True)]
        return {name: np.asarray(values[name]) for name in names}


TASKS = {
    "backward": Task(
        "parameters cache X Y", BACKWARD, "W b Z A", "dA dZ dW db", "dW db"
    ),
    "forward": Task("X parameters", FORWARD, "W b", "Z A", "Z A"),
    "cost": Task("output Y", COST, "Z A", "cost", "cost"),
    "update": Task("parameters grads learning_rate", UPDATE, "W b dW db", "W b", "W b"),
}

ALIASES = {
    "X": "x inputs a0",
    "Y": "y labels targets y_true",
    "parameters": "parameters params params_values param weights theta",
    "cache": "cache caches memory activations forwardpass_activations",
    "grads": "grads gradients grades grads_values pass_gradients",
    "learning_rate": "learning_rate lr eta alpha rate step_size",
    "output": "output a al a1 a2 a3 a_out y_hat yhat y_pred predictions",
    "architecture": "architecture nn_architecture",
}
MEANS = {alias: name for name, words in ALIASES.items() for alias in words.split()}


def argument_names(function):
    """Return the course's names of the arguments without a default, None for others."""
    try:
        arguments = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # not a function, or one written in C
        return []
    needed = [a.name for a in arguments if a.default is a.empty]
    return [MEANS.get(name.lower()) for name in needed]


def guess_what(function):
    """Return what kind of function it is, by its arguments or else by its name."""
    names = set(argument_names(function))
    called = getattr(function, "__name__", "").lower()
    for what, telling in {
        "update": {"grads"}, "backward": {"cache"}, "cost": {"output", "Y"},
        "forward": {"X", "parameters"},
    }.items():  # fmt: skip
        if telling <= names and not (what == "forward" and "Y" in names):
            return what
    for what in TASKS:
        if what in called or (what == "backward" and "back" in called):
            return what
    raise ValueError(
        "what: cannot tell what kind of function this is. "
        f"Try what= one of {', '.join(map(repr, TASKS))}."
    )


def call(function, task, given):
    """Return the `Attempt` of calling the function on one problem."""
    layers, values = len(given.kind.activations), given.values
    known = {
        "X": values["A0"], "Y": values["Y"], "output": values[f"A{layers}"],
        "parameters": given.pick("W", "b"), "grads": given.pick("dW", "db"),
        "cache": {"A0": values["A0"], **given.pick("Z", "A")},
        "learning_rate": values["rate"],
        "architecture": given.kind.network(given.sizes[:-1]).architecture,
    }  # fmt: skip
    order = argument_names(function)
    if not order or None in order:
        order = task.takes.split()
    result = attempt(function, *(known[name] for name in order))
    if result.problem == "raised":  # some unpack tuples: W1, b1, ... = parameters
        known["cache"].pop("A0")
        tuples = {k: tuple(v.values()) for k, v in known.items() if isinstance(v, dict)}
        again = attempt(function, *({**known, **tuples}[name] for name in order))
        return result if again.problem else again
    return result


# ------------------------------------------------------------- reading what it returns

SHAPES = {"bias-flat", "transposed", "flattened", "cost-in-array"}


def read(value, task, given):
    """Return the learner's results as arrays by name, and mistakes of their form."""
    layers = len(given.kind.activations)
    wanted = {name: array.shape for name, array in task.right(given).items()}
    if task is TASKS["cost"]:
        return as_arrays({f"cost{layers}": value}, wanted)
    if task is TASKS["forward"]:
        return read_forward(value, wanted)
    wanted = {name: wanted[name] for name in given.pick(*task.results.split())}
    if isinstance(value, (tuple, list)):
        tables = [entry for entry in value if isinstance(entry, dict)]
        value = tables[0] if tables else in_order(value, wanted)
    if not isinstance(value, dict):
        text = f"Your function returns {describe(value)}, not {', '.join(wanted)}."
        return {}, [Mistake("wrong-type", "result", text, "What does `return` name?")]
    entries, missing = {}, []
    for name in wanted:
        ends = rf"(?i:{name[-2]}){name[-1]}$"  # dL_dW1, grad_W1 ...
        keys = [key for key in value if re.search(ends, str(key))]
        keys = [name] if name in value else keys
        if len(keys) == 1 and value[keys[0]] is not None:
            entries[name] = value[keys[0]]
        else:
            hint = "Is it computed, and is it returned?"
            missing.append(Mistake("missing", name, f"There is no {name}.", hint))
    arrays, more = as_arrays(entries, wanted)
    return arrays, missing + more


def in_order(entries, wanted):
    """Return the entries of a tuple by name: W1, b1, W2 ..., or another usual order."""
    flat = []
    for entry in entries:
        flat += entry if isinstance(entry, (tuple, list)) else [entry]
    names = list(wanted)
    if len(flat) != len(names):
        return entries
    back = [name for i in range(len(names), 0, -2) for name in names[i - 2 : i]]
    for order in (names, back, names[0::2] + names[1::2]):
        if all(np.shape(e) == wanted[n] for n, e in zip(order, flat, strict=True)):
            return dict(zip(order, flat, strict=True))
    return dict(zip(names, flat, strict=True))


def read_forward(value, wanted):
    """Return the output, and what is known from the cache."""
    names, cache = list(wanted), {}
    if isinstance(value, (tuple, list)) and len(value) == 2:
        value, cache = reversed(value) if isinstance(value[0], dict) else value
    if isinstance(value, dict):
        value, cache = value.get(names[-1]), value
    if isinstance(cache, (tuple, list)) and len(cache) == len(names):
        cache = dict(zip(names, cache, strict=True))
    arrays, wrong = as_arrays({names[-1]: value}, wanted)
    if isinstance(cache, dict) and not wrong:
        kept, bad = as_arrays({n: cache[n] for n in names[:-1] if n in cache}, wanted)
        arrays = arrays if bad else {**kept, **arrays}
    return arrays, wrong


def as_arrays(entries, wanted):
    """Return the entries as arrays of the wanted shapes, and mistakes of their form."""
    arrays, mistakes = {}, []
    for name, value in entries.items():
        where = name.rstrip("0123456789") if name.startswith("cost") else name
        try:
            array = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            text = f"{where} is {describe(value)}, where numbers belong."
            mistakes.append(
                Mistake("wrong-type", where, text, "What is assigned to it?")
            )
            continue
        if not np.isfinite(array).all():
            text = f"{where} holds numbers that are infinite or NaN (not a number)."
            hint = "Where do you divide by zero, or take the logarithm of zero?"
            mistakes.append(Mistake("not-finite", where, text, hint))
            continue
        shape = wanted[name]
        if array.shape != shape and array.size == np.prod(shape):
            mistakes.append(shape_mistake(where, array.shape, shape))
            turned = array.shape == shape[::-1]
            array = array.T if turned else array.reshape(shape)
        arrays[name] = array
    return arrays, mistakes


def shape_mistake(name, got, wanted):
    """Return the mistake of an array that has the right size in another shape."""
    text = f"{name} has the shape {got}, expected {wanted}."
    if name == "cost":
        text = f"The cost has the shape {got}: one number is expected."
        return Mistake("cost-in-array", name, text, "How do you take it out?")
    if name[-2] == "b":
        hint = "What does numpy do when you add such an array to a column?"
        return Mistake("bias-flat", name, text + " It is not a column.", hint)
    code = "transposed" if got == wanted[::-1] else "flattened"
    return Mistake(code, name, text, f"Which shape has {name.lstrip('d')}?")


# ------------------------------------------------------------------------ the search


@dataclass(frozen=True)
class Choice:
    """An edit put at a place of a layer, with its number if it has one."""

    edit: object
    place: str
    layer: int
    number: float | None = None

    @property
    def key(self):
        """What two choices share that are the same mistake in two layers."""
        return self.edit, None if self.number is None else f"{self.number:.3g}"


@dataclass(frozen=True)
class State:
    """How far an explanation has got: its choices, and the values of each problem."""

    choices: tuple
    values: tuple


class Search:
    """Looks for the edits that reproduce the results of the learner's function."""

    def __init__(self, task, problems, theirs):
        self.task, self.kind, self.theirs = task, problems[0].kind, theirs
        self.edits = {
            place: [edit for edit in task.edits if place in edit.places.split()]
            for place in task.places.split()
        }
        start = []
        for given, arrays in zip(problems, theirs, strict=True):
            values = {name: given.values[name] for name in ("A0", "Y", "rate")}
            values |= {f"their_{name}": array for name, array in arrays.items()}
            start.append(values | given.pick(*task.start.split()))
        self.start = State((), tuple(start))

    def explain(self):
        """Return the choices that explain the results, and the places that none does.

        Stage by stage the explanations with the fewest different mistakes are kept.
        """
        states, unknown = [self.start], []
        for stage in self.task.stages(len(self.kind.activations), self.theirs[0]):
            found = [
                more for state in states for more in self.fewest(state, stage, NEW)
            ]
            if not found:
                place, more = self.give_up(states[0], stage)
                unknown.append(place)
                if more is None:
                    break
                found = [more]
            found.sort(key=self.cost)
            least = self.cost(found[0])[0]
            states = [s for s in found if self.cost(s)[0] == least][:6]
        return states[0].choices, unknown

    def cost(self, state):
        """Few different mistakes first, then few places, then the catalogue's order."""
        order = sum(self.task.edits.index(choice.edit) for choice in state.choices)
        different = {choice.key for choice in state.choices}
        return len(different), len(state.choices), order

    def fewest(self, state, stage, most, skip=None):
        """Return the states that explain one more stage with the fewest new mistakes."""
        for new in range(most + 1):
            found = [
                State((*state.choices, *choices), tuple(values))
                for choices in self.walk(state, stage, new, skip)
                if all(values := [
                    self.replay(choices, stage, values, theirs, skip)
                    for values, theirs in zip(state.values, self.theirs, strict=True)
                ])
            ]  # fmt: skip
            if found:
                return found
        return []

    def give_up(self, state, stage):
        """Return where a stage cannot be explained, and a state to go on from, if any.

        A result on which nothing else depends is skipped; a hidden one ends the search.
        """
        names = [f"{place}{layer}" for place, layer in stage]
        seen = [name for name in names if name in self.theirs[0]]
        for name in seen:
            found = self.fewest(state, stage, 1, skip=name)
            if found:
                return name, found[0]
        return [name for name in names if name not in seen][-1], None

    def walk(self, state, stage, new, skip):
        """Yield the choices that explain a stage of the first problem.

        A number that is still unknown is carried along as two values, for 0 and for 1,
        stacked; the first result that is seen tells what it is.
        """
        known = {choice.key: choice for choice in state.choices}

        def options(place, choices, left):
            used = {**known, **{choice.key: choice for choice in choices}}.values()
            again = [choice for choice in used if place in choice.edit.places.split()]
            yield None, None, 0
            yield from ((choice.edit, choice.number, 0) for choice in again)
            if left:
                old = {choice.edit for choice in again if not choice.edit.unknown}
                yield from ((e, None, 1) for e in self.edits[place] if e not in old)

        def step(i, values, choices, left, open_number):
            if i == len(stage):
                if not left and not open_number:
                    yield choices
                return
            place, layer = stage[i]
            name = f"{place}{layer}"
            theirs = self.theirs[0].get(name)
            scene = Scene(place, layer, values, self.kind)
            for edit, number, price in options(place, choices, left):
                solving = edit is not None and edit.unknown and number is None
                if open_number and solving:
                    continue
                value = perform(scene, edit, [0.0, 1.0] if solving else number)
                if value is None:
                    continue
                now, found, solving = values, choices, solving or open_number
                if edit:
                    found = (*choices, Choice(edit, place, layer, number))
                if name == skip:
                    value = theirs
                elif theirs is not None:
                    if solving and value.ndim == 3:
                        number = solve(theirs, value)
                        if number is None:
                            continue
                        now = {key: blend(number, v) for key, v in values.items()}
                        value, solving = blend(number, value), False
                        found = tuple(settle(choice, number) for choice in found)
                    if not same(theirs, value):
                        continue
                yield from step(
                    i + 1, now | {name: value}, found, left - price, solving
                )

        yield from step(0, state.values[0], (), new, False)

    def replay(self, choices, stage, values, theirs, skip):
        """Return the values of a problem with these choices, None if they contradict."""
        made = {(choice.place, choice.layer): choice for choice in choices}
        values = dict(values)
        for place, layer in stage:
            choice, name = made.get((place, layer)), f"{place}{layer}"
            scene = Scene(place, layer, values, self.kind)
            value = perform(scene, choice and choice.edit, choice and choice.number)
            if name == skip:
                value = theirs[name]
            elif value is None or (name in theirs and not same(theirs[name], value)):
                return None
            values[name] = value
        return values


def perform(scene, edit, number=None):
    """Return what an edit gives at its place, or None where it cannot be made.

    number: what is put in for its unknown number; of a list, the results are stacked.
    """
    try:
        if edit is None:
            return np.asarray(scene.right)
        if not edit.when(scene):
            return None
        if isinstance(number, list):
            return np.stack([edit.operation(scene, each) for each in number])
        return np.asarray(
            edit.operation(scene, *([] if number is None else [number])), dtype=float
        )
    except (AttributeError, ValueError, IndexError):
        return None  # shapes that do not fit, or a layer that is not there


def solve(theirs, stacked):
    """Return the number at which start + number (end - start) is nearest to theirs."""
    start, move = stacked[0].ravel(), (stacked[1] - stacked[0]).ravel()
    if theirs.size != start.size or not move @ move:
        return None
    number = float((theirs.ravel() - start) @ move / (move @ move))
    return number if abs(number) > 1e-3 else None  # without it there is no mistake


def blend(number, value):
    """Return a value known for 0 and for 1, at this number."""
    if np.ndim(value) == 3:
        return value[0] + number * (value[1] - value[0])
    return value


def settle(choice, number):
    """Return the choice with this number, if its own was still open."""
    still_open = choice.edit.unknown and choice.number is None
    return replace(choice, number=number) if still_open else choice


# -------------------------------------------------------------------------- diagnose


def diagnose(function, network=two_layer, what=None):
    """Return the `Diagnosis` of a learner's function.

    function: backward_propagation(parameters, cache, X, Y), forward_propagation(X,
        parameters), compute_cost(output, Y) or update_parameters(parameters, grads,
        learning_rate), written for the network. It gets copies, and is never read.
        It may return dictionaries, or tuples in the order W1, b1, W2 ...
    network: two_layer, three_layer, worked_example or a deep.Network.
    what: "backward", "forward", "cost" or "update"; by default what the names of the
        arguments say, or else the name of the function.

    Raises TypeError for another network, ValueError if it cannot be told what it is.
    Introduced in chapter 6.
    """
    kind, own_layers = kind_of(network)
    if what is None and callable(function):
        what = guess_what(function)
    what = what or "backward"
    if what not in TASKS:
        raise ValueError(f"what: expected one of {', '.join(TASKS)}, got {what!r}.")
    with np.errstate(all="ignore"), unchecked():
        return Examination(function, TASKS[what], kind).result(own_layers)


class Examination:
    """The steps from a function to its diagnosis: call, read, compare, search."""

    def __init__(self, function, task, kind):
        self.function, self.task, self.kind = function, task, kind

    def call_all(self, all_sizes):
        """Return problems of these sizes, and an attempt at each."""
        problems = [problem(self.kind, sizes) for sizes in all_sizes]
        return problems, [call(self.function, self.task, each) for each in problems]

    def result(self, own_layers):
        """Return the diagnosis."""
        first, second, one_output = different_sizes(self.kind)
        sizes = [first, second, one_output]
        if self.task is TASKS["cost"]:  # one number says little: ask for more of them
            sizes[2:2] = [(*first[:-1], first[-1] + more) for more in (1, 2, 3, 4)]
        problems, attempts = self.call_all(sizes)
        failed = next((a for a in attempts if a.problem), None)
        if failed and failed.problem == "raised" and own_layers:
            m = max(own_layers) + 1
            own = self.call_all([(*own_layers, m), (*own_layers, m + 1)])
            if not any(a.problem for a in own[1]) and self.compare(*own).right:
                return Diagnosis("right", (), ("It is right for the sizes of this "
                                 "network; with others it raises an error.",))  # fmt: skip
        if failed and failed.problem != "changed its inputs":
            return self.after_error(failed, problems, attempts)
        return self.compare(problems, attempts)

    def after_error(self, failed, problems, attempts):
        """Return the diagnosis of a function that did not get to its end."""
        if failed.problem == "not attempted":
            return Diagnosis("not attempted", (), (failed.message,))
        line = (
            f" Line {failed.line[0]}: {failed.line[1].strip()}" if failed.line else ""
        )
        code, text = failed.problem.replace(" ", "-"), failed.message + line
        if failed.problem != "raised":
            hint = (
                "What makes a loop stop?" if code == "no-end" else "What is returned?"
            )
            return Diagnosis("wrong", (Mistake(code, "function", text, hint),))
        facts = []
        if not attempts[-1].problem and problems[-1].sizes[-2] == 1:
            if self.compare(problems[-1:], attempts[-1:]).right:
                facts = ["With one output (n_y = 1) it runs, and is right."]
        problems, attempts = self.call_all(equal_sizes(self.kind))
        hint = "Write down the shapes of the arrays in that line."
        if any(attempt.problem for attempt in attempts):
            return Diagnosis("raised", (Mistake(code, "function", text, hint),), facts)
        mistakes = self.compare(problems, attempts).mistakes
        if not mistakes:
            more = "It runs only where all sizes are equal. " + text
            mistakes = (Mistake("raised", "function", more, hint),)
        else:
            facts.insert(0, f"{text} Where all sizes are equal, it runs.")
        return Diagnosis("raised", mistakes, tuple(facts))

    def compare(self, problems, attempts):
        """Return the diagnosis of a function that has returned something."""
        task = self.task
        rights = [task.right(given) for given in problems]
        readings = [
            read(attempt.value, task, given)
            for attempt, given in zip(attempts, problems, strict=True)
        ]
        form = {(m.code, m.where): m for _, found in reversed(readings) for m in found}
        if any(attempt.problem for attempt in attempts):  # it changed its inputs
            message = next(a.message for a in attempts if a.problem)
            hint = "Which of your lines works in place (+=, A[...] = ...)?"
            form["inputs"] = Mistake("inputs-changed", "inputs", message, hint)
        theirs = [arrays for arrays, _ in readings]
        shared = [name for name in rights[0] if all(name in each for each in theirs)]
        theirs = [{name: each[name] for name in shared} for each in theirs]
        wrong = [
            name for name in shared
            if not all(same(t[name], r[name]) for t, r in zip(theirs, rights, strict=True))
        ]  # fmt: skip
        # What is wrong may have the right size by chance, where there is one output.
        by_chance = {m.where for m in readings[-1][1]} - {
            m.where for m in readings[0][1]
        }
        form = tuple(m for m in form.values() if m.where not in by_chance & set(wrong))
        if not wrong or not shared:
            if {m.code for m in form} - SHAPES or not shared:
                return Diagnosis("wrong", form)
            return Diagnosis("misshapen", form) if form else Diagnosis("right")
        factor = self.common_factor(problems, theirs, rights)
        if factor:
            return Diagnosis("scaled", (factor, *form))
        several = slice(0, max(2, len(problems) - 1))  # one output alone hides too much
        choices, unknown = Search(task, problems[several], theirs[several]).explain()
        mistakes, facts = merge(choices, problems[0]), []
        if not choices and not unknown:
            unknown = wrong[:1]  # only with one output
        mistakes += [unknown_mistake(place) for place in unknown]
        if unknown:
            facts = self.what_is_known(problems[0], theirs, rights, wrong)
        alone = problems[-1].sizes[-2] == 1 and len(problems) > 2
        if alone and all(same(theirs[-1][name], rights[-1][name]) for name in wrong):
            facts.append("With one output (n_y = 1) your function is right.")
        return Diagnosis("wrong", (*mistakes, *form), tuple(facts))

    def common_factor(self, problems, theirs, rights):
        """Return the mistake of one positive factor on all results, or None."""
        if self.task not in (TASKS["backward"], TASKS["cost"]):
            return None
        ratios = []
        for mine, right in zip(theirs, rights, strict=True):
            if any(
                mine[name].shape != right[name].shape for name in right if name in mine
            ):
                return None
            top = sum(mine[name].ravel() @ right[name].ravel() for name in mine)
            ratio = top / sum(
                right[name].ravel() @ right[name].ravel() for name in mine
            )
            if not ratio > 0 or not all(
                same(mine[name], ratio * right[name]) for name in mine
            ):
                return None
            ratios.append(float(ratio))
        one = self.task is TASKS["cost"]
        where, what = (
            "cost" if one else "every gradient",
            "The cost" if one else "Each gradient",
        )
        hint = "Is your cost a sum or a mean, with a half or without?"
        scenes = [
            Scene("dZ", len(self.kind.activations), given.values, self.kind)
            for given in problems
        ]
        for code, factor, words in FACTORS:
            if np.allclose(ratios, [factor(s) for s in scenes], rtol=1e-3):
                text = f"{what} is {words.format(**scenes[0].words())} times "
                return Mistake(code, where, text + "what this course has.", hint)
        number = ratios[0]
        text = f"{what} is {show(number)} times what this course has."
        if np.ptp(ratios) > 1e-3 * number:
            if one:  # one number is always a multiple of another
                return None
            text, number = (
                f"{what} is off by a factor that changes with the data.",
                None,
            )
        for base in (2, 10):
            if one and abs(number * np.log(base) - 1) < 1e-3:
                text = f"The cost uses log{base}, not the natural logarithm."
                return Mistake("other-logarithm", where, text, hint, number)
        return Mistake("scaled", where, text, hint, number)

    def what_is_known(self, given, theirs, rights, wrong):
        """Return sentences about a mistake that is not in the catalogue."""
        fine = [name for name in rights[0] if name in theirs[0] and name not in wrong]
        facts = [f"Right: {', '.join(fine)}."] if fine else []
        if len(wrong) > 1:
            facts.append(f"Wrong: {', '.join(wrong)}; {wrong[0]} is computed first.")
        if self.task is not TASKS["backward"]:
            return facts
        down = all(
            sum((t[n] * r[n]).sum() for n in t if t[n].shape == r[n].shape) > 0
            for t, r in zip(theirs, rights, strict=True)
        )
        facts.append(
            "Your gradients still point uphill, so the cost may fall all the same."
            if down else "A step against your gradients does not always go downhill."
        )  # fmt: skip
        return facts + self.by_example(given)

    def by_example(self, given):
        """Return a sentence that tells on which examples alone it is right, if any."""
        fine, m = [], given.values["A0"].shape[1]
        for i in range(m):
            batch = {
                name
                for name, value in given.values.items()
                if name[0] in "AZYd" and np.ndim(value) and value.shape[1] == m
            }
            values = {
                name: value[:, i : i + 1] if name in batch else value
                for name, value in given.values.items()
            }
            one = Problem(self.kind, values, (*given.sizes[:-1], 1))
            answer = call(self.function, self.task, one)
            arrays = {} if answer.problem else read(answer.value, self.task, one)[0]
            right = self.task.right(one)
            if arrays and all(same(arrays[name], right[name]) for name in arrays):
                fine.append(i)
        if not 0 < len(fine) < m:
            return ["With one example at a time it is right."] if fine else []
        which = ", ".join(str(i + 1) for i in range(m) if i not in fine)
        text = f"With one example at a time it is wrong for {m - len(fine)} of {m}"
        Y = given.values["Y"][0]
        for label in (0, 1):
            if [i for i in range(m) if Y[i] != label] == fine:
                return [f"{text}: those with {label} in the first row of Y."]
        return [f"{text} examples: number {which}."]


def merge(choices, given):
    """Return the mistakes of these choices; one that is made in many layers is one."""
    groups, mistakes = {}, []
    for choice in choices:
        groups.setdefault(choice.key, []).append(choice)
    for first, *others in groups.values():
        words, *also = (
            Scene(each.place, each.layer, given.values, given.kind).words()
            for each in (first, *others)
        )
        if first.number is not None:
            words["number"] = show(first.number)
        text = first.edit.message.format(**words)
        if also:
            text += f" The same happens in {', '.join(each['here'] for each in also)}."
        hint = (first.edit.hint or HINTS[first.edit.code]).format(**words)
        text = (
            text[0].upper() + text[1:] if text[1].islower() and text[0] != "d" else text
        )
        mistakes.append(
            Mistake(first.edit.code, words["here"], text, hint, first.number)
        )
    return mistakes


def unknown_mistake(place):
    """Return the mistake of a place where nothing in the catalogue fits."""
    where = "cost" if place.startswith("cost") else place.replace("dA", "dZ")
    text = f"{where} is wrong, in a way that is not in the catalogue."
    if where.startswith("dZ"):
        text += " What is computed from it cannot be judged yet."
    hint = f"Compute one entry of {where} on paper, for one example."
    return Mistake("unknown", where, text, hint)
