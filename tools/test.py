"""Run every test and say in plain words what ran.

    python start.py test                everything
    python start.py test -k softmax     pytest alone, with these arguments

In this order: the style (ruff, notebooks included), the tests in tests/, every notebook
cell by cell (nbval). Where CI is set, the tests without a browser and the notebooks run
once more in .venv-colab, an environment with Colab's versions of the packages.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import environment

ROOT = environment.HERE
CONSTRAINTS = str(ROOT / "tests" / "colab-constraints.txt")
PARALLEL = ["-n", "2"] if (os.cpu_count() or 1) > 1 else []
NBVAL = [
    "--nbval-lax",
    "--nbval-current-env",
    "--nbval-cell-timeout=120",
    f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval-sanitize.cfg'}",
]
GUARD = str(ROOT / "tests" / "guard")  # no other host, no file elsewhere
OUTCOMES = ("failure", "error", "skipped")


def title(text):
    """Print the heading of a step."""
    print(f"\n--- {text}", flush=True)


def run(command, **settings):
    """Run a command in the root of the course; return whether it succeeded."""
    # Tests run side by side; threads below numpy would only wait for each other.
    # What a maintainer has solved is nothing to them, and they add nothing to it.
    quiet = {"OPENBLAS_NUM_THREADS": "1", "NNTEACH_PROGRESS": ""}
    settings = {**os.environ, **quiet, **settings}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=ROOT, env=settings).returncode == 0


def style():
    """Return whether ruff has nothing to say."""
    title("style: ruff check, ruff format")
    ruff = [sys.executable, "-m", "ruff"]
    checked = run([*ruff, "check", "."])
    return run([*ruff, "format", "--check", "."]) and checked


def read_report(text):
    """Return the tests of a JUnit report as (file, outcome, reason), one for each."""
    tests = []
    for case in ElementTree.fromstring(text).iter("testcase"):
        found = [child for child in case if child.tag in OUTCOMES]
        outcome = found[0].tag if found else "passed"
        reason = found[0].get("message", "") if found else ""
        tests.append((case.get("classname", ""), outcome, reason))
    return tests


def pytest(python, *arguments, **settings):
    """Run pytest; return whether it succeeded and the tests that ran."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [python, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
        succeeded = run(command, **settings)
        tests = read_report(report.read_text("utf-8")) if report.is_file() else []
    return succeeded, tests


def in_words(kind, tests):
    """Return what ran in a step, as a phrase."""
    ran = [file for file, outcome, _ in tests if outcome != "skipped"]
    if kind == "notebooks":
        return f"{len(set(ran))} notebooks, {len(ran)} cells"
    browser = sum("browser" in file for file in ran)
    phrase = f"{len(ran) - browser} tests of the package and the course"
    return f"{phrase}, {browser} tests in a browser" if browser else phrase


def summary(steps):
    """Return the closing lines: what ran, what was skipped and why, and the counts.

    `steps` holds (name, kind, succeeded, tests).
    """
    lines, counts = ["", "What ran:"], Counter()
    for name, kind, succeeded, tests in steps:
        words = in_words(kind, tests) if kind else ""
        outcomes = Counter(outcome for _, outcome, _ in tests)
        failed = outcomes["failure"] + outcomes["error"]
        counts += Counter(passed=outcomes["passed"] + (not kind and succeeded))
        counts += Counter(failed=max(failed, not succeeded))
        counts += Counter(skipped=outcomes["skipped"])
        verdict = "ok" if succeeded else "FAILED"
        lines.append(f"  {verdict:7} {name}{': ' * bool(words)}{words}")
        skipped = {reason for _, outcome, reason in tests if outcome == "skipped"}
        lines += [f"  skipped {reason}" for reason in sorted(skipped)]
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    lines.append(f"{counts['passed']} passed, {counts['failed']} failed{skipped}")
    return "\n".join(lines)


def colab_twin():
    """Return the Python of an environment with Colab's versions; make it if need be."""
    folder = ROOT / ".venv-colab"
    environment.set_up(folder, "test", "--constraint", CONSTRAINTS)
    return environment.python_of(folder)


def suite(python, name, *arguments):
    """Run the tests and the notebooks with `python`; return the two steps."""
    title(f"tests{name}")
    # The browser tests of a file share one page, in their order.
    tests = pytest(python, *PARALLEL, "--dist=loadfile", *arguments)
    title(f"notebooks{name}, cell by cell")
    cells = pytest(
        python, *NBVAL, *PARALLEL, "--dist=loadscope", "notebooks", PYTHONPATH=GUARD
    )
    return [
        (f"tests{name}", "tests", *tests),
        (f"notebooks{name}", "notebooks", *cells),
    ]


def main(arguments):
    """Run the steps, print the closing lines and return the exit code."""
    if arguments:
        steps = [("tests", "tests", *pytest(sys.executable, *arguments))]
    else:
        steps = [("style", "", style(), []), *suite(sys.executable, "")]
        if os.environ.get("CI"):
            title("an environment with Colab's versions")
            # A hub has an environment of its own, and no student's kernel runs a tool.
            own = "not browser and not hub and not tool"
            steps += suite(colab_twin(), " with Colab's versions", "-m", own)
    print(summary(steps))
    return int(not all(succeeded for _, _, succeeded, _ in steps))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
