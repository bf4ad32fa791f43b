"""The parts of `start.py slides`: from cells to slides, notes, what is stale."""

import base64
import json
import re
import zlib
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import links
import slides
from nnteach import card
from web import cells, chapters, minutes

pytestmark = pytest.mark.tool


def shown(*made, **metadata):
    """Return cells as slides get them; the last has these metadata."""
    made[-1].metadata.update(metadata)
    return cells.cells(new_notebook(cells=[*made]), cells.Formulas())


def of(*made, **metadata):
    """Return the HTML of the slides of these cells below a title."""
    return slides.slides(shown(new_markdown_cell("# T"), *made, **metadata), {})


def printed(source, text, **metadata):
    output = new_output("stream", text=text)
    return new_code_cell(source, outputs=[output], metadata=metadata)


def displayed(kind, content):
    known = {"nnteach": {"kind": kind}}
    return new_code_cell(
        "it",
        outputs=[new_output("display_data", {"text/html": content}, metadata=known)],
    )


def html_of(made):
    return "".join("".join(slide.groups) for slide in made)


HIDDEN = {"source_hidden": True}
FOLDED = "<details><summary>Answer</summary>\n\nIt is 7.\n</details>"

PIECES = [new_output("stream", text=text) for text in ("1\n", "\n", "2\n")]

FRAMES = base64.b64encode(zlib.compress(json.dumps([["<svg/>", "shown"]]).encode()))
EXPLORER = (
    '<div class="nnteach-alone"><script type="application/json">'
    f'{{"frames": "{FRAMES.decode()}"}}</script></div>'
)

# cells below the title, what the slides hold, what they do not hold
CELLS = {
    "code": ([printed("1 + 1", "2")], ["2", 'class="code"'], []),
    "hidden code": ([printed("a = 1", "2", jupyter=HIDDEN)], ["2"], ['class="code"']),
    "imports": ([new_code_cell("import a\nfrom b import (\n    c,\n)")], [], ["a"]),
    "imports, more": ([new_code_cell("import a\nx = a.b")], ["import"], []),
    "an explorer's name": ([displayed("explorer", EXPLORER)], ["shown"], ["code"]),
    "an exercise": ([displayed("exercise", "<p>hint</p>")], [], ["hint", "it"]),
    "progress": ([displayed("progress", "<p>done</p>")], [], ["done"]),
    "a folded answer": (
        [new_markdown_cell(f"Why?\n\n{FOLDED}")],
        ['<div class="fragment fold">', "It is 7."],
        ["<details", "Answer"],
    ),
    "a folded result": (
        [displayed("html", "<details><summary>Show</summary><pre>7</pre></details>")],
        ['<div class="shown fragment"><pre>7</pre></div>'],
        ["<details"],
    ),
    "a hidden result": (
        [printed("7", "7", jupyter={"outputs_hidden": True})],
        ['<div class="shown fragment">'],
        [],
    ),
    "printed in pieces": (
        [new_code_cell("a", outputs=PIECES)],
        ["<pre>1\n2</pre>"],
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_what_becomes_of_a_cell(name):
    made, held, left_out = CELLS[name]
    text = html_of(of(*made))
    assert all(part in text for part in held), text
    words = [rf"\b{part}\b" if part.isalpha() else part for part in left_out]
    assert not any(re.search(word, text) for word in words), text


def test_a_heading_begins_a_slide_and_a_part_names_its_section():
    made = of(
        new_markdown_cell("## One\n\ntext"),
        new_code_cell("1"),
        new_markdown_cell("### Two\n\nmore"),
    )
    assert [(s.title, s.above, len(s.groups)) for s in made] == [
        ("T", "", 0),
        ("One", "", 2),
        ("Two", "One", 1),
    ]


# slide_type of the second cell -> titles and number of groups of the slides
TYPES = {
    "": [("T", 0), ("One", 2)],
    "slide": [("T", 0), ("One", 1), ("One", 1)],
    "subslide": [("T", 0), ("One", 1), ("One", 1)],
    "skip": [("T", 0), ("One", 1)],
    "notes": [("T", 0), ("One", 1)],
}


@pytest.mark.parametrize("kind", TYPES)
def test_the_metadata_of_a_cell_decide(kind):
    first = new_markdown_cell("## One\n\ntext")
    made = of(first, new_markdown_cell("said"), slideshow={"slide_type": kind})
    assert [(slide.title, len(slide.groups)) for slide in made] == TYPES[kind]
    assert ("said" in "".join(made[1].notes)) == (kind == "notes")


def test_a_fragment_comes_later():
    cell = new_markdown_cell("later")
    made = of(new_markdown_cell("## One"), cell, slideshow={"slide_type": "fragment"})
    assert '<div class="fragment">' in html_of(made)


def test_a_slide_has_its_minutes_and_its_own_notes():
    own = {"notes": "Ask `dZ2`.\n\nThen <wait>."}
    made = shown(
        new_markdown_cell("# T"), new_markdown_cell("## One\n\nx"), nnteach=own
    )
    [_, slide] = slides.slides(made, {"One": 7.4})
    assert "".join(slide.notes) == (
        "<p>About 7 minutes for this section.</p>"
        "<p>Ask <code>dZ2</code>.</p><p>Then &lt;wait&gt;.</p>"
    )
    assert '<aside class="notes">' in slides.slide_html(slide, "one")


# ------------------------------------------------------------------------------- cards

WHY = {"It falls.": "Not <here>.", "It climbs.": ""}
MADE = {
    "choice": {"choices": WHY, "answer": "It climbs."},
    "number": {"answer": 7, "wrong": {3: "`m` is missing."}},
    "order": {"order": ["`a = 1`", "`b = a`"], "wrong": {"`c = 1`": "No c."}},
    "curve": {"at": [0, 1], "answer": [0.5, 0.2], "limits": (0, 1)},
}
MADE = {
    kind: card("09-class-x" if kind == "choice" else "09-x", "?", reason="So.", **more)
    for kind, more in MADE.items()
}
NOTES = {
    "choice": ["vote again", "Answer: It climbs.. So.", "It falls.: Not &lt;here&gt;."],
    "number": ["Vote first", "Answer: 7. So.", "3: <code>m</code> is missing."],
    "order": ["<code>a = 1</code>; <code>b = a</code>", "<code>c = 1</code>: No c."],
    "curve": ["0.5 at 0, 0.2 at 1"],
}


@pytest.mark.parametrize("kind", MADE)
def test_the_notes_of_a_card_are_its_answer_and_what_is_believed(kind):
    made = slides.projected_card(MADE[kind].element())
    notes = re.search(r'<aside class="notes">(.*?)</aside>', made)[1]
    assert all(part in notes for part in NOTES[kind]), notes


@pytest.mark.parametrize("kind", MADE)
def test_only_a_class_question_has_room_for_votes(kind):
    made = slides.projected_card(MADE[kind].element())
    data = json.loads(slides.DATA.search(made)[2])
    assert data["_large"] == (kind == "choice")
    assert data["_spec"] == json.loads(json.dumps(MADE[kind].spec))


# ----------------------------------------------------------------------------- minutes


@pytest.mark.parametrize("file", chapters.files(), ids=lambda file: file.stem)
def test_the_sections_add_up_to_the_chapter(file):
    notebook = links.load(file)
    parts = minutes.sections(notebook)
    whole = minutes.minutes(notebook.cells)
    assert sum(length for _, length in parts) == pytest.approx(whole)
    fives = minutes.in_fives(parts)
    assert all(length > 0 and length % 5 == 0 for *_, length in fives)
    assert sum(length for *_, length in fives) == 5 * round(whole / 5)
    assert (fives[0][0], fives[-1][1]) == (parts[0][0], parts[-1][0])


MINUTES = {
    "words": (new_markdown_cell("word " * 360), 2),
    "code": (new_code_cell("x = 1\n\n" * 20), 2),
    "hidden code": (new_code_cell("x = 1\n" * 20, metadata={"jupyter": HIDDEN}), 0),
    "a card": (new_code_cell("card(\n)", metadata={"jupyter": HIDDEN}), minutes.CARD),
    "a vote": (
        new_code_cell('card(\n    "02-class-x")', metadata={"jupyter": HIDDEN}),
        minutes.VOTE,
    ),
    "an explorer": (
        new_code_cell("@explorer(\n)", metadata={"jupyter": HIDDEN}),
        minutes.EXPLORER,
    ),
    "a function": (
        new_code_cell("exercises.a.check(f)", metadata={"jupyter": HIDDEN}),
        minutes.FUNCTION,
    ),
    "by hand": (
        new_code_cell("exercises.a.check(...)", metadata={"jupyter": HIDDEN}),
        minutes.BY_HAND,
    ),
}


@pytest.mark.parametrize("name", MINUTES)
def test_what_takes_how_long(name):
    cell, length = MINUTES[name]
    assert minutes.minutes([cell]) == pytest.approx(length)


# ------------------------------------------------------------------------- the command


def test_links_lead_to_other_decks_or_nowhere():
    rule = slides.link_rule(None)
    assert rule("03-two-layer-network.ipynb#The-loop") == (
        "03-two-layer-network.html#The-loop"
    )
    assert rule("../docs/diagnose.md") == ""
    assert rule("https://x.org/03-two-layer-network.ipynb") == (
        "https://x.org/03-two-layer-network.ipynb"
    )


def test_names_of_slides_are_unique_and_no_numbers():
    asked = ["The-cost", "The-cost", "", "7", "A3-−-Y"]
    names = slides.names_of([SimpleNamespace(anchor=anchor) for anchor in asked])
    assert names == ["The-cost", "The-cost-2", "slide-3", "7-4", "A3--Y"]


@pytest.mark.parametrize("name", ["77", "2.5", "", "021"])
def test_an_unknown_chapter_is_refused_with_those_there_are(name):
    with pytest.raises(SystemExit, match=rf"no chapter '{name}'\. There are 00, 01"):
        slides.wanted(["02", name])
    names = [file.name for file in slides.wanted(["02", "03-two-layer-network"])]
    assert names == ["02-worked-example.ipynb", "03-two-layer-network.ipynb"]


def test_a_deck_is_stale_when_something_that_made_it_changes(monkeypatch, tmp_path):
    monkeypatch.setattr(slides, "SLIDES", tmp_path)
    first, *rest = chapters.files()
    assert slides.stale() == [first, *rest]
    built = {file.name: slides.inputs(file) for file in (first, *rest)}
    (tmp_path / "stamp.json").write_text(json.dumps(built), "utf-8")
    assert slides.stale() == []
    built[first.name] += "x"
    (tmp_path / "stamp.json").write_text(json.dumps(built), "utf-8")
    assert slides.stale() == [first]


@pytest.mark.parametrize("file", chapters.files(), ids=lambda file: file.name[:2])
def test_where_something_is_asked_or_moves_the_speaker_has_notes(file):
    section, asked, noted = "", set(), set()
    for cell in links.load(file).cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            section = cell.source.split("\n")[0]
        if cell.metadata.get("nnteach", {}).get("notes"):
            noted.add(section)
        if re.search(r"^card\(|@explorer\(", cell.source, re.MULTILINE):
            asked.add(section)
    assert asked - noted == set()


# --------------------------------------------------------------------------- the guide


def test_the_guide_tells_the_minutes_as_they_are_measured():
    text = links.read(slides.GUIDE)
    assert slides.with_minutes(text) == text
    assert all(links.title_of(links.load(file)) in text for file in chapters.files())


@pytest.mark.parametrize("length", [45, 90, 2 * 90])
def test_a_lesson_fills_its_time(length):
    name = "2 × 90" if length == 180 else str(length)
    plan = links.read(slides.GUIDE).split(f"**{name} minutes")[1].split("**")[1]
    assert sum(map(int, re.findall(r"^\| (\d+) \|", plan, re.MULTILINE))) == length


def test_the_lessons_name_sections_that_there_are():
    plans = links.read(slides.GUIDE).split("## Three lessons")[1]
    heads = {head for file in chapters.files() for head in headings(file)}
    named = re.findall(r"^\| \d+ \| (?:\d\d: )?(.*?) \|$", plans, re.MULTILINE)
    parts = {part for row in named for part in re.split(r"; | … ", row)}
    known = [part for part in parts if any(part.startswith(head) for head in heads)]
    rest = parts - set(known)
    assert all(
        part.startswith(("as above", "Exercise 3", "Saturation")) for part in rest
    )


def headings(file):
    """Return the headings of a chapter's sections."""
    return [title for title, _ in minutes.sections(links.load(file))]


def test_the_pictures_of_the_guide_are_there_and_small():
    names = re.findall(r"\]\((guide-[\w-]+\.png)\)", links.read(slides.GUIDE))
    assert len(names) == 3
    for name in names:
        assert (slides.GUIDE.parent / name).stat().st_size <= 150_000
