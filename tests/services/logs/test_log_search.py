"""Search in a log."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_scheduler.services.logs.line_model import shown_bytes
from tui_scheduler.services.logs.log_file import BLOCK, LogFile
from tui_scheduler.services.logs.log_search import CHUNK, LogSearch, Match, Pattern, pattern
from tui_scheduler.services.logs.shown_lines import read_line

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
    return search.match_count


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
        (b"Downloading\rdone\n", "doneloading", 1),
        (b"|\x08/\x08done", "/", 0),
        (b"99%\x1b[2K\r100%", "99", 0),
        (b"\x1b]0;25\xc2\xb0C hidden\x07shown", "hidden", 0),
        (b"\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\", "example", 0),
        (b"a\tb", "a       b", 1),
        ("日\tb".encode(), "日      b", 1),
        (b"nul \x00", "␀", 1),
        (b"\xe2\x82a\x9b caf\xc3\xa9", "\ufffd", 2),
        (b"\xe2\x82a\x9b \xe2caf\xc3\xa9", "café", 1),
        ("\u017fum \u212aelvin".encode(), "sum", 1),
        ("\u017fum \u212aelvin".encode(), "k", 1),
        ("Straße STRASSE".encode(), "straße", 1),
        ("ΣΑΣ σας".encode(), "σας", 2),
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
    data = (line + b"nothing\n" * 1_200) * 100
    search = search_in(path, data, pattern("needle"))
    assert len(data) > 3 * CHUNK
    matches = forwards(search)
    period = len(line) + 8 * 1_200
    assert matches == [Match(number * period, 0) for number in range(100)]
    assert backwards(search, len(data)) == matches[::-1]
    assert complete(search) == 100
    assert [search.number(match) for match in matches] == list(range(1, 101))


def test_matches_in_a_line_of_a_megabyte_are_found_in_its_pieces(path: Path) -> None:
    data = bytearray(b"x" * 1_000_000)
    places = (5, BLOCK - 3, BLOCK + 7, 500_000, 999_990)
    for place in places:
        data[place : place + 6] = b"needle"
    search = search_in(path, bytes(data), pattern("needle"))
    matches = forwards(search)
    nths = (0, 1, 0, 0, 0)
    assert matches == [
        Match(place // BLOCK * BLOCK, nth) for place, nth in zip(places, nths, strict=True)
    ]
    assert backwards(search, len(data)) == matches[::-1]
    assert complete(search) == len(places)
    assert [search.number(match) for match in matches] == [1, 2, 3, 4, 5]


def test_of_a_long_progress_bar_the_last_state_is_searched(path: Path) -> None:
    bar = b"".join(b"downloading %7d\r" % number for number in range(200_000))
    search = search_in(path, b"start\n" + bar + b"\ndownloading done\n", pattern("downloading"))
    matches = [Match(6, 0), Match(6 + len(bar) + 1, 0)]
    assert forwards(search) == matches
    assert complete(search) == 2
    assert backwards(search, search._log.size) == matches[::-1]


def test_what_was_written_over_long_ago_is_not_found(path: Path) -> None:
    """A line of a size that is searched at once, but shown only as its latest state."""
    data = b"a long label of it all\r" + b"50%\r" * 9_000 + b"\nlabel\n"
    search = search_in(path, data, pattern("label"))
    assert complete(search) == 1
    assert forwards(search) == [Match(data.index(b"\n") + 1, 0)]


PIECES = st.sampled_from(
    [
        *(
            b"needle",
            b"NEEDLE ",
            b"x",
            b"\n",
            b"\r",
            b"\x08",
            b"\t",
            b"\x1b[31m",
            b"\x1b[K",
            b"\xff",
        ),
        *(b"x" * BLOCK, b"needle" * 6_000, b"needle\r" * 9_000, b"nee", b"dle", "日".encode()),
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, max_size=20).map(b"".join), st.sampled_from(["needle", "e", "日", "Need"]))
def test_what_is_counted_can_be_reached_and_shown(data: bytes, text: str) -> None:
    with TemporaryDirectory() as folder:
        search = search_in(Path(folder, "log"), data, pattern(text))
        log = search._log
        matches = [
            Match(line.start, nth)
            for line in log.lines_from(0)
            for row in [read_line(log, line)]
            for nth, _ in enumerate(search.pattern.spans(row.text, row.ahead))
        ]
        assert complete(search) == len(matches)
        few = matches[:20]
        match = BEGIN
        for expected in few:
            next_match = search.after(match, never)
            assert next_match == expected
            match = expected
        if few:
            assert search.before(few[-1], never) == (few[-2] if len(few) > 1 else None)


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


@given(
    st.lists(
        st.sampled_from(
            [
                *map(str.encode, ["a", "K", "k", " ", "\t", "\n", "\x1b[31m", "\b", "\r", "\r\n"]),
                *map(str.encode, ["\u212a", "\x9b1m", "\0", "\x7f", "\u2028", "\u202e", "\ufffd"]),
                *(b"\xff", b"\xc2", b"\x9b", b"\xe2\x84"),
            ]
        )
    ),
    st.sampled_from(["ak", "aK", "a k", "kk", "k  a", "\u212a", "\ufffd", "a\ufffd", "\0", "\t"]),
)
def test_what_is_looked_through_has_it_as_often_as_what_is_shown(
    parts: list[bytes], text: str
) -> None:
    data = b"".join(parts)
    wanted = pattern(text)
    looked_through = wanted.seen(data)
    assert looked_through.count(b"\n") == data.count(b"\n")
    assert wanted.count(looked_through) == wanted.count(shown_bytes(data))
