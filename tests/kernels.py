"""Cells in a real kernel, and what every run of a cell shows alike."""

import os
import re
from contextlib import contextmanager

import nbformat
from nbformat.v4 import new_code_cell

import notebooks

PICTURES = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")


@contextmanager
def kernel(file, **settings):
    """Yield a function that runs a cell in a new kernel and returns its outputs."""
    notebook = nbformat.v4.new_notebook(metadata=notebooks.METADATA)
    client = notebooks.client(notebook, file.parent, timeout=120, allow_errors=True)

    def run(source):
        cell = new_code_cell(source)
        notebook.cells.append(cell)
        client.execute_cell(cell, len(notebook.cells) - 1)
        return cell.outputs

    # JupyterLab tells its kernels which file they run.
    settings = {"NNTEACH_PROGRESS": "", "JPY_SESSION_NAME": str(file), **settings}
    with client.setup_kernel(env={**os.environ, **settings}):
        yield run


def compared(outputs):
    """Return of outputs what every run of a cell shows alike."""
    shown = [
        output.get("ename")
        or output.get("text")
        or sorted((k, v) for k, v in output.data.items() if k[:5] == "text/")
        for output in notebooks.normal_outputs(outputs)
    ]
    return [PICTURES.sub("PICTURE", str(each)) for each in shown]


def errors(outputs):
    return [output.ename for output in outputs if output.output_type == "error"]
