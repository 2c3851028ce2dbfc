"""Whether the days are known that requests leave out."""

import sys
from pathlib import Path

import pytest

from tests.services.drafts import every, scheduled
from tests.services.test_calendars import named, put_in_force
from tui_scheduler.calendars import NamedCalendar
from tui_scheduler.doctor import Finding, Target, Verdict, calendars
from tui_scheduler.models import Request
from tui_scheduler.schedules import Frequency, parse_exceptions
from tui_scheduler.services import Services
from tui_scheduler.settings import Settings

COMPANY = named("company", ("2026-12-24",))


def finding_of(tmp_path: Path, *configured: NamedCalendar) -> Finding:
    """The one finding."""
    settings = Settings(
        database=tmp_path / "scheduler.db",
        calendars={each.name: each for each in configured},
        config=tmp_path / "config.toml",
    )
    [finding] = calendars.check(Target(settings=settings))
    return finding


@pytest.fixture
def _request(services: Services) -> None:
    put_in_force(COMPANY)
    plan = every(Frequency.HOURLY, except_=parse_exceptions("company, 2026-12-31"))
    scheduled(services, plan)


def test_without_any_all_is_well(services: Services, tmp_path: Path) -> None:
    assert finding_of(tmp_path).text == "No calendar is configured, and none is named"


@pytest.mark.usefixtures("_request")
def test_those_that_are_known_are_counted(tmp_path: Path) -> None:
    assert finding_of(tmp_path, COMPANY) == Finding(Verdict.OK, "1 calendar, all days known")


@pytest.mark.usefixtures("_request")
def test_one_that_is_gone_is_a_problem_with_what_waits_for_it(tmp_path: Path) -> None:
    finding = finding_of(tmp_path)
    assert finding.verdict is Verdict.PROBLEM
    assert finding.text == (
        "1 request that waits for a calendar, 1: there is no [calendar.company] in"
        f" {tmp_path / 'config.toml'}: add it, or leave it out"
    )
    assert "request edit ID --except" in finding.remedy


def test_one_that_nobody_needs_is_a_warning(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    finding = finding_of(tmp_path, named("spain", holidays="PT"))
    assert finding.verdict is Verdict.WARNING
    assert "pip install 'tui-scheduler[holidays]'" in finding.text


@pytest.mark.usefixtures("_request")
def test_a_damaged_row_is_told_of_elsewhere(tmp_path: Path) -> None:
    Request.update(except_="?").execute()
    assert finding_of(tmp_path, COMPANY).verdict is Verdict.OK
