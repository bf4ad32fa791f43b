"""Call a learner's function once, and say in the course's words what happened.

        attempt(softmax, Z)  ->  value, or a problem with one sentence about it

The function runs in the learner's own process, on copies of its inputs. It may raise,
print, change its inputs or never end: `attempt` itself always returns. Introduced in
chapter 1.
"""

import copy
import dis
import inspect
import io
import sys
import time
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from nnteach.judge.explain import explain, find_place


@dataclass(frozen=True)
class Attempt:
    """What came of one call.

    value: what the function returned; None if it did not get that far.
    problem: None, or "not attempted", "not a function", "wrong arguments", "raised",
        "no end", "returned nothing" or "changed its inputs".
    message: one sentence about the problem.
    printed: what the function printed.
    line: (number, text) of the learner's line where it stopped, or None.
    """

    value: Any = None
    problem: str | None = None
    message: str = ""
    printed: str = ""
    line: tuple | None = None


class _NoEnd(BaseException):
    """Raised inside a function that takes too long; `except Exception` lets it pass."""


def attempt(function, *args, seconds=2):
    """Return the `Attempt` of calling the function with copies of these arguments.

    seconds: how long it may run. What is watched are the steps of Python; one
        single call of numpy that takes for ever cannot be stopped.
    """
    problem, message = before_the_call(function, args)
    if problem:
        return Attempt(None, problem, message)
    given, printed = own_copy(args), io.StringIO()
    value = line = None
    with warnings.catch_warnings(), redirect_stdout(printed):
        warnings.simplefilter("ignore")
        try:
            value = call_with_deadline(function, given, seconds)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too: nothing may end the lesson
            problem, message, line = after_an_error(error, seconds)
    printed = printed.getvalue()
    if not problem:
        problem, message = after_the_call(value, function, args, given, printed)
    return Attempt(value, problem, message, printed, line)


# ------------------------------------------- what may go wrong: (problem, message)

NO_CODE = "not attempted", "There is no code in it yet."
NO_PROBLEM = None, ""


def before_the_call(function, args):
    """Return why there is nothing to call."""
    if function is None or function is ... or is_stub(function):
        return NO_CODE
    if not callable(function):
        message = "Give the function itself, without brackets: its name alone."
        return "not a function", message
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # functions written in C have none
        return NO_PROBLEM
    try:
        signature.bind(*args)
    except TypeError:
        count = f"{len(args)} argument{'s' if len(args) != 1 else ''}"
        message = f"It is called with {count}, but yours is written for {signature}."
        return "wrong arguments", message
    return NO_PROBLEM


def after_an_error(error, seconds):
    """Return what the error that ended a call means, and (number, text) of its line."""
    place = find_place(error)
    line = (place.number, place.line) if place else None
    if isinstance(error, _NoEnd):
        message = f"It was stopped after {seconds:g} seconds: does a loop never end?"
        return "no end", message, line
    if isinstance(error, NotImplementedError):
        return *NO_CODE, None
    message, unfinished = explain(error, place)
    return "not attempted" if unfinished else "raised", message, line


def after_the_call(value, function, args, given, printed):
    """Return what is wrong although the function returned."""
    changed = what_changed(args, given, argument_names(function, len(args)))
    if changed:
        message = (
            f"It changes {changed}, which the caller still needs: make a new array, "
            "and leave the one you were handed as it is."
        )
        return "changed its inputs", message
    if value is None:
        message = "It returns nothing: is there a `return` with the result at its end?"
        if printed:
            message = (
                "It prints, but it returns nothing: `print` shows a value on the "
                "screen, `return` hands it back."
            )
        return "returned nothing", message
    if holds_ellipsis(value):
        return "not attempted", "There is still a `...` in what it returns."
    return NO_PROBLEM


# --------------------------------------------------------------------- the parts


def call_with_deadline(function, args, seconds):
    """Return function(*args), or raise `_NoEnd` when the time is over.

    A trace function looks at the clock before each line of Python. Python 3.11 has to
    look before each instruction, since there `while True: pass` never comes to another
    line; later ones count every jump back as one. Threads and signals would not do: a
    browser has neither, Windows has no alarm signal, and a thread cannot be stopped
    from outside. A bare `except:` inside an endless loop still defeats it.

    The time is the processor's, since a busy computer makes every function slow; a
    function that only waits has ten times as long.
    """
    start, worked = time.perf_counter(), time.process_time()

    def look_at_the_clock(frame, event, argument):
        passed = time.perf_counter() - start
        if passed > seconds and (  # only then is the second, slower clock needed
            time.process_time() - worked > seconds or passed > 10 * seconds
        ):
            raise _NoEnd
        if event == "call":
            frame.f_trace_opcodes = sys.version_info < (3, 12)
        return look_at_the_clock

    previous = sys.gettrace()  # a debugger or a coverage tool
    sys.settrace(look_at_the_clock)
    try:
        return function(*args)
    finally:
        sys.settrace(previous)


# A body that has only these instructions computes nothing: `...`, `pass`, a docstring.
_NOTHING = {"RESUME", "NOP", "CACHE", "LOAD_CONST", "POP_TOP", "RETURN_VALUE"}
_NOTHING |= {"RETURN_CONST", "NOT_TAKEN"}


def is_stub(function):
    """Return whether the body of the function is still empty."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return False
    steps = list(dis.get_instructions(code))
    returned = [s.argval for s in steps if s.opname in ("LOAD_CONST", "RETURN_CONST")]
    only_nothing = all(step.opname in _NOTHING for step in steps)
    return only_nothing and returned[-1] in (None, ...)


def own_copy(value):
    """Return a copy that the learner may spoil; modules are handed on as they are.

    A text is put together anew: it is equal to one in the learner's code, but not the
    same object, so that a comparison with `is` shows itself.
    """
    if isinstance(value, str):
        return "".join(list(value))
    if isinstance(value, dict):
        return {key: own_copy(entry) for key, entry in value.items()}
    if type(value) in (tuple, list):
        return type(value)(own_copy(entry) for entry in value)
    if isinstance(value, ModuleType):
        return value
    return copy.deepcopy(value)


def argument_names(function, count):
    """Return what the function calls its arguments."""
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        names = []
    return [*names, *["an argument"] * count][:count]


def what_changed(before, after, names):
    """Return the name of the first array or dictionary that differs, or None."""
    for name, old, new in zip(names, before, after, strict=False):
        if isinstance(old, dict):
            if list(old) != list(new):
                return f"the dictionary `{name}`"
            inner = [f'{name}["{key}"]' for key in old]
            changed = what_changed(old.values(), new.values(), inner)
        elif isinstance(old, (tuple, list)):
            if len(old) != len(new):
                return f"the list `{name}`"
            inner = [f"{name}[{place}]" for place in range(len(old))]
            changed = what_changed(old, new, inner)
        elif isinstance(old, (np.ndarray, float, int, str)):
            changed = None if same(old, new) else f"`{name}`"
        else:
            changed = None  # a generator of random numbers is meant to change
        if changed:
            return changed
    return None


def same(old, new):
    """Return whether two values are equal, NaN and shape included.

    Moving a weight up, down and back again leaves a rounding error, which is no harm.
    """
    if isinstance(old, str) or isinstance(new, str):
        return old is new or (isinstance(new, str) and old == new)
    old, new = np.asarray(old), np.asarray(new)
    if old.shape != new.shape or old.dtype.kind != new.dtype.kind:
        return False
    if old.dtype.kind not in "fc":
        return np.array_equal(old, new)
    return np.allclose(old, new, rtol=1e-13, atol=1e-14, equal_nan=True)


def holds_ellipsis(value):
    """Return whether `...` is the value or is somewhere inside it."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (tuple, list)):
        return any(holds_ellipsis(entry) for entry in value)
    return value is ...
