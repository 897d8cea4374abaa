"""Read the window of impact a message states in words.

Strict on purpose: a reading that could be wrong is left out (METHODOLOGY, "Stated windows").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, product
from zoneinfo import ZoneInfo

from ingest.labels.stated_days import FIGURES_NEXT, SHORT_MONTH, StatedDays, stated_days
from ingest.labels.stated_failures import failure_words
from ingest.labels.stated_impact import WINDOW_MARK, is_bare, states_impact
from ingest.time_zones import time_zone

LONGEST = timedelta(hours=12)
#: A date that puts the start farther from the post is as likely a slip as a fact.
FARTHEST = timedelta(days=7)
DAY = timedelta(days=1)
#: Clocks in texts are told to the minute.
MINUTE = timedelta(minutes=1)
#: A message with more windows is a table, and a longer sentence is none.
MOST_WINDOWS, LONGEST_SENTENCE = 50, 2000
PACIFIC = time_zone("America/Los_Angeles")
EASTERN = time_zone("America/New_York")
#: What people call "PST" in July is Pacific time: the word names a zone, not an offset.
ZONES = {
    "utc": time_zone("Etc/UTC"),
    "gmt": time_zone("Etc/UTC"),
    "pt": PACIFIC,
    "pst": PACIFIC,
    "pdt": PACIFIC,
    "pacific": PACIFIC,
    "et": EASTERN,
    "est": EASTERN,
    "edt": EASTERN,
}

# Blanks are taken whole (++, *+): given back one by one, a page full of them takes for ever.
_CLOCK = (
    r"(?:(?P<about{n}>approximately)\s++)?"
    r"(?P<h{n}>\d{{1,2}}):(?P<m{n}>[0-5]\d)(?!\d|:)\s*+(?P<half{n}>[ap]\.?m\b\.?)?"
)
_ZONE = r"\(?(?P<z{n}>utc|gmt|pst|pdt|pt|pacific|est|edt|et)\b(?:\s++time\b)?\)?"
_RANGE = (
    rf"{_CLOCK.format(n=1)}(?:\s*+{_ZONE.format(n=1)})?"
    rf"\s*+(?:-|–|—|\bto\b|\band\b|\buntil\b|\bthrough\b)\s*+{_CLOCK.format(n=2)}"
)
WINDOW = re.compile(rf"\b(?:from|between)\s++{_RANGE}\s*+{_ZONE.format(n=2)}", re.IGNORECASE)
#: Two clocks that may be a window of their own, in whatever words.
RANGE = re.compile(rf"(?<![\d:]){_RANGE}(?:\s*+{_ZONE.format(n=2)})?", re.IGNORECASE)
#: A line that ends without a stop goes on in the next, unless that begins a list or a paragraph.
SENTENCE_END = re.compile(r"(?<=[.!?])\s++|\n\s*+(?=[-*•])|\n[^\S\n]*+\n\s*+|(?<=:)\n\s*+")
#: A sentence that only points back at the one before.
POINTS_BACK = re.compile(r"(?:this|it|that)\b", re.IGNORECASE)
#: A sentence about what is to come: its day is not that of the impact.
COMING = re.compile(r"\b(?:will|next|scheduled|planned|expect)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StatedWindow:
    """Hold the start and end (UTC) a text states, with the words that state them.

    ``confidence``: ``high`` when the words leave one reading, ``medium`` when the half of
    the day had to be chosen, or a clock is given as approximate.
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

    Only a sentence that says that something was wrong states one, unless the incident is planned
    work. The day is that of the sentence, else the one that puts the start nearest to
    ``posted_at``. Two days, a day farther than 7 days, over 12 hours, or several windows are not
    read, unless it is one window in several zones. A start after ``posted_at``, or an end after
    ``edited_at``, is believed of planned work only: what a message reports was under way when it
    was written.

    Args:
        text: One message, without markup.
        posted_at: When the incident began, or is to begin; an aware time.
        written_at: When the message was written, where later than ``posted_at``.
        edited_at: When the message was last changed; None: it may be of any later time.
        planned: Whether the incident is planned work.
    """
    written_at = written_at or posted_at
    text = re.sub(r"[^\S\n]+", " ", text)
    found = list(islice(WINDOW.finditer(text), MOST_WINDOWS + 1))
    if not 0 < len(found) <= MOST_WINDOWS:
        return None
    stops = _stops(text)
    matches = [m for m in found if planned or _states_impact(text, m, stops)]
    if len({match.groups() for match in matches}) != 1:
        return None
    match = matches[0]
    start, end = _sentence(match, stops)
    days = _days(text, match, stops, posted_at, written_at)
    span = None if days is None else _read(match, days, posted_at, written_at)
    if days is None or span is None or abs(span[0] - posted_at) > FARTHEST:
        return None
    beside = [*RANGE.finditer(text, start, match.start()), *RANGE.finditer(text, match.end(), end)]
    if any(
        not other["z2"] or _read(other, days, posted_at, written_at) != span for other in beside
    ):
        return None
    late = edited_at is not None and span[1] - edited_at > MINUTE
    if not planned and (late or span[0] - posted_at > MINUTE):
        return None
    stretch = [match.span(), *([days.span] if days.span else [])]
    words = text[min(stretch)[0] : max(last for _, last in stretch)].strip()
    sure = not (_half_open(match) or match["about1"] or match["about2"])
    return StatedWindow(*span, words, "high" if sure else "medium")


def _stops(text: str) -> list[tuple[int, int]]:
    """Return where the sentences of ``text`` begin and end; a short month ends none."""
    masked = SHORT_MONTH.sub(lambda found: f"{found[0][:-1]} ", text)
    edges = [(stop.start(), stop.end()) for stop in SENTENCE_END.finditer(masked)]
    starts = [0, *(end for _, end in edges)]
    return list(zip(starts, [*(start for start, _ in edges), len(text)], strict=True))


def _place(match: re.Match[str], stops: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the first and the last sentence that ``match`` reaches into."""
    first = max(n for n, (start, _) in enumerate(stops) if start <= match.start())
    last = next(n for n, (_, end) in enumerate(stops) if end >= match.end())
    return first, max(first, last)


def _sentence(match: re.Match[str], stops: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return where the sentence around ``match`` starts and ends."""
    first, last = _place(match, stops)
    return stops[first][0], stops[last][1]


def _states_impact(text: str, match: re.Match[str], stops: Sequence[tuple[int, int]]) -> bool:
    """Tell whether the sentence around ``match`` says that something was wrong in it.

    Clocks that stand alone are those of the sentence before, or of the whole message.
    """
    start, end = _sentence(match, stops)
    if end - start > LONGEST_SENTENCE:
        return False
    sentence = f"{text[start : match.start()]}{WINDOW_MARK}{text[match.end() : end]}"
    if not is_bare(sentence):
        return states_impact(sentence)
    first, _ = _place(match, stops)
    before = text[slice(*stops[first - 1])] if first else ""
    whole = f"{text[: match.start()]}{WINDOW_MARK}{text[match.end() :]}"
    return is_bare(whole) or _tells_failure(before)


def _days(
    text: str,
    match: re.Match[str],
    stops: Sequence[tuple[int, int]],
    posted_at: datetime,
    written_at: datetime,
) -> StatedDays | None:
    """Return the days on which the window may begin; None where that is not sure.

    A day of the sentence beside counts where that sentence is about the same trouble; any other
    only where it agrees with the day the clocks would be read on without it.
    """
    zone = _zone_of(match)
    posted = posted_at.astimezone(zone).date()
    written = tuple(dict.fromkeys(written_at.astimezone(z).date() for z in (zone, UTC)))
    nearest = StatedDays(tuple(posted + n * DAY for n in (-1, 0, 1)))
    start, end = _sentence(match, stops)
    if FIGURES_NEXT.match(text, match.end()) and not _dated(text, match.end(), end, posted):
        return None
    own = stated_days(text, start, end, posted, written)
    if own is not None:
        return own if own.days else None
    span = _read(match, nearest, posted_at, written_at)
    first, last = _place(match, stops)
    for place in (first - 1, last + 1):
        if not 0 <= place < len(stops) or COMING.search(text, *stops[place]):
            continue
        other = stated_days(text, *stops[place], posted, written)
        if other is None or (span and span[0].astimezone(zone).date() in other.days):
            continue
        beside = text[slice(*stops[place])]
        about = POINTS_BACK.match(beside) if place > last else _tells_failure(beside)
        if about or other.days:
            return other if about and other.days else None
    return nearest


def _tells_failure(sentence: str) -> bool:
    return failure_words().find(sentence, weak=True) is not None


def _dated(text: str, start: int, end: int, posted: date) -> bool:
    """Tell whether the figures at ``start`` are a date that can be read."""
    days = stated_days(text, start, end, posted, (posted,))
    return days is not None and bool(days.days)


def _zone_of(match: re.Match[str]) -> ZoneInfo:
    """Return the zone of the first clock."""
    return ZONES[(match["z1"] or match["z2"]).lower()]


def _read(
    match: re.Match[str], stated: StatedDays, posted_at: datetime, written_at: datetime
) -> tuple[datetime, datetime] | None:
    """Return the reading of two clocks that lies nearest to the start of the incident."""
    zone2 = ZONES[match["z2"].lower()]
    zone1 = _zone_of(match)
    choose_half = _may_choose(match)
    starts = _clocks(match["h1"], match["m1"], match["half1"], choose_half)
    ends = _clocks(match["h2"], match["m2"], match["half2"], choose_half)
    spans = [
        span
        for day, first, last in product(stated.days, starts, ends)
        if (span := _span(day, first, last, zone1, zone2)) is not None
    ]
    if stated.span is not None and stated.span[0] > match.start():
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


def _span(
    day: date, first: time, last: time, zone1: ZoneInfo, zone2: ZoneInfo
) -> tuple[datetime, datetime] | None:
    """Return the span two clocks make on a day; None where it is empty or too long."""
    start = datetime.combine(day, first, zone1).astimezone(UTC)
    end_day = start.astimezone(zone2).date()
    end = datetime.combine(end_day, last, zone2).astimezone(UTC)
    if end < start:
        end = datetime.combine(end_day + DAY, last, zone2).astimezone(UTC)
    return (start, end) if timedelta(0) < end - start <= LONGEST else None
