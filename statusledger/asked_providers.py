"""Find the providers a command asks about, and say why there is nothing of some."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ingest.models import UnansweredError

if TYPE_CHECKING:
    from analytics import Question, Snapshot


def slugs_of(snapshot: Snapshot, called: Sequence[str]) -> tuple[str, ...]:
    """Return the slug of each provider, however it is called, once.

    Raises:
        QuestionError: Several providers are called so.
    """
    from analytics.asking.provider_search import find_provider
    from analytics.directory import provider_names

    names = provider_names(snapshot)
    return tuple(dict.fromkeys(find_provider(text, names) for text in called))


def uncollected(snapshot: Snapshot, slugs: Sequence[str]) -> Mapping[str, str]:
    """Say why there is nothing of those providers of which nothing was captured, by slug."""
    from analytics.directory import captured_providers, listing, provider_names
    from analytics.wording.head_to_head import not_collected_sentence

    names = provider_names(snapshot)
    dark = names.keys() - captured_providers(snapshot)
    return {
        slug: not_collected_sentence(slug, names[slug], *listing(snapshot, slug)).replace("`", "")
        for slug in slugs
        if slug in dark
    }


def with_slugs(snapshot: Snapshot, question: Question) -> Question:
    """Name the question's providers by slug, whatever they were called.

    Of a provider without data standard error says why.

    Raises:
        UnansweredError: Nothing is collected of any of them.
    """
    slugs = slugs_of(snapshot, question.providers)
    lines = uncollected(snapshot, slugs)
    if lines and len(lines) == len(slugs):
        raise UnansweredError(" ".join(lines.values()))
    for line in lines.values():
        print(f"statusledger: {line}", file=sys.stderr)
    return replace(question, providers=slugs)
