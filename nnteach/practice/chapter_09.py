"""Chapter 09: data that the network has not seen."""

import numpy as np

from nnteach.practice.cases import matrices
from nnteach.practice.exercise import NumberExercise
from nnteach.practice.function_exercise import FunctionExercise, by_name


def accuracy(predictions, labels):
    """Return the share of the examples whose class is right."""
    return np.mean(predictions == labels)


def train_test_split(X, Y, m_train, rng):
    """Return X_train, Y_train, X_test, Y_test: every example in one of the two."""
    order = rng.permutation(X.shape[1])
    first, rest = order[:m_train], order[m_train:]
    return X[:, first], Y[:, first], X[:, rest], Y[:, rest]


def standardize(X_train, X_test):
    """Return both with the mean and standard deviation of X_train taken out."""
    mean = X_train.mean(axis=1, keepdims=True)
    deviation = X_train.std(axis=1, keepdims=True)
    return (X_train - mean) / deviation, (X_test - mean) / deviation


def confusion_matrix(labels, predictions, classes):
    """Return how often each true class (row) was read as each class (column)."""
    counts = np.zeros((classes, classes), dtype=int)
    for true, predicted in zip(labels, predictions, strict=True):
        counts[true, predicted] += 1
    return counts


MATRIX = np.array([[45, 3, 2], [4, 30, 16], [1, 9, 40]])


def matrix_table():
    """Return the confusion matrix of the reading exercise as text."""
    rows = [" " * 6 + "".join(f"{f'read as {k}':>12}" for k in range(3))]
    for true, row in enumerate(MATRIX):
        rows.append(f"true {true}" + "".join(f"{count:>12}" for count in row))
    return "\n".join(rows)


def class_cases():
    """Return predictions and labels of more examples, for 3 to 6 classes."""
    rng = np.random.default_rng(9)
    sizes = [(3, 40), (4, 30), (5, 50), (6, 24)]
    return [tuple(rng.integers(0, n, (2, m))) for n, m in sizes]


def split_cases():
    """Return numbered examples whose labels tell their number."""
    cases = []
    for (n_x, m, m_train), seed in (((3, 20, 14), 0), ((2, 35, 25), 1)):
        X = np.arange(m) + 100.0 * np.arange(n_x)[:, None]
        cases.append(
            (X, np.arange(m)[None, :] * 2.0, m_train, np.random.default_rng(seed))
        )
    return cases


def judge_split(case, value):
    """Return (code, message) about a split, or None."""
    X, Y, m_train, _ = case
    m = X.shape[1]
    names = ("X_train", "Y_train", "X_test", "Y_test")
    parts = by_name("The split", value, names)
    shapes = [part.shape for part in parts.values()]
    right = [(len(A), n) for n in (m_train, m - m_train) for A in (X, Y)]
    if shapes != right:
        if sorted(shapes) == sorted(right):
            message = (
                f"These are not the shapes of {', '.join(names)} in this order. Is "
                "m_train the size of the training set?"
            )
            return "order", message
        message = f"Expected the shapes {right}, got {shapes}: "
        counts = [shape[-1] for shape in shapes[::2] if len(shape) == 2]
        if len(counts) == 2 and sum(counts) != m:
            message += f"{counts[0]} and {counts[1]} examples make {sum(counts)}."
        else:
            message += "one example is one column, and each column is in one set."
        return "shape", message
    train = parts["X_train"][0]
    labels = np.hstack([parts["Y_train"][0], parts["Y_test"][0]])
    columns = np.hstack([parts["X_train"], parts["X_test"]])
    numbers = columns[0]
    mistakes = (
        (
            len(set(numbers)) < m,
            "overlap",
            "Some example appears twice. If the test set holds what the network was "
            "trained on, it proves nothing.",
        ),
        (
            {*map(tuple, columns.T)} != {*map(tuple, X.T)},
            "rows-mixed",
            "The columns are not those of X any more: an example has to stay together.",
        ),
        (
            not np.array_equal(labels, 2 * numbers),
            "pairs-broken",
            "The labels do not belong to their examples any more: X and Y need the "
            "same order.",
        ),
        (
            len(set(np.diff(train))) == 1,
            "not-mixed",
            "You cut the data without mixing. If they are sorted by class, a whole "
            "class may be missing in the training set.",
        ),
        (
            set(train) in (set(range(m_train)), set(range(m - m_train, m))),
            "mixed-too-late",
            "The training set is what stands at one end of X: is it mixed after the "
            "cut, not before it?",
        ),
    )
    return next((mistake for is_made, *mistake in mistakes if is_made), None)


def standardize_together(X_train, X_test):
    """Return both, with the mean and deviation of all data: a leak."""
    together = np.hstack([X_train, X_test])
    return standardize(together, X_train)[1], standardize(together, X_test)[1]


def standardize_cases():
    """Return training and test sets with another mean and spread."""
    a, b, c, d = matrices((3, 8), (3, 5), (4, 6), (4, 9), seed=6)
    return [(a * 3 + 1, b + 2), (c - 1, d * 2 + 3)]


EXERCISES = [
    FunctionExercise(
        "accuracy", 9, """
        Write `accuracy(predictions, labels)`: the share of the examples whose predicted
        class is the right one, a number from 0 to 1.

        - How many are right, out of how many?
        - A comparison gives True and False, which count as 1 and 0.
        - `np.mean(predictions == labels)`

        The comparison says for each example whether it is right, and the mean of ones
        and zeros is the share of ones.
        """,
        solution=accuracy,
        cases=[
            (
                np.array([0, 2, 1, 1, 2, 0, 1, 0, 1]),
                np.array([0, 2, 0, 1, 2, 2, 1, 0, 1]),
            ),
            (np.array([1, 0, 0, 1, 1]), np.array([1, 1, 0, 1, 0])),
            (np.array([2, 0, 1, 1]), np.array([2, 0, 1, 1])),
            *class_cases(),
        ],
        wrong=[
            ("percent",
             "np.mean(predictions == labels) -> 100 * np.mean(predictions == labels)",
             "You return a percentage. Return a number from 0 to 1."),
            ("count-for-share", "np.mean -> np.sum",
             "That is how many are right. Return the share."),
            ("error-rate", "== -> !=", "That is the share of the wrong ones."),
            ("all-or-nothing",
             "np.mean(predictions == labels) -> float((predictions == labels).all())",
             "You give 1 if all are right, and else 0. Which numbers lie between?"),
            ("one-class-only", lambda p, y: np.mean((p == 1) & (y == 1)),
             "You count class 1 only."),
            ("difference-of-numbers", lambda p, y: np.mean(np.abs(p - y)),
             "You average how far apart the numbers of the classes are. A class is "
             "right or wrong: 4 for 2 is no worse than 3 for 2."),
        ],
    ),
    FunctionExercise(
        "train_test_split", 9, """
        Write `train_test_split(X, Y, m_train, rng)`: mix the examples (the columns) and
        return X_train, Y_train, X_test, Y_test, with m_train examples for training and
        all others for the test. `rng` is a numpy Generator.

        - What must be true of every example in the end?
        - Mix numbers, not data: `rng.permutation(m)` is the numbers 0 to m - 1 in a
          random order.
        - The first m_train of these numbers are for training, the rest for the test;
          `X[:, numbers]` and `Y[:, numbers]` keep the pairs together.

        One random order is used for X and Y, so that the pairs stay together, and it is
        cut once, so that no example is in both sets.
        """,
        solution=train_test_split, judge_value=judge_split, cases=split_cases(),
    ),
    FunctionExercise(
        "standardize", 9, """
        Write `standardize(X_train, X_test)`: subtract the mean of each input (row) and
        divide by its standard deviation, as `std` gives it. Both numbers come from the
        training set alone. Return both sets.

        - What are you allowed to know about the test set before the test?
        - Mean and deviation of each row of X_train, as columns: `axis=1,
          keepdims=True`.
        - `(X_train - mean) / deviation` and `(X_test - mean) / deviation`, with the
          same two.

        The test set stands for data that do not exist yet, so nothing about it may be
        used; it gets exactly the treatment that the training set got.
        """,
        solution=standardize, returns=("X_train", "X_test"), cases=standardize_cases(),
        wrong=[
            ("test-by-itself",
             lambda a, b: (standardize(a, a)[0], standardize(b, b)[0]),
             "X_train is right; X_test is scaled by its own mean and deviation. "
             "Later examples will come one by one: what is their mean?"),
            ("leakage", standardize_together,
             "Your mean and deviation come from both sets together: the test set "
             "leaks into the training."),
            ("test-untouched", "(X_test - mean) / deviation -> X_test",
             "X_test is as it was: the network has learned from standardized "
             "inputs, and needs the same at the test."),
            ("wrong-axis",
             lambda a, b: tuple(standardize(p.T, p.T)[0].T for p in (a, b)),
             "You use the mean of each example, a column. Each input, a row, has "
             "its own."),
            ("one-for-all",
             lambda a, b: ((a - a.mean()) / a.std(), (b - a.mean()) / a.std()),
             "You use one mean and one deviation for all inputs; each row has its "
             "own."),
            ("deviation-of-a-sample", "std(axis=1, -> std(axis=1, ddof=1,",
             "Your deviation divides by m − 1. Here it divides by m, as `std` does."),
            ("deviation-missing", ") / deviation -> )",
             "The mean is gone; the spread is not 1 yet."),
            ("order",
             "return (X_train - mean) / deviation, (X_test - mean) / deviation -> "
             "return (X_test - mean) / deviation, (X_train - mean) / deviation",
             "The training set comes first."),
        ],
    ),
    FunctionExercise(
        "confusion_matrix", 9, """
        Write `confusion_matrix(labels, predictions, classes)`: an array of shape
        (classes, classes). The entry in row i and column j counts how often the true
        class i was read as class j.

        - In which row and column does one example count, if its class is 2 and 0 was
          predicted?
        - Begin with zeros and go through the examples, two at a time: `zip(labels,
          predictions)`.
        - `counts[true, predicted] += 1` for each example.

        Each example adds 1 at the row of its true class and the column of its
        prediction, so the right ones stand on the diagonal.
        """,
        solution=confusion_matrix,
        cases=[
            (np.array([0, 1, 2, 2, 1, 0, 0]), np.array([0, 2, 2, 1, 1, 0, 1]), 3),
            (np.array([3, 1, 0, 2, 3, 3, 1, 3]), np.array([3, 0, 0, 2, 3, 1, 1, 1]), 4),
        ],
        edges=[(np.array([0, 1, 1]), np.array([1, 1, 0]), 3)],
        wrong=[
            ("transpose", "counts[true, predicted] -> counts[predicted, true]",
             "Rows and columns are exchanged: the row is the true class."),
            ("diagonal-only", "counts[true, predicted] -> counts[true, true]",
             "Everything stands on the diagonal, the wrong ones too. In which column "
             "belongs an example of class 0 that is read as a 1?"),
            ("not-counted", "+= 1 -> = 1",
             "You note that it happened, not how often. (Without a loop, "
             "`counts[labels, predictions] += 1` adds 1 to each place once only, "
             "however often it stands in the lists.)"),
            ("classes-from-labels",
             lambda y, p, n: confusion_matrix(y, p, max(*y, *p) + 1),
             "If a class does not occur, its row and column are missing: use the "
             "argument `classes`."),
            ("share-for-count", "return counts -> return counts / len(labels)",
             "You return shares. Return counts."),
            ("share-for-count",
             "return counts -> return counts / counts.sum(axis=1, keepdims=True)",
             "You return the shares within each class. Return counts."),
        ],
    ),
    NumberExercise(
        "confusion_reading", 9, """
        Read this confusion matrix of 150 examples. Give three numbers: the accuracy;
        the share of the true 1s that were recognised; and how many true 1s were read
        as a 2.

        - Where do the right ones stand?
        - The accuracy is the sum of the diagonal divided by the sum of everything. The
          true 1s stand in one row.
        - (45 + 30 + 40) / 150; then 30 out of the sum of the middle row; then the
          middle row, last column.

        The diagonal holds the right ones, 115 of 150. The true 1s are the middle row,
        30 of 50; 16 of them were read as a 2, the largest entry off the diagonal.
        """,
        numbers=[115 / 150, 30 / 50, 16],
        labels=("the accuracy", "the share of the true 1s", "1s read as a 2"),
        shown=matrix_table,
        wrong=[
            ("column-for-row", (115 / 150, 30 / 42, 16),
             "You divided by the sum of the column: that is everything that was "
             "*called* a 1. The true 1s are a row."),
            ("row-for-column", (115 / 150, 30 / 50, 9),
             "You counted 2s that were read as a 1. The row is the true class."),
            ("column-for-row", (115 / 150, 30 / 42, 9),
             "You read the matrix the other way round: the row is the true class."),
            ("percent", (100 * 115 / 150, 60, 16),
             "Give shares from 0 to 1, not percentages."),
        ],
    ),
]  # fmt: skip
