"""Probes are held against posts, and never mixed with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics import METRICS, Snapshot, ask
from analytics.sla.contract import read_contracts
from analytics.sla.detection import (
    PROBES,
    Failures,
    PostedSpan,
    detection_leads,
    detection_rows,
    failures,
    read_probes,
    uncovered,
)
from analytics.sla.rows import contract_rows
from ingest.runs.probe_import import import_probes
from tests.support.snapshots import covered, made, post

HOUR = 3600
OUTAGES = [datetime(2026, 4, day, 10, tzinfo=UTC) for day in range(2, 9)]
ASKED = ask(providers=["acme"], surface="api_inference", since="2026-04-01", until="2026-05-01")


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    """Seven outages of an hour, a day apart."""
    return made(
        tmp_path,
        as_of="2026-05-10",
        coverage=[covered("2026-04-01", "2026-05-10")],
        posts=[post(f"p{at.day}", at, at + timedelta(hours=1)) for at in OUTAGES],
    )


def probes(*failed: datetime, target: str = "eu") -> pl.DataFrame:
    """Probe once a minute from an hour before to an hour after each failure, which lasts 5 min."""
    rows: list[dict[str, Any]] = []
    for start in failed:
        for minute in range(-60, 66):
            at_s = int(start.timestamp()) + 60 * minute
            rows.append({"at_s": at_s, "ok": not 0 <= minute < 5})
    told = {"provider": "acme", "surface": "api_inference", "target": target}
    return pl.DataFrame([{**told, **row} for row in rows], schema=dict(PROBES)).sort("at_s")


def metrics(rows: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["metric"]: row for row in rows.to_dicts()}


def test_the_lead_is_from_the_first_failed_probe_to_the_post(snapshot: Snapshot) -> None:
    early = probes(*(at - timedelta(minutes=4, seconds=at.day) for at in OUTAGES))
    found = metrics(detection_rows(snapshot, ASKED, early))["detection_lead_median"]
    assert (found["value"], found["n"], found["basis"]) == (245.0, 7, "probe")
    assert found["low"] <= 245 <= found["high"]


def test_six_posts_are_the_least_for_a_median(snapshot: Snapshot) -> None:
    found = metrics(detection_rows(snapshot, ASKED, probes(*OUTAGES[:5])))["detection_lead_median"]
    assert (found["value"], found["n"], found["status"]) == (None, 5, "insufficient")


def test_failed_probes_without_a_post_have_a_share_and_an_interval(snapshot: Snapshot) -> None:
    silent = datetime(2026, 4, 20, 10, tzinfo=UTC)
    found = metrics(detection_rows(snapshot, ASKED, probes(*OUTAGES[:3], silent)))
    row = found["unposted_failures"]
    assert (row["value"], row["n"]) == (0.25, 20)
    assert 0 < row["low"] < 0.25 < row["high"] < 1


def test_failures_in_time_that_nothing_covers_are_left_out(snapshot: Snapshot) -> None:
    before = datetime(2026, 3, 20, 10, tzinfo=UTC)
    asked = ask(providers=["acme"], surface="api_inference", since="2026-03-01", until="2026-05-01")
    found = metrics(detection_rows(snapshot, asked, probes(before)))["unposted_failures"]
    assert (found["n"], found["value"]) == (0, None)


def test_probes_of_another_surface_count_for_nothing(snapshot: Snapshot) -> None:
    elsewhere = probes(*OUTAGES).with_columns(pl.lit("chat_web").alias("surface"))
    assert metrics(detection_rows(snapshot, ASKED, elsewhere))["unposted_failures"]["n"] == 0


def test_probes_move_no_number_of_posts(snapshot: Snapshot) -> None:
    """A contract has the same estimate with probes and without; they have rows of their own."""
    text = '[mine]\nprovider = "acme"\nsurface = "api_inference"\ntarget = 99\nstart = 2026-04-01'
    mine = [read_contracts(text)["mine"]]
    without = contract_rows(snapshot, mine, ask())
    beside = contract_rows(snapshot, mine, ask(), probes(*OUTAGES))
    own = beside.filter(basis="probe")
    assert beside.filter(pl.col("basis") != "probe").equals(without)
    assert set(own["metric"]) == {"detection_lead_median", "unposted_failures"}
    assert set(own["period"]) == {"2026-04", "2026-05"}


@pytest.mark.parametrize("classes", [(), ("outage", "degradation", "maintenance")])
def test_planned_work_covers_failures_while_it_goes_on_and_has_no_lead(
    tmp_path: Path, classes: tuple[str, ...]
) -> None:
    announced, starts = OUTAGES[0] - timedelta(days=2), OUTAGES[0]
    work = post(
        "work",
        announced,
        starts + timedelta(hours=1),
        kind="maintenance",
        started_at=starts,
        start_basis="in_progress",
    )
    snapshot = made(
        tmp_path,
        as_of="2026-05-10",
        coverage=[covered("2026-03-01", "2026-05-10")],
        posts=[work],
    )
    asked = replace(ASKED, **({"classes": classes} if classes else {}))
    failed = probes(starts - timedelta(hours=12), starts)
    found = metrics(detection_rows(snapshot, asked, failed))
    assert (found["unposted_failures"]["value"], found["unposted_failures"]["n"]) == (0.5, 10)
    assert found["detection_lead_median"]["n"] == 0


def test_a_snapshot_alone_knows_no_probe(snapshot: Snapshot) -> None:
    rows = METRICS["detection"](snapshot, ASKED)
    assert rows["n"].to_list() == [0, 0]
    assert rows["value"].is_null().all()


def test_a_post_before_the_first_failure_has_a_negative_lead() -> None:
    told = PostedSpan(1000, 1000, 5000)
    assert detection_leads([Failures(1300, 1400)], [told]) == [-300]


def test_a_failure_long_over_belongs_to_no_later_post() -> None:
    told = PostedSpan(10_000, 10_000, 12_000)
    assert detection_leads([Failures(100, 10_000 - HOUR - 1)], [told]) == []
    assert detection_leads([Failures(100, 10_000 - HOUR)], [told]) == [9_900]


def test_a_run_ends_with_the_first_good_probe_of_its_target() -> None:
    assert failures([(0, False), (60, True), (120, False)]) == [Failures(0, 0), Failures(120, 120)]


def test_a_failure_inside_a_stated_impact_is_covered_by_the_late_post() -> None:
    assert uncovered([10, 20, 40], [PostedSpan(posted_s=30, began_s=20, closed_s=40)]) == 2


def test_imported_probes_are_read_once_however_often_they_came_in(tmp_path: Path) -> None:
    now = datetime(2026, 3, 5, tzinfo=UTC)
    for name, more in (("a.csv", ""), ("b.csv", "2026-03-04T10:05:00Z,eu,true,\n")):
        path = tmp_path / name
        path.write_text(f"at,target,ok,latency_ms\n2026-03-04T10:00:00Z,eu,false,\n{more}")
        import_probes(tmp_path, path, "acme", "api_inference", now)
    found = read_probes(tmp_path)
    assert dict(found.schema) == dict(pl.Schema(PROBES))
    assert found.select("target", "ok").rows() == [("eu", False), ("eu", True)]
    assert read_probes(tmp_path / "none").is_empty()
