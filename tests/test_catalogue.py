"""Every mistake of the catalogue is named, alone and together with another one.

`pytest tests/test_catalogue.py -s` prints how many.
"""

import itertools
import random
import re
import textwrap

import pytest

from learners import learner, right_styles, single_mistakes
from nnteach import deep, mistakes, three_layer, two_layer, worked_example
from nnteach.judge.catalogue import Scene
from nnteach.judge.diagnosis import diagnose
from nnteach.judge.problems import TASKS, different_sizes, equal_sizes, kind_of, problem

NETWORKS = {
    "two_layer": two_layer,
    "three_layer": three_layer,
    "worked_example": worked_example,
    "deep": deep.Network(deep.architecture([2, 6, 5, 3], hidden="leaky_relu")),
}
# With one output these may make no difference.
ONE_OUTPUT = {
    "mean-over-wrong-axis", "bias-one-number", "bias-wrong-axis", "scaled", "bias-flat",
    "elementwise-for-matrix-product",
}  # fmt: skip
PAIRS = 80  # of each network, drawn from all pairs; each takes some 30 ms


def where(choice, kind):
    given = problem(kind, different_sizes(kind)[0])
    return Scene(choice.place, choice.layer, given.values, kind).words()["here"]


def named(diagnosis, choice, kind):
    """Whether the diagnosis has this mistake, at its place."""
    if diagnosis.verdict == "scaled":
        return any(m.code == choice.edit.code for m in diagnosis.mistakes)
    return any(
        m.code == choice.edit.code
        and (m.where == where(choice, kind) or where(choice, kind) in m.message)
        for m in diagnosis.mistakes
    )


@pytest.fixture(scope="module")
def table():
    rows = []
    yield rows
    print("\n" + "\n".join(rows))


@pytest.mark.parametrize("what", TASKS)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_single_mistake_is_named(name, what, table):
    network, (kind, _) = NETWORKS[name], kind_of(NETWORKS[name])
    seen, counts = set(), []
    for sizes in (different_sizes(kind)[0], equal_sizes(kind)[0]):
        found = [
            choice
            for choice in single_mistakes(kind, what, sizes)
            if (choice.edit, choice.place, choice.layer) not in seen
        ]
        seen |= {(choice.edit, choice.place, choice.layer) for choice in found}
        counts.append(len(found))
        for choice in found:
            diagnosis = diagnose(learner(kind, what, [choice]), network, what)
            if diagnosis.right:
                assert choice.edit.code in ONE_OUTPUT
                assert "several outputs" in diagnosis.facts[-1]
                continue
            assert len(diagnosis.mistakes) == 1, (choice, diagnosis)
            assert named(diagnosis, choice, kind), (choice, diagnosis)
            if choice.number and choice.edit.code == "updated-too-early":
                assert diagnosis.mistakes[0].number == pytest.approx(choice.number)
    table.append(
        f"{name:15} {what:9} all {counts[0]:3} single mistakes named, and all "
        f"{counts[1]:2} that need equal sizes to run"
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_two_mistakes_at_once(name, table):
    network, (kind, _) = NETWORKS[name], kind_of(NETWORKS[name])
    single = single_mistakes(kind, "backward", different_sizes(kind)[0])
    pairs = [
        (one, other)
        for one, other in itertools.combinations(single, 2)
        if (one.place, one.layer) != (other.place, other.layer)
    ]
    both, count = 0, 0
    for pair in random.Random(7).sample(pairs, PAIRS):
        diagnosis = diagnose(learner(kind, "backward", pair), network, "backward")
        codes = {mistake.code for mistake in diagnosis.mistakes}
        made = [choice.edit.code for choice in pair]
        if diagnosis.right:  # two wrong signs, one after the other, are right
            assert made == ["wrong-sign"] * 2 or {*made} <= ONE_OUTPUT
            continue
        wanted = {choice.edit.code for choice in pair}
        one_does_it = len(codes) == 1 and codes != {"unknown"}  # the same numbers
        assert codes & wanted or one_does_it, (pair, diagnosis)
        both += wanted <= codes
        count += 1
    assert both >= 0.8 * count
    table.append(
        f"{name:15} {len(pairs)} pairs, of {count} drawn ones both named: {both}, "
        "at least one: all"
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_right_functions_in_many_styles_are_right(name, table):
    kind, _ = kind_of(NETWORKS[name])
    styles = dict(right_styles(kind))
    assert len(styles) >= 50
    for style, function in styles.items():
        assert diagnose(function, NETWORKS[name]).right, style
    table.append(f"{name:15} {len(styles)} right functions, all right")


def test_the_example_of_the_docstring_extends_the_catalogue(monkeypatch):
    monkeypatch.setattr(mistakes, "BACKWARD", mistakes.BACKWARD)
    before = list(mistakes.BACKWARD)
    code = re.search(r"    from nnteach.*?\)\)\n", mistakes.__doc__, re.S).group()
    try:
        exec(textwrap.dedent(code))

        def squared(parameters, cache, X, Y):
            grads = two_layer.backward_propagation(parameters, cache, X, Y)
            return {**grads, "db1": grads["db1"] ** 2}

        (found,) = diagnose(squared, two_layer).mistakes
    finally:
        mistakes.BACKWARD[:] = before
    assert (found.code, found.where) == ("bias-squared", "db1")


CODES = """
slope-missing slope-of-other-activation slope-of-activation slope-of-preactivation
slope-formula activation-for-slope relu-of-gradient slope-of-other-layer
output-slope-extra output-slope-missing softmax-axis mean-missing mean-twice
mean-over-wrong-axis bias-one-number bias-not-summed bias-wrong-axis bias-zero
bias-from-other-layer transpose-missing wrong-layer-input error-not-sent-back
updated-too-early wrong-sign elementwise-for-matrix-product scaled
""".split()


def test_the_catalogue_has_the_known_mistakes():
    assert set(CODES) <= {edit.code for edit in mistakes.BACKWARD}


def test_every_edit_has_a_hint_and_every_hint_an_edit():
    edits = [edit for task in TASKS.values() for edit in task.edits]
    assert set(mistakes.HINTS) <= {c for e in edits for c in e.code.split(", ")}
    for edit in edits:
        hint = edit.question
        assert edit.message.endswith((".", "?"))
        assert hint.endswith(("?", "."))
        assert "np." not in edit.message + hint  # no line of the solution
