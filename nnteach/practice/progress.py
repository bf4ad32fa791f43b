"""What was tried, hinted and solved: counts that outlive the kernel and the computer.

They are kept in `nnteach-progress.json` in the folder of the notebook: tries and hints
of each exercise and each prediction, whether it is done, and how often which mistake
was named. None of the learner's code, and no name.

    {"relu": {"done": true, "hints": 1, "tries": 2, "mistakes": {"wrong-sign": 1}}, ...}

`mistakes` is there only where one was named; files of older editions have none.

The environment variable NNTEACH_PROGRESS names another file; if it is empty, nothing is
read or written. Nothing here raises: what cannot be written stays in memory, and goes
into the file as soon as that is possible. Several kernels may share the file.
"""

import json
import os
import time
from contextlib import contextmanager
from pathlib import Path

from nnteach.judge.note import Block, Note

PREDICTION = "prediction: "  # before the name of a card; done: it was committed
NONE = {"tries": 0, "hints": 0, "done": False}
MISSED = "missed"  # the mistake of a wrong prediction that has no other name
MOST = 20  # mistakes that are kept of an exercise: the most frequent, else the latest
PATIENCE = 5  # seconds to wait for another kernel that writes; it needs milliseconds


def together(old, new):
    """Return the counts of two sources: tries and mistakes add up, the rest stays."""
    both = dict(old)
    for name, counts in new.items():
        before = both.get(name, NONE)
        both[name] = {
            "tries": before["tries"] + counts["tries"],
            "hints": max(before["hints"], counts["hints"]),
            "done": before["done"] or counts["done"],
        }
        mistakes = added(before.get("mistakes", {}), counts.get("mistakes", {}))
        if mistakes:
            both[name]["mistakes"] = mistakes
    return both


def added(old, new):
    """Return how often each mistake was named in two sources, at most MOST of them."""
    total = {code: old.get(code, 0) + new.get(code, 0) for code in {**new, **old}}
    often = sorted(total, key=total.get, reverse=True)  # as often: the new ones first
    return {code: total[code] for code in often[:MOST]}


class Counts:
    """The counts of all exercises: those in the file, and those that it lacks yet.

    file: a path, or None to keep them in memory alone.
    trouble: why the file could not be read or written, or "".
    """

    def __init__(self, file):
        self.file, self.trouble = file, ""
        self.stored, self.new = {}, {}

    def all(self):
        """Return the counts of every exercise, with those of other kernels."""
        self.update()
        return together(self.stored, self.new)

    def add(self, name, tries=0, hints=0, done=False, mistakes=()):
        """Count what happened with an exercise.

        mistakes: the codes of a try, "wrong-sign" or "wrong-sign, slope-missing" each.
        """
        codes = [part for code in mistakes for part in code.split(", ") if part]
        happened = {"tries": tries, "hints": hints, "done": done}
        happened["mistakes"] = dict.fromkeys(codes, 1)
        self.new = together(self.new, {name: happened})
        self.update()

    def reset(self):
        """Forget everything, in the file too."""
        self.stored, self.new = {}, {}
        self.update(empty=True)

    def update(self, empty=False):
        """Read the file, and put into it what it lacks, or nothing at all."""
        self.trouble = ""
        if self.file is None:
            return
        try:
            if not (self.new or empty):
                self.stored = read(self.file)
                return
            with alone(self.file):
                counts = {} if empty else together(read(self.file), self.new)
                write(self.file, counts)
                self.stored, self.new = counts, {}
        except (OSError, ValueError, RecursionError) as error:
            self.trouble = getattr(error, "strerror", None) or str(error)


def read(file):
    """Return the counts in a file; raise ValueError if it holds something else."""
    try:
        stored = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        raise ValueError("it is not JSON") from None
    for entry in stored.values() if isinstance(stored, dict) else [stored]:
        if not is_entry(entry):
            raise ValueError("it holds something else than counts")
    return stored


def is_entry(entry):
    """Return whether this is what is kept of one exercise."""
    kinds = {key: type(value) for key, value in NONE.items()}
    rest = dict(entry) if isinstance(entry, dict) else {}
    mistakes = rest.pop("mistakes", {})
    return (
        {key: type(value) for key, value in rest.items()} == kinds
        and isinstance(mistakes, dict)
        and all(type(count) is int for count in mistakes.values())
    )


def write(file, counts):
    """Put the counts in place of what the file holds, all at once."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n", "utf-8")
    os.replace(new, file)


@contextmanager
def alone(file):
    """Hold other kernels back, by a file beside it that only one of them can make."""
    lock, end = file.with_name(f".{file.name}.lock"), time.monotonic() + PATIENCE
    seen = set()
    while True:
        try:
            lock.touch(exist_ok=False)
            break
        except FileExistsError:
            if time.monotonic() > end:
                if len(seen) == 1:  # the same all the time: its kernel has died
                    lock.unlink(missing_ok=True)
                raise OSError("another kernel is writing it") from None
        try:
            seen.add(lock.stat().st_mtime_ns)
        except FileNotFoundError:
            seen.add(None)
        time.sleep(0.005)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def chosen_file():
    """Return the file for the counts, or None if there is to be none."""
    name = os.environ.get("NNTEACH_PROGRESS", "nnteach-progress.json")
    try:
        return Path(name).absolute() if name else None
    except OSError:  # the folder is gone
        return None


counts = Counts(chosen_file())


# --------------------------------------------------------------------- how it is shown

# state of an exercise -> the same with a sign, as it is shown
SIGNED = {"done": "✓ done", "tried": "✗ tried", "open": "· open"}


def state(entry):
    """Return "done", "tried" or "open" for the counts of an exercise."""
    return "done" if entry["done"] else "tried" if entry["tries"] else "open"


class Progress(Note):
    """A table of the chapters: how many exercises are done, and the names of all.

    chapters: number -> (title, names of its exercises).
    """

    def __init__(self, chapters):
        rows, lines, total, known = [], [], 0, counts.all()
        for number, (title, exercises) in chapters.items():
            entries = {name: known.get(name, NONE) for name in exercises}
            names = {
                kind: ", ".join(n for n, e in entries.items() if state(e) == kind)
                for kind in SIGNED
            }
            done, tries, hints = (
                sum(entry[key] for entry in entries.values())
                for key in ("done", "tries", "hints")
            )
            total += done
            title, done = f"{number:02} {title}", f"{done} of {len(exercises)}"
            rows.append((title, done, tries, hints, *names.values()))
            used = f"; tries: {tries}, hints: {hints}" if tries or hints else ""
            lines.append(f"{title:24} {done} done{used}")
            for kind in ("done", "tried"):
                if names[kind]:
                    lines.append(f"  {SIGNED[kind]}: {names[kind]}")
        table = Table("\n".join(lines))
        table.rows = rows
        count = sum(len(exercises) for _, exercises in chapters.values())
        cards = [known[name]["done"] for name in known if name.startswith(PREDICTION)]
        guessed = f"Predictions that you committed to: {sum(cards)}." * any(cards)
        super().__init__(f"{total} of {count} exercises done.", table, guessed, kept())


def kept():
    """Return a sentence that tells where the counts are kept; none without a file."""
    if counts.trouble:
        return (
            f"The file `{counts.file}` cannot be used: {counts.trouble}. What you do "
            "is counted as long as this kernel runs."
        )
    if counts.file is None:
        return ""
    return (
        f"Kept in the file `{counts.file.name}`: how many tries and hints, what is "
        "done, and the names of mistakes; none of your code."
    )


class Table(Block):
    """The lines of the progress, with the rows that they are made of."""

    def html(self):
        """Return the rows as an HTML table."""
        left = 'style="text-align:left"'
        heads = ("chapter", "done", "tries", "hints", *SIGNED.values())
        lines = ["".join(f'<th scope="col">{head}</th>' for head in heads)]
        for title, *cells in self.rows:
            cells = "".join(f"<td {left}>{cell}</td>" for cell in cells)
            lines.append(f'<th scope="row" {left}>{title}</th>{cells}')
        return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
