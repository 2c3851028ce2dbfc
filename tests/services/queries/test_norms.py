"""What is usual of runs: the same for screens, commands, forms and notices."""

from datetime import timedelta
from typing import Any

import pytest

from tests.services.drafts import a_process, a_request, minutely
from tests.services.groups import a_group, triggered
from tests.services.history import add_run
from tests.support.clock import NOON, FakeClock
from tui_scheduler.models import Request, Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.norms import Norm, PastRun
from tui_scheduler.services.views.runs import RunView


def past(services: Services, *seconds: float, ago: timedelta = timedelta(), **fields: Any) -> None:
    """Runs that took so long each and ended one after the other, at noon or before."""
    for number, took in enumerate(reversed(seconds)):
        end = NOON - ago - timedelta(minutes=len(seconds) - number)
        add_run(services, end, **{"start_time": end - timedelta(seconds=took), **fields})


def running(services: Services, since: timedelta, **fields: Any) -> RunView:
    """A run that began so long before noon."""
    begun = {"status": RunStatus.PROCESSING, "start_time": NOON - since}
    return services.runs.get(add_run(services, None, **begun, **fields))


def seconds(*numbers: float) -> list[timedelta]:
    return [timedelta(seconds=number) for number in numbers]


class TestNorm:
    def test_the_median_and_what_95_of_a_hundred_take_at_the_most(self) -> None:
        norm = Norm.of(seconds(*range(1, 101)))
        assert norm == Norm(timedelta(seconds=50.5), timedelta(seconds=95))

    def test_from_few_successes_nobody_knows_what_nearly_all_take(self) -> None:
        assert Norm.of(seconds(8, 2, 4, 60)) == Norm(timedelta(seconds=6))
        assert Norm.of([]) is None

    @pytest.mark.parametrize(
        ("took", "is_exceeded"), [(15, False), (16, True), (14.9, False), (100, True)]
    )
    def test_late_is_longer_than_nearly_all_and_plainly_longer_than_usual(
        self, took: float, is_exceeded: bool
    ) -> None:
        assert Norm(*seconds(10, 15)).is_exceeded(timedelta(seconds=took)) is is_exceeded

    def test_a_little_more_than_always_is_not_late(self) -> None:
        assert not Norm(*seconds(10, 10)).is_exceeded(timedelta(seconds=14))
        assert not Norm(timedelta(seconds=1)).is_exceeded(timedelta(hours=1))
        assert not Norm(*seconds(0, 0)).is_exceeded(timedelta(seconds=1))


class TestOfARunningRun:
    def test_how_long_such_runs_take_and_when_it_should_end(self, services: Services) -> None:
        past(services, 10, 20, 30, 20, 20)
        run = running(services, timedelta(seconds=5))
        assert run.norm == Norm(*seconds(20, 30))
        assert run.expected_end == NOON + timedelta(seconds=15)
        assert run.times_usual(NOON) is None
        assert run.times_usual(NOON + timedelta(seconds=43)) == 2.4

    def test_failures_and_what_never_began_say_nothing_of_it(self, services: Services) -> None:
        past(services, 10)
        past(services, 900, status=RunStatus.ERROR)
        past(services, 900, status=RunStatus.KILLED)
        add_run(services, status=RunStatus.SKIPPED)
        assert running(services, timedelta()).norm == Norm(timedelta(seconds=10))

    def test_nothing_is_known_of_what_never_succeeded_nor_of_what_has_ended(
        self, services: Services
    ) -> None:
        run = running(services, timedelta())
        assert (run.norm, run.expected_end) == (None, None)
        past(services, 10)
        assert [run.norm for run in services.runs.those([2])] == [None]

    def test_runs_of_another_request_take_as_long_as_they_take(self, services: Services) -> None:
        a_request(services)
        other = a_request(services, minutely())
        past(services, 10, request=1)
        past(services, 60, request=other.id)
        assert running(services, timedelta(), request=other.id).norm == Norm(timedelta(minutes=1))

    def test_a_member_is_compared_with_that_member(self, services: Services) -> None:
        a_group(services, "extract", "load", name="nightly")
        group = triggered(services, "nightly")
        names = {"extract": 10, "load": 60}
        for name, took in names.items():
            process = services.processes.named(name).id
            beneath: dict[str, Any] = {
                "process": process,
                "request": group.request_id,
                "parent": group.id,
            }
            past(services, took, position=1, **beneath)
            run = running(services, timedelta(), position=1, **beneath)
            assert run.norm == Norm(timedelta(seconds=took))

    def test_only_the_last_runs_are_looked_at(self, services: Services) -> None:
        past(services, 900)
        past(services, *[1] * 200, status=RunStatus.ERROR)
        assert running(services, timedelta()).norm is None
        past(services, *[10] * 20)
        past(services, *[20] * 20)
        assert running(services, timedelta()).norm == Norm(*seconds(20, 20))


class TestTrackRecord:
    def test_of_what_never_ran(self, services: Services) -> None:
        request = a_request(services)
        for record in (
            services.runs.record_of_request(request.id),
            services.runs.record_of_process(request.process_id),
        ):
            assert (record.norm, record.recent, record.judged) == (None, (), 0)
            assert (record.success_rate, record.cpu_time, record.peak_memory) == (None, None, None)

    def test_the_newest_runs_that_began_newest_last(self, services: Services) -> None:
        past(services, *[1] * 30)
        past(services, 3, status=RunStatus.ERROR)
        add_run(services, status=RunStatus.SKIPPED)
        running(services, timedelta(seconds=5))
        recent = services.runs.record_of_request(1).recent
        assert len(recent) == 20
        assert recent[-3:] == (
            PastRun(RunStatus.SUCCESS, timedelta(seconds=1)),
            PastRun(RunStatus.ERROR, timedelta(seconds=3)),
            PastRun(RunStatus.PROCESSING),
        )

    def test_how_many_succeeded_in_thirty_days(self, services: Services, clock: FakeClock) -> None:
        past(services, 1, 1, 1)
        past(services, 1, 1, ago=timedelta(days=31))
        past(services, 1, status=RunStatus.TIMED_OUT)
        past(services, 1, status=RunStatus.KILLED)
        add_run(services, status=RunStatus.MISFIRED)
        record = services.runs.record_of_request(1)
        assert (record.succeeded, record.judged, record.success_rate) == (3, 4, 0.75)
        assert (record.since, record.is_cut) == (NOON - timedelta(days=30), False)
        clock.advance(days=31)
        assert services.runs.record_of_request(1).judged == 0

    def test_of_very_many_only_the_last_are_looked_at(self, services: Services) -> None:
        past(services, *[1] * 7, status=RunStatus.ERROR)
        past(services, *[1] * 200)
        record = services.runs.record_of_request(1)
        assert (record.judged, record.success_rate, record.is_cut) == (200, 1, True)
        assert record.since == NOON - timedelta(minutes=200)

    def test_a_request_counts_the_runs_of_its_group_and_a_process_all_of_its_own(
        self, services: Services
    ) -> None:
        a_group(services, "extract", name="nightly")
        group = triggered(services, "nightly")
        extract = services.processes.named("extract").id
        a_process(services, "other")
        request = Request.get_by_id(group.request_id)
        beneath: dict[str, Any] = {
            "process": extract,
            "request": request.id,
            "parent": group.id,
            "position": 1,
        }
        past(services, 5, **beneath)
        past(services, 8, request=request.id, process=request.process_id)
        assert services.runs.record_of_request(request.id).judged == 1
        assert services.runs.record_of_process(request.process_id).norm == Norm(*seconds(8))
        assert services.runs.record_of_process(extract).norm == Norm(*seconds(5))

    def test_what_it_used(self, services: Services) -> None:
        for cpu, memory in ((1, 10_000), (3, 90_000), (None, None)):
            cpu_time = None if cpu is None else timedelta(seconds=cpu)
            past(services, 5, cpu_time=cpu_time, peak_memory=memory)
        record = services.runs.record_of_process(1)
        assert (record.cpu_time, record.peak_memory) == (timedelta(seconds=2), 90_000)

    def test_a_clock_that_went_back_makes_no_negative_time(self, services: Services) -> None:
        past(services, -5)
        record = services.runs.record_of_request(1)
        assert record.norm == Norm(timedelta())
        assert record.recent == (PastRun(RunStatus.SUCCESS, timedelta()),)
        assert Run.select().count() == 1


class TestOfAGroup:
    """Without a success of its own a group takes as long as the longest member of each step."""

    def a_group(self, services: Services, **took: float) -> int:
        """Members of ``extract, load-a + load-b``, some of which have run before."""
        group = a_group(services, "extract", ("load_a", "load_b"))
        for name, took_seconds in took.items():
            past(services, took_seconds, process=services.processes.named(name).id, request=1)
        return group.id

    def test_each_step_takes_as_long_as_its_longest_member(self, services: Services) -> None:
        a_request(services)
        self.a_group(services, extract=10, load_a=20, load_b=7)
        assert services.processes.usual_duration("nightly") == timedelta(seconds=30)

    def test_nothing_is_known_if_one_member_is_not(self, services: Services) -> None:
        a_request(services)
        self.a_group(services, extract=10, load_a=20)
        assert services.processes.usual_duration("nightly") is None
        a_group(services, name="empty")
        assert services.processes.usual_duration("empty") is None

    def test_its_own_runs_say_it_better(self, services: Services) -> None:
        a_request(services)
        group_id = self.a_group(services, extract=10, load_a=20, load_b=7)
        past(services, 50, process=group_id, request=1)
        assert services.processes.usual_duration("nightly") == timedelta(seconds=50)

    def test_a_first_run_says_when_it_should_end(self, services: Services) -> None:
        a_request(services)
        self.a_group(services, extract=10, load_a=20, load_b=7)
        run = triggered(services)
        services.dispatch.claim()
        assert services.runs.get(run.id).norm == Norm(timedelta(seconds=30))
        past(services, 50, process=run.process_id, request=run.request_id)
        assert services.runs.get(run.id).norm == Norm(timedelta(seconds=50))
