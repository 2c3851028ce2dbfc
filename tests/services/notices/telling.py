"""Short ways to have somebody told, and to see what notices it made."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.services.drafts import end, minutely
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import RunStatus
from tui_scheduler.receivers import PINGS, TOLD, NoticeKind, Notifying, Receiver, ReceiverKind
from tui_scheduler.schedules import Plan
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.notices.outbox import Notices
from tui_scheduler.services.views.notices import NoticeView


def receiver(name: str, kind: ReceiverKind = ReceiverKind.COMMAND, **fields: Any) -> Receiver:
    wants = PINGS if kind is ReceiverKind.PING else TOLD
    given: dict[str, Any] = {"name": name, "kind": kind, "address": "true", "wants": wants}
    return Receiver(**given | fields)


OPS = Notifying(
    receivers={
        "ops": receiver("ops"),
        "all": receiver("all", wants=frozenset(NoticeKind) - PINGS),
        "beat": receiver("beat", ReceiverKind.PING),
    },
    by_default=("ops",),
)


def notices(services: Services) -> list[NoticeView]:
    return Notices(services.context).latest(1000)[::-1]


def kinds(services: Services) -> list[str]:
    return [notice.kind.value for notice in notices(services)]


def runs(services: Services, clock: FakeClock, *statuses: RunStatus, request_id: int = 1) -> None:
    """Let runs end so, one after the other, by hand."""
    for status in statuses:
        services.runs.trigger(request_id)
        (claim,) = services.dispatch.claim()
        end(services, claim, clock, status)


def tomorrow() -> Plan:
    """A plan that fires in nobody's way."""
    return minutely(start=NOON.replace(tzinfo=None) + timedelta(days=1))


FAILURE, SUCCESS = RunStatus.ERROR, RunStatus.SUCCESS


@pytest.fixture
def with_receivers(services: Services) -> Services:
    """The services of a program whose configuration names receivers."""
    return services_on(replace(services.context, notifying=OPS))
