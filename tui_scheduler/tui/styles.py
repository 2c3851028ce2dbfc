"""How the application is styled: nothing is parsed or styled a second time that is as it was.

Textual parses all style sheets anew for each screen that is the first of its kind or of its mode,
and styles all that is on the screen with them: a tenth of a second in which no key is taken.
"""

from pathlib import Path
from typing import Any, ClassVar, TypeVar

from textual.app import App
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.types import CSSPathType
from textual.widget import Widget

from tui_scheduler.tui.sure_timers import SureTimers

R = TypeVar("R")

_STYLES = (
    "app",
    "screens/list_screen",
    "screens/dialogs/help",
    "screens/dialogs/manual",
    "screens/dialogs/picker",
    "screens/dialogs/question",
    "screens/forms/form",
    "screens/runs/compare_view",
    "screens/runs/details_view",
    "screens/runs/log_view",
    "screens/timeline/list",
)


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
    """An application that knows the styles of all its screens from the beginning."""

    CSS_PATH: ClassVar[CSSPathType | None] = [
        Path(__file__).parent / f"{name}.tcss" for name in _STYLES
    ]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.stylesheet = KeptStylesheet(self.get_css_variables())

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:
        """Leave out what is not mounted yet: it is given its styles when it is."""
        if not isinstance(node, Widget) or self.is_mounted(node):
            super().update_styles(node, animate)
