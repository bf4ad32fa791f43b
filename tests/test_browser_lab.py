"""Explorers in a real JupyterLab: what a student sees before and after running."""

import nbformat
import pytest
from nbclient import NotebookClient

from browser import command, lab, open_notebook, screenshot, wait_idle

pytestmark = pytest.mark.browser

CELLS = [
    "import time\nfrom nnteach import explorer, plots, projector\n"
    "from nnteach.draw.explore import choice, slider, steps\ncount = 0",
    # A picture that takes a tenth of a second, and says how often one was drawn.
    "@explorer(rate=slider(range(1, 31), label='learning rate'))\n"
    "def slow(rate):\n"
    "    global count\n"
    "    count += 1\n"
    "    time.sleep(0.1)\n"
    "    if rate == 2:\n"
    "        raise ValueError('two is <too> much')\n"
    "    figure, axes = plots.figure()\n"
    "    return plots.Picture(figure, f'Rate {rate}, drawn {count}.')\n"
    "slow",
    "@explorer(step=steps(5), kind=choice(['relu', 'tanh']),\n"
    "          rate=slider([0.5, 1], label='a label that takes some room'))\n"
    "def stepper(step, kind, rate):\n"
    "    figure, axes = plots.figure()\n"
    "    return plots.Picture(figure, f'Step {step} of {kind} with {rate}. ' * 3)\n"
    "stepper",
    "plots.network([2, 4, 1])",
    "projector()",
    "projector(False)",
]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """An executed notebook, stored as the course stores its own."""
    made = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, CELLS[:-2])])
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    NotebookClient(made).execute()
    for cell in made.cells:
        for output in cell.outputs:
            output.data.pop("application/vnd.jupyter.widget-view+json", None)
    made.metadata.pop("widgets", None)
    made.cells += map(nbformat.v4.new_code_cell, CELLS[-2:])
    path = tmp_path_factory.mktemp("lab") / "explorers.ipynb"
    nbformat.write(made, path)
    return path


@pytest.fixture(scope="module")
def opened(chromium, notebook):
    """The page with the notebook freshly opened; the tests run its cells in turn."""
    with lab(chromium, notebook) as page:
        open_notebook(page, notebook.name)
        yield page


def cell(page, number):
    return page.locator(".jp-CodeCell").nth(number)


def run(page, *numbers):
    """Run these cells."""
    for number in numbers:
        cell(page, number).locator(".cm-content").click()
        command(page, "notebook:run-cell")
        wait_idle(page)


def sentence(page, number):
    return cell(page, number).locator("figcaption")


def wait_for_sentence(page, number, text):
    sentence(page, number).filter(has_text=text).wait_for(timeout=15_000)


def test_picture_and_sentence_are_there_before_anything_runs(opened):
    for number, text in ((1, "Rate 1, drawn"), (2, "Step 0 of relu"), (3, "A network")):
        image = cell(opened, number).locator("figure img")
        assert image.get_attribute("alt") == sentence(opened, number).inner_text()
        assert sentence(opened, number).inner_text().startswith(text)
        assert image.evaluate("img => img.complete && img.naturalWidth") > 500
    assert opened.locator(".noUi-handle").count() == 0
    screenshot(opened, "before-running")


def test_the_live_view_takes_the_place_of_the_still_one(opened):
    run(opened, 0, 1, 2, 3)
    for number in (1, 2):
        cell(opened, number).locator("svg[role=img]").wait_for()
        assert cell(opened, number).locator("img").count() == 0
    assert cell(opened, 3).locator("figure img").count() == 1
    screenshot(opened, "after-running")


def test_slider_and_buttons_work_by_keyboard(opened):
    run(opened, 0, 2)
    handle = cell(opened, 2).locator(".noUi-handle").nth(1)
    handle.focus()
    opened.keyboard.press("ArrowRight")
    wait_for_sentence(opened, 2, "with 1.")
    for name, keys, text in (
        ("on ›", ["Enter", "Enter"], "Step 2"),
        ("‹ back", ["Space"], "Step 1"),
        ("last »", ["Enter"], "Step 4"),
        ("« first", ["Enter"], "Step 0"),
    ):
        cell(opened, 2).get_by_role("button", name=name).focus()
        for key in keys:
            opened.keyboard.press(key)
        wait_for_sentence(opened, 2, text)
    cell(opened, 2).get_by_role("button", name="tanh").click()
    wait_for_sentence(opened, 2, "of tanh with 1.")


def test_every_label_and_read_out_is_whole(opened):
    run(opened, 0, 2)
    texts = (
        cell(opened, 2)
        .locator(".nnteach-controls")
        .locator("label, button, .widget-readout")
    )
    assert texts.count() >= 10
    for text in texts.all():
        assert text.evaluate("e => e.scrollWidth <= e.clientWidth + 1"), (
            text.inner_text()
        )


def test_when_a_slider_runs_ahead_the_latest_value_wins(opened):
    run(opened, 0, 1)
    cell(opened, 1).locator(".noUi-handle").focus()
    for _ in range(29):
        opened.keyboard.press("ArrowRight")
    wait_for_sentence(opened, 1, "Rate 30,")
    wait_idle(opened)
    drawn = int(sentence(opened, 1).inner_text().split()[-1].strip("."))
    assert drawn < 20  # most of the thirty values were passed over
    assert cell(opened, 1).locator(".widget-readout").inner_text() == "30"


def test_an_error_is_a_message_and_the_next_value_a_picture(opened):
    run(opened, 0, 1)
    cell(opened, 1).locator(".noUi-handle").focus()
    opened.keyboard.press("ArrowRight")
    message = cell(opened, 1).get_by_role("alert")
    message.wait_for()
    assert "slow raised ValueError: two is <too> much" in message.inner_text()
    assert "raise ValueError('two is <too> much')" in message.inner_text()
    opened.keyboard.press("ArrowRight")
    wait_for_sentence(opened, 1, "Rate 3,")
    assert message.count() == 0


def sizes_of_text(page):
    """Return the sizes on the screen of a picture's text, a label and the sentence."""
    shown = cell(page, 1)
    text = shown.locator("svg[role=img] text").first
    label = shown.locator(".nnteach-controls label").first
    said = shown.locator("figcaption")
    in_picture = text.evaluate("e => e.getBoundingClientRect().height")
    font = "e => parseFloat(getComputedStyle(e).fontSize)"
    return in_picture, label.evaluate(font), said.evaluate(font)


def test_the_projector_enlarges_and_everything_fits_on_one_screen(opened):
    run(opened, 0, 1, 2, 3)
    command(opened, "application:toggle-presentation-mode")
    before = sizes_of_text(opened)
    width = cell(opened, 3).locator("img").bounding_box()["width"]
    run(opened, 4)
    opened.wait_for_timeout(500)
    after = sizes_of_text(opened)
    larger = [large / small for large, small in zip(after, before, strict=True)]
    assert min(larger) > 1.2, larger
    assert cell(opened, 3).locator("img").bounding_box()["width"] != width
    room = opened.locator(".jp-WindowedPanel-outer").bounding_box()
    for number in (1, 2):
        output = cell(opened, number).locator(".jp-OutputArea-output").first
        output.evaluate("e => e.scrollIntoView()")
        assert output.bounding_box()["height"] <= room["height"]
        screenshot(opened, f"projector-{number}")
    run(opened, 5)
    opened.wait_for_timeout(500)
    assert sizes_of_text(opened) == pytest.approx(before, abs=1)
    assert cell(opened, 3).locator("img").bounding_box()["width"] == width
    command(opened, "application:toggle-presentation-mode")
