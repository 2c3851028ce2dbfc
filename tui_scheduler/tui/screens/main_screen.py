"""What all main screens share: header, banner, footer, and staying up to date."""

from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.events import ScreenResume

from tui_scheduler.errors import SchedulerError
from tui_scheduler.runtime import Runtime, SchedulerChanged, SchedulerState
from tui_scheduler.services.events import ForeignCommit, HoldChanged, RunChanged
from tui_scheduler.services.queries.counts import counts
from tui_scheduler.services.views.overview import Counts, Hold
from tui_scheduler.tui.refresh import EachSecond, Subscription, Throttled, UiEvent
from tui_scheduler.tui.tabs import TABS
from tui_scheduler.tui.toasts import explain_unread
from tui_scheduler.tui.whole_screen import WholeScreen, is_in_sight
from tui_scheduler.tui.widgets.banner import Banner
from tui_scheduler.tui.widgets.header_bar import HeaderBar, HeaderStatus
from tui_scheduler.tui.widgets.key_bar import KeyBar
from tui_scheduler.wording import day_and_time, local, midnight


class MainScreen(WholeScreen[None]):
    """A screen with a tab. Subclasses give ``MODE`` and ``compose_body``.

    While it is in sight, also behind a dialog, ``data_changed`` is called for every event and
    ``tick`` whenever another second begins; a screen that comes back gets both once, as anything
    may be different.
    """

    MODE: ClassVar[str] = ""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__()
        self.runtime = runtime
        self._header = _Header(self)
        self._listening = Subscription(self, runtime, self._on_event)
        self._seconds = EachSecond(self, runtime.clock, self._on_second)

    def compose(self) -> ComposeResult:
        """Put the body between header and footer."""
        yield HeaderBar(TABS, self.MODE)
        yield Banner()
        yield from self.compose_body()
        yield KeyBar()

    def compose_body(self) -> ComposeResult:
        """Yield what is the screen's own."""
        yield from ()

    async def reveal(self, row_id: int) -> None:
        """Take the cursor to a row, whatever hides it."""

    def data_changed(self, event: UiEvent) -> None:
        """Be told that stored data changed; called in the event loop, so only mark stale."""

    def tick(self) -> None:
        """Draw countdowns and running durations again."""

    @property
    def is_held(self) -> bool:
        """Whether all scheduling is held, as far as header and banner say."""
        return self._header.hold.is_held

    def on_screen_resume(self, _event: ScreenResume) -> None:
        """Listen and tick from now on."""
        if not self._listening.is_on:
            self._listening.begin()
            self._on_event(ForeignCommit())
            self._seconds.begin()

    def on_screen_suspend(self) -> None:
        """Rest until the screen is on top again, unless it is seen behind a dialog."""
        self._rest_out_of_sight()

    def on_unmount(self) -> None:
        """Stop listening for good."""
        self._rest()

    def on_header_bar_tab_selected(self, message: HeaderBar.TabSelected) -> None:
        """Go to the screen whose tab was clicked."""
        message.stop()
        self.app.switch_mode(message.tab.mode)

    async def on_banner_notices_wanted(self, message: Banner.NoticesWanted) -> None:
        """Show who was told of what."""
        message.stop()
        await self.run_action("app.notices")

    def on_key_bar_offer_wanted(self, message: KeyBar.OfferWanted) -> None:
        """Offer in the footer what can be done with all marked rows."""
        message.stop()
        self.query_one(KeyBar).offer(message.lead, message.actions)

    _paints_soon = False

    def _on_timer_update(self) -> None:
        """Paint, as Textual does at this name, when that makes no run wait."""
        if self.runtime.calm.is_now:
            self._paint()
            return
        self._update_timer.pause()
        if not self._paints_soon:
            self._paints_soon = True
            self.runtime.calm.call(partial(self.call_later, self._paint))

    def _paint(self) -> None:
        self._paints_soon = False
        super()._on_timer_update()

    def _rest(self) -> None:
        self._listening.end()
        self._seconds.end()

    def _rest_out_of_sight(self) -> bool:
        """Rest if something lies before it that nobody can see through."""
        is_hidden = not is_in_sight(self)
        if is_hidden:
            self._rest()
        return is_hidden

    def _on_event(self, event: UiEvent) -> None:
        if not self._rest_out_of_sight():
            self.data_changed(event)
            self._header.hear(event)

    def _on_second(self) -> None:
        if not self._rest_out_of_sight():
            self._listening.in_step(self._show_second)

    def _show_second(self) -> None:
        """Show the time, also while much happens together with that: it is drawn once a second."""
        self._header.tick()
        self.tick()


class _Header:
    """Keeps header and banner of a screen up to date."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._runtime = screen.runtime
        self._refresh = Throttled(screen, self._read)
        self._counts: Counts | None = None
        self.hold = Hold(held_at=None, held_by="", released_at=None)
        self._caution = ""

    def hear(self, event: UiEvent) -> None:
        """Read again what they say, if ``event`` may change it."""
        if isinstance(event, RunChanged | HoldChanged | ForeignCommit | SchedulerChanged):
            self._refresh.soon()

    def tick(self) -> None:
        """Show the time of day."""
        now = local(self._runtime.clock.now(), self._runtime.zone)
        self._screen.query_one(HeaderBar).tick(now)

    async def _read(self) -> None:
        """Read what they say; what keeps us from it is said in the banner, if it says that."""
        was_held = self.hold.is_held
        try:
            status = await self._runtime.read_calmly(self._status)
            self._counts, self.hold, self._caution = status
        except SchedulerError as error:
            explain_unread(self._screen.app, "The database cannot be read", error)
        if self._screen.is_whole:
            self._show(self.hold, self._runtime.scheduler)
            if self.hold.is_held != was_held:  # what is held is not counted down
                self._screen.tick()

    def _show(self, hold: Hold, scheduler: SchedulerState) -> None:
        now, zone = self._runtime.clock.now(), self._runtime.zone
        if self._counts is not None:
            status = HeaderStatus(self._counts, hold, scheduler)
            self._screen.query_one(HeaderBar).show(status)
        since = day_and_time(hold.held_at, zone, now) if hold.held_at else ""
        self._screen.query_one(Banner).show(hold, since, scheduler.trouble or self._caution)

    def _status(self) -> tuple[Counts, Hold, str]:
        """Returns what the services say; called on the reading thread."""
        today = midnight(self._runtime.clock.now(), self._runtime.zone)
        caution = self._runtime.caution()
        return counts(today), self._runtime.services.controls.state(), caution
