"""Surfaces of components, as the table decides them."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files

import pytest

from ingest.labels.surfaces import (
    CLOUD_SURFACES,
    PRODUCT_SURFACES,
    SURFACES,
    surface_of,
    surface_of_title,
)
from ingest.registry import CATEGORIES, load
from tests.support.captured.cases import needs_cases
from tests.support.labelled import SAMPLES, Judged, hold
from tests.support.paths import CASES

ACME = "https://status.acme.example"


def table() -> dict:
    return tomllib.loads(files("ingest").joinpath("surfaces.toml").read_text(encoding="utf-8"))


def surface(name: str, group: str | None = None, category: str = "model-lab") -> str:
    return surface_of(ACME, "aaaa1111bbbb", name, group, category)[0]


@pytest.mark.parametrize(
    ("name", "surface"),
    [
        ("Claude Console (platform.claude.com)", "console"),
        ("Claude Code", "code_assistant"),
        ("Claude for Government", "gov_region"),
        ("Multimodal Live API", "audio_realtime"),
        ("Single Sign-On", "auth"),
        ("Inference - Vision", "api_inference"),
        ("Grok (iOS)", "mobile"),
        ("Chat (/api/v1/chat/completions)", "api_inference"),
        ("API Console", "console"),
        ("claude.ai", "chat_web"),
        ("Claude API (api.anthropic.com)", "api_inference"),
        ("Claude Cowork", "agents"),
        ("Copilot AI Model Providers", "code_assistant"),
        ("Fine-tuning", "fine_tuning"),
        ("Sora", "video"),
        ("DALL·E", "image"),
        ("Docs", "docs_site"),
        ("File uploads", "files"),
        ("Downloads API", "api_inference"),
        ("API Gateway", "api_inference"),
        ("Model Serving", "api_inference"),
    ],
)
def test_a_component_name_gives_the_first_surface_whose_rule_it_meets(
    name: str, surface: str
) -> None:
    assert surface_of(ACME, "aaaa1111bbbb", name, None) == (surface, "name")


@pytest.mark.parametrize(
    "name",
    [
        "Vibe",
        "Coral",
        "Infrastructure",
        "Cloud Profiler",
        "Cloud Filestore",
        "Profiles",
        "Compliance API",
        "Ads API",
        "Retail API",
        "Resource Manager API",
        "Model Registry",
        "Model Monitoring",
    ],
)
def test_a_name_that_says_nothing_is_other_and_unmapped(name: str) -> None:
    assert surface_of(ACME, "aaaa1111bbbb", name, None) == ("other", "unmapped")


@pytest.mark.parametrize(
    "name", ["Qwen 3.8 Max", "Llama 3.3 70B", "acme/small-7b-it", "DeepSeek R1", "GPT-5 mini"]
)
def test_the_name_of_a_model_is_inference(name: str) -> None:
    assert surface(name) == "api_inference"


@pytest.mark.parametrize(
    ("name", "category", "expected"),
    [
        ("Payments", "upstream", "payments"),
        ("Payments", "model-lab", "billing"),
        ("Dashboards", "upstream", "observability"),
        ("Dashboards", "tooling", "console"),
        ("Single Sign-On", "upstream", "identity"),
        ("Single Sign-On", "inference", "auth"),
        ("API", "cloud", "other"),
        ("Text-to-Speech", "cloud", "audio_realtime"),
        ("GPU Instances", "inference", "compute"),
        ("GPU Instances", "model-lab", "other"),
    ],
)
def test_what_a_name_means_depends_on_what_its_provider_sells(
    name: str, category: str, expected: str
) -> None:
    assert surface(name, category=category) == expected


def test_an_id_decides_before_the_name_and_only_on_its_own_page() -> None:
    windsurf, name = "https://status.windsurf.com", ("r5wf1ykd7y1m", "Cascade", None)
    assert surface_of(windsurf, *name) == ("code_assistant", "id")
    assert surface_of(ACME, *name) == ("other", "unmapped")
    google, name = "https://status.cloud.google.com", ("VzyLPL7CtWQqJ9WeKAjp", "API Gateway", None)
    assert surface_of(google, *name) == ("other", "id")
    assert surface_of(ACME, *name) == ("api_inference", "name")


def test_ids_are_listed_under_addresses_of_the_registry() -> None:
    assert set(table()["ids"]) <= {page.base_url for page in load().pages}


def test_a_group_speaks_when_the_name_does_not() -> None:
    assert surface_of(ACME, "a", "us-east-1", "API") == ("api_inference", "name")
    assert surface_of(ACME, "a", "Console", "API") == ("console", "name")


def test_a_group_does_not_speak_for_a_name_of_which_a_phrase_was_struck_out() -> None:
    assert surface_of(ACME, "a", "Docker image registry", "API") == ("other", "unmapped")


def test_a_post_without_components_goes_by_its_title() -> None:
    assert surface_of_title("Elevated errors on claude.ai") == ("chat_web", "title")
    assert surface_of_title("Login unavailable") == ("auth", "title")
    assert surface_of_title("API returns error code 500") == ("api_inference", "title")
    assert surface_of_title("Investigating slowness") == ("other", "unmapped")


def test_every_surface_rule_and_id_gives_a_known_surface_and_none_is_forgotten() -> None:
    rules = table()
    assert {rule["surface"] for rule in rules["cloud_rules"]} == set(CLOUD_SURFACES)
    given = {rule["surface"] for rule in rules["rules"]}
    assert set(PRODUCT_SURFACES) <= given <= set(SURFACES)
    assert {s for ids in rules["ids"].values() for s in ids.values()} <= set(SURFACES)
    named = {c for rule in rules["rules"] for c in rule.get("categories", ())}
    assert named <= {"", *CATEGORIES}


def test_the_surfaces_of_labelled_component_names_are_found() -> None:
    labelled = tomllib.loads((SAMPLES / "component_names.toml").read_text(encoding="utf-8"))
    judged = []
    for category, by_surface in labelled.items():
        for wanted, names in by_surface.items():
            for entry in names:
                name, group = entry if isinstance(entry, list) else (entry, None)
                found = surface(name, group, category)
                judged.append(
                    Judged(
                        f"{category}/{name}",
                        None if found == "other" else found,
                        None if wanted == "other" else wanted,
                    )
                )
    assert len(judged) >= 300
    hold("surfaces", judged, precision=0.97, recall=0.92)


@pytest.mark.parametrize("category", ["model-lab", "inference", "tooling", "app"])
def test_ordinary_words_of_the_field_name_no_surface(category: str) -> None:
    words = (SAMPLES / "ordinary_words.txt").read_text(encoding="utf-8").splitlines()
    assert len(words) >= 500
    mapped = {word: surface(word, category=category) for word in words}
    assert {w: s for w, s in mapped.items() if s != "other"} == {}


@needs_cases
def test_letters_of_a_word_that_are_another_word_name_no_surface() -> None:
    payload = json.loads((CASES / "surface-words" / "components.json").read_text(encoding="utf-8"))
    names = {
        "Invoices": "billing",
        "Scenarios": "other",
        "Embedded widgets": "other",
        "Postcode lookup": "other",
        "QR code": "other",
        "Docker image registry": "other",
        "Researcher portal": "other",
        "Authorization": "auth",
        "Voice API": "audio_realtime",
        "iOS app": "mobile",
        "Embeddings": "embeddings",
        "Code completion": "code_assistant",
        "Image generation": "image",
        "Web search": "search_tools",
        "Sign-in": "auth",
    }
    assert {c["name"]: surface(c["name"]) for c in payload["components"]} == names
