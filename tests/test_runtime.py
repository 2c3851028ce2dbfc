"""Everything opened together: threads, events, foreign commits, and who schedules."""

import asyncio
import errno
import os
import pkgutil
import signal
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import psutil
import pytest
from peewee import OperationalError

from tests.engine.harness import log_of
from tests.models.files import execute
from tests.services.drafts import IMMEDIATE, a_request, process_draft
from tests.support.clock import NOON, FakeClock
from tests.support.patience import PATIENCE
from tests.support.signs_of_life import ELSEWHERE, a_beat, held
from tui_scheduler.engine.local import keepers, keeping
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.errors import (
    DatabaseGone,
    DatabaseOutgrown,
    DatabaseUnusable,
    InvalidInput,
    SchedulingEnded,
    Unexpected,
)
from tui_scheduler.identity import file_identity
from tui_scheduler.lock_file import query_holder
from tui_scheduler.models import RunStatus, database
from tui_scheduler.models.fitness import SCHEMA_VERSION
from tui_scheduler.models.sqlite import (
    data_version,
    untouched_since,
)
from tui_scheduler.runtime import (
    Runtime,
    RuntimeEvent,
    RuntimeFailed,
    SchedulerChanged,
    SchedulerState,
    open_runtime,
)
from tui_scheduler.services import Services
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.events import (
    ForeignCommit,
    HistoryPruned,
    ProcessSaved,
    RunChanged,
)
from tui_scheduler.services.running.run_ending import Ending
from tui_scheduler.services.views.processes import ProcessView
from tui_scheduler.services.views.runs import RunView
from tui_scheduler.settings import Settings
from tui_scheduler.signs_of_life import Trouble


class Listener:
    """Remembers events, and lets a test wait for one."""

    def __init__(self) -> None:
        self.events: list[RuntimeEvent] = []
        self._changed = asyncio.Event()

    def __call__(self, event: RuntimeEvent) -> None:
        self.events.append(event)
        self._changed.set()

    async def wait_for(self, wanted: Callable[[RuntimeEvent], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not any(map(wanted, self.events)):
                self._changed.clear()
                await self._changed.wait()


class Polls:
    """Notices each time that it may be looked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._polled = asyncio.Event()
        monkeypatch.setattr("tui_scheduler.runtime.runtime.untouched_since", self._ask)

    def _ask(self) -> tuple[int, ...] | None:
        self._polled.set()
        return untouched_since()

    async def wait_for(self, more: int) -> None:
        """Until it was asked so many times more."""
        async with asyncio.timeout(PATIENCE):
            for _ in range(more):
                self._polled.clear()
                await self._polled.wait()


class Looks:
    """Notices each look at the database for commits of others."""

    def __init__(self) -> None:
        self.count = 0
        self._loop = asyncio.get_running_loop()
        self._looked = asyncio.Event()

    def look(self) -> int:
        """On the writing thread."""
        self.count += 1
        self._loop.call_soon_threadsafe(self._looked.set)
        return data_version()

    async def wait_for(self, more: int) -> None:
        """Until it was looked so many times more, and what was seen has been told."""
        async with asyncio.timeout(PATIENCE):
            for _ in range(more + 1):
                self._looked.clear()
                await self._looked.wait()


@pytest.fixture
def settings(new_database: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("tui_scheduler.runtime.runtime._FOREIGN_COMMIT_POLL", 0.01)
    monkeypatch.setattr("tui_scheduler.runtime.runtime._REOPEN_POLL", 0.01)
    monkeypatch.setattr("tui_scheduler.runtime.attending._LOCK_POLL", 0.01)
    return Settings(database=new_database)


def is_scheduling(event: RuntimeEvent) -> bool:
    return isinstance(event, SchedulerChanged) and event.state.is_scheduling


@asynccontextmanager
async def scheduling(settings: Settings) -> AsyncIterator[tuple[Runtime, Listener]]:
    """A runtime that schedules, and a listener that has heard so."""
    async with open_runtime(settings) as runtime:
        listener = Listener()
        runtime.subscribe(listener)
        await listener.wait_for(is_scheduling)
        yield runtime, listener


def is_trouble(event: RuntimeEvent) -> bool:
    return isinstance(event, SchedulerChanged) and event.state.trouble != ""


async def triggered(runtime: Runtime, command: str) -> RunView:
    """A run of ``command`` that is to begin."""
    services = runtime.services
    await runtime.write(services.processes.create, process_draft(command=command))
    draft = RequestDraft(process="backup", plan=IMMEDIATE)
    request = await runtime.write(services.requests.create, draft)
    return await runtime.write(services.runs.trigger, request.id)


async def becomes(
    runtime: Runtime, listener: Listener, run_id: int, wanted: Callable[[RunView], bool]
) -> RunView:
    """The run, as soon as it is as ``wanted``."""
    while True:
        listener.events.clear()
        run = await runtime.read(runtime.services.runs.get, run_id)
        if wanted(run):
            return run
        await listener.wait_for(lambda event: event == RunChanged(run_id))


async def ended(runtime: Runtime, listener: Listener, command: str) -> RunView:
    """A run of ``command`` that has ended."""
    run = await triggered(runtime, command)
    return await becomes(runtime, listener, run.id, lambda run: not run.is_open)


@asynccontextmanager
async def a_viewer(settings: Settings) -> AsyncIterator[tuple[Runtime, Listener]]:
    """A runtime that never schedules, and somebody who listens to it."""
    listener = Listener()
    async with open_runtime(settings, clock=FakeClock(), may_schedule=False) as runtime:
        runtime.subscribe(listener)
        yield runtime, listener


def three_ended_runs(services: Services) -> None:
    """A request that was run three times."""
    request = a_request(services)
    for _ in range(3):
        services.runs.trigger(request.id)
        [claim] = services.dispatch.claim()
        ending = Ending(run_id=claim.run_id, status=RunStatus.SUCCESS, end_time=NOON)
        services.dispatch.ended(ending)


async def test_use_cases_run_on_two_threads_of_their_own(settings: Settings) -> None:
    async with a_viewer(settings) as (runtime, _):
        writing = await runtime.write(threading.get_ident)
        reading = await runtime.read(threading.get_ident)
        assert len({writing, reading, threading.get_ident()}) == 3


async def test_what_is_written_can_be_read(settings: Settings) -> None:
    async with a_viewer(settings) as (runtime, _):
        processes = runtime.services.processes
        created = await runtime.write(processes.create, process_draft())
        assert await runtime.read(processes.get, created.id) == created


async def test_reading_cannot_write(settings: Settings) -> None:
    async with a_viewer(settings) as (runtime, _):
        with pytest.raises(DatabaseUnusable, match="read-only"):
            await runtime.read(runtime.services.processes.create, process_draft())


async def test_what_a_use_case_raises_is_raised(settings: Settings) -> None:
    async with a_viewer(settings) as (runtime, _):
        with pytest.raises(InvalidInput):
            await runtime.write(runtime.services.processes.create, process_draft(name=""))
        for ask in (runtime.read, runtime.write):
            with pytest.raises(Unexpected, match="FileNotFoundError"):
                await ask(Path("/nowhere/at/all").read_text)


async def test_events_reach_listeners_in_the_loop(settings: Settings) -> None:
    threads: list[int] = []
    async with a_viewer(settings) as (runtime, listener):
        runtime.subscribe(lambda _event: threads.append(threading.get_ident()))
        await runtime.write(runtime.services.processes.create, process_draft())
        await listener.wait_for(lambda event: event == ProcessSaved(1))
        assert threads == [threading.get_ident()]


async def test_a_listener_that_left_hears_nothing(settings: Settings) -> None:
    async with a_viewer(settings) as (runtime, listener):
        gone = Listener()
        leave = runtime.subscribe(gone)
        leave()
        await runtime.write(runtime.services.processes.create, process_draft())
        await listener.wait_for(lambda event: event == ProcessSaved(1))
        assert gone.events == []


async def test_what_whoever_schedules_does_is_no_news_to_it(settings: Settings) -> None:
    async with scheduling(settings) as (runtime, listener):
        news: list[None] = []
        leave = runtime.subscribe_to_news(lambda: news.append(None))
        run = await triggered(runtime, "true")
        by_us = len(news)
        assert by_us > 0
        await becomes(runtime, listener, run.id, lambda run: not run.is_open)
        assert len(news) == by_us
        leave()
        await runtime.write(runtime.services.runs.trigger, run.request_id)
        await listener.wait_for(lambda event: event == RunChanged(run.id + 1))
        assert len(news) == by_us


async def test_a_listener_that_fails_stops_nobody(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(event: object) -> None:
        raise ValueError(event)

    async with open_runtime(settings, may_schedule=False) as runtime:
        runtime.subscribe(fail)
        listener = Listener()
        runtime.subscribe(listener)
        await runtime.write(runtime.services.processes.create, process_draft())
        await listener.wait_for(lambda event: event == ProcessSaved(1))
    assert "a listener failed" in caplog.text


async def test_a_commit_of_another_program_is_noticed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Looks()
    monkeypatch.setattr("tui_scheduler.runtime.runtime.data_version", looks.look)
    async with a_viewer(settings) as (runtime, listener):
        await looks.wait_for(1)
        await runtime.write(runtime.services.processes.create, process_draft())
        await looks.wait_for(2)
        assert ForeignCommit() not in listener.events
        with closing(sqlite3.connect(settings.database)) as other:
            other.execute("UPDATE process SET name = 'renamed'")
            other.commit()
        await listener.wait_for(lambda event: event == ForeignCommit())
        assert (await runtime.read(runtime.services.processes.get, 1)).name == "renamed"


async def test_a_database_that_nobody_touches_is_not_asked_whether_it_was(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Looks()
    monkeypatch.setattr("tui_scheduler.runtime.runtime.data_version", looks.look)
    async with a_viewer(settings) as (_, listener):
        await looks.wait_for(1)
        wal = settings.database.with_name(f"{settings.database.name}-wal")
        os.utime(wal, (0, 0))  # it was written long ago
        polls = Polls(monkeypatch)
        await polls.wait_for(2)
        looks.count = 0
        await polls.wait_for(5)
        assert not looks.count
        with closing(sqlite3.connect(settings.database)) as other:
            other.execute("CREATE TABLE theirs (id)")
        await listener.wait_for(lambda event: event == ForeignCommit())


async def test_leaving_finishes_what_was_asked_for(settings: Settings) -> None:
    async with a_viewer(settings) as (runtime, _):
        asked = asyncio.create_task(
            runtime.write(runtime.services.processes.create, process_draft())
        )
        await asyncio.sleep(0)  # let it ask
    assert (await asked).name == "backup"
    assert database.is_closed()


async def test_a_database_that_cannot_be_opened_is_explained(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="is a folder"):
        async with open_runtime(Settings(database=tmp_path)):
            pass


def moved_away(settings: Settings) -> Path:
    """Take the database away with all that lies beside it; returns where it is now."""
    folder = settings.database.parent
    return folder.rename(folder.with_name("away"))


@asynccontextmanager
async def with_a_process(
    settings: Settings, *, may_schedule: bool
) -> AsyncIterator[tuple[Runtime, Listener, ProcessView]]:
    """A runtime, who hears of its events, and the process that was stored by it."""
    async with open_runtime(settings, may_schedule=may_schedule) as runtime:
        listener = Listener()
        runtime.subscribe(listener)
        created = await runtime.write(runtime.services.processes.create, process_draft())
        yield runtime, listener, created


class TestADatabaseThatIsGone:
    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        return replace(settings, database=tmp_path / "folder" / "scheduler.db")

    @pytest.mark.parametrize("may_schedule", [True, False])
    async def test_it_is_told_and_opened_anew_when_it_is_back(
        self, settings: Settings, *, may_schedule: bool
    ) -> None:
        async with with_a_process(settings, may_schedule=may_schedule) as (
            runtime,
            listener,
            created,
        ):
            away = moved_away(settings)
            gone = f"{settings.database} is not there any more"
            await listener.wait_for(lambda _: gone in runtime.scheduler.trouble)
            assert not runtime.scheduler.is_scheduling
            for ask in (runtime.read, runtime.write):
                with pytest.raises(DatabaseGone):
                    await ask(runtime.services.processes.get, created.id)
            listener.events.clear()
            away.rename(settings.database.parent)
            await listener.wait_for(lambda event: event == ForeignCommit())
            assert await runtime.read(runtime.services.processes.get, created.id) == created
            if may_schedule:
                await listener.wait_for(is_scheduling)
            assert runtime.scheduler.trouble == ""

    async def test_what_runs_meanwhile_is_found_again(self, settings: Settings) -> None:
        go_on = settings.database.parent.with_name("go-on")
        os.mkfifo(go_on)
        async with open_runtime(settings) as runtime:
            listener = Listener()
            runtime.subscribe(listener)
            run = await triggered(runtime, f"read line < {go_on}; exit 9")
            await becomes(runtime, listener, run.id, lambda run: run.pid is not None)
            away = moved_away(settings)
            await listener.wait_for(is_trouble)
            listener.events.clear()
            away.rename(settings.database.parent)
            await listener.wait_for(is_scheduling)
            await asyncio.to_thread(go_on.write_text, "\n")
            run = await becomes(runtime, listener, run.id, lambda run: not run.is_open)
            assert run.exit_code == 9

    async def test_one_that_takes_its_place_is_scheduled_in_its_stead(
        self, settings: Settings
    ) -> None:
        other = replace(settings, database=settings.database.with_name("other.db"))
        async with a_viewer(other) as (runtime, _):
            await runtime.write(runtime.services.processes.create, process_draft(name="other"))
        async with open_runtime(settings) as runtime:
            listener = Listener()
            runtime.subscribe(listener)
            await runtime.write(runtime.services.processes.create, process_draft(name="first"))
            other.database.rename(settings.database)
            await listener.wait_for(is_trouble)
            listener.events.clear()
            await listener.wait_for(is_scheduling)
            processes = await runtime.read(runtime.services.processes.all)
            assert [process.name for process in processes] == ["other"]
            assert (await ended(runtime, listener, "exit 3")).exit_code == 3


class TestADatabaseThatANewerProgramChanged:
    @pytest.mark.parametrize("may_schedule", [True, False])
    async def test_nothing_is_done_with_it_until_it_is_as_it_was(
        self, settings: Settings, *, may_schedule: bool
    ) -> None:
        async with with_a_process(settings, may_schedule=may_schedule) as (
            runtime,
            listener,
            created,
        ):
            if may_schedule:
                await listener.wait_for(is_scheduling)
            execute(settings.database, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
            await listener.wait_for(lambda _: "by a newer version" in runtime.scheduler.trouble)
            assert runtime.scheduler.headline == "! outdated program"
            assert not runtime.scheduler.is_scheduling
            for ask in (runtime.read, runtime.write):
                with pytest.raises(DatabaseOutgrown, match="start anew what was open"):
                    await ask(runtime.services.processes.get, created.id)
            listener.events.clear()
            execute(settings.database, f"PRAGMA user_version = {SCHEMA_VERSION}")
            await listener.wait_for(lambda event: event == ForeignCommit())
            assert await runtime.read(runtime.services.processes.get, created.id) == created
            if may_schedule:
                await listener.wait_for(is_scheduling)
            assert runtime.scheduler.trouble == ""


class TestWhoSchedules:
    async def test_one_that_may_not_never_does(self, settings: Settings) -> None:
        async with a_viewer(settings) as (runtime, _):
            assert runtime.scheduler == SchedulerState()
            assert not settings.lock_file.exists()

    async def test_the_first_one_does_and_runs_what_is_due(self, settings: Settings) -> None:
        async with open_runtime(settings) as runtime:
            listener = Listener()
            runtime.subscribe(listener)
            await listener.wait_for(
                lambda event: event == SchedulerChanged(SchedulerState(is_scheduling=True))
            )
            assert runtime.scheduler.is_scheduling
            assert (await ended(runtime, listener, "exit 3")).exit_code == 3

    @pytest.mark.parametrize(("cap", "reserve"), [(60_000, 0), (0, 99.99)])
    async def test_logs_are_limited_as_the_settings_say(
        self, settings: Settings, cap: int, reserve: float
    ) -> None:
        limited = replace(settings, log_cap=cap, disk_reserve=reserve)
        async with open_runtime(limited) as runtime:
            listener = Listener()
            runtime.subscribe(listener)
            run = await ended(runtime, listener, "seq 100000")
            assert b" of output dropped here: " in log_of(run)
            assert len(log_of(run)) < 66_000

    async def test_it_keeps_the_history_within_its_limits(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tui_scheduler.engine.housekeeping._FIRST", 0)
        async with a_viewer(settings) as (runtime, _):
            await runtime.write(three_ended_runs, runtime.services)
        async with open_runtime(replace(settings, keep_days=0, keep_runs=1)) as runtime:
            listener = Listener()
            runtime.subscribe(listener)
            retention = runtime.services.retention
            while (last := await runtime.read(retention.last)) is None:
                listener.events.clear()
                await listener.wait_for(lambda event: event == HistoryPruned())
            assert last.removed == 2

    async def test_what_begins_later_holds_the_lock_and_runs_what_is_due_then(
        self, settings: Settings
    ) -> None:
        async with open_runtime(settings, begins_later=True) as runtime:
            listener = Listener()
            runtime.subscribe(listener)
            await listener.wait_for(is_scheduling)
            assert not SchedulerLock(settings.lock_file).acquire()
            run = await triggered(runtime, "true")
            assert (await runtime.read(runtime.services.runs.get, run.id)).is_open
            runtime.begun.set()
            run = await becomes(runtime, listener, run.id, lambda run: not run.is_open)
            assert run.status is RunStatus.SUCCESS

    async def test_a_viewer_says_who_does_and_takes_over(self, settings: Settings) -> None:
        other = SchedulerLock(settings.lock_file)
        assert other.acquire()
        async with open_runtime(settings) as runtime:
            listener = Listener()
            runtime.subscribe(listener)
            await listener.wait_for(lambda event: isinstance(event, SchedulerChanged))
            assert not runtime.scheduler.is_scheduling
            assert runtime.scheduler.pid is not None
            other.release()
            await listener.wait_for(
                lambda event: event == SchedulerChanged(SchedulerState(is_scheduling=True))
            )

    async def test_a_keeper_that_does_not_answer_is_told_for_a_while(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tui_scheduler.engine.local.keeping._LOOK", 0.2)
        monkeypatch.setattr("tui_scheduler.engine.local.keepers._TOLD_FOR", 0.1)
        async with open_runtime(settings) as runtime:
            listener = Listener()
            runtime.subscribe(listener)
            run = await ended(runtime, listener, "echo $PPID")
            os.kill(int(log_of(run)), signal.SIGSTOP)
            await listener.wait_for(is_trouble)
            calm = SchedulerChanged(SchedulerState(is_scheduling=True))
            await listener.wait_for(lambda _: listener.events[-1] == calm)

    async def test_that_nothing_can_be_run_is_told_as_long_as_it_is_so(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spawn = keeping._spawn
        refusals = [BlockingIOError(errno.EAGAIN, "no process is left")]

        def scarce() -> Any:
            if refusals:
                raise refusals.pop()
            return spawn()

        monkeypatch.setattr(keeping, "_spawn", scarce)
        async with open_runtime(settings) as runtime:
            listener, witness = Listener(), Listener()
            runtime.subscribe(listener)
            runtime.subscribe(witness)
            assert (await ended(runtime, listener, "exit 3")).exit_code == 3
            calm = SchedulerState(is_scheduling=True)
            states = [e.state for e in witness.events if isinstance(e, SchedulerChanged)]
            first, troubled, *_, last = states
            assert first == last == calm
            assert "Nothing can be run: no process is left. Raise the limit" in troubled.trouble
            assert troubled.headline == "! nothing begins"

    async def test_one_that_is_started_for_who_has_left_is_ended(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spawn, spawned = keeping._spawn, SimpleQueue[psutil.Process]()
        begins, goes_on = asyncio.Event(), threading.Event()
        loop = asyncio.get_running_loop()

        def slow() -> Any:
            loop.call_soon_threadsafe(begins.set)
            goes_on.wait()
            process, *channel = spawn()
            spawned.put(psutil.Process(process.pid))
            return process, *channel

        monkeypatch.setattr(keeping, "_spawn", slow)
        monkeypatch.setattr(keepers, "_LAST_WORDS", 0)
        async with open_runtime(settings) as runtime:
            await triggered(runtime, "true")
            await begins.wait()
        goes_on.set()
        process = await asyncio.to_thread(spawned.get)
        await asyncio.to_thread(process.wait, PATIENCE)

    async def test_one_that_does_not_get_on_is_told(self, settings: Settings) -> None:
        beat = a_beat(settings.database, ago=timedelta(minutes=5))
        with held(settings.lock_file, beat):
            async with open_runtime(settings) as runtime:
                listener = Listener()
                runtime.subscribe(listener)
                await listener.wait_for(is_trouble)
                assert not runtime.scheduler.is_scheduling
                assert "has given no sign of life since" in runtime.scheduler.trouble
                assert "kill -9" in runtime.scheduler.trouble

    async def test_one_on_another_machine_is_named(self, settings: Settings) -> None:
        with held(settings.lock_file, a_beat(host=ELSEWHERE), 12):
            async with open_runtime(settings) as runtime:
                listener = Listener()
                runtime.subscribe(listener)
                state = SchedulerState(pid=12, host="alpha")
                await listener.wait_for(lambda event: event == SchedulerChanged(state))

    async def test_signs_of_life_are_given(self, settings: Settings) -> None:
        async with scheduling(settings):
            while (  # noqa: ASYNC110  nobody tells us
                holder := query_holder(settings.lock_file)
            ) is None or (holder.beat is None or holder.beat.database is None):
                await asyncio.sleep(0.01)
            assert holder.pid == os.getpid()
            assert holder.beat.database == file_identity(settings.database)

    async def test_whose_lock_was_removed_begins_anew(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tui_scheduler.engine.heartbeat.BEAT_PERIOD", 0.01)
        async with scheduling(settings) as (runtime, listener):
            settings.lock_file.unlink()
            async with asyncio.timeout(PATIENCE):
                while query_holder(settings.lock_file) is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            assert (await ended(runtime, listener, "exit 3")).exit_code == 3

    async def test_the_lock_is_free_afterwards(self, settings: Settings) -> None:
        async with open_runtime(settings) as runtime:
            listener = Listener()
            runtime.subscribe(listener)
            await listener.wait_for(lambda event: isinstance(event, SchedulerChanged))
        lock = SchedulerLock(settings.lock_file)
        assert lock.acquire()
        lock.release()


class TestSupervision:
    """Each task that everything depends on, as it meets something that nobody foresaw."""

    @pytest.fixture(autouse=True)
    def _no_pauses(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tui_scheduler.engine.supervision.FIRST_PAUSE", 0)

    @pytest.mark.parametrize(
        "seam",
        [
            "tui_scheduler.engine.lock.SchedulerLock.acquire",
            "tui_scheduler.engine.lock.SchedulerLock.beat",
            "tui_scheduler.engine.scheduler.Scheduler.adopt",
            "tui_scheduler.engine.scheduler.Scheduler.step",
            "tui_scheduler.engine.local.runner.LocalRunner.__init__",
            "tui_scheduler.engine.local.journal_folder.JournalFolder.look",
            "tui_scheduler.engine.housekeeping.Housekeeping.run",
            "tui_scheduler.runtime.runtime.Runtime.watch_foreign_commits",
            "tui_scheduler.services.running.dispatch.Dispatch.claim",
            "tui_scheduler.services.running.dispatch.Dispatch.plan_anew",
            "tui_scheduler.services.running.dispatch.Dispatch.open_runs",
        ],
    )
    async def test_what_it_meets_stops_nothing_for_good(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch, seam: str
    ) -> None:
        errors: list[Exception] = [OSError(errno.EIO, "Input/output error"), ValueError("odd")]
        sound = pkgutil.resolve_name(seam.rpartition(".")[0]).__dict__[seam.rpartition(".")[2]]

        def failing(*arguments: Any, **options: Any) -> Any:
            if errors:
                raise errors.pop()
            return sound(*arguments, **options)

        monkeypatch.setattr(seam, failing)
        async with open_runtime(settings) as runtime:
            listener = Listener()
            runtime.subscribe(listener)
            assert (await ended(runtime, listener, "exit 3")).exit_code == 3
            assert errors == []

    async def test_a_lock_that_cannot_be_had_is_told_with_path_reason_and_remedy(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(descriptor: int, operation: int) -> None:
            raise OSError(errno.ENOLCK, "No locks available")

        with monkeypatch.context() as patch:
            patch.setattr("fcntl.flock", refuse)
            async with open_runtime(settings) as runtime:
                listener = Listener()
                runtime.subscribe(listener)
                await listener.wait_for(is_trouble)
                reason = (
                    f"The lock {settings.lock_file} cannot be had: No locks available. Its file"
                )
                assert runtime.scheduler.trouble.startswith(reason)
                assert runtime.scheduler.headline == "! nothing begins"
                patch.undo()
                await listener.wait_for(is_scheduling)
                assert runtime.scheduler == SchedulerState(is_scheduling=True)

    async def test_a_database_that_cannot_be_written_is_told_to_all_while_it_is_so(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tui_scheduler.engine.heartbeat.BEAT_PERIOD", 0.01)
        async with scheduling(settings) as (runtime, listener):

            def full() -> None:
                raise OperationalError("database or disk is full")

            with monkeypatch.context() as patch:
                patch.setattr(runtime.services.dispatch, "claim", full)
                await listener.wait_for(is_trouble)
                state = runtime.scheduler
                assert state.headline.startswith("! waiting: the disk is full since ")
                assert state.trouble.endswith(f". Free some space: df {settings.database}")
                while (  # noqa: ASYNC110  nobody tells us
                    trouble := trouble_in(settings)
                ) is None:
                    await asyncio.sleep(0.01)
                assert trouble.headline == state.headline
            await listener.wait_for(lambda _: runtime.scheduler.trouble == "")
            while trouble_in(settings) is not None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def test_where_nothing_goes_on_whoever_opened_it_is_told_and_ends(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def ends(*_: Any, **__: Any) -> None:
            raise asyncio.CancelledError

        monkeypatch.setattr("tui_scheduler.runtime.attend", ends)
        listener = Listener()

        async def until_told() -> None:
            async with open_runtime(settings) as runtime:
                runtime.subscribe(listener)
                await listener.wait_for(lambda event: event == RuntimeFailed())

        with pytest.raises(SchedulingEnded, match=r"Scheduling has ended: CancelledError\. Runs"):
            await until_told()


def trouble_in(settings: Settings) -> Trouble | None:
    """What others read of whoever schedules."""
    holder = query_holder(settings.lock_file)
    return None if holder is None else holder.trouble(settings.database)
