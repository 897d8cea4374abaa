"""The snapshot as a file: whole or absent, never rewritten, the same from the same captures."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from analytics.sql_query import query
from ingest.archive.store import Archive
from ingest.models import FetchFailure, NothingCapturedError
from ingest.registry import Registry, load
from ingest.runs import data_folder, publishing
from ingest.snapshot import file
from ingest.snapshot.pointer import KEPT, current, point_at
from ingest.snapshot.publish import Published
from tests.support.captured.feeds import capture
from tests.support.command_line import ACME
from tests.support.ledgers.sightings import NOON, bodies, seen
from tests.support.payloads.statuspage import PAGE, component, incident, incidents_json, update

LATER = datetime(2026, 9, 1, tzinfo=UTC)
BOLT = """
[bolt]
name = "Bolt"
category = "model-lab"

[bolt.pages.statuspage]
base_url = "https://bolt.test"
page_id = "bolt"
feed = "complete"
confidence = "high"
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "providers.toml").write_text(ACME)
    return tmp_path


def registry(data: Path) -> Registry:
    return data_folder.registry_of(data)


def published(data: Path) -> Published:
    return publishing.publish_after(data, registry(data), NOON, 0, 0)


def test_a_snapshot_holds_every_table_of_the_contract(data: Path) -> None:
    Archive(data / "archive").append(bodies())
    path = published(data).path
    counts = {
        table: query(path, f"SELECT count(*) AS n FROM {table}")["n"][0]
        for table in (*file.ORDER, "sources", "revisions")
    }
    assert counts["providers"] == len(load().providers) + 1
    assert counts["incidents"] == 1
    assert counts["updates"] == 2
    assert counts["transitions"] == 2
    assert counts["component_states"] == 1
    assert counts["captures"] >= 2
    assert counts["runs"] == 1
    revisions = query(
        path, "SELECT field, old_value, new_value FROM revisions WHERE update_id IS NULL"
    )
    assert ("status", "investigating", "resolved") in revisions.rows()


def test_whole_seconds_are_floored_twins_of_the_instants(data: Path) -> None:
    Archive(data / "archive").append(bodies())
    twins = query(published(data).path, "SELECT start_at, start_s, end_s FROM component_states")
    assert twins["start_s"].to_list() == [int(twins["start_at"][0].timestamp())]


def test_the_same_captures_give_the_same_hash_in_any_order_and_derived_again(data: Path) -> None:
    first, second = bodies()[:2], bodies()[2:]
    Archive(data / "archive").append(first)
    published(data)
    Archive(data / "archive").append(second)
    one = published(data).digest
    shutil.rmtree(data / "derived")
    assert published(data).digest == one
    shutil.rmtree(data / "archive")
    for found in reversed(bodies()):
        Archive(data / "archive").append([found])
    assert published(data).digest == one
    Archive(data / "archive").merge(NOON + timedelta(days=60))
    assert published(data).digest == one


def test_the_hash_changes_with_what_was_captured(data: Path) -> None:
    Archive(data / "archive").append(bodies()[:2])
    one = published(data).digest
    Archive(data / "archive").append(bodies())
    assert published(data).digest != one


def test_current_names_a_file_and_only_a_newer_one_replaces_it(data: Path) -> None:
    Archive(data / "archive").append(bodies())
    newest = published(data)
    assert current(data / "snapshots") == newest.path
    older = data / "snapshots" / "20260101T000000Z-aaaaaaaa.duckdb"
    file.write(older, {}, {})
    assert not point_at(older, datetime(2026, 1, 1, tzinfo=UTC), LATER)
    assert current(data / "snapshots") == newest.path


def test_snapshots_that_current_does_not_name_do_not_pile_up(data: Path) -> None:
    """As when an older archive was put back: until it has caught up, CURRENT knows more."""
    Archive(data / "archive").append(bodies())
    newest = published(data)
    for day in range(1, KEPT + 3):
        older = data / "snapshots" / f"202501{day:02}T000000Z-aaaaaaaa.duckdb"
        file.write(older, {}, {})
        assert not point_at(older, datetime(2025, 1, day, tzinfo=UTC), LATER)
        assert older.exists()
    assert len(list((data / "snapshots").glob("*.duckdb"))) == KEPT
    assert current(data / "snapshots") == newest.path


def test_a_reader_keeps_its_snapshot_while_others_are_published(data: Path) -> None:
    Archive(data / "archive").append(bodies())
    path = published(data).path
    with duckdb.connect(str(path), read_only=True) as reader:
        published(data)
        published(data)
        assert reader.sql("SELECT count(*) AS n FROM incidents").pl()["n"][0] == 1
    assert len(list((data / "snapshots").glob("*.duckdb"))) <= KEPT


@pytest.mark.parametrize("damage", [b"", b"half a file"])
def test_a_damaged_snapshot_is_replaced_by_the_next(data: Path, damage: bytes) -> None:
    Archive(data / "archive").append(bodies())
    one = published(data)
    one.path.write_bytes(damage)
    assert published(data).digest == one.digest
    assert query(current(data / "snapshots") or data, "SELECT count(*) AS n FROM runs")["n"][0] == 1


def test_only_the_last_three_snapshots_are_kept_and_one_is_exposed(data: Path) -> None:
    Archive(data / "archive").append(bodies())
    made = [published(data).path for _ in range(5)]
    kept = set((data / "snapshots").glob("*.duckdb"))
    assert len(kept) == KEPT
    assert made[-1] in kept
    exposed = data / "statusledger.duckdb"
    assert exposed.read_bytes() == made[-1].read_bytes()


def test_a_snapshot_that_cannot_be_finished_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = {"incidents": [{"provider": "acme"}]}
    with pytest.raises(duckdb.ConstraintException):
        file.write(tmp_path / "x.duckdb", broken, {})
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_of_the_past_holds_what_was_known_then(data: Path) -> None:
    Archive(data / "archive").append(bodies())
    now = published(data)
    aside = publishing.publish_aside(
        data, registry(data), data / "then.duckdb", NOON + timedelta(minutes=11)
    )
    assert query(aside.path, "SELECT status FROM incidents")["status"].to_list() == [
        "investigating"
    ]
    assert current(data / "snapshots") == now.path
    only_then = data / "other"
    (only_then / "x").mkdir(parents=True)
    (only_then / "providers.toml").write_text(ACME)
    Archive(only_then / "archive").append(bodies()[:3])
    assert (
        publishing.publish_after(only_then, registry(only_then), NOON, 0, 0).digest == aside.digest
    )


def test_an_empty_archive_says_so(data: Path) -> None:
    with pytest.raises(NothingCapturedError, match="statusledger collect"):
        published(data)


def test_an_unreadable_archive_file_costs_nobody_else(data: Path) -> None:
    Archive(data / "archive").append(bodies())
    (data / "archive" / "2026-01").mkdir(exist_ok=True)
    (data / "archive" / "2026-01" / "20260101T000000Z-deadbeef.parquet").write_bytes(
        b"PAR1 nonsense"
    )
    assert query(published(data).path, "SELECT count(*) AS n FROM incidents")["n"][0] == 1


def test_a_scoped_page_shows_its_own_components_and_posts_only(data: Path) -> None:
    scoped = ACME + 'component_ids = ["aaaa1111bbbb"]\ntitle_keywords = ["copilot"]\n'
    (data / "providers.toml").write_text(scoped)
    at = "2026-01-05T10:00:00Z"

    def post(name: str, title: str, *components: str) -> dict[str, object]:
        whole = [component(c) for c in components]
        return incident(name, [update("u", "resolved", at)], name=title, components=whole)

    body = incidents_json(
        post("ours", "Errors", "aaaa1111bbbb", "cccc1111dddd"),
        post("theirs", "Copilot in the title only", "cccc1111dddd"),
        post("named", "Copilot is slow"),
        post("other", "Wiki is slow"),
    )
    Archive(data / "archive").append([seen(body)])
    path = published(data).path
    assert query(path, "SELECT incident_id FROM incidents ORDER BY 1")["incident_id"].to_list() == [
        "named",
        "ours",
    ]
    assert query(path, "SELECT component_id FROM components ORDER BY 1")[
        "component_id"
    ].to_list() == [
        "aaaa1111bbbb",
        "unattributed",
    ]


def test_children_agree_with_their_component_on_provider_and_surface(data: Path) -> None:
    Archive(data / "archive").append(bodies())
    path = published(data).path
    for child in ("component_states", "coverage", "incident_components"):
        disagreeing = query(
            path,
            f"SELECT count(*) AS n FROM {child} x JOIN components c USING (page_key, component_id) "
            "WHERE x.surface <> c.surface OR x.provider <> c.provider",
        )
        assert disagreeing["n"][0] == 0, child


def test_a_source_keeps_its_last_success_and_counts_failures_since(data: Path) -> None:
    good = bodies()[0]
    failed = [
        replace(
            good,
            captured_at=NOON + timedelta(minutes=n),
            failure=FetchFailure.TIMEOUT,
            body=None,
            sha256=None,
        )
        for n in (20, 25)
    ]
    Archive(data / "archive").append([good, *failed])
    rows = query(published(data).path, "SELECT * FROM sources").to_dicts()
    (source,) = rows
    assert source["last_success_at"] == NOON
    assert source["last_attempt_at"] == NOON + timedelta(minutes=25)
    assert (source["failure"], source["consecutive_failures"]) == ("timeout", 2)
    covered = query(path := published(data).path, "SELECT max(end_at) AS e FROM coverage")
    assert covered["e"][0] == NOON, path


def test_a_page_is_quiet_by_its_own_last_capture_not_by_that_of_another(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    posts = [
        incident(name, [update(name, "resolved", f"2026-01-{day:02}T10:00:00Z")])
        for day, name in enumerate(("a", "b", "c"), start=5)
    ]
    (data / "providers.toml").write_text(ACME + BOLT)
    bolt = replace(
        PAGE, page_key="bolt.statuspage.bolt", base_url="https://bolt.test", page_id="bolt"
    )
    body, much_later = incidents_json(*posts), timedelta(days=400)
    theirs = body.replace(str(PAGE.page_id).encode(), b"bolt")
    captures = [seen(body), capture(bolt, theirs, NOON + much_later)]
    monkeypatch.setattr(data_folder, "now", lambda: NOON + 2 * much_later)
    Archive(data / "archive").append(captures)
    sql = "SELECT page_key, \"at\", reason FROM warnings WHERE kind = 'stale_suspect'"
    [(page_key, at, reason)] = query(published(data).path, sql).rows()
    assert (page_key, at) == ("bolt.statuspage.bolt", NOON + much_later)
    assert reason == "no post for 403 days, usually one every day"


def test_an_address_is_one_source_however_many_bodies_it_gave_at_once(data: Path) -> None:
    parts = [seen(incidents_json(incident(name))) for name in ("one", "two")]
    Archive(data / "archive").append(parts)
    (source,) = query(published(data).path, "SELECT * FROM sources").to_dicts()
    assert (source["last_success_at"], source["records"]) == (NOON, 2)


def test_a_series_breaks_where_its_page_moved_to_another_engine(data: Path) -> None:
    old = """
[acme.pages.instatus]
base_url = "https://acme.instatus.test"
feed = "none"
confidence = "high"
closed = "retired"
valid_to = 2025-03-01
"""
    since = 'valid_from = 2025-03-01\nzone = "America/Los_Angeles"\n'
    (data / "providers.toml").write_text(ACME + since + old)
    Archive(data / "archive").append(bodies())
    sql = "SELECT page_key, \"at\", kind, note FROM breaks WHERE provider = 'acme'"
    assert query(published(data).path, sql).rows() == [
        (
            PAGE.page_key,
            datetime(2025, 3, 1, 8, tzinfo=UTC),
            "migration",
            "moved from instatus to statuspage",
        )
    ]


def test_frames_are_typed_by_the_contract() -> None:
    schema = file.stored_columns()
    assert schema["incidents"]["flags"] == pl.List(pl.String)
    assert "started_s" not in schema["incidents"]
    assert set(schema) == set(file.ORDER)


def test_captures_dated_after_the_clock_are_left_out_and_as_of_stays_behind_it(
    data: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, ahead = seen(incidents_json(incident("one"))), timedelta(days=365)
    later = replace(good, captured_at=NOON + ahead)
    Archive(data / "archive").append([good])
    digest = published(data).digest
    Archive(data / "archive").append([later])
    monkeypatch.setattr(data_folder, "now", lambda: NOON + timedelta(hours=1))
    done = published(data)
    assert (done.as_of, done.digest, done.current) == (NOON, digest, True)
    assert caplog.messages == [
        "captures dated after 2026-01-10T13:00:00Z are left out: a clock ran ahead"
    ]
    assert query(done.path, "SELECT max(end_at) AS e FROM coverage")["e"][0] == NOON
    monkeypatch.setattr(data_folder, "now", lambda: NOON + 2 * ahead)
    assert published(data).as_of == NOON + ahead


def test_nothing_but_captures_of_the_future_is_nothing_yet(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Archive(data / "archive").append([seen(incidents_json(incident("one")))])
    monkeypatch.setattr(data_folder, "now", lambda: NOON - timedelta(days=1))
    with pytest.raises(NothingCapturedError):
        published(data)
