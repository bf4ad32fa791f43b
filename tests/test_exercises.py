"""Every exercise: its stub, its solution, its known wrong answers, and odd answers."""

import re

import numpy as np
import pytest

import wrong_answers
from nnteach import activations, exercises, three_layer, training, two_layer
from nnteach.practice.exercise import ChoiceExercise, NumberExercise, Wrong, session
from nnteach.practice.function_exercise import CodeExercise

ALL = list(exercises.EXERCISES.values())
FUNCTIONS = [e for e in ALL if isinstance(e, CodeExercise)]
NUMBERS = [e for e in ALL if isinstance(e, NumberExercise)]
CHOICES = [e for e in ALL if isinstance(e, ChoiceExercise)]
LISTED = [(e, w) for e in ALL for w in e.wrong]
UNLISTED = [(n, *row) for n, rows in wrong_answers.WRONG.items() for row in rows]


def name_of(value):
    return getattr(value, "name", getattr(value, "code", None))


def solve(exercise):
    """Return the result of checking the exercise's own solution."""
    if isinstance(exercise, CodeExercise):
        return exercise.check(exercise.answer)
    return exercise.check(*getattr(exercise, "numbers", getattr(exercise, "words", ())))


@pytest.fixture(autouse=True)
def new_session():
    session.clear()
    yield
    session.clear()


# ------------------------------------------------------------------- the whole list


def test_there_are_enough_exercises_in_every_chapter():
    assert len(ALL) >= 30
    for number in range(1, 11):
        assert sum(e.chapter == number for e in ALL) >= 3


SEED_FUNCTIONS = """
    sigmoid sigmoid_derivative tanh tanh_derivative relu relu_derivative leaky_relu
    leaky_relu_derivative softmax layer_sizes one_hot two_layer_initialize
    two_layer_forward binary_cross_entropy two_layer_backward update_parameters
    two_layer_predict training_loop accuracy three_layer_initialize three_layer_forward
    categorical_cross_entropy three_layer_backward three_layer_update
    three_layer_predict deep_initialize layer_forward deep_forward deep_cost
    through_activation layer_backward deep_backward deep_update deep_predict
    half_squared_error worked_example_backward numerical_gradient
""".split()


@pytest.mark.parametrize("name", SEED_FUNCTIONS)
def test_every_function_of_the_seeds_is_an_exercise(name):
    assert isinstance(getattr(exercises, name), CodeExercise)


@pytest.mark.parametrize("exercise", ALL, ids=name_of)
def test_a_stub_is_not_attempted_yet(exercise):
    names = {"exercises": exercises}
    if isinstance(exercise, CodeExercise):
        exec(exercise.stub, names)
        result = exercise.check(names[re.match(r"def (\w+)", exercise.stub)[1]])
    else:
        call = exercise.stub.splitlines()[-1]
        result = eval(call, names)
    assert result.verdict == "not attempted"
    assert "not attempted yet" in str(result)


@pytest.mark.parametrize("exercise", ALL, ids=name_of)
def test_the_solution_is_right(exercise):
    assert solve(exercise).verdict == "right"


@pytest.mark.parametrize("exercise, wrong", LISTED, ids=name_of)
def test_every_known_wrong_answer_gets_its_name(exercise, wrong):
    if isinstance(exercise, CodeExercise):
        result = exercise.check(wrong.function(exercise.answer))
    else:
        answer = wrong.answer
        one = isinstance(answer, str) or np.ndim(answer) == 0
        result = exercise.check(*([answer] if one else answer))
    assert (result.verdict, result.code) == ("wrong", wrong.code)
    assert len(result.message) > 20


@pytest.mark.parametrize("name, code, answer", UNLISTED)
def test_a_wrong_answer_is_named_by_its_properties_or_the_diagnosis(name, code, answer):
    exercise = getattr(exercises, name)
    result = exercise.check(Wrong(code, answer, "").function(exercise.answer))
    assert result.code == code
    assert not result.right
    assert len(result.message) > 15


def test_every_exercise_has_known_wrong_answers():
    for exercise in ALL:
        rows = wrong_answers.WRONG.get(exercise.name, [])
        assert len(exercise.wrong) + len(rows) >= 3


@pytest.mark.parametrize("exercise", ALL, ids=name_of)
def test_hints_come_one_by_one_and_end_with_the_solution(exercise):
    count = len(exercise.hints)
    assert count >= 3
    shown = [str(exercise.hint()) for _ in range(count + 1)]
    assert len(set(shown)) == count
    assert f"hint 1 of {count}" in shown[0]
    assert "?" in exercise.hints[0] or exercise.hints[0].endswith("other.")
    assert all("solution()" in text for text in shown[count - 1 :])
    assert not any("solution()" in text for text in shown[: count - 1])


@pytest.mark.parametrize("exercise", ALL, ids=name_of)
def test_what_is_shown_is_stable_and_says_enough(exercise):
    for show in (exercise.note, exercise.solution):
        text, again = str(show()), str(show())
        assert text == again
        assert "0x" not in text
        assert "np.float64" not in text
    assert exercise.answer_text in exercise.solution().paragraphs
    assert exercise.why in exercise.solution().paragraphs


# ----------------------------------------------------------------- odd functions


def never_ends(Z):
    while True:
        pass


def changes(Z):
    Z -= Z.max(axis=0)
    return np.exp(Z) / np.exp(Z).sum(axis=0)


def prints(Z):
    print(Z)


def raises(Z):
    return Z @ Z


ODD = {
    "raised": (raises, "Z has 5 columns, Z has 3 rows"),
    "no-end": (never_ends, "stopped after 2 seconds"),
    "inputs-changed": (changes, "It changes `Z`"),
    "returned-nothing": (prints, "`print` shows a value"),
    "not-a-function": (np.eye(3), "without brackets"),
    "wrong-arguments": (lambda Z, axis: Z, "called with 1 argument"),
    "wrong-type": (lambda Z: "text", "expected numbers, got the text 'text'"),
    "shape": (lambda Z: activations.softmax(Z)[None], "yours is (1, 3, 5)"),
    "not-finite": (lambda Z: activations.softmax(Z) * np.nan, "There is NaN"),
}


@pytest.mark.parametrize("code", ODD)
def test_an_odd_function_gets_a_sentence_of_its_own(code):
    function, words = ODD[code]
    result = exercises.softmax.check(function)
    assert result.code == code
    assert not result.right
    assert words in result.message


def test_an_error_shows_the_learners_line():
    result = exercises.softmax.check(raises)
    assert "`return Z @ Z`" in str(result)


def test_a_right_function_may_print():
    def softmax(Z):
        print("now")
        return activations.softmax(Z)

    result = exercises.softmax.check(softmax)
    assert result.right
    assert "It also prints" in str(result)


@pytest.mark.parametrize(
    "function, code",
    [
        (lambda Z: np.exp(Z) / np.exp(Z).sum(axis=0), "softmax-overflow"),
        (
            lambda Z: np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(axis=0),
            "softmax-shift-over-all",
        ),
    ],
)
def test_an_unstable_softmax_is_named(function, code):
    assert exercises.softmax.check(function).code == code


def test_an_unknown_mistake_says_where_and_a_factor_is_found():
    unknown = exercises.softmax.check(lambda Z: activations.softmax(Z) ** 2)
    assert unknown.code == "unknown"
    assert "expected" in unknown.message
    scaled = exercises.softmax.check(lambda Z: activations.softmax(Z) * 3)
    assert scaled.code == "scaled"
    assert "3 times" in scaled.message


@pytest.mark.parametrize(
    "name", ["worked_example_backward", "two_layer_backward", "deep_backward"]
)
def test_sums_in_place_of_means_are_a_convention(name):
    exercise = getattr(exercises, name)

    def with_sums(grads, X):
        return {key: value * X.shape[1] for key, value in grads.items()}

    def longhand(parameters, cache, X, Y):
        return with_sums(exercise.answer(parameters, cache, X, Y), X)

    def deep(parameters, cache, X, Y, architecture):
        return with_sums(exercise.answer(parameters, cache, X, Y, architecture), X)

    result = exercise.check(deep if name == "deep_backward" else longhand)
    assert result.verdict == "scaled"
    assert "right up to a factor" in str(result)


def test_the_diagnosis_names_what_the_exercise_does_not_know():
    def backward_propagation(parameters, cache, X, Y):
        grads = two_layer.backward_propagation(parameters, cache, X, Y)
        return grads | {"dW2": (cache["A2"] - Y) @ cache["Z1"].T / X.shape[1]}

    result = exercises.two_layer_backward.check(backward_propagation)
    assert result.verdict == "wrong"
    assert "dW2" in result.message


def test_a_comparison_of_texts_with_is_does_not_pass():
    def layer_forward(A_previous, W, b, activation):
        Z = W @ A_previous + b
        for name in ("relu", "sigmoid", "tanh"):
            if activation is name:
                return activations.ACTIVATIONS[name][0](Z), Z
        raise ValueError(activation)

    assert not exercises.layer_forward.check(layer_forward).right


# --------------------------------------------------- right, however it is written


def backward_by_examples(parameters, cache, X, Y):
    m = X.shape[1]
    grads = {f"d{name}": np.zeros_like(value) for name, value in parameters.items()}
    for i in range(m):
        a1, error = cache["A1"][:, i], (cache["A2"] - Y)[:, i] / m
        hidden = parameters["W2"].T.dot(error) / np.cosh(cache["Z1"][:, i]) ** 2
        grads["dW2"] += np.einsum("i,j->ij", error, a1)
        grads["dW1"] += np.outer(hidden, X[:, i])
        grads["db2"] += error[:, None]
        grads["db1"] += hidden[:, None]
    return grads


def forward_with_tuples(X, parameters):
    W1, b1, W2, b2, W3, b3 = parameters
    Z1 = W1 @ X + b1
    A1 = Z1 * (Z1 > 0)
    Z2 = np.dot(W2, A1) + b2
    A2 = np.maximum(0, Z2)
    Z3 = W3 @ A2 + b3
    A3 = activations.softmax(Z3)
    return A3, (Z1, A1, Z2, A2, Z3, A3)


def backward_with_tuples(parameters, cache, X, Y):
    names = ("W1", "b1", "W2", "b2", "W3", "b3")
    steps = ("Z1", "A1", "Z2", "A2", "Z3", "A3")
    parameters = dict(zip(names, list(parameters), strict=True))
    cache = dict(zip(steps, list(cache), strict=True))
    if isinstance(parameters["W1"], str):
        raise TypeError("tuples, please")
    return tuple(three_layer.backward_propagation(parameters, cache, X, Y).values())


def more_in_the_cache(X, parameters):
    A2, cache = two_layer.forward_propagation(X, parameters)
    return A2, {"A1": cache["A1"], "X": X, "A2": A2, "note": "mine"}


def softmax_in_lists(Z):
    columns = [[np.exp(z - max(column)) for z in column] for column in Z.T.tolist()]
    rows = zip(*[[e / sum(c) for e in c] for c in columns], strict=True)
    return [list(row) for row in rows]


def gradient_in_place(cost, W, step):
    slope = np.zeros(W.shape)
    for place in range(W.size):
        old = W.flat[place]
        W.flat[place] = old + step
        up = cost(W)
        W.flat[place] = old - step
        slope.flat[place] = (up - cost(W)) / (2 * step)
        W.flat[place] = old
    return slope


def shuffle_by_sorting(X, Y, m_train, rng):
    order = np.argsort(rng.random(X.shape[1]))
    X, Y = X[:, order], Y[:, order]
    return X[:, m_train:][:, :0], Y, X, Y


RIGHT = [
    ("softmax", softmax_in_lists),
    ("softmax", lambda Z: activations.softmax(Z).astype(np.float32)),
    ("sigmoid", lambda Z: 0.5 * (1 + np.tanh(Z / 2))),
    ("sigmoid", lambda Z: np.exp(Z) / (1 + np.exp(Z))),
    ("tanh", lambda Z: (np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z))),
    ("tanh", np.tanh),
    ("relu", lambda Z: np.where(Z > 0, Z, 0)),
    ("relu", lambda Z: [[max(0, z) for z in row] for row in Z.tolist()]),
    ("relu_derivative", lambda A: A > 0),
    ("relu_derivative", lambda A: np.int64(A > 0)),
    ("two_layer_forward", more_in_the_cache),
    ("two_layer_backward", backward_by_examples),
    ("three_layer_forward", forward_with_tuples),
    ("three_layer_backward", backward_with_tuples),
    ("numerical_gradient", gradient_in_place),
    ("binary_cross_entropy", lambda A, Y: [[two_layer.compute_cost(A, Y)]]),
    ("binary_cross_entropy", lambda A, Y: wrong_answers.cross_entropy(A, Y).mean()),
    ("half_squared_error", lambda A, Y: ((A - Y) ** 2).mean() / 2),
    ("three_layer_predict", lambda A: list(np.argmax(A, axis=0))),
    ("two_layer_predict", lambda A: A > 0.5),
    ("accuracy", lambda p, y: float((p == y).sum() / y.size)),
    ("training_loop", lambda *args: training.train(*args)),
    ("training_loop", lambda *args: (training.train(*args).parameters, [0.1])),
    ("standardize", lambda a, b: list(exercises.standardize.answer(a, b))),
]


@pytest.mark.parametrize("name, function", RIGHT)
def test_right_is_right_however_it_is_written(name, function):
    result = getattr(exercises, name).check(function)
    assert result.right, str(result)


def test_the_columns_of_a_bias_are_told_from_rows():
    def flat(X, parameters):
        A2, cache = two_layer.forward_propagation(X, parameters)
        return A2, {name: value.T for name, value in cache.items()}

    assert exercises.two_layer_forward.check(flat).code == "transposed"


# ---------------------------------------------------------------- numbers, words


@pytest.mark.parametrize(
    "name, answers, code",
    [
        ("first_sums", (0.21, 0.315), ""),
        ("first_sums", ([0.21, 0.315],), ""),
        ("first_sums", (np.array([[0.21], [0.315]]),), ""),
        ("first_sums", (0.315, 0.21), "order"),
        ("first_sums", (0.21,), "count"),
        ("first_sums", (0, 21, 0, 315), "count"),
        ("first_sums", (0.2, 0.3), "unknown"),
        ("output_by_hand", (0.665,), ""),
        ("output_by_hand", (np.float32(0.6651),), ""),
        ("output_by_hand", (0.67,), "rounding"),
        ("output_by_hand", ("0,665",), "not-a-number"),
        ("output_by_hand", (np.nan,), "not-a-number"),
        ("error_signal", (0.0368,), ""),
        ("error_signal", (-0.0368,), "wrong-sign"),
        ("stepped_weight", (-0.2797,), "wrong-sign"),
        ("vanishing_factor", (9.54e-7,), ""),
        ("zeros_start", ("Last-Bias",), ""),
        ("zeros_start", ("the last",), "not-a-choice"),
        ("zeros_start", (3,), "not-a-choice"),
        ("which_curve", ("too large", "too small"), "not-a-choice"),
        ("riddle_slope", ("slope of other activation",), ""),
    ],
)
def test_numbers_and_words(name, answers, code):
    result = getattr(exercises, name).check(*answers)
    assert result.code == code
    assert result.right == (code == "")


# ------------------------------------------------------------------- what is shown


def test_results_are_text_and_html_with_more_than_colour():
    bundle = exercises.softmax.check(raises)._repr_mimebundle_()
    assert bundle["text/plain"].startswith("! softmax: an error stopped it.")
    assert "an error stopped it" in bundle["text/html"]
    assert '<span aria-hidden="true">!</span>' in bundle["text/html"]
    assert "<code>return Z @ Z</code>" in bundle["text/html"]


def test_html_is_escaped():
    def nasty(Z):
        raise ValueError("<script>alert(1)</script> & more")

    html = exercises.softmax.check(nasty)._repr_mimebundle_()["text/html"]
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html


def test_text_is_the_same_twice_and_without_addresses():
    def odd(Z):
        raise ValueError(object())

    first, second = (str(exercises.softmax.check(odd)) for _ in range(2))
    assert first == second
    assert "0x" not in first


def test_the_solution_is_the_real_source_highlighted():
    bundle = exercises.softmax.solution()._repr_mimebundle_()
    assert (
        "exponentials / exponentials.sum(axis=-2, keepdims=True)"
        in bundle["text/plain"]
    )
    assert '<span style="' in bundle["text/html"]


def test_the_solution_shows_without_pygments(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pygments", None)
    html = exercises.softmax.solution().html()
    assert "<pre>def softmax(Z):" in html


def test_progress_tells_done_tried_and_open():
    assert "0 of" in str(exercises.progress())
    exercises.relu.check(activations.relu)
    exercises.tanh.check(activations.sigmoid)
    exercises.sigmoid.check(...)
    text = str(exercises.progress())
    assert f"1 of {len(ALL)} exercises done" in text
    assert "01 activations           1 of 9 done" in text
    assert "✓ done: relu" in text
    assert "✗ tried: tanh" in text
    assert "sigmoid" not in text
    html = exercises.progress()._repr_mimebundle_()["text/html"]
    assert '<th scope="row" style="text-align:left">01 activations</th>' in html
    exercises.relu.check(activations.tanh)  # a later try takes nothing away
    assert "✓ done: relu" in str(exercises.progress())


def test_an_unknown_name_is_answered_with_close_ones():
    with pytest.raises(AttributeError, match="Did you mean softmax"):
        _ = exercises.sofmax
    with pytest.raises(ValueError, match="1 to 10"):
        exercises.chapter(12)
    assert "`relu`" in str(exercises.chapter(1))
    assert "softmax" in dir(exercises)


def test_a_teacher_adds_a_wrong_answer():
    mine = Wrong("half", "return  -> return 0.5 * ", "Your columns add up to one half.")
    exercises.softmax.wrong.append(mine)
    try:
        result = exercises.softmax.check(lambda Z: activations.softmax(Z) / 2)
    finally:
        exercises.softmax.wrong.remove(mine)
    assert result.code == "half"
