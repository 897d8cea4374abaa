"""Time the static files of a large invented world: ``python -m benchmarks.site``.

120 providers, 48,000 incidents over ten years with four messages each, every tenth a maintenance,
every twentieth with a title that was corrected. Each run is a process of its own: seconds on the
wall inside it after its imports, and the most memory it ever held.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import polars as pl

from benchmarks import apart, circumstances, peak_megabytes
from benchmarks.grown import Size, publish, world

TEN_YEARS = Size(120, 400, 800, datetime(2016, 1, 1, tzinfo=UTC))
AIM_S, AIM_MB, AIM_AGAIN_S = 10, 300, 0.3
QUESTIONS = """
[my-vendors]
providers = ["vendor001", "vendor002", "vendor003"]
surface = "api_inference"
"""


def tables() -> dict[str, pl.DataFrame]:
    """Invent the world, with maintenance, states that messages set, and titles corrected later."""
    found = world(TEN_YEARS)
    number = pl.col("incident_id").str.slice(1).cast(pl.Int64)
    planned = number % 10 == 0
    found["incidents"] = found["incidents"].with_columns(
        kind=pl.when(planned).then(pl.lit("maintenance")).otherwise("kind"),
        scheduled_start_at=pl.when(planned).then("started_at"),
        scheduled_end_at=pl.when(planned).then("resolved_at"),
        **{"class": pl.when(planned).then(pl.lit("maintenance")).otherwise("class")},
    )
    key = ("provider", "page_key", "incident_id")
    linked = found["incident_components"].select(*key, "component_id")
    state = {"investigating": "partial", "identified": "major", "resolved": "operational"}
    found["transitions"] = (
        found["updates"]
        .filter(pl.col("stage").is_in([*state]))
        .join(linked, on=key)
        .select(
            *key,
            *("update_id", "component_id"),
            pl.col("created_at").alias("at"),
            pl.lit(None, pl.String).alias("old_state"),
            pl.col("stage").replace_strict(state).alias("new_state"),
        )
    )
    versions = found["versions"]
    first = versions.filter(pl.col("update_id").is_null() & (number % 20 == 1))
    later = first.with_columns(
        title=pl.lit("Errors, corrected"),
        known_from=pl.col("known_from").dt.offset_by("1h"),
    )
    found["versions"] = pl.concat([versions, later])
    return found


def measure(data: Path, site: Path) -> None:
    """Print the seconds of writing the site after its imports, and the peak megabytes."""
    for name in ("dashboard.site.files", "ingest.files.file_set"):
        import_module(name)
    from statusledger.commands.site import write_site

    start, processor = time.perf_counter(), time.process_time()
    count, changed = write_site(data, site, None)
    taken = time.perf_counter() - start, time.process_time() - processor
    print(json.dumps([*taken, peak_megabytes(), count, changed]))


def table() -> None:
    """Write the world and its site, the site again, and print what that took."""
    with tempfile.TemporaryDirectory() as folder:
        data, site = Path(folder) / "data", Path(folder) / "site"
        publish(data, tables())
        (data / "questions.toml").write_text(QUESTIONS, encoding="utf-8")
        for aim in (f"{AIM_S} s, {AIM_MB} MB", f"{AIM_AGAIN_S} s"):
            found = apart("benchmarks.site", str(data), str(site))
            seconds, processor, megabytes, count, changed = found
            print(
                f"site of {TEN_YEARS.pages} providers and ten years, {changed} of {count} files"
                f" changed  {seconds:6.2f} s, of the processor {processor:5.2f} s"
                f"  {megabytes:4.0f} MB  (aim {aim})",
                flush=True,
            )


if __name__ == "__main__":
    if sys.argv[1:]:
        measure(Path(sys.argv[1]), Path(sys.argv[2]))
    else:
        print(circumstances())
        table()
