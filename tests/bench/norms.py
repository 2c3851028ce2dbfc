"""What it costs to say what is usual: in the details of a request and of a process, and of runs.

The history has a million runs; each request and each process has twenty thousand of them.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from tests.bench.figures import throwaway_settings
from tests.bench.history import seed
from tui_scheduler.models import Request, Run, RunStatus, transaction
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.queries.norms import norms_like
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.tui.screens.processes import details as process_details
from tui_scheduler.tui.screens.requests import details as request_details

_RUNS = 1_000_000
_ROWS = 120
_TIMES = 50


def measure() -> str:
    """Milliseconds with norms, and how many times as much that is as without."""
    with throwaway_settings() as settings:
        seed(settings, _RUNS)
        with open_database(settings.database):
            services = services_on(Context(actor="ann", log_folder=settings.log_folder))
            figures = list(_figures(services))
    return f"norms: {_RUNS:,} runs: {', '.join(figures)}"


def _figures(services: Services) -> Iterator[str]:
    request = Request.select().first()
    yield _compared(
        "details of a request",
        lambda: request_details.load_details(services, request.id),
        lambda: services.runs.record_of_request(request.id),
    )
    yield _compared(
        "of a process",
        lambda: process_details.load_details(services, request.process_id),
        lambda: services.runs.record_of_process(request.process_id),
    )
    running = _one_of_each_request()
    window = Window(0, _ROWS, None, None, False, "")
    yield _compared(
        f"{_ROWS} runs of which {len(running)} go on",
        lambda: services.runs.page(window, RunFilter()),
        lambda: norms_like(running),
    )


def _one_of_each_request() -> list[tuple[int, tuple[int, int]]]:
    """Runs that go on, with their request and their process."""
    now = datetime.now(UTC)
    usual = {"scheduled_for": now, "channel": "Direct"}
    going_on = {**usual, "status": RunStatus.PROCESSING, "start_time": now}
    with transaction():
        return [
            (
                Run.insert(request=row, process=row.process, **going_on).execute(),
                (row.id, row.process_id),
            )
            for row in Request.select()
        ]


def _compared(name: str, whole: Callable[[], object], norms: Callable[[], object]) -> str:
    times = [(_seconds(whole), _seconds(norms)) for _ in range(_TIMES)]
    with_norms, alone = (median(each) for each in zip(*times, strict=True))
    ratio = with_norms / (with_norms - alone)
    return f"{name} {with_norms * 1000:.2f} ms, {ratio:.2f} times as much as without"


def _seconds(ask: Callable[[], object]) -> float:
    begin = perf_counter()
    ask()
    return perf_counter() - begin
