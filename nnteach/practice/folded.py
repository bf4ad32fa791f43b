"""What gives an answer away, folded: it opens with a click, with or without a kernel.

    with folded():
        print("The answer is 42.")

    with folded() as show:
        show(plots.cost_curves(run))

Introduced in chapter 6.
"""

import contextlib
import io

from nnteach.judge.note import Block, with_code


class Folded:
    """Things that are shown inside of HTML's `<details>`."""

    def __init__(self, label, things):
        self.label, self.things = label, things

    def _repr_mimebundle_(self, include=None, exclude=None):
        inside = "".join(map(html_of, self.things))
        head = f"<details><summary>{with_code(self.label)}</summary>"
        return {"text/html": f"{head}{inside}</details>", "text/plain": repr(self)}

    def __repr__(self):
        return "\n".join([f"{self.label}:", *map(str, self.things)])


def html_of(thing):
    """Return a block of text or a picture as HTML."""
    if isinstance(thing, Block):
        return thing.html()
    return thing._repr_mimebundle_()["text/html"]


@contextlib.contextmanager
def folded(label="Show the result"):
    """Fold what is printed within, and what is handed to the function that it gives."""
    from IPython.display import display

    text, things = io.StringIO(), []
    with contextlib.redirect_stdout(text):
        yield things.append
    if text.getvalue():
        things.append(Block(text.getvalue().rstrip()))
    display(Folded(label, things))
