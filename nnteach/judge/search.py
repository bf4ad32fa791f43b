"""Search the catalogue for the edits that explain what a learner's function returned.

A `Problem` is small and random, and all its sizes differ, so that nothing hides. A
`Task` is a kind of function: backward pass, forward pass, cost or update. A `Search`
goes through the places of the computation in their order, tries the right operation
and each edit there, and drops what contradicts the learner's numbers as soon as one of
them is seen. Introduced in chapter 6.
"""

import functools
from dataclasses import dataclass, replace

import numpy as np

from nnteach import deep, gradients, three_layer, two_layer, worked_example
from nnteach.checks import describe
from nnteach.judge.catalogue import BACKWARD, COST, FORWARD, UPDATE, Scene

TOLERANCE = 1e-4  # of the length of an array: lets float32 pass, and no known mistake
NEW = 2  # how many different mistakes are looked for in one layer
LONG = 6  # where more places than these have no result that is seen, only one mistake

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
    values = {"A0": rng.standard_normal((layers[0], m)), "Y": None}
    values["rate"] = 7.0  # large, so that a wrong step is seen beside its parameter
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
        """Return the right results of a problem by name, as they are computed."""
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
                names, more = self.give_up(states[0], stage)
                unknown += names
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
        """Return the states that explain a stage with the fewest new mistakes."""
        if len(stage) > LONG:
            most = 1
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
        """Return what of a stage cannot be explained, and the state to go on from.

        A result can be skipped, as it is known; a hidden value ends the search.
        """
        names = [f"{place}{layer}" for place, layer in stage]
        seen = [name for name in names if name in self.theirs[0]]
        for name in seen:
            found = self.fewest(state, stage, 1, skip=name)
            if found:
                return [name], found[0]
        hidden = [name for name in names if name not in seen]
        if hidden:
            return hidden[-1:], None
        pairs = zip(state.values, self.theirs, strict=True)
        return seen, replace(state, values=tuple(old | new for old, new in pairs))

    def walk(self, state, stage, new, skip):
        """Yield the choices that explain a stage of the first problem.

        A number that is still open is carried along as two values, for 0 and for 1,
        stacked (for two numbers as four); the first result seen tells what it is.
        """
        known = {choice.key: choice for choice in state.choices}

        def options(place, choices, left):
            used = {**known, **{choice.key: choice for choice in choices}}.values()
            again = [choice for choice in used if place in choice.edit.places.split()]
            yield None, None, 0
            if len(stage) <= LONG:
                yield from ((choice.edit, choice.number, 0) for choice in again)
            if left:
                old = {choice.edit for choice in again if not choice.edit.unknown}
                yield from ((e, None, 1) for e in self.edits[place] if e not in old)

        def step(i, values, choices, left, still_open):
            if i == len(stage):
                if not left and not still_open:
                    yield choices
                return
            place, layer = stage[i]
            name = f"{place}{layer}"
            theirs = self.theirs[0].get(name)
            scene = Scene(place, layer, values, self.kind)
            for edit, number, price in options(place, choices, left):
                solving = edit is not None and edit.unknown and number is None
                if still_open + solving > 2:
                    continue
                value = perform(scene, edit, [0.0, 1.0] if solving else number)
                if value is None:
                    continue
                now, found, more = values, choices, still_open + solving
                if edit:
                    found = (*choices, Choice(edit, place, layer, number))
                if name == skip:
                    value = theirs
                elif theirs is not None:
                    if more and value.ndim == 2 + more:
                        numbers = solve(theirs, value)
                        if numbers is None:
                            continue
                        now = {key: blend(numbers, v) for key, v in values.items()}
                        value, more = blend(numbers, value), 0
                        found = settle(found, numbers)
                    if not same(theirs, value):
                        continue
                yield from step(i + 1, now | {name: value}, found, left - price, more)

        yield from step(0, state.values[0], (), new, 0)

    def replay(self, choices, stage, values, theirs, skip):
        """Return the values of a problem with these choices, or None if they fail."""
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
    """Return the one or two numbers at which the stack is nearest to theirs, or None.

    With one number t it is start + t move; with a second one u, the first axis of the
    stack, it is start + t move + u turn + t u both.
    """
    if theirs.size != stacked.size // 2 ** (stacked.ndim - 2):
        return None
    if stacked.ndim == 3:
        start, moves = stacked[0], [stacked[1] - stacked[0]]
    else:
        (start, one), (other, last) = stacked
        moves = [one - start, other - start, last - one - other + start]
    moves = np.stack([move.ravel() for move in moves], axis=1)
    if not np.isfinite(moves).all():
        return None
    numbers = np.linalg.lstsq(moves, theirs.ravel() - start.ravel())[0]
    if len(numbers) == 3:
        t, u, product = numbers
        if not moves[:, 0].any():  # t moves nothing while u is 0
            t = product / u if u else 0.0
        if not moves[:, 1].any():
            u = product / t if t else 0.0
        numbers = t, u
    if min(map(abs, numbers)) < 1e-3:  # without the number there is no mistake
        return None
    return [float(number) for number in numbers]


def blend(numbers, value):
    """Return a stacked value at these numbers; another value as it is."""
    for number in reversed(numbers[: max(0, np.ndim(value) - 2)]):
        value = value[0] + number * (value[1] - value[0])
    return value


def settle(choices, numbers):
    """Return the choices, with these numbers for those that were still open."""
    numbers = iter(numbers)
    return tuple(
        replace(choice, number=next(numbers))
        if choice.edit.unknown and choice.number is None
        else choice
        for choice in choices
    )
