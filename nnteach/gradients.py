"""Gradients by measurement: the referee for every backward pass.

        dJ/dw  is about  (J(w + step) - J(w - step)) / (2 step)

Measuring needs two forward passes for every single weight, so nobody trains with it;
but it knows nothing of the chain rule, so it cannot repeat a mistake made there.
Introduced in chapter 6.
"""

import numpy as np

from nnteach.checks import first_round, inputs, one_set, positive, unchecked


def numerical_gradients(network, parameters, X, Y, step=1e-5):
    """Return dW1, db1 ... measured by central differences, shaped as W1, b1 ...

    network: a module or object with forward_propagation and compute_cost.
    step: how far each weight is moved, up and down. The error of the difference falls
        with step**2 while that of the subtraction grows with 1/step; 1e-5 lies between.
    """
    X, Y, step = inputs("X", X), inputs("Y", Y), positive("step", step)
    parameters = one_set("parameters", parameters)
    first_round(network, X, Y, parameters, backward=False)

    def cost_with(name, changed):
        output, _ = network.forward_propagation(X, {**parameters, name: changed})
        return network.compute_cost(output, Y)

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


def check_gradients(network, parameters, X, Y, step=1e-5):
    """Return the relative error of each of the network's own gradients.

    The result is a dictionary such as {"dW1": 2e-10, ...}: the length of the difference
    to the measured gradient, divided by the sum of both lengths. A right backward pass
    gives 1e-7 or less, and a wrong one nearly always more than 1e-3.
    """
    measured = numerical_gradients(network, parameters, X, Y, step)
    X, Y, parameters = inputs("X", X), inputs("Y", Y), one_set("parameters", parameters)
    _, grads = first_round(network, X, Y, parameters)
    return {name: relative_error(grads[name], measured[name]) for name in measured}


def relative_error(a, b):
    """Return |a - b| / (|a| + |b|) for two arrays: 0 if equal, 1 if opposite."""
    lengths = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(np.asarray(a) - b) / lengths) if lengths else 0.0
