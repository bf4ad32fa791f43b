"""Checks that stand around the longhand functions.

A beginner reads the networks, so their lines hold no checks. The decorator
`checked` stands around them instead: it looks at each argument *by its name*
(X, Y, parameters, learning_rate ... always mean the same thing in this course),
and raises one error that says what was expected, what came and what to try.
`train` checks once for a whole run and then calls the same functions `unchecked`.
"""

import functools
import inspect
from contextlib import contextmanager

import numpy as np

_depth = 0  # how many `unchecked` blocks are open


@contextmanager
def unchecked():
    """Inside this block the decorated functions skip their checks."""
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1


def checked(function=None, **rules):
    """Return the function with a check of its arguments in front of it.

    `rules` replace the usual check of an argument: `@checked(Y=one_hot)`. A method
    whose object has a dictionary `checks` uses those rules too. A call from inside
    another checked function is not checked again.
    """
    if function is None:
        return functools.partial(checked, **rules)
    signature = inspect.signature(function)

    @functools.wraps(function)
    def with_check(*args, **kwargs):
        if _depth:
            return function(*args, **kwargs)
        call = signature.bind(*args, **kwargs)
        call.apply_defaults()
        known = call.arguments
        own = getattr(known.get("self"), "checks", {})
        for name, value in known.items():
            rule = own.get(name) or rules.get(name) or CHECKS.get(name)
            if rule:
                known[name] = rule(name, value)
        fit_together(known)
        # What overflows inside is meant to: 1 / (1 + inf) is the 0 of a saturated unit.
        with unchecked(), np.errstate(over="ignore"):
            return function(*call.args, **call.kwargs)

    return with_check


# ---------------------------------------------------------------- one argument


def describe(value):
    """Return what a value is, in words: "text 'abc'", "an array of shape (3,)"."""
    if value is None:
        return "None"
    if isinstance(value, str):
        return f"text {value[:30]!r}"
    if isinstance(value, dict):
        return "a dictionary"
    if callable(value):
        return f"a function or class, {getattr(value, '__name__', value)!s:.30}"
    try:
        array = np.asarray(value)
    except ValueError:
        return "rows of different lengths"
    if array.ndim == 0:
        return f"{value!r:.40}"
    if array.dtype.kind not in "biuf":
        return f"an array of {array.dtype.name} (not numbers)"
    return f"an array of shape {array.shape}"


def numbers(name, value):
    """Return the value as an array of floats, of any shape; NaN is refused."""
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{name}: expected numbers, got {describe(value)}. "
            "Try an array such as np.array([[0.35], [0.7]])."
        )
    if np.isnan(array).any():
        raise ValueError(
            f"{name}: expected numbers, but {np.isnan(array).sum()} of its "
            f"{array.size} entries are NaN (not a number). Try np.isnan({name}) "
            "to find them."
        )
    return array.astype(float)


def finite(name, value):
    """Return the value as an array of finite floats."""
    array = numbers(name, value)
    if np.isinf(array).any():
        raise ValueError(
            f"{name}: expected finite numbers, but some are infinite. "
            f"Try np.isinf({name}) to find them."
        )
    return array


def columns(name, value):
    """Return the value as a matrix with one example per column."""
    if isinstance(value, dict):
        raise TypeError(
            f"{name}: expected a matrix, got a dictionary. "
            "Are the arguments in the right order?"
        )
    array = numbers(name, value)
    if array.ndim < 2:
        raise ValueError(
            f"{name}: expected a matrix with one example per column, got "
            f"{describe(value)}. Try np.reshape({name}, (-1, 1)) for one example, "
            f"np.reshape({name}, (1, -1)) for one row."
        )
    if array.size == 0:
        raise ValueError(
            f"{name}: expected at least one row and one example, got an array of "
            f"shape {array.shape}, which is empty."
        )
    return array


def inputs(name, value):
    """Return the value as a matrix of finite numbers, one example per column."""
    return finite(name, columns(name, value))


def zero_or_one(name, value):
    """Return the labels of two classes: every entry 0 or 1."""
    labels = inputs(name, value)
    other = labels[(labels != 0) & (labels != 1)]
    if other.size:
        raise ValueError(
            f"{name}: expected labels that are 0 or 1, got {other.flat[0]:g}. "
            "Try (labels == wanted_class) to make them."
        )
    return labels


def one_hot(name, value):
    """Return the labels of several classes: one 1 in each column, the rest 0."""
    labels = inputs(name, value)
    if not (np.isin(labels, (0, 1)).all() and (labels.sum(axis=-2) == 1).all()):
        raise ValueError(
            f"{name}: expected one-hot labels (one 1 in each column, the rest 0) "
            f"of shape (classes, examples), got {describe(value)} with other "
            "columns. Try np.eye(classes)[:, class_numbers]."
        )
    return labels


def dictionary(name, value):
    """Return a dictionary of arrays, such as parameters, cache or grads."""
    if not isinstance(value, dict):
        raise TypeError(
            f"{name}: expected a dictionary such as {{'W1': ..., 'b1': ...}}, got "
            f"{describe(value)}. Are the arguments in the right order?"
        )
    if not value:
        raise ValueError(
            f"{name}: expected a dictionary with arrays, got an empty one."
        )
    return {key: columns(f"{name}[{key!r}]", entry) for key, entry in value.items()}


def layers(name, value):
    """Return parameters W1, b1, W2, b2 ... whose shapes fit each other."""
    if isinstance(value, dict) and not ("W1" in value and "b1" in value):
        raise ValueError(
            f"{name}: expected the keys W1, b1, W2, b2 ..., got "
            f"{', '.join(map(str, value)) or 'none'}. "
            "Try the dictionary that initialize_parameters returns."
        )
    parameters = dictionary(name, value)
    count = sum(key.startswith("W") for key in parameters)
    for layer in range(1, count + 1):
        missing = [k for k in (f"W{layer}", f"b{layer}") if k not in parameters]
        if missing:
            raise ValueError(f"{name}: {missing[0]} is missing.")
        rows, previous = parameters[f"W{layer}"].shape[-2:]
        bias = parameters[f"b{layer}"].shape[-2:]
        if bias != (rows, 1):
            raise ValueError(
                f"b{layer}: expected the shape ({rows}, 1), one bias for each row "
                f"of W{layer}, got {bias}. Try b{layer}.reshape({rows}, 1)."
            )
        if layer > 1:
            above = parameters[f"W{layer - 1}"].shape[-2]
            if previous != above:
                raise ValueError(
                    f"W{layer} has {previous} columns but W{layer - 1} has {above} "
                    f"rows: each column of W{layer} belongs to one unit of layer "
                    f"{layer - 1}. Try the shape ({rows}, {above})."
                )
    return parameters


def whole(name, value):
    """Return a whole number that is at least 1."""
    number = np.asarray(value)
    if number.dtype.kind not in "iuf" or number.ndim or not number >= 1 or number % 1:
        raise (TypeError if number.dtype.kind not in "iuf" else ValueError)(
            f"{name}: expected a whole number, 1 or more, got {describe(value)}. "
            "Try a number such as 10."
        )
    return int(number)


def positive(name, value):
    """Return a positive finite number, or an array of them."""
    array = finite(name, value)
    if array.size == 0 or not (array > 0).all():
        raise ValueError(
            f"{name}: expected a positive number (or an array of them), got "
            f"{describe(value) if array.ndim == 0 else array.min(initial=0)}. "
            f"Try {name}=0.1."
        )
    return array


def fraction(name, value):
    """Return a number that is at least 0 and less than 1."""
    number = finite(name, value)
    if number.ndim or not 0 <= number < 1:
        raise ValueError(
            f"{name}: expected a number from 0 to 1, got {describe(value)}. "
            f"Try {name}=0.01."
        )
    return float(number)


def factor(name, value):
    """Return a finite number that is at least 0."""
    number = finite(name, value)
    if number.ndim or number < 0:
        raise ValueError(
            f"{name}: expected a number, 0 or more, got {describe(value)}. "
            f"Try {name}=0.01."
        )
    return float(number)


def generator(name, value):
    """Return something with `standard_normal`: a seed becomes a Generator."""
    if hasattr(value, "standard_normal"):
        return value
    try:
        return np.random.default_rng(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name}: expected a whole number as seed, a Generator or a RandomState, "
            f"got {describe(value)}. Try {name}=0."
        ) from None


CHECKS = {
    "X": inputs, "Y": inputs, "Z": numbers, "A": numbers,
    "output": columns, "A1": columns, "A2": columns, "A3": columns,
    "parameters": layers, "cache": dictionary, "grads": dictionary,
    "learning_rate": positive, "iterations": whole, "step": positive,
    "n_x": whole, "n_h": whole, "n_h1": whole, "n_h2": whole, "n_y": whole,
    "slope": fraction, "scale": factor, "bias_scale": factor, "rng": generator,
}  # fmt: skip


# ------------------------------------------------------ arguments with each other


def fit_together(known):
    """Raise an error unless the arguments of one call have matching shapes."""
    X, Y, parameters = known.get("X"), known.get("Y"), known.get("parameters")
    if X is not None and parameters is not None:
        rows, needed = X.shape[-2], parameters["W1"].shape[-1]
        if rows != needed:
            turn = " Try X.T." if X.shape[-1] == needed else ""
            raise ValueError(
                f"X has {rows} rows but W1 has {needed} columns: "
                f"one example per column?{turn or f' Try an X with {needed} rows.'}"
            )
    if X is not None and Y is not None and X.shape[-1] != Y.shape[-1]:
        turn = " Try Y.T." if Y.shape[-2] == X.shape[-1] else ""
        raise ValueError(
            f"X has {X.shape[-1]} columns but Y has {Y.shape[-1]}: expected one "
            f"column for each example in both.{turn or ' Try to compare their shapes.'}"
        )
    if Y is not None and parameters is not None:
        last = max(k for k in parameters if k.startswith("W"))
        outputs = parameters[last].shape[-2]
        if Y.shape[-2] != outputs:
            raise ValueError(
                f"Y has {Y.shape[-2]} rows but {last} has {outputs}: expected one "
                f"row for each output. Try a Y of shape ({outputs}, {Y.shape[-1]})."
            )
    output = next((known[k] for k in ("A", "A2", "A3", "output") if k in known), None)
    if output is not None and Y is not None and output.shape[-2:] != Y.shape[-2:]:
        raise ValueError(
            f"The output has the shape {output.shape[-2:]} but Y has "
            f"{Y.shape[-2:]}: expected the same shape (n_y, m) for both."
        )
