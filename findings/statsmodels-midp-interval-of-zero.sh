#!/bin/sh
# statsmodels 0.15.0: confint_poisson(0, 1, method="midp-c") gives 2.996 as lower and upper limit.
# No event lies outside of its own interval, and a year without an outage has an outage rate that is
# surely above zero. The lower limit of no events is 0, as the exact method says; -ln(0.05) = 2.996
# is the right upper one.
#
# Exit code 0: still so. 1: it has changed. 2: it could not be installed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
python3 -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1 || exit 2
"$work/venv/bin/python" - <<'PYTHON'
import statsmodels
from statsmodels.stats.rates import confint_poisson


def interval(count, method):
    return tuple(round(float(limit), 3) for limit in confint_poisson(count, 1, method=method))


seen = {
    (count, method): interval(count, method) for count in (0, 1) for method in ("exact-c", "midp-c")
}
print("statsmodels", statsmodels.__version__)
print(*(f"{n} events, {method}: {limits}" for (n, method), limits in seen.items()), sep="\n")
assert seen == {
    (0, "exact-c"): (0.0, 3.689),
    (0, "midp-c"): (2.996, 2.996),
    (1, "exact-c"): (0.025, 5.572),
    (1, "midp-c"): (0.05, 4.932),
}, "the behaviour has changed"
PYTHON
