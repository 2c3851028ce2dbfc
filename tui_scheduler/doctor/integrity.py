"""Whether the database can be believed, and by which version of this program."""

from collections.abc import Iterator

from tui_scheduler.doctor.finding import Finding, ok, problem, some, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.models import database
from tui_scheduler.models.maintenance import integrity_errors
from tui_scheduler.models.sqlite import IF_DAMAGED, SCHEMA_VERSION, open_database
from tui_scheduler.sizes import size_text


def check(target: Target) -> Iterator[Finding]:
    """Every page and index, by SQLite's own check."""
    file = target.settings.database
    if errors := integrity_errors():
        yield problem(
            f"{file} is damaged: {some(errors)}",
            IF_DAMAGED,
        )
    else:
        yield ok(f"{file}, {size_text(file.stat().st_size)}: every page and index is sound")


def check_schema(target: Target) -> Iterator[Finding]:
    """Whether the tables are those that this version knows."""
    version = database.pragma("user_version")
    if version == SCHEMA_VERSION:
        yield ok(f"Version {version}, the newest")
    else:
        yield warning(
            f"Version {version}; this program works with {SCHEMA_VERSION}",
            "The next start brings it up to date, or do it now with --fix. Until then its rows"
            " are not looked at.",
        )


def bring_up_to_date(target: Target) -> None:
    """Open it once; all of it changes, or nothing."""
    with open_database(target.settings.database):
        pass
