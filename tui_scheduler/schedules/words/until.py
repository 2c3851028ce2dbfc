"""Until when something is to be so: a moment, a day, or a while from now."""

from datetime import datetime, time

from tui_scheduler.schedules.moments import parse_moment
from tui_scheduler.schedules.words.dates import read_delay, read_moment, wall_time
from tui_scheduler.schedules.words.errors import NotUnderstood
from tui_scheduler.schedules.words.mentions import gathered
from tui_scheduler.schedules.words.reader import END, Reader
from tui_scheduler.schedules.words.vocabulary import UNITS

_LONGEST = 200  # characters
_LAST_YEAR = 9998
_UNTIL = "18:30, tomorrow at 8:00, next monday, 2027-03-01 or in 2 hours"


def parse_until(text: str, zone: str, now: datetime) -> datetime:
    """Returns the naive wall time in ``zone`` until which ``text`` says, at the aware ``now``.

    It is a date and time as ``parse_moment`` reads them, a day (until it begins), or words:
    ``tomorrow at 8:00``, ``next monday``, ``in 2 hours``. A length alone is from now on. Raises
    ValueError with the word that was not understood and an example.
    """
    try:
        moment = parse_moment(text, zone, now)
    except ValueError:
        if len(text) > _LONGEST:
            raise NotUnderstood("this is too long", _UNTIL) from None
        moment = _in_words(text, zone, now)
    if moment.year > _LAST_YEAR:
        raise NotUnderstood("this leaves the calendar", _UNTIL)
    return moment


def _in_words(text: str, zone: str, now: datetime) -> datetime:
    try:
        return _read(Reader(text, zone, now))
    except NotUnderstood as refused:
        mentions = gathered(Reader(text, zone, now))
        offered = dict.fromkeys(map(mentions.put_into, refused.readings))
        example = " or ".join(each for each in offered if _is_understood(each, zone, now))
        raise NotUnderstood(refused.reason, example or refused.example) from refused


def _is_understood(text: str, zone: str, now: datetime) -> bool:
    try:
        parse_moment(text, zone, now)
    except ValueError:
        try:
            _read(Reader(text, zone, now))
        except NotUnderstood:
            return False
    return True


def _read(reader: Reader) -> datetime:
    if reader.peek() is END:
        raise NotUnderstood("nothing is said", _UNTIL)
    is_length = reader.peek().kind == "number" and reader.peek(1).word in UNITS
    try:
        moment = read_delay(reader) if is_length else read_moment(reader)
    except OverflowError:
        raise NotUnderstood("this leaves the calendar", _UNTIL) from None
    except NotUnderstood as refused:
        raise NotUnderstood(refused.reason, _UNTIL, readings=refused.readings) from refused
    if reader.peek() is not END:
        raise reader.unexpected(_UNTIL)
    return wall_time(moment, time(), reader)
