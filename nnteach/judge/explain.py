"""Say in the course's words what an error in a learner's function means.

The source is looked at for one thing only, to name the variables in the line that
raised the error. Introduced in chapter 1.
"""

import ast
import builtins
import difflib
import linecache
import os
import re
import sysconfig
import traceback
from pathlib import Path

import numpy as np

from nnteach.judge.values import what

MISSING = object()
_COURSE = Path(__file__).parents[1]
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
    from_course = _COURSE in last.parents and last.parent != Path(__file__).parent
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
