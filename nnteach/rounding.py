"""How a number is shown to a reader: one function, used everywhere.

A worksheet, on which every number is rounded to so many decimals, has its own.
"""


def show(value, digits=4):
    """Return the number as short text with that many significant digits.

    0.21 stays "0.21", 0.66507364 becomes "0.6651", -0.0000123 becomes "-1.23e-05" with
    real minus signs, 10000 becomes "10,000".
    """
    value = float(value)
    if value.is_integer() and abs(value) < 1e15:
        text = f"{value:,.0f}"
    else:
        text = f"{value:.{digits}g}"
    return "0" if text == "-0" else text.replace("-", "−")


def show_decimals(value, decimals=4):
    """Return the number as text with at most that many decimals.

    0.21 stays "0.21", 0.66507364 becomes "0.6651", -0.00001 becomes "0".
    """
    text = f"{float(value):.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")
