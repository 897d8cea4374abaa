"""The profile month by month: ours beside what the provider published."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics import Snapshot, ask
from analytics.calendar_days import whole_months
from analytics.read_models import reported_uptime
from analytics.wording.profile import months_sentence
from dashboard.tables.profile import month_table
from tests.support.pages.profiles import NOW, YEAR
from tests.support.snapshots import ACME, at, component, covered, made, page_of, page_row, state


def posted_row(day: str, partial: int = 0, major: int = 0, of: str = "api") -> dict[str, Any]:
    return {
        "provider": ACME,
        "page_key": page_of(ACME),
        "component_id": of,
        "day": date.fromisoformat(day),
        "zone": "Etc/UTC",
        "partial_seconds": partial,
        "major_seconds": major,
        "known_from": NOW,
    }


def ratio_row(first: str, last: str, ratio: float, of: str = "api") -> dict[str, Any]:
    return {
        "provider": ACME,
        "page_key": page_of(ACME),
        "component_id": of,
        "window_start": date.fromisoformat(first),
        "window_end": date.fromisoformat(last),
        "ratio": ratio,
        "rule": "statuspage",
        "known_from": NOW,
    }


def days(first: str, last: str) -> list[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [str(start + timedelta(days=n)) for n in range((end - start).days + 1)]


def months(snapshot: Snapshot) -> dict[str, tuple[Any, ...]]:
    columns = ("month", "posted_low", "posted_high", "posted_components", "posted_from")
    rows = reported_uptime.posted_months(snapshot).select(columns).iter_rows()
    return {row[0]: row[1:] for row in rows}


def test_their_months_are_what_they_published(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        components=[component("api"), component("api2")],
        posted_ratios=[
            ratio_row("2025-11-01", "2025-11-30", 0.999),
            ratio_row("2025-11-01", "2025-11-30", 0.99, of="api2"),
            ratio_row("2025-11-01", "2025-11-29", 0.5),
            ratio_row("2025-09-01", "2025-11-30", 0.5),
        ],
        posted_uptime=[posted_row(day, major=86_400) for day in days("2025-11-01", "2025-11-30")],
    )
    assert months(snapshot) == {"2025-11": (0.99, 0.999, 2, reported_uptime.PUBLISHED)}


def test_seconds_of_every_day_make_a_month_by_their_own_formula(tmp_path: Path) -> None:
    known = [
        posted_row("2025-12-01", partial=1000, major=600),
        *(posted_row(day) for day in days("2025-12-02", "2026-01-04")),
    ]
    snapshot = made(tmp_path, as_of=NOW, components=[component()], posted_uptime=known)
    found = months(snapshot)
    assert found["2025-12"][0] == pytest.approx(1 - (600 + 0.3 * 1000) / (86_400 * 31))
    assert found["2026-01"] == (1.0, 1.0, 1, reported_uptime.SECONDS)


@pytest.mark.parametrize("missing", ["2025-12-01", "2025-12-15", "2025-12-31"])
def test_a_month_with_a_day_missing_is_not_known(tmp_path: Path, missing: str) -> None:
    known = [posted_row(d) for d in days("2025-12-01", "2026-01-04") if d != missing]
    snapshot = made(tmp_path, as_of=NOW, components=[component()], posted_uptime=known)
    assert list(months(snapshot)) == ["2026-01"]


def test_the_month_a_component_began_is_whole_from_that_day(tmp_path: Path) -> None:
    known = [posted_row(day) for day in days("2025-12-10", "2025-12-31")]
    began = component(start_date=date(2025, 12, 10))
    snapshot = made(tmp_path, as_of=NOW, components=[began], posted_uptime=known)
    assert list(months(snapshot)) == ["2025-12"]


def test_ours_and_theirs_stand_side_by_side_for_whole_months(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        states=[state("partial", "2025-12-01 00:00", "2025-12-01 01:00")],
        posted_ratios=[ratio_row("2025-12-01", "2025-12-31", 0.9995)],
    )
    question = ask(providers=[ACME], since="2025-12-10", until="2026-01-10")
    rows = reported_uptime.months_beside(snapshot, question)
    assert rows["month"].to_list() == ["2026-01", "2025-12"]
    december = rows.to_dicts()[1]
    assert december["availability"] == pytest.approx(1 - 3600 / (86_400 * 31))
    assert december["beside"] == pytest.approx(1 - 0.3 * 3600 / (86_400 * 31))
    assert december["posted_low"] == 0.9995
    assert rows["posted_low"][0] is None
    assert rows["window_end"][0] == NOW
    assert "known for 1 of 2 rows" in months_sentence(rows, question.zone)
    shown = month_table(rows)
    assert shown["Theirs %"].to_list() == ["–", "99.950"]


def test_months_of_another_zone_are_said_to_be(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        pages=[page_row(ACME, zone="America/New_York")],
        posted_ratios=[ratio_row("2025-12-01", "2025-12-31", 1.0)],
    )
    rows = reported_uptime.months_beside(snapshot, ask(providers=[ACME]))
    assert "The provider's months are those of America/New_York." in months_sentence(
        rows, "Etc/UTC"
    )


@pytest.mark.parametrize(
    ("start", "end", "zone", "found"),
    [
        ("2026-01-31", "2026-02-01", "Etc/UTC", (date(2026, 1, 1), date(2026, 2, 1))),
        ("2026-01-31", "2026-02-01 00:00:01", "Etc/UTC", (date(2026, 1, 1), date(2026, 3, 1))),
        ("2026-01-01", "2026-01-02", "America/New_York", (date(2025, 12, 1), date(2026, 2, 1))),
    ],
)
def test_whole_months_reach_from_the_first_to_the_last_touched(
    start: str, end: str, zone: str, found: tuple[date, date]
) -> None:
    assert whole_months(at(start), at(end), zone) == found


def test_a_month_nobody_vouches_for_has_no_noughts(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of=NOW, coverage=[covered("2026-01-01", NOW)])
    rows = reported_uptime.months_beside(snapshot, ask(providers=[ACME], since="2025-11-01"))
    row = month_table(rows).filter(pl.col("Month") == "2025-11").row(0, named=True)
    assert (row["Down min"], row["Posts open (n)"], row["Unknown min"]) == (None, None, None)
    assert row["Coverage %"] == 0
