"""How long a chapter takes, and each of its sections: added up from what is in them.

    minutes(cells)          of these cells
    sections(notebook)      [(heading, minutes)] of a chapter, for its headings `##`
    in_fives(sections)      the same in steps of five, short sections put together

Nobody has been timed: each figure has its reason beside it, and the sum may be off by
a quarter.
"""

import re

WORDS_A_MINUTE = 180  # adults read 240 of plain English; here are formulas to follow
LINES_A_MINUTE = 10  # a line of code is read like a sentence of 18 words
CARD = 1  # read it, decide, read the answer and the reason
VOTE = 5  # a class: vote, two minutes with one's neighbour, vote again, the reason
EXPLORER = 2  # move its controls to their ends, and say what changes
FUNCTION = 5  # write four or five lines, and put one mistake right
BY_HAND = 3  # two or three numbers, or words from a list
OWN_WORDS = 3  # three or four sentences

LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)\)")
HEADING = re.compile(r"## +(.+)")
CHECK = re.compile(r"\bexercises\.\w+\.check\((\.*)")


def minutes(cells, vote=VOTE):
    """Return the minutes that these cells take; `vote`: those of a class question."""
    text = "\n\n".join(c.source for c in cells if c.cell_type == "markdown")
    code = [c for c in cells if c.cell_type == "code" and c.id != "set-up"]
    seen = [c for c in code if not c.metadata.get("jupyter", {}).get("source_hidden")]
    lines = sum(bool(x.strip()) for c in seen for x in c.source.splitlines())
    checks = [dots for c in code for dots in CHECK.findall(c.source)]
    cards = [c for c in code if re.search(r"^card\(", c.source, re.MULTILINE)]
    votes = sum("-class-" in c.source for c in cards)
    return (
        len(re.findall(r"\w+", LINK.sub(r"\1", text))) / WORDS_A_MINUTE
        + lines / LINES_A_MINUTE
        + CARD * (len(cards) - votes)
        + vote * votes
        + EXPLORER * sum("@explorer(" in c.source for c in code)
        + FUNCTION * checks.count("")
        + BY_HAND * (len(checks) - checks.count(""))
        + OWN_WORDS * text.lower().count("# in your own words")
    )


def sections(notebook):
    """Return (heading, minutes) of each section; the head of the chapter is the first.

    Each section reaches to the next heading of the second level.
    """
    found = [["The beginning", []]]
    for cell in notebook.cells:
        heading = cell.cell_type == "markdown" and HEADING.match(cell.source)
        if heading:
            found.append([heading[1].strip(), []])
        found[-1][1].append(cell)
    return [(title, minutes(cells)) for title, cells in found]


def in_fives(parts):
    """Return [(first heading, last heading, minutes)] in steps of five, for a class.

    Sections are put together until they fill five minutes. The steps are those of the
    time that has passed, so that the sum is never off by more than half a step.
    """
    found, passed, told, first = [], 0, 0, None
    for title, length in parts:
        first = first or title
        passed += length
        here = 5 * round(passed / 5)
        if here > told:
            found.append((first, title, here - told))
            told, first = here, None
    if first and found:  # what is left is told with the last
        found[-1] = (found[-1][0], parts[-1][0], found[-1][2])
    return found
