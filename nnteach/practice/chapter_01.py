"""Chapter 01: the activation functions and their slopes."""

import numpy as np

from nnteach import activations
from nnteach.practice.cases import each, matrices
from nnteach.practice.function_exercise import FunctionExercise

LARGE = np.array([[-1000.0, 1000.0, 0.5]])


def with_slopes(function=lambda Z, slope=0.01: Z):
    """Return a case with the usual slope and one with another."""
    first, second = matrices((3, 5), (4, 2))
    return [(function(first),), (function(second, 0.2), 0.2)]


EXERCISES = [
    FunctionExercise(
        "sigmoid", 1, """
        Write `sigmoid(Z)`: it squeezes every entry of an array into the range from 0 to
        1, 1 / (1 + exp(-Z)).

        - What should come out for a very large Z, for 0, and for a very negative Z?
        - `np.exp` works on a whole array at once. Which sign does its argument have?
        - It is one line: 1 divided by (1 plus the exponential of minus Z).

        For large Z the exponential vanishes and leaves 1; for Z = 0 it is 1 and leaves
        1/2; for very negative Z it grows without limit and leaves 0.
        """,
        solution=activations.sigmoid, cases=each(),
        edges=[(LARGE,)], forgiven="`1 / (1 + np.exp(-Z))` is right there too.",
        wrong=[
            ("sign-of-exponent", "np.exp(-Z) -> np.exp(Z)",
             "Your curve falls where it should rise: try Z = 5. Look at the sign "
             "in the exponential, and at what stands above the line."),
            ("brackets-missing", "(1 + np.exp(-Z)) -> 1 + np.exp(-Z)",
             "Python divides before it adds. What has to be divided by?"),
            ("slope-for-function", lambda Z: np.exp(-Z) / (1 + np.exp(-Z)) ** 2,
             "These are the slopes of the sigmoid; the task asks for its values."),
            ("tanh-for-sigmoid", np.tanh,
             "This is tanh, which runs from -1 to 1. The sigmoid runs from 0 to 1."),
        ],
    ),
    FunctionExercise(
        "sigmoid_derivative", 1, """
        Write `sigmoid_derivative(A)`: the slope of the sigmoid, from the activation A =
        sigmoid(Z), which is already known.

        - Where is the curve steepest, and how steep is it there?
        - The slope is 0 where A is 0 and where A is 1. Which product does that?
        - Multiply A by what is missing to 1.

        The derivative of 1 / (1 + exp(-Z)) is exp(-Z) / (1 + exp(-Z))^2, and the two
        factors of that are A and 1 - A.
        """,
        solution=activations.sigmoid_derivative, cases=each(activations.sigmoid),
        wrong=[
            ("slope-of-activation",
             lambda A: activations.sigmoid(A) * (1 - activations.sigmoid(A)),
             "Your formula is the slope at Z, and it is given A: A is the sigmoid's "
             "result already."),
            ("slope-formula", "A * (1 - A) -> 1 - A",
             "One factor is missing: the slope has to be 0 at A = 0 too."),
            ("activation-for-slope", "A * (1 - A) -> A",
             "This is the activation itself, not its slope."),
            ("slope-of-other-activation", "A * (1 - A) -> 1 - A**2",
             "This is the slope of tanh. What is the sigmoid's largest slope?"),
        ],
    ),
    FunctionExercise(
        "tanh", 1, """
        Write `tanh(Z)`: like the sigmoid, but from -1 to 1. Build it from exponentials,
        or find it in numpy.

        - What should come out for Z = 0, and for large Z of both signs?
        - It is the difference of exp(Z) and exp(-Z), divided by their sum.
        - numpy has a function of that very name.

        For large Z one exponential outgrows the other, and the fraction tends to 1 or
        to -1. `np.tanh` does the same without overflow.
        """,
        solution=activations.tanh, cases=each(),
        edges=[(LARGE,)], forgiven="`np.tanh` is right there too.",
        wrong=[
            ("sigmoid-for-tanh", activations.sigmoid,
             "Your values run from 0 to 1: that is the sigmoid."),
            ("slope-for-function", "np.tanh(Z) -> 1 - np.tanh(Z) ** 2",
             "These are the slopes of tanh; the task asks for its values."),
        ],
    ),
    FunctionExercise(
        "tanh_derivative", 1, """
        Write `tanh_derivative(A)`: the slope of tanh, from the activation A = tanh(Z),
        which is already known.

        - Where is the curve steepest, and how steep is it there?
        - The slope is 1 at A = 0, and 0 both at A = 1 and at A = -1.
        - Subtract the square of A from 1.

        The derivative of tanh is 1 - tanh^2, and A is tanh(Z) already: nothing has to
        be computed twice.
        """,
        solution=activations.tanh_derivative, cases=each(activations.tanh),
        wrong=[
            ("slope-of-other-activation", "1 - A**2 -> A * (1 - A)",
             "This is the slope of the sigmoid. How steep is tanh at 0?"),
            ("slope-of-activation", "1 - A**2 -> 1 - np.tanh(A) ** 2",
             "Your formula is the slope at Z, and it is given A: A is the result of "
             "tanh already."),
            ("slope-formula", "1 - A**2 -> 1 - A",
             "At A = -1 the curve is flat. What does your formula say there?"),
            ("activation-for-slope", "1 - A**2 -> A",
             "This is the activation itself, not its slope."),
        ],
    ),
    FunctionExercise(
        "relu", 1, """
        Write `relu(Z)`: Z where it is positive, and 0 elsewhere.

        - What should come out for -3, for 0 and for 3?
        - numpy can compare every entry with 0 and keep the larger of the two.
        - `np.maximum` takes two arguments and works entry by entry; `np.max` takes one
          array and gives one number.

        `np.maximum(0, Z)` compares entry by entry, for an array of any shape, and
        leaves Z itself as it is.
        """,
        solution=activations.relu, cases=each(),
        wrong=[
            ("maximum-of-all", lambda Z: np.max(Z),
             "You return one number, the largest of all entries. Each entry has to "
             "be compared with 0 on its own."),
            ("minimum-for-maximum", "np.maximum -> np.minimum",
             "You keep the negative entries and drop the positive ones."),
            ("absolute-value", "np.maximum(0, Z) -> np.abs(Z)",
             "What should come out for -3? Not 3."),
            ("slope-for-function", "np.maximum(0, Z) -> np.where(Z > 0, 1.0, 0.0)",
             "These are the slopes, 0 or 1; the task asks for the values."),
        ],
    ),
    FunctionExercise(
        "relu_derivative", 1, """
        Write `relu_derivative(A)`: the slope of ReLU from the activation A = relu(Z): 1
        where A is positive and 0 where A is 0.

        - How steep is the line Z, and how steep is the line 0?
        - A comparison gives True and False, which count as 1 and 0.
        - Which entries of A belong to negative Z? They are 0: is 0 greater than 0?

        A is positive just where Z is, so `A > 0` tells the two lines apart. At the
        corner there is no slope; 0 is the usual choice.
        """,
        solution=activations.relu_derivative, cases=each(activations.relu),
        wrong=[
            ("slope-at-zero", "A > 0 -> A >= 0",
             "Your slope is 1 everywhere, also where A is 0. Is 0 greater than 0?"),
            ("activation-for-slope", "(A > 0).astype(float) -> np.maximum(0, A)",
             "This is the activation itself. How steep is the line Z?"),
            ("slope-of-other-activation",
             "(A > 0).astype(float) -> np.where(A > 0, 1.0, 0.01)",
             "Where A is 0 the slope of ReLU is 0, not a little: this is the slope "
             "of leaky ReLU."),
            ("turned-round", "A > 0 -> A <= 0",
             "You give 1 where the unit is off, and 0 where it is on."),
        ],
    ),
    FunctionExercise(
        "leaky_relu", 1, """
        Write `leaky_relu(Z, slope=0.01)`: Z where it is positive, and slope times Z
        elsewhere.

        - What should come out for -3 with a slope of 0.01?
        - Compare slope * Z with Z: which of them is larger for negative Z?
        - `np.maximum` of these two, or `np.where(Z > 0, ..., ...)`.

        For positive Z the larger of Z and slope * Z is Z; for negative Z it is slope *
        Z, because the slope is less than 1.
        """,
        solution=activations.leaky_relu, cases=with_slopes(),
        wrong=[
            ("slope-for-value", "np.maximum(slope * Z, Z) -> np.where(Z > 0, Z, slope)",
             "Negative entries become the slope itself, whatever their size: -3 and "
             "-0.1 should not give the same."),
            ("slope-fixed", "slope * Z -> 0.01 * Z",
             "It is right for a slope of 0.01 and for no other: use the argument "
             "`slope`."),
            ("no-leak", "slope * Z -> 0 * Z",
             "Negative entries become 0: this is ReLU, nothing leaks."),
        ],
    ),
    FunctionExercise(
        "leaky_relu_derivative", 1, """
        Write `leaky_relu_derivative(A, slope=0.01)`: 1 where the activation A is
        positive, and slope elsewhere.

        - Leaky ReLU is made of two straight lines. How steep is each?
        - Does the slope of a straight line depend on where you are?
        - `np.where` takes a condition and the two values to choose from.

        A has the sign of Z, so `A > 0` tells which of the two lines an entry is on, and
        a line has one slope.
        """,
        solution=activations.leaky_relu_derivative,
        cases=with_slopes(activations.leaky_relu),
        wrong=[
            ("slope-of-other-activation", "1.0, slope -> 1.0, 0.0",
             "On the left your slope is 0: that is ReLU, whose units can die."),
            ("slope-fixed", "1.0, slope) -> 1.0, 0.01)",
             "It is right for a slope of 0.01 and for no other: use the argument "
             "`slope`."),
            ("activation-for-slope", "1.0, slope -> 1.0, slope * A",
             "On the left you multiply by A: a straight line is equally steep "
             "everywhere."),
        ],
    ),
    FunctionExercise(
        "softmax", 1, """
        Write `softmax(Z)`: turn each column of Z, one example, into probabilities:
        exponentials, divided by their sum. It must work for Z = 1000 too.

        - Each column is one example. What do its probabilities add up to?
        - `sum` takes an axis. Along which axis do you walk through one column?
          `keepdims=True` keeps the result ready for the division.
        - exp(1000) is infinite. To subtract the same number from every entry of a
          column changes nothing in the fraction: which number is safe?
        - Subtract the largest entry of each column, `Z.max(axis=0, keepdims=True)`;
          then exponentials, divided by `.sum(axis=0, keepdims=True)`.

        Dividing by the sum of its own column makes each column add up to 1. Subtracting
        its largest entry first cancels in the fraction, and no exponential is larger
        than 1. (`axis=-2`, the last but one, is axis 0 of a matrix, and the right one
        too for many matrices stacked.)
        """,
        solution=activations.softmax, cases=each(scale=1.5),
        edges=[
            (np.array([[1000.0, 990.0], [1001.0, 991.0], [999.0, 1000.0]]),),
            (np.array([[1e3, -1e3, -1e3], [-999.0, -1001.0, 1e3], [-1e3, -999.0, 0]]),),
        ],
        wrong=[
            ("softmax-axis",
             "exponentials.sum(axis=-2, keepdims=True) -> exponentials.sum()",
             "All your numbers together add up to 1. What should add up to 1: the "
             "whole array, or each column?"),
            ("softmax-rows",
             "exponentials.sum(axis=-2, keepdims=True) -> exponentials.sum(axis=-1, "
             "keepdims=True)",
             "Each of your rows adds up to 1. One example is one column: along "
             "which axis do you have to add?"),
            ("softmax-rows", lambda Z: np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True),
             "Each of your rows adds up to 1. One example is one column: along "
             "which axis do you have to add?"),
            ("softmax-axis", lambda Z: np.exp(Z) / np.exp(Z).sum(),
             "All your numbers together add up to 1. What should add up to 1: the "
             "whole array, or each column?"),
            ("softmax-overflow", lambda Z: np.exp(Z) / np.exp(Z).sum(axis=0),
             "For ordinary numbers it is right. For Z = 1000 it returns NaN: exp(1000) "
             "is infinite. What can you subtract first, without changing the "
             "fraction?"),
            ("softmax-shift-over-all", "Z.max(axis=-2, keepdims=True) -> Z.max()",
             "For ordinary numbers it is right. But you subtract the largest number of "
             "the whole array, and a column far below it becomes 0 / 0: each column "
             "has a largest number of its own."),
            ("softmax-shift-by-smallest", "Z.max( -> Z.min(",
             "For ordinary numbers it is right. But what you subtract is too small: "
             "the exponential of the largest entry is still infinite. Which number is "
             "safe for each column?"),
            ("not-normalised",
             "exponentials / exponentials.sum(axis=-2, keepdims=True) -> exponentials",
             "Your columns do not add up to 1: by what do you have to divide?"),
            ("not-normalised", lambda Z: np.exp(Z),
             "Your columns do not add up to 1: by what do you have to divide?"),
            ("exponential-missing", lambda Z: Z / Z.sum(axis=0),
             "You divide by the sum, but probabilities cannot be negative: what "
             "makes every number positive first?"),
            ("sign-of-exponent", lambda Z: np.exp(-Z) / np.exp(-Z).sum(axis=0),
             "The largest Z gets the smallest probability: look at the sign."),
            ("sigmoid-for-softmax", activations.sigmoid,
             "Each entry is squeezed on its own: that is the sigmoid. The classes "
             "of one example have to share one unit of probability."),
        ],
    ),
]  # fmt: skip
