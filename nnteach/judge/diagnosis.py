"""Name the mistake in a learner's function from its numbers alone.

    diagnose(backward_propagation, network=two_layer)

The function is called, never read. What it returns for small random problems, in which
all sizes differ, is compared with the right results (which agree with central
differences). If some differ, the catalogue in `mistakes` is searched, place by place in
the order of the computation, for the edit, or the two edits, that reproduce the
learner's numbers. What a wrong dZ2 does to dW2, db2 and dZ1 is explained by it, and is
not a mistake of its own. Introduced in chapter 6.
"""

import html
import inspect
import re
from dataclasses import dataclass

import numpy as np

from nnteach import two_layer
from nnteach.checks import describe, unchecked
from nnteach.judge.call import attempt
from nnteach.judge.catalogue import FACTORS, HINTS, Scene
from nnteach.judge.search import (
    TASKS,
    Problem,
    Search,
    different_sizes,
    equal_sizes,
    kind_of,
    problem,
    same,
)
from nnteach.rounding import show

# ------------------------------------------------------------------ what is returned


@dataclass(frozen=True)
class Mistake:
    """One mistake: its code, where it is ("dZ1"), a sentence about it, and a hint.

    number: what was solved for, such as a factor or a step size, or None.
    """

    code: str
    where: str
    message: str
    hint: str
    number: float | None = None

    def __str__(self):
        return f"{self.where} ({self.code}): {self.message}\n  Think: {self.hint}"


SIGNS = {
    "right": ("✓", "Right"),
    "scaled": ("≈", "Right, but for one factor"),
    "misshapen": ("≈", "The numbers are right, the shape is not"),
    "wrong": ("✗", "Not right yet"),
    "raised": ("✗", "It stops with an error"),
    "not attempted": ("…", "Not attempted yet"),
}


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What `diagnose` found, shown as text and as HTML.

    verdict: "right", "scaled", "misshapen", "wrong", "raised" or "not attempted".
    mistakes: a tuple of `Mistake`s, the first cause first.
    facts: a tuple of sentences that say what else is known.
    """

    verdict: str
    mistakes: tuple = ()
    facts: tuple = ()

    @property
    def right(self):
        """Whether the function is right."""
        return self.verdict == "right"

    def __str__(self):
        sign, words = SIGNS[self.verdict]
        found = [f"- {mistake}" for mistake in self.mistakes]
        return "\n".join([f"{sign} {words}.", *found, *self.facts])

    __repr__ = __str__

    def _repr_html_(self):
        sign, words = SIGNS[self.verdict]
        found = "".join(
            f"<li><strong>{m.where}</strong> (<code>{m.code}</code>): "
            f"{html.escape(m.message, quote=False)}"
            f"<br><em>Think:</em> {html.escape(m.hint, quote=False)}</li>"
            for m in self.mistakes
        )
        facts = "".join(
            f"<p>{html.escape(fact, quote=False)}</p>" for fact in self.facts
        )
        return (
            f'<section class="nnteach" aria-label="Diagnosis: {words}"><p><strong>'
            f'<span aria-hidden="true">{sign}</span> {words}.</strong></p>'
            f"{found and f'<ul>{found}</ul>'}{facts}</section>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": str(self), "text/html": self._repr_html_()}


# ------------------------------------------------------------- calling the function

ALIASES = {
    "X": "x inputs a0",
    "Y": "y labels targets y_true",
    "parameters": "parameters params params_values param weights theta",
    "cache": "cache caches memory activations forwardpass_activations",
    "grads": "grads gradients grades grads_values pass_gradients",
    "learning_rate": "learning_rate lr eta alpha rate step_size",
    "output": "output a al a1 a2 a3 a_out y_hat yhat y_pred predictions",
    "architecture": "architecture nn_architecture",
}
MEANS = {alias: name for name, words in ALIASES.items() for alias in words.split()}


def argument_names(function):
    """Return the course's names of the arguments, None where it has no name."""
    try:
        arguments = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # not a function, or one written in C
        return []
    names = []
    for argument in arguments:
        name = MEANS.get(argument.name.lower())
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            break
        if name is None and argument.default is not argument.empty:
            break  # an extra of the learner's own, such as verbose=False
        names.append(name)
    return names


def guess_what(function):
    """Return what kind of function it is, by its arguments or else by its name."""
    names = set(argument_names(function))
    called = getattr(function, "__name__", "").lower()
    for what, telling in {
        "update": {"grads"}, "backward": {"cache"}, "cost": {"output", "Y"},
        "forward": {"X", "parameters"},
    }.items():  # fmt: skip
        if telling <= names and not (what == "forward" and "Y" in names):
            return what
    for what in TASKS:
        if what in called or (what == "backward" and "back" in called):
            return what
    raise ValueError(
        "what: cannot tell what kind of function this is. "
        f"Try what= one of {', '.join(map(repr, TASKS))}."
    )


def call(function, task, given):
    """Return the `Attempt` of calling the function on one problem."""
    layers, values = len(given.kind.activations), given.values
    known = {
        "X": values["A0"], "Y": values["Y"], "output": values[f"A{layers}"],
        "parameters": given.pick("W", "b"), "grads": given.pick("dW", "db"),
        "cache": {"A0": values["A0"], **given.pick("Z", "A")},
        "learning_rate": values["rate"],
        "architecture": given.kind.network(given.sizes[:-1]).architecture,
    }  # fmt: skip
    order = argument_names(function)
    if not order or None in order:
        order = task.takes.split()
    result = attempt(function, *(known[name] for name in order))
    if result.problem == "raised":  # some unpack tuples: W1, b1, ... = parameters
        known["cache"].pop("A0")
        tuples = {k: tuple(v.values()) for k, v in known.items() if isinstance(v, dict)}
        again = attempt(function, *({**known, **tuples}[name] for name in order))
        return result if again.problem else again
    return result


# ------------------------------------------------------------- reading what it returns

SHAPES = {"bias-flat", "transposed", "flattened", "cost-in-array"}


def read(value, task, given):
    """Return the learner's results as arrays by name, and mistakes of their form."""
    layers = len(given.kind.activations)
    wanted = {name: array.shape for name, array in task.right(given).items()}
    if task is TASKS["cost"]:
        return as_arrays({f"cost{layers}": value}, wanted)
    if task is TASKS["forward"]:
        return read_forward(value, wanted)
    wanted = {name: wanted[name] for name in given.pick(*task.results.split())}
    if isinstance(value, (tuple, list)):
        tables = [entry for entry in value if isinstance(entry, dict)]
        value = tables[0] if tables else in_order(value, wanted)
    if not isinstance(value, dict):
        what = "nothing" if value is None else describe(value)
        text = f"Your function returns {what}, not {', '.join(wanted)}."
        return {}, [Mistake("wrong-type", "result", text, "What does `return` name?")]
    entries, missing = {}, []
    for name in wanted:
        ends = rf"(?i:{name.removeprefix('d')})$"  # dL_dW1, grad_W1, DW1 ...
        keys = [key for key in value if re.search(ends, str(key))]
        keys = [name] if name in value else keys
        if len(keys) == 1 and value[keys[0]] is not None:
            entries[name] = value[keys[0]]
        else:
            hint = "Is it computed, and is it returned?"
            missing.append(Mistake("missing", name, f"There is no {name}.", hint))
    arrays, more = as_arrays(entries, wanted)
    return arrays, missing + more


def in_order(entries, wanted):
    """Return the entries of a tuple by name: W1, b1, W2 ..., or another usual order."""
    flat = []
    for entry in entries:
        flat += entry if isinstance(entry, (tuple, list)) else [entry]
    names = list(wanted)
    if len(flat) != len(names):
        return entries
    back = [name for i in range(len(names), 0, -2) for name in names[i - 2 : i]]
    for order in (names, back, names[0::2] + names[1::2]):
        if all(np.shape(e) == wanted[n] for n, e in zip(order, flat, strict=True)):
            return dict(zip(order, flat, strict=True))
    return dict(zip(names, flat, strict=True))


def read_forward(value, wanted):
    """Return the output, and what is known from the cache."""
    names, cache = list(wanted), {}
    if isinstance(value, (tuple, list)) and len(value) == 2:
        value, cache = reversed(value) if isinstance(value[0], dict) else value
    if isinstance(value, dict):
        value, cache = value.get(names[-1]), value
    if isinstance(cache, (tuple, list)) and len(cache) == len(names):
        cache = dict(zip(names, cache, strict=True))
    arrays, wrong = as_arrays({names[-1]: value}, wanted)
    if isinstance(cache, dict) and not wrong:
        kept, bad = as_arrays({n: cache[n] for n in names[:-1] if n in cache}, wanted)
        arrays = arrays if bad else {**kept, **arrays}
    return arrays, wrong


def as_arrays(entries, wanted):
    """Return the entries as arrays of the wanted shapes, and mistakes of their form."""
    arrays, mistakes = {}, []
    for name, value in entries.items():
        where = name.rstrip("0123456789") if name.startswith("cost") else name
        try:
            array = np.asarray(value, dtype=float)
        except (TypeError, ValueError):
            text = f"{where} is {describe(value)}, where numbers belong."
            mistakes.append(
                Mistake("wrong-type", where, text, "What is assigned to it?")
            )
            continue
        if not np.isfinite(array).all():
            text = f"{where} holds numbers that are infinite or NaN (not a number)."
            hint = "Where do you divide by zero, or take the logarithm of zero?"
            mistakes.append(Mistake("not-finite", where, text, hint))
            continue
        shape = wanted[name]
        if array.shape != shape and array.size == np.prod(shape):
            mistakes.append(shape_mistake(where, array.shape, shape))
            turned = array.shape == shape[::-1]
            array = array.T if turned else array.reshape(shape)
        arrays[name] = array
    return arrays, mistakes


def cost_in_array(shape):
    """Return the mistake of a cost that is not one number."""
    text = f"The cost has the shape {shape}: one number is expected."
    return Mistake(
        "cost-in-array", "cost", text, "Is everything added up, and taken out?"
    )


def shape_mistake(name, got, wanted):
    """Return the mistake of an array that has the right size in another shape."""
    text = f"{name} has the shape {got}, expected {wanted}."
    if name == "cost":
        return cost_in_array(got)
    if "b" in name:
        hint = "What does numpy do when you add such an array to a column?"
        return Mistake("bias-flat", name, text + " It is not a column.", hint)
    code = "transposed" if got == wanted[::-1] else "flattened"
    return Mistake(code, name, text, f"Which shape has {name.lstrip('d')}?")


# -------------------------------------------------------------------------- diagnose


def diagnose(function, network=two_layer, what=None):
    """Return the `Diagnosis` of a learner's function.

    function: backward_propagation(parameters, cache, X, Y), forward_propagation(X,
        parameters), compute_cost(output, Y) or update_parameters(parameters, grads,
        learning_rate), written for the network. It gets copies, and is never read.
        It may return dictionaries, or tuples in the order W1, b1, W2 ...
    network: two_layer, three_layer, worked_example or a deep.Network.
    what: "backward", "forward", "cost" or "update"; by default what the names of the
        arguments say, or else the name of the function.

    Raises TypeError for another network, ValueError if it cannot be told what it is.
    Introduced in chapter 6.
    """
    kind, own_layers = kind_of(network)
    if what is None and callable(function):
        what = guess_what(function)
    what = what or "backward"
    if what not in TASKS:
        raise ValueError(f"what: expected one of {', '.join(TASKS)}, got {what!r}.")
    with np.errstate(all="ignore"), unchecked():
        return Examination(function, TASKS[what], kind).result(own_layers)


class Examination:
    """The way from a function to its diagnosis: call, read, compare, search."""

    def __init__(self, function, task, kind):
        self.function, self.task, self.kind = function, task, kind

    def call_all(self, all_sizes):
        """Return problems of these sizes, and an attempt at each."""
        problems = [problem(self.kind, sizes) for sizes in all_sizes]
        return problems, [call(self.function, self.task, each) for each in problems]

    def result(self, own_layers):
        """Return the diagnosis."""
        sizes = list(different_sizes(self.kind))
        if self.task is TASKS["cost"]:  # one number says little: ask for more of them
            *layers, m = sizes[0]
            sizes[2:2] = [(*layers, m + more) for more in (1, 2, 3, 4)]
        problems, attempts = self.call_all(sizes)
        failed = next((a for a in attempts if a.problem), None)
        if failed and failed.problem == "raised" and own_layers:
            m = max(own_layers) + 1
            own = self.call_all([(*own_layers, m), (*own_layers, m + 1)])
            if not any(a.problem for a in own[1]) and self.compare(*own).right:
                text = "For the sizes of this network; with others it raises an error."
                return Diagnosis("right", (), (text,))
        if failed and failed.problem != "changed its inputs":
            return self.after_error(failed, problems, attempts)
        return self.compare(problems, attempts)

    def after_error(self, failed, problems, attempts):
        """Return the diagnosis of a function that did not get to its end."""
        if failed.problem == "not attempted":
            return Diagnosis("not attempted", (), (failed.message,))
        code, text = failed.problem.replace(" ", "-"), failed.message
        if failed.line:
            text += f" (line {failed.line[0]})"
        if failed.problem != "raised":
            hint = "When does it end?" if code == "no-end" else "What should come back?"
            return Diagnosis("wrong", (Mistake(code, "function", text, hint),))
        facts = []
        one_output = problems[-1:], attempts[-1:]
        if not attempts[-1].problem and self.compare(*one_output).right:
            facts.append("With one output (n_y = 1) it runs, and is right.")
        hint = "What does that line need, and what does it get?"
        whole = (Mistake(code, "function", text, hint),)
        problems, attempts = self.call_all(equal_sizes(self.kind))
        if any(attempt.problem for attempt in attempts):
            return Diagnosis("raised", whole, tuple(facts))
        found = self.compare(problems, attempts).mistakes
        facts.insert(0, f"{(found and text) or ''} Where all sizes are equal, it runs.")
        return Diagnosis("raised", found or whole, tuple(map(str.strip, facts)))

    def compare(self, problems, attempts):
        """Return the diagnosis of a function that has returned something."""
        task = self.task
        rights = [task.right(given) for given in problems]
        readings = [
            read(each.value, task, given)
            for each, given in zip(attempts, problems, strict=True)
        ]
        theirs = [arrays for arrays, _ in readings]
        shared = [name for name in rights[0] if all(name in each for each in theirs)]
        theirs = [{name: each[name] for name in shared} for each in theirs]
        wrong = [
            name
            for name in shared
            if not all(map(same, (t[name] for t in theirs), (r[name] for r in rights)))
        ]
        # A wrong result may have the right size by chance, where there is one output.
        form = {(m.code, m.where): m for _, found in reversed(readings) for m in found}
        usual = {mistake.where for mistake in readings[0][1]}
        form = [m for m in form.values() if m.where in usual or m.where not in wrong]
        for each in attempts:
            if each.problem:
                hint = "Which of your lines works in place (+=, A[...] = ...)?"
                form.append(Mistake("inputs-changed", "inputs", each.message, hint))
                break
        facts = []
        alone = wrong and problems[-1].sizes[-2] == 1 and len(problems) > 1
        if alone and all(same(theirs[-1][name], rights[-1][name]) for name in wrong):
            facts.append("With one output (n_y = 1) your function is right.")
        if not wrong and shared and {m.code for m in form} <= SHAPES:
            return Diagnosis("misshapen" if form else "right", tuple(form))
        if {m.code for m in form} - SHAPES - {"inputs-changed"} or not wrong:
            return Diagnosis("wrong", tuple(form), tuple(facts))
        if task is TASKS["cost"] and theirs[0][wrong[0]].size > 1:
            table = cost_in_array(theirs[0][wrong[0]].shape)
            return Diagnosis("misshapen" if facts else "wrong", (table,), tuple(facts))
        factor = self.common_factor(problems, theirs, rights)
        if factor:
            return Diagnosis("scaled", (factor, *form), tuple(facts))
        cached = list(rights[0])[-1] not in wrong and task is TASKS["forward"]
        if cached:  # the output is right, so it is only kept in the wrong place
            mistakes = [cache_mistake(name, theirs[0], rights[0]) for name in wrong]
        else:
            mistakes, unknown = self.search(problems, theirs)
            if not mistakes:  # it is wrong only where there is one output
                mistakes = [unknown_mistake(wrong[0])]
            if unknown or mistakes[0].code == "unknown":
                facts = self.what_is_known(problems[0], theirs, rights, wrong) + facts
        return Diagnosis("wrong", (*mistakes, *form), tuple(facts))

    def search(self, problems, theirs):
        """Return the mistakes that explain the results, and what none explains."""
        several = slice(0, max(2, len(problems) - 1))  # one output hides too much
        problems, theirs = problems[several], theirs[several]
        choices, unknown = Search(self.task, problems, theirs).explain()
        if unknown and self.task is TASKS["cost"]:  # a factor, and another mistake?
            for code, factor, _ in FACTORS:
                scaled = [
                    {
                        name: cost / factor(output_scene(given))
                        for name, cost in t.items()
                    }
                    for t, given in zip(theirs, problems, strict=True)
                ]
                more, open_places = Search(self.task, problems, scaled).explain()
                if not open_places:
                    text = f"{SAY_COMMON[code]}."
                    extra = Mistake(code, "cost", f"The cost {text}", HINTS[code])
                    return [*merge(more, problems[0]), extra], []
        mistakes = merge(choices, problems[0])
        return [*mistakes, *map(unknown_mistake, unknown)], unknown

    def common_factor(self, problems, theirs, rights):
        """Return the mistake of one positive factor on all results, or None."""
        one = self.task is TASKS["cost"]
        if not one and self.task is not TASKS["backward"]:
            return None
        ratios = []
        for mine, right in zip(theirs, rights, strict=True):
            names = [name for name in right if name in mine]
            if any(mine[name].shape != right[name].shape for name in names):
                return None
            products = sum((mine[name] * right[name]).sum() for name in names)
            ratio = float(products / sum((right[name] ** 2).sum() for name in names))
            fits = all(same(mine[name], ratio * right[name]) for name in names)
            if ratio <= 0 or not fits:
                return None
            ratios.append(ratio)
        where, what = (
            ("cost", "The cost") if one else ("every gradient", "Each gradient")
        )
        hint = "Is your cost a sum or a mean, and has it a half?"
        scenes = [output_scene(given) for given in problems]
        for code, factor, words in FACTORS:
            if np.allclose(ratios, [factor(scene) for scene in scenes], rtol=1e-3):
                words = words.format(**scenes[0].words())
                text = f"{what} {SAY_COMMON[code]}: it is {words} times ours."
                return Mistake(
                    code, where, text, HINTS[code] if code != "scaled" else hint
                )
        number = ratios[0]
        if np.ptp(ratios) > 1e-3 * number:
            text = f"{what} is off by one factor, which changes with the data."
            # one number is always a multiple of another
            return None if one else Mistake("scaled", where, text, hint)
        text = f"{what} is {show(number)} times ours."
        for base in (2, 10):
            if one and abs(number * np.log(base) - 1) < 1e-3:
                text = f"The cost uses log{base}, not the natural logarithm."
                return Mistake("other-logarithm", where, text, hint, number)
        return Mistake("scaled", where, text, hint, number)

    def what_is_known(self, given, theirs, rights, wrong):
        """Return sentences about a mistake that is not in the catalogue."""
        fine = [name for name in rights[0] if name in theirs[0] and name not in wrong]
        facts = [f"Right: {', '.join(fine)}."] if fine else []
        if len(wrong) > 1:
            facts.append(f"Wrong: {', '.join(wrong)}; {wrong[0]} is computed first.")
        if self.task is not TASKS["backward"]:
            return facts
        down = all(
            sum((t[n] * r[n]).sum() for n in t if t[n].shape == r[n].shape) > 0
            for t, r in zip(theirs, rights, strict=True)
        )
        facts.append(
            "A step against your gradients still goes downhill, so the cost may fall."
            if down
            else "A step against your gradients does not always go downhill."
        )
        return facts + self.by_example(given)

    def by_example(self, given):
        """Return a sentence that tells on which examples alone it is right, if any."""
        fine, m = [], given.values["A0"].shape[1]
        for i in range(m):
            values = {
                name: value[:, i : i + 1] if name[0] in "AZY" else value
                for name, value in given.values.items()
            }
            one = Problem(self.kind, values, (*given.sizes[:-1], 1))
            answer = call(self.function, self.task, one)
            arrays = {} if answer.problem else read(answer.value, self.task, one)[0]
            right = self.task.right(one)
            if arrays and all(same(arrays[name], right[name]) for name in arrays):
                fine.append(i)
        if len(fine) in (0, m):
            return ["With one example at a time it is right."] if fine else []
        which = ", ".join(str(i + 1) for i in range(m) if i not in fine)
        text = f"With one example at a time it is wrong for {m - len(fine)} of {m}"
        for label in (0, 1):
            if [i for i in range(m) if given.values["Y"][0, i] != label] == fine:
                return [f"{text}: those with {label} in the first row of Y."]
        return [f"{text}: number {which}."]


SAY_COMMON = {
    "mean-missing": "is a sum over the examples, not a mean",
    "mean-twice": "is divided by m once too often",
    "mean-over-wrong-axis": "is divided by another number than m",
    "scaled": "is off by one factor",
}


def output_scene(given):
    """Return the scene at the output layer of a problem."""
    return Scene("dZ", len(given.kind.activations), given.values, given.kind)


def merge(choices, given):
    """Return the mistakes of these choices; one that is made in many layers is one."""
    groups, mistakes = {}, []
    for choice in choices:
        groups.setdefault(choice.key, []).append(choice)
    for first, *others in groups.values():
        words, *also = (
            Scene(each.place, each.layer, given.values, given.kind).words()
            for each in (first, *others)
        )
        if first.number is not None:
            words["number"] = show(first.number)
        text = first.edit.message.format(**words)
        text = (
            text[:3].replace("the", "The") + text[3:]
        )  # a sentence may begin with tanh
        if also:
            text += f" The same happens in {', '.join(each['here'] for each in also)}."
        hint = (first.edit.hint or HINTS[first.edit.code]).format(**words)
        code, number = first.edit.code, first.number
        mistakes.append(Mistake(code, words["here"], text, hint, number))
    return mistakes


def cache_mistake(name, theirs, right):
    """Return the mistake of a cache that holds something else under a name."""
    held = [f", but {key}" for key in right if same(theirs[name], right[key])][:1]
    text = (
        f"The output is right, but in your cache {name} is not {name}{''.join(held)}."
    )
    return Mistake("cache-mixed-up", name, text, "What do you store under which name?")


def unknown_mistake(place):
    """Return the mistake of a place where nothing in the catalogue fits."""
    where = "cost" if place.startswith("cost") else place.replace("dA", "dZ")
    text = f"{where} is wrong, in a way that is not in the catalogue."
    if where.startswith("dZ"):
        text += " What is computed from it cannot be judged yet."
    hint = f"Compute one entry of {where} on paper, for one example."
    if where == "cost":
        text, hint = f"The {text}", "Compute the cost of one example on paper."
    return Mistake("unknown", where, text, hint)
