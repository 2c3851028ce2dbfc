"""The words that plans are said in, each with what it stands for."""

from collections.abc import Mapping

from tui_scheduler.schedules.english import MONTHS, WEEKDAYS
from tui_scheduler.schedules.plan import DailyOption, Frequency, MonthlyOption, Weekday

_SHORTEST = 3  # letters of a weekday or month


def _by_name(names: Mapping[str, int]) -> dict[str, int]:
    """Every name, and its beginnings of at least three letters."""
    return {
        name[:length].lower(): number
        for name, number in names.items()
        for length in range(_SHORTEST, len(name) + 1)
    }


def _spelt(values: Mapping[Frequency, str]) -> dict[str, Frequency]:
    return {word: value for value, words in values.items() for word in words.split()}


UNITS = _spelt(
    {
        Frequency.SECONDLY: "second seconds sec secs s",
        Frequency.MINUTELY: "minute minutes min mins m",
        Frequency.HOURLY: "hour hours hr hrs h",
        Frequency.DAILY: "day days d",
        Frequency.WEEKLY: "week weeks w",
        Frequency.MONTHLY: "month months",
    }
)
ADVERBS: Mapping[str, tuple[Frequency, int]] = {
    "hourly": (Frequency.HOURLY, 1),
    "daily": (Frequency.DAILY, 1),
    "everyday": (Frequency.DAILY, 1),
    "nightly": (Frequency.DAILY, 1),
    "weekly": (Frequency.WEEKLY, 1),
    "fortnightly": (Frequency.WEEKLY, 2),
    "monthly": (Frequency.MONTHLY, 1),
}
KINDS_OF_DAYS: Mapping[str, DailyOption] = {
    "weekday": DailyOption.WEEKDAYS,
    "weekdays": DailyOption.WEEKDAYS,
    "workday": DailyOption.WEEKDAYS,
    "workdays": DailyOption.WEEKDAYS,
    "weekend": DailyOption.WEEKENDS,
    "weekends": DailyOption.WEEKENDS,
}
WEEKDAY_NAMES = {
    word: Weekday(number)
    for word, number in _by_name({name: day for day, name in enumerate(WEEKDAYS)}).items()
}
WEEKDAY_PLURALS = {f"{name.lower()}s": Weekday(day) for day, name in enumerate(WEEKDAYS)}
MONTH_NAMES = _by_name({name: number for number, name in enumerate(MONTHS, start=1)})
ORDINALS: Mapping[str, int] = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
OF_A_WEEKDAY = (
    MonthlyOption.FIRST,
    MonthlyOption.SECOND,
    MonthlyOption.THIRD,
    MonthlyOption.FOURTH,
)
# fmt: off
NUMBERS: Mapping[str, int] = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}
# fmt: on
TIMES = frozenset({"times", "time", "x"})
NAMED_CLOCKS: Mapping[str, int] = {"midnight": 0, "noon": 12, "midday": 12}

PARTS_OF_DAY: Mapping[str, frozenset[int]] = {
    "night": frozenset({*range(18, 24), *range(6)}),
    "morning": frozenset(range(12)),
    "afternoon": frozenset(range(12, 19)),
    "evening": frozenset(range(16, 24)),
}
"""The hours of each part; in no other can it mean a time of day."""

_TWICE_A_YEAR = "is said by a cron expression", "{time} {day} 1,7 *"
_WORKDAYS = "days are said as weekdays", "weekdays at {at}"
UNSAYABLE: Mapping[str, tuple[str, *tuple[str, ...]]] = {
    "biweekly": (
        "could be twice a week or every two weeks",
        "every 2 weeks on monday at {at}",
        "every monday and thursday at {at}",
    ),
    "bimonthly": (
        "could be twice a month or every two months",
        "{time} 1,15 * *",
        "{time} {day} */2 *",
    ),
    "biannually": (
        "could be twice a year or every two years",
        "{time} {day} 1,7 *",
        "0 {time} {day} {month} ? {year}/2",
    ),
    "biennially": ("is said by a cron expression", "0 {time} {day} {month} ? {year}/2"),
    "semimonthly": ("is said by a cron expression", "{time} 1,15 * *"),
    "semiannually": _TWICE_A_YEAR,
    "quarterly": ("is said by a cron expression", "{time} {day} 1,4,7,10 *"),
    "quarter": (
        "could be of an hour or of a year",
        "every 15 minutes",
        "{time} {day} 1,4,7,10 *",
    ),
    "lw": ("of cron needs all its fields", "0 {time} LW * ?"),
    "end": ("is said by its last day", "the last day of every month at {at}"),
    "business": _WORKDAYS,
    "working": _WORKDAYS,
    "tonight": ("could be before or after midnight", "at 21:00", "tomorrow at 2:00"),
    "half": ("is said in smaller units", "every 30 minutes"),
}
"""Words that people say, and that mean two things or nothing that a plan can hold, each with the
reason and with what may be meant (see ``mentions`` for what stands in braces)."""

KNOWN = frozenset(
    {
        *{"every", "each", "other", "at", "on", "the", "of", "last", "from", "starting", "until"},
        *{"or", "year", "yearly", "annually", "quarter", "quarterly", "working", "business"},
        *{"to", "between", "once", "twice", "times", "now", "immediately", "today", "tomorrow"},
        *{"next", "in", "after", "boot", "fails", "ends", "spread", "over", "except"},
        *{word for word in UNITS if len(word) >= _SHORTEST},
        *{name.lower() for name in (*WEEKDAYS, *MONTHS)},
        *ADVERBS, *PARTS_OF_DAY, *KINDS_OF_DAYS, *WEEKDAY_PLURALS, *ORDINALS, *NAMED_CLOCKS,
    }
)  # fmt: skip
"""Words to which a mistyped one may come near."""
