"""The stepper of chapter 02: its numbers, its places, what it says, how large it is."""

import html
import itertools
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import matplotlib.colors
import numpy as np
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from nnteach import train, worked_example
from nnteach.draw import marks, stepper
from nnteach.draw.live import pack
from nnteach.draw.picture import COLOURS, Picture
from nnteach.rounding import show
from nnteach.worked_example import EXAMPLE, Example

SVG = "{http://www.w3.org/2000/svg}"


def own(seed, n_y=1):
    """Return a network with drawn numbers, about half of its weights negative."""
    draw = np.random.default_rng(seed).standard_normal
    weights = {"W1": draw((2, 2)), "b1": draw(2), "W2": 2 * draw((n_y, 2))}
    y = 1 / (1 + np.exp(-draw(n_y)))
    return Example(x=draw(2), y=y, b2=draw(n_y), learning_rate=0.5, **weights)


NETWORKS = {
    "example": EXAMPLE,
    "own 1": own(1),
    "own 2": own(2),
    "two outputs": own(3, n_y=2),
    "steep": replace(EXAMPLE, learning_rate=300),
}
FRAMES = {name: stepper.frames(example) for name, example in NETWORKS.items()}
every_network = pytest.mark.parametrize("name", NETWORKS)
every_frame = pytest.mark.parametrize(
    "drawn",
    [drawn for frames in FRAMES.values() for drawn in frames.values()]
    + [stepper.hill(own(1), moves) for moves in (0, 3)],
)


def shown(drawn):
    """Return the marks of a picture: (key, x and y or None, fill, texts) of each."""
    found = []
    for group in ET.fromstring(drawn.svg()).iter(f"{SVG}g"):
        key, said = group.get("data-of"), group.findall(f"{SVG}text")
        if key and said:
            place = group.get("transform") if group.get("data-place") else None
            fill = group.find(f"{SVG}path").get("fill")
            found.append((key, place, fill, said[0].text))
    return found


def in_network(drawn):
    """Return {key: text} of the marks that stand in the network."""
    return {key: said for key, place, _, said in shown(drawn) if place}


def texts(drawn):
    """Return every text of a picture in its order, as one text."""
    return "".join("".join(ET.fromstring(drawn.svg()).itertext()).split())


# ---------------------------------------------------------------- the numbers


@every_network
def test_every_step_shows_the_numbers_of_the_package(name):
    round_ = worked_example.steps(NETWORKS[name])
    frames = [FRAMES[name][f"{k} of 18"] for k in range(1, 18)]
    for step, drawn in zip(round_, frames, strict=True):
        for line in (step.title, step.formula, step.code, *step.numbers):
            assert "".join(line.split()) in texts(drawn), (step.name, line)
        new = "new " * (step.phase == "update")
        for place, value in np.ndenumerate(np.atleast_2d(step.value)):
            key = f"{new}{step.name},{place[0]},{place[1]}"
            said = in_network(drawn)[key]
            assert said in [show(value, digits) for digits in (1, 2, 3, 4)]
            assert len(said) <= 7


@every_network
def test_what_is_known_stays_until_the_last_step(name):
    known = {}
    for k in range(1, 18):
        now = in_network(FRAMES[name][f"{k} of 18"])
        assert known.items() <= now.items()
        known = now
    last = in_network(FRAMES[name]["18 of 18"])
    old = {key for key in known if key[0] in "XYWbdcln"}
    assert {key: known[key] for key in old} == {key: last[key] for key in old}


@every_network
def test_step_18_is_the_forward_pass_with_the_weights_of_one_update(name):
    example = NETWORKS[name]
    rate = example.learning_rate
    run = train(worked_example, example.x, example.y, example.parameters, rate, 1)
    output, _ = worked_example.forward_propagation(example.x, run.parameters)
    drawn = FRAMES[name]["18 of 18"]
    assert f"={show(run.costs[1], 6)},before{show(run.costs[0], 6)}" in texts(drawn)
    assert f"from {show(run.costs[0], 5)} to {show(run.costs[1], 5)}." in drawn.sentence
    assert ("falls" in drawn.sentence) == (run.costs[1] < run.costs[0])
    for i, value in enumerate(output.ravel()):
        assert in_network(drawn)[f"A2,{i},0"] == marks.short(value)
        assert f"={show(value, 6)},before" in texts(drawn)


def test_the_example_learns_what_the_course_says():
    said = FRAMES["example"]["18 of 18"].sentence
    assert "the cost falls from 0.013625 to 0.011372" in said
    assert "rises" in FRAMES["steep"]["18 of 18"].sentence


# -------------------------------------------------- places, colours, directions


@every_network
def test_nothing_jumps(name):
    places = {}
    for drawn in FRAMES[name].values():
        for key, place, *_ in shown(drawn):
            assert place is None or places.setdefault(key, place) == place
    assert len({drawn.axes_limits() for drawn in FRAMES[name].values()}) == 1
    assert len(places) == len(marks.places(NETWORKS[name]))


@every_network
def test_no_two_marks_lie_on_each_other(name):
    at = marks.places(NETWORKS[name])
    boxes = {
        key: (x, y, marks.WIDE.get(marks.kind(key), 82)) for key, (x, y) in at.items()
    }
    for key, (x, y, wide) in boxes.items():
        assert wide / 2 <= x <= marks.WIDTH - wide / 2
        assert 12 <= y <= 312 - 12
        for other, (u, v, broad) in boxes.items():
            apart = abs(x - u) >= (wide + broad) / 2 - 2 or abs(y - v) >= marks.HIGH - 3
            assert key == other or apart, (key, other)


WIDTHS = TextToPath()  # in DejaVu Sans, which is wide
FONT = FontProperties(family="DejaVu Sans", size=marks.TEXT)


def written(drawn):
    """Return the texts of a picture, each with its left, right, upper and lower end."""
    found = []
    svg = ET.fromstring(drawn.svg())
    inside = {
        text: [float(part) for part in re.findall(r"[-\d.]+", group.get("transform"))]
        for group in svg.iter(f"{SVG}g")
        for text in group.findall(f"{SVG}text")
        if group.get("transform")
    }
    for text in svg.iter(f"{SVG}text"):
        dx, dy = inside.get(text, (0, 0))
        x, y = float(text.get("x")) + dx, float(text.get("y")) + dy
        wide, _, _ = WIDTHS.get_text_width_height_descent(text.text, FONT, False)
        share = {"middle": 0.5, "end": 1}.get(text.get("text-anchor"), 0)
        left = x - share * wide
        found.append((text.text, left, left + wide, y - 13, y + 1))
    return found


CROWDED = [
    *(FRAMES["two outputs"][f"{k} of 18"] for k in (2, 7, 12, 18)),
    *(FRAMES["own 1"][label] for label in ("tour 4 of 4", "13 of 18", "18 of 18")),
    stepper.hill(own(1), 2),
]


@pytest.mark.parametrize("drawn", CROWDED)
def test_no_text_lies_on_another_or_outside(drawn):
    texts = written(drawn)
    for said, left, right, upper, lower in texts:
        assert 0 < left < right < marks.WIDTH, said
        assert 0 < upper < lower < marks.HEIGHT, said
        if len(said) > 4:
            assert 0.9 < marks.across(said) / (right - left) < 1.35, said
    for one, other in itertools.combinations(texts, 2):
        apart = one[2] <= other[1] or other[2] <= one[1]
        assert apart or one[4] <= other[3] or other[4] <= one[3], (one, other)


@every_network
def test_lines_lead_from_mark_to_mark_under_that_of_their_weight(name):
    example, at = NETWORKS[name], marks.places(NETWORKS[name])
    svg = FRAMES[name]["14 of 18"].svg()  # where nothing flows
    lines = re.findall(
        r'd="M([^LHVz]*)L([^LHVz]*)" stroke="#767676" .*?th="(.*?)"', svg
    )
    lines = [
        (*(np.array(end.split(","), float) for end in ends), float(width))
        for *ends, width in lines
    ]
    found = []
    for layer, below, W in ((1, "X", example.W1), (2, "A1", example.W2)):
        for (i, j), value in np.ndenumerate(W):
            start, end = at[f"{below},{j},0"], at[f"Z{layer},{i},0"]
            [width] = [
                width
                for a, b, width in lines
                if np.allclose(a, [start[0] + 43, start[1]])
                and np.allclose(b, [end[0] - 43, end[1]])
            ]
            found.append((min(abs(value), 1.5), width))
            (x, y), (u, v) = start, end
            x, u = x + 43, u - 43
            middle, height = at[f"W{layer},{i},{j}"]
            assert 0.2 < (middle - x) / (u - x) < 0.8
            assert height == pytest.approx(y + (v - y) * (middle - x) / (u - x), abs=3)
    # A thicker line is a larger weight.
    widths = [width for _, width in sorted(found)]
    assert widths == sorted(widths)
    assert len(set(widths)) == len({value for value, _ in found})
    assert 1 < widths[0] < widths[-1] < 9


BESIDE = [  # what the tour says: a number, another, and where the first stands of it
    ("dZ1", "Z1", "below"), ("dA1", "A1", "below"), ("dW1", "W1", "below"),
    ("new W1", "W1", "below"), ("new W1", "dW1", "below"), ("new b1", "b1", "above"),
    ("b1", "Z1", "above"), ("db1", "b1", "right"), ("A1", "Z1", "right"),
    ("new cost", "cost", "below"), ("Y", "cost", "above"),
]  # fmt: skip


@every_network
@pytest.mark.parametrize("one, other, way", BESIDE)
@pytest.mark.parametrize("layer", "12")
def test_a_number_stands_beside_what_it_belongs_to(name, one, other, way, layer):
    at = marks.places(NETWORKS[name])
    (x, y), (u, v) = (at[f"{k.replace('1', layer)},0,0"] for k in (one, other))
    across, down = x - u, y - v
    if way == "right":
        assert down == 0
        assert 80 < across < 100
    else:
        assert across == 0
        assert 20 < abs(down) < 130
        assert (down > 0) == (way == "below")


HEADS = {
    "inputs": "X,0,0", "Z1": "Z1,0,0", "A1": "A1,0,0", "Z2": "Z2,0,0", "A2": "A2,0,0",
    "target Y": "Y,0,0", "rate η": "learning_rate,0,0", "cost J": "cost,0,0",
}  # fmt: skip


@every_network
def test_heads_stand_above_their_columns_and_units_around_their_numbers(name):
    drawn, at = FRAMES[name]["14 of 18"], marks.places(NETWORKS[name])
    svg = ET.fromstring(drawn.svg())
    texts = [text for text in svg.iter(f"{SVG}text") if text.get("style")]
    places = {text.text: (float(text.get("x")), float(text.get("y"))) for text in texts}
    for head, key in HEADS.items():
        assert places[head][0] == at[key][0]
        assert 10 < at[key][1] - places[head][1] < 230
    boxes = [
        [float(rect.get(part)) for part in ("x", "y", "width", "height")]
        for rect in svg.iter(f"{SVG}rect")
    ]
    units = [key for key in at if key[0] == "Z"]
    assert len(boxes) == len(units)
    for key, (left, top, wide, high) in zip(units, boxes, strict=True):
        (x, y), (u, _) = at[key], at[key.replace("Z", "A")]
        assert 0 <= x - 41 - left < 6
        assert 0 <= left + wide - (u + 41) < 6
        assert top + high / 2 == y
        assert marks.HIGH < high < 2 * marks.HIGH


@every_frame
def test_one_number_has_one_colour_and_one_outline(drawn):
    # In the network, the formula and the line: filled there, or waiting in the network.
    for key, place, fill, _ in shown(drawn):
        own_colour, _, _ = marks.KINDS[marks.kind(key)]
        assert fill == own_colour or (place and fill == "#fff")


@every_network
def test_what_a_line_uses_is_filled_in_the_network_too(name):
    for label, drawn in FRAMES[name].items():
        if label.endswith("of 18"):
            lines = {
                key for key, place, _, _ in shown(drawn) if not place and "," in key
            }
            filled = {
                key for key, place, fill, _ in shown(drawn) if place and fill != "#fff"
            }
            assert lines
            assert lines <= filled, label


def test_every_kind_has_a_colour_of_the_course_and_an_outline_of_its_own():
    looks = marks.KINDS.values()
    assert {fill for fill, _, _ in looks} <= set(COLOURS.values())
    assert len({fill for fill, _, _ in looks}) == len(looks)
    assert len({outline for _, _, outline in looks}) == len(looks)


@pytest.mark.parametrize("fill, ink, _", marks.KINDS.values(), ids=marks.KINDS)
def test_text_stands_out_from_its_mark(fill, ink, _):
    def light(colour):
        part = np.array(matplotlib.colors.to_rgb(colour))
        part = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
        return part @ [0.2126, 0.7152, 0.0722]

    dark, bright = sorted([light(fill), light(ink)])
    assert (bright + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, AA


FLOWS = {  # step: where what flows begins and ends, from left to right or back
    1: "forward", 3: "forward", 5: "forward", 6: "backward", 8: "both", 10: "backward",
    12: "both", 14: None, 18: "forward",
}  # fmt: skip


@pytest.mark.parametrize("step, way", FLOWS.items())
def test_what_flows_goes_forward_to_the_right_and_backward_to_the_left(step, way):
    svg = ET.fromstring(FRAMES["example"][f"{step} of 18"].svg())
    right, left = set(), set()
    before = None
    for path in svg.iter(f"{SVG}path"):
        if path.get("class") == "nnteach-flow":
            ends = re.findall(r"[-\d.]+", path.get("d"))
            (right if float(ends[0]) < float(ends[2]) else left).add(before)
        before = path.get("stroke")
    assert right == ({COLOURS["blue"]} if way in ("forward", "both") else set())
    assert left == ({COLOURS["vermillion"]} if way in ("backward", "both") else set())


@every_network
def test_what_flows_ends_in_an_arrowhead_along_its_line(name):
    svg = "".join(drawn.svg() for drawn in FRAMES[name].values())
    heads = re.findall(
        r'flow" d="M(.*?),(.*?)L(.*?),(.*?)"[^>]*/><path d="M0,0L-15,-10V10z"[^>]*'
        r"translate\((.*?) (.*?)\)rotate\((.*?)\)",
        svg,
    )
    assert len(heads) > 20
    for x, y, u, v, *at, turn in np.array(heads, float):
        assert at == [u, v]
        assert turn == pytest.approx(np.degrees(np.arctan2(v - y, u - x)), abs=0.06)


@pytest.mark.parametrize("name, lines", [("example", 2), ("two outputs", 4)])
def test_with_one_output_the_new_cost_and_the_old_one_stand_in_one_line(name, lines):
    below = [text for text in written(FRAMES[name]["18 of 18"]) if text[4] > 340]
    assert len({round(lower) for *_, lower in below}) == lines


LIT = {  # frame: the colour of what goes through units, and through how many
    "2 of 18": ("blue", 2), "4 of 18": ("blue", 1), "7 of 18": ("vermillion", 1),
    "11 of 18": ("vermillion", 2), "14 of 18": (None, 0),
    "tour 3 of 4": ("vermillion", 3),
}  # fmt: skip


@pytest.mark.parametrize("label, lit", LIT.items())
def test_the_triangle_of_a_unit_points_to_where_the_step_goes(label, lit):
    triangle = r'd="M-7,-13L9,0L-7,13z" fill="(.*?)" transform="(.*?)"/>'
    found = re.findall(triangle, FRAMES["example"][label].svg())
    looks = [(fill, "scale(-1)" in turn) for fill, turn in found]
    colour, count = lit
    wanted = [(COLOURS.get(colour), colour == "vermillion")] * count
    assert sorted(looks) == sorted([("#ccc", False)] * (3 - count) + wanted)


def test_a_negative_weight_has_a_dashed_line():
    for W2, dashed in (([[0.3, 0.9]], 0), ([[-0.3, 0.9]], 1), ([[-0.3, -0.9]], 2)):
        drawn = stepper.walk(replace(EXAMPLE, W2=W2))["2 of 18"]
        assert drawn.svg().count('stroke-dasharray="9 6"') == dashed


# ------------------------------------------------------- a picture like any other


@every_frame
def test_svg_is_one_described_element_without_ids_or_rules(drawn):
    root = ET.fromstring(drawn.svg())
    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    assert root.get("aria-label") == drawn.sentence
    assert "<style" not in drawn.svg()
    assert " id=" not in drawn.svg()
    assert "#fff" in next(root.iter(f"{SVG}path")).get("fill")  # white on a dark page


@every_frame
def test_still_and_table_come_with_it(drawn):
    still = drawn.html()
    assert f'<img alt="{html.escape(drawn.sentence)}"' in still
    assert 'src="data:image/svg+xml;base64,' in still
    assert f"<figcaption>{html.escape(drawn.sentence)}</figcaption>" in still
    for row in drawn.table[1:]:
        assert f"<tr><td>{'</td><td>'.join(row)}</td></tr>" in still
    assert ("<table>" in still) == (not drawn.sentence.startswith("Tour"))
    assert drawn.page() == drawn.svg() + drawn.table_html()


def test_the_table_has_every_number_with_its_slope():
    rows = {name: rest for name, *rest in FRAMES["example"]["18 of 18"].table}
    assert rows["W2₁,₁"] == ["0.3", "0.02031", "0.2797"]
    assert rows["J"] == ["0.01362", "", "0.01137"]
    assert rows["Z2"] == ["0.6226", "0.03677", ""]


@pytest.mark.parametrize(
    "value, said",
    [
        (0.62264, "0.6226"),
        (-0.012345, "−0.0123"),
        (-1234.5, "−1234"),
        (-1.23456e-9, "−1e−09"),
        (-1.23e-150, "−1e−150"),
    ],
)
def test_a_number_in_the_network_is_as_exact_as_it_has_room(value, said):
    assert marks.short(value) == said


def test_texts_are_escaped():
    assert "<b>&" not in marks.text(0, 0, "<b>& 1 < 2")
    drawn = Picture('<svg viewBox="0 0 2 1"/>', '"A" < & b', [("<i>",), ("<b>",)])
    assert ET.fromstring(drawn.svg()).get("aria-label") == '"A" < & b'
    assert "<b>" not in drawn.html() + drawn.page()
    assert "<i>" not in drawn.html() + drawn.page()


def test_sentences_name_the_step_and_its_values():
    sentences = [drawn.sentence for drawn in FRAMES["example"].values()]
    assert len(set(sentences)) == 22
    assert sentences[11] == (
        "Step 8 of 18, backward: dW2, the share of each output weight, is 0.0203085, "
        "0.0212571."
    )
    assert [said.split(".")[0] for said in sentences[:4]] == [
        f"Tour {stop} of 4" for stop in (1, 2, 3, 4)
    ]


def test_the_tour_shows_one_kind_of_mark_after_the_other():
    met = set()
    for drawn in [*FRAMES["example"].values()][:4]:
        now = {marks.kind(key) for key in in_network(drawn)}
        new = {marks.kind(key) for key, _, fill, _ in shown(drawn) if fill != "#fff"}
        assert new == now - met
        assert new
        met = now
    assert met == marks.KINDS.keys()


def test_the_tour_gives_no_number_away():
    for drawn in [*FRAMES["example"].values()][:4]:
        assert not re.search(r"0\.\d", texts(drawn))


@every_network
def test_all_frames_together_are_light(name):
    frames = FRAMES[name].values()
    assert sum(len(drawn.page().encode()) for drawn in frames) < 500_000
    assert sum(len(pack(drawn.page(), drawn.sentence)) for drawn in frames) < 100_000


# --------------------------------------------------------------------- the hill


def test_the_ball_rolls_by_the_learning_rate_times_the_slope():
    example = replace(own(1), learning_rate=7)
    values = stepper.roll(example, 3, "W1", (1, 0))
    for now, following in itertools.pairwise(values):
        here = stepper.with_weight(example, "W1", (1, 0), now)
        slope = {step.name: step.value for step in worked_example.steps(here)}["dW1"]
        assert following == pytest.approx(now - 7 * slope[1, 0], abs=1e-12)
    said = stepper.hill(example, 3, "W1", (1, 0)).sentence
    assert f"After 3 moves, W1₂,₁ is {show(values[3])}, its slope" in said


def test_the_curve_is_the_cost_for_each_weight():
    svg = stepper.hill(EXAMPLE, span=(-4, 4), top=0.2).svg()
    points = re.search(rf'd="M([^"]*)" fill="none" stroke="{marks.BLUE}"', svg)[1]
    points = np.array([point.split(",") for point in points.split("L")], float)
    assert len(points) == 97
    for weight, (x, y) in zip(np.linspace(-4, 4, 97), points, strict=True):
        assert x == pytest.approx(70 + 65 * (weight + 4), abs=0.06)
        here = stepper.with_weight(EXAMPLE, "W2", (0, 0), weight)
        output = worked_example.predict(here.x, here.parameters)
        cost = worked_example.compute_cost(output, here.y)
        assert y == pytest.approx(462 - 140 * cost / 0.2, abs=0.06)


TANGENT = rf'd="M([^L]*)L([^"]*)" stroke="{marks.VERMILLION}" stroke-width="4"'


@pytest.mark.parametrize("changed", [{"learning_rate": 300}, {"y": [0.2]}])
@pytest.mark.parametrize("moves", range(9))
def test_at_the_edge_the_line_is_shorter_and_has_the_same_slope(changed, moves):
    example = replace(EXAMPLE, **changed)
    drawn = stepper.hill(example, moves, top=0.2)
    *_, ball, _ = re.findall(r'<circle cx="(.*?)" cy="(.*?)" r="\d"', drawn.svg())
    lines = re.findall(TANGENT, drawn.svg())
    assert len(lines) == (not drawn.sentence.endswith("outside of the picture."))
    slope = float(re.search("its slope (.*?),", drawn.sentence)[1].replace("−", "-"))
    for ends in lines:
        (x, y), (u, v) = (map(float, end.split(",")) for end in ends)
        rise = slope * -140 / 0.2 / (520 / 12)
        assert 70 <= x < u <= 590
        assert min(y, v) >= 322
        assert v - y == pytest.approx(rise * (u - x), abs=0.1)
        left, height = map(float, ball)
        assert height - y == pytest.approx(rise * (left - x), abs=0.1)


def test_the_ball_lies_on_the_curve_and_its_line_has_its_slope():
    example, span, top = replace(own(1), learning_rate=2), (-3, 5), 0.5
    drawn = stepper.hill(example, 2, span=span, top=top)
    values, scale = stepper.roll(example, 3), (520 / 8, -140 / 0.5)
    here = [stepper.with_weight(example, "W2", (0, 0), value) for value in values]
    steps = [{s.name: s.value for s in worked_example.steps(each)} for each in here]
    balls = re.findall(r'<circle cx="(.*?)" cy="(.*?)" r="(\d)"(.*?)/>', drawn.svg())
    for ball, value, step in zip(balls, values, steps, strict=True):
        x, y = 70 + scale[0] * (value - span[0]), 462 + scale[1] * step["cost"]
        assert [float(ball[0]), float(ball[1])] == pytest.approx([x, y], abs=0.06)
    assert [radius for *_, radius, _ in balls] == list("5599")
    assert ["dasharray" in look for *_, look in balls] == [False] * 3 + [True]
    [ends] = re.findall(TANGENT, drawn.svg())
    (x, y), (u, v) = (map(float, end.split(",")) for end in ends)
    assert [(x + u) / 2, (y + v) / 2] == pytest.approx(
        [float(part) for part in balls[2][:2]], abs=0.1
    )
    slope = steps[2]["dW2"][0, 0]
    assert (v - y) / (u - x) == pytest.approx(slope * scale[1] / scale[0], abs=2e-3)
    assert u - x == pytest.approx(2 * 52)
    said = {text: (left + right) / 2 for text, left, right, *_ in written(drawn)}
    for tick, x in (("−3", 70), ("1", 330), ("5", 590)):
        assert said[tick] == pytest.approx(x, abs=1)
    values = [values[2], slope, 2, steps[2]["cost"], values[3]]
    names = ["W2₁,₁", "its slope", "rate η", "cost", "next W2₁,₁"]
    for name, value in zip(names, values, strict=True):
        assert f"{name}{show(value)}".replace(" ", "") in texts(drawn)
    *_, curve = re.findall(r'd="M([^"]*)" fill="none"', stepper.hill(example).svg())
    heights = [float(point.split(",")[1]) for point in curve.split("L")]
    assert 325 < min(heights) < 345


def test_the_hill_shows_the_numbers_up_to_the_last_slope_and_no_new_weight():
    known = in_network(stepper.hill(EXAMPLE, 1)).keys()
    assert {"dW1,1,1", "db1,1,0", "dA1,0,0", "cost,0,0"} <= known
    assert not [key for key in known if key.startswith("new")]


@pytest.mark.parametrize("at", [[0, 1], np.array([0, 1])])
def test_a_weight_may_be_named_by_a_list(at):
    assert stepper.roll(EXAMPLE, 2, "W2", at) == stepper.roll(EXAMPLE, 2, "W2", (0, 1))
    drawn, same = (stepper.hill(EXAMPLE, 2, "W2", each) for each in (at, (0, 1)))
    assert drawn.svg() == same.svg()


def test_a_ball_outside_of_the_picture_is_said_to_be_there():
    steep = replace(EXAMPLE, learning_rate=300)
    said = [stepper.hill(steep, moves).sentence for moves in (3, 4)]
    assert [text.endswith("outside of the picture.") for text in said] == [False, True]


@pytest.mark.parametrize(
    "make, error, says",
    [
        (
            lambda: stepper.frames(Example(x=[1, 2, 3], W1=np.ones((2, 3)))),
            ValueError,
            "not for 3, 2 and 1. Try print(step)",
        ),
        (lambda: stepper.hill(EXAMPLE, weight="w1"), ValueError, "not 'w1'"),
        (lambda: stepper.hill(EXAMPLE, at=(1, 0)), ValueError, "no weight at (1, 0)"),
        (lambda: stepper.hill(EXAMPLE, -1), ValueError, "moves: expected a whole"),
        (lambda: stepper.hill(EXAMPLE, "W2"), TypeError, "moves: expected a whole"),
        (lambda: stepper.hill(EXAMPLE, 2.5), ValueError, "got 2.5. Try moves=3."),
        (lambda: stepper.roll(EXAMPLE, -1), ValueError, "got -1. Try moves=3."),
        (lambda: stepper.hill(EXAMPLE, span=6), ValueError, "span: expected two"),
        (lambda: stepper.hill(EXAMPLE, span=(6, -6)), ValueError, "got [6.0, -6.0]"),
        (lambda: stepper.frames(EXAMPLE.parameters), TypeError, "got a dictionary"),
        (lambda: stepper.roll(EXAMPLE.parameters, 1), TypeError, "got a dictionary"),
        (lambda: stepper.hill(EXAMPLE).png(), TypeError, "Try: picture.svg()"),
        (lambda: Picture("drawn", "It is."), TypeError, "not str"),
    ],
)
def test_misuse_is_explained(make, error, says):
    with pytest.raises(error, match=re.escape(says)):
        make()
