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

from nnteach import activations, data, three_layer, two_layer, worked_example
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
    np.array([[1.0] * 6, [0.9, 0.8, 0.4, 0.6, np.inf, np.inf]]),
    np.array([0.01, 0.1, 1, 2, 5, 10]),
    np.array([-1, -1, -1, -1, 1, 1]),
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
        "step is 0.4, with learning rate 1; runs that diverge: 2.",
    ),
    "by rate": (
        lambda: plots.costs_by_rate(MANY),
        "Of 6 learning rates, 0.01 to 10, 1 gives the lowest cost, 0.4, after 1 step. "
        "Runs that diverge: 2, from 5 on.",
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


MISTAKES = [
    ([0, 1], [0, 1], "2 of 2 are right (100 %)."),
    ([0, 1], [1, 0], "mistakes: 0 read as 1 and 1 read as 0 (1 each)."),
    ([0, 0, 1, 1, 2], [1, 1, 0, 0, 0], "0 read as 1 and 1 read as 0 (2 each)."),
    ([0, 1, 2, 3], [1, 2, 3, 0], "; no mistake comes more than once."),
    ([0, 1, 2, 3] * 2, [1, 2, 3, 0] * 2, "; no mistake comes more than 2 times."),
    ([[0, 1]], np.array([[0.0, 1.0]]), "2 of 2 are right (100 %)."),
    (1, np.int64(1), "1 of 1 are right (100 %)."),
]


@pytest.mark.parametrize("true, predicted, ends", MISTAKES)
def test_no_mistake_is_called_the_largest_where_another_is_as_large(
    true, predicted, ends
):
    assert plots.confusion_matrix(true, predicted).sentence.endswith(ends)


ZIGZAG = replace(MANY, diverged_at=np.array([-1, 1, -1, 1, -1, 1]))
SAID = [  # what is drawn, and what of it is said
    (lambda: plots.costs_by_rate(ZIGZAG), "that diverge: 3, the lowest at 0.1."),
    (
        lambda: plots.cost_curves(replace(MANY, diverged_at=np.ones(6, int))),
        "6 cost curves, learning rate 0.01 to learning rate 10. All of them diverge.",
    ),
    (lambda: plots.cost_curves(run([0.69582, 0.69576])), "from 0.69582 to 0.69576 in"),
    (lambda: plots.cost_curves(run([0.5, 0.5 - 1e-12])), "The cost stays at 0.5 for"),
    (
        lambda: plots.cost_curves(run([np.inf] * 3, diverged_at=0)),
        "The cost starts at inf and diverges at step 0.",
    ),
    (
        lambda: plots.learning_curves({"a": [9, 7, 5]}, {"a": [0.1, 0.2]}),
        "After 2 epochs: cost 5 (a); after 1 epoch: share right 0.2 (a).",
    ),
    (
        lambda: plots.confusion_matrix([0, 1], [0, 0], np.array(["cat", "dog"])),
        "mistakes: dog read as cat (1).",
    ),
    (lambda: boundary(names=np.array(["a", "b"])), "of the 40 points"),
    (
        lambda: plots.decision_boundary(
            two_layer, PARAMETERS, X, np.concatenate([1 - Y, Y])
        ),
        plots.decision_boundary(two_layer, PARAMETERS, X, Y).sentence,
    ),
]


@pytest.mark.parametrize("draw, says", SAID)
def test_what_is_said_is_true(draw, says):
    assert says in draw().sentence


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


@pytest.fixture(params=[1, 1.35], ids=["normal", "projected"])
def _size(request):
    picture.enlarge(request.param)
    yield
    picture.enlarge(1)


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


@pytest.mark.usefixtures("_size")
@every_kind
def test_all_of_it_is_inside_the_picture(draw):
    drawn = draw().figure
    with plots.style():
        box = drawn.get_tightbbox()
    width, height = drawn.get_size_inches()
    assert 0 <= box.x0 < box.x1 <= width
    assert 0 <= box.y0 < box.y1 <= height


@pytest.mark.usefixtures("_size")
@pytest.mark.parametrize("columns, rows", [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2)])
@pytest.mark.parametrize("title", [True, False])
def test_axes_and_their_texts_have_room(columns, rows, title):
    drawn, axes = plots.figure(columns=columns, rows=rows, title=title)
    assert np.shape(axes) == tuple(n for n in (rows, columns) if n > 1)
    for one in np.ravel(axes):
        one.set(xlim=(0, 10_000), ylim=(0, 10_000), xlabel="step", ylabel="cost")
        one.set_xticks([0, 5000], ["0", "5,000"])
        one.set_yticks([0, 10_000], ["0", "0.2186"])
        if title and rows == 1:
            one.set_title("circles")
        spines = {side for side, spine in one.spines.items() if spine.get_visible()}
        assert spines == {"left", "bottom"}
        assert not one.xaxis.get_gridlines()[0].get_visible()
    with plots.style():
        drawn.draw_without_rendering()
        boxes = [one.get_tightbbox() for one in np.ravel(axes)]
    assert not [a for a, b in combinations(boxes, 2) if a.overlaps(b)]
    for one, box in zip(np.ravel(axes), boxes, strict=True):
        assert drawn.bbox.x0 <= box.x0 <= box.x1 <= drawn.bbox.x1
        assert drawn.bbox.y0 <= box.y0 <= box.y1 <= drawn.bbox.y1
        for axis in (one.xaxis, one.yaxis):
            label = axis.label.get_window_extent()
            ticks = [text.get_window_extent() for text in axis.get_ticklabels()]
            assert not [tick for tick in ticks if tick.overlaps(label)]
        # Most of the picture is for what is drawn.
        share = one.bbox.width * one.bbox.height / drawn.bbox.width / drawn.bbox.height
        assert share * rows * columns > 0.3


def test_columns_have_the_widths_that_are_asked_for():
    _, (left, right) = plots.figure(columns=2, widths=(1, 3))
    assert right.bbox.width == pytest.approx(3 * left.bbox.width)


def test_a_png_has_more_pixels_than_it_takes_in_the_page():
    drawn = plots.cost_curves(FALLING)
    [width] = re.findall(r'<img [^>]*width="(\d+)"', drawn.html())
    stored = Image.open(io.BytesIO(drawn.png()))
    inches = drawn.figure.get_size_inches()
    assert stored.width == 1.5 * int(width)
    assert stored.width / stored.height == pytest.approx(inches[0] / inches[1], 0.01)
    assert f"--aspect:{inches[0] / inches[1]:.4f};" in drawn.svg()
    assert Image.open(io.BytesIO(drawn.png(72))).width == int(72 * inches[0])


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


ONE_HOT = np.eye(3)
SPIRAL = three_layer, three_layer.initialize_parameters(2, 3, 3, 3, rng=0), SPIRAL_X
STACKED = {name: np.stack([value] * 3) for name, value in PARAMETERS.items()}
GRADS = {"dW1": np.ones((3, 2)), "db1": np.ones((3, 1))}
W1, W2 = PARAMETERS["W1"], PARAMETERS["W2"]
TWO = {"a": [2, 1]}, {"a": [0, 1]}
REFUSED = [  # a kind of picture, its arguments, and what the error says
    (plots.confusion_matrix, (ONE_HOT, ONE_HOT), {},
     "(3, 3) from 0 to 1. Try true.argmax(axis=0), or (true > 0.5).astype(int)."),
    (plots.confusion_matrix, ([-1, 1], [-1, 1]), {}, "(2,) from -1 to 1"),
    (plots.confusion_matrix, ([0, 1], [0.2, 0.9]), {}, "predicted: expected a row of"),
    (plots.confusion_matrix, ([0, 1, 1], [1]), {}, "expected 3 class numbers, one"),
    (plots.confusion_matrix, (["a"], ["a"]), {}, "true: expected numbers"),
    (plots.confusion_matrix, ([], []), {}, "true: expected at least one number"),
    (plots.confusion_matrix, ([0, 2], [0, 2], ["a", "b"]), {}, "expected 3 names"),
    (plots.decision_boundary, (two_layer, PARAMETERS, X, 2 * Y - 1), {},
     "(1, 40) from -1 to 1. Try (Y + 1) / 2."),
    (plots.decision_boundary, (two_layer, PARAMETERS, X, Y + 1), {}, "wanted_class"),
    (plots.decision_boundary, (two_layer, PARAMETERS, X, ONE_HOT[:, [0] * 40]), {},
     "Try a network with 3 outputs."),
    (plots.decision_boundary, (*SPIRAL, SPIRAL_Y.argmax(axis=0)[None]), {},
     "Y: expected one-hot labels in 3 rows"),
    (plots.decision_boundary, (*SPIRAL, 2 * SPIRAL_Y), {}, "Try data.one_hot("),
    (plots.decision_boundary, (two_layer, STACKED, X, Y), {}, "run[k].parameters"),
    (plots.decision_boundary, (two_layer, PARAMETERS, X, Y), {"names": ["a"]},
     "names: expected 2 names, got 1"),
    (plots.costs_by_rate, (FALLING,), {}, "many learning rates, got a Run"),
    (plots.costs_by_rate, ([FALLING],), {}, "rates, got a list. Try train("),
    (plots.costs_by_rate, (replace(MANY, learning_rate=np.arange(6, 0, -1)),), {},
     "Try learning_rate=np.sort(rates)."),
    (plots.costs_by_rate, (MANY,), {"ylim": 1}, "ylim: expected two numbers"),
    (plots.cost_curves, (FALLING.costs,), {},
     "runs: expected a Run or a list of Runs, got an array of shape (3,)"),
    (plots.cost_curves, (PARAMETERS,), {}, "got a dictionary"),
    (plots.cost_curves, ([FALLING, 0.5],), {}, "got 0.5"),
    (plots.cost_curves, ([],), {}, "got an empty list"),
    (plots.cost_curves, (FALLING,), {"ylim": 1}, "got 1. Try ylim=(0, 1)."),
    (plots.cost_curves, (FALLING,), {"ylim": (0, 1), "log": True}, "above 0"),
    (plots.cost_curves, (FALLING,), {"axes": plots.figure()}, "got a tuple"),
    (plots.network, ([2, 1],), {"axes": plots.figure(columns=2)[1]}, "Try axes=left"),
    (plots.learning_curves, ([2, 1], [0, 1]), {}, 'Try {"training": costs}.'),
    (plots.learning_curves, ({}, {}), {}, "got an empty one"),
    (plots.learning_curves, ({"a": [1, 2], "b": [1]}, TWO[1]), {}, "as many in each"),
    (plots.learning_curves, TWO, {"mark": 2}, "expected an epoch from 0 to 1, got 2"),
    (plots.learning_curves, (TWO[0], {"a": [20, 90]}), {}, "from 0 to 1, got 90"),
    (plots.image_grid, (np.ones((64, 6)),), {},
     "got an array of shape (64, 6). Try X.T.reshape(-1, 8, 8)."),
    (plots.image_grid, (np.ones((6, 64)),), {}, "Try X.reshape(-1, 8, 8)."),
    (plots.image_grid, (np.ones((8, 8)),), {}, "Try images[None] for one image"),
    (plots.image_grid, ([],), {}, "images: expected at least one number"),
    (plots.image_grid, (np.ones((2, 8, 8)), ["a"]), {}, "expected 2 titles"),
    (plots.gradient_sizes, (GRADS,), {}, 'Try {"my network": grads}.'),
    (plots.gradient_sizes, ({"a": PARAMETERS},), {}, "got the keys W1, b1, W2, b2"),
    (plots.gradient_sizes, ({"a": [[1, 2]]},), {}, "or a row of means"),
    (plots.gradient_sizes, ({},), {}, "series: expected a dictionary"),
    (plots.gradient_sizes, ({"a": [1.0]},), {"ylim": (0, 1)}, "above 0"),
    (plots.network, ([2, 3, 1], PARAMETERS), {},
     'Try [weights["W1"], weights["W2"]].'),
    (plots.network, ([2, 3, 1], W1), {}, "the shapes (3, 2), (1, 3), got (2,)"),
    (plots.network, ([2, 3, 1], [W1.T, W2.T]), {}, "got (2, 3), (3, 1)"),
    (plots.network, ([2, 3, 1],), {"names": ["a"]}, "expected 3 names"),
    (plots.network, ([{"input_dim": 2}],), {}, "layers[0]: expected a whole number"),
    (plots.network, ([2, 3, 1],), {"highlight": "w1"}, "got 'w1'"),
    (plots.network, ([2, 3, 1],), {"highlight": ["X", "W3"]}, "got 'W3'. Try"),
    (plots.cost_surface, (np.eye(4), range(4), range(4), np.ones((5, 2))), {},
     "Try np.transpose(path)."),
    (plots.reading, (np.ones(64), [[1]], np.ones(10) / 10, -1), {}, "from 0 to 9"),
    (plots.reading, (np.ones(64), [[1]], np.full(10, 3)), {}, "chances: expected"),
]  # fmt: skip


@pytest.mark.parametrize("draw, given, more, says", REFUSED)
def test_what_would_give_a_false_picture_is_refused(draw, given, more, says):
    with pytest.raises((ValueError, TypeError), match=re.escape(says)) as caught:
        draw(*given, **more)
    assert re.search(r": expected .*, got .*\. Try .*\.", str(caught.value))


POINTS = [
    (X.T, Y, r"X: expected two rows, x1 and x2, got .* \(40, 2\)\. Try X\.T\."),
    (np.ones((3, 40)), Y, r"Try X\[:2\] for two of its rows"),
    (X, Y.T, r"Y: expected 40 columns, as X has, got .* \(40, 1\)\. Try Y\.T\."),
    (X, Y[:, 1:], r"Try a Y of shape \(1, 40\)"),
    (X, Y[0], r"np\.reshape\(Y, \(1, -1\)\) for one row"),
]


@pytest.mark.parametrize("X, Y, says", POINTS)
def test_points_that_do_not_fit_are_refused_with_advice(X, Y, says):
    with pytest.raises(ValueError, match=says):
        plots.decision_boundary(two_layer, PARAMETERS, X, Y)


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


def in_a_pair(draw):
    _, (left, _) = plots.figure(columns=2)
    return draw(axes=left, title="circles")


def surface(axes=None, title=None):
    return plots.cost_surface(np.eye(4), *2 * [range(4)], np.eye(2), axes=axes)


def boundary(**given):
    return plots.decision_boundary(two_layer, PARAMETERS, X, Y, **given)


@pytest.mark.usefixtures("_size")
@pytest.mark.parametrize(
    "draw",
    [
        boundary,
        surface,
        lambda: in_a_pair(boundary),
        lambda: in_a_pair(surface),
        lambda: boundary(names=["a", "a rather long name"]),
    ],
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
@pytest.mark.parametrize(
    "sizes", [[5, 10, 10, 4], [2, 25, 50, 50, 25, 1], [4, 4], [2, 4, 1]]
)
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
        for shape in axes.texts:
            if shape.get_text().startswith("W"):
                assert shape.get_fontsize() <= 11 * picture.larger()
                shape, column = shape.get_window_extent(), units.get_window_extent()
                assert shape.x1 < column.x0 or column.x1 < shape.x0
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
    later = plots.cost_curves(run([1, 0.8, 3, np.inf], rate=9, diverged_at=3))
    assert later.figure.axes[0].lines[1].get_xydata().tolist() == [[1, 0.8]]


@every_kind
def test_a_picture_is_as_wide_as_a_page_and_less_high(draw):
    width, height = draw().figure.get_size_inches()
    assert 3.5 < width <= 8
    assert 1.5 < height <= 6.5


# ------------------------------------------------- what is drawn are the data


READ = {  # of each axes: what stands beside it, below it, and in the legend
    "one falling": [("cost", "step")],
    "batches": [("cost", "pass")],
    "two runs": [("cost", "step", "learning rate 0.5", "learning rate 9")],
    "many rates": [("cost", "step", "learning rate 0.01", "learning rate 10")],
    "by rate": [
        ("cost", "learning rate", "cost at the start", "cost at the end", "diverges")
    ],
    "boundary": [("x2", "x1", "class 0", "class 1")],
    "activation": [("", "z", "tanh", "its slope", "tangent")],
    "gradients": [("mean |dW|", "layer", "tanh")],
    "surface": [("w2", "w1", "lowest", "steps", "start")],
    "confusion": [("true", "predicted")],
    "learning curves": [
        ("cost", "epoch"), ("share right", "epoch", "training", "validation")
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_axes_and_lines_are_named(name):
    for axes, words in zip(KINDS[name][0]().figure.axes, READ[name], strict=True):
        legend = axes.get_legend()
        said = [text.get_text() for text in legend.get_texts()] if legend else []
        assert (axes.get_ylabel(), axes.get_xlabel(), *said) == words


def test_of_many_curves_the_one_that_ends_lowest_is_named():
    costs = [[1, 0.1 + k / 10, 0.9 - k / 10] for k in range(7)]  # the last at the end
    runs = [Run({}, np.array(each), 0.1, None) for each in costs]
    sentence = plots.cost_curves(runs, [f"run {k}" for k in range(7)]).sentence
    assert "is 0.3, with run 6;" in sentence


def test_rates_are_drawn_by_their_powers_of_ten():
    run = Run({}, np.ones((2, 3)), np.array([0.01, 0.1, 10]), np.full(3, -1))
    axis = plots.costs_by_rate(run).figure.axes[0].xaxis
    assert axis.get_scale() == "log"
    said = [text.get_text() for text in axis.get_ticklabels()]
    assert said == ["0.01", "0.1", "1", "10"]


def test_learning_curves_say_of_a_line_only_where_there_is_one():
    curves = {"training": [2, 1]}, {"training": [0, 1]}
    unmarked = plots.learning_curves(*curves)
    assert unmarked.sentence.endswith("share right 1 (training).")
    assert [len(axes.lines) for axes in unmarked.figure.axes] == [1, 1]


def test_starts_that_differ_are_not_called_the_cost_at_the_start():
    legend = plots.costs_by_rate(STARTS).figure.axes[0].get_legend()
    assert legend.get_texts()[0].get_text() == "highest cost at the start"


LINES = [  # picture, line, its points, and its colour and style
    ("one falling", 0, ([0, 1, 2], FALLING.costs), SERIES[0]),
    ("two runs", 1, ([0, 1], [0.7, 3]), SERIES[1]),
    ("two runs", 2, ([0], [0.7]), (SERIES[1][0], "X")),  # the last that is in the axes
    ("many rates", 3, ([0, 1], [1, 0.6]), None),
    ("by rate", 0, ([0, 1], [1, 1]), ("black", ":")),
    ("by rate", 1, (MANY.learning_rate, [0.9, 0.8, 0.4, 0.6, *[np.nan] * 2]), None),
    ("activation", 2, ([-1, 2], np.tanh(0.5) + 1.5 * 0.786448 * np.array([-1, 1])),
     ("black", "-")),
    ("activation", 3, ([0.5], [np.tanh(0.5)]), ("black", "o")),
    ("activation", 4, ([0.5], [1 - np.tanh(0.5) ** 2]), (SERIES[1][0], "D")),
    ("gradients", 0, ([1, 2], [1e-5, 0.1]), SERIES[0]),
    ("surface", 0, ([0], [0]), (COLOURS["yellow"], "*")),
    ("surface", 1, ([2, 1, 0.5], [2, 1, 0.5]), ("white", "-")),
    ("surface", 2, ([2], [2]), ("white", "s")),
    ("learning curves", 1, ([0, 1, 2], [2, 1.2, 1.3]), SERIES[1]),
    ("learning curves", 2, ([1, 1], [0, 1]), None),
]  # fmt: skip


@pytest.mark.parametrize("name, place, points, look", LINES)
def test_a_line_has_the_points_and_the_look_of_what_it_shows(name, place, points, look):
    line = KINDS[name][0]().figure.axes[0].lines[place]
    np.testing.assert_allclose(line.get_data(orig=False), points, rtol=1e-5, atol=1e-12)
    if look:
        style = line.get_marker() if look[1] in "XoD*s" else line.get_linestyle()
        assert (line.get_color(), style) == look


def test_the_drawn_function_and_its_slope_are_those_given():
    line, slope = KINDS["activation"][0]().figure.axes[0].lines[:2]
    np.testing.assert_allclose(line.get_ydata(), np.tanh(line.get_xdata()))
    x, y = slope.get_data()
    np.testing.assert_allclose(y, 1 - np.tanh(x) ** 2)
    assert (line.get_color(), slope.get_color()) == (SERIES[0][0], SERIES[1][0])


STARTS = Run(
    {}, np.array([[1, 3, 2.0], [1, 1, 1]]), np.array([0.1, 1, 10]), np.full(3, -1)
)


def lines_at(curve, slope):
    """Return the picture of a curve from 5 to 7 with slopes that stand elsewhere."""
    return plots.activation_and_slope(
        lambda Z: curve + Z / 6, lambda A: slope + A - curve, 0, "a line"
    )


UNEQUAL = [run([1, 0.5]), run([3, 2, 1, 0.4, 0.2]), run([2, 1])]
LIMITS = [  # picture; what its axes must reach from and to; what is too far
    (lambda: plots.cost_curves(UNEQUAL), (0, 4), (0, 0), (0, 3), (0, 6)),
    (lambda: plots.cost_curves([run([1])]), (0, 1), (0, 0), (0, 1), (0, 1.5)),
    (lambda: plots.cost_curves(FALLING, ylim=(0.2, 3)), (0, 2), (0, 0), (0.2, 3), None),
    (
        lambda: plots.cost_curves(FALLING, log=True),
        (0, 2),
        (0, 0),
        (0.1, 0.7),
        (0.1, 1),
    ),
    (lambda: plots.cost_curves(run([0, 0]), log=True), (0, 1), (0, 0), (0.1, 1), None),
    (KINDS["many rates"][0], (0, 1), (0, 0), (0, 1), (0, 1.5)),
    (KINDS["by rate"][0], (0.01, 10), (0, 0), (0, 1), (0, 1.5)),
    (lambda: plots.costs_by_rate(MANY, ylim=(0, 3)), (0.01, 10), (0, 0), (0, 3), None),
    (KINDS["activation"][0], (-6, 6), (0, 0), (-1, 1), (-1.4, 1.4)),
    (lambda: plots.costs_by_rate(STARTS), (0.1, 10), (0, 0), (0, 3), (0, 4.5)),
    (lambda: lines_at(6, -2), (-6, 6), (0, 0), (-3, 7), (-5, 9)),
    (lambda: lines_at(6, 9), (-6, 6), (0, 0), (5, 10), (4, 11)),
    (KINDS["gradients"][0], (1, 2), (0.5, 0.5), (1e-12, 10), None),
    (KINDS["surface"][0], (-3, 3), (0, 0), (-2, 2), None),
    (KINDS["learning curves"][0], (0, 2), (0, 0), (0, 2), (0, 3)),
]


@pytest.mark.parametrize("draw, x, spare, y, far", LIMITS)
def test_the_axes_reach_what_they_must_and_not_much_more(draw, x, spare, y, far):
    axes = draw().figure.axes[0]
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert x[0] - spare[0] <= left <= x[0]
    assert x[1] <= right <= x[1] + spare[1]
    far = far or y
    assert far[0] <= bottom <= y[0]
    assert y[1] <= top <= far[1]
    assert far == y or top > y[1]


@pytest.mark.parametrize(
    "ends, texts",
    [
        ((0.01, 10), ["0.01", "0.1", "1", "10"]),
        ((0.3, 2000), ["1", "10", "100", "1,000"]),
        ((1e-12, 10), ["1e−12", "1e−10", "1e−08", "1e−06", "1e−04", "0.01", "1"]),
    ],
)
def test_powers_of_ten_are_plain(ends, texts):
    drawn = plots.cost_curves(FALLING, ylim=ends, log=True).figure.axes[0].yaxis
    assert drawn.get_scale() == "log"
    assert [text.get_text() for text in drawn.get_ticklabels()] == texts
    assert len(drawn.get_minor_ticks()) == 0


def test_many_curves_get_lighter_from_the_first_to_the_last():
    lines = KINDS["many rates"][0]().figure.axes[0].lines
    lines = [line for line in lines if line.get_marker() == "None"]
    light = [rgb(line.get_color()) @ [0.3, 0.6, 0.1] for line in lines]
    assert np.all(np.diff(light) > 0)
    assert light[-1] < 0.8
    assert {line.get_linestyle() for line in lines} == {"-"}


def test_runs_that_diverge_are_marked_at_the_top_of_their_rates():
    axes = KINDS["by rate"][0]().figure.axes[0]
    x, y = axes.lines[2].get_data()
    assert list(x) == [5, 10]
    assert np.all((0.9 * axes.get_ylim()[1] < y) & (y < axes.get_ylim()[1]))
    none = Run({}, np.ones((2, 3)), np.array([0.1, 1, 10]), np.full(3, -1))
    assert len(plots.costs_by_rate(none).figure.axes[0].lines) == 2
    every = replace(none, diverged_at=np.ones(3, int))
    assert plots.costs_by_rate(every).sentence == "All 3 runs diverge."


def softmax_of(X, parameters):
    return activations.softmax(parameters @ X), {}


def logistic_of(X, parameters):
    return activations.sigmoid(parameters @ X), {}


SQUARE = np.array([[-1, 1, -1, 1.0], [-1, -1, 1, 1]])
REGIONS = {  # a network, its parameters, points and the class that it gives each
    "one output": (logistic_of, np.array([[3.0, 0]]), SQUARE, [0, 1, 0, 1]),
    "three classes": (
        softmax_of, 3 * np.array([[0, -1.0], [-1, 0.5], [1, 0.5]]), SQUARE, [0, 0, 1, 2]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REGIONS)
@pytest.mark.parametrize("stretch", [(1, 1), (9, 1), (1, 9)])
def test_each_point_lies_in_the_region_of_its_class(name, stretch):
    forward, parameters, X, label = REGIONS[name]
    X = X * np.array([stretch]).T
    network = SimpleNamespace(forward_propagation=forward)
    count, label = len(set(label)), np.array(label)
    Y = label[None] if count == 2 else np.eye(count)[:, label]
    drawn = plots.decision_boundary(network, parameters / stretch, X, Y)
    assert "100 % of the 4 points" in drawn.sentence
    axes = drawn.figure.axes[0]
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    [image] = axes.images
    assert tuple(image.get_extent()) == (left, right, bottom, top)
    field = image.get_array()
    colours = np.array([rgb(colour) for colour, _ in CLASSES[:count]])
    for (x, y), k in zip(X.T, label, strict=True):
        row, column = (y - bottom) / (top - bottom), (x - left) / (right - left)
        pixel = field[int(row * len(field)), int(column * len(field))]
        away = 1 - colours  # from white
        tint = away @ (1 - pixel[:3]) / np.linalg.norm(away, axis=1)
        assert tint.argmax() == k
    for k, line in enumerate(axes.lines):
        np.testing.assert_array_equal(line.get_data(), X[:, label == k])
        assert (line.get_color(), line.get_marker()) == CLASSES[k]

    # A unit is as long along x1 as along x2; the points are near to one pair of edges.
    origin, one = axes.transData.transform([(0, 0), (1, 1)])
    across, up = one - origin
    assert across == pytest.approx(up)
    gaps = [
        right / X[0].max(),
        left / X[0].min(),
        top / X[1].max(),
        bottom / X[1].min(),
    ]
    assert 1.05 < min(gaps) < 1.25
    assert gaps[::2] == pytest.approx(gaps[1::2])

    # The line runs where two classes are equally probable.
    lines = [path.vertices for c in axes.collections for path in c.get_paths()]
    for place in np.concatenate(lines):
        chance = plots._class_chances(network, place[:, None], parameters / stretch)
        first, second = np.sort(chance.ravel())[:-3:-1]
        assert first == pytest.approx(second, abs=0.06)
    assert len(axes.collections) == (1 if count == 2 else 3)


def test_a_region_is_paler_where_the_network_is_less_sure():
    colours = np.array([rgb(colour) for colour, _ in CLASSES[:2]])
    sure = np.linspace(0.51, 1, 6)
    for chance in ([sure, 1 - sure], [1 - sure, sure]):
        dark = (1 - plots._tinted(colours, np.array(chance))).sum(axis=-1)
        assert np.all(np.diff(dark) > 0)
        assert dark[0] > 0.4 * dark[-1] > 0.05


def test_a_boundary_has_the_title_that_is_given():
    given = SimpleNamespace(forward_propagation=logistic_of), np.array([[3.0, 0]])
    drawn = plots.decision_boundary(*given, SQUARE, [[0, 1, 0, 1]], title="moons")
    assert drawn.figure.axes[0].get_title("left") == "moons"


def test_limits_that_are_given_are_drawn():
    drawn = plots.decision_boundary(
        two_layer, PARAMETERS, X, Y, limits=(-9, -3, 4, 5), names=["red", "green"]
    )
    axes = drawn.figure.axes[0]
    assert axes.get_xlim() == pytest.approx((-9, -3))
    assert np.mean(axes.get_ylim()) == pytest.approx(4.5)
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["red", "green"]


def test_darker_is_lower_in_the_surface():
    made = plots.cost_surface(np.arange(16.0).reshape(4, 4), *[np.arange(4)] * 2)
    [surface] = made.figure.axes[0].collections
    light = surface.cmap(surface.norm(surface.cvalues))[:, :3] @ [0.3, 0.6, 0.1]
    assert len(light) == 10
    assert np.all(np.diff(light) > 0)
    # What is infinite, or no number, is no level.
    wild = plots.cost_surface([[1, np.nan], [np.inf, 2]], [0, 1], [0, 1])
    assert "The cost is lowest, 1, at w1 = 0 and w2 = 0." in wild.sentence


# ------------------------------------------------------ units and their weights

W = [np.array([[0.5, -0.25], [1, 2], [-3, 0.125]]), np.array([[1.5, -1.25, 0.75]])]
UNITS = [[8, 9], [0.1, 0.2, 0.3], [0.7]]


def units(axes):
    return [line for line in axes.lines if line.get_marker() == "o"]


def test_each_weight_stands_on_the_line_between_its_two_units():
    axes = plots.network(UNITS, W).figure.axes[0]
    texts = {text.get_text(): text.get_position() for text in axes.texts}
    for depth, (lines, weights) in enumerate(zip(axes.collections, W, strict=True)):
        below, above = (line.get_xydata() for line in units(axes)[depth : depth + 2])
        assert set(below[:, 0]) == {depth}
        pairs = [(j, i) for j in range(len(above)) for i in range(len(below))]
        looks = zip(lines.get_colors(), lines.get_linestyles(), strict=True)
        segments = zip(pairs, lines.get_segments(), looks, strict=True)
        for (j, i), segment, (colour, (_, dashes)) in segments:
            np.testing.assert_array_equal(segment, [below[i], above[j]])
            value = weights[j, i]
            name = "vermillion" if value < 0 else "blue"
            assert tuple(colour[:3]) == tuple(rgb(COLOURS[name]))
            assert bool(dashes) == (value < 0)
    for (j, i), value in np.ndenumerate(W[0]):
        (x, y), (u, v) = units(axes)[0].get_xydata()[i], units(axes)[1].get_xydata()[j]
        at = np.array(texts[plots.number(value, 3)])
        share = at[0] - x
        assert 0.2 < share < 0.8
        np.testing.assert_allclose(at, [x + share * (u - x), y + share * (v - y)])


@pytest.mark.parametrize("below", range(1, 6))
@pytest.mark.parametrize("above", range(1, 6))
def test_no_two_weights_are_written_on_each_other(below, above):
    ones = np.ones((above, below), int)
    axes = plots.network([[0] * below, [0] * above], [ones]).figure.axes[0]
    with plots.style():
        axes.figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in axes.texts if t.get_text() == "1"]
    assert len(boxes) == (below * above if below * above <= 12 else 0)
    assert not [a for a, b in combinations(boxes, 2) if a.overlaps(b)]


@pytest.mark.parametrize("size, drawn", [(1, 1), (2, 2), (5, 5), (6, 6), (7, 5)])
def test_dots_stand_where_units_are_left_out(size, drawn):
    axes = plots.network([2, size, 1]).figure.axes[0]
    heights = units(axes)[1].get_ydata()
    assert len(heights) == drawn
    assert heights.mean() == pytest.approx(0.5, abs=0.05)
    said = [text.get_text() for text in axes.texts]
    assert f"hidden\n{size} unit{'s' * (size > 1)}" in said
    assert f"W1\n({size}, 2)" in said
    dots = [text.get_position() for text in axes.texts if text.get_text() == "⋮"]
    if drawn == size:
        assert not dots
    else:
        gap = np.argmin(np.diff(heights))  # they go down
        assert dots == [(1, heights[gap : gap + 2].mean())]


LIT = {  # part: units of which layers, weights of which layers, the cost
    "X": ([0], [], False), "x": ([0], [], False), "A1": ([1], [], False),
    "b1": ([1], [], False), "Z2": ([2], [], False), "W1": ([], [0], False),
    "W2": ([], [1], False), "cost": ([], [], True), "A0": ([], [], False),
}  # fmt: skip


@pytest.mark.parametrize("part", LIT)
@pytest.mark.parametrize("weights", [None, W])
def test_one_part_stands_out(part, weights):
    axes = plots.network(UNITS, weights, cost="cost 1", highlight=part).figure.axes[0]
    yellow = COLOURS["yellow"]
    lit = [k for k, u in enumerate(units(axes)) if u.get_markerfacecolor() == yellow]
    thick = [k for k, u in enumerate(units(axes)) if u.get_markeredgewidth() > 2]
    wide = [k for k, c in enumerate(axes.collections) if c.get_linewidth()[0] > 2]
    boxes = {
        text.get_text(): matplotlib.colors.to_hex(text.get_bbox_patch().get_facecolor())
        for text in axes.texts
        if text.get_bbox_patch()
    }
    on = {said for said, colour in boxes.items() if colour.upper() == yellow}
    assert (lit, wide, "cost 1" in on) == LIT[part]
    assert thick == lit
    names = {0: {"2", "−3"} if weights else {"W1\n(3, 2)"}}
    assert names[0] <= on if wide == [0] else not names[0] & on


def test_the_cost_stands_beside_the_output():
    drawn = plots.network(UNITS, W, cost="cost 1").figure
    axes = drawn.axes[0]
    [text] = [text for text in axes.texts if text.get_text() == "cost 1"]
    drawn.draw_without_rendering()
    box = text.get_bbox_patch().get_window_extent()
    edge = axes.transData.transform((2, 0.5))[0] + 30 * drawn.dpi / 72
    assert edge < box.x0
    assert box.x1 < drawn.bbox.x1


# ------------------------------------------------------------ tables and images


def test_a_field_of_the_confusion_matrix_is_the_share_of_its_row():
    true, predicted = [0, 0, 0, 0, 2, 2, 3], [0, 0, 0, 1, 2, 3, 3]
    axes = plots.confusion_matrix(true, predicted).figure.axes[0]
    said = {text.get_position(): text.get_text() for text in axes.texts}
    count = {(0, 0): "3", (1, 0): "1", (2, 2): "1", (3, 2): "1", (3, 3): "1"}
    assert said == count  # (column, row), from the upper left
    assert axes.yaxis_inverted()
    field = axes.images[0].get_array()
    blue = rgb(COLOURS["blue"])
    for share, row, column in ((0.75, 0, 0), (0.25, 0, 1), (0, 1, 1), (1, 3, 3)):
        np.testing.assert_allclose(field[row, column], 1 - share * (1 - blue))
    for labels in (axes.get_xticklabels(), axes.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["0", "1", "2", "3"]


def test_images_stand_in_rows_with_their_titles_above():
    images = np.zeros((8, 2, 2))
    images[0] = [[0, 1], [2, 4]]
    axes = plots.image_grid(images, list("abcdefgh"), columns=3).figure.axes[0]
    assert axes.get_xlim() == (0, 3)
    assert axes.get_ylim() == (3, 0)
    for k, (image, title) in enumerate(zip(axes.images, axes.texts, strict=True)):
        left, right, bottom, top = image.get_extent()
        column, row = k % 3, k // 3
        assert column < left < right < column + 1
        assert row < top < bottom < row + 1
        x, y = title.get_position()
        assert (title.get_text(), x) == ("abcdefgh"[k], column + 0.5)
        assert title.get_ha() == "center"
        assert row < y < top
        wide, high = np.array([right - left, bottom - top]) * [8 / 3, 4.8 / 3]
        assert 0.5 < wide / high < 2.5
    grey = axes.images[0].get_array()
    assert grey[..., 0].tolist() == [[1, 0.75], [0.5, 0]]
    signed = plots.image_grid([[[-2.0, 1, 0]]]).figure.axes[0].images[0].get_array()
    for pixel, colour, share in zip(
        signed[0], ("vermillion", "blue", "blue"), (1, 0.5, 0), strict=True
    ):
        np.testing.assert_allclose(pixel, 1 - share * (1 - rgb(COLOURS[colour])))


def test_the_titles_of_many_images_are_not_said():
    many = plots.image_grid(np.zeros((13, 4, 5)), range(13), what="digits")
    assert many.sentence == "13 digits, each of 4 by 5 pixels."
    few = plots.image_grid(np.zeros((12, 4, 5)), range(12))
    assert few.sentence.endswith("pixels: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11.")


def test_a_unit_of_the_reading_has_the_area_of_its_activation():
    first, second = np.arange(9) / 4, np.eye(6)[2]
    chances = np.array([0.5, 0, 0.1, 0.4, 0, 0, 0, 0, 0, 0])
    drawn = plots.reading(np.arange(64) / 63, [first, second], chances, true=3)
    digit, A1, A2, answer = drawn.figure.axes
    assert digit.images[0].get_array()[0, 7] == pytest.approx(7 / 63)
    assert digit.images[0].get_cmap().name == "Greys"
    assert digit.images[0].get_clim() == (0, 1)
    heads = [axes.get_title("left") for axes in drawn.figure.axes]
    assert heads == ["a written 3", "A1", "A2", "probability of each digit"]
    for axes, layer in ((A1, first), (A2, second)):
        room, lit = axes.collections
        np.testing.assert_allclose(
            lit.get_sizes() / room.get_sizes()[0], layer / layer.max()
        )
        at = lit.get_offsets()
        np.testing.assert_array_equal(at, room.get_offsets())
        assert len(np.unique(at, axis=0)) == len(layer)
        # At most eight in a column, as many as the digit has rows.
        columns = np.ceil(len(layer) / 8)
        assert at[:, 0].max() == columns - 1
        assert at[:, 1].max() <= 7
        assert not any(spine.get_visible() for spine in axes.spines.values())
        assert not len(axes.get_xticks())
        assert not len(axes.get_yticks())
        assert at[0].tolist() == [0, 0]
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        assert left < at[:, 0].min() <= at[:, 0].max() < right
        assert high < at[:, 1].min() <= at[:, 1].max() < low
    assert [bar.get_height() for bar in answer.patches] == chances.tolist()
    filled = [bar.get_hatch() for bar in answer.patches]
    assert filled == [None] * 3 + ["//"] + [None] * 6
    assert answer.get_ylim() == (0, 1)
    assert list(answer.get_xticks()) == list(range(10))
    assert {bar.get_facecolor() for bar in answer.patches[:3]} == {(1, 1, 1, 1)}
    assert {bar.get_edgecolor() for bar in answer.patches[:3]} == {(0, 0, 0, 1)}
    dead = plots.reading(np.zeros(64), [np.zeros(8)], chances)
    sky = {tuple(bar.get_facecolor()[:3]) for bar in dead.figure.axes[-1].patches}
    assert sky == {tuple(rgb(COLOURS["sky"]))}
    assert not dead.figure.axes[1].collections[1].get_sizes().any()
    assert dead.sentence == "The network reads the digit as a 0 with probability 0.50."
    right = plots.reading(np.zeros(64), [np.zeros(8)], chances, true=0)
    assert right.sentence == "A written 0, read as a 0 with probability 0.50."


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
