"""What an exercise says; exercises that ask for numbers or a word.

        exercise.check(answer)  ->  Result        exercise.hint()  exercise.solution()

An exercise is data: the task, the hints, the solution, and the wrong answers that are
known, each with its own name.
"""

import inspect
import math
import os
import re
import textwrap
from dataclasses import dataclass

import numpy as np

from nnteach.judge.note import Block, Code, Mistake, Note, Result
from nnteach.judge.values import as_numbers, what
from nnteach.practice.progress import NONE, counts
from nnteach.rounding import show


def source_of(function):
    """Return the source of a function without its decorators."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    return source[re.search(r"^(def|class) ", source, re.MULTILINE).start() :].rstrip()


def edited(function, edit):
    """Return the function after an edit, "old -> new", of its source.

    Raises ValueError if the edit does not fit the source.
    """
    source = source_of(function)
    old, arrow, new = edit.partition(" -> ") if isinstance(edit, str) else ("", "", "")
    if not arrow or " -> " in new or old == new:
        raise ValueError(f'expected an edit, "old -> new", got {edit!r}.')
    if old not in source:
        raise ValueError(f"{old!r} is not in the solution.")
    names = dict(inspect.unwrap(function).__globals__)
    try:
        exec(compile(source.replace(old, new), f"<{edit}>", "exec"), names)
    except SyntaxError as error:
        raise ValueError(f"{edit!r} leaves no Python: {error.msg}.") from None
    return names[function.__name__]


# --------------------------------------------------------------- what all have


@dataclass(frozen=True)
class Wrong:
    """A known wrong answer: its name, the answer, and what to think about.

    answer: the numbers, the word, or the function.
    """

    code: str
    answer: object
    message: str


class Exercise:
    """A task, hints, a solution, and known wrong answers.

    text: the task; then a list of the hints, from a question to nearly the answer; then
        why the solution is right. An empty line comes between the three.
    wrong: the known wrong answers, (code, answer, message) each: see `add_wrong`.
    shown: a table or matrix that belongs to the task, or a function that returns it.
    """

    def __init__(self, name, chapter, text, *, wrong=(), shown=""):
        self.name, self.chapter, self.shown = name, chapter, shown
        task, hints, why = textwrap.dedent(text).strip().split("\n\n")
        self.task, self.why = one_line(task), one_line(why)
        hints = re.split(r"^- ", hints, flags=re.MULTILINE)[1:]
        self.hints = tuple(map(one_line, hints))
        self.hints_shown, self.wrong = 0, ()
        for row in wrong:
            self.wrong += (self.known(*row),)

    @property
    def address(self):
        """How a learner calls the exercise."""
        return f"exercises.{self.name}"

    def add_wrong(self, code, answer, message):
        """Add a known wrong answer: its name, the answer, and what to think about.

        answer: the numbers or the word that is wrong; for a function the wrong
            function, or an edit of the solution's source, "old -> new".

            exercises.softmax.add_wrong(
                "my-code", "axis=-2 -> axis=-1", "What to think about."
            )

        Raises ValueError if such an answer cannot be given, or if it is right.
        """
        wrong = self.known(code, answer, message)
        if self.is_right(wrong.answer):
            raise ValueError(f"{self.name}, {code}: this answer is right.")
        self.wrong += (wrong,)

    def known(self, code, answer, message):
        """Return a known wrong answer, or raise ValueError if it cannot be given."""
        try:
            return Wrong(code, self.as_wrong(answer), message)
        except ValueError as reason:
            raise ValueError(f"{self.name}, {code}: {reason}") from None

    def is_right(self, answer):
        """Return whether this answer, as `as_wrong` returns it, is right."""
        with np.errstate(all="ignore"):
            return self.judge(*([answer] if callable(answer) else answer)).right

    def check(self, *answers):
        """Return what is right or wrong about an answer, as a `Result`."""
        with np.errstate(all="ignore"):
            result = self.judge(*answers)
        if result.right and any(map(is_the_courses, answers)):
            return self.right_answer(*result.facts, NOT_YOURS)
        if result.verdict != "not attempted":
            codes = [mistake.code for mistake in result.mistakes]
            counts.add(self.name, tries=1, done=result.right, mistakes=codes)
        return result

    def hint(self):
        """Return the next hint, from a question to nearly the answer."""
        count = len(self.hints)
        number = self.hints_shown = min(self.hints_shown + 1, count)
        counts.add(self.name, hints=number)
        last = (
            "That was the last hint. When you have tried, "
            f"`{self.address}.solution()` shows the answer."
        )
        return Note(
            f"{self.name}: hint {number} of {count}.",
            self.hints[number - 1],
            last if number == count else "",
            sign="?",
        )

    def solution(self, anyway=False):
        """Return the solution, and why it is right.

        Before the first try it stays closed, unless `anyway`, or the environment
        variable NNTEACH_SOLUTIONS is "open", as in a teacher's own copy.
        """
        is_open = anyway or os.environ.get("NNTEACH_SOLUTIONS") == "open"
        if is_open or counts.all().get(self.name, NONE)["tries"]:
            return Note(f"{self.name}: a solution.", Code(self.answer_text), self.why)
        return Note(
            f"{self.name}: try it first.",
            f"The solution opens after your first try, right or wrong. "
            f"`{self.address}.hint()` helps you to begin.",
        )

    def note(self):
        """Return the task as a note."""
        heading = f"Exercise {self.name} (chapter {self.chapter:02})."
        shown = self.shown() if callable(self.shown) else self.shown
        return Note(heading, self.task, Block(shown), Code(self.stub))

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.note()._repr_mimebundle_()

    def __repr__(self):
        return str(self.note())

    def not_attempted(self, message=""):
        """Return the result for an answer that is not there yet."""
        return Result("not attempted", (), (message, self.first_step), self.name)

    def right_answer(self, *more):
        """Return the result for a right answer."""
        return Result("right", (), more, self.name)

    def wrong_answer(self, code, message, *more):
        """Return the result for a wrong answer."""
        return Result("wrong", [Mistake(code, "", message)], more, self.name)


NOT_YOURS = (
    "But this function is the course's own, and does not count as yours. Run the cell "
    "with your function first, then this one again."
)


def is_the_courses(answer):
    """Return whether an answer is a function of the course, as an import gives it."""
    answer = answer.__func__ if inspect.ismethod(answer) else answer
    home = answer.__globals__.get("__name__") if inspect.isfunction(answer) else ""
    return str(home).startswith("nnteach.")


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
        self.numbers, self.labels = tuple(map(float, numbers)), tuple(labels)
        self.digits = digits
        super().__init__(*args, **more)
        pairs = zip(self.labels, self.numbers, strict=True)
        self.answer_text = "\n".join(f"{label} = {show(n)}" for label, n in pairs)
        self.stub = f"{self.address}.check({', '.join('...' for _ in self.numbers)})"

    def as_wrong(self, answer):
        """Return wrong numbers as a list, or raise ValueError."""
        numbers = np.ravel(answer).astype(float).tolist()
        if len(numbers) != len(self.numbers):
            raise ValueError(f"expected as many numbers as {self.labels}.")
        return numbers

    def judge(self, *answers):
        """Return the result for these numbers."""
        answers = given_answers(answers)
        if not answers:
            return self.not_attempted()
        count = len(self.numbers)
        if len(answers) != count:
            message = (
                f"The answer is {count} number{'s' if count > 1 else ''} "
                f"({', '.join(self.labels)}); you gave {len(answers)}. Decimals are "
                "written with a point: 0.25."
            )
            return self.wrong_answer("count", message)
        given = [as_number(answer) for answer in answers]
        if None in given:
            culprit = answers[given.index(None)]
            culprit = str(culprit) if isinstance(culprit, float) else what(culprit)
            message = f"Expected a number, such as 0.25; you gave {culprit}."
            return self.wrong_answer("not-a-number", message)
        return self.compare(given)

    def rounded(self, given, right):
        """Return whether a number is the right one, or that with fewer digits."""
        fewer = [float(f"{right:.{digits}g}") for digits in range(1, self.digits)]
        return near(given, right, self.digits) or given in fewer

    def compare(self, given):
        """Return the result for as many numbers as there should be."""

        def fits(numbers, right=self.numbers, digits=self.digits):
            pairs = zip(numbers, right, strict=True)
            return all(near(a, b, digits) for a, b in pairs)

        if fits(given):
            line = self.answer_text.replace("\n", ", ")
            return self.right_answer(f"{line}.")
        for mistake in self.wrong:
            if fits(given, mistake.answer):
                return self.wrong_answer(mistake.code, mistake.message)
        if fits([-number for number in given]):
            message = "The size is right, the sign is not."
            return self.wrong_answer("wrong-sign", message)
        if fits(given, digits=self.digits - 1):
            count = {3: "three", 4: "four"}[self.digits]
            message = f"Nearly: give {count} digits, and round at the end only."
            if not all(map(self.rounded, given, self.numbers)):
                message = (
                    f"Close, but not right to {count} digits. If you round on the way, "
                    "round at the end only; if not, look at your calculation again."
                )
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
    array, _ = as_numbers(value)
    if array is None or array.size != 1 or not np.isfinite(array).all():
        return None
    return array.item()


def near(given, right, digits=3, units=1.05):
    """Return whether two numbers agree to so many digits, give or take some units."""
    if right == 0:
        return abs(given) < 0.5 * 10.0**-digits
    last = 10.0 ** (math.floor(math.log10(abs(right))) - digits + 1)
    return abs(given - right) <= units * last


# ------------------------------------------------------------------- choose a word


class ChoiceExercise(Exercise):
    """Choose a word out of a list, or one for each of several things.

    words: the right word (or words). choices: word -> what it means.
    """

    first_step = "Put your answer, in quotes, in place of `...` and run the cell again."

    def __init__(self, *args, words, choices, **more):
        self.words, self.choices = as_words(words), dict(choices)
        super().__init__(*args, **more)
        width = max(map(len, self.choices))
        lines = [f"# {word:{width}}  {text}" for word, text in self.choices.items()]
        call = f"{self.address}.check({', '.join('...' for _ in self.words)})"
        self.stub = "\n".join([*lines, call])
        self.answer_text = f"{self.address}.check({', '.join(map(repr, self.words))})"

    def is_right(self, answer):
        """Return whether these are the words; a case loses no point by this."""
        return answer == self.words

    def as_wrong(self, answer):
        """Return wrong words as a tuple, or raise ValueError."""
        words = as_words(answer)
        if len(words) != len(self.words) or not {*words} <= {*self.choices}:
            raise ValueError(f"{answer!r} is not among the choices.")
        return words

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
            if given == mistake.answer:
                return self.wrong_answer(mistake.code, mistake.message)
        hint = f"Compare the numbers once more; `{self.address}.hint()` helps."
        return self.wrong_answer("unknown", hint)


def as_words(answer):
    """Return one word or several as a tuple."""
    return (answer,) if isinstance(answer, str) else tuple(answer)


def plain_word(answer):
    """Return a word without regard to capitals, hyphens and spaces."""
    word = answer.lower() if isinstance(answer, str) else ""
    return "".join(letter for letter in word if letter.isalnum())
