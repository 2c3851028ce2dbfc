"""Where files live, and what the configuration file may change."""

import errno
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tui_scheduler.errors import InvalidInput, Problem
from tui_scheduler.identity import real_path
from tui_scheduler.lock_file import lock_file_of
from tui_scheduler.permissions import read_trusted
from tui_scheduler.receivers import Notifying, Receiver, receiver_of
from tui_scheduler.sizes import parse_size
from tui_scheduler.text import parse_toml

if TYPE_CHECKING:  # not everybody names any
    from tui_scheduler.calendars import NamedCalendar
    from tui_scheduler.clusters import Cluster

DATABASE_VARIABLE = "TUI_SCHEDULER_DATABASE"
"""Names the database unless an option does; runs are given the one that they are run from."""

CONFIG_VARIABLE = "TUI_SCHEDULER_CONFIG"
"""Names the configuration file unless an option does; so are runs, if it is another one."""

T = TypeVar("T")

_APP = "tui-scheduler"
_WHOLE = 100  # percent
_MOST = 10**9 - 1  # of whatever is counted
_FOLDERS = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "data": ("XDG_DATA_HOME", ".local/share"),
    "state": ("XDG_STATE_HOME", ".local/state"),
}
"""For a kind of files, the variable that names the folder of all programs, and where it is else."""


def config_file() -> Path:
    """The configuration file; it need not exist."""
    return _folder("config") / "config.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that is decided before the database is opened.

    ``misfire_grace``: how late a fire may start before it counts as missed. ``kill_grace``: how
    long a run may take to end after TERM before it gets KILL. ``keymap``: binding id to keys.

    What grows is limited; 0 means without limit. ``log_cap``: bytes of one log. ``disk_reserve``:
    percent of the disk that logs leave free. Ended runs are kept as long as they are younger than
    ``keep_days``, among the last ``keep_runs`` of their request, and as long as all their logs
    together have no more than ``keep_bytes``.

    ``bell`` and ``desktop_notice``: whether the terminal calls when a run has failed, and nobody
    looks at it. ``notifying`` says who is told of failures, with ``notify_lines`` lines of a log.

    ``database`` is the one name of the file, with no links in it: lock and logs follow from it.
    ``spelled`` is the name that led to it, if that is another one. ``config`` is the file that was
    read, if there is one there.

    ``max_running``: how many processes run at once on this machine; 0 for any number. ``clusters``
    are those that runs can be handed to, by name, and ``calendars`` the days that plans leave out.

    ``when_closed``: whether a screen that schedules has that ``keep`` going when its window is
    closed, or quits. ``is_demo``: the database is thrown away at the end.
    """

    database: Path
    misfire_grace: timedelta = timedelta(seconds=60)
    kill_grace: timedelta = timedelta(seconds=10)
    log_cap: int = 100_000_000
    disk_reserve: float = 5
    keep_days: float = 90
    keep_runs: int = 10_000
    keep_bytes: int = 10_000_000_000
    theme: str | None = None
    keymap: Mapping[str, str] = field(default_factory=dict)
    bell: bool = False
    desktop_notice: bool = False
    notifying: Notifying = field(default_factory=Notifying)
    notify_lines: int = 20
    spelled: Path | None = None
    config: Path = field(default_factory=config_file, compare=False)
    max_running: int = 0
    clusters: Mapping[str, "Cluster"] = field(default_factory=dict)
    calendars: Mapping[str, "NamedCalendar"] = field(default_factory=dict)
    when_closed: str = "keep"
    is_demo: bool = False

    @property
    def log_folder(self) -> Path:
        """Where the logs of runs lie: beside the database, so that both move together."""
        return _log_folder(self.database)

    @property
    def for_runs(self) -> dict[str, str]:
        """The variables by which a ``tui-scheduler`` that a run calls works with these files.

        The configuration is named only where it is not the one that would be found anyhow.
        """
        variables = {DATABASE_VARIABLE: str(real_path(self.database))}
        found_anyhow = os.environ.get(CONFIG_VARIABLE) or str(config_file())
        if str(self.config) != found_anyhow and self.config.exists():
            variables[CONFIG_VARIABLE] = str(self.config)
        return variables

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders in which files of ours lie, those of the diagnostics included."""
        return self.database.parent, self.log_folder, self.diagnostics_file.parent

    def is_own(self, file: Path) -> bool:
        """Whether ``file`` is, or by its name could be taken for, one of these files."""
        try:
            real, database = real_path(file), real_path(self.database)
        except ValueError:  # no file can be called so
            return False
        if real in (real_path(self.config), real_path(self.diagnostics_file)):
            return True
        return real.parent == database.parent and real.name.startswith(database.name)

    @property
    def lock_file(self) -> Path:
        """The file whose lock makes its holder the one scheduler of this database."""
        return lock_file_of(self.database)

    @property
    def former_log_folder(self) -> Path | None:
        """Where an earlier version, which took a link for a database of its own, kept logs."""
        return self.spelled and _log_folder(self.spelled)

    @property
    def lock_files(self) -> tuple[Path, ...]:
        """The lock file, and before it that of a scheduler of such a version."""
        return (*([lock_file_of(self.spelled)] if self.spelled else []), self.lock_file)

    @property
    def diagnostics_file(self) -> Path:
        """Where this program writes its own log, tracebacks included."""
        return _folder("state") / f"{_APP}.log"


def _log_folder(database: Path) -> Path:
    return database.with_name(database.name + ".logs")


def _folder(kind: str) -> Path:
    """Where the system wants files of ours that are of this kind.

    What platformdirs would say is said without loading it, for the sake of prompts.
    """
    variable, usual = _FOLDERS[kind]
    home = Path(os.environ.get("HOME", ""))
    folder = Path(os.environ.get(variable, ""))
    if sys.platform == "linux" and (folder.is_absolute() or home.is_absolute()):
        return (folder if folder.is_absolute() else home / usual) / _APP
    import platformdirs

    path: Path = getattr(platformdirs, f"user_{kind}_path")(_APP)
    return path


def default_database() -> Path:
    """The database used when none is named."""
    return _folder("data") / "scheduler.db"


def load_settings(database: Path | None = None, config: Path | None = None) -> Settings:
    """The settings of ``config`` (default: the user's), with ``database`` on top.

    Raises InvalidInput naming the key that is wrong, or the ``config`` that is not there.
    """
    path = config_file() if config is None else _absolute(config, "--config")
    values = _read(path) if config is not None or _may_be_there(path) else {}
    unknown = sorted(set(values) - set(_READERS))
    if unknown:
        known = ", ".join(sorted(_READERS))
        raise _refused(path, unknown[0], f"is not a setting. Known ones: {known}")
    chosen: dict[str, Any] = {key: _READERS[key](path, key, value) for key, value in values.items()}
    chosen["clusters"] = chosen.pop("cluster", {})
    chosen["calendars"] = chosen.pop("calendar", {})
    chosen["notifying"] = _notifying(path, chosen.pop("notify", ()), chosen.pop("receiver", {}))
    if database is not None:
        chosen["database"] = _absolute(database, "--database")
    elif "database" not in chosen:
        chosen["database"] = _absolute(default_database(), "--database")
    spelled, chosen["database"] = chosen["database"], _without_links(chosen["database"])
    links = spelled if spelled != chosen["database"] else None
    return Settings(**chosen, spelled=links, config=path)


def load_calendars(config: Path) -> "dict[str, NamedCalendar]":
    """The calendars of ``config`` alone, none if it is not there; raises InvalidInput."""
    values = _read(config).get("calendar", {}) if _may_be_there(config) else {}
    return _calendars(config, "calendar", values)


def _may_be_there(path: Path) -> bool:
    """Whether there is a file, or we may not look."""
    try:
        return path.exists()
    except PermissionError:
        return True


def _read(path: Path) -> dict[str, Any]:
    try:
        return parse_toml(read_trusted(path))
    except OSError as error:
        raise _refused(path, "file", f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise _refused(path, "file", f"cannot be read: it {error}") from error


def _seconds(path: Path, key: str, value: Any) -> timedelta:
    if not _is_number(value):
        raise _refused(path, key, f"must be a number of seconds up to {_MOST}, for example 60")
    return timedelta(seconds=value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST


def _number(path: Path, key: str, value: Any) -> float:
    if not _is_number(value):
        raise _refused(path, key, f"must be a number up to {_MOST}, for example 90; 0 for no limit")
    return float(value)


def _percent(path: Path, key: str, value: Any) -> float:
    if not _is_number(value) or value >= _WHOLE:
        raise _refused(path, key, "must be a percentage below 100, for example 5")
    return float(value)


def _count(path: Path, key: str, value: Any) -> int:
    if not _is_number(value) or value != int(value):
        nothing = "none" if key == "notify_lines" else "no limit"
        text = f"must be a whole number up to {_MOST}, for example 20; 0 for {nothing}"
        raise _refused(path, key, text)
    return int(value)


def _size(path: Path, key: str, value: Any) -> int:
    try:
        return parse_size(str(value))
    except ValueError as error:
        raise _refused(path, key, "must be a size such as '100 MB'; 0 for no limit") from error


def _flag(path: Path, key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _refused(path, key, "must be true or false, without quotes")
    return value


def _text(path: Path, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _refused(path, key, "must be text in quotes")
    return value


def _when_closed(path: Path, key: str, value: Any) -> str:
    if value not in ("keep", "quit"):
        raise _refused(path, key, 'must be "keep", to schedule in the background, or "quit"')
    return str(value)


def _path(path: Path, key: str, value: Any) -> Path:
    return _absolute(Path(_text(path, key, value)), f"{path}: {key}")


def _absolute(path: Path, where: str) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        problem = f"{path} names the home of nobody known here: write the whole path"
    except FileNotFoundError:
        problem = f"the current folder was removed, in which {path} would lie: write the whole path"
    raise InvalidInput([Problem(where, problem)])


def _without_links(database: Path) -> Path:
    real = real_path(database)
    try:
        real.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            problem = f"{database} leads to no file, but in a circle of links: choose another one"
            raise InvalidInput([Problem("--database", problem)]) from error
    return real


def _keys(path: Path, key: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(keys, str) for keys in value.values()):
        raise _refused(path, key, 'must be a table such as "request.new" = "n,a"')
    return value


def _names(path: Path, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise _refused(path, key, 'must be a list of names in quotes, for example ["ops"]')
    return tuple(value)


def _receivers(path: Path, key: str, value: Any) -> dict[str, Receiver]:
    return _named_tables(path, key, value, receiver_of)


def _clusters(path: Path, key: str, value: Any) -> "dict[str, Cluster]":
    from tui_scheduler.clusters import cluster_of

    return _named_tables(path, key, value, cluster_of)


def _calendars(path: Path, key: str, value: Any) -> "dict[str, NamedCalendar]":
    from tui_scheduler.calendars import calendar_of

    return _named_tables(path, key, value, calendar_of)


def _named_tables(path: Path, key: str, value: Any, read: Callable[[str, Any], T]) -> dict[str, T]:
    """The tables that stand beneath ``key``, each called by a name."""
    if not isinstance(value, dict):
        raise _refused(path, key, f"must be tables, each called [{key}.NAME]")
    tables = {}
    for name, values in value.items():
        try:
            tables[name] = read(name, values)
        except ValueError as error:
            raise _refused(path, f"{key}.{name}", str(error)) from None
    return tables


def _notifying(
    path: Path, by_default: tuple[str, ...], receivers: dict[str, Receiver]
) -> Notifying:
    for name in by_default:
        if name not in receivers:
            raise _refused(
                path, "notify", f"there is no [receiver.{name}]: add one, or leave it out"
            )
    return Notifying(receivers=receivers, by_default=by_default)


_READERS = {
    "database": _path,
    "misfire_grace": _seconds,
    "kill_grace": _seconds,
    "log_cap": _size,
    "disk_reserve": _percent,
    "keep_days": _number,
    "keep_runs": _count,
    "keep_bytes": _size,
    "max_running": _count,
    "when_closed": _when_closed,
    "theme": _text,
    "keymap": _keys,
    "bell": _flag,
    "desktop_notice": _flag,
    "notify": _names,
    "notify_lines": _count,
    "receiver": _receivers,
    "cluster": _clusters,
    "calendar": _calendars,
}

SETTINGS: Mapping[str, str] = {
    "database": "the file that all is stored in",
    "misfire_grace": "seconds a fire may be late before it counts as missed",
    "kill_grace": "seconds between TERM and KILL",
    "log_cap": "bytes of one log",
    "disk_reserve": "percent of the disk that logs leave free",
    "keep_days": "how long ended runs and their logs are kept",
    "keep_runs": "how many runs of one request are kept",
    "keep_bytes": "bytes of all logs together",
    "max_running": "how many processes run at once on this machine",
    "when_closed": "what becomes of scheduling when the window is closed",
    "theme": "the colours",
    "keymap": "keys of your own",
    "bell": "ring when a run has failed",
    "desktop_notice": "tell the desktop when a run has failed",
    "notify": "receivers of all that does not say otherwise",
    "notify_lines": "lines of a log in what is told",
    "receiver": "who can be told",
    "cluster": "where else runs can be handed to",
    "calendar": "days that requests leave out, by a name",
}
"""What each key of the configuration file is for."""


def setting_text(settings: Settings, key: str) -> str:
    """Returns what ``settings`` have for a key, as people read it; of receivers only the names."""
    notifying = settings.notifying
    names = {
        "keymap": settings.keymap,
        "notify": notifying.by_default,
        "receiver": notifying.receivers,
        "cluster": settings.clusters,
        "calendar": settings.calendars,
    }
    if key in names:
        return ", ".join(names[key]) or "none"
    match getattr(settings, key):
        case timedelta() as span:
            return f"{span.total_seconds():g}"
        case bool() as is_on:
            return str(is_on).lower()
        case value:
            return "not set" if value is None else str(value)


def _refused(path: Path, key: str, text: str) -> InvalidInput:
    return InvalidInput([Problem(f"{path}: {key}", text)])
