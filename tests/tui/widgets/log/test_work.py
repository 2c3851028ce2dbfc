"""The work in the background."""

from pathlib import Path

import pytest

from tui_scheduler.services.logs.log_search import Match, pattern
from tui_scheduler.tui.widgets.log.searching import LogWork


def never() -> bool:
    return False


def put(path: Path, data: bytes) -> LogWork:
    path.write_bytes(data)
    return LogWork(path)


async def finish(work: LogWork) -> None:
    while await work.advance():
        pass


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


async def test_lines_and_matches_are_counted(path: Path) -> None:
    work = put(path, b"an error\nfine\nerror error\n")
    work.look_for(pattern("error"))
    await finish(work)
    assert work.lines == 3
    assert work.search is not None
    assert work.search.match_count == 3


async def test_a_log_that_does_not_exist_has_no_lines(path: Path) -> None:
    work = LogWork(path)
    await finish(work)
    assert work.lines == 0


async def test_what_is_written_meanwhile_is_counted(path: Path) -> None:
    work = put(path, b"one\n")
    await finish(work)
    put(path, b"one\ntwo\n")
    await finish(work)
    assert work.lines == 2


async def test_a_log_that_was_replaced_is_counted_anew(path: Path) -> None:
    work = put(path, b"error\n" * 1_000)
    work.look_for(pattern("error"))
    await finish(work)
    put(path, b"one error\n")
    await finish(work)
    assert work.lines == 1
    assert work.search is not None
    assert work.search.match_count == 1


async def test_the_last_count_stays_until_there_is_a_new_one(path: Path) -> None:
    work = put(path, b"one\n")
    await finish(work)
    put(path, b"one\ntwo\n")
    assert work.lines == 1


async def test_past_the_last_match_comes_the_first(path: Path) -> None:
    work = put(path, b"error\nfine\nerror\n")
    work.look_for(pattern("error"))
    await finish(work)
    first, last = Match(0, 0), Match(11, 0)
    assert await work.find(first, 1, never) == last
    assert await work.find(last, 1, never) == first
    assert await work.find(first, -1, never) == last
    assert await work.number(last) == 2


@pytest.mark.parametrize(
    ("start", "nearest"),
    [(0, Match(0, 0)), (6, Match(11, 0)), (11, Match(11, 0)), (17, Match(11, 0))],
)
async def test_the_nearest_match_is_below_or_else_above(
    path: Path, start: int, nearest: Match
) -> None:
    work = put(path, b"error\nfine\nerror\nend of it\n")
    work.look_for(pattern("error"))
    assert await work.nearest(start, never) == nearest


async def test_without_a_search_nothing_is_found(path: Path) -> None:
    work = put(path, b"error\n")
    assert await work.nearest(0, never) is None
    assert await work.find(Match(0, 0), 1, never) is None
    assert await work.number(Match(0, 0)) is None


async def test_a_search_that_is_not_wanted_any_more_stops(path: Path) -> None:
    work = put(path, b"nothing\n" * 200_000)
    work.look_for(pattern("error"))
    asked: list[None] = []

    def stop() -> bool:
        asked.append(None)
        return True

    assert await work.nearest(0, stop) is None
    assert len(asked) == 1
