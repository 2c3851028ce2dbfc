"""Who is told of what, as it is typed, shown, refused and offered."""

import pytest

from tests.cli.conftest import Cli
from tests.cli.receivers import configure

pytestmark = pytest.mark.usefixtures("receivers")

TELLING = ("notify", "notify_after", "slow_after")
ADD = {
    "process": ("process", "add", "backup", "--command", "true"),
    "group": ("group", "add", "backup"),
}


def telling(cli: Cli, noun: str) -> list[object]:
    """What is stored of ``backup``."""
    record = cli(noun, "show", "backup", "--json").json
    return [record[name] for name in TELLING]


@pytest.mark.parametrize("noun", ADD)
class TestProcessesAndGroups:
    def test_unless_it_is_said_the_configuration_decides(self, cli: Cli, noun: str) -> None:
        assert cli(*ADD[noun]).code == 0
        assert telling(cli, noun) == [None, 1, None]
        output = cli(noun, "show", "backup").out
        facts = {row.split("  ")[0]: row.split("  ")[-1].strip() for row in output.splitlines()}
        assert (facts["Notify"], facts["Notify after"]) == ("default", "1")
        assert facts["Slow after"] == "usual"

    def test_all_of_it_is_kept_and_shown(self, cli: Cli, noun: str) -> None:
        options = ("--notify", "page", "--notify", "ops", "--notify-after", 3, "--slow-after", "1h")
        assert cli(*ADD[noun], *options).code == 0
        assert telling(cli, noun) == [["page", "ops"], 3, 3600.0]
        output = cli(noun, "show", "backup").out
        assert "page, ops\n" in output
        assert "1h\n" in output
        assert cli(noun, "edit", "backup", "--description", "x").code == 0
        assert telling(cli, noun) == [["page", "ops"], 3, 3600.0]

    def test_each_can_be_taken_back(self, cli: Cli, noun: str) -> None:
        cli(*ADD[noun], "--notify", "none", "--slow-after", "never")
        assert telling(cli, noun) == [[], 1, 0.0]
        output = cli(noun, "show", "backup").out
        assert " none\n" in output
        assert " never\n" in output
        cli(noun, "edit", "backup", "--notify", "Default", "--slow-after", "Usual")
        assert telling(cli, noun) == [None, 1, None]

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (
                ["--notify", "opps"],
                (
                    "--notify: there is no receiver 'opps': use ops or page, or add [receiver.opps]"
                    " to the configuration file"
                ),
            ),
            (
                ["--notify", "ops", "--notify", "none"],
                "--notify: 'none' is no receiver: it stands alone, for nobody (in a file: [])",
            ),
            (["--notify-after", "0"], "--notify-after: must be a whole number from 1 to 1000"),
            (["--notify-after", "1001"], "--notify-after: must be a whole number from 1 to 1000"),
            (["--notify-after", "x"], "--notify-after: 'x' is not a whole number"),
            (["--slow-after", "3651d"], "--slow-after: must be at most 3650d, or usual, or never"),
            (
                ["--slow-after", "none"],
                "--slow-after: 'none' is no duration such as 10m, nor usual or never",
            ),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, cli: Cli, noun: str, options: list[str], told: str
    ) -> None:
        refused = cli(*ADD[noun], *options)
        assert (refused.code, refused.err) == (2, f"{told}\n")
        assert cli(noun, "list", "--json").json == []

    def test_who_is_gone_stays_where_he_was(self, cli: Cli, noun: str) -> None:
        """Nobody who changes something else is to be held up by it."""
        cli(*ADD[noun], "--notify", "page")
        configure('[receiver.ops]\ncommand = "cat"\n')
        assert cli(noun, "edit", "backup", "--description", "x").code == 0
        assert telling(cli, noun)[0] == ["page"]
        refused = cli(noun, "edit", "backup", "--notify", "page", "--notify", "beat")
        assert refused.code == 2
        assert "'page'" not in refused.err


def test_where_nobody_is_configured_that_is_said(cli: Cli) -> None:
    configure("")
    refused = cli(*ADD["process"], "--notify", "ops")
    assert refused.err == (
        "--notify: there is no receiver 'ops': add [receiver.ops] to the configuration file\n"
    )


class TestRequests:
    REQUEST = ("--timing", "immediate", "--json")

    def test_silence_is_told_of_if_asked_for(self, cli: Cli) -> None:
        cli(*ADD["process"])
        add = ("request", "add", "--process", "backup", *self.REQUEST)
        assert cli(*add).json["silent_after"] is None
        assert cli(*add, "--silent-after", "26h").json["silent_after"] == 26 * 3600
        assert "Silent after  1d2h\n" in cli("request", "show", 2).out
        assert cli("request", "edit", 2, "--description", "x", "--json").json["silent_after"]
        taken = cli("request", "edit", 2, "--silent-after", "none", "--json").json
        assert taken["silent_after"] is None
        assert "Silent after  -\n" in cli("request", "show", 2).out

    @pytest.mark.parametrize("span", ["0", "3651d"])
    def test_it_has_a_length(self, cli: Cli, span: str) -> None:
        cli(*ADD["process"])
        add = ("request", "add", "--process", "backup", *self.REQUEST)
        refused = cli(*add, "--silent-after", span)
        assert refused.code == 2
        assert refused.err == ("--silent-after: must be longer than 0 and at most 3650d, or none\n")
