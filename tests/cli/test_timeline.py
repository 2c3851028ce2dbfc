"""The timeline on the command line: a picture, and a document."""

from datetime import datetime, timedelta

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.scheduling.test_next_stored import NOBODY
from tests.services.history import add_run
from tests.support.clock import NOON
from tui_scheduler.cli.session import Session
from tui_scheduler.models import Process, RunStatus

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon, for the commands and for what they store: 13:00 in Madrid."""
    monkeypatch.setattr(Session, "now", lambda _: NOON)
    monkeypatch.setattr("tui_scheduler.services.clock.SystemClock.now", lambda _: NOON)


@pytest.fixture
def night(cli: Cli, stored: Opened) -> int:
    """A request that succeeded at 8:00, failed at 10:00 and fires at 14:00 for an hour (UTC)."""
    cli("process", "add", "backup", "--command", "true")
    words = "daily at 15:00 in Europe/Madrid"
    added = cli("request", "add", "--process", "backup", "--when", words, "--schedule", "--json")
    with stored() as services:
        for hours, status in ((4, RunStatus.SUCCESS), (2, RunStatus.ERROR)):
            begun = NOON - hours * HOUR
            add_run(services, begun + HOUR, scheduled_for=begun, start_time=begun, status=status)
    return int(added.json["id"])


def test_past_now_and_future_are_one_picture(cli: Cli, night: int) -> None:
    outcome = cli("timeline", "--width", 114)
    assert outcome.code == 0
    assert outcome.err == NOBODY
    dates, times, at_once, lane = outcome.out.splitlines()
    assert "Mon 2 Mar" in dates
    assert "00:00" in times
    assert at_once.startswith("1 at once")
    assert lane.index("✓") < lane.index("✗") < lane.index("│") < lane.index("▹")


def test_times_are_those_of_the_machine(cli: Cli, night: int) -> None:
    outcome = cli("timeline", "--since", "2026-03-02T09:00", "--until", "2026-03-02T17:00")
    _, times, _, lane = outcome.out.splitlines()
    assert times[lane.index("▹") :].startswith("15:00")
    assert times[lane.index("✓") :].startswith("09:00")


def test_the_document_has_all_that_is_drawn(cli: Cli, night: int) -> None:
    document = cli("timeline", "--json", "--width", 100).json
    assert set(document) == {
        "since", "until", "cell", "ran_at_once", "expected_at_once", "requests"
    }  # fmt: skip
    assert datetime.fromisoformat(document["since"]) == NOON - 16 * HOUR
    assert document["since"].endswith("+01:00")
    cells = len(document["ran_at_once"])
    assert cells == len(document["expected_at_once"])
    assert document["cell"] == pytest.approx(86_400 / cells)
    [request] = document["requests"]
    assert (request["request_id"], request["process"], request["group"]) == (night, "backup", None)
    assert request["usual_duration"] == 3_600
    assert not request["has_more_runs"]
    assert [run["status"] for run in request["runs"]] == ["success", "error"]
    assert set(request["runs"][0]) == {
        "id", "status", "scheduled_for", "start_time", "end_time", "after_run",
    }  # fmt: skip
    assert request["fires"] == [{"at": "2026-03-02T15:00:00+01:00", "more_in_cell": False}]


def test_only_one_request_or_so_many_are_shown(cli: Cli, night: int) -> None:
    cli("request", "add", "--process", "backup", "--timing", "immediate")
    few = cli("timeline", "--limit", 1)
    assert len(few.out.splitlines()) == 4
    assert few.err.startswith("1 more request: see them with --limit\n")
    one = cli("timeline", "--request", night, "--json")
    assert [request["request_id"] for request in one.json["requests"]] == [night]
    assert cli("timeline", "--request", "nothing").code == 3


def test_an_empty_timeline_says_what_to_do(cli: Cli) -> None:
    outcome = cli("timeline")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "There are no requests yet. Add one: tui-scheduler add --help\n"
    assert cli("timeline", "--json").json["requests"] == []


def test_that_all_scheduling_is_held_is_said_of_what_is_to_come(cli: Cli, night: int) -> None:
    message = "All scheduling is on hold. Go on with: tui-scheduler release\n"
    assert message not in cli("timeline").err
    cli("hold")
    assert message in cli("timeline").err
    assert message not in cli("timeline", "--until", "0s").err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--since", "yesterdayish"], "since"),
        (["--until", "2026-03-01"], "until: is not after --since"),
        (["--since", "20000d"], "since: is more than ten years before --until"),
        (["--since", "999999d"], "since: '999999d' is too far away: a timeline shows ten years"),
        (["--since", "9" * 12 + "d"], "d' is too far away: a timeline shows ten years at most"),
        (["--until", "9" * 30 + "d"], "d' is too far away: a timeline shows ten years at most"),
        (["--width", "7"], "width: must be a whole number from 40 to 1000"),
        (["--limit", "0"], "limit: must be a whole number from 1"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_option(
    cli: Cli, options: list[str], message: str
) -> None:
    since = ["--since", "2026-03-02T12:00"] if message.startswith("until: is") else []
    refused = cli("timeline", *options, *since)
    assert refused.code == 2
    assert message in refused.err


def test_a_name_is_text_and_never_control(cli: Cli, stored: Opened, night: int) -> None:
    with stored():
        Process.update(name="\x1b[31mred\x9b").execute()
    outcome = cli("timeline")
    assert "\x1b" not in outcome.out
    assert "\x9b" not in outcome.out


def test_what_is_left_out_is_drawn_and_in_the_document(cli: Cli) -> None:
    cli("process", "add", "backup", "--command", "true")
    words = "every hour except 2026-03-03 in Europe/Madrid"
    cli("request", "add", "--process", "backup", "--when", words, "--schedule")
    until = ("--until", "2026-03-05T00:00")
    assert "⊘" in cli("timeline", *until).out
    [request] = cli("timeline", *until, "--json").json["requests"]
    assert request["left_out"] == [{"at": "2026-03-03T00:00:00+01:00", "why": "2026-03-03"}]
