"""Keys are taken one after the other, each when what the one before led to is there.

Textual hands keys on as they come. Those that are typed while a screen opens would reach the one
beneath, or the new one before anything in it has the focus; and a key right after the one that
closes a screen would still be that screen's.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from textual.events import Event, Key, Paste
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker

from tui_scheduler.tui.styles import StyledApp
from tui_scheduler.tui.whole_screen import WholeScreen

R = TypeVar("R")

_PATIENCE = 10.0  # seconds; then what is typed is handed on as it comes, and nobody stays deaf
_LEAD = 3.0  # seconds that the work begun by a key, or a list, is waited for
_LOOK = 0.005  # seconds
_LEADING = frozenset({"default", "save", "leave"})
"""The groups of workers that lead to another screen, or to the same one in another state."""


class TypeAheadApp(StyledApp[R], inherit_bindings=False):
    """An application in which no key is lost, or acts on another screen than it was meant for."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._typed: deque[Key | Paste] = deque()
        self._is_typing = False
        self._typing: Worker[None]
        self._open_screen: Screen[Any] | None = None
        self._begun: list[Worker[Any]] = []
        self._begun_on: Screen[Any] | None = None

    @property
    def is_typing(self) -> bool:
        """Whether keys wait for what the one before leads to."""
        return self._is_typing

    async def on_event(self, event: Event) -> None:
        """Put what is typed into its line."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if not self._is_typing:
            self._is_typing = True
            self._typing = self.run_worker(self._type, group="type ahead")

    async def _type(self) -> None:
        try:
            while self._typed:
                try:
                    async with asyncio.timeout(_PATIENCE):
                        await self._opened()
                        await self._take()
                except TimeoutError:
                    while self._typed:
                        await super().on_event(self._typed.popleft())
        finally:
            self._is_typing = False

    async def _opened(self) -> None:
        """Wait until the screen on top is there, and has the focus where it wants it.

        What the key before asked the database for may lead to another one first.
        """
        await _soon(self._has_led)
        while self._open_screen is not (screen := self.screen):
            await _emptied(screen)
            await _emptied(self)
            await _laid_out(screen)
            self._open_screen = screen
        if not _is_ready(screen):
            await _soon(lambda: _is_ready(screen))
            await self._climbed(self.focused)

    def _has_led(self) -> bool:
        """Whether what the key before began has ended, or opened or closed a screen."""
        is_done = all(worker.is_finished for worker in self._begun)
        return is_done or self.screen is not self._begun_on

    async def _take(self) -> None:
        """Hand the first one on, and follow it on its way from the focus up to us.

        What a widget sends because of it climbs with it. Text leads to nothing: a line takes it.
        """
        event, focused, known = self._typed.popleft(), self.focused, set(self.workers)
        self._begun, self._begun_on = [], self.screen
        await super().on_event(event)
        if focused is not None and _is_text_for(focused, event):
            return
        await self._climbed(focused)
        new = set(self.workers) - known
        self._begun = [worker for worker in new if worker.group in _LEADING]

    async def _climbed(self, focused: Widget | None) -> None:
        """Wait until what was sent has come from the focus up to us."""
        for pump in (focused or self.screen).ancestors_with_self:
            await _emptied(pump)


async def _laid_out(screen: Screen[Any]) -> None:
    """Wait until all of ``screen`` has its size; lists ask for as many rows as they show."""
    is_reached = asyncio.Event()
    if screen.call_after_refresh(is_reached.set):
        await is_reached.wait()
    if screen.focused is not None:
        await _emptied(screen.focused)


def _is_ready(screen: Screen[Any]) -> bool:
    return not isinstance(screen, WholeScreen) or screen.is_ready


async def _soon(is_there: Callable[[], bool]) -> None:
    """Wait until something is there, but not for long: nobody tells when it is."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_LEAD):
            while not is_there():  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(_LOOK)


def _is_text_for(focused: Widget, event: Key | Paste) -> bool:
    key, character = ("", " ") if isinstance(event, Paste) else (event.key, event.character)
    return focused.check_consume_key(key, character)


async def _emptied(pump: MessagePump) -> None:
    """Wait until ``pump`` has handled what it was sent so far; not if it is going."""
    is_reached = asyncio.Event()
    if pump.call_later(is_reached.set):
        await is_reached.wait()
