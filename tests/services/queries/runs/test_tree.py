"""The history as a tree: any part of it, opened anywhere, is what going through all rows shows."""

import random

import pytest

from tests.services.drafts import a_process, a_request, a_window
from tests.services.groups import a_group
from tests.support.clock import NOON
from tui_scheduler.models import Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.queries.runs.filter import RunFilter
from tui_scheduler.services.views.runs import Branch


@pytest.fixture
def history(services: Services) -> Services:
    """Ten plain runs and five group runs with up to four runs beneath, mixed at random."""
    chance = random.Random(4)
    a_process(services, "plain")
    a_group(services, "member")
    requests = {name: a_request(services, process=name) for name in ("plain", "nightly")}
    member = services.processes.named("member").id
    for kind in chance.sample(["plain"] * 10 + ["nightly"] * 5, 15):
        request = requests[kind]
        row = {
            "request": request.id,
            "process": request.process_id,
            "channel": "Direct",
            "status": RunStatus.SUCCESS,
            "scheduled_for": NOON,
            "end_time": NOON,
        }
        run_id = Run.insert(row).execute()
        for position in range(1, chance.randrange(5) + 1) if kind == "nightly" else ():
            beneath = {**row, "process": member, "parent": run_id, "position": position}
            Run.insert(beneath).execute()
    return services


def whole(services: Services, opened: frozenset[int], *, reverse: bool = False) -> list[int]:
    """The tree, by going through all rows."""
    rows = list(Run.select().order_by(Run.id))
    tops = [row.id for row in rows if row.parent_id is None]
    run_ids: list[int] = []
    for run_id in tops if reverse else tops[::-1]:
        run_ids.append(run_id)
        if run_id in opened:
            run_ids += [row.id for row in rows if row.parent_id == run_id]
    return run_ids


def group_runs() -> list[int]:
    return [row.id for row in Run.select() if row.process_id == 3]


@pytest.mark.parametrize("seed", range(20))
def test_every_window_shows_its_part(history: Services, seed: int) -> None:
    chance = random.Random(seed)
    groups = group_runs()
    opened = frozenset(chance.sample(groups, chance.randrange(len(groups) + 1)))
    reverse = chance.choice([True, False])
    expected = whole(history, opened, reverse=reverse)
    wanted = RunFilter(is_tree=True, opened=opened)
    for offset in range(len(expected) + 1):
        limit = chance.randrange(1, 12)
        anchor = chance.choice(expected)
        window = a_window(offset, limit, anchor=anchor, reverse=reverse)
        page = history.runs.page(window, wanted)
        assert [row.id for row in page.rows] == expected[offset : offset + limit]
        assert page.total == page.overall == len(expected)
        assert page.anchor_index == expected.index(anchor)


def test_rows_say_where_they_stand(history: Services) -> None:
    [first, *_] = [run_id for run_id in group_runs() if Run.get_or_none(Run.parent == run_id)]
    page = history.runs.page(a_window(), RunFilter(is_tree=True, opened=frozenset({first})))
    for row in page.rows:
        if row.parent_id is not None:
            assert row.branch is Branch.BENEATH
            assert row.parent_id == first
        elif row.is_group:
            assert row.branch is (Branch.OPENED if row.id == first else Branch.CLOSED)
        else:
            assert row.branch is None


def test_what_is_beneath_a_closed_group_is_nowhere(history: Services) -> None:
    beneath = Run.get(Run.parent.is_null(False)).id
    page = history.runs.page(a_window(anchor=beneath), RunFilter(is_tree=True))
    assert page.anchor_index is None
    assert beneath not in [row.id for row in page.rows]


def test_with_a_filter_the_list_is_flat(history: Services) -> None:
    wanted = RunFilter(is_tree=True, statuses=frozenset({RunStatus.SUCCESS}))
    page = history.runs.page(a_window(), wanted)
    assert page.total == page.overall == Run.select().count()
    assert {row.branch for row in page.rows} == {None}
    flat = history.runs.page(a_window(text="member"), RunFilter(is_tree=True))
    assert {row.process for row in flat.rows} == {"member"}


@pytest.mark.parametrize("sort", ["start", "end", "duration", "scheduled_for"])
def test_in_another_order_the_list_is_flat(history: Services, sort: str) -> None:
    page = history.runs.page(a_window(sort=sort), RunFilter(is_tree=True))
    assert page.total == Run.select().count()
    assert {row.branch for row in page.rows} == {None}


def test_group_runs_that_are_gone_may_be_opened(history: Services) -> None:
    wanted = RunFilter(is_tree=True, opened=frozenset({10_000, *group_runs()}))
    assert history.runs.page(a_window(), wanted).total == Run.select().count()
