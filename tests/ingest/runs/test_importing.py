"""``statusledger import``: whatever is on disk comes in whole, or is refused by name."""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.archive.store import Archive
from ingest.runs import data_folder, importing, page_selection, payload_import
from tests.support.command_line import (
    ACME,
    GOOD,
    LATER,
    STAMPED,
    archived,
    bring,
    cli,
    digest,
    everything_of,
    ids,
    only_line,
    put,
    rows,
)
from tests.support.payloads.incident_io import API, own_incident, summary_json
from tests.support.payloads.statuspage import (
    about_page,
    atom,
    atom_entry,
    component,
    incident,
    incidents_json,
    paragraph,
)

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
EMPTY = incidents_json()
PART = component("aaaa1111bbbb")
ZONELESS = incident("zzzz1111zzzz", created_at="2026-01-05T10:00:00")


def lines(*incidents: Mapping[str, Any]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in incidents)


WITH_PART = lines(incident("one", components=[PART]), incident("two"))


def series(path: Path, members: Mapping[str, bytes]) -> Path:
    with tarfile.open(path, "w:xz") as tar:
        for name, body in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
    return path


def times(data: Path) -> list[datetime]:
    return [at for at, _ in archived(data)]


def test_a_file_is_archived_as_it_is_and_published(data: Path, tmp_path: Path) -> None:
    result = bring(data, put(tmp_path, STAMPED))
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 capture taken, 0 known already, 0 refused, 0 unreadable" in result.stdout
    assert archived(data) == [(NOON, GOOD)]
    assert ids(data) == ["iiii1111jjjj"]


def test_a_folder_is_everything_below_it_but_hidden_files(data: Path, tmp_path: Path) -> None:
    put(tmp_path / "in", STAMPED)
    put(tmp_path / "in" / "older" / "2025", "2025-12-31T23-59-59Z.json", EMPTY)
    put(tmp_path / "in", ".DS_Store", b"\0")
    assert bring(data, tmp_path / "in").exit_code == 0
    assert times(data) == [datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), NOON]


def test_a_series_is_one_capture_a_member_each_at_its_own_time(data: Path, tmp_path: Path) -> None:
    newer = incidents_json(incident(name="Elevated errors in one region"))
    path = series(tmp_path / "old.tar.xz", {f"page/{LATER}": newer, f"page/{STAMPED}": GOOD})
    assert bring(data, path).exit_code == 0
    assert [body for _, body in archived(data)] == [GOOD, newer]
    assert rows(data, "revisions", "field", "old_value", "new_value") == [
        ("title", "Elevated errors", "Elevated errors in one region")
    ]


def test_json_lines_of_raw_incidents_are_one_payload(data: Path, tmp_path: Path) -> None:
    body = lines(incident("one"), incident("two"), incident("three"))
    result = bring(data, put(tmp_path, "20260709T075817Z-pppp1111qqqq.jsonl", body))
    assert (result.exit_code, result.stderr) == (0, "")
    assert ids(data) == ["one", "three", "two"]


def test_a_feed_and_a_detail_are_read_like_lists(data: Path, tmp_path: Path) -> None:
    said = paragraph("Jan", "5", "10:00", "Resolved", "It is over.")
    entry = atom_entry("aaaa1111ffff", "2026-01-05T10:00:00Z", said)
    put(tmp_path / "in", "2026-01-10T12-00-00Z-history.atom", atom(entry).encode())
    put(tmp_path / "in", "2026-01-10T12-00-00Z-one.json", json.dumps(incident()).encode())
    result = bring(data, tmp_path / "in")
    assert (result.exit_code, result.stderr) == (0, "")
    assert ids(data) == ["aaaa1111ffff", "iiii1111jjjj"]


@pytest.mark.parametrize(
    ("name", "stated", "at"),
    [
        ("2026-04-14T07-23-20Z.json", [], datetime(2026, 4, 14, 7, 23, 20, tzinfo=UTC)),
        ("20260709T075817Z-pppp1.jsonl", [], datetime(2026, 7, 9, 7, 58, 17, tzinfo=UTC)),
        ("acme_2026-04-14T072320.5Z_2.json", [], datetime(2026, 4, 14, 7, 23, 20, tzinfo=UTC)),
        (STAMPED, ["2026-02-03T04:05:06+02:00"], datetime(2026, 2, 3, 2, 5, 6, tzinfo=UTC)),
        ("unstamped", ["2026-02-03"], datetime(2026, 2, 3, tzinfo=UTC)),
    ],
)
def test_the_time_of_capture_is_stated_or_stands_in_the_name(
    data: Path, tmp_path: Path, name: str, stated: Sequence[str], at: datetime
) -> None:
    words = [word for time in stated for word in ("--captured-at", time)]
    assert bring(data, put(tmp_path, name), *words, "--no-publish").exit_code == 0
    assert times(data) == [at]


@pytest.mark.parametrize(
    "name",
    [
        "incidents.json",
        "2026-04-14.json",
        "2026-04-14T07-23-20.json",
        "2026-13-14T07-23-20Z.json",
    ],
)
def test_without_a_full_utc_stamp_nothing_is_guessed(data: Path, tmp_path: Path, name: str) -> None:
    path = put(tmp_path, name)
    os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    result = bring(data, path)
    assert result.exit_code == 2
    assert name in (line := only_line(result))
    assert "--captured-at" in line
    assert archived(data) == []


def test_a_member_without_a_stamp_is_named(data: Path, tmp_path: Path) -> None:
    result = bring(data, series(tmp_path / "old.tar.xz", {"page/latest.json": GOOD}))
    assert result.exit_code == 2
    assert "old.tar.xz:page/latest.json" in only_line(result)


def test_importing_again_adds_nothing(data: Path, tmp_path: Path) -> None:
    path = put(tmp_path, STAMPED)
    bring(data, path)
    before, files = digest(data), Archive(data / "archive").files()
    again = bring(data, path)
    assert (again.exit_code, again.stderr) == (0, "")
    assert "0 captures taken, 1 known already" in again.stdout
    assert digest(data) == before
    assert Archive(data / "archive").files() == files
    assert "1 capture taken, 0 known already" in bring(data, put(tmp_path, LATER)).stdout


def test_nothing_is_published_when_told_so(data: Path, tmp_path: Path) -> None:
    assert bring(data, put(tmp_path, STAMPED), "--no-publish").exit_code == 0
    assert not (data / "snapshots").exists()
    assert len(archived(data)) == 1


def test_what_was_taken_before_a_wrong_path_is_published_next_time(
    data: Path, tmp_path: Path
) -> None:
    path = put(tmp_path, STAMPED)
    assert bring(data, path, tmp_path / "missing").exit_code == 2
    assert bring(data, path).exit_code == 0
    assert ids(data) == ["iiii1111jjjj"]


def test_stated_completeness_is_covered_from_that_day(data: Path, tmp_path: Path) -> None:
    path = put(tmp_path, "2026-01-10T12-00-00Z.jsonl", WITH_PART)
    since = datetime(2025, 12, 1, tzinfo=UTC)
    bring(data, path)
    assert since < covered_from(data)
    bring(data, path, "--captured-at", "2026-01-10T13:00:00Z", "--complete-since", "2025-12-01")
    assert covered_from(data) == since


def test_completeness_can_be_stated_of_what_is_known_already(data: Path, tmp_path: Path) -> None:
    path = put(tmp_path, "2026-01-10T12-00-00Z.jsonl", WITH_PART)
    bring(data, path)
    bring(data, path, "--complete-since", "2025-12-01")
    assert covered_from(data) == datetime(2025, 12, 1, tzinfo=UTC)


def test_completeness_can_be_stated_of_stated_impacts(data: Path, tmp_path: Path) -> None:
    page = ACME.replace("statuspage", "incident_io").replace('page_id = "pppp1111qqqq"\n', "")
    (data / "providers.toml").write_text(page)
    bring(data, put(tmp_path, STAMPED, summary_json().encode()), "--no-publish")
    body = json.dumps({"incidents": [own_incident()]}).encode()
    bring(data, put(tmp_path, STAMPED, body), "--complete-since", "2025-12-01")
    covered = rows(data, "coverage", "component_id", "start_at", "end_at")
    assert (API, datetime(2025, 12, 1, tzinfo=UTC), NOON) in covered


def test_stated_completeness_reaches_back_before_anything_the_payload_shows(
    data: Path, tmp_path: Path
) -> None:
    undated = {**PART, "start_date": None}
    path = put(tmp_path, "2026-01-10T12-00-00Z.jsonl", lines(incident(components=[undated])))
    bring(data, path, "--complete-since", "2025-12-01")
    assert covered_from(data) == datetime(2025, 12, 1, tzinfo=UTC)


def test_where_no_state_is_ever_told_the_time_a_post_is_open_stands_in(
    data: Path, tmp_path: Path
) -> None:
    nameless = {"id": PART["id"], "name": "API"}
    path = put(tmp_path, "2026-01-10T12-00-00Z.jsonl", lines(incident(components=[nameless])))
    bring(data, path)
    [(basis, state, start, end)] = rows(
        data, "component_states", "basis", "state", "start_at", "end_at"
    )
    assert (basis, state) == ("incident", "major")
    assert (start.hour, end - start) == (10, timedelta(hours=1, minutes=30, milliseconds=50))


def covered_from(data: Path) -> datetime:
    spans: list[tuple[str, datetime]] = rows(data, "coverage", "component_id", "start_at")
    return min(start for name, start in spans if name == "aaaa1111bbbb")


def test_a_path_must_exist_and_hold_something(data: Path, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    for path in (tmp_path / "missing.json", tmp_path / "bare"):
        result = bring(data, path)
        assert result.exit_code == 2
        assert str(path) in only_line(result)


@pytest.mark.parametrize("kept", [0, 10, 150])
def test_a_series_cut_short_is_one_line(data: Path, tmp_path: Path, kept: int) -> None:
    path = series(tmp_path / "old.tar.xz", {STAMPED: GOOD})
    path.write_bytes(path.read_bytes()[:kept] or b"no archive")
    result = bring(data, path)
    assert result.exit_code == 2
    assert "old.tar.xz: not a readable archive" in only_line(result)


def test_a_file_over_the_limit_is_refused(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payload_import, "LARGEST", len(GOOD))
    big = incidents_json(incident(), incident("other"))
    path = series(tmp_path / "old.tar.xz", {STAMPED: GOOD, LATER: big})
    for found, code in ((path, 3), (put(tmp_path, LATER, big), 1)):
        result = bring(data, found)
        assert result.exit_code == code
        assert f"{LATER}: too_large: " in only_line(result)
    assert archived(data) == [(NOON, GOOD)]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(GOOD[:-20], "not_json", id="cut short"),
        pytest.param(b"<!doctype html><html><p>Sorry</html>", "not_json", id="HTML"),
        pytest.param(GOOD.replace(b"Elevated", b"\xff\xfe"), "bad_encoding", id="not UTF-8"),
        pytest.param(b'{"page": null, "incidents": []}', "shape_changed", id="no page"),
        pytest.param(GOOD.replace(b"pppp1111", b"oooo1111"), "wrong_page", id="other page"),
        pytest.param(incidents_json(ZONELESS), "parse", id="no zone anywhere"),
    ],
)
def test_a_payload_that_cannot_be_read_is_kept_and_named(
    data: Path, tmp_path: Path, body: bytes, kind: str
) -> None:
    theirs = put(tmp_path, "2026-01-09T12-00-00Z.json", GOOD.replace(b"pppp1111", b"gggg1111"))
    bring(data, theirs, provider="globex")
    before = everything_of(data, "globex")
    result = bring(data, put(tmp_path, STAMPED, body))
    assert result.exit_code == 1
    assert f": {kind}: " in only_line(result)
    assert archived(data)[1:] == [(NOON, body)]
    assert cli(data, "verify").exit_code == 0
    assert [kind] == [why for (why,) in rows(data, "captures", "failure") if why]
    assert everything_of(data, "globex") == before


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "not_json"),
        (b"\xff\xfe\x00", "bad_encoding"),
        (b'{"page": null}', "shape_changed"),
        (b'{"months": null}', "shape_changed"),
        (b'{"months": [null]}', "shape_changed"),
    ],
)
def test_what_is_no_feed_is_refused_by_name(
    data: Path, tmp_path: Path, body: bytes, kind: str
) -> None:
    result = bring(data, path := put(tmp_path, STAMPED, body))
    assert result.exit_code == 1
    assert only_line(result).startswith(f"{path}: {kind}: ")


@pytest.mark.parametrize("bad", [b"hello", GOOD[:-20], EMPTY])
def test_the_good_beside_the_bad_is_taken(data: Path, tmp_path: Path, bad: bytes) -> None:
    put(tmp_path / "in", STAMPED)
    put(tmp_path / "in", LATER, bad)
    result = bring(data, tmp_path / "in")
    assert result.exit_code == 3
    assert ("empty: " if bad == EMPTY else "not_json: ") in only_line(result)
    assert ids(data) == ["iiii1111jjjj"]


def test_a_list_may_be_empty_until_it_held_records(data: Path, tmp_path: Path) -> None:
    assert bring(data, put(tmp_path, STAMPED, EMPTY)).exit_code == 0
    bring(data, put(tmp_path, LATER))
    emptied = bring(data, put(tmp_path, "2026-01-12T12-00-00Z.json", EMPTY))
    assert emptied.exit_code == 1
    assert ": empty: " in only_line(emptied)
    assert [why for (why,) in rows(data, "captures", "failure") if why] == ["empty"]


def test_a_record_without_a_zone_is_rejected_with_a_reason(data: Path, tmp_path: Path) -> None:
    assert bring(data, put(tmp_path, STAMPED, incidents_json(incident(), ZONELESS))).exit_code == 0
    assert ids(data) == ["iiii1111jjjj"]
    assert rows(data, "warnings", "kind", "record", "reason") == [
        ("rejected", "zzzz1111zzzz", "2026-01-05T10:00:00 has no time zone")
    ]


def test_an_import_says_which_time_each_payload_covers(data: Path, tmp_path: Path) -> None:
    result = bring(data, path := put(tmp_path, STAMPED))
    line = f"{path}: covers 2026-01-05 11:30 to 2026-01-10 12:00 UTC"
    assert line in result.stdout.splitlines()
    stated = bring(data, put(tmp_path, LATER), "--complete-since", "2025-06-01")
    assert "covers 2025-06-01 00:00 to 2026-01-11 12:00 UTC, as stated" in stated.stdout


def test_a_list_that_never_held_a_record_covers_from_its_capture_on(
    data: Path, tmp_path: Path
) -> None:
    result = bring(data, path := put(tmp_path, STAMPED, EMPTY))
    assert f"{path}: covers 2026-01-10 12:00 to 2026-01-10 12:00 UTC" in result.stdout


def test_a_payload_that_lists_nothing_covers_what_it_shows(data: Path, tmp_path: Path) -> None:
    roster = json.dumps({"page": about_page(), "components": [PART], "status": {}}).encode()
    result = bring(data, path := put(tmp_path, STAMPED, roster))
    assert f"{path}: covers what it shows, at 2026-01-10 12:00 UTC" in result.stdout


def test_an_import_of_many_payloads_names_the_first_and_counts_the_rest(
    data: Path, tmp_path: Path
) -> None:
    for minute in range(23):
        put(tmp_path / "many", f"2026-01-10T12-{minute:02}-00Z.json", GOOD)
    result = bring(data, tmp_path / "many")
    assert result.stdout.count(": covers ") == 20
    assert "and 3 more" in result.stdout.splitlines()


def test_a_month_of_the_archive_is_read_once_for_all_pages(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed, read, metadata = list[payload_import.Listed](), list[str](), Archive.metadata
    monkeypatch.setattr(
        Archive, "metadata", lambda *asked: read.append(asked[-1]) or metadata(*asked)
    )
    registry = data_folder.registry_of(data)
    for provider, page_id in (("acme", b"pppp1111qqqq"), ("globex", b"gggg1111qqqq")):
        said = GOOD.replace(b"pppp1111qqqq", page_id)
        names = (STAMPED, "2026-02-10T12-00-00Z.json")
        paths = tuple(put(tmp_path / provider, name, said) for name in names)
        pages = tuple(page_selection.pages_of(registry, provider))
        listed.append(payload_import.Listed(paths, pages))
    assert len(importing.import_payloads(data, listed).taken) == 4
    assert read == ["2026-01", "2026-02"]
    again = importing.import_payloads(data, listed)
    assert (len(again.taken), again.known_already) == (0, 4)
