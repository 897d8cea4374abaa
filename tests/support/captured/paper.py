"""Read the data of a paper on outages of language models, where this machine has them.

The paper: "An Empirical Characterization of Outages and Incidents in Public Services for
Large Language Models" (ICPE 2025, arXiv 2501.12469).

Two readings of the same 542 posts. ``stages`` and ``calendar`` are the authors' cleaned
tables, for their numbers by their definitions. ``publish`` brings the posts as they were
scraped through our own import: each row is written again as the page's own JSON, so that
parsing, clocks and publication are ours. What the scraper did not see, it cannot hold: times
are the minutes a page displays, for both of its clocks, and no update says what became of a
component.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import polars as pl

from tests.support.command_line import cli
from tests.support.paths import FEEDS

DATA = FEEDS / "academic" / "llm-service-analysis"
INCIDENTS = DATA / "raw" / "incident" / "2024-08-31"
#: When it was scraped: a post of 20:30 UTC on 30 August was "18 hours ago".
SCRAPED_AT = datetime(2024, 8, 31, 15, tzinfo=UTC)
#: The authors' name of a provider, ours, and the first day of its posts.
PROVIDERS = {
    "openai": ("openai", "2021-02-09"),
    "anthropic": ("anthropic", "2023-03-16"),
    "characterai": ("character-ai", "2023-10-24"),
}
#: Columns and calendars of the cleaned tables, and the names the paper prints.
SERVICES = {
    "API": "API-OpenAI",
    "ChatGPT": "ChatGPT",
    "Labs": "DALL-E",
    "Playground": "Playground",
    "api.anthropic.com": "API-Anthropic",
    "claude.ai": "Claude",
    "console.anthropic.com": "Console",
    "Character.AI": "Character.AI",
}
STAGES = ("investigating", "identified", "monitoring", "resolved", "postmortem")
#: How a page of 2024 wrote its zone.
ZONES = {"PDT": timezone(timedelta(hours=-7)), "PST": timezone(timedelta(hours=-8))}


def stages() -> pl.DataFrame:
    """Return the authors' table of posts: one instant per stage, a 0/1 column per service."""
    table = pl.read_csv(DATA / "clean" / "incident_stages.csv")
    instant = pl.selectors.ends_with("_timestamp").str.to_datetime("%Y-%m-%d %H:%M:%S%z")
    return table.with_columns(instant.dt.convert_time_zone("UTC"))


def in_order(table: pl.DataFrame) -> pl.DataFrame:
    """Make posts whose stages follow each other: the paper drops the others."""
    known = pl.concat_list([f"{stage}_timestamp" for stage in STAGES]).list.drop_nulls()
    return table.filter(known.list.sort() == known)


def by_service(table: pl.DataFrame) -> pl.DataFrame:
    """Make a row for every service a post names, as the paper counts; none for a post of none.

    Columns: those of ``stages`` and service.
    """
    return pl.concat(
        table.filter(pl.col(column) == 1).with_columns(service=pl.lit(name))
        for column, name in SERVICES.items()
    )


def between(first: str, second: str) -> pl.Expr:
    """Hours from one stage to another, null where a post lacks either."""
    apart = pl.col(f"{second}_timestamp") - pl.col(f"{first}_timestamp")
    return apart.dt.total_seconds() / 3600


def time_to_resolve() -> pl.Expr:
    """Return the paper's hours to resolve, from the first stage; null if resolved only."""
    first = pl.min_horizontal([f"{stage}_timestamp" for stage in STAGES[:3]])
    return (pl.col("resolved_timestamp") - first).dt.total_seconds() / 3600


def calendar() -> pl.DataFrame:
    """Service-days of the pages' own calendars, with the paper's names.

    Columns: Date (page-local), service, outage_flag, partial_outage_minutes,
    major_outage_minutes, total_outage_minutes, scaled_total_outage_minutes.
    """
    table = pl.read_csv(DATA / "clean" / "outage_unexploded.csv", try_parse_dates=True)
    names = {column.lower(): name for column, name in SERVICES.items()}
    return table.with_columns(service=pl.col("Service").replace_strict(names))


def gaps(rows: pl.DataFrame) -> pl.Series:
    """Days from the start of each post to that of the next."""
    return rows["start_timestamp"].sort().diff().drop_nulls().dt.total_seconds() / 86_400


def outage_days() -> dict[str, set[date]]:
    """Return the days of each service's calendar with any outage."""
    bad = calendar().filter(pl.col("outage_flag") > 0)
    return {name: set(bad.filter(service=name)["Date"]) for name in SERVICES.values()}


def publish(data: Path) -> None:
    """Import all posts of the three providers into a data folder, and publish them."""
    data.mkdir()
    for name, (provider, since) in PROVIDERS.items():
        path = data / f"{name}.jsonl"
        path.write_text("\n".join(json.dumps(post) for post in posts(name)))
        words = ["--provider", provider, "--platform", "statuspage", "--complete-since", since]
        done = cli(data, "import", path, *words, "--captured-at", SCRAPED_AT.isoformat())
        assert (done.exit_code, done.stderr) == (0, "")


def posts(name: str) -> Iterator[dict[str, Any]]:
    """Return the scraped posts of a provider in the page's own JSON."""
    for path in sorted((INCIDENTS / name).glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            yield from map(_post, csv.DictReader(file))


def _post(row: dict[str, str]) -> dict[str, Any]:
    incident_id = row["Incident_Link"].rpartition("/")[2]
    updates = _updates(incident_id, json.loads(row["Updates"]))
    resolved = [u["created_at"] for u in updates if u["status"] == "resolved"]
    return {
        "id": incident_id,
        "name": row["Incident_Title"],
        "status": updates[-1]["status"],
        "impact": row["Incident_Impact"].removeprefix("impact-"),
        "created_at": updates[0]["created_at"],
        "started_at": updates[0]["created_at"],
        "monitoring_at": None,
        "resolved_at": resolved[-1] if resolved else None,
        "shortlink": row["Incident_Link"],
        "components": [{"id": _slug(part), "name": part} for part in named(row["Service"])],
        "incident_updates": updates[::-1],
    }


def _updates(incident_id: str, shown: list[dict[str, str]]) -> list[dict[str, Any]]:
    """List the updates, oldest first; "Update" heads one whose stage did not change."""
    found: list[dict[str, Any]] = []
    for nr, one in enumerate(reversed(shown)):
        title = one["Update_Title"].lower()
        at = displayed(one["Update_Timestamp"]).isoformat()
        found.append(
            {
                "id": f"{incident_id}-{nr:03}",
                "status": title if title in STAGES else found[-1]["status"],
                "body": one["Update_Body"],
                "created_at": at,
                "display_at": at,
                "updated_at": at,
                "affected_components": None,
            }
        )
    return found


def displayed(text: str) -> datetime:
    """Return the instant of "Posted 1 year ago. May 31, 2023 - 12:00 PDT"."""
    when, _, zone = text.partition(". ")[2].rpartition(" ")
    return datetime.strptime(when, "%b %d, %Y - %H:%M").replace(tzinfo=ZONES[zone]).astimezone(UTC)


def named(text: str) -> list[str]:
    """Return the components of "This incident affected: API, ChatGPT, and Labs."."""
    listed = text.removeprefix("This incident affected: ").removesuffix(".")
    return [part for part in listed.replace(" and ", ", ").replace(",,", ",").split(", ") if part]


def _slug(name: str) -> str:
    """Ids hold no blanks."""
    return name.lower().replace(" ", "-")
