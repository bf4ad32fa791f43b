"""Exercises that ask for a function.

        answer --attempt--> value --read--> {"dW": ..., "db": ...} --compare--> Result

A part of a network is judged by `nnteach.judge` alone. Any other function is compared
with the solution: its value is read generously (lists for arrays, tuples for
dictionaries, more entries than needed, float32, True for 1) and compared strictly:
every entry, on every input. A known mistake is recognised by its results: it gives the
learner's numbers on all inputs, and no two known mistakes agree on all of them.
"""

import inspect

import numpy as np

from nnteach.judge.call import attempt, own_copy
from nnteach.judge.compare import (
    common_factor,
    largest_gap,
    near_one,
    same,
    told_apart,
)
from nnteach.judge.diagnosis import PRINTS, judge, of_attempt
from nnteach.judge.note import Mistake, Result
from nnteach.judge.values import as_numbers, what
from nnteach.practice.exercise import Exercise, edited, source_of
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
        self.answer = solution
        super().__init__(*args, **more)
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
    also: another network, for which what is right for the first must be right too.
    """

    def __init__(self, *args, network, part, also=None, **more):
        self.network, self.part, self.also = network, part, also
        super().__init__(*args, **more)

    def as_wrong(self, answer):
        """Raise ValueError: mistakes in networks stand in one place for all."""
        raise ValueError("mistakes in networks are added to nnteach.judge.catalogue.")

    def judge(self, answer=...):
        """Return the result for this function, as `nnteach.diagnose` has it."""
        found = judge(answer, self.network, self.part, self.name)
        if found.right and self.also:
            again = judge(answer, self.also, self.part, self.name)
            if not again.right:
                said = f"For a {self.network!r} it is right. This is a {self.also!r}."
                facts = *again.facts, said
                return Result(again.verdict, again.mistakes, facts, self.name)
        if found.verdict == "not attempted":
            return self.not_attempted(*found.facts)
        return found


class FunctionExercise(CodeExercise):
    """Write a function that is compared with the solution.

    cases: a list of argument tuples, whose sizes all differ; each call gets a copy.
    edges: more of them, tried when the cases come out right: where a careless function
        fails. forgiven: a sentence for those that fail there alone; they count as
        right, and it is said.
    returns: the names of what the function returns, if it returns a tuple.
    accept: a function that turns another form of the result into the usual one.
    any_shape: whether the shape of the result does not matter, only its entries.
    judge_value: a function (arguments, value) -> None or (code, message), for exercises
        with many right answers; it replaces the comparison with the solution.
    """

    def __init__(
        self, *args, cases, edges=(), forgiven="", returns=(), any_shape=False,
        accept=None, judge_value=None, **more,
    ):  # fmt: skip
        self.cases, self.edges, self.forgiven = [*cases], [*edges], forgiven
        self.returns, self.any_shape, self.judge_value = returns, any_shape, judge_value
        self.accept = accept or (lambda value: value)
        super().__init__(*args, **more)

    def as_wrong(self, answer):
        """Return a wrong function, or raise ValueError."""
        return answer if callable(answer) else edited(self.answer, answer)

    def judge(self, answer=...):
        """Return the result for this function."""
        result = self.trial(answer, self.cases)
        if result.right and self.edges:
            whole = self.trial(answer, self.cases + self.edges)
            if whole.right or not self.forgiven:
                return whole
            more = whole.facts if whole.code != "unknown" else ()
            message = f"Right, but at the edge: {whole.message}"
            return self.right_answer(message, *more, self.forgiven)
        return result

    def trial(self, answer, cases):
        """Return the result for this function on some inputs."""
        attempts = []
        for case in cases:
            attempts.append(attempt(answer, *case))
            if attempts[-1].problem == "no end":  # once is enough
                break
        if any(tried.problem for tried in attempts):
            return self.stopped(attempts, cases)
        values = [tried.value for tried in attempts]
        try:
            result = self.judge_values(values, cases)
        except Misfit as misfit:
            result = self.wrong_answer(*misfit.args)
        except Exception:  # whatever a learner's object does when it is looked at
            message = f"It returns {what(values[0])}, which cannot be read."
            result = self.wrong_answer("wrong-type", message)
        message = f"It gives the right result for {len(cases)} inputs."
        printed = any(tried.printed for tried in attempts)
        return result or self.right_answer(message, PRINTS if printed else "")

    def judge_values(self, values, cases):
        """Return the result for what was returned; None if it is right."""
        if not self.judge_value:
            return self.compare(values, cases)
        found = filter(None, map(self.judge_value, cases, values))
        return next((self.wrong_answer(*wrong) for wrong in found), None)

    def stopped(self, attempts, cases):
        """Return the result for attempts of which one has a problem or more."""
        pairs = list(zip(attempts, cases, strict=False))
        tried, case = next(pair for pair in pairs if pair[0].problem)
        if tried.problem == "not attempted":
            return self.not_attempted(tried.message)
        found = of_attempt(tried)
        if all(each.problem for each in attempts):
            return Result(found.verdict, found.mistakes, found.facts, self.name)
        if tried.problem == "returned nothing":
            message = (
                f"For {self.arguments(case)} it returns nothing: does every way "
                "through your function end in a `return`?"
            )
            return self.wrong_answer(found.mistakes[0].code, message)
        facts = [f"This happens for {self.arguments(case)}.", *found.facts]
        return Result(found.verdict, found.mistakes, facts, self.name)

    # ------------------------------------------------- comparing with the solution

    def expected(self, case, function=None):
        """Return what a function, by default the solution, gives: arrays by name."""
        value = (function or self.answer)(*own_copy(case))
        return flatten(value, self.returns)

    def compare(self, values, cases):
        """Return the result of comparing with the solution; None if all is right."""
        right = [self.expected(case) for case in cases]
        given = [
            read(self.accept(value), list(expected))
            for value, expected in zip(values, right, strict=True)
        ]
        pairs = list(zip(given, right, strict=True))
        if all(self.same(*pair) for pair in pairs):
            return None
        evidence = self.evidence(pairs, cases)
        for mistake in self.wrong:
            if self.gives(mistake.answer, given, cases):
                return self.wrong_answer(mistake.code, mistake.message, evidence)
        arrays = [(n, g[n], e[n]) for g, e in pairs for n in g]
        return (
            self.not_finite(arrays, evidence)
            or self.misshapen(arrays)
            or self.sign_or_factor(arrays, evidence)
            or self.unknown(pairs, evidence)
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

    def gives(self, mistake, given, cases):
        """Return whether a known mistake gives these numbers in all cases."""
        try:
            values = [self.expected(case, mistake) for case in cases]
        except Exception:  # it does not run on these inputs
            return False
        return all(
            name in value
            and array.shape == value[name].shape
            and same(array, value[name])
            for mine, value in zip(given, values, strict=True)
            for name, array in mine.items()
        )

    def not_finite(self, arrays, evidence):
        """Return the result if NaN or infinity is where a number belongs, or None."""
        for name, given, expected in arrays:
            if np.isfinite(given).all() or not np.isfinite(expected).all():
                continue
            kind = "NaN (not a number)" if np.isnan(given).any() else "infinity"
            message = (
                f"There is {kind} in {name or 'the result'}: is there a division by 0, "
                "a logarithm of 0, a root or logarithm of a negative number, or an "
                "exponential that grows too large?"
            )
            return self.wrong_answer("not-finite", message, evidence)
        return None

    def misshapen(self, arrays):
        """Return the result for right numbers in the wrong shape, or None."""
        forms = [self.form(*pair) for _, *pair in arrays]
        if "wrong" in forms:
            return None
        name, given, expected = arrays[forms.index("shape")]
        code, more = "shape", ""
        message = (
            f"The numbers of {name or 'the result'} are right, the shape is not: yours "
            f"is {given.shape}, the course's is {expected.shape}."
        )
        if name.startswith(("b", "db")) and given.ndim == 1:
            code = "bias-flat"
            more = "Without its column axis a bias is added along the wrong axis."
        return Result("misshapen", [Mistake(code, name, message)], [more], self.name)

    def sign_or_factor(self, arrays, evidence):
        """Return the result for numbers that are all off by one factor, or None."""
        factors = [common_factor([given], [expected]) for _, given, expected in arrays]
        if None in factors or not np.allclose(factors, factors[0], 1e-3):
            return None
        if near_one(factors):
            message = (
                "Every number is within 1 % of the right one. Do only the last digits "
                "differ, as something is rounded on the way?"
            )
            return self.wrong_answer("rounding", message, evidence)
        code, message = "wrong-sign", "Every number has the right size, the wrong sign."
        if not np.isclose(factors[0], -1, rtol=1e-3):
            factor, code = show(factors[0], 3), "scaled"
            message = f"Every number is {factor} times the right one: what makes that?"
        return self.wrong_answer(code, message, evidence)

    def evidence(self, pairs, cases):
        """Return a sentence with one entry that differs."""
        wrong = [n for n, pair in enumerate(pairs) if not self.same(*pair)]
        odd = [n for n in wrong if not finite(pairs[n][0].values())]
        number = [*odd, *wrong][0]
        given, expected = pairs[number]
        name = next(n for n in given if self.form(given[n], expected[n]) != "same")
        mine, right, result = given[name], expected[name], name or "the result"
        if mine.shape != right.shape:
            return f"The shape of {result} is {mine.shape}, expected {right.shape}."
        worst, case = largest_gap(mine, right), cases[number]
        inputs = self.arguments(case)
        if len(case) == 1 and np.ndim(case[0]) == len(worst) > 0 and self.elementwise:
            inputs = f"{self.argument_names[0]} = {show(case[0][worst])}"
        elif worst:
            inputs += f", {name or 'entry '}[{', '.join(map(str, worst))}]"
        elif name:
            inputs += f", {name}"
        yours, wanted = told_apart(mine[worst], right[worst])
        yours = yours.replace("nan", "NaN")
        return f"For {inputs}: you give {yours}, expected {wanted}."

    def unknown(self, pairs, evidence):
        """Return the result for a mistake that nobody knows: where it begins."""
        given, expected = next(pair for pair in pairs if not self.same(*pair))
        good = [n for n in given if self.form(given[n], expected[n]) == "same"]
        name = next(n for n in given if n not in good)
        first = f"{name} is the first that is not right. " if name else ""
        if good:
            first += f"Right for these inputs: {', '.join(good)}. "
        message = f"{first}{evidence}"
        return self.wrong_answer("unknown", message, f"`{self.address}.hint()` helps.")

    def arguments(self, case):
        """Return the arguments of a case, short: "Z = [[1, 2]], slope = 0.2"."""
        pairs = zip(self.argument_names, case, strict=False)
        return ", ".join(argument(*pair) for pair in pairs if type(pair[1]) is not dict)

    @property
    def argument_names(self):
        """What the solution calls its arguments."""
        return list(inspect.signature(self.answer).parameters)

    @property
    def elementwise(self):
        """Whether each entry of the result depends on that entry of the input alone."""
        (Z,) = self.cases[0]
        one = Z.ravel()[:1].reshape((1,) * Z.ndim)
        return same(self.answer(one), np.asarray(self.answer(Z)).ravel()[:1])


def finite(arrays):
    """Return whether every number is one."""
    return all(np.isfinite(array).all() for array in arrays)


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
