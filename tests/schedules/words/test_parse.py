"""What people write, and the plan it means; now is Friday 27 March 2026 at 12:00:30 in UTC."""

from datetime import timedelta

import pytest

from tests.schedules.plans import LORD_HOWE, MADRID, NEW_YORK, utc, wall
from tests.schedules.words.sentences import NOW, short
from tui_scheduler.schedules import (
    DailyOption,
    Frequency,
    MonthlyOption,
    Outcome,
    Plan,
    Timing,
    Weekday,
    first_fire,
    wall_to_instant,
)
from tui_scheduler.schedules.words import parse, parse_until


def recurring(frequency: Frequency, start: str | None = None, **fields: object) -> Plan:
    moment = None if start is None else wall(start)
    return Plan(timing=Timing.SCHEDULE, timezone="UTC", frequency=frequency, start=moment, **fields)  # type: ignore[arg-type]


def after(followed: str, **fields: object) -> Plan:
    return Plan(timing=Timing.AFTER, timezone="UTC", follows=followed, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("now", Plan(timing=Timing.IMMEDIATE, timezone="UTC")),
        (
            "once on 2026-05-01 at 12:00",
            Plan(timing=Timing.LATER, timezone="UTC", start=wall("2026-05-01T12:00")),
        ),
        ("at boot", Plan(timing=Timing.BOOT, timezone="UTC")),
        ("@reboot", Plan(timing=Timing.BOOT, timezone="UTC")),
        (
            "5 minutes after boot",
            Plan(timing=Timing.BOOT, timezone="UTC", delay=timedelta(minutes=5)),
        ),
        (
            "at boot after 1h30m",
            Plan(timing=Timing.BOOT, timezone="UTC", delay=timedelta(minutes=90)),
        ),
        ("after backup", after("backup")),
        ("After bi-weekly_2 fails", after("bi-weekly_2", outcome=Outcome.FAILURE)),
        ("after backup ends", after("backup", outcome=Outcome.END)),
        ("after backup succeeds", after("backup")),
        ('after "nightly report" has failed', after("nightly report", outcome=Outcome.FAILURE)),
        ('after "say ""hi""" ends', after('say "hi"', outcome=Outcome.END)),
        ("after 'bob''s' ends", after("bob's", outcome=Outcome.END)),
        ("after 10", after("10")),
        ("after fails fails", after("fails", outcome=Outcome.FAILURE)),
        ("When backup has succeeded, usually about 02:42", after("backup")),
        (
            "after backup, 10 times, until 2027-03-01",
            after("backup", repetitions=10, finish=wall("2027-03-01T23:59:59")),
        ),
        (
            "after backup from 2027-03-01 at 9:00",
            after("backup", start=wall("2027-03-01T09:00")),
        ),
        ("every 15 minutes", recurring(Frequency.MINUTELY, interval=15)),
        ("every other day at 7", recurring(Frequency.DAILY, "2026-03-28T07:00", interval=2)),
        (
            "weekdays at 18:30",
            recurring(Frequency.DAILY, "2026-03-27T18:30", daily_option=DailyOption.WEEKDAYS),
        ),
        (
            "every 2 weeks on monday and thursday at 7",
            recurring(
                Frequency.WEEKLY,
                "2026-03-30T07:00",
                interval=2,
                days=frozenset({Weekday.MON, Weekday.THU}),
            ),
        ),
        (
            "last friday of the month at 6pm",
            recurring(
                Frequency.MONTHLY,
                "2026-03-27T18:00",
                monthly_option=MonthlyOption.LAST,
                weekday=Weekday.FRI,
            ),
        ),
        (
            "the 15th of every month at 8:15",
            recurring(
                Frequency.MONTHLY,
                "2026-04-15T08:15",
                monthly_option=MonthlyOption.SPECIFIC,
                day=15,
            ),
        ),
        (
            "every day at 02:30 until 2026-12-31, 10 times",
            recurring(
                Frequency.DAILY,
                "2026-03-28T02:30",
                finish=wall("2026-12-31T23:59:59"),
                repetitions=10,
            ),
        ),
        ("30 2 * * mon-fri", recurring(Frequency.CRON, cron="30 2 * * mon-fri")),
    ],
)
def test_words_are_a_plan(text: str, plan: Plan) -> None:
    assert parse(text, "UTC", NOW) == plan


ONCE = [
    ("in 10 minutes", "27 March 2026 at 12:10:30"),
    ("in an hour", "27 March 2026 at 13:00:30"),
    ("in 2h", "27 March 2026 at 14:00:30"),
    ("in 1h30m", "27 March 2026 at 13:30:30"),
    ("in 1 hour and 30 minutes", "27 March 2026 at 13:30:30"),
    ("in 2 days", "29 March 2026 at 12:00:30"),
    ("in three days at 9:00", "30 March 2026 at 09:00"),
    ("in 1 week 18:30", "3 April 2026 at 18:30"),
    ("tomorrow 9:00", "28 March 2026 at 09:00"),
    ("tomorrow at 9", "28 March 2026 at 09:00"),
    ("at 9 tomorrow", "28 March 2026 at 09:00"),
    ("once tomorrow at noon", "28 March 2026 at 12:00"),
    ("today 18:30", "27 March 2026 at 18:30"),
    ("next monday at 7", "30 March 2026 at 07:00"),
    ("next fri at 7", "3 April 2026 at 07:00"),
    ("on 1 march 2027 at 7:30", "1 March 2027 at 07:30"),
    ("1st of march 2027 at 7:30", "1 March 2027 at 07:30"),
    ("on the 1st of march 2027 at 7:30", "1 March 2027 at 07:30"),
    ("March 1, 2027 at 7:30 pm", "1 March 2027 at 19:30"),
    ("2026-05-01 9:00", "1 May 2026 at 09:00"),
    ("2026-05-01T09:00", "1 May 2026 at 09:00"),
    ("2026-05-01T09:00:05+02:00", "1 May 2026 at 07:00:05"),
    ("2026-05-01 09:00Z", "1 May 2026 at 09:00"),
    ("Friday 1 May 2026 at 09:00", "1 May 2026 at 09:00"),
    ("at 7", "28 March 2026 at 07:00"),
    ("18:30", "27 March 2026 at 18:30"),
    ("6pm", "27 March 2026 at 18:00"),
    ("6:30 p.m.", "27 March 2026 at 18:30"),
    ("midnight", "28 March 2026 at 00:00"),
    ("12am", "28 March 2026 at 00:00"),
    ("12pm", "28 March 2026 at 12:00"),
    ("2020-01-01 at 9:00", "1 January 2020 at 09:00"),
]


@pytest.mark.parametrize(("text", "moment"), ONCE)
def test_a_single_moment(text: str, moment: str) -> None:
    sentence = short(text)
    assert sentence.startswith("Once, on ")
    assert sentence.endswith(f"day {moment}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hourly", "Every hour"),
        ("every second", "Every second"),
        ("each minute", "Every minute"),
        ("every 2nd hour", "Every 2 hours"),
        ("every 90s, twice", "Every 90 seconds, 2 times"),
        ("every hour, once", "Every hour, once"),
        ("every hour from tomorrow", "Every hour, from Saturday 28 March 2026 at 00:00"),
        ("every 5m starting at 9:00", "Every 5 minutes, from Saturday 28 March 2026 at 09:00"),
        ("every hour from in 2h", "Every hour, from Friday 27 March 2026 at 14:00:30"),
        ("hourly until 18:00", "Every hour, until Friday 27 March 2026 at 18:00"),
        ("hourly until next monday", "Every hour, until Monday 30 March 2026"),
        ("hourly until 1 may 2026 at 9", "Every hour, until Friday 1 May 2026 at 09:00"),
    ],
)
def test_intervals(text: str, sentence: str) -> None:
    assert short(text) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("daily", "Every day, at the time of day it is scheduled"),
        ("every 3 days", "Every 3 days, at the time of day it is scheduled"),
        ("daily at noon", "Every day at 12:00 from Saturday 28 March 2026"),
        ("every third day 18:30", "Every 3 days at 18:30 from Friday 27 March 2026"),
        ("every second day at 7", "Every 2 days at 07:00 from Saturday 28 March 2026"),
        ("every day at 7 from 2026-05-01", "Every day at 07:00 from Friday 1 May 2026"),
        ("every day from 2026-05-01 at 7", "Every day at 07:00 from Friday 1 May 2026"),
        ("daily on weekdays at 7", "Weekdays at 07:00 from Monday 30 March 2026"),
        ("every weekday at 7", "Weekdays at 07:00 from Monday 30 March 2026"),
        ("at 9 on weekends", "Weekends at 09:00 from Saturday 28 March 2026"),
        ("every monday at 7", "Every Monday at 07:00 from Monday 30 March 2026"),
        ("fridays at 13:00", "Every Friday at 13:00 from Friday 27 March 2026"),
        ("mon, wed, and fri at 7", "Every Monday, Wednesday and Friday at 07:00 from Monday 30"),
        ("sat-mon 7:00", "Every Monday, Saturday and Sunday at 07:00 from Saturday 28"),
        ("every other tuesday at 7", "Every 2 weeks on Tuesday at 07:00 from Tuesday 31 March"),
        ("alternate tuesdays at 7", "Every 2 weeks on Tuesday at 07:00 from Tuesday 31 March"),
        ("every 1.5 hours", "Every 90 minutes"),
        ("every 0.5 minutes", "Every 30 seconds"),
        ("fortnightly on tue at 7", "Every 2 weeks on Tuesday at 07:00 from Tuesday 31 March"),
        ("weekly on sunday at 7", "Every Sunday at 07:00 from Sunday 29 March 2026"),
        ("monthly on the 31st at 7", "The 31st of every month that has one at 07:00 from Tue"),
        ("every 1st of the month at 7", "The 1st of every month at 07:00 from Wednesday 1 April"),
        (
            "the 31st or the last day of the month at 7",
            "The 31st or the last day of every month at",
        ),
        (
            "monthly on the 29th or last day at 7",
            "The 29th or the last day of every month at 07:00",
        ),
        (
            "30th of every month, or the last day, at 7",
            "The 30th or the last day of every month at",
        ),
        ("first day of each month 7:00", "The 1st of every month at 07:00 from Wednesday 1 Apr"),
        ("every last day of a month at 7", "The last day of every month at 07:00 from Tuesday"),
        ("the 2nd monday of every month at 7", "The second Monday of every month at 07:00 from"),
    ],
)
def test_days(text: str, sentence: str) -> None:
    assert short(text).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("*/5 * * * *", "cron */5 * * * *"),
        ("cron: 0 9 * * 1#1", "cron 0 9 * * 1#1"),
        ("@daily, 10 times", "cron @daily, 10 times"),
        ("0 8 1,15 * * until 2026-12-31", "cron 0 8 1,15 * *, until Thursday 31 December 2026"),
        ("0 0 12 LW * ? from tomorrow", "cron 0 0 12 LW * ?, from Saturday 28 March 2026 at 00:00"),
    ],
)
def test_cron_expressions(text: str, sentence: str) -> None:
    assert short(text) == sentence


def test_letters_spaces_and_stops_do_not_matter() -> None:
    assert short("  Every MONDAY ,  at 7 (AM).  ") == short("every monday at 7")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("daily at 7 in Europe/Madrid", MADRID),
        ("daily at 7, in europe/madrid", MADRID),
        ("30 2 * * * in america/new_york", NEW_YORK),
        ("in 10 minutes in Utc", "UTC"),
        ("now in Australia/Lord_Howe.", LORD_HOWE),
        ("daily at 7", "Asia/Tokyo"),
    ],
)
def test_a_zone_at_the_end_is_that_of_the_plan(text: str, zone: str) -> None:
    assert parse(text, "Asia/Tokyo", NOW).timezone == zone


@pytest.mark.parametrize(
    "text",
    [
        "daily at 2:30 in Europe/Madrid from 2027-03-27",
        "daily at 2:30 in europe/madrid, from 2027-03-27 until 2027-04-01",
        "30 2 * * * in Europe/Madrid from 2027-03-27",
        "weekdays at 2:30 in Europe/Madrid except company",
        "after backup in Europe/Madrid until 2027-01-01",
    ],
)
def test_a_zone_may_be_said_before_the_bounds(text: str) -> None:
    zone = " in Europe/Madrid"
    place = text.lower().index(zone.lower())
    at_the_end = text[:place] + text[place + len(zone) :] + zone
    assert parse(text, "UTC", NOW) == parse(at_the_end, "UTC", NOW)


def test_days_and_times_are_those_of_the_zone() -> None:
    tomorrow = parse("tomorrow 9:00 in Asia/Tokyo", "UTC", utc("2026-03-27T20:00"))
    assert tomorrow.start == wall("2026-03-29T09:00")


@pytest.mark.parametrize(
    ("text", "now", "start", "fold"),
    [
        # 02:30 does not exist on 29 March: that day's fire is at 03:00, and so it is the first.
        ("daily at 2:30", "2026-03-28T12:00", "2026-03-29T02:30", 0),
        ("every other day at 2:30", "2026-03-28T12:00", "2026-03-29T02:30", 0),
        ("tomorrow 2:30", "2026-03-28T12:00", "2026-03-29T02:30", 0),
        # The clock shows 02:40 for the first, and for the second time.
        ("at 2:50", "2026-10-25T00:40", "2026-10-25T02:50", 0),
        ("at 2:50", "2026-10-25T01:40", "2026-10-25T02:50", 1),
        ("at 2:20", "2026-10-25T00:40", "2026-10-25T02:20", 1),
        ("in 20 minutes", "2026-10-25T00:50", "2026-10-25T02:10", 1),
        ("in 10 minutes", "2026-10-25T01:10", "2026-10-25T02:20", 1),
        ("in 1 hour", "2026-03-29T00:30", "2026-03-29T03:30", 0),
        ("in 1 day", "2026-03-28T12:00", "2026-03-29T13:00", 0),
        ("2026-10-25 at 2:30 (second pass)", "2026-03-28T12:00", "2026-10-25T02:30", 1),
        ("2026-10-25T02:30+01:00", "2026-03-28T12:00", "2026-10-25T02:30", 1),
        # Days fire in the first pass, which is over.
        ("daily at 2:50", "2026-10-25T01:40", "2026-10-26T02:50", 0),
    ],
)
def test_changes_of_the_clock(text: str, now: str, start: str, fold: int) -> None:
    plan = parse(text, MADRID, utc(now))
    assert plan.start == wall(start)
    assert plan.start.fold == fold


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-03-01 18:30", "2027-03-01 18:30"),
        ("23:00", "2026-03-27 23:00"),
        ("tomorrow", "2026-03-28 00:00"),
        ("18:30 tomorrow", "2026-03-28 18:30"),
        ("1 march 2027 at noon", "2027-03-01 12:00"),
        ("next monday", "2026-03-30 00:00"),
        ("in 3 days at 9:00", "2026-03-30 09:00"),
        ("90 minutes", "2026-03-27 14:30:30"),
        ("1h30m", "2026-03-27 14:30:30"),
    ],
)
def test_until_a_moment(text: str, moment: str) -> None:
    assert parse_until(text, MADRID, NOW) == wall(moment)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "nothing is said; write for example 18:30, tomorrow at 8:00, next monday,"),
        ("friday", "it is not said which friday; write for example 2026-04-03$"),
        ("next sunday", "of next week; write for example 2026-03-29 or 2026-04-05$"),
        ("tomorrow at 9 and 17", "several; write for example tomorrow at 9:00 or tomorrow at 17:0"),
        ("2 hours ago", "'ago' is not understood after '2 hours'; write for example 18:30"),
        ("2026-13-45", "there is no 2026-13-45"),
        ("999999999 weeks", "this leaves the calendar"),
        ("9999-12-31", "this leaves the calendar"),
        ("31 december 9999 at 9:00", "this leaves the calendar"),
        ("30 february", "belong to February; write for example 18:30, tomorrow at 8:00,"),
        ("1 march", "belong to March; write for example 1 march 2027 at 8:00$"),
        ("1 march at 7:30", "belong to March; write for example 1 march 2027 at 7:30$"),
        ("x" * 100_000, "this is too long"),
        ("tomorrow" + " " * 200 + "soon", "this is too long"),
    ],
)
def test_until_what_is_no_moment(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_until(text, MADRID, NOW)


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("zone", [MADRID, LORD_HOWE, "America/Santiago", "Pacific/Apia"])
@pytest.mark.parametrize(
    "days", ["every 3 days", "weekends", "every other tue", "monthly on the 5th"]
)
def test_what_has_a_time_of_day_begins_with_its_own_first_fire(
    days: str, zone: str, hour: int
) -> None:
    for now in (utc("2026-04-04T14:10"), utc("2026-09-05T23:59"), utc("2011-12-29T22:00")):
        plan = parse(f"{days} at {hour}:15", zone, now)
        assert plan.start is not None
        assert first_fire(plan, now) == wall_to_instant(plan.start, zone)
        assert wall_to_instant(plan.start, zone) >= now
