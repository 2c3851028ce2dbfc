"""Random calendar events: the fires of what they become, and those of systemd."""

import random
from datetime import UTC, datetime

from tests.comparison.agreement import Agreement
from tests.comparison.systemd_analyze import fires_by_systemd
from tui_scheduler.schedules import Frequency, Plan, Timing, fires, problems
from tui_scheduler.services.imports.proposals import Unreadable
from tui_scheduler.services.imports.systemd.calendar_words import calendar_expression

_AFTER = datetime(2026, 11, 26, 13, tzinfo=UTC)
_FIRES = 5
_SHORT = (
    "minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "biannually", "bi-annually",
    "semiannually", "semi-annually", "yearly", "annually", "anually", "fortnightly",
)  # fmt: skip
_WEEKDAYS = ("Mon", "Tue", "wed", "Thursday", "Fri", "Sat", "Sun", "Someday")
_YEARS = ("*-", "2027-", "27-", "7-", "2026..2028-", "2027/2-", "2026/10-", "99-")
_SEVENS = (
    "-*", "-1..7", "-8..14", "-15..21", "-22..28", "-29..31", "-1..14", "-1..7,22..28", "-1/1",
    "-2..8", "~7/1", "~1..7", "~*",
)  # fmt: skip


def compare(count: int, seed: int) -> Agreement:
    """Compare ``count`` events."""
    chance = random.Random(seed)
    agreement = Agreement()
    for _ in range(count):
        event = _event(chance)
        theirs = fires_by_systemd(event, _AFTER, _FIRES) or None  # none is as good as refused
        agreement.note(event, _ours(event), theirs)
    return agreement


def _ours(event: str) -> list[datetime] | str:
    try:
        expression, zone = calendar_expression(event)
    except Unreadable as refused:
        return str(refused)
    plan = Plan(
        timing=Timing.SCHEDULE,
        timezone=zone or "UTC",
        frequency=Frequency.CRON,
        cron=expression,
    )
    reasons = problems(plan, _AFTER)
    return "; ".join(map(str, reasons)) if reasons else fires(plan, _AFTER, _FIRES)


def _event(chance: random.Random) -> str:
    if chance.random() < 0.1:
        return " ".join([chance.choice(_SHORT), *chance.choice([[], ["Europe/Madrid"], ["UTC"]])])
    weekdays = _maybe(chance, 0.4, _weekdays(chance))
    date = _maybe(chance, 0.7, _date(chance, has_weekdays=bool(weekdays)))
    time = _maybe(chance, 0.7, _time(chance))
    zone = _maybe(chance, 0.1, chance.choice(["UTC", "Asia/Tokyo", "Mars/Olympus"]))
    return " ".join([*weekdays, *date, *(time if weekdays or date else [_time(chance)]), *zone])


def _maybe(chance: random.Random, likely: float, word: str) -> list[str]:
    return [word] if chance.random() < likely else []


def _weekdays(chance: random.Random) -> str:
    return chance.choice(["", "..", ",", "-"]).join(chance.sample(_WEEKDAYS, chance.choice([1, 2])))


def _date(chance: random.Random, *, has_weekdays: bool) -> str:
    day = f"-{_numbers(chance, 1, 31)}"
    if chance.random() < 0.2:  # systemd refuses some lists of these
        day = f"~{_item(chance, 1, 28)}"
    elif has_weekdays and chance.random() < 0.7:
        day = chance.choice(_SEVENS)
    year = _maybe(chance, 0.4, chance.choice(_YEARS))
    return "".join([*year, _numbers(chance, 1, 12), day])


def _time(chance: random.Random) -> str:
    seconds = _maybe(chance, 0.3, f":{chance.randint(0, 59)}")
    return ":".join([_numbers(chance, 0, 24), _numbers(chance, 0, 59)]) + "".join(seconds)


def _numbers(chance: random.Random, low: int, high: int) -> str:
    items = (_item(chance, low, high) for _ in range(chance.choice([1, 1, 1, 2, 3])))
    return "*" if chance.random() < 0.3 else ",".join(items)


def _item(chance: random.Random, low: int, high: int) -> str:
    first, last = chance.randint(low, high), chance.randint(low, high)
    shape = chance.choice(["{0}", "{0:02}", "{0}..{1}", "{0}/{2}", "{0}..{1}/{2}"])
    return shape.format(first, last, chance.randint(1, 12))
