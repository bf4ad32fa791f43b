"""Call a learner's function once, and say in the course's words what happened.

        attempt(softmax, Z)  ->  value, or a problem with one sentence about it

The function runs in the learner's own process, on copies of its inputs. It may raise,
print, change its inputs or never end: `attempt` itself always returns. The source is
looked at for one thing only, to name the variables in the line that raised an error.
Introduced in chapter 1.
"""

import ast
import builtins
import copy
import difflib
import dis
import inspect
import io
import linecache
import os
import re
import sys
import sysconfig
import time
import traceback
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np


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


# ------------------------------------------- an error, in the words of the course

MISSING = object()
_COURSE = Path(__file__).parent
_LIBRARIES = (
    sysconfig.get_path("stdlib"),
    str(Path(np.__file__).parent.parent),
    f"{_COURSE}{os.sep}",
    "<frozen",
)


class Place:
    """The learner's frame that an error came from, and the expression that failed.

    number, line: the line of source and its number; text: the failing expression;
    node: its syntax tree, or None; from_course: whether the course's own code, called
    from there, raised the error; arguments: the names of the function's arguments.
    """

    def __init__(self, frame, summary, from_course):
        self.number, self.from_course = summary.lineno, from_course
        self.line = self.text = summary.line or ""
        if summary.colno is not None and summary.lineno == summary.end_lineno:
            source = linecache.getline(summary.filename, self.number).encode()
            self.text = source[summary.colno : summary.end_colno].decode()
        self.node = parse(self.text)
        self.locals, self.globals = frame.f_locals, frame.f_globals
        code = frame.f_code
        self.arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]

    def value(self, node):
        """Return the value of a simple expression, found without running any code."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.locals.get(node.id, self.globals.get(node.id, MISSING))
        if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
            inner = self.value(node.value)
            return inner.T if isinstance(inner, np.ndarray) else MISSING
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            inner = self.value(node.value)
            if isinstance(inner, dict):
                return inner.get(node.slice.value, MISSING)
        return MISSING

    def name(self, node, side):
        """Return what to call an operand: "W1", "your A1", "the left side"."""
        text = written(node)
        if len(text) > 30:
            return f"the {side} side"
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        made_here = names & set(self.locals) - set(self.arguments)
        return f"your {text}" if made_here and text[0] not in "Wb" else text


def find_place(error):
    """Return the `Place` in the learner's own code that an error came from, or None."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    summaries = traceback.extract_tb(error.__traceback__)
    last = Path(summaries[-1].filename)
    from_course = last.parent == _COURSE and last != Path(__file__)
    for frame, summary in zip(reversed(frames), reversed(summaries), strict=True):
        if not summary.filename.startswith(_LIBRARIES):
            return Place(frame, summary, from_course)
    return None


def explain(error, place):
    """Return (a sentence about the error, whether the code is only unfinished)."""
    if place is not None:
        nodes = ast.walk(place.node) if place.node else ()
        for node in nodes:
            if isinstance(node, ast.Name) and place.value(node) is ...:
                return f"`{node.id}` is still `...`.", True
        if place.from_course:  # our own errors are written for the reader already
            return str(error).rstrip(), False
        for kind, words in EXPLANATIONS.items():
            sentence = words(error, place) if isinstance(error, kind) else None
            if sentence:
                return sentence, False
    # Places in memory differ from run to run.
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", str(error)).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__, False


def shapes_do_not_fit(error, place):
    """Return a sentence about two arrays whose shapes do not fit, or None."""
    text, parts = str(error), operation(place.node)
    if parts is None:
        return None
    left, sign, right = parts
    values = [place.value(left), place.value(right)]
    left, right = place.name(left, "left"), place.name(right, "right")
    left = left[0].upper() + left[1:] if left.startswith(("the ", "your ")) else left
    if "enough dimensions" in text:
        single = [isinstance(value, (int, float, np.generic)) for value in values]
        number = left if single[0] else right if single[1] else "One side"
        return f"{number} is a single number: `@` is for matrices, `*` for numbers."
    found = re.findall(r"\((\d[\d,]*)\)", text)
    if "broadcast" in text and len(found) >= 2:
        one, two = (tuple(map(int, f.strip(",").split(","))) for f in found[:2])
        return (
            f"{left} has the shape {one}, {right} has the shape {two}: `{sign}` works "
            "entry by entry and needs shapes that fit."
        )
    if found := re.search(r"size (\d+) is different from (\d+)", text):  # X @ Y
        rows, columns = found.groups()
    elif found := re.search(r"not aligned: .*?(\d+) \(dim \d+\) != (\d+)", text):
        columns, rows = found.groups()  # np.dot(X, Y)
    else:
        return None
    return (
        f"{left} has {columns} columns, {right} has {rows} rows: a matrix product "
        "needs these two numbers to be equal."
    )


def key_is_missing(error, place):
    """Return a sentence about the keys that a dictionary has."""
    if isinstance(place.node, ast.Subscript):
        owner = place.value(place.node.value)
        if isinstance(owner, dict):
            keys = ", ".join(map(str, owner)) or "no keys at all"
            name = written(place.node.value)
            return f"`{name}` has no {error.args[0]!r}; it has {keys}."
    return f"A dictionary has no {error}."


def name_is_unknown(error, place):
    """Return a sentence about a name that Python does not know."""
    found = re.search(r"'(\w+)'", str(error))
    if not found:
        return None
    name = found[1]
    if isinstance(error, UnboundLocalError):
        return f"`{name}` is used before it gets a value in your function."
    if name == "np":
        return "Python does not know `np`: run the cell with `import numpy as np`."
    known = [*place.locals, *place.globals, *dir(builtins)]
    close = difflib.get_close_matches(name, known, n=1)
    more = f"; did you mean `{close[0]}`" if close else ""
    return f"Python does not know `{name}`{more}."


def types_do_not_fit(error, place):
    """Return a sentence about a calculation with None, a text ..., or None."""
    left, sign, right = operation(place.node) or (None, "", None)
    for node in (left, right):
        value = place.value(node)
        if value is MISSING or isinstance(value, (np.ndarray, int, float)):
            continue
        return f"`{written(node)}` is {what(value)}: `{sign}` needs numbers."
    return None


EXPLANATIONS = {
    KeyError: key_is_missing,
    NameError: name_is_unknown,
    ValueError: shapes_do_not_fit,
    TypeError: types_do_not_fit,
}
_SIGNS = {
    ast.MatMult: "@", ast.Mult: "*", ast.Add: "+", ast.Sub: "-", ast.Div: "/",
    "dot": "@", "matmul": "@", "multiply": "*", "add": "+", "subtract": "-",
}  # fmt: skip


def operation(node):
    """Return (left node, sign, right node) of a calculation with two sides, or None."""
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
        return node.left, _SIGNS[type(node.op)], node.right
    if isinstance(node, ast.AugAssign) and type(node.op) in _SIGNS:
        return node.target, _SIGNS[type(node.op)] + "=", node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        sign, sides = _SIGNS.get(node.func.attr), node.args
        if len(sides) == 1:  # A.dot(B)
            sides = [node.func.value, *sides]
        if sign and len(sides) == 2:
            return sides[0], sign, sides[1]
    return None


def parse(text):
    """Return the syntax tree of an expression or of one statement, or None."""
    try:
        body = ast.parse(text.strip()).body
    except SyntaxError:
        return None
    if len(body) != 1:
        return None
    return body[0].value if isinstance(body[0], ast.Expr) else body[0]


def written(node):
    """Return the source of a node, with the quotes that this course uses."""
    return ast.unparse(node).replace("'", '"')


def what(value):
    """Return what kind of thing a value is, short enough for a sentence."""
    if isinstance(value, str):
        return f"the text {value[:30]!r}"
    if callable(value):
        return f"the function {getattr(value, '__name__', '')}".rstrip()
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    kinds = {dict: "a dictionary", tuple: "a tuple", list: "a list", type(None): "None"}
    return kinds.get(type(value), f"a {type(value).__name__}")
