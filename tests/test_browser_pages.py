"""The finished pages in a real browser, from the disk, with the network cut off."""

import base64
import html
import json
import re
import zlib
from urllib.parse import unquote

import nbformat
import pytest

import pages
from browser import moved_through
from chapters import values_of
from web import audit, chapters

pytestmark = pytest.mark.browser
CHAPTERS = [file.stem for file in chapters.files()]
DATA = re.compile(r'<script type="application/json">(.*?)</script>', re.DOTALL)
DETAILS = re.compile(r"<details>.*</details>", re.DOTALL)


@pytest.fixture(scope="module")
def built(npm, tmp_path_factory):
    """All pages, in a folder of their own; chapters are executed if they changed."""
    return pages.build(tmp_path_factory.mktemp("pages"))


def explorers_of(name):
    """Return (name, kinds of controls, {place: frame}) of each, as Python drew them."""
    notebook = nbformat.read(chapters.KEPT / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("metadata", {}).get("nnteach", {}).get("kind") != "explorer":
                continue
            data = json.loads(DATA.search(output.data["text/html"])[1])
            spec = data["state"]["_spec"]
            sizes = [len(control["texts"]) for control in spec["controls"]]
            frames = json.loads(zlib.decompress(base64.b64decode(data["frames"])))
            kinds = [control["kind"] for control in spec["controls"]]
            yield spec["name"], kinds, dict(places_of(sizes, spec["start"], frames))


def places_of(sizes, start, frames):
    """Yield place and frame for every value of each control, and for all ends."""
    places = [tuple(start), tuple(size - 1 for size in sizes)]
    for k, size in enumerate(sizes):
        places += [(*start[:k], value, *start[k + 1 :]) for value in range(size)]
    for place in dict.fromkeys(places):
        index = 0
        for size, value in zip(sizes, place, strict=True):
            index = index * size + value
        yield place, frames[index]


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_explorer_shows_what_python_drew(built, started, name):
    expected = list(explorers_of(name))
    assert expected
    with audit.opened(started, built / f"{name}.html") as page:
        views = page.locator(".nnteach-live")
        assert views.count() == len(expected)
        for view, (label, kinds, drawn) in zip(views.all(), expected, strict=True):
            assert view.get_attribute("aria-label") == label.replace("_", " ")
            moved_through(view, kinds, drawn)
        assert page.said == page.asked == []


def test_what_was_drawn_for_the_page_is_what_the_chapter_draws(built):
    one_unit = values_of("00-start-here")["one_unit"]
    *_, (name, _, drawn) = explorers_of("00-start-here")
    assert name == "one_unit"
    for place, (shown, sentence) in drawn.items():
        assert [DETAILS.sub("", shown), sentence] == [*one_unit.drawn_at(place)]


BESIDE = ["index", "accessibility", "diagnose", "glossary", "symptoms"]


@pytest.mark.parametrize("name", [*CHAPTERS, *BESIDE])
def test_the_audit_finds_nothing(built, started, name):
    assert audit.walked(started, built / f"{name}.html") == []


def links_of(text):
    """Return where a page leads, as (path, anchor), other hosts left out."""
    found = (html.unescape(x) for x in re.findall(r'(?:href|src)="([^"]*)"', text))
    return [x.partition("#")[::2] for x in found if not re.match(r"https?:|data:", x)]


def test_every_link_leads_somewhere(built):
    texts = {file.name: file.read_text("utf-8") for file in built.glob("*.html")}
    anchors = {}
    for name, text in texts.items():
        ids = re.findall(r' id="([^"]*)"', text)
        anchors[name] = {*map(html.unescape, ids)}
    for name, text in texts.items():
        for path, anchor in links_of(text):
            assert not path or (built / path).is_file(), (name, path)
            there = not anchor or unquote(anchor) in anchors[path or name]
            assert there, (name, path, anchor)


def test_the_pages_stand_in_a_row(built):
    names = [f"{name}.html" for name in CHAPTERS]
    for k, name in enumerate(names):
        head = (built / name).read_text("utf-8").split("<main")[0]
        paths = [path for path, _ in links_of(head) if path.endswith(".html")]
        before, after = names[:k][-1:], names[k + 1 :][:1]
        assert paths == [*before, "index.html", *after]
    index = (built / "index.html").read_text("utf-8")
    assert [path for path, _ in links_of(index) if path in names] == names
    assert index.count("<img ") == len(names)


# ------------------------------------------------------------------- what a reader does

LISTEN = """view => {
    const spoken = view.querySelector("[role=status]");
    const input = view.querySelector("input");
    window.heard = [];
    const hear = () => heard.push([performance.now() - moved, spoken.textContent]);
    const all = { childList: true, characterData: true, subtree: true };
    new MutationObserver(hear).observe(spoken, all);
    for (const value of [3, 5, 7]) {
        input.value = value;
        window.moved = performance.now();
        input.dispatchEvent(new Event("input"));
    }
}"""


def test_a_change_is_spoken_once_after_a_pause(built, started):
    with audit.opened(started, built / "00-start-here.html") as page:
        view = page.locator(".nnteach-live").first
        view.evaluate(LISTEN)
        page.wait_for_function("heard.length")
        view.locator("input").press("ArrowRight")
        page.wait_for_function("heard.length > 1")
        (pause, first), (_, second) = page.evaluate("heard")
    assert pause >= 590  # a browser's clock is coarse
    _, _, drawn = next(explorers_of("00-start-here"))
    assert [first, second] == [drawn[(7,)][1], drawn[(8,)][1]]


def test_a_card_answers_by_keyboard(built, started):
    with audit.opened(started, built / "02-worked-example.html") as page:
        card = page.locator(".nnteach-card").first
        card.get_by_label("Your number").focus()
        page.keyboard.type("0.5")
        page.keyboard.press("Enter")
        assert "Right." in card.get_by_role("status").inner_text()


def test_the_skip_link_comes_first(built, started):
    with audit.opened(started, built / "00-start-here.html") as page:
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_on_paper_nothing_is_folded_and_no_button_is_seen(built, started):
    with audit.opened(started, built / "01-activations.html") as page:
        page.get_by_role("slider").first.press("End")
        sentence = page.locator("figcaption").first.inner_text()
        closed = page.locator("details:not([open])").count()
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert closed > page.locator("details:not([open])").count() == 0
        assert page.get_by_text("A solution, and why").first.is_visible()
        assert page.locator("figcaption").first.inner_text() == sentence
        card = page.locator(".nnteach-card-alone").first
        assert card.locator(".nnteach-answer").is_visible()
        for name in ("nav", ".nnteach-controls", ".nnteach-card-buttons"):
            assert not page.locator(name).first.is_visible()
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details:not([open])").count() == closed
        assert card.locator(".nnteach-answer").count() == 0


@pytest.mark.parametrize("name", ["03-two-layer-network", "09-real-data"])
def test_on_paper_no_part_is_seen_that_only_a_screen_can_use(built, started, name):
    with audit.opened(started, built / f"{name}.html") as page:
        card = page.locator(".nnteach-card-alone").first
        card.get_by_role("button", name="Commit").click()  # before any answer
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert card.locator(".nnteach-answer").is_visible()
        buttons = page.locator(".nnteach-card button, .nnteach-pad button")
        assert buttons.count() > 1
        assert not any(button.is_visible() for button in buttons.all())


def test_without_scripts_pictures_text_and_answers_are_there(built, started):
    page = started.new_context(java_script_enabled=False).new_page()
    page.goto((built / "02-worked-example.html").as_uri())
    assert page.locator(".nnteach-alone svg[role=img]").first.is_visible()
    page.get_by_text("Show me anyway").first.click()
    assert page.locator(".nnteach-answer").first.is_visible()
    page.close()


FOLDED = """<h1>Small</h1>
<details><summary>Folded</summary><p id="in">inside</p></details>
<div class="highlight"><pre>a long line of code that no phone can show as a whole</pre>
</div>"""


@pytest.fixture
def small(built):
    file = built / "small.html"
    file.write_text(pages.page("Small", FOLDED, moves=False), "utf-8")
    yield file
    file.unlink()


def test_a_link_into_a_folded_part_opens_it(small, started):
    with audit.opened(started, small) as page:
        assert not page.get_by_text("inside").is_visible()
        page.evaluate("location.hash = 'in'")
        page.get_by_text("inside").wait_for()


@pytest.mark.parametrize("width, reached", [(360, 1), (1280, 0)])
def test_what_scrolls_sideways_is_reached_by_keyboard(small, started, width, reached):
    with audit.opened(started, small, width) as page:
        assert page.locator("pre[tabindex='0'][aria-label]").count() == reached


# --------------------------------------------------------- what the audit itself finds

BAD = {
    "image-alt": '<img src="data:,">',
    "element-permitted-content": "<p><span><h2>Two</h2></span></p>",
    "color-contrast": '<p style="color:#aaa;background:#fff">pale</p>',
    "is too wide": '<div style="width:2000px">wide</div>',
    "asked for https://example.org": '<img alt="" src="https://example.org/a.png">',
    "console: ": "<script>throw new Error('oh')</script>",
}


@pytest.mark.parametrize("what", BAD)
def test_the_audit_notices(small, started, what):
    bad = pages.page("Bad", f"<h1>Bad</h1>{BAD[what]}", moves=False)
    small.write_text(bad, "utf-8")
    assert any(what in found for found in audit.walked(started, small))


def test_the_result_of_an_audit_is_told_of_these_pages_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(pages, "AUDIT", tmp_path / "audit.json")
    row = {"explorers": 3, "cards": 2, "formulas": 1, "found": ["image-alt: <img>"]}
    report = {"of": "x", "when": "today", "with": "axe", "pages": {"a": row}}
    pages.AUDIT.write_text(json.dumps(report), "utf-8")
    told = pages.result_html(pages.audit_of("x"))
    assert "today, with axe: 1 findings in 1 pages." in told
    assert "<li>a: image-alt: &lt;img&gt;</li>" in told
    assert "has not been looked at" in pages.result_html(pages.audit_of("y"))
