"""A crash between any two statements is harmless: a change is there whole, or not at all."""

from pathlib import Path

from tests.services.drafts import run_all
from tests.services.promises.dying import deaths, live
from tests.services.promises.soundness import contradictions
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import database
from tui_scheduler.models.sqlite import open_database
from tui_scheduler.services import services_on
from tui_scheduler.services.context import Context

_TWO_RUNS_FOR_ONE_FIRE = (
    "SELECT request_id FROM run WHERE channel IS NULL"
    " GROUP BY request_id, scheduled_for, attempt HAVING count(*) > 1"
)


def test_a_crash_before_any_statement_leaves_a_sound_database(tmp_path: Path) -> None:
    lived = tmp_path / "lived"
    lived.mkdir()
    with deaths(lived) as all_deaths:
        live(lived / "scheduler.db", FakeClock())
    assert all_deaths.statements > 400
    assert len(all_deaths.remains) > 40
    for number, remains in enumerate(all_deaths.remains):
        grave = tmp_path / str(number)
        grave.mkdir()
        for name, content in remains.items():
            (grave / name).write_bytes(content)
            (grave / name).chmod(0o600)
        assert (number, troubles(grave / "scheduler.db")) == (number, [])


def troubles(file: Path) -> list[str]:
    """What a crash left wrong in a database, before and after a scheduler has gone on with it."""
    clock = FakeClock(NOON.replace(hour=15))
    with open_database(file):
        before = _wrong()
        services = services_on(Context(actor="ann", log_folder=file.with_name("logs"), clock=clock))
        run_all(services, clock)
        return before + _wrong()


def _wrong() -> list[str]:
    [(integrity,)] = database.execute_sql("PRAGMA integrity_check").fetchall()
    twice = database.execute_sql(_TWO_RUNS_FOR_ONE_FIRE).fetchall()
    broken = [*contradictions(), *(f"two runs for a fire of request {row}" for (row,) in twice)]
    return broken if integrity == "ok" else [integrity, *broken]
