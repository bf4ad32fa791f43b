"""The site in a real browser, which finds no other host than the one that serves it.

The start page needs nothing more. Chapters run if NNTEACH_PYODIDE names a Pyodide
distribution (see tools/site_.py).
"""

import json
import os
import threading
import time
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error

import site_
from browser import NOTEBOOK, browser, run_all, screenshot, wait_idle
from test_site import make_server

pytestmark = pytest.mark.browser

PYODIDE = os.environ.get("NNTEACH_PYODIDE")
needs_python = pytest.mark.skipif(
    not PYODIDE,
    reason="chapters run in the page only with a Pyodide distribution, and "
    "NNTEACH_PYODIDE names none",
)
ALONE = "--host-resolver-rules=MAP lan.test 127.0.0.1, MAP * ~NOTFOUND, "
ALONE += "EXCLUDE 127.0.0.1"
CHAPTER = "02-worked-example.ipynb"
PROGRESS = "nnteach-progress.json"
# Longer than any wait should be: a busy computer is slow, and nothing here is timed.
PATIENCE = int(os.environ.get("NNTEACH_PATIENCE", 300)) * 1000


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "site"
    site_.build(folder, site_.distribution(PYODIDE), parts=())
    return folder


@contextmanager
def served(folder, plain=True):
    """Yield the address of a server, by default one as plain as most are."""
    server = make_server(folder, 0, plain)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def url(site):
    with served(site) as url:
        yield url


@pytest.fixture(scope="module")
def started(chromium):
    with browser(chromium, ALONE) as started:
        yield started


@contextmanager
def reader(started, script="", width=1280):
    """Yield a page of a reader who was never here; `script` runs before its own."""
    context = started.new_context(viewport={"width": width, "height": 800})
    if script:
        context.add_init_script(script)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.asked, page.errors = [], []
    context.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    context.close()


def open_home(page, url):
    page.goto(f"{url}/index.html")
    page.wait_for_function("document.body.dataset.cause")
    page.locator("#copies[data-ready]").wait_for()


def open_chapter(page, url, chapter=CHAPTER):
    page.goto(f"{url}/lite/lab/index.html?path={chapter}")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    wait_idle(page)


def printed(page, code, patience=PATIENCE):
    """Run code in the kernel, unseen; return what it prints, or its error."""
    return page.evaluate(
        """([code, patience]) => {
            const { context } = window.jupyterapp.shell.currentWidget;
            const future = context.sessionContext.session.kernel.requestExecute({code});
            const said = [];
            future.onIOPub = ({ content }) =>
                said.push(content.text ?? '', content.evalue ?? '');
            const late = new Promise((_, fail) =>
                setTimeout(() => fail(new Error('no answer of the kernel')), patience));
            return Promise.race([future.done.then(() => said.join('')), late]);
        }""",
        [code, patience],
    ).strip()


def printed_after_restart(page, code):
    """Return what code prints; ask again where no answer comes.

    After a restart the page connects twice, and the answer to what is asked between the
    two is lost (JupyterLite 0.8). What is asked after them is answered.
    """
    end = time.monotonic() + PATIENCE / 1000
    while True:
        try:
            return printed(page, code, patience=10_000)
        except Error:
            if time.monotonic() > end:
                raise


def asked_elsewhere(page, url):
    return [
        asked for asked in page.asked if not asked.startswith((url, "blob:", "data:"))
    ]


# ------------------------------------------------------------------------ start page


def test_the_start_page_moves_and_asks_nobody_else(started, url):
    with reader(started) as page:
        open_home(page, url)
        assert page.locator("body").get_attribute("data-cause") == "none"
        assert page.locator("#trouble").inner_text() == ""
        page.get_by_role("slider", name="step").press("End")
        assert page.locator("figcaption").inner_text().startswith("Step 1000, cost 0.")
        assert asked_elsewhere(page, url) == []
        assert page.errors == []
        screenshot(page, "site-start")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_start_page(started, url, scheme):
    with reader(started, width=390) as page:
        page.emulate_media(color_scheme=scheme)
        open_home(page, url)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert Axe().run(page).response["violations"] == []


REFUSE = "new DOMException('no', 'SecurityError')"
NO_WORKER = (
    f"ServiceWorkerContainer.prototype.register = async () => {{throw {REFUSE}}}"
)
NO_STORAGE = (
    f"Object.defineProperty(window, 'indexedDB', {{get() {{ throw {REFUSE} }}}})"
)
# cause: what a browser is like that has it, the words
CAUSES = {
    "file": ("", "python3 serve.py"),
    "wasm": ("delete globalThis.WebAssembly", "WebAssembly is missing"),
    "forbidden": (NO_STORAGE, "nothing is kept"),
    "full": ("", "no room left"),
    "insecure": ("", "https:"),
    "worker": (NO_WORKER, "blocks service workers"),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_the_start_page_says_what_keeps_python_from_running(started, site, url, cause):
    script, words = CAUSES[cause]
    places = {
        "file": site.as_uri(),
        "insecure": url.replace("127.0.0.1", "lan.test"),
    }
    with reader(started, script) as page:
        if cause == "full":
            quota = {"origin": url, "quotaSize": 500_000}
            cdp = page.context.new_cdp_session(page)
            cdp.send("Storage.overrideQuotaForOrigin", quota)
        open_home(page, places.get(cause, url))
        assert page.locator("body").get_attribute("data-cause") == cause
        said = page.locator("#trouble").inner_text()
        assert words in said
        assert (
            said.strip() == page.locator(f"[data-cause={cause}]:not(body)").inner_text()
        )
        assert page.errors == []
        screenshot(page, f"site-{cause}")


def test_the_words_are_there_without_a_script(started, url):
    still = started.new_context(java_script_enabled=False).new_page()
    still.goto(f"{url}/index.html")
    for _, words in CAUSES.values():
        assert words in still.locator("#causes").inner_text()
    assert still.get_by_role("link", name="Run: 02").is_visible()


# ------------------------------------------------------------------------- chapters


@pytest.fixture(scope="module")
def chapter_02(started, url):
    """Chapter 02 after Run All, in a page that the tests below share in their order."""
    with reader(started) as page:
        open_chapter(page, url)
        run_all(page)
        yield page


LAST_CELL = f"{NOTEBOOK}.content.widgets.at(-1).model.sharedModel.getSource()"


def errors_in(page):
    """Return the errors and warnings among the outputs of the notebook."""
    return page.evaluate(
        f"""() => [...{NOTEBOOK}.content.model.cells].flatMap(cell =>
            (cell.toJSON().outputs ?? []).filter(output =>
                output.output_type === 'error' || output.name === 'stderr'))"""
    )


def in_storage(page, path, words):
    """Wait until the reader's copy in the browser's storage holds the words."""
    end = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(IN_STORAGE, [path, words]):
        assert time.monotonic() < end, f"{path} was not saved"
        page.wait_for_timeout(200)


# `wait_for_function` takes the promise of an answer for the answer.
IN_STORAGE = """async ([path, words]) => {
    const request = indexedDB.open('nnteach');
    const base = await new Promise(done => {
        request.onsuccess = () => done(request.result);
    });
    const get = base.transaction('files').objectStore('files').get(path);
    const file = await new Promise(done => {
        get.onsuccess = () => done(get.result);
    });
    base.close();
    const { format, content } = file ?? { content: '' };
    const text = format === 'base64' ? atob(content) : JSON.stringify(content);
    return text.includes(words);
}"""


@needs_python
def test_run_all_ends_without_an_error(chapter_02, url):
    assert errors_in(chapter_02) == []
    assert asked_elsewhere(chapter_02, url) == []
    assert not [a for a in chapter_02.asked if "scipy" in a], "it was not needed"
    screenshot(chapter_02, "site-chapter-02")


@needs_python
def test_a_slider_moves_and_a_card_answers(chapter_02):
    stepper = chapter_02.locator(".nnteach-live[aria-label='one round']").first
    caption = stepper.locator("figcaption")
    before = caption.inner_text()
    stepper.get_by_role("slider").press("ArrowRight")
    chapter_02.wait_for_function(
        "([figure, before]) => figure.textContent !== before",
        arg=[caption.element_handle(), before],
    )
    card = chapter_02.locator(".nnteach-card").first
    card.get_by_role("textbox").fill("0")
    card.get_by_role("button", name="Commit").click()
    status = card.locator("[role=status]")
    status.get_by_text("That is tanh, and ReLU.").wait_for()
    assert "Not right" in status.inner_text()


ANSWERS = [
    ("exercises.stepped_weight.check(0.32)", "Not right|not right"),
    ("exercises.stepped_weight.check(0.2797)", "✓"),
    (
        "def endless(Z):\n    while True: pass\nprint(exercises.relu.check(endless))",
        "does a loop never end",
    ),
]


@needs_python
@pytest.mark.parametrize("code, words", ANSWERS)
def test_exercises_tell_wrong_from_right_and_stop_what_never_ends(
    chapter_02, code, words
):
    said = printed(chapter_02, code if "print" in code else f"print({code})")
    assert any(word in said for word in words.split("|")), said


def taken_along(page, name):
    """Return what a file holds that the start page lets one download."""
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download: {name}").click()
    return json.loads(download.value.path().read_text("utf-8"))


@needs_python
def test_work_and_progress_are_kept_and_can_be_taken_along(chapter_02, url):
    page = chapter_02
    last = f"{NOTEBOOK}.content.widgets.at(-1).model.sharedModel"
    page.evaluate(f"{last}.setSource('my own words')")
    in_storage(page, CHAPTER, "my own words")
    in_storage(page, PROGRESS, "stepped_weight")
    open_chapter(page, url)
    assert page.evaluate(LAST_CELL) == "my own words"
    assert "✓ done: stepped_weight" in printed(
        page, "from nnteach import exercises; print(exercises.progress())"
    )
    open_home(page, url)
    assert "my own words" in str(taken_along(page, CHAPTER)["cells"])
    assert taken_along(page, PROGRESS)["stepped_weight"]["done"]


FULL = """full => {
    const { prototype } = IDBObjectStore;
    prototype.really ??= prototype.put;
    prototype.put = full
        ? () => { throw new DOMException('full', 'QuotaExceededError'); }
        : prototype.really;
}"""
WRITE = """async ([path, words]) => {
    const done = (request) => new Promise((good) => {
        request.onsuccess = () => good(request.result);
    });
    const base = await done(indexedDB.open('nnteach'));
    const store = base.transaction('files', 'readwrite').objectStore('files');
    const file = await done(store.get(path));
    file.content.cells.at(-1).source = words;
    await done(store.put(file, path));
    base.close();
}"""


@needs_python
def test_a_new_edition_stands_beside_the_readers_copy(chapter_02, url, site):
    page = chapter_02
    now = site_.edition_of()
    home = (site / "index.html").read_text("utf-8").replace(now, "newer")
    page.route("**/index.html", lambda route: route.fulfill(body=home), times=1)
    open_home(page, url)
    copies = page.locator("#copies")
    assert f"from edition {now}" in copies.inner_text()
    screenshot(page, "site-new-edition")
    fresh = page.get_by_role("button", name=f"Start fresh, keep mine: {CHAPTER}")
    page.evaluate(FULL, True)
    fresh.click()
    page.get_by_text("there is no room left for it. Your work is as it was.").wait_for()
    page.evaluate(FULL, False)
    page.evaluate(WRITE, [CHAPTER, "newer words"])  # as another tab does
    fresh.dblclick()
    name = "02-worked-example-mine-1.ipynb"
    page.get_by_role("button", name=f"Download: {name}").wait_for()
    assert "newer words" in str(taken_along(page, name)["cells"])
    assert page.get_by_role("button", name="Download: 02").count() == 1
    assert page.get_by_role("button", name=f"Download: {CHAPTER}").count() == 0
    open_chapter(page, url)
    assert page.evaluate(LAST_CELL) != "my own words"


@needs_python
@pytest.mark.parametrize(
    "chapter", ["03-two-layer-network.ipynb", "09-real-data.ipynb"]
)
def test_run_all_of_other_chapters_ends_without_an_error(started, url, chapter):
    with reader(started) as page:
        open_chapter(page, url, chapter)
        run_all(page)
        assert errors_in(page) == []
        assert asked_elsewhere(page, url) == []
        screenshot(page, f"site-{chapter[:2]}")


WAYS = {  # script, plain server, whether what is solved is kept
    "isolated, no service worker": (NO_WORKER, False, True),
    "no service worker": (NO_WORKER, True, False),
    "no storage": (NO_STORAGE, True, False),
}


@needs_python
@pytest.mark.parametrize("way", WAYS)
def test_python_runs_where_less_is_allowed_and_after_an_endless_cell(
    started, site, way
):
    script, plain, kept = WAYS[way]
    with served(site, plain) as url, reader(started, script) as page:
        open_chapter(page, url, "00-start-here.ipynb")
        assert page.evaluate("crossOriginIsolated") != plain
        page.evaluate(
            f"""async () => {{
                const {{ kernel }} = {NOTEBOOK}.context.sessionContext.session;
                kernel.requestExecute({{code: 'while True: pass'}}).done.catch(() => 0);
                await kernel.restart();
            }}"""
        )
        code = "from nnteach import exercises as e; e.relu.check(lambda Z: Z); print(7)"
        assert printed_after_restart(page, code) == "7"
        if kept:
            in_storage(page, PROGRESS, "relu")
        open_home(page, url)
        there = page.get_by_role("button", name=PROGRESS).count()
        assert bool(there) == kept
