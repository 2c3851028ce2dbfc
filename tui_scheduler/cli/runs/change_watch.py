"""Noticing what others change in the database."""

from tui_scheduler.models.backend import data_version


class Watch:
    """Compares a number that every foreign commit changes; a look takes microseconds."""

    def __init__(self) -> None:
        self._seen: int | None = None

    def has_news(self) -> bool:
        """Returns whether somebody else committed since the last look; at the first, True."""
        version = data_version()
        is_news = version != self._seen
        self._seen = version
        return is_news
