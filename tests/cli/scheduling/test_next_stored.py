"""What fires next of all that is stored, in order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest

from tests.cli.conftest import Cli, Opened
from tests.support.clock import NOON
from tui_scheduler.cli.session import Session
from tui_scheduler.models import Request, database, transaction
from tui_scheduler.schedules import Frequency, Plan, Timing
from tui_scheduler.services.drafts import RequestDraft
from tui_scheduler.services.queries.forecast import fires_of_request
from tui_scheduler.services.queries.upcoming import upcoming

DAY = timedelta(days=1)
NOBODY = (
    "Nobody schedules this database: it waits for the screen or tui-scheduler serve."
    " To keep that going: tui-scheduler service install\n"
)
Add = Callable[..., int]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon, for the commands and for what they store."""
    monkeypatch.setattr(Session, "now", lambda _: NOON)
    monkeypatch.setattr("tui_scheduler.services.clock.SystemClock.now", lambda _: NOON)


@pytest.fixture
def add(cli: Cli) -> Add:
    """Schedule a request in plain words; a name is that of a process unless it is a group."""

    def scheduled(name: str, words: str) -> int:
        kind = "--group" if name == "nightly" else "--process"
        added = cli("request", "add", kind, name, "--when", words, "--schedule", "--json")
        assert added.code == 0, added.err
        return int(added.json["id"])

    for name in ("backup", "report"):
        assert cli("process", "add", name, "--command", "true").code == 0
    cli("group", "add", "nightly", "--member", "backup")
    return scheduled


def listed(cli: Cli, *options: object) -> list[dict[str, Any]]:
    answer = cli("next", *options, "--json")
    assert answer.code == 0, answer.err
    assert set(answer.json) == {"fires"}
    return list(answer.json["fires"])


def test_all_fires_of_the_next_day_are_listed_in_order(cli: Cli, add: Add) -> None:
    add("backup", "every 8 hours from 2026-03-01 at 15:00 in Europe/Madrid")
    add("nightly", "daily at 23:00 in Asia/Tokyo")
    add("report", "once on 2026-06-01 at 9:00")
    fires = listed(cli)
    assert {tuple(fire) for fire in fires} == {("at", "request_id", "process", "group")}
    moments = [datetime.fromisoformat(fire["at"]) for fire in fires]
    assert moments == sorted(moments)
    assert [(fire["request_id"], fire["process"], fire["group"]) for fire in fires] == [
        (1, "backup", None),
        (2, None, "nightly"),
        (1, "backup", None),
        (1, "backup", None),
    ]
    assert fires[1]["at"].endswith("T23:00:00+09:00")
    assert all(NOON < moment <= NOON + DAY for moment in moments)


def test_for_people_it_is_a_table_on_the_clock_of_the_machine(cli: Cli, add: Add) -> None:
    add("backup", "daily at 23:00 in Asia/Tokyo")
    outcome = cli("next")
    assert outcome.code == 0
    header, line = outcome.out.splitlines()
    assert header.split() == ["FIRE", "REQ", "PROCESS"]
    assert "14:00:00" in line or "15:00:00" in line
    assert line.endswith("1  backup")
    assert outcome.err == NOBODY
    add("nightly", "daily at 22:00 in Asia/Tokyo")
    header, first, second = cli("next").out.splitlines()
    assert header.split() == ["FIRE", "REQ", "PROCESS", "GROUP"]
    assert first.split()[-2:] == ["-", "nightly"]
    assert second.split()[-2:] == ["backup", "-"]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--within", "2h"], 2),
        (["--within", "89m"], 1),
        (["--within", "0"], 0),
        (["--within", "999999999d", "--count", "7"], 7),
        (["--request", "1"], 24),
        (["--request", "backup", "--within", "1h30m"], 2),
    ],
)
def test_how_far_and_whose(cli: Cli, add: Add, options: list[str], count: int) -> None:
    add("backup", "hourly from 2026-01-01 at 0:30 in UTC")
    add("report", "once on 2029-01-01 at 9:00")
    assert len(listed(cli, *options)) == count


def test_where_nothing_fires_it_says_why_and_what_comes(cli: Cli, add: Add) -> None:
    nothing = cli("next")
    assert (nothing.code, nothing.out) == (0, "")
    assert nothing.err == "Nothing is scheduled. See what could be: tui-scheduler request list\n"
    add("report", "once on 2029-01-01 at 9:00")
    cli("request", "add", "--process", "backup", "--timing", "immediate")
    assert listed(cli) == []
    assert cli("next").err == (
        "Nothing runs within 1d. Next is 'report', request 1, at 2029-01-01 09:00:00+01:00\n"
    )
    assert cli("next", "--request", "2").err == (
        "Request 2 is new, so nothing of it is scheduled. Schedule it: tui-scheduler schedule 2\n"
    )


def test_what_is_overdue_comes_first_and_once(cli: Cli, stored: Opened, add: Add) -> None:
    add("backup", "every second")
    long_ago = NOON - timedelta(days=300)
    with stored():
        Request.update(next_fire=long_ago, scheduled_at=long_ago).execute()
    fires = listed(cli, "--within", "3s")
    moments = [datetime.fromisoformat(fire["at"]) for fire in fires]
    assert moments == [long_ago, *(NOON + timedelta(seconds=second) for second in (1, 2, 3))]


def test_repetitions_and_the_end_are_counted(cli: Cli, stored: Opened, add: Add) -> None:
    add("backup", "every minute, 10 times")
    add("report", "every minute until 2026-03-02T13:04")
    assert len(listed(cli)) == 15
    with stored():
        Request.update(executions=7).where(Request.id == 1).execute()
    assert len(listed(cli, "--request", "1")) == 3


def test_a_damaged_row_shows_the_fire_that_is_stored(cli: Cli, stored: Opened, add: Add) -> None:
    add("backup", "hourly")
    add("report", "hourly")
    with stored():
        Request.update(start="nonsense").where(Request.id == 1).execute()
    whose = [fire["request_id"] for fire in listed(cli, "--within", "3h")]
    assert sorted(whose) == [1, 2, 2, 2, 2]


def test_a_hold_is_said(cli: Cli, add: Add) -> None:
    add("backup", "hourly")
    cli("hold")
    assert "All scheduling is on hold. Go on with: tui-scheduler release\n" in cli("next").err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--frequency", "daily"], "--timing: is missing: give it, or say --when"),
        (["--when", "daily at 3", "--within", "2h"], "--within: is for what is stored: leave"),
        (["--when", "daily at 3", "--request", "1"], "--request: is for what is stored: leave"),
        (["--after", "2026-01-01"], "--after: is for a plan: say one with --when, or leave"),
        (["--count", "0"], "--count: must be a whole number from 1 to 1000000"),
        (["--count", "1000001"], "--count: must be a whole number from 1 to 1000000"),
        (["--within", "soon"], "--within: 'soon' is not a duration"),
        (["--within", "-1h"], "--within: '-1h' is not a duration"),
        (["--within", "9999999999d"], "--within: '9999999999d' is too long"),
    ],
)
def test_what_is_wrong_is_named(cli: Cli, options: list[str], message: str) -> None:
    refused = cli("next", *options)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith(message)


def test_too_many_are_cut_and_that_is_said(cli: Cli, add: Add) -> None:
    add("backup", "every second from 2026-01-01 in UTC")
    cut = cli("next", "--count", "5", "--json")
    assert len(cut.json["fires"]) == 5
    last = datetime.fromisoformat(cut.json["fires"][-1]["at"])
    assert last == NOON + timedelta(seconds=4)
    assert cut.err.startswith("More follow after ")
    assert len(listed(cli)) == 10_000


def test_no_more_is_worked_out_than_is_wanted(
    stored: Opened, add: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand requests of every second; counted by what asks for a fire that follows."""
    add("backup", "every second")
    with stored() as services, transaction():
        plan = Plan(timing=Timing.SCHEDULE, timezone="UTC", frequency=Frequency.SECONDLY)
        draft = RequestDraft(process="report", plan=plan)
        template = services.requests.create(draft)
        services.requests.schedule(template.id)
        names = ", ".join(f'"{name}"' for name in Request._meta.columns if name != "id")
        database.execute_sql(
            "WITH RECURSIVE more (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM more LIMIT 9999)"
            f" INSERT INTO request (id, {names}) SELECT {template.id} + more.id, {names}"
            f" FROM request, more WHERE request.id = {template.id}"
        )
        assert Request.select().count() == 10_001
        asked: list[object] = []
        module = "tui_scheduler.services.queries.forecast"
        follow = import_module(module).next_fire

        def counted(plan: Plan, after: datetime) -> datetime | None:
            asked.append(plan)
            fire: datetime | None = follow(plan, after)
            return fire

        monkeypatch.setattr(f"{module}.next_fire", counted)
        coming = upcoming(NOON, NOON + DAY)
        assert len([next(coming) for _ in range(100)]) == 100
        assert len(asked) <= 100


def test_it_agrees_with_what_each_request_says_of_itself(stored: Opened, add: Add) -> None:
    for name, words in (
        ("backup", "every 7 minutes from 2026-01-01 in UTC"),
        ("report", "*/13 9-17 * * * in Europe/Madrid"),
        ("nightly", "weekdays at 18:30"),
        ("backup", "every 90 minutes, 5 times"),
        ("report", "in 3 hours"),
        ("backup", "every 5 minutes until 2026-12-31"),
    ):
        add(name, words)
    until = NOON + 2 * DAY
    with stored() as services:
        expected = sorted(
            (fire, view.id)
            for view in services.requests.all()
            for fire in fires_of_request(view, NOON, 10_000)
            if fire <= until
        )
        assert [(fire.at, fire.request_id) for fire in upcoming(NOON, until)] == expected
        assert len(expected) > 400
