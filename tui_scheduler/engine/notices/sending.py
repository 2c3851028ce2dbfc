"""The ways to a receiver; each is called in a thread, ends in time, and says why it failed.

Neither an address nor what a receiver says of it is told to anybody: a password may stand in both.
"""

import json
import os
import re
import signal
import ssl
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from importlib.util import find_spec
from itertools import pairwise
from threading import Lock
from typing import ParamSpec, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tui_scheduler.receivers import AddressProblem, NoticeKind, Receiver, ReceiverKind
from tui_scheduler.services.notices.message import Message
from tui_scheduler.services.parameters.secrets import MASK, looks_secret, secret_part

P = ParamSpec("P")
T = TypeVar("T")

SECONDS = 10.0
"""How long a receiver may take to answer."""

COMMAND_SECONDS = 60.0
"""How long the command of one may run."""

_LOADING_SECONDS = 60.0  # until Apprise is there
_ENDING_SECONDS = 5.0  # until what took too long is ended
_LONGEST = {
    ReceiverKind.COMMAND: COMMAND_SECONDS + _ENDING_SECONDS,
    ReceiverKind.APPRISE: _LOADING_SECONDS + SECONDS + _ENDING_SECONDS,
}
_ANSWER = 200  # characters of what a receiver answers
_LONGEST_WAIT = timedelta(days=1)
_VARIABLE = "TUI_SCHEDULER_NOTICE_"
_MARKS = ("TUI_SCHEDULER_RUN", "TUI_SCHEDULER_LOG", "NOTIFY_SOCKET", "LISTEN_", "WATCHDOG_")
_FAIL = "/fail"
_EXTRA = "pip install 'tui-scheduler[notify]'"
_WORD = re.compile(r"[^\s'\"`;|&<>()=:@/,]+")
_ADDRESS = re.compile(r"\w+://\S+")
_SHORTEST_TOKEN = 6  # characters
_SHORTEST_PASSWORD = 4


@dataclass(frozen=True, slots=True)
class NotSent(Exception):
    """A receiver was not told; ``after`` is how long it wants to be left alone."""

    problem: str
    after: timedelta = timedelta()

    def __str__(self) -> str:
        return self.problem


class Programs:
    """The programs by which one sends, who ends them when he leaves: nobody else would in time."""

    def __init__(self) -> None:
        self._groups: set[int] = set()  # not reaped yet
        self._is_over = False
        self._lock = Lock()

    def lent_to(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call ``function``; the programs that it starts in this thread are ours."""
        _programs.set(self)
        return function(*args, **kwargs)

    def start(
        self, arguments: list[str], environment: dict[str, str] | None
    ) -> "subprocess.Popen[bytes]":
        """Start a program with pipes to it; raises NotSent."""
        with self._lock:
            if self._is_over:
                raise NotSent("whoever was about to send has stopped")
            try:
                process = subprocess.Popen(
                    arguments,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    cwd="/",
                    start_new_session=True,
                )
            except OSError as error:
                raise NotSent(f"it could not be started: {error.strerror}") from None
            self._groups.add(process.pid)
            return process

    def end(self, process: "subprocess.Popen[bytes]") -> None:
        """End a program and its children."""
        with self._lock:
            _kill(process.pid)
            self._groups.discard(process.pid)  # once it is reaped, its number may be another's
        process.wait()

    def end_all(self) -> None:
        """End what goes on, and start nothing more; what was to be told counts as not sent."""
        with self._lock:
            self._is_over = True
            for group in self._groups:
                _kill(group)


_programs = ContextVar("programs", default=Programs())  # noqa: B039 - shared by all who never leave


def _kill(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def longest(kind: ReceiverKind) -> float:
    """How many seconds it may take to tell a receiver of this kind, all in all."""
    return _LONGEST.get(kind, SECONDS)


def send(receiver: Receiver, message: Message) -> str:
    """Tell ``receiver``; returns what came back, in a few words. Raises NotSent."""
    if problem := obstacle(receiver):
        raise NotSent(problem)
    return _WAYS[receiver.kind](receiver.looked_up(), message)


def obstacle(receiver: Receiver) -> str:
    """Returns what is known to keep ``receiver`` from being told, without trying; or nothing."""
    if receiver.kind is ReceiverKind.APPRISE and find_spec("apprise") is None:
        return f"the library Apprise is not installed: {_EXTRA}"
    try:
        receiver.looked_up()
    except AddressProblem as problem:
        return str(problem)
    return ""


def _command(line: str, message: Message) -> str:
    """Run a shell line with the facts in its environment and the text on its standard input."""
    try:
        answer = _run(
            ["/bin/sh", "-c", line], f"{message.text}\n", COMMAND_SECONDS, _variables(message)
        )
    except NotSent as error:
        raise NotSent(_without_secrets(error.problem, line)) from None
    return _without_secrets(answer, line) or "the command ended with 0"


def _without_secrets(answer: str, line: str) -> str:
    """What a command says, without what a shell or a program repeats of the line.

    Words of letters alone stay, but for passwords: who wrote the line wants to read what is wrong.
    """
    start, end = secret_part("", line) or (0, 0)
    private = {line[start:end]}
    for before, word in pairwise(["", *_WORD.findall(line)]):
        if looks_secret(before) or (len(word) >= _SHORTEST_TOKEN and not word.isalpha()):
            private.add(word)
    answer = _ADDRESS.sub(MASK, answer)
    for word in sorted(private, key=len, reverse=True):
        if len(word) >= _SHORTEST_PASSWORD:
            answer = answer.replace(word, MASK)
    return answer


def _apprise(address: str, message: Message) -> str:
    """Have a process of its own load the library and send: it takes time and memory."""
    asked = {
        "address": address,
        "title": message.title,
        "text": message.text,
        "is_success": message.is_success,
        "seconds": SECONDS,
    }
    module = "tui_scheduler.engine.notices.apprise_child"
    _run([sys.executable, "-m", module], json.dumps(asked), _LOADING_SECONDS + SECONDS)
    return "Apprise has sent it"


def _webhook(address: str, message: Message) -> str:
    body = json.dumps(message.facts, ensure_ascii=False).encode()
    return _post(address, body, "application/json; charset=utf-8", message.key)


def _ping(address: str, message: Message) -> str:
    base, mark, query = address.partition("?")
    way = f"{base.rstrip('/')}{_suffix(message)}" if _suffix(message) else base
    return _post(
        way + mark + query, message.text.encode(), "text/plain; charset=utf-8", message.key
    )


def _suffix(message: Message) -> str:
    if message.kind == NoticeKind.STARTED:
        return "/start"
    if message.is_success:
        return ""
    return f"/{message.exit_code}" if message.exit_code else _FAIL


_WAYS: Mapping[ReceiverKind, Callable[[str, Message], str]] = {
    ReceiverKind.APPRISE: _apprise,
    ReceiverKind.COMMAND: _command,
    ReceiverKind.WEBHOOK: _webhook,
    ReceiverKind.PING: _ping,
}


def _post(address: str, body: bytes, content_type: str, key: str) -> str:
    headers = {
        "Content-Type": content_type,
        "User-Agent": "tui-scheduler",
        "Idempotency-Key": key,
    }
    try:
        address, authorization = _credentials(address)
        request = Request(address, body, headers | authorization)  # noqa: S310  of the web
        with build_opener(_Unredirected).open(request, timeout=SECONDS) as answer:
            return f"HTTP {answer.status}"
    except HTTPError as error:
        error.close()
        hint = ": give the address that it leads to" if 300 <= error.code < 400 else ""
        raise NotSent(f"it answered HTTP {error.code}{hint}", _retry_after(error)) from None
    except URLError as error:
        raise NotSent(_reason(error.reason)) from None
    except TimeoutError as error:
        raise NotSent(_reason(error)) from None
    except (OSError, HTTPException, ValueError) as error:
        raise NotSent(f"it did not answer as a web server does ({type(error).__name__})") from None


class _Unredirected(HTTPRedirectHandler):
    """Follows nowhere: what is posted would be lost on the way, and taken for sent."""

    def redirect_request(self, *_asked: object) -> None:
        """Returns nothing, so that it is an error."""


def _credentials(address: str) -> tuple[str, dict[str, str]]:
    """Returns an address without user and password, and the header that has them."""
    parts = urlsplit(address)
    if parts.username is None:
        return address, {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return bare, {"Authorization": f"Basic {b64encode(pair).decode()}"}


def _retry_after(error: HTTPError) -> timedelta:
    """How long the receiver asks to be left alone: seconds, or a date."""
    text = (error.headers.get("Retry-After") or "").strip()
    with suppress(ValueError, OverflowError, TypeError):
        if text.isdecimal():
            wait = timedelta(seconds=int(text))
        else:
            wait = parsedate_to_datetime(text).astimezone(UTC) - datetime.now(UTC)
        return min(max(wait, timedelta()), _LONGEST_WAIT)
    return timedelta()


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return f"it did not answer within {SECONDS:.0f} s"
    if isinstance(error, ssl.SSLError):
        return f"its certificate or its TLS was not accepted ({error.reason or 'no reason given'})"
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be reached: {error.strerror}"
    return "it cannot be reached"


def _variables(message: Message) -> dict[str, str]:
    """The environment of a command: ours but for what marks a run, and the facts."""
    ours = {name: text for name, text in os.environ.items() if not name.startswith(_MARKS)}
    facts = {
        _VARIABLE + name.upper(): str(value)
        for name, value in message.facts.items()
        if value is not None and not isinstance(value, dict | list)
    }
    return {name: text for name, text in (ours | facts).items() if "\0" not in text}


def _run(
    arguments: list[str], text: str, seconds: float, environment: dict[str, str] | None = None
) -> str:
    """Run a program with ``text`` on its standard input, and end it and its children in time.

    Returns the last line that it printed.
    """
    programs = _programs.get()
    process = programs.start(arguments, environment)
    try:
        printed, _ = process.communicate(text.encode(), seconds)
    except subprocess.TimeoutExpired:
        raise NotSent(f"it did not end within {seconds:.0f} s") from None
    finally:
        programs.end(process)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
    message = _last_line(printed)
    if process.returncode == -signal.SIGALRM:  # of Apprise, which has no limit of its own
        raise NotSent(_reason(TimeoutError()))
    if process.returncode:
        how = f"exit code {process.returncode}" if process.returncode > 0 else "a signal ended it"
        raise NotSent(f"{how}: {message}" if message else how)
    return message


def _last_line(printed: bytes) -> str:
    lines = printed.decode(errors="replace").strip().splitlines()
    return "".join(filter(str.isprintable, lines[-1]))[:_ANSWER] if lines else ""
