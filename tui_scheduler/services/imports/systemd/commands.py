"""The commands of a service as commands of /bin/sh, which systemd itself does not use."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tui_scheduler.services.imports.proposals import Unreadable
from tui_scheduler.services.imports.systemd.quoting import commands_of
from tui_scheduler.services.imports.systemd.specifiers import specified

_PREFIX = re.compile(r"[-@:+!|]*")
_VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>[^}:]*)\}|\{[^}:]*:?|.)", re.DOTALL)
_LONE_VARIABLE = re.compile(r"\$(?![{$])(?P<name>.*)", re.DOTALL)
_PROGRAM = re.compile(
    r"""(?:/(?:[^'"\\\x00-\x1f\x7f]*[^/'"\\\x00-\x1f\x7f])|[^/'"\\\x00-\x1f\x7f]+)"""
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPLIT_ALIKE = re.compile(r"[^\\'\"*?\[]*")  # values that a shell splits as systemd does
_OF_VALUE = re.compile(r"\\(?P<escaped>.)|(?P<quote>[\"'])|(?P<blank>[ \t\n\r])|.", re.DOTALL)
_OF_SHELL = {"[", "echo", "kill", "printf", "pwd", "test", "time"}
"""Programs that a shell has an idea of its own of."""


@dataclass(frozen=True, slots=True)
class Meanings:
    """What specifiers and variables stand for in commands.

    The values of variables that are not among ``variables`` are known only when it runs.
    """

    specifiers: Mapping[str, str]
    variables: Mapping[str, str]


def shell_commands(value: str, meanings: Meanings) -> Iterator[str]:
    """Each command of an ``Exec...=``, fit to stand between ``&&``; raises Unreadable."""
    for command in commands_of(value):
        yield _shell_command(value, command, meanings)


def _shell_command(value: str, command: Sequence[str], meanings: Meanings) -> str:
    prefix = _PREFIX.match(command[0])
    signs = prefix[0] if prefix else ""
    program, *arguments = (
        specified(word, meanings.specifiers) for word in (command[0][len(signs) :], *command[1:])
    )
    _check(value, signs, program, arguments)
    if "@" in signs:  # the first argument is what the program is told that it is called
        del arguments[0]
    if ":" in signs:
        words = [shlex.quote(word) for word in arguments]
    else:
        words = [part for word in arguments for part in _shell_words(word, meanings.variables)]
    called = ["env"] * (program in _OF_SHELL) + [shlex.quote(program), *words]
    if any(word.startswith("$") and word[1:] not in meanings.variables for word in words):
        called = ["set", "-f", "&&", *called]
    line = " ".join(called)
    return f"{{ {line} || :; }}" if "-" in signs else line


def _check(value: str, signs: str, program: str, arguments: Sequence[str]) -> None:
    """Raise Unreadable for a command that systemd would not start, or not as we do."""
    names = [PurePosixPath(path).name for path in (program, *arguments[:1])]
    if "|" in signs or ("@" in signs and names != names[:1] * 2):
        raise Unreadable(f"the command {value!r} cannot be kept: write it as a plain command")
    if privileges := "".join(sign for sign in signs if sign in "+!"):
        raise Unreadable(f"{privileges} gives it privileges, which nothing here does: leave it out")
    if not _PROGRAM.fullmatch(program):
        raise Unreadable(f"{program!r} is no program for systemd: write a whole path, or a name")


def _shell_words(word: str, variables: Mapping[str, str]) -> list[str]:
    """A word for the shell; a variable that is a whole word may become none or several."""
    lone = _LONE_VARIABLE.fullmatch(word)
    if lone is None:
        return [_filled_in(word)]
    if not _NAME.fullmatch(lone["name"]):  # it cannot be set, so systemd leaves the word out
        return []
    value = variables.get(lone["name"])
    if value is None or _SPLIT_ALIKE.fullmatch(value):
        return [word]
    return [shlex.quote(part) for part in _split(value)]


def _filled_in(word: str) -> str:
    """Returns a word in which the shell fills in ``${NAME}``, and leaves all else as it is."""
    parts: list[str] = []
    literal = ""
    end = 0
    for variable in _VARIABLE.finditer(word):
        literal += word[end : variable.start()]
        end = variable.end()
        if variable["name"] is None:
            literal += variable["dollar"] or variable[0]
            continue
        parts += [shlex.quote(literal)] if literal else []
        parts += [f'"${{{variable["name"]}}}"'] if _NAME.fullmatch(variable["name"]) else []
        literal = ""
    literal += word[end:]
    parts += [shlex.quote(literal)] if literal else []
    return "".join(parts) or "''"


def _split(value: str) -> list[str]:
    """The words of a variable: quotes count and need not be closed, a backslash only quotes."""
    words: list[str] = []
    quote = ""
    is_open = False
    for token in _OF_VALUE.finditer(value):
        if token["blank"] and not quote:
            is_open = False
            continue
        words += [] if is_open else [""]
        is_open = True
        if token["quote"] and quote in ("", token[0]):
            quote = "" if quote else token[0]
        else:
            words[-1] += token["escaped"] or token[0]
    return words
