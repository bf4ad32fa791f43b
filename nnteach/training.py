"""Gradient descent: one update, and a whole training run.

        forward -> cost -> backward -> update -> forward -> cost -> ...

`train` works with every network of this course, and with a learner's own file: it only
calls forward_propagation, compute_cost and backward_propagation. With K learning rates
it trains K networks at once, through the very same lines. Introduced in chapter 2.
"""

import math
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from nnteach.checks import (
    apart,
    beneath,
    calling,
    checked,
    dictionary_of,
    finite,
    fit_together,
    inputs,
    layers,
    numbers,
    rates,
    unchecked,
    whole,
    whole_row,
    wrong,
)
from nnteach.gradients import first_round


@checked(parameters=dictionary_of(finite), grads=dictionary_of(numbers))
def update_parameters(parameters, grads, learning_rate):
    """Return the parameters one step downhill: W - learning_rate * dW, for each.

    parameters: arrays by name, such as W1, b1; grads: dW1, db1 ... of the same shapes.
    learning_rate: a positive number, or an array (K,) for K stacked runs.
    Source: Nielsen (2015), equations (16) and (17).
    """
    rate = learning_rate
    if isinstance(rate, np.ndarray) and rate.ndim:
        rate = rate[..., None, None]  # one in front of each run's rows and columns
    return {
        name: value - rate * grads["d" + name] for name, value in parameters.items()
    }


@dataclass(frozen=True)
class Run:
    """What `train` returns: the result of one training run, or of K at once.

    parameters: the parameters after the last update.
    costs: shape (iterations + 1,); costs[i] is the cost before update i, so costs[0]
        belongs to the start and costs[-1] to `parameters`. (iterations + 1, K) for K.
    learning_rate: as it was given.
    diverged_at: the first i whose cost or parameters were not finite, or None; for K
        runs an array of K numbers, -1 for those that did not diverge. From there on the
        costs are infinite, and the parameters are the last finite ones.
    kept: the parameters before update i as kept[i], for each i that `keep` named; they
        are those of costs[i], and of a run that has diverged the last ones.
    """

    parameters: dict
    costs: np.ndarray
    learning_rate: float | np.ndarray
    diverged_at: int | np.ndarray | None
    kept: dict = field(default_factory=dict)

    def __len__(self):
        """Return the number of runs, if there are many."""
        if self.costs.ndim == 1:
            raise TypeError("This is one run, not many; its costs are in run.costs.")
        return self.costs.shape[1]

    def __getitem__(self, k):
        """Return run number k out of many, as a Run of its own."""
        count = len(self)
        if not -count <= k < count:
            raise IndexError(f"run {k}: expected a number from 0 to {count - 1}.")
        diverged_at = int(self.diverged_at[k])
        return Run(
            one_of_many(self.parameters, k),
            self.costs[:, k],
            float(np.broadcast_to(self.learning_rate, (count,))[k]),
            None if diverged_at < 0 else diverged_at,
            {i: one_of_many(parameters, k) for i, parameters in self.kept.items()},
        )

    def __repr__(self):
        iterations, first, last = len(self.costs) - 1, self.costs[0], self.costs[-1]
        if self.costs.ndim == 1:
            end = (
                f"cost {first:.4f} -> {last:.4f}"
                if self.diverged_at is None
                else f"diverged at iteration {self.diverged_at}"
            )
            return f"Run of {iterations} iterations: {end}"
        diverged = int((self.diverged_at >= 0).sum())
        return f"{len(self)} runs of {iterations} iterations, {diverged} diverged"


@apart
def train(network, X, Y, parameters, learning_rate=0.1, iterations=1000, keep=None):
    """Return the `Run` of gradient descent on the whole data set.

    network: a module or object with forward_propagation, compute_cost and
        backward_propagation, such as two_layer.
    X, Y: inputs (n_x, m) and targets (n_y, m), one example per column.
    parameters: where to start, one set or K stacked ones; they are not modified.
    learning_rate: a positive number, or an array (K,) to train K runs at once.
    iterations: number of updates.
    keep: the updates before which the parameters are kept for `run.kept`, such as
        [0, 10, 100]; the number of iterations stands for the end.

    A run whose cost or parameters stop being finite is marked and frozen; the others
    go on. Raises ValueError or TypeError, before any update, for input that does not
    fit. Source: Nielsen (2015), chapter 1, equations (16) and (17).
    """
    X, Y = inputs("X", X), inputs("Y", Y)
    rate = rates("learning_rate", learning_rate)
    iterations = whole("iterations", iterations)
    if keep is not None:
        keep = whole_row("keep", keep, iterations, f"keep=[0, {iterations}]")
    parameters, runs = start(network, X, Y, parameters, rate)
    rate = rate if runs and rate.ndim else rate.item()
    given = network, X, Y, parameters, rate, iterations, keep, runs
    run = descend(*given)
    if not all_finite(run.parameters).all():
        # A saturated unit has a finite cost with any weight. It is too rare to look for
        # in each round, and nothing makes an infinite weight finite again.
        run = descend(*given, watch_parameters=True)
    return run


def descend(
    network, X, Y, parameters, rate, iterations, keep, runs, watch_parameters=False
):
    """Return the `Run`, for input that was checked."""
    forward_propagation = beneath(network.forward_propagation)
    compute_cost = beneath(network.compute_cost)
    backward_propagation = beneath(network.backward_propagation)
    update = beneath(update_parameters)
    is_finite = (lambda cost: np.isfinite(cost).all()) if runs else math.isfinite
    costs = np.full((iterations + 1, *runs), np.inf)
    kept = {} if keep is None else dict.fromkeys(np.unique(keep).tolist())
    diverged_at = np.full(runs, -1)
    all_going, previous = True, parameters

    with unchecked(), np.errstate(all="ignore"):  # overflow is marked, not warned of
        for i in range(iterations + 1):
            output, cache = forward_propagation(X, parameters)
            cost = compute_cost(output, Y)
            if watch_parameters:
                cost = np.where(all_finite(parameters), cost, np.inf)
            if not (all_going and is_finite(cost)):
                going = np.isfinite(cost) & (diverged_at < 0)
                diverged_at[~going & (diverged_at < 0)] = i
                parameters = freeze(parameters, previous, going)
                all_going = False
                if not going.any():
                    break
                cost = np.where(going, cost, np.inf)
            costs[i] = cost
            if i in kept:
                kept[i] = copied(parameters)
            if i < iterations:
                grads = backward_propagation(parameters, cache, X, Y)
                previous = parameters
                parameters = update(parameters, grads, rate)

    for i in kept:
        if kept[i] is None:  # all runs had diverged before
            kept[i] = copied(parameters)
    if runs:
        return Run(parameters, costs, rate, diverged_at, kept)
    first = int(diverged_at)
    return Run(parameters, costs, rate, None if first < 0 else first, kept)


def all_finite(parameters):
    """Return whether all parameters are finite: one answer for each run."""
    answers = [np.isfinite(value).all(axis=(-2, -1)) for value in parameters.values()]
    return np.all(answers, axis=0)


def one_of_many(parameters, k):
    """Return the parameters of run number k."""
    return {name: value[k] for name, value in parameters.items()}


def copied(parameters):
    """Return copies, which nothing that comes later can change."""
    return {name: value.copy() for name, value in parameters.items()}


FUNCTIONS = (
    "initialize_parameters", "forward_propagation", "compute_cost",
    "backward_propagation", "predict",
)  # fmt: skip


def variant(network, **functions):
    """Return the network with some of its functions replaced, to see what that does.

    variant(two_layer, backward_propagation=mine) trains with your own backward pass.
    Its `predict` goes through a forward_propagation of yours. Introduced in chapter 2.
    """
    own = {n: getattr(network, n) for n in FUNCTIONS if hasattr(network, n)}
    for name in functions:
        if name not in own:
            wanted = f"one of {', '.join(own) or '(it has none)'}"
            raise wrong("variant", wanted, name, "a function that the network has")
    if "predict" in own and "forward_propagation" in functions:
        own["predict"] = calling(own["predict"], functions)
    return SimpleNamespace(**own | functions)


def start(network, X, Y, parameters, rate):
    """Return the parameters, stacked for all runs, and the shape of the runs."""
    parameters = layers("parameters", parameters)
    fit_together({"parameters": parameters, "learning_rate": rate})
    stacks = [rate.shape, *(value.shape[:-2] for value in parameters.values())]
    runs = np.broadcast_shapes(*stacks)
    if len(runs) > 1:
        wanted = "one run, or K of them along one axis in front"
        raise wrong(
            "parameters", wanted, f"{runs} runs", "np.reshape(W1, (K, n_h, n_x))"
        )
    parameters = {
        name: np.broadcast_to(value, (*runs, *value.shape[-2:]))
        for name, value in parameters.items()
    }
    cost, _ = first_round(network, X, Y, parameters, runs)
    if not np.isfinite(cost).all():
        wanted = "a start whose cost is finite"
        raise wrong("parameters", wanted, f"a cost of {cost}", "smaller parameters")
    return parameters, runs


def freeze(parameters, previous, going):
    """Return the parameters where a run is going on, the previous ones elsewhere."""
    going = np.asarray(going)[..., None, None]
    return {k: np.where(going, parameters[k], previous[k]) for k in parameters}
