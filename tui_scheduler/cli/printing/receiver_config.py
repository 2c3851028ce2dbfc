"""Receivers that are proposed, as a piece of the configuration file that somebody may put there."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tui_scheduler.services.imports import ReceiverProposal

_SENDMAIL = (
    r"""{{ printf "To: {to}\nSubject: %s\nContent-Type: text/plain; charset=UTF-8\n\n" """
    r""""$TUI_SCHEDULER_NOTICE_TITLE"; cat; }} | /usr/sbin/sendmail -i {words}"""
)
"""As cron sends mail; addresses are words that no shell and no format take for anything else."""


def config_of(
    proposals: Sequence[ReceiverProposal], by_default: Sequence[str], config: Path
) -> str:
    """Returns lines of TOML in comments, none for nobody.

    ``by_default`` are those who are told already.
    """
    return "\n".join(_lines(proposals, by_default, config)) if proposals else ""


def _lines(
    proposals: Sequence[ReceiverProposal], by_default: Sequence[str], config: Path
) -> Iterator[str]:
    first, *others = proposals
    names = ", ".join(f'"{name}"' for name in (*by_default, first.name))
    where = "in place of the one there" if by_default else "above all [tables]"
    yield "# To be told of failures where cron sent mail, take away each # that no space"
    yield f"# follows, and put this into {config};"
    yield f"# the line notify = [...] belongs {where}."
    yield f"#notify = [{names}]"
    for proposal in proposals:
        yield from _receiver(proposal)
    for other in others:
        yield f"# What stands below line {other.place}: process edit NAME --notify {other.name}"
    yield f"# Try it: tui-scheduler notify test {first.name}"


def _receiver(proposal: ReceiverProposal) -> Iterator[str]:
    addresses = proposal.addresses
    command = _SENDMAIL.format(to=", ".join(addresses), words=" ".join(addresses))
    yield f"# MAILTO of line {proposal.place}:"
    yield f"#[receiver.{proposal.name}]"
    yield f"#command = '{command}'"
    if all("@" in address for address in addresses):
        yield "# or in place of command, by a mail server (pip install 'tui-scheduler[notify]'):"
        yield f'# apprise = "mailto://USER:PASSWORD@SERVER?to={",".join(addresses)}"'
