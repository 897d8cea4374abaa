"""Find a provider by what people call it: slug, name, product or alias, in any case."""

from __future__ import annotations

import re
from collections.abc import Mapping

from analytics.question import QuestionError

#: Products and short names that stand in no provider's name.
ALIASES: Mapping[str, str] = {
    "chatgpt": "openai",
    "codex": "openai",
    "gcp": "google-cloud",
    "gemini": "google-gemini-api",
    "gpt": "openai",
    "hf": "huggingface",
    "sora": "openai",
}


class AmbiguousProviderError(QuestionError):
    """A name that several providers go by; one line that lists their slugs."""


def find_provider(text: str, names: Mapping[str, str]) -> str:
    """Return the slug of the provider called ``text``; ``text`` itself if there is none.

    ``names``: slug to name.

    >>> names = {"anthropic": "Anthropic (Claude)", "github-copilot": "GitHub Copilot"}
    >>> [find_provider(text, names) for text in ("Claude", "copilot", "ANTHROPIC", "nobody")]
    ['anthropic', 'github-copilot', 'anthropic', 'nobody']

    Raises:
        AmbiguousProviderError: Several providers are called so.
    """
    wanted = _words(text)
    if not wanted or text in names:
        return text
    alias = ALIASES.get(" ".join(wanted), "")
    if alias in names:
        return alias
    whole = [slug for slug, name in names.items() if wanted in _whole(slug, name)]
    part = [slug for slug, name in names.items() if set(wanted) <= {*_words(slug), *_words(name)}]
    found = whole or part
    if len(found) > 1:
        raise AmbiguousProviderError(f"{text!r} may be {' or '.join(sorted(found))}: name one")
    return found[0] if found else text


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _whole(slug: str, name: str) -> tuple[list[str], ...]:
    """Return what a provider is wholly called: its slug, its name, its name without brackets."""
    return _words(slug), _words(name), _words(re.sub(r" \(.*\)| / .*", "", name))
