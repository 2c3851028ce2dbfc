"""Making the database match a file."""

from pathlib import Path

from tui_scheduler.cli.completing.completions import files
from tui_scheduler.cli.options.click_classes import argument, command, examples, json_option, option
from tui_scheduler.cli.options.confirm import confirmed, yes_option
from tui_scheduler.cli.printing.apply_plan import print_apply_plan, record, summary
from tui_scheduler.cli.printing.output import complain, print_json, standard_input
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import ExitCode, Refused


@command(
    "apply",
    epilog=examples(
        "apply --dry-run ~/schedules.toml",
        "apply ~/schedules.toml",
        "apply --yes --keep ~/schedules.toml",
    ),
)
@argument("file", metavar="FILE", shell_complete=files)
@option(
    "--dry-run",
    "--plan",
    "is_dry",
    is_flag=True,
    help="Only print what would be done; exit with 1 if that is anything.",
)
@option("--keep", "is_kept", is_flag=True, help="Remove nothing that FILE does not have.")
@yes_option
@json_option
@pass_session
def apply_command(
    session: Session, file: str, is_dry: bool, is_kept: bool, is_sure: bool, as_json: bool
) -> int:
    """Make the database match FILE (- for standard input), as export writes it.

    What will be done is printed first, and asked about at a terminal. What stays keeps its number
    and its runs, and a request whose plan stays its next fire. Processes and groups are known by
    their names, requests by the names of their tables. What FILE does not have is removed, with
    its runs and logs.
    """
    from tui_scheduler.services.definitions.applying import apply, plan_apply

    data = _read(file)
    with session.services() as services:
        plan = plan_apply(services, data, is_kept=is_kept)
        if as_json:
            print_json(record(plan, is_dry))
        else:
            print_apply_plan(plan)
        has_work = bool(plan.comparison.differences)
        if is_dry:
            complain("This was a dry run: nothing was changed.")
            return ExitCode.FAILED if has_work else ExitCode.DONE
        if has_work and not confirmed("Do all this?", is_sure):
            complain("Nothing was changed.")
            return ExitCode.DONE
        if has_work:
            apply(services, plan)
    complain(summary(plan))
    return ExitCode.DONE


def _read(file: str) -> bytes:
    from tui_scheduler.services.definitions.document import LARGEST

    try:
        if file == "-":
            return standard_input(LARGEST + 1)
        with Path(file).open("rb") as stream:
            return stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Refused(f"{file} cannot be read: {reason}") from error
