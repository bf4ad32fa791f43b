"""The worked example as pictures: one for each step, and a ball on the hill of its cost.

    frames(example)           a short tour of the marks, then every step, by label
    hill(example, moves=3)    the cost by one weight, and the ball after three moves

Every number has a place of its own, which it keeps. Its colour and the outline of its
mark say what it is; filled marks are used by the step, a thick frame is what it makes.
What flows runs along the lines: numbers to the right, slopes to the left.
"""

import html
import re
from dataclasses import replace

import numpy as np

from nnteach import worked_example
from nnteach.draw.picture import COLOURS, Picture
from nnteach.rounding import show as number
from nnteach.worked_example import Entries, operations, subscript

WIDTH, HEIGHT, TEXT = 940, 490, 18.4  # the text has 11 pt where this is 8 inches wide
WIDE, HIGH = {"weight": 92, "slope": 92}, 24  # of a mark; the others are 80 wide
BLUE, VERMILLION = COLOURS["blue"], COLOURS["vermillion"]
GREY = "#767676"
KINDS = {  # what a number is: the fill of its mark, its text there, and the outline
    "forward": (BLUE, "#fff", "M-{a},-12H{a}a12,12 0 0 1 0,24H-{a}a12,12 0 0 1 0,-24z"),
    "weight": (COLOURS["green"], "#000", "M-{w},-12H{w}V12H-{w}z"),
    "slope": (VERMILLION, "#000", "M-{w},0L-{a},-12H{w}V12H-{a}z"),
    "given": (COLOURS["yellow"], "#000", "M-{w},0L-{a},-12H{a}L{w},0L{a},12H-{a}z"),
    "cost": (COLOURS["purple"], "#000", "M-{a},-12H{a}L{w},12H-{w}z"),
}
TOUR = (
    ("forward", "all", "Blue pills: numbers that run forward, from left to right",
     "X is an input. In each unit, Z is what reaches it and A is its answer.",
     "When a step goes forward, blue lines carry what flows to the right.",
     "Small figures count: A1₂ is the answer of hidden unit 2."),
    ("weight", "", "Green boxes: weights and biases",
     "A weight W stands on its line, a bias b above its unit.",
     "A thicker line is a larger weight. A dashed line is a negative weight.",
     "An update writes the new value below a weight, and above a bias."),
    ("slope", "all", "Tags that point to the left: slopes, from right to left",
     "A slope says how fast the cost changes when the number beside it changes.",
     "It begins with a d, and stands beside its weight, its bias, its Z or its A.",
     "When a step goes backward, vermillion lines carry what flows to the left."),
    ("cost", "out", "Purple: the cost. Yellow, with six corners: what is given",
     "The cost J says how wrong the output is. Given are the target Y and the rate η.",
     "In each step, filled marks are used. A thick black frame is what comes out.",
     "A number has the same colour in the picture, the formula and the line below it."),
)  # fmt: skip


def kind(name):
    """Return what a quantity is, one of KINDS."""
    name = name.removeprefix("new ").split(",")[0]
    special = {"cost": "cost", "J": "cost", "Y": "given", "learning_rate": "given"}
    special["η"] = "given"
    usual = {"d": "slope", "W": "weight", "b": "weight"}.get(name[0], "forward")
    return special.get(name, usual)


# ------------------------------------------------------------- the numbers


class Marked(Entries):
    """Entries whose texts say where each number comes from: "{W1,0,1|0.2}"."""

    def __init__(self, name, array):
        super().__init__(array)
        self.key = name

    def __call__(self, row=0, column=0):
        text = self.plain(row, column)
        return f"({text})" if "|\u2212" in text else text

    def plain(self, row=0, column=0):
        return f"{{{self.key},{row},{column}|{super().plain(row, column)}}}"

    def name(self, name, row):
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


def short(value):
    """Return the number in at most seven characters, for a mark in the network."""
    texts = [number(value, digits) for digits in (4, 3, 2, 1)]
    return next((text for text in texts if len(text) <= 7), texts[-1])


def keys(name, value, say=short):
    """Return {key: text} for the entries of an array, or for the one number."""
    array = np.atleast_2d(value)
    return {f"{name},{i},{j}": say(array[i, j]) for i, j in np.ndindex(array.shape)}


def given(example):
    """Return {key: text} of what is known before the first step."""
    known = {"X": example.x, "Y": example.y, **example.parameters}
    known["learning_rate"] = example.learning_rate
    return {key: text for name in known for key, text in keys(name, known[name]).items()}


def places(example):
    """Return {key: (x, y)}: where each number of the network stands, in every frame."""
    n_h, n_x, n_y = *example.W1.shape, len(example.W2)
    if max(n_h, n_x, n_y) > 2:
        raise ValueError(
            "The picture has room for 2 inputs, 2 hidden units and 2 outputs, not for "
            f"{n_x}, {n_h} and {n_y}. Try print(step) for each of worked_example.steps."
        )
    rows = {1: [170], 2: [100, 240]}
    at = {f"X,{i},0": (44, y) for i, y in enumerate(rows[n_x])}
    for layer, x, count, below in ((1, 370, n_h, n_x), (2, 746, n_y, n_h)):
        for i, y in enumerate(rows[count]):
            beside = {"Z": (-47, 0), "A": (47, 0), "dZ": (-47, 35), "dA": (47, 35)}
            beside |= {"b": (-47, -38), "db": (47, -38), "new b": (-47, -63)}
            for name, (dx, dy) in beside.items():
                at[f"{name}{layer},{i},0"] = (x + dx, y + dy)
            for j, start in enumerate(rows[below]):
                # Lines that cross have their marks near their start, the others do not.
                share = 0.24 if i != j else 0.76
                if 1 in (count, below):  # where the lines are farther apart
                    share = 0.5 + 0.08 * (count - below)
                middle = start + (y - start) * share
                for k, name in enumerate(("W", "dW", "new W")):
                    place = x - 286 + 196 * share, middle + (HIGH + 1) * k
                    at[f"{name}{layer},{i},{j}"] = place
    at |= {f"Y,{i},0": (896, (44, 100)[i]) for i in range(n_y)}
    at |= {"cost,0,0": (896, 170), "new cost,0,0": (896, 200)}
    return at | {"learning_rate,0,0": (896, 288)}


# -------------------------------------------------------------- the drawing


def text(x, y, said, **look):
    """Return a line of text; `text_anchor="end"` ends it at x."""
    look = "".join(f' {name.replace("_", "-")}="{look[name]}"' for name in look)
    return f'<text x="{x:g}" y="{y:g}"{look}>{html.escape(said, quote=False)}</text>'


def mark(key, x, y, said, state, wide=None):
    """Return one mark: empty, known, used or made by this step.

    wide: of a mark in the lines below the network, which has no place of its own.
    """
    what = kind(key)
    fill, ink, outline = KINDS[what]
    half = (wide or WIDE.get(what, 80)) / 2
    place = "" if wide else f' data-place="{key}"'
    start = f'<g data-of="{key}"{place} transform="translate({x:g} {y:g})">'
    if state == "empty":
        return start + "</g>"
    look = {
        "known": f'fill="#fff" stroke="{"#000" if what == "given" else fill}"',
        "used": f'fill="{fill}" stroke="{fill if ink == "#fff" else "#000"}"',
        "made": f'fill="{fill}" stroke="#000" stroke-width="4.5"',
    }[state]
    ink = ink if state in ("used", "made") else "#000"
    path = outline.format(w=f"{half:g}", a=f"{half - 10:g}")
    inside = text(0, 6.3, said, text_anchor="middle", fill=ink)
    return f'{start}<path d="{path}" {look}/>{inside}</g>'


def line(start, end, colour, width, dashed=False, flows=False):
    """Return a line between two points; what flows along it runs to its end."""
    (x, y), (u, v) = start, end
    path = f'd="M{x:g},{y:g}L{u:g},{v:g}"'
    dash = ' stroke-dasharray="9 6"' if dashed else ""
    drawn = f'<path {path} stroke="{colour}" stroke-width="{width:g}"{dash}/>'
    if flows:
        turn = np.degrees(np.arctan2(v - y, u - x))
        drawn += (
            f'<path class="nnteach-flow" {path} stroke="#fff" stroke-width="3.4" '
            'stroke-linecap="round" stroke-dasharray="0.1 22"/>'
            f'<path d="M0,0L-15,-10V10z" fill="{colour}" '
            f'transform="translate({u:g} {v:g})rotate({turn:.1f})"/>'
        )
    return drawn


def lines_and_units(example, at, part, way):
    """Return what stands below the marks.

    part, way: what carries something in this step ("W1", "W2", "unit1", "unit2", "out"
    or "all"), and where to: "forward", "backward", or "both", which meet at a weight.
    """
    drawn = ""
    colour = VERMILLION if way == "backward" else BLUE

    def carry(name, start, end, width, dashed=False, middle=None):
        if part not in (name, "all"):
            return line(start, end, GREY, width, dashed)
        width = max(width, 5)
        if way == "both":
            halves = ((start, BLUE), (end, VERMILLION))
            return "".join(line(a, middle, c, width, dashed, True) for a, c in halves)
        ends = (start, end) if way == "forward" else (end, start)
        return line(*ends, colour, width, dashed, True)

    for layer, W in ((1, example.W1), (2, example.W2)):
        for i, j in np.ndindex(W.shape):
            x, y = at[f"X,{j},0" if layer == 1 else f"A1,{j},0"]
            u, v = at[f"Z{layer},{i},0"]
            width, middle = 1.5 + 4 * min(abs(W[i, j]), 1.5), at[f"W{layer},{i},{j}"]
            start, end = (x + 43, y), (u - 43, v)
            drawn += carry(f"W{layer}", start, end, width, W[i, j] < 0, middle)
    for i in range(len(example.W2)):
        (x, y), (u, v) = at[f"A2,{i},0"], at["cost,0,0"]
        drawn += line((u, at[f"Y,{i},0"][1]), (u, v), GREY, 2)
        drawn += carry("out", (x + 43, y), (u - 40, v), 2)
    for layer, W in ((1, example.W1), (2, example.W2)):
        for i in range(len(W)):
            x, y = at[f"Z{layer},{i},0"]
            on = part in (f"unit{layer}", "all") and way
            turn = "scale(-1)" if way == "backward" else ""
            drawn += (
                f'<rect x="{x - 43:g}" y="{y - 17:g}" width="180" height="34" rx="17" '
                'fill="#fff" stroke="#000" stroke-width="1.5"/>'
                f'<path d="M-7,-13L9,0L-7,13z" fill="{colour if on else "#ccc"}" '
                f'transform="translate({x + 47:g} {y:g}){turn}"/>'
            )
    heads = {"inputs": 44, "Z1": 323, "σ": 370, "A1": 417, "Z2": 699, "A2": 793}
    heads |= {" σ": 746, "target Y": 896, "rate η": 896}
    lower = {"target Y": at["Y,0,0"][1] - 20, "rate η": at["learning_rate,0,0"][1] - 20}
    return drawn + "".join(
        text(x, lower.get(head, 19), head.strip(), text_anchor="middle")
        for head, x in heads.items()
    )


NARROW = {**dict.fromkeys(" .,·()₀₁₂", 0.33), **dict.fromkeys("mWw", 0.9)}


def across(said):
    """Return about how wide a text is: no two browsers draw it alike."""
    return TEXT * sum(NARROW.get(letter, 0.58) for letter in said)


def with_marks(said, x, y, made=()):
    """Return a line of text in which every "{key|text}" is a mark."""
    drawn = ""
    for piece in re.split(r"({.*?})", said):
        if piece.startswith("{"):
            key, inside = piece[1:-1].split("|")
            wide = across(inside) + 20
            state = "made" if key in made else "used"
            drawn += mark(key, x + wide / 2 + 2, y - 6.3, inside, state, wide)
            x += wide + 5
        elif piece.strip():
            drawn += text(x + 3, y, piece.strip())
            x += across(piece.strip()) + 6
    return drawn


def panel(what, title, lines, formula="", code="", made=()):
    """Return what stands below the network: what is done, its formula, its lines."""
    drawn = f'<path d="M5,312V486" stroke="{KINDS[what][0]}" stroke-width="8"/>'
    drawn += text(18, 328, title, style="font-weight:bold")
    if formula:
        formula = re.sub(r"(d?[ZAWb]\d|[XYJη])", r"{\1|\1}", formula)
        drawn += with_marks(formula, 18, 360)
        drawn += text(936, 360, code, text_anchor="end", style="font-family:monospace")
    for k, said in enumerate(lines):
        drawn += with_marks(said, 18, (392 if formula else 364) + 29 * k, made)
    return drawn


def picture(example, known, flow, used, made, below, sentence):
    """Return the network with its marks, and what stands below it, as a Picture.

    known: {key: text}; what is not known has an empty mark.
    """
    at = places(example)
    drawn = lines_and_units(example, at, *flow)
    for key, (x, y) in at.items():
        state = "made" if key in made else "used" if key in used else "known"
        said = known.get(key, "")
        if said[:1] in "−0123456789":
            said = {"d": "d ", "b": "b "}.get(key.removeprefix("new ")[0], "") + said
        drawn += mark(key, x, y, said, state if key in known else "empty")
    table = [("number", "value", "its slope", "after the update")]
    table += [
        (key, known[key], known.get(f"d{key}", ""), known.get(f"new {key}", ""))
        for key in at
        if key in known and key[0] not in "dn"
    ]
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'stroke-width="2"><path fill="#fff" d="M0,0H{WIDTH}V{HEIGHT}H0z"/>'
        f'<g style="font:{TEXT}px system-ui,Helvetica,Arial,sans-serif">'
        f"{drawn}{below}</g></svg>",
        sentence,
        table,
    )


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
    return {**tour(example), **walk(example)}


def tour(example):
    """Return {label: picture}: what each kind of mark means, with names for numbers."""
    sizes = {"X": example.x, "Y": example.y, "b1": example.b1, "b2": example.b2}
    sizes |= {"Z1": example.b1, "A1": example.b1, "Z2": example.b2, "A2": example.b2}
    sizes |= example.parameters
    names = {}
    for key in places(example):
        name, i, j = key.split(",")
        plain = name.removeprefix("new ").removeprefix("d")
        shape = np.shape(sizes.get(plain, 0.0))
        letters = name.removeprefix("new ").replace("learning_rate", "η")
        names[key] = letters.replace("cost", "J") + subscript((int(i), int(j)), shape)
    result = {}
    for stop, (what, part, title, *said) in enumerate(TOUR, 1):
        label = f"tour {stop} of {len(TOUR)}"
        used = {
            key for key in names if kind(key) in (what, "given" if what == "cost" else "")
        }
        flow = (part, "backward" if what == "slope" else "forward")
        sentence = f"{label.capitalize()}. {title}. {' '.join(said)}"
        below = panel(what, title, said)
        result[label] = picture(example, names, flow, used, (), below, sentence)
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
    used = {key for key in places(example) if key[0] in "XYZAn"}
    for step, name, _ in second:
        known = known | keys(name, step.value)
    (_, _, outputs), (_, _, costs) = second[3:]
    before = [*np.ravel(first["A2"]), first["cost"]]
    lines = [
        f"{said}, before {number(old, 6)}"
        for said, old in zip(outputs + costs, before, strict=True)
    ]
    old, new = first["cost"], second[4][0].value
    way = "falls" if new < old else "rises" if new > old else "stays,"
    said = f"the cost {way} from {number(old, 5)} to {number(new, 5)}"
    title = f"→ forward again, {count} of {count} · {said}"
    made = [key for key in used if key.startswith(("A2", "new cost"))]
    below = panel("forward", title, lines, made=made)
    sentence = f"Step {count} of {count}, forward again: with the new weights {said}."
    drawn = picture(changed, known, ("all", "forward"), used, made, below, sentence)
    return {**result, f"{count} of {count}": drawn}


def hill(example, moves=0, weight="W2", at=(0, 0), span=(-6, 6), top=None):
    """Return a picture of the cost by one weight, and of a ball that rolls there.

    The ball begins at the weight. With each move it goes against the slope, by the
    learning rate times the slope; all other numbers stay as they are.

    moves: how often it has moved. weight, at: "W1" or "W2", row and column from 0.
    span, top: the weights and the cost up to which it is drawn. Introduced in chapter 2.
    """

    def moved(value):
        W = getattr(example, weight).copy()
        W[at] = value
        return replace(example, **{weight: W})

    def done(value):
        return {step.name: step.value for step in worked_example.steps(moved(value))}

    grid = np.linspace(*span, 97)
    costs = np.array([done(value)["cost"] for value in grid])
    top = top or 1.1 * costs.max()
    ways = [getattr(example, weight)[at]]
    for _ in range(moves):
        slope = done(ways[-1])["d" + weight][at]
        ways.append(ways[-1] - example.learning_rate * slope)

    def place(value, cost):
        share = (np.clip(value, *span) - span[0]) / (span[1] - span[0])
        return 70 + 520 * share, 462 - 140 * min(cost / top, 1)

    here = moved(ways[-1])
    known, values = given(here), done(ways[-1])
    for step, name, _ in [*marked_steps(here)][:13]:
        known |= keys(name, step.value)
    points = [place(value, cost) for value, cost in zip(grid, costs, strict=True)]
    curve = "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    key, slope = f"{weight},{at[0]},{at[1]}", values["d" + weight][at]
    name = weight + subscript(at, getattr(example, weight).shape)
    reach = 0.1 * (span[1] - span[0])
    ends = [ways[-1] - reach, ways[-1] + reach]
    costs_there = [values["cost"] + (end - ways[-1]) * slope for end in ends]
    below = (
        f'<path d="M70,318V462H592" fill="none" stroke="#000"/>'
        f'<path d="M{curve}" fill="none" stroke="{BLUE}" stroke-width="3"/>'
    )
    tangent = [place(*end) for end in zip(ends, costs_there, strict=True)]
    below += line(*tangent, VERMILLION, 4)
    for share in (0, 0.5, 1):
        value = span[0] + share * (span[1] - span[0])
        below += text(70 + 520 * share, 482, number(value), text_anchor="middle")
    below += text(64, 334, number(top, 2), text_anchor="end")
    below += text(78, 334, "cost") + text(598, 462, name)
    below += text(64, 462, "0", text_anchor="end")
    for k, value in enumerate(ways):
        x, y = place(value, done(value)["cost"])
        last = k == moves
        fill = "#000" if last else "#fff"
        below += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{9 if last else 5}" '
        below += f'fill="{fill}" stroke="#000"/>'
    lines = (
        f"{name} {{{key}|{number(ways[-1])}}}",
        f"its slope {{d{key}|{number(slope)}}}",
        f"η {{learning_rate,0,0|{number(example.learning_rate)}}}",
        f"cost {{cost,0,0|{number(values['cost'])}}}",
        f"next {name} {number(ways[-1] - example.learning_rate * slope)}",
    )
    for k, said in enumerate(lines):
        below += with_marks(said, 640, 334 + 30 * k)
    outside = not span[0] <= ways[-1] <= span[1]
    after = f"After {moves} move{'s' * (moves != 1)}" if moves else "At the start"
    sentence = (
        f"{after}, {name} is {number(ways[-1])}, its slope {number(slope)}, the cost "
        f"{number(values['cost'])}; the target is {number(example.y[0, 0])} and the "
        f"output {number(values['A2'][0, 0])}."
        + " The ball lies outside of the picture." * outside
    )
    used = {key, f"d{key}"}
    return picture(here, known, ("", ""), used, (), below, sentence)
