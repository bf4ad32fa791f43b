"""Functions such as learners write, made for the tests from edits of the right one."""

import numpy as np

from nnteach.judge.catalogue import Scene
from nnteach.judge.compare import same
from nnteach.judge.problems import TASKS, problem
from nnteach.judge.search import Choice, perform

# Numbers for the edits that have an unknown one.
NUMBER = 0.37


def learner(kind, what, choices):
    """Return a function of that kind that makes these mistakes."""
    task, layers = TASKS[what], range(1, len(kind.activations) + 1)
    made = {(choice.place, choice.layer): choice for choice in choices}
    made_without_copies = {
        place: choice
        for place, choice in made.items()
        if choice.edit.code != "bias-from-other-layer"
    }

    def run(values, made):
        for place, layer in task.names(layers[-1], results=False):
            choice = made.get((place, layer))
            scene = Scene(place, layer, values, kind)
            if choice is None:
                value = scene.right
            else:
                number = [] if choice.number is None else [choice.number]
                value = choice.edit.operation(scene, *number)
            values[f"{place}{layer}"] = np.asarray(value, dtype=float)
        return values

    def results(values):
        """Run twice: an edit may copy a result that is computed only later."""
        start = {"rate": 0.3, "Y": None, **values}
        made_once = run(dict(start), made_without_copies)
        theirs = {f"their_{name}": value for name, value in made_once.items()}
        return run({**theirs, **start}, made)

    def backward(parameters, cache, X, Y):
        values = results({**parameters, **cache, "A0": X, "Y": Y})
        return {f"d{s}{n}": values[f"d{s}{n}"] for n in layers for s in "Wb"}

    def forward(X, parameters):
        values = results({**parameters, "A0": X})
        cache = {f"{s}{n}": values[f"{s}{n}"] for n in layers for s in "ZA"}
        return values[f"A{layers[-1]}"], cache

    def cost(output, Y):
        last = f"A{layers[-1]}"
        return results({last: output, "Y": Y, "A0": Y})[f"cost{layers[-1]}"]

    def update(parameters, grads, learning_rate):
        values = {**parameters, **grads, "rate": learning_rate}
        values = results({**values, "A0": np.ones((1, 1))})
        return {f"{s}{n}": values[f"new{s}{n}"] for n in layers for s in "Wb"}

    return {"backward": backward, "forward": forward, "cost": cost, "update": update}[
        what
    ]


def single_mistakes(kind, what, sizes):
    """Return one choice for each edit that changes something on this problem.

    An edit whose numbers an earlier one has at the same place cannot be told from it.
    """
    task, given = TASKS[what], problem(kind, sizes)
    theirs = {f"their_{name}": value for name, value in given.values.items()}
    values = {**given.values, **theirs}
    found = []
    for place, layer in task.names(len(kind.activations), results=False):
        scene = Scene(place, layer, values, kind)
        seen = [np.asarray(scene.right)]
        for edit in task.edits:
            number = NUMBER if edit.unknown else None
            if place not in edit.places.split():
                continue
            value = perform(scene, edit, number)
            if value is None or any(same(value, other) for other in seen):
                continue
            seen.append(value)
            found.append(Choice(edit, place, layer, number))
    return found


# --------------------------------------------------- right functions, in many styles


def slopes_of(activation, how):
    """Return a function of (A, Z) for the slope, written in one of three ways."""

    def s(z):
        return 1 / (1 + np.exp(-z))

    ways = {
        "sigmoid": (
            lambda A, Z: A * (1 - A),
            lambda A, Z: np.exp(-Z) / (1 + np.exp(-Z)) ** 2,
            lambda A, Z: A - A**2,
        ),
        "tanh": (
            lambda A, Z: 1 - A * A,
            lambda A, Z: 1 / np.cosh(Z) ** 2,
            lambda A, Z: 4 * s(2 * Z) * (1 - s(2 * Z)),
        ),
        "relu": (
            lambda A, Z: (A > 0).astype(int),
            lambda A, Z: np.heaviside(Z, 0.0),
            lambda A, Z: np.where(Z >= 0, 1, 0),
        ),
        "leaky_relu": (
            lambda A, Z: np.where(A > 0, 1, 0.01),
            lambda A, Z: (Z > 0) + 0.01 * (Z <= 0),
            lambda A, Z: A / Z,
        ),
        "identity": (lambda A, Z: 1, lambda A, Z: np.ones(Z.shape), lambda A, Z: Z / Z),
    }
    return ways[activation][how]


PRODUCTS = {
    "@": lambda a, b: a @ b,
    "dot": np.dot,
    "einsum": lambda a, b: np.einsum("ij,jk->ik", a, b),
    "loops": lambda a, b: np.array([[sum(x * y for x, y in zip(r, c, strict=True))
                                     for c in b.T] for r in a]),
    "sum": lambda a, b: (a[:, :, None] * b[None]).sum(axis=1),
    "float32": lambda a, b: (a.astype(np.float32) @ b.astype(np.float32)),
    "inner": lambda a, b: np.inner(a, b.T),
}  # fmt: skip
MEANS = ("early", "late", "weights", "examples")
CONTAINERS = {
    "dict": lambda grads: grads,
    "tuple": lambda grads: tuple(grads[name] for name in sorted_names(grads)),
    "list": lambda grads: [grads[name] for name in sorted_names(grads)],
    "backwards": lambda grads: tuple(grads.values()),
    "more keys": lambda grads: {**grads, "note": "mine"},
    "seed 001": lambda grads: {f"dL_{name}": value for name, value in grads.items()},
    "with cost": lambda grads: (grads, 0.5),
}


def sorted_names(grads):
    return sorted(grads, key=lambda name: (name[2:], name[1] == "b"))


def right_styles(kind):
    """Yield (name, function): right backward passes, each written in its own way."""
    for number, product in enumerate(PRODUCTS):
        for mean in MEANS:
            for slope in range(3):
                containers = list(CONTAINERS)
                container = containers[(number + slope) % len(containers)]
                name = f"{product}, mean {mean}, slope {slope}, {container}"
                yield name, right_style(kind, product, mean, slope, container)


def right_style(kind, product, mean, how, container):
    """Return one right backward pass."""
    times, layers = PRODUCTS[product], len(kind.activations)

    def error(A, Z, Y):
        if kind.fits and how == 0:
            return A - Y
        if kind.cost == "binary_cross_entropy":
            dA = -(Y / A) + (1 - Y) / (1 - A)
        elif kind.cost == "categorical_cross_entropy":
            dA = -Y / A
        else:
            dA = A - Y
        if kind.activations[-1] == "softmax":  # example by example, with the Jacobian
            jacobians = [np.diag(a) - np.outer(a, a) for a in A.T]
            return np.array([J @ d for J, d in zip(jacobians, dA.T, strict=True)]).T
        return dA * slopes_of(kind.activations[-1], how)(A, Z)

    def whole(parameters, cache, X, Y):
        m, grads = Y.shape[1], {}
        factor = {"early": 1, "weights": 1}.get(mean, 1 / m)
        dZ = error(cache[f"A{layers}"], cache[f"Z{layers}"], Y)
        dZ = dZ / m if mean == "early" else dZ
        for layer in range(layers, 0, -1):
            A_below = cache[f"A{layer - 1}"] if layer > 1 else X
            dW, db = times(dZ, A_below.T), dZ.sum(1)[:, None]
            if mean == "weights":
                dW, db = np.multiply(1.0 / m, dW), np.mean(dZ, axis=1, keepdims=True)
            else:
                dW, db = factor * dW, factor * db
            grads[f"dW{layer}"], grads[f"db{layer}"] = dW, db
            if layer > 1:
                dA = times(parameters[f"W{layer}"].T, dZ)
                slope = slopes_of(kind.activations[layer - 2], how)
                dZ = dA * slope(cache[f"A{layer - 1}"], cache[f"Z{layer - 1}"])
        return grads

    def by_example(parameters, cache, X, Y):
        m, sums = X.shape[1], {}
        for i in range(m):
            one = {name: value[:, i : i + 1] for name, value in cache.items()}
            part = one_example(parameters, one, X[:, i : i + 1], Y[:, i : i + 1])
            for name, value in part.items():
                sums[name] = sums.get(name, 0) + value / m
        return sums

    def one_example(parameters, cache, x, y):
        delta = error(cache[f"A{layers}"], cache[f"Z{layers}"], y)
        grads = {}
        for layer in range(layers, 0, -1):
            a = cache[f"A{layer - 1}"] if layer > 1 else x
            grads[f"dW{layer}"], grads[f"db{layer}"] = np.outer(delta, a), delta
            if layer > 1:
                slope = slopes_of(kind.activations[layer - 2], how)
                back = times(parameters[f"W{layer}"].T, delta)
                delta = back * slope(cache[f"A{layer - 1}"], cache[f"Z{layer - 1}"])
        return grads

    def function(parameters, cache, X, Y):
        calculate = by_example if mean == "examples" else whole
        return CONTAINERS[container](calculate(parameters, cache, X, Y))

    return function
