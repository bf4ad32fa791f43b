"""Memory of page and kernel: sliders swept ten times, Run All done twelve times.

    python start.py memory             every chapter
    python start.py memory 03 09       these

The page's numbers are those of its JavaScript after garbage collection, the kernel's
its resident memory; first after one sweep of every explorer, then after ten more. Below
them both after each of twelve times Run All in one kernel.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import find_chromium, lab, open_notebook, python, run_all  # noqa: E402

CHAPTERS = sorted(path.name for path in ROOT.glob("notebooks/*.ipynb"))
SWEEP = """async () => {
  for (const input of document.querySelectorAll(".nnteach-live input[type=range]"))
    for (let k = 0; k <= +input.max; k++) {
      input.value = k;
      input.dispatchEvent(new Event("input"));
      await new Promise(requestAnimationFrame);
    }
}"""
RESIDENT = "int(open('/proc/self/statm').read().split()[1]) * 4096"


def megabytes(page):
    """Return what page and kernel hold."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    held = session.send("Runtime.getHeapUsage")["usedSize"]
    return held / 1e6, python(page, "import gc; gc.collect()", RESIDENT) / 1e6


def main():
    asked = tuple(sys.argv[1:])
    chapters = [name for name in CHAPTERS if name.startswith(asked) or not asked]
    if not chapters:
        raise SystemExit(f"No chapter begins with {' or '.join(asked)}.")
    print(f"{'':28}{'page, MB':>18}{'kernel, MB':>18}")
    with lab(find_chromium(), *chapters) as page:
        for name in chapters:
            open_notebook(page, name)
            run_all(page)
            page.wait_for_timeout(3000)
            page.evaluate(SWEEP)
            page.wait_for_timeout(1000)
            first = megabytes(page)
            for _ in range(10):
                page.evaluate(SWEEP)
            pairs = zip(first, megabytes(page), strict=True)
            shown = [f"{before:9.0f} ->{after:6.0f}" for before, after in pairs]
            print(f"{name:28}{''.join(shown)}", flush=True)
            times = []
            for _ in range(12):
                run_all(page)
                page.wait_for_timeout(3000)
                times.append(megabytes(page))
            for what, values in zip(
                ("page", "kernel"), zip(*times, strict=True), strict=True
            ):
                row = "".join(f"{value:5.0f}" for value in values)
                print(f"  twelve times, {what:7}{row}", flush=True)


if __name__ == "__main__":
    main()
