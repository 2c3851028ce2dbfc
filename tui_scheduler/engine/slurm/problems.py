"""What keeps a cluster from being asked or seen, and since when, as it is told."""

from collections.abc import Callable
from datetime import datetime

from tui_scheduler.services.clock import Clock
from tui_scheduler.signs_of_life import Trouble
from tui_scheduler.wording import day_and_time, local_zone


class Problems:
    """Those of the cluster ``name``; ``tell`` hears the first of them, and None when all are over.

    Each is of one kind. That its reason becomes another one changes nothing about since when it is.
    """

    def __init__(self, name: str, clock: Clock, tell: Callable[[Trouble | None], None]) -> None:
        self._name = name
        self._clock = clock
        self._tell = tell
        self._since: dict[str, datetime] = {}
        self._troubles: dict[str, Trouble] = {}

    def met(self, kind: str, text: str, remedy: str, reason: str = "") -> None:
        """Tell what is wrong, since when, and for which ``reason``, unless that is known."""
        now = self._clock.now()
        since = day_and_time(self._since.setdefault(kind, now), local_zone(), now)
        why = f": {reason}" if reason else ""
        trouble = Trouble(f"{self._name} {text} since {since}{why}", remedy, is_minor=True)
        if self._troubles.get(kind) != trouble:
            self._troubles[kind] = trouble
            self._tell(next(iter(self._troubles.values())))

    def over(self, kind: str) -> None:
        """Tell that nothing of this kind is wrong any more."""
        self._since.pop(kind, None)
        if self._troubles.pop(kind, None) is not None:
            self._tell(next(iter(self._troubles.values()), None))

    def forget(self) -> None:
        """Nobody looks any more."""
        for kind in list(self._troubles):
            self.over(kind)
