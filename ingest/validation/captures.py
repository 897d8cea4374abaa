"""Validation of captures: rejects what cannot be true, never labels."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import polars as pl

from ingest.models import (
    ALWAYS,
    ANY_INCIDENT,
    CLOCK_SKEW,
    MISREADINGS,
    Capture,
    Component,
    Incident,
    Notice,
    Page,
    Parsed,
    ReadError,
    ReadFailure,
    State,
)
from ingest.platforms.contract import Platform
from ingest.platforms.incidents import oldest
from ingest.platforms.notices import Notices, with_notices
from ingest.safe_text import excerpt
from ingest.validation import records
from ingest.validation.records import SoundIncidents

#: Clocks differ; a start further ahead than this is not a start.
FUTURE = timedelta(minutes=10)
#: A page silent for this long, and for four of its own usual gaps, may be a dead copy.
FROZEN = timedelta(days=120)
FROZEN_GAPS = 4

T = TypeVar("T")


def read(
    capture: Capture, page: Page, platform: Platform, sound: SoundIncidents | None = None
) -> Parsed:
    """Read a capture as far as it is believed.

    Args:
        capture: A capture with a body.
        page: The page it is of.
        platform: The page's engine.
        sound: Incidents found sound before, where captures are read in a row.

    Returns:
        What the body says, without the records that are refused.

    Raises:
        ReadError: Nothing else, though a parser promises the same. Bytes are archived for
            good: a parser that got a body wrong would keep every other page from being
            published, today and on every day to come.
    """
    try:
        parsed = platform.parse(capture, page)
    except MISREADINGS as error:
        message = f"{type(error).__name__}: {error}"
        raise ReadError(ReadFailure.SHAPE_CHANGED, message) from error
    return believe(capture, parsed, sound)


def believe(capture: Capture, parsed: Parsed, sound: SoundIncidents | None = None) -> Parsed:
    """Refuse the records of a payload that cannot be true or kept, with reasons.

    Raises ``ReadError`` when no record is left. A list reaches back no further than to the
    oldest post that is believed.
    """
    limit, known = capture.captured_at + FUTURE, sound or SoundIncidents()
    refused = Notices()
    incidents = _incidents(parsed.incidents, limit, known, refused)
    components = _sifted(parsed.components, records.of_component, lambda c: c.component_id, refused)
    components = _agreeing(components, refused)
    days = _sifted(parsed.posted_days, records.of_day, lambda d: d.component_id, refused)
    ratios = _sifted(parsed.posted_ratios, records.of_ratio, lambda r: r.component_id, refused)
    if refused.rejects and not (incidents or components or days or ratios):
        first = refused.rejects[0].reason
        raise ReadError(ReadFailure.PARSE, f"no record is believed; first: {excerpt(first)}")
    horizon = parsed.horizon
    if horizon not in (None, ALWAYS) and len(incidents) < len(parsed.incidents):
        horizon = oldest(incidents)
    refused.unread_open |= parsed.unread_open
    refused.unread_over |= {*parsed.unread_over}
    refused.unread_incidents |= {*parsed.unread_incidents} | _refused_ids(
        (one.incident_id for one in parsed.incidents), (one.incident_id for one in incidents)
    )
    refused.unread_components |= {*parsed.unread_components} | _refused_ids(
        (one.component_id for one in parsed.components), (one.component_id for one in components)
    )
    believed = replace(
        parsed,
        horizon=horizon,
        incidents=incidents,
        components=components,
        posted_days=days,
        posted_ratios=ratios,
    )
    return _one_line(with_notices(believed, _before(capture, parsed, refused)))


def _agreeing(components: tuple[Component, ...], notices: Notices) -> tuple[Component, ...]:
    """Return components, in an unknown state where one is shown twice and differently."""
    if len({one.component_id for one in components}) == len(components):
        return components
    shown: dict[str, set[State]] = {}
    for one in components:
        if one.state is not None:
            shown.setdefault(one.component_id, set()).add(one.state)
    odd = {component_id for component_id, states in shown.items() if len(states) > 1}
    for component_id in sorted(odd):
        notices.warn("contradictory", component_id, "is shown twice, in different states")
    return tuple(
        replace(one, state=State.UNKNOWN, state_since=None) if one.component_id in odd else one
        for one in components
    )


def _before(capture: Capture, parsed: Parsed, refused: Notices) -> Notices:
    """Return what a payload's reader refused, and then what is not believed."""
    warnings = [*parsed.warnings, *_clock(capture)]
    notices = Notices(rejects=[*parsed.rejects], warnings=warnings)
    notices.extend(refused)
    return notices


def _incidents(
    incidents: tuple[Incident, ...], limit: datetime, known: SoundIncidents, refused: Notices
) -> tuple[Incident, ...]:
    """Return incidents as far as they are believed."""
    judged = [records.believe_incident(one, limit, known) for one in incidents]
    for one in judged:
        if one.notices is not None:
            refused.extend(one.notices)
    if not refused.rejects:
        return incidents
    return tuple(one.incident for one in judged if one.incident is not None)


def _refused_ids(found: Iterable[str], kept: Iterable[str]) -> set[str]:
    """Return the ids of refused records; for one that is none, that any may be meant."""
    return {one if records.is_id(one) else ANY_INCIDENT for one in {*found} - {*kept}}


def _clock(capture: Capture) -> tuple[Notice, ...]:
    """Warn of a capture whose run had a clock that the servers disagreed with."""
    if CLOCK_SKEW not in capture.headers:
        return ()
    return (Notice("clock", excerpt(capture.url), "captured by a clock the servers disagree with"),)


def _sifted(
    found: tuple[T, ...],
    doubt_of: Callable[[T], str | None],
    name_of: Callable[[T], str],
    refused: Notices,
) -> tuple[T, ...]:
    """Return the records that are believed; notices of others go to ``refused``."""
    doubtful = [(n, doubt) for n, one in enumerate(found) if (doubt := doubt_of(one)) is not None]
    if not doubtful:
        return found
    for n, doubt in doubtful:
        refused.refuse(name_of(found[n]), doubt)
    out = {n for n, _ in doubtful}
    return tuple(one for n, one in enumerate(found) if n not in out)


def _one_line(parsed: Parsed) -> Parsed:
    """Cut each notice to one line, whatever a record that is none is called."""
    rejects, warnings = map(_cut, parsed.rejects), map(_cut, parsed.warnings)
    return replace(parsed, rejects=tuple(rejects), warnings=tuple(warnings))


def _cut(notice: Notice) -> Notice:
    record = excerpt(notice.record) if isinstance(notice.record, str) else "?"
    return Notice(notice.kind, record, excerpt(notice.reason))


def doubt_empty(polls: pl.DataFrame, open_lists: Iterable[tuple[str, str]] = ()) -> pl.DataFrame:
    """Count an empty list as a failure once its source had records, and a roster without any.

    A page that never had any may well be empty; one that had is more likely broken. A list of
    nothing but what is open is empty whenever nothing is. An answer that showed the page's
    components and now shows none lost them, whatever else it holds.

    Args:
        polls: Runs of captures.
        open_lists: Page key and shape of such lists.
    """
    import polars as pl

    source = ["page_key", "url"]
    filled = (pl.col("records") > 0).cum_max().shift(1).over(source)
    empty = pl.col("read") & (pl.col("records") == 0) & filled.fill_null(value=False)
    place = pl.concat_str("page_key", "shape", separator="\n")
    empty &= ~place.is_in(["\n".join(one) for one in open_lists])
    showing = pl.col("roster") & pl.col("components_key").is_not_null()
    showed = showing.cum_max().shift(1).over(source).fill_null(value=False)
    bare = pl.col("read") & pl.col("components_key").is_null() & showed
    nothing = pl.lit(None)
    return polls.sort(*source, "first_at").with_columns(
        pl.when(empty | bare).then(pl.lit("empty")).otherwise(pl.col("failure")).alias("failure"),
        pl.when(empty)
        .then(pl.lit("list is empty although it held records before"))
        .when(bare)
        .then(pl.lit("no component is shown although some were before"))
        .otherwise(pl.col("message"))
        .alias("message"),
        *[
            pl.when(empty | bare).then(nothing).otherwise(pl.col(c)).alias(c)
            for c in ("horizon_at", "present", "shown")
        ],
    )


def frozen(listed: list[datetime], read_at: datetime) -> str | None:
    """Say why a page looked abandoned when last read, at ``read_at``; or None.

    ``listed``: when its posts last moved.
    """
    times = sorted(listed)
    if len(times) < 3:
        return None
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(times)]
    silent = read_at - times[-1]
    usual = timedelta(seconds=median(gaps))
    if silent <= FROZEN or silent <= FROZEN_GAPS * usual:
        return None
    return f"no post for {silent.days} days, usually one every {_worded_length(usual)}"


def _worded_length(length: timedelta) -> str:
    """Word a length in whole days, or in hours below a day.

    >>> [_worded_length(timedelta(hours=hours)) for hours in (72, 7, 0)]
    ['3 days', '7 hours', 'hour']
    """
    hours = int(length.total_seconds()) // 3600
    n, unit = (length.days, "day") if length.days else (hours, "hour")
    return f"{n} {unit}s" if n > 1 else unit
