"""Invented pages over loopback, each on a port of its own, with real validators."""

from __future__ import annotations

import gzip
import hashlib
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from ingest.models import Page
from ingest.simulation.ground_truth import ScriptedPage
from ingest.simulation.statuspage_pages import render


@dataclass(frozen=True, slots=True)
class Trouble:
    """Record of what a page answers instead of its content. Status None: it hangs up."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


Troubles = Callable[[ScriptedPage, str, datetime], Trouble | None]
"""What is the matter at a page's path at an instant, if anything."""


class _Server(ThreadingHTTPServer):
    def __init__(
        self, site: ScriptedPage, clock: Callable[[], datetime], troubles: Troubles
    ) -> None:
        """Listen for requests to a page of the invented world, on a port of its own."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site, self.clock, self.troubles = site, clock, troubles

    def handle_error(self, request: object, client_address: object) -> None:
        """Pass over a client that hangs up; anything else is an error of ours."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            raise


def no_trouble(_: ScriptedPage, __: str, ___: datetime) -> Trouble | None:
    """All is well."""
    return None


@contextmanager
def serving(
    sites: Sequence[ScriptedPage], clock: Callable[[], datetime], troubles: Troubles = no_trouble
) -> Iterator[list[Page]]:
    """Serve ``sites`` as they look at ``clock()``; give pages with real addresses."""
    servers = [_Server(site, clock, troubles) for site in sites]
    for site, server in zip(sites, servers, strict=True):
        address = f"http://127.0.0.1:{server.server_address[1]}"
        site.page = replace(site.page, base_url=address, allow_private=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield [site.page for site in sites]
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the time on the invented world's clock."""
        return format_datetime(self.server.clock(), usegmt=True)

    def do_GET(self) -> None:
        split, site, now = urlsplit(self.path), self.server.site, self.server.clock()
        trouble = self.server.troubles(site, split.path, now)
        if trouble is not None:
            self._refuse(trouble)
            return
        found = render(site, split.path, dict(parse_qsl(split.query)), now + site.skew)
        if found is None:
            self._answer(404, "text/html", b"<html>not here</html>", None)
            return
        kind, body = found
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
        if self.headers.get("If-None-Match") == etag:
            self._answer(304, kind, b"", etag)
        else:
            self._answer(200, kind, body, etag)

    def _refuse(self, trouble: Trouble) -> None:
        self.close_connection = True
        if trouble.status is None:
            return
        self.send_response(trouble.status)
        for name, value in trouble.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def _answer(self, status: int, kind: str, body: bytes, etag: str | None) -> None:
        packed = gzip.compress(body, 1) if body else b""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if etag is not None:
            self.send_header("ETag", etag)
        if status != 304:
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: requests of a demo interest nobody."""
