"""A pad to draw a digit on, which a trained network reads at every stroke, in the page.

    my_pad = digit_pad(parameters, X_test[:, :30])
    my_pad                  # draw by mouse, by touch, or by keyboard
    my_pad.pixels           # what the network was given, as one column

The weights travel into the page and pad.js computes the forward pass there, so that it
needs no kernel and answers at once.
"""

import base64

import numpy as np

import nnteach.draw.explore as explore
import nnteach.draw.picture as picture
import nnteach.draw.plots as plots
from nnteach.activations import relu, softmax
from nnteach.checks import inputs, one_set, wrong
from nnteach.draw.front import FrontEnd

FRONT = FrontEnd("nnteach.draw", "pad", "_drawing")
_PIXELS = 64


def digit_pad(parameters, examples=()):
    """Return a `Pad`, which a network reads: ReLU in hidden layers, then softmax.

    parameters: trained ones, one network, W1 (n_h, 64), b1 (n_h, 1) and so on, with 10
        outputs.
    examples: X (64, m), digits from 0 (paper) to 1 (ink) that a button shows in turn.

    The drawing is scaled and moved to how the digits of `data.digits` are made: as high
    as the picture and 20 of 32 dots wide, a narrow one narrower; 313 dots of ink, their
    average; then the dots counted in blocks of 4 x 4.
    Raises ValueError if the parameters or examples do not fit. Introduced in chapter 9.
    """
    parameters = one_set("parameters", parameters)
    last = f"W{sum(name[0] == 'W' for name in parameters)}"
    ends = parameters["W1"].shape[1], len(parameters[last])
    if ends != (_PIXELS, 10):
        wanted = f"a network with {_PIXELS} inputs and 10 outputs"
        advice = "run.parameters of a network for data.digits()"
        raise wrong("parameters", wanted, f"{ends[0]} and {ends[1]}", advice)
    blank = np.zeros((_PIXELS, 0))
    return Pad(parameters, _pixels("examples", examples) if len(examples) else blank)


def _pixels(name, X):
    """Return pixels (64, m), from 0 to 1; ValueError if they are none."""
    X = inputs(name, X)
    if X.ndim != 2 or len(X) != _PIXELS or X.min() < 0 or X.max() > 1:
        wanted = f"columns of {_PIXELS} pixels from 0 to 1"
        found = f"{X.shape} from {X.min():g} to {X.max():g}"
        raise wrong(name, wanted, found, "X_test[:, :30]")
    return X


class Pad:
    """What `digit_pad` returns; shown in a notebook, it can be drawn on."""

    def __init__(self, parameters, examples):
        self.parameters, self.examples = parameters, examples
        blank = [0.0] * _PIXELS
        first = examples[:, 0].tolist() if examples.size else blank
        self._drawing = {"strokes": [], "pixels": first, "example": 0}
        self._view = None

    @property
    def pixels(self):
        """What the network is given now, shape (64, 1), as it was drawn in the page."""
        return np.array(self._drawing["pixels"], float)[:, None]

    def show(self, x):
        """Put an example, 64 pixels from 0 to 1, in the place of the drawing."""
        x = _pixels("x", np.reshape(x, (-1, 1))).ravel().tolist()
        self._drawing = {**self._drawing, "strokes": [], "pixels": x}
        if self._view is not None:
            self._view._drawing = self._drawing

    def picture(self):
        """Return the still picture: pixels, hidden units, probabilities."""
        A, activations = self.pixels, []
        for layer in range(1, self.depth + 1):
            W, b = self.parameters[f"W{layer}"], self.parameters[f"b{layer}"]
            Z = W @ A + b
            A = softmax(Z) if layer == self.depth else relu(Z)
            activations.append(A.ravel())
        return plots.reading(self.pixels, activations[:-1], activations[-1])

    @property
    def depth(self):
        """Return the number of layers of weights."""
        return sum(name[0] == "W" for name in self.parameters)

    @property
    def spec(self):
        """Return what the page must know: the parameters as float32, the examples."""
        packed = []
        for layer in range(1, self.depth + 1):
            W, b = self.parameters[f"W{layer}"], self.parameters[f"b{layer}"]
            packed.append({"W": _packed(W), "b": _packed(b), "columns": W.shape[1]})
        return {"layers": packed, "examples": self.examples.T.tolist()}

    def widget(self):
        """Return the live view, a widget; the same one for every display."""
        if self._view is None or self._view.comm is None:
            large = picture.larger() > 1
            given = {"_spec": self.spec, "_drawing": self._drawing, "_large": large}
            self._view = FRONT.view(**given)
            self._view.observe(self._keep, "_drawing")
            explore.grows.add(self._view)
        return self._view

    def _keep(self, change):
        self._drawing = change.new

    def element(self, large=False):
        """Return the element that pad.js brings to life, its still picture in it."""
        state = {"_spec": self.spec, "_drawing": self._drawing, "_large": large}
        return FRONT.element(self.picture().html(), state)

    def player(self, fragment=False, large=False):
        """Return HTML in which the pad works without Python.

        fragment : whether to leave out what makes it a document, to put it into one
        large : whether it is projected
        """
        return FRONT.player(self.element(large), "Draw a digit", fragment)

    def __repr__(self):
        W = [self.parameters[f"W{layer}"] for layer in range(1, self.depth + 1)]
        sizes = ", ".join(str(each.shape[1]) for each in W)
        return f"A pad for digits; the network has {sizes} and {len(W[-1])} units."

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {**self.picture()._repr_mimebundle_(), "text/plain": repr(self)}

    def _ipython_display_(self):
        explore.put(self._repr_mimebundle_(), self.widget)


def _packed(array):
    """Return the numbers as pad.js unpacks them: float32 in base64."""
    return base64.b64encode(array.astype("<f4").tobytes()).decode()
