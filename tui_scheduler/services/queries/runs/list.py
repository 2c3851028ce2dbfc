"""Reading the history: one run, or the window of a million that the monitor shows.

Rows are pictures for lists; only views have what a run was given, and where it ran. Either takes
as many statements for many runs as for one.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from peewee import JOIN, fn

from tui_scheduler.clusters import cluster_at, job_of
from tui_scheduler.errors import NotFound
from tui_scheduler.models import Command, Process, ProcessKind, Request, Run, RunStatus, rows
from tui_scheduler.models.prepared import Prepared, among, slot
from tui_scheduler.services.codecs import LOCKS, WORDS
from tui_scheduler.services.context import Context
from tui_scheduler.services.logs.error_lines import ErrorLines
from tui_scheduler.services.logs.progress import read_progress
from tui_scheduler.services.logs.telling_line import telling_line
from tui_scheduler.services.norms import Norm
from tui_scheduler.services.parameters.declared import declared_of
from tui_scheduler.services.parameters.parameters import secret_names
from tui_scheduler.services.parameters.variables import readable_variables
from tui_scheduler.services.plans import readable_plan
from tui_scheduler.services.queries.conditions import Query, numbered, unindexed
from tui_scheduler.services.queries.norms import Asked, norms_like
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.queries.runs.order import MOST_SORTED, in_order, listing_of
from tui_scheduler.services.queries.runs.search import EVERYTHING, search, top_level_count
from tui_scheduler.services.queries.runs.tree import Tree
from tui_scheduler.services.queries.windows import Listing, page_of, page_with
from tui_scheduler.services.running.steps import place_in
from tui_scheduler.services.running.waits import Waiting, waits_of
from tui_scheduler.services.views.runs import Branch, Progress, RunLog, RunRow, RunView

__all__ = [
    "beginning",
    "count",
    "latest",
    "news",
    "one",
    "open_runs",
    "page",
    "those",
]

_parent = Run.alias()
_group = Process.alias()
_member = Run.alias()
_cause = Run.alias()
_followed = Process.alias()
_done: Any = _member.select(fn.max(_member.position) - fn.sum(_member.end_time.is_null())).where(
    _member.parent == Run.id
)
"""How many places of a group run are done with: all that were reached, but for those still open."""

_following = Run.alias()
_followed_by: Any = _following.select(fn.group_concat(_following.id)).where(
    _following.after_run == Run.id
)


def one(context: Context, run_id: int) -> RunView:
    """Returns one run; raises NotFound."""
    views = _views_of(context, _ONE.objects(run_id=run_id))
    if not views:
        raise NotFound(f"There is no run {run_id} (any more).")
    return views[0]


def last_good(context: Context, run: RunRow) -> RunView:
    """The last run before ``run`` that succeeded and has a log: of its request, or its process.

    Raises NotFound.
    """
    of_process = [
        Run.process == run.process_id,
        Run.status == RunStatus.SUCCESS,
        Run.log_bytes > 0,
        Run.id < run.id,
    ]
    for conditions in ([Run.request == run.request_id, *of_process], of_process):
        newest = _stored(conditions).order_by(Run.id.desc()).limit(1)
        for view in _views(context, newest):
            return view
    raise NotFound(f"No run of {run.process} that has a log succeeded before run {run.id}.")


def those(context: Context, ids: Collection[int]) -> list[RunView]:
    """Returns those of the runs ``ids`` that are left, by number."""
    return _views_of(context, _THOSE.objects(ids=list(ids)))


def those_begun(context: Context, ids: Collection[int]) -> list[RunView]:
    """Returns those of the runs ``ids`` that have begun or ended, by number."""
    return _views_of(context, _THOSE_BEGUN.objects(ids=list(ids)))


def latest(context: Context, wanted: RunFilter, limit: int, sort: str = "id") -> list[RunView]:
    """The newest runs, newest first; or those with the most of what ``sort`` says."""
    searched = search(wanted)
    if sort == "id":
        newest = listing_of(searched, Run.id, descending=True, by=searched.fewest())
        ids = newest.ids(0, limit)
    else:
        window, total = Window(0, limit, None, sort, reverse=False, text=""), searched.count()
        ids, _ = in_order(searched, window, total).located(window, total)
    places = {run_id: place for place, run_id in enumerate(ids)}
    return sorted(those(context, ids), key=lambda run: places[run.id]) if ids else []


def count(wanted: RunFilter, text: str = "") -> int:
    """How many runs match."""
    return search(wanted, text).count()


def logs(context: Context, wanted: RunFilter, before: int | None, limit: int) -> list[RunLog]:
    """The logs of the newest runs that match, newest first; of those with a number ``before``.

    A run has one as soon as it was taken, though there may be nothing in it.
    """
    searched = search(wanted)
    is_walked = searched == EVERYTHING or searched.count() > MOST_SORTED
    conditions = searched.on_runs(None if is_walked else searched.fewest())
    key: Any = Run.id if is_walked else unindexed(Run.id)
    if before is not None:
        conditions.append(key < before)
    columns = Run.id, Run.log_bytes, Run.token, Run.log_folder
    query = Run.select(*columns).where(Run.host != "", *conditions)
    newest = rows(query.order_by(key.desc()).limit(limit))
    return [RunLog(run_id, context.log_path(run_id, *rest), size) for run_id, size, *rest in newest]


def open_runs(context: Context) -> list[RunView]:
    """What waits or runs now, newest first; a group stands for what is run for it."""
    return _newest_first(context, [Run.end_time.is_null(), Run.parent.is_null()])


def beginning(context: Context, digits: str, limit: int) -> list[RunView]:
    """The newest runs whose number begins with ``digits``, newest first."""
    wanted = _stored([numbered(Run.id, digits)])
    return _views(context, wanted.order_by(Run.id.desc()).limit(limit))


def news(
    context: Context, wanted: RunFilter, created: tuple[int, int], known: Collection[int]
) -> list[RunView]:
    """Those of the ``known`` runs that are left, and what matches and was created since, by number.

    ``created``: the last number that was seen, and the last one that there is.
    """
    after, last = created
    is_new = (Run.id > after) & (Run.id <= last)
    conditions = [is_new, *search(wanted).on_runs(None)]
    views = [*_views(context, _stored(conditions)), *those(context, known)]
    return sorted(views, key=lambda view: view.id)


def page(context: Context, window: Window, wanted: RunFilter) -> Page[RunRow]:
    """Returns a part of the history for a table: newest first, or sorted by ``window.sort``."""

    def rows_of(ids: Sequence[int]) -> dict[int, RunRow]:
        stored = _ROWS.objects(ids=ids)
        beside = _Beside.of(context, stored)
        run_rows = (RunRow(**_columns(context, row, beside)) for row in stored)
        return {row.id: replace(row, telling_line=_telling_line(row)) for row in run_rows}

    searched = search(wanted, window.text)
    overall = EVERYTHING.count()
    if wanted.is_tree and searched == EVERYTHING and window.sort in (None, "id"):
        tree = _tree(wanted, overall, descending=not window.reverse)
        ids, place = tree.read(window)
        total = tree.total
        page_of_tree = page_with(
            window, ids, place, rows_of, key=Run.id, total=total, overall=total
        )
        rows = tuple(replace(row, branch=_branch(row, wanted.opened)) for row in page_of_tree.rows)
        return replace(page_of_tree, rows=rows)
    total = overall if searched == EVERYTHING else searched.count()
    listing = in_order(searched, window, total)
    return page_of(window, listing, rows_of, total=total, overall=overall)


def _branch(row: RunRow, opened: Collection[int]) -> Branch | None:
    if row.parent_id is not None:
        return Branch.BENEATH
    if not row.is_group:
        return None
    return Branch.OPENED if row.id in opened else Branch.CLOSED


def _tree(wanted: RunFilter, overall: int, *, descending: bool) -> Tree:
    """All runs, those of members beneath their groups."""
    top = top_level_count()
    query = Run.select() if top == overall else Run.select().where(Run.parent.is_null())
    listing = Listing(query=query, key=Run.id, expression=Run.id, descending=descending)
    return Tree.opened(listing, top, wanted.opened)


def _newest_first(context: Context, conditions: list[Any]) -> list[RunView]:
    return _views(context, _stored(conditions).order_by(Run.id.desc()))


def _views(context: Context, query: Query) -> list[RunView]:
    """Returns all of the runs that ``query`` gives."""
    return _views_of(context, list(_known(query)))


def _views_of(context: Context, stored: list[dict[str, Any]]) -> list[RunView]:
    declared = declared_of((row["process"], row["kind"], row["declared"]) for row in stored)
    beside = _Beside.of(context, stored)
    return [
        RunView(
            **_columns(context, row, beside),
            parameters=readable_variables(row["parameters"]),
            secrets=secret_names(declared[row["process"]]),
            command=row["command"],
            pid=row["pid"],
            handle=row["handle"],
            followed_by=_numbers(row["followed_by"]),
            locks=LOCKS.view(row["locks"]),
        )
        for row in stored
    ]


def _numbers(text: str | None) -> tuple[int, ...]:
    """Returns the numbers that ``group_concat`` has joined, in order."""
    return tuple(sorted(map(int, text.split(",")))) if text else ()


def _stored(conditions: list[Any]) -> Query:
    """The columns of rows and views, to be read as dictionaries."""
    return (
        Run.select(
            Run,
            Process.name.alias("process_name"),
            Process.kind,
            Process.parameters.alias("declared"),
            Process.error_words,
            Process.overlap,
            Process.runs_on,
            _group.name.alias("group_name"),
            _followed.name.alias("after_process"),
            _parent.members.alias("of_members"),
            Request.description,
            _done.alias("done"),
        )
        .join(Request)
        .switch(Run)
        .join(Process)
        .switch(Run)
        .join(_parent, JOIN.LEFT_OUTER, on=(_parent.id == Run.parent))
        .join(_group, JOIN.LEFT_OUTER, on=(_group.id == _parent.process))
        .switch(Run)
        .join(_cause, JOIN.LEFT_OUTER, on=(_cause.id == Run.after_run))
        .join(_followed, JOIN.LEFT_OUTER, on=(_followed.id == _cause.process))
        .where(*conditions)
    )


def _known(query: Query) -> Query:
    """The same with the command of each and what follows it, as dictionaries."""
    beside = (Command.text.alias("command"), _followed_by.alias("followed_by"))
    with_command = query.select_extend(*beside).join_from(
        Run, Command, JOIN.LEFT_OUTER, on=(Command.id == Run.command_id)
    )
    return with_command.dicts()


_ROWS = Prepared(_stored([among("ids", Run.id)]).dicts())
_REQUESTS = Prepared(Request.select().where(among("ids", Request.id)))
_THOSE = Prepared(_known(_stored([among("ids", Run.id)]).order_by(Run.id)))
_HAS_BEGUN = Run.start_time.is_null(False) | Run.end_time.is_null(False)
_THOSE_BEGUN = Prepared(_known(_stored([among("ids", Run.id), _HAS_BEGUN]).order_by(Run.id)))
_ONE = Prepared(_known(_stored([Run.id == slot("run_id", Run.id)])))

_AS_STORED = (
    "id",
    "kind",
    "position",
    "status",
    "channel",
    "scheduled_for",
    "start_time",
    "end_time",
    "exit_code",
    "signal",
    "cpu_time",
    "peak_memory",
    "attempt",
    "missed",
    "kill_request",
    "kill_requested_at",
    "host",
    "log_bytes",
    "place",
    "submitted_at",
    "after_run",
)

_OF_WAITING = ("id", "overlap", "attempt", "scheduled_for", "runs_on", "needs_locks")


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is asked for all rows at once, beside what stands in them.

    ``names`` are those of requests without a description, ``waits`` is what the runs wait for that
    nobody has taken, and ``norms`` what is usual of those that run, by request and process.
    """

    names: Mapping[int, str]
    waits: Mapping[int, str]
    norms: Mapping[Asked, Norm]

    @classmethod
    def of(cls, context: Context, stored: Sequence[dict[str, Any]]) -> "_Beside":
        running = (row for row in stored if row["status"] is RunStatus.PROCESSING)
        norms = norms_like((row["id"], (row["request"], row["process"])) for row in running)
        return cls(_names_of(stored), waits_of(context, list(_waiting(stored))), norms)


def _names_of(stored: Sequence[dict[str, Any]]) -> dict[int, str]:
    """Returns the plans, as names, of the requests of these runs that have no description."""
    nameless = {row["request"] for row in stored if not row["description"]}
    requests = _REQUESTS.objects(ids=list(nameless)) if nameless else ()
    return {request.id: readable_plan(request)[1] for request in requests}


def _waiting(stored: Iterable[dict[str, Any]]) -> Iterator[Waiting]:
    """Yield the runs that nobody has taken, or asked to stop."""
    for row in stored:
        is_queued = row["status"] is RunStatus.QUEUED and not row["host"]
        if is_queued and row["kill_request"] is None:
            yield Waiting(
                process_id=row["process"],
                process=row["process_name"],
                **{name: row[name] for name in _OF_WAITING},
            )


def _columns(context: Context, row: dict[str, Any], beside: _Beside) -> dict[str, Any]:
    """Returns what a row of a list shows of a run."""
    words = row["error_words"]
    is_group = row["kind"] is ProcessKind.GROUP
    log_path = context.log_path(row["id"], row["token"], row["log_folder"])
    unseen = _unseen(context, row) if row["end_time"] is None else ""
    waits_for = beside.waits.get(row["id"], "")
    waits = f"Waits for {waits_for}" if waits_for else ""
    is_running = row["status"] is RunStatus.PROCESSING
    is_submitted = row["status"] is RunStatus.QUEUED and row["submitted_at"] is not None
    place = None if row["parent"] is None else place_in(row["of_members"], row["position"])
    return {
        **{name: row[name] for name in _AS_STORED},
        "step": None if place is None else place.step,
        "number_in_group": "" if place is None else place.number,
        "request_id": row["request"],
        "process": row["process_name"],
        "process_id": row["process"],
        "group": row["process_name"] if is_group else row["group_name"],
        "parent_id": row["parent"],
        "progress": _progress(row, log_path),
        "request": row["description"] or beside.names.get(row["request"], ""),
        "note": "; ".join(filter(None, (row["note"], waits, unseen, row["waiting_note"]))),
        "is_elsewhere": bool(unseen),
        "after_process": row["after_process"] or "",
        "log_path": log_path,
        "error_words": None if words is None else WORDS.view(words),
        "job": job_of(row["handle"]) if row["place"] else "",
        "waits_for": row["waiting_note"] if is_submitted else waits_for,
        "norm": beside.norms.get((row["request"], row["process"])) if is_running else None,
    }


def _unseen(context: Context, row: dict[str, Any]) -> str:
    """Why nothing can be seen from here of a run that is open; empty if it can."""
    cluster = cluster_at(row["place"])
    if cluster:
        is_known = cluster in context.clusters
        return (
            "" if is_known else f"Is in the cluster {cluster!r}, which is not in the configuration"
        )
    is_elsewhere = context.is_elsewhere(row["host"], row["host_id"])
    return f"Runs on {row['host']}, which cannot be seen from here" if is_elsewhere else ""


def _telling_line(row: RunRow) -> str:
    """What a run that failed says of it; the note of a group says what of it did."""
    if row.status is not RunStatus.ERROR or not row.log_bytes or row.is_group:
        return ""
    return telling_line(row.log_path, row.log_bytes, ErrorLines(row.error_words), row.note)


def _progress(row: dict[str, Any], log_path: Path) -> Progress | None:
    """How far it has come: a group by its members, a Python process by what it says itself."""
    if row["members"] is not None:
        return Progress(row["done"] or 0, row["members"].count(",") + 1)
    if row["kind"] is ProcessKind.PYTHON and row["status"] is RunStatus.PROCESSING:
        return read_progress(log_path)
    return None
