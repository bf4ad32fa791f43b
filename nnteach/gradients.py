"""Gradients by measurement: the referee for every backward pass.

        dJ/dw  is about  (J(w + step) - J(w - step)) / (2 step)

Measuring needs two forward passes for every single weight, so nobody trains with it;
but it knows nothing of the chain rule, so it cannot repeat a mistake made there.
Introduced in chapter 6.
"""

import numpy as np

from nnteach.checks import (
    all_fit,
    apart,
    describe,
    dictionary,
    fit_together,
    inputs,
    one_set,
    small_step,
    unchecked,
    wrong,
)


@apart
def numerical_gradients(network, parameters, X, Y, step=1e-5):
    """Return dW1, db1 ... measured by central differences, shaped as W1, b1 ...

    network: a module or object with forward_propagation and compute_cost; a penalty on
        the parameters, if it has one, is part of the cost (see `with_l2`).
    step: how far each weight is moved, up and down. The error of the difference falls
        with step**2 while that of the subtraction grows with 1/step; 1e-5 lies between.
    """
    X, Y, step = inputs("X", X), inputs("Y", Y), small_step("step", step)
    parameters = one_set("parameters", parameters)
    first_round(network, X, Y, parameters, backward=False)

    def cost_with(name, changed):
        output, _ = network.forward_propagation(X, {**parameters, name: changed})
        return whole_cost(network, output, Y, {**parameters, name: changed})

    grads = {}
    for name, value in parameters.items():
        slope = np.zeros(value.shape)
        for entry in np.ndindex(value.shape):
            move = np.zeros(value.shape)
            move[entry] = step
            with unchecked(), np.errstate(over="ignore"):
                up, down = cost_with(name, value + move), cost_with(name, value - move)
            slope[entry] = (up - down) / (2 * step)
        grads["d" + name] = slope
    return grads


@apart
def check_gradients(network, parameters, X, Y, step=1e-5):
    """Return the relative error of each of the network's own gradients.

    The result is a dictionary such as {"dW1": 2e-10, ...}: the length of the difference
    to the measured gradient, divided by the sum of both lengths. A wrong backward pass
    nearly always gives more than 1e-3, and a right one, with weights of the size 1,
    mostly 1e-7 or less; a gradient that is nearly 0 cannot be measured so well.
    """
    measured = numerical_gradients(network, parameters, X, Y, step)
    X, Y, parameters = inputs("X", X), inputs("Y", Y), one_set("parameters", parameters)
    _, grads = first_round(network, X, Y, parameters)
    return {name: relative_error(grads[name], measured[name]) for name in measured}


def relative_error(a, b):
    """Return |a - b| / (|a| + |b|) for two arrays: 0 if equal, 1 if opposite."""
    lengths = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(np.asarray(a) - b) / lengths) if lengths else 0.0


def whole_cost(network, output, Y, parameters):
    """Return the cost of the output, and with it the network's penalty, if it has one.

    A cost function sees the output alone. What depends on the parameters themselves a
    network adds by a function of its own: penalty(parameters), one number for each run.
    """
    cost = network.compute_cost(output, Y)
    if cost is None:
        raise not_returned("compute_cost", "one number", cost, "cost")
    penalty = getattr(network, "penalty", None)
    return cost + penalty(parameters) if penalty else cost


def not_returned(function, wanted, got, line):
    """Return the error for a function that does not return what it should."""
    advice = f"return {line} in its last line"
    return wrong(function, wanted, describe(got), advice, TypeError)


def first_round(network, X, Y, parameters, runs=(), backward=True):
    """Return the cost and the gradients of a network, whose functions are checked.

    Each function is called once, with the checks of its own, so that input that does
    not fit is refused before anything is trained or measured.
    """
    functions = ["forward_propagation", "compute_cost", "backward_propagation"]
    for function in functions if backward else functions[:2]:
        if not callable(getattr(network, function, None)):
            wanted = f"a module or object with the function {function}"
            raise wrong("network", wanted, describe(network), "two_layer", TypeError)
    fit_together({"X": X, "Y": Y, "parameters": parameters})
    if runs:  # what is wrong in one run already is said of one run
        one = {name: value[0] for name, value in parameters.items()}
        first_round(network, X, Y, one, backward=backward)
    grads = None
    try:
        with np.errstate(all="ignore"):
            pair = network.forward_propagation(X, parameters)
            if not isinstance(pair, (tuple, list)) or len(pair) != 2:
                wanted = "the output and the cache"
                raise not_returned("forward_propagation", wanted, pair, "A2, cache")
            output, cache = pair
            cost = whole_cost(network, output, Y, parameters)
            if backward and np.shape(cost) == runs:
                grads = network.backward_propagation(parameters, cache, X, Y)
    except Exception as error:
        if not runs:
            raise
        raise wrong(
            "network", f"functions that work with {runs[0]} runs at once",
            f"{type(error).__name__}: {error}",
            "one learning rate at a time, or write it with @, .mT and axis=-1",
        ) from error  # fmt: skip
    if np.shape(cost) != runs:
        wanted, advice = f"{runs[0]} costs" if runs else "one number", "its sum or mean"
        if runs or np.size(cost) == 1:
            advice = "sums over axis=(-2, -1)" if runs else "cost.item()"
        raise wrong("compute_cost", wanted, describe(cost), advice)
    if backward:
        if not isinstance(grads, dict):
            raise not_returned("backward_propagation", "a dictionary", grads, "grads")
        wanted = {"d" + name: value.shape for name, value in parameters.items()}
        all_fit("grads", dictionary("grads", grads), wanted, "backward_propagation")
    return cost, grads
