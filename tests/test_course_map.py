"""The map of the course: what each chapter adds to it, and that all of it is seen."""

from itertools import combinations

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, Rectangle

from nnteach.draw.course_map import ADDS, LABELS, NEW, course_map
from nnteach.draw.picture import enlarge

LAYERS = {1: [2, 1], 2: [2, 2, 1], 3: [2, 4, 1]}  # then [2, 4, 3, 3]
MAPS = {number: course_map(number).figure.axes[0] for number in ADDS}
every_chapter = pytest.mark.parametrize("number", ADDS)


def units(axes):
    """Return {x: the units of that layer}."""
    layers = {}
    for line in axes.lines:
        if line.get_marker() == "o" and len(line.get_xdata()) == 1:
            layers.setdefault(line.get_xdata()[0], []).append(line)
    return dict(sorted(layers.items()))


def is_new(one):
    """Return whether a line or another shape has the colour of what is new."""
    edge = one.get_markeredgecolor() if one in one.axes.lines else one.get_edgecolor()
    return to_hex(edge) == NEW.lower()


def parts(axes):
    """Return {where it is: whether it is new}, of all units, lines and boxes."""
    boxes = [one for one in axes.patches if isinstance(one, Rectangle)]
    boxes = [one for one in boxes if to_hex(one.get_edgecolor()) != "#ffffff"]
    found = {tuple(one.get_xydata().ravel().round(3)): one for one in axes.lines}
    found |= {tuple(one.get_corners().ravel().round(3)): one for one in boxes}
    return {where: is_new(one) for where, one in found.items()}


@every_chapter
def test_the_map_has_what_was_built_so_far(number):
    drawn = course_map(number)
    labels = [text.get_text() for text in drawn.figure.axes[0].texts]
    labels = [text for text in labels if text != "cost"]
    assert labels == [f"{k:02} {LABELS[k][2]}" for k in range(1, number + 1)]
    new = [text for text in drawn.figure.axes[0].texts if text.get_weight() == "bold"]
    assert [text.get_text() for text in new] == labels[-1:]
    assert {text.get_color() for text in new} == {NEW}
    assert drawn.sentence == f"Chapter {number:02} adds {ADDS[number]}."


@every_chapter
def test_every_unit_has_a_line_to_every_unit_of_the_next_layer(number):
    layers = {
        x: [line.get_ydata()[0] for line in found]
        for x, found in units(MAPS[number]).items()
    }
    assert [len(layer) for layer in layers.values()] == LAYERS.get(number, [2, 4, 3, 3])
    wanted = {
        ((x, y), (u, v))
        for x, u in zip(layers, [*layers][1:], strict=False)
        for y in layers[x]
        for v in layers[u]
    }
    lines = [line.get_xydata() for line in MAPS[number].lines]
    between = [
        ends for ends in lines if set(ends[:, 0]) <= set(layers) and len(ends) > 1
    ]
    assert {tuple(map(tuple, ends)) for ends in between} == wanted
    assert len(between) == len(wanted)


@every_chapter
def test_what_is_new_and_nothing_else_is_blue_and_thick(number):
    axes = MAPS[number]
    now, before = parts(axes), parts(MAPS[number - 1]) if number > 1 else {}
    assert {where for where, new in now.items() if new} == now.keys() - before.keys()
    for line in axes.lines:
        if line.get_markersize() > 10:
            assert (line.get_markeredgewidth() > 2) == is_new(line)
            assert (line.get_markerfacecolor() != "white") == is_new(line)
        elif line.get_marker() == "None":
            assert (line.get_linewidth() > 2) == is_new(line)


def test_units_stand_above_their_lines_and_the_digit_is_a_one():
    axes = MAPS[9]
    between = [line for line in axes.lines if line.get_marker() == "None"]
    circles = [line for found in units(axes).values() for line in found]
    lines = [line for line in between if set(line.get_xdata()) <= {*units(axes)}]
    assert max(o.get_zorder() for o in lines) < min(o.get_zorder() for o in circles)
    pixels = [box for box in axes.patches if isinstance(box, Rectangle)]
    pixels = [box for box in pixels if box.get_width() == box.get_height() == 0.24]
    inked = "".join(".#"[to_hex(box.get_facecolor()) == NEW.lower()] for box in pixels)
    assert inked == ".#.##..#..#.###"


ARROWS = [("right", 2.9, 2), ("right", 5.2, 2), ("left", 0.6, 2), ("right", 0.55, 7)]


@every_chapter
def test_arrows_lead_to_the_cost_and_back_and_to_the_weights(number):
    found = []
    for one in MAPS[number].patches:
        if isinstance(one, FancyArrowPatch):
            path = one.get_path().vertices
            way = "right" if path[2, 0] > path[0, 0] else "left"
            found.append((way, round(path[0, 1], 1), is_new(one)))
    wanted = [arrow for arrow in ARROWS if arrow[2] <= number]
    assert found == [(way, round(y, 1), new == number) for way, y, new in wanted]


@every_chapter
def test_all_of_it_is_in_the_picture_and_no_unit_is_covered(number):
    axes = MAPS[number]
    axes.figure.draw_without_rendering()
    assert axes.bbox.width > 0.97 * axes.figure.bbox.width
    circles = [line for found in units(axes).values() for line in found]
    apart = [one.get_window_extent() for one in (*circles, *axes.texts)]
    assert not [a for a, b in combinations(apart, 2) if a.overlaps(b)]
    for one in (*axes.texts, *axes.lines, *axes.patches):
        box = one.get_window_extent()
        assert axes.bbox.x0 <= box.x0 <= box.x1 <= axes.bbox.x1, one
        assert axes.bbox.y0 <= box.y0 <= box.y1 <= axes.bbox.y1, one


@pytest.mark.parametrize("larger", [1, 1.35])
def test_no_two_labels_of_the_map_meet(larger):
    enlarge(larger)
    try:
        axes = course_map(10).figure.axes[0]
        boxes = [text.get_window_extent() for text in axes.texts]
        assert not [a for a, b in combinations(boxes, 2) if a.overlaps(b)]
    finally:
        enlarge(1)
