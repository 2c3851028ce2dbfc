"""A crontab with every oddity there is, line after line."""

import re
from datetime import datetime, timedelta

import pytest

from tests.services.imports.cron_walk import walk
from tests.services.imports.crontabs import ODD, ZONE, reading
from tui_scheduler.models import MisfirePolicy, Overlap
from tui_scheduler.schedules import anchored, fires

_FIRES = 60
_TIMES = {
    4: "0 5 * * 1",
    8: "*/15 * * * *",
    9: "30 2 * * mon-fri",
    14: "0 0 13 * 5",
    15: "0 0 */2 * 1",
    16: "5,35 8-18/2 1-15 jan,jul *",
    17: "@hourly",
    18: "@daily",
    19: "@midnight",
    20: "@weekly",
    21: "@monthly",
    22: "@yearly",
    23: "@annually",
    25: "0-59 3 * * sun",
    26: "15 12-14 * * *",
    27: "10 4 * * *",
    28: "0 12 * * 1-5",
    30: "30 2 * * *",
    31: "0 * * * *",
    36: "0 0 29 2 *",
    37: "*/60 * * * *",
    38: "0 22 * * sat-sun",
    42: "0 6 * * 7",
    44: "0 6 * * 7",
    45: "59 23 31 12 *",
}
_AT_BOOT = 24
_REASONS = {
    33: "CRON_TZ: unknown time zone 'Mars/Olympus'",
    35: "day 30 never comes in February",
    39: "the byte 0xe9 is not UTF-8",
    40: "the line holds a NUL byte",
    43: "neither NAME=VALUE nor five fields and a command",
}
_RANDOM = {25, 26}
_IN_MADRID = {30, 31}


def test_every_line_is_made_or_refused() -> None:
    jobs = reading(ODD)
    assert [proposal.place for proposal in jobs.proposals] == sorted([*_TIMES, _AT_BOOT])
    assert [refusal.place for refusal in jobs.refusals] == list(_REASONS)
    for refusal in jobs.refusals:
        assert _REASONS[int(refusal.place)] in refusal.reason


@pytest.mark.parametrize(
    "after",
    [
        "2026-03-07T12:00:00+00:00",  # the clocks go forward in New York
        "2026-03-28T12:00:00+00:00",  # and in Madrid
        "2026-10-24T12:00:00+00:00",  # and back in Madrid
        "2026-10-31T12:00:00+00:00",  # and in New York
    ],
)
def test_every_line_fires_when_cron_would_have_run_it(after: str) -> None:
    begin = datetime.fromisoformat(after)
    for proposal in reading(ODD).proposals:
        line = int(proposal.place)
        if line in _RANDOM or line == _AT_BOOT:
            continue
        zone = "Europe/Madrid" if line in _IN_MADRID else ZONE
        expected = walk(_TIMES[line], zone, begin, _FIRES)
        assert expected
        plan = anchored(proposal.request.plan, begin)
        assert fires(plan, begin, len(expected)) == expected, f"line {line}"


@pytest.mark.parametrize("line", sorted(_RANDOM))
def test_a_random_line_fires_at_one_of_the_times_that_cron_chooses_from(line: int) -> None:
    begin = datetime.fromisoformat("2026-11-26T13:00:00+00:00")
    [plan] = [one.request.plan for one in reading(ODD).proposals if one.place == line]
    allowed = set(walk(_TIMES[line], ZONE, begin, 1000))
    upcoming = fires(anchored(plan, begin), begin, 5)
    assert set(upcoming) <= allowed
    assert len({fire.date() for fire in upcoming}) == 5


def test_all_may_overlap() -> None:
    for proposal in reading(ODD).proposals:
        assert proposal.process.overlap is Overlap.ALLOW


@pytest.mark.parametrize(
    ("times", "limit"),
    [
        ("30 2 * * *", timedelta(hours=3)),
        ("0,30 8-18/2 * * mon-fri", timedelta(hours=3)),
        ("@daily", timedelta(hours=3)),
        ("* * * * *", timedelta(minutes=5)),
        ("*/20 8 * * *", timedelta(minutes=5)),
        ("0 */2 * * *", timedelta(minutes=5)),
        ("@hourly", timedelta(minutes=5)),
    ],
)
def test_what_was_missed_is_made_up_for_as_long_as_cron_does(times: str, limit: timedelta) -> None:
    [proposal] = reading(f"{times} true\n".encode()).proposals
    assert proposal.request.misfire is MisfirePolicy.ALL
    assert proposal.request.misfire_limit == limit


def test_what_is_different_is_told_with_its_line() -> None:
    assert [(note.place, re.split("; |, and", note.text)[0]) for note in reading(ODD).notes] == [
        (38, "lines end in CR LF: the CR is dropped, which cron would give to the command"),
        (45, "the last line has no line end: cron would not run it"),
        (10, "MAILTO: no mail is sent"),
        (13, "GREETING: the $ in it stays as it is, as cron does not expand it either"),
        (25, "0~59 is a random minute for cron"),
        (26, "12~14 is a random hour for cron"),
        (27, "the - before it, which keeps it out of the system's log, is dropped"),
        (28, "cron ends the command at its first %, after 'mail -s \"100% done\" ops'"),
    ]
