"""The worked example as pictures: its steps, and a ball on the hill of its cost.

    frames(example)           a short tour of the marks, then every step, by label
    hill(example, moves=3)    the cost by one weight, and the ball after three moves
    roll(example, moves=3)    where the ball was, in numbers

Every number has a place of its own, which it keeps. Its colour and the outline of its
mark say what it is; filled marks are used by the step, a thick frame is what it makes.
What flows runs along the lines: numbers to the right, slopes to the left.
"""

import re
from dataclasses import replace

import numpy as np

from nnteach import worked_example
from nnteach.checks import describe, finite, number_that, wrong
from nnteach.draw.marks import (
    BLUE,
    VERMILLION,
    kind,
    line,
    named,
    panel,
    picture,
    places,
    short,
    text,
    with_marks,
)
from nnteach.rounding import show as number
from nnteach.worked_example import Entries, Example, operations, subscript

TOUR = (
    ("forward", "all", "Blue pills: numbers that run forward, from left to right",
     "X is an input. In each unit, Z is what reaches it and A is its answer.",
     "When a step goes forward, blue lines carry what flows to the right.",
     "Small figures count: A1₂ is the answer of hidden unit 2."),
    ("weight", "", "Green boxes: weights and biases",
     "A weight W stands on its line, a bias b above its unit.",
     "A thicker line is a larger weight. A dashed line is a negative weight.",
     "An update writes the new value below a weight, and above a bias."),
    ("slope", "all", "Orange-red tags that point to the left: slopes",
     "A slope says how fast the cost changes when the number beside it changes.",
     "Its name has a d. It stands beside its weight or bias, or below its Z or A.",
     "When a step goes backward, orange-red lines carry what flows to the left."),
    ("cost", "out", "Purple: the cost. Yellow, with six corners: what is given",
     "The cost J says how wrong the output is. Given are the target Y and the rate η.",
     "In each step, filled marks are used. A thick black frame is what comes out.",
     "A number has the same colour in the picture, the formula and the line below it."),
)  # fmt: skip


# ------------------------------------------------------------- the numbers


class Marked(Entries):
    """Entries whose texts say where each number comes from: "{W1,0,1|0.2}"."""

    def __init__(self, name, array):
        super().__init__(array)
        self.key = name

    def __call__(self, row=0, column=0):
        """Return one entry, in brackets if it is negative."""
        text = self.plain(row, column)
        return f"({text})" if "|\u2212" in text else text

    def plain(self, row=0, column=0):
        """Return one entry."""
        return f"{{{self.key},{row},{column}|{super().plain(row, column)}}}"

    def name(self, name, row):
        """Return the name of one entry."""
        return f"{{{self.key},{row},0|{super().name(name, row)}}}"


def marked_steps(example, again=False):
    """Yield each step, the name of what it computes, and its lines with marked numbers.

    again: whether it is the second round, whose weights are the new ones of the first.
    """
    known = {"X": example.x, "Y": example.y, **example.parameters}
    known["learning_rate"] = example.learning_rate
    new = {name: f"new {name}" for name in (*example.parameters, "cost") if again}
    rows = operations(as_published=False)
    for step, row in zip(worked_example.steps(example), rows, strict=True):
        texts = {key: Marked(new.get(key, key), known[key]) for key in known}
        if step.phase == "update":
            new[step.name] = f"new {step.name}"
        name, lines = new.get(step.name, step.name), []
        for entry in np.ndindex(np.shape(step.value)):
            where = subscript(entry, np.shape(step.value))
            value = Marked(name, step.value).plain(*entry)
            lines.append(f"{step.name}{where} = {row[-1](texts, *entry)} = {value}")
        known[step.name] = step.value
        yield step, name, lines


def keys(name, value, say=short):
    """Return {key: text} for the entries of an array, or for the one number."""
    array = np.atleast_2d(value)
    return {f"{name},{i},{j}": say(array[i, j]) for i, j in np.ndindex(array.shape)}


def given(example):
    """Return {key: text} of what is known before the first step."""
    known = {"X": example.x, "Y": example.y, **example.parameters}
    known["learning_rate"] = example.learning_rate
    return {
        key: text for name in known for key, text in keys(name, known[name]).items()
    }


# -------------------------------------------------------------- the pictures


def flow_of(step):
    """Return what carries something in a step, and where to."""
    stem, layer = step.name[:-1], step.name[-1]
    if step.phase == "update" or stem == "db":
        return "", ""
    if step.name in ("cost", "dA2"):
        return "out", "forward" if step.name == "cost" else "backward"
    if stem == "dW":
        return f"W{layer}", "both"
    part = {"Z": f"W{layer}", "dA": "W2"}.get(stem, f"unit{layer}")
    return part, step.phase


def frames(example):
    """Return {label: picture}: a tour of the marks, every step, and forward again.

    example: an `Example` with at most two inputs, hidden units and outputs, and weights
        of either sign. Introduced in chapter 2.
    """
    _check(example)
    return {**tour(example), **walk(example)}


def tour(example):
    """Return {label: picture}: what each kind of mark means, with names for numbers."""
    at = places(example)
    names = {key: "new" if key[:3] == "new" else named(key, at) for key in at}
    known, result = {}, {}
    for stop, (what, part, title, *said) in enumerate(TOUR, 1):
        label = f"tour {stop} of {len(TOUR)}"
        too = "given" if what == "cost" else ""
        used = {key for key in names if kind(key) in (what, too)}
        known |= {key: names[key] for key in used}
        flow = (part, "backward" if what == "slope" else "forward")
        sentence = f"{label.capitalize()}. {title}. {' '.join(said)}"
        below = panel(what, title, said)
        result[label] = picture(example, known, flow, used, (), below, sentence)
    return result


def walk(example):
    """Return {label: picture}: every step, and forward again with the new weights."""
    round_, known, result = [*marked_steps(example)], given(example), {}
    count = len(round_) + 1
    for place, (step, name, lines) in enumerate(round_, 1):
        made = keys(name, step.value)
        known = known | made
        used = set(re.findall(r"{(.*?)\|", " ".join(lines)))
        arrow = {"backward": "← ", "update": ""}.get(step.phase, "→ ")
        title = f"{arrow}{step.phase}, {place} of {count} · {step.name}: {step.title}"
        what = {"backward": "slope", "update": "weight", "cost": "cost"}
        what = what.get(step.phase, "forward")
        below = panel(what, title, lines, step.formula, step.code, made)
        values = ", ".join(number(value, 6) for value in np.ravel(step.value))
        sentence = (
            f"Step {place} of {count}, {step.phase}: {step.name}, {step.title}, "
            f"is {values}."
        )
        drawn = picture(example, known, flow_of(step), used, made, below, sentence)
        result[f"{place} of {count}"] = drawn

    first = {step.name: step.value for step, _, _ in round_}
    changed = replace(example, **{name: first[name] for name in example.parameters})
    second = [*marked_steps(changed, again=True)][:5]
    used = {key for key in places(example) if key[0] in "XYZAn"} - {"new cost,0,0"}
    for step, name, _ in second:
        known = known | keys(name, step.value)
    (_, _, outputs), (_, _, costs) = second[3:]
    lines = [
        f"{said}, before {number(old, 6)}"
        for said, old in zip(outputs, np.ravel(first["A2"]), strict=True)
    ]
    before = f"before {number(first['cost'], 6)}"
    # With two outputs the line of the cost is as wide as the picture.
    lines += (
        [f"{costs[0]}, {before}"] if len(outputs) == 1 else [f"{costs[0]},", before]
    )
    old, new = first["cost"], second[4][0].value
    way = "falls" if new < old else "rises" if new > old else "stays,"
    said = f"the cost {way} from {number(old, 5)} to {number(new, 5)}"
    title = f"→ forward again, {count} of {count} · {said}"
    made = {key for key in used if key.startswith("A2")} | {"new cost,0,0"}
    below = panel("forward", title, lines, made=made)
    sentence = f"Step {count} of {count}, forward again: with the new weights {said}."
    drawn = picture(changed, known, ("all", "forward"), used, made, below, sentence)
    return {**result, f"{count} of {count}": drawn}


def _check(example):
    """Raise TypeError unless it is an `Example`."""
    if not isinstance(example, Example):
        wanted, advice = "an Example", "worked_example.EXAMPLE"
        raise wrong("example", wanted, describe(example), advice, TypeError)


_moves = number_that(
    lambda n: n >= 0 and n % 1 == 0, "a whole number, 0 or more", 3, int
)


def _found(example, weight, at):
    """Return row and column of the weight that is meant, or raise ValueError."""
    _check(example)
    if weight not in ("W1", "W2"):
        raise ValueError(f'weight is "W1" or "W2", not {weight!r}.')
    shape = getattr(example, weight).shape
    for place in np.ndindex(shape):
        if place == tuple(np.ravel(at)):
            return place
    rows, columns = shape
    raise ValueError(
        f"{weight} has {rows} rows and {columns} columns, counted from 0: there is "
        f"no weight at {at}. Try at=(0, 0)."
    )


def with_weight(example, weight, at, value):
    """Return the example with another value for one weight."""
    W = getattr(example, weight).copy()
    W[at] = value
    return replace(example, **{weight: W})


def roll(example, moves, weight="W2", at=(0, 0)):
    """Return the values of one weight while it alone learns, from its start on.

    Each move goes against the slope, by the learning rate times the slope. weight, at:
    "W1" or "W2", row and column from 0. Introduced in chapter 2.
    """
    moves, at = _moves("moves", moves), _found(example, weight, at)
    W = getattr(example, weight)
    values = [W[at].item()]
    for _ in range(moves):
        here = with_weight(example, weight, at, values[-1])
        _, cache = worked_example.forward_propagation(here.x, here.parameters)
        grads = worked_example.backward_propagation(
            here.parameters, cache, here.x, here.y
        )
        slope = grads["d" + weight][at].item()
        values.append(values[-1] - here.learning_rate * slope)
    return values


def hill(example, moves=0, weight="W2", at=(0, 0), span=(-6, 6), top=None):
    """Return a picture of the cost by one weight, and of a ball that rolls there.

    moves: how often it has moved; see `roll`, also for weight and at.
    span: the weights for which it is drawn. top: the highest cost, by default what span
        needs. Introduced in chapter 2.
    """
    moves, at = _moves("moves", moves), _found(example, weight, at)
    span = finite("span", span)
    if span.shape != (2,) or span[0] >= span[1]:
        wanted, advice = "two numbers, the lower one first", "span=(-6, 6)"
        raise wrong("span", wanted, f"{span.tolist()}", advice)
    *before, now, following = ball = roll(example, moves + 1, weight, at)
    here = with_weight(example, weight, at, now)
    known, value = given(here), {}
    for step, key, _ in [*marked_steps(here)][:13]:  # up to the last slope
        known |= keys(key, step.value)
        value[step.name] = step.value
    slope = value["d" + weight][at]

    grid = np.array([*np.linspace(*span, 97), *ball])
    W = np.repeat(getattr(example, weight)[None], len(grid), axis=0)
    W[:, *at] = grid
    parameters = {**example.parameters, weight: W}
    A2, _ = worked_example.forward_propagation(example.x, parameters)
    costs = worked_example.compute_cost(A2, example.y)
    top = top or 1.1 * costs[:97].max()

    def place(weight, cost):
        share = (np.clip(weight, *span) - span[0]) / (span[1] - span[0])
        return 70 + 520 * share, 462 - 140 * min(cost / top, 1)

    points = [place(*point) for point in zip(grid, costs, strict=True)]
    curve = "L".join(f"{x:.1f},{y:.1f}" for x, y in points[:97])
    below = '<path d="M70,318V462H592" fill="none" stroke="#000"/>'
    below += f'<path d="M{curve}" fill="none" stroke="{BLUE}" stroke-width="3"/>'
    is_inside = span[0] <= now <= span[1] and value["cost"] <= top
    if is_inside:  # the tangent, cut off at the edges of the picture
        reach, high = (span[1] - span[0]) / 10, top - value["cost"]
        ends = []
        for way, room in ((-1, now - span[0]), (1, span[1] - now)):
            climbs = way * slope > 0
            d = way * min(reach, room, high / abs(slope) if climbs else reach)
            ends.append(place(now + d, value["cost"] + d * slope))
        below += line(*ends, VERMILLION, 4)
    small, dashed = 'r="5" fill="#fff"', 'r="9" fill="none" stroke-dasharray="3 3"'
    looks = [*[small] * len(before), 'r="9"', dashed]
    for (x, y), look in zip(points[97:], looks, strict=True):
        below += f'<circle cx="{x:.1f}" cy="{y:.1f}" {look} stroke="#000"/>'

    name = weight + subscript(at, getattr(example, weight).shape)
    middle = {"text_anchor": "middle"}
    for share in (0, 0.5, 1):
        tick = number(span[0] + share * (span[1] - span[0]))
        below += text(70 + 520 * share, 484, tick, **middle)
    below += text(460, 484, name, **middle) + text(78, 334, "cost")
    below += text(64, 462, "0", text_anchor="end")
    below += text(64, 334, number(top, 2), text_anchor="end")
    key = f"{weight},{at[0]},{at[1]}"
    lines = (
        (name, f"{{{key}|{number(now)}}}"),
        ("its slope", f"{{d{key}|{number(slope)}}}"),
        ("rate η", f"{{learning_rate,0,0|{number(example.learning_rate)}}}"),
        ("cost", f"{{cost,0,0|{number(value['cost'])}}}"),
        (f"next {name}", number(following)),
    )
    for k, (what, said) in enumerate(lines):
        below += text(652, 334 + 30 * k, what) + with_marks(said, 764, 334 + 30 * k)

    targets, outputs = (
        ", ".join(map(number, np.ravel(array))) for array in (example.y, value["A2"])
    )
    after = f"After {moves} move{'s' * (moves != 1)}" if moves else "At the start"
    sentence = (
        f"{after}, {name} is {number(now)}, its slope {number(slope)}, the cost "
        f"{number(value['cost'])}; the target is {targets} and the output {outputs}."
    )
    if not is_inside:
        sentence += " The ball lies outside of the picture."
    return picture(here, known, ("", ""), {key, f"d{key}"}, (), below, sentence)
