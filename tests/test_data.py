"""The data sets: shapes, balance, seeds, and that a network can learn them."""

import numpy as np
import pytest

from nnteach import data, train, two_layer

TWO = [data.flower, data.moons, data.circles]
MANY = [data.spirals, data.blobs]


def seeded(function, seed, **sizes):
    name = "rng" if function in (data.flower, data.spirals) else "seed"
    return function(**sizes, **{name: seed})


@pytest.mark.parametrize("function", TWO)
@pytest.mark.parametrize("m", [1, 2, 7, 100])
def test_two_classes(function, m):
    X, Y = function(m=m)
    assert (X.shape, Y.shape) == ((2, m), (1, m))
    assert X.dtype == Y.dtype == float
    assert set(Y[0]) <= {0, 1}
    assert abs(2 * Y.sum() - m) <= 1  # as many of each class


@pytest.mark.parametrize("function", MANY)
@pytest.mark.parametrize("m, classes", [(1, 1), (5, 2), (30, 3), (31, 5)])
def test_several_classes(function, m, classes):
    X, Y = function(m=m, classes=classes)
    assert (X.shape, Y.shape) == ((2, m), (classes, m))
    assert set(Y.ravel()) <= {0, 1}
    np.testing.assert_array_equal(Y.sum(axis=0), 1)
    assert np.ptp(Y.sum(axis=1)) <= 1


@pytest.mark.parametrize("function", TWO + MANY)
def test_a_seed_gives_the_same_data_again(function):
    first, again, other = (seeded(function, seed, m=20)[0] for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    np.testing.assert_array_equal(function(m=20)[0], seeded(function, 0, m=20)[0])


@pytest.mark.parametrize("function", [data.moons, data.circles, data.blobs])
def test_a_seed_that_scikit_learn_refuses(function):
    assert function(m=4, seed=2**32 - 1)[0].shape == (2, 4)
    wanted = r"seed: expected .* from 0 to 4294967295, got .* Try"
    for seed in (2**32, 10**30, -1):
        with pytest.raises(ValueError, match=wanted):
            function(seed=seed)
    data.flower(m=4, rng=2**70)  # numpy's generators take any


@pytest.mark.parametrize("function", [*TWO, data.spirals])
def test_a_zero_may_have_a_sign(function):
    np.testing.assert_array_equal(function(8, noise=-0.0)[0], function(8, noise=0)[0])


@pytest.mark.parametrize("noise", [0.001, 0.004])
def test_noise_is_the_standard_deviation_of_the_angle_and_of_the_flowers_radius(noise):
    for function, size in ((data.spirals, 3000), (data.flower, 4000)):
        (x, y), (x0, y0) = (function(size, noise=each)[0] for each in (noise, 0))
        radius = np.hypot(x0, y0)
        turned = (x * y0 - y * x0)[radius > 0.5] / radius[radius > 0.5] ** 2
        assert turned.std() == pytest.approx(noise, rel=0.1)
    outward = ((x - x0) * x0 + (y - y0) * y0)[radius > 0.5] / radius[radius > 0.5]
    assert outward.std() == pytest.approx(noise, rel=0.1)


def test_without_noise_the_points_lie_on_their_curves():
    (x, y), Y = data.flower(m=101, noise=0)
    angle = np.arctan2(x, y)
    np.testing.assert_allclose(np.hypot(x, y), np.abs(4 * np.sin(4 * angle)), atol=1e-9)
    X, Y = data.spirals(m=90, classes=3, noise=0)
    radius = np.hypot(*X)
    assert (radius.min(), radius.max()) == pytest.approx((0.05, 1))
    # Turned by a third of a circle, one arm lies on the next.
    turns = (np.arctan2(*X) - 4 * radius) / (2 * np.pi / 3) - Y.argmax(axis=0)
    np.testing.assert_allclose(turns / 3, np.round(turns / 3), atol=1e-9)
    X, Y = data.circles(m=40, noise=0, factor=0.25)
    np.testing.assert_allclose(np.hypot(*X), np.where(Y[0] == 1, 0.25, 1))


def test_the_flower_and_the_spirals_follow_their_formulas_with_noise_added():
    to_r, to_t = np.random.default_rng(5).standard_normal((2, 5))
    t = np.array([0, 1.56, 3.12, 3.13, 6.25])
    r, t = 4 * np.sin(4 * t) + 0.1 * to_r, t + 0.1 * to_t
    X, Y = data.flower(5, 0.1, rng=5)
    np.testing.assert_allclose(X, [r * np.sin(t), r * np.cos(t)])
    assert Y.tolist() == [[0, 0, 0, 1, 1]]
    label, radius = np.array([0, 1, 0, 1, 0]), np.linspace(0.05, 1, 5)
    angle = np.pi * label + 4 * radius + 0.1 * to_r
    X, Y = data.spirals(5, 2, 0.1, rng=5)
    np.testing.assert_allclose(X, [radius * np.sin(angle), radius * np.cos(angle)])
    assert Y.argmax(axis=0).tolist() == label.tolist()


DEFAULTS = [
    (data.flower, {"m": 400, "noise": 0.2}),
    (data.spirals, {"m": 300, "classes": 3, "noise": 0.2}),
    (data.moons, {"m": 200, "noise": 0.2}),
    (data.circles, {"m": 200, "noise": 0.1, "factor": 0.5}),
    (data.blobs, {"m": 200, "classes": 3}),
]


@pytest.mark.parametrize("function, usual", DEFAULTS)
def test_what_a_data_set_is_when_nothing_is_said(function, usual):
    for given, wanted in zip(function(), seeded(function, 0, **usual), strict=True):
        np.testing.assert_array_equal(given, wanted)


def test_digits():
    X, Y = data.digits()
    assert (X.shape, Y.shape) == ((64, 1797), (10, 1797))
    assert (X.min(), X.max()) == (0, 1)
    np.testing.assert_array_equal(Y.sum(axis=0), 1)
    assert Y[:, :10].argmax(axis=0).tolist() == list(range(10))


def test_one_hot():
    wanted = [[0, 1, 0], [0, 0, 0], [1, 0, 0], [0, 0, 1]]
    for labels in ([2, 0, 3], np.array([2, 0, 3], dtype=np.uint8), [2.0, 0.0, 3.0]):
        assert data.one_hot(labels, 4).tolist() == wanted
    for labels in ([0, 4], [-1, 0], [[0, 1]], [0.5, 1], [np.inf], [], "01", None):
        with pytest.raises((ValueError, TypeError), match=r"labels: expected .*Try"):
            data.one_hot(labels, 4)


def test_the_flower_needs_a_hidden_layer_and_a_small_one_will_do():
    X, Y = data.flower(m=200)
    right = []
    for n_h in (1, 8):
        start = two_layer.initialize_parameters(2, n_h, 1, scale=0.5, rng=1)
        run = train(two_layer, X, Y, start, learning_rate=1, iterations=1500)
        right.append((two_layer.predict(X, run.parameters) == Y).mean())
    assert right[0] < 0.75
    assert right[1] > 0.8


def test_many_classes_take_no_more_room_than_their_labels():
    Y = data.one_hot([99_999, 0], 100_000)  # 80 GB as rows of np.eye
    assert np.argwhere(Y).tolist() == [[0, 1], [99_999, 0]]
