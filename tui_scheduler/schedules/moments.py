"""Dates and times as people write them in a form or on a command line: ISO 8601."""

from datetime import date, datetime, time

from tui_scheduler.schedules.zones import instant_of, wall_of, zone_info

_LAST_SECOND = time(23, 59, 59)


def parse_moment(text: str, zone: str, now: datetime, *, is_finish: bool = False) -> datetime:
    """The naive wall time in ``zone`` that ``text`` means, in whole seconds.

    With an offset it is converted to the zone, where ``fold`` tells two passes apart; without one
    it is the zone's wall clock. A date alone is its midnight, or its last second if it is a
    finish, because finishes are inclusive; a time alone is today in the zone. ValueError with the
    remedy.
    """
    zone_info(zone)
    words = text.strip()
    today = wall_of(instant_of(now), zone).date()
    moment = _time_today(words, today) or _whole_day(words, is_finish) or _date_and_time(words)
    if moment is None:
        raise ValueError(
            f"{text!r} is not a date and time; write 2026-03-29T02:30, 2026-03-29 or 18:30"
        )
    if moment.tzinfo is not None:
        moment = wall_of(instant_of(moment), zone)
    return moment.replace(microsecond=0)


def _time_today(words: str, today: date) -> datetime | None:
    if ":" not in words[:3]:
        return None
    try:
        clock = time.fromisoformat(words.zfill(5) if len(words) == 4 else words)
    except ValueError:
        return None
    return datetime.combine(today, clock)


def _whole_day(words: str, is_finish: bool) -> datetime | None:
    try:
        day = date.fromisoformat(words)
    except ValueError:
        return None
    return datetime.combine(day, _LAST_SECOND if is_finish else time.min)


def _date_and_time(words: str) -> datetime | None:
    try:
        return datetime.fromisoformat(words)
    except ValueError:
        return None
