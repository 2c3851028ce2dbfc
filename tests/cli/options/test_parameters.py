"""Parameters on the command line: declared, judged, and given to one run."""

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def report(cli: Cli) -> int:
    """A request of a process that declares three parameters."""
    lines = ("DAY!: date # of the sales", "MODE = fast {fast|full}", "LEVEL: number")
    declarations = [word for line in lines for word in ("--declare", line)]
    assert cli("process", "add", "report", "--command", "true", *declarations).code == 0
    given = ("--param", "DAY=2026-03-29", "--param", "EXTRA=1")
    added = cli("request", "add", "--process", "report", "--timing", "immediate", *given, "--json")
    return int(added.json["id"])


def test_what_a_process_declares_is_shown_a_line_each(cli: Cli, report: int) -> None:
    lines = cli("process", "show", "report").out.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("Parameters"))
    assert [line[19:] for line in lines[first : first + 3]] == [
        "DAY!: date # of the sales",
        "MODE: text = fast {fast|full}",
        "LEVEL: number",
    ]


def test_a_request_must_give_what_fits(cli: Cli, report: int) -> None:
    given = ("--param", "LEVEL=much", "--param", "MODE=slow")
    refused = cli("request", "edit", report, *given)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.splitlines() == [
        "--param: DAY is missing: the process requires it",
        "--param: MODE must be one of fast, full",
        "--param: LEVEL must be a number such as 7 or 2.5",
    ]


class TestTrigger:
    def test_it_is_given_what_is_said_beside_what_the_request_gives(
        self, cli: Cli, report: int
    ) -> None:
        given = ("--param", "DAY=2026-03-30", "--param", "MODE=full", "--param", "NOTE=a=b $(x)")
        run = cli("trigger", report, *given, "--json").json
        assert run["parameters"] == {
            "MODE": "full",
            "DAY": "2026-03-30",
            "EXTRA": "1",
            "NOTE": "a=b $(x)",
        }
        request = cli("request", "show", report, "--json").json
        assert request["parameters"] == {"DAY": "2026-03-29", "EXTRA": "1"}

    def test_without_it_is_given_what_the_request_gives(self, cli: Cli, report: int) -> None:
        run = cli("trigger", report, "--json").json
        assert run["parameters"] == {"MODE": "fast", "DAY": "2026-03-29", "EXTRA": "1"}

    def test_the_run_is_printed_with_them(self, cli: Cli, report: int) -> None:
        printed = cli("trigger", report, "--param", "LEVEL=7", "--param", "A_TOKEN=hunter2").out
        assert "LEVEL=7" in printed
        assert "hunter2" not in printed

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ("LEVEL=much", "LEVEL must be a number such as 7 or 2.5"),
            ("DAY=", "DAY is empty: the process requires a value"),
            ("2DAY=x", "'2DAY' cannot be a variable's name: use letters, digits and _, no"),
            ("none", "'none' is not NAME=VALUE: write it with an equals sign"),
            ("A_TOKEN", "'A_TOKEN••••••••' is not NAME=VALUE"),
        ],
    )
    def test_what_does_not_fit_runs_nothing(
        self, cli: Cli, report: int, given: str, message: str
    ) -> None:
        refused = cli("trigger", report, "--param", given)
        assert (refused.code, refused.out) == (2, "")
        assert refused.err.startswith(f"--param: {message}")
        assert cli("runs", "--json").json == []

    def test_a_request_that_lacks_what_is_required_can_be_run_by_giving_it(
        self, cli: Cli, report: int
    ) -> None:
        cli("process", "edit", "report", "--declare", "SHOP!: text")
        refused = cli("trigger", report)
        assert refused.code == 1
        assert "SHOP is missing: the process requires it" in refused.err
        assert cli("trigger", report, "--param", "SHOP=2", "--json").json["parameters"] == {
            "DAY": "2026-03-29",
            "EXTRA": "1",
            "SHOP": "2",
        }
