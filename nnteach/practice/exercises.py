"""All exercises by name: `exercises.softmax.check(softmax)`.

        .check(answer)   right, or what is wrong and where, or not attempted yet
        .hint()          one more each time, from a question to nearly the answer
        .solution()      the source of a solution, and why it is right, after a try

`exercises.chapter(3)` lists a chapter, `exercises.progress()` shows what is done. It is
kept in a file beside the notebook, and sent nowhere; `exercises.report("name")` writes
a file to hand in. Introduced in chapter 1.
"""

import difflib

from nnteach.judge.note import Note
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
from nnteach.practice import (
    report as reports,
)
from nnteach.practice.progress import NONE, SIGNED, Progress, counts, state

__all__ = ["EXERCISES", "chapter", "progress", "report"]

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
    if not isinstance(number, int) or number not in CHAPTERS:
        wanted = f"expected a number from 1 to {max(CHAPTERS)}"
        raise ValueError(f"chapter {number!r}: {wanted}. Try exercises.chapter(1).")
    (title, module), known = CHAPTERS[number], counts.all()
    return Note(
        f"Chapter {number:02}: {title}. `exercises.NAME` shows a task.",
        *(
            f"{SIGNED[state(known.get(e.name, NONE))]} `{e.name}`: {e.task}"
            for e in module.EXERCISES
        ),
    )


def progress(reset=False):
    """Return what is done, one row for each chapter; reset: forget everything first.

    It is kept in `nnteach-progress.json` in the folder of the notebook
    (`nnteach.practice.progress` tells how).
    """
    if reset:
        counts.reset()
    return Progress(
        {
            number: (title, [e.name for e in module.EXERCISES])
            for number, (title, module) in CHAPTERS.items()
        }
    )


def report(name):
    """Write a file to hand in, of what you have tried; return what it holds.

    name: your name or number, as your instructor wants it. The file
    `nnteach-report-NAME.json` is in the folder of the notebook; of each exercise and
    prediction it holds the state, tries, hints and named mistakes, none of your code.

    Raises TypeError or ValueError if `name` cannot be shown as one.
    """
    return reports.written(name, counts.all(), [*EXERCISES])
