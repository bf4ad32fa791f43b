"""The pad for digits in a real browser: alone from a file, and in a JupyterLab."""

import json

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

from browser import (
    code_cell,
    command,
    lab,
    open_notebook,
    python,
    stored,
    wait_idle,
    watched,
)
from nnteach import data, three_layer, train
from nnteach.draw import digit_pad
from nnteach.draw.front import DOCUMENT

pytestmark = pytest.mark.browser

SMALL = 24  # pixels: no target is smaller


@pytest.fixture(scope="module")
def learned():
    """Parameters that were trained as in chapter 09, and test digits."""
    X, Y = data.digits()
    order = np.random.default_rng(0).permutation(X.shape[1])
    start = three_layer.initialize_parameters(64, 48, 24, 10, scale=0.2, rng=2)
    given = three_layer, X[:, order[720:]], Y[:, order[720:]], start, 0.1, 30
    return train(*given, batch_size=32, rng=0).parameters, X[:, order[:30]]


@pytest.fixture(scope="module")
def page(student, learned, tmp_path_factory):
    """A page with one pad that stands alone, in the browser that has the JupyterLab."""
    file = tmp_path_factory.mktemp("pad") / "pad.html"
    file.write_text(digit_pad(*learned).player(), "utf-8")
    context = student.context.browser.new_context(
        has_touch=True, viewport={"width": 1000, "height": 700}
    )
    page = watched(context.new_page())
    page.set_default_timeout(30_000)
    page.file = file.as_uri()
    return page


@pytest.fixture
def opened(page):
    page.requests.clear()
    page.goto(page.file)
    page.wait_for_selector("[data-ready]")
    yield page
    assert page.errors == []
    assert page.requests == [page.file]


def surface(page):
    return page.get_by_role("application", name="Pad")


def chances(page):
    """Return the ten probabilities, or ten empty texts for an empty pad."""
    rows = page.locator(".nnteach-pad li")
    return rows.evaluate_all("all => all.map(row => row.dataset.chance)")


def answer(page):
    return page.locator(".nnteach-pad-answer").inner_text()


def press(page, keys):
    for key in keys.split():
        name, _, times = key.partition("*")
        for _ in range(int(times or 1)):
            page.keyboard.press(name)


def test_thirty_test_digits_get_the_probabilities_that_python_computes(opened, learned):
    parameters, digits = learned
    expected, _ = three_layer.forward_propagation(digits, parameters)
    found = []
    for _ in range(30):
        found.append([float(chance) for chance in chances(opened)])
        opened.get_by_role("button", name="Next test digit").click()
    np.testing.assert_allclose(np.transpose(found), expected, atol=1e-6)
    again = [float(chance) for chance in chances(opened)]
    assert again == found[0], "after the last comes the first"


def test_its_units_light_up_as_in_python(opened, learned):
    parameters, digits = learned
    _, cache = three_layer.forward_propagation(digits[:, :1], parameters)
    for layer, name in enumerate(("A1", "A2")):
        radii = "all => all.map(one => Number(one.getAttribute('r')))"
        shown = opened.locator("figure:has(.nnteach-pad-lit)").nth(layer)
        found = shown.locator(".nnteach-pad-lit").evaluate_all(radii)
        areas = (np.array(found) / 7) ** 2
        expected = cache[name].ravel() / cache[name].max()
        np.testing.assert_allclose(areas, expected, atol=1e-5)
        active = int((expected > 0).sum())
        label = shown.locator("svg").get_attribute("aria-label")
        assert label == f"{active} of {len(expected)} units are active"


def test_a_digit_drawn_by_keyboard_changes_the_answer_and_is_cleared(opened):
    before = chances(opened)
    surface(opened).focus()
    press(opened, "Delete")
    assert answer(opened) == "Nothing is drawn yet."
    assert chances(opened) == [""] * 10
    press(opened, "Space ArrowDown*8 Space ArrowRight*3")
    assert answer(opened).startswith("The network reads: 1 ")
    one = chances(opened)
    assert one != before
    press(opened, "Space ArrowUp*8")  # another stroke: the answer follows
    assert chances(opened) != one
    press(opened, "Backspace")
    assert answer(opened) == "Nothing is drawn yet."
    assert opened.locator(".nnteach-pad-line").get_attribute("d") == ""


def arc(x, y, wide, high, first, last, count=16):
    angles = np.radians(np.linspace(first, last, count))
    return [[x + wide * np.cos(a), y + high * np.sin(a)] for a in angles]


DRAWN = {  # a way to write each digit, as strokes
    0: [arc(0.5, 0.5, 0.22, 0.35, -90, 270, 24)],
    1: [[[0.5, 0.15], [0.5, 0.85]]],
    2: [[*arc(0.5, 0.33, 0.2, 0.18, -160, 40), [0.3, 0.85], [0.72, 0.85]]],
    3: [arc(0.47, 0.32, 0.2, 0.17, -150, 90) + arc(0.47, 0.67, 0.23, 0.18, -90, 150)],
    4: [[[0.55, 0.15], [0.25, 0.6], [0.75, 0.6]], [[0.6, 0.4], [0.6, 0.85]]],
    5: [[[0.7, 0.15], [0.35, 0.15], [0.32, 0.45],
         *arc(0.48, 0.63, 0.22, 0.22, -130, 140)]],
    6: [[[0.6, 0.13], *arc(0.55, 0.5, 0.25, 0.36, -110, -180),
         *arc(0.49, 0.66, 0.19, 0.19, -180, 180)]],
    7: [[[0.28, 0.18], [0.72, 0.15], [0.45, 0.85]], [[0.35, 0.5], [0.68, 0.5]]],
    8: [arc(0.5, 0.33, 0.17, 0.17, 90, -270, 20)
        + arc(0.5, 0.67, 0.21, 0.18, -90, 270, 20)],
    9: [[*arc(0.5, 0.34, 0.19, 0.19, 0, -360, 22), [0.66, 0.6], [0.55, 0.85]]],
}  # fmt: skip


def draw(page, strokes, size=1, place=(0, 0)):
    box = surface(page).bounding_box()
    for stroke in strokes:
        points = [
            (box["x"] + box["width"] * (place[0] + size * x),
             box["y"] + box["height"] * (place[1] + size * y))
            for x, y in stroke
        ]  # fmt: skip
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=3)
        page.mouse.up()


@pytest.mark.parametrize("size, place", [(1, (0, 0)), (0.5, (0.45, 0.1))])
def test_ten_digits_drawn_by_mouse_are_read_large_and_small(opened, size, place):
    read = []
    for strokes in DRAWN.values():
        opened.get_by_role("button", name="Clear").click()
        draw(opened, strokes, size, place)
        read.append(int(np.argmax([float(chance) for chance in chances(opened)])))
    assert np.sum(np.array(read) == list(DRAWN)) >= 9, read


def test_a_finger_draws_and_the_page_does_not_scroll(opened):
    opened.get_by_role("button", name="Clear").click()
    box = surface(opened).bounding_box()
    finger = opened.context.new_cdp_session(opened)
    x, top = box["x"] + box["width"] / 2, box["y"] + 0.15 * box["height"]
    for k, kind in enumerate(["touchStart", *["touchMove"] * 9, "touchEnd"]):
        y = top + 0.07 * box["height"] * k
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    opened.wait_for_function(
        "document.querySelector('.nnteach-pad-answer').textContent.includes(': 1 ')"
    )
    assert opened.evaluate("scrollY") == 0


def test_the_input_is_centred_and_has_the_ink_of_the_data(opened):
    opened.get_by_role("button", name="Clear").click()
    draw(opened, DRAWN[0], 0.4, (0.5, 0.5))
    fills = "all => all.map(one => one.getAttribute('fill').match(/\\d+/)[0] / 255)"
    pixels = 1 - np.reshape(
        opened.locator(".nnteach-pad-given rect").evaluate_all(fills), (8, 8)
    )
    assert pixels.sum() == pytest.approx(313 / 16, abs=0.1)
    assert (pixels[[0, 7]].sum(axis=1) > 1).all()
    assert pixels[:, [0, 7]].sum() == 0
    assert np.abs(pixels - pixels[::-1, ::-1]).max() < 0.3


def test_it_speaks_once_after_a_pause(opened):
    opened.clock.install()
    opened.goto(opened.file)
    opened.wait_for_selector("[data-ready]")
    opened.evaluate(
        "said = []; new MutationObserver(() => said.push("
        "document.querySelector('[role=status]').textContent)).observe("
        "document.querySelector('[role=status]'), {childList: true})"
    )
    surface(opened).focus()
    press(opened, "Delete Space ArrowDown*8")
    opened.clock.run_for(500)
    assert opened.evaluate("said") == []
    opened.clock.run_for(2000)
    (said,) = opened.evaluate("said")
    assert said == f"Pen down, column 8, row 12. {answer(opened)}"
    opened.requests.clear()
    opened.requests.append(opened.file)


def test_keys_stay_inside_and_tab_leaves(opened):
    opened.evaluate("document.body.setAttribute('onkeydown', 'turned = true')")
    surface(opened).focus()
    press(opened, "Space ArrowDown")
    ring = opened.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert ring == "3px"
    press(opened, "Tab")
    assert opened.evaluate("document.activeElement.textContent") == "Clear"
    assert opened.locator(".nnteach-pad-down").count() == 0, "the pen is lifted"
    assert opened.evaluate("window.turned") is None


@pytest.mark.parametrize("width", [1000, 360])
def test_it_fits_and_axe_finds_nothing(opened, width):
    opened.set_viewport_size({"width": width, "height": 700})
    for button in ("Next test digit", "Clear"):
        opened.get_by_role("button", name=button).click()
        assert Axe().run(opened).response["violations"] == []
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
    for target in opened.locator("button").all():
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= SMALL
    opened.set_viewport_size({"width": 1000, "height": 700})


def test_two_pads_in_one_page_work_on_their_own(page, learned, tmp_path):
    two = tmp_path / "two.html"
    parts = 2 * digit_pad(*learned).player(fragment=True)
    two.write_text(DOCUMENT.format(title="two", body=parts), "utf-8")
    page.goto(two.as_uri())
    page.wait_for_function("document.querySelectorAll('[data-ready]').length === 2")
    page.get_by_role("button", name="Clear").last.click()
    first, second = page.locator(".nnteach-pad-answer").all_inner_texts()
    assert first.startswith("The network reads")
    assert second == "Nothing is drawn yet."
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len({*ids})


def test_without_javascript_the_still_is_seen(page, learned):
    still = page.context.browser.new_context(java_script_enabled=False).new_page()
    still.goto(page.file)
    image = still.locator("figure img")
    assert image.is_visible()
    assert image.get_attribute("alt") == digit_pad(*learned).picture().sentence


# ----------------------------------------------------------------------- in JupyterLab

CELLS = [
    "import numpy as np\n"
    "from nnteach import three_layer, projector\n"
    "from nnteach.draw import digit_pad\n"
    "parameters = three_layer.initialize_parameters(64, 5, 4, 10, scale=1, rng=0)\n"
    "x = np.eye(8).reshape(64, 1)",
    "my_pad = digit_pad(parameters, x)\nmy_pad",
    "from nnteach import card\ncard('c', 'How much?', answer=1, reason='All.')",
    "from nnteach import explorer, plots\n@explorer(rate=[1, 2])\n"
    "def line(rate):\n    return plots.network([rate, 1])\nline",
]


@pytest.fixture(scope="module")
def student(chromium, tmp_path_factory):
    notebook = stored(tmp_path_factory.mktemp("lab") / "pad.ipynb", CELLS)
    with lab(chromium, notebook) as page:
        open_notebook(page, notebook.name)
        yield page


def run(page):
    for number in range(len(CELLS)):
        code_cell(page, number).locator(".cm-content").click()
        command(page, "notebook:run-cell")
        wait_idle(page)
    code_cell(page, 1).locator(".nnteach-pad").wait_for()


def heard(page, value):
    """Wait until the kernel knows what was drawn, and return a value of it."""
    for _ in range(100):
        found = python(page, "", value)
        if found is not None:
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"the kernel never heard of it: {value}")


def test_the_still_stands_until_it_runs_and_python_gets_what_is_drawn(student):
    assert code_cell(student, 1).locator("figure img").is_visible()
    run(student)
    assert code_cell(student, 1).locator("figure img:visible").count() == 0
    cells = student.locator(".jp-Notebook:visible .jp-CodeCell").count()
    surface(student).focus()
    press(student, "Delete Space ArrowDown*8 a b x Space")
    assert student.locator(".jp-Notebook:visible .jp-CodeCell").count() == cells
    ink = heard(
        student, "my_pad.pixels.sum().item() if my_pad.pixels[3:5].any() else None"
    )
    assert ink == pytest.approx(313 / 16)
    shown = [float(chance) for chance in chances(student)]
    computed = python(
        student,
        "A3, _ = three_layer.forward_propagation(my_pad.pixels, parameters)",
        "A3.ravel().tolist()",
    )
    np.testing.assert_allclose(shown, computed, atol=1e-6)


def test_python_can_put_a_digit_on_it_and_the_projector_enlarges_it(student):
    run(student)
    python(student, "my_pad.show(x[::-1])\nprojector()")
    student.locator(".nnteach-pad-large").wait_for()
    student.wait_for_function(
        "document.querySelectorAll('.nnteach-pad-given rect')[0]"
        ".getAttribute('fill') === 'rgb(0,0,0)'"
    )
    python(student, "projector(False)")


STYLED = [  # of pad, card and explorer
    (1, ".nnteach-pad-surface", "touch-action", "none"),
    (2, ".nnteach-card", "border-left-width", "4px"),
    (3, ".nnteach-control", "display", "flex"),
    (3, ".nnteach-spoken", "position", "absolute"),
]


def test_pad_card_and_explorer_keep_their_style_beside_each_other(student):
    run(student)
    for number, selector, name, wanted in STYLED:
        shown = code_cell(student, number).locator(selector).first
        shown.wait_for(state="attached")
        found = shown.evaluate("(each, name) => getComputedStyle(each)[name]", name)
        assert found == wanted, selector


def test_it_answers_when_the_kernel_has_gone_and_axe_finds_nothing(student):
    run(student)
    session = "window.jupyterapp.shell.currentWidget.context.sessionContext"
    student.evaluate(f"{session}.shutdown().then(() => 0)")
    surface(student).focus()
    press(student, "Delete")
    assert answer(student) == "Nothing is drawn yet."
    press(student, "Space ArrowDown*8")
    assert answer(student).startswith("The network reads: ")
    found = Axe().run(student, context=".nnteach-pad").response["violations"]
    assert json.dumps(found) == "[]"
