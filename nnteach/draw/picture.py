"""A picture: a matplotlib figure and the one sentence that says what it shows.

The sentence is the caption, the alternative text, and what a test can compare. Figures
are made without pyplot: nothing is global, nothing needs closing.
"""

import base64
import functools
import hashlib
import html
import io
import pickle
import re
import sys
from contextlib import contextmanager
from contextvars import ContextVar

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

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
# Lines use colours that stand out from white, and from each other in grey too; there
# are no more than four such. The line style is the second cue.
SERIES = (
    (COLOURS["blue"], "-"),
    (COLOURS["vermillion"], "--"),
    (COLOURS["black"], ":"),
    (COLOURS["purple"], "-."),
)
# Points have a black edge, so they may use the light colours too; the marker is the
# second cue.
CLASSES = (
    (COLOURS["orange"], "s"),
    (COLOURS["blue"], "o"),
    (COLOURS["yellow"], "^"),
    (COLOURS["purple"], "D"),
    (COLOURS["green"], "v"),
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
    "legend.framealpha": 0.9,
    "legend.edgecolor": "white",
    "legend.borderpad": 0.2,
    "legend.fancybox": False,
}
_state = {"larger": 1.0}
_styled = ContextVar("within style()", default=False)  # each thread has its own


def enlarge(factor):
    """Make text and lines of every picture drawn from now on larger by this factor."""
    _state["larger"] = float(factor)


def larger():
    """Return the factor that `enlarge` was given last."""
    return _state["larger"]


@contextmanager
def style():
    """Hold matplotlib to the course's settings within a `with` block."""
    if _styled.get():  # entering the settings again would only cost time
        yield
        return
    text = 11 * larger()
    sizes = {
        "font.size": text,
        "axes.titlesize": text,
        "axes.labelsize": text,
        "xtick.labelsize": text,
        "ytick.labelsize": text,
        "legend.fontsize": text,
        "lines.linewidth": 2 * larger(),
        "lines.markersize": 6 * larger(),
    }
    with mpl.rc_context({**_STYLE, **sizes}):
        _styled.set(True)
        try:
            yield
        finally:
            _styled.set(False)


def styled(function):
    """Return the function, which then runs with the course's matplotlib settings."""

    @functools.wraps(function)
    def run(*args, **kwargs):
        with style():
            return function(*args, **kwargs)

    return run


@styled
def figure(width=8, height=3.9, *, columns=1, rows=1, widths=None, title=True):
    """Return a new figure and its axes: white, and the axes stay where they are.

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
    widths = None if widths is None else tuple(widths)
    blank = _blank(width, height, columns, rows, widths, title, larger())
    drawn = pickle.loads(blank)
    axes = np.array(drawn.axes).reshape(rows, columns).squeeze()
    return drawn, axes if axes.ndim else axes.item()


@functools.lru_cache(maxsize=32)
def _blank(width, height, columns, rows, widths, title, scale):
    """Return an empty figure, pickled: to load it takes half the time to make one.

    All places are fixed by hand, so nothing jumps, and matplotlib need not measure
    every tick label of every frame.
    """
    drawn = Figure(figsize=(width, height), dpi=96)
    gap = 0.95 * scale  # between columns: room for the labels of the right one
    edge = 0.3 * scale  # half of the last tick's label stands there
    column = (width - 0.8 * scale - edge - (columns - 1) * gap) / columns
    drawn.subplots_adjust(
        left=0.8 * scale / width,
        right=1 - edge / width,
        bottom=0.58 * scale / height,
        top=1 - (0.36 * scale if title else 0.15) / height,
        wspace=gap / column,
        hspace=1.0 * scale * rows / height,
    )
    for axes in np.ravel(drawn.subplots(rows, columns, width_ratios=widths)):
        box = axes.get_position()
        axes.xaxis.set_label_coords(0.5, -0.29 * scale / (height * box.height))
        axes.yaxis.set_label_coords(-0.6 * scale / (width * box.width), 0.5)
        axes.set_title("", y=1.0)
        axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    drawn.draw_without_rendering()  # makes the ticks
    return pickle.dumps(drawn)


class Picture:
    """A figure, or an SVG element as text, and the sentence that says what it shows.

    In a notebook it shows itself: the image, the sentence below it, and the sentence
    as the image's alternative text. An SVG element needs a viewBox, and has no `id`.

    table: its numbers as rows of texts, the first of them the head; shown on demand.
    Introduced in chapter 0.
    """

    def __init__(self, figure, sentence, table=()):
        if not isinstance(figure, Figure) and not str(figure).startswith("<svg "):
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
        self.table = table

    def __repr__(self):
        return self.sentence

    @styled
    def svg(self):
        """Return the picture as one SVG element, the same text for the same picture."""
        if isinstance(self.figure, str):
            *_, width, height = _VIEW.search(self.figure)[1].split()
            return _described(self.figure, self.sentence, int(width) / int(height))
        drawn = io.StringIO()
        FigureCanvasSVG(self.figure).print_svg(drawn, metadata=_NO_METADATA)
        width, height = self.figure.get_size_inches()
        return _for_page(drawn.getvalue(), self.sentence, width / height)

    def page(self):
        """Return what an explorer puts into the page: the SVG and the table."""
        return self.svg() + self.table_html()

    @styled
    def png(self, dpi=144):
        """Return the picture as the bytes of a PNG file, of at most 256 colours."""
        if isinstance(self.figure, str):
            raise TypeError("This picture is drawn as SVG. Try: picture.svg()")
        before, without_pixels = self.figure.dpi, self.figure.canvas
        self.figure.dpi = dpi
        canvas = FigureCanvasAgg(self.figure)
        canvas.draw()
        self.figure.dpi = before
        self.figure.set_canvas(without_pixels)  # the other holds megabytes
        # Colours that hardly differ become one: a third of the bytes, for the same eye.
        seen = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        few = seen.quantize(method=Image.Quantize.FASTOCTREE)
        # The mean of white and its neighbours is 254: back to the white of the page.
        few.putpalette([255 if part == 254 else part for part in few.getpalette()])
        drawn = io.BytesIO()
        few.save(drawn, "png", optimize=True)
        return drawn.getvalue()

    def html(self):
        """Return the picture as HTML that needs nothing else: image and sentence."""
        sentence = html.escape(self.sentence)
        if isinstance(self.figure, str):
            kind, width = "svg+xml", 860
            # By itself an SVG without a width is small in some viewers.
            data = self.figure.replace("<svg ", f'<svg width="{width}" ', 1).encode()
        else:
            kind, data = "png", self.png()
            width = round(96 * self.figure.get_size_inches()[0])
        return (
            f'<figure class="nnteach"><img alt="{sentence}" width="{width}" '
            f'src="data:image/{kind};base64,{base64.b64encode(data).decode()}">'
            f"<figcaption>{sentence}</figcaption>{self.table_html()}</figure>"
        )

    def table_html(self):
        """Return its numbers as a table that opens on demand, or nothing."""
        rows = [[html.escape(cell) for cell in row] for row in self.table]
        body = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows[1:])
        if len(rows) < 2:
            return ""
        head = f"<tr><th>{'</th><th>'.join(rows[0])}</th></tr>"
        table = f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"
        return f"<details><summary>The numbers as a table</summary>{table}</details>"

    def axes_limits(self):
        """Return where every axes stands and what it spans: equal if nothing jumps."""
        if isinstance(self.figure, str):  # where each mark stands that has a place
            return tuple(sorted(_PLACE.findall(self.figure)))
        return tuple(
            (
                tuple(round(edge, 6) for edge in axes.get_position().bounds),
                axes.get_xlim(),
                axes.get_ylim(),
            )
            for axes in self.figure.axes
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        _let_the_last_go()
        return {"text/html": self.html(), "text/plain": self.sentence}


def cell_of(shell):
    """Return (the notebook's id of the cell that runs or None, its request's header).

    shell : of IPython, or None
    """
    request = getattr(shell, "get_parent", dict)() or {}
    return request.get("metadata", {}).get("cellId"), request.get("header", {})


_numbers = {}  # of the last run of a cell that showed a picture, by the cell's id


def _let_the_last_go():
    """Take from `Out` the picture that this cell left there when it was run before.

    IPython keeps every result by its number, and a figure is a megabyte or more.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    cell, _ = cell_of(shell)
    # execution_count is one more, or is not
    number = getattr(getattr(shell, "displayhook", None), "prompt_count", None)
    if cell is None or number is None:
        return
    before, _numbers[cell] = _numbers.get(cell), number
    results = shell.user_ns["_oh"]
    if before != number and isinstance(results.get(before), Picture):
        shell.drop_by_id({f"_{before}": results.pop(before)})


_NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def _for_page(svg, sentence, aspect):
    """Return the SVG fit to stand in a page beside others.

    Matplotlib writes a file of its own: a style rule that would hold for the whole
    page, names for groups that nobody refers to, and clip paths named by what they
    hold, counted from 0 in every picture, so that two pictures could clash.
    """
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<style.*?</style>|<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r' id="(?!C\d)[^"]*_\d+"|(?<=\n) +', "", svg)
    own = "n" + hashlib.sha256(f"{sentence}{svg}".encode()).hexdigest()[:8]
    svg = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{own}", svg)
    return _described(svg, sentence, aspect)


_PLACE = re.compile(r'data-place="(.*?)" transform="(.*?)"')
_VIEW = re.compile(r'viewBox="(.*?)"')


def _described(svg, sentence, aspect):
    """Return the SVG with its sentence and with what the page's style needs of it."""
    label = html.escape(sentence)
    return svg.replace(
        "<svg",
        f'<svg role="img" aria-label="{label}" style="--aspect:{aspect:.4f};'
        'max-width:100%;height:auto;stroke-linejoin:round;stroke-linecap:butt"',
        1,
    )
