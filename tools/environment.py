"""The environment of the course: make it, keep it whole, run a command in it.

start.py calls `set_up` and `run`. Run as a script by the Python of an environment,
`environment.py EXTRA` ends with an error if something that EXTRA needs is not there
or cannot be imported.
"""

import errno
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
import venv
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

HERE = Path(__file__).resolve().parents[1]
STAMP = "set-up.json"  # written last: without it nothing is trusted
NEEDED = {
    "course": "nnteach numpy matplotlib.pyplot ipywidgets ipykernel.kernelapp "
    "jupyterlab.labapp sklearn.datasets",
    "test": "colorspacious hypothesis nbclient nbconvert nbformat nbval "
    "playwright.sync_api pytest xdist yaml ruff",
}
# How packages are fetched is the system's affair; where they go is ours.
FETCHING = {
    f"PIP_{word}"
    for word in "CACHE_DIR CERT CLIENT_CERT CONFIG_FILE DEFAULT_TIMEOUT "
    "DISABLE_PIP_VERSION_CHECK EXTRA_INDEX_URL FIND_LINKS INDEX_URL KEYRING_PROVIDER "
    "NO_CACHE_DIR PROXY RETRIES TIMEOUT TRUSTED_HOST".split()
}
OFFLINE = ("Max retries", "NewConnectionError", "Temporary failure", "ReadTimeout")
FULL = ("No space left", "[Errno 28]", "quota exceeded", "not enough space")
NOISE = ("WARNING: Location", "WARNING: Retrying", "Looking in", "[notice]")
LAB_SETTINGS = {
    # ask nothing about news, and ask no other computer for updates
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    # glossary and symptoms are pages to read, not text to edit
    "@jupyterlab/docmanager-extension:plugin": {
        "defaultViewers": {"markdown": "Markdown Preview"}
    },
}


def python_of(folder):
    """Return the Python of the environment in `folder`."""
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def library_of(folder):
    """Return where the packages of the environment in `folder` are."""
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))


def say(text, over=False):
    """Print a line; on a terminal it may be written `over` the one before."""
    over = over and sys.stdout.isatty()
    print(f"\r{text[:78]:78}" if over else text, end="" if over else "\n", flush=True)


def variables(*dropped):
    """Return the system's variables, but none of pip's and none that is `dropped`."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in FETCHING or not name.startswith((*dropped, "PIP_"))
    }


# ---------------------------------------------------------------- one start at a time


@contextmanager
def alone(lock, waiting, say=say):
    """Hold the file `lock`; wait, and say `waiting`, while another command holds it."""
    with Path(lock).open("w") as file:
        said = False
        while not locked(file):
            if not said:
                say(waiting)
            said = True
            time.sleep(0.5)
        yield


def locked(file):
    """Lock a file until it is closed, if no other start has; return whether it is."""
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a disk that knows no locks
        return True
    return True


# ---------------------------------------------------------------- make and fill it


@contextmanager
def child(command, log_file):
    """Start a command that writes into a file; after the block nothing of it runs."""
    with log_file.open("wb") as output:
        process = subprocess.Popen(
            command,
            env=variables("PYTHON"),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a group of its own, for pip has children too
        )
    try:
        yield process
    finally:
        if os.name != "nt":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        elif process.poll() is None:
            end = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            subprocess.run(end, capture_output=True)
        process.wait()


def make_environment(folder):
    """Make an empty environment, in place of what may be left of an older one."""
    say(f"Making {folder.name} for Python {sys.version.split()[0]}.")
    if not find_spec("ensurepip"):
        sys.exit(
            "This Python cannot make environments: its ensurepip is missing. On Debian "
            "and Ubuntu: sudo apt install python3-venv (or python{}.{}-venv), then "
            "start again.".format(*sys.version_info[:2])
        )
    if folder.is_symlink():  # what lies behind it may be somebody's work
        target = folder.resolve()
        if not target.is_dir() or any(target.iterdir()):
            sys.exit(
                f"{folder} is a link to {target}. The environment has to be made anew, "
                "and nothing is deleted behind a link. Delete the link, or empty the "
                "folder that it leads to, and start again."
            )
    elif folder.is_dir():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)
    venv.create(folder.resolve(), symlinks=os.name != "nt")
    command = [python_of(folder), "-I", "-m", "ensurepip", "--default-pip"]
    with child(command, folder / "install.log") as process:
        process.wait()
    if process.returncode:
        raise_if_full(folder, read_log(folder))
        raise subprocess.CalledProcessError(process.returncode, "ensurepip")


def read_log(folder):
    """Return what the last command wrote."""
    return (folder / "install.log").read_text("utf-8", "replace")


def raise_if_full(folder, log):
    """Raise an OSError if a command failed because the disk is full."""
    places = [str(folder), tempfile.gettempdir()]
    place = min(places, key=lambda place: shutil.disk_usage(place).free)
    little = shutil.disk_usage(place).free < 2e7  # then the log may be cut off
    if little or any(word in log for word in FULL):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), place)


def progress(folder, log):
    """Return how far pip is, from what it has written and what lies in `folder`."""
    line = r"^(?:Collecting|Processing) (?:\S*/)?([\w.-]*?\w)(?:-\d|[^\w.-])"
    names = re.findall(line, log, re.M)
    if "\nInstalling collected packages:" not in log:
        return f"  {len(names)} packages found: {''.join(names[-1:]) or 'looking'}"
    done = len(list(library_of(folder).glob("*.dist-info")))
    return f"  {len(names)} packages found, {done} installed"


def install(folder, extra, options):
    """Install the package with what `extra` names, and show how far it is."""
    say(f"Installing into {folder.name}; the first time it takes a few minutes.")
    command = [python_of(folder), "-I", "-m", "pip", "install", "--progress-bar=off"]
    command += ["--disable-pip-version-check", "--no-input", "--no-user", *options]
    command += ["--editable", f"{HERE}[{extra}]"]
    shown = set()
    with child(command, folder / "install.log") as pip:
        while pip.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                pip.wait(0.2 if sys.stdout.isatty() else 5)
            line = progress(folder, read_log(folder))
            if line not in shown:  # a repair takes out what it puts back
                say(line, over=True)
            shown.add(line)
    print(flush=True)
    if not pip.returncode:
        return
    log = read_log(folder)
    raise_if_full(folder, log)
    if any(word in log for word in OFFLINE):
        sys.exit(
            "The packages cannot be fetched: there seems to be no connection to the "
            "network. Connect, then start again; what was fetched is not lost."
        )
    lines = [line for line in log.splitlines() if not line.startswith(NOISE)]
    sys.exit("The packages cannot be installed:\n" + "\n".join(lines[-15:]))


# ---------------------------------------------------------------- is it whole?


def needs_of(options):
    """Return what the environment is made from; another answer needs another one."""
    file = HERE / "pyproject.toml"
    try:
        project = tomllib.loads(file.read_text("utf-8"))["project"]
        needs = [project["dependencies"], project["optional-dependencies"], *options]
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.exit(
            f"{file} cannot be used ({type(error).__name__}: {error}). Take back what "
            "was changed in it, or fetch the course again."
        )
    return needs + [
        Path(name).read_text("utf-8") for name in options if Path(name).is_file()
    ]


def read_stamp(folder):
    """Return what was set up in `folder`, or nothing if that is not known."""
    with suppress(OSError, ValueError):
        stamp = json.loads((folder / STAMP).read_text("utf-8"))
        if isinstance(stamp, dict):
            return stamp
    return {}


def fingerprint(folder):
    """Return a text that changes when a file of an installed package does."""
    lines = []
    for top, folders, names in os.walk(library_of(folder)):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for path in (os.path.join(top, name) for name in names):
            with suppress(OSError):
                status = os.stat(path)
                lines.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    text = "\n".join(sorted(lines)).encode("utf-8", "replace")
    return hashlib.sha256(text).hexdigest()


def starts(folder):
    """Return whether the Python of the environment starts and has pip."""
    with suppress(OSError, subprocess.SubprocessError):
        trial = [python_of(folder), "-I", "-c", "import pip"]
        subprocess.run(trial, check=True, capture_output=True)
        return True
    return False


def damage(folder, extra):
    """Return why the environment cannot serve for `extra`; nothing, if it can."""
    command = [python_of(folder), "-I", __file__, extra]
    plain = {**variables("PYTHON"), "MPLBACKEND": "agg"}
    done = subprocess.run(command, env=plain, capture_output=True)
    lines = done.stderr.decode("utf-8", "replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    return (said or [f"exit code {done.returncode}"])[-1] if done.returncode else ""


def check(extra):
    """Raise an error unless all that `extra` needs is here and can be imported."""
    from pip._vendor.packaging.requirements import Requirement

    todo, seen = [f"nnteach[{extra}]"], set()
    while todo:
        text = todo.pop()
        if text in seen:
            continue
        seen.add(text)
        need = Requirement(text)
        package = distribution(need.name)
        if not need.specifier.contains(package.version, prereleases=True):
            raise ImportError(f"{need} is needed, and {package.version} is there")
        for file in package.files or ():
            if file.suffix == ".py" and not file.locate().is_file():
                raise ImportError(f"{need.name} lacks the file {file}")
        for line in package.requires or ():
            marker = Requirement(line).marker
            extras = [{"extra": name} for name in ("", *need.extras)]
            if marker is None or any(map(marker.evaluate, extras)):
                todo.append(line)
    for name in NEEDED["course"].split() + NEEDED[extra].split():
        import_module(name)


# ---------------------------------------------------------------- all of it together


def set_up(folder, extra, *options):
    """Make `folder` an environment with the package and `extra`, unless it is one."""
    wanted = {"place": [str(HERE), *sys.version_info[:2]], "needs": needs_of(options)}

    def as_wanted(stamp):
        same = all(stamp.get(key) == value for key, value in wanted.items())
        return same and stamp.get("extra") in (extra, "test")

    old = read_stamp(folder)
    unchanged = as_wanted(old) and old.get("files") == fingerprint(folder)
    if unchanged and starts(folder):
        return
    waiting = "Another start is setting the course up: waiting until it ends."
    with alone(f"{folder}.lock", waiting):
        old, repair = read_stamp(folder), []  # another start may have written it
        anew = old.get("place") != wanted["place"] or not starts(folder)
        if not anew and as_wanted(old):  # only files have changed
            extra = old["extra"]
            found = damage(folder, extra)
            if not found:  # somebody has installed more, or another start all
                write_stamp(folder, wanted, extra)
                return
            say(f"{folder.name} is damaged ({found}). It is put right.")
            repair = ["--force-reinstall"]
        for empty in [True] if anew else [False, True]:
            fill(folder, empty, extra, [*options, *([] if empty else repair)], old)
            found = damage(folder, extra)
            if not found:
                write_stamp(folder, wanted, extra)
                return
        sys.exit(
            f"{folder.name} was made, but what the course needs does not work in it: "
            f"{found}. Try another Python from https://www.python.org/downloads/, or "
            "show this line to whoever gave you the course."
        )


def write_stamp(folder, wanted, extra):
    """Write down that the environment is whole."""
    stamp = {**wanted, "extra": extra, "files": fingerprint(folder)}
    (folder / STAMP).write_text(json.dumps(stamp), "utf-8")


def fill(folder, empty, extra, options, old):
    """Install into an `empty` environment, or into what is there."""
    try:
        if empty:
            make_environment(folder)
        (folder / STAMP).unlink(missing_ok=True)
        install(folder, extra, options)
    except BaseException as error:
        if empty:
            shutil.rmtree(folder, ignore_errors=True)
        elif isinstance(error, SystemExit):  # pip fetches all before it changes any
            (folder / STAMP).write_text(json.dumps(old), "utf-8")
        raise


# ---------------------------------------------------------------- run in it


def lab_command(folder):
    """Return the command that opens JupyterLab on the course."""
    settings = folder / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    text = json.dumps(LAB_SETTINGS)
    if not settings.is_file() or settings.read_text("utf-8") != text:
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(text, "utf-8")
    say("Starting JupyterLab. To end it, press Ctrl-C here.")
    command = [
        python_of(folder),
        "-P",  # a file of the student's beside the course is no package
        str(HERE / "tools" / "lab.py"),
        "-y",
        "--Application.log_level=ERROR",
    ]
    command += [f"--ServerApp.root_dir={HERE / 'notebooks'}"]
    command += ["--LabApp.default_url=/lab/tree/00-start-here.ipynb"]
    command += ["--KernelManager.transport_encryption=auto"]  # else kernels warn of it
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*command, "--allow-root"] if as_root else command


def run(folder, command):
    """Run a command in the environment and return its exit code."""
    first = str(Path(python_of(folder)).parent)
    path = os.pathsep.join([first, os.environ.get("PATH", os.defpath)])
    settings = {"PATH": path, "PYTHONUTF8": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
    settings["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # kernels warn of nothing then
    # The course's matrices are small: a second thread mostly waits, and where others
    # use the processor too, it makes chapter 10 take three times the processor's time.
    chosen = {"OPENBLAS_NUM_THREADS": "1", **variables("PYTHONPATH", "PYTHONHOME")}
    process = subprocess.Popen(command, env={**chosen, **settings})
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while process.poll() is None:
        with suppress(KeyboardInterrupt):  # the command has seen it too, and ends
            process.wait()
    return process.returncode


if __name__ == "__main__":
    check(sys.argv[1])
