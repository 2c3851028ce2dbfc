"""However often a scheduler is killed on the way to it: who is to be told is told."""

import random
from pathlib import Path

from tests.chaos.telling import a_telling
from tests.chaos.victims.points import NOTICE_POINTS


def test_every_failure_is_told_whenever_its_scheduler_dies(tmp_path: Path) -> None:
    with a_telling(tmp_path) as telling:
        deaths = telling.kill(2 * len(NOTICE_POINTS), random.Random(6))
        assert telling.settle() == []
        assert set(NOTICE_POINTS) & set(deaths.by_point)
