"""All that the tests know of Textual which it does not promise: to be looked at when it changes.

It offers no way to ask what is on the screen, which toasts there are, or whether an application
has anything left to do; and a test waits for nothing that only a clock brings.
"""

from asyncio import Future
from collections.abc import Iterator
from typing import Any

import pytest
from textual.app import App
from textual.css.model import RuleSet
from textual.css.styles import RenderStyles, RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.message import Message
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
_Parsed = tuple[list[RuleSet], dict[str, list[RuleSet]]]
_Kind = tuple[type[DOMNode], str | None, frozenset[str]]


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


def is_to_be_laid_out(widget: Widget) -> bool:
    return widget._layout_required


async def press_key(app: App[Any], key: str) -> None:
    await app._press_keys([key])


def is_busy(app: App[Any]) -> bool:
    """Whether any part of ``app`` has something in hand or before it."""
    if app._resize_event or app.animator._animations or app.animator._scheduled:
        return True
    return _works(app) or any(map(_works, app._registry))


def _works(pump: MessagePump) -> bool:
    if pump._closed or not pump._running:
        return False
    if pump._pending_message or pump._next_callbacks:
        return True
    bell: Any = pump._message_queue.ready_event
    return all(map(Future.done, bell._waiters))


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
    """Let nothing glide, no toast expire, and layouts and drawing be left to whoever waits."""
    patch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")
    patch.setattr("textual.screen.UPDATE_PERIOD", _FOR_EVER)
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


def find_handlers_once(patch: pytest.MonkeyPatch) -> None:
    """Ask each class once which of its bases handle a kind of message; Textual asks each time."""
    find = MessagePump._get_dispatch_methods
    found: dict[tuple[type, type], list[tuple[type, str]] | None] = {}

    def find_what_is_new(pump: MessagePump, name: str, message: Message) -> Iterator[Any]:
        kinds = type(pump), type(message)
        if kinds not in found:
            found[kinds] = _handlers(*kinds, name)
        handlers = found[kinds]
        if handlers is None:
            yield from find(pump, name, message)
            return
        for kind, method in handlers:
            if message._no_default_action:
                return
            yield kind, kind.__dict__[method].__get__(pump, kind)

    patch.setattr(MessagePump, "_get_dispatch_methods", find_what_is_new)


def _handlers(pump: type, message: type, name: str) -> list[tuple[type, str]] | None:
    """The methods of that name and whose they are; None where others may handle it, too."""
    bases = pump.__mro__
    if any(set(message.__mro__) & {*vars(base).get("_decorated_handlers", ())} for base in bases):
        return None
    named = [(base, each) for base in bases for each in (f"_{name}", name) if vars(base).get(each)]
    first = dict(reversed(named))
    return [
        (base, first[base])
        for base in bases
        if base in first and not getattr(vars(base)[first[base]], "_textual_on", None)
    ]


def parse_styles_once(patch: pytest.MonkeyPatch) -> None:
    """Let all applications that have the same colours share what was parsed."""
    kept: dict[_Variables, _Kept] = {}
    parsed: dict[tuple[_Variables, tuple[Any, ...]], _Parsed] = {}
    parse = Stylesheet.parse

    def parse_what_is_new(sheet: Stylesheet) -> None:
        variables = frozenset(sheet._variables.items())
        sources = variables, tuple(sheet.source.items())
        if sources in parsed:
            sheet._rules, sheet._rules_map = parsed[sources]
            sheet._require_parse = False
        else:
            sheet._parse_cache = kept.setdefault(variables, _Kept())  # type: ignore[assignment]
            parse(sheet)
            parsed[sources] = sheet.rules, sheet.rules_map

    patch.setattr(Stylesheet, "parse", parse_what_is_new)


def find_styles_once(patch: pytest.MonkeyPatch) -> None:
    """Work out once which of the same rules hold for a node in the same place and state."""
    apply, replace = Stylesheet.apply, Stylesheet.replace_rules
    asked: dict[tuple[int, _Kind], _Asked] = {}
    found: dict[tuple[RuleSet, ...], _Asked] = {}
    replaced: list[RulesMap] = []

    def note_and_replace(node: DOMNode, rules: RulesMap, animate: bool = False) -> None:
        replaced.append(rules)
        replace(node, rules, animate=animate)

    def apply_what_is_found(
        sheet: Stylesheet, node: DOMNode, *, animate: bool = False, cache: object = None
    ) -> None:
        parsed, kind = id(sheet.rules), _kind(node)  # all that was parsed is kept
        if (parsed, kind) not in asked:
            rules = _applicable(sheet, node)
            asked[parsed, kind] = found.setdefault(rules, _Asked(rules))
        ask = asked[parsed, kind]
        place = ask.place(node)
        if place in ask.answers:
            ask.answers[place].give(sheet, node, animate)
        else:
            replaced.clear()
            apply(sheet, node, animate=animate)
            ask.answers[place] = _Answer(node, replaced[0] if replaced else None)

    patch.setattr(Stylesheet, "replace_rules", staticmethod(note_and_replace))
    patch.setattr(Stylesheet, "apply", apply_what_is_found)


def _kind(node: DOMNode) -> "_Kind":
    return type(node), node._id, frozenset(node._classes)


def _applicable(sheet: Stylesheet, node: DOMNode) -> tuple[RuleSet, ...]:
    known, names = sheet.rules_map, node._selector_names
    rules = {rule for name in known.keys() & names for rule in known[name]}
    return tuple(rule for rule in sheet.rules if rule in rules)


class _Asked:
    """Some rules, and what of them holds where."""

    def __init__(self, rules: tuple[RuleSet, ...]) -> None:
        self.answers: dict[tuple[object, ...], _Answer] = {}
        self._states: dict[_Kind, tuple[str, ...]] = {}
        self._selectors = [
            selector
            for rule in rules
            for alternative in rule.selector_set
            for selector in alternative.selectors
            if selector.pseudo_classes
        ]

    def place(self, node: DOMNode) -> tuple[object, ...]:
        """All that the rules may ask of ``node`` and of those it is in."""
        return tuple(map(self._seen, node.css_path_nodes))

    def _seen(self, node: DOMNode) -> tuple[object, ...]:
        kind = _kind(node)
        states = self._states.get(kind)
        if states is None:
            asked = [each.pseudo_classes for each in self._selectors if each._check(node)]
            states = self._states[kind] = tuple(sorted(set().union(*asked)))
        return kind, *map(node.has_pseudo_class, states)


class _Answer:
    """The styles that hold, and what a node with such rules has to look out for."""

    def __init__(self, node: DOMNode, rules: RulesMap | None) -> None:
        self._rules = rules
        self._hover, self._within = node._has_hover_style, node._has_focus_within
        self._order, self._parity = node._has_order_style, node._has_odd_or_even

    def give(self, sheet: Stylesheet, node: DOMNode, animate: bool) -> None:
        node._has_hover_style, node._has_focus_within = self._hover, self._within
        node._has_order_style, node._has_odd_or_even = self._order, self._parity
        if self._rules is not None:
            sheet.replace_rules(node, self._rules, animate=animate)
        sheet._process_component_classes(node)


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
