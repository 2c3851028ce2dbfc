"""Who is told of what: the receivers that the configuration file names.

Of an address only the receiver, its kind and its host are ever shown or logged: the rest of it may
be a password. It is looked up when it is needed, so that a file or a variable may change meanwhile.
"""

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

NOBODY = "none"
EVERYBODY = "default"
RESERVED = (NOBODY, EVERYBODY)
"""What stands in the place of names of receivers: no receiver is called so."""

Names = tuple[str, ...] | None
"""Who is told of what a process runs: none of them is nobody, None those of the configuration."""

_NAME = re.compile(r"[\w.-]{1,100}")
_LONGEST_FILE = 65_536  # bytes
_WEB = ("http://", "https://")


def names_given(given: Sequence[str]) -> Names:
    """Returns who is named; a word that stands for others does so only alone."""
    match [name.strip().lower() for name in given]:
        case [word] if word == EVERYBODY:
            return None
        case [word] if word == NOBODY:
            return ()
    return tuple(given)


def names_said(names: Names) -> str:
    """Returns ``names`` as they are given, with commas between them."""
    return EVERYBODY if names is None else ", ".join(names) or NOBODY


def how_to_add_receiver(config: Path) -> str:
    """Returns what says how anybody comes to be told, where the configuration names nobody."""
    return (
        "Nobody can be told yet: there is no receiver. Add one, for example, to\n"
        f"{config}:\n\n"
        '    notify = ["ops"]\n'
        "    [receiver.ops]\n"
        '    webhook = "https://example.org/hook"\n\n'
        "or apprise, command or ping instead of webhook.\n"
        "The first line stands above all [tables]."
    )


class NoticeKind(StrEnum):
    """What a notice says: of a run, of a request, or, for a ping, that something goes on."""

    FAILED = "failed"
    RECOVERED = "recovered"
    SLOW = "slow"
    SILENT = "silent"
    MISSED = "missed"
    STARTED = "started"
    ENDED = "ended"


class ReceiverKind(StrEnum):
    """By which way a receiver is told; also the key of the configuration that has its address."""

    APPRISE = "apprise"
    COMMAND = "command"
    WEBHOOK = "webhook"
    PING = "ping"


_WITH_HOST: Mapping[ReceiverKind, Collection[str]] = {
    ReceiverKind.APPRISE: (
        *("mailto", "mailtos", "json", "jsons", "form", "forms", "xml", "xmls"),
    ),
    ReceiverKind.COMMAND: (),
    ReceiverKind.WEBHOOK: ("http", "https"),
    ReceiverKind.PING: ("http", "https"),
}
"""The schemes of addresses of which the host is one, and may be shown."""

PINGS = frozenset({NoticeKind.STARTED, NoticeKind.ENDED})
TOLD = frozenset({NoticeKind.FAILED, NoticeKind.RECOVERED, NoticeKind.SLOW, NoticeKind.SILENT})
"""What a receiver is told unless it says otherwise: not that fires were missed."""


class AddressProblem(Exception):
    """The address of a receiver cannot be looked up; says why, and nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Somebody who is told; ``address`` may stand for one: ``env:NAME`` or ``file:PATH``.

    ``wants`` are the kinds of notices that it is told.
    """

    name: str
    kind: ReceiverKind
    address: str = field(repr=False)
    wants: frozenset[NoticeKind] = TOLD

    def looked_up(self) -> str:
        """Returns the address itself; raises AddressProblem."""
        how, _, where = self.address.partition(":")
        if how == "env":
            if not (address := os.environ.get(where, "").strip()):
                raise AddressProblem(f"the variable {where} is not set where this program runs")
        elif how == "file":
            address = _read(Path(where).expanduser())
        else:
            address = self.address
        return self._checked(address)

    def title(self) -> str:
        """Returns its name, kind and host: all of an address that may be seen."""
        host = self._host()
        return f"{self.name} ({self.kind}{f' at {host}' if host else ''})"

    def _host(self) -> str:
        """The host, where that is known to be one: other services have a password in its place."""
        try:
            parts = urlsplit(self.address)
            return (parts.hostname or "") if parts.scheme in _WITH_HOST[self.kind] else ""
        except ValueError:
            return ""

    def _checked(self, address: str) -> str:
        if self.kind in (ReceiverKind.WEBHOOK, ReceiverKind.PING) and not (
            address.startswith(_WEB) and _has_host(address)
        ):
            raise AddressProblem("the address is none of the web: it begins with https://")
        return address


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifying:
    """The receivers of a configuration, by name, and those that are told ``by_default``."""

    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    by_default: tuple[str, ...] = ()

    def who(self, named: Iterable[str] | None, kind: NoticeKind) -> list[str]:
        """Returns the names of those ``named`` who want a notice of ``kind``; None is the default.

        One that is not there any more wants what all want: that it is gone is seen then.
        """
        names = self.by_default if named is None else named
        return [name for name in dict.fromkeys(names) if kind in self._wants(name)]

    def has_any(self, kind: NoticeKind) -> bool:
        """Whether there is a receiver who wants notices of ``kind``."""
        return any(kind in receiver.wants for receiver in self.receivers.values())

    def _wants(self, name: str) -> frozenset[NoticeKind]:
        receiver = self.receivers.get(name)
        return TOLD if receiver is None else receiver.wants


def receiver_of(name: str, values: object) -> Receiver:
    """Returns the receiver that a table of the configuration describes; raises ValueError.

    The error says what is wrong and what to write, and nothing of the address.
    """
    if not _NAME.fullmatch(name) or name.lower() in RESERVED:
        raise ValueError(
            f"cannot be called so: use letters, digits, '-', '_' and '.', and not"
            f" {' or '.join(RESERVED)}"
        )
    if not isinstance(values, Mapping):
        raise ValueError(f'must be a table: [receiver.{name}] with a line such as webhook = "..."')
    kinds = [kind for kind in ReceiverKind if kind in values]
    unknown = sorted(set(values) - {*ReceiverKind, "tell"})
    if unknown or len(kinds) != 1:
        which = f"has {unknown[0]!r}" if unknown else f"has {len(kinds) or 'none'} of them"
        raise ValueError(f"{which}: give it one of {', '.join(ReceiverKind)}, and tell = [...]")
    (kind,) = kinds
    address = values[kind]
    if not isinstance(address, str) or not address.strip():
        raise ValueError(f"{kind} must be an address in quotes, or 'env:NAME' or 'file:PATH'")
    receiver = Receiver(
        name=name, kind=kind, address=address.strip(), wants=_wanted(kind, values.get("tell"))
    )
    if not address.startswith(("env:", "file:")):
        try:
            receiver.looked_up()
        except AddressProblem as problem:
            raise ValueError(f"{kind}: {problem}") from None
    return receiver


def _wanted(kind: ReceiverKind, kinds: object) -> frozenset[NoticeKind]:
    if kind is ReceiverKind.PING:
        if kinds is not None:
            raise ValueError("tell is not for a ping, which hears of each start and each end")
        return PINGS
    if kinds is None:
        return TOLD
    possible = sorted({*NoticeKind} - PINGS)
    if not isinstance(kinds, list) or not all(kind in possible for kind in kinds):
        raise ValueError(f"tell must be a list of some of {', '.join(possible)}, each in quotes")
    return frozenset(map(NoticeKind, kinds))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            address = file.read(_LONGEST_FILE).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise AddressProblem(f"{path} cannot be read: {why}") from None
    if not address:
        raise AddressProblem(f"{path} is empty")
    return address


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False
