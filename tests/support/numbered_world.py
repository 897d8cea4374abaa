"""Invent a world of three providers, two of them called by numbers, and write its release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from analytics.snapshot import Snapshot
from ingest.release import parquet_release
from tests.support.snapshots import (
    Row,
    component,
    covered,
    made,
    page_of,
    post,
    source,
    state,
    update,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = START + timedelta(days=110)
POSTS = 60
STATES = ("partial", "major", "degraded", "unknown", "partial", "maintenance")
STAGES = {"investigating": 0.0, "identified": 0.3, "monitoring": 0.7, "resolved": 1.0}
#: Provider, and its components: surface and region of each.
CAST = {
    "302": {"api": ("api_inference", None), "chat": ("chat_web", None)},
    "360": {"east": ("api_inference", "us-east"), "west": ("api_inference", "us-west")},
    "acme": {"api": ("api_inference", None), "console": ("console", None)},
}


def numbered_world(folder: Path) -> Snapshot:
    """Make the world: every provider has posts of every kind, and captures that saw them change."""
    told = [one for nr, provider in enumerate(CAST) for one in _posts(provider, nr)]
    return made(
        folder,
        as_of=AS_OF,
        simulated=True,
        components=[
            component(name, provider=provider, surface=surface, region=region)
            for provider, its in CAST.items()
            for name, (surface, region) in its.items()
        ],
        coverage=[
            covered(START + timedelta(days=a), START + timedelta(days=b), of=name, provider=who)
            for who, its in CAST.items()
            for name, (a, b) in zip((*its, [*its][-1]), ((0, 110), (3, 50), (52, 100)), strict=True)
        ],
        posts=told,
        states=[one for nr, its in enumerate(told) for one in _states(nr, its)],
        updates=[one for nr, its in enumerate(told) for one in _updates(nr, its)],
        versions=[one for nr, its in enumerate(told) for one in _versions(nr, its)],
        captures=[
            row
            for provider in CAST
            for day in range(0, 110, 10)
            for row in source("https://a.test", START + timedelta(days=day), provider=provider)
        ],
        breaks=[_break("acme", "migration"), _break("302", "roster")],
        warnings=[_warning("302", "rejected"), _warning("acme", "stale_suspect")],
    )


def released(folder: Path, snapshot: Snapshot, *, with_text: bool = False) -> Path:
    """Write the release of a snapshot to ``folder`` and return it."""
    parquet_release.write(snapshot.path, folder, AS_OF, with_text=with_text)
    return folder


def _posts(provider: str, nr: int) -> Iterator[Row]:
    names = [*CAST[provider]]
    for i in range(POSTS):
        begun = START + timedelta(hours=i * 43 + nr * 5, seconds=i * 17)
        over = begun + timedelta(minutes=(37 * i * i + 11 * nr) % 900 + 5)
        planned = i % 9 == 8
        yield post(
            f"p{i:02}",
            begun,
            None if i == POSTS - 1 else over,
            of=names if i % 4 == 0 else [names[i % 2]],
            provider=provider,
            kind="maintenance" if planned else "incident",
            impact_s=None if i % 3 else int((over - begun).total_seconds()) // 2,
            **({} if planned else {"class": ("outage", "degradation", "notice")[i % 5 % 3]}),
            max_impact="unknown" if i % 11 == 3 else "major",
            flags=["zombie"] if i == POSTS - 1 and provider == "360" else [],
            start_basis="started" if planned else "posted",
            causes=["network"] if i % 6 == 0 else ["not_stated"],
        )


def _states(nr: int, its: Row) -> Iterator[Row]:
    begun, over = its["started_at"], its["resolved_at"]
    for name in its["of"]:
        last = None if over is None else begun + (over - begun) * 0.8
        yield state(
            STATES[nr % len(STATES)],
            begun,
            last,
            of=name,
            provider=its["provider"],
            post=its["incident_id"] if nr % 5 else None,
            basis="incident" if its["provider"] == "acme" else "replay",
        )


def _updates(nr: int, its: Row) -> Iterator[Row]:
    lasts = (its["resolved_at"] or AS_OF) - its["started_at"]
    for stage, share in STAGES.items():
        when = its["started_at"] + lasts * share
        if stage != "resolved" or its["resolved_at"]:
            late = timedelta(minutes=5 if nr % 7 == 0 else 0)
            yield update(
                its["incident_id"],
                stage,
                when,
                provider=its["provider"],
                update_id=f"{its['incident_id']}.{stage}",
                display_at=when - late,
                edited_at=when + late,
            )


def _versions(nr: int, its: Row) -> Iterator[Row]:
    """Yield two wordings of some posts, and of an update of each."""
    if nr % 3:
        return
    first, then = its["started_at"] + timedelta(hours=1), its["started_at"] + timedelta(hours=30)
    for of_update in (None, f"{its['incident_id']}.investigating"):
        row = {
            "provider": its["provider"],
            "page_key": page_of(its["provider"]),
            "incident_id": its["incident_id"],
            "update_id": of_update,
            "url": "https://a.test",
            "sha256": "00",
            "title": its["title"],
            "status": its["status"],
            "created_at": its["started_at"],
            "display_at": its["started_at"],
            "resolved_at": its["resolved_at"],
        }
        yield {**row, "known_from": first, "known_until": then, "impact": "major", "body": "one"}
        yield {**row, "known_from": then, "impact": "minor", "body": "two" if nr % 2 else "one"}


def _break(provider: str, kind: str) -> Row:
    at = START + timedelta(days=40)
    return {
        "provider": provider,
        "page_key": page_of(provider),
        "at": at,
        "kind": kind,
        "note": "seen",
        "ended_at": at,
    }


def _warning(provider: str, kind: str) -> Row:
    return {
        "page_key": page_of(provider),
        "at": START,
        "last_at": AS_OF,
        "kind": kind,
        "record": "incident 1",
        "reason": "no date",
        "n": 2,
    }
