"""Call a learner's function once, and say in the course's words what happened.

        attempt(softmax, Z)  ->  value, or a problem with one sentence about it

The function runs in the learner's own process, on copies of its inputs. It may raise,
print, change its inputs or never end: `attempt` itself always returns, leaves the
process as it was, and hands on only values that are safe to look at. Introduced in
chapter 1.
"""

import builtins
import copy
import dis
import inspect
import io
import random
import sys
import threading
import time
import warnings
from contextlib import contextmanager, redirect_stdout
from contextvars import copy_context
from dataclasses import dataclass
from types import CodeType, ModuleType
from typing import Any

import numpy as np

from nnteach.judge.explain import explain, find_place
from nnteach.judge.values import plain

try:
    import psutil  # it comes with Jupyter's kernel, except in a browser

    _PROCESS = psutil.Process()
except ImportError:
    _PROCESS = None


@dataclass(frozen=True)
class Attempt:
    """What came of one call.

    value: what the function returned, in plain types; None if it did not get that far.
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
    """Raised inside a function that goes too far; `except Exception` lets it pass."""


def attempt(function, *args, seconds=2):
    """Return the `Attempt` of calling the function with copies of these arguments.

    seconds: how long it may work. What is watched are the steps of Python: one single
        call of numpy that takes for ever or fills the memory cannot be stopped, nor
        can a thread that the function starts.
    """
    problem, message = before_the_call(function, args)
    if problem:
        return Attempt(None, problem, message)
    given = own_copy(args)
    value = line = None
    with process_kept() as printed:
        try:
            returned = copy_context().run(call_and_watch, function, given, seconds)
            value, given = returned
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # SystemExit too: nothing may end the lesson
            problem, message, line = after_an_error(error)
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
    parameters = parameters_of(function)
    try:
        inspect.Signature(parameters).bind(*args)
    except TypeError:
        count = f"{len(args)} argument{'s' if len(args) != 1 else ''}"
        bare = (p.replace(annotation=p.empty, default=p.empty) for p in parameters)
        names = ", ".join(map(str, bare))
        message = f"It is called with {count}, but yours is written for ({names})."
        return "wrong arguments", message
    return NO_PROBLEM


def after_an_error(error):
    """Return what the error that ended a call means, and (number, text) of its line."""
    place = find_place(error)
    line = (place.number, place.line) if place else None
    if isinstance(error, _NoEnd):
        return "no end", error.args[0], line
    message, unfinished = explain(error, place)
    return "not attempted" if unfinished else "raised", message, line


def after_the_call(value, function, args, given, printed):
    """Return what is wrong although the function returned."""
    names = [parameter.name for parameter in parameters_of(function)]
    names = [*names, *["an argument"] * len(args)]
    changed = list(what_changed(args, given, names))
    if changed:
        named = ", ".join(changed[:4]) + ", ..." * (len(changed) > 4)
        message = (
            f"It changes {named}, which the caller still needs: make new arrays, and "
            "leave those that you were handed as they are."
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


class Printed(io.StringIO):
    """What a function prints, the beginning of it; it cannot be closed."""

    def write(self, text):
        """Keep the text if there is not too much already."""
        return super().write(text) if self.tell() < 10_000 else len(text)

    def close(self):
        """Do nothing."""


def no_input(*prompt):
    """Stand in for `input`, which would wait for somebody at the keyboard."""
    raise EOFError


_ONE_AT_A_TIME = threading.RLock()  # what is kept here belongs to all threads


@contextmanager
def process_kept():
    """Yield what is printed inside; leave the process as it was.

    The checks and np.seterr belong to the context, which is a copy.
    """
    with (
        _ONE_AT_A_TIME,
        warnings.catch_warnings(),
        redirect_stdout(Printed()) as printed,
    ):
        warnings.simplefilter("ignore")
        kept = random.getstate(), np.random.get_state(), builtins.input
        builtins.input = no_input
        try:
            yield printed
        finally:
            random.setstate(kept[0])
            np.random.set_state(kept[1])
            builtins.input = kept[2]


MOST_MEMORY = 300  # MB more than before; one line may double or treble it


def call_and_watch(function, args, seconds):
    """Return function(*args) and the arguments, as plain values; or raise `_NoEnd`.

    A trace function looks at clock and memory before each line of Python. Python 3.11
    looks before each instruction, since there `while True: pass` never comes to another
    line; later ones count every jump back as one. Threads and signals would not do: a
    browser has neither, Windows has no alarm signal, and a thread cannot be stopped
    from outside. A bare `except:` inside an endless loop still defeats it.

    The time is that of this thread's own work, since a busy computer makes every
    function slow; a function that only waits has ten times as long.
    """
    own_clock = getattr(time, "thread_time", time.perf_counter)
    start, worked, held = time.perf_counter(), own_clock(), memory()
    next_look = start + 0.01

    def watch(frame, event, argument):
        nonlocal next_look
        now = time.perf_counter()
        if now > next_look:
            next_look = now + 0.01  # the other looks take longer
            if memory() - held > MOST_MEMORY:
                raise _NoEnd(
                    "It was stopped because it collects memory, more than "
                    f"{MOST_MEMORY} MB: does something grow in a loop without end?"
                )
            if own_clock() - worked > seconds:
                words = f"It was stopped after {seconds:g} seconds of its own work"
                raise _NoEnd(f"{words}: does a loop never end?")
            if now - start > 10 * seconds:
                words = f"It was stopped after {10 * seconds:g} seconds"
                raise _NoEnd(f"{words}: does it wait for something?")
        if frame.f_code.co_filename == plain.__code__.co_filename:
            return None  # it has an end, and would be slow
        if event == "call":
            frame.f_trace_opcodes = sys.version_info < (3, 12)
        return watch

    previous = sys.gettrace()  # a debugger or a coverage tool
    sys.settrace(watch)
    try:
        return plain(function(*args)), plain(args)
    finally:
        sys.settrace(previous)


def memory():
    """Return how many MB this process holds; 0 where nobody can tell."""
    return _PROCESS.memory_info().rss / 2**20 if _PROCESS else 0


# A body that has only these instructions computes nothing: `...`, `pass`, a docstring.
_NOTHING = {"RESUME", "NOP", "CACHE", "LOAD_CONST", "POP_TOP", "RETURN_VALUE"}
_NOTHING |= {"RETURN_CONST", "NOT_TAKEN"}
# One that has these too, and no other name, does nothing but raise this error.
_RAISING = {"LOAD_GLOBAL", "PUSH_NULL", "PRECALL", "CALL", "RAISE_VARARGS"}


def is_stub(function):
    """Return whether the body of the function is still empty."""
    try:
        code = inspect.unwrap(function).__code__
    except Exception:  # no function, or one that plays tricks
        return False
    if not isinstance(code, CodeType):
        return False
    steps = list(dis.get_instructions(code))
    returned = [s.argval for s in steps if s.opname in ("LOAD_CONST", "RETURN_CONST")]
    done = {step.opname for step in steps} - _NOTHING
    if "RAISE_VARARGS" in done:
        return done <= _RAISING and code.co_names == ("NotImplementedError",)
    return not done and returned[-1] in (None, ...)


def parameters_of(function):
    """Return the `inspect.Parameter`s of a function; any number if nobody can tell."""
    try:
        return list(inspect.signature(function).parameters.values())
    except Exception:  # one that is written in C, or plays tricks
        return [inspect.Parameter("arguments", inspect.Parameter.VAR_POSITIONAL)]


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


def what_changed(before, after, names):
    """Yield the names of the arrays and dictionaries that differ.

    after: as plain values.
    """
    for name, old, new in zip(names, before, after, strict=False):
        if isinstance(old, dict):
            if not isinstance(new, dict) or list(old) != list(new):
                yield f"the dictionary `{name}`"
                continue
            inner = [f'{name}["{key}"]' for key in old]
            yield from what_changed(old.values(), new.values(), inner)
        elif isinstance(old, (tuple, list)):
            if not isinstance(new, (tuple, list)) or len(old) != len(new):
                yield f"the list `{name}`"
                continue
            inner = [f"{name}[{place}]" for place in range(len(old))]
            yield from what_changed(old, new, inner)
        elif isinstance(old, (np.ndarray, float, int, str)) and not same(old, new):
            yield f"`{name}`"  # a generator of random numbers is meant to change


def same(old, new):
    """Return whether two plain values are equal, NaN and shape included.

    Moving a weight up, down and back again leaves a rounding error, which is no harm.
    """
    if isinstance(old, str) or isinstance(new, (str, list, tuple, dict)):
        return type(old) is type(new) and old == new
    old, new = np.asarray(old), np.asarray(new)
    if old.shape != new.shape or old.dtype.kind != new.dtype.kind:
        return False
    if old.dtype.kind not in "fc":
        return np.array_equal(old, new)
    return np.allclose(old, new, rtol=1e-13, atol=1e-14, equal_nan=True)


def holds_ellipsis(value):
    """Return whether `...` is a plain value or is somewhere inside it."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (tuple, list)):
        return any(holds_ellipsis(entry) for entry in value)
    return value is ...
