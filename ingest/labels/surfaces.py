"""Give a component, or an incident without one, its surface: what it is for.

The table is data, ``ingest/surfaces.toml``; METHODOLOGY, "Surfaces", tells how it is read. A
wrong surface puts an outage into another comparison, so patterns match whole words and phrases
that only look like a surface are struck out before the table is asked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

#: What is compared across providers of every kind.
PRODUCT_SURFACES = (
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
)
#: What clouds and upstreams sell.
CLOUD_SURFACES = (
    "compute",
    "storage",
    "database",
    "network_dns_cdn",
    "identity",
    "payments",
    "observability",
    "registry_build",
    "messaging",
    "crm",
)
SURFACES = (*PRODUCT_SURFACES, *CLOUD_SURFACES, "other")
#: Categories of providers on whose pages the cloud rules are asked first.
CLOUD_CATEGORIES = frozenset({"cloud", "upstream", "data"})
UNMAPPED = ("other", "unmapped")


def surface_of(
    base_url: str, component_id: str, name: str, group: str | None, category: str = ""
) -> tuple[str, str]:
    """Return the surface of a component and its basis: id, name or unmapped.

    An id survives a rename, so it decides first; a name is nearer to the component than the
    name of its group. A name of which a phrase was struck out speaks for itself: its group is
    not asked.

    Args:
        base_url: Address of the page, under which ids are listed.
        component_id: The page's own id of the component.
        name: Newest name of the component.
        group: Name of the group the page shows it in.
        category: Category of the provider; empty where it is not known.
    """
    by_id = _table().ids.get(base_url, {}).get(component_id)
    if by_id is not None:
        return by_id, "id"
    surface = _find(name, category)
    if surface is None and group and _table().strike(name, category) == name:
        surface = _find(group, category)
    return UNMAPPED if surface is None else (surface, "name")


def surface_of_title(title: str, category: str = "") -> tuple[str, str]:
    """Return the surface an incident's title names and its basis: title or unmapped.

    Asked of an incident that names no component.
    """
    surface = _find(title, category)
    return UNMAPPED if surface is None else (surface, "title")


def surface_of_text(keyword: str, category: str = "") -> tuple[str, str]:
    """Return the surface a keyword of the text names and its basis: text or unmapped.

    Asked of an incident on a shared page that only its text makes the provider's.
    """
    surface = _find(keyword, category)
    return UNMAPPED if surface is None else (surface, "text")


@dataclass(frozen=True, slots=True)
class _Phrase:
    pattern: re.Pattern[str]
    categories: frozenset[str]

    def applies(self, category: str) -> bool:
        """Tell whether the pattern is asked on pages of providers of ``category``."""
        return not self.categories or category in self.categories


@dataclass(frozen=True, slots=True)
class _Rule:
    surface: str
    phrase: _Phrase


@dataclass(frozen=True, slots=True)
class _Table:
    cloud_rules: tuple[_Rule, ...]
    struck: tuple[_Phrase, ...]
    rules: tuple[_Rule, ...]
    ids: Mapping[str, Mapping[str, str]]

    def strike(self, text: str, category: str) -> str:
        """Return ``text`` without the phrases that only look like a surface."""
        for phrase in self.struck:
            if phrase.applies(category):
                text = phrase.pattern.sub(" ", text)
        return text


def _find(text: str, category: str) -> str | None:
    table = _table()
    if category in CLOUD_CATEGORIES:
        surface = _first(table.cloud_rules, text, category)
        if surface is not None:
            return surface
    return _first(table.rules, table.strike(text, category), category)


def _first(rules: Iterable[_Rule], text: str, category: str) -> str | None:
    asked = (rule for rule in rules if rule.phrase.applies(category))
    return next((rule.surface for rule in asked if rule.phrase.pattern.search(text)), None)


@cache
def _table() -> _Table:
    table = tomllib.loads(files("ingest").joinpath("surfaces.toml").read_text(encoding="utf-8"))
    return _Table(
        cloud_rules=tuple(map(_rule, table["cloud_rules"])),
        struck=tuple(map(_phrase, table["struck"])),
        rules=tuple(map(_rule, table["rules"])),
        ids=table["ids"],
    )


def _rule(row: Mapping[str, Any]) -> _Rule:
    return _Rule(row["surface"], _phrase(row))


def _phrase(row: Mapping[str, Any]) -> _Phrase:
    """Compile a pattern whose word edges lie between letters of English and anything else.

    Names in two scripts have no blank between them.
    """
    stated = row["pattern"]
    pattern = stated if isinstance(stated, str) else "|".join(stated)
    compiled = re.compile(pattern, re.IGNORECASE | re.ASCII)
    return _Phrase(compiled, frozenset(row.get("categories", ())))
