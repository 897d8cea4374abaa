"""A web site on the loopback interface that answers, or misbehaves, as a test tells it."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """Replies by path; what was asked of it; and an event set when the test is over.

    ``posted``: the bodies it was sent, each with its path.
    """

    port: int
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    posted: list[tuple[str, bytes]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.url = f"http://127.0.0.1:{self.port}"

    def __setitem__(self, path: str, reply: Reply) -> None:
        self.replies[path] = reply

    def count(self, path: str) -> int:
        return Counter(self.asked)[path]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what these tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def send_response(self, code: int, message: str | None = None) -> None:
        """Answer without a ``Date``: most tests have a clock of their own."""
        self.send_response_only(code, message)

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        site = self.server.site
        site.asked.append(self.path)
        site.headers.append(dict(self.headers))
        site.replies.get(self.path, reply(404))(self)

    def do_POST(self) -> None:
        assert isinstance(self.server, _Server)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.site.posted.append((self.path, body))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def a_port() -> int:
    """One on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def serve() -> Iterator[Site]:
    """Make a site for the length of a test."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.site
    finally:
        server.site.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def reply(status: int = 200, body: bytes = b"", **headers: str) -> Reply:
    """Make a whole, honest answer; ``content_type`` means the header Content-Type."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if status != 304:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def in_turn(*replies: Reply) -> Reply:
    """Return the first reply to the first request, and so on; the last one ever after."""
    left = list(replies)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def raw(data: bytes) -> Reply:
    """Exactly these bytes, then the connection is closed."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(data)
        handler.close_connection = True

    return answer


def drip(site: Site, head: bytes, drop: bytes) -> Reply:
    """``head``, then ``drop`` again and again, 50 times a second, for as long as it may."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        while not site.over.wait(0.02):
            handler.wfile.write(drop)
        handler.close_connection = True

    return answer
