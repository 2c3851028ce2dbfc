"""Opening a database: making it, knowing it again, and leaving alone what is not ours."""

import os
import resource
import shutil
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from peewee import OperationalError

from tests.models.files import execute, schema
from tests.services.drafts import a_process
from tui_scheduler.errors import DatabaseUnusable, ExitCode
from tui_scheduler.models import Process, database, sqlite, transaction
from tui_scheduler.models.fitness import SCHEMA_VERSION
from tui_scheduler.models.sqlite import (
    data_version,
    open_database,
    translate_errors,
)
from tui_scheduler.services import Services


def refusal(path: Path, *, busy_timeout: float = 5, logs: Path | None = None) -> str:
    trying = open_database(path, logs=logs, busy_timeout=busy_timeout)
    with pytest.raises(DatabaseUnusable) as refused, trying:
        pytest.fail("it was opened")
    assert refused.value.exit_code is ExitCode.DATABASE
    assert str(path) in str(refused.value)
    return str(refused.value)


class TestMaking:
    def test_a_new_one_is_ready_to_use(self, durable: None, database_file: Path) -> None:
        with open_database(database_file):
            assert Process.select().count() == 0
            assert database.pragma("foreign_keys") == 1
            assert database.pragma("journal_mode") == "wal"
            assert database.pragma("synchronous") == 2
            assert database.pragma("user_version") == SCHEMA_VERSION

    def test_an_empty_file_will_do(self, database_file: Path) -> None:
        database_file.touch()
        with open_database(database_file):
            assert Process.select().count() == 0

    def test_one_of_ours_is_opened_as_it_is(self, database_file: Path) -> None:
        with open_database(database_file):
            pass
        before = schema(database_file)
        with open_database(database_file):
            assert Process.select().count() == 0
        assert schema(database_file) == before

    def test_two_programs_may_make_it_at_once(self, database_file: Path) -> None:
        """The second finds, once it has the lock, that nothing is left to do."""
        with open_database(database_file):
            before = schema(database_file)
            sqlite._migrate(database_file, database.obj)
            assert schema(database_file) == before

    @pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
    def test_it_is_readable_by_its_owner_alone(self, tmp_path: Path, umask: int) -> None:
        former = os.umask(umask)
        try:
            path = tmp_path / "new" / "folders" / "scheduler.db"
            with open_database(path):
                Process.select().count()
                modes = [stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()]
        finally:
            os.umask(former)
        assert modes == [0o600] * 3  # the database, its journal and their shared memory
        for folder in (path.parent, path.parent.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    def test_one_that_others_may_read_keeps_its_permissions(self, new_database: Path) -> None:
        new_database.chmod(0o644)
        with open_database(new_database):
            pass
        assert stat.S_IMODE(new_database.stat().st_mode) == 0o644

    def test_a_folder_that_exists_keeps_its_permissions(self, tmp_path: Path) -> None:
        folder = tmp_path / "shared"
        folder.mkdir()
        folder.chmod(0o755)
        with open_database(folder / "scheduler.db"):
            pass
        assert stat.S_IMODE(folder.stat().st_mode) == 0o755

    @pytest.mark.parametrize("name", ["a b.db", "100%.db", "what?.db", "a#b.db", "ñ.db"])
    def test_any_name_will_do(self, tmp_path: Path, name: str) -> None:
        with open_database(tmp_path / name):
            pass
        assert schema(tmp_path / name)

    def test_a_link_leads_to_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
        with open_database(tmp_path / "link.db"):
            pass
        assert schema(tmp_path / "real.db")


class TestRefusing:
    def test_one_of_a_newer_version(self, new_database: Path) -> None:
        execute(new_database, "PRAGMA user_version = 99")
        before = new_database.read_bytes()
        assert "newer version" in refusal(new_database)
        assert new_database.read_bytes() == before

    @pytest.mark.parametrize(
        "statements",
        [
            ["CREATE TABLE process (id)"],
            ["CREATE TABLE a (b)", "PRAGMA journal_mode = wal"],
            ["PRAGMA application_id = 7"],
            ["PRAGMA user_version = 1"],
        ],
        ids=str,
    )
    def test_one_of_another_program(self, database_file: Path, statements: list[str]) -> None:
        execute(database_file, *statements)
        before = database_file.read_bytes()
        assert "belongs to another program" in refusal(database_file)
        assert database_file.read_bytes() == before

    def test_a_file_that_is_no_database(self, database_file: Path) -> None:
        database_file.write_text("Dear diary, " * 100)
        assert "not an SQLite database" in refusal(database_file)
        assert database_file.read_text().startswith("Dear diary")

    def test_a_damaged_one(self, new_database: Path) -> None:
        content = new_database.read_bytes()
        new_database.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
        with pytest.raises(DatabaseUnusable, match="damaged"), open_database(new_database):
            Process.select().count()

    def test_a_folder(self, tmp_path: Path) -> None:
        assert "is a folder" in refusal(tmp_path)

    def test_a_path_through_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        assert "not a folder" in refusal(tmp_path / "file" / "scheduler.db")

    def test_a_pipe(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        assert "not an SQLite database" in refusal(tmp_path / "pipe")

    def test_one_that_may_not_be_written(
        self, new_database: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Root may write anything, so the answer of the system is put in its mouth."""
        monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)
        assert "read-only" in refusal(new_database)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write and read anything")
    @pytest.mark.parametrize("mode", [0o000, 0o400])
    def test_one_that_belongs_to_others(self, new_database: Path, mode: int) -> None:
        new_database.chmod(mode)
        assert "Make the file" in refusal(new_database)

    def test_one_that_may_be_written_again_after_it_was_looked_at(self, new_database: Path) -> None:
        """What SQLite made beside it meanwhile cannot be written, and stays."""
        new_database.chmod(0o400)
        with closing(sqlite3.connect(f"{new_database.as_uri()}?mode=ro", uri=True)) as reader:
            reader.execute("SELECT count(*) FROM run").fetchone()
        beside = new_database.with_name(new_database.name + "-shm")
        assert beside.stat().st_mode & 0o777 == 0o400
        new_database.chmod(0o600)
        with open_database(new_database):
            Process.update(name="written").execute()
            assert beside.stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("end", ["", "-wal", "-shm", "-journal", ".logs"])
    def test_one_that_others_may_write(self, new_database: Path, end: str) -> None:
        """What it says is run as commands, and SQLite believes the files beside it."""
        logs = new_database.with_name(new_database.name + ".logs")
        logs.mkdir()
        part = new_database.with_name(new_database.name + end)
        part.touch()
        part.chmod(part.stat().st_mode | 0o020)
        assert f"{part} may be written by others" in refusal(new_database, logs=logs)
        part.chmod(part.stat().st_mode & ~0o022)
        with open_database(new_database, logs=logs):
            assert Process.select().count() == 0

    def test_a_link_to_one_whose_journal_others_may_write(self, tmp_path: Path) -> None:
        real, link = tmp_path / "real.db", tmp_path / "link.db"
        with open_database(real):
            pass
        link.symlink_to(real)
        journal = tmp_path / "real.db-wal"
        journal.touch(0o666)
        journal.chmod(0o666)
        with pytest.raises(DatabaseUnusable, match="may be written by others"), open_database(link):
            pytest.fail("it was opened")

    def test_a_folder_that_cannot_be_made(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def forbidden(*arguments: object, **options: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "mkdir", forbidden)
        assert "is not there, and cannot be made" in refusal(tmp_path / "new" / "scheduler.db")

    @pytest.mark.parametrize("is_new", [True, False])
    def test_one_that_another_program_holds(self, database_file: Path, is_new: bool) -> None:
        if not is_new:
            with open_database(database_file):
                pass
        with closing(sqlite3.connect(database_file, isolation_level=None)) as other:
            other.execute("PRAGMA locking_mode = exclusive")
            other.execute("BEGIN EXCLUSIVE")
            assert "locked by another program" in refusal(database_file, busy_timeout=0.05)


class TestWhileOpen:
    def test_trouble_in_the_middle_is_explained_too(self, database_file: Path) -> None:
        def write() -> None:
            with open_database(database_file, busy_timeout=0.01):
                other.execute("BEGIN IMMEDIATE")
                database.execute_sql("DELETE FROM process")

        with closing(sqlite3.connect(database_file, isolation_level=None)) as other:
            other.execute("PRAGMA journal_mode = wal")
            with pytest.raises(DatabaseUnusable, match="locked by another program"):
                write()

    def test_other_errors_are_left_as_they_are(self, database_file: Path) -> None:
        with pytest.raises(FileNotFoundError), open_database(database_file):
            raise FileNotFoundError("some log")

    @pytest.mark.parametrize(
        ("message", "sentence"),
        [
            ("database is locked", "locked by another program"),
            ("attempt to write a readonly database", "is read-only"),
            ("database disk image is malformed", "damaged"),
            ("database or disk is full", "the disk is full"),
            ("unable to open database file", "cannot be opened"),
            ("disk I/O error", "the disk reports an error"),
            ("[Errno 5] Input/output error", "the disk reports an error"),
            ("[Errno 122] Disk quota exceeded", "your quota is used up"),
            ("[Errno 27] File too large", "the limit on the size of files is reached"),
            ("[Errno 30] Read-only file system", "is on a read-only file system"),
            ("something new", "cannot be used: something new"),
        ],
    )
    def test_what_sqlite_says_becomes_a_sentence(self, message: str, sentence: str) -> None:
        with pytest.raises(DatabaseUnusable, match=sentence), translate_errors(Path("/x/y.db")):
            raise OperationalError(message)

    @pytest.mark.parametrize(
        ("first", "reason"),
        [
            ("disk I/O error", "the disk reports an error"),
            ("attempt to write a readonly database", "the database is read-only"),
            ("something new", "something new"),
        ],
    )
    def test_the_first_cause_counts(self, first: str, reason: str) -> None:
        rolled_back = OperationalError("cannot rollback - no transaction is active")
        rolled_back.__context__ = OperationalError(first)
        with pytest.raises(DatabaseUnusable) as caught, translate_errors(Path("/x/y.db")):
            raise rolled_back
        assert caught.value.reason == reason
        assert caught.value.remedy
        assert "rollback" not in str(caught.value)

    def test_a_limit_on_the_size_of_files_is_no_failed_rollback(self, services: Services) -> None:
        size = Path(str(database.obj.path) + "-wal").stat().st_size
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            with (
                pytest.raises(DatabaseUnusable, match=r"reports an error.*ulimit -f"),
                translate_errors(Path("/x/y.db")),
            ):
                services.controls.hold()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    def test_a_full_disk_is_named_however_deep_in_transactions(self, services: Services) -> None:
        database.pragma("max_page_count", database.pragma("page_count"))

        def fill() -> None:
            for number in range(1000):
                with transaction():
                    a_process(services, f"process {number}", command="x" * 5000)

        with (
            pytest.raises(DatabaseUnusable, match="disk is full"),
            translate_errors(Path("/x/y.db")),
        ):
            fill()

    def test_a_commit_of_somebody_else_is_noticed(self, database_file: Path) -> None:
        with open_database(database_file):
            before = data_version()
            database.execute_sql("UPDATE control SET held_by = 'me'")
            assert data_version() == before
            execute(database_file, "UPDATE control SET held_by = 'somebody'")
            assert data_version() != before


@pytest.fixture
def in_thread() -> Iterator[Callable[[Callable[[], None]], None]]:
    """Run something in another thread and wait for it; what it raises is raised here."""
    threads: list[threading.Thread] = []

    def run(call: Callable[[], None]) -> None:
        raised: list[BaseException] = []

        def work() -> None:
            try:
                call()
            except BaseException as error:
                raised.append(error)
            finally:
                database.close()

        thread = threading.Thread(target=work)
        threads.append(thread)
        thread.start()
        thread.join()
        if raised:
            raise raised[0]

    yield run
    assert not any(thread.is_alive() for thread in threads)


def test_every_thread_has_a_connection_with_the_same_rules(
    database_file: Path, in_thread: Callable[[Callable[[], None]], None]
) -> None:
    def look() -> None:
        database.connect()
        assert database.pragma("foreign_keys") == 1
        assert database.execute_sql(
            "SELECT holds('ÄRGER', 'ärg'), holds(NULL, 'x')"
        ).fetchone() == (1, 0)

    with open_database(database_file):
        in_thread(look)


def test_it_can_be_moved_with_a_copy(database_file: Path, tmp_path: Path) -> None:
    with open_database(database_file):
        pass
    shutil.copy(database_file, tmp_path / "copy.db")
    with open_database(tmp_path / "copy.db"):
        assert Process.select().count() == 0


class TestEmptied:
    """A file of 0 bytes that was a database is not begun anew: numbers of runs mean others then."""

    @pytest.fixture
    def logs(self, database_file: Path) -> Path:
        return database_file.with_name(database_file.name + ".logs")

    @pytest.mark.parametrize("left", ["00000/1-0123abcd.log", "keepers"])
    def test_one_whose_logs_are_there(self, database_file: Path, logs: Path, left: str) -> None:
        database_file.touch(0o600)
        (logs / left).mkdir(parents=True)
        command = refusal(database_file, logs=logs).rpartition(": ")[2]
        assert database_file.stat().st_size == 0
        assert os.system(command) == 0
        with open_database(database_file, logs=logs):
            assert Process.select().count() == 0

    def test_one_whose_wal_is_there(self, database_file: Path, logs: Path) -> None:
        database_file.touch(0o600)
        wal = database_file.with_name(database_file.name + "-wal")
        wal.write_bytes(b"precious")
        wal.chmod(0o600)
        assert "has emptied the file" in refusal(database_file, logs=logs)
        assert wal.read_bytes() == b"precious"

    def test_one_that_was_removed_is_made_anew(self, database_file: Path, logs: Path) -> None:
        (logs / "00000").mkdir(parents=True)
        (logs / "00000" / "1.log").touch()
        with open_database(database_file, logs=logs):
            assert Process.select().count() == 0

    def test_an_empty_folder_of_logs_says_nothing(self, database_file: Path, logs: Path) -> None:
        database_file.touch(0o600)
        logs.mkdir()
        with open_database(database_file, logs=logs):
            assert Process.select().count() == 0


@pytest.mark.parametrize("looks", range(1, 8))
def test_what_whoever_closes_it_last_removes_between_two_looks_is_not_missed(
    database_file: Path, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    with open_database(database_file):
        pass
    wal = database_file.with_name(f"{database_file.name}-wal")
    wal.touch(0o600)
    left = [looks]
    look = Path.stat

    def vanishing(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        status = look(path, follow_symlinks=follow_symlinks)
        if path.name == wal.name:
            left[0] -= 1
            if not left[0]:
                wal.unlink()
        return status

    monkeypatch.setattr(Path, "stat", vanishing)
    with open_database(database_file):
        assert Process.select().count() == 0
