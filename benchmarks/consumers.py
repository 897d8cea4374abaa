"""Run programs that others wrote on the site and on the release: ``make consumers``.

``python -m benchmarks.consumers BIN``: BIN is the folder of programs of an environment that has
them. Two publications of an invented world, an hour and more ago: an incident that opens and then
is over, a maintenance whose window moves. A reader of feeds has to tell the end as news, a calendar
to show the new window alone, Prometheus to take the gauges and to raise README's alarm once nothing
was read for an hour, and Croissant's own library to read every row of the release.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from benchmarks import circumstances
from tests.support.command_line import ACME
from tests.support.payloads.statuspage import about_page, incident, update
from tests.support.readme import alert_rules

HOUR = timedelta(hours=1)
#: So much is missing from the hour after which the alarm is raised, when the site is published.
SHORT = timedelta(seconds=45)
PATIENT_S = 90
READER = """
import json, sys
from reader import make_reader
reader = make_reader(sys.argv[1])
reader.add_feed(sys.argv[2], exist_ok=True)
told = reader.update_feed(sys.argv[2])
unread = [*reader.get_entries(read=False)]
for entry in unread:
    reader.mark_entry_as_read(entry)
print(json.dumps([told.new, told.modified, [entry.title for entry in unread]]))
"""
CROISSANT = """
import json, logging, sys
import mlcroissant
logging.disable()
found = mlcroissant.Dataset(jsonld=sys.argv[1])
sets = [one.name for one in found.metadata.record_sets]
print(json.dumps({name: sum(1 for _ in found.records(name)) for name in sets}))
"""
KHAL = """
[calendars]
[[announced]]
path = {folder}/calendar
[sqlite]
path = {folder}/khal.db
[default]
default_calendar = announced
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
"""
PROMETHEUS = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules.yml]
scrape_configs:
  - job_name: ledger
    metrics_path: /metrics.prom
    static_configs: [{{targets: ["{target}"]}}]
"""


def stamp(at: datetime) -> str:
    """Write an instant as pages do."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def post(name: str, steps: Mapping[str, datetime], **more: Any) -> dict[str, Any]:
    """Write a post as a page does that Statuspage serves, with a message for each step."""
    said = [update(f"{name}{status}", status, stamp(at)) for status, at in steps.items()]
    return incident(name, said, name=name, **more)


@dataclass(frozen=True)
class World:
    """Hold the folders of an invented world: what was captured, its site, its release."""

    folder: Path

    @property
    def site(self) -> Path:
        """Return the folder of the site, with the release in it."""
        return self.folder / "site"

    def publish(self, at: datetime, lists: Mapping[str, Any]) -> None:
        """Capture lists of posts, and write the site and the release."""
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        (data / "providers.toml").write_text(ACME, encoding="utf-8")
        for name, posts in lists.items():
            path = self.folder / f"{name}.json"
            path.write_text(json.dumps({"page": about_page(), name: posts}))
            words = ("--provider", "acme", "--captured-at", stamp(at), "--no-publish")
            ran(sys.executable, "-m", "statusledger", "import", path, *words, "--data", data)
        words = ("--site", self.site, "--parquet", self.site / "tables", "--data", data)
        ran(sys.executable, "-m", "statusledger", "publish", *words)


def ran(*words: object) -> str:
    """Run a program to its end and return what it printed."""
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{words[0]}: {done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback, and give host and port."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def scraping(folder: Path, target: str) -> Iterator[str]:
    """Let Prometheus scrape a site every second with README's rules, and give its address."""
    (folder / "rules.yml").write_text(alert_rules())
    config = folder / "prometheus.yml"
    config.write_text(PROMETHEUS.format(target=target))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    words = [f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}"]
    log = (folder / "prometheus.log").open("wb")
    process = subprocess.Popen(
        ["prometheus", *words, f"--web.listen-address={address}"], stdout=log, stderr=log
    )
    try:
        yield f"http://{address}/api/v1"
    finally:
        process.terminate()
        process.wait()
        log.close()


def asked(address: str) -> Any:
    """Return what Prometheus answers, None while it does not yet."""
    try:
        with urlopen(address, timeout=5) as answer:
            return json.load(answer)["data"]
    except OSError:
        return None


def waited(address: str, until: str) -> tuple[Any, float]:
    """Ask until the answer holds a word; return it and the seconds that took."""
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENT_S:
        found = asked(address)
        if found is not None and until in json.dumps(found):
            return found, time.monotonic() - begun
        time.sleep(0.5)
    raise SystemExit(f"{address}: no {until} in {PATIENT_S} s")


def scraped(folder: Path, target: str) -> str:
    """Say what Prometheus took, and when it raised the alarm."""
    if shutil.which("prometheus") is None:
        return "not on the PATH: apt-get install prometheus"
    gauge = "statusledger_as_of_timestamp_seconds"
    with scraping(folder, target) as api:
        waited(f"{api}/query?query={gauge}", '"value"')
        before = asked(f"{api}/alerts")["alerts"]
        everything = asked(f'{api}/query?query={{__name__=~"statusledger_.%2B"}}')["result"]
        _, took = waited(f"{api}/alerts", '"firing"')
    return (
        f"{len(everything)} series, {len(before)} alarms; {took:.0f} s later, an hour after the"
        " last capture, the alarm"
    )


def told(programs: Path, folder: Path, feed: str) -> str:
    """Say what a reader of feeds has for news since it was asked last."""
    words = (programs / "python", "-c", READER, folder / "reader.db", feed)
    new, changed, titles = json.loads(ran(*words))
    return f"{new} new, {changed} changed: {'; '.join(titles)}"


def shown(programs: Path, folder: Path, calendar: Path, day: datetime) -> str:
    """Say what a calendar shows of a day, once it took a file."""
    settings = folder / "khal.conf"
    settings.write_text(KHAL.format(folder=folder), encoding="utf-8")
    khal = (programs / "khal", "-c", settings)
    ran(*khal, "import", "--batch", "-a", "announced", calendar)
    listed = ran(*khal, "list", "--format", "{start-end-time-style} {title}", f"{day:%Y-%m-%d}")
    return "; ".join(listed.splitlines()[1:])


def read(programs: Path, release: Path) -> str:
    """Say how many rows Croissant's own library finds."""
    found = json.loads(ran(programs / "python", "-c", CROISSANT, release / "croissant.json"))
    manifest = json.loads((release / "manifest.json").read_bytes())
    listed = {name: one["rows"] for name, one in manifest["tables"].items()}
    return f"{sum(found.values())} rows, as the manifest: {found == listed}"


def main(programs: Path) -> None:
    """Publish twice, and print what each program says each time."""
    print(circumstances())
    now = datetime.now(UTC)
    day = now.replace(hour=0, minute=0, second=0) + timedelta(days=2)
    opened = {"investigating": now - timedelta(hours=4)}
    over = opened | {"resolved": now - timedelta(hours=2)}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        world = World(folder)
        for empty in (world.site, folder / "calendar"):
            empty.mkdir()
        with served(world.site) as target:
            for ago, steps, hour in ((3 * HOUR, opened, 11), (HOUR - SHORT, over, 15)):
                window = {"scheduled_for": day + 10 * HOUR, "scheduled_until": day + hour * HOUR}
                planned = post(
                    "Upgrade",
                    {"scheduled": now - 4 * HOUR},
                    impact="maintenance",
                    **{name: stamp(at) for name, at in window.items()},
                )
                lists = {"incidents": [post("Errors", steps)], "scheduled_maintenances": [planned]}
                world.publish(datetime.now(UTC) - ago, lists)
                feed = f"http://{target}/everything/events.atom"
                calendar = world.site / "everything" / "maintenance.ics"
                print(f"reader: {told(programs, folder, feed)}")
                print(f"khal: {shown(programs, folder, calendar, day)}")
            print(f"Prometheus: {scraped(folder, target)}")
        print(f"mlcroissant: {read(programs, world.site / 'tables')}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
