"""Every run ends at one door, and what follows from an end is the same wherever it comes from."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import FrameType

import pytest
from peewee import fn

from tests.services.drafts import (
    ALL_RUNS,
    a_process,
    a_request,
    end,
    every,
    minutely,
    process_draft,
    scheduled,
)
from tests.services.groups import a_group, beneath, play, triggered
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import (
    MisfirePolicy,
    Overlap,
    Process,
    Request,
    Run,
    RunStatus,
    RunTally,
    rows,
    transaction,
)
from tui_scheduler.models.base import database
from tui_scheduler.schedules import Frequency
from tui_scheduler.services import Services
from tui_scheduler.services.events import Event, RunChanged
from tui_scheduler.services.parameters.parameters import Parameter
from tui_scheduler.services.running import dispatch, run_ending
from tui_scheduler.services.running.group_log import story_of
from tui_scheduler.services.running.prepared_queries import READY
from tui_scheduler.services.running.run_ending import Ending, end_run
from tui_scheduler.services.views.runs import RunView

S = RunStatus
_DOOR = (run_ending.__name__, "_end")


@dataclass
class Ends:
    """Who wrote the end of which run, in their order: module and function nearest to the row."""

    seen: list[tuple[int, tuple[str, str]]] = field(default_factory=list)

    def note(self, run_id: int) -> None:
        """Called by SQLite for every row that gets an end, in the middle of the statement."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            module = frame.f_globals["__name__"]
            if module.startswith("tui_scheduler.") and ".models." not in module:
                self.seen.append((run_id, (module, frame.f_code.co_name)))
                return
            frame = frame.f_back
        self.seen.append((run_id, ("", "")))


@pytest.fixture(autouse=True)
def ends(services: Services) -> Ends:
    """Every end that is written to the database, however the statement says it."""
    written = Ends()
    database.connection().create_function("note_end", 1, written.note)
    for event in ("INSERT", "UPDATE"):
        old = "" if event == "INSERT" else "AND NEW.end_time IS NOT OLD.end_time"
        database.execute_sql(
            f"CREATE TEMP TRIGGER end_by_{event} AFTER {event} ON main.run"
            f" WHEN NEW.end_time IS NOT NULL {old} BEGIN SELECT note_end(NEW.id); END"
        )
    return written


def ended_by_engine(status: RunStatus) -> Callable[[Services, FakeClock], None]:
    def way(services: Services, clock: FakeClock) -> None:
        scheduled(services)
        [claim] = services.dispatch.claim()
        claim.log_path.parent.mkdir(parents=True)
        claim.log_path.write_bytes(b"what it printed\n")
        end(services, claim, clock, status)

    return way


def stopped_before_it_began(services: Services, clock: FakeClock) -> None:
    run = services.runs.trigger(a_request(services).id)
    services.runs.kill(run.id)
    services.dispatch.ended(Ending(run_id=run.id, status=S.KILLED, end_time=clock.now()))


def unreadable_variables(services: Services, clock: FakeClock) -> None:
    scheduled(services)
    Process.update(environment="{").execute()
    assert services.dispatch.claim() == []


def lacking_parameters(services: Services, clock: FakeClock) -> None:
    a_process(services)
    services.runs.trigger(a_request(services).id)
    services.processes.update(
        services.processes.named("backup").id,
        process_draft(parameters=(Parameter(name="DAY", is_required=True),)),
    )
    assert services.dispatch.claim() == []


def skipped_when_due(services: Services, clock: FakeClock) -> None:
    a_process(services, overlap=Overlap.SKIP)
    scheduled(services, minutely())
    services.dispatch.claim()
    clock.advance(minutes=1)
    assert services.dispatch.claim() == []


def skipped_when_triggered(services: Services, clock: FakeClock) -> None:
    request = a_request(services)
    services.runs.trigger(request.id)
    services.runs.trigger(request.id)


def not_active_when_due(services: Services, clock: FakeClock) -> None:
    scheduled(services)
    Process.update(active=False).execute()
    assert services.dispatch.claim() == []


def misfired(services: Services, clock: FakeClock) -> None:
    scheduled(services, every(Frequency.HOURLY), misfire=MisfirePolicy.SKIP)
    services.dispatch.claim()
    clock.advance(hours=9, minutes=30)
    services.dispatch.claim()


def set_aside(services: Services, clock: FakeClock) -> None:
    scheduled(services, minutely())
    Request.update(timezone="Mars/Base").execute()
    services.dispatch.claim()


def group_succeeds(services: Services, clock: FakeClock) -> None:
    a_group(services, "extract", "load")
    triggered(services)
    play(services, clock)


def group_fails(services: Services, clock: FakeClock) -> None:
    a_group(services, "extract", "load", "report", stop_on_failure=True)
    triggered(services)
    play(services, clock, {"extract": S.ERROR})


def group_is_stopped(services: Services, clock: FakeClock) -> None:
    a_group(services, "extract", "load", "report")
    run = triggered(services)
    [first] = services.dispatch.claim()
    services.runs.kill(run.id)
    end(services, first, clock, S.KILLED)


def group_is_emptied(services: Services, clock: FakeClock) -> None:
    a_group(services, "extract")
    triggered(services)
    services.processes.remove_step(services.processes.named("extract").id)
    assert services.dispatch.claim() == []


def group_is_damaged(services: Services, clock: FakeClock) -> None:
    a_group(services, "extract", "load")
    run = triggered(services)
    [first] = services.dispatch.claim()
    Run.update(members="{").where(Run.id == run.id).execute()
    end(services, first, clock)


def members_are_not_active(services: Services, clock: FakeClock) -> None:
    a_group(services, *(f"member {number}" for number in range(30)))
    Process.update(active=False).where(Process.name.startswith("member")).execute()
    triggered(services)
    assert services.dispatch.claim() == []


def member_is_running_elsewhere(services: Services, clock: FakeClock) -> None:
    a_process(services, "load", overlap=Overlap.SKIP)
    other = services.runs.trigger(a_request(services, process="load").id)
    services.dispatch.claim()
    a_group(services, "extract", "load", "report")
    triggered(services)
    play(services, clock)
    assert services.runs.get(other.id).is_open


def member_is_tried_again(services: Services, clock: FakeClock) -> None:
    a_process(services, "extract", retries=1, retry_delay=timedelta(0))
    a_group(services, "extract", "load")
    triggered(services)
    play(services, clock, {"extract": S.ERROR})


def group_is_resumed(services: Services, clock: FakeClock) -> None:
    a_group(services, "extract")
    run = triggered(services)
    [first] = services.dispatch.claim()
    Run.delete().where(Run.id == first.run_id).execute()
    Process.update(active=False).where(Process.name == "extract").execute()
    services.dispatch.resume_groups()
    assert not services.runs.get(run.id).is_open


WAYS: dict[str, tuple[Callable[[Services, FakeClock], None], list[RunStatus]]] = {
    "success": (ended_by_engine(S.SUCCESS), [S.SUCCESS]),
    "error": (ended_by_engine(S.ERROR), [S.ERROR]),
    "timed out": (ended_by_engine(S.TIMED_OUT), [S.TIMED_OUT]),
    "killed": (ended_by_engine(S.KILLED), [S.KILLED]),
    "lost": (ended_by_engine(S.LOST), [S.LOST]),
    "stopped before it began": (stopped_before_it_began, [S.KILLED]),
    "unreadable variables": (unreadable_variables, [S.ERROR]),
    "lacking parameters": (lacking_parameters, [S.ERROR]),
    "skipped when due": (skipped_when_due, [S.SKIPPED]),
    "skipped when triggered": (skipped_when_triggered, [S.SKIPPED]),
    "not active when due": (not_active_when_due, [S.SKIPPED]),
    "misfired": (misfired, [S.MISFIRED]),
    "set aside": (set_aside, [S.MISFIRED]),
    "group succeeds": (group_succeeds, [S.SUCCESS] * 3),
    "group fails": (group_fails, [S.ERROR, S.ERROR, S.SKIPPED, S.SKIPPED]),
    "group is stopped": (group_is_stopped, [S.KILLED, S.KILLED, S.SKIPPED, S.SKIPPED]),
    "group is emptied": (group_is_emptied, [S.ERROR]),
    "group is damaged": (group_is_damaged, [S.ERROR, S.SUCCESS]),
    "members are not active": (members_are_not_active, [S.ERROR] + [S.SKIPPED] * 30),
    "member is running elsewhere": (
        member_is_running_elsewhere,
        [S.ERROR, S.SUCCESS, S.SKIPPED, S.SUCCESS],
    ),
    "member is tried again": (member_is_tried_again, [S.ERROR, S.ERROR, S.ERROR, S.SUCCESS]),
    "group is resumed": (group_is_resumed, [S.ERROR, S.SKIPPED]),
}


@pytest.mark.parametrize("name", WAYS)
def test_every_way_leads_through_the_one_door(
    services: Services, clock: FakeClock, events: list[Event], ends: Ends, name: str
) -> None:
    way, statuses = WAYS[name]
    way(services, clock)
    ended = list(Run.select().where(Run.end_time.is_null(False)).order_by(Run.id))
    assert [run.status for run in ended] == statuses
    assert {writer for _, writer in ends.seen} == {_DOOR}
    left = [run_id for run_id, _ in ends.seen if Run.get_or_none(Run.id == run_id)]
    assert sorted(left) == [run.id for run in ended], "once each"
    for run in ended:
        assert RunChanged(run.id) in events
        assert run.log_bytes == _bytes_of_log(services, run)
    assert _tally() == _counted()
    assert _groups_that_wait_for_nothing() == []


def test_the_log_of_another_run_of_that_number_does_not_count(
    services: Services, clock: FakeClock
) -> None:
    scheduled(services)
    [claim] = services.dispatch.claim()
    claim.log_path.parent.mkdir(parents=True)
    claim.log_path.with_stem(f"{claim.run_id}-00000000").write_bytes(b"of another run\n")
    assert end(services, claim, clock).log_bytes == 0


def test_the_ways_are_all_that_a_run_can_become() -> None:
    reached = {status for _, statuses in WAYS.values() for status in statuses}
    assert reached == set(RunStatus) - {S.QUEUED, S.PROCESSING}


def _bytes_of_log(services: Services, run: Run) -> int:
    path = services.context.log_path(run.id, run.token)
    if run.members is not None:
        assert path.read_text() == story_of(run.id)
    return path.stat().st_size if path.exists() else 0


def _tally() -> set[tuple[object, ...]]:
    """What the counters say, without what is none."""
    columns = (RunTally.process, RunTally.request, RunTally.status, RunTally.number)
    query = RunTally.select(*columns, RunTally.log_bytes, RunTally.members)
    return set(rows(query.where(RunTally.number > 0)))


def _counted() -> set[tuple[object, ...]]:
    """The same, counted."""
    key = (Run.process, Run.request, Run.status)
    sums = (fn.COUNT(Run.id), fn.SUM(Run.log_bytes), fn.COUNT(Run.parent))
    return set(rows(Run.select(*key, *sums).group_by(*key)))


def _groups_that_wait_for_nothing() -> list[int]:
    groups = Run.select(Run.id).where(Run.end_time.is_null(), Run.members.is_null(False))
    members = Run.select(Run.parent).where(Run.end_time.is_null(), Run.parent.is_null(False))
    return sorted(set(groups.scalars()) - set(members.scalars()))


class TestRetries:
    @pytest.mark.parametrize(
        ("status", "is_retried"),
        [
            (S.ERROR, True),
            (S.TIMED_OUT, True),
            (S.SUCCESS, False),
            (S.KILLED, False),
            (S.LOST, False),
        ],
    )
    def test_only_what_failed_by_itself_is_tried_again(
        self, services: Services, clock: FakeClock, status: RunStatus, is_retried: bool
    ) -> None:
        a_process(services, retries=1)
        ended_by_engine(status)(services, clock)
        assert _attempts() == ([1, 2] if is_retried else [1])

    def test_what_cannot_start_is_tried_again_too(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_process(services, retries=1)
        unreadable_variables(services, clock)
        assert _attempts() == [1, 2]

    @pytest.mark.parametrize("way", [skipped_when_triggered, not_active_when_due, misfired])
    def test_what_is_not_to_begin_is_not(
        self, services: Services, clock: FakeClock, way: Callable[[Services, FakeClock], None]
    ) -> None:
        a_process(services, retries=1, overlap=Overlap.SKIP)
        way(services, clock)
        assert set(_attempts()) == {1}

    def test_the_group_goes_on_only_after_the_last_attempt(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_process(services, "extract", retries=1)
        a_group(services, "extract", "load")
        run = triggered(services)
        [first] = services.dispatch.claim()
        end(services, first, clock, S.ERROR)
        assert [(member.process, member.status) for member in beneath(services, run.id)] == [
            ("extract", S.ERROR),
            ("extract", S.QUEUED),
        ]


def _attempts() -> list[int]:
    return list(Run.select(Run.attempt).order_by(Run.id).scalars())


class TestWhoeverIsFirst:
    """What follows from an end follows once, whoever says so again."""

    def test_a_second_end_has_no_consequences(
        self, services: Services, clock: FakeClock, events: list[Event], ends: Ends
    ) -> None:
        a_process(services, "extract", retries=3)
        a_group(services, "extract")
        triggered(services)
        [claim] = services.dispatch.claim()
        end(services, claim, clock, S.ERROR)
        before, written = _all_runs(services), list(ends.seen)
        events.clear()
        for status in S.ERROR, S.SUCCESS:
            with transaction():
                again = Ending(run_id=claim.run_id, status=status, end_time=clock.now())
                end_run(services.context, again)
        assert (_all_runs(services), events, ends.seen) == (before, [], written)

    def test_the_end_of_a_run_that_is_gone_has_none_either(
        self, services: Services, events: list[Event]
    ) -> None:
        with transaction():
            end_run(services.context, Ending(run_id=4711, status=S.ERROR, end_time=NOON))
        assert events == []

    def test_a_group_that_ended_meanwhile_is_not_ended_again(
        self, services: Services, clock: FakeClock, ends: Ends
    ) -> None:
        group_succeeds(services, clock)
        before, written = _all_runs(services), list(ends.seen)
        [run] = [run for run in before if run.is_group]
        with transaction():
            run_ending.go_on(services.context, run.id, clock.now())
        assert (_all_runs(services), ends.seen) == (before, written)

    def test_a_run_that_somebody_else_took_is_not_started_here(
        self, services: Services, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = services.runs.trigger(a_request(services, process="one").id)
        second = services.runs.trigger(a_request(services, process="two").id)

        class TakenMeanwhile:
            def rows(self, **values: object) -> list[tuple[object, ...]]:
                ready = READY.rows(**values)
                Run.update(host="elsewhere").where(Run.id == first.id).execute()
                return ready

        monkeypatch.setattr(dispatch, "READY", TakenMeanwhile())
        assert [claim.run_id for claim in services.dispatch.claim()] == [second.id]
        assert services.runs.get(first.id).host == "elsewhere"

    def test_a_run_that_ended_meanwhile_is_not_started_either(
        self, services: Services, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = services.runs.trigger(a_request(services).id)

        class EndedMeanwhile:
            def rows(self, **values: object) -> list[tuple[object, ...]]:
                ready = READY.rows(**values)
                services.dispatch.ended(Ending(run_id=run.id, status=S.KILLED, end_time=NOON))
                return ready

        monkeypatch.setattr(dispatch, "READY", EndedMeanwhile())
        assert services.dispatch.claim() == []

    def test_what_has_ended_cannot_be_given_back(
        self, services: Services, clock: FakeClock, events: list[Event]
    ) -> None:
        scheduled(services)
        [claim] = services.dispatch.claim()
        ended = end(services, claim, clock)
        events.clear()
        services.dispatch.give_back([claim.run_id])
        assert services.runs.get(claim.run_id) == ended
        assert events == []

    def test_what_was_not_taken_cannot_be_given_back(
        self, services: Services, events: list[Event]
    ) -> None:
        run = services.runs.trigger(a_request(services).id)
        events.clear()
        services.dispatch.give_back([run.id])
        assert events == []

    def test_whoever_makes_room_for_another_is_told_of(
        self, services: Services, events: list[Event]
    ) -> None:
        a_process(services, overlap=Overlap.REPLACE)
        request = a_request(services)
        first = services.runs.trigger(request.id)
        events.clear()
        second = services.runs.trigger(request.id)
        assert events == [RunChanged(first.id), RunChanged(second.id)]


def _all_runs(services: Services) -> list[RunView]:
    return services.runs.latest(ALL_RUNS, 1000)


def test_an_end_and_what_follows_are_one(
    services: Services, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, events: list[Event]
) -> None:
    """Were the group not told, nothing of the end would be kept."""
    a_group(services, "extract", "load")
    triggered(services)
    [claim] = services.dispatch.claim()
    before = _all_runs(services)
    events.clear()

    def fails(*_: object) -> None:
        raise RuntimeError("no more")

    monkeypatch.setattr(run_ending, "tell_story", fails)
    with pytest.raises(RuntimeError, match="no more"):
        services.dispatch.ended(Ending(run_id=claim.run_id, status=S.SUCCESS, end_time=clock.now()))
    assert (_all_runs(services), events) == (before, [])


def test_the_witness_sees_ends_that_are_written_elsewhere(services: Services, ends: Ends) -> None:
    run = services.runs.trigger(a_request(services).id)
    Run.update(end_time=NOON, status=S.LOST).where(Run.id == run.id).execute()
    assert [writer for _, writer in ends.seen] == [("", "")]


def test_on_which_machine_it_was_is_only_kept_by_name(services: Services, clock: FakeClock) -> None:
    """Only of what goes on has to be known whether it can be seen from here."""
    services.runs.trigger(a_request(services).id)
    [claim] = services.dispatch.claim()
    Run.update(host="alpha", host_id="0" * 32).where(Run.id == claim.run_id).execute()
    end(services, claim, clock)
    row = Run.get_by_id(claim.run_id)
    assert (row.host, row.host_id) == ("alpha", None)
