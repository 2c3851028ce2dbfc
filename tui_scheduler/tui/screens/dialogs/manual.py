"""The manual, to be read on the screen: its topics, and the page of the one that is lit up."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_scheduler.manual import TOPICS, page, title, topic_of
from tui_scheduler.tui.dialog import Dialog

if TYPE_CHECKING:
    from textual.widgets import Markdown


def _key(keys: str, action: str, label: str, name: str, tooltip: str) -> Binding:
    return Binding(keys, action, label, show=False, id=f"manual.{name}", tooltip=tooltip)


class ManualScreen(Dialog[None]):
    """Shows ``topic`` first; moving through the topics shows their pages."""

    CSS_PATH = Path(__file__).with_suffix(".tcss")
    AUTO_FOCUS = "#manual-topics"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", id="manual.close", tooltip="Close the manual"),
        _key("q", "dismiss", "Close", "close_too", "Close the manual"),
        _key("j", "scroll('down')", "Down", "down", "Scroll the page down"),
        _key("k", "scroll('up')", "Up", "up", "Scroll the page up"),
        _key("ctrl+d,space", "scroll('page_down')", "Page down", "page_down", "Go a page down"),
        _key("ctrl+u", "scroll('page_up')", "Page up", "page_up", "Go a page up"),
        _key("g", "scroll('home')", "Top", "top", "Go to the top of the page"),
        _key("G", "scroll('end')", "End", "end", "Go to the end of the page"),
    ]

    def __init__(self, topic: str = next(iter(TOPICS))) -> None:
        super().__init__()
        self._topic = topic

    def compose_body(self) -> ComposeResult:
        """Lay out the topics beside the page."""
        from textual.widgets import Markdown  # takes long to import, and few people read

        with Horizontal(id="manual") as box:
            box.border_title = "Manual"
            yield OptionList(
                *(Option(title(topic), id=topic) for topic in TOPICS), id="manual-topics"
            )
            with VerticalScroll(id="manual-scroll"):
                yield Markdown(open_links=False, id="manual-page")

    async def begin(self) -> None:
        """Light up the topic that is wanted, which shows its page."""
        self._go_to(self._topic)

    @on(OptionList.OptionHighlighted)
    async def show_page(self, event: OptionList.OptionHighlighted) -> None:
        """Show the page of the topic that is lit up, from its top."""
        if not self.is_whole or event.option_id is None:
            return
        await self._page.update(page(event.option_id))
        self._scroll.scroll_home(animate=False)

    @on(OptionList.OptionSelected)
    def read(self) -> None:
        """Scroll the page with the keys that move about."""
        self._scroll.focus()

    def on_markdown_link_clicked(self, event: "Markdown.LinkClicked") -> None:
        """Follow a link to another page, or open what lies on the web."""
        if (topic := topic_of(event.href)) is not None:
            self._go_to(topic)
        elif "://" in event.href:
            self.app.open_url(event.href)

    def action_scroll(self, way: str) -> None:
        """Scroll the page."""
        getattr(self._scroll, f"scroll_{way}")(animate=False)

    def _go_to(self, topic: str) -> None:
        self.query_one(OptionList).highlighted = list(TOPICS).index(topic)

    @property
    def _scroll(self) -> VerticalScroll:
        return self.query_one("#manual-scroll", VerticalScroll)

    @property
    def _page(self) -> "Markdown":
        from textual.widgets import Markdown

        return self.query_one(Markdown)
