"""The pad for digits in Python: what it is given, what it shows and what it refuses."""

import json
import re

import numpy as np
import pytest

from nnteach import deep, three_layer
from nnteach.draw import digit_pad, explore, picture
from nnteach.draw.front import FrontEnd

X = np.random.default_rng(0).integers(0, 17, (64, 5)) / 16
THREE = three_layer.initialize_parameters(64, 48, 24, 10, scale=0.2, rng=0)
FOUR = deep.Network(deep.architecture([64, 9, 8, 7, 10])).initialize_parameters(rng=0)


def test_its_picture_shows_what_the_network_answers():
    my_pad = digit_pad(THREE, X)
    A3, _ = three_layer.forward_propagation(X[:, :1], THREE)
    sentence = my_pad.picture().sentence
    assert f" {A3.argmax()} with probability {A3.max():.2f}." in sentence
    bars = [bar.get_height() for bar in my_pad.picture().figure.axes[-1].patches]
    np.testing.assert_allclose(bars, A3.ravel())


def test_an_example_can_be_shown_and_its_pixels_read():
    my_pad = digit_pad(THREE)
    assert not my_pad.pixels.any()
    for x in (X[:, 2], X[:, 2:3]):
        my_pad.show(x)
        np.testing.assert_array_equal(my_pad.pixels, X[:, 2:3])


def test_a_network_of_any_depth_is_read():
    assert repr(digit_pad(FOUR)).endswith("has 64, 9, 8, 7 and 10 units.")
    assert len(digit_pad(FOUR, X).picture().figure.axes) == 5
    assert len(digit_pad(FOUR).spec["layers"]) == 4


def test_what_the_page_gets_is_exact_to_a_float32():
    import base64

    packed = digit_pad(THREE).spec["layers"][0]["W"]
    numbers = np.frombuffer(base64.b64decode(packed), "<f4").reshape(48, 64)
    np.testing.assert_allclose(numbers, THREE["W1"], rtol=1e-7)


def test_the_player_asks_nobody_and_is_small():
    page = digit_pad(THREE, X).player()
    assert len(page) < 150_000
    assert set(re.findall(r"https?://[\w.]+", page)) <= {"http://www.w3.org"}
    assert page.startswith("<!DOCTYPE html>")
    assert not digit_pad(THREE).player(fragment=True).startswith("<!DOCTYPE")


def test_the_page_and_the_kernel_share_the_drawing():
    my_pad = digit_pad(THREE, X)
    view = my_pad.widget()
    state = view.get_state()
    assert my_pad.widget() is view
    drawing, spec = state["_drawing"], state["_spec"]
    assert spec == my_pad.spec
    assert spec["examples"][drawing["example"]] == drawing["pixels"]
    assert [layer["columns"] for layer in spec["layers"]] == [64, 48, 24]
    assert state["_large"] is False
    my_pad.show(X[:, 3])
    assert view._drawing["pixels"] == X[:, 3].tolist()
    view.set_state({"_drawing": {**drawing, "pixels": X[:, 4].tolist()}})
    np.testing.assert_array_equal(my_pad.pixels, X[:, 4:])


def test_it_is_large_while_projected_and_in_the_slides():
    my_pad = digit_pad(THREE)
    view = my_pad.widget()
    try:
        explore.projector()
        assert view._large
        assert digit_pad(THREE).widget()._large
        explore.projector(False)
        assert not view._large
    finally:
        picture.enlarge(1)
    assert '"_large": false' in my_pad.player()
    assert '"_large": true' in my_pad.player(large=True)


def test_what_is_shown_is_the_picture_and_its_words():
    my_pad = digit_pad(THREE)
    assert repr(my_pad) == "A pad for digits; the network has 64, 48, 24 and 10 units."
    bundle = my_pad._repr_mimebundle_()
    assert bundle["text/plain"] == repr(my_pad)
    assert my_pad.picture().sentence in bundle["text/html"]


def test_a_script_is_started_in_a_page_and_nothing_in_its_data_ends_it():
    front = FrontEnd("nnteach.draw", "pad", "_drawing")
    assert front.starting.endswith("startAll();\n")
    data = front.element("<b>still</b>", {"a": "</script><b>"})
    assert data.count("</script>") == 1
    inside = re.search(r'"application/json">(.*)</script>', data)[1]
    assert json.loads(inside) == {"a": "</script><b>"}
    assert "<title>a &lt; b</title>" in front.player("", "a < b")
    front.script = "export { render };"
    with pytest.raises(ValueError, match=r"pad.js does not end with `export default"):
        _ = front.starting


STACKED = {name: np.stack([value, value]) for name, value in THREE.items()}
FEW = three_layer.initialize_parameters(64, 4, 3, 3, rng=0)
SMALL = three_layer.initialize_parameters(2, 4, 3, 3, rng=0)
REFUSED = [
    (lambda: digit_pad(SMALL), "64 inputs"),
    (lambda: digit_pad(FEW), "64 inputs and 10 outputs, got 64 and 3"),
    (lambda: digit_pad(STACKED), "one run"),
    (lambda: digit_pad(THREE, X.T), "64 pixels from 0 to 1"),
    (lambda: digit_pad(THREE, 16 * X), "64 pixels from 0 to 1"),
    (lambda: digit_pad(THREE, 1.01 * X), "64 pixels from 0 to 1"),
    (lambda: digit_pad(THREE).show(X), "64 pixels from 0 to 1"),
    (lambda: digit_pad(THREE).show(X[:, 0] - 1), "64 pixels from 0 to 1"),
]


@pytest.mark.parametrize("wrong, words", REFUSED)
def test_what_does_not_fit_is_refused_with_advice(wrong, words):
    with pytest.raises(ValueError, match=words) as caught:
        wrong()
    assert "Try " in str(caught.value)
