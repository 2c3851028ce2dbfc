"""Whatever keys come, however quickly, and whenever it is to end: the program lives and ends."""

from pathlib import Path

import pytest

from tests.chaos.quick_keys import storm


@pytest.mark.parametrize("seed", range(12))
async def test_keys_quicker_than_screens_do_no_harm(tmp_path: Path, seed: int) -> None:
    assert await storm(tmp_path, seed) == []
