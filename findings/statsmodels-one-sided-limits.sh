#!/bin/sh
# statsmodels 0.15.0: proportion_confint and confint_poisson of alternative="larger" give the upper
# limit, and with "smaller" the lower one. tconfint_mean of the same package does the opposite, as
# do scipy's "greater" and "less". The documentation says that one limit is set to the end of the
# range, and not which. "At least this reliable" is thus read from the wrong side.
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
import scipy
import statsmodels
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson
from statsmodels.stats.weightstats import DescrStatsW

WORDS = {"larger": "greater", "smaller": "less"}


def limits(alternative):
    by_scipy = binomtest(3, 10, alternative=WORDS[alternative])
    pairs = {
        "proportion_confint": proportion_confint(3, 10, method="wilson", alternative=alternative),
        "scipy binomtest": by_scipy.proportion_ci(method="wilson"),
        "confint_poisson": confint_poisson(3, 10, method="exact-c", alternative=alternative),
        "tconfint_mean": DescrStatsW([1, 2, 3]).tconfint_mean(alternative=alternative),
    }
    return {name: tuple(round(float(one), 3) for one in pair) for name, pair in pairs.items()}


seen = {alternative: limits(alternative) for alternative in WORDS}
print("statsmodels", statsmodels.__version__, "scipy", scipy.__version__)
for alternative, pairs in seen.items():
    print(*(f"{alternative}: {name} {pair}" for name, pair in pairs.items()), sep="\n")
infinite = float("inf")
assert seen == {
    "larger": {
        "proportion_confint": (0.0, 0.558),
        "scipy binomtest": (0.127, 1.0),
        "confint_poisson": (0.0, 0.775),
        "tconfint_mean": (0.314, infinite),
    },
    "smaller": {
        "proportion_confint": (0.127, 1.0),
        "scipy binomtest": (0.0, 0.558),
        "confint_poisson": (0.082, infinite),
        "tconfint_mean": (-infinite, 3.686),
    },
}, "the behaviour has changed"
PYTHON
