"""A provider is found by what people call it, and never guessed."""

from __future__ import annotations

import pytest

from analytics.asking.provider_search import ALIASES, AmbiguousProviderError, find_provider
from ingest.registry import load

REGISTERED = {one.slug: one.name for one in load().providers}


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("anthropic", "anthropic"),
        ("Claude", "anthropic"),
        ("claude", "anthropic"),
        ("OpenAI", "openai"),
        ("ChatGPT", "openai"),
        ("Gemini", "google-gemini-api"),
        ("copilot", "github-copilot"),
        ("GITHUB COPILOT", "github-copilot"),
        ("bedrock", "aws-bedrock"),
        ("Google Cloud", "google-cloud"),
        ("vertex", "google-vertex"),
        ("hugging face", "huggingface"),
        ("aws", "aws"),
        ("azure", "azure"),
        ("Azure OpenAI", "azure-openai"),
        ("Character.AI", "character-ai"),
        ("wandb", "wandb"),
    ],
)
def test_a_provider_is_found_by_slug_name_product_and_alias(text: str, slug: str) -> None:
    assert find_provider(text, REGISTERED) == slug


def test_every_provider_is_found_by_its_own_slug_and_name() -> None:
    for slug, name in REGISTERED.items():
        for text in (slug, slug.upper(), name, name.lower(), f"  {name} "):
            assert find_provider(text, REGISTERED) == slug


def test_a_word_of_several_providers_is_not_guessed() -> None:
    with pytest.raises(AmbiguousProviderError, match="'amazon' may be aws or aws-bedrock"):
        find_provider("amazon", REGISTERED)


@pytest.mark.parametrize("text", ["nobody", "", "!", "clau"])
def test_what_nobody_is_called_stays_as_it_is(text: str) -> None:
    assert find_provider(text, REGISTERED) == text


def test_an_alias_names_a_provider_of_the_registry_and_is_nobodys_slug() -> None:
    assert set(ALIASES.values()) <= REGISTERED.keys()
    assert not ALIASES.keys() & REGISTERED.keys()
