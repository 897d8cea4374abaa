"""The sentences pages, documents and the command line say; computed, never canned."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from analytics.answer import OK
from analytics.figures import count, day, duration, percent
from analytics.pairs import BETTER, NO_CLEAR_DIFFERENCE
from analytics.phrases import NOT_PROOF, agree, silent, some
from analytics.ranking import COUNT, DOWNTIME, METRIC
from analytics.rules import INCIDENT_OPEN
from analytics.sensitivity import AS_ASKED, WITH_NOTICES, WITHOUT_NOTICES
from analytics.verdict import sureness, turning

NOTICES = {WITH_NOTICES: "Counting notices too", WITHOUT_NOTICES: "Leaving notices out"}


def league_sentence(league: pl.DataFrame) -> str:
    """What a league table allows one to say: how many, which window, and whether to compare.

    ``league`` as from ``overview.league``.
    """
    if league.is_empty():
        return "Nothing has been collected for this choice, so nothing can be said about it."
    providers = league["provider"].n_unique()
    shown = league.filter((pl.col("status") == OK) & pl.col("availability").is_not_null())
    start, end = league["window_start"][0], league["window_end"][0]
    rows = "1 row" if len(league) == 1 else f"{len(league)} rows of one surface each"
    head = (
        f"{providers} {_s(providers, 'provider')}, {rows}, {day(start)} to {day(end)}, "
        f"rule {league['rule'][0]}."
    )
    if shown.is_empty():
        return f"{head} No row has enough coverage for an availability."
    without = len(league) - len(shown)
    tail = f" {without} without a number: too little is vouched for." if without else ""
    return " ".join(filter(None, (head + tail, _coverage(shown), silent(_quiet(shown)))))


def _quiet(shown: pl.DataFrame) -> list[str]:
    """Names of those with a number, of whom no incident began."""
    posted = shown.group_by("provider", "name", maintain_order=True).agg(pl.col("n").sum())
    return [name or slug for slug, name, n in posted.sort("provider").iter_rows() if not n]


def _coverage(shown: pl.DataFrame) -> str:
    low, high = shown["coverage"].min(), shown["coverage"].max()
    assert isinstance(low, float)
    assert isinstance(high, float)
    if high - low > 0.05:
        return (
            f"Coverage runs from {low:.0%} to {high:.0%} of the window: "
            "compare only rows observed alike."
        )
    if low >= 0.9995:
        return "The whole window is covered in every row with a number."
    return (
        f"Coverage is at least {math.floor(low * 100)} % of the window in every row with a number."
    )


def explorer_sentence(found: pl.DataFrame, start: datetime, end: datetime) -> str:
    """What a list of posts holds. ``found`` as from ``explorer.incidents``."""
    if found.is_empty():
        return f"No posts between {day(start)} and {day(end)} fit this choice. {NOT_PROOF}"
    providers = found["provider"].n_unique()
    ongoing = int(found["ongoing"].sum())
    open_now = f", {ongoing} still open" if ongoing else ""
    return (
        f"{len(found):,} {_s(len(found), 'post')} by {providers} {_s(providers, 'provider')}, "
        f"{day(start)} to {day(end)}, newest first{open_now}."
    )


def unmatched_sentence(found: pl.DataFrame, asked: Sequence[str], names: pl.DataFrame) -> str:
    """Of whom a list of posts holds none, though others are in it; else empty.

    ``found`` as from ``explorer.incidents``; ``asked``: slugs; ``names``: provider, name.
    """
    called = dict(names.select("provider", "name").iter_rows())
    there = set(found["provider"])
    without = [called.get(who) or who for who in asked if who not in there]
    if not there or not without:
        return ""
    return f"No post of {some(without)} fits this choice. {NOT_PROOF}"


def ongoing_sentence(rows: pl.DataFrame) -> str:
    """Whose posts still run, and how they are counted; else empty. As from ``ongoing``."""
    if rows.is_empty():
        return ""
    n, quiet = int(rows["posts"].sum()), int(rows["silent"].sum())
    whose = some([name or slug for slug, name in rows.select("provider", "name").iter_rows()])
    aside = f" ({quiet} of them without a word for two weeks)" if quiet else ""
    longest = rows["longest_s"].max()
    assert isinstance(longest, int)
    return (
        f"Still open: {count(n, 'post')} of {whose}{aside}, {agree(n, 'the longest', 'open')} for "
        f"{duration(longest)} so far. Counted up to the newest data."
    )


def uncollected_sentence(rows: pl.DataFrame) -> str:
    """Who is not shown at all, and where the reason stands; else empty.

    ``rows`` as from ``freshness.uncollected``.
    """
    n = rows.height
    if not n:
        return ""
    whose = some([name or slug for slug, name in rows.select("provider", "name").iter_rows()])
    return (
        f"Not shown: {whose}. The registry knows {agree(n, 'them', 'it')}, yet nothing is "
        f"collected of {agree(n, 'them', 'it')}, which is not the same as up; Data health says "
        "more."
    )


def _s(n: int, word: str) -> str:
    return word if n == 1 else word + "s"


def ranking_sentence(pairs: pl.DataFrame, names: pl.DataFrame) -> str:
    """Whether anybody may be called better, in the exact words. ``pairs`` as from ``pairs``.

    Words: METHODOLOGY, "Ranking".
    """
    called = dict(names.select("provider", "name").iter_rows())
    downtime = pairs.filter(pl.col("metric") == "downtime")
    if downtime.is_empty():
        return "With one provider there is nobody to compare with."
    told = downtime.filter(pl.col("status") == OK)
    if told.is_empty():
        return (
            "Too little is known of any two at the same time to call one better: it takes 90 days "
            "in which both are covered."
        )
    said = [
        f"**{called.get(row['favoured'], row['favoured'])}** is {_than(row, called)}"
        for row in told.filter(pl.col("word") != NO_CLEAR_DIFFERENCE).iter_rows(named=True)
    ]
    rest = told.height - len(said) - int(told["turnable"].sum())
    left = f"Between {_rest(rest, bool(said))} there is no clear difference." if rest else ""
    held = [
        f"**{called.get(row['favoured'], row['favoured'])}** would look better than "
        f"**{called.get(other, other)}**, but {turning(row, called)}."
        for row in told.filter("turnable").iter_rows(named=True)
        for other in [row["other"] if row["favoured"] == row["provider"] else row["provider"]]
    ]
    return " ".join(
        ["By downtime, over the time in which both were covered:", *said, *held, left]
    ).strip()


def _rest(pairs: int, other: bool) -> str:
    if pairs == 1:
        return "the other pair" if other else "the two"
    return f"{'the other ' if other else ''}{pairs} pairs"


def _than(row: dict[str, Any], called: dict[str, str]) -> str:
    other = row["other"] if row["favoured"] == row["provider"] else row["provider"]
    verb = "better than" if row["word"] == BETTER else "leaning better than"
    return (
        f"{verb} **{called.get(other, other)}** (P {sureness(row)}, "
        f"{row['agreeing']} of {row['cells']} ways of counting agree)."
    )


def sensitivity_sentence(rules: pl.DataFrame, names: pl.DataFrame) -> str:
    """How far availability hangs on the rule, and whether the order of providers does.

    ``rules`` as from ``sensitivity.by_rule``.
    """
    told = rules.filter(pl.col("value").is_not_null())
    if told.is_empty():
        return "No provider has an availability on this surface."
    called = dict(names.select("provider", "name").iter_rows())
    spread = told.group_by("provider").agg(
        pl.col("value").max().alias("most"), pl.col("value").min().alias("least")
    )
    widest = spread.sort(pl.col("most") - pl.col("least"), "provider").row(-1, named=True)
    name = called.get(widest["provider"], widest["provider"])
    least, most = percent(widest["least"]), percent(widest["most"])
    wide = (
        "The rule alone moves no availability."
        if least == most
        else f"The rule alone moves {name} from {least} to {most}."
    )
    orders = {
        tuple(group.sort("value", "provider", descending=[True, False])["provider"])
        for _, group in told.filter(pl.col("rule") != INCIDENT_OPEN).group_by("rule")
    }
    if spread.height < 2:
        return wide
    survives = "is the same" if len(orders) == 1 else "is not the same"
    return f"{wide} The order of the {spread.height} providers {survives} under every rule."


def notices_sentence(chosen: pl.DataFrame, names: pl.DataFrame) -> str:
    """What counting notices too, or leaving them out, does to the numbers of one surface.

    ``chosen`` as from ``sensitivity.under_classes``. Empty where the question asks of nothing
    but notices.
    """
    other = chosen.filter(pl.col("chosen").is_in(list(NOTICES)))
    if other.is_empty():
        return ""
    key = ["provider", "metric"]
    asked = chosen.filter(pl.col("chosen") == AS_ASKED).select(*key, "value", "n")
    both = other.join(asked, on=key, suffix="_asked", maintain_order="left")
    up = both.filter(pl.col("metric") == "availability").with_columns(
        (pl.col("value") - pl.col("value_asked")).abs().fill_null(0).alias("moved"),
        (pl.col("n") - pl.col("n_asked")).abs().alias("more"),
    )
    counting = NOTICES[str(other["chosen"][0])]
    most = up.sort("moved", "more", "provider").row(-1, named=True)
    if not most["moved"] and not most["more"]:
        return f"{counting} changes nothing here."
    called = dict(names.select("provider", "name").iter_rows())
    posts = f"{most['n_asked']} to {most['n']}"
    if most["moved"]:
        moved = f"from {percent(most['value_asked'])} to {percent(most['value'])}"
        return f"{counting} moves {called[most['provider']]} {moved} (posts open: {posts})."
    return (
        f"{counting} moves no availability: it rests on component states. "
        f"Posts of {called[most['provider']]} go from {posts}."
    )


def survival_sentences(leaders: pl.DataFrame, names: pl.DataFrame) -> list[str]:
    """Whether the rankings of one surface survive, by time down and by incidents.

    ``leaders`` as from ``sensitivity.leaders``; none where nobody is ranked.
    """
    called = dict(names.select("provider", "name").iter_rows())
    if leaders.is_empty():
        return []
    return [
        f"{measure}. {survival_sentence(leaders.filter(metric=METRIC[of]), called)}"
        for measure, of in (("By time down", DOWNTIME), ("By incidents", COUNT))
    ]


def survival_sentence(leaders: pl.DataFrame, names: Mapping[str, str]) -> str:
    """Whether a ranking is the same in every way of counting; if not, who comes first how often.

    ``leaders`` as from ``sensitivity.leaders``, of one surface and metric; ``names``: slug to
    name.
    """
    rows = leaders.to_dicts()
    if not rows:
        return "There is no ranking to test."
    cells = rows[0]["cells"]
    if rows[0]["same_order"]:
        return f"The ranking survives: the order is the same in all {cells} ways of counting."
    if len(rows) == 1 and rows[0]["led"] == cells:
        return (
            f"{names[rows[0]['provider']]} comes first in all {cells} ways of counting; the order "
            "behind changes."
        )
    told = ", ".join(f"{names[row['provider']]} in {row['led']}" for row in rows)
    return (
        f"The ranking does not survive: of {cells} ways of counting, {told} "
        f"{'comes' if len(rows) == 1 else 'come'} first."
    )
