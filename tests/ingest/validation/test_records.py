"""Feeds that mean harm are read or refused by name, at no other page's cost."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.incidents.html_text import strip_html
from ingest.labels import stated_window
from ingest.ledger.sightings import sightings
from ingest.models import Capture, Page, ReadError
from ingest.platforms import PLATFORMS
from ingest.platforms.statuspage.history_index import filed_range
from tests.support.command_line import ACME, GLOBEX, GOOD, bring, cli, everything_of, ids, put, rows
from tests.support.ledgers.read_captures import read_capture
from tests.support.loopback import reply, serve
from tests.support.payloads import google, incident_io
from tests.support.payloads.hostile_bodies import BODIES, RESOLVED, with_type
from tests.support.payloads.statuspage import incident, incidents_json, update

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
PAGES = {
    name: Page(f"acme.{name}.acme", "acme", name, "https://status.acme.test") for name in PLATFORMS
}
FEEDS = ("statuspage", "incident_io")


def captured(body: bytes, page: Page) -> Capture:
    return Capture(page.page_key, f"{page.base_url}/x", "incident", NOON, sha256="0", body=body)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_has_a_named_failure_or_so_many_refused_records(name: str) -> None:
    body, expected = BODIES[name]
    page = PAGES["statuspage"]
    for _ in range(2):  # what is remembered of the first reading must not change the second
        reading = read_capture(captured(body, page), {page.page_key: page}, PLATFORMS)
        assert reading is not None
        if isinstance(reading, ReadError):
            assert reading.kind is expected
            lines = [reading.message]
        else:
            assert len(reading.rejects) == expected
            lines = [notice.reason for notice in (*reading.rejects, *reading.warnings)]
        assert all(len(line) <= 200 and line.isprintable() for line in lines)


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", BODIES)
def test_no_platform_answers_with_anything_but_a_named_failure(platform: str, name: str) -> None:
    body, _ = BODIES[name]
    page = PAGES[platform]
    with suppress(ReadError):
        assert PLATFORMS[platform].parse(captured(body, page), page)
    with suppress(ReadError):
        assert PLATFORMS[platform].recognise(body)


def test_nothing_outside_is_read_for_a_feed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret")
    with serve() as site:
        site["/x.dtd"] = reply(body=b'<!ENTITY b "fetched">')
        for doctype in (
            f'[<!ENTITY b SYSTEM "file://{tmp_path}/secret">]',
            f'[<!ENTITY b SYSTEM "{site.url}/x.dtd">]',
            f'[<!ENTITY % p SYSTEM "{site.url}/x.dtd"> %p;]',
            f'SYSTEM "{site.url}/x.dtd"',
        ):
            for platform in FEEDS:
                page = PAGES[platform]
                with pytest.raises(ReadError, match="document type"):
                    PLATFORMS[platform].parse(captured(with_type(doctype), page), page)
        assert site.asked == []


#: A good post of each kind, and where its updates are.
GOOD_POSTS: dict[str, tuple[dict[str, Any], str]] = {
    "statuspage": (incident(), "incident_updates"),
    "incident_io": (incident_io.incident(), "incident_updates"),
    "google_cloud": (google.incident(), "updates"),
}
#: What feeds are made of, put together wrongly.
KEYS = """page id name incidents scheduled_maintenances incident_updates components status impact
created_at started_at resolved_at display_at updated_at scheduled_for body shortlink group
group_id start_date affected_components code old_status new_status months days date p m year month
uptime_percentage timelines component values ninety incident updates published_at to_status
message_string component_impacts component_statuses component_id start_at end_at summary
structure incident_links lines broken timestamp begin end created modified when text number
external_desc status_impact severity service_key service_name affected_products title uri
products""".split()
WORDS = [
    "resolved",
    "operational",
    "minor",
    "",
    " ",
    "a b",
    "a|b",
    "\x1b[31m",
    "\0",
    "é",
    "$undefined",
]
TIMES = [RESOLVED, "2026-01-05", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026"]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([*WORDS, *TIMES]),
)
ROWS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=30,
)
WHOLE = st.dictionaries(st.sampled_from(KEYS), ROWS, max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(PAGES)), st.booleans(), WHOLE, WHOLE, WHOLE)
def test_whatever_is_believed_fits_the_tables(
    platform: str, base: bool, above: dict[str, Any], row: dict[str, Any], said: dict[str, Any]
) -> None:
    page = PAGES[platform]
    body: Any = above
    if base:  # else hardly any would be read as far as its updates
        good, updates = GOOD_POSTS.get(platform, GOOD_POSTS["google_cloud"])
        odd = {**good, **row, updates: [{**good[updates][0], **said}]}
        body = {"page": {"id": "p"}, **above, "incidents": [good, odd]}
        body = [good, odd] if platform.startswith("google") else body
    capture = captured(json.dumps(body).encode(), page)
    reading = read_capture(capture, {page.page_key: page}, PLATFORMS)
    for frame in sightings([(capture, reading)]).values():
        frame.write_parquet(stored := BytesIO())
        assert pl.read_parquet(stored.getvalue()).equals(frame)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "providers.toml").write_text(ACME + GLOBEX)
    return folder


def test_a_folder_of_them_costs_nobody_else_anything(data: Path, tmp_path: Path) -> None:
    theirs = put(tmp_path, "2026-01-09T12-00-00Z.json", GOOD.replace(b"pppp1111", b"gggg1111"))
    bring(data, theirs, provider="globex")
    before = everything_of(data, "globex")
    for minute, (body, _) in enumerate(BODIES.values()):
        put(tmp_path / "in", f"{NOON + timedelta(minutes=minute):%Y-%m-%dT%H-%M-%SZ}", body)
    result = bring(data, tmp_path / "in")
    assert result.exit_code == 3
    assert all(line.isprintable() for line in result.stderr.splitlines())
    assert max(map(len, result.stderr.splitlines())) < 500
    assert everything_of(data, "globex") == before
    assert "good" in ids(data)
    assert cli(data, "verify").exit_code == 0
    assert cli(data, "publish", "--parquet", tmp_path / "out", "--with-text").exit_code == 0
    reasons = [reason for (reason,) in rows(data, "warnings", "reason")]
    assert "'a b' is no id" in reasons
    assert cli(data, "metrics", "availability").exit_code == 0


MESSAGES = {
    "a control character after an element": ("<p>a</p>\x1bb", "a\nb"),
    "NUL among elements": ("<b>a</b>\0<i>b</i>", "a b"),
    "a document": ("<!DOCTYPE html><html><body>a</body></html>", "a"),
    "a frameset": ("a<frameset><frame></frameset>", "a"),
    "two documents": ("<html><body>a</body></html><html><body>b</body></html>", "ab"),
    "half a character": ("<b>a\ud800</b>", "a"),
    "nothing": ("<!-- a -->", ""),
    "an instruction": ("<?xml version='1.0' encoding='utf-16'?><b>a</b>", "a"),
    "a script in a script": ("<script>a<script>b</script>c", "c"),
    "elements in elements": ("a" + "<b>" * 60_000 + "b", "a"),
    "300 elements deep": ("a" + "<b>" * 300 + "b", "ab"),
}


@pytest.mark.parametrize("case", MESSAGES)
def test_any_message_has_words_or_none(case: str) -> None:
    message, words = MESSAGES[case]
    assert strip_html(message) == words


def test_a_message_of_blanks_is_read_in_a_moment() -> None:
    # By a reader that tries each blank anew these would take hours.
    blanks = " " * 2_000_000
    assert strip_html(f"<b>a</b>{blanks}b") == f"a{blanks}b"
    assert stated_window.window(f"from 10:00{blanks}to", NOON) is None
    assert stated_window.window(f"Jan 5,{blanks}from 10:00 - 11:00 UTC", NOON) is not None
    with pytest.raises(ValueError, match="is not a time range we know"):
        filed_range("<" * 1_000_000, "Jan", 2026, "Etc/UTC")


def test_a_post_of_blanks_and_controls_is_published(data: Path, tmp_path: Path) -> None:
    said = [update("u", "resolved", RESOLVED, body=f"<p>a</p>\x1b<frameset>{' ' * 100_000}b")]
    odd = incident("odd", said, name="access " * 280)
    assert bring(data, put(tmp_path, "2026-01-10T12-00-00Z", incidents_json(odd))).exit_code == 0
    assert ids(data) == ["odd"]
