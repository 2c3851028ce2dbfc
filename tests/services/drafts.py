"""Short ways to say which process and request a test is about."""

from datetime import datetime
from typing import Any

from tui_scheduler.models import MisfirePolicy
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import ProcessDraft, RequestDraft
from tui_scheduler.services.views import ProcessView, RequestView

IMMEDIATE = Plan(timing=Timing.IMMEDIATE, timezone="UTC")


def later(*when: int) -> Plan:
    return Plan(timing=Timing.LATER, timezone="UTC", start=datetime(*when))  # type: ignore[arg-type]


def every(frequency: Frequency, **fields: Any) -> Plan:
    return Plan(**{"timing": Timing.SCHEDULE, "timezone": "UTC", "frequency": frequency, **fields})


def a_process(services: Services, name: str = "backup", **fields: Any) -> ProcessView:
    return services.processes.create(ProcessDraft(**{"name": name, "command": "true", **fields}))


def a_request(
    services: Services,
    plan: Plan = IMMEDIATE,
    process: str = "backup",
    misfire: MisfirePolicy = MisfirePolicy.ONCE,
    **fields: Any,
) -> RequestView:
    """A request of ``process``, which is made if need be."""
    if process not in services.processes.names():
        a_process(services, process)
    draft = RequestDraft(process=process, plan=plan, misfire=misfire, **fields)
    return services.requests.create(draft)
