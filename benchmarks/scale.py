"""Time metrics over invented worlds of growing size: ``python -m benchmarks.scale [STATES ...]``.

Each measurement runs in a process of its own over all providers, surfaces and four years. Beside
monthly availability stand two that give the same answer, DuckDB SQL written by hand and pandas as
a notebook would write it, and, as the floor, DuckDB reading and sorting the same columns. Then
follow the joint downtime of the pairs of fifty providers and the first paint of Overview.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import duckdb

from benchmarks import apart, circumstances, peak_megabytes
from benchmarks.grown import END, START, Size, publish_large

#: Incidents of a world with so many states.
INCIDENTS = {10_000: 10_000, 100_000: 25_000, 1_000_000: 250_000, 10_000_000: 1_000_000}
METRICS = (
    *("availability", "budget", "coverage", "frequency", "durations", "stages", "transparency"),
    "ranking",
)
#: With more states, only monthly availability is measured.
LARGEST, LIMIT_S = 1_000_000, 900
FLOOR = (
    "CREATE TEMP TABLE sorted AS SELECT provider, surface, state, start_s, end_s "
    "FROM component_states ORDER BY provider, surface, start_s, end_s"
)
WINDOW = {"since": f"{START:%Y-%m-%d}", "until": f"{END:%Y-%m-%d}"}
#: Providers whose pairs are taken: 1,225 pairs.
PAIRED = 50


def answered(data: Path, name: str) -> float:
    """Work out a metric, or monthly availability; return the sum of its values."""
    from analytics import METRICS as EVERY
    from analytics import ask, open_snapshot
    from analytics.read_models.monthly import monthly

    work = monthly if name == "monthly" else EVERY[name]
    with open_snapshot(data) as snapshot:
        return float(work(snapshot, ask(**WINDOW))["value"].sum())


def joint_downtime(data: Path) -> float:
    """Return the seconds in which two of fifty providers were down, added up over their pairs."""
    from analytics import ask, open_snapshot
    from analytics.portfolio.joint import pairs
    from analytics.portfolio.outages import widest_pool

    providers = [f"vendor{number:03}" for number in range(PAIRED)]
    with open_snapshot(data) as snapshot:
        pool = widest_pool(snapshot, ask(providers=providers, surface="api_inference", **WINDOW))
        if pool is None:
            raise SystemExit("the world has no common time")
        return float(sum(pair.seconds for pair in pairs(pool)))


def overview(data: Path) -> float:
    """Paint Overview once, as a server without a browser does; return how many tables it has."""
    from streamlit.testing.v1 import AppTest

    os.environ["STATUSLEDGER_DATA"] = str(data)
    app = AppTest.from_file(str(files("dashboard").joinpath("app.py")), default_timeout=LIMIT_S)
    app.run()
    if app.exception:
        raise SystemExit(str(app.exception))
    return float(len(app.dataframe))


def by_hand(con: duckdb.DuckDBPyConnection) -> float:
    """Measure the availability of each month with the SQL beside this file."""
    query = files("benchmarks").joinpath("by_hand.sql").read_text(encoding="utf-8")
    return float(con.sql(query).pl()["value"].sum())


def floor(con: duckdb.DuckDBPyConnection) -> float:
    """Read and sort the columns that availability rests on."""
    con.execute(FLOOR)
    return 0.0


def by_pandas(con: duckdb.DuckDBPyConnection) -> float:
    """Measure the availability of each month as a notebook would."""
    import pandas as pd

    states = con.sql("SELECT * FROM component_states").df()
    incidents = con.sql("SELECT page_key, incident_id, class FROM incidents").df()
    coverage = con.sql("SELECT * FROM coverage").df()
    scope = ["provider", "surface"]
    down = states.merge(incidents, on=["page_key", "incident_id"], how="left")
    down = down[down.state.isin(["partial", "major"])]
    down = down[down["class"].isna() | down["class"].isin(["outage", "degradation"])]

    def union(rows: pd.DataFrame) -> pd.DataFrame:
        rows = rows.sort_values("start_s")
        run = (rows.start_s > rows.end_s.cummax().shift()).cumsum()
        return rows.groupby(run).agg(start_s=("start_s", "min"), end_s=("end_s", "max"))

    spans = down.groupby(scope)[["start_s", "end_s"]].apply(union).reset_index(scope)
    seen = coverage.groupby(scope)[["start_s", "end_s"]].apply(union).reset_index(scope)
    found = 0.0
    for month in pd.date_range(START, END, freq="MS", inclusive="left"):
        first, last = month.timestamp(), (month + pd.DateOffset(months=1)).timestamp()

        def inside(rows: pd.DataFrame, first: float = first, last: float = last) -> pd.Series:
            length = rows.end_s.clip(first, last) - rows.start_s.clip(first, last)
            return length.groupby([rows.provider, rows.surface]).sum()

        covered = inside(seen)
        found += float((1 - inside(spans).reindex(covered.index).fillna(0) / covered).sum())
    return found


WHOLE: dict[str, Callable[[Path], float]] = {"pairs": joint_downtime, "overview": overview}
PLAIN: dict[str, Callable[[duckdb.DuckDBPyConnection], float]] = {
    "by hand": by_hand,
    "floor": floor,
    "pandas": by_pandas,
}


def measure(data: Path, name: str) -> None:
    """Print wall and processor seconds, peak megabytes and the sum of one measurement."""
    begun, worked = time.perf_counter(), time.process_time()
    if name in PLAIN:
        with duckdb.connect(str(data / "snapshots" / "grown.duckdb"), read_only=True) as con:
            con.execute("SET TimeZone = 'UTC'")
            found = PLAIN[name](con)
    elif name in WHOLE:
        found = WHOLE[name](data)
    else:
        found = answered(data, name)
    wall, cpu = time.perf_counter() - begun, time.process_time() - worked
    print(json.dumps([wall, cpu, peak_megabytes(), found]))


def main(sizes: list[int]) -> None:
    """Write a world of each size, and print what each measurement took and how it grew."""
    print(circumstances())
    print(f"{'states':>10} {'measured':14}{'wall s':>9}{'cpu s':>9}{'MB':>7}{'growth':>8}   sum")
    last: dict[str, float] = {}
    for states in sizes:
        with tempfile.TemporaryDirectory() as folder:
            publish_large(Path(folder), Size.of(states, INCIDENTS[states]))
            for name in ("monthly", *PLAIN, *((*METRICS, *WHOLE) if states <= LARGEST else ())):
                words = ("measure", folder, name)
                wall, cpu, megabytes, found = apart("benchmarks.scale", *words, limit_s=LIMIT_S)
                growth = f"{cpu / last[name]:7.1f}x" if name in last else ""
                last[name] = cpu
                print(
                    f"{states:>10} {name:14}{wall:9.2f}{cpu:9.2f}{megabytes:7.0f}{growth:>8}"
                    f"   {found:.6f}",
                    flush=True,
                )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["measure", data, metric]:
            measure(Path(data), metric)
        case asked:
            main([int(float(one)) for one in asked] or [*INCIDENTS])
