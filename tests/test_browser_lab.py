"""Explorers in a real JupyterLab: what a student sees and moves, with a kernel and not.

The tests share one server, one page and one notebook. Each runs the cells it needs,
which makes its explorers anew; those that end the kernel come last.
"""

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser import (
    code_cell,
    command,
    lab,
    open_notebook,
    python,
    screenshot,
    stored,
    wait_idle,
)

pytestmark = pytest.mark.browser

HOSTILE = "<script>hacked = 1</script> \"quoted\" & <b>'bold'</b>"
CELLS = [
    "import time\nfrom nnteach import explorer, plots, projector\n"
    "from nnteach.draw.explore import choice, slider, steps\ncount, top = 0, 1",
    # A picture that takes a twentieth of a second, and says how often one was drawn.
    "@explorer(rate=slider(range(1, 31), label='learning rate'))\n"
    "def slow(rate):\n"
    "    global count\n"
    "    count += 1\n"
    "    time.sleep(0.05)\n"
    "    if rate == 2 and top == 1:\n"
    "        raise ValueError('two is <too> much')\n"
    "    figure, axes = plots.figure()\n"
    "    return plots.Picture(figure, f'Rate {rate}, top {top}, drawn {count}.')\n"
    "slow",
    "@explorer(step=steps(5), kind=choice(['relu', 'tanh']),\n"
    "          rate=slider([0.5, 1], label='a label that takes some room'))\n"
    "def stepper(step, kind, rate):\n"
    "    figure, axes = plots.figure()\n"
    "    return plots.Picture(figure, f'Step {step} of {kind} with {rate}. ' * 3)\n"
    "stepper",
    "plots.network([2, 4, 1])",
    f"bad = {HOSTILE!r}\n"
    "@explorer(a=choice([bad, 'x'], label=bad),\n"
    "          b=choice([bad + str(k) for k in range(9)], label=bad + ' b'),\n"
    "          c=slider([1, 2], label=bad + ' c', show=lambda k: bad + str(k)))\n"
    "def hostile(a, b, c):\n"
    "    figure, axes = plots.figure()\n"
    "    axes.set_title(bad)\n"
    "    return plots.Picture(figure, f'{bad} {c}')\n"
    "hostile",
    "display(stepper)",
    "projector()",
    "projector(False)",
    "print(made_below)",
    "made_below = 1",
    "@explorer(turn=steps(6))\n"
    "def turning(turn):\n"
    "    figure, axes = plots.figure()\n"
    "    return plots.Picture(figure, f'Turn {turn} of six.')\n"
    "turning",
]
LATER = 5  # cells from here on are stored without having run


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    path = tmp_path_factory.mktemp("lab") / "explorers.ipynb"
    return stored(path, CELLS[:LATER], unrun=CELLS[LATER:])


@pytest.fixture(scope="module")
def opened(chromium, notebook):
    """The page with the notebook freshly opened; the tests run its cells in turn."""
    with lab(chromium, notebook) as page:
        open_notebook(page, notebook.name)
        yield page


def run(page, *numbers):
    """Run these cells."""
    for number in numbers:
        code_cell(page, number).locator(".cm-content").click()
        command(page, "notebook:run-cell")
        wait_idle(page)


def session(page, method):
    """Call a method of the notebook's session, such as `restartKernel`."""
    page.evaluate(
        "method => window.jupyterapp.shell.currentWidget.context.sessionContext"
        "[method]().then(() => 0)",
        method,
    )


def live(page, number):
    return code_cell(page, number).locator(".nnteach-live")


def sentence(page, number):
    return code_cell(page, number).locator("figcaption:visible")


def wait_for_sentence(page, number, text):
    sentence(page, number).filter(has_text=text).first.wait_for(timeout=20_000)


def slider(page, number, place=0):
    return code_cell(page, number).get_by_role("slider").nth(place)


def wait_for_frames(page):
    """Wait until the page has every frame of every explorer that is shown."""
    live(page, 2).wait_for()
    page.wait_for_function(
        "() => [...globalThis[Symbol.for('nnteach')].values()].every(queue => "
        "[...queue.stores].every(store => store.frames.size + store.failed.size === "
        "store.sizes.reduce((product, size) => product * size)))"
    )


def problems(page, inside):
    """Return what axe finds wrong with what these elements show."""
    found = Axe().run(page, context=inside).response["violations"]
    return {each["id"]: [node["html"] for node in each["nodes"]] for each in found}


def test_picture_and_sentence_are_there_before_anything_runs(opened):
    for number, text in ((1, "Rate 1, top"), (2, "Step 0 of relu"), (3, "A network")):
        image = code_cell(opened, number).locator("figure img")
        assert image.get_attribute("alt") == sentence(opened, number).inner_text()
        assert sentence(opened, number).inner_text().startswith(text)
        assert image.evaluate("img => img.complete && img.naturalWidth") > 500
    assert opened.get_by_role("slider").count() == 0
    screenshot(opened, "before-running")


def test_the_live_view_takes_the_place_of_the_still_one(opened):
    run(opened, 0, 1, 2, 3)
    for number in (1, 2):
        code_cell(opened, number).locator("svg[role=img]").wait_for()
        assert code_cell(opened, number).locator("img:visible").count() == 0
    assert code_cell(opened, 3).locator("figure img").is_visible()
    screenshot(opened, "after-running")


def test_everything_works_by_keyboard_alone(opened):
    run(opened, 0, 2)
    press = opened.keyboard.press
    code_cell(opened, 2).locator(".jp-InputPrompt").click()
    press("Escape")  # command mode, in which single keys are shortcuts
    opened.wait_for_selector(".jp-Notebook.jp-mod-commandMode")
    live(opened, 2).get_by_role("button", name="first").focus()
    press("Tab")  # back
    press("Tab")
    press("Enter")
    press("Space")
    wait_for_sentence(opened, 2, "Step 2")
    press("Shift+Tab")
    press("Space")
    wait_for_sentence(opened, 2, "Step 1")
    for _ in range(5):  # on, last, play, speed, slider
        press("Tab")
    press("ArrowRight")
    wait_for_sentence(opened, 2, "Step 2 of relu")
    press("ArrowDown")
    wait_for_sentence(opened, 2, "Step 1 of relu")
    press("End")
    wait_for_sentence(opened, 2, "Step 4 of relu")
    press("Tab")
    press("ArrowDown")
    wait_for_sentence(opened, 2, "Step 4 of tanh with 0.5")
    press("Tab")
    press("ArrowRight")
    wait_for_sentence(opened, 2, "Step 4 of tanh with 1.")
    ring = opened.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert ring == "3px"
    # No key has moved the notebook's own selection.
    assert code_cell(opened, 2).evaluate("e => e.classList.contains('jp-mod-active')")


def test_play_starts_over_at_the_end_and_the_sentence_is_spoken_once(opened):
    run(opened, 0, 2)
    view = live(opened, 2)
    view.get_by_role("button", name="last").click()
    spoken = view.locator(".nnteach-spoken")
    spoken.filter(has_text="Step 4").wait_for(state="attached")
    spoken.evaluate(
        """spoken => {
            window.said = [];
            new MutationObserver(() => said.push(spoken.textContent))
                .observe(spoken, {childList: true});
        }"""
    )
    view.get_by_label("speed").select_option("4")
    view.get_by_role("button", name="play").click()
    wait_for_sentence(opened, 2, "Step 0")
    wait_for_sentence(opened, 2, "Step 4")
    view.get_by_role("button", name="play").wait_for()
    opened.wait_for_timeout(900)
    assert [text[:6] for text in opened.evaluate("said")] == ["Step 4"]


def test_when_a_slider_runs_ahead_the_latest_value_wins(opened):
    run(opened, 0, 1)
    slider(opened, 1).evaluate(
        """input => { for (let k = 0; k < 1000; k++) {
            input.value = 3 + k % 27;
            if (k === 999) input.value = 30;
            input.dispatchEvent(new Event('input')); } }"""
    )
    wait_for_sentence(opened, 1, "Rate 30,")
    drawn = int(sentence(opened, 1).inner_text().split()[-1].strip("."))
    assert drawn <= 12  # most of the thirty values were passed over


def test_moved_while_a_cell_runs_it_shows_the_last_value_after_it(opened):
    run(opened, 0, 1)
    opened.evaluate(
        """code => { window.jupyterapp.shell.currentWidget.context.sessionContext
            .session.kernel.requestExecute({code}); }""",
        "import os\nwhile not os.path.exists('go'):\n    time.sleep(0.05)\ncount = 100",
    )
    for key in (*["PageUp"] * 3, "End", *["ArrowLeft"] * 3):
        slider(opened, 1).press(key)
    live(opened, 1).locator(".nnteach-late").wait_for()
    Path(opened.files, "go").touch()
    wait_for_sentence(opened, 1, "Rate 27, top 1, drawn 10")
    python(opened, "assert slow.widget().rate == 27")


def test_opened_twice_on_one_kernel_each_page_keeps_its_own_place(opened):
    run(opened, 0, 2)
    wait_for_frames(opened)
    slider(opened, 2).press("End")
    second = opened.context.browser.new_page()
    second.lab, second.files = opened.lab, opened.files
    open_notebook(second, "explorers.ipynb")
    run(second, 2)
    wait_for_sentence(second, 2, "Step 0 of relu")
    slider(second, 2).press("ArrowRight")
    wait_for_sentence(second, 2, "Step 1 of relu")
    slider(opened, 2).press("ArrowLeft")
    wait_for_sentence(opened, 2, "Step 3 of relu")
    wait_for_sentence(second, 2, "Step 1 of relu")
    second.close()


def test_what_the_kernel_repeats_does_not_take_a_slider_back(opened):
    run(opened, 0, 1)
    back = slider(opened, 1).evaluate(
        """async input => { let back = 0;
            for (let k = 0; k < 60; k++) {
                input.value = 3 + k % 27;
                input.dispatchEvent(new Event('input'));
                const set = input.value, pause = k % 3 ? 20 : 70;
                await new Promise(done => setTimeout(done, pause - 20));
                for (let look = 0; look < 20; look++) {
                    await new Promise(done => setTimeout(done, 1));
                    back += input.value !== set; } }
            return back; }"""
    )
    assert back == 0


def test_what_the_page_keeps_is_bounded_nearest_first(opened):
    run(opened, 0)
    python(
        opened,
        "import nnteach.draw.live as live\nlive._IN_PAGE, live._SAVED = 80_000, 12_000",
    )
    run(opened, 2)
    for key in ("End", "Home", "End"):
        for place in (1, 0):
            slider(opened, 2, place).press(key)
            opened.wait_for_timeout(200)
    wait_for_sentence(opened, 2, "Step 4 of relu with 1")
    look = (
        "() => { const [store] = [...globalThis[Symbol.for('nnteach')].values()]"
        ".flatMap(queue => [...queue.stores].filter(s => s.spec.name === 'stepper'));"
        "const svgs = [...store.frames.values()].map(frame => frame[0].length);"
        "const saved = Object.values(store.saved).map(text => text.length);"
        "const sum = list => list.reduce((a, b) => a + b);"
        "return [sum(svgs), svgs.length, sum(saved), '0,0,0' in store.saved]; }"
    )
    for _ in range(100):  # the nearest frames come while nothing else happens
        size, frames, saved, start = opened.evaluate(look)
        if size > 40_000 and saved > 8_000:
            break
        opened.wait_for_timeout(200)
    assert 40_000 < size <= 80_000
    assert frames < 20
    assert 8_000 < saved <= 12_000
    assert start
    python(opened, "live._IN_PAGE, live._SAVED = 16_000_000, 2_000_000")


def test_the_old_picture_stays_and_is_marked_when_the_new_one_takes_long(opened):
    run(opened, 0, 1)
    python(opened, "time.sleep = lambda _, sleep=time.sleep: sleep(0.6)")
    slider(opened, 1).press("End")
    figure = live(opened, 1).locator("figure")
    live(opened, 1).locator(".nnteach-late").wait_for()
    assert figure.get_attribute("aria-busy") == "true"
    assert sentence(opened, 1).inner_text().startswith("Rate 1,")
    wait_for_sentence(opened, 1, "Rate 30,")
    assert figure.get_attribute("aria-busy") == "false"
    session(opened, "restartKernel")
    wait_idle(opened)


def test_an_error_is_a_message_and_the_next_value_a_picture(opened):
    run(opened, 0, 1)
    slider(opened, 1).press("ArrowRight")
    message = live(opened, 1).get_by_role("alert")
    message.wait_for()
    assert "slow raised ValueError: two is <too> much" in message.inner_text()
    assert "raise ValueError('two is <too> much')" in message.inner_text()
    assert live(opened, 1).locator("figure:visible").count() == 0
    assert problems(opened, ".nnteach-live") == {}
    slider(opened, 1).press("ArrowRight")
    wait_for_sentence(opened, 1, "Rate 3,")
    assert message.count() == 0
    python(opened, "top = 2")  # the cause goes, and with it the error
    slider(opened, 1).press("ArrowLeft")
    wait_for_sentence(opened, 1, "Rate 2, top 2")


def test_run_again_it_is_drawn_anew_and_the_kernel_lets_the_old_one_go(opened):
    run(opened, 0, 2, 5, 5, 5)
    python(opened, "from ipywidgets.widgets.widget import _instances as widgets")
    python(opened, "before = len(widgets)")
    run(opened, 2, 5, 2, 5)
    python(opened, "assert len(widgets) == before, 'it grows'")
    run(opened, 0, 1)
    python(opened, "top = 3\nslow._ipython_display_()")
    wait_for_sentence(opened, 1, ", top 3")  # a key before it would be lost
    slider(opened, 1).press("End")
    wait_for_sentence(opened, 1, "Rate 30, top 3")


HELD = """function () {
    const valuesOf = (map) => {
        try {
            return [...Map.prototype.values.call(map)];
        } catch {  // the prototype of another kind of map
            return [];
        }
    };
    const frame = (value) => Array.isArray(value) && typeof value[1] === "string"
        && value[1].startsWith("Turn ");
    return this.flatMap(valuesOf).filter(frame).length;
}"""


def frames_held(page):
    """Return how many frames the page holds of cell 10, of closed views too."""
    session = page.context.new_cdp_session(page)
    found = session.send("Runtime.evaluate", {"expression": "Map.prototype"})["result"]
    asked = {"prototypeObjectId": found["objectId"]}
    maps = session.send("Runtime.queryObjects", asked)["objects"]["objectId"]
    asked = {"objectId": maps, "functionDeclaration": HELD, "returnByValue": True}
    return session.send("Runtime.callFunctionOn", asked)["result"]["value"]


def test_the_page_lets_the_frames_of_what_is_closed_go(opened):
    run(opened, 0)
    for _ in range(3):
        run(opened, 10)
        wait_for_sentence(opened, 10, "Turn 0")
        for _ in range(60):
            if frames_held(opened) == 6:
                break
            opened.wait_for_timeout(500)
        else:
            pytest.fail(f"{frames_held(opened)} frames of 6 places")


def test_a_name_that_is_not_there_says_which_cell_makes_it(opened):
    run(opened, 0, 8)
    said = "`made_below` is made by a cell of this notebook: run that cell first."
    code_cell(opened, 8).get_by_text(said).wait_for()


def test_two_views_and_python_stay_together(opened):
    run(opened, 0, 2, 5)
    slider(opened, 5).press("ArrowRight")
    wait_for_sentence(opened, 2, "Step 1 of relu")
    python(opened, "view = stepper.widget()\nview.kind = 'tanh'")
    for number in (2, 5):
        wait_for_sentence(opened, number, "Step 1 of tanh")
        assert code_cell(opened, number).get_by_role("radio", name="tanh").is_checked()
    opened.wait_for_timeout(300)
    python(opened, "import ipywidgets\nassert view.step == 1, view.step")
    python(
        opened,
        "seen = []\nview.observe(lambda change: seen.append(change.new), 'step')\n"
        "other = ipywidgets.IntSlider()\nlink = ipywidgets.jslink((view, 'step'), "
        "(other, 'value'))",
    )
    slider(opened, 2).press("End")
    opened.wait_for_timeout(600)
    python(opened, "assert (seen[-1], other.value) == (4, 4), (seen, other.value)")


def test_hostile_labels_and_sentences_are_only_text(opened):
    run(opened, 0, 4)
    view = live(opened, 4)
    view.locator("svg").wait_for()
    assert view.get_by_role("group", name=HOSTILE).count() == 1
    slider(opened, 4).press("ArrowRight")
    wait_for_sentence(opened, 4, f"{HOSTILE} 2")
    assert view.get_by_role("slider").get_attribute("aria-valuetext") == HOSTILE + "2"
    assert opened.evaluate("window.hacked") is None
    assert view.locator("script, b").count() == 0
    assert problems(opened, ".nnteach-live") == {}


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_a_phone_and_a_dark_theme_show_it_whole_and_axe_finds_nothing(opened, theme):
    run(opened, 0, 2, 1)
    opened.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
        ".then(() => 0)",
        theme,
    )
    opened.wait_for_timeout(500)
    command(opened, "application:toggle-left-area")
    opened.set_viewport_size({"width": 390, "height": 844})
    opened.wait_for_timeout(500)
    view = live(opened, 2)
    view.evaluate("e => e.scrollIntoView()")
    screenshot(opened, f"phone-{theme[11:]}")
    box = view.bounding_box()
    for part in view.locator("label, button, select, input, .nnteach-value, svg").all():
        inside = part.bounding_box()
        assert inside["x"] >= box["x"] - 1
        assert inside["x"] + inside["width"] <= box["x"] + box["width"] + 1
    for target in view.locator("button, select, input").all():
        assert min(target.bounding_box()[side] for side in ("width", "height")) >= 24
    assert view.evaluate("e => getComputedStyle(e).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    assert problems(opened, ".nnteach-live") == {}
    opened.set_viewport_size({"width": 1280, "height": 720})
    command(opened, "application:toggle-left-area")


def sizes_of_text(page):
    """Return the sizes on the screen of a picture's text, a label and the sentence."""
    shown = live(page, 1)
    text = shown.locator("svg[role=img] text").first
    label = shown.locator("label").first
    said = code_cell(page, 3).locator("figcaption")  # of a picture that does not move
    in_picture = text.evaluate("e => e.getBoundingClientRect().height")
    font = "e => parseFloat(getComputedStyle(e).fontSize)"
    return in_picture, label.evaluate(font), said.evaluate(font)


def test_the_projector_enlarges_and_everything_fits_on_one_screen(opened):
    run(opened, 0, 1, 2, 3)
    command(opened, "application:toggle-presentation-mode")
    slider(opened, 1).press("End")
    wait_for_sentence(opened, 1, "Rate 30")
    before = sizes_of_text(opened)
    run(opened, 6)
    wait_for_frames(opened)
    wait_for_sentence(opened, 1, "Rate 30")  # where it stood
    after = sizes_of_text(opened)
    larger = [large / small for large, small in zip(after, before, strict=True)]
    assert min(larger) > 1.15, larger
    room = opened.locator(".jp-WindowedPanel-outer").bounding_box()
    for number in (1, 2):
        live(opened, number).evaluate("e => e.scrollIntoView()")
        assert live(opened, number).bounding_box()["height"] <= room["height"]
        screenshot(opened, f"projector-{number}")
    run(opened, 7)
    wait_for_frames(opened)
    assert sizes_of_text(opened) == pytest.approx(before, abs=1)
    command(opened, "application:toggle-presentation-mode")


@pytest.mark.parametrize("end", ["restartKernel", "shutdown"])
def test_when_the_kernel_has_gone_frames_still_move_and_others_say_what_to_run(
    opened, end
):
    if end == "shutdown":
        open_notebook(opened, "explorers.ipynb")
    run(opened, 0, 2, 1)
    wait_for_frames(opened)
    python(opened, "slow.widget().renew({})")
    opened.wait_for_timeout(300)  # a few frames, not all
    session(opened, end)
    opened.wait_for_timeout(300)
    live(opened, 2).get_by_role("button", name="last").click()
    wait_for_sentence(opened, 2, "Step 4 of relu")
    slider(opened, 1).press("End")
    note = live(opened, 1).get_by_text("run the cell that shows slow again")
    note.wait_for(timeout=15_000)
    slider(opened, 1).press("Home")
    wait_for_sentence(opened, 1, "Rate 1,")
    note.wait_for(state="hidden")


def reopened(page):
    """Save, end the kernel and open the file anew; return what was saved."""
    page.evaluate("window.jupyterapp.shell.currentWidget.context.save().then(() => 0)")
    path = Path(page.files, "explorers.ipynb")
    stored = json.loads(path.read_text("utf-8"))
    session(page, "shutdown")
    open_notebook(page, path.name)  # which starts another kernel
    page.wait_for_timeout(1000)
    session(page, "shutdown")
    return stored


def test_saved_and_opened_again_it_moves_without_a_kernel(opened):
    open_notebook(opened, "explorers.ipynb")
    run(opened, *range(LATER))  # all, or JupyterLab would not trust it
    wait_for_frames(opened)
    stored = reopened(opened)
    assert "widgets" in stored["metadata"]
    live(opened, 2).get_by_role("button", name="last").click()
    wait_for_sentence(opened, 2, "Step 4 of relu with 0.5")
    code_cell(opened, 2).get_by_role("radio", name="tanh").check()
    slider(opened, 2, 1).press("End")
    wait_for_sentence(opened, 2, "Step 4 of tanh with 1")
    assert code_cell(opened, 2).locator("img:visible").count() == 0


def test_saved_without_state_the_still_picture_is_seen_and_no_error(opened):
    open_notebook(opened, "explorers.ipynb")
    run(opened, *range(LATER))
    command(opened, "@jupyter-widgets/jupyterlab-manager:saveWidgetState")  # no more
    opened.evaluate(  # what the test before has saved
        "window.jupyterapp.shell.currentWidget.context.model.deleteMetadata('widgets')"
    )
    assert "widgets" not in reopened(opened)["metadata"]
    assert code_cell(opened, 2).locator("figure img").is_visible()
    assert sentence(opened, 2).inner_text().startswith("Step 0 of relu")
    errors = opened.get_by_text("Error displaying widget: model not found")
    errors.first.wait_for(state="attached")
    assert not any(error.is_visible() for error in errors.all())
    screenshot(opened, "saved-without-state")
