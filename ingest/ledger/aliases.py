"""Join the records of a page that gave them other ids.

A page that is built anew shows its incidents and components under other ids. They are the same
records: one that vanishes from a list in the very capture in which another appears under its
name and with its times. The first id stays, and the other one is its alias; taken for two
records, each would be counted twice, and what the old one shows would end in a false green.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from ingest.ledger.posted_values import INSTANT
from ingest.ledger.sightings import Frames
from ingest.models import Page

INCIDENT, COMPONENT = "incident", "component"
#: ``first_id``: the id that stays. ``listed``: how many records the list held before.
ALIASES: Mapping[str, Any] = {
    "page_key": pl.String,
    "record": pl.String,
    "alias": pl.String,
    "first_id": pl.String,
    "at": INSTANT,
    "listed": pl.Int64,
}
#: Times of an incident that stay as they are; those that both ids tell must agree.
FIXED_TIMES = ("created_at", "started_at", "scheduled_start_at")
#: No time is compared more finely, in seconds: a page built anew may drop fractions.
FINEST_S = 1.0
#: Where a capture lists ids; frames that say something of a component.
LISTED = ("present", "shown")
OF_COMPONENTS = ("components", "posted_days", "posted_ratios")
TURN = ["page_key", "url", "at"]
BOTH = (("gone", "came"), ("came", "gone"))
#: Incidents that an answer lists, whether it says what is open or what was.
SHOWN_INCIDENTS = pl.when("roster").then("shown").otherwise(pl.coalesce("present", "shown"))

Ids = Mapping[str, str]
"""The id that stays, by alias."""


def joined_aliases(folded: Frames) -> tuple[Frames, pl.DataFrame]:
    """Give each record that goes on under another id the first one it had.

    Args:
        folded: what ``fold`` returns; ``incidents`` also with ``rank`` and ``precision_s`` of
            their forms.

    Returns:
        The same frames, not folded anew; and the columns of ``ALIASES``.
    """
    pairs = [
        *_first_ids(INCIDENT, _same_incidents(folded["polls"], folded["incidents"])),
        *_first_ids(COMPONENT, _same_components(folded["polls"], folded["components"])),
    ]
    aliases = pl.DataFrame(pairs, schema=ALIASES, orient="row").sort("page_key", "record", "alias")
    if aliases.is_empty():
        return folded, aliases
    return _renamed(folded, aliases), aliases


def aliases_by_id(aliases: pl.DataFrame) -> dict[str, list[str]]:
    """Return the aliases of each record of a page by the id that stays, oldest first."""
    found: dict[str, list[str]] = {}
    for first_id, alias in aliases.sort("at", "alias").select("first_id", "alias").iter_rows():
        found.setdefault(first_id, []).append(alias)
    return found


def with_first_ids(page: Page, aliases: pl.DataFrame) -> Page:
    """Return a page whose own components go by the ids that stay."""
    ids = dict(aliases.filter(record=COMPONENT).select("alias", "first_id").iter_rows())
    if not ids:
        return page
    own, products = page.component_ids, page.product_ids
    return replace(
        page,
        component_ids=tuple(dict.fromkeys(ids.get(one, one) for one in own)),
        product_ids=tuple(dict.fromkeys(ids.get(one, one) for one in products)),
    )


def _turns(polls: pl.DataFrame, ids: pl.Expr) -> pl.DataFrame:
    """Find successive answers of an address of which the later lacks and adds records.

    Returns:
        page_key, url, at, components_key and the one before it, gone and came (lists of ids),
        listed.
    """
    source = ["page_key", "url"]
    now, before = (pl.col(name).str.split(" ").list for name in ("ids", "ids_before"))
    named = pl.element() != ""
    return (
        polls.filter(pl.col("read") & pl.col("failure").is_null())
        .with_columns(ids.alias("ids"))
        .drop_nulls("ids")
        .sort(*source, "first_at")
        .with_columns(
            pl.col("ids").shift(1).over(source).alias("ids_before"),
            pl.col("components_key").shift(1).over(source).alias("key_before"),
        )
        # Most answers list what the one before them did: only the others are taken apart.
        .filter(pl.col("ids") != pl.col("ids_before"))
        .with_columns(now.filter(named).alias("ids"), before.filter(named).alias("ids_before"))
        .select(
            *source,
            "components_key",
            pl.col("first_at").alias("at"),
            "key_before",
            pl.col("ids_before").list.set_difference("ids").alias("gone"),
            pl.col("ids").list.set_difference("ids_before").alias("came"),
            pl.col("ids_before").list.len().cast(pl.Int64).alias("listed"),
        )
        .filter((pl.col("gone").list.len() > 0) & (pl.col("came").list.len() > 0))
    )


def _same_incidents(polls: pl.DataFrame, incidents: pl.DataFrame) -> pl.DataFrame:
    """Find incidents that left a list as others of their title and times came.

    Returns:
        The columns of ``TURN``, gone, came, listed.
    """
    turns = _turns(polls, SHOWN_INCIDENTS)
    known = incidents.select(
        *("page_key", "incident_id", "kind", "title", "captured_at", "rank", "precision_s"),
        *("also_known_by", *FIXED_TIMES),
    ).drop_nulls("title")

    def shown(which: str, *, before: bool) -> pl.DataFrame:
        """Return what each id was at its turn, by the best form that shows it."""
        seen = pl.col("captured_at") < pl.col("at")
        return (
            turns.select(*TURN, "listed", which)
            .explode(which)
            .join(known, left_on=["page_key", which], right_on=["page_key", "incident_id"])
            .filter(seen if before else ~seen)
            .with_columns((pl.col("captured_at") - pl.col("at")).abs().alias("apart"))
            .sort(*TURN, which, "rank", "apart")
            .unique([*TURN, which], keep="first", maintain_order=True)
            .drop("captured_at", "rank", "apart")
        )

    both = shown("gone", before=True).join(
        shown("came", before=False).drop("listed"),
        on=[*TURN, "kind", "title"],
        suffix="_new",
    )
    step = pl.max_horizontal("precision_s", "precision_s_new", pl.lit(FINEST_S))
    agree = [_in_steps(time, step).eq(_in_steps(f"{time}_new", step)) for time in FIXED_TIMES]
    joined = pl.col("also_known_by") == pl.col("also_known_by_new")  # by what both forms say
    told = both.filter(
        pl.all_horizontal(one.fill_null(value=True) for one in agree)
        & pl.any_horizontal(one.is_not_null() for one in agree)
        & ~joined.fill_null(value=False)
    )
    return _alone(told.select(*TURN, "gone", "came", "listed"), polls)


def _in_steps(time: str, step: pl.Expr) -> pl.Expr:
    return (pl.col(time).dt.epoch("us") / (step * 1_000_000)).floor()


def _same_components(polls: pl.DataFrame, components: pl.DataFrame) -> pl.DataFrame:
    """Find components that left a roster as others of their name and group came.

    Returns:
        The columns of ``TURN``, gone, came, listed.
    """
    turns = _turns(polls, pl.when("roster").then("present"))
    source = ["page_key", "url"]
    named = components.select(*source, "components_key", "component_id", "name", "group_name")

    def shown(which: str, key: str) -> pl.DataFrame:
        return (
            turns.select(*TURN, "listed", which, key)
            .explode(which)
            .join(
                named.drop_nulls("name"),
                left_on=[*source, key, which],
                right_on=[*source, "components_key", "component_id"],
            )
            .drop(key)
        )

    both = shown("gone", "key_before").join(
        shown("came", "components_key").drop("listed"),
        on=[*TURN, "name", "group_name"],
        nulls_equal=True,
    )
    return _alone(both.select(*TURN, "gone", "came", "listed"), polls)


def _alone(pairs: pl.DataFrame, polls: pl.DataFrame) -> pl.DataFrame:
    """Keep pairs of which neither id has another match, and that no list shows together."""
    one = [pl.col(other).n_unique().over(*TURN, which) == 1 for which, other in BOTH]
    single = pairs.filter(pl.all_horizontal(one)).with_columns(
        pl.col("listed").max().over("page_key", "gone", "came")
    )
    if single.is_empty():
        return single
    ids = pl.coalesce("present", "shown").str.split(" ")
    lists = polls.select("page_key", ids.alias("ids")).drop_nulls("ids").unique()
    together = (
        single.select("page_key", "gone", "came")
        .unique()
        .join(lists, on="page_key")
        .filter(pl.all_horizontal(pl.col("ids").list.contains(pl.col(c)) for c, _ in BOTH))
    )
    return single.join(together, on=["page_key", "gone", "came"], how="anti")


def _first_ids(record: str, pairs: pl.DataFrame) -> Iterable[Sequence[Any]]:
    """Return rows of ``ALIASES``: a record may change its id again, or get an old one back."""
    first: dict[tuple[str, str], str] = {}
    for page_key, _, at, gone, came, listed in pairs.sort("at", "url", "gone").iter_rows():
        stays = first.get((page_key, gone), gone)
        if came != stays and (page_key, came) not in first:
            first[page_key, came] = stays
            yield page_key, record, came, stays, at, listed


def _renamed(folded: Frames, aliases: pl.DataFrame) -> Frames:
    """Write the ids that stay wherever a frame holds an alias."""
    frames = dict(folded)
    for (page_key,), mine in aliases.group_by("page_key", maintain_order=True):
        here = pl.col("page_key") == page_key
        ids = dict(mine.select("alias", "first_id").iter_rows())
        posts = dict(mine.filter(record=INCIDENT).select("alias", "first_id").iter_rows())
        updates = frames["updates"].filter(here)
        for name, columns in _columns(ids, _update_ids(updates, posts)).items():
            frames[name] = frames[name].with_columns(
                pl.when(here).then(written).otherwise(pl.col(column)).alias(column)
                for column, written in columns.items()
            )
    return frames


def _columns(ids: Ids, updates: Ids) -> Mapping[str, Mapping[str, pl.Expr]]:
    """Return what the columns of a page become, by frame."""
    component = pl.col("component_id").replace(ids)
    incident = pl.col("incident_id").replace(ids)
    return {
        "polls": {name: _words(name, ids).list.sort().list.join(" ") for name in LISTED},
        "incidents": {
            "incident_id": incident,
            "component_ids": _words("component_ids", ids).list.join(" "),
            "impacts": _structs("impacts", ids).list.sort(),
            "update_ids": _words("update_ids", updates).list.sort().list.join(" "),
        },
        "updates": {
            "incident_id": incident,
            "update_id": pl.col("update_id").replace(updates),
            "changes": _structs("changes", ids),
        },
        **{name: {"component_id": component} for name in OF_COMPONENTS},
    }


def _words(column: str, ids: Ids) -> pl.Expr:
    words = pl.col(column).str.split(" ").list.eval(pl.element().replace(ids))
    return words.list.unique(maintain_order=True)


def _structs(column: str, ids: Ids) -> pl.Expr:
    one = pl.element().struct
    return pl.col(column).list.eval(one.with_fields(pl.field("component_id").replace(ids)))


def _update_ids(updates: pl.DataFrame, incidents: Ids) -> Ids:
    """Find which updates of incidents with aliases go on: those of one time and stage.

    Args:
        updates: the updates of one page.
        incidents: the id that stays, by alias.
    """
    families = {*incidents, *incidents.values()}
    time = pl.coalesce("display_at", "created_at").dt.truncate("1s")
    ordered = (
        updates.filter(pl.col("incident_id").is_in(list(families)))
        .filter(pl.col("incident_id").n_unique().over("update_id") == 1)
        .sort("captured_at", time, "update_id")
        .unique("update_id", keep="first", maintain_order=True)
        .select("incident_id", "update_id", "shape", "stage", time.alias("time"))
    )
    first: dict[tuple[Any, ...], str] = {}
    found: dict[str, str] = {}
    places: Counter[tuple[Any, ...]] = Counter()
    for incident_id, update_id, *like in ordered.iter_rows():
        place = places[incident_id, *like]
        places[incident_id, *like] += 1
        stays = incidents.get(incident_id, incident_id)
        found[update_id] = first.setdefault((stays, *like, place), update_id)
    return {alias: first_id for alias, first_id in found.items() if alias != first_id}
