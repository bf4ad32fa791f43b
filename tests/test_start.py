"""start.py makes, repairs and keeps its environment; tools/test.py says what ran."""

import ast
import json
import os
import runpy
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

import start
import test as test_tool  # tools/test.py

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course in an empty folder, where setting up is quick and leaves a record."""
    for name in ("pyproject.toml", "start.py"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.setattr(start, "HERE", tmp_path)
    calls = []

    def make_environment(folder):
        calls.append("make")
        if folder.exists():
            shutil.rmtree(folder)
        venv.create(folder)
        library = sysconfig.get_path("purelib", "venv", {"base": str(folder)})
        (Path(library) / "pip.py").touch()  # an environment with pip, as far as we look

    monkeypatch.setattr(start, "make_environment", make_environment)
    monkeypatch.setattr(start, "install", lambda *_: calls.append("install"))
    return tmp_path, calls


def set_up(folder, extra="course"):
    start.set_up(folder / ".venv", extra)


@pytest.mark.parametrize(
    ("version", "feature_version"), [((3, 6, 0), (3, 6)), ((3, 10, 9), (3, 10))]
)
def test_an_old_python_is_told_so(monkeypatch, version, feature_version):
    source = (ROOT / "start.py").read_text("utf-8")
    ast.parse(source, feature_version=feature_version)
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        runpy.run_path(str(ROOT / "start.py"))


def remove(path):
    return lambda folder: (folder / path).unlink()


def write(path, text):
    return lambda folder: (folder / path).write_text(text, "utf-8")


def need_more(folder):
    project = folder / "pyproject.toml"
    text = project.read_text("utf-8").replace('"numpy>=', '"pandas", "numpy>=')
    project.write_text(text, "utf-8")


def other_python(folder):
    stamp = folder / ".venv" / "set-up.json"
    old = json.loads(stamp.read_text("utf-8"))
    stamp.write_text(json.dumps(old | {"place": [str(folder), 3, 10]}), "utf-8")


PYTHON = Path(start.python_of(Path(".venv")))


@pytest.mark.parametrize(
    ("first", "then", "second", "calls"),
    [
        ("course", None, "course", []),
        ("test", None, "course", []),
        ("course", None, "test", ["install"]),
        ("course", need_more, "course", ["install"]),
        ("course", remove(".venv/set-up.json"), "course", ["make", "install"]),
        ("course", write(".venv/set-up.json", "{"), "course", ["make", "install"]),
        ("course", write(".venv/set-up.json", "{}"), "course", ["make", "install"]),
        ("course", remove(PYTHON), "course", ["make", "install"]),
        ("course", other_python, "course", ["make", "install"]),
    ],
)
def test_the_second_start_does_what_is_missing(course, first, then, second, calls):
    folder, seen = course
    set_up(folder, first)
    assert seen == ["make", "install"]
    if then:
        then(folder)
    seen.clear()
    set_up(folder, second)
    assert seen == calls
    set_up(folder, second)
    assert seen == calls, "the third start has nothing to do"


def test_a_moved_course_is_set_up_anew(course, monkeypatch):
    folder, seen = course
    set_up(folder)
    moved = folder.with_name(folder.name + " moved ä")
    folder.rename(moved)
    monkeypatch.setattr(start, "HERE", moved)
    set_up(moved)
    assert seen == ["make", "install"] * 2


@pytest.mark.parametrize("error", [SystemExit("no network"), KeyboardInterrupt()])
@pytest.mark.parametrize("update", [False, True])
def test_a_failed_set_up_leaves_nothing_half_made(course, monkeypatch, error, update):
    folder, seen = course
    stamp = folder / ".venv" / "set-up.json"
    if update:
        set_up(folder, "course")
        before = stamp.read_text("utf-8")

    def fail(*_):
        raise error

    works = start.install
    monkeypatch.setattr(start, "install", fail)
    with pytest.raises(type(error)):
        set_up(folder, "test")
    if not update:
        assert not (folder / ".venv").exists()
    elif isinstance(error, SystemExit):  # pip changed nothing: the course still works
        assert stamp.read_text("utf-8") == before
    else:
        assert not stamp.exists(), "what an interrupted pip has left is not trusted"
    monkeypatch.setattr(start, "install", works)
    set_up(folder, "test")
    assert seen[-1] == "install"
    assert stamp.exists()


def test_a_python_without_ensurepip_names_the_debian_package(tmp_path, monkeypatch):
    monkeypatch.setattr(start, "find_spec", lambda _: None)
    with pytest.raises(SystemExit, match=r"sudo apt install python3-venv"):
        start.make_environment(tmp_path / ".venv")
    assert not (tmp_path / ".venv").exists()


def test_a_folder_that_cannot_be_written_is_named(course, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(start, "make_environment", refuse)
    with pytest.raises(SystemExit, match=r"cannot be set up in .*Permission"):
        start.main(["lab"])


def test_no_network_is_one_paragraph_and_no_folder(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(SystemExit, match="no connection to the network") as caught:
        start.set_up(tmp_path / ".venv", "course")
    assert "Traceback" not in str(caught.value)
    assert not (tmp_path / ".venv").exists()


def test_progress_counts_packages(tmp_path):
    log = "Obtaining file:///x\nCollecting numpy>=2.0 (from y)\n  Downloading z\n"
    assert start.progress(tmp_path, log) == "  1 packages found: numpy"
    log += "Processing /w/tqdm-4.70.1-py3-none-any.whl (from y)\n"
    assert start.progress(tmp_path, log) == "  2 packages found: tqdm"
    library = sysconfig.get_path("purelib", "venv", {"base": str(tmp_path)})
    (Path(library) / "numpy-2.4.dist-info").mkdir(parents=True)
    log += "\nInstalling collected packages: numpy, tqdm\n"
    assert start.progress(tmp_path, log) == "  2 packages found, 1 installed"


def test_lab_opens_chapter_00_without_questions(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    command = start.lab_command(tmp_path)
    assert f"--ServerApp.root_dir={start.HERE / 'notebooks'}" in command
    assert "--LabApp.default_url=/lab/tree/00-start-here.ipynb" in command
    assert "--allow-root" in command
    settings = next(tmp_path.glob("share/jupyter/lab/settings/overrides.json"))
    assert json.loads(settings.read_text("utf-8")) == start.LAB_SETTINGS
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert "--allow-root" not in start.lab_command(tmp_path)


@pytest.mark.parametrize(
    ("words", "ends_with"),
    [
        ([], ["lab.py"]),
        (["--port", "8999"], ["lab.py", "--port", "8999"]),
        (["lab", "--no-browser"], ["lab.py", "--no-browser"]),
        (["greet", "Ann"], ["greet.py", "Ann"]),
    ],
)
def test_words_are_passed_on(course, monkeypatch, words, ends_with):
    folder, _ = course
    (folder / "tools").mkdir()
    (folder / "tools" / "greet.py").touch()
    lab = [start.python_of(folder / ".venv"), "lab.py"]
    monkeypatch.setattr(start, "lab_command", lambda folder: lab)
    monkeypatch.setattr(start, "run", lambda folder, command: command)
    python, *rest = start.main(words)
    assert python == start.python_of(folder / ".venv")
    assert [Path(rest[0]).name, *rest[1:]] == ends_with


def test_an_unknown_command_lists_the_known_ones(course):
    with pytest.raises(SystemExit, match="NAME is one of: "):
        start.main(["lob"])
    assert course[1] == [], "nothing was set up for it"


def test_run_gives_the_exit_code_and_utf8():
    code = "import sys; sys.exit(7 if sys.flags.utf8_mode else 1)"
    script = f"import start, sys; from pathlib import Path; c = {code!r};"
    script += "sys.exit(start.run(Path('x'), [sys.executable, '-c', c]))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT)
    assert done.returncode == 7


REPORT = """<testsuites><testsuite>
<testcase classname="tests.test_costs" name="a"/>
<testcase classname="tests.test_costs" name="b"><failure message="no"/></testcase>
<testcase classname="tests.test_browser" name="c"><skipped message="no Chromium"/>
</testcase></testsuite></testsuites>"""


def test_the_closing_lines_say_what_ran():
    tests = test_tool.read_report(REPORT)
    cells = [("notebooks/00.ipynb", "passed", ""), ("notebooks/01.ipynb", "passed", "")]
    steps = [("style", "", True, []), ("tests", "tests", False, tests)]
    steps += [("notebooks", "notebooks", True, cells)]
    assert test_tool.summary(steps).splitlines()[1:] == [
        "What ran:",
        "  ok      style",
        "  FAILED  tests: 2 tests of the package and the course",
        "  skipped no Chromium",
        "  ok      notebooks: 2 notebooks, 2 cells",
        "4 passed, 1 failed, 1 skipped",
    ]


def test_a_step_that_dies_without_a_report_counts_as_failed():
    closing = test_tool.summary([("tests", "tests", False, [])]).splitlines()[-1]
    assert closing == "0 passed, 1 failed"
