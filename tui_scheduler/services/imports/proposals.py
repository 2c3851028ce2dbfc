"""What a reader found: what could be made of it, what not and why, and what will be different."""

from dataclasses import dataclass
from typing import TypeAlias

from tui_scheduler.services.drafts import ProcessDraft, RequestDraft

Place: TypeAlias = int | str
"""Where something stands: the number of a line, from 1 on, or the name of a unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One request, and the process it is for, whose name is a wish: another one may have it.

    ``text`` is the beginning of what stands there.
    """

    place: Place
    text: str
    process: ProcessDraft
    request: RequestDraft


@dataclass(frozen=True, slots=True)
class Refusal:
    """What cannot be taken over; ``text`` is the beginning of what stands there.

    ``is_there`` says that it need not be, because it was taken over before.
    """

    place: Place
    text: str
    reason: str
    is_there: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """What will be different from what it was, or is worth knowing."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class ReceiverProposal:
    """Somebody who was sent mail, as a receiver of notices; nothing adds it but a person."""

    place: Place
    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedJobs:
    """All that was found, each in the order in which it stands."""

    proposals: tuple[Proposal, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Note, ...] = ()
    receivers: tuple[ReceiverProposal, ...] = ()


class Unreadable(ValueError):
    """What cannot be taken over, with the reason and the remedy."""
