"""Worksheets: their numbers, their keys, checks in a notebook, the printed page."""

import csv
import functools
import html
import io
import math
import re
from dataclasses import replace

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe

import browser as browsers
import worksheet
from nnteach import exercises, worked_example
from nnteach.practice.own_numbers import drawn_numbers
from nnteach.rounding import show_decimals
from worksheet import drawn_sheet, given_sheet, worked

pytestmark = pytest.mark.tool


def drawn_at_random(seed):
    """Return numbers as a teacher might choose them, with biases."""
    draw = np.random.default_rng(seed)
    sizes = {"x": 2, "W1": (2, 2), "b1": 2, "W2": (1, 2), "b2": 1}
    numbers = {k: draw.uniform(-2, 2, size).round(2) for k, size in sizes.items()}
    numbers["learning_rate"] = round(draw.uniform(0.1, 9), 1)
    return numbers | {"y": draw.uniform(0, 1, 1).round(2)}


@functools.cache
def drawn():
    return [drawn_sheet(str(seed)) for seed in range(200)]


@functools.cache
def given():
    return [given_sheet(drawn_at_random(seed)) for seed in range(200)]


@functools.cache
def longest():
    """Return the sheets that take most room."""
    numbers = {
        "x": [-1.3512, 1.7234], "y": [0.5122], "b1": [-0.1234, -0.2345],
        "W1": [[-0.2345, 0.2345], [0.3456, -0.3456]], "W2": [[-1.2345, -1.3456]],
        "b2": [-0.3456], "learning_rate": 10.1234,
    }  # fmt: skip
    names = ["W" * 300, "W" * worksheet.SHOWN_NAME]
    return [*map(drawn_sheet, names), given_sheet(numbers)]


def results(sheet):
    """Return every result of the key, by its place in the sheet."""
    return [one for step in worked(sheet) for _, _, one in step.lines]


def number(text):
    return float(text.replace("−", "-"))


# -------------------------------------------------------------------- the key


@pytest.mark.parametrize("sheets", [drawn, given])
def test_the_key_is_the_worked_example(sheets):
    for sheet in sheets():
        round_ = worked_example.steps(sheet.example)
        new = {step.name: step.value for step in round_ if step.phase == "update"}
        again = worked_example.steps(replace(sheet.example, **new))[:5]
        for step, mine in zip([*round_, *again], worked(sheet), strict=True):
            assert (step.title, step.formula) == (mine.title, mine.formula)
            values = [show_decimals(v, sheet.decimals) for v in np.ravel(step.value)]
            assert [one for _, _, one in mine.lines] == values
            names = [line.split(" = ")[0] for line in step.numbers]
            assert [name for name, _, _ in mine.lines] == names


def test_the_filled_in_lines_are_those_of_the_worked_example():
    for sheet in drawn() + given():
        for step, mine in zip(
            worked_example.steps(sheet.example), worked(sheet), strict=False
        ):
            for theirs, (_, filled, _) in zip(step.numbers, mine.lines, strict=True):
                pattern = r"\d[\d.e−]*"
                theirs = theirs.split(" = ")[1]
                assert re.sub(pattern, "#", filled) == re.sub(pattern, "#", theirs)


PYTHON = {"·": "*", "−": "-", "½ ": "0.5*", "²": "**2", "σ": "sigmoid"}


def test_every_line_of_a_drawn_key_is_true_as_it_is_printed():
    def sigmoid(z):
        return 1 / (1 + math.exp(-z))

    for sheet in drawn():
        for step in worked(sheet):
            for _, filled, result in step.lines:
                if "d" in filled:  # db2 = dZ2, a name
                    continue
                for ours, python in PYTHON.items():
                    filled = filled.replace(ours, python)
                value = eval(filled, {"sigmoid": sigmoid})
                assert show_decimals(value) == result, (sheet.title, step.name)


def by_hand(example, decimals=4):
    """Return every result of a round, each rounded before it is used, in plain Python.

    Written apart from the package, as a student with a calculator would do it.
    """
    done = []

    def note(value):
        done.append(round(value, decimals))
        return done[-1]

    def sigmoid(z):
        return 1 / (1 + math.exp(-z))

    (x1, x2), (y,) = example.x.ravel().tolist(), example.y.ravel().tolist()
    (w11, w12), (w21, w22) = example.W1.tolist()
    [(v1, v2)] = example.W2.tolist()
    (b1, b2), c = example.b1.ravel().tolist(), example.b2.item()
    rate = example.learning_rate
    for again in (False, True):
        z1, z2 = note(w11 * x1 + w12 * x2 + b1), note(w21 * x1 + w22 * x2 + b2)
        a1, a2 = note(sigmoid(z1)), note(sigmoid(z2))
        z = note(v1 * a1 + v2 * a2 + c)
        a = note(sigmoid(z))
        note((a - y) ** 2 / 2)
        if again:
            return done
        da = note(a - y)
        dz = note(da * a * (1 - a))
        dv1, dv2 = note(dz * a1), note(dz * a2)
        dc = note(dz)
        da1, da2 = note(v1 * dz), note(v2 * dz)
        dz1, dz2 = note(da1 * a1 * (1 - a1)), note(da2 * a2 * (1 - a2))
        dw11, dw12, dw21, dw22 = [note(d * x) for d in (dz1, dz2) for x in (x1, x2)]
        db1, db2 = note(dz1), note(dz2)
        v1, v2, c = note(v1 - rate * dv1), note(v2 - rate * dv2), note(c - rate * dc)
        w11, w12 = note(w11 - rate * dw11), note(w12 - rate * dw12)
        w21, w22 = note(w21 - rate * dw21), note(w22 - rate * dw22)
        b1, b2 = note(b1 - rate * db1), note(b2 - rate * db2)


def test_four_decimals_suffice_for_drawn_numbers():
    for sheet in drawn():
        assert sheet.decimals == 4
        assert [show_decimals(value) for value in by_hand(sheet.example)] == results(
            sheet
        ), sheet.title
        assert "differ" not in worksheet.rounding_words(sheet)


def test_drawn_slopes_have_three_digits_and_the_cost_falls():
    for sheet in drawn():
        costs = []
        for step in worked(sheet):
            sizes = [abs(number(result)) for _, _, result in step.lines]
            if step.name[0] in "dc":
                assert min(sizes) >= 0.01
            costs += sizes * (step.name == "cost")
        assert costs[1] <= costs[0] - 0.0099
        assert len({*sheet.example.W1.ravel()}) == 4


def test_the_sheet_says_how_far_rounding_leads_off():
    said = set()
    for sheet in drawn() + given():
        mine = np.array(by_hand(sheet.example, sheet.decimals))
        off = np.abs(mine - [number(result) for result in results(sheet)]).max()
        words = worksheet.rounding_words(sheet)
        assert f"{sheet.decimals} decimals" in words
        about = re.search(r"by less than ([\d.]+)\.$", words)
        assert off < (float(about[1]) if about else 1e-9)
        said.add(bool(about))
    assert said == {True, False}


# ------------------------------------------------------------- the same for a name


def test_a_name_has_these_numbers_everywhere_and_always():
    example = drawn_numbers("Ana")
    assert example.x.ravel().tolist() == ANA["x"]
    assert example.W1.tolist() == ANA["W1"]
    assert (example.W2.tolist(), example.y.item()) == (ANA["W2"], ANA["y"])


ANA = {"x": [0.9, 0.7], "W1": [[0.2, -0.3], [0.8, 0.6]], "W2": [[-1.9, 0.7]], "y": 0.9}


@pytest.mark.parametrize(
    "one, other",
    [("Ana", "  ANA "), (7, "7"), (np.int64(7), 7), ("Zoe\u0308", "zoë"), ("ﬁ", "FI")],
)
def test_the_same_name_written_otherwise_has_the_same_numbers(one, other):
    assert repr(drawn_numbers(one)) == repr(drawn_numbers(other))


def test_other_names_have_other_numbers():
    assert len({repr(sheet.example) for sheet in drawn()}) == len(drawn())


# ------------------------------------------------------------- checked in a notebook


def test_the_printed_lines_accept_what_the_key_says():
    for sheet in [*drawn()[:20], *given()[:20], *longest()]:
        check_as_printed(sheet)


def check_as_printed(sheet):
    printed = worksheet.sheet_html(sheet, solved=False)
    code = html.unescape(re.search(r"<pre>(.*?)</pre>", printed, re.S)[1])
    key = {}  # the new weights, and the first of what comes twice
    for step in worked(sheet):
        for name, _, result in step.lines:
            if step.phase != "again":
                key[name] = number(result)
    start, mine, *calls = code.splitlines()
    assert len(calls) == len(worksheet.CHECKS)
    for call, blanks in zip(calls, worksheet.CHECKS.values(), strict=True):
        stub = call.partition(".check(")
        answers = ", ".join(str(key[blank]) for blank in blanks)
        names = {}
        exec("\n".join([start, mine, f"right = {stub[0]}.check({answers})"]), names)
        assert names["right"].right, names["right"]
        exec("\n".join([start, mine, f"open = {call}"]), names)
        assert names["open"].verdict == "not attempted"
        other = ", ".join(str(key[blank] + 1) for blank in blanks)
        exec("\n".join([start, mine, f"wrong = {stub[0]}.check({other})"]), names)
        assert names["wrong"].verdict == "wrong"


@pytest.mark.parametrize("name", worksheet.CHECKS)
def test_a_mistake_with_own_numbers_gets_its_name(name):
    exercise, met = getattr(exercises, name), set()
    for number in range(20):
        for other in (
            exercise.with_numbers(number),
            exercise.with_numbers(**drawn_at_random(number)),
        ):
            for wrong in other.wrong:
                result = other.check(*wrong.answer)
                assert (result.code, result.message) == (wrong.code, wrong.message)
                met.add(wrong.code)
    assert met >= {wrong.code for wrong in exercise.wrong}


def test_two_mistakes_with_the_same_number_are_not_told_apart():
    alike = {"x": [1, 1], "W1": [[0.2, 0.2], [0.3, 0.3]]}  # both inputs give 0.2, 0.3
    assert exercises.first_sums.check(0.07, 0.105).code == "one-input"
    assert exercises.first_sums.with_numbers(**alike).check(0.2, 0.3).code == "unknown"


@pytest.mark.parametrize(
    "numbers, says",
    [
        ({"y": [0.9]}, "negative: a larger Z2 makes it better"),
        ({"y": [0.1]}, "positive: a larger Z2 makes it worse"),
        ({"x": [0, 0], "W2": [[1, -1]]}, "0: nothing is wrong"),
    ],
)
def test_what_is_said_of_a_sign_fits_the_numbers(numbers, says):
    other = exercises.error_signal.with_numbers(**numbers)
    assert says in other.why
    weight = exercises.stepped_weight.with_numbers(**numbers)
    words = {"n": "too small, so the weight becomes larger"}
    words |= {"p": "too large, so the weight becomes smaller", "0": "right, so"}
    assert words[says[0]] in weight.why


@pytest.mark.parametrize(
    "W2, says",
    [
        ([[1, 1]], "more than one half, because Z2 is positive"),
        ([[-1, -1]], "less than one half, because Z2 is negative"),
    ],
)
def test_what_is_said_of_the_output_fits_the_numbers(W2, says):
    assert says in exercises.output_by_hand.with_numbers(W2=W2).why


def test_an_exercise_with_own_numbers_keeps_its_place():
    other = exercises.first_sums.with_numbers("Ana")
    assert other is exercises.first_sums.with_numbers("Ana")
    assert other.name == "first_sums"
    assert other.stub == "exercises.first_sums.with_numbers('Ana').check(..., ...)"
    assert exercises.first_sums.numbers == pytest.approx((0.21, 0.315))
    assert str(other.hint()) != str(other.hint())
    other.hints_shown = 0


@pytest.mark.parametrize(
    "call, error, says",
    [
        (lambda: ask(), ValueError, "expected a name"),
        (lambda: ask("Ana", y=[1]), ValueError, "and not both"),
        (lambda: ask(" \t"), ValueError, "the name is empty"),
        (lambda: ask(1.5), TypeError, "a name or a whole number"),
        (lambda: ask(z=1), TypeError, "there is no number 'z'. Expected some of x, y"),
        (lambda: ask(x=[1, 2, 3]), ValueError, "W1"),
        (
            lambda: ask(x=[1, 2, 3], W1=np.ones((2, 3))),
            ValueError,
            "expected 2 numbers",
        ),
        (lambda: ask(x=[np.nan, 2]), ValueError, "NaN"),
        (lambda: ask(x=["a", 2]), TypeError, "x: expected numbers"),
        (lambda: ask(learning_rate=0), ValueError, "a positive number"),
        (lambda: ask(W1=[[1, 2], [3]]), TypeError, "rows of different lengths"),
    ],
)
def test_numbers_that_do_not_fit_are_explained(call, error, says):
    with pytest.raises(error, match=re.escape(says)):
        call()


def ask(*args, **numbers):
    return exercises.first_sums.with_numbers(*args, **numbers)


# --------------------------------------------------------------- the command line


@pytest.mark.parametrize(
    "words, says",
    [
        ("", "expected one of: --seed, --names, or numbers"),
        ("--seed a --y 0.2", "expected one of"),
        ("--seed a --names b", "expected one of"),
        ("--x nan 1", "from -100 to 100, got nan"),
        ("--x 1 inf", "from -100 to 100, got inf"),
        ("--x 1 1e9", "from -100 to 100, got 1e9"),
        ("--x one 2", "expected a number, such as 0.35, got 'one'"),
        ("--x 0,35 0,7", "expected a number, such as 0.35, got '0,35'"),
        ("--x 1", "expected 2 arguments"),
        ("--w 1 2 3", "expected 6 arguments"),
        ("--y 0.12345", "at most 4 decimals"),
        ("--rate 0", "expected a positive number, got 0"),
        ("--rate -1", "expected a positive number, got -1"),
        ("--x 50 50 --w 9 9 9 9 9 9", "a sigmoid is saturated"),
        ("--x 9 9 --w 9 9 9 9 0.1 0.1", "a sigmoid is saturated"),
        ("--y 0.665", "the output is almost right"),
        ("--x 0 0 --w 1 1 1 1 1 -1 --y 0.5", "the output is the target"),
    ],
)
def test_bad_numbers_are_explained(words, says, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(worksheet, "FOLDER", tmp_path)
    with pytest.raises(SystemExit) as stop:
        worksheet.main(words.split())
    assert says in f"{capsys.readouterr().err}{stop.value}"
    assert [*tmp_path.iterdir()] == []


def test_own_numbers_reach_the_sheet(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(worksheet, "FOLDER", tmp_path)
    words = "--x -0.5 1 --y 0.2 --w 1 2 3 4 -5 6 --b .1 .2 .3 --rate 2 --no-pdf"
    worksheet.main(words.split())
    assert f"2 pages are in {tmp_path}." in capsys.readouterr().out
    [file] = tmp_path.glob("chosen-by-hand-*-key.html")
    givens = re.findall(r"<li>(.*?)</li>", file.read_text("utf-8"))
    assert givens == (
        "X₁ = −0.5, X₂ = 1, Y = 0.2, W1₁,₁ = 1, W1₁,₂ = 2, W1₂,₁ = 3, W1₂,₂ = 4, "
        "b1₁ = 0.1, b1₂ = 0.2, W2₁,₁ = −5, W2₁,₂ = 6, b2 = 0.3, η = 2"
    ).split(", ")


ODD = [
    "../../x", "a/b\\c", "con", "=1+1", "-x", "<b>&\"'", "李小龍", "Łukasz", "é" * 300,
    "W" * 300, "İ", "a\u200db", "\u202eanA", "7", "nul\x00l", "*?:|",
]  # fmt: skip


def test_odd_names_become_safe_files(tmp_path):
    folder = tmp_path / "sheets"
    sheets = [drawn_sheet(name) for name in ODD]
    said = worksheet.write_all(sheets, folder, pdf=False, several=True)
    assert [*tmp_path.iterdir()] == [folder]
    files = {file.name for file in folder.iterdir()}
    assert len(files) == 2 * len(ODD) + 4  # all sheets, all keys, answers twice
    for file in files:
        assert re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,58})\.(html|csv)", file), file
    assert "replace" not in said
    said = worksheet.write_all(sheets, folder, pdf=False, several=True)
    assert f"{len(files) - 1} of them replace" in said


@pytest.mark.parametrize(
    "content, says",
    [
        (b"", "has no names"),
        (b"\n  \n", "has no names"),
        (b"Ana\nB\n ana \n", "lines 1 and 3: 'ana' is there twice"),
        ("Ana\n\u202e\n".encode(), "line 2: there is no name"),
        (b"Ana\n" + b"x" * 301, "line 2: the name 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'…"),
        ("Zoë".encode("latin-1"), "is not UTF-8"),
        (b"x" * 1_000_001, "less than 1 MB"),
        (b"\n".join(b"%d" % k for k in range(1001)), "has 1,001 names"),
        (None, "cannot be read"),
    ],
)
def test_a_bad_list_of_names_is_explained(content, says, tmp_path):
    file = tmp_path / "names.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SystemExit, match=re.escape(says)):
        worksheet.read_names(file)


def test_a_list_of_names_is_read_with_or_without_a_mark_of_its_encoding(tmp_path):
    file = tmp_path / "names.txt"
    for encoding in ("utf-8", "utf-8-sig"):
        file.write_text("Zoë\r\n\n  Ana  María \n", encoding)
        assert worksheet.read_names(file) == ["Zoë", "Ana María"]


def test_long_lists_show_how_far_they_are(capsys):
    assert [*worksheet.counted(range(45), "drawn")] == [*range(45)]
    said = capsys.readouterr().out
    assert said.split("\n")[:-1] == [f"  {k} of 45 drawn" for k in (20, 40, 45)]


# --------------------------------------------------------------- the list of answers


def test_the_list_holds_every_answer():
    names = ("Ana", "=SUM(1)", "＝1", "a;=1;b", "<b>")
    sheets = [drawn_sheet(name) for name in names]
    text = worksheet.answers_csv(sheets)
    head, *rows = csv.reader(io.StringIO(text))
    assert len({*head}) == len(head)
    page = worksheet.answers_html(sheets)
    assert [row[0] for row in rows] == ["Ana", "'=SUM(1)", "'＝1", "a;=1;b", "<b>"]
    for row in csv.reader(io.StringIO(text), delimiter=";"):
        assert not any(cell.startswith("=") for cell in row), row
    assert "<b>" not in page
    for row, sheet in zip(rows, sheets, strict=True):
        answers = [number(result) for result in results(sheet)]
        assert [float(cell) for cell in row[-len(answers) :]] == answers
        assert all(f"<td>{result}</td>" in page for result in results(sheet))
        assert float(row[head.index("η")]) == sheet.example.learning_rate
        new = worked_example.steps(sheet.example)[13].value[0, 0]
        assert float(row[head.index("new W2₁,₁")]) == pytest.approx(new, abs=5e-5)


# --------------------------------------------------------------------- the pages


def test_a_sheet_gives_no_result_away():
    for sheet in drawn()[:20] + given()[:20]:
        said = worksheet.rounding_words(sheet)
        sheet_, key = (
            {*re.findall(r"[\d.]+", texts_of(worksheet.sheet_html(sheet, k), said))}
            for k in (False, True)
        )
        found = {one.strip("−") for one in results(sheet) if len(one) >= 6}
        assert len(found) > 10
        assert found <= key
        assert not found & sheet_


def texts_of(page, without):
    """Return what is seen or heard of a page."""
    page = page.replace(without, "")
    return re.sub(r'<(?:[^>]*label="([^"]*)")?[^>]*>', r" \1 ", page)


def test_every_line_has_its_blanks():
    sheet = drawn()[0]
    printed = worksheet.sheet_html(sheet, solved=False)
    blanks = re.findall(r'aria-label="(\d+, [^"]*)"', printed)
    assert len(blanks) == len({*blanks}) == 2 * len(results(sheet))


def test_names_are_escaped():
    sheet = drawn_sheet('<img src=x onerror="alert(1)">')
    page = worksheet.page_html(sheet.title, worksheet.sheet_html(sheet, True), "a4")
    assert "<img" not in page + worksheet.answers_html([sheet])


def test_without_a_browser_there_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(browsers, "find_chromium", lambda: None)
    said = worksheet.write_all(drawn()[:1], tmp_path)
    assert "No PDF: neither Chromium nor Chrome was found." in said
    assert len([*tmp_path.glob("*.html")]) == 2


@pytest.mark.browser
@pytest.mark.parametrize("paper, size", [("a4", (595, 842)), ("letter", (612, 792))])
def test_a_printed_sheet_has_at_most_two_pages(chromium, tmp_path, paper, size):
    said = worksheet.write_all([drawn()[0], given()[0], *longest()], tmp_path, paper)
    assert "Each is there as PDF too." in said
    files = [*tmp_path.glob("*.pdf")]
    assert len(files) == 2 * (2 + len(longest()))
    for file in files:
        data = file.read_bytes()
        assert 1 <= len(re.findall(rb"/Type /Page\b", data)) <= 2, file.name
        box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data).groups()
        assert tuple(map(float, box)) == pytest.approx(size, abs=1)


@pytest.mark.browser
def test_pages_work_on_a_phone_ask_for_nothing_and_can_be_heard(chromium, tmp_path):
    worksheet.write_all([given()[0], longest()[1]], tmp_path, pdf=False, several=True)
    files = [file for file in tmp_path.glob("*.html") if file.name[:4] != "all-"]
    with browsers.browser(chromium) as started:
        page, asked = started.new_page(viewport={"width": 320, "height": 800}), []
        page.on("request", lambda request: asked.append(request.url))
        for file in files:
            page.goto(file.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, file
            broken = Axe().run(page)
            assert broken.violations_count == 0, broken.generate_report()
    assert asked == [file.as_uri() for file in files]


@pytest.mark.browser
def test_nothing_on_paper_is_cut_off_or_small(chromium, tmp_path):
    worksheet.write_all([drawn()[0], *longest()], tmp_path, pdf=False)
    measure = """() => [...document.querySelectorAll('.line, h3, li, pre, p, text')]
        .filter(e => e.getClientRects().length).map(e => [
            e.textContent.slice(0, 40),
            e.tagName == 'text' ? 0 : e.scrollWidth - e.clientWidth,
            e.getBoundingClientRect().right - innerWidth,
            e.tagName == 'text' ? parseFloat(getComputedStyle(e).fontSize)
                * e.ownerSVGElement.getScreenCTM().a
                : parseFloat(getComputedStyle(e).fontSize)])"""
    with browsers.browser(chromium) as started:
        page = started.new_page(viewport={"width": 702, "height": 1000})  # A4, inside
        page.emulate_media(media="print")
        for file in tmp_path.glob("*.html"):
            page.goto(file.as_uri())
            for text, inside, outside, size in page.evaluate(measure):
                assert inside <= 0, (file.name, text)
                assert outside <= 0, (file.name, text)
                assert size >= 13, (file.name, text)  # 10 pt, and 11 beside pictures
