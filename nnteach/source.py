"""The real source of a function, shown highlighted: a notebook never holds a copy."""

import inspect
import re
import textwrap


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
    """Return the `Source` of one or several functions, as they stand in the package."""
    texts = [inspect.getsource(inspect.unwrap(f)) for f in functions]
    return Source("\n\n".join(textwrap.dedent(text).rstrip() for text in texts))
