"""The course in a real JupyterLab: what a student and an instructor do."""

import pytest

import notebook_rules as rules
from browser import (
    ROOT,
    command,
    lab,
    moved_through,
    open_notebook,
    python,
    run_all,
    screenshot,
    wait_idle,
)
from nnteach import train, worked_example
from nnteach.rounding import show
from nnteach.worked_example import EXAMPLE

pytestmark = pytest.mark.browser

# What the source notebook printed, as far as six significant digits show it.
PRINTED = {
    "Z1": ["0.21", "0.315"],
    "A1": ["0.552308", "0.578105"],
    "Z2": ["0.685987"],
    "A2": ["0.665074"],
    "cost": ["0.0136247"],
    "dW2": ["0.0203085", "0.0212571"],
    "W2": ["0.279691", "0.878743"],
    "W1": ["0.199045", "0.198091", "0.297175", "0.29435"],
}


CHAPTERS = sorted(file.name for file in (ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def page(chromium):
    with lab(chromium, *CHAPTERS) as page:
        open_notebook(page, "02-worked-example.ipynb")
        yield page


EXPLORER = ".nnteach-live"


def explorer_with(page, label):
    """The first explorer that has a slider with this label."""
    return page.locator(EXPLORER, has=page.get_by_role("slider", name=label)).first


def test_the_pictures_are_there_before_anything_runs(page):
    images = page.locator("figure.nnteach img")
    assert images.count() >= 5
    for place in range(images.count()):
        image = images.nth(place)
        assert image.evaluate("e => e.complete && e.naturalWidth > 300")
        assert len(image.get_attribute("alt")) > 20
    assert page.get_by_role("slider").count() == 0
    screenshot(page, "chapter-02-before")


def test_a_student_steps_to_the_end_and_back(page):
    run_all(page)
    output = explorer_with(page, "step")
    said = output.locator("figcaption")
    on = output.get_by_role("button", name="on", exact=False).first

    def go_on():
        on.click()
        wait_idle(page)

    for stop in range(1, 5):
        expect_text(said, f"Tour {stop} of 4")
        go_on()
    for place, step in enumerate(worked_example.steps(), start=1):
        expect_text(said, f"Step {place} of 18")
        shown = " ".join(output.locator("svg[role=img]").all_text_contents())
        for number in PRINTED.get(step.name, []):
            assert number in shown, step.name
        go_on()
    screenshot(page, "chapter-02-last-step")
    expect_text(said, "the cost falls from 0.013625 to 0.011372")
    output.get_by_role("button", name="back").click()
    expect_text(said, "Step 17 of 18, update: b1")
    output.get_by_role("button", name="first").click()
    expect_text(said, "Tour 1 of 4")
    output.get_by_role("button", name="last").click()
    expect_text(said, "Step 18 of 18, forward again")


def test_the_learning_rate_moves_by_keyboard_and_tells_the_truth(page):
    open_notebook(page, "02-worked-example.ipynb")
    run_all(page)
    output = explorer_with(page, "learning rate")
    for _ in range(2):
        output.get_by_role("slider").press("ArrowRight")
    rate = 5.0
    expect_text(output.locator(".nnteach-value"), show(rate))
    run = train(
        worked_example, EXAMPLE.x, EXAMPLE.y, EXAMPLE.parameters, rate, iterations=50
    )
    expect_text(
        output.locator("figcaption"),
        f"from {show(run.costs[0])} to {show(run.costs[-1])} in 50 steps",
    )


def expect_text(locator, text):
    from playwright.sync_api import expect

    # As patient as the page itself: the default of 5 s is short on a busy computer.
    expect(locator.first).to_contain_text(text, timeout=90_000)


OPENED = """async () => {
    const { context } = window.jupyterapp.shell.currentWidget;
    const { kernel } = context.sessionContext.session;
    await kernel.info, await kernel.spec;  // JupyterLab writes both into the notebook
    return context.model.dirty;
}"""


def test_opening_a_notebook_does_not_change_it(page):
    for name in CHAPTERS[1], CHAPTERS[6]:  # one of them has folded headings
        open_notebook(page, name)
        assert page.evaluate(OPENED) is False, name
        assert page.locator(".lm-TabBar-tab.lm-mod-current.jp-mod-dirty").count() == 0
    run_all(page)
    assert page.evaluate(OPENED) is True


SEEN = """() => Object.fromEntries(
    window.jupyterapp.shell.currentWidget.content.widgets.map(({ model, node }) => {
        const shown = node.querySelector('.jp-Cell-outputArea, .jp-MarkdownOutput');
        return [model.id, node.offsetParent && shown ? shown.innerText : ''];
    }))
"""


def no_answer_stands_open(page, name):
    chapter = rules.Chapter(ROOT / "notebooks" / name, None)
    texts = page.evaluate(SEEN)
    assert all(cell.id in texts for cell in chapter.cells)
    assert sum(map(len, texts.values())) > 5_000
    assert not list(rules.answers_before_cards(chapter, lambda cell: texts[cell.id]))


SAMPLE = """
import itertools, nnteach
_places = itertools.product(*(range(len(c.values)) for c in {name}.controls.values()))
_places = [*_places]
_some = _places[:: len(_places) // 8 or 1]
_drawn = {{place: {name}.drawn_at(place) for place in _some}}
"""


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_answer_is_open_and_every_explorer_shows_what_python_draws(page, name):
    """Looks at the first explorer of a chapter frame by frame, at all on the screen.

    One test for both, since to run all cells takes longer than what is looked at then.
    """
    page.set_viewport_size({"width": 1280, "height": 800})  # a laptop
    open_notebook(page, name)
    run_all(page)
    if name[:2] != "02":  # two of its explorers offer the rates that cards ask about
        no_answer_stands_open(page, name)
    command(page, "notebook:expand-all-headings")  # what answers a card is folded
    first = page.locator(EXPLORER).first
    first.locator("svg").wait_for()
    own = first.get_attribute("aria-label").replace(" ", "_")
    kinds = f"[control.kind for control in {own}.controls.values()]"
    drawn = python(page, SAMPLE.format(name=own), "_drawn")
    moved_through(first, python(page, "", kinds), drawn)
    fit(page, name, "laptop")
    page.set_viewport_size({"width": 1280, "height": 720})
    python(page, "nnteach.projector()")
    command(page, "application:toggle-presentation-mode")
    page.wait_for_selector(".nnteach-large")
    fit(page, name, "projected")
    command(page, "application:toggle-presentation-mode")


def fit(page, name, kind):
    page.wait_for_timeout(500)
    explorers = page.locator(EXPLORER)
    assert explorers.count() >= 1
    for place in range(explorers.count()):
        explorer = explorers.nth(place)
        explorer.evaluate("e => e.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(200)
        screenshot(page, f"{kind}-{name[:2]}-{place}")
        box = explorer.bounding_box()
        view = page.locator(".jp-NotebookPanel-notebook:visible").bounding_box()
        assert box["height"] <= view["height"], (name, place, box, view)
        assert box["width"] <= view["width"], (name, place, box, view)
        assert explorer.locator("figcaption").is_visible()


# What a learner types into the cell of the exercise, and what the check must say.
SOFTMAX_OVER_EVERYTHING = """def softmax(Z):
    exponentials = np.exp(Z - Z.max())
    return exponentials / exponentials.sum()
"""
SOFTMAX = """def softmax(Z):
    exponentials = np.exp(Z - Z.max(axis=-2, keepdims=True))
    return exponentials / exponentials.sum(axis=-2, keepdims=True)
"""

# Puts code into the first cell whose source holds a text, runs that cell, and returns
# the number of the cell: typing key by key would fight with the editor's helpfulness.
TYPE = """async ([holding, code]) => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const place = notebook.widgets.findIndex(
        cell => cell.model.sharedModel.getSource().includes(holding));
    notebook.activeCellIndex = place;
    if (code) notebook.widgets[place].model.sharedModel.setSource(code);
    await window.jupyterapp.commands.execute('notebook:run-cell');
    return place;
}"""


def run_cell(page, holding, code=None):
    """Run the first cell that holds this text, with new code; return its output."""
    place = page.evaluate(TYPE, [holding, code])
    wait_idle(page)
    return page.locator(".jp-Notebook:visible .jp-Cell").nth(place)


def test_a_wrong_softmax_is_named_hinted_at_and_mended(page):
    open_notebook(page, "01-activations.ipynb")
    run_all(page)
    check = "exercises.softmax.check(softmax)"
    expect_text(run_cell(page, check), "not attempted yet")
    run_cell(page, "def softmax(Z):", SOFTMAX_OVER_EVERYTHING)
    wrong = run_cell(page, check)
    expect_text(wrong, "not right yet (softmax-axis)")
    screenshot(page, "exercise-wrong")
    hint = run_cell(page, check, "exercises.softmax.hint()")
    expect_text(hint, "hint 1")
    screenshot(page, "exercise-hint")
    run_cell(page, "exponentials = np.exp(Z - Z.max())", SOFTMAX)
    right = run_cell(page, "exercises.softmax.hint()", check)
    expect_text(right, "softmax: right")
    screenshot(page, "exercise-right")
