"""The marks and lines of the worked example's pictures, as SVG.

A mark is a number of the network. Its colour and its outline say what it is; it is
filled when a step uses it, and has a thick frame when the step makes it. Every mark has
a place of its own, which it keeps from the first step to the last.
"""

import html
import re

import numpy as np

from nnteach.draw.picture import COLOURS, Picture
from nnteach.rounding import show as number
from nnteach.worked_example import subscript

WIDTH, HEIGHT, TEXT = 940, 490, 18.4  # the text has 11 pt where this is 8 inches wide
WIDE, HIGH = {"weight": 92, "slope": 92, "cost": 86}, 24  # of a mark; else 82 wide
BLUE, VERMILLION = COLOURS["blue"], COLOURS["vermillion"]
GREY = "#767676"
KINDS = {  # what a number is: the fill of its mark, its text there, and the outline
    "forward": (BLUE, "#fff", "M-{a},-12H{a}a12,12 0 0 1 0,24H-{a}a12,12 0 0 1 0,-24z"),
    "weight": (COLOURS["green"], "#000", "M-{w},-12H{w}V12H-{w}z"),
    "slope": (VERMILLION, "#000", "M-{w},0L-{a},-12H{w}V12H-{a}z"),
    "given": (COLOURS["yellow"], "#000", "M-{w},0L-{a},-12H{a}L{w},0L{a},12H-{a}z"),
    "cost": (COLOURS["purple"], "#000", "M-{w},-12H{w}V12H-{w}zM-{w},8H{w}"),
}


def kind(name):
    """Return what a quantity is, one of KINDS."""
    name = name.removeprefix("new ").split(",")[0]
    special = {"cost": "cost", "J": "cost", "Y": "given", "learning_rate": "given"}
    special["η"] = "given"
    usual = {"d": "slope", "W": "weight", "b": "weight"}.get(name[0], "forward")
    return special.get(name, usual)


def short(value):
    """Return the number in at most seven characters, for a mark in the network."""
    texts = [number(value, digits) for digits in (4, 3, 2, 1)]
    return next((text for text in texts if len(text) <= 7), texts[-1])


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
                share = 0.24 if i != j else 0.74
                if 1 in (count, below):  # where the lines are farther apart
                    share = 0.5 + 0.08 * (count - below)
                middle = start + (y - start) * share
                for k, name in enumerate(("W", "dW", "new W")):
                    place = x - 286 + 196 * share, middle + (HIGH + 1) * k
                    at[f"{name}{layer},{i},{j}"] = place
    at |= {f"Y,{i},0": (896, (44, 100)[i]) for i in range(n_y)}
    at |= {"cost,0,0": (896, 170), "new cost,0,0": (896, 200)}
    return at | {"learning_rate,0,0": (896, 288)}


def named(key, at):
    """Return the name of a number as the course writes it: "W1₂,₁", "dA1₂", "J"."""
    name, row, column = key.removeprefix("new ").split(",")
    several = {f"{name},0,1", f"{name},1,0"} & at.keys()
    where = subscript((int(row), int(column)), (2, 2 if "W" in name else 1))
    return {"cost": "J", "learning_rate": "η"}.get(name, name) + where * bool(several)


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
    half = (wide or WIDE.get(what, 82)) / 2
    place = "" if wide else f' data-place="{key}"'
    if place and state == "made":
        place = ' data-made=""' + place
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
    middle = 4 if what == "slope" else 0
    inside = text(middle, 6.3, said, text_anchor="middle", fill=ink)
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
            turn = "scale(-1)" if on and way == "backward" else ""
            drawn += (
                f'<rect x="{x - 43:g}" y="{y - 17:g}" width="180" height="34" rx="17" '
                'fill="#fff" stroke="#000" stroke-width="1.5"/>'
                f'<path d="M-7,-13L9,0L-7,13z" fill="{colour if on else "#ccc"}" '
                f'transform="translate({x + 47:g} {y:g}){turn}"/>'
            )
    heads = {"inputs": 44, "Z1": 323, "σ": 370, "A1": 417, "Z2": 699, "A2": 793}
    heads |= {" σ": 746, "target Y": 896, "rate η": 896, "cost J": 896}
    lower = {"rate η": at["learning_rate,0,0"][1] - 19, "cost J": 150}
    halo = "paint-order:stroke;stroke:#fff;stroke-width:6px"
    return drawn + "".join(
        text(x, lower.get(head, 19), head.strip(), text_anchor="middle", style=halo)
        for head, x in heads.items()
    )


EM = {
    **dict.fromkeys(" .,·()", 0.34),
    **dict.fromkeys("₁₂", 0.45),
    **dict.fromkeys("=+−½mw", 0.9),
}


def across(said):
    """Return how wide a text is in a wide typeface; a narrow one has room."""
    return TEXT * sum(EM.get(letter, 0.64) for letter in said)


def with_marks(said, x, y, made=()):
    """Return a line of text in which every "{key|text}" is a mark."""
    drawn = ""
    for piece in re.split(r"({.*?})", said):
        if piece.startswith("{"):
            key, inside = piece[1:-1].split("|")
            wide = across(inside) + (26 if kind(key) == "slope" else 18)
            state = "made" if key in made else "used"
            drawn += mark(key, x + wide / 2 + 2, y - 6.3, inside, state, wide)
            x += wide + 4
        elif piece.strip():
            drawn += text(x + 4, y, piece.strip())
            x += across(piece.strip()) + 8
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
    drawn, state = lines_and_units(example, at, *flow), dict.fromkeys(at, "empty")
    state |= {**dict.fromkeys(known, "known"), **dict.fromkeys(used, "used")}
    state |= dict.fromkeys(made, "made")
    for key in sorted(at, key=lambda key: state[key] == "made"):  # those above the rest
        drawn += mark(key, *at[key], known.get(key), state[key])
    table = [("number", "value", "its slope", "after the update")]
    for key in at:
        if known.get(key, named(key, at)) != named(key, at) and key[0] not in "dn":
            others = [known.get(before + key, "") for before in ("d", "new ")]
            table.append((named(key, at), known[key], *others))
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'stroke-width="2"><path fill="#fff" d="M0,0H{WIDTH}V{HEIGHT}H0z"/>'
        f'<g style="font:{TEXT}px system-ui,Helvetica,Arial,sans-serif">'
        f"{drawn}{below}</g></svg>",
        sentence,
        table,
    )
