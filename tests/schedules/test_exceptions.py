"""Days that are left out of a plan: what is said of them, and what that does to its fires."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice

import pytest

from tests.schedules.plans import MADRID, cron, days, plan, utc, wall
from tui_scheduler.schedules import (
    Calendar,
    DailyOption,
    Exceptions,
    Frequency,
    MonthlyOption,
    Plan,
    Timing,
    anchored,
    count_fires,
    fires,
    first_fire,
    latest_fire,
    left_out,
    next_fire,
    parse_exceptions,
    problems,
    why_left_out,
)
from tui_scheduler.schedules.exceptions import MOST_ITEMS
from tui_scheduler.schedules.series import Elapsing, Series
from tui_scheduler.schedules.timetable import Timetable, timetable

NOW = utc("2026-12-20T12:00")


def calendar(*dates: str, until: str | None = None) -> Calendar:
    known_until = None if until is None else date.fromisoformat(until).toordinal()
    return Calendar(frozenset(date.fromisoformat(day).toordinal() for day in dates), known_until)


def excepting(text: str, **calendars: Calendar) -> Exceptions:
    return replace(parse_exceptions(text), calendars=calendars)


def daily(text: str, **calendars: Calendar) -> Plan:
    """Every day at nine in Madrid, but for these."""
    return plan(
        Frequency.DAILY,
        "2026-12-20T09:00",
        timezone=MADRID,
        except_=excepting(text, **calendars),
    )


class TestSaying:
    @pytest.mark.parametrize(
        ("text", "items"),
        [
            ("", ()),
            (" , ", ()),
            ("2026-12-24", ("2026-12-24",)),
            ("2026-12-24,company", ("2026-12-24", "company")),
            ("company and 2026-12-24", ("company", "2026-12-24")),
            (" company ; 2026-12-24 ", ("company", "2026-12-24")),
            ("2026-12-24 .. 2027-01-06", ("2026-12-24..2027-01-06",)),
            ("company, company", ("company",)),
            ("Día-1_x", ("Día-1_x",)),
        ],
    )
    def test_items_stand_between_commas(self, text: str, items: tuple[str, ...]) -> None:
        exceptions = parse_exceptions(text)
        assert exceptions.items == items
        assert parse_exceptions(str(exceptions)) == exceptions

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("2026-13-01", "'2026-13-01' is no date: write 2026-12-24, or"),
            ("2026-W01-1", "is no date"),
            ("20261224", "is no date"),
            ("2027-01-06..2026-12-24", "ends before it begins: write the earlier date first"),
            ("2026-12-24..", "is no date"),
            ("two words", "'two words' is no date and no calendar, whose name must begin with"),
            ("none", "'none' is no date and no calendar, whose name means something else"),
            ("Sundays", "days of the week are said by the plan itself"),
            ("x" * 101, "must begin with a letter"),
        ],
    )
    def test_anything_else_is_refused_with_what_to_write(self, text: str, problem: str) -> None:
        with pytest.raises(ValueError, match=r"^'") as refused:
            parse_exceptions(text)
        assert problem in str(refused.value)

    def test_there_are_not_too_many(self) -> None:
        dates = [str(date(2026, 1, 1) + timedelta(days=number)) for number in range(MOST_ITEMS + 1)]
        assert len(parse_exceptions(",".join(dates[:-1])).items) == MOST_ITEMS
        with pytest.raises(ValueError, match="make a calendar of them"):
            parse_exceptions(",".join(dates))


class TestWhatIsLeft:
    def test_dates_ranges_and_calendars_are_left_out(self) -> None:
        company = calendar("2026-12-30")
        christmas = daily("2026-12-24..2026-12-26, 2026-12-28, company", company=company)
        assert days(christmas, "2026-12-22T12:00", 4) == [
            "2026-12-23", "2026-12-27", "2026-12-29", "2026-12-31",
        ]  # fmt: skip

    def test_a_day_is_that_of_the_requests_zone(self) -> None:
        hourly = plan(
            Frequency.HOURLY, "2026-12-20T00:00", timezone="Asia/Tokyo",
            except_=parse_exceptions("2026-12-24"),
        )  # fmt: skip
        assert fires(hourly, utc("2026-12-23T13:30"), 2) == [
            utc("2026-12-23T14:00"),
            utc("2026-12-24T15:00"),
        ]

    def test_intervals_keep_their_grid(self) -> None:
        every_7_hours = plan(
            Frequency.HOURLY, "2026-12-23T00:00", interval=7,
            except_=parse_exceptions("2026-12-24"),
        )  # fmt: skip
        assert fires(every_7_hours, utc("2026-12-23T20:00"), 2) == [
            utc("2026-12-23T21:00"),
            utc("2026-12-25T01:00"),
        ]

    def test_every_n_days_keep_their_count(self) -> None:
        every_2_days = plan(
            Frequency.DAILY, "2026-12-20T09:00", interval=2, except_=parse_exceptions("2026-12-20")
        )
        assert first_fire(every_2_days, utc("2026-12-01T00:00")) == utc("2026-12-22T09:00")

    def test_what_was_and_how_much_is_the_same(self) -> None:
        christmas = daily("2026-12-24..2026-12-26")
        assert latest_fire(christmas, utc("2026-12-26T12:00")) == utc("2026-12-23T08:00")
        assert count_fires(christmas, utc("2026-12-22T12:00"), utc("2026-12-27T12:00")) == 2
        assert count_fires(christmas, utc("2026-12-24T01:00"), utc("2026-12-26T12:00")) == 0

    def test_they_use_up_no_repetitions(self) -> None:
        three = replace(daily("2026-12-21"), repetitions=3)
        assert len(fires(three, NOW, 10)) == 3

    def test_a_finish_holds(self) -> None:
        ending = replace(daily("2026-12-24"), finish=wall("2026-12-24T12:00"))
        assert next_fire(ending, utc("2026-12-23T12:00")) is None

    def test_later_is_left_out_as_a_whole(self) -> None:
        once = Plan(
            timing=Timing.LATER, timezone=MADRID, start=wall("2026-12-24T00:30"),
            except_=parse_exceptions("2026-12-24"),
        )  # fmt: skip
        assert first_fire(once, NOW) is None
        assert first_fire(replace(once, start=wall("2026-12-23T23:30")), NOW) is not None

    def test_what_runs_once_when_it_is_scheduled_does_not_on_such_a_day(self) -> None:
        once = Plan(timing=Timing.LATER, timezone="UTC", except_=parse_exceptions("2026-12-20"))
        assert first_fire(once, NOW) is None
        assert first_fire(once, utc("2026-12-21T00:00")) == utc("2026-12-21T00:00")

    def test_an_immediate_plan_leaves_out_nothing(self) -> None:
        now = Plan(timing=Timing.IMMEDIATE, timezone="UTC", except_=parse_exceptions("2026-12-20"))
        assert first_fire(now, NOW) == NOW

    def test_midnight_that_comes_twice_is_that_of_each_day(self) -> None:
        """A minute after midnight of 29 October 2006 it was the 28th again in St. John's."""
        every_15 = cron("*/15 * * * *", timezone="America/St_Johns")
        in_october = utc("2006-10-29T01:59")
        whole = fires(every_15, in_october, 8)
        of_28, of_29 = (
            fires(replace(every_15, except_=parse_exceptions(day)), in_october, 8)
            for day in ("2006-10-28", "2006-10-29")
        )
        assert whole[2] == utc("2006-10-29T02:30")  # 00:00 on the 29th
        assert whole[2] in of_28
        assert whole[3] not in of_28
        assert whole[2] not in of_29
        assert whole[3] in of_29


class TestWhy:
    def test_it_is_what_was_said(self) -> None:
        christmas = daily("company, 2026-12-24..2026-12-26", company=calendar("2026-12-24"))
        assert why_left_out(christmas, utc("2026-12-24T08:00")) == "company"
        assert why_left_out(christmas, utc("2026-12-25T08:00")) == "2026-12-24..2026-12-26"
        assert why_left_out(christmas, utc("2026-12-26T23:00")) is None
        assert why_left_out(daily(""), NOW) is None

    def test_days_on_which_it_would_not_fire_are_not_told_of(self) -> None:
        weekdays = replace(
            daily("2026-12-24..2026-12-28"), daily_option=DailyOption.WEEKDAYS
        )  # from Thursday to Monday
        skipped_days = list(left_out(weekdays, NOW, utc("2027-01-31T00:00")))
        assert [str(each.day) for each in skipped_days] == [
            "2026-12-24",
            "2026-12-25",
            "2026-12-28",
        ]
        assert skipped_days[0].at == utc("2026-12-24T08:00")
        assert skipped_days[0].why == "2026-12-24..2026-12-28"

    def test_of_many_fires_of_a_day_the_first_is_told(self) -> None:
        every_second = plan(
            Frequency.SECONDLY, "2026-12-20T00:00", except_=parse_exceptions("2026-12-24")
        )
        [day] = left_out(every_second, NOW, utc("2027-12-20T00:00"))
        assert day.at == utc("2026-12-24T00:00")

    def test_only_those_between_two_moments_are(self) -> None:
        christmas = daily("2026-12-24..2026-12-26")
        between = left_out(christmas, utc("2026-12-24T08:00"), utc("2026-12-25T08:00"))
        assert [str(each.day) for each in between] == ["2026-12-25"]


class TestWhatIsNotKnown:
    def test_a_plan_with_an_unknown_calendar_is_not_guessed_at(self) -> None:
        unknown = daily("company")
        for ask in (next_fire, first_fire, latest_fire, why_left_out):
            with pytest.raises(ValueError, match="nothing is known of the calendar 'company'"):
                ask(unknown, NOW)

    def test_why_a_calendar_is_not_known_is_said(self) -> None:
        gone = daily("company, spain", company=Calendar(problem="it is gone"), spain=calendar())
        assert [problem.text for problem in problems(gone, NOW)] == ["it is gone"]
        assert problems(gone, NOW)[0].field == "except_"

    def test_nothing_fires_after_the_last_day_that_is_known(self) -> None:
        holidays = daily("spain", spain=calendar("2026-12-25", until="2026-12-26"))
        assert days(holidays, "2026-12-22T12:00", 9) == [
            "2026-12-23", "2026-12-24", "2026-12-26",
        ]  # fmt: skip

    def test_what_is_known_now_is_what_counts(self) -> None:
        before = daily("company", company=calendar("2026-12-24"))
        after = daily("company", company=calendar("2026-12-23"))
        assert before == after
        assert days(before, "2026-12-22T12:00", 1) == ["2026-12-23"]
        assert days(after, "2026-12-22T12:00", 1) == ["2026-12-24"]


class TestNever:
    @pytest.mark.parametrize(
        "never",
        [
            plan(
                Frequency.DAILY, "2026-12-24T09:00", finish="2026-12-26T23:00",
                except_=parse_exceptions("2026-12-24..2026-12-26"),
            ),
            plan(
                Frequency.SECONDLY, "2026-12-20T09:00",
                except_=parse_exceptions("2026-01-01..9999-12-31"),
            ),
            cron(
                "0 9 25 12 *",
                except_=excepting(
                    "x", x=calendar("2026-12-25", "2027-12-25", until="2027-12-31")
                ),
            ),
        ],
    )  # fmt: skip
    def test_a_plan_of_which_nothing_is_left_is_refused(self, never: Plan) -> None:
        [problem] = problems(never, NOW)
        assert problem.field == "except_"
        assert problem.text.startswith("it never fires: every run is on a day that is left out")

    def test_a_later_on_such_a_day_is_refused(self) -> None:
        once = Plan(
            timing=Timing.LATER, timezone=MADRID, start=wall("2026-12-24T09:00"),
            except_=excepting("company", company=calendar("2026-12-24")),
        )  # fmt: skip
        [problem] = problems(once, NOW)
        assert str(problem) == (
            "except: Thursday 24 December 2026 is left out (company), so it would never run;"
            " use another start"
        )
        assert problems(replace(once, start=wall("2026-12-23T09:00")), NOW) == ()

    def test_a_plan_that_never_fires_anyway_says_that(self) -> None:
        [problem] = problems(cron("0 0 30 2 *", except_=parse_exceptions("2026-12-24")), NOW)
        assert problem.field == "cron"


@dataclass
class Counted:
    """A series that counts what it is asked."""

    series: Series
    asked: list[str] = field(default_factory=list)

    def next(self, after: datetime) -> datetime | None:
        self.asked.append("next")
        return self.series.next(after)

    def latest(self, until: datetime) -> datetime | None:
        self.asked.append("latest")
        return self.series.latest(until)

    def count(self, after: datetime, until: datetime) -> int:
        self.asked.append("count")
        return self.series.count(after, until)


class TestAskedAgain:
    """What a timetable was asked before changes no answer, and saves the next one."""

    @staticmethod
    def of_minutes() -> tuple[Timetable, Counted]:
        table = timetable(plan(Frequency.MINUTELY, "2026-01-01T00:00"))
        series = Counted(table.series)
        return replace(table, series=series), series

    def test_later_earlier_and_in_between(self) -> None:
        table, _ = self.of_minutes()
        for asked, fire in (
            ("2026-01-01T10:00:30", "2026-01-01T10:01"),
            ("2026-01-01T10:00:59", "2026-01-01T10:01"),
            ("2026-01-01T10:01", "2026-01-01T10:02"),
            ("2026-01-01T10:00:59", "2026-01-01T10:01"),
            ("2026-01-01T10:00", "2026-01-01T10:01"),
            ("2026-01-01T09:59:59", "2026-01-01T10:00"),
            ("2025-12-31T00:00", "2026-01-01T00:00"),
        ):
            assert table.next(wall(asked)) == wall(fire)

    def test_up_to_the_fire_the_series_is_asked_once(self) -> None:
        table, series = self.of_minutes()
        for second in range(30, 60):
            assert table.next(wall(f"2026-01-01T10:00:{second}")) == wall("2026-01-01T10:01")
        assert series.asked == ["next"]


class TestEffort:
    """A stretch that is left out costs one step, whatever would fire in it."""

    @staticmethod
    def counted(of: Plan) -> tuple[Timetable, Counted]:
        table = timetable(of)
        series = Counted(table.series)
        return replace(table, series=series), series

    def test_a_year_in_one_piece_is_one_step(self) -> None:
        table, series = self.counted(
            plan(
                Frequency.SECONDLY, "2026-01-01T00:00",
                except_=parse_exceptions("2026-02-01..2027-01-31"),
            )
        )  # fmt: skip
        assert isinstance(series.series, Elapsing)
        assert table.next(wall("2026-01-31T23:59:59")) == wall("2027-02-01T00:00")
        assert table.latest(wall("2027-01-31T12:00")) == wall("2026-01-31T23:59:59")
        assert table.count(wall("2026-01-31T23:59:58"), wall("2027-02-01T00:00")) == 2
        assert series.asked == ["next"] * 2 + ["latest"] * 2 + ["count"] * 2

    def test_a_walk_through_a_year_takes_no_more_steps_than_without(self) -> None:
        every_other = [date(2026, 1, 2) + timedelta(days=2 * number) for number in range(182)]
        whole = plan(Frequency.DAILY, "2026-01-01T09:00")
        half = replace(whole, except_=parse_exceptions(",".join(map(str, every_other))))
        steps = []
        for each in (whole, half):
            table, series = self.counted(each)
            at: datetime | None = wall("2026-01-01T00:00")
            while at is not None and at < wall("2027-01-01T00:00"):
                at = table.next(at)
            steps.append(len(series.asked))
        assert steps[0] == 366
        assert steps[1] <= steps[0] + 1

    def test_every_day_of_a_year_by_itself_is_one_step_too(self) -> None:
        every_day = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
        table, series = self.counted(
            cron("* * * * *", except_=parse_exceptions(",".join(map(str, every_day))))
        )
        assert table.next(wall("2025-12-31T23:59")) == wall("2027-01-01T00:00")
        assert series.asked == ["next", "next"]

    def test_thousands_of_years_are_a_few_steps(self) -> None:
        zones = plan(
            Frequency.DAILY, "2026-01-01T09:00", timezone=MADRID,
            except_=parse_exceptions("2027-01-01..9998-12-31"),
        )  # fmt: skip
        table, series = self.counted(zones)
        assert table.next(wall("2026-12-31T12:00")) == wall("9999-01-01T08:00")
        assert len(series.asked) == 2
        assert len(table.left_out.begins) == 1

    def test_what_is_left_out_is_told_without_going_through_its_fires(self) -> None:
        def asked() -> Iterator[object]:
            every_second = plan(
                Frequency.SECONDLY, "2026-01-01T00:00",
                except_=parse_exceptions("2026-02-01..2026-02-05"),
            )  # fmt: skip
            yield from left_out(every_second, utc("2026-01-01T00:00"), utc("9000-01-01T00:00"))

        assert len(list(islice(asked(), 100))) == 5


def test_monthly_plans_leave_out_too() -> None:
    last_days = plan(
        Frequency.MONTHLY, "2026-10-31T09:00", monthly_option=MonthlyOption.LAST_DAY,
        except_=parse_exceptions("2026-12-31"),
    )  # fmt: skip
    assert days(anchored(last_days, NOW), "2026-11-15T00:00", 2) == ["2026-11-30", "2027-01-31"]
