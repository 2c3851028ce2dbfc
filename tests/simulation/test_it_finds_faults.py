"""What the worlds are good for: faults that the program once had, put back, are found.

Worlds at random have found most of them; the stories here are what was left when all was taken away
that the fault does not need.
"""

import asyncio
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from signal import Signals
from typing import Any

import pytest

from tests.services.drafts import minutely
from tests.simulation.faults import DatabaseFault, StartFault
from tests.simulation.machine import Behaviour
from tests.simulation.stories import Story
from tui_scheduler.engine.live_runs import LiveRuns
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.engine.recorder import Insistence
from tui_scheduler.engine.runner import Lost, NeverStarted
from tui_scheduler.engine.scheduler import Scheduler
from tui_scheduler.models import Control, MisfirePolicy, Overlap, Run, transaction
from tui_scheduler.permissions import FILE_MODE
from tui_scheduler.runtime import attending
from tui_scheduler.schedules import Outcome, Plan, Timing
from tui_scheduler.services.logs import run_files
from tui_scheduler.services.running import dispatch, following, run_ending
from tui_scheduler.services.running.dispatch import Dispatch
from tui_scheduler.services.running.group_runs import GroupRun
from tui_scheduler.signs_of_life import Beat


@contextmanager
def a_story(seconds: float = 2) -> Iterator[Story]:
    """A story of a process that takes so long, every minute; in the end all is looked at."""
    story = Story()
    try:
        story.begin(
            behaviour=Behaviour(seconds=seconds),
            overlap=Overlap.SKIP,
            retries=0,
            timeout=None,
            plan=minutely(),
            misfire=MisfirePolicy.ONCE,
        )
        story.everything_is_accounted_for()
        yield story
        story.everything_is_accounted_for()
    finally:
        story.teardown()


def a_clock_comes_back() -> None:
    with a_story() as story:
        story.set_clock_wrong(error=timedelta(hours=1))
        story.pass_time(seconds=65.0)
        story.set_clock_right()
        story.settle()


def a_fifo_takes_the_place_of_a_log() -> None:
    with a_story() as story:
        story.end_child(how=Signals.SIGSEGV, which=0)
        story.plant_fifo()
        story.pass_time(seconds=1.0)


def nobody_answers() -> None:
    with a_story() as story:
        story.pass_time(seconds=10.0)
        story.break_starts(starts=[StartFault.SILENT])
        story.trigger(which=0)
        story.pass_time(seconds=10.0)
        story.settle(answers=False)


def a_scheduler_dies_while_it_begins_a_run() -> None:
    for turns in range(10, 35):  # it begins and is written down in about the middle of these
        with a_story() as story:
            story.pass_time(seconds=58.5)
            story.kill_program(which=0, after=turns)
            story.pass_time(seconds=1.0)
            if story.world.machine.alive():
                story.end_child(how=None, which=0)
            story.settle()


def a_scheduler_dies_while_it_looks_what_is_too_old() -> None:
    for statements in range(20):
        with a_story() as story:
            story.break_statement(fault=DatabaseFault.KILLED_BEFORE, after=statements)
            story.pass_time(seconds=30.0)


def two_processes_share_a_lock() -> None:
    with a_story(seconds=40) as story:
        story.add_process(Behaviour(seconds=40), Overlap.SKIP, retries=0, timeout=None)
        for which in (0, 1):
            story.change_locks(which=which, needed=("db",))
        story.add_request(minutely(), MisfirePolicy.ONCE, which=1)
        for _ in range(4):
            story.pass_time(seconds=40.0)
            story.settle()


def a_failure_is_tried_again() -> None:
    story = Story()
    try:
        story.begin(
            behaviour=Behaviour(seconds=2, exit_code=1),
            overlap=Overlap.SKIP,
            retries=2,
            timeout=None,
            plan=minutely(),
            misfire=MisfirePolicy.ONCE,
        )
        story.pass_time(seconds=10.0)
        story.everything_is_accounted_for()
    finally:
        story.teardown()


def the_lock_cannot_be_had(number: int = errno.ENOSPC) -> None:
    with a_story() as story:
        story.break_lock(number=number)
        story.kill_program(which=0, after=0)
        story.pass_time(seconds=1.0)
        story.start_program()
        story.pass_time(seconds=10.0)
        story.settle()


def a_statement_fails() -> None:
    with a_story(seconds=15) as story:
        story.trigger(which=0)
        story.pass_time(seconds=10.0)
        story.break_database(fault=DatabaseFault.FULL)
        story.pass_time(seconds=10.0)
        story.settle()


def _a_chain(story: Story) -> None:
    story.add_process(Behaviour(seconds=2), Overlap.ALLOW, retries=0, timeout=None)
    story.add_follower(1, 0, Outcome.END, MisfirePolicy.ALL, repetitions=None)


def a_link_falls_into_a_hold() -> None:
    with a_story(seconds=15) as story:
        _a_chain(story)
        story.pass_a_minute()
        story.hold_or_release()
        story.pass_a_minute()
        story.settle()


def a_scheduler_dies_while_it_records_an_end() -> None:
    for statements in range(12):
        with a_story(seconds=15) as story:
            _a_chain(story)
            story.pass_time(seconds=10.0)
            story.break_statement(fault=DatabaseFault.KILLED_AFTER, after=statements)
            story.pass_time(seconds=10.0)
            story.settle()


def a_group_has_a_step_of_two() -> None:
    with a_story() as story:
        story.add_process(Behaviour(seconds=15), Overlap.ALLOW, 0, None)
        story.add_process(Behaviour(seconds=2, exit_code=1), Overlap.ALLOW, 0, None)
        story.add_group(steps=[[1, 2], [2]], stops=True)
        story.add_request(Plan(timing=Timing.IMMEDIATE, timezone="UTC"), MisfirePolicy.ONCE, 3)
        story.pass_time(seconds=10.0)
        story.everything_is_accounted_for()
        story.settle()


@pytest.mark.parametrize(
    "story",
    [
        a_group_has_a_step_of_two,
        a_link_falls_into_a_hold,
        a_scheduler_dies_while_it_records_an_end,
        a_clock_comes_back,
        a_fifo_takes_the_place_of_a_log,
        nobody_answers,
        a_scheduler_dies_while_it_begins_a_run,
        a_scheduler_dies_while_it_looks_what_is_too_old,
        a_failure_is_tried_again,
        the_lock_cannot_be_had,
        a_statement_fails,
        two_processes_share_a_lock,
    ],
)
def test_nothing_is_wrong_today(story: Callable[[], None]) -> None:
    story()


def test_an_end_that_nothing_follows_while_all_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    note_end = following.note_end

    def forgetful(*end: Any) -> bool:
        is_held = Control.get().held_at is not None
        return False if is_held else note_end(*end)

    monkeypatch.setattr(run_ending, "note_end", forgetful)
    with pytest.raises(AssertionError, match="has followed"):
        a_link_falls_into_a_hold()


def test_an_end_that_is_followed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    note_end = following.note_end
    monkeypatch.setattr(run_ending, "note_end", lambda *end: note_end(*end) and note_end(*end))
    with pytest.raises(AssertionError):
        a_link_falls_into_a_hold()


def test_ends_that_are_noted_in_another_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it would be if whoever schedules followed them later."""
    late: list[tuple[Any, ...]] = []
    claim, note_end = Dispatch.claim, following.note_end

    def claim_late(self: Dispatch) -> Any:
        with transaction():
            for end in late:
                note_end(*end)
        late.clear()
        return claim(self)

    monkeypatch.setattr(run_ending, "note_end", lambda *end: late.append(end))
    monkeypatch.setattr(Dispatch, "claim", claim_late)
    with pytest.raises(AssertionError):
        a_scheduler_dies_while_it_records_an_end()


def test_plans_of_a_clock_that_was_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Dispatch, "plan_anew", lambda self: None)
    with pytest.raises(AssertionError, match="its plan says"):
        a_clock_comes_back()


def test_a_file_that_is_opened_whatever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(path: Path, flags: int) -> int:
        return os.open(path, flags | os.O_CLOEXEC, FILE_MODE)

    monkeypatch.setattr(run_files, "open_file", opened)
    with pytest.raises(AssertionError, match=r"FIFO|open for ever"):
        a_fifo_takes_the_place_of_a_log()


def test_a_look_that_waits_for_a_start(monkeypatch: pytest.MonkeyPatch) -> None:
    step = Scheduler.step

    async def waiting_step(self: Scheduler) -> float:
        pause = await step(self)
        while self._live.starting:  # noqa: ASYNC110  as it was
            await asyncio.sleep(0.01)
        return pause

    monkeypatch.setattr(Scheduler, "step", waiting_step)
    with pytest.raises(AssertionError, match=r"was due|does not begin"):
        nobody_answers()


def test_a_step_that_begins_when_the_last_member_of_the_one_before_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def looks_at_the_last(self: GroupRun) -> bool:
        return bool(self._reached) and self._reached[-1].is_open

    monkeypatch.setattr(GroupRun, "_is_waiting", property(looks_at_the_last))
    with pytest.raises(AssertionError, match="of the step before are open"):
        a_group_has_a_step_of_two()


def test_a_failure_that_keeps_nobody_from_being_run(monkeypatch: pytest.MonkeyPatch) -> None:
    look = GroupRun.__init__

    def heedless(self: GroupRun, row: Run, reached: Any) -> None:
        row.process.stop_on_failure = False
        look(self, row, reached)

    monkeypatch.setattr(GroupRun, "__init__", heedless)
    with pytest.raises(AssertionError, match="are run after a failure"):
        a_group_has_a_step_of_two()


def test_a_failure_that_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_ending, "_retry", lambda *_: False)
    with pytest.raises(AssertionError, match="were tried again"):
        a_failure_is_tried_again()


def _all_that_need_any(_now: datetime) -> list[int]:
    """As if nobody held a lock."""
    return list(Run.select(Run.id).where(Run.needs_locks, Run.end_time.is_null()).scalars())


def test_a_lock_that_two_may_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "may_take_locks", _all_that_need_any)
    with pytest.raises(AssertionError):
        two_processes_share_a_lock()


def test_a_run_that_begins_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What began and is gone is taken for what never began.

    If its start was written down by then, nobody can give it back, and it is open for ever.
    """
    find = LiveRuns._find

    async def forgetful(self: LiveRuns, run: Any) -> Any:
        outcome = await find(self, run)
        return NeverStarted() if isinstance(outcome, Lost) else outcome

    monkeypatch.setattr(LiveRuns, "_find", forgetful)
    with pytest.raises(AssertionError, match=r"begins twice|is open for ever"):
        a_scheduler_dies_while_it_begins_a_run()


def _acquire_or_raise(self: SchedulerLock) -> bool:
    """As it was: what the system refuses is raised."""
    if self._descriptor is None:
        self._descriptor = self._locked()
        self.beat(Beat.now())
    return self._descriptor is not None


def test_a_task_that_dies_and_nobody_hears_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unsupervised(_task: str, work: Any, _troubles: Any, **_: Any) -> None:
        with suppress(Exception):
            await work()
        await asyncio.Event().wait()

    monkeypatch.setattr(SchedulerLock, "acquire", _acquire_or_raise)
    monkeypatch.setattr(attending, "supervised", unsupervised)
    with pytest.raises(AssertionError, match="who schedules"):
        the_lock_cannot_be_had(errno.ENOLCK)


def test_supervision_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SchedulerLock, "acquire", _acquire_or_raise)
    the_lock_cannot_be_had(errno.ENOLCK)


def test_starts_and_ends_that_are_written_down_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the database refuses is dropped."""

    async def once(self: Insistence, use_case: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._write(use_case, *args, **kwargs)

    monkeypatch.setattr(Insistence, "__call__", once)
    with pytest.raises(AssertionError):
        a_statement_fails()
