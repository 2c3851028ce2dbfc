"""Removing old runs by hand: what is printed, what goes, and what a dry run leaves alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.stored_runs import a_run
from tui_scheduler.cli.runs import prune
from tui_scheduler.models import Run, RunStatus
from tui_scheduler.services import retention
from tui_scheduler.settings import Settings

OUTPUT = b"x" * 1_000
NOTHING = {"runs": 0, "log_bytes": 0}


@pytest.fixture
def history(cli: Cli, stored: Opened, backup: int) -> None:
    """Five runs with a log of 1 kB each; the first two ended 100 days ago; the last is open."""
    with stored() as services:
        for number in range(4):
            run_id = a_run(services, backup, output=OUTPUT)
            ended = datetime.now(UTC) - timedelta(days=100 if number < 2 else 0)
            changes = {"end_time": ended, "log_bytes": len(OUTPUT)}
            Run.update(**changes).where(Run.id == run_id).execute()
        a_run(services, backup, RunStatus.PROCESSING, output=OUTPUT)


def numbers(cli: Cli) -> list[int]:
    return [run["id"] for run in cli("runs", "--json").json]


def log_files(cli: Cli) -> list[Path]:
    return [Path(run["log_path"]) for run in cli("runs", "--json").json]


@pytest.mark.usefixtures("history")
def test_it_removes_what_the_settings_do_not_keep(cli: Cli, stored: Opened) -> None:
    logs = log_files(cli)
    pruned = cli("prune")
    assert pruned.code == 0
    assert pruned.out.splitlines() == [
        "REASON                                        RUNS    LOGS",
        "not among the newest 10,000 of their request     0     0 B",
        "ended more than 90 days ago                      2  2.0 kB",
        "oldest of more than 10.0 GB of logs              0     0 B",
        "in all                                           2  2.0 kB",
    ]
    assert pruned.err == "Removed 2 runs with 2.0 kB of logs.\n"
    assert numbers(cli) == [5, 4, 3]
    assert [log.exists() for log in logs] == [True, True, True, False, False]
    with stored() as services:
        last = services.retention.last()
        assert last is not None
        assert last.removed == 2


@pytest.mark.usefixtures("history")
def test_a_dry_run_prints_the_same_and_changes_nothing(cli: Cli, stored: Opened) -> None:
    dry = cli("prune", "--dry-run")
    assert dry.code == 0
    assert dry.err == "This was a dry run: nothing was removed.\n"
    assert numbers(cli) == [5, 4, 3, 2, 1]
    with stored() as services:
        assert services.retention.last() is None
    assert all(log.exists() for log in log_files(cli))
    assert cli("prune").out == dry.out


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("is_dry", [True, False])
def test_limits_can_be_given_and_the_reasons_are_data(cli: Cli, is_dry: bool) -> None:
    dry = ["--dry-run"] if is_dry else []
    given = ["--keep-runs", 4, "--keep-days", "99.5", "--keep-bytes", "1.5 kB"]
    pruned = cli("prune", *given, *dry, "--json")
    assert pruned.json == {
        "dry_run": is_dry,
        "runs": 3,
        "log_bytes": 3_000,
        "reasons": {
            "count": {"runs": 1, "log_bytes": 1_000},
            "age": {"runs": 1, "log_bytes": 1_000},
            "bytes": {"runs": 1, "log_bytes": 1_000},
        },
        "keep_days": 99.5,
        "keep_runs": 4,
        "keep_bytes": 1_500,
    }
    assert pruned.err == ""
    assert numbers(cli) == ([5, 4, 3, 2, 1] if is_dry else [5, 4])


@pytest.mark.usefixtures("history")
def test_without_limits_everything_stays(cli: Cli) -> None:
    pruned = cli("prune", "--keep-runs", 0, "--keep-days", 0, "--keep-bytes", 0)
    assert pruned.out.splitlines() == ["REASON  RUNS  LOGS", "in all     0   0 B"]
    assert len(numbers(cli)) == 5


@pytest.mark.usefixtures("history")
def test_the_limits_of_the_configuration_file_count(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui_scheduler.settings.config_file", lambda: tmp_path / "config.toml")
    (tmp_path / "config.toml").write_text("keep_days = 0\nkeep_runs = 2\nkeep_bytes = '5 TB'\n")
    pruned = cli("prune", "--json").json
    assert (pruned["keep_days"], pruned["keep_bytes"]) == (0, 5_000_000_000_000)
    assert pruned["reasons"] == {
        "count": {"runs": 3, "log_bytes": 3_000},
        "age": NOTHING,
        "bytes": NOTHING,
    }
    assert numbers(cli) == [5, 4]


@pytest.mark.usefixtures("history")
def test_a_long_work_tells_how_far_it_is(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "_PATIENCE", -1)
    monkeypatch.setattr(retention, "BATCH", 1)
    pruned = cli("prune", "--json")
    assert pruned.json["runs"] == 2
    assert pruned.err.splitlines() == ["1 so far ...", "2 so far ..."]


def test_wrong_limits_are_refused_together_with_the_remedy(cli: Cli) -> None:
    refused = cli("prune", "--keep-days", "-1", "--keep-runs", "-2", "--keep-bytes", "much")
    assert refused.code == 2
    assert refused.out == ""
    assert refused.err.splitlines() == [
        "--keep-days: '-1' is not a number of days such as 90 or 0.5; 0 for no limit",
        "--keep-runs: '-2' is less than nothing: use a whole number, or 0 for no limit",
        "--keep-bytes: 'much' is not a size such as 100 MB",
    ]


def test_more_runs_than_there_can_be_are_refused(cli: Cli) -> None:
    refused = cli("prune", "--keep-runs", "9" * 30)
    assert refused.code == 2
    assert "use a smaller number, or 0 for no limit" in refused.err


@pytest.mark.parametrize("days", ["nan", "inf", "soon", "1000000000"])
def test_days_are_a_number_of_days(cli: Cli, days: str) -> None:
    assert cli("prune", "--keep-days", days).code == 2


def test_its_help_has_examples(cli: Cli) -> None:
    text = cli("prune", "--help").out
    assert "  tui-scheduler prune --dry-run\n" in text


def test_its_help_names_the_limits_of_the_settings(cli: Cli, database_file: Path) -> None:
    text = " ".join(cli("prune", "--help").out.split())
    usual = Settings(database=database_file)
    assert f"keep_days ({usual.keep_days}), keep_runs ({usual.keep_runs})" in text
    assert f"keep_bytes ({usual.keep_bytes // 10**9} GB)" in text


def test_a_database_that_cannot_be_used_is_said(cli: Cli, database_file: Path) -> None:
    database_file.write_text("Dear diary")
    assert cli("prune").code == 4
