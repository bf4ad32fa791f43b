"""Which cell of the notebook makes a name, as its saved file says.

JupyterLab tells a kernel where the file of its notebook is. Elsewhere, and where the
file does not have the name, nothing is said.
"""

import json
import os
import re
import symtable
from pathlib import Path


def cell_that_makes(name):
    """Return in words which cell makes the name: "a cell under “The cost”", or None."""
    place = "a cell of this notebook"
    for cell in saved_cells():
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            text = re.sub(r"^```.*?^```", "", source, flags=re.MULTILINE | re.DOTALL)
            if headings := re.findall(r"^#+ (.+)", text, re.MULTILINE):
                place = f"a cell under “{headings[-1].strip()}”"
        elif cell["cell_type"] == "code" and name in names_made(source):
            return place
    return None


def saved_cells():
    """Return the cells of this kernel's notebook as they were last saved, or []."""
    try:
        text = Path(os.environ.get("JPY_SESSION_NAME", "")).read_text("utf-8")
        return list(json.loads(text)["cells"])
    except (OSError, ValueError, KeyError, TypeError):  # no file, or no notebook
        return []


def names_made(source):
    """Return the names that code gives a value to, outside of its functions."""
    code = re.sub(r"^[%!].*", "", source, flags=re.MULTILINE)  # IPython's own lines
    try:
        symbols = symtable.symtable(code, "a cell", "exec").get_symbols()
    except SyntaxError:
        return set()
    return {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}


def after_cell(result):
    """Say which cell makes a name that the cell which was just run did not find."""
    error = result.error_in_exec
    cell = isinstance(error, NameError) and error.name and cell_that_makes(error.name)
    if cell:
        print(f"`{error.name}` is made by {cell}: run that cell first.")
