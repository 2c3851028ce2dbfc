"""Worlds drawn at random, in which all must be as it must be, whatever fails.

These are the same in every run, so that a run which fails has found something new in the program;
``python -m tests.simulation`` draws others. All of them together cost about a minute of CPU.
"""

import pytest

from tests.simulation.worlds import run_worlds

_WORLDS = 125


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_lost_doubled_or_forgotten(seed: int) -> None:
    run_worlds(_WORLDS, 1000 * seed)
