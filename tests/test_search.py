"""The numbers that nobody knows beforehand are solved for."""

import numpy as np
import pytest

from nnteach.judge.search import blend, solve

A, B, C, START = np.random.default_rng(0).standard_normal((4, 3, 2))
ZERO = 0 * A


def surface(t, u, by_t, by_u, by_both):
    """Return what two numbers give: start + t by_t + u by_u + t u by_both."""
    return START + t * by_t + u * by_u + t * u * by_both


@pytest.mark.parametrize("moves", [(A, B, C), (A, B, ZERO), (ZERO, B, C), (A, ZERO, C)])
def test_two_numbers_that_multiply_each_other(moves):
    stacked = np.array([[surface(t, u, *moves) for t in (0, 1)] for u in (0, 1)])
    found = solve(surface(0.5, -3, *moves), stacked)
    assert found == pytest.approx([0.5, -3])
    assert blend(found, stacked) == pytest.approx(surface(0.5, -3, *moves))


def test_one_number():
    stacked = np.array([START, START + A])
    assert solve(START + 0.25 * A, stacked) == pytest.approx([0.25])
    assert blend([0.25], stacked) == pytest.approx(START + 0.25 * A)
    assert blend([0.25], A) is A


NOTHING = {
    "no move": (START, [START, START + A]),
    "another size": (START[0], [START, START + A]),
    "not finite": (START, [START, START + np.inf]),
    "neither moves": (START, np.array([[START, START], [START, START]])),
}


@pytest.mark.parametrize("name", NOTHING)
def test_where_nothing_can_be_solved_for(name):
    theirs, stacked = NOTHING[name]
    assert solve(theirs, np.array(stacked)) is None
