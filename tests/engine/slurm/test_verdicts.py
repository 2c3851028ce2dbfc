"""What is concluded from the file of a run and from Slurm's list: the faults, line by line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tui_scheduler.engine.runner import CannotStart, Ended, Lost, NeverStarted, Waits
from tui_scheduler.engine.slurm.begun_file import Begin, BegunRecord, End
from tui_scheduler.engine.slurm.commands import Job
from tui_scheduler.engine.slurm.verdicts import (
    TIMING,
    Known,
    Listing,
    Over,
    Verdict,
    conclude,
    is_over,
)
from tui_scheduler.models import RunStatus

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KNOWN = Known("tui-scheduler-7-abcd1234", "7-abcd1234", "hpc", known_at=100.0)
NOTHING = BegunRecord()
UNSEEN = TIMING.unseen
SETTLED = TIMING.settled
LOST_AFTER = TIMING.lost_after
BEGIN = Begin("4711", "n3", NOW)
BEGUN = BegunRecord(begin=BEGIN)


def a_job(word: str, reason: str = "None", number: str = "4711", nodes: str = "n3") -> Job:
    return Job(number, word, reason, nodes, KNOWN.name)


def listing(*jobs: Job, asked_at: float = 101.0) -> Listing:
    return Listing(asked_at, jobs)


def ended(code: int) -> BegunRecord:
    return BegunRecord(begin=BEGIN, end=End(NOW, code, timedelta(seconds=2)))


def verdict(
    record: BegunRecord,
    listed: Listing | None,
    *,
    over_for: float | None = None,
    known: Known = KNOWN,
    now: float = 10_000.0,
) -> Verdict:
    over_since = None if over_for is None else now - over_for
    return conclude(replace(known, over_since=over_since), record, listed, now, NOW)


def outcome_of(record: BegunRecord, listed: Listing, over_for: float) -> object:
    conclusion = verdict(record, listed, over_for=over_for)
    assert isinstance(conclusion, Over)
    return conclusion.outcome


class TestWhatHasNotBegun:
    @pytest.mark.parametrize("reason", ["Resources", "Priority", "QOSMaxJobsPerUserLimit"])
    def test_it_waits_for_the_reason_that_slurm_gives(self, reason: str) -> None:
        assert verdict(NOTHING, listing(a_job("PENDING", reason))) == Waits(reason)

    @pytest.mark.parametrize("word", ["CONFIGURING", "RUNNING", "COMPLETING", "A_NEW_WORD"])
    def test_what_has_a_node_waits_for_nothing_that_is_known(self, word: str) -> None:
        assert verdict(NOTHING, listing(a_job(word))) == Waits("")

    def test_nothing_is_concluded_without_an_answer(self) -> None:
        assert verdict(NOTHING, None, over_for=LOST_AFTER * 2) is None

    def test_nothing_is_concluded_from_a_list_that_is_older_than_the_submission(self) -> None:
        old = listing(asked_at=99.0)
        assert verdict(NOTHING, old, over_for=LOST_AFTER * 2) is None
        assert not is_over(KNOWN, old)

    def test_what_is_not_listed_is_not_over_at_once(self) -> None:
        assert is_over(KNOWN, listing())
        assert verdict(NOTHING, listing(), over_for=UNSEEN - 1) is None

    def test_what_slurm_forgot_is_submitted_again(self) -> None:
        outcome = outcome_of(NOTHING, listing(), UNSEEN + 1)
        assert isinstance(outcome, NeverStarted)
        assert "forgot" in outcome.reason

    @pytest.mark.parametrize("word", ["NODE_FAIL", "BOOT_FAIL", "PREEMPTED"])
    def test_what_a_node_failed_under_is_submitted_again(self, word: str) -> None:
        outcome = outcome_of(NOTHING, listing(a_job(word)), UNSEEN + 1)
        assert isinstance(outcome, NeverStarted)
        assert word in outcome.reason

    def test_what_others_cancelled_was_killed(self) -> None:
        outcome = outcome_of(NOTHING, listing(a_job("CANCELLED", nodes="")), UNSEEN + 1)
        assert isinstance(outcome, Ended)
        assert outcome.status is RunStatus.KILLED
        assert outcome.note == "cancelled in Slurm, before it began"

    def test_what_its_node_could_not_launch_is_submitted_again(self) -> None:
        outcome = outcome_of(NOTHING, listing(a_job("CANCELLED", nodes="n3")), UNSEEN + 1)
        assert isinstance(outcome, NeverStarted)
        assert "CANCELLED" in outcome.reason

    def test_a_node_that_does_not_see_the_folder_is_named(self) -> None:
        outcome = outcome_of(NOTHING, listing(a_job("FAILED", "NonZeroExitCode")), UNSEEN + 1)
        assert isinstance(outcome, CannotStart)
        assert "on n3" in str(outcome)
        assert "folder" in str(outcome)

    def test_a_job_that_could_not_be_launched_says_why(self) -> None:
        outcome = outcome_of(NOTHING, listing(a_job("FAILED", "JobLaunchFailure")), UNSEEN + 1)
        assert isinstance(outcome, CannotStart)
        assert "JobLaunchFailure" in str(outcome)

    def test_a_file_that_is_torn_is_waited_for_where_slurm_forgot_the_job(self) -> None:
        torn = BegunRecord(is_torn=True)
        assert verdict(torn, listing(), over_for=LOST_AFTER - 1) is None
        assert isinstance(verdict(torn, listing(), over_for=LOST_AFTER + 1), Lost)

    def test_one_of_two_jobs_that_goes_on_is_enough(self) -> None:
        both = listing(a_job("CANCELLED", number="1"), a_job("PENDING", "Priority", number="2"))
        assert not is_over(KNOWN, both)
        assert verdict(NOTHING, both) == Waits("Priority")

    def test_what_was_withdrawn_never_starts(self) -> None:
        assert verdict(BegunRecord(is_withdrawn=True), listing()) == NeverStarted()


class TestWhatHasBegun:
    @pytest.mark.parametrize("code", [0, 1, 127, 128])
    def test_the_file_is_the_truth_whatever_slurm_says(self, code: int) -> None:
        for listed in (None, listing(), listing(a_job("NODE_FAIL")), listing(a_job("TIMEOUT"))):
            gone = verdict(ended(code), listed)
            assert gone == Ended(end_time=NOW, exit_code=code, cpu_time=timedelta(seconds=2))

    def test_why_it_could_not_begin_its_command_is_told(self) -> None:
        record = BegunRecord(begin=BEGIN, end=End(NOW, reason="there is no /data on n3"))
        gone = verdict(record, None)
        assert isinstance(gone, Ended)
        assert (gone.status, gone.note) == (RunStatus.ERROR, "there is no /data on n3")

    @pytest.mark.parametrize(
        ("word", "status"),
        [
            ("CANCELLED", RunStatus.KILLED),
            ("PREEMPTED", RunStatus.KILLED),
            ("TIMEOUT", RunStatus.TIMED_OUT),
            ("OUT_OF_MEMORY", RunStatus.ERROR),
        ],
    )
    def test_what_slurm_ended_by_a_signal_ended_for_its_reason(
        self, word: str, status: RunStatus
    ) -> None:
        for record in (ended(143), BEGUN):
            gone = verdict(record, listing(a_job(word), asked_at=10_001.0), over_for=SETTLED + 1)
            assert isinstance(gone, Ended)
            assert gone.status is status

    def test_whether_slurm_sent_a_signal_is_waited_for_a_while(self) -> None:
        known = replace(KNOWN, ended_at=10_000.0)
        running = listing(a_job("COMPLETING"), asked_at=10_000.5)
        assert verdict(ended(137), None, known=known) is None
        assert verdict(ended(137), running, known=known) is None
        for later in (
            verdict(ended(137), listing(a_job("FAILED"), asked_at=10_001.0), known=known),
            verdict(ended(137), None, known=known, now=10_001.0 + UNSEEN),
        ):
            assert later == Ended(end_time=NOW, exit_code=137, cpu_time=timedelta(seconds=2))

    def test_a_node_that_fails_loses_it(self) -> None:
        gone = verdict(BEGUN, listing(a_job("NODE_FAIL")), over_for=SETTLED + 1)
        assert gone == Lost("Node n3 failed (NODE_FAIL)", is_gone=True)

    @pytest.mark.parametrize("word", ["PENDING", "RUNNING", "SUSPENDED", "WHATEVER"])
    def test_a_job_that_is_listed_goes_on(self, word: str) -> None:
        assert not is_over(replace(KNOWN, begin=BEGIN), listing(a_job(word)))
        assert verdict(BEGUN, listing(a_job(word)), over_for=LOST_AFTER * 2) is None

    def test_one_that_slurm_forgot_has_ten_minutes_to_say_how_it_ended(self) -> None:
        assert verdict(BEGUN, listing(), over_for=LOST_AFTER - 1) is None
        gone = verdict(BEGUN, listing(), over_for=LOST_AFTER + 1)
        assert isinstance(gone, Lost)
        assert "4711" in gone.reason

    def test_one_that_is_over_without_a_word_is_lost_soon(self) -> None:
        over = listing(a_job("FAILED"))
        assert verdict(BEGUN, over, over_for=SETTLED - 1) is None
        assert isinstance(verdict(BEGUN, over, over_for=SETTLED + 1), Lost)

    def test_one_that_was_begun_again_has_ten_minutes_to_say_how_it_ended(self) -> None:
        known = replace(KNOWN, begin=BEGIN, is_stopping=True)
        again = listing(a_job("COMPLETED"))
        assert verdict(BEGUN, again, over_for=LOST_AFTER - 1) is None
        assert verdict(BEGUN, again, over_for=LOST_AFTER - 1, known=known) is None
        assert isinstance(verdict(BEGUN, again, over_for=LOST_AFTER + 1), Lost)

    def test_one_that_slurm_forgot_is_not_said_to_be_killed(self) -> None:
        known = replace(KNOWN, begin=BEGIN, is_stopping=True)
        assert verdict(BEGUN, listing(), over_for=LOST_AFTER - 1, known=known) is None
        assert isinstance(verdict(BEGUN, listing(), over_for=LOST_AFTER + 1, known=known), Lost)

    def test_what_another_job_of_it_does_means_nothing(self) -> None:
        known = replace(KNOWN, begin=BEGIN)
        others = listing(a_job("RUNNING"), a_job("COMPLETED", number="4712"))
        assert not is_over(known, others)
        reused = listing(a_job("RUNNING", number="4712"))
        assert is_over(known, reused)

    def test_one_that_we_killed_ends_by_that(self) -> None:
        known = replace(KNOWN, begin=BEGIN, is_stopping=True)
        for listed in (listing(a_job("CANCELLED")), listing(a_job("FAILED"))):
            gone = verdict(BEGUN, listed, over_for=0.0, known=known)
            assert gone == Ended(end_time=NOW, signal=9)

    def test_one_that_slurm_forgot_was_not_killed_by_us(self) -> None:
        known = replace(KNOWN, begin=BEGIN, is_stopping=True)
        assert verdict(BEGUN, listing(), over_for=LOST_AFTER - 1, known=known) is None
        assert isinstance(verdict(BEGUN, listing(), over_for=LOST_AFTER + 1, known=known), Lost)

    def test_what_is_out_of_sight_has_still_begun(self) -> None:
        known = replace(KNOWN, begin=BEGIN)
        assert verdict(NOTHING, listing(a_job("RUNNING")), known=known) is None
