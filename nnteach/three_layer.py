"""A network with two hidden layers, for several classes.

    X --W1, b1--> Z1 --relu--> A1 --W2, b2--> Z2 --relu--> A2
                                  --W3, b3--> Z3 --softmax--> A3

    X (n_x, m)       Z1, A1 (n_h1, m)      Z2, A2 (n_h2, m)      Z3, A3 (n_y, m)
    W1 (n_h1, n_x)   W2 (n_h2, n_h1)       W3 (n_y, n_h2)        b1, b2, b3 (rows, 1)

One example per column, one row of A3 for each class. Stacked parameters, with extra
axes in front, run many networks at once through the same lines.
Introduced in chapter 4.
"""

import numpy as np

from nnteach.activations import relu, relu_derivative, softmax
from nnteach.checks import checked, layers_of, one_hot
from nnteach.costs import categorical_cross_entropy


@checked
def initialize_parameters(n_x, n_h1, n_h2, n_y, scale=0.01, bias_scale=0, rng=None):
    """Return random weights, standard normal times `scale`, and biases.

    n_x, n_h1, n_h2, n_y: number of inputs, units in each hidden layer, classes.
    bias_scale: the same factor for the biases; 0 makes them zero and draws nothing.
    rng: a seed, a Generator or a RandomState.
    """

    def bias(rows):
        if bias_scale == 0:
            return np.zeros((rows, 1))
        return rng.standard_normal((rows, 1)) * bias_scale

    W1 = rng.standard_normal((n_h1, n_x)) * scale
    b1 = bias(n_h1)
    W2 = rng.standard_normal((n_h2, n_h1)) * scale
    b2 = bias(n_h2)
    W3 = rng.standard_normal((n_y, n_h2)) * scale
    b3 = bias(n_y)
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}


@checked(parameters=layers_of(3))
def forward_propagation(X, parameters):
    """Return the output A3 (n_y, m) and the cache of what was computed."""
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    W3, b3 = parameters["W3"], parameters["b3"]

    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    Z3 = W3 @ A2 + b3
    A3 = softmax(Z3)

    return A3, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2, "Z3": Z3, "A3": A3}


def compute_cost(A3, Y):
    """Return the categorical cross-entropy of the output A3 and one-hot labels Y."""
    return categorical_cross_entropy(A3, Y)


@checked(parameters=layers_of(3), Y=one_hot)
def backward_propagation(parameters, cache, X, Y):
    """Return the derivatives of the cost: dW1, db1 ... db3, as W1 ... b3.

    dZ3 = A3 - Y holds because softmax meets the categorical cross-entropy.
    Source: Nielsen (2015), equations (BP1) to (BP4).
    """
    m = X.shape[-1]
    W2, W3 = parameters["W2"], parameters["W3"]
    A1, A2, A3 = cache["A1"], cache["A2"], cache["A3"]

    dZ3 = A3 - Y
    dW3 = dZ3 @ A2.mT / m
    db3 = dZ3.sum(axis=-1, keepdims=True) / m

    dA2 = W3.mT @ dZ3
    dZ2 = dA2 * relu_derivative(A2)
    dW2 = dZ2 @ A1.mT / m
    db2 = dZ2.sum(axis=-1, keepdims=True) / m

    dA1 = W2.mT @ dZ2
    dZ1 = dA1 * relu_derivative(A1)
    dW1 = dZ1 @ X.mT / m
    db1 = dZ1.sum(axis=-1, keepdims=True) / m

    grads = {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
    return {**grads, "dW3": dW3, "db3": db3}


def predict(X, parameters):
    """Return the number of the most probable class of each example, shape (m,)."""
    A3, _ = forward_propagation(X, parameters)
    return A3.argmax(axis=-2)
