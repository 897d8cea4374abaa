"""The site: what readers that no one here wrote make of it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import feedparser
import pytest
from icalendar import Calendar
from lxml import etree
from prometheus_client.parser import text_string_to_metric_families

from analytics import METRICS, ask, open_snapshot
from analytics.read_models.gate import Gate, Passage
from dashboard.site.badge import badge
from dashboard.site.metrics_file import metrics_file
from ingest.models import SEVERITY, State
from tests.support.command_line import ACME, GLOBEX, bring, cli, only_line, put
from tests.support.payloads.statuspage import (
    about_page,
    change,
    component,
    incident,
    incidents_json,
    update,
)

HOSTILE = 'Errors <script>alert("x")</script> & \\n "quoted" \u202e\x07 =1+1'
BEGAN, WORSE, OVER = (f"2026-01-10T{hour}:00:00.000Z" for hour in ("10", "11", "13"))
PARTS = [component("cmpapi000001", name="API"), component("cmpchat00001", name="Chat")]
OPENED = update("u1", "investigating", BEGAN, changes=[
    change("cmpapi000001", "operational", "partial_outage")
])  # fmt: skip
WORSENED = update("u2", "identified", WORSE, changes=[
    change("cmpapi000001", "partial_outage", "major_outage")
])  # fmt: skip
ENDED = update("u3", "resolved", OVER, changes=[
    change("cmpapi000001", "major_outage", "operational")
])  # fmt: skip


CORRECTED = "corrected/20260110T140000Z"


def told(name: str, *updates: dict[str, Any]) -> dict[str, Any]:
    """Make the incident with a title, as far as it had come."""
    return incident("iiii1111jjjj", [*updates], name=name)


def planned(status: str = "scheduled", end: str | None = "2026-02-01T11:00:00.000Z") -> bytes:
    """Make a list with one announced maintenance."""
    one = incident(
        "mmmm1111nnnn",
        [update("m1", status, "2026-01-09T10:00:00.000Z")],
        name="Database upgrade",
        impact="maintenance",
        scheduled_for="2026-02-01T10:00:00.000Z",
        scheduled_until=end,
    )
    return json.dumps({"page": about_page(), "scheduled_maintenances": [one]}).encode()


def roster(*parts: dict[str, Any]) -> bytes:
    """Make a summary that shows the components."""
    return json.dumps(
        {
            "page": about_page(),
            "components": parts,
            "incidents": [],
            "scheduled_maintenances": [],
            "status": {"indicator": "none", "description": ""},
        }
    ).encode()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make a data folder that knows Acme."""
    folder = tmp_path / "data"
    put(folder, "providers.toml", ACME.encode())
    return folder


def imported(data: Path, *payloads: tuple[str, bytes]) -> None:
    """Import payloads, each with its time of capture; who looks at them publishes."""
    for number, (stamp, body) in enumerate(payloads):
        path = put(data.parent / "payloads" / f"{number}-{len(body)}", f"{stamp}.json", body)
        assert bring(data, path, "--no-publish").exit_code == 0


def published(data: Path) -> Path:
    """Publish the site, and return its folder."""
    site = data.parent / "site"
    assert cli(data, "publish", "--site", site).exit_code == 0
    return site


def entries(site: Path, feed: str = "events.atom") -> list[Any]:
    """Read a feed as a reader of feeds does."""
    read = feedparser.parse((site / "everything" / feed).read_bytes())
    assert not read.bozo
    found: list[Any] = read.entries
    return found


def kinds(site: Path) -> Iterator[str]:
    """Return the kind and number of each event, the oldest first."""
    for entry in reversed(entries(site)):
        yield "/".join(entry.id.rsplit("/", 2)[1:])


def test_every_event_is_an_entry_of_its_own_and_stays_as_it_was(data: Path) -> None:
    imported(data, ("2026-01-10T10-30-00Z", incidents_json(told("Errors", OPENED))))
    first = {entry.id: entry for entry in entries(published(data))}
    imported(
        data,
        ("2026-01-10T12-00-00Z", incidents_json(told("Errors", OPENED, WORSENED))),
        ("2026-01-10T14-00-00Z", incidents_json(told("Big errors", OPENED, WORSENED, ENDED))),
    )
    site = published(data)
    assert list(kinds(site)) == ["opened/1", "worsened/u2", "resolved/u3", CORRECTED]
    later = {entry.id: entry for entry in entries(site)}
    assert {key: later[key] for key in first} == first
    [opened] = first.values()
    assert opened.title == "Acme: opened (partial outage): Errors"
    assert opened.link == "https://stspg.test/iiii1111jjjj"
    assert "As posted by the provider, not measured." in opened.summary


@pytest.mark.parametrize(
    ("first", "later", "then"),
    [
        # An update between the others is added late: it is new, and the one told before is not.
        (("u1", "u3"), ("u1", "u2", "u3"), ["opened/1", "worsened/u2", "worsened/u3", CORRECTED]),
        # One between the others is taken back: what came after it keeps its name.
        (("u1", "u2", "u3"), ("u1", "u3"), ["opened/1", "worsened/u3", CORRECTED]),
    ],
)
def test_an_event_keeps_its_name_when_the_page_rewrites_what_came_before_it(
    data: Path, first: tuple[str, ...], later: tuple[str, ...], then: list[str]
) -> None:
    states = ("operational", "degraded_performance", "partial_outage", "major_outage")
    written = {
        f"u{nr}": update(
            f"u{nr}",
            "investigating",
            f"2026-01-10T1{nr - 1}:00:00.000Z",
            changes=[change("cmpapi000001", before, after)],
        )
        for nr, (before, after) in enumerate(pairwise(states), 1)
    }
    one, other = (
        incidents_json(told("Errors", *(written[name] for name in names)))
        for names in (first, later)
    )
    imported(data, ("2026-01-10T13-00-00Z", one))
    names = {entry.title: entry.id for entry in entries(published(data))}
    stamps = ("2026-01-10T14-00-00Z", "2026-01-10T15-00-00Z", "2026-01-10T16-00-00Z")
    imported(data, *((stamp, other) for stamp in stamps))
    site = published(data)
    assert list(kinds(site)) == then
    after = {entry.title: entry.id for entry in entries(site)}
    assert after.items() >= {name: names[name] for name in names.keys() & after.keys()}.items()


def test_the_record_has_one_entry_an_incident(data: Path) -> None:
    imported(data, ("2026-01-10T14-00-00Z", incidents_json(told("Errors", OPENED, ENDED))))
    [post] = entries(published(data), "posts.atom")
    assert post.published == "2026-01-10T10:00:00Z"
    assert post.updated == "2026-01-10T13:00:00Z"


def test_an_incident_that_is_opened_again_is_told_again(data: Path) -> None:
    again = update("u4", "investigating", "2026-01-10T13:30:00.000Z")
    imported(data, ("2026-01-10T14-00-00Z", incidents_json(told("Errors", OPENED, ENDED, again))))
    site = published(data)
    assert list(kinds(site)) == ["opened/1", "resolved/u3", "opened/u4"]
    assert entries(site)[0].title == "Acme: opened again: Errors"


def test_a_post_that_is_withdrawn_leaves_with_a_word(data: Path) -> None:
    other = incident("oooo1111pppp", [update("o1", "resolved", "2026-01-01T10:00:00.000Z")])
    gone = incidents_json(other)
    imported(
        data,
        ("2026-01-10T10-30-00Z", incidents_json(told("Errors", OPENED, ENDED), other)),
        *((f"2026-01-10T{hour}-00-00Z", gone) for hour in (14, 15, 16, 17)),
    )
    assert "withdrawn/20260110T140000Z" in list(kinds(published(data)))


def test_hostile_titles_are_inert_in_every_file(data: Path) -> None:
    name = f"Acme {HOSTILE}".replace("\\", "\\\\").replace('"', '\\"').replace("\x07", "")
    put(data, "providers.toml", ACME.replace('name = "Acme"', f'name = "{name}"').encode())
    imported(
        data,
        ("2026-01-10T14-00-00Z", incidents_json(told(HOSTILE, OPENED))),
        ("2026-01-10T14-10-00Z", roster(*PARTS)),
        ("2026-01-10T14-20-00Z", planned().replace(b"Database upgrade", b"A\\nDTEND:19990101")),
    )
    site = published(data)
    for path in site.rglob("*"):
        if path.suffix in (".svg", ".atom"):
            root = etree.fromstring(path.read_bytes())
            assert not root.xpath("//*[local-name()='script']"), path
        if path.is_file():
            raw = path.read_bytes().decode()
            assert "<script>alert" not in raw or path.suffix in (".ics", ".json"), path
            assert not {"\x07", "\u202e"} & {*raw}, path
    feed = json.loads((site / "everything" / "events.json").read_text())
    assert not any("<script" in item["content_html"] for item in feed["items"])
    [event] = calendar_events(site)
    assert event["dtend"].dt == datetime(2026, 2, 1, 11, tzinfo=UTC)
    assert "\n" not in event["summary"]
    names = {
        sample.labels.get("provider")
        for family in text_string_to_metric_families((site / "metrics.prom").read_text())
        for sample in family.samples
    }
    assert names <= {"acme", None}


def calendar_events(site: Path) -> list[Any]:
    """Read the calendar as a reader of calendars does."""
    read = Calendar.from_ical((site / "everything" / "maintenance.ics").read_bytes())
    return list(read.walk("VEVENT"))


def test_a_changed_window_moves_the_event_of_the_same_name(data: Path) -> None:
    imported(data, ("2026-01-10T10-00-00Z", planned()))
    [before] = calendar_events(published(data))
    imported(data, ("2026-01-11T10-00-00Z", planned(end="2026-02-01T15:00:00.000Z")))
    [after] = calendar_events(published(data))
    assert before["uid"] == after["uid"]
    assert after["dtend"].dt == datetime(2026, 2, 1, 15, tzinfo=UTC)
    assert after["sequence"] > before["sequence"]
    assert before.to_ical().count(b"DTEND:20260201T110000Z") == 1


def test_an_end_nobody_announced_is_said_to_be_unknown(data: Path) -> None:
    imported(data, ("2026-01-10T10-00-00Z", planned(end=None)))
    [event] = calendar_events(published(data))
    assert event["dtend"].dt == datetime(2026, 2, 1, 11, tzinfo=UTC)
    assert "No end was announced" in event["description"]


def samples(site: Path) -> dict[str, dict[tuple[str, ...], float]]:
    """Read the gauges as a scraper does: by name and values of labels."""
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families((site / "metrics.prom").read_text()):
        for sample in family.samples:
            assert sample.timestamp is None
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_what_is_not_known_is_absent_and_never_nought(data: Path) -> None:
    imported(
        data,
        ("2026-01-10T10-30-00Z", incidents_json(told("Errors", OPENED))),
        ("2026-01-10T10-31-00Z", roster(component("cmpapi000001", "partial_outage", name="API"))),
    )
    assert samples(published(data))["statusledger_state"] == {("acme", "api_inference"): 3}
    # Two days later another page was read, and this one no more.
    put(data, "providers.toml", (ACME + GLOBEX).encode())
    later = incidents_json(told("Errors", OPENED)).replace(b"pppp1111", b"gggg1111")
    path = put(data.parent / "payloads", "2026-01-12T10-31-00Z.json", later)
    assert bring(data, path, provider="globex").exit_code == 0
    read = samples(published(data))
    assert not [key for key in read.get("statusledger_state", {}) if key[0] == "acme"]
    newest = datetime(2026, 1, 12, 10, 31, tzinfo=UTC).timestamp()
    assert read["statusledger_as_of_timestamp_seconds"] == {(): newest}
    drawn = (data.parent / "site" / "badges" / "acme-api_inference.svg").read_text()
    assert ">not known<" in drawn


def gate(passage: Passage, state: State | None) -> Gate:
    """Make what a page said of its API."""
    seen_at = datetime(2026, 1, 10, 10, 31, tzinfo=UTC)
    return Gate("acme", "api_inference", passage, state, None, seen_at, "")


@pytest.mark.parametrize(
    ("passage", "state", "number"),
    [
        (Passage.UP, State.OPERATIONAL, 0.0),
        (Passage.DOWN, State.PARTIAL, 3.0),
        (Passage.NOT_KNOWN, State.OPERATIONAL, None),
        (Passage.NOT_KNOWN, None, None),
    ],
)
def test_the_gauge_of_a_state_says_how_bad_it_is(
    data: Path, passage: Passage, state: State | None, number: float | None
) -> None:
    imported(data, ("2026-01-10T10-31-00Z", roster(*PARTS)))
    assert cli(data, "replay").exit_code == 0
    with open_snapshot(data) as snapshot:
        nothing = METRICS["availability"](snapshot, ask()).clear()
        written = metrics_file(snapshot, [gate(passage, state)], nothing).decode()
    key = 'statusledger_state{provider="acme",surface="api_inference"}'
    assert (f"{key} {number}" in written) is (number is not None)
    assert (key in written) is (number is not None)


@pytest.mark.parametrize("state", SEVERITY)
def test_a_badge_says_when_and_is_never_green(state: State) -> None:
    passage = Passage.UP if state is State.OPERATIONAL else Passage.DOWN
    drawn = badge(gate(passage, state), "Acme", simulated=False)
    assert b"at 10:31 UTC, 10 Jan 2026" in drawn
    for element in etree.fromstring(drawn).iter():
        if fill := element.get("fill"):
            wide = fill.lstrip("#") if len(fill) == 7 else "".join(c * 2 for c in fill[1:])
            red, green, blue = (int(wide[n : n + 2], 16) for n in (0, 2, 4))
            assert not (green > red and green > blue), fill


def test_the_league_follows_its_schema(data: Path) -> None:
    imported(data, ("2026-01-10T14-00-00Z", incidents_json(told("Errors", OPENED, ENDED))))
    site = published(data)
    schema = json.loads((site / "league.schema.json").read_text())
    league = json.loads((site / "everything" / "league.json").read_text())
    assert schema["properties"].keys() == league.keys()
    assert league["$schema"] == "../league.schema.json"
    columns = schema["properties"]["rows"]["items"]["properties"]
    types = {"string": str, "number": (int, float), "integer": int, "null": type(None)}
    assert league["rows"]
    for row in league["rows"]:
        assert row.keys() == columns.keys()
        for name, value in row.items():
            allowed = columns[name]["type"]
            allowed = allowed if isinstance(allowed, list) else [allowed]
            assert any(isinstance(value, types[kind]) for kind in allowed), name


def test_a_saved_question_has_a_folder_of_its_own(data: Path) -> None:
    put(data, "questions.toml", b'["My vendors"]\nproviders = ["Acme"]\nsurface = "chat_web"\n')
    imported(
        data,
        ("2026-01-10T10-31-00Z", roster(*PARTS)),
        ("2026-01-10T14-00-00Z", incidents_json(told("Errors", OPENED, ENDED))),
    )
    site = published(data)
    read = feedparser.parse((site / "my-vendors" / "events.atom").read_bytes())
    assert read.entries == []  # the API was down, not the chat
    assert "my-vendors/events.atom" in (site / "index.html").read_text()


@pytest.mark.parametrize(
    "key", ["surface = 'video'", "region = 'mars'", "window = '2030-01'", "providers = ['nobody']"]
)
def test_what_cannot_be_asked_is_refused_by_the_name_of_its_question(data: Path, key: str) -> None:
    put(data, "questions.toml", f"[mine]\n{key}\n".encode())
    imported(data, ("2026-01-10T10-31-00Z", roster(*PARTS)))
    result = cli(data, "publish", "--site", data.parent / "site")
    assert result.exit_code == 2
    assert "question 'mine': " in only_line(result)
    assert not (data.parent / "site").exists()


@pytest.mark.parametrize(
    ("saved", "place"),
    [
        (b'["Mine!"]\nproviders = []\n["mine"]\nproviders = []\n', "mine"),
        # The place of the question that is always asked.
        (b'[everything]\nproviders = ["Acme"]\n', "everything"),
    ],
)
def test_two_names_that_make_one_folder_are_refused_in_a_line(
    data: Path, saved: bytes, place: str
) -> None:
    put(data, "questions.toml", saved)
    imported(data, ("2026-01-10T10-31-00Z", roster(*PARTS)))
    result = cli(data, "publish", "--site", data.parent / "site")
    assert result.exit_code == 2
    assert f"'{place}' would be written to {place}/" in only_line(result)


def test_each_availability_has_its_window_coverage_and_n(data: Path) -> None:
    imported(
        data,
        ("2026-01-10T10-31-00Z", roster(*PARTS)),
        ("2026-01-10T14-00-00Z", incidents_json(told("Errors", OPENED, ENDED))),
    )
    read = samples(published(data))
    keys = read["statusledger_availability_ratio"].keys()
    assert keys
    assert read["statusledger_incidents"].keys() == keys
    for name in ("coverage_ratio", "window_start_timestamp_seconds"):
        assert read[f"statusledger_{name}"].keys() >= keys
    assert {*read["statusledger_window_end_timestamp_seconds"].values()} == {
        datetime(2026, 1, 10, 14, tzinfo=UTC).timestamp()
    }


def test_two_publications_are_equal_to_the_byte_and_the_second_writes_nothing(data: Path) -> None:
    imported(data, ("2026-01-10T14-00-00Z", incidents_json(told("Errors", OPENED, ENDED))))
    site, other = published(data), data.parent / "other"
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    said = cli(data, "publish", "--site", site).stdout
    assert "0 of them changed" in said
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*")} == before
    assert cli(data, "publish", "--site", other).exit_code == 0
    assert content(site) == content(other)


def test_the_index_links_the_release_that_lies_in_the_site(data: Path) -> None:
    imported(data, ("2026-01-10T10-31-00Z", roster(*PARTS)))
    site = data.parent / "site"
    words = ("publish", "--site", site)
    for more in (("--parquet", site / "tables"), ()):
        assert cli(data, *words, *more).exit_code == 0
        links = re.findall(r'href="(tables/[^"]+)"', (site / "index.html").read_text())
        assert len(links) == 3
        assert all((site / link).is_file() for link in links)
    shutil.rmtree(site / "tables")
    assert cli(data, *words).exit_code == 0
    assert "tables/" not in (site / "index.html").read_text()


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("place", ["release", "release/site"])
def test_a_site_is_not_written_where_the_release_goes(data: Path, place: str) -> None:
    imported(data, ("2026-01-10T10-31-00Z", roster(*PARTS)))
    release = data.parent / "release"
    result = cli(data, "publish", "--site", data.parent / place, "--parquet", release)
    assert result.exit_code == 2
    assert "--parquet needs a folder of its own" in only_line(result)
    assert not release.exists()


def test_a_folder_with_other_files_is_left_alone(data: Path) -> None:
    imported(data, ("2026-01-10T10-31-00Z", roster(*PARTS)))
    other = put(data.parent / "photos", "cat.jpg", b"x").parent
    result = cli(data, "publish", "--site", other)
    assert result.exit_code == 2
    assert "choose another folder" in only_line(result)
    assert [path.name for path in other.iterdir()] == ["cat.jpg"]


def test_a_page_that_is_old_greys_itself(data: Path) -> None:
    imported(data, ("2026-01-10T10-31-00Z", roster(*PARTS)))
    page = (published(data) / "index.html").read_text()
    assert 'data-as-of="2026-01-10T10:31:00Z"' in page
    assert "is up" not in page
