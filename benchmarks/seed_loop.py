"""The loops of the source notebooks, in their own order of operations, written anew.

They are what `bench.py` and `training.py` compare with: a network with one hidden layer
(tanh, sigmoid), one with two (ReLU, softmax) and one of any depth (ReLU, sigmoid). The
calls of numpy are those of the notebooks, and each step ends with the cost, as in the
first of them. Two mistakes are put right, so that all compute the same: the slope of
tanh, which takes as long as the wrong one, and biases that were rows, not columns.
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def binary_cost(A, Y):
    m = Y.shape[1]
    return np.squeeze(-(1 / m) * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)))


# ------------------------------------------------------------------ one hidden layer


def slope(a):
    return 1 - a**2


def forward_two(X, parameters):
    W1, b1 = parameters["W1"], parameters["b1"]
    W2, b2 = parameters["W2"], parameters["b2"]
    Z1 = np.dot(W1, X) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = sigmoid(Z2)
    return A2, {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}


def backward_two(parameters, cache, X, Y):
    m = X.shape[1]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = (1 / m) * np.dot(dZ2, A1.T)
    db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(parameters["W2"].T, dZ2) * slope(A1)
    dW1 = (1 / m) * np.dot(dZ1, X.T)
    db1 = (1 / m) * np.sum(dZ1, axis=1, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}


# ----------------------------------------------------------------- two hidden layers


def relu(z):
    return np.maximum(0, z)


def softmax(Z):
    exponentials = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return exponentials / np.sum(exponentials, axis=0, keepdims=True)


def forward_three(X, parameters):
    W1, b1, W2, b2, W3, b3 = parameters.values()
    Z1 = W1 @ X + b1
    A1 = relu(Z1)
    Z2 = W2 @ A1 + b2
    A2 = relu(Z2)
    Z3 = W3 @ A2 + b3
    A3 = softmax(Z3)
    return A3, (Z1, A1, Z2, A2, Z3, A3)


def categorical_cost(A, Y):
    return -(1 / Y.shape[1]) * np.sum(Y * np.log(A))


def backward_three(parameters, cache, X, Y):
    m = X.shape[1]
    _, _, W2, _, W3, _ = parameters.values()
    Z1, A1, Z2, A2, _, A3 = cache
    dZ3 = A3 - Y
    dW3 = (1 / m) * np.dot(dZ3, A2.T)
    db3 = (1 / m) * np.sum(dZ3, axis=1, keepdims=True)
    dZ2 = np.dot(W3.T, dZ3) * (Z2 > 0)
    dW2 = (1 / m) * np.dot(dZ2, A1.T)
    db2 = (1 / m) * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(W2.T, dZ2) * (Z1 > 0)
    dW1 = (1 / m) * np.dot(dZ1, X.T)
    db1 = (1 / m) * np.sum(dZ1, axis=1, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2, "dW3": dW3, "db3": db3}


# ------------------------------------------------------------------------- any depth


def relu_gradient(dA, Z):
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] = 0
    return dZ


def sigmoid_gradient(dA, Z):
    s = sigmoid(Z)
    return dA * s * (1 - s)


def forward_deep(X, parameters):
    A, memory, last = X, {}, len(parameters) // 2
    for layer in range(1, last + 1):
        memory[f"A{layer - 1}"] = A
        Z = np.dot(parameters[f"W{layer}"], A) + parameters[f"b{layer}"]
        A = relu(Z) if layer < last else sigmoid(Z)
        memory[f"Z{layer}"] = Z
    memory[f"A{last}"] = A
    return A, memory


def backward_deep(parameters, memory, X, Y):
    m, last, grads = Y.shape[1], len(parameters) // 2, {}
    A = memory[f"A{last}"]
    dA = -(np.divide(Y, A) - np.divide(1 - Y, 1 - A))
    for layer in range(last, 0, -1):
        gradient = relu_gradient if layer < last else sigmoid_gradient
        dZ = gradient(dA, memory[f"Z{layer}"])
        grads[f"dW{layer}"] = np.dot(dZ, memory[f"A{layer - 1}"].T) / m
        grads[f"db{layer}"] = np.sum(dZ, axis=1, keepdims=True) / m
        dA = np.dot(parameters[f"W{layer}"].T, dZ)
    return grads


# ---------------------------------------------------------------------- the training

TWO = forward_two, binary_cost, backward_two
THREE = forward_three, categorical_cost, backward_three
DEEP = forward_deep, binary_cost, backward_deep


def update(parameters, grads, rate):
    return {name: parameters[name] - rate * grads["d" + name] for name in parameters}


def train(network, X, Y, parameters, rate, iterations):
    forward, cost, backward = network
    for _ in range(iterations):
        A, cache = forward(X, parameters)
        cost(A, Y)
        grads = backward(parameters, cache, X, Y)
        parameters = update(parameters, grads, rate)
    return parameters
