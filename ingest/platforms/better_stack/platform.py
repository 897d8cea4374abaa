"""Better Stack status pages: the JSON:API document ``/index.json``.

Posted reports and measured downtime stand in one document and do not mix: a monitor's
downtime is seconds of a day of its resource, whether or not anybody posted about it.
What is planned is told by ``report_type``, not by the title. Ids are texts, but updates and
resources name theirs as numbers. The list of reports holds current and recent ones, cut
where each page likes: it says nothing of what it lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ingest.models import (
    Component,
    Impact,
    Incident,
    Kind,
    Parsed,
    PostedDay,
    PostedImpact,
    PostedRatio,
    ReadError,
    ReadFailure,
    Stage,
    State,
    Update,
)
from ingest.platforms.contract import WINDOW, Platform, polled
from ingest.platforms.fields import instant, objects, optional_instant, optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.identity import same_page
from ingest.platforms.impacts import spells
from ingest.platforms.incidents import is_time
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Raw
from ingest.platforms.records import read_components, read_each, read_incidents
from ingest.platforms.words import MONITOR_RULE, word
from ingest.sources import Shape

INDEX = "/index.json"
CARRIED = WINDOW | {"title", "status", "component_ids", "impacts", "updates"}
STATES = {
    "operational": State.OPERATIONAL,
    "resolved": State.OPERATIONAL,
    "recovered": State.OPERATIONAL,
    "degraded": State.DEGRADED,
    "downtime": State.MAJOR,
    "maintenance": State.MAINTENANCE,
    "not_monitored": State.UNKNOWN,
}
MONITORED = "automatic"
KINDS = {"manual": Kind.INCIDENT, MONITORED: Kind.INCIDENT, "maintenance": Kind.MAINTENANCE}
SOURCES = polled((INDEX, "index", 5))


def _index(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    about = data["data"]
    same_page([about], "id", origin.page)
    records: dict[str, list[Any]] = {}
    for row in rows_of(data, "included"):
        kind = row.get("type") if isinstance(row, dict) else None
        records.setdefault(str(kind), []).append(row)
    sections = {
        str(row["id"]): row["attributes"].get("name")
        for row in objects(records.get("status_page_section"))
    }
    resources = records.get("status_page_resource", [])
    if not resources and "status_page_resource" in str(about.get("relationships")):
        raise ReadError(ReadFailure.SHAPE_CHANGED, "resources are named but not included")
    updates: dict[str, list[Raw]] = {}
    for row in objects(records.get("status_update")):
        updates.setdefault(str(row["attributes"].get("status_report_id")), []).append(row)
    by_id = {str(row["id"]): row for row in objects(records.get("status_update"))}

    def report(row: Raw, to: Notices) -> Incident:
        own = updates.get(row["id"], ())
        related = (row.get("relationships") or {}).get("status_updates", {}).get("data", ())
        linked = [by_id[one["id"]] for one in related if one["id"] in by_id]
        return _report(row, own or linked, origin.at, to)

    return Parsed(
        "index",
        page_id=text(about, "id"),
        roster=True,
        components=read_components(
            resources, lambda row, to: _component(row, sections, to), notices
        ),
        incidents=read_incidents(records.get("status_report", ()), report, notices, _is_over),
        posted_days=tuple(day for row in objects(resources) for day in _days(row)),
        posted_ratios=tuple(one for row in objects(resources) for one in _ratios(row)),
    )


def _is_over(row: Raw) -> bool:
    """Tell a report that bears its end."""
    said = row.get("attributes")
    return isinstance(said, dict) and is_time(said.get("ends_at"))


def _component(row: Raw, sections: Mapping[str, Any], notices: Notices) -> Component:
    said = row["attributes"]
    resource_id = text(row, "id")
    return Component(
        resource_id,
        text(said, "public_name"),
        group=sections.get(str(said.get("status_page_section_id"))),
        state=word(STATES, said.get("status"), State.UNKNOWN, resource_id, notices),
    )


def _history(row: Raw) -> list[Raw]:
    """Return the days of a resource on which it was watched."""
    days = objects(row["attributes"].get("status_history"))
    return [day for day in days if day.get("status") != "not_monitored"]


def _days(row: Raw) -> Iterable[PostedDay]:
    for day in _history(row):
        down = day.get("downtime_duration")
        if isinstance(down, int | float):
            yield PostedDay(text(row, "id"), date.fromisoformat(day["day"]), 0, round(down))


def _ratios(row: Raw) -> Iterable[PostedRatio]:
    days = [date.fromisoformat(day["day"]) for day in _history(row)]
    ratio = row["attributes"].get("availability")
    if days and isinstance(ratio, int | float):
        yield PostedRatio(text(row, "id"), min(days), max(days), float(ratio), MONITOR_RULE)


def _report(row: Raw, updates: Iterable[Raw], now: datetime, notices: Notices) -> Incident:
    said = row["attributes"]
    report_id = text(row, "id")
    kind = word(KINDS, said.get("report_type"), Kind.INCIDENT, report_id, notices)
    started_at = instant(said, "starts_at")
    ends_at = optional_instant(said, "ends_at")
    own = sorted(
        read_each(
            updates,
            lambda one, to: _Said(one, report_id, to),
            notices,
            f"{report_id}/",
            notices.untell(report_id),
        ),
        key=lambda one: one.at,
    )
    status = optional_text(said, "aggregate_state") or ""
    over = ends_at
    if over is None and status in {"resolved", "operational"} and own:
        over = own[-1].at
    states = _states(said.get("affected_resources"), report_id, notices)
    return Incident(
        incident_id=report_id,
        kind=kind,
        title=text(said, "title").strip(),
        status=status,
        stage=_stage(kind, started_at, over, now),
        impact=Impact.MAINTENANCE if kind is Kind.MAINTENANCE else Impact.UNKNOWN,
        started_at=started_at,
        resolved_at=over if over is not None and over <= now else None,
        scheduled_start_at=started_at if kind is Kind.MAINTENANCE else None,
        scheduled_end_at=ends_at if kind is Kind.MAINTENANCE else None,
        component_ids=tuple(sorted(states)),
        updates=tuple(one.update(kind, started_at, over) for one in own),
        listed_at=over or started_at,
        impacts=_impacts(states, own, started_at, over),
        measured=said.get("report_type") == MONITORED,
    )


def _impacts(
    states: Mapping[str, State], own: Sequence[_Said], start: datetime, over: datetime | None
) -> tuple[PostedImpact, ...]:
    """Take the states of the updates where they give any, else those of the report."""
    told = [(one.at, one.states) for one in own if one.states]
    if told:
        first, rest = told[0], told[1:]
        return spells([(min(start, first[0]), first[1]), *rest], over)
    return spells([(start, states)], over)


def _states(rows: Any, record: str, notices: Notices) -> dict[str, State]:
    return {
        str(row["status_page_resource_id"]): word(
            STATES, row.get("status"), State.UNKNOWN, record, notices
        )
        for row in objects(rows)
    }


def _stage(kind: Kind, start: datetime, over: datetime | None, at: datetime) -> Stage:
    """Tell where a report stands at an instant by its window, for want of words."""
    ended = over is not None and over <= at
    if kind is Kind.INCIDENT:
        return Stage.RESOLVED if ended else Stage.INVESTIGATING
    if ended:
        return Stage.COMPLETED
    return Stage.SCHEDULED if at < start else Stage.IN_PROGRESS


class _Said:
    """Hold an update as it stands in the document, before its report gives it a stage."""

    def __init__(self, row: Raw, report_id: str, notices: Notices) -> None:
        """Read what an update says of itself."""
        said = row["attributes"]
        self.update_id = text(row, "id")
        self.at = instant(said, "published_at")
        self.body = optional_text(said, "message")
        self.states = _states(said.get("affected_resources"), report_id, notices)

    def update(self, kind: Kind, start: datetime, over: datetime | None) -> Update:
        """Return the update with the stage that the window of its report gives it."""
        stage = _stage(kind, start, over, self.at)
        return Update(
            update_id=self.update_id,
            stage=stage,
            status="",
            created_at=self.at,
            # What says that it is over is shown where it was over, however late it is posted.
            display_at=over if stage is Stage.RESOLVED and over is not None else self.at,
            body=self.body,
        )


def _is_page(data: Raw) -> bool:
    return isinstance(data["data"], dict) and data["data"].get("type") == "status_page"


FORMS = (Form("index", INDEX, _index, frozenset({"data", "included"}), fits=_is_page),)
SHAPES = (Shape("index", CARRIED),)
PLATFORM = Platform(
    "better_stack",
    1,
    SHAPES,
    FORMS,
    SOURCES,
    explicit_window=True,
    measures=True,
    present=frozenset({"index"}),
)
