"""What the notebooks never do is refused while they are tested."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

GUARD = Path(__file__).parent / "guard"
ELSEWHERE = Path(GUARD.anchor, "nnteach-elsewhere.txt")
WRITTEN = "a file written outside the course"
REFUSED = {
    "socket.create_connection(('192.0.2.1', 80), 1)": "a question for the address",
    "socket.socket().connect(('192.0.2.1', 80))": "a connection to",
    "socket.create_connection(('example.org', 80), 1)": "a question for the address",
    "urllib.request.urlopen('http://example.org')": "a question for the address",
    "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))": "a connection to",
    f"open({str(ELSEWHERE)!r}, 'w')": WRITTEN,
    f"os.open({str(ELSEWHERE)!r}, os.O_CREAT)": WRITTEN,
    f"pathlib.Path({str(ELSEWHERE)!r}).write_bytes(b'')": WRITTEN,
}
ALLOWED = [
    "s = socket.create_server(('127.0.0.1', 0))\n"
    "socket.create_connection(s.getsockname())",
    "open(os.__file__).read()",
    "tempfile.TemporaryFile('w').write('x')",
    "import nnteach.draw.plots as plots; plots.network([2, 4, 1]).svg",
]


def run(code):
    code = f"import os, pathlib, socket, tempfile, urllib.request\n{code}"
    environment = {**os.environ, "PYTHONPATH": str(GUARD)}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    ).stderr


@pytest.mark.parametrize("code", REFUSED)
def test_what_the_course_never_does_is_refused(code):
    assert (
        run(code).splitlines()[-1].startswith(f"sitecustomize.Refused: {REFUSED[code]}")
    )
    assert not ELSEWHERE.exists()


@pytest.mark.parametrize("code", ALLOWED)
def test_what_it_does_is_not(code):
    assert run(code) == ""
