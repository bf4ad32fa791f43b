"""The files that describe the course agree with each other and with the design."""

import ast
import re
import sys
import textwrap
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml
from PIL import Image

import nnteach

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
README = (ROOT / "README.md").read_text("utf-8")
CONDA_NAME = {"matplotlib": "matplotlib-base"}  # the other one brings a desktop toolkit

# The rooms of the design, from the lowest floor up; helpers may stand anywhere between.
FLOORS = (
    "checks data activations costs two_layer three_layer deep gradients training "
    "worked_example plots explore mistakes diagnosis exercises"
).split()
NUMERIC = FLOORS[: FLOORS.index("worked_example") + 1]


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
    assert Image.open(ROOT / path).n_frames == 17


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


def imports(nodes):
    """The modules that are imported: `nnteach.x` as `x`, others by their first name."""
    for node in nodes:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            top, _, rest = name.partition(".")
            yield rest.split(".")[0] if top == "nnteach" else top


SOURCES = {
    path.stem: ast.parse(path.read_text("utf-8"))
    for path in ROOT.glob("nnteach/*.py")
    if path.stem != "__init__"
}
USES = {
    name: set(imports(ast.walk(source))) & set(SOURCES)
    for name, source in SOURCES.items()
}


def test_modules_import_from_below_never_from_above_or_in_a_circle():
    order = list(TopologicalSorter(USES).static_order())  # a circle raises here
    reached = {}
    for name in order:
        reached[name] = USES[name].union(*(reached[below] for below in USES[name]))
    for floor, name in enumerate(FLOORS):
        above = reached.get(name, set()) & set(FLOORS[floor:])
        assert not above, f"{name} imports {above}"


@pytest.mark.parametrize("name", NUMERIC)
def test_the_numeric_floors_load_numpy_alone(name):
    """What is imported inside a function (scikit-learn) loads when it is used."""
    foreign = set(imports(SOURCES[name].body)) - set(SOURCES) - sys.stdlib_module_names
    assert foreign <= {"numpy"}
