"""What both front ends say, word for word."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfoNotFoundError

import pytest

from tests.support.clock import NOON
from tui_scheduler.models import Channel, MisfirePolicy, Overlap, RequestStatus, RunStatus
from tui_scheduler.wording import (
    CHANNELS,
    MISFIRES,
    OVERLAPS,
    PAUSED,
    REQUEST_STATUSES,
    RUN_STATUSES,
    SUBMITTED,
    ago,
    brief_duration,
    compact_duration,
    countdown,
    cut,
    day_and_time,
    exact_duration,
    exit_text,
    exit_word,
    if_missed,
    iso_moment,
    local,
    local_zone,
    machine_zone,
    midnight,
    moments_below_each_other,
    no_log,
    on_failure,
    past_moment,
    planned_moment,
    plural,
    rounded_duration,
    run_duration,
    signal_name,
    sortable_moment,
    weekdays_below_each_other,
    zone_or_utc,
)


@pytest.mark.parametrize(
    ("words", "stored"),
    [
        (OVERLAPS, Overlap),
        (MISFIRES, MisfirePolicy),
        (CHANNELS, Channel),
    ],
)
def test_there_are_words_for_all_that_is_stored(
    words: Mapping[str, object], stored: type[StrEnum]
) -> None:
    assert list(words) == [member.value for member in stored]


def test_there_are_words_for_all_that_a_request_can_be() -> None:
    first, second, *others = RequestStatus
    assert list(REQUEST_STATUSES) == [first, second, PAUSED, *others]


def test_there_are_words_for_all_that_a_run_can_be() -> None:
    first, *others = RunStatus
    assert list(RUN_STATUSES) == [first, SUBMITTED, *others]


@pytest.mark.parametrize(
    ("exit_code", "text"),
    [
        (None, ""),
        (0, ""),
        (1, ""),
        (126, "Exit code 126: a command was found but cannot be executed."),
        (127, "Exit code 127: a command was not found."),
        (128, ""),
        (143, "Exit code 143: as after SIGTERM"),
        (255, ""),
    ],
)
def test_exit_codes_that_mean_something_are_explained(exit_code: int | None, text: str) -> None:
    sentence = exit_text(exit_code, None)
    assert sentence.startswith(text)
    assert bool(sentence) == bool(text)


def test_only_a_signal_that_was_seen_ended_a_process() -> None:
    assert exit_text(None, 15) == "Ended by SIGTERM"
    assert exit_text(None, 44) == "Ended by signal 44"
    assert "nded by" not in exit_text(143, None)


def test_what_a_process_ended_with_is_a_word() -> None:
    assert [exit_word(0, None), exit_word(143, None), exit_word(None, None)] == ["0", "143", ""]
    assert (exit_word(None, 9), signal_name(9)) == ("SIGKILL", "SIGKILL")


@pytest.mark.parametrize("status", RunStatus)
def test_there_is_a_reason_for_every_empty_log(status: RunStatus) -> None:
    reasons = {no_log(status, is_gone=False), no_log(status, is_gone=True)}
    assert len(reasons) == 2
    assert all(reasons)


def test_what_a_group_does_at_a_failure() -> None:
    assert (on_failure(True), on_failure(False)) == ("stop", "go on")
    assert on_failure(True, explained=True) == "stop: skip the rest"


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (None, ""),
        (timedelta(), "00:00:00.000"),
        (timedelta(milliseconds=1), "00:00:00.001"),
        (timedelta(minutes=61, seconds=1.5), "01:01:01.500"),
        (timedelta(days=4, hours=4), "100:00:00.000"),
        (timedelta(seconds=-3), "00:00:00.000"),
    ],
)
def test_durations_have_milliseconds(span: timedelta | None, written: str) -> None:
    assert exact_duration(span) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m00s"),
        (67, "1m07s"),
        (3599, "59m59s"),
        (3661, "1h01m"),
        (86400 - 1, "23h59m"),
        (5 * 86400 + 15 * 3600 + 59, "5d15h"),
        (30 * 86400 - 1, "29d23h"),
        (45 * 86400 + 3600, "45d"),
        (40_000 * 86400, "40000d"),
        (-5, "0s"),
    ],
)
def test_lengths_in_lists_are_compact(seconds: float, written: str) -> None:
    assert compact_duration(timedelta(seconds=seconds)) == written
    assert len(written) <= 6


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (None, ""),
        (timedelta(), "0.0s"),
        (timedelta(seconds=9.99), "9.9s"),
        (timedelta(seconds=10), "10s"),
        (timedelta(seconds=67), "1m07s"),
        (timedelta(seconds=-1), "0.0s"),
    ],
)
def test_short_runs_are_told_in_tenths(span: timedelta | None, written: str) -> None:
    assert run_duration(span) == written


def test_a_countdown_ends_in_now() -> None:
    assert countdown(NOON + timedelta(seconds=70), NOON) == "in 1m10s"
    assert countdown(NOON + timedelta(seconds=0.9), NOON) == "now"
    assert countdown(NOON - timedelta(hours=1), NOON) == "now"


def test_what_is_past_is_told_in_one_unit() -> None:
    assert ago(NOON - timedelta(seconds=200), NOON) == "3m ago"
    assert ago(NOON, NOON) == "now"
    assert ago(NOON + timedelta(hours=1), NOON) == "now"


def test_today_is_told_by_its_time_alone() -> None:
    assert day_and_time(NOON, "UTC", NOON) == "12:00"
    assert day_and_time(NOON, "UTC", NOON, in_seconds=True) == "12:00:00"
    assert day_and_time(NOON + timedelta(days=1), "UTC", NOON) == "Tue 3 Mar 12:00"
    assert day_and_time(NOON.replace(year=2027), "UTC", NOON) == "Tue 2 Mar 2027 12:00"


def test_what_a_plan_names_has_seconds_only_where_there_are_some() -> None:
    assert planned_moment(NOON + timedelta(days=1), "UTC", NOON) == "Tue 3 Mar 12:00"
    assert planned_moment(NOON + timedelta(seconds=7), "UTC", NOON) == "12:00:07"


def test_days_and_times_are_those_of_the_zone() -> None:
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    assert day_and_time(late, "Europe/Madrid", NOON) == "Tue 3 Mar 00:30"
    assert midnight(late, "Europe/Madrid") == datetime(2026, 3, 2, 23, tzinfo=UTC)


def test_an_unknown_zone_is_shown_as_utc() -> None:
    assert local(NOON, "Mars/Olympus").hour == 12
    assert local(NOON, "../../etc/passwd").hour == 12


def test_moments_below_each_other_are_of_one_width() -> None:
    later = NOON + timedelta(days=10)
    assert moments_below_each_other([NOON, later], "UTC", NOON) == [
        "Mon  2 Mar 12:00",
        "Thu 12 Mar 12:00",
    ]
    moments = moments_below_each_other(
        [NOON.replace(second=7), NOON.replace(year=2027)], "UTC", NOON
    )
    assert moments == ["Mon  2 Mar 2026 12:00:07", "Tue  2 Mar 2027 12:00:00"]
    assert weekdays_below_each_other([NOON], "Europe/Madrid") == ["Mon 13:00"]


@pytest.mark.parametrize(
    ("misfire", "limit", "words"),
    [
        ("once", None, "run once, late"),
        ("once", timedelta(minutes=90), "run once, late (by up to 1 h 30 min)"),
        ("skip", timedelta(hours=3), "skip"),
    ],
)
def test_what_becomes_of_missed_runs(misfire: str, limit: timedelta | None, words: str) -> None:
    assert if_missed(misfire, limit) == words


def test_counts_agree_with_their_noun() -> None:
    assert plural(1, "run") == "1 run"
    assert plural(1234, "run") == "1,234 runs"
    assert plural(2, "process") == "2 processes"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0s"), (59.9, "59s"), (200, "3m"), (3 * 3600 - 1, "2h"), (90000, "1d"), (-5, "0s")],
)
def test_a_prompt_gets_the_largest_unit(seconds: float, written: str) -> None:
    assert brief_duration(timedelta(seconds=seconds)) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.04, "0.04 s"),
        (3.52, "3.5 s"),
        (9.99, "10 s"),
        (11.6, "12 s"),
        (720, "12 min"),
        (5400, "1 h 30 min"),
        (86400, "1 day"),
        (2 * 86400, "2 days"),
        (1000 * 86400, "1,000 days"),
    ],
)
def test_a_usual_length_is_rounded(seconds: float, written: str) -> None:
    assert rounded_duration(timedelta(seconds=seconds)) == written


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert cut("four", 4) == "four"
    assert cut("fives", 4) == "fiv…"


def test_a_run_is_told_to_the_second_today_and_by_its_date_alone_in_another_year() -> None:
    assert past_moment(NOON, "UTC", NOON) == "12:00:00"
    assert past_moment(NOON - timedelta(days=1), "UTC", NOON) == "Sun 1 Mar 12:00"
    assert past_moment(NOON - timedelta(days=365), "UTC", NOON) == "Sun 2 Mar 2025"


def test_moments_that_are_sorted_are_of_one_width() -> None:
    assert sortable_moment(NOON, "Europe/Madrid", in_seconds=True) == "2026-03-02 13:00:00"
    assert sortable_moment(NOON, "Europe/Madrid", in_seconds=False) == "2026-03-02 13:00"
    assert iso_moment(NOON, "Europe/Madrid") == "2026-03-02 13:00:00+01:00"


def test_a_zone_that_is_not_known_counts_as_utc() -> None:
    assert zone_or_utc("Mars/Olympus") is UTC
    assert zone_or_utc("") is UTC


def failing(error: Exception) -> Callable[[], str]:
    def fail() -> str:
        raise error

    return fail


def test_the_zone_of_the_machine_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui_scheduler.machine_zone.zone_name", lambda: "Europe/Madrid")
    assert local_zone() == "Europe/Madrid"


@pytest.mark.parametrize(
    "answer",
    [
        lambda: "",
        lambda: "local",
        lambda: "../weird",
        failing(ZoneInfoNotFoundError("conflict")),
        failing(ValueError("bad TZ")),
        failing(FileNotFoundError("/etc/localtime")),
    ],
)
def test_a_machine_without_a_known_zone_is_taken_for_one_in_utc(
    monkeypatch: pytest.MonkeyPatch, answer: Callable[[], str]
) -> None:
    monkeypatch.setattr("tui_scheduler.machine_zone.zone_name", answer)
    assert local_zone() == "UTC"
    assert machine_zone() is None
