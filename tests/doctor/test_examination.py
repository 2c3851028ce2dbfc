"""All checks together: what is sound, what is repaired, and what nobody may touch."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.doctor.conftest import Examine, Examined
from tests.support.clock import FakeClock
from tui_scheduler.doctor import Target, Verdict, examine
from tui_scheduler.errors import DatabaseUnusable, NotFound
from tui_scheduler.models import database, fitness
from tui_scheduler.models.backend import SCHEMA_VERSION
from tui_scheduler.settings import Settings

NAMES = [
    "database",
    "place", "permissions", "schema", "wal", "references", "counts", "rows", "zones",
    "clock",
    "plans", "scheduler", "keepers", "clusters", "calendars", "notices", "logs", "space",
]  # fmt: skip


def verdicts(examined: Examined) -> set[tuple[str, Verdict]]:
    """Everything that is not as it should be."""
    pairs = {(name, finding.verdict) for name, some in examined.items() for finding in some}
    return {(name, verdict) for name, verdict in pairs if verdict is not Verdict.OK}


def spoil(settings: Settings) -> None:
    """Do a little harm to everything that can be repaired."""
    database.execute_sql("UPDATE run_tally SET number = number + 1")
    database.execute_sql("UPDATE request SET last_run_id = 99")
    settings.database.chmod(0o666)
    stray = settings.log_folder / "00000" / "99.exit"
    stray.write_text("0\n")
    stray.chmod(0o600)
    os.utime(stray, (0, 0))


def damage(file: Path) -> None:
    """Let the rows of an index be others than those of its table."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA writable_schema = on")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'end_time)', 'pid)')"
            " WHERE name = 'run_end'"
        )
        connection.commit()


def test_every_check_says_that_a_sound_database_is_sound(examined: Examine) -> None:
    checks = examined()
    assert list(checks) == NAMES
    assert [len(findings) for findings in checks.values()] == [1] * len(NAMES)
    assert verdicts(checks) == set()


def test_looking_mends_nothing(examined: Examine, settings: Settings) -> None:
    spoil(settings)
    once, twice = examined(), examined()
    assert once == twice
    assert verdicts(once) == {
        ("permissions", Verdict.PROBLEM),
        ("references", Verdict.WARNING),
        ("counts", Verdict.PROBLEM),
        ("logs", Verdict.WARNING),
    }


def test_what_can_be_mended_is(examined: Examine, settings: Settings) -> None:
    spoil(settings)
    assert verdicts(examined(repairs=True)) == {
        (name, Verdict.REPAIRED) for name in ("permissions", "references", "counts", "logs")
    }
    assert verdicts(examined()) == set()


def test_nothing_is_mended_in_a_damaged_database(examined: Examine, settings: Settings) -> None:
    """If its rows cannot be believed, every log could seem to belong to nobody."""
    spoil(settings)
    damage(settings.database)
    database.close()
    checks = examined(repairs=True)
    [finding] = checks["database"]
    assert finding.verdict is Verdict.PROBLEM
    assert "is damaged" in finding.text
    assert "backup" in finding.remedy
    assert Verdict.REPAIRED not in {verdict for _, verdict in verdicts(checks)}
    assert (settings.log_folder / "00000" / "99.exit").exists()


def test_one_that_cannot_be_read_at_all_is_refused(examined: Examine, settings: Settings) -> None:
    database.close()
    content = settings.database.read_bytes()
    settings.database.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    for file in fitness.companions(settings.database):
        file.unlink(missing_ok=True)
    with pytest.raises(DatabaseUnusable, match=r"is damaged\. Stop what schedules"):
        examined()


def test_one_that_is_not_there_is_not_found(examined: Examine, settings: Settings) -> None:
    database.close()
    settings.database.unlink()
    with pytest.raises(NotFound, match="There is no database"):
        examined()
    assert not settings.database.exists()


def test_one_of_an_older_version_is_brought_up_to_date(
    examined: Examine, settings: Settings, clock: FakeClock
) -> None:
    database.execute_sql("PRAGMA user_version = 0")
    old = examined()
    assert "counts" not in old
    assert verdicts(old) == {("schema", Verdict.WARNING)}
    assert verdicts(examined(repairs=True)) == {("schema", Verdict.REPAIRED)}
    assert examined()["schema"][0].text == f"Version {SCHEMA_VERSION}, the newest"


def test_a_check_that_fails_does_not_stop_the_others(
    examined: Examine, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path) -> None:
        raise PermissionError("no entry")

    monkeypatch.setattr(Path, "iterdir", fail)
    checks = examined()
    assert list(checks) == NAMES
    assert checks["logs"][0].text == "This check could not be carried out: no entry"


def test_an_emptied_database_is_not_begun_anew(target: Target) -> None:
    """Its logs are there: something is wrong, and a new one would use their numbers again."""
    database.close()
    target.settings.database.write_bytes(b"")
    for repairs in (False, True):
        [problem] = [each for name, each in examine(target, repairs=repairs) if name == "schema"]
        assert problem.verdict is Verdict.PROBLEM
        assert "something has emptied the file" in problem.text
        assert target.settings.database.stat().st_size == 0
