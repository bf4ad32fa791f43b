"""What chapter 00 says in words holds for the numbers that it computes."""

import re
import sys

import nbformat
import numpy as np
import pytest

from chapters import values_of
from nnteach import data, train, two_layer
from nnteach.draw.course_map import ADDS
from start import HERE

NAME = "00-start-here"
CELLS = nbformat.read(HERE / f"notebooks/{NAME}.ipynb", as_version=4).cells
SOURCES = {cell.id: cell.source for cell in CELLS}


@pytest.fixture(scope="module")
def chapter():
    return values_of(NAME)


def test_the_wonder_comes_before_any_set_up():
    order = [cell.id for cell in CELLS]
    first = ["a-network-learns-a-flower", "a-network-reads-a-digit",
             "one-network-ten-chapters", "how-to-work-with-it",
             "is-your-computer-ready", "the-letters"]  # fmt: skip
    assert sorted(first, key=order.index) == first


def test_the_flower_is_learned_with_so_many_numbers(chapter):
    right = [chapter["right"][step] for step in (0, 2000)]
    assert right[0] < 0.6 < 0.8 < right[1] < 1
    assert sum(value.size for value in chapter["by_chance"].values()) == 33
    assert "are 33 numbers" in SOURCES["the-petals-overlap"]


def test_the_flower_is_learned_from_every_start():
    X, Y = data.flower()
    drawn = [
        two_layer.initialize_parameters(2, 8, 1, scale=1, rng=seed) for seed in range(8)
    ]
    stacked = {name: np.stack([p[name] for p in drawn]) for name in drawn[0]}
    ends = train(two_layer, X, Y, stacked, np.full(8, 0.5), 2000).parameters
    assert ((two_layer.predict(X, ends) == Y).mean(axis=(-2, -1)) > 0.8).all()


def test_most_new_digits_are_read_and_one_is_not(chapter):
    new, known = chapter["new"], chapter["known"]
    assert len(known) == 1437
    assert len(new) == 24
    assert not set(new) & set(known)
    said = [chapter["reading"](digit=k).sentence for k in range(1, 25)]
    read = [re.findall(r": (\d)", text) for text in said]
    assert 1 <= sum(answer != meant for answer, meant in read) <= 4
    before = [chapter["reading"](digit=k, passes=0).sentence for k in range(1, 25)]
    read = [re.findall(r": (\d)", text) for text in before]
    assert sum(answer != meant for answer, meant in read) > 12


def test_without_scikit_learn_all_the_rest_runs(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    values = values_of(NAME)
    assert "reader" not in values
    shown = eval(SOURCES["a-network-reads-a-digit-3"].splitlines()[-1], values)
    assert shown == "This picture needs scikit-learn."


def test_the_table_of_chapters_says_what_the_map_says():
    row = r"\| \[(\d\d)\]\((.+?)\) \| (.+?) \| (\d+) \|"
    rows = re.findall(row, SOURCES["the-chapters"])
    files = sorted(path.name for path in HERE.glob("notebooks/*.ipynb"))[1:]
    assert [row[:2] for row in rows] == [(file[:2], file) for file in files]
    assert [words for *_, words, _ in rows] == list(ADDS.values())
    for _, file, _, minutes in rows:
        assert f"about {minutes} minutes" in (HERE / "notebooks" / file).read_text(
            "utf-8"
        )


def test_the_card_is_answered_by_the_numbers(chapter):
    assert chapter["answers"][list(chapter["WEIGHTS"]).index(0)] == 0.5
