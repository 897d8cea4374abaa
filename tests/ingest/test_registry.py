"""The registry: 140 providers, pages as eras, and errors one can act on."""

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.registry_check import differences, listed_addresses
from ingest.models import Page, PageStatus
from ingest.registry import Registry, RegistryError, collectable, load

SLUGS = """
openai anthropic google-gemini-api google-gemini-app xai mistral cohere deepseek moonshot zhipu
alibaba-model-studio minimax ai21 stability black-forest-labs voyage jina meta-ai twelvelabs groq
together fireworks replicate huggingface openrouter cerebras sambanova modal runpod lambda coreweave
baseten anyscale deepinfra novita nebius fal google-vertex azure-openai aws-bedrock
cloudflare-workers-ai vercel-ai-gateway nvidia-ngc volcengine-ark tencent-hunyuan perplexity
character-ai elevenlabs midjourney runway luma ideogram recraft github-copilot cursor windsurf
deepgram assemblyai cartesia langsmith langfuse helicone jetbrains-ai replit wandb databricks
snowflake-cortex pinecone weaviate turbopuffer qdrant google-cloud aws azure cloudflare
""".split()
ACME = """
[acme]
name = "Acme AI"
category = "tooling"

[acme.pages.statuspage]
base_url = "https://status.acme.example"
feed = "complete"
confidence = "high"
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


def written(folder: Path, text: str, name: str = "providers.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def page(registry: Registry, page_key: str) -> Page:
    return next(p for p in registry.pages if p.page_key == page_key)


def test_every_provider_of_the_reference_list_is_listed(registry: Registry) -> None:
    assert len(SLUGS) == 75
    assert {p.slug for p in registry.providers} >= {*SLUGS}


def test_what_is_not_known_is_planned_with_the_reason(registry: Registry) -> None:
    planned = {p.provider for p in registry.pages if p.status is PageStatus.PLANNED}
    notes = {p.slug: p.note for p in registry.providers}
    assert {"poe", "watsonx", "fastly", "microsoft-365"} <= planned
    assert [slug for slug in planned if not notes[slug]] == []


def test_addresses_are_held_against_another_list(tmp_path: Path, registry: Registry) -> None:
    told = (
        'const statusPageUrl$1 = "https://status.groq.test/";\nconst domains$1 = ["*.sentry.io"];'
    )
    (tmp_path / "index.mjs").write_text(told, encoding="utf-8")
    listed = listed_addresses(tmp_path)
    assert listed == {"sentry.io": "status.groq.test"}
    [line] = differences(registry, listed)
    assert line.endswith("status.sentry.io here, status.groq.test there")


def test_an_era_that_is_over_is_not_collected_whatever_else_is_said_of_it(tmp_path: Path) -> None:
    ended = written(tmp_path, f"{ACME}valid_to = 2026-01-10\n")
    [only] = [p for p in load(extra=ended).pages if p.provider == "acme"]
    last, next_day = date(2026, 1, 10), date(2026, 1, 11)
    assert [collectable(only, today=day) for day in (last, next_day)] == [True, False]


def test_what_buyers_meet_and_what_lies_beneath_is_listed(registry: Registry) -> None:
    slugs = {p.slug for p in registry.providers}
    assert slugs >= {"notion", "lovable", "kiro", "reka", "crusoe", "livekit"}
    assert slugs >= {"oracle-cloud", "akamai", "okta", "auth0", "npm", "pypi", "stripe", "slack"}


def test_every_page_has_its_own_key_made_of_provider_platform_and_id_or_host(
    registry: Registry,
) -> None:
    keys = [p.page_key for p in registry.pages]
    assert len(set(keys)) == len(keys)
    assert "anthropic.statuspage.tymt9n04zgry" in keys
    assert "cursor.statuspage.status.cursor.com" in keys
    for p in registry.pages:
        assert (
            p.page_key == f"{p.provider}.{p.platform}.{p.page_id or urlsplit(p.base_url).hostname}"
        )


@pytest.mark.parametrize(
    ("page_key", "status"),
    [
        ("anthropic.statuspage.tymt9n04zgry", PageStatus.LIVE),
        ("github-copilot.statuspage.kctbh9vrtdwd", PageStatus.LIVE),
        ("minimax.statuspage.status.minimax.io", PageStatus.LIVE),
        ("nebius.statuspage.status.nebius.com", PageStatus.UNVERIFIED),
        ("jina.unknown.status.jina.ai", PageStatus.PLANNED),
        ("zhipu.unknown.status.zhipuai.cn", PageStatus.NO_FEED),
        ("weaviate.incident_io.status.weaviate.cloud", PageStatus.NO_FEED),
        ("mistral.rootly.status.mistral.ai", PageStatus.BLOCKED),
        ("character-ai.statuspage.status.character.ai", PageStatus.RETIRED),
        ("deepseek.statuspage.deepseek.statuspage.io", PageStatus.RETIRED),
        ("groq.incident_io.groqstatus.com", PageStatus.LIVE),
        ("cloudflare.cloudflare_status.www.cloudflarestatus.com", PageStatus.LIVE),
        ("deepinfra.deepinfra.status.deepinfra.com", PageStatus.PLANNED),
    ],
)
def test_a_page_has_the_status_its_facts_give_it(
    registry: Registry, page_key: str, status: PageStatus
) -> None:
    assert page(registry, page_key).status is status


def test_only_live_and_unverified_pages_with_a_parser_are_collected(registry: Registry) -> None:
    assert collectable(page(registry, "anthropic.statuspage.tymt9n04zgry"))
    assert collectable(page(registry, "nebius.statuspage.status.nebius.com"))
    assert not collectable(page(registry, "jina.unknown.status.jina.ai"))
    assert not collectable(page(registry, "deepseek.statuspage.deepseek.statuspage.io"))
    assert not collectable(page(registry, "deepinfra.deepinfra.status.deepinfra.com"))


def test_a_page_is_live_as_soon_as_its_parser_exists() -> None:
    key = "groq.incident_io.groqstatus.com"
    assert page(load(platforms={"statuspage"}), key).status is PageStatus.PLANNED
    assert page(load(platforms={"statuspage", "incident_io"}), key).status is PageStatus.LIVE


def test_a_page_on_an_engine_of_which_no_body_was_seen_is_unverified(tmp_path: Path) -> None:
    own = tmp_path / "providers.toml"
    own.write_text(
        """[acme]
name = "Acme"
category = "app"

[acme.pages.cachet]
base_url = "https://status.acme.test"
feed = "complete"
confidence = "high"
"""
    )
    found = page(load(extra=own), "acme.cachet.status.acme.test")
    assert found.status is PageStatus.UNVERIFIED
    assert not found.zone_given
    assert collectable(found)


def test_undocumented_page_data_are_read_only_where_the_registry_says_so(
    registry: Registry,
) -> None:
    assert [p.provider for p in registry.pages if p.page_data] == ["openai"]


def test_a_provider_that_changed_engine_has_its_eras_oldest_first(registry: Registry) -> None:
    eras = [p for p in registry.pages if p.provider == "openai"]
    assert [e.platform for e in eras] == ["statuspage", "incident_io"]
    assert eras[0].valid_to == eras[1].valid_from


def test_pages_shared_with_other_products_are_cut_to_the_provider(registry: Registry) -> None:
    copilot = page(registry, "github-copilot.statuspage.kctbh9vrtdwd")
    assert copilot.component_ids == ("pjmpxvq2cmr2", "cnnb39dkkk82")
    assert copilot.title_keywords == ("copilot",)


def test_every_starter_is_known_and_several_can_be_collected_now(registry: Registry) -> None:
    live = {p.provider for p in registry.pages if collectable(p)}.intersection(registry.starters)
    assert {"anthropic", "github-copilot", "cursor", "openai", "groq"} <= live


def test_monitors_and_wide_incident_pages_are_told_apart(registry: Registry) -> None:
    classes = {p.slug: p.source_class for p in registry.providers}
    assert classes["huggingface"] == classes["twelvelabs"] == "automatic"
    assert classes["aws"] == classes["google-vertex"] == classes["azure-openai"] == "large_only"
    assert classes["anthropic"] == "curated"


def test_a_private_provider_is_laid_over_the_registry(tmp_path: Path) -> None:
    text = ACME.replace("https", "http") + 'allow_private = true\nzone = "Europe/Berlin"\n'
    both = load(extra=written(tmp_path, text))
    (own,) = (p for p in both.pages if p.provider == "acme")
    assert own.allow_private
    assert own.zone == "Europe/Berlin"
    assert own.base_url == "http://status.acme.example"
    assert len(both.providers) == len(load().providers) + 1


def test_a_private_file_may_change_one_key_of_a_known_provider(tmp_path: Path) -> None:
    changed = load(extra=written(tmp_path, "[mistral]\nstarter = true\n"))
    mistral = next(p for p in changed.providers if p.slug == "mistral")
    assert mistral.starter
    assert mistral.name == "Mistral AI"
    assert len(changed.providers) == len(load().providers)


def test_no_private_file_is_no_error(tmp_path: Path, registry: Registry) -> None:
    assert load(extra=tmp_path / "providers.toml") == registry


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "Acme AI"', "", "[acme] name: is missing"),
        ('name = "Acme AI"', "name = 5", "[acme] name: must be a text"),
        ('category = "tooling"', 'category = "zoo"', "[acme] category: must be one of model-lab"),
        ('feed = "complete"', "", "[acme.pages.statuspage] feed: is missing"),
        ('feed = "complete"', "fed = 1", "[acme.pages.statuspage] fed: unknown key; one of"),
        ("https://status.acme.example", "status.acme", "[acme.pages.statuspage] base_url: must be"),
        ("https://status.acme.example", "https://[", "[acme.pages.statuspage] base_url: must be"),
        ("https://", "http://", "[acme.pages.statuspage] base_url: must start with https://"),
        ('feed = "c', 'zone = "Mars"\nfeed = "c', "[acme.pages.statuspage] zone: must be an IANA"),
        (
            'feed = "c',
            'valid_to = "2026"\nfeed = "c',
            "[acme.pages.statuspage] valid_to: must be a",
        ),
        ("[acme.pages.statuspage]", "[acme.pages.Status]", "[acme.pages.Status]: use lower-case"),
        (
            'feed = "c',
            'valid_from = 2026-02-01\nvalid_to = 2026-01-01\nfeed = "c',
            "[acme.pages.statuspage] valid_to: lies before valid_from",
        ),
        ("[acme]", "pages = 1\n[acme]", "pages: must be a table"),
        ('name = "Acme AI"', 'name = "Acme AI', "not TOML"),
    ],
)
def test_an_error_names_file_table_and_key_in_one_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = written(tmp_path, ACME.replace(old, new), "mine.toml")
    with pytest.raises(RegistryError) as caught:
        load(path)
    assert str(caught.value).startswith("mine.toml: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_pages_may_not_share_a_key(tmp_path: Path) -> None:
    twin = ACME.split("\n\n")[1].replace("pages.statuspage", "pages.again")
    path = written(tmp_path, ACME + twin + '\nplatform = "statuspage"\n')
    with pytest.raises(RegistryError, match=r"acme\.statuspage\.status\.acme\.example"):
        load(path)


def test_a_registry_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="cannot be read"):
        load(tmp_path / "absent.toml")
