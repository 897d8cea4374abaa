"""Pages whose collector is killed, and the snapshot that a folder of their captures gives."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from ingest.models import Page
from ingest.runs import data_folder, publishing
from ingest.simulation.ground_truth import ScriptedPage
from ingest.simulation.scenario import Story, tell
from tests.support.ledgers.worlds import PARTS

START = datetime(2026, 2, 20, tzinfo=UTC)


DAYS = 400


def site(seed: int, slug: str, *, forbids_api: bool) -> ScriptedPage:
    page = Page(f"{slug}.statuspage.{slug}", slug, "statuspage", "http://127.0.0.1", slug)
    story = Story(incidents_a_month=15, edited=0.3, deleted=0.1)
    made = tell(seed, page, slug.title(), PARTS, START, DAYS, story)
    made.forbids_api = forbids_api
    return made


def derived_anew(data: Path, now: datetime) -> str:
    """Hash of the snapshot another folder makes of the same captures."""
    other = data.with_name("other")
    shutil.rmtree(other, ignore_errors=True)
    shutil.copytree(data / "archive", other / "archive")
    for name in ("providers.toml", data_folder.SIMULATED):
        shutil.copy(data / name, other / name)
    return publishing.publish_after(other, data_folder.registry_of(other), now, 0, 0).digest
