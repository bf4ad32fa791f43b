#!/usr/bin/env python3
"""Set the course up and run it.

    python3 start.py                  open JupyterLab on the course
    python3 start.py test             run every test
    python3 start.py NAME             run tools/NAME.py or benchmarks/NAME.py

The first start makes a folder .venv beside this file and installs into it what the
command needs; delete the folder to begin again. Words after the command are passed
on to it (`lab --no-browser --port 8999`). Needs nothing but Python 3.11 or newer.
"""

import sys

if sys.version_info < (3, 11):  # before the imports, some of which are younger
    sys.exit(
        "The course needs Python 3.11 or newer, and this is Python %d.%d (%s). Install "
        "a newer one from https://www.python.org/downloads/ and start again with it, "
        "for example: python3.13 start.py" % (*sys.version_info[:2], sys.executable)
    )

import json
import os
import re
import shutil
import signal
import subprocess
import sysconfig
import tomllib
import venv
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
OFFLINE = ("Max retries", "NewConnectionError", "Temporary failure", "ReadTimeout")
LAB_SETTINGS = {  # ask nothing about news, and ask no other computer for updates
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
}
NOISE = ("WARNING: Location", "WARNING: Retrying", "Looking in", "[notice]")


def python_of(folder):
    """Return the Python of the environment in `folder`."""
    return str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def say(text, over=False):
    """Print a line; on a terminal it may be written `over` the one before."""
    over = over and sys.stdout.isatty()
    print(f"\r{text[:78]:78}" if over else text, end="" if over else "\n", flush=True)


def make_environment(folder):
    """Make an empty environment, in place of what may be left of an older one."""
    say(f"Making {folder.name} for Python {sys.version.split()[0]}.")
    if not find_spec("ensurepip"):
        sys.exit(
            "This Python cannot make environments: its ensurepip is missing. On Debian "
            "and Ubuntu: sudo apt install python3-venv (or python{}.{}-venv), then "
            "start again.".format(*sys.version_info[:2])
        )
    if folder.exists():
        shutil.rmtree(folder)
    venv.create(folder, with_pip=True, symlinks=os.name != "nt")


def progress(folder, log):
    """Return how far pip is, from what it has written and what lies in `folder`."""
    line = r"^(?:Collecting|Processing) (?:\S*/)?([\w.-]*?\w)(?:-\d|[^\w.-])"
    names = re.findall(line, log, re.M)
    if "\nInstalling collected packages:" not in log:
        return f"  {len(names)} packages found: {''.join(names[-1:]) or 'looking'}"
    library = sysconfig.get_path("purelib", "venv", {"base": str(folder)})
    done = len(list(Path(library).glob("*.dist-info")))
    return f"  {len(names)} packages found, {done} installed"


def install(folder, extra, options):
    """Install the package with what `extra` names, and show how far it is."""
    say(f"Installing into {folder.name}; the first time it takes a few minutes.")
    command = [python_of(folder), "-m", "pip", "install", "--progress-bar=off"]
    command += [*options, "--editable", f"{HERE}[{extra}]"]
    log_file, log, shown = folder / "install.log", "", ""
    with log_file.open("wb") as output:
        pip = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        while pip.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                pip.wait(0.2 if sys.stdout.isatty() else 5)
            log = log_file.read_text("utf-8", "replace")
            line = progress(folder, log)
            if line != shown:
                say(line, over=True)
            shown = line
    finally:
        pip.kill()  # it has ended, unless this start is interrupted
        pip.wait()
    print(flush=True)
    if pip.returncode and any(word in log for word in OFFLINE):
        sys.exit(
            "The packages cannot be fetched: there seems to be no connection to the "
            "network. Connect, then start again; what was fetched is not lost."
        )
    if pip.returncode:
        lines = [line for line in log.splitlines() if not line.startswith(NOISE)]
        sys.exit("The packages cannot be installed:\n" + "\n".join(lines[-15:]))


def set_up(folder, extra, *options):
    """Make `folder` an environment with the package and `extra`, unless it is one."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))["project"]
    needs = [project["dependencies"], project["optional-dependencies"], *options]
    needs += [Path(name).read_text("utf-8") for name in options if Path(name).is_file()]
    place = [str(HERE), *sys.version_info[:2]]
    stamp = folder / "set-up.json"  # written last: without it nothing is trusted
    old = {}
    with suppress(OSError, ValueError, subprocess.SubprocessError):
        trial = [python_of(folder), "-c", "import pip"]
        subprocess.run(trial, check=True, capture_output=True)
        old = json.loads(stamp.read_text("utf-8"))
    fresh = old.get("place") != place
    if not fresh and old["needs"] == needs and old["extra"] in (extra, "test"):
        return
    try:
        if fresh:
            make_environment(folder)
        stamp.unlink(missing_ok=True)
        install(folder, extra, options)
    except BaseException as error:
        if fresh:
            shutil.rmtree(folder, ignore_errors=True)
        elif isinstance(error, SystemExit):  # pip fetches all before it changes any
            stamp.write_text(json.dumps(old), "utf-8")
        raise
    new = {"place": place, "needs": needs, "extra": extra}
    stamp.write_text(json.dumps(new), "utf-8")


def lab_command(folder):
    """Return the command that opens JupyterLab on the course."""
    settings = folder / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps(LAB_SETTINGS), "utf-8")
    say("Starting JupyterLab. To end it, press Ctrl-C here.")
    command = [
        python_of(folder),
        "-m",
        "jupyterlab",
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
    path = os.pathsep.join([str(Path(python_of(folder)).parent), os.environ["PATH"]])
    settings = {"PATH": path, "PYTHONUTF8": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
    settings["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # kernels warn of nothing then
    process = subprocess.Popen(command, env={**os.environ, **settings})
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while process.poll() is None:
        with suppress(KeyboardInterrupt):  # the command has seen it too, and ends
            process.wait()
    return process.returncode


def main(words):
    """Set up, run the command and return its exit code."""
    name, *rest = words if words and words[0][0] != "-" else ["lab", *words]
    tools = [*HERE.glob("tools/*.py"), *HERE.glob("benchmarks/*.py")]
    tools = {path.stem: str(path) for path in tools}
    if name not in {"lab", *tools} or words[:1] in (["-h"], ["--help"]):
        sys.exit(f"{__doc__}\nNAME is one of: {', '.join(sorted(tools))}")
    folder = HERE / ".venv"
    try:
        set_up(folder, "course" if name == "lab" else "test")
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(
            f"The course cannot be set up in {HERE}: {error}. Move it to a folder that "
            "you may write to, on a disk with 2 GB to spare, and start again."
        )
    tool = [python_of(folder), tools.get(name)]
    return run(folder, [*(lab_command(folder) if name == "lab" else tool), *rest])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start puts right what is unfinished.")
