"""Read what a message states in words: the window of impact, and the cause.

Strict on purpose: a reading that could be wrong is left out (METHODOLOGY, "Stated windows"
and "Stated causes").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

LONGEST = timedelta(hours=12)
#: A date that puts the start farther from the post is as likely a slip as a fact.
FARTHEST = timedelta(days=7)
DAY = timedelta(days=1)
#: Clocks in texts are told to the minute.
MINUTE = timedelta(minutes=1)
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
_MONTH = (
    r"(?P<{n}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_YEAR = r"(?:,?\s++(?P<{n}>\d{{4}})\b)?"
DATE = re.compile(
    rf"\b{_MONTH.format(n='month')}\s++(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)"
    rf"{_YEAR.format(n='year')}"
    rf"|\b(?P<first_day>\d{{1,2}})(?:st|nd|rd|th)?\s++(?:of\s++)?"
    rf"{_MONTH.format(n='then_month')}{_YEAR.format(n='then_year')}",
    re.IGNORECASE,
)
_PARTS = (("day", "first_day"), ("month", "then_month"), ("year", "then_year"))
#: The stop of a shortened month ends no sentence.
SHORT_MONTH = re.compile(rf"\b{_MONTH.format(n='month')}(?<=\.)", re.IGNORECASE)
_RANGE = (
    rf"{_CLOCK.format(n=1)}(?:\s*+{_ZONE.format(n=1)})?"
    rf"\s*+(?:-|–|—|\bto\b|\band\b|\buntil\b)\s*+{_CLOCK.format(n=2)}"
)
WINDOW = re.compile(
    rf"\b(?:from|between)\s++{_RANGE}\s*+{_ZONE.format(n=2)}",
    re.IGNORECASE,
)
#: Two clocks that may be a window of their own, in whatever words.
RANGE = re.compile(rf"(?<![\d:]){_RANGE}(?:\s*+{_ZONE.format(n=2)})?", re.IGNORECASE)
#: A day given in figures: 5/6 may be May or June, so such a window is left out.
FIGURES = re.compile(r"\b\d{1,2}/\d{1,2}\b|\b\d{1,4}(?P<apart>[/.-])\d{1,2}(?P=apart)\d{1,4}\b")
#: Beside the window even two figures are a day: elsewhere they are a version or a share.
FIGURES_NEXT = re.compile(r",?\s++(?:on\s++)?\d{1,4}[/.-]\d{1,2}\b", re.IGNORECASE)

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
    """Hold the start and end (UTC) a text states, with the words that state them.

    ``confidence``: ``high`` when the words leave one reading, ``medium`` when the half of
    the day had to be chosen.
    """

    start_at: datetime
    end_at: datetime
    text: str
    confidence: str


def window(
    text: str,
    posted_at: datetime,
    written_at: datetime | None = None,
    *,
    edited_at: datetime | None = None,
    planned: bool = False,
) -> StatedWindow | None:
    """Return the window ``text`` states, or None where it cannot be read for sure.

    The date is that of the sentence, else the one that puts the start nearest to ``posted_at``.
    Two dates, a date farther than 7 days, over 12 hours, or several windows are not read,
    unless it is one window in several zones. A start after ``posted_at``, or an end after
    ``edited_at``, is believed of planned work or an announcement only: what a message reports
    was under way when it was written.

    Args:
        text: One message, without markup.
        posted_at: When the incident began, or is to begin; an aware time.
        written_at: When the message was written, where later than ``posted_at``.
        edited_at: When the message was last changed; None: it may be of any later time.
        planned: Whether the incident is planned work.
    """
    written_at = written_at or posted_at
    matches = list(WINDOW.finditer(text))
    if len({match.groups() for match in matches}) != 1:
        return None
    match = matches[0]
    start, end = _sentence(text, match)
    if FIGURES.search(text, start, end) or FIGURES_NEXT.match(text, match.end()):
        return None
    dates = list(DATE.finditer(text, start, end))
    if len(dates) > 1:
        return None
    dated = dates[0] if dates else None
    span = _read(match, dated, posted_at, written_at)
    if span is None or abs(span[0] - posted_at) > FARTHEST:
        return None
    beside = [*RANGE.finditer(text, start, match.start()), *RANGE.finditer(text, match.end(), end)]
    if any(
        not other["z2"] or _read(other, dated, posted_at, written_at) != span for other in beside
    ):
        return None
    late = edited_at is not None and span[1] - edited_at > MINUTE
    if (
        (late or span[0] - posted_at > MINUTE)
        and not planned
        and not ANNOUNCES.search(text, start, end)
    ):
        return None
    told = [match.span(), *(date.span() for date in dates)]
    words = text[min(told)[0] : max(last for _, last in told)].strip()
    return StatedWindow(*span, words, "medium" if _half_open(match) else "high")


def _sentence(text: str, match: re.Match[str]) -> tuple[int, int]:
    """Return start and end of the sentence around ``match``; a stop inside the match is none."""
    start, end = 0, len(text)
    for stop in SENTENCE_END.finditer(SHORT_MONTH.sub(lambda found: f"{found[0][:-1]} ", text)):
        if stop.end() <= match.start():
            start = stop.end()
        elif stop.start() >= match.end():
            end = stop.start()
            break
    return start, end


def causes(text: str) -> tuple[str, ...]:
    """Return the causes ``text`` states in a fixed order; ``("not_stated",)`` when none.

    Only sentences with a causal cue count: a word elsewhere says where, not why.
    """
    telling = [REMEDY.sub(" ", s) for s in SENTENCE_END.split(text) if CUE.search(s)]
    found = tuple(
        label for label, words in _CAUSES.items() if any(words.search(s) for s in telling)
    )
    return found or (NOT_STATED,)


def _read(
    match: re.Match[str], dated: re.Match[str] | None, posted_at: datetime, written_at: datetime
) -> tuple[datetime, datetime] | None:
    zone2 = ZONES[match["z2"].lower()]
    zone1 = ZONES[match["z1"].lower()] if match["z1"] else zone2
    choose_half = _may_choose(match)
    starts = _clocks(match["h1"], match["m1"], match["half1"], choose_half)
    ends = _clocks(match["h2"], match["m2"], match["half2"], choose_half)
    posted = posted_at.astimezone(zone1).date()
    days = [posted + n * DAY for n in (-1, 0, 1)] if dated is None else _given(dated, posted)
    spans = [
        span
        for day, first, last in product(days, starts, ends)
        if (span := _span(day, first, last, zone1, zone2)) is not None
    ]
    if dated is not None and dated.start() > match.start():
        # The day stands beside the end: over midnight it may be either end's.
        spans = [s for s in spans if s[0].astimezone(zone1).date() == s[1].astimezone(zone1).date()]
    if _half_open(match):
        spans = [s for s in spans if s[1] <= written_at] or spans
    return min(spans, key=lambda s: abs(posted_at - s[0]), default=None)


def _may_choose(match: re.Match[str]) -> bool:
    """Tell whether clocks without am or pm may mean either half of the day."""
    american = ZONES[match["z2"].lower()] in (PACIFIC, EASTERN)
    return american and max(int(match["h1"]), int(match["h2"])) <= 12


def _half_open(match: re.Match[str]) -> bool:
    """Tell whether neither clock of ``match`` says which half of the day is meant."""
    return _may_choose(match) and not (match["half1"] or match["half2"])


def _clocks(hour: str, minute: str, half: str | None, choose_half: bool) -> list[time]:
    """Return the times of day a clock may mean; none when it is no time."""
    h, m = int(hour), int(minute)
    if half:
        return (
            [time(h % 12 + (12 if half.lower().startswith("p") else 0), m)] if 0 < h <= 12 else []
        )
    if choose_half and 0 < h <= 12:
        return [time(h % 12, m), time(h % 12 + 12, m)]
    return [time(h, m)] if h < 24 else []


def _given(dated: re.Match[str], posted: date) -> list[date]:
    """Return the day ``dated`` names, as a list of one; none where there is no such day.

    Without a year it is the one nearest to the incident.
    """
    day, name, year = (dated[a] or dated[b] for a, b in _PARTS)
    month = MONTHS[name[:3].lower()]
    years = [int(year)] if year else [posted.year - 1, posted.year, posted.year + 1]
    possible = [d for y in years if (d := _date(y, month, int(day))) is not None]
    return [min(possible, key=lambda d: abs(d - posted))] if possible else []


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
