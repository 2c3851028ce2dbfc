"""All that the tests know of Textual which it does not promise: to be looked at when it changes.

It offers no way to ask what is on the screen, which toasts there are, or whether an application
has anything left to do; and a test waits for nothing that only a clock brings.
"""

from typing import Any

import pytest
from textual.app import App
from textual.css.model import RuleSet
from textual.css.styles import RenderStyles
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.notifications import Notification
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

_FOR_EVER = 3600.0  # seconds

_Variables = frozenset[tuple[str, str]]


def notifications(app: App[Any]) -> list[Notification]:
    """What was told in the corner of the screen."""
    return list(app._notifications)


def strips(screen: Screen[Any]) -> list[Strip]:
    """What is on a screen, line by line, as if nothing lay over it."""
    return screen._compositor.render_strips()


def stale_regions(widget: Widget) -> list[Any]:
    """Which parts of ``widget`` wait to be drawn; they no longer do."""
    return list(widget._exchange_repaint_regions())


def drawn_value(line: Input) -> str:
    """What ``line`` shows of what was typed."""
    return line._value.plain


def is_ticking(timer: Timer) -> bool:
    return timer._active.is_set()


def write_to_terminal(app: App[Any], text: str) -> None:
    assert app._driver is not None
    app._driver.write(text)


def count_layouts(monkeypatch: pytest.MonkeyPatch) -> list[Screen[Any]]:
    """Returns the screens that are laid out from now on, one for each time."""
    laid_out: list[Screen[Any]] = []

    def lay_out(screen: Screen[Any], *_args: object, **_options: object) -> None:
        laid_out.append(screen)

    monkeypatch.setattr(Screen, "_refresh_layout", lay_out)
    return laid_out


def is_to_be_laid_out(widget: Widget) -> bool:
    return widget._layout_required


async def press_key(app: App[Any], key: str) -> None:
    await app._press_keys([key])


def is_busy(app: App[Any]) -> bool:
    """Whether any part of ``app`` has something in hand or before it."""
    if getattr(app, "is_typing", False):
        return True
    if app._resize_event or app.animator._animations or app.animator._scheduled:
        return True
    return any(_works(pump) for pump in (app, *app._registry))


def _works(pump: MessagePump) -> bool:
    if pump._closed or not pump._running:
        return False
    bell: Any = pump._message_queue.ready_event
    waits = any(not waiter.done() for waiter in bell._waiters)
    return bool(not waits or pump._pending_message or pump._next_callbacks)


def lays_out(app: App[Any]) -> bool:
    """Lay out now what would be within a sixtieth of a second; whether there was anything."""
    if not app._screen_stack or app._batch_count:
        return False
    screen = app.screen
    is_due = bool(
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._dirty_widgets
        or screen._recompose_required
        or screen._callbacks
    )
    if is_due and screen.is_current:
        screen._on_timer_update()
    return is_due


def draws(app: App[Any]) -> bool:
    """Draw what has changed since this was asked for last; whether there was anything."""
    if not app._screen_stack or app._batch_count or not app.screen._compositor._dirty_regions:
        return False
    _draw(app.screen)
    return True


_draw = Screen._compositor_refresh


def _put_off(screen: Screen[Any]) -> None:
    """Leave drawing to whoever looks: most of what would be drawn is drawn over at once."""
    if screen is screen.app.screen:
        screen._dirty_widgets.clear()
    else:
        _draw(screen)


def stop_clocks(patch: pytest.MonkeyPatch) -> None:
    """Let nothing glide, no toast expire, and drawing be left to whoever waits for it."""
    patch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")
    patch.setattr(Screen, "_compositor_refresh", _put_off)
    patch.setattr(Notification, "time_left", property(lambda _: _FOR_EVER))


def let_pilots_wait(patch: pytest.MonkeyPatch, rest: Any, press: Any) -> None:
    """Have all pilots wait with ``rest`` and press keys with ``press``."""

    async def go_on(least: float = 0, most: float = 0) -> None:
        """The application is at rest by now."""

    patch.setattr("textual.app.wait_for_idle", go_on)
    patch.setattr("textual.pilot.wait_for_idle", go_on)
    patch.setattr(Pilot, "_wait_for_screen", rest)
    patch.setattr(Pilot, "press", press)


def parse_styles_once(patch: pytest.MonkeyPatch) -> None:
    """Let all applications that have the same colours share what was parsed."""
    parsed: dict[_Variables, _Kept] = {}
    parse = Stylesheet.parse

    def parse_what_is_new(sheet: Stylesheet) -> None:
        variables = frozenset(sheet._variables.items())
        sheet._parse_cache = parsed.setdefault(variables, _Kept())  # type: ignore[assignment]
        parse(sheet)

    patch.setattr(Stylesheet, "parse", parse_what_is_new)


def find_styles_of_parts_when_drawn(patch: pytest.MonkeyPatch) -> None:
    """Leave the styles of a widget's parts (its rows, its cursor ...) to whoever draws them."""

    def put_off(sheet: Stylesheet, node: DOMNode) -> None:
        if names := node._get_component_classes():
            node._component_styles = _PartStyles(sheet, node, names)
            node.refresh()

    patch.setattr(Stylesheet, "_process_component_classes", put_off)


class _PartStyles(dict[str, RenderStyles]):
    def __init__(self, sheet: Stylesheet, node: DOMNode, names: frozenset[str]) -> None:
        super().__init__()
        self._sheet, self._node, self._names = sheet, node, names

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __missing__(self, name: str) -> RenderStyles:
        part = DOMNode(classes=name)
        part._attach(self._node)
        self._sheet.apply(part, animate=False)
        self[name] = part.styles
        return part.styles


class _Kept(dict[Any, list[RuleSet]]):
    def clear(self) -> None:
        """Other style sheets still need it."""
