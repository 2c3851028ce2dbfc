"""Trying a receiver of notices."""

import click

from tui_scheduler.cli.completing.completions import receivers
from tui_scheduler.cli.options.click_classes import Group, argument, examples, json_option
from tui_scheduler.cli.printing.output import complain, print_json
from tui_scheduler.cli.session import Session, pass_session
from tui_scheduler.errors import ExitCode, NotFound, Refused
from tui_scheduler.receivers import Receiver, how_to_add_receiver
from tui_scheduler.text import plain


@click.group("notify", cls=Group)
def notify_command() -> None:
    """Try who is told: test."""


@notify_command.command("test", epilog=examples("notify test ops", "notify test ops --json"))
@argument("name", metavar="RECEIVER", shell_complete=receivers)
@json_option
@pass_session
def _test(session: Session, name: str, as_json: bool) -> int:
    """Send RECEIVER a test and print what came back, or why it was not sent.

    It goes the way of all notices, but at once and from here: an address that is looked up in a
    variable (env:NAME) may be another one where it is scheduled. A ping is told of a success.
    Exits with 1 if it was not sent.
    """
    from tui_scheduler.runtime import send_sample

    receiver = _receiver(session, name)
    answer = problem = None
    try:
        answer = send_sample(receiver)
    except Refused as error:
        problem = str(error)
    if as_json:
        print_json({"receiver": name, "kind": receiver.kind, "answer": answer, "problem": problem})
    elif problem is None:
        print(plain(f"{receiver.title()} was told: {answer}"))
    else:
        complain(f"{receiver.title()} was not told: {problem}.")
    return ExitCode.DONE if problem is None else ExitCode.FAILED


def _receiver(session: Session, name: str) -> Receiver:
    known, config = session.settings.notifying.receivers, session.settings.config
    if name in known:
        return known[name]
    if known:
        raise NotFound(f"There is no [receiver.{name}] in {config}: use one of {', '.join(known)}.")
    complain(how_to_add_receiver(config), newlines=True)
    raise NotFound(f"There is no receiver {name!r}.")
