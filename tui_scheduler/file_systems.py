"""On which file system a database lies, and whether only this machine can reach it.

Those who use a database in WAL mode share memory, and memory is shared by no two machines: where
others reach the file as well, what one of them commits can be lost to the others, and the file be
damaged. A lock need not reach them either. So no database is opened there.

Like ``status_query``, this is read for a prompt, and imports next to nothing.
"""

import os
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.errors import DatabaseUnusable
from tui_scheduler.identity import file_identity, real_path

MOUNT_TABLE = Path("/proc/self/mountinfo")
"""Where Linux lists what is mounted; macOS, which has no such file, is asked by ``mount``."""

_NETWORK = "a network file system"
_ONE_DISK = "a disk that several machines use at once"
_OF_HOST = "a folder that a virtual machine has from its host"
_PROGRAM = "a file system that a program makes (FUSE), and that may be of another machine"
_KINDS = {
    _NETWORK: (
        "nfs nfs4 cifs smb3 smbfs afs kafs coda ncpfs ceph glusterfs lustre gpfs beegfs fhgfs panfs"
        " orangefs pvfs2 dvs wekafs snfs cvfs acfs"
        " fuse.sshfs fuse.s3fs fuse.rclone fuse.glusterfs fuse.ceph-fuse fuse.curlftpfs"
        " afpfs webdav ftp"  # macOS
    ),
    _ONE_DISK: "gfs2 ocfs2",
    _OF_HOST: "9p virtiofs vboxsf vmhgfs prl_fs fakeowner fuse.vmhgfs-fuse fuse.grpcfuse",
    _PROGRAM: "fuse macfuse osxfuse",
}
_KIND_OF = {each: kind for kind, types in _KINDS.items() for each in types.split()}
_LOCAL_PROGRAMS = {
    "fuse.fuse-overlayfs",  # the layers of a container without root, on a disk of its machine
    "fuse.gocryptfs",  # what they encrypt lies in a folder of this machine, mostly of its user
    "fuse.encfs",
    "fuse.cryfs",
    "fuse.securefs",
    "fuse.mergerfs",  # several disks of this machine, as one
}
_FIELDS = 6  # of a line of Linux, with the rest as one
_ESCAPED = rb"\\([0-3][0-7]{2})"
_MAC_LINE = r".* on (/.*) \(([^,()]+)(.*)\)"
_IS_MAC = os.uname().sysname == "Darwin"
_MAC_DATA = "/System/Volumes/Data"  # its folders appear in / as well
_PATIENCE = 5.0  # seconds for the list of macOS
_LEAST_SPACE = 64 * 1024  # bytes; by as many readers and writers of SQLite know of each other

DISK_FULL = "the disk is full"

REMEDY = (
    "Keep it on a disk of this machine (--database, or database in the configuration file); only"
    " its logs may be on a shared one"
)
"""What to do about a database where no database can be."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A file system of the kind ``type``, as the system calls it, and the folder that it fills.

    ``is_local`` is what the system itself says of it, if it does.
    """

    point: str
    type: str
    is_local: bool = False

    @property
    def kind(self) -> str:
        """What is known of it, in words; empty unless other machines reach it, or may."""
        if self.is_local or self.type in _LOCAL_PROGRAMS:
            return ""
        kind = _KIND_OF.get(self.type, _PROGRAM if self.type.startswith("fuse.") else "")
        return "" if kind is _OF_HOST and self.point == "/" else kind  # all that it has is its own

    def __str__(self) -> str:
        return f"{self.type}, mounted on {self.point}"


_Listed = tuple[bytes, bytes, Mount]
"""The number of a mount, that of the one which it is mounted on, if known, and the mount."""


def mount_of(path: Path, table: Path | None = None) -> Mount | None:
    """Returns where ``path`` lies, which need not exist; None if that cannot be told.

    ``table`` is a file to read in the place of ``MOUNT_TABLE``, or the output of macOS' ``mount``.
    """
    return _mounts_down_to(path, table)[-1]


def shared_mount(path: Path, table: Path | None = None) -> Mount | None:
    """Returns the file system that the file at ``path``, or its folder, has with other machines.

    None if it has none, or that cannot be told; a file may be mounted alone, and those beside it
    lie elsewhere then. ``table`` as for ``mount_of``.
    """
    mounts = _mounts_down_to(path, table)[-2:]
    return next((mount for mount in mounts if mount is not None and mount.kind), None)


def shared_problem(path: Path, table: Path | None = None) -> str:
    """Returns that other machines can reach the database at ``path``, as a sentence without a stop.

    Empty if they cannot, or that cannot be told; nothing need be there. ``table`` as for
    ``mount_of``.
    """
    if (mount := shared_mount(path, table)) is None:
        return ""
    lies = "would lie" if file_identity(path) is None else "lies"
    return (
        f"The database {path} {lies} on {mount.kind} ({mount}), where SQLite in WAL mode does not"
        " work and may damage it"
    )


def refuse_shared(path: Path, remedy: str = REMEDY) -> None:
    """Raise DatabaseUnusable, with the ``remedy``, if ``path`` is no place for a database.

    So too where we may not even look whether there is one.
    """
    _refuse_unreachable(path)
    if problem := shared_problem(path):
        raise DatabaseUnusable(
            f"{problem}. Nothing was changed. {remedy}.",
            "the database lies on a file system that other machines reach",
            remedy,
        )


def _refuse_unreachable(path: Path) -> None:
    try:
        path.stat()
    except PermissionError:
        remedy = f"See who may enter the folders above it: ls -ld {shlex.quote(str(path.parent))}"
        raise DatabaseUnusable(
            f"The database {path} lies in a folder that you may not enter. {remedy}; or choose"
            " another one with --database.",
            "the folder of the database may not be entered",
            remedy,
        ) from None
    except OSError:
        return  # whoever opens it says what is wrong


def _mounts_down_to(path: Path, table: Path | None) -> list[Mount | None]:
    """The file system of each folder that leads to ``path``, and at last that of itself."""
    real, content = os.path.realpath(path), b""
    with suppress(OSError):
        content = _table(Path(real), table)
    is_mac = not content[:1].isdigit()
    last = Path(_as_in_root(real) if is_mac else real)
    names = [str(name) for name in (*reversed(last.parents), last)]
    listed = list((_listed_by_mac if is_mac else _listed)(content, set(names)))
    numbers = {number for number, _, _ in listed}
    mounted = {
        (on if on in numbers else b"", mount.point): (number, mount) for number, on, mount in listed
    }
    place: tuple[bytes, Mount | None] = b"", None
    mounts: list[Mount | None] = []
    for name in names:
        # What is mounted on a folder hides what was mounted in it before.
        while step := mounted.pop((place[0], name), None) or mounted.pop((b"", name), None):
            place = step
        mounts.append(place[1])
    return mounts


def _table(real: Path, table: Path | None) -> bytes:
    """The list of the system; empty where there is no need to ask for it."""
    with suppress(FileNotFoundError):
        return (table or MOUNT_TABLE).read_bytes()
    if not _IS_MAC or _device(real) in {Path(root).stat().st_dev for root in ("/", _MAC_DATA)}:
        return b""  # the disk of the system itself; to ask takes some milliseconds
    import subprocess  # slow to import, and needed nowhere else

    with suppress(subprocess.TimeoutExpired):
        command = ["/sbin/mount"]
        return subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False).stdout
    return b""


def _device(path: Path) -> int:
    """The device of ``path``, or of the folder in which it would be made."""
    there = next(each for each in (path, *path.parents) if each.exists())
    return there.stat().st_dev


def _listed(table: bytes, points: set[str]) -> Iterator[_Listed]:
    """Yields what is mounted on one of ``points``, as Linux says it."""
    names = {os.fsencode(point) for point in points}
    for line in table.split(b"\n"):  # there may be thousands, of which next to none matter
        fields = line.split(b" ", 5)
        if len(fields) == _FIELDS and (point := _unescaped(fields[4])) in names:
            kind = fields[5].partition(b" - ")[2].partition(b" ")[0]
            number, on = fields[:2]
            mount = Mount(os.fsdecode(point), os.fsdecode(kind))
            yield number, b"" if on == number else on, mount


def _listed_by_mac(table: bytes, points: set[str]) -> Iterator[_Listed]:
    for number, line in enumerate(os.fsdecode(table).split("\n")):
        if match := re.fullmatch(_MAC_LINE, line):
            point, kind, words = match.groups()
            mount = Mount(_as_in_root(point), kind, ", local" in words)
            if mount.point in points:
                yield b"%d" % number, b"", mount


def _as_in_root(path: str) -> str:
    return path[len(_MAC_DATA) :] if path.startswith(f"{_MAC_DATA}/") else path


def _unescaped(text: bytes) -> bytes:
    if b"\\" not in text:
        return text
    return re.sub(_ESCAPED, lambda escape: bytes([int(escape[1], 8)]), text)


def read_only(path: Path) -> str:
    """The URI that opens the database at ``path`` without ever changing a byte of it.

    Where nothing can be written SQLite needs to hear that nobody does: it could not make the file
    by which readers and writers know of each other.
    """
    real = real_path(path)
    uri = f"{real.as_uri()}?mode=ro"
    wal = real.with_name(f"{real.name}-wal")
    has_news = False
    with suppress(FileNotFoundError):  # whoever closes the database last removes it
        has_news = wal.stat().st_size > 0
    is_fixed = real.exists() and os.statvfs(real).f_flag & os.ST_RDONLY and not has_news
    return f"{uri}&immutable=1" if is_fixed else uri


def shortage(path: Path) -> tuple[str, str] | None:
    """Why nothing can grow beside the file at ``path``, and the remedy; None where it can.

    Neither has a full stop. SQLite says that a full disk fails, and where there can be no more
    files that it cannot open the database.
    """
    try:
        folder = real_path(path).parent
        disk = os.statvfs(folder)
    except OSError:
        return None
    is_root = os.geteuid() == 0
    blocks, files = (disk.f_bfree, disk.f_ffree) if is_root else (disk.f_bavail, disk.f_favail)
    if blocks * disk.f_frsize < _LEAST_SPACE:
        return DISK_FULL, f"Free some space: df {shlex.quote(str(folder))}"
    if disk.f_files and not files:
        return "the disk takes no more files", f"Remove some: df -i {shlex.quote(str(folder))}"
    return None
