"""Explorers: a picture as a function of its controls.

    @explorer(learning_rate=slider([0.1, 0.5, 1, 2], start=0.5))
    def cost_curve(learning_rate):
        run = train(two_layer, X, Y, parameters, learning_rate, 1000)
        return plots.cost_curves(run)

    cost_curve                          # the last line of a cell shows it
    cost_curve(learning_rate=1)         # one picture

The function keeps no state: it is handed one value for each control and returns a
`Picture`. From it come the live view, the still picture in the notebook file, the
alternative text, the version that moves without Python (`player`), and the test that
moves every control to every value (`sweep`).
"""

import base64
import functools
import gc
import html
import inspect
import itertools
import json
import math
import sys
import traceback
import weakref
from dataclasses import dataclass, replace
from importlib import resources
from typing import NamedTuple

from nnteach.draw.picture import Picture, enlarge, larger, style
from nnteach.rounding import show as number

_all = weakref.WeakSet()  # every explorer of this process, for sweep and projector
_REMEMBERED = 1000  # frames of one explorer; a frame takes some 20 kB


@dataclass(frozen=True)
class Control:
    """One control of an explorer: its values, in order, and how it is shown.

    Introduced in chapter 2.
    """

    values: tuple
    start: object = None
    label: str = ""
    show: object = None
    kind: str = "slider"

    def __post_init__(self):
        values = tuple(_plain(value) for value in self.values)
        if len(values) < 2:
            raise ValueError(f"A control needs at least two values, not {values}.")
        start = values[0] if self.start is None else _plain(self.start)
        if start not in values:
            shown = ", ".join(map(str, values[:8])) + (", ..." if values[8:] else "")
            raise ValueError(f"start={start!r} is not among the values {shown}.")
        if self.kind not in ("slider", "choice", "steps"):
            raise ValueError(f"kind is slider, choice or steps, not {self.kind!r}.")
        if self.show is not None and not callable(self.show):
            raise TypeError(
                f"show is a function from value to text, not {self.show!r}."
            )
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "start", start)

    @property
    def texts(self):
        """Return the values as the reader sees them."""
        return [str((self.show or _text)(value)) for value in self.values]


def slider(values, start=None, label="", show=None):
    """Return a control to drag or to move by the arrow keys, with its value beside it.

    values : sequence, in the order of the slider
    start : the value it begins with; by default the first
    label : what stands before it; by default the name of the argument
    show : value -> text
    """
    return Control(tuple(values), start, label, show, "slider")


def choice(values, start=None, label="", show=None):
    """Return a control with one button for each value, or a list if they are many."""
    return Control(tuple(values), start, label, show, "choice")


def steps(values, start=None, label="", show=None):
    """Return a control with first, back, on, last, play; `steps(12)` counts 0 to 11."""
    values = range(values) if isinstance(values, int) else values
    return Control(tuple(values), start, label, show, "steps")


def explorer(**controls):
    """Turn a function from control values to a `Picture` into an `Explorer`.

    Each keyword is an argument of the function, with a `Control` (`slider`, `choice`,
    `steps`) or a plain sequence of values, which becomes a slider.

    Introduced in chapter 2.
    """
    return lambda function: Explorer(function, controls)


class Frame:
    """What is kept of a picture once it is drawn."""

    def __init__(self, picture):
        self.svg = picture.svg()
        self.sentence = picture.sentence
        self.axes = picture.axes_limits()

    @property
    def html(self):
        """Return picture and sentence, as the live view shows them."""
        sentence = html.escape(self.sentence)
        return (
            f'<figure class="nnteach">{self.svg}'
            f"<figcaption>{sentence}</figcaption></figure>"
        )


class Explorer:
    """A picture that answers to controls; see `explorer`."""

    def __init__(self, function, controls):
        self.function = function
        self.name = function.__name__
        functools.update_wrapper(self, function)
        self.controls = _checked_controls(function, controls)
        self._frames = {}
        self._live = None
        _all.add(self)

    def __call__(self, **values):
        """Return the picture for these values; a control left out is at its start."""
        for name in values.keys() - self.controls.keys():
            raise TypeError(
                f"{self.name} has no control {name!r}. "
                f"It has: {', '.join(self.controls)}."
            )
        start = {name: control.start for name, control in self.controls.items()}
        with style():
            drawn = self.function(**{**start, **values})
        if not isinstance(drawn, Picture):
            raise TypeError(
                f"{self.name} returned {type(drawn).__name__}, not a Picture. "
                "Try: return plots.Picture(figure, sentence)"
            )
        return drawn

    def picture(self):
        """Return the picture with every control at its start."""
        return self()

    def frame(self, **values):
        """Return the drawn frame for these values; drawn once, then remembered."""
        key = tuple(
            control.values.index(values.get(name, control.start))
            for name, control in self.controls.items()
        )
        if key not in self._frames:
            self._frames[key] = Frame(self(**values))
            if len(self._frames) > _REMEMBERED:
                del self._frames[next(iter(self._frames))]
        return self._frames[key]

    def widget(self):
        """Return the live view, an ipywidgets box; the same one for every display."""
        if self._live is None:
            self._live = _Live(self)
        return self._live.box

    def sweep(self):
        """Move every control to every value; see `sweep`."""
        return sweep([self])

    def player(self, limit=200):
        """Return it as one HTML document that moves without Python; see `player`."""
        return player(self, limit)

    def __repr__(self):
        return f"Explorer {self.name}({', '.join(self.controls)})"

    def _repr_mimebundle_(self, include=None, exclude=None):
        try:
            start = self.picture()
            bundle = {"text/html": start.html(), "text/plain": start.sentence}
        except Exception as error:
            text = _explained(self, error)
            bundle = {"text/html": _error_html(text), "text/plain": text}
        if _can_show_widgets():
            bundle["application/vnd.jupyter.widget-view+json"] = {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.widget().model_id,
            }
            if "google.colab" in sys.modules:  # may prefer HTML to a widget
                del bundle["text/html"]
        return bundle


def _checked_controls(function, controls):
    """Return the controls, plain sequences made sliders, every label filled in."""
    if not controls:
        raise TypeError(
            f"{function.__name__} has no control. "
            "Try: @explorer(learning_rate=[0.1, 0.5, 1])"
        )
    arguments = inspect.signature(function).parameters
    checked = {}
    for name, control in controls.items():
        if name not in arguments:
            raise TypeError(
                f"The control {name!r} is not an argument of {function.__name__}"
                f"({', '.join(arguments)}). Try the same name in both places."
            )
        if not isinstance(control, Control):
            if isinstance(control, str) or not hasattr(control, "__iter__"):
                raise TypeError(
                    f"The control {name!r} is {control!r}, not a sequence of values. "
                    f"Try: {name}=[0.1, 0.5, 1]"
                )
            control = slider(control)
        label = control.label or name.replace("_", " ")
        checked[name] = replace(control, label=label)
    for name, argument in arguments.items():
        if name not in controls and argument.default is argument.empty:
            raise TypeError(
                f"{function.__name__} needs {name!r}, but no control gives it. "
                f"Try: @explorer({name}=[...])"
            )
    return checked


def _plain(value):
    """Return the value, with numpy's scalars turned into Python's own."""
    return value.item() if hasattr(value, "item") else value


def _text(value):
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return number(value) if is_number else str(value)


# The live view


class _Live:
    """The widgets of one explorer: controls, and below them picture and sentence."""

    def __init__(self, explorer):
        import ipywidgets

        _settle()
        self.explorer = explorer
        self.selectors = {}  # control name -> the widget whose index is its value
        self.buttons = {}  # steps control name -> {"first": Button, ...}
        self.plays = {}  # steps control name -> its Play widget
        rows = [
            self._row(ipywidgets, name, control)
            for name, control in explorer.controls.items()
        ]
        self.error = None
        self.frame = None
        self.css = ipywidgets.HTML()
        self.shown = ipywidgets.HTML()
        self.shown.add_class("nnteach-picture")
        controls = ipywidgets.VBox(rows).add_class("nnteach-controls")
        self.box = ipywidgets.VBox([self.css, controls, self.shown])
        self.restyle()
        for selector in self.selectors.values():
            selector.observe(self.show, "index")

    def _row(self, ipywidgets, name, control):
        texts = control.texts
        options = [(text, index) for index, text in enumerate(texts)]
        given = {
            "options": options,
            "index": control.values.index(control.start),
            "description": control.label,
            "style": {"description_width": "initial"},
        }
        if control.kind == "choice":
            few = len(texts) <= 5 and sum(map(len, texts)) <= 60
            kind = ipywidgets.ToggleButtons if few else ipywidgets.Dropdown
            selector = kind(layout={"width": "auto"}, **given)
        else:
            selector = ipywidgets.SelectionSlider(
                layout={"width": "100%", "max_width": "640px"}, **given
            )
        self.selectors[name] = selector
        if control.kind != "steps":
            return selector
        return self._stepper(ipywidgets, name, selector)

    def _stepper(self, ipywidgets, name, selector):
        """First, back, on, last and play, which all move the one slider."""
        last = len(selector.options) - 1
        moves = {
            "first": ("« first", lambda index: 0),
            "back": ("‹ back", lambda index: max(index - 1, 0)),
            "on": ("on ›", lambda index: min(index + 1, last)),
            "last": ("last »", lambda index: last),
        }
        self.buttons[name] = {}
        for key, (text, move) in moves.items():
            button = ipywidgets.Button(description=text, layout={"width": "auto"})
            button.on_click(
                lambda _, move=move: setattr(selector, "index", move(selector.index))
            )
            self.buttons[name][key] = button
        play = ipywidgets.Play(min=0, max=last, value=selector.index, interval=1000)
        self.plays[name] = play
        # Not jslink: it is unreliable in Colab.
        play.observe(lambda change: setattr(selector, "index", change.new), "value")
        selector.observe(lambda change: setattr(play, "value", change.new), "index")
        buttons = ipywidgets.HBox(
            [*self.buttons[name].values(), play], layout={"flex_flow": "row wrap"}
        )
        return ipywidgets.VBox([buttons, selector])

    def restyle(self):
        """Draw again in the present size of text, and set the controls in it too."""
        self.css.value = f"<style>{_css()}</style>"
        self.show()

    @property
    def values(self):
        """Return what the controls stand at."""
        return {
            name: self.explorer.controls[name].values[selector.index]
            for name, selector in self.selectors.items()
        }

    def show(self, change=None):
        """Put the picture for the present values, or what went wrong, into the page."""
        try:
            self.frame, self.error = self.explorer.frame(**self.values), None
            self.shown.value = self.frame.html
        except Exception as error:
            self.frame, self.error = None, error
            self.shown.value = _error_html(_explained(self.explorer, error))


@functools.cache
def _settle():
    """Take all that is loaded by now out of the rounds of the garbage collector.

    Figures leave garbage behind, and while a slider is dragged a full round over
    matplotlib, IPython and the rest would stop it for a quarter of a second.
    """
    gc.collect()
    gc.freeze()


def _can_show_widgets():
    """Return whether there is a kernel, and ipywidgets to show a live view."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if getattr(shell, "kernel", None) is None:
        return False
    try:
        import ipywidgets  # noqa: F401
    except ImportError:
        return False
    return True


def _explained(explorer, error):
    """Return what went wrong in the drawing function, and on which of its lines."""
    said = f"{explorer.name} raised {type(error).__name__}: {error}"
    own = explorer.function.__code__.co_filename
    lines = [
        at for at in traceback.extract_tb(error.__traceback__) if at.filename == own
    ]
    if lines:
        said += f" (line {lines[-1].lineno}: {lines[-1].line})"
    return said


def _error_html(text):
    return (
        '<div class="nnteach" role="alert" style="border-left:4px solid #D55E00;'
        f'padding:0.5em 1em">No picture: {html.escape(text)}</div>'
    )


# The projector


def projector(on=True):
    """Make text, lines and controls larger, or with `projector(False)` normal again.

    It holds for every explorer and picture drawn from now on, and for those already
    shown: explorers are drawn again, still pictures grow with the page's style.
    Introduced in chapter 0.
    """
    if not isinstance(on, bool):
        raise TypeError(f"projector takes True or False, not {on!r}.")
    enlarge(_LARGER if on else 1)
    for explorer in list(_all):
        explorer._frames.clear()
        if explorer._live is not None:
            explorer._live.restyle()
    if "IPython" in sys.modules:
        from IPython.display import display

        # The same display_id replaces what an earlier call left in the page.
        display(
            {
                "text/html": f"<style>{_css()}</style>",
                "text/plain": f"The projector mode is {'on' if on else 'off'}.",
            },
            raw=True,
            display_id="nnteach-projector",
        )


_LARGER = 1.35


def _css():
    """Return the page's style for controls, pictures and sentences, as large as set."""
    large = larger() > 1
    text = "20px" if large else "inherit"
    # Controls, picture and sentence stand whole on a screen of 1280 x 720.
    svg = "width:min(100%,calc(52vh*var(--aspect)))" if large else ""
    image = "width:auto;height:auto;max-height:52vh" if large else ""
    return (
        ".nnteach-controls{overflow:visible}"
        ".nnteach-controls .widget-toggle-buttons{display:flex;flex-flow:row wrap}"
        ".nnteach-controls label,.nnteach-controls .widget-readout,"
        ".nnteach-controls button,.nnteach-controls select{"
        f"font-size:{text};height:auto;min-height:28px;line-height:1.4;"
        "width:auto;max-width:none;overflow:visible}"
        "figure.nnteach{margin:0.3em 0}"
        f"figure.nnteach>svg{{{svg}}}figure.nnteach>img{{max-width:100%;{image}}}"
        f"figure.nnteach figcaption{{font-size:{text};line-height:1.4}}"
    )


# The sweep


class Sweep(NamedTuple):
    """How much a sweep moved."""

    explorers: int
    frames: int

    def __str__(self):
        return (
            f"{self.explorers} explorers, {self.frames} frames: every picture was "
            "drawn, has its sentence, and its axes stay where they are."
        )


def sweep(explorers=None):
    """Move every control of every explorer to every value, through its widgets.

    One control moves while the others stand at their start; then all controls go to
    their ends together. Return the counts.

    explorers : by default all that this process has made

    Raises AssertionError, which names explorer, controls and values, if a picture
    fails or its axes are not where they were at the start.
    """
    explorers = list(_all if explorers is None else explorers)
    explorers.sort(key=lambda explorer: explorer.name)
    frames, wrong = 0, []
    for each in explorers:
        each.widget()
        live = each._live
        start = {name: box.index for name, box in live.selectors.items()}
        at_start = {
            name: control.values.index(control.start)
            for name, control in each.controls.items()
        }
        still = None
        for moved in _moves(live, at_start):
            frames += 1
            still = still or live.frame
            problem = _problem(live, moved, still)
            if problem:
                at = ", ".join(
                    f"{name}={value!r}" for name, value in live.values.items()
                )
                wrong.append(f"{each.name}({at}): {problem}")
        _move(live, start)
    if wrong:
        more = f"\n... and {len(wrong) - 10} more" if wrong[10:] else ""
        raise AssertionError("\n".join(wrong[:10]) + more)
    return Sweep(len(explorers), frames)


def _moves(live, start):
    """Move the widgets; yield where each control should stand after each move."""
    yield _move(live, start)
    for name, control in live.explorer.controls.items():
        last = len(control.values) - 1
        for index in range(last + 1):
            yield _move(live, {**start, name: index})
        if name in live.buttons:
            buttons = live.buttons[name]
            walk = ["first", *["on"] * last, *["back"] * last, "last"]
            place = [0, *range(1, last + 1), *range(last - 1, -1, -1), last]
            for button, index in zip(walk, place, strict=True):
                buttons[button].click()
                yield {**start, name: index}
        _move(live, start)
    if len(start) > 1:
        ends = [(0, len(live.explorer.controls[name].values) - 1) for name in start]
        for corner in itertools.product(*ends):
            yield _move(live, dict(zip(start, corner, strict=True)))


def _move(live, places):
    for name, index in places.items():
        live.selectors[name].index = index
    return places


def _problem(live, places, still):
    """Return what is wrong with what the live view shows now, or None."""
    stand = {name: selector.index for name, selector in live.selectors.items()}
    if stand != places:
        return f"the controls stand at {stand}, not at {places}"
    if live.error is not None:
        return _explained(live.explorer, live.error)
    if live.frame.axes != still.axes:
        return f"the axes moved: {still.axes} at the start, {live.frame.axes} here"
    return None


# The version without Python


def player(explorer, limit=200):
    """Return one HTML document in which the explorer moves without Python.

    Every frame is drawn ahead; a few lines of JavaScript show the one that the
    controls ask for. It needs no server and no network.

    limit : the most frames it may hold; ValueError beyond that
    """
    controls = explorer.controls.values()
    count = math.prod(len(control.values) for control in controls)
    if count > limit:
        sizes = " x ".join(str(len(control.values)) for control in controls)
        raise ValueError(
            f"{explorer.name} has {sizes} = {count} frames, more than {limit}. "
            f"Try fewer values, or player(limit={count})."
        )
    frames = []
    for values in itertools.product(*(control.values for control in controls)):
        drawn = explorer(**dict(zip(explorer.controls, values, strict=True)))
        frames.append([_smaller(drawn), drawn.sentence])
    shown = [
        {
            "label": control.label,
            "kind": control.kind,
            "texts": control.texts,
            "start": control.values.index(control.start),
        }
        for control in controls
    ]
    data = json.dumps({"controls": shown, "frames": frames}, ensure_ascii=False)
    template = (
        resources.files("nnteach.draw").joinpath("player.html").read_text("utf-8")
    )
    title = html.escape(explorer.name.replace("_", " "))
    return template.replace("{{title}}", title).replace(
        "{{data}}", data.replace("</", "<\\/")
    )


def _smaller(picture):
    """Return the picture as SVG or as an image, whichever takes fewer characters."""
    svg = picture.svg()
    data = base64.b64encode(picture.png(dpi=96)).decode()
    if len(svg) <= len(data):
        return svg
    sentence = html.escape(picture.sentence)
    return f'<img alt="{sentence}" src="data:image/png;base64,{data}">'
