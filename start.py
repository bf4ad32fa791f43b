#!/usr/bin/env python3
"""Set the course up and run it.

    python3 start.py                  open JupyterLab on the course
    python3 start.py test             run every test
    python3 start.py NAME             run tools/NAME.py or benchmarks/NAME.py

The first start makes a folder .venv beside this file and installs into it what the
command needs; later starts put right what is damaged in it. Words after the command
are passed on to it (`lab --no-browser --port 8999`). Needs nothing but Python 3.11 or
newer.
"""

import os
import sys

if sys.version_info < (3, 11):  # every Python, 2.7 too, reads this far: mind the syntax
    sys.exit(
        "The course needs Python 3.11 or newer, and this is Python %d.%d (%s). Install "
        "a newer one from https://www.python.org/downloads/ and start again with it, "
        "for example: python3.13 start.py"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

import signal
import subprocess

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "tools"))
from environment import HERE, lab_command, python_of, run, set_up


def main(words):
    """Set up, run the command and return its exit code."""
    named = words and not words[0].startswith("-")
    name, rest = (words[0], words[1:]) if named else ("lab", words)
    paths = list(HERE.glob("tools/*.py")) + list(HERE.glob("benchmarks/*.py"))
    # `site` is tools/site_.py: a file site.py would hide Python's own module from every
    # process that has tools/ on its path.
    paths = [path for path in paths if path.stem != "environment"]
    tools = {path.stem.rstrip("_"): str(path) for path in paths}
    if (name != "lab" and name not in tools) or words[:1] in (["-h"], ["--help"]):
        sys.exit("%s\nNAME is one of: %s" % (__doc__, ", ".join(sorted(tools))))
    folder = HERE / ".venv"
    try:
        set_up(folder, "course" if name == "lab" else "test")
        lab = name == "lab"
        command = lab_command(folder) if lab else [python_of(folder), tools[name]]
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(
            "The course cannot be set up in %s: %s. It needs a folder that you may "
            "write to, on a disk with 2 GB to spare, and as much for temporary files "
            "(TMPDIR names their folder). Make room or move it, and start again."
            % (HERE, error)
        )
    return run(folder, command + rest)


if __name__ == "__main__":
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup wants it
            signal.signal(number, signal.default_int_handler)  # as Ctrl-C
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start puts right what is unfinished.")
