"""What a runner may answer that is no process of this machine: submitted, begun, refused, unseen.

The runner is one that a test leads by the hand, so that each answer comes when it is wanted.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from signal import Signals
from typing import Any

import pytest

from tests.engine.harness import Engine
from tests.support.clock import NOON
from tui_scheduler.clusters import Cluster
from tui_scheduler.engine import live_runs
from tui_scheduler.engine.runner import (
    Adopted,
    Begun,
    CannotStart,
    Ended,
    Gone,
    Lost,
    NeverStarted,
    Started,
    Stopped,
    Submitted,
    Waits,
)
from tui_scheduler.engine.runners import Runners
from tui_scheduler.models import Process, Run
from tui_scheduler.services.running.taken_runs import Claim, OpenRun

SUBMITTED = Submitted("4711 stem", NOON, "hpc", "Priority")
STARTED = Started("4711 stem", NOON, None, place="hpc:n3")


@dataclass
class Elsewhere:
    """A runner whose answers are those of a test."""

    gone: "asyncio.Future[Gone]"
    adoptions: deque[Adopted | Exception] = field(default_factory=deque)
    tell: Callable[[Started | Waits], None] | None = None
    watched: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: list[bool] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)

    def prepare(self) -> None:
        """It is."""

    async def start(
        self, claim: Claim, waits: Callable[[str], None], unwanted: asyncio.Event
    ) -> Begun | Lost | NeverStarted:
        return SUBMITTED

    async def watch(self, handle: str, tell: Callable[[Started | Waits], None]) -> Gone:
        self.tell = tell
        self.watched.set()
        return await self.gone

    async def stop(self, handle: str, *, force: bool) -> Stopped | None:
        self.stopped.append(force)
        return Stopped(Signals.SIGTERM)

    async def adopt(self, run: OpenRun) -> Adopted:
        answer = self.adoptions.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def finish_log(self, run_id: int, log: Path, text: str) -> int:
        self.logs.append(text)
        return 17

    def recorded(self, run_ids: Sequence[int]) -> None:
        """Nothing is kept."""

    async def let_go(self) -> None:
        """Nothing is held."""


@pytest.fixture
async def elsewhere(engine: Engine) -> Elsewhere:
    runner = Elsewhere(asyncio.get_running_loop().create_future())
    cluster = Cluster(name="hpc", engine="slurm", folder=Path("/shared"))
    clusters = engine.services.context.clusters
    assert clusters == {}
    object.__setattr__(engine.services.context, "clusters", {"hpc": cluster})
    engine.scheduler = engine.new_scheduler(
        runner=Runners(engine.new_runner(), {"hpc": runner}),
    )
    return runner


def on_cluster(engine: Engine, **process: Any) -> int:
    request_id = engine.schedule("train", **process)
    Process.update(runs_on="hpc").execute()
    return request_id


def stored(engine: Engine) -> Run:
    return Run.get_by_id(engine.last().id)


async def submitted(engine: Engine, elsewhere: Elsewhere, **process: Any) -> Run:
    """A run that waits on the cluster."""
    on_cluster(engine, **process)
    await engine.scheduler.step()
    await elsewhere.watched.wait()
    await engine.until(lambda: stored(engine).submitted_at is not None)
    return stored(engine)


async def begun(engine: Engine, elsewhere: Elsewhere) -> None:
    assert elsewhere.tell is not None
    elsewhere.tell(STARTED)
    await engine.until(lambda: stored(engine).start_time is not None)


class TestSubmitted:
    async def test_it_is_one_thing_and_begun_another(
        self, engine: Engine, elsewhere: Elsewhere
    ) -> None:
        run = await submitted(engine, elsewhere)
        assert (run.status, run.place, run.start_time) == ("queued", "hpc", None)
        assert (run.submitted_at, run.waiting_note) == (NOON, "Priority")
        assert elsewhere.tell is not None
        elsewhere.tell(Waits("Resources"))
        await engine.until(lambda: stored(engine).waiting_note == "Resources")
        engine.clock.advance(seconds=60)
        await begun(engine, elsewhere)
        run = stored(engine)
        assert (run.status, run.place, run.waiting_note) == ("processing", "hpc:n3", "")
        assert (run.submitted_at, run.start_time, run.pid) == (NOON, NOON, None)
        elsewhere.gone.set_result(Ended(end_time=NOON + timedelta(seconds=5), exit_code=3))
        await engine.all_ended()
        last = engine.last()
        assert (last.status, last.exit_code, last.log_bytes) == ("error", 3, 17)
        assert last.duration(engine.clock.now()) == timedelta(seconds=5)

    async def test_its_time_does_not_count_while_it_waits(
        self, engine: Engine, elsewhere: Elsewhere
    ) -> None:
        await submitted(engine, elsewhere, timeout=timedelta(seconds=0.05))
        await asyncio.sleep(0.1)  # longer than its time: nothing is to happen
        assert elsewhere.stopped == []
        await begun(engine, elsewhere)
        while not elsewhere.stopped:  # noqa: ASYNC110  nobody tells us
            await asyncio.sleep(0.01)
        elsewhere.gone.set_result(Ended(end_time=NOON, exit_code=143))
        await engine.all_ended()
        assert engine.last().status == "timed_out"

    async def test_one_that_never_starts_is_taken_again(
        self, engine: Engine, elsewhere: Elsewhere
    ) -> None:
        run = await submitted(engine, elsewhere)
        elsewhere.gone.set_result(NeverStarted("Slurm forgot it"))
        await engine.until(lambda: stored(engine).host == "")
        given_back = stored(engine)
        assert (given_back.status, given_back.note) == ("queued", "Slurm forgot it")
        assert (given_back.place, given_back.handle, given_back.submitted_at) == ("", None, None)
        elsewhere.gone = asyncio.get_running_loop().create_future()
        await engine.scheduler.step()
        await engine.until(lambda: stored(engine).submitted_at is not None)
        assert stored(engine).token != run.token
        elsewhere.gone.set_result(Ended(end_time=NOON, exit_code=0))
        await engine.all_ended()
        assert engine.last().note == "Slurm forgot it"

    async def test_one_that_is_stopped_before_it_began_says_so(
        self, engine: Engine, elsewhere: Elsewhere
    ) -> None:
        await submitted(engine, elsewhere)
        engine.services.runs.kill(engine.last().id)
        await engine.scheduler.step()
        elsewhere.gone.set_result(NeverStarted())
        await engine.all_ended()
        run = engine.last()
        assert (run.status, run.note) == ("killed", "Stopped on request before it began")
        assert elsewhere.stopped == [False]

    async def test_one_that_cannot_begin_ends_with_the_reason(
        self, engine: Engine, elsewhere: Elsewhere
    ) -> None:
        await submitted(engine, elsewhere)
        elsewhere.gone.set_exception(CannotStart("n3 does not see the folder"))
        await engine.all_ended()
        run = engine.last()
        assert (run.status, run.note) == ("error", "n3 does not see the folder")
        assert (run.start_time, elsewhere.logs) == (None, ["n3 does not see the folder"])

    async def test_one_that_is_gone_for_certain_is_tried_again(
        self, engine: Engine, elsewhere: Elsewhere
    ) -> None:
        await submitted(engine, elsewhere, retries=1, retry_delay=timedelta(hours=1))
        await begun(engine, elsewhere)
        elsewhere.gone.set_result(Lost("Node n3 failed", is_gone=True))
        await engine.until(lambda: len(engine.runs()) == 2)
        assert engine.statuses() == ["lost", "queued"]

    async def test_one_of_which_nothing_is_known_is_not(
        self, engine: Engine, elsewhere: Elsewhere
    ) -> None:
        await submitted(engine, elsewhere, retries=1)
        await begun(engine, elsewhere)
        elsewhere.gone.set_result(Lost("Nobody knows"))
        await engine.all_ended()
        assert engine.statuses() == ["lost"]


class TestAdoption:
    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live_runs, "_ADOPTION_PAUSES", (0.0, 0.0))

    @pytest.fixture
    async def left(self, engine: Engine, elsewhere: Elsewhere) -> Run:
        """A run that a scheduler has left on the cluster."""
        run = await submitted(engine, elsewhere)
        await begun(engine, elsewhere)
        await engine.scheduler.leave()
        engine.scheduler = engine.new_scheduler(
            runner=Runners(engine.new_runner(), {"hpc": elsewhere})
        )
        return run

    async def test_what_fails_is_tried_again(
        self, engine: Engine, elsewhere: Elsewhere, left: Run
    ) -> None:
        elsewhere.adoptions.extend([OSError("no"), RuntimeError("no"), STARTED])
        elsewhere.gone = asyncio.get_running_loop().create_future()
        elsewhere.gone.set_result(Ended(end_time=NOON, exit_code=0))
        await engine.scheduler.adopt()
        await engine.all_ended()
        assert engine.last().status == "success"

    async def test_what_fails_for_good_was_stopped_by_nobody(
        self, engine: Engine, elsewhere: Elsewhere, left: Run
    ) -> None:
        engine.services.runs.kill(left.id)
        elsewhere.adoptions.extend([OSError("it is on fire")] * 3)
        await engine.scheduler.adopt()
        await engine.all_ended()
        run = engine.last()
        assert run.status == "lost"
        assert run.note.startswith("It cannot be found again: OSError")

    async def test_one_of_a_cluster_that_is_not_configured_stays_as_it_is(
        self, engine: Engine, left: Run
    ) -> None:
        engine.scheduler = engine.new_scheduler(runner=Runners(engine.new_runner(), {}))
        await engine.scheduler.adopt()
        await engine.scheduler.step()
        assert engine.last().status == "processing"
        engine.services.runs.kill(left.id, force=True)
        await engine.scheduler.step()
        await engine.all_ended()
        run = engine.last()
        assert run.status == "lost"
        assert "the cluster 'hpc', which is not in the configuration" in run.note


async def test_a_cluster_that_is_not_configured_runs_nothing_and_nothing_runs_here(
    engine: Engine, tmp_path: Path
) -> None:
    engine.schedule(f"touch {tmp_path}/here")
    Process.update(runs_on="gone").execute()
    await engine.scheduler.step()
    await engine.all_ended()
    run = engine.last()
    assert run.status == "error"
    assert "There is no cluster 'gone': add [cluster.gone]" in run.note
    assert not (tmp_path / "here").exists()
