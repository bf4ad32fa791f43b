"""The glossary leads to where each word is explained, and no chapter uses it before."""

import ast
import re
from dataclasses import dataclass

import nbformat
import pytest

import notebook_rules as rules
from start import HERE

GLOSSARY = (HERE / "notebooks/glossary.md").read_text("utf-8")
ROW = re.compile(
    r"^\| ([^|]+) \|([^|]*)\| ([^|]+) \| \[(\d\d): ([^]]+)\]\((\S+)\) \|$", re.M
)
CHAPTERS = sorted(HERE.glob("notebooks/*.ipynb"))
# What is no text of a chapter: code, formulas, what a link to another chapter is
# called, and what a student opens later.
NO_TEXT = [r"```.*?```", r"`[^`]*`", r"\$\$.*?\$\$", r"\$[^$]*\$",
           r"\[[^\]]*\]\([^)]*\)", r"<details.*?</details>"]  # fmt: skip


@dataclass
class Word:
    word: str
    code: str
    meaning: str
    chapter: str
    heading: str
    link: str

    @property
    def pattern(self):
        """The word in a text: also as a plural, and with a hyphen or a space."""
        form = re.escape(self.word).replace(r"\-", "[- ]").replace(r"\ ", r"[-\s]")
        return re.compile(rf"\b{form}(e?s)?\b", re.IGNORECASE)


@dataclass
class Cell:
    chapter: str
    section: str
    opening: bool
    text: str


WORDS = [Word(*row) for row in ROW.findall(GLOSSARY)]


def questions(code):
    """Return what the cards of a code cell ask."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "card":
            for asked in node.args[1:2]:
                if isinstance(asked, ast.Constant):
                    yield asked.value


def text_of(cell):
    if cell.cell_type == "code":
        return "\n".join(questions(cell.source))
    text = cell.source
    for pattern in NO_TEXT:
        text = re.sub(pattern, " ", text, flags=re.DOTALL)
    return text


def cells_of(file):
    """Return the cells of a chapter, each with the anchor of its heading."""
    section, opening = "", True
    for cell in nbformat.read(file, as_version=4).cells:
        heading = rules.HEADING.match(cell.source)
        if cell.cell_type == "markdown" and heading:
            opening = heading[1] == "#"
            section = heading[2].replace(" ", "-")
        yield Cell(file.name, section, opening, text_of(cell))


# Chapter 00 and the opening of a chapter say what is to come: there a word may stand
# before it is explained.
CELLS = [cell for file in CHAPTERS for cell in cells_of(file)]
TOLD = [cell for cell in CELLS if cell.chapter[:2] != "00" and not cell.opening]


def place(word):
    """Return the chapter and the section where the glossary says it is explained."""
    file, _, section = word.link.partition("#")
    return file, section


def test_every_row_is_read_and_the_words_are_sorted():
    rows = [line for line in GLOSSARY.splitlines() if line.startswith("| ")]
    assert len(WORDS) == len(rows) - 2 > 40  # without the head
    names = [word.word.casefold() for word in WORDS]
    assert names == sorted(set(names))


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.word)
def test_it_is_explained_where_the_glossary_says(word):
    assert word.link.startswith(f"{word.chapter}-")
    assert word.link.endswith("#" + word.heading.replace(" ", "-"))
    assert word.meaning.endswith(".")
    there = [cell for cell in TOLD if (cell.chapter, cell.section) == place(word)]
    assert there, f"there is no {word.link}"
    assert any(word.pattern.search(cell.text) for cell in there)


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.word)
def test_no_chapter_uses_it_before(word):
    for cell in TOLD:
        if (cell.chapter, cell.section) == place(word):
            return
        assert not word.pattern.search(cell.text), (cell.chapter, cell.section)


def test_readme_and_chapter_00_lead_to_it():
    start = nbformat.read(CHAPTERS[0], as_version=4)
    assert "(notebooks/glossary.md)" in (HERE / "README.md").read_text("utf-8")
    assert any("(glossary.md)" in cell.source for cell in start.cells)
