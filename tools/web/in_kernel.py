"""How a chapter's objects show themselves in a web page; runs in the chapter's kernel.

`start` changes the classes of this one kernel: what they show is HTML that needs no
kernel afterwards. Each such output has metadata {"nnteach": {"kind": ...}}:

    explorer    an element with all its frames inside, which explorer.js moves
    still       an explorer beyond the budget: its start, and a sentence that says so
    card        an element that card.js makes a prediction card
    pad         an element that pad.js makes a pad to draw a digit on
    exercise    its hints and its solution, folded
    progress    a sentence, for a page counts nothing
"""

import html
import itertools
import math
import time
import warnings
from typing import NamedTuple

import numpy as np
from IPython.display import display
from matplotlib.container import BarContainer

FRAMES, BYTES, SECONDS = 200, 10_000_000, 60  # of an explorer; of a page; of a page
ROWS, CURVES = 12, 8  # of a table


class Budget:
    """What a page may still cost: characters of frames, seconds of drawing."""

    def __init__(self, frames=FRAMES, size=BYTES, seconds=SECONDS):
        self.frames, self.size, self.seconds = frames, size, seconds

    def too_much(self, count):
        """Return why an explorer with so many frames cannot move, or nothing."""
        if count > self.frames:
            return f"has {count:,} pictures, and a page holds {self.frames} of each"
        if self.size <= 0:
            return f"would make this page larger than {BYTES // 1_000_000} MB"
        if self.seconds <= 0:
            return f"would take more than {SECONDS} seconds to draw for this page"
        return ""


def element(explorer, budget):
    """Return the kind of output, and an explorer as HTML, within the budget."""
    from nnteach.draw import live

    sizes = [len(control.values) for control in explorer.controls.values()]
    start, frames = time.process_time(), []  # of this kernel: others do not count
    beyond = budget.too_much(math.prod(sizes))
    places = itertools.product(*map(range, sizes)) if not beyond else ()
    for place in places:
        if time.process_time() - start > budget.seconds:
            budget.seconds = 0
            break
        frames.append(frame(explorer, place))
    beyond = beyond or budget.too_much(0)
    made = live.element(explorer, frames) if not beyond else ""
    budget.seconds -= time.process_time() - start
    if not beyond and len(made) > budget.size:
        budget.size, beyond = 0, budget.too_much(0) or Budget(size=0).too_much(0)
    if beyond:
        said = f"This picture does not move here: it {beyond}. In JupyterLab it moves."
        note = f'<p class="still-note">{said}</p>'
        return "still", f"{picture_html(explorer.picture())}{note}"
    budget.size -= len(made)
    return "explorer", made


def frame(explorer, place):
    """Return a frame as the page shows it: SVG with its table, and the sentence."""
    controls = zip(explorer.controls.items(), place, strict=True)
    drawn = explorer(**{name: control.values[k] for (name, control), k in controls})
    return with_table(drawn).page(), drawn.sentence


def picture_html(picture):
    """Return a picture as HTML: sharp, with its sentence and its table."""
    with_table(picture)
    return (
        f'<figure class="nnteach"><div class="nnteach-picture">{picture.page()}</div>'
        f"<figcaption>{html.escape(picture.sentence)}</figcaption></figure>"
    )


# ------------------------------------------------------------------ numbers as a table


def with_table(picture):
    """Return the picture, with a table of its curves if it has none of its own."""
    if not picture.table and not isinstance(picture.figure, str):
        picture.table = table_of(picture.figure)
    return picture


def table_of(figure):
    """Return the curves and bars of a figure as rows of texts, the head first.

    One column for each curve where all stand over the same x, else one row for each
    point. Long curves are thinned. Without a curve there is no row.
    """
    curves = [c for axes in figure.axes for c in (*curves_of(axes), *bars_of(axes))]
    curves = curves[:CURVES]
    if not curves:
        return []
    first = curves[0]
    if all(
        c.across == first.across and np.array_equal(c.places, first.places)
        for c in curves
    ):
        head = [first.across, *(c.name for c in curves)]
        columns = [first.places, *(c.values for c in curves)]
        numbers = thinned(first.places)
        return [head, *([shown(column[k]) for column in columns] for k in numbers)]
    rows = [
        [c.name, c.across, shown(c.places[k]), shown(c.values[k])]
        for c in curves
        for k in thinned(c.places, max(3, 2 * ROWS // len(curves)))
    ]
    return [["curve", "over", "at", "value"], *rows]


class Curve(NamedTuple):
    """A curve or a row of bars: what it stands over, where, its name, its values."""

    across: str
    places: object  # numbers, or the texts below the bars
    name: str
    values: object


def curves_of(axes):
    """Return the curves of one coordinate system, numbers as readers see them."""
    found = []
    for number, line in enumerate(axes.lines, 1):
        x, y = (np.ma.filled(np.ma.asarray(d, float), np.nan) for d in line.get_data())
        drawn = line.get_linestyle() not in ("None", "", " ")
        if not drawn or len(x) < 3 or line.get_transform() != axes.transData:
            continue  # points, a mark, or a line that shows a limit
        label = str(line.get_label())
        label = "" if label.startswith("_") else label
        name = label or axes.get_ylabel() or axes.get_title() or f"curve {number}"
        across = plain(axes.get_xlabel()) or "x"
        found.append(Curve(across, x, plain(name), y))
    return found


def bars_of(axes):
    """Return the rows of bars of one coordinate system, with what stands below them."""
    found = []
    for bars in axes.containers:
        if not isinstance(bars, BarContainer) or bars.orientation != "vertical":
            continue
        middles = [bar.get_x() + bar.get_width() / 2 for bar in bars]
        ticks = zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
        below = {round(float(x), 6): tick.get_text() for x, tick in ticks}
        places = [plain(below.get(round(x, 6), "")) or x for x in middles]
        name = plain(axes.get_ylabel() or axes.get_title() or "height")
        heights = [bar.get_height() for bar in bars]
        across = plain(axes.get_xlabel()) or "bar"
        found.append(Curve(across, places, name, heights))
    return found


def plain(label):
    """Return a label without the marks of its formulas."""
    return " ".join(label.replace("$", "").replace("\\", "").split())


def thinned(x, most=ROWS):
    """Return at most so many places, spread over all, the first and the last too."""
    count = min(len(x), most)
    return sorted({round(k) for k in np.linspace(0, len(x) - 1, count)})


def shown(value):
    """Return a number as readers see it, or that there is none; a text as it is."""
    from nnteach.rounding import show

    if isinstance(value, str):
        return value
    return show(float(value), 3) if np.isfinite(value) else "–"


# ------------------------------------------------------------------- what objects show


def publish(kind, content, text, **more):
    """Display HTML of a kind that the tools know again."""
    data = {"text/html": content, "text/plain": text}
    known = {"nnteach": {"kind": kind, **more}}
    display(data, metadata=known, raw=True)


def help_html(exercise):
    """Return the hints and the solution of an exercise, each folded."""
    from nnteach.judge.note import Code, with_code

    count = len(exercise.hints)
    parts = [
        (f"Hint {number} of {count}", f"<p>{with_code(hint)}</p>")
        for number, hint in enumerate(exercise.hints, 1)
    ]
    why = f"<p>{with_code(exercise.why)}</p>"
    parts.append(("A solution, and why", Code(exercise.answer_text).html() + why))
    folded = "".join(
        f"<details><summary>{label}</summary>{inside}</details>"
        for label, inside in parts
    )
    name = html.escape(exercise.name)
    return f'<div class="nnteach-help" role="group" aria-label="{name}">{folded}</div>'


def code_html(code):
    """Return source code as HTML whose colours are the page's."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return highlight(str(code), PythonLexer(), HtmlFormatter())


def start():
    """Have everything that this kernel shows from now on be made for a page."""
    from nnteach.draw import explore, pad
    from nnteach.draw.picture import Picture
    from nnteach.judge import note
    from nnteach.practice import card, exercises, progress
    from nnteach.practice.exercise import Exercise

    budget = Budget()

    def show_explorer(self):
        kind, content = element(self, budget)
        publish(kind, content, self.picture().sentence, name=self.name)

    def show_card(self):
        publish("card", self.element(), repr(self), name=self.key)

    def show_pad(self):
        publish("pad", self.element(), repr(self))

    def show_exercise(self):
        publish("exercise", self.note().html() + help_html(self), repr(self))

    def show_result(self):
        asked = exercises.EXERCISES.get(self.subject)
        if asked and self.verdict == "not attempted":
            publish("exercise", help_html(asked), self.subject)
        else:
            display(self._repr_mimebundle_(), raw=True)

    def show_progress(self):
        said = "What you solve is counted where you run the chapter."
        publish("progress", f"<p>{said}</p>", said)

    explore.Explorer._ipython_display_ = show_explorer
    pad.Pad._ipython_display_ = show_pad
    progress.Progress._ipython_display_ = show_progress
    card._Card._ipython_display_ = show_card
    Exercise._ipython_display_ = show_exercise
    note.Result._ipython_display_ = show_result
    Picture.html = picture_html
    note.Code.html = code_html
    warnings.filterwarnings("ignore", module="IPython")
