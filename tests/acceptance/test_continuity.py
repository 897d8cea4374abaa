"""The day a page changes: a break with its date, never green, and never an outage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analytics import METRICS, Snapshot, ask, open_snapshot
from analytics.read_models.current_status import present
from ingest.models import Capture, FetchFailure
from ingest.runs import data_folder
from statusledger.alerts.events import events
from statusledger.alerts.messages import alert_text
from statusledger.alerts.watchlist import EventKind, Watchlist
from tests.support.command_line import ACME, cli
from tests.support.ledgers.answers import (
    LIST,
    SUMMARY,
    hour,
    listed,
    page_of,
    publish,
    rounds,
    summary,
)
from tests.support.pages.streamlit_pages import shown
from tests.support.payloads.incident_io import ulid
from tests.support.payloads.statuspage import about_page, incident, update

MOVED, LATER, BACK = 6, 12, 15
CREATED = "2025-01-01T00:00:00Z"
OTHER_ENGINE = listed(page=about_page(id=ulid(CREATED, "PAGE")))
OTHER_PAGE = about_page(id="oooo1111pppp")
OPEN = incident("openopenopen", [update("u1", "investigating", "2026-01-10T11:00:00.050Z")])
WITHOUT_COMPONENTS = {k: v for k, v in summary(incidents=[OPEN]).items() if k != "components"}

#: The answers of both addresses from the sixth hour on, and the kind of break that makes.
CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "another engine": (
        {"LIST": OTHER_ENGINE, "SUMMARY": summary(page=OTHER_ENGINE["page"])},
        "migration",
    ),
    "another page": (
        {"LIST": listed(page=OTHER_PAGE), "SUMMARY": summary(page=OTHER_PAGE)},
        "foreign_page",
    ),
    "no incident any more": ({"LIST": {"page": about_page(), "incidents": []}}, "data_gone"),
    "no component any more": ({"SUMMARY": summary(components=[])}, "data_gone"),
    "no components beside an open post": ({"SUMMARY": WITHOUT_COMPONENTS}, "data_gone"),
    "one address gone": ({"LIST": FetchFailure.HTTP_404_410}, "data_gone"),
    "a document without its records": (
        {"LIST": {"page": about_page(), "posts": []}},
        "form",
    ),
    "a deleted page": (
        {"LIST": FetchFailure.REDIRECT, "SUMMARY": FetchFailure.HTTP_401_403},
        "deleted",
    ),
}


SLUGS = {name: f"acme{number}" for number, name in enumerate(CHANGES)}
REGISTRY = "".join(ACME.replace("acme", slug) for slug in SLUGS.values())


@dataclass(frozen=True)
class Played:
    """Snapshots of pages that changed: before that, after it, and when they were back."""

    data: Path
    before: Path
    after: Path
    back: Path


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Play a page for each change. Each hiccups once, changes, and in the end is itself again."""
    data = tmp_path_factory.mktemp("continuity") / "data"
    sites = [(page_of(slug), CHANGES[name][0]) for name, slug in SLUGS.items()]

    def during(first: int, last: int, *, good: bool) -> list[Capture]:
        return [
            capture
            for page, answers in sites
            for capture in rounds(first, last, page, **({} if good else answers))
        ]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(data_folder, "now", lambda: hour(BACK))
        hiccup = [*during(0, 2, good=True), *during(2, 3, good=False)]
        yield Played(
            data,
            publish(data, [*hiccup, *during(3, MOVED, good=True)], REGISTRY),
            publish(data, during(MOVED, LATER, good=False), REGISTRY),
            publish(data, during(LATER, BACK, good=True), REGISTRY),
        )


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_a_break_with_its_date(played: Played, name: str) -> None:
    with open_snapshot(played.after) as snapshot:
        [row] = breaks(snapshot, SLUGS[name])
    assert row["at"].replace(second=0) == hour(MOVED)
    assert (row["kind"], row["ended_at"]) == (CHANGES[name][1], None)
    assert any(path in row["note"] for path in (LIST, SUMMARY))


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_page_is_neither_green_nor_down(played: Played, name: str) -> None:
    slug = SLUGS[name]
    with open_snapshot(played.before) as before, open_snapshot(played.after) as after:
        assert present(before, slug, hour(MOVED)).headline != "no data"
        assert present(after, slug, hour(LATER)).headline == "no data"
        assert gone(after, slug) == []
        was = availability(before, slug)
        assert was
        assert availability(after, slug) == was


@pytest.mark.parametrize("name", CHANGES)
def test_a_page_that_is_itself_again_says_so_and_a_hiccup_is_no_break(
    played: Played, name: str
) -> None:
    with open_snapshot(played.back) as snapshot:
        [row] = breaks(snapshot, SLUGS[name])
        assert row["at"].replace(second=0) == hour(MOVED)
        assert row["ended_at"].replace(second=0) == hour(LATER)
        assert present(snapshot, SLUGS[name], hour(BACK)).headline != "no data"


def test_what_was_known_before_a_change_knows_of_no_break(played: Played) -> None:
    then = f"{hour(MOVED - 1):%Y-%m-%dT%H:%M:%SZ}"
    sql = "SELECT kind FROM breaks WHERE provider LIKE 'acme%'"
    known = cli(played.data, "query", sql, "--as-of", then, "--format", "csv")
    assert known.stdout.split() == ["kind"]


@pytest.mark.parametrize("view", ["overview", "profile"])
def test_a_deleted_page_is_said_to_be_gone_on_the_first_screen(
    played: Played, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    app = shown(view, played.after, monkeypatch, p=SLUGS["a deleted page"])
    assert "page gone since 2026-01-10" in app.caption[0].value
    assert "page gone since" in "".join(one.value for one in app.caption[1:])


def test_a_deleted_page_is_told_once_and_its_sources_are_not_stale_besides(played: Played) -> None:
    slug = SLUGS["a deleted page"]
    with open_snapshot(played.after) as snapshot:
        found = events(snapshot, hour(LATER), Watchlist((slug,)))
    assert [(one.kind, one.began_at.replace(second=0)) for one in found] == [
        (EventKind.GONE, hour(MOVED))
    ]
    head, tail = alert_text(found[0], simulated=False).splitlines()[:2]
    assert head == f"Page gone at Acme: since {hour(MOVED):%Y-%m-%d %H:%M} UTC it is not there"
    assert "What happens there is not seen." in tail


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(data_folder, "now", lambda: hour(LATER))
    posts = [
        incident(f"post{month:08}", [update("u", "resolved", f"2025-{month:02}-01T00:00:00.050Z")])
        for month in range(1, 7)
    ]
    return publish(tmp_path / "data", rounds(0, LATER, LIST=listed(*posts)))


def test_a_page_that_posts_nothing_any_more_broke_at_its_last_post(quiet: Path) -> None:
    with open_snapshot(quiet) as snapshot:
        [row] = breaks(snapshot, "acme")
        assert present(snapshot, "acme", hour(LATER)).headline == "no data"
    assert (f"{row['at']:%Y-%m-%d}", row["kind"], row["ended_at"]) == ("2025-06-01", "frozen", None)
    assert row["note"].startswith("no post for 223 days")


@pytest.mark.parametrize("view", ["health", "profile"])
def test_a_break_is_shown_with_its_date(
    quiet: Path, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    app = shown(view, quiet, monkeypatch, p="acme")
    tables = [frame.value.to_dict("records") for frame in app.dataframe]
    found = [row for table in tables for row in table if "frozen" in row.values()]
    assert found
    assert "2025-06-01" in str(found[0])


def test_health_names_a_page_that_is_gone(tmp_path: Path) -> None:
    answers, _ = CHANGES["a deleted page"]
    data = tmp_path / "data"
    publish(data, [*rounds(0, MOVED), *rounds(MOVED, LATER, **answers)])
    health = cli(data, "health")
    assert health.exit_code == 1
    assert f"page gone since {hour(MOVED):%Y-%m-%d %H:%M} UTC: " in health.stderr


def test_health_says_no_as_long_as_a_page_is_changed(tmp_path: Path) -> None:
    answers, _ = CHANGES["another engine"]
    data = tmp_path / "data"
    publish(data, [*rounds(0, MOVED), *rounds(MOVED, LATER, **answers)])
    health = cli(data, "health")
    assert health.exit_code == 1
    assert f"migration since {hour(MOVED):%Y-%m-%d %H:%M} UTC: " in health.stderr


def breaks(snapshot: Snapshot, slug: str) -> list[dict[str, Any]]:
    return snapshot.table("breaks").filter(provider=slug).to_dicts()


def gone(snapshot: Snapshot, slug: str) -> list[Any]:
    """Return what counts as withdrawn or retired."""
    posts, parts = (snapshot.table(t).filter(provider=slug) for t in ("incidents", "components"))
    return [*posts["removed_at"].drop_nulls(), *parts["retired_at"].drop_nulls()]


def availability(snapshot: Snapshot, slug: str) -> list[tuple[Any, ...]]:
    asked = ask(providers=(slug,), since="2026-01-05", until=f"{hour(0):%Y-%m-%d}")
    found = METRICS["availability"](snapshot, asked)
    return found.select("surface", "value", "down_s", "covered_s").rows()
