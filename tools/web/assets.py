"""What the pages and the slides need beside their HTML: scripts, styles, fonts.

    copy(folder, *more)     write nnteach.js, nnteach.css and KaTeX's style and fonts

Scripts are plain ones, not modules: a browser loads no module from a disk.
"""

import re
import shutil
from pathlib import Path

from nnteach.draw import live, pad
from nnteach.practice import card
from web import npm

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
FRONT_ENDS = (live.FRONT, card.FRONT, pad.FRONT)


def document(title, styles, scripts, body):
    """Return a whole document; styles and scripts are names in the folder assets."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            '<link rel="icon" href="data:,">',
            *(f'<link rel="stylesheet" href="assets/{x}.css">' for x in styles),
            *(f'<script src="assets/{x}.js" defer></script>' for x in scripts),
            "</head>",
            "<body>",
            *body,
            "</body>",
            "</html>\n",
        ]
    )


def script():
    """Return the script that brings every explorer, card and pad of a page to life."""
    parts = [f"(() => {{\n{front.starting}\n}})();\n" for front in FRONT_ENDS]
    return '"use strict";\n' + "".join(parts)


def style():
    """Return the style of explorers, cards, pads and code."""
    shown = (HERE / "shown.css").read_text("utf-8")
    return "".join([*(front.style for front in FRONT_ENDS), shown])


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
