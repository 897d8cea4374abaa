"""Small real snapshots from a few invented rows.

A test states what a provider published and reads the file that the product's own writer
makes of it:

    def test_half_an_hour_down(tmp_path: Path) -> None:
        snapshot = made(
            tmp_path,
            as_of="2026-01-10",
            coverage=[covered("2026-01-01", "2026-01-10")],
            states=[state("partial", "2026-01-05 10:00", "2026-01-05 10:30", post="p1")],
            posts=[post("p1", "2026-01-05 10:00", "2026-01-05 10:30")],
        )

Times are ISO texts or datetimes, UTC unless they say otherwise. Unless told otherwise
everything happens to component ``api`` (surface ``api_inference``) of provider ``acme``.
What is mentioned exists: components, pages, providers and the links between posts and
components are filled in, so only what a test is about needs stating. Every row maker takes
any further column of its table (``ingest/schema.sql``) as a keyword. Tables without a row
maker are given whole, as ``made(..., observations=[{...}])``.
"""

from __future__ import annotations

import itertools
import os
import pickle
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from analytics.snapshot import Snapshot, open_snapshot
from ingest.snapshot import file

Row = dict[str, Any]
Moment = str | datetime

ACME = "acme"
API = "api"
SURFACE = "api_inference"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_numbers = itertools.count()


def at(moment: Moment) -> datetime:
    """Make an instant in UTC."""
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def page_of(provider: str) -> str:
    """Return the key of the one page an invented provider has."""
    return f"{provider}.statuspage.test"


def component(name: str = API, *, provider: str = ACME, surface: str = SURFACE, **more: Any) -> Row:
    """Make a component; its name is its id."""
    return {
        "provider": provider,
        "page_key": page_of(provider),
        "component_id": name,
        "name": name,
        "aliases": [],
        "name_history": [name],
        "surface": surface,
        "surface_basis": "name",
        "first_seen_at": LONG_AGO,
        **more,
    }


def state(
    worse: str,
    start: Moment,
    end: Moment | None = None,
    *,
    of: str = API,
    provider: str = ACME,
    post: str | None = None,
    **more: Any,
) -> Row:
    """Make a span in which component ``of`` was not operational; without ``end`` it still lasts."""
    return {
        "provider": provider,
        "page_key": page_of(provider),
        "component_id": of,
        "state": worse,
        "start_at": at(start),
        "end_at": at(end) if end else None,
        "basis": "replay",
        "incident_id": post,
        **more,
    }


def covered(start: Moment, end: Moment, *, of: str = API, provider: str = ACME, **more: Any) -> Row:
    """Make a span in which component ``of`` is covered."""
    return {
        "provider": provider,
        "page_key": page_of(provider),
        "component_id": of,
        "start_at": at(start),
        "end_at": at(end),
        "basis": "list",
        **more,
    }


def post(
    name: str,
    start: Moment,
    end: Moment | None = None,
    *,
    of: Sequence[str] = (API,),
    provider: str = ACME,
    kind: str = "incident",
    impact_s: int | None = None,
    **more: Any,
) -> Row:
    """Make an outage posted at ``start`` and resolved at ``end``, or still open.

    All clocks agree unless they are given one by one. ``of``: the components it names.
    """
    begun, over = at(start), at(end) if end else None
    open_s = None if over is None else int(over.timestamp() // 1) - int(begun.timestamp() // 1)
    stage = "investigating" if over is None else "resolved"
    return {
        "provider": provider,
        "page_key": page_of(provider),
        "incident_id": name,
        "aliases": [],
        "kind": kind,
        "class": "outage" if kind == "incident" else "maintenance",
        "class_basis": "rule",
        "title": name,
        "status": stage,
        "stage": stage,
        "first_impact": "major",
        "impact": "major",
        "max_impact": "major",
        "started_at": begun,
        "resolved_at": over,
        "start_basis": "posted",
        "end_basis": "none" if over is None else "resolved",
        "impact_start_at": begun,
        "impact_end_at": over,
        "impact_start_basis": "posted",
        "impact_end_basis": "none" if over is None else "resolved",
        "causes": ["not_stated"],
        "published_at": begun,
        "open_seconds": open_s,
        "impact_seconds": impact_s,
        "duration_quality": "open" if over is None else "exact",
        "flags": [],
        "url": f"https://{provider}.test/incidents/{name}",
        "update_count": 2,
        "revision_count": 0,
        "first_seen_at": begun,
        **more,
        "of": tuple(of),
    }


def update(of: str, stage: str, written: Moment, *, provider: str = ACME, **more: Any) -> Row:
    """Make a message of the post named ``of``; shown and written at the same instant."""
    when = at(written)
    return {
        "provider": provider,
        "page_key": page_of(provider),
        "incident_id": of,
        "update_id": f"u{next(_numbers)}",
        "status": stage,
        "stage": stage,
        "created_at": when,
        "display_at": when,
        "edited_at": when,
        "body_text": stage,
        "revision_count": 0,
        **more,
    }


def source(
    url: str, ok: Moment | None, *, failed: Moment | None = None, provider: str = ACME, **more: Any
) -> list[Row]:
    """Make captures of one address: the last that went well and, after it, the last that failed."""
    common: Row = {
        "provider": provider,
        "page_key": page_of(provider),
        "url": url,
        "shape": "incidents",
        "polls": 1,
        "records": 1,
        "rejected": 0,
        "stale_after_s": 3600,
    }
    rows: list[Row] = []
    if ok is not None:
        rows.append({**common, "first_at": at(ok), "last_at": at(ok), **more})
    if failed is not None:
        bad = {"failure": "timeout", "message": "no answer in 20 s", "records": 0}
        rows.append({**common, "first_at": at(failed), "last_at": at(failed), **more, **bad})
    return rows


def provider_row(name: str, **more: Any) -> Row:
    """Make a provider as the registry describes it."""
    return {
        "provider": name,
        "name": name.title(),
        "category": "model-lab",
        "source_class": "curated",
        "starter": True,
        **more,
    }


def page_row(provider: str, **more: Any) -> Row:
    """Return the provider's page."""
    return {
        "provider": provider,
        "page_key": page_of(provider),
        "platform": "statuspage",
        "base_url": f"https://status.{provider}.test",
        "zone": "Etc/UTC",
        "status": "live",
        **more,
    }


def made(
    folder: Path,
    *,
    as_of: Moment,
    components: Iterable[Row] = (),
    states: Iterable[Row] = (),
    coverage: Iterable[Row] = (),
    posts: Iterable[Row] = (),
    simulated: bool = False,
    **tables: Iterable[Mapping[str, Any]],
) -> Snapshot:
    """Make a snapshot holding these rows, written under a new name in ``folder`` and opened."""
    states, coverage, posts = list(states), list(coverage), list(posts)
    named = [{**row, "component_id": of} for row in posts for of in row["of"]]
    known = {(row["page_key"], row["component_id"]): row for row in components}
    for row in (*states, *coverage, *named):
        key = row["page_key"], row["component_id"]
        known.setdefault(key, component(key[1], provider=row["provider"]))

    def placed(row: Row) -> Row:
        return {"surface": known[row["page_key"], row["component_id"]]["surface"], **row}

    rows: dict[str, Iterable[Mapping[str, Any]]] = {
        "components": known.values(),
        "component_states": map(placed, states),
        "coverage": map(placed, coverage),
        "incidents": [{k: v for k, v in row.items() if k != "of"} for row in posts],
        "incident_components": [_link(placed(row)) for row in named],
        **{name: list(given) for name, given in tables.items()},
    }
    everyone = dict.fromkeys(row["provider"] for row in known.values())
    rows.setdefault("providers", [provider_row(name) for name in everyone])
    rows.setdefault("pages", [page_row(name) for name in everyone])
    path = folder / f"{next(_numbers)}.duckdb"
    meta = {"as_of": at(as_of).isoformat(), "simulated": str(simulated).lower()}
    folder.mkdir(parents=True, exist_ok=True)
    told = {name: list(given) for name, given in rows.items()}
    path.write_bytes(_file_of(pickle.dumps((told, meta)), file.METHOD_VERSION))
    return open_snapshot(path)


@lru_cache(maxsize=16)
def _file_of(told: bytes, method_version: str) -> bytes:
    """Write the tables and the meta pickled in ``told``, and return what the file holds.

    Many tests of a module tell the same: it is written once, and each has a file of its own.
    ``method_version`` is the one that the file is marked with.
    """
    with TemporaryDirectory(dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")) as folder:
        path = Path(folder) / "one.duckdb"
        file.write(path, *pickle.loads(told))
        return path.read_bytes()


def _link(row: Row) -> Row:
    columns = ("provider", "page_key", "incident_id", "component_id", "surface")
    return {k: row[k] for k in columns} | {"surface_basis": "name", "relation": "declared"}
