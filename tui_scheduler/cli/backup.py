"""A copy of the database."""

from pathlib import Path

from tui_scheduler.cli.completing.completions import files
from tui_scheduler.cli.options.click_classes import argument, command, examples, json_option
from tui_scheduler.cli.printing.output import complain, print_json
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.services.backup import back_up
from tui_scheduler.sizes import size_text


@command(
    "backup",
    epilog=examples(
        "backup ~/backups/scheduler-2026-03-01.db",
        "--database ~/backups/scheduler-2026-03-01.db runs",
    ),
)
@argument("file", metavar="FILE", shell_complete=files)
@json_option
@pass_session
def backup_command(session: Session, file: str, as_json: bool) -> None:
    """Copy the database to FILE, also while it is in use.

    A file that exists is never changed, and logs are not part of the copy. To go back to it, stop
    what schedules, move the database away with its -wal and -shm, put FILE in its place, and let
    doctor --fix remove the logs of runs it knows nothing of before anything starts.
    """
    if file == "-":
        raise InvalidInput([Problem("FILE", "a backup is a file, and not a stream: name one")])
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
