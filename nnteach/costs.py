"""The cost functions: how wrong is the output, as one number.

Each takes the output A of the last layer and the targets Y, both (n_y, m) with one
example per column, and returns the mean over the m examples. Stacked outputs
(..., n_y, m) give one cost for each run. Under each cost stands its derivative by
A, example by example; the mean's 1/m comes later, in dW and db.

A logarithm of 0 is infinite, so an output that is exactly 0 or 1 could make the cost
infinite or NaN. In the logarithm, and only there, such an output counts as the
nearest number that is not: SMALLEST above 0, or NEAREST_TO_1 below 1. The cost then
stays finite. The networks never divide by A: for sigmoid with binary cross-entropy and
softmax with categorical cross-entropy the slope is dZ = A - Y, which is right for every
output. Introduced in chapter 3.
"""

import sys

import numpy as np

from nnteach.checks import checked, columns, one_hot, probabilities, zero_or_one

SMALLEST = sys.float_info.min  # 2.2e-308: log gives -708.4
NEAREST_TO_1 = sys.float_info.epsilon / 2  # 1.1e-16: log(1 - A) gives -36.7


@checked(A=probabilities, Y=zero_or_one)
def binary_cross_entropy(A, Y):
    """Return the mean of -(Y log A + (1 - Y) log(1 - A)).

    A holds probabilities, Y zeros and ones.
    Source: Nielsen (2015), equation (57).
    """
    m = A.shape[-1]
    for_1, for_0 = np.maximum(A, SMALLEST), np.maximum(1 - A, NEAREST_TO_1)
    right = np.where(Y == 1, for_1, for_0)  # what the right class is given
    return -np.log(right).sum(axis=(-2, -1)) / m


@checked(A=probabilities, Y=zero_or_one)
def binary_cross_entropy_derivative(A, Y):
    """Return (A - Y) / (A (1 - A)), by example; times A (1 - A) it is A - Y."""
    return (A - Y) / np.maximum(A * (1 - A), SMALLEST)


@checked(A=probabilities, Y=one_hot)
def categorical_cross_entropy(A, Y):
    """Return the mean of -log of the probability that A gives to the right class.

    A holds probabilities, one column for each example; Y is one-hot.
    Source: Nielsen (2015), equation (80), which he calls the log-likelihood cost.
    """
    m = A.shape[-1]
    return -(Y * np.log(np.maximum(A, SMALLEST))).sum(axis=(-2, -1)) / m


@checked(A=probabilities, Y=one_hot)
def categorical_cross_entropy_derivative(A, Y):
    """Return -Y / A, by example."""
    return -Y / np.maximum(A, SMALLEST)


@checked(A=columns)
def half_squared_error(A, Y):
    """Return the mean over the examples of half the summed squares of A - Y.

    Source: Nielsen (2015), equation (6).
    """
    m = A.shape[-1]
    return ((A - Y) ** 2).sum(axis=(-2, -1)) / (2 * m)


@checked(A=columns)
def half_squared_error_derivative(A, Y):
    """Return A - Y, by example."""
    return A - Y


COSTS = {
    "binary_cross_entropy": (
        binary_cross_entropy, binary_cross_entropy_derivative, zero_or_one,
    ),
    "categorical_cross_entropy": (
        categorical_cross_entropy, categorical_cross_entropy_derivative, one_hot,
    ),
    "half_squared_error": (
        half_squared_error, half_squared_error_derivative, None,
    ),
}  # fmt: skip
