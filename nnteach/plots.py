"""Pictures: a matplotlib figure and the one sentence that says what it shows.

Every function below draws one kind of picture and returns a `Picture`. Its sentence is
made from the same numbers as the drawing, so the two cannot disagree; it is the
caption, the alternative text and what a test can compare.

    plots.cost_curves(run)                   one or many runs
    plots.decision_boundary(network, ...)    which class where
    plots.network(...)                       units and weights, with their values
    plots.activation_and_slope(...)          a function, its slope, its tangent
    plots.gradient_sizes(...)                mean |dW| by layer
    plots.cost_surface(...)                  cost over two weights, with a path
    plots.confusion_matrix(...)              what is taken for what
    plots.image_grid(...)                    small images, row by row

Each takes `axes=` to draw into a part of your own figure:

    figure, (left, right) = plots.figure(columns=2)
    first = plots.network([2, 2, 1], axes=left)
    second = plots.cost_curves(run, axes=right)
    plots.Picture(figure, f"{first.sentence} {second.sentence}")
"""

import base64
import functools
import hashlib
import html
import io
import re
from contextlib import contextmanager

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

# Okabe and Ito (2008), "Color Universal Design": told apart with every common
# colour blindness.
COLOURS = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
}
# Lines use the colours that stand out from white; the line style is the second cue.
SERIES = (
    (COLOURS["blue"], "-"),
    (COLOURS["vermillion"], "--"),
    (COLOURS["black"], ":"),
    (COLOURS["purple"], "-."),
    (COLOURS["green"], (0, (6, 1, 1, 1, 1, 1))),
)
# Points have a black edge, so they may use the light colours too; the marker is the
# second cue.
CLASSES = (
    (COLOURS["orange"], "s"),
    (COLOURS["blue"], "o"),
    (COLOURS["yellow"], "^"),
    (COLOURS["purple"], "D"),
    (COLOURS["green"], "v"),
    (COLOURS["sky"], "P"),
)

_STYLE = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"],
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "none",
    "svg.hashsalt": "nnteach",
    "path.simplify": True,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "axes.facecolor": "white",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.titlelocation": "left",
    "axes.titley": 1.0,
    "axes.unicode_minus": False,
    "legend.frameon": False,
}
_settings = {"projector": False, "styled": False}
on_projector = []  # called with True or False when the projector is switched


@contextmanager
def style():
    """The course's matplotlib settings, within a `with` block."""
    if _settings["styled"]:  # entering the settings again would only cost time
        yield
        return
    larger = 1.4 if _settings["projector"] else 1.0
    text = 11 * larger
    sizes = {
        "font.size": text,
        "axes.titlesize": text,
        "axes.labelsize": text,
        "xtick.labelsize": text,
        "ytick.labelsize": text,
        "legend.fontsize": text,
        "lines.linewidth": 2 * larger,
        "lines.markersize": 6 * larger,
    }
    with mpl.rc_context({**_STYLE, **sizes}):
        _settings["styled"] = True
        try:
            yield
        finally:
            _settings["styled"] = False


def styled(function):
    """The function, run with the course's matplotlib settings."""

    @functools.wraps(function)
    def run(*args, **kwargs):
        with style():
            return function(*args, **kwargs)

    return run


def number(value):
    """A number as every picture and sentence of the course writes it.

    Four significant digits, thousands separated: 0.6931, 12.5, 10,000, 3.2e-8, inf.
    """
    if isinstance(value, str):
        return value
    if float(value).is_integer() and abs(value) < 1e15 or 1e4 <= abs(value) < 1e15:
        return f"{value:,.0f}"
    return re.sub(r"e([+-])0*", lambda e: "e" + e[1].strip("+"), f"{value:.4g}")


@styled
def figure(width=8, height=3.9, *, columns=1, rows=1, widths=None, title=True):
    """A new figure and its axes: white, no pyplot, axes that stay where they are.

    Parameters
    ----------
    width, height : float
        In inches. The default fits one screen together with controls and sentence.
    columns, rows : int
        With more than one of either, an array of axes is returned.
    widths : sequence of float, optional
        Relative widths of the columns.
    title : bool
        Whether to leave room for a title above the axes.
    """
    drawn = Figure(figsize=(width, height), dpi=96)
    larger = mpl.rcParams["font.size"] / 11
    drawn.subplots_adjust(
        left=0.8 * larger / width,
        right=1 - 0.2 / width,
        bottom=0.58 * larger / height,
        top=1 - (0.36 * larger if title else 0.15) / height,
        wspace=0.9 * larger * columns / width,
        hspace=1.0 * larger * rows / height,
    )
    axes = drawn.subplots(rows, columns, width_ratios=widths)
    for each in np.ravel(axes):
        # Places fixed by hand: nothing jumps, and matplotlib need not measure every
        # tick label of every frame (a third of the time to draw one).
        box = each.get_position()
        each.xaxis.set_label_coords(0.5, -0.48 * larger / (height * box.height))
        each.yaxis.set_label_coords(-0.66 * larger / (width * box.width), 0.5)
        each.set_title("", y=1.0)
        each.xaxis.set_major_locator(MaxNLocator(5))
        each.yaxis.set_major_locator(MaxNLocator(5))
    return drawn, axes


class Picture:
    """A figure and the sentence that says what it shows.

    In a notebook it shows itself: the image, the sentence below it, and the sentence
    as the image's alternative text.

    Introduced in chapter 0.
    """

    def __init__(self, figure, sentence):
        if not isinstance(figure, Figure):
            raise TypeError(
                f"Picture needs a matplotlib Figure, not {type(figure).__name__}. "
                "Try: figure, axes = plots.figure()"
            )
        if not isinstance(sentence, str) or not sentence.strip():
            raise ValueError(
                f"Picture needs a sentence that says what it shows, not {sentence!r}."
            )
        self.figure = figure
        self.sentence = sentence.strip()

    def __repr__(self):
        return self.sentence

    @styled
    def svg(self):
        """The picture as one SVG element; the same picture gives the same text."""
        drawn = io.StringIO()
        FigureCanvasSVG(self.figure).print_svg(drawn, metadata=_NO_METADATA)
        return _for_page(drawn.getvalue(), self.sentence)

    @styled
    def png(self, dpi=144):
        """The picture as the bytes of a PNG file."""
        drawn = io.BytesIO()
        before = self.figure.dpi
        self.figure.dpi = dpi
        FigureCanvasAgg(self.figure).print_png(drawn, metadata={"Software": None})
        self.figure.dpi = before
        return drawn.getvalue()

    def html(self):
        """The picture as HTML that needs nothing else: image, sentence, both in one."""
        sentence = html.escape(self.sentence)
        data = base64.b64encode(self.png()).decode()
        width = round(96 * self.figure.get_size_inches()[0])
        return (
            f'<figure class="nnteach"><img alt="{sentence}" width="{width}" '
            f'src="data:image/png;base64,{data}">'
            f"<figcaption>{sentence}</figcaption></figure>"
        )

    def axes_limits(self):
        """Where every axes stands and what it spans; equal when nothing jumps."""
        return tuple(
            (
                tuple(round(edge, 6) for edge in axes.get_position().bounds),
                axes.get_xlim(),
                axes.get_ylim(),
            )
            for axes in self.figure.axes
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/html": self.html(), "text/plain": self.sentence}


_NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def _for_page(svg, sentence):
    """The SVG made fit to stand in a page beside others.

    Matplotlib writes a file of its own: a style rule that would hold for the whole
    page, names for groups that nobody refers to, and clip paths named by what they
    hold, counted from 0 in every picture, so that two pictures could clash.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<style.*?</style>|<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r' id="(?!C\d)[^"]*_\d+"|(?<=\n) +', "", svg)
    own = "n" + hashlib.sha256(f"{sentence}{svg}".encode()).hexdigest()[:8]
    svg = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{own}", svg)
    label = html.escape(sentence)
    return svg.replace(
        "<svg",
        f'<svg role="img" aria-label="{label}" style="max-width:100%;height:auto;'
        'stroke-linejoin:round;stroke-linecap:butt"',
        1,
    )


@styled
def cost_curves(runs, labels=None, *, ylim=None, axes=None):
    """A picture of the cost after every step, of one run or of many.

    Parameters
    ----------
    runs : Run or sequence of Run
        A `Run` from `train`, with one learning rate or with many.
    labels : sequence of str, optional
        One for each curve; by default its learning rate.
    ylim : (float, float), optional
        By default from 0 to a little above the highest starting cost, so that it
        stays the same for all runs that start alike.
    axes : matplotlib Axes, optional
        Where to draw; by default a new figure.

    Introduced in chapter 2.
    """
    curves = [curve for run in _as_list(runs) for curve in _curves_of(run)]
    if labels is None:
        labels = [f"learning rate {number(rate)}" for _, _, rate in curves]
    if len(labels) != len(curves):
        raise ValueError(f"{len(curves)} cost curves but {len(labels)} labels.")
    axes = axes or figure()[1]
    start = max(costs[0] for costs, _, _ in curves)
    bottom, top = ylim or (0, 1.15 * start)
    steps = max(len(costs) for costs, _, _ in curves) - 1
    axes.set_xlim(0, max(steps, 1))
    axes.set_ylim(bottom, top)
    axes.set_xlabel("step")
    axes.set_ylabel("cost")
    few = len(curves) <= len(SERIES)
    for position, ((costs, diverged_at, _), label) in enumerate(
        zip(curves, labels, strict=True)
    ):
        if few:
            colour, line = SERIES[position]
        else:
            colour, line = _ramp(position / (len(curves) - 1)), "-"
        shown = _thinned(costs)
        axes.plot(shown, costs[shown], color=colour, linestyle=line, label=label)
        if diverged_at is not None:
            last = np.flatnonzero(np.isfinite(costs) & (costs <= top))[-1]
            axes.plot(last, costs[last], "X", color=colour, clip_on=False)
            if few:
                axes.annotate(
                    f"diverges at step {number(diverged_at)}",
                    (last, costs[last]),
                    (8, 0),
                    textcoords="offset points",
                    va="center",
                )
    if few and len(curves) > 1:
        axes.legend(loc="upper right")
    return Picture(axes.figure, _costs_sentence(curves, labels))


def _curves_of(run):
    """(costs, diverged_at or None, learning rate) for each curve of a `Run`."""
    costs = np.asarray(run.costs, float)
    if costs.ndim == 1:
        return [(costs, run.diverged_at, run.learning_rate)]
    diverged = np.broadcast_to(run.diverged_at, costs.shape[1:])
    rates = np.broadcast_to(run.learning_rate, costs.shape[1:])
    return [
        (costs[:, k], int(diverged[k]) if diverged[k] >= 0 else None, rates[k])
        for k in range(costs.shape[1])
    ]


def _costs_sentence(curves, labels):
    said = []
    for costs, diverged_at, _ in curves:
        first, last = number(costs[0]), number(costs[-1])
        steps = f"{number(len(costs) - 1)} step{'s' if len(costs) != 2 else ''}"
        if diverged_at is not None:
            said.append(
                f"the cost starts at {first} and diverges at step {diverged_at}"
            )
        elif first == last:
            said.append(f"the cost stays at {first} for {steps}")
        else:
            way = "falls" if costs[-1] < costs[0] else "rises"
            said.append(f"the cost {way} from {first} to {last} in {steps}")
    if len(curves) == 1:
        return said[0][0].upper() + said[0][1:] + "."
    if len(curves) <= len(SERIES):
        return "; ".join(map(": ".join, zip(labels, said, strict=True))) + "."
    ends = [costs[-1] for costs, _, _ in curves]
    best, lost = int(np.argmin(ends)), sum(d is not None for _, d, _ in curves)
    return (
        f"{len(curves)} cost curves, from {labels[0]} to {labels[-1]}: the lowest cost "
        f"after {steps} is {number(ends[best])}, with {labels[best]}; {lost} diverge."
    )


def _thinned(costs, points=300):
    """The indices of the finite costs, at most about `points` of them.

    More would not be seen, and every point of a curve is written into the SVG.
    """
    finite = np.flatnonzero(np.isfinite(costs))
    wanted = np.linspace(0, len(finite) - 1, min(points, len(finite)))
    return finite[np.round(wanted).astype(int)]


def _ramp(share):
    """A colour from dark blue (0) to light orange (1), of rising lightness."""
    return mpl.colormaps["cividis"](0.05 + 0.8 * share)


def _as_list(one_or_many):
    return one_or_many if isinstance(one_or_many, (list, tuple)) else [one_or_many]
