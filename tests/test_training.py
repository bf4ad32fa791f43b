"""Training: one run and many, runs that diverge, a learner's own network."""

import functools
import types
import warnings

import numpy as np
import pytest

from nnteach import deep, three_layer, train, two_layer, update_parameters
from nnteach import worked_example as worked
from nnteach.checks import beneath
from nnteach.data import flower, one_hot
from nnteach.training import Run, variant
from nnteach.updates import gradient_descent

X, Y = flower(m=40)
START = two_layer.initialize_parameters(2, 4, 1, scale=0.5, rng=0)
RATES = np.geomspace(0.01, 10, 6)


def test_one_update_by_hand():
    parameters = {"W1": [[1.0, 2.0]], "b1": [[3.0]]}
    grads = {"dW1": [[10.0, -20.0]], "db1": [[5.0]]}
    after = update_parameters(parameters, grads, 0.1)
    np.testing.assert_allclose(after["W1"], [[0, 4]])
    np.testing.assert_allclose(after["b1"], [[2.5]])
    many = update_parameters(parameters, grads, [0.1, 0.2])
    np.testing.assert_allclose(many["W1"], [[[0, 4]], [[-1, 6]]])
    assert parameters == {"W1": [[1.0, 2.0]], "b1": [[3.0]]}


@pytest.mark.parametrize(
    "value", [2.0, [1.0, 2.0], np.ones((2, 3)), np.ones((4, 2, 3))]
)
def test_an_update_goes_entry_by_entry_whatever_the_layers(value):
    value = np.array(value)
    parameters = {"W1": value, "scale": value, "W7": np.ones((3, 9))}
    grads = {"dW1": value, "dscale": 2 * value, "dW7": np.ones((3, 9)), "dA1": 1}
    after = update_parameters(parameters, grads, 0.5)
    assert list(after) == list(parameters)
    for name, factor in {"W1": 0.5, "scale": 0, "W7": 0.5}.items():
        np.testing.assert_array_equal(after[name], factor * parameters[name])
    del grads["dscale"]
    with pytest.raises(ValueError, match="grads: expected dscale of the shape"):
        update_parameters(parameters, grads, 0.5)
    with pytest.raises(
        ValueError, match=r"expected db1 of the shape \(2,\), got \(3, 2"
    ):
        update_parameters({"b1": [1.0, 2.0]}, {"db1": np.ones((3, 2))}, 0.5)


def test_many_rates_update_rows_and_columns():
    parameters, grads = {"W1": [[1.0]], "b1": [3.0]}, {"dW1": [[1.0]], "db1": [5.0]}
    with pytest.raises(ValueError, match="b1: expected a matrix, for a learning rate"):
        update_parameters(parameters, grads, [0.1, 0.2])


def test_training_is_the_loop_of_the_four_functions():
    run = train(two_layer, X, Y, START, learning_rate=0.7, iterations=25)
    parameters, costs = START, []
    for _ in range(25):
        A2, cache = two_layer.forward_propagation(X, parameters)
        costs.append(two_layer.compute_cost(A2, Y))
        grads = two_layer.backward_propagation(parameters, cache, X, Y)
        parameters = update_parameters(parameters, grads, 0.7)
    A2, _ = two_layer.forward_propagation(X, parameters)
    costs.append(two_layer.compute_cost(A2, Y))  # the last one belongs to the result
    np.testing.assert_array_equal(run.costs, costs)
    for name, value in parameters.items():
        np.testing.assert_array_equal(run.parameters[name], value)
    assert (run.learning_rate, run.diverged_at) == (0.7, None)
    assert run.costs.shape == (26,)


DIGITS = np.random.default_rng(0).integers(0, 3, 40)
PROBLEMS = [
    (two_layer, START, Y),
    (worked, START, Y),
    (
        three_layer,
        three_layer.initialize_parameters(2, 5, 4, 3, scale=0.5, rng=0),
        one_hot(DIGITS, 3),
    ),
    (network := deep.Network(deep.architecture([2, 6, 5, 1])),
     network.initialize_parameters(rng=0), Y),
]  # fmt: skip


def test_without_other_wishes_it_makes_1000_steps_of_a_tenth():
    run = train(two_layer, X, Y, START)
    wanted = train(two_layer, X, Y, START, 0.1, 1000)
    np.testing.assert_array_equal(run.costs, wanted.costs)


@pytest.mark.parametrize("network, start, Y", PROBLEMS)
def test_many_rates_equal_single_runs(network, start, Y):
    many = train(network, X, Y, start, learning_rate=RATES, iterations=40)
    assert many.costs.shape == (41, len(RATES))
    assert len(many) == len(list(many)) == len(RATES)
    for k, rate in enumerate(RATES):
        one = train(network, X, Y, start, learning_rate=rate, iterations=40)
        assert many[k].learning_rate == one.learning_rate == rate
        assert many[k].diverged_at == one.diverged_at
        np.testing.assert_allclose(many[k].costs, one.costs, rtol=1e-9)
        for name, value in one.parameters.items():
            assert many[k].parameters[name].shape == value.shape
            np.testing.assert_allclose(
                many[k].parameters[name], value, rtol=1e-8, atol=1e-12
            )


def test_many_starts_with_one_rate_or_one_rate_each():
    starts = [two_layer.initialize_parameters(2, 4, 1, 0.5, rng=k) for k in range(3)]
    stacked = {name: np.stack([p[name] for p in starts]) for name in START}
    for rate in (0.5, [0.1, 0.5, 1]):
        many = train(two_layer, X, Y, stacked, rate, iterations=5)
        for k, start in enumerate(starts):
            one = train(
                two_layer, X, Y, start, np.broadcast_to(rate, 3)[k], iterations=5
            )
            np.testing.assert_allclose(many[k].costs, one.costs)
            assert many[k].learning_rate == one.learning_rate
        assert isinstance(many.learning_rate, float if rate == 0.5 else np.ndarray)


def test_a_row_of_one_rate_is_one_run_among_many():
    run = train(two_layer, X, Y, START, learning_rate=[0.5], iterations=3)
    assert run.costs.shape == (4, 1)
    assert len(run) == 1


# ------------------------------------------------------------------ divergence

line = deep.Network(deep.architecture([1, 1], output="identity"))  # cost: a parabola
LINE = {"W1": [[1.0]], "b1": [[0.0]]}


def test_a_run_that_diverges_is_marked_and_frozen_while_others_go_on():
    rates = [0.1, 1e200, 0.2, 5.0]
    many = train(line, [[1.0]], [[0.0]], LINE, rates, iterations=400)
    # With W + b = 1 at the start and the gradient W + b for both, each update
    # multiplies W + b by 1 - 2 rate. Its square overflows at once for 1e200, and for 5
    # when 9**i passes the root of the largest float.
    at = int(np.ceil(np.log(np.finfo(float).max) / 2 / np.log(9)))
    assert many.diverged_at.tolist() == [-1, 1, -1, at]
    for k, (rate, first) in enumerate(zip(rates, many.diverged_at, strict=True)):
        one = train(line, [[1.0]], [[0.0]], LINE, rate, iterations=400)
        np.testing.assert_allclose(many[k].costs, one.costs)
        finite = np.isfinite(one.costs)
        if first < 0:
            assert one.diverged_at is many[k].diverged_at is None
            assert finite.all()
            continue
        assert one.diverged_at == many[k].diverged_at == first
        assert finite.tolist() == [i < first for i in range(401)]
        assert np.isposinf(one.costs[first:]).all()
        for run in (one, many[k]):  # frozen at the last parameters with a finite cost
            output, _ = line.forward_propagation([[1.0]], run.parameters)
            assert line.compute_cost(output, [[0.0]]) == one.costs[first - 1]


def test_all_runs_may_diverge():
    many = train(line, [[1.0]], [[0.0]], LINE, [1e200, 1e300], iterations=5)
    assert many.diverged_at.tolist() == [1, 1]
    np.testing.assert_array_equal(many.costs[1:], np.inf)


def test_nan_is_divergence_too():
    def forward_propagation(X, parameters):
        output, cache = line.forward_propagation(X, parameters)
        return np.where(output < 0.5, np.nan, output), cache

    own = variant(line, forward_propagation=forward_propagation)
    run = train(own, [[1.0]], [[0.0]], LINE, [0.2, 0.01], iterations=10)
    assert run.diverged_at.tolist() == [2, -1]
    assert np.isposinf(run.costs[2:, 0]).all()


@pytest.mark.parametrize("rate", [1e300, [0.1, 1e300]])
def test_no_warning_reaches_the_student(rate):
    relu = deep.Network(deep.architecture([2, 4, 4, 1], output="identity"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = train(relu, X, Y, relu.initialize_parameters(scale=1, rng=0), rate, 20)
    assert np.ravel(run.diverged_at)[-1] > 0


# ------------------------------------------------------------------------- Run


def test_what_a_run_says_of_itself():
    run = train(two_layer, X, Y, START, learning_rate=1, iterations=3)
    assert (
        repr(run)
        == f"Run of 3 iterations: cost {run.costs[0]:.4f} -> {run.costs[3]:.4f}"
    )
    gone = train(line, [[1.0]], [[0.0]], LINE, [0.1, 1e200], iterations=9)
    assert repr(gone) == "2 runs of 9 iterations, 1 diverged"
    at_once = Run({}, np.full((3, 2), np.inf), np.array([1, 2]), np.array([0, -1]))
    assert repr(at_once) == "2 runs of 2 iterations, 1 diverged"
    assert repr(gone[1]) == "Run of 9 iterations: diverged at iteration 1"
    for k in (0, 1):
        np.testing.assert_array_equal(gone[k - 2].costs, gone[k].costs)
    assert repr(gone[np.int64(1)]) == repr(gone[1])
    for k in (-3, 2, 0.1, "a", slice(0, 1), None, [0, 1]):
        with pytest.raises(
            IndexError, match=r"whole number from 0 to 1, got .*\. Try many"
        ):
            gone[k]
    with pytest.raises(TypeError, match=r"one run, not many.*run\.costs"):
        len(run)
    with pytest.raises(TypeError, match="one run, not many"):
        run[0]


def test_nothing_that_was_given_is_modified():
    given = [X.copy(), Y.copy(), {k: v.copy() for k, v in START.items()}, RATES.copy()]
    run = train(two_layer, *given, iterations=4)
    for value in run.parameters.values():
        value[...] = 0  # also the result is the caller's own
    run.learning_rate[:] = 0
    np.testing.assert_array_equal(given[0], X)
    np.testing.assert_array_equal(given[1], Y)
    np.testing.assert_array_equal(given[3], RATES)
    for name, value in START.items():
        np.testing.assert_array_equal(given[2][name], value)


# ------------------------------------------------------------ a learner's own file


def own_network(**changes):
    """Return a network as in the source notebooks: np.dot, .T and axis=1."""

    def forward_propagation(X, p):
        A1 = np.tanh(np.dot(p["W1"], X) + p["b1"])
        A2 = 1 / (1 + np.exp(-(np.dot(p["W2"], A1) + p["b2"])))
        return A2, {"A1": A1, "A2": A2}

    def compute_cost(A2, Y):
        m = Y.shape[1]
        return np.squeeze(-np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m)

    def backward_propagation(p, cache, X, Y):
        m, A1 = X.shape[1], cache["A1"]
        dZ2 = cache["A2"] - Y
        dZ1 = np.dot(p["W2"].T, dZ2) * (1 - A1**2)
        return {
            "dW1": np.dot(dZ1, X.T) / m, "db1": np.sum(dZ1, axis=1, keepdims=True) / m,
            "dW2": np.dot(dZ2, A1.T) / m, "db2": np.sum(dZ2, axis=1, keepdims=True) / m,
        }  # fmt: skip

    return types.SimpleNamespace(**{**locals(), **changes})


def test_a_learners_own_network_trains():
    own = train(own_network(), X, Y, START, learning_rate=0.5, iterations=50)
    ours = train(two_layer, X, Y, START, learning_rate=0.5, iterations=50)
    np.testing.assert_allclose(own.costs, ours.costs, rtol=1e-10)


def test_only_checks_are_left_out_in_the_rounds_never_what_a_learner_wrote():
    calls = []

    @functools.wraps(two_layer.backward_propagation)
    def counted(*arguments):
        calls.append(arguments)
        return two_layer.backward_propagation(*arguments)

    train(variant(two_layer, backward_propagation=counted), X, Y, START, iterations=5)
    assert len(calls) == 6  # five updates, and one call in which everything is checked
    assert beneath(counted) is counted
    bare, checked = (
        beneath(two_layer.forward_propagation),
        two_layer.forward_propagation,
    )
    assert bare.__code__ is checked.__wrapped__.__code__
    assert bare.__globals__["tanh"] is two_layer.tanh.__wrapped__
    method = beneath(network.forward_propagation)
    assert method.__code__ is deep.Network.forward_propagation.__wrapped__.__code__
    assert method.__self__ is network


@pytest.mark.parametrize("m", [3, 4, 40])  # 4 hidden units: the shapes fit by chance
def test_a_network_that_cannot_do_many_runs_says_so(m):
    message = "expected .*(3 runs at once|3 costs).*Try"
    with pytest.raises(ValueError, match=message):
        train(own_network(), X[:, :m], Y[:, :m], START, [0.1, 0.2, 0.3], iterations=2)


def test_a_mistake_in_the_learners_own_code_is_shown_as_it_is():
    def backward_propagation(parameters, cache, X, Y):
        return cache["A7"]

    own = variant(two_layer, backward_propagation=backward_propagation)
    for rate in (0.1, [0.1, 0.2]):
        with pytest.raises(KeyError, match="A7"):
            train(own, X, Y, START, rate, iterations=2)


@pytest.mark.parametrize(
    "change, message",
    [
        (
            lambda g: {k: v for k, v in g.items() if k != "db1"},
            "expected db1 of .* none",
        ),
        (
            lambda g: {**g, "db1": g["db1"].T},
            r"expected db1 of the shape \(4, 1\), got \(1, 4\)",
        ),
        (lambda g: {**g, "dW1": g["dW1"].sum()}, "a matrix, one row for each unit"),
        (lambda g: {**g, "db1": g["db1"][:, 0]}, r"db1'\]: expected a column, one row"),
        (lambda g: (g["dW1"], g["db1"]), "a dictionary"),
        (lambda g: None, "^backward_propagation: .* dictionary, .* Try return grads"),
    ],
)
def test_gradients_that_do_not_fit_are_refused(change, message):
    def backward_propagation(*arguments):
        return change(two_layer.backward_propagation(*arguments))

    own = variant(two_layer, backward_propagation=backward_propagation)
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        train(own, X, Y, START, iterations=2)
    assert "Try" in str(caught.value)


def test_a_cost_that_is_not_one_number_is_refused():
    own = own_network(compute_cost=lambda A2, Y: (A2 - Y) ** 2)
    with pytest.raises(ValueError, match="expected one number"):
        train(own, X, Y, START, iterations=2)


def test_a_variant_keeps_what_it_does_not_replace():
    own = variant(two_layer, compute_cost=worked.compute_cost)
    assert own.compute_cost is worked.compute_cost
    assert own.forward_propagation is two_layer.forward_propagation
    assert own.backward_propagation is two_layer.backward_propagation
    names = "initialize_parameters, forward_propagation, compute_cost, back.*, predict"
    with pytest.raises(ValueError, match=f"expected one of {names}, got backprop"):
        variant(two_layer, backprop=len)
    with pytest.raises(ValueError, match="forward_propagation, compute_cost, back"):
        variant(own_network(), predict=len)  # it has none


@pytest.mark.parametrize("network, start, Y", PROBLEMS)
def test_a_variant_offers_the_other_functions(network, start, Y):
    own = variant(network, backward_propagation=network.backward_propagation)
    assert own.initialize_parameters == network.initialize_parameters
    assert own.predict == network.predict

    def forward_propagation(X, parameters):
        output, cache = network.forward_propagation(X, parameters)
        return output[::-1] / 2, cache

    before = network.predict(X, start)
    changed = variant(network, forward_propagation=forward_propagation)
    again = variant(changed, compute_cost=network.compute_cost)
    output, _ = forward_propagation(X, start)
    predicted = {
        worked: output, three_layer: output.argmax(axis=0)
    }.get(network, output > 0.5)  # fmt: skip
    for own in (changed, again):  # predict goes through the new forward pass
        np.testing.assert_array_equal(own.predict(X, start), predicted)
    np.testing.assert_array_equal(network.predict(X, start), before)
    assert (predicted != before).any()


# ------------------------------------------------------ parameters along the way


@pytest.mark.parametrize("rate", [0.5, RATES])
def test_parameters_are_kept_at_chosen_steps(rate):
    run = train(two_layer, X, Y, START, rate, iterations=9, keep=np.array([9, 0, 4, 4]))
    assert list(run.kept) == [0, 4, 9]
    for i, kept in run.kept.items():
        until = train(two_layer, X, Y, START, rate, iterations=max(i, 1))
        for name, value in kept.items():
            start = np.broadcast_to(START[name], value.shape)
            wanted = until.parameters[name] if i else start
            np.testing.assert_array_equal(value, wanted)
            assert value.flags.owndata
    if np.ndim(rate):
        for i, kept in run[2].kept.items():
            np.testing.assert_array_equal(kept["W1"], run.kept[i]["W1"][2])
    assert train(two_layer, X, Y, START, rate, iterations=2).kept == {}


def test_what_is_kept_of_a_run_that_diverged_is_its_last():
    for rate in (5.0, [5.0, 0.1], [5.0, 1e200]):
        run = train(line, [[1.0]], [[0.0]], LINE, rate, iterations=400, keep=[3, 399])
        one = run[0] if np.ndim(rate) else run
        assert one.diverged_at > 3
        assert one.kept[3]["W1"] == pytest.approx(1 + ((-9) ** 3 - 1) / 2)
        assert one.kept[399] == one.parameters


@pytest.mark.parametrize(
    "keep", [10, [11], [-1], [0.5], "all", [[1]], [np.inf], [np.nan], [], {"a": 1}]
)
def test_steps_that_do_not_exist_cannot_be_kept(keep):
    with pytest.raises((TypeError, ValueError), match=r"keep: expected .* Try "):
        train(two_layer, X, Y, START, iterations=10, keep=keep)


def test_a_learners_exp_may_overflow_at_the_start():
    def compute_cost(A2, Y):
        return ((A2 - Y) ** 2).sum() / 2 / Y.shape[1]

    far = {**START, "b2": np.array([[-1000.0]])}  # exp(1000) is infinite
    run = train(own_network(compute_cost=compute_cost), X, Y, far, iterations=2)
    assert run.costs[0] == pytest.approx(0.25)


# A finite cost with infinite weights: the output is -inf, which the sigmoid makes 0.
narrow = deep.Network(deep.architecture([1, 1, 1], "leaky_relu"))
NARROW = [
    (narrow, narrow.initialize_parameters(scale=1, rng=seed), X[:1] ** 2, Y)
    for seed in (1, 3, 4, 5)
]


@pytest.mark.parametrize(
    "network, start, X, Y", [(n, start, X, Y) for n, start, Y in PROBLEMS] + NARROW
)
@pytest.mark.parametrize("rate", [1e100, 1e155, 1e308, [0.01, 1e155, 1e308]])
def test_no_rate_leads_to_infinite_parameters(network, start, X, Y, rate):
    run = train(network, X, Y, start, rate, iterations=30, keep=range(31))
    for parameters in (run.parameters, *run.kept.values()):
        assert all(np.isfinite(value).all() for value in parameters.values())
    for one in run if np.ndim(rate) else [run]:
        last = 30 if one.diverged_at is None else one.diverged_at - 1
        assert np.isfinite(one.costs).tolist() == [i <= last for i in range(31)]
        output, _ = network.forward_propagation(X, one.parameters)
        assert network.compute_cost(output, Y) == pytest.approx(one.costs[last])


@pytest.mark.parametrize("batch_size", [20, 40])
def test_with_batches_a_run_is_never_made_twice(batch_size):
    network, start, X, Y = NARROW[0]
    calls = []

    def update(state, parameters, grads, rate):
        calls.append(rate)
        return gradient_descent(state, parameters, grads, rate)

    given = {"batch_size": batch_size, "rng": 0, "update": update}
    run = train(network, X, Y, start, 1e155, iterations=30, **given)
    assert len(calls) == 1 + run.updates * run.diverged_at  # the first is a trial
