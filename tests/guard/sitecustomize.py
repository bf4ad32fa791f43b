"""Refuses what SECURITY.md says that the course never does, while its notebooks run.

Python loads a module of this name when it starts, and `tools/test.py` puts this folder
on the path of the notebooks' kernels. The hook sees every connection that Python opens
and every file that it opens to write, of the course and of what it stands on.
"""

import ipaddress
import os
import sys
import tempfile
from pathlib import Path

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
HOME = Path.home()
ALLOWED = [
    Path(__file__).parents[2],  # the project
    Path(tempfile.gettempdir()),
    Path(os.devnull),
    # Of the packages below: caches of matplotlib, history of IPython, kernels at work.
    *(HOME / name for name in (".cache", ".config/matplotlib", ".ipython", ".jupyter")),
    *map(Path, filter(None, map(os.environ.get, ("IPYTHONDIR", "MPLCONFIGDIR")))),
    HOME / ".local/share/jupyter/runtime",
    HOME / "Library",  # where macOS keeps the same
    HOME / "AppData",  # and Windows
]


class Refused(BaseException):
    """What the course never does; no Exception, so that nothing passes over it."""


def is_this_machine(host):
    """Return whether a host's name or number leads to no other machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return host in (None, "", "localhost")


def may_be_written(path):
    """Return whether a file may be written; bytecode may be, wherever it lies."""
    path = Path(os.path.abspath(os.fsdecode(path)))
    return "__pycache__" in path.parts or any(map(path.is_relative_to, ALLOWED))


def watch(event, arguments):
    """Raise Refused for what is not allowed; called by Python for each event."""
    address = arguments[1] if event == "socket.connect" else None
    if isinstance(address, tuple) and not is_this_machine(address[0]):
        raise Refused(f"a connection to {address[0]}")
    if event == "socket.getaddrinfo" and not is_this_machine(arguments[0]):
        raise Refused(f"a question for the address of {arguments[0]}")
    if event == "open":
        path, _, flags = arguments
        named = isinstance(path, str | bytes | os.PathLike)
        if named and (flags or 0) & WRITES and not may_be_written(path):
            raise Refused(f"a file written outside the course: {path}")


sys.addaudithook(watch)
