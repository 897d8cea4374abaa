"""The brief: one question about one surface, answered on at most two pages.

For a board: the finding, one picture, five numbers each, three caveats and what to do next. What
it rests on stands in the document beside it. The same snapshot and question give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from analytics import Question, Snapshot
from analytics.comparison.ranking import COUNT
from analytics.directory import provider_names
from analytics.read_models.first_question import first_surface
from analytics.read_models.overview import league
from analytics.verdict.grade import CLEAR, LIKELY, PROVISIONAL, TOO_CLOSE
from analytics.verdict.remedy import remedy
from analytics.verdict.verdict import Verdict, verdict
from analytics.wording.grade import absent_words
from analytics.wording.grammar import AS_POSTED, join_words
from analytics.wording.numbers import (
    BLANK,
    format_count,
    format_day,
    format_duration,
    format_length,
    format_percent,
    format_rough,
)
from analytics.wording.question import describe_region, describe_rule, format_choice
from analytics.wording.verdict import Finding, format_place, short_name, word_verdict
from dashboard.charts.standings import describe_standings
from dashboard.charts.standings_svg import standings_svg
from dashboard.charts.svg import Svg
from dashboard.document.question_text import command_text, describe_basis
from dashboard.document.templates import TEMPLATES
from dashboard.tables.standings import standings_rows

#: Providers with numbers, and in the picture; the others are named.
IN_NUMBERS, IN_PICTURE = 4, 8
CAVEATS = 3
NUMBERS = ("Time down", "Incidents", "Availability", "Typical outage", "Covered")


@dataclass(frozen=True, slots=True)
class Column:
    """Hold the five numbers of a provider."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """Hold everything the brief shows. ``picture`` is None where nothing is compared."""

    finding: Finding
    asked: str
    picture: Svg | None
    picture_title: str
    picture_words: str
    columns: tuple[Column, ...]
    others: str
    caveats: tuple[str, ...]
    steps: tuple[str, ...]


def render_brief(snapshot: Snapshot, question: Question) -> str:
    """Answer ``question`` as a brief of at most two pages.

    Raises:
        QuestionError: The question cannot be asked of this snapshot.
    """
    brief, metadata = answer_brief(snapshot, one_surface(snapshot, question))
    return TEMPLATES.get_template("brief.html").render(
        snapshot=snapshot,
        brief=brief,
        numbers=NUMBERS,
        names=provider_names(snapshot),
        metadata=metadata,
        as_posted=AS_POSTED,
    )


def answer_brief(snapshot: Snapshot, question: Question) -> tuple[Brief, Sequence[tuple[str, str]]]:
    """Return a brief and what it rests on, for whatever form it is written in.

    Raises:
        QuestionError: The question cannot be asked of this snapshot.
    """
    brief = _brief(snapshot, question, verdict(snapshot, question))
    start, end = question.window(snapshot.as_of)
    return brief, (
        ("Window", f"{format_day(start)} up to, not including, {format_day(end)}"),
        *([("Region", describe_region(snapshot, question))] if snapshot.region else []),
        ("Rule", describe_rule(question)),
        ("Basis", describe_basis(snapshot, question)),
        ("Classes of posts", ", ".join(question.classes)),
        ("Data up to", f"{snapshot.as_of:%Y-%m-%d %H:%M:%S} UTC"),
        ("Snapshot", snapshot.digest),
        ("Method, code", f"version {snapshot.method_version}, code {snapshot.code_version}"),
        ("Again, with evidence", command_text(snapshot, question)),
    )


def one_surface(snapshot: Snapshot, question: Question) -> Question:
    """Ask about one surface: the one asked for, else the one the Overview would open with."""
    if question.surface is not None:
        return question
    alone = replace(question, combine=None)
    return replace(alone, surface=first_surface(snapshot, alone))


def _brief(snapshot: Snapshot, question: Question, found: Verdict) -> Brief:
    names = provider_names(snapshot)
    instead = remedy(snapshot, question, found)
    finding = word_verdict(found, names, instead)
    start, end = question.window(snapshot.as_of)
    asked = (
        f"{format_choice(question.surface)}, {format_day(start)} to {format_day(end)}, "
        f"{describe_rule(question)}"
    )
    picture, title, words = None, "", ""
    if found.parties:
        first = replace(found, parties=found.parties[:IN_PICTURE])
        rows, unit = standings_rows(first, names)
        title = f"{unit.capitalize()} in {format_count(round(found.days), 'shared day')}"
        words = describe_standings(rows, unit)
        picture = standings_svg(rows.to_dicts(), unit, words)
    order = [one.provider for one in found.parties] + [who for who, _ in found.absent]
    counts = verdict(snapshot, question, COUNT)
    table = league(snapshot, question)
    return Brief(
        finding,
        asked,
        picture,
        title,
        words,
        tuple(_column(who, names[who], found, counts, table) for who in order[:IN_NUMBERS]),
        _others([names[who] for who in order[IN_NUMBERS:]]),
        _caveats(found, names),
        _steps(found, names, finding),
    )


def _column(who: str, name: str, found: Verdict, counts: Verdict, table: pl.DataFrame) -> Column:
    """Write the five numbers of one provider.

    Args:
        who: Slug.
        name: Its name.
        found: Verdict by time down.
        counts: Verdict by incidents.
        table: As from ``overview.league``.
    """
    down = {one.provider: one for one in found.parties}.get(who)
    posts = {one.provider: one for one in counts.parties}.get(who)
    [row] = table.filter(provider=who).to_dicts() or [dict.fromkeys(table.columns)]
    typical = row["impact_median_s"]
    return Column(
        short_name(name),
        (
            BLANK if down is None else format_duration(down.value),
            BLANK if posts is None else f"{posts.value:,.0f}",
            format_percent(row["availability"]),
            BLANK if typical is None else format_length(typical),
            format_percent(row["coverage"], 0),
        ),
    )


def _others(names: Sequence[str]) -> str:
    return f"Numbers of {join_words(names)}: see the appendix." if names else ""


def _caveats(found: Verdict, names: dict[str, str]) -> tuple[str, ...]:
    """Say what weighs most against the finding, and what always does."""
    told = []
    unknown = [one for one in found.parties if one.unknown]
    if unknown:
        whose = [f"{short_name(names[o.provider])} {format_rough(o.unknown)}" for o in unknown]
        told.append(f"Time left unrated counts neither as up nor as down: {join_words(whose)}.")
    if len({one.basis for one in found.parties}) > 1:
        told.append(
            "Numbers of some rest on whole posts, which last longer than the outages in them."
        )
    if found.compared and (absent := absent_words(found, names)):
        told.append(f"Not compared, for what was covered or what they post: {absent}.")
    told.append(
        "Every number is what a provider posted about itself. A quiet page may mean a good "
        "service, or a page that nobody tends."
    )
    told.append(
        "Providers cut their services into parts differently, and post with different zeal."
    )
    told.append("The past is no promise: outages come in runs, and causes are shared.")
    return tuple(told[:CAVEATS])


def _steps(found: Verdict, names: dict[str, str], finding: Finding) -> tuple[str, ...]:
    """Say what follows for a choice."""
    where = format_place(found.surface)
    evidence = "Read the posts behind the numbers: the command below writes them as an appendix."
    if found.against is None or not found.compared:
        return (f"Ask again: {finding.because}", evidence)
    one, other = (short_name(names[who]) for who in (found.against.first, found.against.second))
    first = {
        CLEAR: f"Where time down on {where} decides, prefer {one}.",
        LIKELY: f"Where time down on {where} decides, lean to {one}; keep a second source ready.",
        PROVISIONAL: f"Do not decide yet: ask again when 90 days are shared ({one} leads so far).",
        TOO_CLOSE: f"Do not choose between {one} and {other} by time down on {where}.",
    }[found.grade]
    asks = [who for who in found.parties if who.unknown]
    rate = (
        f"Ask {join_words([short_name(names[who.provider]) for who in asks])} to state how bad "
        "each post was."
        if asks
        else f"Ask {other} about its longest outages, and what was changed since."
    )
    return (first, rate, evidence)
