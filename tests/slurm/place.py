"""What a cluster has for itself, among all that are on this machine: ports and names of nodes."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FREEZER = Path("/sys/fs/cgroup/freezer")
"""Where Slurm makes a folder for each node, with version 1 of control groups."""

_NODES = 3
_PORTS = _NODES + 2  # ours, which says that the others are taken, and one for each daemon
_FIRST_PORT = 20_000  # below those that the system gives to whoever connects to somebody
_PLACES = 1_000
_HOST = "127.0.0.1"


@dataclass(frozen=True)
class Place:
    """The ports that daemons listen at, and the names of the nodes."""

    controller_port: int
    nodes: dict[str, int]
    """The port of each."""

    def control_group(self, node: str) -> Path:
        """The folder that Slurm makes for a node."""
        return FREEZER / f"slurm_{node}"

    def is_free(self) -> bool:
        """Whether nobody listens there, nor has nodes of these names."""
        ports = (self.controller_port, *self.nodes.values())
        groups = (self.control_group(node) for node in self.nodes)
        return not any(map(_is_taken, ports)) and not any(group.exists() for group in groups)


@contextmanager
def a_place() -> Iterator[Place]:
    """The first place that is free, as long as the block lasts: the one of n1 to n3, mostly."""
    for number in range(_PLACES):
        first = _FIRST_PORT + number * _PORTS
        names = [f"n{number * _NODES + node}" for node in range(1, _NODES + 1)]
        place = Place(first + 1, {name: first + 2 + index for index, name in enumerate(names)})
        with socket.socket() as sign:
            try:
                sign.bind((_HOST, first))
            except OSError:
                continue
            if place.is_free():
                yield place
                return
    raise RuntimeError(f"no ports are free from {_FIRST_PORT} on")


def answers(listener: int | Path) -> bool:
    """Whether somebody listens at a port of this machine, or at a socket in a folder."""
    family = socket.AF_UNIX if isinstance(listener, Path) else socket.AF_INET
    address = str(listener) if isinstance(listener, Path) else (_HOST, listener)
    with socket.socket(family) as caller:
        return caller.connect_ex(address) == 0


def _is_taken(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
        except OSError:
            return True
        return False
