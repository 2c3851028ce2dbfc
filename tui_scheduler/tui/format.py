"""How values look on every screen: one table of statuses, one way to write each kind of time.

All functions are pure; ``now`` is an aware instant and ``zone`` an IANA name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.text import Text

from tui_scheduler.models import RequestStatus, RunStatus
from tui_scheduler.text import plain


@dataclass(frozen=True, slots=True)
class StatusLook:
    """A status as glyph, word and tone; never one of them alone.

    ``tone`` is one of ``widgets.table.style.TONES``, which the style sheets give colours to.
    """

    glyph: str
    word: str
    tone: str

    @property
    def text(self) -> Text:
        """Glyph and word for a table cell."""
        return Text(f"{self.glyph} {self.word}", style=self.tone, no_wrap=True)


RUN_LOOKS: Mapping[RunStatus, StatusLook] = {
    RunStatus.QUEUED: StatusLook("◌", "queued", "primary"),
    RunStatus.PROCESSING: StatusLook("►", "running", "accent"),
    RunStatus.SUCCESS: StatusLook("✓", "success", "success"),
    RunStatus.ERROR: StatusLook("✗", "error", "error"),
    RunStatus.KILLED: StatusLook("■", "killed", "warning"),
    RunStatus.TIMED_OUT: StatusLook("◷", "timed out", "error"),
    RunStatus.LOST: StatusLook("?", "lost", "error"),
    RunStatus.MISFIRED: StatusLook("○", "misfired", "warning"),
    RunStatus.SKIPPED: StatusLook("»", "skipped", "muted"),
}

REQUEST_LOOKS: Mapping[RequestStatus, StatusLook] = {
    RequestStatus.NEW: StatusLook("○", "new", "primary"),
    RequestStatus.SCHEDULED: StatusLook("●", "scheduled", "success"),
    RequestStatus.UNSCHEDULED: StatusLook("◌", "unscheduled", "muted"),
    RequestStatus.COMPLETE: StatusLook("✓", "complete", "muted"),
}


GROUP = "≡"
"""Sets the name of a group apart from those of processes."""


def strip(statuses: Iterable[RunStatus], length: int) -> Text:
    """A glyph for each of the last ``length`` runs, the newest at the right."""
    text = Text(no_wrap=True)
    for status in tuple(statuses)[-length:]:
        text.append(RUN_LOOKS[status].glyph, RUN_LOOKS[status].tone)
    return text


def cell(text: str, tone: str = "") -> Text:
    """Outside text as a table cell: one harmless line."""
    return Text(plain(text), style=tone, no_wrap=True)


def duration(span: timedelta | None) -> str:
    """``HH:MM:SS.mmm``; nothing for a run that never started."""
    if span is None:
        return ""
    minutes, milliseconds = divmod(max(span, timedelta()) // timedelta(milliseconds=1), 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def rough(span: timedelta) -> str:
    """A length of time in its two largest units: ``42 s``, ``4 min 10 s``, ``3 h 5 min``."""
    seconds = max(0, int(span.total_seconds()))
    for unit, size, smaller, step in (("d", 86400, "h", 3600), ("h", 3600, "min", 60)):
        if seconds >= size:
            rest = seconds % size // step
            return f"{seconds // size} {unit}" + (f" {rest} {smaller}" if rest else "")
    if seconds >= 60:
        return f"{seconds // 60} min" + (f" {seconds % 60} s" if seconds % 60 else "")
    return f"{seconds} s"


def countdown(moment: datetime, now: datetime) -> str:
    """How long until ``moment``: ``in 4 min 10 s``, or ``now`` once it has come."""
    left = moment - now
    return f"in {rough(left)}" if left >= timedelta(seconds=1) else "now"


def ago(moment: datetime, now: datetime) -> str:
    """How long since ``moment``, in its largest unit: ``3 min ago``."""
    passed = max(now - moment, timedelta())
    if passed < timedelta(seconds=1):
        return "now"
    number, unit = rough(passed).split()[:2]
    return f"{number} {unit} ago"


def local(moment: datetime, zone: str) -> datetime:
    """``moment`` on the clocks of ``zone``; on those of UTC if there is no such zone."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):
        return moment.astimezone(ZoneInfo("UTC"))


def day_and_time(moment: datetime, zone: str, now: datetime) -> str:
    """Weekday, date and time of day; only the time if it is today."""
    wall, today = local(moment, zone), local(now, zone)
    if wall.date() == today.date():
        return f"{wall:%H:%M:%S}"
    year = "" if wall.year == today.year else f" {wall.year}"
    return f"{wall:%a} {wall.day} {wall:%b}{year} {wall:%H:%M:%S}"


def weekday_and_time(moment: datetime, zone: str, now: datetime, *, in_seconds: bool) -> str:
    """Weekday, date and time of day, of one width within a year."""
    wall = local(moment, zone)
    year = "" if wall.year == local(now, zone).year else f" {wall.year}"
    return f"{wall:%a %d %b}{year} {wall:%H:%M:%S}"[: None if in_seconds else -3]


def midnight(now: datetime, zone: str) -> datetime:
    """The instant at which today began in ``zone``."""
    return local(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)


def plural(count: int, noun: str) -> str:
    """``1 run``, ``1,234 runs``."""
    return f"{count:,} {noun}{'' if count == 1 else 'es' if noun.endswith('s') else 's'}"
