"""Explorers: from the decorator to the live view, the sweep and the projector.

The kernel's side of the live view, with Colab's ipywidgets and the newest alike; what
only a browser shows stands in the tests named test_browser.
"""

import base64
import itertools
import json
import re
import sys
import weakref
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from traitlets import TraitError

from nnteach.draw import explore, picture, plots
from nnteach.draw.explore import (
    Control,
    choice,
    explorer,
    projector,
    slider,
    steps,
    sweep,
)


def drawn(sentence, top=1):
    figure, axes = plots.figure()
    axes.set_ylim(0, top)
    return plots.Picture(figure, sentence)


def make(function=None, **controls):
    """Return an explorer and the list of the values its function was called with."""
    calls = []

    def rates(rate, step=0):
        calls.append((rate, step))
        return (function or drawn)(f"Rate {rate}, step {step}.")

    controls = controls or {"rate": slider([0.1, 0.5, 2], start=0.5), "step": steps(4)}
    return explorer(**controls)(rates), calls


@pytest.fixture(autouse=True)
def _alone(monkeypatch):
    monkeypatch.setattr(explore, "_all", weakref.WeakSet())
    yield
    picture.enlarge(1)


# -------------------------------------------------------------- controls


@pytest.mark.parametrize(
    "control, kind, values, start, texts",
    [
        (slider([1, 0.5]), "slider", (1, 0.5), 1, ["1", "0.5"]),
        (slider(np.array([0.1, 10_000])), "slider", (0.1, 1e4), 0.1, ["0.1", "10,000"]),
        (slider(range(3), start=2), "slider", (0, 1, 2), 2, ["0", "1", "2"]),
        (
            slider([0.1 + 0.2, 1], 0.3),
            "slider",
            (0.1 + 0.2, 1),
            0.1 + 0.2,
            ["0.3", "1"],
        ),
        (slider([1, 2], show="{} %".format), "slider", (1, 2), 1, ["1 %", "2 %"]),
        (
            choice(["relu", "tanh"]),
            "choice",
            ("relu", "tanh"),
            "relu",
            ["relu", "tanh"],
        ),
        (choice([True, False]), "choice", (True, False), True, ["True", "False"]),
        (steps(3), "steps", (0, 1, 2), 0, ["0", "1", "2"]),
        (steps(np.int64(2)), "steps", (0, 1), 0, ["0", "1"]),
        (slider(range(10_000)), "slider", (*range(10_000),), 0, None),
        (steps(["Z1", "A1"]), "steps", ("Z1", "A1"), "Z1", ["Z1", "A1"]),
    ],
)
def test_a_control_knows_its_values_and_their_texts(
    control, kind, values, start, texts
):
    assert (control.kind, control.values, control.start) == (kind, values, start)
    assert texts is None or control.texts == texts
    assert type(control.values[0]).__module__ == "builtins"


def returning(value):
    return lambda rate: value


def test_a_start_may_differ_by_rounding():
    for values in (np.arange(0, 1, 0.1), ["a", 0, 0.1 + 0.2], [0.1, 3, 0.1 + 0.2]):
        assert slider(values, start=0.3).start == 0.1 + 0.2


@pytest.mark.parametrize(
    "make, error, says",
    [
        (lambda: slider([]), ValueError, "at least two values"),
        (lambda: slider([1]), ValueError, "at least two values"),
        (lambda: slider(3), TypeError, "its values in a row, such as [1, 2, 3], not 3"),
        (lambda: choice(None), TypeError, "in a row, such as [1, 2, 3], not None"),
        (lambda: choice("relu", "tanh"), TypeError, "such as [1, 2, 3], not 'relu'"),
        (lambda: steps(3, seconds="1"), ValueError, "seconds is a number above 0"),
        (lambda: explorer([1, 2]), TypeError, "Try @explorer(rate=[0.1, 1]) above"),
        (lambda: explorer(drawn), TypeError, "needs controls, each by its name"),
        (lambda: explorer(rate=[1, 2])(3), TypeError, "not of int. Try @explorer("),
        (lambda: make()[0](1), TypeError, "values by name. Try rates(rate=1)."),
        (lambda: slider([0.1, 1], start=10**400), ValueError, "is not among"),
        (lambda: steps(10**400), ValueError, "at most 10,000 values"),
        (lambda: slider(itertools.count()), ValueError, "at most 10,000 values"),
        (
            lambda: slider([1, 2], start=3),
            ValueError,
            "start=3 is not among the values 1, 2.",
        ),
        (
            lambda: slider(range(12), start=99),
            ValueError,
            "the values 0, 1, 2, 3, 4, 5, 6, 7, ....",
        ),
        (lambda: make()[0].player(limit=11), ValueError, "3 x 4 = 12 frames"),
        (lambda: slider([1, 2], show="{}"), TypeError, "show is a function"),
        (lambda: Control((1, 2), kind="dial"), ValueError, "slider, choice or steps"),
        (lambda: steps(3, seconds=0), ValueError, "seconds is a number above 0"),
        (lambda: explorer()(drawn), TypeError, "no control"),
        (
            lambda: explorer(rat=[1, 2])(returning(1)),
            TypeError,
            "'rat' is not an argument",
        ),
        (lambda: explorer(rate=3)(returning(1)), TypeError, "Try: rate=[0.1, 0.5, 1]"),
        (
            lambda: explorer(rate="abc")(returning(1)),
            TypeError,
            "not a sequence of values",
        ),
        (lambda: explorer(a=[1, 2])(lambda a, b: 0), TypeError, "needs 'b'"),
        (
            lambda: explorer(rate=[1, 2])(returning(None))(),
            TypeError,
            "returned NoneType",
        ),
        (
            lambda: make()[0](speed=1),
            TypeError,
            "no control 'speed'. It has: rate, step",
        ),
        (lambda: projector("on"), TypeError, "True or False, not 'on'"),
    ],
)
def test_misuse_says_what_was_expected(make, error, says):
    with pytest.raises(error, match=re.escape(says)):
        make()


# -------------------------------------------------------------- explorer


def test_an_explorer_is_a_function_from_values_to_pictures():
    rates, calls = make()
    assert rates(rate=2, step=3).sentence == "Rate 2, step 3."
    assert rates(step=3).sentence == "Rate 0.5, step 3."
    assert rates(rate=7).sentence == "Rate 7, step 0."  # any value, in code
    assert rates.picture().sentence == "Rate 0.5, step 0."
    assert len(calls) == 4
    assert rates.__name__ == rates.name == "rates"


def test_labels_default_to_the_name_of_the_argument():
    spoken = explorer(learning_rate=[1, 2])(lambda learning_rate: None)
    assert spoken.controls["learning_rate"].label == "learning rate"
    assert spoken.controls["learning_rate"].kind == "slider"


def test_without_a_kernel_it_shows_the_still_picture_and_its_sentence():
    bundle = make()[0]._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == "Rate 0.5, step 0."
    assert "<figcaption>Rate 0.5, step 0.</figcaption>" in bundle["text/html"]


VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def displayed(monkeypatch):
    """A function that shows an explorer as a cell does and returns its outputs."""
    import ipywidgets  # noqa: F401  (version 7 asks the kernel when it is imported)

    shell = SimpleNamespace(kernel=object())
    shell.get_parent = lambda: {
        "metadata": {"cellId": shell.cell},
        "header": {"msg_id": object(), "session": shell.page},
    }
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)

    def show(made, cell="one", page="page"):
        shell.cell, shell.page, outputs = cell, page, []
        monkeypatch.setattr(
            "IPython.display.display",
            lambda data, metadata, raw: outputs.append((data, metadata)),
        )
        made._ipython_display_()
        return outputs

    return show


def test_with_a_kernel_the_still_picture_and_the_live_view_are_two_outputs(displayed):
    rates, _ = make()
    (still, _), (live, _) = displayed(rates)
    assert set(still) == {"text/html", "text/plain"}
    assert set(live) == {VIEW}
    assert "<figcaption>Rate 0.5, step 0.</figcaption>" in still["text/html"]
    # The same view at every display.
    assert displayed(rates)[1][0][VIEW] == live[VIEW]
    assert live[VIEW]["model_id"] == rates.widget().model_id


def test_vs_code_chooses_between_the_two_itself(displayed, monkeypatch):
    monkeypatch.setenv("VSCODE_PID", "1")
    [(data, _)] = displayed(make()[0])
    assert set(data) == {"text/html", "text/plain", VIEW}


def test_in_colab_its_own_widget_manager_is_named_beside_the_live_view(
    displayed, monkeypatch
):
    from anywidget import _util

    url, switched = "https://example.org/manager.js", []
    output = SimpleNamespace(
        enable_custom_widget_manager=lambda: switched.append(1),
        _widgets=SimpleNamespace(_installed_url=url),
    )
    monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace(output=output))
    monkeypatch.setitem(sys.modules, "google.colab.output", output)
    _util.enable_custom_widget_manager_once.cache_clear()
    [(data, metadata)] = displayed(make()[0])
    assert set(data) == {"text/plain", VIEW}
    assert metadata == {VIEW: {"colab": {"custom_widget_manager": {"url": url}}}}
    assert switched == [1]


@pytest.mark.parametrize("lacking", ["kernel", "anywidget"])
def test_without_kernel_or_anywidget_the_still_is_shown(
    displayed, monkeypatch, lacking
):
    if lacking == "kernel":
        monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=None))
    else:
        monkeypatch.setitem(sys.modules, "anywidget", None)
    assert [set(data) for data, _ in displayed(make()[0])] == [
        {"text/html", "text/plain"}
    ]


def test_shown_again_it_is_drawn_anew(displayed):
    rates, calls = make()
    displayed(rates)
    view = rates.widget()
    first, generation = view._frames, view._generation
    assert list(first) == ["1,0"]
    view.rate = 2
    displayed(rates)
    assert view._generation == generation + 1
    assert calls == [(0.5, 0)] * 2  # not where the slider stands: the still picture
    assert view.rate == 2


def test_what_a_cell_no_longer_shows_is_let_go(displayed):
    first, second = make()[0], make()[0]
    displayed(first, "one")
    displayed(first, "two")
    displayed(second, "one")
    assert first.widget().comm is not None  # the other cell shows it still
    old = first.widget()
    displayed(second, "two")
    assert old.comm is None
    assert first.widget() is not old


def test_two_pages_may_show_a_cell_and_the_third_takes_the_place_of_the_first(
    displayed,
):
    explorers = [make()[0] for _ in range(4)]
    for made, page in zip(explorers, ("a", "b", "b", "c"), strict=True):
        displayed(made, "one", page)
        made.view = made.widget()
    gone = [made.view.comm is None for made in explorers]
    assert gone == [True, True, False, False]


def test_a_start_that_cannot_be_drawn_is_a_message_too():
    def broken(sentence):
        raise ValueError("too <large>")

    bundle = make(broken)[0]._repr_mimebundle_()
    assert "raised ValueError: too <large>" in bundle["text/plain"]
    assert "too &lt;large&gt;" in bundle["text/html"]


# ------------------------------------------------------------- live view


def asked(made, *places):
    """Return what the view answers when the page asks for these places."""
    view, sent = made.widget(), []
    view.send = sent.append
    view.asked(view, {"want": [list(place) for place in places]})
    return sent


def unpacked(packed):
    return json.loads(zlib.decompress(base64.b64decode(packed)))


def test_the_page_gets_the_frames_that_it_asks_for():
    rates, calls = make()
    first, second = asked(rates, (2, 3), (0, 0))
    assert calls == [(2, 3), (0.1, 0)]
    svg, sentence = unpacked(first["frame"])
    assert (first["key"], sentence) == ("2,3", "Rate 2, step 3.")
    assert svg == rates(rate=2, step=3).svg()
    assert second["key"] == "0,0"


def test_a_new_question_takes_the_place_of_the_old_one():
    rates, calls = make()
    view, later = rates.widget(), []
    view.loop = SimpleNamespace(
        call_soon_threadsafe=lambda function, *values: function(*values),
        call_later=lambda seconds, function: later.append((seconds, function)),
    )
    asked(rates, (0, 0), (0, 1), (0, 2))
    asked(rates, (2, 3))
    assert calls == [(0.1, 0)]
    assert 0 < later[0][0] < 0.02  # a cell can begin, and the reader need not wait
    while later:
        later.pop(0)[1]()
    assert calls == [(0.1, 0), (2, 3)]
    view.close()
    view.asked(view, {"want": [[0, 1]]})
    assert len(calls) == 2, "a closed view draws nothing"


def test_every_control_is_a_trait_with_its_name():
    rates, _ = make(rate=slider([0.1, 0.5, 2], start=0.5), step=choice([None, (1, 2)]))
    view, seen = rates.widget(), []
    assert (view.rate, view.step) == (0.5, None)
    view.observe(lambda change: seen.append((change.name, change.new)))
    view.rate = 2
    view.set_state({"rate": 0.1})
    view.set_state({"step": 1})  # the page knows it by its place
    view.set_state({"rate": 1.9})  # a linked widget may stand between two values
    moved = [(name, value) for name, value in seen if name in ("rate", "step")]
    assert moved == [("rate", 2), ("rate", 0.1), ("step", (1, 2)), ("rate", 2)]
    with pytest.raises(TraitError, match="expected any of"):
        view.rate = 3
    assert view.get_state(["rate", "step"]) == {"rate": 2, "step": 1}


def test_the_page_gets_what_it_must_know():
    given = {
        "rate": slider([0.1, np.inf], show="{} %".format),
        "step": steps([1, "two", 3.5, True], start="two", seconds=0.5),
        "layer": choice([(1, 2), None], label="which"),
    }
    made = explorer(**given)(lambda rate, step, layer: drawn("It is."))
    view = made.widget()
    state = view.get_state()
    names = {"rate", "step", "layer", "_spec", "_frames", "_generation", "_large"}
    assert names <= state.keys()
    spec = state["_spec"]
    assert (spec["name"], spec["start"]) == (made.name, [0, 1, 0])
    keys = ("trait", "label", "kind", "texts", "seconds", "values")
    assert [tuple(map(control.get, keys)) for control in spec["controls"]] == [
        ("rate", "rate", "slider", ["0.1 %", "inf %"], 1, None),
        ("step", "step", "steps", ["1", "two", "3.5", "True"], 0.5,
         [1, "two", 3.5, True]),
        ("layer", "which", "choice", ["(1, 2)", "None"], 1, None),
    ]  # fmt: skip
    # Bounds on the frames that a page remembers, and on those in a saved notebook.
    assert 1e6 < spec["saved"] < 5e6 < spec["page"] < 5e7
    others = make()[0].widget().get_state()["_spec"]
    assert spec["kernel"] == others["kernel"]
    assert spec["id"] != others["id"]


def test_the_player_begins_at_the_start_and_holds_every_frame():
    made, _ = make(lambda sentence: drawn(f"{sentence} </script>"))
    assert made.player(limit=12) == made.player()
    page = made.player(fragment=True)
    assert made.player().startswith("<!DOCTYPE html>")
    assert not page.startswith("<!DOCTYPE html>")
    data = json.loads(re.search(r'"application/json">(.*?)</script>', page)[1])
    frames = unpacked(data["frames"])
    sentences = [sentence for _, sentence in frames]
    assert sentences == [
        f"Rate {rate}, step {step}. </script>"
        for rate in (0.1, 0.5, 2)
        for step in range(4)
    ]
    still, _, rest = page.partition("<figcaption>")
    assert frames[4][0] in still
    assert rest.startswith("Rate 0.5, step 0. &lt;/script&gt;</figcaption>")
    assert (data["state"]["rate"], data["state"]["step"]) == (0.5, 0)
    spec = data["state"]["_spec"]
    assert (spec["alone"], spec["start"]) == (True, [1, 0])
    assert spec["page"] > len(data["frames"])
    # What is not plain is known by its place.
    odd = explorer(layer=choice([None, (1, 2)], start=(1, 2)))(
        lambda layer: drawn("It.")
    )
    data = re.search(r'"application/json">(.*?)</script>', odd.player())[1]
    assert json.loads(data)["state"]["layer"] == 1


def test_a_control_may_have_the_name_of_something_that_widgets_have():
    @explorer(layout=[1, 2], rate=[1, 2])
    def arranged(layout, rate):
        return drawn(f"Layout {layout}.")

    arranged.widget().layout_ = 2
    assert arranged.widget().get_state(["layout_"]) == {"layout_": 2}


def test_an_error_is_a_message_and_not_remembered():
    broken = [True]

    def fragile(sentence):
        if broken:
            raise ValueError("too <large>")  # this line
        return drawn(sentence)

    rates, _ = make(fragile)
    [answer] = asked(rates, (2, 0))
    assert "frame" not in answer
    message = answer["error"]
    assert message.startswith("rates raised ValueError: too <large>")
    assert re.search(r"line \d+: raise ValueError\(.*# this line", message)
    broken.clear()
    assert "frame" in asked(rates, (2, 0))[0]


# ----------------------------------------------------------------- sweep


def test_the_sweep_moves_every_control_to_every_value_and_to_the_corners():
    rates, calls = make()
    result = rates.sweep()
    middle = [(rate, 0) for rate in (0.1, 0.5, 2)] + [(0.5, step) for step in range(4)]
    assert set(calls) == {*middle, (0.1, 3), (2, 3)}
    # the start, 3 rates, 4 steps, 4 corners
    assert result == (1, 1 + 3 + 4 + 4)
    assert str(result).startswith("1 explorers, 12 frames: every picture was drawn")


def test_one_control_has_no_corners():
    made, calls = make(rate=[1, 2, 3])
    assert made.sweep() == (1, 1 + 3)
    assert {rate for rate, _ in calls} == {1, 2, 3}


@pytest.mark.parametrize("values, more", [(10, ""), (12, "\n... and 2 more")])
def test_ten_failures_are_named_and_the_others_counted(values, more):
    made, _ = make(lambda sentence: None, rate=[*range(values - 1)])
    with pytest.raises(AssertionError) as caught:
        made.sweep()
    assert str(caught.value).count("raised TypeError") == 10
    assert str(caught.value).endswith(f"Picture(figure, sentence){more}")


def test_the_sweep_finds_every_explorer_of_the_process():
    first, second = make()[0], make(rate=[1, 2])[0]
    assert sweep().explorers == 2
    assert sweep([first]).explorers == sweep([second]).explorers == 1


def far_away(sentence):
    if "step 3" in sentence:
        raise ZeroDivisionError("division by zero")
    return drawn(sentence)


def jumping(sentence):
    return drawn(sentence, top=2 if "Rate 2" in sentence else 1)


def moving(sentence):
    made = drawn(sentence)
    if "step 2" in sentence:
        made.figure.axes[0].set_position((0.2, 0.2, 0.5, 0.5))
    return made


@pytest.mark.parametrize(
    "function, says",
    [
        (far_away, "rates(rate=0.5, step=3): rates raised ZeroDivisionError: division"),
        (jumping, "rates(rate=2, step=0): the axes moved"),
        (moving, "rates(rate=0.5, step=2): the axes moved"),
        (lambda sentence: None, "rates(rate=0.5, step=0): rates raised TypeError"),
    ],
)
def test_the_sweep_names_explorer_and_values_of_a_failure(function, says):
    with pytest.raises(AssertionError, match=re.escape(says)):
        make(function)[0].sweep()


# ------------------------------------------------------------- projector


def size_of_text(answer):
    svg, _ = unpacked(answer["frame"])
    return float(re.search(r"font-size: ([\d.]+)px", svg)[1])


def test_the_projector_enlarges_still_pictures_by_one_style(monkeypatch):
    said = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, **how: said.append((data, how))
    )
    projector()
    projector(False)
    (on, how), (off, again) = said
    assert on["text/html"].startswith("<style>figure.nnteach>img")
    assert off["text/html"] == ""
    assert on["text/plain"] == "The projector mode is on."
    assert off["text/plain"] == "The projector mode is off."
    assert how == again  # the second takes the place of the first
    assert how["raw"]
    assert how["display_id"]


def test_what_is_shown_while_projected_is_large(displayed):
    made, _ = make()
    displayed(made)
    assert not made.widget()._large
    picture.enlarge(1.35)
    displayed(made)
    assert made.widget()._large


def test_the_projector_enlarges_what_is_shown_and_what_comes_and_goes_back(capsys):
    rates, _ = make()
    [normal] = asked(rates, (0, 0))
    projector()
    [large] = asked(rates, (0, 0))
    assert size_of_text(large) == pytest.approx(1.35 * size_of_text(normal))
    assert rates.widget()._large
    assert large["generation"] > normal["generation"]  # the page forgets the others
    projector(False)
    assert asked(rates, (0, 0))[0]["frame"] == normal["frame"]
    assert not rates.widget()._large
