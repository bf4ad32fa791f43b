"""The files that describe the course agree with each other and with the design."""

import ast
import inspect
import io
import re
import textwrap
import tokenize
import tomllib
from pathlib import Path

import pytest
import yaml
from PIL import Image

import nnteach
from nnteach.practice.exercise import Exercise
from nnteach.practice.function_exercise import CodeExercise

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
CONDA_NAME = {"matplotlib": "matplotlib-base"}  # the other one brings a desktop toolkit


def name_and_bounds(requirement):
    return re.fullmatch(r"([\w.-]+)(.*)", requirement).groups()


def test_conda_and_pip_install_the_same():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    *packages, pip = environment["dependencies"]
    expected = [name_and_bounds(r) for r in PROJECT["dependencies"] + EXTRAS["course"]]
    conda = dict(name_and_bounds(package) for package in packages)
    minor = re.fullmatch(r"=3\.(\d+)", conda.pop("python"))
    assert minor, "Binder needs a pinned minor version"
    lowest = int(PROJECT["requires-python"].removeprefix(">=3."))
    assert int(minor[1]) >= lowest
    assert conda.pop("pip") == ""
    assert conda == {CONDA_NAME.get(name, name): bounds for name, bounds in expected}
    assert pip == {"pip": ["-e ."]}
    assert environment["variables"] == {"OPENBLAS_NUM_THREADS": "1"}


def test_only_ruff_is_pinned_and_numpy_is_open_above():
    everything = [*PROJECT["dependencies"], *EXTRAS["course"], *EXTRAS["test"]]
    pinned = [name for name in everything if "==" in name]
    assert [name_and_bounds(name)[0] for name in pinned] == ["ruff"]
    bounds = dict(map(name_and_bounds, PROJECT["dependencies"]))
    assert bounds["numpy"] == ">=2.0"
    assert bounds["ipywidgets"] == ">=7.7,<9"


def test_each_reader_finds_the_first_step_within_ten_lines():
    top = "\n".join(README.splitlines()[:10])
    for step in ("python3 start.py`", "nnteach.projector()", "python3 start.py test"):
        assert step in top


def test_the_readme_shows_an_explorer_that_moves():
    [(says, path)] = re.findall(r"!\[([^\]]+)\]\((docs/[^)]+)\)", README)
    assert len(says) > 100
    assert (ROOT / path).stat().st_size < 1_000_000
    assert Image.open(ROOT / path).n_frames == 4 + 18  # the tour, and the steps


def test_the_diagnosis_in_the_readme_is_one_that_is_given():
    def backward_propagation(parameters, cache, X, Y):
        m, A1, dZ2 = X.shape[1], cache["A1"], cache["A2"] - Y
        dZ1 = parameters["W2"].T @ dZ2 * A1 * (1 - A1)
        grads = {"dW1": dZ1 @ X.T / m, "dW2": dZ2 @ A1.T / m}
        sums = {"db1": dZ1.sum(axis=1), "db2": dZ2.sum(axis=1)}
        return grads | {name: total[:, None] / m for name, total in sums.items()}

    said = str(nnteach.diagnose(backward_propagation))
    assert textwrap.indent(said, "    ") in README


def test_the_readme_leads_to_files_that_exist():
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_ci_calls_the_command_of_the_readme():
    command = "python3 start.py test"
    assert command in README
    assert f"exec {command} " in (ROOT / ".ci" / "run").read_text("utf-8")


PACKAGE = ROOT / "nnteach"


def section(title):
    return CONTRIBUTING.split(f"## {title}\n")[1].split("\n## ")[0]


def test_the_plan_of_the_house_names_every_file():
    plan = section("The house")
    for path in PACKAGE.rglob("*.py"):
        name = path.parent.name + "/" if path.stem == "__init__" else path.stem
        in_a_row = re.fullmatch(r"chapter_\d+", name)
        assert in_a_row or name == "nnteach/" or f"`{name}`" in plan, path
    for first in re.findall(r"^\| \**`([\w/.]+)`", plan, re.MULTILINE):
        assert any(PACKAGE.rglob(f"{first.rstrip('/')}*")), first


def test_contributing_explains_every_field_of_an_exercise():
    text = section("An exercise")
    for kind in (Exercise, *Exercise.__subclasses__(), *CodeExercise.__subclasses__()):
        row = text if kind is Exercise else text.split(f"| `{kind.__name__}` |")[1]
        for field in inspect.signature(kind.__init__).parameters:
            own = f"`{field}`" in row.split("\n| ")[0]
            assert own or field in {"self", "args", "more"}, (kind, field)


def lines_of_code(path):
    """Return how many lines hold code, which docstrings and comments are not."""
    text, held = path.read_text("utf-8"), set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in NO_CODE:
            held |= {*range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            held -= {*range(node.lineno, node.end_lineno + 1)}
    return len(held)


NO_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENDMARKER,
}  # fmt: skip


def test_the_readme_is_honest_about_the_size_of_the_package():
    said = re.search(
        r"about ([\d,]+) lines of code.*?about ([\d,]+) lines", README, re.S
    )
    core = sum(map(lines_of_code, PACKAGE.glob("*.py")))
    coach = sum(map(lines_of_code, PACKAGE.glob("*/*.py")))
    for words, counted in zip(said.groups(), (core, coach), strict=True):
        assert int(words.replace(",", "")) == pytest.approx(counted, rel=0.1)
