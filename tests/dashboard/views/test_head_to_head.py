"""The head-to-head page without a browser: a sentence in every situation, never a failure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from analytics import ask, open_snapshot
from analytics.comparison import head_to_head, pair_series
from analytics.comparison.head_to_head import side_by_side
from analytics.metrics.catalogue import METRICS
from dashboard.charts.downtime import downtime_chart
from dashboard.charts.durations import duration_chart
from dashboard.charts.pairs import pair_chart
from dashboard.charts.palette import time_axis
from dashboard.charts.vega import Chart
from dashboard.tables.head_to_head import (
    downtime_lines,
    duration_dots,
    own_window_table,
    pair_dots,
    side_by_side_table,
    with_words,
)
from tests.support.pages.streamlit_pages import shown, words
from tests.support.snapshots import (
    ACME,
    component,
    covered,
    made,
    page_row,
    post,
    provider_row,
    source,
    state,
)

BOLT, COIL = "bolt", "coil"
NAMES = {ACME: "Acme", BOLT: "Bolt"}
BEGIN = datetime(2025, 1, 6, 12, tzinfo=UTC)


def trouble(
    who: str, hours: int, every: int, until: int = 48
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Make posts and states of so many hours every so many weeks, from January on."""
    posts, states = [], []
    for week in range(0, until, every):
        at = BEGIN + timedelta(weeks=week)
        over, name = at + timedelta(hours=hours, minutes=week), f"{who}{week}"
        posts.append(post(name, at, over, provider=who, impact_s=3600 * hours + 60 * week))
        states.append(state("major", at, over, provider=who, post=name))
    return posts, states


@pytest.fixture
def year(tmp_path: Path) -> Path:
    """Acme down every week for two hours, bolt every eighth for one, coil not observed."""
    posts, states = trouble(ACME, 2, 1)
    more, others = trouble(BOLT, 1, 8)
    return made(
        tmp_path,
        as_of="2026-01-01",
        components=[component(), component(provider=BOLT)],
        coverage=[covered("2025-01-01", "2026-01-01", provider=who) for who in (ACME, BOLT)],
        states=[*states, *others],
        posts=[*posts, *more, post("running", "2025-12-31 22:00", provider=BOLT)],
        providers=[provider_row(ACME), provider_row(BOLT), provider_row(COIL, note="Robots: no.")],
        pages=[page_row(ACME), page_row(BOLT), page_row(COIL, status="no_feed")],
    ).path


def test_a_clear_difference_names_the_better_one(
    year: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown("head_to_head", year, monkeypatch, win="365d")
    told = words(app)
    assert "Bolt was down less than Acme on the API" in told
    assert ":green-badge[Clear] every way of counting agrees, and Bolt left nothing unrated" in told
    assert "**Chance**: in 100.0 % of days drawn again Bolt was down less than Acme." in told
    assert "By incidents: Bolt had fewer incidents than Acme on the API" in told
    assert "Compared on **API inference**, the first surface both have." in told
    assert "Still open: 1 post of Bolt." in told
    assert "Not compared" not in told


def test_every_number_side_by_side_links_to_its_definition(
    year: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = shown("head_to_head", year, monkeypatch, win="365d").table[1].value
    assert list(table.columns[:3]) == ["Metric", "A · Acme", "B · Bolt"]
    assert all("](/methodology?section=" in metric for metric in table["Metric"])
    assert all("n\N{NO-BREAK SPACE}" in cell for cell in table["A · Acme"])


def test_every_metric_says_what_it_is_in_its_own_cell_where_a_phone_shows_it(
    year: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = shown("head_to_head", year, monkeypatch, win="365d").table[1].value
    assert list(table.columns) == ["Metric", "A · Acme", "B · Bolt", "A against B"]
    told = [metric.split("  \n")[1] for metric in table["Metric"]]
    assert told[0] == METRICS["availability"].line
    assert METRICS["impact_median"].line in told


def told_of_one(metric: str, unit: str, **side: float | None) -> str:
    """Return what the table says of a metric that is the same at both."""
    row = {"metric": metric, "rule": None, "unit": unit, "kind": None}
    both = {f"{which}_{name}": number for which in "ab" for name, number in side.items()}
    apart = {"value": None, "low": None, "high": None}
    told: str = side_by_side_table(pl.DataFrame([row | both | apart]), NAMES).item(0, 1)
    return told.replace("\N{NO-BREAK SPACE}", " ")


def test_the_longest_of_no_posts_is_none_and_not_too_little_data() -> None:
    nothing = {"value": None, "low": None, "high": None, "n": 0, "running": 0}
    assert told_of_one("impact_longest", "seconds", **nothing) == "none, n 0"
    assert told_of_one("impact_median", "seconds", **nothing) == "too little data, n 0"


def test_what_the_unknown_could_hide_is_no_interval_of_the_availability(tmp_path: Path) -> None:
    unsure = made(
        tmp_path,
        as_of="2026-01-01",
        coverage=[covered("2025-12-02", "2026-01-01", provider=who) for who in NAMES],
        states=[state("unknown", "2025-12-05", "2025-12-08", provider=who) for who in NAMES],
    )
    question = ask(providers=list(NAMES), surface="api_inference", since="2025-12-02")
    shown_of = own_window_table(head_to_head.alone(unsure, question), NAMES)
    told = dict(
        shown_of.select(pl.col("Metric").str.extract(r"\[(.+)\]"), shown_of.columns[1]).rows()
    )
    assert told["Availability"].endswith(
        "n\N{NO-BREAK SPACE}0; 90.000 % to 100 % whatever the unknown was"
    )
    assert told["Time down"] == "0 s, n\N{NO-BREAK SPACE}0; 0 s to 3 d whatever the unknown was"


def test_the_interval_of_an_availability_is_no_narrower_than_it_is() -> None:
    side = {"value": 0.9995678, "low": 0.9991239, "high": 0.9999991, "n": 7, "running": 0}
    told = told_of_one("availability", "fraction", **side)
    assert told == "99.956 % (99.912 to 99.999), n 7"


def test_every_chart_is_told_in_words_and_has_its_rows_beside_it(
    year: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown("head_to_head", year, monkeypatch, win="365d")
    told = [chart.proto.alt for chart in app.get("vega_lite_chart")]
    assert len(told) == 8
    assert all("Acme" in alt and "Bolt" in alt for alt in told if "rows of weeks" not in alt)
    twins = "verdict side-by-side adding-up posts overlaps durations rules alone".split()
    assert [button.key for button in app.get("download_button")] == [
        f"{twin}.{form}" for twin in twins for form in ("csv", "parquet", "json")
    ]


def test_the_pickers_follow_the_other_pages_until_something_is_chosen(
    year: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = shown("head_to_head", year, monkeypatch)
    assert (picked(app, "a"), picked(app, "b")) == (ACME, BOLT)
    choose_elsewhere(app, [BOLT, ACME])
    assert (picked(app, "a"), picked(app, "b")) == (BOLT, ACME)
    app.selectbox(key="b").set_value(COIL).run()
    choose_elsewhere(app, [ACME, BOLT])
    assert (picked(app, "a"), picked(app, "b")) == (ACME, COIL)
    assert not app.exception


def choose_elsewhere(app: AppTest, whom: list[str]) -> None:
    """Choose providers on another page, and come back."""
    app.switch_page("views/surfaces.py").run()
    app.multiselect(key="p").set_value(whom).run()
    app.switch_page("views/head_to_head.py").run()


def test_the_two_can_be_exchanged(year: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = shown("head_to_head", year, monkeypatch)
    next(button for button in app.button if button.label == "Swap").click().run()
    assert (picked(app, "a"), picked(app, "b")) == (BOLT, ACME)
    assert (app.query_params["a"], app.query_params["b"]) == (BOLT, ACME)
    assert "**API** · last 90 days · Bolt or Acme" in words(app)


def picked(app: AppTest, key: str) -> str:
    return str(app.selectbox(key=key).value)


def test_a_link_restores_both(year: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = shown("head_to_head", year, monkeypatch, a=BOLT, b=ACME)
    assert (picked(app, "a"), picked(app, "b")) == (BOLT, ACME)


def test_the_same_provider_twice_is_a_sentence(year: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "two different providers" in words(shown("head_to_head", year, monkeypatch, b=ACME))


def test_a_provider_without_data_is_told_with_its_reason(
    year: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = words(shown("head_to_head", year, monkeypatch, b=COIL))
    assert "Nothing is collected of Coil. Its page: it offers nothing a program may read." in told
    assert r"Robots\: no\." in told


def test_a_young_ledger_shows_what_there_is_and_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    young = made(
        tmp_path,
        as_of="2026-01-01",
        coverage=[
            covered("2025-01-01", "2026-01-01"),
            covered("2025-12-08", "2026-01-01", provider=BOLT),
        ],
        posts=[post("p1", "2025-12-20 10:00", "2025-12-20 11:00")],
    )
    app = shown("head_to_head", young.path, monkeypatch)
    told = words(app)
    assert "24 shared days of the 30 needed" in told
    assert "was down less" not in told
    own = next(e for e in app.expander if "own full window" in e.label)
    assert "not comparable" in own.label
    coverage = app.table[2].value
    assert coverage["A · Acme"][0] == "100 % of the window, 90 d"
    assert coverage["B · Bolt"][0] == "26.6 % of the window, 24 d"


def test_a_window_too_short_offers_a_wider_one(year: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = shown("head_to_head", year, monkeypatch, win="custom", since="2025-12-20")
    assert "12 shared days of the 30 needed" in words(app)
    [link] = app.get("page_link")
    assert (link.proto.label, "2025-12-02" in link.proto.query_string) == ("Ask that instead", True)


def test_surfaces_that_do_not_match_are_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = made(
        tmp_path,
        as_of="2026-01-01",
        components=[component("chat", surface="chat_web"), component(provider=BOLT)],
        coverage=[
            covered("2025-01-01", "2026-01-01", of="chat"),
            covered("2025-01-01", "2026-01-01", provider=BOLT),
        ],
    ).path
    told = words(shown("head_to_head", apart, monkeypatch))
    assert "no surface in common" in told
    assert "Acme has chat web; Bolt has API inference." in told
    asked = words(shown("head_to_head", apart, monkeypatch, surface="chat_web"))
    assert "no surface in common" in asked


def test_a_source_gone_stale_ends_the_common_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = made(
        tmp_path,
        as_of="2026-01-01",
        coverage=[
            covered("2025-01-01", "2025-12-01"),
            covered("2025-01-01", "2026-01-01", provider=BOLT),
        ],
        captures=source("https://acme.test/incidents.json", "2025-12-01"),
    )
    told = words(shown("head_to_head", old.path, monkeypatch, win="365d"))
    assert "1 source stale" in told
    assert "Acme was last observed on 1 Dec 2025; later time counts for neither." in told


def test_days_in_the_wrong_order_are_a_sentence(
    year: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {"since": "2025-06-20", "until": "2025-06-10"}
    assert "is not before" in words(shown("head_to_head", year, monkeypatch, win="custom", **days))


def drawn(year: Path) -> dict[str, Chart]:
    snapshot = open_snapshot(year)
    question = ask(providers=[ACME, BOLT], surface="api_inference", since="2025-01-01")
    paired = side_by_side(snapshot, question)
    ground = with_words(pair_series.observed_spans(snapshot, question))
    lines, unit = downtime_lines(pair_series.adding_up(snapshot, question), NAMES)
    points, scales = pair_dots(paired, NAMES)
    found = duration_dots(pair_series.lengths(snapshot, question), paired, NAMES)
    return {
        "adding up": downtime_chart(lines, ground, NAMES, unit, pl.DataFrame()),
        "dots": pair_chart(points, scales, NAMES),
        "lengths": duration_chart(*found, NAMES),
    }


def test_where_nobody_was_down_the_axis_does_not_end_at_nought(year: Path) -> None:
    snapshot = open_snapshot(year)
    question = ask(
        providers=[ACME, BOLT], surface="api_inference", since="2025-12-18", until="2025-12-20"
    )
    ground = with_words(pair_series.observed_spans(snapshot, question))
    lines, unit = downtime_lines(pair_series.adding_up(snapshot, question), NAMES)
    assert set(lines["total"]) == {0}
    [y] = [
        layer["encoding"]["y"]
        for layer in downtime_chart(lines, ground, NAMES, unit, pl.DataFrame()).spec["layer"]
        if "y" in layer["encoding"]
    ]
    assert y["scale"]["domain"] == [0, 1]


def test_axes_of_time_are_utc_and_say_so(year: Path) -> None:
    layers = drawn(year)["adding up"].spec["layer"]
    for layer in layers:
        x = layer["encoding"]["x"]
        assert (x["scale"]["type"], x["title"]) == ("utc", "Time (UTC)")


def test_every_time_axis_says_day_and_month_and_the_year_where_it_takes_more_than_one(
    year: Path,
) -> None:
    layers = drawn(year)["adding up"].spec["layer"]
    assert {layer["encoding"]["x"]["axis"]["format"] for layer in layers} == {"%d %b"}
    for days, form in ((2, "%d %b %H:%M"), (30, "%d %b"), (366, "%d %b"), (400, "%d %b %Y")):
        ends = pl.Series([BEGIN + timedelta(days=days)])
        axis = time_axis(pl.Series([BEGIN]), ends)
        assert (axis["format"], axis["tickCount"]) == (form, 6)


def test_a_scale_ends_where_the_table_says_the_interval_does(year: Path) -> None:
    snapshot = open_snapshot(year)
    question = ask(providers=[ACME, BOLT], surface="api_inference", since="2025-01-01")
    paired = side_by_side(snapshot, question)
    _, scales = pair_dots(paired, NAMES)
    ends = scales.filter(scales["panel"].str.starts_with("Availability"), scales["at"] == 1)
    cells = side_by_side_table(paired, NAMES).select("A · Acme", "B · Bolt").rows()
    assert ends.height == 2
    for label, sides in zip(ends["label"], cells, strict=False):
        assert any(f"to {label.removesuffix(' %')})" in cell for cell in sides)


def test_no_dot_lies_outside_its_own_scale(year: Path) -> None:
    snapshot = open_snapshot(year)
    question = ask(providers=[ACME, BOLT], surface="api_inference", since="2025-01-01")
    points, scales = pair_dots(side_by_side(snapshot, question), NAMES)
    for column in ("at", "low", "high"):
        assert points[column].drop_nulls().is_between(0, 1).all()
    assert points.group_by("panel").len()["len"].unique().to_list() == [2]
    assert set(points["panel"]) == set(scales["panel"])


def test_durations_are_on_a_logarithmic_axis_from_a_second_on(year: Path) -> None:
    chart = drawn(year)["lengths"].spec
    assert chart["layer"][0]["encoding"]["x"]["scale"]["type"] == "log"
    instant = pl.DataFrame(
        [{"provider": ACME, "clock": "open", "seconds": 0.0, "ongoing": False}],
    ).with_columns(began_at=pl.lit(BEGIN), title=pl.lit("now"))
    dots, marks = duration_dots(instant, pl.DataFrame({"metric": []}), NAMES)
    assert dots["seconds"].to_list() == [1.0]
    assert marks.is_empty()


def test_what_a_verdict_rests_on_stands_beside_it(
    year: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = shown("head_to_head", year, monkeypatch, win="365d").table[0].value
    rows = {fact: (one, other) for fact, one, other in table.itertuples(index=False)}
    assert rows["Ways of counting"] == ("ahead in 0 of 6", "ahead in 6 of 6")
    assert rows["Rests on"] == ("component states", "component states")
    assert rows["Time left unrated"] == ("0 s", "0 s")
    assert rows["Both down at once"] == ("8 h of 4 d 18 h", "8 h of 8 h")
