"""A real JupyterLab in a real Chromium, for tests and for the benchmark.

    with lab(chromium, "02-worked-example.ipynb") as page:
        open_notebook(page, "02-worked-example.ipynb")
        run_all(page)
        page.get_by_role("button", name="on").click()

`chromium` is the fixture of conftest.py. The notebooks are copies in a folder of their
own, and so are JupyterLab's settings: nothing of the user's is read or changed.
"""

import ast
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
    # Every cell in the page, as if the reader had scrolled through the notebook.
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
NOTEBOOK = "window.jupyterapp.shell.currentWidget"
VIEW = "application/vnd.jupyter.widget-view+json"


def find_chromium():
    """Return the path of the system's Chromium or of one of its kin, or None."""
    found = [path for path in map(shutil.which, BROWSERS) if path]
    found += [path for path in ELSEWHERE if Path(path).is_file()]
    return found[0] if found else None


@contextmanager
def lab(chromium, *notebooks, width=1280, height=720):
    """Yield a page of a JupyterLab that has copies of these notebooks.

    notebooks: paths, or names of files in the course's folder `notebooks`.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "files")
        files.mkdir()
        for notebook in notebooks:
            shutil.copy(ROOT / "notebooks" / notebook, files)
        with _server(Path(folder), files) as url, browser(chromium) as started:
            page = started.new_page(viewport={"width": width, "height": height})
            page.set_default_timeout(90_000)  # a busy computer is slow
            page.lab, page.files = url, files
            yield page


@contextmanager
def browser(chromium, *more):
    """Yield a Playwright browser that runs the system's Chromium, with `more` flags."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium, args=[*QUIET, *more]
        )
        yield started
        started.close()


@contextmanager
def _server(folder, files):
    settings = folder / "settings"
    for name, content in SETTINGS.items():
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), "utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.open_browser": False,
        "ServerApp.root_dir": files,
        "IdentityProvider.token": "",
        "LabApp.user_settings_dir": settings,
        "LabApp.workspaces_dir": folder / "workspaces",
        "LabApp.expose_app_in_browser": True,
        "ServerApp.allow_root": True,
    }
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYTHONDIR": str(folder / "ipython"),
    }
    command = [sys.executable, str(ROOT / "tools" / "lab.py")]  # as start.py opens it
    command += [f"--{name}={value}" for name, value in options.items()]
    with open(folder / "server.log", "wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, server, folder / "server.log")
            yield url
        finally:
            server.terminate()
            server.wait(20)


def _wait_for(url, server, log, seconds=60):
    for _ in range(seconds * 5):
        if server.poll() is not None:
            break
        try:
            return urllib.request.urlopen(f"{url}/api", timeout=5).read()
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text('utf-8')[-2000:]}")


def open_notebook(page, name):
    """Open the notebook and wait until its cells are there and its kernel is ready."""
    page.goto(f"{page.lab}/lab/tree/{name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    wait_idle(page)


def stored(path, cells, unrun=()):
    """Write an executed notebook, as the course stores its own, and return its path.

    unrun: code of cells that stand at its end and have not run
    """
    made = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, cells)])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    NotebookClient(made).execute()
    for cell in made.cells:
        for output in cell.outputs:
            output.data.pop(VIEW, None)
        cell.outputs = [output for output in cell.outputs if output.data]
    made.metadata.pop("widgets", None)
    made.cells += map(nbformat.v4.new_code_cell, unrun)
    nbformat.write(made, path)
    return path


def code_cell(page, number):
    """Return the notebook's code cell of this number, from 0 on."""
    return page.locator(".jp-Notebook:visible .jp-CodeCell").nth(number)


def wait_idle(page):
    """Wait until the kernel has nothing left to do and no cell is waiting."""
    page.wait_for_function(
        f"{NOTEBOOK}?.context?.sessionContext?.session?.kernel?.status === 'idle' && "
        "![...document.querySelectorAll('.jp-InputPrompt')].some("
        "prompt => prompt.textContent.includes('*'))"
    )


def python(page, code, value="None"):
    """Run code in the notebook's kernel, unseen; return the value of an expression."""
    reply = page.evaluate(
        """([code, value]) => {
            const { context } = window.jupyterapp.shell.currentWidget;
            const { kernel } = context.sessionContext.session;
            return kernel.requestExecute({code, user_expressions: {value}}).done
                .then(reply => reply.content);
        }""",
        [code, value],
    )
    assert reply["status"] == "ok", reply["evalue"]
    return ast.literal_eval(reply["user_expressions"]["value"]["data"]["text/plain"])


def run_all(page):
    """Run every cell and wait for the end."""
    command(page, "notebook:run-all-cells")
    wait_idle(page)


def command(page, name):
    """Run one of JupyterLab's commands, such as `notebook:run-all-cells`."""
    page.evaluate(
        "name => window.jupyterapp.commands.execute(name).then(() => 0)", name
    )


# Moves one explorer to all places, and returns what it shows at each.
WALK = """async (view, [kinds, places]) => {
    const shown = [];
    const rows = [...view.querySelectorAll('.nnteach-control')];
    for (const place of places) {
        place.forEach((index, k) => {
            const input = rows[k].querySelector('input[type=range], select:last-child');
            if (kinds[k] === 'choice' && !input) {
                const radios = rows[k].querySelectorAll('input');
                if (!radios[index].checked) radios[index].click();
                return;
            }
            input.value = index;
            input.dispatchEvent(new Event(kinds[k] === 'choice' ? 'change' : 'input'));
        });
        for (let frame = 0; frame < 2; frame++)  // the view may draw in the second
            await new Promise(requestAnimationFrame);
        for (let wait = 0; wait < 200 && view.querySelector('[aria-busy=true]'); wait++)
            await new Promise(done => setTimeout(done, 50));
        shown.push([view.querySelector('.nnteach-picture').innerHTML,
                    view.querySelector('figcaption').textContent]);
    }
    return shown;
}"""


def watched(page):
    """Return the page, which collects from now on what fails in it and what it asks.

    page.errors : of scripts; page.requests : addresses
    """
    page.errors, page.requests = [], []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("request", lambda request: page.requests.append(request.url))
    return page


def moved_through(view, kinds, drawn):
    """Compare what a view shows with what Python draws.

    kinds: of the controls, in their order
    drawn: {place: (svg, sentence)}
    """
    shown = view.evaluate(WALK, [kinds, list(drawn)])
    for (place, expected), (svg, sentence) in zip(drawn.items(), shown, strict=True):
        assert sentence == expected[1], place
        parsed = "(view, svg) => Object.assign(view.cloneNode(), {innerHTML: svg})"
        assert svg == view.evaluate(parsed + ".innerHTML", expected[0]), place


def screenshot(page, name):
    """Save what the page shows as NAME.png in $NNTEACH_SCREENSHOTS, if that is set."""
    folder = os.environ.get("NNTEACH_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder, f"{name}.png"))
