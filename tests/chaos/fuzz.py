"""Words of every sort that people, scripts and enemies type."""

from hypothesis import strategies as st

from tests.support.texts import ANY_CHARACTER
from tui_scheduler.models import MisfirePolicy, Overlap, RunStatus
from tui_scheduler.schedules import DailyOption, Frequency, MonthlyOption, Timing

_SENSIBLE = [
    *Timing, *Frequency, *DailyOption, *MonthlyOption, *MisfirePolicy, *Overlap, *RunStatus,
    "backup", "1", "2", "0", "-1", "90s", "10m", "none", "NAME=value", "=", "A=", "mon,fri", "fri",
    "18:30", "2026-03-29", "2026-03-29 02:30", "2026-03-29T02:30:00+02:00", "9999-12-31T23:59:59",
    "0001-01-01", "Europe/Madrid", "UTC", "*/5 * * * *", "0 9 * * 1#1", "0 0 L * ?", "@daily",
    "100 MB", "true", "9223372036854775807", "9" * 400,
]  # fmt: skip
_HOSTILE = [
    "", " ", "\t", "\n", "\0", "[/etc] [/ [@click=app.quit]x[/", "\x1b[31m", "\x1b]0;x\x07",
    "\x9b2J", "\udc9b", "\u202e", "\u0661", "\u00b2", "\u00e9" * 300, "../../etc/passwd",
    "; rm -rf nothing", "$(false)", "--", "-x", "'\"`", "%s%n{0}", "nan", "inf", "1e999",
    "x" * 100_000, "word " * 700, "#" + "9" * 5000, "9" * 5000, "(" * 5000,
]  # fmt: skip

words = st.one_of(
    st.sampled_from([str(word) for word in _SENSIBLE]),
    st.sampled_from(_HOSTILE),
    st.text(ANY_CHARACTER, max_size=20),
    st.text("0123456789*/,-#LW?@ :T.+", max_size=20),
)
"""What may be given for any field or option."""

cron_words = st.lists(
    st.text("0123456789*/,-#LW?", min_size=1, max_size=6), min_size=1, max_size=8
).map(" ".join)
"""What looks like a cron expression, and sometimes is one."""
