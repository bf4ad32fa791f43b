"""What the numeric core says and takes is what was approved.

See `approval`: the messages about bad arguments, all signatures, the data sets.
"""

import inspect
import re
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

import nnteach
from approval import assert_approved, assert_no_others, say
from nnteach import _LAZY, data, train, two_layer
from nnteach.draw import explore, pad, picture, plots, stepper
from test_bad_input import CALLS

MOONS = (*data.moons(8), two_layer.initialize_parameters(2, 3, 1, rng=0))


def bad_ones(good):
    """Yield values that are mostly wrong in the place of a good one."""
    yield from (None, "abc", "", -1, 0, 1.5, True, {}, [], [1, 2], [[1], [2, 3]], [[2]])
    yield from (np.nan, 1e400, 2j, (1, {}), ({}, {}), (len, 3), len, np.array(["a"]))
    yield from (train(two_layer, *MOONS, rate, 1) for rate in (0.1, [0.1, 1]))
    if isinstance(good, dict):
        first, *others = good
        array = good[first]
        yield {name: good[name] for name in others}
        for changed in (array.T, array[1:], array.ravel(), array + np.inf, "a", 3):
            yield good | {first: changed}
        yield {name: np.stack([value, value]) for name, value in good.items()}
        yield good | {"W9": array}
    elif isinstance(good, np.ndarray):
        array = np.array(good, float)
        yield from (array.T, array[1:], array[..., 1:], array + np.inf, array + 0.5)
        yield from (array[0], np.stack([array, array]), np.ma.array(array, mask=True))


def messages():
    """Return what is said of bad arguments: each part of a sentence once."""
    parts = set()
    for function, arguments in CALLS.values():
        good = {name: value for name, (value, _) in arguments.items()}
        for name in arguments:
            for bad in bad_ones(good[name]):
                try:
                    function(**good | {name: bad})
                except (TypeError, ValueError) as error:
                    said = re.sub(rf"(?<!\w){name}\b", "<name>", str(error))
                    kind = f"{type(error).__name__}: "
                    parts.update(re.split(r"(?<=[,:.]) (?=got |Try )", kind + said))
    return "\n".join(sorted(parts)) + "\n"


NUMERIC = [getattr(nnteach, name) for name in nnteach.__all__ if name not in _LAZY]
MODULES = [one for one in NUMERIC if inspect.ismodule(one)]
MODULES += [plots, stepper, explore, picture, pad]


def arguments(function):
    """Return the arguments of a function and their defaults, without annotations."""
    given = inspect.signature(function)
    bare = [one.replace(annotation=one.empty) for one in given.parameters.values()]
    text = re.sub(r" at 0x\w+", "", str(inspect.Signature(bare)))
    return " ".join(text.split())


def signatures():
    """Return the arguments of the functions and classes, and what dataclasses keep."""
    lines = []
    for module in MODULES:
        for name, one in vars(module).items():
            if name[0] == "_" or getattr(one, "__module__", "") != module.__name__:
                continue
            if inspect.isfunction(one) or inspect.isclass(one):
                lines.append(f"{module.__name__}.{name}{arguments(one)}")
            if is_dataclass(one):
                shown = [field.name for field in fields(one) if field.repr]
                frozen = one.__dataclass_params__.frozen
                lines.append(f"    shows {' '.join(shown)}, frozen {frozen}")
            for part, method in vars(one).items() if inspect.isclass(one) else ():
                if inspect.isfunction(method) and part[0] != "_":
                    lines.append(f"    {part}{arguments(method)}")
    return "\n".join(lines) + "\n"


def data_sets():
    """Return the first points of each data set and a sum of all, for two sizes."""
    lines = []
    for make in (data.flower, data.spirals, data.moons, data.circles, data.blobs):
        for options in ({}, {"m": 7}):
            X, Y = make(**options)
            lines.append(f"{make.__name__} {options}: X {X.shape} {say(X)}, Y {say(Y)}")
    X, Y = data.digits()
    return "\n".join([*lines, f"digits: X {X.shape} {say(X)}, Y {say(Y)}\n"])


TEXTS = {"messages": messages, "signatures": signatures, "data": data_sets}


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_as_it_was_approved(name):
    assert_approved("core", name, TEXTS[name]())


def test_nothing_else_is_approved():
    assert_no_others("core", TEXTS)
