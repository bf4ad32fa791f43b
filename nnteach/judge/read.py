"""Read what a learner's function returned: arrays by the course's names.

The value is read generously, by these rules:

- a dictionary may call dW1 also DW1, dL_dW1, grad_W1 or W1; a tuple may have any usual
  order, since all sizes differ; entries that nobody asked for are ignored, those that
  are missing are named one by one, and the others are judged all the same;
- an array with one entry counts as a number;
- a forward pass hands back the output and a cache. The cache holds the activations of
  the hidden layers; A0, the Z and the output itself may be missing, and are looked at
  where they are there. All arrays in one tuple or one dictionary are read as both.
  Of a cache in a form of its own nothing is said, and that is said;
- an array that lies on its side or is flat is read, and its form is a mistake.
"""

import itertools
import math
import re
from dataclasses import dataclass, field

import numpy as np

from nnteach.activations import ACTIVATIONS
from nnteach.judge.compare import same
from nnteach.judge.note import Mistake
from nnteach.judge.problems import said
from nnteach.judge.values import Unreadable, as_numbers, what, what_in

FORMS = {"bias-flat", "transposed", "flattened", "cost-in-array", "order"}
MOST = 1000  # entries of one layout of a result; beyond that nothing is compared


@dataclass
class Reading:
    """Results by name; mistakes of their form; remarks on what counts as right."""

    arrays: dict = field(default_factory=dict)
    mistakes: list = field(default_factory=list)
    remarks: list = field(default_factory=list)

    def add(self, code, where, text, hint):
        """Add a mistake."""
        self.mistakes.append(Mistake(code, where, text, hint))


def read(value, task, given, turned=lambda name: False):
    """Return the `Reading` of what a function returned for a problem.

    turned: tells of a name whether its array is the transpose of the course's.
    """
    reading, right = Reading(), task.right(given)
    wanted = {n: a.T.shape if turned(n) else a.shape for n, a in right.items()}
    try:
        if task.name == "cost":
            entries = {next(iter(wanted)): value}
        elif task.name == "forward":
            right = {"A0": given.values["A0"], **right}
            if turned("A"):
                right = {name: array.T for name, array in right.items()}
            order = Order(wanted, right, given.kind.activations)
            entries = forward_entries(value, order, reading)
        else:
            names = given.pick("dW", "db") if task.name == "backward" else wanted
            entries = entries_by_name(value, {n: wanted[n] for n in names}, reading)
    except Exception:  # whatever a learner's object does when it is looked at
        text = f"Your function returns {what(value)}, which cannot be read."
        reading.add("wrong-type", "result", text, "What does `return` name?")
        return reading
    for name, entry in entries.items():
        array = as_array(name, entry, wanted[name], reading, rows=turned("X"))
        if array is not None:
            reading.arrays[name] = array.T if turned(name) else array
    return reading


# ------------------------------------------------------------- entries by their names


def entries_by_name(value, wanted, reading):
    """Return the entries of a dictionary or a tuple by name."""
    got = what_in(value)
    names = [said(name) for name in wanted]

    def likeness(table):
        keys = {str(key).lower() for key in table}
        return sum(name.lower() in keys for name in names)

    if isinstance(value, (tuple, list)):
        tables = [entry for entry in value if isinstance(entry, dict)]
        value = max(tables, key=likeness) if tables else in_order(value, wanted)
    elif isinstance(value, dict) and not likeness(value):  # {"grads": {...}}
        inner = [entry for entry in value.values() if isinstance(entry, dict)]
        inner = [entry for entry in inner if likeness(entry)]
        value = inner[0] if len(inner) == 1 else value
    if not isinstance(value, dict):
        text = f"Your function returns {got}; expected {', '.join(names)}."
        reading.add("wrong-type", "result", text, "What does `return` name?")
        return {}
    entries = {}
    for name in wanted:
        found = find(value, said(name))
        if found is None:
            hint = "Is it computed, and is it returned?"
            reading.add("missing", said(name), f"There is no {said(name)}.", hint)
        else:
            entries[name] = found
    return entries


def find(table, name):
    """Return the entry with that name in a usual spelling, or None."""
    if name in table:
        return table[name]
    ends = rf"(?i:{name.removeprefix('d')})$"  # dL_dW1, grad_W1, DW1 ...
    keys = [key for key in table if isinstance(key, str) and re.search(ends, key)]
    return table[keys[0]] if len(keys) == 1 else None


def in_order(value, wanted):
    """Return a dictionary of the entries of a tuple, if its order can be told."""
    value, names = flat(value), list(wanted)
    weights, biases = names[0::2], names[1::2]
    back = [*itertools.chain(*zip(weights[::-1], biases[::-1], strict=True))]
    alike = {n: [e for e in value if np.shape(e) == wanted[n]] for n in names}
    told = {name: found[0] for name, found in alike.items() if len(found) == 1}
    left = [name for name in names if name not in told]
    rest = [e for e in value if not any(e is entry for entry in told.values())]
    if not left or len(left) == len(rest) == 1:
        return told | dict(zip(left, rest, strict=False))
    if len(value) == len(names):
        orders = [names, back, weights + biases, weights[::-1] + biases[::-1]]
        orders += [biases + weights, biases[::-1] + weights[::-1]]
        order = max(orders, key=lambda order: likeness(value, order, wanted))
        return dict(zip(order, value, strict=True))
    for order in (weights, weights[::-1]):
        if len(order) == len(value) and fit(value, order, wanted):
            return dict(zip(order, value, strict=True))
    return value


def likeness(entries, order, wanted):
    """Return how many entries have their shape in this order, and whether all fit."""
    pairs = zip(order, entries, strict=True)
    alike = sum(np.shape(entry) == wanted[name] for name, entry in pairs)
    return alike, fit(entries, order, wanted)


def flat(entries):
    """Return a list of arrays out of lists of arrays: of W and of b, say."""
    rows = [e if isinstance(e, (tuple, list)) else [e] for e in entries]
    return [entry for row in rows for entry in row]


def fit(entries, order, wanted):
    """Return whether entries in this order have as many numbers as they should."""
    pairs = zip(order, entries, strict=True)
    return all(np.size(entry) == math.prod(wanted[name]) for name, entry in pairs)


# ------------------------------------------------------------------- a forward pass


@dataclass
class Order:
    """What tells the order of arrays in a tuple.

    wanted: their shapes by name; right: what is right, and A0; activations: of each
    layer.
    """

    wanted: dict
    right: dict
    activations: tuple

    def likeness(self, table):
        """Return how many arrays are right, and how many A belong to their Z."""
        right = sum(same(array, self.right[name]) for name, array in table.items())
        belong = 0
        for layer, name in enumerate(self.activations, 1):
            Z, _ = as_numbers(table.get(f"Z{layer}"), MOST)
            A, _ = as_numbers(table.get(f"A{layer}"), MOST)
            if Z is not None and A is not None and np.isfinite(Z).all():
                belong += same(ACTIVATIONS[name][0](Z), A)
        return right, belong


def forward_entries(value, order, reading):
    """Return the output and what is known from the cache, by name."""
    names = list(order.wanted)
    output, cache = split_output(value, order, reading)
    entries = {}
    by_name = isinstance(cache, dict)
    if isinstance(cache, (tuple, list)) and cache:
        cache = in_a_row(cache, order) or {"": cache}
    if cache is not None:
        cache = cache if isinstance(cache, dict) else {}
        found = {name: find(cache, name) for name in names[:-1]}
        entries = {name: entry for name, entry in found.items() if entry is not None}
        if by_name:
            compare_ends(cache, output, order, reading)
        missing = [n for n in names[:-1] if n[0] == "A" and n not in entries]
        own = any(isinstance(e, (tuple, list, dict)) for e in cache.values())
        if missing and own and not entries:
            text = "Your cache has a form of its own: only the output is looked at."
            reading.remarks.append(text)
            missing = []
        for name in missing:
            hint = f"What does the way back need to know of layer {name[1:]}?"
            reading.add("missing", name, f"There is no {name} in the cache.", hint)
    return {**entries, names[-1]: output} if output is not None else entries


def compare_ends(cache, output, order, reading):
    """Note where a cache holds something else than the input and the output."""
    last = list(order.wanted)[-1]
    ends = [("A0", order.right["A0"], "X")]
    array, right = as_numbers(output, MOST)[0], order.right[last]
    if array is not None and array.size == right.size and same(array, right):
        ends += [(last, output, "the output that you return")]
    for name, value, words in ends:
        held, _ = as_numbers(cache.get(name), MOST)
        value, _ = as_numbers(value, MOST)
        if name not in cache or value is None:
            continue
        if isinstance(cache[name], (tuple, list, dict)) and held is None:
            continue  # a table of the learner's own
        if held is None or not any(same(each, value) for each in forms(held, name)):
            text = f"Under {name} your cache holds something else than {words}."
            hint = "What do you store under which name?"
            reading.add("cache-mixed-up", name, text, hint)


def forms(held, name):
    """Return the forms in which an array may be kept as well: on its side, flat ..."""
    inside = [held[1:], held[:-1]] if name == "A0" and held.ndim == 2 else []
    return [held, held.T, held.reshape(1, -1), held.reshape(-1, 1), *inside]


def split_output(value, order, reading):
    """Return the output and the cache out of what was returned."""
    wanted, size = order.wanted, math.prod([*order.wanted.values()][-1])
    last, got = list(wanted)[-1], what_in(value)
    usual = f"return {last}, cache"
    if isinstance(value, dict):
        output = find(value, last)
        if output is None:
            text = f"Your function returns a dictionary without {last}."
            hint = "What do the functions that call yours need first?"
            reading.add("not-output-and-cache", "result", text, hint)
            return None, None
        text = f"It returns one dictionary; the course's functions say `{usual}`."
        reading.remarks.append(text)
        return output, value
    if isinstance(value, (tuple, list)) and len(value) == 2:
        tables = [isinstance(entry, (dict, tuple, list)) for entry in value]
        if tables == [True, False] and np.size(value[1]) == size:
            text = f"Output and cache change places: only their order, `{usual}`."
            reading.add("order", "result", text, "What does the caller take first?")
            return value[1], value[0]
        if tables[1] and not tables[0]:
            return value
        if isinstance(value[1], dict):  # the output as a list of lists
            return value
        if isinstance(value[1], Unreadable) and np.size(value[0]) == size:
            return value[0], {"": [value[1]]}  # an object of the learner's own
    if isinstance(value, (tuple, list)):
        table = in_a_row(value, order)
        if table and last in table:
            text = f"It returns its arrays one by one; the course's say `{usual}`."
            reading.remarks.append(text)
            return table[last], table
    array, problem = as_numbers(value, MOST)
    if array is None or array.size != size:
        text = f"Return two things, the output and the cache; you return {got}."
        hint = "What does `return` name?"
        code = "not-output-and-cache"
        if array is None and isinstance(value, np.ndarray):
            text, code = f"The output is {problem}.", "wrong-type"
        reading.add(code, "result", text, hint)
        return None, None
    if len(wanted) > 2:  # without a hidden layer there is nothing to keep
        text = "The output comes back alone: the way back needs a cache too."
        hint = "Which values does the way back use that are known only here?"
        reading.add("cache-missing", "result", text, hint)
    return value, None


def in_a_row(entries, order):
    """Return a dictionary of arrays in a tuple: Z1, A1, Z2 ... or A1, A2 ..., or None.

    Of the orders whose shapes fit, it is the one in which most arrays are right, and
    then the one in which each A is what its layer makes of Z.
    """
    entries, names = flat(entries), list(order.wanted)
    if any(isinstance(entry, (tuple, list)) for entry in entries):
        return None
    Z, A = names[0::2], names[1::2]
    pairs = [*itertools.chain(*zip(A, Z, strict=True))]
    orders = [names, A, Z + A, A + Z, names[::-1], A[::-1], A[:-1], names[:-1]]
    orders += [pairs, names[:-2], pairs[:-2]]
    tables = [
        dict(zip(each, entries, strict=True))
        for each in [*orders, *(["A0", *each] for each in orders)]
        if len(each) == len(entries)
    ]
    shapes = {name: array.shape for name, array in order.right.items()}
    fitting = [
        table
        for table in tables
        if all(np.shape(entry) == shapes[name] for name, entry in table.items())
    ]
    table = max(fitting, key=order.likeness, default={})
    return {name: entry for name, entry in table.items() if name != "A0"} or None


# ------------------------------------------------------------------------ one array


def as_array(name, value, shape, reading, rows=False):
    """Return an entry as an array of that shape, or None; note what its form is."""
    where = said(name)
    array, problem = as_numbers(value, MOST)
    if array is None:
        text = f"{where} is {problem}, where numbers are expected."
        reading.add("wrong-type", where, text, "What is assigned to it?")
        return None
    if not np.isfinite(array).all():
        text = f"{where} holds numbers that are infinite or NaN (not a number)."
        hint = "Is there a division by zero, or a logarithm or root of what has none?"
        reading.add("not-finite", where, text, hint)
        return None
    if array.shape == shape or array.size != math.prod(shape):
        return array
    if where == "cost":
        if array.ndim:
            text = f"The cost is an array of shape {array.shape} with one entry: "
            reading.remarks.append(f"{text}`.item()` makes a plain number of it.")
        return array.reshape(())
    if array.size == 1:
        return array.reshape(shape)
    flat_bias = "b" in name and 1 in shape
    if rows and flat_bias:  # a flat bias is added to rows as it should be
        return array.reshape(shape)
    text = f"{where} has the shape {array.shape}, expected {shape}."
    if flat_bias:
        hint = "What does numpy do when you add such an array to a column?"
        reading.add("bias-flat", where, f"{text} It is not a column.", hint)
        return array.reshape(shape)
    turned = array.shape == shape[::-1]
    code = "transposed" if turned else "flattened"
    reading.add(code, where, text, f"Which shape does {where.lstrip('d')} have?")
    return array.T if turned else array.reshape(shape)
