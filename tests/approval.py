"""Texts that were read once and approved: a test fails when they change.

tests/approved/ holds them. After a change that is meant, write them anew, read the
difference, and look at the pictures:

    NNTEACH_APPROVE=1 python3 start.py test tests/test_approved_*.py
"""

import os
import re
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "approved"


def file_of(room, name):
    """Return the file of an approved text."""
    return FOLDER / room / f"{re.sub('[ ,]+', '-', name)}.txt"


def sections(file):
    """Return the sections of a file by the labels above them."""
    text = file.read_text("utf-8") if file.exists() else ""
    _, *parts = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def assert_approved(room, name, text, label=""):
    """Fail unless this text was approved; or approve it, if that is asked.

    label: of the section in the file, if the text is not the whole of it.
    """
    file, label = file_of(room, name), " / ".join(label.split("\n"))
    if os.environ.get("NNTEACH_APPROVE"):
        file.parent.mkdir(parents=True, exist_ok=True)
        parts = {**sections(file), label: f"{text}\n"}.items()
        whole = "".join(f"## {each}\n{part}" for each, part in parts)
        file.write_text(whole if label else text, "utf-8")
    if label:
        assert f"{text}\n" == sections(file)[label]
    else:
        assert text == file.read_text("utf-8")


def labels_of(room, name):
    """Return the labels of the sections of an approved text."""
    return {*sections(file_of(room, name))}


def assert_no_others(room, names):
    """Fail if there is a text whose test is gone."""
    assert {*(FOLDER / room).iterdir()} == {file_of(room, name) for name in names}


def say(value):
    """Return a value as short text; a long array by its size, ends and weighted sum."""
    if isinstance(value, str) or value is None:
        return str(value).replace("\n", " / ")
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        return str(value)
    array = np.ma.filled(array.astype(float), np.nan).ravel()
    if array.size > 8:
        order = np.linspace(1, 2, array.size)
        array = [array.size, *array[:2], *array[-2:], np.nansum(array * order)]
        return "many " + " ".join(f"{number:.4g}" for number in array)
    return " ".join(f"{number + 0.0:.5g}" for number in array)
