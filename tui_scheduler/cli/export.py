"""All that is defined, as one file."""

import os
import shlex
import sys
import tempfile
from pathlib import Path

from tui_scheduler.cli.completing.completions import files
from tui_scheduler.cli.options.click_classes import (
    argument,
    command,
    examples,
    option,
    secrets_option,
)
from tui_scheduler.cli.printing.output import complain
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import Refused
from tui_scheduler.services.parameters.secrets import MASK


@command(
    "export",
    epilog=examples(
        "export > ~/schedules.toml",
        "export ~/definitions.toml",
        "export --force --show-secrets ~/schedules.toml",
    ),
)
@argument("file", metavar="[FILE]", required=False, shell_complete=files)
@option("--force", "is_forced", is_flag=True, help="Replace FILE if it exists.")
@secrets_option
@pass_session
def export_command(session: Session, file: str | None, is_forced: bool, show_secrets: bool) -> None:
    """Write all processes, groups and requests as TOML to FILE, or to standard output (-).

    Not their runs, nor how far plans have come. The same definitions give the same file, so that
    it can be kept in git; apply makes a database match it. Secret values are left out unless
    --show-secrets is given: dots stand for them, and where those are applied the stored value
    stays. Commands and descriptions are written as they are.
    """
    from tui_scheduler.services.definitions.applying import export

    if file not in (None, "-") and session.settings.is_own(Path(file)):
        raise Refused(f"{file} is one of the files that this program needs: give another name.")
    with session.services():
        text = export(has_secrets=show_secrets)
    if file in (None, "-"):
        sys.stdout.write(text)
    else:
        _write(Path(file), text, is_forced)
    if MASK in text:
        complain("Secret values are left out; with them: --show-secrets")


def _write(file: Path, text: str, is_forced: bool) -> None:
    """Write ``file``, 0600, so that it is there whole or not at all."""
    _refuse(file)
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{file.name[:100]}-", dir=file.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(descriptor)
        if is_forced:
            Path(temporary).replace(file)
        else:
            file.hardlink_to(temporary)
    except FileExistsError:
        raise Refused(f"{file} exists: give another name, or --force to replace it.") from None
    except (OSError, ValueError) as error:  # no file is called by a NUL
        reason = getattr(error, "strerror", None) or error
        raise Refused(f"{file} cannot be written: {reason}") from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def _refuse(file: Path) -> None:
    """Raise Refused, with the remedy, for what must not be replaced even by force."""
    if file.is_dir():
        raise Refused(f"{file} is a folder: give the name of a file in it.")
    if file.exists() and not file.is_file():
        raise Refused(
            f"{file} is no file that could be replaced. To write there: tui-scheduler export >"
            f" {shlex.quote(str(file))}"
        )
    if file.is_symlink():
        raise Refused(
            f"{file} is a symbolic link, to {file.readlink()}: name that file itself, or remove the"
            " link first. Standard output is -"
        )
