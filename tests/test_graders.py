"""The lines of docs/graders.md: run as they stand, and by the graders themselves."""

import importlib.util
import re
import subprocess
import sys
import types
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from nnteach import activations

TEXT = (
    Path(__file__).resolve().parents[1].joinpath("docs/graders.md").read_text("utf-8")
)
NBGRADER, OTTER = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
RIGHT = "import numpy as np\n\n\ndef relu(Z):\n    return np.maximum(Z, 0)"
WRONG = RIGHT.replace("maximum", "minimum")
ANSWERS = [
    (activations.relu, None),
    (lambda Z: activations.relu(-Z), "relu: not right yet"),
    (lambda Z: ..., "relu: not attempted yet"),
    (None, "relu: not attempted yet"),
]


def run_nbgrader(answer):
    exec(NBGRADER, {"relu": answer})


def run_otter(answer):
    found = {}
    exec(OTTER, found)
    assert (found["name"], found["points"], found["OK_FORMAT"]) == ("relu", 1, False)
    found["test_relu"](relu=answer)


@pytest.fixture
def otter(monkeypatch):
    """A stand-in for otter's decorator, which hands the function on."""
    module = types.ModuleType("otter.test_files")
    module.test_case = lambda **_: lambda function: function
    monkeypatch.setitem(sys.modules, "otter", types.ModuleType("otter"))
    monkeypatch.setitem(sys.modules, "otter.test_files", module)


@pytest.mark.usefixtures("otter")
@pytest.mark.parametrize("run", [run_nbgrader, run_otter])
@pytest.mark.parametrize("answer, words", ANSWERS)
def test_the_lines_raise_what_the_check_says_unless_the_answer_is_right(
    run, answer, words
):
    if words is None:
        run(answer)
        return
    with pytest.raises(AssertionError, match=words):
        run(answer)


def installed(name):
    """Skip a test where a grader is not installed."""
    return pytest.mark.skipif(
        importlib.util.find_spec(name) is None, reason=f"{name} is not installed"
    )


def call(*words, folder):
    command = [sys.executable, "-m", *words]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def cell_of_nbgrader(source, **more):
    given = {"schema_version": 3, "task": False, "solution": False, "grade": False}
    given |= {"locked": False, **more}
    return new_code_cell(source, metadata={"nbgrader": given})


def notebook(*cells):
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=[*cells], metadata={"kernelspec": kernel})


@installed("nbgrader")
def test_nbgrader_gives_the_points_to_the_right_answer(tmp_path):
    def written(answer):
        return notebook(
            cell_of_nbgrader(answer, solution=True, grade_id="answer"),
            cell_of_nbgrader(
                NBGRADER, grade=True, locked=True, points=2, grade_id="test"
            ),
        )

    places = {
        "source": RIGHT,
        "submitted/student-1": RIGHT,
        "submitted/student-2": WRONG,
    }
    for place, answer in places.items():
        folder = tmp_path / place / "week-1"
        folder.mkdir(parents=True)
        nbformat.write(written(answer), folder / "a.ipynb")
    for word in ("generate_assignment", "autograde"):
        call("nbgrader", word, "week-1", folder=tmp_path)
    call("nbgrader", "export", folder=tmp_path)
    _, *rows = (tmp_path / "grades.csv").read_text("utf-8").splitlines()
    scores = {row.split(",")[3]: row.split(",")[-2] for row in rows}
    assert scores == {"student-1": "2.0", "student-2": "0.0"}


@installed("otter")
@pytest.mark.parametrize("answer, points", [(RIGHT, 1), (WRONG, 0)])
def test_otter_gives_the_points_to_the_right_answer(tmp_path, answer, points):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "relu.py").write_text(OTTER, "utf-8")
    cells = [
        "import otter\n\ngrader = otter.Notebook()",
        answer,
        'print(round(grader.check("relu").score))',
    ]
    file = tmp_path / "a.ipynb"
    nbformat.write(notebook(*map(new_code_cell, cells)), file)
    words = ("--to", "notebook", "--inplace", "--execute", file.name)
    call("jupyter", "nbconvert", *words, folder=tmp_path)
    (output,) = nbformat.read(file, 4).cells[-1].outputs
    assert output.text == f"{points}\n"
