"""What the profile tells of posts: facts, causes, and the way to their text."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from analytics import ask
from analytics.metrics.catalogue import METRICS
from analytics.metrics.transparency import causes
from analytics.read_models import incident_list, posting_habits
from analytics.wording.profile import causes_sentence, facts_sentence
from dashboard.tables import profile
from dashboard.tables.profile import cause_bars, fact_table, newest_incident_table
from dashboard.tables.shared import incident_table
from tests.support.pages.profiles import NOW, YEAR
from tests.support.snapshots import ACME, component, made, page_of, post, update


def test_a_fact_nothing_tells_is_not_known_and_one_of_few_is_too_few(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        posts=[post("p1", "2026-01-05 10:00", "2026-01-05 12:00", causes=["datastore"])],
        updates=[
            update("p1", "investigating", "2026-01-05 10:00"),
            update("p1", "resolved", "2026-01-05 12:00"),
        ],
    )
    rows = posting_habits.facts(snapshot, ask(providers=[ACME]))
    assert rows["metric"].to_list() == [*posting_habits.MOVES, *posting_habits.TOLD]
    read = {
        about: dict(fact_table(rows, about).select("Fact", "Value").iter_rows())
        for about in posting_habits.ABOUT
    }
    assert read["moves"]["Between two updates, median"] == profile.TOO_FEW
    assert read["moves"][METRICS["acknowledgement_lag_median"].label] == profile.NOT_KNOWN
    assert read["told"]["Posts with a cause we could read (at least)"] == "100 %"
    assert read["told"]["Closed major or critical posts with a post-mortem"] == "0.0 %"
    assert "1 post of the chosen classes began" in facts_sentence(rows)


def test_the_number_of_components_says_whether_it_is_of_the_surface_or_of_the_page(
    tmp_path: Path,
) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        components=[component(), component("chat", surface="chat_web")],
    )
    for surface, told in (
        (None, "Components on the page, all surfaces"),
        ("chat_web", "Components on the surface"),
    ):
        rows = posting_habits.facts(snapshot, ask(providers=[ACME], surface=surface))
        last = fact_table(rows, "told").row(-1, named=True)
        assert last["Fact"] == told
        assert last["n"] == ("2 components" if surface is None else "1 component")


def test_a_share_and_its_interval_are_rounded_to_the_nearest(tmp_path: Path) -> None:
    flags = [["retrospective"]] * 2 + [[]] * 8
    posts = [post(f"p{n}", "2026-01-05", "2026-01-06", flags=its) for n, its in enumerate(flags)]
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR], posts=posts)
    shown = fact_table(posting_habits.facts(snapshot, ask(providers=[ACME])), "told")
    row = shown.filter(pl.col("Fact") == METRICS["retrospective"].label).row(0, named=True)
    assert (row["Value"], row["95 % interval"]) == ("20.0 %", "5.7 % to 51.0 %")


def test_posts_name_their_surfaces_in_words(tmp_path: Path) -> None:
    both = [component(), component("chat", surface="chat_web")]
    posts = [post("p1", "2026-01-05", "2026-01-06", of=("api", "chat"))]
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR], components=both, posts=posts)
    found = incident_list.incidents(snapshot, ask(providers=[ACME]), incident_list.Search())
    shown_of = incident_table(found, snapshot.table("providers"))
    assert shown_of["Surfaces"].to_list() == ["API inference, chat web"]


def test_what_is_not_stated_comes_first_and_is_grey(tmp_path: Path) -> None:
    posts = [
        post("p1", "2026-01-05", "2026-01-06", causes=["datastore", "config_deploy"]),
        post("p2", "2026-01-07", "2026-01-08", causes=["datastore"]),
        post("p3", "2026-01-09", "2026-01-10"),
    ]
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR], posts=posts)
    rows = posting_habits.stated_causes(snapshot, ask(providers=[ACME]))
    bars = cause_bars(rows)
    assert bars["cause"].to_list() == ["not stated", "datastore", "config deploy"]
    assert bars["stated"].to_list() == [False, True, True]
    assert bars["posts"][1] == "67 % (2 of 3)"
    assert "Of 3 posts, 1 state no cause" in causes_sentence(rows)


def test_without_posts_there_are_no_bars_and_a_sentence(tmp_path: Path) -> None:
    rows = causes(made(tmp_path, as_of=NOW, coverage=[YEAR]), ask(providers=[ACME]))
    assert cause_bars(rows).is_empty()
    assert causes_sentence(rows).startswith("No post of the chosen classes began")


def test_open_posts_and_incidents_keep_the_way_to_their_text(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path, as_of=NOW, coverage=[YEAR], posts=[post("p1", "2026-01-05", "2026-01-06")]
    )
    found = incident_list.incidents(snapshot, ask(providers=[ACME]), incident_list.Search())
    shown = newest_incident_table(
        found, snapshot.table("providers"), lambda page, **more: f"{page}?{more['incident']}"
    )
    assert shown["Detail"].to_list() == [f"incidents?{page_of(ACME)}/p1"]
    assert "Provider" not in shown.columns
    assert isinstance(shown, pl.DataFrame)
