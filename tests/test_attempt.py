"""`attempt`: whatever a learner's function does, it returns and says what happened."""

import builtins
import io
import linecache
import math
import random
import sys
import threading
import time
import warnings
from unittest.mock import MagicMock

import numpy as np
import pytest

from nnteach import activations, diagnose, exercises, train, two_layer
from nnteach.judge import call
from nnteach.judge.call import attempt, what_changed
from nnteach.judge.values import what

RNG = np.random.default_rng(0)
X = RNG.standard_normal((3, 5))
PARAMETERS = {"W1": RNG.standard_normal((4, 3)), "b1": np.zeros((4, 1))}


def learner(body):
    """Return the function f(X, parameters) with this body, as a cell would make it."""
    source = "def f(X, parameters):\n" + "\n".join(f"    {x}" for x in body.split("\n"))
    names = {"np": np, "relu": activations.relu, "softmax": activations.softmax}
    names |= {"math": math, "log": math.log, "nothing": lambda: None}
    # IPython gives each cell a file name and keeps its lines in linecache.
    name = f"<cell {abs(hash(source))}>"
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
        "raise NotImplementedError('your code')",
        '"""Return A."""\nraise NotImplementedError()',
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
    "d, v = X[:, :1].copy(), X[0]\nd += v": (
        "d has the shape (3, 1), and together with your v, (5,), it becomes larger"
    ),
    "d = X[:, :1].copy()\nd += X[0]": "ValueError: non-broadcastable output",
    "W = None\nreturn W @ X": "W is None: does the function that made it",
    "k = (X == 0).sum()\nreturn k * parameters": "`parameters` is a dictionary: `*`",
    "return 3 @ X": "3 is a single number",
    "s = X.sum()\nreturn s.T @ X": "Your s.T is a single number",
    "from types import SimpleNamespace as S\nv = S(T=3)\nreturn X @ v.T": (
        "One side is a single number"
    ),
    "return X @ X[:1]": "X has 5 columns, X[:1] has 1 row: a matrix",
    "return X[:, :1] @ X": "X[:, :1] has 1 column, X has 3 rows: a matrix",
    "return X @ 3": "3 is a single number",
    f"return ({' + '.join('X' * 9)}) @ X": "The left side has 5 columns, X has 3 rows",
    "p = {'A': None}\nreturn p['A'] * X": '`p["A"]` is None: `*` needs numbers',
    "return parameters['W3']": "`parameters` has no 'W3'; it has W1, b1",
    "return rleu(X)": "does not know `rleu`; did you mean `relu`?",
    "return forward(X)": "does not know `forward`. If a cell above makes it, run",
    "return exp(X)": "does not know `exp`; did you mean `np.exp`?",
    "return (X\n    + dot(X, X))": "does not know `dot`; did you mean `np.dot`?",
    "return A1 + X\nA1 = 2": "`A1` has no value here: which line gives it one",
    "A1 = 2\ndel A1\nreturn A1 + X": "`A1` has no value here: which line gives it",
    "def g(): return dZ2\nd = g()\ndZ2 = X": "`dZ2` has no value here: which line",
    "return np.maximun(0, X)": "has no `maximun`; did you mean `maximum`?",
    "return X.summ()": "`X`, an array of shape (3, 5), has no `summ`; did you mean `s",
    "return parameters.shape": "`parameters`, a dictionary, has no `shape`.",
    "return X.sum().backward()": "numpy keeps no chain for `.backward()`",
    "A = (X, 1)\nreturn A.T": "`A` is a tuple, and only an array has `.T`",
    "return [1, 2].sum()": "`[1, 2]` is a list, and only an array has `.sum`",
    "return nothing().shape": "`nothing()` is None: does the function that made it",
    "A = nothing()\nreturn A[0]": "`A` is None: does the function that made it",
    "A, cache = nothing()": "Something here is None: does the function that made it",
    "return np.exp(nothing())": "Something here is None: does the function that made",
    "return len(nothing())": "Something here is None: does the function that made it",
    "return list(map(3, X))": "Something here is not a function",
    "return np.apply_along_axis(3, 0, X)": "Something here is not a function",
    "return parameters['{0}']": "`parameters` has no '{0}'; it has W1, b1",
    "return X(X)": "`X` is not a function, and round brackets call one: is a `*`",
    "return X * (1 - X)(X)": "`1 - X` is not a function",
    "return parameters('W1')": "should they be [ ]?",
    "return np.array[1, 2]": "`np.array` is a function: call it with round brackets",
    "return np.exp[X]": "`np.exp` is a function: call it with round brackets",
    "np.zeros[0] = 1": "`np.zeros` is a function: call it with round brackets",
    "return f[X]": "`f` is a function: call it with round brackets",
    "return 1 - X^2": "`^` is no power in Python: write `A**2`",
    "X ^= 2": "`^` is no power in Python: write `A**2`",
    "a = 0.5\nreturn a^2": "`^` is no power in Python: write `A**2`",
    "if X > 0:\n    return X": "`np.where(Z > 0, ..., ...)` chooses entry by entry",
    "return X > 0 and X < 1": "`np.where(Z > 0, ..., ...)` chooses entry by entry",
    "return max(0, X)": "entry by entry it is `np.maximum(..., ...)`",
    "return np.max(0, X)": "the second argument for an axis: entry by entry it is `np",
    "return math.exp(-X)": "`math.exp` takes one number, and here it gets an array",
    "return math.exp(\n    -X)": "`math.exp` takes one number, and here it gets an ar",
    "return log(X)": "`np.log` works on each entry",
    "return float(X)": "`.item()` takes the number out of an array with one entry",
    "return input('X?')": "Nobody answers here: what it needs comes as its arg",
    "A1 = None\nreturn A1 * X": "`A1` is None",
    "W1, b1 = parameters\nreturn W1 @ X": "`W1` is the text 'W1': `@` needs numbers",
    "l = 1\nreturn parameters['W' + l]": (
        "`+` joins two texts, and `l` is a number here: `str(l)` makes a text of it."
    ),
    "t, l = '', 1\nt += l": "`+=` joins two texts, and `l` is a number here: `str(l)`",
    "return 1 + 'W'": "`+` joins two texts, and `1` is a number here: `str(1)` makes",
    "return 'W' + len(X)": "`\"W\"` is the text 'W': `+` joins it with another text",
    "W1, b1 = parameters\nreturn X + W1": (
        "`W1` is the text 'W1', `X` is an array of shape (3, 5): `+` adds numbers, or"
    ),
    "t = ()\nreturn t + [X]": (
        "`t` is a tuple, `[X]` is a list: `+` adds numbers, or joins two of the same"
    ),
    "t = (X,)\nreturn 1 + t": "`t` is a tuple, `1` is a number: `+` adds numbers, or",
    "t = []\nreturn t + len(X)": "`t` is a list: `+` joins it with another list",
    "t = []\nt += 1": "`t` is a list, `1` is a number: `+=` adds numbers, or joins",
    "t = None\nreturn 1 + t": "`t` is None: `+` needs numbers",
    "raise KeyError('no such activation: tanh')": "KeyError: no such activation: tanh",
    "raise KeyError": "KeyError",
    "raise ValueError('truth value of an array')": "ValueError: truth value of an ar",
    "raise NameError(\"no 'W7'\")": "NameError: no 'W7'",
    "return {**parameters}.pop('W3')": "A dictionary has no 'W3'.",
    "Z = X\nraise NotImplementedError": "NotImplementedError",
    "if X is None:\n    return X\nraise NotImplementedError('no tanh')": (
        "NotImplementedError: no tanh"
    ),
    "return X['W1']": "IndexError: only integers",
    "return X.sum(axis=2)": "AxisError: axis 2 is out of bounds",
    "return X[7]": "IndexError: index 7 is out of bounds",
    "return 1 / 0": "ZeroDivisionError: division by zero",
    "return f(X, parameters)": "Calls inside calls go deeper than Python allows",
    "raise SystemExit": "SystemExit",
    "return softmax(X[0])": "expected a matrix with one example per column",
    "raise RuntimeError('hm')": "RuntimeError: hm",
    "a, b, c = X.shape": "ValueError: not enough values to unpack",
    "raise AttributeError('hm')": "AttributeError: hm",
}


@pytest.mark.parametrize("body, words", MESSAGES.items())
def test_an_error_is_explained_with_the_learners_line(body, words):
    result = attempt(learner(body), X, PARAMETERS)
    assert result.problem == "raised"
    assert words in result.message
    number, text = result.line
    lines = ["def f(X, parameters):", *body.split("\n")]
    assert text == lines[number - 1].strip()


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


def test_the_work_of_others_is_not_counted(monkeypatch):
    monkeypatch.setattr(time, "thread_time", lambda: 0.0)  # as if all were theirs

    def work():
        start = time.process_time()
        while time.process_time() < start + 0.3:
            pass
        return 1

    assert attempt(work, seconds=0.2).problem is None


def test_a_browser_stops_it_too(monkeypatch):
    monkeypatch.delattr(time, "thread_time")
    monkeypatch.setattr(call, "_PROCESS", None)  # nor can it tell its memory
    tried = attempt(learner("while True: pass"), X, PARAMETERS, seconds=0.1)
    assert "after 0.1 seconds of its own work" in tried.message


@pytest.mark.parametrize("grow", ["kept.append(A + 1)", "A = np.concatenate([A, A])"])
def test_a_loop_that_collects_memory_is_stopped(grow):
    loop = f"while len(kept) < 100 and A.nbytes < 1e9:\n    {grow}"
    result = attempt(learner(f"A, kept = np.ones(10**6), []\n{loop}"), X, PARAMETERS)
    assert result.problem == "no end"
    assert "collects memory" in result.message


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


def test_a_small_change_is_a_change():
    result = attempt(learner("X[0, 0] += 1e-12\nreturn X.sum()"), X, PARAMETERS)
    assert result.problem == "changed its inputs"


def test_moving_an_entry_and_putting_it_back_is_no_change():
    body = "X[0, 0] += 0.1\nX[0, 0] -= 0.2\nX[0, 0] += 0.1\nreturn X.sum()"
    assert attempt(learner(body), X, PARAMETERS).problem is None


def test_what_is_printed_and_warned_of_does_not_reach_the_screen(capsys):
    result = attempt(learner("print('hm')\nreturn np.exp(X * 1e4)"), X, PARAMETERS)
    assert result.printed == "hm\n"
    assert result.problem is None  # a warning that came through would be an error here
    assert capsys.readouterr() == ("", "")


def test_the_beginning_of_what_is_printed_is_kept():
    body = "for i in range(1000): print('x' * 99)\nreturn X"
    assert 9_000 < len(attempt(learner(body), X, PARAMETERS).printed) < 11_000


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


# ------------------------------------------------------- whatever they return or raise


class Raising:
    """Nothing can be asked of it."""

    def fails(self, *args, **kwargs):
        raise RuntimeError("no")

    __array__ = __repr__ = __str__ = __getattr__ = __eq__ = __len__ = __bool__ = fails
    __hash__ = object.__hash__


class Caller(Raising):
    """An object that can be called and nothing else."""

    __call__ = staticmethod(activations.softmax)


class Silent(Exception):
    """An error that cannot be shown."""

    __str__ = __repr__ = Raising.fails


def inside(depth):
    """Return a list in a list in a list ...; in itself, if the depth is 0."""
    value = []
    for _ in range(depth):
        value = [value]
    if not depth:
        value.append(value)
    return value


DEEP, LONG = inside(100_000), [0.0] * 10**7


def fails_in_silence(array):
    raise Silent


def recurses(array):
    return recurses(array)


ODD_VALUES = {
    "complex": lambda array: array * (1 + 0j),
    "masked": lambda array: np.ma.array(array, mask=True),
    "hundreds of digits": lambda array: 10**400,
    "in itself": lambda array: inside(0),
    "deep": lambda array: DEEP,
    "ragged": lambda array: [[1.0], [1.0, 2.0]],
    "raising": lambda array: Raising(),
    "raising in a key": lambda array: {Raising(): array},
    "raising in an array": lambda array: np.array([Raising(), None], dtype=object),
    "a class": lambda array: Raising,
    "a caller": lambda array: Caller(),
    "a mock": lambda array: MagicMock(),
    "empty": lambda array: [],
    "huge": lambda array: np.broadcast_to(1.0, (10**5, 10**5)),
    "long": lambda array: LONG,
    "silent error": fails_in_silence,
    "without end": recurses,
}


def judgements(odd):
    """Yield what is said of functions that return an odd value, or that raise."""

    def backward(parameters, cache, X, Y):
        grads = two_layer.backward_propagation(parameters, cache, X, Y)
        return {**grads, "dW1": odd(grads["dW1"])}

    def forward(X, parameters, place):
        A2, cache = two_layer.forward_propagation(X, parameters)
        table = {"A2": A2, **cache}
        return odd(A2) if not place else ({**table, place: odd(table[place])})

    yield exercises.softmax.check(lambda Z: odd(activations.softmax(Z)))
    yield exercises.two_layer_backward.check(backward)
    yield exercises.two_layer_initialize.check(lambda *args: odd(X))
    yield diagnose(backward)
    yield diagnose(lambda parameters, cache, X, Y: odd(X), what="backward")
    yield diagnose(lambda X, parameters: odd(X), what="forward")
    for name in ("A1", "A2"):
        yield diagnose(lambda X, parameters, n=name: forward(X, parameters, n))
    yield diagnose(lambda A, Y: odd(two_layer.compute_cost(A, Y)), what="cost")


@pytest.mark.parametrize("odd", ODD_VALUES.values(), ids=ODD_VALUES)
def test_whatever_it_returns_or_raises_the_answer_is_in_words(odd):
    start = time.thread_time()
    assert isinstance(attempt(odd, X).message, str)
    for result in judgements(odd):
        assert not result.right
        assert result.message in str(result).replace("\n", " ")
    assert time.thread_time() < start + 5


@pytest.mark.parametrize(
    "value, words",
    [
        (10**400, "a number of hundreds of digits"),
        (1j, "a complex number"),
        (np.eye(2) * 1j, "an array of complex numbers of shape (2, 2)"),
        (np.ma.array([1.0], mask=True), "a masked array"),
        (LONG, "a list of 10,000,000 entries"),
        (np.exp, "the function exp"),
        (Caller(), "a Caller"),
        (3, "an int"),
    ],
    ids=range(8),
)
def test_a_value_has_words(value, words):
    assert what(value) == words


def wraps_itself():
    def softmax(Z):
        return activations.softmax(Z)

    softmax.__wrapped__ = softmax
    return softmax


@pytest.mark.parametrize("make", [wraps_itself, Caller])
def test_a_function_that_plays_tricks_is_called_all_the_same(make):
    assert attempt(make(), X).problem is None
    assert exercises.softmax.check(make()).right
    assert str(diagnose(make(), what="forward"))


@pytest.mark.parametrize("change", ["X[:] = 0", "parameters['W1'] = odd()"])
@pytest.mark.parametrize("name", ["in itself", "raising", "huge"])
def test_odd_things_among_the_inputs_are_a_change(change, name):
    function = learner(f"{change}\nreturn X")
    function.__globals__["odd"] = lambda: ODD_VALUES[name](X)
    assert attempt(function, X, PARAMETERS).problem == "changed its inputs"


INPUT = builtins.input


def state():
    """Return all that belongs to the whole process."""
    numbers = str(np.random.get_state()), random.getstate()
    return numbers, [*warnings.filters], np.geterr(), sys.stdout


SPOILS = {
    "random": "np.random.seed(1)\nnp.random.rand()",
    "python's random": "import random\nrandom.seed(1)",
    "warnings": "import warnings\nwarnings.simplefilter('error')",
    "errors": "np.seterr(all='raise')",
    "output": "import sys\nsys.stdout = None",
    "closed": "import sys\nprint('now')\nsys.stdout.close()",
}


@pytest.mark.parametrize("body", SPOILS.values(), ids=SPOILS)
def test_the_process_is_as_it_was(body):
    before = state()
    assert attempt(learner(f"{body}\nreturn X"), X, PARAMETERS).problem is None
    assert attempt(learner(f"{body}\nreturn 1 / 0"), X, PARAMETERS).problem == "raised"
    assert state() == before
    assert builtins.input is INPUT


def test_the_process_is_as_it_was_after_many_threads():
    body = "\n".join(SPOILS[name] for name in SPOILS if name != "output")
    function = learner(f"print(X)\n{body}\nreturn X")
    before, tried = state(), []

    def judge(number):
        for _ in range(10):
            result = attempt(function, number, PARAMETERS)
            tried.append(result.printed == f"{number}\nnow\n" and not result.problem)

    threads = [threading.Thread(target=judge, args=[n]) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert state() == before
    assert tried == [True] * 80


def test_a_closed_output_is_no_trouble(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    sys.stdout.close()
    assert attempt(learner("print(1)\nreturn X"), X, PARAMETERS).printed == "1\n"


def test_the_line_of_an_error_is_shown():
    result = diagnose(learner("Z = X\nreturn 3 @ Z"), what="forward")
    assert "Your line 3: `return 3 @ Z`" in str(result)


class Tricky(Exception):
    def __str__(self):
        raise RuntimeError


def test_an_error_that_cannot_be_read_is_an_error():
    def f(X, parameters):
        raise Tricky

    result = attempt(f, X, PARAMETERS)
    assert (result.problem, result.message) == ("raised", "Tricky")


ONE, NAN = np.ones(3), np.array([np.nan, 1])
CHANGES = [  # before, after, what is named
    (np.array([1, 2]), np.array([1, 3]), ["`a`"]),
    (np.array([1, 2]), np.array([1, 2]), []),
    (np.array([1, 2]), np.array([1.0, 2]), ["`a`"]),
    (ONE > 0, ONE > 1, ["`a`"]),
    (ONE > 0, ONE > 0, []),
    (ONE, ONE + 1e-15, []),
    (ONE, ONE + 1e-9, ["`a`"]),
    (ONE, ONE[None], ["`a`"]),
    (NAN, NAN.copy(), []),
    (NAN, np.ones(2), ["`a`"]),
    (ONE, [1.0, 1.0, 1.0], ["`a`"]),
    ("x", "y", ["`a`"]),
    (3, 3, []),
    (3, 4, ["`a`"]),
    ({"W": ONE, "b": ONE}, {"W": 2 * ONE, "b": 2 * ONE}, ['`a["W"]`', '`a["b"]`']),
    ({"W": ONE, "b": ONE}, {"b": ONE, "W": ONE}, ["the dictionary `a`"]),
    ({"W": ONE}, None, ["the dictionary `a`"]),
    ([ONE, ONE], [ONE, 2 * ONE], ["`a[1]`"]),
    ([ONE, ONE], [ONE], ["the list `a`"]),
    ((ONE,), (2 * ONE,), ["`a[0]`"]),
    (RNG, None, []),
]


@pytest.mark.parametrize("before, after, named", CHANGES)
def test_what_a_function_changes_is_named(before, after, named):
    assert [*what_changed([before, 0], [after, 0], ["a", "b"])] == named


def test_of_many_changes_four_are_named():
    def f(*arrays):
        for array in arrays:
            array += 1

    message = attempt(f, *np.ones((5, 2))).message
    assert message.count("`an argument`") == 3
    assert "`, ..., which the caller still needs" in message


@pytest.mark.parametrize(
    "body, words", [("print(X)", "It prints, but it"), ("X + 1", "It returns nothing:")]
)
def test_a_function_that_returns_nothing(body, words):
    result = attempt(learner(body), X, PARAMETERS)
    assert result.problem == "returned nothing"
    assert result.message.startswith(words)


def test_a_run_counts_as_its_parameters():
    def f(X):
        start = two_layer.initialize_parameters(3, 2, 1, rng=0)
        return train(two_layer, X, X[:1] > 0, start, 0.1, 1), {("a", 1): 2}

    parameters, table = attempt(f, X).value
    assert {name: value.shape for name, value in parameters.items()} == {
        "W1": (2, 3), "b1": (2, 1), "W2": (1, 2), "b2": (1, 1)
    }  # fmt: skip
    assert table == {"a tuple": 2}
