"""The chapters print the same digits with other threads and kernels below numpy.

    NNTEACH_ELSEWHERE=all pytest tests/test_numbers_elsewhere.py    every chapter

Other versions of numpy are other environments: `start.py test` runs every chapter with
Colab's where CI is set, and the workflow with the oldest that the course allows.
"""

import os
import platform
from pathlib import Path

import nbformat
import pytest

from kernels import compared, errors, kernel
from notebook_rules import COMPARED

pytestmark = pytest.mark.tool

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(ROOT.glob("notebooks/*.ipynb"))
# One each of those that train longest; or all chapters with each.
FEW = {"two threads": "05", "Haswell": "10", "Nehalem": "10"}
SETTINGS = {
    "two threads": ({"OPENBLAS_NUM_THREADS": "2"}, "num_threads", 2),
    # Multiplies and adds in one instruction, or does not know how to.
    "Haswell": ({"OPENBLAS_CORETYPE": "Haswell"}, "architecture", "Haswell"),
    "Nehalem": ({"OPENBLAS_CORETYPE": "Nehalem"}, "architecture", "Nehalem"),
}
INFO = (
    "import numpy; from threadpoolctl import threadpool_info; print(threadpool_info())"
)


PAIRS = [
    pytest.param(file, name, id=f"{file.stem}, {name}")
    for name in SETTINGS
    for file in FILES
    if os.environ.get("NNTEACH_ELSEWHERE") == "all" or file.name[:2] == FEW[name]
]


@pytest.mark.parametrize("file, name", PAIRS)
def test_a_chapter_prints_the_same_digits(file, name):
    settings, key, wanted = SETTINGS[name]
    if platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip("these kernels of OpenBLAS are for Intel's and AMD's processors")
    with kernel(file, **settings) as run:
        below = eval(run(INFO)[0].text)
        if not any(each.get("internal_api") == "openblas" for each in below):
            pytest.skip("numpy has no OpenBLAS here")
        assert wanted in [each.get(key) for each in below]
        for cell in nbformat.read(file, 4).cells:
            if cell.cell_type == "code":
                outputs = run(cell.source)
                assert not errors(outputs), (cell.source, outputs)
                if COMPARED in cell.metadata.get("tags", ()):
                    assert compared(outputs) == compared(cell.outputs), cell.source
