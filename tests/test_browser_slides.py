"""The finished decks in a real browser, from the disk, with the network cut off.

Every slide of every chapter is measured, as it opens and with everything on it moved.
"""

import re

import pytest

import slides
from web import audit, chapters

pytestmark = pytest.mark.browser
CHAPTERS = [file.stem for file in chapters.files()]
SMALL, LARGE = (1280, 720, 18), (1920, 1080, 24)  # a screen, its smallest text in px


@pytest.fixture(scope="module")
def built(npm, tmp_path_factory):
    """All decks, in a folder of their own; chapters are executed if they changed."""
    return slides.build(tmp_path_factory.mktemp("slides"))


@pytest.fixture
def opened(built, started):
    """Return a function that opens a deck; nothing may be said or asked for."""

    def open_deck(name, screen=SMALL, query=""):
        wide, high, _ = screen
        return audit.opened(
            started, built / f"{name}.html", wide, height=high, query=query
        )

    return open_deck


def number(page):
    return page.evaluate("Reveal.getIndices().h")


def show(page, selector):
    """Show the first slide that holds this; return what it is."""
    page.evaluate(
        """selector => {
            const slides = [...document.querySelectorAll(".slides section.slide")];
            window.wanted = slides.findIndex((slide) => slide.querySelector(selector));
            if (Reveal.getConfig().view === "scroll") slides[wanted].scrollIntoView();
            else Reveal.slide(wanted);
        }""",
        selector,
    )
    page.wait_for_function("Reveal.getIndices().h === wanted")  # scrolling lasts
    return page.locator(f".slides {selector}").first


# ------------------------------------------------------------------------ every slide


@pytest.mark.parametrize(
    "name, screen", [*((name, SMALL) for name in CHAPTERS), (CHAPTERS[3], LARGE)]
)
def test_nothing_is_cut_off_or_too_small(opened, name, screen):
    with opened(name, screen) as page:
        assert audit.projected(page, screen[2]) == []
        assert page.said == page.asked == []


@pytest.mark.parametrize("name", [CHAPTERS[0], CHAPTERS[2]])
def test_axe_finds_nothing_on_any_slide(opened, name):
    with opened(name) as page:
        assert audit.axe_on_slides(page) == []


def test_the_index_leads_to_every_deck(built, started):
    with audit.opened(started, built / "index.html") as page:
        assert audit.axe(page) == []
        links = page.locator("ol a")
        assert links.count() == len(CHAPTERS)
        links.last.click()
        page.wait_for_function(audit.READY)
        assert f"/{CHAPTERS[-1]}.html" in page.url
        assert page.said == page.asked == []


BAD = {
    "cut off: wide": "position:relative;left:1900px",
    "10.0 px: wide": "font-size:15px",
    "too full": "height:3000px;display:block",
}


@pytest.mark.parametrize("what", BAD)
def test_the_measure_notices(opened, what):
    with opened(CHAPTERS[0]) as page:
        page.evaluate(
            """style => {
                const body = document.querySelectorAll(".slides .body")[1];
                body.append(Object.assign(document.createElement("span"),
                    {textContent: "wide", style}));
            }""",
            BAD[what],
        )
        assert any(what in found for found in audit.projected(page, 18))


# ------------------------------------------------------------------------------- keys

VIEWS = ("", "?view=scroll")


@pytest.mark.parametrize("view", VIEWS)
def test_a_slider_keeps_its_arrows_and_a_clicker_turns_the_slide(opened, view):
    with opened(CHAPTERS[2], query=view) as page:
        slider = show(page, ".nnteach-live input[type=range]")
        slider.click(position={"x": 3, "y": 10})
        at, before = slider.input_value(), number(page)
        page.keyboard.press("ArrowRight")
        assert int(slider.input_value()) == int(at) + 1
        assert number(page) == before
        page.keyboard.press("PageDown")
        page.wait_for_function("n => Reveal.getIndices().h === n", arg=before + 1)
        page.keyboard.press("PageUp")
        page.wait_for_function("n => Reveal.getIndices().h === n", arg=before)


@pytest.mark.parametrize("view", VIEWS)
def test_space_presses_a_focused_button_and_turns_no_slide(opened, view):
    with opened(CHAPTERS[2], query=view) as page:
        button = show(page, ".nnteach-live button:nth-of-type(3)")  # on
        slider = page.locator(".slides .nnteach-live input[type=range]").first
        at, before = int(slider.input_value()), number(page)
        button.focus()
        page.keyboard.press("Space")
        page.wait_for_function(
            "n => Number(document.activeElement.closest('.nnteach-live')"
            ".querySelector('input[type=range]').value) === n",
            arg=at + 1,
        )
        assert number(page) == before


def test_a_click_in_an_explorer_never_locks_the_keyboard(opened):
    with opened(CHAPTERS[2]) as page:
        show(page, ".nnteach-live svg")
        before = number(page)
        page.locator(".present .nnteach-picture").first.click()
        page.keyboard.press("ArrowRight")
        assert number(page) == before + 1
        page.keyboard.press("ArrowLeft")
        page.locator(".present .nnteach-live input[type=range]").first.click()
        page.keyboard.press("Escape")  # gives the arrows back
        page.keyboard.press("ArrowRight")
        assert number(page) == before + 1


def test_after_the_slide_was_turned_arrows_turn_it_again(opened):
    with opened(CHAPTERS[2]) as page:
        show(page, ".nnteach-live input[type=range]").focus()
        before = number(page)
        page.keyboard.press("PageDown")
        page.keyboard.press("ArrowRight")
        assert number(page) == before + 2


def test_what_plays_waits_when_the_slide_is_turned(opened):
    with opened(CHAPTERS[2]) as page:
        show(page, ".nnteach-live:has(button)")
        view = page.locator(".present .nnteach-live").first
        button = view.get_by_role("button", name="play")
        button.click()
        view.get_by_role("button", name="pause").wait_for()
        page.evaluate("Reveal.next()")
        page.evaluate("Reveal.prev()")
        button.wait_for()


def test_space_on_a_focused_link_turns_no_slide(opened):
    with opened(CHAPTERS[2]) as page:
        show(page, "a[href]").focus()
        before = number(page)
        page.keyboard.press("Space")
        assert number(page) == before


def test_typing_a_number_turns_no_slide(opened):
    with opened(CHAPTERS[2]) as page:
        field = show(page, ".nnteach-card input[inputmode=decimal]")
        field.focus()
        before = number(page)
        page.keyboard.type("0.5")
        page.keyboard.press("Enter")
        assert "Right." in page.locator(".present [role=status]").first.inner_text()
        assert number(page) == before
        page.keyboard.press("PageDown")
        assert number(page) == before + 1


# ----------------------------------------------------------------- a class, a question


def test_a_class_votes_before_and_after(opened):
    with opened(CHAPTERS[2]) as page:
        show(page, ".nnteach-card-large")
        fields = page.locator(".present .nnteach-card-votes input")
        assert fields.count() == 8
        fields.nth(0).fill("12")
        fields.nth(6).fill("7")
        bars = page.locator(".present .nnteach-card-votes .nnteach-card-before")
        assert bars.nth(0).is_visible()
        assert not bars.nth(1).is_visible()


def test_a_question_comes_before_its_answer(opened):
    with opened(CHAPTERS[2]) as page:
        answer = show(page, ".fragment")
        answer.wait_for(state="hidden")  # what comes and goes, fades
        before = number(page)
        page.keyboard.press("PageDown")
        answer.wait_for(state="visible")
        assert number(page) == before


def test_the_speaker_sees_notes_and_the_class_does_not(opened):
    with opened(CHAPTERS[2]) as page:
        assert page.locator("aside.notes:visible").count() == 0
        show(page, ".nnteach-card-large")
        with page.expect_popup() as popup:
            page.keyboard.press("s")
        notes = popup.value.locator(".speaker-controls-notes .value")
        notes.get_by_text(re.compile("Misconceptions")).wait_for()
        popup.value.close()
        assert page.asked == []


CONTINUED = """() => {
    const slides = [...document.querySelectorAll(".slides section.slide")];
    const text = (slide, notes) => slide.querySelector(notes)?.textContent ?? "";
    return slides.flatMap((slide) => {
        const first = document.getElementById(slide.id.replace(/--\\d+$/, ""));
        const own = text(first, ".body > aside:first-child");
        return first === slide ? [] : [[own, text(slide, ":scope > aside")]];
    });
}"""


def test_the_notes_of_a_section_stay_while_its_slide_is_continued(opened):
    with opened(CHAPTERS[2]) as page:
        pairs = page.evaluate(CONTINUED)
        assert sum(first != "" for first, _ in pairs) > 5
        assert [again for _, again in pairs] == [first for first, _ in pairs]


CUT_ON_PAPER = """[...document.querySelectorAll(".pdf-page")].filter((sheet) => {
    const end = sheet.getBoundingClientRect().bottom;
    const below = (each) => each.getBoundingClientRect().bottom > end;
    return [...sheet.querySelectorAll(".body *")].some(
        (each) => each.checkVisibility() && below(each));
}).length"""


def test_on_paper_a_slide_is_a_page(opened):
    with opened(CHAPTERS[2], query="?view=print") as page:
        page.wait_for_selector(".pdf-page")
        count = page.locator("section.slide").count()
        assert page.evaluate(CUT_ON_PAPER) == 0
        sheets = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", sheets)) == count > 10
