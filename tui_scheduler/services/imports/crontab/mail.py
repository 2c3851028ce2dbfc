"""Whom cron sent mail, as receivers that the configuration does not have yet."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import count

from tui_scheduler.receivers import Notifying, Receiver
from tui_scheduler.services.imports.proposals import ReceiverProposal

_ADDRESS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*(@[A-Za-z0-9][A-Za-z0-9.-]*)?")
"""What cron gives to a mail program, too, and no shell takes for anything else."""

_NAME = "mail"
NOT_SENT = "MAILTO: no mail is sent"


def addresses_in(mailto: str) -> tuple[str, ...]:
    """Returns the addresses, separated by commas; none if one of them is odd."""
    addresses = [address.strip() for address in mailto.split(",")]
    return tuple(addresses) if all(map(_ADDRESS.fullmatch, addresses)) else ()


def note_on(addresses: Collection[str], notifying: Notifying) -> str:
    """Returns what becomes of the mail for ``addresses``."""
    if not addresses:
        return f"{NOT_SENT}: the log of each run keeps what it prints"
    if (receiver := receiver_of(addresses, notifying)) is not None:
        return f"{NOT_SENT}; receiver {receiver.name} may be told of failures"
    return f"{NOT_SENT}; to be told of failures, add the receiver that is proposed"


def receiver_of(addresses: Collection[str], notifying: Notifying) -> Receiver | None:
    """Returns the receiver that tells ``addresses`` already, if there is one."""
    for receiver in notifying.receivers.values():
        if all(_stands_in(receiver.address, address) for address in addresses):
            return receiver
    return None


def proposals_for(
    mails: Sequence[tuple[int, tuple[str, ...]]], notifying: Notifying
) -> tuple[ReceiverProposal, ...]:
    """Returns a receiver for each line and its addresses, unless they are told of already."""
    proposals: dict[tuple[str, ...], ReceiverProposal] = {}
    names = set(notifying.receivers)
    for place, addresses in mails:
        if not addresses or addresses in proposals or receiver_of(addresses, notifying):
            continue
        name = next(name for name in _names() if name not in names)
        names.add(name)
        proposals[addresses] = ReceiverProposal(place, name, addresses)
    return tuple(proposals.values())


def _stands_in(text: str, address: str) -> bool:
    return re.search(rf"(?<![\w.@+-]){re.escape(address)}(?![\w.@+-])", text) is not None


def _names() -> Iterator[str]:
    yield _NAME
    yield from (f"{_NAME}-{number}" for number in count(2))
