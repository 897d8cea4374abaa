"""Run ``make bench``: time importing, reading, a round, a year, a site and analysis.

Each measurement runs in a process of its own, so that its peak memory is its own. Those on
real captures are compared with plain ``json.loads`` of the same bytes, and need a folder of
captures: STATUSLEDGER_FEEDS.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import analysis, circumstances, peak_megabytes, reading, site, year
from benchmarks.captures import FEEDS, FULL, SERIES
from benchmarks.rounds import live_pages, round_of_304

RUNS = 3


def loads_series() -> float:
    """Time ``json.loads`` over the bytes of the series, already in memory."""
    with tarfile.open(SERIES) as members:
        bodies = [opened.read() for m in members if (opened := members.extractfile(m))]
    start = time.perf_counter()
    for body in bodies:
        json.loads(body)
    return time.perf_counter() - start


def import_series() -> float:
    """Time the way from the compressed series to a published snapshot."""
    return _import(SERIES, None)


def import_full() -> float:
    """Time the way from the full history, one JSON Lines file, to a published snapshot."""
    return _import(FULL, "2026-07-09T07:58:17+00:00")


def _import(path: Path, captured_at: str | None) -> float:
    from datetime import datetime

    from ingest.runs import data_folder, importing, page_selection, publishing
    from ingest.runs.payload_import import Listed

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        registry = data_folder.registry_of(data)
        pages = page_selection.pages_of(registry, "anthropic")
        at = datetime.fromisoformat(captured_at) if captured_at else None
        start = time.perf_counter()
        done = importing.import_payloads(data, [Listed((path,), tuple(pages), at)])
        publishing.publish_after(data, registry, data_folder.now(), len(done.taken), 0)
        return time.perf_counter() - start


MEASURES: dict[str, Callable[[], float]] = {
    "loads": loads_series,
    "series": import_series,
    "full": import_full,
    "round": round_of_304,
}


def measured(name: str) -> tuple[float, float]:
    """Return the best seconds and the worst peak megabytes of a few fresh processes."""
    results = []
    for _ in range(RUNS):
        command = [sys.executable, "-m", "benchmarks", name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds, megabytes = done.stdout.split()
        results.append((float(seconds), float(megabytes)))
    return min(seconds for seconds, _ in results), max(megabytes for _, megabytes in results)


def main() -> None:
    """Run one measurement (in a child process), or all of them."""
    if len(sys.argv) > 1:
        seconds = MEASURES[sys.argv[1]]()
        print(seconds, peak_megabytes())
        return
    print(circumstances())
    seconds, megabytes = measured("round")
    pages = len(live_pages())
    print(
        f"a round of {pages} live pages, all 304  {seconds:6.2f} processor s  {megabytes:4.0f} MB"
        "  (aim: 1.5 times the 35 pages of e8e0bf9, run side by side)"
    )
    year.main()
    site.table()
    if not SERIES.exists():
        print(f"no captures at {FEEDS}: set STATUSLEDGER_FEEDS to a folder of captured feeds")
        return
    loads, _ = measured("loads")
    series, series_mb = measured("series")
    full, full_mb = measured("full")
    print(f"json.loads of the 124 MB series        {loads:6.2f} s")
    print(f"import and publish of the same series  {series:6.2f} s  {series_mb:4.0f} MB")
    print(f"  ratio, aim at most 4.0               {series / loads:6.2f} x")
    reading.table()
    print(f"full history, import and publish       {full:6.2f} s  {full_mb:4.0f} MB", flush=True)
    analysis.main()


if __name__ == "__main__":
    main()
