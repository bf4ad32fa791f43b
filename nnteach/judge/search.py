"""Search the known mistakes for those that explain what a learner's function returned.

A `Search` goes through the places of the computation in their order, tries the right
operation and each edit there, and drops what contradicts the learner's numbers as soon
as one of them is seen. What it finds holds on a problem too that it did not look at.
Introduced in chapter 6.
"""

from dataclasses import dataclass, replace

import numpy as np

from nnteach.checks import unchecked
from nnteach.judge.catalogue import Scene
from nnteach.judge.compare import same

NEW = 2  # how many different mistakes are looked for in one layer
LONG = 6  # where more places than these have no result that is seen, only one mistake
OPEN = 2  # how many numbers are solved for at once
SMALL = 1e-3  # a number below it makes no mistake


@dataclass(frozen=True)
class Choice:
    """An edit put at a place of a layer, with its number if it has one."""

    edit: object
    place: str
    layer: int
    number: float | None = None

    @property
    def key(self):
        """What two choices share that are the same mistake in two layers."""
        return self.edit, None if self.number is None else f"{self.number:.3g}"


@dataclass(frozen=True)
class State:
    """How far an explanation has got: its choices, and the values of each problem."""

    choices: tuple
    values: tuple


class Search:
    """Looks for the edits that reproduce the results of the learner's function."""

    def __init__(self, task, problems, theirs):
        self.task, self.kind, self.theirs = task, problems[0].kind, theirs
        self.edits = {
            place: [edit for edit in task.edits if place in edit.places.split()]
            for place in task.places.split()
        }
        start = []
        for given, arrays in zip(problems, theirs, strict=True):
            values = {name: given.values[name] for name in ("A0", "Y", "rate")}
            values |= {f"their_{name}": array for name, array in arrays.items()}
            start.append(values | given.pick(*task.start.split()))
        self.start = State((), tuple(start[:-1]))
        self.kept_back = start[-1]  # only to see whether a finding holds

    def explain(self):
        """Return the choices that explain the results, and the results that none does.

        Stage by stage the explanation with the fewest different mistakes is kept.
        """
        with unchecked():  # an edit may hand the course's functions anything
            return self.walk_down()

    def walk_down(self):
        """Return what `explain` does, with the checks of the course's functions on."""
        state, open_results, done = self.start, [], []
        stages = self.task.stages(len(self.kind.activations), self.theirs[0])
        for number, stage in enumerate(stages):
            found = self.fewest(state, stage, NEW)
            if not found:
                names, more = self.give_up(state, stage)
                open_results += names
                if more is None:  # what comes next depends on what nobody has seen
                    rest = {
                        f"{p}{n}" for later in stages[number + 1 :] for p, n in later
                    }
                    open_results += [name for name in self.theirs[0] if name in rest]
                    break
                found = [more]
            done += stage
            state = min(found, key=self.cost)
        if self.holds(state.choices, done, open_results):
            return state.choices, open_results
        return (), list(self.theirs[0])

    def holds(self, choices, chain, skipped):
        """Return whether the choices give the results of the problem kept back."""
        values = self.replay(choices, chain, self.kept_back, self.theirs[-1], skipped)
        return values is not None

    def cost(self, state):
        """Few different mistakes first, then few places, then the catalogue's order."""
        order = sum(self.task.edits.index(choice.edit) for choice in state.choices)
        different = {choice.key for choice in state.choices}
        return len(different), len(state.choices), order

    def fewest(self, state, stage, most, skip=()):
        """Return the states that explain a stage with the fewest new mistakes."""
        if len(stage) > LONG:
            most = 1
        for new in range(most + 1):
            found = [
                State((*state.choices, *choices), tuple(values))
                for choices in self.walk(state, stage, new, skip)
                if all(values := [
                    self.replay(choices, stage, values, theirs, skip)
                    for values, theirs in zip(state.values, self.theirs, strict=False)
                ])
            ]  # fmt: skip
            if found:
                return found
        return []

    def give_up(self, state, stage):
        """Return the results of a stage that nothing explains, and where to go on.

        A result can be skipped, as it is known; a hidden value ends the search.
        """
        names = [f"{place}{layer}" for place, layer in stage]
        seen = [name for name in names if name in self.theirs[0]]
        for name in seen:
            found = self.fewest(state, stage, 1, skip=(name,))
            if found:
                return [name], found[0]
        if len(seen) < len(names):
            return seen, None
        pairs = zip(state.values, self.theirs, strict=False)
        values = [old | {name: new[name] for name in seen} for old, new in pairs]
        return seen, replace(state, values=tuple(values))

    def walk(self, state, stage, new, skip):
        """Yield the choices that explain a stage of the first problem.

        A number that is still open is carried along as two values, for 0 and for 1,
        stacked (for two numbers as four); the first result seen tells what it is.
        """
        known = {choice.key: choice for choice in state.choices}
        settled = {*state.values[0], *skip}

        def options(place, choices, left):
            used = {**known, **{choice.key: choice for choice in choices}}.values()
            again = [choice for choice in used if place in choice.edit.places.split()]
            yield None, None, 0
            if len(stage) <= LONG:
                yield from ((choice.edit, choice.number, 0) for choice in again)
            if left:
                old = {choice.edit for choice in again if not choice.edit.unknown}
                yield from ((e, None, 1) for e in self.edits[place] if e not in old)

        def step(i, values, choices, left, still_open):
            if i == len(stage):
                if not left and not still_open:
                    yield choices
                return
            place, layer = stage[i]
            name = f"{place}{layer}"
            theirs = self.theirs[0].get(name)
            scene = Scene(place, layer, values, self.kind)
            for edit, number, price in options(place, choices, left):
                solving = edit is not None and edit.unknown and number is None
                if still_open + solving > OPEN:
                    continue
                value = perform(scene, edit, [0.0, 1.0] if solving else number)
                if value is None:
                    continue
                now, found, more = values, choices, still_open + solving
                if edit:
                    found = (*choices, Choice(edit, place, layer, number))
                if name in skip:
                    value = theirs
                elif theirs is not None:
                    if more and value.ndim == 2 + more:
                        numbers = solve(theirs, value)
                        if numbers is None:
                            continue
                        # Theirs may have any shape; what this stage made is stacked.
                        now = {
                            key: v if key in settled else blend(numbers, v)
                            for key, v in values.items()
                        }
                        value, more = blend(numbers, value), 0
                        found = settle(found, numbers)
                    if not same(theirs, value):
                        continue
                yield from step(i + 1, now | {name: value}, found, left - price, more)

        yield from step(0, state.values[0], (), new, 0)

    def replay(self, choices, chain, values, theirs, skip):
        """Return the values of a problem with these choices, or None if they fail."""
        made = {(choice.place, choice.layer): choice for choice in choices}
        values = dict(values)
        for place, layer in chain:
            choice, name = made.get((place, layer)), f"{place}{layer}"
            scene = Scene(place, layer, values, self.kind)
            value = perform(scene, choice and choice.edit, choice and choice.number)
            if name in skip:
                value = theirs[name]
            elif value is None or (name in theirs and not same(theirs[name], value)):
                return None
            values[name] = value
        return values


def perform(scene, edit, number=None):
    """Return what an edit gives at its place, or None where it cannot be made.

    number: what is put in for its unknown number; of a list, the results are stacked.
    """
    try:
        if edit is None:
            return np.asarray(scene.right)
        if not edit.when(scene):
            return None
        if isinstance(number, list):
            return np.stack([edit.operation(scene, each) for each in number])
        return np.asarray(
            edit.operation(scene, *([] if number is None else [number])), dtype=float
        )
    except (AttributeError, ValueError, IndexError):
        return None  # shapes that do not fit, or a layer that is not there


def solve(theirs, stacked):
    """Return the one or two numbers at which the stack is nearest to theirs, or None.

    With one number t it is start + t move; with a second one u, the first axis of the
    stack, it is start + t move + u turn + t u both.
    """
    if theirs.size != stacked.size // 2 ** (stacked.ndim - 2):
        return None
    if stacked.ndim == 3:
        start, moves = stacked[0], [stacked[1] - stacked[0]]
    else:
        (start, one), (other, last) = stacked
        moves = [one - start, other - start, last - one - other + start]
    moves = np.stack([move.ravel() for move in moves], axis=1)
    if not np.isfinite(moves).all():
        return None
    numbers = np.linalg.lstsq(moves, theirs.ravel() - start.ravel())[0]
    if len(numbers) == 3:
        t, u, product = numbers
        if not moves[:, 0].any():  # t moves nothing while u is 0
            t = product / u if u else 0.0
        if not moves[:, 1].any():
            u = product / t if t else 0.0
        numbers = t, u
    if min(map(abs, numbers)) < SMALL:
        return None
    return [float(number) for number in numbers]


def blend(numbers, value):
    """Return a stacked value at these numbers; another value as it is."""
    for number in reversed(numbers[: max(0, np.ndim(value) - 2)]):
        value = value[0] + number * (value[1] - value[0])
    return value


def settle(choices, numbers):
    """Return the choices, with these numbers for those that were still open."""
    numbers = iter(numbers)
    return tuple(
        replace(choice, number=next(numbers))
        if choice.edit.unknown and choice.number is None
        else choice
        for choice in choices
    )
