"""Execute the chapters and store them in their normal form.

    python start.py notebooks                 all of them
    python start.py notebooks FILE ...        these
    python start.py notebooks --check         write nothing, say what would change

What happens to each notebook, in this order:

- its first two cells are made anew (tools/links.py): title with links, set-up cell;
- every cell is executed in a new kernel, in the notebook's own folder; an error in any
  cell of any notebook shows the cell and its traceback, and nothing is written at all;
- widget state, widget views, timings and all output metadata are dropped; text printed
  in several pieces becomes one piece;
- of the cells' metadata only KEPT remains, of the notebook's only what names the
  language, the same for every version of Python, and for Colab what is folded and the
  request to leave its generative AI off (a reader can turn it on again);
- cell ids are made from the section's heading (`the-cost`, `the-cost-2`). An id of that
  form stays as it is, so that a cell put in between renames no other cell;
- a picture whose pixels are equal to the stored one's keeps the stored bytes, since its
  file also names the version of matplotlib. A picture with other pixels is stored anew,
  whatever the cause: nothing here guesses which difference a reader may be spared;
- README.md's table of chapters is made anew;
- the file ends with a line feed and changes only if something above made a difference.

A second run therefore changes no byte, except where a result has changed.
"""

import argparse
import base64
import io
import os
import re
import sys
import time
from pathlib import Path

import nbclient
import nbformat
from PIL import Image
from traitlets.config import Config

sys.path.insert(0, str(Path(__file__).parent))
import links

FOLDED = "jp-MarkdownHeadingCollapsed"  # on a heading: JupyterLab folds its section
KEPT = ("cellView", "jupyter", FOLDED, "nnteach", "slideshow", "tags")
METADATA = {
    "colab": {"generative_ai_disabled": True},
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WORDS = re.compile(r"(?![0-9a-f]{8}(?:-|$))[a-z0-9]+(?:-[a-z0-9]+)*")
PNG = re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=]+")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def normal_output(output):
    """Return an output without metadata and widget view, or None if nothing is left."""
    output = nbformat.NotebookNode(output)
    if "data" in output:
        data = {kind: x for kind, x in output.data.items() if kind != WIDGET_VIEW}
        if not data:
            return None
        output |= {"data": data, "metadata": {}}
    return output


def normal_outputs(outputs):
    """Return a cell's outputs in normal form, pieces of one stream put together."""
    result = []
    for output in filter(None, map(normal_output, outputs)):
        last = result[-1] if result else {}
        name = output.get("name")
        if output.output_type == "stream" and last.get("name") == name:
            last["text"] += output.text
        else:
            result.append(output)
    return result


def slug(text):
    """Return a heading as an id: lower-case words joined by hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:50].strip("-") or "cell"


def cell_ids(cells):
    """Return an id for each cell: its own if that is words and unique, or a new one."""
    kept = {}  # position -> id
    for position, cell in enumerate(cells):
        own = cell.get("id", "")
        if WORDS.fullmatch(own) and own not in kept.values():
            kept[position] = own
    taken, ids, section = set(kept.values()), [], "cell"
    for position, cell in enumerate(cells):
        heading = re.match(r"#+ (.+)", cell.source)
        if heading and cell.cell_type == "markdown":
            section = slug(heading[1])
        names = [section, *(f"{section}-{k}" for k in range(2, len(cells) + 2))]
        ids.append(kept.get(position) or next(n for n in names if n not in taken))
        taken.add(ids[-1])
    return ids


def normal_cell(cell, cell_id, count):
    """Return a cell in normal form; `count` numbers it among the code cells."""
    metadata = {key: cell.metadata[key] for key in KEPT if cell.metadata.get(key)}
    new = nbformat.NotebookNode(cell | {"id": cell_id, "metadata": metadata})
    if cell.cell_type == "code":
        count = count if cell.execution_count else None
        outputs = normal_outputs(cell.outputs)
        for output in outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
        new |= {"execution_count": count, "outputs": outputs}
    return new


def normal(notebook):
    """Return a notebook in normal form."""
    cells, count = [], 0
    for cell, cell_id in zip(notebook.cells, cell_ids(notebook.cells), strict=True):
        count += cell.cell_type == "code"
        cells.append(normal_cell(cell, cell_id, count))
    folded = [cell.id for cell in cells if cell.metadata.get(FOLDED)]
    colab = {"collapsed_sections": folded} if folded else {}
    metadata = {**METADATA, "colab": {**METADATA["colab"], **colab}}
    return nbformat.from_dict(
        {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )


def same_picture(old, new):
    """Return whether two pictures, base64 PNG, have equal pixels."""
    images = [Image.open(io.BytesIO(base64.b64decode(text))) for text in (old, new)]
    first, second = (image.convert("RGBA") for image in images)
    return first.size == second.size and first.tobytes() == second.tobytes()


def keep_pictures(old, new):
    """Return the text `new` with the bytes of those pictures that `old` has too."""
    stored = PNG.findall(old)
    return PNG.sub(
        lambda m: next((p for p in stored if same_picture(p, m[0])), m[0]), new
    )


def client(notebook, folder, **settings):
    """Return what runs the cells of a notebook in a new kernel, in this folder."""
    return nbclient.NotebookClient(
        notebook,
        kernel_name="python3",
        record_timing=False,
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
        resources={"metadata": {"path": str(folder)}},
        **{"timeout": 300, **settings},
    )


def execute(notebook, folder):
    """Execute all cells of a notebook in a new kernel; it is changed in place."""
    # Without the progress of whoever runs this.
    environment = {**os.environ, "NNTEACH_PROGRESS": ""}
    client(notebook, folder).execute(env=environment)


def explain(file, notebook, error):
    """Return which cell of a notebook failed, with its code and its traceback."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                trace = COLOUR.sub("", "\n".join(output.traceback))
                return f"{file.name}, cell `{cell.id}`:\n\n{cell.source}\n\n{trace}"
    return f"{file.name}: {error}"


def made_anew(file, place):
    """Return the stored text and the new text of a notebook, which is executed."""
    old = links.read(file)
    path = f"notebooks/{file.name}"
    notebook = normal(links.stamp_notebook(links.load(file), path, place))
    try:
        execute(notebook, file.parent)
    except nbclient.exceptions.CellExecutionError as error:
        raise SystemExit(f"failed\n{explain(file, notebook, error)}") from None
    return old, keep_pictures(old, links.dump(normal(notebook)))


def run(files, place, check=False):
    """Execute the notebooks, then store those that changed; return how many did."""
    changed = {}
    for number, file in enumerate(files, 1):
        print(f"{number}/{len(files)} {file.name} ...", end=" ", flush=True)
        start = time.perf_counter()
        old, new = made_anew(file, place)
        if old != new:
            changed[file] = new
        word = "changed" if old != new else "unchanged"
        print(f"{word} ({time.perf_counter() - start:.1f} s)", flush=True)
    for file, text in changed.items() if not check else ():
        links.write(file, text)
    return len(changed)


def main():
    """Execute the notebooks that the command line names, or all."""
    parser = argparse.ArgumentParser(prog="start.py notebooks")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    files = options.files or sorted(links.ROOT.glob("notebooks/*.ipynb"))
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise SystemExit(f"There is no file {', '.join(missing)}.")
    place = links.place_in(links.read(links.ROOT / "pyproject.toml"))
    changed = run([file.resolve() for file in files], place, options.check)
    if not options.check:
        readme = links.new_texts(links.ROOT, place)["README.md"]
        links.write(links.ROOT / "README.md", readme)
    return int(options.check and changed > 0)


if __name__ == "__main__":
    sys.exit(main())
