"""What the processes of a run use at one moment, as whoever looks at them is shown it."""

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class LiveUsage:
    """The processes of a run, parents before their children, and what all ``count`` of them use.

    What several of them share of the memory is counted for each.
    """

    processes: tuple[RunProcess, ...] = ()
    count: int = 0
    cpu: float = 0.0
    memory: int = 0
