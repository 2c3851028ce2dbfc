"""The commands of a service as a line for /bin/sh, which systemd itself does not use."""

import re
import shlex
from collections.abc import Mapping, Sequence

from tui_scheduler.services.imports.proposals import Unreadable

_PREFIX = re.compile(r"[-@:+!|]*")
_SPECIFIER = re.compile(r"%(.|\Z)")
_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)\}")
_LONE_VARIABLE = re.compile(r"\$[A-Za-z_]\w*")
_PRIVILEGES = "+!"


def specified(text: str, specifiers: Mapping[str, str]) -> str:
    """``text`` with its ``%`` specifiers filled in; raises Unreadable for one that is not known."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in specifiers:
            raise Unreadable(f"{match[0]} is not known here: write what it stands for")
        return specifiers[match[1]]

    return _SPECIFIER.sub(value, text)


def service_command(commands: Sequence[str], specifiers: Mapping[str, str]) -> str:
    """A line that runs ``commands`` one after the other until one fails."""
    lines = [_command(command, specifiers) for command in commands]
    return " && ".join(lines)


def words_of(text: str) -> list[str]:
    """The words of a value, without their quotes; raises Unreadable if one is not closed."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise Unreadable(f"{text!r} has a quote that is not closed: close it") from error


def _command(command: str, specifiers: Mapping[str, str]) -> str:
    prefix = _PREFIX.match(command)
    signs = prefix[0] if prefix else ""
    words = words_of(command[len(signs) :])
    if set(signs) & set("@|") or not words or ";" in words:
        raise Unreadable(f"the command {command!r} cannot be kept: write it as a plain command")
    if set(signs) & set(_PRIVILEGES):
        raise Unreadable(f"{signs} gives it privileges, which nothing here does: leave it out")
    is_literal = ":" in signs
    line = " ".join(_word(specified(word, specifiers), is_literal) for word in words)
    return f"{{ {line} || :; }}" if "-" in signs else line


def _word(word: str, is_literal: bool) -> str:
    """A word for the shell; a variable that is a whole word may become several."""
    if is_literal:
        return shlex.quote(word)
    if _LONE_VARIABLE.fullmatch(word):
        return word
    parts = _VARIABLE.split(word)
    quoted = [
        f'"${{{part}}}"' if place % 2 else shlex.quote(part.replace("$$", "$")) if part else ""
        for place, part in enumerate(parts)
    ]
    return "".join(quoted) or "''"
