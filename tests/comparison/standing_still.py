"""Cron and we, stopped by SIGSTOP over fixed times: what each makes up for when it goes on.

Cron runs in a mount namespace of its own, on a crontab of its own.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.comparison.agreement import Agreement

MINUTES = (3, 7)
"""How many minutes they stand still: cron makes up for all of the first, and of the second only
for fixed times."""

_ALONE = """\
mount --bind {folder}/spool /var/spool/cron/crontabs
mount --bind {folder}/nothing /etc/cron.d
mount --bind /dev/null /etc/crontab
mount --bind {folder}/run /run
exec cron -f
"""
_OURS = [sys.executable, "-m", "tui_scheduler", "--database"]


def _missing() -> str | None:
    if os.geteuid() != 0 or shutil.which("cron") is None or shutil.which("unshare") is None:
        return "needs root and cron (Debian: cron)"
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True)
    return None if tried.returncode == 0 else "needs to be allowed a mount namespace"


MISSING = _missing()
"""Why nothing can be compared; None where it can."""


@dataclass(frozen=True, slots=True)
class _Stop:
    begin: datetime
    end: datetime
    looked_at: datetime

    @classmethod
    def of(cls, minutes: int) -> "_Stop":
        """Over so many minutes from the next but one on, a part of a minute after each."""
        now = datetime.now().astimezone()
        first = now.replace(second=0, microsecond=0) + timedelta(minutes=2)
        stop = first - timedelta(seconds=30)
        go_on = first + timedelta(minutes=minutes - 1, seconds=25)
        return cls(stop, go_on, go_on + timedelta(seconds=30))


def compare(_count: int = 0, _seed: int = 0) -> Agreement:
    """Compare how often each line was run over stops of MINUTES."""
    agreement = Agreement()
    with ThreadPoolExecutor() as threads:
        for minutes, (ours, theirs) in zip(MINUTES, threads.map(_counts, MINUTES), strict=True):
            for job in ("fixed", "every"):
                case = f"{job} minute over {minutes}: {theirs[job]} times by cron"
                if job == "every" and minutes > 5:  # then cron makes up for none of it
                    agreement.refused[f"{case}, and by us the latest of it: {ours[job]}"] += 1
                else:
                    agreement.note(case, ours[job], theirs[job])
    return agreement


def _counts(minutes: int) -> tuple[Counter[str], Counter[str]]:
    """How often each job was run from the stop until a while after it, by us and by cron."""
    stop = _Stop.of(minutes)
    with tempfile.TemporaryDirectory(prefix="tui-scheduler-still-") as name:
        folders = [Path(name, "ours"), Path(name, "theirs")]
        with _scheduler(folders[0], stop) as ours, _cron(folders[1], stop) as theirs:
            processes = (ours, theirs)
            _wait_until(stop.begin)
            for process in processes:
                process.send_signal(signal.SIGSTOP)
            before = [_ran(folder) for folder in folders]
            _wait_until(stop.end)
            for process in processes:
                process.send_signal(signal.SIGCONT)
            _wait_until(stop.looked_at)
            after = [_ran(folder) for folder in folders]
    ours_ran, theirs_ran = (late - early for late, early in zip(after, before, strict=True))
    return ours_ran, theirs_ran


def _crontab(folder: Path, stop: _Stop) -> str:
    fixed = stop.begin + timedelta(minutes=1)
    return (
        f"* * * * * echo every >> {folder}/ran\n"
        f"{fixed.minute} {fixed.hour} * * * echo fixed >> {folder}/ran\n"
    )


def _ran(folder: Path) -> Counter[str]:
    file = folder / "ran"
    return Counter(file.read_text().split() if file.exists() else ())


@contextmanager
def _scheduler(folder: Path, stop: _Stop) -> Iterator[subprocess.Popen[bytes]]:
    folder.mkdir()
    crontab = folder / "crontab"
    crontab.write_text(_crontab(folder, stop))
    ours = [*_OURS, str(folder / "scheduler.db")]
    subprocess.run([*ours, "import", "crontab", str(crontab)], check=True, capture_output=True)
    for request in "12":
        subprocess.run([*ours, "schedule", request], check=True, capture_output=True)
    with _until_killed(subprocess.Popen([*ours, "serve"], stderr=subprocess.DEVNULL)) as process:
        yield process


@contextmanager
def _cron(folder: Path, stop: _Stop) -> Iterator[subprocess.Popen[bytes]]:
    for part in ("spool", "nothing", "run"):
        (folder / part).mkdir(parents=True)
    crontab = folder / "spool" / "root"
    crontab.write_text(_crontab(folder, stop))
    crontab.chmod(0o600)
    alone = ["unshare", "--mount", "sh", "-ec", _ALONE.format(folder=folder)]
    with _until_killed(subprocess.Popen(alone)) as process:
        yield process


@contextmanager
def _until_killed(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _wait_until(moment: datetime) -> None:
    time.sleep(max((moment - datetime.now().astimezone()).total_seconds(), 0))
