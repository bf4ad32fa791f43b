"""All exercises by name: `exercises.softmax.check(softmax)`.

        .check(answer)   right, or what is wrong and where, or not attempted yet
        .hint()          one more each time, from a question to nearly the answer
        .solution()      the source of a solution, and why it is right

`exercises.chapter(3)` lists a chapter, `exercises.progress()` shows what is done in
this session. Nothing is sent or stored anywhere. Introduced in chapter 1.
"""

import difflib
import html

from nnteach.answers import (
    chapter_01,
    chapter_02,
    chapter_03,
    chapter_04,
    chapter_05,
    chapter_06,
    chapter_07,
    chapter_08,
    chapter_09,
)
from nnteach.exercise import Block, Note, Wrong, session

__all__ = ["EXERCISES", "Wrong", "chapter", "progress"]

TITLES = {
    1: "activations",
    2: "worked example",
    3: "two-layer network",
    4: "three-layer network",
    5: "deep networks",
    6: "find the mistake",
    7: "learning rate",
    8: "vanishing gradients",
    9: "real data",
}
_MODULES = (
    chapter_01,
    chapter_02,
    chapter_03,
    chapter_04,
    chapter_05,
    chapter_06,
    chapter_07,
    chapter_08,
    chapter_09,
)
EXERCISES = {e.name: e for module in _MODULES for e in module.EXERCISES}


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
    found = [e for e in EXERCISES.values() if e.chapter == number]
    if not found:
        raise ValueError(
            f"chapter {number!r}: expected a number from 1 to {max(TITLES)}."
        )
    return Note(
        f"Chapter {number:02}: {TITLES[number]}. `exercises.NAME` shows a task.",
        *(f"{state_sign(e.name)} `{e.name}`: {e.task}" for e in found),
    )


# state of an exercise -> sign; the word stands beside it
_SIGNS = {"done": "✓", "tried": "✗", "open": "·"}


def state(name):
    """Return "done", "tried" or "open" for an exercise in this session."""
    memory = session.get(name)
    if memory and memory["done"]:
        return "done"
    return "tried" if memory and memory["tries"] else "open"


def state_sign(name):
    """Return the sign and the word of an exercise's state."""
    return f"{_SIGNS[state(name)]} {state(name)}"


def progress():
    """Return what is done in this session, one row for each chapter."""
    return Progress()


class Progress(Note):
    """A table of the chapters: how many exercises are done, and the names of all."""

    def __init__(self):
        self.rows = []
        for number, title in TITLES.items():
            names = [e.name for e in EXERCISES.values() if e.chapter == number]
            groups = {key: [n for n in names if state(n) == key] for key in _SIGNS}
            self.rows.append((f"{number:02} {title}", len(names), groups))
        done = sum(len(groups["done"]) for _, _, groups in self.rows)
        lines = []
        for title, count, groups in self.rows:
            lines.append(f"{title:24} {len(groups['done'])} of {count} done")
            lines += [
                f"  {_SIGNS[key]} {key}: {', '.join(groups[key])}"
                for key in ("done", "tried")
                if groups[key]
            ]
        super().__init__(
            f"{done} of {len(EXERCISES)} exercises done in this session.",
            Block("\n".join(lines)),
        )

    def block(self, text):
        """Return the rows as an HTML table."""
        heads = ("chapter", "done", *(f"{_SIGNS[k]} {k}" for k in _SIGNS))
        cells = "".join(f'<th scope="col">{head}</th>' for head in heads)
        lines = [f"<tr>{cells}</tr>"]
        for title, count, groups in self.rows:
            cells = [f'<th scope="row" style="text-align:left">{title}</th>']
            cells.append(f"<td>{len(groups['done'])} of {count}</td>")
            names = [html.escape(", ".join(groups[key])) for key in _SIGNS]
            cells += [f'<td style="text-align:left">{text}</td>' for text in names]
            lines.append(f"<tr>{''.join(cells)}</tr>")
        return f"<table>{''.join(lines)}</table>"
