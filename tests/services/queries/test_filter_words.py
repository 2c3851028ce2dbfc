"""What the words of a filter mean, and what is said of those that mean nothing."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.services.drafts import a_request
from tests.support.clock import NOON
from tui_scheduler.errors import Ambiguous, InvalidInput, NotFound
from tui_scheduler.models import RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.queries.filter_completion import completion
from tui_scheduler.services.queries.filter_words import WORDS, At, parse_line
from tui_scheduler.services.queries.runs.filter import RunFilter, Slower

MADRID = At(NOON, "Europe/Madrid")


def wanted(text: str, at: At = MADRID) -> RunFilter:
    return parse_line(text, at).wanted


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        parse_line(text, MADRID)
    return [str(problem) for problem in refused.value.problems]


def test_every_word_narrows() -> None:
    text = "status:error status:lost process:backup where:hpc exit:3 slower:10m"
    assert wanted(text) == RunFilter(
        statuses=frozenset({RunStatus.ERROR, RunStatus.LOST}),
        process="backup",
        where="hpc",
        exit_code=3,
        slower=Slower(timedelta(minutes=10), NOON),
    )


def test_what_is_no_word_is_text_and_so_is_what_stands_in_quotes() -> None:
    assert wanted("hpc:n3 status:error big db:7") == RunFilter(
        statuses=frozenset({RunStatus.ERROR}), words=("hpc:n3", "big", "db:7")
    )
    assert wanted('"status:error" "a b" 5" "un closed') == RunFilter(
        words=("status:error", "a b", '5"', "un closed")
    )
    assert wanted('process:"nightly run" x') == RunFilter(process="nightly run", words=("x",))
    assert wanted('"" "  ') == RunFilter(words=("  ",))


@pytest.mark.parametrize("name", ['the "big" one', '"big"', '"', "a\u00a0b", 'a"b', '"" ""'])
def test_whatever_a_process_is_called_is_completed_and_found(services: Services, name: str) -> None:
    a_request(services, process=name)
    [offered] = completion("process:", ()).words
    assert wanted(f"{offered} x") == RunFilter(process=name, words=("x",))


@pytest.mark.parametrize("value", ["error", "Failed", "ERROR"])
def test_a_status_is_what_is_stored_or_said(value: str) -> None:
    assert wanted(f"STATUS:{value}").statuses == {RunStatus.ERROR}


@pytest.mark.parametrize("value", ["timed_out", "timed-out", '"timed out"'])
def test_a_status_of_two_words_is_written_in_any_way(value: str) -> None:
    assert wanted(f"status:{value}").statuses == {RunStatus.TIMED_OUT}


def test_submitted_is_a_status_as_well() -> None:
    assert wanted("status:submitted") == RunFilter(submitted=True)


@pytest.mark.parametrize(
    ("value", "since", "until"),
    [
        ("today", "T00:00:00", "T23:59:59.999999"),
        ("Yesterday", "-1T00:00:00", "-1T23:59:59.999999"),
        ('"yesterday 18:30"', "-1T18:30:00", "-1T18:30:00.999999"),
        ("7:05", "T07:05:00", "T07:05:00.999999"),
    ],
)
def test_days_and_times_are_those_of_the_zone(value: str, since: str, until: str) -> None:
    zone = ZoneInfo(MADRID.zone)
    today = NOON.astimezone(zone).date()

    def at(moment: str) -> datetime:
        days, _, clock = moment.partition("T")
        day = today + timedelta(days=int(days or 0))
        return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone)

    assert wanted(f"since:{value}").since == at(since)
    assert wanted(f"until:{value}").until == at(until)


def test_how_long_ago_counts_from_now() -> None:
    assert wanted("since:2d until:1h30m") == RunFilter(
        since=NOON - timedelta(days=2), until=NOON - timedelta(minutes=90)
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("status:eror", "status: 'eror' is not one of queued, submitted, processing, success,"),
        ("status:", "status: is empty: it takes queued,"),
        ('process:""', "process: is empty: it takes its name"),
        ("since:soon", "since: 'soon' is not a time: use how long ago (2h, 7d), today, yesterday,"),
        ("until:9999-99-99", "until: '9999-99-99' is not a time"),
        ("since:999999999d", "since: '999999999d' is too long ago: use how long ago (2h, 7d)"),
        ("since:99999999999d", "since: '99999999999d' is too long ago: use how long ago (2h, 7d)"),
        ("exit:x", "exit: 'x' is not an exit code: use a whole number, such as 3"),
        ("exit:" + "9" * 400, "exit: '999"),
        ("slower:fast", "slower: 'fast' is not a duration; write"),
        ("slower:999999999d", "slower: '999999999d' is too long"),
        ("process:a process:b", "process: is there twice: leave one of them out"),
        ("since:1h until:2h", "until: is before what since says: nothing lies between"),
    ],
)
def test_a_word_that_cannot_be_read_is_named_with_the_remedy(text: str, message: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(message)


def test_all_problems_are_told_together() -> None:
    assert [each.partition(":")[0] for each in problems("exit:x slower:y big")] == [
        "exit",
        "slower",
    ]


def test_names_are_looked_up(services: Services) -> None:
    a_request(services, process="backup")
    a_request(services, process="backup")
    a_request(services, process="other")
    assert parse_line("process:backup request:2", MADRID).resolve(()).request_id == 2
    assert parse_line("request:other", MADRID).resolve(()).request_id == 3
    with pytest.raises(Ambiguous, match="1 and 2"):
        parse_line("request:backup", MADRID).resolve(())
    with pytest.raises(NotFound, match=r"group 'back'\. Names like it: backup\.$"):
        parse_line("process:back", MADRID).resolve(())
    with pytest.raises(NotFound, match="tui-scheduler process list"):
        parse_line("process:zz", MADRID).resolve(())
    with pytest.raises(NotFound, match="Runs can be in: here, hpc"):
        parse_line("where:hpd", MADRID).resolve(["hpc"])


def test_each_example_is_understood() -> None:
    for name, word in WORDS.items():
        assert word.example.startswith(f"{name}:")
        assert parse_line(word.example, MADRID)


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("", [f"{name}:" for name in WORDS], None),
        ("backup ", [f"{name}:" for name in WORDS], None),
        ("s", ["status:", "since:", "slower:"], "status:"),
        ("backup sl", ["slower:"], "backup slower:"),
        ("backup", [], None),
        ("status:err", ["status:error"], "status:error"),
        ("status:fai", ["status:failed"], "status:failed"),
        ("status:error", ["status:error"], None),
        ("process:b", ["process:backup"], "process:backup"),
        ("process:n", ['process:"nightly run"'], None),
        ('x process:"n', ['process:"nightly run"'], 'x process:"nightly run"'),
        ("where:h", ["where:here", "where:hpc"], "where:here"),
        ("since:y", ["since:yesterday"], "since:yesterday"),
        ("request:ba", ["request:backup"], "request:backup"),
        ("db:7", [], None),
        ('"st', [], None),
        ('process:"a ""', ['process:"a ""b"""'], 'process:"a ""b"""'),
        ('"status:error" st', ["status:"], '"status:error" status:'),
    ],
)
def test_what_is_typed_is_completed(
    services: Services, text: str, words: list[str], line: str | None
) -> None:
    a_request(services, process="backup")
    a_request(services, process="nightly run")
    a_request(services, process='a "b"')
    end = completion(text, ["hpc"])
    assert (list(end.words), end.line) == (words, line)


def test_what_cannot_be_listed_is_told() -> None:
    assert completion("exit:", ()).hint == "a whole number"
