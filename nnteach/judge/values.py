"""A learner's value: made harmless, as numbers, and in words."""

import numpy as np

DEEPEST, MOST_ENTRIES, LARGEST_ARRAY = 10, 20_000, 1_000_000


class Unreadable:
    """Stands where a value holds something else than numbers; `words` say what."""

    def __init__(self, words):
        self.words = words


def plain(value, depth=0, left=None):
    """Return a copy of a value that is safe to look at, however odd the value is.

    It is made of dictionaries, tuples, lists, texts, numbers, arrays of them, None and
    `...`, not too many and not too deep; what else there is becomes `Unreadable`.
    """
    if value is None or value is ... or type(value) in (str, bool, int, float):
        return value
    left = left or [MOST_ENTRIES]  # shared by all that is inside
    try:
        if isinstance(value, (dict, tuple, list)):
            left[0] -= len(value)
            if left[0] >= 0 and depth < DEEPEST:
                keys = value if isinstance(value, dict) else range(len(value))
                inner = {key: plain(value[key], depth + 1, left) for key in keys}
                if isinstance(value, dict):
                    return {k if type(k) is str else what(k): inner[k] for k in inner}
                return (tuple if isinstance(value, tuple) else list)(inner.values())
        elif hasattr(type(value), "__array__") and not np.ma.is_masked(value):
            array = np.asarray(value)
            if array.size <= LARGEST_ARRAY:
                array = array.astype(float if array.dtype == object else array.dtype)
                return array[()]  # a number, if it has no axes
        elif isinstance(getattr(value, "parameters", None), dict):  # what `train` gives
            return plain(value.parameters, depth + 1, left)
    except Exception:  # whatever a learner's object does when it is looked at
        pass
    return Unreadable(what(value))


KINDS = {"c": " of complex numbers", "U": " of text", "S": " of bytes"}
KINDS |= {"O": " of objects", "M": " of dates"}


def what(value):
    """Return what kind of thing a value is, short enough for a sentence."""
    if isinstance(value, Unreadable):
        return value.words
    if isinstance(value, str):
        return f"the text {value[:30]!r}"
    if isinstance(value, np.ma.MaskedArray):
        return "a masked array"
    if isinstance(value, np.ndarray):
        kind = KINDS.get(value.dtype.kind, "")
        return f"an array{kind} of shape {value.shape}"
    if isinstance(value, (tuple, list)) and len(value) > MOST_ENTRIES:
        return f"a {type(value).__name__} of {len(value):,} entries"
    if isinstance(value, complex):
        return "a complex number"
    if isinstance(value, int) and value.bit_length() > 1000:
        return "a number of hundreds of digits"
    try:
        if callable(value):
            return f"the function {value.__name__:.30}"
    except Exception:  # an object that can be called, or plays tricks
        pass
    kinds = {dict: "a dictionary", tuple: "a tuple", list: "a list", type(None): "None"}
    name = type(value).__name__
    return kinds.get(type(value), f"a{'n' * (name[0] in 'aeiou')} {name}")


def what_in(value):
    """Return what kind of thing a value is; of a short tuple or list, what is in it."""
    if isinstance(value, (tuple, list)) and 0 < len(value) <= 4:
        return f"{what(value)} ({', '.join(map(what, value))})"
    return what(value)


def as_numbers(value, most=10_000):
    """Return a value as an array of floats, or None and what it is, in words."""
    try:
        array = np.asarray("None" if value is None else value)
        if array.dtype == object:
            array = array.astype(float)
    except Exception:
        return None, what(value)
    if array.dtype.kind not in "biuf" or not 0 < array.size <= most:
        return None, what(value)
    return array.astype(float), ""
