"""Chapter 02: the numbers of the worked example, by hand."""

import numpy as np

from nnteach import costs, worked_example
from nnteach.practice.exercise import NumberExercise
from nnteach.practice.function_exercise import NetworkExercise

X, Y = worked_example.EXAMPLE.x, worked_example.EXAMPLE.y
P = worked_example.EXAMPLE.parameters
A2, CACHE = worked_example.forward_propagation(X, P)
Z1, A1, Z2 = CACHE["Z1"], CACHE["A1"], CACHE["Z2"]
GRADS = worked_example.backward_propagation(P, CACHE, X, Y)
ERROR, SLOPE = A2 - Y, A2 * (1 - A2)


def one(array):
    """Return the number in an array that has only one."""
    return np.asarray(array).item()


NEW = P["W2"] - GRADS["dW2"]

EXERCISES = [
    NumberExercise(
        "first_sums", 2, """
        The inputs are 0.35 and 0.7. Both weights of the first hidden unit are 0.2, both
        weights of the second are 0.3, the biases are 0. What reaches each hidden unit,
        before the sigmoid? Give two numbers, Z1 of the first unit and Z1 of the second.

        - What does a unit do with its inputs before its activation function?
        - Each input is multiplied by its own weight; then everything is added up.
        - The first unit: 0.2 times 0.35 plus 0.2 times 0.7.

        Each unit adds up its inputs, each times its weight: 0.2·0.35 + 0.2·0.7 and
        0.3·0.35 + 0.3·0.7. That is one row of W1 @ X for each unit.
        """,
        numbers=Z1[:, 0], labels=("Z1 of unit 1", "Z1 of unit 2"),
        wrong=[
            ("weights-missing", (1.05, 1.05),
             "You added up the inputs. Each input comes through a connection, and "
             "the connection has a weight."),
            ("activation-too-early", A1[:, 0],
             "These are sigmoid values already. What goes into the sigmoid?"),
            ("one-input", (0.07, 0.105),
             "That is the first input alone. A unit has two inputs."),
            ("one-input", (0.14, 0.21),
             "That is the second input alone. A unit has two inputs."),
            ("transpose-missing", (P["W1"].T @ X)[:, 0],
             "You used the columns of W1. Each *row* of W1 belongs to one hidden "
             "unit."),
        ],
    ),
    NumberExercise(
        "output_by_hand", 2, """
        The hidden units answer A1 = 0.5523 and 0.5781. The weights of the output unit
        are 0.3 and 0.9, its bias is 0, and its activation is the sigmoid. What is the
        output A2?

        - Which two steps does every unit take?
        - First the weighted sum Z2, then the sigmoid of it.
        - Z2 = 0.3 · 0.5523 + 0.9 · 0.5781; then 1 / (1 + exp(-Z2)).

        The weighted sum is Z2 = 0.686, and the sigmoid of it is 0.665: more than one
        half, because Z2 is positive.
        """,
        numbers=[one(A2)], labels=["A2"],
        wrong=[
            ("activation-missing", one(Z2),
             "That is Z2, the weighted sum. One step is still to come."),
            ("wrong-layer-input", 1 / (1 + np.exp(-one(P["W2"] @ Z1))),
             "You used Z1 where A1 belongs: the hidden units hand on their "
             "activation."),
            ("sign-of-exponent", 1 - one(A2),
             "Z2 is positive, so the output should be more than one half: look at "
             "the sign in the exponential."),
            ("wrong-layer-input", 1 / (1 + np.exp(-one(P["W2"] @ X))),
             "You used the inputs X where the activations A1 belong."),
            ("slope-for-function", one(SLOPE),
             "That is the slope of the sigmoid at Z2, not its value."),
        ],
    ),
    NumberExercise(
        "error_signal", 2, """
        The output is A2 = 0.6651, the target is 0.5. The cost is half the squared
        error. How does the cost change with Z2, that is: what is dZ2?

        - Z2 changes A2, and A2 changes the cost. What does the chain rule do with the
          two?
        - dA2 = A2 - Y. By what do you multiply to get from dA2 to dZ2?
        - dZ2 = dA2 times the slope of the sigmoid, A2 · (1 - A2).

        The chain rule multiplies: dA2 = A2 - Y = 0.165 says how the cost changes with
        A2, and A2 · (1 - A2) = 0.223 how A2 changes with Z2. It is positive: a larger
        Z2 makes it worse.
        """,
        numbers=[one(ERROR * SLOPE)], labels=["dZ2"],
        wrong=[
            ("output-slope-missing", one(ERROR),
             "That is dA2. Between A2 and Z2 lies the sigmoid: its slope is missing."),
            ("wrong-sign", -one(ERROR * SLOPE),
             "The size is right. Would a larger Z2 make the cost larger or smaller? "
             "That is the sign of a derivative. (The notebook that this example "
             "comes from has this sign too.)"),
            ("error-missing", one(SLOPE),
             "That is the slope of the sigmoid alone. How wrong is the output?"),
            ("slope-of-preactivation", one(ERROR * Z2 * (1 - Z2)),
             "You put Z2 into A · (1 - A). That formula needs the activation, A2."),
            ("slope-of-other-activation", one(ERROR * (1 - A2**2)),
             "You used 1 - A2², the slope of tanh. The output unit has a sigmoid."),
            ("cost-for-slope", one(ERROR**2 / 2),
             "That is the cost itself. How does it change when Z2 changes?"),
        ],
    ),
    NumberExercise(
        "stepped_weight", 2, """
        dZ2 is 0.03677, the first hidden unit answers 0.5523, and the weight between it
        and the output is 0.3. The learning rate is 1. What is this weight after one
        update?

        - Is the new weight larger or smaller? The output was too large.
        - dW2 = dZ2 times what came through this connection.
        - New weight = 0.3 - 1 · dW2, with dW2 = 0.03677 · 0.5523.

        The share of a weight in the error is dZ2 times what came through it, 0.0203.
        The output was too large, so the weight becomes smaller: 0.3 - 0.0203.
        """,
        numbers=[NEW[0, 0]], labels=["the new weight"], digits=4,
        wrong=[
            ("wrong-sign", 0.6 - NEW[0, 0],
             "You went uphill. The output is too large already: which way should "
             "the weight go?"),
            ("gradient-alone", one(GRADS["dW2"][0, 0]),
             "That is dW2, the gradient. The new weight is the old one, a step "
             "further."),
            ("activation-missing", 0.3 - one(ERROR * SLOPE),
             "You subtracted dZ2. What came through this connection? dW2 has that as "
             "a factor."),
            ("output-slope-missing", 0.3 - one(ERROR) * A1[0, 0],
             "You used dA2 = 0.165 where dZ2 = 0.0368 belongs."),
            ("wrong-layer-input", 0.3 - one(ERROR * SLOPE) * 0.35,
             "You used the input 0.35. Into the output unit comes what the hidden "
             "unit answers."),
            ("other-unit", 0.3 - one(ERROR * SLOPE) * A1[1, 0],
             "You used the second hidden unit, 0.5781. The weight is of the first."),
        ],
    ),
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
        does not cancel the slope of the output's sigmoid, so it appears twice: in dZ2
        and in dZ1.
        """,
        solution=worked_example.backward_propagation,
        network=worked_example, part="backward",
    ),
]  # fmt: skip
