"""The numbers of a calendar event of systemd: values, ranges and steps, in a list."""

from typing import NamedTuple

from tui_scheduler.services.imports.proposals import Unreadable

_ITEM = r"[0-9]+(?:\.\.[0-9]+)?(?:/[0-9]+)?"
NUMBERS = rf"(?:\*|{_ITEM}(?:,{_ITEM})*)"
"""A pattern for such a list, or a star."""

_MOST_DAYS_BACK = 28


class Span(NamedTuple):
    """One item of a list; a step without a last value goes on to the end."""

    first: int
    last: int | None
    step: int | None

    @property
    def cron(self) -> str:
        """The item as cron writes it."""
        last = "" if self.last is None else f"-{self.last}"
        step = "" if self.step is None else f"/{self.step}"
        return f"{self.first}{last}{step}"

    def values(self, high: int) -> range:
        """All values that are meant, up to ``high``."""
        alone = high if self.step else self.first
        return range(self.first, (alone if self.last is None else self.last) + 1, self.step or 1)


def spans_of(text: str, high: int) -> list[Span]:
    """The items of a list, of values up to ``high``; raises Unreadable where systemd refuses it."""
    spans = [_span(item) for item in text.split(",")]
    for span in spans:
        _check(span, high)
        if span.last is None and span.step and span.first + span.step > high:
            raise Unreadable(f"{span.cron} has a step that leads nowhere: leave it out")
    return spans


def days_back(text: str) -> set[int]:
    """Days before the end of a month, where 1 is the last one; a step leads to the end."""
    days: set[int] = set()
    for span in map(_span, text.split(",")):
        _check(span, _MOST_DAYS_BACK)
        if span.last is None and span.step:
            if span.step >= span.first:
                raise Unreadable(f"~{span.cron} has a step that leads nowhere: leave it out")
            days |= set(range(span.first, 0, -span.step))
        else:
            days |= set(span.values(_MOST_DAYS_BACK))
    if 0 in days:
        raise Unreadable(f"~{text} is in no month: use ~1 to ~{_MOST_DAYS_BACK}")
    return days


def in_cron(text: str, high: int) -> str:
    """The list as cron writes it."""
    return text if text == "*" else ",".join(span.cron for span in spans_of(text, high))


def _span(item: str) -> Span:
    ends, _, step = item.partition("/")
    first, _, last = ends.partition("..")
    return Span(int(first), int(last) if last else None, int(step) if step else None)


def _check(span: Span, high: int) -> None:
    if span.last is not None and span.first > span.last:
        raise Unreadable(f"{span.cron} ends before it begins: put the smaller value first")
    if max(span.first, span.last or 0) > high:
        raise Unreadable(f"{span.cron} is out of range: use values up to {high}")
    if span.step == 0:
        raise Unreadable(f"{span.cron} has no step: leave the /0 out")
