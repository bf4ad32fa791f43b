"""What is said to learners about their code is what was approved, word for word.

See `approval`. Read it as a learner would: is it true, and does it help?
"""

import re

import pytest

from approval import assert_approved, assert_no_others
from learners_corpus import pieces
from nnteach import diagnose, exercises
from nnteach.judge.call import attempt
from nnteach.practice.exercise import edited
from nnteach.practice.function_exercise import CodeExercise
from nnteach.practice.progress import counts
from test_attempt import MESSAGES, PARAMETERS, X, learner
from test_diagnosis import (
    COMMON_FACTORS,
    COST,
    FORWARD,
    MISSHAPEN,
    OUTSIDE,
    TYPED,
    TYPED_THAT_RAISE,
    UPDATE,
    two_layer_with,
)
from wrong_answers import WRONG


def pieces_of_learners():
    """Yield whole functions as learners bring them, and what is said of each."""
    for label, network, function, _, _ in pieces():
        yield label, diagnose(function, network)


def one_line():
    """Yield changed lines of a two-layer network, and what is said of each."""
    backward = [TYPED, TYPED_THAT_RAISE, OUTSIDE, COMMON_FACTORS, MISSHAPEN]
    for source in [source for table in backward for source in table]:
        yield source, diagnose(two_layer_with(source))
    for what, rows in {"forward": FORWARD, "cost": COST, "update": UPDATE}.items():
        for number, row in enumerate(rows):
            yield f"{what} {number}", diagnose(row[0], what=what)


def errors():
    """Yield functions that raise, and what is said of each."""
    for body in MESSAGES:
        said = attempt(learner(body), X, PARAMETERS).message
        if not re.match(r"\w+(Error|Exit)", said):  # else Python's words, or numpy's
            yield body, said


def answers():
    """Yield wrong answers to the exercises, and what is said of each."""
    counts.reset()
    for exercise in exercises.EXERCISES.values():
        one = isinstance(exercise, CodeExercise)
        for wrong in exercise.wrong:
            given = [wrong.answer] if one else wrong.answer
            yield f"{exercise.name}: {wrong.code}", exercise.check(*given)
        for code, answer in WRONG.get(exercise.name, []):
            wrong = answer if callable(answer) else edited(exercise.answer, answer)
            yield f"{exercise.name}: {code}", exercise.check(wrong)


TEXTS = {
    "pieces of learners": pieces_of_learners,
    "one line": one_line,
    "errors": errors,
    "answers": answers,
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_said_is_what_was_approved(name):
    said = "\n".join(f"## {label}\n{text}\n" for label, text in TEXTS[name]())
    assert_approved("judge", name, re.sub(r"<cell \d+>| at 0x\w+", "", said))


def test_nothing_else_is_approved():
    assert_no_others("judge", TEXTS)
