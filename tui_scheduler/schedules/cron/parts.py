"""One field of an expression at a time: the values of its plain items and its special items."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui_scheduler.schedules.cron import special
from tui_scheduler.schedules.cron.fields import CronError, CronField
from tui_scheduler.schedules.cron.special import SpecialDays

_SPECIALS: dict[tuple[bool, str], special.ReadSpecial] = {
    (False, "day of month"): special.unix_day,
    (False, "weekday"): special.unix_weekday,
    (True, "day of month"): special.quartz_day,
    (True, "weekday"): special.quartz_weekday,
}


@dataclass(frozen=True, slots=True)
class CronPart:
    """A field that was read; ``values`` is None when its plain items mean all values."""

    word: str
    values: tuple[int, ...] | None
    specials: tuple[SpecialDays, ...] = ()

    def listed(self, size: int) -> tuple[int, ...]:
        """The values, all from 0 to ``size`` - 1 spelt out."""
        return tuple(range(size)) if self.values is None else self.values


def read_parts(
    fields: Sequence[CronField], words: Sequence[str], *, quartz: bool
) -> list[CronPart]:
    """Every field in turn; CronError when one is refused."""
    split = [_split(field, word, quartz) for field, word in zip(fields, words, strict=True)]
    values = _expand([plain for plain, _ in split], quartz)
    return [
        CronPart(word, expanded if plain else (), specials)
        for word, expanded, (plain, specials) in zip(words, values, split, strict=True)
    ]


def _split(field: CronField, word: str, quartz: bool) -> tuple[str, tuple[SpecialDays, ...]]:
    """The plain items of a field in croniter's words, and the others."""
    read_special = _SPECIALS.get((quartz, field.name))
    if word == "?" and quartz and read_special:
        return "*", ()
    plain: list[str] = []
    specials: list[SpecialDays] = []
    for item in word.split(","):
        special = read_special(field, item) if read_special else None
        if special is None:
            plain.append(field.plain(item))
        else:
            specials.append(special)
    return ",".join(plain), tuple(specials)


def _expand(plain: Sequence[str], quartz: bool) -> list[tuple[int, ...] | None]:
    """What croniter makes of the plain items; that of a field without any does not matter."""
    # Importing croniter takes 50 ms, which the first screen need not wait for.
    from croniter import croniter

    fields = [text or "*" for text in plain]
    try:
        lists = croniter.expand(" ".join(fields), second_at_beginning=quartz)[0]
    except ValueError as refused:
        raise CronError("", f"{' '.join(fields)} is not a cron expression: {refused}") from refused
    if quartz:  # croniter puts the seconds after the five common fields, and the year after them
        lists = [lists[5], *lists[:5], *lists[6:]]
    return [None if "*" in values else tuple(sorted(map(int, values))) for values in lists]
