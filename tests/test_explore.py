"""Explorers: from the decorator to the live view, the sweep and the projector.

The live view is tested through its widgets, in ipywidgets 7 and 8 alike; what only a
browser shows stands in test_browser_lab.py.
"""

import re
import sys
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

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
        (steps(["Z1", "A1"]), "steps", ("Z1", "A1"), "Z1", ["Z1", "A1"]),
    ],
)
def test_a_control_knows_its_values_and_their_texts(
    control, kind, values, start, texts
):
    assert (control.kind, control.values, control.start) == (kind, values, start)
    assert control.texts == texts
    assert type(control.values[0]).__module__ == "builtins"


def returning(value):
    return lambda rate: value


@pytest.mark.parametrize(
    "make, error, says",
    [
        (lambda: slider([]), ValueError, "at least two values"),
        (lambda: slider([1]), ValueError, "at least two values"),
        (
            lambda: slider([1, 2], start=3),
            ValueError,
            "start=3 is not among the values 1, 2",
        ),
        (lambda: slider([1, 2], show="{}"), TypeError, "show is a function"),
        (lambda: Control((1, 2), kind="dial"), ValueError, "slider, choice or steps"),
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
def _kernel(monkeypatch):
    import ipywidgets  # noqa: F401  (version 7 asks the kernel when it is imported)

    shell = SimpleNamespace(kernel=object())
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)


@pytest.mark.usefixtures("_kernel")
def test_with_a_kernel_it_also_shows_the_live_view_the_same_at_every_display():
    rates, _ = make()
    first, second = rates._repr_mimebundle_(), rates._repr_mimebundle_()
    assert set(first) == {"text/html", "text/plain", VIEW}
    assert (
        first[VIEW]["model_id"] == second[VIEW]["model_id"] == rates.widget().model_id
    )


@pytest.mark.usefixtures("_kernel")
def test_in_colab_nothing_competes_with_the_live_view(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace())
    assert set(make()[0]._repr_mimebundle_()) == {"text/plain", VIEW}


@pytest.mark.usefixtures("_kernel")
def test_without_ipywidgets_the_still_picture_is_shown(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert set(make()[0]._repr_mimebundle_()) == {"text/html", "text/plain"}


def test_a_start_that_cannot_be_drawn_is_a_message_too():
    def broken(sentence):
        raise ValueError("too <large>")

    bundle = make(broken)[0]._repr_mimebundle_()
    assert "raised ValueError: too <large>" in bundle["text/plain"]
    assert "too &lt;large&gt;" in bundle["text/html"]


# ------------------------------------------------------------- live view


def live(made):
    made.widget()
    return made._live


def shown(made):
    """Return the sentence below the picture that the live view shows."""
    return re.search("<figcaption>(.*)</figcaption>", live(made).shown.value)[1]


def test_every_control_is_labelled_in_full_and_reads_out_its_value():
    rates, _ = make()
    for name, selector in live(rates).selectors.items():
        assert selector.description == name
        assert selector.style.description_width == "initial"
        assert selector.label == rates.controls[name].texts[selector.index]
        assert selector.readout


def test_moving_a_slider_shows_the_picture_of_its_value():
    rates, _ = make()
    assert shown(rates) == "Rate 0.5, step 0."
    live(rates).selectors["rate"].index = 2
    assert shown(rates) == "Rate 2, step 0."
    assert 'aria-label="Rate 2, step 0."' in live(rates).shown.value
    assert live(rates).values == {"rate": 2, "step": 0}


def test_a_frame_is_drawn_once():
    rates, calls = make()
    selector = live(rates).selectors["rate"]
    for index in (2, 0, 2, 0, 1):
        selector.index = index
    assert calls == [(0.5, 0), (2, 0), (0.1, 0)]


WALKS = [
    (["on"], 1, 1),
    (["on", "on", "back"], 1, 1),
    (["last"], 3, 3),
    (["last", "on"], 3, 3),
    (["back"], 0, 0),
    (["last", "back", "first"], 0, 0),
]


@pytest.mark.parametrize("buttons, slider_at, play_at", WALKS)
def test_buttons_slider_and_play_move_together(buttons, slider_at, play_at):
    rates, _ = make()
    for name in buttons:
        live(rates).buttons["step"][name].click()
    assert live(rates).selectors["step"].index == slider_at
    assert live(rates).plays["step"].value == play_at
    assert shown(rates) == f"Rate 0.5, step {slider_at}."


def test_play_moves_the_picture():
    rates, _ = make()
    live(rates).plays["step"].value = 2
    assert shown(rates) == "Rate 0.5, step 2."


@pytest.mark.parametrize(
    "values, widget",
    [(["relu", "tanh"], "ToggleButtons"), (list("abcdefgh"), "Dropdown")],
)
def test_few_choices_are_buttons_and_many_are_a_list(values, widget):
    rates, _ = make(rate=choice(values))
    selector = live(rates).selectors["rate"]
    assert type(selector).__name__ == widget
    selector.index = 1
    assert shown(rates) == f"Rate {values[1]}, step 0."


def test_an_error_stands_in_the_place_of_the_picture_until_the_next_good_value():
    def fragile(sentence):
        if "Rate 2" in sentence:
            raise ValueError("too <large>")  # this line
        return drawn(sentence)

    rates, _ = make(fragile)
    selector = live(rates).selectors["rate"]
    selector.index = 2
    message = live(rates).shown.value
    assert 'role="alert"' in message
    assert "rates raised ValueError: too &lt;large&gt;" in message
    assert re.search(r"line \d+: raise ValueError\(.*# this line", message)
    assert "<svg" not in message
    selector.index = 1
    assert shown(rates) == "Rate 0.5, step 0."


# ----------------------------------------------------------------- sweep


def test_the_sweep_moves_every_control_to_every_value_and_to_the_corners():
    rates, calls = make()
    result = rates.sweep()
    middle = [(rate, 0) for rate in (0.1, 0.5, 2)] + [(0.5, step) for step in range(4)]
    assert set(calls) == {*middle, (0.1, 3), (2, 3)}
    # the start, 3 rates, 4 steps, 8 presses of buttons, 4 corners
    assert result == (1, 1 + 3 + 4 + 8 + 4)
    assert str(result).startswith("1 explorers, 20 frames: every picture was drawn")
    assert shown(rates) == "Rate 0.5, step 0."  # where it was before


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


def test_the_sweep_finds_a_button_that_does_not_move():
    rates, _ = make()
    button = live(rates).buttons["step"]["back"]
    button._click_handlers.callbacks.clear()
    with pytest.raises(AssertionError, match="the controls stand at"):
        rates.sweep()


# ------------------------------------------------------------- projector


def size_of_text(made):
    return float(re.search(r"font-size: ([\d.]+)px", live(made).shown.value)[1])


def test_the_projector_enlarges_what_is_shown_and_what_comes_and_goes_back(capsys):
    rates, _ = make()
    normal = live(rates).shown.value
    projector()
    assert size_of_text(rates) > 1.3 * 11
    assert "font-size:20px" in live(rates).css.value
    assert size_of_text(make()[0]) == size_of_text(rates)
    projector(False)
    assert live(rates).shown.value == normal
    assert "font-size:20px" not in live(rates).css.value


def test_the_projector_keeps_the_controls_where_they_stand():
    rates, _ = make()
    live(rates).selectors["rate"].index = 2
    projector()
    assert shown(rates) == "Rate 2, step 0."
