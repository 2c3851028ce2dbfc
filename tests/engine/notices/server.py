"""A web server of a test: it keeps what is posted, and answers as it is told to."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue

_POLL = 0.02
"""Seconds within which it ends when it is asked to; the usual ones are half of one."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted."""

    path: str
    body: str
    headers: Mapping[str, str]


@dataclass
class Answer:
    """What the server says to it; ``waits`` until it is let go."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    waits: threading.Event | None = None


class WebServer:
    """Where it is, what it got, and what it answers: the next of ``answers``, or 200."""

    def __init__(self) -> None:
        self.posted: SimpleQueue[Posted] = SimpleQueue()
        self.answers: SimpleQueue[Answer] = SimpleQueue()
        self.address = ""

    def got(self) -> list[Posted]:
        """All that has come and was not asked for before."""
        return [self.posted.get() for _ in range(self.posted.qsize())]


@contextmanager
def web_server() -> Iterator[WebServer]:
    """A server on a port of its own, as long as the block lasts."""
    endpoint = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            endpoint.posted.put(Posted(self.path, body.decode(), dict(self.headers)))
            answer = Answer() if endpoint.answers.empty() else endpoint.answers.get()
            if answer.waits is not None:
                answer.waits.wait()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    endpoint.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(_POLL,), daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
