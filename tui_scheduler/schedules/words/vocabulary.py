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
NAMED_CLOCKS: Mapping[str, int] = {"midnight": 0, "noon": 12, "midday": 12}

# Words that people say, and that mean two things or nothing that a plan can hold.
UNSAYABLE: Mapping[str, tuple[str, str]] = {
    "biweekly": ("could be twice a week or every two weeks", "every 2 weeks on monday at 7:30"),
    "bimonthly": ("could be twice a month or every two months", "the 15th of every month at 8:15"),
    "yearly": ("is said by a cron expression", "0 8 1 3 *"),
    "annually": ("is said by a cron expression", "0 8 1 3 *"),
    "year": ("is said by a cron expression", "0 8 1 3 *"),
    "years": ("is said by a cron expression", "0 8 1 3 *"),
    "between": ("is said by a cron expression", "*/15 9-17 * * mon-fri"),
}

KNOWN = frozenset(
    {
        *{"every", "each", "other", "at", "on", "the", "of", "last", "from", "starting", "until"},
        *{"once", "twice", "times", "now", "immediately", "today", "tomorrow", "next", "in"},
        *{word for word in UNITS if len(word) >= _SHORTEST},
        *{name.lower() for name in (*WEEKDAYS, *MONTHS)},
        *ADVERBS, *KINDS_OF_DAYS, *WEEKDAY_PLURALS, *ORDINALS, *NAMED_CLOCKS,
    }
)  # fmt: skip
"""Words to which a mistyped one may come near."""
