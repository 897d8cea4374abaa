"""An outage that is echoed on a second page keeps both posts, and one of them says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from ingest.incidents.upstream import flag_echoes
from ingest.registry import Provider

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def provider(slug: str, name: str, category: str) -> Provider:
    return Provider(slug, name, category, f"https://{slug}.test", "curated", False, None)


KNOWN = (
    provider("maker", "Claudius (Maker)", "model-lab"),
    provider("editor", "Editor", "tooling"),
    provider("bolt", "Bolt", "tooling"),
)


def post(slug: str, start: datetime, end: datetime | None, title: str = "Errors") -> dict[str, Any]:
    return {
        "provider": slug,
        "page_key": f"{slug}.page",
        "incident_id": title,
        "kind": "incident",
        "title": title,
        "started_at": start,
        "published_at": start,
        "resolved_at": end,
        "flags": ["backdated"],
    }


def flagged(*posts: dict[str, Any], body: str = "") -> list[str]:
    said = [
        {"page_key": p["page_key"], "incident_id": p["incident_id"], "body_text": body}
        for p in posts[1:]
    ]
    schema = {"page_key": pl.String, "incident_id": pl.String, "body_text": pl.String}
    incidents = pl.DataFrame(posts, schema_overrides={"resolved_at": pl.Datetime("us", "UTC")})
    tables = {"incidents": incidents, "updates": pl.DataFrame(said, schema=schema)}
    found = flag_echoes(tables, KNOWN)["incidents"]
    assert found.height == len(posts)
    return [row["provider"] for row in found.to_dicts() if "upstream" in row["flags"]]


BENEATH = post("maker", NOON, NOON + 2 * HOUR)


def test_a_post_that_names_who_is_down_beneath_is_an_echo() -> None:
    above = post("editor", NOON + HOUR, NOON + 2 * HOUR, "Claudius models fail")
    assert flagged(BENEATH, above) == ["editor"]


def test_its_text_may_name_it() -> None:
    above = post("editor", NOON + HOUR, None)
    assert flagged(BENEATH, above, body="Our supplier Maker has an outage.") == ["editor"]


def test_who_is_down_beneath_echoes_nobody() -> None:
    assert flagged(post("editor", NOON, None), post("maker", NOON, None, "Editor is slow")) == []


@pytest.mark.parametrize(("apart", "echo"), [(1, True), (2, False)])
def test_an_echo_comes_within_an_hour(apart: int, echo: bool) -> None:
    start = NOON + 2 * HOUR + apart * HOUR
    above = post("editor", start, start + HOUR, "Claudius models fail")
    assert flagged(BENEATH, above) == (["editor"] if echo else [])


def test_an_ordinary_word_is_no_name() -> None:
    above = post("editor", NOON, None, "Bolt on the door")
    assert flagged(post("bolt", NOON, None), above) == []


def test_what_names_nobody_is_no_echo() -> None:
    assert flagged(BENEATH, post("editor", NOON, None)) == []
