"""Data sets small enough to see, all in this course's shapes.

X (n_x, m) with one example per column; Y (1, m) of zeros and ones for two classes, or
one-hot (n_y, m) for more. `flower` and `spirals` are made here from their formulas;
`moons`, `circles`, `blobs` and `digits` come from scikit-learn, which is loaded when
they are called. Introduced in chapter 3.
"""

import numpy as np

from nnteach.checks import checked, factor, fraction, whole, whole_row


@checked(m=whole, noise=factor)
def flower(m=400, noise=0.2, rng=0):
    """Return X (2, m) and Y (1, m): two classes on the petals of a flower.

    The petals are the curve r = 4 sin(4 t), half of t for each class, with normal noise
    of the given standard deviation on r and on t (radians).
    Source: the rose curve with four-fold sine; the use as a test for hidden layers is
    folklore of machine-learning courses.
    """
    half = (m + 1) // 2
    Y = (np.arange(m) >= half).astype(float)
    t = np.concatenate([np.linspace(0, 3.12, half), np.linspace(3.13, 6.25, m - half)])
    r = 4 * np.sin(4 * t) + noise * rng.standard_normal(m)
    t = t + noise * rng.standard_normal(m)
    return np.stack([r * np.sin(t), r * np.cos(t)]), Y[None, :]


@checked(m=whole, classes=whole, noise=factor)
def spirals(m=300, classes=3, noise=0.2, rng=0):
    """Return X (2, m) and one-hot Y (classes, m): arms of a spiral around the origin.

    On each arm the radius grows from 0.05 to 1 while the angle turns by 4 radians; the
    arms start equally far apart, and the angle has normal noise (radians).
    Source: Archimedes' spiral, radius proportional to angle.
    """
    label = np.arange(m) % classes
    radius = np.linspace(0.05, 1, m)
    angle = 2 * np.pi * label / classes + 4 * radius
    angle = angle + noise * rng.standard_normal(m)
    X = np.stack([radius * np.sin(angle), radius * np.cos(angle)])
    return X, one_hot(label, classes)


@checked(classes=whole)
def one_hot(labels, classes):
    """Return Y (classes, m) with a 1 in row labels[i] of column i and 0 elsewhere.

    labels: m whole numbers from 0 to classes - 1. Introduced in chapter 4.
    """
    advice = "labels.ravel() - labels.min()"
    row = whole_row("labels", labels, classes - 1, advice)
    return (np.arange(classes)[:, None] == row).astype(float)


@checked(m=whole, noise=factor)
def moons(m=200, noise=0.2, seed=0):
    """Return X (2, m) and Y (1, m): two half circles that reach into each other."""
    from sklearn.datasets import make_moons

    points, labels = make_moons(m, noise=noise, random_state=seed)
    return points.T, labels[None, :].astype(float)


@checked(m=whole, noise=factor, factor=fraction)
def circles(m=200, noise=0.1, factor=0.5, seed=0):
    """Return X (2, m) and Y (1, m): one circle inside another."""
    from sklearn.datasets import make_circles

    points, labels = make_circles(m, noise=noise, factor=factor, random_state=seed)
    return points.T, labels[None, :].astype(float)


@checked(m=whole, classes=whole)
def blobs(m=200, classes=3, seed=0):
    """Return X (2, m) and one-hot Y (classes, m): one round cloud for each class."""
    from sklearn.datasets import make_blobs

    points, labels = make_blobs(m, centers=classes, random_state=seed)
    return points.T, one_hot(labels, classes)


def digits():
    """Return X (64, 1797) and one-hot Y (10, 1797): handwritten digits, 8 x 8 pixels.

    The pixels are between 0 and 1. They come with scikit-learn; nothing is downloaded.
    Source: Alpaydin and Kaynak, Optical Recognition of Handwritten Digits (1998), UCI.
    """
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    return images.T / 16, one_hot(labels, 10)
