"""Who holds the lock, and whether he gets on: told by what he last wrote."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.signs_of_life import ELSEWHERE, a_beat, held
from tui_scheduler import lock_holder
from tui_scheduler.engine.lock import SchedulerLock
from tui_scheduler.identity import Host, this_boot, this_host
from tui_scheduler.lock_file import query_holder
from tui_scheduler.lock_holder import SIZE, Holder, encode, parse
from tui_scheduler.signs_of_life import Background, Beat, Trouble, Waiting, Why

NOT_SILENT_YET = timedelta(seconds=5)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "scheduler.db.lock"


@pytest.fixture
def database(database_file: Path) -> Path:
    database_file.touch()
    return database_file


@contextmanager
def stopped_child() -> Iterator[int]:
    """A process that somebody has stopped; yields its pid."""
    with subprocess.Popen(["sleep", "600"]) as child:
        os.kill(child.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, child.pid, os.WSTOPPED)
        yield child.pid
        child.kill()


def trouble(lock: Path, database: Path, beat: Beat | None) -> Trouble | None:
    """What is told of a holder whose last sign of life was ``beat``."""
    with held(lock, beat):
        holder = query_holder(lock)
        assert holder is not None
        return holder.trouble(database)


class TestWhatIsWritten:
    def test_it_comes_back(self) -> None:
        waiting = Waiting("the database", 12.5)
        at = a_beat().at.replace(microsecond=0)
        beat = Beat(Host("1", "alpha"), 17.25, at, (3, 4), waiting, boot="a-boot")
        assert parse(encode(4711, beat)) == Holder(4711, beat)

    def test_so_do_its_version_and_why_it_has_no_terminal(self) -> None:
        since = a_beat().at.replace(microsecond=0)
        background = Background(Why.CLOSED, since)
        beat = replace(a_beat(), at=since, version="1.2.3", background=background)
        holder = parse(encode(4711, beat))
        assert holder.background == background
        assert holder.other_version == "1.2.3"

    @pytest.mark.parametrize("text", ["", "closed", "closed@", "odd@1", "closed@" + "9" * 40])
    def test_what_makes_no_sense_of_that_is_not_known(self, text: str) -> None:
        background = Background(Why.CLOSED, a_beat().at)
        written = encode(4711, replace(a_beat(), background=background))
        odd = written.replace(str(background).encode(), text.encode()).ljust(SIZE)
        holder = parse(odd)
        assert holder.background is None
        assert holder.beat is not None

    def test_so_does_what_it_says_itself_as_far_as_there_is_room(self) -> None:
        original = Trouble("waiting: the disk is full since 10:02", "Free some space", "waiting")
        assert self.trouble_of(original) == original
        for long in ("x" * 5000, "ñ" * 5000, "\0" * 5000, "\udc80" * 300):
            problem = self.trouble_of(Trouble(long, long, long, is_minor=True))
            assert problem is not None
            assert problem.is_minor

    @staticmethod
    def trouble_of(trouble: Trouble) -> Trouble | None:
        content = encode(4711, replace(a_beat(), trouble=trouble))
        beat = parse(content).beat
        assert len(content) == SIZE
        return None if beat is None else beat.trouble

    def test_names_that_leave_no_room_leave_who_it_is(self) -> None:
        beat = a_beat(host=Host("\0" * 64, "\1" * 64))
        assert parse(encode(4711, beat)).pid == 4711

    def test_it_always_takes_the_same_room(self) -> None:
        names = ["a", "ñ" * 64, '"\\' * 32, "x" * 10_000]
        contents = [encode(4711, a_beat(host=Host(name, name))) for name in names]
        assert {len(content) for content in [*contents, encode(1, None)]} == {SIZE}
        assert all(parse(content).beat is not None for content in contents)

    def test_earlier_versions_can_read_who_it_is(self) -> None:
        assert int(encode(4711, a_beat())[:32]) == 4711

    @pytest.mark.parametrize("content", [b"4711\n", b"4711"])
    def test_what_they_write_is_who_it_is(self, content: bytes) -> None:
        assert parse(content) == Holder(4711, None)

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\xff\0nonsense",
            b"-9\n",
            b"0\n",
            b" " * SIZE,
            b"x" * 32 + b"[]",
            b"x" * 32 + b'{"host": 1}',
            b"x" * 32 + b"9" * 900,
            b"x" * 32 + b"[" * 900,
            b"x" + encode(1, a_beat()).replace(b'"at": ', b'"at": 1e300, "x": ')[1:],
            b"x" + encode(1, a_beat()).replace(b'"steady": ', b'"steady": NaN, "x": ')[1:],
        ],
    )
    def test_nonsense_is_not_known(self, content: bytes) -> None:
        assert parse(content) == Holder(None, None)

    def test_a_line_that_is_cut_is_not_known(self) -> None:
        content = encode(4711, a_beat())
        for end in range(32, len(content.rstrip())):
            assert parse(content[:end]) == Holder(4711, None)


class TestWhetherItGetsOn:
    def test_one_that_gave_a_sign_of_life_does(self, lock: Path, database: Path) -> None:
        assert trouble(lock, database, a_beat(database, ago=NOT_SILENT_YET)) is None

    def test_of_one_that_gives_none_nothing_is_said(self, lock: Path, database: Path) -> None:
        assert trouble(lock, database, None) is None

    def test_one_that_is_silent_does_not(self, lock: Path, database: Path) -> None:
        problem = trouble(lock, database, a_beat(database, ago=MINUTE))
        assert problem is not None
        assert problem.text.startswith(f"Process {os.getpid()} has given no sign of life since ")
        assert f"kill -9 {os.getpid()}" in problem.remedy

    def test_setting_the_clock_makes_nobody_silent(self, lock: Path, database: Path) -> None:
        beat = a_beat(database)
        assert trouble(lock, database, replace(beat, at=beat.at - HOUR)) is None

    def test_one_that_was_stopped_is_told_at_once(self, lock: Path, database: Path) -> None:
        with stopped_child() as pid, held(lock, a_beat(database), pid):
            holder = query_holder(lock)
            assert holder is not None
            problem = holder.trouble(database)
        assert problem is not None
        assert problem.text.startswith(f"Process {pid} is stopped")
        assert problem.remedy == f"Let it go on: kill -CONT {pid}"

    def test_one_that_waits_for_long_is_told(self, lock: Path, database: Path) -> None:
        beat = a_beat(database)
        for seconds, is_long in ((1, False), (60, True)):
            waiting = Waiting("the database", beat.steady - seconds)
            problem = trouble(lock, database, replace(beat, waiting=waiting))
            assert (problem is not None) is is_long
        assert problem is not None
        assert "has waited for the database since" in problem.text

    @pytest.mark.parametrize("is_replaced", [True, False])
    def test_one_whose_database_is_another_file_is_told(
        self, lock: Path, database: Path, *, is_replaced: bool
    ) -> None:
        beat = a_beat(database)
        other = database.with_name("other")
        other.touch()
        database.rename(database.with_name("away"))
        if is_replaced:
            other.rename(database)
        problem = trouble(lock, database, beat)
        assert problem is not None
        assert f"a file that is not {database} any more" in problem.text


class TestOnAnotherMachine:
    def test_its_name_is_told(self, lock: Path, database: Path) -> None:
        with held(lock, a_beat(host=ELSEWHERE), 12):
            holder = query_holder(lock)
        assert holder is not None
        assert (holder.name, holder.host) == ("process 12 on alpha", "alpha")
        assert holder.trouble(database) is None

    def test_what_it_says_of_its_files_and_processes_is_not_ours(
        self, lock: Path, database: Path
    ) -> None:
        assert trouble(lock, database, a_beat(lock, ago=MINUTE, host=ELSEWHERE)) is None

    def test_it_is_silent_after_some_minutes(self, lock: Path, database: Path) -> None:
        problem = trouble(lock, database, a_beat(ago=HOUR, host=ELSEWHERE))
        assert problem is not None
        assert "by its own clock" in problem.text
        assert problem.remedy == "See to it on alpha"

    def test_its_lock_need_not_reach_us(self, lock: Path) -> None:
        lock.write_bytes(encode(12, a_beat(host=ELSEWHERE)))
        holder = query_holder(lock)
        assert holder is not None
        assert holder.name == "process 12 on alpha"
        lock.write_bytes(encode(12, a_beat(ago=HOUR, host=ELSEWHERE)))
        assert query_holder(lock) is None

    @pytest.mark.parametrize("machine_id", [this_host().id, ""])
    @pytest.mark.parametrize(
        ("name", "boot", "is_elsewhere"),
        [
            ("alpha", "another-boot", True),  # made of the same image
            (this_host().name, "another-boot", False),  # it was started anew
            ("alpha", None, False),  # it was renamed
            ("alpha", "", False),  # of an earlier version
        ],
    )
    @pytest.mark.skipif(not this_boot(), reason="the system does not tell one boot from another")
    def test_an_image_of_ours_is_another_machine(
        self, lock: Path, machine_id: str, name: str, boot: str | None, *, is_elsewhere: bool
    ) -> None:
        lock.write_bytes(encode(12, a_beat(host=Host(machine_id, name), boot=boot)))
        holder = query_holder(lock)
        assert (holder is not None and holder.is_elsewhere) is is_elsewhere
        assert SchedulerLock(lock).acquire() is not is_elsewhere

    def test_no_process_of_ours_with_its_number_is_looked_at(
        self, lock: Path, database: Path
    ) -> None:
        with stopped_child() as pid, held(lock, a_beat(host=ELSEWHERE), pid):
            holder = query_holder(lock)
            assert holder is not None
            assert holder.trouble(database) is None

    def test_its_troubles_and_their_remedies_are_there(self, lock: Path, database: Path) -> None:
        beat = a_beat(host=ELSEWHERE)
        waiting = replace(beat, waiting=Waiting("the database", beat.steady - 60))
        problem = trouble(lock, database, waiting)
        assert problem is not None
        assert problem.text.startswith(
            f"Process {os.getpid()} on alpha has waited for the database"
        )
        assert problem.remedy == f"On alpha: See what holds it: fuser -v {database}"
        own = Trouble("The keeper creaks", "Oil it: kill -9 7")
        problem = trouble(lock, database, replace(beat, trouble=own))
        assert problem is not None
        assert problem.text == f"Process {os.getpid()} on alpha says: The keeper creaks"
        assert problem.remedy == "On alpha: Oil it: kill -9 7"

    def test_whose_clock_is_behind_is_known_to_who_waits(self, lock: Path) -> None:
        lock.write_bytes(encode(12, a_beat(host=ELSEWHERE, ago=HOUR)))
        ours = SchedulerLock(lock)
        assert not ours.acquire()
        holder = ours.holder()
        assert holder is not None
        assert holder.name == "process 12 on alpha"

    def test_one_of_this_machine_that_let_go_is_believed_by_nobody(self, lock: Path) -> None:
        lock.write_bytes(encode(12, a_beat()))
        assert query_holder(lock) is None

    def test_it_gets_the_lock_left_until_nothing_new_comes(
        self, lock: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = 1000.0
        monkeypatch.setattr("tui_scheduler.engine.lock.steady_seconds", lambda: now)
        ours = SchedulerLock(lock)
        lock.write_bytes(encode(12, a_beat(ago=HOUR, host=ELSEWHERE)))
        assert not ours.acquire()
        now += 50
        lock.write_bytes(encode(12, a_beat(ago=MINUTE, host=ELSEWHERE)))
        assert not ours.acquire()
        now += 50
        assert not ours.acquire()
        now += 11
        assert ours.acquire()
        ours.release()

    def test_one_that_let_go_is_not_waited_for(self, lock: Path) -> None:
        lock.write_bytes(lock_holder.NOTHING)
        ours = SchedulerLock(lock)
        assert ours.acquire()
        ours.release()
