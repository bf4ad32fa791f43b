"""Build a deck of slides from each chapter: build/slides/index.html.

    python start.py slides                every chapter
    python start.py slides 03             this one, or several
    python start.py slides --check        build nothing; say what is stale
    python start.py slides --audit        build, and look at every slide in a browser
    python start.py slides --minutes      write the table of minutes into docs/guide.md

Open build/slides/index.html from the disk; nothing in it asks another computer for
anything. Explorers move, prediction cards answer, the class questions take votes. S
opens the speaker's view with the notes, `?view=print` behind the address is for paper.

The decks are made from the cells that tools/web makes for the pages, with reveal.js
(nbconvert's own slides would draw the same cells a second time). What becomes of a
cell:

- a heading begins a slide, and what is below it is cut into as many as it needs, by
  tools/web/slides.js in the page: only there is known how tall it is;
- not shown: code that a chapter folds, imports alone, checks of exercises with their
  hints and solutions, and what has the metadata `slideshow.slide_type: skip`;
- a click later (a fragment): folded answers, folded results, and `fragment`;
- begins a slide of its own: `slide` and `subslide`; goes to the notes: `notes`;
- notes for the speaker: `nnteach.notes` in the metadata of a heading's cell, the
  minutes of a section, and of each card the answer and what is believed instead.
"""

import argparse
import ast
import base64
import html
import json
import re
import shutil
import sys
import time
import zlib
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import links
import pages
from nnteach.draw.front import in_script
from web import assets, cells, chapters, minutes, npm

ROOT = Path(__file__).resolve().parents[1]
SLIDES = ROOT / "build" / "slides"
GUIDE = ROOT / "docs" / "guide.md"
TABLE = re.compile(r"(<!-- minutes.*?-->\n)(.*?)(<!-- end -->)", re.DOTALL)
DATA = re.compile(r'(<script type="application/json">)(.*?)(</script>)', re.DOTALL)
DETAILS = re.compile(r"<details>\s*<summary>.*?</summary>(.*?)</details>", re.DOTALL)
HIDDEN = ("exercise", "progress")
CLASS = "-class-"  # in the name of a card for two votes

# ----------------------------------------------------------------- from cells to slides


@dataclass
class Slide:
    """What stands below one heading: HTML in groups that stay together if they can."""

    title: str
    level: int = 2
    anchor: str = ""
    above: str = ""  # the title of the section, if this is a part of it
    groups: list = field(default_factory=list)
    notes: list = field(default_factory=list)


def slide_type(cell):
    """Return what a cell's metadata say of its slide, or nothing."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "")


def slides(shown, lengths):
    """Return the slides of a chapter, before they are cut.

    lengths : {heading of a section: its minutes}
    """
    made, section = [], ""
    for cell in shown:
        kind = slide_type(cell)
        if kind == "skip":
            continue
        if kind == "notes":
            made[-1].notes.append(cell.html)
            continue
        if cell.level:
            section = cell.title if cell.level == 2 else section
            above = section if cell.level > 2 else ""
            made.append(Slide(cell.title, cell.level, cell.anchor, above))
            made[-1].notes = notes_of(cell, lengths)
        elif kind in ("slide", "subslide") or not made:
            last = made[-1]
            made.append(Slide(last.title, last.level, "", last.above))
        group = text_group(cell) if cell.kind == "text" else code_group(cell)
        if group and kind == "fragment":
            group = f'<div class="group text"><div class="fragment">{group}</div></div>'
        made[-1].groups += [group] if group else []
    return [slide for slide in made if slide.groups or slide.level == 1]


def text_group(cell):
    """Return the text of a cell without its heading; what it folds is a fragment."""
    text = cell.html
    if cell.level:
        text = text.split("\n", 1)[1]
    if cell.level == 1:
        text = re.sub(r"<p>.*?Open in Colab.*?</p>", "", text)  # of a notebook
    text = DETAILS.sub(r'<div class="fragment fold">\1</div>', text)
    return f'<div class="group text">{text}</div>' if text.strip() else ""


def code_group(cell):
    """Return the code of a cell, if it is to be seen, and what it shows."""
    kinds = {kind for kind, _ in cell.outputs}
    if kinds & set(HIDDEN):
        return ""
    folded = cell.metadata.get("jupyter", {})
    source = html.unescape(re.sub(r"<[^>]+>", "", cell.html))
    named = "explorer" in kinds and source.strip().isidentifier()
    hidden = folded.get("source_hidden") or only_imports(source) or named
    parts = [] if hidden else [f'<div class="code">{cell.html}</div>']
    answer = " fragment" if folded.get("outputs_hidden") else ""
    parts += [piece(kind, text, answer) for kind, text in joined(cell.outputs)]
    return f'<div class="group">{"".join(parts)}</div>' if parts else ""


def joined(outputs):
    """Return outputs with what was printed in several pieces in one."""
    made = []
    for kind, text in outputs:
        printed = re.fullmatch(r"<pre>(.*)</pre>", text, re.DOTALL)
        if printed and not printed[1].strip():
            continue
        before = made[-1][1] if made else ""
        if printed and re.fullmatch(r"<pre>.*</pre>", before, re.DOTALL):
            made[-1] = (kind, f"{before[:-6]}\n{printed[1]}</pre>")
        else:
            made.append((kind, text))
    return made


def only_imports(source):
    """Return whether code does nothing but import."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    return bool(body) and all(isinstance(x, (ast.Import, ast.ImportFrom)) for x in body)


def piece(kind, text, answer):
    """Return an output for a slide."""
    if kind == "card":
        return projected_card(text)
    if kind == "explorer":
        return projected_explorer(text)
    inside = text.strip()
    if inside.startswith("<details>"):
        inside, answer = DETAILS.sub(r"\1", inside), " fragment"
    return f'<div class="shown{answer}">{inside}</div>'


def projected_explorer(text):
    """Return an explorer with its longest sentence, for which the slide keeps room."""
    data = json.loads(DATA.search(text)[2])
    frames = json.loads(zlib.decompress(base64.b64decode(data["frames"])))
    longest = html.escape(max((sentence for _, sentence in frames), key=len))
    more = f' data-prevent-swipe data-longest="{longest}"'
    return text.replace('class="nnteach-alone"', f'class="nnteach-alone"{more}', 1)


# ------------------------------------------------------------------- cards and notes


def projected_card(text):
    """Return a card with its notes; one for a class has room for the votes."""
    data = json.loads(DATA.search(text)[2])
    spec = data["_spec"]
    data["_large"] = CLASS in spec["key"]
    text = DATA.sub(lambda m: f"{m[1]}{in_script(data)}{m[3]}", text)
    guesses = (
        [row["value"] for row in spec["wrong"]] if spec["kind"] == "number" else []
    )
    more = f' data-prevent-swipe data-guesses="{html.escape(json.dumps(guesses))}"'
    notes = f'<aside class="notes">{card_notes(spec)}</aside>'
    return text.replace(
        'class="nnteach-card-alone"', f'class="nnteach-card-alone"{more}', 1
    ).replace("</script></div>", f"</script></div>{notes}", 1)


def with_code(text):
    """Return a plain text as HTML, `code` in backticks."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def card_notes(spec):
    """Return what a speaker needs of a card: the answer, and what is believed."""
    vote = "Vote, let them discuss in pairs, vote again, then commit."
    first = vote if CLASS in spec["key"] else "Vote first, by hands; then commit."
    believed = []  # (what is answered, why it is wrong)
    if spec["kind"] == "choice":
        right = spec["choices"][spec["right"]]["text"]
        believed = [(row["text"], row["why"]) for row in spec["choices"] if row["why"]]
    elif spec["kind"] == "number":
        right = spec["text"]
        believed = [(f"{row['value']:.4g}", row["why"]) for row in spec["wrong"]]
    elif spec["kind"] == "order":
        right = "; ".join(spec["lines"][k] for k in spec["right"])
        wrong = zip(spec["lines"], spec["wrong"], strict=True)
        believed = [(line, row["why"]) for line, row in wrong if row]
    else:
        pairs = zip(spec["at"], spec["texts"], strict=True)
        right = ", ".join(f"{text} at {x}" for x, text in pairs)
    items = "".join(
        f"<li>{with_code(what)}: {with_code(why)}</li>" for what, why in believed
    )
    answer = f"Answer: {with_code(right)}. {with_code(spec['reason'])}"
    said = f"<p>Misconceptions:</p><ul>{items}</ul>" if items else ""
    return f"<p>{first} {answer}</p>{said}"


def notes_of(cell, lengths):
    """Return the notes of a heading: how long its section takes, and its own."""
    own = cell.metadata.get("nnteach", {}).get("notes", "")
    plain = html.unescape(re.sub(r"<[^>]+>", "", cell.title))
    length = lengths.get(plain) if cell.level == 2 else None
    told = [f"<p>{told_minutes(length)}</p>"] if length else []
    return told + [f"<p>{with_code(part)}</p>" for part in own.split("\n\n") if part]


def told_minutes(length):
    """Return how long a section takes, in words."""
    whole = max(1, round(length))
    return f"About {whole} minute{'s' * (whole > 1)} for this section."


# ------------------------------------------------------------------------------ a deck


def slide_html(slide, name):
    """Return a slide before it is cut."""
    above = f'<p class="of">{slide.above}</p>' if slide.above else ""
    title = " class=title" * (slide.level == 1)
    notes = "".join(slide.notes)
    notes = f'<aside class="notes">{notes}</aside>' if notes else ""
    return (
        f'<section id="{name}"{title}>{above}<h2 class="head">{slide.title}</h2>'
        f"{notes}{''.join(slide.groups)}</section>\n"
    )


def names_of(shown):
    """Return a name for each slide: the anchor of its heading where it has one."""
    taken, names = set(), []
    for number, slide in enumerate(shown, 1):
        plain = html.unescape(slide.anchor).strip("-")
        name = re.sub(r"[^\w-]", "", plain) or f"slide-{number}"
        name = f"{name}-{number}" if name in taken or name.isdecimal() else name
        taken.add(name)
        names.append(name)
    return names


def deck(title, shown):
    """Return a whole document."""
    made = "".join(map(slide_html, shown, names_of(shown)))
    styles = ("reveal", "katex", "nnteach", "slides")
    scripts = ("reveal", "notes", "nnteach", "slides")
    named = f"{plain(title)} – slides – {pages.COURSE}"
    body = [
        f'<main>\n<h1 class="unseen">{title}</h1>',
        '<div class="reveal"><div class="slides"></div></div>',
        f'<div id="source">\n{made}</div>\n<div id="stage"></div>',
        "</main>",
    ]
    return assets.document(named, styles, scripts, body)


def plain(text):
    """Return HTML without its tags."""
    return re.sub(r"<[^>]+>", "", text)


def link_rule(place):
    """Return what becomes of a link: other decks, the web, or nothing."""
    known = {file.stem for file in chapters.files()}

    def rule(url):
        path, mark, anchor = url.partition("#")
        if re.match(r"https?:", url) or not path:
            return url
        stem = Path(path).stem
        return f"{stem}.html{mark}{anchor}" if stem in known else ""

    return rule


# -------------------------------------------------------------------------- all of them


def wanted(numbers):
    """Return the files of the chapters with these numbers, or all."""
    files = chapters.files()
    names = {file: {file.name[:2], file.stem, file.name} for file in files}
    unknown = {*numbers}.difference(*names.values())
    if unknown:
        have = ", ".join(file.name[:2] for file in files)
        raise SystemExit(f"There is no chapter {min(unknown)!r}. There are {have}.")
    return [file for file in files if not numbers or names[file] & {*numbers}]


def inputs(file):
    """Return the hash of what a deck is made of."""
    tools = [p for p in ROOT.glob("tools/web/*") if p.suffix in pages.KINDS]
    shared = [*tools, Path(__file__), Path(pages.__file__), ROOT / "pyproject.toml"]
    return f"{chapters.stamp(file)} {chapters.hash_of(*shared)[:16]}"


def stale():
    """Return the chapters whose decks are not there, or older than what they show."""
    try:
        built = json.loads((SLIDES / pages.STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        built = {}
    return [file for file in chapters.files() if built.get(file.name) != inputs(file)]


def index(files, titles):
    """Return the page that leads to the decks."""
    items = "".join(
        f'<li><a href="{file.stem}.html">{title}</a></li>'
        for file, title in zip(files, titles, strict=True)
    )
    keys = (
        "<p>Page Down and Page Up turn the slide, always. Arrow keys and Space turn "
        "it too, unless a slider or a button has the focus: then they move or press "
        "it, and Escape gives them back. F is full screen, S the speaker's view with "
        "the notes, B a black screen, O the overview. For paper, put "
        "<code>?view=print</code> behind the address of a deck and print.</p>"
    )
    main = f"<h1>{pages.COURSE}: slides</h1>\n{keys}\n<ol start=0>{items}</ol>"
    return (
        pages.page("Slides", main, moves=False)
        .replace('<a href="index.html">All chapters</a>', "")
        .replace(pages.ABOUT, "")
    )


def build(folder=SLIDES, numbers=(), say=print):
    """Build the decks of these chapters into a folder, or all; return it."""
    files = wanted(numbers)
    place = links.place_in(links.read(ROOT / "pyproject.toml"))
    notebooks = chapters.executed(files, say)
    formulas, rule = cells.Formulas(), link_rule(place)
    titles, texts = [], {}
    for file, notebook in zip(files, notebooks, strict=True):
        shown = cells.cells(notebook, formulas, rule)
        lengths = dict(minutes.sections(notebook))
        titles.append(html.escape(links.title_of(notebook)))
        texts[file.stem] = deck(titles[-1], slides(shown, lengths))
    formulas.draw()
    shutil.rmtree(folder, ignore_errors=True)
    write_files(folder)
    texts = {name: formulas.fill(text) for name, text in texts.items()}
    for name, text in {**texts, "index": index(files, titles)}.items():
        pages.write(folder, name, text)
    stamps = {file.name: inputs(file) for file in files}
    (folder / pages.STAMP).write_text(json.dumps(stamps, indent=1), "utf-8")
    return folder


def write_files(folder):
    """Write scripts, styles, fonts and licences."""
    assets.copy(folder / "assets")
    reveal = npm.package("reveal.js")
    sources = [reveal / "dist" / "reveal.js", reveal / "dist" / "reveal.css"]
    sources.append(reveal / "dist" / "plugin" / "notes.js")
    here = Path(assets.__file__).parent
    sources += [
        here / name for name in ("slides.js", "slides.css", "page.css", "page.js")
    ]
    for source in sources:
        shutil.copyfile(source, folder / "assets" / source.name)
    shutil.copyfile(reveal / "LICENSE", folder / "licences" / "reveal.js.txt")


def main():
    """Build the decks, audit them, or say which are stale."""
    parser = argparse.ArgumentParser(prog="start.py slides")
    parser.add_argument("chapters", nargs="*", metavar="CHAPTER")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--audit", action="store_true")
    parser.add_argument("--minutes", action="store_true")
    options = parser.parse_args()
    if options.check:
        names = [file.name for file in stale()]
        print(f"Stale: {', '.join(names)}." if names else "The slides are up to date.")
        return int(bool(names))
    if options.minutes:
        links.write(GUIDE, with_minutes(links.read(GUIDE)))
        return 0
    began = time.perf_counter()
    try:
        folder = build(numbers=options.chapters)
    except OSError as error:
        raise SystemExit(f"The slides cannot be written: {error}.") from None
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    took = time.perf_counter() - began
    print(f"{folder / 'index.html'}: {size / 1e6:.1f} MB, {took:.0f} s")
    return audit(folder) if options.audit else 0


def minutes_table():
    """Return the minutes of each chapter and its sections in a class, as Markdown."""
    rows = ["| chapter | minutes | of these |", "| --- | --- | --- |"]
    for file in chapters.files():
        notebook = links.load(file)
        parts = minutes.in_fives(minutes.sections(notebook))
        told = [
            f"{first if first == last else f'{first} … {last}'}: {length}"
            for first, last, length in parts
        ]
        whole = sum(length for *_, length in parts)
        title = links.title_of(notebook)
        rows.append(f"| {title} | {whole} | {'; '.join(told)} |".replace("`", ""))
    return "\n".join([*rows, ""])


def with_minutes(text):
    """Return the text of the guide with the table as it is now."""
    return TABLE.sub(lambda found: f"{found[1]}{minutes_table()}{found[3]}", text)


def audit(folder):
    """Look at every slide of the decks in a folder; return 1 if something is wrong."""
    sys.path.insert(0, str(ROOT / "tests"))
    from browser import browser, find_chromium
    from web import audit

    chromium, count = find_chromium(), 0
    if not chromium:
        raise SystemExit(
            "The audit needs Chromium (Debian: sudo apt install chromium)."
        )
    with browser(chromium) as started:
        for file in sorted(folder.glob("[0-9]*.html")):
            found = audit.walked_deck(started, file)
            print(f"{file.name}: {len(found)} findings", *found, sep="\n  ")
            count += len(found)
    return int(bool(count))


if __name__ == "__main__":
    sys.exit(main())
