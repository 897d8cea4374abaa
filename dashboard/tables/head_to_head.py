"""The tables and dots of the page Head-to-head, made from its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from analytics.metrics.catalogue import METRICS
from analytics.verdict.verdict import Verdict
from analytics.wording.grammar import BASIS
from analytics.wording.numbers import (
    BLANK,
    format_beyond,
    format_duration,
    format_number,
    format_percent,
    format_percent_up,
    format_range,
)
from dashboard.session.pinned_snapshot import section_address
from dashboard.shown_text import escape_markdown

Frame = pl.DataFrame
Names = Mapping[str, str]
"""The two providers in their order: slug to name."""


TOO_LITTLE = "too little data"
#: The longest of no posts: not unknown, there is none.
NO_LONGEST = "none"
#: Measured, not estimated: what stands beside it is what the unknown could hide, no interval.
BOUNDED = ("availability", "downtime")
CLOCKS = {"open": "Post open", "impact": "Impact"}
HOURS_FROM_S = 10 * 3600
#: Steps of this spread dots evenly, however many there are.
GOLDEN = 0.618
DOTS = {
    "panel": pl.String,
    "name": pl.String,
    "at": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "label": pl.String,
    "shown": pl.String,
    "n": pl.Int64,
}
SCALES = {"panel": pl.String, "at": pl.Float64, "label": pl.String}


def _number(unit: str) -> Callable[[float], str]:
    if unit == "fraction":
        return format_percent
    if unit == "seconds":
        return format_duration
    return lambda value: f"{value:.1f}"


def _estimate(value: float, low: float | None, high: float | None, unit: str) -> str:
    """Write a value and its interval, such as 99.951 % (99.912 to 99.977)."""
    number = _number(unit)
    if low is None and high is None:
        return number(value)
    if unit == "fraction":
        return f"{number(value)} ({format_range(low, high).replace(' %', '')})"
    least, most = (BLANK if bound is None else number(bound) for bound in (low, high))
    return f"{number(value)} ({least} to {most})"


def side_by_side_table(paired: Frame, names: Names) -> Frame:
    """Show the paired metrics as a table of Markdown.

    Returns:
        One row per metric. Columns: Metric, one per provider, A against B (Markdown).
    """
    one, other = names.values()
    rows = [
        {
            # A column of its own would be cut on a phone.
            "Metric": f"{_linked(row['metric'], row['rule'])}  \n{METRICS[row['metric']].line}",
            f"A · {escape_markdown(one)}": _side(row, "a"),
            f"B · {escape_markdown(other)}": _side(row, "b"),
            "A against B": _apart(row),
        }
        for row in paired.iter_rows(named=True)
    ]
    return pl.DataFrame(rows)


def _linked(metric: str, rule: str | None) -> str:
    its = METRICS[metric]
    of = f", {rule.replace('_', chr(92) + '_')}" if rule else ""
    return f"[{its.label}](/{section_address(its.section)}){of}"


def _side(row: Mapping[str, Any], side: str) -> str:
    running = row["metric"].endswith("longest") and row[f"{side}_running"]
    return _value_text(row, f"{side}_", " so far" if running else "")


def _value_text(row: Mapping[str, Any], of: str = "", aside: str = "") -> str:
    value, low, high, n = (row[f"{of}{name}"] for name in ("value", "low", "high", "n"))
    none = NO_LONGEST if row["metric"].endswith("longest") else TOO_LITTLE
    if value is None and low is not None and row["unit"] == "seconds":
        # Markdown would read the sign as a quotation.
        text = f"\\{format_beyond(low)}"
    else:
        text = none if value is None else _estimate(value, low, high, row["unit"])
    return f"{text}{aside}, n\N{NO-BREAK SPACE}{format_number(n)}"


def _apart(row: Mapping[str, Any]) -> str:
    value, low, high = row["value"], row["low"], row["high"]
    if row["kind"] is None:
        return BLANK
    if row["kind"] == "ratio":
        least = BLANK if low is None else f"{low:.2f}"
        return f"{value:.2f} times ({least} {'or more' if high is None else f'to {high:.2f}'})"
    if row["unit"] == "fraction":
        points, least, most = (
            f"{100 * bound:+.3f}".replace("-", "−") for bound in (value, low, high)
        )
        return f"{points} points ({least} to {most})"
    return f"{_signed(value)} ({_signed(low)} to {_signed(high)})"


def _signed(seconds: float) -> str:
    return f"{'−' if seconds < 0 else '+'}{format_duration(abs(seconds))}"


def rests_table(found: Verdict, counts: Verdict, overlaps: Frame, names: Names) -> Frame:
    """Show what a verdict between two rests on as a table of Markdown.

    Args:
        found: Verdict by time down.
        counts: Verdict by incidents.
        overlaps: As from ``pair_series.overlaps``.
        names: The two providers.

    Returns:
        One row per fact. Columns: Fact, one per provider (Markdown), in the order of ``names``.
    """
    down = {one.provider: one for one in found.parties}
    posts = {one.provider: one for one in counts.parties}
    cells = found.against.compared.signs if found.against else ()
    ahead = {
        **(dict.fromkeys(names, BLANK)),
        **(
            {
                found.against.first: f"ahead in {sum(sign > 0 for sign in cells)} of {len(cells)}",
                found.against.second: f"ahead in {sum(sign < 0 for sign in cells)} of {len(cells)}",
            }
            if found.against
            else {}
        ),
    }
    both = format_duration(int(overlaps["seconds"].sum()))
    facts: dict[str, Callable[[str], str]] = {
        "Time left unrated": lambda who: format_duration(down[who].unknown),
        "Incidents left unrated": lambda who: (
            f"{posts[who].unknown:,.0f}" if who in posts else BLANK
        ),
        "Ways of counting": lambda who: ahead[who],
        "Rests on": lambda who: BASIS[down[who].basis],
        "Both down at once": lambda who: f"{both} of {format_duration(down[who].value)}",
    }
    rows = [
        {"Fact": fact, **{escape_markdown(names[who]): told(who) for who in names}}
        for fact, told in facts.items()
    ]
    return pl.DataFrame(rows)


def own_window_table(rows: Frame, names: Names) -> Frame:
    """Show each provider on its own full window as a table of Markdown.

    Returns:
        One row per metric, coverage first. Columns: Metric, one per provider (Markdown).
    """
    one, other = names
    shown = pl.concat([_coverage(rows), rows])
    found = {
        (row["metric"], row["rule"], row["provider"]): row for row in shown.iter_rows(named=True)
    }
    text = [
        {
            "Metric": _linked(metric, rule),
            f"A · {escape_markdown(names[one])}": _own(found[metric, rule, one]),
            f"B · {escape_markdown(names[other])}": _own(found[metric, rule, other]),
        }
        for metric, rule in dict.fromkeys((metric, rule) for metric, rule, _ in found)
    ]
    return pl.DataFrame(text)


def _coverage(rows: Frame) -> Frame:
    first = rows.filter(pl.col("metric") == "frequency")
    return first.with_columns(
        metric=pl.lit("coverage"),
        unit=pl.lit("fraction"),
        value=pl.col("coverage"),
        low=pl.lit(None, pl.Float64),
        high=pl.lit(None, pl.Float64),
    )


def _own(row: Mapping[str, Any]) -> str:
    if row["metric"] == "coverage":
        return (
            f"{format_percent(row['value'], 1)} of the window, {format_duration(row['covered_s'])}"
        )
    if row["metric"] not in BOUNDED or row["low"] is None:
        return _value_text(row)
    text, low, high = _value_text({**row, "low": None, "high": None}), row["low"], row["high"]
    if row["unit"] == "fraction":
        between = format_range(low, high)
    else:
        between = f"{format_duration(round(low))} to {format_duration(round(high))}"
    return f"{text}; {between} whatever the unknown was"


def pair_dots(paired: Frame, names: Names) -> tuple[Frame, Frame]:
    """Make dots and scales for ``pair_chart``.

    Only metrics with both values and an interval have dots. A scale runs from the lowest value or
    bound of its panel to the highest. Without any interval it would stretch every difference over
    the whole width.

    Returns:
        Dots with the columns of ``DOTS``, and scales with those of ``SCALES``.
    """
    points, scales = [], []
    for row in paired.iter_rows(named=True):
        numbers = [row[f"{side}_{bound}"] for side in "ab" for bound in ("value", "low", "high")]
        known = [number for number in numbers if number is not None]
        if row["a_value"] is None or row["b_value"] is None or len(known) == 2:
            continue
        low, high = min(known), max(known)
        panel, number = _panel(row), _number(row["unit"])
        for side in "ab":
            place = {
                name: _along(row[f"{side}_{bound}"], low, high)
                for name, bound in (("at", "value"), ("low", "low"), ("high", "high"))
            }
            text = {"label": number(row[f"{side}_value"]), "shown": _side(row, side)}
            points.append(
                {"panel": panel, "name": names[row[side]], **place, **text, "n": row[f"{side}_n"]}
            )
        if low < high:
            # As the table says the end of an interval, which is rounded outwards.
            bound = row["unit"] == "fraction" and high in (row["a_high"], row["b_high"])
            ends = ((0.0, number(low)), (1.0, format_percent_up(high) if bound else number(high)))
            scales += [{"panel": panel, "at": at, "label": label} for at, label in ends]
    return pl.DataFrame(points, schema=DOTS), pl.DataFrame(scales, schema=SCALES)


def _along(number: float | None, low: float, high: float) -> float | None:
    if number is None:
        return None
    return (number - low) / (high - low) if low < high else 0.5


def _panel(row: Mapping[str, Any]) -> str:
    of = f", {row['rule']}" if row["rule"] else ""
    return f"{METRICS[row['metric']].label}{of}"


def downtime_lines(rows: Frame, names: Names) -> tuple[Frame, str]:
    """Make lines for ``downtime_chart``, and their unit.

    Returns:
        Columns name, at (UTC), total (in the unit), shown (in words); and the unit: hours, or
        minutes where there are few.
    """
    largest = rows.select(pl.col("total_s").max()).item()
    unit, size = ("hours", 3600) if largest >= HOURS_FROM_S else ("minutes", 60)
    lines = rows.select(
        pl.col("provider").replace_strict(dict(names)).alias("name"),
        "at",
        (pl.col("total_s") / size).alias("total"),
        pl.col("total_s").map_elements(format_duration, pl.String).alias("shown"),
    )
    return lines, unit


def with_words(found: Frame) -> Frame:
    """Add the column words, the length of each span in words.

    Returns:
        The spans with one more column.
    """
    return found.with_columns(
        pl.col("seconds").map_elements(format_duration, pl.String).alias("words"),
    )


def both_down_bars(overlaps: Frame) -> Frame:
    """Put overlaps on the row of the timeline that is theirs.

    Returns:
        The overlaps with the columns words (their length) and row (its label).
    """
    return with_words(overlaps).with_columns(pl.lit("both down").alias("row"))


def duration_dots(found: Frame, paired: Frame, names: Names) -> tuple[Frame, Frame]:
    """Make dots and marks for ``duration_chart``; a mark only where posts are enough.

    Returns:
        Dots with row, name, seconds, offset, ongoing, began_at, title, shown; marks with row,
        statistic, seconds, words.
    """
    order = pl.col("provider").replace_strict({who: n for n, who in enumerate(names)})
    ordered = found.sort("clock", order, "seconds", descending=[True, False, False])
    dots = ordered.select(
        _row(names).alias("row"),
        pl.col("provider").replace_strict(dict(names)).alias("name"),
        pl.col("seconds").clip(lower_bound=1),
        ((pl.int_range(pl.len()) * GOLDEN) % 1).alias("offset"),
        "ongoing",
        "began_at",
        "title",
        pl.struct("seconds", "ongoing").map_elements(_lasted, pl.String).alias("shown"),
    )
    marks = [
        {
            "row": _row_name(clock, names[row[side]]),
            "statistic": statistic,
            "seconds": max(row[f"{side}_value"], 1.0),
            "words": f"{statistic} {format_duration(row[f'{side}_value'])}",
        }
        for row in paired.iter_rows(named=True)
        for clock, _, statistic in [row["metric"].partition("_")]
        if statistic in ("median", "p90")
        for side in "ab"
        if row[f"{side}_value"] is not None
    ]
    schema = {"row": pl.String, "statistic": pl.String, "seconds": pl.Float64, "words": pl.String}
    return dots, pl.DataFrame(marks, schema=schema)


def _row(names: Names) -> pl.Expr:
    return pl.struct("clock", "provider").map_elements(
        lambda of: _row_name(of["clock"], names[of["provider"]]), pl.String
    )


def _row_name(clock: str, name: str) -> str:
    return f"{CLOCKS[clock]} · {name}"


def _lasted(of: Mapping[str, Any]) -> str:
    text = format_duration(of["seconds"])
    return f"{text} so far" if of["ongoing"] else text
