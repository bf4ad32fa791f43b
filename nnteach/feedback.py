"""What the exercises say: the same words as plain text and as HTML.

A sign and a word tell the verdict; the colour of the border only repeats them. Text in
`backticks` is code. Nothing here depends on the time or on places in memory.
"""

import html
import inspect
import re
import textwrap

# verdict -> sign, words, colour of the border (Okabe and Ito)
VERDICTS = {
    "right": ("✓", "right", "#009E73"),
    "scaled": ("≈", "right up to a factor", "#E69F00"),
    "wrong": ("✗", "not right yet", "#D55E00"),
    "raised": ("!", "an error stopped it", "#D55E00"),
    "stopped": ("!", "it does not end", "#D55E00"),
    "not attempted": ("…", "not attempted yet", "#666666"),
}
_CARD = "border-left:4px solid {};padding:0.1em 0.8em;margin:0.3em 0;max-width:60em"


class Block(str):
    """Text whose lines and columns stay as they are: a table, a matrix, source."""


class Note:
    """A heading and a few paragraphs that show themselves as text and as HTML."""

    def __init__(self, heading, *paragraphs, sign="", colour="#0072B2"):
        self.heading, self.sign, self.colour = heading, sign, colour
        self.paragraphs = tuple(entry for entry in paragraphs if entry)

    def __str__(self):
        lines = [f"{self.sign} {self.heading}".strip()]
        for paragraph in self.paragraphs:
            if isinstance(paragraph, Block):
                lines.append(textwrap.indent(paragraph, "    "))
            else:
                lines.append(textwrap.fill(paragraph, 79, break_long_words=False))
        return "\n".join(lines)

    __repr__ = __str__

    def html(self):
        """Return the note as HTML; a screen reader reads it in order."""
        sign = f'<span aria-hidden="true">{self.sign}</span> ' if self.sign else ""
        parts = [f"<p>{sign}<strong>{with_code(self.heading)}</strong></p>"]
        for paragraph in self.paragraphs:
            if isinstance(paragraph, Block):
                parts.append(self.block(paragraph))
            else:
                parts.append(f"<p>{with_code(paragraph)}</p>")
        style = _CARD.format(self.colour)
        return f'<div class="nnteach-note" style="{style}">{"".join(parts)}</div>'

    def block(self, text):
        """Return a block as HTML."""
        return f"<pre>{html.escape(text)}</pre>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": str(self), "text/html": self.html()}


class Result(Note):
    """What `check` returns.

    verdict: "right", "wrong", "scaled", "raised", "stopped" or "not attempted".
    code: the name of the mistake, such as "softmax-axis"; "" if there is none.
    message: what it is, in words.
    """

    def __init__(self, exercise, verdict, code="", message="", *more):
        sign, words, colour = VERDICTS[verdict]
        name = f" ({code})" if code and verdict in ("wrong", "scaled") else ""
        super().__init__(
            f"{exercise}: {words}{name}.", message, *more, sign=sign, colour=colour
        )
        self.exercise, self.verdict = exercise, verdict
        self.code, self.message = code, message

    @property
    def right(self):
        """Whether the answer is right."""
        return self.verdict == "right"


class Solution(Note):
    """A note whose blocks are Python, highlighted where pygments is installed."""

    def block(self, text):
        """Return the source as HTML."""
        try:
            from pygments import highlight
            from pygments.formatters import HtmlFormatter
            from pygments.lexers import PythonLexer
        except ImportError:
            return super().block(text)
        return highlight(text, PythonLexer(), HtmlFormatter(noclasses=True))


def with_code(text):
    """Return the text as HTML: escaped, with `code` marked as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def source_of(function):
    """Return the source of a function without its decorators."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    return source[re.search(r"^(def|class) ", source, re.MULTILINE).start() :].rstrip()
