"""Chapter 08: slopes that vanish, and how to start."""

import numpy as np

from nnteach.practice.cases import matrices
from nnteach.practice.exercise import ChoiceExercise, NumberExercise
from nnteach.practice.function_exercise import FunctionExercise


def xavier_scale(n_in, n_out):
    """Return the standard deviation of Glorot and Bengio (2010), equation 12."""
    return np.sqrt(2 / (n_in + n_out))


def he_scale(n_in):
    """Return the standard deviation of He et al. (2015), equation 10."""
    return np.sqrt(2 / n_in)


def dead_units(A):
    """Return how many rows of A, the units, are 0 for every example."""
    return (A == 0).all(axis=1).sum()


def unit_cases():
    """Return layers of ReLU activations with some dead units."""
    shapes = [(5, 3), (6, 4), (7, 2), (9, 5), (8, 3)]
    layers = [np.maximum(0, Z) for Z in matrices(*shapes, seed=8)]
    for number, A in enumerate(layers):
        A[1::2][: number + 1] = 0
        A[0, :2] = 0
    return [(A,) for A in layers]


EXERCISES = [
    NumberExercise(
        "vanishing_factor", 8, """
        The slope of the sigmoid is at most 0.25. An error is sent back through 10
        layers of sigmoids. By what factor at most do the slopes alone change it?

        - What does the chain rule do with the ten slopes?
        - One layer: 0.25. Two layers: 0.25 · 0.25.
        - 0.25 to the power of 10.

        The chain rule multiplies the ten slopes: 0.25 to the power of 10 is about one
        millionth. The first layers then hardly move.
        """,
        numbers=[0.25**10], labels=["the factor"],
        wrong=[
            ("times-for-power", 2.5,
             "You multiplied 0.25 by 10. Each layer multiplies what the layer above "
             "has left."),
            ("value-for-slope", 0.5**10,
             "You used 0.5, the sigmoid's value at 0. Its slope there is 0.25."),
            ("one-too-few", 0.25**9, "That is for 9 layers."),
            ("turned-round", 4.0**10,
             "Turn it round: 4 to the power of 10 would let the error grow."),
        ],
    ),
    ChoiceExercise(
        "zeros_start", 8, """
        All weights and biases of a two-layer network (tanh, sigmoid) start at exactly
        0. Three of ten examples are of class 1. What does training change? Answer with
        one of the words below, in quotes.

        - What are Z1 and A1, if W1 and b1 are 0?
        - A1 is 0. What is dW2 = dZ2 @ A1.T / m then? And dA1 = W2.T @ dZ2?
        - dW2, dW1 and db1 are all 0. Which one is left?

        A1 = tanh(0) = 0 makes dW2 = 0, and W2 = 0 makes dA1 = 0, so dW1 and db1 are 0
        too. Only db2 is not, 0.5 - 0.3 at first: the network learns the share of class
        1 and nothing else. (With as many of both classes, db2 is 0 too.)
        """,
        words="last bias",
        choices={
            "everything": "all weights and biases, as with any start",
            "all units alike": "all of them, but the hidden units stay equal",
            "last bias": "only b2",
            "nothing": "nothing at all",
        },
        wrong=[
            ("all-equal", "all units alike",
             "That happens if all weights start at the same number other than 0. "
             "Put 0 into dW2 = dZ2 @ A1.T / m and see."),
            ("nothing-moves", "nothing",
             "Nearly. Go through dW1, db1, dW2 and db2 one after the other: are all "
             "of them 0?"),
            ("everything-moves", "everything",
             "What would tell one hidden unit from another? And what is A1?"),
        ],
    ),
    FunctionExercise(
        "xavier_scale", 8, """
        Write `xavier_scale(n_in, n_out)`: the standard deviation of the weights of a
        layer in Xavier's start, whose variance is 2 / (n_in + n_out).

        - Which is multiplied with the drawn numbers, the variance or its root?
        - The standard deviation is the root of the variance.
        - `np.sqrt(2 / (n_in + n_out))`

        The mean of n_in and n_out below the line keeps both the activations on the way
        forward and the errors on the way back at about their size.
        """,
        solution=xavier_scale,
        cases=[(30, 50), (2, 16), (100, 7), (64, 10), (9, 40)],
        wrong=[
            ("variance-for-scale", "np.sqrt(2 / (n_in + n_out)) -> 2 / (n_in + n_out)",
             "That is the variance. The factor on the weights is its root."),
            ("he-for-xavier", "(n_in + n_out) -> n_in",
             "That is He's start: n_out plays no part in it."),
            ("factor", "2 / -> 1 /", "The 2 above the line is missing."),
            ("product-for-sum", "n_in + n_out -> n_in * n_out",
             "The sizes are added, not multiplied."),
        ],
    ),
    FunctionExercise(
        "he_scale", 8, """
        Write `he_scale(n_in)`: the standard deviation of the weights of a ReLU layer
        with n_in inputs in He's start, whose variance is 2 / n_in.

        - Which is multiplied with the drawn numbers, the variance or its root?
        - The standard deviation is the root of the variance.
        - `np.sqrt(2 / n_in)`

        A sum of n_in products grows with n_in, so the weights must shrink. ReLU drops
        half of what arrives, and the 2 makes up for that.
        """,
        solution=he_scale, cases=[(30,), (2,), (100,), (64,), (9,)],
        wrong=[
            ("variance-for-scale", "np.sqrt(2 / n_in) -> 2 / n_in",
             "That is the variance. The factor on the weights is its root."),
            ("factor", "2 / n_in -> 1 / n_in",
             "The 2 is missing: ReLU drops half of what arrives."),
            ("root-of-2-missing", "np.sqrt(2 / n_in) -> 2 / np.sqrt(n_in)",
             "The 2 stands under the root too."),
        ],
    ),
    FunctionExercise(
        "dead_units", 8, """
        Write `dead_units(A)`: how many units of a ReLU layer answer 0 for every
        example. A has a row for each unit and a column for each example.

        - Is a unit dead that answers 0 for one example?
        - Compare with 0, then ask of each row whether all of it is True.
        - `(A == 0).all(axis=1)` says it of each row; `.sum()` counts.

        A unit is dead if its whole row is 0: then its slope is 0 for every example, and
        its weights get no gradient.
        """,
        solution=dead_units, cases=unit_cases(),
        wrong=[
            ("any-for-all", ".all(axis=1) -> .any(axis=1)",
             "You count units that are 0 for some example. A dead one is 0 for all "
             "of them."),
            ("wrong-axis", ".all(axis=1) -> .all(axis=0)",
             "You count examples for which all units are 0. A unit is a row."),
            ("entries-counted", ".all(axis=1) -> ",
             "You count entries that are 0; count units, which are rows."),
            ("share-for-count", ".sum() -> .mean()",
             "You return the share. Return the count."),
        ],
    ),
]  # fmt: skip
