"""Surfaces of components and classes of posts, as the tables decide them."""

import tomllib
from importlib.resources import files

import pytest

from ingest.labels.classification import (
    CLASSES,
    SURFACES,
    incident_class,
    surface_of,
    surface_of_title,
)
from ingest.registry import load

ACME = "https://status.acme.example"
PAGE = "acme.statuspage.status.acme.example"


def table(name: str) -> dict:
    return tomllib.loads(files("ingest").joinpath(name).read_text(encoding="utf-8"))


def class_of(
    title: str,
    *,
    kind: str = "incident",
    impact: str = "none",
    worst: str | None = None,
    text: str = "",
) -> tuple[str, str]:
    return incident_class(PAGE, "iiii1111jjjj", kind, impact, worst, title, text)


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
        ("Compliance API", "other"),
        ("Ads API", "other"),
        ("Retail API", "other"),
        ("Resource Manager API", "other"),
        ("Model Registry", "other"),
        ("Model Monitoring", "other"),
    ],
)
def test_a_component_name_gives_the_first_surface_whose_rule_it_meets(
    name: str, surface: str
) -> None:
    assert surface_of(ACME, "aaaa1111bbbb", name, None) == (surface, "name")


@pytest.mark.parametrize(
    "name", ["Vibe", "Coral", "Infrastructure", "Cloud Profiler", "Cloud Filestore", "Profiles"]
)
def test_a_name_that_says_nothing_is_other_and_unmapped(name: str) -> None:
    assert surface_of(ACME, "aaaa1111bbbb", name, None) == ("other", "unmapped")


def test_an_id_decides_before_the_name_and_only_on_its_own_page() -> None:
    windsurf, name = "https://status.windsurf.com", ("r5wf1ykd7y1m", "Cascade", None)
    assert surface_of(windsurf, *name) == ("code_assistant", "id")
    assert surface_of(ACME, *name) == ("other", "unmapped")
    google, name = "https://status.cloud.google.com", ("VzyLPL7CtWQqJ9WeKAjp", "API Gateway", None)
    assert surface_of(google, *name) == ("other", "id")
    assert surface_of(ACME, *name) == ("api_inference", "name")


def test_ids_are_listed_under_addresses_of_the_registry() -> None:
    assert set(table("surfaces.toml")["ids"]) <= {page.base_url for page in load().pages}


def test_a_group_speaks_when_the_name_does_not() -> None:
    assert surface_of(ACME, "a", "us-east-1", "API") == ("api_inference", "name")
    assert surface_of(ACME, "a", "Console", "API") == ("console", "name")


def test_a_post_without_components_goes_by_its_title() -> None:
    assert surface_of_title("Elevated errors on claude.ai") == ("chat_web", "title")
    assert surface_of_title("Login unavailable") == ("auth", "title")
    assert surface_of_title("Investigating slowness") == ("other", "unmapped")


def test_every_surface_rule_and_id_gives_a_known_surface_and_none_is_forgotten() -> None:
    rules = table("surfaces.toml")
    given = {rule["surface"] for rule in rules["rules"]}
    assert given | {"other"} == set(SURFACES)
    assert {s for ids in rules["ids"].values() for s in ids.values()} <= set(SURFACES)


def test_every_class_rule_gives_a_known_class_and_tests_something() -> None:
    rules = table("classes.toml")["rules"]
    assert {rule["class"] for rule in rules} <= set(CLASSES)
    assert all("title" in rule or "text" in rule for rule in rules)
    assert len({rule["name"] for rule in rules}) == len(rules)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("We have suspended access to Model Nine", ("notice", "access")),
        ("Access to Model Nine has been suspended", ("notice", "access")),
        ("Model Eight deprecation", ("notice", "retirement")),
        ("Model Eight will be retired in May", ("notice", "retirement")),
        ("Temporary rate limits for free users", ("notice", "quota")),
        ("Usage policy update", ("notice", "policy")),
        ("FedRAMP authorization update", ("notice", "policy")),
        ("Payment failures for Pro subscriptions", ("billing_console", "billing")),
        ("Delayed usage reporting", ("billing_console", "billing")),
        ("Unauthorized post from our account", ("data_security", "security")),
        ("Security advisory for the desktop app", ("data_security", "security")),
        ("Planned network maintenance", ("maintenance", "planned")),
    ],
)
def test_a_title_names_what_is_not_an_outage(title: str, expected: tuple[str, str]) -> None:
    assert class_of(title, impact="critical", worst="major") == expected


@pytest.mark.parametrize(
    "title",
    [
        "Elevated errors on requests to models",
        "Elevated errors on a retired model",
        "Elevated rate limiting errors on the API",
        "Errors after maintenance",
        "Console outage",
        "Login failures for some users",
        "FedRAMP dashboard sign-in failing",
        "Webhook event subscriptions delayed",
        "Data loss prevention unavailable",
    ],
)
def test_trouble_stays_trouble_whatever_else_its_title_mentions(title: str) -> None:
    assert class_of(title, worst="partial") == ("outage", "default")


def test_a_post_withdrawn_by_its_own_text_is_a_notice() -> None:
    text = "Elevated errors.\nThis incident was created in error: no service was affected."
    assert class_of("Elevated errors", worst="major", text=text) == ("notice", "retraction")


@pytest.mark.parametrize(("kind", "impact"), [("maintenance", "none"), ("incident", "maintenance")])
def test_maintenance_by_kind_or_by_impact_wins_over_every_title(kind: str, impact: str) -> None:
    assert class_of("Billing upgrade", kind=kind, impact=impact) == ("maintenance", "kind")


@pytest.mark.parametrize(
    ("impact", "worst", "expected"),
    [
        ("none", "partial", "outage"),
        ("none", "major", "outage"),
        ("major", None, "outage"),
        ("critical", "degraded", "outage"),
        ("minor", "degraded", "degradation"),
        ("minor", None, "degradation"),
        ("none", None, "degradation"),
        ("unknown", "operational", "degradation"),
    ],
)
def test_the_rest_is_outage_or_degradation_by_how_bad_it_got(
    impact: str, worst: str | None, expected: str
) -> None:
    assert class_of("Elevated errors", impact=impact, worst=worst) == (expected, "default")
