"""A network of any depth, described by a list with one entry for each layer.

    [{"input_dim": 2, "output_dim": 25, "activation": "relu"},
     {"input_dim": 25, "output_dim": 1, "activation": "sigmoid"}]

    A0 = X --W1, b1--> Z1 --activation--> A1 --W2, b2--> Z2 --activation--> A2 ...

Two functions do the work of one layer, forward and back; `Network` walks along the list
and calls them. Stacked parameters run many networks at once. Introduced in chapter 5.
"""

import numpy as np

from nnteach.activations import ACTIVATIONS
from nnteach.checks import checked, describe, layers_of, whole, wrong
from nnteach.costs import COSTS

# The cost whose derivative cancels the slope of this output layer: dZ = A - Y.
FITTING_COST = {
    "sigmoid": "binary_cross_entropy",
    "softmax": "categorical_cross_entropy",
    "identity": "half_squared_error",
}


def layer_forward(A_previous, W, b, activation):
    """Return the activation A and pre-activation Z of a layer, both (n_l, m).

    Both are returned because the way back needs them.
    """
    function, _ = ACTIVATIONS[activation]
    Z = W @ A_previous + b
    return function(Z), Z


def layer_backward(dZ, A_previous, W):
    """Return dA_previous, dW and db of one layer, given its dZ (n_l, m)."""
    m = A_previous.shape[-1]
    dW = dZ @ A_previous.mT / m
    db = dZ.sum(axis=-1, keepdims=True) / m
    dA_previous = W.mT @ dZ
    return dA_previous, dW, db


def through_activation(dA, A, activation):
    """Return dZ, given dA and the activation A: the chain rule."""
    _, derivative = ACTIVATIONS[activation]
    if activation == "softmax":  # a sum: every output depends on every Z
        return (derivative(A) * dA[..., :, None, :]).sum(axis=-3)
    return dA * derivative(A)


class Network:
    """A network made from an architecture list, with the four functions as methods.

    architecture: one dictionary for each layer, with input_dim, output_dim and
        activation (sigmoid, tanh, relu, leaky_relu, softmax, identity).
    cost: binary_cross_entropy, categorical_cross_entropy or half_squared_error;
        by default the one that fits the last layer's activation.
    """

    def __init__(self, architecture, cost=None):
        self.architecture = check_architecture(architecture)
        last = self.architecture[-1]["activation"]
        fitting = FITTING_COST.get(last, "half_squared_error")
        self.cost = fitting if cost is None else one_of(COSTS, "cost", cost)
        if self.cost not in (fitting, "half_squared_error"):
            wanted = f"{fitting} or half_squared_error after {last}"
            raise wrong("cost", wanted, describe(cost), "cost=None")
        self.checks = {"Y": COSTS[self.cost][2], "parameters": self._fitting}

    def __repr__(self):
        sizes = [self.architecture[0]["input_dim"]]
        sizes += [layer["output_dim"] for layer in self.architecture]
        names = ", ".join(layer["activation"] for layer in self.architecture)
        return f"Network {'-'.join(map(str, sizes))} ({names}; {self.cost})"

    def _fitting(self, name, value):
        """Return parameters whose shapes are those of the architecture."""
        parameters = layers_of(len(self.architecture))(name, value)
        for number, layer in enumerate(self.architecture, start=1):
            wanted = (layer["output_dim"], layer["input_dim"])
            got = parameters[f"W{number}"].shape[-2:]
            if got != wanted:
                advice = "what initialize_parameters of this network returns"
                raise wrong(f"W{number}", f"the shape {wanted}", got, advice)
        return parameters

    def initialize_parameters(self, scale=0.1, bias_scale=0, rng=None):
        """Return random weights, standard normal times `scale`, and biases.

        scale: a number, or "xavier" (variance 2 / (n_in + n_out); Glorot and Bengio
            2010, equation 12) or "he" (variance 2 / n_in; He et al. 2015, equation 10).
        bias_scale: the factor for the biases; 0 makes them zero and draws nothing.
        rng: a seed, a Generator or a RandomState.
        """
        rules = {
            "xavier": lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)),
            "he": lambda n_in, n_out: np.sqrt(2 / n_in),
        }
        if isinstance(scale, str) and scale not in rules:
            wanted = "a number, 'xavier' or 'he'"
            raise wrong("scale", wanted, describe(scale), "scale=0.1")
        rule = rules.get(scale) if isinstance(scale, str) else lambda n_in, n_out: scale
        return self._draw(rule, 0 if isinstance(scale, str) else scale, bias_scale, rng)

    @checked
    def _draw(self, rule, scale, bias_scale, rng):
        parameters = {}
        for number, layer in enumerate(self.architecture, start=1):
            n_in, n_out = layer["input_dim"], layer["output_dim"]
            W = rng.standard_normal((n_out, n_in)) * rule(n_in, n_out)
            b = np.zeros((n_out, 1))
            if bias_scale:
                b = rng.standard_normal((n_out, 1)) * bias_scale
            parameters[f"W{number}"], parameters[f"b{number}"] = W, b
        return parameters

    @checked
    def forward_propagation(self, X, parameters):
        """Return the output, shape (n_y, m), and the cache A0, Z1, A1, Z2 ..."""
        A = X
        cache = {"A0": X}
        for number, layer in enumerate(self.architecture, start=1):
            W, b = parameters[f"W{number}"], parameters[f"b{number}"]
            A, Z = layer_forward(A, W, b, layer["activation"])
            cache[f"Z{number}"], cache[f"A{number}"] = Z, A
        return A, cache

    def compute_cost(self, output, Y):
        """Return the cost of the output, averaged over the examples."""
        cost, _, _ = COSTS[self.cost]
        return cost(output, Y)

    @checked
    def backward_propagation(self, parameters, cache, X, Y):
        """Return the derivatives of the cost: dW1, db1 ..., shaped as W1, b1 ...

        Source: Nielsen (2015), equations (BP1) to (BP4).
        """
        grads = {}
        last = len(self.architecture)
        activation = self.architecture[-1]["activation"]
        output = cache[f"A{last}"]
        if FITTING_COST.get(activation) == self.cost:
            dZ = output - Y
        else:
            _, cost_derivative, _ = COSTS[self.cost]
            dZ = through_activation(cost_derivative(output, Y), output, activation)
        for number in range(last, 0, -1):
            W = parameters[f"W{number}"]
            A_previous = cache[f"A{number - 1}"] if number > 1 else X
            dA, dW, db = layer_backward(dZ, A_previous, W)
            grads[f"dW{number}"], grads[f"db{number}"] = dW, db
            if number > 1:
                activation = self.architecture[number - 2]["activation"]
                dZ = through_activation(dA, A_previous, activation)
        return grads

    def predict(self, X, parameters):
        """Return the class of each example: 0 or 1 (n_y, m), or its number (m,).

        The cost says what the output means. For the binary cross-entropy it is compared
        with 0.5; for the categorical one the most probable class is chosen; and for the
        half squared error the output, a number, is returned as it is.
        """
        output, _ = self.forward_propagation(X, parameters)
        if self.cost == "categorical_cross_entropy":
            return output.argmax(axis=-2)
        if self.cost == "binary_cross_entropy":
            return (output > 0.5).astype(int)
        return output


def architecture(sizes, hidden="relu", output="sigmoid"):
    """Return the architecture list for layers of these sizes, inputs first.

    sizes: such as [2, 25, 50, 1]; hidden, output: names of activations.
    """
    if not isinstance(sizes, (list, tuple)) or len(sizes) < 2:
        wanted = "a list with the number of inputs and of units in each layer"
        raise wrong("sizes", wanted, describe(sizes), "[2, 25, 1]", TypeError)
    hidden = one_of(ACTIVATIONS, "hidden", hidden)
    names = [hidden] * (len(sizes) - 2) + [one_of(ACTIVATIONS, "output", output)]
    return check_architecture(
        [
            {"input_dim": n_in, "output_dim": n_out, "activation": name}
            for n_in, n_out, name in zip(sizes, sizes[1:], names, strict=False)
        ]
    )


ENTRIES = {"input_dim", "output_dim", "activation"}


def check_architecture(layers):
    """Return the architecture as a list of dictionaries, or raise an error."""
    one_layer = "{'input_dim': 2, 'output_dim': 1, 'activation': 'sigmoid'}"
    if not isinstance(layers, (list, tuple)):
        wanted, advice = "a list with one dictionary for each layer", f"[{one_layer}]"
        raise wrong("architecture", wanted, describe(layers), advice, TypeError)
    checked_layers = []
    for number, layer in enumerate(layers, start=1):
        name = f"layer {number}"
        if not isinstance(layer, dict) or set(layer) != ENTRIES:
            got = ", ".join(map(str, layer)) if isinstance(layer, dict) else None
            wanted = "a dictionary with input_dim, output_dim and activation"
            raise wrong(name, wanted, got or describe(layer), one_layer)
        activation = one_of(ACTIVATIONS, f"activation of {name}", layer["activation"])
        n_in, n_out = (
            whole(f"{size} of {name}", layer[size])
            for size in ("input_dim", "output_dim")
        )
        if checked_layers and checked_layers[-1]["activation"] == "softmax":
            wanted = "softmax in the last layer alone"
            raise wrong("architecture", wanted, f"it in layer {number - 1}", "relu")
        above = checked_layers[-1]["output_dim"] if checked_layers else n_in
        if n_in != above:
            wanted = f"{above}, the output_dim of layer {number - 1}"
            raise wrong(f"input_dim of {name}", wanted, n_in, f"'input_dim': {above}")
        checked_layers.append(
            {"input_dim": n_in, "output_dim": n_out, "activation": activation}
        )
    if not checked_layers:
        raise wrong("architecture", "at least one layer", "none", f"[{one_layer}]")
    return checked_layers


def one_of(table, name, value):
    """Return the name if the table has it, or raise an error."""
    if not isinstance(value, str) or value not in table:
        names = ", ".join(table)
        raise wrong(name, f"one of {names}", describe(value), repr(next(iter(table))))
    return value
