"""Time a scheduled round: every live page of the registry answering 304 over loopback."""

from __future__ import annotations

import gc
import multiprocessing
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ingest.fetching.fetcher import Fetcher
from ingest.models import Page, PageStatus
from ingest.platforms import PLATFORMS
from ingest.registry import load
from ingest.runs import collecting
from ingest.simulation.demo import Hands
from ingest.simulation.ground_truth import ScriptedComponent, ScriptedPage
from ingest.simulation.scenario import Story, tell
from ingest.simulation.statuspage_pages import render

NOW = datetime(2026, 7, 9, 12, tzinfo=UTC)
PARTS = [ScriptedComponent(f"part{n:08}", f"Part {n}", None, date(2026, 1, 1)) for n in range(6)]


def live_pages() -> list[Page]:
    """List the live pages, which a collector with ``--all`` would ask today."""
    return [
        page
        for page in load().pages
        if page.status is PageStatus.LIVE and page.platform in PLATFORMS
    ]


def round_of_304() -> float:
    """Return the processor seconds of one ``collect`` of all live pages, all unchanged."""
    sites = [site_of(number, page) for number, page in enumerate(live_pages())]
    hands = Hands(NOW)
    with tempfile.TemporaryDirectory() as folder, _serving(sites) as pages:
        data = Path(folder)
        with closing(Fetcher(spacing=0.0)) as fetcher:
            collecting.collect_now(data, pages, fetcher, hands)
        hands.at = NOW + timedelta(minutes=6)
        gc.collect()
        gc.freeze()  # the invented world is no work of the collector's
        start = time.process_time()
        with closing(Fetcher(spacing=0.0)) as fetcher:
            collecting.collect_now(data, pages, fetcher, hands)
        return time.process_time() - start


def site_of(number: int, page: Page) -> ScriptedPage:
    """Invent the life of a page, as an engine of Statuspage."""
    page = replace(
        page, platform="statuspage", page_id=f"p{number:08}", page_key=f"{page.provider}.{number}"
    )
    story = Story(incidents_a_month=10)
    return tell(number, page, page.provider, PARTS, NOW - timedelta(days=120), 119, story)


@contextmanager
def _serving(sites: Sequence[ScriptedPage]) -> Iterator[list[Page]]:
    """Serve all sites below one address, in a process of their own, and yield their pages.

    Only the collector is measured.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(sites))
    served = multiprocessing.get_context("fork").Process(target=server.serve_forever, daemon=True)
    served.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield [
            replace(site.page, base_url=f"{address}/{number}", allow_private=True)
            for number, site in enumerate(sites)
        ]
    finally:
        served.terminate()
        served.join()
        server.server_close()


def _handler(sites: Sequence[ScriptedPage]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            number, _, path = self.path.partition("?")[0].lstrip("/").partition("/")
            if self.headers.get("If-None-Match"):
                self._say(304, b"")
                return
            found = render(sites[int(number)], f"/{path}", {}, NOW) if number.isdigit() else None
            self._say(404 if found is None else 200, b"" if found is None else found[1])

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("ETag", 'W/"1"')
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    return Handler
