#!/bin/sh
# narwhals 2.29.0: of a selection without rows n_unique() and null_count() are null on DuckDB 2.0.0
# and 0 on Polars 2.1.0. sum(), count() and len() are 0 on both. The documentation of the two does
# not tell the engines apart.
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

posts = pl.DataFrame({"component": ["api", "web", None], "minutes": [5, 7, None]})


def counts(native):
    none = nw.from_native(native).filter(nw.col("minutes") > 1000)
    asked = none.select(
        n_unique=nw.col("component").n_unique(),
        null_count=nw.col("component").null_count(),
        sum=nw.col("minutes").sum(),
        count=nw.col("component").count(),
        len=nw.len(),
    )
    row = asked.collect("polars").to_native().row(0, named=True)
    return {name: None if value is None else int(value) for name, value in row.items()}


seen = {"polars": counts(posts.lazy()), "duckdb": counts(duckdb.sql("FROM posts"))}
print("narwhals", nw.__version__, "duckdb", duckdb.__version__, "polars", pl.__version__)
print(*(f"{engine}: {row}" for engine, row in seen.items()), sep="\n")
zeros = {"sum": 0, "count": 0, "len": 0}
assert seen == {
    "polars": {"n_unique": 0, "null_count": 0, **zeros},
    "duckdb": {"n_unique": None, "null_count": None, **zeros},
}, "the behaviour has changed"
PYTHON
