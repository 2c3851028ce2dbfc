"""The checks in their order, and how each is carried out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from tui_scheduler.doctor import clock, counts, integrity, lock, logs, permissions, rows, space, wal
from tui_scheduler.doctor.finding import Finding, Verdict, problem
from tui_scheduler.doctor.target import Site
from tui_scheduler.models.maintenance import looking
from tui_scheduler.models.sqlite import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Check:
    """``look`` changes nothing; ``mend`` does what can be done, and may fail to do it.

    One that does not read tables also works on a database of an older version.
    """

    name: str
    look: Callable[[Site], Iterable[Finding]]
    mend: Callable[[Site], None] | None = None
    reads_tables: bool = True


_DATABASE = Check("database", integrity.look, reads_tables=False)
_CHECKS = (
    Check("permissions", permissions.look, permissions.mend, reads_tables=False),
    Check("schema", integrity.look_at_schema, integrity.bring_up_to_date, reads_tables=False),
    Check("journal", wal.look, wal.mend, reads_tables=False),
    Check("references", rows.look_at_references, rows.mend_references),
    Check("counts", counts.look, counts.mend),
    Check("rows", rows.look),
    Check("zones", clock.look_at_zones),
    Check("clock", clock.look),
    Check("scheduler", lock.look),
    Check("logs", logs.look, logs.mend),
    Check("space", space.look, reads_tables=False),
)


def examine(site: Site, *, mends: bool) -> Iterator[tuple[str, Finding]]:
    """Yield the name and the findings of each check as soon as it is done.

    With ``mends``, what can be mended is, and looked at again; no row is ever deleted. Nothing
    is mended in a damaged database, whose rows cannot be believed. Raises NotFound, or
    DatabaseUnusable if the database cannot be read at all.
    """
    damage = _look(_DATABASE, site)
    yield from ((_DATABASE.name, finding) for finding in damage)
    mends = mends and all(map(_is_fine, damage))
    for check in _CHECKS:
        if check.reads_tables and not _has_our_tables(site):
            continue
        for finding in _carried_out(check, site, mends=mends):
            yield check.name, finding


def _carried_out(check: Check, site: Site, *, mends: bool) -> list[Finding]:
    """What ``check`` found; a check that fails is a finding, and the others go on."""
    try:
        found = _look(check, site)
        if not mends or check.mend is None or all(map(_is_fine, found)):
            return found
        check.mend(site)
        return _after_mending(found, _look(check, site))
    except Exception as error:  # whatever one check runs into
        return [problem(f"This check could not be carried out: {error}", "")]


def _after_mending(before: list[Finding], after: list[Finding]) -> list[Finding]:
    """What is not found any more as mended, and what is left."""
    mended = [
        replace(finding, verdict=Verdict.MENDED, remedy="")
        for finding in before
        if not _is_fine(finding) and finding not in after
    ]
    return mended + [finding for finding in after if not mended or not _is_fine(finding)]


def _look(check: Check, site: Site) -> list[Finding]:
    """What ``check`` finds, on a connection of its own, so that no journal is held for long."""
    with looking(site.settings.database):
        return list(check.look(site))


def _has_our_tables(site: Site) -> bool:
    with looking(site.settings.database) as version:
        return version == SCHEMA_VERSION


def _is_fine(finding: Finding) -> bool:
    return finding.verdict is Verdict.OK
