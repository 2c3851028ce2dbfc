"""What the processes of a run use at one moment, as whoever looks at them is shown it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui_scheduler.sizes import size_text

PROCESS_TITLES = f"{'PID':>8}  {'CPU':>5}  {'Memory':>7}  Command"
"""What stands over the ``figures`` of processes and what they were called with."""


@dataclass(frozen=True, slots=True)
class RunProcess:
    """A process of a run, ``depth`` levels below another one of it; ``memory`` is in bytes.

    ``cpu`` is how many processors it kept busy since the last look; at first, since it began.
    """

    pid: int
    depth: int
    command: str
    cpu: float
    memory: int

    @property
    def figures(self) -> str:
        """What it is and uses, in as many cells as any other."""
        return f"{self.pid:>8}  {self.cpu:>5.0%}  {size_text(self.memory):>7}  "


@dataclass(frozen=True, slots=True)
class LiveUsage:
    """The processes of a run, parents before their children, and what all ``count`` of them use.

    What several of them share of the memory is counted for each.
    """

    processes: tuple[RunProcess, ...] = ()
    count: int = 0
    cpu: float = 0.0
    memory: int = 0

    @property
    def words(self) -> str:
        """What all of them use: ``31% CPU  21.8 MB``."""
        return f"{self.cpu:.0%} CPU  {size_text(self.memory)}"

    @property
    def leads(self) -> list[str]:
        """The lines that lead from each process to the one above it, drawn as a tree."""
        return _leads([process.depth for process in self.processes])


def _leads(depths: Sequence[int]) -> list[str]:
    """From the last one up: at each depth a line goes on to a sibling that stands below."""
    leads: list[str] = []
    going_on: set[int] = set()
    for depth in reversed(depths):
        passed = "".join("│ " if level in going_on else "  " for level in range(1, depth))
        corner = "├ " if depth in going_on else "└ "
        leads.append(passed + corner if depth else "")
        going_on = {level for level in going_on if level < depth} | {depth}
    return leads[::-1]
