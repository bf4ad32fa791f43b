"""Updates, batches and the L2 penalty: by hand, and against two libraries."""

import functools
import warnings

import numpy as np
import pytest

from nnteach import check_gradients, deep, three_layer, train, two_layer, variant
from nnteach import worked_example as worked
from nnteach.data import flower, one_hot
from nnteach.training import with_l2
from nnteach.updates import (
    adam,
    cosine_decay,
    decaying,
    gradient_descent,
    inverse_decay,
    mini_batches,
    momentum,
    update_parameters,
)

X, Y = flower(m=40)
START = two_layer.initialize_parameters(2, 4, 1, scale=0.5, rng=0)
HALVING = decaying(momentum, lambda step: inverse_decay(step, half=5))
UPDATES = {
    "plain": gradient_descent,
    "momentum": momentum,
    "adam": adam,
    "decaying": HALVING,
    "decaying adam": decaying(adam, lambda step: cosine_decay(step, steps=60)),
}
every_update = pytest.mark.parametrize("update", UPDATES.values(), ids=UPDATES)


def walk(update, parameters, grads, rate, steps):
    """Return the parameters after each step; the gradients come from a function."""
    state, path = {}, []
    for _ in range(steps):
        state, parameters = update(state, parameters, grads(parameters), rate)
        path.append(parameters)
    return path


def bowl(parameters):
    """Return the slopes of a cost that is steep in some entries and flat in others."""
    steep = {name: np.geomspace(0.01, 3, v.size) for name, v in parameters.items()}
    return {
        f"d{name}": steep[name].reshape(v.shape) * (v - 1)
        for name, v in parameters.items()
    }


# -------------------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    "update, after",
    [  # the slope is 2 at first, then 4; the rate is 0.1
        (gradient_descent, [0.8, 0.4]),
        (momentum, [0.8, 0.8 - 0.1 * (0.9 * 2 + 4)]),
        (functools.partial(momentum, momentum=0.5), [0.8, 0.8 - 0.1 * (0.5 * 2 + 4)]),
        # m_hat / sqrt(v_hat): 2 / 2, then (0.09 2 + 0.1 4) / 0.19 = 3.05... over the
        # root of (0.000999 4 + 0.001 16) / 0.001999 = 10.003...
        (
            functools.partial(adam, epsilon=1e-300),
            [0.9, 0.9 - 0.1 * (0.58 / 0.19) / np.sqrt(0.019996 / 0.001999)],
        ),
        (functools.partial(adam, epsilon=2), [1 - 0.1 * 2 / 4, None]),
        (decaying(gradient_descent, lambda step: [1, 0.5][step]), [0.8, 0.6]),
    ],
)
def test_two_steps_by_hand(update, after):
    state, parameters = {}, {"W1": np.array([[1.0]])}
    for slope, wanted in zip((2.0, 4.0), after, strict=True):
        grads = {"dW1": np.array([[slope]])}
        state, parameters = update(state, parameters, grads, 0.1)
        if wanted is not None:
            assert parameters["W1"].item() == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(
    "decay, values",
    [
        (lambda step: inverse_decay(step, half=10), {0: 1, 10: 1 / 2, 30: 1 / 4}),
        (
            lambda step: cosine_decay(step, steps=60),
            {0: 1, 20: 3 / 4, 30: 0.5, 60: 0, 90: 0},
        ),
    ],
)
def test_decay_by_hand(decay, values):
    many = decay(np.array([*values]))  # to draw it
    assert many == pytest.approx(np.array([*values.values()]), abs=1e-15)
    for step, value in values.items():
        assert decay(step) == pytest.approx(value, abs=1e-15)


@every_update
def test_an_update_modifies_nothing_and_remembers_only_its_state(update):
    grads = {name: value + 1 for name, value in bowl(START).items()}
    state, once = update({}, START, grads, 0.1)
    again, twice = update(state, once, grads, 0.1)
    same_state, same = update(state, once, grads, 0.1)  # with the old state once more
    for name in START:
        np.testing.assert_array_equal(same[name], twice[name])
        np.testing.assert_array_equal(grads["d" + name], bowl(START)["d" + name] + 1)
    assert str(same_state) == str(again)
    assert once.keys() == START.keys()


@every_update
def test_stacked_runs_equal_single_ones(update):
    rates = np.array([0.01, 0.1, 0.3])
    stacked = {name: np.stack([value] * 3) for name, value in START.items()}

    def grads(parameters):
        return {f"d{name}": value**3 - 0.1 for name, value in parameters.items()}

    for k, rate in enumerate(rates):
        many = walk(update, stacked, grads, rates, 50)[-1]
        one = walk(update, START, grads, rate, 50)[-1]
        for name, value in one.items():
            np.testing.assert_allclose(many[name][k], value, rtol=1e-12)


# ------------------------------------------------------------------- second opinions


def libraries_walk(name, update, rate, steps):
    """Return the parameters after each step, as a library's optimiser makes them."""
    parameters = {k: v.copy() for k, v in START.items()}
    values, path = list(parameters.values()), []
    if name == "scikit-learn":
        module = pytest.importorskip("sklearn.neural_network._stochastic_optimizers")
        if update is adam:
            optimiser = module.AdamOptimizer(values, rate)
        else:
            size = 0.9 if update is momentum else 0
            optimiser = module.SGDOptimizer(values, rate, momentum=size, nesterov=False)
        for t in range(1, steps + 1):
            if update is adam:  # it adds epsilon to sqrt(v), not to sqrt(v_hat)
                optimiser.epsilon = 1e-8 * np.sqrt(1 - 0.999**t)
            optimiser.update_params(values, list(bowl(parameters).values()))
            path.append({k: v.copy() for k, v in parameters.items()})
        return path
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    tensors = [torch.tensor(v, requires_grad=True) for v in values]
    kinds = {
        adam: lambda: torch.optim.Adam(tensors, rate),
        momentum: lambda: torch.optim.SGD(tensors, rate, momentum=0.9),
        HALVING: lambda: torch.optim.SGD(tensors, rate, momentum=0.9),
    }
    optimiser = kinds.get(update, lambda: torch.optim.SGD(tensors, rate))()
    fade = (lambda step: 1 / (1 + step / 5)) if update is HALVING else lambda step: 1
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimiser, fade)
    for _ in range(steps):
        now = {k: t.detach().numpy() for k, t in zip(START, tensors, strict=True)}
        for tensor, slope in zip(tensors, bowl(now).values(), strict=True):
            tensor.grad = torch.tensor(slope)
        optimiser.step()
        scheduler.step()
        path.append({k: v.copy() for k, v in now.items()})
    return path


@pytest.mark.parametrize(
    "library, update",
    [
        ("scikit-learn", gradient_descent),
        ("scikit-learn", momentum),
        ("scikit-learn", adam),
        ("PyTorch", gradient_descent),
        ("PyTorch", momentum),
        ("PyTorch", adam),
        ("PyTorch", HALVING),
    ],
)
def test_the_same_path_as_a_library(library, update):
    theirs = libraries_walk(library, update, rate=0.1, steps=200)
    ours = walk(update, START, bowl, 0.1, 200)
    moved = max(np.abs(ours[-1][name] - START[name]).max() for name in START)
    assert moved > 0.3
    for mine, other in zip(ours, theirs, strict=True):
        for name, value in other.items():
            np.testing.assert_allclose(mine[name], value, rtol=0, atol=1e-10)


@pytest.mark.parametrize(
    "update, options",
    [
        (gradient_descent, {"solver": "sgd", "momentum": 0}),
        (momentum, {"solver": "sgd", "momentum": 0.9}),
        # A large epsilon would show the other form; so small a one makes none.
        (functools.partial(adam, epsilon=1e-30), {"solver": "adam", "epsilon": 1e-30}),
    ],
)
def test_a_whole_run_with_l2_as_in_scikit_learn(update, options):
    neural_network = pytest.importorskip("sklearn.neural_network")
    strength, m, rate = 0.05, X.shape[1], 0.02
    model = neural_network.MLPClassifier(
        (4,), activation="tanh", alpha=strength * m, learning_rate_init=rate,
        nesterovs_momentum=False, batch_size=m, shuffle=False, **options,
    )  # fmt: skip
    examples = X.T, Y[0]
    model.set_params(learning_rate_init=1e-300)  # its first call makes its own arrays
    model.partial_fit(*examples, classes=[0, 1])
    model.set_params(learning_rate_init=rate)
    for layer in (0, 1):
        model.coefs_[layer][:] = START[f"W{layer + 1}"].T
        model.intercepts_[layer][:] = START[f"b{layer + 1}"][:, 0]
    del model._optimizer  # and with it the state of that call
    fresh = model.coefs_ + model.intercepts_
    module = pytest.importorskip("sklearn.neural_network._stochastic_optimizers")
    if options["solver"] == "adam":
        model._optimizer = module.AdamOptimizer(fresh, rate, epsilon=1e-30)
    else:
        model._optimizer = module.SGDOptimizer(
            fresh, rate, momentum=options["momentum"], nesterov=False
        )
    theirs = []
    for _ in range(100):
        model.partial_fit(*examples)
        theirs.append(model.loss_)
    run = train(with_l2(two_layer, strength), X, Y, START, rate, 100, update=update)
    np.testing.assert_allclose(run.costs[:100], theirs, rtol=0, atol=1e-10)
    assert run.costs[-1] < run.costs[0] - 0.005


# --------------------------------------------------------------------------- batches


@every_update
def test_training_in_batches_is_the_loop_written_out(update):
    run = train(
        two_layer, X, Y, START, 0.05, 6, keep=[0, 3, 6], update=update, batch_size=12,
        rng=np.random.default_rng(5),
    )  # fmt: skip
    rng, parameters, state = np.random.default_rng(5), START, {}
    for i in range(7):
        A2, _ = two_layer.forward_propagation(X, parameters)
        assert run.costs[i] == two_layer.compute_cost(A2, Y)  # of all examples
        if i in run.kept:
            np.testing.assert_array_equal(run.kept[i]["W1"], parameters["W1"])
        if i == 6:
            break
        order = rng.permutation(40)
        for first in (0, 12, 24, 36):
            some = order[first : first + 12]
            _, cache = two_layer.forward_propagation(X[:, some], parameters)
            grads = two_layer.backward_propagation(
                parameters, cache, X[:, some], Y[:, some]
            )
            state, parameters = update(state, parameters, grads, 0.05)
    for name, value in parameters.items():
        np.testing.assert_array_equal(run.parameters[name], value)
    assert run.updates == 4
    assert train(two_layer, X, Y, START, 0.05, 2).updates == 1


def test_each_pass_has_every_example_once_in_another_order():
    numbers, rng = np.arange(10.0)[None, :], np.random.default_rng(0)
    passes = [mini_batches(numbers, numbers * 2, 4, rng) for _ in range(3)]
    orders = [np.hstack([X_now for X_now, _ in batches])[0] for batches in passes]
    for batches, order in zip(passes, orders, strict=True):
        assert [X_now.shape for X_now, _ in batches] == [(1, 4), (1, 4), (1, 2)]
        assert sorted(order) == list(range(10))
        assert all((Y_now == 2 * X_now).all() for X_now, Y_now in batches)
    assert len({tuple(order) for order in orders}) == 3
    again = mini_batches(numbers, numbers * 2, 4, rng=0)
    np.testing.assert_array_equal(
        np.hstack([X_now for X_now, _ in again])[0], orders[0]
    )


@every_update
def test_many_runs_in_batches_equal_single_ones(update):
    rates = [0.01, 0.05, 0.2]
    given = {"iterations": 8, "update": update, "batch_size": 15, "rng": 3}
    many = train(two_layer, X, Y, START, rates, **given)
    for k, rate in enumerate(rates):
        one = train(two_layer, X, Y, START, rate, **given)
        np.testing.assert_allclose(many[k].costs, one.costs, rtol=1e-10)
        assert many[k].updates == one.updates == 3


def test_all_examples_in_one_batch_are_a_full_pass():
    whole = train(two_layer, X, Y, START, 0.5, 20)
    batch = train(two_layer, X, Y, START, 0.5, 20, batch_size=40, rng=0)
    np.testing.assert_allclose(batch.costs, whole.costs, rtol=1e-12)


line = deep.Network(deep.architecture([1, 1], output="identity"))


@every_update
@pytest.mark.parametrize("batch_size", [None, 2])
def test_a_run_that_diverges_is_frozen_with_any_update(update, batch_size):
    start = {"W1": [[1.0]], "b1": [[0.0]]}
    points = np.array([[1.0, 2, 3, 4, 5]])
    rates = [0.001, 1e200]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = train(
            line, points, -points, start, rates, 30, update=update,
            batch_size=batch_size, rng=0,
        )  # fmt: skip
    assert run.diverged_at.tolist() == [-1, 1]
    assert run.costs[-1, 0] < run.costs[0, 0]
    assert np.isposinf(run.costs[1:, 1]).all()
    assert run[1].parameters["W1"].item() == 1
    one = train(
        line, points, -points, start, 1e200, 30, update=update, batch_size=batch_size,
        rng=0,
    )  # fmt: skip
    assert one.diverged_at == 1


@pytest.mark.parametrize("seed", [1, 3, 4, 5])
def test_batches_lead_to_no_infinite_parameters(seed):
    narrow = deep.Network(deep.architecture([1, 1, 1], "leaky_relu"))
    start = narrow.initialize_parameters(scale=1, rng=seed)
    given = {"batch_size": 15, "rng": 0, "keep": range(31)}
    run = train(narrow, X[:1] ** 2, Y, start, 1e155, 30, **given)
    assert run.diverged_at is not None  # though a saturated output has a finite cost
    for parameters in (run.parameters, *run.kept.values()):
        assert all(np.isfinite(value).all() for value in parameters.values())


def in_place(state, parameters, grads, learning_rate):
    for name in parameters:
        parameters[name] -= learning_rate * grads["d" + name]
    return state, parameters


def same_dictionary(state, parameters, grads, learning_rate):
    parameters.update(update_parameters(parameters, grads, learning_rate))
    return state, parameters


@pytest.mark.parametrize("rate", [0.1, [0.1, 1e200]])
def test_an_update_may_write_into_the_dictionary_that_it_gets(rate):
    line = deep.Network(deep.architecture([2, 1], output="identity"))
    start = line.initialize_parameters(scale=1, rng=0)
    wanted = train(line, X, Y, start, rate, 5, keep=[0])
    run = train(line, X, Y, start, rate, 5, keep=[0], update=same_dictionary)
    np.testing.assert_array_equal(run.costs, wanted.costs)
    for name in start:
        np.testing.assert_array_equal(run.kept[0][name], wanted.kept[0][name])
        np.testing.assert_array_equal(run.parameters[name], wanted.parameters[name])


@pytest.mark.parametrize(
    "options, message",
    [
        ({"batch_size": 41}, "batch_size: expected at most 40, .* got 41. Try"),
        ({"batch_size": 0}, "batch_size: expected a whole number"),
        ({"batch_size": 2.5}, "batch_size: expected a whole number"),
        ({"batch_size": 8, "rng": "a"}, "rng: expected a whole number as seed"),
        ({"update": "adam"}, "update: expected a function .* got text 'adam'. Try"),
        ({"update": in_place}, "expected new arrays, got a change of `parameters` in"),
        ({"update": lambda s, p, g, r: p}, r"expected a function that returns \(state"),
        ({"update": lambda s, p, g, r: (s, p, r)}, "Try return state, parameters"),
        ({"update": lambda s, p, g, r: (s, None)}, "update: expected a dictionary"),
        ({"update": lambda s, p, g, r: (s, {"W1": p["W1"]})}, "expected b1 of the sha"),
        ({"update": functools.partial(momentum, momentum=1)}, "momentum: expected"),
        (
            {"update": functools.partial(adam, beta1=-1)},
            "beta1: expected a number",
        ),
        (
            {"update": functools.partial(adam, epsilon=0)},
            "epsilon: expected a pos",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_any_update(options, message):
    with pytest.raises((ValueError, TypeError), match=message):
        train(two_layer, X, Y, START, iterations=3, **options)


# -------------------------------------------------------------------------------- L2

NETWORKS = [
    (two_layer, START, Y),
    (worked, START, Y),
    (
        three_layer,
        three_layer.initialize_parameters(2, 5, 4, 3, scale=0.5, rng=0),
        one_hot(np.random.default_rng(0).integers(0, 3, 40), 3),
    ),
    (
        network := deep.Network(deep.architecture([2, 6, 5, 1], "tanh")),
        network.initialize_parameters(scale=0.5, bias_scale=0.5, rng=0),
        Y,
    ),
]


@pytest.mark.parametrize("network, start, Y", NETWORKS)
def test_the_gradient_check_agrees_with_the_penalty(network, start, Y):
    start = {name: value + 0.1 for name, value in start.items()}
    lasting = with_l2(network, 0.3)
    twice = with_l2(lasting, 0.2)
    for own in (lasting, twice, variant(twice, predict=network.predict)):
        assert max(check_gradients(own, start, X, Y).values()) < 1e-7
    output, cache = lasting.forward_propagation(X, start)
    plain = network.backward_propagation(start, cache, X, Y)
    squares = sum((start[f"W{k}"] ** 2).sum() for k in range(1, len(start) // 2 + 1))
    assert lasting.penalty(start) == pytest.approx(0.15 * squares)
    assert twice.penalty(start) == pytest.approx(0.25 * squares)
    run = train(lasting, X, Y, start, 0.1, 1)
    data_cost = network.compute_cost(output, Y)
    assert run.costs[0] == pytest.approx(data_cost + 0.15 * squares)
    for name, value in lasting.backward_propagation(start, cache, X, Y).items():
        extra = 0.3 * start[name[1:]] if name[1] == "W" else 0
        np.testing.assert_allclose(value, plain[name] + extra)


def test_a_penalty_in_one_place_alone_is_seen():
    lasting = with_l2(two_layer, 0.3)
    for half in (
        variant(two_layer, backward_propagation=lasting.backward_propagation),
        variant(lasting, backward_propagation=two_layer.backward_propagation),
    ):
        errors = check_gradients(half, START, X, Y)
        assert min(errors["dW1"], errors["dW2"]) > 1e-3
        assert max(errors["db1"], errors["db2"]) < 1e-7


def test_stacked_runs_have_a_penalty_each():
    lasting = with_l2(two_layer, 0.1)
    many = train(lasting, X, Y, START, [0.1, 0.5], 10)
    for k, rate in enumerate((0.1, 0.5)):
        one = train(lasting, X, Y, START, rate, 10)
        np.testing.assert_allclose(many[k].costs, one.costs)
    with pytest.raises(ValueError, match="strength: expected a number, 0 or more"):
        with_l2(two_layer, -1)
