#!/bin/sh
# DuckDB 2.0.0: in the hour that a zone repeats at the end of summer time, date_trunc('hour', ...)
# of an instant in the first pass gives the beginning of the second pass, later than the instant.
# The documentation calls it a truncation. time_bucket, and date_trunc to minutes, stay before it.
#
# Exit code 0: still so. 1: it has changed. 2: it could not be installed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
python3 -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    duckdb==2.0.0 || exit 2
"$work/venv/bin/python" - <<'PYTHON'
import duckdb

con = duckdb.connect()
con.execute("SET TimeZone = 'Europe/Berlin'")
instant = "TIMESTAMPTZ '2026-10-25 00:45:00+00'"  # 02:45 in Berlin, for the first time that night
seen = [
    f"{call}: {con.execute(f'SELECT ({call})::VARCHAR').fetchall()[0][0]}"
    for call in (
        instant,
        f"date_trunc('minute', {instant})",
        f"time_bucket(INTERVAL 1 HOUR, {instant})",
        f"date_trunc('hour', {instant})",
        f"date_trunc('hour', {instant}) > {instant}",
    )
]
print("duckdb", duckdb.__version__)
print(*seen, sep="\n")
assert [line.split(": ")[1] for line in seen] == [
    "2026-10-25 02:45:00+02",
    "2026-10-25 02:45:00+02",
    "2026-10-25 02:00:00+02",
    "2026-10-25 02:00:00+01",
    "true",
], "the behaviour has changed"
PYTHON
