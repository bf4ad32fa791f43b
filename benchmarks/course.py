"""What the course costs: Run All of each chapter, of a whole class at once, and nbval.

    python start.py course              each chapter alone, then nbval of all
    python start.py course 20           20 kernels at once with 02, then with 03
    python start.py course 20 07        with another chapter

There is no browser: the time is from the start of a kernel to its last result, and no
page asks for frames of explorers. Memory, at the end, is what belongs to a kernel and
its part of what several share (PSS; or what is resident, where that is not known).
"""

import asyncio
import os
import sys
import time
from pathlib import Path
from statistics import median

import psutil
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import links  # noqa: E402
import notebooks  # noqa: E402
import test as test_tool  # noqa: E402

SKLEARN = 'import sys; print("sklearn" in sys.modules)'


def megabytes(pid):
    """Return the memory of a process."""
    memory = psutil.Process(pid).memory_full_info()
    return getattr(memory, "pss", memory.rss) / 1e6


async def run_all(file, start, everybody):
    """Run all cells of a chapter in a new kernel, which stays until everybody is done.

    Return when it was done, its memory, and whether it has loaded scikit-learn.
    """
    notebook = links.load(file)
    client = notebooks.client(notebook, file.parent)
    async with client.async_setup_kernel(env={**os.environ, "NNTEACH_PROGRESS": ""}):
        for number, cell in enumerate(notebook.cells):
            await client.async_execute_cell(cell, number)
        done = time.perf_counter() - start
        await everybody.wait()
        held = megabytes(client.km.provisioner.pid)
        notebook.cells.append(new_code_cell(SKLEARN))
        last = await client.async_execute_cell(notebook.cells[-1], number + 1)
        return done, held, last.outputs[0].text.strip() == "True"


async def at_once(file, count):
    """Run all of a chapter in so many kernels at once; return what each took."""
    start, everybody = time.perf_counter(), asyncio.Barrier(count)
    runs = [run_all(file, start, everybody) for _ in range(count)]
    return await asyncio.gather(*runs)


def chapter(number):
    return next(ROOT.glob(f"notebooks/{number}-*.ipynb"))


def alone():
    print(f"{'':28}{'seconds':>9}{'MB':>9}{'sklearn':>9}{'file, kB':>10}")
    for file in sorted(ROOT.glob("notebooks/*.ipynb")):
        runs = [asyncio.run(at_once(file, 1))[0] for _ in range(3)]
        taken, held, loaded = zip(*runs, strict=True)
        sklearn, size = "yes" if loaded[0] else "no", file.stat().st_size / 1000
        figures = f"{median(taken):9.1f}{median(held):9.0f}{sklearn:>9}{size:10.0f}"
        print(f"{file.stem:28}{figures}", flush=True)
    start = time.perf_counter()
    arguments = [*test_tool.NBVAL, *test_tool.PARALLEL, "--dist=loadscope", "notebooks"]
    fine, _ = test_tool.pytest(sys.executable, *arguments, PYTHONPATH=test_tool.GUARD)
    taken = time.perf_counter() - start
    print(f"nbval of all: {taken:.0f} s, {'as stored' if fine else 'FAILED'}")


def together(count, numbers):
    print(f"{count} kernels at once")
    print(f"{'':28}{'all done, s':>13}{'MB each':>9}{'at most':>9}")
    for file in map(chapter, numbers):
        done, held, _ = zip(*asyncio.run(at_once(file, count)), strict=True)
        figures = f"{max(done):13.1f}{median(held):9.0f}{max(held):9.0f}"
        print(f"{file.stem:28}{figures}", flush=True)


def main():
    count, *numbers = sys.argv[1:] or [""]
    together(int(count), numbers or ["02", "03"]) if count else alone()


if __name__ == "__main__":
    main()
