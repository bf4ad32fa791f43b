"""The numbers that the five source notebooks printed come out of our functions.

Each test is named after its notebook: 000 (a two-layer network), 001 (three layers),
002 (a tour of activation functions, then a network), 003 (any depth), 004 (the worked
example). A seed's `np.random.seed(k)` is our `rng=np.random.RandomState(k)`. Notebook
001 and all but the beginnings of 003 are cut off in our copies; 000 trains from an
unseeded start, so nobody can have its cost trace again.
"""

import numpy as np
import pytest

from nnteach import deep, three_layer, train, two_layer, update_parameters
from nnteach import worked_example as worked
from nnteach.activations import (
    leaky_relu,
    leaky_relu_derivative,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    tanh,
    tanh_derivative,
)


def same(value, printed):
    """Assert that numpy would print the value like this, to its last digit.

    numpy prints 8 digits after the point, also in 1.23456789e-05, and drops zeros at
    the end. A plain number is printed in full, all 16 digits or more; its last bit
    may differ between processors.
    """
    value, printed = np.asarray(value), np.asarray(printed, dtype=float)
    assert value.shape == printed.shape
    unit = np.full(printed.shape, 1e-8)
    if printed.size and 0 < np.abs(printed).max() < 1e-4:
        unit = 10.0 ** (np.floor(np.log10(np.abs(printed))) - 8)
    half = 0.500001 * unit if printed.ndim else 2 * np.spacing(np.abs(printed))
    assert (np.abs(value - printed) <= half).all()


# ------------------------------------------------------------------------- 000


def test_000_sigmoid():
    same(sigmoid(1), 0.7310585786300049)
    same(sigmoid_derivative(sigmoid(1)), 0.19661193324148185)


# ------------------------------------------------------------------------- 001

W1_001 = [
    [0.01624345, -0.00611756, -0.00528172, -0.01072969, 0.00865408],
    [-0.02301539, 0.01744812, -0.00761207, 0.00319039, -0.0024937],
    [0.01462108, -0.02060141, -0.00322417, -0.00384054, 0.01133769],
    [-0.01099891, -0.00172428, -0.00877858, 0.00042214, 0.00582815],
    [-0.01100619, 0.01144724, 0.00901591, 0.00502494, 0.00900856],
    [-0.00683728, -0.0012289, -0.00935769, -0.00267888, 0.00530355],
    [-0.00691661, -0.00396754, -0.00687173, -0.00845206, -0.00671246],
    [-0.00012665, -0.0111731, 0.00234416, 0.01659802, 0.00742044],
    [-0.00191836, -0.00887629, -0.00747158, 0.01692455, 0.00050808],
    [-0.00636996, 0.00190915, 0.02100255, 0.00120159, 0.00617203],
]
b1_001 = [
    [0.0030017], [-0.0035225], [-0.01142518], [-0.00349343], [-0.00208894],
    [0.00586623], [0.00838983], [0.00931102], [0.00285587], [0.00885141],
]  # fmt: skip


def test_001_initial_parameters():
    # The seed is set again inside init_parameters, so the draws of X and Y before it
    # do not matter. The document is cut off within the first number of W2.
    p = three_layer.initialize_parameters(
        5, 10, 10, 4, scale=0.01, bias_scale=0.01, rng=np.random.RandomState(1)
    )
    same(p["W1"], W1_001)
    same(p["b1"], b1_001)
    assert f"{p['W2'][0, 0]:.8f}".startswith("-0.007")
    assert [p[k].shape for k in ("W2", "b2", "W3", "b3")] == [
        (10, 10), (10, 1), (4, 10), (4, 1),
    ]  # fmt: skip


# ------------------------------------------- 002: the tour of activation functions

X = np.random.RandomState(1).standard_normal((2, 3))
X_002 = [[1.62434536, -0.61175641, -0.52817175], [-1.07296862, 0.86540763, -2.3015387]]
SIGMOID_002 = [
    [0.83539354, 0.35165864, 0.3709434],
    [0.25483894, 0.70378922, 0.09099561],
]
TANH_002 = [
    [0.92525207, -0.5453623, -0.48398233],
    [-0.79057703, 0.69903334, -0.98015695],
]
SIGMOID_SLOPE_002 = [
    [0.13751118, 0.22799484, 0.23334439],
    [0.18989606, 0.20846995, 0.08271541],
]


@pytest.mark.parametrize(
    "value, printed",
    [
        (X, X_002),
        (sigmoid(X), SIGMOID_002),
        (tanh(X), TANH_002),
        (relu(X), [[1.62434536, 0, 0], [0, 0.86540763, 0]]),
        (sigmoid_derivative(sigmoid(X)), SIGMOID_SLOPE_002),
        (relu_derivative(relu(X)), [[1, 0, 0], [0, 1, 0]]),
    ],
    ids=["X", "sigmoid", "tanh", "relu", "sigmoid'", "relu'"],
)
def test_002_activations(value, printed):
    same(value, printed)


def test_002_leaky_relu_printed_the_slope_as_the_value():
    # The cell's code says maximum(0.01 * z, z), but its output is that of
    # maximum(0.01, z): every negative input gave 0.01, the slope itself.
    printed = [[1.62434536, 0.01, 0.01], [0.01, 0.86540763, 0.01]]
    same(np.maximum(0.01, X), printed)
    same(
        leaky_relu(X),
        [
            [1.62434536, -0.00611756, -0.00528172],
            [-0.01072969, 0.86540763, -0.02301539],
        ],
    )
    # With no negative value left, the slopes came out as 1 everywhere.
    same(np.where(np.array(printed) > 0, 1, 0.01), np.ones((2, 3)))
    same(leaky_relu_derivative(leaky_relu(X)), [[1, 0.01, 0.01], [0.01, 1, 0.01]])


def test_002_softmax_was_taken_over_all_examples_together():
    # The sum has no axis: the six numbers of three examples share one probability.
    printed = [
        [0.56232214, 0.06009779, 0.06533695],
        [0.03789279, 0.26325869, 0.01109163],
    ]
    same(np.exp(X) / np.exp(X).sum(), printed)
    # Right is one probability distribution for each column. With two classes it is a
    # sigmoid of their difference; and the printed numbers have the right proportions.
    of_first = sigmoid(X[0] - X[1])
    np.testing.assert_allclose(softmax(X), [of_first, 1 - of_first], rtol=1e-14)
    np.testing.assert_allclose(softmax(X), printed / np.sum(printed, axis=0), rtol=1e-6)


def test_002_printed_tanh_where_its_slope_was_meant():
    # dt = dthan(t) is followed by print(t): the numbers of tanh came out again.
    printed = TANH_002
    same(tanh(X), printed)
    np.testing.assert_allclose(
        tanh_derivative(tanh(X)), 1 / np.cosh(X) ** 2, rtol=1e-14
    )
    assert (np.abs(tanh_derivative(tanh(X)) - printed) > 0.1).all()


# ----------------------------------------------------------- 002: its network

PARAMETERS_002 = {
    "W1": [
        [-0.00416758, -0.00056267],
        [-0.02136196, 0.01640271],
        [-0.01793436, -0.00841747],
        [0.00502881, -0.01245288],
    ],
    "b1": [[0], [0], [0], [0]],
    "W2": [[-0.01057952, -0.00909008, 0.00551454, 0.02292208]],
    "b2": [[0]],
}
CACHE_002 = {
    "Z1": [
        [-0.00616586, 0.00206261, 0.0034962],
        [-0.05229879, 0.02726335, -0.02646868],
        [-0.0200999, 0.00368691, 0.02884556],
        [0.02153008, -0.01385323, 0.02600471],
    ],
    "A1": [
        [-0.00616578, 0.0020626, 0.00349619],
        [-0.05225116, 0.02725659, -0.0264625],
        [-0.0200972, 0.00368689, 0.02883756],
        [0.02152676, -0.01385234, 0.02599885],
    ],
    "Z2": [[0.00092281, -0.00056678, 0.00095853]],
    "A2": [[0.5002307, 0.49985831, 0.50023963]],
}
GRADS_002 = {
    "dW2": [[0.00078841, 0.01765429, -0.00084166, -0.01022527]],
    "db2": [[-0.16655712]],
    "dW1": [
        [0.00301023, -0.00747267],
        [0.00257968, -0.00641288],
        [-0.00156892, 0.003893],
        [-0.00652037, 0.01618243],
    ],
    "db1": [[0.00176201], [0.00150995], [-0.00091736], [-0.00381422]],
}
UPDATED_002 = {
    "W1": [
        [-0.00419768, -0.00048794],
        [-0.02138776, 0.01646684],
        [-0.01791867, -0.0084564],
        [0.00509402, -0.01261471],
    ],
    "b1": [[-1.76201370e-05], [-1.50994736e-05], [9.17363463e-06], [3.81421789e-05]],
    "W2": [[-0.01058741, -0.00926662, 0.00552296, 0.02302433]],
    "b2": [[0.00166557]],
}
COSTS_002 = [
    0.692739, 0.669215, 0.649677, 0.619729, 0.555289,
    0.447120, 0.328614, 0.234149, 0.169726, 0.127562,
]  # fmt: skip
FINAL_002 = {
    "W1": [
        [-0.21830665, 0.43559748],
        [-0.38633057, 0.73732683],
        [0.11624791, -0.28270074],
        [0.39639168, -0.77368548],
    ],
    "b1": [[0.03393657], [0.09586648], [-0.01517238], [-0.10360464]],
    "W2": [[-0.52988031, -1.04262947, 0.31610115, 1.11019047]],
    "b2": [[0.34409584]],
}


@pytest.fixture
def network_002():
    draw = np.random.RandomState(1)
    X, Y = draw.standard_normal((2, 3)), draw.standard_normal((1, 3)) > 0
    parameters = two_layer.initialize_parameters(2, 4, 1, rng=np.random.RandomState(2))
    return X, Y, parameters


def all_same(values, printed):
    assert set(values) == set(printed)
    for name in printed:
        same(values[name], printed[name])


def test_002_data_and_initial_parameters(network_002):
    X, Y, parameters = network_002
    same(X, X_002)
    assert X.shape == (2, 3)
    assert Y.tolist() == [[True, False, True]]
    assert [parameters["W1"].shape[1], *parameters["W2"].shape[::-1]] == [2, 4, 1]
    all_same(parameters, PARAMETERS_002)


def test_002_one_round_of_learning(network_002):
    X, Y, parameters = network_002
    A2, cache = two_layer.forward_propagation(X, parameters)
    same(A2, CACHE_002["A2"])
    all_same(cache, CACHE_002)
    same(two_layer.compute_cost(A2, Y), 0.6927392477233995)
    grads = two_layer.backward_propagation(parameters, cache, X, Y)
    all_same(grads, GRADS_002)
    all_same(update_parameters(parameters, grads, 0.01), UPDATED_002)


def test_002_training(network_002):
    X, Y, parameters = network_002
    run = train(two_layer, X, Y, parameters, learning_rate=0.01, iterations=1000)
    assert [f"{cost:.6f}" for cost in run.costs[:1000:100]] == [
        f"{cost:.6f}" for cost in COSTS_002
    ]
    all_same(run.parameters, FINAL_002)


# ------------------------------------------------------------------------- 003

W1_003 = [
    [2.70684984e-01, 6.28132709e-02],
    [9.07969446e-02, 5.03825754e-02],
    [6.51117948e-02, -3.19318045e-02],
    [-8.48076983e-02, 6.05965349e-02],
    [-2.01816824e-01, 7.40122057e-02],
    [5.28813494e-02, -5.89000533e-02],
    [1.88695309e-02, -7.58872056e-02],
    [-9.33237216e-02, 9.55056509e-02],
    [1.90794322e-02, 1.97875732e-01],
    [2.60596728e-01, 6.83508886e-02],
    [3.02665449e-02, 1.69372293e-01],
    [-1.70608593e-01, -1.15911942e-01],
    [-1.34840721e-02, 3.90527843e-02],
    [1.66904636e-02, 1.84501859e-02],
    [8.07705914e-02, 7.29596753e-03],
    [6.38787013e-02, 3.29646299e-02],
    [-4.97104023e-02, -7.54069701e-02],
    [-9.43406403e-02, 4.84751647e-02],
    [-1.16773316e-02, 1.90175480e-01],
    [2.38126959e-02, 1.99665229e-01],
    [-9.93263500e-02, 1.96799505e-02],
    [-1.13664459e-01, 3.66479606e-05],
]
W1_003_last_shown = 1.02598415e-01
CACHE_003 = {
    "Z1": [
        0.25796572, 0.10653767, 0.04788267, -0.07215597, -0.07192768,
        0.09646232, -0.1496051, 0.18846834, 0.10357345, 0.38999541,
        0.23824187, -0.07811868, -0.01208316, 0.05817428, 0.15618749,
        0.20035584, -0.12823342, 0.14812776, 0.07797946, 0.14929895,
        -0.06093395, -0.18691233, -0.05135339, 0.21007422, 0.25060457,
    ],
    "A1": [
        0.25796572, 0.10653767, 0.04788267, 0, 0,
        0.09646232, 0, 0.18846834, 0.10357345, 0.38999541,
        0.23824187, 0, 0, 0.05817428, 0.15618749,
        0.20035584, 0, 0.14812776, 0.07797946, 0.14929895,
        0, 0, 0, 0.21007422, 0.25060457,
    ],
    "Z2": [
        -0.04077838, -0.01644601, -0.01304237, -0.00952487, -0.16221483,
        0.08872989, 0.03257746, -0.03374251, -0.0765148, 0.21248075,
        0.18171438, -0.17162753, 0.04408912, 0.05183725, 0.20597302,
        -0.07470464, 0.00444537,
    ],
}  # fmt: skip


@pytest.fixture
def network_003():
    layers = deep.architecture([2, 25, 50, 50, 25, 1], hidden="relu", output="sigmoid")
    assert layers[0] == {"input_dim": 2, "output_dim": 25, "activation": "relu"}
    network = deep.Network(layers)
    rng = np.random.RandomState(101)
    return network, network.initialize_parameters(scale=0.1, bias_scale=0.1, rng=rng)


def test_003_parameters(network_003):
    _, parameters = network_003
    W1 = parameters["W1"]
    # The document is cut off in row 23 of 25. Here every number has its exponent.
    shown = [f"{number:.8e}" for number in W1.ravel()[: 2 * len(W1_003) + 1]]
    printed = [*np.ravel(W1_003), W1_003_last_shown]
    assert shown == [f"{number:.8e}" for number in printed]


def test_003_memory_of_the_input_1_1(network_003):
    # The seed's biases have the shape (n,), its memory rows; ours are columns.
    network, parameters = network_003
    output, cache = network.forward_propagation([[1], [1]], parameters)
    assert cache["A0"].tolist() == [[1], [1]]
    for name, printed in CACHE_003.items():
        same(cache[name][: len(printed), 0], printed)
    assert (output == sigmoid(cache["Z5"])).tolist() == [[True]]


# ------------------------------------------------------------------------- 004

FORWARD_004 = {
    "Z1": [[0.21], [0.315]],
    "A1": [[0.55230791], [0.57810523]],
    "Z2": [[0.68598708]],
    "A2": [[0.66507364]],
    "cost": 0.013624653232974609,
}
BACKWARD_004 = {
    "dZ2": [[-0.03677027]],
    "dZ1": [[-0.00272759], [-0.00807143]],
    "dW2": [[-0.02030851, -0.02125708]],
    "db2": [[-0.03677027]],
    "dW1": [[-0.00095466, -0.00190931], [-0.002825, -0.00565]],
    "db1": [[-0.00272759], [-0.00807143]],
}
UPDATED_004 = {
    "W1": [[0.19904534, 0.19809069], [0.297175, 0.29435]],
    "W2": [[0.27969149, 0.87874292]],
}


def test_004_as_published():
    values = {step.name: step.value for step in worked.steps(as_published=True)}
    for name, printed in (FORWARD_004 | BACKWARD_004 | UPDATED_004).items():
        same(values[name], printed)
    same(values["A2"].item(), 0.6650736395247564)
    # Its update changes no bias: b1 and b2 are still the zeros they began with.
    same(values["b1"], [[0], [0]])
    same(values["b2"], [[0]])


def test_004_is_the_negative_gradient_added():
    # The seed calls (y - y_hat) * slope the gradient. The gradient of the cost is the
    # opposite, and subtracting it is the same step; only the biases come out new.
    values = {step.name: step.value for step in worked.steps()}
    for name, printed in FORWARD_004.items():
        same(values[name], printed)
    for name, printed in BACKWARD_004.items():
        same(values[name], np.negative(printed))
    for name, printed in UPDATED_004.items():
        same(values[name], printed)
    same(values["b1"], BACKWARD_004["db1"])
    same(values["b2"], BACKWARD_004["db2"])


def test_004_with_the_network_functions():
    example = worked.EXAMPLE
    same(example.parameters["W1"], [[0.2, 0.2], [0.3, 0.3]])
    same(example.parameters["W2"], [[0.3, 0.9]])
    same(example.x, [[0.35], [0.7]])
    A2, cache = worked.forward_propagation(example.x, example.parameters)
    same(A2.item(), 0.6650736395247564)
    same(worked.compute_cost(A2, example.y), FORWARD_004["cost"])
    grads = worked.backward_propagation(example.parameters, cache, example.x, example.y)
    for name, value in grads.items():
        same(value, np.negative(BACKWARD_004[name]))
    after = update_parameters(example.parameters, grads, example.learning_rate)
    for name, printed in UPDATED_004.items():
        same(after[name], printed)
