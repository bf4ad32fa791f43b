"""The kinds of picture in this course, each with a sentence made from its data.

    cost_curves(run)                   the cost after every step, of one run or of many
    costs_by_rate(run)                 the last cost of many runs by learning rate
    decision_boundary(network, ...)    which class the network gives where
    network([2, 4, 1])                 units and weights, with or without their values
    activation_and_slope(...)          a function, its slope, its tangent
    gradient_sizes(...)                mean |dW| by layer
    cost_surface(...)                  the cost over two weights, with a path
    confusion_matrix(...)              how often each class is read as each
    learning_curves(costs, shares)     over the epochs, for two or three sets
    image_grid(...)                    small images, row by row
    reading(...)                       a digit, the units that it lights, the answer

Each returns a `Picture` and takes `axes=` to draw into a part of your own figure:

    figure, (left, right) = plots.figure(columns=2)
    first = plots.network([2, 2, 1], axes=left)
    second = plots.cost_curves(run, axes=right)
    plots.Picture(figure, f"{first.sentence} {second.sentence}")
"""

from itertools import pairwise

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from nnteach.checks import (
    describe,
    inputs,
    numbers,
    probabilities,
    whole,
    whole_row,
    wrong,
)
from nnteach.draw.picture import (
    CLASSES,
    COLOURS,
    SERIES,
    Picture,
    figure,
    style,
    styled,
)
from nnteach.rounding import show as number

__all__ = [
    "COLOURS",
    "Picture",
    "activation_and_slope",
    "confusion_matrix",
    "cost_curves",
    "cost_surface",
    "costs_by_rate",
    "decision_boundary",
    "figure",
    "gradient_sizes",
    "image_grid",
    "learning_curves",
    "network",
    "number",
    "reading",
    "style",
]


TINTS = (0.5, 0.5, 0.2, 0.4, 0.3)  # how much of a class's colour its regions have

# ------------------------------------------------------------- cost curves


@styled
def cost_curves(runs, labels=None, *, ylim=None, log=False, axes=None):
    """Return a picture of the cost after every step, of one run or of many.

    runs: a `Run` from `train`, with one learning rate or many, or a list of them.
    labels: one text for each curve; by default its learning rate.
    ylim: by default from 0 to above the highest starting cost, which is the same for
        all runs that start alike; give it when the number of curves changes.
    log: whether each line upwards means ten times the cost; by default the axis
        then starts at the power of ten below the lowest cost.
    Introduced in chapter 2.
    """
    curves = [one for run in _runs(runs) for one in _single_runs(run)]
    if labels is None:
        labels = [f"learning rate {number(run.learning_rate)}" for run in curves]
    if len(labels) != len(curves):
        raise ValueError(f"{len(curves)} cost curves but {len(labels)} labels.")
    axes = _axes(axes)
    legend = 0.15 * len(curves) if 1 < len(curves) <= len(SERIES) else 0
    # A start that is right already costs 0, and an axis needs two ends.
    starts = (run.costs[0] for run in curves if run.diverged_at != 0)
    top = (1.15 + legend) * max(starts, default=0) or 1
    if ylim is None and log:
        costs = np.concatenate([run.costs for run in curves])
        lowest = costs.min(where=costs > 1e-300, initial=top / 2)
        ylim = 10 ** np.floor(np.log10(lowest)), top
    ylim = (0, top) if ylim is None else _limits(ylim, log)
    axes.set_xlim(0, max(max(len(run.costs) for run in curves) - 1, 1))
    axes.set_ylim(*ylim)
    if log:
        axes.set_yscale("log")
        _plain_decades(axes.yaxis, *ylim)
    axes.set_xlabel(_unit(curves[0]))
    axes.set_ylabel("cost")
    few, lines = len(curves) <= len(SERIES), []
    for place, (run, label) in enumerate(zip(curves, labels, strict=True)):
        colour, line = SERIES[place] if few else (_ramp(place / (len(curves) - 1)), "-")
        at = _thinned(run.costs)
        look = {"color": colour, "linestyle": line, "linewidth": None if few else 1}
        lines += axes.plot(at, run.costs[at], label=label, **look)
        if run.diverged_at is not None:
            _mark_divergence(axes, run, colour, said=few)
    if few and len(curves) > 1:
        axes.legend(loc="upper right")
    elif not few:  # a list of many would cover the picture
        ends = lines[:: len(lines) - 1]
        axes.legend(ends, (labels[0], labels[-1]), loc="upper right")
    return Picture(axes.figure, _costs_sentence(curves, labels))


@styled
def costs_by_rate(run, *, ylim=None, axes=None):
    """Return a picture of the last cost of many runs against their learning rate.

    run: what `train` returns for many learning rates, in rising order.
    Introduced in chapter 7.
    """
    if not np.ndim(getattr(run, "learning_rate", None)):
        wanted = "what train returns for many learning rates"
        advice = "train(..., learning_rate=[0.1, 1, 10])"
        got = "a list" if isinstance(run, (list, tuple)) else describe(run)
        raise wrong("run", wanted, got, advice, TypeError)
    axes = _axes(axes)
    rates, last = np.asarray(run.learning_rate), run.costs[-1]
    if (np.diff(rates) < 0).any():
        advice = "learning_rate=np.sort(rates)"
        raise wrong("run", "learning rates in rising order", "others", advice)
    start = run.costs[0].max()
    of_all = "cost" if (run.costs[0] == start).all() else "highest cost"
    ylim = (0, 1.15 * start or 1) if ylim is None else _limits(ylim)
    lost = np.asarray(run.diverged_at) >= 0
    axes.set_xscale("log")
    axes.set_xlim(rates[0], rates[-1])
    axes.set_ylim(*ylim)
    axes.axhline(start, color="black", linestyle=":", label=f"{of_all} at the start")
    kept, (colour, line) = np.where(lost, np.nan, last), SERIES[0]
    axes.plot(
        rates, kept, line, color=colour, marker="o", ms=4, label="cost at the end"
    )
    diverging = ""
    if lost.any():
        first = number(rates[lost].min())
        above = lost[lost.argmax() :].all()
        where = f"from {first} on" if above else f"the lowest at {first}"
        diverging = f" Runs that diverge: {lost.sum()}, {where}."
        heights = np.full(lost.sum(), 0.97 * ylim[1])
        axes.plot(rates[lost], heights, "X", color=SERIES[1][0], label="diverges")
    _plain_decades(axes.xaxis, rates[0], rates[-1])
    axes.set_xlabel("learning rate")
    axes.set_ylabel("cost")
    axes.legend(loc="center left")
    if lost.all():
        return Picture(axes.figure, f"All {len(rates)} runs diverge.")
    best = int(np.nanargmin(kept))
    return Picture(
        axes.figure,
        f"Of {len(rates)} learning rates, {number(rates[0])} to {number(rates[-1])}, "
        f"{number(rates[best])} gives the lowest cost, {number(last[best])}, after "
        f"{_steps(run)}.{diverging}",
    )


def _plain_decades(axis, low, high):
    """Label powers of ten in plain text; matplotlib's own are formulas, and slow."""
    first, last = np.ceil(np.log10(low) - 1e-9), np.floor(np.log10(high) + 1e-9)
    step = max((last - first) // 5, 1)
    powers = 10.0 ** np.arange(first, last + 1, step)
    plain = [number(p) if p >= 1e-3 else f"1e−{-np.log10(p):02.0f}" for p in powers]
    axis.set_ticks(powers, plain)
    axis.set_ticks([], minor=True)


def _single_runs(run):
    return [run] if np.ndim(run.costs) == 1 else [run[k] for k in range(len(run))]


def _thinned(costs, points=300):
    """Return the indices of at most `points` finite costs.

    More would not be seen, and every point of a curve is written into the SVG.
    """
    finite = np.flatnonzero(np.isfinite(costs))
    wanted = np.linspace(0, len(finite) - 1, min(points, len(finite)))
    return finite[np.round(wanted).astype(int)]


def _mark_divergence(axes, run, colour, said):
    inside = run.costs <= axes.get_ylim()[1]
    last = np.flatnonzero(inside)[-1] if inside.any() else 0
    height = min(run.costs[last], axes.get_ylim()[1])
    axes.plot(last, height, "X", color=colour, markersize=10, clip_on=False)
    if said:
        axes.annotate(
            f" diverges at {_unit(run)} {number(run.diverged_at)}",
            (last, height),
            (6, 0),
            textcoords="offset points",
            verticalalignment="center",
        )


def _costs_sentence(curves, labels):
    said = [_cost_said(run) for run in curves]
    if len(curves) == 1:
        return said[0][0].upper() + said[0][1:] + "."
    if len(curves) <= len(SERIES):
        named = [f"{label}: {text}" for label, text in zip(labels, said, strict=True)]
        sentence = "; ".join(named) + "."
        return sentence[0].upper() + sentence[1:]
    best = int(np.argmin([run.costs[-1] for run in curves]))
    lost = sum(run.diverged_at is not None for run in curves)
    named = f"{len(curves)} cost curves, {labels[0]} to {labels[-1]}."
    if lost == len(curves):
        return f"{named} All of them diverge."
    return (
        f"{named} The lowest after {_steps(curves[best])} is "
        f"{number(curves[best].costs[-1])}, with {labels[best]}; runs that diverge: "
        f"{lost}."
    )


def _cost_said(run):
    first = number(run.costs[0])
    if run.diverged_at is not None:
        at = f"{_unit(run)} {run.diverged_at}"
        return f"the cost starts at {first} and diverges at {at}"
    for digits in range(4, 9):  # a difference after the eighth comes from rounding
        first, last = number(run.costs[0], digits), number(run.costs[-1], digits)
        if first != last:
            break
    else:
        first = number(run.costs[0])
        return f"the cost stays at {first} for {_steps(run)}"
    way = "falls" if run.costs[-1] < run.costs[0] else "rises"
    return f"the cost {way} from {first} to {last} in {_steps(run)}"


def _steps(run):
    count, unit = len(run.costs) - 1, _unit(run)
    return f"{number(count)} {unit}" + (count > 1) * ("es" if unit == "pass" else "s")


def _unit(run):
    """Return what an iteration is called: a step, or a pass with batches."""
    return "step" if run.updates == 1 else "pass"


@styled
def learning_curves(costs, shares, *, mark=None, top=2.5):
    """Return a picture of cost and share right before each epoch, set by set.

    costs, shares: {"training": [...], "validation": [...]}, a number for each epoch.
    mark: an epoch that a vertical line marks. top: the upper end of the cost.
    Introduced in chapter 9.
    """
    costs, shares = _epochs("costs", costs), _epochs("shares", shares)
    largest = max(values.max() for values in shares.values())
    if largest > 1:
        advice = "to divide percentages by 100"
        raise wrong("shares", "shares from 0 to 1", f"{largest:g}", advice)
    last = [len(next(iter(curves.values()))) - 1 for curves in (costs, shares)]
    if mark is not None and not 0 <= mark <= min(last):
        wanted = f"an epoch from 0 to {min(last)}"
        raise wrong("mark", wanted, describe(mark), f"mark={min(last)}")
    drawn, (left, right) = figure(height=3.2, columns=2, title=False)
    said = []
    kinds = (left, costs, "cost"), (right, shares, "share right")
    for (axes, curves, label), epochs in zip(kinds, last, strict=True):
        for (name, values), (colour, line) in zip(curves.items(), SERIES, strict=False):
            axes.plot(values, line, color=colour, label=name)
        if mark is not None:
            axes.axvline(mark, color="#767676", lw=1)
        axes.set(xlabel="epoch", ylabel=label, xlim=(0, max(epochs, 1)))
        ends = [f"{number(v[-1], 3)} ({name})" for name, v in curves.items()]
        after = f"after {number(epochs)} epoch{'s' * (epochs != 1)}: "
        after = "" if said and epochs == last[0] else after
        said.append(f"{after}{label} {', '.join(ends)}")
    left.set_ylim(0, top)
    right.set_ylim(0, 1.02)
    right.legend(loc="lower right")
    marked = "" if mark is None else f" The line marks epoch {mark}."
    sentence = "; ".join(said)
    return Picture(drawn, f"{sentence[0].upper()}{sentence[1:]}.{marked}")


def _epochs(name, curves):
    """Return {set: numbers}, as many for each, or raise ValueError or TypeError."""
    _by_name(name, curves, f'{{"training": {name}}}')
    curves = {key: numbers(f"{name}[{key!r}]", curves[key]) for key in curves}
    shapes = {values.shape for values in curves.values()}
    if len(shapes) > 1 or len(shapes.pop()) != 1:
        got = " and ".join(describe(values) for values in curves.values())
        advice = "np.shape of each set"
        raise wrong(name, "a number for each epoch, as many in each set", got, advice)
    return curves


# ------------------------------------------------------- decision boundary


# In a part of a figure: a line of its own above the axes, at the right of the title.
_LEGEND_ABOVE = {
    "loc": "lower right",
    "bbox_to_anchor": (1, 1),
    "ncols": 4,
    "frameon": False,
    "borderaxespad": 0.2,
    "columnspacing": 0.7,
    "handlelength": 1,
    "handletextpad": 0.4,
}


@styled
def decision_boundary(
    network, parameters, X, Y, *, limits=None, names=None, title="", axes=None
):
    """Return a picture of the class that a network gives to every point of the plane.

    The background has the colour of the most probable class, paler where the network is
    less sure; a line runs where that class changes.

    X (2, m); Y (1, m) of zeros and ones, or one-hot (n_y, m).
    limits: (left, right, bottom, top); by default a little more than the data. They are
        widened until a step along x1 is as long as one along x2.
    names: the names of the classes. Introduced in chapter 3.
    """
    X, Y = _points(X, Y)
    found = _class_chances(network, X, parameters)
    count = len(found)
    if count > len(CLASSES):
        raise ValueError(f"{count} classes, but only {len(CLASSES)} can be told apart.")
    label = _class_of(Y, count)
    names = _names(names, count, [f"class {k}" for k in range(count)])
    legend = _LEGEND_ABOVE
    if axes is None:  # room for the legend beside the points, not on them
        room = (0.4 + 0.09 * max(map(len, names))) * mpl.rcParams["font.size"] / 11
        drawn, axes = figure(width=5.3 + room)
        drawn.subplots_adjust(right=5.2 / (5.3 + room))
        legend = {"loc": "center left", "bbox_to_anchor": (1.01, 0.5)}
    axes = _axes(axes)
    if limits is None:
        low, high = X.min(axis=1), X.max(axis=1)
        gap = 0.08 * (high - low)
        limits = (low[0] - gap[0], high[0] + gap[0], low[1] - gap[1], high[1] + gap[1])
    left, right, bottom, top = limits = _equal_scales(axes, *limits)
    x, y = np.linspace(left, right, 90), np.linspace(bottom, top, 90)
    grid = np.stack([array.ravel() for array in np.meshgrid(x, y)])
    chance = _class_chances(network, grid, parameters).reshape(-1, 90, 90)
    colours = np.array([mpl.colors.to_rgb(CLASSES[k][0]) for k in range(count)])
    axes.imshow(
        _tinted(colours, chance),
        extent=limits,
        origin="lower",
        aspect="auto",
        interpolation="none",
    )
    for k in range(1 if count == 2 else 0, count):
        margin = chance[k] - np.delete(chance, k, axis=0).max(axis=0)
        if margin.min() < 0 < margin.max():
            axes.contour(x, y, margin, [0], colors="black", linewidths=1.5)
    brief = [names[0], *(name.removeprefix("class ") for name in names[1:])]
    for k in range(count):
        colour, marker = CLASSES[k]
        axes.plot(
            *X[:, label == k], marker, color=colour, mec="black", mew=0.6, ms=5,
            label=(brief if legend is _LEGEND_ABOVE else names)[k],
        )  # fmt: skip
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_xlabel("x1")
    axes.set_ylabel("x2")
    axes.set_title(title)
    axes.legend(**{"handletextpad": 0.1, **legend})
    hits = np.mean(found.argmax(axis=0) == label)
    return Picture(
        axes.figure,
        f"{title + ': the' if title else 'The'} network puts {number(100 * hits, 3)} % "
        f"of the {number(X.shape[1])} points into their own class.",
    )


def _tinted(colours, chance):
    """Return the colour of the most probable class at each point, paler if unsure.

    No two classes are equally dark, so that they differ without their hue as well.
    """
    winner, even = chance.argmax(axis=0), 1 / len(chance)
    sure = (chance.max(axis=0) - even) / (1 - even)
    strength = np.array(TINTS)[winner] * (0.6 + 0.4 * sure)
    return 1 - strength[..., None] * (1 - colours[winner])


def _points(X, Y):
    """Return X (2, m) and Y (n_y, m) as arrays, or raise ValueError."""
    X, Y = inputs("X", X), inputs("Y", Y)
    if len(X) != 2:
        advice = "X.T" if X.shape[1] == 2 else "X[:2] for two of its rows"
        raise wrong("X", "two rows, x1 and x2", describe(X), advice)
    m = X.shape[1]
    if Y.shape[1] != m:
        advice = "Y.T" if len(Y) == m else f"a Y of shape (1, {m})"
        raise wrong("Y", f"{m} columns, as X has", describe(Y), advice)
    return X, Y


def _equal_scales(axes, left, right, bottom, top):
    """Return the limits, one pair widened, so that both axes have the same scale."""
    box, page = axes.get_position(), axes.figure.get_size_inches()
    wide, high = box.width * page[0], box.height * page[1]
    scale = max((right - left) / wide, (top - bottom) / high)
    x, y = (left + right) / 2, (bottom + top) / 2
    across, up = scale * wide / 2, scale * high / 2
    return x - across, x + across, y - up, y + up


def _class_chances(network, X, parameters):
    """Return the probability of each class, shape (classes, m)."""
    output, _ = network.forward_propagation(X, parameters)
    if output.size > np.prod(output.shape[-2:]):
        wanted, advice = "the parameters of one run", "run[k].parameters"
        raise wrong("parameters", wanted, "those of many runs", advice)
    output = output.reshape(output.shape[-2:])
    return np.concatenate([1 - output, output]) if len(output) == 1 else output


def _class_of(Y, count):
    """Return the class of each example, out of so many, or raise ValueError."""
    binary = np.isin(Y, (0, 1)).all()
    if len(Y) == 1 and count == 2 and binary:
        return Y[0].astype(int)
    if len(Y) == count and binary and (Y.sum(axis=0) == 1).all():
        return Y.argmax(axis=0)
    rows = 1 if count == 2 else count
    wanted = f"one-hot labels in {rows} rows" if rows > 1 else "a row of zeros and ones"
    if len(Y) not in (1, count):
        advice = f"a network with {len(Y)} outputs"
    elif rows > 1:
        advice = f"data.one_hot(class_numbers, {count}), class_numbers from 0"
    else:
        signs = np.isin(Y, (-1, 1)).all()
        advice = "(Y + 1) / 2" if signs else "(labels == wanted_class) to make them"
    got = f"{describe(Y)} from {Y.min():g} to {Y.max():g}"
    raise wrong("Y", f"{wanted}, as the network has {count} classes", got, advice)


# ----------------------------------------------------------- the network


@styled
def network(layers, weights=None, *, names=None, cost=None, highlight=(), axes=None):
    """Return a picture of the units of a network, layer by layer, and the weights.

    layers: for each layer its size, or the values of its units (numbers or texts).
    weights: W[1], W[2], ... (n_l, n_l-1), numbers or texts, to be written on the lines.
        Without them the lines carry the shape of each W.
    names: what stands above each layer. cost: a text to the right of the output, such
        as "cost 0.02". highlight: parts to stand out, one or several of "X", "A1",
        "Z1", "W1", "b1", ..., "cost".
    Introduced in chapter 2.
    """
    layers = [
        _values(layer) if np.ndim(layer) else whole(f"layers[{k}]", layer)
        for k, layer in enumerate(layers)
    ]
    sizes = [layer if isinstance(layer, int) else len(layer) for layer in layers]
    hidden = ["hidden"] * (len(sizes) - 2)
    names = _names(names, len(sizes), ["input", *hidden, "output"])
    if weights is not None:
        weights = _weights(weights, sizes)
    lit = {highlight} if isinstance(highlight, str) else set(highlight)
    parts = {f"{part}{k}" for part in "AZWb" for k in range(len(sizes))}
    unknown = lit - parts - {"X", "x", "cost"}
    if unknown:
        got = ", ".join(sorted(map(repr, unknown)))
        wanted = "parts of this network, such as 'X', 'A1', 'W1' or 'cost'"
        raise wrong("highlight", wanted, got, "highlight='W1'")
    if axes is None:
        drawn, axes = figure(title=False)
        drawn.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.99)
    axes = _axes(axes)
    larger = mpl.rcParams["font.size"] / 11
    places = [_unit_places(depth, size) for depth, size in enumerate(sizes)]
    height = 72 * axes.get_position().height * axes.figure.get_figheight() / 1.75
    closest = min((-np.diff(units[:, 1]).max() for units in places if len(units) > 1),
                  default=1)  # fmt: skip
    room = 0.9 * closest * height  # for a unit, if no two are to meet
    for depth in range(1, len(sizes)):
        given = None if weights is None else weights[depth - 1]
        _draw_weights(axes, depth, places, sizes, given, f"W{depth}" in lit)
    for depth, (layer, units) in enumerate(zip(layers, places, strict=True)):
        on = bool(lit & ({"X", "x"} if depth == 0 else {f"{k}{depth}" for k in "AZb"}))
        # In points, like the notes; below many units lines of text have their place.
        across = min(24 if max(sizes) > 4 else 60, 44 * larger, room)
        axes.plot(
            *units.T, "o", ms=across,
            mfc=COLOURS["yellow"] if on else "white", mec="black", mew=3 if on else 1.5,
        )  # fmt: skip
        if len(units) < sizes[depth]:
            middle = units[-3:-1, 1].mean()
            axes.text(depth, middle, "⋮", ha="center", va="center", size="x-large")
        texts = [] if isinstance(layer, int) else layer
        for (x, y), said in zip(units, texts, strict=False):
            axes.annotate(
                _text(said), (x, y), (0, -1), textcoords="offset points",
                ha="center", va="center",
            )  # fmt: skip
        size = f"\n{sizes[depth]} unit" + "s" * (sizes[depth] > 1)
        axes.text(depth, 1.2, names[depth] + size * isinstance(layer, int), ha="center")
    if cost is not None:
        box = {"fc": COLOURS["yellow"] if "cost" in lit else "white", "ec": "black"}
        axes.text(len(sizes) - 0.35, 0.5, cost, ha="center", va="center", bbox=box)
    axes.set_xlim(-0.45, len(sizes) - (0.55 if cost is None else 0))
    axes.set_ylim(-0.4, 1.45)
    axes.set_axis_off()
    return Picture(axes.figure, _network_sentence(layers, sizes, weights))


def _weights(weights, sizes):
    """Return the weights as arrays that fit the layers, or raise an error."""
    shapes = [(above, below) for below, above in pairwise(sizes)]
    if isinstance(weights, dict):
        advice = ", ".join(f'weights["W{k}"]' for k in range(1, len(sizes)))
        wanted = "W1, W2 ... in a list"
        raise wrong("weights", wanted, "a dictionary", f"[{advice}]", TypeError)
    given = [np.shape(W) for W in weights]
    if given != shapes:
        wanted = f"a list with matrices of the shapes {', '.join(map(str, shapes))}"
        got = ", ".join(map(str, given)) or "none"
        advice = "[W1, W2], W1 with a row for each unit and a column for each input"
        raise wrong("weights", wanted, got, advice)
    return [np.asarray(W) for W in weights]


def _values(layer):
    """Return the values as a list, from a list, a row or a column."""
    return layer if isinstance(layer, list) else list(np.ravel(layer))


def _unit_places(depth, size, most=6):
    """Return x and y of the units to draw; a large layer leaves room for dots."""
    heights = {1: [0.5], 2: [0.82, 0.18]}.get(size, np.linspace(1, 0, min(size, most)))
    if size > most:
        heights = np.delete(heights, -3)
    return np.array([(depth, height) for height in heights])


def _draw_weights(axes, depth, places, sizes, given, lit):
    below, above = places[depth - 1], places[depth]
    pairs = [(i, j) for j in range(len(above)) for i in range(len(below))]
    values = None
    if given is not None and given.dtype.kind in "fiu":
        values = [given[j, i] for i, j in pairs]
    axes.add_collection(
        LineCollection(
            [(below[i], above[j]) for i, j in pairs],
            colors=[_sign_colour(v) for v in values] if values else "#777777",
            linestyles=["--" if v < 0 else "-" for v in values] if values else "-",
            linewidths=4 if lit else 1.2,
            zorder=1,
        ),
        autolim=False,
    )
    box = {"fc": COLOURS["yellow"] if lit else "white", "ec": "none", "pad": 1}
    if given is None:
        rows, columns = sizes[depth], sizes[depth - 1]
        text = f"W{depth}\n({rows}, {columns})"
        most = 15 if len(sizes) <= 5 else 12.5  # between the units, not on them
        size = min(mpl.rcParams["font.size"], most)
        axes.text(depth - 0.5, 0.5, text, ha="center", va="center", bbox=box, size=size)
    elif len(pairs) <= 12:
        share = _label_share(below, above)
        for i, j in pairs:
            x, y = below[i] + share * (above[j] - below[i])
            axes.text(x, y, _text(given[j, i], 3), ha="center", va="center", bbox=box)


def _label_share(below, above):
    """Return how far along its line a weight stands: labels have equal distances."""
    if len(below) == 1 or len(above) == 1:
        return 0.45
    if len(below) > len(above):
        return 1 - _label_share(above, below)
    gap, upper = (units[0, 1] - units[1, 1] for units in (below, above))
    return gap / (gap + len(above) * upper)


def _sign_colour(value):
    return COLOURS["vermillion"] if value < 0 else COLOURS["blue"]


def _text(value, digits=4):
    return value if isinstance(value, str) else number(value, digits)


def _network_sentence(layers, sizes, weights):
    if isinstance(layers[-1], int):
        count = sum(a * (b + 1) for b, a in pairwise(sizes))
        hidden = " and ".join(map(str, sizes[1:-1])) or "no"
        return (
            f"A network with {sizes[0]} inputs, {hidden} hidden units and {sizes[-1]} "
            f"output{'s' * (sizes[-1] > 1)}: {number(count)} weights and biases."
        )
    texts = [", ".join(map(_text, layer)) for layer in (layers[0], layers[-1])]
    return f"The network turns the inputs {texts[0]} into the output {texts[1]}."


# --------------------------------------------------- activation and slope


@styled
def activation_and_slope(
    function, derivative, z, name, *, xlim=(-6, 6), ylim=None, axes=None
):
    """Return a picture of an activation function and its slope, with the tangent at z.

    function: Z -> A; derivative: A -> slope, as in `nnteach.activations`.
    ylim: by default what function and slope need within xlim.
    axes: one for both curves, or a pair; the slope then stands in the second, from 0
        to 1. Introduced in chapter 1.
    """
    axes = figure()[1] if axes is None else axes
    of_function, of_slope = map(_axes, np.broadcast_to(axes, 2))
    grid = np.linspace(*xlim, 241)
    curve, slopes = function(grid), derivative(function(grid))
    a = float(function(np.array([[float(z)]])).item())
    slope = float(derivative(np.array([[a]])).item())
    low, high = min(curve.min(), slopes.min()), max(curve.max(), slopes.max())
    of_slope.set_ylim(-0.1, 1.25)
    of_function.set_ylim(
        *(ylim or (low - 0.1 * (high - low), high + 0.15 * (high - low)))
    )
    (blue, solid), (vermillion, dashed) = SERIES[:2]
    of_function.plot(grid, curve, color=blue, linestyle=solid, label=name)
    jumps = np.flatnonzero(np.abs(np.diff(slopes)) > 0.1) + 1  # no line leads across
    drawn = (np.insert(values, jumps, np.nan) for values in (grid, slopes))
    of_slope.plot(*drawn, color=vermillion, linestyle=dashed, label="its slope")
    near = np.array([z - 1.5, z + 1.5])
    of_function.plot(
        near, a + slope * (near - z), color="black", lw=1.2, label="tangent"
    )
    of_function.plot(z, a, "o", color="black", clip_on=False)
    of_slope.plot(z, slope, "D", color=vermillion, mec="black", clip_on=False)
    for one in {of_function, of_slope}:
        one.set_xlim(*xlim)
        one.set_xlabel("z")
        one.legend(loc="upper left")
    return Picture(
        of_function.figure,
        f"At z = {number(z)}, {name} is {number(a)} and its slope is {number(slope)}.",
    )


# --------------------------------------------------------- gradient sizes


@styled
def gradient_sizes(series, *, ylim=(1e-12, 10), axes=None):
    """Return a picture of the mean |dW| of every layer, on a logarithmic scale.

    series: {name: grads}, grads from backward_propagation (dW1, db1, dW2, ...) or the
        means themselves, layer 1 first.
    ylim: fixed, so that series can be compared; smaller values stand on its lower edge.
    Introduced in chapter 8.
    """
    example = '{"my network": grads}'
    if isinstance(series, dict) and np.ndim(series.get("dW1")) > 1:
        raise wrong("series", "grads by name", "the grads themselves", example)
    _by_name("series", series, example)
    ylim = _limits(ylim, log=True)
    axes = _axes(axes)
    said, deepest = [], 1
    for (name, grads), (colour, line), (_, marker) in zip(
        series.items(), SERIES, CLASSES, strict=False
    ):
        means = _mean_sizes(name, grads)
        layer = np.arange(1, len(means) + 1)
        deepest = max(deepest, len(means))
        axes.plot(
            layer, np.maximum(means, ylim[0]), color=colour, linestyle=line,
            marker=marker, label=name, clip_on=False,
        )  # fmt: skip
        said.append(
            f"{name}: {number(means[-1], 2)} in layer {len(means)}, "
            f"{number(means[0], 2)} in layer 1"
        )
    axes.set_xlim(0.8, deepest + 0.2)
    axes.set_xlabel("layer")
    axes.set_ylabel("mean |dW|")
    axes.set_yscale("log")
    axes.set_ylim(*ylim)
    _plain_decades(axes.yaxis, *ylim)
    axes.set_xticks(range(1, deepest + 1, max(deepest // 10, 1)))
    axes.legend(loc="lower right")
    return Picture(axes.figure, "Mean size of dW. " + "; ".join(said) + ".")


def _mean_sizes(name, grads):
    """Return the mean size for each layer, or raise ValueError or TypeError."""
    if isinstance(grads, dict):
        depth = sum(key.startswith("dW") for key in grads)
        if depth:
            each = (np.abs(grads[f"dW{k}"]).mean() for k in range(1, depth + 1))
            return np.array([*each])
        got = f"the keys {', '.join(grads)}"
    else:
        means, got = numbers(f"series[{name!r}]", grads), describe(grads)
        if means.ndim == 1:
            return means
    wanted = "grads with dW1, dW2 ..., or a row of means"
    advice = "what backward_propagation returns"
    raise wrong(f"series[{name!r}]", wanted, got, advice)


# ----------------------------------------------------------- cost surface


@styled
def cost_surface(costs, x, y, path=None, *, names=("w1", "w2"), axes=None):
    """Return a picture of the cost over two weights, and the path of the steps on it.

    costs (len(y), len(x)): the cost at every pair of weights. x, y: their values.
    path (2, steps + 1): the two weights before every step, and after the last.
    Introduced in chapter 7.
    """
    if path is not None and (np.ndim(path) != 2 or len(path) != 2):
        advice = "np.transpose(path)"
        raise wrong("path", "two rows, one for each weight", describe(path), advice)
    legend = _LEGEND_ABOVE
    if axes is None:  # as above
        larger = mpl.rcParams["font.size"] / 11
        drawn, axes = figure(width=6.2 + larger)
        drawn.subplots_adjust(right=6 / (6.2 + larger))
        legend = {"loc": "center left", "bbox_to_anchor": (1.01, 0.5)}
    axes = _axes(axes)
    costs = np.asarray(costs, float)
    finite = costs[np.isfinite(costs)]
    levels = np.unique(np.quantile(finite, np.linspace(0, 1, 11)))
    axes.contourf(x, y, costs, levels, cmap="cividis")
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(y[0], y[-1])
    axes.set_xlabel(names[0])
    axes.set_ylabel(names[1])
    row, column = np.unravel_index(np.nanargmin(costs), costs.shape)
    sentence = (
        f"The cost is lowest, {number(costs[row, column])}, at {names[0]} = "
        f"{number(x[column])} and {names[1]} = {number(y[row])}"
    )
    axes.plot(
        x[column],
        y[row],
        "*",
        ms=15,
        color=COLOURS["yellow"],
        mec="black",
        label="lowest",
    )
    if path is not None:
        path = np.asarray(path, float)
        shown = {"color": "white", "mfc": COLOURS["vermillion"], "mec": "white"}
        axes.plot(*path, "-o", ms=5, mew=0.8, lw=1.5, label="steps", **shown)
        axes.plot(*path[:, 0], "s", ms=9, color="white", mec="black", label="start")
        ends = [f"({number(a)}, {number(b)})" for a, b in path[:, [0, -1]].T.round(3)]
        steps = path.shape[1] - 1
        sentence += f"; {number(steps)} steps lead from {ends[0]} to {ends[1]}"
    axes.legend(**legend).get_frame().set(facecolor="#bbbbbb", alpha=1)
    return Picture(axes.figure, sentence + ". Darker is lower.")


# ------------------------------------------------------- classes and images


@styled
def confusion_matrix(true, predicted, names=None, *, axes=None):
    """Return a picture of how often each class is read as each class.

    true, predicted (m,): numbers of classes, from 0. Introduced in chapter 9.
    """
    true = _class_numbers("true", true)
    predicted = _class_numbers("predicted", predicted)
    if len(true) != len(predicted):
        wanted = f"{len(true)} class numbers, one for each of true"
        advice = "to compare how each was made"
        raise wrong("predicted", wanted, len(predicted), advice)
    least = max(true.max(), predicted.max()) + 1
    names = _names(names, least, [str(k) for k in range(least)])
    size = len(names)
    counts = np.zeros((size, size), int)
    np.add.at(counts, (true, predicted), 1)
    axes = _axes(axes, width=5.4, height=4.6)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    white, blue = np.ones(3), np.array(mpl.colors.to_rgb(COLOURS["blue"]))
    axes.imshow(
        white + share[..., None] * (blue - white), aspect="auto", interpolation="none"
    )
    for row, column in zip(*np.nonzero(counts), strict=True):
        axes.text(
            column, row, counts[row, column], ha="center", va="center",
            color="white" if share[row, column] > 0.94 else "black",
        )  # fmt: skip
    axes.set_xticks(range(size), names)
    axes.set_yticks(range(size), names)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    right, slips = counts.trace(), counts - np.diag(counts.diagonal())
    sentence = (
        f"{right} of {len(true)} are right ({number(100 * right / len(true), 3)} %)"
    )
    if slips.any():
        most = slips.max()
        kinds = [
            f"{names[i]} read as {names[k]}" for i, k in np.argwhere(slips == most)
        ]
        if len(kinds) <= 3:
            each = " each" if len(kinds) > 1 else ""
            kinds = " and ".join(kinds)
            sentence += f"; the largest number of mistakes: {kinds} ({most}{each})"
        else:
            times = "once" if most == 1 else f"{most} times"
            sentence += f"; no mistake comes more than {times}"
    return Picture(axes.figure, sentence + ".")


def _class_numbers(name, value):
    """Return whole numbers (m,), from a list, an array (m,) or (1, m)."""
    row = np.atleast_1d(numbers(name, value))
    row = row[0] if row.ndim == 2 and len(row) == 1 else row
    advice = f"{name}.argmax(axis=0), or ({name} > 0.5).astype(int)"
    return whole_row(name, row, 99, advice)


@styled
def image_grid(images, titles=None, columns=6, *, what="images"):
    """Return a picture of small images, row by row, each with its title.

    images (n, height, width): larger numbers are darker; negative ones (weights) are
        vermillion and positive ones blue. Introduced in chapter 9.
    """
    images = numbers("images", images)
    if images.ndim != 3:
        advice = "images[None] for one image, X.T.reshape(-1, 8, 8) for 64 rows"
        if 64 in images.shape:
            turned = "X.T" if len(images) == 64 else "X"
            advice = f"{turned}.reshape(-1, 8, 8)"
        wanted = "images of shape (n, height, width)"
        raise wrong("images", wanted, describe(images), advice)
    if titles is not None and len(titles) != len(images):
        wanted = f"{len(images)} titles, one for each image"
        raise wrong("titles", wanted, len(titles), "titles=labels[:len(images)]")
    rows = -(-len(images) // columns)
    drawn, axes = figure(width=8, height=1.5 * rows + 0.3, title=False)
    drawn.subplots_adjust(left=0.01, right=0.99, bottom=0.01, top=0.99)
    largest = np.abs(images).max() or 1
    for place, image in enumerate(images):
        column, row = place % columns, place // columns
        shade = np.clip(np.abs(image) / largest, 0, 1)[..., None]
        ink = np.where(
            image[..., None] < 0,
            mpl.colors.to_rgb(COLOURS["vermillion"]),
            mpl.colors.to_rgb(COLOURS["blue" if images.min() < 0 else "black"]),
        )
        axes.imshow(
            1 + shade * (ink - 1),
            extent=(column + 0.1, column + 0.9, row + 0.98, row + 0.28),
            interpolation="nearest",
            aspect="auto",
        )
        if titles is not None:
            axes.text(column + 0.5, row + 0.22, str(titles[place]), ha="center")
    axes.set_xlim(0, columns)
    axes.set_ylim(rows, 0)
    axes.set_axis_off()
    size = f"{images.shape[1]} by {images.shape[2]} pixels"
    sentence = f"{len(images)} {what}, each of {size}"
    if titles is not None and len(images) <= 12:
        sentence += ": " + ", ".join(map(str, titles))
    return Picture(drawn, sentence + ".")


@styled
def reading(pixels, units, chances, true=None):
    """Return a picture of a digit, the hidden units that it lights, and the answer.

    pixels (64,) or (64, 1), from 0 (paper) to 1 (ink); units: for each hidden layer its
        activations (n_h,), none below 0; chances (10,): the probability of each digit.
    true: the digit that was written; its bar is filled. Introduced in chapter 9.
    """
    chances = probabilities("chances", np.reshape(chances, (-1, 1))).ravel()
    if true is not None and true not in range(len(chances)):
        wanted = f"a digit from 0 to {len(chances) - 1}"
        raise wrong("true", wanted, describe(true), "true=3, or None")
    widths = (1.1, *(0.18 * np.ceil(len(layer) / 8) for layer in units), 2.2)
    drawn, panels = figure(height=2.6, columns=len(widths), widths=widths)
    drawn.subplots_adjust(left=0.02, wspace=0.25)
    first, *middle, last = panels
    first.imshow(np.reshape(pixels, (8, 8)), "Greys", vmin=0, vmax=1)
    first.set(title="digit" if true is None else f"a written {true}")
    for depth, (axes, layer) in enumerate(zip(middle, units, strict=True), 1):
        columns = -(-len(layer) // 8)
        y, x = np.divmod(np.arange(len(layer)), columns)
        axes.scatter(x, y, 60, color="white", edgecolors="#767676")
        lit = np.sqrt(layer / (np.max(layer) or 1))  # the area is the activation
        axes.scatter(x, y, 60 * lit**2, color=COLOURS["blue"])
        axes.set(title=f"A{depth}", ylim=(7.6, -0.6), xlim=(-0.6, columns - 0.4))
    for axes in (first, *middle):
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(axes is first)
    colour = COLOURS["sky"] if true is None else "white"
    bars = last.bar(range(len(chances)), chances, color=colour, edgecolor="black")
    last.set(title="probability of each digit", ylim=(0, 1), xticks=range(len(chances)))
    said = f"{_a(chances.argmax())} with probability {chances.max():.2f}"
    if true is None:
        return Picture(drawn, f"The network reads the digit as {said}.")
    bars[true].set(color=COLOURS["blue"], hatch="//")
    sentence = f"A written {true}, read as {said}"
    if true != chances.argmax():
        sentence += f"; the {true} gets {chances[true]:.2f}"
    return Picture(drawn, sentence + ".")


def _a(digit):
    return f"an {digit}" if digit == 8 else f"a {digit}"


# ------------------------------------------------------------ small helpers


def _ramp(share):
    """Return a colour from dark blue (0) to light (1), of rising lightness."""
    return mpl.colormaps["cividis"](0.05 + 0.75 * share)


def _runs(runs):
    """Return the runs as a list; TypeError if they are none."""
    listed = list(runs) if isinstance(runs, (list, tuple)) else [runs]
    odd = [one for one in listed if not hasattr(one, "diverged_at")]
    if odd or not listed:
        got = describe(odd[0]) if odd else "an empty list"
        advice = "cost_curves(run), run = train(...)"
        raise wrong("runs", "a Run or a list of Runs", got, advice, TypeError)
    return listed


def _axes(axes, **size):
    """Return the axes to draw into, by default new ones; TypeError for others."""
    if axes is None:
        return figure(**size)[1]
    if not isinstance(axes, Axes):
        advice = "axes=left, after figure, (left, right) = plots.figure(columns=2)"
        got = f"a {type(axes).__name__}"
        raise wrong("axes", "one part of a figure", got, advice, TypeError)
    return axes


def _limits(ylim, log=False):
    """Return the two ends of an axis, above 0 on a logarithmic one, or raise."""
    if np.shape(ylim) != (2,) or (log and min(ylim) <= 0):
        wanted = "two numbers, lowest and highest" + ", above 0" * log
        got = f"{ylim!r:.40}"
        raise wrong("ylim", wanted, got, f"ylim=({0.01 if log else 0}, 1)")
    return ylim


def _names(names, count, usual):
    """Return the names as a list of texts; ValueError if there are too few."""
    names = usual if names is None or len(names) == 0 else [str(name) for name in names]
    if len(names) < count:
        raise wrong("names", f"{count} names", len(names), "a text for each, or None")
    return names


def _by_name(name, series, example):
    """Raise an error unless there are series by name, as many as can be told apart."""
    if not (isinstance(series, dict) and series):
        got = "an empty one" if isinstance(series, dict) else describe(series)
        raise wrong(name, "a dictionary of series by name", got, example, TypeError)
    if len(series) > len(SERIES):
        raise ValueError(
            f"{len(series)} series, but only {len(SERIES)} can be told apart."
        )
