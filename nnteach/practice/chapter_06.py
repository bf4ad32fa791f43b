"""Chapter 06: measured gradients, and riddles whose numbers a mistake has made."""

import textwrap

import numpy as np

from nnteach import gradients, two_layer
from nnteach.practice.cases import matrices, parameters_for
from nnteach.practice.exercise import ChoiceExercise, edited
from nnteach.practice.function_exercise import FunctionExercise
from nnteach.rounding import show


def numerical_gradient(cost, W, step):
    """Return the derivative of cost(W) by each entry of W, by central differences."""
    slope = np.zeros(W.shape)
    for entry in np.ndindex(W.shape):
        move = np.zeros(W.shape)
        move[entry] = step
        slope[entry] = (cost(W + move) - cost(W - move)) / (2 * step)
    return slope


def cubes(W):
    """Return a cost whose derivative is 3 W**2."""
    return (W**3).sum()


def waves(W):
    """Return a cost in which each entry has another weight."""
    return (np.sin(W) * np.arange(1, W.size + 1).reshape(W.shape)).sum()


def gradient_cases():
    """Return two costs, where to measure them, and a step."""
    first, second = matrices((2, 3), (4, 1), seed=5, scale=1)
    return [(cubes, first + 3, 1e-3), (waves, second, 1e-2)]


# ------------------------------------------------------------------------- riddles

CHOICES = {
    "slope-missing": "the slope of the hidden activation is left out",
    "slope-of-other-activation": "the slope of another activation is used",
    "mean-missing": "the division by the number of examples is left out",
    "bias-one-number": "a bias gradient is summed over everything",
    "wrong-sign": "the sign is turned round",
    "softmax-axis": "softmax divides by the sum of the whole array",
}
# Why a choice does not fit, where it does not.
RULED_OUT = {
    "slope-missing": "A missing slope would make every number of layer 1 wrong. "
    "tanh's slope is at most 1: would the numbers be too large or "
    "too small?",
    "slope-of-other-activation": "A slope plays a part on the way from dA1 to dZ1. "
    "Would all gradients be touched, and would db1's "
    "entries be equal?",
    "mean-missing": "Then every gradient would be too large by the same factor, the "
    "number of examples, which is 5.",
    "bias-one-number": "Then the weights' gradients would be right, and all entries "
    "of one bias gradient equal.",
    "wrong-sign": "Then every ratio would be -1.",
    "softmax-axis": "There is no softmax here: look at the table for what is right "
    "and what is not.",
}


def riddle_network():
    """Return the parameters, cache, X and Y of the riddles."""
    rng = np.random.default_rng(4)
    P, X = parameters_for((2, 3, 1), rng), rng.standard_normal((2, 5))
    _, cache = two_layer.forward_propagation(X, P)
    return P, cache, X, np.array([[1.0, 0, 0, 1, 1]])


def riddle_numbers(edit):
    """Return the table of a mistaken backward pass beside the measured gradients."""
    P, cache, X, Y = riddle_network()
    yours = edited(two_layer.backward_propagation, edit)(P, cache, X, Y)
    measured = gradients.numerical_gradients(two_layer, P, X, Y)
    rows = [f"{'':10}{'backward':>10}{'measured':>10}{'ratio':>8}"]
    for name, right in measured.items():
        for place in np.ndindex(right.shape):
            a, b = yours[name][place], right[place]
            label = f"{name}[{place[0]}, {place[1]}]"
            rows.append(
                f"{label:10}{show(a, 3):>10}{show(b, 3):>10}{show(a / b, 3):>8}"
            )
    return "\n".join(rows)


def slope_numbers():
    """Return the table of a wrong slope, and the slope that was used for one unit."""
    A1 = riddle_network()[1]["A1"][2]
    rows = [riddle_numbers("tanh_derivative(A1) -> A1 * (1 - A1)")]
    rows += ["hidden unit 2, the 5 examples:"]
    for name, numbers in (("A1", A1), ("dZ1 / dA1", A1 * (1 - A1))):
        texts = "".join(f"{show(number, 3):>9}" for number in numbers)
        rows.append(f"{name:10}{texts}")
    return "\n".join(rows)


def softmax_table():
    """Return what a softmax over everything gives, and the sums of its columns."""
    Z = np.array([[2.0, 0.0, 1.0, -1.0], [1.0, 1.0, 0.0, 0.0], [0.0, -1.0, 3.0, 1.0]])
    A = np.exp(Z) / np.exp(Z).sum()
    rows = ["A3: 3 classes, 4 examples"]
    rows += ["  ".join(f"{entry:.3f}" for entry in row) for row in A]
    rows += ["sums of the columns:", "  ".join(f"{s:.3f}" for s in A.sum(axis=0))]
    rows += ["sums of the rows:", "  ".join(f"{s:.3f}" for s in A.sum(axis=1))]
    return "\n".join(rows)


TASK = (
    "A two-layer network (tanh, sigmoid, binary cross-entropy; 2 inputs, 3 hidden "
    "units, 1 output) has 5 examples. Its backward pass is compared with measured "
    "gradients. Which mistake made these numbers? Answer with one of the words below, "
    "in quotes."
)


def riddle(name, word, text, shown, ruled_out=RULED_OUT):
    """Return a riddle: the text has its hints and why; ruled_out: word -> message."""
    return ChoiceExercise(
        name, 6, f"{TASK}\n\n{textwrap.dedent(text).strip()}", words=word,
        choices=CHOICES, shown=shown,
        wrong=[
            ("not-this-one", choice, message)
            for choice, message in ruled_out.items() if choice != word
        ],
    )  # fmt: skip


EXERCISES = [
    FunctionExercise(
        "numerical_gradient", 6, """
        Write `numerical_gradient(cost, W, step)`: measure the derivative of cost(W),
        one number, by each entry of W with central differences: move one entry up and
        down by step. Return an array of the shape of W.

        - How many times do you have to call cost for a W with 6 entries?
        - Change one entry at a time, and put it back before the next.
        - (cost with the entry + step, minus cost with the entry - step) / (2 * step).
        - `np.ndindex(W.shape)` goes through all places; work on a copy, `moved =
          W.copy()`.

        One entry is moved at a time, so the change of the cost belongs to it alone. Up
        minus down is measured over a distance of 2 * step, and the errors of both sides
        nearly cancel.
        """,
        solution=numerical_gradient, cases=gradient_cases(),
        wrong=[
            ("one-sided",
             "(cost(W + move) - cost(W - move)) / (2 * step) -> (cost(W + move) - "
             "cost(W)) / step",
             "You compare with the cost at W itself. Up minus down is far more "
             "precise."),
            ("one-sided",
             "(cost(W + move) - cost(W - move)) / (2 * step) -> (cost(W) - cost(W - "
             "move)) / step",
             "You compare with the cost at W itself. Up minus down is far more "
             "precise."),
            ("step-not-doubled", "(2 * step) -> step",
             "Every number is twice too large: how far apart are up and down?"),
            ("not-divided", " / (2 * step) -> ",
             "You return differences of the cost; a slope is a difference divided "
             "by a distance."),
            ("all-at-once", "move[entry] = step -> move[:] = step",
             "All entries move together: then nobody knows which of them changed "
             "the cost."),
        ],
    ),
    FunctionExercise(
        "relative_error", 6, """
        Write `relative_error(a, b)` for two arrays: the length of a - b, divided by the
        sum of the lengths of a and b. (The length is the root of the sum of the
        squares, `np.linalg.norm`.)

        - Is a difference of 0.001 large or small? On what does it depend?
        - `np.linalg.norm(array)` is the length of all entries together.
        - `np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))`

        The difference is measured against the size of the gradients: 0 means equal, 1
        means opposite, and anything below 1e-7 is only rounding.
        """,
        solution=gradients.relative_error,
        cases=[
            tuple(matrices((3, 4), (3, 4), seed=2)),
            *(tuple(matrices((n, 2), (n, 2), seed=n)) for n in (1, 3, 4, 5)),
        ],
        edges=[(np.zeros((2, 2)), np.zeros((2, 2)))],
        forgiven="Two arrays of zeros are equal: the right one returns 0 for them.",
        wrong=[
            ("absolute-error", ") / lengths) -> ))",
             "That is the length of the difference. Is it large or small? Compare "
             "it with the lengths of a and b."),
            ("one-length", "np.linalg.norm(a) + np.linalg.norm(b) -> np.linalg.norm(b)",
             "You divide by the length of one array only."),
            ("one-length", "np.linalg.norm(a) + np.linalg.norm(b) -> np.linalg.norm(a)",
             "You divide by the length of one array only."),
            ("root-missing",
             lambda a, b: ((a - b) ** 2).sum() / ((a**2).sum() + (b**2).sum()),
             "A length is the root of the sum of the squares: the root is missing."),
            ("entry-by-entry", lambda a, b: np.abs(a - b) / (np.abs(a) + np.abs(b)),
             "You return one number for each entry. Return one number for both "
             "arrays."),
        ],
    ),
    riddle(
        "riddle_slope", "slope-of-other-activation", """
        - Which gradients are right? Then everything that they depend on is right.
        - Layer 2 is right, layer 1 is not. What lies between dZ2 and dZ1?
        - dZ1 / dA1 is the slope that was used. Is it 1, as if there were none? And what
          is the slope of tanh where A1 is 0.5?

        Layer 2 is right, so the mistake lies between dZ2 and dZ1. The slope that was
        used is A1 (1 - A1), the sigmoid's: it is even negative where A1 is. This is the
        mistake of a published notebook, and its cost still falls.
        """,
        shown=slope_numbers,
        ruled_out=RULED_OUT | {
            "slope-missing": "The place is right. If there were no slope, dZ1 / dA1 "
            "would be 1 everywhere: look at the last line."
        },
    ),
    riddle(
        "riddle_mean", "mean-missing", """
        - Compare the ratios with each other.
        - They are all the same. Which number of this network is it?
        - There are 5 examples, and every gradient is 5 times too large.

        Every gradient is 5 times too large, and there are 5 examples. It trains all the
        same, as if the learning rate were 5 times larger, and differently when the data
        grow.
        """,
        shown=lambda: riddle_numbers(" / m -> "),
    ),
    riddle(
        "riddle_bias", "bias-one-number", """
        - Which gradient is the only wrong one?
        - Look at the three entries of db1. What is special about them?
        - They are equal: all hidden units' errors went into each of them.

        The three entries of db1 are equal, because np.sum without an axis adds up the
        whole of dZ1. All biases of the layer then move alike; the network still trains,
        only worse.
        """,
        shown=lambda: riddle_numbers(
            "dZ1.sum(axis=-1, keepdims=True) -> np.ones((3, 1)) * dZ1.sum()"
        ),
    ),
    riddle(
        "riddle_sign", "wrong-sign", """
        - Are the sizes right?
        - What is the ratio everywhere?
        - Every ratio is -1: Y - A2 in place of A2 - Y.

        Every ratio is -1, so the error is formed as Y - A2. With an update that *adds*,
        as in a published notebook, it trains; with one that subtracts, the cost rises.
        """,
        shown=lambda: riddle_numbers("dZ2 = A2 - Y -> dZ2 = Y - A2"),
    ),
    ChoiceExercise(
        "riddle_softmax", 6, """
        A three-layer network has 3 classes and 4 examples. Here is its output A3. Which
        mistake made these numbers? Answer with one of the words below, in quotes.

        - What should the probabilities of one example add up to?
        - One example is one column. Add up the four sums of the columns.
        - All twelve numbers together add up to 1.

        The columns should each add up to 1; here all twelve numbers together do: the
        exponentials were divided by the sum of the whole array. With a single example
        nobody would notice.
        """,
        words="softmax-axis", choices=CHOICES, shown=softmax_table,
        wrong=[
            ("not-this-one", "mean-missing",
             "Something is divided by the wrong number indeed, but this is the forward "
             "pass: it takes no mean."),
            *(
                ("not-this-one", word,
                 "This is an output, not a gradient: the way back has not begun.")
                for word in CHOICES if word not in ("softmax-axis", "mean-missing")
            ),
        ],
    ),
]  # fmt: skip
