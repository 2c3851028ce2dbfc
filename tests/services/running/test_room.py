"""How many processes run at once: no more than may, oldest first, whatever waits behind them."""

from dataclasses import replace

import pytest

from tests.services.drafts import (
    IMMEDIATE,
    a_process,
    a_request,
    end,
    minutely,
    scheduled,
)
from tests.services.groups import a_group
from tests.support.clock import FakeClock
from tests.support.effort import steps
from tui_scheduler.identity import Host
from tui_scheduler.models import MisfirePolicy, Overlap, Run, RunStatus, database
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.running.taken_runs import Claim

MOST = 3
NOTE = "Waits for room: no more than 3 runs at once (max_running)"


@pytest.fixture
def limited(services: Services) -> Services:
    return services_on(replace(services.context, max_running=MOST))


def many(services: Services, count: int, process: str = "job") -> list[int]:
    """Ask for that many runs of one process, which may run beside each other."""
    a_process(services, process, overlap=Overlap.ALLOW)
    request = a_request(services, process=process)
    return [services.runs.trigger(request.id).id for _ in range(count)]


def ids(claims: list[Claim]) -> list[int]:
    return [claim.run_id for claim in claims]


def start(services: Services, claims: list[Claim]) -> None:
    for claim in claims:
        services.dispatch.started(claim.run_id, services.context.clock.now(), 4711, "handle")


def test_without_a_limit_all_begin(services: Services) -> None:
    assert len(many(services, 7)) == len(services.dispatch.claim()) == 7


def test_no_more_are_taken_than_may_run_oldest_first(limited: Services) -> None:
    runs = many(limited, 7)
    assert ids(limited.dispatch.claim()) == runs[:MOST]
    assert limited.dispatch.claim() == []


def test_what_was_taken_counts_before_and_after_it_is_a_process(limited: Services) -> None:
    many(limited, 7)
    first = limited.dispatch.claim()
    start(limited, first[:2])
    assert limited.dispatch.claim() == []
    start(limited, first[2:])
    assert limited.dispatch.claim() == []


def test_each_end_makes_room_for_one(limited: Services, clock: FakeClock) -> None:
    runs = many(limited, 5)
    [first, *others] = limited.dispatch.claim()
    end(limited, first, clock)
    assert ids(limited.dispatch.claim()) == runs[MOST : MOST + 1]
    for claim in others:
        end(limited, claim, clock)
    assert ids(limited.dispatch.claim()) == runs[MOST + 1 :]


def test_what_is_given_back_makes_room(limited: Services) -> None:
    runs = many(limited, 5)
    [first, *_] = limited.dispatch.claim()
    limited.dispatch.give_back([first.run_id])
    assert ids(limited.dispatch.claim()) == runs[:1]


def test_a_transaction_that_fails_takes_no_room(limited: Services) -> None:
    runs = many(limited, 5)
    with database.atomic() as failing:
        limited.dispatch.claim()
        failing.rollback()
    assert ids(limited.dispatch.claim()) == runs[:MOST]


def test_what_an_earlier_scheduler_took_counts(limited: Services) -> None:
    many(limited, 7)
    start(limited, limited.dispatch.claim()[:1])
    another = services_on(limited.context)
    assert len(another.dispatch.open_runs()) == MOST
    assert another.dispatch.claim() == []


def test_what_runs_on_another_machine_takes_no_room(limited: Services) -> None:
    here = services_on(replace(limited.context, host=Host("1" * 32, "here")))
    many(here, 7)
    start(here, here.dispatch.claim())
    Run.update(host="alpha", host_id="0" * 32).where(Run.id == 1).execute()
    assert len(here.dispatch.claim()) == 1


def test_members_count_and_their_group_does_not(services: Services, clock: FakeClock) -> None:
    one = services_on(replace(services.context, max_running=1))
    a_group(one, "extract", "load")
    group = one.runs.trigger(a_request(one, process="nightly").id)
    [extract] = one.dispatch.claim()
    assert one.runs.get(extract.run_id).process == "extract"
    assert one.runs.get(group.id).status is RunStatus.PROCESSING
    many(one, 1, "other")
    assert one.dispatch.claim() == []
    end(one, extract, clock)  # its next member is younger than what waits already
    for process in ("other", "load"):
        [claim] = one.dispatch.claim()
        assert one.runs.get(claim.run_id).process == process
        end(one, claim, clock)
    assert one.runs.get(group.id).status is RunStatus.SUCCESS


def test_catching_up_respects_it(limited: Services, clock: FakeClock) -> None:
    a_process(limited, overlap=Overlap.ALLOW)
    scheduled(limited, minutely(), misfire=MisfirePolicy.ALL)
    clock.advance(minutes=20)
    taken = [claim for _ in range(30) for claim in limited.dispatch.claim()]
    assert len(taken) == MOST
    assert Run.select().where(Run.status == RunStatus.QUEUED).count() > MOST


class TestWhatIsSaid:
    def test_what_is_over_it_says_so(self, limited: Services) -> None:
        runs = many(limited, 5)
        claims = limited.dispatch.claim()
        start(limited, claims)
        notes = {run: limited.runs.get(run).note for run in runs}
        assert notes == dict.fromkeys(runs[:MOST], "") | dict.fromkeys(runs[MOST:], NOTE)

    def test_nothing_is_said_while_there_is_room(self, limited: Services) -> None:
        [run] = many(limited, 1)
        assert limited.runs.get(run).note == ""

    def test_what_waits_for_another_run_of_its_process_says_that_instead(
        self, limited: Services
    ) -> None:
        many(limited, MOST)
        start(limited, limited.dispatch.claim())
        a_process(limited, "backup", overlap=Overlap.QUEUE)
        request = a_request(limited, IMMEDIATE, "backup")
        first, second = (limited.runs.trigger(request.id).id for _ in range(2))
        assert [limited.runs.get(run).note for run in (first, second)] == [
            NOTE,
            f"Waits for run {first} of backup, which waits to start",
        ]


def test_a_look_costs_the_same_however_many_wait(limited: Services, clock: FakeClock) -> None:
    few = many(limited, 10)
    [first, *_] = claims = limited.dispatch.claim()
    start(limited, claims)
    limited.dispatch.claim()  # sees that what was taken has begun
    behind_few = steps(limited.dispatch.claim)
    request = limited.runs.get(few[0]).request_id
    for _ in range(1000):
        limited.runs.trigger(request)
    assert steps(limited.dispatch.claim) == behind_few
    end(limited, first, clock)
    assert steps(lambda: ids(limited.dispatch.claim())) < 40 * behind_few
