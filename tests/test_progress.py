"""The counts of tries, hints and what is done: in a file that several kernels share."""

import json
import os
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import nbformat
import numpy as np
import pytest

import notebooks
import test as test_tool  # tools/test.py
from nnteach import activations, exercises, two_layer, update_parameters
from nnteach.practice import progress
from nnteach.practice.exercise import is_the_courses
from nnteach.practice.progress import Counts, counts

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The file that the exercises of this process use in a test."""
    monkeypatch.setattr(counts, "file", tmp_path / "progress.json")
    counts.reset()
    (tmp_path / "progress.json").unlink()
    yield tmp_path / "progress.json"
    counts.reset()


def relu(Z):
    """A learner's own function: the course's own counts for nobody."""
    return activations.relu(Z)


def kernel(code, folder, **environment):
    """Start another process that uses the exercises in this folder."""
    inherited = {k: v for k, v in os.environ.items() if k != "NNTEACH_PROGRESS"}
    code = f"from nnteach import exercises, activations as a\n{code}"
    command, settings = [sys.executable, "-c", code], {**inherited, **environment}
    return subprocess.Popen(
        command, cwd=folder, env=settings, stdout=subprocess.PIPE, text=True
    )


def said_by(process):
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return output


COURSES = [
    ("relu", activations.relu, False),
    ("two_layer_forward", two_layer.forward_propagation, False),
    ("update_parameters", update_parameters, False),
    ("relu", relu, True),
]


@pytest.mark.parametrize("name, function, counted", COURSES)
def test_what_was_only_imported_is_right_and_not_counted(name, function, counted):
    counts.reset()
    result = getattr(exercises, name).check(function)
    assert result.right
    assert ("the course's own" in str(result)) != counted
    assert (name in counts.all()) == counted


@pytest.mark.parametrize("answer", [1, "relu", None, ..., object(), np.ufunc, len])
def test_what_is_no_function_is_not_taken_for_the_courses(answer):
    assert not is_the_courses(answer)


def test_the_table_tells_done_tried_and_open():
    counts.reset()
    assert "0 of" in str(exercises.progress())
    exercises.relu.check(relu)
    exercises.tanh.check(activations.sigmoid)
    exercises.tanh.hint()
    exercises.sigmoid.check(...)
    text = str(exercises.progress())
    _, first = exercises.CHAPTERS[1]
    assert f"1 of {len(exercises.EXERCISES)} exercises done." in text
    done = f"1 of {len(first.EXERCISES)} done; tries: 2, hints: 1"
    assert f"01 activations           {done}" in text
    assert "✓ done: relu" in text
    assert "✗ tried: tanh" in text
    assert "sigmoid" not in text
    assert "file" not in text, "none is used here"
    html = exercises.progress()._repr_mimebundle_()["text/html"]
    assert '<th scope="row" style="text-align:left">01 activations</th>' in html
    assert '<td style="text-align:left">relu</td>' in html
    exercises.relu.check(activations.tanh)  # a later try takes nothing away
    assert "✓ done: relu" in str(exercises.progress())
    assert "0 of" in str(exercises.progress(reset=True))


def test_another_kernel_goes_on_where_the_first_one_ended(tmp_path):
    stub = "exercises.relu.check(...); print(exercises.chapter(1))"
    said_by(kernel(stub, tmp_path))
    assert list(tmp_path.iterdir()) == [], "nothing has been tried"
    said_by(
        kernel(
            "exercises.relu.check(lambda Z: a.relu(Z)); exercises.tanh.hint()", tmp_path
        )
    )
    (stored,) = tmp_path.iterdir()
    assert stored.name == "nnteach-progress.json"
    assert json.loads(stored.read_text("utf-8")) == {
        "relu": {"tries": 1, "hints": 0, "done": True},
        "tanh": {"tries": 0, "hints": 1, "done": False},
    }
    again = "exercises.relu.check(a.tanh); print(exercises.progress())"
    text = said_by(kernel(again, tmp_path))
    assert "✓ done: relu" in text
    assert "tries: 2, hints: 1" in text
    assert "`nnteach-progress.json`" in text
    solution = "print(exercises.relu.solution())"
    assert "np.maximum" in said_by(kernel(solution, tmp_path)), "it was tried before"
    said_by(kernel("exercises.progress(reset=True)", tmp_path))
    assert "try it first" in said_by(kernel(solution, tmp_path))


def test_an_empty_variable_means_no_file_and_another_one_names_it(tmp_path):
    code = "exercises.relu.check(lambda Z: a.relu(Z))"
    said_by(kernel(code, tmp_path, NNTEACH_PROGRESS=""))
    assert list(tmp_path.iterdir()) == []
    said_by(kernel(code, tmp_path, NNTEACH_PROGRESS="mine.json"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]


def test_kernels_at_once_lose_nothing(tmp_path):
    often = "for n in range({}): exercises.tanh.check(a.relu); exercises.{}.hint()"
    many = [(90, "relu"), (60, "tanh"), (30, "softmax")]
    for process in [kernel(often.format(*each), tmp_path) for each in many]:
        said_by(process)
    known = Counts(tmp_path / "nnteach-progress.json").all()
    expected = {"tries": 180, "hints": 3, "done": False}
    assert known["tanh"] == expected | {"mistakes": {"unknown": 180}}
    assert known["relu"]["hints"] == 3
    assert len(list(tmp_path.iterdir())) == 1, "no lock is left"


ENTRY = '{"relu": {"tries": 2, "hints": 0, "done": false, "mistakes": %s}}'
BROKEN = [
    *("", "{", "[1]", '{"relu": 3}', '{"relu": {"tries": "2"}}', "[" * 100_000, "é"),
    *(ENTRY % mistakes for mistakes in ("3", "[]", '{"a": "b"}', '{"a": true}')),
]


@pytest.mark.parametrize("text", BROKEN)
def test_a_file_that_cannot_be_read_is_left_alone_and_nothing_is_lost(file, text):
    file.write_text(text, "latin-1")
    exercises.relu.check(relu)
    words = " ".join(str(exercises.progress()).split())
    assert "✓ done: relu" in words
    assert f"{file.name}` cannot be used: " in words
    assert "counted as long as this kernel runs" in words
    assert file.read_text("latin-1") == text
    file.unlink()
    assert "cannot be used" not in str(exercises.progress())
    assert json.loads(file.read_text("utf-8"))["relu"]["done"]


def test_a_folder_that_cannot_be_written_to_stops_nobody(file, monkeypatch):
    monkeypatch.setattr(counts, "file", file / "there is" / "no such folder.json")
    exercises.relu.check(relu)
    text = " ".join(str(exercises.progress()).split())
    assert "✓ done: relu" in text
    assert "cannot be used: No such file or directory." in text


def test_a_file_of_an_older_edition_goes_on_and_learns_of_mistakes(file):
    old = {"done": False, "hints": 2, "tries": 3}
    file.write_text(json.dumps({"relu": old, "tanh": old}), "utf-8")
    exercises.relu.check(activations.relu_derivative)
    exercises.relu.check(activations.relu_derivative)
    named = {"tries": 5, "mistakes": {"slope-for-function": 2}}
    assert json.loads(file.read_text("utf-8")) == {"relu": old | named, "tanh": old}


def test_the_mistakes_that_are_kept_are_bounded_and_the_frequent_ones_stay(file):
    for number in range(50):
        counts.add("relu", tries=1, mistakes=["often, seldom"])
        counts.add("relu", tries=1, mistakes=[f"code-{number}"])
    kept = json.loads(file.read_text("utf-8"))["relu"]["mistakes"]
    assert len(kept) == progress.MOST
    assert kept["often"] == kept["seldom"] == 50
    assert "code-49" in kept


def test_what_was_read_stays_known_when_the_file_breaks(file):
    file.write_text('{"relu": {"tries": 3, "hints": 0, "done": true}}', "utf-8")
    exercises.tanh.check(activations.relu)
    file.write_text("half of", "utf-8")
    exercises.tanh.check(activations.relu)
    known = counts.all()
    assert (known["relu"]["tries"], known["tanh"]["tries"]) == (3, 2)


def test_what_a_kernel_that_died_left_holds_nobody_back_for_long(file, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.1)
    file.with_name(f".{file.name}.lock").touch()
    exercises.relu.check(relu)
    assert "another kernel" in counts.trouble
    exercises.relu.check(activations.tanh)
    assert counts.trouble == ""
    assert json.loads(file.read_text("utf-8"))["relu"]["tries"] == 2


def test_it_is_written_all_at_once(file, monkeypatch):
    exercises.relu.check(relu)
    before = file.read_text("utf-8")

    def interrupted(*_):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", interrupted)
        with pytest.raises(ZeroDivisionError):
            exercises.relu.check(relu)
    assert file.read_text("utf-8") == before
    assert not file.with_name(f".{file.name}.lock").exists()


def test_who_executes_the_notebooks_neither_reads_nor_writes_it(tmp_path, monkeypatch):
    monkeypatch.delenv("NNTEACH_PROGRESS")
    code = "import os; assert os.environ['NNTEACH_PROGRESS'] == ''"
    assert test_tool.run([sys.executable, "-c", code])
    cells = [nbformat.v4.new_code_cell(code)]
    notebooks.execute(nbformat.v4.new_notebook(cells=cells), tmp_path)


def test_git_ignores_it():
    patterns = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    for name in ("nnteach-progress.json", ".nnteach-progress.json.lock"):
        assert any(fnmatch(name, pattern) for pattern in patterns)
