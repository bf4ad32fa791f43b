"""The cells of an executed chapter as HTML, and formulas drawn once for all pages.

formulas = Formulas()
shown = cells(notebook, formulas)       a list of `Cell`, in order
formulas.draw()                         one call of Node.js, for all that was added
page = formulas.fill(text)              the HTML, formulas in it
"""

import html
import json
import re
import subprocess
from dataclasses import dataclass, field

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from web import npm

FOLDED = "jp-MarkdownHeadingCollapsed"
HEADING = re.compile(r"(#{1,6}) +(.+)")


@dataclass
class Cell:
    """A cell for a page.

    kind : "text" or "code"
    html : the text, or the source
    outputs : of a code cell, [(kind, html)]; the kinds are those of in_kernel, and
        "picture", "html" and "text" for the others
    level, title, anchor : of its heading, 0 and "" without one
    """

    id: str
    kind: str
    html: str
    outputs: list = field(default_factory=list)
    level: int = 0
    title: str = ""
    anchor: str = ""
    metadata: dict = field(default_factory=dict)


class Formulas:
    """Formulas that are drawn together: a mark stands for each until `fill`."""

    MARK = re.compile("\ue000(\\d+)\ue001")

    def __init__(self):
        self.asked, self.drawn = {}, []

    def add(self, tex, display=False):
        """Return the mark that stands for a formula."""
        number = self.asked.setdefault((tex.strip(), display), len(self.asked))
        return f"\ue000{number}\ue001"

    def draw(self):
        """Have KaTeX draw all; SystemExit names the formulas that it cannot draw."""
        script = DRAW.replace("KATEX", json.dumps(str(npm.package("katex"))))
        done = subprocess.run(
            [npm.tool("node"), "-e", script],
            input=json.dumps(list(self.asked)),
            capture_output=True,
            encoding="utf-8",
        )
        if done.returncode:
            raise SystemExit(f"KaTeX could not draw:\n{done.stderr.strip()}")
        self.drawn = json.loads(done.stdout)

    def fill(self, text):
        """Return the text with every formula in place of its mark."""
        return self.MARK.sub(lambda mark: self.drawn[int(mark[1])], text)


# HTML for the eyes and MathML for screen readers. What KaTeX only warns of is an error.
DRAW = """
const katex = require(KATEX + "/dist/katex.js");
const asked = JSON.parse(require("fs").readFileSync(0, "utf8")), bad = [];
const drawn = asked.map(([tex, display]) => {
  const options = { displayMode: display, output: "htmlAndMathml", strict: "error" };
  try { return katex.renderToString(tex, options); } catch (error) {
    bad.push(`${tex}: ${error.message}`);
  }
});
if (bad.length) { console.error(bad.join("\\n")); process.exit(1); }
process.stdout.write(JSON.stringify(drawn));
"""


class Renderer(IPythonRenderer):
    """Markdown for a page: formulas are marks, headings have an anchor, links a rule.

    link : what becomes of the address of a link
    """

    def __init__(self, formulas, link, anchors, slug):
        super().__init__(escape=False)
        self.formulas, self.rule, self.anchors = formulas, link, anchors
        self.slug = slug
        self.heads = []

    def inline_math(self, body):
        """Return the mark of a formula in a line."""
        return self.formulas.add(body)

    def block_math(self, body):
        """Return the mark of a formula that stands by itself."""
        return self.formulas.add(body, display=True)

    def latex_environment(self, name, body):
        """Return the mark of an environment, which stands by itself."""
        tex = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return self.formulas.add(tex, display=True)

    def heading(self, text, level, **attributes):
        """Return a heading with its anchor."""
        words = html.unescape(re.sub(r"<[^>]+>|[\ue000\ue001]", "", text)).strip()
        anchor = name = self.slug(words)
        number = 1
        while anchor in self.anchors:
            number += 1
            anchor = f"{name}-{number}"
        self.anchors.add(anchor)
        self.heads.append((level, text, anchor))
        return f'<h{level} id="{html.escape(anchor)}">{text}</h{level}>\n'

    def link(self, text, url, title=None):
        """Return a link whose address follows the page's rule."""
        target = self.rule(url)
        return super().link(text, target, title) if target else text

    def block_code(self, code, info=None):
        """Return code in the page's colours."""
        return code_html(code, (info or "text").split()[0])


def of_jupyter(words):
    """Return the anchor of a heading as JupyterLab names it."""
    return re.sub(r"\s+", "-", words)


def of_github(words):
    """Return the anchor of a heading as GitHub names it."""
    return re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")


def markdown(text, formulas, link=lambda url: url, anchors=None, slug=of_jupyter):
    """Return Markdown as HTML, and its headings as (level, text, anchor)."""
    renderer = Renderer(formulas, link, set() if anchors is None else anchors, slug)
    # For mistune a list ends only with an empty line, for GitHub and JupyterLab here.
    text = re.sub(r"\n(</details>)", r"\n\n\1", text)
    made = MarkdownWithMath(renderer=renderer).render(text)
    made = re.sub(r"<th[^>]*></th>", "<td></td>", made)  # a corner is no heading
    made = re.sub(r"<th(?=[ >])", '<th scope="col"', made)
    made = re.sub(r"<table>.*?</table>", wide, made, flags=re.DOTALL)
    return made, renderer.heads


def wide(table):
    """Return a table in a box in which it can be moved sideways."""
    return f'<div class="wide">{table[0]}</div>'


def code_html(code, language="python"):
    """Return source code as HTML; its colours are in page.css."""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    inside = highlight(code.rstrip("\n"), lexer, HtmlFormatter(nowrap=True))
    return f'<div class="highlight"><pre>{inside}</pre></div>\n'


def output_html(output, formulas, link, anchors):
    """Return the kind of an output, and the output as HTML."""
    if output.output_type == "stream":
        return "text", f"<pre>{html.escape(output.text.rstrip())}</pre>"
    data = output.get("data", {})
    if "text/html" in data:
        kind = output.metadata.get("nnteach", {}).get("kind", "html")
        shown = re.sub(r"<style\b.*?</style>", "", data["text/html"], flags=re.DOTALL)
        if shown.startswith("<figure"):
            kind = "picture"
        return kind, shown
    if "text/markdown" in data:
        return "html", markdown(data["text/markdown"], formulas, link, anchors)[0]
    return "text", f"<pre>{html.escape(data.get('text/plain', ''))}</pre>"


def cells(notebook, formulas, link=lambda url: url):
    """Return the cells of an executed chapter; the set-up cell is left out.

    link : from the address of a link in the chapter to that in the page; with "" the
        text stands without a link
    """
    shown, anchors = [], set()
    for cell in notebook.cells:
        if cell.id == "set-up":
            continue
        if cell.cell_type == "markdown":
            made, heads = markdown(cell.source, formulas, link, anchors)
            new = Cell(cell.id, "text", made, metadata=cell.metadata)
            if HEADING.match(cell.source):
                new.level, new.title, new.anchor = heads[0]
        else:
            new = Cell(cell.id, "code", code_html(cell.source), metadata=cell.metadata)
            outputs = [
                output_html(output, formulas, link, anchors) for output in cell.outputs
            ]
            new.outputs = [(kind, text) for kind, text in outputs if text.strip()]
        shown.append(new)
    return shown
