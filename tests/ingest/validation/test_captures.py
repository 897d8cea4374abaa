"""Records of a capture that cannot be true are refused, and say why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ingest.models import (
    ALWAYS,
    ANY_INCIDENT,
    Change,
    Component,
    Impact,
    Incident,
    Kind,
    Notice,
    Parsed,
    PostedDay,
    PostedImpact,
    PostedRatio,
    ReadError,
    Stage,
    State,
    Update,
)
from ingest.platforms import PLATFORMS
from ingest.platforms.forms import Form
from ingest.validation.captures import believe, frozen, read
from tests.support.payloads.statuspage import AT, PAGE, capture

HOUR = timedelta(hours=1)
JULY = date(2025, 7, 1)
POST = Incident("good", Kind.INCIDENT, "Errors", "resolved", Stage.RESOLVED, Impact.MINOR)
SAID = Update("u", Stage.RESOLVED, "resolved", AT - HOUR, AT - HOUR)


def believed(*posts: Incident, horizon: datetime | None = None) -> Parsed:
    parsed = Parsed("incident", horizon=horizon, incidents=(POST, *posts))
    return believe(capture(b"{}"), parsed)


def reason(post: Incident) -> str:
    [notice] = believed(post).rejects
    return notice.reason


def test_what_can_be_true_is_believed_as_it_is() -> None:
    plain = replace(POST, incident_id="x", title="Größe \N{ROCKET}\x1b[31m", updates=(SAID,))
    assert believed(plain).incidents == (POST, plain)
    assert believed(plain).rejects == ()


ODD: dict[str, tuple[Callable[[Incident], Incident], str]] = {
    "an id with a blank": (lambda i: replace(i, incident_id="a b"), "'a b' is no id"),
    "an id with a line": (lambda i: replace(i, incident_id="a\nb"), "'a b' is no id"),
    "no id": (lambda i: replace(i, incident_id=""), "an id is missing"),
    "a long title": (lambda i: replace(i, title="E" * 2_001), "a text of 2001 characters: EE"),
    "many updates": (lambda i: replace(i, updates=(SAID,) * 1_001), "1001 updates"),
    "half a character": (lambda i: replace(i, title="a\ud800"), "half a character"),
    "a time before status pages": (
        lambda i: replace(i, created_at=datetime(1970, 1, 1, tzinfo=UTC)),
        "a time in the year 1970",
    ),
    "a start to come": (
        lambda i: replace(i, started_at=AT + HOUR),
        "starts at 2026-01-10 13:00:00+00:00, after it was captured",
    ),
    "a first word to come": (
        lambda i: replace(i, updates=(replace(SAID, display_at=AT + HOUR),)),
        "starts at 2026-01-10 13:00:00+00:00, after it was captured",
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_what_cannot_be_is_refused_with_its_reason(case: str) -> None:
    change, why = ODD[case]
    odd = change(replace(POST, incident_id="odd"))
    assert believed(odd).incidents == (POST,)
    assert why in reason(odd)


ZERO = datetime(1, 1, 2, tzinfo=UTC)
LASTS = PostedImpact("api", State.MAJOR, AT - HOUR, None)
WHOLE = replace(
    POST,
    incident_id="odd",
    started_at=AT - HOUR,
    component_ids=("api",),
    updates=(replace(SAID, changes=(Change("api", None, State.MAJOR),)),),
    impacts=(LASTS,),
)
PARTS: dict[str, tuple[Callable[[Incident], Incident], str, str]] = {
    "a component's id": (
        lambda i: replace(i, component_ids=("a\u00a0b", "api")),
        "odd/a b",
        "'a b' is no id",
    ),
    "a change of no component": (
        lambda i: replace(i, updates=(replace(SAID, changes=(*changes(i), ODD_CHANGE)),)),
        "odd/a b",
        "'a b' is no id",
    ),
    "a long message": (
        lambda i: replace(
            i, updates=(*i.updates, replace(SAID, update_id="long", body="E" * 200_001))
        ),
        "odd/long/body",
        "a text of 200001 characters: EE",
    ),
    "a null in disguise": (lambda i: replace(i, resolved_at=ZERO), "odd/resolved_at", "year 1"),
    "an update of the year 1": (
        lambda i: replace(
            i, updates=(*i.updates, replace(SAID, update_id="first", display_at=ZERO))
        ),
        "odd/first",
        "a time in the year 1",
    ),
    "an edit of the year 1": (
        lambda i: replace(i, updates=(replace(i.updates[0], edited_at=ZERO),)),
        "odd/u/edited_at",
        "a time in the year 1",
    ),
    "an impact of the year 1": (
        lambda i: replace(i, impacts=(replace(LASTS, start_at=ZERO), LASTS)),
        "odd/api",
        "a time in the year 1",
    ),
}
ODD_CHANGE = Change("a b", None, State.MAJOR)
#: What can have changed no state.
HARMLESS = {"a null in disguise", "a long message", "an edit of the year 1"}


def changes(incident: Incident) -> tuple[Change, ...]:
    return incident.updates[0].changes or ()


@pytest.mark.parametrize("case", PARTS)
def test_an_odd_part_costs_itself_and_not_its_incident(case: str) -> None:
    change, record, why = PARTS[case]
    found = believed(change(WHOLE))
    [refusal] = found.rejects
    assert refusal.record == record
    assert why in refusal.reason
    kept = found.incidents[1]
    if case == "a long message":
        assert [one.body for one in kept.updates] == [None, None]
        kept = replace(kept, updates=kept.updates[:1])
    assert replace(kept, untold=False) == WHOLE
    assert kept.untold is (case not in HARMLESS)


@pytest.mark.parametrize("hours", [1, 24 * 9])
def test_an_update_of_an_open_incident_is_not_written_after_its_capture(hours: int) -> None:
    ahead = replace(SAID, update_id="ahead", created_at=AT + hours * HOUR)
    still = replace(POST, incident_id="open", stage=Stage.IDENTIFIED, created_at=AT - HOUR)
    found = believed(replace(still, updates=(SAID, ahead)))
    assert found.incidents[1].updates == (SAID,)
    assert [one.record for one in found.rejects] == ["open/ahead"]
    assert found.unread_open
    soon = replace(ahead, created_at=AT + HOUR / 10)
    assert believed(replace(still, updates=(SAID, soon))).rejects == ()
    work = replace(still, kind=Kind.MAINTENANCE, updates=(SAID, ahead))
    assert believed(work).rejects == ()


@pytest.mark.parametrize("case", PARTS)
@pytest.mark.parametrize("stage", [Stage.RESOLVED, Stage.IDENTIFIED])
def test_an_odd_part_leaves_the_present_open_where_its_incident_is(case: str, stage: Stage) -> None:
    part, _, _ = PARTS[case]
    found = believed(replace(part(WHOLE), stage=stage))
    assert found.unread_open is (stage is Stage.IDENTIFIED and case not in HARMLESS)


@pytest.mark.parametrize(
    ("odd", "is_open"),
    [
        (replace(WHOLE, title="E" * 2_001), False),
        (replace(WHOLE, title="E" * 2_001, stage=Stage.MONITORING), True),
        (replace(POST, incident_id="odd", created_at=ZERO), True),
        (replace(WHOLE, created_at=ZERO), False),
        (replace(WHOLE, started_at=AT + HOUR), True),
    ],
    ids=["closed", "open", "never dated", "dated by its start", "not yet"],
)
def test_a_refused_incident_leaves_the_present_open_where_it_may_be_going_on(
    odd: Incident, is_open: bool
) -> None:
    found = believed(odd)
    assert found.incidents == (POST,)
    assert (found.unread_open, found.unread_incidents) == (is_open, ("odd",))


def test_an_incident_whose_id_is_none_may_be_any() -> None:
    assert believed(replace(POST, incident_id="a b")).unread_incidents == (ANY_INCIDENT,)


def test_a_component_that_is_not_believed_is_named_as_unread() -> None:
    long = Component("chat", "E" * 2_001)
    parsed = Parsed("roster", roster=True, components=(Component("api", "API"), long))
    found = believe(capture(b"{}"), parsed)
    assert (found.roster, found.unread_components) == (False, ("chat",))


@pytest.mark.parametrize("states", [(State.MAJOR, State.OPERATIONAL), (State.OPERATIONAL, None)])
def test_a_component_that_is_shown_twice_and_differently_is_unknown(
    states: tuple[State, State | None],
) -> None:
    shown = [
        tuple(Component("api", "API", state=state) for state in order)
        for order in (states, states[::-1])
    ]
    for components in shown:
        found = believe(capture(b"{}"), Parsed("roster", roster=True, components=components))
        known = {one.state for one in found.components}
        assert known == ({State.UNKNOWN} if None not in states else {*states})


def test_very_many_refusals_are_counted_and_not_told_one_by_one() -> None:
    odd = tuple(replace(POST, incident_id=f"a {number}") for number in range(5_000))
    found = believed(*odd)
    assert len(found.rejects) == 1_001
    assert found.rejects[-1].reason == "4000 more"


def test_a_maintenance_may_start_later() -> None:
    planned = replace(POST, incident_id="x", kind=Kind.MAINTENANCE, started_at=AT + 99 * HOUR)
    assert believed(planned).incidents == (POST, planned)


def test_what_was_believed_once_is_judged_anew_by_another_clock() -> None:
    post = replace(POST, started_at=AT)
    assert believe(capture(b"{}"), Parsed("incident", incidents=(post,))).incidents == (post,)
    with pytest.raises(ReadError, match="after it was captured"):
        believe(capture(b"{}", AT - HOUR), Parsed("incident", incidents=(post,)))


def test_when_no_record_is_left_the_capture_cannot_be_read() -> None:
    odd = Parsed("incident", incidents=(replace(POST, incident_id=""),))
    with pytest.raises(ReadError, match="parse: no record is believed; first: an id is missing"):
        believe(capture(b"{}"), odd)


def test_a_list_reaches_back_to_the_oldest_post_that_is_believed() -> None:
    old, older = replace(POST, listed_at=AT - HOUR), datetime(1, 1, 2, tzinfo=UTC)
    odd = replace(POST, incident_id="odd", listed_at=older)
    parsed = Parsed("incident", horizon=older, incidents=(old, odd))
    assert believe(capture(b"{}"), parsed).horizon == AT - HOUR
    whole = replace(parsed, horizon=ALWAYS)
    assert believe(capture(b"{}"), whole).horizon == ALWAYS


def test_a_roster_of_which_a_part_is_refused_is_not_the_whole_of_it() -> None:
    api, odd = Component("api", "API"), Component("a b", "Chat")
    parsed = Parsed("roster", roster=True, components=(api, odd))
    found = believe(capture(b"{}"), parsed)
    assert (found.roster, found.components) == (False, (api,))
    assert believe(capture(b"{}"), replace(parsed, components=(api,))).roster


@pytest.mark.parametrize(
    "odd",
    [
        PostedDay("a", JULY, -1, 0),
        PostedDay("a", JULY, 0, 90_001),
        PostedDay("a", JULY, 2**70, 0),
        PostedDay("a", date(1, 1, 1), 0, 0),
        PostedDay("a b", JULY, 0, 0),
        PostedRatio("a", JULY, JULY, float("nan"), "statuspage"),
        PostedRatio("a", JULY, JULY, 1.01, "statuspage"),
        PostedRatio("a", JULY, JULY, -0.1, "statuspage"),
    ],
)
def test_posted_figures_are_within_what_a_day_holds(odd: PostedDay | PostedRatio) -> None:
    good = PostedDay("a", JULY, 0, 90_000), PostedRatio("a", JULY, JULY, 1.0, "statuspage")
    days = (good[0], odd) if isinstance(odd, PostedDay) else good[:1]
    ratios = (good[1], odd) if isinstance(odd, PostedRatio) else good[1:]
    found = believe(capture(b"{}"), Parsed("uptime", posted_days=days, posted_ratios=ratios))
    assert (found.posted_days, found.posted_ratios) == (good[:1], good[1:])
    assert len(found.rejects) == 1


def test_a_reason_fits_on_a_line_whatever_it_quotes() -> None:
    long = Notice("unknown_word", "a\nb", "\x1b]0;title\x07" + "x" * 10**6)
    [notice] = believe(capture(b"{}"), Parsed("incident", warnings=(long,))).warnings
    assert notice.record == "a b"
    assert notice.reason.isprintable()
    assert len(notice.reason) == 200


@pytest.mark.parametrize("error", [OverflowError, RecursionError, KeyError, UnicodeError])
def test_a_parser_that_stumbles_over_a_body_names_a_failure(error: type[Exception]) -> None:
    def stumbles(*_: object) -> Parsed:
        raise error("over this")

    platform = replace(PLATFORMS["statuspage"], forms=(Form("incident", None, stumbles),))
    with pytest.raises(ReadError, match=rf"shape_changed: {error.__name__}: '?over this"):
        read(capture(b"{}"), PAGE, platform)


@pytest.mark.parametrize(
    ("gap", "usual"),
    [
        (timedelta(days=7), "7 days"),
        (timedelta(days=1), "day"),
        (timedelta(hours=7), "7 hours"),
        (timedelta(minutes=5), "hour"),
    ],
)
def test_a_page_long_silent_may_be_a_dead_copy_and_says_what_was_usual(
    gap: timedelta, usual: str
) -> None:
    listed = [AT - n * gap for n in range(4)]
    assert frozen(listed, AT + timedelta(days=120)) is None
    assert frozen(listed, AT + timedelta(days=121)) == (
        f"no post for 121 days, usually one every {usual}"
    )


def test_a_page_that_always_posted_rarely_is_not_frozen() -> None:
    listed = [AT - n * timedelta(days=60) for n in range(4)]
    assert frozen(listed, AT + timedelta(days=240)) is None
    assert frozen(listed, AT + timedelta(days=241)) is not None
    assert frozen(listed[:2], AT + timedelta(days=999)) is None
