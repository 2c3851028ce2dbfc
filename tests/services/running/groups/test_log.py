"""The log of a group run tells what was run, and what became of it."""

from tests.services.drafts import end
from tests.services.groups import a_group, beneath, play, triggered
from tests.support.clock import FakeClock
from tui_scheduler.models import Run, RunStatus
from tui_scheduler.services import Services
from tui_scheduler.services.running.run_ending import Ending

FAILED = RunStatus.ERROR


def log(services: Services, run_id: int) -> str:
    return services.runs.get(run_id).log_path.read_text()


class TestTheStory:
    def test_the_log_tells_what_was_run_and_what_became_of_it(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, "a", "b", "c", stop_on_failure=True)
        run = triggered(services)
        play(services, clock, {"b": FAILED})
        lines = [line[20:] for line in log(services, run.id).splitlines()]
        first, second, third = beneath(services, run.id)
        assert lines == [
            "group 'nightly' begins",
            f"1 'a', run {first.id}: begins",
            f"1 'a', run {first.id}: success, after 00:00:01.000",
            f"2 'b', run {second.id}: begins",
            f"2 'b', run {second.id}: failed, after 00:00:01.000, exit code 1",
            f"3 'c', run {third.id}: skipped ('b' failed, and the group stops then)",
            "group ends: failed, after 00:00:02.000 (1 of its members failed: b)",
        ]

    def test_a_group_that_is_taken_has_a_token_too(self, services: Services) -> None:
        a_group(services, "a")
        run = triggered(services)
        services.dispatch.claim()
        token = Run.get_by_id(run.id).token
        assert token is not None
        assert services.runs.get(run.id).log_path.name == f"{run.id}-{token}.log"

    def test_it_is_told_while_it_happens(self, services: Services, clock: FakeClock) -> None:
        a_group(services, "a", "b")
        run = triggered(services)
        [claim] = services.dispatch.claim()
        assert log(services, run.id).endswith("group 'nightly' begins\n")
        end(services, claim, clock)
        assert log(services, run.id).endswith(": success, after 00:00:01.000\n")

    def test_what_a_crash_kept_from_being_told_is_told_later(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, "a", "b")
        run = triggered(services)
        [claim] = services.dispatch.claim()
        path = services.runs.get(run.id).log_path
        path.unlink()
        end(services, claim, clock)
        before = path.read_text()
        play(services, clock)
        assert path.read_text().startswith(before)
        assert path.read_text().count("begins") == 3

    def test_a_member_that_a_signal_ended_is_told_by_its_name(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, "a")
        run = triggered(services)
        [claim] = services.dispatch.claim()
        services.dispatch.started(claim.run_id, clock.now(), 4711, "handle")
        how = Ending(run_id=claim.run_id, status=FAILED, end_time=clock.now(), signal=11)
        services.dispatch.ended(how)
        assert f"run {claim.run_id}: failed, after 00:00:00.000, SIGSEGV\n" in log(services, run.id)

    def test_its_size_counts_like_that_of_other_logs(
        self, services: Services, clock: FakeClock
    ) -> None:
        a_group(services, "a")
        run = triggered(services)
        play(services, clock)
        path = services.runs.get(run.id).log_path
        assert Run.get_by_id(run.id).log_bytes == path.stat().st_size

    def test_names_cannot_write_to_a_terminal(self, services: Services, clock: FakeClock) -> None:
        a_group(services, "a\x1b[2J")
        run = triggered(services)
        play(services, clock)
        assert "\x1b" not in log(services, run.id)
