"""Search through the logs of many runs."""

from pathlib import Path

import pytest

from tui_scheduler.services.logs.log_search import pattern
from tui_scheduler.services.logs.many_logs import FoundLog, ManyLogs
from tui_scheduler.services.views.runs import RunLog


def never() -> bool:
    return False


@pytest.fixture
def logs(tmp_path: Path) -> list[RunLog]:
    """Those of five runs: one is gone, one is empty."""
    texts = {
        5: b"fine\nno space left\nno space left, again\n",
        4: b"",
        2: b"fine\n",
        1: b"NO SPACE",
    }
    for number, text in texts.items():
        (tmp_path / f"{number}.log").write_bytes(text)
    return [RunLog(number, tmp_path / f"{number}.log") for number in range(5, 0, -1)]


def test_those_that_have_the_text_are_found_with_their_first_line(logs: list[RunLog]) -> None:
    search = ManyLogs(pattern("no space"), most=10)
    search.go_on(logs, never)
    assert search.matches == [FoundLog(5, "no space left"), FoundLog(1, "NO SPACE")]
    assert (search.searched, search.bytes) == (5, 53)
    assert search.summary(5) == "“no space” in the logs of 5 of 5 runs, 53 B: 2 found"


def test_logs_that_are_gone_are_counted(tmp_path: Path) -> None:
    search = ManyLogs(pattern("x"), most=10)
    (tmp_path / "2.log").write_bytes(b"x\n")
    runs = [RunLog(3, tmp_path / "3.log", 9), RunLog(2, tmp_path / "2.log", 2)]
    search.go_on([*runs, RunLog(1, tmp_path / "1.log")], never)
    assert search.summary(3).endswith("3 runs, 2 B: 1 found, 1 log is gone")


def test_no_more_than_so_many_are_looked_for(logs: list[RunLog]) -> None:
    search = ManyLogs(pattern("no space"), most=1)
    search.go_on(logs, never)
    assert [hit.run_id for hit in search.matches] == [5]
    assert search.is_full
    assert search.searched == 1


def test_it_stops_when_it_is_told_to_and_counts_only_whole_logs(tmp_path: Path) -> None:
    log = tmp_path / "1.log"
    log.write_bytes(b"fine and long\n" * 200_000 + b"no space\n")
    search = ManyLogs(pattern("no space"), most=10)
    answers = iter([False, False])
    search.go_on([RunLog(1, log)], lambda: next(answers, True))
    assert (search.matches, search.searched) == ([], 0)


def test_a_line_is_shown_from_near_its_match(tmp_path: Path) -> None:
    log = tmp_path / "1.log"
    log.write_bytes(b"x" * 20_000 + b"\x1b[31mneedle\x1b[0m" + b"y" * 20_000 + b"\n")
    search = ManyLogs(pattern("needle"), most=10)
    search.go_on([RunLog(1, log)], never)
    [hit] = search.matches
    assert "needle" in hit.line
    assert len(hit.line) <= 300
