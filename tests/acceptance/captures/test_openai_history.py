"""Real incident.io captures: one history from three surfaces, and states from stated impacts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics import METRICS, ask, open_snapshot
from ingest.models import Incident, Page, Parsed, Stage, State
from ingest.platforms import PLATFORMS
from ingest.platforms.timestamps import minted
from ingest.registry import load
from tests.support.captured.feeds import capture, needs_feeds
from tests.support.command_line import cli, rows
from tests.support.paths import FEEDS

pytestmark = [needs_feeds, pytest.mark.captures]

HERE = FEEDS / "incidentio"
OPENAI = HERE / "openai"
FEED = OPENAI / "feed-20260914.atom"
LIST = OPENAI / "compat-incidents-20260915.json"
SUMMARIES = {
    "2026-07-22T14:49:05Z": OPENAI / "compat-summary-20260722-minor.json",
    "2026-09-15T12:19:08Z": OPENAI / "compat-summary-20260915-none.json",
    "2026-09-29T18:42:55Z": OPENAI / "compat-summary-20260929-minor.json",
}
WEEKS = [OPENAI / f"weekly-raw-2026W{week}.json" for week in (30, 31, 32)]
WEEKS_AT = "2026-08-18T13:16:05Z"
GROQ_IMPACTS = HERE / "groq" / "native-impacts-20260929-excerpt.json"
GROQ_STRUCTURE = HERE / "groq" / "native-structure-20260929-excerpt.json"
GROQ_PAGE = HERE / "groq" / "page-20260929-tail.html"
COHERE = HERE / "cohere" / "native-incident-20260929-excerpt.json"
PERPLEXITY_LIST = HERE / "perplexity" / "compat-incidents-20260918-excerpt.json"
PERPLEXITY_PAGE = HERE / "perplexity" / "page-202609-structure.html"
AT = datetime(2026, 9, 30, tzinfo=UTC)


def page_of(provider: str) -> Page:
    registry = load(platforms=PLATFORMS)
    return next(p for p in registry.pages if (p.provider, p.platform) == (provider, "incident_io"))


def read(provider: str, body: bytes) -> Parsed:
    page = page_of(provider)
    return PLATFORMS["incident_io"].parse(capture(page, body, AT), page)


def unwrapped(path: Path) -> bytes:
    """Return the vendor's own objects of a weekly archive, as JSON Lines."""
    rows_of = json.loads(path.read_text())
    return b"\n".join(json.dumps(one["raw"]).encode() for one in rows_of)


@cache
def feed() -> Parsed:
    return read("openai", FEED.read_bytes())


@cache
def listed() -> Parsed:
    return read("openai", LIST.read_bytes())


@cache
def weekly() -> tuple[Incident, ...]:
    return tuple(one for week in WEEKS for one in read("openai", unwrapped(week)).incidents)


def titles(*lists: tuple[Incident, ...]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in (one for posts in lists for one in posts):
        found.setdefault(one.incident_id, set()).add(one.title)
    return found


def test_three_surfaces_share_ids_and_titles() -> None:
    shown, kept, weeks = feed().incidents, listed().incidents, weekly()
    assert (len(shown), len(kept), len(weeks)) == (87, 25, 17)
    ids = [{one.incident_id for one in posts} for posts in (shown, kept, weeks)]
    assert len(ids[0] & ids[1]) == 22
    assert ids[2] < ids[0]
    together = titles(shown, kept, weeks)
    assert len(together) == 90
    assert all(len(said) == 1 for said in together.values())


def test_nothing_in_the_captures_is_rejected_or_unknown() -> None:
    for parsed in (feed(), listed()):
        assert (parsed.rejects, parsed.warnings) == ((), ())
    assert all(one.stage is Stage.RESOLVED for one in (*feed().incidents, *listed().incidents))


def test_the_list_is_ordered_by_the_newest_update_shown_and_by_nothing_else() -> None:
    posts = listed().incidents
    keys = [one.listed_at for one in posts]
    assert keys == sorted(keys, key=lambda key: key or AT, reverse=True)
    assert listed().horizon == keys[-1]
    made = [one.created_at or AT for one in posts]
    assert made != sorted(made, reverse=True)
    edited = [one["updated_at"] for one in json.loads(LIST.read_text())["incidents"]]
    assert edited != sorted(edited, reverse=True)


def test_the_feed_is_ordered_by_when_the_newest_update_is_displayed_not_written() -> None:
    keys = [one.listed_at or AT for one in feed().incidents]
    assert keys == sorted(keys, reverse=True)
    shown = {one.incident_id: one for one in feed().incidents}
    for one in (*listed().incidents, *weekly()):
        assert shown.get(one.incident_id, one).listed_at == one.listed_at
    (moved,) = (
        one
        for one in weekly()
        if one.updates[-1].created_at
        and one.updates[-1].created_at - one.updates[-1].display_at > timedelta(hours=1)
    )
    assert shown[moved.incident_id].resolved_at == moved.updates[-1].display_at


def test_an_id_tells_to_the_second_when_a_post_was_made() -> None:
    posts = (
        *listed().incidents,
        *weekly(),
        *read("perplexity", PERPLEXITY_LIST.read_bytes()).incidents,
    )
    assert len(posts) == 44
    for one in posts:
        made_at = minted(one.incident_id)
        assert made_at is not None
        assert one.created_at is not None
        assert abs(made_at - one.created_at) <= timedelta(seconds=1)


def test_summaries_show_25_components_each_others_every_time_and_are_no_roster() -> None:
    seen: set[str] = set()
    for path in SUMMARIES.values():
        parsed = read("openai", path.read_bytes())
        assert (len(parsed.components), parsed.roster) == (25, False)
        seen |= {one.component_id for one in parsed.components}
    assert len(seen) == 37


def test_groq_states_degraded_impacts_only_whichever_way_they_came() -> None:
    own, page = (read("groq", path.read_bytes()) for path in (GROQ_IMPACTS, GROQ_PAGE))
    assert own.incidents == page.incidents
    (one,) = own.incidents
    assert {impact.state for impact in one.impacts or ()} == {State.DEGRADED}
    assert len(one.impacts or ()) == 2
    structure = read("groq", GROQ_STRUCTURE.read_bytes())
    assert (len(structure.components), structure.roster) == (20, True)
    assert {c.group for c in structure.components} == {
        None,
        "Production",
        "Production Systems",
        "Preview Models",
    }


def test_coheres_impacts_end_16_minutes_before_the_post_is_resolved() -> None:
    (one,) = read("cohere", COHERE.read_bytes()).incidents
    ends = {impact.end_at for impact in one.impacts or ()}
    assert len(one.impacts or ()) == 6
    (end,) = ends
    assert end is not None
    resolved = one.updates[-1].display_at
    assert resolved - end == timedelta(minutes=15, seconds=46, milliseconds=464)
    monitoring = next(u for u in one.updates if u.stage is Stage.MONITORING)
    assert monitoring.display_at == end
    assert [len(u.changes or ()) for u in one.updates] == [4, 6, 6, 6]


def test_perplexitys_moved_posts_were_made_after_they_ended() -> None:
    moved, later = read("perplexity", PERPLEXITY_LIST.read_bytes()).incidents
    assert moved.created_at is not None
    assert moved.resolved_at is not None
    assert moved.resolved_at < moved.created_at
    assert min(u.display_at for u in moved.updates) < moved.resolved_at
    assert later.created_at is not None
    assert min(u.display_at for u in later.updates) < later.created_at
    page = read("perplexity", PERPLEXITY_PAGE.read_bytes())
    assert page.roster
    assert [str(c.start_date) for c in page.components] == [
        "2024-07-30",
        "2025-01-23",
        "2026-06-30",
    ]


def bring(data: Path, path: Path, at: str, *words: str, provider: str = "openai") -> None:
    page = page_of(provider).page_key
    chosen = ["--provider", provider, "--page", page, "--captured-at", at, *words]
    result = cli(data, "import", path, *chosen)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.fixture(scope="module")
def openai(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("openai")
    for week in WEEKS:
        path = tmp_path_factory.mktemp("week") / f"{week.stem}.jsonl"
        path.write_bytes(unwrapped(week))
        bring(data, path, WEEKS_AT, "--no-publish")
    bring(data, LIST, "2026-09-15T12:22:09Z", "--no-publish")
    bring(data, FEED, "2026-09-14T04:56:53Z")
    return data


def test_merged_there_are_90_posts_each_once_and_all_have_an_end(openai: Path) -> None:
    with open_snapshot(openai) as snapshot:
        posts = snapshot.table("incidents")
        updates = snapshot.table("updates")
    assert posts.height == posts["incident_id"].n_unique() == 90
    together = titles(feed().incidents, listed().incidents, weekly())
    assert {i: {title} for i, title in posts.select("incident_id", "title").iter_rows()} == together
    assert posts["resolved_at"].null_count() == posts["open_seconds"].null_count() == 0
    assert not posts["flags"].list.contains("zombie").any()
    assert not posts["flags"].list.contains("retrospective").any()
    known = {one.incident_id: one.updates for one in (*listed().incidents, *weekly())}
    assert len(known) == 42
    assert updates.height == sum(map(len, known.values())) == 165


def test_a_least_state_counts_posted_impacts_and_tells_of_posts_that_state_none(
    openai: Path,
) -> None:
    asked = ["--provider", "openai", "--surface", "chat_web", "--since", "2026-06-16"]
    counted = {}
    for minimum in ([], ["--minimum", "partial"], ["--minimum", "major"]):
        found = cli(openai, "metrics", "frequency", *asked, *minimum, "--format", "json")
        [row] = json.loads(found.stdout)
        counted[row["minimum"]] = (row["n"], found.stderr)
    assert counted[None] == (35, "")
    assert counted["partial"][0] == 21
    assert "13 of 35 posts of OpenAI" in counted["partial"][1]
    assert counted["major"][0] == 2


def test_posts_known_from_the_feed_alone_last_from_when_they_were_made(openai: Path) -> None:
    kinds = rows(openai, "incidents", "duration_quality", "end_basis")
    assert sorted(set(kinds)) == [("exact", "display_at"), ("inferred_end", "resolved_at")]
    assert kinds.count(("inferred_end", "resolved_at")) == 90 - 42


def test_components_are_known_by_the_names_in_the_feed(openai: Path) -> None:
    found: list[tuple[str, str, Any]] = rows(openai, "components", "name", "surface", "retired_at")
    surfaces = {name: surface for name, surface, _ in found}
    assert len(found) == 33
    assert surfaces["Conversations"] == "chat_web"
    assert surfaces["Codex Web"] == "code_assistant"
    assert [name for name, _, _ in found].count("Login") == 1


def test_rotating_summaries_retire_no_component_and_lend_their_ids(tmp_path: Path) -> None:
    for at, path in SUMMARIES.items():
        bring(tmp_path, path, at, "--no-publish")
    for again in ("2026-09-29T18:50:00Z", "2026-09-29T18:55:00Z", "2026-09-29T19:00:00Z"):
        bring(tmp_path, SUMMARIES["2026-09-29T18:42:55Z"], again, "--no-publish")
    bring(tmp_path, FEED, "2026-09-14T04:56:53Z")
    found: list[tuple[str, str, Any]] = rows(
        tmp_path, "components", "component_id", "name", "retired_at"
    )
    assert [retired for _, _, retired in found if retired] == []
    (conversations,) = (component for component, name, _ in found if name == "Conversations")
    assert minted(conversations) is not None


def test_a_post_a_summary_showed_open_ends_where_the_feed_says(tmp_path: Path) -> None:
    at = "2026-07-22T14:49:05Z"
    bring(tmp_path, SUMMARIES[at], at, "--no-publish")
    bring(tmp_path, FEED, "2026-09-14T04:56:53Z")
    with open_snapshot(tmp_path) as snapshot:
        its = pl.col("incident_id") == "01KY54SWGRK806N6TJ495MYPDD"
        [post] = snapshot.table("incidents").filter(its).to_dicts()
    assert (post["status"], post["stage"], post["flags"]) == ("resolved", "resolved", [])
    assert post["resolved_at"] == datetime(2026, 7, 22, 16, 9, 35, 397000, UTC)


def test_groq_was_up_by_the_platforms_own_rule_and_not_by_the_strict_one(tmp_path: Path) -> None:
    bring(tmp_path, GROQ_STRUCTURE, "2026-09-29T12:00:00Z", "--no-publish", provider="groq")
    stated = ("--complete-since", "2026-07-01")
    bring(tmp_path, GROQ_IMPACTS, "2026-09-29T12:00:00Z", *stated, provider="groq")
    values = {}
    with open_snapshot(tmp_path) as snapshot:
        for rule in ("incident_io", "strict"):
            week = ask(providers=["groq"], since="2026-07-01", until="2026-07-08", rule=rule)
            values[rule] = METRICS["availability"](snapshot, week).filter(pl.col("coverage") == 1.0)
        states = snapshot.table("component_states")
        [post] = snapshot.table("incidents").to_dicts()
    assert (post["end_basis"], post["open_seconds"], post["flags"]) == ("impact", 2803, [])
    assert set(states["basis"]) == {"impacts"}
    assert states["state"].to_list() == ["degraded"] * 2
    assert set(values["incident_io"]["value"]) == {1.0}
    worst = values["strict"].sort("value").row(0, named=True)
    assert (worst["surface"], worst["down_s"]) == ("api_inference", 2803)
    assert worst["value"] == pytest.approx(1 - 2803 / (7 * 86_400))
