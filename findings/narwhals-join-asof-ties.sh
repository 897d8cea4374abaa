#!/bin/sh
# narwhals 2.29.0: where several rows on the right have the same key, join_asof backward takes the
# last of them on Polars 2.1.0, as documented, and the first on DuckDB 2.0.0. Two changes of state
# in one second thus leave a component in another state, by engine.
#
# Exit code 0: still so. 1: it has changed. 2: it could not be installed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
python3 -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    narwhals==2.29.0 duckdb==2.0.0 polars==2.1.0 pyarrow==26.0.1 || exit 2
"$work/venv/bin/python" - <<'PYTHON'
import duckdb
import narwhals as nw
import polars as pl

asked = pl.DataFrame({"second": [5]})
changes = pl.DataFrame({"second": [3, 3, 3], "state": ["degraded", "major", "operational"]})


def state(left, right):
    joined = nw.from_native(left).join_asof(nw.from_native(right), on="second", strategy="backward")
    return joined.collect("polars").to_native()["state"].to_list()


seen = {
    "polars": state(asked.lazy(), changes.lazy()),
    "duckdb": state(duckdb.sql("FROM asked"), duckdb.sql("FROM changes")),
}
print("narwhals", nw.__version__, "duckdb", duckdb.__version__, "polars", pl.__version__)
print("of degraded, major, operational, all in second 3, the last before second 5 is")
print(*(f"{engine}: {states}" for engine, states in seen.items()), sep="\n")
expected = {"polars": ["operational"], "duckdb": ["degraded"]}
assert seen == expected, "the behaviour has changed"
PYTHON
