"""The name of a time zone, however it is capitalised."""

from difflib import get_close_matches

from tui_scheduler.schedules.validation import zone_names
from tui_scheduler.schedules.words.errors import NotUnderstood


def zone_named(name: str) -> str:
    """The IANA name that ``name`` stands for; raises NotUnderstood."""
    names = {known.lower(): known for known in zone_names()}
    if known := names.get(name.lower()):
        return known
    near = get_close_matches(name.lower(), names, n=1)
    hint = f" (perhaps {names[near[0]]})" if near else ""
    example = "every day at 7:30 in Europe/Madrid"
    raise NotUnderstood(f"{name!r} is no time zone{hint}", example)
