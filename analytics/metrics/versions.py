"""Tell what of incidents and updates was changed after it was posted, as captures showed it.

METHODOLOGY, "Transparency". A page shows its newest wording alone; the versions that captures
kept show what it was before, what was withdrawn, and what was written in later.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import narwhals as nw
import polars as pl

from analytics.memo import once
from analytics.question import nothing
from analytics.snapshot import Snapshot, fetched

POST = ["page_key", "incident_id"]
UPDATE = [*POST, "update_id"]
INSTANT = pl.Datetime("us", "UTC")
#: Kinds of change: the incident goes on to its end; a field has another value; the impact is
#: milder, or worse; an update or a whole incident is gone; one is there that claims to be older
#: than a capture without it.
PROGRESS, EDIT, DOWNGRADE, UPGRADE, RETRACTION, ADDITION = (
    *("progress", "edit", "downgrade"),
    *("upgrade", "retraction", "addition"),
)
#: Impacts from mild to bad; others have no place.
IMPACTS = ("none", "minor", "major", "critical")
TEXTS = ("title", "body")
#: Fields by which an incident comes to its end, as every one does.
GOING_ON = ("status", "monitoring_at", "resolved_at")
#: Pages answer from caches: an update may be this old when its page first shows it.
CACHED = timedelta(minutes=15)
#: Columns of versions by which changes are found; their texts are read of those alone.
SEEN = (
    *UPDATE,
    *("known_from", "known_until", "url", "created_at", "display_at", "resolved_at"),
)
CHANGES: Mapping[str, Any] = {
    "page_key": pl.String,
    "incident_id": pl.String,
    # Null: the incident itself.
    "update_id": pl.String,
    # First capture that showed it so.
    "known_from": INSTANT,
    "kind": pl.String,
    # Canonical field; "update" or "post" where the whole of it came or went.
    "field": pl.String,
    "old_value": pl.String,
    "new_value": pl.String,
    # A capture before had shown the incident over.
    "after_end": pl.Boolean,
}


@once(nothing)
def changes(snapshot: Snapshot) -> pl.DataFrame:
    """List what was changed of incidents and updates since captures first showed them.

    Returns:
        Columns of ``CHANGES``, in time.
    """
    versions = snapshot.columns("versions", SEEN, _followed(snapshot))
    found = pl.concat(
        [_edits(snapshot), _retractions(snapshot, versions), _additions(snapshot, versions)]
    )
    after_end = (pl.col("known_from") > pl.col("end_known_at")).fill_null(value=False)
    return (
        found.join(_ends_known(snapshot, found), on=POST, how="left")
        .with_columns(after_end.alias("after_end"))
        .select(list(CHANGES))
        .sort("known_from", *UPDATE, "field", nulls_last=False)
    )


def _followed(snapshot: Snapshot) -> pl.DataFrame:
    """Return the incidents that something may have been taken from, or written into later.

    Of all others there is no version to compare: most claim the time at which captures saw them.

    Returns:
        Columns of ``POST``.
    """
    taken = ~nw.col("update_id").is_null() & ~nw.col("known_until").is_null()
    late = nw.col("known_from") > nw.coalesce("created_at", "display_at") + CACHED
    with snapshot.related("versions") as read:
        return fetched(read["versions"].filter(taken | late).select(*POST).unique())


def _ends_known(snapshot: Snapshot, found: pl.DataFrame) -> pl.DataFrame:
    """Return when a capture first showed each incident over: page_key, incident_id, and when."""
    read = [*UPDATE, "known_from", "resolved_at"]
    versions = snapshot.columns("versions", read, found.select(POST).unique())
    over = pl.col("update_id").is_null() & pl.col("resolved_at").is_not_null()
    ends = versions.filter(over).group_by(POST)
    return ends.agg(pl.col("known_from").min().alias("end_known_at"))


def _of(versions: pl.DataFrame, found: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Return the versions of what was found: all the others need not be put in order."""
    return versions.join(found.select(key), on=key, how="semi", nulls_equal=True)


def _edits(snapshot: Snapshot) -> pl.DataFrame:
    """Return the fields that have another value than before."""
    old, new = (_rank(column) for column in ("old_value", "new_value"))
    impact = pl.col("field") == "impact"
    goes_on = pl.col("field").is_in(GOING_ON) & pl.col("update_id").is_null()
    kind = (
        pl.when(goes_on & ((pl.col("field") == "status") | pl.col("old_value").is_null()))
        .then(pl.lit(PROGRESS))
        .when(impact & (new < old))
        .then(pl.lit(DOWNGRADE))
        .when(impact & (new > old))
        .then(pl.lit(UPGRADE))
        .otherwise(pl.lit(EDIT))
    )
    worded = as_worded("old_value").eq_missing(as_worded("new_value"))
    rewritten = snapshot.table("revisions").filter(~(pl.col("field").is_in(TEXTS) & worded))
    return rewritten.with_columns(kind.alias("kind")).select(FOUND)


def as_worded(column: str) -> pl.Expr:
    """Return a text without what is no word of it: a page may fold its lines anew."""
    return pl.col(column).str.replace_all(r"\s+", " ").str.strip_chars()


def _rank(column: str) -> pl.Expr:
    ranks = {impact: rank for rank, impact in enumerate(IMPACTS)}
    return pl.col(column).replace_strict(ranks, default=None, return_dtype=pl.Int64)


def _retractions(snapshot: Snapshot, versions: pl.DataFrame) -> pl.DataFrame:
    """Return updates that their incidents no longer list, and incidents that are gone."""
    updates = versions.filter(pl.col("update_id").is_not_null())
    gone = (
        _of(updates, updates.filter(pl.col("known_until").is_not_null()), UPDATE)
        .group_by(UPDATE)
        .agg(
            pl.col("known_until").is_not_null().all().alias("gone"),
            pl.col("known_until").max().alias("known_from"),
        )
        .filter("gone")
    )
    last = _worded(snapshot, gone).unique(UPDATE, keep="last", maintain_order=True)
    worded = gone.join(last.select(*UPDATE, pl.col("body").alias("old_value")), on=UPDATE)
    removed = (
        snapshot.columns("incidents", [*POST, "removed_at", "title"])
        .filter(pl.col("removed_at").is_not_null())
        .select(*POST, pl.col("removed_at").alias("known_from"), pl.col("title").alias("old_value"))
        .with_columns(
            update_id=pl.lit(None, pl.String),
            field=pl.lit("post"),
            new_value=pl.lit(None, pl.String),
        )
    )
    withdrawn = worded.with_columns(field=pl.lit("update"), new_value=pl.lit(None, pl.String))
    found = pl.concat([withdrawn.select(removed.columns), removed])
    return found.with_columns(kind=pl.lit(RETRACTION)).select(FOUND)


def _worded(snapshot: Snapshot, found: pl.DataFrame) -> pl.DataFrame:
    """Return the texts that captures showed of some incidents and updates, in time."""
    texts = snapshot.columns(
        "versions", [*UPDATE, "known_from", "title", "body"], found.select(POST).unique()
    )
    return texts.sort("known_from", maintain_order=True)


def _additions(snapshot: Snapshot, versions: pl.DataFrame) -> pl.DataFrame:
    """Return updates and incidents that claim to be older than a good capture without them.

    By the address that first showed each: another one may well be slower. An update must be newer
    to us than its incident, and an incident must not be known from another form of its page.
    """
    good = snapshot.table("captures").filter(pl.col("failure").is_null())
    before = good.select("page_key", "url", pl.col("last_at").alias("captured_at"))
    claimed = pl.coalesce("created_at", "display_at").alias("claimed_at")
    earliest = before.group_by("page_key", "url").agg(pl.col("captured_at").min())
    late = pl.col("known_from") > pl.max_horizontal("captured_at", claimed + CACHED)
    first = (
        _of(versions, versions.join(earliest, on=["page_key", "url"]).filter(late), UPDATE)
        .sort("known_from", maintain_order=True)
        .unique(UPDATE, keep="first", maintain_order=True)
        .select(*UPDATE, "known_from", "url", claimed)
    )
    post = pl.col("update_id").is_null()
    added = (
        first.join_asof(
            before.sort("captured_at"),
            left_on="known_from",
            right_on="captured_at",
            by=["page_key", "url"],
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .join(_seen_since(snapshot, _of(versions, first, POST)), on=POST, how="left")
        .filter(
            (pl.col("claimed_at") + CACHED < pl.col("captured_at"))
            & pl.when(post)
            .then(pl.col("known_from") <= pl.col("first_seen_at"))
            .otherwise(pl.col("known_from") > pl.col("listed_from"))
        )
    )
    texts = _worded(snapshot, added).unique(UPDATE, keep="first", maintain_order=True)
    return (
        added.join(texts.drop("known_from"), on=UPDATE, nulls_equal=True)
        .with_columns(
            kind=pl.lit(ADDITION),
            field=pl.when(post).then(pl.lit("post")).otherwise(pl.lit("update")),
            old_value=pl.lit(None, pl.String),
            new_value=pl.when(post).then("title").otherwise("body"),
        )
        .select(FOUND)
    )


def _seen_since(snapshot: Snapshot, versions: pl.DataFrame) -> pl.DataFrame:
    """Return when each incident was first seen at all, and in the form its versions are of."""
    post = pl.col("update_id").is_null()
    listed = versions.filter(post).group_by(POST).agg(pl.col("known_from").min())
    seen = snapshot.columns("incidents", [*POST, "first_seen_at"])
    return seen.join(listed.rename({"known_from": "listed_from"}), on=POST, how="left")


#: What a change is found with, before it is known whether the incident was over.
FOUND = [column for column in CHANGES if column != "after_end"]
