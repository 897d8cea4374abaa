"""An invented page in Atlassian Statuspage's formats, as it looked at an instant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from ingest.models import State
from ingest.simulation.ground_truth import (
    BadSpan,
    Mention,
    ScriptedComponent,
    ScriptedIncident,
    ScriptedPage,
    ScriptedUpdate,
    truth,
)
from ingest.time_zones import time_zone

WORDS = {
    State.OPERATIONAL: "operational",
    State.MAINTENANCE: "under_maintenance",
    State.DEGRADED: "degraded_performance",
    State.PARTIAL: "partial_outage",
    State.MAJOR: "major_outage",
}
IMPACT = {State.DEGRADED: "minor", State.PARTIAL: "major", State.MAJOR: "critical"}
ORDER = ("none", "minor", "major", "critical")
CLOSING = ("resolved", "completed", "postmortem")
LIST_LENGTH, FEED_LENGTH = 50, 25
DAYS_SHOWN = 90
ROBOTS_FORBIDDING = "User-agent: *\nDisallow: /api/\nDisallow: /embed/\n"
Found = tuple[str, bytes]
"""Content type and body."""


def render(site: ScriptedPage, path: str, query: Mapping[str, str], at: datetime) -> Found | None:
    """Answer for ``path`` at the instant ``at``; None where the page has nothing.

    Args:
        site: The page and its life.
        path: What was asked for.
        query: Its parameters.
        at: When.
    """
    if path in site.without:
        return None
    if path == "/robots.txt":
        return ("text/plain", ROBOTS_FORBIDDING.encode()) if site.forbids_api else None
    if path == "/uptime_showcase":
        return _json(_showcase(site, query.get("components", "").split(","), at))
    posts = [p for p in site.posts if p.created_at <= at and not _deleted(p, at)]
    if path.startswith("/incidents/") and path.endswith(".json"):
        code = path.removeprefix("/incidents/").removesuffix(".json")
        return next((_json(_incident(site, p, at)) for p in posts if p.post_id == code), None)
    posts.sort(key=lambda p: _listed(p, at), reverse=True)
    if path == "/history.atom":
        return "application/atom+xml", _atom(site, posts[:FEED_LENGTH], at).encode()
    if path == "/history.rss":
        return "application/rss+xml", _rss(site, posts[:FEED_LENGTH], at).encode()
    if path == "/history.json":
        return _json(_index(site, posts, int(query.get("page", "1")), at))
    document = _v2(site, path.removeprefix("/api/v2/"), posts, at)
    return None if document is None else _json({"page": _about(site), **document})


def _v2(
    site: ScriptedPage, name: str, posts: Sequence[ScriptedIncident], at: datetime
) -> dict[str, Any] | None:
    """Answer one of the documented lists, without its page object."""

    def rows(*, planned: bool, open_only: bool = False) -> list[dict[str, Any]]:
        wanted = [p for p in posts if (p.scheduled is not None) is planned]
        if open_only:
            wanted = [p for p in wanted if not _closed(p, at)]
        return [_incident(site, p, at) for p in wanted[:LIST_LENGTH]]

    if name == "incidents.json":
        return {"incidents": rows(planned=False)}
    if name == "incidents/unresolved.json":
        return {"incidents": rows(planned=False, open_only=True)}
    if name == "scheduled-maintenances.json":
        return {"scheduled_maintenances": rows(planned=True)}
    if name == "components.json":
        return {"components": _roster(site, at)}
    if name == "status.json":
        return {"status": _status(site, at)}
    if name == "summary.json":
        return {
            "components": _roster(site, at),
            "incidents": rows(planned=False, open_only=True),
            "scheduled_maintenances": rows(planned=True, open_only=True),
            "status": _status(site, at),
        }
    return None


def _json(document: Any) -> Found:
    return "application/json; charset=utf-8", json.dumps(document, ensure_ascii=False).encode()


def _deleted(post: ScriptedIncident, at: datetime) -> bool:
    return post.deleted_at is not None and post.deleted_at <= at


def _told(post: ScriptedIncident, at: datetime) -> list[ScriptedUpdate]:
    return [m for m in post.messages if m.created_at <= at]


def _listed(post: ScriptedIncident, at: datetime) -> datetime:
    return max(m.display_at or m.created_at for m in _told(post, at))


def _closed(post: ScriptedIncident, at: datetime) -> bool:
    return _told(post, at)[-1].status in CLOSING


def _title(post: ScriptedIncident, at: datetime) -> str:
    return [title for when, title in post.titles if when <= at or when == post.titles[0][0]][-1]


def _stamp(site: ScriptedPage, at: datetime) -> str:
    return _local(site.page.zone, at)


@lru_cache(maxsize=2**16)
def _local(zone: str, at: datetime) -> str:
    """Write an instant as a page does, once: every list repeats the times of its incidents."""
    local = at.astimezone(time_zone(zone))
    text = local.isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _about(site: ScriptedPage) -> dict[str, Any]:
    page = site.page
    about = {"id": page.page_id, "name": site.name, "url": page.base_url}
    return {**about, "time_zone": page.zone, "updated_at": "2026-01-01T00:00:00.000Z"}


def _status(site: ScriptedPage, at: datetime) -> dict[str, str]:
    worst = [IMPACT.get(site.colour(p.component_id, at)[0], "none") for p in site.parts]
    indicator = max(worst, key=ORDER.index)
    good = indicator == "none"
    return {"indicator": indicator, "description": "All Systems Operational" if good else "Trouble"}


def _roster(site: ScriptedPage, at: datetime) -> list[dict[str, Any]]:
    groups = sorted({p.group for p in site.parts if p.group})
    headers = []
    for group in groups:
        children = [p.component_id for p in site.parts if p.group == group]
        header = ScriptedComponent(_group_id(group), group, None, site.parts[0].start)
        plain = _component(site, header, at)
        headers.append({**plain, "group": True, "components": children})
    return [*headers, *(_component(site, part, at) for part in site.parts)]


def _group_id(group: str) -> str:
    return ("g" + group.lower().replace(" ", ""))[:12].ljust(12, "0")


def _component(site: ScriptedPage, part: ScriptedComponent, at: datetime) -> dict[str, Any]:
    state, since = State.OPERATIONAL, None
    if part.component_id in site.colours:
        state, since = site.colour(part.component_id, at)
    created = datetime.combine(part.start, time(10), UTC)
    return {
        "id": part.component_id,
        "name": part.name,
        "status": WORDS[state],
        "created_at": _stamp(site, created),
        "updated_at": _stamp(site, since or created),
        "position": 1,
        "description": None,
        "showcase": True,
        "start_date": part.start.isoformat(),
        "group_id": _group_id(part.group) if part.group else None,
        "page_id": site.page.page_id,
        "group": False,
        "only_show_if_degraded": False,
    }


def _incident(site: ScriptedPage, post: ScriptedIncident, at: datetime) -> dict[str, Any]:
    told = _told(post, at)
    closing = [m for m in told if m.status in CLOSING[:2]]
    watching = [m.created_at for m in told if m.status in {"monitoring", "verifying"}]
    moved = post.moved_to
    ended = moved or (closing[-1].display_at if closing else None)
    named = [part for part in site.parts if part.component_id in post.component_ids]
    document: dict[str, Any] = {
        "id": post.post_id,
        "name": _title(post, at),
        "status": told[-1].status,
        "created_at": _stamp(site, moved or post.created_at),
        "updated_at": _stamp(site, told[-1].created_at),
        "monitoring_at": _stamp(site, watching[0]) if watching else None,
        "resolved_at": _stamp(site, ended) if ended and _closed(post, at) else None,
        "impact": "maintenance" if post.scheduled else _impact(told),
        "shortlink": f"{site.page.base_url}/incidents/{post.post_id}",
        # On posts made after the fact this holds the time of posting, as it really does.
        "started_at": _stamp(site, post.created_at),
        "page_id": site.page.page_id,
        "incident_updates": [_update(site, post, m, at) for m in reversed(told)],
        "components": [_component(site, part, at) for part in named],
        "reminder_intervals": None,
    }
    if post.scheduled:
        document["scheduled_for"] = _stamp(site, post.scheduled[0])
        document["scheduled_until"] = _stamp(site, post.scheduled[1])
    return document


def _impact(told: Sequence[ScriptedUpdate]) -> str:
    worst = [IMPACT.get(m.new, "none") for message in told for m in message.mentions or ()]
    return max(worst, key=ORDER.index, default="none")


def _update(
    site: ScriptedPage, post: ScriptedIncident, message: ScriptedUpdate, at: datetime
) -> dict[str, Any]:
    edited = [when for when, _ in message.edits if when <= at]
    return {
        "id": message.message_id,
        "status": message.status,
        "body": message.body_at(at),
        "incident_id": post.post_id,
        "created_at": _stamp(site, message.created_at),
        "updated_at": _stamp(site, max([message.created_at, *edited])),
        "display_at": None if message.display_at is None else _stamp(site, message.display_at),
        "affected_components": None
        if message.mentions is None
        else [_mention(site, mention) for mention in message.mentions],
        "deliver_notifications": True,
        "custom_tweet": None,
        "tweet_id": None,
    }


def _mention(site: ScriptedPage, mention: Mention) -> dict[str, str]:
    part = next(p for p in site.parts if p.component_id == mention.component_id)
    name = f"{part.group} - {part.name}" if part.group else part.name
    states = {"old_status": WORDS[mention.old], "new_status": WORDS[mention.new]}
    return {"code": mention.component_id, "name": name, **states}


def _shown(site: ScriptedPage, at: datetime, *, clock: bool = True) -> str:
    local = at.astimezone(time_zone(site.page.zone))
    day = f"{local:%b} <var data-var='date'>{local.day:2}</var>"
    if not clock:
        return day
    return f"{day}, <var data-var='time'>{local:%H:%M}</var> {local:%Z}"


def _body(site: ScriptedPage, post: ScriptedIncident, at: datetime) -> str:
    told = sorted(_told(post, at), key=lambda m: m.display_at or m.created_at, reverse=True)
    paragraphs = []
    before: dict[str, str] = {}
    stage = ""
    for message in reversed(told):
        before[message.message_id] = "update" if message.status == stage else message.status
        stage = message.status
    for message in told:
        word = before[message.message_id].replace("_", " ").capitalize()
        when = _shown(site, message.display_at or message.created_at)
        text = escape(message.body_at(at))
        paragraphs.append(f"<p><small>{when}</small><br><strong>{word}</strong> - {text}</p>")
    return "".join(paragraphs)


def _atom(site: ScriptedPage, posts: Sequence[ScriptedIncident], at: datetime) -> str:
    entries = []
    for number, post in enumerate(posts):
        listed = _listed(post, at).astimezone(UTC)
        link = f"{site.page.base_url}/incidents/{post.post_id}"
        entries.append(
            f"<entry><id>tag:{site.name},2005:Incident/{number}</id>"
            f"<published>{listed:%Y-%m-%dT%H:%M:%SZ}</published>"
            f"<updated>{listed:%Y-%m-%dT%H:%M:%SZ}</updated>"
            f'<link rel="alternate" type="text/html" href="{link}"/>'
            f"<title>{_clean(_title(post, at))}</title>"
            f'<content type="html">{escape(_body(site, post, at))}</content></entry>'
        )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xml:lang="en-US" xmlns="http://www.w3.org/2005/Atom"><title>{site.name}</title>'
        + "".join(entries)
        + "</feed>"
    )


def _rss(site: ScriptedPage, posts: Sequence[ScriptedIncident], at: datetime) -> str:
    items = []
    for post in posts:
        listed = _listed(post, at).astimezone(UTC)
        link = f"{site.page.base_url}/incidents/{post.post_id}"
        items.append(
            f"<item><title>{_clean(_title(post, at))}</title>"
            f"<description>{escape(_body(site, post, at))}</description>"
            f"<pubDate>{listed:%a, %d %b %Y %H:%M:%S} +0000</pubDate>"
            f"<link>{link}</link><guid>{link}</guid></item>"
        )
    return f'<rss version="2.0"><channel><title>{site.name}</title>{"".join(items)}</channel></rss>'


def _clean(text: str) -> str:
    """XML has no way to write most control characters; real feeds drop them."""
    return escape("".join(c for c in text if c.isprintable()))


def _index(
    site: ScriptedPage, posts: Sequence[ScriptedIncident], number: int, at: datetime
) -> dict[str, Any]:
    zone = time_zone(site.page.zone)
    today = at.astimezone(zone)
    months = []
    for back in range(3 * (number - 1), 3 * number):
        month = today.year * 12 + today.month - 1 - back
        year, nr = divmod(month, 12)
        filed = [p for p in posts if _month(p, at, zone) == (year, nr + 1)]
        rows = [_index_row(site, p, at) for p in filed]
        name = date(year, nr + 1, 1).strftime("%B")
        months.append({"name": name, "year": year, "incidents": rows})
    return {"months": months}


def _month(post: ScriptedIncident, at: datetime, zone: ZoneInfo) -> tuple[int, int]:
    """Return the month an incident is filed under: the one it ended in."""
    local = _listed(post, at).astimezone(zone)
    return local.year, local.month


def _index_row(site: ScriptedPage, post: ScriptedIncident, at: datetime) -> dict[str, Any]:
    told = _told(post, at)
    impact = "maintenance" if post.scheduled else _impact(told)
    row = {"code": post.post_id, "name": _title(post, at), "impact": impact}
    start = post.moved_to or post.created_at
    end = _listed(post, at)
    zone = time_zone(site.page.zone)
    if start.astimezone(zone).date() == end.astimezone(zone).date():
        clock = f"<var data-var='time'>{end.astimezone(zone):%H:%M}</var> {end.astimezone(zone):%Z}"
        begin = _shown(site, start).rpartition(" ")[0]
        return {**row, "message": told[-1].body_at(at), "timestamp": f"{begin} - {clock}"}
    begin = _shown(site, start).rpartition(" ")[0]
    stamp = f"{begin} - {_shown(site, end)}"
    return {**row, "message": told[-1].body_at(at), "timestamp": stamp}


def _showcase(site: ScriptedPage, ids: Sequence[str], at: datetime) -> dict[str, Any]:
    bad = truth(site, at)
    zone = time_zone(site.page.zone)
    today = at.astimezone(zone).date()
    shown = [today - timedelta(days=n) for n in range(DAYS_SHOWN - 1, -1, -1)]
    timelines, values = {}, []
    for part in (p for p in site.parts if p.component_id in ids):
        days = [_day(part, bad, day, zone, at) for day in shown]
        about = {"code": part.component_id, "startDate": part.start.isoformat()}
        timelines[part.component_id] = {"component": about, "days": days}
        values.append({"component": part.component_id, "ninety": None})
    return {"timelines": timelines, "values": values, "components": {}}


def _day(
    part: ScriptedComponent, bad: Sequence[BadSpan], day: date, zone: ZoneInfo, at: datetime
) -> dict[str, Any]:
    start = datetime.combine(day, time(), zone).timestamp()
    end = min(datetime.combine(day + timedelta(days=1), time(), zone).timestamp(), at.timestamp())
    outages: dict[str, int] = {}
    for letter, state in (("p", State.PARTIAL), ("m", State.MAJOR)):
        seconds = sum(
            max(0, int(min(end, (b.end or at).timestamp())) - int(max(start, b.start.timestamp())))
            for b in bad
            if b.component_id == part.component_id and b.state is state
        )
        if seconds:
            outages[letter] = seconds
    return {"date": day.isoformat(), "outages": outages}
