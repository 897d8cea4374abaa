"""A page and a webhook on the loopback interface, and ``collect`` by a clock moved by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ingest.fetching import fetcher as fetcher_module
from ingest.fetching.fetcher import Fetcher
from ingest.runs import collecting, continuous, data_folder
from ingest.simulation.demo import Hands
from statusledger.alerts.watchlist import WEBHOOK
from tests.support.command_line import ACME, Result, cli
from tests.support.loopback import Reply, Site, reply, serve
from tests.support.payloads.statuspage import (
    about_page,
    component,
    incident,
    incidents_json,
    update,
)

START = datetime(2026, 1, 10, 12, tzinfo=UTC)
ROUND = timedelta(minutes=6)
SECRET = "T0P-s3cr3t"
HOOK = f"/services/{SECRET}"
LIST = "/api/v2/incidents.json"
PARTS = [component("aaaa1111bbbb", name="Acme API"), component("cccc1111dddd", name="Console")]
OLD = incident("old", name="Long ago", components=PARTS)


def listed(*incidents: Any) -> Reply:
    return reply(body=incidents_json(*incidents, OLD))


def opened(name: str, at: datetime, part: int = 0) -> dict[str, Any]:
    return incident(
        name,
        [update("u1", "investigating", f"{at:%Y-%m-%dT%H:%M:%SZ}")],
        name=f"Trouble {name}",
        components=[PARTS[part]],
    )


def closed(name: str, at: datetime, end: datetime) -> dict[str, Any]:
    updates = [
        update("u1", "investigating", f"{at:%Y-%m-%dT%H:%M:%SZ}"),
        update("u2", "resolved", f"{end:%Y-%m-%dT%H:%M:%SZ}"),
    ]
    return incident(name, updates, name=f"Trouble {name}", components=PARTS[:1])


def texts(site: Site) -> list[str]:
    """Return what the webhook was sent; every body is Slack's JSON."""
    bodies = [json.loads(body) for path, body in site.posted if path == HOOK]
    assert all(body.keys() == {"text"} for body in bodies)
    return [body["text"] for body in bodies]


def heads(site: Site) -> list[str]:
    return [text.splitlines()[0] for text in texts(site)]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Hands:
    hands, real = Hands(START), collecting.collect_now

    def by_hand(data: Path, pages: Any, fetcher: Fetcher, *_: object, **more: Any) -> Any:
        return real(data, pages, fetcher, hands, **more)

    monkeypatch.setattr(data_folder, "now", hands)
    monkeypatch.setattr(collecting, "collect_now", by_hand)
    monkeypatch.setattr(continuous, "keep_going", partial(continuous.keep_going, clock=hands))
    return hands


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for module in (fetcher_module, continuous):
        monkeypatch.setattr(module, "Fetcher", partial(Fetcher, spacing=0, seconds=5))
    roster = {"page": about_page(), "status": {}, "components": PARTS}
    with serve() as site:
        site[LIST] = listed()
        site["/api/v2/summary.json"] = reply(body=json.dumps(roster).encode())
        waiting = {"page": about_page(), "scheduled_maintenances": []}
        site["/api/v2/scheduled-maintenances.json"] = reply(body=json.dumps(waiting).encode())
        yield site


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serve() as site:
        site[HOOK] = reply(body=b"ok")
        monkeypatch.setenv(WEBHOOK, site.url + HOOK)
        yield site


@pytest.fixture
def data(tmp_path: Path, page: Site, clock: Hands) -> Path:
    own = ACME.replace("https://status.acme.test", page.url)
    (tmp_path / "providers.toml").write_text(f"{own}allow_private = true\n")
    return tmp_path


def collect(data: Path, code: int = 0) -> Result:
    result = cli(data, "collect", "acme")
    assert result.exit_code == code, result
    assert SECRET not in result.stdout + result.stderr
    return result


def later(clock: Hands, by: timedelta = ROUND) -> datetime:
    clock.at += by
    return clock.at
