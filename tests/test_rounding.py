"""How a number is shown: the same way everywhere."""

import numpy as np
import pytest

from nnteach.rounding import show, show_decimals


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
        (1e12, 4, "1,000,000,000,000"),
        (3e15, 4, "3e+15"),
    ],
)
def test_show(value, digits, text):
    assert show(value, digits) == text


def test_four_digits_where_nobody_says_how_many():
    assert (show(0.66507364), show_decimals(0.66507364)) == ("0.6651", "0.6651")


@pytest.mark.parametrize(
    "value, decimals, text",
    [
        (0.21, 4, "0.21"),
        (0.66507364, 4, "0.6651"),
        (-0.00001, 4, "0"),
        (-1.5, 4, "−1.5"),
        (200, 4, "200"),
        (200, 0, "200"),
    ],
)
def test_show_decimals(value, decimals, text):
    assert show_decimals(value, decimals) == text
