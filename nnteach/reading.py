"""Read what a learner's function returned, generously, and compare it, strictly.

Lists count as arrays, tuples as dictionaries, True as 1, float32 as float; there may be
more entries than needed. Then every number has to be right.
"""

import contextlib

import numpy as np

from nnteach.exercise import what


class Misfit(Exception):
    """The value is not of the kind that it should be: a code and a sentence."""


def flatten(value, returns):
    """Return a right value as arrays by name."""
    if isinstance(value, dict):
        return {name: np.asarray(entry) for name, entry in value.items()}
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], dict):
        return {"output": np.asarray(value[0]), **flatten(value[1], ())}
    if returns:
        return {n: np.asarray(v) for n, v in zip(returns, value, strict=True)}
    return {"": np.asarray(value)}


def read(value, names, returns=(), optional=()):
    """Return the learner's value as arrays by name, or raise `Misfit`."""
    if names == [""]:
        return {"": as_array("the result", value)}
    if names[0] == "output":
        output, cache = output_and_cache(value)
        entries = by_name("the cache", cache, names[1:], optional)
        return {"output": as_array("the output", output)} | entries
    if returns:
        return by_name("the result", value, list(returns), optional)
    return by_name("the result", value, names, optional)


def output_and_cache(value):
    """Return the two things that a forward pass returns."""
    two = isinstance(value, (tuple, list)) and len(value) == 2
    if two and isinstance(value[1], (dict, tuple, list)):
        return value
    if isinstance(value, dict):
        raise Misfit("output-missing", "You return the cache alone: return A, cache.")
    if isinstance(value, np.ndarray):
        raise Misfit(
            "cache-missing",
            "You return the output alone. What will the way back need, that is known "
            "only here? Return the output and a dictionary, the cache.",
        )
    raise Misfit(
        "not-output-and-cache",
        f"Expected the output and the cache, a dictionary; you return {what(value)}.",
    )


def by_name(title, value, names, optional=()):
    """Return the entries of a dictionary or tuple as arrays by name."""
    needed = [name for name in names if name not in optional]
    if isinstance(value, dict):
        missing = [name for name in needed if name not in value]
        if missing:
            got = ", ".join(map(str, value)) or "no keys"
            raise Misfit("key-missing", f"{title} has no {missing[0]}. It has: {got}.")
        return {n: as_array(n, value[n]) for n in names if n in value}
    if isinstance(value, (tuple, list)):
        for wanted in (names, needed):
            if len(value) == len(wanted):
                pairs = zip(wanted, value, strict=True)
                return {name: as_array(name, entry) for name, entry in pairs}
        raise Misfit(
            "count",
            f"Expected {len(names)} things ({', '.join(names)}), got {len(value)}.",
        )
    kind = "a dictionary with" if len(names) > 3 or "W1" in names else "the values"
    message = f"Expected {kind} {', '.join(names)}; you return {what(value)}."
    raise Misfit("wrong-type", message)


def as_array(name, value):
    """Return the learner's value as an array of numbers, or raise `Misfit`."""
    if isinstance(value, (dict, str)) or value is None or callable(value):
        message = f"{name}: expected numbers, got {what(value)}."
        raise Misfit("wrong-type", message)
    try:
        array = np.asarray(value)
    except ValueError:
        message = f"{name}: its rows have different lengths."
        raise Misfit("wrong-type", message) from None
    if array.dtype == object:
        with contextlib.suppress(TypeError, ValueError):
            array = array.astype(float)
    if array.dtype.kind not in "biuf":
        message = f"{name}: expected numbers, got {what(value)} of other things."
        raise Misfit("wrong-type", message.replace("  ", " "))
    return array.astype(float)


def compare_arrays(given, expected, any_shape=False):
    """Return "same", "shape" (the numbers are right, their shape is not) or "wrong"."""
    if given.size != expected.size:
        return "wrong"
    if given.shape == expected.shape or expected.size == 1 or any_shape:
        return "same" if close(given.ravel(), expected.ravel()) else "wrong"
    for turned in (given, given.T):
        if close(turned.ravel(), expected.ravel()):
            return "shape"
    return "wrong"


def close(a, b):
    """Return whether two arrays are equal, but for what float32 and rounding do."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        return False
    size = np.abs(b[np.isfinite(b)]).max(initial=0)
    return np.allclose(a, b, rtol=1e-4, atol=1e-6 * size + 1e-12, equal_nan=True)


def common_factor(given, expected):
    """Return the factor that turns the expected array into the given one, or None."""
    length = (expected**2).sum()
    if given.shape != expected.shape or not length or not np.isfinite(given).all():
        return None
    factor = (given * expected).sum() / length
    return factor if factor and close(given, factor * expected) else None
