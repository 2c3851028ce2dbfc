"""Rows that cannot be read, that belong to nothing, or that were counted wrongly."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from tests.doctor.conftest import Examine
from tests.services.promises.test_damaged_rows import DAMAGES
from tui_scheduler.doctor import Verdict
from tui_scheduler.models import Process, Request, Run, RunTally, database
from tui_scheduler.settings import Settings


@pytest.mark.parametrize("damage", DAMAGES[:6], ids=str)
def test_a_plan_that_cannot_be_read_is_a_problem(examined: Examine, damage: dict[str, Any]) -> None:
    Request.update(**damage).execute()
    [finding] = examined(repairs=True)["rows"]
    assert finding.verdict is Verdict.PROBLEM
    assert finding.text.startswith("1 row cannot be read: request 1 (")
    assert "request edit ID" in finding.remedy


def test_a_scheduled_plan_that_cannot_go_on_is_a_problem(examined: Examine) -> None:
    Request.update(
        status="scheduled", next_fire=0, frequency="cron", cron="99 * * * *"
    ).execute()  # fmt: skip
    assert examined()["rows"][0].verdict is Verdict.PROBLEM


@pytest.mark.parametrize(
    ("harm", "row"),
    [
        ("UPDATE process SET timeout = 'long'", "process 1"),
        ("UPDATE request SET created_at = x'00'", "request 1"),
        ("UPDATE process SET overlap = 'perhaps'", "process 1"),
        ("UPDATE run SET status = 'fine'", "run 1"),
        ("UPDATE run SET start_time = 'soon'", "run 1"),
    ],
)
def test_what_no_column_may_hold_is_a_problem(examined: Examine, harm: str, row: str) -> None:
    database.execute_sql("PRAGMA ignore_check_constraints = on")
    database.execute_sql(harm)
    [finding] = examined()["rows"]
    assert (finding.verdict, finding.text) == (Verdict.PROBLEM, f"1 row cannot be read: {row}")


def test_variables_that_cannot_be_read_are_a_problem(examined: Examine) -> None:
    Request.update(parameters="{").execute()
    Process.update(environment="[]").execute()
    [finding] = examined()["rows"]
    assert finding.text.startswith("2 rows cannot be read: process 1 (not a table")


@pytest.mark.parametrize("text", ["{", "{}", "[1]", "null", '[{"name": 5}]', "7"])
def test_declarations_that_cannot_be_read_are_a_problem(examined: Examine, text: str) -> None:
    Process.update(parameters=text).execute()
    [finding] = examined()["rows"]
    assert finding.text.startswith("1 row cannot be read: process 1 (")


def test_rows_of_nobody_are_a_problem_and_stay(examined: Examine, settings: Settings) -> None:
    with closing(sqlite3.connect(settings.database)) as other:
        other.execute("DELETE FROM request")
        other.commit()
    [finding] = examined(repairs=True)["references"]
    assert finding.verdict is Verdict.PROBLEM
    assert "run 1" in finding.text
    assert Run.select().count() == 1


def test_a_request_is_pointed_to_its_newest_run(examined: Examine) -> None:
    Request.update(last_run_id=99).execute()
    [finding] = examined()["references"]
    assert (finding.verdict, finding.text) == (
        Verdict.WARNING,
        "The last run is gone of 1 request: 1",
    )
    assert examined(repairs=True)["references"][0].verdict is Verdict.REPAIRED
    assert Request.get().last_run_id == 1
    Run.delete().execute()
    examined(repairs=True)
    assert Request.get().last_run_id is None


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE run_tally SET number = number + 1",
        "UPDATE run_tally SET number = -1",
        "UPDATE run_tally SET log_bytes = 5",
        "DELETE FROM run_tally",
        "INSERT INTO run_tally VALUES (1, 1, 'error', 7, 0, 0)",
    ],
)
def test_what_was_counted_wrongly_is_counted_anew(examined: Examine, harm: str) -> None:
    database.execute_sql(harm)
    [finding] = examined()["counts"]
    assert finding.verdict is Verdict.PROBLEM
    assert examined(repairs=True)["counts"][0].verdict is Verdict.REPAIRED
    assert sum(row.number for row in RunTally.select()) == Run.select().count() == 1
    assert examined()["counts"][0].text == "1 run, counted as they are"


def test_counts_of_nothing_are_no_matter(examined: Examine) -> None:
    """They are what is left when all runs of a kind have moved on."""
    database.execute_sql("INSERT INTO run_tally VALUES (1, 1, 'error', 0, 0, 0)")
    assert examined()["counts"][0].verdict is Verdict.OK
