"""A page with more than a year of posts, and what a data folder knows of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ingest.archive.store import Archive
from ingest.ledger import memo
from ingest.models import Page
from ingest.platforms import PLATFORMS
from ingest.simulation.ground_truth import ScriptedComponent, ScriptedPage
from ingest.simulation.scenario import Story, tell
from ingest.snapshot.tables import Rows
from tests.support.ledgers.page_tables import page_tables
from tests.support.ledgers.worlds import PAGE

START = datetime(2025, 2, 1, tzinfo=UTC)


DAY = timedelta(days=1)


NOW = START + 400 * DAY


PARTS = [ScriptedComponent(f"id{name}", name, None, date(2025, 2, 1)) for name in ("API", "Chat")]


STORY = replace(Story(), incidents_a_month=8, maintenances_a_month=1, by_hand=0.0, leftovers=0.0)


def site(*, forbids_api: bool = False) -> ScriptedPage:
    page = replace(PAGE, zone="America/New_York")
    made = tell(7, page, "Acme", PARTS, START, 450, STORY)
    made.forbids_api = forbids_api
    return made


def tables(data: Path, page: Page, as_of: datetime) -> Rows:
    found = memo.derive_ledger(
        Archive(data / "archive"), data / "derived", {page.page_key: page}, PLATFORMS
    )
    return page_tables(found, [page], as_of)


def known(data: Path, page: Page) -> set[str]:
    return {row["incident_id"] for row in tables(data, page, NOW)["incidents"]}


def posted(site: ScriptedPage, *, planned: bool | None = None) -> set[str]:
    return {
        p.post_id
        for p in site.posts
        if p.created_at <= NOW
        and not (p.deleted_at and p.deleted_at <= NOW)
        and (planned is None or (p.scheduled is not None) is planned)
    }
