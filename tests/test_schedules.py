"""A chapter survives any order: cells at random, twice, and interrupted.

    NNTEACH_SCHEDULES=100 pytest tests/test_schedules.py    the first hundred schedules

Schedule k runs chapter k modulo the number of chapters in one kernel: all its cells
shuffled, some of them twice, some interrupted after a random time. None may hang, and a
cell that stands before the one that makes its names says which cell that is. Run All in
the same kernel then gives the stored results, and what numpy, matplotlib and the course
are set to is what it was.
"""

import os
import random
import sys
from pathlib import Path

import nbformat
import pytest

from kernels import compared, errors, kernel
from notebook_rules import COMPARED

pytestmark = pytest.mark.tool

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(ROOT.glob("notebooks/*.ipynb"))
FEW = (2, 3, 7)
COUNT = os.environ.get("NNTEACH_SCHEDULES")
WITHIN = (0.0001, 0.001, 0.01, 0.1, 1)  # of so many seconds the interrupt comes
# The kernel interrupts itself, and only while it runs a cell's code: between two cells
# an interrupt is lost, or takes the kernel's answer with it. Nor within an import: of
# what that leaves of matplotlib or numpy, only a restart gets rid.
INTERRUPT = """\
import signal
import traceback
from IPython import get_ipython

def _interrupt(number, frame):
    names = {each.f_code.co_name for each, _ in traceback.walk_stack(frame)}
    if "run_code" in names and "_find_and_load" not in names:
        raise KeyboardInterrupt
    signal.setitimer(signal.ITIMER_REAL, 0.001)

def _interrupt_next(seconds):
    def start(info):
        events.unregister("pre_run_cell", start)
        signal.signal(signal.SIGALRM, _interrupt)
        signal.setitimer(signal.ITIMER_REAL, seconds)

    events = get_ipython().events
    events.register("pre_run_cell", start)

def _stop(result):
    signal.setitimer(signal.ITIMER_REAL, 0)

get_ipython().events.register("post_run_cell", _stop)
"""
STATE = """\
import matplotlib
import numpy as np

from nnteach.checks import _off

print(np.geterr(), _off.get(), sorted(matplotlib.rcParams.items()), sep="\\n")
"""


def schedule(cells, draw):
    """Yield cells in a random order, some twice, each with when to interrupt it."""
    again = draw.sample(cells, len(cells) // 3)
    for cell in draw.sample([*cells, *again], len(cells) + len(again)):
        yield cell, draw.choice(WITHIN) * draw.random() if draw.random() < 0.4 else None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such timer")
@pytest.mark.parametrize("seed", range(int(COUNT)) if COUNT else FEW)
def test_any_order_then_run_all(seed):
    file, draw = FILES[seed % len(FILES)], random.Random(seed)
    cells = [cell for cell in nbformat.read(file, 4).cells if cell.cell_type == "code"]
    with kernel(file) as run:
        run(INTERRUPT)
        state = run(STATE)
        assert not errors(state), state
        for cell, seconds in schedule(cells, draw):
            if seconds is not None:
                run(f"_interrupt_next({seconds})")
            outputs = run(cell.source)
            if errors(outputs) == ["NameError"]:
                assert "run that cell first" in str(outputs), outputs
        for cell in cells:
            outputs = run(cell.source)
            assert not errors(outputs), (cell.source, outputs)
            if COMPARED in cell.metadata.get("tags", ()):
                assert compared(outputs) == compared(cell.outputs), cell.source
        assert compared(run(STATE)) == compared(state)
