"""Inputs for the exercises: small, always the same, and no two sizes equal."""

import itertools

import numpy as np

from nnteach import three_layer, two_layer
from nnteach.data import one_hot

SIZES = {
    two_layer: ((2, 4, 1, 7), (3, 5, 2, 6)),
    three_layer: ((3, 5, 4, 2, 7), (2, 4, 6, 3, 8)),
}


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
