"""Provenance and ground: where numbers come from, and who can be compared over what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics import Snapshot, ask
from analytics.comparison.eligibility import eligibility
from analytics.evidence.provenance import breaks, provenance
from analytics.metrics.frequency import frequency
from analytics.wording.comparison import exclusion_reason
from tests.support.snapshots import (
    ACME,
    Row,
    at,
    component,
    covered,
    made,
    page_of,
    post,
    provider_row,
    source,
    state,
)

AS_OF = "2026-07-01"
WINDOW = {"surface": "api_inference", "since": "2026-01-01"}
ASKED = ask(providers=["acme", "globex"], **WINDOW)


def of_acme(snapshot: Snapshot) -> dict[str, Any]:
    return {row["provider"]: row for row in provenance(snapshot, ASKED).to_dicts()}[ACME]


def both(tmp_path: Path, **more: Any) -> Snapshot:
    seen = [covered("2025-12-01", AS_OF, provider=name) for name in ("acme", "globex")]
    return made(tmp_path, as_of=AS_OF, **{"coverage": seen, **more})


def test_the_basis_is_that_of_the_states_on_the_surface(tmp_path: Path) -> None:
    chat = component("chat", surface="chat_web")
    states = [
        state("major", "2026-02-01", "2026-02-02", basis="replay"),
        state("major", "2026-02-01", "2026-02-02", of="chat", basis="incident"),
    ]
    snapshot = both(tmp_path, components=[component(), chat], states=states)
    assert of_acme(snapshot)["bases"] == ["replay"]
    assert of_acme(both(tmp_path))["bases"] == []


def test_posts_without_a_word_of_impact_are_counted_among_those_of_the_frequency(
    tmp_path: Path,
) -> None:
    posts = [
        post("told", "2026-02-01", "2026-02-02"),
        post("silent", "2026-02-03", "2026-02-04", max_impact="unknown"),
        post("outside", "2025-11-03", "2025-11-04", max_impact="unknown"),
        post("not covered", "2026-05-03", "2026-05-04", max_impact="unknown"),
    ]
    seen = [covered("2025-12-01", "2026-05-01"), covered("2025-12-01", AS_OF, provider="globex")]
    row = of_acme(both(tmp_path, posts=posts, coverage=seen))
    assert (row["without_impact"], row["posts"]) == (1, 2)
    assert frequency(both(tmp_path, posts=posts, coverage=seen), ASKED)["n"].to_list() == [2, 0]


def test_what_has_no_place_is_counted_over_all_surfaces(tmp_path: Path) -> None:
    nameless = component("unattributed", surface="other", surface_basis="unmapped")
    strange = component("moon", surface="other", surface_basis="unmapped")
    posts = [
        post("named", "2026-02-01", "2026-02-02"),
        post("nameless", "2026-02-01", "2026-02-02", of=["unattributed"]),
    ]
    row = of_acme(both(tmp_path, components=[component(), nameless, strange], posts=posts))
    assert (row["unattributed"], row["provider_posts"], row["posts"]) == (1, 2, 1)
    assert (row["unmapped"], row["components"]) == (1, 2)


def test_captures_that_failed_do_not_begin_a_history(tmp_path: Path) -> None:
    url = "https://acme.test/incidents.json"
    captures = source(url, "2026-02-01", failed="2026-06-01")
    captures += source(url, None, failed="2026-01-01")
    row = of_acme(both(tmp_path, captures=captures))
    assert row["first_captured_at"] == row["last_captured_at"] == at("2026-02-01")


def test_breaks_are_those_of_the_providers_that_reach_into_the_window(tmp_path: Path) -> None:
    def a_break(provider: str, moment: str, *, kind: str = "migration", **more: Any) -> Row:
        about = {"provider": provider, "page_key": page_of(provider)}
        return {**about, "at": at(moment), "ended_at": at(moment), "kind": kind, "note": "", **more}

    snapshot = both(
        tmp_path,
        breaks=[
            a_break("acme", "2026-03-01"),
            a_break("acme", "2025-03-01"),
            a_break("acme", "2025-02-01", kind="frozen", ended_at=None),
            a_break("initech", "2026-03-01"),
        ],
    )
    assert [tuple(row) for row in breaks(snapshot, ASKED)["provider", "at"].iter_rows()] == [
        ("acme", at("2025-02-01")),
        ("acme", at("2026-03-01")),
    ]


@pytest.mark.parametrize(
    ("since", "entered", "enough", "common"),
    [
        ("2025-12-01", True, True, 181.0),
        ("2026-03-20", True, True, 103.0),
        ("2026-05-01", False, False, 181.0),
    ],
)
def test_who_is_observed_too_little_is_left_out_and_shortens_nobodys_time(
    tmp_path: Path, since: str, entered: bool, enough: bool, common: float
) -> None:
    seen = [covered("2025-12-01", AS_OF), covered(since, AS_OF, provider="globex")]
    acme, globex = eligibility(both(tmp_path, coverage=seen), ASKED).to_dicts()
    assert (globex["entered"], globex["enough"]) == (entered, enough)
    assert acme["entered"]
    assert acme["common_days"] == common
    if not entered:
        assert globex["days"] == 61


def test_common_time_runs_from_the_latest_start_to_the_earliest_end(tmp_path: Path) -> None:
    seen = [
        covered("2026-01-10", AS_OF),
        covered("2025-12-01", "2026-06-20", provider="globex"),
    ]
    for row in eligibility(both(tmp_path, coverage=seen), ASKED).to_dicts():
        assert row["common_start"] == at("2026-01-10")
        assert row["common_end"] == at("2026-06-20")


def test_a_provider_without_the_surface_is_not_on_the_ground(tmp_path: Path) -> None:
    seen = [covered("2025-12-01", AS_OF)]
    providers = [provider_row("acme"), provider_row("globex")]
    row = eligibility(both(tmp_path, coverage=seen, providers=providers), ASKED).to_dicts()[-1]
    assert (row["provider"], row["entered"], row["days"]) == ("globex", False, 0)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"entered": True, "enough": True}, None),
        (
            {"entered": False, "days": 30.99},
            "it was observed for 30.9 of the 90 days needed",
        ),
        (
            {"entered": True, "enough": False, "common_days": 9.0},
            "there are 9.0 of the 90 common days needed",
        ),
        (
            {"entered": True, "enough": False, "common_days": 181.0},
            "no other provider was observed for long enough",
        ),
        (
            {"surface": "other", "entered": True, "enough": False, "common_days": 181.0},
            "components without a known surface are not compared",
        ),
    ],
)
def test_why_a_provider_is_not_compared_is_said_with_what_is_missing(
    row: dict[str, Any], why: str | None
) -> None:
    assert exclusion_reason({"surface": "api_inference", **row}) == why


def test_who_takes_no_part_in_a_comparison_of_others_is_named(tmp_path: Path) -> None:
    seen = [covered("2025-12-01", AS_OF, provider=name) for name in ("acme", "globex")]
    late = covered("2026-05-01", AS_OF, provider="initech")
    asked = ask(providers=["acme", "globex", "initech"], **WINDOW)
    snapshot = made(tmp_path, as_of=AS_OF, coverage=[*seen, late])
    [absent] = eligibility(snapshot, asked).filter(~pl.col("entered")).to_dicts()
    assert absent["provider"] == "initech"
    assert exclusion_reason(absent) == "it was observed for 61.0 of the 90 days needed"
    assert eligibility(snapshot, ASKED)["entered"].all()
