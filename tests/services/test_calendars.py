"""The days of calendars, as the configuration and the library of public holidays have them."""

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.services.drafts import a_request, every, later, wall
from tui_scheduler.calendars import Calendars, NamedCalendar, use_calendars
from tui_scheduler.errors import InvalidInput, Problem, Refused
from tui_scheduler.schedules import Frequency, Plan, parse_exceptions
from tui_scheduler.services import Services
from tui_scheduler.services.calendars import days_of, resolved

CONFIG = Path("/home/ann/config.toml")


def named(name: str, dates: tuple[str, ...] = (), holidays: str = "") -> NamedCalendar:
    return NamedCalendar(name=name, dates=dates, holidays=holidays)


def calendars(*those: NamedCalendar) -> Calendars:
    return Calendars({each.name: each for each in those}, CONFIG)


def put_in_force(*those: NamedCalendar) -> None:
    use_calendars(calendars(*those))


def has(those: Calendars, name: str, day: str) -> bool:
    return date.fromisoformat(day).toordinal() in days_of(those, name).days


def excepting(text: str, **fields: object) -> Plan:
    return every(Frequency.HOURLY, except_=parse_exceptions(text), **fields)


def test_dates_and_ranges_are_days() -> None:
    company = calendars(named("company", ("2026-12-24", "2026-12-31..2027-01-02")))
    days = days_of(company, "company")
    assert len(days.days) == 4
    assert has(company, "company", "2027-01-01")
    assert days.known_until is None
    assert days.problem == ""


def test_public_holidays_are_those_of_the_place() -> None:
    both = calendars(named("spain", holidays="ES"), named("bavaria", holidays="de-by"))
    assert has(both, "spain", "2026-12-08")
    assert not has(both, "bavaria", "2026-12-08")
    assert has(both, "bavaria", "2026-01-06")
    assert days_of(both, "spain").known_until == date(2100, 12, 31).toordinal()


def test_dates_may_be_added_to_holidays() -> None:
    both = calendars(named("both", ("2026-12-09",), "ES"))
    assert has(both, "both", "2026-12-08")
    assert has(both, "both", "2026-12-09")


@pytest.mark.parametrize(
    ("place", "problem"),
    [
        ("XX", "there are no holidays of 'XX': write a country such as ES or DE"),
        ("DE-XX", "there are no holidays of 'XX' in DE: use one of BB, BE, BW, BY"),
    ],
)
def test_a_place_that_is_not_known_is_told_with_those_that_are(place: str, problem: str) -> None:
    put_in_force(named("x", holidays=place))
    [text] = resolved(excepting("x")).except_.problems
    assert text.startswith(f"{CONFIG}: calendar.x: {problem}")


def test_without_the_library_it_is_said_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    lacking = calendars(named("x", holidays="FR"), named("company", ("2026-12-24",)))
    assert days_of(lacking, "x").problem == (
        f"{CONFIG}: calendar.x: public holidays need what is not installed:"
        " pip install 'tui-scheduler[holidays]'"
    )
    assert days_of(lacking, "company").problem == ""
    monkeypatch.undo()
    assert days_of(lacking, "x").problem == ""


def test_nothing_is_imported_for_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "holidays", raising=False)
    put_in_force(named("dates", ("2026-05-01",)), named("unused", holidays="ES"))
    assert resolved(excepting("dates")).except_.problems == ()
    assert "holidays" not in sys.modules


class TestSaving:
    def test_a_calendar_that_is_not_there_is_refused(self, services: Services) -> None:
        put_in_force(named("company", ("2026-12-24",)))
        with pytest.raises(InvalidInput) as refused:
            a_request(services, excepting("firm"))
        assert refused.value.problems == (
            Problem(
                "except_",
                f"there is no [calendar.firm] in {CONFIG}: use company, add it, or leave it out",
            ),
        )

    def test_later_on_such_a_day_is_refused(self, services: Services) -> None:
        put_in_force(named("company", ("2026-12-24",)))
        plan = replace(later("2026-12-24T09:00"), except_=parse_exceptions("company"))
        with pytest.raises(InvalidInput, match="Thursday 24 December 2026 is left out"):
            a_request(services, plan)

    def test_what_never_fires_is_refused(self, services: Services) -> None:
        put_in_force(named("company", ("2026-12-24..2026-12-31",)))
        ending = every(
            Frequency.DAILY,
            start=wall("2026-12-24T09:00"),
            finish=wall("2026-12-26T09:00"),
            except_=parse_exceptions("company"),
        )
        with pytest.raises(InvalidInput, match="except: it never fires"):
            a_request(services, ending)

    def test_scheduling_waits_for_no_calendar_that_is_gone(self, services: Services) -> None:
        put_in_force(named("company", ("2026-12-24",)))
        request = a_request(services, excepting("company"))
        put_in_force()
        with pytest.raises(Refused, match=r"Nothing can be planned: there is no \[calendar"):
            services.requests.schedule(request.id)

    def test_a_plan_of_which_nothing_is_left_is_not_scheduled(self, services: Services) -> None:
        put_in_force(named("company", ("2026-12-24",)))
        ending = excepting("company", finish=wall("2026-03-02T20:00"))
        request = a_request(services, ending)
        put_in_force(named("company", ("2026-03-02",)))
        with pytest.raises(Refused, match="or what it leaves out, first"):
            services.requests.schedule(request.id)
