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
