"""Chapter 06: measured gradients, and cases whose numbers a mistake has made."""

import numpy as np

from nnteach import gradients
from nnteach.practice.cases import matrices
from nnteach.practice.cases_to_solve import CASES
from nnteach.practice.function_exercise import FunctionExercise


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


def together(W):
    """Return a cost in which the entries work on each other."""
    return (W**3).sum() + W.sum() ** 2


def never_put_back(cost, W, step):
    """Return what comes out if each entry stays where it was moved to."""
    slope, W = np.zeros(W.shape), W.copy()
    for entry in np.ndindex(W.shape):
        W[entry] += step
        up = cost(W)
        W[entry] -= 2 * step
        slope[entry] = (up - cost(W)) / (2 * step)
    return slope


def waves(W):
    """Return a cost in which each entry has another weight."""
    return (np.sin(W) * np.arange(1, W.size + 1).reshape(W.shape)).sum()


def gradient_cases():
    """Return three costs, where to measure them, and a step."""
    first, second, third = matrices((2, 3), (4, 1), (3, 2), seed=5, scale=1)
    return [
        (cubes, first + 3, 1e-3),
        (waves, second, 1e-2),
        (together, third, 1e-3),
    ]


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
            ("not-put-back", never_put_back,
             "Each entry is moved while those before it are still moved: is it put "
             "back?"),
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
             "Every number is twice what it should be: how far apart are up and down?"),
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
        means opposite, or that one of them is 0. With weights of the size 1, right code
        is mostly below 1e-6. At the corner of a ReLU, or where the gradient is nearly
        0, it may be above.
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
    *CASES,
]  # fmt: skip
