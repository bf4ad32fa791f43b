"""How a number is shown: the same way everywhere."""

import numpy as np
import pytest

from nnteach.rounding import show


@pytest.mark.parametrize(
    "value, digits, text",
    [
        (0.21, 4, "0.21"),
        (0.66507364, 4, "0.6651"),
        (0.66507364, 6, "0.665074"),
        (np.float64(0.5), 4, "0.5"),
        (-0.25, 4, "−0.25"),
        (-0.0, 4, "0"),
        (10000, 4, "10,000"),
        (-3.0, 4, "−3"),
        (np.inf, 4, "inf"),
    ],
)
def test_show(value, digits, text):
    assert show(value, digits) == text
