"""Whether those who are to be told hear of it."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.services.drafts import process_draft
from tests.services.notices.telling import receiver
from tests.support.clock import FakeClock
from tui_scheduler.doctor import Finding, Target, Verdict, notices
from tui_scheduler.doctor.database import check_rows
from tui_scheduler.engine.notices import sending
from tui_scheduler.models import Notice, Process
from tui_scheduler.receivers import Notifying, Receiver, ReceiverKind
from tui_scheduler.services import Services
from tui_scheduler.settings import Settings

PASSWORD = "verysecret"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.touch(0o600)
    return path


def finding_of(
    services: Services, config: Path, *receivers: Receiver, default: str = ""
) -> Finding:
    """The one finding."""
    notifying = Notifying(
        receivers={each.name: each for each in receivers},
        by_default=(default,) if default else (),
    )
    database = config.with_name("scheduler.db")
    settings = Settings(database=database, notifying=notifying, config=config)
    target = Target(settings=settings, clock=services.context.clock)
    [finding] = notices.check(target)
    assert PASSWORD not in finding.text + finding.remedy
    return finding


def a_notice(clock: FakeClock, **columns: object) -> None:
    given: dict[str, object] = {
        "key": "0123456789abcdef",
        "kind": "failed",
        "receiver": "ops",
        "request_id": 1,
        "process": "backup",
        "created_at": clock.now(),
        "problem": "it answered HTTP 500",
    }
    Notice.create(**given | columns)


HOOK = receiver("ops", ReceiverKind.WEBHOOK, address=f"https://h.example/{PASSWORD}")


class TestFine:
    def test_nobody_to_tell(self, services: Services, config: Path) -> None:
        assert finding_of(services, config).verdict is Verdict.OK

    def test_all_is_sent(self, services: Services, config: Path, clock: FakeClock) -> None:
        a_notice(clock, sent_at=clock.now(), problem="")
        a_notice(clock, next_try=clock.now(), problem="")
        finding = finding_of(services, config, HOOK, default="ops")
        assert finding == Finding(
            Verdict.OK, "1 receiver, and no notice that could not be sent", ""
        )

    def test_what_was_given_up_long_ago(
        self, services: Services, config: Path, clock: FakeClock
    ) -> None:
        a_notice(clock, created_at=clock.now() - timedelta(days=2))
        assert finding_of(services, config, HOOK, default="ops").verdict is Verdict.OK


def test_receivers_of_nothing(services: Services, config: Path) -> None:
    finding = finding_of(services, config, HOOK)
    assert finding.verdict is Verdict.WARNING
    assert finding.remedy == f'Begin {config} with: notify = ["ops"]'


class TestUnsent:
    def test_what_is_tried_again(self, services: Services, config: Path, clock: FakeClock) -> None:
        for _ in range(3):
            a_notice(clock, next_try=clock.now())
        finding = finding_of(services, config, HOOK, default="ops")
        assert finding.verdict is Verdict.WARNING
        assert finding.text == (
            "3 notices could not be sent yet, through receiver ops: it answered HTTP 500"
        )
        assert finding.remedy == "Try it: tui-scheduler notify test ops"

    def test_what_was_given_up(self, services: Services, config: Path, clock: FakeClock) -> None:
        a_notice(clock, created_at=clock.now() - timedelta(hours=47))
        a_notice(clock, next_try=clock.now())
        finding = finding_of(services, config, HOOK, default="ops")
        assert finding.verdict is Verdict.PROBLEM
        assert finding.text.startswith("1 notice given up in the last day, through receiver ops")


def test_who_is_gone(services: Services, config: Path) -> None:
    services.processes.create(process_draft(name="backup"))
    services.processes.create(process_draft(name="damaged"))
    Process.update(notify='["page"]').where(Process.name == "backup").execute()
    Process.update(notify="nonsense").where(Process.name == "damaged").execute()
    finding = finding_of(services, config, HOOK, default="ops")
    assert finding.verdict is Verdict.PROBLEM
    assert finding.text == "There is no [receiver.page], which is to be told of backup"
    assert str(config) in finding.remedy
    [row] = check_rows(Target(settings=Settings(database=config.with_name("scheduler.db"))))
    assert "1 row cannot be read: process 2" in row.text


class TestObstacles:
    def test_the_library_is_not_there(
        self, services: Services, config: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "find_spec", lambda _name: None)
        mail = receiver("mail", ReceiverKind.APPRISE, address=f"mailto://a:{PASSWORD}@m.example")
        finding = finding_of(services, config, mail, default="mail")
        assert finding.verdict is Verdict.PROBLEM
        assert finding.text.startswith("mail (apprise at m.example) cannot be told: the library")
        assert "tui-scheduler[notify]" in finding.text

    @pytest.mark.parametrize(
        ("address", "reason"),
        [
            ("env:NO_SUCH_HOOK", "the variable NO_SUCH_HOOK is not set where this program runs"),
            ("file:/no/such", "/no/such cannot be read: No such file or directory"),
        ],
    )
    def test_an_address_cannot_be_looked_up(
        self, services: Services, config: Path, address: str, reason: str
    ) -> None:
        hook = receiver("ops", ReceiverKind.WEBHOOK, address=address)
        finding = finding_of(services, config, hook, default="ops")
        assert finding.verdict is Verdict.WARNING
        assert finding.text == f"ops (webhook) cannot be told: {reason}"


class TestOpenFiles:
    @pytest.mark.parametrize("mode", [0o640, 0o604])
    def test_a_configuration_that_others_can_read(
        self, services: Services, config: Path, mode: int
    ) -> None:
        config.chmod(mode)
        finding = finding_of(services, config, HOOK, default="ops")
        assert finding.verdict is Verdict.WARNING
        assert finding.text == (
            f"{config} has the address of receiver ops, and may be read by others"
        )
        assert finding.remedy == f"Close it: chmod go-rwx {config}"
        os.system(finding.remedy.partition(": ")[2])
        assert finding_of(services, config, HOOK, default="ops").verdict is Verdict.OK

    def test_a_file_with_an_address_that_others_can_read(
        self, services: Services, config: Path, tmp_path: Path
    ) -> None:
        config.chmod(0o644)  # there is no address in it
        secret = tmp_path / "hook"
        secret.write_text(f"https://h.example/{PASSWORD}\n")
        secret.chmod(0o644)
        hook = receiver("ops", ReceiverKind.WEBHOOK, address=f"file:{secret}")
        assert finding_of(services, config, hook, default="ops").text.startswith(str(secret))

    def test_one_whose_addresses_stand_elsewhere_may_be_read(
        self, services: Services, config: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config.chmod(0o644)
        monkeypatch.setenv("HOOK", f"https://h.example/{PASSWORD}")
        hook = receiver("ops", ReceiverKind.WEBHOOK, address="env:HOOK")
        assert finding_of(services, config, hook, default="ops").verdict is Verdict.OK
