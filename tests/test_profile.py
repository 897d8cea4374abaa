"""The provider profile: what it says in every situation, and the rows behind it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from analytics import (
    BadQuestion,
    Question,
    Snapshot,
    ask,
    explorer,
    facts,
    from_query,
    posted,
    to_query,
)
from analytics import profile as model
from analytics import profile_words as words
from analytics.buckets import whole_months
from analytics.days import NO_DATA, last_days
from analytics.present import NO_POST, POST_OPEN, present
from analytics.transparency import causes
from dashboard import figures, record, tables
from tests.snapshots import (
    ACME,
    at,
    component,
    covered,
    made,
    page_of,
    page_row,
    post,
    provider_row,
    source,
    state,
    update,
)
from tests.test_pages import HOSTILE, shown
from tests.test_pages import words as told_by

NOW = at("2026-01-31")
YEAR = covered("2025-06-01", NOW)
FRESH = source("https://acme.test/incidents.json", NOW)


def told(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, **params: str) -> str:
    return told_by(opened(snapshot, monkeypatch, **params))


def opened(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch, **params: str) -> AppTest:
    return shown("profile", snapshot.path, monkeypatch, **params)


def fresh(folder: Path, **rows: Any) -> Snapshot:
    """A snapshot that is current to the pages, whose clock is the machine's."""
    now = datetime.now(UTC)
    return made(
        folder,
        as_of=now,
        coverage=[covered(now - timedelta(days=200), now)],
        captures=source("https://acme.test/incidents.json", now),
        **rows,
    )


def two(folder: Path, **rows: Any) -> Snapshot:
    coverage = [YEAR, covered("2025-06-01", NOW, provider="bravo")]
    return made(folder, as_of=NOW, coverage=coverage, **rows)


def test_it_shows_the_first_provider_of_the_bar_unless_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = two(tmp_path)
    assert opened(both, monkeypatch).header[0].value == "Acme"
    assert opened(both, monkeypatch, p="bravo").header[0].value == "Bravo"
    assert opened(both, monkeypatch, p="acme", of="bravo").header[0].value == "Bravo"


def test_a_provider_whose_page_offers_nothing_is_grey_and_has_no_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        providers=[provider_row(ACME), provider_row("dark", note="Drawn by a browser.")],
        pages=[page_row(ACME), page_row("dark", status="no_feed")],
    )
    app = opened(snapshot, monkeypatch, of="dark")
    text = told_by(app)
    assert ":gray-badge[no data] Nothing has been read of this provider" in text
    assert "it offers nothing a program may read" in text
    assert "Drawn by a browser." in text
    assert len(app.metric) == 0
    assert "green" not in text


def test_a_provider_without_incidents_is_told_without_praise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(fresh(tmp_path), monkeypatch)
    text = told_by(app)
    assert ":green-badge[operational]" in text
    assert "no post was open and its component was operational" in text
    assert "That nobody posted does not mean that nothing broke." in text
    assert "No post of the chosen classes began in this window" in text
    assert app.metric[0].value == "100 %"


def test_an_open_incident_is_told_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = datetime.now(UTC) - timedelta(hours=2)
    snapshot = fresh(
        tmp_path,
        posts=[post("p1", began, title=HOSTILE)],
        states=[state("partial", began, post="p1")],
    )
    app = opened(snapshot, monkeypatch)
    text = told_by(app)
    assert ":orange-badge[partial]" in text
    assert "1 post was open and 1 of 1 components was not operational" in text
    assert app.dataframe[0].value["Open so far"].tolist() == ["2 h"]
    assert app.dataframe[0].value["Open post"].tolist() == [HOSTILE]


def test_a_stale_source_is_grey_and_tells_what_was_known_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        captures=FRESH,
        states=[state("major", "2026-01-30 12:00")],
    )
    text = told(snapshot, monkeypatch)
    assert ":gray-badge[no data] Not known now" in text
    assert "2026-01-31 00:00 UTC" in text
    assert "Then no post was open and 1 of 1 components was not operational." in text


def test_a_registry_of_nobody_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "there is no provider to show" in told(made(tmp_path, as_of=NOW), monkeypatch)


def test_a_surface_the_provider_lacks_gives_no_number_and_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = two(tmp_path, components=[component("img", provider="bravo", surface="image")])
    app = opened(snapshot, monkeypatch, of=ACME, surface="image")
    assert [card.value for card in app.metric] == ["–"] * 4
    assert "Nothing vouches for this window" in told_by(app)


def test_the_profile_blames_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = two(tmp_path, posts=[post("p1", "2026-01-05", "2026-01-06")])
    text = told(snapshot, monkeypatch).lower()
    assert not {"fault", "faults", "blame", "poor", "unreliable", "careless"} & set(text.split())


# --- what it says now


def test_now_is_what_holds_at_the_newest_capture(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[covered("2026-01-01", NOW, of=name) for name in ("a", "b", "c", "d")],
        captures=FRESH,
        states=[
            state("major", "2026-01-30", of="a"),
            state("partial", "2026-01-29", "2026-01-30", of="b"),
            state("degraded", "2026-01-29", NOW, of="c"),
            state("unknown", "2026-01-30", of="d"),
        ],
    )
    found = present(snapshot, ACME, NOW)
    states = dict(found.components.select("name", "state").iter_rows())
    assert states == {"a": "major", "b": "operational", "c": "operational", "d": "unknown"}
    assert (found.current, found.at, found.headline) == (True, NOW, "major")


@pytest.mark.parametrize(
    ("worst", "posts", "headline"),
    [
        (None, [], "operational"),
        (None, [post("p1", "2026-01-30")], POST_OPEN),
        ("maintenance", [post("p1", "2026-01-30")], "maintenance"),
        ("degraded", [], "degraded"),
        ("unknown", [], "unknown"),
    ],
)
def test_the_headline_is_the_worst_that_is_known(
    tmp_path: Path, worst: str | None, posts: list[Any], headline: str
) -> None:
    states = [state(worst, "2026-01-30")] if worst else []
    snapshot = made(
        tmp_path, as_of=NOW, coverage=[YEAR], captures=FRESH, states=states, posts=posts
    )
    assert present(snapshot, ACME, NOW).headline == headline


def test_silence_beyond_the_budget_is_no_data_whatever_was_said(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR], captures=FRESH)
    within, beyond = NOW + timedelta(seconds=3600), NOW + timedelta(seconds=3601)
    assert present(snapshot, ACME, within).headline == "operational"
    late = present(snapshot, ACME, beyond)
    assert (late.current, late.headline) == (False, NO_DATA)
    assert late.components["state"].to_list() == [NO_DATA]
    assert late.components["last_state"].to_list() == ["operational"]


def test_an_imported_page_is_never_current(tmp_path: Path) -> None:
    imported = source("https://acme.test/incidents.json", NOW, stale_after_s=None)
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR], captures=imported)
    assert not present(snapshot, ACME, NOW).current


def test_posts_are_open_up_to_the_newest_capture_and_components_known_up_to_their_own(
    tmp_path: Path,
) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[covered("2026-01-01", "2026-01-20"), covered("2026-01-01", "2026-01-20", of="b")],
        captures=FRESH,
        states=[state("major", "2026-01-19")],
        posts=[post("late", NOW - timedelta(hours=2))],
    )
    found = present(snapshot, ACME, NOW)
    assert (found.at, found.current, found.headline) == (NOW, True, POST_OPEN)
    assert found.posts["open_s"].to_list() == [7200]
    told = found.components.select("name", "state", "last_state", "since_at").rows()
    ended = at("2026-01-20")
    assert told == [(name, NO_DATA, NO_DATA, ended) for name in ("api", "b")]
    assert words.present_sentence(found).endswith(
        "1 post was open and nothing was known of its 2 components after 2026-01-20 00:00 UTC."
    )


def test_what_vouches_for_components_may_be_older_than_the_newest_capture_by_the_budget(
    tmp_path: Path,
) -> None:
    for late_s, known in ((3600, "operational"), (3601, NO_DATA)):
        ended = NOW - timedelta(seconds=late_s)
        lists = [covered("2026-01-01", ended), covered("2026-01-01", NOW, of="unattributed")]
        found = present(made(tmp_path, as_of=NOW, coverage=lists, captures=FRESH), ACME, NOW)
        assert found.components["state"].to_list() == [known]
        assert found.components["last_state"].to_list() == [known]


def test_a_post_by_a_clock_ahead_of_ours_has_not_been_open_for_less_than_nothing(
    tmp_path: Path,
) -> None:
    ahead = post("p1", NOW + timedelta(minutes=5))
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR], captures=FRESH, posts=[ahead])
    assert present(snapshot, ACME, NOW).posts["open_s"].to_list() == [0]


@pytest.mark.parametrize("shape", ["robots", "uptime"])
def test_what_says_nothing_of_posts_is_no_newest_capture(tmp_path: Path, shape: str) -> None:
    later = NOW + timedelta(days=1)
    other = source("https://acme.test/other", later, shape=shape)
    snapshot = made(tmp_path, as_of=later, coverage=[YEAR], captures=[*FRESH, *other])
    found = present(snapshot, ACME, later)
    assert (found.at, found.current) == (NOW, False)


def test_a_component_that_left_the_page_says_nothing_of_now(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR, covered("2025-01-01", "2025-06-01", of="old")],
        captures=FRESH,
        states=[state("major", "2025-05-01", of="old")],
    )
    assert present(snapshot, ACME, NOW).components["name"].to_list() == ["api"]


def test_a_page_without_components_can_only_say_that_no_post_is_open(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[covered("2026-01-01", NOW, of="unattributed")],
        captures=FRESH,
    )
    found = present(snapshot, ACME, NOW)
    assert found.headline == NO_POST
    assert "no post was open and the page shows no components" in words.present_sentence(found)


def test_what_is_not_under_way_is_not_open(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        captures=FRESH,
        posts=[
            post("m", "2026-02-10", kind="maintenance"),
            post("gone", "2026-01-20", flags=["removed"]),
            post("over", "2026-01-20", "2026-01-21"),
            post("quiet", "2026-01-01", flags=["zombie"]),
        ],
    )
    found = present(snapshot, ACME, NOW)
    assert found.posts.select("title", "open_s").rows() == [("quiet", 30 * 86_400)]
    assert "1 post was open (1 of them without a word for two weeks)" in words.present_sentence(
        found
    )


# --- in numbers


@given(
    since=st.dates(date(2000, 1, 1), date(2025, 1, 1)),
    days=st.integers(1, 800),
    zone=st.sampled_from(["Etc/UTC", "America/Los_Angeles", "Asia/Kolkata"]),
)
def test_the_period_before_is_as_long_and_ends_where_the_window_starts(
    since: date, days: int, zone: str
) -> None:
    question = ask(since=since, until=since + timedelta(days=days), zone=zone)
    start, end = question.window(NOW)
    before = Question(since=question.since, until=question.until, zone=zone, previous=True)
    assert before.window(NOW) == (start - (end - start), start)
    assert from_query(to_query(before)) == before


def test_a_period_before_the_calendar_cannot_be_asked() -> None:
    with pytest.raises(BadQuestion, match="outside the calendar"):
        ask(since="0001-01-02", previous=True).window(NOW)


def half_hours(n: int, first: str, provider: str = ACME) -> tuple[list[Any], list[Any]]:
    """``n`` outages of half an hour, one a day from ``first``: posts and states."""
    starts = [at(first) + timedelta(days=k) for k in range(n)]
    spans = [(begun, begun + timedelta(minutes=30)) for begun in starts]
    prefix = f"{provider}{first}"
    posts = [post(f"{prefix}{a:%d}", a, b, provider=provider, impact_s=1800) for a, b in spans]
    states = [state("partial", a, b, post=f"{prefix}{a:%d}", provider=provider) for a, b in spans]
    return posts, states


def numbers(snapshot: Snapshot, *others: str) -> dict[str, dict[str, Any]]:
    question = ask(providers=[ACME], surface="api_inference")
    rows = model.figures(snapshot, question, others).to_dicts()
    assert [row["metric"] for row in rows] == list(model.FIGURES)
    return {row["metric"]: row for row in rows}


def test_figures_stand_beside_the_period_before(tmp_path: Path) -> None:
    now, then = half_hours(9, "2026-01-05"), half_hours(6, "2025-09-01")
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[covered("2025-06-01", NOW)],
        posts=now[0] + then[0],
        states=now[1] + then[1],
    )
    found = numbers(snapshot)
    up = found["availability"]
    assert up["value"] == pytest.approx(1 - 9 * 1800 / (90 * 86_400))
    assert up["change"] == pytest.approx(-3 * 1800 / (90 * 86_400))
    assert (found["frequency"]["value"], found["frequency"]["before"]) == (3.0, 2.0)
    assert (found["impact_median"]["n"], found["impact_median"]["change"]) == (9, 0.0)


def test_periods_covered_unlike_are_not_compared(tmp_path: Path) -> None:
    posts, states = half_hours(9, "2026-01-05")
    snapshot = made(
        tmp_path, as_of=NOW, coverage=[covered("2025-09-01", NOW)], posts=posts, states=states
    )
    row = numbers(snapshot)["availability"]
    assert (row["before"], row["change"]) == (1.0, None)
    assert figures.delta(row) == (None, "off")
    assert "covered unlike, not compared" in figures.aside(row)[1]


def test_peers_are_those_who_post_alike_and_are_covered_alike(tmp_path: Path) -> None:
    names = ("bravo", "delta", "echo")
    down = {"bravo": 3, "delta": 9}
    made_up = [half_hours(n, "2026-01-05", name) for name, n in down.items()]
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[
            YEAR,
            *(covered("2025-06-01", NOW, provider=n) for n in ("bravo", "delta", "monitor")),
            covered("2026-01-01", NOW, provider="echo"),
        ],
        posts=[p for posts, _ in made_up for p in posts],
        states=[s for _, states in made_up for s in states],
        providers=[
            *(provider_row(name) for name in (ACME, *names)),
            provider_row("monitor", source_class="automatic"),
        ],
    )
    question = ask(providers=[ACME, *names, "monitor"])
    assert model.peers(snapshot, question, ACME) == list(names)
    row = numbers(snapshot, *names)["availability"]
    assert row["peers"] == 2
    assert row["peers_median"] == pytest.approx(1 - 6 * 1800 / (90 * 86_400))
    assert figures.aside(row)[2] == "Peers: 99.861 %, median of 2 (coverage 100 %)"


def test_without_peers_the_card_says_so(tmp_path: Path) -> None:
    row = numbers(made(tmp_path, as_of=NOW, coverage=[YEAR]))["availability"]
    assert figures.aside(row)[2] == "Peers: none to compare"


@pytest.mark.parametrize(
    ("metric", "change", "told", "colour"),
    [
        ("availability", 0.00012, "+0.012 points", "normal"),
        ("frequency", -1.26, "-1.3", "inverse"),
        ("impact_median", 95.0, "+1 min 35 s", "inverse"),
        ("open_median", -95.0, "-1 min 35 s", "inverse"),
        ("availability", 1e-9, "no change", "off"),
        ("open_median", 0.0, "no change", "off"),
    ],
)
def test_fewer_and_shorter_is_better_and_a_hair_is_no_change(
    metric: str, change: float, told: str, colour: str
) -> None:
    assert figures.delta({"metric": metric, "change": change}) == (told, colour)


def test_unknown_time_stands_beside_the_time_down(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        states=[state("unknown", "2026-01-05 10:00", "2026-01-05 12:00")],
    )
    row = numbers(snapshot)["availability"]
    bounds = "99.907 % to 100 % whatever the unknown was"
    assert figures.aside(row)[0] == f"0 s down, 2 h unknown; {bounds}; n 0, coverage 100 %"


def test_the_figures_speak_of_one_surface(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        components=[
            component("x", surface="other"),
            component("c", surface="console"),
            component("w", surface="chat_web"),
            component("z", surface="other", provider="bravo"),
        ],
    )
    assert model.main_surface(snapshot, ask(), ACME) == "chat_web"
    assert model.main_surface(snapshot, ask(surface="console"), ACME) == "console"
    assert model.main_surface(snapshot, ask(), "bravo") == "other"
    assert model.main_surface(snapshot, ask(), "nobody") is None


def test_the_strip_is_ninety_days_at_most(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR])
    for since, rows in (("2025-01-01", 90), ("2026-01-20", 11)):
        question = ask(providers=[ACME], since=since)
        assert last_days(snapshot, question).height == rows


# --- month by month


def posted_row(day: str, partial: int = 0, major: int = 0, of: str = "api") -> dict[str, Any]:
    return {
        "provider": ACME,
        "page_key": page_of(ACME),
        "component_id": of,
        "day": date.fromisoformat(day),
        "zone": "Etc/UTC",
        "partial_seconds": partial,
        "major_seconds": major,
        "known_from": NOW,
    }


def ratio_row(first: str, last: str, ratio: float, of: str = "api") -> dict[str, Any]:
    return {
        "provider": ACME,
        "page_key": page_of(ACME),
        "component_id": of,
        "window_start": date.fromisoformat(first),
        "window_end": date.fromisoformat(last),
        "ratio": ratio,
        "rule": "statuspage",
        "known_from": NOW,
    }


def days(first: str, last: str) -> list[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [str(start + timedelta(days=n)) for n in range((end - start).days + 1)]


def months(snapshot: Snapshot) -> dict[str, tuple[Any, ...]]:
    columns = ("month", "posted_low", "posted_high", "posted_components", "posted_from")
    rows = posted.posted_months(snapshot).select(columns).iter_rows()
    return {row[0]: row[1:] for row in rows}


def test_their_months_are_what_they_published(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        components=[component("api"), component("api2")],
        posted_ratios=[
            ratio_row("2025-11-01", "2025-11-30", 0.999),
            ratio_row("2025-11-01", "2025-11-30", 0.99, of="api2"),
            ratio_row("2025-11-01", "2025-11-29", 0.5),
            ratio_row("2025-09-01", "2025-11-30", 0.5),
        ],
        posted_uptime=[posted_row(day, major=86_400) for day in days("2025-11-01", "2025-11-30")],
    )
    assert months(snapshot) == {"2025-11": (0.99, 0.999, 2, posted.PUBLISHED)}


def test_seconds_of_every_day_make_a_month_by_their_own_formula(tmp_path: Path) -> None:
    known = [
        posted_row("2025-12-01", partial=1000, major=600),
        *(posted_row(day) for day in days("2025-12-02", "2026-01-04")),
    ]
    snapshot = made(tmp_path, as_of=NOW, components=[component()], posted_uptime=known)
    found = months(snapshot)
    assert found["2025-12"][0] == pytest.approx(1 - (600 + 0.3 * 1000) / (86_400 * 31))
    assert found["2026-01"] == (1.0, 1.0, 1, posted.SECONDS)


@pytest.mark.parametrize("missing", ["2025-12-01", "2025-12-15", "2025-12-31"])
def test_a_month_with_a_day_missing_is_not_known(tmp_path: Path, missing: str) -> None:
    known = [posted_row(d) for d in days("2025-12-01", "2026-01-04") if d != missing]
    snapshot = made(tmp_path, as_of=NOW, components=[component()], posted_uptime=known)
    assert list(months(snapshot)) == ["2026-01"]


def test_the_month_a_component_began_is_whole_from_that_day(tmp_path: Path) -> None:
    known = [posted_row(day) for day in days("2025-12-10", "2025-12-31")]
    began = component(start_date=date(2025, 12, 10))
    snapshot = made(tmp_path, as_of=NOW, components=[began], posted_uptime=known)
    assert list(months(snapshot)) == ["2025-12"]


def test_ours_and_theirs_stand_side_by_side_for_whole_months(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        states=[state("partial", "2025-12-01 00:00", "2025-12-01 01:00")],
        posted_ratios=[ratio_row("2025-12-01", "2025-12-31", 0.9995)],
    )
    question = ask(providers=[ACME], since="2025-12-10", until="2026-01-10")
    rows = posted.months_beside(snapshot, question)
    assert rows["month"].to_list() == ["2026-01", "2025-12"]
    december = rows.to_dicts()[1]
    assert december["availability"] == pytest.approx(1 - 3600 / (86_400 * 31))
    assert december["beside"] == pytest.approx(1 - 0.3 * 3600 / (86_400 * 31))
    assert december["posted_low"] == 0.9995
    assert rows["posted_low"][0] is None
    assert rows["window_end"][0] == NOW
    assert "known for 1 of 2 rows" in words.months_sentence(rows, question.zone)
    shown = record.months(rows)
    assert shown["Theirs %"].to_list() == ["–", "99.950"]


def test_months_of_another_zone_are_said_to_be(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        pages=[page_row(ACME, zone="America/New_York")],
        posted_ratios=[ratio_row("2025-12-01", "2025-12-31", 1.0)],
    )
    rows = posted.months_beside(snapshot, ask(providers=[ACME]))
    assert "Its months are cut in America/New_York." in words.months_sentence(rows, "Etc/UTC")


@pytest.mark.parametrize(
    ("start", "end", "zone", "found"),
    [
        ("2026-01-31", "2026-02-01", "Etc/UTC", (date(2026, 1, 1), date(2026, 2, 1))),
        ("2026-01-31", "2026-02-01 00:00:01", "Etc/UTC", (date(2026, 1, 1), date(2026, 3, 1))),
        ("2026-01-01", "2026-01-02", "America/New_York", (date(2025, 12, 1), date(2026, 2, 1))),
    ],
)
def test_whole_months_reach_from_the_first_to_the_last_touched(
    start: str, end: str, zone: str, found: tuple[date, date]
) -> None:
    assert whole_months(at(start), at(end), zone) == found


# --- what it tells of posts


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
    rows = facts.facts(snapshot, ask(providers=[ACME]))
    assert rows["metric"].to_list() == [*facts.MOVES, *facts.TOLD]
    read = {
        about: dict(record.facts(rows, about).select("Fact", "Value").iter_rows())
        for about in facts.ABOUT
    }
    assert read["moves"]["Between two updates, median"] == record.TOO_FEW
    assert read["moves"][facts.MOVES["acknowledgement_lag_median"]] == record.NOT_KNOWN
    assert read["told"]["Posts that state a cause"] == "100 %"
    assert read["told"]["Closed major or critical posts with a post-mortem"] == "0.0 %"
    assert "1 post of the chosen classes began" in words.facts_sentence(rows)


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
        rows = facts.facts(snapshot, ask(providers=[ACME], surface=surface))
        last = record.facts(rows, "told").row(-1, named=True)
        assert last["Fact"] == told
        assert last["n"] == ("2 components" if surface is None else "1 component")


def test_a_share_and_its_interval_are_rounded_to_the_nearest(tmp_path: Path) -> None:
    flags = [["retrospective"]] * 2 + [[]] * 8
    posts = [post(f"p{n}", "2026-01-05", "2026-01-06", flags=its) for n, its in enumerate(flags)]
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR], posts=posts)
    shown = record.facts(facts.facts(snapshot, ask(providers=[ACME])), "told")
    row = shown.filter(pl.col("Fact") == facts.TOLD["retrospective"]).row(0, named=True)
    assert (row["Value"], row["95 % interval"]) == ("20.0 %", "5.7 % to 51.0 %")


def test_posts_name_their_surfaces_in_words(tmp_path: Path) -> None:
    both = [component(), component("chat", surface="chat_web")]
    posts = [post("p1", "2026-01-05", "2026-01-06", of=("api", "chat"))]
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR], components=both, posts=posts)
    found = explorer.incidents(snapshot, ask(providers=[ACME]), explorer.Search())
    shown_of = tables.incidents(found, snapshot.table("providers"))
    assert shown_of["Surfaces"].to_list() == ["API inference, chat web"]


def test_a_month_nobody_vouches_for_has_no_noughts(tmp_path: Path) -> None:
    snapshot = made(tmp_path, as_of=NOW, coverage=[covered("2026-01-01", NOW)])
    rows = posted.months_beside(snapshot, ask(providers=[ACME], since="2025-11-01"))
    row = record.months(rows).filter(pl.col("Month") == "2025-11").row(0, named=True)
    assert (row["Down min"], row["Posts open (n)"], row["Unknown min"]) == (None, None, None)
    assert row["Coverage %"] == 0


def test_what_is_not_stated_comes_first_and_is_grey(tmp_path: Path) -> None:
    posts = [
        post("p1", "2026-01-05", "2026-01-06", causes=["datastore", "config_deploy"]),
        post("p2", "2026-01-07", "2026-01-08", causes=["datastore"]),
        post("p3", "2026-01-09", "2026-01-10"),
    ]
    snapshot = made(tmp_path, as_of=NOW, coverage=[YEAR], posts=posts)
    rows = facts.stated_causes(snapshot, ask(providers=[ACME]))
    bars = record.causes(rows)
    assert bars["cause"].to_list() == ["not stated", "datastore", "config deploy"]
    assert bars["stated"].to_list() == [False, True, True]
    assert bars["told"][1] == "67 % (2 of 3)"
    assert "Of 3 posts, 1 state no cause" in words.causes_sentence(rows)


def test_without_posts_there_are_no_bars_and_a_sentence(tmp_path: Path) -> None:
    rows = causes(made(tmp_path, as_of=NOW, coverage=[YEAR]), ask(providers=[ACME]))
    assert record.causes(rows).is_empty()
    assert words.causes_sentence(rows).startswith("No post of the chosen classes began")


# --- where it comes from


def test_the_source_is_told_page_by_page_with_what_is_to_know(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        posts=[post("p1", "2025-12-24", "2025-12-25")],
        states=[state("partial", "2025-12-24", "2025-12-25", post="p1")],
        providers=[provider_row(ACME, source_class="large_only", note="Posts in the evening.")],
        pages=[
            page_row(ACME),
            page_row(ACME, page_key="acme.old", status="retired", valid_to=date(2025, 5, 31)),
        ],
        breaks=[
            {
                "provider": ACME,
                "page_key": page_of(ACME),
                "at": at("2025-06-01"),
                "kind": "migration",
                "note": "new engine",
            }
        ],
    )
    question = ask(providers=[ACME])
    newest, old, note = words.origin_list(model.origin(snapshot, question), False).splitlines()
    assert (
        "Only wide incidents are posted (large_only). 1 post held, the oldest of 24 Dec" in newest
    )
    assert "Vouched for from 2025-06-01 00:00 UTC to 2026-01-31 00:00 UTC" in newest
    assert "states are made of: replay" in newest
    assert "it is gone. In use until 2025-05-31." in old
    assert "Nothing of it is vouched for." in old
    assert note == "- Posts in the evening."
    assert model.breaks(snapshot, question)["note"].to_list() == ["new engine"]


def test_every_word_of_the_registry_has_its_words() -> None:
    from ingest.models import PageStatus
    from ingest.registry import SOURCE_CLASSES

    assert set(words.PAGE_STATUS) == {str(status) for status in PageStatus}
    assert set(words.SOURCE_CLASSES) == set(SOURCE_CLASSES)


def test_open_posts_and_incidents_keep_the_way_to_their_text(tmp_path: Path) -> None:
    from analytics.explorer import Search, incidents

    snapshot = made(
        tmp_path, as_of=NOW, coverage=[YEAR], posts=[post("p1", "2026-01-05", "2026-01-06")]
    )
    found = incidents(snapshot, ask(providers=[ACME]), Search())
    shown = record.incidents(
        found, snapshot.table("providers"), lambda page, **more: f"{page}?{more['incident']}"
    )
    assert shown["Detail"].to_list() == [f"incidents?{page_of(ACME)}/p1"]
    assert "Provider" not in shown.columns
    assert isinstance(shown, pl.DataFrame)
