"""The lines of a crontab, told apart as Vixie's, Debian's and Red Hat's cron do (crontab(5))."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tui_scheduler.services.imports.proposals import Unreadable
from tui_scheduler.wording import cut

_LONGEST = 100_000  # bytes; no command may be longer
_FIELDS = 5
_SHOWN = 60  # characters of a line that are repeated when it is refused
_BLANKS = re.compile(r"[ \t]+")
_VARIABLE = re.compile(r"""(?:"([^"=]*)"|'([^'=]*)'|([^ \t="']+))[ \t]*=[ \t]*(.*)""", re.DOTALL)
_QUIET = re.compile(r"-(?=[0-9*@~])")
_OPTIONS = re.compile(r"-(\S*)(?:[ \t]+|\Z)")
_KNOWN_OPTIONS = "nqs"  # of cronie and of the BSDs
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end; ``text`` has U+FFFD for what is not UTF-8."""

    number: int
    data: bytes

    @property
    def text(self) -> str:
        """The line as text, without blanks at its beginning."""
        return self.data.decode("utf-8", "replace").lstrip(" \t")

    @property
    def beginning(self) -> str:
        """As much of it as tells a person which line it is; of a variable only the name."""
        text = self.data[: 4 * _SHOWN].decode("utf-8", "replace").strip()
        variable = _VARIABLE.match(text)
        if variable is not None:
            return f"{_name(variable)}="
        return cut(text, _SHOWN)

    def check(self) -> None:
        """Raise Unreadable if no part of it can be stored."""
        if len(self.data) > _LONGEST:
            size = f"{len(self.data):,} bytes"
            raise Unreadable(f"the line has {size}, more than {_LONGEST:,}: move it into a script")
        if b"\0" in self.data:
            raise Unreadable("the line holds a NUL byte: remove it")
        try:
            self.data.decode()
        except UnicodeDecodeError as error:
            byte = self.data[error.start]
            raise Unreadable(
                f"the byte 0x{byte:02x} is not UTF-8: convert the file, or move it into a script"
            ) from error


@dataclass(frozen=True, slots=True)
class Job:
    """A line that runs something: the words of its time, the user of a system crontab, the rest.

    ``options`` are letters before the command, and ``-`` for one before the time.
    """

    times: tuple[str, ...]
    user: str | None
    command: str
    options: str


def lines_of(data: bytes) -> Iterator[Line]:
    """Every line, numbered from 1 on; a carriage return at its end is no part of it."""
    for number, line in enumerate(data.removeprefix(_BYTE_ORDER_MARK).split(b"\n"), 1):
        yield Line(number, line.removesuffix(b"\r"))


def variable_of(text: str) -> tuple[str, str] | None:
    """Name and value of a line that sets a variable; None if it does not. Raises Unreadable.

    Quotes around either are dropped, with what follows them; nothing in them is expanded.
    """
    match = _VARIABLE.match(text)
    if match is None:
        return None
    name, value = _name(match), match[4]
    if not value.startswith(("'", '"')):
        return name, value.rstrip(" \t")
    inside, closing, _ = value[1:].partition(value[0])
    if not closing:
        raise Unreadable(f"the quote of {name} is never closed: close it")
    return name, inside


def job_of(text: str, *, has_user: bool) -> Job:
    """The parts of a line that runs something; raises Unreadable if one is missing."""
    quiet = _QUIET.match(text)
    text = text[quiet.end() :] if quiet else text
    count = 1 if text.startswith("@") else _FIELDS
    words = _BLANKS.split(text, count + has_user)
    if len(words) <= count + has_user or not words[-1].strip():
        user = ", a user" if has_user else ""
        raise Unreadable(
            f"it is neither NAME=VALUE nor five fields{user} and a command:"
            " write minute hour day month weekday before the command"
        )
    options, command = _options(words[-1])
    options += "-" if quiet else ""
    return Job(tuple(words[:count]), words[count] if has_user else None, command, options)


def _options(text: str) -> tuple[str, str]:
    """The letters of the options before a command, and the command."""
    letters = ""
    while match := _OPTIONS.match(text):
        if not match[1].strip(_KNOWN_OPTIONS) and match.end() < len(text):
            letters += match[1] or "-"
            text = text[match.end() :]
        else:
            raise Unreadable(
                f"{match[0].strip()} before the command is no option of cron: remove it"
            )
    return letters, text


def _name(match: re.Match[str]) -> str:
    return next(name for name in match.groups()[:3] if name is not None)
