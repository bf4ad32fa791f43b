"""Prediction cards: commit to an answer, then see it beside your own, and why.

    card("03-rate", "Ten times the learning rate: what does the cost do?",
         choices={"It falls faster.": "Each step now jumps over the valley.",
                  "It climbs.": ""},
         answer="It climbs." if costs[-1] > costs[0] else "It falls faster.",
         reason="The step is longer than the valley is wide.")

A card needs no kernel: card.js judges in the page as `check` does here. Where there is
a kernel, it counts that an answer was committed, and whether it missed
(`exercises.progress()`).
"""

import ast
import asyncio
import functools
import html
import itertools
import math
import random
import re
import threading
from contextlib import suppress

import numpy as np

from nnteach.draw.front import FrontEnd
from nnteach.judge import catalogue
from nnteach.judge.note import Block, Mistake, Note, Result, with_code
from nnteach.practice.progress import MISSED, PREDICTION, counts
from nnteach.rounding import show

FRONT = FrontEnd("nnteach.practice", "card", "_state")
_KINDS = {"choices": "choice", "order": "order", "at": "curve"}  # else it is a number
_EDITS = (catalogue.BACKWARD, catalogue.FORWARD, catalogue.COST, catalogue.UPDATE)
_OPEN = {"guess": None, "shown": "", "votes": {}}
_states = {}  # key -> (card as the page has it, guess and votes): a cell is run again


def card(key, question, *, reason, **kind):
    """Return a card: a question that is answered first and explained afterwards.

    key : its name in the progress, such as "03-rate"; no two cards share one
    question, reason : texts, with `code` in backticks

    One of four kinds; the answer comes from the chapter's own numbers:

    choice : choices={text: refutation, ...}, answer=one of these texts (or numbers);
        its own refutation is ""
    number : answer=number, within=how far a guess may be off (5 % of it),
        wrong={number: refutation}
    order : order=[line, ...] from first to last, wrong={line: refutation} for lines
        that do not belong there, {(line, other): refutation} for a line that stands
        before another one and must not. Lines in backticks are Python: any order that
        computes the same is right
    curve : at=[x, ...], answer=[y, ...], limits=(lowest, highest), within=how far each
        point may be off (15 % of the height), labels=("step", "cost")

    A refutation is a text, or (code, text) with a code of `nnteach.diagnose`.

    Raises TypeError or ValueError if these do not fit together.
    Introduced in chapter 1.
    """
    for name, text in (("key", key), ("question", question), ("reason", reason)):
        if not isinstance(text, str) or not text.strip():
            raise TypeError(f"{name} is a text that is not empty; this is {text!r}.")
    given = [_KINDS[name] for name in _KINDS if name in kind] or ["number"]
    if len(given) > 1:
        raise TypeError(f"{key}: a card is of one kind, not {' and '.join(given)}.")
    try:
        return _MADE[given[0]](key, _one_line(question), _one_line(reason), **kind)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None
    except TypeError as error:
        kind = f"a card of the kind {given[0]}"
        told = re.sub(r"^\w+\.__init__\(\)", kind, str(error))
        raise TypeError(f"{key}: {told}") from None


class _Card:
    """What the four kinds have in common.

    data : what the page needs beside question and reason
    options() : the texts to choose from
    solved() : the answer, as HTML
    read(guess) : the guess as the page keeps it; ValueError if it is none
    judged(guess) : code (or "") and message, None if it is right
    said(guess) : the guess and the answer beside each other
    """

    hint = "your answer"

    def __init__(self, key, question, reason):
        self.key, self.question, self.reason = key, question, reason
        self._view = self._loop = None

    @property
    def spec(self):
        """Return all that the page needs, the answer too."""
        names = {"key": self.key, "kind": self.kind}
        texts = {"question": self.question, "reason": self.reason}
        return {**names, **texts, **self.data}

    @property
    def state(self):
        """Return the guess, whether it is committed, and the votes of a class."""
        card, state = _states.get(self.key, (None, None))
        return state if card == self.spec else _OPEN

    def check(self, guess):
        """Return what is right or wrong about a guess, as a `Result`; it is counted."""
        guess = self.read(guess)
        state = {**self.state, "guess": guess, "shown": "committed"}
        _states[self.key] = (self.spec, state)
        counts.add(PREDICTION + self.key, **self._committed(guess))
        wrong, facts = self.judged(guess), (self.said(guess), self.reason)
        if wrong is None:
            return Result("right", (), facts, self.key)
        code, message = wrong
        return Result("wrong", [Mistake(code, "", message)], facts, self.key)

    def _changed(self, change):
        """Keep what a reader did in the page, and count it."""
        before, state = change.old.get("shown"), change.new
        _states[self.key] = (self.spec, state)
        if state.get("shown") == before:
            return
        if state.get("shown") == "committed":
            self._count(**self._committed(state["guess"]))
        elif state.get("shown") == "anyway":
            self._count(hints=1)

    def _committed(self, guess):
        """Return what is counted of a guess; a wrong one is one mistake."""
        wrong = self.judged(guess)
        code = "" if wrong is None else wrong[0] or MISSED
        return {"tries": 1, "done": True, "mistakes": [code]}

    def _count(self, **happened):
        """Count in the main thread: JupyterLab's messages may come in another one."""
        count = functools.partial(counts.add, PREDICTION + self.key, **happened)
        if threading.current_thread() is threading.main_thread() or not self._loop:
            count()
        else:
            self._loop.call_soon_threadsafe(count)

    def widget(self):
        """Return the live view, an ipywidgets widget."""
        from nnteach.draw import explore, picture

        if self._view is None or self._view.comm is None:
            with suppress(RuntimeError):  # outside of a kernel there is none
                self._loop = asyncio.get_running_loop()
            large = picture.larger() > 1
            self._view = FRONT.view(_spec=self.spec, _state=self.state, _large=large)
            self._view.observe(self._changed, "_state")
            explore.grows.add(self._view)
        return self._view

    def player(self, fragment=False, large=False):
        """Return HTML in which the card works without Python.

        fragment : whether to leave out what makes it a document, to put it into one
        large : whether it is projected, with room for the votes of a class
        """
        return FRONT.player(self.element(large), self.key, fragment)

    def element(self, large=False):
        """Return the element alone, for a page that brings script and style itself."""
        state = {"_spec": self.spec, "_state": _OPEN, "_large": large}
        return FRONT.element(self.still(), state)

    def still(self):
        """Return the card as HTML that does nothing: the answer is folded."""
        options = "".join(f"<li>{with_code(text)}</li>" for text in self.options())
        return (
            '<div class="nnteach-asked" style="border-left:4px solid #0072B2;'
            'padding:0.1em 0.8em;max-width:60em">'
            f"<p><strong>Predict.</strong> {with_code(self.question)}</p>"
            + (f"<ul>{options}</ul>" if options else "")
            + "<details><summary>Show me anyway</summary>"
            f'<div class="nnteach-answer">{self.solved()}</div>'
            f"<p>{with_code(self.reason)}</p></details></div>"
        )

    def __repr__(self):
        options = Block("\n".join(self.options()))
        hint = f"Commit with `.check({self.hint})`; then you see the answer."
        return str(Note(f"Predict. {self.question}", options, hint))

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.still(), "text/plain": repr(self)}

    def _ipython_display_(self):
        from nnteach.draw.explore import put

        put(self._repr_mimebundle_(), self.widget)


# ------------------------------------------------------------------- what all are given


def _one_line(text):
    if not isinstance(text, str):
        raise TypeError(f"expected a text, got {text!r:.60}.")
    return " ".join(text.split())


def _words(value):
    """Return a text as it is, and a number as a reader sees it."""
    if isinstance(value, str):
        return _one_line(value)
    try:
        if np.ma.is_masked(value):
            raise ValueError
        return str(value) if isinstance(value, bool) else show(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"expected a text or a number, got {value!r:.60}.") from None


def _number(name, value):
    """Return a value as a finite float."""
    try:
        if np.ma.is_masked(value):  # numpy would take what lies below the mask
            raise ValueError
        with np.errstate(over="ignore"):  # a long double may be infinite as a float
            number = float(np.asarray(value, float).item())
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} is a number, such as 0.25; this is {value!r:.60}.")
    return number


def _several(name, guess):
    """Return a guess that consists of several as a list."""
    if isinstance(guess, (str, bytes, dict)) or np.ndim(guess) == 0:
        raise ValueError(f"{name} in a list, such as [2, 1]; this is {guess!r:.60}.")
    return list(guess)


def _why(name, table):
    """Return a table of answers and their refutations as a dictionary."""
    if table and not isinstance(table, dict):
        example = '{"an answer": "Why it is wrong."}'
        raise TypeError(f"{name} is a dictionary, {example}; this is {table!r:.60}.")
    return dict(table)


def _refuted(what, refutation):
    """Return a refutation as its code and its text."""
    pair = isinstance(refutation, (tuple, list))
    if pair and len(refutation) != 2:
        raise ValueError(f"{what!r}: a refutation is a text, or a code and a text.")
    code, text = refutation if pair else ("", refutation or "")
    known = {c for edits in _EDITS for edit in edits for c in edit.code.split(", ")}
    if code and code not in known:
        raise ValueError(f"{code!r} is no mistake that `nnteach.diagnose` knows.")
    text = _one_line(text)
    if not text:
        raise ValueError(f"{what!r} is wrong: say in its refutation why.")
    return {"code": code, "why": text}


# ---------------------------------------------------------------------- the four kinds


class _Choice(_Card):
    kind, hint = "choice", "'one of these'"

    def __init__(self, key, question, reason, *, choices, answer):
        super().__init__(key, question, reason)
        given = {
            _words(choice): why for choice, why in _why("choices", choices).items()
        }
        answer = _words(answer)
        if len(given) < 2 or len(given) < len(choices):
            raise ValueError(f"two choices at least, and no two alike: {[*given]}.")
        if answer not in given:
            raise ValueError(f"the answer {answer!r} is not among {[*given]}.")
        # One that is right today keeps its refutation for the day when it is not.
        wrong = {text: _refuted(text, given[text]) for text in given if text != answer}
        right = {"code": "", "why": ""}
        rows = [{"text": text, **wrong.get(text, right)} for text in given]
        self.answer = answer
        self.data = {"choices": rows, "right": [*given].index(answer)}

    def options(self):
        return [row["text"] for row in self.data["choices"]]

    def solved(self):
        return f"<p>It is “{with_code(self.answer)}”.</p>"

    def read(self, guess):
        if _words(guess) not in self.options():
            raise ValueError(f"{guess!r} is not among {self.options()}.")
        return self.options().index(_words(guess))

    def judged(self, guess):
        row = self.data["choices"][guess]
        return None if guess == self.data["right"] else (row["code"], row["why"])

    def said(self, guess):
        mine = self.options()[guess]
        if mine == self.answer:
            return f"You said “{mine}”, and so it is."
        return f"You said “{mine}”; it is “{self.answer}”."


class _Number(_Card):
    kind, hint = "number", "0.25"

    def __init__(self, key, question, reason, *, answer, within=None, wrong=()):
        super().__init__(key, question, reason)
        answer = _number("answer", answer)
        if within is None and answer == 0:
            raise ValueError("the answer is 0: how far may a guess be off? within=...")
        within = _number("within", abs(answer) / 20 if within is None else within)
        if within <= 0:
            raise ValueError(f"within is greater than 0; this is {within}.")
        rows = []
        for value, why in _why("wrong", wrong).items():
            rows.append({"value": _number("wrong", value), **_refuted(value, why)})
            if abs(rows[-1]["value"] - answer) <= within:
                raise ValueError(f"{value} counts as right: it is within {within}.")
        texts = {"text": show(answer)}
        self.data = {"answer": answer, "within": within, "wrong": rows, **texts}

    def options(self):
        return []

    def solved(self):
        return f"<p>It is {self.data['text']}.</p>"

    def read(self, guess):
        return _number("your answer", guess)

    def judged(self, guess):
        answer, within = self.data["answer"], self.data["within"]
        if abs(guess - answer) <= within:
            return None
        for row in self.data["wrong"]:
            if abs(guess - row["value"]) <= within:
                return row["code"], row["why"]
        if abs(guess + answer) <= within:
            return "wrong-sign", "The size is right, the sign is not."
        if guess * answer < 0:
            return "", "The sign is not right, and the size is not either."
        ratio = guess / answer if answer else 1
        if 1.5 <= ratio < math.inf:
            return "scaled", f"Your number is {_times(ratio)} times the right one."
        if 0 < ratio <= 1 / 1.5 and 1 / ratio < math.inf:
            return "scaled", f"The right number is {_times(1 / ratio)} times yours."
        size = "too large" if guess > answer else "too small"
        return "", f"Your number is {size} by {show(abs(guess - answer), 3)}."

    def said(self, guess):
        return f"You said {show(guess, 6)}; it is {self.data['text']}."


def _times(factor):
    return show(math.floor(factor + 0.5) if factor >= 100 else factor, 3)


class _Order(_Card):
    kind, hint = "order", "[2, 1, 3]"

    def __init__(self, key, question, reason, *, order, wrong=()):
        super().__init__(key, question, reason)
        wrong = _why("wrong", wrong)
        right = [*map(_one_line, order)]
        beside = [_one_line(line) for line in wrong if isinstance(line, str)]
        if len(right) < 2 or len({*right, *beside}) < len(right) + len(beside):
            raise ValueError("two lines at least, and no two alike.")
        lines = [*right, *beside]
        pairs = itertools.combinations(range(len(right)), 2)
        needs = [(a, b) for a, b in pairs if _tied(right[a], right[b])]
        if not needs:
            raise ValueError("every order of these lines computes the same.")
        shuffled, turn = [*range(len(lines))], random.Random(key)
        while all(shuffled.index(a) < shuffled.index(b) for a, b in needs):
            turn.shuffle(shuffled)
        place = {line: shuffled.index(k) for k, line in enumerate(lines)}
        rows, swapped = [None] * len(lines), []
        self.data = {
            "lines": [lines[k] for k in shuffled],
            "right": [shuffled.index(k) for k in range(len(right))],
            "before": [[shuffled.index(a), shuffled.index(b)] for a, b in needs],
            "wrong": rows,
            "swapped": swapped,
        }
        for what, why in wrong.items():
            told = _refuted(what, why)
            if isinstance(what, str):
                rows[place[_one_line(what)]] = told
                continue
            first, then = (place.get(_one_line(line)) for line in what)
            if [then, first] not in self.data["before"]:
                raise ValueError(f"{what!r}: not two lines in an order that is wrong.")
            swapped.append({"first": first, "then": then, **told})

    def options(self):
        return [f"{k}. {line}" for k, line in enumerate(self.data["lines"], 1)]

    def solved(self):
        lines = (self.data["lines"][k] for k in self.data["right"])
        return f"<ol>{''.join(f'<li>{with_code(line)}</li>' for line in lines)}</ol>"

    def read(self, guess):
        """Return the places of lines that are given as texts or by their numbers."""
        lines = self.data["lines"]
        guess = _several("the lines in their order,", guess)
        guess = [g if isinstance(g, str) else _number("a line", g) for g in guess]
        known = {name: k for k, line in enumerate(lines) for name in (k + 1, line)}
        found = [known.get(g) for g in guess]
        if None in found or len({*found}) < len(found) or not found:
            given = ", ".join(g if isinstance(g, str) else show(g) for g in guess)
            wanted = f"lines by their numbers, 1 to {len(lines)}, each once"
            raise ValueError(f"{wanted}; this is {given or 'no line'}.")
        return found

    def judged(self, guess):
        lines, needed = self.data["lines"], self.data["right"]
        for k in guess:
            row = self.data["wrong"][k]
            if row:
                return row["code"], f"{lines[k]}: {row['why']}"
        if len(guess) < len(needed):
            count = f"{len(needed)} lines belong there, and you have {len(guess)}."
            return "missing", count
        place = {k: position for position, k in enumerate(guess)}
        for row in self.data["swapped"]:
            if place[row["first"]] < place[row["then"]]:
                return row["code"], row["why"]
        for late in guess:
            for early in guess[: place[late]]:
                if [late, early] in self.data["before"]:
                    told = f"{lines[late]} has to come before {lines[early]}."
                    return "order", told
        return None

    def said(self, guess):
        def listed(places):
            return [f"  {n}. {self.data['lines'][k]}" for n, k in enumerate(places, 1)]

        mine, right = listed(guess), listed(self.data["right"])
        return Block("\n".join(["You said:", *mine, "One right order:", *right]))


def _tied(line, later):
    """Return whether one line must stand before the other.

    Python's lines may change places if neither sets what the other one uses or sets.
    """
    first, second = _uses_and_sets(line), _uses_and_sets(later)
    if None in (first, second):
        return True
    (uses, sets), (uses_too, sets_too) = first, second
    return bool(sets & (uses_too | sets_too) or uses & sets_too)


def _uses_and_sets(line):
    """Return the names that a line of Python uses and sets; None for other lines."""
    code = re.fullmatch(r"`([^`]+)`", line)
    try:
        (statement,) = ast.parse(f"def f():\n {code[1]}" if code else "").body[0].body
    except (SyntaxError, IndexError):
        return None
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    simple = (ast.Assign, ast.AugAssign, ast.Return)
    plain = isinstance(statement, simple) and not any(
        isinstance(node.ctx, ast.Store)
        for node in ast.walk(statement)
        if isinstance(node, (ast.Subscript, ast.Attribute))
    )
    if not plain:
        return None
    uses = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    sets = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    if isinstance(statement, ast.AugAssign):
        uses |= sets
    return uses, sets


class _Curve(_Card):
    kind, hint = "curve", "[0.7, 0.4, 0.1]"

    def __init__(
        self,
        key,
        question,
        reason,
        *,
        at,
        answer,
        limits,
        within=None,
        labels=("x", "y"),
    ):
        super().__init__(key, question, reason)
        at = [_words(x) for x in at]
        answer = [_number("answer", y) for y in answer]
        low, high = (_number("limits", y) for y in limits)
        if not 2 <= len(at) == len(answer) <= 9:
            raise ValueError("at and answer have equally many entries, from 2 to 9.")
        if not low <= min(answer) <= max(answer) <= high or low == high:
            raise ValueError(f"the answer leaves its limits {limits}.")
        within = 0.15 * (high - low) if within is None else _number("within", within)
        if not 0 < within < (high - low) / 2:
            raise ValueError(f"within is between 0 and half the height, not {within}.")
        across, up = labels
        self.data = {
            "at": at, "answer": answer, "limits": [low, high], "within": within,
            "labels": [across, up], "ends": [show(low), show(high)],
            "texts": [show(y, 3) for y in answer],
        }  # fmt: skip

    def options(self):
        across, up = self.data["labels"]
        return [f"{up} at {across} {x}" for x in self.data["at"]]

    def solved(self):
        pairs = zip(self.options(), self.data["texts"], strict=True)
        return (
            f"<ul>{''.join(f'<li>{html.escape(a)}: {b}</li>' for a, b in pairs)}</ul>"
        )

    def read(self, guess):
        guess = [_number("a point", y) for y in _several("the points", guess)]
        if len(guess) != len(self.data["at"]):
            raise ValueError(f"one number for each of {', '.join(self.data['at'])}.")
        return guess

    def judged(self, guess):
        answer, at, within = (self.data[key] for key in ("answer", "at", "within"))
        off = [abs(mine - y) for mine, y in zip(guess, answer, strict=True)]
        if max(off) <= within:
            return None

        def way(step):
            if abs(step) <= within / 2:
                return "stays nearly level"
            return "rises" if step > 0 else "falls"

        for k in range(len(at) - 1):
            step, yours = answer[k + 1] - answer[k], guess[k + 1] - guess[k]
            right, mine = way(step), way(yours)
            if mine != right and abs(yours - step) > within:
                told = f"From {at[k]} to {at[k + 1]} the curve {right}; yours {mine}."
                return "", told
        x = at[off.index(max(off))]
        return "", f"It goes up and down where it should; farthest off is {x}."

    def said(self, guess):
        rows = zip(self.options(), guess, self.data["texts"], strict=True)
        lines = [f"{x}: you said {show(y, 3)}; it is {right}." for x, y, right in rows]
        return Block("\n".join(lines))


_MADE = {"choice": _Choice, "number": _Number, "order": _Order, "curve": _Curve}
