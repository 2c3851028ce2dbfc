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
    return _plain_name() or _asked_for()


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
