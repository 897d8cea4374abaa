"""Fold sightings into versions, per month and over all.

``fold`` may be applied to raw sightings, to folded months, or to a mixture; the result does
not depend on how the captures were cut into files or in which order they arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import polars as pl

from ingest.ledger.aliases import joined_aliases
from ingest.ledger.capture_runs import doubt_skewed, join_captures, repeat_said
from ingest.ledger.components_shown import shown_components
from ingest.ledger.ledger import Ledger
from ingest.ledger.own_pages import own_captures
from ingest.ledger.sightings import INCIDENT_FIELDS, SCHEMAS, UPDATE_FIELDS, Frames
from ingest.sources import Shape

INCIDENT_KEY = ["page_key", "incident_id"]
UPDATE_KEY = [*INCIDENT_KEY, "update_id"]

#: Columns that identify a record within one shape; what follows them is its content.
KEYS = {
    "incidents": ["page_key", "shape", "incident_id"],
    "updates": ["page_key", "shape", "incident_id", "update_id"],
    "posted_days": ["page_key", "component_id", "day"],
    "posted_ratios": ["page_key", "component_id", "window_start", "window_end", "rule"],
}
#: Fields that say how far an incident has come.
PROGRESS = ("status", "resolved_at")
PROVENANCE = {"page_id", "url", "shape", "captured_at", "sha256"}


def up_to(frames: Frames, as_of: datetime) -> Frames:
    """Keep the sightings of captures made by ``as_of``: what could be known then."""
    return {name: frame.filter(pl.col("captured_at") <= as_of) for name, frame in frames.items()}


def fold(parts: Iterable[Frames]) -> Frames:
    """Fold frames so that a record appears once for each change, and polls are runs.

    Args:
        parts: sightings, folded months, or a mixture.

    Returns:
        Frames with the columns of ``SCHEMAS``; ``polls`` with those of ``RUN_SCHEMA``.
    """
    together = list(parts)
    folded: Frames = {"polls": join_captures([part["polls"] for part in together])}
    for name, schema in SCHEMAS.items():
        if name == "polls":
            continue
        frames = [part[name] for part in together]
        frame = pl.concat(frames).unique() if frames else pl.DataFrame(schema=schema)
        if name in KEYS:
            folded[name] = changes(frame, KEYS[name])
        elif name == "components":
            folded[name] = _first_shown(frame)
        else:
            folded[name] = _notices(frame)
    return folded


def changes(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Select the rows that differ from the row before them under the same ``key``."""
    content = [c for c in frame.columns if c not in PROVENANCE and c not in key]
    return _changed(frame, key, content)


def _changed(frame: pl.DataFrame, key: Sequence[str], content: Sequence[str]) -> pl.DataFrame:
    ordered = frame.sort([*key, "captured_at", "url"], nulls_last=True)
    same = pl.all_horizontal([pl.col(c).eq_missing(pl.col(c).shift(1)) for c in (*key, *content)])
    first = pl.int_range(pl.len()) == 0
    return ordered.filter(first | ~same)


def _first_shown(frame: pl.DataFrame) -> pl.DataFrame:
    """Keep the first sighting of each component under each key."""
    key = ["page_key", "url", "shape", "components_key", "component_id"]
    ordered = frame.sort([*key, "captured_at"])
    return ordered.unique(subset=key, keep="first", maintain_order=True)


def _notices(frame: pl.DataFrame) -> pl.DataFrame:
    key = ["page_key", "page_id", "url", "shape", "kind", "record", "reason"]
    return (
        frame.group_by(key)
        .agg(pl.col("captured_at").min(), pl.col("last_at").max(), pl.col("n").sum())
        .select(list(SCHEMAS["notices"]))
        .sort([*key, "captured_at"])
    )


def merge(folded: Frames, shapes: Mapping[str, Sequence[Shape]]) -> Ledger:
    """Merge versions across shapes.

    Each field of an incident comes from the best shape that carries the field and has shown
    the incident; a coarser one never overrides it and never makes a version of it.

    Args:
        folded: what ``fold`` returns.
        shapes: page_key -> the shapes of its platform, best first.
    """
    polls = doubt_skewed(repeat_said(folded["polls"]))
    folded, foreign = own_captures({**folded, "polls": polls})
    if foreign:
        folded |= {name: changes(folded[name], key) for name, key in KEYS.items()}
    ranks = _ranks(shapes)
    incidents = folded["incidents"].join(ranks, on=["page_key", "shape"], how="inner")
    folded, aliases = joined_aliases({**folded, "incidents": incidents})
    if not aliases.is_empty():
        folded |= {name: changes(folded[name], key) for name, key in KEYS.items()}
    coarser = _coarser_forms(folded["incidents"])
    sightings = _renamed(folded["incidents"], coarser)
    newest = (
        sightings.group_by([*INCIDENT_KEY, "shape"], maintain_order=True)
        .last()
        .sort([*INCIDENT_KEY, "rank"])
    )
    updates = _renamed(folded["updates"], coarser)
    newest_updates, update_versions = _updates(updates, newest, sightings)
    return Ledger(
        polls=folded["polls"],
        incidents=_current(newest, sightings),
        incident_versions=_incident_versions(sightings),
        updates=newest_updates,
        update_versions=update_versions,
        components=shown_components(folded["polls"], folded["components"]),
        posted_days=folded["posted_days"],
        posted_ratios=folded["posted_ratios"],
        notices=folded["notices"],
        aliases=aliases,
    )


def _coarser_forms(incidents: pl.DataFrame) -> pl.DataFrame:
    """Find incidents of a coarser form that are known under a later id.

    The later id must be the only one of the better form to share what they have in common.

    Returns:
        page_key, incident_id, known_as.
    """
    named = incidents.filter(pl.col("also_known_by").is_not_null()).select(
        "page_key", "also_known_by", "incident_id", "rank"
    )
    common = ["page_key", "also_known_by"]
    better = named.filter(pl.col("rank") == pl.col("rank").min().over(common))
    alone = better.group_by(common).agg(
        pl.col("incident_id").first().alias("known_as"),
        pl.col("incident_id").n_unique().alias("n"),
        pl.col("rank").first().alias("better_rank"),
    )
    return (
        named.join(alone.filter(pl.col("n") == 1), on=common)
        .filter(pl.col("rank") > pl.col("better_rank"))
        .select("page_key", "incident_id", "known_as")
        .unique()
    )


def _renamed(frame: pl.DataFrame, known_as: pl.DataFrame) -> pl.DataFrame:
    """Replace every id of a coarser form by the one it stands for."""
    if known_as.is_empty():
        return frame
    return (
        frame.join(known_as, on=INCIDENT_KEY, how="left", maintain_order="left")
        .with_columns(pl.coalesce("known_as", "incident_id").alias("incident_id"))
        .drop("known_as")
        .sort("page_key", "shape", "incident_id", maintain_order=True)
    )


def _ranks(shapes: Mapping[str, Sequence[Shape]]) -> pl.DataFrame:
    rows = [
        {
            "page_key": page_key,
            "shape": shape.name,
            "rank": rank,
            "precision_s": shape.precision_s,
            # Of an update the exact form speaks, whichever form speaks for its incident.
            "update_rank": exact.index(shape),
            **{f"carries_{f}": f in shape.carries for f in (*INCIDENT_FIELDS, "updates")},
        }
        for page_key, ordered in shapes.items()
        for exact in [sorted(ordered, key=lambda shape: shape.precision_s)]
        for rank, shape in enumerate(ordered)
    ]
    schema = {"page_key": pl.String, "shape": pl.String, "rank": pl.Int64}
    schema |= {"precision_s": pl.Float64, "update_rank": pl.Int64}
    flags = {f"carries_{f}": pl.Boolean for f in (*INCIDENT_FIELDS, "updates")}
    return pl.DataFrame(rows, schema={**schema, **flags})


def _current(newest: pl.DataFrame, sightings: pl.DataFrame) -> pl.DataFrame:
    """Return one row per incident: each field from the best shape that carries it.

    How far it has come is said by the shape that shows its newest update: of two of the
    same minute, by the better one.
    """
    newest_link = pl.col("link").drop_nulls().first().alias("link")
    current = newest.group_by(INCIDENT_KEY, maintain_order=True).agg(
        *[_carried(field) for field in INCIDENT_FIELDS if field not in PROGRESS],
        pl.col("kind", "rank", "measured").first(),
        pl.col("outage_id", "deleted_at").drop_nulls().first(),
        pl.col("precision_s").max(),
        newest_link,
        pl.col("listed_at").max(),
        pl.col("untold").any(),
        (
            (pl.col("carries_updates") & pl.col("carries_component_ids")).any()
            & ~pl.col("untold").any()
        ).alias("tells_components"),
    )
    minute = pl.col("listed_at").dt.truncate("1m")
    newest_update_first = newest.sort(
        [*INCIDENT_KEY, minute, "rank"], descending=[False, False, True, False], nulls_last=True
    )
    come = newest_update_first.group_by(INCIDENT_KEY, maintain_order=True).agg(
        *[_carried(field) for field in PROGRESS], pl.col("stage").first()
    )
    seen = sightings.group_by(INCIDENT_KEY).agg(pl.col("captured_at").min().alias("first_seen_at"))
    return current.join(come, on=INCIDENT_KEY).join(seen, on=INCIDENT_KEY).sort(INCIDENT_KEY)


def _carried(field: str) -> pl.Expr:
    return pl.col(field).filter(pl.col(f"carries_{field}")).first().alias(field)


def _incident_versions(sightings: pl.DataFrame) -> pl.DataFrame:
    best = sightings.filter(pl.col("rank") == pl.col("rank").min().over(INCIDENT_KEY))
    return _known(_changed(best, INCIDENT_KEY, list(INCIDENT_FIELDS)), INCIDENT_KEY)


def _known(frame: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """Say from when and until when each version was known, whatever form showed it."""
    known = frame.rename({"captured_at": "known_from"}).sort(*key, "known_from", "shape")
    return known.with_columns(pl.col("known_from").shift(-1).over(key).alias("known_until"))


def _updates(
    updates: pl.DataFrame, newest: pl.DataFrame, sightings: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the newest updates, and all their versions.

    An update belongs to its incident as long as the newest sighting of its shape lists it. An
    update of a coarser shape is absorbed by one of a better shape with the same id, or of
    the same minute, stage and place.
    """
    ranked = updates.join(
        newest.select([*INCIDENT_KEY, "shape", "update_rank", "carries_updates", "update_ids"]),
        on=[*INCIDENT_KEY, "shape"],
        how="inner",
    ).filter("carries_updates")
    versions = _changed(ranked, [*UPDATE_KEY, "shape"], list(UPDATE_FIELDS))
    listed = pl.col("update_ids").str.split(" ").list.contains(pl.col("update_id"))
    versions = versions.with_columns(listed.alias("listed"))
    latest = versions.group_by([*UPDATE_KEY, "shape"], maintain_order=True).last()
    revisions = versions.group_by([*UPDATE_KEY, "shape"]).agg(
        (pl.len() - 1).alias("revision_count")
    )
    latest = latest.join(revisions, on=[*UPDATE_KEY, "shape"])
    kept = _absorb(latest.filter("listed"))
    known = versions.join(
        pl.concat([kept, latest.filter(~pl.col("listed"))]).select([*UPDATE_KEY, "shape"]),
        on=[*UPDATE_KEY, "shape"],
        how="semi",
    )
    ended = _ended(_known(known, UPDATE_KEY), sightings)
    return kept.sort(UPDATE_KEY), ended.sort([*UPDATE_KEY, "known_from"])


def _absorb(latest: pl.DataFrame) -> pl.DataFrame:
    minute = [*INCIDENT_KEY, "minute", "stage"]
    placed = latest.with_columns(pl.col("display_at").dt.truncate("1m").alias("minute"))
    placed = placed.sort(
        [*INCIDENT_KEY, "shape", "display_at", "created_at", "update_id"]
    ).with_columns(pl.int_range(pl.len()).over([*minute, "shape"]).alias("place"))
    best_of = pl.col("update_rank").min()
    best = (pl.col("update_rank") == best_of.over([*minute, "place"])) & (
        pl.col("update_rank") == best_of.over(UPDATE_KEY)
    )
    return placed.filter(best).drop("minute", "place")


def _ended(versions: pl.DataFrame, sightings: pl.DataFrame) -> pl.DataFrame:
    """Close the last version of an update that its incident no longer lists."""
    gone = versions.filter(~pl.col("listed") & pl.col("known_until").is_null())
    if gone.is_empty():
        return versions
    without = (
        gone.select([*UPDATE_KEY, "shape", "known_from"])
        .join(
            sightings.select([*INCIDENT_KEY, "shape", "captured_at", "update_ids"]),
            on=[*INCIDENT_KEY, "shape"],
        )
        .filter(
            (pl.col("captured_at") > pl.col("known_from"))
            & ~pl.col("update_ids").str.split(" ").list.contains(pl.col("update_id"))
        )
        .group_by([*UPDATE_KEY, "shape"])
        .agg(pl.col("captured_at").min().alias("gone_at"))
    )
    return (
        versions.join(without, on=[*UPDATE_KEY, "shape"], how="left")
        .with_columns(
            pl.when(~pl.col("listed"))
            .then(pl.coalesce("known_until", "gone_at"))
            .otherwise(pl.col("known_until"))
            .alias("known_until")
        )
        .drop("gone_at")
    )
