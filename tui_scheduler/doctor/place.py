"""Whether only this machine reaches the database and its lock, as both must be."""

from collections.abc import Iterator

from tui_scheduler.doctor.finding import Finding, ok, problem, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.file_systems import REMEDY, mount_of, shared_mount, shared_problem


def refusals(target: Target) -> Iterator[Finding]:
    """Why the database is not to be opened where it lies, also not by us; nothing if it may be."""
    if text := shared_problem(target.settings.database):
        yield problem(text, REMEDY)
        yield from _locks(target)


def check(target: Target) -> Iterator[Finding]:
    """On which file system it lies, if that can be told."""
    locks = list(_locks(target))
    mount = mount_of(target.settings.database)
    yield from locks or [ok("The system does not tell" if mount is None else f"{mount}")]


def _locks(target: Target) -> Iterator[Finding]:
    """The locks that other machines may hold as well; an earlier name had one of its own."""
    for file in target.settings.lock_files:
        if (mount := shared_mount(file)) is not None:
            yield warning(
                f"The lock {file} lies on {mount.kind} ({mount}): who holds it on another machine"
                " need not be seen here",
                "Have it scheduled on one machine alone",
            )
