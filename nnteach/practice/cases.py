"""Inputs for the exercises: small, always the same, and no two sizes equal."""

import itertools

import numpy as np

from nnteach import deep, three_layer, two_layer, worked_example
from nnteach.data import one_hot

SIZES = {
    two_layer: ((2, 4, 1, 7), (3, 5, 2, 6)),
    worked_example: ((2, 3, 1, 5), (4, 5, 2, 7)),
    three_layer: ((3, 5, 4, 2, 7), (2, 4, 6, 3, 8)),
}
ARCHITECTURES = (
    deep.architecture([2, 5, 4, 1], hidden="tanh"),
    deep.architecture([3, 4, 6, 5, 2], hidden="relu"),
)


def matrices(*shapes, seed=1, scale=2.0):
    """Return one matrix of normal numbers for each shape."""
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) * scale for shape in shapes]


def each(function=None, scale=2.0):
    """Return two cases of one matrix, after a function was applied to it."""
    arrays = matrices((3, 5), (4, 2), scale=scale)
    return [(function(Z) if function else Z,) for Z in arrays]


def parameters_for(sizes, rng):
    """Return random parameters, biases too, for these sizes (inputs first)."""
    parameters = {}
    for layer, (n_in, n_out) in enumerate(itertools.pairwise(sizes), 1):
        parameters[f"W{layer}"] = rng.standard_normal((n_out, n_in))
        parameters[f"b{layer}"] = rng.standard_normal((n_out, 1))
    return parameters


def network_cases(network):
    """Return (parameters, X, Y) for two sizes of a longhand network."""
    cases = []
    for seed, (*sizes, m) in enumerate(SIZES[network]):
        rng = np.random.default_rng(seed)
        parameters = parameters_for(sizes, rng)
        X = rng.standard_normal((sizes[0], m))
        if network is three_layer:
            Y = one_hot(rng.integers(0, sizes[-1], m), sizes[-1])
        else:
            Y = rng.integers(0, 2, (sizes[-1], m)).astype(float)
        cases.append((parameters, X, Y))
    return cases


def forward_cases(network):
    """Return the arguments of a forward pass."""
    return [(X, parameters) for parameters, X, _ in network_cases(network)]


def backward_cases(network):
    """Return the arguments of a backward pass."""
    return [
        (parameters, network.forward_propagation(X, parameters)[1], X, Y)
        for parameters, X, Y in network_cases(network)
    ]


def cost_cases(network):
    """Return outputs and their targets."""
    return [
        (network.forward_propagation(X, parameters)[0], Y)
        for parameters, X, Y in network_cases(network)
    ]


def update_cases(*all_sizes):
    """Return parameters, gradients and a learning rate for these sizes."""
    rng, cases = np.random.default_rng(3), []
    for sizes, rate in zip(all_sizes, (0.1, 0.7), strict=True):
        parameters = parameters_for(sizes, rng)
        grads = {f"d{k}": v for k, v in parameters_for(sizes, rng).items()}
        cases.append((parameters, grads, rate))
    return cases


def deep_cases():
    """Return (architecture, parameters, cache, X, Y) for two depths."""
    result = []
    for seed, layers in enumerate(ARCHITECTURES):
        rng = np.random.default_rng(seed)
        sizes = [layers[0]["input_dim"], *(layer["output_dim"] for layer in layers)]
        parameters = parameters_for(sizes, rng)
        X = rng.standard_normal((sizes[0], 7 + seed))
        Y = rng.integers(0, 2, (sizes[-1], 7 + seed)).astype(float)
        _, cache = deep.Network(layers).forward_propagation(X, parameters)
        result.append((layers, parameters, cache, X, Y))
    return result
