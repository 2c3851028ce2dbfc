"""A timer goes off, however busy the machine is.

Textual leaves out what is overdue when it looks at its clock for the first time, so that what comes
again and again is not made up for. A timer that goes off once is left out for ever if the processor
was taken away for so long: a list that waits for it is not read any more, and an application that
waits for it no longer follows the size of its terminal.
"""

from textual.message_pump import MessagePump
from textual.timer import Timer, TimerCallback


class SureTimers(MessagePump):
    """A part of the application whose timers go off late rather than never."""

    def set_timer(
        self,
        delay: float,
        callback: TimerCallback | None = None,
        *,
        name: str | None = None,
        pause: bool = False,
    ) -> Timer:
        """Call ``callback`` once, ``delay`` seconds from now or later."""
        timer = super().set_timer(delay, callback, name=name, pause=True)
        timer._skip = False  # noqa: SLF001 - it has no other way
        if not pause:
            timer.resume()
        return timer
