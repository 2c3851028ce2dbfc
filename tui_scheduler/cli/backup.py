"""A copy of the database."""

from pathlib import Path

from tui_scheduler.cli.output import complain, print_json
from tui_scheduler.cli.parsing import argument, command, examples, json_option
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.services.backup import back_up
from tui_scheduler.sizes import size_text


@command(
    "backup",
    epilog=examples(
        "backup ~/backups/scheduler-2026-03-01.db",
        "--database ~/backups/scheduler-2026-03-01.db runs",
    ),
)
@argument("file", metavar="FILE")
@json_option
@pass_session
def backup_command(session: Session, file: str, as_json: bool) -> None:
    """Copy the database to FILE, also while it is in use; an existing file is never changed.

    The logs of runs are not part of it. To go back to it, stop what schedules, put FILE in the
    place of the database, and remove what it knows nothing of with: doctor --fix
    """
    settings = session.settings
    backup = back_up(settings, Path(file).absolute())
    if as_json:
        print_json(
            {
                "file": str(backup.file),
                "size": backup.size,
                "log_folder": str(settings.log_folder),
            }
        )
    complain(
        f"{backup.file}: {size_text(backup.size)}. Logs are not part of it; they lie in"
        f" {settings.log_folder}"
    )
