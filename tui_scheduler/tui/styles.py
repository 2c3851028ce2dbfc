"""How the application is styled: nothing is parsed or styled a second time that is as it was.

Textual parses all style sheets anew for each screen that is the first of its kind or of its mode,
and styles all that is on the screen with them: a tenth of a second in which no key is taken. Here
the sheet of a screen is parsed when that is first seen, and nothing else is styled by it.
"""

from pathlib import Path
from typing import Any, ClassVar, TypeVar

from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.screen import Screen
from textual.theme import Theme
from textual.types import CSSPathType
from textual.widget import Widget

from tui_scheduler.tui.sure_timers import SureTimers

R = TypeVar("R")


class KeptStylesheet(Stylesheet):
    """Parses what is new, or everything if the theme has other colours."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._known_variables = dict(variables)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Set the colours; nothing changes if they are the same."""
        if variables != self._known_variables:
            self._known_variables = dict(variables)
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse what was not parsed with these colours."""
        self.parse()


class StyledApp(SureTimers, App[R], inherit_bindings=False):
    """An application whose screens have styles of their own, which are for no other."""

    CSS_PATH: ClassVar[CSSPathType | None] = Path(__file__).with_name("app.tcss")

    def __init__(self, *args: Any, **options: Any) -> None:
        self._colors: tuple[Theme, dict[str, str]] | None = None
        super().__init__(*args, **options)
        self.stylesheet = KeptStylesheet(self.get_css_variables())

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme, which are mixed once."""
        theme = self.current_theme
        if self._colors is None or self._colors[0] is not theme:
            self._colors = theme, super().get_css_variables()
        return self._colors[1]

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:
        """Leave out what is not mounted yet: it is given its styles when it is."""
        if not isinstance(node, Widget) or self.is_mounted(node):
            super().update_styles(node, animate)

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        """Know the styles of a screen that is the first of its kind."""
        known = self.stylesheet.has_source
        if new := [path for path in screen.css_path if not known(str(path))]:
            self.stylesheet.read_all(new)
            self.stylesheet.reparse()
            self.stylesheet.update(screen)
        super()._load_screen_css(screen)
