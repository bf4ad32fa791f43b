"""Chapter 04: the functions of the three-layer network, and one-hot labels."""

import numpy as np

from nnteach import costs, data, three_layer, training
from nnteach.answers.cases import (
    backward_cases,
    cost_cases,
    forward_cases,
    update_cases,
)
from nnteach.answers.chapter_03 import UPDATE_HINTS, WHY_UPDATE, WRONG_UPDATE
from nnteach.answers.start import judge_start_with_biases
from nnteach.exercise import Wrong
from nnteach.function_exercise import Edge, FunctionExercise


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
        "one_hot", 4,
        "Write `one_hot(labels, classes)`: for m labels (whole numbers from 0) "
        "return Y of shape (classes, m): in each column a 1 in the row of its label, "
        "and 0 elsewhere.",
        hints=(
            "What is the column for label 2, if there are 4 classes?",
            "`np.eye(classes)` has these columns, one for each class. Which of them "
            "do you pick?",
            "`np.eye(classes)[:, labels]` picks columns by their numbers.",
        ),
        why="The columns of the identity matrix are the one-hot columns of the "
            "classes 0, 1, 2 ...; the labels pick one for each example.",
        solution=data.one_hot,
        cases=lambda: [
            (np.array([2, 0, 1, 1, 3, 0, 2]), 4),
            (np.array([1, 0, 2, 2, 1]), 3),
        ],
        special=[Edge("classes-from-labels",
                      "If the last class does not occur in the labels, a row is "
                      "missing: use the argument `classes`.",
                      (np.array([0, 1, 1, 0]), 3))],
        wrong=[
            Wrong("transpose",
                  "You have one example per row. In this course each example is a "
                  "column.",
                  lambda y, n: np.eye(n)[y]),
            Wrong("counted-from-1",
                  "Your 1 stands one row too high: the labels begin with 0, and so "
                  "do the rows.",
                  lambda y, n: np.eye(n)[:, y - 1]),
            Wrong("labels-for-ones",
                  "Your columns hold the label itself; a 1 belongs there.",
                  lambda y, n: np.eye(n)[:, y] * y),
            Wrong("turned-round",
                  "Your 0 and 1 are exchanged.", lambda y, n: 1 - np.eye(n)[:, y]),
            Wrong("rows-turned",
                  "The rows stand upside down: row 0 belongs to label 0.",
                  lambda y, n: np.eye(n)[::-1][:, y]),
        ],
    ),
    FunctionExercise(
        "three_layer_initialize", 4,
        "Write `initialize_parameters(n_x, n_h1, n_h2, n_y, scale, rng)`: a "
        "dictionary with random weights W1, W2, W3 (`rng.standard_normal(shape)` "
        "times scale) and zero biases b1, b2, b3 (columns).",
        hints=(
            "Each W has a row for each unit of its layer. What do its columns stand "
            "for?",
            "W2 takes what layer 1 hands on: it has n_h2 rows and n_h1 columns.",
            "`rng.standard_normal((n_h2, n_h1)) * scale` and `np.zeros((n_h2, 1))`; "
            "the other layers likewise.",
        ),
        why="The number of columns of each W is the number of rows of the one "
            "before: what a layer hands on, the next one takes.",
        solution=initialize_parameters,
        judge_value=judge_start_with_biases,
        cases=lambda: [
            (10, 30, 20, 15, 0.05, np.random.default_rng(0)),
            (2, 5, 4, 3, 0.01, np.random.default_rng(1)),
        ],
        wrong=[
            Wrong("transpose", "", "(n_h2, n_h1)", "(n_h1, n_h2)"),
            Wrong("shape", "", "(n_h2, n_h1)", "(n_h2, n_h2)"),
            Wrong("zeros-start", "", "(n_y, n_h2)) * scale", "(n_y, n_h2)) * 0"),
            Wrong("scale-missing", "", " * scale", ""),
            Wrong("bias-flat", "", "np.zeros((n_h2, 1))", "np.zeros(n_h2)"),
            Wrong("bias-row", "", "np.zeros((n_h2, 1))", "np.zeros((1, n_h2))"),
            Wrong("bias-scale", "", "np.zeros((n_h2, 1))", "np.ones((n_h2, 1))"),
            Wrong("bias-shape", "", "np.zeros((n_y, 1))", "np.zeros((n_h1, 1))"),
            Wrong("key-missing", "", ", \"b3\": b3", ""),
        ],
    ),
    FunctionExercise(
        "three_layer_forward", 4,
        "Write `forward_propagation(X, parameters)`: ReLU in both hidden layers, "
        "softmax in the output layer. Return the output A3 and the cache, a "
        "dictionary with Z1, A1, Z2, A2, Z3, A3.",
        hints=(
            "How does a third layer differ from a second one? Only in what goes in.",
            "Z = W @ (what comes in) + b, then the activation, three times.",
            "The last activation is softmax: each *column* of A3 adds up to 1.",
        ),
        why="Three times the same two steps. The last activation is softmax over the "
            "classes of each example, so that each column of A3 is a set of "
            "probabilities.",
        solution=three_layer.forward_propagation, cases=forward_cases(three_layer),
        optional=("Z1", "Z2", "Z3"), diagnosis=(three_layer, "forward"),
        wrong=[
            Wrong("softmax-axis",
                  "A3: all your numbers together add up to 1. What should add up to "
                  "1: the whole array, or each column?",
                  "softmax(Z3)", "np.exp(Z3) / np.exp(Z3).sum()"),
            Wrong("softmax-axis",
                  "A3: each row adds up to 1, but one example is one column.",
                  "softmax(Z3)", "np.exp(Z3) / np.exp(Z3).sum(axis=1, keepdims=True)"),
            Wrong("activation-missing",
                  "A1 is equal to Z1: the hidden layers have an activation function.",
                  "A1 = relu(Z1)", "A1 = Z1"),
            Wrong("activation-missing",
                  "A2 is equal to Z2: the hidden layers have an activation function.",
                  "A2 = relu(Z2)", "A2 = Z2"),
            Wrong("output-activation-missing",
                  "A3 is equal to Z3: what turns it into probabilities?",
                  "A3 = softmax(Z3)", "A3 = Z3"),
            Wrong("other-activation",
                  "A3: each entry is a probability of its own: that is the sigmoid. "
                  "The classes of one example have to share.",
                  "softmax(Z3)", "1 / (1 + np.exp(-Z3))"),
            Wrong("other-activation",
                  "A1 can be negative: which activation do the hidden layers have?",
                  "A1 = relu(Z1)", "A1 = np.tanh(Z1)"),
            Wrong("bias-missing",
                  "Z1 lacks its bias: what is added to the weighted sum?",
                  "W1 @ X + b1", "W1 @ X"),
            Wrong("bias-missing",
                  "Z2 lacks its bias: what is added to the weighted sum?",
                  "W2 @ A1 + b2", "W2 @ A1"),
            Wrong("bias-missing",
                  "Z3 lacks its bias: what is added to the weighted sum?",
                  "W3 @ A2 + b3", "W3 @ A2"),
            Wrong("wrong-layer-input",
                  "Z2 is made from Z1. What does layer 1 hand on?",
                  "W2 @ A1", "W2 @ Z1"),
            Wrong("wrong-layer-input",
                  "Z3 is made from Z2. What does layer 2 hand on?",
                  "W3 @ A2", "W3 @ Z2"),
        ],
    ),
    FunctionExercise(
        "categorical_cross_entropy", 4,
        "Write `compute_cost(A3, Y)`: the categorical cross-entropy, the mean over "
        "the m examples of minus the logarithm of the probability that A3 gives to "
        "the right class. Y is one-hot.",
        hints=(
            "How do you pick the probability of the right class, if Y is 1 there and "
            "0 elsewhere?",
            "Y * log(A3) keeps one number in each column.",
            "`-np.sum(Y * np.log(A3)) / m`, with m the number of columns.",
        ),
        why="In each column Y keeps only the logarithm of the right class. The wrong "
            "classes need no term of their own: they share what is left of the "
            "probability. (`maximum` only guards against log(0).)",
        solution=costs.categorical_cross_entropy, cases=cost_cases(three_layer),
        stub="def compute_cost(A3, Y):", diagnosis=(three_layer, "cost"),
        wrong=[
            Wrong("mean-missing",
                  "You add up all examples: with twice as much data the cost "
                  "doubles. By what do you divide?",
                  " / m", ""),
            Wrong("wrong-sign",
                  "Your cost is negative: what turns it round?",
                  "return -(", "return ("),
            Wrong("mean-over-wrong-axis",
                  "You divide by the number of classes, which are the rows; the "
                  "examples are the columns.",
                  "m = A.shape[-1]", "m = A.shape[0]"),
            Wrong("mean-over-everything",
                  "You divide by the number of all entries; the mean is over the "
                  "examples, the columns.",
                  " / m", " / A.size"),
            Wrong("other-cost",
                  "You count the wrong classes too: that is the cost for several "
                  "yes-or-no questions.",
                  lambda A, Y: costs.binary_cross_entropy(A, Y)),
            Wrong("other-cost",
                  "This is the squared error. The cross-entropy is made of logarithms.",
                  lambda A, Y: ((A - Y) ** 2).sum() / (2 * A.shape[1])),
            Wrong("labels-missing",
                  "You add up the logarithms of all classes. Which one counts for "
                  "each example?",
                  "Y * np.log", "np.log"),
            Wrong("logarithm-missing",
                  "You add up probabilities: then a sure and wrong answer costs "
                  "hardly more than a careful one.",
                  "np.log(np.maximum(A, SMALLEST))", "A"),
            Wrong("logarithm-to-10",
                  "You use the logarithm to the base 10; the natural one, `np.log`, "
                  "is meant.",
                  "np.log(", "np.log10("),
            Wrong("not-summed",
                  "You return one number for each example. The cost is their mean.",
                  lambda A, Y: -(Y * np.log(A)).sum(axis=0)),
        ],
    ),
    FunctionExercise(
        "three_layer_backward", 4,
        "Write `backward_propagation(parameters, cache, X, Y)` for the three-layer "
        "network (ReLU, ReLU, softmax, categorical cross-entropy). Return a "
        "dictionary with dW1, db1, dW2, db2, dW3, db3, each a mean over the m "
        "examples.",
        hints=(
            "What is dZ3, if softmax meets the cross-entropy? It is as short as with "
            "the sigmoid.",
            "dW3 = dZ3 @ A2.T / m. Which shapes does this need, and does it have the "
            "shape of W3?",
            "dZ2 = (W3.T @ dZ3) times the slope of ReLU: 1 where A2 is positive, 0 "
            "elsewhere.",
            "Then the same once more: dZ1 = (W2.T @ dZ2) * (A1 > 0); each db is "
            "np.sum(dZ, axis=1, keepdims=True) / m.",
        ),
        why="dZ3 = A3 - Y, because softmax and cross-entropy cancel. Each layer then "
            "takes its dW and db from its dZ, and sends the error back through W.T "
            "and the slope of ReLU.",
        solution=three_layer.backward_propagation, cases=backward_cases(three_layer),
        diagnosis=(three_layer, "backward"),
        wrong=[
            Wrong("slope-missing",
                  "dZ2: between A2 and Z2 lies ReLU, and its slope is missing.",
                  "dA2 * relu_derivative(A2)", "dA2"),
            Wrong("slope-missing",
                  "dZ1: between A1 and Z1 lies ReLU, and its slope is missing.",
                  "dA1 * relu_derivative(A1)", "dA1"),
            Wrong("activation-for-slope",
                  "dZ1: you multiply by A1 itself. How steep is ReLU?",
                  "relu_derivative(A1)", "A1"),
            Wrong("relu-of-gradient",
                  "dZ2: you put the gradient through ReLU. Its slope depends on A2, "
                  "not on the sign of the gradient.",
                  "dA2 * relu_derivative(A2)", "np.maximum(0, dA2)"),
            Wrong("slope-of-other-activation",
                  "dZ2: this is the slope of tanh.",
                  "relu_derivative(A2)", "(1 - A2**2)"),
            Wrong("bias-one-number",
                  "db2: all its entries are equal. Along which axis do you add?",
                  "db2 = dZ2.sum(axis=-1, keepdims=True)",
                  "db2 = np.ones((len(dZ2), 1)) * dZ2.sum()"),
            Wrong("wrong-sign", "All gradients point downhill.", "A3 - Y", "Y - A3"),
            Wrong("bias-flat",
                  "The biases' gradients have the right numbers, but are not columns.",
                  ", keepdims=True", ""),
        ],
    ),
    FunctionExercise(
        "three_layer_update", 4,
        "Write `update_parameters(parameters, grads, learning_rate)` for three "
        "layers: return a new dictionary with W1, b1, W2, b2, W3, b3, each one step "
        "downhill.",
        hints=UPDATE_HINTS, why=WHY_UPDATE,
        solution=training.update_parameters, wrong=WRONG_UPDATE,
        cases=update_cases((3, 5, 4, 2), (2, 4, 6, 3)),
        diagnosis=(three_layer, "update"),
    ),
    FunctionExercise(
        "three_layer_predict", 4,
        "Write `predict(A3)`: the number of the most probable class of each example, "
        "m whole numbers.",
        hints=(
            "Each column holds the probabilities of one example. What do you look "
            "for in it?",
            "`argmax` gives the place of the largest entry. Along which axis?",
            "`A3.argmax(axis=0)` walks down the rows of each column.",
        ),
        why="The row with the largest probability is the most probable class; "
            "`axis=0` looks for it down each column.",
        solution=predict, any_shape=True,
        cases=lambda: [
            (three_layer.forward_propagation(X, P)[0],)
            for X, P in forward_cases(three_layer)()
        ],
        wrong=[
            Wrong("wrong-axis",
                  "You look along the rows: you found the surest example of each "
                  "class. Asked is the surest class of each example.",
                  "axis=0", "axis=1"),
            Wrong("argmax-of-everything",
                  "You return one number for all: without an axis `argmax` looks at "
                  "the whole array.",
                  "axis=0", ""),
            Wrong("probability-for-class",
                  "You return the largest probability; its place is wanted.",
                  "argmax", "max"),
            Wrong("one-hot-for-class",
                  "You return zeros and ones for each class; one number for each "
                  "example is wanted.",
                  lambda A: (A.max(axis=0) == A).astype(int)),
            Wrong("least-probable",
                  "You found the least probable class.", "argmax", "argmin"),
            Wrong("counted-from-1",
                  "Your classes begin with 1; here they begin with 0.",
                  "A3.argmax(axis=0)", "A3.argmax(axis=0) + 1"),
        ],
    ),
]  # fmt: skip
