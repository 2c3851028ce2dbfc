"""A line or some lines of plain words that change while one looks."""

from textual.widgets import Static

from tui_scheduler.text import plain


class Words(Static):
    """Text that is never read as markup, and takes no place while there is none."""

    DEFAULT_CSS = """
    Words { height: auto; }
    """

    def __init__(self, text: str = "", *, id: str | None = None, classes: str = "") -> None:  # noqa: A002
        super().__init__(plain(text, newlines=True), id=id, classes=classes, markup=False)
        self._text = text
        self.display = bool(text)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    @text.setter
    def text(self, text: str) -> None:
        if text == self._text:  # a layout of the whole screen is saved
            return
        self._text = text
        self.update(plain(text, newlines=True))
        self.display = bool(text)
