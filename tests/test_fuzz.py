"""Whatever comes in: the plain result, or one error in words; and the input stays.

    NNTEACH_FUZZ_SECONDS=600 pytest tests/test_fuzz.py    ten minutes, always new values

The references are written with plain numbers and lists, from the formulas. Without the
variable a few examples run, the same each time.
"""

import math
import os
import signal
import time
import traceback
import warnings
from contextlib import contextmanager
from functools import partial
from html.parser import HTMLParser
from inspect import signature
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cards
from nnteach import (
    activations,
    card,
    check_gradients,
    costs,
    data,
    deep,
    diagnose,
    exercises,
    explorer,
    gradients,
    numerical_gradients,
    plots,
    projector,
    show_source,
    three_layer,
    train,
    training,
    two_layer,
    update_parameters,
    updates,
    variant,
    with_l2,
)
from nnteach import worked_example as worked
from nnteach.activations import ACTIVATIONS
from nnteach.costs import COSTS
from nnteach.draw import choice, digit_pad, slider, stepper, steps
from nnteach.judge import compare
from nnteach.practice.function_exercise import CodeExercise
from nnteach.rounding import show, show_decimals

SECONDS = float(os.environ.get("NNTEACH_FUZZ_SECONDS", 0))

# --------------------------------------------------------------- values to hand over


class Table:
    """What numpy sees of a table of pandas."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return np.array(self.array, dtype=dtype)


def spread(array):
    """Return a view of every other entry, both axes turned around."""
    wide = np.zeros([2 * size for size in array.shape], array.dtype)
    view = wide[tuple(slice(None, None, -2) for _ in array.shape)]
    view[...] = array
    return view


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


FORMS = {  # numbers that mean themselves
    "float64": np.array, "lists": np.ndarray.tolist, "float32": np.float32,
    "float16": np.float16, "big-endian": lambda a: a.astype(">f8"),
    "little-endian": lambda a: a.astype("<f4"), "long double": np.longdouble,
    "Fortran": np.asfortranarray, "strided": spread, "read-only": read_only,
    "broadcast": lambda a: np.broadcast_to(a, a.shape), "table": Table,
    "masked nowhere": lambda a: np.ma.array(a, mask=False),
}  # fmt: skip
REFUSED = {  # what is not numbers, or not only
    "object": lambda a: a.astype(object), "complex": lambda a: a + 0j,
    "text": lambda a: a.astype(str),
    "masked": lambda a: np.ma.array(a, mask=np.arange(a.size).reshape(a.shape) == 0),
    "dates": lambda a: a.astype("M8[s]"), "empty": lambda a: a[..., :0],
    "not a number": lambda a: a * np.nan,
}  # fmt: skip
try:
    import pandas
except ImportError:
    pass
else:
    FORMS["pandas"] = pandas.DataFrame

SIZE = st.integers(1, 4)
MIDDLE = st.floats(-4, 4, width=16)  # the same number in every form
ANY = st.floats(allow_nan=False) | MIDDLE
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-9999, 9999), st.floats(),
    st.complex_numbers(), st.text(max_size=5), st.binary(max_size=5),
    st.just(object()), st.just(len),
    st.lists(st.integers(-2, 2) | st.floats() | st.none(), max_size=4),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.sampled_from([np.array(0.5), np.ones((0, 3)), np.ones((1, 1, 1, 1)), 10**400]),
    st.sampled_from([np.array(["a"]), np.array([None]), np.float32(1), np.ma.masked]),
    st.sampled_from([np.longdouble("1e400"), [np.inf], [[-np.inf]], range(3)]),
)  # fmt: skip
HOSTILE = "</script></style>--><x-hack onhack=1>\" onhack='1' `<x-hack>` <!--<script>"
LETTERS = st.characters(codec="latin-1", exclude_categories=["Cc"])
LABEL = st.text(LETTERS, min_size=1) | st.just(HOSTILE)
BAD = ODD | st.sampled_from([
    HOSTILE, [HOSTILE], {HOSTILE: HOSTILE}, [0, 1], type(HOSTILE, (), {})(),
    np.array([HOSTILE]), np.eye(2), np.ma.masked_equal([1, 2], 1),
    (0.5, {"A1": HOSTILE}), np.longdouble(1) + np.zeros((2, 1), np.longdouble),
])  # fmt: skip


def matrix(draw, rows, columns, numbers=MIDDLE):
    cells = st.lists(numbers, min_size=rows * columns, max_size=rows * columns)
    return np.reshape(draw(cells), (rows, columns)).astype(float)


def plain(array):
    return np.asarray(array, dtype=float).tolist()


# ----------------------------------------------------------------- how it is judged


def too_long(*_):
    raise AssertionError("20 seconds of work: no end")


@contextmanager
def quiet_and_short():
    """Make warnings errors, and 20 s of the processor's time too."""
    before = np.geterr()
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGVTALRM, too_long)
        signal.setitimer(signal.ITIMER_VIRTUAL, 20)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    assert np.geterr() == before


def unchanged(values):
    """Return what shows whether one of the values has been changed."""
    return repr([getattr(value, "__dict__", value) for value in values])


def called(function, *arguments, **more):
    """Return what the function returns; its arguments must stay as they are."""
    before = unchanged([*arguments, *more.values()])
    with quiet_and_short():
        result = function(*arguments, **more)
    assert unchanged([*arguments, *more.values()]) == before
    return result


def called_or_refused(function, *arguments, **more):
    """Return the result, or None where it raises an error that says what to try."""
    before = unchanged([*arguments, *more.values()])
    try:
        with quiet_and_short():
            return function(*arguments, **more)
    except (ValueError, TypeError) as error:
        said = str(error)
        assert "expected" in said or "one example per column?" in said, said
        assert " Try " in said, said
    finally:
        assert unchanged([*arguments, *more.values()]) == before


def called_or_error(function, *arguments, **more):
    """Return the result, or None where it raises an error with a message of ours."""
    before = unchanged([*arguments, *more.values()])
    try:
        with quiet_and_short():
            return function(*arguments, **more)
    except (ValueError, TypeError) as error:
        if "nnteach" not in traceback.extract_tb(error.__traceback__)[-1].filename:
            raise
    finally:
        assert unchanged([*arguments, *more.values()]) == before


class Tags(HTMLParser):
    """The kinds of element and of attribute in a page."""

    def __init__(self, page):
        super().__init__()
        self.found = set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found |= {tag, *(name for name, _ in attributes)}


def only_text(*pages):
    """Fail if a hostile text has become an element or an attribute."""
    for page in pages:
        assert not {"x-hack", "onhack"} & Tags(page).found, page


def shown(note):
    """Fail unless a note shows itself, with all texts as text."""
    assert note.heading
    assert str(note)
    only_text(note.html())


def near(result, wanted, within=1e-9):
    result, wanted = np.asarray(result, float), np.asarray(wanted, float)
    assert result.shape == wanted.shape
    largest = np.abs(wanted[np.isfinite(wanted)]).max(initial=0)
    np.testing.assert_allclose(result, wanted, within, within * largest)


# ------------------------------------------------------------- the plain references


def plain_softmax(columns):
    powers = [[math.exp(z - max(column)) for z in column] for column in columns]
    return [[power / math.fsum(column) for power in column] for column in powers]


def tail(z):
    """Return exp(-z), infinite where it is too large."""
    return math.exp(-z) if z > -709 else math.inf


PLAIN = {  # the function of z, its slope where its value is a
    "sigmoid": (lambda z: 1 / (1 + tail(z)), lambda a: a * (1 - a)),
    "tanh": (math.tanh, lambda a: 1 - a * a),
    "relu": (lambda z: max(0.0, z), lambda a: float(a > 0)),
    "leaky_relu": (
        lambda z: z if z > 0 else 0.01 * z,
        lambda a: 1.0 if a > 0 else 0.01,
    ),
    "identity": (float, lambda a: 1.0),
}


def plain_network(X, Y, parameters, activations, cost):
    """Return output, cost and gradients of a network, one example after the other."""
    count = len(activations)
    grads = {f"d{k}": np.zeros(np.shape(v)).tolist() for k, v in parameters.items()}
    outputs, costs, m = [], [], len(X[0])
    for example in range(m):
        values = [[row[example] for row in X]]
        for layer, name in enumerate(activations, 1):
            W, b = plain(parameters[f"W{layer}"]), plain(parameters[f"b{layer}"])
            Z = [
                math.fsum(w * a for w, a in zip(row, values[-1], strict=True)) + bias[0]
                for row, bias in zip(W, b, strict=True)
            ]
            if name == "softmax":
                values += plain_softmax([Z])
            else:
                values.append([PLAIN[name][0](z) for z in Z])
        outputs.append(values[-1])
        y = [row[example] for row in Y]
        costs.append(cost(values[-1], y))
        slopes = [a - t for a, t in zip(values[-1], y, strict=True)]
        if cost is half_square and activations[-1] != "identity":
            slopes = [
                s * PLAIN[activations[-1]][1](a)
                for s, a in zip(slopes, values[-1], strict=True)
            ]
        for layer in range(count, 0, -1):
            for i, slope in enumerate(slopes):
                grads[f"db{layer}"][i][0] += slope / m
                for j, a in enumerate(values[layer - 1]):
                    grads[f"dW{layer}"][i][j] += slope * a / m
            if layer > 1:
                W = plain(parameters[f"W{layer}"])
                slopes = [
                    sum(W[i][j] * s for i, s in enumerate(slopes))
                    * PLAIN[activations[layer - 2]][1](a)
                    for j, a in enumerate(values[layer - 1])
                ]
    return np.transpose(outputs), math.fsum(costs) / m, grads


def half_square(a, y):
    return sum((p - t) ** 2 for p, t in zip(a, y, strict=True)) / 2


def binary(a, y):
    return -sum(math.log(p if t else 1 - p) for p, t in zip(a, y, strict=True))


def categorical(a, y):
    return -sum(math.log(p) for p, t in zip(a, y, strict=True) if t)


NETWORKS = {
    "two_layer": (two_layer, ("tanh", "sigmoid"), binary),
    "three_layer": (three_layer, ("relu", "relu", "softmax"), categorical),
    "worked": (worked, ("sigmoid", "sigmoid"), half_square),
    "deep": (None, ("leaky_relu", "relu", "identity"), half_square),
}


PLAIN_COSTS = {
    "half_squared_error": half_square, "binary_cross_entropy": binary,
    "categorical_cross_entropy": categorical,
}  # fmt: skip


def drawn_network(draw):
    """Return a network, what tells it in plain words, and X, Y, parameters."""
    network, activations, cost = NETWORKS[draw(st.sampled_from(sorted(NETWORKS)))]
    sizes = [draw(SIZE) for _ in range(len(activations) + 1)]
    if network is None:
        layers = zip(sizes, sizes[1:], activations, strict=False)
        network = deep.Network(
            [
                {"input_dim": a, "output_dim": b, "activation": name}
                for a, b, name in layers
            ]
        )
    m = draw(SIZE)
    parameters = {}
    for layer, (below, rows) in enumerate(pairwise(sizes), 1):
        parameters[f"W{layer}"] = matrix(draw, rows, below) / 4
        parameters[f"b{layer}"] = matrix(draw, rows, 1) / 4
    X = matrix(draw, sizes[0], m)
    if cost is categorical:
        labels = draw(st.lists(st.integers(0, sizes[-1] - 1), min_size=m, max_size=m))
        Y = np.eye(sizes[-1])[:, labels]
    else:
        Y = matrix(draw, sizes[-1], m, st.sampled_from([0.0, 1.0]))
    return network, activations, cost, X, Y, parameters


# ----------------------------------------------------------------------- the targets


def activation_functions(choose):
    name = choose.draw(st.sampled_from(sorted(PLAIN)))
    (function, derivative), (formula, slope) = ACTIVATIONS[name], PLAIN[name]
    Z = matrix(choose.draw, choose.draw(SIZE), choose.draw(SIZE), ANY)
    A = called(function, Z)
    near(A, [[formula(z) for z in row] for row in plain(Z)], 1e-12)
    if name in ("relu", "leaky_relu", "identity") or np.isfinite(Z).all():
        near(
            called(derivative, A), [[slope(a) for a in row] for row in plain(A)], 1e-12
        )


def leaky_slopes(choose):
    function, derivative = ACTIVATIONS["leaky_relu"]
    slope = choose.draw(st.floats(0, 1, exclude_max=True) | st.just(0))
    Z = matrix(choose.draw, 1, 3, ANY)
    wanted = [[z if z > 0 or z == 0 else slope * z if slope else 0.0 for z in Z[0]]]
    near(called(function, Z, slope), wanted, 1e-12)
    wanted = [[1.0 if z > 0 else slope for z in Z[0]]]
    near(called(derivative, Z, slope), wanted, 0)


def forms_mean_the_same(choose):
    network, activations, cost, X, Y, parameters = drawn_network(choose.draw)
    form = FORMS[choose.draw(st.sampled_from(sorted(FORMS)))]
    X, Y = np.float16(X).astype(float), Y  # exact in every form
    parameters = {k: np.float16(v).astype(float) for k, v in parameters.items()}
    output, value, grads = plain_network(
        plain(X), plain(Y), parameters, activations, cost
    )
    X, Y, given = form(X), form(Y), {k: form(v) for k, v in parameters.items()}
    mine, cache = called(network.forward_propagation, X, given)
    near(mine, output)
    near(called(network.compute_cost, mine, Y), value)
    mine = called(network.backward_propagation, given, cache, X, Y)
    assert mine.keys() == grads.keys()
    for name in grads:
        near(mine[name], grads[name])
    rate = choose.draw(st.floats(0.01, 2))
    moved = called(update_parameters, given, mine, rate)
    run = called(train, network, X, Y, given, rate, 1)
    near(run.costs[0], value)
    for name, before in parameters.items():
        wanted = np.array(before) - rate * np.array(grads["d" + name])
        near(moved[name], wanted)
        near(run.parameters[name], wanted)


def other_forms_are_refused(choose):
    network, _, _, X, Y, parameters = drawn_network(choose.draw)
    bad = REFUSED[choose.draw(st.sampled_from(sorted(REFUSED)))]
    _, cache = network.forward_propagation(X, parameters)
    for call in (
        lambda: called_or_refused(network.forward_propagation, bad(X), parameters),
        lambda: called_or_refused(
            network.forward_propagation, X, parameters | {"W1": bad(parameters["W1"])}
        ),
        lambda: called_or_refused(
            network.backward_propagation, parameters, cache, X, bad(Y)
        ),
        lambda: called_or_refused(train, network, bad(X), Y, parameters),
    ):
        assert call() is None


def measured_slopes(choose):
    network, *_, X, Y, parameters = drawn_network(choose.draw)
    measured = called(numerical_gradients, network, parameters, X, Y)
    assert measured.keys() == {"d" + name for name in parameters}
    called(check_gradients, network, parameters, X, Y)


# Sizes are asked for in numbers that may be huge: see `odd_seeds_and_noise`.
SIZED = {"initialize_parameters", *data.__dict__} - {"one_hot"}
CHECKED = {
    f"{module.__name__}.{name}": function
    for module in (
        activations, costs, data, deep, gradients, three_layer, training, two_layer,
        updates, worked,
    )
    for name, function in vars(module).items()
    if hasattr(function, "__wrapped__") and name not in SIZED
}  # fmt: skip
DEEP = deep.Network(deep.architecture([2, 3, 1]))
ODD_CALLS = {
    **CHECKED, "deep.architecture": deep.architecture, "deep.Network": deep.Network,
    "with_l2": with_l2, "Example": worked.Example, "steps": worked.steps,
    **{
        f"{name}.{part}": getattr(network, part)
        for name, network in {
            "two": two_layer, "three": three_layer, "worked": worked, "deep": DEEP
        }.items()
        for part in ("predict", "compute_cost")
    },
    "deep.forward": DEEP.forward_propagation,
    "deep.backward": DEEP.backward_propagation,
}  # fmt: skip
MADE = {  # with their sizes
    **{made: {"m": 4} for made in (data.flower, data.moons, data.circles)},
    **{made: {"m": 4, "classes": 2} for made in (data.spirals, data.blobs)},
    two_layer.initialize_parameters: {"n_x": 2, "n_h": 3, "n_y": 1},
    three_layer.initialize_parameters: {"n_x": 2, "n_h1": 3, "n_h2": 4, "n_y": 1},
    DEEP.initialize_parameters: {},
    partial(updates.mini_batches, np.eye(4), np.eye(4)): {"batch_size": 2},
}


def odd_arguments(choose):
    function = ODD_CALLS[choose.draw(st.sampled_from(sorted(ODD_CALLS)))]
    known = signature(function).parameters.values()
    needed = [one for one in known if one.default is one.empty]
    more = choose.draw(st.integers(0, len(known) - len(needed)))
    count = sum(one.kind is not one.KEYWORD_ONLY for one in known)
    count = min(count, len(needed) + more)
    called_or_refused(function, *(choose.draw(ODD) for _ in range(count)))


def odd_seeds_and_noise(choose):
    function, sizes = choose.draw(st.sampled_from(list(MADE.items())))
    known = signature(function).parameters.keys() - sizes.keys()
    name = choose.draw(st.sampled_from(sorted(known)))
    result = called_or_refused(function, **sizes, **{name: choose.draw(ODD)})
    if result is not None:
        made = result.values() if isinstance(result, dict) else result[0]
        assert all(np.isfinite(each).all() for each in made)


def costs_of_outputs(choose):
    name = choose.draw(st.sampled_from(sorted(COSTS)))
    (cost, derivative, *_), plain_cost = COSTS[name], PLAIN_COSTS[name]
    rows, m = choose.draw(SIZE), choose.draw(SIZE)
    A = matrix(choose.draw, rows, m, st.floats(1e-6, 1 - 1e-6))
    Y = matrix(choose.draw, rows, m, st.sampled_from([0.0, 1.0]))
    if name == "categorical_cross_entropy":
        Y = np.eye(rows)[:, choose.draw(st.lists(
            st.integers(0, rows - 1), min_size=m, max_size=m))]  # fmt: skip
    columns = list(zip(plain(A.T), plain(Y.T), strict=True))
    near(called(cost, A, Y), math.fsum(plain_cost(a, y) for a, y in columns) / m)
    slope = {
        "half_squared_error": lambda a, y: a - y,
        "binary_cross_entropy": lambda a, y: -1 / a if y else 1 / (1 - a),
        "categorical_cross_entropy": lambda a, y: -1 / a if y else 0,
    }[name]
    wanted = [[slope(*pair) for pair in zip(*c, strict=True)] for c in columns]
    near(called(derivative, A, Y), np.transpose(wanted))


def steps_by_hand(choose):
    """Three steps of momentum and Adam for one number, and an L2 penalty."""
    w, rate = choose.draw(MIDDLE), choose.draw(st.floats(0.01, 2))
    grads = [choose.draw(MIDDLE) for _ in range(3)]
    states, moved = [{}, {}], [{"W1": [[w]]}, {"W1": [[w]]}]
    velocity = m = v = 0
    by_hand = [w, w]
    for t, g in enumerate(grads, 1):
        velocity, m, v = (
            0.9 * velocity + g,
            0.9 * m + 0.1 * g,
            0.999 * v + 0.001 * g * g,
        )
        by_hand[0] -= rate * velocity
        root = math.sqrt(v / (1 - 0.999**t)) + 1e-8
        by_hand[1] -= rate * m / (1 - 0.9**t) / root
        for k, update in enumerate((updates.momentum, updates.adam)):
            states[k], moved[k] = called(
                update, states[k], moved[k], {"dW1": [[g]]}, rate
            )
            # Where a step ends near 0, it is as exact as what it started from.
            off = 1e-8 * max(abs(w), rate, *map(abs, by_hand))
            assert moved[k]["W1"].item() == pytest.approx(by_hand[k], 1e-8, off)
    network, *_, X, Y, parameters = drawn_network(choose.draw)
    strength = choose.draw(st.floats(0, 10))
    run = called(train, called(with_l2, network, strength), X, Y, parameters, 0.1, 1)
    output, cache = network.forward_propagation(X, parameters)
    weights = [value for name, value in parameters.items() if name[0] == "W"]
    penalty = strength / 2 * math.fsum(w**2 for W in weights for w in W.ravel())
    near(run.costs[0], network.compute_cost(output, Y) + penalty)
    grads = network.backward_propagation(parameters, cache, X, Y)
    wanted = {name: W - 0.1 * (grads["d" + name] + strength * W * (name[0] == "W"))
              for name, W in parameters.items()}  # fmt: skip
    for name in wanted:
        near(run.parameters[name], wanted[name])


def rates_of_any_size(choose):
    network, *_, X, Y, parameters = drawn_network(choose.draw)
    rates = st.floats(min_value=0, exclude_min=True, allow_infinity=False)
    rate = choose.draw(rates | st.lists(rates, min_size=1, max_size=3))
    update = choose.draw(
        st.sampled_from([updates.gradient_descent, updates.momentum, updates.adam])
    )
    run = called(train, network, X, Y, parameters, rate, 3, keep=[0, 3], update=update)
    assert not np.isnan(run.costs).any()
    for one in [run.parameters, *run.kept.values()]:
        assert all(np.isfinite(value).all() for value in one.values())
    lost = np.isinf(run.costs[-1])
    diverged = -1 if run.diverged_at is None else run.diverged_at
    assert np.array_equal(lost, np.asarray(diverged) >= 0)
    repr(run)


def numbers_as_text(choose):
    value = choose.draw(st.floats(-1e300, 1e300) | MIDDLE)
    for text in (called(show, value), called(show_decimals, value)):
        assert "-" not in text  # a minus sign is longer
        back = float(text.replace("−", "-").replace(",", ""))
        assert back == pytest.approx(value, rel=1e-3, abs=1e-4)


def pictures(choose):
    network, _, _, X, Y, parameters = drawn_network(choose.draw)
    rates = sorted(choose.draw(st.sets(st.floats(1e-6, 1e6), min_size=2, max_size=7)))
    run = train(network, X, Y, parameters, rates, choose.draw(st.integers(1, 5)))
    grads = network.backward_propagation(
        parameters, network.forward_propagation(X, parameters)[1], X, Y
    )
    labels = choose.draw(st.lists(st.integers(0, 3), min_size=2, max_size=6))
    guesses = choose.draw(st.permutations(labels))
    costs = matrix(
        choose.draw, 3, 3, st.floats(0, 1e6) | st.just(np.inf) | st.just(1.0)
    )
    costs[0, 0] = choose.draw(st.floats(0, 10))
    sizes = [np.shape(parameters["W1"])[1], *(
        len(parameters[f"W{k + 1}"]) for k in range(len(parameters) // 2))]  # fmt: skip
    weights = [parameters[f"W{k + 1}"] for k in range(len(parameters) // 2)]
    images = np.stack([matrix(choose.draw, 2, 3) for _ in range(2)])
    names = [choose.draw(LABEL) for _ in range(4)]
    plane = matrix(choose.draw, 2, 3), np.array([[0.0, 1.0, 0.0]])
    flat = {
        "W1": matrix(choose.draw, 2, 2),
        "b1": matrix(choose.draw, 2, 1),
        "W2": matrix(choose.draw, 1, 2),
        "b2": matrix(choose.draw, 1, 1),
    }
    values = st.lists(st.floats(0, 1), min_size=2, max_size=9)
    epochs, shares = choose.draw(values), choose.draw(values)
    lit = matrix(choose.draw, 1, 9, st.floats(0, 1e6))
    example = worked.Example(*(matrix(choose.draw, *size) for size in (
        (2, 1), (1, 1), (2, 2), (1, 2))))  # fmt: skip
    drawings = {
        "learning_curves": lambda: plots.learning_curves(
            {names[0]: epochs, names[1]: epochs}, {names[0]: shares}
        ),
        "decision_boundary": lambda: plots.decision_boundary(
            two_layer, flat, *plane, names=names[:2], title=names[2]
        ),
        "reading": lambda: plots.reading(
            lit[0, :1] * np.ones(64), lit, np.full(10, 0.1), choose.draw(SIZE)
        ),
        "digit_pad": lambda: digit_pad(
            {"W1": np.resize(lit, (10, 64)), "b1": np.zeros((10, 1))}
        ).picture(),
        "stepper": lambda: choose.draw(
            st.sampled_from([*stepper.frames(example).values()])
        ),
        "hill": lambda: stepper.hill(example, choose.draw(st.integers(0, 4))),
        "cost_curves": lambda: plots.cost_curves(run[0], [names[0]]),
        "many cost_curves": lambda: plots.cost_curves(run),
        "costs_by_rate": lambda: plots.costs_by_rate(run),
        "network": lambda: plots.network(sizes, weights),
        "gradient_sizes": lambda: plots.gradient_sizes({names[0]: grads}),
        "cost_surface": lambda: plots.cost_surface(costs, [0, 1, 2], [0, 1, 2]),
        "confusion_matrix": lambda: plots.confusion_matrix(labels, guesses),
        "image_grid": lambda: plots.image_grid(images, names[:2]),
        "activation_and_slope": lambda: plots.activation_and_slope(
            *ACTIVATIONS["tanh"], choose.draw(st.floats(-6, 6)), "tanh"
        ),
    }
    drawn = called(drawings[choose.draw(st.sampled_from(sorted(drawings)))])
    with quiet_and_short():
        only_text(drawn.svg(), drawn.html())
    assert drawn.sentence.endswith(".")
    assert "nan" not in drawn.sentence.split()
    assert "−0 " not in drawn.sentence


def judgements(choose):
    """Judge a function that returns anything, or the right result with odd parts."""
    what = choose.draw(st.sampled_from(["forward", "backward", "cost", "update"]))
    odd = choose.draw(BAD)
    whole = choose.draw(st.booleans())
    key = choose.draw(st.sampled_from(["dW1", "db2", "A1", "W1", HOSTILE]))

    def changed(result):
        if whole or isinstance(result, float):
            return odd
        if isinstance(result, tuple):
            return result[0], result[1] | {key: odd}
        return result | {key: odd}

    given = {
        "forward": lambda X, parameters: changed(
            two_layer.forward_propagation(X, parameters)),
        "backward": lambda parameters, cache, X, Y: changed(
            two_layer.backward_propagation(parameters, cache, X, Y)),
        "cost": lambda A2, Y: changed(float(two_layer.compute_cost(A2, Y))),
        "update": lambda parameters, grads, learning_rate: changed(
            update_parameters(parameters, grads, learning_rate)),
    }  # fmt: skip
    shown(called(diagnose, given[what], what=what))


def answers(choose):
    """Any exercise judges any answer, and what returns or raises anything."""
    exercise = exercises.EXERCISES[
        choose.draw(st.sampled_from(sorted(exercises.EXERCISES)))
    ]
    odd = choose.draw(BAD)

    def returns(*arguments):
        return odd

    def raises(*arguments):
        raise choose.draw(st.sampled_from([ValueError, KeyError, NameError]))(odd)

    if isinstance(exercise, CodeExercise):
        given = [choose.draw(st.sampled_from([odd, returns, raises]))]
    else:
        given = [choose.draw(BAD) for _ in range(choose.draw(st.integers(0, 3)))]
    result = called(exercise.check, *given)
    assert not result.right or not isinstance(exercise, CodeExercise)
    shown(result)
    shown(called(exercise.hint))
    shown(called(exercise.solution))


def guesses(choose):
    """A card takes any guess, or says what it wants; and is made of any texts."""
    asked = choose.draw(st.sampled_from([
        value for value in vars(cards).values() if hasattr(value, "judged")
    ]))  # fmt: skip
    result = called_or_error(asked.check, choose.draw(BAD))
    if result is not None:
        shown(result)
    fields = {"choices", "answer", "within", "wrong", "order", "at", "limits", "labels"}
    given = choose.draw(st.dictionaries(st.sampled_from(sorted(fields)), BAD))
    made = called_or_error(card, choose.draw(LABEL), HOSTILE, reason=HOSTILE, **given)
    if made is not None:
        only_text(made.still(), made.element())


def coach(choose):
    """What a learner calls beside the exercises: refused in words, or shown."""
    odd = [choose.draw(BAD) for _ in range(3)]

    def draws(x):
        return plots.Picture(plots.figure()[0], HOSTILE)

    calls = [
        lambda: exercises.report(odd[0]), lambda: exercises.chapter(odd[0]),
        lambda: slider(odd[0], odd[1]), lambda: steps(odd[0], odd[1]),
        lambda: choice(odd[0], *odd[1:]), lambda: explorer(x=odd[0])(draws),
        lambda: explorer(x=slider([HOSTILE, 1], label=HOSTILE))(draws).player(),
        lambda: projector(odd[0]), lambda: digit_pad(*odd[:2]),
        lambda: plots.Picture(*odd), lambda: show_source(odd[0]),
        lambda: stepper.hill(worked.EXAMPLE, 1, *odd[:2]),
        lambda: variant(two_layer, **{HOSTILE: odd[0]}),
        lambda: exercises.output_by_hand.with_numbers(odd[0]).check(odd[1]),
        lambda: diagnose(odd[0], what=odd[1]), lambda: diagnose(len, odd[0]),
    ]  # fmt: skip
    result = called_or_error(choose.draw(st.sampled_from(calls)))
    projector(False)
    if hasattr(result, "html"):
        only_text(result.html())
    if isinstance(result, str):
        only_text(result)


def comparisons(choose):
    shape = choose.draw(SIZE), choose.draw(SIZE)
    right = matrix(choose.draw, *shape)
    assert called(compare.same, right.copy(), right)
    place = tuple(choose.draw(st.integers(0, size - 1)) for size in shape)
    other = right.copy()
    other[place] += choose.draw(st.sampled_from([1, -1])) * (1 + np.abs(right).max())
    assert not called(compare.same, other, right)
    assert called(compare.largest_gap, other, right) == place


EXAMPLES = {
    activation_functions: 100, leaky_slopes: 100, odd_arguments: 300,
    numbers_as_text: 100, comparisons: 100, odd_seeds_and_noise: 60,
    other_forms_are_refused: 30, forms_mean_the_same: 30, measured_slopes: 10,
    rates_of_any_size: 30, pictures: 30, judgements: 10, costs_of_outputs: 30,
    steps_by_hand: 20, answers: 60, guesses: 60, coach: 100,
}  # fmt: skip


@pytest.mark.parametrize("target", EXAMPLES, ids=lambda target: target.__name__)
def test_fuzz(target, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # reports are written where one is
    run = settings(
        max_examples=200 if SECONDS else EXAMPLES[target],
        deadline=None,
        derandomize=not SECONDS,
        database=None,
        suppress_health_check=list(HealthCheck),
    )(given(st.data())(target))
    until = time.monotonic() + SECONDS / len(EXAMPLES)
    run()
    while time.monotonic() < until:
        run()
