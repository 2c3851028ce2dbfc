"""The lines over a log: which run it is of, how that stands, and what is special about it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from textual.content import Content

from tui_scheduler.services.views import RunView
from tui_scheduler.text import plain
from tui_scheduler.tui.format import day_and_time, duration, plural
from tui_scheduler.tui.screens.monitor_columns import status_text
from tui_scheduler.tui.screens.monitor_reason import reason

_STYLES = {"muted": "$foreground 60%", "strong": "bold"}
_GAP = "  "


def title(run: RunView, now: datetime) -> Content:
    """Return status, process, number, duration and exit code of ``run`` as it is at ``now``."""
    status = status_text(run)
    parts = [
        Content.styled(status.plain, style_of(str(status.style))),
        Content.styled(plain(run.process), "bold"),
        Content.styled(f"run {run.id}", "$foreground 60%"),
    ]
    if run.start_time is not None:
        parts.append(Content(duration(run.duration(now))))
    if run.exit_code is not None:
        style = style_of("error") if run.exit_code else "$foreground 60%"
        parts.append(Content.styled(f"exit {run.exit_code}", style))
    return Content(_GAP).join(parts)


def details(run: RunView, now: datetime, zone: str, kill_grace: timedelta) -> Content:
    """Return what is special about ``run`` first, then where it comes from and when it was."""
    special = reason(run, now, kill_grace)
    facts = Content.styled(" · ".join(_facts(run, now, zone)), "$foreground 60%")
    if not special:
        return facts
    return Content.assemble((plain(special), "$text-warning"), (" · ", "$foreground 40%"), facts)


def style_of(tone: str) -> str:
    """Return the theme's style for a tone of a status."""
    return _STYLES.get(tone, f"$text-{tone}")


def _facts(run: RunView, now: datetime, zone: str) -> Iterable[str]:
    if run.request:
        yield plain(run.request)
    yield str(run.channel)
    yield f"scheduled for {day_and_time(run.scheduled_for, zone, now)}"
    if run.start_time is not None:
        yield f"started {day_and_time(run.start_time, zone, now)}"
    if run.end_time is not None and run.start_time is not None:
        yield f"ended {day_and_time(run.end_time, zone, now)}"
    if run.missed:
        yield f"stands for {plural(run.missed, 'missed fire')}"
    if run.attempt > 1:
        yield f"attempt {run.attempt}"
