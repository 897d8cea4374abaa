#!/bin/sh
# Polars 2.1.0 has the rules of time zones compiled in, and does not say of which year. Vancouver,
# Edmonton, Winnipeg and Casablanca changed theirs in 2026; the package tzdata 2026.6 and DuckDB
# 2.0.0 know, Polars is an hour off from November 2026. No variable and no package renews it. From
# 2100 on it knows no summer time at all.
#
# Exit code 0: still so. 1: it has changed. 2: it could not be installed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
python3 -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    polars==2.1.0 duckdb==2.0.0 tzdata==2026.6 || exit 2
"$work/venv/bin/python" - <<'PYTHON'
import zoneinfo
from datetime import datetime

import duckdb
import polars as pl

zoneinfo.reset_tzpath(to=[])  # the package tzdata, not the folder of this machine
con = duckdb.connect()
ASKED = [
    ("America/Vancouver", "2026-11-29"),
    ("America/Edmonton", "2026-11-29"),
    ("America/Winnipeg", "2026-11-29"),
    ("Africa/Casablanca", "2026-11-29"),
    ("Europe/Berlin", "2026-11-29"),
    ("Europe/Berlin", "2110-07-01"),
]


def hours(zone, day):
    noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    instants = pl.Series([noon]).dt.convert_time_zone(zone).dt
    offset = (instants.base_utc_offset() + instants.dst_offset())[0]
    local = f"timezone('{zone}', TIMESTAMPTZ '{day} 12:00:00+00')"
    by_duckdb = f"SELECT epoch({local}) - epoch(TIMESTAMP '{day} 12:00:00')"
    return (
        noon.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset().total_seconds() / 3600,
        con.execute(by_duckdb).fetchall()[0][0] / 3600,
        offset.total_seconds() / 3600,
    )


seen = [hours(*asked) for asked in ASKED]
print("polars", pl.__version__, "duckdb", duckdb.__version__, "tzdata 2026.6")
print("hours from UTC by tzdata, DuckDB, Polars")
print(*(f"{zone} {day}: {row}" for (zone, day), row in zip(ASKED, seen)), sep="\n")
assert seen == [
    (-7.0, -7.0, -8.0),
    (-6.0, -6.0, -7.0),
    (-5.0, -5.0, -6.0),
    (0.0, 0.0, 1.0),
    (1.0, 1.0, 1.0),
    (2.0, 2.0, 1.0),
], "the behaviour has changed"
PYTHON
