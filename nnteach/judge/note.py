"""What is said to a learner: notes of text and code, and the result of a judgement.

Whatever is said comes as plain text and as HTML: a sign and a word tell the verdict,
the colour of the border only repeats them. Text in `backticks` is code.
"""

import html
import re
import textwrap
from dataclasses import dataclass

# verdict -> sign, words, colour of the border (Okabe and Ito)
VERDICTS = {
    "right": ("✓", "right", "#009E73"),
    "scaled": ("≈", "right up to a factor", "#E69F00"),
    "misshapen": ("≈", "the numbers are right, their form is not", "#E69F00"),
    "wrong": ("✗", "not right yet", "#D55E00"),
    "raised": ("!", "an error stopped it", "#D55E00"),
    "stopped": ("!", "it was stopped", "#D55E00"),
    "not attempted": ("…", "not attempted yet", "#666666"),
    "not judged": ("…", "not judged yet", "#666666"),
}
_CARD = "border-left:4px solid {};padding:0.1em 0.8em;margin:0.3em 0;max-width:60em"


class Block(str):
    """Text whose lines and columns stay as they are: a table, a matrix."""

    def html(self):
        """Return the block as HTML."""
        return f"<pre>{html.escape(self)}</pre>"


class Code(Block):
    """A block of Python, highlighted where pygments is installed."""

    def html(self):
        """Return the source as HTML."""
        try:
            from pygments import highlight
            from pygments.formatters import HtmlFormatter
            from pygments.lexers import PythonLexer
        except ImportError:
            return super().html()
        return highlight(self, PythonLexer(), HtmlFormatter(noclasses=True))


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
                parts.append(paragraph.html())
            else:
                parts.append(f"<p>{with_code(paragraph)}</p>")
        style = _CARD.format(self.colour)
        return f'<div class="nnteach-note" style="{style}">{"".join(parts)}</div>'

    _repr_html_ = html

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": str(self), "text/html": self.html()}


def with_code(text):
    """Return the text as HTML: escaped, with `code` marked as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


@dataclass(frozen=True)
class Mistake:
    """One mistake: its code, where it is ("dZ1"), a sentence about it, and a hint.

    hint: a question to think about, or "".
    number: what was solved for, such as a factor or a step size, or None.
    """

    code: str
    where: str
    message: str
    hint: str = ""
    number: float | None = None


class Result(Note):
    """What is found about an answer.

    subject: the name of the exercise, or "" outside of exercises.
    verdict: "right", "scaled", "misshapen", "wrong", "raised", "stopped" or
        "not attempted" or "not judged".
    mistakes: a tuple of `Mistake`s, the first cause first.
    facts: a tuple of sentences (or blocks) that say what else is known.
    code, message: the codes of all mistakes, and the sentence about the first.
    """

    def __init__(self, verdict, mistakes=(), facts=(), subject=""):
        self.verdict, self.subject = verdict, subject
        self.mistakes, self.facts = tuple(mistakes), tuple(filter(None, facts))
        self.code = ", ".join(dict.fromkeys(m.code for m in self.mistakes))
        self.message = self.mistakes[0].message if self.mistakes else ""
        sign, words, colour = VERDICTS[verdict]
        named = f" ({self.code})" if self.code and sign in "✗≈" else ""
        heading = f"{subject}: {words}{named}." if subject else f"{words}{named}."
        lines = []
        for mistake in self.mistakes:
            lines.append(mistake.message)
            lines.append(mistake.hint and f"Think: {mistake.hint}")
        heading = heading if subject else heading[0].upper() + heading[1:]
        super().__init__(heading, *lines, *self.facts, sign=sign, colour=colour)

    @property
    def right(self):
        """Whether the answer is right."""
        return self.verdict == "right"
