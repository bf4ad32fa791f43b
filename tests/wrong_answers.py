"""Wrong answers that the exercises name without a list of their own.

Exercise -> (the name that it gets, the edit of the solution or the wrong function). A
start and a split are judged by their properties; functions of the networks go to
`nnteach.diagnose`; a sign and a shape are found in any result.
"""

import numpy as np

from nnteach import costs
from nnteach.updates import update_parameters

SUM = ".sum(axis=-1, keepdims=True)"


def update_weights(P, G, rate):
    return P | {k: v for k, v in update_parameters(P, G, rate).items() if k[0] == "W"}


def update_biases(P, G, rate):
    return P | {k: v for k, v in update_parameters(P, G, rate).items() if k[0] == "b"}


def cross_entropy(A, Y):
    return -(Y * np.log(A) + (1 - Y) * np.log(1 - A))


def batches_in_another_order(m, size, passes, rng):
    order = rng.permutation(m)
    pieces = [order[first : first + size] for first in range(0, m, size)]
    full, rest = pieces[: m // size], pieces[m // size :]
    mixed = [[full[k] for k in rng.permutation(len(full))] for _ in range(passes)]
    return [batch for batches in mixed for batch in [*batches, *rest]]


WRONG_UPDATE = [
    ("wrong-sign", "value - rate -> value + rate"),
    ("rate-missing", "rate * grads -> grads"),
    ("bias-zero", update_weights),
    ("not-updated", update_biases),
    ("not-updated, bias-zero", lambda P, G, rate: dict(P)),
    ("step-for-parameter", lambda P, G, rate: {k: rate * G["d" + k] for k in P}),
    ("step-for-parameter", lambda P, G, rate: {k: -rate * G["d" + k] for k in P}),
    ("rate-divides", 'rate * grads["d" + name] -> grads["d" + name] / rate'),
]
WRONG = {
    "sigmoid_derivative": [("wrong-sign", "A * (1 - A) -> A * (A - 1)")],
    "tanh": [("wrong-sign", "np.tanh(Z) -> -np.tanh(Z)")],
    "tanh_derivative": [("wrong-sign", "1 - A**2 -> A**2 - 1")],
    "deep_cost": [("wrong-sign", "cost(output, Y) -> -cost(output, Y)")],
    "numerical_gradient": [("wrong-sign", "(2 * step) -> (-2 * step)")],
    "layer_backward": [("bias-flat", ", keepdims=True -> ")],
    "half_squared_error": [
        ("scaled", "(2 * m) -> m"),
        ("mean-inverted", "(2 * m) -> 2 * m"),
        ("mean-missing", "(2 * m) -> 2"),
        ("mean-over-wrong-axis", "m = A.shape[-1] -> m = A.shape[0]"),
        ("square-missing", "(A - Y) ** 2 -> (A - Y)"),
        ("square-missing", "(A - Y) ** 2 -> np.abs(A - Y)"),
        ("cost-in-array", lambda A, Y: (A - Y) ** 2 / 2),
        ("cost-in-array", lambda A, Y: ((A - Y) ** 2).sum(axis=0) / 2),
    ],
    "worked_example_backward": [
        ("output-slope-missing", "dA2 * sigmoid_derivative(A2) -> dA2"),
        ("slope-missing", "dA1 * sigmoid_derivative(A1) -> dA1"),
        ("wrong-sign", "A2 - Y -> Y - A2"),
        ("bias-zero", f"{SUM} / m -> {SUM} * 0"),
        ("bias-one-number", f"dZ1{SUM} -> dZ1.sum() * np.ones((len(dZ1), 1))"),
    ],
    "two_layer_initialize": [
        ("transpose", "(n_h, n_x) -> (n_x, n_h)"),
        ("zeros-start", "* scale -> * 0"),
        ("scale-missing", " * scale -> "),
        ("scale", " * scale ->  * scale / 2"),
        ("bias-flat", "np.zeros((n_h, 1)) -> np.zeros(n_h)"),
        ("bias-row", "np.zeros((n_h, 1)) -> np.zeros((1, n_h))"),
        ("bias-shape", "np.zeros((n_y, 1)) -> np.zeros((n_h, 1))"),
        ("bias-not-zero", "np.zeros((n_h, 1)) -> np.ones((n_h, 1))"),
        ("only-positive", "rng.standard_normal( -> rng.random("),
        ("all-equal", "rng.standard_normal( -> np.ones("),
        (
            "rows-equal",
            "rng.standard_normal((n_h, n_x)) -> "
            "np.array([rng.standard_normal(n_x)] * n_h)",
        ),
        ("same-draw", "rng. -> np.random.default_rng(0)."),
        ("key-missing", '"W2": W2 -> "w2": W2'),
    ],
    "two_layer_forward": [
        ("bias-missing", "W1 @ X + b1 -> W1 @ X"),
        ("bias-missing", "W2 @ A1 + b2 -> W2 @ A1"),
        ("activation-missing", "A1 = tanh(Z1) -> A1 = Z1"),
        ("activation-missing", "A2 = sigmoid(Z2) -> A2 = Z2"),
        ("wrong-layer-input", "W2 @ A1 -> W2 @ Z1"),
        ("other-activation", "A1 = tanh(Z1) -> A1 = sigmoid(Z1)"),
        ("other-activation", "A1 = tanh(Z1) -> A1 = np.maximum(0, Z1)"),
        ("other-activation", "A2 = sigmoid(Z2) -> A2 = tanh(Z2)"),
        ("cache-missing", "return A2, { -> return A2; {"),
    ],
    "binary_cross_entropy": [
        ("mean-missing", " / m -> "),
        ("wrong-sign", "-np.log -> np.log"),
        ("mean-over-wrong-axis", "m = A.shape[-1] -> m = A.shape[0]"),
        ("cost-part-missing", "for_1, for_0) -> for_1, 1)"),
        ("cost-part-missing", "for_1, for_0) -> 1, for_0)"),
        ("cost-parts-swapped", "for_1, for_0) -> for_0, for_1)"),
        ("other-logarithm", "np.log( -> np.log10("),
        ("other-cost", lambda A, Y: ((A - Y) ** 2).sum() / (2 * A.shape[1])),
        ("other-cost", lambda A, Y: ((A - Y) ** 2).sum() / A.shape[1]),
        ("cost-in-array", cross_entropy),
        ("cost-in-array", lambda A, Y: cross_entropy(A, Y) / A.shape[1]),
    ],
    "two_layer_backward": [
        ("slope-of-other-activation", "tanh_derivative(A1) -> A1 * (1 - A1)"),
        ("slope-missing", "dA1 * tanh_derivative(A1) -> dA1"),
        ("bias-one-number", f"dZ1{SUM} -> np.ones((len(dZ1), 1)) * dZ1.sum()"),
        ("output-slope-extra", "dZ2 = A2 - Y -> dZ2 = (A2 - Y) * A2 * (1 - A2)"),
        ("wrong-sign", "A2 - Y -> Y - A2"),
        ("bias-zero", f"db1 = dZ1{SUM} -> db1 = 0 * dZ1{SUM}"),
        ("bias-flat", ", keepdims=True -> "),
    ],
    "update_parameters": WRONG_UPDATE,
    "three_layer_initialize": [
        ("transpose", "(n_h2, n_h1) -> (n_h1, n_h2)"),
        ("shape", "(n_h2, n_h1) -> (n_h2, n_h2)"),
        ("zeros-start", "(n_y, n_h2)) * scale -> (n_y, n_h2)) * 0"),
        ("scale-missing", " * scale -> "),
        (
            "rows-equal",
            "rng.standard_normal((n_h2, n_h1)) -> "
            "np.tile(rng.standard_normal(n_h1), (n_h2, 1))",
        ),
        ("bias-flat", "np.zeros((n_h2, 1)) -> np.zeros(n_h2)"),
        ("bias-row", "np.zeros((n_h2, 1)) -> np.zeros((1, n_h2))"),
        ("bias-scale", "np.zeros((n_h2, 1)) -> np.ones((n_h2, 1))"),
        ("bias-shape", "np.zeros((n_y, 1)) -> np.zeros((n_h1, 1))"),
        ("key-missing", ', "b3": b3 -> '),
    ],
    "three_layer_forward": [
        ("softmax-axis", "softmax(Z3) -> np.exp(Z3) / np.exp(Z3).sum()"),
        ("softmax-axis", f"softmax(Z3) -> np.exp(Z3) / np.exp(Z3){SUM}"),
        ("activation-missing", "A1 = relu(Z1) -> A1 = Z1"),
        ("activation-missing", "A2 = relu(Z2) -> A2 = Z2"),
        ("activation-missing", "A3 = softmax(Z3) -> A3 = Z3"),
        ("other-activation", "softmax(Z3) -> 1 / (1 + np.exp(-Z3))"),
        ("other-activation", "A1 = relu(Z1) -> A1 = np.tanh(Z1)"),
        ("bias-missing", "W1 @ X + b1 -> W1 @ X"),
        ("bias-missing", "W2 @ A1 + b2 -> W2 @ A1"),
        ("bias-missing", "W3 @ A2 + b3 -> W3 @ A2"),
        ("wrong-layer-input", "W2 @ A1 -> W2 @ Z1"),
        ("wrong-layer-input", "W3 @ A2 -> W3 @ Z2"),
    ],
    "categorical_cross_entropy": [
        ("mean-missing", " / m -> "),
        ("wrong-sign", "return -( -> return ("),
        ("mean-over-wrong-axis", "m = A.shape[-1] -> m = A.shape[0]"),
        ("mean-over-wrong-axis", " / m ->  / A.size"),
        ("binary-cost-for-classes", costs.binary_cross_entropy),
        ("other-cost", lambda A, Y: ((A - Y) ** 2).sum() / (2 * A.shape[1])),
        ("labels-missing", "Y * np.log -> np.log"),
        ("logarithm-missing", "np.log(np.maximum(A, SMALLEST)) -> A"),
        ("other-logarithm", "np.log( -> np.log10("),
        ("cost-in-array", lambda A, Y: -(Y * np.log(A)).sum(axis=0)),
    ],
    "three_layer_backward": [
        ("slope-missing", "dA2 * relu_derivative(A2) -> dA2"),
        ("slope-missing", "dA1 * relu_derivative(A1) -> dA1"),
        ("activation-for-slope", "relu_derivative(A1) -> A1"),
        ("relu-of-gradient", "dA2 * relu_derivative(A2) -> np.maximum(0, dA2)"),
        ("slope-of-other-activation", "relu_derivative(A2) -> (1 - A2**2)"),
        ("bias-one-number", f"dZ2{SUM} -> np.ones((len(dZ2), 1)) * dZ2.sum()"),
        ("wrong-sign", "A3 - Y -> Y - A3"),
        ("bias-flat", ", keepdims=True -> "),
    ],
    "three_layer_update": WRONG_UPDATE,
    "deep_initialize": [
        ("transpose", "(n_out, n_in) -> (n_in, n_out)"),
        ("zeros-start", "* scale -> * 0"),
        ("scale-missing", " * scale -> "),
        ("bias-flat", "np.zeros((n_out, 1)) -> np.zeros(n_out)"),
        ("bias-shape", "np.zeros((n_out, 1)) -> np.zeros((n_in, 1))"),
        ("key-missing", "start=1 -> start=0"),
        ("same-draw", "rng. -> np.random.default_rng(5)."),
        ("rows-equal", "(n_out, n_in)) -> n_in) * np.ones((n_out, 1))"),
        ("only-positive", "rng.standard_normal -> rng.random"),
    ],
    "deep_forward": [
        ("other-activation", 'layer["activation"] -> architecture[0]["activation"]'),
        ("other-activation", 'layer["activation"] -> architecture[-1]["activation"]'),
        ("bias-missing", "(A, W, b,  -> (A, W, 0, "),
        (
            "cache-mixed-up",
            "return A, cache -> return A, "
            "cache | {f'A{n}': cache[f'A{n - 1}'] for n in range(1, number + 1)}",
        ),
    ],
    "deep_backward": [
        (
            "slope-of-other-activation",
            "architecture[number - 2] -> architecture[number - 1]",
        ),
        ("slope-missing", "through_activation(dA, A_previous, below) -> dA"),
        (
            "output-slope-extra",
            'dZ = cache[f"A{last}"] - Y -> A = cache[f"A{last}"]; '
            "dZ = (A - Y) * A * (1 - A)",
        ),
        ("wrong-sign", 'cache[f"A{last}"] - Y -> Y - cache[f"A{last}"]'),
        ("bias-zero", "= dW, db -> = dW, db * 0"),
    ],
    "deep_update": WRONG_UPDATE,
    "shuffled_batches": [
        (
            "not-reshuffled",
            "        order = rng.permutation(m)\n ->         order = "
            "np.random.default_rng(0).permutation(m)\n",
        ),
        ("not-mixed", "rng.permutation(m) -> np.arange(m)"),
        (
            "not-mixed",
            "rng.permutation(m) -> rng.permutation(m) if batches else np.arange(m)",
        ),
        ("overlap", "rng.permutation(m) -> rng.integers(0, m, m)"),
        ("numbers", "rng.permutation(m) -> 1 + rng.permutation(m)"),
        ("last-batch-missing", "range(0, m, size) -> range(0, m - size + 1, size)"),
        ("one-pass-only", "range(passes) -> range(1)"),
        ("sizes", "first + size] -> first + size - 1]"),
        ("batches-kept", batches_in_another_order),
        ("wrong-type", "return batches -> return {0: batches}"),
        ("wrong-type", "return batches -> return [batches, batches]"),
    ],
    "l2_gradients": [
        ("key-missing", "return new -> return {k: new[k] for k in new if k[1] == 'W'}"),
    ],
    "train_test_split": [
        ("not-mixed", "rng.permutation(X.shape[1]) -> np.arange(X.shape[1])"),
        ("overlap", "order[m_train:] -> order[: X.shape[1] - m_train]"),
        ("overlap", "rng.permutation(X.shape[1]) -> rng.integers(0, 9, X.shape[1])"),
        ("pairs-broken", "Y[:, first] -> Y[:, np.sort(first)]"),
        ("order", "Y[:, first], X[:, rest] -> X[:, rest], Y[:, first]"),
        ("order", "first, rest =  -> rest, first = "),
        ("shape", "order[:m_train], order -> order[: m_train - 1], order"),
        ("rows-mixed", "X[:, first] -> X[:, first] + 0.5"),
        (
            "rows-mixed",
            "X[:, first] -> np.vstack([X[:1, first], X[1:, rest[:1]] + 0 *"
            " X[1:, first]])",
        ),
        (
            "mixed-too-late",
            "rng.permutation(X.shape[1]) -> np.concatenate([rng."
            "permutation(m_train), np.arange(m_train, X.shape[1])])",
        ),
    ],
}
