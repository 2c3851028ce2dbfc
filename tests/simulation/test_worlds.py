"""Worlds drawn at random, in which all must be as it must be, whatever fails."""

import secrets

import pytest

from tests.simulation.worlds import run_worlds

_WORLDS = 20


@pytest.mark.parametrize("part", range(4))
def test_nothing_is_lost_doubled_or_forgotten(part: int) -> None:
    run_worlds(_WORLDS, secrets.randbelow(2**32))
