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

import functools
import html
import inspect
import itertools
import math
import sys
import traceback
import weakref
from dataclasses import dataclass, replace
from numbers import Integral
from typing import NamedTuple

from nnteach.cells import cell_that_makes
from nnteach.draw.picture import Picture, enlarge, larger, style
from nnteach.rounding import show as number

_all = weakref.WeakSet()  # every explorer of this process, for sweep and projector
grows = weakref.WeakSet()  # other views with a `_large`, for the projector


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
    seconds: float = 1

    def __post_init__(self):
        values = tuple(_plain(value) for value in _first(self.values))
        if len(values) < 2:
            raise ValueError(f"A control needs at least two values, not {values}.")
        if len(values) > _MOST:
            raise ValueError(
                f"A control has at most {_MOST:,} values, and each is a picture. Try "
                "fewer: range(0, 1000, 10)."
            )
        start = values[0] if self.start is None else _plain(self.start)
        is_number = isinstance(start, (int, float)) and abs(start) < 1e300
        if start not in values and is_number:
            # 0.3 stands for the 0.30000000000000004 of np.arange(0, 1, 0.1).
            close = [
                v for v in values if isinstance(v, float) and math.isclose(v, start)
            ]
            start = close[0] if close else start
        if start not in values:
            shown = ", ".join(map(str, values[:8])) + (", ..." if values[8:] else "")
            raise ValueError(f"start={start!r} is not among the values {shown}.")
        if self.kind not in ("slider", "choice", "steps"):
            raise ValueError(f"kind is slider, choice or steps, not {self.kind!r}.")
        if not (isinstance(self.seconds, (int, float)) and self.seconds > 0):
            raise ValueError(f"seconds is a number above 0, not {self.seconds!r}.")
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


_MOST = 10_000


def _is_row(values):
    return hasattr(values, "__iter__") and not isinstance(values, (str, bytes))


def _first(values):
    """Return the values of a control, and one too many where they do not end."""
    if not _is_row(values):
        raise TypeError(
            f"A control needs its values in a row, such as [1, 2, 3], not {values!r}."
        )
    return tuple(itertools.islice(values, _MOST + 1))


def slider(values, start=None, label="", show=None):
    """Return a control to drag or to move by the arrow keys, with its value beside it.

    values : sequence, in the order of the slider
    start : the value it begins with; by default the first
    label : what stands before it; by default the name of the argument
    show : value -> text
    """
    return Control(values, start, label, show, "slider")


def choice(values, start=None, label="", show=None):
    """Return a control with one button for each value, or a list if they are many."""
    return Control(values, start, label, show, "choice")


def steps(values, start=None, label="", show=None, seconds=1):
    """Return a control with first, back, on, last, play; `steps(12)` counts 0 to 11.

    seconds : how long play shows each picture at the speed 1 ×
    """
    values = range(values) if isinstance(values, Integral) else values
    return Control(values, start, label, show, "steps", seconds)


def explorer(*others, **controls):
    """Turn a function from control values to a `Picture` into an `Explorer`.

    Each keyword is an argument of the function, with a `Control` (`slider`, `choice`,
    `steps`) or a plain sequence of values, which becomes a slider.

    Introduced in chapter 2.
    """
    if others:
        raise TypeError(
            "explorer needs controls, each by its name. Try @explorer(rate=[0.1, 1]) "
            "above the function."
        )
    return lambda function: Explorer(function, controls)


class Explorer:
    """A picture that answers to controls; see `explorer`."""

    def __init__(self, function, controls):
        if not inspect.isfunction(function):
            raise TypeError(
                "An explorer is made of a function, which returns a Picture, not of "
                f"{type(function).__name__}. Try @explorer(...) above def."
            )
        self.function = function
        self.name = function.__name__
        functools.update_wrapper(self, function)
        self.controls = _checked_controls(function, controls)
        self._view = None
        _all.add(self)

    def __call__(self, *others, **values):
        """Return the picture for these values; a control left out is at its start."""
        if others:
            some = next(iter(self.controls))
            raise TypeError(
                f"{self.name} needs its values by name. Try "
                f"{self.name}({some}={others[0]!r})."
            )
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

    @property
    def start(self):
        """Return the place of each control at the start."""
        return [each.values.index(each.start) for each in self.controls.values()]

    def drawn_at(self, place):
        """Return SVG and sentence for controls that stand at these places."""
        controls = zip(self.controls.items(), place, strict=True)
        drawn = self(**{name: control.values[k] for (name, control), k in controls})
        return drawn.page(), drawn.sentence

    def explained(self, error):
        """Return what went wrong in the drawing function, and on which of its lines."""
        said = f"{self.name} raised {type(error).__name__}: {error}"
        own = self.function.__code__.co_filename
        lines = [
            at for at in traceback.extract_tb(error.__traceback__) if at.filename == own
        ]
        if lines:
            said += f" (line {lines[-1].lineno}: {lines[-1].line})"
        if isinstance(error, NameError) and (cell := cell_that_makes(error.name)):
            cell = cell[0].upper() + cell[1:]
            said += f". {cell} makes {error.name}: run that cell first."
        return said

    def widget(self):
        """Return the live view, an ipywidgets widget; the same one for every display.

        Each control is a trait of it with its name: `view.learning_rate = 1`.
        """
        if self._view is None or self._view.comm is None:
            import nnteach.draw.live as live

            self._view = live.View(self)
        return self._view

    def sweep(self):
        """Move every control to every value; see `sweep`."""
        return sweep([self])

    def player(self, limit=200, fragment=False):
        """Return it as one HTML document that moves without Python; see `player`."""
        return player(self, limit, fragment)

    def __repr__(self):
        return f"Explorer {self.name}({', '.join(self.controls)})"

    def _start(self):
        """Return the still picture as data to display, and its frame for the page."""
        try:
            start = self.picture()
            return start._repr_mimebundle_(), (start.page(), start.sentence)
        except Exception as error:
            text = self.explained(error)
            return {"text/html": _error_html(text), "text/plain": text}, None

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self._start()[0]

    def _ipython_display_(self):
        still, frame = self._start()
        put(still, lambda: self._renewed(frame))

    def _renewed(self, frame):
        """Return the live view, which forgets its frames but the one of the start."""
        import nnteach.draw.live as live

        view = self.widget()  # what the function reads may have changed
        key = ",".join(map(str, self.start))
        view.renew({key: live.pack(*frame)} if frame else {}, larger() > 1)
        return view


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
            if not _is_row(control):
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


def can_show_widgets():
    """Return whether there is a kernel, and anywidget to show a live view."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if getattr(shell, "kernel", None) is None:
        return False
    try:
        import anywidget  # noqa: F401
    except ImportError:
        return False
    return True


def put(still, widget):
    """Show a still picture, and the live view in its place where one can be shown.

    still: data by MIME type; widget: a function that returns the view.
    """
    from IPython.display import display

    outputs = [(still, {})]
    if can_show_widgets():
        from IPython import get_ipython

        import nnteach.draw.live as live

        view = widget()
        live.shown(view, get_ipython())
        outputs = live.outputs(view, still)
    for data, metadata in outputs:
        display(data, metadata=metadata, raw=True)


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
        if explorer._view is not None:
            explorer._view.renew({}, on)
    for view in list(grows):
        view._large = on
    if "IPython" in sys.modules:
        from IPython.display import display

        # The same display_id replaces what an earlier call left in the page.
        display(
            {
                "text/html": f"<style>{_LARGE}</style>" if on else "",
                "text/plain": f"The projector mode is {'on' if on else 'off'}.",
            },
            raw=True,
            display_id="nnteach-projector",
        )


_LARGER = 1.35  # of the text and lines that the kernel draws
_LARGE = (
    "figure.nnteach>img{width:auto;height:auto;max-width:100%;max-height:52vh}"
    "figure.nnteach>figcaption{font-size:20px;line-height:1.4}"
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
    """Move every control of every explorer to every value, and draw each picture.

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
        still = None
        for values in _moves(each):
            frames += 1
            at = ", ".join(f"{name}={value!r}" for name, value in values.items())
            try:
                axes = each(**values).axes_limits()
            except Exception as error:
                wrong.append(f"{each.name}({at}): {each.explained(error)}")
                continue
            still = still or axes
            if axes != still:
                problem = f"the axes moved: {still} at the start, {axes} here"
                wrong.append(f"{each.name}({at}): {problem}")
    if wrong:
        more = f"\n... and {len(wrong) - 10} more" if wrong[10:] else ""
        raise AssertionError("\n".join(wrong[:10]) + more)
    return Sweep(len(explorers), frames)


def _moves(explorer):
    """Yield the values of the controls for each picture of a sweep."""
    controls = explorer.controls
    start = {name: control.start for name, control in controls.items()}
    yield start
    for name, control in controls.items():
        yield from ({**start, name: value} for value in control.values)
    if len(start) > 1:
        ends = [(each.values[0], each.values[-1]) for each in controls.values()]
        for corner in itertools.product(*ends):
            yield dict(zip(start, corner, strict=True))


# The version without Python


def player(explorer, limit=200, fragment=False):
    """Return HTML in which the explorer moves without Python, all its frames inside.

    It needs no server and no network.

    limit : the most frames it may hold; ValueError beyond that
    fragment : whether to leave out what makes it a document, to put it into one
    """
    import nnteach.draw.live as live

    controls = explorer.controls.values()
    count = math.prod(len(control.values) for control in controls)
    if count > limit:
        sizes = " x ".join(str(len(control.values)) for control in controls)
        raise ValueError(
            f"{explorer.name} has {sizes} = {count} frames, more than {limit}. "
            f"Try fewer values, or player(limit={count})."
        )
    places = itertools.product(*(range(len(control.values)) for control in controls))
    frames = [explorer.drawn_at(place) for place in places]
    title = explorer.name.replace("_", " ")
    return live.FRONT.player(live.element(explorer, frames), title, fragment)
