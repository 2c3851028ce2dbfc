"""Holding and releasing all scheduling."""

from tui_scheduler.errors import Refused
from tui_scheduler.models import Control, transaction
from tui_scheduler.models.prepared import Prepared
from tui_scheduler.services.context import Context
from tui_scheduler.services.events import HoldChanged
from tui_scheduler.services.views.overview import Hold

_ROW = 1
_FIELDS = (Control.held_at, Control.held_by, Control.released_at)
_HOLD = Prepared(Control.select(*_FIELDS), *_FIELDS)  # asked at every look of the scheduler


class Controls:
    """The switch that every front end shares."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def state(self) -> Hold:
        """Whether scheduling is held, since when and by whom."""
        ((held_at, held_by, released_at),) = _HOLD.rows()
        return Hold(held_at=held_at, held_by=held_by, released_at=released_at)

    def hold(self) -> Hold:
        """Claim nothing from now on; running executions go on. Raises Refused if held already."""
        self._turn(
            Control.held_at.is_null(),
            "Scheduling is on hold already.",
            held_at=self._context.clock.now(),
            held_by=self._context.actor,
        )
        return self.state()

    def release(self) -> Hold:
        """Go on; what fell due meanwhile counts as missed. Raises Refused if it is not held."""
        self._turn(
            Control.held_at.is_null(False),
            "Scheduling is not on hold.",
            held_at=None,
            released_at=self._context.clock.now(),
        )
        return self.state()

    def _turn(self, expected: object, otherwise: str, **columns: object) -> None:
        with transaction():
            if not Control.update(**columns).where(Control.id == _ROW, expected).execute():
                raise Refused(otherwise)
            self._context.tell(HoldChanged())
