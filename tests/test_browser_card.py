"""Prediction cards in a real browser: alone from a file, and in a JupyterLab."""

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
    watched,
)
from cards import (
    CHOICE,
    CURVE,
    GUESSES,
    HOSTILE,
    NUMBER,
    ORDER,
)
from nnteach.draw.front import DOCUMENT

pytestmark = pytest.mark.browser

ALONE = [*dict.fromkeys(question for question, *_ in GUESSES)]
SMALL = 24  # pixels: no target is smaller


# ------------------------------------------------------------------------------ alone


@pytest.fixture(scope="module")
def page(student, tmp_path_factory):
    """A page for the cards that stand alone, in the browser that has the JupyterLab."""
    parts = [question.player(fragment=True) for question in ALONE]
    parts.append(CHOICE.player(fragment=True, large=True))
    file = tmp_path_factory.mktemp("cards") / "cards.html"
    file.write_text(DOCUMENT.format(title="cards", body="".join(parts)), "utf-8")
    size = {"width": 800, "height": 800}
    page = watched(student.context.browser.new_page(viewport=size))
    page.set_default_timeout(30_000)
    page.file = file.as_uri()
    return page


@pytest.fixture
def opened(page):
    page.requests.clear()
    page.goto(page.file)
    count = len(ALONE) + 1
    page.wait_for_function(
        f"document.querySelectorAll('[data-ready]').length === {count}"
    )
    return page


def card_of(page, question):
    return page.locator(".nnteach-card").nth(ALONE.index(question))


def press(shown, name):
    shown.get_by_role("button", name=name, exact=True).click()


def told(shown):
    return " ".join(shown.locator("[role=status]").inner_text().split())


def give(shown, question, guess):
    """Make a guess as a reader does, by the controls."""
    if question.kind == "choice":
        shown.get_by_role("radio").nth(guess).check()
    elif question.kind == "number":
        shown.get_by_role("textbox").first.fill(repr(guess))
    elif question.kind == "order":
        for k in guess:
            line = question.data["lines"][k].replace("`", "")
            press(shown, f"add: {line}")
    else:
        low, high = question.data["limits"]
        for slider, y in zip(shown.get_by_role("slider").all(), guess, strict=True):
            slider.fill(str(round(100 * (y - low) / (high - low))))


@pytest.mark.parametrize("number", range(len(GUESSES)))
def test_the_page_says_what_python_says(opened, number):
    question, given, *_ = GUESSES[number]
    guess = question.read(given)
    shown = card_of(opened, question)
    give(shown, question, guess)
    press(shown, "Commit")
    code, message = question.judged(guess) or (None, "")
    head = "✓ Right." if code is None else f"✗ Not right{f' ({code})' * bool(code)}."
    said = " ".join(question.said(guess).split())
    if question.kind == "order":  # the page numbers the lines of a list by itself
        lines = [question.data["lines"][k] for k in guess + question.data["right"]]
        found = told(shown)
        for text in ("You said:", *lines, "One right order:", message, question.reason):
            assert " ".join(text.replace("`", "").split()) in found
        assert found.startswith(head)
    else:
        expected = " ".join([head, said, message, question.reason])
        assert told(shown) == " ".join(expected.replace("`", "").split())
    assert opened.errors == []
    assert opened.evaluate("window.hacked") is None
    assert opened.requests == [opened.file]


NOTHING = [
    (CHOICE, "Choose one first."),
    (NUMBER, "Give a number first"),
    (ORDER, "Add the lines first"),
    (CURVE, "Draw the curve first"),
]


@pytest.mark.parametrize("question, words", NOTHING)
def test_who_has_no_guess_sees_the_answer_only_on_purpose(opened, question, words):
    shown = card_of(opened, question)
    press(shown, "Commit")
    assert words in told(shown)
    assert question.reason not in shown.inner_text()
    press(shown, "Show me anyway")
    assert question.reason.replace("`", "") in told(shown)
    assert "You said" not in told(shown)
    assert "ight." not in told(shown).split(". ")[0]
    press(shown, "Start over")
    assert told(shown) == ""
    assert shown.get_by_role("button", name="Commit").is_visible()


def focused(page):
    return page.evaluate(
        "document.activeElement.ariaLabel ?? document.activeElement.textContent"
    )


def test_a_line_is_moved_by_keyboard_and_keeps_the_focus(opened):
    shown = card_of(opened, ORDER)
    shown.get_by_role("button", name="add: dZ2 = A2 - Y").press("Enter")
    assert focused(opened) == "remove: dZ2 = A2 - Y"
    shown.get_by_role("button", name="add: dW2").press("Enter")
    shown.get_by_role("button", name="up: dW2").press("Space")
    assert focused(opened).startswith("up: dW2")
    lines = shown.locator("ol li span").all_inner_texts()
    assert [line[:3] for line in lines] == ["dW2", "dZ2"]
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    assert focused(opened).startswith("down: dW2")
    assert shown.locator("ol li").last.inner_text().endswith("dW2 = dZ2 @ A1.T / m")
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    assert focused(opened).startswith("add: dW2")


def test_a_curve_is_drawn_by_mouse_and_by_keys(opened):
    shown = card_of(opened, CURVE)
    shown.scroll_into_view_if_needed()
    box = shown.locator("svg").bounding_box()
    scale = box["width"] / 440
    opened.mouse.move(box["x"] + 56 * scale, box["y"] + 14 * scale)
    opened.mouse.down()
    opened.mouse.move(box["x"] + 410 * scale, box["y"] + 216 * scale, steps=40)
    opened.mouse.up()

    def drawn():
        return [int(each.input_value()) for each in shown.get_by_role("slider").all()]

    values = drawn()
    assert values == sorted(values, reverse=True)
    assert values[0] > 80
    assert values[-1] < 20
    slider = shown.get_by_role("slider", name="cost at step 0")
    slider.press("Home")
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "0.01"
    press(shown, "Commit")
    assert "cost at step 0: you said 0.01; it is 0.7." in told(shown)
    assert shown.locator("svg polyline").count() == 2
    committed = drawn()
    assert slider.is_disabled()
    shown.locator("svg").click(position={"x": 100, "y": 50})
    assert drawn() == committed


def test_all_works_by_keyboard_and_keys_stay_inside(opened):
    opened.evaluate("document.body.setAttribute('onkeydown', 'turned = true')")
    shown = card_of(opened, CHOICE)
    shown.get_by_role("radio").first.focus()
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    assert "You said “At 1.”" in told(shown)
    assert focused(opened) == "Start over"
    ring = opened.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert ring == "3px"
    assert opened.evaluate("window.turned") is None


def bars(shown, when):
    widths = "all => all.map(e => e.hidden ? 0 : e.getBoundingClientRect().width)"
    return shown.locator(f".nnteach-card-{when}").evaluate_all(widths)


def test_projected_there_is_room_for_votes_before_and_after(opened):
    assert card_of(opened, CHOICE).get_by_role("group", name="Votes").count() == 0
    shown = opened.locator(".nnteach-card").last
    shown.get_by_role("radio").first.check()
    for when, counts in (("before", (4, 8, 0)), ("after", (10, 2, 0))):
        group = shown.get_by_role("group", name=f"Votes {when} the discussion")
        for box, count in zip(
            group.get_by_role("spinbutton").all(), counts, strict=True
        ):
            box.fill(str(count))
        assert bars(shown, when)[2] == 0
    before, after = bars(shown, "before"), bars(shown, "after")
    assert before[1] == pytest.approx(2 * before[0], rel=0.02)
    assert after[0] == pytest.approx(5 * after[1], rel=0.02)
    assert shown.get_by_role("radio").first.is_checked(), "a draft outlives the votes"
    screenshot(opened, "card-votes")
    press(shown, "Commit")
    assert "and so it is" in told(shown)
    assert bars(shown, "after") == after


@pytest.mark.parametrize("width", [800, 360])
def test_it_fits_and_axe_finds_nothing_before_and_after(opened, width):
    opened.set_viewport_size({"width": width, "height": 800})
    for end in (None, "Show me anyway", "Commit"):
        for question in ALONE if end else []:
            shown = card_of(opened, question)
            if end == "Commit":
                press(shown, "Start over")
                guess = next(g for q, g, *_ in GUESSES if q is question)
                give(shown, question, question.read(guess))
            press(shown, end)
        assert Axe().run(opened).response["violations"] == []
        assert opened.evaluate("document.documentElement.scrollWidth") <= width
        for target in opened.locator("button:visible, input:visible").all():
            box = target.bounding_box()
            assert min(box["width"], box["height"]) >= SMALL
        screenshot(opened, f"card-{width}")
    opened.set_viewport_size({"width": 800, "height": 800})


def test_without_javascript_the_question_is_seen_and_the_answer_is_folded(page):
    still = page.context.browser.new_context(java_script_enabled=False).new_page()
    still.goto(page.file)
    first = still.locator(".nnteach-asked").first
    assert first.get_by_text("Where is sigmoid steepest?").is_visible()
    answer = first.locator(".nnteach-answer")
    assert not answer.is_visible()
    first.get_by_text("Show me anyway").click()
    assert answer.inner_text() == "It is “At 0.”."


# ----------------------------------------------------------------------- in JupyterLab

CELLS = [
    "import os\nos.environ['NNTEACH_PROGRESS'] = ''\n"
    "from nnteach import card, exercises, projector",
    "card('rate', 'What falls?', choices={'cost': '', 'rate': 'It is `fixed`.'},\n"
    "     answer='cost', reason='Downhill.')",
    "card('share', 'How much?', answer=0.975, reason='39 of 40.')",
    f"bad = {HOSTILE!r}\n"
    "card('bad', bad, choices={bad: bad, 'x': ''}, answer='x', reason=bad)",
    "projector()",
    "projector(False)",
]
LATER = 4


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    path = tmp_path_factory.mktemp("lab") / "cards.ipynb"
    return stored(path, CELLS[:LATER], unrun=CELLS[LATER:])


@pytest.fixture(scope="module")
def student(chromium, notebook):
    with lab(chromium, notebook) as page:
        open_notebook(page, notebook.name)
        yield page


def run(page, *numbers):
    """Run these cells, and wait until what they showed before has gone."""
    for number in numbers:
        old = "cell => cell.querySelector('.nnteach-card')?.setAttribute('old', '')"
        code_cell(page, number).evaluate(old)
        code_cell(page, number).locator(".cm-content").click()
        command(page, "notebook:run-cell")
        wait_idle(page)
        code_cell(page, number).locator("[old]").wait_for(state="detached")


def live(page, number):
    shown = code_cell(page, number).locator(".nnteach-card")
    shown.wait_for()
    return shown


def test_before_anything_runs_the_question_is_there_and_its_answer_folded(student):
    asked = code_cell(student, 1).locator(".nnteach-asked")
    assert asked.get_by_text("What falls?").is_visible()
    assert not asked.get_by_text("Downhill.").is_visible()
    asked.get_by_text("Show me anyway").click()
    assert asked.get_by_text("Downhill.").is_visible()


def test_the_live_card_takes_its_place_and_is_counted(student):
    run(student, 0, 1, 2)
    shown = live(student, 1)
    assert code_cell(student, 1).locator(".nnteach-asked:visible").count() == 0
    shown.get_by_role("radio", name="rate").check()
    press(shown, "Commit")
    assert "✗ Not right. You said “rate”; it is “cost”. It is fixed." in told(shown)
    assert focused(student) == "Start over"
    student.wait_for_timeout(300)
    said = python(student, "said = str(exercises.progress())", "said")
    assert "Predictions that you committed to: 1." in said
    screenshot(student, "card-lab")


READ = {
    "0,5": "0.5", " .5 ": "0.5", "−3": "−3", "1e-3": "0.001", "+2": "2",
    "1,000": "1,000", "12,345.5": "12345.5", "0,125": "0.125", "": None, "1.2.3": None,
    "half": None, "1e999": None, "-": None,
}  # fmt: skip


@pytest.mark.parametrize("typed", READ)
def test_a_number_may_have_a_decimal_comma(opened, typed):
    shown = card_of(opened, NUMBER)
    shown.get_by_role("textbox").first.fill(typed)
    press(shown, "Commit")
    said = READ[typed]
    words = "Give a number first" if said is None else f"You said {said};"
    assert words in told(shown)


def test_in_forced_colours_curves_and_bars_keep_theirs(opened):
    opened.emulate_media(forced_colors="active", color_scheme="dark")
    for part, name in (("svg", "background-color"), (".nnteach-card-track span", "")):
        style = "e => getComputedStyle(e)"
        first = opened.locator(f".nnteach-card {part}").first
        assert first.evaluate(f"{style}.forcedColorAdjust") == "none"
        if name:
            assert first.evaluate(f"{style}['{name}']") == "rgb(255, 255, 255)"
    opened.emulate_media(forced_colors="none", color_scheme="light")


def test_run_again_it_still_knows_the_guess(student):
    run(student, 1)
    assert "You said “rate”" in told(live(student, 1))
    said = python(student, "said = str(exercises.progress())", "said")
    assert "Predictions that you committed to: 1." in said
    press(live(student, 1), "Start over")


def test_keys_do_not_reach_the_notebook(student):
    run(student, 2)
    number = live(student, 2).get_by_role("textbox")
    cells = student.locator(".jp-Notebook:visible .jp-CodeCell").count()
    number.focus()
    for key in ("0", ".", "9", "8", "Enter"):
        student.keyboard.press(key)
    assert "You said 0.98; it is 0.975." in told(live(student, 2))
    for key in ("a", "b", "x"):
        student.keyboard.press(key)
    assert student.locator(".jp-Notebook:visible .jp-CodeCell").count() == cells


def test_hostile_texts_are_only_text_here_too(student):
    run(student, 3)
    shown = live(student, 3)
    press(shown, "Show me anyway")
    assert "<b>'bold'</b> *x* [a](b) <i>" in told(shown)
    assert student.evaluate("window.hacked") is None
    assert shown.locator("b, script, a").count() == 0


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_nothing_in_any_theme(student, theme):
    student.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
        ".then(() => 0)",
        theme,
    )
    run(student, 0, 1, 2, 3)
    live(student, 1)
    found = Axe().run(student, context=".nnteach-card").response["violations"]
    assert found == []
    white = "e => getComputedStyle(e).backgroundColor"
    assert live(student, 1).evaluate(white) == "rgb(255, 255, 255)"
    screenshot(student, f"card-{theme[11:]}")


def test_the_projector_enlarges_what_is_shown_and_asks_for_votes(student):
    run(student, 0, 1)
    shown = live(student, 1)
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    before = shown.evaluate(size)
    run(student, 4)
    vote = shown.get_by_label("cost").last
    vote.fill("12")
    assert shown.evaluate(size) >= 1.4 * before
    run(student, 1)
    assert live(student, 1).get_by_label("cost").last.input_value() == "12"
    run(student, 5)
    shown.get_by_label("cost").last.wait_for(state="hidden")


def session(page, method):
    page.evaluate(
        "method => window.jupyterapp.shell.currentWidget.context.sessionContext"
        "[method]().then(() => 0)",
        method,
    )


def reopened(page):
    """Save, end the kernel and open the file anew; return what was saved."""
    page.evaluate("window.jupyterapp.shell.currentWidget.context.save().then(() => 0)")
    stored = json.loads(Path(page.files, "cards.ipynb").read_text("utf-8"))
    session(page, "shutdown")
    open_notebook(page, "cards.ipynb")  # which starts another kernel
    page.wait_for_timeout(1000)
    session(page, "shutdown")
    return stored


def test_it_works_when_the_kernel_has_gone_and_when_opened_again(student):
    open_notebook(student, "cards.ipynb")
    run(student, *range(LATER))
    live(student, 3)
    session(student, "shutdown")
    shown = live(student, 1)
    shown.get_by_role("radio", name="rate").check()
    press(shown, "Commit")
    assert "You said “rate”; it is “cost”." in told(shown)
    assert "widgets" in reopened(student)["metadata"]
    shown = live(student, 1)
    assert "You said “rate”; it is “cost”." in told(shown)
    press(shown, "Start over")
    shown.get_by_role("radio", name="cost").check()
    press(shown, "Commit")
    assert "and so it is" in told(shown)


def test_saved_without_state_the_question_is_seen_and_no_error(student):
    open_notebook(student, "cards.ipynb")
    run(student, *range(LATER))
    command(student, "@jupyter-widgets/jupyterlab-manager:saveWidgetState")  # no more
    student.evaluate(  # what the test before has saved
        "window.jupyterapp.shell.currentWidget.context.model.deleteMetadata('widgets')"
    )
    assert "widgets" not in reopened(student)["metadata"]
    asked = code_cell(student, 1).locator(".nnteach-asked")
    assert asked.get_by_text("What falls?").is_visible()
    errors = student.get_by_text("Error displaying widget: model not found")
    errors.first.wait_for(state="attached")
    assert [error.is_visible() for error in errors.all()] == [False] * 3
