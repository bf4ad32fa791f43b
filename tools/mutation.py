"""Make one small mistake after the other in the package, and see whether a test fails.

    python start.py mutation                         60 mutants in each room
    python start.py mutation --room draw --count 200 --seed 1
    python start.py mutation --file nnteach/judge/search.py --count 1000

A mutant is the package with one operator, number, comparison or call changed (the table
of edits stands below). It is seen where one of the room's quick tests that call the
changed function fails, or takes ten times as long as without it: first the quickest,
as many as take --seconds together, then all others. What nobody notices is listed with
its line: write a test for it, or see that nothing changes for a reader, or take the
line out.

It works in a copy of the course, and in a child process for each mutant, which finds
the libraries loaded. The tools that exist put functions of their own in the place of
the course's, which shows the source of its functions and looks into their names.
"""

import argparse
import ast
import contextlib
import functools
import importlib
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# room -> its files, and the names of its tests
ROOMS = {
    "core": ("nnteach/*.py", """
        activations costs gradients updates worked_example data networks training
        rounding source cells seeds bad_input import approved_core"""),
    "draw": ("nnteach/draw/*.py", """
        approved_core approved_pictures plots explore stepper pad course_map"""),
    "judge": ("nnteach/judge/*.py", """
        attempt arguments catalogue diagnosis search truth symptoms cases_to_solve
        approved_judge"""),
}  # fmt: skip
SLOW = 10  # times as long as without a mutant counts as an endless loop

# ---------------------------------------------------------------- what is changed

OPERATORS = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.Pow: "*",
    ast.Mod: "//", ast.FloorDiv: "/", ast.BitOr: "&", ast.BitAnd: "|",
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=",
    ast.NotEq: "==", ast.In: "not in", ast.NotIn: "in", ast.Is: "is not",
    ast.IsNot: "is", ast.And: "or", ast.Or: "and",
}  # fmt: skip
PAIRS = [
    ("max", "min"), ("maximum", "minimum"), ("argmax", "argmin"), ("sum", "mean"),
    ("any", "all"), ("ones", "zeros"), ("floor", "ceil"), ("sin", "cos"),
    ("startswith", "endswith"), ("ones_like", "zeros_like"),
]  # fmt: skip
SWAPPED = {a: b for one, two in PAIRS for a, b in ((one, two), (two, one))}


def edits(source):
    """Yield the edits of a source: the part (from, to), its new text, in bytes."""
    lines = [0]
    for line in source.encode().splitlines(keepends=True):
        lines.append(lines[-1] + len(line))

    def part(node):
        start = lines[node.lineno - 1] + node.col_offset
        return start, lines[node.end_lineno - 1] + node.end_col_offset

    def between(left, right, node_operator):
        start, end = part(left)[1], part(right)[0]
        return start, end, f" {OPERATORS[type(node_operator)]} "

    tree = ast.parse(source)
    in_text = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in in_text:  # has no place of its own in Python 3.11
            continue
        if isinstance(node, ast.Constant) and type(node.value) in (bool, int, float):
            yield *part(node), other_number(node.value)
        elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            yield between(node.left, node.right, node.op)
        elif isinstance(node, ast.BoolOp):
            yield between(node.values[0], node.values[1], node.op)
        elif isinstance(node, ast.Compare):
            yield between(node.left, node.comparators[0], node.ops[0])
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
            yield part(node)[0], part(node.operand)[0], ""
        elif isinstance(node, ast.IfExp):
            yield *part(node.test), "True"
            yield *part(node.test), "False"
        elif isinstance(node, ast.If | ast.While):
            yield *part(node.test), "False"
        elif isinstance(node, ast.Attribute) and node.attr in SWAPPED:
            end = part(node)[1]
            yield end - len(node.attr), end, SWAPPED[node.attr]
        elif isinstance(node, ast.Name) and node.id in SWAPPED:
            yield *part(node), SWAPPED[node.id]
        elif isinstance(node, ast.Return) and node.value is not None:
            yield *part(node.value), "None"
        elif isinstance(node, ast.Call) and node.keywords and node.keywords[-1].arg:
            before = [*node.args, *(each.value for each in node.keywords[:-1])]
            start = part(max(before, key=part))[1] if before else part(node.func)[1] + 1
            yield start, part(node.keywords[-1])[1], ""
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield *part(node), "pass"


def other_number(value):
    """Return the text of another value: a bool turned, a whole number + 1, or twice."""
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, int):
        return str(value + 1)
    return repr(100 * value or 1.0)


def mutant(file, source, start, end, new):
    """Return the changed source of a file and the change in words; None if it is none.

    A change that is no Python, or the same program, is none.
    """
    changed = source[:start] + new.encode() + source[end:]
    try:
        if ast.dump(ast.parse(changed)) == ast.dump(ast.parse(source)):
            return None
    except SyntaxError:
        return None
    number = source[:start].count(b"\n")
    line = source.splitlines()[number].decode().strip()
    old = source[start:end].decode().strip()
    words = f"{file}:{number + 1}: {old[:40]!r} -> {new.strip()!r} in {line}"
    return changed, words


# ---------------------------------------------------------------- who notices


def copy_of_the_course(folder):
    """Copy what git knows of the course into a folder."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in names.stdout.splitlines():
        target = Path(folder) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, target)


class Watch:
    """Notes how long each test takes, and which functions of the course it calls.

    What is called while its file is loaded, or for all its tests at once, each of them
    calls. It ends at the first test that fails, and says which.
    """

    def __init__(self):
        self.took, self.calls, self.failed, self.open = {}, {}, "", []

    @contextlib.contextmanager
    def noting(self, name):
        """Keep what is called meanwhile under a name."""
        codes = self.calls.setdefault(name, set())

        def note(frame, event, argument):
            if event == "call":
                for each in self.open:
                    each.add(frame.f_code)

        self.open.append(codes)
        sys.setprofile(note)
        try:
            yield
        finally:
            self.open.remove(codes)
            sys.setprofile(note if self.open else None)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector):
        """Load a file."""
        with self.noting(collector.nodeid):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef, request):
        """Make what several tests share."""
        if fixturedef.scope == "function":
            return (yield)
        with self.noting(request.node.nodeid):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        """Run a test."""
        begin = time.monotonic()
        with self.noting(item.nodeid):
            result = yield
        self.took[item.nodeid] = time.monotonic() - begin
        return result

    def pytest_runtest_logreport(self, report):
        """Keep the name of the test that fails."""
        if report.failed:
            self.failed = report.nodeid

    def seen(self):
        """Return {test: its seconds, the first lines of the course's that it calls}."""
        here = f"{os.getcwd()}/"
        return {
            name: (seconds, sorted({
                (code.co_filename.removeprefix(here), code.co_firstlineno)
                for code in self.calls[name] | self.calls[name.partition("::")[0]]
                if code.co_filename.startswith(here + "nnteach/")
            }))
            for name, seconds in self.took.items()
        }  # fmt: skip


class Chosen:
    """Runs these tests in their order, and no others."""

    def __init__(self, names):
        self.place = {name: place for place, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items):
        """Choose and sort."""
        items[:] = [item for item in items if item.nodeid in self.place]
        items.sort(key=lambda item: self.place[item.nodeid])


def watched(folder, room):
    """Return (seconds, functions that it calls) of each test of a room by its name."""
    tests, answer = [f"tests/test_{name}.py" for name in ROOMS[room][1].split()], "seen"

    def run():
        watch = Watch()
        failed = run_pytest(tests, watch)
        found = watch.failed if failed else watch.seen()
        Path(answer).write_text(json.dumps(found), "utf-8")

    in_child(folder, run, 24 * 3600)
    found = json.loads((Path(folder) / answer).read_text("utf-8"))
    if not isinstance(found, dict):
        raise SystemExit(f"{room}: {found} fails without any mutant")
    return found


def tests_for(file, source, start, seen, seconds):
    """Return the tests that call what stands there: the quickest, and the others.

    For what runs while the course is loaded these are the tests that call anything in
    that file; if there are none, all. The one that reads every signature calls nothing.
    """
    line, first = source[:start].count(b"\n") + 1, 0
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            above = [each.lineno for each in getattr(node, "decorator_list", [])]
            begin = min([node.lineno, *above])
            if begin <= line <= node.end_lineno:
                first = max(first, begin)  # the innermost

    def calls(test):
        return any(path == str(file) and first in (0, at) for path, at in seen[test][1])

    names = [*filter(calls, seen)] or [*seen]
    names = {*names, *(name for name in seen if "signatures" in name)}
    names = sorted(names, key=lambda name: seen[name][0])
    ends = itertools.accumulate(seen[name][0] for name in names)
    count = max(1, sum(end <= seconds for end in ends))
    return names[:count], names[count:]


def run_pytest(tests, plugin):
    """Return whether a test fails; for a child."""
    quiet = "-x -q -p no:cacheprovider -p no:xdist".split()
    return bool(pytest.main([*quiet, *tests], plugins=[plugin]))


def in_child(folder, work, seconds):
    """Return "passed", "failed" or "endless" for some work, done in a child there.

    It passes if it returns nothing true.
    """
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            os.setpgid(0, 0)
            os.chdir(folder)
            sys.path[:0] = [folder, f"{folder}/tools"]
            os.environ["PYTHONPATH"] = f"{folder}{os.pathsep}{folder}/tools"
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
            os._exit(int(bool(work())))
        os._exit(1)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "passed" if status == 0 else "failed"
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "endless"


LIBRARIES = """
    hypothesis nbformat numpy colorspacious anywidget ipywidgets IPython.display
    PIL.Image matplotlib.backends.backend_agg matplotlib.backends.backend_svg
"""


def load_libraries():
    """Load once what every child needs; nothing of the course."""
    for name in LIBRARIES.split():
        importlib.import_module(name)


def fails(folder, names, found):
    """Return whether one of these tests fails there, or has no end."""
    files = {name.partition("::")[0] for name in names}
    work = functools.partial(run_pytest, sorted(files), Chosen(names))
    limit = 60 + SLOW * sum(found[name][0] for name in names)
    return in_child(folder, work, limit) != "passed"


def measure(room, folder, options):
    """Try mutants of one room, print the survivors and its line of the table."""
    # All from the copy: the course itself may be worked on meanwhile.
    copy = Path(folder)
    files = sorted(path.relative_to(copy) for path in copy.glob(ROOMS[room][0]))
    if options.file:
        files = [file for file in files if file == Path(options.file)]
    if not files:
        return
    sources = {file: (copy / file).read_bytes() for file in files}
    everything = [
        (file, *edit) for file in files for edit in edits(sources[file].decode())
    ]
    random.Random(options.seed).shuffle(everything)
    found = watched(folder, room)
    seen = tried = 0
    until = time.monotonic() + 60 * options.minutes
    for file, *edit in everything:
        if tried == options.count or time.monotonic() > until:
            break
        if (made := mutant(file, sources[file], *edit)) is None:
            continue
        target = copy / file
        for old in (target.parent / "__pycache__").glob(f"{target.stem}.*.pyc"):
            old.unlink()
        target.write_bytes(made[0])
        parts = tests_for(file, sources[file], edit[0], found, options.seconds)
        noticed = any(fails(folder, names, found) for names in parts if names)
        target.write_bytes(sources[file])
        tried += 1
        seen += noticed
        if not noticed:
            print(f"  not noticed: {made[1]}", flush=True)
    share = f"{seen / tried:.0%}" if tried else "-"
    print(f"{room}: {seen} of {tried} noticed ({share}), ", end="")
    print(f"of about {len(everything)} possible, seed {options.seed}", flush=True)


def main():
    """Measure the rooms that the command line names, or all."""
    parser = argparse.ArgumentParser(prog="start.py mutation")
    parser.add_argument("--room", choices=ROOMS, action="append")
    parser.add_argument("--file", help="only mutants of this file")
    parser.add_argument("--count", type=int, default=60, help="mutants in each room")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60, help="of tests at first")
    parser.add_argument("--minutes", type=float, default=600, help="for each room")
    options = parser.parse_args()
    if not hasattr(os, "fork"):
        raise SystemExit("This needs Linux or macOS.")
    os.environ |= {
        "OPENBLAS_NUM_THREADS": "1",
        "NNTEACH_PROGRESS": "",
        "MPLBACKEND": "agg",
    }
    load_libraries()
    with tempfile.TemporaryDirectory() as folder:
        copy_of_the_course(folder)
        for room in options.room or ROOMS:
            measure(room, folder, options)


if __name__ == "__main__":
    main()
