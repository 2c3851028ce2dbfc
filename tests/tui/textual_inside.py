"""All that the tests know of Textual which it does not promise: to be looked at when it changes.

It offers no way to ask what is on the screen, which toasts there are, or whether an application
has anything left to do; and a test waits for nothing that only a clock brings.
"""

from asyncio import Future
from collections.abc import Iterator
from typing import Any

import pytest
from textual import _callback
from textual._compositor import Compositor
from textual.app import App
from textual.css.model import RuleSet
from textual.css.parse import parse
from textual.css.styles import RenderStyles, RulesMap
from textual.css.stylesheet import Stylesheet
from textual.design import ColorSystem
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
_OF_ALL = {"dark", "light", "inline", "ansi", "nocolor"}  # asked of the application
_LOOKS = ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even")
_Variables = frozenset[tuple[str, str]]
_Parsed = tuple[list[RuleSet], dict[str, list[RuleSet]]]


def notifications(app: App[Any]) -> list[Notification]:
    """What was told in the corner of the screen."""
    return list(app._notifications)


def strips(screen: Screen[Any]) -> list[Strip]:
    """What is on a screen, line by line, as if nothing lay over it."""
    return screen._compositor.render_strips()


def strips_of_all(screen: Screen[Any]) -> list[Strip]:
    """The same, if Textual itself draws all that there is, also what others lie over."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(screen._compositor), "_get_renders", Compositor._get_renders)
        return strips(screen)


def written(screen: Screen[Any]) -> str:
    """What is written to the terminal for what has changed since this was asked for last."""
    update = screen._compositor.render_update(screen_stack=screen.app._background_screens)
    return "" if update is None else update.render_segments(screen.app.console)  # type: ignore[union-attr]


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


def find_handlers_once(patch: pytest.MonkeyPatch) -> None:
    """Have Textual find once for a class which of its bases handle a message of a class.

    It looks through all of them for every message. Where handlers are told by ``@on`` it goes on
    to do so, as it depends on more than classes which of these are called.
    """
    find = MessagePump._get_dispatch_methods
    known: dict[tuple[type, type], list[type] | None] = {}

    def find_what_is_new(pump: MessagePump, name: str, message: Message) -> Iterator[Any]:
        kinds = type(pump), type(message)
        if kinds not in known and not message._no_default_action:
            handlers = find(pump, name, message)
            known[kinds] = None if _is_decorated(*kinds) else [base for base, _ in handlers]
        bases = known.get(kinds)
        if bases is None:
            yield from find(pump, name, message)
            return
        for base in bases:
            if message._no_default_action:
                return
            handler = vars(base).get(f"_{name}") or vars(base)[name]
            yield base, handler.__get__(pump, base)

    patch.setattr(MessagePump, "_get_dispatch_methods", find_what_is_new)


def _is_decorated(pump: type, message: type) -> bool:
    decorated = (vars(base).get("_decorated_handlers", {}) for base in pump.__mro__)
    return any(handled.keys() & set(message.__mro__) for handled in decorated)


def count_parameters_once(patch: pytest.MonkeyPatch) -> None:
    """Have Textual count the parameters of a method once for all objects that have it."""
    count = _callback._count_parameters
    counts: dict[Any, int] = {}

    def count_what_is_new(callback: Any) -> int:
        method = getattr(callback, "__func__", None)
        if method is None:
            return count(callback)
        if method not in counts:
            counts[method] = count(callback)
        return counts[method]

    patch.setattr(_callback, "_count_parameters", count_what_is_new)


_parse = Stylesheet.parse


def note_what_is_parsed(patch: pytest.MonkeyPatch) -> list[str]:
    """Have each application parse its styles itself; the texts that are parsed from now on."""
    texts: list[str] = []

    def noted(scope: str, text: str, *rest: Any, **options: Any) -> Iterator[RuleSet]:
        texts.append(text)
        return iter(parse(scope, text, *rest, **options))

    patch.setattr(Stylesheet, "parse", _parse)
    patch.setattr("textual.css.stylesheet.parse", noted)
    return texts


def parse_styles_once(patch: pytest.MonkeyPatch) -> None:
    """Let all applications that have the same colours share what was parsed."""
    kept: dict[_Variables, _Kept] = {}
    parsed: dict[tuple[_Variables, tuple[Any, ...]], _Parsed] = {}

    def parse_what_is_new(sheet: Stylesheet) -> None:
        variables = frozenset(sheet._variables.items())
        sources = variables, tuple(sheet.source.items())
        if sources in parsed:
            sheet._rules, sheet._rules_map = parsed[sources]
            sheet._require_parse = False
        else:
            sheet._parse_cache = kept.setdefault(variables, _Kept())  # type: ignore[assignment]
            _parse(sheet)
            parsed[sources] = sheet.rules, sheet.rules_map

    patch.setattr(Stylesheet, "parse", parse_what_is_new)


_apply = Stylesheet.apply


def rules_of(node: DOMNode) -> dict[str, Any]:
    """What the style sheets say of ``node``, as it was given to it."""
    return dict(node._css_styles.get_rules())


def match_rules_anew(node: DOMNode) -> None:
    """Give ``node`` what Textual itself finds for it."""
    _apply(node.app.stylesheet, node)


def match_rules_once(patch: pytest.MonkeyPatch) -> None:
    """Let all that is alike in whatever a rule asks for share the rules that were found for it.

    Textual keeps them for one change of one screen. What depends on the place among its siblings,
    or on what is within, is looked up each time, as there.
    """
    known: dict[int, _Matched] = {}

    def apply_what_is_new(
        sheet: Stylesheet, node: DOMNode, *, animate: bool = False, **_: Any
    ) -> None:
        sheet_rules = sheet.rules  # asked for first: what was parsed before brings its map
        matched = known.get(id(sheet_rules))
        if matched is None:
            matched = known[id(sheet_rules)] = _Matched(sheet_rules, sheet.rules_map)
        path = matched.path_of(node)
        rules, looks = matched.rules.get(path, (None, ()))
        if rules is None:
            cache: dict[Any, RulesMap] = {}
            _apply(sheet, node, animate=animate, cache=cache)
            for rules in cache.values():
                matched.rules[path] = rules, [getattr(node, look) for look in _LOOKS]
            return
        for look, value in zip(_LOOKS, looks, strict=True):
            setattr(node, look, value)
        sheet.replace_rules(node, rules, animate=animate)
        sheet._process_component_classes(node)

    patch.setattr(Stylesheet, "apply", apply_what_is_new)


def find_styles_of_parts_when_drawn(patch: pytest.MonkeyPatch) -> None:
    """Leave the styles of a widget's parts (its rows, its cursor ...) to whoever draws them."""

    def put_off(sheet: Stylesheet, node: DOMNode) -> None:
        if names := node._get_component_classes():
            node._component_styles = _PartStyles(sheet, node, names)
            node.refresh()

    patch.setattr(Stylesheet, "_process_component_classes", put_off)


def keep_lines_cheaply(patch: pytest.MonkeyPatch) -> None:
    """Build nothing that is seldom asked: a line has seven caches, and most are drawn once."""
    patch.setattr("textual.strip.FIFOCache", lambda _size: {})


def tell_rules_apart_quickly(patch: pytest.MonkeyPatch) -> None:
    """Tell rules apart by what they are, as Textual does, but call no function for each of them."""
    patch.setattr(RuleSet, "__hash__", object.__hash__)


def mix_colors_once(patch: pytest.MonkeyPatch) -> None:
    """Let all applications that have the same theme share its colours."""
    mix = ColorSystem.generate
    mixed: dict[str, dict[str, str]] = {}

    def mix_what_is_new(system: ColorSystem) -> dict[str, str]:
        known = str(vars(system))
        if known not in mixed:
            mixed[known] = mix(system)
        return dict(mixed[known])

    patch.setattr(ColorSystem, "generate", mix_what_is_new)


class _Matched:
    """The rules of a style sheet that were found, by all that they ask of a widget."""

    def __init__(self, rules: list[RuleSet], rules_map: dict[str, list[RuleSet]]) -> None:
        self.rules: dict[Any, tuple[RulesMap, list[bool]]] = {}
        self._of = rules  # as long as they are kept, no other list has their identity
        self._rules_map = rules_map
        self._asked: dict[Any, tuple[list[str], list[str]]] = {}

    def path_of(self, node: DOMNode) -> tuple[Any, ...]:
        """What may be asked of ``node`` and of each that it is in: kind, name, classes, state."""
        kind = _kind(node)
        asked = self._asked.get(kind)
        if asked is None:
            asked = self._asked[kind] = self._asked_of(node)
        of_each, of_all = asked
        nodes = node.css_path_nodes
        return (
            *((_kind(each), *(each.has_pseudo_class(name) for name in of_each)) for each in nodes),
            *(nodes[0].has_pseudo_class(name) for name in of_all),
        )

    def _asked_of(self, node: DOMNode) -> tuple[list[str], list[str]]:
        names = node._selector_names & self._rules_map.keys()
        asked = {
            state
            for name in names
            for rule in self._rules_map[name]
            for state in rule.pseudo_classes
        }
        return sorted(asked - _OF_ALL), sorted(asked & _OF_ALL)


def _kind(node: DOMNode) -> tuple[Any, ...]:
    return type(node), node._id, node.classes


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
