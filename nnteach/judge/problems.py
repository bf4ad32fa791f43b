"""Small random problems on which a learner's function is tried, and what is asked.

A `Problem` holds parameters, data and everything that the right computation makes of
them; all its sizes differ, so that nothing hides. A `Task` is a part of a network: the
backward pass, the forward pass, the cost or the update. Introduced in chapter 6.
"""

import functools
from dataclasses import dataclass

import numpy as np

from nnteach import deep, gradients, three_layer, two_layer, worked_example
from nnteach.checks import describe, unchecked
from nnteach.judge.catalogue import BACKWARD, COST, FORWARD, UPDATE, Scene


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


# Each returns sizes (inputs first, m last) of three problems. The third is not used to
# find a mistake, only to see whether what was found holds.


def different_sizes(kind):
    """Return three lists of sizes; only very deep networks repeat hidden ones."""
    hidden = [5 + layer % 5 for layer in range(len(kind.activations) - 1)]
    m = max(hidden, default=5) + 2
    up = [size + 1 for size in reversed(hidden)]
    return (4, *hidden, 3, m), (3, *up, 2, 5), (2, *hidden, 4, m + 1)


def one_output(kind):
    """Return the same with one output."""
    return [(*sizes[:-2], 1, sizes[-1]) for sizes in different_sizes(kind)]


def equal_sizes(kind):
    """Return sizes that are all equal in each problem."""
    return [(n,) * (len(kind.activations) + 2) for n in (4, 5, 3)]


def own_sizes(layers):
    """Return the sizes of a given network, with three numbers of examples."""
    return [(*layers, max(layers) + more) for more in (1, 2, 3)]


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

    def example(self, i):
        """Return the problem with example number i alone."""
        values = {
            name: value[:, i : i + 1] if name[0] in "AZY" else value
            for name, value in self.values.items()
        }
        return Problem(self.kind, values, (*self.sizes[:-1], 1))

    def changed(self, **change):
        """Return the same with functions of some values, by name."""
        values = {name: change[name](self.values[name]) for name in change}
        return Problem(self.kind, self.values | values, self.sizes)


def extremes(kind, task):
    """Return (words, changes) of problems in which what is cut off shows, or None.

    Backwards dW1 alone becomes larger; forwards all does; a cost gets sure outputs.
    """
    last = len(kind.activations)
    if task == "backward":
        grown = {name: lambda a: a * 100 for name in ("A0", "dW1")}
        words = "inputs a hundred times as large; with smaller ones it is right"
        return words, {**grown, "W1": lambda a: a / 100}
    if task == "forward":
        words = "inputs ten times as large; with smaller ones it is right"
        return words, {"A0": lambda a: a * 10}
    if task == "cost" and kind.cost == "binary_cross_entropy":
        words = "outputs of 0.002 and 0.998; with less sure ones it is right"
        sure = {f"A{last}": lambda a: np.where(a > 0.5, 0.998, 0.002)}
        return words, {**sure, f"Z{last}": lambda z: np.sign(z) * np.log(499)}
    return None


@functools.lru_cache(maxsize=64)
def problem(kind, sizes):
    """Return a random problem of these sizes (inputs first, m last).

    Each unit with a kink is switched on by some examples and off by others, none of
    them near the kink. The right gradients are checked against central differences.
    """
    rng = np.random.default_rng(0)
    *layers, m = sizes
    values = {"A0": rng.standard_normal((layers[0], m)), "Y": None}
    # Large, so that a wrong step is seen beside its parameter, and not always the same:
    # what holds for one rate only is not said.
    values["rate"] = 6.0 + m % 4
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
        near = np.allclose(values[name], value, rtol=1e-4, atol=1e-8)
        assert near, f"{name} is not what was measured"
    return found


def run_right(kind, values, places, layers):
    """Add what the right operations compute to the values."""
    for layer in layers:
        for place in places.split():
            values[f"{place}{layer}"] = Scene(place, layer, values, kind).right


# ---------------------------------------------------------------- what can be asked


@dataclass(frozen=True)
class Task:
    """A part of a network that a learner writes.

    takes: the course's names of its arguments; edits: the mistakes that are known;
    start: what its computation starts from; places: what it computes in each layer, in
    this order; results: which of them it returns.
    """

    name: str
    takes: str
    edits: list
    start: str
    places: str
    results: str

    def names(self, layers, results):
        """Return (place, layer) of all that it computes, or returns, in order."""
        order = range(1, layers + 1)
        if self.name == "backward":
            order = range(layers, 0, -1)
        if self.name == "cost":
            order = [layers]
        stems = (self.results if results else self.places).split()
        return [(stem, layer) for layer in order for stem in stems]

    def stages(self, layers, seen):
        """Return the chain of (place, layer), cut where a layer's results are seen."""
        stages, chain = [[]], self.names(layers, results=False)
        last = {layer: (p, layer) for p, layer in chain if f"{p}{layer}" in seen}
        for step in chain:
            stages[-1].append(step)
            if last.get(step[1]) == step and step != chain[-1]:
                stages.append([])
        return [stage for stage in stages if stage]

    def right(self, given):
        """Return the right results of a problem by name, as they are computed."""
        values, layers = dict(given.values), len(given.kind.activations)
        with unchecked():
            for place, layer in self.names(layers, results=False):
                run_right(given.kind, values, place, [layer])
        names = [f"{stem}{layer}" for stem, layer in self.names(layers, results=True)]
        return {name: np.asarray(values[name]) for name in names}


def said(name):
    """Return how a value is called before a reader: "newW1" is W1 after the update."""
    return "cost" if name.startswith("cost") else name.removeprefix("new")


TASKS = {
    task.name: task
    for task in (
        Task(
            "backward", "parameters cache X Y", BACKWARD, "W b Z A", "dA dZ dW db",
            "dW db",
        ),
        Task("forward", "X parameters", FORWARD, "W b", "Z A", "Z A"),
        Task("cost", "output Y", COST, "Z A", "cost", "cost"),
        Task(
            "update", "parameters grads learning_rate", UPDATE, "W b dW db",
            "newW newb", "newW newb",
        ),
    )
}  # fmt: skip
