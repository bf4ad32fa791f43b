"""Key press on a slider to the changed picture on the screen, in a real JupyterLab.

    python benchmarks/slider.py

The learning-rate explorer of chapter 02, for values never drawn before and for values
seen before, beside `ipywidgets.interact` with a function that trains and redraws the
same curve with pyplot inline, and beside the bare way to the kernel and back (a number
as text). Time runs from the browser's own keydown event to the animation frame in which
the new picture is there to be painted.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import find_chromium, lab, open_notebook, run_all  # noqa: E402

CHAPTER = "02-worked-example.ipynb"
COPIES = 3  # explorers that have drawn nothing yet; each gives a dozen new values

OURS = """\
from dataclasses import replace
from nnteach.draw.explore import Explorer

rates = learning_rate_explorer.controls["learning_rate"]
controls = {
    **learning_rate_explorer.controls,
    "learning_rate": replace(rates, start=rates.values[0]),
}
Explorer(learning_rate_explorer.function, controls)"""

PEER = """\
%matplotlib inline
import ipywidgets
import matplotlib.pyplot as plt

slider = ipywidgets.SelectionSlider(options=rates.values)

@ipywidgets.interact(learning_rate=slider)
def peer(learning_rate):
    run = learn(learning_rate, iterations=50)
    plt.figure(figsize=(8, 3.9))
    plt.plot(run.costs)
    plt.yscale("log")
    plt.xlim(0, 50)
    plt.ylim(1e-10, 1)
    plt.xlabel("step")
    plt.ylabel("cost")
    plt.show()"""

ROUND_TRIP = """\
near = ipywidgets.SelectionSlider(options=rates.values)
text = ipywidgets.HTML("<b role=img>0.1</b>")
near.observe(lambda c: setattr(text, "value", f"<b role=img>{c.new}</b>"), "value")
ipywidgets.VBox([near, text])"""

# What identifies the picture: the element itself, or for an image its source, since
# JupyterLab may keep the element.
WATCH = """
output => {
  const picture = () => {
    const found = output.querySelector("svg[role=img], img, b[role=img]");
    return found && (found.src || found);
  };
  const before = picture();
  window.measured = new Promise(resolve => {
    addEventListener("keydown", () => {
      const pressed = performance.now();
      const look = () => {
        const now = picture();
        if (now && now !== before) resolve(performance.now() - pressed);
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }, { capture: true, once: true });
  });
}
"""


def measure(chromium=None):
    """Return {what: [milliseconds, ...]}; `table` shows them.

    chromium: the path of the browser; by default the one that is found.
    """
    chromium = chromium or find_chromium()
    if chromium is None:
        raise FileNotFoundError("Chromium or Chrome is not installed.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "slider.ipynb")
        nbformat.write(_notebook(), path)
        with lab(chromium, path) as page:
            open_notebook(page, path.name)
            run_all(page)
            page.wait_for_timeout(2000)
            outputs = [
                cell
                for cell in page.locator(".jp-CodeCell .jp-Cell-outputWrapper").all()
                if cell.locator(".noUi-handle").count()
            ][-COPIES - 2 :]
            times = {
                "explorer, new value": [],
                "explorer, value seen before": [],
                "interact and pyplot inline": [],
                "way to the kernel and back": [],
            }
            new, seen, peer, bare = times.values()
            for output in outputs[:COPIES]:
                new += _press(page, output, "ArrowRight")
                seen += _press(page, output, "ArrowLeft")
            for name, output in ((peer, outputs[-2]), (bare, outputs[-1])):
                for _ in range(COPIES):
                    name += _press(page, output, "ArrowRight")
                    _press(page, output, "Home", times=1)
            return times


def _notebook():
    """Return the chapter's code down to its explorer, then the things to measure."""
    chapter = nbformat.read(ROOT / "notebooks" / CHAPTER, as_version=4)
    code = [cell.source for cell in chapter.cells if cell.cell_type == "code"]
    last = next(
        k for k, cell in enumerate(code) if "def learning_rate_explorer" in cell
    )
    sources = [*code[: last + 1], *[OURS] * COPIES, PEER, ROUND_TRIP]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells, metadata=chapter.metadata)


def _press(page, output, key, times=13):
    """Return the milliseconds that each key press on the slider takes."""
    handle = output.locator(".noUi-handle").first
    output.evaluate("e => e.scrollIntoView()")
    handle.focus()
    taken = []
    for _ in range(times):
        output.evaluate(WATCH)
        page.keyboard.press(key)
        taken.append(page.evaluate("window.measured"))
        page.wait_for_timeout(120)
    return taken


def table(times):
    """Return the measurements as text, with their ratios to the peer."""
    peer = median(times["interact and pyplot inline"])
    lines = [f"{'key press to picture':30} {'median':>9} {'95 %':>9}   {'faster':>8}"]
    for name, taken in times.items():
        far = quantiles(taken, n=20)[-1]
        ratio = peer / median(taken)
        lines.append(f"{name:30} {median(taken):6.1f} ms {far:6.1f} ms {ratio:8.1f} x")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(measure()))
