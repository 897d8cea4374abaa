"""What was changed after it was posted: each change with its kind, and whether it came late."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analytics.metrics.versions import changes
from tests.support.snapshots import ACME, Row, at, made, page_of, post, source

URL = "https://acme.test/incidents.json"
DAY = "2026-01-05 "


def version(known_from: str, update_id: str | None = None, **told: Any) -> Row:
    seen = {"known_from": at(DAY + known_from), "url": URL, "sha256": "0" * 64}
    about = {"provider": ACME, "page_key": page_of(ACME), "incident_id": "p1"}
    return {**about, **seen, "update_id": update_id, **told}


def found(folder: Path, *versions: Row, **of_post: Any) -> list[tuple[Any, ...]]:
    snapshot = made(
        folder,
        as_of="2026-01-31",
        posts=[post("p1", DAY + "10:00", DAY + "12:00", **of_post)],
        versions=versions,
        captures=source(URL, DAY + "11:00", newest_item_at=None),
    )
    return changes(snapshot).select("kind", "field", "old_value", "new_value", "after_end").rows()


def over(known_from: str, **told: Any) -> Row:
    return version(known_from, resolved_at=at(DAY + "12:00"), **told)


def test_an_edit_is_told_field_by_field(tmp_path: Path) -> None:
    told = version("10:05", title="Slow", impact="minor"), version("10:10", title="Down")
    both = (told[0], {**told[1], "impact": "minor"})
    assert found(tmp_path, *both) == [("edit", "title", "Slow", "Down", False)]


def test_a_text_folded_anew_is_no_edit(tmp_path: Path) -> None:
    folded = [
        version("10:05", "u1", body=" It is\n down. "),
        version("10:10", "u1", body="It is down."),
    ]
    assert found(tmp_path, *folded) == []
    [told] = found(tmp_path, *folded, version("10:15", "u1", body="It is up."))
    assert told == ("edit", "body", "It is down.", "It is up.", False)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("critical", "minor", "downgrade"),
        ("none", "major", "upgrade"),
        ("unknown", "minor", "edit"),
    ],
)
def test_an_impact_becomes_milder_or_worse(
    tmp_path: Path, before: str, after: str, kind: str
) -> None:
    both = version("10:05", impact=before), version("10:10", impact=after)
    assert found(tmp_path, *both) == [(kind, "impact", before, after, False)]


def test_that_an_incident_ends_is_no_edit(tmp_path: Path) -> None:
    [(kind, field, *_)] = found(tmp_path, version("10:05"), over("12:05"))
    assert (kind, field) == ("progress", "resolved_at")


def test_what_changes_once_a_capture_showed_the_end_comes_after_the_fact(tmp_path: Path) -> None:
    together = found(tmp_path, version("10:05", title="Down"), over("12:05", title="Slow"))
    assert [after for kind, *_, after in together if kind == "edit"] == [False]
    later = found(tmp_path, over("12:05", title="Down"), over("12:30", title="Slow"))
    assert later == [("edit", "title", "Down", "Slow", True)]


def test_an_update_that_is_no_longer_listed_is_retracted(tmp_path: Path) -> None:
    gone = version("10:05", "u1", body="All data is lost.", known_until=at(DAY + "10:20"))
    assert found(tmp_path, gone) == [("retraction", "update", "All data is lost.", None, False)]


def test_an_edited_update_is_not_retracted(tmp_path: Path) -> None:
    old = version("10:05", "u1", body="Down.", known_until=at(DAY + "10:20"))
    new = version("10:20", "u1", body="Slow.")
    assert found(tmp_path, old, new) == [("edit", "body", "Down.", "Slow.", False)]


def test_a_post_that_is_gone_is_retracted_whole(tmp_path: Path) -> None:
    [told] = found(tmp_path, removed_at=at("2026-01-06"), title="Down")
    assert told == ("retraction", "post", "Down", None, False)


def test_an_update_dated_before_a_capture_without_it_was_written_in_later(tmp_path: Path) -> None:
    late = version("13:00", "u2", created_at=at(DAY + "10:30"), body="We told you.")
    in_time = version("13:00", "u3", created_at=at(DAY + "11:30"), body="Over.")
    cached = version("13:00", "u4", created_at=at(DAY + "10:50"), body="Still down.")
    assert found(tmp_path, version("10:40"), late, in_time, cached) == [
        ("addition", "update", None, "We told you.", False)
    ]


def test_what_comes_with_its_incident_may_have_been_there_before(tmp_path: Path) -> None:
    with_it = version("13:00", "u2", created_at=at(DAY + "10:00"), body="Down.")
    assert found(tmp_path, version("13:00"), with_it) == []


@pytest.mark.parametrize(("first_seen", "late"), [("13:00", True), ("10:40", False)])
def test_a_post_dated_before_a_capture_without_it_was_posted_later(
    tmp_path: Path, first_seen: str, late: bool
) -> None:
    shown = version("13:00", created_at=at(DAY + "10:30"), title="Down")
    told = found(tmp_path, shown, first_seen_at=at(DAY + first_seen))
    assert told == [("addition", "post", None, "Down", False)] * late
