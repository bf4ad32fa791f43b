"""Pictures are made of what was approved: lines, colours, places, words.

See `approval`. A picture of matplotlib is written down artist by artist.
"""

import re

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import Collection
from matplotlib.colors import to_hex
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from approval import assert_approved, assert_no_others, say
from nnteach import activations, data, deep, two_layer
from nnteach.draw import plots, stepper
from nnteach.draw.course_map import course_map
from nnteach.draw.picture import enlarge
from nnteach.training import Run
from nnteach.worked_example import EXAMPLE, Example

# ------------------------------------------------------------------------- as text


def colour(value):
    """Return one colour or several as text, with what shines through."""
    rows = np.atleast_2d(mpl.colors.to_rgba_array(value))
    return " ".join(dict.fromkeys(to_hex(row, keep_alpha=True) for row in rows))


def corners(one):
    """Return the corners of a patch, or of what a collection draws."""
    if isinstance(one, Patch):
        return one.get_patch_transform().transform(one.get_path().vertices)
    return np.vstack([[0, 0], *(path.vertices for path in one.get_paths())])


PARTS = {  # kind of artist: what of it is looked at
    Line2D: "xdata ydata color linestyle linewidth marker markersize markeredgewidth "
    "markerfacecolor markeredgecolor clip_on label",
    Text: "text position color weight size ha va",
    Collection: "corners sizes offsets facecolor edgecolor linewidth hatch label",
    AxesImage: "extent array interpolation",
    Patch: "corners facecolor edgecolor linewidth hatch",
}


def of_artist(one):
    """Return the line that describes one artist."""
    names = next(names for kind, names in PARTS.items() if isinstance(one, kind))
    said = [type(one).__name__]
    for name in names.split():
        get = corners if name == "corners" else getattr(type(one), f"get_{name}", None)
        value = get(one) if get else None
        said.append(f"{name} {colour(value) if 'color' in name else say(value)}")
    box = one.get_bbox_patch() if isinstance(one, Text) else None
    if box:
        said.append(f"box {colour(box.get_facecolor())} {colour(box.get_edgecolor())}")
    if hasattr(one, "xyann"):
        said.append(f"beside {say(one.xyann)}")
    return f"  {', '.join(said)}, zorder {one.get_zorder():g}, alpha {one.get_alpha()}"


def of_axes(axes):
    """Return the lines that describe one part of a figure."""
    yield f"axes at {say(axes.get_position().bounds)}, {axes.get_aspect()}"
    for axis in (axes.xaxis, axes.yaxis):
        low, high = axis.get_view_interval()
        ticks = [text.get_text() for text in axis.get_ticklabels()]
        places = say([*axis.get_ticklocs(), *axis.get_ticklocs(minor=True)])
        label = axis.label
        yield (
            f"  {axis.axis_name} {low:.5g} to {high:.5g}, {axis.get_scale()}, "
            f"{label.get_text()!r} at {say(label.get_position())}, "
            f"shown {axis.get_visible() and axes.axison}, ticks {places}: {ticks}"
        )
    spines = [name for name, spine in axes.spines.items() if spine.get_visible()]
    yield f"  title {axes.get_title('left')!r}, spines {' '.join(spines)}"
    of_frame = {*axes.spines.values(), axes.patch, axes.title, axes._left_title}
    for one in axes.get_children():
        if isinstance(one, tuple(PARTS)) and one not in (*of_frame, axes._right_title):
            yield of_artist(one)
    if legend := axes.get_legend():
        box, look = legend.get_bbox_to_anchor(), legend.get_frame()
        place = box.transformed(axes.transAxes.inverted()).bounds
        texts = [text.get_text() for text in legend.get_texts()]
        frame = colour(look.get_facecolor()) if legend.get_frame_on() else "none"
        yield (
            f"  legend {texts}, loc {legend._loc}, at {say(place)}, frame {frame} "
            f"{look.get_alpha()}, columns {legend._ncols}, pads {legend.borderaxespad} "
            f"{legend.columnspacing} {legend.handlelength} {legend.handletextpad}"
        )


def described(picture):
    """Return what a picture is made of, line by line."""
    if isinstance(picture.figure, str):
        return picture.svg().replace("><", ">\n<") + "\n"
    sizes = say([*picture.figure.get_size_inches(), picture.figure.dpi])
    lines = [f"figure {sizes}", picture.sentence]
    for axes in picture.figure.axes:
        lines += of_axes(axes)
    # 0.30000000000000004 has no place in a text that every machine writes alike
    return (
        re.sub(r"\d\.\d{9,}", lambda x: f"{float(x[0]):.6g}", "\n".join(lines)) + "\n"
    )


# ----------------------------------------------------------------------- pictures

X, Y = data.flower(40)
STEPS = np.arange(400)
PARAMETERS = two_layer.initialize_parameters(2, 3, 1, rng=1)
CLASSES = deep.Network(deep.architecture([2, 4, 3]))
OF_CLASSES = CLASSES.initialize_parameters(rng=2)
FALLING = Run({}, 0.1 + 0.6 * 0.99**STEPS, 0.5, None)
LOST = Run({}, np.array([0.7, 0.9, 3, np.inf, np.inf]), 9, 3)
MANY = Run(
    {},
    np.array([np.full(6, 0.9), [0.9, 0.8, 0.4, 0.6, np.inf, np.inf]]),
    np.array([0.01, 0.1, 1, 2, 5, 10]),
    np.array([-1, -1, -1, -1, 1, 1]),
)
TWO_OUTPUTS = Example(
    x=[0.5, -1], y=[0.2, 0.9], W1=[[0.3, -2], [1, 0.1]], b1=[0.1, -0.2],
    W2=[[0.4, -0.6], [2.5, 1]], b2=[0, 0.3], learning_rate=0.5,
)  # fmt: skip
RAMP = np.linspace(-3, 3, 31)
VALLEY = (RAMP**2 + 4 * RAMP[:, None] ** 2) / 10
IMAGES = np.linspace(-1, 1, 7 * 64).reshape(7, 8, 8)
SHARES = {"training": STEPS[:30] / 30, "validation": STEPS[:30] / 40}
ERRORS = {"training": 2 * 0.9 ** STEPS[:30], "validation": 2 * 0.95 ** STEPS[:30]}
DEEP = {name: 10.0 ** -np.arange(12, 0, -1) * k for k, name in enumerate("abc", 1)}


def beside():
    """Return two pictures in the parts of one figure."""
    figure, (left, right) = plots.figure(columns=2)
    first = plots.network([2, 3, 1], axes=left)
    second = plots.decision_boundary(two_layer, PARAMETERS, X, Y, axes=right)
    return plots.Picture(figure, f"{first.sentence} {second.sentence}")


def projected():
    """Return a picture as it is with a projector."""
    enlarge(1.35)
    try:
        return plots.cost_curves([FALLING, LOST])
    finally:
        enlarge(1)


PICTURES = {
    "cost curves": lambda: plots.cost_curves([FALLING, LOST]),
    "cost curves, projected": projected,
    "cost curves, logarithmic": lambda: plots.cost_curves(FALLING, log=True),
    "cost curves of many rates": lambda: plots.cost_curves(MANY),
    "costs by rate": lambda: plots.costs_by_rate(MANY),
    "learning curves": lambda: plots.learning_curves(ERRORS, SHARES, mark=12),
    "learning curves, one epoch": lambda: plots.learning_curves(
        {"training": [0.7]}, {"training": [0.5]}
    ),
    "decision boundary": lambda: plots.decision_boundary(
        CLASSES, OF_CLASSES, *data.spirals(30), title="At the start"
    ),
    "network": lambda: plots.network([2, 25, 1]),
    "network with values": lambda: plots.network(
        [EXAMPLE.x, [0.5523, 0.5781], [0.665074]], [EXAMPLE.W1, EXAMPLE.W2],
        cost="cost 0.0136", highlight="W2",
    ),
    "two parts": beside,
    "activation and slope": lambda: plots.activation_and_slope(
        activations.tanh, activations.tanh_derivative, 0.5, "tanh"
    ),
    "step and slope": lambda: plots.activation_and_slope(
        activations.relu, activations.relu_derivative, -2, "relu"
    ),
    "gradient sizes": lambda: plots.gradient_sizes(DEEP),
    "cost surface": lambda: plots.cost_surface(
        VALLEY, RAMP, RAMP, [[2.5, 1, 0.43219], [1, -0.5, 0.2]]
    ),
    "confusion matrix": lambda: plots.confusion_matrix(
        [0] * 30 + [1, 1, 2, 2, 2], [0] * 29 + [1, 1, 0, 2, 2, 1], ["one", "two", "all"]
    ),
    "images": lambda: plots.image_grid(IMAGES, "abcdefg", columns=4),
    "images of ink": lambda: plots.image_grid(IMAGES[4:]),
    "reading": lambda: plots.reading(
        np.linspace(0, 1, 64), [np.arange(24), np.arange(10)], np.arange(10) / 45, 8
    ),
    "reading, unknown": lambda: plots.reading(
        np.zeros(64), [np.arange(9)], np.arange(10) / 45
    ),
    "map 10": lambda: course_map(10),
    "map 4": lambda: course_map(4),
    **{
        f"stepper, {label}": lambda label=label: stepper.frames(EXAMPLE)[label]
        for label in ("tour 3 of 4", "6 of 18", "12 of 18", "15 of 18")
    },
    "two outputs": lambda: stepper.frames(TWO_OUTPUTS)["18 of 18"],
    "hill": lambda: stepper.hill(EXAMPLE, 2),
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_made_of_what_was_approved(name):
    assert_approved("pictures", name, described(PICTURES[name]()))


def test_no_other_picture_is_approved():
    assert_no_others("pictures", PICTURES)
