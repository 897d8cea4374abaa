"""A page that changes under its address is read again once the registry knows the new era."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.ledger.eras import Reader, eras_of
from ingest.models import Capture, Page, Parsed, ReadError
from ingest.platforms import PLATFORMS
from tests.support.command_line import cli, put, rows
from tests.support.payloads import incident_io
from tests.support.payloads.statuspage import about_page, incident, incidents_json

ADDRESS = "https://status.acme.test"
OLD = Page("acme.statuspage.status.acme.test", "acme", "statuspage", ADDRESS)
NEW = Page("acme.incident_io.new", "acme", "incident_io", ADDRESS, valid_from=date(2026, 2, 1))
MOVED = Page(
    "acme.statuspage.new",
    "acme",
    "statuspage",
    ADDRESS,
    "qqqq1111qqqq",
    valid_from=date(2026, 2, 1),
)
THEIRS = json.dumps(
    {"page": {"id": incident_io.PAGE.page_id}, "incidents": [incident_io.incident()]}
).encode()
OURS = incidents_json(incident())
OTHER = json.dumps(
    {"page": about_page(id="qqqq1111qqqq"), "incidents": [incident(page_id="qqqq1111qqqq")]}
).encode()
FEBRUARY, JANUARY = datetime(2026, 2, 3, tzinfo=UTC), datetime(2026, 1, 31, tzinfo=UTC)


def read(body: bytes | None, at: datetime, *pages: Page) -> tuple[str, str]:
    known = {page.page_key: page for page in pages}
    captured = Capture(OLD.page_key, f"{ADDRESS}/api/v2/incidents.json", "incident", at, body=body)
    reader = Reader(known, PLATFORMS, eras_of(known))
    moved, reading = reader.read(captured)
    if isinstance(reading, ReadError):
        return moved.page_key, str(reading.kind)
    return moved.page_key, "read" if isinstance(reading, Parsed) else "no body"


def test_a_body_of_the_new_era_is_read_as_its_own() -> None:
    assert read(THEIRS, FEBRUARY, OLD) == (OLD.page_key, "changed_platform")
    assert read(THEIRS, FEBRUARY, OLD, NEW) == (NEW.page_key, "read")
    assert read(OTHER, FEBRUARY, OLD, MOVED) == (MOVED.page_key, "read")


def test_what_the_old_era_still_answers_stays_its_own() -> None:
    assert read(OURS, FEBRUARY, OLD, NEW) == (OLD.page_key, "read")
    assert read(OURS, FEBRUARY, OLD, MOVED) == (OLD.page_key, "read")


@pytest.mark.parametrize(
    "era",
    [
        replace(NEW, valid_from=None),
        replace(NEW, valid_from=date(2026, 2, 4)),
        replace(NEW, valid_to=date(2026, 2, 3)),
        replace(NEW, base_url="https://status.other.test"),
        replace(NEW, provider="globex"),
        replace(NEW, page_id="01KE0000000000000000000QQQ"),
    ],
)
def test_an_era_of_another_time_or_address_or_id_reads_nothing(era: Page) -> None:
    assert read(THEIRS, FEBRUARY, OLD, era) == (OLD.page_key, "changed_platform")


def test_an_answer_without_a_body_is_of_the_era_of_its_day() -> None:
    ended = replace(OLD, valid_to=date(2026, 2, 1))
    assert read(None, FEBRUARY, ended, NEW) == (NEW.page_key, "no body")
    assert read(None, JANUARY, ended, NEW) == (OLD.page_key, "no body")
    assert read(None, FEBRUARY, OLD, NEW) == (OLD.page_key, "no body")


REGISTRY = """
[acme]
name = "Acme"
category = "model-lab"

[acme.pages.statuspage]
base_url = "https://status.acme.test"
feed = "complete"
confidence = "high"
"""
ERA = """
[acme.pages.incident_io]
base_url = "https://status.acme.test"
feed = "complete"
confidence = "high"
valid_from = 2026-02-01
"""


@pytest.fixture
def migrated(data: Path, tmp_path: Path) -> Path:
    """Import what an address answered before and after a migration nobody knew of."""
    (data / "providers.toml").write_text(REGISTRY)
    bodies: dict[str, Any] = {"2026-01-31T12-00-00Z": OURS}
    for n in range(3):
        bodies[f"{FEBRUARY + n * timedelta(days=1):%Y-%m-%dT%H-%M-%SZ}"] = THEIRS
    for stamp, body in bodies.items():
        put(tmp_path / "in", f"{stamp}.json", body)
    words = ["--provider", "acme", "--platform", "statuspage"]
    assert cli(data, "import", tmp_path / "in", *words).exit_code == 3
    return data


def test_replay_loses_no_week_of_a_migration(migrated: Path) -> None:
    [(old, *_)] = rows(migrated, "incidents", "incident_id")
    (migrated / "providers.toml").write_text(REGISTRY + ERA)
    assert cli(migrated, "replay").exit_code == 0
    known = rows(migrated, "incidents", "page_key", "incident_id", "removed_at")
    assert known == [
        ("acme.incident_io.status.acme.test", incident_io.incident()["id"], None),
        ("acme.statuspage.status.acme.test", old, None),
    ]
    assert {row for (row,) in rows(migrated, "sources", "failure")} == {None}
