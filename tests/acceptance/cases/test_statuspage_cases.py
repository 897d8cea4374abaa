"""Cases of Statuspage and its like, played by the command to the right value.

Each line is one statement of a case's EXPECT.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.captured.case_ledger import (
    TIMES,
    WINDOWS,
    Asked,
    Case,
    Play,
    Statement,
    availability,
    named,
    query,
    the_import,
)
from tests.support.captured.cases import needs_cases
from tests.support.command_line import cli

pytestmark = needs_cases

OCTOBER = "2026-10-01T12:00:00Z"
WEEK = ("2026-01-05", "2026-01-12", "api_inference")
NO_POSTS = "select incident_id from incidents where removed_at is not null"
RETIRED = "select component_id from components where retired_at is not null"
CLASSES = "select incident_id, class from incidents order by 1"
STATES = "select state, start_at, end_at from component_states where start_at > '2026-01-05'"
IN_ORDER = " order by start_at"
COVERED = "select component_id, start_at, end_at from coverage order by 1"


def posts(folder: str, inputs: str = "incidents.json") -> Case:
    return Case(folder, inputs=inputs, at=OCTOBER)


CLASS_WORDS = posts("class-words")
ENGINE_CHANGE = Case("engine-change", inputs="b")
FORGOTTEN = posts("open-post-forgotten")
NOTE = posts("statuspage-no-component-note", "*s.json")
WITHOUT_TIME = Case("rel-roster-colour-without-time")
AHEAD = Case("rel-roster-colour-time-ahead")
NAMELESS = Case("rel-roster-row-refused")
UNREADABLE = Case("rel-rejected-open-post")
UNDATABLE = Case("rel-undatable-update-of-open-post")
INSIDE = Case("rel-object-inside-post-without-time")
BULK_TIME = Case("rel-incident-io-roster-colour", "incident_io")
EMPTY = Case("rel-empty-list-vouches-for-the-past")
QUIET = posts("page-gone-quiet")
API, ULID = "aaaa1111bbbb", "01HZZZZZZZ0000000000000002"

RIGHT: list[Statement] = [
    (
        "a word in a title deletes no outage",
        CLASS_WORDS,
        query(CLASSES),
        [
            ("clscontrol01", "billing_console"),
            ("clscontrol02", "notice"),
            ("clscontrol03", "notice"),
            ("clscontrol04", "maintenance"),
            *((f"clswords000{n}", "outage") for n in range(8)),
            ("clswords0008", "degradation"),
        ],
    ),
    (
        "eight posts took the API down for 50,400 s",
        CLASS_WORDS,
        availability("2026-09-01", "2026-10-01", "api_inference"),
        (0.980556, 50_400, 2_592_000, 0, 8, "ok"),
    ),
    (
        "nobody withdrew anything when another engine answered",
        ENGINE_CHANGE,
        query(
            NO_POSTS
            + " union all select component_id from components where retired_at > '2000-01-01'"
        ),
        [],
    ),
    (
        "the old page's August stands",
        ENGINE_CHANGE,
        availability("2026-08-01", "2026-09-01", "api_inference"),
        (0.946237, 144_000, 2_678_400, 0, 20, "ok"),
    ),
    (
        "from its last body on nothing covers the old page",
        ENGINE_CHANGE,
        availability("2026-09-02", "2026-09-17", "api_inference"),
        (None, 0, 0, 0, 0, "no_coverage"),
    ),
    (
        "nothing of the new component is covered",
        ENGINE_CHANGE,
        query("select distinct component_id, end_at from coverage order by 1"),
        [("apicomp00001", "2026-09-01 00:00"), ("unattributed", "2026-09-01 00:00")],
    ),
    (
        "a post forgotten open says nothing of what came after its last word",
        FORGOTTEN,
        availability("2026-09-01", "2026-10-01"),
        (None, 0, 2_592_000, 2_592_000, 1, "insufficient"),
    ),
    (
        "two clocks that are not the impact are no window",
        posts("stated-windows"),
        query(WINDOWS + "incident_id"),
        [
            ("2026-09-03 10:00", "2026-09-03 12:00", "transition"),
            ("2026-09-05 10:00", "2026-09-05 12:00", "transition"),
            ("2026-09-07 10:00", "2026-09-07 12:00", "transition"),
            ("2026-09-09 08:04", "2026-09-09 08:45", "stated"),
            ("2026-09-14 10:00", "2026-09-14 12:00", "stated"),
        ],
    ),
    (
        "a note in place of components is the null of its time",
        NOTE,
        query(
            "select incident_id, update_count, started_at, resolved_at, duration_quality,"
            " open_seconds from incidents order by 1"
        ),
        [
            ("notecase0001", "3", "2026-09-10 08:00", "2026-09-10 10:00", "exact", "7200"),
            ("notecase0002", "1", "2026-08-30 19:00", "2026-08-30 19:00", "single_update", ""),
            ("notecase0003", "3", "2026-09-11 08:00", "2026-09-11 10:00", "exact", "7200"),
        ],
    ),
    (
        "no update is refused for it",
        NOTE,
        query("select sum(rejected), count(*) filter (failure is not null) from sources"),
        [("0", "0")],
    ),
    (
        "letters of a word are no other word",
        posts("surface-words", "components.json"),
        query("select name, surface from components order by lower(name)"),
        [
            ("Authorization", "auth"),
            ("Code completion", "code_assistant"),
            ("Docker image registry", "other"),
            ("Embedded widgets", "other"),
            ("Embeddings", "embeddings"),
            ("Image generation", "image"),
            ("Invoices", "billing"),
            ("iOS app", "mobile"),
            ("Postcode lookup", "other"),
            ("QR code", "other"),
            ("Researcher portal", "other"),
            ("Scenarios", "other"),
            ("Sign-in", "auth"),
            ("Voice API", "audio_realtime"),
            ("Web search", "search_tools"),
        ],
    ),
    ("an empty list that never held a record covers no past", EMPTY, query(COVERED), []),
    (
        "no time is no number",
        EMPTY,
        availability("2025-01-10", "2026-01-10", "api_inference"),
        (None, 0, 0, 0, 0, "no_coverage"),
    ),
    (
        "a colour without a time holds from the capture, and nobody knows what was before",
        WITHOUT_TIME,
        query(STATES + IN_ORDER),
        [("unknown", "2026-01-10 12:01", "2026-01-11 12:01"), ("major", "2026-01-11 12:01", "")],
    ),
    (
        "what nobody knows is not up",
        WITHOUT_TIME,
        availability(*WEEK),
        (1.0, 0, 561_600, 86_340, 0, "ok"),
    ),
    (
        "a colour dated ahead of its capture holds from the capture",
        AHEAD,
        query(STATES + IN_ORDER),
        [("unknown", "2026-01-10 12:01", "2026-01-11 00:01"), ("major", "2026-01-11 00:01", "")],
    ),
    (
        "it was down for 14,340 s of the time known",
        AHEAD,
        availability(*WEEK),
        (0.970711, 14_340, 532_800, 43_200, 0, "ok"),
    ),
    (
        "a row without a name keeps its id and its colour",
        NAMELESS,
        availability(*WEEK),
        (0.953333, 25_200, 540_000, 0, 0, "ok"),
    ),
    (
        "nothing is retired for a name that is missing",
        NAMELESS,
        query("select component_id, name, retired_at from components order by 1"),
        [
            (API, "API", ""),
            ("cccc1111dddd", "Chat", ""),
            ("unattributed", "Not attributed to a component", ""),
        ],
    ),
    (
        "a refused open record leaves the present unknown since the last list read whole",
        UNREADABLE,
        query(STATES + IN_ORDER),
        [("unknown", "2026-01-10 12:00", "")],
    ),
    (
        "so does a refused update of an open post",
        UNDATABLE,
        query(STATES + IN_ORDER),
        [("unknown", "2026-01-10 19:00", "")],
    ),
    (
        "the value is over the time known",
        UNDATABLE,
        availability(*WEEK),
        (1.0, 0, 561_600, 61_200, 0, "ok"),
    ),
    (
        "a red object inside an open post counts where no roster is read",
        INSIDE,
        availability(*WEEK),
        (0.885919, 61_200, 561_600, 25_140, 1, "ok"),
    ),
    (
        "the colours of an incident.io roster are colours",
        BULK_TIME,
        availability(*WEEK),
        (0.916782, 43_140, 561_600, 43_200, 0, "ok"),
    ),
    (
        "an incident.io colour begins where a capture shows it",
        BULK_TIME,
        query(STATES + f" and component_id = '{ULID}'" + IN_ORDER),
        [("unknown", "2026-01-10 12:01", "2026-01-11 00:01"), ("major", "2026-01-11 00:01", "")],
    ),
]


@pytest.mark.parametrize(("case", "asked", "right"), named(RIGHT))
def test_the_value_is_right(played: Play, case: Case, asked: Asked, right: Any) -> None:
    assert asked(played(case)) == right


@pytest.mark.parametrize("case", [posts("document-of-another-kind", "widget.json"), ENGINE_CHANGE])
def test_a_body_of_another_engine_is_refused_by_its_name(played: Play, case: Case) -> None:
    code, said = the_import(played(case))
    assert code in {1, 3}
    assert said
    assert all("changed_platform: " in line for line in said.splitlines())


def test_a_summary_alone_stops_no_other_page(tmp_path: Path) -> None:
    others = Case("rel-summary-alone-blocks-everyone", inputs="globex", provider="globex")
    played = others.play(tmp_path / "data")
    before = query(TIMES + "1")(played)
    alone = Case("rel-summary-alone-blocks-everyone", inputs="acme")
    assert alone.import_into(played.data).exit_code == 0
    assert query(TIMES + "1")(played) == [
        *before,
        ("openopenopen", "2026-01-10 11:00", "", "open"),
    ]
    shown = query("select title, status, impact from incidents where provider = 'acme'")(played)
    assert shown == [("API down", "investigating", "critical")]
    assert query(COVERED.replace("order", "where provider = 'acme' order"))(played) == []


def test_the_default_number_is_told_without_the_filter_too(played: Play) -> None:
    words = ["--provider", "acme", "--since", "2026-09-01", "--until", "2026-10-01"]
    told = cli(played(CLASS_WORDS).data, "metrics", "frequency", *words).stderr
    assert "With posts of every class: Acme AI on API inference " in told
    asked = cli(played(CLASS_WORDS).data, "metrics", "frequency", *words, "--classes", "outage")
    assert asked.stderr == ""
