"""Pictures: a figure with its sentence, the kinds of picture, explorers of them."""

import nnteach.draw.plots as plots
import nnteach.draw.stepper as stepper
from nnteach.draw.explore import choice, explorer, projector, slider, steps
from nnteach.draw.pad import digit_pad

__all__ = [
    "choice",
    "digit_pad",
    "explorer",
    "plots",
    "projector",
    "slider",
    "stepper",
    "steps",
]
