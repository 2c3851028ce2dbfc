"""Who may read and write our files: their owner alone, whatever the umask.

What the database says is run as commands, so whoever may write it may act as its owner. Where
others may make files, they may put something in the place of ours; so all of ours are opened by
``open_file``, which looks at what it has opened before anything is done to it.
"""

import errno
import grp
import os
import pwd
import shlex
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.identity import real_path

FILE_MODE = 0o600
FOLDER_MODE = 0o700
WRITTEN_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_ROOT = 0
_SAFELY = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_REMEDY = "see who put it there, and remove it"
_NO_FILE = "it is not a regular file"


def open_file(path: Path, flags: int, *, of_anybody: bool = False) -> int:
    """Open a file of ours for reading or writing, and never wait for it; returns a descriptor.

    One that may be written is for its owner alone from then on. Raises OSError, whose
    ``strerror`` is a clause of ours, for a symbolic link, for what is no regular file, has another
    name (a hard link), or belongs to somebody else. Root may read what belongs to others, and so
    may whoever the system allows to where a file may be ``of_anybody``.
    """
    is_written = flags & os.O_ACCMODE != os.O_RDONLY
    us = os.geteuid()
    trusted: tuple[int, ...] | None = (us,) if is_written else (us, _ROOT)
    if of_anybody or (us == _ROOT and not is_written):
        trusted = None
    try:
        descriptor = os.open(path, flags | _SAFELY, FILE_MODE)
    except OSError as error:
        problem = None
        with suppress(OSError):
            problem = _problem(path.lstat(), trusted)
        if problem is None:
            raise
        raise OSError(error.errno, f"{problem}; {_REMEDY}", str(path)) from error
    try:
        status = os.fstat(descriptor)
        if (problem := _problem(status, trusted)) is not None:
            raise OSError(errno.EPERM, f"{problem}; {_REMEDY}", str(path))
        if is_written and stat.S_IMODE(status.st_mode) != FILE_MODE:
            os.fchmod(descriptor, FILE_MODE)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def current_umask() -> int:
    """Returns the umask of this program; it can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def read_file(path: Path, most: int = -1) -> bytes:
    """Returns what is in a file of ours, ``most`` bytes of it; raises OSError as ``open_file``."""
    with os.fdopen(open_file(path, os.O_RDONLY), "rb") as file:
        return file.read(most)


def read_trusted(path: Path) -> bytes:
    """Returns what is in a file that we only read, and that may be a link to another one.

    Raises OSError if somebody but root and us may have written it.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        problem = None if stat.S_ISREG(status.st_mode) else _NO_FILE
        problem = problem or _owner_problem(status, (os.geteuid(), _ROOT))
        if problem is None and may_be_written_by_others(status):
            problem = f"others may write it; look at it, then: chmod go-w {shlex.quote(str(path))}"
        if problem is not None:
            raise OSError(errno.EPERM, problem, str(path))
        return file.read()


def file_problem(path: Path) -> str | None:
    """Returns why what is at ``path`` is no file of ours, as a clause; None if it may be one."""
    with suppress(OSError):
        return shape_problem(path.lstat())
    return None


def shape_problem(status: os.stat_result) -> str | None:
    """Returns why something is no file of ours, whoever owns it, as a clause; None if it may be."""
    if stat.S_ISLNK(status.st_mode):
        return "it is a symbolic link"
    if stat.S_ISDIR(status.st_mode):
        return "it is a folder"
    if not stat.S_ISREG(status.st_mode):
        return _NO_FILE
    return f"it has {status.st_nlink} names (hard links)" if status.st_nlink > 1 else None


def _problem(status: os.stat_result, trusted: Collection[int] | None) -> str | None:
    """Why something is no file of ours; None for ``trusted`` is that its owner does not matter."""
    return shape_problem(status) or (trusted and _owner_problem(status, trusted)) or None


def _owner_problem(status: os.stat_result, trusted: Collection[int]) -> str | None:
    return None if status.st_uid in trusted else f"it belongs to {user_name(status.st_uid)}"


def make_file(path: Path) -> bool:
    """Make an empty file for its owner alone; a link is followed to where it leads.

    Returns False, and leaves it as it is, if there is one.
    """
    if path.exists():
        return False
    real = real_path(path)
    make_folders(real.parent)
    try:
        os.close(open_file(real, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    except FileExistsError:  # somebody was quicker
        return False
    return True


def make_folders(folder: Path, most: int = 100) -> None:
    """Make ``folder`` and those above it for their owner alone; existing ones are kept.

    Where more than ``most`` are missing it raises FileNotFoundError.
    """
    if not folder.exists():
        if most > 1:
            make_folders(folder.parent, most - 1)
        try:
            folder.mkdir()
            folder.chmod(FOLDER_MODE)
        except FileExistsError:
            if not folder.is_dir():  # nobody was quicker: it leads nowhere
                raise


def is_trusted_owner(status: os.stat_result) -> bool:
    """Whether it belongs to us, or to root, who may write anything."""
    return status.st_uid in (_ROOT, os.geteuid())


def may_be_written_by_others(status: os.stat_result) -> bool:
    """Whether somebody but its owner, root and us may write a file or folder.

    A group that nobody else is in is nobody else.
    """
    return bool(status.st_mode & stat.S_IWOTH) or may_be_written_by_group(status)


def may_be_written_by_group(status: os.stat_result) -> bool:
    """Whether the group may write it, and others are in that."""
    if not status.st_mode & stat.S_IWGRP:
        return False
    return bool(_members(status.st_gid) - {user_name(each) for each in (_ROOT, os.geteuid())})


@cache
def _members(group: int) -> frozenset[str]:
    """Returns the names of who is in a group, as far as the system lists them."""
    members = {user.pw_name for user in pwd.getpwall() if user.pw_gid == group}
    with suppress(KeyError):
        members |= set(grp.getgrgid(group).gr_mem)
    return frozenset(members)


@dataclass(frozen=True, slots=True)
class Danger:
    """A folder in which others could put files in the place of ours, and what to do about it.

    Where it ``is_shared`` that may be meant: only those of its group could.
    """

    folder: Path
    text: str
    remedy: str
    is_shared: bool = False


def folder_dangers(folder: Path) -> Iterator[Danger]:
    """Looks at ``folder`` and those above it, up to our home, as ``StrictModes`` of sshd does.

    One with the sticky bit is none: there nobody may take away what is another's.
    """
    homes = _homes()
    real = real_path(folder)
    for each in (real, *real.parents):
        with suppress(OSError):  # it is not there, or not ours to look at
            if (danger := _danger(each, each.stat())) is not None:
                yield danger
        if each in homes:
            break


def _danger(folder: Path, status: os.stat_result) -> Danger | None:
    quoted = shlex.quote(str(folder))
    if not is_trusted_owner(status):
        owner = user_name(status.st_uid)
        return Danger(folder, f"{folder} belongs to {owner}", _instead_of(owner))
    if status.st_mode & stat.S_ISVTX:
        return None
    if status.st_mode & stat.S_IWOTH:
        return Danger(
            folder,
            f"{folder} may be written by others",
            f"Look whether all in it is as you left it, then: chmod o-w {quoted}",
        )
    if may_be_written_by_group(status):
        group = _group_name(status.st_gid)
        return Danger(
            folder,
            f"{folder} may be written by others of the group {group}",
            f"Unless all of them may do so: chmod g-w {quoted}",
            is_shared=True,
        )
    return None


def _instead_of(owner: str) -> str:
    """What to do where a folder belongs to ``owner``."""
    if os.geteuid() == _ROOT:
        return (
            f"Work as {owner}, or with root's own home (sudo -H), or choose another database with"
            " --database"
        )
    return f"Choose another database with --database, or work as {owner}"


def _homes() -> set[Path]:
    """Where we are at home, as the system says and as the environment does."""
    homes = set()
    with suppress(KeyError):
        homes.add(real_path(Path(pwd.getpwuid(os.geteuid()).pw_dir)))
    with suppress(RuntimeError):
        homes.add(real_path(Path.home()))
    return homes


def refuse_unsafe_folders(*folders: Path) -> None:
    """Raise DatabaseUnusable, with the remedy, if anybody could put files into ``folders``.

    Also if one above them is open to all, or somebody else's.
    """
    for danger in (danger for folder in folders for danger in folder_dangers(folder)):
        if not danger.is_shared:
            raise DatabaseUnusable(
                f"{danger.text}, who could have you run anything. Nothing was changed."
                f" {danger.remedy}."
            )


def shared_folders(*folders: Path) -> str:
    """Returns, in a sentence without a full stop, who else may write there; empty if nobody."""
    shared = (danger for folder in folders for danger in folder_dangers(folder) if danger.is_shared)
    return next(
        (f"{danger.text}, who could have you run anything. {danger.remedy}" for danger in shared),
        "",
    )


def refuse_what_others_write(paths: Iterable[Path]) -> None:
    """Raise DatabaseUnusable, with the remedy, if one of ``paths`` may be written by others.

    These are ours alone, so that whoever is in the group makes no difference. What belongs to root
    may be trusted as root may write anything; what belongs to another user may not, also not by
    root, nor may a link of theirs.
    """
    for path in paths:
        try:
            status, link = path.stat(), path.lstat()
        except FileNotFoundError:  # SQLite removes what lies beside a database that nobody uses
            continue
        foreign = {status.st_uid, link.st_uid} - {_ROOT, os.geteuid()}
        if foreign:
            raise DatabaseUnusable(
                f"{path} belongs to {user_name(foreign.pop())}, who could have you run anything."
                " Nothing was changed; choose another database with --database, or work as that"
                " user."
            )
        if status.st_mode & WRITTEN_BY_OTHERS:
            raise DatabaseUnusable(
                f"{path} may be written by others, who could have you run anything. Look whether"
                f" it is as you left it, then: chmod go-w {shlex.quote(str(path))}"
            )


def current_user() -> str:
    """The name of the user this program runs as; whoever composes the services says it to them."""
    return user_name(os.getuid())


def user_name(uid: int) -> str:
    """The name of a user, or the number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
