"""The surfaces matrix: what each cell is, how it is drawn, and which component is what."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from analytics import Snapshot, ask
from analytics.read_models.daily_states import NO_DATA
from analytics.read_models.surface_matrix import NOT_REPORTED, NUMBER, TOO_LITTLE, mapping, matrix
from analytics.wording import surfaces as words
from analytics.wording.numbers import BLANK
from analytics.wording.surfaces import mapping_sentence, matrix_sentence
from dashboard.charts import palette
from dashboard.charts.matrix import matrix_chart
from dashboard.charts.state_colours import STATE_COLOURS
from dashboard.tables.surfaces import (
    colour_step,
    format_minutes,
    linked_matrix,
    mapping_table,
    matrix_cells,
)
from tests.support.pages.streamlit_pages import shown
from tests.support.pages.streamlit_pages import words as told_by
from tests.support.snapshots import (
    ACME,
    at,
    component,
    covered,
    made,
    page_row,
    provider_row,
    state,
)

NOW = at("2026-01-31")


def usual(folder: Path, **rows: Any) -> Snapshot:
    """acme: api, down for half an hour, and console, never read. bravo: chat for a week."""
    return made(
        folder,
        as_of=NOW,
        components=[
            component("api"),
            component("desk", surface="console"),
            component("chat", surface="chat_web", provider="bravo"),
        ],
        coverage=[
            covered("2025-06-01", NOW),
            covered("2026-01-24", NOW, of="chat", provider="bravo"),
        ],
        states=[state("partial", "2026-01-05 10:00", "2026-01-05 10:30")],
        providers=[provider_row(ACME), provider_row("bravo"), provider_row("dark")],
        pages=[page_row(ACME), page_row("bravo"), page_row("dark", status="no_feed")],
        **rows,
    )


def by_cell(
    snapshot: Snapshot, *providers: str, **more: Any
) -> dict[tuple[str, str], dict[str, Any]]:
    rows = matrix(snapshot, ask(providers=providers, **more)).to_dicts()
    return {(row["provider"], row["surface"]): row for row in rows}


def test_a_cell_is_minutes_down_per_thirty_observed_days(tmp_path: Path) -> None:
    cell = by_cell(usual(tmp_path), ACME)[ACME, "api_inference"]
    assert cell["cell"] == NUMBER
    assert cell["per_30d_s"] == pytest.approx(1800 / 3)  # half an hour in 90 days
    assert (cell["down_s"], cell["coverage"], cell["components"]) == (1800, 1.0, 1)


def test_unknown_time_is_neither_down_nor_part_of_the_days(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[covered("2025-06-01", NOW)],
        states=[
            state("major", "2026-01-05", "2026-01-06"),
            state("unknown", "2025-12-01", "2025-12-31"),
        ],
    )
    cell = by_cell(snapshot)[ACME, "api_inference"]
    assert cell["per_30d_s"] == pytest.approx(86_400 / 60 * 30)
    shown_cell = matrix_cells(matrix(snapshot, ask())).to_dicts()[0]
    assert (shown_cell["shown"], shown_cell["unknown"]) == ("720 + ?", "30 d")


def test_a_number_that_rests_on_less_than_half_of_the_window_carries_a_mark(
    tmp_path: Path,
) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[covered("2025-12-20", NOW)],
        states=[state("major", "2026-01-05", "2026-01-06")],
    )
    for since, mark, coverage in (("2025-06-01", " †", "17.2 %"), ("2025-12-20", "", "100 %")):
        [cell] = matrix_cells(matrix(snapshot, ask(since=since))).to_dicts()
        assert (cell["shown"], cell["coverage"]) == (f"1,029{mark}", coverage)


def test_what_is_not_reported_not_known_or_too_little_is_never_a_number(tmp_path: Path) -> None:
    found = by_cell(usual(tmp_path), ACME, "bravo", "dark")
    kinds = {key: row["cell"] for key, row in found.items()}
    assert kinds == {
        (ACME, "api_inference"): NUMBER,
        (ACME, "chat_web"): NOT_REPORTED,
        (ACME, "console"): NO_DATA,
        ("bravo", "api_inference"): NOT_REPORTED,
        ("bravo", "chat_web"): TOO_LITTLE,
        ("bravo", "console"): NOT_REPORTED,
        ("dark", "api_inference"): NO_DATA,
        ("dark", "chat_web"): NO_DATA,
        ("dark", "console"): NO_DATA,
    }
    assert all(row["per_30d_s"] is None for row in found.values() if row["cell"] != NUMBER)


def test_posts_that_name_no_component_make_no_surface(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        coverage=[covered("2025-06-01", NOW), covered("2025-06-01", NOW, of="unattributed")],
        components=[component("api"), component("unattributed", surface="other")],
    )
    assert list(by_cell(snapshot)) == [(ACME, "api_inference")]


def test_a_page_of_posts_alone_is_a_surface_of_its_own(tmp_path: Path) -> None:
    snapshot = made(
        tmp_path,
        as_of=NOW,
        components=[component("unattributed", surface="other")],
        coverage=[covered("2025-06-01", NOW, of="unattributed")],
        states=[state("major", "2026-01-05", "2026-01-06", of="unattributed", basis="incident")],
    )
    assert by_cell(snapshot)[ACME, "other"]["cell"] == NUMBER


def test_surfaces_most_providers_have_come_first_and_other_last(tmp_path: Path) -> None:
    parts = [
        component("o1", surface="other"),
        component("o2", surface="other", provider="bravo"),
        component("a", surface="auth"),
        component("c1", surface="console"),
        component("c2", surface="console", provider="bravo"),
    ]
    snapshot = made(tmp_path, as_of=NOW, components=parts)
    order = matrix(snapshot, ask())["surface"].unique(maintain_order=True).to_list()
    assert order == ["console", "auth", "other"]
    assert [key[1] for key in by_cell(snapshot, surface="auth")] == ["auth", "auth"]


def test_the_rule_moves_the_numbers(tmp_path: Path) -> None:
    cell = by_cell(usual(tmp_path), ACME, rule="statuspage")[ACME, "api_inference"]
    assert cell["per_30d_s"] == pytest.approx(0.3 * 1800 / 3)
    assert cell["rule"] == "statuspage"


# --- how it is drawn


def drawn(snapshot: Snapshot, *providers: str) -> dict[str, Any]:
    return matrix_chart(matrix_cells(matrix(snapshot, ask(providers=providers)))).spec


def test_only_a_number_has_a_colour_of_the_scale(tmp_path: Path) -> None:
    number, grey, dashed, *_ = drawn(usual(tmp_path), ACME, "bravo", "dark")["layer"]
    assert "number" in number["transform"][0]["filter"]
    assert number["encoding"]["color"]["scale"]["range"] == list(palette.DOWN_STEPS.values())
    assert (grey["mark"]["fill"], grey["encoding"].get("color")) == (
        STATE_COLOURS["no data"],
        None,
    )
    assert (dashed["mark"]["fillOpacity"], dashed["mark"]["strokeDash"]) == (0, [3, 3])
    rows = matrix_cells(matrix(usual(tmp_path), ask(providers=[ACME, "bravo", "dark"])))
    told = dict(rows.select("cell", "shown").iter_rows())
    assert told[NOT_REPORTED] == BLANK
    assert told[NO_DATA] == "no\ndata"
    assert rows.filter(rows["kind"] != "number")["step"].null_count() == 8


def test_nothing_is_drawn_for_what_there_is_not(tmp_path: Path) -> None:
    layers = drawn(usual(tmp_path), ACME)["layer"]
    told = " ".join(layer["transform"][0]["filter"] for layer in layers)
    assert len(layers) == 4
    assert "dashed" not in told  # alone, acme reports each of its surfaces


def test_the_longer_list_runs_down_the_page(tmp_path: Path) -> None:
    snapshot = usual(tmp_path)
    tall = drawn(snapshot, ACME)["layer"][0]["encoding"]
    wide = drawn(snapshot, ACME, "bravo", "dark")["layer"][0]["encoding"]
    assert (tall["x"]["field"], tall["y"]["field"]) == ("provider", "surface")
    assert (wide["x"]["field"], wide["y"]["field"]) == ("provider", "surface")
    one = matrix(snapshot, ask(providers=[ACME, "bravo"], surface="console"))
    short = matrix_chart(matrix_cells(one)).spec["layer"][0]["encoding"]
    assert (short["x"]["field"], short["y"]["field"]) == ("surface", "provider")


@pytest.mark.parametrize(
    ("minutes", "step"),
    [
        (0.0, "0"),
        (0.01, "≤ 4.32"),
        (4.32, "≤ 4.32"),
        (43.2, "≤ 43.2"),
        (43.3, "≤ 216"),
        (432.0, "≤ 432"),
        (432.1, "> 432"),
    ],
)
def test_the_colours_step_where_availabilities_people_quote_lie(minutes: float, step: str) -> None:
    assert colour_step(minutes) == step


def test_the_steps_are_the_availabilities_the_page_says_they_are() -> None:
    left = [round(100 * (1 - limit / (30 * 1440)), 6) for limit in palette.DOWN_LIMITS]
    assert left == [100, 99.99, 99.95, 99.9, 99.5, 99]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_more_is_darker_and_what_is_written_on_it_can_be_read() -> None:
    lightness = [luminance(colour) for colour in palette.DOWN_STEPS.values()]
    assert all(a > b for a, b in pairwise(lightness))
    on_dark = [luminance(colour) for colour in palette.DOWN_STEPS_ON_DARK.values()]
    assert all(a < b for a, b in pairwise(on_dark))
    for steps, deep in (
        (palette.DOWN_STEPS, palette.DARK_STEPS),
        (palette.DOWN_STEPS_ON_DARK, palette.DARK_STEPS_ON_DARK),
    ):
        for step, colour in steps.items():
            ink = palette.PALE_INK if step in deep else palette.DARK_INK
            assert contrast(ink, colour) >= 4.5, step


@pytest.mark.parametrize(("page", "ink"), [("#ffffff", "#1c2430"), ("#11161d", "#e8edf2")])
def test_no_data_recedes_on_either_page_and_what_is_written_on_it_can_be_read(
    page: str, ink: str
) -> None:
    colour = STATE_COLOURS["no data"]
    share = int(colour[7:], 16) / 255
    parts = [
        round(share * int(colour[i : i + 2], 16) + (1 - share) * int(page[i : i + 2], 16))
        for i in (1, 3, 5)
    ]
    drawn = "#" + "".join(f"{part:02x}" for part in parts)
    assert contrast(ink, drawn) >= 4.5
    assert contrast(page, drawn) < 1.6


def test_no_downtime_is_not_green() -> None:
    red, green, blue = (int(palette.DOWN_STEPS["0"][i : i + 2], 16) for i in (1, 3, 5))
    assert red >= green >= blue


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(0, "0"), (0.02, "<0.1"), (3.26, "3.3"), (9.0, "9"), (42.9, "43"), (1234.5, "1,234")],
)
def test_minutes_have_no_false_precision(minutes: float, told: str) -> None:
    assert format_minutes(minutes) == told


def test_the_twin_leads_to_the_profile_and_to_the_posts(tmp_path: Path) -> None:
    rows = matrix(usual(tmp_path), ask(providers=[ACME]))

    def link(page: str, **changed: str) -> str:
        return f"{page}?{'&'.join(f'{key}={value}' for key, value in changed.items())}"

    first = linked_matrix(rows, link).to_dicts()[0]
    assert first["profile"] == "profile?of=acme&surface=api_inference"
    assert first["posts"] == "incidents?p=acme&surface=api_inference"
    assert set(rows.columns) < set(first)


# --- which component is which surface


def test_the_unmapped_come_first_and_their_share_is_told(tmp_path: Path) -> None:
    parts = [
        component("api"),
        component("named", surface="other", surface_basis="id"),
        component("vibe", surface="other", surface_basis="unmapped"),
        component("unattributed", surface="other", surface_basis="unmapped"),
    ]
    snapshot = made(tmp_path, as_of=NOW, components=parts)
    rows = mapping(snapshot, ask())
    assert rows["component"].to_list() == ["vibe", "api", "named", "unattributed"]
    assert mapping_sentence(rows) == (
        "1 of 3 components (33 %) has no surface yet and counts under “other”. The last row is no "
        "component: it stands for posts that name no component. Each such post counts on the "
        "surface its title or keyword names, else on “other”."
    )
    basis = dict(mapping_table(rows).select("Component", "How it was found").iter_rows())
    assert basis["named"] == "listed by its id"
    assert basis["vibe"] == "unmapped"
    assert basis["unattributed"] == words.STAND_IN


def test_a_fully_mapped_roster_is_said_to_be(tmp_path: Path) -> None:
    rows = mapping(made(tmp_path, as_of=NOW, components=[component("api")]), ask())
    assert mapping_sentence(rows) == "All 1 component has a surface: 0 % unmapped."


# --- the sentences and the page


def test_the_sentence_counts_cells_and_names_the_most(tmp_path: Path) -> None:
    rows = matrix(usual(tmp_path), ask(providers=[ACME, "bravo", "dark"]))
    assert matrix_sentence(rows) == (
        "3 providers by 3 surfaces, 2 Nov 2025 to 31 Jan 2026, rule incident_io: 1 with a number, "
        "1 with too little data, 4 without data, 3 not reported. The most: Acme on API inference, "
        "10 min per 30 days, 0 posts, coverage 100 %."
    )


def test_the_page_states_what_empty_cells_mean(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = told_by(shown("surfaces", usual(tmp_path).path, monkeypatch))
    assert "*Not reported*: no component of the surface is known" in text
    assert "1 with too little data" in text
    assert "All 3 components have a surface: 0 % unmapped." in text


def test_a_snapshot_of_nothing_has_no_surface_to_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = told_by(shown("surfaces", made(tmp_path, as_of=NOW).path, monkeypatch))
    assert "there is no surface to show" in text


def test_days_in_the_wrong_order_are_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {"win": "custom", "since": "2026-01-20", "until": "2026-01-10"}
    app = shown("surfaces", usual(tmp_path).path, monkeypatch, **days)
    assert "is not before" in told_by(app)
