"""Labels set by hand: a class, a window, a surface, each marked and said beside the number."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from analytics import open_snapshot
from analytics.wording.incident import override_lines
from tests.support.command_line import ACME, bring, cli, only_line, put, rows

PAGE = "acme.statuspage.pppp1111qqqq"
INCIDENT = f'[[incident]]\npage = "{PAGE}"\nid = "iiii1111jjjj"\n'
COMPONENT = f'[[component]]\npage = "{PAGE}"\nid = "cccc1111dddd"\n'
NOTE = 'note = "a change of policy"\n'
MARCH = ("--since", "2026-01-01", "--combine", "any")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "providers.toml").write_text(ACME)
    bring(tmp_path, put(tmp_path / "in", "2026-01-10T12-00-00Z.json"))
    return tmp_path


def laid_over(data: Path, text: str) -> Path:
    (data / "overrides.toml").write_text(text)
    assert cli(data, "publish").exit_code == 0
    return data


def test_a_class_set_by_hand_is_marked_with_its_note(data: Path) -> None:
    laid_over(data, f'{INCIDENT}class = "notice"\n{NOTE}')
    columns = ("class", "class_basis", "class_reason", "flags")
    [(name, basis, reason, flags)] = rows(data, "incidents", *columns)
    assert (name, basis, reason) == ("notice", "override", "a change of policy")
    assert "overridden" in flags


def test_a_window_set_by_hand_is_the_impact(data: Path) -> None:
    window = "window = [2026-01-05T10:00:00Z, 2026-01-05T11:30:00Z]\n"
    laid_over(data, f"{INCIDENT}{window}{NOTE}")
    columns = ("impact_start_at", "impact_end_at", "impact_start_basis", "stated_text")
    [(start, end, basis, text)] = rows(data, "incidents", *columns)
    assert (end - start).total_seconds() == 5400
    assert (basis, text) == ("override", "a change of policy")


def test_a_surface_set_by_hand_holds_in_every_table(data: Path) -> None:
    component, *_ = (one for (one,) in rows(data, "components", "component_id"))
    entry = COMPONENT.replace("cccc1111dddd", component)
    laid_over(data, f'{entry}surface = "batch"\n{NOTE}')
    assert ("batch", "override") in rows(data, "components", "surface", "surface_basis")
    with open_snapshot(data) as snapshot:
        for table in ("coverage", "component_states", "incident_components"):
            found = snapshot.table(table).filter(component_id=component)["surface"]
            assert set(found) <= {"batch"}


def test_it_is_said_beside_the_number(data: Path) -> None:
    asked = ("metrics", "frequency", "--provider", "acme", *MARCH)
    assert cli(data, *asked).stderr == ""
    laid_over(data, f'{INCIDENT}class = "notice"\n{NOTE}')
    assert "overrides.toml sets 1 post here" in cli(data, *asked).stderr


def test_without_the_entry_all_is_as_the_rules_give_it(data: Path) -> None:
    with open_snapshot(data) as snapshot:
        before = snapshot.digest
    laid_over(data, f'{INCIDENT}class = "notice"\n{NOTE}')
    laid_over(data, "")
    with open_snapshot(data) as snapshot:
        assert snapshot.digest == before


def test_entries_that_match_nothing_are_listed(data: Path) -> None:
    lost = INCIDENT.replace("iiii1111jjjj", "gone")
    laid_over(data, f'{INCIDENT}class = "notice"\n{NOTE}{lost}class = "outage"\n{NOTE}')
    result = cli(data, "overrides", "check", "--format", "json")
    assert result.exit_code == 1
    matched = {row["id"]: row["matches"] for row in json.loads(result.stdout)}
    assert matched == {"iiii1111jjjj": True, "gone": False}


def test_the_page_of_a_post_gives_the_lines_to_paste(data: Path) -> None:
    with open_snapshot(data) as snapshot:
        [post] = snapshot.table("incidents").to_dicts()
    [entry] = tomllib.loads(override_lines(post))["incident"]
    assert (entry["page"], entry["id"], entry["class"]) == (PAGE, "iiii1111jjjj", post["class"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'{INCIDENT}class = "bad luck"\n{NOTE}', "[[incident]] 1 class: must be one of outage"),
        (f'{INCIDENT}class = "notice"\n', "[[incident]] 1 note: is missing"),
        (f"{INCIDENT}{NOTE}", "[[incident]] 1 class: is missing, and so is window"),
        (f"{INCIDENT}window = [1, 2]\n{NOTE}", "must be two times with a zone"),
        (f'{INCIDENT}class = "notice"\n{NOTE}colour = "red"\n', "1 colour: unknown key"),
        (f'{INCIDENT}class = "notice"\n{NOTE}' * 2, "[[incident]] 2 id: has an entry already"),
        (f'{COMPONENT}surface = "moon"\n{NOTE}', "[[component]] 1 surface: must be one of"),
        ("[incident]\n", "write [[incident]], with two brackets"),
        ("[[post]]\n", "post: use [[incident]] and [[component]]"),
        ("class =", "not TOML"),
    ],
)
def test_an_entry_that_cannot_be_read_is_refused_in_one_line(
    data: Path, text: str, says: str
) -> None:
    (data / "overrides.toml").write_text(text)
    result = cli(data, "publish")
    assert result.exit_code == 2
    assert says in only_line(result)
