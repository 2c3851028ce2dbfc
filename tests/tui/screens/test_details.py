"""What the pane beside a list tells of a request or a process."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.services.drafts import (
    a_process,
    a_request,
    after,
    every,
    later,
    minutely,
    process_draft,
    scheduled,
)
from tests.services.groups import a_group
from tests.services.notices.telling import receiver
from tests.services.parameters.samples import declared
from tests.services.test_calendars import named as calendar
from tests.services.test_calendars import put_in_force
from tests.support.clock import NOON, WHILE_TIME_GOES_ON, FakeClock
from tests.tui.conftest import Show
from tests.tui.on_screen import screenful, until
from tests.tui.screens.runs.screens import a_running_run, add_run
from tui_scheduler.models import MisfirePolicy, ProcessKind, Request, RunStatus
from tui_scheduler.receivers import Notifying
from tui_scheduler.schedules import Frequency, parse_exceptions
from tui_scheduler.services import Services, services_on
from tui_scheduler.services.drafts import GroupDraft
from tui_scheduler.services.events import ProcessSaved, RequestSaved, RunChanged
from tui_scheduler.services.parameters.parameters import Parameter, ParameterType
from tui_scheduler.services.parameters.secrets import MASK
from tui_scheduler.tui.content import fitted, lines, named, toned
from tui_scheduler.tui.screens.groups import details as group_details
from tui_scheduler.tui.screens.processes import details as process_details
from tui_scheduler.tui.screens.requests import details as request_details

_TELLING = {"Notify", "Slow after"}
_IN_AN_HOUR = (NOON + timedelta(hours=1)).replace(tzinfo=None)


def _of_request(services: Services, request_id: int = 1, zone: str = "UTC") -> list[str]:
    details = request_details.load_details(services, request_id)
    return [block.plain for block in request_details.details_text(details, NOON, zone)]


@pytest.mark.parametrize("status", [RunStatus.SUCCESS, RunStatus.PROCESSING])
def test_details_of_a_request_are_the_same_while_their_phase_is(
    services: Services, status: RunStatus
) -> None:
    plan = every(Frequency.DAILY, start=_IN_AN_HOUR, timezone="Asia/Tokyo")
    services.requests.schedule(a_request(services, plan).id)
    end = None if status is RunStatus.PROCESSING else NOON
    add_run(services, status=status, start_time=NOON - timedelta(seconds=9), end_time=end)
    details = request_details.load_details(services, 1)
    texts: dict[object, Any] = {}
    for passed in WHILE_TIME_GOES_ON:
        now = NOON + passed
        blocks = request_details.details_text(details, now, "Europe/Madrid")
        looks = [(block.plain, block.spans) for block in blocks]
        phase = request_details.details_phase(details, now, "Europe/Madrid", is_held=False)
        assert texts.setdefault(phase, looks) == looks


def test_what_a_run_changes_of_details_is_in_the_row_unless_others_decide_it(
    services: Services,
) -> None:
    a_request(services, every(Frequency.HOURLY))
    a_request(services, after("backup"), "import")
    events = RunChanged(7), RequestSaved(1), RequestSaved(2), ProcessSaved(1)

    def is_in_row(request_id: int) -> list[bool]:
        details = request_details.load_details(services, request_id)
        return [request_details.is_in_row(details, event) for event in events]

    assert is_in_row(1) == [True, False, True, False]
    add_run(services)
    assert is_in_row(1) == [True, False, True, False]
    a_running_run(services)
    assert is_in_row(1) == [False] * 4
    services.requests.schedule(2)
    assert is_in_row(2) == [False] * 4


def test_a_new_request_says_how_to_schedule_and_to_run_it(services: Services) -> None:
    a_request(services, every(Frequency.HOURLY))
    facts, fires, runs = _of_request(services)
    assert "Runs       0 (none by plan)" in facts
    assert "Scheduled" not in facts
    assert fires == "Next runs\n○ new: press s to schedule it"
    assert runs == "Latest runs\nnone yet: press t to run it now"


def test_the_next_five_fires_are_listed_with_their_countdown(services: Services) -> None:
    request = a_request(services, every(Frequency.DAILY, start=_IN_AN_HOUR))
    services.requests.schedule(request.id)
    _, fires, _ = _of_request(services)
    heading, *listed = fires.splitlines()
    assert heading == "Next runs"
    assert listed[0] == "Mon  2 Mar 13:00  in 1h00m"
    assert listed[-1] == "Fri  6 Mar 13:00  in 4d01h"
    assert len(listed) == 5


def test_fires_are_told_in_the_time_of_the_request(services: Services) -> None:
    plan = every(Frequency.DAILY, start=_IN_AN_HOUR, timezone="Asia/Tokyo")
    services.requests.schedule(a_request(services, plan).id)
    facts, fires, _ = _of_request(services, zone="Europe/Madrid")
    assert "Time zone  Asia/Tokyo" in facts
    assert fires.splitlines()[0] == "Next runs, Asia/Tokyo time"
    assert "13:00" in fires


def test_seconds_are_shown_where_fires_have_them(services: Services) -> None:
    plan = every(Frequency.SECONDLY, interval=7, start=_IN_AN_HOUR)
    services.requests.schedule(a_request(services, plan).id)
    _, fires, _ = _of_request(services)
    assert "Mon  2 Mar 13:00:07  in 1h00m" in fires


def test_a_request_says_what_it_runs_and_its_zone_only_where_it_is_another(
    services: Services,
) -> None:
    a_process(services, command="tar c /srv\ngzip")
    a_request(services, every(Frequency.HOURLY))
    facts, _, _ = _of_request(services)
    assert "Command    tar c /srv ⏎ gzip" in facts
    assert "Time zone" not in facts


def test_a_long_command_leaves_room_for_the_other_facts(services: Services) -> None:
    a_process(services, command="x" * 10_000)
    a_request(services, every(Frequency.HOURLY))
    facts, _, _ = _of_request(services)
    assert f"Command    {'x' * 89}…\n" in facts


def test_a_request_of_a_group_names_the_members(services: Services) -> None:
    a_group(services, "one", "two", name="nightly")
    request = a_request(services, process="nightly")
    facts, _, _ = _of_request(services, request.id)
    assert "Members    one, two" in facts


def test_what_is_run_by_hand_is_not_counted_by_plan(services: Services) -> None:
    request = a_request(services, every(Frequency.HOURLY))
    for _ in range(2):
        add_run(services, "backup")
    facts, _, _ = _of_request(services, request.id)
    assert "Runs       2 (none by plan)" in facts


def test_nothing_is_counted_down_while_all_is_held(services: Services) -> None:
    request = a_request(services, every(Frequency.DAILY, start=_IN_AN_HOUR))
    services.requests.schedule(request.id)
    details = request_details.load_details(services, request.id)
    fires = request_details.details_text(details, NOON, "UTC", is_held=True)[1].plain
    assert fires.splitlines()[1] == "Mon  2 Mar 13:00  held"


def test_a_run_is_as_long_ago_as_its_end(services: Services) -> None:
    add_run(services, end_time=NOON - timedelta(hours=11), start_time=NOON - timedelta(hours=12))
    _, _, runs = _of_request(services)
    assert runs.splitlines()[1].split()[2:4] == ["11h", "ago"]


def test_no_more_fires_than_are_left(services: Services) -> None:
    plan = every(Frequency.MINUTELY, start=_IN_AN_HOUR, repetitions=3)
    services.requests.schedule(a_request(services, plan).id)
    Request.update(executions=1).execute()
    facts, fires, _ = _of_request(services)
    assert "0 (1 of 3 by plan since scheduled)" in facts
    assert len(fires.splitlines()) == 1 + 2


def test_a_request_for_one_time_has_one_fire(services: Services) -> None:
    services.requests.schedule(a_request(services, later("2026-03-02T18:30")).id)
    _, fires, _ = _of_request(services)
    assert fires.splitlines()[1:] == ["Mon  2 Mar 18:30  in 6h30m"]


@pytest.mark.parametrize(
    ("policy", "limit", "sentence"),
    [
        (MisfirePolicy.ALL, None, "run all, late\n"),
        (MisfirePolicy.ALL, timedelta(hours=3), "run all, late (by up to 3 h)\n"),
        (MisfirePolicy.ONCE, timedelta(minutes=90), "run once, late (by up to 1 h 30 min)\n"),
        (MisfirePolicy.SKIP, timedelta(hours=3), "skip\n"),
    ],
)
def test_what_happens_to_missed_runs_is_told(
    services: Services, policy: MisfirePolicy, limit: timedelta | None, sentence: str
) -> None:
    a_request(services, misfire=policy, misfire_limit=limit)
    facts, _, _ = _of_request(services)
    assert sentence in facts


def test_the_parameters_are_told(services: Services) -> None:
    a_request(services, parameters={"A": "1", "B": "x y"})
    facts, _, _ = _of_request(services)
    assert "A=1" in facts
    assert "B=x y" in facts


def test_a_damaged_plan_is_shown_instead_of_raising(services: Services) -> None:
    request = a_request(services, every(Frequency.DAILY, start=_IN_AN_HOUR))
    services.requests.schedule(request.id)
    Request.update(start="yesterday or so").execute()
    facts, fires, _ = _of_request(services)
    assert "Unreadable plan" in facts
    assert "Mon  2 Mar 13:00" in fires


def test_the_latest_runs_come_with_age_and_duration(services: Services, clock: FakeClock) -> None:
    add_run(services, "backup")
    add_run(
        services,
        "backup",
        status=RunStatus.SKIPPED,
        start_time=None,
        note="Run 7 is still running\x1b[2J",
    )
    _, _, runs = _of_request(services)
    _, skipped, success = runs.splitlines()
    assert skipped.split(maxsplit=3)[:3] == ["»", "skipped", "now"]
    assert "running␛[2J" in skipped
    assert success.split() == ["✓", "success", "now", "00:00:01.500"]


def test_a_process_is_told_with_its_command(services: Services) -> None:
    limits: dict[str, Any] = {"timeout": timedelta(minutes=5), "retries": 1}
    a_process(services, command="echo [/]\x07", locks=("db", "net"), **limits)
    details = process_details.load_details(services, 1)
    facts, command, runs = (block.plain for block in process_details.details_text(details, NOON))
    assert "5m" in facts
    assert "1, each after 30s" in facts
    assert "db, net" in facts
    assert command == "Command\necho [/]␇"
    assert runs == "Latest runs\nnone yet: press s to make a request for it"


def test_a_process_of_a_cluster_says_so_with_what_it_asks_for(services: Services) -> None:
    options = ("--gres=gpu:1", "--comment=[/]")
    draft = process_draft(runs_on="hpc", cluster_options=options, active=False)
    services.processes.create(draft)
    details = process_details.load_details(services, 1)
    _, command, _ = (block.plain for block in process_details.details_text(details, NOON))
    assert [line.split() for line in command.splitlines()[2:]] == [
        ["On", "hpc"],
        ["Options", "--gres=gpu:1"],
        ["--comment=[/]"],
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, []),
        ({"notify": ("ops", "page"), "notify_after": 3}, ["ops, page, after 3 failures in a row"]),
        ({"notify_after": 2}, ["default, after 2 failures in a row"]),
        ({"notify": (), "notify_after": 2, "slow_after": timedelta()}, ["nobody"]),
        ({"slow_after": timedelta(minutes=90)}, ["1h30m"]),
        ({"slow_after": timedelta()}, ["never"]),
    ],
)
def test_who_is_told_is_said_where_it_is_out_of_the_ordinary(
    services: Services, fields: dict[str, Any], said: list[str]
) -> None:
    notifying = Notifying(receivers={name: receiver(name) for name in ("ops", "page")})
    others = services_on(replace(services.context, notifying=notifying))
    a_process(others, **fields)
    others.groups.create(GroupDraft(name="all", **fields))
    of_process, *_ = process_details.details_text(process_details.load_details(services, 1), NOON)
    of_group, *_ = group_details.details_text(group_details.load_details(services, 2), NOON)
    for facts in (of_process, of_group):
        named = [line for line in facts.plain.splitlines() if line[:11].strip() in _TELLING]
        assert [line[11:] for line in named] == said


def test_silence_is_said_where_it_is_told(services: Services) -> None:
    a_request(services, minutely(), silent_after=timedelta(hours=26))
    facts, _, _ = _of_request(services)
    assert "If silent  somebody is told after 1 day 2 h without a success" in facts
    a_request(services, minutely())
    assert "If silent" not in _of_request(services, 2)[0]


def test_the_usual_duration_is_told_once_it_is_known(services: Services) -> None:
    add_run(services, "backup")
    details = process_details.load_details(services, 1)
    facts, _, runs = (block.plain for block in process_details.details_text(details, NOON))
    assert "Usually    1.5s" in facts
    assert "✓ success" in runs


def test_a_python_process_tells_its_interpreter_and_its_parameters(services: Services) -> None:
    token = Parameter(name="TOKEN", type=ParameterType.SECRET, default="hunter2")
    a_process(
        services,
        command="reports:daily",
        kind=ProcessKind.PYTHON,
        python="/srv/env",
        parameters=(Parameter(name="DAY", description="of sales"), token),
    )
    details = process_details.load_details(services, 1)
    _, what, _ = [block.plain for block in process_details.details_text(details, NOON)]
    assert what.splitlines() == [
        "Python callable",
        "reports:daily",
        "By         /srv/env",
        "Parameters",
        "DAY: text # of sales",
        f"TOKEN: secret = {MASK}",
    ]


def test_declared_parameters_are_told_with_what_they_come_to(services: Services) -> None:
    later_on = declared("DAY!: date", "MODE = fast", "PIN: secret = 1234", "CODE: secret", "NOTE")
    a_process(services, "backup", parameters=later_on[1:])
    a_request(services, parameters={"EXTRA": "[1]", "CODE": "hunter2"})
    services.processes.update(1, process_draft(parameters=later_on))
    facts, _, _ = _of_request(services)
    rows = facts.splitlines()
    assert rows[rows.index("Parameters DAY is missing") :] == [
        "Parameters DAY is missing",
        "           MODE=fast (default)",
        f"           PIN={MASK} (default)",
        f"           CODE={MASK}",
        "           EXTRA=[1]",
    ]


def test_a_long_value_goes_on_below_itself() -> None:
    block = lines(named("Scheduled", "yesterday 18:30 by somebody"), toned("on a line of its own"))
    assert [line.plain for line in fitted(block, 27)] == [
        "Scheduled  yesterday 18:30",
        "           by somebody",
        "on a line of its own",
    ]
    assert [line.plain for line in fitted(block, 20)][1] == "           18:30 by"
    assert [line.plain for line in fitted(block, 60)] == block.plain.splitlines()
    assert all(line.cell_length <= 8 for line in fitted(block, 8))


async def test_so_it_does_on_the_screen(show: Show) -> None:
    def prepare(services: Services) -> None:
        services.requests.schedule(a_request(services).id)
        Request.update(scheduled_by="somebody with a name as long as the pane").execute()

    async with show(prepare, size=(80, 24)) as ui:
        await until(ui, lambda: "as long" in screenful(ui))
        rows = [line[2:39] for line in screenful(ui).splitlines()]
        first = next(line for line in rows if line.startswith("Scheduled"))
        assert rows[rows.index(first) + 1].startswith("           ")


def test_the_days_left_out_among_the_next_fires_are_told(services: Services) -> None:
    put_in_force(calendar("company", ("2026-03-03..2026-03-04",)))
    left_out = parse_exceptions("company")
    scheduled(services, every(Frequency.DAILY, start=_IN_AN_HOUR, except_=left_out))
    facts, fires, _ = _of_request(services)
    assert "Schedule   Every day at 13:00, except company" in facts
    assert fires.splitlines()[2].startswith("Thu  5 Mar 13:00")
    assert fires.splitlines()[-1] == "⊘ 3 Mar to 4 Mar left out: company"


def test_what_waits_for_a_calendar_says_which_and_what_to_do(services: Services) -> None:
    put_in_force(calendar("company", ("2026-03-03",)))
    scheduled(services, every(Frequency.DAILY, except_=parse_exceptions("company")))
    put_in_force()
    services.dispatch.plan_by_calendars()
    facts, fires, _ = _of_request(services)
    assert "Waits: there is no [calendar.company] in" in facts
    assert fires == "Next runs\nwaits for a calendar"
