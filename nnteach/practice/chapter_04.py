"""Chapter 04: the functions of the three-layer network, and one-hot labels."""

import numpy as np

from nnteach import costs, data, three_layer, updates
from nnteach.practice.cases import network_cases
from nnteach.practice.chapter_03 import UPDATE
from nnteach.practice.function_exercise import FunctionExercise, NetworkExercise
from nnteach.practice.initialize import judge_with_biases


def initialize_parameters(n_x, n_h1, n_h2, n_y, scale, rng):
    """Return random weights, standard normal times scale, and zero biases."""
    W1 = rng.standard_normal((n_h1, n_x)) * scale
    b1 = np.zeros((n_h1, 1))
    W2 = rng.standard_normal((n_h2, n_h1)) * scale
    b2 = np.zeros((n_h2, 1))
    W3 = rng.standard_normal((n_y, n_h2)) * scale
    b3 = np.zeros((n_y, 1))
    return {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}


def predict(A3):
    """Return the number of the most probable class of each example."""
    return A3.argmax(axis=0)


EXERCISES = [
    FunctionExercise(
        "one_hot", 4, """
        Write `one_hot(labels, classes)`: for m labels (whole numbers from 0) return Y
        of shape (classes, m): in each column a 1 in the row of its label, and 0
        elsewhere.

        - What is the column for label 2, if there are 4 classes?
        - `np.eye(classes)` has these columns, one for each class. Which of them do you
          pick?
        - `np.eye(classes)[:, labels]` picks columns by their numbers.

        The columns of the identity matrix are the one-hot columns of the classes 0, 1,
        2 ...; the labels pick one for each example.
        """,
        solution=data.one_hot,
        cases=[
            (np.array([2, 0, 1, 1, 3, 0, 2]), 4),
            (np.array([1, 0, 2, 2, 1]), 3),
        ],
        edges=[(np.array([0, 1, 1, 0]), 3)],
        wrong=[
            ("transpose", lambda y, n: np.eye(n)[y],
             "You have one example per row. In this course each example is a column."),
            ("counted-from-1", lambda y, n: np.eye(n)[:, y - 1],
             "Your 1 stands one row too high, and for label 0 in the last row: the "
             "labels begin with 0, and so do the rows."),
            ("classes-from-labels", lambda y, n: np.eye(y.max() + 1)[:, y],
             "If the last class does not occur in the labels, a row is missing: use "
             "the argument `classes`."),
            ("labels-for-ones", lambda y, n: np.eye(n)[:, y] * y,
             "Your columns hold the label itself; a 1 belongs there."),
        ],
    ),
    FunctionExercise(
        "three_layer_initialize", 4, """
        Write `initialize_parameters(n_x, n_h1, n_h2, n_y, scale, rng)`: a dictionary
        with random weights W1, W2, W3 (`rng.standard_normal(shape)` times scale) and
        zero biases b1, b2, b3 (columns).

        - Each W has a row for each unit of its layer. What do its columns stand for?
        - W2 takes what layer 1 hands on: it has n_h2 rows and n_h1 columns.
        - `rng.standard_normal((n_h2, n_h1)) * scale` and `np.zeros((n_h2, 1))`; the
          other layers likewise.

        The number of columns of each W is the number of rows of the one before: what a
        layer hands on, the next one takes.
        """,
        solution=initialize_parameters, judge_value=judge_with_biases,
        cases=[
            (10, 30, 20, 15, 0.05, np.random.default_rng(0)),
            (2, 5, 4, 3, 0.01, np.random.default_rng(1)),
        ],
    ),
    NetworkExercise(
        "three_layer_forward", 4, """
        Write `forward_propagation(X, parameters)`: ReLU in both hidden layers, softmax
        in the output layer. Return the output A3 and the cache, a dictionary with Z1,
        A1, Z2, A2, Z3, A3.

        - How does a third layer differ from a second one? Only in what goes in.
        - Z = W @ (what comes in) + b, then the activation, three times.
        - The last activation is softmax: each *column* of A3 adds up to 1.

        Three times the same two steps. The last activation is softmax over the classes
        of each example, so that each column of A3 is a set of probabilities.
        """,
        solution=three_layer.forward_propagation,
        network=three_layer, part="forward",
    ),
    NetworkExercise(
        "categorical_cross_entropy", 4, """
        Write `compute_cost(A3, Y)`: the categorical cross-entropy, the mean over the m
        examples of minus the logarithm of the probability that A3 gives to the right
        class. Y is one-hot.

        - How do you pick the probability of the right class, if Y is 1 there and 0
          elsewhere?
        - Y * log(A3) keeps one number in each column.
        - `-np.sum(Y * np.log(A3)) / m`, with m the number of columns.

        In each column Y keeps only the logarithm of the right class. The wrong classes
        need no term of their own: they share what is left of the probability.
        (`maximum` only guards against log(0).)
        """,
        solution=costs.categorical_cross_entropy,
        head="def compute_cost(A3, Y):", network=three_layer, part="cost",
    ),
    NetworkExercise(
        "three_layer_backward", 4, """
        Write `backward_propagation(parameters, cache, X, Y)` for the three-layer
        network (ReLU, ReLU, softmax, categorical cross-entropy). Return a dictionary
        with dW1, db1, dW2, db2, dW3, db3, each a mean over the m examples.

        - What is dZ3, if softmax meets the cross-entropy? It is as short as with the
          sigmoid.
        - dW3 = dZ3 @ A2.T / m. Which shapes does this need, and does it have the shape
          of W3?
        - dZ2 = (W3.T @ dZ3) times the slope of ReLU: 1 where A2 is positive, 0
          elsewhere.
        - Then the same once more: dZ1 = (W2.T @ dZ2) * (A1 > 0); each db is np.sum(dZ,
          axis=1, keepdims=True) / m.

        dZ3 = A3 - Y, because softmax and cross-entropy cancel. Each layer then takes
        its dW and db from its dZ, and sends the error back through W.T and the slope of
        ReLU.
        """,
        solution=three_layer.backward_propagation,
        network=three_layer, part="backward",
    ),
    NetworkExercise(
        "three_layer_update", 4,
        "Write `update_parameters(parameters, grads, learning_rate)` for three layers: "
        "return a new dictionary with W1, b1, W2, b2, W3, b3, each one step downhill."
        + UPDATE,
        solution=updates.update_parameters, network=three_layer, part="update",
    ),
    FunctionExercise(
        "three_layer_predict", 4, """
        Write `predict(A3)`: the number of the most probable class of each example, m
        whole numbers.

        - Each column holds the probabilities of one example. What do you look for in
          it?
        - `argmax` gives the place of the largest entry. Along which axis?
        - `A3.argmax(axis=0)` walks down the rows of each column.

        The row with the largest probability is the most probable class; `axis=0` looks
        for it down each column.
        """,
        solution=predict, any_shape=True,
        cases=[
            (three_layer.forward_propagation(X, P)[0],)
            for P, X, _ in network_cases(three_layer)
        ],
        wrong=[
            ("wrong-axis", "axis=0 -> axis=1",
             "You look along the rows: you found the surest example of each class. "
             "The task asks for the surest class of each example."),
            ("argmax-of-everything", "axis=0 -> ",
             "You return one number for all: without an axis `argmax` looks at the "
             "whole array."),
            ("probability-for-class", "argmax -> max",
             "You return the largest probability. Return its place."),
            ("one-hot-for-class", lambda A: (A.max(axis=0) == A).astype(int),
             "You return zeros and ones for each class. Return one number for each "
             "example."),
        ],
    ),
]  # fmt: skip
