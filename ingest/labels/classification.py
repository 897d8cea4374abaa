"""Give a component its surface and an incident its class; reject neither.

The tables are data: ``surfaces.toml`` and ``classes.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ingest.models import Impact, Kind, State

SURFACES = (
    "api_inference",
    "chat_web",
    "mobile",
    "desktop",
    "console",
    "auth",
    "billing",
    "embeddings",
    "image",
    "audio_realtime",
    "video",
    "fine_tuning",
    "batch",
    "files",
    "agents",
    "search_tools",
    "code_assistant",
    "docs_site",
    "gov_region",
    "other",
)
CLASSES = (
    "outage",
    "degradation",
    "billing_console",
    "notice",
    "maintenance",
    "data_security",
)
UNMAPPED = ("other", "unmapped")


def surface_of(base_url: str, component_id: str, name: str, group: str | None) -> tuple[str, str]:
    """Return the surface of a component and its basis: id, name or unmapped.

    An id survives a rename, so it decides first; a name is nearer to the component than the
    name of its group. METHODOLOGY, "Surfaces".

    Args:
        base_url: Address of the page, under which ids are listed.
        component_id: The page's own id of the component.
        name: Newest name of the component.
        group: Name of the group the page shows it in.
    """
    table = _surfaces()
    by_id = table.ids.get(base_url, {}).get(component_id)
    if by_id is not None:
        return by_id, "id"
    for text in (name, group or ""):
        surface = _first(table.rules, text)
        if surface is not None:
            return surface, "name"
    return UNMAPPED


def surface_of_title(title: str) -> tuple[str, str]:
    """Return the surface of an incident without components and its basis: title or unmapped."""
    surface = _first(_surfaces().rules, title)
    return (surface, "title") if surface is not None else UNMAPPED


def surface_of_text(keyword: str) -> tuple[str, str]:
    """Return the surface that a keyword of the text names and its basis: text or unmapped.

    Asked of an incident on a shared page that only its text makes the provider's.
    """
    surface = _first(_surfaces().rules, keyword)
    return (surface, "text") if surface is not None else UNMAPPED


def incident_class(
    page_key: str,
    incident_id: str,
    kind: str,
    impact: str,
    worst_state: str | None,
    title: str,
    text: str,
) -> tuple[str, str]:
    """Return the class of an incident and its basis: override, kind, a rule's name or default.

    METHODOLOGY, "Incident classes".

    Args:
        page_key: Key of the page, under which overrides are listed.
        incident_id: The page's own id of the incident.
        kind: Kind of the incident: incident or maintenance.
        impact: The provider's own word for how bad it was.
        worst_state: Worst state the incident gave any component; None where it gave none.
        title: Title of the incident.
        text: All its messages, without markup.
    """
    table = _classes()
    override = table.overrides.get(page_key, {}).get(incident_id)
    if override is not None:
        return override, "override"
    if kind == Kind.MAINTENANCE or impact == Impact.MAINTENANCE:
        return "maintenance", "kind"
    for rule in table.rules:
        if rule.holds(title, text):
            return rule.gives, rule.name
    down = worst_state in {State.PARTIAL, State.MAJOR} or impact in {Impact.MAJOR, Impact.CRITICAL}
    return ("outage" if down else "degradation"), "default"


@dataclass(frozen=True, slots=True)
class _Surfaces:
    rules: tuple[tuple[str, re.Pattern[str]], ...]
    ids: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    gives: str
    title: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    text: re.Pattern[str] | None

    def holds(self, title: str, text: str) -> bool:
        if self.unless is not None and self.unless.search(title):
            return False
        if self.title is not None and not self.title.search(title):
            return False
        return self.text is None or self.text.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Classes:
    rules: tuple[_Rule, ...]
    overrides: Mapping[str, Mapping[str, str]]


def _first(rules: tuple[tuple[str, re.Pattern[str]], ...], text: str) -> str | None:
    return next((surface for surface, pattern in rules if pattern.search(text)), None)


@cache
def _surfaces() -> _Surfaces:
    table = _read("surfaces.toml")
    rules = tuple((r["surface"], _compiled(r["pattern"])) for r in table["rules"])
    return _Surfaces(rules, table["ids"])


@cache
def _classes() -> _Classes:
    table = _read("classes.toml")
    rules = tuple(
        _Rule(
            name=r["name"],
            gives=r["class"],
            title=_compiled(r["title"]) if "title" in r else None,
            unless=_compiled(r["unless"]) if "unless" in r else None,
            text=_compiled(r["text"]) if "text" in r else None,
        )
        for r in table["rules"]
    )
    return _Classes(rules, table.get("overrides", {}))


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("ingest").joinpath(name).read_text(encoding="utf-8"))
