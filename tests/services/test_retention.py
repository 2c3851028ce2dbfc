"""The history is kept within its limits, and nothing goes that should stay."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.services.drafts import a_request, end, minutely, scheduled
from tests.services.groups import a_group
from tests.services.history import a_history, add_run, left
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import Process, Request, Run, RunStatus, RunTally
from tui_scheduler.services import Services, retention
from tui_scheduler.services.events import Event, HistoryPruned
from tui_scheduler.services.retention import Doomed, Limits, Reason
from tui_scheduler.services.views.overview import Pruning
from tui_scheduler.settings import Settings

UNLIMITED = Limits(days=0, runs=0, bytes=0)
DAY = timedelta(days=1)


def doomed(services: Services, limits: Limits) -> dict[int, Reason]:
    """What would go, and why, in the order in which it would."""
    return {run.run_id: run.reason for run in services.retention.doomed(limits)}


def prune(services: Services, limits: Limits) -> dict[int, Reason]:
    """Remove what is to go, batch by batch; what went, and why."""
    gone: dict[int, Reason] = {}
    while batch := services.retention.batch(limits):
        removed = services.retention.remove_rows(batch)
        assert removed == batch
        services.retention.remove_files(removed)
        gone |= {run.run_id: run.reason for run in removed}
    return gone


class TestByAge:
    LIMITS = Limits(days=90, runs=0, bytes=0)

    def test_what_ended_longer_ago_goes(self, services: Services) -> None:
        add_run(services, NOON - 91 * DAY)
        add_run(services, NOON - 90 * DAY)
        add_run(services, NOON)
        assert doomed(services, self.LIMITS) == {1: Reason.AGE}

    def test_the_end_counts_and_not_the_start(self, services: Services) -> None:
        add_run(services, NOON, start_time=NOON - 100 * DAY, scheduled_for=NOON - 100 * DAY)
        add_run(services)
        assert doomed(services, self.LIMITS) == {}

    def test_fires_that_did_not_run_grow_old_as_well(self, services: Services) -> None:
        for status in (RunStatus.SKIPPED, RunStatus.MISFIRED, RunStatus.LOST):
            add_run(services, NOON - 91 * DAY, status=status)
        add_run(services)
        assert doomed(services, self.LIMITS) == dict.fromkeys([1, 2, 3], Reason.AGE)

    def test_what_ended_while_the_clock_was_behind_is_as_young_as_what_began_before_it(
        self, services: Services
    ) -> None:
        add_run(services, NOON - 100 * DAY)
        add_run(services, NOON - 89 * DAY)
        for age in (20_000, 95, 94):
            add_run(services, NOON - age * DAY)
        add_run(services)
        assert doomed(services, self.LIMITS) == {1: Reason.AGE}

    def test_what_was_begun_while_the_clock_was_ahead_keeps_nothing(
        self, services: Services
    ) -> None:
        add_run(services, NOON - 100 * DAY)
        add_run(services, NOON + 900 * DAY, start_time=NOON + 900 * DAY)
        add_run(services, NOON - 99 * DAY)
        add_run(services)
        assert doomed(services, self.LIMITS) == dict.fromkeys([1, 3], Reason.AGE)

    def test_one_that_took_long_keeps_none_that_were_short(self, services: Services) -> None:
        add_run(services, NOON, start_time=NOON - 100 * DAY)
        add_run(services, NOON - 99 * DAY)
        add_run(services)
        assert doomed(services, self.LIMITS) == {2: Reason.AGE}

    def test_parts_of_a_day_count(self, services: Services) -> None:
        add_run(services, NOON - timedelta(hours=13))
        add_run(services, NOON - timedelta(hours=12))
        add_run(services)
        assert doomed(services, Limits(days=0.5, runs=0, bytes=0)) == {1: Reason.AGE}

    def test_more_days_than_the_calendar_has_are_no_limit(self, services: Services) -> None:
        add_run(services, NOON - 1_000 * DAY)
        add_run(services)
        assert doomed(services, Limits(days=999_999_999, runs=0, bytes=0)) == {}


class TestByNumber:
    LIMITS = Limits(days=0, runs=2, bytes=0)

    def test_the_newest_of_each_request_stay(self, services: Services) -> None:
        other = Request.get_by_id(a_request(services, process="other").id)
        for _ in range(4):
            add_run(services, request=other.id, process=other.process_id)
        mine = Request.get_by_id(a_request(services).id)
        for _ in range(3):
            add_run(services, request=mine.id, process=mine.process_id)
        assert doomed(services, self.LIMITS) == dict.fromkeys([1, 2, 5], Reason.COUNT)

    def test_one_that_is_open_counts_but_stays(self, services: Services) -> None:
        add_run(services, None)
        for _ in range(3):
            add_run(services)
        assert prune(services, self.LIMITS) == {2: Reason.COUNT}
        assert left() == [1, 3, 4]
        Run.update(status=RunStatus.SUCCESS, end_time=NOON).where(Run.id == 1).execute()
        assert prune(services, self.LIMITS) == {1: Reason.COUNT}


class TestBySize:
    def test_the_oldest_logs_go_until_the_rest_fits(self, services: Services) -> None:
        for age, size in ((3, 50), (5, 30), (4, 20), (1, 100), (2, 10)):
            add_run(services, NOON - age * DAY, log_bytes=size)
        assert doomed(services, Limits(days=0, runs=0, bytes=210)) == {}
        assert doomed(services, Limits(days=0, runs=0, bytes=209)) == {2: Reason.BYTES}
        wanted = dict.fromkeys([2, 3, 1], Reason.BYTES)
        assert list(doomed(services, Limits(days=0, runs=0, bytes=159)).items()) == [
            *wanted.items()
        ]

    def test_runs_without_output_stay_as_they_free_nothing(self, services: Services) -> None:
        add_run(services, NOON - 2 * DAY)
        add_run(services, NOON - DAY, log_bytes=10)
        add_run(services, log_bytes=10)
        assert prune(services, Limits(days=0, runs=0, bytes=1)) == {2: Reason.BYTES}
        assert left() == [1, 3]

    def test_what_only_looks_old_goes_last(self, services: Services) -> None:
        for age in (3, 1_000, 2, 1):
            add_run(services, NOON - age * DAY, log_bytes=100)
        limits = Limits(days=90, runs=0, bytes=0)
        assert doomed(services, limits) == {}
        wanted = {1: Reason.BYTES, 3: Reason.BYTES, 2: Reason.BYTES}
        assert list(doomed(services, Limits(days=90, runs=0, bytes=50)).items()) == [
            *wanted.items()
        ]

    def test_what_goes_for_another_reason_makes_room(self, services: Services) -> None:
        for age in (100, 3, 2, 1):
            add_run(services, NOON - age * DAY, log_bytes=100)
        limits = Limits(days=90, runs=0, bytes=300)
        assert doomed(services, limits) == {1: Reason.AGE}
        limits = Limits(days=90, runs=0, bytes=200)
        assert doomed(services, limits) == {1: Reason.AGE, 2: Reason.BYTES}


class TestWhatStays:
    STRICT = Limits(days=1 / 86_400, runs=1, bytes=1)

    def test_everything_does_without_limits(self, services: Services) -> None:
        for age in (9_000, 8_000):
            add_run(services, NOON - age * DAY, log_bytes=10**12)
        assert doomed(services, UNLIMITED) == {}

    def test_the_newest_run_of_a_request_does(self, services: Services) -> None:
        for _ in range(3):
            add_run(services, NOON - 900 * DAY, log_bytes=10**12)
        assert list(prune(services, self.STRICT)) == [1, 2]
        request = services.requests.get(1)
        assert (request.last_run_id, request.last_status) == (3, RunStatus.SUCCESS)
        assert doomed(services, self.STRICT) == {}

    def test_what_runs_or_waits_does(self, services: Services, clock: FakeClock) -> None:
        request = scheduled(services, minutely())
        claims = services.dispatch.claim()
        services.dispatch.started(claims[0].run_id, clock.now(), 4711, "handle")
        clock.advance(days=900)
        services.requests.unschedule(request.id)
        services.runs.trigger(request.id)
        services.runs.trigger(request.id)
        assert prune(services, self.STRICT) == {2: Reason.COUNT}
        assert services.runs.get(1).status is RunStatus.PROCESSING
        services.runs.kill(1)

    def test_a_retry_goes_on_without_the_attempt_before(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_request(services)
        Process.update(retries=2, retry_delay=timedelta(minutes=1)).execute()
        services.runs.trigger(1)
        [claim] = services.dispatch.claim()
        end(services, claim, clock, RunStatus.ERROR)
        assert prune(services, self.STRICT) == {1: Reason.COUNT}
        assert services.dispatch.next_wakeup() == clock.now() + timedelta(minutes=1)
        clock.advance(minutes=1)
        [claim] = services.dispatch.claim()
        assert end(services, claim, clock, RunStatus.ERROR).attempt == 2
        assert prune(services, self.STRICT) == {2: Reason.COUNT}
        assert services.runs.get(3).note.startswith("Retry 2 of 2 after run 2; Waits for its next")

    def test_a_run_that_waits_starts_although_the_one_before_is_gone(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_request(services)
        Process.update(overlap="queue").execute()
        services.runs.trigger(1)
        [first] = services.dispatch.claim()
        services.runs.trigger(1)
        end(services, first, clock)
        assert prune(services, self.STRICT) == {1: Reason.COUNT}
        assert [claim.run_id for claim in services.dispatch.claim()] == [2]


class TestRemoving:
    LIMITS = Limits(days=0, runs=1, bytes=0)

    def test_row_and_files_go_together_in_small_batches(
        self, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retention, "BATCH", 2)
        files = []
        for token in ["0123abcd", None] * 3:
            log = services.context.log_path(add_run(services, token=token), token)
            log.parent.mkdir(parents=True, exist_ok=True)
            for file in (log, log.with_suffix(".exit")):
                file.write_text("output")
                files.append(file)
        assert [run.run_id for run in services.retention.batch(self.LIMITS)] == [1, 2]
        assert len(prune(services, self.LIMITS)) == 5
        assert [file for file in files if file.exists()] == files[-2:]
        assert sum(row.number for row in RunTally.select()) == 1

    def test_what_changed_since_it_was_looked_up_stays(self, services: Services) -> None:
        for _ in range(4):
            add_run(services)
        batch = services.retention.batch(self.LIMITS)
        assert [run.run_id for run in batch] == [1, 2, 3]
        services.runs.delete(1)
        services.runs.delete(4)
        assert [run.run_id for run in services.retention.remove_rows(batch)] == [2]
        assert left() == [3]

    def test_one_that_is_open_is_never_removed(self, services: Services) -> None:
        add_run(services, None)
        add_run(services)
        assert services.retention.remove_rows([Doomed(1, Reason.AGE, 0, None)]) == []
        assert left() == [1, 2]

    def test_looking_changes_nothing(self, services: Services, events: list[Event]) -> None:
        for _ in range(3):
            add_run(services)
        events.clear()
        assert len(doomed(services, self.LIMITS)) == 2
        assert left() == [1, 2, 3]
        assert events == []
        assert services.retention.last() is None

    def test_everybody_is_told(self, services: Services, events: list[Event]) -> None:
        for _ in range(3):
            add_run(services)
        events.clear()
        prune(services, self.LIMITS)
        assert events == [HistoryPruned()]


def test_the_last_time_is_remembered(
    services: Services, clock: FakeClock, events: list[Event]
) -> None:
    assert services.retention.last() is None
    services.retention.note(7)
    assert services.retention.last() == Pruning(NOON, 7)
    later = clock.advance(hours=1)
    services.retention.note(0)
    assert services.retention.last() == Pruning(later, 0)
    assert events == [HistoryPruned(), HistoryPruned()]


def test_the_limits_are_those_of_the_settings(database_file: Path) -> None:
    settings = Settings(database=database_file, keep_days=7, keep_runs=20, keep_bytes=300)
    assert Limits.of(settings) == Limits(days=7, runs=20, bytes=300)
    usual = Limits.of(Settings(database=database_file))
    assert usual == Limits(days=90, runs=10_000, bytes=10_000_000_000)


class TestGroups:
    """The run of a group goes with what was run for it, and never without."""

    def history(self, services: Services, ends: Iterable[datetime]) -> None:
        """Group runs with two members each, and logs of all of them."""
        a_group(services, "a", "b")
        request = a_request(services, process="nightly")
        for end_time in ends:
            fields = {"request": request.id, "process": request.process_id}
            parent = add_run(services, end_time, **fields, members="[1, 2]", log_bytes=10)
            for position in (1, 2):
                beneath = {"request": request.id, "process": position, "position": position}
                add_run(services, end_time, **beneath, parent=parent, log_bytes=100)

    def test_they_grow_old_together(self, services: Services) -> None:
        self.history(services, [NOON - 91 * DAY, NOON])
        gone = prune(services, Limits(days=90, runs=0, bytes=0))
        assert gone == dict.fromkeys([2, 3, 1], Reason.AGE)
        assert left() == [4, 5, 6]

    def test_only_the_group_counts_as_a_run(self, services: Services) -> None:
        self.history(services, [NOON, NOON, NOON])
        gone = prune(services, Limits(days=0, runs=2, bytes=0))
        assert gone == dict.fromkeys([2, 3, 1], Reason.COUNT)
        assert left() == [4, 5, 6, 7, 8, 9]

    def test_the_logs_of_all_of_them_count(self, services: Services) -> None:
        self.history(services, [NOON - DAY, NOON - DAY / 2, NOON])
        gone = prune(services, Limits(days=0, runs=0, bytes=430))
        assert gone == dict.fromkeys([2, 3, 1], Reason.BYTES)

    def test_the_newest_stays_with_all_that_is_beneath(self, services: Services) -> None:
        self.history(services, [NOON - 91 * DAY])
        assert prune(services, Limits(days=1, runs=1, bytes=1)) == {}

    def test_a_batch_that_parts_a_family_is_no_fault(
        self, services: Services, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(retention, "BATCH", 2)
        self.history(services, [NOON - 91 * DAY, NOON - 91 * DAY, NOON])
        prune(services, Limits(days=90, runs=0, bytes=0))
        assert left() == [7, 8, 9]


def expected(runs: Iterable[Run], limits: Limits, now: datetime) -> dict[int, Reason]:
    """What goes, by going through all runs rule by rule: slow, and plainly right."""
    everything = sorted(runs, key=lambda run: run.id)
    newest = {run.request_id: run.id for run in everything}
    may_go = [run for run in everything if run.end_time and run.id != newest[run.request_id]]
    gone: dict[int, Reason] = {}
    for run in may_go:
        newer = [o for o in everything if o.request_id == run.request_id and o.id > run.id]
        if limits.runs and len(newer) >= limits.runs:
            gone[run.id] = Reason.COUNT
    for run in may_go:
        if limits.days and run.end_time < now - timedelta(days=limits.days):
            gone.setdefault(run.id, Reason.AGE)
    size = sum(run.log_bytes for run in everything if run.id not in gone)
    for run in sorted(may_go, key=lambda run: (run.end_time, run.id)):
        if limits.bytes and size > limits.bytes and run.log_bytes and run.id not in gone:
            gone[run.id] = Reason.BYTES
            size -= run.log_bytes
    return gone


@pytest.mark.parametrize("seed", range(40))
def test_any_history_is_kept_within_any_limits(
    services: Services, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(retention, "BATCH", chance.choice((1, 3, 500)))
    a_history(services, seed, runs=chance.choice((20, 60, 120)))
    minutes = chance.choice((0, 3, 10, 18))
    limits = Limits(minutes / 1_440, chance.choice((0, 1, 3, 9)), chance.choice((0, 1, 30_000)))
    before = list(Run.select())
    wanted = expected(before, limits, NOON)
    assert doomed(services, limits) == wanted
    assert prune(services, limits) == wanted
    assert set(left()) == {run.id for run in before} - set(wanted)
    assert doomed(services, limits) == {}
    assert all(view.last_status for view in services.requests.all() if view.last_run_id)
