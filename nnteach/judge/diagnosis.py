"""Name the mistake in a learner's function from its numbers alone.

    diagnose(backward_propagation, network=two_layer)

The function is judged by its numbers alone; of its code only names are looked at, to
know what to hand over. What it returns for small random problems, in which all sizes
differ, is compared with the right results (which agree with central differences). If
some differ, the known mistakes are searched, place by place in the
order of the computation, for the edit, or the two edits, that reproduce the learner's
numbers. What a wrong dZ2 does to dW2, db2 and dZ1 is explained by it, and is not a
mistake of its own.

A mistake is named only if, put into the right computation, it gives the learner's
numbers on every problem, one of which was not used to find it. Otherwise it is
"unknown", with what is certain: which results are right, which differ, and one entry.
Exercises about a part of a network are judged here too. Introduced in chapter 6.
"""

import inspect
import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from nnteach import two_layer
from nnteach.judge.adapters import adapter, keeps_numbers
from nnteach.judge.arguments import (
    CannotCall,
    arguments,
    arrange,
    course_name,
    course_names,
    from_outside,
    guess,
    in_containers,
    needs_adapter,
    with_outside,
)
from nnteach.judge.call import attempt
from nnteach.judge.catalogue import FACTORS, HINTS, Scene
from nnteach.judge.compare import (
    common_factor,
    largest_gap,
    near_one,
    same,
    told_apart,
)
from nnteach.judge.note import Code, Mistake, Result
from nnteach.judge.problems import (
    TASKS,
    different_sizes,
    equal_sizes,
    extremes,
    kind_of,
    one_output,
    own_sizes,
    problem,
    said,
)
from nnteach.judge.read import FORMS, read
from nnteach.judge.search import Search
from nnteach.rounding import show


def diagnose(function, network=two_layer, what=None):
    """Return the `Result` of judging a learner's function.

    function: backward_propagation(parameters, cache, X, Y), forward_propagation(X,
        parameters), compute_cost(output, Y) or update_parameters(parameters, grads,
        learning_rate), written for the network. It gets copies; its code is not judged.
        Its arguments are known by their names, W1 and A2 too, in any order; it may
        return dictionaries or tuples (`nnteach.judge.read` tells the rules).
    network: two_layer, three_layer, worked_example or a deep.Network.
    what: "backward", "forward", "cost" or "update"; by default what the function's
        name says, or else the names of its arguments.

    Raises TypeError for another network, ValueError if it cannot be told what it is.
    Introduced in chapter 6.
    """
    kind_of(network)
    if what is None:
        what = guess(function) if callable(function) else "backward"
        if what == "step" and moves_by_a_step(function):
            found = judge(function, network, "backward")
            if found.verdict != "not judged":
                return found
        if what in ELSEWHERE:
            return Result("not judged", [Mistake(what, "function", ELSEWHERE[what])])
    if what not in TASKS:
        known = ", ".join(map(repr, TASKS))
        got = f"got {what!r}" if what else (
            "it cannot be told what kind of function this is"
        )  # fmt: skip
        raise ValueError(f"what: expected one of {known}: {got}. Try what='backward'.")
    return judge(function, network, what)


ELSEWHERE = {
    "activation": "This is an activation function. The exercises of chapter 1 judge "
    "them: `exercises.softmax.check(softmax)`, and so with `sigmoid`, `tanh`, `relu`, "
    "`leaky_relu` and their slopes, such as `exercises.relu_derivative`.",
    "layer": "This is a part of one layer. `exercises.layer_forward` and "
    "`exercises.layer_backward` judge a whole layer; here give the function that goes "
    "through all layers: `backward_propagation(parameters, cache, X, Y)`.",
    "step": "This does everything at once: forwards, backwards and the update. Put "
    "each into a function of its own and give one after the other: "
    "`forward_propagation(X, parameters)`, `compute_cost(output, Y)`, "
    "`backward_propagation(parameters, cache, X, Y)`, and `update_parameters("
    "parameters, grads, learning_rate)`. The first that is not right is where to look.",
}


def moves_by_a_step(function):
    """Return whether the gradient shows in what it makes of the parameters."""
    moves = {"X", "learning_rate"} <= course_names(function)
    return moves or keeps_numbers(function, "backward")


def judge(function, network, what, subject=""):
    """Return the `Result` for a function that is that part of the network."""
    kind, own_layers = kind_of(network)
    rest = TASKS[what], kind, own_layers
    with np.errstate(all="ignore"):
        try:
            if callable(function) and keeps_numbers(function, what):
                raise adapter(function, what, len(kind.activations))
            found = gradients_alone(function, rest)
            found = found or Examination(function, *rest).finding()
        except CannotCall as reason:
            mistake = Mistake(reason.code, "function", reason.message)
            found = behind_adapter(reason, rest) or Finding(
                "not judged", [mistake], [Code(reason.lines)]
            )
    return Result(found.verdict, found.mistakes, found.facts, subject)


def gradients_alone(function, rest):
    """Return what is found of gradients that need no learning rate; or None.

    With an argument such as alpha=0.01 a function may make a step. Or it may not: then
    its gradients are right without it.
    """
    if rest[0].name != "backward" or not inspect.isfunction(function):
        return None
    given = inspect.signature(function).parameters
    taken = {
        name: argument
        for name, argument in given.items()
        if argument.default is argument.empty or course_name(name) != "learning_rate"
    }
    if len(taken) == len(given):
        return None

    def alone(*values):
        return function(**dict(zip(taken, values, strict=True)))

    alone.__signature__ = inspect.Signature([*taken.values()])
    with suppress(CannotCall):
        found = Examination(alone, *rest).finding()
        return found if found.verdict == "right" else None


def behind_adapter(reason, rest):
    """Return what is found with an adapter, or None if it does not seem to fit."""
    space = {"np": np, **reason.names}
    try:
        exec(reason.lines, space)  # what the learner is shown, as it stands
        found = Examination(space[f"my_{rest[0].name}"], *rest).finding()
    except (SyntaxError, CannotCall):
        return None
    named = found.verdict == "wrong" and found.is_named
    if found.verdict in ("right", "scaled", "misshapen") or (
        named and not found.codes & MISFITS
    ):
        found.facts += ["Your code was called by these lines:", Code(reason.lines)]
        return found
    return None


# What may as well be the fault of an adapter that does not fit.
MISFITS = {"missing", "wrong-type", "cache-missing", "not-output-and-cache", "order"}
MISFITS |= {"returned-nothing", "wrong-arguments", "inputs-changed", "not-finite"}
MISFITS |= {"gradient-zero", "bias-zero", "not-updated"}


@dataclass
class Finding:
    """A verdict, the mistakes that are shown, and what else is certain."""

    verdict: str
    mistakes: list = field(default_factory=list)
    facts: list = field(default_factory=list)

    @property
    def codes(self):
        """The names of the mistakes."""
        return {mistake.code for mistake in self.mistakes}

    @property
    def is_named(self):
        """Whether every mistake has its name."""
        return "unknown" not in self.codes


# -------------------------------------------------------------------- how it is called


@dataclass(frozen=True)
class Layout:
    """How examples, weights and labels lie.

    weights: how its weights lie, if its examples are rows; turned: tells whose arrays
    are transposed; numbers: whether the labels are the numbers of the classes, 0, 1, 2
    ..., not columns with one 1.
    """

    weights: str
    turned: Callable
    numbers: bool = False

    def words(self, task):
        """Return what a function of that task is written for."""
        parts = ["one example per row"] * bool(self.weights)
        if task != "cost" and self.weights:  # a cost has no weights
            parts.append(self.weights)
        if self.numbers:
            parts.append("labels that are numbers: 0, 1, 2 ..., one for each example")
        return ", and ".join(parts)

    def so_called(self, task):
        """Return the sentence that says how it was called."""
        words = self.words(task)
        return f"This is so with {words}. It was called that way."

    def in_this_course(self, one_hot):
        """Return the sentence that says what lies otherwise in this course."""
        text = "In this course each example is a column, in X and in Y"
        if self.numbers and one_hot:
            text += ", and Y is one-hot: one 1 in each column"
        elif self.numbers:
            text += ": Y has the shape (1, m)"
        return f"{text}."


COLUMNS = Layout("", lambda name: False)
ROWS = (
    Layout("weights with a column for each unit", lambda name: True),
    Layout("weights with a row for each unit", lambda name: "W" not in name),
)
NUMBERS = tuple(Layout(e.weights, e.turned, True) for e in (COLUMNS, *ROWS))


def handed_over(given, layout):
    """Return all that a function may ask for, by the course's names."""
    layers = len(given.kind.activations)
    arrays = {"X": given.values["A0"], **given.values}
    arrays = {
        name: value.T if np.ndim(value) == 2 and layout.turned(name) else value
        for name, value in arrays.items()
    }
    if layout.numbers:
        arrays["Y"] = given.values["Y"].argmax(axis=0)
        if given.kind.activations[-1] != "softmax":
            arrays["Y"] = given.values["Y"][0].astype(int)

    def pick(*stems):
        return {name: arrays[name] for name in given.pick(*stems)}

    return {
        **arrays,
        "weights": [*pick("W").values()],
        "biases": [*pick("b").values()],
        "dW": [*pick("dW").values()],
        "db": [*pick("db").values()],
        "parameters": pick("W", "b"),
        "grads": pick("dW", "db"),
        "cache": {"A0": arrays["X"], **pick("Z", "A")},
        "output": arrays[f"A{layers}"],
        "learning_rate": arrays["rate"],
        "m": given.sizes[-1],
        "architecture": given.kind.network(given.sizes[:-1]).architecture,
    }


def of_attempt(tried):
    """Return the finding for a call that brought nothing to compare."""
    if tried.problem == "not attempted":
        return Finding("not attempted", [], [tried.message])
    code = tried.problem.replace("changed its inputs", "inputs changed")
    code = code.replace(" ", "-")
    verdict = {"raised": "raised", "no-end": "stopped"}.get(code, "wrong")
    line = ""
    if tried.line:
        number, text = tried.line
        line = f"Your line {number}: `{text}`" if text else f"Your line {number}."
    return Finding(verdict, [Mistake(code, "function", tried.message)], [line])


# ------------------------------------------------------------------ the whole judgement


class Examination:
    """All that is tried with one function."""

    def __init__(self, function, task, kind, own_layers):
        self.function, self.task, self.kind = function, task, kind
        self.own_layers, self.containers, self.outside = own_layers, "", {}
        self.exchanged = False  # the output and the labels of a cost
        self.one_hot = kind.activations[-1] == "softmax"
        n_y = own_layers[-1] if own_layers else 1
        # What is right for the shapes that the chapter shows is right.
        self.shows_one_output = n_y == 1 and not self.one_hot

    def call(self, given, layout=COLUMNS):
        """Return the `Attempt` of calling the function on one problem."""
        known = handed_over(given, layout)
        keys = arrange(self.function, self.task.name, known)
        keys = self.keys = keys[::-1] if self.exchanged else keys
        self.outside = from_outside(self.function, self.task.name, known)
        first = None
        for self.containers, held in in_containers(known):
            function = with_outside(self.function, self.outside, held)
            tried = attempt(function, *(held[key] for key in keys))
            if tried.problem != "raised":
                return tried
            first = first or tried
        self.containers = ""
        return first

    def trial(self, all_sizes, layout=COLUMNS):
        """Return the `Trial` of these sizes."""
        return Trial(self, [problem(self.kind, sizes) for sizes in all_sizes], layout)

    def finding(self):
        """Return what is found, and how the function had to be called for it."""
        found = self.in_any_layout()
        if self.task.name == "cost" and found.verdict != "right" and self.taken():
            self.exchanged = True  # the names do not tell which is the output
            other = self.in_any_layout()
            found = other if other.verdict == "right" else found
        if self.containers and found.verdict not in ("raised", "not attempted"):
            found.facts.append(
                f"It reads {self.containers}, and was called that way. In this course "
                'these are dictionaries with the keys "W1", "b1", "Z1" and so on, with '
                "which it raises an error."
            )
        if self.outside and found.verdict not in ("raised", "not attempted"):
            names = ", ".join(f"`{name}`" for name in sorted(self.outside))
            text = f"It takes {names} from outside, so it fits one set of numbers only."
            hint = "What does the function need to be given, for any data?"
            found.mistakes.append(Mistake("from-outside", "function", text, hint))
            if found.verdict == "right":
                found.verdict = "misshapen"
        return found

    def in_any_layout(self):
        """Return what is found in the course's layout or in another."""
        several = self.trial(self.sizes())
        if several.failed and several.failed.problem != "raised":
            return of_attempt(several.failed)
        found = self.in_columns(several)
        usual = not several.failed and not several.wrong
        if not found or not (found.is_named or usual):
            other = self.in_other_layouts(found)
            # One number is easily explained: of a cost that runs in the course's
            # layout another one tells only where it is right there.
            if other and found and self.task.name == "cost":
                other = other if other.verdict == "misshapen" else None
            found = other or found
        elif found.verdict != "right" and self.task.name == "cost":
            other = self.in_other_layouts(None)
            if other and other.verdict == "misshapen":
                found.facts.append("For one example per row it is right.")
        found = found or self.of_equal_sizes(several.failed)
        # What was explained was handed over rightly.
        explained = found.is_named and found.verdict != "raised"
        explained = explained and "not-finite" not in found.codes
        return found if explained else self.with_guesses(found)

    def taken(self):
        """Return what the arguments were taken for whose names do not say it."""
        return {
            argument.name: key
            for key, argument in zip(self.keys, arguments(self.function), strict=False)
            if course_name(argument.name) != key
        }

    def with_guesses(self, found):
        """Return the finding, with what some arguments were taken for."""
        if taken := self.taken():
            keys = ["?" if key in taken.values() else key for key in self.keys]
            layers = len(self.kind.activations)
            shown = needs_adapter(self.function, self.task.name, layers, keys, taken)
            words = (f"`{name}` was taken for the {key}" for name, key in taken.items())
            text = f"{', '.join(words)}. If it is something else, call yours by these "
            found.facts += [f"{text}lines, with what it is for `...`:"]
            found.facts += [Code(shown.lines)]
        return found

    def sizes(self):
        """Return the sizes of the problems; a cost says little, so it gets more."""
        sizes = list(different_sizes(self.kind))
        if self.task.name == "cost":
            *layers, m = sizes[0]
            sizes[2:2] = [(*layers, m + more) for more in (1, 2, 3, 4)]
        return sizes

    def in_columns(self, several):
        """Return what is found in the course's layout; None if it only raises."""
        found = None if several.failed else several.conclude()
        if found and found.verdict == "right":
            return self.elsewhere(found, self.sizes())
        if several.failed and self.own_layers:
            own = self.trial(own_sizes(self.own_layers))
            if not own.failed:
                found = own.conclude()
                found.facts.append(
                    "This holds for the sizes of this network; with other sizes it "
                    "raises an error."
                )
                return found
        if not self.shows_one_output:
            return found
        one = self.trial(one_output(self.kind))
        if one.failed:
            return found
        only = one.conclude()
        if only.verdict == "right":
            only = self.elsewhere(only, one_output(self.kind))
        fewer = found and (
            len(only.codes) < len(found.codes) or found.codes == {"cost-in-array"}
        )
        if only.verdict == "right" or (
            only.is_named and (not found or not found.is_named or fewer)
        ):
            rest = found.mistakes if found else [Mistake("", "", several.said)]
            more = [m.message for m in rest if m.code not in only.codes]
            words = "This is so for one output (n_y = 1). With several outputs:"
            only.facts += [f"{words} {text}" for text in more[:1]]
            return only
        return found

    def elsewhere(self, found, all_sizes):
        """Return the finding, right for these sizes, unless others tell more."""
        trials = []  # words, the trial, whether being near is enough
        if self.shows_one_output and all_sizes != one_output(self.kind):
            words = "one output (n_y = 1); with more it is right"
            trials.append((words, self.trial(one_output(self.kind)), False))
        if extreme := extremes(self.kind, self.task.name):
            words, change = extreme
            given = [problem(self.kind, sizes) for sizes in all_sizes]
            given = [each.changed(**change) for each in given]
            # What is measured by small steps, or has an epsilon, is not cut off.
            trials.append((words, Trial(self, given, COLUMNS), True))
        for words, trial, near_is_enough in trials:
            only = of_attempt(trial.failed) if trial.failed else trial.conclude()
            if only.verdict != "right" and not (near_is_enough and trial.is_near):
                only.facts.append(f"This is so for {words}.")
                return only
        return found

    def in_other_layouts(self, found):
        """Return what is found if the arrays lie otherwise, where that explains it."""
        if self.task.name == "update":  # entry by entry: any layout will do
            return None
        sizes = [self.sizes()] + [one_output(self.kind)] * self.shows_one_output
        for layout, each in itertools.product((*ROWS, *NUMBERS), sizes):
            any_number = self.kind.cost == "half_squared_error" and not self.one_hot
            if layout.numbers and any_number:
                continue  # its targets are any numbers, no classes
            if (
                layout.numbers
                and not self.one_hot
                and (each is not sizes[-1] or not self.shows_one_output)
            ):
                continue  # several labels for one example have no single number
            containers = self.containers
            trial = self.trial(each, layout)
            other = None if trial.failed else trial.conclude()
            # What is infinite explains nothing: handed over wrongly, much becomes so.
            explains = other and other.is_named and "not-finite" not in other.codes
            if not other or (found and not explains):
                self.containers = containers
                continue
            if other.verdict == "right":
                hint = "Which shape does each array have in this course?"
                words, here = layout.words(self.task.name), layout.in_this_course
                text = f"Your function is right, but written for {words}. "
                text += here(self.one_hot)
                code = "labels-as-numbers" if layout.numbers else "rows-for-columns"
                other.mistakes.append(Mistake(code, "layout", text, hint))
                return Finding("misshapen", other.mistakes, other.facts)
            other.facts.insert(0, layout.so_called(self.task.name))
            if other.is_named:
                return other
            found = other
        return found

    def of_equal_sizes(self, failed):
        """Return what is found where an error hides, since all sizes are equal."""
        for layout in (COLUMNS, *NUMBERS * self.one_hot):
            trial = self.trial(equal_sizes(self.kind), layout)
            if trial.failed:
                continue
            if layout.numbers:  # the error that the learner gets
                failed = self.trial(self.sizes(), layout).failed or failed
            whole, found = of_attempt(failed), trial.conclude()
            if found.mistakes and found.is_named:
                whole.mistakes, message = found.mistakes, failed.message
                whole.facts.insert(0, message)
            whole.facts += [layout.so_called(self.task.name)] * layout.numbers
            whole.facts.append("Where all sizes are equal, it runs.")
            return whole
        return of_attempt(failed)


PRINTS = (
    "It also prints. A function is called many times: let it return, and print what it "
    "returned."
)


class Trial:
    """A function on a row of problems: what it returned, and what would be right.

    failed: the first attempt that brought nothing to compare, or None; no other call
    is made after it.
    """

    def __init__(self, examination, problems, layout):
        self.examination, self.task = examination, examination.task
        self.problems, self.layout, self.changed = problems, layout, ""
        self.failed, readings, printed = None, [], ""
        for given in problems:
            tried = examination.call(given, layout)
            changed = tried.problem == "changed its inputs" and tried.value is not None
            if tried.problem and not changed:
                self.failed = tried
                return
            self.changed = self.changed or (tried.message if changed else "")
            printed = printed or tried.printed
            readings.append(read(tried.value, self.task, given, layout.turned))
        self.rights = [self.task.right(given) for given in problems]
        self.theirs = [reading.arrays for reading in readings]
        self.remarks = readings[0].remarks + [PRINTS] * bool(printed)
        shared = [n for n in self.rights[0] if all(n in each for each in self.theirs)]
        self.theirs = [{name: each[name] for name in shared} for each in self.theirs]
        self.wrong = [
            name
            for name in shared
            if not all(same(t[name], r[name]) for t, r in self.pairs())
        ]
        # A wrong result may have the right size by chance in some of the problems.
        form = {(m.code, m.where): m for each in readings[::-1] for m in each.mistakes}
        usual, wrong = {m.where for m in readings[0].mistakes}, map(said, self.wrong)
        wrong = {*wrong} - usual
        self.form = [mistake for mistake in form.values() if mistake.where not in wrong]

    def pairs(self):
        """Return theirs and the right results of each problem."""
        return zip(self.theirs, self.rights, strict=True)

    @property
    def is_near(self):
        """Whether some result differs, and all that do are within 1 % of the right."""
        if self.failed or not self.wrong:
            return False
        return all(
            t[name].shape == r[name].shape
            and np.abs(t[name] - r[name]).max() <= 0.01 * np.abs(r[name]).max()
            for t, r in self.pairs()
            for name in self.wrong
        )

    @property
    def fine(self):
        """The names of the results that are right."""
        return [said(name) for name in self.theirs[0] if name not in self.wrong]

    @property
    def said(self):
        """What was said about the call that failed."""
        return self.failed.message if self.failed else ""

    def conclude(self):
        """Return the finding about what was returned."""
        mixed = {m.where for m in self.form if m.code == "cache-mixed-up"}
        fine = [name for name in self.fine if name not in mixed]
        known = [f"Right: {', '.join(fine)}."] if fine else []
        if self.changed and self.task.name == "update":  # in place, as many do
            self.remarks.append(self.changed)
        elif self.changed:
            hint = "Which of your lines works in place (+=, A[...] = ...)?"
            mistake = Mistake("inputs-changed", "inputs", self.changed, hint)
            return Finding("wrong", [mistake, *self.form], known + self.evidence())
        first = next(iter(self.theirs[0].values()), np.array(0))
        if self.task.name == "cost" and first.size > 1:  # equal entries count too
            text = f"The cost has the shape {first.shape}: one number is expected."
            hint = "Is everything added up?"
            return Finding("wrong", [Mistake("cost-in-array", "cost", text, hint)])
        if not {m.code for m in self.form} <= FORMS and not self.wrong:
            return Finding("wrong", self.form, known)
        if not self.wrong:
            return Finding(
                "misshapen" if self.form else "right", self.form, self.remarks
            )
        factor = self.factor()
        if factor:
            return Finding("scaled", [factor, *self.form], self.evidence())
        last = list(self.rights[0])[-1]
        if self.task.name == "forward" and last not in self.wrong:
            mistakes = [self.mixed_up(name) for name in self.wrong]
            return Finding("wrong", [*mistakes, *self.form], self.evidence())
        named, unknown = self.search()
        facts, alone = self.evidence(), []
        if unknown:
            alone = self.by_example()
            facts = known + self.what_is_known() + facts + alone
        unknown = [self.unknown_mistake(name, alone) for name in unknown]
        facts += [self.changed] * bool(self.changed)
        return Finding("wrong", [*named, *unknown, *self.form], facts)

    # ------------------------------------------------------------------------ naming

    def search(self):
        """Return the mistakes that explain the results, and what none explains."""
        choices, unknown = Search(self.task, self.problems, self.theirs).explain()
        factors = {code for code, _, _ in FACTORS}
        if unknown and self.task.name == "cost":  # a factor, and another mistake?
            for code, factor, _ in FACTORS:
                scaled = [
                    {
                        name: cost / factor(output_scene(given))
                        for name, cost in t.items()
                    }
                    for t, given in zip(self.theirs, self.problems, strict=True)
                ]
                more, still = Search(self.task, self.problems, scaled).explain()
                if not still and not factors & {c.edit.code for c in more}:
                    text = f"The cost {SAY_COMMON[code]}."
                    extra = Mistake(code, "cost", text, HINTS[code])
                    return [*merge(more, self.problems[0]), extra], []
        unknown = [name for name in self.wrong if name in unknown]
        if not choices and not unknown:
            unknown = self.wrong
        # What comes after the first unknown one may follow from it.
        named = merge(choices, self.problems[0])
        named = self.signs([self.as_one_number(mistake) for mistake in named])
        return named, unknown[:1]

    def signs(self, named):
        """Return the mistakes; for signs the one that says which results are wrong.

        What stands between the gradients is not seen: two signs may cancel there.
        """
        others = [m for m in named if m.code != "wrong-sign"]
        if self.task.name != "backward" or len(others) == len(named):
            return named
        turned = [
            name
            for name in self.wrong
            if all(same(t[name], -r[name]) for t, r in self.pairs())
        ]
        rest = {said(name) for name in self.wrong if name not in turned}
        if not turned or not rest <= {m.where for m in others}:
            return named
        text = "Every gradient has the wrong sign, as if the error were Y − A."
        if self.fine or rest:
            text = f"The sign of {', '.join(map(said, turned))} is wrong"
            text += f", that of {', '.join(self.fine)} is right." if self.fine else "."
        first = next(m for m in named if m.code == "wrong-sign")
        return [replace(first, message=text), *others]

    def as_one_number(self, mistake):
        """Return the mistake of a bias, told by how many numbers there are.

        The errors of softmax's units add up to 0 in each example: summed over the wrong
        axis they are as good as one number.
        """
        where, code = mistake.where, mistake.code
        if code not in ("bias-zero", "bias-one-number") or where not in self.wrong:
            return mistake
        mine = [theirs[where].size for theirs in self.theirs]
        right = [rights[where].size for rights in self.rights]
        if code == "bias-zero" and max(mine) == 1 < min(right):
            text = f"{where} is one number, and it is 0."
            return replace(mistake, message=text, hint=HINTS["bias-one-number"])
        if code == "bias-zero" or max(mine) == 1:
            return mistake
        if mine == [given.sizes[-1] for given in self.problems]:
            text = f"{where} is summed over the units, not over the examples."
            return replace(mistake, code="bias-wrong-axis", message=text)
        text = mistake.message.replace("is one number", "holds the same number for all")
        return replace(mistake, message=text)

    def factor(self):
        """Return the mistake of one positive factor on all results, or None."""
        one = self.task.name == "cost"
        if not one and self.task.name != "backward":
            return None
        ratios = []
        for mine, right in self.pairs():
            ratio = common_factor([*mine.values()], [right[name] for name in mine])
            if not ratio or ratio < 0:
                return None
            ratios.append(ratio)
        where, what = "every gradient", "Each gradient"
        if one:
            where, what = "cost", "The cost"
        if near_one(ratios):
            text = f"{what} is within 1 % of the right one: are only last digits wrong?"
            return Mistake("rounding", where, text, "Is something rounded on the way?")
        hint = "Is your cost a sum or a mean, and has it a half?"
        scenes = [output_scene(given) for given in self.problems]
        for code, factor, words in FACTORS:
            if np.allclose(ratios, [factor(scene) for scene in scenes], rtol=1e-3):
                words = words.format(**scenes[0].words())
                text = f"{what} {SAY_COMMON[code]}: it is {words} times the right one."
                hint = hint if code == "scaled" else HINTS[code]
                return Mistake(code, where, text, hint)
        number = ratios[0]
        if np.ptp(ratios) > 1e-3 * number:
            text = f"{what} is off by one factor, which changes with the data."
            hint = "By what do you multiply or divide, besides m?"
            # one number is always a multiple of another
            return None if one else Mistake("scaled", where, text, hint)
        if not one and not np.isclose([2, 0.5], number, rtol=1e-3).any():
            hint = "Which number in your lines is not in the formula?"
        text = f"{what} is {show(number)} times the right one."
        for base in (2, 10):
            if one and abs(number * np.log(base) - 1) < 1e-3:
                text = f"The cost uses log{base}, not the natural logarithm."
                hint = "The logarithm to which base has the slope 1 / A?"
                return Mistake("other-logarithm", where, text, hint, number)
        return Mistake("scaled", where, text, hint, number)

    def mixed_up(self, name):
        """Return the mistake of a cache that holds something else under a name."""
        fitting = (
            key
            for key in self.rights[0]
            if all(same(theirs[name], right[key]) for theirs, right in self.pairs())
        )
        held = next(fitting, "something else")
        text = f"The output is right, but under {name} your cache holds {held}."
        hint = "What do you store under which name?"
        return Mistake("cache-mixed-up", name, text, hint)

    def unknown_mistake(self, name, alone):
        """Return the mistake of a result that no known mistake explains.

        alone: what is said of one example at a time.
        """
        where = said(name)
        text = (
            f"{where} differs from the right one, and no known mistake gives its "
            "numbers."
        )
        if where == "cost":
            hint = "Compute the cost of one example on paper."
            return Mistake("unknown", where, f"The {text}", hint)
        count = "two examples" if ALONE in alone else "one example"
        hint = f"Compute one entry of {where} on paper, for {count}."
        return Mistake("unknown", where, text, hint)

    # --------------------------------------------------------------- what is certain

    def evidence(self):
        """Return a sentence with one entry of the first result that differs."""
        for mine, right in self.pairs():
            for name in self.wrong:
                a, b = mine[name], right[name]
                if same(a, b):
                    continue
                way = -1 if self.layout.turned(name) else 1  # as the learner's lie
                if a.shape != b.shape:
                    text = f"{said(name)}: you give the shape {a.shape[::way]}"
                    return [f"{text}, expected {b.shape[::way]}."]
                place = largest_gap(a, b)
                at = f"[{', '.join(map(str, place[::way]))}]" if place else ""
                yours, expected = told_apart(a[place], b[place])
                text = f"you give {yours}, expected {expected}."
                below, kind = name.replace("A", "Z"), self.examination.kind
                entrywise = below != name and (
                    kind.activations[int(name[1:]) - 1] != "softmax"
                )
                if entrywise and below in mine and below not in self.wrong:
                    text = f"for Z = {show(mine[below][place])} {text}"
                return [f"{said(name)}{at}: {text}"]
        return []

    def what_is_known(self):
        """Return sentences about results that no known mistake explains."""
        facts, names = [], [said(name) for name in self.wrong]
        if len(names) > 1:
            facts = [f"Different: {', '.join(names)}."]
        fit = all(t[n].shape == r[n].shape for t, r in self.pairs() for n in t)
        if self.task.name != "backward" or not fit:
            return facts
        down = all(sum((t[n] * r[n]).sum() for n in t) > 0 for t, r in self.pairs())
        return [
            *facts,
            "On these problems a small step against your gradients goes downhill all "
            "the same, so the cost may fall."
            if down
            else "A small step against your gradients does not always go downhill.",
        ]

    def by_example(self):
        """Return a sentence that tells on which examples alone it is right, if any."""
        if self.task.name != "backward":
            return []
        given, fine, m = self.problems[0], [], self.problems[0].sizes[-1]
        for i in range(m):
            one = given.example(i)
            tried = self.examination.call(one, self.layout)
            if tried.problem:
                return []
            arrays = read(tried.value, self.task, one, self.layout.turned).arrays
            right = self.task.right(one)
            if arrays and all(same(arrays[name], right[name]) for name in arrays):
                fine.append(i)
        if len(fine) in (0, m):
            return [ALONE] if fine else []
        which = ", ".join(str(i + 1) for i in range(m) if i not in fine)
        text = f"With one example at a time it is wrong for {m - len(fine)} of {m}"
        for label in (0, 1):
            if [i for i in range(m) if given.values["Y"][0, i] != label] == fine:
                words = f"those for which the first entry of Y is {label}"
                if self.layout.numbers:  # one-hot, class 0 has its 1 at the first place
                    is_0 = label == self.examination.one_hot
                    words = "those " + "that are not " * (not is_0) + "of class 0"
                return [f"{text}: {words}."]
        return [f"{text}: number {which}."]


ALONE = "With one example at a time it is right."
SAY_COMMON = {
    "mean-missing": "is a sum over the examples, not a mean",
    "mean-twice": "is divided by m once too often",
    "mean-inverted": "is multiplied by m, not divided by it",
    "mean-over-m-minus-1": "is divided by m − 1, not by m",
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
        text = text[:3].replace("the", "The") + text[3:]  # a sentence may begin so
        if mistakes:  # what comes before may be wrong, and this with it
            text = text.replace("what it should be", "what its formula gives")
        if also:
            text += f" The same happens in {', '.join(each['here'] for each in also)}."
        hint = first.edit.question.format(**words)
        code, number = first.edit.code, first.number
        mistakes.append(Mistake(code, words["here"], text, hint, number))
    return mistakes
