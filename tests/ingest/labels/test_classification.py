"""Classes of incidents: evidence first, words after that."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from importlib.resources import files
from typing import Any

import pytest

from ingest.labels.classification import (
    CLASSES,
    IncidentClass,
    IncidentEvidence,
    incident_class,
)
from ingest.labels.stated_failures import failure_words
from ingest.labels.surfaces import surface_of
from ingest.models import SEVERITY, Impact, Kind, State
from tests.support.labelled import Judged, hold, rows

PAGE = "acme.statuspage.status.acme.example"
RELIABILITY = ("outage", "degradation")


def table() -> dict:
    return tomllib.loads(files("ingest").joinpath("classes.toml").read_text(encoding="utf-8"))


def given(
    title: str,
    *messages: str,
    worst: str | None = None,
    moved: Iterable[str] = ("api_inference",),
    impact: str = "none",
    kind: str = "incident",
    category: str = "model-lab",
) -> IncidentClass:
    state = State(worst) if worst else None
    bad = state is not None and SEVERITY[state] >= SEVERITY[State.DEGRADED]
    return incident_class(
        IncidentEvidence(
            page_key=PAGE,
            incident_id="iiii1111jjjj",
            title=title,
            messages=messages,
            kind=Kind(kind),
            impact=Impact(impact),
            worst_state=state,
            moved=frozenset(moved) if bad else frozenset(),
            category=category,
        )
    )


def class_of(title: str, *messages: str, **more: Any) -> tuple[str, str]:
    found = given(title, *messages, **more)
    return found.name, found.basis


def test_what_a_monitor_measured_is_no_post() -> None:
    found = incident_class(IncidentEvidence(PAGE, "i", "API", measured=True))
    assert (found.name, found.basis) == ("monitor", "measured")


def test_a_page_may_call_an_incident_a_security_event() -> None:
    found = incident_class(IncidentEvidence(PAGE, "i", "Notice", status="security event"))
    assert (found.name, found.basis) == ("data_security", "status")


def test_every_class_rule_gives_a_known_class_and_tests_something() -> None:
    rules = table()["rules"]
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
        ("Unauthorized post from our account", ("data_security", "security")),
        ("Security advisory for the desktop app", ("data_security", "security")),
        ("Planned network maintenance", ("maintenance", "planned")),
    ],
)
def test_a_true_notice_stays_one_even_where_it_coloured_components(
    title: str, expected: tuple[str, str]
) -> None:
    assert class_of(title, impact="critical", worst="major") == expected


@pytest.mark.parametrize(
    "title",
    [
        "Elevated errors on requests to models",
        "Elevated errors on a retired model",
        "Elevated rate limiting errors on the API",
        "Errors after maintenance",
        "API stuck in maintenance mode",
        "Planned maintenance window exceeded",
        "Login failures for some users",
        "FedRAMP dashboard sign-in failing",
        "Webhook event subscriptions delayed",
        "Data loss prevention unavailable",
        "Delays in vulnerability scanning",
        "API down for Enterprise plan customers",
        "API unreachable after a policy update rollout",
        "Suspended jobs do not start again",
    ],
)
def test_trouble_stays_trouble_whatever_else_its_title_mentions(title: str) -> None:
    assert class_of(title, worst="partial") == ("outage", "default")
    assert class_of(title, worst="degraded") == ("degradation", "default")


def test_nobody_looks_into_a_decision() -> None:
    title = "Retirement of an older model"
    assert class_of(title, "It is retired as announced.", worst="partial")[0] == "notice"
    assert class_of(title, "We are looking into it.", worst="partial")[0] == "outage"


def test_what_is_still_to_come_does_not_fail_yet() -> None:
    text = "After 1 May calls to the model will fail."
    assert class_of("Model Eight deprecation", text) == ("notice", "retirement")
    assert class_of("Model Eight deprecation", "Calls to it fail.")[0] == "notice"
    assert class_of("Model Eight deprecation", "All calls fail.")[0] == "degradation"


def test_a_post_withdrawn_by_its_own_text_is_a_notice() -> None:
    text = "This incident was created in error: no service was affected."
    assert class_of("Elevated errors", "Elevated errors.", text, worst="major") == (
        "notice",
        "retraction",
    )


@pytest.mark.parametrize(
    "text",
    [
        "A deny rule was created in error and rejected valid keys.",
        "A false positive of our abuse filter blocked customers.",
        "This was opened in error, we thought. Requests do fail.",
    ],
)
def test_an_error_that_is_not_the_post_withdraws_nothing(text: str) -> None:
    assert class_of("Elevated errors", text, worst="major") == ("outage", "default")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Test incident", "This is a test of our status page."),
        ("Updated terms of service", "Our terms change on 1 May."),
        ("Frankfurt region", "You can choose Frankfurt from today."),
        ("Office hours", "Our office is closed on Monday.\nResolved."),
    ],
)
def test_a_test_changed_terms_and_a_bare_announcement_count_nothing(title: str, text: str) -> None:
    assert class_of(title, *text.split("\n"))[0] == "notice"


@pytest.mark.parametrize("text", ["Resolved.", "Investigating.", "We are working on it."])
def test_silence_about_what_fails_is_no_announcement(text: str) -> None:
    assert class_of("API Gateway", text) == ("degradation", "default")


def test_an_announcement_that_moved_a_component_or_has_an_impact_counts() -> None:
    text = "You can choose Frankfurt from today."
    assert class_of("Frankfurt region", text, worst="partial")[0] == "outage"
    assert class_of("Frankfurt region", text, impact="minor")[0] == "degradation"


@pytest.mark.parametrize(
    ("title", "moved", "expected"),
    [
        ("Credit card payments failing", ["billing"], "billing_console"),
        ("Usage page shows zero", ["console"], "billing_console"),
        ("Unable to buy credits", ["console", "billing"], "billing_console"),
        ("Payment failures for Pro subscriptions", ["chat_web"], "outage"),
        ("Outage in usage reporting", ["console", "api_inference"], "outage"),
        ("Console outage", ["console"], "outage"),
        ("Console and billing pages down", ["console", "billing"], "outage"),
        ("Event subscriptions stuck", ["console"], "outage"),
    ],
)
def test_a_billing_matter_is_one_by_its_words_and_by_what_it_moved(
    title: str, moved: list[str], expected: str
) -> None:
    assert class_of(title, worst="major", moved=moved)[0] == expected


def test_payments_fail_the_customers_of_whoever_sells_them() -> None:
    assert class_of("Card payments failing")[0] == "billing_console"
    assert class_of("Card payments failing", category="upstream")[0] == "degradation"


@pytest.mark.parametrize(("kind", "impact"), [("maintenance", "none"), ("incident", "maintenance")])
def test_maintenance_by_kind_or_by_impact_wins_over_every_title(kind: str, impact: str) -> None:
    assert class_of("Billing upgrade", kind=kind, impact=impact) == ("maintenance", "kind")


def test_the_kind_of_a_post_holds_however_bad_its_components_were() -> None:
    assert class_of("Cluster errors", kind="maintenance", worst="major")[0] == "maintenance"
    assert class_of("Cluster errors", impact="maintenance", worst="major")[0] == "outage"
    assert class_of("Cluster swap", worst="maintenance") == ("maintenance", "states")


@pytest.mark.parametrize(
    ("impact", "worst", "expected"),
    [
        ("none", "partial", "outage"),
        ("none", "major", "outage"),
        ("major", None, "outage"),
        ("critical", "operational", "outage"),
        ("critical", "degraded", "degradation"),
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


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (given("Errors", worst="partial"), "it moved a component to partial"),
        (
            given("Errors", impact="major"),
            "it moved no component, and its posted impact is major",
        ),
        (
            given("Model Eight deprecation"),
            "its title says “deprecation” and nothing is said to fail",
        ),
        (
            given("Invoices late", worst="major", moved=["billing"]),
            "its title says “Invoices” and all it moved is billing or console",
        ),
        (given("x", kind="maintenance"), "the page lists it as maintenance"),
    ],
)
def test_every_class_carries_its_reason_in_words(found: IncidentClass, reason: str) -> None:
    assert found.reason == reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Requests fail.", "fail"),
        ("No errors were seen; uploads are slow.", "slow"),
        ("The API is not affected.", None),
        ("Calls will fail from June on.", None),
        ("Everything works, but logins time out.", "time out"),
    ],
)
def test_each_part_of_a_sentence_says_for_itself_whether_something_fails(
    text: str, said: str | None
) -> None:
    assert failure_words().find(text) == said


def judged(wanted: Iterable[str]) -> list[Judged]:
    """Judge every labelled post by whether it is of one of the classes ``wanted``."""
    found = []
    for row in rows("posts.jsonl"):
        category = row.get("category", "model-lab")
        states = {name: State(state) for name, state in row.get("states", {}).items()}
        worst = max(states.values(), key=lambda state: SEVERITY[state], default=None)
        bad = [n for n, s in states.items() if SEVERITY[s] >= SEVERITY[State.DEGRADED]]
        name = given(
            row["title"],
            *row["text"].split("\n"),
            worst=worst,
            moved=[surface_of("", name, name, None, category)[0] for name in bad],
            impact=row.get("impact", "none"),
            kind=row.get("kind", "incident"),
            category=category,
        ).name
        text = f"{row['title']}\n{row['text']}"
        found.append(
            Judged(text, name in wanted or None, row["class"] in wanted or None),
        )
    return found


def test_labelled_posts_count_where_something_failed() -> None:
    sample = judged(RELIABILITY)
    assert len(sample) >= 400
    hold("outage or degradation, or not", sample, precision=0.97, recall=0.90)


def test_labelled_posts_are_outages_where_something_was_down() -> None:
    hold("outage or not", judged(["outage"]), precision=0.97, recall=0.90)
