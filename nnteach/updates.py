"""Updates: how a step is made of the gradients.

        state, parameters = update(state, parameters, grads, learning_rate)

Each update here is called in this way, and so is a learner's own. The state is what it
remembers from one step to the next: {} before the first. Nothing that is given is
modified. Stacked parameters move many networks at once, through the same lines, and
`train(..., update=adam)` makes its steps with it. Introduced in chapter 10.
"""

import contextlib

import numpy as np

from nnteach.checks import (
    checked,
    describe,
    dictionary_of,
    finite,
    fraction,
    numbers,
    positive,
    wrong,
)

checked_step = checked(
    parameters=dictionary_of(finite), grads=dictionary_of(numbers), momentum=fraction,
    beta1=fraction, beta2=fraction, epsilon=positive,
)  # fmt: skip


@checked_step
def update_parameters(parameters, grads, learning_rate):
    """Return the parameters one step downhill: W - learning_rate * dW, for each.

    parameters: arrays by name, such as W1, b1; grads: dW1, db1 ... of the same shapes.
    learning_rate: a positive number, or an array (K,) for K stacked runs.
    Source: Nielsen (2015), equations (16) and (17).
    """
    rate = learning_rate
    if isinstance(rate, np.ndarray) and rate.ndim:
        rate = rate[..., None, None]  # one in front of each run's rows and columns
    return {
        name: value - rate * grads["d" + name] for name, value in parameters.items()
    }


# ----------------------------------------------------------------------- the updates


def gradient_descent(state, parameters, grads, learning_rate):
    """Return the state as it is, and the parameters one step downhill."""
    return state, update_parameters(parameters, grads, learning_rate)


@checked_step
def momentum(state, parameters, grads, learning_rate, momentum=0.9):
    """Return the velocity, which is the state, and the parameters.

        velocity = momentum * velocity + gradient
        w = w - learning_rate * velocity

    momentum: which share of the last velocity goes on, from 0 to less than 1.
    Source: Polyak (1964); Sutskever et al. (2013), equations (1) and (2), who
    put the rate into the velocity. For a rate that stays, this is the same.
    """
    velocity = {
        "d" + name: momentum * state.get("d" + name, 0) + grads["d" + name]
        for name in parameters
    }
    return velocity, update_parameters(parameters, velocity, learning_rate)


@checked_step
def adam(
    state, parameters, grads, learning_rate,
    beta1=0.9, beta2=0.999, epsilon=1e-8,
):  # fmt: skip
    """Return the state (count t and the means, m and v) and the parameters.

        m = beta1 * m + (1 - beta1) * gradient       m_hat = m / (1 - beta1**t)
        v = beta2 * v + (1 - beta2) * gradient**2    v_hat = v / (1 - beta2**t)
        w = w - learning_rate * m_hat / (sqrt(v_hat) + epsilon)

    beta1, beta2: which share of the last mean goes on, from 0 to less than 1.
    epsilon: a small number against a division by 0.
    Source: Kingma and Ba (2015), algorithm 1. PyTorch computes the same;
    scikit-learn takes the shorter form of their section 2, in which epsilon is
    added to sqrt(v).
    """
    t = state.get("t", 0) + 1
    m_before, v_before = state.get("m", {}), state.get("v", {})
    m, v, steps = {}, {}, {}
    for name in parameters:
        slope = grads["d" + name]
        m[name] = beta1 * m_before.get(name, 0) + (1 - beta1) * slope
        v[name] = beta2 * v_before.get(name, 0) + (1 - beta2) * slope**2
        m_hat = m[name] / (1 - beta1**t)
        v_hat = v[name] / (1 - beta2**t)
        steps["d" + name] = m_hat / (np.sqrt(v_hat) + epsilon)
    state = {"t": t, "m": m, "v": v}
    return state, update_parameters(parameters, steps, learning_rate)


# ----------------------------------------------- a learning rate that becomes smaller


def decaying(update, decay):
    """Return the update with a learning rate that is multiplied by decay(step).

    decay: a function of the number of steps that were made, 0 before the first; such as
    `lambda step: inverse_decay(step, half=100)`. Raises TypeError for a number.
    """
    if not callable(decay):
        wanted = "a function of the number of steps"
        advice = "lambda step: inverse_decay(step, half=100)"
        raise wrong("decay", wanted, describe(decay), advice, TypeError)

    def decaying_update(state, parameters, grads, learning_rate):
        step, of_update = state.get("step", 0), state.get("of_update", {})
        rate = np.multiply(learning_rate, decay(step))
        of_update, parameters = update(of_update, parameters, grads, rate)
        return {"step": step + 1, "of_update": of_update}, parameters

    return decaying_update


def step_count(name, value):
    """Return a number of steps, 0 or more, or an array of them."""
    with contextlib.suppress(TypeError, ValueError):
        array = finite(name, value)
        if (array >= 0).all():
            return array
    wanted = "a number, 0 or more, or an array of them"
    raise wrong(name, wanted, describe(value), f"{name}=10")


@checked(step=step_count, half=positive)
def inverse_decay(step, half):
    """Return 1 / (1 + step / half): 1 at first, one half after `half` steps.

    Source: Bottou (2012), Stochastic Gradient Descent Tricks, section 5.2.
    """
    return 1 / (1 + step / half)


@checked(step=step_count, steps=positive)
def cosine_decay(step, steps):
    """Return (1 + cos(pi step / steps)) / 2: from 1 to 0 in that many steps.

    After them it stays at 0.
    Source: Loshchilov and Hutter (2017), equation (5), without their restarts.
    """
    return (1 + np.cos(np.pi * np.minimum(step / steps, 1))) / 2


# ----------------------------------------------------------- some examples at a time


@checked
def mini_batches(X, Y, batch_size, rng=None):
    """Return all examples in a random order, cut into batches: a list of (X, Y).

    batch_size: columns in each batch; the last one holds what is left.
    rng: a seed, a Generator or a RandomState. Hand over the same Generator each time,
        and each pass over the examples has another order.
    Source: Goodfellow, Bengio and Courville (2016), section 8.1.3.
    """
    order = rng.permutation(X.shape[-1])
    firsts = range(0, len(order), batch_size)
    batches = [order[first : first + batch_size] for first in firsts]
    return [(X[..., batch], Y[..., batch]) for batch in batches]
