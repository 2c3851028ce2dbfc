"""Reading timer units: when what they start runs."""

from datetime import timedelta

import pytest

from tests.services.imports.units import RUNS, TIMER, notes_with, of_pair, one, reading
from tui_scheduler.models import MisfirePolicy, Overlap
from tui_scheduler.schedules import Frequency, summary


class TestCalendars:
    def test_an_event_is_a_request_of_the_service_beside_it(self) -> None:
        proposal = one()
        assert (proposal.place, proposal.text) == ("backup.timer", "OnCalendar=daily")
        assert (proposal.process.name, proposal.process.command) == ("backup", "/opt/backup.sh")
        assert proposal.request.plan.timezone == "Europe/Madrid"
        assert proposal.process.overlap is Overlap.SKIP

    def test_several_events_are_several_requests(self) -> None:
        jobs = of_pair(TIMER + "OnCalendar=Mon 9:00\n")
        crons = [proposal.request.plan.cron for proposal in jobs.proposals]
        assert crons == ["0 0 0 ? * *", "0 0 9 ? * MON"]

    def test_a_drop_in_may_replace_the_event(self) -> None:
        proposal = one([TIMER, "[Timer]\nOnCalendar=\nOnCalendar=hourly\nPersistent=yes\n"])
        assert proposal.request.plan.cron == "0 0 * ? * *"
        assert proposal.request.misfire is MisfirePolicy.ONCE

    @pytest.mark.parametrize("line", ["", "Persistent=false\n"])
    def test_missed_ones_are_made_up_for_also_if_it_is_not_persistent(self, line: str) -> None:
        timer = f"[Timer]\nOnCalendar=daily\n{line}"
        assert one(timer).request.misfire is MisfirePolicy.ONCE
        [note] = notes_with(timer=timer)
        assert note.startswith("without Persistent=true systemd makes up for what was missed")

    def test_there_is_no_difference_if_it_is(self) -> None:
        assert one().request.misfire is MisfirePolicy.ONCE
        assert notes_with() == []

    def test_a_zone_of_the_event_is_that_of_the_plan(self) -> None:
        assert one("[Timer]\nOnCalendar=daily UTC\n").request.plan.timezone == "UTC"

    @pytest.mark.parametrize("event", ["Fri *-*-13", "*-02-30", "daily Mars/Olympus", "25:00"])
    def test_an_event_that_cannot_be_kept_does_not_hold_up_the_others(self, event: str) -> None:
        jobs = of_pair(f"[Timer]\nOnCalendar={event}\nOnCalendar=daily\n")
        assert [refusal.text for refusal in jobs.refusals] == [f"OnCalendar={event}"]
        assert len(jobs.proposals) == 1


class TestRandomDelays:
    @pytest.mark.parametrize(
        ("lines", "spread", "notes"),
        [
            (
                "RandomizedDelaySec=1h 30min\n",
                timedelta(minutes=90),
                ["RandomizedDelaySec=1h 30min: how much later is drawn once, and kept"],
            ),
            ("RandomizedDelaySec=1h\nFixedRandomDelay=true\n", timedelta(hours=1), []),
            (
                "RandomizedDelaySec=2d\n",
                timedelta(days=1),
                ["RandomizedDelaySec=2d: runs are 1 day apart, and come no more than that later"],
            ),
            ("RandomizedOffsetSec=1h\n", timedelta(hours=1), []),
            (
                "RandomizedOffsetSec=2h\nRandomizedDelaySec=1h\n",
                timedelta(hours=3),
                [
                    (
                        "RandomizedDelaySec=1h, RandomizedOffsetSec=2h: how much later is drawn"
                        " once, and kept"
                    )
                ],
            ),
            ("RandomizedDelaySec=0\n", None, []),
            (
                "RandomizedDelaySec=500ms\n",
                None,
                ["RandomizedDelaySec=500ms: nothing is delayed: runs start on time"],
            ),
            (
                "RandomizedDelaySec=soon\n",
                None,
                ["RandomizedDelaySec=soon: nothing is delayed: runs start on time"],
            ),
            (
                "RandomizedDelaySec=infinity\n",
                None,
                ["RandomizedDelaySec=infinity: nothing is delayed: runs start on time"],
            ),
        ],
    )
    def test_it_is_the_spread(self, lines: str, spread: timedelta | None, notes: list[str]) -> None:
        assert one(TIMER + lines).request.plan.spread == spread
        assert notes_with(timer=TIMER + lines) == notes

    def test_of_an_interval_it_is_no_longer_than_that(self) -> None:
        timer = "[Timer]\nOnUnitActiveSec=5min\nRandomizedDelaySec=10min\n"
        assert one(timer).request.plan.spread == timedelta(minutes=5)

    def test_an_interval_has_no_offset(self) -> None:
        timer = "[Timer]\nOnUnitActiveSec=5min\nRandomizedOffsetSec=1min\n"
        assert one(timer).request.plan.spread is None

    def test_what_runs_at_boot_has_none_and_that_is_told(self) -> None:
        boot = "[Timer]\nOnBootSec=5min\nRandomizedDelaySec=10min\n"
        assert one(boot).request.plan.spread is None
        note = "RandomizedDelaySec=10min: nothing is delayed: runs start on time"
        assert notes_with(timer=boot) == [note]
        mixed = f"{TIMER}OnBootSec=5min\nRandomizedDelaySec=10min\nFixedRandomDelay=true\n"
        note = "RandomizedDelaySec=10min: what runs at boot is not delayed by that"
        assert notes_with(timer=mixed) == [note]

    def test_each_request_has_its_own(self) -> None:
        timer = f"{TIMER}OnCalendar=hourly\nRandomizedDelaySec=2h\n"
        spreads = [each.request.plan.spread for each in of_pair(timer).proposals]
        assert spreads == [timedelta(hours=2), timedelta(hours=1)]


class TestIntervals:
    @pytest.mark.parametrize(
        ("span", "frequency", "interval"),
        [
            ("5min", Frequency.MINUTELY, 5),
            ("90", Frequency.SECONDLY, 90),
            ("1h 30min", Frequency.MINUTELY, 90),
            ("2d", Frequency.HOURLY, 48),
            ("1w", Frequency.HOURLY, 168),
            ("0.5min", Frequency.SECONDLY, 30),
        ],
    )
    def test_the_time_since_the_last_run_is_an_interval(
        self, span: str, frequency: Frequency, interval: int
    ) -> None:
        plan = one(f"[Timer]\nOnUnitActiveSec={span}\n").request.plan
        assert (plan.frequency, plan.interval) == (frequency, interval)

    def test_the_time_since_its_end_is_one_too_and_that_is_told(self) -> None:
        jobs = of_pair("[Timer]\nOnUnitInactiveSec=5min\n")
        [proposal], [note] = jobs.proposals, jobs.notes
        assert proposal.text == "OnUnitInactiveSec=5min"
        assert summary(proposal.request.plan) == "Every 5 minutes"
        assert note.text == (
            "OnUnitInactiveSec=5min counts from the end of a run: here runs begin every 5 min, the"
            " first when it is scheduled, and one that would overlap is skipped"
        )

    def test_what_only_begins_it_is_told(self) -> None:
        timer = "[Timer]\nOnActiveSec=2min\nOnUnitActiveSec=5min\n"
        assert len(of_pair(timer).proposals) == 1
        assert notes_with(timer=timer) == [
            "OnUnitActiveSec=5min: runs begin every 5 min, the first when it is scheduled",
            "OnActiveSec=2min: nothing runs here because a timer is started",
        ]

    def test_only_the_shortest_ever_comes(self) -> None:
        timer = "[Timer]\nOnUnitActiveSec=1h\nOnUnitInactiveSec=10min\n"
        assert summary(one(timer).request.plan) == "Every 10 minutes"
        assert notes_with(timer=timer)[-1] == (
            "OnUnitActiveSec=1h never comes: there is a shorter one"
        )

    def test_one_beside_a_calendar_is_another_request(self) -> None:
        jobs = of_pair(TIMER + "OnUnitActiveSec=5min\n")
        assert [one.text for one in jobs.proposals] == [
            "OnCalendar=daily", "OnUnitActiveSec=5min"
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("span", "reason"),
        [
            ("infinity", "such an interval never ends, or has no length"),
            ("0", "such an interval never ends, or has no length"),
            ("1.5", "an interval has whole seconds here"),
            ("500ms", "an interval has whole seconds here"),
            ("soon", "OnUnitActiveSec=soon is not understood: write it in seconds"),
            ("5 fortnights", "OnUnitActiveSec=5 fortnights: fortnights is not known"),
        ],
    )
    def test_one_that_cannot_be_kept_is_refused(self, span: str, reason: str) -> None:
        [refusal] = of_pair(f"[Timer]\nOnUnitActiveSec={span}\n").refusals
        assert refusal.text == f"OnUnitActiveSec={span}"
        assert refusal.reason.startswith(reason)


class TestBoots:
    @pytest.mark.parametrize(
        ("line", "sentence"),
        [
            ("OnBootSec=5min", "5 minutes after boot"),
            ("OnBootSec=1h 30s", "3630 seconds after boot"),
            ("OnBootSec=0", "At boot"),
            ("OnStartupSec=15min", "15 minutes after boot"),
        ],
    )
    def test_the_time_since_the_boot_is_a_delay(self, line: str, sentence: str) -> None:
        assert summary(one(f"[Timer]\n{line}\n").request.plan) == sentence

    def test_one_beside_others_is_another_request(self) -> None:
        jobs = of_pair("[Timer]\nOnBootSec=2min\nOnUnitActiveSec=5min\n")
        assert [one.text for one in jobs.proposals] == ["OnBootSec=2min", "OnUnitActiveSec=5min"]

    def test_that_systemd_starts_is_the_boot_here_and_that_is_told(self) -> None:
        [note] = notes_with(timer="[Timer]\nOnStartupSec=5min\n")
        assert note.startswith("OnStartupSec=5min counts from the start of systemd, which for a ")
        assert note.endswith("here from the boot of the machine")

    def test_one_that_never_comes_is_refused(self) -> None:
        [refusal] = of_pair("[Timer]\nOnBootSec=infinity\n").refusals
        assert refusal.reason == "it never comes: give it a length of time"


class TestOtherCauses:
    @pytest.mark.parametrize(
        ("line", "cause"),
        [
            ("OnActiveSec=5min", "a timer is started"),
            ("OnClockChange=yes", "the clock is set"),
            ("OnTimezoneChange=yes", "the time zone is changed"),
        ],
    )
    def test_they_are_refused_alone_and_told_beside_others(self, line: str, cause: str) -> None:
        text = f"{line}: nothing runs here because {cause}"
        [refusal] = of_pair(f"[Timer]\n{line}\n").refusals
        assert (refusal.place, refusal.text, refusal.reason) == ("backup.timer", line, text)
        assert notes_with(timer=f"{TIMER}{line}\n") == [text]

    def test_what_is_switched_off_is_no_cause(self) -> None:
        assert notes_with(timer=TIMER + "OnClockChange=no\nWakeSystem=false\n") == []

    def test_a_timer_that_counts_by_nothing_is_told(self) -> None:
        [refusal] = of_pair("[Timer]\nPersistent=true\n").refusals
        assert refusal.reason.startswith("it counts by nothing, so it never runs anything")


class TestWhichUnits:
    def test_the_service_may_have_another_name(self) -> None:
        jobs = reading({"a.timer": TIMER + "Unit=b.service\n", "b.service": RUNS})
        assert [proposal.process.name for proposal in jobs.proposals] == ["b"]

    @pytest.mark.parametrize(
        ("units", "reason"),
        [
            ({"backup.timer": TIMER}, "there is no backup.service beside it: put it there"),
            (
                {"backup.timer": TIMER, "backup.service": [None, "[Service]\nNice=1\n"]},
                "there are only drop-ins of backup.service beside it: put it there",
            ),
            (
                {"backup.timer": TIMER, "backup.service": ""},
                "backup.service is masked, so systemd runs nothing",
            ),
            ({"backup.timer": "", "backup.service": RUNS}, "it is masked, so systemd runs nothing"),
            (
                {"backup.timer": [None, "[Timer]\nOnCalendar=daily\n"], "backup.service": RUNS},
                "there are only drop-ins of it, with OnCalendar=daily: put backup.timer beside",
            ),
            (
                {"backup.timer": TIMER + "Unit=backup.target\n"},
                "it starts backup.target, which is no service",
            ),
        ],
    )
    def test_what_runs_nothing_is_told(self, units: dict[str, str | None], reason: str) -> None:
        jobs = reading(dict(units))
        assert not jobs.proposals
        assert jobs.refusals[-1].reason.startswith(reason)

    def test_instances_of_a_template_are_read_and_not_the_template(self) -> None:
        service = "[Unit]\nDescription=Of %I\n[Service]\nExecStart=/opt/copy %i %I\n"
        jobs = reading({
            "copy@.timer": TIMER,
            "copy@a-b.timer": None,
            "copy@c.timer": [None, "[Timer]\nOnCalendar=\nOnCalendar=hourly\n"],
            "copy@.service": [service, "[Service]\nEnvironment=A=all\n"],
            "copy@c.service": [None, "[Service]\nEnvironment=B=%i\n"],
        })  # fmt: skip
        first, second = jobs.proposals
        assert (first.process.name, first.process.command) == ("copy@a-b", "/opt/copy a-b a/b")
        assert first.process.description == "Of a/b"
        assert first.process.environment == {"A": "all"}
        assert second.process.environment == {"A": "all", "B": "c"}
        assert (first.request.plan.cron, second.request.plan.cron) == ("0 0 0 ? * *", "0 0 * ? * *")

    def test_an_instance_may_name_the_time(self) -> None:
        jobs = reading({
            "copy@.timer": "[Timer]\nOnCalendar=%i\n", "copy@.service": RUNS,
            "copy@hourly.timer": None, "copy@never.timer": None,
        })  # fmt: skip
        assert [proposal.text for proposal in jobs.proposals] == ["OnCalendar=hourly"]
        assert [refusal.text for refusal in jobs.refusals] == ["OnCalendar=never"]

    def test_a_template_without_instances_is_told(self) -> None:
        [refusal] = reading({"copy@.timer": TIMER, "copy@.service": RUNS}).refusals
        assert refusal.reason.startswith("it is a template, and no instance of it is enabled")

    def test_a_timer_may_start_an_instance(self) -> None:
        jobs = reading({"a.timer": TIMER + "Unit=copy@x.service\n", "copy@.service": RUNS})
        assert [proposal.process.name for proposal in jobs.proposals] == ["copy@x"]


class TestFiles:
    @pytest.mark.parametrize(
        "service",
        [
            "\ufeff[Service]\nExecStart=/bin/echo a b\n",
            "[Service]\r\nExecStart=/bin/echo a b\r\n",
            "[Service]\nExecStart=/bin/echo a \\\n# no\n  b\n; no\n",
            "# not \\\n[Service]\nExecStart=/bin/echo a b\n",
            "[Service]\n  ExecStart = /bin/echo a b  \n",
            "[Service]\nExecStart=/bin/echo \\\n\\\na b\n",
            "[Service]\nExecStart=/bin/echo a b \\",
        ],
    )
    def test_lines_are_read_as_systemd_reads_them(self, service: str) -> None:
        assert one(service=service).process.command == "/bin/echo a b"

    def test_a_large_file_is_read_as_fast_as_it_is_long(self) -> None:
        lines = "a " * 30_000 + "\\\n b" * 20_000
        [proposal] = of_pair(service=f"[Service]\nExecStart=/bin/echo {lines}\n").proposals
        assert len(proposal.process.command.split()) == 50_001

    def test_an_escaped_backslash_does_not_join_lines(self) -> None:
        service = "[Service]\nExecStart=/bin/echo a\\\\\nEnvironment=A=b\n"
        process = one(service=service).process
        assert (process.command, process.environment) == ("/bin/echo 'a\\'", {"A": "b"})


def test_a_limit_of_a_oneshot_is_that_of_its_start() -> None:
    assert one(service=RUNS + "RuntimeMaxSec=30\n").process.timeout is None
    assert one(service=RUNS + "TimeoutStartSec=90s\n").process.timeout == timedelta(seconds=90)
    assert one(service=RUNS + "TimeoutSec=1min\n").process.timeout == timedelta(minutes=1)
    assert one(service=RUNS + "TimeoutStartSec=infinity\n").process.timeout is None
    assert one(service=RUNS + "TimeoutStartSec=0\n").process.timeout is None
    assert notes_with("RuntimeMaxSec=30") == [
        "RuntimeMaxSec= does not limit a oneshot: systemd passes over it, and so does a run"
    ]


def test_each_command_of_a_oneshot_has_the_limit() -> None:
    process = one(service=RUNS + "ExecStartPost=/bin/true\nTimeoutStartSec=90s\n").process
    assert process.timeout == timedelta(minutes=3)
    assert notes_with("ExecStartPost=/bin/true", "TimeoutStartSec=90s") == [
        "each of its 2 commands has a limit: here the run has 3 min for all of them"
    ]


def test_a_limit_of_another_service_is_that_of_its_run() -> None:
    service = "[Service]\nExecStart=/opt/x\nTimeoutStartSec=5\nRuntimeMaxSec=1h 30min\n"
    assert one(service=service).process.timeout == timedelta(hours=1, minutes=30)
