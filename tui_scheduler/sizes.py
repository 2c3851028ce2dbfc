"""Numbers of bytes as people write and read them: ``312 B``, ``1.4 MB``; a kB is 1000 bytes."""

import re

_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000
_LARGEST = 10**18  # bytes
_WRITTEN = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<prefix>[kmgt]?)b?", re.IGNORECASE)
_PREFIXES = ("", "k", "m", "g", "t")


def parse_size(text: str) -> int:
    """Returns the bytes of ``100 MB``, ``1.5g`` or ``4096``; of other text raises ValueError."""
    written = _WRITTEN.fullmatch(text.strip())
    if written is None:
        raise ValueError(f"{text!r} is not a size such as 100 MB")
    size = float(written["number"]) * float(_STEP) ** _PREFIXES.index(written["prefix"].lower())
    if size > _LARGEST:
        raise ValueError("is more than any disk holds")
    return round(size)


def size_text(size: int) -> str:
    """Returns a number of bytes in its largest unit: ``312 B``, ``1.4 MB``."""
    amount = float(size)
    for unit in _UNITS:
        if amount < 999.5 or unit == _UNITS[-1]:
            break
        amount /= _STEP
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 99.5 else f"{amount:.1f} {unit}"


def peak_text(size: int) -> str:
    """Returns a peak that is known as a bound from above: ``at most 1.4 MB``."""
    return f"at most {size_text(size)}"
