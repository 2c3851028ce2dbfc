"""A session that is killed: ``python -m tests.services.dying FOLDER FIRST STEP``.

It is lived again and again, killed before statement FIRST, FIRST + STEP, and so on, until it is
over before that. Every life leaves its database in a folder that is named by the statement.
"""

import os
import signal
import sqlite3
import sys
import traceback
from functools import partial
from pathlib import Path
from typing import Any

import playhouse.migrations  # noqa: F401  before the forks, as it is slow to import

from tests.clock import FakeClock
from tests.services.drafts import a_process, end, minutely, process_draft, scheduled
from tests.services.groups import a_group, play, triggered
from tui_scheduler.models import Overlap, RunStatus, database
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.requests import draft_of


def live(file: Path, clock: FakeClock) -> None:
    """Make a database and do in it whatever a user and a scheduler can."""
    with open_database(file):
        database.pragma("synchronous", 0)  # the machine goes on, only the program dies
        services = services_on(Context(actor="ann", log_folder=file.with_name("logs"), clock=clock))
        process = a_process(services, retries=1, overlap=Overlap.QUEUE)
        request = scheduled(services, minutely())
        _fail_and_try_again(services, clock)
        _interfere(services, clock, request.id)
        _run_a_group(services, clock)
        services.processes.update(process.id, process_draft("renamed", active=False))
        while services.requests.remove_step(request.id):
            pass


def _fail_and_try_again(services: Services, clock: FakeClock) -> None:
    [claim] = services.dispatch.claim()
    end(services, claim, clock, RunStatus.ERROR)
    clock.advance(seconds=30)
    [retry] = services.dispatch.claim()
    end(services, retry, clock)


def _interfere(services: Services, clock: FakeClock, request_id: int) -> None:
    run = services.runs.trigger(request_id)
    [claim] = services.dispatch.claim()
    services.dispatch.started(run.id, clock.now(), 4711, "handle")
    services.runs.kill(run.id)
    end(services, claim, clock, RunStatus.KILLED)
    services.runs.delete(run.id)
    request = services.requests.unschedule(request_id)
    services.requests.update(request_id, draft_of(request))
    services.requests.schedule(request_id)
    services.controls.hold()
    clock.advance(hours=1)
    services.controls.release()
    [late] = services.dispatch.claim()
    end(services, late, clock)


def _run_a_group(services: Services, clock: FakeClock) -> None:
    """One run of it that goes on past a failure, and one that is stopped."""
    group = a_group(services, "one", "two", "one")
    triggered(services)
    play(services, clock, {"two": RunStatus.ERROR})
    second = triggered(services)
    [claim] = services.dispatch.claim()
    services.runs.kill(second.id)
    end(services, claim, clock, RunStatus.KILLED)
    services.groups.update(group.id, GroupDraft(name="daily", members=("two",)))
    services.runs.delete(second.id)


class _Countdown:
    """Opens connections, and kills this process when ``left`` statements were begun."""

    def __init__(self, left: int) -> None:
        self._left = left
        self._connect = sqlite3.connect

    def connect(self, *arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = self._connect(*arguments, **options)
        connection.set_trace_callback(self._count)
        return connection

    def _count(self, statement: str) -> None:
        if statement.startswith("SELECT"):
            return  # to die before one leaves what dying before the next change leaves
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _live_until(number: int, folder: Path) -> bool:
    """Live in a child until statement ``number``; returns whether the child was killed."""
    child = os.fork()
    if child == 0:
        try:
            sqlite3.connect = partial(_Countdown(number).connect)  # type: ignore[assignment]
            live(folder / f"{number:03}" / "scheduler.db", FakeClock())
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        sys.exit("it failed before it was killed")
    return os.WIFSIGNALED(status)


if __name__ == "__main__":
    life, step = int(sys.argv[2]), int(sys.argv[3])
    while _live_until(life, Path(sys.argv[1])):
        life += step
