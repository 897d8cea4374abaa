#!/bin/sh
# lifelines 0.30.0: datetimes_to_durations gives floats, as documented, whose fractions are gone. An
# outage of 18 hours lasts 0.0 days, which is the unit by default, and one of 59 minutes 0.0 hours;
# both count as ended the moment they began.
#
# Exit code 0: still so. 1: it has changed. 2: it could not be installed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
python3 -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    lifelines==0.30.0 numpy==2.4.6 pandas==3.1.1 || exit 2
"$work/venv/bin/python" - <<'PYTHON'
import lifelines
from lifelines.utils import datetimes_to_durations

START = "2026-01-05 00:00"
seen = {
    (end, unit): datetimes_to_durations([START], [end], freq=unit)[0].tolist()
    for end, unit in (
        ("2026-01-05 18:00", "D"),
        ("2026-01-06 23:59", "D"),
        ("2026-01-05 00:59", "h"),
        ("2026-01-05 18:00", "h"),
    )
}
print("lifelines", lifelines.__version__)
print(*(f"{START} to {end} in {unit}: {T}" for (end, unit), T in seen.items()), sep="\n")
assert list(seen.values()) == [[0.0], [1.0], [0.0], [18.0]], "the behaviour has changed"
PYTHON
