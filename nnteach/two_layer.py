"""A network with one hidden layer, for two classes.

        X ---W1, b1---> Z1 --tanh--> A1 ---W2, b2---> Z2 --sigmoid--> A2

    X (n_x, m)      Z1, A1 (n_h, m)         Z2, A2 (n_y, m)
    W1 (n_h, n_x)   b1 (n_h, 1)             W2 (n_y, n_h)   b2 (n_y, 1)

One example per column. The same lines serve one network and many at once: stacked
parameters have extra axes in front, such as (K, n_h, n_x) for K networks, and so has
every result. Introduced in chapter 3.
"""

import numpy as np

from nnteach.activations import sigmoid, tanh, tanh_derivative
from nnteach.checks import checked, layers_of, zero_or_one
from nnteach.costs import binary_cross_entropy


@checked
def initialize_parameters(n_x, n_h, n_y, scale=0.01, rng=None):
    """Return random weights, standard normal times `scale`, and zero biases.

    n_x, n_h, n_y: number of inputs, hidden units and outputs.
    rng: a seed, a Generator or a RandomState.
    """
    W1 = rng.standard_normal((n_h, n_x)) * scale
    b1 = np.zeros((n_h, 1))
    W2 = rng.standard_normal((n_y, n_h)) * scale
    b2 = np.zeros((n_y, 1))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2}


@checked(parameters=layers_of(2))
def forward_propagation(X, parameters):
    """Return the output A2 (n_y, m) and the cache of what was computed."""
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]

    Z1 = W1 @ X + b1
    A1 = tanh(Z1)
    Z2 = W2 @ A1 + b2
    A2 = sigmoid(Z2)

    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def compute_cost(A2, Y):
    """Return the binary cross-entropy of the output A2 and the labels Y (0 or 1)."""
    return binary_cross_entropy(A2, Y)


@checked(parameters=layers_of(2), Y=zero_or_one)
def backward_propagation(parameters, cache, X, Y):
    """Return the derivatives of the cost: dW1, db1, dW2, db2, as W1 ... b2.

    dZ2 = A2 - Y holds because a sigmoid meets the binary cross-entropy: the
    slope A2 (1 - A2) cancels the cost's division by it.
    Source: Nielsen (2015), equations (BP1) to (BP4).
    """
    m = X.shape[-1]
    W2 = parameters["W2"]
    A1, A2 = cache["A1"], cache["A2"]

    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.mT / m
    db2 = dZ2.sum(axis=-1, keepdims=True) / m

    dA1 = W2.mT @ dZ2
    dZ1 = dA1 * tanh_derivative(A1)
    dW1 = dZ1 @ X.mT / m
    db1 = dZ1.sum(axis=-1, keepdims=True) / m

    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def predict(X, parameters):
    """Return the class of each example, shape (n_y, m): 1 where A2 > 0.5, else 0."""
    A2, _ = forward_propagation(X, parameters)
    return (A2 > 0.5).astype(int)
