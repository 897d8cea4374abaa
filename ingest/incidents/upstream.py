"""Flag incidents that echo an outage of another provider beneath: both stay, one says so.

An incident echoes another where its words name the other's provider, and one of that provider's
own incidents was going on at the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import polars as pl

from ingest.registry import Provider

FLAG = "upstream"
#: Providers that stand on others: of these, incidents may be echoes.
ABOVE = frozenset({"inference", "tooling", "app", "data"})
#: A post comes this much before or after the incident beneath it is posted.
AROUND = timedelta(hours=1)
#: A name is told from ordinary words by its length, and by being written as a name.
SHORTEST_NAME = 4
#: Names that are ordinary words too, at the beginning of a sentence.
WORDS = frozenset(
    {"Factory", "Writer", "Bolt", "Warp", "Slack", "Notion", "Lambda", "Modal", "Luma"}
)
LONGEST_TEXT = 5000
FAR = datetime.max.replace(tzinfo=UTC)

Spans = Mapping[str, list[tuple[datetime, datetime]]]


def flag_echoes(
    tables: Mapping[str, pl.DataFrame], providers: Iterable[Provider]
) -> dict[str, pl.DataFrame]:
    """Return the tables of pages with the flag on every incident that echoes another's.

    Args:
        tables: What is derived page by page.
        providers: The registry's providers.
    """
    flagged = dict(tables)
    if "incidents" not in tables:
        return flagged
    incidents, known = tables["incidents"], list(providers)
    spans = _spans(incidents)
    patterns = {
        one.slug: pattern for one in known if one.slug in spans and (pattern := _pattern(one))
    }
    above = {one.slug for one in known if one.category in ABOVE}
    echoes = [
        key
        for key, provider, start, end, text in _texts(tables, above)
        if any(
            slug != provider and _meets(spans[slug], start, end) and pattern.search(text)
            for slug, pattern in patterns.items()
        )
    ]
    if echoes:
        key = ["page_key", "incident_id"]
        named = pl.DataFrame(echoes, schema=key, orient="row").with_columns(
            pl.lit(value=True).alias("echo")
        )
        flags = pl.col("flags").list.concat(pl.lit([FLAG])).list.unique().list.sort()
        flagged["incidents"] = (
            incidents.join(named, on=key, how="left", maintain_order="left")
            .with_columns(
                pl.when(pl.col("echo").fill_null(value=False))
                .then(flags)
                .otherwise("flags")
                .alias("flags")
            )
            .drop("echo")
        )
    return flagged


def _spans(incidents: pl.DataFrame) -> Spans:
    """Return when incidents of each provider went on, by provider."""
    found: dict[str, list[tuple[datetime, datetime]]] = {}
    rows = incidents.filter(pl.col("kind") == "incident").select(
        "provider", pl.coalesce("started_at", "published_at").alias("start"), "resolved_at"
    )
    for provider, start, end in rows.drop_nulls("start").iter_rows():
        found.setdefault(provider, []).append((start, end or FAR))
    return found


def _pattern(provider: Provider) -> re.Pattern[str] | None:
    """Return a pattern of the names of a provider; None where they are ordinary words."""
    names = [part.strip() for part in re.split(r"[()/]", provider.name)]
    telling = [one for one in names if len(one) >= SHORTEST_NAME and one not in WORDS]
    if not telling:
        return None
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, telling))})\b")


def _texts(
    tables: Mapping[str, pl.DataFrame], above: Iterable[str]
) -> Iterator[tuple[tuple[str, str], str, datetime, datetime, str]]:
    """Yield key, provider, start, end and text of each incident that may be an echo."""
    key = ["page_key", "incident_id"]
    bodies = tables["updates"].group_by(key).agg(pl.col("body_text").str.join(" "))
    rows = (
        tables["incidents"]
        .filter((pl.col("kind") == "incident") & pl.col("provider").is_in([*above]))
        .join(bodies, on=key, how="left")
        .select(
            *key,
            "provider",
            pl.coalesce("started_at", "published_at").alias("start"),
            "resolved_at",
            pl.concat_str("title", "body_text", separator=" ", ignore_nulls=True),
        )
    )
    for page_key, incident_id, provider, start, end, text in rows.drop_nulls("start").iter_rows():
        yield (page_key, incident_id), provider, start, end or FAR, text[:LONGEST_TEXT]


def _meets(spans: Iterable[tuple[datetime, datetime]], start: datetime, end: datetime) -> bool:
    """Tell whether a span reaches into another's time, or near it."""
    last = end if end == FAR else end + AROUND
    return any(a <= last and start - AROUND <= b for a, b in spans)
