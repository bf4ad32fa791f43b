"""Bad input gets one clear error, before anything is computed; good input gets none.

CALLS lists every public function of the numeric floors: for each argument a good
value, and what makes bad ones. Each test calls a function with one bad argument.
"""

import pickle
import sys
import threading
from contextvars import copy_context
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnteach import (
    check_gradients,
    data,
    deep,
    numerical_gradients,
    three_layer,
    train,
    two_layer,
    update_parameters,
)
from nnteach import worked_example as worked
from nnteach.activations import ACTIVATIONS, leaky_relu, leaky_relu_derivative
from nnteach.checks import unchecked
from nnteach.costs import COSTS
from nnteach.training import variant
from nnteach.updates import adam, cosine_decay, decaying, inverse_decay

steady = settings(max_examples=50, deadline=None, derandomize=True)

# ------------------------------------------------- what makes bad values of good ones

NOTHING = [None, "", "abc", "0.5", b"1", {}, {"a": 1}, {1, 2}, object(), len, np, 2j]
NOT_ONE = [*NOTHING, np.nan, np.inf, -np.inf, [], [[1]], np.ones((2, 2)), True, 10**400]


def among(*values):
    return st.sampled_from(values)


def put(array, value):
    array = np.array(array, dtype=float)
    array.flat[-1] = value
    return array


def not_numbers(good):
    good = np.array(good, dtype=float)
    kinds = [good.astype(kind) for kind in (str, object, complex, bytes, "M8[s]")]
    empty = [[], [[]], good[..., :0], good[:0]]
    masked = np.ma.array(good, mask=np.arange(good.size).reshape(good.shape) == 0)
    return [
        *NOTHING,
        *kinds,
        *empty,
        masked,
        put(good, np.nan),
        [[1, 2], [3]],
        [[None]],
    ]


def no_matrix(good):
    return [*not_numbers(good), good[0], good[0, 0], 0.5, good.ravel(), [*good[:, 0]]]


def array(good):
    return among(*not_numbers(good))


def matrix(good):
    return among(*no_matrix(good), put(good, np.inf))


def fitting_rows(good):
    stacked = np.ones((2, *good.T.shape))
    return matrix(good) | among(good.T, good[1:], np.vstack([good, good]), stacked)


def fitting(good):
    """Return matrices that fit neither in rows nor in columns."""
    return fitting_rows(good) | among(good[:, 1:], np.hstack([good, good]))


def probabilities(good):
    wrong = among(*no_matrix(good), good.T, good[:, 1:])
    return wrong | among(put(good, 1.001), put(good, -0.001), put(good, np.inf))


def outputs(good):
    return among(*no_matrix(good), good.T, good[:, 1:])


def zero_or_one(good):
    return fitting(good) | among(2 * good - 1, good + 1, put(good, 0.5))


def one_hot(good):
    shared = good.copy()
    shared[:, 0] = 1 / len(good)
    return zero_or_one(good) | among(0 * good, 0 * good + 1, shared)


def parameters(good):
    W, b = good["W1"], good["b1"]
    wrong = [{k: v for k, v in good.items() if k != key} for key in good]
    wrong += [{k: v.T for k, v in good.items()}, {k.lower(): good[k] for k in good}]
    wrong += [{k: v.ravel() if k[0] == "b" else v for k, v in good.items()}]
    wrong += [good | {"W1": bad} for bad in [*no_matrix(W), put(W, np.inf)]]
    wrong += [good | {"b1": bad} for bad in (b.T, b[1:], put(b, np.inf), 0, W)]
    wrong += [good | {"W2": good["W2"].T}, good | {1: W}, good | {"v": None}]
    wrong += [good | {"W9": W, "b9": b}, good | {"W2": np.ones((2, 9, *W.shape))}]
    return among(*NOTHING, *wrong, tuple(good.values()), list(good))


def each_with_a_gradient(good):
    """Return parameters to update of which one has no gradient of its shape."""
    W, b = good["W1"], good["b1"]
    wrong = [{k: v.T for k, v in good.items()}, {k.lower(): good[k] for k in good}]
    wrong += [good | {"W1": bad} for bad in [*no_matrix(W), put(W, np.inf), W[1:]]]
    wrong += [good | {"b1": bad} for bad in (b.T, b.ravel(), put(b, np.inf), 0)]
    wrong += [good | {1: W}, good | {"v": W}, good | {"v": 1.0}, good | {"v": None}]
    return among(*NOTHING, *wrong, tuple(good.values()), list(good))


def of_this_depth(good):
    count = len(good) // 2
    last = good[f"W{count}"]
    more = {f"W{count + 1}": np.eye(len(last)), f"b{count + 1}": last[:, :1]}
    less = {k: v for k, v in good.items() if k[1:] != str(count)}
    return parameters(good) | among(good | more, less, good | {"v": last})


def one_set(good):
    stacked = {name: np.stack([value, value]) for name, value in good.items()}
    return of_this_depth(good) | among(stacked)


def arrays(good):
    """Return caches or gradients with an array missing or wrong."""
    names = [name for name in good if name[0] in "Ad" and name != "A0"]
    wrong = [{k: v for k, v in good.items() if k != name} for name in names]
    bad = [None, "a", 1, [], np.ones((9, 9)), np.ones((2, 1, 9))]
    wrong += [good | {name: value} for name in names for value in bad]
    return among(*NOTHING, *wrong, {"W1": np.eye(2)}, {1: np.eye(2)}, tuple(good))


def network(good):
    half = variant(two_layer)
    del half.compute_cost
    return among(*NOTHING, 3, [good], dict(vars(two_layer)), half)


def positive(good):
    return among(*NOT_ONE, [1]) | st.floats(max_value=0, allow_nan=False)


def rates(good):
    rows = among([0.1, -1], [0.1, 0], [np.nan], ["0.1"], [[0.1]], [None], [1, [2]])
    return among(*NOT_ONE) | st.floats(max_value=0) | rows


def not_negative(good):
    return among(*NOT_ONE, [1], 1e308) | st.floats(max_value=-1e-300)


def below_one(good):
    return not_negative(good) | st.floats(min_value=1)


def whole(good):
    fractions = st.floats().filter(lambda number: number % 1)
    return positive(good) | st.integers(max_value=0) | fractions | among(1e300, [3])


def seed(good):
    return among(*NOTHING[1:], 1.5, np.nan, [1], True) | st.integers(max_value=-1)


def name(good):
    text = st.text(max_size=6).filter(lambda text: text not in ACTIVATIONS)
    return among(*NOTHING[1:], 3, [good], np.nan) | text


def architecture(good):
    first, *others = good
    changes = [
        {"activation": "softplus"}, {"activation": None}, {"activation": ["relu"]},
        {"activation": "softmax"}, {"input_dim": 0}, {"input_dim": "3"}, {"bias": 1},
        {"input_dim": -1}, {"input_dim": 2.5}, {"output_dim": 6},
    ]  # fmt: skip
    wrong = [first | change for change in changes]
    lists = [[layer, *others] for layer in [*wrong, {}, None, 3, "relu", [3, 5]]]
    return among(*NOTHING, [], [3, 5, 2], first, good[::-1], *lists)


def sizes(good):
    wrong = [[], [3], [3, 0], [-1, 2], [3, 2.5], [3, None], ["3", 2], [[3, 4], 2]]
    return among(*NOTHING, 3, np.nan, np.array(3), *wrong)


def labels(good):
    return array(good) | among([0, 3], [-1, 0], [0.5], [[0, 1]], 0)


def example(good):
    return among(*NOTHING, 3, [0.35, 0.7], good.parameters)


def one_column(good):
    shapes = among([1, 2, 3, 4], np.ones((2, 2)), np.ones((2, 1, 1)), [np.inf])
    return among(*not_numbers(good)) | shapes


def bias(good):
    return one_column(good).filter(lambda value: value is not None)


# ------------------------------------------------------------ functions, good arguments

draw = np.random.default_rng(0)
X = draw.normal(size=(3, 7))
TWO, HOT = draw.integers(0, 2, (2, 7)), data.one_hot(draw.integers(0, 2, 7), 2)
LAYERS = deep.architecture([3, 5, 4, 2], "tanh", "softmax")
DEEP = deep.Network(LAYERS)
P2 = two_layer.initialize_parameters(3, 4, 2, scale=1, rng=0)
P3 = three_layer.initialize_parameters(3, 5, 4, 2, scale=1, rng=0)
A2, CACHE2 = two_layer.forward_propagation(X, P2)
SCALE, COUNT, RNG = (0.1, not_negative), (3, whole), (0, seed)
CALLS = {  # name: function, {argument: (good value, what makes bad ones)}
    "leaky_relu with a slope": (
        leaky_relu, {"Z": (X, array), "slope": (0.1, below_one)},
    ),
    "its derivative": (
        leaky_relu_derivative, {"A": (X, array), "slope": (0.1, below_one)},
    ),
    "two_layer.initialize_parameters": (
        two_layer.initialize_parameters,
        {"n_x": COUNT, "n_h": COUNT, "n_y": COUNT, "scale": SCALE, "rng": RNG},
    ),
    "three_layer.initialize_parameters": (
        three_layer.initialize_parameters,
        {"n_x": COUNT, "n_h1": COUNT, "n_h2": COUNT, "n_y": COUNT, "scale": SCALE,
         "bias_scale": SCALE, "rng": RNG},
    ),
    "deep.initialize_parameters": (
        DEEP.initialize_parameters, {"scale": SCALE, "bias_scale": SCALE, "rng": RNG},
    ),
    "Network": (
        deep.Network,
        {"architecture": (LAYERS, architecture), "cost": ("half_squared_error", name)},
    ),
    "architecture": (
        deep.architecture,
        {"sizes": ([3, 4, 2], sizes), "hidden": ("tanh", name),
         "output": ("relu", name)},
    ),
    "Example": (
        worked.Example,
        {"x": ([1, 2], one_column), "W1": (np.ones((3, 2)), fitting),
         "b1": ([0, 0, 1], bias), "y": ([1], one_column), "b2": ([0.5], bias),
         "W2": (np.array([[1, 2, 3]]), fitting), "learning_rate": (0.1, positive)},
    ),
    "steps": (worked.steps, {"example": (worked.EXAMPLE, example)}),
    "flower": (data.flower, {"m": COUNT, "noise": SCALE, "rng": RNG}),
    "spirals": (
        data.spirals, {"m": COUNT, "classes": COUNT, "noise": SCALE, "rng": RNG},
    ),
    "moons": (data.moons, {"m": COUNT, "noise": SCALE, "seed": RNG}),
    "circles": (
        data.circles,
        {"m": COUNT, "noise": SCALE, "factor": (0.5, below_one), "seed": RNG},
    ),
    "blobs": (data.blobs, {"m": COUNT, "classes": COUNT, "seed": RNG}),
    "one_hot": (data.one_hot, {"labels": ([0, 1, 2], labels), "classes": COUNT}),
}  # fmt: skip
for key, (function, derivative) in ACTIVATIONS.items():
    kind = matrix if key == "softmax" else array
    CALLS[key] = function, {"Z": (X, kind)}
    CALLS[f"derivative of {key}"] = derivative, {"A": (function(X), kind)}
for key, (cost, derivative, _) in COSTS.items():
    kinds = {"binary": (probabilities, zero_or_one), "half_s": (outputs, fitting)}
    of_A, of_Y = kinds.get(key[:6], (probabilities, one_hot))
    CALLS[key] = cost, {"A": (A2, of_A), "Y": (HOT, of_Y)}
    CALLS[f"derivative of {key}"] = derivative, {"A": (A2, of_A), "Y": (HOT, of_Y)}
for key, one, good, Y, kinds in [
    ("two_layer", two_layer, P2, TWO, (probabilities, zero_or_one)),
    ("worked_example", worked, P2, TWO, (outputs, fitting)),
    ("three_layer", three_layer, P3, HOT, (probabilities, one_hot)),
    ("deep", DEEP, P3, HOT, (probabilities, one_hot)),
]:
    output, cache = one.forward_propagation(X, good)
    grads = one.backward_propagation(good, cache, X, Y)
    of_A, of_Y = kinds
    one_input = {"X": (X, fitting_rows), "parameters": (good, of_this_depth)}
    both = {"X": (X, fitting), "Y": (Y, of_Y), "parameters": (good, of_this_depth)}
    measured = {**both, "network": (one, network), "parameters": (good, one_set)}
    trained = {"learning_rate": (0.1, rates), "iterations": COUNT}

    def compute_cost(A, Y, of=one):
        return of.compute_cost(A, Y)

    CALLS |= {
        f"{key}.forward": (one.forward_propagation, one_input),
        f"{key}.predict": (one.predict, one_input),
        f"{key}.compute_cost": (compute_cost, {"A": (output, of_A), "Y": (Y, of_Y)}),
        f"{key}.backward": (
            one.backward_propagation, both | {"cache": (cache, arrays)},
        ),
        f"train {key}": (train, both | {"network": (one, network)} | trained),
        f"check_gradients of {key}": (check_gradients, measured),
        f"numerical_gradients of {key}": (
            numerical_gradients, measured | {"step": (1e-5, positive)},
        ),
        f"update_parameters of {key}": (
            update_parameters,
            {"parameters": (good, each_with_a_gradient), "grads": (grads, arrays),
             "learning_rate": (0.1, rates)},
        ),
    }  # fmt: skip


def fingerprint(value):
    """Return the value as bytes, if it can be written down."""
    try:
        return pickle.dumps(value)
    except (TypeError, AttributeError, pickle.PicklingError):
        return None


def assert_refused(function, arguments):
    before = {key: fingerprint(value) for key, value in arguments.items()}
    with pytest.raises((ValueError, TypeError)) as caught:
        function(**arguments)
    message = str(caught.value)
    assert "expected" in message or "one example per column?" in message
    assert " Try " in message
    assert message.endswith(".")
    assert len(message) < 400
    assert {key: fingerprint(value) for key, value in arguments.items()} == before


@pytest.mark.parametrize("call", CALLS)
@given(choose=st.data())
@steady
def test_one_bad_argument_is_refused(call, choose):
    function, arguments = CALLS[call]
    good = {key: value for key, (value, _) in arguments.items()}
    argument = choose.draw(st.sampled_from(sorted(arguments)))
    value, bad = arguments[argument]
    assert_refused(function, good | {argument: choose.draw(bad(value))})


@pytest.mark.parametrize("call", CALLS)
def test_the_good_arguments_are_not(call):
    function, arguments = CALLS[call]
    function(**{key: value for key, (value, _) in arguments.items()})


# ------------------------------------------------------------------- arguments together


def stacked(*shape):
    return {name: value * np.ones((*shape, 1, 1)) for name, value in P2.items()}


@pytest.mark.parametrize(
    "change, message",
    [
        ({"X": X.T}, r"7 rows but W1 has 3 columns: one example per column\? Try X.T."),
        ({"X": X[:2]}, r"X has 2 rows but W1 has 3 columns: .* Try an X with 3 rows."),
        ({"Y": TWO.T}, r"X has 7 columns but Y has 2: .* Try Y.T."),
        ({"Y": TWO[:1]}, r"Y has 1 rows but W2 has 2: .* Try a Y of shape \(2, 7\)."),
        ({"Y": 2 * TWO}, r"Y: expected labels that are 0 or 1, got 2."),
        ({"parameters": P3}, r"expected the keys W1, b1, W2, b2, got .*, W3, b3"),
        ({"learning_rate": -1}, r"learning_rate: expected a positive number, got -1."),
        ({"learning_rate": [1, -1]}, r"positive number, or a row of them, .* got -1\."),
        (
            {"learning_rate": [[1, 2]]},
            r"a row of them, .* got an array of shape \(1, 2",
        ),
        ({"iterations": 2.5}, r"iterations: expected a whole number .* got 2.5."),
        ({"X": X[0]}, r"X: expected a matrix .* got an array of shape \(7,\)."),
        ({"X": "X"}, r"X: expected numbers, got text 'X'."),
        ({"network": "two_layer"}, r"network: expected a module or object"),
        ({"learning_rate": [1, 2], "parameters": stacked(3)}, r"stacked .* same K for"),
        ({"parameters": stacked(2, 2)}, r"parameters: expected one run, or K of them"),
    ],
)
def test_training_refuses_before_it_updates(change, message):
    calls = []

    def backward_propagation(*arguments):
        calls.append(arguments)
        return two_layer.backward_propagation(*arguments)

    own = variant(two_layer, backward_propagation=backward_propagation)
    good = {"network": own, "X": X, "Y": TWO, "parameters": P2}
    with pytest.raises((ValueError, TypeError), match=message):
        train(**good | {"learning_rate": 0.1, "iterations": 5} | change)
    assert not calls


def test_a_start_without_a_finite_cost_is_refused():
    line = deep.Network(deep.architecture([3, 2], output="identity"))
    far = {"W1": P2["W1"][:2] * 1e300, "b1": P2["b2"]}
    with pytest.raises(ValueError, match="expected a start whose cost is finite"):
        train(line, X, TWO, far)


def test_ten_layers_and_more_are_counted_as_numbers():
    network = deep.Network(deep.architecture([3, *[4] * 8, 5, 2], "tanh"))
    parameters = network.initialize_parameters(rng=0)  # W10 sorts before W9
    assert train(network, X, TWO, parameters, iterations=2).costs.shape == (3,)
    with pytest.raises(ValueError, match="Y has 1 rows but W10 has 2"):
        train(network, X, TWO[:1], parameters)


def test_what_is_too_large_for_a_float_is_infinite_and_nothing_is_masked():
    assert leaky_relu(np.longdouble("1e400")) == np.inf
    assert leaky_relu(np.ma.array([-1.0], mask=False)) == [-0.01]
    with pytest.raises(ValueError, match="Z: expected numbers, got 1 masked entries"):
        leaky_relu(np.ma.array([1, 2.0], mask=[True, False]))


def test_a_forgotten_or_unknown_argument():
    with pytest.raises(TypeError, match="missing a required argument: 'param"):
        two_layer.forward_propagation(X)
    with pytest.raises(TypeError, match="unexpected keyword argument 'alpha'"):
        leaky_relu(X, alpha=0.1)
    with pytest.raises(
        TypeError, match=r"Try backward_propagation\(parameters, cache, X"
    ):
        DEEP.backward_propagation(X)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"output_dim": 6}, "input_dim of layer 2: expected 6, .* layer 1, got 5. Try"),
        ({"activation": "softplus"}, "activation of layer 1: expected one of sigmoid,"),
        ({"activation": "softmax"}, "expected softmax in the last layer alone"),
        ({"input_dim": 0}, "input_dim of layer 1: expected a whole number"),
        ({"units": 5}, "layer 1: expected a dictionary with input_dim, output_dim and"),
    ],
)
def test_an_architecture_with_one_mistake(change, message):
    with pytest.raises((ValueError, TypeError), match=message):
        deep.Network([LAYERS[0] | change, *LAYERS[1:]])


def test_a_cost_that_does_not_fit_the_output():
    message = (
        "cost: expected categorical_cross_entropy or half_squared_error after soft"
    )
    with pytest.raises(ValueError, match=message):
        deep.Network(LAYERS, cost="binary_cross_entropy")


DATES = np.array(["2026-01-01"], "M8[D]")
REFUSED = [
    (lambda: data.one_hot(DATES, 4), r"an array of datetime64\[D\] \(not numbers\)"),
    (lambda: data.one_hot([7, 1], 4), r"3, got an array of shape \(2,\) from 1 to 7\."),
    (lambda: data.one_hot(7, 4), r"from 0 to 3, got 7\. Try"),
    (lambda: data.spirals(10**9 + 1), "from 1 to a billion, got 1000000001"),
    (lambda: train(two_layer, X, TWO, P2, iterations=0), "1 to a billion, got 0"),
    (
        lambda: two_layer.backward_propagation(P2, CACHE2, [X, X], [TWO[:, 1:]] * 2),
        r"X has 7 columns but Y has 6: .* Try to compare their shapes",
    ),
    (
        lambda: numerical_gradients(two_layer, P2, X, TWO, step=0),
        r"step: expected a positive number, got 0\. Try step=1e-05\.",
    ),
    (lambda: decaying(adam, 0.9), r"steps, got 0\.9\. Try lambda step: inverse_de"),
    (lambda: cosine_decay(["a"], 9), r"step: expected a number, 0 or more"),
    (lambda: inverse_decay(-1, 9), r"step: expected a number, 0 or more"),
    (lambda: inverse_decay(3, half=0), r"half: expected a positive number, got 0\."),
    (lambda: cosine_decay(3, steps=0), r"steps: expected a positive number, got 0\."),
    (lambda: two_layer.predict("ab", P2), r"got text 'ab'\."),
    (lambda: two_layer.predict([["a"]], P2), r"got an array of text \(not"),
    (lambda: two_layer.predict(np.array([[b"a"]]), P2), r"an array of bytes \(not"),
    (lambda: two_layer.predict(np.array([[None]]), P2), r"an array of object \(not"),
    (
        lambda: two_layer.predict(X, train(two_layer, X, TWO, P2, iterations=1)),
        r"parameters: .*, got a Run. Try run\.parameters\.",
    ),
    (
        lambda: two_layer.predict(X, train(two_layer, X, TWO, P2, [1, 2], 1)),
        r"parameters: .*, got a Run. Try run\[k\]\.parameters\.",
    ),
    (
        lambda: two_layer.compute_cost(two_layer.forward_propagation(X, P2), TWO),
        r"A: .*, got a tuple of 2 values. Try output, cache = forward_propagation\(",
    ),
    (
        lambda: two_layer.backward_propagation(
            P2, two_layer.forward_propagation(X, P2), X, TWO
        ),
        r"cache: .*, got a tuple of 2 values. Try output, cache = forward_propag",
    ),
    (lambda: two_layer.predict(X, ({}, P2)), "Try state, parameters = update"),
    (
        lambda: two_layer.predict(X, P2 | {"b1": [1, 2, 3, 4]}),
        r"b1'\]: expected a column, one row for each unit, .*'\], \(-1, 1\)\)",
    ),
    (
        lambda: two_layer.predict(X, P2 | {"b1": 0}),
        r"a column, one row for each unit, got 0. Try np.zeros\(\(units, 1\)\)",
    ),
]


@pytest.mark.parametrize("call, message", REFUSED)
def test_what_is_refused_is_described(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()


BOUNDS = [
    (1e300, None),
    (1.1e300, r"0 or more, up to 1e300, got 1.1e\+300. Try noise=0.01."),
    (-1e-9, r"0 or more, up to 1e300, got -1e-09. Try noise=0.01."),
    (np.ma.masked, r"0 or more, up to 1e300, got .* Try noise=0.01."),
]


@pytest.mark.parametrize("noise, message", BOUNDS)
def test_what_is_multiplied_has_bounds(noise, message):
    if message is None:
        assert np.isfinite(data.spirals(3, noise=noise)[0]).all()
    else:
        with pytest.raises((ValueError, TypeError), match=message):
            data.spirals(3, noise=noise)


# ------------------------------------------------------------- the checks stay on


def wrong_call():
    with pytest.raises(ValueError, match=r"one example per column\? Try X.T"):
        two_layer.forward_propagation(X.T, P2)


def test_after_a_block_without_checks_they_are_on_again():
    with pytest.raises(ZeroDivisionError), unchecked():
        raise ZeroDivisionError
    with pytest.raises(TypeError, match="Z: expected"):
        ACTIVATIONS["sigmoid"][0]("a")


def test_another_thread_does_not_switch_the_checks_off():
    done = threading.Event()

    def until_done():
        while not done.is_set():
            train(two_layer, X, TWO, P2, iterations=50)

    other = threading.Thread(target=until_done)
    other.start()
    try:
        for _ in range(200):
            wrong_call()
    finally:
        done.set()
        other.join()


class Stop(BaseException):
    pass


def stopped(function, after):
    """Call the function, stop it before that step of Python; return the steps seen."""
    steps = 0

    def trace(frame, event, argument):
        nonlocal steps
        if frame.f_code.co_name == "<genexpr>":
            return None  # Python ignores what is raised while it closes one
        frame.f_trace_opcodes = True
        steps += 1
        if steps == after:
            raise Stop
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    except Stop:
        pass
    finally:
        sys.settrace(before)
    return steps


def with_checks_off():
    with unchecked():
        two_layer.forward_propagation(X, P2)


STOPPED = {
    "a call": lambda: two_layer.forward_propagation(X, P2),
    "train": lambda: train(two_layer, X, TWO, P2, iterations=3),
    "gradients": lambda: numerical_gradients(two_layer, P2, X, TWO),
    "the referee": lambda: check_gradients(two_layer, P2, X, TWO),
    "a copied context": lambda: copy_context().run(with_checks_off),
}


@pytest.mark.parametrize("name", STOPPED)
def test_a_stop_at_any_moment_leaves_no_trace(name):
    settings = np.geterr()
    steps = stopped(STOPPED[name], after=-1)
    middle = np.random.default_rng(0).integers(60, max(61, steps - 60), 150)
    for after in {*range(1, 60), *middle, *range(max(60, steps - 60), steps)}:
        stopped(STOPPED[name], after)
        assert np.geterr() == settings
        wrong_call()


# ----------------------------------------------------------------------- good input


class Table:
    """What pandas has, as far as numpy sees it."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return np.array(self.array, dtype=dtype)


FORMS = [
    np.asarray, np.ndarray.tolist, np.asfortranarray, Table, np.float32, np.float16,
    lambda array: np.stack([array, array])[1], lambda array: array[::-1, ::-1],
    lambda array: np.broadcast_to(array, array.shape),  # read-only
]  # fmt: skip
size = st.integers(1, 4)


@given(st.data(), size, size, size, size, size, st.sampled_from(FORMS))
@steady
def test_good_input_of_any_size_and_form(choose, n_x, n_h, n_h2, n_y, m, form):
    draw = np.random.default_rng(choose.draw(st.integers(0, 2**32)))
    key = choose.draw(st.sampled_from(["two_layer", "worked", "three_layer", "deep"]))
    three = key in ("three_layer", "deep")
    layers = deep.architecture([n_x, n_h, n_h2, n_y], "leaky_relu", "softmax")
    network = {
        "two_layer": two_layer,
        "worked": worked,
        "three_layer": three_layer,
    }.get(key, deep.Network(layers))
    sizes = [n_x, n_h, *([n_h2] if three else []), n_y]
    parameters = {}
    for layer, (below, rows) in enumerate(pairwise(sizes), start=1):
        parameters[f"W{layer}"] = form(draw.normal(size=(rows, below)))
        parameters[f"b{layer}"] = form(draw.normal(size=(rows, 1)))
    Y = draw.integers(0, 2, (n_y, m)) > 0
    Y = data.one_hot(draw.integers(0, n_y, m), n_y) if three else Y
    X, Y = form(draw.normal(size=(n_x, m))), form(Y.astype(float))

    output, cache = network.forward_propagation(X, parameters)
    assert output.shape == (n_y, m)
    assert np.isfinite(network.compute_cost(output, Y))
    grads = network.backward_propagation(parameters, cache, X, Y)
    assert set(grads) == {"d" + name for name in parameters}
    assert np.shape(network.predict(X, parameters))[-1] == m
    rate = choose.draw(st.sampled_from([1, 0.1, np.float32(0.1), np.array(2), [1, 2]]))
    count = choose.draw(st.sampled_from([1, np.int64(2), 2.0, np.array(3)]))
    run = train(network, X, Y, parameters, rate, count)
    assert np.isfinite(run.costs[0]).all()
    assert max(check_gradients(network, parameters, X, Y).values()) < 1e-4


def test_examples_of_stacked_runs_may_have_three_axes():
    output, cache = two_layer.forward_propagation([X, X + 1], P2)
    assert output.shape == (2, 2, 7)
    grads = two_layer.backward_propagation(P2, cache, [X, X + 1], TWO)
    one = two_layer.backward_propagation(P2, CACHE2, X, TWO)
    for name, value in one.items():
        np.testing.assert_allclose(grads[name][0], value)
