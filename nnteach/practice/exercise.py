"""What an exercise says and remembers; exercises that ask for numbers or a word.

        exercise.check(answer)  ->  Result        exercise.hint()  exercise.solution()

An exercise is data: the task, the hints, the solution, and the wrong answers that are
known, each with its own name. Whatever is said comes as plain text and as HTML: a sign
and a word tell the verdict, the colour of the border only repeats them. Text in
`backticks` is code.
"""

import inspect
import math
import re
import textwrap
from dataclasses import dataclass

import numpy as np

from nnteach.judge.note import Block, Code, Mistake, Note, Result
from nnteach.judge.values import what
from nnteach.rounding import show

session = {}  # name of an exercise -> {"tries", "done", "hints"}, for this session


def source_of(function):
    """Return the source of a function without its decorators."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    return source[re.search(r"^(def|class) ", source, re.MULTILINE).start() :].rstrip()


# --------------------------------------------------------------- what all have


@dataclass(frozen=True)
class Wrong:
    """A known wrong answer.

    code: its name; message: what to think about.
    answer: the numbers or the word that is wrong; for a function the wrong function, or
        an edit of the solution's source, "old -> new".

    A teacher adds one:

        exercises.softmax.wrong.append(
            Wrong("my-code", "axis=-2 -> axis=-1", "What to think about.")
        )
    """

    code: str
    answer: object
    message: str

    def function(self, solution):
        """Return the function that makes this mistake."""
        if callable(self.answer):
            return self.answer
        old, new = self.answer.split(" -> ")
        source = source_of(solution)
        if old not in source:
            raise ValueError(f"{self.code}: {old!r} is not in the solution.")
        names = dict(inspect.unwrap(solution).__globals__)
        exec(compile(source.replace(old, new), f"<{self.code}>", "exec"), names)
        return names[solution.__name__]


class Exercise:
    """A task, hints, a solution, and a memory.

    text: the task; then a list of the hints, from a question to nearly the answer; then
        why the solution is right. An empty line comes between the three.
    wrong: the known wrong answers, (code, answer, message) each.
    shown: a table or matrix that belongs to the task, or a function that returns it.
    """

    def __init__(self, name, chapter, text, *, wrong=(), shown=""):
        self.name, self.chapter, self.shown = name, chapter, shown
        task, hints, why = textwrap.dedent(text).strip().split("\n\n")
        self.task, self.why = one_line(task), one_line(why)
        hints = re.split(r"^- ", hints, flags=re.MULTILINE)[1:]
        self.hints = tuple(map(one_line, hints))
        self.wrong = [Wrong(*row) for row in wrong]
        self.address = f"exercises.{name}"

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
        return Note(f"{self.name}: a solution.", Code(self.answer_text), self.why)

    def note(self):
        """Return the task as a note."""
        heading = f"Exercise {self.name} (chapter {self.chapter:02})."
        shown = self.shown() if callable(self.shown) else self.shown
        return Note(heading, self.task, Block(shown), Code(self.stub))

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.note()._repr_mimebundle_()

    def __repr__(self):
        return str(self.note())

    @property
    def memory(self):
        """What happened with this exercise in this session."""
        return session.setdefault(self.name, {"tries": 0, "done": False, "hints": 0})

    def not_attempted(self, message=""):
        """Return the result for an answer that is not there yet."""
        return Result("not attempted", (), (message, self.first_step), self.name)

    def right_answer(self, *more):
        """Return the result for a right answer."""
        return Result("right", (), more, self.name)

    def wrong_answer(self, code, message, *more):
        """Return the result for a wrong answer."""
        return Result("wrong", [Mistake(code, "", message)], more, self.name)


def one_line(text):
    """Return a paragraph in one line."""
    return " ".join(text.split())


def given_answers(answers):
    """Return the answers one by one, also out of a list; none if one is missing."""
    if len(answers) == 1 and isinstance(answers[0], np.ndarray):
        answers = answers[0].ravel().tolist()
    elif len(answers) == 1 and isinstance(answers[0], (list, tuple)):
        answers = answers[0]
    return () if any(a is ... or a is None for a in answers) else tuple(answers)


# ------------------------------------------------------------------- find numbers


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
        pairs = zip(self.labels, self.numbers, strict=True)
        self.answer_text = "\n".join(f"{label} = {show(n)}" for label, n in pairs)
        self.stub = f"{self.address}.check({', '.join('...' for _ in self.numbers)})"

    def judge(self, *answers):
        """Return the result for these numbers."""
        answers = given_answers(answers)
        if not answers:
            return self.not_attempted()
        wanted = len(self.numbers)
        if len(answers) != wanted:
            message = (
                f"The answer is {wanted} number{'s' if wanted > 1 else ''} "
                f"({', '.join(self.labels)}); you gave {len(answers)}. Decimals are "
                "written with a point: 0.25."
            )
            return self.wrong_answer("count", message)
        given = [as_number(answer) for answer in answers]
        if None in given:
            culprit = what(answers[given.index(None)])
            message = f"A number belongs here, such as 0.25; you gave {culprit}."
            return self.wrong_answer("not-a-number", message)
        return self.compare(given)

    def compare(self, given):
        """Return the result for as many numbers as there should be."""

        def fits(numbers, right=self.numbers, digits=self.digits):
            pairs = zip(numbers, right, strict=True)
            return all(near(a, b, digits) for a, b in pairs)

        if fits(given):
            line = self.answer_text.replace("\n", ", ")
            return self.right_answer(f"{line}.")
        for mistake in self.wrong:
            if fits(given, np.ravel(mistake.answer).tolist()):
                return self.wrong_answer(mistake.code, mistake.message)
        if fits([-number for number in given]):
            message = "The size is right, the sign is not."
            return self.wrong_answer("wrong-sign", message)
        if fits(given, digits=self.digits - 1):
            count = {3: "three", 4: "four"}[self.digits]
            message = f"Nearly: give {count} digits, and round at the end only."
            return self.wrong_answer("rounding", message)
        if fits(sorted(given), sorted(self.numbers)):
            names = ", then ".join(self.labels)
            message = f"These are the right numbers in another order: first {names}."
            return self.wrong_answer("order", message)
        triples = zip(self.labels, given, self.numbers, strict=True)
        wrong = [label for label, a, b in triples if not near(a, b, self.digits)]
        message = f"Look at {' and '.join(wrong)} again."
        return self.wrong_answer("unknown", message, f"`{self.address}.hint()` helps.")


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


# ------------------------------------------------------------------- choose a word


class ChoiceExercise(Exercise):
    """Choose a word out of a list, or one for each of several things.

    words: the right word (or words). choices: word -> what it means.
    """

    first_step = "Put your answer, in quotes, in place of `...` and run the cell again."

    def __init__(self, *args, words, choices, **more):
        super().__init__(*args, **more)
        self.words = (words,) if isinstance(words, str) else tuple(words)
        self.choices = dict(choices)
        width = max(map(len, self.choices))
        lines = [f"# {word:{width}}  {text}" for word, text in self.choices.items()]
        call = f"{self.address}.check({', '.join('...' for _ in self.words)})"
        self.stub = "\n".join([*lines, call])
        self.answer_text = f"{self.address}.check({', '.join(map(repr, self.words))})"

    def judge(self, *answers):
        """Return the result for these words."""
        answers = given_answers(answers)
        if not answers:
            return self.not_attempted()
        plain = {plain_word(word): word for word in self.choices}
        given = tuple(plain.get(plain_word(answer)) for answer in answers)
        if None in given or len(given) != len(self.words):
            count = len(self.words) if len(self.words) > 1 else "one"
            message = f"Answer with {count} of these, in quotes: "
            return self.wrong_answer(
                "not-a-choice", f"{message}{', '.join(self.choices)}."
            )
        if given == self.words:
            return self.right_answer(self.why)
        for mistake in self.wrong:
            wanted = mistake.answer
            if given == ((wanted,) if isinstance(wanted, str) else wanted):
                return self.wrong_answer(mistake.code, mistake.message)
        hint = f"Compare the numbers once more; `{self.address}.hint()` helps."
        return self.wrong_answer("unknown", hint)


def plain_word(answer):
    """Return a word without regard to capitals, hyphens and spaces."""
    return "".join(letter for letter in str(answer).lower() if letter.isalnum())
