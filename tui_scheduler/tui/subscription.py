"""Brings what the core tells into a widget's own message loop.

The runtime calls its listeners outside of any widget's context, where timers and workers of
Textual cannot be started, and also between the end of a widget and its removal.
"""

from collections.abc import Callable

from textual.widget import Widget

from tui_scheduler.runtime import Runtime, SchedulerChanged
from tui_scheduler.services.events import Event

UiEvent = Event | SchedulerChanged


class Subscription:
    """Calls ``listener`` in the message loop of ``widget``, while it is on, for every event."""

    def __init__(
        self, widget: Widget, runtime: Runtime, listener: Callable[[UiEvent], None]
    ) -> None:
        self._widget = widget
        self._runtime = runtime
        self._listener = listener
        self._pending: dict[UiEvent, None] = {}
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def is_on(self) -> bool:
        """Whether events are being listened to."""
        return self._unsubscribe is not None

    def begin(self) -> None:
        """Listen from now on."""
        if self._unsubscribe is None:
            self._unsubscribe = self._runtime.subscribe(self._gather)

    def end(self) -> None:
        """Listen no more; what was not delivered yet never is."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._pending.clear()

    def _gather(self, event: UiEvent) -> None:
        self._pending[event] = None
        if len(self._pending) == 1:
            self._widget.call_later(self._deliver)

    def _deliver(self) -> None:
        events, self._pending = self._pending, {}
        if self._widget.is_mounted and self._widget.display:
            for event in events:
                self._listener(event)
