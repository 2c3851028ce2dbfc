r"""What a service manager needs to keep ``serve`` running: systemd on Linux, launchd on macOS.

All is text and lists of words: who installs writes the one and calls the other.
"""

import os
import platform
import plistlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_scheduler.errors import Refused

MARK = "Made by: tui-scheduler service install"
"""Stands in every file of ours, so that nobody else's is overwritten."""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\\"']")  # systemd begins no program with these in its name

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be kept running: the words that begin it, with these variables and no others."""

    name: str
    arguments: Sequence[str]
    variables: Mapping[str, str]
    is_root: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A file with its text, and the commands that make the service manager heed it.

    ``asks`` is the command that succeeds while the service runs, ``journal`` shows what it says.
    """

    tool: str
    file: Path
    text: str
    begins: Sequence[Words]
    ends: Sequence[Words]
    forgets: Sequence[Words]
    restarts: Sequence[Words]
    asks: Words
    journal: str


def manager_of(job: Job) -> Manager:
    """Returns what keeps ``job`` running on this machine; raises Refused."""
    for word in (*job.arguments, *job.variables.values()):
        if not word.isprintable():
            raise Refused(f"{word!r} cannot be written into the file of a service: rename it.")
    return _launchd(job) if platform.system() == "Darwin" else _systemd(job)


def _systemd(job: Job) -> Manager:
    unit = f"{job.name}.service"
    folder = Path("/etc/systemd/system") if job.is_root else Path.home() / ".config/systemd/user"
    control = ("systemctl",) if job.is_root else ("systemctl", "--user")
    return Manager(
        tool="systemctl",
        file=folder / unit,
        text=_unit(job),
        begins=[(*control, "daemon-reload"), (*control, "enable", "--now", unit)],
        ends=[(*control, "disable", "--now", unit)],
        forgets=[(*control, "daemon-reload")],
        restarts=[(*control, "restart", unit)],
        asks=(*control, "is-active", "--quiet", unit),
        journal=f"journalctl {'' if job.is_root else '--user '}-eu {unit}",
    )


def _unit(job: Job) -> str:
    """The unit; what it stops leaves running commands, and the keeper that sees their ends."""
    variables = [_quoted(f"{name}={text}") for name, text in job.variables.items()]
    return "\n".join(
        [
            f"# {MARK}",
            "[Unit]",
            "Description=Schedules processes (tui-scheduler)",
            "",
            "[Service]",
            f"ExecStart={_command(job.arguments)}",
            *([f"Environment={' '.join(variables)}"] if variables else []),
            *(["User=root"] if job.is_root else []),  # or it would have no HOME
            "Restart=on-failure",
            "RestartSec=5",
            "KillMode=process",
            "OOMPolicy=continue",
            "",
            "[Install]",
            f"WantedBy={'multi-user' if job.is_root else 'default'}.target",
            "",
        ]
    )


def _command(arguments: Sequence[str]) -> str:
    """Returns a command line that systemd splits into these words, and changes none of."""
    program, *others = arguments
    if _UNSAFE.search(program):
        raise Refused(f"systemd begins no program with such a name: {program}. Move it.")
    words = [_quoted(word).replace("$", "$$") for word in others]
    if "$" in program:  # the path is taken as it stands, and its name among the words is not
        return " ".join([f"@{_quoted(program)}", _quoted(program).replace("$", "$$"), *words])
    return " ".join([_quoted(program), *words])


def _quoted(word: str) -> str:
    escaped = "".join(_ESCAPES.get(letter, letter) for letter in word).replace("%", "%%")
    return f'"{escaped}"'


def _launchd(job: Job) -> Manager:
    folder = Path("/Library") if job.is_root else Path.home() / "Library"
    file = folder / ("LaunchDaemons" if job.is_root else "LaunchAgents") / f"{job.name}.plist"
    domain = "system" if job.is_root else f"gui/{os.getuid()}"
    service = f"{domain}/{job.name}"
    log = str(folder / "Logs" / f"{job.name}.log")
    agent = {
        "Label": job.name,
        "ProgramArguments": list(job.arguments),
        "EnvironmentVariables": dict(job.variables),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "AbandonProcessGroup": True,
        "StandardErrorPath": log,
    }
    text = plistlib.dumps(agent).decode().replace("<plist", f"<!-- {MARK} -->\n<plist", 1)
    return Manager(
        tool="launchctl",
        file=file,
        text=text,
        begins=[("launchctl", "bootstrap", domain, str(file))],
        ends=[("launchctl", "bootout", service)],
        forgets=[],
        restarts=[("launchctl", "kickstart", "-k", service)],
        asks=("launchctl", "print", service),
        journal=f"tail {log}",
    )
