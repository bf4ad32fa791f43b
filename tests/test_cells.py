"""A name that is not there: which cell of the saved notebook makes it."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from nnteach import explorer
from nnteach.cells import after_cell, cell_that_makes, names_made
from nnteach.judge.explain import explain, find_place

CELLS = [
    ("raw", "rate = 1"),
    ("code", "import numpy as np"),
    ("markdown", ["# 03 · A network\n", "\n", "Text."]),
    ("markdown", "Only text, with `runs = 1`."),
    ("code", "%matplotlib inline\nrate = 0.1"),
    ("markdown", "## Many rates\n\n```\n# no heading\n```"),
    ("code", "print(runs)"),
    ("code", ["runs = [rate]\n", "def best(runs):\n", "    first = runs[0]"]),
    ("code", "this is no Python"),
    ("markdown", "## Later"),
    ("code", "runs = []"),
]


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    file = tmp_path / "a.ipynb"
    cells = [{"cell_type": kind, "source": text} for kind, text in CELLS]
    file.write_text(json.dumps({"cells": cells}), "utf-8")
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    return file


@pytest.mark.parametrize(
    "name, cell",
    [
        ("np", "a cell of this notebook"),
        ("rate", "a cell under “03 · A network”"),
        ("runs", "a cell under “Many rates”"),
        ("best", "a cell under “Many rates”"),
        ("first", None),  # in the function only
        ("print", None),  # used, not made
    ],
)
def test_the_first_cell_that_gives_the_name_a_value(notebook, name, cell):
    assert cell_that_makes(name) == cell


@pytest.mark.parametrize(
    "error, said",
    [
        (NameError(name="np"), "`np` is made by a cell of this notebook: run that"),
        (NameError(name="nowhere"), ""),
        (NameError("without a name"), ""),
        (ImportError(name="np"), ""),
        (None, ""),
    ],
)
def test_what_is_said_after_a_cell(notebook, capsys, error, said):
    after_cell(SimpleNamespace(error_in_exec=error))
    shown = capsys.readouterr().out
    assert shown.startswith(said)
    assert bool(shown) == bool(said)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 3}', "\udcff", None])
def test_without_a_notebook_nothing_is_said(notebook, text):
    notebook.unlink()
    if text is not None:
        notebook.write_bytes(text.encode(errors="surrogateescape"))
    assert cell_that_makes("runs") is None


def test_names_of_every_kind():
    code = "a, (b, *c) = d\nfor e in f: pass\nwith g as h: i: int = 1\nclass j: k = 1"
    assert names_made(code) == {*"abcehij"}


def test_a_kernel_that_has_imported_the_course_says_it(notebook):
    code = (
        "from IPython.core.interactiveshell import InteractiveShell; "
        "run = InteractiveShell.instance().run_cell; import nnteach; run('runs')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    said = "`runs` is made by a cell under “Many rates”: run that cell first.\n"
    assert done.stdout.endswith(said)


def test_explorers_and_exercises_say_it_too(notebook):
    @explorer(rate=[1, 2])
    def curve(rate):
        return runs[rate]  # noqa: F821

    said = curve._repr_mimebundle_()["text/plain"]
    assert said.endswith("A cell under “Many rates” makes runs: run that cell first.")
    try:
        curve.function(1)
    except NameError as error:
        words, _ = explain(error, find_place(error))
    wanted = "Python does not know `runs`: a cell under “Many rates” makes it."
    assert words == f"{wanted} Run that cell first."
