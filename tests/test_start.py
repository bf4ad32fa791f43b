"""start.py makes, repairs and keeps its environment; tools/test.py says what ran."""

import ast
import json
import os
import runpy
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

import environment  # tools/environment.py
import start
import test as test_tool  # tools/test.py

ROOT = Path(__file__).resolve().parents[1]


GOOD = "a package"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course in an empty folder, where setting up is quick and leaves a record."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(start, "HERE", tmp_path)
    monkeypatch.setattr(environment, "HERE", tmp_path)
    calls = []

    def make_environment(folder):
        calls.append("make")
        if folder.exists():
            shutil.rmtree(folder)
        empty_environment(folder)

    def install(folder, extra, options):
        calls.append("install" if not options else "install --force-reinstall")
        assert options in ([], ["--force-reinstall"])
        write(PACKAGE, GOOD)(folder.parent)

    def damage(folder, extra):
        package = folder.parent / PACKAGE
        good = package.read_text("utf-8") == GOOD
        stray = package.with_name("stray.py").exists()
        return "" if good and not stray else "numpy: cannot be imported"

    monkeypatch.setattr(environment, "make_environment", make_environment)
    monkeypatch.setattr(environment, "install", install)
    monkeypatch.setattr(environment, "damage", damage)
    return tmp_path, calls


def empty_environment(folder, pip=""):
    """Make an environment with the text of a pip that does what a test needs."""
    venv.create(folder)
    (environment.library_of(folder) / "pip.py").write_text(pip, "utf-8")


def set_up(folder, extra="course"):
    environment.set_up(folder / ".venv", extra)


def test_an_old_python_can_read_start_py():
    """Its grammar is that of Python 2.7 too: it holds no other kind of node."""
    tree = ast.parse((ROOT / "start.py").read_bytes().decode("ascii"))
    kinds = {type(node).__name__ for node in ast.walk(tree)}
    assert kinds <= set(
        "Module Expr Constant Import ImportFrom alias If IfExp Compare Lt Eq NotEq In "
        "NotIn BoolOp And Or UnaryOp Not BinOp Mod Add Div Tuple List Set Slice "
        "Subscript Name Load Store Attribute Call Assign FunctionDef arguments arg "
        "Return For Try ExceptHandler DictComp ListComp comprehension".split()
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert ast.unparse(node.args) == ", ".join(a.arg for a in node.args.args)
            assert not node.returns
        assert not (
            isinstance(node, ast.Call) and any(not k.arg for k in node.keywords)
        )


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 0), (3, 10, 9)])
def test_an_old_python_is_told_so(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        runpy.run_path(str(ROOT / "start.py"))


def remove(path):
    return lambda folder: (folder / path).unlink()


def write(path, text):
    return lambda folder: (folder / path).write_text(text, "utf-8", "surrogateescape")


def need_more(folder):
    project = folder / "pyproject.toml"
    text = project.read_text("utf-8").replace('"numpy>=', '"pandas", "numpy>=')
    project.write_text(text, "utf-8")


def other_python(folder):
    stamp = folder / STAMP
    old = json.loads(stamp.read_text("utf-8"))
    stamp.write_text(json.dumps(old | {"place": [str(folder), 3, 10]}), "utf-8")


PYTHON = Path(environment.python_of(Path(".venv")))
PACKAGE = environment.library_of(Path(".venv")) / "numpy.py"
STAMP = ".venv/set-up.json"


def forget_needs(folder):
    stamp = json.loads((folder / STAMP).read_text("utf-8"))
    (folder / STAMP).write_text(json.dumps({"place": stamp["place"]}), "utf-8")


REPAIR = ["install --force-reinstall"]


@pytest.mark.parametrize(
    ("first", "then", "second", "calls"),
    [
        ("course", None, "course", []),
        ("test", None, "course", []),
        ("course", None, "test", ["install"]),
        ("course", need_more, "course", ["install"]),
        ("course", remove(STAMP), "course", ["make", "install"]),
        ("course", write(STAMP, "{"), "course", ["make", "install"]),
        ("course", write(STAMP, "{}"), "course", ["make", "install"]),
        ("course", write(STAMP, "[]"), "course", ["make", "install"]),
        ("course", write(STAMP, "\udcff"), "course", ["make", "install"]),
        ("course", forget_needs, "course", ["install"]),
        ("course", remove(PYTHON), "course", ["make", "install"]),
        ("course", remove(PACKAGE.with_name("pip.py")), "course", ["make", "install"]),
        # A package is broken, also without a change of its size; one more is there.
        ("course", write(PACKAGE, "1/0"), "course", REPAIR),
        ("test", write(PACKAGE, GOOD[::-1]), "course", REPAIR),
        ("course", write(PACKAGE.with_name("pandas.py"), ""), "course", []),
        # What a new installation does not repair is made anew.
        (
            "course",
            write(PACKAGE.with_name("stray.py"), ""),
            "course",
            [*REPAIR, "make", "install"],
        ),
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
    monkeypatch.setattr(environment, "HERE", moved)
    set_up(moved)
    assert seen == ["make", "install"] * 2


@pytest.mark.parametrize("error", [SystemExit("no network"), KeyboardInterrupt()])
@pytest.mark.parametrize("update", [False, True])
def test_a_failed_set_up_leaves_nothing_half_made(course, monkeypatch, error, update):
    folder, seen = course
    stamp = folder / STAMP
    if update:
        set_up(folder, "course")
        before = stamp.read_text("utf-8")

    def fail(*_):
        raise error

    works = environment.install
    monkeypatch.setattr(environment, "install", fail)
    with pytest.raises(type(error)):
        set_up(folder, "test")
    if not update:
        assert not (folder / ".venv").exists()
    elif isinstance(error, SystemExit):  # pip changed nothing: the course still works
        assert stamp.read_text("utf-8") == before
    else:
        assert not stamp.exists(), "what an interrupted pip has left is not trusted"
    monkeypatch.setattr(environment, "install", works)
    set_up(folder, "test")
    assert seen[-1] == "install"
    assert stamp.exists()


def test_a_python_without_ensurepip_names_the_debian_package(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "find_spec", lambda _: None)
    with pytest.raises(SystemExit, match=r"sudo apt install python3-venv"):
        environment.make_environment(tmp_path / ".venv")
    assert not (tmp_path / ".venv").exists()


def test_a_folder_that_cannot_be_written_is_named(course, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(environment, "make_environment", refuse)
    with pytest.raises(SystemExit, match=r"cannot be set up in .*Permission"):
        start.main(["lab"])


@pytest.mark.parametrize(
    "text", [None, "", "[", "project = 1", "[project]", "\udcff", "[project]\nname=1"]
)
def test_a_broken_pyproject_is_named(course, text):
    folder, calls = course
    project = folder / "pyproject.toml"
    project.unlink()
    if text is not None:
        write("pyproject.toml", text)(folder)
    with pytest.raises(SystemExit, match=r"pyproject\.toml cannot be used"):
        start.main(["lab"])
    assert calls == []


def test_nothing_is_deleted_behind_a_link(tmp_path, monkeypatch):
    process = SimpleNamespace(wait=lambda: None, returncode=0)
    monkeypatch.setattr(environment, "child", lambda *_: nullcontext(process))
    folder, target = tmp_path / ".venv", tmp_path / "work"
    folder.symlink_to(target)
    for _ in ("nothing there", "a folder that is not empty"):
        with pytest.raises(SystemExit, match="nothing is deleted behind a link"):
            environment.make_environment(folder)
        target.mkdir(exist_ok=True)
        (target / "thesis.txt").write_text("years", "utf-8")
    assert (target / "thesis.txt").read_text("utf-8") == "years"
    (target / "thesis.txt").unlink()
    environment.make_environment(folder)
    made = Path(environment.python_of(target)).exists()
    assert made, "an empty folder may be on another disk"


HOSTILE = {
    "PYTHONPATH": "x", "PYTHONHOME": "x", "PYTHONWARNINGS": "error", "PIP_USER": "1",
    "PIP_NO_INDEX": "1", "PIP_TARGET": "x", "PIP_PREFIX": "x", "PIP_ROOT": "x",
    "PIP_REQUIRE_VIRTUALENV": "1", "PIP_NO_DEPS": "1", "PIP_DRY_RUN": "1",
    "PIP_CONSTRAINT": "x", "PIP_NO_BUILD_ISOLATION": "0", "PIP_PYTHON": "x",
}  # fmt: skip
WELCOME = {
    "PIP_INDEX_URL": "x", "PIP_EXTRA_INDEX_URL": "x", "PIP_CERT": "x",
    "PIP_CONFIG_FILE": "x", "PIP_PROXY": "x", "HTTPS_PROXY": "x", "NO_PROXY": "x",
}  # fmt: skip


def test_pip_sees_how_to_fetch_and_nothing_else(tmp_path, monkeypatch):
    pip = "import json, os, sys; print(json.dumps([sys.argv, dict(os.environ)]))"
    empty_environment(tmp_path / ".venv", pip)
    for name, value in (HOSTILE | WELCOME).items():
        monkeypatch.setenv(name, value)
    environment.install(tmp_path / ".venv", "course", ())
    words, seen = json.loads(environment.read_log(tmp_path / ".venv"))
    assert seen.items() >= WELCOME.items()
    assert not HOSTILE.keys() & seen.keys()
    assert "--no-user" in words, "pip's own settings may ask for it too"


@pytest.mark.parametrize("free", [1e9, 1e3])
def test_a_full_disk_is_one_paragraph(course, monkeypatch, free):
    log = "x" * 4000 + " [Errno 28] No space left on device" * (free > 1e6)
    pip = f"import sys; print({log!r}); sys.exit('__main__' == __name__)"
    folder, _ = course
    set_up(folder)
    need_more(folder)
    (folder / PACKAGE).with_name("pip.py").write_text(pip, "utf-8")
    monkeypatch.setattr(environment, "install", INSTALL)
    usage = SimpleNamespace(free=free)
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(SystemExit, match=r"No space left.* 2 GB to spare") as caught:
        start.main(["lab"])
    assert len(str(caught.value)) < 600
    assert not (folder / STAMP).exists(), "what it has left is not trusted"


INSTALL = environment.install
START = """
import sys, pathlib
sys.path.insert(0, {tools!r})
import environment
environment.HERE = pathlib.Path({folder!r})
environment.damage = lambda *_: ""
sys.path.insert(0, {root!r})
import start
start.run = lambda *_: print("runs")
sys.argv[1:] = ["lab"]
"""


def started(folder):
    """Start the course in a folder with a fake pip, as a process of its own."""
    names = {"tools": ROOT / "tools", "root": ROOT, "folder": folder}
    script = START.format(**{name: str(path) for name, path in names.items()})
    source = (ROOT / "start.py").read_text("utf-8").split("if __name__ ==")[1]
    script += "from start import main, signal\nif __name__ ==" + source
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen([sys.executable, "-c", script], **pipes)


def half_made(folder, pip):
    """Make an environment in which a start goes on with `pip`."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    empty_environment(folder / ".venv", pip)
    place = [str(folder), *sys.version_info[:2]]
    (folder / STAMP).write_text(json.dumps({"place": place}), "utf-8")


@pytest.mark.parametrize("pause", [0, 1])
def test_of_two_starts_the_second_waits_and_says_so(tmp_path, pause):
    pip = "import time; open('{}', 'a').write('x'); time.sleep(3)"
    record = tmp_path / "record"
    half_made(tmp_path, f"if __name__ == '__main__': {pip.format(record.as_posix())}")
    first = started(tmp_path)
    time.sleep(pause)
    second = started(tmp_path)
    said = [start.communicate(timeout=60)[0] for start in (first, second)]
    assert record.read_text() == "x", "installed once"
    assert all(text.endswith("runs\n") for text in said)
    assert sum("Another start" in text for text in said) == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interrupted_pip_leaves_nothing_running(tmp_path, name):
    sleep = "import time; time.sleep(60)"
    pip = f"import os, subprocess, sys; child = [sys.executable, '-c', {sleep!r}]; "
    pip += "child = subprocess.Popen(child); file = open('{}', 'w'); "
    pip += "file.write(f'{{os.getpid()}} {{child.pid}}'); file.close(); child.wait()"
    pids = tmp_path / "pids"
    half_made(tmp_path, f"if __name__ == '__main__': {pip.format(pids)}")
    number = getattr(signal, name)
    before = signal.signal(number, signal.SIG_DFL)  # a child ignores what we ignore
    process = started(tmp_path)
    signal.signal(number, before)
    wait_for(lambda: pids.exists() and pids.read_text().count(" "))
    process.send_signal(number)
    assert process.communicate(timeout=20)[0].endswith(
        "Stopped. The next start puts right what is unfinished.\n"
    )
    for pid in pids.read_text().split():
        wait_for(lambda pid=pid: not alive(int(pid)))


def wait_for(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")  # one that nobody has waited for is dead
    return not (status.exists() and "\nState:\tZ" in status.read_text())


@pytest.fixture
def borrowed(tmp_path):
    """An environment with the packages of this one behind its own."""
    venv.create(tmp_path / ".venv")
    library = environment.library_of(tmp_path / ".venv")
    paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    lines = [f"import site; site.addsitedir({path!r})" for path in paths]
    (library / "others.pth").write_text("\n".join(lines), "utf-8")
    return tmp_path / ".venv", library


def test_this_environment_is_whole(borrowed):
    assert environment.damage(borrowed[0], "test") == ""


METADATA = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"cycler.py": "raise ImportError('no')"}, "ImportError: no"),
        ({"numpy.py": "1 +"}, "SyntaxError: invalid syntax"),
        ({"nnteach.py": "1 / 0"}, "ZeroDivisionError: division by zero"),
        (
            {"numpy-1.0.dist-info/METADATA": METADATA.format("numpy", "1.0")},
            " is needed, and 1.0 is there",
        ),
        (
            {
                "pillow-99.dist-info/METADATA": METADATA.format("pillow", "99")
                + "Requires-Dist: gone-away>=1\n"
            },
            "PackageNotFoundError: No package metadata was found for gone-away",
        ),
        (
            {
                "pillow-99.dist-info/METADATA": METADATA.format("pillow", "99"),
                "pillow-99.dist-info/RECORD": "PIL/lost.py,,\n",
            },
            "ImportError: pillow lacks the file PIL/lost.py",
        ),
    ],
)
def test_what_is_broken_is_found(borrowed, files, found):
    folder, library = borrowed
    for name, text in files.items():
        (library / name).parent.mkdir(exist_ok=True)
        (library / name).write_text(text, "utf-8")
    assert found in environment.damage(folder, "test")


def test_no_network_is_one_paragraph_and_no_folder(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(SystemExit, match="no connection to the network") as caught:
        environment.set_up(tmp_path / ".venv", "course")
    assert "Traceback" not in str(caught.value)
    assert not (tmp_path / ".venv").exists()


def test_progress_counts_packages(tmp_path):
    log = "Obtaining file:///x\nCollecting numpy>=2.0 (from y)\n  Downloading z\n"
    assert environment.progress(tmp_path, log) == "  1 packages found: numpy"
    log += "Processing /w/tqdm-4.70.1-py3-none-any.whl (from y)\n"
    assert environment.progress(tmp_path, log) == "  2 packages found: tqdm"
    (environment.library_of(tmp_path) / "numpy-2.4.dist-info").mkdir(parents=True)
    log += "\nInstalling collected packages: numpy, tqdm\n"
    assert environment.progress(tmp_path, log) == "  2 packages found, 1 installed"


def test_lab_opens_chapter_00_without_questions(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    command = environment.lab_command(tmp_path)
    assert f"--ServerApp.root_dir={environment.HERE / 'notebooks'}" in command
    assert "--LabApp.default_url=/lab/tree/00-start-here.ipynb" in command
    assert "--allow-root" in command
    settings = next(tmp_path.glob("share/jupyter/lab/settings/overrides.json"))
    assert json.loads(settings.read_text("utf-8")) == environment.LAB_SETTINGS
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert "--allow-root" not in environment.lab_command(tmp_path)


@pytest.mark.parametrize(
    ("words", "ends_with"),
    [
        ([], ["lab.py"]),
        (["--port", "8999"], ["lab.py", "--port", "8999"]),
        (["lab", "--no-browser"], ["lab.py", "--no-browser"]),
        (["greet", "Ann"], ["greet.py", "Ann"]),
        (["site", "--help"], ["site_.py", "--help"]),
    ],
)
def test_words_are_passed_on(course, monkeypatch, words, ends_with):
    folder, _ = course
    (folder / "tools").mkdir()
    for name in ("greet.py", "site_.py"):
        (folder / "tools" / name).touch()
    lab = [environment.python_of(folder / ".venv"), "lab.py"]
    monkeypatch.setattr(start, "lab_command", lambda folder: lab)
    monkeypatch.setattr(start, "run", lambda folder, command: command)
    python, *rest = start.main(words)
    assert python == environment.python_of(folder / ".venv")
    assert [Path(rest[0]).name, *rest[1:]] == ends_with


@pytest.mark.parametrize("word", ["lob", "", "-h", "environment"])
def test_an_unknown_command_lists_the_known_ones(course, word):
    shutil.copytree(ROOT / "tools", course[0] / "tools")
    with pytest.raises(SystemExit, match=r"NAME is one of: .*links"):
        start.main([word])
    assert course[1] == [], "nothing was set up for it"


@pytest.mark.parametrize("path", [True, False])
def test_run_gives_the_exit_code_and_utf8_and_shuts_others_out(tmp_path, path):
    (tmp_path / "numpy.py").touch()
    code = "import sys; sys.exit(7 if sys.flags.utf8_mode and "
    code += "not any(p.endswith('others') for p in sys.path) else 1)"
    script = f"import environment, sys; from pathlib import Path; c = {code!r};"
    script += "sys.exit(environment.run(Path('x'), [sys.executable, '-c', c]))"
    others = {"PYTHONPATH": str(tmp_path / "others"), "PATH": os.environ["PATH"]}
    env = {**os.environ, **others}
    if not path:
        del env["PATH"]
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT / "tools", env=env)
    assert done.returncode == 7


@pytest.mark.parametrize("chosen", [None, "4"])
def test_a_command_has_one_thread_for_sums_unless_you_choose(monkeypatch, chosen):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    if chosen:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", chosen)
    code = "import os, sys; sys.exit(int(os.environ['OPENBLAS_NUM_THREADS']))"
    script = f"import environment, sys; from pathlib import Path; c = {code!r};"
    script += "sys.exit(environment.run(Path('x'), [sys.executable, '-c', c]))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT / "tools")
    assert done.returncode == int(chosen or 1)


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
