"""`attempt`: whatever a learner's function does, it returns and says what happened."""

import sys

import numpy as np
import pytest

from nnteach import activations
from nnteach.judge.call import attempt

RNG = np.random.default_rng(0)
X = RNG.standard_normal((3, 5))
PARAMETERS = {"W1": RNG.standard_normal((4, 3)), "b1": np.zeros((4, 1))}


def learner(body):
    """Return the function f(X, parameters) with this body, as a cell would make it."""
    source = "def f(X, parameters):\n" + "\n".join(f"    {x}" for x in body.split("\n"))
    names = {"np": np, "relu": activations.relu, "softmax": activations.softmax}
    # IPython gives each cell a file name and keeps its lines in linecache.
    name = f"<cell {abs(hash(source))}>"
    import linecache

    lines = source.splitlines(keepends=True)
    linecache.cache[name] = (len(source), None, lines, name)
    exec(compile(source, name, "exec"), names)
    return names["f"]


@pytest.mark.parametrize(
    "body",
    [
        "...",
        "...  # your code",
        "pass",
        '"""Return A."""',
        '"""Return A."""\n...',
        "return None",
        "return ...",
        "raise NotImplementedError",
        "A1 = ...\nreturn A1",
        "A1 = ...\nreturn A1 @ X",
        "return {'W1': X, 'b1': ...}",
    ],
)
def test_a_stub_is_not_attempted(body):
    assert attempt(learner(body), X, PARAMETERS).problem == "not attempted"


MESSAGES = {
    "W1 = parameters['W1']\nA1 = X[:2]\nreturn W1 @ A1": (
        "W1 has 3 columns, your A1 has 2 rows"
    ),
    "return np.dot(parameters['W1'], X.T)": (
        'parameters["W1"] has 3 columns, X.T has 5 rows'
    ),
    "return parameters['W1'] * X": "has the shape (4, 3), X has the shape (3, 5): `*`",
    "dZ = X[:, :4]\ndZ *= X": "Your dZ has the shape (3, 4), X has the shape (3, 5)",
    "return 3 @ X": "3 is a single number",
    "return parameters['W3']": "`parameters` has no 'W3'; it has W1, b1",
    "return rleu(X)": "does not know `rleu`; did you mean `relu`",
    "return A1 + X\nA1 = 2": "`A1` is used before it gets a value",
    "return np.maximun(0, X)": "AttributeError: module 'numpy' has no",
    "return X.summ()": "has no attribute 'summ'",
    "return X(X)": "object is not callable",
    "A1 = None\nreturn A1 * X": "`A1` is None",
    "W1, b1 = parameters\nreturn W1 @ X": "`W1` is the text 'W1': `@` needs numbers",
    "return X['W1']": "IndexError: only integers",
    "return X.sum(axis=2)": "AxisError: axis 2 is out of bounds",
    "return X[7]": "IndexError: index 7 is out of bounds",
    "return 1 / 0": "ZeroDivisionError: division by zero",
    "return f(X, parameters)": "RecursionError",
    "raise SystemExit": "SystemExit",
    "return softmax(X[0])": "expected a matrix with one example per column",
    "raise RuntimeError('hm')": "RuntimeError: hm",
    "a, b, c = X.shape": "ValueError: not enough values to unpack",
}


@pytest.mark.parametrize("body, words", MESSAGES.items())
def test_an_error_is_explained_with_the_learners_line(body, words):
    result = attempt(learner(body), X, PARAMETERS)
    assert result.problem == "raised"
    assert words in result.message
    if words != "RecursionError":
        number, text = result.line
        assert text == body.split("\n")[number - 2].strip()


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "i = 0\nwhile True:\n    i += 1",
        "while True:\n    relu(X)",
        "while True:\n    try:\n        i = 1\n    except Exception:\n        pass",
    ],
)
def test_a_function_without_end_is_stopped(body):
    before = sys.gettrace()
    result = attempt(learner(body), X, PARAMETERS, seconds=0.1)
    assert result.problem == "no end"
    assert result.line[1] in body
    assert sys.gettrace() is before


@pytest.mark.parametrize(
    "waits, problem", [(2, None), (100, "no end")], ids=["a little", "for ever"]
)
def test_a_function_that_only_waits_has_ten_times_as_long(waits, problem):
    body = f"import time\nfor _ in range({waits}):\n    time.sleep(0.02)\nreturn X"
    assert attempt(learner(body), X, PARAMETERS, seconds=0.03).problem == problem


@pytest.mark.parametrize(
    "body, name",
    [
        ("X -= 1\nreturn X", "`X`"),
        ("X[X < 0] = 0\nreturn X", "`X`"),
        ("parameters['W1'] *= 2\nreturn X", '`parameters["W1"]`'),
        ("parameters['b1'] = 0\nreturn X", '`parameters["b1"]`'),
        ("parameters['W2'] = X\nreturn X", "the dictionary `parameters`"),
        ("parameters['W1'] *= 2", '`parameters["W1"]`'),
    ],
)
def test_changed_inputs_are_found_and_stay_ours(body, name):
    kept = X.copy(), PARAMETERS["W1"].copy()
    result = attempt(learner(body), X, PARAMETERS)
    assert result.problem == "changed its inputs"
    assert name in result.message
    np.testing.assert_array_equal(X, kept[0])
    np.testing.assert_array_equal(PARAMETERS["W1"], kept[1])


def test_moving_an_entry_and_putting_it_back_is_no_change():
    body = "X[0, 0] += 0.1\nX[0, 0] -= 0.2\nX[0, 0] += 0.1\nreturn X.sum()"
    assert attempt(learner(body), X, PARAMETERS).problem is None


def test_what_is_printed_and_warned_of_does_not_reach_the_screen(capsys):
    result = attempt(learner("print('hm')\nreturn np.exp(X * 1e4)"), X, PARAMETERS)
    assert result.printed == "hm\n"
    assert result.problem is None  # a warning that came through would be an error here
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "function, problem",
    [
        (None, "not attempted"),
        (..., "not attempted"),
        (X, "not a function"),
        ("softmax", "not a function"),
        (lambda X: X, "wrong arguments"),
        (learner("X + 1"), "returned nothing"),
        (learner("print(X)"), "returned nothing"),
    ],
)
def test_other_problems_have_a_sentence(function, problem):
    result = attempt(function, X, PARAMETERS)
    assert result.problem == problem
    assert result.message[-1] in ".?"


def test_a_right_function_gives_its_value_and_a_generator_may_change():
    rng = np.random.default_rng(1)
    result = attempt(lambda rng: rng.standard_normal(3), rng)
    assert result.problem is None
    np.testing.assert_array_equal(result.value, rng.standard_normal(3))
