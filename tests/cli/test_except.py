"""Days that are left out, on the command line: with calendars of a real configuration file."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Opened
from tui_scheduler.cli.session import Session

CALENDARS = """
[calendar.company]
dates = ["2026-12-24", "2026-12-31"]
[calendar.spain]
holidays = "ES"
"""
NOW = datetime(2026, 12, 21, 6, 0, tzinfo=UTC)
WEEKDAYS = "weekdays at 9 except company, spain, 2026-12-29 in Europe/Madrid"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration file of the user; it is the Monday before Christmas."""
    monkeypatch.setattr(Session, "now", lambda _: NOW)
    monkeypatch.setattr("tui_scheduler.services.clock.SystemClock.now", lambda _: NOW)
    file = tmp_path / "config.toml"
    file.write_text(CALENDARS)
    file.chmod(0o600)
    monkeypatch.setenv("TUI_SCHEDULER_CONFIG", str(file))
    return file


@pytest.fixture
def process(cli: Cli, config: Path) -> None:
    cli("process", "add", "backup", "--command", "true")


@pytest.mark.usefixtures("config")
def test_a_stretch_that_is_too_long_to_be_looked_at_is_not_told_to_end(cli: Cli) -> None:
    outcome = cli("next", "--when", "daily at 9 except 2027-01-01..2060-12-31", "--count", 12)
    assert len(outcome.out.splitlines()) == 12
    assert "1 Jan 2027 to 26 Sep 2029 and later left out: 2027-01-01..2060-12-31" in outcome.err
    outcome = cli("next", "--when", "daily at 9 except 2027-01-01..2027-12-31", "--count", 12)
    assert "1 Jan to 31 Dec left out" in outcome.err


@pytest.mark.usefixtures("config")
def test_next_says_which_days_are_left_out_and_why(cli: Cli) -> None:
    outcome = cli("next", "--when", WEEKDAYS, "--count", 8)
    assert [line[:10] for line in outcome.out.splitlines()] == [
        "2026-12-21", "2026-12-22", "2026-12-23", "2026-12-28", "2026-12-30", "2027-01-04",
        "2027-01-05", "2027-01-07",
    ]  # fmt: skip
    assert [line for line in outcome.err.splitlines() if "left out" in line] == [
        "24 Dec left out: company",
        "25 Dec left out: spain",
        "29 Dec left out: 2026-12-29",
        "31 Dec left out: company",
        "1 Jan left out: spain",
        "6 Jan left out: spain",
    ]


@pytest.mark.usefixtures("config")
def test_next_has_them_in_its_document(cli: Cli) -> None:
    words = "daily at 9 except 2026-12-22..2026-12-24"
    document = cli("next", "--when", words, "--count", 3, "--json").json
    assert document["left_out"] == [
        {"first": "2026-12-22", "last": "2026-12-24", "why": "2026-12-22..2026-12-24"}
    ]
    assert document["text"] == "Every day at 09:00, except 2026-12-22..2026-12-24"
    assert "left_out" not in cli("next", "--when", "daily at 9", "--json").json


@pytest.mark.usefixtures("process")
def test_a_request_keeps_what_it_leaves_out(cli: Cli) -> None:
    plan = ("--timing", "schedule", "--frequency", "daily", "--start", "09:00")
    added = cli("request", "add", "--process", "backup", *plan, "--except", "company,2026-12-25")
    assert added.code == 0
    request = cli("request", "show", 1, "--json").json
    assert request["except"] == ["company", "2026-12-25"]
    assert request["schedule_text"] == "Every day at 09:00, except company, 2026-12-25"
    assert request["waiting_for"] is None
    cli("request", "edit", 1, "--except", "spain")
    assert cli("request", "show", 1, "--json").json["except"] == ["spain"]
    cli("request", "edit", 1, "--except", "none")
    assert cli("request", "show", 1, "--json").json["except"] == []


@pytest.mark.usefixtures("process")
def test_words_and_the_option_say_it_once(cli: Cli) -> None:
    words = ("--when", "daily at 9")
    assert cli("request", "add", "--process", "backup", *words, "--except", "company").code == 0
    words = ("--when", "daily at 9 except spain")
    twice = cli("request", "add", "--process", "backup", *words, "--except", "company")
    assert twice.code == 2
    assert (
        "--except: --when says it already: leave it out, or take it out of the words" in twice.err
    )


@pytest.mark.usefixtures("process")
@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--when", "daily at 9", "--except", "firm"), "--except: there is no [calendar.firm] in"),
        (("--when", "daily at 9", "--except", "soon!"), "is no date and no calendar"),
        (("--when", "2026-12-24 at 9 except company"), "--except: Thursday 24 December 2026 is"),
        (
            ("--when", "daily at 9 until 2026-12-22 except 2026-12-21..2026-12-22"),
            "--except: it never fires: every run is on a day that is left out",
        ),
    ],
)
def test_what_cannot_be_is_refused(cli: Cli, options: tuple[str, ...], problem: str) -> None:
    refused = cli("request", "add", "--process", "backup", *options)
    assert refused.code == 2
    assert problem in refused.err


@pytest.mark.usefixtures("process")
def test_what_is_not_used_is_told(cli: Cli) -> None:
    now = ("--timing", "immediate", "--except", "company")
    added = cli("request", "add", "--process", "backup", *now)
    assert "Ignored, because 'immediate' does not use it: --except" in added.err


@pytest.mark.usefixtures("process")
def test_add_takes_words_that_leave_out(cli: Cli) -> None:
    added = cli("add", "--when", "weekdays at 9 except company", "--", "true")
    assert [line[:10] for line in added.out.splitlines()] == [
        "2026-12-21", "2026-12-22", "2026-12-23", "2026-12-25", "2026-12-28",
    ]  # fmt: skip
    refused = cli("add", "--when", "daily at 9 except firm", "--", "true")
    assert "--when: except: there is no [calendar.firm]" in refused.err


@pytest.mark.usefixtures("process")
def test_it_is_exported_and_applied(cli: Cli, tmp_path: Path) -> None:
    cli("request", "add", "--process", "backup", "--when", "daily at 9 except company, 2027-01-01")
    exported = cli("export").out
    assert 'except = [\n    "company",\n    "2027-01-01",\n]' in exported
    file = tmp_path / "definitions.toml"
    file.write_text(exported.replace('    "2027-01-01",\n', ""))
    applied = cli("apply", file)
    assert "except: company, 2027-01-01 -> company" in applied.out + applied.err
    assert cli("request", "show", 1, "--json").json["except"] == ["company"]
    file.write_text(exported.replace('"company"', '"firm"'))
    assert 'request "backup": except: there is no [calendar.firm]' in cli("apply", file).err
    file.write_text(exported.replace('    "company",\n', "    2026,\n"))
    assert 'request "backup": except: ' in cli("apply", file).err


@pytest.mark.usefixtures("process")
def test_what_waits_for_a_calendar_says_so(cli: Cli, config: Path, stored: Opened) -> None:
    cli(
        "request", "add", "--process", "backup", "--when", "daily at 9 except company", "--schedule"
    )
    config.write_text("")
    with stored() as services:
        services.dispatch.plan_by_calendars()
    outcome = cli("request", "show", 1)
    assert "waits" in outcome.out
    assert f"there is no [calendar.company] in {config}: add it, or leave it out" in outcome.out
    assert cli("request", "show", 1, "--json").json["waiting_for"].startswith("there is no")
    assert "waits" in cli("request", "list").out
    assert cli("next").err.startswith("Nothing runs. Request 1 waits: there is no [calendar.comp")
    assert cli("next", "--request", 1).err.startswith("Request 1 waits: there is no [calendar")
    assert cli("status").code == 0
    assert "[calendar.company]" in cli("doctor").out
    config.write_text(CALENDARS)
    assert cli("request", "show", 1, "--json").json["waiting_for"] is None


def test_a_calendar_that_is_wrong_names_file_and_key(cli: Cli, config: Path) -> None:
    config.write_text('[calendar.company]\ndates = "2026-12-24"\n')
    refused = cli("request", "list")
    assert refused.code == 2
    assert f"{config}: calendar.company: dates must be a list" in refused.err
