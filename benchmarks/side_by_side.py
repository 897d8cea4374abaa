"""``python -m benchmarks.side_by_side BEFORE``: this checkout beside an earlier one, in one run.

Each measurement is a process of its own, first of the earlier checkout, then of this one, some
times over, so that both meet the same machine. Seconds are those of the processor, user and
system, of which a busy machine takes less than of those on the wall; of several runs the best
counts. Every checkout reads the ledger of all captures as it derived that itself.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parents[1]
RUNS = 3
#: Pages of the archive that a run begins on, and how often they were asked, for how long.
PAGES, STEP, DAYS = 20, timedelta(minutes=5), 30
#: Where nobody answers: nothing is asked of these pages.
NOBODY = "http://127.0.0.1:9"
BODY = b'{"page": {"id": "p00000000"}, "incidents": []}'
CLAUDE, LIST = (
    "anthropic.statuspage.tymt9n04zgry",
    "https://status.claude.com/api/v2/incidents.json",
)
#: A page may ask to be left alone for an hour, so that nothing is due.
RESTING = {"cache-control": "max-age=3600", "etag": 'W/"1"'}


# ---- measured in a process of its own, on the modules of either checkout ----


#: Metrics of e8e0bf9.
BOTH_HAVE = (
    *("availability", "frequency", "durations", "coverage"),
    *("stages", "ranking", "transparency", "budget"),
)


def metrics(data: str) -> None:
    """Work out the metrics that both commits have, of all providers over three years."""
    from analytics import METRICS, ask, open_snapshot

    with open_snapshot(data) as snapshot:
        question = ask(since="2023-09-01")

        def everything() -> None:
            if hasattr(snapshot, "memo"):
                snapshot.memo.clear()
            for name in BOTH_HAVE:
                METRICS[name](snapshot, question)

        everything()  # reads the tables
        print(_best(everything))


def document(data: str) -> None:
    """Write the document of four providers on one surface."""
    from analytics import ask, open_snapshot
    from dashboard import document as written

    render = getattr(written, "render_document", None) or written.document
    four = ["anthropic", "openai", "google-vertex", "github-copilot"]
    question = ask(providers=four, surface="api_inference", since="2025-03-01")
    with open_snapshot(data) as snapshot:

        def whole() -> None:
            if hasattr(snapshot, "memo"):
                snapshot.memo.clear()
            render(snapshot, question)

        whole()
        print(_best(whole))


def command(*arguments: str) -> None:
    """Run one command line; print its processor seconds and its peak megabytes."""
    import statusledger
    from benchmarks import peak_megabytes

    main = getattr(statusledger, "main", None)
    if main is None:
        from statusledger.app import main
    sys.argv = ["statusledger", *arguments]
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
    print(f"\n{time.process_time()} {peak_megabytes()}")


def ledger(data: str) -> None:
    """Build the ledger of all captures."""
    from benchmarks.captures import build

    build(Path(data))


def _best(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


MEASURED: Mapping[str, Callable[..., None]] = {
    "metrics": metrics,
    "document": document,
    "command": command,
    "ledger": ledger,
}


# ---- what is measured, and what it is measured on ----


def measured_in(checkout: Path, name: str, *arguments: str) -> list[float]:
    """Measure in a process on the modules of a checkout, and return the numbers it prints."""
    from benchmarks import run_in

    line = run_in(checkout, __file__, name, *arguments)
    return [float(word) for word in line.split()] if name != "ledger" else []


def resting_pages(data: Path) -> None:
    """Fill a folder with the archive of invented pages, all of them asked just now."""
    from benchmarks.rounds import live_pages
    from benchmarks.rounds import site_of as invented
    from ingest.archive.source_history import ROBOTS
    from ingest.archive.store import Archive
    from ingest.models import Capture, FetchFailure
    from ingest.platforms import PLATFORMS
    from ingest.runs import data_folder
    from ingest.simulation.demo import registry_toml

    data.mkdir()
    sites = [
        invented(number, replace(page, base_url=f"{NOBODY}/{number}"))
        for number, page in enumerate(live_pages()[:PAGES])
    ]
    (data / data_folder.SIMULATED).write_text("An invented world.\n")
    (data / "providers.toml").write_text(registry_toml(sites, [site.page for site in sites]))
    pages = data_folder.registry_of(data).pages
    now = datetime.now(UTC).replace(microsecond=0)
    archive = Archive(data / "archive")
    sha256 = hashlib.sha256(BODY).hexdigest()

    def asked(at: datetime, status: int, each: int) -> list[Capture]:
        body = BODY if status == 200 else None
        return [
            Capture(
                *(page.page_key, source.url, source.shape, at, 80, status, None),
                *(RESTING, sha256, body),
            )
            for page in pages
            for source in list(PLATFORMS[page.platform].sources(page))[:each]
        ]

    first = now - timedelta(days=DAYS)
    archive.append(asked(first, 200, 2))
    for day in range(DAYS):
        steps = range(1, timedelta(days=1) // STEP)
        at = first + timedelta(days=day)
        archive.append(one for n in steps for one in asked(at + n * STEP, 304, 2))
    archive.compact()
    archive.append(asked(now, 200, 100))
    gone = FetchFailure.HTTP_404_410
    archive.append(
        Capture(page.page_key, f"{NOBODY}/robots.txt", ROBOTS, now, 80, 404, gone) for page in pages
    )


def new_capture(data: Path, number: int) -> None:
    """Append one capture in which one message of the newest list says something more."""
    from ingest.archive.store import Archive
    from ingest.models import Capture

    archive = Archive(data / "archive")
    known = archive.metadata([CLAUDE])
    last = known.filter(known["url"] == LIST, known["bytes"].is_not_null()).sort("captured_at")
    row = last.to_dicts()[-1]
    found = json.loads(archive.body(row["file"], row["sha256"]) or b"")
    found["incidents"][0]["incident_updates"][0]["body"] += f" {number} more words."
    body = json.dumps(found).encode()
    at = datetime(2026, 9, 30, number, tzinfo=UTC)
    sha256 = hashlib.sha256(body).hexdigest()
    archive.append([Capture(CLAUDE, LIST, row["shape"], at, 80, 200, None, {}, sha256, body)])


def compared(label: str, aim: float, before: Sequence[float], now: Sequence[float]) -> None:
    """Print the best of each, and the ratio."""
    ratio = min(now) / min(before)
    print(f"{label:62} {min(before):8.2f} {min(now):8.2f} {ratio:6.2f} x  (aim {aim})", flush=True)


def main(before: Path) -> None:
    """Measure both checkouts in turn, and print each measurement with its ratio."""
    from benchmarks import circumstances
    from benchmarks.captures import FEEDS, SERIES

    if not SERIES.exists():
        print(f"no captures at {FEEDS}: set STATUSLEDGER_FEEDS to a folder of captured feeds")
        return
    checkouts = (before.resolve(), HERE)
    told = subprocess.run(
        ["git", "describe", "--always", "--exclude", "*"],
        cwd=before,
        capture_output=True,
        text=True,
        check=False,
    )
    print(circumstances())
    print(f"processor seconds unless told otherwise; before: {told.stdout.strip() or before}")
    print(f"{'':62} {'before':>8} {'now':>8}")
    with tempfile.TemporaryDirectory() as folder:
        _compare(checkouts, Path(folder))


def _compare(checkouts: tuple[Path, Path], folder: Path) -> None:
    resting_pages(folder / "resting")
    data = []
    for n, checkout in enumerate(checkouts):
        data.append((folder / f"ledger{n}", folder / f"resting{n}"))
        shutil.copytree(folder / "resting", data[n][1])
        measured_in(checkout, "ledger", str(data[n][0]))
        for _ in range(2):  # publishes, and makes what memos it keeps
            measured_in(checkout, "command", "collect", "--data", str(data[n][1]))

    def both(name: str, *arguments: str, on: int | None = None) -> list[list[list[float]]]:
        runs: list[list[list[float]]] = [[], []]
        for _ in range(RUNS):
            for n, checkout in enumerate(checkouts):
                where = () if on is None else (str(data[n][on]),)
                runs[n].append(measured_in(checkout, name, *arguments, *where))
        return runs

    def tell(label: str, aim: float, runs: list[list[list[float]]], which: int = 0) -> None:
        compared(label, aim, *([one[which] for one in mine] for mine in runs))

    tell("eight metrics, three years, all providers and surfaces", 0.4, both("metrics", on=0))
    tell("document of four providers on one surface", 0.4, both("document", on=0))
    tell("statusledger --help", 0.25, both("command", "--help"))
    asked = both("command", "query", "SELECT * FROM incidents", "--data", on=0)
    tell("query of all incidents", 0.05, asked)
    rested = both("command", "collect", "--data", on=1)
    label = f"collect with nothing due, {PAGES} pages, {DAYS} days every 5 minutes"
    tell(label, 0.25, rested)
    tell(f"{label}: peak MB", 0.1, rested, which=1)
    published: list[list[list[float]]] = [[], []]
    for number in range(RUNS + 1):
        for n, checkout in enumerate(checkouts):
            new_capture(data[n][0], number)
            done = measured_in(checkout, "command", "publish", "--data", str(data[n][0]))
            if number:  # the first one makes the memos that later ones read
                published[n].append(done)
    tell("publish after one new capture, ledger of all captures", 0.5, published)


if __name__ == "__main__":
    if sys.argv[1] in MEASURED:
        MEASURED[sys.argv[1]](*sys.argv[2:])
    else:
        main(Path(sys.argv[1]))
