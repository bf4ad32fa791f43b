"""The activation functions, each derivative right under its function.

A function takes the pre-activation Z and returns the activation A. A derivative
takes the *activation* A, not Z: backward propagation has A at hand, and every
slope below is shorter when written with it.

        Z --- activation ---> A --- derivative ---> dA/dZ

All of them work on an array of any shape, except softmax, which needs its classes
along the rows: one example per column. Introduced in chapter 1.
"""

import numpy as np

from nnteach.checks import checked, inputs


@checked
def sigmoid(Z):
    """Return 1 / (1 + exp(-Z)), between 0 and 1.

    Z is any array; the result has its shape. Where Z is below -709, exp(-Z) is
    too large for a float and becomes infinite, which gives 0, as is meant.
    Source: Nielsen, Neural Networks and Deep Learning (2015), equation (3).
    """
    return 1 / (1 + np.exp(-Z))


@checked
def sigmoid_derivative(A):
    """Return the slope of the sigmoid where its value is A: A (1 - A)."""
    return A * (1 - A)


@checked
def tanh(Z):
    """Return the hyperbolic tangent of Z, between -1 and 1.

    Source: Nielsen (2015), equation (110).
    """
    return np.tanh(Z)


@checked
def tanh_derivative(A):
    """Return the slope of tanh where its value is A: 1 - A**2."""
    return 1 - A**2


@checked
def relu(Z):
    """Return Z where it is positive and 0 elsewhere.

    Source: Nielsen (2015), equation (112).
    """
    return np.maximum(0, Z)


@checked
def relu_derivative(A):
    """Return the slope of ReLU where its value is A: 1 if A > 0, else 0.

    At Z = 0 there is no slope; 0 is the usual choice.
    """
    return (A > 0).astype(float)


@checked
def leaky_relu(Z, slope=0.01):
    """Return Z where it is positive and slope * Z elsewhere (0 <= slope < 1).

    Source: Maas, Hannun, Ng, Rectifier Nonlinearities Improve Neural Network
    Acoustic Models (2013).
    """
    if slope == 0:  # 0 * Z would be NaN where Z is infinite
        return np.maximum(0, Z)
    return np.maximum(slope * Z, Z)


@checked
def leaky_relu_derivative(A, slope=0.01):
    """Return the slope of leaky ReLU at its value A: 1 if A > 0, or slope."""
    return np.where(A > 0, 1.0, slope)


@checked(Z=inputs)
def softmax(Z):
    """Return the probabilities of the classes: in each column positive, sum 1.

    Z has the shape (n_y, m), or (..., n_y, m) for stacked runs; so has the
    result. The largest Z of each column is subtracted first, which changes
    nothing in the fraction, and no exponential can overflow.
    Source: Nielsen (2015), equation (78).
    """
    exponentials = np.exp(Z - Z.max(axis=-2, keepdims=True))
    return exponentials / exponentials.sum(axis=-2, keepdims=True)


@checked(A=inputs)
def softmax_derivative(A):
    """Return dA_i / dZ_j of softmax by example: A_i ((1 if i = j else 0) - A_j).

    A has the shape (..., n_y, m); the result is (..., n_y, n_y, m), because every
    output of a softmax depends on every input.
    """
    same_class = np.eye(A.shape[-2])[:, :, None]
    return A[..., :, None, :] * (same_class - A[..., None, :, :])


@checked
def identity(Z):
    """Return Z itself: a layer without an activation function."""
    return Z


@checked
def identity_derivative(A):
    """Return the slope of the identity: 1 everywhere."""
    return np.ones_like(A)


ACTIVATIONS = {
    "sigmoid": (sigmoid, sigmoid_derivative),
    "tanh": (tanh, tanh_derivative),
    "relu": (relu, relu_derivative),
    "leaky_relu": (leaky_relu, leaky_relu_derivative),
    "softmax": (softmax, softmax_derivative),
    "identity": (identity, identity_derivative),
}
