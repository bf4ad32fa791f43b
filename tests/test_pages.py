"""The parts of the pages: what objects show in them, cells as HTML, formulas, npm."""

import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

import environment
import links
import pages
from nnteach import exercises, plots
from nnteach.draw.explore import choice, explorer, slider
from start import HERE
from web import assets, cells, chapters, in_kernel
from web import npm as web_npm

pytestmark = pytest.mark.tool

# ------------------------------------------------------------- numbers as a table


def drawn(*curves, across="x", bars=()):
    figure, axes = plots.figure()
    for x, y, look in curves:
        axes.plot(x, y, **look)
    if bars:
        axes.bar(range(len(bars)), bars)
        axes.set_xticks(range(len(bars)), ["a", "b", "c"][: len(bars)])
    axes.set(xlabel=across, ylabel="cost $J$")
    axes.axhline(0.5)
    axes.plot([0, 0.5, 1], [0.1] * 3, transform=axes.transAxes)  # a mark, no curve
    return figure


A, B = {"label": "a"}, {"label": "b"}
TABLES = {
    "curves over one x stand side by side": (
        drawn(([0, 1, 2], [5, 4.25, 3], A), ([0, 1, 2], [1, 2, 3], B)),
        [["x", "a", "b"], ["0", "5", "1"], ["1", "4.25", "2"], ["2", "3", "3"]],
    ),
    "curves over different x stand one below the other": (
        drawn(([0, 1, 2], [5, 4, 3], A), ([1, 2, 3], [1, 2, 3], B)),
        [["curve", "over", "at", "value"], ["a", "x", "0", "5"], ["a", "x", "1", "4"],
         ["a", "x", "2", "3"], ["b", "x", "1", "1"], ["b", "x", "2", "2"],
         ["b", "x", "3", "3"]],
    ),
    "a curve without a name has that of its axis": (
        drawn(([0, 1, 2], [5, np.nan, 3], {}), across="$\\eta$"),
        [["eta", "cost J"], ["0", "5"], ["1", "–"], ["2", "3"]],
    ),
    "bars have what stands below them": (
        drawn(bars=[0.25, 0.75], across=""),
        [["bar", "cost J"], ["a", "0.25"], ["b", "0.75"]],
    ),
    "points and marks have none": (
        drawn(([0, 1, 2], [1, 2, 3], {"ls": "", "marker": "o"}), ([0, 1], [1, 1], A)),
        [],
    ),
}  # fmt: skip


@pytest.mark.parametrize("figure, rows", TABLES.values(), ids=TABLES)
def test_the_table_holds_the_numbers_of_the_curves(figure, rows):
    assert in_kernel.table_of(figure) == rows


def test_a_long_curve_is_thinned_and_keeps_its_ends():
    x = np.arange(1000)
    _, *rows = in_kernel.table_of(drawn((x, x, A)))
    assert len(rows) == in_kernel.ROWS
    assert (rows[0][0], rows[-1][0]) == ("0", "999")


# ------------------------------------------------------------------------ explorers


@explorer(rate=slider([1, 2, 3], start=2), kind=choice(["plain", "log"]))
def moving(rate, kind):
    figure, axes = plots.figure()
    axes.plot([0, 1, 2], [0, rate, 2 * rate])
    axes.set(xlim=(0, 2), ylim=(0, 9), yscale="log" if kind == "log" else "linear")
    return plots.Picture(figure, f"Rate {rate}, {kind}.")


def test_a_frame_is_what_python_draws_and_a_table():
    for place in ([0, 0], [2, 1]):
        svg, sentence = moving.drawn_at(place)
        shown, says = in_kernel.frame(moving, place)
        assert says == sentence
        assert shown.startswith(svg + "<details><summary>The numbers as a table")


BEYOND = [
    (in_kernel.Budget(frames=5), "it has 6 pictures, and a page holds 5 of each"),
    (in_kernel.Budget(size=100), "it would make this page larger than 10 MB"),
    (in_kernel.Budget(seconds=0), "it would take more than 60 seconds to draw"),
]


@pytest.mark.parametrize("budget, why", BEYOND)
def test_beyond_its_budget_a_page_has_the_still_and_says_so(budget, why):
    kind, shown = in_kernel.element(moving, budget)
    assert kind == "still"
    assert f"This picture does not move here: {why}" in shown
    assert moving.picture().svg() in shown
    assert "<script" not in shown


def test_a_page_counts_what_its_explorers_cost():
    budget = in_kernel.Budget()
    kind, shown = in_kernel.element(moving, budget)
    assert kind == "explorer"
    assert budget.size == in_kernel.BYTES - len(shown)
    assert 0 < budget.seconds < in_kernel.SECONDS


def test_an_exercise_has_all_hints_and_its_solution_folded():
    shown = in_kernel.help_html(exercises.relu)
    folds = re.findall(r"<details><summary>(.*?)</summary>(.*?)</details>", shown, re.S)
    count = len(exercises.relu.hints)
    names = [f"Hint {k} of {count}" for k in range(1, count + 1)]
    assert [name for name, _ in folds] == [*names, "A solution, and why"]
    assert "maximum" in folds[-1][1]
    assert "open" not in re.findall(r"<details[^>]*>", shown)[0]


# ------------------------------------------------------------- a chapter, executed

CHAPTER = [
    ("markdown", "# 99 · Small\n\nlinks", {}),
    ("code", "fetched = 1", {}),
    ("markdown", "## Moving $x_1$\n\nWith $$x^2$$ and [02](02-a.ipynb).", {}),
    (
        "code",
        "from nnteach import card, exercises\n"
        "from nnteach.draw import explorer, plots\n"
        "from nnteach.practice.folded import folded\n"
        "@explorer(k=[1, 2])\n"
        "def tiny(k):\n"
        "    figure, axes = plots.figure()\n"
        "    axes.plot([0, 1, 2], [0, k, 2])\n"
        "    return plots.Picture(figure, f'K is {k}.')\n"
        "tiny",
        {},
    ),
    ("code", "card('99-a', 'How much?', answer=2, reason='Because.')", {}),
    ("markdown", "### Folded\n\nbelow", {cells.FOLDED: True}),
    ("code", "tiny.picture()", {"jupyter": {"outputs_hidden": True}}),
    ("markdown", "## After", {}),
    ("code", "exercises.relu.check(...)", {"jupyter": {"source_hidden": True}}),
    ("code", "exercises.relu", {}),
    ("code", "exercises.relu.check(lambda Z: Z)", {}),
    ("code", "with folded('Look'):\n    print('a < b')", {}),
    ("code", "print('first < second')", {}),
]  # fmt: skip


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    """A small chapter: its file, and the notebook as it was executed for a page."""
    folder = tmp_path_factory.mktemp("chapter")
    made = {
        "markdown": nbformat.v4.new_markdown_cell,
        "code": nbformat.v4.new_code_cell,
    }
    cells = [made[kind](text, metadata=more) for kind, text, more in CHAPTER]
    cells[1].id = "set-up"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "99-small.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chapters, "KEPT", folder / "kept")
        [notebook] = chapters.executed([folder / "99-small.ipynb"], list)
        yield folder / "99-small.ipynb", notebook


@pytest.fixture
def shown(chapter):
    rule = pages.link_rule(links.Place("a", "b", "main", "main"), "notebooks")
    return cells.cells(chapter[1], cells.Formulas(), rule)


def test_every_output_is_of_its_kind(shown):
    kinds = [kind for cell in shown for kind, _ in cell.outputs]
    assert kinds == [
        "explorer", "card", "picture", "exercise", "exercise", "html", "html", "text",
    ]  # fmt: skip
    by_kind = {kind: text for cell in shown for kind, text in cell.outputs}
    assert "first &lt; second" in by_kind["text"]
    assert by_kind["picture"].count("K is 1.") == 2  # for the ears, and below
    assert "<img" not in by_kind["picture"]


def test_the_set_up_cell_is_not_shown(shown):
    assert not [cell for cell in shown if "fetched" in cell.html]


def test_what_is_folded_in_the_notebook_is_folded_in_the_page(shown):
    text = pages.body(shown)
    order = [
        '<summary><h3 id="Folded">', "<details><summary>The result", "K is 1.",
        "</details>\n</details>\n", '<h2 id="After">', "<summary>The code",
    ]  # fmt: skip
    places = [text.rindex(part) for part in order]
    assert places == sorted(places)
    assert text.count("<details") == text.count("</details>")


def test_an_executed_chapter_is_kept_until_something_changes(chapter):
    file, notebook = chapter
    assert chapters.stored(file) == notebook
    before = file.read_bytes()
    file.write_bytes(before.replace(b"## After", b"## Later"))
    assert chapters.stored(file) is None
    file.write_bytes(before)
    chapters.kept(file).write_text("{", "utf-8")
    assert chapters.stored(file) is None


def test_a_chapter_that_fails_is_named_and_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(chapters, "KEPT", tmp_path / "kept")
    file = tmp_path / "98-bad.ipynb"
    cell = nbformat.v4.new_code_cell("1 / 0", id="the-bad-one")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), file)
    with pytest.raises(SystemExit, match=r"98-bad\.ipynb, cell `the-bad-one`"):
        chapters.executed([file], list)
    assert not chapters.kept(file).exists()


def test_two_commands_do_not_execute_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(chapters, "KEPT", tmp_path / "kept")
    said = []
    with chapters.alone(said.append):
        answers = iter([False, True])
        monkeypatch.setattr(environment, "locked", lambda _: next(answers))
        with chapters.alone(said.append):
            pass
    assert said == ["Another command executes the chapters: waiting until it ends."]


# --------------------------------------------------------------------- text to HTML

LINKS = [
    ("02-worked-example.ipynb", "02-worked-example.html"),
    ("02-worked-example.ipynb#One-update", "02-worked-example.html#One-update"),
    ("../docs/diagnose.md", "diagnose.html"),
    ("https://example.org/a.ipynb", "https://example.org/a.ipynb"),
    ("#here", "#here"),
    ("../README.md", "https://github.com/a/b/blob/main/README.md"),
]


@pytest.mark.parametrize("url, leads", LINKS)
def test_links_lead_to_pages(url, leads):
    rule = pages.link_rule(links.Place("a", "b", "main", "main"), "notebooks")
    assert rule(url) == leads


def test_before_it_is_published_a_link_to_the_repository_is_text():
    nowhere = links.Place(links.UNPUBLISHED, "b", "main", "main")
    rule = pages.link_rule(nowhere, "notebooks")
    made, _ = cells.markdown("See [the file](../README.md).", cells.Formulas(), rule)
    assert made.strip() == "<p>See the file.</p>"


def test_the_empty_corner_of_a_table_is_no_heading():
    made, _ = cells.markdown("| | a |\n| --- | --- |\n| b | 1 |\n", cells.Formulas())
    assert made.count("<td></td>") == made.count('<th scope="col">') == 1
    assert '<div class="wide"><table>' in made


def test_headings_of_one_name_have_anchors_of_their_own():
    made, heads = cells.markdown("# The `cost`\n\n## The cost\n", cells.Formulas())
    assert [anchor for *_, anchor in heads] == ["The-cost", "The-cost-2"]
    assert '<h2 id="The-cost-2">' in made


def test_a_page_has_its_contents_and_its_neighbours():
    main = "<h1>A</h1><p>below</p>"
    made = pages.page("A <code>b</code>", main, contents=[("x", "X")])
    assert "<title>A b – How" in made
    assert made.index("<h1>") < made.index('<a href="#x">X</a>') < made.index("below")
    assert pages.neighbour([HERE / "01-a.ipynb"], ["01 A"], 1, "Next") == ""
    link = '<a href="01-a.html">Next: 01 A</a>'
    assert pages.neighbour([HERE / "01-a.ipynb"], ["01 A"], 0, "Next") == link


@pytest.mark.parametrize(
    ("before", "found"), [([], "A & B"), (["A & B"], "C"), (["A & B", "C"], "")]
)
def test_a_chapter_is_shown_by_a_picture_of_its_own(before, found):
    drawings = [f'<svg aria-label="{said}"></svg>' for said in ("A &amp; B", "C")]
    shown = [SimpleNamespace(outputs=[("picture", each)]) for each in drawings]
    assert pages.first_picture(shown, before)[1] == found


def test_stale_pages_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(pages, "PAGES", tmp_path)
    files = chapters.files()
    assert pages.stale() == files
    stamps = {file.name: pages.inputs(file) for file in files}
    stamps[files[3].name] = "older"
    (tmp_path / pages.STAMP).write_text(pages.json.dumps(stamps), "utf-8")
    assert pages.stale() == [files[3]]


# ------------------------------------------------------------- formulas, scripts, npm


@pytest.fixture(scope="module")
def katex(npm):
    return web_npm.package("katex")


def test_formulas_are_drawn_for_eyes_and_ears(katex):
    formulas = cells.Formulas()
    text = "With $a_1 < b$, twice $a_1 < b$:\n\n$$\\begin{bmatrix}1\\end{bmatrix}$$"
    made, _ = cells.markdown(text, formulas)
    formulas.draw()
    made = formulas.fill(made)
    assert len(formulas.asked) == 2
    assert made.count("<math ") == made.count('class="katex"') == 3
    assert made.count('class="katex-display"') == 1
    assert "$" not in made


def test_a_formula_that_cannot_be_drawn_is_named(katex):
    formulas = cells.Formulas()
    formulas.add("\\nonsense{1}")
    with pytest.raises(SystemExit, match=r"\\nonsense\{1\}: KaTeX parse error"):
        formulas.draw()


def test_the_style_asks_only_for_fonts_that_are_there(katex):
    fonts = re.findall(r"url\((.*?)\)", assets.katex_style(katex))
    assert len(fonts) == len({*fonts}) == 20
    assert all((katex / "dist" / font).is_file() for font in fonts)


def test_the_script_of_a_page_is_no_module():
    script = assets.script()
    assert script.count("startAll();\n\n})();") == len(assets.FRONT_ENDS)
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)


def test_another_file_than_the_pinned_one_is_refused():
    with pytest.raises(SystemExit, match="is not what was expected"):
        web_npm.check("katex", b"something else")


def test_without_npm_the_reader_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=r"Install Node\.js with npm"):
        web_npm.npm("pack", "katex")


def test_what_npm_says_is_passed_on(monkeypatch):
    failed = subprocess.CompletedProcess([], 1, "", "npm error code ENOTFOUND\n")
    monkeypatch.setattr(web_npm, "tool", lambda name: name)
    monkeypatch.setattr(subprocess, "run", lambda *words, **more: failed)
    with pytest.raises(SystemExit, match=r"katex@1.*\n.*ENOTFOUND"):
        web_npm.npm("pack", "katex@1")


def test_check_says_what_is_stale(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["pages", "--check"])
    monkeypatch.setattr(pages, "stale", lambda: [HERE / "03-x.ipynb"])
    assert pages.main() == 1
    assert capsys.readouterr().out == "Stale: 03-x.ipynb.\n"
    monkeypatch.setattr(pages, "stale", list)
    assert pages.main() == 0
