"""What makes a start right: there are many right ones, since the weights are drawn."""

import numpy as np

from nnteach.attempt import what


def judge_start(case, value, random_biases=False):
    """Return (code, message) about parameters that a learner's function drew, or None.

    case: sizes from the inputs to the outputs (or an architecture list), scale, rng.
    random_biases: whether biases that are drawn are right too.
    """
    *sizes, scale, _ = case
    if isinstance(sizes[0], list):
        layers = sizes[0]
        sizes = [layers[0]["input_dim"], *(layer["output_dim"] for layer in layers)]
    names = [f"{kind}{n}" for n in range(1, len(sizes)) for kind in "Wb"]
    if isinstance(value, (tuple, list)) and len(value) == len(names):
        value = dict(zip(names, value, strict=True))
    if not isinstance(value, dict):
        return (
            "wrong-type",
            f"Return a dictionary with the keys {', '.join(names)}; you return "
            f"{what(value)}.",
        )
    missing = [name for name in names if name not in value]
    if missing:
        return (
            "key-missing",
            f"The dictionary has no {missing[0]}. It has: "
            f"{', '.join(map(str, value)) or 'no keys'}.",
        )
    arrays = {}
    for name in names:
        array = arrays[name] = np.asarray(value[name])
        if array.dtype.kind not in "iuf" or not np.isfinite(array).all():
            return (
                "wrong-type",
                f"{name}: expected an array of finite numbers, got "
                f"{what(value[name])}.",
            )
    for number, shape in enumerate(zip(sizes[1:], sizes, strict=False), 1):
        mistake = wrong_shape(number, arrays, shape)
        if mistake:
            return mistake
    return wrong_weights(arrays, scale) or wrong_biases(arrays, scale, random_biases)


def judge_start_with_biases(case, value):
    """Return (code, message) about a start, or None; biases may be drawn too."""
    return judge_start(case, value, random_biases=True)


def wrong_shape(number, arrays, shape):
    """Return (code, message) about the shapes of one layer, or None."""
    W, b = arrays[f"W{number}"], arrays[f"b{number}"]
    if W.shape != shape and W.shape == shape[::-1]:
        return (
            "transpose",
            f"W{number} has the shape {W.shape}. One *row* of weights belongs to one "
            "unit of its layer: how many rows are that?",
        )
    if W.shape != shape:
        return (
            "shape",
            f"W{number} has the shape {W.shape}. It needs a row for each unit of its "
            "layer, and a column for each thing that comes in.",
        )
    if b.shape == (shape[0],):
        return (
            "bias-flat",
            f"b{number} has the shape {b.shape}: without a column axis it is added "
            "along the wrong axis. What shape is a column?",
        )
    if b.shape == (1, shape[0]) and shape[0] > 1:
        return (
            "bias-row",
            f"b{number} is a row. Its layer has one *row* for each unit, so the "
            "biases are a column.",
        )
    if b.shape != (shape[0], 1):
        return (
            "bias-shape",
            f"b{number} has the shape {b.shape}: one bias for each unit of its "
            "layer, as a column.",
        )
    return None


def wrong_weights(arrays, scale):
    """Return (code, message) about the weights, or None."""
    weights = {name: W for name, W in arrays.items() if name.startswith("W")}
    for name, W in weights.items():
        if not W.any():
            return (
                "zeros-start",
                f"{name} is all zeros: then all units of a layer compute the same, "
                "and learn the same. How can they become different?",
            )
        if W.size > 1 and np.ptp(W) == 0:
            return (
                "all-equal",
                f"All entries of {name} are equal: then all units of a layer compute "
                "the same, and learn the same.",
            )
        if W.size < 100:
            continue  # too few to judge how they were drawn
        if (W >= 0).all():
            return (
                "only-positive",
                f"No entry of {name} is negative: are they drawn from a standard "
                "normal distribution, which is symmetric?",
            )
        ratio = W.std() / scale
        if 0.7 < W.std() < 1.3 and not 0.7 < ratio < 1.3:
            return (
                "scale-missing",
                f"The entries of {name} spread as a standard normal does: where does "
                "`scale` come in?",
            )
        if not 0.7 < ratio < 1.3:
            return (
                "scale",
                f"The standard deviation of {name} is {ratio:.2g} times the scale; "
                "it should be the scale itself.",
            )
    first, *others = weights.items()
    for name, W in others:
        count = min(W.size, first[1].size)
        if count > 1 and np.array_equal(W.ravel()[:count], first[1].ravel()[:count]):
            return (
                "same-draw",
                f"{name} holds the same numbers as {first[0]}: is the generator "
                "started anew for each layer?",
            )
    return None


def wrong_biases(arrays, scale, random_biases):
    """Return (code, message) about the biases, or None."""
    for name, b in arrays.items():
        if not name.startswith("b") or not b.any():
            continue
        if not random_biases:
            return (
                "bias-not-zero",
                f"{name} is not zero. The weights are different already; the biases "
                "start at zero here.",
            )
        if np.abs(b).max() > 6 * scale:
            return (
                "bias-scale",
                f"{name} is much larger than the scale: zeros are best, or numbers "
                "as small as the weights.",
            )
    return None
