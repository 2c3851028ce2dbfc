"""A session that may be killed at any moment, and what each kill would leave of its files.

A kill changes no byte of a file: what SQLite has written stays, and what it has not is lost. So
the session is lived once, and before every statement its files are as a kill would leave them.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.drafts import a_process, end, minutely, process_draft, scheduled
from tests.services.groups import a_group, play, triggered
from tests.support.clock import FakeClock
from tui_scheduler.models import Overlap, RunStatus
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.requests import draft_of

_SHARED_MEMORY = "-shm"  # only an index of the journal, which whoever opens it first makes anew

Remains = dict[str, bytes]
"""The bytes of each file, by its name."""


class Deaths:
    """Opens connections, and keeps what a kill before each of their statements would leave."""

    def __init__(self, folder: Path) -> None:
        self.remains: list[Remains] = []
        """Each once: most statements write nothing before their transaction ends."""
        self.statements = 0
        self._folder = folder
        self._connect = sqlite3.connect

    def connect(self, *arguments: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = self._connect(*arguments, **options)
        connection.set_trace_callback(self._keep)
        return connection

    def _keep(self, statement: str) -> None:
        if statement.startswith("SELECT"):
            return  # to die before one leaves what dying before the next change leaves
        files = {
            file.name: file.read_bytes()
            for file in self._folder.iterdir()
            if file.is_file() and not file.name.endswith(_SHARED_MEMORY)
        }
        if files not in self.remains[-1:]:
            self.remains.append(files)
        self.statements += 1  # at last: nobody hears of what is raised in here


@contextmanager
def deaths(folder: Path) -> Iterator[Deaths]:
    """All databases in ``folder`` that are opened in the block may die at any statement."""
    every = Deaths(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", every.connect)
        yield every


def live(file: Path, clock: FakeClock) -> None:
    """Make a database and do in it whatever a user and a scheduler can."""
    with open_database(file):
        services = services_on(Context(actor="ann", log_folder=file.with_name("logs"), clock=clock))
        process = a_process(services, retries=1, overlap=Overlap.QUEUE)
        request = scheduled(services, minutely())
        _fail_and_try_again(services, clock)
        _interfere(services, clock, request.id)
        _pause(services, clock, request.id)
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


def _pause(services: Services, clock: FakeClock, request_id: int) -> None:
    services.requests.skip_next(request_id)
    services.requests.resume(request_id)
    services.requests.pause(request_id, clock.now() + timedelta(minutes=5))
    clock.advance(minutes=6)
    [claim] = services.dispatch.claim()
    end(services, claim, clock)
    services.requests.pause(request_id)
    clock.advance(minutes=2)
    services.requests.resume(request_id)


def _run_a_group(services: Services, clock: FakeClock) -> None:
    """One run of it that goes on past a failure, and one that is stopped while two run."""
    group = a_group(services, "one", ("two", "three"), "one")
    triggered(services)
    play(services, clock, {"two": RunStatus.ERROR})
    second = triggered(services)
    [claim] = services.dispatch.claim()
    end(services, claim, clock)
    two, three = services.dispatch.claim()
    services.runs.kill(second.id)
    for claim in (three, two):
        end(services, claim, clock, RunStatus.KILLED)
    services.groups.update(group.id, GroupDraft(name="daily", members=(("two", "three"),)))
    services.runs.delete(second.id)
