"""The training loop of the first source notebook, in its own order of operations.

It is what `bench.py` compares with: the same network (2-4-1, tanh, sigmoid, binary
cross-entropy), the same calls of numpy, written anew. It keeps that notebook's mistake,
the sigmoid's slope in a tanh layer, because the mistake costs the same time.
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def slope(a):
    return a * (1 - a)


def forward(X, parameters):
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = sigmoid(Z2)
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def cost(A2, Y):
    m = Y.shape[1]
    return np.squeeze(-(1 / m) * np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)))


def backward(parameters, cache, X, Y):
    m = X.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = (1 / m) * np.dot(dZ2, A1.T)
    db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(parameters["W2"].T, dZ2) * slope(A1)
    dW1 = (1 / m) * np.dot(dZ1, X.T)
    db1 = (1 / m) * np.sum(dZ1, axis=1, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


def update(parameters, grads, rate):
    return {name: parameters[name] - rate * grads["d" + name] for name in parameters}


def train(X, Y, parameters, rate, iterations):
    for _ in range(iterations):
        A2, cache = forward(X, parameters)
        cost(A2, Y)
        grads = backward(parameters, cache, X, Y)
        parameters = update(parameters, grads, rate)
    return parameters
