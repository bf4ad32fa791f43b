"""What a learner's function is, and what it is handed: known by names alone.

    arrange(backprop, "backward", known)  ->  ["parameters", "cache", "X", "Y"]

Functions of courses, books and forums call the same things by other names and take
them in other orders. What cannot be called as it is gets an adapter: a few lines that
hand it over, filled in with its own names. Introduced in chapter 6.
"""

import inspect
import re

# ------------------------------------------------------------------ what kind it is

KINDS = {  # the first that is found in the name
    "step": r"train|fit|step|epoch|gradient_?descent|optimi",
    "backward": r"back|grad|nabla|bprop|derivs",
    "update": r"update|sgd",
    "cost": r"cost|loss|entropy|error|mse|objective",
    "forward": r"forward|feed|fprop|predict|propagat",
    "activation": r"^(d_?|deriv\w*_)?(softmax|sigmoid|tanh|(leaky_?)?relu)",
}
TELLING = {
    "update": [{"grads"}, {"dW1"}],
    "backward": [{"cache"}, {"A1", "Y"}],
    "cost": [{"output", "Y"}],
    "forward": [{"X", "parameters"}, {"X", "W1"}],
}


def guess(function):
    """Return "backward", "forward", "cost", "update", "activation", "step" or None.

    The name of the function tells it, or else the names of its arguments.
    """
    name = getattr(function, "__name__", "")
    name = name.lower() if isinstance(name, str) else ""
    given = arguments(function)
    names = {course_name(argument.name) for argument in given}
    for kind, pattern in KINDS.items():
        if re.search(pattern, name):
            if kind == "step" and names & {"grads", "dW1"}:
                return "update"  # a step with given gradients
            return kind
    for kind, sets in TELLING.items():
        if any(telling <= names for telling in sets):
            return kind if kind != "forward" or "Y" not in names else "step"
    return None


# --------------------------------------------------------------- what it is handed

ALIASES = {
    "X": "x inputs input input_data x_train",
    "Y": "y labels targets target y_true y_train t",
    "parameters": "parameters params params_values param weights theta p model",
    "cache": "cache caches memory activations forwardpass_activations c memo",
    "grads": "grads gradients grades grads_values pass_gradients g grad derivatives",
    "learning_rate": "learning_rate lr eta alpha rate step_size learningrate",
    "output": "output outputs al a_out yhat y_hat y_pred predictions probs prediction",
    "architecture": "architecture nn_architecture layers",
    "m": "m n_examples num_examples batch_size",
}
MEANS = {alias: name for name, words in ALIASES.items() for alias in words.split()}
STEMS = {
    "dw": "dW", "db": "db", "dweights": "dW", "dbias": "db", "w": "W", "weights": "W",
    "weight": "W", "b": "b", "bias": "b", "biases": "b", "z": "Z", "a": "A",
}  # fmt: skip
TAKES = {
    "backward": ("parameters", "cache", "X", "Y"),
    "forward": ("X", "parameters"),
    "cost": ("output", "Y"),
    "update": ("parameters", "grads", "learning_rate"),
}
OFFERS = {  # whatever else a function of that kind may ask for
    "backward": {"output", "architecture", "m", "W", "b", "Z", "A"},
    "forward": {"architecture", "m", "W", "b"},
    "cost": {"m", "Z", "A", "parameters"},
    "update": {"W", "b", "dW", "db", "architecture"},
}


class CannotCall(Exception):
    """It cannot be called as it is: a code, a message, and an adapter or ""."""


def arguments(function):
    """Return the arguments of a function; none where nobody can tell."""
    try:
        given = inspect.signature(function).parameters.values()
    except Exception:  # written in C, or an object that plays tricks
        return []
    return [a for a in given if a.kind not in (a.VAR_POSITIONAL, a.VAR_KEYWORD)]


def course_name(name):
    """Return what the course calls an argument: "w_1" is W1, "eta" learning_rate."""
    lower = name.lower()
    if lower in MEANS:
        return MEANS[lower]
    parts = re.fullmatch(r"(d?[a-z]+?)_?(\d+)", lower)
    if parts and parts[1] in STEMS:
        return f"{STEMS[parts[1]]}{int(parts[2])}"
    return "output" if lower == "a" else name


def arrange(function, task, known):
    """Return the keys of `known` in the order in which the function takes them.

    task: "backward", "forward", "cost" or "update"; known: all that can be handed
    over, by the course's names. Arguments with another name take what is left of the
    course's usual ones, in the usual order, if their number fits.
    Raises CannotCall where that is not enough.
    """
    if not callable(function):
        return list(TAKES[task])  # the call says what is wrong with it
    given = arguments(function)
    if inspect.isclass(function) or (given and given[0].name == "self"):
        raise needs_adapter(function, task, known)
    usual, keys, strange = list(TAKES[task]), [], []
    for argument in given:
        key = course_name(argument.name)
        stem = re.sub(r"\d+$", "", key)
        offered = key in usual or key in OFFERS[task] or stem in OFFERS[task]
        if offered and key not in known and stem == "A":
            key = "output"  # A3 of a smaller network
        if offered and key in known and key not in keys:
            keys.append(key)
        elif argument.default is argument.empty:
            strange.append(argument.name)
            keys.append(None)
        else:
            break  # an extra of the learner's own, such as verbose=False
    left = iter(name for name in usual if name not in keys)
    entries = {re.sub(r"\d+$", "", key) for key in keys if key}
    if inspect.ismethod(function) and not (
        {"parameters", "W1", "output", "grads"} & {*keys}
    ):
        raise needs_adapter(function, task, known)
    fits = len(strange) == len(usual) - len({*keys} & {*usual})
    if not given or (strange and fits and not entries & {"W", "Z", "dW"}):
        return [key or next(left) for key in keys] or usual
    if strange:
        raise unknown_arguments(function, task, known, keys, strange)
    return keys


# ---------------------------------------------------------------------- the adapters

HEADS = {
    "backward": "def backward_propagation(parameters, cache, X, Y):",
    "forward": "def forward_propagation(X, parameters):",
    "cost": "def compute_cost(output, Y):",
    "update": "def update_parameters(parameters, grads, learning_rate):",
}


def layout(known):
    """Return the course's shapes, in words."""
    rows, examples = known["X"].shape if "X" in known else (0, 0)
    W1 = known.get("W1")
    shapes = f"W1 ({len(W1)}, {W1.shape[1]}) and b1 ({len(W1)}, 1)"
    text = f"One example is one column: X has the shape ({rows}, {examples}) for "
    return f"{text}{rows} inputs and {examples} examples, with {shapes} to it."


def unknown_arguments(function, task, known, keys, strange):
    """Return the error for arguments that nobody knows, with an adapter."""
    name = getattr(function, "__name__", "your_function")
    name = name if str(name).isidentifier() else "your_function"
    names = ", ".join(f"`{word}`" for word in strange)
    message = (
        f"It takes {names}, which the course does not know. Expected is "
        f"`{HEADS[task][4:-1]}`. {layout(known)} The lines below hand it over: put in "
        "what is still `...`."
    )
    handed = []
    for key, argument in zip(keys, arguments(function), strict=False):
        handed.append(f"{argument.name}={expression(key, task)}")
    call = f"return {name}({', '.join(handed)})"
    return CannotCall("wrong-arguments", message, f"{HEADS[task]}\n    {call}")


def expression(key, task):
    """Return how a value is written inside the adapter."""
    if key is None:
        return "..."
    if key in TAKES[task]:
        return key
    table = {"d": "grads", "W": "parameters", "b": "parameters"}.get(key[0], "cache")
    if key == "output":
        return 'cache["A2"]'
    return "X.shape[1]" if key == "m" else f'{table}["{key}"]'


def needs_adapter(function, task, known):
    """Return the error for classes and methods, with an adapter."""
    owner, method = owner_of(function)
    seen = attributes(owner, function)
    weights = [name for name in seen if re.fullmatch(r"(?i)d?(w|weights?)_?\d", name)]
    layers = [int(key[1:]) for key in known if re.fullmatch(r"W\d+", key)]
    rows = [f"nn = {owner}(...)  # as you make it"]
    if {"weights", "biases"} <= {*seen} and not weights:
        names = [[f'parameters["{stem}{n}"].copy()' for n in layers] for stem in "Wb"]
        rows += [f"nn.weights = [{', '.join(names[0])}]"]
        rows += [f"nn.biases = [{', '.join(names[1])}]"]
        if task == "backward":
            return CannotCall(
                "needs-adapter", adapter_text(owner, task, known), nielsen(rows, layers)
            )
    own = {n: spelled(seen, "W", n) for n in layers}
    biases = {n: spelled(seen, "b", n) for n in layers}
    if "nn.weights" not in "".join(rows):
        for n in layers:
            new = f'parameters["W{n}"].copy(), parameters["b{n}"].copy()'
            rows.append(f"nn.{own[n]}, nn.{biases[n]} = {new}")
    if task == "backward":
        rows += ["nn.forward(X)", f"nn.{method or 'backward'}(X, Y)"]
        slopes = any(name.lower().startswith("d") for name in weights)
        entries = []
        for n in layers:
            for stem, mine in (("W", own[n]), ("b", biases[n])):
                kept = f"nn.d{mine}" if slopes else (
                    f'(parameters["{stem}{n}"] - nn.{mine}) / nn.learning_rate'
                )  # fmt: skip
                entries.append(f'"d{stem}{n}": {kept}')
        rows.append("return {" + ", ".join(entries) + "}")
    else:
        handed = {"forward": "X", "cost": "output, Y"}.get(task, "grads, learning_rate")
        rows.append(f"return nn.{method or task}({handed})")
    adapter = "\n    ".join([HEADS[task], *rows])
    return CannotCall("needs-adapter", adapter_text(owner, task, known), adapter)


def adapter_text(owner, task, known):
    """Return what is said about a class or a method."""
    return (
        f"`{owner}` keeps its numbers in an object, so they cannot be handed over. "
        f"Expected is `{HEADS[task][4:-1]}`. {layout(known)} The lines below hand them "
        "over; look at the names, then give this function instead. If one example is "
        "a row in your class, hand over X.T, Y.T and transposed weights, and transpose "
        "what comes back."
    )


def nielsen(rows, layers):
    """Return the adapter for a class with lists, which takes one example at a time."""
    lines = [HEADS["backward"], *rows, "sums = 0"]
    lines += [
        "for i in range(X.shape[1]):",
        "    nabla_b, nabla_w = nn.backprop(X[:, [i]], Y[:, [i]])",
        "    sums = sums + np.array([*nabla_w, *nabla_b], dtype=object) / X.shape[1]",
    ]
    names = [f"dW{n}" for n in layers] + [f"db{n}" for n in layers]
    return "\n    ".join([*lines, f"return dict(zip({names}, sums))"])


def owner_of(function):
    """Return the names of a class and of the method, "" if it is the class itself."""
    if inspect.isclass(function):
        return function.__name__, ""
    parts = getattr(function, "__qualname__", "Network.backward").split(".")
    return (parts[-2] if len(parts) > 1 else "Network"), parts[-1]


def attributes(owner, function):
    """Return the names of attributes that an object of the class seems to have."""
    names = [*getattr(getattr(function, "__self__", None), "__dict__", {})]
    classes = [function, type(getattr(function, "__self__", None))]
    classes += [vars(inspect.getmodule(function) or object).get(owner)]
    codes = [getattr(function, "__code__", None)]
    for each in classes:
        if inspect.isclass(each) and each is not type(None):
            methods = [m for m in vars(each).values() if inspect.isfunction(m)]
            codes += [method.__code__ for method in methods]
    for code in codes:
        names += getattr(code, "co_names", ())
    return list(dict.fromkeys(names))


def spelled(seen, stem, layer):
    """Return how the class writes W1 or b1, by default just so."""
    words = {"W": r"w(eights?)?", "b": r"b(ias(es)?)?"}[stem]
    for name in seen:
        if re.fullmatch(rf"(?i){words}_?{layer}", name):
            return name
    return f"{stem}{layer}"
