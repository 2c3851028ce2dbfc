"""Worlds at random, where all that begins is what a small model of the rule says, in its order.

The model knows nothing of lines: it looks at every run that is open, oldest first, and lets each
begin that may, unless an older one that may needs a lock of it, or one that was taken holds it.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.services.clusters import clusters_in
from tests.services.drafts import IMMEDIATE, process_draft
from tests.services.promises.soundness import contradictions
from tests.simulation.ground import cleared_ground, leave_ground
from tests.support.clock import FakeClock
from tui_scheduler.errors import Refused
from tui_scheduler.models import Overlap, Process, Run, RunLock, RunStatus
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.processes import draft_of
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.services.views.requests import RequestView

T = TypeVar("T")

_NAMES = ("x", "y", "z")
_DELAY = timedelta(seconds=30)
_MOST_ROUNDS = 500

any_locks = st.lists(st.sampled_from(_NAMES), max_size=3, unique=True).map(tuple)
processes = st.lists(
    st.fixed_dictionaries(
        {
            "locks": any_locks,
            "overlap": st.sampled_from(Overlap),
            "retries": st.sampled_from([0, 0, 2]),
            "runs_on": st.sampled_from([None, None, "hpc"]),
        }
    ),
    min_size=2,
    max_size=5,
)
which = st.integers(0, 9)
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("trigger"), which),
        st.tuples(st.just("trigger"), which),
        st.tuples(st.just("claim"), st.none()),
        st.tuples(st.just("claim"), st.none()),
        st.tuples(st.sampled_from(["succeed", "fail", "give back", "stop", "carry out"]), which),
        st.tuples(st.just("locks"), st.tuples(which, any_locks)),
        st.tuples(st.just("active"), st.tuples(which, st.booleans())),
        st.tuples(st.sampled_from(["later", "hold"]), st.none()),
    ),
    max_size=40,
)


@pytest.fixture(scope="module", autouse=True)
def _ground() -> Iterator[None]:
    yield
    leave_ground()


@dataclass
class World:
    """What was taken with which locks, beside the services that are looked at."""

    services: Services
    clock: FakeClock
    most: int
    held: dict[int, frozenset[str]] = field(default_factory=dict)

    def may_begin(self) -> list[int]:
        """The runs that begin at the next look, as the model says."""
        if self.services.controls.state().is_held:
            return []
        query = Run.select(Run, Process).join(Process).where(Run.end_time.is_null())
        still_open = list(query.order_by(Run.id))
        taken = frozenset[str]().union(*self.held.values())
        room = self.most - sum(not run.place for run in still_open if run.id in self.held)
        begun = []
        for run in still_open:
            process = run.process
            is_out = run.host or run.kill_request or self._is_behind(run, still_open)
            if is_out or (run.attempt > 1 and run.scheduled_for > self.clock.now()):
                continue
            needed = frozenset(json.loads(process.locks))
            is_free, has_room = not needed & taken, room > 0 or process.runs_on is not None
            if is_free and has_room and process.active:
                begun.append(run.id)
                room -= process.runs_on is None
            if not is_free or process.active:
                taken |= needed
        return begun

    def do(self, what: str, which: Any) -> None:
        """Do something, or let something happen."""
        match what:
            case "trigger":
                self.services.runs.trigger(self.pick(self.requests, which).id)
            case "claim":
                self.claim()
            case "succeed" | "fail" | "give back" if self.held:
                self.end(self.pick(sorted(self.held), which), what)
            case "stop":
                for run in self.services.runs.open()[which : which + 1]:
                    self.services.runs.kill(run.id)
            case "carry out":
                self.carry_out_stops()
            case "locks" | "active":
                self.edit(what, *which)
            case "later":
                self.clock.advance(seconds=31)
            case "hold":
                controls = self.services.controls
                _ = controls.release() if controls.state().is_held else controls.hold()

    def claim(self) -> int:
        """Let a scheduler look, who takes what the model says; returns how many that are."""
        expected = self.may_begin()
        claims = self.services.dispatch.claim()
        assert [claim.run_id for claim in claims] == expected
        for claim in claims:
            common = frozenset(claim.locks) & frozenset[str]().union(*self.held.values())
            assert not common, f"{claim.run_id} holds what is held: {common}"
            self.held[claim.run_id] = frozenset(claim.locks)
        return len(claims)

    def end(self, run_id: int, how: str) -> None:
        """Let a run end, or not have begun; nobody holds anything for it any more."""
        self.held.pop(run_id, None)
        if how == "give back":
            return self.services.dispatch.give_back([run_id])
        status = {"succeed": RunStatus.SUCCESS, "fail": RunStatus.ERROR}.get(how, RunStatus.KILLED)
        ending = Ending(run_id=run_id, status=status, end_time=self.clock.now())
        return self.services.dispatch.ended(ending)

    def carry_out_stops(self) -> None:
        """Let what was asked to stop have ended."""
        for run_id, *_ in self.services.dispatch.kill_requests():
            self.end(run_id, "stop")

    def edit(self, what: str, which: int, value: Any) -> None:
        """Change a process while runs of it go on and wait."""
        view = self.pick(self.services.processes.all(), which)
        self.services.processes.update(view.id, replace(draft_of(view), **{what: value}))

    def finish(self) -> None:
        """Let everything end that there is: nobody waits for ever."""
        if self.services.controls.state().is_held:
            self.services.controls.release()
        for _ in range(_MOST_ROUNDS):
            self.carry_out_stops()
            begun = self.claim()
            waits = [run for run in self.services.runs.open() if run.id not in self.held]
            if not (waits or self.held):
                return
            unexplained = [run.id for run in waits if not (run.waits_for or run.kill_request)]
            assert not unexplained, f"runs that wait, and do not say for what: {unexplained}"
            assert begun or self.held or any(run.attempt > 1 for run in waits), waits
            for run_id in list(self.held):
                self.end(run_id, "succeed")
            self.clock.advance(seconds=31)
        raise AssertionError(f"not over after {_MOST_ROUNDS} rounds")

    @property
    def requests(self) -> list[RequestView]:
        """One of each process."""
        return self.services.requests.all()

    @staticmethod
    def pick(things: Sequence[T], number: int) -> T:
        """One of what is there."""
        return things[number % len(things)]

    def _is_behind(self, run: Run, still_open: Sequence[Run]) -> bool:
        """Whether it has to wait for an older run of its process."""
        older = (each for each in still_open if each.id < run.id)
        is_any = any(each.process_id == run.process_id for each in older)
        return is_any and run.process.overlap is not Overlap.ALLOW


@contextmanager
def a_world(drawn: Sequence[dict[str, Any]], most: int) -> Iterator[World]:
    """A world with these processes, each with a request, where so many may run at once."""
    clock = FakeClock()
    with cleared_ground() as path:
        services = services_on(
            Context(
                log_folder=path.parent / "logs",
                actor="ann",
                clock=clock,
                max_running=most,
                clusters=clusters_in(path.parent, "hpc"),
            )
        )
        for number, fields in enumerate(drawn):
            draft = process_draft(f"p{number}", retry_delay=_DELAY, **fields)
            services.processes.create(draft)
            services.requests.create(RequestDraft(process=draft.name, plan=IMMEDIATE))
        yield World(services, clock, most)


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
@given(drawn=processes, done=deeds, most=st.sampled_from([1, 2, 100]))
def test_what_begins_is_what_the_rule_says_and_everything_ends(
    drawn: list[dict[str, Any]], done: list[tuple[str, Any]], most: int
) -> None:
    with a_world(drawn, most) as world:
        for what, value in done:
            with suppress(Refused):  # a process that is not active
                world.do(what, value)
        assert contradictions() == []
        world.finish()
        assert contradictions() == []
        assert RunLock.select().count() == 0
