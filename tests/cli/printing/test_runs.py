"""All of one run, as people read it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cli.conftest import Opened
from tests.cli.stored_runs import a_run
from tui_scheduler.cli.printing.runs import print_run
from tui_scheduler.models import RunStatus

Fields = dict[str, str]


@pytest.fixture
def fields(stored: Opened, backup: int, capfd: pytest.CaptureFixture[str]) -> Any:
    def printed(**ending: Any) -> Fields:
        with stored() as services:
            run = services.runs.get(a_run(services, backup, RunStatus.ERROR, **ending))
        capfd.readouterr()
        print_run(run, datetime.now(UTC), "UTC", as_json=False)
        lines = capfd.readouterr().out.splitlines()
        return {line[:15].strip(): line[15:].strip() for line in lines}

    return printed


def test_a_run_has_an_exit_code(fields: Any) -> None:
    facts = fields(exit_code=3)
    assert facts["Exit code"] == "3"
    assert not facts.keys() & {"Ended by", "CPU time", "Peak memory"}


def test_or_a_signal_that_ended_it(fields: Any) -> None:
    facts = fields(exit_code=None, signal=15)
    assert facts["Ended by"] == "SIGTERM"
    assert "Exit code" not in facts


def test_what_it_used_is_told_where_it_is_known(fields: Any) -> None:
    facts = fields(cpu_time=timedelta(seconds=1.5), peak_memory=12_300_000)
    assert (facts["CPU time"], facts["Peak memory"]) == ("00:00:01.500", "at most 12.3 MB")
