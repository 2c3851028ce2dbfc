"""Short names for processes, made of the first words of their commands that mean something."""

import re
import shlex
from collections import deque
from collections.abc import Container, Iterator
from itertools import count, pairwise
from pathlib import PurePosixPath

_LONGEST = 40  # characters
_LOOKED_AT = 500  # characters of a command
_SEPARATORS = {"&&", "||", ";", ";;", "|", "&", "(", ")", "{", "}"}
_SUBSTITUTION = re.compile(r"\$\([^()]*\)|`[^`]*`")
_PREPARATIONS = {
    "cd", "test", "[", "[[", "export", "set", "source", ".", ":", "sleep", "umask", "ulimit",
    "yes", "echo", "printf", "true", "exit", "read", "shopt", "unset",
    "pgrep", "pidof", "mountpoint",
}  # fmt: skip
_QUESTIONS = {"if", "elif", "while", "until", "for", "case"}
"""Words before a command that only decides what to run."""

_CARRIERS = dict.fromkeys(
    ("sudo", "doas", "nice", "ionice", "env", "exec", "nohup", "timeout", "time", "setsid",
     "chronic", "cronic", "command", "eval", "stdbuf", "systemd-cat", "run-one", "then", "else",
     "do", "!", *_QUESTIONS), 0) | {"flock": 1, "taskset": 1, "chroot": 1}  # fmt: skip
"""Programs that run another one, and how many words come before it, options and numbers aside."""

_WITH_VALUE = {"-u", "-g"}  # options of sudo
_OF_USERS = {"su", "runuser"}
_SHELLS = re.compile(r"(bash|dash|zsh|ksh|mksh|ash|sh|su|runuser)[0-9.]*")
_OF_COMMAND = re.compile(r"-[A-Za-z]*c|--command")  # an option before a command for a shell
_INTERPRETERS = re.compile(r"(python|perl|ruby|php|node|bash|dash|zsh|ksh|sh)[0-9.]*")
_ARGUMENT = re.compile(r"-|[0-9][0-9.]*[smhd]?$|\w+=")
_SUBCOMMAND = re.compile(r"[a-z][a-z:_-]*")


def name_of(command: str) -> str:
    """A short name for what ``command`` runs, such as ``backup.sh`` or ``git pull``."""
    named = [(part, name) for part in _parts(_words(command)) if (name := _name(part))]
    wanted = [name for _, name in named if not _only_prepares(name)]
    decided = [name for part, name in named if name in wanted and part[0] not in _QUESTIONS]
    name = " ".join([*decided, *wanted, *(name for _, name in named), "command"][0].split())
    return name[:_LONGEST].strip()


def _only_prepares(name: str) -> bool:
    """Whether it is named after what leads up to another command, or after code in a word."""
    return name.split()[0] in _PREPARATIONS or bool(_INTERPRETERS.fullmatch(name))


def unused(wish: str, taken: Container[str]) -> str:
    """``wish``, or the first of ``wish 2``, ``wish 3``, ... that is not taken."""
    numbered = (f"{wish} {number}" for number in count(2))
    return wish if wish not in taken else next(name for name in numbered if name not in taken)


def _words(command: str) -> list[str]:
    beginning = _SUBSTITUTION.sub("x", command[:_LOOKED_AT])
    lexer = shlex.shlex(beginning, posix=True, punctuation_chars="();|&")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:  # a quote that is not closed, perhaps because the end was cut off
        return beginning.split()


def _parts(words: list[str]) -> Iterator[list[str]]:
    """The simple commands of a line."""
    part: list[str] = []
    for word in words:
        if word in _SEPARATORS:
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _name(words: list[str]) -> str:
    rest = _without_carriers(words)
    if not rest:
        return ""
    program, first = _base(rest[0]), rest[1] if len(rest) > 1 else ""
    if _SHELLS.fullmatch(program) and (inner := _given_to_shell(rest)):
        return name_of(inner)
    if _INTERPRETERS.fullmatch(program):
        script = rest[2] if first == "-m" and len(rest) > 2 else first
        return program if script.startswith("-") else _base(script) or program
    return f"{program} {first}" if _SUBCOMMAND.fullmatch(first) else program


def _given_to_shell(words: list[str]) -> str:
    """The command that a shell is given in a word (``sh -c 'command'``); empty if in none."""
    names_user = _base(words[0]) in _OF_USERS
    for option, word in pairwise([*words[1:], ""]):
        if _OF_COMMAND.fullmatch(option):
            return word
        if not option.startswith("-") and not names_user:  # a script, and what it is given
            return ""
    return ""


def _without_carriers(words: list[str]) -> list[str]:
    """``words`` without variables and programs that only run another one, and their options."""
    rest = deque(words)
    operands = 0
    while rest:
        word = rest[0]
        if _base(word) in _CARRIERS:
            operands = _CARRIERS[_base(word)]
        elif word in _WITH_VALUE and len(rest) > 1:
            rest.popleft()
        elif operands and not _ARGUMENT.match(word):
            operands -= 1
        elif not _ARGUMENT.match(word):
            break
        rest.popleft()
    return list(rest)


def _base(word: str) -> str:
    return "".join(filter(str.isprintable, PurePosixPath(word).name))
