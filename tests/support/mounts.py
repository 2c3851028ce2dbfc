"""Network shares for tests: said to be mounted, or really so, where the system lets us.

As a program (``unshare -m python -m tests.support.mounts FOLDER``) it mounts a file system that
calls itself sshfs, and is empty, and tells what ``mount_of`` and a command make of it.
"""

import errno
import json
import os
import shutil
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tui_scheduler.file_systems import mount_of

_ROOT = "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard"


def write_table(table: Path, *mounts: tuple[str | Path, str]) -> Path:
    """Have ``table`` say, as Linux does, what is mounted: folders, and the types of what is there.

    Each is mounted on "/", which is ext4.
    """
    lines = [
        f"{number} 27 0:{number} / {_escaped(str(point))} rw,nosuid master:3 - {kind} a:/b rw,soft"
        for number, (point, kind) in enumerate(mounts, 30)
    ]
    table.write_bytes(os.fsencode("\n".join([_ROOT, *lines, ""])))
    return table


def _escaped(text: str) -> str:
    return "".join(f"\\{ord(each):03o}" if each in " \t\n\\" else each for each in text)


def namespace() -> list[str]:
    """The words that begin a program which may mount; none where nobody lets us."""
    command = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    try:
        os.close(os.open("/dev/fuse", os.O_RDWR))
    except OSError:
        return []
    if shutil.which("unshare") is None:
        return []
    tried = subprocess.run([*command, "mount", "-t", "tmpfs", "x", "/mnt"], capture_output=True)
    return [] if tried.returncode else command


_INIT, _GETATTR, _LOOKUP, _FORGET, _BATCH_FORGET = 26, 3, 1, 2, 42
_REQUEST = struct.Struct("<IIQQ")
_ANSWER = struct.Struct("<IiQ")
_VERSION = struct.pack("<IIIIII", 7, 22, 0, 0, 0, 4096)
_FOLDER = struct.pack("<QII", 1, 0, 0) + struct.pack(
    "<QQQQQQIIIIIIIIII", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0o40700, 2, 0, 0, 0, 4096, 0
)
_ANSWERS = {_INIT: (0, _VERSION), _GETATTR: (0, _FOLDER), _LOOKUP: (-errno.ENOENT, b"")}


def _serve(device: int) -> None:
    """Be an empty file system until it is unmounted."""
    while True:
        try:
            request = os.read(device, 1 << 17)
        except OSError:
            return
        _, operation, number, _ = _REQUEST.unpack_from(request)
        if operation not in (_FORGET, _BATCH_FORGET):
            error, content = _ANSWERS.get(operation, (-errno.ENOSYS, b""))
            size = _ANSWER.size + len(content)
            os.write(device, _ANSWER.pack(size, error, number) + content)


def _mount(*words: str | Path) -> None:
    subprocess.run(["mount", *words], check=True)


def _mount_program(folder: Path, kind: str) -> None:
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
    command = ["mount", "-i", "-t", kind, "-o", options, "none", str(folder)]
    subprocess.run(command, pass_fds=[device], check=True)
    threading.Thread(target=_serve, args=[device], daemon=True).start()


def _tell(step: str, database: Path) -> None:
    add = ["add", "--when", "daily at 9", "--name", step, "--", "true"]
    command = [sys.executable, "-m", "tui_scheduler", "--database", str(database), *add]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = {"step": step, "mount": str(mount_of(database)), "code": done.returncode}
    sys.stdout.write(json.dumps({**report, "err": done.stderr}) + "\n")


def _main(folder: Path) -> None:
    share, bound = folder / "share", folder / "an odd\\name"
    for each in (share, bound):
        each.mkdir()
    database = share / "x.db"
    steps: dict[str, Callable[[], None]] = {
        "before": lambda: None,
        "tmpfs": lambda: _mount("-t", "tmpfs", "x", share),
        "sshfs on it": lambda: _mount_program(share, "fuse.sshfs"),
        "tmpfs above it": lambda: _mount("-t", "tmpfs", "x", folder),
    }
    for step, change in steps.items():
        change()
        if step == "sshfs on it":
            _mount("--bind", share, bound)
            _tell("bound", bound / "x.db")
        _tell(step, database)


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
