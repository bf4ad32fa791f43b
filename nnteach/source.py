"""The real source of a function, shown highlighted: a notebook never holds a copy."""

import inspect
import re
import textwrap

from nnteach.checks import describe, wrong


class Source:
    """The source of a function, which shows itself as highlighted code.

    It goes out as Markdown, which JupyterLab, Colab and exported pages each highlight
    in their own theme; a terminal gets the plain text.
    """

    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text

    def _repr_mimebundle_(self, include=None, exclude=None):
        longest = max(map(len, re.findall("`+", self.text)), default=0)
        fence = "`" * max(3, longest + 1)  # a shorter one would end it
        fenced = f"{fence}python\n{self.text}\n{fence}"
        return {"text/markdown": fenced, "text/plain": self.text}


def show_source(*functions):
    """Return the `Source` of one or several functions, as they stand in the package.

    Raises TypeError for what is not written in Python.
    """
    return Source("\n\n".join(map(source_of, functions)))


def source_of(function):
    """Return the source of one function as text, at the margin."""
    try:
        text = inspect.getsource(inspect.unwrap(function))
    except (TypeError, OSError):
        wanted = "functions or classes that are written in Python"
        advice = "show_source(two_layer.predict)"
        raise wrong(
            "show_source", wanted, describe(function), advice, TypeError
        ) from None
    return textwrap.dedent(text).rstrip()
