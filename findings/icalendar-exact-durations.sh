#!/bin/sh
# icalendar 7.3.2: DURATION:PT24H and DURATION:P1D end at the same instant. RFC 5545, 3.3.6 calls
# hours exact and days nominal: across the end of summer time a maintenance of 24 hours ends an hour
# earlier on the clock than one of a day. recurring-ical-events 3.8.2 and ics 0.7.3 do the same.
#
# Exit code 0: still so. 1: it has changed. 2: it could not be installed.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
python3 -m venv "$work/venv" || exit 2
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    icalendar==7.3.2 recurring-ical-events==3.8.2 ics==0.7.3 || exit 2
"$work/venv/bin/python" - <<'PYTHON'
from datetime import timezone
from importlib.metadata import version

import ics
import recurring_ical_events
from icalendar import Calendar

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Maintenance//EN
BEGIN:VEVENT
UID:1@status.example
DTSTAMP:20261001T000000Z
DTSTART;TZID=Europe/Berlin:20261024T120000
DURATION:{}
SUMMARY:Maintenance
END:VEVENT
END:VCALENDAR
"""


def ends(duration):
    text = CALENDAR.format(duration).replace("\n", "\r\n")
    calendar = Calendar.from_ical(text)
    (occurrence,) = recurring_ical_events.of(calendar).between((2026, 10, 1), (2026, 11, 1))
    return {
        "icalendar": calendar.events[0].end,
        "recurring-ical-events": occurrence.end,
        "ics": next(iter(ics.Calendar(text).events)).end,
    }


def in_utc(end):
    return f"{end.astimezone(timezone.utc):%Y-%m-%d %H:%MZ}"


seen = {
    duration: {name: in_utc(end) for name, end in ends(duration).items()}
    for duration in ("P1D", "PT24H")
}
print("from 2026-10-24 12:00 in Berlin, 10:00 UTC")
for duration, by_package in seen.items():
    for name, end in by_package.items():
        print(f"{duration} {name} {version(name)}: {end}")
same = dict.fromkeys(("icalendar", "recurring-ical-events", "ics"), "2026-10-25 11:00Z")
assert seen == {"P1D": same, "PT24H": same}, "the behaviour has changed"
PYTHON
