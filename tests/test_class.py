"""The reports of a class: joined into one table; what is not to be trusted refused."""

import csv
import importlib
import json
import os
import re
import socket
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from nnteach.judge import catalogue
from nnteach.practice import report
from nnteach.practice.exercises import CHAPTERS, EXERCISES
from nnteach.practice.function_exercise import NetworkExercise
from nnteach.practice.progress import PREDICTION

pytestmark = pytest.mark.tool

class_tool = importlib.import_module("class")  # its name is a word of Python
ROOT = Path(__file__).resolve().parents[1]
EDITS = [
    *catalogue.BACKWARD, *catalogue.FORWARD, *catalogue.COST, *catalogue.UPDATE,
]  # fmt: skip


def entry(tries=1, done=True, hints=0, **mistakes):
    named = {code.replace("_", "-"): count for code, count in mistakes.items()}
    return {"tries": tries, "hints": hints, "done": done, "mistakes": named}


def report_of(name, known=None):
    """A report as `exercises.report` makes it."""
    return report.made_of(name, known or {"relu": entry()}, [*EXERCISES])


def store(folder, name, content, file=None):
    """Hand a report in; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (file or f"nnteach-report-{name}.json")
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, "utf-8")
    return path


# ------------------------------------------------------------------- a class of thirty


def known_of(number):
    """What student number 1 to 30 has done; every sum can be told beforehand."""
    known = {"relu": entry(1 + number % 3)}
    known["tanh"] = entry(4, number % 2 == 0, 1, sigmoid_for_tanh=2)
    if number <= 12:
        known["two_layer_backward"] = entry(5, False, 3, bias_one_number=4, unknown=1)
    if number <= 9:
        known["softmax"] = entry(2, False, 0, softmax_axis=1)
    half, slope = f"{PREDICTION}03-half", f"{PREDICTION}01-slope"
    known[half] = entry(scaled=1) if number <= 20 else entry()
    known[slope] = entry(missed=1) if number <= 5 else entry()
    return known


@pytest.fixture(scope="module")
def joined(tmp_path_factory):
    """Thirty students hand in, some in folders of their own; what comes out of it."""
    folder = tmp_path_factory.mktemp("handed-in")
    for number in range(1, 31):
        place = folder / f"student_{number}_file" if number % 2 else folder
        store(
            place, f"student-{number}", report_of(f"student {number}", known_of(number))
        )
    out = tmp_path_factory.mktemp("class")
    assert class_tool.main([str(folder), "--to", str(out)]) == 0
    return folder, out


class Tables(HTMLParser):
    """The tables of a page: caption -> rows of texts."""

    def __init__(self, page):
        super().__init__()
        self.found, self.caption, self.text = {}, None, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.found.setdefault(self.caption, []).append([])
        if tag in ("td", "th", "caption"):
            self.text = ""

    def handle_data(self, data):
        self.text = None if self.text is None else self.text + data

    def handle_endtag(self, tag):
        if tag == "caption":
            self.caption = self.text
        elif tag in ("td", "th"):
            self.found[self.caption][-1].append(self.text)
        if tag in ("td", "th", "caption"):
            self.text = None


def tables(out):
    return Tables((out / "class.html").read_text("utf-8")).found


def test_a_row_for_each_student_with_what_is_done(joined):
    _, out = joined
    text = (out / "class.csv").read_bytes().decode("utf-8-sig")
    rows = {row["name"]: row for row in csv.DictReader(text.splitlines())}
    assert len(rows) == 30
    three = rows["student 3"]
    states = [three[n] for n in ("relu", "tanh", "two_layer_backward", "softmax")]
    assert states == ["done", "tried", "tried", "tried"]
    sums = [three[n] for n in ("done", *class_tool.SUMS)]
    assert sums == ["1", "12", "4", "2", "2"]
    assert "two_layer_backward: bias-one-number 4" in three["mistakes"]
    assert rows["student 30"]["softmax"] == "open"
    _, *overview = tables(out)["Exercises done in each chapter, and sums"]
    assert [row[0] for row in overview] == [f"student {k}" for k in range(1, 31)]
    assert [int(row[len(CHAPTERS) + 1]) for row in overview] == [
        int(rows[row[0]]["done"]) for row in overview
    ]
    chapter = tables(out)["Chapter 01 activations"]
    by_name = {row[0]: dict(zip(chapter[0], row, strict=True)) for row in chapter[1:]}
    assert by_name["student 3"]["tanh"] == "✗ tried, 4 tries"
    assert by_name["student 3"]["relu"] == "✓ done, 1 try"


def test_what_to_discuss_comes_in_the_order_of_how_many_it_concerns(joined):
    _, out = joined
    found = tables(out)
    _, first, second, *_ = found["The most frequent mistakes"]
    assert first[0] == "sigmoid-for-tanh"
    assert first[2:] == ["01 tanh", "30", "60"]
    (why,) = [w.message for w in EXERCISES["tanh"].wrong if w.code == first[0]]
    assert first[1] == why
    assert second[0] == "bias-one-number"
    assert second[1] == catalogue.HINTS["bias-one-number"]
    assert second[2:] == ["03 two_layer_backward", "12", "48"]
    assert not any(row[0] == "unknown" for row in found["The most frequent mistakes"])
    assert found["Tried by most, and not done"][1:] == [
        ["01 tanh", "15", "60"], ["03 two_layer_backward", "12", "60"],
        ["01 softmax", "9", "18"],
    ]  # fmt: skip
    half, slope = found["The predictions most missed"][1:]
    assert half[0] == "03-half"
    assert half[1] == class_tool.questions()["03-half"]
    assert half[2:] == ["scaled", "20", "30"]
    assert [slope[0], *slope[2:]] == ["01-slope", "", "5", "30"]


def test_every_mistake_that_can_be_named_has_its_sentence():
    network = next(e for e in EXERCISES.values() if isinstance(e, NetworkExercise))
    codes = [(network.name, c) for edit in EDITS for c in edit.code.split(", ")]
    codes += [(e.name, wrong.code) for e in EXERCISES.values() for wrong in e.wrong]
    codes += [
        (name, code) for name in ("relu", network.name) for code in class_tool.FORM
    ]
    for name, code in codes:
        said = class_tool.sentence(name, code)
        assert len(said) > 10, (name, code)
        assert not re.search("[{}]", said) or said in {
            w.message for w in EXERCISES[name].wrong
        }, said
    assert class_tool.sentence("relu", "of-a-teacher") == ""


def test_every_card_of_the_course_has_its_question():
    cards = sum(
        len(re.findall(r'"card\(|\\n\s*card\(', file.read_text("utf-8")))
        for file in ROOT.glob("notebooks/*.ipynb")
    )
    assert len(class_tool.questions()) == cards > 30
    assert not any(re.search("</|&", q) for q in class_tool.questions().values())


# ------------------------------------------------------------- what is not a report

GOOD = report_of("student 1")
RELU = GOOD["exercises"]["relu"]


def changed(**changes):
    return {**GOOD, **changes}


def of_relu(**changes):
    return changed(exercises={"relu": {**RELU, **changes}})


JSON = json.dumps(GOOD)
HOSTILE = {
    "empty": ("", "not JSON"),
    "half": (JSON[:-9], "not JSON"),
    "code": ("__import__('os').remove('x')", "not JSON"),
    "list": ("[1, 2]", "no report: look at its beginning"),
    "number": ("3", "no report"),
    "progress": ('{"relu": {"done": true, "hints": 0, "tries": 1}}', "no report"),
    "huge": (JSON + " " * 300_000, "larger than 300,000 bytes"),
    "deep list": ("[" * 100_000, "nested too deeply"),
    "deep dictionary": ('{"a":' * 40_000, "nested too deeply"),
    "deep and closed": (JSON.replace('"student 1"', "[" * 400 + "]" * 400), "at name"),
    "nan": (JSON.replace('"tries": 1', '"tries": NaN'), "counts nothing"),
    "infinite": (JSON.replace('"tries": 1', '"tries": 1e999'), "counts nothing"),
    "fraction": (JSON.replace('"tries": 1', '"tries": 1.0'), "counts nothing"),
    "digits": (JSON.replace('"tries": 1', f'"tries": {"9" * 5000}'), "not JSON"),
    "key twice": (JSON[:-1] + ', "name": "student 2"}', "names something twice"),
    "format": (changed(format=2), "at format"),
    "more": (changed(run="rm"), "no report: look at its beginning"),
    "less": ({k: GOOD[k] for k in ("name", "format")}, "no report"),
    "many tries": (of_relu(tries=10**7), "at exercises/relu/tries (maximum)"),
    "negative": (of_relu(hints=-1), "at exercises/relu/hints (minimum)"),
    "true": (of_relu(tries=True), "at exercises/relu/tries (type)"),
    "text": (of_relu(tries="2"), "at exercises/relu/tries (type)"),
    "state": (of_relu(state="<b>"), "at exercises/relu/state (enum)"),
    "codes": (of_relu(mistakes={f"c{k}": 1 for k in range(99)}), "(maxProperties)"),
    "code as code": (of_relu(mistakes={"<img src=x>": 1}), "(pattern)"),
    "exercise": (changed(exercises={"=cmd()": {}}), "at exercises"),
    "many": (changed(predictions={f"{k}": RELU for k in range(501)}), "(maxProp"),
    "no name": (changed(name=" "), "its name: it is empty"),
    "number as name": (changed(name=17), "at name (type)"),
    "long name": (changed(name="a" * 61), "at name (maxLength)"),
    "turned round": (changed(name="student \u202e1"), "cannot be seen"),
    "unseen": (changed(name="student\u200b 1"), "cannot be seen"),
    "line feed": (changed(name="student\n1"), "cannot be seen"),
    "null": (changed(name="student\0"), "cannot be seen"),
    "terminal": (changed(name="\x1b[2Jstudent"), "cannot be seen"),
    "half a letter": (JSON.replace("student 1", r"\ud800"), "cannot be seen"),
    "when": (changed(written="=now()"), "at written (pattern)"),
}  # fmt: skip


@pytest.mark.parametrize("text, words", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_report_is_refused_by_name_with_a_reason(tmp_path, text, words):
    store(tmp_path, "hostile", text)
    store(tmp_path, "good", GOOD)
    reports, refused = class_tool.collect(tmp_path)
    assert reports == [GOOD], "the others count all the same"
    ((name, why),) = refused
    assert name == "nnteach-report-hostile.json"
    assert words in why
    assert len(why) < 300


def handed_in_bytes(folder):
    (folder / "a.json").write_bytes(b"\xff\xfe{\x00}\x00")


def handed_in_link(folder):
    secret = store(folder.parent / "elsewhere", "other", report_of("student 2"))
    (folder / "a.json").symlink_to(secret)


def handed_in_folder_link(folder):
    store(folder.parent / "elsewhere", "other", report_of("student 2"))
    (folder / "a.json").symlink_to(folder.parent / "elsewhere")


def handed_in_circle(folder):
    (folder / "a.json").symlink_to(folder)


def handed_in_pipe(folder):
    os.mkfifo(folder / "a.json")  # whoever opens it waits for ever


def handed_in_socket(folder):
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(folder)  # the path of a socket must be short
        try:
            one.bind("a.json")
        finally:
            os.chdir(here)


def handed_in_notebook(folder):
    store(folder, "", "{}", "a.ipynb")


def handed_in_deep(folder):
    store(folder / "1" / "2" / "3" / "4" / "a.json", "x", report_of("student 2"))


KINDS = [
    (handed_in_bytes, "a.json", "no text in UTF-8"),
    (handed_in_link, "a.json", "links are not followed"),
    (handed_in_folder_link, "a.json", "links are not followed"),
    (handed_in_circle, "a.json", "links are not followed"),
    (handed_in_pipe, "a.json", "no plain file"),
    (handed_in_socket, "a.json", "no plain file"),
    (handed_in_notebook, "a.ipynb", "does not end in .json"),
    (handed_in_deep, "1/2/3/4/a.json", "too deep"),
]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("hand_in, name, words", KINDS)
def test_no_link_pipe_or_other_kind_of_file_is_opened(tmp_path, hand_in, name, words):
    folder = tmp_path / "handed-in"
    store(folder, "good", GOOD)
    hand_in(folder)
    reports, [(refused, why)] = class_tool.collect(folder)
    assert reports == [GOOD]
    assert refused == name
    assert words in why


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize(
    "hand_in, words",
    [(handed_in_link, "cannot be read"), (handed_in_pipe, "no plain file")],
)
def test_a_file_that_changes_after_it_was_listed_is_refused_too(
    tmp_path, hand_in, words
):
    folder = tmp_path / "handed-in"
    folder.mkdir()
    hand_in(folder)
    with pytest.raises(class_tool.Refused, match=words):
        class_tool.read(folder / "a.json")


OTHER = {"relu": entry(2)}
TWICE = [  # what two files hold; which of them are refused, and why
    (GOOD, GOOD, {"b.json": "the same as a.json"}),
    (
        GOOD,
        report_of("student 1", OTHER),
        {"a.json": "name stands in b.json", "b.json": "name stands in a.json"},
    ),
    (
        GOOD,
        report_of(" Ｓtudent  1", OTHER),
        {"a.json": "name stands in b.json", "b.json": "name stands in a.json"},
    ),
    (
        GOOD,
        {**GOOD, "name": "student 2"},
        {"a.json": "for the name it is the same", "b.json": "it is the same as a.json"},
    ),
    (GOOD, report_of("student 2"), {}),
]


@pytest.mark.parametrize("first, second, expected", TWICE)
def test_what_comes_twice_is_refused(tmp_path, first, second, expected):
    store(tmp_path, "", first, "a.json")
    store(tmp_path, "", second, "b.json")
    reports, refused = class_tool.collect(tmp_path)
    assert len(reports) == 2 - len(expected)
    assert [name for name, _ in refused] == sorted(expected)
    assert all(expected[name] in why for name, why in refused)


def test_of_the_same_file_three_times_one_counts(tmp_path):
    for name in ("c.json", "a/x.json", "b/y.json"):
        store((tmp_path / name).parent, "", GOOD, (tmp_path / name).name)
    reports, refused = class_tool.collect(tmp_path)
    assert reports == [GOOD]
    assert [name for name, _ in refused] == ["b/y.json", "c.json"]


NAMES = [
    "=cmd|' /C calc'!A0", "+1+1", "-1", "@sum(A1)", "＝1+1", " =1", "a,b;c\"d'",
    "<script>x</script>", "</title><b>", '"><img src=x onerror=x>', "{{ 7 * 7 }}",
    "a;=1+1;b", "{% raw %}", "טלמיד 1", "छात्र 1", "دانش‌آموز ۱", "student 😀",
]  # fmt: skip


def test_names_are_only_text_in_the_page_and_in_a_spreadsheet(tmp_path, capsys):
    folder = tmp_path / "handed-in"
    for number, name in enumerate(NAMES):
        store(folder, number, report_of(name))
    store(folder, "", "", "<b>\u202e=1\x1b.json")
    class_tool.main([str(folder), "--to", str(tmp_path)])
    page = (tmp_path / "class.html").read_text("utf-8")
    assert not re.search(r"<(script|img|b)\b", page)
    assert "{{" in page, "it was not computed"
    found = tables(tmp_path)
    _, *rows = found["Exercises done in each chapter, and sums"]
    assert {row[0] for row in rows} == {*NAMES}
    assert [row[0] for row in found["Refused, and why"][1:]] == [
        "<b>\\u202e=1\\x1b.json"
    ]
    text = (tmp_path / "class.csv").read_bytes().decode("utf-8-sig")
    cells = [row["name"] for row in csv.DictReader(text.splitlines())]
    assert {cell.removeprefix("'") for cell in cells} == {*NAMES}
    for delimiter in ",;":  # Excel takes the second where 1.5 is written 1,5
        for row in csv.reader(text.splitlines(), delimiter=delimiter):
            assert not any(re.match(r"\s*[=+\-@＝]", cell) for cell in row), row
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert f"{len(NAMES)} reports, 1 refused" in said


def test_an_exercise_of_another_edition_is_left_out_and_named(tmp_path):
    known = {"relu": RELU, "of_old": RELU}
    store(tmp_path, "1", changed(exercises=known))
    class_tool.main([str(tmp_path), "--to", str(tmp_path / "out")])
    page = (tmp_path / "out" / "class.html").read_text("utf-8")
    assert "does not have, left\nout: of_old." in page
    (row,) = tables(tmp_path / "out")["Exercises done in each chapter, and sums"][1:]
    assert row[len(CHAPTERS) + 1 : len(CHAPTERS) + 3] == ["1", "1"]


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    store(tmp_path, "1", report_of("1"))
    (tmp_path / "taken").touch()
    with pytest.raises(SystemExit, match=r"written to .*taken: .*--to names another"):
        class_tool.main([str(tmp_path), "--to", str(tmp_path / "taken")])


def test_nothing_half_written_is_left(joined, tmp_path, monkeypatch):
    folder, _ = joined
    class_tool.main([str(folder), "--to", str(tmp_path)])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(before) == ["class.csv", "class.html"]
    store(folder, "one more", report_of("student 31"))

    def interrupted(*_):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", interrupted)
        with pytest.raises(ZeroDivisionError):
            class_tool.main([str(folder), "--to", str(tmp_path)])
    (folder / "nnteach-report-one more.json").unlink()
    assert {n: (tmp_path / n).read_bytes() for n in before} == before


@pytest.mark.parametrize(
    "made, words", [(False, "There is no folder"), (True, "no repo")]
)
def test_an_empty_folder_is_told_what_belongs_there(tmp_path, made, words):
    folder = tmp_path / "handed-in"
    if made:
        folder.mkdir()
    run = subprocess.run(
        [sys.executable, ROOT / "tools" / "class.py", folder, "--to", tmp_path / "out"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert run.returncode == 1
    assert words in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------------- in the browser


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_opens_from_the_disk_and_axe_finds_nothing(joined, chromium, scheme):
    _, out = joined
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        page = browser.new_page(
            color_scheme=scheme, viewport={"width": 390, "height": 800}, bypass_csp=True
        )
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((out / "class.html").as_uri())
        for details in page.locator("details").all():
            details.locator("summary").click()
        assert page.locator("table").count() == 4 + len(CHAPTERS)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        violations = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in violations] == []
        assert asked == [(out / "class.html").as_uri()]
        browser.close()
