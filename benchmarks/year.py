"""Measure the disk a year takes: a page polled every five minutes, archived, merged.

Unchanged answers are 304s, as the collector sends validators; days and months are merged as
the collector merges them.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from ingest.archive.store import Archive
from ingest.models import Capture, Page
from ingest.simulation.ground_truth import ScriptedComponent, ScriptedPage
from ingest.simulation.scenario import Story, tell
from ingest.simulation.statuspage_pages import render

START = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 365
DAY, STEP = timedelta(days=1), timedelta(minutes=5)
LISTS = {
    "/api/v2/incidents.json": ("incident", 1),
    "/api/v2/summary.json": ("roster", 1),
    "/api/v2/scheduled-maintenances.json": ("incident", 12),
}
PARTS = [ScriptedComponent(f"part{n:08}", f"Part {n}", None, date(2024, 1, 1)) for n in range(6)]
PAGE = Page("acme.statuspage.p", "acme", "statuspage", "https://status.acme.test", "p")


def year_on_disk() -> tuple[float, int, int]:
    """Return megabytes of a page's year, its captures, and those with a new body."""
    site = tell(1, PAGE, "Acme", PARTS, START, DAYS, Story(incidents_a_month=10))
    captures = bodies = 0
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        known: dict[str, str] = {}
        for number in range(DAYS):
            day = list(_day(site, START + number * DAY, known))
            captures += len(day)
            bodies += sum(capture.body is not None for capture in day)
            archive.append(day)
            if number % 28 == 27:
                archive.merge(START + (number + 1) * DAY)
        archive.compact()
        size = sum(path.stat().st_size for path in archive.files())
    return size / 1e6, captures, bodies


def _day(site: ScriptedPage, start: datetime, known: dict[str, str]) -> Iterator[Capture]:
    changes = site.changes()
    for nr in range(DAY // STEP):
        at = start + nr * STEP
        quiet = not any(at - 12 * STEP < moment <= at for moment in changes if moment <= at)
        for path, (shape, every) in LISTS.items():
            if nr % every:
                continue
            etag = known.get(path)
            headers = {"date": format_datetime(at, usegmt=True), "etag": f'W/"{etag}"'}
            body = None
            if etag is None or not quiet:
                found = render(site, path, {}, at)
                assert found is not None
                body = found[1]
            sha256 = etag if body is None else hashlib.sha256(body).hexdigest()
            new = sha256 != etag
            known[path] = sha256 or ""
            yield Capture(
                page_key=PAGE.page_key,
                url=PAGE.base_url + path,
                shape=shape,
                captured_at=at,
                elapsed_ms=80,
                http_status=200 if new else 304,
                headers=headers,
                sha256=sha256,
                body=body if new else None,
            )


def main() -> None:
    """Print the figure that README states."""
    megabytes, captures, bodies = year_on_disk()
    print(
        f"a page's year, polled every 5 minutes: {megabytes:.1f} MB "
        f"({captures:,} captures, {bodies:,} of them with a new body)"
    )


if __name__ == "__main__":
    main()
