"""Lines that hand over what a class keeps in its objects.

    adapter(NeuralNetwork, "backward", layers=2)  ->  "def my_backward(parameters, ..."

The names of the class are put in as far as they can be told: which attributes are the
weights, which method is asked, and whether it returns the gradients, keeps them, or
moves the weights. What cannot be told is left as `...`. Introduced in chapter 6.
"""

import dis
import inspect
import itertools
import re

from nnteach.judge.arguments import (
    HEADS,
    LAYOUT,
    TAKES,
    CannotCall,
    arguments,
    course_name,
    course_names,
    expression,
    guess,
    needs_another,
)

WEIGHTS = r"(?i)(?!d_?w)(w|weights?|syn|theta)_?(\d+|[a-z]{1,2}|\w*(in|hid|out)\w*)"
BIASES = r"(?i)(b|bias(es)?)_?(\d+|[a-z]{1,2}|\w*(hid|out)\w*)"
SLOPES = r"(?i)(d|grad|delta|nabla)_?{}(_?grad)?|{}_?grad"
LISTS = {"weights": "biases", "W": "b", "w": "b", "Ws": "bs", "ws": "bs"}
TABLES = r"(_\w+?__)?(parameters|params|model|weights)"
SIZES = r"size|dim|^n_|^n[a-z]?$|^num_|^(in|hid|out|h\d?$)"


def keeps_numbers(function, task):
    """Return whether it is a class, or a method that finds its numbers in an object."""
    given = arguments(function)
    if inspect.isclass(function) or (given and given[0].name == "self"):
        return True
    enough = {"parameters", "W1", "weights", "grads", "dW1"} & course_names(function)
    return inspect.ismethod(function) and not enough and task != "cost"


class Owner:
    """A learner's class: its methods, and what they store under which names."""

    def __init__(self, function, task, layers):
        self.layers = range(1, layers + 1)
        self.cls, asked = function, ""
        if not inspect.isclass(function):
            self.cls, asked = type(getattr(function, "__self__", None)), ""
            if self.cls is type(None):  # Network.backward, without an object
                name = function.__qualname__.split(".")[-2:][0]
                found = getattr(function, "__globals__", {}).get(name)
                self.cls = found if inspect.isclass(found) else object
            asked = function.__name__
        self.methods = {
            name: member
            for each in self.cls.__mro__[::-1]
            for name, member in vars(each).items()
            if inspect.isfunction(member)
        }
        self.asked = asked or self.find(task)
        if task == "backward" and not self.asked:
            self.asked = self.find("step")
            cost = self.find("cost")  # it may return the gradients too, if it takes X
            if cost and not self.asked and "X" in course_names(self.methods[cost]):
                self.asked = cost
        self.method = self.methods.get(self.asked)
        found = [name for method in self.methods.values() for name in stores(method)]
        self.stored = list(dict.fromkeys(found))
        self.rates = [n for n in self.stored if course_name(n) == "learning_rate"]
        self.places = self.find_places()

    def find(self, kind):
        """Return the name of the method that is of that kind, or ""."""
        found = [name for name, method in self.methods.items() if guess(method) == kind]
        return (sorted(found, key=lambda name: "predict" in name) or [""])[0]

    def find_places(self):
        """Return where an object keeps W1, b1 ...: {"W1": "nn.w_hidden", ...}."""
        weights, biases = (
            [name for name in self.stored if re.fullmatch(pattern, name)]
            for pattern in (WEIGHTS, BIASES)
        )
        lists = [(w, b) for w, b in LISTS.items() if {w, b} <= {*self.stored}]
        tables = [name for name in self.stored if re.fullmatch(TABLES, name)]
        places = {}
        for n in self.layers:
            pair = ["...", "..."]
            if len(weights) == len(self.layers):
                pair[0] = f"nn.{weights[n - 1]}"
                if len(biases) == len(weights):
                    pair[1] = f"nn.{biases[n - 1]}"
            elif lists:
                pair = [f"nn.{name}[{n - 1}]" for name in lists[0]]
            elif tables:
                pair = [f'nn.{tables[0]}["{stem}{n}"]' for stem in "Wb"]
            places |= {f"W{n}": pair[0], f"b{n}": pair[1]}
        return places

    def made(self, task):
        """Return how an object is made; the sizes do not matter: 2, 3, ..., 1."""
        sizes, given = [2, *range(3, 2 + len(self.layers)), 1], []
        start = self.methods.get("__init__", lambda self: None)
        for argument in list(inspect.signature(start).parameters.values())[1:]:
            name, key = argument.name.lower(), course_name(argument.name)
            if argument.kind == argument.VAR_POSITIONAL:
                given += sizes
            elif argument.kind == argument.VAR_KEYWORD or (
                argument.default is not argument.empty
            ):
                continue
            elif re.search("layers|sizes|dims|shape|topolog|arch|structure", name):
                given.append(sizes[1:] if given else sizes)  # after the inputs
            elif re.search(SIZES, name):
                given.append(sizes[min(len(given), len(self.layers))])
            else:
                known = {"learning_rate": "1.0"} | {k: k for k in TAKES[task]}
                given.append(known.get(key, "..."))
        return f"nn = {self.cls.__name__}({', '.join(map(str, given))})"

    def call(self, name, task):
        """Return the call of a method, its arguments written out."""
        handed = []
        for argument in arguments(self.methods[name])[1:]:
            key = course_name(argument.name)
            value = expression(key, task, len(self.layers))
            if re.search("epoch|iter", argument.name):
                value = "1"
            if key == "output" and task == "backward":
                value = "output"
            if argument.default is argument.empty or value not in ("1", "..."):
                handed.append(f"{argument.name}={value}")
        return f"nn.{name}({', '.join(handed)})"

    def backward(self):
        """Return the lines that go back, and return the gradients."""
        ask, names = self.call(self.asked, "backward"), {**self.places}
        forward, asks = self.find("forward"), "output=output" in ask
        x_and_y = [argument.name for argument in arguments(self.method)[1:]]
        one_by_one = "nabla" in "".join(self.method.__code__.co_varnames)
        if one_by_one and len(x_and_y) == 2:
            x, y = x_and_y
            slopes = [f"d{stem}{n}" for stem in "Wb" for n in self.layers]
            return [
                "total = 0",
                "for i in range(X.shape[1]):  # one example after the other",
                f"    nabla_b, nabla_w = nn.{self.asked}({x}=X[:, [i]], {y}=Y[:, [i]])",
                "    total = total + np.array([*nabla_w, *nabla_b], dtype=object)",
                f"return dict(zip({slopes}, total / X.shape[1]))",
            ]
        lines = []
        if forward and (asks or forward not in self.method.__code__.co_names):
            lines = ["output = " * asks + self.call(forward, "forward")]
        for name, place in self.places.items():
            own, bracket, index = place.removeprefix("nn.").partition("[")
            slope = SLOPES.format(re.escape(own), re.escape(own))
            kept = [n for n in self.stored if re.fullmatch(slope, n)]
            names[name] = f"nn.{kept[0]}{bracket}{index}" if kept else ""
            for stored in self.stored:
                if course_name(stored) == f"d{name}":  # beside weights of other names
                    names[name] = f"nn.{stored}"
        if not all(names.values()):
            if not moves(self.method, self.places) and returns(self.method):
                return [*lines, f"return {ask}"]
            if "grads" in self.stored:
                return [*lines, ask, "return nn.grads"]
            rates = self.rates[:1]
            lines += [f"nn.{rate} = 1.0  # the step is the slope" for rate in rates]
            names = {
                name: place if place == "..." else f'parameters["{name}"] - {place}'
                for name, place in self.places.items()
            }
        return [*lines, ask, *table({f"d{n}": value for n, value in names.items()})]

    def forward(self):
        """Return the lines that go forwards, and return the output and a cache."""
        kept = [f"nn.{name}" for name in dict.fromkeys(stores(self.method))]
        kept = [name for name in kept if course_name(name[3:]) != "X"]
        ask = self.call(self.asked, "forward")
        return [f"output = {ask}", f"return output, ({', '.join(kept)},)"]

    def cost(self):
        """Return the line that asks for the cost."""
        return [f"return {self.call(self.asked, 'cost')}"]

    def update(self):
        """Return the lines that hand over gradients, and return what has moved."""
        lines = [
            f'nn.{name} = grads["{course_name(name)}"]'
            for name in self.stored
            if re.fullmatch(r"d[Wb]\d+", course_name(name))
        ]
        lines += [f"nn.{rate} = learning_rate" for rate in self.rates[:1]]
        return [*lines, self.call(self.asked, "update"), *table(self.places)]


def table(entries):
    """Return the lines that return a dictionary, one for each layer."""
    pairs = [f'"{name}": {value}' for name, value in entries.items()]
    rows = [f"    {w}, {b}," for w, b in zip(pairs[::2], pairs[1::2], strict=True)]
    return ["return {", *rows, "}"]


def stores(method):
    """Return the names of the attributes that a method sets."""
    steps = dis.get_instructions(method.__code__)
    return [step.argval for step in steps if step.opname == "STORE_ATTR"]


def returns(method):
    """Return whether a method returns something."""
    steps, nothing = list(dis.get_instructions(method.__code__)), ("LOAD_CONST", None)
    return any(
        (step.opname == "RETURN_VALUE" and (last.opname, last.argval) != nothing)
        or (step.opname == "RETURN_CONST" and step.argval is not None)
        for last, step in itertools.pairwise(steps)
    )


def moves(method, places):
    """Return whether a method changes the weights itself."""
    own = {re.sub(r"^nn\.|\[.*", "", place) for place in places.values()}
    steps = [step.opname for step in dis.get_instructions(method.__code__)]
    if own & {*stores(method)}:
        return True
    looked_up = own & {*method.__code__.co_names}
    return bool("STORE_SUBSCR" in steps and looked_up and not returns(method))


def adapter(function, task, layers):
    """Return the `CannotCall` of a class or a method, with its adapter."""
    owner = Owner(function, task, layers)
    if owner.cls is object:
        called = function.__name__
        return needs_another(
            task,
            f"`{called}` needs an object of its class, which is not to be found from "
            f"here. Make one, and try `diagnose(nn.{called})`, or try the class "
            "itself.",
        )
    name, lines = owner.cls.__name__, [owner.made(task)]
    for n in owner.layers if "parameters" in TAKES[task] else ():
        places = f"{owner.places[f'W{n}']}, {owner.places[f'b{n}']}"
        lines.append(f'{places} = parameters["W{n}"].copy(), parameters["b{n}"].copy()')
    lines += getattr(owner, task)() if owner.method else ["return ..."]
    note = ""
    if owner.places["W1"] != "..." and owner.places["b1"] == "...":
        note = (
            " No bias was found in it. If it has none, add them: the networks of this "
            "course have one for each unit."
        )
    message = (
        f"`{name}` keeps its numbers in an object, so they cannot be handed over."
        f"{note} Expected is a function of `{', '.join(TAKES[task])}`. {LAYOUT} The "
        "lines below put the numbers into your class: look at the names, put in what "
        f"is still `...`, run them, and give `diagnose` the function `my_{task}`."
    )
    lines = "\n    ".join([HEADS[task], *lines])
    return CannotCall("needs-adapter", message, lines, {name: owner.cls})
