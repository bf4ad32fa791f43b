"""Key press on a slider to the changed picture on the screen, in a real JupyterLab.

    python benchmarks/slider.py

The learning-rate explorer of chapter 02, for frames that are in the page and for frames
that are not, beside `ipywidgets.interact` with a function that trains and redraws the
same curve with pyplot inline, and beside the bare way to the kernel and back (a number
as text). Time runs from the browser's own keydown event to the animation frame in which
the new picture is there to be painted. All of it twice: with the kernel on the same
computer, and with 200 ms added each way between page and kernel. Then an explorer like
it in a page without Python, and how long the browser takes to read its script.
"""

import asyncio
import gzip
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median, quantiles

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from browser import browser, find_chromium, lab, open_notebook, run_all  # noqa: E402
from nnteach import data, explorer, plots, train, two_layer  # noqa: E402
from nnteach.draw import live  # noqa: E402

CHAPTER = "02-worked-example.ipynb"
FAR = 0.2  # seconds, each way

PEER = """\
%matplotlib inline
import ipywidgets
import matplotlib.pyplot as plt

slider = ipywidgets.SelectionSlider(options=RATES)

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

BARE = """\
near = ipywidgets.SelectionSlider(options=RATES)
text = ipywidgets.HTML("<b role=img>0.1</b>")
near.observe(lambda c: setattr(text, "value", f"<b role=img>{c.new}</b>"), "value")
ipywidgets.VBox([near, text])"""

# What identifies the picture: the element itself, or for an image its source, since
# JupyterLab may keep the element.
WATCH = """
output => {
  const picture = () => {
    const found = output.querySelector(
      ".nnteach-live svg, :not(.nnteach-still) > * > img, b[role=img]");
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
STORES = "[...globalThis[Symbol.for('nnteach')].values()].flatMap(q => [...q.stores])"
# The page forgets its frames, and has room for this many characters of new ones.
FORGET = f"""room => {{
  for (const store of {STORES}) {{
    store.frames.clear();
    store.size = store.savedSize = 0;
    for (const key in store.saved) delete store.saved[key];
    store.spec.page = room;
  }}
}}"""
HERE = f"""name => {{
  const store = {STORES}.find(store => store.spec.name === name);
  return store ? store.frames.size : 0;
}}"""
# Sixty changes in a second, from a page without frames; how long after the last one is
# its picture there?
DRAG = """async output => {
  const input = output.querySelector("input[type=range]");
  for (let k = 0; k < 60; k++) {
    input.value = k === 59 ? 13 : (k * 5) % 13;
    input.dispatchEvent(new Event("input"));
    await new Promise(done => setTimeout(done, 1000 / 60));
  }
  const last = performance.now();
  while (output.querySelector("[aria-busy=true]"))
    await new Promise(requestAnimationFrame);
  return performance.now() - last;
}"""


# A module of its own each time: the browser keeps what it has read.
READ = """async script => {
  const url = URL.createObjectURL(
    new Blob([script + "//" + Math.random()], { type: "text/javascript" }));
  const start = performance.now();
  await import(url);
  return performance.now() - start;
}"""


@contextmanager
def far_away(url, seconds):
    """Yield the address of a proxy that delays what WebSockets carry, both ways."""
    host, port = url.removeprefix("http://").split(":")

    async def pump(reader, writer, delay):
        loop = asyncio.get_running_loop()
        while data := await reader.read(1 << 16):
            loop.call_later(delay, writer.write, data)
        loop.call_later(delay, writer.close)

    async def connect(reader, writer):
        first = await reader.read(1 << 16)
        there, back = await asyncio.open_connection(host, port)
        delay = seconds if b"upgrade: websocket" in first.lower() else 0
        back.write(first)
        with suppress(asyncio.CancelledError):  # at the end, below
            await asyncio.gather(
                pump(reader, back, delay),
                pump(there, writer, delay),
                return_exceptions=True,
            )

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    serving = asyncio.start_server(connect, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(serving, loop).result()
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for task in asyncio.all_tasks(loop):
        loop.call_soon_threadsafe(task.cancel)
    loop.call_soon_threadsafe(lambda: loop.call_later(0.1, loop.stop))


def measure(chromium=None):
    """Return {what: [milliseconds, ...]} for a kernel that is near and one that is far.

    chromium: the path of the browser; by default the one that is found.
    """
    chromium = chromium or find_chromium()
    if chromium is None:
        raise FileNotFoundError("Chromium or Chrome is not installed.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "slider.ipynb")
        nbformat.write(_notebook(), path)
        with lab(chromium, path) as page:
            near = _measured(page, path.name)
            with far_away(page.lab, FAR) as page.lab:
                return near, _measured(page, path.name)


def alone(chromium=None):
    """Return {what: [milliseconds, ...]} for an explorer in a page without Python."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "alone.html")
        path.write_text(_curve().player(), "utf-8")
        with browser(chromium or find_chromium()) as started:
            page = started.new_page()
            page.goto(path.as_uri())
            page.wait_for_selector("[data-ready]")
            keys = ["ArrowRight"] * 8 + ["ArrowLeft"] * 8
            pressed = _press(page, page.locator("main"), keys)
            read = [page.evaluate(READ, live.FRONT.script) for _ in range(15)]
    return {"a frame, without Python": pressed, "its script is read": read}


def _curve():
    """Return an explorer of 13 cost curves; chapter 02 has one like it."""
    rates = [round(0.1 * 1.5**k, 2) for k in range(13)]
    X, Y = data.flower()
    start = two_layer.initialize_parameters(2, 4, 1, rng=0)
    runs = train(two_layer, X, Y, start, rates, 50)

    @explorer(learning_rate=rates)
    def curve(learning_rate):
        return plots.cost_curves(runs[rates.index(learning_rate)])

    return curve


def _measured(page, name):
    times = {}
    open_notebook(page, name)
    start = time.perf_counter()
    run_all(page)
    times["Run All of its cells"] = [1000 * (time.perf_counter() - start)]
    while page.evaluate(HERE, "learning_rate_explorer") < 28:
        page.wait_for_timeout(5)
    far = 1000 * (time.perf_counter() - start)
    times["its 28 frames there, after that"] = [far - times["Run All of its cells"][0]]
    page.wait_for_function(f"{STORES}.every(s => s.missing().next().done)")
    cells = page.locator(".jp-CodeCell .jp-Cell-outputWrapper")
    ours, peer, bare = [cells.nth(cells.count() - k) for k in (3, 2, 1)]
    keys = ["ArrowRight"] * 8 + ["ArrowLeft"] * 8
    times["a frame that is in the page"] = _press(page, ours, keys)
    times["a new frame"] = _press(page, ours, keys, lambda: page.evaluate(FORGET, -1))
    page.evaluate(FORGET, 16e6)
    times["the last of a drag of 60 changes"] = [ours.evaluate(DRAG)]
    times["interact and pyplot inline"] = _press(page, peer, keys)
    times["way to the kernel and back"] = _press(page, bare, keys)
    return times


def _notebook():
    """Return the chapter's code down to its explorer, then the things to measure."""
    chapter = nbformat.read(ROOT / "notebooks" / CHAPTER, as_version=4)
    code = [cell.source for cell in chapter.cells if cell.cell_type == "code"]
    last = next(
        k for k, cell in enumerate(code) if "def learning_rate_explorer" in cell
    )
    cells = [nbformat.v4.new_code_cell(c) for c in [*code[: last + 1], PEER, BARE]]
    return nbformat.v4.new_notebook(cells=cells, metadata=chapter.metadata)


def _press(page, output, keys, before=None):
    """Return the milliseconds that each key press on the slider takes."""
    handle = output.locator("input[type=range], .noUi-handle").first
    output.evaluate("e => e.scrollIntoView()")
    handle.focus()
    taken = []
    for key in keys:
        if before:
            before()
        output.evaluate(WATCH)
        page.keyboard.press(key)
        taken.append(page.evaluate("window.measured"))
        page.wait_for_timeout(120)
    return taken


def table(measured):
    """Return the measurements as text, with their ratios to the peer."""
    lines = []
    for where, times in zip(
        ("the kernel on this computer", f"{1000 * FAR:.0f} ms away, each way"),
        measured,
        strict=True,
    ):
        peer = median(times["interact and pyplot inline"])
        lines.append(f"{where:34} {'median':>9} {'95 %':>9}   {'faster':>8}")
        for name, taken in times.items():
            line = f"  {name:32} {median(taken):6.1f} ms"
            if len(taken) > 1:
                far = quantiles(taken, n=20)[-1]
                line += f" {far:6.1f} ms {peer / median(taken):8.1f} x"
            lines.append(line)
    return "\n".join(lines)


def size():
    """Return a sentence: how many bytes of script and style an explorer needs."""
    text = (live.FRONT.script + live.FRONT.style).encode()
    return f"script and style: {len(text):,} bytes, {len(gzip.compress(text)):,} packed"


if __name__ == "__main__":
    print(table(measure()))
    for name, taken in alone().items():
        print(
            f"  {name:32} {median(taken):6.1f} ms {quantiles(taken, n=20)[-1]:6.1f} ms"
        )
    print(f"  {size()}")
