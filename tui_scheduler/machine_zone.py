"""The name of the machine's time zone, as its files say it.

tzlocal knows how every system says that, and to load it takes as long as all else that a prompt
waits for. So what nearly all of them have is looked at here, and it is asked for the rest.
"""

import os
from pathlib import Path

_LINK = Path("/etc/localtime")
_FILE = Path("/etc/timezone")
_OTHERS = tuple(
    Path(other)
    for other in (
        "/var/db/zoneinfo",
        "/etc/sysconfig/clock",
        "/etc/conf.d/clock",
        "/system/bin/getprop",
    )
)
"""Where else a zone may be named; what they all say together, tzlocal knows."""


def zone_name() -> str:
    """Returns what ``TZ`` says or else the system; it need not be a zone that is known.

    Raises LookupError where two files of the system say different things.
    """
    return _plain_name() or zone_of_variable() or _asked_for()


def zone_of_variable() -> str:
    """Returns the zone that ``TZ`` names, by its name or its file; nothing if none is known.

    tzlocal passes over what Windows has no name for, as EST5EDT.
    """
    from zoneinfo import ZoneInfo  # slow, and few set the variable

    name = os.environ.get("TZ", "").removeprefix(":")
    if name.startswith("/"):
        name = os.path.realpath(name).partition("/zoneinfo/")[2]
    try:
        return ZoneInfo(name).key if name else ""
    except (LookupError, ValueError, OSError):
        return ""


def _plain_name() -> str:
    """The zone that the link leads to, unless anything else may name one."""
    if os.environ.get("TZ") or any(map(Path.exists, _OTHERS)) or not _LINK.exists():
        return ""
    name = os.path.realpath(_LINK).partition("/zoneinfo/")[2]
    try:
        return name if _FILE.read_text(encoding="ascii").strip() == name else ""
    except FileNotFoundError:
        return name
    except (OSError, UnicodeDecodeError):
        return ""


def _asked_for() -> str:
    import tzlocal

    return tzlocal.get_localzone_name() or ""
