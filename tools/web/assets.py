"""What the pages and the slides need beside their HTML: scripts, styles, fonts.

    copy(folder, *more)     write nnteach.js, nnteach.css and KaTeX's style and fonts

Scripts are plain ones, not modules: a browser loads no module from a disk.
"""

import re
import shutil
from pathlib import Path

from web import npm

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
FRONT_ENDS = (
    ("nnteach/draw/explorer.js", "nnteach/draw/explorer.css"),
    ("nnteach/practice/card.js", "nnteach/practice/card.css"),
    ("nnteach/draw/pad.js", "nnteach/draw/pad.css"),
)
EXPORT = "export default { render };"


def script():
    """Return the script that brings every explorer, card and pad of a page to life."""
    parts = []
    for path, _ in FRONT_ENDS:
        text = (ROOT / path).read_text("utf-8")
        if EXPORT not in text:
            raise SystemExit(f"{path} does not end with `{EXPORT}` any more.")
        parts.append(f"(() => {{\n{text.replace(EXPORT, 'startAll();')}\n}})();\n")
    return '"use strict";\n' + "".join(parts)


def style():
    """Return the style of explorers, cards, pads and code."""
    texts = [(ROOT / path).read_text("utf-8") for _, path in FRONT_ENDS]
    return "".join([*texts, (HERE / "shown.css").read_text("utf-8")])


def katex_style(package):
    """Return KaTeX's style with the one kind of font that all browsers read."""
    text = (package / "dist" / "katex.min.css").read_text("utf-8")
    return re.sub(r',url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)', "", text)


def copy(folder):
    """Write all into a folder, and the licences into the folder beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    katex = npm.package("katex")
    (folder / "nnteach.js").write_text(script(), "utf-8")
    (folder / "nnteach.css").write_text(style(), "utf-8")
    (folder / "katex.css").write_text(katex_style(katex), "utf-8")
    fonts = folder / "fonts"
    fonts.mkdir(exist_ok=True)
    for font in katex.glob("dist/fonts/*.woff2"):
        shutil.copyfile(font, fonts / font.name)
    licences = folder.parent / "licences"
    licences.mkdir(exist_ok=True)
    shutil.copyfile(katex / "LICENSE", licences / "katex.txt")
    shutil.copyfile(ROOT / "LICENSE", licences / "nnteach.txt")
