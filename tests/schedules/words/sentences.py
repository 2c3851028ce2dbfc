"""Random plans and random sentences, for the tests of this folder."""

import re
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.schedules.cron.examples import quartz_examples, unix_examples
from tests.schedules.plans import LORD_HOWE, MADRID, NEW_YORK, utc
from tests.support.texts import ANY_CHARACTER
from tui_scheduler.calendars import why_no_calendar_name
from tui_scheduler.schedules import (
    DailyOption,
    Exceptions,
    Frequency,
    MonthlyOption,
    Outcome,
    Plan,
    Timing,
    Weekday,
    to_words,
)
from tui_scheduler.schedules.words import parse

NOW = utc("2026-03-27T12:00:30")  # a Friday
ZONES = st.sampled_from(["UTC", MADRID, NEW_YORK, LORD_HOWE])
# The clocks of Madrid, New York and Lord Howe go back in these nights.
_REPEATED = ["2026-10-25T02:30", "2026-11-01T01:15:10", "2026-04-05T01:45"]


def twice(wall: datetime, zone: str) -> bool:
    """Whether the clock of the zone shows ``wall`` twice."""
    first, second = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    offsets = (first.utcoffset() or timedelta(), second.utcoffset() or timedelta())
    return offsets[0] > offsets[1]


_WALLS = st.one_of(
    st.sampled_from([datetime.fromisoformat(text) for text in _REPEATED]),
    st.datetimes(datetime.fromisoformat("1970-01-02"), datetime.fromisoformat("9998-12-01")),
)
_EITHER = st.booleans()


@st.composite
def _walls(draw: st.DrawFn, zone: str) -> datetime:
    wall = draw(_WALLS).replace(microsecond=0, fold=0)
    return wall.replace(fold=int(twice(wall, zone) and draw(_EITHER)))


@cache  # building a strategy takes longer than drawing from it
def _optional_walls(zone: str) -> st.SearchStrategy[datetime | None]:
    """None, or wall times in whole seconds, also of hours that are gone through twice."""
    return st.none() | _walls(zone)


_INTERVALS = st.integers(1, 5000)
_STEPS = st.sampled_from([Frequency.SECONDLY, Frequency.MINUTELY, Frequency.HOURLY])
_OF_A_WEEKDAY = st.sampled_from(list(MonthlyOption)[:5])
_REPETITIONS = st.none() | st.integers(1, 10**8)
_SPREADS = st.none() | st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds))
_FIELDS = st.one_of(
    st.fixed_dictionaries({"frequency": _STEPS, "interval": _INTERVALS}),
    st.fixed_dictionaries({"frequency": st.just(Frequency.DAILY), "interval": _INTERVALS}),
    st.fixed_dictionaries(
        {
            "frequency": st.just(Frequency.DAILY),
            "daily_option": st.sampled_from([DailyOption.WEEKDAYS, DailyOption.WEEKENDS]),
        }
    ),
    st.fixed_dictionaries(
        {
            "frequency": st.just(Frequency.WEEKLY),
            "interval": st.one_of(st.just(1), _INTERVALS),
            "days": st.frozensets(st.sampled_from(Weekday), min_size=1),
        }
    ),
    st.fixed_dictionaries(
        {
            "frequency": st.just(Frequency.MONTHLY),
            "monthly_option": _OF_A_WEEKDAY,
            "weekday": st.sampled_from(Weekday),
        }
    ),
    st.fixed_dictionaries(
        {
            "frequency": st.just(Frequency.MONTHLY),
            "monthly_option": st.just(MonthlyOption.SPECIFIC),
            "day": st.integers(1, 31),
        }
    ),
    st.fixed_dictionaries(
        {
            "frequency": st.just(Frequency.MONTHLY),
            "monthly_option": st.just(MonthlyOption.SPECIFIC),
            "day": st.integers(29, 31),
            "or_last_day": st.just(True),
        }
    ),
    st.fixed_dictionaries(
        {
            "frequency": st.just(Frequency.MONTHLY),
            "monthly_option": st.just(MonthlyOption.LAST_DAY),
        }
    ),
)
_CRON = st.one_of(
    st.sampled_from(["@daily", "0 0 29 2 *", "*/5 * * * *", "0 0 12 LW * ?", "0 9  * * MON-fri"]),
    unix_examples().map(lambda example: example.text),
    quartz_examples().map(lambda example: example.text),
)


_DAYS = st.dates(date(1970, 1, 1), date(9999, 12, 31)).map(str)
_RANGES = st.tuples(_DAYS, _DAYS).map(lambda ends: "..".join(sorted(ends)))
_CALENDARS = st.from_regex(r"[a-zA-Z][\w-]{0,9}", fullmatch=True, alphabet=ANY_CHARACTER).filter(
    lambda name: why_no_calendar_name(name) is None
)
_EXCEPTIONS = st.just(()) | st.lists(
    _DAYS | _RANGES | _CALENDARS, min_size=1, max_size=4, unique=True
).map(tuple)


@st.composite
def recurring(draw: st.DrawFn, *, by_cron: bool) -> Plan:
    """A plan of any frequency but cron, or one by cron; nothing about it is left out."""
    zone = draw(ZONES)
    optional = _optional_walls(zone)
    fields = {"frequency": Frequency.CRON, "cron": draw(_CRON)} if by_cron else draw(_FIELDS)
    return Plan(
        timing=Timing.SCHEDULE,
        timezone=zone,
        start=draw(optional),
        finish=draw(optional),
        repetitions=draw(_REPETITIONS),
        spread=draw(_SPREADS),
        except_=Exceptions(draw(_EXCEPTIONS)),
        **fields,
    )


@st.composite
def once(draw: st.DrawFn) -> Plan:
    """A plan that fires once."""
    zone = draw(ZONES)
    if draw(_EITHER):
        return Plan(timing=Timing.IMMEDIATE, timezone=zone)
    return Plan(
        timing=Timing.LATER,
        timezone=zone,
        start=draw(_optional_walls(zone)),
        spread=draw(_SPREADS),
        except_=Exceptions(draw(_EXCEPTIONS)),
    )


_LETTERS = st.sampled_from("abz09-_ '\"éß{}.,")
names = st.text(_LETTERS, min_size=1, max_size=12).filter(lambda name: name == name.strip())
"""Names of processes, of which most have to stand in quotes."""
_FOLLOWED = (
    names
    | st.sampled_from(["boot", "utc", "except", "a except b", "fails", "10 minutes", "10m"])
    | st.sampled_from(["10", "1H30min", "noon", "the", "and", "a or b", "in", "in UTC"])
)
_OUTCOMES = st.sampled_from(Outcome)


@st.composite
def awaiting(draw: st.DrawFn) -> Plan:
    """A plan that awaits an event."""
    zone = draw(ZONES)
    left_out = Exceptions(draw(_EXCEPTIONS))
    if draw(_EITHER):
        return Plan(timing=Timing.BOOT, timezone=zone, delay=draw(_SPREADS), except_=left_out)
    optional = _optional_walls(zone)
    return Plan(
        timing=Timing.AFTER,
        timezone=zone,
        follows=draw(_FOLLOWED),
        outcome=draw(_OUTCOMES),
        start=draw(optional),
        finish=draw(optional),
        except_=left_out,
        repetitions=draw(_REPETITIONS),
    )


def short(text: str, zone: str = "UTC") -> str:
    """What the words are understood to mean, in words."""
    return to_words(parse(text, zone, NOW))


def examples_in(refusal: str) -> list[str]:
    """The sentences that a refusal offers."""
    _, separator, offered = refusal.partition("; write for example ")
    assert separator, refusal
    if re.match(r"[0-9*]", offered) and offered.count(" ") == 4:  # a cron expression has commas
        return [offered]
    return re.split(r", or |, and | or (?!the last day)|, ", offered)
