"""A card of each kind, with guesses and what has to be said of them."""

from nnteach import card

HOSTILE = "<script>hacked = 1</script> \"quoted\" & <b>'bold'</b> *x* [a](b) `<i>`"

CHOICE = card(
    "slope", "Where is `sigmoid` steepest?",
    choices={
        "At 0.": "",
        "At 1.": ("activation-for-slope", "There it is `higher`, not steeper."),
        "Nowhere.": "A straight line is; this is a curve.",
    },
    answer="At 0.", reason="The slope is `A * (1 - A)`, largest at A = 1/2.",
)  # fmt: skip
NUMBER = card(
    "accuracy", "Which share is right?",
    answer=0.9753, within=0.01, wrong={0.5: ("mean-twice", "Half of it is lost.")},
    reason="195 of 200.",
)  # fmt: skip
QUARTER = card("quarter", "How large is it?", answer=0.25, reason="So it is.")
ZERO = card(
    "sum", "What do they add up to?", answer=0, within=0.5, reason="They cancel."
)
LINES = [
    "`dZ2 = A2 - Y`", "`dW2 = dZ2 @ A1.T / m`", "`db2 = dZ2.mean(1)`",
    "`dZ1 = W2.T @ dZ2 * A1`", "`W2 = W2 - rate * dW2`",
]  # fmt: skip
ERROR, DW, DB, BACK, UPDATE = LINES
SIGN = "`dZ2 = Y - A2`"
ORDER = card(
    "backward", "Put the lines in order.",
    order=LINES,
    wrong={
        SIGN: ("wrong-sign", "Downhill is uphill here."),
        (UPDATE, BACK): ("updated-too-early", "The old `W2` made the output."),
    },
    reason="The chain rule goes from the cost to the input.",
)  # fmt: skip
PROSE = card(
    "day", "What comes first?",
    order=["forward", "cost", "backward", "update"], wrong={"sleep": "No."},
    reason="Each step needs the one before.",
)  # fmt: skip
CURVE = card(
    "cost", "Sketch the cost.",
    at=[0, 10, 100, 1000], answer=[0.7, 0.6, 0.2, 0.18], limits=(0, 1),
    labels=("step", "cost"), reason="It falls fast, then slowly.",
)  # fmt: skip
STRANGE = card(
    "strange", HOSTILE,
    choices={HOSTILE: HOSTILE, HOSTILE + "2": ""}, answer=HOSTILE + "2", reason=HOSTILE,
)  # fmt: skip
ODD_LINES = card(
    "odd", HOSTILE, order=[HOSTILE, HOSTILE + "2"], wrong={HOSTILE + "3": HOSTILE},
    reason=HOSTILE,
)  # fmt: skip
ODD_CURVE = card(
    "odd curve", HOSTILE, at=[HOSTILE, "2"], answer=[0, 1], limits=(0, 1),
    labels=(HOSTILE, HOSTILE), reason=HOSTILE,
)  # fmt: skip

# card, guess, the code if it is wrong (None: it is right), words that are said
GUESSES = [
    (CHOICE, "At 0.", None, "You said “At 0.”, and so it is."),
    (CHOICE, "At 1.", "activation-for-slope", "There it is `higher`, not steeper."),
    (CHOICE, "Nowhere.", "", "You said “Nowhere.”; it is “At 0.”."),
    (NUMBER, 0.97, None, "You said 0.97; it is 0.9753."),
    (NUMBER, 0.5, "mean-twice", "Half of it is lost."),
    (NUMBER, -0.98, "wrong-sign", "The size is right, the sign is not."),
    (NUMBER, -3, "", "The sign is not right, and the size is not either."),
    (NUMBER, 3.9, "scaled", "Your number is 4 times the right one."),
    (NUMBER, 1234, "scaled", "Your number is 1,265 times the right one."),
    (NUMBER, 0.0001, "scaled", "The right number is 9,753 times yours."),
    (NUMBER, 0.9, "", "Your number is too small by 0.0753."),
    (NUMBER, 0, "", "You said 0; it is 0.9753."),
    (NUMBER, 1.2, "", "Your number is too large by 0.225."),
    (NUMBER, 0.00001234, "scaled", "You said 1.234e−05; it is 0.9753."),
    (QUARTER, 1e308, "", "Your number is too large by 1e+308."),
    (ZERO, 0.3, None, "You said 0.3; it is 0."),
    (ZERO, -2, "", "Your number is too small by 2."),
    (ORDER, [ERROR, DW, DB, BACK, UPDATE], None, "One right order:"),
    (ORDER, [ERROR, BACK, DB, DW, UPDATE], None, "You said:"),
    (ORDER, [SIGN, DW], "wrong-sign", f"{SIGN}: Downhill is uphill here."),
    (ORDER, [ERROR, DW, UPDATE, DB, BACK], "updated-too-early", "The old `W2` made"),
    (ORDER, [DW, ERROR, DB, BACK, UPDATE], "order", f"{ERROR} has to come before {DW}"),
    (ORDER, [ERROR, DW], "missing", "5 lines belong there, and you have 2."),
    (PROSE, ["cost", "forward", "backward", "update"], "order", "forward has to come"),
    (PROSE, ["sleep"], "", "sleep: No."),
    (CURVE, [0.6, 0.6, 0.3, 0.1], None, "cost at step 100: you said 0.3; it is 0.2."),
    (CURVE, [0.6, 0.6, 0.8, 0.1], "", "From 10 to 100 the curve falls; yours rises."),
    (CURVE, [0.9, 0.4, 0.3, 0.3], "", "farthest off is 0."),
    (CURVE, [0.9, 0.9, 0.9, 0.9], "", "the curve falls; yours stays nearly level."),
    (CURVE, [0.8, 0.8, 0.4, 0.4], "", "farthest off is 1,000."),
    (STRANGE, HOSTILE, "", f"You said “{HOSTILE}”; it is “{HOSTILE}2”."),
    (ODD_LINES, [HOSTILE + "3"], "", f"{HOSTILE}3: {HOSTILE}"),
    (ODD_CURVE, [1, 0], "", "the curve rises; yours falls."),
]  # fmt: skip
