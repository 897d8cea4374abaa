"""Time the way into ledgers of growing size: ``python -m benchmarks.ledgers [INCIDENTS ...]``.

A hundred invented pages, of each its list of incidents as it stood at the end of every month; more
incidents are more months. Each step runs in a process of its own: import into the archive, the
first publication, a replay of everything, and a publication after one more capture of one page.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks import apart, circumstances, peak_megabytes
from ingest.models import Page
from ingest.runs import data_folder, importing, publishing
from ingest.runs.payload_import import Listed
from ingest.simulation.demo import registry_toml
from ingest.simulation.ground_truth import ScriptedComponent
from ingest.simulation.scenario import Story, tell
from ingest.simulation.statuspage_pages import render

SIZES = (1_000, 10_000)
PAGES, A_MONTH = 100, 10
END = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
LIST = "/api/v2/incidents.json"
PARTS = [ScriptedComponent(f"part{n:08}", f"Part {n}", None, date(2015, 1, 1)) for n in range(6)]
LIMIT_S = 3600


def prepare(folder: Path, incidents: int) -> None:
    """Write what the pages said, a folder each, and the registry that knows them."""
    months = incidents // (PAGES * A_MONTH)
    start = END - months * MONTH
    sites = []
    for number in range(PAGES):
        name = f"vendor{number:03}"
        key = f"{name}.statuspage.p{number:08}"
        page = Page(key, name, "statuspage", f"https://{name}.test", f"p{number:08}")
        site = tell(number, page, name, PARTS, start, months * 30, Story(incidents_a_month=A_MONTH))
        sites.append(site)
        said = folder / "said" / name
        said.mkdir(parents=True)
        for month in range(1, months + 2):
            at = start + month * MONTH
            if (found := render(site, LIST, {}, at)) is not None:
                (said / f"{at:%Y-%m-%dT%H-%M-%SZ}.json").write_bytes(found[1])
    data = folder / "data"
    data.mkdir()
    (data / data_folder.SIMULATED).write_text("An invented world.\n", encoding="utf-8")
    toml = registry_toml(sites, [site.page for site in sites])
    (data / "providers.toml").write_text(toml, encoding="utf-8")


def _import(folder: Path, *, last: bool) -> None:
    """Import what every page said; or the last word of the first page alone."""
    data = folder / "data"
    pages = data_folder.registry_of(data).pages
    listed = []
    for page in pages[:1] if last else pages:
        said = sorted((folder / "said" / page.provider).iterdir())
        listed.append(Listed(tuple(said[-1:] if last else said[:-1]), (page,)))
    importing.import_payloads(data, listed)


def _publish(folder: Path) -> None:
    data = folder / "data"
    publishing.publish_after(data, data_folder.registry_of(data), data_folder.now(), 1, 0)


def _replay(folder: Path) -> None:
    data = folder / "data"
    publishing.forget_memos(data)
    publishing.derive_again(data, data_folder.registry_of(data))


def _publish_one_more(folder: Path) -> None:
    _import(folder, last=True)
    _publish(folder)


STEPS: dict[str, Callable[[Path], None]] = {
    "import": lambda folder: _import(folder, last=False),
    "publish": _publish,
    "replay": _replay,
    "one more": _publish_one_more,
}


def measure(folder: Path, step: str) -> None:
    """Print wall and processor seconds and peak megabytes of one step."""
    begun, worked = time.perf_counter(), time.process_time()
    STEPS[step](folder)
    wall, cpu = time.perf_counter() - begun, time.process_time() - worked
    print(json.dumps([wall, cpu, peak_megabytes()]))


def main(sizes: list[int]) -> None:
    """Print what each step took of each size, and how it grew."""
    print(circumstances())
    print(f"{'incidents':>10} {'step':10}{'wall s':>9}{'cpu s':>9}{'MB':>7}{'growth':>8}")
    last: dict[str, float] = {}
    for incidents in sizes:
        with tempfile.TemporaryDirectory() as folder:
            prepare(Path(folder), incidents)
            for step in STEPS:
                words = ("measure", folder, step)
                wall, cpu, megabytes = apart("benchmarks.ledgers", *words, limit_s=LIMIT_S)
                growth = f"{cpu / last[step]:7.1f}x" if step in last else ""
                last[step] = cpu
                print(
                    f"{incidents:>10} {step:10}{wall:9.2f}{cpu:9.2f}{megabytes:7.0f}{growth:>8}",
                    flush=True,
                )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["measure", where, name]:
            measure(Path(where), name)
        case asked:
            main([int(float(one)) for one in asked] or [*SIZES])
