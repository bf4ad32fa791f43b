"""The exercise "write this function": call it, compare, and name what is wrong.

        answer --attempt--> value --read--> {"A2": ..., "Z1": ...} --compare--> Result

The value is read generously: lists for arrays, tuples for dictionaries, more entries
than needed, float32, True for 1. It is compared strictly: every entry, on every input.
"""

import inspect
from dataclasses import dataclass

import numpy as np

from nnteach.attempt import attempt, own_copy
from nnteach.exercise import Exercise, Wrong
from nnteach.feedback import Result, source_of
from nnteach.reading import (
    Misfit,
    close,
    common_factor,
    compare_arrays,
    flatten,
    read,
)
from nnteach.rounding import show

# problem of an attempt -> verdict and code
PROBLEMS = {
    "raised": ("raised", "raised"),
    "no end": ("stopped", "no-end"),
    "not a function": ("wrong", "not-a-function"),
    "wrong arguments": ("wrong", "wrong-arguments"),
    "returned nothing": ("wrong", "returns-nothing"),
    "changed its inputs": ("wrong", "inputs-changed"),
}


@dataclass(frozen=True)
class Edge:
    """An input at the edge, tried when everything else is right.

    code, message: what to say if it goes wrong there; case: the arguments.
    remark: whether the answer counts as right all the same.
    """

    code: str
    message: str
    case: tuple
    remark: bool = False


class FunctionExercise(Exercise):
    """Write a function.

    solution: a right one, whose source is shown.
    cases: a function that returns a list of argument tuples, whose sizes all differ.
    special: a list of `Edge`s, tried when all other inputs come out right.
    returns: the names of what the function returns, if it returns a tuple.
    optional: names that may be missing.
    accept: a function that turns another form of the result into the usual one.
    any_shape: whether the shape of the result does not matter, only its entries.
    judge_value: a function (arguments, value) -> None or Wrong, for exercises with many
        right answers; it replaces the comparison with the solution.
    diagnosis: (network, what) for `nnteach.diagnose`, which names what this cannot.
    prepare: a function that turns the answer into what `diagnose` calls.
    """

    first_step = (
        "Write your code in place of `...`, run its cell, then run this one again."
    )

    def __init__(
        self, *args, solution, cases, special=(), returns=(), optional=(), stub="",
        any_shape=False, accept=None, judge_value=None, diagnosis=None, prepare=None,
        **more,
    ):  # fmt: skip
        super().__init__(*args, **more)
        self.answer, self.cases, self.special = solution, cases, list(special)
        self.returns, self.optional, self.any_shape = returns, set(optional), any_shape
        self.accept = accept or (lambda value: value)
        self.judge_value, self.diagnosis, self.prepare = judge_value, diagnosis, prepare
        self.head = stub or head_of(solution)

    @property
    def stub(self):
        """What the learner starts from."""
        return f"{self.head}\n    ...  # your code"

    @property
    def answer_text(self):
        """The source of the solution."""
        return source_of(self.answer)

    def judge(self, answer=...):
        """Return the result for this function."""
        if answer is ...:
            return self.not_attempted()
        cases = self.cases()
        answer, first = in_its_style(answer, cases[0])
        values, printed = [], ""
        for number, case in enumerate(cases):
            tried = attempt(answer, *case) if number else first
            printed = printed or tried.printed
            stopped = self.stopped(tried)
            if stopped:
                return stopped
            values.append(tried.value)
        if self.judge_value:
            return self.judge_all(cases, values, printed)
        return self.compare(answer, cases, values, printed)

    def stopped(self, tried):
        """Return the result for an attempt that has a problem, else None."""
        if tried.problem is None:
            return None
        line = ""
        if tried.line:
            number, text = tried.line
            line = f"Your line {number}: `{text}`" if text else f"Your line {number}."
        if tried.problem == "not attempted":
            return self.not_attempted(tried.message)
        verdict, code = PROBLEMS[tried.problem]
        return Result(self.name, verdict, code, tried.message, line)

    def right(self, printed):
        """Return the result for a right answer."""
        note = ""
        if printed:
            note = (
                "It also prints. A function is called many times: let it return, and "
                "print what it returned."
            )
        count = len(self.cases()) + len(self.special)
        return Result(
            self.name,
            "right",
            "",
            f"It gives the right result for {count} inputs.",
            note,
        )

    def judge_all(self, cases, values, printed):
        """Return the result of an exercise that has many right answers."""
        for case, value in zip(cases, values, strict=True):
            mistake = self.judge_value(case, value)
            if mistake:
                return self.named(mistake)
        return self.right(printed)

    # ------------------------------------------------- comparing with the solution

    def read(self, value, expected):
        """Return the learner's value as arrays by name, like the expected ones."""
        value = self.accept(value)
        return read(value, list(expected), self.returns, self.optional)

    def expected(self, case, function=None):
        """Return what a function, by default the solution, gives: arrays by name."""
        value = (function or self.answer)(*own_copy(case))
        return flatten(value, self.returns)

    def compare(self, answer, cases, values, printed):
        """Return the result of comparing the values with those of the solution."""
        right = [self.expected(case) for case in cases]
        try:
            given = [self.read(v, e) for v, e in zip(values, right, strict=True)]
        except Misfit as misfit:
            return Result(self.name, "wrong", *misfit.args)
        pairs = list(zip(given, right, strict=True))
        if all(self.verdict(g, e) == "same" for g, e in pairs):
            return self.at_the_edge(answer) or self.right(printed)
        mistake = self.known_mistake(given, cases)
        if mistake:
            return self.named(mistake)
        return (
            self.diagnosed(answer)
            or not_a_number(self.name, pairs)
            or self.misshapen(pairs)
            or self.sign_or_factor(pairs)
            or self.unknown(pairs, cases)
        )

    def verdict(self, given, expected):
        """Return "same", "shape" (right numbers, wrong shape) or "wrong"."""
        verdicts = [
            compare_arrays(given[name], expected[name], self.any_shape)
            for name in expected
            if name in given
        ]
        return next((v for v in ("wrong", "shape") if v in verdicts), "same")

    def at_the_edge(self, answer):
        """Return the result for an input at the edge that goes wrong, or None."""
        for edge in self.special:
            tried = attempt(answer, *edge.case)
            expected = self.expected(edge.case)
            try:
                fits = tried.problem is None and (
                    self.verdict(self.read(tried.value, expected), expected) == "same"
                )
            except Misfit:
                fits = False
            if not fits and edge.remark:
                return Result(self.name, "right", "", f"Right, but: {edge.message}")
            if not fits:
                mistake = Wrong(edge.code, edge.message)
                return self.named(mistake, *self.stopped_line(tried))
        return None

    def stopped_line(self, tried):
        """Return what an attempt at the edge says about itself, as paragraphs."""
        stopped = self.stopped(tried)
        return stopped.paragraphs if stopped else ()

    def known_mistake(self, given, cases):
        """Return the known mistake that gives the learner's numbers, or None."""
        for mistake in self.wrong:
            if self.gives(mistake, given, cases):
                return mistake
        return None

    def gives(self, mistake, given, cases):
        """Return whether a known mistake gives these numbers in all cases."""
        function = mistake.function(self.answer)
        for mine, case in zip(given, cases, strict=True):
            try:
                value = flatten(function(*own_copy(case)), self.returns)
            except Exception:  # the mistake does not run on these inputs
                return False
            for name in mine:
                if name not in value or not close(mine[name], value[name]):
                    return False
        return True

    def diagnosed(self, answer):
        """Return the result that the diagnosis of networks finds, or None."""
        if not self.diagnosis:
            return None
        from nnteach.diagnosis import diagnose

        network, part = self.diagnosis
        answer = self.prepare(answer) if self.prepare else answer
        found = diagnose(answer, network=network, what=part)
        if found.verdict not in ("wrong", "scaled", "misshapen"):
            return None
        verdict = "scaled" if found.verdict == "scaled" else "wrong"
        code = ", ".join(dict.fromkeys(m.code for m in found.mistakes))
        lines = [line for m in found.mistakes for line in (m.message, m.hint)]
        return Result(self.name, verdict, code or "unknown", *lines)

    def misshapen(self, pairs):
        """Return the result for right numbers in the wrong shape, or None."""
        if any(self.verdict(g, e) == "wrong" for g, e in pairs):
            return None
        for given, expected in pairs:
            for name, array in given.items():
                if compare_arrays(array, expected[name]) == "shape":
                    message = (
                        f"The numbers of {name or 'the result'} are right, the shape "
                        f"is not: yours is {array.shape}, the course's is "
                        f"{expected[name].shape}."
                    )
                    bias = name.startswith(("b", "db")) and array.ndim == 1
                    more = (
                        "Without its column axis a bias is added along the wrong axis."
                    )
                    code = "bias-flat" if bias else "shape"
                    return Result(
                        self.name, "wrong", code, message, more if bias else ""
                    )
        return None

    def sign_or_factor(self, pairs):
        """Return the result for numbers that are all off by one factor, or None."""
        factors = [
            common_factor(given[name], expected[name])
            for given, expected in pairs
            for name in given
        ]
        if not factors or None in factors or not np.allclose(factors, factors[0], 1e-3):
            return None
        if np.isclose(factors[0], -1, rtol=1e-3):
            message = "Every number has the right size and the wrong sign."
            return Result(self.name, "wrong", "wrong-sign", message)
        factor = show(factors[0], 3)
        message = (
            f"Every number is {factor} times the right one: where does that come from?"
        )
        return Result(self.name, "wrong", "scaled", message)

    def unknown(self, pairs, cases):
        """Return the result for a mistake that nobody knows: where it begins."""
        for (given, expected), case in zip(pairs, cases, strict=True):
            good = [n for n in given if compare_arrays(given[n], expected[n]) == "same"]
            for name in given:
                if name in good:
                    continue
                result = name or "the result"
                first = f"{result} is the first that is not right." if name else ""
                if good:
                    first += f" Right already: {', '.join(good)}."
                mine, right = given[name], expected[name]
                if mine.shape != right.shape:
                    first += f" {result} has the shape {mine.shape}, expected "
                    first += f"{right.shape}."
                    return Result(self.name, "wrong", "unknown", first.strip())
                worst = np.unravel_index(np.argmax(np.abs(mine - right)), right.shape)
                place = f"[{', '.join(map(str, worst))}]" if worst else ""
                first += (
                    f" For {self.arguments(case)}: {result}{place} is "
                    f"{show(mine[worst])}, expected {show(right[worst])}."
                )
                return Result(
                    self.name, "wrong", "unknown", first.strip(),
                    f"`{self.address}.hint()` helps.",
                )  # fmt: skip
        return Result(self.name, "wrong", "unknown", "The result is not right.")

    def arguments(self, case):
        """Return the arguments of a case, short, such as "Z = [[1, 2]]"."""
        names = list(inspect.signature(self.answer).parameters)
        return ", ".join(
            argument(name, value)
            for name, value in zip(names, case, strict=False)
            if not isinstance(value, dict)
        )


def not_a_number(name, pairs):
    """Return the result if there is NaN or infinity where a number belongs, or None."""
    for given, expected in pairs:
        for key, array in given.items():
            if np.isfinite(array).all() or not np.isfinite(expected[key]).all():
                continue
            kind = "NaN (not a number)" if np.isnan(array).any() else "infinity"
            message = (
                f"There is {kind} in {key or 'the result'}: is there a division by 0, "
                "a logarithm of 0, or an exponential that grows too large?"
            )
            return Result(name, "wrong", "not-finite", message)
    return None


# -------------------------------------------------------------------- small things


def head_of(function):
    """Return the first line of a function: "def softmax(Z):"."""
    return f"def {function.__name__}{inspect.signature(function)}:"


def in_its_style(answer, case):
    """Return the function in its own style, and the attempt at this case.

    Some courses hand parameters and caches around as tuples. A function that fails with
    dictionaries and runs with tuples is called with tuples.
    """
    tried = attempt(answer, *case)
    if tried.problem != "raised" or not any(isinstance(a, dict) for a in case):
        return answer, tried

    def with_tuples(*args):
        return answer(*(tuple(a.values()) if isinstance(a, dict) else a for a in args))

    again = attempt(with_tuples, *case)
    if again.problem in (None, "changed its inputs"):
        return with_tuples, again
    return answer, tried


def argument(name, value):
    """Return one argument as text, short."""
    if callable(value):
        return f"{name} = {getattr(value, '__name__', 'a function')}"
    if isinstance(value, np.ndarray) and value.size > 8:
        return f"{name} of shape {value.shape}"
    if isinstance(value, np.ndarray):
        return f"{name} = {shown(value)}"
    simple = isinstance(value, (int, float, str))
    return f"{name} = {value!r}" if simple else f"some {name}"


def shown(array):
    """Return an array as text with rounded numbers: [[1, 0.25], [2, 3]]."""
    if array.ndim == 0:
        return show(array.item(), 3)
    return f"[{', '.join(shown(entry) for entry in array)}]"
