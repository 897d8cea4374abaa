"""Count what a provider tells and keeps: facts, never a score.

METHODOLOGY, "Transparency".
"""

from __future__ import annotations

import narwhals as nw
import numpy as np
import polars as pl

from analytics.answer import OK, answered
from analytics.memo import once
from analytics.metrics import versions
from analytics.metrics.durations import ENDED
from analytics.metrics.maintenance import OF_MAINTENANCES, maintenance_shares, of_maintenances
from analytics.metrics.stage_moves import POST
from analytics.metrics.stages import LENGTH, TOLD, begun_incidents, told
from analytics.question import Question, nothing, selection
from analytics.scope import SCOPE, UNATTRIBUTED, ScopeKey, scopes, sizes
from analytics.snapshot import Frame, Snapshot, fetched, legible
from analytics.statistics.estimates import estimates_of
from analytics.statistics.proportions import share, shares

COMPONENT = ("page_key", "component_id")
#: An update displayed this much before it was written is backdated.
BACKDATED_S = 60
#: An update stamped as changed this much after it was written was edited.
EDITED_S = 60
#: Posted impacts after which a post-mortem may be expected.
MAJOR = ("major", "critical")
NOT_STATED = "not_stated"


@once(selection)
def transparency(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Measure shares of incidents and updates, and lags, each with n.

    n counts incidents whose impact began in covered time, as in the frequency, or updates of
    these where the metric says so. What only captures can show (edits, changed impacts,
    removals) is a share of what was written after the page's first capture. The rows about
    maintenances do not depend on the classes asked for.

    Returns:
        Columns of ``answer.SCHEMA``.
    """
    asked, planned = scopes(snapshot, question), of_maintenances(question)
    counts = _habits(snapshot, question)
    found = pl.concat(
        [
            told(snapshot, question),
            shares(counts, {**HABITS, **POST_MORTEM, **STAMPS, **REWRITING}),
            estimates_of(_post_mortem_delays(snapshot, question), [*LENGTH]),
            _components(snapshot, question),
        ],
        how="diagonal",
    )
    posts = answered(snapshot, question, asked, UNITS, found)
    planned_work = maintenance_shares(snapshot, question)
    units = dict.fromkeys(OF_MAINTENANCES, "fraction of maintenances")
    rest = answered(snapshot, planned, asked, units, planned_work)
    order = [*range(len(asked))]
    places = np.concatenate([np.repeat(order, len(UNITS)), np.repeat(order, len(units))])
    return pl.concat([posts, rest])[np.argsort(places, kind="stable")]


@once(selection)
def causes(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count the causes incidents state, ``not_stated`` first, then the most frequent.

    An incident may state several, so shares can add up to more than one; n is the number of
    incidents.

    Returns:
        Columns of ``CAUSES``.
    """
    found = begun_incidents(snapshot, question)
    n = sizes(found)
    stated = found.select(*SCOPE, pl.col("causes").list.unique()).explode("causes").drop_nulls()
    counted: dict[ScopeKey, dict[str, int]] = {}
    for provider, surface, cause, k in stated.group_by(*SCOPE, "causes").len().iter_rows():
        counted.setdefault((provider, surface), {})[cause] = k
    rows = []
    for scope in scopes(snapshot, question):
        counts = {NOT_STATED: 0} | counted.get(scope.key, {})
        for cause in sorted(counts, key=lambda c: (c != NOT_STATED, -counts[c], c)):
            numbers = share(counts[cause], n.get(scope.key, 0))
            bounds = (numbers.get(name) for name in ("value", "low", "high"))
            rows.append((*scope.key, cause, counts[cause], *bounds, n.get(scope.key, 0)))
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


#: Metrics that are a share: what is counted, and of what.
HABITS = {
    "retrospective": ("retrospective", "n"),
    "window_stated": ("window_stated", "n"),
    "cause_stated": ("cause_stated", "n"),
    "bulk_linked": ("bulk_linked", "n"),
}
POST_MORTEM = {"post_mortem": ("written", "serious")}
STAMPS = {
    "updates_backdated": ("backdated", "written_and_shown"),
    "updates_edit_stamped": ("edit_stamped", "edited_or_not"),
    "updates_text_edited": ("text_edited", "updates_watched"),
}
REWRITING = {
    "impact_changed": ("impact_changed", "watched"),
    "removed": ("removed", "watched"),
    "downgraded": ("downgraded", "watched"),
    "edited_after_end": ("edited_after_end", "watched_to_end"),
    "update_retracted": ("update_retracted", "watched"),
    "added_late": ("added_late", "watched"),
}
#: Unit of each metric but those of maintenances, in the order of the rows.
UNITS = {
    **TOLD,
    **dict.fromkeys([*HABITS, *POST_MORTEM], "fraction"),
    **{f"post_mortem_delay_{name}": "seconds" for name in LENGTH},
    **dict.fromkeys(STAMPS, "fraction of updates"),
    **dict.fromkeys(REWRITING, "fraction"),
    "components": "components",
}


#: What is read of incidents to count their habits.
COUNTED = (
    *(*SCOPE, *POST, "flags", "max_impact", "resolved_at", "published_at"),
    *("stated_start_at", "causes"),
)


def _habits(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count what is known of the incidents of each scope: provider, surface, and counts."""
    flags, serious = pl.col("flags").list, pl.col("max_impact").is_in(MAJOR) & ENDED
    watched = pl.col("published_at") >= pl.col("first_at")
    return (
        begun_incidents(snapshot, question)
        .select(COUNTED)
        .join(known_updates_of(snapshot), on=POST, how="left")
        .join(_rewritten(snapshot), on=POST, how="left")
        .join(_first_captures(snapshot), on="page_key", how="left")
        .group_by(SCOPE)
        .agg(
            pl.len().alias("n"),
            flags.contains("retrospective").sum().alias("retrospective"),
            pl.col("stated_start_at").is_not_null().sum().alias("window_stated"),
            (pl.col("causes") != [NOT_STATED]).sum().alias("cause_stated"),
            flags.contains("bulk_linked").sum().alias("bulk_linked"),
            serious.sum().alias("serious"),
            (serious & pl.col("post_mortem_s").is_not_null()).sum().alias("written"),
            pl.col(*OF_UPDATES).sum(),
            watched.sum().alias("watched"),
            (watched & pl.col("impact_changed")).sum().alias("impact_changed"),
            (watched & flags.contains("removed")).sum().alias("removed"),
            (watched & ENDED).sum().alias("watched_to_end"),
            (watched & ENDED & pl.col("edited_after_end")).sum().alias("edited_after_end"),
            *[(watched & pl.col(one)).sum().alias(one) for one in LATER],
        )
    )


def _post_mortem_delays(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Return seconds from the end of major or critical incidents to the post-mortem.

    Returns:
        Columns as ``estimates_of`` takes them.
    """
    ends = begun_incidents(snapshot, question).select(*COUNTED, "resolved_s")
    serious = ends.filter(pl.col("max_impact").is_in(MAJOR) & ENDED)
    delay = (pl.col("post_mortem_s") - pl.col("resolved_s")).alias("seconds")
    written = known_updates_of(snapshot).filter(pl.col("post_mortem_s").is_not_null())
    known = serious.join(written, on=POST).with_columns(delay)
    of, ended = pl.lit("post_mortem_delay"), pl.lit(value=True)
    return known.select(*SCOPE, "seconds", of=of, ended=ended)


#: Of what becomes of posts, the facts that do not depend on their end.
LATER = ("downgraded", "update_retracted", "added_late")


@once(nothing)
def _rewritten(snapshot: Snapshot) -> pl.DataFrame:
    """Return what became of each incident that was changed: page_key, incident_id, and flags."""
    kind = pl.col("kind")
    edited = kind.is_in([versions.EDIT, versions.DOWNGRADE, versions.UPGRADE])
    of_update = pl.col("field") == "update"
    return (
        versions.changes(snapshot)
        .group_by(POST)
        .agg(
            (edited & pl.col("after_end")).any().alias("edited_after_end"),
            (kind == versions.DOWNGRADE).any().alias("downgraded"),
            ((kind == versions.RETRACTION) & of_update).any().alias("update_retracted"),
            (kind == versions.ADDITION).any().alias("added_late"),
        )
    )


#: Counts of ``known_updates_of``.
OF_UPDATES = (
    "backdated",
    "written_and_shown",
    "edit_stamped",
    "edited_or_not",
    "text_edited",
    "updates_watched",
)


@once(nothing)
def known_updates_of(snapshot: Snapshot) -> pl.DataFrame:
    """Count what is known of the updates of each incident, whoever asks.

    What the page's own clocks say counts only where it shows both.

    Returns:
        Columns page_key, incident_id, post_mortem_s, those of ``OF_UPDATES``, impact_changed.
    """
    of_incident = nw.col("update_id").is_null()
    edited = _changed(snapshot, ~of_incident, versions.UPDATE, "body")
    changed = _changed(snapshot, of_incident, POST, "impact")
    given = {"edited": edited.with_columns(edited=True), "first": _first_captures(snapshot)}
    with snapshot.related("updates", "incidents", **given) as read:
        told = (
            read["updates"]
            .join(read["incidents"], on=POST, how="semi")
            .join(read["edited"], on=versions.UPDATE, how="left")
            .join(read["first"], on="page_key", how="left")
        )
        counts = fetched(_counted_updates(told))
    whole = changed.with_columns(impact_changed=True)
    return legible(counts.join(whole, on=POST, how="full", coalesce=True))


def _counted_updates(told: Frame) -> Frame:
    """Count what is known of the updates of each incident, on any engine."""
    at_s = nw.coalesce("created_s", "display_s")
    shown_early = nw.col("created_s") - nw.col("display_s")
    stamped_late = nw.col("edited_s") - nw.col("created_s")
    watched = nw.coalesce("created_at", "display_at") >= nw.col("first_at")
    counts = {
        "backdated": (shown_early > BACKDATED_S).sum(),
        "written_and_shown": shown_early.count(),
        "edit_stamped": (stamped_late > EDITED_S).sum(),
        "edited_or_not": stamped_late.count(),
        "text_edited": (watched & nw.col("edited")).sum(),
        "updates_watched": watched.sum(),
    }
    return told.group_by(POST).agg(
        nw.when(nw.col("stage") == "postmortem").then(at_s).min().alias("post_mortem_s"),
        *[count.cast(nw.Int64).alias(name) for name, count in counts.items()],
    )


@once(nothing)
def _first_captures(snapshot: Snapshot) -> pl.DataFrame:
    """Return when each page was first captured well: page_key, first_at."""
    good = snapshot.table("captures").filter(pl.col("failure").is_null())
    return good.group_by("page_key").agg(pl.col("first_at").min())


def _changed(snapshot: Snapshot, which: nw.Expr, key: list[str], field: str) -> pl.DataFrame:
    """Return the keys under which ``field`` has had more than one wording."""
    with snapshot.related("versions") as read:
        told = read["versions"].filter(which)
        seen = told.group_by(key).agg(nw.len().alias("times"))
        again = seen.filter(nw.col("times") > 1).select(key)  # few: no other words need a look
        worded = fetched(told.select(*key, field).join(again, on=key, how="semi"))
    worded = worded.with_columns(legible(worded.select(field)))
    several = versions.as_worded(field).drop_nulls().n_unique() > 1
    return worded.group_by(key).agg(several.alias("several")).filter("several").select(key)


def _components(snapshot: Snapshot, question: Question) -> pl.DataFrame:
    """Count the components of each scope still on a roster at the end of the window.

    Returns:
        Columns provider, surface, metric, value, n and status; in no order.
    """
    _, end = question.window(snapshot.as_of)
    there = (pl.col("component_id") != UNATTRIBUTED) & (
        pl.col("retired_at").is_null() | (pl.col("retired_at") >= end)
    )
    shown = set(snapshot.table("components").filter(there).select(*COMPONENT).iter_rows())
    rows = [
        (*scope.key, "components", n, n, OK)
        for scope in scopes(snapshot, question)
        for n in [len(shown & scope.coverage.keys())]
    ]
    found = pl.DataFrame(rows, schema=[*SCOPE, "metric", "value", "n", "status"], orient="row")
    return found.with_columns(pl.col("value").cast(pl.Float64), pl.col("n").cast(pl.Int64))
