"""Short messages in the corner of the screen, always as text and never as markup."""

from typing import Any

from textual.app import App

from tui_scheduler.errors import DatabaseGone, InvalidInput, SchedulerError
from tui_scheduler.text import plain
from tui_scheduler.wording import cut

_LONGEST = 400
_ERROR_SECONDS = 12.0


def say(app: App[Any], text: str, *, title: str = "", is_warning: bool = False) -> None:
    """Tell what was done, or with ``is_warning`` what needs attention."""
    app.notify(
        _fit(text),
        title=_fit(title),
        severity="warning" if is_warning else "information",
        markup=False,
    )


def explain(app: App[Any], title: str, error: SchedulerError) -> None:
    """Tell what could not be done; the error says why, and what to do about it."""
    app.notify(
        _fit(sentence(error)),
        title=_fit(title),
        severity="error",
        timeout=_ERROR_SECONDS,
        markup=False,
    )


def explain_unread(app: App[Any], title: str, error: SchedulerError) -> None:
    """Tell what could not be read, unless the banner of a main screen says it."""
    if not isinstance(error, DatabaseGone):
        explain(app, title, error)


def sentence(error: SchedulerError) -> str:
    """Returns the text of an error; several problems stand on lines of their own."""
    if isinstance(error, InvalidInput):
        return "\n".join(map(str, error.problems))
    return str(error) or type(error).__name__


def _fit(text: str) -> str:
    return cut(plain(text, newlines=True), _LONGEST)
