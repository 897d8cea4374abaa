#!/bin/sh
# Altair 6.3.0 types a decimal column as quantitative, and cannot write the chart: its values stay
# Python decimals, which JSON does not know. DuckDB 2.0.0 makes every sum of integers one when it
# hands it to Polars 2.1.0, so that the chart of SELECT sum(minutes) fails, and of max(minutes) not.
#
# Exit code 0: still so. 1: it has changed. 2: it could not be installed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
python3 -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    altair==6.3.0 duckdb==2.0.0 polars==2.1.0 pyarrow==26.0.1 || exit 2
"$work/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import altair as alt
import duckdb


def outcome(aggregate):
    asked = f"SELECT 'api' AS surface, {aggregate}(m) AS minutes FROM (VALUES (5), (7)) t(m)"
    rows = duckdb.sql(asked).pl()
    chart = alt.Chart(rows).mark_bar().encode(x="surface", y="minutes")
    kind = chart.to_dict()["encoding"]["y"]["type"]
    try:
        chart.to_json()
    except TypeError as error:
        return str(rows["minutes"].dtype), kind, str(error)
    return str(rows["minutes"].dtype), kind, "written"


seen = {aggregate: outcome(aggregate) for aggregate in ("max", "sum")}
print(*(f"{name} {version(name)}" for name in ("altair", "duckdb", "polars")))
print(*(f"{aggregate}: {row}" for aggregate, row in seen.items()), sep="\n")
assert seen == {
    "max": ("Int32", "quantitative", "written"),
    "sum": (
        "Decimal(precision=38, scale=0)",
        "quantitative",
        "Object of type Decimal is not JSON serializable",
    ),
}, "the behaviour has changed"
PYTHON
