"""Who is told, as the configuration file says it; what is wrong there is said with the remedy."""

from pathlib import Path

import pytest

from tui_scheduler.errors import InvalidInput
from tui_scheduler.receivers import PINGS, TOLD, NoticeKind, ReceiverKind
from tui_scheduler.settings import Settings, load_settings

SECRET = "hunter2"


def configured(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load_settings(tmp_path / "x.db", file)


def test_without_receivers_nobody_is_told(tmp_path: Path) -> None:
    notifying = configured(tmp_path, "").notifying
    assert notifying.who(None, NoticeKind.FAILED) == []


def test_each_has_its_way_and_what_it_wants(tmp_path: Path) -> None:
    settings = configured(
        tmp_path,
        """
        notify = ["ops", "beat"]
        notify_lines = 5
        [receiver.ops]
        apprise = "mailto://ann:hunter2@example.org"
        [receiver.page]
        command = "logger -t night"
        tell = ["failed", "missed"]
        [receiver.hook]
        webhook = "https://example.org/hunter2"
        [receiver.beat]
        ping = "env:BEAT"
        """,
    )
    receivers = settings.notifying.receivers
    assert {name: each.kind for name, each in receivers.items()} == {
        "ops": ReceiverKind.APPRISE,
        "page": ReceiverKind.COMMAND,
        "hook": ReceiverKind.WEBHOOK,
        "beat": ReceiverKind.PING,
    }
    assert receivers["ops"].wants == TOLD
    assert receivers["page"].wants == {NoticeKind.FAILED, NoticeKind.MISSED}
    assert receivers["beat"].wants == PINGS
    assert settings.notify_lines == 5
    assert settings.notifying.who(None, NoticeKind.FAILED) == ["ops"]
    assert settings.notifying.who(None, NoticeKind.ENDED) == ["beat"]
    assert settings.notifying.who(["page", "hook"], NoticeKind.MISSED) == ["page"]


def test_nothing_of_an_address_is_seen_but_its_host(tmp_path: Path) -> None:
    settings = configured(
        tmp_path,
        f"""
        [receiver.ops]
        apprise = "mailto://ann:{SECRET}@example.org?x={SECRET}"
        [receiver.page]
        command = "curl -u x:{SECRET} https://example.org"
        [receiver.hook]
        webhook = "https://example.org/{SECRET}"
        """,
    )
    receivers = settings.notifying.receivers
    assert SECRET not in repr(settings)
    assert [each.title() for each in receivers.values()] == [
        "ops (apprise at example.org)",
        "page (command)",
        "hook (webhook at example.org)",
    ]


@pytest.mark.parametrize(
    "address",
    [
        f"tgram://{SECRET}/chat",
        f"slack://{SECRET}/B/C",
        f"discord://{SECRET}/token",
        f"sendgrid://sg.{SECRET}.x:a@example.org/b@example.org",
        f"ntfy://{SECRET}",
        f"{SECRET}",
        f"://{SECRET}",
        f"http://[{SECRET}",
    ],
)
def test_what_stands_where_others_have_a_host_is_not_seen(tmp_path: Path, address: str) -> None:
    settings = configured(tmp_path, f'[receiver.ops]\napprise = "{address}"\n')
    assert settings.notifying.receivers["ops"].title() == "ops (apprise)"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('notify = "ops"', "notify: must be a list of names"),
        ('notify = ["ops"]', "notify: there is no [receiver.ops]"),
        ("notify_lines = 1.5", "notify_lines: must be a whole number"),
        ("receiver = 1", "receiver: must be tables"),
        ("[receiver]\nops = 1", "receiver.ops: must be a table"),
        ("[receiver.none]\ncommand='x'", "receiver.none: cannot be called so"),
        ("[receiver.default]\ncommand='x'", "receiver.default: cannot be called so"),
        ("[receiver.'a b']\ncommand='x'", "receiver.a b: cannot be called so"),
        ("[receiver.ops]", "has none of them: give it one of apprise, command, webhook, ping"),
        ("[receiver.ops]\ncommand='x'\nping='https://x'", "has 2 of them"),
        ("[receiver.ops]\nmail='x'", "has 'mail': give it one of"),
        ("[receiver.ops]\ncommand=7", "command must be an address in quotes"),
        ("[receiver.ops]\ncommand=' '", "command must be an address in quotes"),
        ("[receiver.ops]\nwebhook='ftp://hunter2'", "webhook: the address is none of the web"),
        ("[receiver.ops]\ncommand='x'\ntell='failed'", "tell must be a list of some of failed"),
        ("[receiver.ops]\ncommand='x'\ntell=['ended']", "tell must be a list of some of failed"),
        ("[receiver.ops]\ncommand='x'\ntell=[['a']]", "tell must be a list of some of failed"),
        ("[receiver.ops]\nping='https://x'\ntell=['failed']", "tell is not for a ping"),
    ],
)
def test_what_is_wrong_is_said_with_file_key_and_remedy(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        configured(tmp_path, text)
    assert says in str(refused.value)
    assert str(tmp_path / "config.toml") in str(refused.value)
    assert SECRET not in str(refused.value)
