"""What chapter 06 says in words holds for the numbers that it computes."""

from types import SimpleNamespace

import numpy as np
import pytest

from chapters import values_of
from nnteach import check_gradients, three_layer, train, two_layer, variant

STARTS = range(8)


@pytest.fixture(scope="module")
def chapter():
    return SimpleNamespace(**values_of("06-find-the-mistake"))


@pytest.mark.parametrize("weight", [("W1", 0, 0), ("W1", 3, 1), ("W2", 0, 2)])
def test_the_error_of_a_measured_slope_forms_a_v(chapter, weight):
    name, *place = weight
    for start in chapter.drawn:
        _, cache = two_layer.forward_propagation(chapter.X, start)
        grads = two_layer.backward_propagation(start, cache, chapter.X, chapter.Y)

        def cost(move, start=start):
            moved = start[name].copy()
            moved[tuple(place)] += move
            A2, _ = two_layer.forward_propagation(chapter.X, start | {name: moved})
            return two_layer.compute_cost(A2, chapter.Y)

        slopes = [(cost(h) - cost(-h)) / (2 * h) for h in chapter.STEPS]
        errors = abs(np.array(slopes) - grads[f"d{name}"][tuple(place)])
        assert 1e-7 < chapter.STEPS[errors.argmin()] < 1e-3
        assert errors[-3:].mean() > 100 * errors[10]


def test_the_first_find_trains_and_ends_higher_from_every_start(chapter):
    network = variant(two_layer, backward_propagation=chapter.found_1)
    for start in chapter.drawn:
        found, right = (
            train(n, chapter.X, chapter.Y, start, 1).costs for n in (network, two_layer)
        )
        assert right[-1] + 0.2 < found[-1] < found[0]


def test_eight_mistakes_lower_the_cost_from_every_start(chapter):
    falls = {slip: fell.sum() for slip, fell in chapter.fell.items()}
    assert falls.pop("wrong sign") == 0
    assert 0 < falls.pop("mean left out") < len(STARTS)
    assert {*falls.values()} == {len(STARTS)}


def test_with_the_second_find_nothing_is_learned(chapter):
    network = variant(three_layer, forward_propagation=chapter.forward)
    for seed in STARTS:
        start = three_layer.initialize_parameters(2, 10, 10, 3, scale=0.5, rng=seed)
        found, right = (
            train(n, chapter.X3, chapter.Y3, start, 0.003, 500).costs
            for n in (network, three_layer)
        )
        assert found.min() > 6 > 2 > right[0] > right[-1]


def test_tiny_weights_hide_a_wrong_slope_and_large_ones_do_not(chapter):
    slip = chapter.backward_with("tanh of A1, not of Z1")
    network = variant(two_layer, backward_propagation=slip)
    for seed in STARTS:
        small, large = (
            check_gradients(
                network,
                two_layer.initialize_parameters(2, 4, 1, scale=scale, rng=seed),
                chapter.X,
                chapter.Y,
            )
            for scale in (0.01, 1)
        )
        assert small["dW1"] < 1e-6 < small["db1"]
        assert min(large["dW1"], large["db1"]) > 0.01
