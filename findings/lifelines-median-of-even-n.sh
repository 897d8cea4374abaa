#!/bin/sh
# lifelines 0.30.0: the median of [1, 2, 3, 4, 5, 6] by Kaplan-Meier is 4, although exactly half
# survive 3 and the rule is the first time with survival at most one half. The survival is exp of a
# sum of logarithms, which lands just above 0.5: among the even n below 400, 32 are one step late.
# scipy 1.17.1 gives 3.
#
# Exit code 0: still so. 1: it has changed. 2: it could not be installed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
python3 -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    lifelines==0.30.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1 || exit 2
"$work/venv/bin/python" - <<'PYTHON'
import lifelines
import numpy as np
import scipy
from lifelines import KaplanMeierFitter
from scipy import stats


def median(n):
    return float(KaplanMeierFitter().fit(np.arange(1, n + 1)).median_survival_time_)


def by_scipy(n):
    curve = stats.ecdf(np.arange(1, n + 1)).sf
    return float(curve.quantiles[np.argmax(curve.probabilities <= 0.5)])


half = KaplanMeierFitter().fit(np.arange(1, 7)).survival_function_.iloc[3, 0]
late = [n for n in range(2, 400, 2) if median(n) != n / 2]
print("lifelines", lifelines.__version__, "scipy", scipy.__version__)
print(f"median of 1 to 6: {median(6)}, by scipy {by_scipy(6)}; S(3) - 1/2 = {half - 0.5:.1e}")
print(f"even n below 400 whose median is one step late: {len(late)}, the first {late[:5]}")
assert (median(6), by_scipy(6), len(late)) == (4.0, 3.0, 32), "the behaviour has changed"
PYTHON
