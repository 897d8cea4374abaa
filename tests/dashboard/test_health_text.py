"""What stands on every page of the data's age: whose is missing, and for how long."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from analytics.evidence.freshness import components, freshness, uncollected, unmapped
from analytics.wording.overview import uncollected_sentence
from dashboard.session.health_text import (
    FAILURES,
    banner_text,
    freshness_sentence,
    stale_sentence,
    unmapped_sentence,
)
from dashboard.widgets import data_table
from ingest.models import FetchFailure, ReadFailure
from tests.support.pages.streamlit_pages import shown
from tests.support.snapshots import (
    ACME,
    at,
    component,
    covered,
    made,
    page_of,
    page_row,
    post,
    provider_row,
    source,
)

NOW = at("2026-01-31")


def polled(who: str, days: int | None) -> list[dict[str, object]]:
    """Make an address of the provider that answered so many days ago, or never."""
    ok = None if days is None else NOW - timedelta(days=days)
    failed = NOW if days is None else None
    return source(f"https://{who}.test/feed", ok, failed=failed, provider=who)


def told(folder: Path, silent: dict[str, int | None]) -> str:
    """Return the banner, and what its help says."""
    rows = [row for who, days in silent.items() for row in polled(who, days)]
    known = [provider_row(who) for who in silent]
    state = freshness(made(folder, as_of=NOW, captures=rows, providers=known), at("2026-01-31"))
    return f"{banner_text(state, {})} ? {stale_sentence(state)}"


def test_a_fresh_source_is_no_news(tmp_path: Path) -> None:
    assert told(tmp_path, {ACME: 0}) == (
        "Data to 2026-01-31 00:00 UTC ? As posted by the provider, not measured."
    )


def test_stale_sources_are_named_the_longest_silent_first(tmp_path: Path) -> None:
    whole = told(tmp_path, {ACME: 1, "bolt": 9, "coil": 0})
    assert whole.startswith("⚠️ Data to")
    assert "2 sources stale ? Stale: Bolt and Acme, silent for up to 9 d." in whole


def test_pages_that_are_gone_are_said_to_be(tmp_path: Path) -> None:
    kinds = {"acme": "deleted", "bolt": "foreign_page", "coil": "migration", "dyad": "roster"}
    kinds |= {"ember": "deleted", "flux": "deleted"}
    since = {"at": at("2026-01-05"), "note": ""}
    found = [
        {"provider": who, "page_key": page_of(who), "kind": kind, **since}
        for who, kind in kinds.items()
    ]
    found[4]["ended_at"] = at("2026-01-06")
    pages = [page_row(who, status="retired" if who == "flux" else "live") for who in kinds]
    snapshot = made(tmp_path, as_of=NOW, captures=polled(ACME, 9), pages=pages, breaks=found)
    assert banner_text(freshness(snapshot, NOW), {ACME: "Acme"}) == (
        "⚠️ Data to 2026-01-31 00:00 UTC · Acme: page gone since 2026-01-05 00:00 UTC; "
        "bolt: another page at its address since 2026-01-05 00:00 UTC; "
        "coil: another engine since 2026-01-05 00:00 UTC · 1 source stale"
    )


def test_a_source_never_heard_from_is_said_to_be(tmp_path: Path) -> None:
    assert "1 source stale ? Stale: Acme, never heard from." in told(tmp_path, {ACME: None})
    mixed = told(tmp_path, {ACME: None, "bolt": 2})
    assert "Stale: Acme and Bolt, silent for up to 2 d or never heard from." in mixed


def test_a_stale_source_that_failed_at_the_last_attempt_counts_as_failed(tmp_path: Path) -> None:
    rows = [*polled(ACME, None), *polled("bolt", 9)]
    known = [provider_row(who) for who in (ACME, "bolt")]
    snapshot = made(tmp_path, as_of=NOW, captures=rows, providers=known)
    verdict = freshness_sentence(freshness(snapshot, NOW))
    assert "Of 2 sources, 2 are stale" in verdict
    assert "and 1 failed at the last attempt." in verdict


def test_of_many_stale_sources_a_few_are_named(tmp_path: Path) -> None:
    many = {who: 9 - n for n, who in enumerate(("acme", "bolt", "coil", "dyad", "ember"))}
    assert "5 sources stale ? Stale: Acme, Bolt, Coil and 2 others, silent" in told(tmp_path, many)


def test_imported_payloads_are_something_though_nothing_is_polled(tmp_path: Path) -> None:
    imported = made(tmp_path, as_of=NOW, posts=[post("p1", "2026-01-05", "2026-01-06")])
    assert not freshness(imported, NOW).empty
    assert freshness(made(tmp_path, as_of=NOW), NOW).empty


def test_who_is_not_collected_is_named_and_counted(tmp_path: Path) -> None:
    known = [provider_row(who) for who in (ACME, "bolt", "coil", "dyad", "ember", "flux")]
    snapshot = made(tmp_path, as_of=NOW, coverage=[covered("2026-01-01", NOW)], providers=known)
    assert uncollected_sentence(uncollected(snapshot)).startswith(
        "Not shown: Bolt, Coil, Dyad and 2 others. Nothing is collected of these providers"
    )


def test_the_unmapped_share_is_told() -> None:
    assert unmapped_sentence(0, 0) == "No component is known."
    assert unmapped_sentence(3, 0) == "Every component has a surface."
    assert unmapped_sentence(4, 1).startswith(
        "1 of 4 components (25 %). It counts under the surface"
    )


def test_a_stand_in_for_posts_that_name_no_component_is_none(tmp_path: Path) -> None:
    parts = [component(), component("unattributed", surface="other", surface_basis="unmapped")]
    snapshot = made(tmp_path, as_of=NOW, components=parts)
    assert components(snapshot) == 1
    assert unmapped(snapshot).is_empty()


def test_whatever_can_fail_has_words() -> None:
    assert set(FAILURES) == {*FetchFailure, *ReadFailure}


def test_tables_are_read_in_words_and_taken_away_as_they_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = source("https://acme.test/feed", None, failed=NOW)
    doubt = {"at": NOW, "kind": "unknown_word", "record": "p1", "reason": "'meh'", "n": 1}
    snapshot = made(
        tmp_path,
        as_of=NOW,
        providers=[provider_row(ACME)],
        pages=[page_row(ACME, status="no_feed")],
        captures=[{**row, "failure": "http_5xx"} for row in failed],
        warnings=[{"page_key": page_of(ACME), **doubt}],
    )
    taken: dict[str, pl.DataFrame] = {}
    monkeypatch.setattr(
        data_table, "show_downloads", lambda rows, name, *_: taken.update({name: rows})
    )
    app = shown("health", snapshot.path, monkeypatch)
    sources, pages, warnings = (table.value.iloc[0] for table in app.dataframe)
    assert (sources["Provider"], sources["Failure"]) == ("Acme", "server in trouble (HTTP 5xx)")
    assert (pages["Provider"], pages["Status"]) == ("Acme", "no feed")
    assert warnings["Kind"] == "unknown word"
    assert taken["sources"].select("provider", "failure").row(0) == (ACME, "http_5xx")
    assert taken["pages"].select("provider", "name", "status").row(0) == (ACME, "Acme", "no_feed")
    assert taken["warnings"]["kind"].to_list() == ["unknown_word"]
