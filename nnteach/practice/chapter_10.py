"""Chapter 10: better steps."""

import math

import numpy as np

from nnteach.judge.values import as_numbers
from nnteach.practice.cases import parameters_for
from nnteach.practice.chapter_07 import parabola_slope, valley_slope
from nnteach.practice.exercise import NumberExercise
from nnteach.practice.function_exercise import FunctionExercise


def shuffled_batches(m, size, passes, rng):
    """Return the batches of several passes over m examples, as numbers of examples."""
    batches = []
    for _ in range(passes):
        order = rng.permutation(m)
        for first in range(0, m, size):
            batches.append(order[first : first + size])
    return batches


def momentum_descent(slope, w, learning_rate, momentum, steps):
    """Return w after so many steps with momentum."""
    velocity = 0.0
    for _ in range(steps):
        velocity = momentum * velocity + slope(w)
        w = w - learning_rate * velocity
    return w


def adam_descent(slope, w, learning_rate, steps, beta1, beta2, epsilon):
    """Return w after so many steps of Adam."""
    m, v = 0.0, 0.0
    for t in range(1, steps + 1):
        g = slope(w)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        w = w - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)
    return w


def decayed_rate(learning_rate, step, half):
    """Return the learning rate at a step: one half of the first after `half` steps."""
    return learning_rate / (1 + step / half)


def l2_gradients(grads, parameters, strength):
    """Return the gradients with those of the L2 penalty: strength * W for each W."""
    new = dict(grads)
    for name, value in parameters.items():
        if name.startswith("W"):
            new["d" + name] = grads["d" + name] + strength * value
    return new


def judge_batches(case, value):
    """Return (code, message) about the batches of several passes, or None."""
    m, size, passes, _ = case
    each = math.ceil(m / size)
    if not isinstance(value, (list, tuple)):
        return "wrong-type", "Expected a list of batches, each an array of numbers."
    batches = []
    for batch in value:
        array, problem = as_numbers(batch)
        if array is None or array.ndim != 1:
            got = problem or f"an array of shape {array.shape}"
            message = f"A batch: expected a row of numbers, got {got}."
            if len(value) == passes > 1 and isinstance(batch, list | tuple):
                message = "Return one list of all batches, not a list for each pass."
            return "wrong-type", message
        batches.append(array)
    full = {len(batch) for batch in batches} == {size}
    if full and len(batches) == passes * (m // size) and m % size:
        message = (
            f"{m} examples make {m // size} full batches, and {m % size} are left: "
            "they are the last batch of the pass."
        )
        return "last-batch-missing", message
    if len(batches) == each:
        return "one-pass-only", f"These are the batches of one pass, not of {passes}."
    sizes = [len(batch) for batch in batches]
    wanted = ([size] * (m // size) + [m % size] * (m % size > 0)) * passes
    if sizes != wanted:
        return "sizes", f"Expected batches of the sizes {wanted}, got {sizes}."
    orders = np.concatenate(batches).reshape(passes, m)
    if not np.isin(orders, np.arange(m)).all():
        return "numbers", f"Expected the numbers 0 to {m - 1}, one for each example."
    if (np.sort(orders) != np.arange(m)).any():
        message = (
            "In one pass some example comes twice and another never. Cut one random "
            f"order of all {m} into pieces."
        )
        return "overlap", message
    plain = (orders == np.arange(m)).all(axis=1)
    if plain.any():
        first = "Nothing is" if plain.all() else f"Pass {plain.argmax() + 1} is not"
        message = f"{first} mixed: the batches stand in the order of the examples."
        return "not-mixed", message
    if (orders == orders[0]).all():
        message = (
            "Each pass has the same order. Is it mixed once, before the passes? Does "
            "the generator start anew in each of them? Or are your batches slices of "
            "one array that is shuffled in place, and change with it?"
        )
        return "not-reshuffled", message
    kept = [{tuple(sorted(b)) for b in batches[k * each :][:each]} for k in (0, 1)]
    if kept[0] == kept[1]:
        message = (
            "The same examples meet in the first two passes: only the order of the "
            "batches, or the order inside them, changes."
        )
        return "batches-kept", message
    return None


def l2_cases():
    """Return gradients, parameters and a strength, for two sizes."""
    cases = []
    for sizes, strength in (((3, 4, 2), 0.3), ((2, 5, 3, 1), 0.05)):
        rng = np.random.default_rng(len(sizes))
        slopes = parameters_for(sizes, rng).items()
        grads = {"d" + name: value for name, value in slopes}
        cases.append((grads, parameters_for(sizes, rng), strength))
    return cases


EXERCISES = [
    FunctionExercise(
        "shuffled_batches", 10, """
        Write `shuffled_batches(m, size, passes, rng)`: the batches of several passes
        over m examples, as one list of arrays of numbers from 0 to m - 1. In each pass
        the examples have another random order; the last batch of a pass holds what is
        left. `rng` is a numpy Generator.

        - What is new in each pass, and what must be true of each pass?
        - `rng.permutation(m)` is a random order of all numbers. Where must it stand so
          that each pass has its own?
        - In the loop over the passes: one order, then `order[first : first + size]` for
          each `first` in `range(0, m, size)`.

        The order is drawn inside the loop over the passes, so that other examples meet
        in each pass; and it is cut into pieces, so that each example comes once.
        """,
        solution=shuffled_batches, judge_value=judge_batches,
        cases=[
            (14, 4, 3, np.random.default_rng(0)),
            (12, 3, 2, np.random.default_rng(1)),
        ],
    ),
    FunctionExercise(
        "momentum_descent", 10, """
        Write `momentum_descent(slope, w, learning_rate, momentum, steps)`: gradient
        descent with momentum from w, and return the last w. `slope(w)` is the slope
        of the cost at w. In each step the velocity becomes momentum times the velocity
        plus the slope; then w moves by learning_rate times the velocity, downhill.

        - What does the second step have to know of the first?
        - Begin with `velocity = 0.0`, before the loop.
        - In the loop: `velocity = momentum * velocity + slope(w)`, then `w = w -
          learning_rate * velocity`.

        The velocity is kept from step to step: it holds all slopes so far, each
        multiplied by momentum once for every step that has passed since.
        """,
        solution=momentum_descent,
        cases=[
            (parabola_slope, 1.5, 0.1, 0.8, 4),
            (valley_slope, 0.3, 0.2, 0.6, 6),
            (parabola_slope, -0.7, 0.3, 0.5, 3),
            (valley_slope, 1.1, 0.05, 0.9, 5),
            (parabola_slope, 0.4, 0.2, 0.7, 2),
        ],
        wrong=[
            ("state-not-kept", "momentum * velocity + slope(w) -> slope(w)",
             "That is plain gradient descent: each step uses the present slope alone. "
             "Does `velocity` begin anew inside the loop, or is it not used?"),
            ("velocity-too-late",
             "        velocity = momentum * velocity + slope(w)\n"
             "        w = w - learning_rate * velocity -> "
             "        w, velocity = (w - learning_rate * velocity, "
             "momentum * velocity + slope(w))",
             "You step with the velocity of the step before. First the velocity, then "
             "w."),
            ("one-step-fewer", "range(steps) -> range(steps - 1)",
             "Your w is that of one step fewer: does w move before the velocity is "
             "new, or does the loop end too soon?"),
            ("slope-weakened", "+ slope(w) -> + (1 - momentum) * slope(w)",
             "You multiply the slope by 1 - momentum: a mean of the slopes, as Adam "
             "has it. Momentum adds the whole slope."),
            ("rate-twice", "+ slope(w) -> + learning_rate * slope(w)",
             "The learning rate counts twice on the way to w: once is enough."),
            ("slope-ahead",
             "slope(w) -> slope(w - learning_rate * momentum * velocity)",
             "You take the slope at the place where the velocity leads. That is "
             "Nesterov's momentum; here the slope at w is meant."),
            ("uphill-velocity", "+ slope(w) -> - slope(w)",
             "Your way leads uphill. Follow two signs: of the slope in the velocity, "
             "and of the velocity in the step."),
        ],
    ),
    FunctionExercise(
        "adam_descent", 10, """
        Write `adam_descent(slope, w, learning_rate, steps, beta1, beta2, epsilon)`:
        take so many steps of Adam from w, and return the last w. m is the running mean
        of the slopes and v that of their squares; both begin at 0 and are divided by 1
        - beta**t in step t = 1, 2, ... The step is learning_rate times m_hat over
        (root of v_hat, plus epsilon).

        - Which three things does Adam keep from step to step?
        - `m = beta1 * m + (1 - beta1) * g` and the same with beta2 and g squared for v.
        - `m_hat = m / (1 - beta1**t)`, `v_hat = v / (1 - beta2**t)`, and w moves by
          `learning_rate * m_hat / (np.sqrt(v_hat) + epsilon)`; `range(1, steps + 1)`
          counts t.

        m and v begin at 0, so in step t their weights add up to 1 - beta**t only; the
        division makes them means. The epsilon stands beside the root, not in it.
        """,
        solution=adam_descent,
        cases=[
            (parabola_slope, 1.5, 0.1, 3, 0.9, 0.99, 0.3),
            (valley_slope, 0.3, 0.2, 5, 0.8, 0.95, 0.1),
            (parabola_slope, -0.7, 0.3, 4, 0.7, 0.9, 0.2),
            (valley_slope, 1.1, 0.05, 6, 0.85, 0.97, 0.5),
            (parabola_slope, 0.4, 0.2, 2, 0.6, 0.8, 0.4),
        ],
        wrong=[
            ("no-bias-correction",
             "m = beta1 * m + (1 - beta1) * g -> "
             "m, t = beta1 * m + (1 - beta1) * g, np.inf",
             "You use m and v as they are. They began at 0, so the first ones are far "
             "too small: divide by 1 - beta**t."),
            ("slope-not-corrected", "m / (1 - beta1**t) -> m",
             "v is corrected and m is not: m began at 0, too."),
            ("square-not-corrected", "v / (1 - beta2**t) -> v",
             "m is corrected and v is not: v began at 0, too."),
            ("correction-without-t", "**t -> ",
             "You divide by 1 - beta in each step. Does t stay 1? The weights add up "
             "to 1 - beta**t, which grows to 1."),
            ("epsilon-inside-root",
             "(np.sqrt(v_hat) + epsilon) -> np.sqrt(v_hat + epsilon)",
             "The epsilon stands under your root. Put it beside the root: under it, "
             "1e-8 counts as 1e-4."),
            ("epsilon-before-correction",
             "m_hat / (np.sqrt(v_hat) + epsilon) -> m / (1 - beta1**t) * "
             "np.sqrt(1 - beta2**t) / (np.sqrt(v) + epsilon)",
             "You add epsilon to the root of v, as scikit-learn does. Here it is added "
             "to the root of v_hat."),
            ("epsilon-missing", "(np.sqrt(v_hat) + epsilon) -> np.sqrt(v_hat)",
             "Your numbers do not depend on epsilon. Add the argument to the root of "
             "v_hat: without it a slope of 0 is divided by 0."),
            ("root-missing", "np.sqrt(v_hat) -> v_hat",
             "v is the mean of squares. Take its root, so that it has the size of a "
             "slope."),
            ("square-missing", "* g**2 -> * np.abs(g)",
             "v is the mean of the squared slopes; yours are not squared."),
            ("square-missing", "* g**2 -> * g",
             "v is the mean of the squared slopes. Yours can be negative, and has no "
             "root then."),
            ("square-of-mean", "* g**2 -> * m**2",
             "v is the mean of the squared slopes g; you square their mean m."),
            ("betas-exchanged",
             "beta1 * m + (1 - beta1) * g -> beta2 * m + (1 - beta2) * g",
             "beta1 is for m and beta2 for v."),
            ("betas-exchanged",
             lambda slope, w, rate, steps, beta1, beta2, epsilon:
             adam_descent(slope, w, rate, steps, beta2, beta1, epsilon),
             "beta1 is for m and beta2 for v."),
            ("state-not-kept",
             "        g = slope(w) ->         m, v, g = 0.0, 0.0, slope(w)",
             "m and v keep nothing of the steps before. Do they begin anew inside the "
             "loop, or are the old ones not used?"),
        ],
    ),
    FunctionExercise(
        "decayed_rate", 10, """
        Write `decayed_rate(learning_rate, step, half)`: the learning rate divided by 1
        + step / half. `step` counts the steps made so far, 0 at first.

        - What is the rate at step 0, and what at step `half`?
        - At step `half` the divisor is 1 + 1.
        - `learning_rate / (1 + step / half)`

        At step 0 the divisor is 1; it grows by 1 in each `half` steps. So the rate
        falls to a half, a third, a quarter: slowly enough to get anywhere.
        """,
        solution=decayed_rate,
        cases=[(0.4, 30, 10), (0.1, 7, 5), (0.3, 0, 4), (0.2, 3, 8), (0.5, 12, 6)],
        wrong=[
            ("halves-each-time", lambda rate, step, half: rate * 0.5 ** (step / half),
             "You halve the rate every `half` steps: 1/2, 1/4, 1/8. Here it is 1/2, "
             "1/3, 1/4."),
            ("straight-down", lambda rate, step, half: rate * (1 - step / half / 2),
             "You go down along a straight line: at step 2 · half your rate is 0, and "
             "after that it is below 0."),
            ("factor-for-rate", "learning_rate / -> 1 /",
             "That is the factor. Multiply it by the first learning rate."),
            ("divisor-for-factor", "learning_rate / -> learning_rate *",
             "Your rate grows: divide instead of multiplying."),
            ("counted-from-1", "(1 + step / half) -> (1 + (step + 1) / half)",
             "`step` counts what was made so far: at step 0 the rate is the first."),
            ("rounded", "step / half -> step // half",
             "Your rate falls in stairs: the fraction of step / half is lost."),
        ],
    ),
    FunctionExercise(
        "l2_gradients", 10, """
        Write `l2_gradients(grads, parameters, strength)`: new gradients, in which the
        slope of the penalty strength / 2 times the sum of all squared weights is added.
        The biases have no penalty. `grads` holds dW1, db1 ... and `parameters` W1, b1
        and so on, for any number of layers.

        - What is the slope of strength / 2 · w²?
        - By the power rule it is strength · w: each dW gets strength times its W.
        - Go through the parameters; for a name that begins with "W", add `strength *
          value` to `grads["d" + name]`. Begin with `new = dict(grads)`.

        The power rule brings the 2 down, and it cancels the half. A bias makes no unit
        steeper, so it is left alone.
        """,
        solution=l2_gradients, cases=l2_cases(),
        wrong=[
            ("decay-on-biases", 'if name.startswith("W") -> if True',
             "The biases are penalised too. A large bias only moves a unit, it makes "
             "nothing steeper."),
            ("only-biases", 'startswith("W") -> startswith("b")',
             "You penalise the biases; the weights are meant."),
            ("wrong-sign", "+ strength * value -> - strength * value",
             "Your penalty rewards large weights: the slope of the penalty is added."),
            ("half-forgotten", "+ strength * value -> + 2 * strength * value",
             "The penalty has a half in front, which cancels the 2 of the power rule."),
            ("half-kept", "+ strength * value -> + strength / 2 * value",
             "The half is used up: the power rule brings a 2 down."),
            ("penalty-for-slope", "+ strength * value -> + strength / 2 * value**2",
             "You add the penalty itself. The gradient needs its slope."),
            ("gradient-lost", 'grads["d" + name] + strength * value -> '
             "strength * value",
             "You return the slope of the penalty alone: the gradient of the data is "
             "gone."),
            ("sign-for-weight", "strength * value -> strength * np.sign(value)",
             "That is the slope of the sum of |w|, the L1 penalty."),
            ("first-layer-only", 'startswith("W") -> startswith("W1")',
             "Only W1 has your penalty: every layer has weights."),
        ],
    ),
    NumberExercise(
        "adam_first_step", 10, """
        Adam begins: the first slope is 0.02, the learning rate is 0.1, beta1 is 0.9,
        beta2 is 0.999, and epsilon is too small to count. Give three numbers: m_hat,
        v_hat, and by how much w becomes smaller.

        - What are m and v after one step, before they are corrected?
        - m is 0.1 · 0.02 and v is 0.001 · 0.02². In the first step the divisors are 1 -
          0.9 and 1 - 0.999.
        - The divisors take both factors out again: m_hat is the slope, v_hat its
          square. Then 0.1 · 0.02 / 0.02.

        In the first step m_hat is the slope and v_hat its square, so the step is the
        learning rate itself, however small or large the slope is.
        """,
        numbers=[0.02, 0.0004, 0.1], labels=("m_hat", "v_hat", "the step"),
        wrong=[
            ("no-bias-correction", (0.002, 4e-7, 0.316),
             "These are m and v themselves. Divide them by 1 - beta: then they are "
             "means, and the step is not three times too long."),
            ("square-not-corrected", (0.02, 4e-7, 3.16),
             "m_hat is right. v has to be divided by 1 - 0.999, too."),
            ("root-missing", (0.02, 0.0004, 5),
             "m_hat and v_hat are right. The step divides by the root of v_hat."),
            ("plain-step", (0.02, 0.0004, 0.002),
             "That is the step of plain gradient descent, 0.1 · 0.02. Adam divides by "
             "the root of v_hat."),
        ],
    ),
]  # fmt: skip
