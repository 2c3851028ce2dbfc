"""The ways to a receiver, over real connections and with real processes, and how each fails."""

import json
import socket
import sys
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.engine.notices.server import Answer, WebServer, web_server
from tests.support.patience import PATIENCE
from tui_scheduler.engine.notices import sending
from tui_scheduler.engine.notices.sending import NotSent, send
from tui_scheduler.receivers import NoticeKind, Receiver, ReceiverKind
from tui_scheduler.services.notices.message import Message

PASSWORD = "verysecret"


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def a_message(kind: str = "failed", **fields: Any) -> Message:
    given: dict[str, Any] = {
        "key": "0123456789abcdef",
        "kind": kind,
        "title": "backup failed",
        "text": "backup failed on alpha: grüße",
        "facts": {"id": "0123456789abcdef", "kind": kind, "run_id": 7, "note": "grüße"},
    }
    return Message(**(given | fields))


def receiver(kind: ReceiverKind, address: str) -> Receiver:
    return Receiver(name="ops", kind=kind, address=address)


def refusal(receiver: Receiver, message: Message | None = None) -> NotSent:
    with pytest.raises(NotSent) as raised:
        send(receiver, message or a_message())
    assert PASSWORD not in str(raised.value)
    return raised.value


class TestWebhook:
    def test_it_posts_one_document(self, server: WebServer) -> None:
        answer = send(
            receiver(ReceiverKind.WEBHOOK, f"{server.address}/a?t={PASSWORD}"), a_message()
        )
        [posted] = server.got()
        assert answer == "HTTP 200"
        assert posted.path == f"/a?t={PASSWORD}"
        assert json.loads(posted.body) == a_message().facts
        assert posted.headers["Content-Type"] == "application/json; charset=utf-8"
        assert posted.headers["Idempotency-Key"] == a_message().key

    @pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
    def test_what_is_no_success_is_said(self, server: WebServer, status: int) -> None:
        server.answers.put(Answer(status))
        address = f"{server.address}/{PASSWORD}"
        assert refusal(receiver(ReceiverKind.WEBHOOK, address)).problem == (
            f"it answered HTTP {status}"
        )

    @pytest.mark.parametrize(
        ("asked", "after"),
        [
            ("120", timedelta(minutes=2)),
            ("Fri, 31 Dec 1999 23:59:59 GMT", timedelta()),
            ("99999999999999999999", timedelta()),
            ("99999999", timedelta(days=1)),
            ("soon", timedelta()),
            ("-5", timedelta()),
        ],
    )
    def test_it_may_ask_to_be_left_alone(
        self, server: WebServer, asked: str, after: timedelta
    ) -> None:
        server.answers.put(Answer(429, {"Retry-After": asked}))
        assert refusal(receiver(ReceiverKind.WEBHOOK, server.address)).after == after

    def test_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        address = f"http://ann:{PASSWORD}@127.0.0.1:{port}/"
        assert "cannot be reached" in refusal(receiver(ReceiverKind.WEBHOOK, address)).problem

    def test_who_we_are_may_stand_in_the_address(self, server: WebServer) -> None:
        address = server.address.replace("://", f"://a%40nn:{PASSWORD}@")
        assert send(receiver(ReceiverKind.WEBHOOK, f"{address}/x"), a_message()) == "HTTP 200"
        [posted] = server.got()
        pair = b64decode(posted.headers["Authorization"].removeprefix("Basic ")).decode()
        assert (posted.path, pair) == ("/x", f"a@nn:{PASSWORD}")
        assert PASSWORD not in posted.headers["Host"]

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_what_leads_elsewhere_is_not_followed(self, server: WebServer, status: int) -> None:
        """What is posted would not be there, and taken for sent."""
        server.answers.put(Answer(status, {"Location": f"{server.address}/{PASSWORD}"}))
        problem = refusal(receiver(ReceiverKind.WEBHOOK, server.address)).problem
        assert problem == f"it answered HTTP {status}: give the address that it leads to"
        assert len(server.got()) == 1

    def test_it_does_not_answer_in_time(
        self, server: WebServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "SECONDS", 0.2)
        never = threading.Event()
        server.answers.put(Answer(waits=never))
        problem = refusal(receiver(ReceiverKind.WEBHOOK, server.address)).problem
        never.set()
        assert "did not answer within" in problem

    def test_it_is_no_web_server(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]

            def answer() -> None:
                connection, _ = listening.accept()
                connection.recv(65536)
                connection.sendall(b"220 mail.example.org ESMTP\r\n")
                connection.close()

            thread = threading.Thread(target=answer)
            thread.start()
            problem = refusal(receiver(ReceiverKind.WEBHOOK, f"http://127.0.0.1:{port}")).problem
            thread.join()
        assert "did not answer as a web server" in problem

    @pytest.mark.parametrize("address", ["ftp://x/", "file:///etc/passwd", "http://", "nonsense"])
    def test_an_address_of_another_kind_is_never_opened(
        self, monkeypatch: pytest.MonkeyPatch, address: str
    ) -> None:
        monkeypatch.setenv("HOOK", address)
        assert "https://" in refusal(receiver(ReceiverKind.WEBHOOK, "env:HOOK")).problem


class TestPing:
    @pytest.mark.parametrize(
        ("kind", "fields", "path"),
        [
            (NoticeKind.STARTED, {}, "/id/start?x=1"),
            (NoticeKind.ENDED, {"is_success": True, "exit_code": 0}, "/id?x=1"),
            (NoticeKind.ENDED, {"exit_code": 3}, "/id/3?x=1"),
            (NoticeKind.ENDED, {}, "/id/fail?x=1"),
        ],
    )
    def test_it_says_in_its_path_what_happened(
        self, server: WebServer, kind: NoticeKind, fields: dict[str, object], path: str
    ) -> None:
        message = a_message(kind.value, **fields)
        send(receiver(ReceiverKind.PING, f"{server.address}/id?x=1"), message)
        [posted] = server.got()
        assert (posted.path, posted.body) == (path, message.text)


class TestCommand:
    def test_it_gets_the_facts_and_the_text(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TUI_SCHEDULER_RUN_ID", "1")
        out = tmp_path / "out"
        line = f"cat > {out}; env | sort | grep ^TUI_SCHEDULER >> {out}; echo done"
        assert send(receiver(ReceiverKind.COMMAND, line), a_message()) == "done"
        text = out.read_text()
        assert text.startswith(a_message().text)
        assert "TUI_SCHEDULER_NOTICE_RUN_ID=7" in text
        assert "TUI_SCHEDULER_NOTICE_NOTE=grüße" in text
        assert "TUI_SCHEDULER_RUN_ID" not in text

    def test_what_it_answers_is_said(self) -> None:
        problem = refusal(receiver(ReceiverKind.COMMAND, "echo no route; exit 4")).problem
        assert problem == "exit code 4: no route"

    def test_one_that_reads_nothing_is_no_failure(self) -> None:
        long = a_message(text="x" * 10_000_000)
        assert send(receiver(ReceiverKind.COMMAND, "exec true"), long)

    def test_all_of_it_is_ended_in_time(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "COMMAND_SECONDS", 0.5)
        pid_file = tmp_path / "pid"
        line = f"sh -c 'echo $$ > {pid_file}; exec sleep 1000' & wait"
        assert "did not end within" in refusal(receiver(ReceiverKind.COMMAND, line)).problem
        with suppress(psutil.NoSuchProcess):  # its parent is gone: another one reaps it
            psutil.Process(int(pid_file.read_text())).wait(PATIENCE)

    def test_facts_that_no_variable_holds_are_left_out(self) -> None:
        message = a_message(facts={"note": "a\0b", "id": "x"})
        assert send(receiver(ReceiverKind.COMMAND, "echo $TUI_SCHEDULER_NOTICE_ID"), message) == "x"


class TestAddress:
    def test_it_may_stand_in_a_file_or_a_variable(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "address"
        file.write_text("echo from the file\n")
        monkeypatch.setenv("WAY", "echo from the variable")
        for address, answer in (
            (f"file:{file}", "from the file"),
            ("env:WAY", "from the variable"),
        ):
            assert send(receiver(ReceiverKind.COMMAND, address), a_message()) == answer

    def test_what_is_not_there_is_named(self, tmp_path: Path) -> None:
        missing = refusal(receiver(ReceiverKind.COMMAND, f"file:{tmp_path / 'no'}"))
        assert "cannot be read: No such file" in missing.problem
        unset = refusal(receiver(ReceiverKind.COMMAND, "env:NO_SUCH_VARIABLE"))
        assert "NO_SUCH_VARIABLE is not set" in unset.problem


def test_apprise_is_asked_for_only_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "apprise" not in sys.modules
    monkeypatch.setattr(sending, "find_spec", lambda _name: None)
    problem = refusal(receiver(ReceiverKind.APPRISE, f"mailto://ann:{PASSWORD}@x")).problem
    assert "tui-scheduler[notify]" in problem
