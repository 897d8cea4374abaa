"""What kind of thing is it? Labels components and incidents; never rejects one.

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
    """Surface of a component and how it was found: id, name or unmapped.

    ``base_url``: address of its page. The name speaks before the group's. METHODOLOGY, "Surfaces".
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
    """Surface of a post that names no component, and how it was found: title or unmapped."""
    surface = _first(_surfaces().rules, title)
    return (surface, "title") if surface is not None else UNMAPPED


def surface_of_text(keyword: str) -> tuple[str, str]:
    """Surface of a post that is the provider's for a keyword in its text: text or unmapped."""
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
    """Class of a post, and why: override, kind, a rule's name or default.

    ``text`` is all its messages, without markup. METHODOLOGY, "Incident classes".
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
