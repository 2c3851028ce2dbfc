"""Search in a log."""

from pathlib import Path

import pytest

from tui_scheduler.services.logs.log_file import BLOCK, LogFile
from tui_scheduler.services.logs.log_search import CHUNK, LogSearch, Match, Pattern, pattern

BEGIN = Match(0, -1)


def never() -> bool:
    return False


def search_in(path: Path, data: bytes, wanted: Pattern) -> LogSearch:
    path.write_bytes(data)
    log = LogFile(path)
    log.refresh()
    return LogSearch(log, wanted)


def complete(search: LogSearch) -> int:
    while search.step():
        pass
    return search.found


def forwards(search: LogSearch) -> list[Match]:
    matches: list[Match] = []
    match = search.after(BEGIN, never)
    while match is not None:
        matches.append(match)
        match = search.after(match, never)
    return matches


def backwards(search: LogSearch, size: int) -> list[Match]:
    matches: list[Match] = []
    match = search.before(Match(size, 0), never)
    while match is not None:
        matches.append(match)
        match = search.before(match, never)
    return matches


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.log"


@pytest.mark.parametrize(
    ("data", "text", "count"),
    [
        (b"", "a", 0),
        (b"Error and error\nERROR", "error", 3),
        (b"Error and error\nERROR", "Error", 1),
        (b"aaaa", "aa", 2),
        ("Ärger, ärger".encode(), "ärger", 2),
        ("Ärger, ärger".encode(), "Ärger", 1),
        (b"a.b axb", "a.b", 1),
        (b"\x1b[31mer\x1b[0mror", "error", 1),
        (b"\x1b[31mx\x1b[0m", "31", 0),
        (b"10%\r20%\r30%\n", "%", 1),
        (b"a\nb", "a\nb", 1),
        (b"\xff\x00error\xfe", "error", 1),
    ],
)
def test_what_is_shown_is_what_is_found(path: Path, data: bytes, text: str, count: int) -> None:
    search = search_in(path, data, pattern(text))
    assert complete(search) == count
    assert search.is_complete


def test_matches_are_visited_in_order_both_ways(path: Path) -> None:
    data = b"one two\nnone\n\x1b[1mone\x1b[0m one\n" * 3
    search = search_in(path, data, pattern("one"))
    matches = forwards(search)
    assert matches[:4] == [Match(0, 0), Match(8, 0), Match(13, 0), Match(13, 1)]
    assert len(matches) == complete(search) == 12
    assert backwards(search, len(data)) == matches[::-1]
    assert [search.number(match) for match in matches] == list(range(1, 13))


def test_many_chunks_give_the_same_matches_as_one(path: Path) -> None:
    line = b"x" * 97 + b" needle here\n"
    data = (line + b"nothing\n" * 300) * 400
    search = search_in(path, data, pattern("needle"))
    assert len(data) > 3 * CHUNK
    matches = forwards(search)
    period = len(line) + 8 * 300
    assert matches == [Match(number * period, 0) for number in range(400)]
    assert backwards(search, len(data)) == matches[::-1]
    assert complete(search) == 400
    assert [search.number(match) for match in matches] == list(range(1, 401))


def test_matches_in_a_line_of_a_megabyte_are_found_in_its_pieces(path: Path) -> None:
    data = bytearray(b"x" * 1_000_000)
    places = (5, BLOCK + 7, 500_000, 999_990)
    for place in places:
        data[place : place + 6] = b"needle"
    search = search_in(path, bytes(data), pattern("needle"))
    matches = forwards(search)
    assert matches == [Match(place // BLOCK * BLOCK, 0) for place in places]
    assert backwards(search, len(data)) == matches[::-1]
    assert complete(search) == 4


def test_a_number_is_unknown_until_what_stands_before_is_counted(path: Path) -> None:
    search = search_in(path, b"needle\n" * CHUNK, pattern("needle"))
    match = Match(7 * (CHUNK - 1), 0)
    search.step()
    assert search.number(match) is None
    assert not search.is_complete
    complete(search)
    assert search.number(match) == CHUNK


def test_what_is_written_meanwhile_is_searched_too(path: Path) -> None:
    data = b"needle\n" * 50_000 + b"nee"
    path.write_bytes(data)
    log = LogFile(path)
    log.refresh()
    search = LogSearch(log, pattern("needle"))
    assert complete(search) == 50_000
    with path.open("ab") as file:
        file.write(b"dle and needle\n")
    log.refresh()
    assert not search.is_complete
    assert complete(search) == 50_002
    assert search.before(Match(log.size, 0), never) == Match(350_000, 1)


def test_a_search_can_be_stopped(path: Path) -> None:
    search = search_in(path, b"nothing\n" * CHUNK, pattern("needle"))
    asked: list[None] = []

    def stop() -> bool:
        asked.append(None)
        return len(asked) > 2

    assert search.after(BEGIN, stop) is None
    assert len(asked) == 3
    assert search.before(Match(8 * CHUNK, 0), lambda: True) is None


def test_chunks_that_are_known_to_have_no_match_are_not_read_again(path: Path) -> None:
    search = search_in(path, b"nothing\n" * CHUNK, pattern("needle"))
    complete(search)

    def stop() -> bool:
        raise AssertionError

    assert search.after(BEGIN, stop) is None
