"""The workbook: live formulas with the right values, and texts that nothing runs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from analytics import METRICS, Snapshot, ask
from analytics.sla.contract import read_contracts
from dashboard.workbook.sheets import LONGEST
from dashboard.workbook.summary import FIRST, LEVELS, state_seconds
from dashboard.workbook.workbook import render_workbook
from tests.support.outages import outages
from tests.support.pages.documents import BOTH, half_a_year
from tests.support.snapshots import covered, post, state

RUN = ('=HYPERLINK("http://evil.test","x")', "+1+1", "-2+3", "@SUM(1)", "\t=1+1", "{=1+1}")


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """Half a year of two providers, one with all states; titles that a spreadsheet would run."""
    often, states = outages("acme", range(3, 180, 4))
    worse = [
        state(worst, f"2026-02-0{n} 10:00", f"2026-02-0{n} 11:30", provider="globex", post=f"g{n}")
        for n, worst in enumerate(("degraded", "partial", "major"), 1)
    ]
    hostile = [
        post(f"h{n}", f"2026-03-0{n + 1} 10:00", f"2026-03-0{n + 1} 11:00", title=title)
        for n, title in enumerate((*RUN, "x" * 40_000, "bell \x07 and \u202e turned"))
    ]
    named = [
        post(f"g{n}", f"2026-02-0{n} 10:00", f"2026-02-0{n} 11:30", provider="globex")
        for n in (1, 2, 3)
    ]
    return half_a_year(
        tmp_path_factory.mktemp("usual"),
        posts=[*often, *hostile, *named],
        states=[*states, *worse],
    )


@pytest.fixture(scope="module")
def written(usual: Snapshot) -> bytes:
    return render_workbook(usual, BOTH)


def opened(body: bytes, *, values: bool) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(body), data_only=values)


def table(book: Workbook, name: str) -> list[dict[str, Any]]:
    head, *rows = book[name].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def summary(book: Workbook) -> dict[str, dict[str, Any]]:
    head, *rows = book["Summary"].iter_rows(min_row=FIRST - 1, values_only=True)
    return {str(row[0]): dict(zip(map(str, head), row, strict=True)) for row in rows}


def test_the_same_snapshot_and_question_give_the_same_bytes(
    usual: Snapshot, written: bytes
) -> None:
    assert render_workbook(usual, BOTH) == written


def test_the_summary_says_what_its_numbers_rest_on(written: bytes) -> None:
    sheet = opened(written, values=True)["Summary"]
    assert ["Basis", "component states"] in [[row[0], row[1]] for row in sheet.values]


def test_every_number_of_the_summary_is_a_formula_with_its_value(written: bytes) -> None:
    formulas, values = summary(opened(written, values=False)), summary(opened(written, values=True))
    data = table(opened(written, values=True), "Data")
    assert list(values) == ["acme", "globex"]
    for who, row in values.items():
        mine = [month for month in data if month["Slug"] == who]
        down_s = sum(month["Partial s"] + month["Major s"] for month in mine)
        observed_s = sum(month["Observed s"] for month in mine)
        assert row["Down s"] == pytest.approx(down_s, rel=1e-12)
        assert row["Availability"] == pytest.approx(1 - down_s / observed_s, rel=1e-12)
        assert row["Down min per 30 days"] == pytest.approx(43_200 * down_s / observed_s, rel=1e-12)
        assert row["Incidents"] == sum(month["Incidents"] for month in mine)
        for name, text in formulas[who].items():
            assert name in {"Slug", "Provider"} or str(text).startswith("="), name


@pytest.mark.parametrize("rule", ["statuspage", "incident_io", "major_only", "strict"])
@pytest.mark.parametrize("combine", [None, "mean", "all"])
def test_the_data_give_the_availability_of_every_rule(
    usual: Snapshot, rule: str, combine: str | None
) -> None:
    """So whatever weights are typed into the workbook, its formulas say what a question would."""
    weights = {"statuspage": (0, 0.3, 1), "incident_io": (0, 1, 1), "major_only": (0, 0, 1)}
    asked = replace(BOTH, combine=combine)
    months = state_seconds(usual, asked)
    measured = METRICS["availability"](usual, replace(asked, rule=rule))
    for row in measured.iter_rows(named=True):
        mine = months.filter(provider=row["provider"])
        down_s = sum(
            weight * mine[f"{level}_s"].sum()
            for weight, level in zip(weights.get(rule, (1, 1, 1)), LEVELS, strict=True)
        )
        assert down_s == pytest.approx(row["down_s"], rel=1e-12)
        assert 1 - down_s / mine["observed_s"].sum() == pytest.approx(row["value"], rel=1e-12)


def test_the_incidents_add_up_to_the_rate(usual: Snapshot, written: bytes) -> None:
    rate = METRICS["frequency"](usual, BOTH)
    told = {who: row["Incidents"] for who, row in summary(opened(written, values=True)).items()}
    assert told == dict(rate.select("provider", "n").iter_rows())


def texts(book: Workbook) -> Iterator[tuple[str, Any]]:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from ((sheet.title, cell) for cell in row if isinstance(cell.value, str))


def test_no_text_of_a_provider_is_a_formula(written: bytes) -> None:
    book = opened(written, values=False)
    for name, cell in texts(book):
        assert cell.data_type == ("f" if name == "Summary" and cell.value[0] == "=" else "s")
        assert cell.hyperlink is None
    titles = {row["Title"] for row in table(book, "Incidents")}
    assert set(RUN) - {"\t=1+1"} <= titles


def test_a_text_no_cell_holds_is_cut_and_says_so(written: bytes) -> None:
    titles = [row["Title"] for row in table(opened(written, values=True), "Incidents")]
    assert max(map(len, titles)) == LONGEST
    assert sum(title.endswith("… (cut)") for title in titles) == 1
    assert "bell and turned" in titles


def test_times_are_written_without_a_zone_and_named_as_utc(written: bytes) -> None:
    rows = table(opened(written, values=True), "Incidents")
    assert str(rows[-1]["Published (UTC)"]) < str(rows[0]["Published (UTC)"])
    assert all(row["Published (UTC)"].tzinfo is None for row in rows)


def test_what_it_rests_on_is_written_in_it(usual: Snapshot, written: bytes) -> None:
    told = {
        row["What"]: row["Meaning"] for row in table(opened(written, values=True), "Methodology")
    }
    assert told["Snapshot"] == usual.digest
    assert told["As posted"] == "As posted by the provider, not measured."
    assert "--since 2025-12-31" in told["Again"]


def test_contracts_have_a_sheet_with_the_caveat_in_every_row(usual: Snapshot) -> None:
    text = (
        '[ours]\nprovider = "acme"\nsurface = "api_inference"\nterms = "aws-bedrock"\n'
        'start = 2026-05-01\n\n[theirs]\nprovider = "globex"\nsurface = "mobile"\ntarget = 99\n'
        'start = 2026-05-01\n\n[other]\nprovider = "coil"\nsurface = "mobile"\ntarget = 99\n'
        "start = 2026-05-01\n"
    )
    body = render_workbook(usual, BOTH, read_contracts(text).values())
    rows = table(opened(body, values=True), "Contracts")
    assert [(row["Contract"], row["Period"]) for row in rows] == [
        ("ours", "2026-06"),
        ("ours", "2026-05"),
        ("theirs", None),
    ]
    for row in rows[:2]:
        assert row["Caveat"] == "Indicative, from public status. Claims need your own logs."
        assert row["At worst"] <= row["Available"] <= row["At best"]
        assert row["Covered"] == 1
    assert "no component has surface 'mobile'" in rows[2]["Claim"]


def test_a_provider_without_data_has_no_number(tmp_path: Path) -> None:
    snapshot = half_a_year(
        tmp_path, coverage=[covered("2026-06-29", "2026-07-01", provider=who) for who in ("acme",)]
    )
    asked = ask(providers=["acme", "globex"], surface="api_inference", since="2025-12-31")
    rows = summary(opened(render_workbook(snapshot, asked), values=True))
    assert (rows["globex"]["Availability"], rows["globex"]["Incidents per 30 days"]) == (
        "no data",
        "no data",
    )
    assert {row["Target"] for row in rows.values()} == {"too little data"}


def test_what_is_covered_and_unknown_throughout_has_met_no_target(tmp_path: Path) -> None:
    unknown = state("unknown", "2025-12-31", "2026-07-01", provider="globex")
    body = render_workbook(half_a_year(tmp_path, states=[unknown]), BOTH)
    row = summary(opened(body, values=True))["globex"]
    assert (row["Observed s"], row["Availability"], row["Target"]) == (
        0,
        "no data",
        "too little data",
    )
    assert row["Coverage"] == 1
    formula = summary(opened(body, values=False))["globex"]["Target"]
    assert formula.startswith(f"=IF(OR(C{FIRST + 1}=0,")


def test_contracts_have_sheets_for_registers(usual: Snapshot) -> None:
    text = '[ours]\nprovider = "acme"\nsurface = "api_inference"\ntarget = 99\nstart = 2026-05-01'
    book = opened(render_workbook(usual, BOTH, read_contracts(text).values()), values=True)
    [chain], [substitute] = table(book, "Supply chain"), table(book, "Substitutes")
    assert (chain["Provider"], chain["Rank"], chain["LEI"]) == ("acme", 1, None)
    assert (substitute["Alternatives"], substitute["Best second source"]) == ("yes", "globex")
    [row] = table(book, "Concentration")
    assert row["Contracts"] == 1
