"""All exercises by name: `exercises.softmax.check(softmax)`.

        .check(answer)   right, or what is wrong and where, or not attempted yet
        .hint()          one more each time, from a question to nearly the answer
        .solution()      the source of a solution, and why it is right

`exercises.chapter(3)` lists a chapter, `exercises.progress()` shows what is done in
this session. Nothing is sent or stored anywhere. Introduced in chapter 1.
"""

import difflib
import html

from nnteach.judge.note import Block, Note
from nnteach.practice import (
    chapter_01,
    chapter_02,
    chapter_03,
    chapter_04,
    chapter_05,
    chapter_06,
    chapter_07,
    chapter_08,
    chapter_09,
    chapter_10,
)
from nnteach.practice.exercise import Wrong, session

__all__ = ["EXERCISES", "Wrong", "chapter", "progress"]

CHAPTERS = {
    1: ("activations", chapter_01),
    2: ("worked example", chapter_02),
    3: ("two-layer network", chapter_03),
    4: ("three-layer network", chapter_04),
    5: ("deep networks", chapter_05),
    6: ("find the mistake", chapter_06),
    7: ("learning rate", chapter_07),
    8: ("vanishing gradients", chapter_08),
    9: ("real data", chapter_09),
    10: ("better steps", chapter_10),
}
EXERCISES = {e.name: e for _, module in CHAPTERS.values() for e in module.EXERCISES}


def __getattr__(name):
    if name in EXERCISES:
        return EXERCISES[name]
    message = f"There is no exercise {name!r}."
    if not name.startswith("_"):
        close = difflib.get_close_matches(name, [*EXERCISES, *__all__], n=3, cutoff=0.5)
        if close:
            message += f" Did you mean {' or '.join(close)}?"
        message += " exercises.chapter(1) lists those of chapter 1."
    raise AttributeError(message)


def __dir__():
    return sorted([*EXERCISES, *__all__])


def chapter(number):
    """Return a list of the exercises of a chapter, and what each asks for."""
    if number not in CHAPTERS:
        last = max(CHAPTERS)
        raise ValueError(f"chapter {number!r}: expected a number from 1 to {last}.")
    title, module = CHAPTERS[number]
    return Note(
        f"Chapter {number:02}: {title}. `exercises.NAME` shows a task.",
        *(f"{SIGNED[state(e.name)]} `{e.name}`: {e.task}" for e in module.EXERCISES),
    )


# state of an exercise -> the same with a sign, as it is shown
SIGNED = {"done": "✓ done", "tried": "✗ tried", "open": "· open"}


def state(name):
    """Return "done", "tried" or "open" for an exercise in this session."""
    memory = session.get(name, {"done": False, "tries": 0})
    return "done" if memory["done"] else "tried" if memory["tries"] else "open"


def progress():
    """Return what is done in this session, one row for each chapter."""
    return Progress()


class Progress(Note):
    """A table of the chapters: how many exercises are done, and the names of all."""

    def __init__(self):
        self.rows, lines, total = [], [], 0
        for number, (title, module) in CHAPTERS.items():
            groups = {key: [] for key in SIGNED}
            for exercise in module.EXERCISES:
                groups[state(exercise.name)].append(exercise.name)
            names = {key: ", ".join(group) for key, group in groups.items()}
            count = len(groups["done"])
            total += count
            done = f"{count} of {len(module.EXERCISES)}"
            self.rows.append((f"{number:02} {title}", done, *names.values()))
            lines.append(f"{f'{number:02} {title}':24} {done} done")
            for key in ("done", "tried"):
                if names[key]:
                    lines.append(f"  {SIGNED[key]}: {names[key]}")
        heading = f"{total} of {len(EXERCISES)} exercises done in this session."
        table = Table("\n".join(lines))
        table.rows = self.rows
        super().__init__(heading, table)


class Table(Block):
    """The lines of the progress, with the rows that they are made of."""

    def html(self):
        """Return the rows as an HTML table."""
        left = 'style="text-align:left"'
        heads = ("chapter", "done", *SIGNED.values())
        lines = ["".join(f'<th scope="col">{head}</th>' for head in heads)]
        for title, done, *names in self.rows:
            cells = "".join(f"<td {left}>{html.escape(text)}</td>" for text in names)
            lines.append(f'<th scope="row" {left}>{title}</th><td>{done}</td>{cells}')
        return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
