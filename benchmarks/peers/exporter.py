"""Work out a Prometheus exporter's gauges again, from the pages of the world that it watched.

``python -m benchmarks.peers.exporter PYTHON`` runs the exporter again with an interpreter that
has it, and writes its gauges of every midnight.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from analytics import METRICS, Snapshot, ask, open_snapshot
from benchmarks.peers.explained import Figure, Kind, Kinds, Value
from benchmarks.peers.rules import share_of_polls
from ingest.runs import data_folder, importing, page_selection, publishing
from ingest.runs.payload_import import Listed
from ingest.simulation.demo import demo_world, registry_toml
from ingest.simulation.ground_truth import ScriptedPage
from ingest.simulation.server import Trouble, serving
from ingest.simulation.statuspage_pages import render

PEER = "statuspage-prometheus-exporter 2.6.0"
FIGURES = Path(__file__).parent / "figures" / "exporter_2_6_0.csv"
START = datetime(2026, 10, 1, tzinfo=UTC)
DAYS, EVERY = 31, timedelta(minutes=20)
END = START + timedelta(days=DAYS)
PATH = "/api/v2/summary.json"
#: Hours in which a page refuses the exporter.
REFUSED = {
    "cobalt-inference": (START + timedelta(days=9, hours=6), START + timedelta(days=9, hours=20)),
    "ember-code": (START + timedelta(days=19), START + timedelta(days=21)),
}
HOURS = {"24h": 24, "7d": 168, "30d": 720}


def world() -> list[ScriptedPage]:
    """Invent the pages; the exporter watches them for the last month of their lives."""
    return demo_world(END)


def instants() -> list[datetime]:
    """List when the exporter asks, from the first midnight to the last."""
    return [START + n * EVERY for n in range(DAYS * 72 + 1)]


def refuses(slug: str, at: datetime) -> bool:
    """Tell whether a page refuses to answer at an instant."""
    start, end = REFUSED.get(slug, (END, END))
    return start <= at < end


@dataclass(frozen=True, slots=True)
class Poll:
    """Hold what a summary said at an instant; ``document`` None: the page refused."""

    at: datetime
    document: Mapping[str, Any] | None


def polls_of(site: ScriptedPage) -> list[Poll]:
    """Read a page's summary at each instant, as the exporter did."""
    found = []
    for at in instants():
        refused = refuses(site.page.provider, at)
        found.append(Poll(at, None if refused else json.loads(_served(site, PATH, at))))
    return found


def all_well(document: Mapping[str, Any]) -> bool:
    """Tell what the exporter makes of a summary.

    The worst impact of an open post replaces the page's own indicator. Without an open post any
    component that is not operational is trouble, one under maintenance too.
    """
    impacts = [post["impact"] for post in document["incidents"]]
    worst = max(impacts, key=("none", "minor", "major", "critical").index, default="none")
    if worst != "none":
        return False
    if not impacts and any(part["status"] != "operational" for part in document["components"]):
        return False
    return bool(document["status"]["indicator"] == "none")


def remembered(polls: Sequence[Poll]) -> list[Poll]:
    """Put the last answer in the place of each refusal."""
    found: list[Poll] = []
    last: Mapping[str, Any] | None = None
    for poll in polls:
        last = poll.document or last
        found.append(Poll(poll.at, last))
    return found


def figures(_: Snapshot) -> Iterator[Figure]:
    """Give every gauge written down, with the way to work it out from the pages served."""
    sites = world()
    polls = {site.page.provider: polls_of(site) for site in sites}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        _import(data, sites, polls)
        with open_snapshot(data) as snapshot, FIGURES.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                yield _figure(snapshot, polls[row["service"]], row)


def _figure(
    snapshot: Snapshot,
    polls: Sequence[Poll],
    row: Mapping[str, str],
) -> Figure:
    at, slug, label = datetime.fromisoformat(f"{row['at']}T00:00Z"), row["service"], row["label"]
    recompute: Callable[[Kinds], Value]
    match row["gauge"]:
        case "uptime_percentage":
            recompute, digits = partial(_uptime, snapshot, polls, slug, at, HOURS[label]), 6
        case "component_status":
            recompute, digits = partial(_component, polls, at, label), 0
        case _:
            recompute, digits = partial(_answered, polls, at), 0
    return Figure(
        PEER,
        f"{slug} {label}".strip(),
        row["at"],
        row["gauge"],
        float(row["value"]),
        digits,
        (Kind.RULE, Kind.COVERAGE),
        recompute,
    )


def _uptime(
    snapshot: Snapshot,
    polls: Sequence[Poll],
    slug: str,
    at: datetime,
    hours: int,
    kinds: Kinds,
) -> Value:
    """Work out an uptime.

    Ours: the share of covered time in which no component was in a partial outage or worse.
    Theirs: the share of polls that found all well, a refused one as the one before.
    """
    since = max(START, at - timedelta(hours=hours))
    if Kind.RULE not in kinds:
        question = ask(providers=slug, since=since.date(), until=at.date(), combine="any")
        value = METRICS["availability"](snapshot, question)["value"][0]
        return None if value is None else 100 * float(value)
    seen = remembered(polls) if Kind.COVERAGE in kinds else polls
    share = share_of_polls(
        all_well(poll.document)
        for poll in seen
        if poll.document is not None and since <= poll.at <= at
    )
    return None if share is None else 100 * share


def _component(polls: Sequence[Poll], at: datetime, name: str, kinds: Kinds) -> Value:
    """Say whether a component was up; ours None while its page refuses, degraded as up."""
    poll = _at(remembered(polls) if Kind.COVERAGE in kinds else polls, at)
    if poll.document is None:
        return None
    states = {part["name"]: part["status"] for part in poll.document["components"]}
    down = {"partial_outage", "major_outage"}
    if Kind.RULE in kinds:
        down |= {"degraded_performance", "under_maintenance"}
    return 0 if states[name] in down else 1


def _answered(polls: Sequence[Poll], at: datetime, kinds: Kinds) -> Value:
    """Say whether a page answered; theirs also where an earlier answer stands in for one."""
    poll = _at(remembered(polls) if Kind.COVERAGE in kinds else polls, at)
    return 0 if poll.document is None else 1


def _at(polls: Sequence[Poll], at: datetime) -> Poll:
    return polls[bisect_right(polls, at, key=lambda poll: poll.at) - 1]


def _import(data: Path, sites: Sequence[ScriptedPage], polls: Mapping[str, Sequence[Poll]]) -> None:
    """Make a ledger of what the pages answered, and of their lists of posts at each midnight.

    Of summaries that say the same one an hour is enough. What a page refused is not there.
    """
    (data / data_folder.SIMULATED).touch()
    toml = registry_toml(sites, [site.page for site in sites])
    (data / "providers.toml").write_text(toml, encoding="utf-8")
    registry, started, taken = data_folder.registry_of(data), data_folder.now(), 0
    for site in sites:
        slug = site.page.provider
        pages = tuple(page_selection.pages_of(registry, slug, "statuspage"))
        asked = [one for one in polls[slug] if one.document is not None]
        midnights = [one.at for one in asked if one.at.hour == one.at.minute == 0]
        series = {
            "summary": [
                (one.at, json.dumps(one.document).encode())
                for before, one in zip([None, *asked], asked, strict=False)
                if before is None or before.document != one.document or one.at.minute == 0
            ],
            **{
                name: [(at, _served(site, f"/api/v2/{name}.json", at)) for at in midnights]
                for name in ("incidents", "scheduled-maintenances")
            },
        }
        listed = [
            Listed((_series(data / f"{slug}-{name}.tar", bodies),), pages, None, None)
            for name, bodies in series.items()
        ]
        taken += len(importing.import_payloads(data, listed).taken)
    publishing.publish_after(data, registry, started, taken, 0)


def _served(site: ScriptedPage, path: str, at: datetime) -> bytes:
    answer = render(site, path, {}, at)
    assert answer is not None
    return answer[1]


def _series(path: Path, bodies: Sequence[tuple[datetime, bytes]]) -> Path:
    """Write bodies as a series, each named by when it was served."""
    with tarfile.open(path, "w") as members:
        for at, body in bodies:
            member = tarfile.TarInfo(f"{at:%Y%m%dT%H%M%SZ}.json")
            member.size = len(body)
            members.addfile(member, BytesIO(body))
    return path


def run(python: str) -> None:
    """Run the exporter with an interpreter that has it, and write its gauges of each midnight.

    The first midnight is left out: one poll is no share.
    """
    sites, clock = world(), [START]
    with serving(sites, lambda: clock[0], _refusal) as pages, tempfile.TemporaryDirectory() as home:
        services = {
            site.page.provider: {"url": page.base_url + PATH, "name": site.page.provider}
            for site, page in zip(sites, pages, strict=True)
        }
        (Path(home) / "services.json").write_text(json.dumps(services), encoding="utf-8")
        passes = subprocess.Popen(
            [python, str(Path(__file__).with_name("exporter_passes.py"))],
            cwd=home,
            env={**os.environ, "PYTHONPATH": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert passes.stdin is not None
        assert passes.stdout is not None
        with FIGURES.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(("at", "gauge", "service", "label", "value"))
            for clock[0] in instants():
                passes.stdin.write(f"{clock[0].isoformat()}\n")
                passes.stdin.flush()
                said = json.loads(passes.stdout.readline())
                if clock[0].hour == clock[0].minute == 0 and clock[0] > START:
                    for gauge, service, label, value in sorted(said):
                        name = gauge.removeprefix("statuspage_")
                        lines.writerow(
                            (f"{clock[0]:%Y-%m-%d}", name, service, label, f"{value:.9g}")
                        )
        passes.stdin.close()
        passes.wait()


def _refusal(site: ScriptedPage, _: str, at: datetime) -> Trouble | None:
    return Trouble(403) if refuses(site.page.provider, at) else None


if __name__ == "__main__":
    run(sys.argv[1])
