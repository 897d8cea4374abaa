#!/bin/sh
# DuckDB 2.0.0 reads abbreviations of zones by ICU's old list of three letters. 11:30 BST is
# Bangladesh's and not Britain's, IST India's, AST Alaska's and not the Atlantic's, NST New
# Zealand's and not Newfoundland's. PST and CST are places, so that in July they mean summer time,
# and EDT and PDT, which say so, are unknown. PostgreSQL's default list reads BST as +01, AST as -04
# and PST as -08.
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
con.execute("SET TimeZone = 'UTC'")


def utc(zone):
    try:
        asked = f"SELECT (TIMESTAMPTZ '2026-07-05 11:30:00 {zone}')::VARCHAR"
        return con.execute(asked).fetchall()[0][0]
    except duckdb.ConversionException:
        return "refused"


seen = {zone: utc(zone) for zone in ("BST", "IST", "AST", "NST", "CST", "PST", "EST", "EDT", "PDT")}
print("duckdb", duckdb.__version__)
print(*(f"2026-07-05 11:30:00 {zone} = {instant}" for zone, instant in seen.items()), sep="\n")
assert seen == {
    "BST": "2026-07-05 05:30:00+00",
    "IST": "2026-07-05 06:00:00+00",
    "AST": "2026-07-05 19:30:00+00",
    "NST": "2026-07-04 23:30:00+00",
    "CST": "2026-07-05 16:30:00+00",
    "PST": "2026-07-05 18:30:00+00",
    "EST": "2026-07-05 16:30:00+00",
    "EDT": "refused",
    "PDT": "refused",
}, "the behaviour has changed"
PYTHON
