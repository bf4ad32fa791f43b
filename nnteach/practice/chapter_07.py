"""Chapter 07: learning rates."""

import numpy as np

from nnteach.practice.exercise import ChoiceExercise, NumberExercise
from nnteach.practice.function_exercise import FunctionExercise
from nnteach.rounding import show


def gradient_descent(slope, w, learning_rate, steps):
    """Return w after so many steps downhill."""
    for _ in range(steps):
        w = w - learning_rate * slope(w)
    return w


def parabola_slope(w):
    """Return the slope of 2 w**2."""
    return 4 * w


def valley_slope(w):
    """Return the slope of w**4 / 4 - w."""
    return w**3 - 1


def diverged_at(costs):
    """Return the place of the first cost that is not finite, or -1."""
    bad = ~np.isfinite(costs)
    return int(bad.argmax()) if bad.any() else -1


RATES = {"A": 0.51, "B": 0.001, "C": 0.2}


def three_curves():
    """Return the costs of J = 2 w**2 with three learning rates, as a table."""
    steps = range(0, 25, 6)
    rows = [f"{'after':>8}" + "".join(f"{step:>10}" for step in steps)]
    for name, rate in RATES.items():
        costs = [
            2 * gradient_descent(parabola_slope, 1.0, rate, step) ** 2 for step in steps
        ]
        texts = [show(cost, 3) for cost in costs]
        rows.append(f"run {name:>4}" + "".join(f"{text:>10}" for text in texts))
    return "\n".join(rows)


CURVES = {
    "too small": "it falls, but hardly",
    "right": "it falls quickly",
    "too large": "it grows",
}

EXERCISES = [
    FunctionExercise(
        "gradient_descent", 7, """
        Write `gradient_descent(slope, w, learning_rate, steps)`: start at w, take so
        many steps downhill, and return the last w. `slope` is a function: slope(w) is
        the derivative of the cost at w.

        - At which w do you need the slope in the second step?
        - In a loop: the new w is the old one minus a step.
        - `for _ in range(steps): w = w - learning_rate * slope(w)`, and after the loop
          `return w`.

        Each step uses the slope at the place that the step before has reached.
        """,
        solution=gradient_descent,
        cases=[
            (parabola_slope, 1.5, 0.1, 3),
            (valley_slope, 0.3, 0.2, 7),
            (valley_slope, -0.5, 0.05, 4),
            (np.cos, 0.2, 0.3, 6),
            (np.tanh, -2.0, 0.4, 5),
        ],
        wrong=[
            ("wrong-sign", "w - learning_rate -> w + learning_rate",
             "You go uphill: the slope points to where the cost rises."),
            ("one-too-few", "range(steps) -> range(steps - 1)",
             "You take one step too few."),
            ("one-too-many", "range(steps) -> range(steps + 1)",
             "You take one step too many."),
            ("return-in-loop", "    return w ->         return w",
             "Your result is that of one step: does `return` stand inside the loop, or "
             "does each turn begin at the same w again?"),
            ("slope-not-renewed", lambda slope, w, rate, n: w - n * rate * slope(w),
             "Every step uses the slope of the start: ask for it at the new w."),
            ("learning-rate-missing", "learning_rate * slope(w) -> slope(w)",
             "Your steps are as long as the slope: where is the learning rate?"),
        ],
    ),
    NumberExercise(
        "largest_rate", 7, """
        The cost is J(w) = 2 w², so its slope is 4 w. One step gives w - rate · 4 w.
        Above which learning rate does w grow from step to step instead of shrinking?

        - By what is w multiplied in one step?
        - The factor is 1 - 4 · rate. For which factors does w shrink?
        - The factor must lie between -1 and 1. When is it -1?

        Each step multiplies w by 1 - 4 · rate, which is below -1 when the rate is above
        0.5: twice one over the curvature, 2 / 4.
        """,
        numbers=[0.5], labels=["the largest rate"],
        wrong=[
            ("best-for-largest", 0.25,
             "At 0.25 the first step lands in the minimum: the best rate. How far "
             "beyond can you go?"),
            ("curvature-for-rate", 4,
             "4 is the curvature. A steep valley needs a small rate, not a large one."),
            ("turned-round", 2,
             "4 / 2? In a steeper valley, is the largest rate larger or smaller?"),
        ],
    ),
    NumberExercise(
        "centred_inputs", 7, """
        The unit of this chapter, with the mean subtracted from its inputs: x is -2, 0,
        1, 1. Give the entries of the new Hessian, the mean of x² and the mean of x, and
        the largest learning rate that can work.

        - What is left of the mean when it has been subtracted?
        - Off the diagonal there is 0 now. Which curvatures do the two directions have?
        - The curvatures are 1.5 and 1, and the larger one decides.

        The mean of x² is 6 / 4 = 1.5, the mean of x is 0. The matrix has zeros beside
        its diagonal, so its curvatures are 1.5 and 1, and 2 / 1.5 = 1.333: twice the
        rate of before, 2 / 3.
        """,
        numbers=[1.5, 0, 4 / 3],
        labels=["mean of x²", "mean of x", "the largest rate"],
        wrong=[
            ("other-curvature", (1.5, 0, 2),
             "2 is the limit of the flatter direction; the steeper one decides."),
            ("other-curvature", (1.5, 0, 0.8),
             "The curvatures are not added: each belongs to a direction of its own."),
            ("best-for-largest", (1.5, 0, 2 / 3),
             "At 1 / 1.5 the steep direction arrives in one step. You can go beyond, "
             "up to twice as far."),
        ],
    ),
    ChoiceExercise(
        "which_curve", 7, """
        Three runs of gradient descent on the same cost, with three learning rates.
        Which rate is too small, which is right, which is too large? Give three words,
        for A, B and C.

        - Which costs fall, and which grow?
        - Of the two that fall, which one has arrived after 24 steps?
        - A cost that grows from step to step: each step lands further away than the one
          before.

        A grows: each step jumps over the minimum to a higher place. B falls, but so
        slowly that it has hardly begun. C has arrived.
        """,
        words=("too large", "too small", "right"), choices=CURVES, shown=three_curves,
        wrong=[
            ("growing-for-falling", ("too small", "too large", "right"),
             "Run A grows. Does a rate that is too small do that?"),
            ("slow-for-right", ("too large", "right", "too small"),
             "Run B falls steadily, but look how far it is after 24 steps."),
            ("growing-for-falling", ("right", "too small", "too large"),
             "Run A grows: that is not right."),
            ("growing-for-falling", ("right", "too large", "too small"),
             "Run A grows: that is not right."),
            ("growing-for-falling", ("too small", "right", "too large"),
             "Run A grows. Does a rate that is too small do that?"),
        ],
    ),
    FunctionExercise(
        "diverged_at", 7, """
        Write `diverged_at(costs)`: the place (counted from 0) of the first cost that is
        not finite, infinite or NaN; -1 if all are finite.

        - How does numpy tell infinite, NaN and ordinary numbers apart?
        - `np.isfinite(costs)` is False for infinity and for NaN.
        - `argmax` of an array of True and False is the place of the first True; `any()`
          says whether there is one.

        `np.isfinite` says no to infinity and to NaN, and argmax finds the first place.
        Without the question `any`, a run without trouble would give 0.
        """,
        solution=diverged_at,
        cases=[
            (np.array([0.7, 3.0, 90.0, np.inf, np.nan]),),
            (np.array([0.7, 5.0, np.nan, np.inf, np.inf, np.inf]),),
            (np.array([0.7, 0.5, 0.4]),),
            (np.array([np.nan, 2.0, 1.0]),),
            (np.array([*range(19), 1e300, np.inf, 4.0, np.nan]),),
        ],
        wrong=[
            ("nan-forgotten", "~np.isfinite(costs) -> np.isinf(costs)",
             "A cost can be NaN too; that is not finite either."),
            ("infinity-forgotten", "~np.isfinite(costs) -> np.isnan(costs)",
             "A cost can be infinite too, and `np.isnan` does not see it."),
            ("large-for-infinite", "~np.isfinite(costs) -> ~(costs < 1000)",
             "A cost can be large and finite all the same."),
            ("none-found", "if bad.any() else -1 -> ",
             "If all costs are finite you return 0, as if the first were not."),
            ("counted-from-1", "int(bad.argmax()) -> int(bad.argmax()) + 1",
             "You count from 1; places are counted from 0."),
            ("last-for-first", "int(bad.argmax()) -> int(np.nonzero(bad)[0][-1])",
             "That is the last one. Return the first."),
        ],
    ),
]  # fmt: skip
