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

from nnteach.cells import cell_that_makes
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
    node: its syntax tree, or None; is_last: whether the error was raised in this line,
    from_course: or by the course's own code, called from there; arguments: the names
    of the function's arguments.
    """

    def __init__(self, frame, summary, last):
        self.number, self.is_last = summary.lineno, last is summary
        last = Path(last.filename)
        self.from_course = _COURSE in last.parents and last.parent != _COURSE / "judge"
        self.line = self.text = summary.line or ""
        if summary.colno is not None and summary.end_lineno is not None:
            numbers = range(self.number, summary.end_lineno + 1)
            lines = [linecache.getline(summary.filename, n).encode() for n in numbers]
            lines[-1] = lines[-1][: summary.end_colno]
            lines[0] = lines[0][summary.colno :]
            self.text = b" ".join(map(bytes.strip, lines)).decode(errors="replace")
        self.node = parse(self.text)
        self.locals, self.globals = frame.f_locals, frame.f_globals
        code = frame.f_code
        self.arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]

    def value(self, node):
        """Return the value of a simple expression, found without running any code."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            known = {**vars(builtins), **self.globals, **self.locals}
            return known.get(node.id, MISSING)
        if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
            inner = self.value(node.value)
            return inner.T if isinstance(inner, (np.ndarray, np.number)) else MISSING
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

    def owner(self):
        """Return what stands before a bracket or a point, such as "`A1`"."""
        node = getattr(self.node, "func", getattr(self.node, "value", None))
        is_called = isinstance(self.node, ast.Call) and callable(self.value(node))
        if not isinstance(node, ast.expr) or is_called or not self.is_last:
            return "Something here"  # it failed in what is called from here
        return f"`{written(node)}`"


def find_place(error):
    """Return the `Place` in the learner's own code that an error came from, or None."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    summaries = traceback.extract_tb(error.__traceback__)
    for frame, summary in zip(reversed(frames), reversed(summaries), strict=True):
        if not summary.filename.startswith(_LIBRARIES):
            return Place(frame, summary, summaries[-1])
    return None


def explain(error, place):
    """Return (a sentence about the error, whether the code is only unfinished)."""
    kind = type(error).__name__
    try:
        # Places in memory differ from run to run.
        text = re.sub(r" at 0x[0-9a-fA-F]+", "", str(error)).strip()
        if place is not None:
            for node in ast.walk(place.node) if place.node else ():
                if isinstance(node, ast.Name) and place.value(node) is ...:
                    return f"`{node.id}` is still `...`.", True
            if place.from_course:  # our own errors are written for the reader already
                return str(error).rstrip(), False
            own = place.is_last and isinstance(place.node, ast.Raise)
            if own and isinstance(error, KeyError) and len(error.args) == 1:
                text = str(error.args[0])  # without the quotes of a key
            for expected, pattern, source, words in () if own else EXPLANATIONS:
                found = re.match(source, place.text)
                if found and isinstance(error, expected) and re.search(pattern, text):
                    if callable(words):
                        words = words(error, place)
                    else:
                        words = words.format(*found.groups(), it=place.owner())
                    if words:
                        return words, False
    except Exception:  # an error, or a value in its line, that plays tricks
        return kind, False
    return f"{kind}: {text}" if text else kind, False


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
        for name, value in zip((left, right), values, strict=True):
            if value is None:
                return f"{name} {IS_NONE}"
        single = [isinstance(value, (int, float, np.generic)) for value in values]
        number = left if single[0] else right if single[1] else "One side"
        return f"{number} is a single number: `@` is for matrices, `*` for numbers."
    found = re.findall(r"\((\d[\d,]*)\)", text)
    if "broadcast" in text and len(found) >= 2:
        one, two = (tuple(map(int, f.strip(",").split(","))) for f in found[:2])
        if "non-broadcastable" in text:  # the second shape is that of the result
            if not isinstance(values[1], np.ndarray):
                return None
            two = values[1].shape
            return (
                f"{left} has the shape {one}, and together with {right}, {two}, it "
                f"becomes larger: `{sign}` cannot put that back."
            )
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
    columns = f"{columns} column{'s' * (columns != '1')}"
    rows = f"{rows} row{'s' * (rows != '1')}"
    return (
        f"{left} has {columns}, {right} has {rows}: a matrix product needs these two "
        "numbers to be equal."
    )


def key_is_missing(error, place):
    """Return a sentence about the keys that a dictionary has, or None."""
    if isinstance(place.node, ast.Subscript):
        owner = place.value(place.node.value)
        if isinstance(owner, dict):
            keys = ", ".join(map(str, owner)) or "no keys at all"
            name = written(place.node.value)
            return f"`{name}` has no {error.args[0]!r}; it has {keys}."
    return None if place.node is None else f"A dictionary has no {error}."


def name_is_unknown(error, place):
    """Return a sentence about a name that Python does not know."""
    found = re.search(r"'(\w+)'", str(error))
    if not found:
        return None
    name = found[1]
    if "not associated with a value" in str(error):  # not yet, or not any more
        return (
            f"`{name}` has no value here: which line gives it one, and does that line "
            "run first?"
        )
    if name == "np":
        return "Python does not know `np`: run the cell with `import numpy as np`."
    if cell := cell_that_makes(name):
        return f"Python does not know `{name}`: {cell} makes it. Run that cell first."
    more = did_you_mean(name, [*place.locals, *place.globals, *dir(builtins)])
    if hasattr(np, name):
        more = f"; did you mean `np.{name}`?"
    return (
        f"Python does not know `{name}`{more or '.'} If a cell above makes it, run "
        "that cell first."
    )


def did_you_mean(name, known):
    """Return the end of a sentence with a known name that is much alike, or ""."""
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    return f"; did you mean `{close[0]}`?" if close else ""


def attribute_is_missing(error, place):
    """Return a sentence about what stands before a point, or None."""
    name, owner = error.name, error.obj
    if name is None or not isinstance(place.node, ast.Attribute):
        return None
    if name == "backward":
        return "numpy keeps no chain for `.backward()`: the way back is yours to write."
    text = written(place.node.value)
    if owner is None:
        return f"`{text}` {IS_NONE}"
    if isinstance(owner, (tuple, list)) and hasattr(np.ndarray, name):
        return (
            f"`{text}` is {what(owner)}, and only an array has `.{name}`: take an "
            f"array out of it, or make one with `np.array({text})`."
        )
    end = did_you_mean(name, dir(owner)) or "."
    return f"`{text}`, {what(owner)}, has no `{name}`{end}"


def types_do_not_fit(error, place):
    """Return a sentence about a calculation with None, a text ..., or None."""
    left, sign, right = operation(place.node) or (None, "", None)
    joins = sign.startswith("+") and not isinstance(place.node, ast.Call)
    if joins and (words := cannot_be_joined(left, sign, right, place)):
        return words
    for node in (left, right):
        value = place.value(node)
        if value is MISSING or isinstance(value, (np.ndarray, np.generic, int, float)):
            continue
        return f"`{written(node)}` is {what(value)}: `{sign}` needs numbers."
    return None


def cannot_be_joined(left, sign, right, place):
    """Return a sentence about a text, tuple or list that + cannot join, or None."""
    made = {ast.List: [], ast.Tuple: ()}  # written in the line itself
    sides = [(node, made.get(type(node), place.value(node))) for node in (left, right)]
    sides.sort(key=lambda side: not isinstance(side[1], (str, tuple, list)))
    (one, joins), (other, value) = sides
    if isinstance(joins, str):
        kind = "text"
    elif isinstance(joins, (tuple, list)) and not isinstance(value, np.ndarray):
        kind = type(joins).__name__
    else:
        return None
    one, other = written(one), written(other)
    if value is MISSING:
        return f"`{one}` is {what(joins)}: `{sign}` joins it with another {kind}."
    is_number = isinstance(value, (int, float, np.number))
    if is_number and kind == "text":
        return (
            f"`{sign}` joins two texts, and `{other}` is a number here: "
            f"`str({other})` makes a text of it."
        )
    held = "a number" if is_number else what(value)
    return (
        f"`{one}` is {what(joins)}, `{other}` is {held}: `{sign}` adds numbers, or "
        "joins two of the same kind."
    )


IS_NONE = "is None: does the function that made it end with `return`?"
# The kind of error, what its text holds, how the failing source begins, and what is
# said: the first that fits. {it} is what stands before a bracket or a point.
EXPLANATIONS = (
    (KeyError, "", "", key_is_missing),
    (NameError, "", "", name_is_unknown),
    (AttributeError, "", "", attribute_is_missing),
    (
        ValueError, "truth value of an array", r"(max|min)\(",
        "`{0}` compares whole arrays: entry by entry it is `np.{0}imum(..., ...)`.",
    ),
    (
        ValueError, "truth value of an array", "",
        "`if`, `and`, `or` and `not` need one True or False, and an array has many: "
        "`np.where(Z > 0, ..., ...)` chooses entry by entry.",
    ),
    (ValueError, "", "", shapes_do_not_fit),
    (TypeError, r"bitwise_xor|for \^", "", "`^` is no power in Python: write `A**2`."),
    (
        TypeError, "object is not callable", "",
        "{it} is not a function, and round brackets call one: is a `*` missing, is "
        "there a bracket too many, or should they be [ ]?",
    ),
    (
        TypeError, "(function|method|Dispatcher|ufunc).*(subscriptable|assignment)", "",
        "{it} is a function: call it with round brackets, ( ) and not [ ].",
    ),
    (TypeError, "'NoneType'.*(subscriptable|assignment)", "", f"{{it}} {IS_NONE}"),
    (
        TypeError, "to Python scalars", r"(?:math\.)?(exp|log\w*|sqrt|tanh|sin|cos)\(",
        "`math.{0}` takes one number, and here it gets an array: `np.{0}` works on "
        "each entry.",
    ),
    (
        TypeError, "to Python scalars", "",
        "One number is needed here, and it is an array: `.item()` takes the number out "
        "of an array with one entry.",
    ),
    (
        TypeError, "scalar index", r"np\.(max|min)\(",
        "`np.{0}` takes the second argument for an axis: entry by entry it is "
        "`np.{0}imum(..., ...)`.",
    ),
    (TypeError, "", "", types_do_not_fit),
    (TypeError, "NoneType", "", f"Something here {IS_NONE}"),
    (RecursionError, "", "", "Calls inside calls go deeper than Python allows: "
     "where do they end?"),
    (EOFError, "", "", "Nobody answers here: what it needs comes as its arguments."),
)  # fmt: skip
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
