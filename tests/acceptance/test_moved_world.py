"""A page moves from Statuspage to incident.io under its address, and every id is another.

The days of an invented page are collected over real HTTP. First nobody knows of the move; then
the registry has the new era, and what was refused meanwhile is read under it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from analytics import METRICS, Snapshot, ask, open_snapshot
from analytics.read_models.current_status import present
from ingest.fetching import fetcher as fetcher_module
from ingest.fetching.fetcher import Fetcher
from ingest.intervals import difference, intersection, union
from ingest.models import Page, State
from ingest.runs import collecting, data_folder
from ingest.simulation.demo import Hands
from ingest.simulation.ground_truth import (
    Mention,
    ScriptedComponent,
    ScriptedIncident,
    ScriptedPage,
    ScriptedUpdate,
)
from ingest.simulation.statuspage_pages import render
from statusledger.alerts.watchlist import WEBHOOK
from tests.support.command_line import cli
from tests.support.ledgers import incident_io_answers
from tests.support.loopback import Site, reply, serve
from tests.support.webhooks import HOOK, heads

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 2, 1, tzinfo=UTC)
ROUND = 4 * HOUR
MOVE, KNOWN, END = START + DAY, START + 2 * DAY, START + 3 * DAY
API, CHAT = "idAPI0000000", "idChat000000"
#: Outages of the API: on the old engine, while nobody knows of the move, and after.
OUTAGES = [
    (START - 20 * DAY, START - 20 * DAY + HOUR),
    (START + 5 * HOUR, START + 10 * HOUR),
    (MOVE + 9 * HOUR, MOVE + 16 * HOUR),
    (KNOWN + 5 * HOUR, KNOWN + 11 * HOUR),
]
LISTS = [
    f"/api/v2/{name}.json"
    for name in ("incidents", "summary", "components", "scheduled-maintenances")
]
OLD = """
[acme]
name = "Acme"
category = "model-lab"

[acme.pages.statuspage]
base_url = "{url}"
feed = "complete"
confidence = "high"
allow_private = true
"""
ENDED = f"""valid_to = {MOVE:%Y-%m-%d}
closed = "retired"
"""
NEW = f"""
[acme.pages.incident_io]
base_url = "{{url}}"
feed = "complete"
confidence = "high"
allow_private = true
valid_from = {MOVE:%Y-%m-%d}
"""


def outage(number: int, start: datetime, end: datetime) -> ScriptedIncident:
    down = Mention(API, State.OPERATIONAL, State.MAJOR)
    up = Mention(API, State.MAJOR, State.OPERATIONAL)
    return ScriptedIncident(
        f"outage{number:06}",
        [(start, f"API outage {number}")],
        (API,),
        [
            ScriptedUpdate(f"a{number:011}", "investigating", "Down.", start, None, (down,)),
            ScriptedUpdate(f"b{number:011}", "resolved", "Up again.", end, None, (up,)),
        ],
    )


def world(url: str) -> ScriptedPage:
    line = [step for a, b in OUTAGES for step in ((a, State.MAJOR), (b, State.OPERATIONAL))]
    colours = {API: line, CHAT: list[tuple[datetime, State]]()}
    return ScriptedPage(
        Page("acme.statuspage.p", "acme", "statuspage", url, "pppp1111qqqq"),
        "Acme",
        [
            ScriptedComponent(API, "API", None, date(2026, 1, 1)),
            ScriptedComponent(CHAT, "Chat", None, date(2026, 1, 1)),
        ],
        [outage(n, *span) for n, span in enumerate(OUTAGES)],
        colours,
        colours,
    )


@dataclass(frozen=True)
class Move:
    """Snapshots of the last round before the registry knew of the move, and of the end."""

    unknown: Path
    known: Path
    messages: list[str]


@pytest.fixture(scope="module")
def move(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Move]:
    data, hands, real = tmp_path_factory.mktemp("move"), Hands(START), collecting.collect_now

    def by_hand(data: Path, pages: Any, fetcher: Fetcher, *_: object, **more: Any) -> Any:
        return real(data, pages, fetcher, hands, **more)

    def played(until: datetime, registry: str) -> Path:
        (data / "providers.toml").write_text(registry)
        while hands.at < until:
            answer(page, site, hands.at)
            assert cli(data, "collect", "acme").exit_code in {0, 1, 3}
            hands.at += ROUND
        with open_snapshot(data) as snapshot:
            return snapshot.path

    with pytest.MonkeyPatch.context() as patched, serve() as page, serve() as hook:
        hook[HOOK] = reply(body=b"ok")
        patched.setenv(WEBHOOK, hook.url + HOOK)
        patched.setattr(data_folder, "now", hands)
        patched.setattr(collecting, "collect_now", by_hand)
        patched.setattr(fetcher_module, "Fetcher", partial(Fetcher, spacing=0, seconds=5))
        site, old, new = world(page.url), OLD.format(url=page.url), NEW.format(url=page.url)
        unknown = played(KNOWN, old)
        kept = data.parent / f"{data.name}.duckdb"
        kept.write_bytes(unknown.read_bytes())
        yield Move(kept, played(END, old + ENDED + new), heads(hook))


def answer(page: Site, site: ScriptedPage, at: datetime) -> None:
    """Let the address answer as it does at an instant."""
    for path in LISTS:
        found = render(site, path, {}, at)
        assert found is not None
        document = json.loads(found[1])
        if at >= MOVE:
            planned = {k: [] for k in document if k == "scheduled_maintenances"}
            document = {**incident_io_answers.translated(document), **planned}
        page[path] = reply(body=json.dumps(document).encode())


def test_the_move_is_one_break_with_its_date(move: Move) -> None:
    for path, platform in ((move.unknown, "statuspage"), (move.known, "incident_io")):
        with open_snapshot(path) as snapshot:
            [row] = snapshot.table("breaks").filter(provider="acme").to_dicts()
        assert (row["kind"], row["at"].replace(second=0)) == ("migration", MOVE)
        assert row["page_key"].startswith(f"acme.{platform}.")


def test_nothing_is_green_while_nobody_knows_of_the_move(move: Move) -> None:
    with open_snapshot(move.unknown) as snapshot:
        assert present(snapshot, "acme", KNOWN - ROUND).headline == "no data"
        assert covered(snapshot)[-1][1] < MOVE
        assert down(snapshot) == OUTAGES[:2]


def test_old_and_new_ids_meet_in_one_series_of_the_surface(move: Move) -> None:
    with open_snapshot(move.known) as snapshot:
        parts = snapshot.table("components").filter(surface="api_inference", provider="acme")
        assert sorted(parts["page_key"].str.split(".").list.get(1)) == ["incident_io", "statuspage"]
        asked = ask(providers=("acme",), surface="api_inference", since=f"{START:%Y-%m-%d}")
        [row] = METRICS["availability"](snapshot, asked).to_dicts()
    window = (END - ROUND - START).total_seconds()
    assert row["covered_s"] > window - 2 * ROUND.total_seconds()
    true = sum((b - a).total_seconds() for a, b in OUTAGES[1:])
    assert row["down_s"] <= true <= row["down_s"] + row["unknown_s"]


def test_no_outage_is_invented_and_none_is_green(move: Move) -> None:
    with open_snapshot(move.known) as snapshot:
        assert difference(down(snapshot), OUTAGES) == []
        doubtful = [*down(snapshot), *spans(snapshot, [State.UNKNOWN])]
        up = difference(covered(snapshot), union(doubtful))
        assert intersection(up, OUTAGES) == []
        withdrawn = snapshot.table("incidents").filter(provider="acme")["removed_at"]
        assert withdrawn.null_count() == len(withdrawn)
        assert present(snapshot, "acme", END - ROUND).headline == "operational"


def test_an_outage_that_both_engines_list_is_counted_once(move: Move) -> None:
    with open_snapshot(move.known) as snapshot:
        asked = ask(providers=("acme",), combine="any", since="2026-01-01")
        [row] = METRICS["frequency"](snapshot, asked).filter(metric="frequency").to_dicts()
    assert row["n"] == len(OUTAGES)


def test_the_webhook_hears_of_the_move_once(move: Move) -> None:
    of_outages = [line for line in move.messages if "API outage" in line]
    rest = [line for line in move.messages if line not in of_outages]
    assert len(rest) == 1
    assert rest[0].startswith("Changed page at Acme: ")
    assert len(of_outages) == len(set(of_outages))


def spans(snapshot: Snapshot, states: list[State]) -> list[tuple[datetime, datetime]]:
    found = snapshot.table("component_states").filter(provider="acme", surface="api_inference")
    rows = found.select("state", "start_at", "end_at").rows()
    return union((a, b or snapshot.as_of) for state, a, b in rows if State(state) in states)


def down(snapshot: Snapshot) -> list[tuple[datetime, datetime]]:
    return spans(snapshot, [State.PARTIAL, State.MAJOR])


def covered(snapshot: Snapshot) -> list[tuple[datetime, datetime]]:
    found = snapshot.table("coverage").filter(provider="acme", surface="api_inference")
    return union(found.select("start_at", "end_at").rows())
