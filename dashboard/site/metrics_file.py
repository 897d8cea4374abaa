"""Numbers for scrapers, in the text format of Prometheus.

What is not known has no sample: absent is neither up nor down. No sample carries a time, since
Prometheus drops those of old ones; when sources were read are gauges of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import polars as pl
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from analytics.answer import WINDOW
from analytics.read_models.gate import Gate, Passage
from analytics.snapshot import Snapshot
from ingest.models import SEVERITY, State

LABELS = ("provider", "surface", "rule", "basis")
EXACT = "Absent: every state is known."
#: Gauges of a row of availability: name, meaning and column.
AVAILABILITY = (
    ("availability_ratio", "Fraction of observed time up in the window, as posted.", "value"),
    ("availability_low_ratio", f"The same had unknown states been down. {EXACT}", "low"),
    ("availability_high_ratio", f"The same had unknown states been up. {EXACT}", "high"),
    ("coverage_ratio", "Fraction of the window that captures cover.", "coverage"),
    ("incidents", "Incidents open in covered time (n).", "n"),
    ("window_start_timestamp_seconds", "Begin of the window, epoch seconds.", "window_start"),
    ("window_end_timestamp_seconds", "End of the window, epoch seconds.", "window_end"),
)


def metrics_file(snapshot: Snapshot, gates: Sequence[Gate], availability: pl.DataFrame) -> bytes:
    """Write what pages say now, availability, and when each source was read last.

    Args:
        snapshot: What was captured.
        gates: What each provider's page says of each surface.
        availability: Rows of metric availability.
    """
    registry = CollectorRegistry()
    _gauge(
        registry,
        "statusledger_as_of_timestamp_seconds",
        "Newest capture these numbers know, epoch seconds.",
        (),
        [((), snapshot.as_of.timestamp() // 1)],
    )
    _gauge(
        registry,
        "statusledger_simulated",
        "1 where the data is invented.",
        (),
        [((), float(snapshot.simulated))],
    )
    _gauge(
        registry,
        "statusledger_state",
        "Worst state, as posted: 0 operational, 1 maintenance, 2 degraded, 3 partial, 4 major."
        " Absent: not known.",
        ("provider", "surface"),
        [
            ((one.provider, one.surface or ""), float(SEVERITY[State(one.state)]))
            for one in gates
            if one.passage is not Passage.NOT_KNOWN and one.state is not None
        ],
    )
    measured = availability.with_columns(
        pl.col(*WINDOW).dt.epoch("s"),
        # How many there were is not known either where nothing is known of the state.
        pl.when(pl.col("value").is_not_null()).then("n").alias("n"),
    )
    for name, line, column in AVAILABILITY:
        rows = measured.drop_nulls([column, "basis"])
        keys = rows.select(LABELS).rows()
        values: list[float] = rows[column].to_list()
        _gauge(
            registry,
            f"statusledger_{name}",
            line,
            LABELS,
            zip(keys, values, strict=True),
        )
    sources = snapshot.table("sources").filter(pl.col("last_success_at").is_not_null())
    read = sources.group_by("provider", "url").agg(pl.col("last_success_at").max())
    _gauge(
        registry,
        "statusledger_source_read_timestamp_seconds",
        "Last good answer of each address, epoch seconds.",
        ("provider", "url"),
        (
            ((provider, url), _seconds(at))
            for provider, url, at in read.sort("provider", "url").iter_rows()
        ),
    )
    written: bytes = generate_latest(registry)
    return written


def _seconds(at: datetime) -> float:
    return at.timestamp() // 1


def _gauge(
    registry: CollectorRegistry,
    name: str,
    line: str,
    labels: Sequence[str],
    samples: Iterable[tuple[Sequence[str], float]],
) -> None:
    gauge = Gauge(name, line, labels, registry=registry)
    for values, number in samples:
        (gauge.labels(*values) if labels else gauge).set(number)
