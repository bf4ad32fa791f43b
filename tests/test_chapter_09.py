"""What chapter 09 says in words holds for its numbers, of eight starts each."""

from types import SimpleNamespace

import numpy as np
import pytest

from chapters import values_of
from nnteach import three_layer, train, with_l2


@pytest.fixture(scope="module")
def chapter():
    return SimpleNamespace(**values_of("09-real-data"))


@pytest.fixture(scope="module")
def starts():
    drawn = [
        three_layer.initialize_parameters(64, 48, 24, 10, scale=0.2, rng=seed)
        for seed in range(8)
    ]
    return {name: np.stack([one[name] for one in drawn]) for name in drawn[0]}


@pytest.fixture(scope="module")
def long_runs(chapter, starts):
    """The runs on 100 digits, by strength: eight starts each."""
    given = chapter.X_few, chapter.Y_few, starts, 0.2, 100
    return {
        strength: train(with_l2(three_layer, strength), *given, **chapter.TEN)
        for strength in chapter.STRENGTHS
    }


def followed(chapter, kept, X, Y):
    """Return costs and shares, (epochs, 8)."""
    costs, shares = chapter.followed(kept, {"set": (X, Y)})
    return np.array(costs["set"]), np.array(shares["set"])


def test_no_digit_is_in_two_sets(chapter):
    together = np.concatenate([chapter.training, chapter.validation, chapter.test])
    assert sorted(together) == list(range(1797))
    assert chapter.empty.sum() > 0


def test_a_run_on_many_digits(chapter, starts):
    given = chapter.X_train, chapter.Y_train, starts, 0.1
    run = train(three_layer, *given, 40, keep=[0, 32, 40], **chapter.BATCHES)
    large = train(three_layer, *given, 10)
    assert run.costs[10].max() < 0.2 < 1.5 < large.costs[10].min()
    sets = (
        (chapter.X_train, chapter.Y_train),
        (chapter.X_test, chapter.Y_test),
        (chapter.X_valid, chapter.Y_valid),
    )
    ends = [chapter.cost_on(run.parameters, *each) for each in sets]
    assert (np.diff(ends, axis=0) > 0).all(), "the test set lies between the others"
    own, new, valid = (chapter.share_right(run.parameters, *each) for each in sets)
    assert own.min() > 0.99
    assert 0.93 < valid.min() <= valid.max() < own.min()
    assert np.abs(new - valid).max() <= 0.04
    assert ends[2].max() < 0.25, "more digits help more than any penalty"


def test_few_digits_are_learned_by_heart_and_more_teach_more(chapter, starts):
    new = []
    for n in (10, 20, 40, 80):
        part = chapter.X_train[:, :n], chapter.Y_train[:, :n]
        end = train(three_layer, *part, starts, 0.2, 300).parameters
        assert (chapter.share_right(end, *part) == 1).all()
        new.append(chapter.share_right(end, chapter.X_valid, chapter.Y_valid))
    assert (np.diff(new, axis=0) > 0).all()


def test_the_validation_cost_rises_and_the_share_does_not_fall(chapter, long_runs):
    free = long_runs[0]
    costs, shares = followed(chapter, free.kept, chapter.X_valid, chapter.Y_valid)
    best = costs.argmin(axis=0)
    assert free.costs[-1].max() < 0.003
    assert 5 < best.min() <= best.max() < 30
    assert (costs[-1] > 1.1 * costs.min(axis=0)).all()
    assert (shares[-1] >= shares[best, range(8)]).all()
    for k in range(8):
        kept = [
            {name: value[k] for name, value in free.kept[epoch].items()}
            for epoch in (best[k], 100)
        ]
        at_best, at_end = (
            chapter.when_wrong(one, chapter.X_valid, chapter.Y_valid).mean()
            for one in kept
        )
        assert at_end > at_best + 0.05, "it is surer where it is wrong"
        lowest, _ = chapter.stop_early(costs[:, k], patience=15)
        assert lowest == best[k]


def test_a_small_price_helps_and_a_large_one_does_not(chapter, starts, long_runs):
    costs = {
        strength: followed(chapter, run.kept, chapter.X_valid, chapter.Y_valid)[0]
        for strength, run in long_runs.items()
    }
    squares = [chapter.squares(run.parameters) for run in long_runs.values()]
    assert (np.diff(squares, axis=0) < 0).all(), "the dearer, the smaller"
    assert (chapter.squares(long_runs[0].parameters) > chapter.squares(starts)).all()
    for strength in (0.003, 0.01):
        assert (chapter.squares(long_runs[strength].parameters) < 160).all()
        assert (costs[strength][-1] < costs[0][-1]).all()
        rise = costs[strength][-1] / costs[strength].min(axis=0)
        assert (rise < costs[0][-1] / costs[0].min(axis=0)).all()
    assert (costs[0.1][-1] > costs[0][-1]).all()
    own = [chapter.cost_on(r.parameters, chapter.X_few, chapter.Y_few)
           for r in long_runs.values()]  # fmt: skip
    assert (np.diff(own, axis=0) > 0).all(), "in training every price costs something"


def test_some_wrong_answers_are_sure(chapter):
    assert chapter.sure[0] < 0.6 < 0.95 < chapter.sure[-1]


def test_random_labels_are_learned_and_teach_nothing(chapter, starts):
    given = chapter.some, chapter.nonsense, starts, 0.3, 800
    ends = train(three_layer, *given).parameters
    assert (chapter.share_right(ends, chapter.some, chapter.nonsense) == 1).all()
    new = chapter.share_right(ends, chapter.X_valid, chapter.Y_valid)
    assert new.max() < 0.2


def test_pixels_that_are_not_scaled_leave_few_units_alive(chapter, starts):
    run = train(three_layer, chapter.raw, chapter.Y_few, starts, 0.5, 100)
    _, cache = three_layer.forward_propagation(chapter.raw, run.parameters)
    alive = (cache["A2"] > 0).any(axis=-1).sum(axis=-1)
    assert alive.max() <= 3
    assert np.abs(run.costs[-1] - np.log(10)).max() < 0.1
    assert run.costs[0].min() > 5


def test_the_penalty_of_scikit_learn_is_ours_times_the_examples(chapter):
    from sklearn.neural_network import MLPClassifier

    X, labels, strength = chapter.X_few, chapter.Y_few.argmax(axis=0), 0.01
    model = MLPClassifier(
        (48, 24), solver="sgd", learning_rate_init=0.3, momentum=0, shuffle=False,
        nesterovs_momentum=False, batch_size=100, alpha=100 * strength,
    )  # fmt: skip
    model.partial_fit(X.T, labels, classes=range(10))
    for layer in (0, 1, 2):
        model.coefs_[layer][:] = chapter.start[f"W{layer + 1}"].T
        model.intercepts_[layer][:] = chapter.start[f"b{layer + 1}"].ravel()
    network = with_l2(three_layer, strength)
    run = train(network, X, chapter.Y_few, chapter.start, 0.3, 20)
    for step in range(20):
        model.partial_fit(X.T, labels)
        assert model.loss_ == pytest.approx(run.costs[step], abs=1e-8)


def test_a_batch_points_the_right_way(chapter):
    assert chapter.times == 32
    assert 0.92 < chapter.typical < 0.95
