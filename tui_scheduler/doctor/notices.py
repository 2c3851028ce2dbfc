"""Whether those who are to be told hear of it, and what stands in the way.

Of an address nothing is said but the receiver that it is of, its kind and its host.
"""

import shlex
import stat
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui_scheduler.doctor.finding import Finding, counted, ok, problem, some, warning
from tui_scheduler.doctor.target import Target
from tui_scheduler.engine.notices.sending import obstacle
from tui_scheduler.models import Process, rows
from tui_scheduler.receivers import Receiver, ReceiverKind
from tui_scheduler.services.notices.outbox import Notices, Unsent
from tui_scheduler.services.running.notice_creation import names_of

_READ_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH


def check(target: Target) -> Iterator[Finding]:
    """Receivers that do not work or are gone, and addresses that others can read."""
    receivers = target.settings.notifying.receivers.values()
    named = _named()
    findings = [
        *(each for receiver in receivers for each in _obstacles(receiver)),
        *(_unsent(each) for each in Notices(target.context).unsent()),
        *_gone(target, named),
        *_open_files(target),
    ]
    if findings:
        yield from findings
    elif not receivers:
        yield ok("Nobody is told of what fails: no receiver is configured")
    elif not named and not target.settings.notifying.by_default:
        yield warning(
            "There are receivers, but nothing that they are told of",
            f'Begin {target.settings.config} with: notify = ["{next(iter(receivers)).name}"]',
        )
    else:
        yield ok(f"{counted(len(receivers), 'receiver')}, and no notice that could not be sent")


def _obstacles(receiver: Receiver) -> Iterator[Finding]:
    if reason := obstacle(receiver):
        # whoever schedules may have other variables
        finding = problem if receiver.kind is ReceiverKind.APPRISE else warning
        yield finding(f"{receiver.title()} cannot be told: {reason}", _try(receiver.name))


def _unsent(unsent: Unsent) -> Finding:
    """Nothing is lost as long as it is tried again."""
    what = f"through receiver {unsent.receiver}: {unsent.problem}"
    if unsent.given_up:
        gave_up = f"{counted(unsent.given_up, 'notice')} given up"
        return problem(f"{gave_up} in the last day, {what}", _try(unsent.receiver))
    waiting = counted(unsent.waiting, "notice")
    return warning(f"{waiting} could not be sent yet, {what}", _try(unsent.receiver))


def _try(name: str) -> str:
    return f"Try it: tui-scheduler notify test {shlex.quote(name)}"


def _named() -> dict[str, list[str]]:
    """Who is named, and by which processes and groups."""
    named = defaultdict(list)
    stored = Process.select(Process.name, Process.notify).where(Process.notify.is_null(False))
    for owner, notify in rows(stored.order_by(Process.name)):
        for name in names_of(notify) or ():
            named[name].append(owner)
    return named


def _gone(target: Target, named: dict[str, list[str]]) -> Iterator[Finding]:
    config = target.settings.config
    for name, owners in named.items():
        if name not in target.settings.notifying.receivers:
            yield problem(
                f"There is no [receiver.{name}], which is to be told of {some(owners)}",
                f"Add it to {config}, or name another one: edit NAME --notify RECEIVER",
            )


def _open_files(target: Target) -> Iterator[Finding]:
    """Where an address stands that others can read."""
    places = {}
    for receiver in target.settings.notifying.receivers.values():
        how, _, where = receiver.address.partition(":")
        if how != "env":
            path = Path(where).expanduser() if how == "file" else target.settings.config
            places[path] = receiver.name
    for path, name in places.items():
        with suppress(OSError):
            if path.stat().st_mode & _READ_BY_OTHERS:
                yield warning(
                    f"{path} has the address of receiver {name}, and may be read by others",
                    f"Close it: chmod go-rwx {shlex.quote(str(path))}",
                )
