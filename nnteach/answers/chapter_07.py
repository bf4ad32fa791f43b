"""Chapter 07: learning rates."""

import numpy as np

from nnteach.exercise import ChoiceExercise, NumberExercise, Wrong
from nnteach.function_exercise import FunctionExercise
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
    steps = range(0, 25, 4)
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
        "gradient_descent", 7,
        "Write `gradient_descent(slope, w, learning_rate, steps)`: start at w, take "
        "so many steps downhill, and return the last w. `slope` is a function: "
        "slope(w) is the derivative of the cost at w.",
        hints=(
            "At which w do you need the slope in the second step?",
            "In a loop: the new w is the old one minus a step.",
            "`for _ in range(steps): w = w - learning_rate * slope(w)`, and after "
            "the loop `return w`.",
        ),
        why="Each step uses the slope at the place that the step before has reached.",
        solution=gradient_descent,
        cases=lambda: [(parabola_slope, 1.5, 0.1, 3), (valley_slope, 0.3, 0.2, 7)],
        wrong=[
            Wrong("wrong-sign",
                  "You go uphill: the slope points to where the cost rises.",
                  "w - learning_rate", "w + learning_rate"),
            Wrong("one-too-few",
                  "You take one step too few.", "range(steps)", "range(steps - 1)"),
            Wrong("one-too-many",
                  "You take one step too many.", "range(steps)", "range(steps + 1)"),
            Wrong("return-in-loop",
                  "You take one step only: does `return` stand inside the loop?",
                  "    return w", "        return w"),
            Wrong("slope-not-renewed",
                  "Every step uses the slope of the start: ask for it at the new w.",
                  lambda slope, w, rate, n: w - n * rate * slope(w)),
            Wrong("learning-rate-missing",
                  "Your steps are as long as the slope: where is the learning rate?",
                  "learning_rate * slope(w)", "slope(w)"),
            Wrong("step-alone",
                  "You keep the step and lose the place: the new w is the old one, a "
                  "step further.",
                  "w - learning_rate * slope(w)", "learning_rate * slope(w)"),
            Wrong("step-alone",
                  "You keep the step and lose the place: the new w is the old one, a "
                  "step further.",
                  "w - learning_rate * slope(w)", "-learning_rate * slope(w)"),
        ],
    ),
    NumberExercise(
        "largest_rate", 7,
        "The cost is J(w) = 2 w², so its slope is 4 w. One step gives w - rate · 4 "
        "w. Above which learning rate does w grow from step to step instead of "
        "shrinking?",
        hints=(
            "By what is w multiplied in one step?",
            "The factor is 1 - 4 · rate. For which factors does w shrink?",
            "The factor must lie between -1 and 1. When is it -1?",
        ),
        why="Each step multiplies w by 1 - 4 · rate, which is below -1 when the rate "
            "is above 0.5: twice one over the curvature, 2 / 4.",
        numbers=[0.5], labels=["the largest rate"],
        wrong=[
            Wrong("best-for-largest",
                  "At 0.25 the first step lands in the minimum: the best rate. How "
                  "far beyond can you go?",
                  0.25),
            Wrong("curvature-for-rate",
                  "4 is the curvature. A steep valley wants a small rate, not a "
                  "large one.",
                  4),
            Wrong("curvature-missed",
                  "The curvature is the derivative of the slope 4 w: it is 4, not 2.",
                  1),
            Wrong("turned-round", "Turn it round: 2 divided by the curvature.", 2),
            Wrong("factor-0",
                  "You may pass the minimum, as long as you land nearer to it on the "
                  "other side.",
                  0.125),
        ],
    ),
    ChoiceExercise(
        "which_curve", 7,
        "Three runs of gradient descent on the same cost, with three learning rates. "
        "Which rate is too small, which is right, which is too large? Give three "
        "words, for A, B and C.",
        hints=(
            "Which costs fall, and which grow?",
            "Of the two that fall, which one has arrived after 24 steps?",
            "A cost that grows from step to step: each step lands further away than "
            "the one before.",
        ),
        why="A grows: each step jumps over the minimum to a higher place. B falls, "
            "but so slowly that it has hardly begun. C has arrived.",
        words=("too large", "too small", "right"), choices=CURVES, shown=three_curves,
        wrong=[
            Wrong("growing-for-falling",
                  "Run A grows. Does a rate that is too small do that?",
                  ("too small", "too large", "right")),
            Wrong("slow-for-right",
                  "Run B falls steadily, but look how far it is after 24 steps.",
                  ("too large", "right", "too small")),
            Wrong("growing-for-falling",
                  "Run A grows: that is not right.",
                  ("right", "too small", "too large")),
            Wrong("growing-for-falling",
                  "Run A grows: that is not right.",
                  ("right", "too large", "too small")),
            Wrong("growing-for-falling",
                  "Run A grows. Does a rate that is too small do that?",
                  ("too small", "right", "too large")),
        ],
    ),
    FunctionExercise(
        "diverged_at", 7,
        "Write `diverged_at(costs)`: the place (counted from 0) of the first cost "
        "that is not finite, infinite or NaN; -1 if all are finite.",
        hints=(
            "How does numpy tell infinite, NaN and ordinary numbers apart?",
            "`np.isfinite(costs)` is False for infinity and for NaN.",
            "`argmax` of an array of True and False is the place of the first True; "
            "`any()` says whether there is one.",
        ),
        why="`np.isfinite` says no to infinity and to NaN, and argmax finds the "
            "first place. Without the question `any`, a run without trouble would "
            "give 0.",
        solution=diverged_at,
        cases=lambda: [
            (np.array([0.7, 3.0, 90.0, np.inf, np.nan]),),
            (np.array([0.7, 5.0, np.nan, np.inf, np.inf, np.inf]),),
            (np.array([0.7, 0.5, 0.4]),),
        ],
        wrong=[
            Wrong("nan-forgotten",
                  "A cost can be NaN too, and `np.isinf` does not see it.",
                  "~np.isfinite(costs)", "np.isinf(costs)"),
            Wrong("infinity-forgotten",
                  "A cost can be infinite too, and `np.isnan` does not see it.",
                  "~np.isfinite(costs)", "np.isnan(costs)"),
            Wrong("none-found",
                  "If all costs are finite you return 0, as if the first were not.",
                  "if bad.any() else -1", ""),
            Wrong("counted-from-1",
                  "You count from 1; places are counted from 0.",
                  "int(bad.argmax())", "int(bad.argmax()) + 1"),
            Wrong("last-for-first",
                  "That is the last one; the first is wanted.",
                  "int(bad.argmax())", "int(np.nonzero(bad)[0][-1])"),
            Wrong("count-for-place",
                  "That is how many there are; the place of the first is wanted.",
                  "int(bad.argmax())", "int(bad.sum())"),
            Wrong("last-finite",
                  "That is the last cost that is finite; the one after it is wanted.",
                  "int(bad.argmax())", "int(bad.argmax()) - 1"),
        ],
    ),
]  # fmt: skip
