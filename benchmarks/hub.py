"""What students cost at a JupyterHub: seconds and memory, measured on this machine.

    sudo python3 start.py hub                  one student, chapters 02 and 03
    sudo python3 start.py hub 20               twenty at the same time
    sudo python3 start.py hub 20 02 07         with other chapters

A real JupyterHub with users of the system, as in tests/test_hub.py: each student logs
in, gets a server and a copy of the course, and runs the chapters to the end, each in a
kernel of its own, at the same time as the others. deploy/README.md computes the size of
a class from these figures.
"""

import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from statistics import median

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import hub  # noqa: E402


def lesson(student, chapters):
    """Have a student go through the chapters; return (chapter, cell) if it is wrong."""
    student.enter().pull()
    return [(name, cell) for name in chapters for cell, _ in student.run(name)]


def columns(student):
    """Return what a student took, by the name of the column."""
    uses = student.uses()
    memory, seconds = uses.pop("server")
    took = {f"{step.split('-')[0]}, s": t for step, t in student.seconds.items()}
    took |= {"server, MB": memory, "server, CPU s": seconds}
    for number, name in enumerate(uses, start=1):
        took[f"kernel {number}, MB"], took[f"kernel {number}, CPU s"] = uses[name]
    return took


def at_the_hub():
    """Return how many MB hub, proxy and culler hold: what is ours and no student's."""
    ours = psutil.Process().children(recursive=True)
    own = [process for process in ours if process.uids().real == os.getuid()]
    return sum(process.memory_full_info().pss for process in own) / 1e6


def main():
    reason = hub.obstacle()
    if reason:
        sys.exit(f"This cannot be measured here: {reason}.")
    number, *wanted = sys.argv[1:] or ["1"]
    if not (number.isdecimal() and int(number)):
        raise SystemExit(f"How many students? Expected a number, got {number}.")
    wanted = [f"{name}-*.ipynb" for name in wanted or ["02", "03"]]
    chapters = [next(ROOT.glob(f"notebooks/{name}")).name for name in wanted]
    with (
        hub.place() as folder,
        hub.users(folder, int(number)) as names,
        hub.hub(folder, names) as students,
        ThreadPoolExecutor(len(names)) as pool,
    ):
        wrong = list(pool.map(lambda student: lesson(student, chapters), students))
        rows, at_hub = [columns(student) for student in students], at_the_hub()
    for (name, cell), times in Counter(chain(*wrong)).items():
        print(f"{name}, cell {cell}: not as stored for {times} of {number}")
    print(f"{number} at the same time: {', '.join(chapters)}")
    print(f"hub, proxy and culler: {at_hub:.0f} MB")
    print(f"{'':18}{'median':>9}{'least':>9}{'most':>9}")
    for name in rows[0]:
        values = [row[name] for row in rows]
        figures = (median(values), min(values), max(values))
        print(f"{name:18}" + "".join(f"{value:9.1f}" for value in figures))


if __name__ == "__main__":
    main()
