"""Having the system keep ``serve`` running: a systemd unit, or a launchd agent on macOS."""

import hashlib
import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from tui_scheduler.cli.options.click_classes import Group, examples, json_option, option
from tui_scheduler.cli.printing.output import complain, print_json
from tui_scheduler.cli.serving.managers import MARK, Job, Manager, Words, manager_of
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import ExitCode, NotFound, Refused
from tui_scheduler.file_systems import refuse_shared
from tui_scheduler.identity import real_path
from tui_scheduler.lock_file import query_holder
from tui_scheduler.permissions import current_user
from tui_scheduler.program import NAME, options, program
from tui_scheduler.settings import Settings, default_database

_GIVEN = ("PATH", "LANG")
_REMEDY = (
    "A service of yours needs a session of yours: log in as yourself, not by su or sudo. Where no"
    " service manager runs, as in most containers, have this begun: tui-scheduler serve"
)
_PATIENCE = 60.0  # seconds for one word with a service manager
_NO_LINGERING = (
    "It ends when you log out, and begins when you log in, as lingering is off. To let it go on:"
    " loginctl enable-linger"
)


@click.group("service", cls=Group, epilog=examples("service install --dry-run", "service install"))
def service_command() -> None:
    """Have the system keep serve running, also when nobody is logged in.

    Under Linux it is a systemd unit of the user, of the system for root; under macOS a launchd
    agent. It works on the database that is named when it is installed.
    """


@service_command.command("install", epilog=examples("service install --dry-run"))
@option("--dry-run", is_flag=True, help="Only print the file, and say what would be done.")
@pass_session
def install_command(session: Session, dry_run: bool) -> None:
    """Write the file of the service, and have it begun now and at each start of the system.

    It gets your PATH and LANG, and no other variable.
    """
    manager = _manager(session.settings)
    if dry_run:
        click.echo(manager.text, nl=False)
        complain(f"Would be written to {manager.file}; then:")
        for command in manager.begins:
            complain(f"  {shlex.join(command)}")
        return
    refuse_shared(session.settings.database)
    _refuse_what_cannot_begin()
    _refuse_without(manager)
    _refuse_others(manager.file)
    if manager.file.exists():
        _replace(manager)
    else:
        _write(manager)
    complain(f"Installed and started: {manager.file}")
    if (holder := query_holder(*session.settings.lock_files)) is not None and holder.background:
        end = f"end it on {holder.host}" if holder.host else f"end it with kill {holder.pid}"
        complain(f"{holder.title} schedules in the background: {end}")
    if _lingers(manager) is False:
        complain(_NO_LINGERING)


@service_command.command("uninstall", epilog=examples("service uninstall"))
@pass_session
def uninstall_command(session: Session) -> None:
    """End the service and remove its file; what it runs goes on."""
    manager = _installed(session.settings)
    _refuse_others(manager.file)
    _call(*manager.ends)
    manager.file.unlink(missing_ok=True)
    _call(*manager.forgets)
    complain(f"Removed: {manager.file}")


@service_command.command("restart", epilog=examples("service restart"))
@pass_session
def restart_command(session: Session) -> None:
    """Begin the service anew, as after an upgrade; what it runs goes on."""
    _call(*_installed(session.settings).restarts)
    complain("Restarted. What it runs goes on.")


@service_command.command("status", epilog=examples("service status", "service status --json"))
@json_option
@pass_session
def status_command(session: Session, as_json: bool) -> int:
    """Say whether the service is installed and runs; exits with 1 if it does not run."""
    settings = session.settings
    manager = _manager(settings)
    holder = query_holder(*settings.lock_files)
    is_installed = manager.file.exists()
    facts: dict[str, Any] = {
        "installed": is_installed,
        "file": str(manager.file),
        "up_to_date": is_installed and manager.file.read_text("utf-8") == manager.text,
        "active": is_installed and _succeeds(manager.asks),
        "lingering": _lingers(manager) if is_installed else None,
        "scheduler_pid": holder and holder.pid,
        "scheduler_host": holder and holder.host_name,
    }
    if as_json:
        print_json(facts)
    else:
        who = "Nobody" if holder is None else holder.title
        for line in [*_lines(facts, manager.journal), f"{who} schedules."]:
            click.echo(line)
    return ExitCode.DONE if facts["active"] else ExitCode.FAILED


def _write(manager: Manager) -> None:
    """Install it where nothing was; if that fails, there is nothing again."""
    manager.file.parent.mkdir(parents=True, exist_ok=True)
    manager.file.write_text(manager.text, encoding="utf-8")
    try:
        _call(*manager.begins)
    except Refused:
        manager.file.unlink(missing_ok=True)
        raise


def _replace(manager: Manager) -> None:
    """Install it in the place of an earlier one, which ends; what that runs goes on."""
    with suppress(Refused):  # it may not have run
        _call(*manager.ends)
    manager.file.write_text(manager.text, encoding="utf-8")
    _call(*manager.begins)


def _lines(facts: dict[str, Any], journal: str) -> list[str]:
    if not facts["installed"]:
        lines = ["Not installed. To install it: tui-scheduler service install"]
    else:
        state = "runs." if facts["active"] else f"does not run. See why: {journal}"
        lines = [f"The service {state}", f"File: {facts['file']}"]
        if not facts["up_to_date"]:
            lines.append("It is not what would be installed now: tui-scheduler service install")
        if facts["lingering"] is False:
            lines.append(_NO_LINGERING)
    return lines


def _manager(settings: Settings) -> Manager:
    """What keeps the scheduler of this database running; each has a name of its own."""
    name = NAME
    if settings.database != real_path(default_database()):
        name += "-" + hashlib.sha256(os.fsencode(settings.database)).hexdigest()[:8]
    variables = {name: os.environ[name] for name in _GIVEN if name in os.environ}
    arguments = [*program(), *options(settings), "serve"]
    return manager_of(Job(name=name, arguments=arguments, variables=variables, is_root=is_root()))


def is_root() -> bool:
    """Whether the service is one of the system."""
    return os.geteuid() == 0


def _installed(settings: Settings) -> Manager:
    manager = _manager(settings)
    if not manager.file.exists():
        raise NotFound("No service is installed for this database: tui-scheduler service install")
    _refuse_without(manager)
    return manager


def _refuse_what_cannot_begin() -> None:
    """Raise Refused if the program does not begin from anywhere, as a service has to."""
    if not _succeeds((*program(), "--version"), cwd="/"):
        begins = shlex.join(program())
        raise Refused(f"{begins} does not begin from another folder: install it with pip first.")


def _refuse_without(manager: Manager) -> None:
    if shutil.which(manager.tool) is None:
        raise Refused(
            f"{manager.tool} is not there, so no service can be kept. Have what begins programs"
            " here begin: tui-scheduler serve"
        )


def _refuse_others(file: Path) -> None:
    with suppress(FileNotFoundError):
        if MARK not in file.read_text("utf-8", errors="replace"):
            raise Refused(f"{file} was written by somebody else. Move it away first.")


def _call(*commands: Words) -> None:
    """Call the service manager; raises Refused with what it says."""
    for command in commands:
        done = _run(command)
        if done.returncode:
            message = " ".join((done.stderr or done.stdout).split()) or "nothing of why"
            raise Refused(
                f"{shlex.join(command)} failed and says: {message.rstrip('.')}. {_REMEDY}"
            )


def _succeeds(command: Sequence[str], cwd: str | None = None) -> bool:
    with suppress(OSError, Refused):
        return _run(command, cwd).returncode == 0
    return False


def _run(command: Sequence[str], cwd: str | None = None) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Refused(f"{shlex.join(command)} did not answer in time.") from error


def _lingers(manager: Manager) -> bool | None:
    """Whether the service goes on without a login; None where that is no question, or unknown."""
    if manager.tool != "systemctl" or is_root():
        return None
    command = ("loginctl", "show-user", current_user(), "--property=Linger", "--value")
    with suppress(OSError, Refused):
        done = _run(command)
        return {"yes": True, "no": False}.get(done.stdout.strip())
    return None
