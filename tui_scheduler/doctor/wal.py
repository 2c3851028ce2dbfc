"""The write-ahead journal, which grows as long as somebody reads an old picture."""

from collections.abc import Iterator

from tui_scheduler.doctor.finding import Finding, ok, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.models.maintenance import checkpoint
from tui_scheduler.models.sqlite import companions
from tui_scheduler.sizes import size_text

LARGE = 64_000_000  # bytes; a checkpoint leaves 16 MB at most


def check(target: Target) -> Iterator[Finding]:
    """Its size."""
    journal = companions(target.settings.database)[0]
    size = journal.stat().st_size if journal.exists() else 0
    if size <= LARGE:
        yield ok(f"{size_text(size)} wait to be brought into the database")
    else:
        yield warning(
            f"{journal} has grown to {size_text(size)}",
            "Close what has been reading the database for long, then run doctor --fix",
        )


def repair(target: Target) -> None:
    """Bring it into the database; stays as it is while somebody reads from it."""
    checkpoint(target.settings.database)
