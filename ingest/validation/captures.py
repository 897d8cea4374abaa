"""Validation of captures: rejects what cannot be true, never labels."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import polars as pl

from ingest.models import ALWAYS, MISREADINGS, Capture, Notice, Page, Parsed, ReadError, ReadFailure
from ingest.platforms.contract import Platform
from ingest.platforms.reading import oldest
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
    refused: list[Notice] = []
    incidents = _sifted(
        parsed.incidents,
        lambda i: records.of_incident(i, limit, known),
        lambda i: i.incident_id,
        refused,
    )
    components = _sifted(parsed.components, records.of_component, lambda c: c.component_id, refused)
    days = _sifted(parsed.posted_days, records.of_day, lambda d: d.component_id, refused)
    ratios = _sifted(parsed.posted_ratios, records.of_ratio, lambda r: r.component_id, refused)
    if refused and not (incidents or components or days or ratios):
        raise ReadError(ReadFailure.PARSE, f"no record is believed; first: {refused[0].reason}")
    horizon = parsed.horizon
    if horizon not in (None, ALWAYS) and len(incidents) < len(parsed.incidents):
        horizon = oldest(incidents)
    return replace(
        parsed,
        horizon=horizon,
        # A roster of which a part is refused is not the whole of it.
        roster=parsed.roster and len(components) == len(parsed.components),
        incidents=incidents,
        components=components,
        posted_days=days,
        posted_ratios=ratios,
        rejects=(*map(_one_line, parsed.rejects), *refused),
        warnings=tuple(map(_one_line, parsed.warnings)),
    )


def _sifted(
    found: tuple[T, ...],
    doubt_of: Callable[[T], str | None],
    name_of: Callable[[T], str],
    refused: list[Notice],
) -> tuple[T, ...]:
    """Return the records that are believed; notices of others go to ``refused``."""
    doubtful = [(n, doubt) for n, one in enumerate(found) if (doubt := doubt_of(one)) is not None]
    if not doubtful:
        return found
    refused.extend(_one_line(Notice("rejected", name_of(found[n]), doubt)) for n, doubt in doubtful)
    out = {n for n, _ in doubtful}
    return tuple(one for n, one in enumerate(found) if n not in out)


def _one_line(notice: Notice) -> Notice:
    """Cut a notice to one line, whatever a record that is none is called."""
    record = excerpt(notice.record) if isinstance(notice.record, str) else "?"
    return Notice(notice.kind, record, excerpt(notice.reason))


def doubt_empty(polls: pl.DataFrame) -> pl.DataFrame:
    """Count an empty list as a failure once its source had records.

    A page that never had any may well be empty; one that had is more likely broken.
    """
    import polars as pl

    filled = (pl.col("records") > 0).cum_max().shift(1).over("page_key", "url")
    empty = pl.col("read") & (pl.col("records") == 0) & filled.fill_null(value=False)
    nothing = pl.lit(None)
    return polls.sort("page_key", "url", "first_at").with_columns(
        pl.when(empty).then(pl.lit("empty")).otherwise(pl.col("failure")).alias("failure"),
        pl.when(empty)
        .then(pl.lit("list is empty although it held records before"))
        .otherwise(pl.col("message"))
        .alias("message"),
        *[
            pl.when(empty).then(nothing).otherwise(pl.col(c)).alias(c)
            for c in ("horizon_at", "present")
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
