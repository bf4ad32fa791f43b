"""Prediction cards in Python: how guesses are judged, counted, shown and refused."""

import ast
import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from cards import (
    CHOICE,
    CURVE,
    GUESSES,
    LINES,
    NUMBER,
    ODD_CURVE,
    ODD_LINES,
    ORDER,
    STRANGE,
)
from nnteach import activations, card, data, exercises, train, two_layer
from nnteach.costs import half_squared_error
from nnteach.practice.progress import PREDICTION, counts

KINDS = [CHOICE, NUMBER, ORDER, CURVE]


@pytest.fixture(autouse=True)
def forgotten():
    counts.reset()
    yield
    counts.reset()


def one_line(text):
    return " ".join(str(text).split())


@pytest.mark.parametrize("question, guess, code, words", GUESSES)
def test_a_guess_is_judged_and_stands_beside_the_answer(question, guess, code, words):
    result = question.check(guess)
    assert result.verdict == ("right" if code is None else "wrong")
    assert result.code == (code or "")
    assert one_line(words) in one_line(result)
    assert one_line(result).endswith(one_line(question.reason))


def test_an_order_can_be_given_by_the_numbers_of_its_lines():
    numbers = [ORDER.data["lines"].index(line) + 1 for line in LINES]
    assert ORDER.check(numbers).right
    assert ORDER.check(np.array(numbers)).right


def test_the_answer_may_be_a_number_among_the_choices():
    rate = card(
        "r", "Q?", choices={0.1: "Slow.", 1: ""}, answer=np.float64(1), reason="R."
    )
    assert rate.options() == ["0.1", "1"]
    assert rate.check(1).right
    assert rate.check("0.1").message == "Slow."


def test_a_right_answer_may_keep_its_refutation_for_another_day():
    def asked(answer):
        choices = {"up": "It went down.", "down": "It went up."}
        return card("k", "Q?", choices=choices, answer=answer, reason="R.")

    assert asked("up").check("up").right
    assert asked("down").check("up").message == "It went down."


@pytest.mark.parametrize("question", KINDS, ids=lambda each: each.kind)
def test_as_text_it_asks_and_as_html_it_folds_the_answer(question):
    shown = question._repr_mimebundle_()
    text, still = shown["text/plain"], shown["text/html"]
    assert question.reason not in text
    assert one_line(question.question) in one_line(text)
    asked, folded = still.split("<details>")
    assert "nnteach-answer" not in asked
    assert 'class="nnteach-answer"' in folded
    assert folded.endswith("</details></div>")
    assert question.hint in text


@pytest.mark.parametrize("question", [STRANGE, ODD_LINES, ODD_CURVE])
def test_hostile_texts_are_only_text(question):
    for shown in (question.still(), question.player(fragment=True)):
        assert "<b>" not in shown
        assert "hacked = 1</script>" not in shown
        assert shown.count("<script") == shown.count("</script>")
    data = question.player().split('application/json">')[1].split("</script>")[0]
    assert json.loads(data)["_spec"] == question.spec


def test_what_is_committed_is_counted_and_only_that():
    exercises.sigmoid.check(activations.sigmoid)
    assert "Predictions" not in str(exercises.progress())
    CHOICE.check("At 1.")
    CHOICE.check("At 0.")
    NUMBER.check(3)
    assert "Predictions that you committed to: 2." in str(exercises.progress())
    known = counts.all()
    expected = {"tries": 2, "hints": 0, "done": True}
    missed = {"mistakes": {"activation-for-slope": 1}}
    assert known[PREDICTION + "slope"] == expected | missed
    assert "Predictions" not in str(exercises.progress(reset=True))


def test_the_page_tells_what_was_done_and_a_cell_run_again_knows_it():
    def asked(answer):
        return card("again", "Q?", answer=answer, reason="R.")

    first = asked(2)
    view = first.widget()
    view._state = {**view._state, "votes": {"before": [1, 2]}}
    view._state = {**view._state, "guess": 3, "shown": "committed"}
    view._state = {**view._state, "votes": {"before": [1, 3]}}
    assert counts.all()[PREDICTION + "again"]["tries"] == 1
    assert asked(2).widget()._state == view._state
    assert asked(2.5).widget()._state["shown"] == "", "it is another question now"
    view._state = {"guess": None, "shown": "", "votes": {}}
    view._state = {"guess": None, "shown": "anyway", "votes": {}}
    expected = {"tries": 1, "hints": 1, "done": True}
    assert counts.all()[PREDICTION + "again"] == expected | {"mistakes": {"scaled": 1}}


def test_a_miss_without_a_name_is_counted_all_the_same():
    card("up", "Q?", choices={"a": "", "b": "No."}, answer="a", reason="R.").check("b")
    assert counts.all()[PREDICTION + "up"]["mistakes"] == {"missed": 1}


def test_looking_at_the_answer_is_no_prediction():
    view = card("looked", "Q?", answer=2, reason="R.").widget()
    view._state = {"guess": None, "shown": "anyway", "votes": {}}
    assert counts.all()[PREDICTION + "looked"]["done"] is False
    assert "Predictions" not in str(exercises.progress())


def test_kernels_at_once_lose_no_prediction(tmp_path, monkeypatch):
    code = (
        "from nnteach import card\nfor k in range(20): "
        "card('{0}' + str(k), 'Q?', answer=1, reason='R.').check(1)"
    )
    monkeypatch.setenv("NNTEACH_PROGRESS", str(tmp_path / "progress.json"))
    commands = [[sys.executable, "-c", code.format(name)] for name in "ab"]
    for process in [subprocess.Popen(command) for command in commands]:
        assert process.wait(60) == 0
    stored = json.loads((tmp_path / "progress.json").read_text("utf-8"))
    assert len(stored) == 40
    assert all(entry["done"] for entry in stored.values())


def test_the_projector_makes_room_for_votes():
    from nnteach import projector

    view = CHOICE.widget()
    projector()
    assert view._large
    assert card("new", "Q?", answer=1, reason="R.").widget()._large
    projector(False)
    assert not view._large
    assert '"_large": true' in CHOICE.player(large=True)


CHOICES = {"a": "", "b": "No."}
REFUSED = [
    ({"choices": CHOICES, "answer": "c"}, "'c' is not among ['a', 'b']"),
    ({"choices": {"a": ""}, "answer": "a"}, "two choices at least"),
    ({"choices": {"a": "", "b": ""}, "answer": "a"}, "'b' is wrong: say in its ref"),
    ({"choices": {"a": "", "b": ("no-such", "N.")}, "answer": "a"}, "'no-such' is no"),
    ({"choices": {"a": "", "b": None}, "answer": "a"}, "'b' is wrong: say in its ref"),
    ({"choices": CHOICES}, "a card of the kind choice missing"),
    ({"choices": ["a", "b"], "answer": "a"}, "choices is a dictionary, {"),
    ({"choices": {"a": "", "b": ("x", "y", "z")}, "answer": "a"}, "a code and a text"),
    ({"answer": 1, "wrong": [2, 3]}, "wrong is a dictionary, {"),
    ({"order": ["a", "b"], "wrong": ["c"]}, "wrong is a dictionary, {"),
    ({"choices": CHOICES, "answer": "a", "order": []}, "not choice and order"),
    ({"answer": "many"}, "answer is a number, such as 0.25; this is 'many'"),
    ({"answer": float("nan")}, "answer is a number"),
    ({"answer": 0}, "how far may a guess be off"),
    ({"answer": 1, "within": -1}, "within is greater than 0"),
    ({"answer": 1, "wrong": {1.01: "No."}}, "1.01 counts as right"),
    ({"order": ["a"]}, "two lines at least"),
    ({"order": ["a", "b"], "wrong": {"b": "No."}}, "no two alike"),
    ({"order": ["a", "b"], "wrong": {("a", "b"): "No."}}, "not two lines in an order"),
    ({"order": ["`a = 1`", "`b = 2`"]}, "every order of these lines"),
    ({"order": [1.0, 2.0]}, "expected a text, got 1.0"),
    ({"at": [1, 2], "answer": [1], "limits": (0, 1)}, "equally many entries"),
    ({"at": [1, 2], "answer": [1, 2], "limits": (0, 1)}, "leaves its limits (0, 1)"),
    ({"at": [1, 2], "answer": [1, 0], "limits": (0, 1), "within": 1}, "half the"),
    ({"answer": 1, "reason": " "}, "reason is a text"),
    ({"answer": 1, "key": 3}, "key is a text"),
    ({"answer": 1, "colour": 3}, "unexpected keyword argument 'colour'"),
]  # fmt: skip


@pytest.mark.parametrize("given, words", REFUSED)
def test_what_does_not_fit_is_refused_in_words(given, words):
    with pytest.raises((ValueError, TypeError)) as error:
        card(**{"key": "name", "question": "Q?", "reason": "R.", **given})
    assert words in str(error.value)
    assert "_" not in str(error.value).replace("_state", "")


BAD_GUESSES = [
    (CHOICE, "At 7.", "'At 7.' is not among"),
    (CHOICE, None, "expected a text or a number, got None"),
    (CHOICE, np.ma.masked, "expected a text or a number, got masked"),
    (NUMBER, np.ma.masked, "your answer is a number"),
    (CHOICE, 10**400, "expected a text or a number, got 1000"),
    (NUMBER, "many", "your answer is a number"),
    (NUMBER, 10**400, "your answer is a number"),
    (ORDER, [1, 1], "each once"),
    (ORDER, [9], "by their numbers, 1 to 6"),
    (ORDER, [], "each once"),
    (ORDER, [0, 1], "1 to 6, each once; this is 0, 1."),
    (ORDER, ["7"], "each once; this is 7."),
    (ORDER, 3, "the lines in their order, in a list, such as"),
    (ORDER, "1", "in a list"),
    (ORDER, {1: 2}, "in a list"),
    (CURVE, 3, "the points in a list"),
    (CURVE, None, "the points in a list"),
    (CURVE, [1, 2], "one number for each of 0, 10, 100, 1,000"),
]


@pytest.mark.parametrize("question, guess, words", BAD_GUESSES)
def test_what_is_no_guess_is_not_counted(question, guess, words):
    with pytest.raises(ValueError, match=words):
        question.check(guess)
    assert counts.all() == {}


FREE = [
    ("`a = 1`", "`b = 2`", False),
    ("`a = 1`", "`b = a`", True),
    ("`b = a`", "`a = 1`", True),
    ("`a = 1`", "`a = 2`", True),
    ("`a += 1`", "`b = 2`", False),
    ("`b = a`", "`a += 1`", True),
    ("`a = 1`", "`return a`", True),
    ("`g['a'] = 1`", "`g['b'] = 2`", True),  # not looked into
    ("`a = f(b)`", "`c = f(b)`", False),
    ("a", "b", True),
]


@pytest.mark.parametrize("line, later, tied", FREE)
def test_lines_of_python_may_change_places_where_that_changes_nothing(
    line, later, tied
):
    if not tied:
        with pytest.raises(ValueError, match="every order"):
            card("k", "Q?", order=[line, later], reason="R.")
    else:
        free = card("k", "Q?", order=[line, later], reason="R.")
        assert not free.check([later, line]).right


def test_the_examples_of_the_how_to_run():
    text = Path(__file__).parents[1].joinpath("CONTRIBUTING.md").read_text("utf-8")
    section = text.split("## A prediction card\n")[1].split("\n## ")[0]
    code = re.findall(r"(?:^    .*\n(?:\n(?=    ))?)+", section, re.MULTILINE)
    X, Y = data.moons(40)
    start = two_layer.initialize_parameters(2, 3, 1, rng=1)
    A2, _ = two_layer.forward_propagation(X, start)
    names = {"train": train, "two_layer": two_layer, "X": X, "Y": Y}
    names |= {"start": start, "A2": A2, "half_squared_error": half_squared_error}
    made = []
    for block in code:
        *before, last = ast.parse(textwrap.dedent(block)).body
        exec(compile(ast.Module(before, []), "how-to", "exec"), names)
        made.append(eval(compile(ast.Expression(last.value), "how-to", "eval"), names))
    assert [each.kind for each in made] == ["choice", "number", "order", "curve"]
