"""What a message states in words: the window of impact, and the cause.

Strict on purpose: a reading that could be wrong is left out (METHODOLOGY, "Stated windows"
and "Stated causes").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

LONGEST = timedelta(hours=12)
DAY = timedelta(days=1)
PACIFIC = ZoneInfo("America/Los_Angeles")
EASTERN = ZoneInfo("America/New_York")
#: What people call "PST" in July is Pacific time: the word names a zone, not an offset.
ZONES = {
    "utc": ZoneInfo("Etc/UTC"),
    "gmt": ZoneInfo("Etc/UTC"),
    "pt": PACIFIC,
    "pst": PACIFIC,
    "pdt": PACIFIC,
    "pacific": PACIFIC,
    "et": EASTERN,
    "est": EASTERN,
    "edt": EASTERN,
}
MONTHS = {
    name: number
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}

# Blanks are taken whole (++, *+): given back one by one, a page full of them takes for ever.
_CLOCK = r"(?P<h{n}>\d{{1,2}}):(?P<m{n}>[0-5]\d)(?!\d|:)\s*+(?P<half{n}>[ap]\.?m\b\.?)?"
_ZONE = r"\(?(?P<z{n}>utc|gmt|pst|pdt|pt|pacific|est|edt|et)\b(?:\s++time\b)?\)?"
_DATE = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thurs?|fri|sat(?:ur)?|sun)(?:day)?,?\s++)?"
    r"(?P<{side}_month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*+\.?\s++"
    r"(?P<{side}_day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s++(?P<{side}_year>\d{{4}}))?"
)
WINDOW = re.compile(
    rf"(?:\b{_DATE.format(side='before')},?\s++)?"
    rf"\b(?:from|between)\s++{_CLOCK.format(n=1)}(?:\s*+{_ZONE.format(n=1)})?"
    rf"\s*+(?:-|–|—|\bto\b|\band\b|\buntil\b)\s*+{_CLOCK.format(n=2)}\s*+{_ZONE.format(n=2)}"
    rf"(?:,?\s++(?:on\s++)?{_DATE.format(side='after')})?",
    re.IGNORECASE,
)
#: A day given in figures: 5/6 may be May or June, so such a window is left out.
FIGURES = re.compile(r",?\s++(?:on\s++)?\d{1,4}[/.-]\d{1,2}\b", re.IGNORECASE)

ANNOUNCES = re.compile(r"\bwill\b|\bscheduled\b|\bplanned\b|\bmaintenance\b", re.IGNORECASE)

NOT_STATED = "not_stated"
CUE = re.compile(
    r"\b(?:due to|caused by|root cause|because of|resulted from|issue was)\b", re.IGNORECASE
)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
#: What is rolled out to end an incident did not cause it.
REMEDY = re.compile(
    r"\b(?:deploy|roll|implement|ship)\w*(?:[ -]?out)?(?: of)?(?: an?| the| our)?(?: \w+)?"
    r" (?:fix|mitigation|patch|rollback|revert)\w*",
    re.IGNORECASE,
)
#: A cloud after "on", "in" or "via" is where it happened, not why.
_NOT_A_PLACE = r"(?<!\bon )(?<!\bin )(?<!\bvia )(?<!\bthrough )(?<!\bfor )"
CAUSES = {
    "config_deploy": r"\b(?:mis)?config(?:uration)?s?\b|\bmisconfigur"
    r"|\bdeploy(?:s|ed|ing|ments?)?\b|\broll(?:ed)?[ -]?out\b|\brollouts?\b|\bcode change"
    r"|\bregression|\bfeature flag"
    r"|\b(?:bad|faulty|recent|new) (?:release|change|update|version)|\bmigration\b",
    "capacity_load": r"\bcapacity\b|\boverload|\b(?:traffic|load|demand) (?:spike|surge|increase)"
    r"|\b(?:spike|surge|increase) in (?:\w+ )?(?:traffic|load|demand|requests|usage)"
    r"|\b(?:high|heavy|elevated|increased|unexpected) (?:\w+ )?(?:traffic|load|demand|usage)\b"
    r"|\bresource exhaustion|\bsaturat|\b(?:auto)?scaling\b",
    "network_dns": r"\bnetwork|\bdns\b|\brouting\b|\bload balanc|\bcertificate|\btls\b|\bbgp\b"
    r"|\bconnectivity\b",
    "datastore": r"\bdatabases?\b|\bdb\b|\bpostgres|\bmysql\b|\bredis\b|\bcach(?:e|es|ing)\b"
    r"|\bstorage\b|\breplication\b|\bdata ?stores?\b",
    "hardware_infra": r"\bhardware\b|\bpower (?:loss|outage|failure)|\bgpus?\b|\bdisks?\b"
    r"|\bdata ?cent(?:er|re)s?\b|\bnode failure|\b(?:host|server) failure|\bcooling\b"
    r"|\bkubernetes\b|\binfrastructure (?:failure|issue|problem|fault)",
    "upstream_cloud": rf"\bupstream\b|\bthird[- ]party\b|\b(?:cloud|infrastructure|hosting) "
    rf"(?:provider|vendor|partner)|{_NOT_A_PLACE}\b(?:aws|amazon|azure|google cloud|gcp|cloudflare"
    rf"|fastly|akamai)\b",
    "security_ddos": r"\bddos\b|\bdenial[- ]of[- ]service\b|\battack|\bmalicious|\babus(?:e|ive)\b",
}
_CAUSES = {label: re.compile(words, re.IGNORECASE) for label, words in CAUSES.items()}


@dataclass(frozen=True, slots=True)
class StatedWindow:
    """Impact as the text states it, UTC, with the words it was read from.

    ``confidence``: ``high`` when the words leave one reading, ``medium`` when the half of
    the day had to be chosen.
    """

    start_at: datetime
    end_at: datetime
    text: str
    confidence: str


def window(text: str, posted_at: datetime) -> StatedWindow | None:
    """The first window ``text`` states, or None. ``posted_at``: aware time of the message.

    The date is the one that puts the start nearest to ``posted_at``, unless the text gives
    it; over 12 hours is no window. A start still to come is believed of an announcement only.
    """
    for match in WINDOW.finditer(text):
        if FIGURES.match(text, match.end()):
            continue
        found = _read(match, posted_at)
        if found is not None and (found.start_at <= posted_at or ANNOUNCES.search(text)):
            return found
    return None


def causes(text: str) -> tuple[str, ...]:
    """Labels of the causes ``text`` states, in a fixed order; ``("not_stated",)`` when none.

    Only sentences with a causal cue count: a word elsewhere says where, not why.
    """
    telling = [REMEDY.sub(" ", s) for s in SENTENCE_END.split(text) if CUE.search(s)]
    found = tuple(
        label for label, words in _CAUSES.items() if any(words.search(s) for s in telling)
    )
    return found or (NOT_STATED,)


def _read(match: re.Match[str], posted_at: datetime) -> StatedWindow | None:
    zone2 = ZONES[match["z2"].lower()]
    zone1 = ZONES[match["z1"].lower()] if match["z1"] else zone2
    choose_half = zone2 in (PACIFIC, EASTERN) and max(int(match["h1"]), int(match["h2"])) <= 12
    starts = _clocks(match["h1"], match["m1"], match["half1"], choose_half)
    ends = _clocks(match["h2"], match["m2"], match["half2"], choose_half)
    days = list(_days(match, posted_at, zone1))
    spans = [
        span
        for day, first, last in product(days, starts, ends)
        if (span := _span(day, first, last, zone1, zone2)) is not None
    ]
    if match["after_day"]:
        # The day stands beside the end: over midnight it may be either end's.
        spans = [s for s in spans if s[0].astimezone(zone1).date() == s[1].astimezone(zone1).date()]
    if not spans:
        return None
    open_half = choose_half and not (match["half1"] or match["half2"])
    if open_half:
        past = [s for s in spans if s[1] <= posted_at]
        best = min(past or spans, key=lambda s: abs(posted_at - s[1]))
    else:
        best = min(spans, key=lambda s: abs(posted_at - s[0]))
    return StatedWindow(best[0], best[1], match[0].strip(), "medium" if open_half else "high")


def _clocks(hour: str, minute: str, half: str | None, choose_half: bool) -> list[time]:
    """The times of day a clock may mean; none when it is no time."""
    h, m = int(hour), int(minute)
    if half:
        return (
            [time(h % 12 + (12 if half.lower().startswith("p") else 0), m)] if 0 < h <= 12 else []
        )
    if choose_half and 0 < h <= 12:
        return [time(h % 12, m), time(h % 12 + 12, m)]
    return [time(h, m)] if h < 24 else []


def _days(match: re.Match[str], posted_at: datetime, zone: ZoneInfo) -> Iterator[date]:
    """Days the start may lie on: the one given, in the year nearest to the post; else three."""
    posted = posted_at.astimezone(zone).date()
    side = next((s for s in ("before", "after") if match[f"{s}_day"]), None)
    if side is None:
        yield from (posted + n * DAY for n in (-1, 0, 1))
        return
    given = match[f"{side}_year"]
    years = [int(given)] if given else [posted.year - 1, posted.year, posted.year + 1]
    month, day = MONTHS[match[f"{side}_month"].lower()], int(match[f"{side}_day"])
    possible = [d for year in years if (d := _date(year, month, day)) is not None]
    if possible:
        yield min(possible, key=lambda d: abs(d - posted))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _span(
    day: date, first: time, last: time, zone1: ZoneInfo, zone2: ZoneInfo
) -> tuple[datetime, datetime] | None:
    start = datetime.combine(day, first, zone1).astimezone(UTC)
    end_day = start.astimezone(zone2).date()
    end = datetime.combine(end_day, last, zone2).astimezone(UTC)
    if end < start:
        end = datetime.combine(end_day + DAY, last, zone2).astimezone(UTC)
    return (start, end) if timedelta(0) < end - start <= LONGEST else None
