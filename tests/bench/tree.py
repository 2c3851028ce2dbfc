"""How long the monitor waits for a part of a million runs, of which many are beneath others."""

from collections.abc import Iterable
from time import perf_counter

from tests.bench.figures import throwaway_settings
from tests.bench.history import seed
from tui_scheduler.models import Run
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.queries.page import Window
from tui_scheduler.services.queries.runs.filter import RunFilter

_RUNS = 1_000_000
_ROWS = 120
_OPENED = 5
_TIMES = 5


def measure() -> str:
    """Milliseconds for a page at the top and in the middle, newest first."""
    with throwaway_settings() as settings:
        seed(settings, _RUNS, groups=True)
        with open_database(settings.database):
            services = services_on(Context(actor="ann", log_folder=settings.log_folder))
            figures = list(_figures(services))
    return f"tree: {_RUNS:,} runs, 3 of 10 beneath others, {_OPENED} opened: {', '.join(figures)}"


def _figures(services: Services) -> Iterable[str]:
    groups = Run.select(Run.id).where(Run.members.is_null(False)).order_by(Run.id.desc())
    wanted = RunFilter(is_tree=True, opened=frozenset(groups.limit(_OPENED).scalars()))
    middle = _RUNS * 7 // 10 // 2
    for place, offset in (("top", 0), ("middle", middle)):
        seconds = min(_seconds(services, offset, wanted) for _ in range(_TIMES))
        yield f"{place} {seconds * 1000:.1f} ms"


def _seconds(services: Services, offset: int, wanted: RunFilter) -> float:
    begin = perf_counter()
    page = services.runs.page(Window(offset, _ROWS, None, None, False, ""), wanted)
    elapsed = perf_counter() - begin
    assert len(page.rows) == _ROWS
    return elapsed
