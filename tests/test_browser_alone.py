"""The version of an explorer that moves without Python, in a real browser."""

import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser import browser, moved_through, watched
from nnteach import plots
from nnteach.draw.explore import choice, explorer, slider, steps

pytestmark = pytest.mark.browser


@explorer(
    step=steps(3, label="step", seconds=0.5),
    rate=slider([0.1, 0.5, 2], start=0.5, label="learning rate"),
    kind=choice(["sigmoid", "tanh"], label="kind"),
)
def moving(step, rate, kind):
    figure, axes = plots.figure()
    axes.plot([0, rate], [0, step])
    axes.set_xlim(0, 3)
    axes.set_ylim(0, 3)
    return plots.Picture(figure, f"Step {step} & rate {rate} with {kind}.")


@pytest.fixture(scope="module")
def page(chromium, tmp_path_factory):
    file = tmp_path_factory.mktemp("player") / "moving.html"
    file.write_text(moving.player(), "utf-8")
    with browser(chromium) as started:
        page = watched(started.new_page())
        page.set_default_timeout(30_000)
        page.file = file.as_uri()
        yield page


@pytest.fixture
def opened(page):
    page.requests.clear()
    page.errors.clear()
    page.goto(page.file)
    page.wait_for_selector("[data-ready]")
    return page


def slider_of(page, label):
    return page.get_by_role("slider", name=label)


def said(page):
    return page.locator("figcaption").inner_text()


def test_it_starts_where_the_explorer_starts(opened):
    assert (
        said(opened) == moving.picture().sentence == "Step 0 & rate 0.5 with sigmoid."
    )
    assert opened.locator("svg[role=img]").get_attribute("aria-label") == said(opened)


def test_it_asks_for_nothing_but_its_own_file(opened):
    slider_of(opened, "learning rate").press("End")
    assert opened.requests == [opened.file]
    assert opened.errors == []


MOVES = [
    ("learning rate", "End", "Step 0 & rate 2 with sigmoid."),
    ("learning rate", "Home", "Step 0 & rate 0.1 with sigmoid."),
    ("learning rate", "ArrowRight", "Step 0 & rate 2 with sigmoid."),
    ("step", "ArrowRight", "Step 1 & rate 0.5 with sigmoid."),
]


@pytest.mark.parametrize("label, key, sentence", MOVES)
def test_keys_move_the_slider_and_the_picture(opened, label, key, sentence):
    slider_of(opened, label).press(key)
    assert said(opened) == sentence
    described = opened.locator("svg[role=img]").get_attribute("aria-label")
    assert described == sentence


CLICKS = [
    (["on ›"], "Step 1 & rate 0.5 with sigmoid."),
    (["on ›", "on ›", "on ›"], "Step 2 & rate 0.5 with sigmoid."),
    (["last »", "‹ back"], "Step 1 & rate 0.5 with sigmoid."),
    (["last »", "« first", "‹ back"], "Step 0 & rate 0.5 with sigmoid."),
]


@pytest.mark.parametrize("buttons, sentence", CLICKS)
def test_buttons_move_the_picture(opened, buttons, sentence):
    for name in buttons:
        opened.get_by_role("button", name=name).focus()
        opened.keyboard.press("Enter")
    assert said(opened) == sentence


def test_a_choice_moves_the_picture_by_mouse_and_by_keys(opened):
    opened.get_by_text("tanh", exact=True).click()
    assert said(opened) == "Step 0 & rate 0.5 with tanh."
    opened.keyboard.press("ArrowLeft")
    assert said(opened) == "Step 0 & rate 0.5 with sigmoid."


def test_play_goes_to_the_end_and_stops(opened):
    own = opened.context.browser.new_page()  # in which time stands still for good
    own.clock.install(time=0)
    own.goto(opened.file)
    own.clock.pause_at(600_000)  # from here on time passes only when told to
    own.get_by_role("button", name="play").click()
    own.get_by_role("button", name="pause").wait_for()
    own.clock.run_for(900)
    assert said(own).startswith("Step 1"), "half a second for each"
    own.clock.run_for(5_000)
    assert said(own) == "Step 2 & rate 0.5 with sigmoid."
    assert own.get_by_role("button", name="play").is_visible()
    own.close()


def test_keys_do_not_reach_the_slides_around_it(opened):
    opened.evaluate("document.body.setAttribute('onkeydown', 'turned = true')")
    slider_of(opened, "learning rate").press("ArrowRight")
    assert opened.evaluate("window.turned") is None


def test_it_shows_what_python_draws_frame_by_frame(opened):
    places = itertools.product(range(3), range(3), range(2))
    drawn = {place: moving.drawn_at(place) for place in places}
    moved_through(opened.locator(".nnteach-live"), ["steps", "slider", "choice"], drawn)


def test_axe_finds_nothing(opened):
    assert Axe().run(opened).response["violations"] == []


def test_two_fragments_in_one_page_move_on_their_own(page, tmp_path):
    two = tmp_path / "two.html"
    head = "<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>Two</title>"
    two.write_text(head + 2 * moving.player(fragment=True), "utf-8")
    page.goto(two.as_uri())
    page.wait_for_function("document.querySelectorAll('[data-ready]').length === 2")
    page.get_by_role("slider", name="step").last.press("End")
    sentences = page.locator("figcaption").all_inner_texts()
    assert [sentence[:6] for sentence in sentences] == ["Step 0", "Step 2"]
    assert page.errors == []


def test_hostile_texts_are_only_text(page, tmp_path):
    bad = "</script><script>hacked = 1<!--<script> \"'&amp; <b>"

    @explorer(kind=choice([bad, "x"], label=bad))
    def hostile(kind):
        return plots.Picture(plots.figure()[0], f"{bad} {kind}")

    file = tmp_path / "hostile.html"
    file.write_text(hostile.player(), "utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector("[data-ready]")
    assert said(page) == f"{bad} {bad}"
    page.get_by_role("radio", name="x").check()
    assert said(page) == f"{bad} x"
    assert page.evaluate("window.hacked") is None
    assert page.errors == []


def test_without_javascript_the_start_is_seen(page):
    still = page.context.browser.new_context(java_script_enabled=False).new_page()
    still.goto(page.file)
    assert still.locator("svg[role=img]").is_visible()
    assert said(still) == moving.picture().sentence


def test_too_many_frames_are_refused():
    with pytest.raises(ValueError, match="3 x 3 x 2 = 18 frames, more than 10"):
        moving.player(limit=10)
