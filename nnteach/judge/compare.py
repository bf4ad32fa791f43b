"""When two arrays hold the same numbers, and by which factor they differ."""

import numpy as np

from nnteach.rounding import show

TOLERANCE = 1e-5  # of the largest entry: lets float32 pass, and no known mistake
NOTHING = 1e-12  # what rounding leaves where 0 is right


def same(theirs, right):
    """Return whether two arrays hold the same numbers, up to axes of length 1.

    One single number is compared with every entry of a column.
    """
    theirs, right = np.asarray(theirs), np.asarray(right)
    if 1 in (theirs.size, right.size):
        if any(array.ndim > 1 and array.shape[-1] > 1 for array in (theirs, right)):
            return False
    elif theirs.shape != right.shape:
        if [n for n in theirs.shape if n > 1] != [n for n in right.shape if n > 1]:
            return False
        theirs = theirs.reshape(right.shape)
    largest = np.abs(right).max(initial=0)
    if np.isfinite(largest):
        allowed = TOLERANCE * largest + NOTHING
        return bool((np.abs(theirs - right) <= allowed).all())
    largest = np.abs(right[np.isfinite(right)]).max(initial=0)
    allowed = {"rtol": 0, "atol": TOLERANCE * largest + NOTHING}
    return bool(np.isclose(theirs, right, equal_nan=True, **allowed).all())


def common_factor(theirs, right):
    """Return the one factor between all arrays and the right ones, or None.

    theirs, right: lists of arrays. The factor is the one of least squares.
    """
    if any(a.shape != b.shape for a, b in zip(theirs, right, strict=True)):
        return None
    length = sum((b**2).sum() for b in right)
    if not length or not np.isfinite(length):
        return None
    pairs = list(zip(theirs, right, strict=True))
    factor = float(sum((a * b).sum() for a, b in pairs) / length)
    if not factor or not all(same(a, factor * b) for a, b in pairs):
        return None
    return factor


def near_one(factors):
    """Return whether factors are those of results within 1 % of the right ones."""
    return np.allclose(factors, 1, rtol=0, atol=0.01)


def told_apart(mine, right):
    """Return two numbers as texts, with as many digits as it takes to differ."""
    pairs = [(show(mine, digits), show(right, digits)) for digits in (4, 6, 9, 17)]
    return next((pair for pair in pairs if pair[0] != pair[1]), pairs[0])


def largest_gap(theirs, right):
    """Return the place (a tuple) where two arrays of one shape differ most.

    Of places that differ alike the first: a rounding error does not choose.
    """
    gap = np.abs(np.subtract(theirs, right))
    gap = np.where(np.isnan(gap), np.inf, gap)
    return np.unravel_index(np.argmax(gap >= gap.max() * (1 - 1e-9)), gap.shape)
