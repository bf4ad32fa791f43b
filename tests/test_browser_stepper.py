"""The stepper of chapter 02 in a page of its own, in a real browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser import browser
from nnteach.draw import explorer, slider, stepper, steps
from nnteach.worked_example import EXAMPLE

pytestmark = pytest.mark.browser
FRAMES = stepper.frames(EXAMPLE)
ROOM = 660  # what JupyterLab leaves for a cell's output in a window of 1280 by 800


@explorer(step=steps(FRAMES, start="8 of 18"))
def one_round(step):
    return FRAMES[step]


@explorer(move=steps(3), first=slider([1, 2]), second=slider([1, 2]))
def ball(move, first, second):
    return stepper.hill(EXAMPLE, move)


@pytest.fixture
def opened(chromium, tmp_path):
    """Return a function that opens an explorer in a new page."""
    with browser(chromium) as started:

        def open_it(drawn, width=848, motion="no-preference"):
            file = tmp_path / "alone.html"
            file.write_text(drawn.player(), "utf-8")
            size = {"width": width, "height": 800}
            page = started.new_page(viewport=size, reduced_motion=motion)
            page.goto(file.as_uri())
            page.wait_for_selector("[data-ready]")
            return page

        yield open_it


@pytest.mark.parametrize("drawn", [one_round, ball])
def test_controls_picture_and_sentence_are_on_one_screen(opened, drawn):
    box = opened(drawn).locator(".nnteach-live").bounding_box()
    assert box["height"] <= ROOM


@pytest.mark.parametrize(
    "motion, name", [("no-preference", "nnteach-flow"), ("reduce", "none")]
)
def test_what_flows_moves_for_those_who_want_it_and_not_for_long(opened, motion, name):
    flow = opened(one_round, motion=motion).locator(".nnteach-flow").first
    style = flow.evaluate(
        "e => (({animationName, animationDuration, animationIterationCount}) => "
        "[animationName, parseFloat(animationDuration) * animationIterationCount])"
        "(getComputedStyle(e))"
    )
    assert style[0] == name
    assert style[1] < 5


def test_pointing_at_a_number_shows_where_it_comes_from(opened):
    page = opened(one_round)
    page.locator('[data-of="A1,0,0"]').last.hover()
    assert page.locator(".nnteach-pair").count() == 2
    page.locator("figcaption").hover()
    page.locator("[data-of]").first.hover()
    assert page.locator('[data-of="A1,0,0"].nnteach-pair').count() == 0


def test_an_open_table_stays_open(opened):
    page = opened(one_round)
    page.locator("summary").click()
    page.get_by_role("button", name="on").click()
    assert page.locator("details[open] td").count() > 20


def test_on_a_phone_only_the_picture_is_wider_and_shows_what_is_computed(opened):
    page = opened(one_round, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    size = "e => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a"
    assert page.locator("svg text").first.evaluate(size) >= 12
    for _ in range(10):
        page.get_by_role("button", name="on").click()
        made = page.locator("[data-made]").first.bounding_box()
        assert 0 <= made["x"] <= 390 - made["width"]


def test_axe_finds_nothing(opened):
    for width in (848, 390):
        found = Axe().run(opened(one_round, width=width)).response["violations"]
        assert not found, [each["help"] for each in found]
