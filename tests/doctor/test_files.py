"""Logs, permissions, the WAL and the disk."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.doctor.conftest import Examine
from tests.services.drafts import minutely, scheduled
from tests.support.clock import FakeClock
from tests.support.other_users import give_away, needs_root
from tui_scheduler.doctor import Target, Verdict
from tui_scheduler.doctor import database as database_checks
from tui_scheduler.models import Run, database
from tui_scheduler.services import Services
from tui_scheduler.settings import Settings

OLD = (0, 0)


def put(folder: Path, name: str, *, is_old: bool = True) -> Path:
    """A file for its owner alone."""
    file = folder / name
    file.parent.mkdir(exist_ok=True, mode=0o700)
    file.touch(0o600)
    if is_old:
        os.utime(file, OLD)
    return file


class TestLogs:
    def test_files_of_no_run_are_removed(self, examined: Examine, settings: Settings) -> None:
        logs = settings.log_folder
        kept = sorted((logs / "00000").iterdir())
        names = ("00000/2-0123abcd.log", "00000/2.exit", "00000/2.progress", "00007/7001.log")
        strays = [put(logs, name) for name in names]
        [finding] = examined()["logs"]
        assert finding.verdict is Verdict.WARNING
        assert "4 files" in finding.text
        assert "2-0123abcd.log, 2.exit, 2.progress and 1 more" in finding.text
        assert all(stray.exists() for stray in strays)
        assert examined(repairs=True)["logs"][0].verdict is Verdict.REPAIRED
        assert not any(stray.exists() for stray in strays)
        assert sorted((logs / "00000").iterdir()) == kept

    @pytest.mark.parametrize("name", ["1.log", "1-0123abcd.log", "1-0123abcd.exit"])
    def test_so_are_those_of_another_run_of_the_same_number(
        self, examined: Examine, settings: Settings, name: str
    ) -> None:
        """A restored database uses numbers again that it has used before."""
        kept = sorted((settings.log_folder / "00000").iterdir())
        put(settings.log_folder, f"00000/{name}")
        assert examined(repairs=True)["logs"][0].verdict is Verdict.REPAIRED
        assert sorted((settings.log_folder / "00000").iterdir()) == kept

    def test_a_run_that_an_earlier_version_took_has_files_without_a_token(
        self, examined: Examine, settings: Settings
    ) -> None:
        for file in (settings.log_folder / "00000").iterdir():
            file.rename(file.with_stem("1"))
        Run.update(token=None, log_bytes=7).execute()
        assert examined(repairs=True)["logs"][0].verdict is Verdict.OK

    @pytest.mark.parametrize(
        "name",
        [
            "00000/02.log", "00000/2.log.gz", "00000/2.txt", "00000/-2.log", "00000/notes.exit",
            "00000/7001.log", "0/2.log", "extra/2.log", "2.log", "00000/٢.log",
            "00000/2-.log", "00000/2-0123abc.log", "00000/2-0123ABCD.log", "00000/2-0123abcd0.log",
        ],
    )  # fmt: skip
    def test_what_is_not_named_as_ours_is_left_alone(
        self, examined: Examine, settings: Settings, name: str
    ) -> None:
        stray = put(settings.log_folder, name)
        assert examined(repairs=True)["logs"][0].verdict is Verdict.OK
        assert stray.exists()

    def test_links_and_folders_are_left_alone(
        self, examined: Examine, settings: Settings, tmp_path: Path
    ) -> None:
        link = settings.log_folder / "00000" / "2.log"
        link.symlink_to(put(tmp_path, "elsewhere"))
        folder = settings.log_folder / "00000" / "3.log"
        folder.mkdir()
        assert examined(repairs=True)["logs"][0].verdict is Verdict.OK
        assert link.exists()
        assert folder.exists()

    def test_a_young_file_may_belong_to_a_run_that_is_just_deleted(
        self, examined: Examine, settings: Settings, clock: FakeClock
    ) -> None:
        young = put(settings.log_folder, "00000/2.log", is_old=False)
        os.utime(young, (0, clock.now().timestamp() - 59))
        assert examined(repairs=True)["logs"][0].verdict is Verdict.OK
        assert young.exists()

    @pytest.mark.parametrize("end", ["log", "exit", "progress"])
    def test_a_run_that_was_never_taken_owns_no_file(
        self, examined: Examine, settings: Settings, services: Services, end: str
    ) -> None:
        run = services.runs.trigger(1)
        stale = put(settings.log_folder, f"00000/{run.id}.{end}")
        assert examined(repairs=True)["logs"][0].verdict is Verdict.REPAIRED
        assert not stale.exists()

    def test_files_of_a_run_that_is_going_are_kept(
        self, examined: Examine, settings: Settings, services: Services
    ) -> None:
        scheduled(services, minutely())
        [claim] = services.dispatch.claim()
        files = [claim.log_path.with_suffix(end) for end in (".log", ".exit", ".progress")]
        kept = [put(file.parent, file.name) for file in files]
        assert examined(repairs=True)["logs"][0].verdict is Verdict.OK
        assert all(file.exists() for file in kept)

    def test_an_ended_run_without_its_log_is_said_and_kept(
        self, examined: Examine, settings: Settings
    ) -> None:
        Run.update(log_bytes=7).execute()
        shutil.rmtree(settings.log_folder)
        [finding] = examined(repairs=True)["logs"]
        assert finding.verdict is Verdict.WARNING
        assert finding.text == "The log is gone of 1 ended run: 1"
        assert Run.select().count() == 1

    def test_a_run_that_wrote_nothing_needs_no_log(
        self, examined: Examine, settings: Settings
    ) -> None:
        shutil.rmtree(settings.log_folder)
        assert examined()["logs"][0].verdict is Verdict.OK


class TestPermissions:
    @pytest.mark.parametrize("part", ["file", "folder"])
    def test_a_database_that_may_not_be_written_is_told(
        self, examined: Examine, settings: Settings, part: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Root may write anything, so the answer of the system is put in its mouth."""
        place = settings.database if part == "file" else settings.database.parent
        real = os.access
        monkeypatch.setattr(os, "access", lambda path, mode: path != place and real(path, mode))
        [finding] = examined()["permissions"]
        assert finding.verdict is Verdict.WARNING
        assert f"You may not write {place}" in finding.text

    @pytest.mark.parametrize(
        "name", ["scheduler.db", "scheduler.db-wal", "scheduler.db.lock", "scheduler.db.logs",
                 "scheduler.db.logs/00000", "scheduler.db.logs/00000/1.log"],
    )  # fmt: skip
    @pytest.mark.parametrize(
        ("extra", "verdict"), [(0o040, Verdict.WARNING), (0o002, Verdict.PROBLEM)]
    )
    def test_what_others_may_do_is_taken_from_them(
        self, examined: Examine, tmp_path: Path, name: str, extra: int, verdict: Verdict
    ) -> None:
        file = tmp_path / name
        if not file.exists():
            file.touch(0o600)
        before = stat.S_IMODE(file.stat().st_mode)
        file.chmod(before | extra)
        [finding] = examined()["permissions"]
        assert finding.verdict is verdict
        assert str(file) in finding.text
        assert examined(repairs=True)["permissions"][0].verdict is Verdict.REPAIRED
        assert stat.S_IMODE(file.stat().st_mode) == before

    def test_the_diagnostics_are_looked_at_too(self, examined: Examine, settings: Settings) -> None:
        older = settings.diagnostics_file.with_name(settings.diagnostics_file.name + ".1")
        older.parent.mkdir(parents=True)
        older.parent.chmod(0o700)
        older.touch(0o644)
        assert str(older) in examined(repairs=True)["permissions"][0].text
        assert stat.S_IMODE(older.stat().st_mode) == 0o600

    def test_what_belongs_to_somebody_else_is_a_problem(
        self, examined: Examine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 54321)
        finding, *_ = examined(repairs=True)["permissions"]
        assert finding.verdict is Verdict.PROBLEM
        assert finding.text.startswith("Somebody else owns ")

    @pytest.mark.parametrize(
        "name", ["scheduler.db.lock", "scheduler.db.logs/00000/2.log", "scheduler.db-journal"]
    )
    def test_what_was_put_in_the_place_of_ours_is_a_problem(
        self, examined: Examine, tmp_path: Path, name: str
    ) -> None:
        victim = tmp_path / "victim"
        victim.touch(0o644)
        (tmp_path / name).symlink_to(victim)
        [finding] = examined(repairs=True)["permissions"]
        assert finding.verdict is Verdict.PROBLEM
        assert f"{tmp_path / name} (it is a symbolic link, of " in finding.text
        assert stat.S_IMODE(victim.stat().st_mode) == 0o644

    def test_nothing_is_waited_for(self, examined: Examine, settings: Settings) -> None:
        for file in (settings.lock_file, settings.log_folder / "00000" / "2.log"):
            os.mkfifo(file, 0o600)
        findings = examined(repairs=True)
        assert "2 files cannot be opened as ours" in findings["permissions"][0].text
        assert "Nobody schedules" in findings["scheduler"][0].text

    @needs_root
    def test_owners_are_looked_at_of_all_that_leads_to_it(
        self, examined: Examine, target: Target, tmp_path: Path
    ) -> None:
        give_away(target.settings.config)
        give_away(tmp_path)
        findings = examined(repairs=True)["permissions"]
        assert [finding.verdict for finding in findings] == [Verdict.WARNING, Verdict.PROBLEM]
        assert findings[0].text.startswith(f"{target.settings.config} belongs to ")
        assert findings[1].text.startswith(f"{tmp_path} belongs to ")

    def test_a_folder_that_all_may_change_is_a_problem(
        self, examined: Examine, tmp_path: Path
    ) -> None:
        tmp_path.chmod(0o1777)
        assert examined()["permissions"][0].verdict is Verdict.OK
        tmp_path.chmod(0o777)
        [finding] = examined()["permissions"]
        assert (finding.verdict, finding.text) == (
            Verdict.PROBLEM,
            f"{tmp_path} may be written by others",
        )

    def test_one_that_a_group_shares_is_told(
        self, examined: Examine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tui_scheduler.permissions._members", lambda group: frozenset({"ann"}))
        tmp_path.chmod(0o770)
        [finding] = examined()["permissions"]
        assert finding.verdict is Verdict.WARNING
        assert "by others of the group" in finding.text
        assert finding.remedy.endswith(f"chmod g-w {tmp_path}")

    def test_the_configuration_is_not_ours_to_change(
        self, examined: Examine, target: Target
    ) -> None:
        target.settings.config.touch()
        target.settings.config.chmod(0o666)
        [finding] = examined(repairs=True)["permissions"]
        assert finding.verdict is Verdict.WARNING
        assert finding.remedy == f"Close it: chmod go-w {target.settings.config}"
        assert stat.S_IMODE(target.settings.config.stat().st_mode) == 0o666


class TestTheJournal:
    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(database_checks, "LARGE_WAL", 10_000)

    def test_a_large_one_is_brought_into_the_database(
        self, examined: Examine, settings: Settings
    ) -> None:
        database.execute_sql("PRAGMA wal_autocheckpoint = 0")
        Run.update(note="x" * 20_000).execute()
        assert examined()["wal"][0].verdict is Verdict.WARNING
        assert examined(repairs=True)["wal"][0].verdict is Verdict.REPAIRED
        assert settings.database.with_name("scheduler.db-wal").stat().st_size == 0

    def test_one_that_somebody_reads_stays(
        self, examined: Examine, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tui_scheduler.models.maintenance._CHECKPOINT_TIMEOUT", 0.01)
        with closing(sqlite3.connect(settings.database, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM run").fetchall()
            Run.update(note="x" * 20_000).execute()
            [finding] = examined(repairs=True)["wal"]
            assert finding.verdict is Verdict.WARNING
            assert "Close what has been reading" in finding.remedy


@pytest.mark.parametrize(("free", "verdict"), [(5, Verdict.OK), (4, Verdict.WARNING)])
def test_the_disk_keeps_its_reserve(
    examined: Examine, monkeypatch: pytest.MonkeyPatch, free: int, verdict: Verdict
) -> None:
    disk = SimpleNamespace(total=100, used=100 - free, free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: disk)
    assert examined()["space"][0].verdict is verdict
