"""What is open at this moment, and who is up: as posted, and grey where it is not known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics import Snapshot
from analytics.answer import INSTANT
from analytics.forecast.now import OPEN_NOW, UP_NOW, forgotten, open_now, up_now
from tests.support.snapshots import Row, component, covered, made, post, source, state, update

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACME, GLOBEX = "acme", "globex"


def world(folder: Path, *posts: Row, read: datetime = NOW, **tables: Any) -> Snapshot:
    """Make two providers with an API, the second read at ``read`` for the last time."""
    ends = {ACME: NOW, GLOBEX: read}
    return made(
        folder,
        as_of=NOW,
        coverage=[covered("2026-01-01", end, provider=who) for who, end in ends.items()],
        posts=posts,
        captures=[
            row
            for who, end in ends.items()
            for row in source(f"https://{who}.test", end, provider=who)
        ],
        **tables,
    )


def opened(name: str = "now", **more: Any) -> Row:
    return post(name, NOW - HOUR, **more)


def states(snapshot: Snapshot, now: datetime = NOW) -> dict[str, str]:
    rows = up_now(snapshot, open_now(snapshot, now), now)
    return dict(rows.select("provider", "state").iter_rows())


def test_an_open_incident_is_shown_with_its_newest_update(tmp_path: Path) -> None:
    said = [
        update("now", "investigating", NOW - HOUR, body_text="Looking."),
        update("now", "identified", NOW - HOUR / 2, body_text="Found."),
    ]
    [row] = open_now(world(tmp_path, opened(), updates=said), NOW).to_dicts()
    assert (row["name"], row["incident_id"], row["surfaces"]) == ("Acme", "now", ["api_inference"])
    assert (row["open_s"], row["current"]) == (3600, True)
    assert (row["updated_at"], row["update_text"]) == (NOW - HOUR / 2, "Found.")
    assert row["status"] == "insufficient"


def test_those_that_began_last_come_first(tmp_path: Path) -> None:
    older = post("older", NOW - 2 * HOUR, provider=GLOBEX)
    found = open_now(world(tmp_path, older, opened()), NOW)
    assert found["incident_id"].to_list() == ["now", "older"]


@pytest.mark.parametrize(
    "row",
    [
        post("over", NOW - HOUR, NOW - HOUR / 2),
        post("silent", NOW - 500 * HOUR, flags=["zombie"]),
        opened("gone", flags=["removed"], removed_at=NOW),
        opened("work", kind="maintenance"),
        opened("measured", **{"class": "monitor"}),
    ],
    ids=lambda row: row["incident_id"],
)
def test_what_is_over_forgotten_gone_planned_or_measured_is_not_open(
    tmp_path: Path, row: Row
) -> None:
    assert open_now(world(tmp_path, row), NOW).is_empty()


def test_those_forgotten_open_are_counted(tmp_path: Path) -> None:
    silent = post("silent", NOW - 500 * HOUR, flags=["zombie"])
    assert forgotten(world(tmp_path, silent, opened())) == 1


def test_a_forgotten_notice_is_counted_as_little_as_one_that_is_open(tmp_path: Path) -> None:
    notice = post("silent", NOW - 500 * HOUR, flags=["zombie"], **{"class": "notice"})
    assert forgotten(world(tmp_path, notice)) == 0


def test_on_a_page_that_was_not_read_lately_nothing_is_forecast(tmp_path: Path) -> None:
    old = NOW - 3 * HOUR
    snapshot = world(tmp_path, post("old", old - HOUR, provider=GLOBEX), read=old)
    [row] = open_now(snapshot, NOW).to_dicts()
    assert (row["current"], row["status"], row["n"], row["median_at"]) == (False, None, None, None)


def test_whether_a_page_is_known_now_is_judged_by_the_readers_clock(tmp_path: Path) -> None:
    snapshot = world(tmp_path, opened())
    assert open_now(snapshot, NOW + HOUR / 2)["current"].to_list() == [True]
    assert open_now(snapshot, NOW + 2 * HOUR)["current"].to_list() == [False]


def test_a_provider_whose_components_all_are_operational_is_up(tmp_path: Path) -> None:
    assert states(world(tmp_path, opened())) == {ACME: "post open", GLOBEX: "operational"}


def test_the_worst_component_speaks_for_a_surface(tmp_path: Path) -> None:
    down = [state("major", NOW - HOUR, post="now"), state("degraded", NOW - HOUR, provider=GLOBEX)]
    snapshot = world(tmp_path, opened(), states=down)
    assert states(snapshot) == {ACME: "major", GLOBEX: "degraded"}


def test_a_provider_that_was_not_read_lately_is_not_known_and_never_up(tmp_path: Path) -> None:
    snapshot = world(tmp_path, opened(), read=NOW - 3 * HOUR)
    assert states(snapshot) == {ACME: "post open", GLOBEX: "no data"}


def test_one_component_of_which_nothing_is_known_keeps_a_provider_from_being_up(
    tmp_path: Path,
) -> None:
    more = [component(), component(provider=GLOBEX), component("other", provider=GLOBEX)]
    assert states(world(tmp_path, opened(), components=more)) == {
        ACME: "post open",
        GLOBEX: "no data",
    }


@pytest.mark.parametrize("more", [{}, {"components": [component(), component(provider=GLOBEX)]}])
@pytest.mark.parametrize("of", [(), ("unattributed",)])
def test_an_open_incident_that_names_no_component_keeps_its_provider_from_being_up(
    tmp_path: Path, of: tuple[str, ...], more: dict[str, Any]
) -> None:
    nameless = post("nameless", NOW - HOUR, provider=GLOBEX, of=of)
    snapshot = world(tmp_path, opened(), nameless, **more)
    assert states(snapshot) == {ACME: "post open", GLOBEX: "post open"}


def test_providers_of_other_surfaces_are_not_named(tmp_path: Path) -> None:
    chat = component("chat", surface="chat_web")
    snapshot = world(tmp_path, opened(of=("chat",)), components=[chat])
    assert states(snapshot).keys() <= {ACME}


def test_where_no_open_incident_is_known_now_nobody_is_compared(tmp_path: Path) -> None:
    assert states(world(tmp_path, opened()), NOW + 5 * HOUR) == {}


def test_the_worst_come_first_and_the_unknown_last(tmp_path: Path) -> None:
    snapshot = world(tmp_path, opened(), read=NOW - 3 * HOUR)
    rows = up_now(snapshot, open_now(snapshot, NOW), NOW)
    assert rows["state"].to_list() == ["post open", "no data"]


def test_frames_have_the_columns_they_promise_also_without_rows(tmp_path: Path) -> None:
    for snapshot in (world(tmp_path, opened()), world(tmp_path / "none")):
        found = open_now(snapshot, NOW)
        assert dict(found.schema) == dict(OPEN_NOW)
        assert dict(up_now(snapshot, found, NOW).schema) == dict(UP_NOW)
    assert OPEN_NOW["published_at"] == INSTANT
