"""A database of busy requests whose children testify, and what must be true of it in the end."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.services.drafts import ALL_RUNS, a_process, every, scheduled
from tui_scheduler.engine.local.launch import LOG_VARIABLE
from tui_scheduler.errors import Refused
from tui_scheduler.models import Overlap, RunStatus, database
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.schedules import Frequency, anchored, count_fires
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.views import RunView

CODES = 3
"""A child exits with its run's number modulo this, so that everybody knows the true code."""

_TESTIFY = 'echo "$TUI_SCHEDULER_RUN_ID {what}" >> {witness}'


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of request in the world: how long its children take, and its policies."""

    name: str
    seconds: float
    overlap: Overlap
    retries: int = 0


KINDS = (
    Kind("quick", 0, Overlap.ALLOW),
    Kind("crowded", 1.5, Overlap.ALLOW),
    Kind("skipping", 1.3, Overlap.SKIP),
    Kind("queueing", 0.7, Overlap.QUEUE),
    Kind("replacing", 1.2, Overlap.REPLACE),
    Kind("retrying", 0.1, Overlap.ALLOW, retries=1),
)


class World:
    """Requests that fire every second, and a file in which every child says what it did."""

    def __init__(self, services: Services, folder: Path) -> None:
        self.services = services
        self.folder = folder
        self._witness = folder / "witness"

    def populate(self, requests: int) -> None:
        """Schedule so many requests, of all kinds in turn."""
        for number in range(requests):
            self._add(number, KINDS[number % len(KINDS)])

    def end_plans(self) -> None:
        """Let nothing fire any more."""
        for request in self.services.requests.all():
            with suppress(Refused):
                self.services.requests.unschedule(request.id)

    def runs(self) -> list[RunView]:
        """The whole history."""
        return self.services.runs.latest(ALL_RUNS, 1_000_000)

    def problems(self) -> list[str]:
        """What is not as it must be; nothing if nothing was lost, doubled or left behind."""
        runs = self.runs()
        return [
            *_wrong_integrity(),
            *(f"run {run.id} is open" for run in runs if run.is_open),
            *self._wrong_testimonies(runs),
            *self._wrong_fires(runs),
            *(f"process {pid} is left behind" for pid in self._children()),
        ]

    def _add(self, number: int, kind: Kind) -> None:
        name = f"{kind.name} {number}"
        command = "; ".join(
            (
                _TESTIFY.format(what="began", witness=self._witness),
                f"sleep {kind.seconds}",
                _TESTIFY.format(what="ended", witness=self._witness),
                f"exit $((TUI_SCHEDULER_RUN_ID % {CODES}))",
            )
        )
        a_process(
            self.services,
            name,
            command=command,
            overlap=kind.overlap,
            retries=kind.retries,
            retry_delay=timedelta(seconds=0.3),
        )
        scheduled(self.services, every(Frequency.SECONDLY), process=name)

    def _wrong_testimonies(self, runs: list[RunView]) -> Iterator[str]:
        """Each child that ran has one row with its true code, and each such row had a child."""
        text = self._witness.read_text() if self._witness.exists() else ""
        told = Counter(text.splitlines())
        yield from (f"{line} {count} times" for line, count in told.items() if count > 1)
        known = {str(run.id) for run in runs}
        yield from (f"{line}, but has no row" for line in told if line.split()[0] not in known)
        for run in runs:
            began, ended = told[f"{run.id} began"] == 1, told[f"{run.id} ended"] == 1
            if not _agrees(run, began=began, ended=ended):
                yield f"{run} began: {began}, ended: {ended}"

    def _wrong_fires(self, runs: list[RunView]) -> Iterator[str]:
        """Each fire of a plan is one row, or counted in one."""
        for request in self.services.requests.all():
            fires = [run for run in runs if run.request_id == request.id and run.attempt == 1]
            twice = Counter(run.scheduled_for for run in fires)
            yield from (f"{at} of {request.id} twice" for at, count in twice.items() if count > 1)
            if not fires or request.scheduled_at is None:
                continue
            plan = anchored(request.plan, request.scheduled_at)
            accounted = sum(max(run.missed, 1) for run in fires)
            planned = count_fires(plan, request.scheduled_at - timedelta(seconds=1), max(twice))
            if accounted != planned:
                yield f"request {request.id} has {accounted} of {planned} fires"

    def _children(self) -> Iterator[int]:
        """The processes that still carry the mark of one of our runs."""
        mark = f"{LOG_VARIABLE}={self.services.context.log_folder}/".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                variables = (folder / "environ").read_bytes().split(b"\0")
                if any(variable.startswith(mark) for variable in variables):
                    yield int(folder.name)


@contextmanager
def a_world(folder: Path, requests: int) -> Iterator[World]:
    """A populated world on ``world_database(folder)``."""
    path = world_database(folder)
    with open_database(path):
        context = Context(actor="ann", log_folder=path.with_name(path.name + ".logs"))
        world = World(services_on(context), folder)
        world.populate(requests)
        yield world


def world_database(folder: Path) -> Path:
    """Where the database of a world lies."""
    return folder / "world.db"


def _agrees(run: RunView, *, began: bool, ended: bool) -> bool:
    """Whether what is recorded of a run is what its child has told."""
    match run.status:
        case RunStatus.SUCCESS | RunStatus.ERROR:
            return began and ended and run.exit_code == run.id % CODES
        case RunStatus.SKIPPED | RunStatus.MISFIRED:
            return not began
        case RunStatus.KILLED:
            return run.process.startswith("replacing")
        case _:
            return False


def _wrong_integrity() -> Iterator[str]:
    checked = [text for (text,) in database.execute_sql("PRAGMA integrity_check").fetchall()]
    if checked != ["ok"]:
        yield f"integrity: {checked}"
