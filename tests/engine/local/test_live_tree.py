"""What the processes of a run use at this moment, of real ones."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from tests.support.patience import PATIENCE
from tui_scheduler.engine.local.identity import Identity
from tui_scheduler.engine.local.live_tree import LiveTree
from tui_scheduler.engine.run_variables import MARK_VARIABLE
from tui_scheduler.services.live_usage import LiveUsage, RunProcess

FILES = f"7-{os.urandom(4).hex()}"
Start = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Runs a shell line as a run would be: in a session of its own, with the mark of run 7."""
    begun: list[subprocess.Popen[bytes]] = []

    def start(line: str) -> subprocess.Popen[bytes]:
        begun.append(
            subprocess.Popen(
                ["/bin/sh", "-c", line],
                env={**os.environ, MARK_VARIABLE: FILES},
                start_new_session=True,
            )
        )
        return begun[-1]

    yield start
    for each in LiveTree(FILES, None).look().processes:
        with suppress(ProcessLookupError):
            os.kill(each.pid, signal.SIGKILL)
    for process in begun:
        process.kill()
        process.wait()


def looked(tree: LiveTree, is_wanted: Callable[[LiveUsage], bool]) -> LiveUsage:
    """What is there as soon as it is what is wanted."""
    deadline = time.monotonic() + PATIENCE
    while not is_wanted(usage := tree.look()):
        assert time.monotonic() < deadline, usage
    return usage


def handle_of(process: subprocess.Popen[bytes]) -> str:
    return str(Identity.of(process.pid))


def without_a_mark(start: Start) -> tuple[subprocess.Popen[bytes], LiveTree]:
    """A run that has emptied its environment, and what looks at it by its handle."""
    run = start("exec env -i sleep 1000")
    by_handle = LiveTree(FILES, handle_of(run))
    looked(by_handle, lambda seen: [each.command for each in seen.processes] == ["sleep 1000"])
    return run, by_handle


def test_children_stand_beneath_their_parents_also_in_a_session_of_their_own(start: Start) -> None:
    run = start("setsid sleep 1000 & sleep 2000 & wait")
    tree = LiveTree(FILES, handle_of(run))
    commands = {"sleep 1000", "sleep 2000"}
    usage = looked(tree, lambda seen: commands <= {each.command for each in seen.processes})
    first, *others = usage.processes
    assert (first.pid, first.depth) == (run.pid, 0)
    assert "setsid sleep 1000 &" in first.command
    assert {each.depth for each in others} == {1}
    assert usage.count == len(usage.processes)
    assert usage.memory == sum(each.memory for each in usage.processes) > 0


def test_what_is_busy_keeps_a_processor_busy(start: Start) -> None:
    tree = LiveTree(FILES, handle_of(start("while :; do :; done")))
    tree.look()
    usage = looked(tree, lambda seen: seen.cpu > 0)
    assert usage.processes[0].cpu == usage.cpu


def test_an_emptied_environment_is_found_by_its_session(start: Start) -> None:
    run, by_handle = without_a_mark(start)
    assert LiveTree(FILES, None).look().count == 0
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert by_handle.look() == LiveUsage()


def test_whoever_has_the_pid_by_now_is_not_taken_for_it(start: Start) -> None:
    run, _ = without_a_mark(start)
    pid, _, boot = handle_of(run).split()
    assert LiveTree(FILES, f"{pid} 1 {boot}").look() == LiveUsage()
    assert LiveTree(FILES, "4711 stem").look() == LiveUsage()


def test_lines_lead_from_each_process_to_the_one_above_it() -> None:
    depths = (0, 1, 2, 2, 1, 2, 0, 1)
    processes = tuple(RunProcess(1, depth, "", 0, 0) for depth in depths)
    assert LiveUsage(processes).leads == ["", "├ ", "│ ├ ", "│ └ ", "└ ", "  └ ", "", "└ "]
