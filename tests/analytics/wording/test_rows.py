"""An answer as people read it, and the same answer as programs do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from analytics.answer import SCHEMA
from analytics.wording.numbers import BLANK
from analytics.wording.rows import rows_in_words

START = datetime(2026, 1, 1, tzinfo=UTC)


def answer(**more: Any) -> pl.DataFrame:
    row = {"provider": "acme", "metric": "availability", "unit": "fraction", "window_start": START}
    return pl.DataFrame([{**row, **more}], schema=SCHEMA)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (
            {"value": 0.988, "low": 0.9879996, "high": 0.9880004},
            ["98.800 %", "98.799 %", "98.801 %"],
        ),
        ({"value": 1.0, "low": 0.999999, "high": 1.0}, ["100 %", "99.999 %", "100 %"]),
        (
            {"metric": "retrospective", "value": 0.2, "low": 0.0567, "high": 0.51},
            ["20.0 %", "5.7 %", "51.0 %"],
        ),
        ({"metric": "open_p90", "unit": "seconds", "value": 385_200.0}, ["4 d 11 h", BLANK, BLANK]),
        (
            {"metric": "budget_left", "unit": "seconds", "value": -394_713.2},
            ["-4 d 13 h", BLANK, BLANK],
        ),
        (
            {"metric": "frequency", "unit": "posts per 30 days", "value": 4.5552, "low": 2.0},
            ["4.56", "2", BLANK],
        ),
        ({"metric": "count_rank", "unit": "rank of 2", "value": 2.0}, ["2", BLANK, BLANK]),
        ({}, [BLANK] * 3),
    ],
)
def test_a_number_is_written_by_its_unit(row: dict[str, Any], told: list[str]) -> None:
    assert list(rows_in_words(answer(**row)).select("value", "low", "high").row(0)) == told


def test_seconds_and_coverage_are_read_too_and_the_rest_stays() -> None:
    rows = answer(down_s=385_200.0, covered_s=90, unknown_s=0, coverage=0.9999, n=3)
    read = rows_in_words(rows)
    assert [name.removesuffix("_s") for name in rows.columns] == read.columns
    told = read.select("down", "covered", "unknown", "coverage").row(0)
    assert told == ("4 d 11 h", "1 min 30 s", "0 s", "99.9 %")
    assert read.select("n", "window_start", "provider").row(0) == (3, START, "acme")
