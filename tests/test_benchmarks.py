"""What the benchmark compares is the same computation."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "benchmarks"))

import training

pytestmark = pytest.mark.tool
CASES = training.cases()


@pytest.mark.parametrize("each", CASES, ids=[each.name for each in CASES])
def test_every_contender_ends_with_our_parameters(each):
    each.steps = 20
    start, expected = each.parameters, training.ours(each)()
    assert training.apart(start, expected) > 100 * training.CLOSE, "it has learnt"
    for contender in training.here():
        run = contender(each)
        if run is None:
            assert each.X.shape[1] == 1
            continue
        for _ in range(2):  # it begins anew each time
            assert training.apart(run(), expected) < training.CLOSE, contender
