"""What chapter 04 says in words holds for the numbers that it computes."""

from types import SimpleNamespace

import numpy as np
import pytest

from chapters import values_of
from nnteach import three_layer, train


@pytest.fixture(scope="module")
def chapter():
    return SimpleNamespace(**values_of("04-three-layer-network"))


def test_two_hidden_layers_get_all_points_right_from_eight_starts(chapter):
    right = chapter.accuracy(three_layer, chapter.runs.parameters)
    assert right.shape == (8,)
    assert (right == 1).all()


@pytest.mark.parametrize("seed", range(8))
def test_straight_borders_get_57_percent_from_any_start(chapter, seed):
    start = chapter.linear.initialize_parameters(scale=0.01, rng=seed)
    flat = train(chapter.linear, chapter.X, chapter.Y, start, 0.2, 1000)
    assert round(chapter.accuracy(chapter.linear, flat.parameters), 2) == 0.57


@pytest.mark.parametrize("stop", [200, 250, 300])
def test_the_centre_is_learned_last_from_eight_starts(chapter, stop):
    classes = chapter.Y.argmax(axis=0)
    wrong = three_layer.predict(chapter.X, chapter.runs.kept[stop]) != classes
    part = np.digitize(chapter.radius, [0.37, 0.68])
    inner, middle, outer = (wrong[:, part == k].sum(axis=1) for k in range(3))
    assert (inner > 3 * (middle + outer)).all()


def test_far_outside_all_eight_are_sure(chapter):
    A3, _ = three_layer.forward_propagation(chapter.far, chapter.runs.parameters)
    assert (A3.max(axis=-2) > 0.99).all()


def test_random_labels_leave_the_shares_of_the_classes(chapter):
    assert chapter.fall < 2e-4
    assert abs(chapter.guess - 1.3662) < 1e-4
