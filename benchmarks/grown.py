"""``python -m benchmarks.grown BEFORE``: metrics over an invented world of many groups.

The same seeded world is written as a snapshot by an earlier checkout and by this one, each with
the tables of its own contract; then each works out the metrics in a process of its own, in turn.
500 groups (providers by surfaces), 25,000 incidents with their updates, 100,000 states.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks import peak_megabytes

HERE = Path(__file__).parents[1]
AIM = 0.1
SEED = 20261129
PAGES, INCIDENTS, STATES = 250, 100, 200
SURFACES = ("api_inference", "console")
MEASURED = ("availability", "frequency", "durations", "stages", "transparency", "ranking")
START = datetime(2022, 1, 1, tzinfo=UTC)
END = datetime(2026, 1, 1, tzinfo=UTC)
#: What an incident passes through, and after which share of its length.
STAGES = {"investigating": 0.0, "identified": 0.3, "monitoring": 0.7, "resolved": 1.0}
#: States that a component is in, now and then.
WORSE = ("degraded", "partial", "major")
#: Seconds between an incident's first and last message: half of them below an hour.
MEDIAN_S, SPREAD = 3600, 1.3


@dataclass(frozen=True, slots=True)
class Size:
    """Say how much a world holds: pages, of each its incidents and the states it shows, and since.

    >>> Size.of(states=1_000_000, incidents=100_000).states
    4000
    """

    pages: int = PAGES
    incidents: int = INCIDENTS
    states: int = STATES * len(SURFACES)
    start: datetime = START

    @classmethod
    def of(cls, states: int, incidents: int) -> Size:
        """Spread so many states and incidents over the pages."""
        return cls(PAGES, incidents // PAGES, states // PAGES)

    @property
    def seconds(self) -> int:
        """Return the length of the world."""
        return int((END - self.start).total_seconds())

    def at(self, seconds: pl.Expr) -> pl.Expr:
        """Return instants so many seconds after the world begins."""
        return (pl.lit(self.start) + pl.duration(seconds=seconds)).cast(pl.Datetime("us", "UTC"))


def world(size: Size | None = None) -> dict[str, pl.DataFrame]:
    """Invent the tables of a snapshot, the same at every call."""
    size, chance = size or Size(), np.random.default_rng(SEED)
    names = [f"vendor{n:03}" for n in range(size.pages)]
    page = {"provider": names, "page_key": [f"{name}.statuspage.1" for name in names]}
    pages = pl.DataFrame(page).with_columns(
        platform=pl.lit("statuspage"),
        base_url=pl.format("https://{}.test", "provider"),
        zone=pl.lit("UTC"),
        status=pl.lit("live"),
        valid_from=pl.lit(None, pl.Date),
        valid_to=pl.lit(None, pl.Date),
        measures=pl.lit(value=False),
    )
    providers = pages.select(
        "provider",
        pl.col("provider").alias("name"),
        category=pl.lit("model-lab"),
        homepage=pl.col("base_url"),
        source_class=pl.lit("curated"),
        starter=pl.lit(value=True),
        note=pl.lit(None, pl.String),
    )
    surfaces = pl.DataFrame({"surface": SURFACES}).with_columns(
        pl.col("surface").alias("component_id")
    )
    of_components = pl.DataFrame(page).join(surfaces, how="cross")
    components = of_components.with_columns(
        pl.col("component_id").alias("name"),
        name_history=pl.concat_list("component_id"),
        aliases=pl.lit([], pl.List(pl.String)),
        group_name=pl.lit(None, pl.String),
        region=pl.lit(None, pl.String),
        surface_basis=pl.lit("name"),
        start_date=pl.lit(size.start.date()),
        first_seen_at=pl.lit(size.start),
        retired_at=pl.lit(None, pl.Datetime("us", "UTC")),
    )
    coverage = of_components.with_columns(
        start_at=pl.lit(size.start), end_at=pl.lit(END), basis=pl.lit("list")
    )
    incidents = _incidents(pl.DataFrame(page), size, chance)
    updates = _updates(incidents, size)
    linked = incidents.select(
        "provider",
        "page_key",
        "incident_id",
        "component_id",
        pl.col("component_id").alias("surface"),
        surface_basis=pl.lit("name"),
        relation=pl.lit("transitioned"),
        worst_state=pl.lit("partial"),
    )
    return {
        "providers": providers,
        "pages": pages,
        "components": components,
        "coverage": coverage,
        "incidents": incidents.drop("component_id", "begun_s", "lasts_s"),
        "updates": updates,
        "incident_components": linked,
        "component_states": _states(of_components, incidents, size, chance),
        "versions": _versions(incidents, updates),
        "captures": _captures(pl.DataFrame(page), size),
    }


def _one_of(words: Sequence[str], numbers: npt.NDArray[Any]) -> pl.Series:
    """Return a word for each number, in turn."""
    return pl.Series(words).gather(numbers % len(words))


def _incidents(pages: pl.DataFrame, size: Size, chance: np.random.Generator) -> pl.DataFrame:
    """Invent the incidents of every page: spread over the years, each of one component."""
    each = (size.pages, size.incidents)
    n = size.pages * size.incidents
    begun = np.sort(chance.integers(0, size.seconds - 86_400, each), axis=1).ravel()
    lasts = np.minimum(chance.lognormal(np.log(MEDIAN_S), SPREAD, n), 80_000).astype(int) + 60
    numbered = pages.join(pl.DataFrame({"nr": range(size.incidents)}), how="cross")
    opens, closes = size.at(pl.col("begun_s")), size.at(pl.col("begun_s") + pl.col("lasts_s"))
    never = pl.lit(None, pl.Datetime("us", "UTC"))
    return numbered.with_columns(
        incident_id=pl.format("i{}", "nr"),
        component_id=_one_of(SURFACES, numbered["nr"].to_numpy()),
        begun_s=pl.Series(begun),
        lasts_s=pl.Series(lasts),
    ).select(
        *("provider", "page_key", "incident_id", "component_id", "begun_s", "lasts_s"),
        aliases=pl.lit([], pl.List(pl.String)),
        outage_id=pl.col("incident_id"),
        kind=pl.lit("incident"),
        **{"class": pl.lit("outage")},
        class_basis=pl.lit("moved"),
        class_reason=pl.lit("it moved a component"),
        title=pl.lit("Errors"),
        status=pl.lit("resolved"),
        stage=pl.lit("resolved"),
        first_impact=pl.lit("minor"),
        impact=pl.lit("major"),
        max_impact=pl.lit("major"),
        started_at=opens,
        resolved_at=closes,
        start_basis=pl.lit("display_at"),
        end_basis=pl.lit("display_at"),
        impact_start_at=opens,
        impact_end_at=closes,
        impact_start_basis=pl.lit("transition"),
        impact_end_basis=pl.lit("transition"),
        stated_start_at=never,
        stated_end_at=never,
        stated_text=pl.lit(None, pl.String),
        stated_confidence=pl.lit(None, pl.String),
        causes=pl.lit(["not_stated"]),
        scheduled_start_at=never,
        scheduled_end_at=never,
        published_at=opens,
        open_seconds=pl.col("lasts_s"),
        impact_seconds=pl.col("lasts_s"),
        duration_quality=pl.lit("exact"),
        flags=pl.lit([], pl.List(pl.String)),
        url=pl.lit(None, pl.String),
        update_count=pl.lit(len(STAGES), pl.Int32),
        revision_count=pl.lit(0, pl.Int32),
        first_seen_at=opens,
        removed_at=never,
        last_listed_at=never,
        unlisted_at=never,
    )


def _updates(incidents: pl.DataFrame, size: Size) -> pl.DataFrame:
    """Write a message of each incident at each of its stages."""
    parts = []
    for nr, (stage, share) in enumerate(STAGES.items()):
        written = size.at(pl.col("begun_s") + (pl.col("lasts_s") * share).cast(pl.Int64))
        parts.append(
            incidents.select(
                *("provider", "page_key", "incident_id"),
                update_id=pl.lit(f"u{nr}"),
                status=pl.lit(stage),
                stage=pl.lit(stage),
                created_at=written,
                display_at=written,
                edited_at=pl.lit(None, pl.Datetime("us", "UTC")),
                body_text=pl.lit(f"We are {stage}."),
                revision_count=pl.lit(0, pl.Int32),
            )
        )
    return pl.concat(parts)


def _states(
    components: pl.DataFrame, incidents: pl.DataFrame, size: Size, chance: np.random.Generator
) -> pl.DataFrame:
    """Spread states over the years: those that incidents set, and others of minutes."""
    posted = incidents.select(
        *("provider", "page_key", "component_id", "incident_id"),
        start=pl.col("begun_s"),
        length=pl.col("lasts_s"),
        state=pl.lit("partial"),
    )
    more = max(size.states - size.incidents, 0) // len(SURFACES)
    seen = components.join(pl.DataFrame({"nr": range(more)}), how="cross")
    seen = seen.with_columns(
        start=pl.Series(chance.integers(0, size.seconds - 86_400, seen.height)),
        length=pl.Series(chance.integers(60, 1800, seen.height)),
        state=_one_of(WORSE, chance.integers(0, len(WORSE), seen.height)),
        incident_id=pl.lit(None, pl.String),
    )
    both = pl.concat([posted, seen.select(posted.columns)])
    key = ["page_key", "component_id"]
    apart = both.sort(*key, "start").with_columns(
        end=pl.min_horizontal(
            pl.col("start") + pl.col("length"), pl.col("start").shift(-1).over(key)
        )
    )
    return apart.filter(pl.col("end") > pl.col("start")).select(
        *("provider", "page_key", "component_id"),
        pl.col("component_id").alias("surface"),
        "state",
        size.at(pl.col("start")).alias("start_at"),
        size.at(pl.col("end")).alias("end_at"),
        pl.lit("replay").alias("basis"),
        "incident_id",
    )


def _versions(incidents: pl.DataFrame, updates: pl.DataFrame) -> pl.DataFrame:
    """Let captures show each incident and each message once, as they stay."""
    seen = {"known_until": pl.lit(None, pl.Datetime("us", "UTC")), "url": pl.lit("https://a.test")}
    seen |= {"sha256": pl.lit("0" * 64)}
    posts = incidents.select(
        *("provider", "page_key", "incident_id", "title", "status", "impact", "started_at"),
        "resolved_at",
        known_from=pl.col("first_seen_at"),
        created_at=pl.col("published_at"),
        **seen,
    )
    said = updates.select(
        *("provider", "page_key", "incident_id", "update_id", "status", "created_at"),
        "display_at",
        known_from=pl.col("created_at"),
        body=pl.col("body_text"),
        **seen,
    )
    return pl.concat([posts, said], how="diagonal")


def _captures(pages: pl.DataFrame, size: Size) -> pl.DataFrame:
    """Let each page be asked all the time, and answer."""
    return pages.with_columns(
        url=pl.lit("https://a.test/api/v2/incidents.json"),
        shape=pl.lit("incident"),
        first_at=pl.lit(size.start),
        last_at=pl.lit(END),
        polls=pl.lit(400_000, pl.Int64),
        http_status=pl.lit(200, pl.Int32),
        sha256=pl.lit("0" * 64),
        bytes=pl.lit(1000, pl.Int64),
        horizon_at=pl.lit(size.start),
        records=pl.lit(50, pl.Int64),
        rejected=pl.lit(0, pl.Int64),
        partial=pl.lit(value=False),
    )


def publish(data: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write a world as the snapshot of a data folder, by the checkout this runs in."""
    try:
        file = import_module("ingest.snapshot.file")
    except ModuleNotFoundError:  # an earlier checkout
        file = import_module("ingest.snapshot_file")
    contract = file.schema_sql()
    rows = {}
    for table, frame in tables.items():
        mine = contract.partition(f"CREATE TABLE {table} (")[2].partition("\n);")[0]
        known = [line.split()[0].strip('"') for line in mine.splitlines() if line.strip()]
        rows[table] = frame.select(name for name in frame.columns if name in known).to_dicts()
    folder = data / "snapshots"
    file.write(folder / "grown.duckdb", rows, {"as_of": END.isoformat(), "simulated": "true"})
    (folder / "CURRENT").write_text("grown.duckdb\n")


def publish_large(data: Path, size: Size) -> Path:
    """Write a world of any size as the snapshot of a data folder, without its hash.

    Frames go straight into the file: rows of ten million states would not fit the memory.
    """
    from ingest.models import DERIVATION_VERSION
    from ingest.snapshot import file

    path = data / "snapshots" / "grown.duckdb"
    path.parent.mkdir(parents=True)
    meta = {
        "as_of": END.isoformat(),
        "simulated": "true",
        "snapshot_hash": "",
        "method_version": file.METHOD_VERSION,
        "derivation_version": DERIVATION_VERSION,
    }
    with file.create(path) as con:
        for table, frame in world(size).items():
            stored = [name for name in frame.columns if name in file.stored_columns()[table]]
            con.register("incoming", frame.select(stored).to_arrow())
            con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
            con.unregister("incoming")
        con.executemany("INSERT INTO meta VALUES (?, ?)", list(meta.items()))
    (path.parent / "CURRENT").write_text(f"{path.name}\n")
    return path


def measure(data: str, metric: str) -> None:
    """Print the processor seconds of a metric over all of a world, and the peak megabytes."""
    from analytics import METRICS, ask, open_snapshot

    work, question = METRICS[metric], ask(since=f"{START:%Y-%m-%d}", until="2025-12-31")
    with open_snapshot(data) as snapshot:
        start = time.process_time()
        work(snapshot, question)
        print(json.dumps([time.process_time() - start, peak_megabytes()]))


def main(before: Path) -> None:
    """Measure both checkouts in turn, and print each metric with its ratio."""
    from benchmarks import circumstances, run_in

    checkouts: Mapping[str, Path] = {"before": before.resolve(), "now": HERE}
    print(circumstances())
    with tempfile.TemporaryDirectory() as folder:
        for name, checkout in checkouts.items():
            run_in(checkout, __file__, "publish", f"{folder}/{name}")
        for metric in MEASURED:
            taken = {
                name: json.loads(run_in(checkout, __file__, "measure", f"{folder}/{name}", metric))
                for name, checkout in checkouts.items()
            }
            (was, was_mb), (now, now_mb) = taken["before"], taken["now"]
            print(
                f"{metric:14}{was:8.2f}{now:8.2f} {now / was:6.2f} x  (aim {AIM})"
                f"{was_mb:8.0f}{now_mb:6.0f} MB",
                flush=True,
            )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["publish", data]:
            publish(Path(data), world())
        case ["measure", data, metric]:
            measure(data, metric)
        case [earlier]:
            main(Path(earlier))
