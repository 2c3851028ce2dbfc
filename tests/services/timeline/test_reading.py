"""What a timeline is drawn of, read from any history."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile

import pytest

from tests.services.drafts import a_process, a_request, every, later, minutely, scheduled
from tests.services.groups import a_group
from tests.services.history import a_history, add_run
from tests.services.test_calendars import named, put_in_force
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import Request, Run, RunStatus
from tui_scheduler.schedules import Frequency, Plan, parse_exceptions
from tui_scheduler.services import Services
from tui_scheduler.services.queries.forecast import fires_of_request
from tui_scheduler.services.timeline.picture import Bar, Fire, most_at_once
from tui_scheduler.services.timeline.reading import Lane
from tui_scheduler.services.timeline.span import Span

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def the_lane(services: Services, span: Span, request_id: int = 1) -> Lane:
    [lane] = services.timelines.lanes([request_id], span)
    return lane


def numbers(bars: Sequence[Bar]) -> list[int]:
    return sorted(bar.run_id for bar in bars)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("minutes", [1, 7, 40])
def test_a_lane_has_all_runs_that_reach_into_the_span(
    services: Services, seed: int, minutes: int
) -> None:
    history = a_history(services, seed, 200)
    span = Span(NOON - 12 * MINUTE, minutes * MINUTE / 60, 60)
    ids = list(Request.select(Request.id).order_by(Request.id.desc()).scalars())
    lanes = services.timelines.lanes(ids, span)
    assert [lane.request_id for lane in lanes] == ids
    for lane in lanes:
        expected = []
        for run in history:
            begin = run.start_time or run.scheduled_for
            until = (run.end_time or NOON) if run.start_time or run.is_open else begin
            reaches_in = begin >= span.begin or until > span.begin
            if run.request_id == lane.request_id and begin < span.until and reaches_in:
                expected.append(run.id)
        assert numbers(lane.bars) == sorted(expected)
        assert not lane.is_sampled


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("minutes", [1, 7, 40])
def test_how_many_ran_at_once_is_counted_over_all_requests(
    services: Services, seed: int, minutes: int
) -> None:
    history = a_history(services, seed, 200)
    span = Span(NOON - 12 * MINUTE, minutes * MINUTE / 60, 60)
    ran = services.timelines.at_once(span).ran
    instant = timedelta(microseconds=1)
    took = [
        (run.start_time, run.end_time or NOON + instant)
        for run in history
        if run.start_time is not None and run.start_time <= NOON
    ]
    expected = most_at_once(took, span)
    last = span.cell_at(NOON)
    assert ran == tuple(n if cell <= last else 0 for cell, n in enumerate(expected))
    assert any(ran)


def test_a_group_counts_as_what_is_run_for_it(services: Services) -> None:
    group = add_run(services, start_time=NOON - MINUTE, members="1,2")
    add_run(services, start_time=NOON - MINUTE, parent=group, position=1)
    add_run(services, start_time=NOON - MINUTE, parent=group, position=2)
    span = Span(NOON - 2 * MINUTE, MINUTE, 2)
    assert services.timelines.at_once(span).ran == (0, 2)
    assert numbers(the_lane(services, span).bars) == [group]


def test_a_long_run_reaches_in_from_long_before_the_others(services: Services) -> None:
    slow = add_run(services, None, start_time=NOON - DAY, status=RunStatus.PROCESSING)
    for minute in range(50):
        begun = NOON - timedelta(minutes=minute + 10)
        add_run(services, begun, scheduled_for=begun, start_time=begun)
    span = Span(NOON - 5 * MINUTE, MINUTE, 10)
    assert numbers(the_lane(services, span).bars) == [slow]
    assert services.timelines.at_once(span).ran == (1,) * 6 + (0,) * 4


def test_of_more_than_can_be_told_apart_whatever_failed_is_there(services: Services) -> None:
    request = a_request(services)
    begin = NOON - timedelta(seconds=2_000)
    rows = []
    for second in range(2_000):
        moment = begin + timedelta(seconds=second)
        rows.append(
            {
                "request": request.id, "process": request.process_id, "channel": "Direct",
                "status": RunStatus.ERROR if second in (77, 1_500) else RunStatus.SUCCESS,
                "scheduled_for": moment, "start_time": moment, "end_time": moment,
            }
        )  # fmt: skip
    Run.insert_many(rows).execute()
    lane = the_lane(services, Span(begin, timedelta(seconds=100), 20), request.id)
    assert lane.is_sampled
    assert len(lane.bars) <= 2 * 20 + 2
    failed = [bar.run_id for bar in lane.bars if bar.state == "error"]
    assert sorted(failed) == [78, 1_501]


@pytest.mark.parametrize(
    "plan",
    [
        minutely(interval=7),
        every(Frequency.SECONDLY),
        every(Frequency.CRON, cron="*/13 9-17 * * *"),
        minutely(repetitions=5),
        every(Frequency.SECONDLY, repetitions=300),
        later("2026-03-02T13:30"),
    ],
    ids=str,
)
@pytest.mark.parametrize("begin", [-60, 0, 30, 600])
def test_fires_are_those_of_the_forecast_the_first_of_each_cell(
    services: Services, plan: Plan, begin: int
) -> None:
    request = scheduled(services, plan)
    span = Span(NOON + begin * MINUTE, 5 * MINUTE, 24)
    coming = takewhile(lambda fire: fire < span.until, fires_of_request(request, NOON, 60_000))
    expected: dict[int, Fire] = {}
    for fire in coming:
        cell = span.cell_at(fire)
        if cell >= 0:
            expected[cell] = Fire(expected[cell].at if cell in expected else fire, cell in expected)
    assert the_lane(services, span, request.id).fires == tuple(expected.values())


def test_what_is_overdue_comes_once(services: Services, clock: FakeClock) -> None:
    request = scheduled(services, minutely(interval=10))
    clock.advance(minutes=25)
    span = Span(NOON - MINUTE, MINUTE, 60)
    fires = [fire.at for fire in the_lane(services, span, request.id).fires]
    assert fires == [NOON + timedelta(minutes=minute) for minute in (0, 30, 40, 50)]
    later_on = Span(NOON + 20 * MINUTE, MINUTE, 30)
    fires = [fire.at for fire in the_lane(services, later_on, request.id).fires]
    assert fires == [NOON + timedelta(minutes=minute) for minute in (30, 40)]


def test_a_plan_of_every_second_costs_two_steps_a_cell(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = scheduled(services, every(Frequency.SECONDLY))
    module = "tui_scheduler.services.queries.forecast"
    asked: list[datetime] = []

    def counted(plan: Plan, after: datetime) -> datetime | None:
        asked.append(after)
        return after.replace(microsecond=0) + timedelta(seconds=1)

    monkeypatch.setattr(f"{module}.next_fire", counted)
    lane = the_lane(services, Span(NOON, DAY / 100, 100), request.id)
    assert len(lane.fires) == 100
    assert all(fire.is_one_of_many for fire in lane.fires)
    assert len(asked) <= 200


def test_what_is_expected_at_once_is_what_runs_and_what_fires(services: Services) -> None:
    for name in ("backup", "report"):
        a_process(services, name)
        scheduled(services, every(Frequency.HOURLY, start=NOON.replace(tzinfo=None)), process=name)
    for ago in (30, 60):
        begun = NOON - ago * MINUTE
        add_run(services, begun + 3 * MINUTE, scheduled_for=begun, start_time=begun)
    add_run(services, None, start_time=NOON - MINUTE, status=RunStatus.PROCESSING)
    span = Span(NOON - 2 * MINUTE, MINUTE, 10)
    at_once = services.timelines.at_once(span)
    assert at_once.expected == (0, 0, 3, 2, 1, 0, 0, 0, 0, 0)
    assert at_once.ran == (0, 1, 1, 0, 0, 0, 0, 0, 0, 0)
    assert at_once.numbers == (0, 1, 3, 2, 1, 0, 0, 0, 0, 0)


def test_of_a_group_those_are_expected_at_once_that_run_together(services: Services) -> None:
    a_request(services)
    a_group(services, "extract", ("load-a", "load-b"), "report")
    for name, minutes in {"extract": 2, "load-a": 3, "load-b": 1, "report": 1}.items():
        owner = {"process": services.processes.named(name).id}
        begun = NOON - 60 * MINUTE
        add_run(services, begun + minutes * MINUTE, start_time=begun, **owner)
    plan = every(Frequency.DAILY, start=(NOON + MINUTE).replace(tzinfo=None))
    request = scheduled(services, plan, process="nightly")
    span = Span(NOON, MINUTE, 10)
    assert services.timelines.at_once(span).expected == (0, 1, 1, 2, 1, 1, 1, 0, 0, 0)
    assert the_lane(services, span, request.id).usual == 6 * MINUTE
    days = Span(NOON, DAY, 3)
    assert services.timelines.at_once(days).expected == (2, 2, 2)


def test_a_plan_of_every_second_hides_no_collision_behind_it(services: Services) -> None:
    scheduled(services, every(Frequency.SECONDLY))
    nightly = every(Frequency.DAILY, start=(NOON + 14 * 60 * MINUTE).replace(tzinfo=None))
    for name in ("backup-files", "backup-database"):
        a_process(services, name)
        scheduled(services, nightly, process=name)
    expected = services.timelines.at_once(Span(NOON, 10 * MINUTE, 144)).expected
    assert (len(expected), min(expected), max(expected)) == (144, 1, 3)
    assert expected.index(3) == 14 * 6


def test_what_will_run_is_known_in_any_time_to_come(services: Services) -> None:
    for name, minutes in (("backup", 0), ("report", 30)):
        a_process(services, name)
        start = (NOON + minutes * MINUTE).replace(tzinfo=None)
        request = scheduled(services, every(Frequency.DAILY, start=start), process=name)
        begun = NOON - 60 * MINUTE
        owner = {"request": request.id, "process": request.process_id}
        add_run(services, begun + 45 * MINUTE, start_time=begun, **owner)
    span = Span(NOON + 1_000 * DAY + 20 * MINUTE, 5 * MINUTE, 40)
    [expected] = {services.timelines.at_once(span).expected}
    assert expected[:12] == (1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 0)


def test_no_more_fires_are_foretold_than_can_be_gone_through(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_scheduler.services.timeline.reading._MOST_EXPECTED", 16)
    scheduled(services, minutely())
    at_once = services.timelines.at_once(Span(NOON, MINUTE, 60))
    assert len(at_once.expected) == 16
    assert all(at_once.expected)
    assert len(at_once.numbers) == 16
    for name in map(str, range(16)):
        a_process(services, name)
        scheduled(services, minutely(), process=name)
    later_on = Span(NOON + DAY, MINUTE, 60)
    assert services.timelines.at_once(later_on).expected == ()


def test_a_damaged_row_is_a_lane_like_others(services: Services) -> None:
    request = scheduled(services, minutely())
    Request.update(timezone="Nowhere/Land").where(Request.id == request.id).execute()
    span = Span(NOON - MINUTE, MINUTE, 10)
    assert [fire.at for fire in the_lane(services, span, request.id).fires] == [NOON]
    assert services.timelines.at_once(span).expected[1] == 1
    assert the_lane(services, span, 99).bars == ()


class TestLeftOut:
    DAYS = Span(NOON - 2 * DAY, DAY, 10)

    def test_days_that_are_left_out_are_no_fires(self, services: Services) -> None:
        left_out = parse_exceptions("2026-03-01, 2026-03-04..2026-03-05")
        scheduled(services, every(Frequency.DAILY, except_=left_out))
        lane = the_lane(services, self.DAYS)
        assert [fire.at.day for fire in lane.fires] == [2, 3, 6, 7, 8, 9]
        assert [(each.at.day, each.why) for each in lane.left_out] == [
            (4, "2026-03-04..2026-03-05"), (5, "2026-03-04..2026-03-05"),
        ]  # fmt: skip

    def test_none_is_left_out_after_the_last(self, services: Services) -> None:
        left_out = parse_exceptions("2026-03-03, 2026-03-05")
        scheduled(services, every(Frequency.DAILY, except_=left_out, repetitions=2))
        lane = the_lane(services, self.DAYS)
        assert [fire.at.day for fire in lane.fires] == [2, 4]
        assert [each.at.day for each in lane.left_out] == [3]

    def test_nothing_of_what_is_not_scheduled(self, services: Services) -> None:
        a_request(services, every(Frequency.DAILY, except_=parse_exceptions("2026-03-04")))
        assert the_lane(services, self.DAYS).left_out == ()

    def test_what_waits_for_a_calendar_is_not_guessed_at(self, services: Services) -> None:
        put_in_force(named("company", ("2026-03-04",)))
        scheduled(services, every(Frequency.DAILY, except_=parse_exceptions("company")))
        put_in_force()
        services.dispatch.plan_by_calendars()
        lane = the_lane(services, self.DAYS)
        assert (lane.fires, lane.left_out) == ((), ())
