"""Checks that stand around the longhand functions.

A beginner reads the networks, so their lines hold no checks. The decorator
`checked` stands around them instead: it looks at each argument *by its name*
(X, Y, parameters, learning_rate ... always mean the same thing in this course),
and raises one error that says what was expected, what came and what to try.
`train` checks once for a whole run and then calls the same functions `beneath` them.
"""

import functools
import inspect
import sys
from contextvars import ContextVar, copy_context
from copy import copy
from types import FunctionType, MethodType

import numpy as np

_off = ContextVar("the checks are off", default=False)  # each thread has its own


class unchecked:
    """Inside this block the decorated functions skip their checks.

    It is no generator: one that was stopped would go on later, in another context.
    """

    def __enter__(self):
        self.before = _off.set(True)

    def __exit__(self, *error):
        _off.reset(self.before)


def apart(function):
    """Return the function, run in a copy of the context.

    Checks and numpy's warnings that it switches off are on again afterwards, even if
    it is stopped at the worst moment.
    """

    @functools.wraps(function)
    def in_a_copy(*args, **kwargs):
        return copy_context().run(function, *args, **kwargs)

    return in_a_copy


signature = functools.cache(inspect.signature)  # not before it is needed: it is slow


def checked(function=None, **rules):
    """Return the function with a check of its arguments in front of it.

    `rules` replace the usual check of an argument: `@checked(Y=one_hot)`. A method
    whose object has a dictionary `checks` uses those rules too. A call from inside
    another checked function is not checked again.
    """
    if function is None:
        return functools.partial(checked, **rules)

    @apart
    def check_and_call(*args, **kwargs):
        try:
            call = signature(function).bind(*args, **kwargs)
        except TypeError as error:
            names = signature(function).parameters
            names = ", ".join(name for name in names if name != "self")
            raise TypeError(
                f"{function.__name__}: expected other arguments: {error}. "
                f"Try {function.__name__}({names})."
            ) from None
        call.apply_defaults()
        known = call.arguments
        own = getattr(known.get("self"), "checks", {})
        for name, value in known.items():
            rule = own.get(name) or rules.get(name) or CHECKS.get(name)
            if rule:
                known[name] = rule(name, value)
        fit_together(known)
        # What overflows inside is meant to: 1 / (1 + inf) is the 0 of a saturated unit.
        # Of infinity times 0 numpy still warns: no number is right there.
        with unchecked(), np.errstate(over="ignore"):
            return function(*call.args, **call.kwargs)

    off = _off.get

    @functools.wraps(function)
    def with_check(*args, **kwargs):
        return (function if off() else check_and_call)(*args, **kwargs)

    return with_check


def beneath(function):
    """Return a function of the course without its checks and those of what it calls.

    It is the same code. What a learner wrote is returned as it is.
    """
    if isinstance(function, MethodType):
        return MethodType(beneath(function.__func__), function.__self__)
    known = getattr(function, "__globals__", {})
    if not known.get("__name__", "").startswith("nnteach."):
        return function
    if function.__code__ is _WITH_CHECK:
        function = function.__wrapped__
        known = function.__globals__
    checked_ones = {
        name: value.__wrapped__
        for name, value in known.items()
        if getattr(value, "__code__", None) is _WITH_CHECK
    }
    return calling(function, checked_ones)


_WITH_CHECK = checked(beneath).__code__  # all checks share it, and no one else has it


def calling(function, others):
    """Return a twin of a function or method that calls these others by their names."""
    if isinstance(function, MethodType):
        twin = copy(function.__self__)
        vars(twin).update(others)
        return MethodType(function.__func__, twin)
    if not isinstance(function, FunctionType):
        return function
    known = {**function.__globals__, **others}
    parts = function.__name__, function.__defaults__, function.__closure__
    twin = FunctionType(function.__code__, known, *parts)
    twin.__kwdefaults__ = function.__kwdefaults__
    return twin


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
    if isinstance(value, tuple) and any(isinstance(part, dict) for part in value):
        return f"a tuple of {len(value)} values"
    if is_run(value):
        return "a Run"
    try:
        array = np.asarray(value)
    except ValueError:
        return "rows of different lengths"
    if array.ndim == 0:
        return f"{value!r:.40}"
    if array.dtype.kind not in "biuf":
        kind = {"U": "text", "S": "bytes"}.get(array.dtype.kind, array.dtype.name)
        return f"an array of {kind} (not numbers)"
    return f"an array of shape {array.shape}"


def wrong(name, wanted, got, advice, error=ValueError):
    """Return the error to raise: what was expected, what came, what to try."""
    return error(f"{name}: expected {wanted}, got {got}. Try {advice}.")


def is_run(value):
    """Return whether the value is a `Run` of training, which no file here imports."""
    return hasattr(value, "costs") and hasattr(value, "parameters")


def unpack(value):
    """Return how to take what is meant out of a value that holds more, or None."""
    if is_run(value):
        return "run.parameters" if np.ndim(value.costs) == 1 else "run[k].parameters"
    if isinstance(value, tuple) and list(map(type, value[1:])) == [dict]:
        if isinstance(value[0], dict):
            return "state, parameters = update(...)"
        return "output, cache = forward_propagation(X, parameters)"
    return "the arguments in another order" if isinstance(value, dict) else None


def is_masked(value):
    """Return whether entries are masked: numpy would take what lies below the mask."""
    # Asking loads numpy.ma, which takes a tenth of what importing numpy takes; where
    # nobody has loaded it, nothing is masked.
    return "numpy.ma" in sys.modules and np.ma.is_masked(value)


def numbers(name, value):
    """Return the value as an array of floats, of any shape; NaN is refused."""
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    if array.size == 0:
        got = f"an array of shape {array.shape}, which is empty"
        advice = f"np.shape({name}) at each step that makes it"
        raise wrong(name, "at least one number", got, advice)
    if array.dtype.kind not in "biuf":
        advice = "an array such as np.array([[0.35], [0.7]])"
        raise wrong(name, "numbers", describe(value), advice, TypeError)
    if np.isnan(array).any():
        got = f"{np.isnan(array).sum()} NaN (not a number) among {array.size} entries"
        raise wrong(name, "numbers", got, f"np.isnan({name}) to find them")
    if is_masked(value):
        got = f"{np.ma.count_masked(value)} masked entries"
        advice = f"{name}.filled(0), or to leave these examples out"
        raise wrong(name, "numbers", got, advice)
    if array.dtype.itemsize > 8:  # a long double may be infinite as a float
        with np.errstate(over="ignore"):
            return array.astype(float)
    return array.astype(float)


def finite(name, value):
    """Return the value as an array of finite floats."""
    array = numbers(name, value)
    if np.isinf(array).any():
        advice = f"np.isinf({name}) to find them"
        raise wrong(name, "finite numbers", "infinite ones", advice)
    return array


def columns(name, value):
    """Return the value as a matrix with one example per column."""
    if advice := unpack(value):
        raise wrong(name, "a matrix", describe(value), advice, TypeError)
    array = numbers(name, value)
    if array.ndim < 2:
        column, row = f"np.reshape({name}, (-1, 1))", f"np.reshape({name}, (1, -1))"
        wanted = "a matrix with one example per column"
        advice = f"{column} for one example, {row} for one row"
        kind = name.split("'")[-2:][0].removeprefix("d")[:1]  # of W1, or grads['dW1']
        if kind == "W":
            wanted, advice = "a matrix, one row for each unit", f"{row} for one unit"
        elif kind == "b":
            wanted = "a column, one row for each unit"
            advice = column if array.ndim else "np.zeros((units, 1))"
        raise wrong(name, wanted, describe(value), advice)
    return array


def inputs(name, value):
    """Return the value as a matrix of finite numbers, one example per column."""
    return finite(name, columns(name, value))


def probabilities(name, value):
    """Return the value as a matrix of numbers from 0 to 1."""
    array = columns(name, value)
    other = array[(array < 0) | (array > 1)]
    if other.size:
        wanted = "probabilities, from 0 to 1"
        advice = "the output of sigmoid or softmax"
        raise wrong(name, wanted, f"{other.flat[0]:g}", advice)
    return array


def zero_or_one(name, value):
    """Return the labels of two classes: every entry 0 or 1."""
    labels = inputs(name, value)
    other = labels[(labels != 0) & (labels != 1)]
    if other.size:
        advice = "(labels == wanted_class) to make them"
        raise wrong(name, "labels that are 0 or 1", f"{other.flat[0]:g}", advice)
    return labels


def one_hot(name, value):
    """Return the labels of several classes: one 1 in each column, the rest 0."""
    labels = inputs(name, value)
    if not (np.isin(labels, (0, 1)).all() and (labels.sum(axis=-2) == 1).all()):
        raise wrong(
            name, "one-hot labels (one 1 in each column, the rest 0) of shape "
            "(classes, examples)", f"{describe(value)} with other columns",
            "np.eye(classes)[:, class_numbers]",
        )  # fmt: skip
    return labels


def dictionary(name, value, rule=columns):
    """Return a dictionary of arrays, such as parameters, cache or grads."""
    if not isinstance(value, dict):
        advice = unpack(value) or "the arguments in another order"
        wanted = "a dictionary such as {'W1': ..., 'b1': ...}"
        raise wrong(name, wanted, describe(value), advice, TypeError)
    if not value or not all(isinstance(key, str) for key in value):
        got = f"the keys {', '.join(map(str, value)) or '(none)'}"
        raise wrong(name, "arrays by name", got, "the names 'W1', 'b1' ... as keys")
    return {key: rule(f"{name}[{key!r}]", entry) for key, entry in value.items()}


def dictionary_of(rule):
    """Return the check for a dictionary of arrays that all follow the rule."""
    return functools.partial(dictionary, rule=rule)


def layers(name, value, count=None):
    """Return parameters W1, b1, W2, b2 ... whose shapes fit each other."""
    parameters = dictionary(name, value, inputs)
    counts = [sum(key.startswith(kind) for key in parameters) for kind in "Wb"]
    has = count or max(1, *counts)
    needed = [f"{kind}{layer + 1}" for layer in range(has) for kind in "Wb"]
    if not parameters.keys() >= set(needed) or (count and len(parameters) > 2 * count):
        got, advice = ", ".join(parameters), "what initialize_parameters returns"
        raise wrong(name, f"the keys {', '.join(needed)}", got, advice)
    for layer in range(1, has + 1):
        W, b = parameters[f"W{layer}"], parameters[f"b{layer}"]
        rows, previous = W.shape[-2:]
        if layer > 1:
            above = parameters[f"W{layer - 1}"].shape[-2]
            if previous != above:
                turned = W.shape == (above, previous)
                advice = f"W{layer}.T" if turned else f"the shape ({rows}, {above})"
                raise ValueError(
                    f"W{layer} has {previous} columns but W{layer - 1} has {above} "
                    f"rows: expected a column of W{layer} for each unit of layer "
                    f"{layer - 1}. Try {advice}."
                )
        if b.shape[-2:] != (rows, 1):
            wanted = f"the shape ({rows}, 1), one bias for each row of W{layer}"
            given = f"reshape(b{layer}, " if b.size == rows else "zeros("
            raise wrong(f"b{layer}", wanted, b.shape[-2:], f"np.{given}({rows}, 1))")
    return parameters


def layers_of(count):
    """Return the check for the parameters of a network with that many layers."""
    return functools.partial(layers, count=count)


def one_set(name, value):
    """Return the parameters of one network, not of many stacked ones."""
    parameters = layers(name, value)
    if any(value.ndim > 2 for value in parameters.values()):
        advice = "one run at a time, such as W1[0], b1[0] ..."
        raise wrong(name, "the parameters of one run", "stacked ones", advice)
    return parameters


def number_that(condition, words, advice, kind=float):
    """Return the check for one finite number for which the condition holds."""

    def rule(name, value):
        number = value
        if isinstance(value, (np.ndarray, np.generic)) and value.ndim == 0:
            number = None if is_masked(value) else value.item()
        is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
        if not (is_number and abs(number) <= LARGEST and condition(number)):
            error = ValueError if is_number else TypeError
            raise wrong(name, words, describe(value), f"{name}={advice}", error)
        return kind(number) + 0  # a 0 without a sign

    return rule


LARGEST = sys.float_info.max
positive = number_that(lambda n: n > 0, "a positive number", 0.1)
small_step = number_that(lambda n: n > 0, "a positive number", 1e-5)
fraction = number_that(lambda n: 0 <= n < 1, "a number from 0 to less than 1", 0.01)
# What is multiplied by a larger one overflows.
factor = number_that(
    lambda n: 0 <= n <= 1e300, "a number, 0 or more, up to 1e300", 0.01
)
whole = number_that(
    lambda n: 1 <= n <= 1e9 and n % 1 == 0,
    "a whole number from 1 to a billion",
    10,
    int,
)


def rates(name, value):
    """Return a positive number, or an array (K,) of them."""
    if not isinstance(value, (list, tuple)) and np.ndim(value) == 0:
        return np.asarray(positive(name, value))
    array = finite(name, value)
    if array.ndim != 1 or not (array > 0).all():
        wanted = "a positive number, or a row of them, one for each run"
        got = f"{array.min():g}" if array.ndim == 1 else describe(value)
        raise wrong(name, wanted, got, f"{name}=0.1 or {name}=[0.1, 1]")
    return array


def whole_row(name, value, largest, advice):
    """Return a row of whole numbers from 0 to the largest, as integers."""
    row = finite(name, value)
    if row.ndim != 1 or (row % 1).any() or row.min() < 0 or row.max() > largest:
        wanted = f"a row of whole numbers from 0 to {largest}"
        got = describe(value)
        if row.ndim:
            got += f" from {row.min():g} to {row.max():g}"
        raise wrong(name, wanted, got, advice)
    return row.astype(int)


def seed(name, value, wanted=f"from 0 to {2**32 - 1}", largest=2**32 - 1):
    """Return a whole number that may be a seed, or None: other numbers each time.

    scikit-learn takes 32 bits, a Generator of numpy any number.
    """
    number = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not (value is None or (number and 0 <= value <= largest)):
        wanted = f"a whole number as seed, {wanted}"
        error = ValueError if number else TypeError
        raise wrong(name, wanted, describe(value), f"{name}=0", error)
    return value


def generator(name, value):
    """Return something with `standard_normal`: a seed becomes a Generator."""
    if hasattr(value, "standard_normal"):
        return value
    wanted = "0 or more, a Generator or a RandomState"
    return np.random.default_rng(seed(name, value, wanted, np.inf))


CHECKS = {
    "X": inputs, "Y": inputs, "Z": numbers, "A": numbers,
    "output": columns, "A1": columns, "A2": columns, "A3": columns,
    "parameters": layers, "cache": dictionary, "grads": dictionary,
    "learning_rate": rates, "iterations": whole,
    "n_x": whole, "n_h": whole, "n_h1": whole, "n_h2": whole, "n_y": whole,
    "batch_size": whole,
    "slope": fraction, "scale": factor, "bias_scale": factor,
    "rng": generator, "seed": seed,
}  # fmt: skip


# ------------------------------------------------------ arguments with each other


def fit_together(known):
    """Raise an error unless the arguments of one call have matching shapes."""
    X, Y, parameters = known.get("X"), known.get("Y"), known.get("parameters")
    if X is not None and parameters is not None:
        rows, needed = X.shape[-2], parameters["W1"].shape[-1]
        if rows != needed:
            turn = "X.T" if X.shape[-1] == needed else f"an X with {needed} rows"
            raise ValueError(
                f"X has {rows} rows but W1 has {needed} columns: "
                f"one example per column? Try {turn}."
            )
    if X is not None and Y is not None and X.shape[-1] != Y.shape[-1]:
        turn = "Y.T" if Y.shape[-2] == X.shape[-1] else "to compare their shapes"
        raise ValueError(
            f"X has {X.shape[-1]} columns but Y has {Y.shape[-1]}: expected one "
            f"column for each example in both. Try {turn}."
        )
    if Y is not None and parameters is not None:
        last = f"W{sum(key.startswith('W') for key in parameters)}"
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
            f"{Y.shape[-2:]}: expected (n_y, m) for both. Try to compare how each "
            "was made."
        )
    if "cache" in known:
        wanted = {
            "A" + key[1:]: (value.shape[-2], X.shape[-1])
            for key, value in parameters.items()
            if key.startswith("W")
        }
        all_fit("cache", known["cache"], wanted, "forward_propagation")
    if "grads" in known:
        wanted = {"d" + key: value.shape[-2:] for key, value in parameters.items()}
        all_fit("grads", known["grads"], wanted, "backward_propagation")
        for key, value in parameters.items():
            if known["learning_rate"].ndim and value.ndim < 2:
                wanted = "a matrix, for a learning rate for each run"
                advice = f"np.reshape({key}, (-1, 1))"
                raise wrong(key, wanted, describe(value), advice)
    stacks = [known["learning_rate"].shape] if "learning_rate" in known else []
    for value in known.values():
        arrays = value.values() if isinstance(value, dict) else [value]
        stacks += [
            array.shape[:-2] for array in arrays if isinstance(array, np.ndarray)
        ]
    try:
        np.broadcast_shapes(*stacks)
    except ValueError:
        got = " and ".join(map(str, sorted(set(stacks))))
        advice = "the same K for learning_rate and parameters"
        raise wrong("stacked runs", "one shape in front", got, advice) from None


def all_fit(name, arrays, shapes, source):
    """Raise an error unless arrays with these last axes are there."""
    for key, shape in shapes.items():
        got = np.shape(arrays[key]) if key in arrays else "none"
        if got[-max(2, len(shape)) :] != shape:
            raise wrong(
                name, f"{key} of the shape {shape}", got,
                f"what {source} returned for the same X and parameters",
            )  # fmt: skip
