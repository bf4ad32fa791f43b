"""The kinds of exercises: write a function, find numbers, choose a word.

        exercise.check(answer)  ->  Result        exercise.hint()  exercise.solution()

An exercise is data: the task, the hints, the solution, and the wrong answers that are
known, each with its own name. A wrong answer is recognised by its results: it gives the
same numbers as the known mistake on inputs whose sizes all differ. A teacher adds one:

    exercises.softmax.wrong.append(
        Wrong("my-code", "What to think about.", "axis=-2", "axis=-1")
    )

where the third entry is a piece of the solution's source and the last is what stands
there instead.
"""

import inspect
import math
import textwrap
from dataclasses import dataclass

import numpy as np

from nnteach.feedback import Block, Note, Result, Solution, source_of
from nnteach.rounding import show

session = {}  # name of an exercise -> {"tries", "done", "hints"}, for this session


@dataclass(frozen=True)
class Wrong:
    """A known wrong answer.

    code: its name; message: what to think about.
    answer: a function, the numbers, or the word that is wrong; or a piece of the
        solution's source, and then `new` is what stands in its place.
    """

    code: str
    message: str
    answer: object = None
    new: str | None = None

    def function(self, solution):
        """Return the function that makes this mistake."""
        if self.new is None:
            return self.answer
        source = source_of(solution)
        if self.answer not in source:
            raise ValueError(f"{self.code}: {self.answer!r} is not in the solution.")
        changed = source.replace(self.answer, self.new)
        names = dict(inspect.unwrap(solution).__globals__)
        exec(compile(changed, f"<{self.code}>", "exec"), names)
        return names[solution.__name__]


class Exercise:
    """What all exercises have: a task, hints, a solution, and a memory."""

    def __init__(self, name, chapter, task, hints, why, wrong=(), shown=""):
        self.name, self.chapter = name, chapter
        self.task = textwrap.dedent(task).strip().replace("\n", " ")
        self.hints, self.why, self.wrong = tuple(hints), why, list(wrong)
        self.shown = shown  # a table or matrix that belongs to the task

    def check(self, *answers):
        """Return what is right or wrong about an answer, as a `Result`."""
        memory = self.memory
        with np.errstate(all="ignore"):
            result = self.judge(*answers)
        if result.verdict != "not attempted":
            memory["tries"] += 1
        memory["done"] |= result.right
        return result

    def hint(self):
        """Return the next hint, from a question to nearly the answer."""
        memory, count = self.memory, len(self.hints)
        number = memory["hints"] = min(memory["hints"] + 1, count)
        last = f"That was the last hint: `{self.address}.solution()` shows the answer."
        return Note(
            f"{self.name}: hint {number} of {count}.",
            self.hints[number - 1],
            last if number == count else "",
            sign="?",
        )

    def solution(self):
        """Return the solution, and why it is right."""
        return Solution(f"{self.name}: a solution.", Block(self.answer_text), self.why)

    @property
    def memory(self):
        """What happened with this exercise in this session."""
        return session.setdefault(self.name, {"tries": 0, "done": False, "hints": 0})

    @property
    def address(self):
        """What to write to reach this exercise."""
        return f"exercises.{self.name}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.note()._repr_mimebundle_()

    def note(self):
        """Return the task as a note."""
        shown = Block(self.shown() if callable(self.shown) else self.shown)
        return Solution(
            f"Exercise {self.name} (chapter {self.chapter:02}).",
            self.task,
            shown,
            Block(self.stub),
        )

    def __repr__(self):
        return str(self.note())

    def not_attempted(self, message=""):
        """Return the result for an answer that is not there yet."""
        return Result(self.name, "not attempted", "", message, self.first_step)

    def named(self, mistake, *more):
        """Return the result for a known wrong answer."""
        return Result(self.name, "wrong", mistake.code, mistake.message, *more)


# ------------------------------------------------------------- find numbers, a word


class NumberExercise(Exercise):
    """Find one number or a few, by hand or with a calculator.

    numbers: the right ones; labels: what each is called.
    digits: how many digits have to be right, give or take one in the last.
    """

    first_step = "Put your answer in place of `...` and run the cell again."

    def __init__(self, *args, numbers, labels, digits=3, **more):
        super().__init__(*args, **more)
        self.numbers, self.labels = tuple(map(float, numbers)), tuple(labels)
        self.digits = digits

    @property
    def stub(self):
        """The check call, still without numbers."""
        return f"{self.address}.check({', '.join('...' for _ in self.numbers)})"

    @property
    def answer_text(self):
        """The numbers with their names."""
        pairs = zip(self.labels, self.numbers, strict=True)
        return "\n".join(f"{label} = {show(number)}" for label, number in pairs)

    def judge(self, *answers):
        """Return the result for these numbers."""
        if len(answers) == 1 and isinstance(answers[0], (list, tuple, np.ndarray)):
            if isinstance(answers[0], np.ndarray) and answers[0].dtype.kind in "biuf":
                answers = answers[0].ravel().tolist()
            else:
                answers = list(answers[0])
        if not answers or any(answer is ... or answer is None for answer in answers):
            return self.not_attempted()
        if len(answers) != len(self.numbers):
            return self.wrong_count(len(answers))
        given = [as_number(answer) for answer in answers]
        for answer, number in zip(answers, given, strict=True):
            if number is None:
                message = (
                    f"A number belongs here, such as 0.25; you gave {what(answer)}."
                )
                return Result(self.name, "wrong", "not-a-number", message)
        return self.compare(given)

    def wrong_count(self, count):
        """Return the result for too many or too few numbers."""
        wanted = len(self.numbers)
        message = (
            f"The answer is {wanted} number{'s' if wanted > 1 else ''} "
            f"({', '.join(self.labels)}); you gave {count}. Decimals are written "
            "with a point: 0.25."
        )
        return Result(self.name, "wrong", "count", message)

    def compare(self, given):
        """Return the result for as many numbers as there should be."""

        def fits(numbers, right=self.numbers, digits=self.digits):
            pairs = zip(numbers, right, strict=True)
            return all(near(a, b, digits) for a, b in pairs)

        if fits(given):
            return Result(self.name, "right", "", f"{self.answer_line()}.")
        for mistake in self.wrong:
            if fits(given, np.ravel(np.asarray(mistake.answer, dtype=float)).tolist()):
                return self.named(mistake)
        if fits([-number for number in given]):
            message = "The size is right, the sign is not."
            return Result(self.name, "wrong", "wrong-sign", message)
        if fits(given, digits=self.digits - 1):
            count = {3: "three", 4: "four"}[self.digits]
            message = (
                f"Nearly: give {count} digits that count, and round at the end only."
            )
            return Result(self.name, "wrong", "rounding", message)
        if fits(sorted(given), sorted(self.numbers)):
            message = "These are the right numbers in another order: first "
            message += f"{', then '.join(self.labels)}."
            return Result(self.name, "wrong", "order", message)
        pairs = zip(self.labels, given, self.numbers, strict=True)
        wrong = [label for label, a, b in pairs if not near(a, b, self.digits)]
        message = f"Look at {' and '.join(wrong)} again."
        return Result(self.name, "wrong", "unknown", message, self.next_step)

    def answer_line(self):
        """Return the numbers in one line."""
        return self.answer_text.replace("\n", ", ")

    @property
    def next_step(self):
        """What helps after a wrong answer that has no name."""
        return f"`{self.address}.hint()` helps."


class ChoiceExercise(Exercise):
    """Choose a word out of a list, or one for each of several things.

    words: the right word (or words). choices: word -> what it means.
    """

    first_step = "Put your answer, in quotes, in place of `...` and run the cell again."

    def __init__(self, *args, words, choices, **more):
        super().__init__(*args, **more)
        self.words = (words,) if isinstance(words, str) else tuple(words)
        self.choices = dict(choices)

    @property
    def stub(self):
        """The choices, and the check call still without an answer."""
        width = max(map(len, self.choices))
        lines = [f"# {word:{width}}  {text}" for word, text in self.choices.items()]
        call = f"{self.address}.check({', '.join('...' for _ in self.words)})"
        return "\n".join([*lines, call])

    @property
    def answer_text(self):
        """The right words."""
        return f"{self.address}.check({', '.join(map(repr, self.words))})"

    def judge(self, *answers):
        """Return the result for these words."""
        if len(answers) == 1 and isinstance(answers[0], (list, tuple)):
            answers = tuple(answers[0])
        if not answers or any(answer is ... or answer is None for answer in answers):
            return self.not_attempted()
        plain = {plain_word(word): word for word in self.choices}
        given = tuple(
            plain.get(plain_word(a)) if isinstance(a, str) else None for a in answers
        )
        if None in given or len(given) != len(self.words):
            count = (
                f"{len(self.words)} of these" if len(self.words) > 1 else "one of these"
            )
            message = f"Answer with {count}, in quotes: {', '.join(self.choices)}."
            return Result(self.name, "wrong", "not-a-choice", message)
        if given == self.words:
            return Result(self.name, "right", "", self.why)
        for mistake in self.wrong:
            wanted = mistake.answer
            if given == ((wanted,) if isinstance(wanted, str) else tuple(wanted)):
                return self.named(mistake)
        hint = f"Compare the numbers once more; `{self.address}.hint()` helps."
        return Result(self.name, "wrong", "unknown", hint)


def plain_word(text):
    """Return a word without regard to capitals, hyphens and spaces."""
    return "".join(letter for letter in text.lower() if letter.isalnum())


def as_number(value):
    """Return the value as a finite number, or None."""
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    if array.dtype.kind not in "iuf" or array.size != 1 or not np.isfinite(array).all():
        return None
    return float(array.item())


def near(given, right, digits=3):
    """Return whether two numbers agree to so many digits, or nearly so."""
    if right == 0:
        return abs(given) < 0.5 * 10.0**-digits
    last = 10.0 ** (math.floor(math.log10(abs(right))) - digits + 1)
    return abs(given - right) <= 1.05 * last


def what(value):
    """Return what kind of thing a value is, short enough for a sentence."""
    if isinstance(value, str):
        return f"the text {value[:30]!r}"
    if callable(value):
        return f"the function {getattr(value, '__name__', '')}".rstrip()
    kinds = {dict: "a dictionary", tuple: "a tuple", list: "a list", type(None): "None"}
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    return kinds.get(type(value), f"a {type(value).__name__}")
