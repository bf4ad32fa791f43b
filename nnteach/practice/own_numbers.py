"""Numbers of one's own for the worked example: the same again for the same name.

    exercises.output_by_hand.with_numbers("Ana").check(0.66)
    exercises.output_by_hand.with_numbers(x=[0.5, 1], y=[0.2]).check(0.66)

Four decimals suffice, by construction: whoever rounds the result of every step to four
decimals, and goes on with what was rounded, writes down exactly the numbers that come
out when nothing is rounded before the end. So numbers are drawn until, in one round of
learning and the forward pass after it,

- every result is the same both ways, after rounding to four decimals;
- no result lies so near to the border between two roundings that the fifth decimal
  could not be told by a pocket calculator (`MARGIN`);
- costs and slopes are 0.01 or more, so that four decimals give them three digits.

The learning rate is 1, as in the chapter: half of it would put half of all updates on
such a border, and twice as much would double what was rounded off.
"""

import hashlib
import itertools
import math
import operator
import unicodedata
from dataclasses import fields, replace

import numpy as np

from nnteach.activations import sigmoid, sigmoid_derivative
from nnteach.costs import half_squared_error
from nnteach.practice.exercise import NumberExercise, near
from nnteach.worked_example import EXAMPLE, Example, operations

DECIMALS = 4
MARGIN = 0.05  # units of the fourth decimal: half a unit of the fifth
SMALLEST = 0.01  # of a cost or a slope
FUNCTIONS = {
    "sigmoid": sigmoid,
    "sigmoid_derivative": sigmoid_derivative,
    "half_squared_error": half_squared_error,
}
# One round of learning, and the forward pass with the new weights: (prefix, row).
FORWARD_AGAIN = 5
ROUND = [
    *(("new " * (row[0] == "update"), row) for row in operations(False)),
    *(("again ", row) for row in operations(False)[:FORWARD_AGAIN]),
]

# ------------------------------------------------------------- one round, by hand


def known_numbers(example):
    """Return {name: array} of what is given before the first step."""
    known = {"X": example.x, "Y": example.y, **example.parameters}
    return known | {"learning_rate": example.learning_rate}


def carry(known, decimals=None):
    """Yield what each step makes: its name, its value, and that before rounding.

    The names are those of the course; the updated weights are "new W2" and so on, and
    the second forward pass is "again Z1" to "again cost".

    known: see `known_numbers`; or stacks of them, for many networks at once.
    decimals: round every value to so many, and go on with what was rounded.
    """
    known = {**known, "m": 1}
    for prefix, (_, name, _, _, code, _) in ROUND:
        before = eval(code.partition(" = ")[2], FUNCTIONS, known)
        value = before if decimals is None else np.round(before, decimals)
        known[name] = value
        yield prefix + name, value, before


def values_of(example):
    """Return {name: value} of one round of learning: see `carry`.

    To 14 decimals, so that what cancels is 0.
    """
    return {name: value for name, value, _ in carry(known_numbers(example), 14)}


# ------------------------------------------------------------------- drawn numbers


def tenths(first, last):
    """Return numbers with one decimal."""
    return np.arange(first, last + 1) / 10


def with_signs(numbers):
    """Return them as they are twice and negative once: a third is negative."""
    return np.concatenate([numbers, numbers, -numbers])


INPUTS, TARGETS = tenths(4, 20), tenths(1, 9)
WEIGHTS, OUTPUT_WEIGHTS = with_signs(tenths(1, 9)), with_signs(tenths(5, 20))
BATCH = 4096  # networks that are tried at once


def plain_name(name):
    """Return the name or number without regard to capitals, spaces and typography."""
    if not isinstance(name, str):
        try:
            return str(operator.index(name))
        except TypeError:
            raise TypeError(
                'with_numbers: expected a name or a whole number, such as "Ana" or 7, '
                f"got {name!r:.60}."
            ) from None
    text = unicodedata.normalize("NFKC", name).casefold()
    text = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    if not text:
        raise ValueError('with_numbers: the name is empty. Try with_numbers("Ana").')
    return text


def candidates(name, batch):
    """Return a stack of BATCH networks, the same for the same name everywhere.

    The draws come from a hash, because those of numpy's generators may change from one
    version to the next.
    """
    seed = f"{batch} {name}".encode()
    drawn = np.frombuffer(hashlib.shake_256(seed).digest(9 * BATCH), np.uint8)
    drawn = drawn.reshape(BATCH, 9)

    def pick(numbers, *columns):
        return numbers[drawn[:, columns] % len(numbers)]

    return {
        "X": pick(INPUTS, 0, 1)[:, :, None],
        "Y": pick(TARGETS, 2)[:, :, None],
        "W1": pick(WEIGHTS, 3, 4, 5, 6).reshape(BATCH, 2, 2),
        "b1": np.zeros((BATCH, 2, 1)),
        "W2": pick(OUTPUT_WEIGHTS, 7, 8)[:, None, :],
        "b2": np.zeros((BATCH, 1, 1)),
        "learning_rate": np.ones((BATCH, 1, 1)),
    }


def large_enough(known):
    """Return for each network whether nothing in it is too small or alike.

    No Z, cost or slope is small, and no two inputs or weights are the same, so that one
    cannot be taken for the other.
    """
    made = {name: value for name, value, _ in carry(known)}
    sizes = [abs(value) for name, value in made.items() if name[0] in "dZ"]
    sizes += [made["again cost"][:, None, None], made["cost"][:, None, None]]
    good = np.all([(size >= SMALLEST).all(axis=(1, 2)) for size in sizes], axis=0)
    good &= made["cost"] - made["again cost"] >= SMALLEST
    good &= (abs(made["new W2"]) >= 0.1).all(axis=(1, 2))  # four digits of it
    for name in ("X", "W1", "W2"):
        entries = np.sort(known[name].reshape(len(good), -1), axis=1)
        good &= (np.diff(entries, axis=1) > 0).all(axis=1)
    return good


def steady(known, decimals=DECIMALS):
    """Return for each network whether so many decimals suffice, as told above."""
    good = np.ones(len(known["X"]), bool)
    both = zip(carry(known), carry(known, decimals), strict=True)
    for (_, exact, _), (_, by_hand, before) in both:
        same = np.isclose(np.round(exact, decimals), by_hand, rtol=0, atol=1e-9)
        for value in (exact, before):
            units = value * 10**decimals
            same &= abs(units - np.floor(units) - 0.5) > MARGIN
        good &= same.reshape(len(good), -1).all(axis=1)
    return good


def drawn_numbers(name):
    """Return an `Example` with numbers of one decimal, the same for the same name.

    name: a text or a whole number; 7 and "7" are the same, "Ana" and " ana " too.
    Four decimals suffice to follow it by hand. Introduced in chapter 2.
    """
    name = plain_name(name)
    for batch in itertools.count():
        known = candidates(name, batch)
        for rule in (large_enough, steady):
            good = rule(known)
            known = {key: value[good] for key, value in known.items()}
        if len(known["X"]):
            X, Y, W1, b1, W2, b2, rate = (value[0] for value in known.values())
            rate = rate.item()
            return Example(x=X, y=Y, W1=W1, b1=b1, W2=W2, b2=b2, learning_rate=rate)


def given_numbers(**numbers):
    """Return an `Example` with these numbers in place of the chapter's.

    x (2,), y (1,), W1 (2, 2), b1 (2,), W2 (1, 2), b2 (1,), learning_rate. Raises
    TypeError or ValueError for other names, other sizes and what is not finite.
    """
    known = [field.name for field in fields(Example) if field.init]
    for name in numbers:
        if name not in known:
            raise TypeError(
                f"with_numbers: there is no number {name!r}. Expected some of "
                f"{', '.join(known)}, such as with_numbers(x=[0.5, 1], y=[0.2])."
            )
    example = replace(EXAMPLE, **numbers)
    for name in ("x", "y", "W1", "W2"):
        shape, wanted = getattr(example, name).shape, getattr(EXAMPLE, name).shape
        if shape != wanted:
            count = math.prod(wanted)
            raise ValueError(
                f"{name}: expected {count} number{'s' * (count > 1)}, shape {wanted} "
                f"as in chapter 02, got shape {shape}. The exercise is about two "
                "inputs, two hidden units and one output."
            )
    return example


# ------------------------------------------------------------------------ exercises


class WorkedExercise(NumberExercise):
    """Find numbers of the worked example, of the chapter's or of one's own.

    make: a function that takes an `Example` and what `values_of` returns for it, and
        returns the text, numbers, labels, wrong answers and digits of the exercise.
    """

    def __init__(self, name, chapter, make, *, example=EXAMPLE, call=""):
        self.make, self.call, self.others = make, call, {}
        parts = make(example, values_of(example))
        digits, rows = parts.get("digits", 3), parts["wrong"]
        parts["wrong"] = unmistakable(rows, parts["numbers"], digits)
        super().__init__(name, chapter, parts.pop("text"), **parts)

    @property
    def address(self):
        """How a learner calls the exercise."""
        return super().address + self.call

    def with_numbers(self, name=None, /, **numbers):
        """Return the same exercise with other numbers, those of a worksheet.

        name: a name or a whole number, from which the numbers are drawn: see
            `drawn_numbers`. numbers: or the numbers themselves, see `given_numbers`.

            exercises.error_signal.with_numbers("Ana").check(0.05)
        """
        if (name is None) == (not numbers):
            raise ValueError(
                'with_numbers: expected a name, such as with_numbers("Ana"), or '
                "numbers, such as with_numbers(x=[0.5, 1], y=[0.2]), and not both."
            )
        example = given_numbers(**numbers) if numbers else None
        words = [] if name is None else [repr(name)]
        words += [f"{k}={np.asarray(value).tolist()}" for k, value in numbers.items()]
        call = f".with_numbers({', '.join(words)})"
        if call not in self.others:
            example = example or drawn_numbers(name)
            self.others[call] = WorkedExercise(
                self.name, self.chapter, self.make, example=example, call=call
            )
        return self.others[call]


def unmistakable(rows, right, digits):
    """Return the wrong answers that cannot be taken for the right or another one.

    With other numbers two mistakes may give the same result; then it is not said which
    of them was made.
    """

    def alike(one, other):
        pairs = zip(np.ravel(one), np.ravel(other), strict=True)
        return all(
            near(a, b, digits, units=2.1) or near(b, a, digits, units=2.1)
            for a, b in pairs
        )

    return [
        (code, answer, message)
        for code, answer, message in rows
        if not alike(answer, right)
        and not any(alike(answer, a) for _, a, other in rows if other != message)
    ]
