"""``statusledger import --manifest``: a table says whose each file is, its form which page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import (
    ACME,
    GLOBEX,
    GOOD,
    LATER,
    STAMPED,
    archived,
    bring,
    cli,
    ids,
    only_line,
    put,
    rows,
)
from tests.support.payloads.incident_io import summary_json
from tests.support.payloads.statuspage import about_page, incident, incidents_json

#: Acme moved: two eras, and a second page on the first engine.
MOVED = f"""{ACME}
valid_to = 2026-01-31

[acme.pages.incident_io]
base_url = "https://new.acme.test"
feed = "complete"
confidence = "high"
valid_from = 2026-02-01

[acme.pages.eu]
platform = "statuspage"
base_url = "https://eu.acme.test"
page_id = "eeee1111qqqq"
feed = "complete"
confidence = "high"
"""
HEAD = "file,provider,captured_at\n"


def of_page(page_id: str, *incidents: dict[str, Any]) -> bytes:
    """Write the list of incidents of another page."""
    return incidents_json(*incidents).replace(about_page()["id"].encode(), page_id.encode())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make a data folder that knows two providers."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "providers.toml").write_text(MOVED + GLOBEX)
    return tmp_path / "data"


def manifest(folder: Path, text: str, name: str = "manifest.csv") -> Path:
    """Write a manifest beside its files."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_each_file_is_taken_as_its_row_says_and_found_beside_the_manifest(
    data: Path, tmp_path: Path
) -> None:
    put(tmp_path / "in", "one.json")
    other = of_page("gggg1111qqqq", incident("gone"))
    put(tmp_path / "in", f"sub/{LATER}", other)
    text = f"{HEAD}one.json,acme,2026-01-10T13:00:00+01:00\nsub/{LATER},globex,\n"
    result = cli(data, "import", "--manifest", manifest(tmp_path / "in", text))
    assert (result.exit_code, result.stderr) == (0, "")
    assert [at for at, _ in archived(data)] == [
        datetime(2026, 1, 10, 12, tzinfo=UTC),
        datetime(2026, 1, 11, 12, tzinfo=UTC),
    ]
    assert rows(data, "incidents", "provider", "incident_id") == [
        ("acme", "iiii1111jjjj"),
        ("globex", "gone"),
    ]
    assert "one.json (acme.statuspage.pppp1111qqqq): covers 2026-01-05 11:30" in result.stdout


def test_a_manifest_may_be_json_and_state_completeness(data: Path, tmp_path: Path) -> None:
    put(tmp_path, STAMPED)
    row = {"file": STAMPED, "provider": "acme", "complete_since": "2025-06-01", "page": None}
    listed = manifest(tmp_path, json.dumps([row]), "manifest.json")
    result = cli(data, "import", "--manifest", listed)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "covers 2025-06-01 00:00 to 2026-01-10 12:00 UTC, as stated" in result.stdout


@pytest.mark.parametrize(
    ("name", "body", "page"),
    [
        (STAMPED, GOOD, "acme.statuspage.pppp1111qqqq"),
        (
            STAMPED,
            of_page("eeee1111qqqq", incident()),
            "acme.statuspage.eeee1111qqqq",
        ),
        ("2026-02-10T12-00-00Z.json", summary_json().encode(), "acme.incident_io.new.acme.test"),
    ],
)
def test_the_page_of_a_payload_is_found_by_its_form(
    data: Path, tmp_path: Path, name: str, body: bytes, page: str
) -> None:
    result = bring(data, put(tmp_path, name, body))
    assert (result.exit_code, result.stderr) == (0, "")
    assert f"({page}): covers" in result.stdout
    assert {key for (key,) in rows(data, "captures", "page_key")} == {page}


def test_a_payload_of_no_engine_of_the_provider_is_refused_by_name(
    data: Path, tmp_path: Path
) -> None:
    path = put(tmp_path, STAMPED, b"this is no feed")
    result = bring(data, path)
    assert result.exit_code == 1
    assert only_line(result).startswith(f"{path}: not_json: none of statuspage, incident_io: ")


def test_a_payload_that_may_be_of_several_pages_has_to_be_named(data: Path, tmp_path: Path) -> None:
    silent = {key: value for key, value in incident().items() if key != "page_id"}
    path = put(tmp_path, STAMPED, json.dumps(silent).encode())
    result = bring(data, path)
    assert result.exit_code == 1
    assert "ambiguous: may be of acme.statuspage.pppp1111qqqq, acme" in only_line(result)
    named = bring(data, path, "--page", "acme.statuspage.pppp1111qqqq")
    assert (named.exit_code, named.stderr) == (0, "")


def test_a_dry_run_says_what_would_come_of_it_and_writes_nothing(
    data: Path, tmp_path: Path
) -> None:
    path = put(tmp_path / "in", STAMPED)
    put(tmp_path / "in", "bad.json", b"{}")
    listed = manifest(tmp_path / "in", f"{HEAD}{STAMPED},acme,\nbad.json,acme,2026-01-01\n")
    before = sorted(data.rglob("*"))
    result = cli(data, "import", "--manifest", listed, "--dry-run")
    assert result.exit_code == 3
    assert "bad.json: shape_changed: none of statuspage, incident_io:" in only_line(result)
    assert result.stdout == (
        f"{path} (acme.statuspage.pppp1111qqqq): covers 2026-01-05 11:30 to 2026-01-10 12:00 UTC\n"
        "1 capture taken, 0 known already, 1 refused, 0 unreadable\n"
        "a dry run: nothing was written\n"
    )
    assert sorted(data.rglob("*")) == before
    assert bring(data, path).exit_code == 0
    again = bring(data, path, "--dry-run")
    assert "0 captures taken, 1 known already" in again.stdout
    assert ids(data) == ["iiii1111jjjj"]


def test_a_dry_run_does_not_even_make_the_data_folder(tmp_path: Path) -> None:
    path = put(tmp_path / "in", STAMPED)
    bring(tmp_path / "data", path, "--dry-run", provider="anthropic")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD, "lists no file"),
        ("file,provider,capturedat\na,acme,\n", "row 1: 'capturedat' is not one of file, provider"),
        (f"{HEAD}a,,\n", "row 1: provider is missing"),
        (f"{HEAD}a,acme,\nb,acmee,\n", "row 2: no provider 'acmee': did you mean acme"),
        (f"{HEAD}a,acme,yesterday\n", "row 1: captured_at 'yesterday' is not like 2026"),
        (f"{HEAD}a,acme,,more\n", "row 1: has more cells than the head"),
        (f"{HEAD}a,acme,2026-01-10\n", "a: no such file or folder"),
        (f"{HEAD}manifest.csv,acme,\n", "when was this captured?"),
        (f"{HEAD}manifest.csv,acme,2999-01-01\n", "yet to come"),
        pytest.param(f"{HEAD}{'a' * 2**18},acme,\n", "is no CSV: field larger", id="wide"),
        ("[1", "not JSON"),
        pytest.param("[" * 10**5, "not JSON", id="deep"),
        ('{"file": "a"}', "must be a list"),
        ('[{"file": 7}]', "row 1: must be an object of texts"),
        ('["a"]', "row 1: must be an object of texts"),
    ],
)
def test_a_manifest_that_cannot_be_followed_is_one_line_and_takes_nothing(
    data: Path, tmp_path: Path, text: str, told: str
) -> None:
    result = cli(data, "import", "--manifest", manifest(tmp_path, text))
    assert result.exit_code == 2
    assert told in only_line(result)
    assert archived(data) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "--manifest FILE"),
        (["--manifest", "nothing.csv"], "nothing.csv: cannot be read"),
        (["--manifest", "m.csv", "--provider", "acme"], "nothing beside it"),
        (["a.json", "--manifest", "m.csv"], "nothing beside it"),
        (["a.csv", "--as", "probe", "--provider", "acme", "--dry-run"], "no other option"),
        (["--manifest", "m.csv", "--as", "probe"], "no other option"),
        (["a.json", "--provider", "acme", "--surface", "api_inference"], "goes with --as probe"),
    ],
)
def test_paths_or_a_manifest(data: Path, words: list[Any], told: str) -> None:
    result = cli(data, "import", *words)
    assert result.exit_code == 2
    assert told in only_line(result)
