"""The two ways to carry an explorer into a page; explorer.js is what they carry.

    View(explorer)             a widget: the page asks this kernel for what it lacks
    element(explorer, frames)  HTML with all frames inside, which needs no kernel

A frame travels as `pack` makes it. The kernel keeps none: they live in the page.
"""

import asyncio
import base64
import html
import json
import math
import os
import sys
import uuid
import zlib
from contextlib import suppress

import anywidget
import traitlets

from nnteach.draw.front import FrontEnd, in_script
from nnteach.draw.picture import cell_of

FRONT = FrontEnd("nnteach.draw", "explorer")
_KERNEL = uuid.uuid4().hex  # explorers of one kernel take turns in asking it
_IN_PAGE = 16_000_000  # characters of frames that the page keeps of one explorer
_SAVED = 2_000_000  # the same, packed, in a saved notebook
_PAUSE = 0.002  # seconds between two frames, in which a waiting cell can begin


def pack(svg, sentence):
    """Return a frame as explorer.js unpacks it."""
    frame = json.dumps([svg, sentence], ensure_ascii=False)
    return base64.b64encode(zlib.compress(frame.encode(), 6)).decode()


def _spec(explorer, **more):
    """Return what the page must know of an explorer, and a name for each control."""
    controls = []
    for name, control in explorer.controls.items():
        plain = all(
            isinstance(value, (str, int))
            or (isinstance(value, float) and math.isfinite(value))
            for value in control.values
        )
        controls.append(
            {
                "trait": name + "_" * hasattr(_View, name),
                "label": control.label,
                "kind": control.kind,
                "texts": control.texts,
                "seconds": control.seconds,
                # Anything else than numbers and texts is known by its place.
                "values": list(control.values) if plain else None,
            }
        )
    return {
        "name": explorer.name,
        "controls": controls,
        "start": explorer.start,
        **more,
    }


class _View(anywidget.AnyWidget):
    """The live view; every control is a trait with its name (see `View`)."""

    _esm = FRONT.script
    _css = FRONT.style
    _spec = traitlets.Dict().tag(sync=True)
    _frames = traitlets.Dict().tag(sync=True)  # the page adds to it, for the saved file
    _generation = traitlets.Int().tag(sync=True)  # frames of an older one do not count
    _large = traitlets.Bool().tag(sync=True)
    explorer = loop = None
    wanted = ()  # places the page has asked for last and has not got

    def asked(self, _, content, buffers=()):
        """Have the main thread draw the places that the page asks for.

        JupyterLab's newer versions hand such messages to threads of their own, and
        neither matplotlib nor what a cell is about to change can be shared with them.
        """
        if self.loop:
            self.loop.call_soon_threadsafe(self._answer, content["want"])
        else:
            self._answer(content["want"])

    def _answer(self, want):
        idle, self.wanted = not self.wanted, list(want)
        if idle:
            self._draw_next()

    def _draw_next(self):
        """Draw one frame; the next after a pause, so that a cell need not wait long."""
        if not self.wanted or self.comm is None:
            return
        place = self.wanted.pop(0)
        answer = {"key": ",".join(map(str, place)), "generation": self._generation}
        try:
            answer["frame"] = pack(*self.explorer.drawn_at(place))
        except (Exception, KeyboardInterrupt) as error:
            answer["error"] = self.explorer.explained(error)
        self.send(answer)
        if self.loop:
            self.loop.call_later(_PAUSE, self._draw_next)
        else:
            self._draw_next()

    def renew(self, frames, large=False):
        """Have the page forget its frames, but for these."""
        with self.hold_sync():
            self._large = large
            self._frames = frames
            self._generation += 1


def View(explorer):
    """Return a live view of an explorer."""
    key = uuid.uuid4().hex
    spec = _spec(explorer, id=key, kernel=_KERNEL, page=_IN_PAGE, saved=_SAVED)
    controls = zip(spec["controls"], explorer.controls.values(), strict=True)
    traits = {known["trait"]: _trait(control, known) for known, control in controls}
    named = {"__module__": __name__}  # by which anywidget knows the style
    view = type("View", (_View,), named | traits)(model_id=key, _spec=spec)
    view.explorer = explorer
    with suppress(RuntimeError):  # outside of a kernel there is none
        view.loop = asyncio.get_running_loop()
    view.on_msg(view.asked)
    return view


def _trait(control, known):
    """Return the trait of a control: in Python always one of its values."""
    in_page = known["values"] or list(range(len(control.values)))

    def from_page(value, _):
        if value not in in_page and isinstance(value, (int, float)):  # a linked widget
            value = min(in_page, key=lambda other: abs(other - value))
        return control.values[in_page.index(value)]

    return traitlets.Enum(control.values, control.start).tag(
        sync=True,
        to_json=lambda value, _: in_page[control.values.index(value)],
        from_json=from_page,
    )


# A cell that is run again lets go of what it showed before, in the page that runs it:
# the same notebook may be open in two. Views in the kernel by the id that the notebook
# gives the cell and by the page's, the last to run it at the end.
_cells = {}
_PAGES = 2  # that each cell is shown in; one that is opened anew counts as another


def shown(view, shell):
    """Close the views that this cell showed when it was run before."""
    cell, header = cell_of(shell)
    run, page = map(header.get, ("msg_id", "session"))
    if cell is None:
        return
    pages = _cells.setdefault(cell, {})
    before, views = pages.pop(page, (None, []))
    if before == run:
        pages[page] = run, [*views, view]
        return
    pages[page] = run, [view]
    while len(pages) > _PAGES:
        views = views + pages.pop(next(iter(pages)))[1]
    still_shown = {
        each for pages in _cells.values() for _, kept in pages.values() for each in kept
    }
    for old in {*views} - still_shown:
        old.layout.close()  # a widget of its own, which nobody else would close
        old.close()


# Where the page has no view (a saved notebook without widget state), the still picture
# stands; where it has one, the still picture goes. JupyterLab shows the two outputs one
# after the other, and would say "model not found" in place of the second.
_CHILD, _HAS = ".jp-OutputArea-child", ":has(.nnteach-still)"
_LIVE = ":is(.nnteach-live,.nnteach-card,.nnteach-pad)"
_HIDE = (
    f"<style>{_CHILD}{_HAS}:has(+{_CHILD} {_LIVE}),{_CHILD}{_HAS}+{_CHILD}"
    f":has(.lm-Panel.jp-OutputArea-output):not(:has({_LIVE})){{display:none}}</style>"
)
VIEW = "application/vnd.jupyter.widget-view+json"


def outputs(view, still):
    """Return what to display, as pairs of data and metadata, beside a still picture."""
    bundle = view._repr_mimebundle_() or ({}, {})
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    live = {VIEW: data[VIEW]}
    if "google.colab" in sys.modules:  # may prefer HTML to a widget, and keeps no state
        return [({**live, "text/plain": still["text/plain"]}, metadata)]
    if "VSCODE_PID" in os.environ:  # chooses by what it can show, and has other classes
        return [({**live, **still}, metadata)]
    picture = f'<div class="nnteach-still">{still["text/html"]}</div>{_HIDE}'
    return [({**still, "text/html": picture}, {}), (live, metadata)]


def element(explorer, frames):
    """Return an element that explorer.js moves by itself.

    frames : [svg, sentence] for every place, the last control running fastest
    """
    spec = _spec(explorer, alone=True, kernel="none", page=1e12, saved=0)
    sizes = [len(control["texts"]) for control in spec["controls"]]
    first = 0
    for size, place in zip(sizes, spec["start"], strict=True):
        first = first * size + place
    svg, sentence = frames[first]
    state = {
        known["trait"]: (known["values"] or range(len(known["texts"])))[place]
        for known, place in zip(spec["controls"], spec["start"], strict=True)
    }
    text = json.dumps(frames, ensure_ascii=False).encode()
    packed = base64.b64encode(zlib.compress(text, 9)).decode()
    data = in_script({"state": {"_spec": spec, **state}, "frames": packed})
    return (
        f'<div class="nnteach-alone"><figure class="nnteach">{svg}'
        f"<figcaption>{html.escape(sentence)}</figcaption></figure>"
        f'<script type="application/json">{data}</script></div>'
    )
