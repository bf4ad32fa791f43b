"""The cases of chapter 06: what hides in them, what is seen, what it costs."""

import numpy as np
import pytest

from nnteach import diagnose, exercises
from nnteach.practice import cases_to_solve
from nnteach.practice.cases_to_solve import (
    CASES,
    INSTRUMENTS,
    NOTHING,
    SUSPECTS,
    Culprit,
    draw,
)

NAMES = [f"student {number}" for number in range(60)]


@pytest.fixture(autouse=True)
def as_before():
    cases_to_solve.six_points()  # loads scikit-learn, before a judge counts the steps
    before = [case.words[0] for case in CASES]
    yield
    for case, suspect in zip(CASES, before, strict=True):
        case.hide(suspect)


def parts(culprit):
    return {
        "forward": culprit.forward_propagation,
        "backward": culprit.backward_propagation,
        "update": culprit.update_parameters,
    }


@pytest.mark.parametrize("suspect", SUSPECTS)
def test_each_suspect_is_what_diagnose_calls_it_and_does_nothing_else(suspect):
    found = {
        mistake.code
        for what, function in parts(Culprit(suspect)).items()
        for mistake in diagnose(function, what=what).mistakes
    }
    assert found == {suspect} - {NOTHING}


def test_the_instruments_together_tell_all_suspects_apart():
    evidence = {s: str([i(Culprit(s)) for i in INSTRUMENTS.values()]) for s in SUSPECTS}
    assert len({*evidence.values()}) == len(SUSPECTS)


def test_a_name_draws_the_same_cases_and_right_code_is_among_them():
    drawn = {}
    for name in NAMES:
        draw(name)
        drawn[name] = [case.words[0] for case in CASES]
        draw(name)
        assert drawn[name] == [case.words[0] for case in CASES]
        assert drawn[name].count(NOTHING) in (1, 2)
        assert len({*drawn[name]}) + drawn[name].count(NOTHING) - 1 == len(CASES)
    assert len({*map(tuple, drawn.values())}) == len(NAMES)
    assert {word for words in drawn.values() for word in words} == {*SUSPECTS}


def test_nothing_that_is_shown_before_an_accusation_differs_between_suspects():
    case, shown = exercises.case_1, set()
    for suspect in SUSPECTS:
        case.hide(suspect)
        case.hints_shown = 0
        hints = [str(case.hint()) for _ in case.hints]
        shown.add(f"{case!r}{case.ask()}{case.note().html()}{hints}{case.solution()}")
    assert len(shown) == 1


# what is asked and accused, and the points that are left for the right word
GAMES = [
    ([], [], 10),
    (["shapes"], [], 9),
    (["shapes", "Shapes", "cost-curve"], [], 8),
    (["gradient check"], ["slope-missing"], 7),
    ([*INSTRUMENTS], ["slope-missing", "wrong-sign", "bias-zero"], 0),
    ([], [...], 10),
    ([...], ["nobody"], 10),  # a word that accuses nobody costs nothing
]


@pytest.mark.parametrize(("asked", "accused", "points"), GAMES)
def test_instruments_and_wrong_accusations_cost_points(asked, accused, points):
    case = exercises.case_1
    case.hide("mean-missing")
    for instrument in asked:
        case.ask(instrument)
    assert not any(case.check(word).right for word in accused)
    result = case.check("mean-missing")
    assert result.right
    assert f"{points} of 10 points" in str(result)


def test_a_trace_is_true_of_its_suspect():
    values = {suspect: Culprit(suspect).one_round() for suspect in SUSPECTS}
    right = values[NOTHING]
    sent = right["W2"].T @ right["dZ2"]
    np.testing.assert_allclose(values["slope-missing"]["dZ1"], sent)
    np.testing.assert_allclose(values["mean-missing"]["dW1"], 6 * right["dW1"])
    np.testing.assert_allclose(values["wrong-sign"]["dW1"], -right["dW1"])
    assert np.ptp(values["bias-one-number"]["db1"]) < 1e-12
    assert values["bias-not-summed"]["db1"].shape == (3, 6)
    np.testing.assert_allclose(
        values["bias-missing"]["Z1"], right["W1"] @ cases_to_solve.six_points()[0]
    )
    assert (values["bias-zero"]["newb1"] == right["b1"]).all()
    step = values["rate-twice"]["newW1"] - right["W1"]
    np.testing.assert_allclose(step, -(cases_to_solve.RATE**2) * right["dW1"])
