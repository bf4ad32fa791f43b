"""Join the reports of a class: who has done what, and what to discuss tomorrow.

    python start.py class FOLDER                into build/class/
    python start.py class FOLDER --to OTHER     or into another folder

FOLDER, with the folders in it, holds what students handed in: the files that
`exercises.report("name")` writes. Out come `class.html`, to be opened in a browser, and
`class.csv`, one row for each student.

What students hand in is not trusted. A file is only read, never run, up to LIMIT bytes,
and no link, pipe or device is opened; what is not in every detail a report is refused,
with its name and the reason; so are two reports under one name, and the same report
under two names, since nobody can say here which one is meant. Names are escaped where
they are shown. What a student's own file says is no proof: it is made to plan a lesson.
"""

import argparse
import functools
import html
import io
import json
import os
import re
import stat
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import jinja2
import jsonschema

sys.path.insert(0, str(Path(__file__).parent))
import links
from nnteach.judge.catalogue import HINTS
from nnteach.practice.exercises import CHAPTERS, EXERCISES
from nnteach.practice.function_exercise import NetworkExercise
from nnteach.practice.progress import MISSED, MOST, SIGNED
from nnteach.practice.report import FORMAT, LONGEST, unfit
from worksheet import csv_writer, for_spreadsheet

LIMIT = 300_000  # bytes; a report in which everything was tried has some 30,000
DEEP = 4  # folders below FOLDER; platforms put one or two there
ROWS = 10  # of each list of what to discuss

# ------------------------------------------------------------------- what is a report

COUNT = {"type": "integer", "minimum": 0, "maximum": 1_000_000}


def exactly(**properties):
    """Return the schema of an object with these keys and no others."""
    keys = {"required": [*properties], "additionalProperties": False}
    return {"type": "object", "properties": properties, **keys}


def entries(most, values):
    """Return the schema of an object with at most so many values, by their names."""
    names = {"pattern": r"\A[\w .:-]{1,60}\Z"}
    size = {"maxProperties": most, "propertyNames": names}
    return {"type": "object", "additionalProperties": values, **size}


ENTRY = exactly(
    state={"enum": [*SIGNED]},
    tries=COUNT,
    hints=COUNT,
    mistakes=entries(MOST, COUNT),
)
REPORT = exactly(
    format={"const": FORMAT},
    name={"type": "string", "maxLength": LONGEST},
    written={"type": "string", "pattern": r"\A[\d:.T+-]{19,32}\Z"},
    exercises=entries(500, ENTRY),
    predictions=entries(500, ENTRY),
)
VALIDATOR = jsonschema.Draft202012Validator(REPORT)


class Refused(ValueError):
    """Why a file is no report."""


def text_of(path):
    """Return what a file holds, of a plain file that is not too large."""
    # A file may have become a link or a pipe since the folder was listed.
    careful = ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
    flags = sum(getattr(os, name, 0) for name in careful)
    with open(os.open(path, os.O_RDONLY | flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Refused("it is no plain file")
        content = file.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise Refused(f"it is larger than {LIMIT:,} bytes, which no report is")
    return content.decode("utf-8-sig")


def without_repeats(pairs):
    """Return the pairs of a JSON object as a dictionary, if each key is there once."""
    if len(dict(pairs)) < len(pairs):
        raise Refused("it names something twice")
    return dict(pairs)


def no_number(text):
    """Refuse NaN, Infinity and fractions: a report holds whole numbers."""
    raise Refused("it holds a number that counts nothing")


def read(path):
    """Return the report in a file, as a dictionary; raise Refused if it is none."""
    try:
        report = json.loads(
            text_of(path),
            object_pairs_hook=without_repeats,
            parse_constant=no_number,
            parse_float=no_number,
        )
        error = next(VALIDATOR.iter_errors(report), None)
    except Refused:
        raise
    except OSError as error:
        raise Refused(f"it cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Refused("it is no text in UTF-8") from None
    except RecursionError:
        raise Refused("it is nested too deeply") from None
    except ValueError:
        raise Refused("it is not JSON") from None
    if error:
        where = visible("/".join(map(str, error.absolute_path))) or "its beginning"
        raise Refused(f"it is no report: look at {where} ({error.validator})")
    if unfit(report["name"]):
        raise Refused(f"its name: {unfit(report['name'])}")
    return report


def files_in(folder):
    """Yield every file below a folder, and why it is not even opened, or ""."""
    closed = []
    for place, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        deep = len(Path(place).relative_to(folder).parts) >= DEEP
        for name in [*folders]:
            path = Path(place, name)
            if path.is_symlink() or deep:
                folders.remove(name)
                why = "it lies too deep in folders" if deep else ""
                yield path, why or "it is a link; links are not followed"
        for name in sorted(files):
            path = Path(place, name)
            kind = path.lstat().st_mode
            if name.startswith("."):
                continue
            if stat.S_ISLNK(kind):
                yield path, "it is a link; links are not followed"
            elif not stat.S_ISREG(kind):
                yield path, "it is no plain file"
            elif path.suffix.lower() != ".json":
                yield path, "its name does not end in .json, as that of a report does"
            else:
                yield path, ""
    for error in closed:
        yield Path(error.filename), f"it cannot be opened: {error.strerror}"


def same_name(name):
    """Return a name without what the eye may not tell apart."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    seen = (c for c in plain if unicodedata.category(c) != "Cf")
    return " ".join("".join(seen).split())


def in_order(name):
    """Return a key that sorts names, and student 2 before student 10."""
    parts = re.split(r"([0-9]+)", same_name(name))
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def first_other(reports, key):
    """Return for each file whose key another one has too the first such file."""
    groups = defaultdict(list)
    for path, report in reports.items():
        groups[key(report)].append(path)
    return {
        path: next(other for other in paths if other != path)
        for paths in groups.values()
        for path in paths
        if len(paths) > 1
    }


def collect(folder):
    """Return the reports below a folder, by name, and the refused: [(file, why)]."""
    reports, refused = {}, {}
    for path, why in sorted(files_in(folder)):
        try:
            if why:
                raise Refused(why)
            reports[path] = read(path)
        except Refused as error:
            refused[path] = str(error)

    def refuse(path, why):
        refused[path] = why
        del reports[path]

    whole = first_other(reports, lambda r: json.dumps(r, sort_keys=True))
    for path, other in whole.items():
        if path > other:  # of equal files the first counts
            refuse(path, f"it is the same as {shown(other, folder)}")
    names = first_other(reports, lambda r: same_name(r["name"]))
    rest = first_other(reports, lambda r: json.dumps({**r, "name": ""}, sort_keys=True))
    for path, other in names.items():
        refuse(path, f"the same name stands in {shown(other, folder)}: keep one")
    for path in {*rest} - {*names}:
        refuse(path, f"but for the name it is the same as {shown(rest[path], folder)}")
    good = sorted(reports.values(), key=lambda report: in_order(report["name"]))
    return good, sorted((shown(path, folder), why) for path, why in refused.items())


def shown(path, folder):
    """Return a path below the folder as text in which nothing is hidden."""
    return visible(path.relative_to(folder).as_posix())


def visible(text):
    """Return a text with escapes for what cannot be seen or moves the text around."""
    escaped = (
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )
    return "".join(escaped)[:200]


# ---------------------------------------------------------------------- what it means

# Mistakes of form, which no exercise and no catalogue explains.
FORM = {
    "bias-flat": "A gradient of a bias is flat; it is a column.",
    "cache-missing": "The output came without a cache.",
    "cache-mixed-up": "In the cache one value stands under the name of another.",
    "changed-its-inputs": "The function changes what it is given.",
    "cost-in-array": "The cost is an array; one number is expected.",
    "count": "The number of answers, or of results, is not the one asked for.",
    "flattened": "The numbers are right, but the array is flat.",
    "from-outside": "The function uses a variable from outside.",
    "inputs-changed": "The function changes what it is given.",
    "key-missing": "A name is missing in the dictionary that is returned.",
    "labels-as-numbers": "It is right for labels that are numbers, not one-hot.",
    "missing": "A result is missing.",
    "no-end": "It did not come to an end, and was stopped.",
    "not-a-choice": "The answer is none of the words to choose from.",
    "not-a-number": "The answer is no number.",
    "not-finite": "The result holds inf or nan.",
    "not-output-and-cache": "Output and cache are expected, and something else came.",
    "order": "The numbers are right, but in another order.",
    "other-logarithm": "The cost uses another logarithm than the natural one.",
    "raised": "An error stopped the function.",
    "returned-nothing": "It returns nothing.",
    "rounding": "The number is nearly right: it was rounded too early.",
    "rows-for-columns": "It is right for one example per row, not per column.",
    "scaled": "Every number is off by one factor.",
    "transposed": "An array lies on its side.",
    "wrong-sign": "The size is right, the sign is not.",
    "wrong-type": "The result is of another kind than asked for.",
}


class Words(dict):
    """What the names in a hint stand for where the layer is not known."""

    def __missing__(self, name):
        stem, _, beside = name.partition("_")
        return f"{stem} of the layer {beside}" if beside else stem


WORDS = Words(activation="the activation", layer="l", here="the value")


def sentence(name, code):
    """Return what is said, or asked, about a mistake in an exercise; "" if unknown."""
    exercise = EXERCISES[name]
    own = dict.fromkeys(w.message for w in exercise.wrong if w.code == code)
    if own:
        return " Or: ".join(own)
    if isinstance(exercise, NetworkExercise) and code in HINTS:
        return HINTS[code].format_map(WORDS)
    return FORM.get(code, "")


@functools.cache
def questions():
    """Return the questions of the prediction cards by name, from the notebooks."""
    found = {}
    for file in sorted(links.ROOT.glob("notebooks/*.ipynb")):
        for cell in links.load(file).cells:
            name = re.search(r'\bcard\(\s*"([^"]+)"', cell.source)
            for output in cell.get("outputs", []) if name else ():
                still = output.get("data", {}).get("text/html", "")
                asked = re.search(r"Predict\.</strong> (.*?)</p>", still, re.DOTALL)
                if asked:
                    plain = re.sub(r"<[^>]*>", "", asked[1])
                    found[name[1]] = html.unescape(plain)
    return found


class Class:
    """What the reports say together.

    reports: those of exercises and predictions that this edition has; strange: the
    names of those exercises that it does not have.
    """

    def __init__(self, reports):
        self.reports = reports
        names = {name for report in reports for name in report["exercises"]}
        self.strange = sorted(names - {*EXERCISES})

    def of_all(self, kind):
        """Yield (student, name, entry) of all exercises or predictions."""
        for report in self.reports:
            for name, entry in report[kind].items():
                if kind == "predictions" or name in EXERCISES:
                    yield report["name"], name, entry

    def mistakes(self):
        """Return the most frequent mistakes: (code, sentence, where, students, times).

        Not those without a name.
        """
        students, times, where = defaultdict(set), Counter(), defaultdict(dict)
        for student, name, entry in self.of_all("exercises"):
            for code, count in entry["mistakes"].items():
                if code == "unknown":
                    continue
                key = code, sentence(name, code)
                students[key].add(student)
                times[key] += count
                where[key][f"{EXERCISES[name].chapter:02} {name}"] = None
        order = sorted(students, key=lambda key: (-len(students[key]), -times[key]))
        return [
            (*key, ", ".join(sorted(where[key])), len(students[key]), times[key])
            for key in order[:ROWS]
        ]

    def unsolved(self):
        """Return what most have tried and not done: (exercise, students, tries)."""
        students, tries = Counter(), Counter()
        for _, name, entry in self.of_all("exercises"):
            if entry["state"] == "tried":
                students[name] += 1
                tries[name] += entry["tries"]
        order = sorted(students, key=lambda name: (-students[name], -tries[name]))
        return [
            (f"{EXERCISES[name].chapter:02} {name}", students[name], tries[name])
            for name in order[:ROWS]
        ]

    def missed(self):
        """Return the predictions most missed: (name, question, mistake, missed, of)."""
        missed, committed, codes = Counter(), Counter(), defaultdict(Counter)
        for _, name, entry in self.of_all("predictions"):
            committed[name] += entry["state"] == "done"
            missed[name] += bool(entry["mistakes"])
            codes[name] += Counter(entry["mistakes"])
        rows = []
        for name, count in missed.most_common(ROWS):
            named = [c for c, _ in codes[name].most_common() if c != MISSED]
            asked = questions().get(name, "")
            if count:
                rows.append((name, asked, *(named[:1] or [""]), count, committed[name]))
        return rows

    def overview(self):
        """Return a row for each student: name, done in each chapter, and the sums."""
        rows = []
        for report in self.reports:
            done = [
                sum(self.state(report, e.name) == "done" for e in module.EXERCISES)
                for _, module in CHAPTERS.values()
            ]
            rows.append((report["name"], *done, sum(done), *self.sums(report)))
        return rows

    def state(self, report, name):
        """Return "done", "tried" or "open"."""
        return report["exercises"].get(name, {}).get("state", "open")

    def sums(self, report):
        """Return tries, hints, predictions committed to and missed, of a student."""
        known = [e for name, e in report["exercises"].items() if name in EXERCISES]
        guesses = report["predictions"].values()
        return (
            sum(entry["tries"] for entry in known),
            sum(entry["hints"] for entry in known),
            sum(entry["state"] == "done" for entry in guesses),
            sum(bool(entry["mistakes"]) for entry in guesses),
        )

    def chapters(self):
        """Return for each chapter its title, its exercises and a row per student."""
        found = []
        for number, (title, module) in CHAPTERS.items():
            names = [e.name for e in module.EXERCISES]
            rows = [
                (r["name"], *(self.in_words(r, name) for name in names))
                for r in self.reports
            ]
            found.append((f"{number:02} {title}", names, rows))
        return found

    def in_words(self, report, name):
        """Return the state of an exercise, with a sign, and how often it was tried."""
        state = self.state(report, name)
        if state == "open":
            return SIGNED[state]
        tries = report["exercises"][name]["tries"]
        return f"{SIGNED[state]}, {tries} {'try' if tries == 1 else 'tries'}"


# --------------------------------------------------------------------- how it is shown

SUMS = ("tries", "hints", "predictions", "predictions missed")


def as_csv(group):
    """Return one row for each student: sums, the state of each exercise, mistakes."""
    text = io.StringIO()
    writer = csv_writer(text)
    writer.writerow(["name", "done", *SUMS, *EXERCISES, "mistakes"])
    for report in group.reports:
        states = [group.state(report, name) for name in EXERCISES]
        named = [
            f"{name}: {code} {count}"
            for name, entry in report["exercises"].items()
            for code, count in entry["mistakes"].items()
        ]
        sums = states.count("done"), *group.sums(report)
        name, mistakes = map(for_spreadsheet, (report["name"], "; ".join(named)))
        writer.writerow([name, *sums, *states, mistakes])
    return text.getvalue()


PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<title>The class: {{ count }}</title>
<style>
:root { color-scheme: light dark; --text: #1a1a1a; --page: #fff; --line: #8c8c8c;
  --head: #eef3f7; --accent: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --text: #eee; --page: #16181a;
  --line: #7c8288; --head: #23282d; --accent: #56b4e9; } }
body { color: var(--text); background: var(--page); margin: 0 auto; padding: 1em;
  font: 1rem/1.5 system-ui, sans-serif; max-width: 75em; }
h2 { border-bottom: 3px solid var(--accent); }
table { border-collapse: collapse; }
caption { text-align: start; font-weight: bold; padding: 0.6em 0 0.3em; }
th, td { border: 1px solid var(--line); padding: 0.2em 0.6em; text-align: start;
  vertical-align: top; }
th { background: var(--head); }
.wide { overflow-x: auto; }
th[scope="row"] { position: sticky; inset-inline-start: 0; }
.grid td, .grid th[scope="row"] { white-space: nowrap; }
summary { cursor: pointer; padding: 0.4em 0; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
</style>
</head>
<body>
{% macro table(caption, heads, rows, otherwise="", kind="prose") %}
{% if rows %}
<div class="wide {{ kind }}" role="region" tabindex="0" aria-label="{{ caption }}">
<table>
<caption>{{ caption }}</caption>
<thead><tr>
{%- for head in heads %}<th scope="col">{{ head }}</th>{% endfor -%}
</tr></thead>
<tbody>
{% for row in rows %}
<tr><th scope="row"><bdi>{{ row[0] }}</bdi></th>
{%- for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
{% else %}
<p>{{ otherwise }}</p>
{% endif %}
{% endmacro %}
<main>
<h1>The class: {{ count }}</h1>
<p>All of this comes from files on the students' own computers. It helps to plan a
lesson; it proves nothing about a student.</p>
{% if refused %}<p>{{ refused|length }} of the files handed in
{{ "is" if refused|length == 1 else "are" }} not counted:
<a href="#refused">which, and why</a>.</p>{% endif %}
<h2>What to discuss</h2>
{{ table("The most frequent mistakes", ("mistake", "what to say or ask", "where",
"students", "times"), group.mistakes(), "No mistake was named.") }}
{{ table("Tried by most, and not done", ("exercise", "students", "their tries"),
group.unsolved(), "Whatever was tried is done.") }}
{{ table("The predictions most missed", ("prediction", "question",
"most frequent mistake", "missed by", "of"), group.missed(),
"No prediction was missed.") }}
<h2>Who has done what</h2>
{{ table("Exercises done in each chapter, and sums", heads, group.overview(),
kind="grid") }}
{% for title, names, rows in group.chapters() %}
<details><summary>Chapter {{ title }}, exercise by exercise</summary>
{{ table("Chapter " + title, ["student"] + names, rows, kind="grid") }}
</details>
{% endfor %}
{% if group.strange %}<p>Exercises that this edition of the course does not have, left
out: {{ group.strange|join(", ") }}.</p>{% endif %}
{% if refused %}
<h2 id="refused">Files that are not counted</h2>
{{ table("Refused, and why", ("file", "reason"), refused) }}
{% endif %}
</main>
</body>
</html>
"""


def as_html(group, refused):
    """Return the page."""
    template = jinja2.Environment(autoescape=True, trim_blocks=True).from_string(PAGE)
    chapters = [
        f"{number:02} (of {len(module.EXERCISES)})"
        for number, (_, module) in CHAPTERS.items()
    ]
    heads = ["student", *chapters, f"all (of {len(EXERCISES)})", *SUMS]
    count = in_words(len(group.reports), "report")
    return template.render(group=group, refused=refused, heads=heads, count=count)


def in_words(count, noun):
    """Return a count with its noun."""
    return f"{count} {noun}{'s' * (count != 1)}"


def write(path, text, encoding):
    """Put a text into a file, all at once."""
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(text.encode(encoding))
    os.replace(new, path)


def main(words=None):
    """Join the reports in the folder that the command line names."""
    parser = argparse.ArgumentParser(prog="start.py class")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--to", type=Path, default=links.ROOT / "build" / "class")
    options = parser.parse_args(words)
    if not os.path.isdir(options.folder):  # Path.is_dir raises for a name too long
        raise SystemExit(f"There is no folder {options.folder}.")
    reports, refused = collect(options.folder)
    for name, why in refused:
        print(f"refused: {name}: {why}")
    if not reports:
        raise SystemExit(
            f"There is no report in {options.folder}. Expected: the files "
            'nnteach-report-NAME.json that `exercises.report("NAME")` writes.'
        )
    group = Class(reports)
    page, rows = as_html(group, refused), as_csv(group)
    try:
        options.to.mkdir(parents=True, exist_ok=True)
        write(options.to / "class.html", page, "utf-8")
        # So that Excel reads it as UTF-8.
        write(options.to / "class.csv", rows, "utf-8-sig")
    except OSError as error:
        raise SystemExit(
            f"Nothing can be written to {options.to}: {error.strerror}. --to names "
            "another folder."
        ) from None
    said = f"{in_words(len(reports), 'report')}, {len(refused)} refused"
    print(f"{said}: {options.to / 'class.html'} and class.csv")
    return 0


if __name__ == "__main__":
    sys.exit(main())
