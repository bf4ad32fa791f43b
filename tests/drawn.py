"""Right functions, drawn at random from the ways in which people write them.

`write(kind, what, rng)` returns the source of one: its argument names, the form of its
products, sums, means and slopes, its numbers and what it returns are drawn one by one.
"""

PRODUCTS = [  # of a with the transpose of b
    "{a} @ {b}.T", "np.dot({a}, {b}.T)", "np.matmul({a}, {b}.transpose())",
    "({b} @ {a}.T).T", "np.einsum('ij,kj->ik', {a}, {b})", "np.inner({a}, {b})",
    "np.tensordot({a}, {b}, axes=(1, 1))", "np.transpose({b}.dot({a}.T))",
    "sum(np.outer({a}[:, i], {b}[:, i]) for i in range({a}.shape[1]))",
]  # fmt: skip
PLAIN = [  # of a with b
    "{a} @ {b}", "np.dot({a}, {b})", "({b}.T @ {a}.T).T", "np.matmul({a}, {b})",
    "np.einsum('ij,jk->ik', {a}, {b})",
    "np.array([{a} @ column for column in {b}.T]).T",
]  # fmt: skip
SUMS = [
    "np.sum({a}, axis=1, keepdims=True)", "{a}.sum(1)[:, None]",
    "{a}.sum(axis=-1).reshape(-1, 1)", "{a} @ np.ones(({a}.shape[1], 1))",
    "np.array([[sum(row)] for row in {a}])", "np.vstack([row.sum() for row in {a}])",
    "np.einsum('ij->i', {a})[:, np.newaxis]",
]  # fmt: skip
MEANS = ["({}) / m", "(1 / m) * ({})", "({}) * (1.0 / m)", "np.divide({}, m)"]
COUNTS = ["Y.shape[1]", "np.shape(Y)[-1]", "len(Y.T)", "Y[0].size"]
NUMBERS = ["{}", "{}", "{}.astype(np.float32)", "np.array({}, dtype=np.longdouble)"]
SLOPES = {
    "sigmoid": [
        "{A} * (1 - {A})", "{A} - {A}**2", "np.exp(-{Z}) / (1 + np.exp(-{Z}))**2",
    ],
    "tanh": [
        "1 - {A}**2", "1 - np.tanh({Z})**2", "1 / np.cosh({Z})**2",
        "(1 - {A}) * (1 + {A})",
    ],
    "relu": [
        "({Z} > 0)", "({A} > 0).astype(int)", "np.where({Z} < 0, 0, 1)",
        "np.heaviside({Z}, 0.0)",
    ],
    "leaky_relu": [
        "np.where({Z} > 0, 1, 0.01)", "({Z} > 0) + 0.01 * ({Z} <= 0)", "{A} / {Z}",
    ],
}  # fmt: skip
ACTIVATIONS = {
    "sigmoid": [
        "1 / (1 + np.exp(-{Z}))", "0.5 * (1 + np.tanh({Z} / 2))",
        "np.exp({Z}) / (np.exp({Z}) + 1)",
    ],
    "tanh": ["np.tanh({Z})", "(np.exp(2 * {Z}) - 1) / (np.exp(2 * {Z}) + 1)"],
    "relu": [
        "np.maximum(0, {Z})", "{Z} * ({Z} > 0)", "np.clip({Z}, 0, None)",
        "({Z} + abs({Z})) / 2",
    ],
    "leaky_relu": ["np.maximum(0.01 * {Z}, {Z})", "np.where({Z} > 0, {Z}, 0.01 * {Z})"],
    "softmax": [
        "np.exp({Z}) / np.exp({Z}).sum(0)",
        "(lambda e: e / e.sum(axis=0, keepdims=True))(np.exp({Z} - {Z}.max(0)))",
    ],
}  # fmt: skip
ERRORS = {
    "binary_cross_entropy": [
        "{A} - Y", "-(Y - {A})", "(-Y / {A} + (1 - Y) / (1 - {A})) * ({slope})",
    ],
    "categorical_cross_entropy": [
        "{A} - Y", "np.subtract({A}, Y)", "{A} * Y.sum(0) - Y",
    ],
    "half_squared_error": [
        "({A} - Y) * ({slope})", "-(Y - {A}) * ({slope})",
        "np.multiply({slope}, {A} - Y)",
    ],
}  # fmt: skip
COSTS = {
    "binary_cross_entropy": [
        "-np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m",
        "np.mean(-(Y * np.log(A) + (1 - Y) * np.log1p(-A)).sum(axis=0))",
        "-(np.log(A)[Y == 1].sum() + np.log(1 - A)[Y == 0].sum()) / m",
        "sum(-np.log(a if y else 1 - a) for a, y in zip(A.flat, Y.flat)) / m",
        "-np.einsum('ij,ij', Y, np.log(A)) / m - ((1 - Y) * np.log(1 - A)).sum() / m",
    ],
    "categorical_cross_entropy": [
        "-np.sum(Y * np.log(A)) / m", "-np.log((Y * A).sum(axis=0)).mean()",
        "-np.log(A.T[Y.T == 1]).mean()", "-np.trace(Y.T @ np.log(A)) / m",
        "-np.log(A[Y.argmax(axis=0), np.arange(m)]).sum() / m",
    ],
    "half_squared_error": [
        "0.5 * np.sum((A - Y)**2) / m", "np.square(Y - A).sum() / (2 * m)",
        "np.linalg.norm(A - Y)**2 / 2 / m", "((A - Y)**2).sum(0).mean() / 2",
    ],
}  # fmt: skip
STEPS = [
    "{p} - {rate} * {g}", "{p} + -{rate} * {g}", "np.subtract({p}, {rate} * {g})",
    "-({rate} * {g} - {p})", "np.array([w - {rate} * d for w, d in zip({p}, {g})])",
]  # fmt: skip


def write(kind, what, rng):
    """Return the source of a right function of that kind, which is called `mine`."""
    return WRITERS[what](kind, rng.choice)


def backward(kind, pick):
    layers = len(kind.activations)
    p, c = pick(["parameters", "params", "weights"]), pick(["cache", "memory"])
    head = pick([f"{p}, {c}, X, Y", f"X, Y, {c}, {p}", f"{c}, X, Y, {p}", "apart"])
    lines = []
    values = [f"{stem}{n}" for n in range(1, layers + 1) for stem in "WZA"]
    if head == "apart":
        head = ", ".join(["X", "Y", *values])
    else:
        lines = [f"{v} = {p if v[0] == 'W' else c}['{v}']" for v in values]
    if pick([0, 1]):
        head = head.replace("Y", "y")
        lines.append("Y = y")
    number = pick(NUMBERS)
    lines += [f"m = {pick(COUNTS)}", f"Y = {number.format('Y')}"]
    early = pick([0, 1])
    slope = {
        n: pick(SLOPES.get(name, [""])).format(A=f"A{n}", Z=f"Z{n}")
        for n, name in enumerate(kind.activations, 1)
    }
    error = pick(ERRORS[kind.cost]).format(A=f"A{layers}", slope=slope[layers])
    lines.append(f"d{layers} = " + (f"({error}) / m" if early else error))
    for n in range(layers, 0, -1):
        mean = "{}" if early else pick(MEANS)
        below = f"A{n - 1}" if n > 1 else "X"
        lines.append(
            f"dW{n} = {mean.format(pick(PRODUCTS).format(a=f'd{n}', b=below))}"
        )
        lines.append(f"db{n} = {mean.format(pick(SUMS).format(a=f'd{n}'))}")
        if n > 1:
            back = pick(PLAIN).format(a=f"W{n}.T", b=f"d{n}")
            step = [f"d{n - 1} = ({back}) * ({slope[n - 1]})"]
            in_place = [f"d{n - 1} = np.array({back})", f"d{n - 1} *= {slope[n - 1]}"]
            lines += pick([step, in_place])
    weights, biases = ([f"d{s}{n}" for n in range(1, layers + 1)] for s in "Wb")
    names = [name for pair in zip(weights, biases, strict=True) for name in pair]
    key = pick(["{}", "{}", "{}", "grad_{}", "dL_{}"])
    shuffled = sorted(names, key=lambda name: pick(range(9)))
    table = ", ".join(f"'{key.format(name)}': {name}" for name in shuffled)
    returned = pick([
        f"{{{table}}}", f"{{{table}}}", f"{{{table}, 'm': m}}", f"[{', '.join(names)}]",
        f"({', '.join(names)})", f"({', '.join(weights + biases)})",
    ])  # fmt: skip
    return source(head, lines, returned)


def forward(kind, pick):
    layers = len(kind.activations)
    p = pick(["parameters", "params", "weights"])
    head = pick([f"X, {p}", f"{p}, X", "apart"])
    values = [f"{stem}{n}" for n in range(1, layers + 1) for stem in "Wb"]
    lines = [f"{name} = {p}['{name}']" for name in values]
    if head == "apart":
        head, lines = ", ".join(["X", *values]), []
    lines.append(f"A0 = {pick(NUMBERS).format('X')}")
    for n, name in enumerate(kind.activations, 1):
        product = pick(PLAIN).format(a=f"W{n}", b=f"A{n - 1}")
        lines.append(f"Z{n} = {product} + b{n}")
        lines.append(f"A{n} = {pick(ACTIVATIONS[name]).format(Z=f'Z{n}')}")
    Z, A = ([f"{s}{n}" for n in range(1, layers + 1)] for s in "ZA")
    both = [name for pair in zip(Z, A, strict=True) for name in pair]
    kept = pick([both, ["A0", *both], A, A[:-1], ["A0", *A]])
    table = "{" + ", ".join(f"'{name}': {name}" for name in kept) + "}"
    row = f"({', '.join(both)})"
    forms = [f"{A[-1]}, {table}", f"{A[-1]}, {table}", f"[{A[-1]}, {table}]"]
    forms += [row, f"{A[-1]}, {row}", f"({', '.join(A)})"] if layers > 1 else []
    whole = "{" + ", ".join(f"'{name}': {name}" for name in both) + "}"
    return source(head, lines, pick([*forms, whole]))


def cost(kind, pick):
    a, y = pick(["output", "AL", "y_hat"]), pick(["Y", "y", "labels"])
    lines = [f"A, Y = {a}, {y}", f"m = {pick(COUNTS)}"]
    text = f"({pick(COSTS[kind.cost])})"
    form = pick(["{}", "{}", "float({})", "np.float64({})", "np.array([[{}]])"])
    return source(pick([f"{a}, {y}", f"{y}, {a}"]), lines, form.format(text))


def update(kind, pick):
    p, g = pick(["parameters", "params"]), pick(["grads", "gradients"])
    rate = pick(["learning_rate", "lr", "alpha", "eta"])
    head = pick([f"{p}, {g}, {rate}", f"{g}, {p}, {rate}", f"{p}, {g}, {rate}=0.1"])
    words = {"p": f"{p}[n]", "g": f"{g}['d' + n]", "rate": rate}
    step = pick(STEPS).format(**words)
    fill = [f"{p}[n] {pick(['= ' + step, '-= {rate} * {g}'.format(**words)])}"]
    new = ["new = {}", f"for n in {p}:", f"    new[n] = {step}"]
    lines, returned = pick([
        ([], f"{{n: {step} for n in {p}}}"),
        (new, pick(["new", "tuple(new.values())"])),
        ([f"for n in list({p}):", f"    {fill[0]}"], p),
        ([f"new = dict({p})", "for n in new:", f"    new[n] = {step}"], "new"),
    ])  # fmt: skip
    return source(head, lines, returned)


def source(head, lines, returned):
    """Return the source of a function out of its parts."""
    body = "\n".join(f"    {line}" for line in [*lines, f"return {returned}"])
    return f"def mine({head}):\n{body}\n"


WRITERS = {"backward": backward, "forward": forward, "cost": cost, "update": update}
