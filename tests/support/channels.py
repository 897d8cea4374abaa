"""Publish invented snapshots to a data folder with channels, by a clock moved by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from analytics import Snapshot
from ingest.registry import load
from ingest.simulation.demo import Hands
from statusledger.alerts.around_publishing import alerts_after
from statusledger.alerts.watchlist import FILE
from tests.support.command_line import ACME
from tests.support.loopback import Site, reply, serve
from tests.support.snapshots import Row, at, made, page_of

NOON = at("2026-01-10 12:00")
PAGE = page_of("acme")
SECRET = "T0P-s3cr3t"
ADDRESS = f"/hook/{SECRET}"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serve() as site:
        site[ADDRESS] = reply(204)
        monkeypatch.setenv("TEAM_HOOK", site.url + ADDRESS)
        yield site


@pytest.fixture
def clock() -> Hands:
    return Hands(NOON)


def channel(kind: str, *more: str, name: str = "team", hook: str = "TEAM_HOOK") -> str:
    """Make the table of a channel with an address."""
    return "\n".join([f"[channels.{name}]", f'kind = "{kind}"', f'address_env = "{hook}"', *more])


def settings(data: Path, *tables: str) -> None:
    (data / "providers.toml").write_text(ACME)
    (data / FILE).write_text("\n\n".join(tables), encoding="utf-8")


def publish(data: Path, *posts: Row, as_of: datetime = NOON, **more: Any) -> Snapshot:
    """Put a snapshot into the data folder, as a publication does."""
    kept = made(data, as_of=as_of, posts=posts, **more)
    (data / "snapshots").mkdir(exist_ok=True)
    place = data / "snapshots" / kept.path.name
    kept.path.rename(place)
    (data / "snapshots" / "CURRENT").write_text(place.name)
    return kept


def tell(data: Path, clock: Hands) -> None:
    """Leave a publication: every channel is told what is new."""
    with publishing(data, clock):
        pass


def publishing(data: Path, clock: Hands) -> AbstractContextManager[object, None]:
    """Return what is put around a publication."""
    return alerts_after(data, load(extra=data / "providers.toml"), clock, wait=True)


def told(site: Site, path: str = ADDRESS) -> list[str]:
    """Return the texts a channel of kind slack was sent."""
    return [json.loads(body)["text"] for where, body in site.posted if where == path]


def heads(site: Site, path: str = ADDRESS) -> list[str]:
    return [text.splitlines()[0] for text in told(site, path)]
