"""Ask a question: one frozen value, from keywords, a URL or the command line."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from analytics.rules import CUSTOM, HEADLINE, INCIDENT_OPEN, RULES, WeightsError, weights_of
from ingest.models import UnknownZoneError, UsageError, time_zone

#: The class of planned work, and its kind: no incident.
MAINTENANCE = "maintenance"
#: The class of what a page's own monitors measured: no post.
MONITOR = "monitor"
CLASSES = (
    *("outage", "degradation", "billing_console", "notice"),
    *(MAINTENANCE, "data_security", MONITOR),
)
#: Classes that count as trouble with the service unless told otherwise.
RELIABILITY = ("outage", "degradation")
UNITS = ("posts", "episodes")
COMBINE = ("any", "all", "mean")
#: States a post can be asked to have reached.
MINIMA = ("degraded", "partial", "major")
DEFAULT_DAYS = 90
UTC_ZONE = "Etc/UTC"
#: Objective an error budget is measured against unless told otherwise.
SLO = 0.999


class QuestionError(UsageError, ValueError):
    """A question that cannot be asked; one line that says what is allowed."""


@dataclass(frozen=True, slots=True)
class Question:
    """Hold a question to a snapshot.

    ``since`` is inclusive, ``until`` exclusive, both midnight in ``zone``; None means the
    90 days to the snapshot's as-of time. No ``surface``: one row per surface, or one over
    all of them with ``combine`` any, all or mean. ``classes`` filters posts, and so does
    ``minimum``: the worst state a post gave a component of the surface is that or worse.
    ``slo`` is the fraction of time an error budget is measured against. ``previous`` asks
    about the period of the same length, to the second, just before the window.
    """

    providers: tuple[str, ...] = ()
    surface: str | None = None
    since: date | None = None
    until: date | None = None
    zone: str = UTC_ZONE
    rule: str = HEADLINE
    weights: tuple[float, float, float] | None = None
    classes: tuple[str, ...] = RELIABILITY
    unit: str = "posts"
    combine: str | None = None
    minimum: str | None = None
    slo: float = SLO
    previous: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        _one_of("rule", self.rule, RULES)
        _one_of("unit", self.unit, UNITS)
        if self.combine is not None:
            _one_of("combine", self.combine, COMBINE)
        if self.minimum is not None:
            _one_of("minimum", self.minimum, MINIMA)
        for name in self.classes:
            _one_of("class", name, CLASSES)
        if not self.classes:
            raise QuestionError(f"name at least one class: {', '.join(CLASSES)}")
        try:
            time_zone(self.zone)
        except UnknownZoneError as error:
            raise QuestionError(f"zone {error}") from None
        if self.rule == CUSTOM:
            try:
                weights_of(self.rule, self.weights)
            except WeightsError as error:
                raise QuestionError(str(error)) from None
        if not 0 < self.slo < 1:
            raise QuestionError(f"slo {self.slo:g} is not a fraction below 1 such as 0.999")
        if self.since and self.until and self.since >= self.until:
            raise QuestionError(f"since {self.since} is not before until {self.until}")

    @property
    def named_rule(self) -> str:
        """Name of the rule in rows: one's own carries its weights.

        >>> ask(weights="0.1,0.5,1").named_rule
        'custom 0.1,0.5,1'
        """
        if self.rule != CUSTOM or self.weights is None:
            return self.rule
        return f"{self.rule} {','.join(f'{weight:g}' for weight in self.weights)}"

    @property
    def narrowed(self) -> bool:
        """True where fewer incidents are asked for than count as trouble."""
        return self.minimum is not None or not set(self.classes) >= set(RELIABILITY)

    def window(self, as_of: datetime) -> tuple[datetime, datetime]:
        """Return start (inclusive) and end (exclusive) in UTC; never past ``as_of``.

        Raises:
            QuestionError: The window lies after it.
        """
        end = min(midnight(self.until, self.zone), as_of) if self.until else as_of
        start = midnight(self.since, self.zone) if self.since else _days_before(end)
        if start >= end:
            raise QuestionError(
                f"the window starts at {start:%Y-%m-%d}, after the data end at "
                f"{as_of:%Y-%m-%d %H:%M} UTC"
            )
        return _before(start, end) if self.previous else (start, end)


def everything(question: Question, /) -> Hashable:
    """Return all of a question: the key of an answer that depends on every part of it."""
    return question


def nothing() -> Hashable:
    """Return the key of an answer that depends on no question, only on the snapshot."""
    return None


def place(question: Question, /) -> Hashable:
    """Return providers and surfaces."""
    together = question.surface is None and question.combine is not None
    return question.providers, question.surface, together


def whenever(question: Question, /) -> Hashable:
    """Return places and the filter: what incidents depend on, whatever the window."""
    return place(question), question.classes, question.minimum


def subject(question: Question, /) -> Hashable:
    """Return places and window, and whether monitors are asked: what scopes depend on."""
    window = question.since, question.until, question.zone, question.previous
    return place(question), window, MONITOR in question.classes


def selection(question: Question, /) -> Hashable:
    """Return the subject and the filter: equal for questions about the same incidents."""
    return subject(question), question.classes, question.minimum


def but_rule(question: Question, /) -> Hashable:
    """Return all but the rule: what answers of every rule, or of none, depend on."""
    return selection(question), question.combine, question.unit


def as_weighed(question: Question) -> Question:
    """Drop the least state, which has no part where the rule weighs states.

    METHODOLOGY, "How bad a post was".
    """
    return question if question.rule == INCIDENT_OPEN else replace(question, minimum=None)


def combine_of(question: Question) -> str:
    """Return how several components of one surface count together."""
    return question.combine or "any"


def _days_before(end: datetime) -> datetime:
    """Return the start of a window without one."""
    try:
        return end - timedelta(days=DEFAULT_DAYS)
    except OverflowError:
        raise QuestionError(
            f"the {DEFAULT_DAYS} days before {end:%Y-%m-%d} are outside the calendar"
        ) from None


def _before(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    try:
        return start - (end - start), start
    except OverflowError:
        raise QuestionError(f"the period before {start:%Y-%m-%d} is outside the calendar") from None


def midnight(day: date, zone: str) -> datetime:
    """Return the first moment of ``day`` in ``zone``, in UTC.

    Raises:
        QuestionError: That is outside the calendar.
    """
    try:
        return datetime.combine(day, time(), time_zone(zone)).astimezone(UTC)
    except OverflowError:
        raise QuestionError(f"{day} in {zone} is outside the calendar") from None


def _one_of(what: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise QuestionError(f"{what} {value!r} is not one of {', '.join(allowed)}")


def ask(
    *,
    providers: str | Sequence[str] = (),
    surface: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    zone: str = UTC_ZONE,
    rule: str | None = None,
    weights: str | tuple[float, float, float] | None = None,
    classes: str | Sequence[str] = RELIABILITY,
    unit: str = "posts",
    combine: str | None = None,
    minimum: str | None = None,
    slo: str | float = SLO,
    previous: bool = False,
) -> Question:
    """Build a question from plain keywords.

    Weights are a rule of their own, ``custom``; beside another one they are refused.

    >>> ask(providers="anthropic").providers
    ('anthropic',)
    >>> ask(providers=["anthropic"], since="2026-03-02", until="2026-03-03").rule
    'incident_io'

    Args:
        providers: Slugs, or one; none means every provider.
        surface: One surface; None: every one, or all together with ``combine``.
        since: First day of the window; None: 90 days before its end.
        until: First day after it; None: up to the newest capture.
        zone: IANA zone in which days begin.
        rule: Name of the rule that weighs states.
        weights: Weights of degraded, partial and major instead of a named rule.
        classes: Classes of incidents that count.
        unit: Count posts or episodes.
        combine: Any, all or mean of several components.
        minimum: Least state an incident must have reached.
        slo: Objective of an error budget, as a fraction.
        previous: Ask about the period of the same length just before the window.

    Raises:
        QuestionError: It cannot be asked; the message says what is allowed.
    """
    return Question(
        providers=(providers,) if isinstance(providers, str) else tuple(providers),
        surface=surface,
        since=_day("since", since),
        until=_day("until", until),
        zone=zone,
        rule=_rule(rule, weights),
        weights=_three(weights),
        classes=_several(classes),
        unit=unit,
        combine=combine,
        minimum=minimum,
        slo=_fraction("slo", slo),
        previous=previous,
    )


def _rule(stated: str | None, weights: str | tuple[float, float, float] | None) -> str:
    if weights is None:
        return HEADLINE if stated is None else stated
    if stated not in (None, CUSTOM):
        raise QuestionError(f"weights are a rule of their own: leave out rule {stated!r}, or them")
    return CUSTOM


def _fraction(what: str, value: str | float) -> float:
    try:
        return float(value)
    except ValueError:
        raise QuestionError(f"{what} {value!r} is not a number such as 0.999") from None


def _day(what: str, value: str | date | None) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise QuestionError(f"{what} {value!r} is not a date such as 2026-03-02") from None


def _three(value: str | tuple[float, float, float] | None) -> tuple[float, float, float] | None:
    if value is None or isinstance(value, tuple):
        return value
    try:
        degraded, partial, major = (float(part) for part in value.split(","))
    except ValueError:
        raise QuestionError(f"weights {value!r} are not three numbers such as 0,0.3,1") from None
    return degraded, partial, major


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(value)


def to_query(question: Question) -> dict[str, list[str]]:
    """Return the URL parameters that ask the same; defaults are left out."""
    plain = Question()
    params: dict[str, list[str]] = {}
    if question.providers:
        params["p"] = list(question.providers)
    for key in ("surface", "zone", "rule", "unit", "combine", "minimum", "slo"):
        if getattr(question, key) != getattr(plain, key):
            params[key] = [str(getattr(question, key))]
    for key in ("since", "until"):
        if (day := getattr(question, key)) is not None:
            params[key] = [day.isoformat()]
    if question.rule == CUSTOM and question.weights is not None:
        params["weights"] = [",".join(repr(weight) for weight in question.weights)]
    if question.classes != plain.classes:
        params["classes"] = [",".join(question.classes)]
    if question.previous:
        params["previous"] = ["yes"]
    return params


def from_query(params: Mapping[str, Sequence[str]]) -> Question:
    """Return the question a URL asks; unknown parameters are ignored.

    Raises:
        QuestionError: It cannot be asked.
    """
    one = {key: values[-1] for key, values in params.items() if values}
    return ask(
        providers=tuple(params.get("p", ())),
        surface=one.get("surface"),
        since=one.get("since"),
        until=one.get("until"),
        zone=one.get("zone", UTC_ZONE),
        rule=one.get("rule"),
        weights=one.get("weights"),
        classes=one.get("classes", RELIABILITY),
        unit=one.get("unit", "posts"),
        combine=one.get("combine"),
        minimum=one.get("minimum"),
        slo=one.get("slo", SLO),
        previous=one.get("previous") == "yes",
    )
