"""What a student hands in: the file, what it holds, and what the student is shown."""

import importlib
import json
import os
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

from nnteach import activations, card, exercises
from nnteach.practice.progress import counts
from nnteach.practice.report import unfit

class_tool = importlib.import_module("class")  # its name is a word of Python
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The folder of the notebook; nothing has been tried yet."""
    monkeypatch.chdir(tmp_path)
    counts.reset()
    for exercise in exercises.EXERCISES.values():
        monkeypatch.setattr(exercise, "hints_shown", 0)
    yield tmp_path
    counts.reset()


def relu(Z):
    """A learner's own function: the course's own counts for nobody."""
    return activations.relu(Z)


def one_line(text):
    return " ".join(str(text).split())


def handed_in(folder):
    (path,) = folder.iterdir()
    return json.loads(path.read_text("utf-8"))


def try_a_few():
    def my_secret_relu(Z):
        return activations.relu(Z)

    exercises.relu.check(my_secret_relu)
    exercises.tanh.hint()
    exercises.tanh.check(activations.sigmoid)
    exercises.tanh.check(activations.sigmoid)
    exercises.softmax.hint()
    exercises.sigmoid.check(...)
    card("03-rate", "Q?", answer=2, reason="R.").check(4)
    card("03-cost", "Q?", answer=2, reason="R.").check(2)


def test_it_holds_what_was_touched_and_no_code(folder):
    try_a_few()
    exercises.report("student 1")
    (path,) = folder.iterdir()
    assert path.name == "nnteach-report-student-1.json"
    report = handed_in(folder)
    assert report.pop("written").endswith("+00:00")
    assert report == {
        "format": 1,
        "name": "student 1",
        "exercises": {
            "relu": {"state": "done", "tries": 1, "hints": 0, "mistakes": {}},
            "softmax": {"state": "open", "tries": 0, "hints": 1, "mistakes": {}},
            "tanh": {
                "state": "tried",
                "tries": 2,
                "hints": 1,
                "mistakes": {"sigmoid-for-tanh": 2},
            },
        },
        "predictions": {
            "03-cost": {"state": "done", "tries": 1, "hints": 0, "mistakes": {}},
            "03-rate": {
                "state": "done",
                "tries": 1,
                "hints": 0,
                "mistakes": {"scaled": 1},
            },
        },
    }
    assert "secret" not in path.read_text("utf-8")


def test_a_student_sees_all_that_is_handed_in(folder):
    try_a_few()
    said = one_line(exercises.report("student 1"))
    for line in (
        f"Report of student 1: 1 of {len(exercises.EXERCISES)} exercises done.",
        "exercise state tries hints mistakes",
        "relu ✓ done 1 0",
        "tanh ✗ tried 2 1 sigmoid-for-tanh (2)",
        "softmax · open 0 1",
        "prediction: 03-rate ✓ done 1 0 scaled (1)",
    ):
        assert line in said
    assert "Hand in the file `nnteach-report-student-1.json`" in said
    assert "none of your code" in said
    report = handed_in(folder)
    for name in (*report["exercises"], *report["predictions"]):
        assert name in said


def test_all_of_it_is_taken_by_the_tool_that_joins_them(folder):
    for exercise in exercises.EXERCISES.values():
        exercise.hint()
        for _ in range(3):
            counts.add(exercise.name, 1, mistakes=[f"code-{k}" for k in range(30)])
    exercises.report("student 1")
    (path,) = folder.iterdir()
    assert path.stat().st_size < class_tool.LIMIT / 3
    ((report,), refused) = class_tool.collect(folder)
    assert not refused
    assert len(report["exercises"]) == len(exercises.EXERCISES)


def test_nothing_tried_is_said(folder):
    assert "Nothing has been tried yet" in str(exercises.report(17))
    assert handed_in(folder)["name"] == "17"


NAMES = [  # the name, the file
    (" student  1\t", "nnteach-report-student-1.json"),
    ("../../student", "nnteach-report-student.json"),
    ("CON", "nnteach-report-CON.json"),
    ("<b>&", "nnteach-report-b.json"),
    ("=+-", "nnteach-report-of-mine.json"),
    ("学生 1", "nnteach-report-学生-1.json"),
]


@pytest.mark.parametrize("name, file", NAMES)
def test_any_name_makes_a_file_in_the_folder(folder, name, file):
    note = exercises.report(name)
    assert [path.name for path in folder.iterdir()] == [file]
    assert handed_in(folder)["name"] == one_line(name)
    assert "<b>" not in note.html()


WRONG = [
    ("", ValueError, "it is empty"),
    ("a" * 61, ValueError, "longer than 60"),
    ("student \u202e1", ValueError, "cannot be seen"),
    ("student\x1b[1", ValueError, "cannot be seen"),
    (None, TypeError, "a text or a number"),
    (True, TypeError, "a text or a number"),
    (1.5, TypeError, "a text or a number"),
]


@pytest.mark.parametrize("name, kind, words", WRONG)
def test_what_is_no_name_is_refused_and_nothing_is_written(folder, name, kind, words):
    with pytest.raises(kind, match=words):
        exercises.report(name)
    assert list(folder.iterdir()) == []


def test_letters_that_a_script_needs_are_kept():
    assert unfit("دانش\u200cآموز") == ""
    assert unfit("student\u200b 1")


def test_where_nothing_can_be_written_the_text_is_shown_to_copy(folder, monkeypatch):
    exercises.relu.check(relu)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    note = exercises.report("student 1")
    assert "cannot be written: No space left on device" in one_line(note)
    text = "\n".join(line[4:] for line in str(note).splitlines() if line[:4] == "    ")
    assert json.loads(text)["exercises"]["relu"]["state"] == "done"


def test_git_ignores_it():
    patterns = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    for name in ("nnteach-report-student-1.json", ".nnteach-report-1.json.new"):
        assert any(fnmatch(name, pattern) for pattern in patterns)


def test_the_readme_tells_of_it_as_it_is():
    readme = one_line((ROOT / "README.md").read_text("utf-8"))
    assert re.search(r'exercises\.report\("[^"]+"\)', readme)
    assert "python3 start.py class FOLDER" in readme
    assert "a request, not a lock" in readme
