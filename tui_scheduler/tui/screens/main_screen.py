"""What all main screens share: header, hold banner, footer, and staying up to date."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.screen import Screen
from textual.timer import Timer

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime, SchedulerChanged
from tui_scheduler.services.events import ForeignCommit, HoldChanged, RunChanged
from tui_scheduler.services.views import Counts, Hold
from tui_scheduler.tui.format import day_and_time, local, midnight
from tui_scheduler.tui.refresh import Subscription, Throttled, UiEvent
from tui_scheduler.tui.tabs import TABS
from tui_scheduler.tui.toasts import explain
from tui_scheduler.tui.widgets.header_bar import HeaderBar, HeaderStatus
from tui_scheduler.tui.widgets.hold_banner import HoldBanner
from tui_scheduler.tui.widgets.key_bar import KeyBar

_SECOND = 1_000_000  # microseconds


class MainScreen(Screen[None]):
    """A screen with a tab. Subclasses give ``MODE`` and ``compose_body``.

    While it is the one on top, ``data_changed`` is called for every event and ``tick`` whenever
    another second begins; a screen that comes back gets both once, as anything may be different.
    """

    MODE: ClassVar[str] = ""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__()
        self.runtime = runtime
        self._listening = Subscription(self, runtime, self._on_event)
        self._ticking: Timer | None = None
        self._header_refresh = Throttled(self, self._refresh_header)

    def compose(self) -> ComposeResult:
        """Put the body between header and footer."""
        yield HeaderBar(TABS, self.MODE)
        yield HoldBanner()
        yield from self.compose_body()
        yield KeyBar()

    def compose_body(self) -> ComposeResult:
        """Yield what is the screen's own."""
        yield from ()

    def data_changed(self, event: UiEvent) -> None:
        """Be told that stored data changed; called in the event loop, so only mark stale."""

    def tick(self) -> None:
        """Draw countdowns and running durations again."""

    @property
    def is_whole(self) -> bool:
        """Whether all its parts are there: they come one by one, and go so at the end."""
        return self.is_mounted and self.display

    def on_screen_resume(self) -> None:
        """Listen and tick from now on."""
        if not self._listening.is_on:
            self._listening.begin()
            self._on_event(ForeignCommit())
            self._begin_second()

    def on_screen_suspend(self) -> None:
        """Rest until the screen is on top again."""
        self._rest()

    def on_unmount(self) -> None:
        """Stop listening for good."""
        self._rest()

    def on_header_bar_tab_selected(self, message: HeaderBar.TabSelected) -> None:
        """Go to the screen whose tab was clicked."""
        message.stop()
        self.app.switch_mode(message.tab.mode)

    def _rest(self) -> None:
        self._listening.end()
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None

    def _on_event(self, event: UiEvent) -> None:
        if isinstance(event, RunChanged | HoldChanged | ForeignCommit | SchedulerChanged):
            self._header_refresh.soon()
        self.data_changed(event)

    def _begin_second(self) -> None:
        """Tick, and again when the clock's next second begins, so that no second is left out."""
        now = self.runtime.clock.now()
        if self.is_whole:
            self.query_one(HeaderBar).tick(local(now, self.runtime.zone))
            self.tick()
        self._ticking = self.set_timer(1 - now.microsecond / _SECOND, self._begin_second)

    async def _refresh_header(self) -> None:
        now, zone = self.runtime.clock.now(), self.runtime.zone
        try:
            counts, hold = await self.runtime.read(self._header_status)
        except SchedulerError as error:
            explain(self.app, "The database cannot be read", error)
            return
        if not self.is_whole:
            return
        self.query_one(HeaderBar).show(HeaderStatus(counts, hold, self.runtime.scheduler))
        since = day_and_time(hold.held_at, zone, now) if hold.held_at else ""
        self.query_one(HoldBanner).show(hold, since)

    def _header_status(self) -> tuple[Counts, Hold]:
        """Called on the reading thread."""
        services = self.runtime.services
        today = midnight(self.runtime.clock.now(), self.runtime.zone)
        return services.runs.counts(today), services.controls.state()
