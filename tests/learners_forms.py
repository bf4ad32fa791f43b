"""Right results in odd forms, and results that are off by one factor.

Each text is what a function returns after its first lines; what is said of it stands
in tests/approved/judge. Each form is returned for examples in columns and in rows.
"""

import itertools
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
        str(cost)
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
