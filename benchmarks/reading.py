"""Time reading every capture of every platform, beside taking the same bytes apart plainly.

Plainly is ``json.loads`` for JSON and ``lxml.etree.fromstring`` for markup. Bodies are read one
after the other, as a folder of captures is, each engine in a process of its own.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import _lru_cache_wrapper
from pathlib import Path

from lxml import etree

from benchmarks import circumstances, peak_megabytes
from benchmarks.captures import FEEDS
from ingest.models import Capture, Page
from ingest.platforms import PLATFORMS
from ingest.platforms.payload import Media, media_of

LIST = Path(__file__).parents[1] / "tests" / "support" / "captured" / "provider_files.csv"
#: After the last of the captures.
AT = datetime(2026, 11, 29, 3, tzinfo=UTC)
AIM = 2.5
#: Bytes below which an engine's captures are read so often.
SMALL, PASSES = 2_000_000, 20


def bodies(path: Path) -> Iterator[bytes]:
    """Yield the bodies of a file of captures: one, or the members of a series."""
    if path.suffixes[-2:] != [".tar", ".xz"]:
        yield path.read_bytes()
        return
    with tarfile.open(path) as series:
        for member in series:
            opened = series.extractfile(member) if member.size else None
            if opened is not None:
                yield opened.read()


def plainly(body: bytes) -> None:
    """Take a body apart without reading anything in it."""
    media = media_of(body)
    if media is Media.JSON:
        try:
            json.loads(body)
        except ValueError:  # JSON Lines
            for line in body.splitlines():
                json.loads(line)
    elif media is Media.HTML:
        etree.fromstring(body, etree.HTMLParser(huge_tree=True))
    else:
        etree.fromstring(body)


def captures(name: str) -> Iterator[tuple[Capture, Page, bytes]]:
    """Yield the captures of an engine, with their bodies, one after the other."""
    with LIST.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["platform"] == name]
    for row in rows:
        if "/weekly-raw-" in row["path"]:
            continue  # A collector's rows, which are no body.
        page = Page("p", "acme", name, row["base_url"], page_id=row["page_id"] or None)
        for body in bodies(FEEDS / row["path"]):
            shape, path = PLATFORMS[name].recognise(body)
            yield Capture("p", page.base_url + path, shape, AT, body=body), page, body


def forget() -> None:
    """Empty what readers remember, so that each pass reads anew."""
    for module in [module for name, module in sys.modules.items() if name.startswith("ingest.")]:
        for found in vars(module).values():
            if isinstance(found, _lru_cache_wrapper):
                found.cache_clear()


def measure(name: str) -> None:
    """Print bodies, megabytes, plain and reading seconds, and peak megabytes of an engine.

    An engine of small captures is read several times: a single pass would time the import of
    what it is read with.
    """
    parse = PLATFORMS[name].parse
    sizes = [len(body) for _, _, body in captures(name)]
    passes = PASSES if sum(sizes) < SMALL else 1
    plain = reading = 0.0
    for nr in range(-1 if passes > 1 else 0, passes):
        forget()
        for capture, page, body in captures(name):
            start = time.process_time()
            plainly(body)
            middle = time.process_time()
            parse(capture, page)
            end = time.process_time()
            if nr >= 0:
                plain, reading = plain + middle - start, reading + end - middle
    figures = [len(sizes), sum(sizes) / 1e6, plain / passes, reading / passes, peak_megabytes()]
    print(json.dumps(figures))


def main() -> None:
    """Measure one engine (in a child process), or print a line for each."""
    if len(sys.argv) > 1:
        measure(sys.argv[1])
        return
    print(circumstances())
    table()


def table() -> None:
    """Print a line for each engine of which there are captures."""
    with LIST.open(newline="", encoding="utf-8") as file:
        names = sorted({row["platform"] for row in csv.DictReader(file)})
    print(
        f"{'platform':<20}{'bodies':>7}{'MB':>8}{'plain s':>9}{'read s':>8}{'ratio':>7}{'peak':>6}"
    )
    for name in names:
        command = [sys.executable, "-m", "benchmarks.reading", name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        n, size, plain, reading, peak = json.loads(done.stdout)
        over = "  over" if reading > AIM * plain else ""
        print(
            f"{name:<20}{n:>7}{size:>8.1f}{plain:>9.3f}{reading:>8.3f}{reading / plain:>7.2f}"
            f"{peak:>6.0f}{over}",
            flush=True,
        )


if __name__ == "__main__":
    main()
