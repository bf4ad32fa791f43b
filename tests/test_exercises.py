"""Every exercise: its stub, its solution, its known wrong answers, and odd answers."""

import re

import numpy as np
import pytest

import wrong_answers
from nnteach import (
    activations,
    costs,
    diagnose,
    exercises,
    three_layer,
    training,
    two_layer,
)
from nnteach.practice.exercise import ChoiceExercise, NumberExercise, edited, near
from nnteach.practice.function_exercise import CodeExercise, FunctionExercise
from nnteach.practice.initialize import judge_parameters
from nnteach.practice.progress import counts
from nnteach.updates import update_parameters

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
def no_tries_yet():
    counts.reset()
    for exercise in ALL:
        exercise.hints_shown = 0


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
    one = isinstance(exercise, CodeExercise)
    result = exercise.check(*([wrong.answer] if one else wrong.answer))
    assert (result.verdict, result.code) == ("wrong", wrong.code)
    assert len(result.message) > 20


@pytest.mark.parametrize("name, code, answer", UNLISTED)
def test_a_wrong_answer_is_named_by_its_properties_or_the_diagnosis(name, code, answer):
    exercise = getattr(exercises, name)
    function = answer if callable(answer) else edited(exercise.answer, answer)
    result = exercise.check(function)
    assert result.code == code
    assert not result.right
    assert len(result.message) > 15


@pytest.mark.parametrize("sizes", [(3, 1, 1), (1, 4, 2), (1, 1, 1), (2, 3, 2)])
def test_first_weights_of_any_sizes_are_right(sizes):
    start = two_layer.initialize_parameters(*sizes, 0.1, rng=0)
    assert judge_parameters((*sizes, 0.1, None), start) is None


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
    solution = exercise.solution(anyway=True)
    for note, again in (
        (exercise.note(), exercise.note()),
        (solution, exercise.solution(anyway=True)),
    ):
        assert str(note) == str(again)
        assert "0x" not in str(note)
        assert "np.float64" not in str(note)
    assert exercise.answer_text in solution.paragraphs
    assert exercise.why in solution.paragraphs


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


class Nasty:
    """What raises however it is looked at."""

    def __getattr__(self, name):
        raise RuntimeError("no")

    __array__ = __len__ = __float__ = __repr__ = __str__ = __getattr__


@pytest.mark.parametrize(
    "name", ["softmax", "standardize", "training_loop", "train_test_split", "tanh"]
)
def test_whatever_is_returned_is_answered_in_words(name):
    exercise = getattr(exercises, name)
    for value in (Nasty(), {Nasty(): 1}, [Nasty()] * 4):
        result = exercise.check(lambda *arguments, value=value: value)
        assert not result.right
        assert len(str(result)) > 30


@pytest.mark.parametrize("exercise", NUMBERS + CHOICES, ids=name_of)
def test_an_answer_of_any_kind_is_answered_in_words(exercise):
    for answer in (10**400, 1j, [[1], [2, 3]], {}, print):
        assert not exercise.check(*[answer] * 3).right


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


THREE = {  # written out for three layers, of relu, tanh and sigmoid
    "deep_forward": """
def mine(X, parameters, architecture):
    A, cache = X, {}
    for k, f in zip("123", (lambda Z: np.maximum(0, Z), np.tanh, sigmoid)):
        Z = parameters["W" + k] @ A + parameters["b" + k]
        A = f(Z)
        cache |= {"Z" + k: Z, "A" + k: A}
    return A, cache""",
    "deep_update": """
def mine(parameters, grads, learning_rate):
    names = [stem + k for stem in "Wb" for k in "123"]
    return {n: parameters[n] - learning_rate * grads["d" + n] for n in names}""",
    "deep_initialize": """
def mine(architecture, scale, rng):
    sizes = [(layer["output_dim"], layer["input_dim"]) for layer in architecture]
    return {f"W{k}": rng.standard_normal(sizes[k - 1]) * scale for k in (1, 2, 3)} | {
        f"b{k}": np.zeros((sizes[k - 1][0], 1)) for k in (1, 2, 3)}""",
}


@pytest.mark.parametrize("name", THREE)
def test_what_is_written_for_three_layers_is_not_right_for_any_depth(name):
    space = {"np": np, "sigmoid": activations.sigmoid}
    exec(THREE[name], space)
    found = getattr(exercises, name).check(space["mine"])
    assert found.verdict == "wrong"
    assert name == "deep_initialize" or "2-5-4-1" in found.facts[-1]


class WithRate:
    """Moves by given gradients, with a rate of its own."""

    def __init__(self, n_x, n_h, n_y, rate=0.1):
        self.rate = rate
        self.W1, self.b1 = np.ones((n_h, n_x)), np.zeros((n_h, 1))
        self.W2, self.b2 = np.ones((n_y, n_h)), np.zeros((n_y, 1))
        self.dW1 = self.db1 = self.dW2 = self.db2 = 0

    def update(self):
        self.W1 = self.W1 - self.rate * self.dW1
        self.b1 = self.b1 - self.rate * self.db1
        self.W2 = self.W2 - self.rate * self.dW2
        self.b2 = self.b2 - self.rate * self.db2


def test_a_rate_that_a_class_keeps_is_set():
    found = diagnose(WithRate(2, 3, 1).update, two_layer)
    assert found.right
    assert "nn.rate = learning_rate" in str(found)


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
        ("case_4", ("Slope Missing",), ""),
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
    bundle = exercises.softmax.solution(anyway=True)._repr_mimebundle_()
    assert (
        "exponentials / exponentials.sum(axis=-2, keepdims=True)"
        in bundle["text/plain"]
    )
    assert '<span style="' in bundle["text/html"]


def test_the_solution_shows_without_pygments(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pygments", None)
    html = exercises.softmax.solution(anyway=True).html()
    assert "<pre>def softmax(Z):" in html


def test_a_number_that_is_none_is_shown():
    for number in (np.nan, np.inf):
        assert f"you gave {number}." in str(exercises.stepped_weight.check(number))


def test_an_unknown_name_is_answered_with_close_ones():
    with pytest.raises(AttributeError, match="Did you mean softmax"):
        _ = exercises.sofmax
    last = max(exercises.CHAPTERS)
    with pytest.raises(ValueError, match=f"1 to {last}"):
        exercises.chapter(12)
    assert "`relu`" in str(exercises.chapter(1))
    assert "softmax" in dir(exercises)


# ------------------------------------------------------------- known wrong answers


@pytest.fixture
def restored():
    """What is added to these exercises in a test is gone after it."""
    before = {exercise: exercise.wrong for exercise in ALL}
    yield
    for exercise, wrong in before.items():
        exercise.wrong = wrong


def test_a_teacher_adds_a_wrong_answer(restored):
    exercises.softmax.add_wrong("half", "return  -> return 0.5 * ", "Only one half.")
    result = exercises.softmax.check(lambda Z: activations.softmax(Z) / 2)
    assert (result.code, result.message) == ("half", "Only one half.")
    exercises.first_sums.add_wrong("mine", (1, 2), "Mine.")
    assert exercises.first_sums.check(1, 2).code == "mine"
    exercises.zeros_start.add_wrong("mine", "nothing", "Mine.")
    assert exercises.zeros_start.wrong[-1].answer == ("nothing",)


@pytest.mark.parametrize(
    "name, answer, message",
    [
        ("softmax", "axis=-3 -> axis=-1", "'axis=-3' is not in the solution"),
        ("softmax", "axis=-2", 'expected an edit, "old -> new"'),
        ("softmax", "axis=-2 -> axis=-2", 'expected an edit, "old -> new"'),
        ("softmax", None, 'expected an edit, "old -> new", got None'),
        ("softmax", "return  -> return return ", "leaves no Python: invalid syntax"),
        ("first_sums", 1, "as many numbers as"),
        ("zeros_start", "the end", "'the end' is not among the choices"),
        ("zeros_start", exercises.zeros_start.words, "this answer is right"),
        ("first_sums", exercises.first_sums.numbers, "this answer is right"),
        ("softmax", activations.softmax, "this answer is right"),
        ("two_layer_forward", "tanh -> sigmoid", "added to nnteach.judge.catalogue"),
    ],
)
def test_a_wrong_answer_that_cannot_be_given_is_refused(name, answer, message):
    exercise = getattr(exercises, name)
    with pytest.raises(ValueError, match=f"{name}, mine: .*{re.escape(message)}"):
        exercise.add_wrong("mine", answer, "")
    with pytest.raises(AttributeError):
        exercise.wrong.append(answer)


COMPARED = [e for e in FUNCTIONS if isinstance(e, FunctionExercise) and e.wrong]


@pytest.mark.parametrize("exercise", COMPARED, ids=name_of)
def test_no_two_known_mistakes_give_the_same_numbers(exercise):
    def values(mistake, cases):
        return [exercise.expected(case, mistake) for case in cases]

    with np.errstate(all="ignore"):
        for mistake in exercise.wrong:
            cases = exercise.cases
            if exercise.gives(exercise.answer, values(mistake.answer, cases), cases):
                cases = cases + exercise.edges
            given = values(mistake.answer, cases)
            for other in (exercise.answer, *(w.answer for w in exercise.wrong)):
                same = exercise.gives(other, given, cases)
                assert same == (other is mistake.answer), mistake


@pytest.mark.parametrize("exercise", COMPARED, ids=name_of)
def test_nothing_is_claimed_on_too_few_numbers(exercise):
    values = [exercise.expected(case) for case in exercise.cases]
    assert sum(array.size for value in values for array in value.values()) >= 5


@pytest.mark.parametrize("exercise", NUMBERS, ids=name_of)
def test_no_two_wrong_numbers_are_taken_for_each_other(exercise):
    numbers = [exercise.numbers, *(wrong.answer for wrong in exercise.wrong)]
    for place, first in enumerate(numbers):
        for second in numbers[:place]:
            pairs = zip(first, second, strict=True)
            assert not all(near(a, b, exercise.digits) for a, b in pairs)


def first_trouble(costs):
    bad = ~np.isfinite(costs)
    if bad.any():
        return int(bad.argmax())


def one_turn(slope, w, learning_rate, steps):
    for _ in range(steps):
        new = w - learning_rate * slope(w)
    return new


def one_update(network, X, Y, parameters, learning_rate, iterations):
    for _ in range(iterations):
        _, cache = network.forward_propagation(X, parameters)
        grads = network.backward_propagation(parameters, cache, X, Y)
        new = update_parameters(parameters, grads, learning_rate)
    return new


def raises_if_finite(costs):
    return first_trouble(costs) if first_trouble(costs) else len(3)


def shifted(function):
    """A softmax that subtracts what the function finds in Z first."""

    def softmax(Z):
        exponentials = np.exp(Z - function(Z))
        return exponentials / exponentials.sum(axis=0)

    return softmax


# What was once said falsely about them, or could be: what is certain about them.
CERTAIN = [
    ("softmax", shifted(lambda Z: 0), "softmax-overflow", "is infinite"),
    ("softmax", shifted(np.max), "softmax-shift-over-all", "a column far below"),
    ("softmax", shifted(lambda Z: Z.min(0)), "softmax-shift-by-smallest", "smallest"),
    ("softmax", shifted(lambda Z: Z.mean(0)), "not-finite", "There is NaN"),
    ("softmax", shifted(lambda Z: Z[0]), "not-finite", "you give NaN, expected"),
    ("accuracy", lambda p, y: np.mean(abs(p - y)), "difference-of-numbers", "far apar"),
    ("accuracy", lambda p, y: np.mean(p == 1), "unknown", "expected 0.7778"),
    ("diverged_at", first_trouble, "returned-nothing", "[0.7, 0.5, 0.4] it returns no"),
    ("diverged_at", raises_if_finite, "raised", "happens for costs = [0.7, 0.5, 0.4]"),
    ("gradient_descent", one_turn, "return-in-loop", "begin at the same w again?"),
    ("training_loop", one_update, "return-in-loop", "begin at the same parameters"),
    ("one_hot", lambda y, n: np.eye(3)[:, y % 3], "unknown", "is (3, 7), expected (4"),
    ("one_hot", lambda y, n: np.eye(n)[:, y] * (n > 3), "unknown", "you give"),
    ("train_test_split", lambda X, Y, n, rng: (
        X[:, ::-1][:, :n], Y[:, ::-1][:, :n], X[:, ::-1][:, n:], Y[:, ::-1][:, n:]
     ), "not-mixed", "without mixing"),
]  # fmt: skip


@pytest.mark.parametrize("name, function, code, words", CERTAIN)
def test_only_what_is_certain_is_said(name, function, code, words):
    result = getattr(exercises, name).check(function)
    assert result.code == code
    assert words in " ".join(str(result).split())


ROUNDED = [
    ("he_scale", lambda n_in: round((2 / n_in) ** 0.5, 4), "0.1414, expected 0.141421"),
    ("half_squared_error", lambda A, Y: np.float16(costs.half_squared_error(A, Y)), ""),
    (
        "binary_cross_entropy",
        lambda A, Y: round(costs.binary_cross_entropy(A, Y), 3),
        "2.394, expected 2.39369",
    ),
]


@pytest.mark.parametrize("name, function, evidence", ROUNDED)
def test_what_is_rounded_is_not_called_another_size(name, function, evidence):
    result = getattr(exercises, name).check(function)
    assert (result.code, result.right) == ("rounding", False)
    assert "last digits" in result.message
    assert f"you give {evidence}" in str(result)


@pytest.mark.parametrize("number", [0, 11, "1", [1], None, 1.5])
def test_a_chapter_that_is_not_there_is_told_with_one_that_is(number):
    with pytest.raises(ValueError, match=r"from 1 to 10. Try exercises.chapter\(1\)"):
        exercises.chapter(number)


def test_what_fails_at_the_edge_alone_is_forgiven_with_one_true_sentence():
    def sigmoid(Z):
        return 1 / (1 + np.exp(-np.clip(Z, -9, 9)))

    result = exercises.sigmoid.check(sigmoid)
    assert result.right
    assert "For Z = −1,000: you give 0.0001234, expected 0." in str(result)
    assert "NaN" not in str(result)


# ---------------------------------------------------------------------- the solution


def test_the_solution_opens_after_a_try_that_is_not_the_stub(monkeypatch):
    relu = exercises.relu
    answer = "np.maximum(0, Z)"
    relu.check(...)
    closed = str(relu.solution())
    assert "try it first" in closed
    assert "`exercises.relu.hint()` helps" in closed
    assert answer not in closed
    assert answer in str(relu.solution(anyway=True))
    monkeypatch.setenv("NNTEACH_SOLUTIONS", "open")
    assert answer in str(relu.solution())
    monkeypatch.delenv("NNTEACH_SOLUTIONS")
    assert answer not in str(relu.solution())
    relu.check(activations.tanh)
    assert answer in str(relu.solution())
