"""The checks in their order, and how each is carried out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from tui_scheduler.calendars import Calendars, use_calendars
from tui_scheduler.doctor import (
    calendars,
    clock,
    clusters,
    database,
    files,
    keepers,
    lock,
    notices,
    place,
)
from tui_scheduler.doctor.finding import Finding, Verdict, problem
from tui_scheduler.doctor.target import Target
from tui_scheduler.models.backend import SCHEMA_VERSION
from tui_scheduler.models.maintenance import open_for_reading


@dataclass(frozen=True, slots=True)
class Check:
    """``check`` changes nothing; ``repair`` does what can be done, and may fail to do it.

    One that does not read tables also works on a database of an older version.
    """

    name: str
    check: Callable[[Target], Iterable[Finding]]
    repair: Callable[[Target], None] | None = None
    reads_tables: bool = True


_DATABASE = Check("database", database.check_pages, reads_tables=False)
_CHECKS = (
    Check("place", place.check, reads_tables=False),
    Check("permissions", files.check_permissions, files.take_from_others, reads_tables=False),
    Check("schema", database.check_schema, database.bring_up_to_date, reads_tables=False),
    Check("wal", database.check_wal, database.shrink_wal, reads_tables=False),
    Check("references", database.check_references, database.repair_references),
    Check("counts", database.check_counts, database.count_anew),
    Check("rows", database.check_rows),
    Check("zones", clock.check_zones),
    Check("clock", clock.check),
    Check("plans", clock.check_plans, clock.repair_plans),
    Check("scheduler", lock.check),
    Check("keepers", keepers.check, keepers.remove_leftovers),
    Check("clusters", clusters.check),
    Check("calendars", calendars.check),
    Check("notices", notices.check),
    Check("logs", files.check_logs, files.remove_leftovers),
    Check("space", files.check_space, reads_tables=False),
)


def examine(target: Target, *, repairs: bool) -> Iterator[tuple[str, Finding]]:
    """Yield the name and the findings of each check as soon as it is done.

    With ``repairs``, what can be repaired is, and looked at again; no row is ever deleted. Nothing
    is repaired in a damaged database, whose rows cannot be believed, and nothing is opened that
    other machines reach. Raises NotFound, or DatabaseUnusable if the database cannot be read at
    all.
    """
    use_calendars(Calendars(target.settings.calendars, target.settings.config))
    if refusals := list(place.refusals(target)):
        yield from (("place", finding) for finding in refusals)
        yield from (("scheduler", finding) for finding in lock.check_holder(target))
        return
    damage = _check(_DATABASE, target)
    yield from ((_DATABASE.name, finding) for finding in damage)
    repairs = repairs and all(map(_is_fine, damage))
    for check in _CHECKS:
        for finding in _carried_out(check, target, repairs=repairs):
            yield check.name, finding


def _carried_out(check: Check, target: Target, *, repairs: bool) -> list[Finding]:
    """What ``check`` found; a check that fails is a finding, and the others go on."""
    try:
        findings = _check(check, target)
        if not repairs or check.repair is None or all(map(_is_fine, findings)):
            return findings
        check.repair(target)
        return _after_repair(findings, _check(check, target))
    except Exception as error:  # whatever one check runs into
        return [problem(f"This check could not be carried out: {error}", "")]


def _after_repair(before: list[Finding], after: list[Finding]) -> list[Finding]:
    """What is not found any more as repaired, and what is left."""
    repaired = [
        replace(finding, verdict=Verdict.REPAIRED, remedy="")
        for finding in before
        if not _is_fine(finding) and finding not in after
    ]
    return repaired + [finding for finding in after if not repaired or not _is_fine(finding)]


def _check(check: Check, target: Target) -> list[Finding]:
    """What ``check`` finds, on a connection of its own, so that no WAL is held for long.

    Nothing in tables that are not those of this version.
    """
    with open_for_reading(target.settings.database) as version:
        is_readable = not check.reads_tables or version == SCHEMA_VERSION
        return list(check.check(target)) if is_readable else []


def _is_fine(finding: Finding) -> bool:
    return finding.verdict is Verdict.OK
