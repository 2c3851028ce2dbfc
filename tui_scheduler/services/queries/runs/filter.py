"""Which runs somebody looks for, as screens and commands say it; ``search`` finds them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tui_scheduler.models import RunStatus


@dataclass(frozen=True, slots=True)
class Slower:
    """Runs that took at least so long, or have so far at ``now``."""

    least: timedelta
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """Which runs are wanted; an empty filter means all.

    ``since`` and ``until``, both inclusive, look at the planned time. ``where`` is a cluster, a
    cluster with a node (``hpc:n3``), or ``clusters.HERE``. With ``submitted``, what waits in its
    engine is wanted beside the ``statuses``. A run is about each of the ``words``: they are in its
    status, process, request or place. It passes the filter ``also`` as well, and is
    ``among`` some; None is all of them.

    In a tree, as long as nothing else is wanted nor another order, the runs of members are only
    shown beneath the group runs that are ``opened``.
    """

    statuses: frozenset[RunStatus] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    request_id: int | None = None
    process: str | None = None
    where: str | None = None
    submitted: bool = False
    among: frozenset[int] | None = None
    exit_code: int | None = None
    slower: Slower | None = None
    words: tuple[str, ...] = ()
    also: "RunFilter | None" = None
    is_tree: bool = False
    opened: frozenset[int] = frozenset()
