"""Exercises that ask for a function.

        answer --attempt--> value --read--> {"dW": ..., "db": ...} --compare--> Result

A part of a network is judged by `nnteach.judge` alone. Any other function is compared
with the solution: its value is read generously (lists for arrays, tuples for
dictionaries, more entries than needed, float32, True for 1) and compared strictly:
every entry, on every input. A wrong answer is recognised by its results: it gives the
same numbers as a known mistake on all inputs.
"""

import inspect

import numpy as np

from nnteach.judge.call import attempt, own_copy
from nnteach.judge.compare import common_factor, largest_gap, same
from nnteach.judge.diagnosis import PRINTS, judge, of_attempt
from nnteach.judge.note import Mistake, Result
from nnteach.judge.values import as_numbers, what
from nnteach.practice.exercise import Exercise, source_of
from nnteach.rounding import show


class CodeExercise(Exercise):
    """Write some code.

    solution: a right function, whose source is shown; head: its first line, if it is to
        have another name here.
    """

    first_step = (
        "Write your code in place of `...`, run its cell, then run this one again."
    )

    def __init__(self, *args, solution, head="", **more):
        super().__init__(*args, **more)
        self.answer = solution
        head = head or f"def {solution.__name__}{inspect.signature(solution)}:"
        self.stub = f"{head}\n    ...  # your code"

    @property
    def answer_text(self):
        """The source of the solution."""
        return source_of(self.answer)


class NetworkExercise(CodeExercise):
    """Write a part of a network.

    network: two_layer, three_layer, worked_example or a deep.Network.
    part: "backward", "forward", "cost" or "update".
    """

    def __init__(self, *args, network, part, **more):
        super().__init__(*args, **more)
        self.network, self.part = network, part

    def judge(self, answer=...):
        """Return the result for this function, as `nnteach.diagnose` has it."""
        found = judge(answer, self.network, self.part, self.name)
        if found.verdict == "not attempted":
            return self.not_attempted(*found.facts)
        return found


class FunctionExercise(CodeExercise):
    """Write a function that is compared with the solution.

    cases: a list of argument tuples, whose sizes all differ; each call gets a copy.
    edges: inputs at the edge, tried when all others come out right: (code, message,
        arguments) each. Without a code the answer counts as right all the same.
    returns: the names of what the function returns, if it returns a tuple.
    accept: a function that turns another form of the result into the usual one.
    any_shape: whether the shape of the result does not matter, only its entries.
    judge_value: a function (arguments, value) -> None or (code, message), for exercises
        with many right answers; it replaces the comparison with the solution.
    """

    def __init__(
        self, *args, cases, edges=(), returns=(), any_shape=False, accept=None,
        judge_value=None, **more,
    ):  # fmt: skip
        super().__init__(*args, **more)
        self.cases, self.edges, self.returns = cases, edges, returns
        self.any_shape, self.judge_value = any_shape, judge_value
        self.accept = accept or (lambda value: value)

    def judge(self, answer=...):
        """Return the result for this function."""
        attempts = []
        for case in self.cases:
            attempts.append(attempt(answer, *case))
            if attempts[-1].problem:  # one that does not end should do so only once
                return self.stopped(attempts[-1])
        values = [tried.value for tried in attempts]
        if self.judge_value:
            found = map(self.judge_value, self.cases, values)
            wrong = next(filter(None, found), None)
            result = self.wrong_answer(*wrong) if wrong else None
        else:
            result = self.compare(answer, values)
        return result or self.right(any(tried.printed for tried in attempts))

    def stopped(self, tried):
        """Return the result for an attempt that has a problem."""
        if tried.problem == "not attempted":
            return self.not_attempted(tried.message)
        found = of_attempt(tried)
        return Result(found.verdict, found.mistakes, found.facts, self.name)

    def right(self, printed):
        """Return the result for a right answer."""
        count = len(self.cases) + len(self.edges)
        message = f"It gives the right result for {count} inputs."
        return self.right_answer(message, PRINTS if printed else "")

    # ------------------------------------------------- comparing with the solution

    def expected(self, case, function=None):
        """Return what a function, by default the solution, gives: arrays by name."""
        value = (function or self.answer)(*own_copy(case))
        return flatten(value, self.returns)

    def read(self, value, expected):
        """Return the learner's value as arrays by name, like the expected ones."""
        return read(self.accept(value), list(expected))

    def compare(self, answer, values):
        """Return the result of comparing with the solution; None if all is right."""
        right = [self.expected(case) for case in self.cases]
        try:
            given = [self.read(v, e) for v, e in zip(values, right, strict=True)]
        except Misfit as misfit:
            return self.wrong_answer(*misfit.args)
        pairs = list(zip(given, right, strict=True))
        if all(self.same(*pair) for pair in pairs):
            return self.at_the_edge(answer)
        for mistake in self.wrong:
            if self.gives(mistake.function(self.answer), given):
                evidence = self.evidence(pairs)
                return self.wrong_answer(mistake.code, mistake.message, evidence)
        arrays = [(n, g[n], e[n]) for g, e in pairs for n in g]
        return (
            self.not_finite(arrays)
            or self.misshapen(arrays)
            or self.sign_or_factor(arrays, pairs)
            or self.unknown(pairs)
        )

    def form(self, given, expected):
        """Return "same", "shape" (right numbers, another shape) or "wrong"."""
        if given.size != expected.size:
            return "wrong"
        if given.shape == expected.shape or expected.size == 1 or self.any_shape:
            return "same" if same(given.ravel(), expected.ravel()) else "wrong"
        turned = (given.ravel(), given.T.ravel())
        return "shape" if any(same(t, expected.ravel()) for t in turned) else "wrong"

    def same(self, given, expected):
        """Return whether all that is given is as expected."""
        return all(self.form(given[name], expected[name]) == "same" for name in given)

    def at_the_edge(self, answer):
        """Return the result for an input at the edge that goes wrong, or None."""
        for code, message, case in self.edges:
            tried, expected = attempt(answer, *case), self.expected(case)
            try:
                if not tried.problem and self.same(
                    self.read(tried.value, expected), expected
                ):
                    continue
            except Misfit:
                pass
            if not code:
                return self.right_answer(f"Right, but: {message}")
            more = self.stopped(tried).paragraphs if tried.problem else ()
            return self.wrong_answer(code, message, *more)
        return None

    def gives(self, mistake, given):
        """Return whether a known mistake gives these numbers in all cases."""
        for mine, case in zip(given, self.cases, strict=True):
            try:
                value = self.expected(case, mistake)
            except Exception:  # the mistake does not run on these inputs
                return False
            for name, array in mine.items():
                if name not in value or array.shape != value[name].shape:
                    return False
                if not same(array, value[name]):
                    return False
        return True

    def not_finite(self, arrays):
        """Return the result if NaN or infinity is where a number belongs, or None."""
        for name, given, expected in arrays:
            if np.isfinite(given).all() or not np.isfinite(expected).all():
                continue
            kind = "NaN (not a number)" if np.isnan(given).any() else "infinity"
            message = (
                f"There is {kind} in {name or 'the result'}: is there a division by 0, "
                "a logarithm of 0, or an exponential that grows too large?"
            )
            return self.wrong_answer("not-finite", message)
        return None

    def misshapen(self, arrays):
        """Return the result for right numbers in the wrong shape, or None."""
        forms = [self.form(*pair) for _, *pair in arrays]
        if "wrong" in forms:
            return None
        name, given, expected = arrays[forms.index("shape")]
        code, message, more = "shape", (
            f"The numbers of {name or 'the result'} are right, the shape is not: yours "
            f"is {given.shape}, the course's is {expected.shape}."
        ), ""  # fmt: skip
        if name.startswith(("b", "db")) and given.ndim == 1:
            code = "bias-flat"
            more = "Without its column axis a bias is added along the wrong axis."
        return Result("misshapen", [Mistake(code, name, message)], [more], self.name)

    def sign_or_factor(self, arrays, pairs):
        """Return the result for numbers that are all off by one factor, or None."""
        factors = [common_factor([given], [expected]) for _, given, expected in arrays]
        if None in factors or not np.allclose(factors, factors[0], 1e-3):
            return None
        code, message = "wrong-sign", (
            "Every number has the right size and the wrong sign."
        )  # fmt: skip
        if not np.isclose(factors[0], -1, rtol=1e-3):
            factor, code = show(factors[0], 3), "scaled"
            message = f"Every number is {factor} times the right one: what makes that?"
        return self.wrong_answer(code, message, self.evidence(pairs))

    def evidence(self, pairs):
        """Return a sentence with one entry that differs."""
        number = next(n for n, pair in enumerate(pairs) if not self.same(*pair))
        given, expected = pairs[number]
        name = next(n for n in given if self.form(given[n], expected[n]) != "same")
        mine, right, result = given[name], expected[name], name or "the result"
        if mine.shape != right.shape:
            return f"The shape of {result} is {mine.shape}, expected {right.shape}."
        worst = largest_gap(mine, right)
        at = f" {name}[{', '.join(map(str, worst))}]:" if worst else f" {name}:"
        return (
            f"For {self.arguments(self.cases[number], worst)}:{at if name else ''} you "
            f"give {show(mine[worst])}, expected {show(right[worst])}."
        )

    def unknown(self, pairs):
        """Return the result for a mistake that nobody knows: where it begins."""
        given, expected = next(pair for pair in pairs if not self.same(*pair))
        good = [n for n in given if self.form(given[n], expected[n]) == "same"]
        name = next(n for n in given if n not in good)
        first = f"{name} is the first that is not right. " if name else ""
        if good:
            first += f"Right already: {', '.join(good)}. "
        message = f"{first}{self.evidence(pairs)}"
        return self.wrong_answer("unknown", message, f"`{self.address}.hint()` helps.")

    def arguments(self, case, place=()):
        """Return the arguments of a case, short, such as "Z = [[1, 2]]" or "Z = 1"."""
        names = list(inspect.signature(self.answer).parameters)
        if len(names) == 1 and np.ndim(case[0]) == len(place) > 0 and self.elementwise:
            return f"{names[0]} = {show(case[0][place])}"
        pairs = zip(names, case, strict=False)
        return ", ".join(argument(*pair) for pair in pairs if type(pair[1]) is not dict)

    @property
    def elementwise(self):
        """Whether each entry of the result depends on that entry alone."""
        (Z,) = self.cases[0]
        one = Z.ravel()[:1].reshape((1,) * Z.ndim)
        return same(self.answer(one), np.asarray(self.answer(Z)).ravel()[:1])


def argument(name, value):
    """Return one argument as text, short."""
    if isinstance(value, np.ndarray):
        small = value.size <= 8
        return f"{name} = {shown(value)}" if small else f"{name} of shape {value.shape}"
    if callable(value):
        return f"{name} = {getattr(value, '__name__', 'a function')}"
    simple = isinstance(value, (int, float, str))
    return f"{name} = {value!r}" if simple else f"some {name}"


def shown(array):
    """Return an array as text with rounded numbers: [[1, 0.25], [2, 3]]."""
    if array.ndim == 0:
        return show(array.item(), 3)
    return f"[{', '.join(shown(entry) for entry in array)}]"


# ------------------------------------------------------------------ reading values


class Misfit(Exception):
    """The value is not of the kind that it should be: a code and a sentence."""


def flatten(value, returns):
    """Return a right value as arrays by name."""
    if isinstance(value, dict):
        return {name: np.asarray(entry) for name, entry in value.items()}
    if returns:
        return {n: np.asarray(v) for n, v in zip(returns, value, strict=True)}
    return {"": np.asarray(value)}


def read(value, names):
    """Return the learner's value as arrays by name, or raise `Misfit`."""
    if names == [""]:
        return {"": as_array("The result", value)}
    return by_name("The result", value, names)


def by_name(title, value, names):
    """Return the entries of a dictionary or tuple as arrays by name."""
    if isinstance(value, (tuple, list)):
        if len(value) != len(names):
            message = f"Expected {len(names)} things ({', '.join(names)}), got "
            raise Misfit("count", f"{message}{len(value)}.")
        value = dict(zip(names, value, strict=True))
    if not isinstance(value, dict):
        message = f"{title}: expected {', '.join(names)}; you return {what(value)}."
        raise Misfit("wrong-type", message)
    for name in names:
        if name not in value:
            got = ", ".join(map(str, value)) or "no keys"
            raise Misfit("key-missing", f"{title} has no {name}. It has: {got}.")
    return {name: as_array(name, value[name]) for name in names}


def as_array(name, value):
    """Return the learner's value as an array of numbers, or raise `Misfit`."""
    array, problem = as_numbers(value)
    if array is None:
        raise Misfit("wrong-type", f"{name}: expected numbers, got {problem}.")
    return array
