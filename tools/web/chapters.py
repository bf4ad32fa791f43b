"""Chapters executed for the page: what their outputs hold needs no kernel any more.

    executed([file, ...])     the notebooks, executed where something has changed

They are kept in build/chapters, each with the hash of all that went into it: the
chapter, the package, what runs in the kernel, and the versions of what draws. Two are
executed at a time.
"""

import hashlib
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import nbclient
import nbformat
from traitlets.config import Config

import environment
import notebooks

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "chapters"
DRAWN_BY = ("numpy", "matplotlib", "scikit-learn", "pygments")
START = """\
import sys
sys.path.append({tools!r})
from web import in_kernel
in_kernel.start()
sys.path.remove({tools!r})"""


def files():
    """Return the paths of all chapters, in their order."""
    return sorted(ROOT.glob("notebooks/*.ipynb"))


def hash_of(*paths):
    """Return a hash of the names and the contents of files."""
    total = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        name = "/".join(path.parts[-2:])
        total.update(f"{name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def stamp(file):
    """Return what a chapter's outputs depend on, as a short text."""
    package = [path for path in ROOT.glob("nnteach/**/*") if path.suffix in SOURCES]
    inputs = hash_of(file, ROOT / "tools" / "web" / "in_kernel.py", *package)
    versions = [f"{name} {version(name)}" for name in DRAWN_BY]
    return " ".join([inputs[:16], *versions])


SOURCES = {".py", ".js", ".css"}


def kept(file):
    """Return the path where a chapter's executed notebook is kept."""
    return KEPT / file.name


def stored(file):
    """Return the executed notebook if it is there and not stale, else None."""
    try:
        found = nbformat.read(kept(file), as_version=4)
    except (OSError, json.JSONDecodeError, nbformat.reader.NotJSONError):
        return None
    return found if found.metadata.get("stamp") == stamp(file) else None


def execute(file):
    """Execute a chapter for the page, keep it, and return it."""
    notebook = nbformat.read(file, as_version=4)
    began, made_of = time.perf_counter(), stamp(file)  # it may change meanwhile
    start = START.format(tools=str(ROOT / "tools"))
    notebook.cells.insert(0, nbformat.v4.new_code_cell(start))
    client = nbclient.NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=600,
        record_timing=False,
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
        resources={"metadata": {"path": str(file.parent)}},
    )
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    settings = {
        "NNTEACH_PROGRESS": "",  # without the progress of whoever runs this
        "OPENBLAS_NUM_THREADS": "1",  # two kernels run side by side
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
    try:
        client.execute(env={**os.environ, **settings})
    except nbclient.exceptions.CellExecutionError as error:
        raise SystemExit(notebooks.explain(file, notebook, error)) from None
    del notebook.cells[0]
    notebook.metadata.pop("widgets", None)
    notebook.metadata.stamp = made_of
    notebook.metadata.seconds = round(time.perf_counter() - began, 1)
    KEPT.mkdir(parents=True, exist_ok=True)
    half = kept(file).with_suffix(f".{os.getpid()}")
    half.write_text(nbformat.writes(notebook), "utf-8")
    os.replace(half, kept(file))
    return notebook


def alone(say):
    """Hold the folder of executed chapters; wait while another command holds it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    waiting = "Another command executes the chapters: waiting until it ends."
    return environment.alone(KEPT.with_suffix(".lock"), waiting, say)


def executed(wanted, say=print):
    """Return the executed notebooks of these chapters, in their order.

    say : is told of each chapter that has to be executed, when it is done
    """
    with alone(say):
        return _executed(wanted, say)


def _executed(wanted, say):
    found = {file: stored(file) for file in wanted}
    stale = [file for file in wanted if found[file] is None]
    if stale:
        say(f"{len(stale)} chapters have to be executed, two at a time.")
    with ThreadPoolExecutor(2) as pool:
        # The longest first, which are the last chapters.
        works = {file: pool.submit(execute, file) for file in reversed(stale)}
        for number, file in enumerate(reversed(stale), 1):
            found[file] = works[file].result()
            took = f"{found[file].metadata.seconds:.0f} s"
            say(f"{number}/{len(stale)} {file.name} executed in {took}")
    return [found[file] for file in wanted]
