"""A mail through Apprise to a real mail server, and what is said when that does not work."""

import asyncio
import os
import socket
import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from tests.engine.notices.test_sending import PASSWORD, a_message, receiver, refusal
from tui_scheduler.engine.notices import sending
from tui_scheduler.engine.notices.sending import send
from tui_scheduler.receivers import ReceiverKind


class _Handler:
    """Keeps what a mail server gets."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(  # noqa: N802  as the library calls it
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


async def test_a_mail_arrives() -> None:
    handler = _Handler()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    address = f"mailto://127.0.0.1:{port}?from=night@example.org&to=ops@example.org&mode=insecure"
    async with server:
        await asyncio.to_thread(send, receiver(ReceiverKind.APPRISE, address), a_message())
    [mail] = handler.mails
    assert mail["Subject"] == "backup failed"
    assert "ops@example.org" in mail["To"]
    body = mail.get_body(("plain", "html"))
    assert body is not None
    assert "grüße" in body.get_content()
    assert "apprise" not in sys.modules


def test_a_mail_server_that_is_not_there_is_told_without_the_address() -> None:
    address = f"mailto://ann:{PASSWORD}@127.0.0.1:1?from=a@example.org&to=b@example.org"
    assert "could not send it" in refusal(receiver(ReceiverKind.APPRISE, address)).problem


def test_a_mail_server_that_never_answers_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        address = f"mailto://127.0.0.1:{port}?from=a@example.org&to=b@example.org&mode=insecure"
        problem = refusal(receiver(ReceiverKind.APPRISE, address)).problem
    assert problem == "it did not answer within 1 s"


def test_an_address_that_apprise_does_not_know_is_refused() -> None:
    problem = refusal(receiver(ReceiverKind.APPRISE, f"nonsense://{PASSWORD}")).problem
    assert "does not understand the address" in problem


def test_what_the_library_prints_and_raises_is_told_to_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "apprise.py").write_text(
        "class Apprise:\n"
        "    def add(self, address):\n"
        "        print(address)\n"
        "        raise ValueError(address)\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    problem = refusal(receiver(ReceiverKind.APPRISE, f"json://{PASSWORD}")).problem
    assert problem == "exit code 1: Apprise failed with ValueError"
