"""Write worksheets: one round of learning by hand, with numbers of one's own.

    python start.py worksheet --seed 7              numbers drawn from a number,
    python start.py worksheet --seed Ana            or from a name
    python start.py worksheet --names class.txt     for each line of a file
    python start.py worksheet --x 0.5 1 --y 0.2     or your own, the rest as in 02

Each sheet has the network's drawing and a blank for every step, each key every step
worked out. They come into build/worksheets/ as HTML and, where Chromium or Chrome is
found, as PDF; at most two pages each, A4 or letter. With --names there are also all
sheets and all keys in one file each, and a list of the answers.

The same name has the same numbers, always and everywhere; capitals and spaces do not
matter. Drawn numbers are such that four decimals suffice: see
`nnteach.practice.own_numbers`. For your own numbers the sheet says how many are needed.
"""

import argparse
import csv
import hashlib
import html
import io
import math
import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnteach.draw import marks, stepper
from nnteach.practice.own_numbers import (
    DECIMALS,
    ROUND,
    carry,
    drawn_numbers,
    given_numbers,
    known_numbers,
    plain_name,
    steady,
    values_of,
)
from nnteach.rounding import show_decimals
from nnteach.worked_example import Entries, Example, subscript

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "worksheets"
CSS = (Path(__file__).parent / "web" / "worksheet.css").read_text("utf-8")
PAPERS = {"a4": ("A4", 9), "letter": ("letter", 7.6)}  # size, a line's height in mm
NETWORK = 312  # how much of the stepper's picture the network takes
MOST_NAMES, LONGEST_NAME, LARGEST_FILE = 1000, 300, 1_000_000
SHOWN_NAME = 60  # letters; of a longer one only the beginning is seen
LARGEST, MOST_DECIMALS = 100, 8
CHECKS = {  # exercise -> what its blanks are called on the sheet
    "first_sums": ("Z1₁", "Z1₂"),
    "output_by_hand": ("A2",),
    "error_signal": ("dZ2",),
    "stepped_weight": ("W2₁,₁",),
}
PHASES = {
    "forward": "Forward: from the inputs to the output",
    "cost": "Cost: how wrong is the output?",
    "backward": "Backward: how does the cost change with each number?",
    "update": "Update: one step downhill",
    "again": "Forward again, with the new weights and biases",
}


# ----------------------------------------------------------- one sheet's numbers


@dataclass(frozen=True)
class Sheet:
    """One student's numbers: what the sheet is called, and how it is checked.

    title: the name or seed; mine: what the exercises take to check it, as Python.
    """

    title: str
    mine: str
    example: Example
    decimals: int = DECIMALS

    @property
    def shown_title(self):
        """The title, cut where it is too long."""
        cut = len(self.title) > SHOWN_NAME
        return self.title[: SHOWN_NAME - 1] + "…" if cut else self.title

    @property
    def file(self):
        """The first part of the names of its files, safe on every system.

        What is left of the name is for the reader; the hash tells the names apart.
        """
        ascii_ = unicodedata.normalize("NFKD", self.title).encode("ascii", "ignore")
        stem = re.sub(r"[^a-z0-9]+", "-", ascii_.decode().lower()).strip("-")[:40]
        return f"{stem or 'sheet'}-{short_hash(plain_name(self.mine))}"


class Decimals(Entries):
    """Entries as texts with a certain number of decimals."""

    def __init__(self, array, decimals):
        super().__init__(array)
        self.decimals = decimals

    def plain(self, row=0, column=0):
        """Return one entry as text."""
        return show_decimals(self.array[row, column], self.decimals)


@dataclass(frozen=True)
class Worked:
    """One step of a sheet, worked out.

    phase: one of PHASES. lines: the name, the right-hand side with the numbers filled
    in, and the result, of each entry of what the step makes.
    """

    phase: str
    name: str
    title: str
    formula: str
    lines: tuple


def worked(sheet):
    """Return the list of `Worked` steps of a sheet, from Z1 to the second cost."""
    known, result = {**known_numbers(sheet.example)}, []
    values = [value for _, value, _ in carry(known)]
    for (prefix, row), value in zip(ROUND, values, strict=True):
        phase, name, title, formula, _, fill = row
        texts = {key: Decimals(known[key], sheet.decimals) for key in known}
        lines, shape = [], np.shape(value)
        for entry in np.ndindex(shape):
            one = show_decimals(np.asarray(value)[entry], sheet.decimals)
            lines.append((name + subscript(entry, shape), fill(texts, *entry), one))
        known[name] = value
        phase = prefix.strip() if prefix == "again " else phase
        result.append(Worked(phase, name, title, formula, tuple(lines)))
    return result


def short_hash(text):
    """Return ten letters and digits that belong to the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def drift(example, decimals):
    """Return how far from the key rounding at every step may lead: a power of ten.

    0 means: whoever rounds every result finds the numbers of the key.
    """
    known = known_numbers(example)
    one = {name: np.reshape(v, (1, *np.shape(v))) for name, v in known.items()}
    if steady(one, decimals).all():
        return 0
    both = zip(carry(known), carry(known, decimals), strict=True)
    off = max(np.abs(exact - by_hand).max() for (_, exact, _), (_, by_hand, _) in both)
    # What lies in the middle between two roundings may go either way, and the steps
    # after it with it: four times as far is on the safe side.
    return 10.0 ** math.ceil(math.log10(4 * max(off, 10.0**-decimals)))


def decimals_for(example):
    """Return how many decimals give every slope and cost three digits, at least four.

    Raises ValueError where there is nothing to learn, or so little that nobody would
    want to write it down.
    """
    made = values_of(example)
    slopes = [value for name, value in made.items() if name[0] == "d"]
    sizes = np.abs(np.concatenate([*map(np.ravel, slopes), [made["cost"]]]))
    # What is 0 because an input or a weight is 0 can be written down; a slope of the
    # sigmoid is never 0, only too small.
    sigmoids = [A * (1 - A) for A in (made["A1"], made["A2"])]
    sizes = np.concatenate([sizes[sizes > 0], *map(np.ravel, sigmoids)])
    if made["A2"] == example.y:
        raise ValueError(
            "nothing can be learned from these numbers: the output is the target. Take "
            "another target --y."
        )
    smallest = max(sizes.min(), 1e-15)
    decimals = 2 - math.floor(math.log10(smallest))
    if decimals > MOST_DECIMALS:
        raise ValueError(
            f"these numbers lead to a slope or a cost of {smallest:.1g} or less, too "
            "small to be followed by hand: a sigmoid is saturated, or the output is "
            "almost right. Take inputs and weights from -2 to 2, or another target --y."
        )
    return max(DECIMALS, decimals)


def drawn_sheet(name):
    """Return the sheet whose numbers are drawn from a name."""
    title = cleaned(name)
    # What a student types in to check the sheet; nobody types a very long name.
    seed = title if len(title) <= SHOWN_NAME else short_hash(plain_name(title))
    return Sheet(title, repr(seed), drawn_numbers(seed))


def cleaned(name):
    """Return a name without what cannot be seen, or raise ValueError."""
    seen = (c for c in name if c.isprintable() or c.isspace())
    title = " ".join("".join(seen).split())
    if not title:
        raise ValueError(f"there is no name in {name!r:.30}: expected one such as Ana.")
    if len(title) > LONGEST_NAME:
        raise ValueError(
            f"the name {title[:30]!r}… has {len(title)} letters: expected at most "
            f"{LONGEST_NAME}."
        )
    return title


def given_sheet(numbers):
    """Return the sheet with these numbers, the rest as in chapter 02."""
    example = given_numbers(**numbers)
    words = ", ".join(f"{k}={np.asarray(v).tolist()}" for k, v in numbers.items())
    return Sheet("chosen by hand", f"dict({words})", example, decimals_for(example))


# ------------------------------------------------------------------ sheet and key


def drawing(sheet, solved):
    """Return the network as SVG: its numbers, and names or numbers for the rest."""
    example = sheet.example
    at = marks.places(example)

    def brief(value):
        said = show_decimals(value, sheet.decimals)
        return said if len(said) <= 7 else marks.short(value)

    shown = {k: marks.named(k, at) for k in at if not k.startswith("new")}
    known = known_numbers(example)
    if solved:
        known |= {k: v for k, v in values_of(example).items() if " " not in k}
    for name in known:
        shown |= stepper.keys(name, known[name], brief)
    givens = ", ".join(f"{name} is {value}" for name, value in givens_of(sheet))
    sentence = f"The network: two inputs, two hidden units, one output. {givens}."
    drawn = marks.picture(example, shown, ("", ""), (), (), "", sentence).svg()
    # Only the network: what stands below it in the stepper is written by the student.
    whole, part = (f'viewBox="0 0 {marks.WIDTH} {h}"' for h in (marks.HEIGHT, NETWORK))
    return re.sub(r"aspect-ratio:[^;\"]*;?", "", drawn.replace(whole, part))


def givens_of(sheet):
    """Return the name and the value of each number that is given, as texts."""
    known = known_numbers(sheet.example)
    known["η"] = known.pop("learning_rate")
    return [
        (name + subscript(entry, np.shape(array)), show_decimals(value, sheet.decimals))
        for name, array in known.items()
        for entry, value in np.ndenumerate(array)
    ]


def step_html(step, number, solved):
    """Return one step: its title, its formula, and its lines or their blanks."""
    lines = []
    for name, filled, result in step.lines:
        if solved:
            lines.append(f'<div class="line">{name} = {filled} = <b>{result}</b></div>')
            continue
        spoken = f"{number}, {name}"
        way = f'<input class="way" aria-label="{spoken}, numbers filled in">'
        result = f'<input class="result" aria-label="{spoken}, result">'
        lines.append(f'<div class="line">{name} = {way} = {result}</div>')
    long = max(len("".join(line)) for line in step.lines)
    # As wide as the longest line that is written there.
    wide = len(lines) == 1 or step.name in ("Z1", "dZ1")
    look = "wide" if wide else "short" if long < 23 else ""
    title = step.title.partition(", one step")[0]
    return (
        f'<div class="step"><h3><b>{number}.</b> {html.escape(title)}'
        f'<span class="formula">{html.escape(step.formula)}</span></h3>'
        f'<div class="lines {look}">{"".join(lines)}</div></div>'
    )


def rounding_words(sheet):
    """Return what the sheet says of rounding."""
    said = (
        f"Round every result to {sheet.decimals} decimals, and go on with what you "
        "have rounded."
    )
    off = drift(sheet.example, sheet.decimals)
    if off:
        less = show_decimals(off, sheet.decimals)
        said += f" It may then differ from the key, but by less than {less}."
    return said


def check_html(sheet):
    """Return the lines of Python that check the sheet."""
    lines = ["from nnteach import exercises"]
    lines.append(f"mine = {sheet.mine}")
    stars = "**" * sheet.mine.startswith("dict")
    for name, blanks in CHECKS.items():
        call = f"exercises.{name}.with_numbers({stars}mine)"
        lines.append(f"{call}.check({', '.join('...' for _ in blanks)})")
    asked = ", ".join(" and ".join(blanks) for blanks in CHECKS.values())
    return (
        '<section class="check"><h2>Check it in a notebook</h2>'
        f"<p>Put your results in place of the dots, in this order: {asked} (the new "
        f"one).</p><pre>{html.escape(chr(10).join(lines))}</pre></section>"
    )


def sheet_html(sheet, solved):
    """Return the body of a sheet, or of its key."""
    title = html.escape(sheet.shown_title)
    kind = "Key" if solved else "Worksheet"
    steps, parts = worked(sheet), []
    for number, step in enumerate(steps, 1):
        if number == 1 or step.phase != steps[number - 2].phase:
            parts.append(f"<h2>{PHASES[step.phase]}</h2>")
        parts.append(step_html(step, number, solved))
    first, last = (s.lines[0][2] for s in steps if s.name == "cost")
    if solved:
        made = values_of(sheet.example)
        change = made["again cost"] - made["cost"]
        way = "falls" if change < 0 else "rises" if change else "stays"
        parts.append(f"<p>The cost {way}: before {first}, after {last}.</p>")
        who = ""
    else:
        parts.append("<p>Compare the two costs: did the network learn?</p>")
        parts.append(check_html(sheet))
        who = "<label>Name <input></label><label>Date <input></label>"
    givens = "".join(f"<li>{n} = {v}</li>" for n, v in givens_of(sheet))
    return (
        f'<article class="{kind.lower()}">'
        f"<h1>{kind}: one round of learning, by hand</h1>"
        f'<p class="who"><span>Numbers: <b>{title}</b></span>{who}</p>'
        f"<p>{rounding_words(sheet)} The sigmoid is "
        '<span class="whole">σ(z) = 1 / (1 + e<sup>−z</sup>)</span>; '
        "where its value is A, its slope is "
        '<span class="whole">A · (1 − A)</span>. '
        "With one example, m = 1.</p>"
        f'<figure tabindex="0">{drawing(sheet, solved)}</figure>'
        f'<ul class="given" aria-label="Given">{givens}</ul>{"".join(parts)}</article>'
    )


def page_html(title, body, paper, wide=False):
    """Return a whole HTML page that needs nothing else."""
    size, high = PAPERS[paper]
    size += " landscape" * wide
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{CSS}"
        f"@page {{ size: {size}; margin: 9mm 12mm; }} :root {{ --high: {high}mm; }}"
        "</style></head>"
        f"<body{' class=list' * wide}><main>{body}</main></body></html>\n"
    )


# ------------------------------------------------------------- the list of answers


def answers_of(sheet):
    """Return {phase: [(name, value)]} of everything that is filled in, as texts."""
    answers = {phase: [] for phase in PHASES}
    for step in worked(sheet):
        answers[step.phase] += [(name, result) for name, _, result in step.lines]
    return answers


def for_spreadsheet(text):
    """Return a text that no spreadsheet takes for a formula."""
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return f"'{text}" if first[:1] in {*"=+-@|"} else text


def csv_writer(file):
    """Return a writer of CSV that quotes all texts: where Excel splits at ; too."""
    return csv.writer(file, lineterminator="\r\n", quoting=csv.QUOTE_NONNUMERIC)


def answers_csv(sheets):
    """Return the numbers and answers of all sheets as CSV."""
    rows = io.StringIO()
    table = csv_writer(rows)
    for number, sheet in enumerate(sheets):
        answers = answers_of(sheet)
        if not number:
            before = {"update": "new ", "again": "again "}
            names = [before.get(p, "") + n for p in answers for n, _ in answers[p]]
            table.writerow(["name", *(n for n, _ in givens_of(sheet)), *names])
        values = [value for p in answers for _, value in answers[p]]
        cells = [*(value for _, value in givens_of(sheet)), *values]
        cells = [cell.replace("−", "-") for cell in cells]
        table.writerow([for_spreadsheet(sheet.title), *cells])
    return rows.getvalue()


def answers_html(sheets):
    """Return the numbers and answers of all sheets as tables, one for each phase."""
    given = "Given"
    rows = [(s.shown_title, {given: givens_of(s), **answers_of(s)}) for s in sheets]
    parts = ["<h1>All answers</h1>"]
    for phase in (given, *PHASES):
        heads = "".join(f'<th scope="col">{n}</th>' for n, _ in rows[0][1][phase])
        lines = [
            f'<tr><th scope="row">{html.escape(title)}</th>'
            + "".join(f"<td>{value}</td>" for _, value in answers[phase])
            + "</tr>"
            for title, answers in rows
        ]
        parts.append(
            f"<h2>{PHASES.get(phase, phase)}</h2>"
            f'<div class="scroll" tabindex="0" role="region" aria-label="{phase}">'
            f'<table><thead><tr><th scope="col">name</th>{heads}</tr></thead>'
            f"<tbody>{''.join(lines)}</tbody></table></div>"
        )
    return "".join(parts)


# ----------------------------------------------------------------- names and files


def read_names(path):
    """Return the names in a file, one in a line; SystemExit says what is wrong."""
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise SystemExit(f"{path}: a list of names has less than 1 MB.")
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise SystemExit(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SystemExit(f"{path} is not UTF-8. Save it as text in UTF-8.") from None
    lines = [(k, line) for k, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise SystemExit(f"{path} has no names: expected one in each line.")
    if len(lines) > MOST_NAMES:
        raise SystemExit(f"{path} has {len(lines):,} names: at most {MOST_NAMES:,}.")
    names = {}
    for number, line in lines:
        try:
            name = cleaned(line)
        except ValueError as error:
            raise SystemExit(f"{path}, line {number}: {error}") from None
        earlier, _ = names.setdefault(plain_name(name), (number, name))
        if earlier != number:
            raise SystemExit(
                f"{path}, lines {earlier} and {number}: {name!r} is there twice, and "
                "would get the same numbers. Add something that tells them apart."
            )
    return [name for _, name in names.values()]


def pages_of(sheets, paper, several):
    """Yield each file's name without its ending, and its HTML."""
    bodies = {"sheet": [], "key": []}
    for number, sheet in enumerate(counted(sheets, "written"), 1):
        for kind, solved in (("sheet", False), ("key", True)):
            body = sheet_html(sheet, solved)
            bodies[kind].append(f'<div class="{"next" * (number > 1)}">{body}</div>')
            title = f"{kind.capitalize()} of {sheet.title}"
            yield f"{sheet.file}-{kind}", page_html(title, body, paper)
    if several:
        for kind, parts in bodies.items():
            yield f"all-{kind}s", page_html(f"All {kind}s", "".join(parts), paper)
        listed = answers_html(sheets)
        yield "answers", page_html("All answers", listed, paper, wide=True)


def counted(things, done, every=20):
    """Yield the things, and say from time to time how many are done."""
    for number, thing in enumerate(things, 1):
        yield thing
        if len(things) > every and (number % every == 0 or number == len(things)):
            print(f"  {number} of {len(things)} {done}", flush=True)


def write_pdf(files):
    """Print the HTML files as PDF beside them; return a sentence on what came of it."""
    sys.path.insert(0, str(ROOT / "tests"))
    from browser import browser, find_chromium

    chromium = find_chromium()
    if chromium is None:
        return (
            "No PDF: neither Chromium nor Chrome was found. Open the HTML files in a "
            "browser and print them."
        )
    from playwright.sync_api import Error

    try:
        with browser(chromium) as started:
            page = started.new_page()
            for file in counted(files, "printed"):
                page.goto(file.as_uri())
                page.pdf(path=file.with_suffix(".pdf"), prefer_css_page_size=True)
    except Error as error:
        reason = str(error).splitlines()[0]
        return f"Not every page is there as PDF: {chromium} failed ({reason})."
    return "Each is there as PDF too."


def write_all(sheets, folder=FOLDER, paper="a4", pdf=True, several=False):
    """Write sheets, keys and, for several, the lists; say in words what was done."""
    folder.mkdir(parents=True, exist_ok=True)
    there, written = {path.name for path in folder.iterdir()}, []
    for name, text in pages_of(sheets, paper, several):
        file = folder / f"{name}.html"
        file.write_text(text, "utf-8", newline="\n")
        written.append(file)
    if several:
        list_ = folder / "answers.csv"
        # With a byte order mark, without which Excel takes it for another encoding.
        list_.write_text(answers_csv(sheets), "utf-8-sig", newline="")
    said = [f"{len(written)} pages are in {folder}."]
    replaced = sum(file.name in there for file in written)
    if replaced:
        said.append(f"{replaced} of them replace those of an earlier time.")
    if pdf:
        said.append(write_pdf(written))
    return " ".join(said)


# ------------------------------------------------------------------ command line


def number(text):
    """Return a number that can stand on a sheet, or raise what argparse shows."""
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected a number, such as 0.35, got {text!r}"
        ) from None
    if not abs(value) <= LARGEST:  # also not a number
        raise argparse.ArgumentTypeError(
            f"expected a number from -{LARGEST} to {LARGEST}, got {text}"
        )
    if round(value, DECIMALS) != value:
        raise argparse.ArgumentTypeError(
            f"expected at most {DECIMALS} decimals, got {text}: it is written by hand"
        )
    return value


def rate(text):
    """Return a learning rate."""
    value = number(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"expected a positive number, got {text}")
    return value


def options_of(words):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(
        prog="start.py worksheet",
        description="Write worksheets for chapter 02 into build/worksheets/.",
    )
    add = parser.add_argument
    add("--seed", metavar="NAME", help="draw the numbers from a name or number")
    add("--names", metavar="FILE", help="one sheet for each line of a file")
    add("--x", nargs=2, type=number, metavar=("X1", "X2"), help="the inputs")
    add("--y", type=number, metavar="Y", help="the target")
    add("--w", nargs=6, type=number, metavar="W", help="W1 row by row, then W2")
    add("--b", nargs=3, type=number, metavar="B", help="both b1, then b2")
    add("--rate", type=rate, help="the learning rate")
    add("--paper", choices=PAPERS, default="a4")
    add("--no-pdf", action="store_true", help="HTML alone")
    options = parser.parse_args(words)
    numbers = {}
    if options.x:
        numbers["x"] = options.x
    if options.y is not None:
        numbers["y"] = [options.y]
    if options.w:
        w = options.w
        numbers |= {"W1": [w[:2], w[2:4]], "W2": [w[4:]]}
    if options.b:
        numbers |= {"b1": options.b[:2], "b2": options.b[2:]}
    if options.rate:
        numbers["learning_rate"] = options.rate
    ways = Counter(seed=options.seed is not None, names=options.names is not None)
    if ways.total() + bool(numbers) != 1:
        parser.error("expected one of: --seed, --names, or numbers (--x --y --w ...)")
    return options, numbers


def main(words=None):
    """Write what the command line asks for, and say where it is."""
    options, numbers = options_of(words)
    try:
        if options.names is not None:
            names = read_names(options.names)
            sheets = [drawn_sheet(name) for name in counted(names, "drawn")]
        elif options.seed is not None:
            sheets = [drawn_sheet(options.seed)]
        else:
            sheets = [given_sheet(numbers)]
    except ValueError as error:
        raise SystemExit(f"start.py worksheet: {error}") from None
    several = options.names is not None
    try:
        print(write_all(sheets, FOLDER, options.paper, not options.no_pdf, several))
    except OSError as error:
        raise SystemExit(f"{FOLDER} cannot be written: {error.strerror}.") from None


if __name__ == "__main__":
    main()
