"""The map of the course: one network, and what each chapter adds to it.

    course_map(4)       # what is there after chapter 04; its own parts stand out

Used by chapter 00.
"""

from itertools import pairwise, product

from matplotlib.patches import FancyArrowPatch, Rectangle

from nnteach.draw.picture import COLOURS, Picture, figure, styled

# chapter -> what it adds; the table in chapter 00 says the same, with links
ADDS = {
    1: "one unit: what it does with what reaches it",
    2: "the way forward to the cost, and back to each weight",
    3: "many examples at once, more hidden units, training",
    4: "a second hidden layer, and several classes",
    5: "any number of layers",
    6: "a measurement that tells whether the way back is right",
    7: "the length of the step",
    8: "a good start, so that slopes reach the first layer",
    9: "real digits, and new ones to test with",
    10: "better steps than the plain one",
}
NEW, OLD = COLOURS["blue"], "#555555"
INPUTS, HIDDEN, DEEPER, OUTPUTS = 2.4, 4.1, 5.9, 7.6  # x of the layers
ROWS = {
    INPUTS: [3.5, 2.3],
    HIDDEN: [4.4, 3.4, 2.4, 1.4],
    DEEPER: [4.0, 2.9, 1.8],
    OUTPUTS: [2.9, 4.0, 1.8],
}
# chapter -> x and y of its label, and the label
LABELS = {
    1: (4.1, 4.9, "one unit"),
    2: (5.7, 5.65, "forward, and back"),
    3: (1.35, 4.5, "many\nexamples"),
    4: (7.75, 4.75, "several classes"),
    5: (5.35, 1.05, "any depth"),
    6: (7.5, 0.15, "is it right?"),
    7: (1.05, 0.95, "step length"),
    8: (4.65, 0.15, "how to start"),
    9: (0.4, 1.5, "digits"),
    10: (0.93, 0.1, "better steps"),
}


@styled
def course_map(chapter):
    """Return a picture of the network that chapters 1 to `chapter` have built.

    What this chapter adds is blue and thick, what was there before grey and thin.
    Introduced in chapter 0.
    """
    drawn, axes = figure(width=8, height=3.9, title=False)
    drawn.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.99)
    axes.set(xlim=(-0.3, 9.7), ylim=(-0.35, 5.95))
    axes.axis("off")

    def look(since):
        new = since == chapter
        return {"color": NEW if new else OLD, "linewidth": 3 if new else 1.3}

    places = {x: ROWS[x][: size(x, chapter)] for x in ROWS}
    layers = [x for x in ROWS if places[x]]
    for below, above in pairwise(layers):
        for (i, y), (j, top) in product(
            enumerate(places[below]), enumerate(places[above])
        ):
            since = max(came(below, i), came(above, j), 4 * (below == DEEPER))
            axes.plot([below, above], [y, top], **look(since), zorder=1)
    for x in layers:
        for i, y in enumerate(places[x]):
            since = max(came(x, i), 1)
            face = "white" if since < chapter else "#CCE3F0"
            edge = look(since)
            axes.plot(x, y, "o", ms=17, mfc=face, mec=edge["color"],
                      mew=edge["linewidth"], zorder=2)  # fmt: skip
    for since, draw in PARTS.items():
        if since <= chapter:
            draw(axes, look(since))
    for since in range(1, chapter + 1):
        x, y, words = LABELS[since]
        new = since == chapter
        axes.text(x, y, f"{since:02} {words}", ha="center", va="center", zorder=3,
                  color=NEW if new else "black",
                  weight="bold" if new else "normal",
                  bbox={"fc": "white", "ec": "none", "pad": 1})  # fmt: skip
    return Picture(drawn, f"Chapter {chapter:02} adds {ADDS[chapter]}.")


def came(x, i):
    """Return the chapter that adds unit number i of the layer at x."""
    return {
        INPUTS: [1, 1],
        HIDDEN: [1, 2, 3, 3],
        DEEPER: [4, 4, 4],
        OUTPUTS: [2, 4, 4],
    }[x][i]


def size(x, chapter):
    """Return how many units the layer at x has after a chapter."""
    return sum(came(x, i) <= chapter for i in range(len(ROWS[x])))


def arrow(axes, start, end, look, bend=0.0):
    """Draw an arrow."""
    bent = f"arc3,rad={bend}"
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=16,
            connectionstyle=bent,
            **look,
        )
    )


def forward_and_back(axes, look):
    """Draw the cost, the way to it, and the way back."""
    axes.add_patch(Rectangle((8.6, 2.5), 0.95, 0.8, fc="white", ec=look["color"],
                             lw=look["linewidth"]))  # fmt: skip
    axes.text(9.08, 2.9, "cost", ha="center", va="center")
    arrow(axes, (7.9, 2.9), (8.6, 2.9), look)
    arrow(axes, (2.4, 5.2), (9.0, 5.2), look)
    arrow(axes, (9.0, 0.6), (2.4, 0.6), look)


def examples(axes, look):
    """Draw columns of numbers, one behind the other."""
    for k in range(3):
        axes.add_patch(Rectangle((1.55 - 0.22 * k, 2.0 + 0.12 * k), 0.4, 1.7,
                                 fc="white", ec=look["color"],
                                 lw=look["linewidth"], zorder=2 - 0.1 * k))  # fmt: skip


def dots(axes, look):
    """Draw the layers that are left out."""
    axes.add_patch(Rectangle((4.72, 2.6), 0.56, 0.6, color="white", zorder=2))
    axes.plot([4.8, 5.0, 5.2], [2.9] * 3, "o", ms=6, color=look["color"], zorder=3)


def measure(axes, look):
    """Draw a ruler on the way back."""
    for k in range(7):
        axes.plot([6.3 + 0.3 * k] * 2, [0.6, 0.8 if k % 3 else 0.95], **look)


def step(axes, look):
    """Draw the update: from the slopes to the weights."""
    arrow(axes, (2.3, 0.55), (2.9, 1.9), look, bend=-0.5)


def slopes(axes, look):
    """Draw slopes of one size on the way back."""
    for k in range(4):
        axes.plot([3.4 + 0.6 * k] * 2, [0.42, 0.78], **look)


def digit(axes, look):
    """Draw a one, pixel by pixel."""
    for row, line in enumerate([".#.", "##.", ".#.", ".#.", "###"]):
        for column, ink in enumerate(line):
            axes.add_patch(Rectangle((0.0 + 0.24 * column, 3.0 - 0.24 * row),
                                     0.24, 0.24, ec=look["color"],
                                     fc=look["color"] if ink == "#" else "white",
                                     lw=1))  # fmt: skip


def better(axes, look):
    """Draw a path that swings into a valley."""
    x = [2.4, 2.6, 2.8, 2.98, 3.13, 3.25]
    axes.plot(x, [0.3, -0.1, 0.2, 0.0, 0.13, 0.08], "o-", ms=4, **look)


PARTS = {
    2: forward_and_back,
    3: examples,
    5: dots,
    6: measure,
    7: step,
    8: slopes,
    9: digit,
    10: better,
}
