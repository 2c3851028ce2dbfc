"""Commands that take over what another scheduler runs."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_scheduler.cli.completing.completions import files, folders
from tui_scheduler.cli.importing.crontab_source import Source, crontab_of
from tui_scheduler.cli.importing.machine import (
    is_program,
    is_system_folder,
    is_user,
    unit_specifiers,
    variables_file,
)
from tui_scheduler.cli.importing.unit_files import units_in
from tui_scheduler.cli.options.click_classes import (
    Group,
    argument,
    examples,
    json_option,
    option,
    secrets_option,
)
from tui_scheduler.cli.printing.import_result import import_record, print_import, summary
from tui_scheduler.cli.printing.output import complain, print_json
from tui_scheduler.cli.printing.progress import progress
from tui_scheduler.cli.printing.receiver_config import config_of
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import ExitCode

if TYPE_CHECKING:
    from tui_scheduler.services.imports import ParsedJobs

_dry_option = option(
    "--dry-run", "is_dry", is_flag=True, help="Only print what would be made; store nothing."
)


@dataclass(frozen=True, slots=True)
class _Manner:
    """Whether to store, and how to print."""

    is_dry: bool
    as_json: bool
    show_secrets: bool


@click.group("import", cls=Group)
def import_command() -> None:
    """Take over what another scheduler runs: crontab, systemd."""


@import_command.command(
    "crontab",
    epilog=examples(
        "import crontab --user-crontab --dry-run",
        "import crontab ~/my.crontab",
        "import crontab ~/system.crontab --system --json",
    ),
)
@argument("file", required=False, metavar="[FILE]", shell_complete=files)
@option("--user-crontab", "is_own", is_flag=True, help="Read what crontab -l prints.")
@option(
    "--system",
    "has_users",
    is_flag=True,
    help="Its lines name a user before the command. So do those of /etc/crontab and of the files"
    " in /etc/cron.d, without being told.",
)
@_dry_option
@secrets_option
@json_option
@pass_session
def _crontab(
    session: Session,
    /,
    file: str | None,
    is_own: bool,
    has_users: bool,
    is_dry: bool,
    show_secrets: bool,
    as_json: bool,
) -> int:
    """Make a request of every line of the crontab FILE, or of standard input with -.

    The crontab is read and never changed. Requests are new: nothing runs before it is scheduled,
    so take a line out of the crontab when you schedule its request, or it runs twice. What cannot
    be taken over is printed with the reason, and so is what is there already. For MAILTO a receiver
    of notices is proposed, to be put into the configuration file. The exit code is 1 if nothing
    could be taken over.
    """
    from tui_scheduler.services.imports import CATCHING_UP, Circumstances, Machine, read_crontab

    source = crontab_of(Source(file, is_own, has_users))
    circumstances = Circumstances(
        zone=session.zone,
        user=session.actor,
        now=session.now(),
        has_users=source.has_users,
        machine=Machine(is_user, is_program),
        notifying=session.settings.notifying,
    )
    reading = read_crontab(source.data, circumstances)
    if reading.proposals:
        reading = replace(reading, notes=(*reading.notes, CATCHING_UP))
    return _take(session, reading, _Manner(is_dry, as_json, show_secrets))


@import_command.command(
    "systemd",
    epilog=examples(
        "import systemd ~/.config/systemd/user --dry-run",
        "import systemd ~/.config/systemd/user --json",
    ),
)
@argument("folder", metavar="DIR", shell_complete=folders)
@_dry_option
@secrets_option
@json_option
@pass_session
def _systemd(
    session: Session, /, folder: str, is_dry: bool, show_secrets: bool, as_json: bool
) -> int:
    """Make a request of every OnCalendar= and interval of the timer units in DIR.

    Units and drop-ins are read and never changed, and the service must lie beside its timer.
    Requests are new: nothing runs before it is scheduled, so disable the timer then, or it runs
    twice. What cannot be taken over is printed with the reason, and so is what is there already.
    The exit code is 1 if nothing could be taken over.
    """
    from tui_scheduler.services.imports import Surroundings, read_timers

    is_system = is_system_folder(Path(folder))
    surroundings = Surroundings(
        zone=session.zone,
        user=session.actor,
        home=str(Path.home()),
        now=session.now(),
        specifiers=unit_specifiers(is_system=is_system),
        is_system=is_system,
        read_file=variables_file,
    )
    reading = read_timers(units_in(Path(folder)), surroundings)
    return _take(session, reading, _Manner(is_dry, as_json, show_secrets))


def _take(session: Session, reading: "ParsedJobs", manner: _Manner) -> int:
    """Store what was read, unless it is a dry run, and print what became of it."""
    with session.services() as services, progress("requests") as tell:
        take = services.imports.dry_run if manner.is_dry else services.imports.store
        result = take(reading, tell)
    now, is_dry = session.now(), manner.is_dry
    by_default = session.settings.notifying.by_default
    config = config_of(result.receivers, by_default, session.settings.config)
    if manner.as_json:
        show_secrets = manner.show_secrets
        print_json(import_record(result, now, config, is_dry=is_dry, show_secrets=show_secrets))
    else:
        print_import(result, now, config, is_dry=is_dry)
    complain(summary(result, is_dry=is_dry))
    is_vain = result.refusals and not result.imported
    is_there = any(refusal.is_there for refusal in result.refusals)
    return ExitCode.FAILED if is_vain and not is_there else ExitCode.DONE
