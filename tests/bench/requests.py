"""What lists cost at 100,000 requests and a million runs, in times their first page; and bytes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from time import process_time

from tests.bench.figures import against, throwaway_settings
from tests.bench.history import seed
from tests.services.drafts import a_window
from tui_scheduler.clusters import HERE
from tui_scheduler.models import Request, RunStatus, database
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.queries.counts import counts
from tui_scheduler.services.queries.finding import find
from tui_scheduler.services.queries.runs.filter import RunFilter, Slower
from tui_scheduler.services.timeline.span import Span

REQUESTS = 100_000
RUNS = 1_000_000
GOAL = 20.0
"""At most so many times the first page."""
BYTES = 200.0
"""A run, with its indexes, in a database that is as small as it can be."""

_ROWS = 50
_TIMES = 2
_WORST = 3
_SORTS_OF_REQUESTS = ("process", "id", "status", "schedule", "next", "last")
_TEXTS = ("", "nightly 01", "nightly", "hourly", "scheduled", "nothing like it", "über")
_SORTS_OF_RUNS = (
    "id",
    "status",
    "process",
    "scheduled_for",
    "start",
    "end",
    "duration",
    "cpu",
    "memory",
    "place",
)
_FAILED = frozenset({RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.LOST})

Ask = Callable[[], object]


def measure() -> str:
    """The slowest of each list, in times the first page, and what a run takes on the disk."""
    with throwaway_settings() as settings:
        seed(settings, RUNS, requests=REQUESTS)
        with open_database(settings.database):
            services = services_on(Context(actor="ann", log_folder=settings.log_folder))
            lists = [
                _compared("requests", services.requests.page, _of_requests(services)),
                _compared(
                    "runs",
                    lambda window: services.runs.page(window, RunFilter()),
                    _of_runs(services),
                ),
            ]
            size = against(_bytes_a_run(), BYTES)
    return f"requests: {REQUESTS:,} and {RUNS:,} runs: {'; '.join(lists)}; {size} bytes a run"


def _compared(name: str, page: Callable[..., object], asked: Iterator[tuple[str, Ask]]) -> str:
    first = _cpu(lambda: page(a_window(limit=_ROWS)))
    ratios = sorted(((_cpu(ask) / first, what) for what, ask in asked), reverse=True)
    middle = ratios[len(ratios) // 2][0]
    worst = ", ".join(f"{what} {against(ratio, GOAL)}" for ratio, what in ratios[:_WORST])
    over = sum(ratio > GOAL for ratio, _ in ratios)
    return (
        f"first page of {name} {first * 1000:.1f} ms CPU, of {len(ratios)} other questions"
        f" {over} take over {GOAL:g} times that, half of them up to {middle:.1f};"
        f" the slowest: {worst}"
    )


def _of_requests(services: Services) -> Iterator[tuple[str, Ask]]:
    """The lists by every order and with texts, from the beginning and from the middle."""
    anchor = REQUESTS // 3
    for sort, text, offset in product(_SORTS_OF_REQUESTS, _TEXTS, (0, REQUESTS // 2)):
        window = a_window(offset, _ROWS, anchor=anchor, sort=sort, text=text)
        yield f"by {sort}, {text!r}, from {offset}", lambda w=window: services.requests.page(w)  # type: ignore[misc]
    for text, offset in product(_TEXTS, (0, REQUESTS // 2)):
        window = a_window(offset, _ROWS, text=text)
        yield f"processes, {text!r}", lambda w=window: services.processes.page(w)  # type: ignore[misc]


def _of_runs(services: Services) -> Iterator[tuple[str, Ask]]:
    now = datetime.now(UTC)
    request = Request.select().offset(REQUESTS // 7).first()
    filters = {
        "all": RunFilter(),
        "failed": RunFilter(statuses=_FAILED),
        "succeeded": RunFilter(statuses=frozenset({RunStatus.SUCCESS})),
        "a process": RunFilter(process=request.process.name),
        "a request": RunFilter(request_id=request.id),
        "today": RunFilter(since=now - timedelta(days=1)),
        "before this year": RunFilter(until=now - timedelta(days=365)),
        "exit 1": RunFilter(exit_code=1),
        "slower than 40 s": RunFilter(slower=Slower(timedelta(seconds=40), now)),
        "here": RunFilter(where=HERE),
    }
    for (name, wanted), sort in product(filters.items(), _SORTS_OF_RUNS):
        for offset in (0, services.runs.count(wanted) // 2):
            window = a_window(offset, _ROWS, anchor=RUNS // 3, sort=sort)
            yield (
                f"{name} by {sort}, from {offset}",
                lambda w=window, f=wanted: services.runs.page(w, f),  # type: ignore[misc]
            )
    day = Span.around(now, timedelta(days=1), 120)
    lanes = list(range(request.id, request.id + _ROWS))
    yield (
        "with a text",
        lambda: services.runs.page(a_window(limit=_ROWS, text="nightly 01"), filters["all"]),
    )
    yield "the palette", lambda: find("nightly 01", now)
    yield "the header", lambda: counts(now - timedelta(days=1))
    yield "lanes of a day", lambda: services.timelines.lanes(lanes, day)
    yield "how many at once", lambda: services.timelines.at_once(day)
    yield "a request", lambda: services.runs.record_of_request(request.id)


def _cpu(ask: Ask) -> float:
    """The least seconds of CPU that an answer takes."""
    return min(_seconds(ask) for _ in range(_TIMES))


def _seconds(ask: Ask) -> float:
    begin = process_time()
    ask()
    return process_time() - begin


def _bytes_a_run() -> float:
    """The pages of runs and of their indexes, by the number of runs."""
    database.execute_sql("VACUUM")
    ((size,),) = database.execute_sql(
        "SELECT sum(pgsize) FROM dbstat JOIN sqlite_master USING (name) WHERE tbl_name = 'run'"
    ).fetchall()
    return float(size) / RUNS
