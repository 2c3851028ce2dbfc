"""Whether the days are known that requests leave out."""

from collections import defaultdict
from collections.abc import Iterator

from tui_scheduler.calendars import Calendars
from tui_scheduler.doctor.finding import Finding, counted, ok, problem, some, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.models import Request
from tui_scheduler.schedules import parse_exceptions
from tui_scheduler.services.calendars import days_of

_EDIT = "or take it out of the request: tui-scheduler request edit ID --except DAYS"


def check(target: Target) -> Iterator[Finding]:
    """Look at each calendar, and at those that requests name."""
    calendars = Calendars(target.settings.calendars, target.settings.config)
    named = _named()
    findings = [*_unknown(calendars, named), *_unused(calendars, named)]
    if findings:
        yield from findings
    elif not calendars.by_name:
        yield ok("No calendar is configured, and none is named")
    else:
        yield ok(f"{counted(len(calendars.by_name), 'calendar')}, all days known")


def _named() -> dict[str, list[int]]:
    """The calendars that requests name, each with their numbers."""
    named = defaultdict(list)
    for row in Request.select(Request.id, Request.except_).where(Request.except_ != ""):
        try:
            names = parse_exceptions(row.except_).names
        except ValueError:  # a damaged row, which another check tells of
            continue
        for name in names:
            named[name].append(row.id)
    return named


def _unknown(calendars: Calendars, named: dict[str, list[int]]) -> Iterator[Finding]:
    """Those that are named and not known: what names them does not run."""
    for name, ids in named.items():
        if reason := days_of(calendars, name).problem:
            text = f"{counted(len(ids), 'request')} that {'waits' if len(ids) == 1 else 'wait'}"
            yield problem(
                f"{text} for a calendar, {some(ids)}: {reason}",
                f"Do that, {_EDIT}",
            )


def _unused(calendars: Calendars, named: dict[str, list[int]]) -> Iterator[Finding]:
    """Those of which the days are not known, and nothing waits for them."""
    for name in calendars.by_name:
        if name not in named and (reason := days_of(calendars, name).problem):
            yield warning(reason, "Until then no request can leave them out")
