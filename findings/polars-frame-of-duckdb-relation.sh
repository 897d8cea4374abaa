#!/bin/sh
# Polars 2.1.0 and DuckDB 2.0.0: after pl.DataFrame(relation) a program that ends well prints that
# nanobind leaked instances, types and functions. Polars remembers the class of what it was given
# for as long as the program runs (a cache of _might_be in polars/_dependencies.py), and so DuckDB's
# module cannot be cleared. relation.pl() makes the same frame, by way of PyArrow, and prints nothing.
#
# Exit code 0: still so. 1: it has changed. 2: it could not be installed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
python3 -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    duckdb==2.0.0 polars==2.1.0 pyarrow==26.0.1 || exit 2
"$work/venv/bin/python" - <<'PYTHON'
import re
import subprocess
import sys

BEGIN = "import duckdb, polars\nrelation = duckdb.connect().sql('SELECT 1 AS one')\n"
WAYS = {
    "polars.DataFrame(relation)": "frame = polars.DataFrame(relation)",
    "relation.pl()": "frame = relation.pl()",
}
ask = "import duckdb, polars\nprint('duckdb', duckdb.__version__, 'polars', polars.__version__)"
subprocess.run([sys.executable, "-c", ask], check=True)
seen = {}
for way, made in WAYS.items():
    program = f"{BEGIN}{made}\nprint(frame.rows())"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    leaked = re.findall(r"^nanobind: leaked \d+ (\w+)!", ran.stderr, re.MULTILINE)
    seen[way] = (ran.returncode, ran.stdout.strip(), leaked)
    print(f"{way}: exit code {ran.returncode}, rows {ran.stdout.strip()}, leaked: {leaked}")
assert seen == {
    "polars.DataFrame(relation)": (0, "[(1,)]", ["instances", "types", "functions"]),
    "relation.pl()": (0, "[(1,)]", []),
}, "the behaviour has changed"
PYTHON
