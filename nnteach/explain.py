"""Say what an error in a learner's function means, in the course's words.

    matmul: Input operand 1 has a mismatch ... (size 3 is different from 4)
    ->  W1 has 4 columns, your A1 has 3 rows: `@` needs these two numbers to be equal.

The failing expression and the variables in it are looked up in the frame that raised.
"""

import ast
import builtins
import difflib
import linecache
import re
import sysconfig
from pathlib import Path

import numpy as np

MISSING = object()
_paths = sysconfig.get_paths()
_LIBRARIES = tuple(
    str(folder)
    for folder in (
        _paths["stdlib"],
        _paths["purelib"],
        _paths["platlib"],
        Path(np.__file__).parent.parent,
        Path(__file__).parent,
    )
)


def explain(error, function):
    """Return (a sentence about the error, whether the code is only unfinished)."""
    place = find_place(error, function)
    if place is not None:
        unfinished = [n for n in names_in(place.text) if place.look_up(n) is ...]
        if unfinished:
            return f"`{unfinished[0]}` is still `...`.", True
        if place.from_course:  # our own errors are written for the reader already
            return str(error).rstrip(), False
    for kind, words in EXPLANATIONS:
        if isinstance(error, kind):
            sentence = words(error, place)
            if sentence:
                return sentence, False
    text = without_addresses(str(error)).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__, False


def last_line(error, function):
    """Return (number, text) of the learner's line that the error came from, or None."""
    place = find_place(error, function)
    return (place.number, place.line) if place else None


def without_addresses(text):
    """Return the text without places in memory, which differ from run to run."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text)


# ------------------------------------------------------------ where it happened


class Place:
    """The learner's frame that an error came from, and the expression that failed."""

    def __init__(self, entry, function, from_course):
        self.frame, self.number = entry.tb_frame, entry.tb_lineno
        self.from_course = from_course
        name = self.frame.f_code.co_filename
        self.line = linecache.getline(name, self.number, self.frame.f_globals).strip()
        self.text = self._expression(name, entry.tb_lasti) or self.line
        self.node = parse(self.text)
        code = self.frame.f_code
        self.arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]

    def _expression(self, name, instruction):
        """Return the source of the failing expression alone, such as "W1 @ X"."""
        positions = list(self.frame.f_code.co_positions())
        first, last, start, end = positions[instruction // 2]
        if None in (first, last, start, end):
            return ""
        numbers = range(first, last + 1)
        lines = [linecache.getline(name, n, self.frame.f_globals) for n in numbers]
        if not all(lines):
            return ""
        lines = [line.rstrip("\n").encode() for line in lines]  # columns count bytes
        lines[-1] = lines[-1][:end]
        lines[0] = lines[0][start:]
        return b"\n".join(lines).decode(errors="replace")

    def look_up(self, name):
        """Return the value of a variable in the frame, or MISSING."""
        for names in (self.frame.f_locals, self.frame.f_globals):
            if name in names:
                return names[name]
        return MISSING

    def value(self, node):
        """Return the value of a simple expression, found without running any code."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.look_up(node.id)
        if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
            inner = self.value(node.value)
            return inner.T if isinstance(inner, np.ndarray) else MISSING
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            inner = self.value(node.value)
            if isinstance(inner, dict):
                return inner.get(node.slice.value, MISSING)
        return MISSING

    def shape(self, node):
        """Return the shape of a simple expression, or None."""
        value = self.value(node)
        if isinstance(value, (bool, int, float, np.generic)):
            return ()
        return value.shape if isinstance(value, np.ndarray) else None

    def name(self, node, side):
        """Return what to call an operand: "W1", "your A1", "the left side"."""
        text = written(node)
        if len(text) > 30:
            return f"the {side} side"
        own = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        own = own & set(self.frame.f_locals) - set(self.arguments)
        unpacked = self._same_name_in_arguments(own)
        return f"your {text}" if own and not unpacked else text

    def _same_name_in_arguments(self, names):
        """Return whether the variables only repeat entries of an argument."""
        known = set()
        for argument in self.arguments:
            entry = self.frame.f_locals.get(argument)
            if isinstance(entry, dict):
                known |= {key for key in entry if isinstance(key, str)}
        parameters = {n for n in known if n[:1] in "Wb"}
        return names <= parameters


def find_place(error, function):
    """Return the `Place` of the last frame of the learner's own code, or None."""
    entry, entries = error.__traceback__, []
    while entry:
        entries.append(entry)
        entry = entry.tb_next
    home = getattr(getattr(function, "__code__", None), "co_filename", None)
    own = [
        number
        for number, entry in enumerate(entries)
        if entry.tb_frame.f_code.co_filename == home
        or not entry.tb_frame.f_code.co_filename.startswith((*_LIBRARIES, "<frozen"))
    ]
    if not own:
        return None
    course = Path(__file__).parent
    deepest = Path(entries[-1].tb_frame.f_code.co_filename)
    from_course = own[-1] < len(entries) - 1 and deepest.parent == course
    from_course = from_course and deepest.name != "attempt.py"
    return Place(entries[own[-1]], function, from_course)


def parse(text):
    """Return the syntax tree of an expression or of one statement, or None."""
    for attempt in (f"({text})", text):
        try:
            body = ast.parse(attempt).body
        except (SyntaxError, ValueError):
            continue
        if len(body) == 1:
            return body[0].value if isinstance(body[0], ast.Expr) else body[0]
    return None


def written(node):
    """Return the source of a node, with the quotes that this course uses."""
    return ast.unparse(node).replace("'", '"')


def names_in(text):
    """Return the names of the variables in a piece of source."""
    tree = parse(text)
    nodes = ast.walk(tree) if tree else ()
    return [node.id for node in nodes if isinstance(node, ast.Name)]


# ------------------------------------------------------------- what it means

_SIGNS = {
    ast.MatMult: "@", ast.Mult: "*", ast.Add: "+", ast.Sub: "-", ast.Div: "/",
    ast.Pow: "**",
}  # fmt: skip
_CALLS = {
    "dot": "@", "matmul": "@", "multiply": "*", "add": "+", "subtract": "-",
    "divide": "/", "maximum": "maximum", "where": "where",
}  # fmt: skip


def operation(place):
    """Return (left node, sign, right node) of the failing expression, or None."""
    node = place.node if place else None
    if isinstance(node, ast.BinOp):
        return node.left, _SIGNS.get(type(node.op), "the operation"), node.right
    if isinstance(node, ast.AugAssign):
        return node.target, _SIGNS.get(type(node.op), "the operation") + "=", node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        sign = _CALLS.get(node.func.attr)
        if sign and len(node.args) == 2:
            return node.args[0], sign, node.args[1]
        if sign and len(node.args) == 1:  # A.dot(B)
            return node.func.value, sign, node.args[0]
    return None


def shapes_do_not_fit(error, place):
    """Return a sentence about matrices whose shapes do not fit, or None."""
    text, parts = str(error), operation(place)
    if "inhomogeneous" in text:
        return "An array is made of rows of different lengths."
    if "matmul" in text or "not aligned" in text:
        return product(text, place, parts)
    if "broadcast" in text:
        found = re.findall(r"\(([\d, ]*)\)", text)
        shapes = [tuple(int(n) for n in re.findall(r"\d+", s)) for s in found]
        if parts and len(shapes) >= 2:
            left, sign, right = parts
            first = place.shape(left) if place.shape(left) is not None else shapes[0]
            second = place.shape(right) if place.shape(right) is not None else shapes[1]
            return (
                f"{start(place.name(left, 'left'))} has the shape {first}, "
                f"{place.name(right, 'right')} has the shape {second}: "
                f"`{sign}` works entry by entry and needs shapes that fit."
            )
        if len(shapes) >= 2:
            return (
                f"Shapes {shapes[0]} and {shapes[1]} do not fit: this works entry by "
                "entry."
            )
    if "reshape" in text:
        return f"{start(text)}: the number of entries has to stay the same."
    if "unpack" in text:
        return (
            f"The left side of the `=` has another number of names than come: {text}."
        )
    if "setting an array element" in text:
        return "An array is put where one number belongs."
    return None


def product(text, place, parts):
    """Return a sentence about a matrix product whose shapes do not fit."""
    left_name, right_name = "the left side", "the right side"
    left = right = None
    if parts:
        left_name, right_name = (
            place.name(parts[0], "left"),
            place.name(parts[2], "right"),
        )
        left, right = place.shape(parts[0]), place.shape(parts[2])
    if "enough dimensions" in text:
        number = right_name if right == () else left_name
        return (
            f"{start(number)} is a single number: `@` is for matrices, `*` for numbers."
        )
    if left and right and len(left) >= 2 and len(right) >= 2:
        columns, rows = left[-1], right[-2]
    elif found := re.search(r"size (\d+) is different from (\d+)", text):
        rows, columns = found.groups()
    elif found := re.search(r"not aligned: (\d+) \(dim \d+\) != (\d+)", text):
        columns, rows = found.groups()
    else:
        return None
    return (
        f"{start(left_name)} has {columns} columns, {right_name} has {rows} rows: "
        "a matrix product needs these two numbers to be equal."
    )


def start(text):
    """Return the text as the start of a sentence; names such as dZ1 stay."""
    first = text.split(" ")[0]
    return text[0].upper() + text[1:] if first in ("the", "your", "cannot") else text


def key_is_missing(error, place):
    """Return a sentence about the keys that a dictionary has."""
    key = error.args[0] if error.args else ""
    node = place.node if place else None
    if isinstance(node, ast.Subscript):
        owner = place.value(node.value)
        if isinstance(owner, dict):
            keys = ", ".join(map(str, owner)) or "no keys at all"
            return f"`{written(node.value)}` has no {key!r}; it has {keys}."
    return f"A dictionary has no {key!r}."


def name_is_unknown(error, place):
    """Return a sentence about a name that Python does not know."""
    name = error.name or (re.findall(r"'(\w+)'", str(error)) or [""])[0]
    if isinstance(error, UnboundLocalError):
        return f"`{name}` is used before it gets a value in your function."
    if name == "np":
        return "Python does not know `np`: run the cell with `import numpy as np`."
    known = set(dir(builtins))
    if place:
        known |= set(place.frame.f_locals) | set(place.frame.f_globals)
    return f"Python does not know `{name}`{did_you_mean(name, known)}."


def attribute_is_unknown(error, place):
    """Return a sentence about an attribute that an object does not have."""
    owner, name = error.obj, error.name
    if name is None:
        return None
    what = getattr(owner, "__name__", None) or in_words(owner)
    return f"{start(what)} has no `.{name}`{did_you_mean(name, dir(owner))}."


def did_you_mean(name, known):
    """Return ": did you mean `sigmoid`?" without its last sign, or nothing."""
    public = [entry for entry in known if not entry.startswith("_")]
    close = difflib.get_close_matches(name, public, n=1)
    return f"; did you mean `{close[0]}`" if close else ""


def in_words(value):
    """Return what kind of thing a value is, in words."""
    if value is None:
        return "None"
    kinds = {
        dict: "a dictionary", tuple: "a tuple", list: "a list", str: "text",
        int: "a whole number", float: "a number", bool: "True or False",
        np.ndarray: "an array",
    }  # fmt: skip
    if isinstance(value, np.generic):
        return "a number"
    if callable(value):
        return f"the function {getattr(value, '__name__', '')}".strip()
    return kinds.get(type(value), f"a {type(value).__name__}")


def types_do_not_fit(error, place):
    """Return a sentence about an operation with things of the wrong kind, or None."""
    text = str(error)
    if "not callable" in text and place and isinstance(place.node, ast.Call):
        what, name = place.value(place.node.func), written(place.node.func)
        what = "not a function" if what is MISSING else in_words(what)
        return f"`{name}` is {what}: is a `*` missing before the bracket?"
    parts = operation(place)
    if parts and ("operand" in text or "ufunc" in text):
        for node in (parts[0], parts[2]):
            value = place.value(node)
            if value is MISSING or isinstance(value, (np.ndarray, int, float)):
                continue
            name = written(node)
            return f"`{name}` is {in_words(value)}: `{parts[1]}` needs numbers."
    if "not subscriptable" in text and isinstance(
        getattr(place, "node", 0), ast.Subscript
    ):
        name = written(place.node.value)
        what = in_words(place.value(place.node.value))
        return f"`{name}` is {what}: square brackets need a dictionary, list or array."
    if "indices must be" in text or "only integers, slices" in text:
        name = written(place.node.value) if hasattr(place.node, "value") else "It"
        return f"`{name}` is not a dictionary, so it has no entries with names."
    return None


def place_is_outside(error, place):
    """Return a sentence about an index or axis that does not exist."""
    if isinstance(error, np.exceptions.AxisError):
        return f"{start(str(error))}: axes are counted from 0."
    if "only integers" in str(error):
        return types_do_not_fit(error, place)
    return f"{start(str(error))}: counting starts at 0."


# The first kind that fits and that has something to say speaks.
EXPLANATIONS = (
    (KeyError, key_is_missing),
    (NameError, name_is_unknown),
    (AttributeError, attribute_is_unknown),
    (IndexError, place_is_outside),
    (ValueError, shapes_do_not_fit),
    (TypeError, types_do_not_fit),
    (ZeroDivisionError, lambda error, place: "It divides by 0."),
    (
        RecursionError,
        lambda error, place: "It calls itself again and again, without end.",
    ),
    (MemoryError, lambda error, place: "It asks for more memory than there is."),
    (
        AssertionError,
        lambda error, place: f"An `assert` in it says no. {error}".strip(),
    ),
    (
        SystemExit,
        lambda error, place: "It ends the whole program; `return` ends a function.",
    ),
)
