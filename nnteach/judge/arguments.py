"""What a learner's function is, and what it is handed: known by names alone.

    arrange(backprop, "backward", known)  ->  ["parameters", "cache", "X", "Y"]

Functions of courses, books and forums call the same things by other names, and take
them in other orders, in other containers, or from outside. What cannot be called as it
is gets an adapter: lines that hand it over. Introduced in chapter 6.
"""

import copy
import dis
import inspect
import re
from types import FunctionType

import numpy as np

# ------------------------------------------------------------------ what kind it is

KINDS = {  # the first that is found in the name
    "activation": r"^(d_?|deriv\w*?_?(of_)?)?(softmax|sigmoid|tanh|(leaky_?)?relu)"
    r"(_?(prime|d|deriv\w*|grad\w*))?$",
    "step": r"train|fit|epoch|descent|optimi|^step|(?<!back)_step|^model$|^nn_model",
    "update": r"update|sgd|apply_grad",
    "backward": r"back|grad|nabla|bprop|deriv",
    "cost": r"cost|loss|entropy|error|mse|objective",
    "forward": r"forward|feed|fprop|predict|propagat",
}
TELLING = {
    "update": [{"grads"}, {"dW1"}],
    "backward": [{"cache"}, {"A1", "Y"}],
    "cost": [{"output", "Y"}],
    "forward": [{"X", "parameters"}, {"X", "W1"}],
}
OF_ONE_LAYER = {*"da dz a_prev dout linear_cache grad_output dvalues d_out".split()}


def guess(function):
    """Return what it is: "backward", "forward", "cost", "update", or else None.

    Or what cannot be judged as a part of a network: "activation", "layer" (a part of
    one layer) or "step" (training). The name tells it before the arguments do.
    """
    if inspect.isclass(function):
        methods = filter(inspect.isfunction, vars(function).values())
        return "layer" if "layer" in map(guess, methods) else "backward"
    name = getattr(function, "__name__", "")
    name = name.lower() if isinstance(name, str) else ""
    names = course_names(function)
    if {argument.name.lower() for argument in arguments(function)} & OF_ONE_LAYER:
        return "layer"
    part = part_that_takes(with_output(names))
    is_part = part and (name == "model" or re.search(KINDS.get(part, "$^"), name))
    for kind, pattern in KINDS.items():
        if re.search(pattern, name):
            has_gradients = bool(names & {"grads", "dW1", "dW", "db"})
            if kind == "step" and has_gradients:
                return "update"  # a step with given gradients
            if kind == "step" and is_part and not {"X", "learning_rate"} <= names:
                return part  # backward_step, model, train_loss
            if kind == "update" and not has_gradients and "X" in names:
                return "step"
            return kind
    return part_that_takes(names)


def with_output(names):
    """Return the names, and output where there is an activation such as A2."""
    return names | ({"output"} if "A" in map(stem_of, names) else set())


def part_that_takes(names):
    """Return what kind of function takes these arguments, or None."""
    for kind, sets in TELLING.items():
        if any(telling <= names for telling in sets):
            return kind if kind != "forward" or "Y" not in names else "step"
    return None


# --------------------------------------------------------------- what it is handed

ALIASES = {
    "X": "x inputs input input_data inputs_list x_train x_batch data features",
    "Y": "y labels label targets target y_true y_train y_batch t targets_list expected "
    "actual truth",
    "parameters": "parameters params params_values param theta p model network net",
    "cache": "cache caches memory activations forwardpass_activations c memo store "
    "forward_cache",
    "grads": "grads gradients grades grads_values pass_gradients g grad derivatives",
    "learning_rate": "learning_rate lr eta alpha rate step_size learningrate l_rate",
    "output": "output outputs al a_out yhat y_hat y_pred ypred predictions preds probs "
    "pred prediction predicted o a",
    "architecture": "architecture nn_architecture layers",
    "m": "m n_examples num_examples batch_size n_samples num_samples",
    "weights": "weights ws",
    "biases": "biases bs",
    "dW": "dw dws dweights nabla_w grads_w grad_w weight_grads",
    "db": "db dbs dbiases nabla_b grads_b grad_b bias_grads",
}
MEANS = {alias: name for name, words in ALIASES.items() for alias in words.split()}
STEMS = {
    "dw": "dW", "db": "db", "dweights": "dW", "dweight": "dW", "dbias": "db", "w": "W",
    "weights": "W", "weight": "W", "b": "b", "bias": "b", "biases": "b", "z": "Z",
    "a": "A",
}  # fmt: skip
TAKES = {
    "backward": ("parameters", "cache", "X", "Y"),
    "forward": ("X", "parameters"),
    "cost": ("output", "Y"),
    "update": ("parameters", "grads", "learning_rate"),
}
OFFERS = {  # whatever else a function of that kind may ask for
    "backward": {*"output architecture m weights biases W b Z A".split()},
    "forward": {*"architecture weights biases W b".split()},
    "cost": {*"m Z A".split()},
    "update": {*"weights biases W b dW db architecture".split()},
}
MOVES = "backward", "learning_rate"  # it makes a step, and returns new parameters


class CannotCall(Exception):
    """It cannot be called as it is.

    code, message: what a `Mistake` says; lines: the source of an adapter; names: what
    these lines look up, by name.
    """

    def __init__(self, code, message, lines, names):
        super().__init__(message)
        self.code, self.message, self.lines, self.names = code, message, lines, names


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
    short = re.sub("^(grad|dl|nabla)", "d", lower.replace("_", ""))
    parts = re.fullmatch(r"([a-z]+)(\d+)", short)
    if parts and parts[1] in STEMS:
        return f"{STEMS[parts[1]]}{int(parts[2])}"
    return name


def course_names(function):
    """Return what the course calls the arguments of a function, as a set."""
    return {course_name(argument.name) for argument in arguments(function)}


def stem_of(key):
    """Return a course's name without the number of the layer."""
    return re.sub(r"\d+$", "", key)


def may_take(task, key):
    """Return whether a function of that kind may ask for that."""
    return key in TAKES[task] or {key, stem_of(key)} & OFFERS[task]


def arrange(function, task, known):
    """Return the keys of `known` in the order in which the function takes them.

    task: "backward", "forward", "cost" or "update"; known: all that can be handed
    over, by the course's names. Arguments with another name take what is left of the
    course's usual ones, in the usual order, if their number fits.
    Raises CannotCall where that is not enough.
    """
    usual, keys, strange = list(TAKES[task]), [], []
    if not callable(function):
        return usual  # the call says what is wrong with it
    given, names = arguments(function), course_names(function)
    # A cost is one of the output, whatever number its one activation has.
    alone = task == "cost" and "output" not in names
    alone = alone and [*map(stem_of, names)].count("A") == 1
    is_cost = task == "cost" == part_that_takes(with_output(names))
    layers = len(known["parameters"]) // 2
    named = [a for a in given if a.kind == a.KEYWORD_ONLY and a.default is a.empty]
    for argument in given:
        key = course_name(argument.name)
        if key == "weights" and "biases" not in names:
            key = "parameters"
        if stem_of(key) == "A" and key != f"A{layers}" and (alone or key not in known):
            key = "output"  # A3 of a smaller network
        beside = key == "parameters" and is_cost  # compute_cost(A2, Y, parameters)
        if key in known and key not in keys and (may_take(task, key) or beside):
            keys.append(key)
        elif argument.default is argument.empty or (task, key) == MOVES:
            strange.append(argument.name)
            keys.append(None)
        else:
            break  # an extra of the learner's own, such as verbose=False
    if task == "cost" and [course_name(word) for word in strange] == ["Y"]:
        return usual  # loss(y, t): both mean the labels, and the output comes first
    left = [name for name in usual if name not in keys]
    apart = {stem_of(key) for key in keys if key} & {"W", "Z", "dW", "weights"}
    other = [word for word in strange if len(word) > 1 and course_name(word) in known]
    if strange and len(strange) == len(left) and not (apart or named or other):
        return [key or left.pop(0) for key in keys]
    nothing = takes_nothing(function) and not from_outside(function, task, known)
    if strange or nothing or named:
        raise needs_adapter(function, task, layers, keys, strange)
    return keys or ([] if takes_nothing(function) else usual)


def takes_nothing(function):
    """Return whether it is written for no arguments at all."""
    try:
        return not inspect.signature(function).parameters
    except Exception:
        return False


# ------------------------------------------------- from outside, in other containers


def from_outside(function, task, known):
    """Return the names that it takes from outside although they change: {name: key}."""
    if not inspect.isfunction(function):
        return {}
    found, local = {}, looked_up(function.__code__, "LOAD_FAST LOAD_DEREF")
    used = {course_name(a.name) for a in arguments(function) if a.name in local}
    for name in looked_up(function.__code__, "LOAD_GLOBAL") & {*function.__globals__}:
        key = course_name(name)
        short = len(name) == 1 and name not in "XxYym"
        value = function.__globals__[name]
        if key == "learning_rate" and key in used:
            continue  # alpha beside an argument learning_rate is something else
        if short or key not in known or not may_take(task, key):
            continue
        # A bias may be one plain number for all units.
        is_bias = stem_of(key) == "b" != key and type(value) in (int, float)
        if is_bias or alike(value, known[key]):
            found[name] = key
    return found


def alike(value, known):
    """Return whether a value from outside may be what is known, of other numbers."""
    if isinstance(known, dict):
        keys = {str(key).lower() for key in known}
        is_table = isinstance(value, dict)
        return is_table and (not value or bool({str(k).lower() for k in value} & keys))
    if isinstance(known, list):  # of arrays, one for each layer
        return False
    if np.ndim(known):
        return isinstance(value, np.ndarray) and value.ndim > 0
    numbers = (int, float, np.number, np.ndarray)
    return isinstance(value, numbers) and type(value) is not bool and not np.ndim(value)


def looked_up(code, operations):
    """Return the names that operations of a piece of code, such as LOAD_FAST, load."""
    names = set()
    for step in dis.get_instructions(code):
        if step.opname.startswith(tuple(operations.split())):
            loaded = step.argval  # from Python 3.13 on sometimes two
            names |= {*loaded} if isinstance(loaded, tuple) else {loaded}
    inner = filter(inspect.iscode, code.co_consts)
    return names.union(*(looked_up(each, operations) for each in inner))


def with_outside(function, names, known):
    """Return the function with these names from outside bound to what is known."""
    if not names:
        return function
    bound = {name: copy.deepcopy(known[key]) for name, key in names.items()}
    space = {**function.__globals__, **bound}
    parts = function.__name__, function.__defaults__, function.__closure__
    made = FunctionType(function.__code__, space, *parts)
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def in_containers(known):
    """Yield (words, known): first dictionaries as in the course, then what others use.

    A function is called with the others only if it raises an error with the first.
    """
    yield "", known
    tables = {key: value for key, value in known.items() if isinstance(value, dict)}
    layers = range(1, 1 + len(tables["parameters"]) // 2)
    each = [[known[f"{stem}{n}"] for stem in "ZAWb"] for n in layers]
    below = [known["X"], *(A for _, A, _, _ in each)]
    tuples = {key: tuple(value.values()) for key, value in tables.items()}
    tuples["cache"] = tuples["cache"][1:]
    yield "tuples", {**known, **tuples}
    small = {
        key: {name.lower(): array for name, array in value.items()}
        for key, value in tables.items()
    }
    yield "dictionaries with small letters as keys", {**known, **small}
    for words, cache in {
        "a cache of ((A_prev, W, b), Z) for each layer": [
            ((A, W, b), Z) for A, (Z, _, W, b) in zip(below, each, strict=False)
        ],
        "a cache of Z1, A1, W1, b1, Z2, ...": [
            array for layer in each for array in layer
        ],
        "a cache of X, A1, A2, ...": below,
    }.items():
        yield words, {**known, "cache": cache}


# ------------------------------------------------------------------- in other words

HEADS = {task: f"def my_{task}({', '.join(takes)}):" for task, takes in TAKES.items()}
LAYOUT = (
    "In this course one example is one column: X has the shape (n_x, m), W1 (n_1, "
    "n_x) and b1 (n_1, 1). `parameters`, `cache` and `grads` are dictionaries with the "
    'keys "W1", "b1", "Z1", "A1", "dW1", "db1" and so on.'
)


def needs_another(task, message):
    """Return the `CannotCall` for what no lines can call: it needs to be another."""
    lines = f"{HEADS[task]}\n    return ..."
    return CannotCall("needs-adapter", message, lines, {})


def needs_adapter(function, task, layers, keys, strange):
    """Return the `CannotCall` for arguments that nobody knows, with an adapter."""
    name = getattr(function, "__name__", "")
    name = name if str(name).isidentifier() else "your_function"
    given = arguments(function)
    if task == "cost" and "X" in map(course_name, strange):
        return needs_another(
            task,
            "It takes X, as if it computed the output itself. A cost is judged as a "
            "function of `output, Y`: give `diagnose` your lines after the way "
            "forward, and the way forward as a function of its own.",
        )
    what = "It takes no arguments, so it cannot be tried with other numbers."
    if given:
        what = "Some of its arguments have to be given by name."
    if strange:
        what = f"It takes `{'`, `'.join(strange)}`, which could be anything."
    steps = any((task, course_name(word)) == MOVES for word in strange)
    handed = []
    for key, argument in zip(keys, given, strict=False):
        value = expression(key or course_name(argument.name), task, layers)
        value = value.replace("parameters", "old") if steps else value
        handed.append(f"{argument.name}={value}")
    call = f"{name}({', '.join(handed)})"
    lines = [f"return {call}"]
    if steps:
        what = "It takes a learning rate, so it seems to return new parameters."
        lines = [
            "old = {key: value.copy() for key, value in parameters.items()}",
            f"new = {call}",
            "new = new if isinstance(new, dict) else dict(zip(old, new))",
            "# with a learning rate of 1 the step is the gradient",
            'return {f"d{key}": parameters[key] - new[key] for key in parameters}',
        ]
    message = (
        f"{what} Expected is a function of `{', '.join(TAKES[task])}`. {LAYOUT} The "
        "lines below call yours: put in what is still `...`, run them, and give "
        f"`diagnose` the function `my_{task}`."
    )
    lines = "\n    ".join([HEADS[task], *lines])
    return CannotCall("needs-adapter", message, lines, {name: function})


def expression(key, task, layers):
    """Return how a value is written inside an adapter, "..." if nobody knows it."""
    if key in TAKES[task]:
        return key
    known = {"learning_rate": "1.0"}
    if "cache" in TAKES[task]:
        known["output"] = f'cache["A{layers}"]'
    tables = {"W": "parameters", "b": "parameters", "dW": "grads", "db": "grads"}
    tables |= {"Z": "cache", "A": "cache"}
    held = tables.get(stem_of(key)) in TAKES[task] and stem_of(key) != key
    return f'{tables[stem_of(key)]}["{key}"]' if held else known.get(key, "...")
