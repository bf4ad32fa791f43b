"""What chapter 08 says in words holds for the numbers that it computes."""

from types import SimpleNamespace

import numpy as np
import pytest

from chapters import values_of
from nnteach import train


@pytest.fixture(scope="module")
def chapter():
    return SimpleNamespace(**values_of("08-vanishing-gradients"))


@pytest.mark.parametrize(
    "hidden, scale, forward, back, first, last",
    [  # lowest and highest of eight starts: A by, dZ by, dW1, dW10
        ("sigmoid", 0.01, (0.95, 1.05), (0.009, 0.013), (0, 1e-17), (1e-5, 1e-1)),
        ("sigmoid", "xavier", (0.95, 1.05), (0.2, 0.27), (0, 1e-6), (1e-4, 1)),
        ("sigmoid", 1, (0.95, 1.1), (0.5, 0.95), (1e-4, 1e-1), (1e-3, 1)),
        ("tanh", 0.1, (0.4, 0.5), (0.4, 0.5), (1e-6, 1e-4), (1e-6, 1e-3)),
        ("tanh", "xavier", (0.85, 1.05), (0.85, 1.05), (1e-3, 1e-1), (1e-2, 1e-1)),
        ("tanh", 1, (1, 1.1), (1.5, 2), (0.1, 10), (0.05, 1)),
        ("relu", 0.1, (0.25, 0.35), (0.25, 0.35), (1e-8, 1e-5), (1e-8, 1e-5)),
        ("relu", "he", (0.75, 1.05), (0.85, 1.15), (1e-3, 1), (1e-2, 1)),
        ("relu", 1, (2.5, 3.2), (2.8, 3.6), (1e2, 1e4), (1e2, 1e4)),
        ("leaky_relu", 1, (2.5, 3.2), (2.8, 3.6), (1e2, 1e4), (1e2, 1e4)),
    ],
)
def test_the_table_of_factors(chapter, hidden, scale, forward, back, first, last):
    numbers = chapter.summary(hidden, scale).T
    for found, (low, high) in zip(numbers, (forward, back, first, last), strict=True):
        assert low < found.min() <= found.max() < high


def test_what_is_predicted_holds_for_every_start(chapter):
    for seed in range(8):
        small = [chapter.first_dW(h, 0.1, seed) for h in chapter.HIDDEN]
        assert max(small) < 1e-4
        _, _, dW, _ = chapter.there_and_back("relu", 10, 1, seed)
        assert 1 / 3 < chapter.size(dW[2]) / chapter.size(dW[9]) < 3
        plans = {k: chapter.first_dW(*v, seed) for k, v in PLANS.items()}
        assert max(plans, key=plans.get) == "tanh, Xavier"


PLANS = {
    "ReLU, 0.1": ("relu", 0.1),
    "sigmoid, He": ("sigmoid", "he"),
    "tanh, Xavier": ("tanh", "xavier"),
    "sigmoid, 0.1": ("sigmoid", 0.1),
}


def test_no_gradient_is_larger_than_the_product_of_its_two_sizes(chapter):
    A, dZ, dW, _ = chapter.there_and_back("tanh", 10, "he")
    size = chapter.size
    assert all(size(dW[k]) <= size(A[k - 1]) * size(dZ[k]) for k in dW)


def test_the_size_of_the_weights_does_not_change_which_relus_are_dead(chapter):
    for seed in range(8):
        share = {
            scale: chapter.lost(
                chapter.there_and_back("relu", 10, scale, seed)[0][9], h
            )
            for h, scale in (("relu", 0.01), ("relu", 1))
        }
        assert share[0.01] == share[1] > 0


def test_xavier_and_he_learn_and_the_other_two_do_not(chapter):
    zeros, tenth, xavier, he = chapter.last
    assert max(xavier.max(), he.max()) < 0.1
    assert min(zeros.min(), tenth.min()) > 0.69


def test_most_random_draws_end_far_lower_than_equal_weights(chapter):
    assert len(np.unique(chapter.W1, axis=0)) == 1
    assert (chapter.others < 0.1 * chapter.run.costs[-1]).sum() >= 5


def test_units_die_from_large_steps_and_the_cost_falls_all_the_same(chapter):
    at = {rate: k for k, rate in enumerate(chapter.RATES.tolist())}
    assert not chapter.dead[:, : at[2] + 1].any()
    assert chapter.dead[:, at[5]].min() >= 1
    assert chapter.dead[:, at[10]].min() >= 9
    assert chapter.end[:, at[10]].max() < 0.55


def test_normalisation_and_shortcut_learn_from_every_draw(chapter):
    draws = [chapter.tall.initialize_parameters(0.1, rng=seed) for seed in range(8)]
    for name, network in chapter.HELP.items():
        run = train(network, chapter.X, chapter.Y, chapter.stack(draws), 0.05, 500)
        if name == "plain":
            assert run.costs[-1].min() > 0.69
        else:
            assert run.costs[-1].max() < 0.1


def test_a_larger_rate_is_a_lottery_and_he_is_not(chapter):
    stuck = chapter.stuck
    assert stuck["0.01", 0.01] == stuck["0.01", 3] == 8
    assert 0 < stuck["0.01", 0.1] < 8
    assert 0 < stuck["0.01", 1] < 8
    assert stuck["He", 0.01] == 0


def test_a_tenth_learns_late_in_the_wide_network(chapter):
    assert chapter.slow.costs[-1].max() < 0.6
    assert chapter.waits.min() > 100
    assert (chapter.fast.costs < 0.6).argmax(axis=0).max() < 10
