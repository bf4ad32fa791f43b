"""Chapter 01: the activation functions and their slopes."""

import numpy as np

from nnteach import activations
from nnteach.answers.cases import each, matrices
from nnteach.exercise import Wrong
from nnteach.function_exercise import Edge, FunctionExercise

MAX_SLOPE = "Where is the curve steepest, and how steep is it there?"

LARGE = np.array([[-1000.0, 1000.0, 0.5]])


def with_slopes(function=None):
    """Return cases with the usual slope and with another one."""

    def cases():
        first, second = matrices((3, 5), (4, 2))
        if function:
            first, second = function(first), function(second, 0.2)
        return [(first,), (second, 0.2)]

    return cases


EXERCISES = [
    FunctionExercise(
        "sigmoid", 1,
        "Write `sigmoid(Z)`: it squeezes every entry of an array into the range from "
        "0 to 1, 1 / (1 + exp(-Z)).",
        hints=(
            "What should come out for a very large Z, for 0, and for a very negative "
            "Z?",
            "`np.exp` works on a whole array at once. Which sign does its argument "
            "have?",
            "It is one line: 1 divided by (1 plus the exponential of minus Z).",
        ),
        why="For large Z the exponential vanishes and leaves 1; for Z = 0 it is 1 and "
        "leaves 1/2; for very negative Z it grows without limit and leaves 0.",
        solution=activations.sigmoid,
        cases=each(),
        special=[
            Edge(
                "overflow",
                "For Z = 1000 it returns NaN: an exponential grew too large. "
                "In 1 / (1 + exp(-Z)) that cannot happen.",
                (LARGE,), remark=True,
            ),
        ],
        wrong=[
            Wrong("sign-of-exponent",
                  "Your curve falls where it should rise: try Z = 5 and look at the "
                  "sign in the exponential.", "np.exp(-Z)", "np.exp(Z)"),
            Wrong("one-missing",
                  "Your values leave the range from 0 to 1. What keeps the fraction "
                  "below 1?", "1 / (1 + np.exp(-Z))", "1 / np.exp(-Z)"),
            Wrong("slope-for-function",
                  "These are the slopes of the sigmoid; its values are wanted.",
                  lambda Z: np.exp(-Z) / (1 + np.exp(-Z)) ** 2),
            Wrong("tanh-for-sigmoid",
                  "This is tanh, which runs from -1 to 1. The sigmoid runs from 0 to "
                  "1.",
                  np.tanh),
        ],
    ),
    FunctionExercise(
        "sigmoid_derivative", 1,
        "Write `sigmoid_derivative(A)`: the slope of the sigmoid, from the activation"
        " A = sigmoid(Z), which is already known.",
        hints=(
            MAX_SLOPE,
            "The slope is 0 where A is 0 and where A is 1. Which product does that?",
            "Multiply A by what is missing to 1.",
        ),
        why="The derivative of 1 / (1 + exp(-Z)) is exp(-Z) / (1 + exp(-Z))^2, and the "
        "two factors of that are A and 1 - A.",
        solution=activations.sigmoid_derivative,
        cases=each(activations.sigmoid),
        wrong=[
            Wrong("slope-of-activation",
                  "Your function applies the sigmoid to A once more; A is the "
                  "sigmoid's result already.",
                  lambda A: activations.sigmoid(A) * (1 - activations.sigmoid(A))),
            Wrong("slope-formula",
                  "One factor is missing: the slope has to be 0 at A = 0 too.",
                  "A * (1 - A)", "1 - A"),
            Wrong("activation-for-slope",
                  "This is the activation itself, not its slope.",
                  "A * (1 - A)", "A"),
            Wrong("slope-of-other-activation",
                  "This is the slope of tanh. What is the sigmoid's largest slope?",
                  "A * (1 - A)", "1 - A**2"),
            Wrong("wrong-sign", "The sigmoid rises everywhere: can its slope be "
                  "negative?", "A * (1 - A)", "A * (A - 1)"),
        ],
    ),
    FunctionExercise(
        "tanh", 1,
        "Write `tanh(Z)`: like the sigmoid, but from -1 to 1. Build it from "
        "exponentials, or find it in numpy.",
        hints=(
            "What should come out for Z = 0, and for large Z of both signs?",
            "It is the difference of exp(Z) and exp(-Z), divided by their sum.",
            "numpy has a function of that very name.",
        ),
        why="For large Z one exponential outgrows the other, and the fraction tends to "
        "1 or to -1. `np.tanh` does the same without overflow.",
        solution=activations.tanh,
        cases=each(),
        special=[
            Edge(
                "overflow",
                "For Z = 1000 it returns NaN: both exponentials grow too large. "
                "`np.tanh` does not have that problem.",
                (LARGE,), remark=True,
            ),
        ],
        wrong=[
            Wrong("sigmoid-for-tanh",
                  "Your values run from 0 to 1: that is the sigmoid.",
                  activations.sigmoid),
            Wrong("half-argument",
                  "The shape is right, but your curve is half as steep at 0: look at "
                  "the exponents.", "np.tanh(Z)", "np.tanh(Z / 2)"),
            Wrong("slope-for-function", "These are the slopes of tanh; its values are "
                  "wanted.", "np.tanh(Z)", "1 - np.tanh(Z) ** 2"),
            Wrong("tan-for-tanh", "This is the tangent of an angle, `tan`; the "
                  "hyperbolic tangent has an h.", "np.tanh(Z)", "np.tan(Z)"),
            Wrong("wrong-sign", "Your curve falls: which exponential comes first?",
                  "np.tanh(Z)", "-np.tanh(Z)"),
        ],
    ),
    FunctionExercise(
        "tanh_derivative", 1,
        "Write `tanh_derivative(A)`: the slope of tanh, from the activation "
        "A = tanh(Z), which is already known.",
        hints=(
            MAX_SLOPE,
            "The slope is 1 at A = 0, and 0 both at A = 1 and at A = -1.",
            "Take the square of A off from 1.",
        ),
        why="The derivative of tanh is 1 - tanh^2, and A is tanh(Z) already: nothing "
            "has to be computed twice.",
        solution=activations.tanh_derivative,
        cases=each(activations.tanh),
        wrong=[
            Wrong("slope-of-other-activation",
                  "This is the slope of the sigmoid. How steep is tanh at 0?",
                  "1 - A**2", "A * (1 - A)"),
            Wrong("slope-of-activation",
                  "Your function applies tanh to A once more; A is the result of tanh "
                  "already.", "1 - A**2", "1 - np.tanh(A) ** 2"),
            Wrong("slope-formula",
                  "At A = -1 the curve is flat. What does your formula say there?",
                  "1 - A**2", "1 - A"),
            Wrong("activation-for-slope",
                  "This is the activation itself, not its slope.",
                  "1 - A**2", "A"),
            Wrong("wrong-sign", "tanh rises everywhere: can its slope be negative?",
                  "1 - A**2", "A**2 - 1"),
        ],
    ),
    FunctionExercise(
        "relu", 1,
        "Write `relu(Z)`: Z where it is positive, and 0 elsewhere.",
        hints=(
            "What should come out for -3, for 0 and for 3?",
            "numpy can compare every entry with 0 and keep the larger of the two.",
            "`np.maximum` takes two arguments and works entry by entry; `np.max` takes "
            "one array and gives one number.",
        ),
        why="`np.maximum(0, Z)` compares entry by entry, for an array of any shape, "
            "and leaves Z itself as it is.",
        solution=activations.relu,
        cases=each(),
        wrong=[
            Wrong("maximum-of-all",
                  "You return one number, the largest of all entries. Each entry has "
                  "to be compared with 0 on its own.", lambda Z: np.max(Z)),
            Wrong("minimum-for-maximum",
                  "You keep the negative entries and drop the positive ones.",
                  "np.maximum", "np.minimum"),
            Wrong("absolute-value", "What should come out for -3? Not 3.",
                  "np.maximum(0, Z)", "np.abs(Z)"),
            Wrong("slope-for-function", "These are the slopes, 0 or 1; the values are "
                  "wanted.", "np.maximum(0, Z)", "np.where(Z > 0, 1.0, 0.0)"),
            Wrong("leaky", "Negative entries should become exactly 0: this is leaky "
                  "ReLU.", "np.maximum(0, Z)", "np.maximum(0.01 * Z, Z)"),
            Wrong("nothing-done", "Negative entries are still there.",
                  "np.maximum(0, Z)", "Z + 0"),
        ],
    ),
    FunctionExercise(
        "relu_derivative", 1,
        "Write `relu_derivative(A)`: the slope of ReLU from the activation A = "
        "relu(Z): 1 where A is positive and 0 where A is 0.",
        hints=(
            "How steep is the line Z, and how steep is the line 0?",
            "A comparison gives True and False, which count as 1 and 0.",
            "Which entries of A belong to negative Z? They are 0: is 0 greater than 0?",
        ),
        why="A is positive just where Z is, so `A > 0` tells the two lines apart. At "
            "the corner there is no slope; 0 is the usual choice.",
        solution=activations.relu_derivative,
        cases=each(activations.relu),
        wrong=[
            Wrong("slope-at-zero",
                  "Your slope is 1 everywhere: A is never negative, so `>=` says yes "
                  "to all.", "A > 0", "A >= 0"),
            Wrong("activation-for-slope",
                  "This is the activation itself. How steep is the line Z?",
                  "np.where(A > 0, 1.0, 0.0)", "np.maximum(0, A)"),
            Wrong("slope-of-other-activation",
                  "Where A is 0 the slope of ReLU is 0, not a little: this is the "
                  "slope of leaky ReLU.", "1.0, 0.0", "1.0, 0.01"),
            Wrong("turned-round", "You give 1 where the unit is off, and 0 where it is "
                  "on.", "1.0, 0.0", "0.0, 1.0"),
        ],
    ),
    FunctionExercise(
        "leaky_relu", 1,
        "Write `leaky_relu(Z, slope=0.01)`: Z where it is positive, and slope times Z "
        "elsewhere.",
        hints=(
            "What should come out for -3 with a slope of 0.01?",
            "Compare slope * Z with Z: which of them is larger for negative Z?",
            "`np.maximum` of these two, or `np.where(Z > 0, ..., ...)`.",
        ),
        why="For positive Z the larger of Z and slope * Z is Z; for negative Z it is "
        "slope * Z, because the slope is less than 1.",
        solution=activations.leaky_relu,
        cases=with_slopes(),
        wrong=[
            Wrong("slope-for-value",
                  "Negative entries become the slope itself, whatever their size: "
                  "-3 and -0.1 should not give the same.",
                  "np.maximum(slope * Z, Z)", "np.where(Z > 0, Z, slope)"),
            Wrong("slope-fixed",
                  "It is right for a slope of 0.01 and for no other: use the argument "
                  "`slope`.", "slope * Z", "0.01 * Z"),
            Wrong("no-leak", "Negative entries become 0: this is ReLU, nothing leaks.",
                  "slope * Z", "0 * Z"),
            Wrong("minimum-for-maximum",
                  "Positive entries shrink and negative ones stay: it should be the "
                  "other way round.", "np.maximum", "np.minimum"),
            Wrong("leak-turned", "For negative Z the result should be negative too.",
                  "np.maximum(slope * Z, Z)", "np.maximum(-slope * Z, Z)"),
        ],
    ),
    FunctionExercise(
        "leaky_relu_derivative", 1,
        "Write `leaky_relu_derivative(A, slope=0.01)`: 1 where the activation A is "
        "positive, and slope elsewhere.",
        hints=(
            "Leaky ReLU is made of two straight lines. How steep is each?",
            "Does the slope of a straight line depend on where you are?",
            "`np.where` takes a condition and the two values to choose from.",
        ),
        why="A has the sign of Z, so `A > 0` tells which of the two lines an entry is "
        "on, and a line has one slope.",
        solution=activations.leaky_relu_derivative,
        cases=with_slopes(activations.leaky_relu),
        wrong=[
            Wrong("slope-of-other-activation",
                  "On the left the slope is 0 with you: that is ReLU, whose units die.",
                  "1.0, slope", "1.0, 0.0"),
            Wrong("slope-fixed",
                  "It is right for a slope of 0.01 and for no other: use the argument "
                  "`slope`.", "1.0, slope)", "1.0, 0.01)"),
            Wrong("activation-for-slope", "On the left you multiply by A: a straight "
                  "line is equally steep everywhere.", "1.0, slope", "1.0, slope * A"),
            Wrong("slope-is-one", "Your slope is 1 everywhere: what happens to the "
                  "negative entries?", "1.0, slope", "1.0, 1.0"),
            Wrong("turned-round", "The two slopes are exchanged.",
                  "1.0, slope", "slope, 1.0"),
        ],
    ),
    FunctionExercise(
        "softmax", 1,
        "Write `softmax(Z)`: turn each column of Z, one example, into probabilities: "
        "exponentials, divided by their sum. It must work for Z = 1000 too.",
        hints=(
            "Each column is one example. What do its probabilities add up to?",
            "`sum` takes an axis. Along which axis do you walk through one column? "
            "`keepdims=True` keeps the result ready for the division.",
            "exp(1000) is infinite. Taking the same number off every entry of a column "
            "changes nothing in the fraction: which number is safe?",
            "Take the largest entry of each column off, `Z.max(axis=0, "
            "keepdims=True)`; then exponentials, divided by `.sum(axis=0, "
            "keepdims=True)`.",
        ),
        why="Dividing by the sum of its own column makes each column add up to 1. "
            "Taking its largest entry off first cancels in the fraction, and no "
            "exponential is larger than 1. (`axis=-2`, the last but one, is axis 0 of"
            " a matrix, and the right one too for many matrices stacked.)",
        solution=activations.softmax,
        cases=each(scale=1.5),
        special=[
            Edge(
                "softmax-overflow",
                "For ordinary numbers it is right. For Z = 1000 it returns NaN: "
                "exp(1000) is infinite. What can you take off first, without changing"
                " the fraction?",
                (np.array([[1000.0, 990.0], [1001.0, 991.0], [999.0, 1000.0]]),),
            ),
            Edge(
                "softmax-shift-over-all",
                "You take the largest number of the whole array off. A column far "
                "below it becomes 0 / 0: each column has a largest number of its own.",
                (np.array([[1000.0, -1000.0], [999.0, -1001.0], [0.0, -999.0]]),),
            ),
        ],
        wrong=[
            Wrong("softmax-axis",
                  "All your numbers together add up to 1. What should add up to 1: the "
                  "whole array, or each column?",
                  "exponentials.sum(axis=-2, keepdims=True)", "exponentials.sum()"),
            Wrong("softmax-rows",
                  "Each of your rows adds up to 1. One example is one column: along "
                  "which axis do you have to add?",
                  "exponentials.sum(axis=-2, keepdims=True)",
                  "exponentials.sum(axis=-1, keepdims=True)"),
            Wrong("softmax-rows",
                  "Each of your rows adds up to 1. One example is one column: along "
                  "which axis do you have to add?",
                  lambda Z: np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)),
            Wrong("softmax-axis",
                  "All your numbers together add up to 1. What should add up to 1: the "
                  "whole array, or each column?",
                  lambda Z: np.exp(Z) / np.exp(Z).sum()),
            Wrong("not-normalised",
                  "Your columns do not add up to 1: by what do you have to divide?",
                  "exponentials / exponentials.sum(axis=-2, keepdims=True)",
                  "exponentials"),
            Wrong("not-normalised",
                  "Your columns do not add up to 1: by what do you have to divide?",
                  lambda Z: np.exp(Z)),
            Wrong("exponential-missing",
                  "You divide by the sum, but probabilities cannot be negative: what "
                  "makes every number positive first?", lambda Z: Z / Z.sum(axis=0)),
            Wrong("sign-of-exponent",
                  "The largest Z gets the smallest probability: look at the sign.",
                  lambda Z: np.exp(-Z) / np.exp(-Z).sum(axis=0)),
            Wrong("sigmoid-for-softmax",
                  "Each entry is squeezed on its own: that is the sigmoid. The classes "
                  "of one example have to share one unit of probability.",
                  activations.sigmoid),
            Wrong("hard-maximum",
                  "You give everything to the largest. Softmax leaves the others a "
                  "share, or there is no slope to follow.",
                  lambda Z: (Z.max(axis=0) == Z).astype(float)),
        ],
    ),
]  # fmt: skip
