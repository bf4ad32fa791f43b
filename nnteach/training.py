"""Training: a whole run of gradient descent, or many at once.

        forward -> cost -> backward -> update -> forward -> cost -> ...

`train` works with every network of this course, and with a learner's own file: it only
calls forward_propagation, compute_cost and backward_propagation. With K learning rates
it trains K networks at once, through the very same lines. One loop serves all examples
at once and batches of them, and any update. Introduced in chapter 2.
"""

import functools
import math
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np

from nnteach.checks import (
    all_fit,
    apart,
    beneath,
    calling,
    describe,
    dictionary,
    factor,
    fit_together,
    generator,
    inputs,
    layers,
    rates,
    unchecked,
    whole,
    whole_row,
    wrong,
)
from nnteach.gradients import first_round
from nnteach.updates import gradient_descent, mini_batches


@dataclass(frozen=True)
class Run:
    """What `train` returns: the result of one training run, or of K at once.

    parameters: the parameters after the last update.
    costs: shape (iterations + 1,); costs[i] is the cost of all examples before
        iteration i, so costs[0] belongs to the start and costs[-1] to `parameters`;
        with batches too. (iterations + 1, K) for K runs.
    learning_rate: as it was given.
    diverged_at: the first i whose cost or parameters were not finite, or None; for K
        runs an array of K numbers, -1 for those that did not diverge. From there on the
        costs are infinite, and the parameters are the last finite ones.
    kept: the parameters before iteration i as kept[i], for each i that `keep` named;
        they are those of costs[i], and of a run that has diverged the last ones.
    updates: how many updates an iteration makes: one for each batch.
    """

    parameters: dict
    costs: np.ndarray
    learning_rate: float | np.ndarray
    diverged_at: int | np.ndarray | None
    kept: dict = field(default_factory=dict)
    updates: int = 1

    def __len__(self):
        """Return the number of runs, if there are many."""
        if self.costs.ndim == 1:
            raise TypeError("This is one run, not many; its costs are in run.costs.")
        return self.costs.shape[1]

    def __getitem__(self, k):
        """Return run number k out of many, as a Run of its own."""
        count = len(self)
        if not (isinstance(k, (int, np.integer)) and -count <= k < count):
            wanted = f"a whole number from 0 to {count - 1}"
            advice = "many[k]; the rates are in many.learning_rate"
            raise wrong("run", wanted, describe(k), advice, IndexError)
        diverged_at = int(self.diverged_at[k])
        return Run(
            one_of_many(self.parameters, k),
            self.costs[:, k],
            float(np.broadcast_to(self.learning_rate, (count,))[k]),
            None if diverged_at < 0 else diverged_at,
            {i: one_of_many(parameters, k) for i, parameters in self.kept.items()},
            self.updates,
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
def train(
    network, X, Y, parameters, learning_rate=0.1, iterations=1000, keep=None, *,
    update=gradient_descent, batch_size=None, rng=None,
):  # fmt: skip
    """Return the `Run` of gradient descent on the whole data set.

    network: a module or object with forward_propagation, compute_cost and
        backward_propagation, such as two_layer.
    X, Y: inputs (n_x, m) and targets (n_y, m), one example per column.
    parameters: where to start, one set or K stacked ones; they are not modified.
    learning_rate: a positive number, or an array (K,) to train K runs at once.
    iterations: number of passes over the examples, also called epochs. Without batches
        all examples make one update, so that it is the number of updates too.
    keep: the iterations before which the parameters are kept for `run.kept`, such as
        [0, 10, 100]; the number of iterations stands for the end.
    update: a function as in `updates`, such as momentum or adam.
    batch_size: examples for each update; the last batch of a pass holds what is left.
        Before each pass the examples are shuffled anew, for K runs in the same way.
    rng: what shuffles: a seed, a Generator or a RandomState.

    A run whose cost or parameters stop being finite is marked and frozen; the others
    go on. Raises ValueError or TypeError, before any update, for input that does not
    fit. Source: Nielsen (2015), chapter 1, equations (16) and (17).
    """
    X, Y = inputs("X", X), inputs("Y", Y)
    rate = rates("learning_rate", learning_rate)
    iterations = whole("iterations", iterations)
    if keep is not None:
        keep = whole_row("keep", keep, iterations, f"keep=[0, {iterations}]")
    batches = shuffled(X, Y, batch_size, rng)
    parameters, runs = start(network, X, Y, parameters, rate, update)
    rate = rate if runs and rate.ndim else rate.item()
    given = network, X, Y, parameters, rate, iterations, keep, runs, update, batches
    if batches:
        return descend(*given, watch_parameters=True)
    run = descend(*given)
    if not all_finite(run.parameters).all():
        # A saturated unit has a finite cost with any weight. It is too rare to look for
        # in each round, and nothing makes an infinite weight finite again.
        run = descend(*given, watch_parameters=True)
    return run


def shuffled(X, Y, batch_size, rng):
    """Return the function that cuts all examples into batches; None: all at once."""
    if batch_size is None:
        return None
    batch_size, m = whole("batch_size", batch_size), X.shape[-1]
    if batch_size > m:
        wanted = f"at most {m}, the number of examples"
        raise wrong("batch_size", wanted, batch_size, "batch_size=None for all at once")
    return functools.partial(mini_batches, X, Y, batch_size, generator("rng", rng))


def descend(
    network, X, Y, parameters, rate, iterations, keep, runs, update, batches,
    watch_parameters=False,
):  # fmt: skip
    """Return the `Run`, for input that was checked."""
    forward_propagation = beneath(network.forward_propagation)
    compute_cost = beneath(network.compute_cost)
    backward_propagation = beneath(network.backward_propagation)
    penalty, update = getattr(network, "penalty", None), beneath(update)
    is_finite = (lambda cost: np.isfinite(cost).all()) if runs else math.isfinite
    costs = np.full((iterations + 1, *runs), np.inf)
    kept = {} if keep is None else dict.fromkeys(np.unique(keep).tolist())
    diverged_at = np.full(runs, -1)
    all_going, previous, state = True, parameters, {}
    parts = [(X, Y)]

    with unchecked(), np.errstate(all="ignore"):  # overflow is marked, not warned of
        for i in range(iterations + 1):
            output, cache = forward_propagation(X, parameters)
            cost = compute_cost(output, Y)
            if penalty:
                cost = cost + penalty(parameters)
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
                previous = parameters
                if batches:
                    parts = batches()
                for X_now, Y_now in parts:
                    if batches:  # else the pass that the cost needed serves both
                        _, cache = forward_propagation(X_now, parameters)
                    grads = backward_propagation(parameters, cache, X_now, Y_now)
                    # A copy: an update may write into the dictionary that it gets.
                    state, parameters = update(state, dict(parameters), grads, rate)

    for i in kept:
        if kept[i] is None:  # all runs had diverged before
            kept[i] = copied(parameters)
    if not runs:
        first = int(diverged_at)
        diverged_at = None if first < 0 else first
    return Run(parameters, costs, rate, diverged_at, kept, len(parts))


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
    "backward_propagation", "predict", "penalty",
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


def with_l2(network, strength):
    """Return the network with an L2 penalty on its weights, in cost and gradient.

        cost + strength / 2 * (sum of all squared weights)      dW + strength * W

    strength: a number, 0 or more. Biases are left alone. The penalty is not part of
        `compute_cost`, which sees the output alone, but a function beside it:
        penalty(parameters). `train` and `check_gradients` add it to the cost.
    Source: Goodfellow, Bengio and Courville (2016), equations (7.2) and (7.3). Nielsen
    (2015), equation (87), and scikit-learn's alpha divide by the number of examples.
    Introduced in chapter 9.
    """
    strength = factor("strength", strength)
    before = getattr(network, "penalty", None)

    def penalty(parameters):
        weights = [value for name, value in parameters.items() if name[0] == "W"]
        squares = sum((W**2).sum(axis=(-2, -1)) for W in weights)
        return strength / 2 * squares + (before(parameters) if before else 0)

    def backward_propagation(parameters, cache, X, Y):
        grads = network.backward_propagation(parameters, cache, X, Y)
        weights = [name for name in parameters if name[0] == "W"]
        slopes = {f"d{W}": grads[f"d{W}"] + strength * parameters[W] for W in weights}
        return grads | slopes

    changed = variant(network, backward_propagation=backward_propagation)
    changed.penalty = penalty
    return changed


def start(network, X, Y, parameters, rate, update):
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
    cost, grads = first_round(network, X, Y, parameters, runs)
    if not np.isfinite(cost).all():
        wanted = "a start whose cost is finite"
        raise wrong("parameters", wanted, f"a cost of {cost}", "smaller parameters")
    first_update(update, parameters, grads, rate)
    return parameters, runs


def first_update(update, parameters, grads, rate):
    """Raise an error unless the update returns a state and parameters that fit."""
    wanted = "a function that returns (state, parameters)"
    if not callable(update):
        raise wrong("update", wanted, describe(update), "updates.momentum", TypeError)
    try:
        with np.errstate(all="ignore"):
            result = update({}, dict(parameters), grads, rate)
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        got, advice = "a change of `parameters` in place", "W = W - rate * dW"
        raise wrong("update", "new arrays", got, advice) from error
    if not isinstance(result, tuple) or len(result) != 2:
        advice = "return state, parameters"
        raise wrong("update", wanted, describe(result), advice, TypeError)
    after = dictionary("update", result[1], lambda name, value: value)
    shapes = {name: value.shape for name, value in parameters.items()}
    all_fit("update", after, shapes, "updates.gradient_descent")


def freeze(parameters, previous, going):
    """Return the parameters where a run is going on, the previous ones elsewhere."""
    going = np.asarray(going)[..., None, None]
    return {k: np.where(going, parameters[k], previous[k]) for k in parameters}
