"""Find the time covered, per component. Definition: analytics/METHODOLOGY.md, "Coverage".

A list covers what it shows: from its oldest row to the capture. It goes further back only
where something proves that there was nothing before: a history read to its end, or the word
of whoever imported it. Time in which we captured a list ourselves is covered in any case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from ingest.intervals import difference, intersection, union
from ingest.ledger.capture_runs import LONGEST_PAUSE
from ingest.ledger.own_pages import MOVED
from ingest.models import ALWAYS, Page
from ingest.states.components import UNATTRIBUTED, KnownComponent
from ingest.time_zones import time_zone

#: A document of the present covers the time between captures no further apart than this: it
#: shows nothing of what came and went in between.
PRESENT_PAUSE = timedelta(hours=2)
#: A history was read to its end where this many windows in a row, the oldest, hold nothing.
IDLE_WINDOWS = 3

Interval = tuple[datetime, datetime]
#: When documents showed a component, by shape and url.
Stretches = dict[tuple[str, str], list[Interval]]


@dataclass(frozen=True, slots=True)
class CoveredSpan:
    """Hold a span that lists cover (basis ``list``), or an import states to (``stated``)."""

    start: datetime
    end: datetime
    basis: str


@dataclass(frozen=True, slots=True)
class PresentRun:
    """Hold the captures of a document of nothing but the present that said the same."""

    shape: str
    url: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ListRun:
    """Hold the captures of a list that said the same, and how far back that reaches.

    ``oldest``: the oldest row by the key the list is cut by, None without rows. ``stated``:
    completeness stated by an import. ``unread``: an open record could not be read.
    ``over``: ids of records that bear no time and say that they are over.
    """

    url: str
    shape: str
    first_at: datetime
    last_at: datetime
    horizon: datetime
    until: datetime | None
    oldest: datetime | None
    stated: datetime | None
    unread: bool | None
    over: str | None

    @property
    def end(self) -> datetime:
        """Return until when the list covers."""
        return self.last_at if self.until is None else min(self.last_at, self.until)

    @property
    def is_window(self) -> bool:
        """Tell a window that was asked for from a list that is cut by its length."""
        return self.horizon not in (ALWAYS, self.oldest)


def start_of_day(day: date, zone: str) -> datetime:
    """Return midnight of ``day`` in ``zone``, in UTC."""
    return datetime.combine(day, time(), time_zone(zone)).astimezone(UTC)


def page_coverage(
    page: Page,
    polls: pl.DataFrame,
    components: Mapping[str, KnownComponent],
    listed: Iterable[datetime],
    states_from: Collection[str] | None,
    present: Collection[str],
    shown: pl.DataFrame,
) -> dict[str, list[CoveredSpan]]:
    """Find the covered spans per component id, and for incidents that name no component.

    Args:
        page: the page, whose zone dates the start of a component.
        polls: runs of captures.
        components: its known components.
        listed: the keys by which the lists are cut, of all incidents.
        states_from: the shapes that cover component states; None: all of them do.
        present: the shapes that show all that is the matter when they are read.
        shown: frame ``components`` of the ledger. A document that shows states covers those
            components that it shows.
    """
    runs = list_runs(polls)
    polled = _present_runs(polls, present)
    whole_page = [*_covered_spans(runs), *_present_spans(polled)]
    stating = [run for run in polled if states_from is None or run.shape in states_from]
    stretches = _state_stretches(shown, {run.shape for run in stating})
    showing = {shape for by_list in stretches.values() for shape, _ in by_list}
    spans = _covered_spans(_of_shapes(runs, states_from))
    of_all = _present_spans(stating)
    showed = [run for run in stating if run.shape in showing]
    silent = _present_spans([run for run in stating if run.shape not in showing])
    stated = [run.stated for run in runs if run.stated is not None]
    beginning = min([*listed, *polls["first_at"], *stated], default=ALWAYS)
    first_roster = _good(polls).filter("roster")["first_at"].min()
    covered = {UNATTRIBUTED: _cut(page, whole_page, beginning, None)}
    for component_id, known in components.items():
        begins = beginning
        if known.start_date is not None:
            begins = start_of_day(known.start_date, page.zone)
        elif known.shown and isinstance(first_roster, datetime):
            begins = _appearance(known, first_roster, beginning)
        ends = known.retired_at or known.last_named_at
        its = of_all
        if showed and known.shown:
            its = [*silent, *_present_spans(showed, stretches.get(component_id, {}))]
        covered[component_id] = _cut(page, [*spans, *its], begins, ends)
    return covered


def _state_stretches(shown: pl.DataFrame, shapes: Collection[str]) -> dict[str, Stretches]:
    """Return when documents of the present showed each component, by shape and url.

    Only of the shapes that show states.
    """
    stating = shown.filter(pl.col("state").is_not_null())["shape"].unique()
    rows = shown.filter(pl.col("shape").is_in([s for s in stating if s in shapes]))
    columns = ("shape", "url", "component_id", "captured_at", "seen_until_at")
    found: dict[str, Stretches] = {}
    for shape, url, component_id, first_at, last_at in rows.select(columns).iter_rows():
        by_list = found.setdefault(component_id, {})
        by_list.setdefault((shape, url), []).append((first_at, last_at))
    return found


def unread_spans(
    polls: pl.DataFrame, states_from: Collection[str] | None = None
) -> list[tuple[datetime, datetime | None]]:
    """Find when nothing but lists with an unread open record cover; end None: until now.

    What that record did to any component is not known. One that bears no time and says that
    it is over was so when it was first shown.
    """
    runs = _of_shapes(list_runs(polls), states_from)
    if not any(r.unread or r.over for r in runs):
        return []
    whole = [
        (s.start, s.end) for s in _covered_spans([r for r in runs if not r.unread and not r.over])
    ]
    partial = [(s.start, s.end) for s in _covered_spans(runs)]
    last = max((end for _, end in partial), default=None)
    doubted = difference(partial, [*whole, *_whole_since(runs)])
    lasts = any(run.unread for run in runs if run.end == last)
    return [(start, None if lasts and end == last else end) for start, end in doubted]


def _whole_since(runs: Sequence[ListRun]) -> Iterator[Interval]:
    """Yield since when lists are whole but for records that were over by then.

    A list with an unread open record may show one of those as going on again.
    """
    first_shown: dict[str, datetime] = {}
    for run in sorted(runs, key=lambda one: one.first_at):
        if run.unread:
            first_shown.clear()
        elif run.over:
            since = [first_shown.setdefault(one, run.first_at) for one in run.over.split()]
            yield max(*since, run.oldest or run.first_at), run.end


def page_gone_at(page: Page, polls: pl.DataFrame) -> datetime | None:
    """Find when a page was last itself, if since then it moved, or another stands in its place."""
    if page.valid_to is not None:
        return start_of_day(page.valid_to + timedelta(days=1), page.zone)
    last = _good(polls)["last_at"].max()
    foreign = polls.filter(pl.col("failure").is_in(MOVED))["first_at"].max()
    if isinstance(last, datetime) and isinstance(foreign, datetime) and last < foreign:
        return last
    return None


def list_runs(polls: pl.DataFrame) -> list[ListRun]:
    """List the captures that cover a time, per address and in time."""
    lists = _good(polls).filter(
        pl.col("horizon_at").is_not_null() | pl.col("complete_since").is_not_null()
    )
    said = (
        *("horizon_at", "until_at", "oldest_item_at", "complete_since"),
        *("unread_open", "unread_over"),
    )
    same = pl.all_horizontal(
        pl.col(c).eq_missing(pl.col(c).shift(1)) for c in ("url", "shape", *said)
    )
    near = pl.col("first_at") - pl.col("last_at").shift(1) <= LONGEST_PAUSE
    rows = (
        lists.sort("url", "first_at")
        .with_columns((~(same & near).fill_null(value=False)).cum_sum().alias("run"))
        .group_by("run", maintain_order=True)
        .agg(
            pl.col("url", "shape").first(),
            pl.col("first_at").min(),
            pl.col("last_at").max(),
            pl.coalesce("horizon_at", "complete_since").first().alias("horizon_at"),
            pl.col(said[1:]).first(),
        )
        .drop("run")
    )
    return [ListRun(*row) for row in rows.iter_rows()]


def _good(polls: pl.DataFrame) -> pl.DataFrame:
    return polls.filter(pl.col("failure").is_null() & pl.col("read"))


def _of_shapes(runs: Sequence[ListRun], shapes: Collection[str] | None) -> list[ListRun]:
    return [run for run in runs if shapes is None or run.shape in shapes]


def _appearance(known: KnownComponent, first_roster: datetime, beginning: datetime) -> datetime:
    """Return since when a component without a start date is part of its page.

    One that an earlier roster lacks was not there yet, unless an incident named it.
    """
    if known.first_seen_at <= first_roster:
        return beginning
    return min(known.first_seen_at, known.first_named_at or known.first_seen_at)


def _covered_spans(runs: Sequence[ListRun]) -> list[CoveredSpan]:
    """Return what each list covers, whatever the component."""
    stated = [CoveredSpan(r.stated, r.end, "stated") for r in runs if r.stated is not None]
    rest = [run for run in runs if run.stated is None]
    lists = _list_spans(run for run in rest if not run.is_window)
    windows = _window_spans([run for run in rest if run.is_window])
    return [*stated, *(CoveredSpan(a, b, "list") for a, b in (*lists, *windows))]


def _list_spans(runs: Iterable[ListRun]) -> Iterator[Interval]:
    """Yield from the oldest row of each list to its last capture.

    A list that is not cut shows everything there is, so between two captures of it nothing
    is missed, unless they lie too far apart for it to be the same list.
    """
    before: ListRun | None = None
    for run in runs:
        start = run.first_at if run.oldest is None else run.oldest
        near = before is not None and before.url == run.url
        if near and before is not None and run.first_at - before.last_at <= LONGEST_PAUSE:
            start = min(start, before.last_at) if run.horizon == ALWAYS else start
        yield start, run.end
        before = run


def _present_runs(polls: pl.DataFrame, shapes: Collection[str]) -> list[PresentRun]:
    """List the captures of documents of nothing but the present, per address and in time."""
    whole = (
        pl.col("shape").is_in([*shapes])
        & ~pl.col("unread_open")
        & (pl.col("longest_pause") <= PRESENT_PAUSE)
    )
    columns = ("shape", "url", "first_at", "last_at")
    rows = _good(polls).filter(whole).sort("url", "first_at").select(columns)
    return [PresentRun(*row) for row in rows.iter_rows()]


def _present_spans(runs: Iterable[PresentRun], shown: Stretches | None = None) -> list[CoveredSpan]:
    """Return what documents of the present cover: from capture to capture.

    ``shown``: when they showed a component; None: whatever they show.
    """
    found: list[Interval] = []
    before: PresentRun | None = None
    for run in runs:
        if shown is not None and not any(
            start <= run.first_at and run.last_at <= end
            for start, end in shown.get((run.shape, run.url), ())
        ):
            before = None
            continue
        start = run.first_at
        near = before is not None and before.url == run.url
        if near and before is not None and run.first_at - before.last_at <= PRESENT_PAUSE:
            start = before.last_at
        found.append((start, run.last_at))
        before = run
    return [CoveredSpan(start, end, "list") for start, end in union(found)]


def _window_spans(runs: Sequence[ListRun]) -> list[Interval]:
    """Return what windows that adjoin one another cover, as one list.

    From the oldest row in any of them; from further back where the oldest windows are so
    idle that the history has ended.
    """
    found: list[Interval] = []
    for start, end in union((run.horizon, run.end) for run in runs):
        inside = [run for run in runs if start <= run.horizon < end]
        filled = [run for run in inside if run.oldest is not None]
        idle = {run.horizon for run in inside} - {run.horizon for run in filled}
        first_filled = min((run.horizon for run in filled), default=None)
        if first_filled is None:
            start = min(run.first_at for run in inside)
        elif len([h for h in idle if h < first_filled]) >= IDLE_WINDOWS:
            start = ALWAYS
        else:
            start = min(run.oldest for run in filled if run.oldest is not None)
        found.append((start, end))
    return found


def _cut(
    page: Page, covered: Sequence[CoveredSpan], begins: datetime, ends: datetime | None
) -> list[CoveredSpan]:
    """Cut covered spans to the life of a component, and of its page.

    Spans stated by an import and spans of a list are kept apart where only one of them covers.

    Args:
        page: the page, which may say of which days it is.
        covered: the spans.
        begins: the start of the component.
        ends: when it was retired; None: it was not.
    """
    if page.valid_from is not None:
        begins = max(begins, start_of_day(page.valid_from, page.zone))
    lists = union((s.start, s.end) for s in covered if s.basis == "list")
    everything = union((s.start, s.end) for s in covered)
    limits = [max((end for _, end in everything), default=begins), *([ends] if ends else [])]
    if page.valid_to is not None:
        limits.append(start_of_day(page.valid_to + timedelta(days=1), page.zone))
    found: list[CoveredSpan] = []
    for start, end in intersection(everything, [(begins, min(limits))]):
        basis = "list" if intersection([(start, end)], lists) == [(start, end)] else "stated"
        found.append(CoveredSpan(start, end, basis))
    return found
