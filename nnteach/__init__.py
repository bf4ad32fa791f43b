"""nnteach: learn how a neural network computes and learns.

The numeric modules need numpy alone and are imported here; pictures, explorers and
exercises load when they are first used, so that importing costs no more than numpy.
"""

import importlib
import sys

from nnteach import (
    activations,
    costs,
    data,
    deep,
    gradients,
    three_layer,
    training,
    two_layer,
    updates,
    worked_example,
)
from nnteach.gradients import check_gradients, numerical_gradients
from nnteach.training import Run, train, variant, with_l2
from nnteach.updates import update_parameters

__version__ = "0.1.0"

# name -> (module, attribute or None for the module itself)
_LAZY = {
    "plots": ("nnteach.draw.plots", None),
    "explore": ("nnteach.draw.explore", None),
    "explorer": ("nnteach.draw.explore", "explorer"),
    "projector": ("nnteach.draw.explore", "projector"),
    "mistakes": ("nnteach.judge.catalogue", None),
    "diagnosis": ("nnteach.judge.diagnosis", None),
    "diagnose": ("nnteach.judge.diagnosis", "diagnose"),
    "card": ("nnteach.practice.card", "card"),
    "exercises": ("nnteach.practice.exercises", None),
    "show_source": ("nnteach.source", "show_source"),
}

__all__ = [
    "Run",
    "activations",
    "check_gradients",
    "costs",
    "data",
    "deep",
    "gradients",
    "numerical_gradients",
    "three_layer",
    "train",
    "training",
    "two_layer",
    "update_parameters",
    "updates",
    "variant",
    "with_l2",
    "worked_example",
    *_LAZY,
]


def __getattr__(name):
    if name not in _LAZY:
        raise AttributeError(f"module 'nnteach' has no attribute {name!r}")
    module, attribute = _LAZY[name]
    value = importlib.import_module(module)
    if attribute:
        value = getattr(value, attribute)
    globals()[name] = value
    return value


def __dir__():
    return sorted(__all__)


def _after_cell(result):
    if isinstance(result.error_in_exec, NameError):
        from nnteach.cells import after_cell

        after_cell(result)


# In a notebook a name that is not there mostly comes from a cell that was not run.
if "IPython" in sys.modules and (_shell := sys.modules["IPython"].get_ipython()):
    _shell.events.register("post_run_cell", _after_cell)
