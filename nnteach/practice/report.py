"""A report: what a student hands in, one small file beside the notebook.

    exercises.report("name or number")

It holds the name as given, the time, and of each exercise and prediction that was
touched its state, tries, hints and named mistakes. None of the learner's code.
`python start.py class FOLDER` joins the reports of a class.

    {"format": 1, "name": "...", "written": "2026-01-31T12:00:00.000000+00:00",
     "exercises": {"relu": {"state": "done", "tries": 2, "hints": 1,
                            "mistakes": {"wrong-sign": 1}}, ...},
     "predictions": {"03-rate": {...}, ...}}

The state of a prediction is "done" if it was committed to, "open" if its answer was
only looked at; each mistake is a miss.
"""

import json
import os
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from nnteach.judge.note import Block, Note
from nnteach.practice.progress import PREDICTION, SIGNED, state

FORMAT = 1
LONGEST = 60  # characters of a name
JOINERS = "\u200c\u200d"  # unseen, but some scripts cannot write a name without them
HIDDEN = {
    "Cc",
    "Cf",
    "Cs",
    "Co",
    "Zl",
    "Zp",
}  # controls, marks of direction ...


def unfit(text):
    """Return why a text cannot be shown as a name, or ""."""
    if not isinstance(text, str):
        return "it is no text"
    if not text.strip():
        return "it is empty"
    if len(text) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    if any(unicodedata.category(c) in HIDDEN for c in text if c not in JOINERS):
        return "it holds characters that cannot be seen"
    return ""


def made_of(name, known, exercises):
    """Return the report as a dictionary.

    known: name -> counts, as `progress.counts.all()` returns them; exercises: the names
    of the exercises of this edition, in order.
    """
    cards = {
        key.removeprefix(PREDICTION): counts
        for key, counts in sorted(known.items())
        if key.startswith(PREDICTION)
    }

    def entry(counts):
        numbers = {key: counts[key] for key in ("tries", "hints")}
        mistakes = counts.get("mistakes", {})
        return {"state": state(counts), **numbers, "mistakes": mistakes}

    return {
        "format": FORMAT,
        "name": name,
        "written": datetime.now(UTC).isoformat(),
        "exercises": {key: entry(known[key]) for key in exercises if key in known},
        "predictions": {key: entry(counts) for key, counts in cards.items()},
    }


def written(name, known, exercises):
    """Write a report into the folder of the notebook; return a note that shows it.

    Raises TypeError or ValueError if the name cannot be one.
    """
    if not isinstance(name, (str, int)) or isinstance(name, bool):
        raise TypeError(f'name is a text or a number, such as "A 17"; got {name!r}.')
    name = " ".join(str(name).split())
    if unfit(name):
        raise ValueError(f"{name!r} cannot be the name on a report: {unfit(name)}.")
    report = made_of(name, known, exercises)
    short = "-".join(re.findall(r"\w+", name))[:LONGEST] or "of-mine"
    file = Path(f"nnteach-report-{short}.json")
    text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    done = sum(entry["state"] == "done" for entry in report["exercises"].values())
    heading = f"Report of {name}: {done} of {len(exercises)} exercises done."
    inside = (
        "In it are your name as you gave it, the time, and what you see here; none of "
        "your code. Nothing is sent."
    )
    new = file.with_name(f".{file.name}.new")
    try:
        new.write_text(text, "utf-8")
        os.replace(new, file)
    except OSError as error:
        reason = error.strerror or error
        trouble = f"The file `{file}` cannot be written: {reason}. Its text:"
        return Note(heading, trouble, Block(text), inside, sign="!", colour="#D55E00")
    where = f"Hand in the file `{file}`, in the folder of this notebook."
    return Note(heading, where, table(report), inside)


def table(report):
    """Return what a report holds, one line for each exercise and prediction."""
    rows = [("exercise", "state", "tries", "hints", "mistakes")]
    for kind, before in (("exercises", ""), ("predictions", PREDICTION)):
        for name, entry in report[kind].items():
            counted = entry["mistakes"].items()
            mistakes = ", ".join(f"{code} ({count})" for code, count in counted)
            signed = SIGNED[entry["state"]]
            numbers = str(entry["tries"]), str(entry["hints"])
            rows.append((before + name, signed, *numbers, mistakes))
    if len(rows) == 1:
        return "Nothing has been tried yet, so it lists no exercise."
    width = max(len(row[0]) for row in rows)
    lines = (f"{a:{width}}  {b:7}  {c:>5}  {d:>5}  {e}" for a, b, c, d, e in rows)
    return Block("\n".join(map(str.rstrip, lines)))
