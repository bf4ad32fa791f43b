"""What makes first parameters right: many are, since the weights are drawn."""

import itertools

import numpy as np

from nnteach.practice.function_exercise import by_name


def judge_parameters(case, value, random_biases=False):
    """Return (code, message) about parameters that a learner's function drew, or None.

    case: sizes from the inputs to the outputs (or an architecture list), scale, rng.
    random_biases: whether biases that are drawn are right too.
    """
    *sizes, scale, _ = case
    if isinstance(sizes[0], list):
        layers = sizes[0]
        sizes = [layers[0]["input_dim"], *(layer["output_dim"] for layer in layers)]
    names = [f"{kind}{n}" for n in range(1, len(sizes)) for kind in "Wb"]
    drawn = by_name("The dictionary", value, names)
    for name, array in drawn.items():
        if not np.isfinite(array).all():
            return "not-finite", f"{name} holds NaN or infinity."
    for number, (n_in, n_out) in enumerate(itertools.pairwise(sizes), 1):
        W, b = drawn[f"W{number}"], drawn[f"b{number}"]
        mistakes = (
            *wrong_weights(f"W{number}", W, (n_out, n_in), scale, drawn["W1"]),
            *wrong_biases(f"b{number}", b, n_out, scale, random_biases),
        )
        for is_made, code, message in mistakes:
            if is_made:
                return code, message
    return None


def judge_with_biases(case, value):
    """Return the same where biases may be drawn too."""
    return judge_parameters(case, value, random_biases=True)


def wrong_weights(name, W, shape, scale, first):
    """Return (whether it is made, code, message) for each mistake with weights."""
    enough = W.size >= 100  # to judge how they were drawn
    spread = W.std() / scale
    count = min(W.size, first.size)
    return (
        (
            W.shape == shape[::-1] != shape,
            "transpose",
            f"{name} has the shape {W.shape}. One *row* of weights belongs to one unit "
            "of its layer: how many rows are that?",
        ),
        (
            W.shape != shape,
            "shape",
            f"{name} has the shape {W.shape}. It needs a row for each unit of its "
            "layer, and a column for each thing that comes in.",
        ),
        (
            not W.any(),
            "zeros-start",
            f"{name} is all zeros, so all units of its layer begin with the same "
            "weights. How can they become different?",
        ),
        (
            W.size > 1 and np.ptp(W) == 0,
            "all-equal",
            f"All entries of {name} are equal, so all units of its layer begin with "
            "the same weights. How can they become different?",
        ),
        (
            W.ndim == 2 and len(W) > 1 and np.array_equal(W, W[[0] * len(W)]),
            "rows-equal",
            f"All rows of {name} are the same, so all units of its layer begin with "
            "the same weights. How can they become different?",
        ),
        (
            enough and W.min() >= 0,
            "only-positive",
            f"No entry of {name} is negative: are they drawn from a standard normal "
            "distribution, which is symmetric?",
        ),
        (
            enough and 0.7 < W.std() < 1.3 < spread,
            "scale-missing",
            f"The entries of {name} spread as a standard normal does: where does "
            "`scale` come in?",
        ),
        (
            enough and not 0.7 < spread < 1.3,
            "scale",
            f"The standard deviation of {name} is {spread:.2g} times the scale; it "
            "should be the scale itself.",
        ),
        (
            W is not first and np.array_equal(W.flat[:count], first.flat[:count]),
            "same-draw",
            f"{name} holds the same numbers as W1: is the generator started anew for "
            "each layer?",
        ),
    )


def wrong_biases(name, b, n_out, scale, may_be_random):
    """Return (whether it is made, code, message) for each mistake with biases."""
    return (
        (
            b.shape == (n_out,),
            "bias-flat",
            f"{name} has the shape {b.shape}: without a column axis it is added along "
            "the wrong axis. What shape is a column?",
        ),
        (
            b.shape == (1, n_out) != (n_out, 1),
            "bias-row",
            f"{name} is a row. Its layer has one *row* for each unit, so the biases "
            "are a column.",
        ),
        (
            b.shape != (n_out, 1),
            "bias-shape",
            f"{name} has the shape {b.shape}: one bias for each unit of its layer, as "
            "a column.",
        ),
        (
            b.any() and not may_be_random,
            "bias-not-zero",
            f"{name} is not zero. The weights are different already; the biases start "
            "at zero here.",
        ),
        (
            np.abs(b).max(initial=0) > 6 * scale,
            "bias-scale",
            f"{name} is much larger than the scale: zeros are best, or numbers as "
            "small as the weights.",
        ),
    )
