"""Registry of providers and the pages they post on (``providers.toml``)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest.models import Page, PageStatus, UsageError
from ingest.platforms import PLATFORMS
from ingest.time_zones import UnknownZoneError, time_zone

CATEGORIES = ("model-lab", "inference", "cloud", "tooling", "app", "data", "upstream")
SOURCE_CLASSES = ("curated", "automatic", "large_only")
FEEDS = ("complete", "partial", "none")
CONFIDENCES = ("high", "medium", "low")
CLOSED = ("blocked", "retired")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
#: End of a host's name; a package's URL without version.
HOST = re.compile(r"[a-z0-9*-]+(\.[a-z0-9*-]+)+")
PACKAGE = re.compile(r"pkg:[a-z]+/[^\s?#]+")

Table = Mapping[str, Any]
Check = Callable[[Any], str | None]


class RegistryError(UsageError):
    """Registry file that cannot be read; one line with file, table and key."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Row of the registry. ``source_class``: who posts (METHODOLOGY, "Sources").

    ``hosts``: ends of the names its services answer at. ``packages``: URLs of packages made for
    them, without a version. In both ``*`` stands for any text; in a host, between two dots.
    """

    slug: str
    name: str
    category: str
    homepage: str
    source_class: str
    starter: bool
    note: str | None
    hosts: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Registry:
    """Every provider and every page, in the order of the file, eras oldest first."""

    providers: tuple[Provider, ...]
    pages: tuple[Page, ...]

    @property
    def starters(self) -> tuple[str, ...]:
        """Return the slugs collected by default."""
        return tuple(p.slug for p in self.providers if p.starter)


def load(
    path: Path | None = None,
    extra: Path | None = None,
    platforms: Iterable[str] = PLATFORMS,
) -> Registry:
    """Read the registry with the user's own file ``extra`` laid over it.

    ``extra`` may be absent; it adds providers, or changes single keys of known ones. A page
    on a platform that is not among ``platforms`` is planned at best.
    Raises ``RegistryError``.
    """
    tables, origin = _read(path) if path else _shipped()
    if extra is not None and extra.exists():
        over, label = _read(extra)
        merged = _laid_over(tables, over)
        origins = {slug: label if slug in over else origin for slug in merged}
    else:
        merged, origins = dict(tables), dict.fromkeys(tables, origin)
    known = frozenset(platforms)
    providers: list[Provider] = []
    pages: list[Page] = []
    for slug, table in merged.items():
        own = _pages(slug, table, known, origins[slug])
        providers.append(_provider(slug, table, own, origins[slug]))
        pages.extend(own)
    _unique(pages, origins)
    return Registry(tuple(providers), tuple(pages))


def collectable(
    page: Page, platforms: Iterable[str] = PLATFORMS, today: date | None = None
) -> bool:
    """Tell a page that may be collected: live or unverified, with a parser, in its era.

    ``today`` None: whatever the day.
    """
    over = today is not None and page.valid_to is not None and page.valid_to < today
    live = page.status in {PageStatus.LIVE, PageStatus.UNVERIFIED}
    return live and page.platform in platforms and not over


def status_of(table: Table, platform: str, platforms: Iterable[str]) -> PageStatus:
    """Return the status of a page from its facts (METHODOLOGY, "Sources")."""
    if "closed" in table:
        return PageStatus(table["closed"])
    if table["feed"] == "none":
        return PageStatus.NO_FEED
    if platform not in platforms:
        return PageStatus.PLANNED
    if table["confidence"] == "low":
        return PageStatus.UNVERIFIED
    seen = platform not in PLATFORMS or PLATFORMS[platform].seen
    return PageStatus.LIVE if seen else PageStatus.UNVERIFIED


@cache
def _shipped() -> tuple[Table, str]:
    return _read(files("ingest").joinpath("providers.toml"))


def _read(path: Traversable) -> tuple[Table, str]:
    label = path.name
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RegistryError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RegistryError(f"{label}: not TOML: {error}") from None
    for slug, table in tables.items():
        _check_table(label, slug, table, PROVIDER_KEYS)
        for name, page in table.get("pages", {}).items():
            _check_table(label, f"{slug}.pages.{name}", page, PAGE_KEYS)
    return tables, label


def _laid_over(under: Table, over: Table) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(value, dict) and isinstance(below, dict)
        merged[key] = _laid_over(below or {}, value) if both else value
    return merged


def _provider(slug: str, table: Table, pages: tuple[Page, ...], label: str) -> Provider:
    for key in ("name", "category"):
        if key not in table:
            raise RegistryError(f"{label}: [{slug}] {key}: is missing")
    return Provider(
        slug=slug,
        name=table["name"],
        category=table["category"],
        homepage=table.get("homepage", pages[-1].base_url),
        source_class=table.get("source_class", "curated"),
        starter=table.get("starter", False),
        note=table.get("note"),
        hosts=tuple(table.get("hosts", ())),
        packages=tuple(table.get("packages", ())),
    )


def _pages(slug: str, table: Table, known: frozenset[str], label: str) -> tuple[Page, ...]:
    if not table.get("pages"):
        raise RegistryError(f"{label}: [{slug}] pages: needs one sub-table per page")
    return tuple(
        replace(
            _page(slug, name, page, known, f"{label}: [{slug}.pages.{name}]"),
            category=table.get("category", ""),
        )
        for name, page in table["pages"].items()
    )


def _page(slug: str, name: str, table: Table, known: frozenset[str], where: str) -> Page:
    for key in ("base_url", "feed", "confidence"):
        if key not in table:
            raise RegistryError(f"{where} {key}: is missing")
    platform = table.get("platform", name)
    url = urlsplit(table["base_url"])
    private = table.get("allow_private", False)
    if url.scheme != "https" and not private:
        raise RegistryError(f"{where} base_url: must start with https://")
    first, last = table.get("valid_from"), table.get("valid_to")
    if first and last and last < first:
        raise RegistryError(f"{where} valid_to: lies before valid_from")
    return Page(
        page_key=f"{slug}.{platform}.{table.get('page_id', url.hostname)}",
        provider=slug,
        platform=platform,
        base_url=table["base_url"].rstrip("/"),
        page_id=table.get("page_id"),
        zone=table.get("zone", "Etc/UTC"),
        status=status_of(table, platform, known),
        valid_from=first,
        valid_to=last,
        alternates=tuple(table.get("alternates", ())),
        component_ids=tuple(table.get("component_ids", ())),
        component_names=tuple(table.get("component_names", ())),
        title_keywords=tuple(table.get("title_keywords", ())),
        product_ids=tuple(table.get("product_ids", ())),
        allow_private=private,
        page_data=table.get("page_data", False),
        zone_given="zone" in table,
    )


def _unique(pages: Iterable[Page], origins: Mapping[str, str]) -> None:
    seen: set[str] = set()
    for page in pages:
        if page.page_key in seen:
            where = f"{origins[page.provider]}: [{page.provider}.pages]"
            raise RegistryError(f"{where} base_url: two pages would be called {page.page_key}")
        seen.add(page.page_key)


def _check_table(label: str, name: str, table: Any, checks: Mapping[str, Check]) -> None:
    if not isinstance(table, dict):
        raise RegistryError(f"{label}: {name}: must be a table, as in [{name}]")
    if not NAME.fullmatch(name.rsplit(".", 1)[-1]):
        raise RegistryError(f"{label}: [{name}]: use lower-case letters, digits, - and _ only")
    for key, value in table.items():
        if key not in checks:
            raise RegistryError(f"{label}: [{name}] {key}: unknown key; one of {', '.join(checks)}")
        fault = checks[key](value)
        if fault:
            raise RegistryError(f"{label}: [{name}] {key}: {fault}")


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value.strip() else "must be a text"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be true or false"


def _day(value: Any) -> str | None:
    # A TOML date-time is a date too, in Python's eyes.
    return None if type(value) is date else "must be a date like 2026-01-31"


def _texts(value: Any) -> str | None:
    right = isinstance(value, list) and all(_text(item) is None for item in value)
    return None if right else "must be a list of texts"


def _table(value: Any) -> str | None:
    return None if isinstance(value, dict) else "must be sub-tables, as in [slug.pages.statuspage]"


def _address(value: Any) -> str | None:
    try:
        url = urlsplit(value)
        if isinstance(value, str) and url.scheme in {"http", "https"} and url.hostname:
            return None
    except (ValueError, TypeError, AttributeError):
        pass
    return "must be an address like https://status.example.com"


def _hosts(value: Any) -> str | None:
    right = _texts(value) is None and all(HOST.fullmatch(one) for one in value)
    return None if right else 'must be a list of names like "api.example.com", "*" for a part'


def _packages(value: Any) -> str | None:
    right = _texts(value) is None and all(PACKAGE.fullmatch(one) for one in value)
    return None if right else 'must be a list of names like "pkg:pypi/acme"'


def _addresses(value: Any) -> str | None:
    if not isinstance(value, list):
        return "must be a list of addresses"
    return next((fault for fault in map(_address, value) if fault), None)


def _zone(value: Any) -> str | None:
    try:
        time_zone(value)
    except (UnknownZoneError, TypeError):
        return "must be an IANA zone like Europe/Berlin"
    return None


def _one_of(words: tuple[str, ...]) -> Check:
    return lambda value: None if value in words else f"must be one of {', '.join(words)}"


PROVIDER_KEYS: Mapping[str, Check] = {
    "name": _text,
    "category": _one_of(CATEGORIES),
    "homepage": _address,
    "source_class": _one_of(SOURCE_CLASSES),
    "starter": _flag,
    "note": _text,
    "hosts": _hosts,
    "packages": _packages,
    "pages": _table,
}
PAGE_KEYS: Mapping[str, Check] = {
    "platform": _text,
    "base_url": _address,
    "alternates": _addresses,
    "page_id": _text,
    "feed": _one_of(FEEDS),
    "confidence": _one_of(CONFIDENCES),
    "closed": _one_of(CLOSED),
    "zone": _zone,
    "valid_from": _day,
    "valid_to": _day,
    "component_ids": _texts,
    "component_names": _texts,
    "title_keywords": _texts,
    "product_ids": _texts,
    "allow_private": _flag,
    "page_data": _flag,
}
