"""Days of every year: dates without one, such as ``1 march``."""

from datetime import date

from tui_scheduler.schedules import english
from tui_scheduler.schedules.words.clauses import YearlyDate
from tui_scheduler.schedules.words.dates import at_yearly_date, day_number, length_of_yearly_date
from tui_scheduler.schedules.words.errors import NotUnderstood
from tui_scheduler.schedules.words.reader import Reader
from tui_scheduler.schedules.words.vocabulary import MONTH_NAMES

_LEAP_YEAR = 2000
_SEPARATORS = {",", "and", "the", "on"}


def read_yearly_dates(reader: Reader) -> tuple[YearlyDate, ...]:
    """A list of such dates: ``1 march and 1 september``, ``the 1st of march and september``."""
    dates = [_read(reader)]
    while True:
        ahead = 0
        while reader.peek(ahead).word in _SEPARATORS:
            ahead += 1
        if not ahead:
            return tuple(dates)
        is_month_alone = reader.peek(ahead).word in MONTH_NAMES and not length_of_yearly_date(
            reader, ahead
        )
        if not is_month_alone and not at_yearly_date(reader, ahead):
            return tuple(dates)
        for _ in range(ahead):
            reader.take()
        if is_month_alone:
            dates.append(_checked(dates[-1].day, MONTH_NAMES[reader.take().word]))
        else:
            dates.append(_read(reader))


def read_months(reader: Reader) -> frozenset[int]:
    """A list of the names of months."""
    months = [MONTH_NAMES[reader.take().word]]
    while True:
        ahead = 0
        while reader.peek(ahead).word in {",", "and"}:
            ahead += 1
        if not ahead or reader.peek(ahead).word not in MONTH_NAMES:
            return frozenset(months)
        for _ in range(ahead):
            reader.take()
        months.append(MONTH_NAMES[reader.take().word])


def _read(reader: Reader) -> YearlyDate:
    words = [reader.take().word]
    reader.accept({"of"})
    words.append(reader.take().word)
    if words[0] in MONTH_NAMES:
        words.reverse()
    return _checked(day_number(words[0]) or 0, MONTH_NAMES[words[1]])


def _checked(day: int, month: int) -> YearlyDate:
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError:
        named = f"{day} {english.MONTHS[month - 1]}"
        raise NotUnderstood(f"there is no {named}", "every year on 1 march at 9:00") from None
    return YearlyDate(day, month)
