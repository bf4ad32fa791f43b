"""The rules for chapters that a program can check.

Each rule is a function of a Chapter that yields what is wrong, one sentence each;
RULES lists them all. test_notebooks.py applies them to every chapter and shows for
each rule a chapter that breaks it.
"""

import html
import re
import textwrap
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import links
import notebooks
from web import minutes as measure

LINES, COLUMNS = 15, 79
SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes", "-"}
COMPARED, MAY_VARY = "nbval-check-output", "may-vary"
HEADING = re.compile(r"(#{1,6}) (.+)")
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
IMAGE = re.compile(r"<img\b[^>]*>|<svg\b[^>]*>", re.IGNORECASE)
FORBIDDEN_CODE = {
    r"^\s*[%!]": "a magic or a shell command",
    r"\bpyplot\b|\bplt\.": "pyplot (return a Picture)",
    r"\bthreading\b|\bThread\(": "a thread",
    r"\bjslink\b|\bjsdlink\b": "jslink",
    r"\bipympl\b": "ipympl",
    r"\binteract(ive|ive_output)?\(|\bipywidgets\b": "its own widgets (use explorer)",
}
PRIVATE = re.compile(
    r"(?<!\w)/(?:home|root|Users|tmp|content)/|\b[A-Z]:\\\\?\w|/site-packages/"
)
UNSTABLE = re.compile(r"np\.(?:float|int)\d+\(|\b0x[0-9a-f]{6,}\b|<Figure size")
DOWNLOAD = re.compile(
    r"""\bsrc=["']?(?:https?:)?//|@import|url\(["']?(?:https?:)?//|<link\b|"""
    r"""!\[[^\]]*\]\((?:https?:)?//""",
    re.IGNORECASE,
)
PHRASES = {
    "what the reader will be able to do": r"you (?:will be able to|can)\b",
    "how many minutes it takes": r"\bminutes\b",
    "what the reader needs": r"\byou need\b",
    "something to predict": r"\bpredict",
    "a heading `What people get wrong`": r"^#+ what people get wrong",
    "a heading `What to remember`": r"^#+ what to remember",
}


@dataclass
class Chapter:
    """A stored notebook, with what the rules ask of it."""

    file: Path
    place: links.Place

    @cached_property
    def notebook(self):
        return links.load(self.file)

    @property
    def cells(self):
        return self.notebook.cells

    @cached_property
    def code(self):
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @cached_property
    def text(self):
        return [cell for cell in self.cells if cell.cell_type == "markdown"]

    @cached_property
    def prose(self):
        return "\n\n".join(cell.source for cell in self.text)

    @property
    def number(self):
        return self.file.name[:2]


def outputs_as_text(cell):
    """Return the texts of a code cell's outputs, without the bytes of pictures."""
    for output in cell.get("outputs", []):
        texts = [output.get("text", ""), *map(str, output.get("data", {}).values())]
        yield from (notebooks.PNG.sub("", text) for text in texts)


def stored_in_normal_form(chapter):
    stored = links.read(chapter.file)
    if stored != links.dump(notebooks.normal(chapter.notebook)):
        yield "not in normal form: run `python start.py notebooks`"


def begins_with_title_links_and_set_up(chapter):
    path = f"notebooks/{chapter.file.name}"
    stamped = links.stamp_notebook(chapter.notebook, path, chapter.place)
    if stamped.cells[:2] != chapter.cells[:2]:
        yield "the first two cells are not stamped: run `python start.py links`"


def headings_in_order(chapter):
    levels = [len(mark) for mark, _ in headings(chapter)]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"{levels.count(1)} headings of the first level; the title is the one"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"a heading of level {after} follows one of level {before}"


def headings(chapter):
    """Return (marks, text) of every heading, formulas and code blocks left out."""
    text = re.sub(r"^```.*?^```", "", chapter.prose, flags=re.MULTILINE | re.DOTALL)
    return [m.groups() for m in map(HEADING.fullmatch, text.splitlines()) if m]


def headings_begin_their_cells(chapter):
    for cell in chapter.text:
        for line in cell.source.splitlines()[1:]:
            if HEADING.fullmatch(line):
                yield f"the heading `{line}` stands inside a cell: begin one with it"


def notes_belong_to_headings(chapter):
    for cell in chapter.cells:
        own = cell.metadata.get("nnteach", {})
        notes = own.get("notes", "")
        if own and not (list(own) == ["notes"] and isinstance(notes, str)):
            yield f"cell `{cell.id}`: metadata `nnteach` hold `notes`, a text, only"
        elif own and not (cell.cell_type == "markdown" and HEADING.match(cell.source)):
            yield f"cell `{cell.id}` has notes for the speaker and no heading"
        kind = cell.metadata.get("slideshow", {}).get("slide_type", "-")
        if kind not in SLIDE_TYPES:
            yield f"cell `{cell.id}`: no slide_type `{kind}`"


def code_can_be_projected(chapter):
    for cell in chapter.code:
        lines = cell.source.splitlines()
        if len(lines) > LINES:
            yield f"cell `{cell.id}` has {len(lines)} lines"
        yield from (
            f"cell `{cell.id}`: {len(line)} columns: {line}"
            for line in [*lines, *source_shown(cell)]
            if len(line) > COLUMNS
        )


def source_shown(cell):
    """Return the lines of the package that a cell shows."""
    shown = [output.get("data", {}).get("text/markdown", "") for output in cell.outputs]
    return "\n".join(shown).splitlines()


def text_can_be_projected(chapter):
    for cell in chapter.text:
        shown = LINK.sub(r"\2", cell.source).splitlines()
        count = sum(len(textwrap.wrap(line, COLUMNS)) for line in shown)
        if count > LINES:
            yield f"cell `{cell.id}` fills {count} lines of {COLUMNS} columns"


def sections_are_short(chapter):
    section, count = "", 0
    for cell in chapter.cells[2:]:
        if cell.cell_type == "code":
            count += 1
            if count == 3:
                yield f"section `{section}` has more than two code cells"
        elif HEADING.match(cell.source):
            section, count = cell.source.splitlines()[0], 0


def executed_in_order(chapter):
    for count, cell in enumerate(chapter.code, 1):
        if cell.execution_count != count:
            yield f"cell `{cell.id}` has the count {cell.execution_count}, not {count}"


def no_empty_cell(chapter):
    for cell in chapter.cells:
        if not cell.source.strip():
            yield f"cell `{cell.id}` is empty"


def no_error_or_warning(chapter):
    for cell in chapter.code:
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                yield f"cell `{cell.id}` shows an error or a warning"


def no_widget_state(chapter):
    if "widgets" in chapter.notebook.metadata:
        yield "the notebook's metadata hold widgets: GitHub cannot show it"
    for cell in chapter.code:
        for output in cell.outputs:
            if notebooks.WIDGET_VIEW in output.get("data", {}):
                yield f"cell `{cell.id}` holds a widget view"


def asks_generative_ai_to_stay_out(chapter):
    colab = chapter.notebook.metadata.get("colab", {})
    if colab.get("generative_ai_disabled") is not True:
        yield "Colab is not asked to leave generative AI off: `start.py notebooks`"


def no_trailing_semicolon(chapter):
    for cell in chapter.code:
        for line in cell.source.splitlines():
            if line.rstrip().endswith(";"):
                yield f"cell `{cell.id}`: a semicolon ends `{line.strip()}`"


def no_forbidden_code(chapter):
    for cell in chapter.code[1:]:
        for pattern, what in FORBIDDEN_CODE.items():
            if re.search(pattern, cell.source, re.MULTILINE):
                yield f"cell `{cell.id}` uses {what}"


def nothing_private(chapter):
    for cell in chapter.cells:
        for text in (cell.source, *outputs_as_text(cell)):
            found = PRIVATE.search(text)
            if found:
                yield f"cell `{cell.id}` holds the absolute path {found[0]}"


def nothing_unstable(chapter):
    for cell in chapter.code:
        for text in outputs_as_text(cell):
            found = UNSTABLE.search(text)
            if found:
                yield f"cell `{cell.id}` shows {found[0]}"


def nothing_downloaded(chapter):
    for cell in chapter.cells:
        for text in (cell.source, *outputs_as_text(cell)):
            found = DOWNLOAD.search(text)
            if found:
                yield f"cell `{cell.id}` fetches from the network: {found[0]}"


def every_picture_has_its_sentence(chapter):
    for cell in chapter.cells:
        for text in (cell.source, *outputs_as_text(cell)):
            for tag in IMAGE.findall(text):
                words = re.search(r"""(?:alt|aria-label)="[^"]*\w+ [^"]*\w""", tag)
                if not words and "aria-hidden" not in tag:
                    yield f"cell `{cell.id}`: no sentence in {tag[:60]}"
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if any(kind.startswith("image/") for kind in data):
                yield f"cell `{cell.id}` holds a bare picture (return a Picture)"
        for image, words, _ in LINK.findall(cell.source):
            if image and " " not in words:
                yield f"cell `{cell.id}`: an image without words"


def links_lead_somewhere(chapter):
    for cell in chapter.text:
        for _, _, target in LINK.findall(cell.source):
            if re.match(r"https?://|attachment:", target):
                continue
            name, _, anchor = target.partition("#")
            if name and not (chapter.file.parent / name).exists():
                yield f"cell `{cell.id}`: there is no {target}"
            slugs = {text.replace(" ", "-") for _, text in headings(chapter)}
            if anchor and not name and anchor not in slugs:
                yield f"cell `{cell.id}`: no heading for #{anchor}"


def links_to_its_neighbours(chapter):
    for number in (int(chapter.number) - 1, int(chapter.number) + 1):
        for file in chapter.file.parent.glob(f"{number:02d}-*.ipynb"):
            if f"]({file.name})" not in chapter.prose:
                yield f"no link to {file.name}"


def says_what_a_chapter_says(chapter):
    if chapter.number == "00":
        return
    for what, pattern in PHRASES.items():
        if not re.search(pattern, chapter.prose, re.IGNORECASE | re.MULTILINE):
            yield f"it lacks {what}"


PROMISED = re.compile(r"\b(\d+) minutes\b")


def minutes(chapter):
    """Return the minutes that a chapter takes one student."""
    return measure.minutes(chapter.cells, vote=measure.CARD)


def minutes_are_true(chapter):
    promised, measured = PROMISED.search(chapter.prose), minutes(chapter)
    if promised and abs(int(promised[1]) - measured) > measured / 4:
        yield f"it promises {promised[0]} and takes about {5 * round(measured / 5)}"


def has_an_explorer(chapter):
    if chapter.number != "00" and not any(
        "explorer(" in c.source for c in chapter.code
    ):
        yield "no explorer"


def printed_numbers_are_compared(chapter):
    for cell in chapter.code:
        printed = any(output.output_type == "stream" for output in cell.outputs)
        if printed and not {COMPARED, MAY_VARY} & set(cell.metadata.get("tags", [])):
            yield f"cell `{cell.id}` prints and has no tag {COMPARED}"


def tagged_cells_show_something(chapter):
    tagged = [c for c in chapter.code if COMPARED in c.metadata.get("tags", [])]
    if not tagged:
        yield f"no cell is tagged {COMPARED}"
    for cell in tagged:
        if not cell.outputs:
            yield f"cell `{cell.id}` is tagged {COMPARED} and shows nothing"


# --- answers and cards --------------------------------------------------------------

ANSWER = re.compile(r"^\W*(?:answer|solution)\W*[.:]", re.IGNORECASE | re.MULTILINE)
DETAILS = re.compile(r"<details\b.*?</details>", re.DOTALL)
CARD = re.compile(r'\bcard\(\s*"([^"]+)"')
CARD_ANSWER = re.compile(r'<div class="nnteach-answer">(.*?)</div>', re.DOTALL)
CODE = re.compile(r"<code>(.*?)</code>")
DIGITS = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?(?:e[-−+]?\d+)?(?!\w)")


def open_text(cell):
    """Return what a reader sees of a cell after Run All: its text, or its outputs."""
    if cell.cell_type == "markdown":
        return DETAILS.sub("", cell.source)
    shown = []
    for output in cell.outputs:
        data = output.get("data", {})
        text = output.get("text") or data.get("text/html") or data.get("text/plain", "")
        shown.append(notebooks.PNG.sub("", text))
    return DETAILS.sub("", "\n".join(shown))


def answers_before_cards(chapter, seen=open_text):
    """Yield where an answer stands open: on its own, or in the section of its card.

    seen: cell -> text, what a reader sees of it

    A card's answer, if it is made of numbers or of lines of code, may stand in its
    section only after it, and folded. Folded is what stands in `<details>`, and all
    below a heading that is folded. An output that the metadata hide is not: JupyterLab
    shows it as soon as its cell is run.
    """
    found = places(chapter.notebook)
    cells = [(c, *where) for c, where in zip(chapter.cells, found, strict=True)]
    for number, (cell, section, folded) in enumerate(cells):
        if cell.cell_type == "markdown":
            if not folded and ANSWER.search(DETAILS.sub("", cell.source)):
                yield f"cell `{cell.id}`: an answer stands open: fold it, or use a card"
            continue
        answers = [a for t in outputs_as_text(cell) for a in CARD_ANSWER.findall(t)]
        for answer in answers:
            for place, (other, in_section, hidden) in enumerate(cells):
                if other is cell or in_section != section or hidden:
                    continue
                if gives_away(seen(other), answer):
                    how = "before" if place < number else "open beside"
                    yield f"cell `{other.id}` shows the answer of `{cell.id}` {how} it"


def places(notebook):
    """Return for each cell the section (##) it is in, and whether it is folded away."""
    found, section, below = [], None, 0
    for cell in notebook.cells:
        mark = cell.cell_type == "markdown" and HEADING.match(cell.source)
        level = len(mark[1]) if mark else 7
        if level <= below:
            below = 0
        if level <= 2:
            section = cell.id
        found.append((section, bool(below)))
        if mark and not below and cell.metadata.get(notebooks.FOLDED):
            below = level  # all that follows, up to a heading as large as this one
    return found


def gives_away(shown, answer):
    """Return whether a text has all numbers of an answer, or half its lines of code."""
    lines = [html.unescape(line) for line in CODE.findall(answer)]
    if lines:
        long = [line for line in lines if len(line) > 9]  # `A2` stands everywhere
        there = [line in html.unescape(shown) for line in long]
        return any(there) and 2 * sum(there) >= len(there)
    wanted, there = numbers_in(answer), numbers_in(shown)
    return bool(wanted) and all(any(alike(a, b) for b in there) for a in wanted)


def numbers_in(text):
    """Return the numbers of at least two digits in a text, its tags left out."""
    words = DIGITS.findall(re.sub(r"<(?!img)[^>]*>", " ", text))
    plain = [word.replace(",", "").replace("−", "-") for word in words]
    return [float(word) for word in plain if sum(map(str.isdigit, word)) > 1]


def alike(number, other):
    """Return whether two numbers are the same but for their rounding."""
    return abs(number - other) <= 0.005 * abs(number)


def cards_are_named_for_their_chapter(chapter):
    """Yield keys that another card, here or in another chapter, may have too."""
    keys = [key for cell in chapter.code for key in CARD.findall(cell.source)]
    for key in keys:
        if not key.startswith(f"{chapter.number}-"):
            yield f'the card "{key}" does not begin with {chapter.number}-'
    yield from (f'two cards are called "{k}"' for k in {*keys} if keys.count(k) > 1)


def asks_before_it_shows(chapter):
    """Yield what a chapter lacks of its cards, and of its last question."""
    if chapter.number == "00":
        return
    section, cards, words = "", [], False
    for cell in chapter.cells:
        if cell.cell_type == "markdown" and HEADING.match(cell.source):
            section = cell.source.splitlines()[0].lstrip("# ").lower()
        if cell.cell_type == "code":
            seen = "\n".join(outputs_as_text(cell))
            named = CARD.findall(cell.source)
            cards += [(name, section, seen.count("<li>")) for name in named]
        elif section == "in your own words":
            words = words or bool(DETAILS.search(cell.source))
    votes = [choices for name, _, choices in cards if name[2:].startswith("-class-")]
    if len(cards) - len(votes) < 4:
        yield f"{len(cards) - len(votes)} cards beside those for a class: four at least"
    if len(votes) < 3:
        yield f"{len(votes)} cards are for a class (NN-class-...): three at least"
    if any(choices != 4 for choices in votes):
        yield f"the cards for a class have {votes} choices: four each"
    first = [
        section.startswith(("before you begin", "from ")) for _, section, _ in cards
    ]
    if chapter.number > "01" and not (len(first) > 2 and all(first[:3])):
        yield "its first three cards do not ask about earlier chapters"
    if not words:
        yield "no section `In your own words` with a model answer in <details>"


RULES = (
    stored_in_normal_form,
    begins_with_title_links_and_set_up,
    headings_in_order,
    headings_begin_their_cells,
    notes_belong_to_headings,
    code_can_be_projected,
    text_can_be_projected,
    sections_are_short,
    executed_in_order,
    no_empty_cell,
    no_error_or_warning,
    no_widget_state,
    asks_generative_ai_to_stay_out,
    no_trailing_semicolon,
    no_forbidden_code,
    nothing_private,
    nothing_unstable,
    nothing_downloaded,
    every_picture_has_its_sentence,
    links_lead_somewhere,
    links_to_its_neighbours,
    says_what_a_chapter_says,
    has_an_explorer,
    printed_numbers_are_compared,
    tagged_cells_show_something,
    answers_before_cards,
    cards_are_named_for_their_chapter,
    asks_before_it_shows,
    minutes_are_true,
)
