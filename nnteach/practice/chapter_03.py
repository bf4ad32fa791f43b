"""Chapter 03: the functions of the two-layer network."""

import numpy as np

from nnteach import costs, two_layer, updates
from nnteach.practice.cases import matrices, network_cases
from nnteach.practice.function_exercise import FunctionExercise, NetworkExercise
from nnteach.practice.initialize import judge_parameters
from nnteach.updates import update_parameters


def layer_sizes(X, Y, n_h):
    """Return the numbers of inputs, hidden units and outputs."""
    n_x = X.shape[0]
    n_y = Y.shape[0]
    return n_x, n_h, n_y


def predict(A2):
    """Return 1 where the output is more than one half, else 0."""
    return (A2 > 0.5).astype(int)


def train(network, X, Y, parameters, learning_rate, iterations):
    """Return the parameters after so many updates."""
    for _ in range(iterations):
        _, cache = network.forward_propagation(X, parameters)
        grads = network.backward_propagation(parameters, cache, X, Y)
        parameters = update_parameters(parameters, grads, learning_rate)
    return parameters


def train_with_old_gradients(network, X, Y, parameters, learning_rate, iterations):
    """Return the parameters after steps that all use the first gradients: a mistake."""
    _, cache = network.forward_propagation(X, parameters)
    grads = network.backward_propagation(parameters, cache, X, Y)
    return update_parameters(parameters, grads, learning_rate * iterations)


def training_cases():
    """Return two networks with their data."""
    (P1, X1, Y1), (P2, X2, Y2) = network_cases(two_layer)
    return [(two_layer, X1, Y1, P1, 0.5, 3), (two_layer, X2, Y2, P2, 0.2, 8)]


def final_parameters(value):
    """Return the parameters out of what a learner's training loop returns."""
    if isinstance(value, (tuple, list)) and value and isinstance(value[0], dict):
        return value[0]
    return value


# Hints and explanation, the same for every depth.
UPDATE = """

- The gradient points uphill. Which way do you want to go?
- The new W1 depends on three things: the old W1, dW1 and the learning rate.
- W1 - learning_rate * dW1, and the same for every other one, biases too. Make a new
  dictionary; leave the old one alone.

The gradient is the direction in which the cost rises fastest, so a step against it
lowers the cost, if the step is small enough. The new values go into a new dictionary:
whoever called still has the old ones.
"""

EXERCISES = [
    FunctionExercise(
        "layer_sizes", 3, """
        Write `layer_sizes(X, Y, n_h)`: return n_x, n_h and n_y, the numbers of inputs,
        hidden units and outputs. One example is one column of X and Y.

        - How many numbers describe one example?
        - `X.shape` is (rows, columns). Which of the two is the number of examples?
        - n_x is the number of rows of X, n_y the number of rows of Y.

        The columns are the examples, and a network does not care how many there are:
        its sizes come from the rows.
        """,
        solution=layer_sizes, returns=("n_x", "n_h", "n_y"),
        cases=[(*matrices((3, 7), (2, 7)), 5), (*matrices((4, 6), (1, 6)), 2)],
        wrong=[
            ("examples-for-sizes", "shape[0] -> shape[1]",
             "You counted columns. Those are the examples: a network has the same "
             "size for any number of them."),
            ("examples-for-sizes", "X.shape[0] -> X.shape[1]",
             "Your n_x is the number of examples: count the rows of X."),
            ("examples-for-sizes", "Y.shape[0] -> Y.shape[1]",
             "Your n_y is the number of examples: count the rows of Y."),
            ("order", "n_x, n_h, n_y -> n_y, n_h, n_x",
             "The three numbers are right, their order is not: inputs, hidden "
             "units, outputs."),
            ("order", "n_x, n_h, n_y -> n_x, n_y, n_h",
             "The three numbers are right, their order is not: inputs, hidden "
             "units, outputs."),
        ],
    ),
    FunctionExercise(
        "two_layer_initialize", 3, """
        Write `initialize_parameters(n_x, n_h, n_y, scale, rng)`: a dictionary with
        random weights W1 and W2 (`rng.standard_normal(shape)` times scale) and zero
        biases b1 and b2 (columns).

        - Z1 = W1 @ X + b1 has one row for each hidden unit. What shapes do W1 and b1
          need for that?
        - W1 has n_h rows and n_x columns; b1 is a column of n_h zeros.
        - `rng.standard_normal((n_h, n_x)) * scale` and `np.zeros((n_h, 1))`; the second
          layer likewise.

        One row of weights for each unit, one bias for each unit as a column. The
        weights differ, so that the units learn different things; the biases need not.
        """,
        solution=two_layer.initialize_parameters, judge_value=judge_parameters,
        head="def initialize_parameters(n_x, n_h, n_y, scale, rng):",
        cases=[
            (30, 40, 20, 0.05, np.random.default_rng(0)),
            (2, 4, 1, 0.01, np.random.default_rng(1)),
        ],
    ),
    NetworkExercise(
        "two_layer_forward", 3, """
        Write `forward_propagation(X, parameters)`: tanh in the hidden layer, sigmoid in
        the output layer. Return the output A2 and the cache, a dictionary with Z1, A1,
        Z2, A2.

        - Which two steps does each layer take, and what is handed from one to the next?
        - Z1 = W1 @ X + b1 and A1 = tanh(Z1). What goes into the second layer?
        - Z2 = W2 @ A1 + b2, A2 = sigmoid(Z2); return A2 and {"Z1": Z1, "A1": A1, "Z2":
          Z2, "A2": A2}.

        Each layer takes a weighted sum and puts it through its activation; the
        activation is handed on. The cache keeps what the way back needs.
        """,
        solution=two_layer.forward_propagation,
        network=two_layer, part="forward",
    ),
    NetworkExercise(
        "binary_cross_entropy", 3, """
        Write `compute_cost(A2, Y)`: the binary cross-entropy, the mean over the m
        examples of -(Y log(A2) + (1 - Y) log(1 - A2)). If there are several outputs,
        those of one example are added up.

        - What should the cost be for an output that is right and sure of itself?
        - For Y = 1 only log(A2) counts, for Y = 0 only log(1 - A2).
        - `-np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m`, with m the number of
          columns.

        The cost is minus the logarithm of the probability that was given to the right
        class: 0 for a sure and right answer, large for a sure and wrong one. (The lines
        with `maximum` only guard against log(0).)
        """,
        solution=costs.binary_cross_entropy,
        head="def compute_cost(A2, Y):", network=two_layer, part="cost",
    ),
    NetworkExercise(
        "two_layer_backward", 3, """
        Write `backward_propagation(parameters, cache, X, Y)` for the two-layer network
        (tanh, sigmoid, binary cross-entropy). Return a dictionary with dW1, db1, dW2,
        db2, each a mean over the m examples.

        - Which was the last step of the forward pass? The way back begins there.
        - dZ2 = A2 - Y. Each dW has the shape of its W: which product of dZ2 and A1 has
          the shape of W2?
        - dZ1 = (W2.T @ dZ2) times the slope of the hidden activation, entry by entry.
          Which activation is it?
        - dW = dZ @ (what went in).T / m; db = np.sum(dZ, axis=1, keepdims=True) / m;
          the slope of tanh is 1 - A1**2.

        dZ2 = A2 - Y, because the sigmoid's slope cancels against the cost's derivative.
        Then each layer does the same: its dW from its dZ and what went in, its db from
        its dZ, and the error sent back through W.T and the slope.
        """,
        solution=two_layer.backward_propagation,
        network=two_layer, part="backward",
    ),
    NetworkExercise(
        "update_parameters", 3,
        "Write `update_parameters(parameters, grads, learning_rate)`: return a new "
        f"dictionary with W1, b1, W2, b2, each one step downhill.{UPDATE}",
        solution=updates.update_parameters, network=two_layer, part="update",
    ),
    FunctionExercise(
        "two_layer_predict", 3, """
        Write `predict(A2)`: the class of each example, 1 where the output A2 is more
        than one half and 0 elsewhere, in the shape of A2.

        - A2 is a probability. From where on is class 1 the more likely one?
        - A comparison of the whole array gives True and False.
        - `(A2 > 0.5)`, and `.astype(int)` if you like 0 and 1 better.

        A2 is the probability of class 1, so class 1 is the more likely one above one
        half.
        """,
        solution=predict,
        cases=[
            (np.array([[0.1, 0.7, 0.49, 0.52, 0.99]]),),
            (np.array([[0.8, 0.3, 0.45], [0.2, 0.6, 0.05]]),),
        ],
        wrong=[
            ("threshold", "0.5 -> 0",
             "Every example becomes class 1. With what do you compare? A probability "
             "is always more than 0."),
            ("probability-for-class", "(A2 > 0.5).astype(int) -> A2",
             "You return the probabilities. Return the classes, 0 or 1."),
            ("turned-round", "A2 > 0.5 -> A2 < 0.5", "The classes are exchanged."),
            ("argmax-for-threshold", lambda A: A.argmax(axis=0),
             "`argmax` tells which row is largest. Here each entry is a question of "
             "its own, yes or no."),
        ],
    ),
    FunctionExercise(
        "training_loop", 3, """
        Write `train(network, X, Y, parameters, learning_rate, iterations)`: in each
        iteration forward, backward, update. Return the parameters after the last
        update. `network` has forward_propagation(X, parameters) and
        backward_propagation(parameters, cache, X, Y).

        - What has to be computed anew in each iteration, because the parameters have
          moved?
        - Three lines in a loop: output and cache; gradients; new parameters.
        - `for _ in range(iterations):` with `network.forward_propagation(X,
          parameters)`, `network.backward_propagation(parameters, cache, X, Y)`,
          `update_parameters(parameters, grads, learning_rate)`; `return parameters`
          after the loop.

        After each update the gradient is another one, so forward and backward have to
        run again before the next step.
        """,
        solution=train, cases=training_cases(), accept=final_parameters,
        wrong=[
            ("one-too-few", "range(iterations) -> range(iterations - 1)",
             "You make one update too few."),
            ("one-too-many", "range(iterations) -> range(iterations + 1)",
             "You make one update too many."),
            ("return-in-loop", "    return parameters ->         return parameters",
             "Your result is that of one update: does `return` stand inside the loop, "
             "or does each turn begin at the same parameters again?"),
            ("no-update", "parameters = update_parameters -> update_parameters",
             "The parameters have not moved: is the result of the update kept?"),
            ("wrong-sign",
             "update_parameters(parameters, grads, learning_rate) -> {k: v + "
             "learning_rate * grads['d' + k] for k, v in parameters.items()}",
             "You go uphill: an update takes a step against the gradient."),
            ("gradients-not-renewed", train_with_old_gradients,
             "Every step uses the gradients of the start. They change as the "
             "parameters move."),
        ],
    ),
]  # fmt: skip
