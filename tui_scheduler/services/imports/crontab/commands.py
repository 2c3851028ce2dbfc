r"""The command of a crontab line as a line for /bin/sh.

Cron ends it at the first ``%`` and gives what follows to its standard input, where each further
``%`` is a line end; ``\%`` is the character itself.
"""

import re
import shlex

SHELL = "/bin/sh"
_TOKEN = re.compile(r"\\%|%|\\.|[^\\%]+|\\", re.DOTALL)
_PERCENT = re.compile(r"\\%|%")


def command_line(command: str, shell: str) -> str:
    """What /bin/sh must be given to have ``shell`` run ``command``, with its standard input."""
    program, given = _parted(command)
    if shell == SHELL and given is None:
        return program
    called = shlex.join((shell, "-c", program))
    return called if given is None else f"{_printed(given)} | {called}"


def program_of(command: str) -> str:
    """What is run, without what is given to its standard input."""
    return _parted(command)[0]


def is_cut(command: str) -> bool:
    r"""Whether a ``%`` that is no ``\%`` ends it, on purpose or not."""
    return any(token[0] == "%" for token in _TOKEN.finditer(command))


def _parted(command: str) -> tuple[str, str | None]:
    """The command, and its standard input if there is any."""
    program: list[str] = []
    for match in _TOKEN.finditer(command):
        if match[0] == "%":
            given = _PERCENT.sub(_literal, command[match.end() :])
            return "".join(program), given or None
        program.append("%" if match[0] == r"\%" else match[0])
    return "".join(program), None


def _literal(match: re.Match[str]) -> str:
    return "\n" if match[0] == "%" else "%"


def _printed(given: str) -> str:
    """A command that prints ``given``, which ends in a line end whether or not it has one."""
    return shlex.join(("printf", r"%s\n", *given.removesuffix("\n").split("\n")))
