"""A number that the filter of classes changes is told with and without it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analytics import METRICS, ask
from analytics.comparison.sensitivity import every_class
from analytics.wording.rows import unfiltered_sentence
from tests.support.snapshots import covered, made, post, state

MARCH = ask(providers=["acme"], since="2026-03-01", until="2026-03-31")


@pytest.mark.parametrize(
    ("metric", "other", "told"),
    [
        ("availability", "notice", "Acme on API inference 96.666 % instead of 100 %"),
        ("frequency", "notice", "Acme on API inference 2 instead of 1"),
        ("availability", "outage", ""),
        ("frequency", "maintenance", ""),
    ],
)
def test_what_the_filter_changes_is_named(
    tmp_path: Path, metric: str, other: str, told: str
) -> None:
    kind = "maintenance" if other == "maintenance" else "incident"
    window = "2026-03-10", "2026-03-11"
    plain = post("p1", "2026-03-05 10:00", "2026-03-05 11:00")
    its = {**post("p2", *window, kind=kind), "class": other}
    snapshot = made(
        tmp_path,
        as_of="2026-04-01",
        coverage=[covered("2026-03-01", "2026-04-01")],
        posts=[plain, its],
        states=[state("major", *window, post="p2")],
    )
    rows = METRICS[metric](snapshot, MARCH)
    every = METRICS[metric](snapshot, replace(MARCH, classes=every_class(MARCH)))
    said = unfiltered_sentence(rows, every, snapshot.table("providers"))
    assert said == (told and f"With posts of every class: {told}")
