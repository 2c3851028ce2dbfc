"""The clock, the zones, and who schedules."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.doctor.conftest import Examine
from tests.engine.test_lock import HOLD
from tests.services.drafts import minutely, scheduled
from tests.support.clock import FakeClock
from tests.support.signs_of_life import ELSEWHERE, a_beat, held
from tui_scheduler.doctor import Verdict
from tui_scheduler.lock_holder import encode
from tui_scheduler.models import Request
from tui_scheduler.services import Services
from tui_scheduler.settings import Settings
from tui_scheduler.signs_of_life import Trouble


class TestTheClock:
    def test_one_that_was_put_back_is_a_problem(self, examined: Examine, clock: FakeClock) -> None:
        clock.jump(hours=-2)
        [finding] = examined()["clock"]
        assert finding.verdict is Verdict.PROBLEM
        assert "run 1 ended 2 h later" in finding.text

    def test_being_put_back_a_little_is_no_matter(
        self, examined: Examine, clock: FakeClock
    ) -> None:
        clock.jump(seconds=-1)
        assert examined()["clock"][0].verdict is Verdict.OK

    def test_a_hold_is_recorded_as_well(
        self, examined: Examine, clock: FakeClock, services: Services
    ) -> None:
        clock.advance(hours=1)
        services.controls.hold()
        clock.jump(minutes=-30)
        assert "was held or released 30 min later" in examined()["clock"][0].text


class TestPlansOfAClockThatWasAhead:
    def test_they_are_planned_anew(
        self, examined: Examine, clock: FakeClock, services: Services
    ) -> None:
        request = scheduled(services, minutely(), process="ahead")
        clock.jump(days=1)
        services.dispatch.claim()
        clock.jump(days=-1)
        [finding] = examined()["plans"]
        assert finding.verdict is Verdict.PROBLEM
        assert "1 request planned while the clock was ahead: " in finding.text
        [repaired] = examined(repairs=True)["plans"]
        assert repaired.verdict is Verdict.REPAIRED
        fire = services.requests.get(request.id).next_fire
        assert fire is not None
        assert fire <= clock.advance(minutes=1)


class TestZones:
    def test_one_that_is_not_known_is_a_problem(self, examined: Examine) -> None:
        Request.update(timezone="Mars/Base").execute()
        [finding] = examined()["zones"]
        assert finding.verdict is Verdict.PROBLEM
        assert "Mars/Base" in finding.text

    @pytest.mark.parametrize("name", ["", "Mars/Base"])
    def test_a_machine_that_does_not_know_its_own(
        self, examined: Examine, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setattr("tui_scheduler.machine_zone.zone_name", lambda: name)
        [finding] = examined()["zones"]
        assert finding.verdict is Verdict.WARNING
        assert "UTC is used" in finding.text

    def test_the_edition_of_the_data_is_named(
        self, examined: Examine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr("zoneinfo.TZPATH", (str(tmp_path / "missing"), str(tmp_path)))
        assert examined()["zones"][0].text.startswith("Europe/Madrid here, 1 in requests; data 20")
        (tmp_path / "UTC").touch()
        assert examined()["zones"][0].text.endswith(f"; data of {tmp_path}")
        (tmp_path / "tzdata.zi").write_text("# version 2042z\n...")
        assert examined()["zones"][0].text.endswith("; data 2042z")


@contextmanager
def holding(file: Path) -> Iterator[int]:
    """A process that holds the lock; yields its pid."""
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        yield holder.pid
        holder.kill()


class TestTheScheduler:
    def test_its_process_is_named(self, examined: Examine, settings: Settings) -> None:
        with held(settings.lock_file, None):  # as earlier versions leave it
            [finding] = examined()["scheduler"]
        assert finding.verdict is Verdict.OK
        assert finding.text.startswith(f"Process {os.getpid()} schedules; it gives no signs")

    def test_one_that_gets_on_is_said_to(self, examined: Examine, settings: Settings) -> None:
        with held(settings.lock_file, a_beat(settings.database)):
            [finding] = examined()["scheduler"]
        assert finding.verdict is Verdict.OK
        assert finding.text == f"Process {os.getpid()} schedules, and gets on"

    def test_one_that_does_not_is_a_problem(self, examined: Examine, settings: Settings) -> None:
        beat = a_beat(settings.database, ago=timedelta(minutes=5))
        with held(settings.lock_file, beat):
            [finding] = examined()["scheduler"]
        assert finding.verdict is Verdict.PROBLEM
        assert "has given no sign of life since" in finding.text
        assert f"kill -9 {os.getpid()}" in finding.remedy

    def test_what_it_says_itself_is_said(self, examined: Examine, settings: Settings) -> None:
        beat = a_beat(settings.database)
        for is_minor, verdict in ((False, Verdict.PROBLEM), (True, Verdict.WARNING)):
            trouble = Trouble("It creaks", "Oil it", is_minor=is_minor)
            with held(settings.lock_file, replace(beat, trouble=trouble)):
                [finding] = examined()["scheduler"]
            assert (finding.verdict, finding.text, finding.remedy) == (
                verdict, "It creaks", "Oil it",
            )  # fmt: skip

    def test_a_lock_that_nobody_can_take_is_a_problem(
        self, examined: Examine, settings: Settings
    ) -> None:
        settings.lock_file.mkdir()
        finding, _ = examined()["scheduler"]
        assert finding.verdict is Verdict.PROBLEM
        assert finding.text.endswith("cannot be had: Is a directory")

    def test_of_one_on_another_machine_only_its_word_is_known(
        self, examined: Examine, settings: Settings
    ) -> None:
        with held(settings.lock_file, a_beat(host=ELSEWHERE), 12):
            [finding] = examined()["scheduler"]
        assert finding.verdict is Verdict.OK
        assert finding.text.startswith("Process 12 on alpha schedules, as it says")

    def test_a_database_with_two_names_is_a_problem(
        self, examined: Examine, settings: Settings
    ) -> None:
        settings.database.with_name("other.db").hardlink_to(settings.database)
        finding, _ = examined()["scheduler"]
        assert finding.verdict is Verdict.PROBLEM
        assert "has 2 names (hard links)" in finding.text

    def test_nobody_is_missed_where_nothing_is_scheduled(self, examined: Examine) -> None:
        [finding] = examined()["scheduler"]
        assert finding.verdict is Verdict.OK
        assert finding.text == "Nobody schedules, and nothing is scheduled"

    def test_somebody_is_missed_where_something_waits(
        self, examined: Examine, services: Services
    ) -> None:
        scheduled(services, minutely())
        [finding] = examined()["scheduler"]
        assert finding.verdict is Verdict.WARNING
        assert "1 request waiting" in finding.text
        assert "tui-scheduler serve" in finding.remedy

    def test_the_number_that_a_killed_one_left_is_harmless(
        self, examined: Examine, settings: Settings
    ) -> None:
        with holding(settings.lock_file) as pid:
            pass
        [finding] = examined()["scheduler"]
        assert finding.verdict is Verdict.OK
        assert f"the lock names {pid}, who let go of it: harmless" in finding.text

    def test_nothing_is_known_of_one_of_another_machine_that_is_silent(
        self, examined: Examine, settings: Settings
    ) -> None:
        beat = a_beat(host=ELSEWHERE, ago=timedelta(hours=1))
        settings.lock_file.write_bytes(encode(12, beat))
        settings.lock_file.chmod(0o600)
        [finding] = examined()["scheduler"]
        assert "the lock names process 12 on alpha, of which nothing was heard" in finding.text
        assert "harmless" not in finding.text

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which files are open")
    def test_one_whose_lock_was_removed_is_a_problem(
        self, examined: Examine, settings: Settings
    ) -> None:
        with holding(settings.lock_file) as pid:
            settings.lock_file.unlink()
            [finding] = examined()["scheduler"]
        assert finding.verdict is Verdict.PROBLEM
        assert f"was removed while process {pid} held it" in finding.text
