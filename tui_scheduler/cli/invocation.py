"""A command line as click reads it, and what is said where it cannot be read."""

import click

from tui_scheduler.cli.printing.output import complain
from tui_scheduler.cli.root import PROGRAM, root
from tui_scheduler.errors import ExitCode


def invoke(arguments: list[str]) -> int:
    """Run the command that ``arguments`` name; raises what it does, and KeyboardInterrupt."""
    try:
        with root.make_context(PROGRAM, arguments) as context:
            return int(root.invoke(context) or ExitCode.DONE)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort as interrupted:
        raise KeyboardInterrupt from interrupted
    except click.ClickException as error:
        return _explain(error)


def complete(instruction: str) -> int:
    """Answer a shell that asks what a word may become."""
    from tui_scheduler.cli.completing.shells import answer

    answer(instruction, root)
    return ExitCode.DONE


def _explain(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        complain(error.format_message(), newlines=True)
        return ExitCode.USAGE
    complain(error.format_message())
    context = error.ctx if isinstance(error, click.UsageError) else None
    complain(f"Try: {context.command_path if context else PROGRAM} --help")
    return ExitCode.USAGE
