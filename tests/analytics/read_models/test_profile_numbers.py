"""The profile's figures, beside those of the period before and of peers."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import Question, QuestionError, Snapshot, ask, from_query, to_query
from analytics.read_models import profile as model
from dashboard.widgets.metric_cards import card_lines, change_text
from tests.support.pages.profiles import NOW, YEAR
from tests.support.snapshots import ACME, at, component, covered, made, post, provider_row, state


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


@pytest.mark.parametrize(
    "asked", [{"since": "0001-01-02", "previous": True}, {"until": "0001-01-02"}]
)
def test_a_period_before_the_calendar_cannot_be_asked(asked: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match="outside the calendar"):
        ask(**asked).window(NOW)


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
    assert change_text(row) == (None, "off")
    assert "coverage differs, not compared" in card_lines(row)[1]


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
    assert model.peers(snapshot, question, ACME, "api_inference") == list(names)
    row = numbers(snapshot, *names)["availability"]
    assert row["peers"] == 2
    assert row["peers_median"] == pytest.approx(1 - 6 * 1800 / (90 * 86_400))
    assert card_lines(row)[2] == "Peers: 99.861 %, median of 2 (coverage 100 %)"


def test_without_peers_the_card_says_so(tmp_path: Path) -> None:
    row = numbers(made(tmp_path, as_of=NOW, coverage=[YEAR]))["availability"]
    assert card_lines(row)[2] == "Peers: none to compare"


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
    assert change_text({"metric": metric, "change": change}) == (told, colour)


def test_unknown_time_stands_beside_the_time_down(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[YEAR],
        states=[state("unknown", "2026-01-05 10:00", "2026-01-05 12:00")],
    )
    row = numbers(snapshot)["availability"]
    bounds = "99.907 % to 100 % whatever the unknown was"
    assert card_lines(row)[0] == f"0 s down, 2 h unknown; {bounds}; n 0, coverage 100 %"


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
