"""After many runs a program and its keeper hold what they held before."""

from pathlib import Path

from tests.chaos.leaks import before_and_after

_NOISE = 2000  # objects that come and go with caches


async def test_runs_leave_nothing_behind_in_the_program_and_its_keeper(tmp_path: Path) -> None:
    before, after = await before_and_after(tmp_path, 500)
    assert (after.descriptors, after.threads) == (before.descriptors, before.threads)
    assert after.keeper_descriptors == before.keeper_descriptors
    assert after.children <= before.children
    assert after.objects - before.objects < _NOISE
    assert (before.journals, after.journals) == (1, 1)
