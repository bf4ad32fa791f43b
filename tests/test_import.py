"""The house: who imports whom, and what `import nnteach` costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import nnteach

PACKAGE = Path(nnteach.__file__).parent
# From the ground up: the files of the core, then the rooms. A room may use what lies
# below it and, without a circle, its own files.
NUMERIC = """
    checks rounding source cells data activations costs two_layer three_layer deep
    gradients updates training worked_example
""".split()
ROOMS = {"draw": (), "judge": (), "practice": ("judge", "draw")}  # beside the core
FILES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(
        ".__init__"
    ): path
    for path in PACKAGE.rglob("*.py")
    if path != PACKAGE / "__init__.py"
}
LATER = {"data": {"sklearn"}}  # imported when they are needed


def imports(path, everywhere):
    """Return the modules that a file imports: at its top, or everywhere in it."""
    tree = ast.parse(path.read_text("utf-8"))
    names = set()
    for node in ast.walk(tree) if everywhere else tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module} - {"nnteach"}
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def used_by(name):
    """Return the files of the package that a file imports, also through others."""
    used, new = set(), {name}
    while new:
        found = set().union(*(imports(FILES[n], everywhere=True) for n in new))
        assert "nnteach" not in found, "import the module that is meant"
        ours = {n.removeprefix("nnteach.") for n in found if n.startswith("nnteach.")}
        own = ours & {*FILES}
        what_is_in_files = {n for n in ours if n.rpartition(".")[0] in FILES}
        assert ours == own | what_is_in_files, "import it from its module"
        used, new = used | own, own - used
    return used


@pytest.mark.parametrize("name", FILES)
def test_a_file_imports_only_from_floors_below(name):
    used = used_by(name)
    assert name not in used, "a circle"
    if name in NUMERIC:
        assert used <= {*NUMERIC[: NUMERIC.index(name)]}
        return
    room = name.split(".")[0]
    below = {room, *ROOMS[room], *NUMERIC}
    assert {other.split(".")[0] for other in used} <= below


@pytest.mark.parametrize("name", NUMERIC)
def test_the_numeric_floors_import_numpy_and_nothing_else(name):
    free = {"numpy", "nnteach", *sys.stdlib_module_names}
    path = FILES[name]
    top, inside = (
        {module.split(".")[0] for module in imports(path, everywhere)} - free
        for everywhere in (False, True)
    )
    assert top == set()
    assert inside == LATER.get(name, set())


def test_importing_the_package_loads_none_of_the_heavy_ones():
    heavy = "matplotlib ipywidgets IPython sklearn scipy pandas traitlets numpy.ma"
    code = (
        "import sys, numpy; before = set(sys.modules); import nnteach; "
        f"print(*sorted((set(sys.modules) - before) & set('{heavy}'.split()))); "
        "print(*sorted(m for m in sys.modules if m.startswith('nnteach.')))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded, ours = run.stdout.splitlines()
    assert loaded == ""
    assert {name.split(".")[1] for name in ours.split()} == {*NUMERIC} - {
        "source",
        "cells",
    }


def test_exercises_are_there_without_scikit_learn():
    code = (
        "import sys; sys.modules['sklearn'] = None; from nnteach import exercises, "
        "activations; print(exercises.relu.check(activations.relu).right)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout == "True\n", run.stderr


def test_every_name_is_there():
    assert set(dir(nnteach)) == set(nnteach.__all__)
    for name in nnteach.__all__:
        assert getattr(nnteach, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'no_such_name'"):
        nnteach.no_such_name  # noqa: B018
