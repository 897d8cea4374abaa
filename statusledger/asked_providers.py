"""Find the providers that are asked about, and say why there is nothing of some."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.models import UnansweredError

if TYPE_CHECKING:
    from analytics import Question, Snapshot


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold the providers asked about, by slug.

    ``slugs``: all of them, in the order in which they were named. ``dark``: those of which nothing
    was captured, each with a sentence that says why. ``unlisted``: those of them that the snapshot
    does not even list, since the registry got them later.
    """

    slugs: tuple[str, ...]
    dark: Mapping[str, str]
    unlisted: frozenset[str]


def asked_providers(snapshot: Snapshot, called: Sequence[str], data: Path) -> Asked:
    """Return the providers that are called so.

    Args:
        snapshot: What was captured.
        called: Slugs, names, products or aliases.
        data: Folder with the user's own registry.

    Raises:
        UsageError: Several providers are called so, or the user's registry cannot be read.
    """
    from analytics.asking.provider_search import find_provider
    from analytics.directory import captured_providers, listing, provider_names

    names = provider_names(snapshot)
    slugs = [find_provider(text, names) for text in called]
    later: dict[str, str] = {}
    pages: dict[str, tuple[list[str], str]] = {}
    if not names.keys() >= {*slugs}:
        later, pages = _registered(data)
        slugs = [slug if slug in names else find_provider(slug, later) for slug in slugs]
    dark = {}
    for slug in dict.fromkeys(slugs):
        if slug in names.keys() - captured_providers(snapshot):
            dark[slug] = _not_collected(slug, names[slug], *listing(snapshot, slug))
        elif slug not in names and slug in later:
            dark[slug] = _not_collected(slug, later[slug], *pages[slug])
    return Asked(tuple(dict.fromkeys(slugs)), dark, frozenset(dark.keys() - names.keys()))


def _not_collected(slug: str, name: str, statuses: Sequence[str], note: str) -> str:
    """Say in plain text why nothing is known of a provider: seldom, and its words load SciPy."""
    from analytics.wording.head_to_head import not_collected_sentence

    return not_collected_sentence(slug, name, statuses, note).replace("`", "")


def _registered(data: Path) -> tuple[dict[str, str], dict[str, tuple[list[str], str]]]:
    """Return the name of every provider of the registry, and its pages' statuses with its note."""
    from ingest.runs.data_folder import registry_of

    if data.is_file():  # a snapshot by itself has no registry beside it
        return {}, {}
    registry = registry_of(data)
    names = {one.slug: one.name for one in registry.providers}
    about = {
        one.slug: (
            sorted({str(page.status) for page in registry.pages if page.provider == one.slug}),
            one.note or "",
        )
        for one in registry.providers
    }
    return names, about


def tell_of_dark(place: Path, sql: str, data: Path) -> None:
    """Say to standard error why nothing is known of providers that a statement names in quotes.

    Args:
        place: Where the snapshot is.
        sql: The statement.
        data: Folder with the user's own registry.
    """
    from analytics import open_snapshot
    from analytics.directory import provider_names
    from analytics.snapshot import NoSnapshotError

    quoted = re.findall(r"'([^']+)'", sql)
    try:
        with open_snapshot(place) as snapshot:
            named = [text for text in quoted if text in provider_names(snapshot)]
            lines = asked_providers(snapshot, named, data).dark.values()
    except NoSnapshotError:  # another version's may be queried, but says no more than its rows
        return
    for line in lines:
        print(f"statusledger: {line}", file=sys.stderr)


def with_slugs(snapshot: Snapshot, question: Question, data: Path) -> Question:
    """Name the question's providers by slug; standard error says why some have no data.

    Args:
        snapshot: What was captured.
        question: Its providers as somebody called them.
        data: Folder with the user's own registry.

    Raises:
        UnansweredError: Nothing is collected of any of them.
    """
    named, lines = named_by_slug(snapshot, question, data)
    for line in lines:
        print(f"statusledger: {line}", file=sys.stderr)
    return named


def named_by_slug(snapshot: Snapshot, question: Question, data: Path) -> tuple[Question, list[str]]:
    """Name the question's providers by slug, whatever they were called.

    With a sentence for each provider without data, which says why.

    Args:
        snapshot: What was captured.
        question: Its providers as somebody called them.
        data: Folder with the user's own registry.

    Raises:
        UnansweredError: Nothing is collected of any of them.
    """
    asked = asked_providers(snapshot, question.providers, data)
    if asked.dark and len(asked.dark) == len(asked.slugs):
        raise UnansweredError(" ".join(asked.dark.values()))
    listed = tuple(slug for slug in asked.slugs if slug not in asked.unlisted)
    return replace(question, providers=listed), list(asked.dark.values())


def question_notices(snapshot: Snapshot, question: Question) -> Iterator[str]:
    """Yield a sentence where the window lies before the data, or a provider has no such surface.

    Args:
        snapshot: What was captured.
        question: Its providers by slug.
    """
    from analytics.directory import captured_providers, provider_names, surfaces_of
    from analytics.scope import reached_from
    from analytics.wording.overview import early_sentence
    from analytics.wording.surfaces import elsewhere_sentence

    _, end = question.window(snapshot.as_of)
    if line := early_sentence(end, reached_from(snapshot, question)):
        yield line
    if question.surface is None:
        return
    names = provider_names(snapshot)
    for slug in sorted(captured_providers(snapshot).intersection(question.providers)):
        there = surfaces_of(snapshot, slug)
        if question.surface not in there:
            yield elsewhere_sentence(names[slug], question.surface, there)
