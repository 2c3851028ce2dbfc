"""How long the monitor waits for a part of a million runs, of which many are beneath others."""

from collections.abc import Iterable
from time import perf_counter

from tests.bench.figures import throwaway_settings
from tests.bench.history import seed
from tui_scheduler.models import Run, database
from tui_scheduler.models.sqlite import opened
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.context import Context
from tui_scheduler.services.page import Window
from tui_scheduler.services.run_list import RunFilter

_RUNS = 1_000_000
_ROWS = 120
_OPENED = 5
_TIMES = 5
# Of every ten runs the first is that of a group, with the next three beneath it.
_GROW = (
    "UPDATE process SET kind = 'group' WHERE id % 10 = 1",
    "UPDATE run SET members = '[2, 3, 4]' WHERE id % 10 = 1",
    """
    UPDATE run SET parent_id = id - id % 10 + 1, position = id % 10 - 1
        WHERE id % 10 BETWEEN 2 AND 4
    """,
    """
    UPDATE run_tally SET members = (SELECT count(parent_id) FROM run
        WHERE run.process_id = run_tally.process_id AND run.request_id = run_tally.request_id
        AND run.status = run_tally.status)
    """,
)


def measure() -> str:
    """Milliseconds for a page at the top and in the middle, in each order."""
    with throwaway_settings() as settings:
        seed(settings, _RUNS)
        with opened(settings.database):
            with database.atomic():
                for statement in _GROW:
                    database.execute_sql(statement)
            services = services_on(Context(log_folder=settings.log_folder))
            figures = list(_figures(services))
    return f"tree: {_RUNS:,} runs, 3 of 10 beneath others, {_OPENED} opened: {', '.join(figures)}"


def _figures(services: Services) -> Iterable[str]:
    groups = Run.select(Run.id).where(Run.members.is_null(False)).order_by(Run.id.desc())
    wanted = RunFilter(is_tree=True, opened=frozenset(groups.limit(_OPENED).scalars()))
    middle = _RUNS * 7 // 10 // 2
    for sort in (None, "start", "end", "duration", "scheduled_for"):
        for place, offset in (("top", 0), ("middle", middle)):
            seconds = min(_seconds(services, sort, offset, wanted) for _ in range(_TIMES))
            yield f"{sort or 'newest first'} {place} {seconds * 1000:.1f} ms"


def _seconds(services: Services, sort: str | None, offset: int, wanted: RunFilter) -> float:
    begin = perf_counter()
    page = services.runs.page(Window(offset, _ROWS, None, sort, False, ""), wanted)
    elapsed = perf_counter() - begin
    assert len(page.rows) == _ROWS
    return elapsed
