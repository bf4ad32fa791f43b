"""What the course costs: Run All of each chapter, of a whole class at once, and nbval.

    python start.py course              each chapter alone, then nbval of all
    python start.py course 20           20 kernels at once with 02, then with 03
    python start.py course 20 07        with another chapter

There is no browser: the time is from the start of a kernel to its last result, and no
page asks for frames of explorers. On a busy computer the kernel's time of the processor
tells more than the clock. Memory, at the end, is what belongs to a kernel and its part
of what several share (PSS; or what is resident, where that is not known).
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


def megabytes(process):
    """Return the memory of a process."""
    memory = process.memory_full_info()
    return getattr(memory, "pss", memory.rss) / 1e6


async def run_all(file, start, everybody):
    """Run all cells of a chapter in a new kernel, which stays until everybody is done.

    Return when it was done, its time of the processor, its memory, and whether it has
    loaded scikit-learn.
    """
    notebook = links.load(file)
    client = notebooks.client(notebook, file.parent)
    async with client.async_setup_kernel(env={**os.environ, "NNTEACH_PROGRESS": ""}):
        for number, cell in enumerate(notebook.cells):
            await client.async_execute_cell(cell, number)
        done = time.perf_counter() - start
        await everybody.wait()
        process = psutil.Process(client.km.provisioner.pid)
        worked, held = sum(process.cpu_times()[:2]), megabytes(process)
        notebook.cells.append(new_code_cell(SKLEARN))
        last = await client.async_execute_cell(notebook.cells[-1], number + 1)
        return done, worked, held, last.outputs[0].text.strip() == "True"


async def at_once(file, count):
    """Run all of a chapter in so many kernels at once; return what each took."""
    start, everybody = time.perf_counter(), asyncio.Barrier(count)
    runs = [run_all(file, start, everybody) for _ in range(count)]
    return await asyncio.gather(*runs)


def chapter(number):
    return next(ROOT.glob(f"notebooks/{number}-*.ipynb"))


def alone():
    head = f"{'seconds':>9}{'of CPU':>9}{'MB':>9}{'sklearn':>9}{'file, kB':>10}"
    print(f"{'':28}{head}")
    for file in sorted(ROOT.glob("notebooks/*.ipynb")):
        [(taken, worked, held, loaded)] = asyncio.run(at_once(file, 1))
        sklearn, size = "yes" if loaded else "no", file.stat().st_size / 1000
        figures = f"{taken:9.1f}{worked:9.1f}{held:9.0f}{sklearn:>9}{size:10.0f}"
        print(f"{file.stem:28}{figures}", flush=True)
    start = time.perf_counter()
    arguments = [*test_tool.NBVAL, *test_tool.PARALLEL, "--dist=loadscope", "notebooks"]
    fine, _ = test_tool.pytest(sys.executable, *arguments, PYTHONPATH=test_tool.GUARD)
    taken = time.perf_counter() - start
    print(f"nbval of all: {taken:.0f} s, {'as stored' if fine else 'FAILED'}")


def together(count, numbers):
    print(f"{count} kernels at once")
    head = f"{'all done, s':>13}{'CPU s each':>12}{'MB each':>9}{'at most':>9}"
    print(f"{'':28}{head}")
    for file in map(chapter, numbers):
        done, worked, held, _ = zip(*asyncio.run(at_once(file, count)), strict=True)
        figures = f"{max(done):13.1f}{median(worked):12.1f}"
        figures += f"{median(held):9.0f}{max(held):9.0f}"
        print(f"{file.stem:28}{figures}", flush=True)


def main():
    count, *numbers = sys.argv[1:] or [""]
    if count and not (count.isdecimal() and int(count)):
        raise SystemExit(f"How many kernels at once? Expected a number, got {count}.")
    together(int(count), numbers or ["02", "03"]) if count else alone()


if __name__ == "__main__":
    main()
