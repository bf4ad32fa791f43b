"""What kind of thing a learner's value is, in words."""

import numpy as np


def what(value):
    """Return what kind of thing a value is, short enough for a sentence."""
    if isinstance(value, str):
        return f"the text {value[:30]!r}"
    if callable(value):
        return f"the function {getattr(value, '__name__', '')}".rstrip()
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    kinds = {dict: "a dictionary", tuple: "a tuple", list: "a list", type(None): "None"}
    return kinds.get(type(value), f"a {type(value).__name__}")


def as_numbers(value, most=10_000):
    """Return a value as an array of floats, or None and what it is, in words."""
    try:
        array = np.asarray("None" if value is None else value)
        if array.dtype == object:
            array = array.astype(float)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return None, what(value)
    if array.dtype.kind not in "biuf" or array.size > most:
        return None, what(value)
    return array.astype(float), ""
