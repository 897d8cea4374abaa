"""What a provider tells and keeps: facts, never a score (METHODOLOGY, "Transparency")."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from analytics.answer import answer, row
from analytics.incident_selection import incidents
from analytics.memo import once
from analytics.metrics.durations import timed
from analytics.metrics.frequency import begun_covered
from analytics.metrics.maintenance import maintenance_rows, of_maintenances
from analytics.metrics.stages import POST, Row, acknowledgement_rows, gap_rows, length_rows, updates
from analytics.question import Question, selection
from analytics.scope import UNATTRIBUTED, Scope, epoch, scopes
from analytics.snapshot import Snapshot
from analytics.statistics.proportions import share

#: An update displayed this much before it was written is backdated.
BACKDATED_S = 60
#: An update stamped as changed this much after it was written was edited.
EDITED_S = 60
#: Posted impacts after which a post-mortem may be expected.
MAJOR = ("major", "critical")
NOT_STATED = "not_stated"


@once(selection)
def transparency(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Shares of posts and updates, and lags, each with n (columns: ``answer.SCHEMA``).

    n counts posts whose impact began in covered time, as in the frequency, or updates of these
    where the metric says so. What only captures can show (edits,
    changed impacts, removals) is a share of what was written after the page's first capture.
    The rows about maintenances do not hang on the classes asked for.
    """
    rows, known, planned = [], _rewritten(snapshot), of_maintenances(question)
    for scope in scopes(snapshot, question):
        found = begun_covered(incidents(snapshot, question, scope), scope.vouched)
        told = updates(snapshot, found)
        for metric, unit, numbers in (
            *acknowledgement_rows(found),
            *gap_rows(timed(found), told, epoch(snapshot.as_of)),
            *_habits(found),
            *_post_mortems(found, told),
            *_stamps(told),
            *_rewriting(known, found, told),
            _components(snapshot, scope),
        ):
            rows.append(row(snapshot, question, scope, metric, unit, **numbers))
        for metric, unit, numbers in maintenance_rows(snapshot, planned, scope):
            rows.append(row(snapshot, planned, scope, metric, unit, **numbers))
    return answer(rows)


@once(selection)
def causes(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """The causes posts state, ``not_stated`` first, then the most frequent.

    Columns: provider, surface, cause, posts, share, low, high, n. A post may state several,
    so shares can add up to more than one; n is the number of posts.
    """
    rows = []
    for scope in scopes(snapshot, question):
        found = begun_covered(incidents(snapshot, question, scope), scope.vouched)
        stated = found.select(pl.col("causes").list.unique()).to_series().explode().drop_nulls()
        counts = {NOT_STATED: 0} | dict(stated.value_counts().iter_rows())
        for cause in sorted(counts, key=lambda c: (c != NOT_STATED, -counts[c], c)):
            numbers = share(counts[cause], found.height)
            rows.append(
                {
                    "provider": scope.provider,
                    "surface": scope.surface,
                    "cause": cause,
                    "posts": counts[cause],
                    "share": numbers.get("value"),
                    "low": numbers.get("low"),
                    "high": numbers.get("high"),
                    "n": found.height,
                }
            )
    return pl.DataFrame(rows, schema=CAUSES, orient="row")


CAUSES = {
    "provider": pl.String,
    "surface": pl.String,
    "cause": pl.String,
    "posts": pl.Int64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "n": pl.Int64,
}


def _habits(found: pl.DataFrame) -> Iterator[Row]:
    flags, n = pl.col("flags").list, found.height
    for metric, holds in (
        ("retrospective", flags.contains("retrospective")),
        ("window_stated", pl.col("stated_start_at").is_not_null()),
        ("cause_stated", pl.col("causes") != [NOT_STATED]),
        ("bulk_linked", flags.contains("bulk_linked")),
    ):
        yield metric, "fraction", share(found.filter(holds).height, n)


def _post_mortems(found: pl.DataFrame, told: pl.DataFrame) -> Iterator[Row]:
    """Of closed posts with a major or critical impact; the delay counts from their end."""
    serious = found.filter(
        pl.col("max_impact").is_in(MAJOR) & pl.col("resolved_at").is_not_null()
    ).select(*POST, "resolved_s")
    written = told.filter(pl.col("stage") == "postmortem").group_by(POST).agg(pl.col("at_s").min())
    delays = serious.join(written, on=POST).select(seconds=pl.col("at_s") - pl.col("resolved_s"))
    yield "post_mortem", "fraction", share(delays.height, serious.height)
    yield from length_rows("post_mortem_delay", delays["seconds"])


def _stamps(told: pl.DataFrame) -> Iterator[Row]:
    """What the page's own clocks say of its updates; only where it shows both."""
    for metric, early, late, by in (
        ("updates_backdated", "display_s", "created_s", BACKDATED_S),
        ("updates_edit_stamped", "created_s", "edited_s", EDITED_S),
    ):
        lag = told.select(seconds=pl.col(late) - pl.col(early)).to_series().drop_nulls()
        yield metric, "fraction of updates", share(int((lag > by).sum()), len(lag))


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What successive captures show: pages by first capture, and keys of what changed."""

    first: pl.DataFrame
    updates: pl.DataFrame
    impacts: pl.DataFrame


def _rewritten(snapshot: Snapshot) -> Rewritten:
    """Of every post and update; ``first``: page_key, first_at."""
    good = snapshot.table("captures").filter(pl.col("failure").is_null())
    kept, of_update = snapshot.table("versions"), pl.col("update_id").is_not_null()
    return Rewritten(
        good.group_by("page_key").agg(pl.col("first_at").min()),
        _changed(kept.filter(of_update), [*POST, "update_id"], "body"),
        _changed(kept.filter(~of_update), POST, "impact"),
    )


def _rewriting(known: Rewritten, found: pl.DataFrame, told: pl.DataFrame) -> Iterator[Row]:
    """What successive captures show, of posts and updates written under our eyes."""
    after = pl.col("published_at") >= pl.col("first_at")
    watched = found.join(known.first, on="page_key").filter(after)
    written = pl.coalesce("created_at", "display_at")
    seen = told.join(known.first, on="page_key").filter(written >= pl.col("first_at"))
    text = seen.join(known.updates, on=[*POST, "update_id"], how="semi").height
    impact = watched.join(known.impacts, on=POST, how="semi").height
    removed = watched.filter(pl.col("flags").list.contains("removed")).height
    yield "updates_text_edited", "fraction of updates", share(text, seen.height)
    yield "impact_changed", "fraction", share(impact, watched.height)
    yield "removed", "fraction", share(removed, watched.height)


def _changed(versions: pl.DataFrame, key: list[str], field: str) -> pl.DataFrame:
    """Keys under which ``field`` has had more than one value."""
    several = pl.col(field).drop_nulls().n_unique() > 1
    return versions.group_by(key).agg(several.alias("several")).filter("several").select(key)


def _components(snapshot: Snapshot, scope: Scope) -> Row:
    """How finely the page is cut: components of the scope still on the roster at its end."""
    key = {"page_key": pl.String, "component_id": pl.String}
    keys = pl.DataFrame(list(scope.coverage), schema=key, orient="row")
    shown = snapshot.table("components").filter(
        (pl.col("component_id") != UNATTRIBUTED)
        & (pl.col("retired_at").is_null() | (pl.col("retired_at") >= scope.end))
    )
    n = shown.join(keys, on=list(key), how="semi").height
    return "components", "components", {"value": float(n), "n": n}
