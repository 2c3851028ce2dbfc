"""The notices: who was told of what, when, and who could not be."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from tui_scheduler.receivers import how_to_add_receiver
from tui_scheduler.runtime import Runtime
from tui_scheduler.services.queries.page import Page, Window
from tui_scheduler.services.views.notices import NoticeView
from tui_scheduler.settings import Settings
from tui_scheduler.tui.screens.list_screen import LIST_KEYS, DetailedListSpec, ListScreen
from tui_scheduler.tui.screens.notices.columns import notice_columns
from tui_scheduler.tui.screens.notices.details import details_of, details_text
from tui_scheduler.tui.screens.runs.log_view import LogView
from tui_scheduler.tui.toasts import say
from tui_scheduler.tui.widgets.table.table import Order, RowTable

_NOTHING_FAILED = """\
All that was to be told was sent, or was not tried yet

Press f to see all of it."""
_NOBODY_BY_DEFAULT = """\
Nobody was told anything yet

Configured: {names}
Name some of them in the form of a process or group, or for all in
{config}: notify = ["{first}"]"""
_NOTHING_YET = """\
Nobody was told anything yet

Told of what fails: {names}
A process or a group may name others in its form."""


def _key(keys: str, action: str, label: str, tooltip: str) -> Binding:
    return Binding(keys, action, label, id=f"notice.{action}", tooltip=tooltip)


class NoticesScreen(ListScreen[NoticeView]):
    """All notices, newest first; escape goes back to where one came from."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _key("l", "log", "Log of the run", "Show the log of the run that it is about"),
        _key("f", "only_failed", "Not sent", "Show only what could not be sent, or all again"),
        *LIST_KEYS,
        _key("escape", "back", "Back", "Go back to where you came from"),
    ]

    def __init__(self, runtime: Runtime) -> None:
        self._is_failed_only = False
        super().__init__(runtime, self._spec(runtime))

    @on(RowTable.RowActivated)
    def action_log(self) -> None:
        """Show the log of the run that the notice at the cursor is about."""
        notice = self.list_pane.table.cursor_row
        if notice is None:
            return
        if notice.run_id is None:
            say(self.app, "It is about no run, so there is no log.", is_warning=True)
        else:
            self.app.push_screen(LogView(self.runtime, notice.run_id))

    def action_only_failed(self) -> None:
        """Show what could not be sent, or all again."""
        self._is_failed_only = not self._is_failed_only
        empty = _NOTHING_FAILED if self._is_failed_only else _empty_text(self.runtime.settings)
        self.list_pane.table.empty_text = empty
        self.list_pane.remark(*["not sent"] * self._is_failed_only)
        self.list_pane.start_anew()

    def action_back(self) -> None:
        """Go back to where we came from."""
        self.dismiss()

    def _page(self, window: Window) -> Page[NoticeView]:
        return self.runtime.services.notices.page(window, failed=self._is_failed_only)

    def _spec(self, runtime: Runtime) -> DetailedListSpec[NoticeView]:
        notices, clock, zone = runtime.services.notices, runtime.clock, runtime.zone
        notifying = runtime.settings.notifying
        return DetailedListSpec(
            noun="notice",
            nouns="notices",
            empty_text=_empty_text(runtime.settings),
            columns=notice_columns(clock, zone),
            own_order=Order("id", reverse=True),
            page=self._page,
            one=notices.get,
            row_actions=frozenset({"log"}),
            many_actions=frozenset(),
            possible=_possible,
            looks=frozenset({"log"}),
            details=lambda notice_id: details_of(notices.get(notice_id), notifying),
            details_text=lambda details: details_text(details, clock.now(), zone),
        )


def _possible(notice: NoticeView) -> frozenset[str]:
    return frozenset() if notice.run_id is None else frozenset({"log"})


def _empty_text(settings: Settings) -> str:
    """Returns how notices come about, for a list that has none."""
    notifying = settings.notifying
    if not notifying.receivers:
        return how_to_add_receiver(settings.config)
    names = notifying.by_default or tuple(notifying.receivers)
    text = _NOTHING_YET if notifying.by_default else _NOBODY_BY_DEFAULT
    listed = ", ".join(notifying.receivers[name].title() for name in names)
    return text.format(config=settings.config, names=listed, first=names[0])
