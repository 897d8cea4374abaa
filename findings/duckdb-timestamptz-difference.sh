#!/bin/sh
# DuckDB 2.0.0: the difference of two TIMESTAMPTZ is counted in calendar days of the session's
# zone, which is by default the machine's. 25 hours across the end of summer time are one day, and
# epoch() of that is 86400. A duration thus depends on who reads the file. The documentation gives
# the operator, and says that these values are instants. The difference of two epoch() is right.
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
import os
import subprocess
import sys

import duckdb

ASK = """
import duckdb
end, start = "TIMESTAMPTZ '2026-10-25 12:00:00+00'", "TIMESTAMPTZ '2026-10-24 11:00:00+00'"
asked = f"SELECT ({end} - {start})::VARCHAR, epoch({end} - {start}), epoch({end}) - epoch({start})"
print(*duckdb.connect().execute(asked).fetchall()[0], sep=", ")
"""
seen = {
    zone: subprocess.run(
        [sys.executable, "-c", ASK], env={**os.environ, "TZ": zone}, capture_output=True, text=True
    ).stdout.strip()
    for zone in ("UTC", "Europe/Berlin")
}
print("duckdb", duckdb.__version__)
print("end - start, epoch(end - start), epoch(end) - epoch(start), on a machine in")
print(*(f"{zone}: {answer}" for zone, answer in seen.items()), sep="\n")
assert seen == {
    "UTC": "1 day 01:00:00, 90000.0, 90000.0",
    "Europe/Berlin": "1 day, 86400.0, 90000.0",
}, "the behaviour has changed"
PYTHON
