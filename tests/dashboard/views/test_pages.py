"""The pages without a browser: links, foreign wording, invented data and colours."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from analytics import ask, open_snapshot
from analytics.comparison.sensitivity import by_rule
from analytics.evidence import freshness
from analytics.read_models.strips import strips
from analytics.wording.incident import DURATIONS, FLAGS
from dashboard.charts.rules import rule_chart
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.charts.strips import strip_chart
from dashboard.shown_text import escape_markdown
from dashboard.tables.shared import rule_dots, strip_bars, to_csv
from dashboard.widgets import data_table
from dashboard.widgets.data_table import describe_download, to_json, to_parquet
from ingest.fetching.schedule import NOT_OFFERED
from ingest.snapshot import file
from tests.support.command_line import holding
from tests.support.pages.streamlit_pages import DASHBOARD, HOSTILE, VIEWS, shown, words
from tests.support.snapshots import ACME, at, component, covered, made, page_of, post, source, state

HOUR = timedelta(hours=1)
WARNING = {
    "page_key": page_of(ACME),
    "at": at("2026-01-31"),
    "kind": "rejected",
    "record": "p2",
    "reason": "title is missing",
    "n": 1,
}
BREAK = {
    "provider": ACME,
    "page_key": page_of(ACME),
    "at": at("2025-12-01"),
    "kind": "migration",
    "note": "from instatus to statuspage",
}
RUN = {
    "run_id": "r1",
    "started_at": at("2026-01-30 23:59"),
    "finished_at": at("2026-01-31"),
    "captures": 1,
    "failures": 0,
    "code_version": "1.0",
}


@pytest.fixture
def usual(tmp_path: Path) -> Path:
    return made(
        tmp_path,
        as_of="2026-01-31",
        coverage=[covered("2025-06-01", "2026-01-31")],
        states=[state("partial", "2026-01-05 10:00", "2026-01-05 10:30", post="p1")],
        posts=[
            post("p1", "2026-01-05 10:00", "2026-01-05 10:30", title=HOSTILE),
            post("p2", "2026-01-30 23:00"),
        ],
        captures=source("https://acme.test/incidents.json", "2026-01-31"),
    ).path


@pytest.mark.parametrize("view", VIEWS)
def test_invented_data_says_so_on_every_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    simulated = made(
        tmp_path, as_of="2026-01-31", coverage=[covered("2026-01-01", "2026-01-31")], simulated=True
    )
    assert "**Simulated data.**" in words(shown(view, simulated.path, monkeypatch))


def test_the_overview_states_window_and_rule(usual: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = words(shown("overview", usual, monkeypatch, win="90d"))
    assert "2 Nov 2025 to 31 Jan 2026, rule incident_io." in told
    assert "rule strict" in words(shown("overview", usual, monkeypatch, rule="strict"))


def test_a_snapshot_of_another_version_is_named_as_such_and_not_as_nothing(
    usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analytics.snapshot.DERIVATION_VERSION", "of another time")
    told = words(shown("overview", usual, monkeypatch))
    assert "The snapshot cannot be read" in told
    assert "`statusledger publish` derives it again" in told
    assert "Nothing collected yet" not in told


def test_weights_of_ones_own_are_a_rule_that_names_them(
    usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown("overview", usual, monkeypatch, rule="custom", partial="0.25")
    assert "rule custom 0,0.25,1." in words(app)
    app.number_input(key="degraded").set_value(0.5).run()
    assert "weights must rise from degraded to major" in words(app)
    assert not app.exception


@pytest.mark.parametrize(
    ("view", "names"),
    [
        ("overview", {"league", "strip", "verdict", "rules", "classes", "grid"}),
        ("head_to_head", {"verdict", "side-by-side", "alone", "adding-up", "overlaps", "rules"}),
        ("profile", {"figures", "strip", "months", "origin"}),
        ("surfaces", {"surfaces", "mapping"}),
        ("incidents", {"incidents"}),
        ("health", {"sources", "pages", "warnings", "runs", "breaks", "unmapped"}),
    ],
)
def test_whatever_is_shown_can_be_taken_away_in_every_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str, names: set[str]
) -> None:
    two = made(
        tmp_path,
        as_of="2026-01-31",
        coverage=[covered("2025-06-01", "2026-01-31", provider=p) for p in (ACME, "bolt")],
        states=[state("partial", "2026-01-05 10:00", "2026-01-05 10:30", post="p1")],
        posts=[post("p1", "2026-01-05 10:00", "2026-01-05 10:30", title=HOSTILE)],
        components=[component("odd", surface="other", surface_basis="unmapped")],
        captures=source("https://acme.test/history", "2026-01-31", stale_after_s=None),
        warnings=[WARNING],
        breaks=[BREAK],
        runs=[RUN],
    ).path
    taken: dict[str, tuple[pl.DataFrame, list[str]]] = {}

    def take(rows: pl.DataFrame, name: str, *about: Any) -> None:
        assert pl.read_parquet(to_parquet(rows)).equals(rows)
        assert len(json.loads(to_json(rows, describe_download(*about)))["rows"]) == len(rows)
        taken[name] = rows, list(csv.reader(to_csv(rows).splitlines()))

    monkeypatch.setattr(data_table, "show_downloads", take)
    shown(view, two, monkeypatch)
    for rows, written in taken.values():
        assert written[0] == rows.columns
        assert len(written) == 1 + len(rows)
    assert taken.keys() >= names


def test_a_link_to_a_post_opens_it_and_its_wording_is_text(
    usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = words(shown("incidents", usual, monkeypatch, incident=f"{ACME}.statuspage.test/p1"))
    assert escape_markdown(HOSTILE) in told
    assert "open: -" not in told


def test_a_post_that_is_still_open_says_how_long_so_far(
    usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = words(shown("incidents", usual, monkeypatch, incident=f"{ACME}.statuspage.test/p2"))
    assert "**ongoing**" in told
    assert "**1 h so far**" in told


def test_a_link_to_a_post_that_is_not_there_says_so(
    usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown("incidents", usual, monkeypatch, incident="<b>nobody</b>")
    assert r"\<b\>nobody" in words(app)


def test_a_bare_id_opens_the_only_post_that_has_it(
    usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = words(shown("incidents", usual, monkeypatch, incident="p1"))
    assert "**What was posted**" in told
    assert escape_markdown(HOSTILE) in told


def test_a_bare_id_of_several_posts_or_of_none_says_how_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [post("p1", "2026-01-05", "2026-01-06", provider=p) for p in (ACME, "bolt")]
    path = made(tmp_path, as_of="2026-01-31", posts=both).path
    several = words(shown("incidents", path, monkeypatch, incident="p1"))
    assert "2 pages hold a post p1. Name it as `<page_key>/<id>`: " in several
    assert escape_markdown("bolt.statuspage.test/p1") in several
    none = words(shown("incidents", path, monkeypatch, incident="p9"))
    assert "holds no post p9. A post is named as `<page_key>/<id>`" in none


def test_days_in_the_wrong_order_are_a_sentence(
    usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown(
        "overview", usual, monkeypatch, win="custom", since="2026-01-20", until="2026-01-10"
    )
    assert "is not before" in words(app)


def test_a_source_that_was_never_offered_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    fresh = source("https://acme.test/history.atom", now - timedelta(minutes=1))
    refused = source("https://acme.test/incidents.json", None, failed=now)
    refused = [{**row, "failure": "robots"} for row in refused]
    known = [covered("2026-01-01", now)]
    good = made(tmp_path, as_of=now, coverage=known, captures=[*fresh, *refused])
    assert "All 1 source answered within their budget." in words(
        shown("health", good.path, monkeypatch)
    )


def test_every_address_is_told_of_and_only_those_on_a_schedule_can_be_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    polled = source("https://acme.test/history.atom", now - timedelta(minutes=1))
    imported = source("https://acme.test/history", now - timedelta(days=99), stale_after_s=None)
    failed = source("https://acme.test/i/1.json", None, failed=now, stale_after_s=None)
    of = {"as_of": now, "coverage": [covered("2026-01-01", now)]}
    snapshot = made(tmp_path, **of, captures=[*polled, *imported, *failed])
    told = freshness.sources(snapshot, now).select("url", "state").rows()
    assert told == [
        ("https://acme.test/i/1.json", "failing"),
        ("https://acme.test/history.atom", "fresh"),
        ("https://acme.test/history", "no schedule"),
    ]
    assert freshness.freshness(snapshot, now).stale == 0
    assert "Of 2 sources, 1 failed at the last attempt. 1 more is read on no " in (
        words(shown("health", snapshot.path, monkeypatch))
    )
    alone = made(tmp_path, **of, captures=imported)
    assert freshness.sources(alone, now)["state"].to_list() == ["no schedule"]
    assert "No source is polled" in words(shown("health", alone.path, monkeypatch))


def test_the_newest_runs_come_first_and_no_more_than_fifty(tmp_path: Path) -> None:
    runs = [
        {**RUN, "run_id": f"r{n:02}", "started_at": at("2026-01-01") + n * HOUR} for n in range(60)
    ]
    told = freshness.runs(made(tmp_path, as_of="2026-01-31", runs=runs))
    assert (told["run_id"][0], told["run_id"][-1], told.height) == ("r59", "r10", 50)


def test_what_is_not_offered_is_the_same_to_collector_and_reader() -> None:
    assert set(freshness.NOT_OFFERED) == {str(kind) for kind in NOT_OFFERED}


def test_a_view_holds_neither_sql_nor_frames_nor_dates() -> None:
    for view in VIEWS:
        text = (DASHBOARD / "views" / f"{view}.py").read_text(encoding="utf-8")
        assert not re.search(r"\b(duckdb|polars|datetime|SELECT|numpy)\b", text)


def test_a_legend_wraps_and_ends_with_its_picture_so_that_a_phone_shows_all_of_it(
    usual: Path,
) -> None:
    snapshot = open_snapshot(usual)
    names = snapshot.table("providers")
    dots = rule_chart(rule_dots(by_rule(snapshot, ask()), names)).spec
    assert dots["layer"][1]["encoding"]["shape"]["legend"]["columns"] == 3
    assert dots["config"]["legend"]["layout"] == {"expr": "{top: {anchor: 'end'}}"}


def test_the_legend_of_a_strip_names_the_states_in_it_and_no_other(
    usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown("overview", usual, monkeypatch, win="90d")
    [legend] = [one.body for one in app.get("html") if 'class="legend"' in one.body]
    assert re.findall(r"</i>(.*?)</span>", legend) == ["operational", "partial"]


def test_charts_are_in_utc_and_say_so(usual: Path) -> None:
    snapshot = open_snapshot(usual)
    rows = strip_bars(strips(snapshot, ask()), snapshot.table("providers"))
    x = strip_chart(rows, "day").spec["layer"][0]["encoding"]["x"]
    assert (x["scale"]["type"], x["title"]) == ("utc", "Day (UTC)")


def test_grey_is_neither_green_nor_the_colour_of_anything_known() -> None:
    known = {c for name, c in STATE_COLOURS.items() if name not in {"unknown", "no data"}}
    for name in ("unknown", "no data"):
        colour = STATE_COLOURS[name]
        assert colour not in known
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        assert max(red, green, blue) - min(red, green, blue) < 0x10


@pytest.mark.parametrize("view", ["overview", "surfaces"])
def test_silence_is_of_the_kind_asked_for_where_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str
) -> None:
    quiet = made(tmp_path, as_of="2026-01-31", coverage=[covered("2025-06-01", "2026-01-31")]).path
    assert "No incident of Acme began in this window" in words(shown(view, quiet, monkeypatch))
    told = words(shown(view, quiet, monkeypatch, minimum="major"))
    assert "No incident of Acme of the kind asked for began in this window" in told


def test_invented_pages_are_named_and_not_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(view: str, simulated: bool) -> tuple[str, AppTest]:
        path = made(
            tmp_path,
            as_of="2026-01-31",
            coverage=[covered("2026-01-01", "2026-01-31")],
            posts=[post("p1", "2026-01-05", "2026-01-06")],
            simulated=simulated,
        ).path
        app = shown(view, path, monkeypatch, incident="p1")
        return words(app), app

    invented, app = told("incidents", True)
    assert "invented, so there is none" in invented
    assert "https://acme" not in invented.replace("\\", "")
    assert '"type": "link"' not in "".join(one.proto.columns for one in app.dataframe)
    real, app = told("incidents", False)
    assert "invented" not in real
    assert '"type": "link"' in "".join(one.proto.columns for one in app.dataframe)
    assert "`https://status.acme.test`" in told("profile", True)[0]
    assert "<https://status.acme.test>" in told("profile", False)[0]


def test_a_post_is_told_in_words_and_not_in_names_of_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = post(
        "p1",
        "2026-01-05",
        "2026-01-06",
        start_basis="display_at",
        end_basis="last_update",
        duration_quality="inferred_end",
        flags=["backdated", "bulk_linked"],
    )
    path = made(tmp_path, as_of="2026-01-31", posts=[odd]).path
    told = words(shown("incidents", path, monkeypatch, incident="p1")).replace("\\", "")
    assert "Start: the earliest time shown with an update. End: its last update." in told
    assert "Duration: known, its end inferred." in told
    assert "Flags: backdated, names every component." in told
    for name in ("display_at", "last_update", "inferred_end", "bulk_linked"):
        assert name not in told


def test_every_clock_and_flag_has_words() -> None:
    """Those named in the schema, which is what the rows hold."""
    schema = (Path(file.__file__).parents[1] / "schema.sql").read_text(encoding="utf-8")
    for column, known in (("flags", FLAGS), ("duration_quality", DURATIONS)):
        [line] = re.findall(rf"^ +{column} VARCHAR.*-- (.*)$", schema, re.MULTILINE)
        assert set(re.split(r", | or ", line)) == set(known)


def test_a_surface_nobody_chosen_has_is_no_error(
    usual: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {"win": "custom", "since": "2020-01-01", "until": "2020-02-01"}
    assert "Acme alone on the API" in words(shown("overview", usual, monkeypatch, **days))


def test_a_question_that_was_saved_is_a_button_on_every_page(
    usual: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = holding(tmp_path / "data", usual)
    saved = '[mine]\nproviders = ["Acme"]\nwindow = "2025-12"\nrule = "strict"\n'
    saved += '[bad]\nproviders = ["Acme"]\nminimum = "partial"\n'
    (data / "questions.toml").write_text(saved, encoding="utf-8")
    app = shown("overview", data, monkeypatch, minimum="major")
    assert "only posts that reached major" in words(app)
    app.button(key="saved-mine").click().run()
    assert not app.exception
    told = words(app)
    assert "1 Dec 2025 to 1 Jan 2026" in told
    assert "1 provider · degraded time counts too (strict)" in told
    assert "only posts that reached" not in told
    app.button(key="saved-bad").click().run()
    assert "only posts that reached partial" in words(app)
