"""One step of training with all examples, in microseconds, beside others and the floor.

    python start.py training

Each contender starts from the same parameters, makes the same steps and keeps the cost
of each, in double precision and on one thread; whoever ends with other parameters than
ours is said to be off, and no time is shown. They take turns, and the least of each is
shown: of the processor's time, on which what else the computer does weighs least.
PyTorch and JAX take part if they are there:

    .venv/bin/python -m pip install torch==2.13.0 jax

JAX's whole loop is compiled, before the time is taken: what that costs is shown too.
The floor is what the arithmetic takes alone: the products of matrices of a step, one
exponential function (tanh for hidden layers of tanh) for each layer, and nothing else.
"""

import os
import sys
import time
import warnings
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import seed_loop
from threadpoolctl import threadpool_limits

from nnteach import data, deep, three_layer, train, two_layer

RATE = 0.05
CLOSE = 1e-8  # how far parameters may be apart
REPEATS = 11
INSTALL = {"torch": "torch==2.13.0", "jax": "jax"}


@dataclass
class Case:
    """What is trained: a network of these sizes, on X and Y, from these parameters."""

    sizes: list
    X: np.ndarray
    Y: np.ndarray
    steps: int
    deep: bool = False

    def __post_init__(self):
        self.hidden = "tanh" if len(self.sizes) == 3 and not self.deep else "relu"
        self.network, self.seeds = (
            (deep.Network(deep.architecture(self.sizes)), seed_loop.DEEP)
            if self.deep
            else (two_layer, seed_loop.TWO)
            if len(self.sizes) == 3
            else (three_layer, seed_loop.THREE)
        )
        draw, self.parameters = np.random.default_rng(0), {}
        for layer, (below, rows) in enumerate(pairwise(self.sizes), start=1):
            weights = draw.normal(size=(rows, below)) / np.sqrt(below)
            self.parameters |= {f"W{layer}": weights, f"b{layer}": np.zeros((rows, 1))}

    @property
    def name(self):
        return f"{'-'.join(map(str, self.sizes))}, {self.X.shape[1]:,}"


def case(sizes, m, steps, deep=False):
    """Return a case with m random examples, of all classes as far as m reaches."""
    X = np.random.default_rng(1).standard_normal((sizes[0], m))
    label = np.arange(m) % max(2, sizes[-1])
    Y = data.one_hot(label, sizes[-1]) if sizes[-1] > 1 else label[None, :] * 1.0
    return Case(sizes, X, Y, steps, deep)


def cases():
    X, Y = data.digits()
    return [
        *[case([2, 4, 1], m, steps=1000) for m in (1, 100, 400)],
        case([2, 4, 1], 10_000, steps=100),
        *[case([5, 10, 10, 4], m, steps=1000) for m in (10, 1000)],
        Case([64, 48, 24, 10], X[:, :1437], Y[:, :1437], steps=50),
        case([2, 25, 50, 50, 25, 1], 400, steps=100, deep=True),
    ]


# -------------------------------------------------------------------- the contenders
# Each takes a case and returns a function that trains, and returns the parameters.


def ours(case, rate=RATE):
    given = case.network, case.X, case.Y, case.parameters, rate, case.steps
    return lambda: train(*given).parameters


def seeds(case):
    given = case.seeds, case.X, case.Y, case.parameters, RATE, case.steps
    return lambda: seed_loop.train(*given)


def sklearn(case):
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    labels = case.Y[0] if len(case.Y) == 1 else case.Y.argmax(0)
    if len(np.unique(labels)) == 1:
        return None  # it learns no class alone
    model = MLPClassifier(
        case.sizes[1:-1], activation=case.hidden, solver="sgd", alpha=0, momentum=0,
        batch_size=len(labels), learning_rate_init=RATE, shuffle=False, tol=0,
        max_iter=case.steps, n_iter_no_change=np.inf, warm_start=True,
    )  # fmt: skip
    # Its own start is random, and may be better than ours ever gets.
    model.partial_fit(case.X.T, labels, classes=np.unique(labels))
    layers = range(1, len(case.sizes))

    def run():
        # Its fit goes on from the weights that it has.
        model.coefs_ = [case.parameters[f"W{i}"].T.copy() for i in layers]
        model.intercepts_ = [case.parameters[f"b{i}"][:, 0].copy() for i in layers]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(case.X.T, labels)
        return {f"W{i}": model.coefs_[i - 1].T for i in layers} | {
            f"b{i}": model.intercepts_[i - 1][:, None] for i in layers
        }

    return run


def torch(case):
    import torch
    from torch import nn

    torch.set_num_threads(1)
    X, Y = torch.tensor(case.X.T.copy()), torch.tensor(case.Y.T.copy())
    many = len(case.Y) > 1
    cost_of = nn.CrossEntropyLoss() if many else nn.BCEWithLogitsLoss()
    Y = Y.argmax(1) if many else Y
    hidden = nn.Tanh if case.hidden == "tanh" else nn.ReLU

    def run():
        layers = []
        for i, (below, rows) in enumerate(pairwise(case.sizes), start=1):
            layer = nn.Linear(below, rows, dtype=torch.float64)
            with torch.no_grad():
                layer.weight[:] = torch.tensor(case.parameters[f"W{i}"])
                layer.bias[:] = torch.tensor(case.parameters[f"b{i}"][:, 0])
            layers += [layer, hidden()]
        model = nn.Sequential(*layers[:-1])
        optimizer, costs = torch.optim.SGD(model.parameters(), lr=RATE), []
        for _ in range(case.steps):
            optimizer.zero_grad()
            cost = cost_of(model(X), Y)
            cost.backward()
            optimizer.step()
            costs.append(cost.item())
        return {
            name: value.detach().numpy().reshape(case.parameters[name].shape)
            for name, value in zip(case.parameters, model.parameters(), strict=True)
        }

    return run


def jax(case, rate=RATE):
    # Read when JAX is first used: one thread, as the others have.
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    X, Y, last = jnp.array(case.X), jnp.array(case.Y), len(case.sizes) - 1
    hidden = jnp.tanh if case.hidden == "tanh" else jax.nn.relu

    def cost(parameters):
        A = X
        for i in range(1, last + 1):
            Z = parameters[f"W{i}"] @ A + parameters[f"b{i}"]
            A = hidden(Z)
        if len(Y) > 1:
            return -(Y * jax.nn.log_softmax(Z, axis=0)).sum() / Y.shape[1]
        return (jnp.logaddexp(0, Z) - Y * Z).sum() / Y.shape[1]

    def program(parameters, rate):
        def step(parameters, _):
            value, grads = jax.value_and_grad(cost)(parameters)
            return {n: parameters[n] - rate * grads[n] for n in parameters}, value

        return jax.lax.scan(step, parameters, length=case.steps)

    if np.ndim(rate):
        program = jax.vmap(program, in_axes=(None, 0))
    compiled = jax.jit(program)
    return lambda: jax.block_until_ready(compiled(case.parameters, rate))[0]


CONTENDERS = [ours, seeds, sklearn, torch, jax]


def here():
    """Return the contenders whose library is installed."""
    return [c for c in CONTENDERS if c.__name__ not in INSTALL or find_spec(c.__name__)]


# ----------------------------------------------------------------------- the measuring


def apart(some, others):
    """Return how far two sets of parameters are apart, at most."""
    pairs = [(np.asarray(some[name]), np.asarray(others[name])) for name in others]
    return max(np.abs(one - other).max() for one, other in pairs)


def seconds(function):
    """Return the processor's time for a call."""
    start = time.process_time()
    function()
    return time.process_time() - start


def in_turns(runs, repeats=REPEATS):
    """Return {name: the least seconds}, measured in turns; the runs are warm."""
    taken, draw = {name: [] for name in runs}, np.random.default_rng(0)
    for _ in range(repeats):
        # In another order each time: JAX's threads still run while the next one does.
        for name in draw.permutation(list(runs)):
            taken[name].append(seconds(runs[name]))
    return {name: min(times) for name, times in taken.items()}


def compared(case, contenders):
    """Return {name: microseconds for a step, or why there are none}."""
    runs, says, expected = {}, {}, ours(case)()
    for contender in contenders:
        name, run = contender.__name__, contender(case)
        if run is None:
            says[name] = "-"
        elif (distance := apart(run(), expected)) > CLOSE:
            says[name] = f"off by {distance:.0e}"
        else:
            runs[name] = run
    times = in_turns(runs)
    return says | {name: 1e6 * taken / case.steps for name, taken in times.items()}


def bare(case, count=None):
    """Return a function that does the arithmetic of the case's steps and no more."""
    draw, stack, m = np.random.default_rng(2), (count,) * bool(count), case.X.shape[1]
    function, layers = np.tanh if case.hidden == "tanh" else np.exp, []
    for k, (below, rows) in enumerate(pairwise(case.sizes)):
        W = draw.standard_normal((*stack, rows, below))
        A = draw.standard_normal((*stack * (k > 0), below, m))
        layers.append((W, A, draw.standard_normal((*stack, rows, m))))

    def run():
        for _ in range(case.steps):
            for number, (W, A, dZ) in enumerate(layers):
                W @ A
                (function if number < len(layers) - 1 else np.exp)(dZ)
                dZ @ A.mT
                if number:
                    W.mT @ dZ

    return run


def growth():
    """Yield (what grows, its value, microseconds for a step, those of the floor)."""
    grown = {
        "examples, 2-4-1": {
            m: case([2, 4, 1], m, max(5, 100_000 // (m + 100)))
            for m in (1, 10, 100, 1000, 10_000, 100_000)
        },
        "width, 2-width-1, 400": {
            h: case([2, h, 1], 400, max(10, 4000 // (h + 4)))
            for h in (4, 16, 64, 256, 1024)
        },
        "hidden layers of 25, 400": {
            depth: case([2, *[25] * depth, 1], 400, 400 // depth, deep=True)
            for depth in (1, 2, 4, 8, 16)
        },
    }
    for what, some in grown.items():
        for value, each in some.items():
            yield what, value, each, ours(each), bare(each)
    for count in (1, 8, 64, 256):
        each = case([2, 4, 1], 100, 1000 // count + 10)
        run = ours(each, np.geomspace(0.01, 1, count))
        yield "rates, 2-4-1, 100", count, each, run, bare(each, count)


# --------------------------------------------------------------------------- the tables


def row(first, values, unit="{:9.1f}"):
    cells = [v if isinstance(v, str) else unit.format(v).strip() for v in values]
    print(f"{first:28}" + "".join(f"{cell:>12}" for cell in cells), flush=True)


def steps_table(contenders):
    names = [contender.__name__ for contender in contenders]
    print("\nOne step, microseconds; in the lines below it, times as long as ours")
    row("network, examples", names)
    for each in cases():
        times = compared(each, contenders)
        row(each.name, [times[name] for name in names])
        mine = times["ours"]
        ratios = [t if isinstance(t, str) else t / mine for t in map(times.get, names)]
        row("", ratios, "{:.2f} x")


def rates_table(with_jax):
    print("\nMany learning rates, 2-4-1, 100 examples: one step of all, microseconds")
    row("rates", ["at once", "one by one", "faster", "jax", "ours / jax"])
    each = case([2, 4, 1], 100, 200)
    for count in (1, 8, 64, 256):
        rates = np.geomspace(0.01, 1, count)
        runs = {"ours": ours(each, rates)}
        singles = [ours(each, rate) for rate in rates]
        runs["singles"] = lambda singles=singles: [run() for run in singles]
        alone, together = runs["singles"](), runs["ours"]()
        stacked = {name: np.stack([one[name] for one in alone]) for name in together}
        assert apart(together, stacked) < CLOSE
        if with_jax:
            runs["jax"] = jax(each, rates)
            assert apart(runs["jax"](), stacked) < CLOSE
        times = {n: 1e6 * t / each.steps for n, t in in_turns(runs, 5).items()}
        values = [times["ours"], times["singles"], times["singles"] / times["ours"]]
        if with_jax:
            values += [times["jax"], times["ours"] / times["jax"]]
        row(f"{count}", values)


def compile_table():
    print("\nJAX compiles its loop, seconds, and again for each new shape")
    for each in cases():
        row(each.name, [seconds(jax(each))], "{:.2f}")


def growth_table():
    print("\nHow time grows: one step, microseconds")
    row("", ["ours", "floor", "/ floor"])
    for what, value, each, run, floor in growth():
        run(), floor()
        times = in_turns({"ours": run, "floor": floor})
        mine, least = (1e6 * times[name] / each.steps for name in ("ours", "floor"))
        row(f"{what}: {value:,}", [mine, least, mine / least])


def main():
    contenders = here()
    names = ["numpy", "scikit-learn", *(n for n in INSTALL if find_spec(n))]
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    print(f"Python {sys.version.split()[0]}, {versions}; one thread")
    for name, package in INSTALL.items():
        if not find_spec(name):
            install = f"{sys.executable} -m pip install {package}"
            print(f"{name} takes no part, for it is not installed: {install}")
    # Made and dropped: glibc then keeps what is freed for the next step, for all alike,
    # and the times no longer depend on what lies where.
    np.empty(2_000_000)
    with threadpool_limits(1):
        if jax in contenders:
            compile_table()
        steps_table(contenders)
        rates_table(jax in contenders)
        growth_table()


if __name__ == "__main__":
    main()
