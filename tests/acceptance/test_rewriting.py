"""What a page rewrites after it was posted is kept, shown with its kind, and counted."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from analytics import open_snapshot
from analytics.read_models.incident_list import detail
from ingest.runs import data_folder
from tests.support.command_line import cli
from tests.support.ledgers.answers import API, LIST, answer, hour, listed, publish
from tests.support.pages.streamlit_pages import shown
from tests.support.payloads.statuspage import PAGE, change, component, incident, update

BEGAN, DENIED = "2026-01-10T12:30:00.000Z", "2026-01-10T13:30:00.000Z"
OVER, LATE = "2026-01-10T14:30:00.000Z", "2026-01-10T13:00:00.000Z"
DOWN = [change(API, "operational", "major_outage")]
UP = [change(API, "major_outage", "operational")]


def post(*updates: dict[str, Any], **more: Any) -> dict[str, Any]:
    return incident("rewritten001", list(updates), **{"components": [component(API)], **more})


def begins(body: str = "All requests fail.") -> dict[str, Any]:
    return update("u1", "investigating", BEGAN, body, DOWN)


def denies() -> dict[str, Any]:
    return update("u2", "investigating", DENIED, "Data may be lost.")


def ends() -> dict[str, Any]:
    return update("u3", "resolved", OVER, "It works again.", UP)


#: What the list shows of the incident, hour by hour, from the first on.
STORY = [
    None,
    post(begins(), impact="critical"),
    post(begins(), denies(), impact="critical"),
    post(begins(), ends(), impact="critical"),
    post(begins(), ends(), impact="minor"),
    post(begins("Some requests fail."), ends(), impact="minor", name="Some errors"),
    post(
        begins("Some requests fail."),
        update("u4", "identified", LATE, "We know why."),
        ends(),
        impact="minor",
        name="Some errors",
    ),
]
KEY = f"{PAGE.page_key}/rewritten001"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rewriting") / "data"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(data_folder, "now", lambda: hour(len(STORY)))
        answers = [
            answer(LIST, hour(number), listed(*[one for one in (told, incident()) if one]))
            for number, told in enumerate(STORY)
        ]
        publish(folder, answers)
    return folder


def test_every_change_is_told_with_its_kind_and_time(data: Path) -> None:
    with open_snapshot(data) as snapshot:
        whole = detail(snapshot, KEY)
    assert whole is not None
    told = whole.revisions.filter(whole.revisions["kind"] != "progress")
    rows = told.select("known_from", "kind", "field", "old_value", "new_value", "after_end").rows()
    assert sorted(rows) == sorted(
        [
            (hour(3), "retraction", "update", "Data may be lost.", None, False),
            (hour(4), "downgrade", "impact", "critical", "minor", True),
            (hour(5), "edit", "title", "Elevated errors", "Some errors", True),
            (hour(5), "edit", "body", "All requests fail.", "Some requests fail.", True),
            (hour(6), "addition", "update", None, "We know why.", True),
        ]
    )


@pytest.mark.parametrize(
    "metric", ["downgraded", "edited_after_end", "update_retracted", "added_late"]
)
def test_each_kind_is_counted_once_a_post(data: Path, metric: str) -> None:
    words = ("--provider", "acme", "--surface", "api_inference", "--since", "2026-01-10")
    table = cli(data, "metrics", "transparency", *words, "--format", "csv").stdout
    [row] = [row for row in csv.DictReader(table.splitlines()) if row["metric"] == metric]
    assert row["n"] == "1"


def test_what_was_known_before_is_what_the_page_said_then(data: Path) -> None:
    sql = "SELECT title, impact FROM incidents WHERE incident_id = 'rewritten001'"
    then = cli(data, "query", sql, "--as-of", f"{hour(3):%Y-%m-%dT%H:%M:%SZ}", "--format", "csv")
    assert then.stdout.split("\n")[1].strip() == "Elevated errors,critical"
    now = cli(data, "query", sql, "--format", "csv")
    assert now.stdout.split("\n")[1].strip() == "Some errors,minor"


def test_the_page_of_an_incident_shows_what_was_changed(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_snapshot(data) as snapshot:
        path = snapshot.path
    app = shown("incidents", path, monkeypatch, incident=KEY)
    told = [str(frame.value.to_dict("records")) for frame in app.dataframe]
    for words in ("made milder, after its end", "withdrawn", "written in later", "a whole update"):
        assert any(words in table for table in told)
