"""Chapter 05: networks of any depth, layer by layer."""

import numpy as np

from nnteach import deep, updates
from nnteach.costs import COSTS
from nnteach.deep import FITTING_COST, layer_backward, layer_forward
from nnteach.practice.cases import matrices
from nnteach.practice.chapter_03 import UPDATE
from nnteach.practice.function_exercise import FunctionExercise, NetworkExercise
from nnteach.practice.initialize import judge_with_biases

# Both hidden activations, so that a function has to ask for each layer's own.
DEEP = deep.Network(deep.architecture([2, 5, 4, 1], hidden="tanh"))
DEEP.architecture[0]["activation"] = "relu"
TALL = deep.Network(deep.architecture([2, 4, 3, 5, 1], hidden="tanh"))
TALL.architecture[1]["activation"] = "relu"
LARGE = deep.architecture([30, 20, 10, 15], hidden="relu", output="softmax")


def initialize_parameters(architecture, scale, rng):
    """Return random weights, standard normal times scale, and zero biases."""
    parameters = {}
    for number, layer in enumerate(architecture, start=1):
        n_in, n_out = layer["input_dim"], layer["output_dim"]
        parameters[f"W{number}"] = rng.standard_normal((n_out, n_in)) * scale
        parameters[f"b{number}"] = np.zeros((n_out, 1))
    return parameters


def forward_propagation(X, parameters, architecture):
    """Return the output and the cache A0, Z1, A1, Z2, A2 ..."""
    A, cache = X, {"A0": X}
    for number, layer in enumerate(architecture, start=1):
        W, b = parameters[f"W{number}"], parameters[f"b{number}"]
        A, Z = layer_forward(A, W, b, layer["activation"])
        cache[f"Z{number}"], cache[f"A{number}"] = Z, A
    return A, cache


def compute_cost(output, Y, activation):
    """Return the cost that fits the activation of the output layer."""
    cost, _, _ = COSTS[FITTING_COST[activation]]
    return cost(output, Y)


def sigmoid_cost_without_zeros(output, Y, activation):
    """Return the cost, which forgets the examples with Y = 0: a mistake."""
    if activation == "sigmoid":
        return -(Y * np.log(output)).sum() / Y.shape[1]
    return compute_cost(output, Y, activation)


def through_activation(dA, A, activation):
    """Return dZ, from dA and the activation A of the same layer."""
    if activation == "sigmoid":
        return dA * A * (1 - A)
    if activation == "tanh":
        return dA * (1 - A**2)
    return dA * (A > 0)


def backward_propagation(parameters, cache, X, Y, architecture):
    """Return dW1, db1 ... of a network whose cost fits its output layer."""
    grads = {}
    last = len(architecture)
    dZ = cache[f"A{last}"] - Y
    for number in range(last, 0, -1):
        A_previous = cache[f"A{number - 1}"]
        dA, dW, db = layer_backward(dZ, A_previous, parameters[f"W{number}"])
        grads[f"dW{number}"], grads[f"db{number}"] = dW, db
        if number > 1:
            below = architecture[number - 2]["activation"]
            dZ = through_activation(dA, A_previous, below)
    return grads


def predict(output, activation):
    """Return the class of each example: its number, or 0 or 1."""
    if activation == "softmax":
        return output.argmax(axis=0)
    return (output > 0.5).astype(int)


def slope(A, activation):
    """Return the slope alone."""
    return through_activation(np.ones_like(A), A, activation)


HIDDEN = ("relu", "sigmoid", "tanh")


def layer_cases():
    """Return arguments of one layer forward, for three activations."""
    sizes = [(4, 3, 6), (2, 5, 7), (3, 6, 4)]
    return [
        (*matrices((n_in, m), (n_out, n_in), (n_out, 1), seed=m, scale=1), name)
        for (n_out, n_in, m), name in zip(sizes, HIDDEN, strict=True)
    ]


def slope_cases():
    """Return dA, A and the activation, for three activations."""
    cases = []
    for shape, name in zip([(3, 5), (4, 2), (2, 6)], HIDDEN, strict=True):
        dA, Z = matrices(shape, shape, seed=7)
        A, _ = layer_forward(Z, np.eye(len(Z)), 0, name)
        cases.append((dA, A, name))
    return cases


def way_back_cases():
    """Return dZ, A_previous and W of one layer, for two sizes."""
    sizes = [(4, 3, 6), (2, 5, 7)]
    return [
        tuple(matrices((n_out, m), (n_in, m), (n_out, n_in), seed=m))
        for n_out, n_in, m in sizes
    ]


def output_cases():
    """Return outputs, targets and the activation of the output layer."""
    softmax = np.array([[0.5, 0.1, 0.3], [0.3, 0.8, 0.3], [0.2, 0.1, 0.4]])
    numbers, targets = matrices((2, 5), (2, 5), seed=9)
    return [
        (np.array([[0.2, 0.7, 0.6, 0.9]]), np.array([[0.0, 1, 0, 1]]), "sigmoid"),
        (softmax[:, [0, 1, 2, 0, 1]], np.eye(3)[:, [0, 1, 2, 1, 0]], "softmax"),
        (numbers, targets, "identity"),
        (softmax[:2], np.array([[0.0, 1, 1], [1, 0, 1]]), "sigmoid"),
        (softmax[:, [2, 1]], np.eye(3)[:, [2, 1]], "softmax"),
        (numbers[:1], targets[:1] + 1, "identity"),
    ]


EXERCISES = [
    FunctionExercise(
        "deep_initialize", 5, """
        Write `initialize_parameters(architecture, scale, rng)`: for each layer of the
        list a random W (`rng.standard_normal(shape)` times scale) and a zero b (a
        column), under the keys W1, b1, W2, b2 ...

        - Each layer is a dictionary with input_dim and output_dim. Which of them is the
          number of rows of W?
        - `enumerate(architecture, start=1)` gives the number of a layer with the layer
          itself.
        - In the loop: `parameters[f"W{number}"] = rng.standard_normal((output_dim,
          input_dim)) * scale`, and b likewise with `np.zeros`.

        One pass of the loop does for a layer what the longhand networks wrote out: a
        row of weights for each unit, one bias for each unit as a column.
        """,
        solution=initialize_parameters, judge_value=judge_with_biases,
        cases=[
            (LARGE, 0.05, np.random.default_rng(0)),
            (DEEP.architecture, 0.1, np.random.default_rng(1)),
            (deep.architecture([9, 14, 12, 11, 8]), 0.1, np.random.default_rng(2)),
        ],
    ),
    FunctionExercise(
        "layer_forward", 5, """
        Write `layer_forward(A_previous, W, b, activation)`: return A and Z of one
        layer. activation is "relu", "sigmoid" or "tanh".

        - Which two steps does a layer take? They are the same in every layer.
        - Z = W @ A_previous + b. How do you choose the function by its name?
        - `if activation == "relu":` and so on, or a dictionary from names to functions;
          `return A, Z`.

        Both are returned: A goes into the next layer, and the way back needs what
        happened here.
        """,
        solution=deep.layer_forward, returns=("A", "Z"), cases=layer_cases(),
        wrong=[
            ("order", "return function(Z), Z -> return Z, function(Z)",
             "A and Z are exchanged: return A first."),
            ("bias-missing", " + b -> ",
             "Z lacks its bias: what is added to the weighted sum?"),
            ("activation-missing", "return function(Z), Z -> return Z, Z",
             "A is equal to Z: the activation function is missing."),
            ("one-activation-for-all", 'ACTIVATIONS[activation] -> ACTIVATIONS["relu"]',
             "It is right for ReLU; what about the other names?"),
            ("one-activation-for-all",
             'ACTIVATIONS[activation] -> ACTIVATIONS["sigmoid"]',
             "It is right for the sigmoid; what about the other names?"),
            ("one-activation-for-all", 'ACTIVATIONS[activation] -> ACTIVATIONS["tanh"]',
             "It is right for tanh; what about the other names?"),
        ],
    ),
    NetworkExercise(
        "deep_forward", 5, """
        Write `forward_propagation(X, parameters, architecture)`: walk through the
        layers; return the output and the cache with A0 = X, Z1, A1, Z2, A2 ... You may
        use `layer_forward` from `nnteach.deep` or your own.

        - What goes into the first layer, and what into each of the others?
        - Keep one variable A: before the loop it is X, and each layer replaces it.
        - `for number, layer in enumerate(architecture, start=1):` `A, Z =
          layer_forward(A, parameters[f"W{number}"], parameters[f"b{number}"],
          layer["activation"])`, then put both into the cache.

        A is handed from layer to layer, so the loop is the same for any depth. The
        cache keeps each A and Z, because the way back needs them in the opposite order.
        """,
        solution=forward_propagation,
        network=DEEP, also=TALL, part="forward",
    ),
    FunctionExercise(
        "deep_cost", 5, """
        Write `compute_cost(output, Y, activation)` with the cost that fits the output
        layer: binary cross-entropy for "sigmoid", categorical cross-entropy for
        "softmax", half squared error for "identity". What belongs to one example is
        added up; then comes the mean over the m examples.

        - You have met all three. What do they have in common?
        - Decide by the name, then use the functions of `nnteach.costs` or your own.
        - `if activation == "sigmoid": return binary_cross_entropy(output, Y)`, and so
          on.

        Each pair belongs together: with the fitting cost the way back begins with
        output - Y, whatever the activation.
        """,
        solution=compute_cost, cases=output_cases(),
        wrong=[
            ("one-cost-for-all",
             'COSTS[FITTING_COST[activation]] -> COSTS["half_squared_error"]',
             "You use the squared error whatever the output layer is."),
            ("one-cost-for-all",
             "FITTING_COST[activation] -> "
             'FITTING_COST[activation].replace("categorical", "binary")',
             'With "softmax" you use the binary cross-entropy, which counts the '
             "wrong classes too."),
            ("one-cost-for-all", sigmoid_cost_without_zeros,
             'With "sigmoid" the part for Y = 0 is missing: what is left is the cost '
             "for softmax."),
            ("mean-missing", "cost(output, Y) -> cost(output, Y) * Y.shape[1]",
             "You add up all examples: by what do you divide?"),
            ("mean-over-wrong-axis", "cost(output, Y) -> cost(output, Y) / len(Y)",
             "You divide by the number of outputs too. What belongs to one example is "
             "added up."),
        ],
    ),
    FunctionExercise(
        "through_activation", 5, """
        Write `through_activation(dA, A, activation)`: return dZ, that is dA times the
        slope, entry by entry. A is the activation; its name is "relu", "sigmoid" or
        "tanh".

        - What does the chain rule do with dA and the slope?
        - You know the three slopes from A: 1 where A > 0, A (1 - A), 1 - A².
        - `if activation == "tanh": return dA * (1 - A**2)`, and so on.

        dZ is dA times the slope at the same place: each entry has its own. The slopes
        are written with A, which the cache has.
        """,
        solution=through_activation, cases=slope_cases(),
        wrong=[
            ("slope-missing", lambda dA, A, name: dA + 0,
             "You return dA as it is: where is the slope?"),
            ("error-not-sent-back", lambda dA, A, name: slope(A, name),
             "You return the slopes alone. What comes in from above is dA."),
            ("relu-of-gradient", "dA * (A > 0) -> np.maximum(0, dA)",
             'With "relu" you put dA through ReLU. The slope depends on A, not on '
             "the sign of dA."),
            ("activation-for-slope", "(A > 0) -> A",
             'With "relu" you multiply by A itself. How steep is ReLU?'),
            ("slope-of-other-activation", "(1 - A**2) -> A * (1 - A)",
             "With \"tanh\" you use the sigmoid's slope."),
            ("slope-of-other-activation", "dA * A * (1 - A) -> dA * (1 - A**2)",
             'With "sigmoid" you use the slope of tanh.'),
        ],
    ),
    FunctionExercise(
        "layer_backward", 5, """
        Write `layer_backward(dZ, A_previous, W)`: return dA_previous, dW and db of one
        layer. dW and db are means over the m examples.

        - Which shapes must the three results have?
        - dW has the shape of W, (n_out, n_in); dZ is (n_out, m) and A_previous is
          (n_in, m). Which product fits?
        - `dW = dZ @ A_previous.T / m`, `db = dZ.sum(axis=1, keepdims=True) / m`,
          `dA_previous = W.T @ dZ`.

        Each weight's share is dZ times what came through it, averaged over the
        examples; the bias has 1 in place of that. The error goes back along the same
        weights, so by the transpose of W.
        """,
        solution=deep.layer_backward, returns=("dA_previous", "dW", "db"),
        cases=way_back_cases(),
        wrong=[
            ("mean-missing", " / m -> ",
             "dW and db are m times what they should be: the cost is a mean over the "
             "examples."),
            ("mean-over-wrong-axis", "A_previous.shape[-1] -> A_previous.shape[0]",
             "You divide by the number of rows of A_previous; the examples are its "
             "columns."),
            ("bias-one-number",
             "dZ.sum(axis=-1, keepdims=True) -> dZ.sum() * np.ones((len(dZ), 1))",
             "All entries of db are equal. Along which axis do you add?"),
            ("bias-not-summed", "dZ.sum(axis=-1, keepdims=True) -> dZ",
             "db has a column for each example. What happens to the examples?"),
            ("transpose-missing",
             "dZ @ A_previous.mT / m -> (dZ @ A_previous.mT / m).T",
             "dW is the right matrix lying on its side: it needs the shape of W."),
            ("mean-twice", "W.mT @ dZ -> W.mT @ dZ / m",
             "dA_previous is divided by m too. The mean comes once, where the "
             "examples are added up: in dW and db."),
            ("order", "return dA_previous, dW, db -> return dW, db, dA_previous",
             "The three results are right, but their order is dA_previous, dW, db."),
        ],
    ),
    NetworkExercise(
        "deep_backward", 5, """
        Write `backward_propagation(parameters, cache, X, Y, architecture)` for any
        depth: dW1, db1 ... The cost fits the output layer, so the last dZ is the output
        minus Y. You may use `layer_backward` and `through_activation` from
        `nnteach.deep` or your own.

        - In which order do you walk through the layers, and with what do you begin?
        - Layer l needs its own W, the dZ from above, and the A of the layer below.
        - After `layer_backward` you hold dA of the layer below. Whose activation leads
          from there to its dZ?
        - `for number in range(last, 0, -1):` dA, dW, db = layer_backward(dZ,
          cache[f"A{number - 1}"], W); then, if number > 1, dZ = through_activation(dA,
          cache[f"A{number - 1}"], the activation of layer number - 1, which is
          architecture[number - 2]).

        The loop runs from the last layer to the first, and each pass undoes one layer.
        architecture[number - 2] is the layer below, because the list counts from 0.
        """,
        solution=backward_propagation,
        network=DEEP, also=TALL, part="backward",
    ),
    NetworkExercise(
        "deep_update", 5,
        "Write `update_parameters(parameters, grads, learning_rate)` for any depth: "
        f"a new dictionary, each entry one step downhill.{UPDATE}",
        solution=updates.update_parameters,
        network=DEEP, also=TALL, part="update",
    ),
    FunctionExercise(
        "deep_predict", 5, """
        Write `predict(output, activation)`: the number of the most probable class if
        the output layer is "softmax", and 1 where the output is more than one half,
        else 0, if it is "sigmoid".

        - How many numbers describe one example in each case?
        - A sigmoid's output is a probability. From where on is class 1 more likely?
        - `output.argmax(axis=0)` for softmax, `output > 0.5` for sigmoid.

        A softmax has a row for each class, and the largest wins; a sigmoid has one row,
        and one half decides.
        """,
        solution=predict, any_shape=True,
        cases=[(output, name) for output, _, name in output_cases()[:2]],
        wrong=[
            ("threshold", "> 0.5 -> > 0",
             'With "sigmoid" every example becomes class 1. With what do you compare? '
             "A probability is always more than 0."),
            ("argmax-for-threshold",
             "(output > 0.5).astype(int) -> output.argmax(axis=0)",
             'With "sigmoid" there is one row, and the largest of one is always '
             "number 0."),
            ("wrong-axis", "axis=0 -> axis=1",
             'With "softmax" you look along the rows; the classes of one example '
             "stand in one column."),
            ("threshold-for-argmax",
             "output.argmax(axis=0) -> (output > 0.5).astype(int)",
             'With "softmax" you compare with one half. What if no class has that '
             "much?"),
            ("probability-for-class", "(output > 0.5).astype(int) -> output",
             "You return probabilities. Return classes."),
        ],
    ),
]  # fmt: skip
