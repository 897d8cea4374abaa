"""``metrics sla`` and ``--period contract:NAME``: a contract is written once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analytics.sla.contract import read_contracts
from ingest.simulation import demo
from statusledger.commands.site import write_site
from tests.support.command_line import cli, holding, only_line
from tests.support.snapshots import covered, made, post, state

CONTRACTS = """
[ours]
provider = "acme"
surface = "api_inference"
terms = "aws-bedrock"
monthly_fee = 1000
zone = "America/Los_Angeles"
start = 2026-03-01
end = 2026-04-30

[second]
provider = "globex"
surface = "api_inference"
target = 99.0
start = 2026-04-01
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    hour = "2026-03-05 10:00:01", "2026-03-05 11:00:01"
    snapshot = made(
        tmp_path / "made",
        as_of="2026-05-10",
        coverage=[covered("2025-12-01", "2026-05-10", provider=who) for who in ("acme", "globex")],
        states=[state("major", *hour, post="p")],
        posts=[post("p", *hour)],
    )
    folder = holding(tmp_path / "data", snapshot.path)
    (folder / "contracts.toml").write_text(CONTRACTS, encoding="utf-8")
    return folder


def rows(data: Path, *words: str) -> list[dict[str, object]]:
    result = cli(data, "metrics", "sla", *words, "--format", "json")
    assert result.exit_code == 0, result.stderr
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


def test_every_contract_is_estimated_over_its_own_periods(data: Path) -> None:
    found = [(row["contract"], row["period"]) for row in rows(data)]
    assert list(dict.fromkeys(found)) == [
        ("ours", "2026-03"),
        ("ours", "2026-04"),
        ("second", "2026-04"),
        ("second", "2026-05"),
    ]


def test_one_contract_is_asked_for_by_name(data: Path) -> None:
    march, april = [
        row for row in rows(data, "--contract", "ours") if row["metric"] == "sla_credit"
    ]
    assert (march["value"], march["deadline"], april["value"]) == (10.0, "2026-05-31", 0.0)
    assert march["claim"] == "claimable by these numbers until 31 May 2026: 10 % (USD 100.00)"
    assert march["caveat"] == "Indicative, from public status. Claims need your own logs."


def test_days_that_are_asked_for_keep_the_periods_they_touch(data: Path) -> None:
    found = rows(data, "--contract", "ours", "--since", "2026-04-10", "--until", "2026-04-20")
    assert {row["period"] for row in found} == {"2026-04"}


def test_with_a_provider_its_public_terms_are_estimated(data: Path) -> None:
    found = rows(data, "--provider", "acme", "--period", "2026-04")
    assert {row["terms"] for row in found} == {"unknown"}


def test_a_contract_names_the_days_of_any_metric(data: Path) -> None:
    asked = ["metrics", "availability", "--provider", "acme", "--period", "contract:ours"]
    result = cli(data, *asked, "--format", "json")
    assert result.stderr == (
        "statusledger: period contract:ours: 2026-03-01 up to, not including, 2026-05-01\n"
    )
    [row] = json.loads(result.stdout)
    assert (row["window_start"][:16], row["window_end"][:16]) == (
        "2026-03-01T08:00",
        "2026-05-01T07:00",
    )


def test_a_contract_without_an_end_runs_to_the_newest_data(data: Path) -> None:
    asked = ["metrics", "coverage", "--provider", "globex", "--period", "contract:second"]
    assert "up to, not including, where the data end" in cli(data, *asked).stderr


def test_a_saved_question_about_the_days_of_a_contract_has_its_place_in_the_site(
    data: Path, tmp_path: Path
) -> None:
    saved = '[mine]\nproviders = ["acme"]\nwindow = "contract:ours"\n'
    (data / "questions.toml").write_text(saved, encoding="utf-8")
    write_site(data, tmp_path / "site", None)
    league = json.loads((tmp_path / "site" / "mine" / "league.json").read_text(encoding="utf-8"))
    [row] = league["rows"]
    assert (row["window_start"], row["window_end"]) == (
        "2026-03-01T08:00:00Z",
        "2026-05-01T07:00:00Z",
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("sla --contract theirs", "one of ours, second"),
        ("coverage --contract ours", "--contract goes with `metrics sla`"),
        ("coverage --period contract:theirs", "one of ours, second"),
    ],
)
def test_what_cannot_be_asked_is_one_line(data: Path, words: str, told: str) -> None:
    result = cli(data, "metrics", *words.split())
    assert result.exit_code == 2
    assert told in only_line(result)


def test_a_contract_that_cannot_be_read_is_one_line(data: Path) -> None:
    (data / "contracts.toml").write_text("[ours]\nprovider = 1", encoding="utf-8")
    result = cli(data, "metrics", "sla")
    assert result.exit_code == 2
    assert "contracts.toml: 'ours' lacks 'surface'" in only_line(result)


def test_the_contract_of_the_demo_is_with_one_of_its_providers() -> None:
    now = datetime(2026, 11, 29, 8, tzinfo=UTC)
    [(_, found)] = read_contracts(demo.contract_toml(now)).items()
    assert found.provider in {slug for slug, *_ in demo.CAST}
    assert found.start == date(2026, 2, 1)


def test_the_table_says_it_in_words(data: Path) -> None:
    result = cli(data, "metrics", "sla", "--contract", "ours")
    assert result.exit_code == 0
    assert "99.865 %" in result.stdout
    assert "Indicative, from public status" in result.stdout


def test_contracts_become_rows_for_a_register(data: Path, tmp_path: Path) -> None:
    result = cli(data, "register", "--out", tmp_path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"wrote B_05.02.csv, B_07.01.csv, concentration.csv to {tmp_path}: "
        "2 of 2 providers without an LEI\n"
    )
    head, *lines = (tmp_path / "B_07.01.csv").read_text(encoding="utf-8").splitlines()
    assert head.startswith("contract,service,provider,name,lei,substitutability,alternatives")
    assert lines[0].startswith("ours,api_inference,acme,Acme,,not assessed,yes,Globex,globex,0")


def test_without_a_contract_there_is_nothing_to_register(data: Path, tmp_path: Path) -> None:
    (data / "contracts.toml").unlink()
    result = cli(data, "register", "--out", tmp_path)
    assert result.exit_code == 1
    assert "write some into" in only_line(result)
