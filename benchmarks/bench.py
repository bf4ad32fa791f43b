"""How fast is it? Each number beside what it is compared with, from one run.

    python start.py bench               the sums, in a minute; more of each by
    python start.py training            a step of training beside other libraries
    python start.py course              chapters: seconds, memory, a class at once
    python start.py slider | memory | hub

README.md beside this file has the figures of one run.
The two sides of a comparison take turns, and the medians are compared, so that
whatever else the computer does falls on both. Nothing here is a test: a slow or busy
computer fails nobody.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import seed_loop

from nnteach import train, two_layer

STEPS = 1000


def problem():
    """Return X, Y and parameters of the first source notebook: 2-4-1, 100 examples."""
    draw = np.random.default_rng(0)
    X, Y = draw.standard_normal((2, 100)), draw.integers(0, 2, (1, 100))
    return X, Y, two_layer.initialize_parameters(2, 4, 1, scale=1, rng=0)


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def compare(ours, theirs, repeats):
    """Return the median seconds of both, measured in turns after one warm-up."""
    ours(), theirs()
    pairs = [(seconds(ours), seconds(theirs)) for _ in range(repeats)]
    return [statistics.median(side) for side in zip(*pairs, strict=True)]


def one_run():
    """A training run of 1000 updates, against the loop of the source notebook."""
    X, Y, parameters = problem()
    return compare(
        lambda: train(two_layer, X, Y, parameters, 0.01, STEPS),
        lambda: seed_loop.train(seed_loop.TWO, X, Y, parameters, 0.01, STEPS),
        repeats=31,
    )


def many_rates():
    """64 learning rates in one pass, against 64 runs one after the other."""
    X, Y, parameters = problem()
    rates = np.geomspace(0.01, 10, 64)
    return compare(
        lambda: train(two_layer, X, Y, parameters, rates, STEPS),
        lambda: [train(two_layer, X, Y, parameters, rate, STEPS) for rate in rates],
        repeats=5,
    )


def importing():
    """`import nnteach` against `import numpy`, each in a fresh process.

    The process prints what the import took, so that Python's own start does not
    flatter the ratio.
    """

    code = "import time; t = time.perf_counter(); import {}; "
    code += "print(time.perf_counter() - t)"
    with tempfile.TemporaryDirectory() as folder:
        # Modules stay compiled, as on a computer that forbids nothing to Python.
        kept = {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}

        def fresh(name):
            command = [sys.executable, "-c", code.format(name)]
            settings = {**os.environ, **kept}
            run = subprocess.run(command, capture_output=True, check=True, env=settings)
            return float(run.stdout)

        fresh("nnteach")
        pairs = [(fresh("nnteach"), fresh("numpy")) for _ in range(15)]
    return [statistics.median(side) for side in zip(*pairs, strict=True)]


TABLE = [  # what, measured by, how the ratio is taken, target
    ("one run, 2-4-1, 100 examples / the seed's loop", one_run, "faster", 1.0),
    ("64 learning rates at once / 64 single runs", many_rates, "faster", 8.0),
    ("import nnteach / import numpy", importing, "slower", 1.2),
]


def main():
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}; medians\n")
    print(f"{'':48}{'ours':>11}{'theirs':>11}{'ratio':>16}{'target':>9}")
    for what, measure, way, target in TABLE:
        ours, theirs = measure()
        ratio = theirs / ours if way == "faster" else ours / theirs
        sign = "≥" if way == "faster" else "≤"
        print(
            f"{what:48}{ours * 1000:8.1f} ms{theirs * 1000:8.1f} ms"
            f"{ratio:6.2f} x {way:7}{sign:>3} {target:g}"
        )
    try:
        import slider

        print("\n" + slider.table(slider.measure()))
    except (ImportError, FileNotFoundError) as missing:
        print(f"\nThe slider was not measured: {missing}")


if __name__ == "__main__":
    main()
