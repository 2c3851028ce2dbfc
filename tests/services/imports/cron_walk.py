"""What cron does, without cleverness: look at every minute of every day on the wall.

Written from crontab(5) alone, to compare with; nothing of the program is used.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
DAYS_LOOKED_AT = 1500  # from any day on there is a 29 February in them

_SHORT = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def walk(line: str, zone: str, after: datetime, count: int) -> list[datetime]:
    """The first ``count`` fires of a crontab line's time, as far as they were looked for."""
    words = _SHORT.get(line, line).split()
    reading: set[datetime] = set()
    first = after.astimezone(ZoneInfo(zone)).date() - DAY
    for number in range(DAYS_LOOKED_AT):
        day = first + number * DAY
        if _is_day(words, day):
            reading |= {fire for fire in _fires_on(day, words, zone) if fire > after}
        if len(reading) > count:
            break
    return sorted(reading)[:count]


def _fires_on(day: date, words: list[str], zone: str) -> set[datetime]:
    minutes = _values(words[0], 0, 59, [])
    hours = _values(words[1], 0, 23, [])
    is_elapsed = words[0].startswith("*") or words[1].startswith("*")
    reading: set[datetime] = set()
    for hour in range(24):
        for minute in range(60):
            if hour in hours and minute in minutes:
                wall = datetime.combine(day, time(hour, minute))
                reading |= _instants(wall, ZoneInfo(zone), is_elapsed)
    return reading


def _instants(wall: datetime, zone: ZoneInfo, is_elapsed: bool) -> set[datetime]:
    instants = _showing(wall, zone)
    if is_elapsed:
        return set(instants)
    while not instants:
        wall += MINUTE
        instants = _showing(wall, zone)
    return {instants[0]}


def _showing(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """The instants at which the clock on the wall shows ``wall``."""
    instants = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(
        instant for instant in instants if instant.astimezone(zone).replace(tzinfo=None) == wall
    )


def _is_day(words: list[str], day: date) -> bool:
    _, _, days, months, weekdays = words
    if day.month not in _values(months, 1, 12, ["", *_MONTHS]):
        return False
    is_day = day.day in _values(days, 1, 31, [])
    numbers = {number % 7 for number in _values(weekdays, 0, 7, _WEEKDAYS)}
    is_weekday = day.isoweekday() % 7 in numbers
    if days.startswith("*") or weekdays.startswith("*"):
        return is_day and is_weekday
    return is_day or is_weekday


def _values(word: str, low: int, high: int, names: list[str]) -> set[int]:
    reading: set[int] = set()
    for item in word.lower().split(","):
        span, _, step = item.partition("/")
        first, dash, last = span.partition("-")
        begin = low if first == "*" else _number(first, names)
        end = high if first == "*" else _number(last, names) if dash else begin
        if dash and last == "sun" and end < begin:
            end = 7
        reading |= set(range(begin, end + 1, int(step or 1)))
    return reading


def _number(word: str, names: list[str]) -> int:
    return names.index(word) if word in names else int(word)
