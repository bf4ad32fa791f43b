"""The values that a chapter computes, for tests of what it says about them."""

import nbformat

from start import HERE


def values_of(name):
    """Run a chapter's code up to its exercises; return its names and their values."""
    notebook = nbformat.read(HERE / "notebooks" / f"{name}.ipynb", as_version=4)
    values = {}
    for cell in notebook.cells:
        if cell.source.startswith("## Exercises"):  # their stubs take over the names
            break
        if cell.cell_type == "code":
            exec(compile(cell.source, f"{name}, cell {cell.id}", "exec"), values)
    return values
