"""A database of busy requests whose children testify, and what must be true of it in the end."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.chaos.output import chatter, wrong_output
from tests.services.drafts import (
    ALL_RUNS,
    IMMEDIATE,
    a_process,
    a_request,
    after,
    every,
    scheduled,
)
from tui_scheduler.clusters import Cluster
from tui_scheduler.engine.local.adoption import BEGUN_AND_GONE
from tui_scheduler.engine.local.children import KEEPER_KILLED, NOBODY_READ
from tui_scheduler.engine.local.keeping import KEEPER_NAME
from tui_scheduler.engine.local.runner import JOURNALS
from tui_scheduler.engine.run_variables import LOG_VARIABLE
from tui_scheduler.errors import Refused
from tui_scheduler.members import names_of
from tui_scheduler.models import MisfirePolicy, Overlap, RunStatus, database, transaction
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.schedules import Frequency, Outcome, anchored, count_fires
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.views.runs import RunView

CODES = 3
"""A child exits with its run's number modulo this, so that everybody knows the true code."""

WORLD_VARIABLE = "TUI_SCHEDULER_CHAOS"
"""What schedulers, keepers and children of a world are known by: its database."""

_TESTIFY = 'echo "$TUI_SCHEDULER_RUN_ID {what}" >> {witness}'
_UNSEEN = (BEGUN_AND_GONE, KEEPER_KILLED, NOBODY_READ)
_HERE = 3
"""Where there is a cluster, each third request of a kind stays on this machine, the first too."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of request in the world: how long its children take, and its policies.

    They sleep for so long, unless there is something else to be done.
    """

    name: str
    seconds: float
    overlap: Overlap
    retries: int = 0
    is_chatty: bool = False
    other_work: str = ""

    @property
    def work(self) -> str:
        """What its children do."""
        if self.other_work:
            return self.other_work
        return chatter(self.seconds) if self.is_chatty else f"sleep {self.seconds}"


KINDS = (
    Kind("quick", 0, Overlap.ALLOW),
    Kind("crowded", 1.5, Overlap.ALLOW),
    Kind("skipping", 1.3, Overlap.SKIP),
    Kind("queueing", 0.7, Overlap.QUEUE),
    Kind("replacing", 1.2, Overlap.REPLACE),
    Kind("retrying", 0.1, Overlap.ALLOW, retries=1),
    Kind("chatty", 0.05, Overlap.ALLOW, is_chatty=True),
)

STEPPED = Kind("stepped", 0.2, Overlap.ALLOW, retries=1)
"""What the members of the one group are, two of which run together."""
_MEMBERS = ("stepped first", ("stepped left", "stepped right"), "stepped last")

FOLLOWING = Kind("following", 0.05, Overlap.ALLOW)
"""What runs whenever the first of the quick ones has ended."""
_NEVER_RAN = (RunStatus.SKIPPED, RunStatus.MISFIRED)
_FOLLOWED = f"{KINDS[0].name} 0"


@dataclass(slots=True)
class Deaths:
    """Who died: how often at each point, and how long it took until the next one scheduled."""

    by_point: dict[str, int] = field(default_factory=dict)
    takeovers: list[float] = field(default_factory=list)
    of_keepers: int = 0
    of_both: list[datetime] = field(default_factory=list)
    """When the second one of a scheduler and its keeper had died."""
    of_nodes: list[tuple[str, datetime]] = field(default_factory=list)
    """Which node of a cluster was switched off, with all that ran there, and since when."""

    def count(self, point: str) -> None:
        """One more died at ``point``."""
        self.by_point[point] = self.by_point.get(point, 0) + 1

    def both_died(self) -> None:
        """A scheduler and its keeper are dead now."""
        self.of_both.append(datetime.now(UTC))

    def outlived(self, run: RunView) -> bool:
        """Whether ``run`` began before a scheduler and its keeper had died, and ended after."""
        return any(_was_under_way(run, moment) for moment in self.of_both)

    def took(self, run: RunView) -> bool:
        """Whether ``run`` went with the node that it was on."""
        return any(
            run.place.endswith(f":{node}")
            and run.note.startswith(f"Node {node} failed")
            and _was_under_way(run, moment)
            for node, moment in self.of_nodes
        )


class World:
    """Requests that fire all the time, and a file in which every child says what it did.

    They fire every ``pace`` seconds. Where there is a ``cluster``, most of them are run there.
    """

    def __init__(
        self, services: Services, folder: Path, cluster: Cluster | None = None, pace: int = 1
    ) -> None:
        self.services = services
        self.folder = folder
        self._cluster = cluster
        self._plan = every(Frequency.SECONDLY, interval=pace)
        self._witness = folder / "witness"
        self._log_folder = services.context.log_folder

    def populate(self, requests: int) -> None:
        """Schedule so many requests, of all kinds in turn; where there are all, two more.

        One is of a group, and the other one follows the first.
        """
        for number in range(requests):
            turn, kind = divmod(number, len(KINDS))
            name = f"{KINDS[kind].name} {number}"
            self.add(name, KINDS[kind], on_cluster=bool(turn % _HERE))
            scheduled(self.services, self._plan, process=name)
        if requests >= len(KINDS):
            self._add_group()
            self.add(FOLLOWING.name, FOLLOWING)
            plan = after(_FOLLOWED, outcome=Outcome.END)
            scheduled(self.services, plan, process=FOLLOWING.name, misfire=MisfirePolicy.ALL)

    def _add_group(self) -> None:
        """Schedule a group, whose members are run step by step."""
        for name in names_of(_MEMBERS):
            self.add(name, STEPPED)
        self.services.groups.create(GroupDraft(name=STEPPED.name, members=_MEMBERS))
        scheduled(self.services, self._plan, process=STEPPED.name)

    def add(
        self, name: str, kind: Kind, *, on_cluster: bool = False, options: tuple[str, ...] = ()
    ) -> None:
        """Add a process of this kind; it runs on the cluster if it is to, and there is one."""
        command = "; ".join(
            (
                _TESTIFY.format(what="began", witness=self._witness),
                kind.work,
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
            runs_on=self._cluster.name if on_cluster and self._cluster else None,
            cluster_options=options,
        )

    def end_plans(self) -> None:
        """Let nothing fire any more; what is still to end is followed."""
        timed = [each for each in self.services.requests.all() if not each.plan.awaits_event]
        for request in timed:
            with suppress(Refused):
                self.services.requests.unschedule(request.id)

    def runs(self) -> list[RunView]:
        """The whole history."""
        return self.services.runs.latest(ALL_RUNS, 1_000_000)

    def keepers(self, of: int | None = None) -> list[int]:
        """The keepers that live, of one scheduler or of any."""
        pids = []
        for pid in _with_variable(f"{WORLD_VARIABLE}={world_database(self.folder)}"):
            with suppress(OSError):
                is_keeper = KEEPER_NAME.encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(
                    b"\0"
                )
                state, parent, *_ = _state(pid)
                if is_keeper and state != "Z" and of in (None, int(parent)):
                    pids.append(pid)
        return pids

    def has_orphans(self, scheduler: int) -> bool:
        """Whether runs live on whose keeper has died, so that ``scheduler`` is their parent."""
        for pid in self._children():
            with suppress(OSError):
                if int(_state(pid)[1]) == scheduler:
                    return True
        return False

    def one_more(self) -> None:
        """Have something run at once."""
        scheduled(self.services, IMMEDIATE, process=f"{KINDS[0].name} 0")

    def trigger(self, command: str, times: int) -> None:
        """Have so many runs of ``command`` fall due now."""
        a_process(self.services, command=command, overlap=Overlap.ALLOW)
        request = a_request(self.services)
        with transaction():
            for _ in range(times):
                self.services.runs.trigger(request.id)

    def is_busy(self) -> bool:
        """Whether anything runs, or is to run; in this order, as what is due becomes a run."""
        is_anything_due = self.services.dispatch.next_wakeup() is not None
        return is_anything_due or any(run.is_open for run in self.runs())

    def has_begun_runs(self, keeper: int) -> bool:
        """Whether ``keeper`` has begun a run."""
        journals = self.journals(f"*-{keeper}.journal")
        return any(b"\npid " in journal.read_bytes() for journal in journals)

    def journals(self, pattern: str = "*") -> list[Path]:
        """The journals of keepers, or some of them."""
        return list((self._log_folder / JOURNALS).glob(pattern))

    def problems(self, deaths: Deaths) -> list[str]:
        """What is not as it must be; nothing if nothing was lost, doubled or left behind."""
        runs = self.runs()
        return [
            *_wrong_integrity(),
            *(f"run {run.id} is open" for run in runs if run.is_open),
            *self._wrong_testimonies([run for run in runs if not run.is_group], deaths),
            *_wrong_steps(runs),
            *self._wrong_fires(runs),
            *self._wrong_links(runs),
            *self._wrong_logs(runs, deaths),
            *(f"process {pid} is left behind" for pid in self._children()),
            *(f"keeper {pid} is left behind" for pid in self.keepers()),
            *(f"{journal} is left behind" for journal in self.journals()),
        ]

    def _wrong_testimonies(self, runs: list[RunView], deaths: Deaths) -> Iterator[str]:
        """Each child that ran has one row with its true code, and each such row had a child."""
        text = self._witness.read_text() if self._witness.exists() else ""
        counts = Counter(text.splitlines())
        yield from (f"{line} {count} times" for line, count in counts.items() if count > 1)
        known = {str(run.id) for run in runs}
        yield from (f"{line}, but has no row" for line in counts if line.split()[0] not in known)
        for run in runs:
            began, ended = counts[f"{run.id} began"] == 1, counts[f"{run.id} ended"] == 1
            may_be_lost = (run.note in _UNSEEN and deaths.outlived(run)) or deaths.took(run)
            if not (_agrees(run, began=began, ended=ended) or (may_be_lost and _is_lost(run))):
                yield f"{run} began: {began}, ended: {ended}"

    def _wrong_fires(self, runs: list[RunView]) -> Iterator[str]:
        """Each fire of a plan is one row, or counted in one."""
        timed = [each for each in self.services.requests.all() if not each.plan.awaits_event]
        for request in timed:
            fires = [run for run in runs if run.request_id == request.id and _is_fire(run)]
            twice = Counter(run.scheduled_for for run in fires)
            yield from (f"{at} of {request.id} twice" for at, count in twice.items() if count > 1)
            if not fires or request.scheduled_at is None:
                continue
            plan = anchored(request.plan, request.scheduled_at)
            accounted = sum(max(run.missed, 1) for run in fires)
            planned = count_fires(plan, request.scheduled_at - timedelta(seconds=1), max(twice))
            if accounted != planned:
                yield f"request {request.id} has {accounted} of {planned} fires"

    def _wrong_links(self, runs: list[RunView]) -> Iterator[str]:
        """Each end that is followed has led to one run."""
        following = [each for each in self.services.requests.all() if each.plan.awaits_event]
        for request in following:
            since = request.scheduled_at or datetime.now(UTC)
            ends = {
                run.id
                for run in runs
                if run.process == request.plan.follows and run.status not in _NEVER_RAN
                if run.end_time is not None and run.end_time > since
            }
            links = Counter(
                run.after_run for run in runs if run.request_id == request.id and run.attempt == 1
            )
            yield from (f"run {end} is followed twice" for end, n in links.items() if n > 1)
            yield from (f"run {end} is not followed" for end in ends - links.keys())
            yield from (f"run {end} is followed, and did not end" for end in links.keys() - ends)

    def _wrong_logs(self, runs: list[RunView], deaths: Deaths) -> Iterator[str]:
        may_miss = deaths.of_keepers > 0
        for run in runs:
            if run.process.startswith("chatty") and run.start_time is not None:
                is_whole = run.status in (RunStatus.SUCCESS, RunStatus.ERROR)
                yield from wrong_output(
                    run.log_path, run.note, is_whole=is_whole, may_miss=may_miss
                )

    def _children(self) -> Iterator[int]:
        """The processes that still carry the mark of one of our runs, wherever its log lies."""
        yield from _with_variable(f"{LOG_VARIABLE}={self._log_folder}/")
        if self._cluster is not None:
            yield from _with_variable(f"{LOG_VARIABLE}={self._cluster.folder}/")


@contextmanager
def a_world(
    folder: Path, requests: int, cluster: Cluster | None = None, pace: int = 1
) -> Iterator[World]:
    """A populated world on ``world_database(folder)``."""
    path = world_database(folder)
    with open_database(path):
        log_folder = path.with_name(path.name + ".logs")
        clusters = {} if cluster is None else {cluster.name: cluster}
        context = Context(actor="ann", log_folder=log_folder, clusters=clusters)
        world = World(services_on(context), folder, cluster, pace)
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


def _is_fire(run: RunView) -> bool:
    return run.attempt == 1 and run.parent_id is None


def _wrong_steps(runs: list[RunView]) -> Iterator[str]:
    """Each member of a group was run, and none before all of the step before had ended."""
    for group in (run for run in runs if run.is_group and run.start_time is not None):
        members = [run for run in runs if run.parent_id == group.id]
        if {run.position for run in members} != {1, 2, 3, 4}:
            yield f"not all members of {group} were run: {members}"
        for run in members:
            before = [other for other in members if (other.step or 0) < (run.step or 0)]
            began = run.start_time or run.scheduled_for
            early = [other for other in before if other.end_time is None or other.end_time > began]
            if early:
                yield f"{run} began before {early} had ended"


def _was_under_way(run: RunView, moment: datetime) -> bool:
    began, ended = run.start_time or run.scheduled_for, run.end_time
    return began <= moment and (not ended or moment <= ended)


def _is_lost(run: RunView) -> bool:
    return run.status is RunStatus.LOST


def _with_variable(start: str) -> Iterator[int]:
    """The processes with a variable that begins so."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            variables = (folder / "environ").read_bytes().split(b"\0")
            if any(variable.startswith(start.encode()) for variable in variables):
                yield int(folder.name)


def _state(pid: int) -> list[str]:
    """The fields of a process from its state on, see proc(5)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _wrong_integrity() -> Iterator[str]:
    checked = [text for (text,) in database.execute_sql("PRAGMA integrity_check").fetchall()]
    if checked != ["ok"]:
        yield f"integrity: {checked}"
