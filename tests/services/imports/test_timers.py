"""Reading timer units and their services."""

import subprocess
from datetime import timedelta
from typing import Any

import pytest

from tests.services.imports.crontabs import NOW
from tui_scheduler.models import MisfirePolicy, Overlap
from tui_scheduler.services.drafts import ProcessDraft
from tui_scheduler.services.imports import Proposal, Reading, Surroundings, read_timers

TIMER = "[Timer]\nOnCalendar=daily\n"
SERVICE = "[Service]\nExecStart=/opt/backup.sh\n"


def reading(**units: str | list[str]) -> Reading:
    """What is found in units; ``backup_timer`` is the file ``backup.timer``."""
    files = {
        name.replace("_", "."): [text] if isinstance(text, str) else text
        for name, text in units.items()
    }
    here = Surroundings(zone="Europe/Madrid", user="anna", home="/home/anna", now=NOW)
    return read_timers(files, here)


def one(timer: str | list[str] = TIMER, service: str | list[str] = SERVICE) -> Proposal:
    [proposal] = reading(backup_timer=timer, backup_service=service).proposals
    return proposal


def process_with(*lines: str) -> ProcessDraft:
    """The process of a service with these lines."""
    return one(service=SERVICE + "\n".join(lines) + "\n").process


def reason_with(*lines: str, **units: Any) -> str:
    """Why nothing is made of a service with these lines."""
    files = {"backup_timer": TIMER, "backup_service": SERVICE + "\n".join(lines), **units}
    found = reading(**files)
    assert not found.proposals
    return found.refusals[-1].reason


class TestTimers:
    def test_an_event_is_a_request_of_the_service_beside_it(self) -> None:
        proposal = one()
        assert (proposal.place, proposal.text) == ("backup.timer", "OnCalendar=daily")
        assert (proposal.process.name, proposal.process.command) == ("backup", "/opt/backup.sh")
        assert proposal.request.plan.timezone == "Europe/Madrid"
        assert proposal.process.overlap is Overlap.SKIP

    def test_several_events_are_several_requests(self) -> None:
        found = reading(backup_timer=TIMER + "OnCalendar=Mon 9:00\n", backup_service=SERVICE)
        crons = [proposal.request.plan.cron for proposal in found.proposals]
        assert crons == ["0 0 0 ? * *", "0 0 9 ? * MON"]

    def test_a_drop_in_may_replace_the_event(self) -> None:
        timer = [TIMER, "[Timer]\nOnCalendar=\nOnCalendar=hourly\nPersistent=yes\n"]
        proposal = one(timer)
        assert proposal.request.plan.cron == "0 0 * ? * *"
        assert proposal.request.misfire is MisfirePolicy.ONCE

    @pytest.mark.parametrize("line", ["", "Persistent=false\n"])
    def test_missed_ones_are_made_up_for_also_if_it_is_not_persistent(self, line: str) -> None:
        found = reading(backup_timer=TIMER + line, backup_service=SERVICE)
        assert found.proposals[0].request.misfire is MisfirePolicy.ONCE
        [note] = found.notes
        assert note.text.startswith("without Persistent=true systemd makes up for what was missed")

    def test_there_is_no_difference_if_it_is(self) -> None:
        found = reading(backup_timer=TIMER + "Persistent=true\n", backup_service=SERVICE)
        assert found.proposals[0].request.misfire is MisfirePolicy.ONCE
        assert found.notes == ()

    def test_the_unit_may_have_another_name(self) -> None:
        found = reading(a_timer=TIMER + "Unit=b.service\n", b_service=SERVICE)
        assert [proposal.process.name for proposal in found.proposals] == ["b"]

    def test_a_zone_of_the_event_is_that_of_the_plan(self) -> None:
        assert one("[Timer]\nOnCalendar=daily UTC\n").request.plan.timezone == "UTC"

    def test_what_counts_from_the_start_is_refused(self) -> None:
        found = reading(backup_timer=TIMER + "OnBootSec=5min\n", backup_service=SERVICE)
        [refusal] = found.refusals
        assert (refusal.place, refusal.text) == ("backup.timer", "OnBootSec=5min")
        assert len(found.proposals) == 1

    def test_what_is_not_kept_is_told(self) -> None:
        timer = TIMER + "Persistent=yes\nRandomizedDelaySec=1h\nAccuracySec=1s\n"
        found = reading(backup_timer=timer, backup_service=SERVICE + "Nice=10\n")
        assert [(note.place, note.text) for note in found.notes] == [
            ("backup.timer", "RandomizedDelaySec= is not kept"),
            ("backup.timer", "AccuracySec= is not kept"),
            ("backup.service", "Nice= is not kept"),
        ]

    @pytest.mark.parametrize("event", ["Fri *-*-13", "*-02-30", "daily Mars/Olympus", "25:00"])
    def test_an_event_that_cannot_be_kept_does_not_hold_up_the_others(self, event: str) -> None:
        timer = f"[Timer]\nOnCalendar={event}\nOnCalendar=daily\n"
        found = reading(backup_timer=timer, backup_service=SERVICE)
        assert [refusal.text for refusal in found.refusals] == [f"OnCalendar={event}"]
        assert len(found.proposals) == 1


class TestServices:
    def test_it_keeps_what_a_process_has(self) -> None:
        process = process_with(
            "WorkingDirectory=%h/work", "RuntimeMaxSec=1h 30min", "User=anna",
            "Environment=A=b 'C=d e'", "Environment=F=100%%", "[Unit]", "Description=Copies %n",
        )  # fmt: skip
        assert process.working_directory == "/home/anna/work"
        assert process.timeout == timedelta(hours=1, minutes=30)
        assert process.environment == {"A": "b", "C": "d e", "F": "100%"}
        assert process.description == "Copies backup.service"

    def test_lines_go_on_after_a_backslash(self) -> None:
        service = "[Service]\nExecStart=/bin/echo a \\\n# no\n  b\n; no\n"
        assert one(service=service).process.command == "/bin/echo a b"

    @pytest.mark.parametrize(
        ("lines", "reason"),
        [
            (["User=root"], "backup.service runs as root, and you are anna: import it as that"),
            (["ExecStartPre=/bin/true"], "backup.service needs ExecStartPre=, which is not kept"),
            (["EnvironmentFile=/etc/x"], "backup.service needs EnvironmentFile=, which is not"),
            (["ExecStart="], "backup.service has no ExecStart=, so it runs nothing"),
            (["ExecStart=@/bin/a b"], "the command '@/bin/a b' cannot be kept"),
            (["ExecStart=+/bin/a"], "+ gives it privileges, which nothing here does"),
            (["ExecStart=/bin/a 'b"], '"/bin/a \'b" has a quote that is not closed'),
            (["ExecStart=/bin/a %i"], "%i is not known here: write what it stands for"),
            (["RuntimeMaxSec=soon"], "RuntimeMaxSec=soon is not understood"),
            (["RuntimeMaxSec=5 fortnights"], "RuntimeMaxSec=5 fortnights: fortnights is not"),
        ],
    )
    def test_what_cannot_be_kept_is_refused(self, lines: list[str], reason: str) -> None:
        assert reason_with(*lines).startswith(reason)

    def test_a_service_that_is_not_there_is_told(self) -> None:
        timer = TIMER + "Unit=other.service\n"
        reason = reason_with(backup_timer=timer)
        assert reason == "there is no other.service beside it: put it there"
        timer = TIMER + "Unit=other@x.service\n"
        assert reason_with(backup_timer=timer).startswith("other@x.service is made from a template")


@pytest.mark.parametrize(
    ("commands", "output"),
    [
        (["/bin/echo a  'b  c' \"d\" > e; f"], "a b  c d > e; f\n"),
        (["/bin/echo ${A}x $A $B", "/bin/echo $$A"], "one twox one two $B\n$A\n"),
        ([":/bin/echo ${A} $A"], "${A} $A\n"),
        (["-/bin/false", "/bin/echo 100%%"], "100%\n"),
        (["/bin/false", "/bin/echo never"], ""),
        (["/bin/echo *", "/bin/echo ''x"], "*\nx\n"),
    ],
)
def test_a_command_is_run_as_systemd_runs_it(commands: list[str], output: str) -> None:
    lines = [f"ExecStart={command}" for command in commands]
    service = "[Service]\nEnvironment='A=one two' 'B=$B'\n" + "\n".join(lines)
    process = one(service=service).process
    done = subprocess.run(
        ["/bin/sh", "-c", process.command], env=dict(process.environment), capture_output=True
    )
    assert (done.stdout.decode(), done.stderr) == (output, b"")
