"""Chapter 02: the numbers of the worked example, by hand."""

import numpy as np

from nnteach import costs, worked_example
from nnteach.activations import sigmoid
from nnteach.practice.function_exercise import NetworkExercise
from nnteach.practice.own_numbers import WorkedExercise
from nnteach.rounding import show


def one(array):
    """Return the number in an array that has only one."""
    return np.asarray(array).item()


def shown(*arrays):
    """Return all numbers in these arrays as texts."""
    return [show(number) for array in arrays for number in np.ravel(array)]


def factor(text):
    """Return a number's text as it stands in a product: in brackets if negative."""
    return f"({text})" if text.startswith("−") else text


# Each exercise is a function of the example and of what one round of learning makes of
# it (`values_of`), so that a worksheet may ask the same with other numbers.


def first_sums(example, made):
    """Return what first_sums asks for."""
    X, W1, b1 = example.x, example.W1, example.b1
    x1, x2, w11, w12, w21, w22, c1, c2 = shown(X, W1, b1)
    return {
        "text": f"""
        The inputs are {x1} and {x2}. The weights of the first hidden unit are {w11} and
        {w12}, those of the second are {w21} and {w22}, the biases are {c1} and {c2}.
        What reaches each hidden unit, before the sigmoid? Give two numbers, Z1 of the
        first unit and Z1 of the second.

        - What does a unit do with its inputs before its activation function?
        - Each input is multiplied by its own weight; then everything is added up, and
          the bias too.
        - The first unit: {w11} times {x1}, plus {w12} times {x2}, plus its bias {c1}.

        Each unit adds up its inputs, each times its weight, and its bias:
        {factor(w11)}·{x1} + {factor(w12)}·{x2} + {factor(c1)} and
        {factor(w21)}·{x1} + {factor(w22)}·{x2} + {factor(c2)}. That is one row of
        W1 @ X + b1 for each unit.
        """,
        "numbers": made["Z1"][:, 0], "labels": ("Z1 of unit 1", "Z1 of unit 2"),
        "wrong": [
            ("weights-missing", X.sum() + b1,
             "You added up the inputs. Each input comes through a connection, and "
             "the connection has a weight."),
            ("activation-too-early", made["A1"],
             "These are sigmoid values already. What goes into the sigmoid?"),
            ("one-input", W1[:, :1] * X[0] + b1,
             "That is the first input alone. A unit has two inputs."),
            ("one-input", W1[:, 1:] * X[1] + b1,
             "That is the second input alone. A unit has two inputs."),
            ("transpose-missing", W1.T @ X + b1,
             "You used the columns of W1. Each *row* of W1 belongs to one hidden "
             "unit."),
            ("bias-missing", W1 @ X,
             "That is the weighted sum. Each unit adds its bias to it."),
        ],
    }  # fmt: skip


def output_by_hand(example, made):
    """Return what output_by_hand asks for."""
    W2, b2, Z2, A2 = example.W2, example.b2, one(made["Z2"]), one(made["A2"])
    a1, a2, w1, w2, c = shown(made["A1"], W2, b2)
    sign, side = ("positive", "more") if Z2 > 0 else ("negative", "less")
    reason = f"{side} than one half, because Z2 is {sign}"
    if Z2 == 0:
        reason = "one half, because Z2 is 0"
    return {
        "text": f"""
        The hidden units answer A1 = {a1} and {a2}. The weights of the output unit are
        {w1} and {w2}, its bias is {c}, and its activation is the sigmoid. What is the
        output A2?

        - Which two steps does every unit take?
        - First the weighted sum Z2, then the sigmoid of it.
        - Z2 = {factor(w1)} · {a1} + {factor(w2)} · {a2} + {factor(c)}; then
          1 / (1 + exp(-Z2)).

        The weighted sum with the bias is Z2 = {show(Z2, 3)}, and the sigmoid of it is
        {show(A2, 3)}: {reason}.
        """,
        "numbers": [A2], "labels": ["A2"],
        "wrong": [
            ("activation-missing", Z2,
             "That is Z2, the weighted sum. One step is still to come."),
            ("wrong-layer-input", sigmoid(W2 @ made["Z1"] + b2),
             "You used Z1 where A1 belongs: the hidden units hand on their "
             "activation."),
            ("sign-of-exponent", 1 - A2,
             f"Z2 is {sign}, so the output should be {side} than one half: look at "
             "the sign in the exponential."),
            ("wrong-layer-input", sigmoid(W2 @ example.x + b2),
             "You used the inputs X where the activations A1 belong."),
            ("slope-for-function", A2 * (1 - A2),
             "That is the slope of the sigmoid at Z2, not its value."),
            ("weights-exchanged", sigmoid(W2[:, ::-1] @ made["A1"] + b2),
             "You multiplied each hidden unit with the weight of the other."),
            ("bias-missing", sigmoid(W2 @ made["A1"]),
             "The output unit has a bias: it belongs into Z2."),
        ],
    }  # fmt: skip


def error_signal(example, made):
    """Return what error_signal asks for."""
    A2, Z2, dZ2, Y = (one(a) for a in (made["A2"], made["Z2"], made["dZ2"], example.y))
    error, slope = A2 - Y, A2 * (1 - A2)
    what = "positive: a larger Z2 makes it worse"
    if dZ2 <= 0:
        what = "negative: a larger Z2 makes it better" if dZ2 else "0: nothing is wrong"
    return {
        "text": f"""
        The output is A2 = {show(A2)}, the target is {show(Y)}. The cost is half the
        squared error. How does the cost change with Z2, that is: what is dZ2?

        - Z2 changes A2, and A2 changes the cost. What does the chain rule do with the
          two?
        - dA2 = A2 - Y. By what do you multiply to get from dA2 to dZ2?
        - dZ2 = dA2 times the slope of the sigmoid, A2 · (1 - A2).

        The chain rule multiplies: dA2 = A2 - Y = {show(error, 3)} says how the cost
        changes with A2, and A2 · (1 - A2) = {show(slope, 3)} how A2 changes with Z2. It
        is {what}.
        """,
        "numbers": [dZ2], "labels": ["dZ2"],
        "wrong": [
            ("output-slope-missing", error,
             "That is dA2. Between A2 and Z2 lies the sigmoid: its slope is missing."),
            ("wrong-sign", -dZ2,
             "The size is right. Would a larger Z2 make the cost larger or smaller? "
             "That is the sign of a derivative. (The notebook that this example "
             "comes from has this sign too.)"),
            ("error-missing", slope,
             "That is the slope of the sigmoid alone. How wrong is the output?"),
            ("slope-of-preactivation", error * Z2 * (1 - Z2),
             "You put Z2 into A · (1 - A). That formula needs the activation, A2."),
            ("slope-of-other-activation", error * (1 - A2**2),
             "You used 1 - A2², the slope of tanh. The output unit has a sigmoid."),
            ("cost-for-slope", error**2 / 2,
             "That is the cost itself. How does it change when Z2 changes?"),
        ],
    }  # fmt: skip


def stepped_weight(example, made):
    """Return what stepped_weight asks for."""
    rate, W, dW = example.learning_rate, example.W2[0, 0], made["dW2"][0, 0]
    dZ2, dA2, (a1, a2) = one(made["dZ2"]), one(made["dA2"]), made["A1"][:, 0]
    new, x1 = made["new W2"][0, 0], example.x[0, 0]
    was, way = ("large", "smaller") if dZ2 > 0 else ("small", "larger")
    w, g, d, a, r, z = map(show, (W, dZ2, dW, a1, rate, dA2))
    reason = f"The output was too {was}, so the weight becomes {way}"
    if dZ2 == 0:
        reason = "The output was right, so the weight stays"
    return {
        "text": f"""
        dZ2 is {g}, the first hidden unit answers {a}, and the weight between it and the
        output is {w}. The learning rate is {r}. What is this weight after one update?
        Give four digits.

        - Is the new weight larger or smaller? {reason.split(",")[0]}.
        - dW2 = dZ2 times what came through this connection.
        - New weight = {w} - {r} · dW2, with dW2 = {factor(g)} · {a}.

        The share of a weight in the error is dZ2 times what came through it, {d}.
        {reason}: {w} - {r} · {factor(d)}.
        """,
        "numbers": [new], "labels": ["the new weight"], "digits": 4,
        "wrong": [
            ("wrong-sign", 2 * W - new,
             f"You went uphill. The output is too {was}: which way should the weight "
             "go?"),
            ("gradient-alone", dW,
             "That is dW2, the gradient. The new weight is the old one, a step "
             "further."),
            ("activation-missing", W - rate * dZ2,
             "You left out what came through this connection: dW2 has it as a factor, "
             "beside dZ2."),
            ("output-slope-missing", W - rate * dA2 * a1,
             f"You used dA2 = {z} where dZ2 = {g} belongs."),
            ("wrong-layer-input", W - rate * dZ2 * x1,
             f"You used the input {show(x1)}. Into the output unit comes what the "
             "hidden unit answers."),
            ("other-unit", W - rate * dZ2 * a2,
             f"You used the second hidden unit, {show(a2)}. The weight is of the "
             "first."),
            ("rate-missing", W - dW,
             f"You took the whole gradient. The learning rate, {r}, is a factor of the "
             "step."),
        ],
    }  # fmt: skip


EXERCISES = [
    WorkedExercise("first_sums", 2, first_sums),
    WorkedExercise("output_by_hand", 2, output_by_hand),
    WorkedExercise("error_signal", 2, error_signal),
    WorkedExercise("stepped_weight", 2, stepped_weight),
    NetworkExercise(
        "half_squared_error", 2, """
        Write `half_squared_error(A, Y)`: half the sum of the squares of A - Y, as a
        mean over the m examples (the columns).

        - How many numbers come out: one for each entry, or one?
        - m is the number of columns, `A.shape[1]`.
        - Square, add everything up, divide by 2 * m.

        The squares of all outputs of one example are added up, and the mean is over the
        examples. The half cancels the 2 that comes from the square: the derivative is
        just A - Y.
        """,
        solution=costs.half_squared_error,
        network=worked_example, part="cost",
    ),
    NetworkExercise(
        "worked_example_backward", 2, """
        Write `backward_propagation(parameters, cache, X, Y)` for this network: sigmoid,
        sigmoid, half squared error. Return a dictionary with dW1, db1, dW2, db2, each a
        mean over the m examples.

        - In which order do the steps of the forward pass come back?
        - dZ2 = (A2 - Y) times the slope of the sigmoid; dW2 and db2 come from dZ2.
        - dA1 = W2.T @ dZ2 sends the error back; then comes the slope of the hidden
          sigmoid.
        - dW = dZ @ (what went in).T / m, and db = the sum of dZ over the examples, as a
          column, / m.

        Each line undoes one line of the forward pass, last one first. The squared error
        does not cancel the slope of the output's sigmoid. So each dZ has the slope of
        its own layer: A2 (1 - A2) in dZ2, A1 (1 - A1) in dZ1.
        """,
        solution=worked_example.backward_propagation,
        network=worked_example, part="backward",
    ),
]  # fmt: skip
