"""All that is known of one run."""

from datetime import timedelta

from tests.cli.conftest import Cli, Opened
from tests.cli.runs import a_run
from tests.cli.test_runs import FIELDS
from tui_scheduler.models import Run, RunStatus
from tui_scheduler.services.parameters.secrets import MASK


def shown(text: str) -> dict[str, str]:
    """The fields of one object, each of one line."""
    return {line[:13].strip(): line[13:].strip() for line in text.splitlines()}


def test_every_fact_is_shown(cli: Cli, stored: Opened, backup: int) -> None:
    cli("request", "edit", backup, "--param", "DAY=monday", "--param", "API_TOKEN=opensesame")
    with stored() as services:
        run_id = a_run(
            services,
            backup,
            RunStatus.TIMED_OUT,
            output=b"a line\n",
            exit_code=None,
            signal=15,
            note="Took too long",
            cpu_time=timedelta(seconds=1.25),
        )
        Run.update(missed=4, kill_request="force", kill_requested_at=Run.start_time).execute()
    text = cli("run", "show", run_id, "--show-secrets")
    assert (text.code, text.err) == (0, "")
    facts = shown(text.out)
    assert (facts["Run"], facts["Status"], facts["Note"]) == ("1", "timed out", "Took too long")
    assert (facts["Ended by"], facts["Try"]) == ("SIGTERM", "1")
    assert (facts["Stands for"], facts["Process id"]) == ("4 runs", "4711")
    assert facts["Host"]
    assert facts["Command"] == "true"
    assert facts["CPU time"] == "00:00:01.250"
    assert facts["Stop asked at"[:13]].endswith("(by force)")
    assert "API_TOKEN=opensesame" in text.out
    assert MASK in cli("run", "show", run_id).out
    document = cli("run", "show", run_id, "--json").json
    assert set(document) == FIELDS
    assert document == cli("runs", "--json").json[0]
    assert document["parameters"] == {"DAY": "monday", "API_TOKEN": MASK}
    assert (document["kill_request"], document["missed"]) == ("force", 4)
    assert document["kill_requested_at"] == document["start_time"]
    secret = cli("run", "show", run_id, "--json", "--show-secrets").json
    assert secret["parameters"]["API_TOKEN"] == "opensesame"


def test_a_fire_that_did_not_run_says_why_by_number_alone(
    cli: Cli, stored: Opened, backup: int
) -> None:
    with stored() as services:
        a_run(services, backup, RunStatus.QUEUED)
    assert cli("trigger", backup).code == 0
    facts = shown(cli("run", "show", "2").out)
    assert (facts["Status"], facts["Note"]) == ("skipped", "Run 1 waits to start")
    assert (facts["Start"], facts["Log"]) == ("-", "-")
    assert "Host" not in facts
    assert cli("run", "show", "backup").code == 3
