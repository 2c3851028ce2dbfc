"""The lines that are answered without click: to load it takes longer than to answer them.

These are the screen and what prompts and scripts ask for, written in the plainest way. Whatever
else is in a line, mistakes included, is left to click, whose commands call the same functions.
"""

import os
from collections.abc import Callable, Mapping, Sequence

from tui_scheduler import __version__
from tui_scheduler.cli.quick_answers import (
    list_groups,
    list_processes,
    list_requests,
    tell_status,
)
from tui_scheduler.cli.screen import has_screen, open_screen
from tui_scheduler.cli.session import Session

_FILES = ("--database", "--config")
_JSON = {"--json": "as_json"}
_COMMANDS: Mapping[tuple[str, ...], tuple[Callable[..., int | None], Mapping[str, str]]] = {
    ("status",): (tell_status, _JSON | {"--check": "check"}),
    ("process", "list"): (list_processes, _JSON | {"--show-secrets": "show_secrets"}),
    ("group", "list"): (list_groups, _JSON),
    ("request", "list"): (list_requests, _JSON | {"--show-secrets": "show_secrets"}),
}
"""For a command the function that answers it, and the parameters that its flags set."""

_FLAGS = {flag for _, flags in _COMMANDS.values() for flag in flags}


def answer_quickly(arguments: Sequence[str]) -> int | None:
    """Returns the exit code of such a line; None for any other, of which nothing was done."""
    files: dict[str, str] = {}
    words = list(arguments)
    while len(words) > 1 and words[0] in _FILES and not words[1].startswith("-"):
        files[words[0]] = words[1]
        del words[:2]
    if not words:
        return open_screen(_session(files)) if has_screen() else None
    if words in (["--version"], ["-V"]):
        print(f"tui-scheduler {__version__}")
        return 0
    return _answer(words, files)


def _answer(words: Sequence[str], files: Mapping[str, str]) -> int | None:
    count = next((place for place, word in enumerate(words) if word in _FLAGS), len(words))
    command, given = tuple(words[:count]), set(words[count:])
    if command not in _COMMANDS or not given <= _COMMANDS[command][1].keys():
        return None
    answer, flags = _COMMANDS[command]
    return int(answer(_session(files), **{flags[flag]: flag in given for flag in flags}) or 0)


def _session(files: Mapping[str, str]) -> Session:
    """The session of the files that were named, or that the environment names."""
    from tui_scheduler.settings import CONFIG_VARIABLE, DATABASE_VARIABLE

    return Session.of(
        {
            "database": files.get("--database", os.environ.get(DATABASE_VARIABLE)),
            "config": files.get("--config", os.environ.get(CONFIG_VARIABLE)),
            "demo": False,
        }
    )
