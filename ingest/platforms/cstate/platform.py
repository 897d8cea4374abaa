"""cState sites: static documents, true as of when they were built.

A post of next week colours its systems at once, so the state of a system is made of its open
posts that have begun. Titles are not escaped in JSON: a quotation mark in one spoils the
document, and so does the last comma of versions 5.0 to 5.0.3; the RSS is right then. Texts
stand in the RSS and in each post's own document.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ingest.models import ALWAYS, CLOSED_STAGES, Component, Incident, Page, Parsed, State, labelled
from ingest.platforms.contract import WINDOW, Platform, source
from ingest.platforms.cstate import posts
from ingest.platforms.fields import optional_text, rows_of, text
from ingest.platforms.forms import Form, Origin
from ingest.platforms.impacts import worst
from ingest.platforms.incidents import is_dated
from ingest.platforms.notices import Notices
from ingest.platforms.payload import Item, Media, Raw, items
from ingest.platforms.records import (
    by_name,
    by_nothing,
    read_components,
    read_each,
    read_incidents,
    read_items,
)
from ingest.platforms.timestamps import feed_instant
from ingest.sources import Shape, Source

INDEX, ISSUES, FEED = "/index.json", "/issues/index.json", "/index.xml"
CARRIED = WINDOW | {"title", "status", "impact", "component_ids", "impacts"}
WITHOUT_SYSTEMS = CARRIED - {"component_ids", "impacts", "impact"} | {"updates"}
SHAPES = (
    Shape("issue", CARRIED | {"updates"}, precision_s=1),
    Shape("issues", CARRIED, precision_s=1),
    Shape("index", CARRIED, precision_s=1),
    Shape("feed", WITHOUT_SYSTEMS, precision_s=1),
)
RESOLVED = "[Resolved]"
WELL = "ok"


def sources(page: Page) -> Sequence[Source]:
    """Return the systems, the posts, and the feed with their texts."""
    feed = source(page, FEED, "feed", 60)
    return (
        source(page, INDEX, "index", 5),
        source(page, ISSUES, "issues", 5, (source(page, FEED, "feed", 5),)),
        feed,
    )


def _issues(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    now = origin.at
    rows = rows_of(data, "pages")
    found = read_incidents(
        rows, lambda row, to: posts.post(row, now, to), notices, posts.is_over, by_nothing
    )
    horizon = ALWAYS if data.get("is") == "issues" else None
    return Parsed("issues", horizon=horizon, incidents=found)


def _issue(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    found = read_each([data], lambda row, to: posts.post(row, origin.at, to), notices)
    return Parsed("issue", incidents=found)


def _index(data: Raw, origin: Origin, notices: Notices) -> Parsed:
    now = posts.built_at(data)
    found: dict[str, Incident] = {}

    def post(row: Raw, to: Notices) -> Incident:
        return posts.post(row, now, to)

    def system(row: Raw, to: Notices) -> Component:
        rows = row.get("unresolvedIssues") or ()
        own = read_incidents(rows, post, to, posts.is_over, by_nothing)
        found.update((one.incident_id, one) for one in own)
        name = text(row, "name")
        return Component(
            labelled(name),
            name.strip(),
            group=optional_text(row, "category"),
            state=_state(row.get("status"), own, now, name, to, whole=len(own) == len(rows)),
        )

    systems = read_components(rows_of(data, "systems"), system, notices, by_name)
    rows = data.get("pinnedIssues") or ()
    pinned = read_incidents(rows, post, notices, posts.is_over, by_nothing)
    found.update((one.incident_id, one) for one in pinned)
    # A post stands with each of its systems, and so does what is odd in it.
    notices.warnings = [*dict.fromkeys(notices.warnings)]
    return Parsed("index", roster=True, components=systems, incidents=tuple(found.values()))


def _state(
    said: object,
    own: Sequence[Incident],
    now: datetime,
    name: str,
    notices: Notices,
    *,
    whole: bool,
) -> State:
    """Return the worst of the open posts that have begun; without one all is well.

    Args:
        said: The page's own word for it.
        own: The open posts of a system.
        now: When the site was built.
        name: The name of the system.
        notices: Where the warning about its word goes.
        whole: All of the posts could be read.
    """
    states = [
        impact.state
        for one in posts.begun(own, now)
        if one.stage not in CLOSED_STAGES
        for impact in one.impacts or ()
        if impact.component_id == labelled(name)
    ]
    if states:
        return worst(states)
    if not whole:
        return State.UNKNOWN
    if said == WELL or own:
        return State.OPERATIONAL
    notices.warn("unknown_word", name, f"{said!r} although no post is open")
    return State.UNKNOWN


def _feed(text: str, origin: Origin, notices: Notices) -> Parsed:
    now = origin.at
    found = read_items(
        items(text), lambda item, to: _item(item, now, to), notices, is_over=_is_over
    )
    return Parsed("feed", horizon=ALWAYS, incidents=found)


def _is_over(item: Item) -> bool:
    """Tell an item that bears a time and says that its post is over."""
    return item.title.startswith(RESOLVED) and is_dated(item)


def _item(item: Item, now: datetime, notices: Notices) -> Incident:
    begun = feed_instant(item.published)
    offset = datetime.strptime(item.published[-5:], "%z").tzinfo
    local = begun.astimezone(offset)
    incident_id = posts.post_id(item.guid or item.link)
    said = next((one for one in item.categories if one), None)
    over = posts.ended(said, offset)
    resolved = item.title.startswith(RESOLVED)
    over_at = over.astimezone(begun.tzinfo) if over and resolved else None
    title = item.title.removeprefix(RESOLVED).strip()
    updates = posts.updates(item.body, local)
    if resolved and over_at is None and updates:
        over_at = updates[-1].display_at
    return posts.Post(
        incident_id,
        posts.kind_of(title, begun, over_at, now, incident_id, notices),
        title,
        begun,
        over_at,
        now,
        resolved,
        updates=updates,
        url=item.link or None,
    ).incident()


def _folder(data: Raw) -> str:
    return posts.post_id(text(data, "permalink"))


ISSUE_KEYS = frozenset({"permalink", "createdAt", "resolvedAt"})
PAGES_KEYS = frozenset({"permalink", "pages"})
FORMS = (
    Form("index", INDEX, _index, frozenset({"cStateVersion", "systems", "buildDate"})),
    Form(
        "issues", ISSUES, _issues, frozenset({"is", "pages"}), lambda data: data["is"] == "issues"
    ),
    Form("issues", "/affected/{id}/index.json", _issues, PAGES_KEYS, named=_folder),
    Form("issue", "/issues/{id}/index.json", _issue, ISSUE_KEYS, named=_folder),
    Form("feed", FEED, _feed, media=Media.RSS, fits=lambda text: "github.com/cstate" in text),
)

PLATFORM = Platform("cstate", 1, SHAPES, FORMS, sources, explicit_window=True)
