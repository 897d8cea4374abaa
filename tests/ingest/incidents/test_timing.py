"""The times of one post: METHODOLOGY, "Times"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.incidents.timing import IncidentTimes, PostedTimes, UpdateTimes, time_incident
from ingest.models import Kind, Stage

TEN = datetime(2026, 1, 5, 10, tzinfo=UTC)
AS_OF = datetime(2026, 1, 10, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return TEN + timedelta(minutes=minutes)


def message(stage: Stage, written: float | None, displayed: float | None = None) -> UpdateTimes:
    shown = displayed if displayed is not None else written
    assert shown is not None
    return UpdateTimes(stage, None if written is None else at(written), at(shown))


def post(
    *updates: UpdateTimes,
    stage: Stage = Stage.RESOLVED,
    created: float | None = 0,
    started: float | None = 0,
    resolved: float | None = None,
    kind: Kind = Kind.INCIDENT,
    scheduled: float | None = None,
    recovered: float | None = None,
    as_of: datetime = AS_OF,
    explicit: bool = False,
) -> IncidentTimes:
    def instant(minutes: float | None) -> datetime | None:
        return None if minutes is None else at(minutes)

    whole = PostedTimes(
        kind,
        stage,
        instant(created),
        instant(started),
        instant(resolved),
        instant(scheduled),
        updates,
        explicit=explicit,
        recovered_at=instant(recovered),
    )
    return time_incident(whole, as_of)


LOOKING, FIXED = message(Stage.INVESTIGATING, 0), message(Stage.RESOLVED, 90)


def test_onset_is_the_earliest_claim_not_started_at_alone() -> None:
    told = post(message(Stage.RESOLVED, 300, 60), created=0, started=60, resolved=60)
    assert (told.started_at, told.start_basis) == (at(0), "created_at")
    shown = post(message(Stage.INVESTIGATING, 0, -45), FIXED)
    assert (shown.started_at, shown.start_basis) == (at(-45), "display_at")


def test_a_page_that_gives_the_window_itself_is_taken_at_its_word() -> None:
    told = post(LOOKING, FIXED, created=-30, started=20, resolved=90, explicit=True)
    assert (told.started_at, told.start_basis) == (at(20), "started_at")
    assert told.duration_quality == "exact"


def test_the_last_resolved_update_ends_a_post_and_a_postmortem_never_does() -> None:
    reopened = [
        LOOKING,
        message(Stage.RESOLVED, 30),
        message(Stage.INVESTIGATING, 40),
        message(Stage.RESOLVED, 90),
        message(Stage.POSTMORTEM, 5000),
    ]
    told = post(*reopened, stage=Stage.POSTMORTEM)
    assert (told.resolved_at, told.end_basis) == (at(90), "display_at")
    assert told.open_seconds == 90 * 60


def test_a_post_that_was_reopened_is_open() -> None:
    told = post(
        LOOKING,
        message(Stage.RESOLVED, 30),
        message(Stage.INVESTIGATING, 40),
        stage=Stage.INVESTIGATING,
    )
    assert (told.resolved_at, told.duration_quality) == (None, "open")


def test_a_closed_post_without_a_resolving_update_ends_where_it_says() -> None:
    told = post(LOOKING, message(Stage.MONITORING, 60), resolved=75)
    assert (told.resolved_at, told.end_basis, told.duration_quality) == (
        at(75),
        "resolved_at",
        "inferred_end",
    )
    silent = post(LOOKING, message(Stage.MONITORING, 60))
    assert (silent.resolved_at, silent.end_basis) == (at(60), "last_update")


def test_a_closed_post_of_which_only_impacts_are_known_ends_with_the_last_of_them() -> None:
    told = post(created=0, started=None, recovered=45)
    assert (told.resolved_at, told.end_basis) == (at(45), "impact")
    assert (told.duration_quality, told.open_seconds, told.zombie) == ("inferred_end", 2700, False)
    still = post(stage=Stage.MONITORING, created=0, started=None, recovered=45)
    assert still.resolved_at is None
    said = post(LOOKING, FIXED, recovered=45)
    assert said.resolved_at == at(90)


def test_one_update_leaves_the_duration_unknown_not_zero() -> None:
    told = post(message(Stage.RESOLVED, 0))
    assert (told.duration_quality, told.open_seconds) == ("single_update", None)
    assert told.retrospective


def test_an_incident_whose_end_was_written_with_its_beginning_is_retrospective() -> None:
    filed = post(message(Stage.INVESTIGATING, 600, 0), message(Stage.RESOLVED, 600, 90))
    assert (filed.retrospective, filed.open_seconds) == (True, 0)
    recorded = post(created=600, resolved=90, explicit=True)
    assert (recorded.retrospective, recorded.resolved_at) == (True, at(90))
    assert not post(message(Stage.INVESTIGATING, 0), message(Stage.RESOLVED, 1)).retrospective
    work = post(message(Stage.COMPLETED, 0, 90), kind=Kind.MAINTENANCE, scheduled=0)
    assert work.retrospective
    brief = post(created=0, resolved=0, kind=Kind.MAINTENANCE, scheduled=0, explicit=True)
    assert (brief.retrospective, brief.open_seconds) == (False, 0)


def test_planned_work_is_not_open_while_it_is_only_announced() -> None:
    announced = message(Stage.SCHEDULED, -8000)
    run = [message(Stage.IN_PROGRESS, 0), message(Stage.COMPLETED, 120)]
    assert post(announced, *run, kind=Kind.MAINTENANCE, scheduled=5).open_seconds == 7200
    silent = post(announced, run[1], kind=Kind.MAINTENANCE, scheduled=5)
    assert silent.open_seconds == 6900
    never = post(announced, message(Stage.COMPLETED, -60), kind=Kind.MAINTENANCE, scheduled=5)
    assert (never.duration_quality, never.open_seconds) == ("contradictory", None)


def test_an_end_before_the_start_is_contradictory_and_has_no_duration() -> None:
    told = post(LOOKING, message(Stage.RESOLVED, 90, -30), created=0, started=0)
    assert told.started_at == at(-30)
    worse = post(LOOKING, message(Stage.MONITORING, 60), resolved=-5)
    assert (worse.duration_quality, worse.open_seconds) == ("contradictory", None)


def test_ends_are_floored_to_whole_seconds_before_they_are_subtracted() -> None:
    told = post(
        UpdateTimes(Stage.INVESTIGATING, at(0) + timedelta(milliseconds=921), at(0)),
        UpdateTimes(Stage.RESOLVED, at(10) + timedelta(milliseconds=375), at(10)),
    )
    assert told.open_seconds == 600


@pytest.mark.parametrize(("lead", "backdated"), [(60, False), (60.1, True)])
def test_backdated_means_displayed_over_an_hour_before_it_was_written(
    lead: float, backdated: bool
) -> None:
    assert post(message(Stage.INVESTIGATING, 0, -lead), FIXED).backdated is backdated


def test_an_open_post_without_a_word_for_two_weeks_is_a_zombie() -> None:
    month_later = TEN + timedelta(days=30)
    assert post(LOOKING, stage=Stage.INVESTIGATING, as_of=month_later).zombie
    assert not post(LOOKING, stage=Stage.INVESTIGATING, as_of=at(60)).zombie
    assert not post(LOOKING, FIXED, as_of=month_later).zombie


def test_a_maintenance_runs_from_in_progress_to_completed() -> None:
    ran = post(
        message(Stage.SCHEDULED, -5000),
        message(Stage.IN_PROGRESS, 5),
        message(Stage.COMPLETED, 65),
        kind=Kind.MAINTENANCE,
        stage=Stage.COMPLETED,
        scheduled=0,
    )
    assert (ran.started_at, ran.resolved_at) == (at(5), at(65))
    assert (ran.start_basis, ran.end_basis) == ("in_progress", "display_at")


def test_an_announced_maintenance_starts_when_it_is_scheduled_not_when_announced() -> None:
    waiting = post(
        message(Stage.SCHEDULED, -50_000),
        kind=Kind.MAINTENANCE,
        stage=Stage.SCHEDULED,
        scheduled=20_000,
        as_of=TEN,
    )
    assert (waiting.started_at, waiting.start_basis) == (at(20_000), "scheduled_start_at")
    assert not waiting.zombie


def test_a_post_only_a_feed_shows_is_timed_by_what_the_feed_displays() -> None:
    told = post(
        message(Stage.INVESTIGATING, None, 0),
        message(Stage.RESOLVED, None, 30),
        created=None,
        started=None,
    )
    assert (told.published_at, told.open_seconds, told.start_basis) == (at(0), 1800, "display_at")
