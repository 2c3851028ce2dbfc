"""Whatever happens, every fire of a plan is accounted for in the history, and exactly once."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import services_in
from tests.services.drafts import ALL_RUNS, a_process, end, every, scheduled
from tests.support.clock import NOON, FakeClock
from tui_scheduler.errors import Refused
from tui_scheduler.models import MisfirePolicy, Overlap
from tui_scheduler.schedules import Frequency, Plan, count_fires
from tui_scheduler.services import Services

PLAN = every(Frequency.SECONDLY, interval=20, start=NOON.replace(tzinfo=None))
seconds = st.integers(0, 400)
steps = st.lists(
    st.one_of(seconds, st.sampled_from(["claim", "end", "hold", "release", "trigger"])),
    max_size=12,
)


@contextmanager
def fresh_services(empty: Path, clock: FakeClock) -> Iterator[Services]:
    """Hypothesis runs many examples in one test, each on a copy of the ``empty`` database."""
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copy(empty, folder))
        with services_in(copy, clock, []) as services:
            yield services


class Story:
    """A scheduler that is there at some moments and not at others."""

    def __init__(self, services: Services, clock: FakeClock) -> None:
        self._services = services
        self._clock = clock
        self._running = list(services.dispatch.claim())

    def tell(self, step: int | str) -> None:
        with suppress(Refused):  # holding twice, for example
            self._do(step)

    def _do(self, step: int | str) -> None:
        if isinstance(step, int):
            self._clock.advance(seconds=step)
        elif step == "claim":
            self.catch_up()
        elif step == "end" and self._running:
            end(self._services, self._running.pop(0), self._clock, after=timedelta())
        elif step == "hold":
            self._services.controls.hold()
        elif step == "release":
            self._services.controls.release()
        elif step == "trigger":
            self._services.runs.trigger(1)

    def catch_up(self) -> None:
        """Claim until nothing is due any more."""
        while True:
            claims = self._services.dispatch.claim()
            self._running += claims
            wakeup = self._services.dispatch.next_wakeup()
            if not claims and (wakeup is None or wakeup > self._clock.now()):
                return


@pytest.mark.parametrize("overlap", [Overlap.ALLOW, Overlap.SKIP, Overlap.QUEUE])
@pytest.mark.parametrize("policy", list(MisfirePolicy))
@pytest.mark.parametrize("limit", [None, timedelta(minutes=3)])
@settings(max_examples=8, deadline=None)
@given(steps=steps)
def test_every_fire_is_accounted_for_once(
    overlap: Overlap,
    policy: MisfirePolicy,
    limit: timedelta | None,
    database_to_copy: Path,
    steps: list[int | str],
) -> None:
    clock = FakeClock()
    with fresh_services(database_to_copy, clock) as services:
        a_process(services, overlap=overlap)
        request = scheduled(services, PLAN, misfire=policy, misfire_limit=limit)
        story = Story(services, clock)
        for step in [*steps, "release", "claim"]:
            story.tell(step)
        assert accounted_for(services) == fires_until(PLAN, clock)
        upcoming = services.requests.get(request.id).next_fire
        assert upcoming is not None
        assert upcoming > clock.now()


def accounted_for(services: Services) -> int:
    """How many fires the runs stand for; what a person triggered is no fire."""
    runs = services.runs.latest(ALL_RUNS, 100_000)
    return sum(max(run.missed, 1) for run in runs if run.channel == "Process Scheduler")


def fires_until(plan: Plan, clock: FakeClock) -> int:
    return count_fires(plan, NOON - timedelta(seconds=1), clock.now())
