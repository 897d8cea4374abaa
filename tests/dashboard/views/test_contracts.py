"""The page Contracts: each period with its estimate, its credit and its last day to claim."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from analytics.sla.contract import EXAMPLE, read_contracts
from ingest.runs.probe_import import import_probes
from tests.support.command_line import holding
from tests.support.pages.streamlit_pages import shown, words
from tests.support.snapshots import covered, made, post, state

CONTRACT = """
["ours <b>*now*</b>"]
provider = "acme"
surface = "api_inference"
terms = "aws-bedrock"
monthly_fee = 1000
start = 2026-02-01
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    hour = "2026-03-05 10:00:01", "2026-03-05 11:00:01"
    edge = "2026-04-05 10:00", "2026-04-05 10:43"
    return made(
        tmp_path,
        as_of="2026-05-10",
        coverage=[covered("2026-03-01", "2026-05-10")],
        states=[state("major", *hour, post="p"), state("major", *edge, post="q")],
        posts=[post("p", *hour), post("q", *edge)],
    ).path


def test_a_saved_question_about_the_days_of_a_contract_is_in_its_zone(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = holding(place.parent / "data", place)
    own = EXAMPLE.replace("aws-bedrock", "acme", 1).replace("2026-01-01", "2026-03-01")
    (data / "contracts.toml").write_text(f"{own}end = 2026-04-30\n", encoding="utf-8")
    mine = '[mine]\nproviders = ["acme"]\nwindow = "contract:bedrock-east"\n'
    (data / "questions.toml").write_text(mine, encoding="utf-8")
    app = shown("overview", data, monkeypatch)
    app.button(key="saved-mine").click().run()
    assert not app.exception
    told = words(app)
    assert "1 Mar 2026 to 1 May 2026" in told
    assert "days of America/Los_Angeles" in told


def test_each_period_has_its_estimate_credit_and_deadline(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.parent / "contracts.toml").write_text(CONTRACT, encoding="utf-8")
    app = shown("contracts", place, monkeypatch)
    [table] = [element.value for element in app.dataframe]
    rows = {row["Period"]: row for row in table.to_dict("records")}
    assert list(rows) == ["2026-05 so far", "2026-04", "2026-03", "2026-02"]
    april, march, february = rows["2026-04"], rows["2026-03"], rows["2026-02"]
    assert (april["Available"], april["Credit"], april["Amount"]) == (
        "99.900 %",
        "10 % or none",
        "USD 100.00 or none",
    )
    assert april["At worst to at best"] == "99.898 % to 99.903 %"
    assert str(april["Last day to claim"])[:10] == "2026-06-30"
    assert march["Claim"] == "claimable by these numbers until 31 May 2026: 10 % (USD 100.00)"
    assert (february["Available"], february["Target"]) == ("–", "no data")
    told = words(app)
    assert "The target was missed in 1 of 3 months, and perhaps in 1 more." in told
    for mark in ("gray-badge[2026-02: no data]", "red-badge[2026-03: missed]"):
        assert f":{mark}" in told
    assert "<b>" not in told.replace("\\<b\\>", "")


def test_a_file_that_cannot_be_read_says_why(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.parent / "contracts.toml").write_text("[ours]\ncolour = 1", encoding="utf-8")
    app = shown("contracts", place, monkeypatch)
    [warning] = app.warning
    assert "key 'colour' of 'ours' is not one of provider" in warning.value.replace("\\", "")


def test_the_example_is_one_that_is_understood() -> None:
    assert read_contracts(EXAMPLE)["bedrock-east"].terms.id == "aws-bedrock"


def test_own_probes_stand_beside_the_estimate(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place.parent / "contracts.toml").write_text(CONTRACT, encoding="utf-8")
    rows = [f"2026-03-05T10:{minute:02}:00Z,eu,false," for minute in range(10)]
    rows.append("2026-03-05T10:10:00Z,eu,true,90")
    text = "\n".join(["at,target,ok,latency_ms", *rows, "2026-04-20T10:00:00Z,eu,false,"])
    (place.parent / "probes.csv").write_text(text, encoding="utf-8")
    now = datetime(2026, 5, 10, tzinfo=UTC)
    import_probes(place.parent, place.parent / "probes.csv", "acme", "api_inference", now)
    told = words(shown("contracts", place, monkeypatch))
    assert (
        "Own probes: no post covers 18.2 % of 11 failed probes (5.1 % to 47.7 %). "
        "Failed probes belong to 1 post: too few for a time between the two."
    ) in told
