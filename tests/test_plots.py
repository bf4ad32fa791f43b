"""Pictures: their sentences, their SVG, what can be told apart in them."""

import html
import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import matplotlib.colors
import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.backend_bases import FigureCanvasBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image
from traitlets.config import Config

from nnteach import activations, data, two_layer, worked_example
from nnteach.draw import picture, plots
from nnteach.draw.course_map import course_map
from nnteach.draw.picture import CLASSES, COLOURS, SERIES, Picture
from nnteach.training import Run

X, Y = data.flower(40)
PARAMETERS = two_layer.initialize_parameters(2, 3, 1, rng=1)
SPIRAL_X, SPIRAL_Y = data.spirals(30)
IDENTITY = SimpleNamespace(
    forward_propagation=lambda X, parameters: (parameters @ X, {})
)
EXAMPLE = worked_example.EXAMPLE


def run(costs, rate=0.5, diverged_at=None):
    return Run({}, np.array(costs, float), rate, diverged_at)


FALLING = run([0.693147, 0.5, 0.218612])
LOST = run([0.7, 3.0, np.inf, np.inf], rate=9, diverged_at=2)
MANY = Run(
    {},
    np.array([[1.0] * 6, [0.9, 0.8, 0.4, 0.6, 2, np.inf]]),
    np.array([0.01, 0.1, 1, 2, 5, 10]),
    np.array([-1, -1, -1, -1, -1, 1]),
)

# One of each kind: what is drawn, and the sentence that must come out.
KINDS = {
    "one falling": (
        lambda: plots.cost_curves(FALLING),
        "The cost falls from 0.6931 to 0.2186 in 2 steps.",
    ),
    "ten thousand steps": (
        lambda: plots.cost_curves(run(np.linspace(0.693147, 0.2186, 10_001))),
        "The cost falls from 0.6931 to 0.2186 in 10,000 steps.",
    ),
    "one step up": (
        lambda: plots.cost_curves(run([0.5, 0.75])),
        "The cost rises from 0.5 to 0.75 in 1 step.",
    ),
    "flat": (
        lambda: plots.cost_curves(run([0.5, 0.5, 0.5])),
        "The cost stays at 0.5 for 2 steps.",
    ),
    "diverged": (
        lambda: plots.cost_curves(LOST),
        "The cost starts at 0.7 and diverges at step 2.",
    ),
    "batches": (
        lambda: plots.cost_curves(replace(FALLING, updates=45)),
        "The cost falls from 0.6931 to 0.2186 in 2 passes.",
    ),
    "batches, diverged": (
        lambda: plots.cost_curves(replace(LOST, updates=45)),
        "The cost starts at 0.7 and diverges at pass 2.",
    ),
    "two runs": (
        lambda: plots.cost_curves([FALLING, LOST]),
        "Learning rate 0.5: the cost falls from 0.6931 to 0.2186 in 2 steps; "
        "learning rate 9: the cost starts at 0.7 and diverges at step 2.",
    ),
    "many rates": (
        lambda: plots.cost_curves(MANY),
        "6 cost curves, learning rate 0.01 to learning rate 10. The lowest after 1 "
        "step is 0.4, with learning rate 1; runs that diverge: 1.",
    ),
    "by rate": (
        lambda: plots.costs_by_rate(MANY),
        "Of 6 learning rates, 0.01 to 10, 1 gives the lowest cost, 0.4, after 1 step. "
        "Runs that diverge: 1, from 10 on.",
    ),
    "boundary": (
        lambda: plots.decision_boundary(two_layer, PARAMETERS, X, Y),
        None,
    ),
    "boundary, three classes": (
        lambda: plots.decision_boundary(
            IDENTITY, np.ones((3, 2)) / 9, SPIRAL_X, SPIRAL_Y, title="At the start"
        ),
        "At the start: the network puts 33.3 % of the 30 points into their own class.",
    ),
    "course map": (
        lambda: course_map(10),
        "Chapter 10 adds better steps than the plain one.",
    ),
    "architecture": (
        lambda: plots.network([2, 25, 1]),
        "A network with 2 inputs, 25 hidden units and 1 output: "
        "101 weights and biases.",
    ),
    "values": (
        lambda: plots.network(
            [EXAMPLE.x, [0.5523, 0.5781], [0.665074]],
            [EXAMPLE.W1, EXAMPLE.W2],
            cost="cost 0.0136",
            highlight="W2",
        ),
        "The network turns the inputs 0.35, 0.7 into the output 0.6651.",
    ),
    "activation": (
        lambda: plots.activation_and_slope(
            activations.tanh, activations.tanh_derivative, 0.5, "tanh"
        ),
        "At z = 0.5, tanh is 0.4621 and its slope is 0.7864.",
    ),
    "gradients": (
        lambda: plots.gradient_sizes(
            {
                "tanh": {
                    "dW1": np.full((2, 2), -1e-5),
                    "db1": 9,
                    "dW2": np.full((1, 2), 0.1),
                }
            }
        ),
        "Mean size of dW. tanh: 0.1 in layer 2, 1e−05 in layer 1.",
    ),
    "surface": (
        lambda: plots.cost_surface(
            np.add.outer(np.arange(-2, 3.0) ** 2, np.arange(-3, 4.0) ** 2),
            np.arange(-3, 4),
            np.arange(-2, 3),
            [[2, 1, 0.5], [2, 1, 0.5]],
        ),
        "The cost is lowest, 0, at w1 = 0 and w2 = 0; 2 steps lead from (2, 2) to "
        "(0.5, 0.5). Darker is lower.",
    ),
    "confusion": (
        lambda: plots.confusion_matrix([0, 1, 1, 2, 2], [0, 1, 2, 1, 1]),
        "2 of 5 are right (40 %); the largest number of mistakes: 2 read as 1 (2).",
    ),
    "images": (
        lambda: plots.image_grid(np.eye(8)[None].repeat(3, 0), ["1", "2", "3"]),
        "3 images, each of 8 by 8 pixels: 1, 2, 3.",
    ),
    "reading": (
        lambda: plots.reading(
            np.eye(8), [np.arange(12) / 4, np.eye(6)[2]], np.eye(10)[8] * 0.5, true=3
        ),
        "A written 3, read as an 8 with probability 0.50; the 3 gets 0.00.",
    ),
    "learning curves": (
        lambda: plots.learning_curves(
            {"training": [2, 1, 0.5], "validation": [2, 1.2, 1.3]},
            {"training": [0.1, 0.8, 1], "validation": [0.1, 0.6, 0.7]},
            mark=1,
        ),
        "After 2 epochs: cost 0.5 (training), 1.3 (validation); share right "
        "1 (training), 0.7 (validation). The line marks epoch 1.",
    ),
}
every_kind = pytest.mark.parametrize(
    "draw", [draw for draw, _ in KINDS.values()], ids=KINDS
)


@pytest.mark.parametrize("draw, sentence", KINDS.values(), ids=KINDS)
def test_the_sentence_says_what_the_data_say(draw, sentence):
    if sentence is not None:
        assert draw().sentence == sentence


def test_the_accuracy_in_the_sentence_is_that_of_predict():
    right = 100 * np.mean(two_layer.predict(X, PARAMETERS) == Y)
    drawn = plots.decision_boundary(two_layer, PARAMETERS, X, Y)
    assert f"puts {plots.number(right, 3)} % of the 40 points" in drawn.sentence


# ------------------------------------------------------------------ SVG


@every_kind
def test_svg_is_one_described_element_with_every_reference_inside(draw):
    drawn = draw()
    svg = drawn.svg()
    root = ET.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == drawn.sentence
    assert "max-width:100%" in root.get("style")
    assert "<style" not in svg  # its rules would hold for the whole page
    ids = re.findall(r' id="([^"]+)"', svg)
    references = re.findall(r"url\(#([^)]+)\)|href=\"#([^\"]+)\"", svg)
    assert {a or b for a, b in references} <= set(ids)
    assert len(ids) == len(set(ids))


def test_the_same_picture_gives_the_same_svg_and_png():
    first, second = plots.cost_curves(FALLING), plots.cost_curves(FALLING)
    assert first.svg() == first.svg() == second.svg()
    assert first.png() == first.png() == second.png()


@pytest.mark.parametrize(
    "draw", [lambda: plots.network([5, 10, 10, 4]), KINDS["boundary"][0]]
)
def test_a_png_is_small_and_looks_like_what_was_drawn(draw):
    picture = draw()
    stored = Image.open(io.BytesIO(picture.png()))
    picture.figure.dpi = 144
    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    plain = io.BytesIO()
    drawn.save(plain, "png")
    assert len(picture.png()) < 0.4 * len(plain.getvalue())
    seen, meant = (np.asarray(i.convert("RGB")).astype(int) for i in (stored, drawn))
    assert np.abs(seen - meant).max() < 16
    assert (seen[(meant == 255).all(axis=-1)] == 255).all(), "white stays white"


def test_ids_of_different_pictures_do_not_clash():
    first, second = plots.cost_curves(FALLING), plots.cost_curves(LOST)
    ids = [set(re.findall(r' id="([^"]+)"', drawn.svg())) for drawn in (first, second)]
    assert ids[0]
    assert ids[1]
    assert not ids[0] & ids[1]


def texts(svg):
    """Yield size, x, y of every text of a picture."""
    for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        style = element.get("style")
        size = re.search(r"font(?:-size)?: (?:bold )?([\d.]+)px", style)
        at = re.search(
            r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform") or ""
        )
        x, y = at.groups() if at else (element.get("x"), element.get("y"))
        yield float(size[1]), float(x), float(y)


@every_kind
def test_every_text_is_at_least_11_pt_and_inside_the_picture(draw):
    drawn = draw()
    width, height = drawn.figure.get_size_inches() * 72
    found = list(texts(drawn.svg()))  # in the SVG, one px is one point
    assert found
    for size, x, y in found:
        assert size >= 11
        assert 0 <= x <= width
        assert 0 <= y <= height


def test_the_background_is_white_whatever_the_page_is():
    for drawn in (plots.cost_curves(FALLING), plots.network([2, 1])):
        assert drawn.figure.get_facecolor() == (1, 1, 1, 1)
        assert "fill: #ffffff" in drawn.svg()


# --------------------------------------------------------------- Picture


def test_html_says_the_sentence_twice_and_hides_nothing_in_it():
    drawn = plots.Picture(plots.figure()[0], 'W < 3 & "b" > 2.')
    bundle = drawn._repr_mimebundle_()
    assert bundle["text/plain"] == repr(drawn) == drawn.sentence
    escaped = html.escape(drawn.sentence)
    assert f'<img alt="{escaped}"' in bundle["text/html"]
    assert f"<figcaption>{escaped}</figcaption>" in bundle["text/html"]
    assert 'src="data:image/png;base64,iVBOR' in bundle["text/html"]


@pytest.mark.parametrize(
    "make, error, says",
    [
        (lambda: plots.Picture("figure", "It is."), TypeError, "plots.figure()"),
        (lambda: plots.Picture(plots.figure()[0], " "), ValueError, "sentence"),
        (lambda: plots.Picture(plots.figure()[0], None), ValueError, "sentence"),
        (
            lambda: plots.cost_curves([FALLING], ["a", "b"]),
            ValueError,
            "1 cost curves but 2",
        ),
        (
            lambda: plots.gradient_sizes({key: [1.0] for key in "abcde"}),
            ValueError,
            "5 series",
        ),
    ],
)
def test_misuse_is_explained(make, error, says):
    with pytest.raises(error, match=re.escape(says)):
        make()


def test_drawing_needs_no_pyplot():
    code = (
        "import sys; from nnteach import plots; plots.network([2, 1]).html(); "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_drawing_leaves_the_settings_of_the_reader_alone():
    before = dict(matplotlib.rcParams)
    plots.cost_curves(FALLING).svg()
    assert dict(matplotlib.rcParams) == before


def test_enlarging_makes_text_and_lines_larger_and_goes_back():
    normal = plots.cost_curves(FALLING).svg()
    try:
        picture.enlarge(1.5)
        large = plots.cost_curves(FALLING).svg()
    finally:
        picture.enlarge(1)
    sizes = [max(size for size, _, _ in texts(svg)) for svg in (normal, large)]
    assert sizes == [11, 16.5]
    assert "stroke-width: 2;" in normal
    assert "stroke-width: 3;" in large
    assert plots.cost_curves(FALLING).svg() == normal


# -------------------------------------------- nothing on top of anything


@pytest.fixture(params=[1, 1.35], ids=["normal", "projected"])
def _size(request):
    picture.enlarge(request.param)
    yield
    picture.enlarge(1)


def in_a_pair(draw):
    _, (left, _) = plots.figure(columns=2)
    return draw(axes=left, title="circles")


def surface(axes=None, title=None):
    return plots.cost_surface(np.eye(4), *2 * [range(4)], np.eye(2), axes=axes)


def boundary(axes=None, title=""):
    return plots.decision_boundary(two_layer, PARAMETERS, X, Y, axes=axes, title=title)


@pytest.mark.usefixtures("_size")
@pytest.mark.parametrize(
    "draw",
    [boundary, surface, lambda: in_a_pair(boundary), lambda: in_a_pair(surface)],
)
def test_the_legend_stands_beside_the_data_and_the_title(draw):
    drawn = draw().figure
    with plots.style():
        FigureCanvasAgg(drawn).draw()
    axes = drawn.axes[0]
    legend = axes.get_legend().get_window_extent()
    for other in (axes.bbox, axes.title.get_window_extent()):
        assert not (other.width and legend.overlaps(other))
    assert drawn.bbox.x0 <= legend.x0
    assert legend.x1 <= drawn.bbox.x1


@pytest.mark.usefixtures("_size")
@pytest.mark.parametrize("sizes", [[5, 10, 10, 4], [2, 25, 50, 50, 25, 1], [4, 4]])
def test_units_do_not_touch_and_many_leave_room_below_for_two_lines(sizes):
    drawn = plots.network(sizes).figure
    axes = drawn.axes[0]
    circles = [line for line in axes.lines if line.get_marker() == "o"]
    assert len(circles) == len(sizes)
    for units in circles:
        heights = axes.transData.transform(units.get_xydata())[:, 1] * 72 / drawn.dpi
        across = units.get_markersize() + units.get_markeredgewidth()
        assert np.all(-np.diff(heights) > across)
        text = 0.09 * 3.9 * 72 + 11 * picture.larger()  # as in chapters 04 and 05
        assert max(sizes) == 4 or heights.min() - across / 2 > text


# ---------------------------------------------------- axes that stay still


def boundary_after(rate):
    parameters = {name: rate * value for name, value in PARAMETERS.items()}
    return plots.decision_boundary(two_layer, parameters, X, Y)


def slope_at(z):
    return plots.activation_and_slope(
        activations.relu, activations.relu_derivative, z, "relu"
    )


@pytest.mark.parametrize(
    "frames",
    [
        [plots.cost_curves(run([0.7, end, 0.5])) for end in (0.1, 0.8, 50)],
        [boundary_after(rate) for rate in (0.1, 10, 1000)],
        [slope_at(z) for z in (-6, 0, 6)],
        [plots.gradient_sizes({"a": [10.0**-k, 0.1]}) for k in (1, 8, 40)],
        [
            plots.network([3, 2], [np.ones((2, 3))], highlight=part)
            for part in ("W1", "X")
        ],
    ],
    ids=["cost curves", "boundary", "slope", "gradients", "network"],
)
def test_axes_stay_where_they_are(frames):
    assert len({frame.axes_limits() for frame in frames}) == 1


def test_a_long_curve_is_drawn_with_few_points():
    svg = plots.cost_curves(run(np.cos(np.arange(100_000)) + 2)).svg()
    assert len(svg) < 20_000


def test_a_run_that_diverges_early_is_drawn_to_that_step():
    costs = np.full(10_001, np.inf)
    costs[:40] = np.linspace(0.5, 0.6, 40)
    drawn = plots.cost_curves(run(costs, diverged_at=40))
    assert list(drawn.figure.axes[0].lines[0].get_xdata()) == list(range(40))


def test_a_start_that_costs_nothing_is_drawn():
    zero = Run({}, np.zeros((3, 2)), np.array([0.1, 1]), np.array([-1, -1]))
    for draw in (plots.cost_curves, plots.costs_by_rate):
        assert draw(zero).figure.axes[0].get_ylim() == (0, 1)


def test_a_diverged_run_is_marked_within_the_axes():
    drawn = plots.cost_curves([FALLING, LOST])
    said = [text.get_text().strip() for text in drawn.figure.axes[0].texts]
    assert said == ["diverges at step 2"]


# ----------------------------------------------- legible for every reader


def simulated(kind):
    """Return how a colour looks with that kind of vision, or on a grey print."""
    if kind == "grey":

        def see(colour):
            lightness, _, hue = cspace_convert(colour, "sRGB1", "JCh")
            return np.clip(cspace_convert([lightness, 0, hue], "JCh", "sRGB1"), 0, 1)

        return see
    space = {"name": "sRGB1+CVD", "cvd_type": kind, "severity": 100}
    return lambda colour: np.clip(cspace_convert(colour, space, "sRGB1"), 0, 1)


VISION = ["protanomaly", "deuteranomaly", "tritanomaly", "grey"]


def contrast(one, other):
    """Return the contrast ratio of the Web Content Accessibility Guidelines 2.1."""
    linear = np.array([one, other])
    linear = np.where(
        linear <= 0.04045, linear / 12.92, ((linear + 0.055) / 1.055) ** 2.4
    )
    dark, light = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return (light + 0.05) / (dark + 0.05)


def rgb(colour):
    return np.array(matplotlib.colors.to_rgb(colour))


@pytest.mark.parametrize("colour, _", SERIES)
def test_lines_stand_out_from_white(colour, _):
    white = np.ones(3)
    assert contrast(rgb(colour), white) >= 3
    for kind in VISION:
        assert contrast(simulated(kind)(rgb(colour)), white) >= 2.8


@pytest.mark.parametrize("kind", VISION)
@pytest.mark.parametrize("group", [SERIES, CLASSES], ids=["lines", "points"])
def test_colours_used_together_are_told_apart(kind, group):
    see, enough = simulated(kind), 6 if kind == "grey" else 10
    for (one, _), (other, _) in combinations(group, 2):
        # In CAM02-UCS a difference of 1 is just noticeable side by side.
        apart = deltaE(see(rgb(one)), see(rgb(other)), input_space="sRGB1")
        assert apart >= enough, f"{one} and {other}: {apart:.1f}"


@pytest.mark.parametrize("kind", [None, *VISION])
@pytest.mark.parametrize("sure", [0.34, 1])
def test_the_regions_of_three_classes_can_be_told_apart(kind, sure):
    chance = np.full((3, 1, 3), (1 - sure) / 2)
    chance[range(3), 0, range(3)] = sure
    colours = np.array([rgb(colour) for colour, _ in CLASSES[:3]])
    see = simulated(kind) if kind else np.array
    for one, other in combinations(plots._tinted(colours, chance)[0], 2):
        assert deltaE(see(one), see(other), input_space="sRGB1") > 6


@pytest.mark.parametrize(("name", "gaps"), [("tanh", 0), ("relu", 1)])
def test_no_line_leads_across_a_jump_of_the_slope(name, gaps):
    _, axes = plots.figure(columns=2)
    plots.activation_and_slope(*activations.ACTIVATIONS[name], 1, name, axes=axes)
    assert np.isnan(axes[1].lines[0].get_ydata()).sum() == gaps


@pytest.mark.parametrize("larger", [1, 1.5])
def test_no_two_units_of_a_large_layer_meet(larger):
    picture.enlarge(larger)
    try:
        drawn = plots.network([5, 10, 10, 4], cost="cost").figure
    finally:
        picture.enlarge(1)
    axes = drawn.axes[0]
    for line in axes.lines:
        apart = np.diff(axes.transData.transform(line.get_xydata())[:, 1])
        size = line.get_markersize() * drawn.dpi / 72
        assert np.abs(apart).min() > size


@pytest.mark.parametrize("group", [SERIES, CLASSES], ids=["lines", "points"])
def test_a_second_cue_tells_them_apart_too(group):
    assert len({cue for _, cue in group}) == len({colour for colour, _ in group})
    assert {colour for colour, _ in group} <= set(COLOURS.values())


def test_the_drawn_lines_and_points_have_that_second_cue():
    runs = [run([1, 0.5], rate) for rate in (1, 2, 3, 4)]
    drawn = plots.cost_curves(runs).figure.axes[0]
    assert len({line.get_linestyle() for line in drawn.lines}) == 4
    assert len(drawn.get_legend().get_texts()) == 4
    parameters = np.ones((3, 2)) / 9
    drawn = plots.decision_boundary(IDENTITY, parameters, SPIRAL_X, SPIRAL_Y)
    markers = {line.get_marker() for line in drawn.figure.axes[0].lines}
    assert len(markers) == 3


@pytest.mark.parametrize("share", np.linspace(0.05, 1, 20))
def test_numbers_in_the_confusion_matrix_are_legible(share):
    right = round(100 * share)
    true, predicted = np.zeros(100), np.arange(100) >= right
    drawn = plots.confusion_matrix(true, predicted, ["a", "b"]).figure.axes[0]
    field = drawn.images[0].get_array()[0, 0]
    assert contrast(rgb(drawn.texts[0].get_color()), field) >= 4.5


def test_a_cell_run_again_lets_go_of_the_picture_it_left_in_out(monkeypatch):
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    shell.get_parent = lambda: {"metadata": {"cellId": shell.cell}}
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    shell.run_cell("from nnteach import plots", store_history=True)
    for shell.cell, code in (
        ("first", "plots.network([2, 4, 1])"),
        ("second", "5"),
        ("second", "6"),
        ("first", "plots.network([2, 4, 1])"),
        ("third", "plots.network([2, 3, 1])"),
    ):
        shell.run_cell(code, store_history=True)
    left = {n: type(each) for n, each in shell.user_ns["_oh"].items()}
    assert left == {3: int, 4: int, 5: Picture, 6: Picture}
    assert [f"_{n}" in shell.user_ns for n in range(2, 7)] == [False] + [True] * 4
    assert "_2" not in shell.user_ns_hidden


def test_a_picture_drawn_in_pixels_keeps_none_of_them():
    picture = plots.network([2, 4, 1])
    picture.png()
    assert type(picture.figure.canvas) is FigureCanvasBase
