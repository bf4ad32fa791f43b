"""Build the course as pages that need no Python: build/pages/index.html.

    python start.py pages                 every chapter, and the texts beside them
    python start.py pages --check         build nothing; say what is stale
    python start.py pages --audit         build, look at every page with axe-core and
                                          html-validate, and write what was found into
                                          the page on accessibility

Open build/pages/index.html from the disk; nothing in it asks another computer for
anything. Explorers move, prediction cards answer, exercises have their hints and
solutions folded.

Chapters are executed once (build/chapters) and again when they, the package or a
version of what draws changes; the pages are written anew each time, in seconds.
"""

import argparse
import html
import json
import re
import shutil
import sys
import time
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parent))
import links
from web import assets, cells, chapters

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "build" / "pages"
COURSE = "How a neural network computes and learns"
STAMP = "stamp.json"
AUDIT = ROOT / "build" / "audit.json"
ACCESS = "accessibility"
ABOUT = '<a href="accessibility.html">Accessibility</a>'
SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
LABEL = re.compile(r'aria-label="([^"]*)"')


# ------------------------------------------------------------------------ one page


def page(title, main, *, back="", onward="", contents=(), moves=True):
    """Return a whole document.

    back, onward : links to the page before and the one after, as HTML
    contents : (anchor, title) of each section
    moves : whether it needs the scripts of explorers and cards
    """
    own = title == COURSE
    steps = "" if own else f'{back}<a href="index.html">All chapters</a>{onward}'
    listed = "".join(
        f'<li><a href="#{quote(anchor)}">{text}</a></li>' for anchor, text in contents
    )
    inside = (
        '<nav class="contents" aria-labelledby="contents"><h2 id="contents">On this '
        f"page</h2><ul>{listed}</ul></nav>"
        if contents
        else ""
    )
    main = main.replace("</h1>", f"</h1>{inside}", 1)
    plain = re.sub(r"<[^>]+>", "", title)
    named = plain if own else f"{plain} – {COURSE}"
    scripts = ["page"] + ["nnteach"] * moves
    body = [
        '<a class="skip" href="#main">Skip to the text</a>',
        navigation("header", "Chapters", steps),
        f'<main id="main" tabindex="-1">\n{main}\n</main>',
        navigation("footer", "Chapters, again", f"{steps}{ABOUT}"),
    ]
    return assets.document(named, ("katex", "nnteach", "page"), scripts, body)


def navigation(place, name, steps):
    """Return the links to other pages, above or below a page."""
    inside = f'<nav class="steps" aria-label="{name}">{steps}</nav>'
    return f"<{place}>{inside}</{place}>" if steps else ""


# --------------------------------------------------------------------- its sections


def cell_html(cell):
    """Return a cell as it stands in the page."""
    if cell.kind == "text":
        return f'<div class="text">\n{cell.html}</div>\n'
    hidden = cell.metadata.get("jupyter", {})
    code = folded("The code", cell.html, hidden.get("source_hidden"))
    shown = "".join(f'<div class="shown">{text}</div>\n' for _, text in cell.outputs)
    shown = folded("The result", shown, hidden.get("outputs_hidden"))
    return f'<div class="code">{code}</div>\n{shown}'


def folded(label, inside, whether=True):
    """Return HTML that opens with a click, or as it is."""
    if not (whether and inside):
        return inside
    return f"<details><summary>{label}</summary>\n{inside}</details>\n"


def body(shown):
    """Return the cells as HTML; what is below a folded heading is folded."""
    parts, closes = [], []  # the levels of the headings that are open and folded
    for cell in shown:
        while cell.level and closes and cell.level <= closes[-1]:
            closes.pop()
            parts.append("</details>\n")
        if cell.level and cell.metadata.get(cells.FOLDED):
            head, rest = cell.html.split("\n", 1)
            parts.append(f'<details class="section"><summary>{head}</summary>\n')
            parts.append(f'<div class="text">\n{rest}</div>\n' if rest.strip() else "")
            closes.append(cell.level)
        else:
            parts.append(cell_html(cell))
    return "".join([*parts, *["</details>\n"] * len(closes)])


def link_rule(place, folder):
    """Return what becomes of the address of a link in a file of `folder`.

    Chapters and documents lead to their pages, other files to the repository, or
    nowhere as long as there is none.
    """

    def rule(url):
        if re.match(r"[a-z]+:|#", url):
            return url
        path, mark, anchor = url.partition("#")
        found = (ROOT / folder / path).resolve()
        if found.suffix in (".ipynb", ".md") and found.parent.name in (
            "notebooks",
            "docs",
        ):
            return f"{found.stem}.html{mark}{anchor}"
        if not (place.published and found.is_relative_to(ROOT)):
            return ""
        where = f"{place.owner}/{place.name}/blob/{quote(place.branch)}"
        inside = quote(found.relative_to(ROOT).as_posix())
        return f"https://github.com/{where}/{inside}{mark}{anchor}"

    return rule


def how_to_run(file, place):
    """Return the line that says how to run a chapter."""
    path = f"notebooks/{file.name}"
    ways = [f"<code>python3 start.py</code>, then open <code>{file.name}</code>"]
    if place.published:
        ways.append(f'<a href="{links.colab(place, path)}">in Colab</a>')
        ways.append(f'<a href="{links.binder(place, path)}">on Binder</a>')
    return (
        "<p>You read this chapter with its results. To change its code and to have "
        f"your answers to the exercises checked, run it: {'; '.join(ways)}.</p>\n"
    )


def chapter_main(file, shown, place):
    """Return what stands in the page of a chapter."""
    title, *rest = shown
    head = title.html.split("\n", 1)[0]
    return f"{head}\n{how_to_run(file, place)}{body(rest)}"


def first_picture(shown, before=()):
    """Return the first picture of a chapter as SVG, and its sentence.

    before: the sentences of other chapters' pictures, which are not shown again.
    """
    for cell in shown:
        for _, text in cell.outputs:
            found = SVG.search(text)
            if found:
                sentence = html.unescape(LABEL.search(found[0])[1])
                if sentence not in before:
                    return found[0], sentence
    return "", ""


def neighbour(files, titles, number, word):
    """Return the link to a chapter, or nothing beyond the ends."""
    if not 0 <= number < len(files):
        return ""
    return f'<a href="{files[number].stem}.html">{word}: {titles[number]}</a>'


# ------------------------------------------------------------------------ all of it


def index_main(files, titles, pictures, documents):
    """Return what stands in the first page."""
    items = []
    for file, title, (svg, sentence) in zip(files, titles, pictures, strict=True):
        image = (
            f'<img src="pictures/{file.stem}.svg" alt="{html.escape(sentence)}">'
            if svg
            else ""
        )
        head = f'<h2><a href="{file.stem}.html">{title}</a></h2>'
        items.append(f"<li>{image}{head}</li>")
    more = "".join(
        f'<li><a href="{name}.html">{title}</a></li>' for name, title in documents
    )
    return (
        f"<h1>{COURSE}</h1>\n<p>Each chapter shows a small part of a network as code, "
        "as numbers and as a picture that you move, and asks you to predict what "
        "happens before you look.</p>\n"
        f'<ul class="chapters">{"".join(items)}</ul>\n'
        + (f"<h2>Beside the chapters</h2>\n<ul>{more}</ul>" if more else "")
    )


def documents():
    """Return the texts that become pages: for students first, in notebooks/."""
    return [*sorted(ROOT.glob("notebooks/*.md")), *sorted(ROOT.glob("docs/*.md"))]


def inputs(file):
    """Return the hash of what a page is made of."""
    tools = [path for path in ROOT.glob("tools/web/*") if path.suffix in KINDS]
    tools += [Path(__file__), Path(links.__file__)]
    shared = [*tools, *documents(), ROOT / "pyproject.toml"]
    return f"{chapters.stamp(file)} {chapters.hash_of(*shared)[:16]}"


KINDS = {".py", ".css", ".js"}


def stale():
    """Return the chapters whose pages are not there, or older than what they show."""
    try:
        built = json.loads((PAGES / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        built = {}
    return [file for file in chapters.files() if built.get(file.name) != inputs(file)]


def chapter_pages(files, titles, shown, place):
    """Return the pages of the chapters, by the names of their files."""
    return {
        file.stem: page(
            titles[number],
            chapter_main(file, each, place),
            back=neighbour(files, titles, number - 1, "Back"),
            onward=neighbour(files, titles, number + 1, "Next"),
            contents=[(cell.anchor, cell.title) for cell in each if cell.level == 2],
        )
        for number, (file, each) in enumerate(zip(files, shown, strict=True))
    }


def document_pages(formulas, place):
    """Return the pages of the texts beside the chapters, and the title of each."""
    texts, titles = {}, []
    slug = cells.of_github
    for file in documents():
        rule = link_rule(place, file.parent.name)
        made, heads = cells.markdown(links.read(file), formulas, rule, slug=slug)
        title = heads[0][1]
        titles.append((file.stem, title))
        contents = [(anchor, text) for level, text, anchor in heads if level == 2]
        texts[file.stem] = page(title, made, contents=contents, moves=False)
    return texts, titles


def build(folder=PAGES, say=print):
    """Build all pages into a folder; return it."""
    files = chapters.files()
    place = links.place_in(links.read(ROOT / "pyproject.toml"))
    notebooks = chapters.executed(files, say)
    formulas, rule = cells.Formulas(), link_rule(place, "notebooks")
    shown = [cells.cells(notebook, formulas, rule) for notebook in notebooks]
    titles = [html.escape(links.title_of(notebook)) for notebook in notebooks]
    pictures = []
    for each in shown:
        pictures.append(first_picture(each, [sentence for _, sentence in pictures]))
    texts, beside = document_pages(formulas, place)
    main = index_main(files, titles, pictures, beside)
    texts |= {"index": page(COURSE, main, moves=False)}
    texts |= chapter_pages(files, titles, shown, place)
    formulas.draw()
    shutil.rmtree(folder, ignore_errors=True)
    write_files(folder, dict(zip(files, pictures, strict=True)))
    texts = {name: formulas.fill(text) for name, text in texts.items()}
    for name, text in texts.items():
        copy_images(text, folder)
        write(folder, name, text)
    of = chapters.hash_of(*(path for path in folder.rglob("*") if path.is_file()))
    result = f"{result_html(audit_of(of))}\n</main>"
    write(folder, ACCESS, texts[ACCESS].replace("</main>", result))
    stamps = {file.name: inputs(file) for file in files}
    (folder / STAMP).write_text(json.dumps({"of": of, **stamps}, indent=1), "utf-8")
    return folder


def write(folder, name, text):
    """Write a page."""
    (folder / f"{name}.html").write_text(text, "utf-8", newline="\n")


def write_files(folder, pictures):
    """Write scripts, styles, fonts, and the first pictures of the chapters."""
    assets.copy(folder / "assets")
    for name in ("page.css", "page.js"):
        shutil.copyfile(Path(assets.__file__).parent / name, folder / "assets" / name)
    (folder / "pictures").mkdir()
    for file, (svg, _) in pictures.items():
        path = folder / "pictures" / f"{file.stem}.svg"
        path.write_text(svg, "utf-8", newline="\n")


def copy_images(text, folder):
    """Copy the images from docs/ that a page shows."""
    for name in re.findall(r'<img\b[^>]* src="([\w./-]+)"', text):
        source, target = ROOT / "docs" / name, folder / name
        if source.is_file() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


# ------------------------------------------------------------- the audit of all of it


def audit_of(of):
    """Return the stored audit, if it is one of the very pages with this hash."""
    try:
        found = json.loads(AUDIT.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if found.get("of") == of else None


def result_html(audit):
    """Return what the page on accessibility says of an audit."""
    head = '<h2 id="result">The result for these pages</h2>\n'
    if not audit:
        return (
            f"{head}<p>This copy has not been looked at since it was built. "
            "<code>python3 start.py pages --audit</code> does that, and writes the "
            "result here.</p>"
        )
    rows, problems = [], []
    for name, row in sorted(audit["pages"].items()):
        counts = (row["explorers"], row["cards"], row["formulas"], len(row["found"]))
        figures = "".join(f"<td>{count}</td>" for count in counts)
        rows.append(f'<tr><th scope="row">{html.escape(name)}</th>{figures}</tr>')
        problems += [f"<li>{html.escape(f'{name}: {x}')}</li>" for x in row["found"]]
    words = ("page", "pictures that move", "prediction cards", "formulas", "findings")
    heads = "".join(f'<th scope="col">{word}</th>' for word in words)
    return (
        f"{head}<p>{audit['when']}, with {html.escape(audit['with'])}: "
        f"{len(problems) or 'no'} findings in {len(rows)} pages.</p>\n"
        f'<div class="wide"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
        + (f"<ul>{''.join(problems)}</ul>" if problems else "")
    )


def audit(folder):
    """Look at every page of a folder, keep what was found, and return it."""
    sys.path.insert(0, str(ROOT / "tests"))
    from browser import browser, find_chromium
    from web import audit, npm

    chromium = find_chromium()
    if not chromium:
        raise SystemExit(
            "The audit needs Chromium (Debian: sudo apt install chromium)."
        )
    with browser(chromium) as started:
        pages = audit.audited(started, folder)
        tools = f"Chromium {started.version}, axe-core {audit.axe_version(started)}"
    report = {
        "of": json.loads(links.read(folder / STAMP))["of"],
        "when": time.strftime("%Y-%m-%d"),
        "with": f"{tools} and html-validate {npm.VERSIONS['html-validate']}",
        "pages": pages,
    }
    AUDIT.write_text(json.dumps(report, indent=1), "utf-8")
    return report


def main():
    """Build the pages, audit them, or say which are stale."""
    parser = argparse.ArgumentParser(prog="start.py pages")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--audit", action="store_true")
    options = parser.parse_args()
    if options.check:
        names = [file.name for file in stale()]
        print(f"Stale: {', '.join(names)}." if names else "The pages are up to date.")
        return int(bool(names))
    began = time.perf_counter()
    try:
        folder = build()
    except OSError as error:
        raise SystemExit(f"The pages cannot be written: {error}.") from None
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(
        f"{folder / 'index.html'}: {len(chapters.files())} chapters, "
        f"{size / 1e6:.1f} MB, {time.perf_counter() - began:.0f} s"
    )
    if not options.audit:
        return 0
    found = [x for row in audit(folder)["pages"].values() for x in row["found"]]
    build()  # the page on accessibility tells the result
    print(*found, f"{len(found)} findings", sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
