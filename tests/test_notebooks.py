"""Chapters keep their rules, and the tools that hold them to it do see a fault."""

import base64
import io
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from PIL.PngImagePlugin import PngInfo

import links
import notebook_rules as rules
import notebooks
import test as test_tool  # tools/test.py
from kernels import compared, errors, kernel
from nnteach import card

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(ROOT.glob("notebooks/*.ipynb"))
PLACE = links.place_in(links.read(ROOT / "pyproject.toml"))


def chapter_name(file):
    return file.stem


# --- the chapters -----------------------------------------------------------------


def test_there_are_chapters():
    assert FILES


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("file", FILES, ids=chapter_name)
def test_chapter(file, rule):
    found = list(rule(rules.Chapter(file, PLACE)))
    if found:
        pytest.fail("\n  ".join([file.name, *found]), pytrace=False)


SWEEP = "from nnteach import explore\n\nprint(explore.sweep())"


def sweep(notebook, folder):
    """Run all cells, then move every control; return what the sweep says."""
    notebook.cells.append(new_code_cell(SWEEP, id="sweep"))
    notebooks.execute(notebook, folder)
    return notebook.cells[-1].outputs[0].text


@pytest.mark.parametrize("file", FILES, ids=chapter_name)
def test_after_run_all_every_control_moves_and_every_cell_runs_again(file):
    """From the last cell to the first: who goes back finds what was there before.

    A name that stands for two things would give an earlier cell another result. Only a
    check tells of the function that was written last.
    """
    cells = [cell for cell in links.load(file).cells if cell.cell_type == "code"]
    made = sum("@explorer(" in cell.source for cell in cells)
    with kernel(file) as run:
        shown = {cell.id: run(cell.source) for cell in cells}
        assert not any(map(errors, shown.values()))
        [said] = run(SWEEP)
        assert int(said.get("text", "-1").split()[0]) >= made, said
        for cell in reversed(cells):
            if ".check(" not in cell.source:
                assert compared(run(cell.source)) == compared(shown[cell.id]), cell.id


# --- the rules see a fault --------------------------------------------------------

PICTURE = '<img alt="A line falls." src="data:image/png;base64,AAAA">'
PROSE = (
    """You will be able to see. It takes 15 minutes. All you need is time. Predict!"""
)


def asked(key, choices=(), place=4):
    """A cell with a card, as it is stored: a choice, or else a number."""
    words = {text: "" if text == "all" else "Count them." for text in choices}
    kind = {"choices": words, "answer": "all"} if choices else {"answer": 0.97531}
    html = card(key, "How many are right?", reason="39 of 40.", **kind).still()
    shown = new_output("display_data", {"text/html": html})
    return new_code_cell(f'card("{key}")', outputs=[shown], execution_count=place)


FOUR = ("all", "most", "some", "none")
WORDS = """### In your own words

Why?

<details><summary>A model answer</summary>

It fits.

</details>"""


def good_chapter():
    """A chapter without a fault, before it is stored."""
    shown = new_output(
        "execute_result",
        {"text/plain": "A line falls.", "text/html": PICTURE},
        execution_count=3,
    )
    compared = {"tags": [rules.COMPARED]}
    cells = [
        new_markdown_cell("# 01 · Activations"),
        new_code_cell("", execution_count=1),
        new_markdown_cell(PROSE),
        new_markdown_cell("## The cost"),
        new_code_cell(
            "print(0.6931)",
            execution_count=2,
            metadata=compared,
            outputs=[new_output("stream", text="0.6931\n")],
        ),
        new_code_cell(
            "@explorer(rate=[1, 2])\ndef line(rate):\n    return draw(rate)\n\n\nline",
            execution_count=3,
            outputs=[shown],
        ),
        new_markdown_cell("## What people get wrong\n\nThe [start](00-start.ipynb)."),
        new_markdown_cell("## What to remember"),
        new_markdown_cell(WORDS),
    ]
    for k in range(7):
        name, choices = (f"01-{k}", ()) if k < 4 else (f"01-class-{k}", FOUR)
        cells += [new_markdown_cell(f"### {k}"), asked(name, choices, 4 + k)]
    stamped = links.stamp_notebook(
        new_notebook(cells=cells), "notebooks/01-a.ipynb", PLACE
    )
    del stamped.cells[2]  # the empty cell that stood in for the set-up cell
    stamped.cells[1].execution_count = 1
    return notebooks.normal(stamped)


def store(notebook, folder, name="01-a.ipynb"):
    (folder / "00-start.ipynb").touch()
    file = folder / name
    file.write_text(links.dump(notebook), "utf-8")
    return rules.Chapter(file, PLACE)


def faults(chapter):
    """Return the names of the rules that a chapter breaks."""
    return {rule.__name__ for rule in rules.RULES if list(rule(chapter))}


def test_a_good_chapter_breaks_no_rule(tmp_path):
    assert faults(store(good_chapter(), tmp_path)) == set()


def source(position, text):
    return lambda notebook: notebook.cells[position].update(source=text)


def add(position, text):
    """Write more into a cell."""
    return lambda nb: nb.cells[position].update(source=nb.cells[position].source + text)


def output(position, **changes):
    return lambda notebook: notebook.cells[position].outputs[0].update(changes)


def html(text):
    return output(5, data={"text/html": text, "text/plain": "A line falls."})


def metadata(position, **more):
    return lambda notebook: notebook.cells[position].metadata.update(more)


def insert(position, cell):
    return lambda notebook: notebook.cells.insert(position, cell)


def set_up_cell_is_old(notebook):
    notebook.cells[1].source += "\n"


def no_link_back(notebook):
    notebook.cells[6].source = "## What people get wrong"


def no_cards(positions):
    """Take the cards at these positions away."""

    def spoil(notebook):
        for position in positions:
            notebook.cells[position].source = "pass"

    return spoil


CARDS, CLASS = range(10, 17, 2), range(18, 23, 2)  # where good_chapter has them
WIDGET = {notebooks.WIDGET_VIEW: {"model_id": "1"}, "text/plain": "A"}

FAULTS = [
    ("minutes_are_true", source(2, PROSE.replace("15 minutes", "50 minutes"))),
    ("stored_in_normal_form", lambda nb: nb.cells[4].metadata.update(collapsed=True)),
    ("stored_in_normal_form", lambda nb: nb.cells[4].update(id="0a1b2c3d")),
    ("begins_with_title_links_and_set_up", set_up_cell_is_old),
    ("begins_with_title_links_and_set_up", add(0, "\n\nHello.")),
    ("headings_in_order", source(3, "#### The cost")),
    ("headings_in_order", source(3, "# The cost")),
    ("headings_begin_their_cells", add(2, "\n\n## The cost")),
    ("notes_belong_to_headings", metadata(2, nnteach={"notes": "Ask first."})),
    ("notes_belong_to_headings", metadata(3, nnteach={"minutes": 5})),
    ("notes_belong_to_headings", metadata(3, slideshow={"slide_type": "slides"})),
    ("code_can_be_projected", source(4, "print(0.6931)\n" * 16)),
    ("code_can_be_projected", source(4, f"print({'0' * 73}1)")),
    ("text_can_be_projected", source(2, PROSE + "\n\nmany words" * 16)),
    ("text_can_be_projected", source(2, PROSE + " many words" * 120)),
    ("sections_are_short", insert(6, new_code_cell("1", execution_count=4))),
    ("executed_in_order", lambda nb: nb.cells[4].update(execution_count=None)),
    ("no_empty_cell", source(2, " \n")),
    ("no_error_or_warning", output(4, name="stderr")),
    ("no_error_or_warning", output(4, output_type="error")),
    ("no_widget_state", lambda nb: nb.metadata.update(widgets={})),
    ("no_widget_state", output(5, data=WIDGET)),
    ("asks_generative_ai_to_stay_out", lambda nb: nb.metadata.pop("colab")),
    (
        "asks_generative_ai_to_stay_out",
        lambda nb: nb.metadata.colab.update(generative_ai_disabled=False),
    ),
    ("no_trailing_semicolon", source(4, "print(0.6931);")),
    ("no_forbidden_code", source(4, "%matplotlib inline")),
    ("no_forbidden_code", source(4, "!pip install numpy")),
    ("no_forbidden_code", source(4, "import matplotlib.pyplot as plt")),
    ("no_forbidden_code", source(4, "import threading")),
    ("no_forbidden_code", source(4, "interact(line, rate=[1, 2])")),
    ("no_forbidden_code", source(4, "widgets.jslink(a, b)")),
    ("nothing_private", source(4, 'open("/home/ann/x")')),
    ("nothing_private", output(4, text=r"C:\\Users\\ann" + "\n")),
    ("nothing_unstable", output(4, text="{'a': np.float64(0.5)}\n")),
    ("nothing_unstable", output(4, text="<function f at 0x7f3a5c0b1d30>\n")),
    ("nothing_downloaded", add(2, "\n![a line](https://example.org/a.png)")),
    ("nothing_downloaded", html('<script src="https://example.org/a.js"></script>')),
    ("nothing_downloaded", html("<style>@import 'a.css'</style>")),
    ("every_picture_has_its_sentence", html('<img src="data:image/png;base64,AAAA">')),
    ("every_picture_has_its_sentence", html("<svg role='img'></svg>")),
    ("every_picture_has_its_sentence", add(2, "\n![](a.png)")),
    ("every_picture_has_its_sentence", output(5, data={"image/png": "AAAA"})),
    ("links_lead_somewhere", add(2, "\n[next](02-b.ipynb)")),
    ("links_lead_somewhere", add(2, "\n[below](#nowhere)")),
    ("links_to_its_neighbours", no_link_back),
    ("says_what_a_chapter_says", source(2, PROSE.replace("Predict", "Guess"))),
    ("says_what_a_chapter_says", source(7, "## The end")),
    ("has_an_explorer", source(5, "line")),
    ("printed_numbers_are_compared", lambda nb: nb.cells[4].update(metadata={})),
    ("tagged_cells_show_something", lambda nb: nb.cells[4].update(outputs=[])),
    ("tagged_cells_show_something", lambda nb: nb.cells[4].update(metadata={})),
    ("answers_before_cards", add(7, "\n\nAnswer: most.")),
    ("cards_are_named_for_their_chapter", source(10, 'card("02-0")')),
    ("cards_are_named_for_their_chapter", source(10, 'card(\n    "01-1", "?")')),
    ("asks_before_it_shows", no_cards(CARDS[:1])),
    ("asks_before_it_shows", no_cards(CLASS[:1])),
    ("asks_before_it_shows", lambda nb: nb.cells.__setitem__(18, asked("01-class-4"))),
    ("asks_before_it_shows", source(8, "### In your own words\n\nWhy?")),
    ("asks_before_it_shows", source(8, WORDS.replace("own", "best"))),
]


@pytest.mark.parametrize(("rule", "spoil"), FAULTS)
def test_each_rule_sees_its_fault(tmp_path, rule, spoil):
    notebook = good_chapter()
    spoil(notebook)
    assert rule in faults(store(notebook, tmp_path))


@pytest.mark.parametrize(
    ("headings", "found"),
    [
        (["### Before you begin: three questions", "### From 01", "### From 01"], 0),
        (["### Before you begin: three questions", "### From 01", "### 2"], 1),
    ],
)
def test_from_02_on_the_first_three_cards_ask_about_earlier_chapters(
    tmp_path, headings, found
):
    notebook = good_chapter()
    for position, heading in zip(CARDS, headings, strict=False):
        notebook.cells[position - 1].source = heading
    chapter = store(notebook, tmp_path, "02-a.ipynb")
    assert len(list(rules.asks_before_it_shows(chapter))) == found


def test_every_rule_was_seen_to_fail():
    assert {rule for rule, _ in FAULTS} == {rule.__name__ for rule in rules.RULES}


# --- answers that stand open before their card ------------------------------------

CARD = card("k", "How many are right?", answer=0.97531, reason="39 of 40.")
ORDER = card("k", "?", order=["`dZ2 = A2 - Y`", "`db2 = dZ2.mean()`"], reason="So.")


def asked_chapter(*, before="", after="", fold=None, text="", heading=None, card=CARD):
    """A section with a card, and with outputs before and after it."""

    def shown(text, **metadata):
        output = new_output("stream", text=text)
        return new_code_cell("show", outputs=[output], metadata=metadata)

    asked = new_output("display_data", {"text/html": card.still()})
    metadata = {"jupyter": {"outputs_hidden": True}} if fold else {}
    cells = [
        new_markdown_cell("# 01 · A"),
        shown("0.975 is shown, long before."),
        new_markdown_cell("## How many"),
        shown(before),
        new_code_cell("card(...)", outputs=[asked]),
        new_markdown_cell(text),
    ]
    if heading is not None:
        folded = {notebooks.FOLDED: True} if heading else {}
        cells.append(new_markdown_cell("### What came out", metadata=folded))
    return new_notebook(
        cells=[*cells, shown(after, **metadata), new_markdown_cell("## Next")]
    )


OPEN = [
    ({"before": "accuracy 0.975"}, "shows the answer of"),
    ({"before": "0.97530 and more"}, "before it"),
    ({"before": PICTURE.replace("falls", "falls to 0.975")}, "before it"),
    ({"after": "0.9753"}, "open beside it"),
    ({"after": "0.9753", "heading": False}, "open beside it"),
    ({"text": "**Answer.** Nearly all."}, "an answer stands open"),
    ({"text": "Think.\n\nAnswer: nearly all."}, "an answer stands open"),
    ({"text": "It is 0.975 of them."}, "open beside it"),
    ({"after": "0.9753", "fold": True}, "open beside it"),
    ({"after": "dZ2 = A2 - Y", "card": ORDER}, "open beside it"),
    ({"after": "dZ2 = Y - A2", "card": ORDER}, None),
    ({"after": "0.9753", "heading": True}, None),
    ({"text": "<details><summary>Answer</summary>\n\n0.975\n\n</details>"}, None),
    ({"text": "**Answer.** All.", "heading": True}, "an answer stands open"),
    ({"before": "1 of 9.7 or 97.5", "after": "0.8"}, None),
    ({"text": "No answer is given; answers come later."}, None),
]


@pytest.mark.parametrize("parts, words", OPEN)
def test_an_answer_that_stands_open_is_seen(tmp_path, parts, words):
    chapter = store(asked_chapter(**parts), tmp_path)
    found = list(rules.answers_before_cards(chapter))
    assert (words is None) == (not found), found
    assert all(words in each for each in found)


def test_a_folded_heading_stays_folded_in_jupyterlab_and_in_colab():
    stored = notebooks.normal(asked_chapter(heading=True))
    (folded,) = [cell for cell in stored.cells if cell.metadata.get(notebooks.FOLDED)]
    assert stored.metadata.colab.collapsed_sections == [folded.id]
    unfolded = notebooks.normal(asked_chapter())
    for notebook in (stored, unfolded):
        assert notebook.metadata.colab.generative_ai_disabled is True
    assert "collapsed_sections" not in unfolded.metadata.colab


def test_a_chapter_that_lacks_the_request_gets_it():
    (file,) = ROOT.glob("notebooks/06-*.ipynb")
    chapter = links.load(file)
    chapter.metadata.pop("colab", None)
    chapter.metadata.widgets = {}
    stored = notebooks.normal(chapter)
    assert stored.metadata.colab.generative_ai_disabled is True
    assert [cell.source for cell in stored.cells] == [c.source for c in chapter.cells]


# --- the minutes of a chapter -----------------------------------------------------


def timed_chapter(promise, words=0, code="", times=1, metadata=None):
    """A chapter that promises minutes, with words and with the same cell many times."""
    text = f"{promise} minutes" + " word" * (words - 2)
    cells = [new_markdown_cell(text), new_code_cell("set-up")]
    cells += [new_code_cell(code, metadata=metadata or {}) for _ in range(times)]
    chapter = rules.Chapter(Path("01-a.ipynb"), PLACE)
    chapter.notebook = new_notebook(cells=cells)
    return chapter


FOLDED_CODE = {"metadata": {"jupyter": {"source_hidden": True}}}
TEN_CARDS = {"code": "card(", "times": 10, **FOLDED_CODE}
PROMISES = [
    (10, {"words": 1800}, True),
    (12, {"words": 1800}, True),
    (13, {"words": 1800}, False),
    (7, {"words": 1800}, False),
    (10, {"words": 900}, False),
    (10, {"code": "a = 1\n" * 100}, True),
    (10, {"code": "a = 1\n" * 100, **FOLDED_CODE}, False),
    (10, TEN_CARDS, True),
    (10, {**TEN_CARDS, "times": 6}, False),
    (10, {"code": "@explorer(", "times": 5, **FOLDED_CODE}, True),
    (10, {"code": "exercises.f.check(f)", "times": 2}, True),
    (10, {"code": "exercises.f.check(..., ...)", "times": 2}, False),
    (6, {"code": "exercises.f.check(..., ...)", "times": 2}, True),
]


@pytest.mark.parametrize("promise, parts, true", PROMISES)
def test_minutes_that_are_not_true_are_seen(promise, parts, true):
    found = list(rules.minutes_are_true(timed_chapter(promise, **parts)))
    assert (not found) == true, found


def test_a_promise_is_the_first_one_and_own_words_take_time(tmp_path):
    chapter = store(good_chapter(), tmp_path)
    assert not list(rules.minutes_are_true(chapter))
    before = rules.minutes(chapter)
    chapter.cells.append(new_markdown_cell("## In your own words\n\n90 minutes"))
    del chapter.text, chapter.prose
    assert rules.minutes(chapter) == pytest.approx(before + 3, abs=0.1)
    assert rules.PROMISED.search(chapter.prose)[0] == "15 minutes"


# --- nbval and the sweep see a fault ----------------------------------------------


def nbval(file):
    """Run nbval on a notebook as `start.py test` does; return its exit code."""
    command = [sys.executable, "-m", "pytest", "-q", *test_tool.NBVAL, str(file)]
    return subprocess.run(command, capture_output=True, cwd=ROOT).returncode


def test_nbval_sees_a_changed_number_but_not_another_picture(tmp_path):
    cell = new_code_cell(
        "from IPython.display import HTML\n\nprint(0.6931)\n"
        "HTML('A line. <img src=\"data:image/png;base64,AAAA\">')",
        metadata={"tags": [rules.COMPARED]},
    )
    notebook = new_notebook(cells=[cell], metadata=notebooks.METADATA)
    notebooks.execute(notebook, tmp_path)
    stored = links.dump(notebook)
    file = tmp_path / "a.ipynb"
    for old, new, expected in [
        ('base64,AAAA\\">"', 'base64,BBBB\\">"', 0),
        ("0.6931\\n", "0.6932\\n", 1),
        ("A line.", "A curve.", 1),
    ]:
        head, outputs, code = stored.partition('"outputs"')
        assert old in code
        file.write_text(head + outputs + code.replace(old, new, 1), "utf-8")
        assert nbval(file) == expected, (old, new)


EXPLORER = """\
from nnteach import explorer, plots


@explorer(rate=[1, 2, 3, 4, 5, 6, 7])
def line(rate):
    figure, axes = plots.figure()
    axes.set(xlim=(0, 1), ylim=(0, 9))
    axes.plot([0, 1], [1, {height}])
    return plots.Picture(figure, f"The line rises to {{rate}}.")


line"""


@pytest.mark.parametrize(
    ("height", "message"),
    [("rate", None), ("1 / (7 - rate)", r"line\(rate=7\).*")],
)
def test_the_sweep_sees_an_explorer_that_fails_at_a_far_value(
    tmp_path, height, message
):
    notebook = new_notebook(cells=[new_code_cell(EXPLORER.format(height=height))])
    if message is None:
        assert sweep(notebook, tmp_path).startswith("1 ")
        return
    with pytest.raises(nbclient.exceptions.CellExecutionError, match=message):
        sweep(notebook, tmp_path)
    assert [c.id for c in notebook.cells if c.outputs[0].output_type == "error"] == [
        "sweep"
    ], "running the notebook alone does not show it"


# --- tools/notebooks.py -----------------------------------------------------------


def png(colour, **info):
    """A picture of one colour as base64 text, with `info` in its file."""
    file, texts = io.BytesIO(), PngInfo()
    for key, value in info.items():
        texts.add_text(key, value)
    Image.new("RGB", (2, 2), colour).save(file, "png", pnginfo=texts)
    return base64.b64encode(file.getvalue()).decode()


def test_only_pictures_with_other_pixels_are_stored_anew():
    red, red_2, blue = png("red", by="1"), png("red", by="2"), png("blue", by="2")
    uri = "<img src='data:image/png;base64,{}'> {}".format
    old = uri(red, "one")
    assert red != red_2
    assert notebooks.keep_pictures(old, uri(red_2, "two")) == uri(red, "two")
    assert notebooks.keep_pictures(old, uri(blue, "one")) == uri(blue, "one")


@pytest.mark.parametrize(
    ("sources", "ids"),
    [
        (["# Title", "## The cost", "1", "2"], ["title", "the-cost", "the-cost-2"]),
        (["## A *b*: $x_1$", "1"], ["a-b-x-1", "a-b-x-1-2"]),
        (["## Ä", "## Ä"], ["cell", "cell-2"]),
        (["no heading"], ["cell"]),
    ],
)
def test_ids_come_from_the_headings(sources, ids):
    cells = [new_markdown_cell(text, id=f"{k:08x}") for k, text in enumerate(sources)]
    assert notebooks.cell_ids(cells)[: len(ids)] == ids


def test_a_cell_put_in_between_renames_no_other():
    ids = ["the-cost", "the-cost-2", "the-slope"]
    cells = [new_markdown_cell("## The cost", id=each) for each in ids]
    cells.insert(1, new_markdown_cell("new", id="89abcdef"))
    cells.append(new_markdown_cell("copied", id="the-cost"))
    assert notebooks.cell_ids(cells) == [ids[0], "the-cost-3", *ids[1:], "the-cost-4"]


def test_outputs_in_normal_form():
    outputs = [
        new_output("stream", text="a\n"),
        new_output("stream", text="b\n"),
        new_output("display_data", {notebooks.WIDGET_VIEW: {}}),
        new_output("display_data", {"text/plain": "c", notebooks.WIDGET_VIEW: {}}),
        new_output("stream", text="d\n"),
    ]
    outputs[3].metadata = {"isolated": True}
    texts = [o.get("text") or o.data for o in notebooks.normal_outputs(outputs)]
    assert texts == ["a\nb\n", {"text/plain": "c"}, "d\n"]
    assert notebooks.normal_outputs(outputs)[1].metadata == {}


@pytest.fixture
def folder(tmp_path):
    """A folder with a notebook that nobody has executed yet."""
    cells = [
        new_markdown_cell("# 01 · A"),
        new_code_cell("print(1, flush=True)\nprint(2)", metadata={"trusted": True}),
        new_code_cell("import ipywidgets\n\nipywidgets.IntSlider()"),
    ]
    notebook = new_notebook(cells=cells, metadata={"widgets": {}})
    nbformat.write(notebook, tmp_path / "01-a.ipynb")
    return tmp_path


def test_a_second_run_changes_no_byte(folder):
    file = folder / "01-a.ipynb"
    unexecuted = file.read_bytes()
    assert notebooks.run([file], PLACE, check=True) == 1
    assert file.read_bytes() == unexecuted, "--check writes nothing"
    assert notebooks.run([file], PLACE) == 1
    first = file.read_bytes()
    assert first.endswith(b"}\n")
    notebook = links.load(file)
    assert notebook.metadata == notebooks.METADATA
    assert [c.execution_count for c in notebook.cells[1:]] == [1, 2, 3]
    assert notebook.cells[2].outputs[0].text == "1\n2\n"
    assert notebook.cells[2].metadata == {}
    assert "widget" not in links.read(file).partition("ipywidgets.IntSlider")[2]
    assert notebooks.run([file], PLACE) == 0
    assert file.read_bytes() == first


def test_an_error_names_the_cell_and_nothing_is_written(folder):
    broken = folder / "02-b.ipynb"
    cells = [new_markdown_cell("# 02 · B"), new_code_cell("1 / 0")]
    nbformat.write(new_notebook(cells=cells), broken)
    files = [folder / "01-a.ipynb", broken]
    before = [file.read_bytes() for file in files]
    expected = r"02-b\.ipynb, cell `02-b`:\n\n1 / 0\n\n(?s:.*)ZeroDivisionError"
    with pytest.raises(SystemExit, match=expected):
        notebooks.run(files, PLACE)
    assert [file.read_bytes() for file in files] == before
