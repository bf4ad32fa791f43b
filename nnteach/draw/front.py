"""What stands in the page for an object of the kernel: a script, and its style.

    FRONT = FrontEnd("nnteach.draw", "pad", "_drawing")    pad.js and pad.css

An explorer, a card and a pad each have one. Such a script is an ES module, as anywidget
takes it; a page without Python starts it by `startAll`.
"""

import functools
import html
import json
from importlib import resources


def in_script(data):
    """Return data as JSON for a script, which no text in it can end: < is escaped."""
    # "<!--<script>" would swallow the rest of the page, not only "</script>".
    return json.dumps(data).replace("<", "\\u003c")


EXPORT = "export default { render };"


class FrontEnd:
    """NAME.js and NAME.css of a package.

    state : the trait, a dictionary, that page and kernel both change; beside it the
        page gets `_spec`, which stays, and `_large`, whether it is projected
    """

    def __init__(self, package, name, state=""):
        self.files, self.name, self.state = resources.files(package), name, state

    @functools.cached_property
    def script(self):
        """The script, a module."""
        return self.files.joinpath(f"{self.name}.js").read_text("utf-8")

    @functools.cached_property
    def style(self):
        """The style of what the script makes."""
        return self.files.joinpath(f"{self.name}.css").read_text("utf-8")

    @property
    def starting(self):
        """The script as one that starts by itself all that is in the page."""
        if EXPORT not in self.script:
            raise ValueError(f"{self.name}.js does not end with `{EXPORT}` any more.")
        return self.script.replace(EXPORT, "startAll();")

    @functools.cached_property
    def view(self):
        """The class of the live view; anywidget is imported only for it."""
        import anywidget
        import traitlets

        synced = {"_spec": traitlets.Dict, "_large": traitlets.Bool}
        synced |= {self.state: traitlets.Dict}
        traits = {name: trait().tag(sync=True) for name, trait in synced.items()}
        # anywidget knows a style by the module and the name of its class: two kinds of
        # one name would take the style away from each other.
        named = {"__module__": f"{__name__}.{self.name}"}
        files = {"_esm": self.script, "_css": self.style}
        return type("View", (anywidget.AnyWidget,), named | files | traits)

    def element(self, still, state):
        """Return the element that the script brings to life, a still picture in it."""
        return (
            f'<div class="nnteach-{self.name}-alone">{still}'
            f'<script type="application/json">{in_script(state)}</script></div>\n'
        )

    def player(self, element, title, fragment=False):
        """Return HTML in which an element works without Python.

        fragment : whether to leave out what makes it a document, to put it into one
        """
        body = (
            f"{element}\n<style>{self.style}</style>\n"
            f'<script type="module">{self.starting}</script>\n'
        )
        return (
            body if fragment else DOCUMENT.format(title=html.escape(title), body=body)
        )


DOCUMENT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: system-ui, "Helvetica Neue", Arial, sans-serif; }}
body {{ margin: 0.5em auto; max-width: 1020px; padding: 0 0.5em; }}
h1 {{ font-size: 1rem; margin: 0.3em 0.6em; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}</main>
</body>
</html>
"""
