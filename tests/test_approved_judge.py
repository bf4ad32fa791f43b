"""What is said to learners about their code is what was approved, word for word.

See `approval`. Read it as a learner would: is it true, and does it help?
"""

import re
from collections import Counter
from functools import partial

import numpy as np
import pytest

from approval import assert_approved, assert_no_others, labels_of, say
from learners_corpus import pieces
from learners_forms import calls, classes, forms
from nnteach import deep, diagnose, exercises, three_layer, two_layer
from nnteach.judge.call import attempt
from nnteach.judge.catalogue import Scene
from nnteach.judge.compare import NOTHING
from nnteach.judge.problems import (
    TASKS,
    different_sizes,
    equal_sizes,
    kind_of,
    problem,
)
from nnteach.judge.search import perform
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
    """Yield whole functions as learners bring them, and how they are judged."""
    for label, network, function, _, _ in pieces():
        yield label, partial(diagnose, function, network)


def forms_of_results():
    """Yield results in odd forms, right or not, and how they are judged."""
    for label, network, what, function in forms():
        yield label, partial(diagnose, function, network, what)


def ways_to_be_called():
    """Yield functions that say what they were handed, and classes."""
    for label, what, function in [*calls(), *classes()]:
        yield label, partial(shortly, function, what)


def shortly(function, what):
    """Return what is said, without what is said of all that need an adapter."""
    found = diagnose(function, two_layer, what)
    first, *_ = found.message.partition(" Expected is")
    return "\n".join([f"{found.verdict}: {first}", *map(str, found.facts)])


def one_line():
    """Yield changed lines of a two-layer network, and how they are judged."""
    backward = [TYPED, TYPED_THAT_RAISE, OUTSIDE, COMMON_FACTORS, MISSHAPEN]
    for source in [source for table in backward for source in table]:
        yield source, partial(diagnose, two_layer_with(source))
    for what, rows in {"forward": FORWARD, "cost": COST, "update": UPDATE}.items():
        for number, row in enumerate(rows):
            yield f"{what} {number}", partial(diagnose, row[0], what=what)


def errors():
    """Yield functions that raise, and how that is explained."""
    for body in MESSAGES:
        yield body, partial(explained, body)


def explained(body):
    """Return what is said of an error, but for the words of Python and of numpy."""
    said = attempt(learner(body), X, PARAMETERS).message
    return re.sub(r"^(\w+(Error|Exit)\b).*", r"\1", said, flags=re.DOTALL)


def answers():
    """Yield wrong answers to the exercises, and how they are judged."""
    for exercise in exercises.EXERCISES.values():
        one, seen = isinstance(exercise, CodeExercise), Counter()
        rows = [
            (wrong.code, [wrong.answer] if one else wrong.answer)
            for wrong in exercise.wrong
        ]
        for code, answer in WRONG.get(exercise.name, []):
            wrong = answer if callable(answer) else edited(exercise.answer, answer)
            rows.append((code, [wrong]))
        for code, given in rows:
            seen[code] += 1
            label = f"{exercise.name}: {code} {seen[code]}".removesuffix(" 1")
            yield label, partial(exercise.check, *given)


NETWORKS = {
    "two_layer": two_layer,
    "three_layer": three_layer,
    "deep": deep.Network(deep.architecture([3, 3, 3], "leaky_relu", "identity")),
}


def catalogue():
    """Yield the mistakes of each task, and their numbers in each layer of a network."""
    for name, task in TASKS.items():
        for network, module in NETWORKS.items():
            yield f"{name}, {network}", partial(numbers_of, task, kind_of(module)[0])


def numbers_of(task, kind):
    """Return what each known mistake makes of a problem; of one where sizes differ.

    Where it needs equal sizes, it gets them.
    """
    given = [problem(kind, sizes(kind)[0]) for sizes in (different_sizes, equal_sizes)]
    lines = []
    for edit in task.edits:
        for place, layer in task.names(len(kind.activations), results=False):
            if place not in edit.places.split():
                continue
            scenes = [Scene(place, layer, each.values, kind) for each in given]
            number = 2.0 if edit.unknown else None
            with np.errstate(all="ignore"):
                values = [perform(scene, edit, number) for scene in scenes]
            for scene, value in zip(scenes, values, strict=True):
                if value is not None:
                    # What rounding leaves of 0 hangs on the processor.
                    value = np.where(np.abs(value) < NOTHING, 0, value)
                    text = edit.message.format(number=2, **scene.words())
                    hint = edit.question.format(number=2, **scene.words())
                    lines += [f"{edit.code}: {text} {hint}", f"    {say(value)}"]
                    break
    return "\n".join(lines)


GROUPS = {
    "catalogue": dict(catalogue()),
    "pieces of learners": dict(pieces_of_learners()),
    "forms of results": dict(forms_of_results()),
    "ways to be called": dict(ways_to_be_called()),
    "one line": dict(one_line()),
    "errors": dict(errors()),
    "answers": dict(answers()),
}
ROWS = [(group, label) for group, rows in GROUPS.items() for label in rows]


@pytest.mark.parametrize("group, label", ROWS)
def test_what_is_said_is_what_was_approved(group, label):
    counts.reset()
    said = re.sub(r"<cell \d+>| at 0x\w+", "", str(GROUPS[group][label]()))
    assert_approved("judge", group, said + "\n", label)


def test_nothing_else_is_approved():
    assert_no_others("judge", GROUPS)
    for group, rows in GROUPS.items():
        assert labels_of("judge", group) == {" / ".join(x.split("\n")) for x in rows}
