"""Find what is missing from a list that should show it, or said to be deleted.

Absence means something only inside a list's horizon, and only after three successive good
captures: feeds are cut, cached and now and then served half.
"""

from __future__ import annotations

import polars as pl

from ingest.models import ANY_INCIDENT, Stage

#: Successive good captures without a record before it counts as removed.
CAPTURES = 3


def removed_incidents(
    polls: pl.DataFrame, incidents: pl.DataFrame, seen: pl.DataFrame
) -> pl.DataFrame:
    """Find incidents gone from a list inside its horizon.

    Args:
        polls: runs of captures, in time.
        incidents: page_key, incident_id, listed_at.
        seen: page_key, incident_id, captured_at of every sighting.

    Returns:
        page_key, incident_id, removed_at (the first capture without it), listed_until (the
        last capture that showed it).
    """
    gone = _missing(_lists(polls), "incident_id").join(
        incidents.select("page_key", "incident_id", "listed_at"), on=["page_key", "incident_id"]
    )
    reaches_on = pl.col("until_at").is_null() | (pl.col("listed_at") < pl.col("until_at"))
    inside = gone.filter((pl.col("horizon_at") < pl.col("listed_at")) & reaches_on)
    found = _enough(inside, "incident_id", "removed_at")
    later = (
        found.join(seen, on=["page_key", "incident_id"])
        .filter(pl.col("captured_at") >= pl.col("removed_at"))
        .select("page_key", "incident_id")
    )
    return found.join(later, on=["page_key", "incident_id"], how="anti")


def withdrawn_plans(polls: pl.DataFrame, incidents: pl.DataFrame) -> pl.DataFrame:
    """Find planned maintenances gone from a list of the present before they were to begin.

    What is announced stays in such a list at least until then. One that another list still shows
    is not gone.

    Args:
        polls: runs of captures, in time.
        incidents: page_key, incident_id, stage, scheduled_start_at.

    Returns:
        As ``removed_incidents``.
    """
    key = ["page_key", "incident_id"]
    planned = incidents.filter(
        pl.col("scheduled_start_at").is_not_null(), stage=Stage.SCHEDULED
    ).select(*key, "scheduled_start_at")
    present = polls.filter(pl.col("shown").is_not_null()).with_columns(present="shown")
    gone = _missing(_numbered(present.filter(_names_all())), "incident_id").join(planned, on=key)
    found = _enough(
        gone.filter(pl.col("first_at") < pl.col("scheduled_start_at")), "incident_id", "removed_at"
    )
    listed = polls.filter(~pl.col("roster") & pl.col("present").is_not_null())
    last = (
        pl.concat([listed, present], how="vertical")
        .select("page_key", "last_at", pl.col("present").str.split(" ").alias("incident_id"))
        .explode("incident_id")
        .group_by(key)
        .agg(pl.col("last_at").max())
    )
    still = found.join(last, on=key).filter(pl.col("last_at") >= pl.col("removed_at"))
    return found.join(still, on=key, how="anti")


def deleted_incidents(incidents: pl.DataFrame) -> pl.DataFrame:
    """Find incidents that their page says it deleted.

    Args:
        incidents: page_key, incident_id, deleted_at.

    Returns:
        page_key, incident_id, removed_at and listed_until (both when it was deleted).
    """
    deleted = incidents.filter(pl.col("deleted_at").is_not_null())
    return deleted.select(
        "page_key",
        "incident_id",
        pl.col("deleted_at").alias("removed_at"),
        pl.col("deleted_at").alias("listed_until"),
    )


def lapsed_incidents(polls: pl.DataFrame, open_incidents: pl.DataFrame) -> pl.DataFrame:
    """Find open incidents gone from a list that shows every open one: they ended unseen.

    Args:
        polls: runs of captures, in time.
        open_incidents: page_key, incident_id.

    Returns:
        page_key, incident_id, listed_until (the last capture that showed it) and over_by:
        the horizon of the first list without it, or, where a list reaching back further
        lacks it, the time of that list.
    """
    gone = _missing(_lists(polls), "incident_id").join(
        open_incidents, on=["page_key", "incident_id"], how="semi"
    )
    passed = pl.col("horizon_at") > pl.col("listed_until")
    return (
        gone.sort("nr")
        .group_by("page_key", "url", "incident_id", maintain_order=True)
        .agg(pl.col("polls").sum(), pl.col("first_at", "horizon_at", "listed_until").first())
        .filter(pl.col("polls") >= CAPTURES)
        .with_columns(pl.when(passed).then("horizon_at").otherwise("first_at").alias("over_by"))
        .select("page_key", "incident_id", "listed_until", "over_by")
    )


def retired_components(polls: pl.DataFrame) -> pl.DataFrame:
    """Find components gone from a complete roster.

    Returns:
        page_key, component_id, retired_at (the first roster without it).
    """
    rosters = _numbered(polls.filter(pl.col("roster") & (pl.col("records") > 0)))
    return _enough(_missing(rosters, "component_id"), "component_id", "retired_at")


def _lists(polls: pl.DataFrame) -> pl.DataFrame:
    lists = pl.col("horizon_at").is_not_null() & ~pl.col("roster")
    return _numbered(polls.filter(lists & _names_all()))


def _names_all() -> pl.Expr:
    """Tell whether a list names all it holds.

    A row that was refused and does not even say its id may be any: nothing is absent there.
    """
    return ~pl.format(" {} ", "present").str.contains(f" {ANY_INCIDENT} ", literal=True)


def _numbered(runs: pl.DataFrame) -> pl.DataFrame:
    good = runs.filter(pl.col("failure").is_null() & pl.col("present").is_not_null())
    return good.sort("page_key", "url", "first_at").with_columns(
        pl.int_range(pl.len()).over("page_key", "url").alias("nr")
    )


def _missing(runs: pl.DataFrame, record: str) -> pl.DataFrame:
    """Find, for each record, the captures right after the last one that showed it."""
    # Most lists show what the one before them showed: their ids are taken apart once.
    last = (
        runs.group_by("page_key", "url", "present")
        .agg(pl.col("nr").max(), pl.col("last_at").max().alias("listed_until"))
        .with_columns(pl.col("present").str.split(" ").alias(record))
        .explode(record)
        .filter(pl.col(record) != "")
        .group_by("page_key", "url", record)
        .agg(pl.col("nr", "listed_until").max())
    )
    # Every run holds at least one capture, so no more than CAPTURES runs are needed.
    after = last.with_columns(
        pl.int_ranges(pl.col("nr") + 1, pl.col("nr") + 1 + CAPTURES).alias("nr")
    ).explode("nr")
    columns = ["page_key", "url", "nr", "first_at", "polls", "horizon_at", "until_at"]
    return after.join(runs.select(columns), on=["page_key", "url", "nr"])


def _enough(missing: pl.DataFrame, record: str, name: str) -> pl.DataFrame:
    return (
        missing.group_by("page_key", "url", record)
        .agg(
            pl.col("polls").sum(),
            pl.col("first_at").min().alias(name),
            pl.col("listed_until").first(),
        )
        .filter(pl.col("polls") >= CAPTURES)
        .group_by("page_key", record)
        .agg(pl.col(name).min(), pl.col("listed_until").max())
        .sort("page_key", record)
    )
