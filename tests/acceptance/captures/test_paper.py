"""The numbers a paper printed, by its own definitions: we read the data its authors read."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise

import numpy as np
import polars as pl
import pytest

from analytics.rules import STATE_RULES
from ingest.models import State
from tests.support.captured import paper
from tests.support.captured.feeds import needs_feeds
from tests.support.captured.paper import (
    between,
    by_service,
    calendar,
    gaps,
    in_order,
    outage_days,
    stages,
    time_to_resolve,
)

pytestmark = [needs_feeds, pytest.mark.captures]

HOURS = 24
STEPS = list(pairwise(paper.STAGES))
MINUTES = 24 * 60
PRINTED = 0.0051
"""Half of the last printed digit, and a little: some figures end in a five."""

#: service: n, investigate h, repair h, check h, learn d, MTTR mean and median h, MTBF mean and
#: median d. None: the paper prints a dash.
TABLE = {
    "API-OpenAI": (227, 0.72, 1.63, 1.46, 4.10, 2.56, 1.23, 5.64, 1.99),
    "ChatGPT": (141, 0.65, 1.64, 1.73, 4.79, 3.64, 1.32, 4.01, 2.04),
    "DALL-E": (31, 1.01, 0.96, 1.81, 1.86, 3.03, 1.02, 18.24, 4.63),
    "Playground": (32, 0.37, 1.56, 2.22, 4.30, 2.95, 1.09, 39.93, 16.80),
    "API-Anthropic": (76, 1.04, 1.11, 1.37, None, 2.81, 0.77, 5.22, 2.09),
    "Claude": (86, 1.35, 1.72, 2.05, 0.21, 3.16, 0.93, 4.79, 1.74),
    "Console": (72, 0.94, 0.34, 0.58, None, 2.05, 0.93, 5.73, 1.90),
    "Character.AI": (35, 0.40, 0.50, 1.73, 3.61, 3.95, 1.00, 8.74, 3.94),
}
#: service: share of the check stage in MTTR, percent.
CHECKING = {
    "API-OpenAI": 59.8,
    "ChatGPT": 68.3,
    "DALL-E": 68.9,
    "Playground": 72.1,
    "API-Anthropic": 48.3,
    "Claude": 54.5,
    "Console": 43.8,
    "Character.AI": 82.7,
}
#: Stages a post has, as digits 1 investigating to 5 postmortem.
COMBINATIONS = {
    "134": 131,
    "14": 110,
    "1234": 77,
    "4": 62,
    "234": 39,
    "124": 35,
    "24": 32,
    "34": 18,
    "12345": 12,
    "1345": 7,
    "145": 5,
    "45": 4,
    "2345": 3,
    "245": 2,
}
#: service: outage days, minutes, scaled minutes, % of days, mean scaled daily availability,
#: unscaled availability.
CALENDAR = {
    "API-OpenAI": (95, 7891, 3340.3, 7.32, 99.82, 99.578),
    "ChatGPT": (63, 5185, 2744.1, 11.15, 99.66, 99.363),
    "DALL-E": (23, 2821, 1747.9, 4.12, 99.78, 99.649),
    "Playground": (24, 1636, 1017.9, 1.92, 99.94, 99.909),
    "API-Anthropic": (25, 1675, 502.5, 5.98, 99.92, 99.722),
    "Claude": (29, 3017, 982.8, 6.94, 99.84, 99.499),
    "Console": (27, 2032, 662.1, 6.46, 99.89, 99.662),
    "Character.AI": (29, 3351, 1877.5, 9.12, 99.59, 99.268),
}
TOGETHER = {
    ("API-OpenAI", "ChatGPT"): 31,
    ("API-OpenAI", "DALL-E"): 18,
    ("API-OpenAI", "Playground"): 21,
    ("ChatGPT", "DALL-E"): 9,
    ("ChatGPT", "Playground"): 9,
    ("DALL-E", "Playground"): 8,
    ("API-Anthropic", "Claude"): 24,
    ("API-Anthropic", "Console"): 22,
    ("Claude", "Console"): 26,
    ("ChatGPT", "Claude"): 7,
    ("ChatGPT", "Console"): 7,
    ("ChatGPT", "API-Anthropic"): 5,
    ("API-OpenAI", "Claude"): 3,
    ("API-OpenAI", "Console"): 3,
    ("API-OpenAI", "API-Anthropic"): 1,
    ("API-OpenAI", "Character.AI"): 2,
    ("ChatGPT", "Character.AI"): 1,
    ("Playground", "Character.AI"): 1,
}


def test_the_542_posts_are_those_the_authors_read() -> None:
    table = (
        stages()
        .group_by("provider")
        .agg(
            pl.len().alias("posts"),
            *[(pl.col("incident_impact_level") == n).sum().alias(str(n)) for n in range(5)],
            *[pl.col(f"{stage}_flag").sum() for stage in paper.STAGES],
            pl.col("start_timestamp").min().dt.date().cast(pl.String).alias("first"),
            pl.col("start_timestamp").max().dt.date().cast(pl.String).alias("last"),
        )
    )
    openai = (365, 52, 141, 125, 46, 1, 259, 144, 225, 365, 29, "2021-02-09", "2024-08-28")
    claude = (141, 44, 48, 43, 5, 1, 96, 45, 51, 141, 2, "2023-03-16", "2024-08-30")
    character = (36, 2, 4, 11, 19, 0, 26, 16, 15, 36, 2, "2023-10-24", "2024-08-17")
    assert {who: tuple(row) for who, *row in table.iter_rows()} == {
        "openai": openai,
        "anthropic": claude,
        "character": character,
    }


@pytest.mark.parametrize("service", TABLE)
def test_the_printed_table_comes_out_of_537_posts(service: str) -> None:
    mine = by_service(in_order(stages())).filter(pl.col("service") == service)
    printed = TABLE[service]
    *hours, learn = (mine.select(between(*step).mean()).item() for step in STEPS)
    resolve = mine.select(time_to_resolve()).to_series()
    apart = gaps(mine)
    found = (*hours, resolve.mean(), resolve.median(), apart.mean(), apart.median())
    assert mine.height == printed[0]
    assert found == pytest.approx((*printed[1:4], *printed[5:]), abs=PRINTED)
    # A dash for those of whom no post-mortem followed a resolving update.
    assert learn is None or learn / HOURS == pytest.approx(printed[4] or 0, abs=PRINTED)


def test_its_mean_row_is_over_all_posts_of_all_services() -> None:
    rows = by_service(in_order(stages()))
    *hours, learn = (rows.select(between(*step).mean()).item() for step in STEPS)
    resolve = rows.select(time_to_resolve().mean()).item()
    assert (*hours, learn / HOURS, resolve) == pytest.approx(
        (0.84, 1.40, 1.58, 4.01, 2.94), abs=PRINTED
    )
    apart = [gap for _, mine in rows.group_by("service") for gap in gaps(mine)]
    assert np.mean(apart) == pytest.approx(7.41, abs=PRINTED)


def test_the_printed_share_of_the_check_stage_is_of_the_stages_that_were_posted() -> None:
    rows = by_service(in_order(stages()))
    *others, check = (between(*step) for step in STEPS[:3])
    posted = check.sum() / (sum((one.sum() for one in others), start=check.sum()))
    of_all = check.sum() / time_to_resolve().sum()
    told = rows.group_by("service").agg(
        (100 * posted).alias("posted"), (100 * of_all).alias("of_all")
    )
    assert dict(told.select("service", "posted").iter_rows()) == pytest.approx(CHECKING, abs=0.06)
    # Many posts skip a stage, so it is a smaller share of the time to resolve it is called one of.
    api = told.row(by_predicate=pl.col("service") == "API-OpenAI", named=True)
    assert (round(api["posted"], 1), round(api["of_all"], 1)) == (59.8, 38.3)


def test_the_printed_combinations_of_stages() -> None:
    digits = [
        pl.when(pl.col(f"{stage}_flag") == 1).then(pl.lit(str(n))).otherwise(pl.lit(""))
        for n, stage in enumerate(paper.STAGES, 1)
    ]
    table = in_order(stages())
    assert dict(table.group_by(pl.concat_str(digits)).len().iter_rows()) == COMBINATIONS
    told = table["postmortem_flag"].sum()
    assert (told, round(100 * told / table.height, 2)) == (33, 6.15)


@pytest.mark.parametrize("service", CALENDAR)
def test_the_printed_outage_calendar(service: str) -> None:
    mine = calendar().filter(pl.col("service") == service)
    bad = mine.filter(pl.col("outage_flag") > 0)
    minutes, scaled = mine["total_outage_minutes"], mine["scaled_total_outage_minutes"]
    assert CALENDAR[service] == (
        bad.height,
        minutes.sum(),
        round(scaled.sum(), 1),
        round(100 * bad.height / mine.height, 2),
        round(100 * (1 - scaled / MINUTES).mean(), 2),
        round(100 * (1 - minutes.sum() / MINUTES / mine.height), 3),
    )


def test_its_scaled_minutes_are_our_statuspage_rule() -> None:
    weights = STATE_RULES["statuspage"]
    ours = (
        weights[State.PARTIAL] * pl.col("partial_outage_minutes")
        + weights[State.MAJOR] * pl.col("major_outage_minutes")
    ).alias("ours")
    table = calendar().select(ours, "scaled_total_outage_minutes")
    assert table["ours"].to_list() == pytest.approx(table.to_series(1).to_list())


def test_the_printed_days_on_which_two_services_were_out() -> None:
    days = outage_days()
    both = {pair: len(days[pair[0]] & days[pair[1]]) for pair in combinations(days, 2)}
    assert {pair: n for pair, n in both.items() if n} == TOGETHER
    given = [("API-OpenAI", "Playground"), ("Claude", "API-Anthropic"), ("API-Anthropic", "Claude")]
    chances = [100 * len(days[a] & days[b]) / len(days[b]) for a, b in given]
    assert [round(chance, 1) for chance in chances] == [87.5, 96.0, 82.8]


def test_the_printed_days_on_which_several_providers_began_a_post() -> None:
    began = (
        stages().group_by(pl.col("start_timestamp").dt.date()).agg(pl.col("provider").n_unique())
    )
    assert Counter(began["provider"]) == {1: 290, 2: 46, 3: 3}


def test_the_printed_weekend_shares_and_what_a_zone_does_to_a_weekday() -> None:
    began = in_order(stages()).select("provider", utc="start_timestamp")
    pacific = pl.col("utc").dt.convert_time_zone("US/Pacific").dt.weekday()
    days = began.with_columns(pl.col("utc").dt.weekday(), pacific=pacific)
    shares = days.group_by("provider").agg(100 * (pl.col("utc") > 5).mean())
    assert {who: round(share, 1) for who, share in shares.iter_rows()} == {
        "openai": 6.9,
        "anthropic": 6.4,
        "character": 37.1,
    }
    openai = days.filter(pl.col("provider") == "openai")
    mondays, fridays = ([(openai[z] == n).sum() for z in ("utc", "pacific")] for n in (1, 5))
    assert (mondays, fridays) == ([44, 51], [69, 54])


@pytest.mark.parametrize(
    ("provider", "at_7", "at_28", "band"),
    [
        ("openai", 0.26, 0.19, 0.05),
        ("anthropic", 0.11, 0.23, 0.08),
        ("character", -0.05, 0.05, 0.11),
    ],
)
def test_the_printed_autocorrelation_of_daily_counts(
    provider: str, at_7: float, at_28: float, band: float
) -> None:
    days = stages().filter(pl.col("provider") == provider)["start_timestamp"].dt.date()
    whole = pl.date_range(days.min(), days.max(), eager=True)
    counts = np.array([Counter(days)[day] for day in whole], dtype=float)
    counts -= counts.mean()
    found = [float(counts[lag:] @ counts[:-lag] / (counts @ counts)) for lag in (7, 28)]
    assert [*found, 1.96 / np.sqrt(len(counts))] == pytest.approx([at_7, at_28, band], abs=PRINTED)
