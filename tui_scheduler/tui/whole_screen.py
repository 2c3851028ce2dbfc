"""What every screen and dialog has in common: it acts only while all of it is there.

A screen is built part by part, each in a task of its own, and goes in the same way. Keys, answers
of the database and signals to leave come at any moment in between. So a screen starts its work in
``begin``, which is left out if it was closed before it was built; it closes once, with whatever it
has under way; and what comes from outside asks for ``is_whole`` before it touches a part.
"""

from typing import Any, ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.events import ScreenResume
from textual.messages import Prune
from textual.screen import Screen

from tui_scheduler.tui.painting import SparingCompositor
from tui_scheduler.tui.sure_timers import SureTimers

T = TypeVar("T")


def is_in_sight(screen: Screen[Any]) -> bool:
    """Whether ``screen`` is in front, or has only dialogs before it."""
    screens = screen.app.screen_stack
    if screen not in screens:
        return False
    return all(above.is_modal for above in screens[screens.index(screen) + 1 :])


class WholeScreen(SureTimers, Screen[T]):
    """The base of all screens. Subclasses do in ``begin`` what others do in ``on_mount``."""

    DEFAULT_CSS: ClassVar[str] = """
    WholeScreen { overflow: hidden; }
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._compositor = SparingCompositor()

    _is_built = False
    _was_in_front = False
    _is_done = False
    _result: T | None = None

    async def begin(self) -> None:
        """Be told that all parts are there."""

    @property
    def is_whole(self) -> bool:
        """Whether all its parts are there; may be different after every ``await``."""
        return self._is_built and not self._is_done and self.is_attached and self.display

    @property
    def is_ready(self) -> bool:
        """Whether it shows what keys act on, as far as it is known to come soon."""
        return True

    @property
    def is_changed(self) -> bool:
        """Whether something was entered that would be lost if it closed."""
        return False

    async def on_mount(self) -> None:
        """Begin, unless it was closed, or the application left, before it was built."""
        self._is_built = self.is_attached and self.display
        if self.is_whole:
            await self.begin()

    def on_compose(self) -> None:
        """Know by its classes how large it is before it has parts, which are then styled once."""
        app, (width, height) = self.app, self.app.size
        of_width, of_height = self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS
        self.add_class(
            *_class_of(width, app.HORIZONTAL_BREAKPOINTS if of_width is None else of_width),
            *_class_of(height, app.VERTICAL_BREAKPOINTS if of_height is None else of_height),
        )

    def on_screen_resume(self, event: ScreenResume) -> None:
        """Close, if that was wanted while something lay over it."""
        event.refresh_styles = event.refresh_styles and self._was_in_front
        self._was_in_front = True
        if self._is_done and self.is_active:
            super().dismiss(self._result)

    async def on_prune(self, _event: Prune) -> None:
        """Give up what is under way, before the parts go."""
        self.workers.cancel_node(self)

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close with ``result``, once; beneath other screens, as soon as those have closed."""
        if self._is_done:
            return AwaitComplete()
        self._is_done, self._result = True, result
        return super().dismiss(result) if self.is_active else AwaitComplete()


def _class_of(cells: int, breakpoints: list[tuple[int, str]] | None) -> list[str]:
    return [name for least, name in sorted(breakpoints or ()) if least <= cells][-1:]
