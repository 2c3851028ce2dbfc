"""Signs of life of a scheduler: what is written down, and what it hears of itself."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE
from tui_scheduler.engine.heartbeat import give_signs_of_life
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.engine.supervision import Troubles
from tui_scheduler.lock_file import query_holder
from tui_scheduler.signs_of_life import Trouble, Waiting, steady_seconds


@pytest.fixture
def database(database_file: Path) -> Path:
    database_file.touch()
    return database_file


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SchedulerLock]:
    monkeypatch.setattr("tui_scheduler.engine.heartbeat.BEAT_PERIOD", 0)
    lock = SchedulerLock(tmp_path / "x.lock")
    assert lock.acquire()
    yield lock
    lock.release()


async def test_what_it_waits_for_is_told_for_as_long_as_it_does(
    lock: SchedulerLock, database: Path, tmp_path: Path
) -> None:
    waiting: list[Waiting | None] = [None, Waiting("the database", steady_seconds() - 60), None]
    texts: list[str] = []
    calm = asyncio.Event()

    def wait() -> Waiting | None:
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def tell(trouble: Trouble | None) -> None:
        texts.append(str(trouble or ""))
        if trouble is None:
            calm.set()

    beating = asyncio.create_task(give_signs_of_life(lock, database, wait, Troubles(tell)))
    async with asyncio.timeout(PATIENCE):
        await calm.wait()
    assert ["has waited for the database since" in text for text in texts] == [True, False]
    holder = query_holder(tmp_path / "x.lock")
    assert holder is not None
    assert holder.trouble(database) is None
    (tmp_path / "x.lock").unlink()
    async with asyncio.timeout(PATIENCE):
        await beating
