"""What all commands of one invocation share: settings, the open database, the machine's zone."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tui_scheduler.cli.printing.output import complain
from tui_scheduler.wording import local_zone, zone_problem

if TYPE_CHECKING:  # so that --version and --help need not wait for the database's library
    from tui_scheduler.services import Services
    from tui_scheduler.settings import Settings

T = TypeVar("T")

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another program that holds the database."""


class Session:
    """The global options, and what follows from them once a command needs it."""

    def __init__(
        self, database: Path | None = None, config: Path | None = None, *, is_demo: bool = False
    ) -> None:
        self._database = database
        self._config = config
        self._is_demo = is_demo
        self._leaving = ExitStack()

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Session":
        """Returns the session of the global options, as they were given."""
        database, config, is_demo = (options[name] for name in ("database", "config", "demo"))
        return cls(
            Path(database) if database and not is_demo else None,
            Path(config) if config else None,
            is_demo=is_demo,
        )

    def close(self) -> None:
        """Throw away what was made for this invocation alone."""
        self._leaving.close()

    @cached_property
    def settings(self) -> "Settings":
        """Where files live; in a demo, a folder that is gone when the program ends."""
        from tui_scheduler.settings import load_settings

        settings = load_settings(self._database, self._config)
        if not self._is_demo:
            return settings
        from tui_scheduler.demo import throw_away

        return self._leaving.enter_context(throw_away(settings, self.zone, self.now()))

    @cached_property
    def zone(self) -> str:
        """The IANA name of the machine's time zone; UTC if it has none that is known.

        That ``TZ`` is not understood is said.
        """
        if problem := zone_problem():
            complain(f"{problem}.")
        return local_zone()

    @property
    def actor(self) -> str:
        """The name of the user that commands act for."""
        from tui_scheduler.permissions import current_user

        return current_user()

    def now(self) -> datetime:
        """Returns the moment, as aware UTC."""
        return datetime.now(UTC)

    @contextmanager
    def database(self) -> Iterator[None]:
        """Open the database for one command; raises DatabaseUnusable, also in the middle.

        Where it cannot be written it can be read: what would change something is refused then.
        """
        from tui_scheduler.models.backend import DATABASE_ERRORS, translate_errors

        with _opened(self.settings):
            try:
                yield
            except DATABASE_ERRORS:
                with translate_errors(self.settings.database):
                    raise

    @contextmanager
    def services(self) -> Iterator["Services"]:
        """All use cases, on the ``database``."""
        from tui_scheduler.services import services_on
        from tui_scheduler.services.context import Context

        settings = self.settings
        context = Context(
            log_folder=settings.log_folder,
            actor=self.actor,
            misfire_grace=settings.misfire_grace,
            notifying=settings.notifying,
            max_running=settings.max_running,
            clusters=settings.clusters,
            calendars=settings.calendars,
            config=settings.config,
        )
        with self.database():
            yield services_on(context)


def _opened(settings: "Settings") -> AbstractContextManager[None]:
    from tui_scheduler.models.backend import is_writable, open_database
    from tui_scheduler.models.maintenance import open_unchanged

    if not is_writable(settings.database):
        return open_unchanged(settings.database, BUSY_TIMEOUT)
    return open_database(settings.database, logs=settings.log_folder, busy_timeout=BUSY_TIMEOUT)


def pass_session(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command of click's the session as its first argument."""

    @wraps(command)
    def with_session(*arguments: Any, **options: Any) -> T:
        from click import get_current_context  # slow, and a prompt has no use for it

        context = get_current_context()
        return context.invoke(command, context.find_object(Session), *arguments, **options)

    return with_session
