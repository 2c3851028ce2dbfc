"""What crontabs and units leave to the machine that they are for: users, programs, folders."""

import grp
import os
import platform
import pwd
import shutil
import socket
from pathlib import Path

from tui_scheduler.identity import real_path

_LARGEST = 1_000_000  # bytes of a file of variables
_PROGRAMS = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_OF_SHELL = {
    ".", ":", "[[", "{", "(", "!", "case", "cd", "command", "eval", "exec", "export", "for", "if",
    "set", "source", "ulimit", "umask", "until", "while",
}  # fmt: skip
_TEMPORARY = "/tmp"  # noqa: S108 - nothing is written there
_SYSTEM_FOLDERS = (
    "/etc/systemd/system", "/run/systemd/system",
    "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
)  # fmt: skip
_SYSTEM_PATHS = {
    "S": "/var/lib", "C": "/var/cache", "L": "/var/log", "E": "/etc", "t": "/run",
}  # fmt: skip


def is_user(name: str) -> bool:
    """Returns whether somebody on this machine is called so."""
    try:
        pwd.getpwnam(name)
    except (KeyError, ValueError):
        return False
    return True


def is_program(name: str, path: str) -> bool:
    """Returns whether a shell would find it, in the folders of ``path`` or where programs are."""
    return name in _OF_SHELL or shutil.which(name, path=f"{path}:{_PROGRAMS}") is not None


def is_system_folder(folder: Path) -> bool:
    """Returns whether units in it are of the machine's own systemd, and not of a user's."""
    try:
        real = real_path(folder)
    except ValueError:  # no folder can have that name, as whoever reads it says
        return False
    return any(real == real_path(Path(system)) for system in _SYSTEM_FOLDERS)


def variables_file(path: str) -> str | None:
    """Returns the text of a file of variables; None if it cannot be read, or is no such file."""
    file = Path(path)
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST:
            return None
        return file.read_text("utf-8", "surrogateescape")
    except (OSError, ValueError):
        return None


def unit_specifiers(*, is_system: bool) -> dict[str, str]:
    """Returns what ``%`` specifiers mean in all units (systemd.unit(5)).

    Those of a user's units follow systemd 254, where state is no longer among the configuration.
    """
    user = _account(0 if is_system else os.getuid())
    host = socket.gethostname()
    return {
        "h": user.pw_dir, "u": user.pw_name, "U": str(user.pw_uid), "g": _group(user.pw_gid),
        "G": str(user.pw_gid), "s": user.pw_shell, "H": host, "l": host.partition(".")[0],
        "v": platform.release(), "T": _TEMPORARY, "V": f"/var{_TEMPORARY}",
        **(_SYSTEM_PATHS if is_system else _user_paths(user)),
    }  # fmt: skip


def _account(number: int) -> pwd.struct_passwd:
    """Who has that number; in a container perhaps nobody has."""
    try:
        return pwd.getpwuid(number)
    except KeyError:
        home = str(Path.home())
        name = str(number)
        return pwd.struct_passwd((name, "x", number, os.getgid(), name, home, "/bin/sh"))


def _user_paths(user: pwd.struct_passwd) -> dict[str, str]:
    def folder(variable: str, otherwise: str) -> str:
        return os.environ.get(variable) or otherwise

    state = folder("XDG_STATE_HOME", f"{user.pw_dir}/.local/state")
    return {
        "S": state, "L": f"{state}/log",
        "C": folder("XDG_CACHE_HOME", f"{user.pw_dir}/.cache"),
        "E": folder("XDG_CONFIG_HOME", f"{user.pw_dir}/.config"),
        "t": folder("XDG_RUNTIME_DIR", f"/run/user/{user.pw_uid}"),
    }  # fmt: skip


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)
