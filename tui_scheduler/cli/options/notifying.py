"""The options that say who is told of the runs of a process or of a group, and when."""

from datetime import timedelta
from typing import Any

from tui_scheduler.cli.completing.completions import receivers_or_none
from tui_scheduler.cli.options.param_types import NUMBER, Cleared, value
from tui_scheduler.services.codecs import NEVER, USUAL, read_limit


def _limit(text: str) -> timedelta | Cleared:
    limit = read_limit(text)
    return Cleared.NONE if limit is None else limit


_SLOW_AFTER = value(_limit, lambda _typed: (USUAL, NEVER))

NOTIFY: tuple[str, dict[str, Any]] = (
    "--notify", {"multiple": True, "metavar": "NAME", "shell_complete": receivers_or_none, "help":
        "A receiver of the configuration that is told of failures; may be repeated. Replaces all"
        " of them; 'none' tells nobody, and 'default' those of its line notify = [...]."},
)  # fmt: skip
NOTIFYING: list[tuple[str, dict[str, Any]]] = [
    NOTIFY,
    ("--notify-after", {"type": NUMBER, "metavar": "N", "help":
        "Tell when N runs in a row have failed. Default: 1."}),
    ("--slow-after", {"type": _SLOW_AFTER, "metavar": f"10m|{USUAL}|{NEVER}", "help":
        "Tell when a run goes on for longer than this, or than it usually takes. Default: usual."}),
]  # fmt: skip
