"""The exercise "write this function": call it, compare, and name what is wrong.

        answer --attempt--> value --read--> {"A2": ..., "Z1": ...} --compare--> Result

The value is read generously: lists for arrays, tuples for dictionaries, more entries
than needed, float32, True for 1. It is compared strictly: every entry, on every input.
A wrong answer is recognised by its results: it gives the same numbers as a known
mistake, in this exercise's list or in the catalogue of `nnteach.diagnose`.
"""

import inspect

import numpy as np

from nnteach.judge.call import attempt, own_copy
from nnteach.judge.note import Mistake, Result
from nnteach.judge.values import what
from nnteach.practice.exercise import Exercise, source_of
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


class FunctionExercise(Exercise):
    """Write a function.

    solution: a right one, whose source is shown; head: its first line, if it is to
        have another name here.
    cases: a list of argument tuples, whose sizes all differ; each call gets a copy.
    edges: inputs at the edge, tried when all others come out right: (code, message,
        arguments) each. Without a code the answer counts as right all the same.
    returns: the names of what the function returns, if it returns a tuple.
    optional: names that may be missing.
    accept: a function that turns another form of the result into the usual one.
    any_shape: whether the shape of the result does not matter, only its entries.
    judge_value: a function (arguments, value) -> None or (code, message), for exercises
        with many right answers; it replaces the comparison with the solution.
    diagnosis: (network, what) for `nnteach.diagnose`, which names the mistakes that
        are not in `wrong`.
    prepare: a function that turns the answer into what `diagnose` calls.
    """

    first_step = (
        "Write your code in place of `...`, run its cell, then run this one again."
    )

    def __init__(
        self, *args, solution, cases, edges=(), returns=(), optional=(), head="",
        any_shape=False, accept=None, judge_value=None, diagnosis=None, prepare=None,
        **more,
    ):  # fmt: skip
        super().__init__(*args, **more)
        self.answer, self.cases, self.edges = solution, cases, edges
        self.returns, self.optional, self.any_shape = returns, optional, any_shape
        self.accept = accept or (lambda value: value)
        self.prepare = prepare or (lambda answer: answer)
        self.judge_value, self.diagnosis = judge_value, diagnosis
        head = head or f"def {solution.__name__}{inspect.signature(solution)}:"
        self.stub = f"{head}\n    ...  # your code"

    @property
    def answer_text(self):
        """The source of the solution."""
        return source_of(self.answer)

    def judge(self, answer=...):
        """Return the result for this function."""
        if answer is ...:
            return self.not_attempted()
        cases = self.cases
        answer, first = in_its_style(answer, cases[0])
        attempts = [first]
        for case in cases[1:]:  # one that does not end should do so only once
            if attempts[-1].problem is None:
                attempts.append(attempt(answer, *case))
        if attempts[-1].problem:
            return self.stopped(attempts[-1])
        values = [tried.value for tried in attempts]
        if self.judge_value:
            found = map(self.judge_value, cases, values)
            wrong = next(filter(None, found), None)
            result = self.wrong_answer(*wrong) if wrong else None
        else:
            result = self.compare(answer, cases, values)
        return result or self.right(any(tried.printed for tried in attempts))

    def stopped(self, tried):
        """Return the result for an attempt that has a problem."""
        if tried.problem == "not attempted":
            return self.not_attempted(tried.message)
        line = ""
        if tried.line:
            number, text = tried.line
            line = f"Your line {number}: `{text}`" if text else f"Your line {number}."
        verdict, code = PROBLEMS[tried.problem]
        mistake = Mistake(code, "", tried.message)
        return Result(verdict, [mistake], [line], self.name)

    def right(self, printed):
        """Return the result for a right answer."""
        count = len(self.cases) + len(self.edges)
        note = (
            "It also prints. A function is called many times: let it return, and "
            "print what it returned."
        )
        message = f"It gives the right result for {count} inputs."
        return self.right_answer(message, note if printed else "")

    # ------------------------------------------------- comparing with the solution

    def expected(self, case, function=None):
        """Return what a function, by default the solution, gives: arrays by name."""
        value = (function or self.answer)(*own_copy(case))
        return flatten(value, self.returns)

    def read(self, value, expected):
        """Return the learner's value as arrays by name, like the expected ones."""
        return read(self.accept(value), list(expected), self.optional)

    def compare(self, answer, cases, values):
        """Return the result of comparing with the solution; None if all is right."""
        right = [self.expected(case) for case in cases]
        try:
            given = [self.read(v, e) for v, e in zip(values, right, strict=True)]
        except Misfit as misfit:
            return self.wrong_answer(*misfit.args)
        pairs = list(zip(given, right, strict=True))
        if all(self.same(*pair) for pair in pairs):
            return self.at_the_edge(answer)
        for mistake in self.wrong:
            if self.gives(mistake.function(self.answer), given, cases):
                return self.wrong_answer(mistake.code, mistake.message)
        arrays = [(n, g[n], e[n]) for g, e in pairs for n in g]
        return (
            self.diagnosed(answer)
            or self.not_finite(arrays)
            or self.misshapen(arrays)
            or self.sign_or_factor(arrays)
            or self.unknown(pairs, cases)
        )

    def same(self, given, expected):
        """Return whether all that is given is as expected."""
        return all(
            compare_arrays(given[name], expected[name], self.any_shape) == "same"
            for name in given
        )

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

    def gives(self, mistake, given, cases):
        """Return whether a known mistake gives these numbers in all cases."""
        for mine, case in zip(given, cases, strict=True):
            try:
                value = self.expected(case, mistake)
            except Exception:  # the mistake does not run on these inputs
                return False
            if not all(n in value and close(mine[n], value[n]) for n in mine):
                return False
        return True

    def diagnosed(self, answer):
        """Return the result that the diagnosis of networks finds, or None."""
        if not self.diagnosis:
            return None
        from nnteach.judge.diagnosis import diagnose

        network, part = self.diagnosis
        found = diagnose(self.prepare(answer), network=network, what=part)
        if found.verdict not in ("wrong", "scaled", "misshapen"):
            return None
        return Result(found.verdict, found.mistakes, found.facts, self.name)

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
        verdicts = [compare_arrays(*pair, self.any_shape) for _, *pair in arrays]
        if "wrong" in verdicts:
            return None
        name, given, expected = arrays[verdicts.index("shape")]
        message = (
            f"The numbers of {name or 'the result'} are right, the shape is not: yours "
            f"is {given.shape}, the course's is {expected.shape}."
        )
        if name.startswith(("b", "db")) and given.ndim == 1:
            more = "Without its column axis a bias is added along the wrong axis."
            return self.wrong_answer("bias-flat", message, more)
        return self.wrong_answer("shape", message)

    def sign_or_factor(self, arrays):
        """Return the result for numbers that are all off by one factor, or None."""
        factors = [common_factor(given, expected) for _, given, expected in arrays]
        if None in factors or not np.allclose(factors, factors[0], 1e-3):
            return None
        if np.isclose(factors[0], -1, rtol=1e-3):
            message = "Every number has the right size and the wrong sign."
            return self.wrong_answer("wrong-sign", message)
        factor = show(factors[0], 3)
        message = f"Every number is {factor} times the right one: what makes that?"
        return self.wrong_answer("scaled", message)

    def unknown(self, pairs, cases):
        """Return the result for a mistake that nobody knows: where it begins."""
        number = next(n for n, pair in enumerate(pairs) if not self.same(*pair))
        given, expected = pairs[number]
        good = [n for n in given if compare_arrays(given[n], expected[n]) == "same"]
        name = next(n for n in given if n not in good)
        mine, right, result = given[name], expected[name], name or "the result"
        message = f"{name} is the first that is not right. " if name else ""
        if good:
            message += f"Right already: {', '.join(good)}. "
        if mine.shape != right.shape:
            message += f"The shape of {result} is {mine.shape}, expected {right.shape}."
        else:
            worst = np.unravel_index(np.argmax(np.abs(mine - right)), right.shape)
            place = f"[{', '.join(map(str, worst))}]" if worst else ""
            message += (
                f"For {self.arguments(cases[number])}: {result}{place} is "
                f"{show(mine[worst])}, expected {show(right[worst])}."
            )
        return self.wrong_answer("unknown", message, f"`{self.address}.hint()` helps.")

    def arguments(self, case):
        """Return the arguments of a case, short, such as "Z = [[1, 2]]"."""
        names = inspect.signature(self.answer).parameters
        pairs = zip(names, case, strict=False)
        return ", ".join(argument(*pair) for pair in pairs if type(pair[1]) is not dict)


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


def in_its_style(answer, case):
    """Return the function in its own style, and the attempt at this case.

    Some courses hand parameters and caches around as tuples. A function that fails with
    dictionaries and runs with tuples is called with tuples.
    """

    def with_tuples(*args):
        return answer(*(tuple(a.values()) if isinstance(a, dict) else a for a in args))

    tried = attempt(answer, *case)
    if tried.problem == "raised" and any(isinstance(a, dict) for a in case):
        again = attempt(with_tuples, *case)
        if again.problem in (None, "changed its inputs"):
            return with_tuples, again
    return answer, tried


# ---------------------------------------------------- reading and comparing values


class Misfit(Exception):
    """The value is not of the kind that it should be: a code and a sentence."""


def flatten(value, returns):
    """Return a right value as arrays by name."""
    if isinstance(value, dict):
        return {name: np.asarray(entry) for name, entry in value.items()}
    if returns:
        return {n: np.asarray(v) for n, v in zip(returns, value, strict=True)}
    if isinstance(value, tuple):
        return {"output": np.asarray(value[0]), **flatten(value[1], ())}
    return {"": np.asarray(value)}


def read(value, names, optional=()):
    """Return the learner's value as arrays by name, or raise `Misfit`."""
    if names == [""]:
        return {"": as_array("The result", value)}
    if names[0] != "output":
        return by_name("The result", value, names, optional)
    two = isinstance(value, (tuple, list)) and len(value) == 2
    if not two or not isinstance(value[1], (dict, tuple, list)):
        if isinstance(value, np.ndarray):
            message = "You return the output alone. What will the way back need, that "
            message += "is known only here? Return the output and a dictionary of it."
            raise Misfit("cache-missing", message)
        message = "Return two things, the output and the cache; you return "
        raise Misfit("not-output-and-cache", f"{message}{what(value)}.")
    output = as_array("The output", value[0])
    return {"output": output} | by_name("The cache", value[1], names[1:], optional)


def by_name(title, value, names, optional=()):
    """Return the entries of a dictionary or tuple as arrays by name."""
    needed = [name for name in names if name not in optional]
    if isinstance(value, (tuple, list)):
        wanted = needed if len(value) == len(needed) else names
        if len(value) != len(wanted):
            message = f"Expected {len(names)} things ({', '.join(names)}), got "
            raise Misfit("count", f"{message}{len(value)}.")
        value = dict(zip(wanted, value, strict=True))
    if not isinstance(value, dict):
        message = f"{title}: expected {', '.join(names)}; you return {what(value)}."
        raise Misfit("wrong-type", message)
    for name in needed:
        if name not in value:
            got = ", ".join(map(str, value)) or "no keys"
            raise Misfit("key-missing", f"{title} has no {name}. It has: {got}.")
    return {name: as_array(name, value[name]) for name in names if name in value}


def as_array(name, value):
    """Return the learner's value as an array of numbers, or raise `Misfit`."""
    try:
        array = np.asarray("None" if value is None else value)
        if array.dtype == object:  # such as Decimal
            array = array.astype(float)
    except (TypeError, ValueError):
        array = np.array("other")
    if array.dtype.kind not in "biuf":
        message = f"{name}: expected numbers, got {what(value)}."
        raise Misfit("wrong-type", message)
    return array.astype(float)


def compare_arrays(given, expected, any_shape=False):
    """Return "same", "shape" (the numbers are right, their shape is not) or "wrong"."""
    if given.size != expected.size:
        return "wrong"
    if given.shape == expected.shape or expected.size == 1 or any_shape:
        return "same" if close(given.ravel(), expected.ravel()) else "wrong"
    turned = (given.ravel(), given.T.ravel())
    return "shape" if any(close(t, expected.ravel()) for t in turned) else "wrong"


def close(a, b):
    """Return whether two arrays are equal, but for what float32 and rounding do."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.shape != b.shape:
        return False
    size = np.abs(b[np.isfinite(b)]).max(initial=0)
    return np.allclose(a, b, rtol=1e-4, atol=1e-6 * size + 1e-12, equal_nan=True)


def common_factor(given, expected):
    """Return the factor that turns the expected array into the given one, or None."""
    length = (expected**2).sum()
    if given.shape != expected.shape or not length or not np.isfinite(given).all():
        return None
    factor = (given * expected).sum() / length
    return factor if factor and close(given, factor * expected) else None
