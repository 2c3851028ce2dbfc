"""What was told, to whom, and what became of it; and trying a receiver."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Cli, Opened
from tests.cli.receivers import PASSWORD, configure
from tests.engine.notices.server import Answer, WebServer
from tui_scheduler.cli.session import Session
from tui_scheduler.engine.notices import sending
from tui_scheduler.models import Notice
from tui_scheduler.settings import config_file

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIELDS = {
    "id", "kind", "receiver", "owner", "request_id", "run_id", "in_a_row", "since", "created_at",
    "state", "attempts", "next_try", "sent_at", "problem",
}  # fmt: skip


def notice(**columns: object) -> None:
    given: dict[str, object] = {
        "key": "0123456789abcdef",
        "kind": "failed",
        "receiver": "ops",
        "run_id": 7,
        "request_id": 1,
        "process": "backup",
        "created_at": NOW,
    }
    Notice.create(**given | columns)


@pytest.fixture
def some_notices(stored: Opened) -> None:
    """One that was sent, one that waits, and one that was given up."""
    with stored():
        notice(sent_at=NOW)
        notice(next_try=NOW + timedelta(minutes=5), attempts=2, problem="it answered HTTP 500")
        notice(kind="silent", run_id=None, receiver="page", attempts=30, problem="exit code 1")


@pytest.mark.usefixtures("receivers", "some_notices")
class TestNotices:
    def test_newest_first_with_what_became_of_them(
        self, cli: Cli, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Session, "now", lambda _: NOW)
        listed = cli("notices")
        assert listed.code == 0
        assert listed.err.startswith("Nobody schedules this database: it waits")
        head, given_up, waiting, sent = (line.split("  ") for line in listed.out.splitlines())
        assert [word.strip() for word in head if word] == [
            "WHEN", "KIND", "RECEIVER", "PROCESS", "RUN", "STATE", "NEXT TRY", "PROBLEM"
        ]  # fmt: skip
        assert [word.strip() for word in given_up if word] == [
            "2026-03-02 13:00:00", "silent", "page", "backup", "-", "given up", "-", "exit code 1"
        ]  # fmt: skip
        assert [word.strip() for word in waiting if word][5:] == [
            "waiting", "in 5m00s", "it answered HTTP 500"
        ]  # fmt: skip
        assert [word.strip() for word in sent if word][1:] == [
            "failed", "ops", "backup", "7", "sent", "-", "-"
        ]  # fmt: skip

    def test_what_could_not_be_sent(self, cli: Cli) -> None:
        assert [row["state"] for row in cli("notices", "--failed", "--json").json] == [
            "given up",
            "waiting",
        ]
        assert len(cli("notices", "-n", 1, "--json").json) == 1

    def test_the_document(self, cli: Cli) -> None:
        _, waiting, _ = cli("notices", "--json").json
        assert waiting.keys() == FIELDS
        assert waiting["id"] == "0123456789abcdef"
        assert waiting["next_try"] == "2026-03-02T13:05:00+01:00"
        assert (waiting["sent_at"], waiting["attempts"]) == (None, 2)

    @pytest.mark.parametrize("number", ["0", "-1", "1000001"])
    def test_a_number_of_them(self, cli: Cli, number: str) -> None:
        refused = cli("notices", "-n", number)
        assert refused.code == 2
        assert refused.err == "--limit: must be a whole number from 1 to 1000000\n"


def test_what_a_command_ends_is_told_as_well(cli: Cli, backup: int, server: WebServer) -> None:
    configure(f'notify = ["beat"]\n[receiver.beat]\nping = "{server.address}"\n')
    assert cli("trigger", backup).code == 0
    assert cli("kill", 1).code == 0
    [ended] = cli("notices", "--json").json
    assert (ended["kind"], ended["receiver"], ended["state"]) == ("ended", "beat", "waiting")
    assert (ended["owner"], ended["run_id"], ended["problem"]) == ("backup", 1, None)


@pytest.mark.usefixtures("receivers")
def test_where_there_are_none_that_is_said(cli: Cli) -> None:
    assert cli("notices").err == "Nobody was told anything.\n"
    assert cli("notices", "--failed").err == "Nothing is left that could not be sent.\n"
    assert cli("notices", "--json").json == []


def test_without_a_receiver_it_says_how_to_add_one(cli: Cli) -> None:
    for words in (["notices"], ["notify", "test", "ops"]):
        outcome = cli(*words)
        assert f"there is no receiver. Add one, for example, to\n{config_file()}:" in outcome.err
        assert "    [receiver.ops]\n" in outcome.err
    assert outcome.code == 3


@pytest.mark.usefixtures("receivers")
class TestTest:
    def test_it_sends_one_and_says_what_came_back(self, cli: Cli, server: WebServer) -> None:
        tried = cli("notify", "test", "ops")
        assert (tried.code, tried.err) == (0, "")
        assert tried.out == "ops (webhook at 127.0.0.1) was told: HTTP 200\n"
        [posted] = server.got()
        assert posted.path == f"/{PASSWORD}"
        assert '"kind": "test"' in posted.body

    def test_it_says_why_not_and_fails(self, cli: Cli, server: WebServer) -> None:
        server.answers.put(Answer(500))
        tried = cli("notify", "test", "ops")
        assert (tried.code, tried.out) == (1, "")
        assert tried.err == "ops (webhook at 127.0.0.1) was not told: it answered HTTP 500.\n"

    def test_a_command_may_answer(self, cli: Cli) -> None:
        assert "works." in cli("notify", "test", "page").out

    def test_the_document(self, cli: Cli, server: WebServer) -> None:
        server.answers.put(Answer(404))
        tried = cli("notify", "test", "ops", "--json")
        assert (tried.code, tried.err) == (1, "")
        assert tried.json == {
            "receiver": "ops",
            "kind": "webhook",
            "answer": None,
            "problem": "it answered HTTP 404",
        }

    def test_one_that_is_not_there(self, cli: Cli) -> None:
        tried = cli("notify", "test", "opps")
        assert tried.code == 3
        assert tried.err == (
            f"There is no [receiver.opps] in {config_file()}: use one of ops, page.\n"
        )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("echo no route; exit 4", "exit code 4: no route"),
        ("tell --token=0pen-sesame 2>/dev/null; echo no 0pen-sesame; exit 1", "no ••••••••"),
        ("echo cannot reach https://h.example/t0ken/x; exit 1", "cannot reach ••••••••"),
        (f"curl ftp://ann:{PASSWORD}@h/ 2>/dev/null; echo {PASSWORD}; exit 1", "code 1: ••••••••"),
        (f": --password {PASSWORD}; echo {PASSWORD}; exit 1", "code 1: ••••••••"),
        ("no-s4ch-program", "••••••••: not found"),
    ],
)
def test_what_a_command_says_holds_no_password_of_its_line(
    cli: Cli, line: str, message: str
) -> None:
    configure(f'[receiver.page]\ncommand = "{line}"\n')
    tried = cli("notify", "test", "page")
    assert tried.code == 1
    assert tried.err.endswith(f"{message}.\n")


def test_a_library_that_is_not_there(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(f'[receiver.mail]\napprise = "mailto://ann:{PASSWORD}@mail.example"\n')
    monkeypatch.setattr(sending, "find_spec", lambda _name: None)
    tried = cli("notify", "test", "mail")
    assert tried.err == (
        "mail (apprise at mail.example) was not told: the library Apprise is not installed:"
        " pip install 'tui-scheduler[notify]'.\n"
    )
