"""Results in odd forms, and off by one factor; functions and classes to be called.

Each text is what a function returns after its first lines; what is said of it stands
in tests/approved/judge. Each form is returned for examples in columns and in rows.
"""

import itertools
import re
import textwrap

import numpy as np

from nnteach import three_layer, two_layer, updates

# What is asked -> the arguments, and what is computed before the return
FIRST = {
    "backward": ("parameters, cache, X, Y", """
        g = net.backward_propagation(parameters, cache, X, Y)
        dW1, db1, dW2, db2 = g["dW1"], g["db1"], g["dW2"], g["db2"]"""),
    "forward": ("X, parameters", """
        out, c = net.forward_propagation(X, parameters)
        Z1, A1, Z2, A2 = c["Z1"], c["A1"], c["Z2"], c["A2"]"""),
    "cost": ("output, Y", """
        A, cost = output, net.compute_cost(output, Y)"""),
    "update": ("parameters, grads, learning_rate", """
        new = updates.update_parameters(parameters, grads, learning_rate)"""),
}  # fmt: skip

FORMS = {
    "backward": """
        g
        list(g.values())
        [dW1, dW2], [db1, db2]
        [dW2, dW1], [db2, db1]
        g, 3
        dW1, dW2
        dW2, dW1
        dW1, db1, dW2
        db1, db2
        dW2, db2, dW1, 2 * db1
        dW1, db1, 2 * dW2, db2
        [dW1, db1, dW2, db2, dW1]
        None
        3
        "dW1"
        {}
        set(g)
        {"dW1": dW1}
        {"db1": db1, "db2": db2}
        {k[1:]: v for k, v in g.items()}
        {k.lower(): v for k, v in g.items()}
        {"dL_" + k: v for k, v in g.items()}
        {"dL_" + k: v for k, v in g.items()} | {"grad_W1": dW1}
        g | {"dW1": None}
        g | {"dW1": "none"}
        g | {"dW1": [1, [2, 3]]}
        g | {"dW1": dW1 * 1j}
        g | {"dW1": dW1.tolist()}
        g | {"dW1": dW1.T}
        g | {"dW1": dW1.ravel()}
        g | {"dW1": dW1[None]}
        g | {"dW1": dW1 > 0}
        g | {"dW1": dW1.astype(np.float32)}
        g | {"dW1": dW1.round(3)}
        g | {"dW1": np.where(dW1 > 0, np.nan, dW1)}
        g | {"dW1": np.where(dW1 > 0, np.inf, dW1)}
        g | {"dW1": dW1 * np.nan}
        g | {"dW1": np.ma.masked_array(dW1, dW1 > 0)}
        g | {"dW1": lambda: dW1}
        g | {"dW1": dW1 + 1}
        g | {"dW1": dW1 + np.eye(*dW1.shape)}
        g | {"dW1": dW1 + 1, "dW2": dW2 + 1}
        g | {"dW1": dW1[:, :1]}
        g | {"dW1": dW1[:1]}
        g | {"dW1": dW1[0, 0]}
        g | {"db1": db1.ravel()}
        g | {"db1": db1.T}
        g | {"db1": db1.ravel(), "db2": db2.ravel()}
        g | {"db1": db1.ravel(), "dW2": 2 * dW2}
        g | {"db1": db1.ravel() + 1}
        g | {"db1": db1 + np.zeros_like(X[:1])}
        g | {"db1": db1.sum()}
        g | {"db1": float(db1.mean())}
        g | {"db1": 0}
        g | {"db2": 0 * db2}
        g | {"db2": 0 * db2, "dW2": -dW2}
        g | {"db2": db2[:1]}
        g | {"db1": db2, "db2": db1}
        g | {"dW1": 3 * dW1, "db1": 3 * db1}
        g | {"dW1": -dW1, "db1": -db1}
        {k: -v for k, v in g.items()}
        {k: v + 0.01 * np.abs(v).max() for k, v in g.items()}
        {k: v * (1 + 1e-7) for k, v in g.items()}
        {k: v * 1.004 for k, v in g.items()}
        {k: np.sign(v) for k, v in g.items()}
        {k: v.sum() for k, v in g.items()}
        {k: v / np.linalg.norm(v) for k, v in g.items()}
        {k: v.T for k, v in g.items()}
        {k: 0 * v for k, v in g.items()}
        {k: parameters[k[1:]] for k in g}
        {k: parameters[k[1:]] - 0.1 * v for k, v in g.items()}
        print("dW1") or g
        (X.__setitem__((0, 0), 9.0), g)[1]
        (print("dW1"), X.__setitem__((0, 0), 9.0), g | {"dW1": dW1 + 1})[2]
        1 / 0
        g["dW3"]
        dW1 @ dW2
    """,
    "forward": """
        out, c
        c, out
        [out, c]
        c
        out
        (out,)
        out, None
        out, {}
        out, 3
        out, A1
        A1, out
        None
        "A2"
        out.tolist(), c
        out.tolist()
        out.ravel(), c
        out.T, c
        out[None], c
        out[:1], c
        out[0, 0], c
        out > 0.5, c
        out.round(2), c
        1 - out, c
        np.where(out > 0.5, np.nan, out), c
        out * np.nan, c
        out * 1j, c
        out + 0.1, c
        out, (Z1, A1, Z2, A2)
        out, (A1, Z1, A2, Z2)
        out, [Z1, A1]
        out, (A1,)
        out, (Z1,)
        out, (X, A1)
        out, (X, Z1, A1, Z2)
        out, ((X, A1), (Z1, Z2))
        out, ((A1, Z1), Z2)
        out, {"A1": A1}
        out, {"Z1": Z1}
        out, {"Z1": Z1, "A1": None}
        out, {"a1": A1, "z1": Z1}
        out, {"layer 1": c}
        out, {"hidden": A1}
        out, {"A1": A1.T}
        out, {"A1": A1.tolist(), "Z1": Z1.ravel()}
        out, {"A1": A1 * np.nan}
        out, {"A1": A1 + 1}
        out, {"A1": Z1}
        out, {"A1": A1, "Z1": A1}
        out, {"A1": A1, "Z1": Z1, "Z2": Z2 + 1}
        2 * out, {"A1": A1, "Z1": Z1}
        2 * out, {"A1": 2 * A1, "Z1": 2 * Z1}
        {"A2": out}
        {"A2": out, "A1": A1}
        {"A1": A1}
        {"output": out, "A1": A1}
        A1, A2
        A2, A1
        Z1, A1, Z2, A2
        Z1, Z2, A1, A2
        X, A1, A2
        A2, Z2, A1, Z1
        Z1, A1, Z2
        Z1, A1, Z2, 2 * A2
        (out, c)[0:1]
        print("Z1") or (out, c)
        (parameters["W1"].__setitem__((0, 0), 9.0), out, c)[1:]
        net.forward(X)
    """,
    "cost": """
        cost
        [cost]
        [[cost]]
        np.array([[cost]])
        np.array([cost, cost])
        np.float32(cost)
        f"{cost:.3f}"
        None
        cost * 1j
        np.nan
        -np.inf
        {"cost": cost}
        cost, A
        lambda: cost
        round(cost, 2)
        round(cost, 4)
        cost + 1
        cost + 1e-4
        -cost
        cost ** 2
        np.exp(cost)
        0
        1
        A - Y
        (A - Y).mean(axis=1)
        ((A - Y) ** 2).sum(axis=0)
        ((A - Y) ** 2).sum(axis=0) / 2
        ((A - Y) ** 2).mean()
        ((A - Y) ** 2).sum() / 2
        np.sqrt(((A - Y) ** 2).mean())
        np.abs(A - Y).sum() / Y.shape[1]
        (A.round() != Y).mean()
        -np.sum(Y * np.log(A))
        -np.sum(Y * np.log(A), axis=0)
        -np.sum(Y * np.log(A)) / Y.shape[0]
        -np.sum(Y * np.log2(A)) / Y.shape[1]
        -np.sum(Y * np.log10(A)) / Y.shape[1]
        -np.log(A[Y == 1]).mean()
        -np.log(A).mean()
        -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))
        print(cost) or cost
        (A.__setitem__((0, 0), 0.5), cost)[1]
        A[3]
    """,
    "update": """
        new
        list(new.values())
        [new["W1"], new["W2"]], [new["b1"], new["b2"]]
        new, 3
        None
        3
        {}
        {"W1": new["W1"]}
        {"d" + k: v for k, v in new.items()}
        {k.lower(): v for k, v in new.items()}
        parameters
        grads
        new | {"b1": parameters["b1"]}
        new | {"W1": parameters["W1"]}
        new | {"b1": new["b1"].ravel()}
        new | {"W1": new["W1"].T}
        new | {"W1": None}
        new | {"W1": new["W1"] * np.nan}
        new | {"W1": new["W1"] + 1}
        {k: v + learning_rate * grads["d" + k] for k, v in parameters.items()}
        {k: v - grads["d" + k] for k, v in parameters.items()}
        {k: v - 2 * learning_rate * grads["d" + k] for k, v in parameters.items()}
        {k: v - learning_rate for k, v in parameters.items()}
        {k: v * (1 - learning_rate) for k, v in parameters.items()}
        {k: 0.9 * v - learning_rate * grads["d" + k] for k, v in parameters.items()}
        {k: learning_rate * grads["d" + k] for k in parameters}
        (parameters.update(new), parameters)[1]
        [v.__isub__(learning_rate * grads["d" + k]) for k, v in parameters.items()]
        (parameters.update(new), None)[1]
        new["W3"]
    """,
}  # fmt: skip

# One factor on every gradient or on the cost; of n_x and n_1 a cost knows nothing.
SIZES = {
    "backward": "m, n_y, n_x, n_1 = Y.shape[1], len(Y), len(X), len(cache['A1'])",
    "cost": "m, n_y = Y.shape[1], len(Y)",
}
FACTORS = """
    m  1/m  m**2  m/(m-1)  m/n_y  m/n_x  1/n_y  1/n_x  n_y  2/n_y  2*m  m/n_1  1/n_1
    2  0.5  3  0.25  -1  -2  10  1.004  0.996  1.02  0.98  1/np.log(2)  1/np.log(10)
    np.log(2)  m+1  np.sqrt(m)  abs(Y).sum()
""".split()
SCALED = {
    "backward": "{{key: {} * value for key, value in g.items()}}",
    "cost": "{} * cost",
}


def made(what, network, before, returned):
    """Return the function that returns this, after these lines."""
    takes, first = FIRST[what]
    lines = f"{textwrap.dedent(first).strip()}\n{before}\nreturn {returned}"
    space = {"np": np, "net": network, "updates": updates}
    exec(f"def mine({takes}):\n{textwrap.indent(lines, '    ')}", space)
    return space["mine"]


def turned(value):
    """Return a value with each array in it turned."""
    if isinstance(value, dict):
        return {key: turned(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(turned(each) for each in value)
    return value.T if np.ndim(value) == 2 and hasattr(value, "T") else value


def in_rows(what, function):
    """Return the function for examples in rows: it turns what it gets and returns."""
    return {
        "backward": lambda parameters, cache, X, Y: turned(
            function(*turned((parameters, cache, X, Y)))
        ),
        "forward": lambda X, parameters: turned(function(*turned((X, parameters)))),
        "cost": lambda output, Y: turned(function(*turned((output, Y)))),
    }[what]


def forms():
    """Yield (label, network, what is asked, function)."""
    for what, texts in FORMS.items():
        for text in textwrap.dedent(texts).strip().splitlines():
            function = made(what, two_layer, "", text)
            yield f"{what}: {text}", two_layer, what, function
            if what != "update":
                rows = in_rows(what, function)
                yield f"{what}, rows: {text}", two_layer, what, rows
    for network, what in itertools.product((two_layer, three_layer), SIZES):
        name = network.__name__.rpartition(".")[2]
        for factor in FACTORS:
            if what == "backward" or not {"n_x", "n_1"} & {factor[-3:]}:
                text = SCALED[what].format(factor)
                function = made(what, network, SIZES[what], text)
                yield f"{what}, {name}: times {factor}", network, what, function


# ------------------------------------------------------------------- how it is called

SIGNATURES = """
    parameters, cache, X, Y
    X, Y, cache, parameters
    params, memory, x, y
    *given
    *, parameters, cache, X, Y
    q, r, X, Y
    q, r, s, t
    first, second, X, Y
    first, second, third
    p, c, x, y
    parameters, cache, X, Y, verbose=False
    parameters, cache, X, Y, lambd
    parameters, cache, X, Y, lambd=0.1
    parameters, cache, X, Y, learning_rate
    parameters, cache, X, Y, *, alpha
    parameters, cache
    parameters, X, Y
    X, Y
    x
    W1, W2, b1, b2, A1, A2, X, Y
    W1, b1, W2, b2, Z1, A1, Z2, A2, X, Y
    w_2, a_1, a_2, X, Y
    W2, A1, A2, X, Y, m
    weights, biases, cache, X, Y
    weights, biases, grads_w, grads_b, lr
    weights, cache, X, Y
    weights, X
    a2, y
    A3, Y
    Y_hat, y_true, m
    Y_hat, y_true, epsilon=1e-8
    Y_hat, y_true, epsilon
    dA2, cache
    self, X, Y
    x, params
    X, W1, b1, W2, b2
    w1, w2, x
    X, network
    X, parameters, nn_architecture
    params, grads, lr
    params, gradients
    params, g, alpha=0.1
    W1, b1, W2, b2, dW1, db1, dW2, db2, eta
    theta, grads, a
"""


def told(values):
    """Return what a function was handed, in one line."""
    return "; ".join(f"{name} {in_short(value)}" for name, value in values.items())


def in_short(value):
    """Return a value by its keys, or its shape and its first number."""
    if isinstance(value, dict):
        return " ".join(f"{key}: {in_short(each)}" for key, each in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(map(in_short, value))
    if np.size(value) and np.asarray(value).dtype.kind in "if":
        return f"{np.shape(value)} {np.ravel(value)[0]:.3g}"
    return type(value).__name__


def calls():
    """Yield (label, what is asked, a function that says what it was handed)."""
    for takes in textwrap.dedent(SIGNATURES).strip().splitlines():
        space = {"told": told}
        exec(f"def mine({takes}): raise RuntimeError(told(locals()))", space)
        for what in FIRST:
            yield f"{what}({takes})", what, space["mine"]


# A class of a learner's, and lines that stand in the place of some of its own.
CLASS = """
class Net:
    def __init__(self, n_x, n_h, n_y):
        self.W1, self.b1 = np.ones((n_h, n_x)), np.zeros((n_h, 1))
        self.W2, self.b2 = np.ones((n_y, n_h)), np.zeros((n_y, 1))

    def forward(self, X):
        self.A1 = np.tanh(self.W1 @ X + self.b1)
        self.A2 = 1 / (1 + np.exp(-self.W2 @ self.A1 - self.b2))
        return self.A2

    def backward(self, X, Y):
        d2 = self.A2 - Y
        d1 = self.W2.T @ d2 * (1 - self.A1**2)
        self.dW1, self.db1 = d1 @ X.T, d1.sum(axis=1)
        self.dW2, self.db2 = d2 @ self.A1.T, d2.sum(axis=1)

    def update(self, lr):
        self.W1, self.b1 = self.W1 - lr * self.dW1, self.b1 - lr * self.db1
        self.W2, self.b2 = self.W2 - lr * self.dW2, self.b2 - lr * self.db2

    def loss(self, A, Y):
        return -np.log(A).mean()
"""
CHANGES = [
    {},
    *({"n_x, n_h, n_y": made} for made in (
        "sizes", "*sizes", "layers", "X, y", "X, Y, n_h=4", "shape, activation", "",
        "input_size, hidden_size, output_size, learning_rate", "nx, nh, ny, lr=0.1",
        "n_hidden, n_out", "dims, **more", "name")),
    *({"W1": first, "W2": second} for first, second in (
        ("w1", "w2"), ("w_ih", "w_ho"), ("weights1", "weights2"), ("syn0", "syn1"),
        ("theta1", "theta2"), ("w_hidden", "w_out"), ("first", "second"),
        ("W[0]", "W[1]"), ("params['W1']", "params['W2']"), ("W1", "V"))),
    {"b1": "b_hidden", "b2": "b_out"}, {"b1": "bias1", "b2": "bias2"},
    {"b1": "c", "b2": "d"}, {"dW1": "grad_W1", "dW2": "grad_W2"},
    {"dW1": "W1_grad", "dW2": "W2_grad"}, {"dW1": "delta1", "dW2": "delta2"},
    *({"backward(self, X, Y)": head} for head in (
        "backward(self, Y)", "backward(self, X, y, output)", "backward(self, d_out)",
        "backprop(self, X, y, lr)", "gradients(self, x, y)", "solve(self, X, Y)",
        "train(self, X, Y, epochs, alpha=0.1)", "backward(self, X, Y, iterations)")),
    {"forward(self, X)": "predict(self, X)"}, {"forward(self, X)": "feed(self, x)"},
    {"loss(self, A, Y)": "compute_cost(self, Y, yhat)"},
    {"update(self, lr)": "update(self, grads, learning_rate)"},
]  # fmt: skip


def classes():
    """Yield (label, what is asked, a class)."""
    for change in CHANGES:
        source, space = CLASS, {"np": np}
        for old, new in change.items():
            source = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, source)
        exec(source, space)
        label = " ".join(f"{old} -> {new}" for old, new in change.items())
        for what in FIRST:
            yield f"class, {what}: {label or 'as it is'}", what, space["Net"]
