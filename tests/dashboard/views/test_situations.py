"""Every page in every situation: none fails, and each says what is the matter.

``SAID`` is the specification: what a page says in a situation, in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ingest.snapshot.file import METHOD_VERSION
from tests.support.pages.streamlit_pages import VIEWS, shown, words
from tests.support.snapshots import (
    ACME,
    API,
    Row,
    component,
    covered,
    made,
    page_row,
    post,
    provider_row,
    source,
    state,
)

BOLT, COIL, DARK, WALL = "bolt", "coil", "dark", "wall"
#: Whether a source is stale is judged by the reader's clock, so these worlds end now.
NOW = datetime.now(UTC).replace(microsecond=0)
YEAR_AGO, TWO_HOURS_AGO = NOW - timedelta(days=365), NOW - timedelta(hours=2)
THREE_DAYS_AGO = NOW - timedelta(days=3)
Tables = dict[str, list[Row]]
Situation = Callable[[Path], Path]

# --- the situations


CONTRACTS = f"""
[ours]
provider = "{ACME}"
surface = "api_inference"
terms = "aws-bedrock"
monthly_fee = 4000
start = {YEAR_AGO:%Y-%m-%d}

[strange]
provider = "{BOLT}"
surface = "mobile"
target = 99
start = {YEAR_AGO:%Y-%m-%d}

[later]
provider = "{BOLT}"
surface = "api_inference"
target = 99
start = 2999-01-01
"""


def several(folder: Path) -> Path:
    (folder / "contracts.toml").write_text(CONTRACTS, encoding="utf-8")
    return world(
        folder, collected(ACME, BOLT, COIL), trouble(ACME, 1), trouble(BOLT, 8), trouble(COIL, 4)
    )


def no_snapshot(folder: Path) -> Path:
    return folder / "nothing"


def registry_only(folder: Path) -> Path:
    return world(folder, listed(ACME), listed(BOLT))


def one_provider(folder: Path) -> Path:
    return world(folder, collected(ACME), trouble(ACME, 1))


def no_incident(folder: Path) -> Path:
    return world(folder, collected(ACME, BOLT), trouble(BOLT, 8))


def open_incident(folder: Path) -> Path:
    running: Tables = {
        "posts": [post("now", TWO_HOURS_AGO)],
        "states": [state("partial", TWO_HOURS_AGO, post="now")],
    }
    return world(folder, collected(ACME, BOLT), trouble(ACME, 1), trouble(BOLT, 8), running)


def stale_source(folder: Path) -> Path:
    old = collected(ACME, until=THREE_DAYS_AGO)
    return world(folder, old, collected(BOLT), trouble(ACME, 1), trouble(BOLT, 8))


def no_feed(folder: Path) -> Path:
    dark = listed(DARK, "no_feed", note="Drawn by a browser.")
    wall = listed(WALL, "blocked", note="Asks for a browser.")
    return world(folder, collected(ACME, BOLT), trouble(ACME, 1), trouble(BOLT, 8), dark, wall)


def listed(who: str, status: str = "live", **more: Any) -> Tables:
    """Make a provider of the registry, nothing of which is collected."""
    return {
        "providers": [provider_row(who, **more)],
        "pages": [page_row(who, status=status)],
    }


def collected(*whom: str, until: datetime = NOW) -> Tables:
    """Make a year of each one's API and console, read without a hole."""
    return joined(
        *(listed(who) for who in whom),
        *(
            {
                "components": [
                    component(provider=who),
                    component("console", provider=who, surface="console"),
                ],
                "coverage": [
                    covered(YEAR_AGO, until, of=of, provider=who) for of in (API, "console")
                ],
                "captures": source(f"https://{who}.test/incidents.json", until, provider=who),
            }
            for who in whom
        ),
    )


def trouble(who: str, weeks: int) -> Tables:
    """Make an outage of the API every so many weeks for a year, of one to two hours each."""
    begun = [YEAR_AGO + timedelta(weeks=n) for n in range(0, 52, weeks)]
    spans = [(f"{who}{n}", at, at + timedelta(minutes=60 + n)) for n, at in enumerate(begun)]
    return {
        "posts": [post(name, a, b, provider=who, impact_s=3600) for name, a, b in spans],
        "states": [state("major", a, b, provider=who, post=name) for name, a, b in spans],
    }


def joined(*parts: Tables) -> Tables:
    whole: Tables = {}
    for part in parts:
        for table, rows in part.items():
            whole.setdefault(table, []).extend(rows)
    return whole


def world(folder: Path, *parts: Tables) -> Path:
    return made(folder, as_of=NOW, **joined(*parts)).path


# --- what each page says in each

EVERY = "every page"
NOT_PROOF = "That nobody posted does not mean that nothing broke."
FRESH = f"Data to {NOW:%Y-%m-%d %H:%M} UTC"
BEGIN = "run `statusledger up` to collect, or `statusledger demo` to look around"
DOCUMENT = "# Methodology"

Said = dict[str, tuple[str, ...]]
SAID: dict[Situation, Said] = {
    several: {
        EVERY: (FRESH,),
        "overview": (
            "**API** · last 90 days · 3 providers · partial outages count fully (incident\\_io)",
            "Bolt was down least of 3 on the API",
            "Coil follows with",
            "**Ways of counting**: Coil is ahead in 0 of 6.",
            "The whole window is covered in every row with a number.",
            "the rule alone moves no availability.",
        ),
        "now": (f"No post is open at the newest captures. {NOT_PROOF}",),
        "head_to_head": ("Bolt was down less than Acme on the API",),
        "profile": ("no post was open and all 2 components were operational",),
        "surfaces": ("3 providers by 2 surfaces", "6 with a number"),
        "incidents": ("posts by 3 providers",),
        "contracts": (
            "Indicative, from public status. Claims need your own logs.",
            "The target was missed in",
            "claimable by these numbers until",
            "not claimable because the last day to claim was",
            "no component has surface 'mobile'",
            ":gray-badge[no data]",
            "begins on 1 Jan 2999, after the newest data",
        ),
        "portfolio": (
            "Acme was down for 21 h",
            "were down at once for",
            "Turning to",
            "would have saved after 5 min",
            "were down together least of every two",
        ),
        "health": ("All 3 sources answered within their budget.",),
        "methodology": (DOCUMENT,),
    },
    no_snapshot: {
        EVERY: ("Nothing collected yet", "There is no snapshot in", BEGIN),
    },
    registry_only: {
        EVERY: ("Nothing has been collected yet, so nothing is known", BEGIN),
        "overview": (
            "Nothing has been collected for this choice, so nothing can be said about it",
        ),
        "now": ("No page has been read yet, so nothing is known of what is open.",),
        "head_to_head": (
            "data of fewer than two are collected",
            "`statusledger collect` with their slugs",
        ),
        "profile": (
            ":gray-badge[no data] Nothing has been collected of this provider",
            "Its page: it can be read. No data is not the same as no trouble. "
            "To collect it: `statusledger collect acme`.",
        ),
        "surfaces": ("there is no surface to show", "or collect them: `statusledger collect`"),
        "incidents": (NOT_PROOF,),
        "contracts": ("No contract is known. Write yours into `contracts.toml`",),
        "portfolio": (":gray-badge[no data] No two of these providers were observed together",),
        "health": ("No address has been polled", "2 of 2 (2 live).", "No component is known."),
        "methodology": (DOCUMENT,),
    },
    one_provider: {
        EVERY: (FRESH,),
        "overview": ("1 provider, 1 row", "one provider alone is compared with nobody"),
        "now": (f"No post is open at the newest captures. {NOT_PROOF}",),
        "head_to_head": ("A comparison takes two providers",),
        "profile": ("*Peers*: none, since no other provider chosen above posts in the same way.",),
        "surfaces": ("2 with a number. The most: API inference",),
        "incidents": ("posts by 1 provider",),
        "contracts": ("No contract is known. Write yours into `contracts.toml`",),
        "portfolio": ("Taking no part: Acme (with nobody to stand in for it).",),
        "health": ("All 1 source answered within their budget.",),
        "methodology": (DOCUMENT,),
    },
    no_incident: {
        EVERY: (FRESH,),
        "overview": (f"No incident of Acme began in this window. {NOT_PROOF}",),
        "now": (f"No post is open at the newest captures. {NOT_PROOF}",),
        "head_to_head": (f"Acme posted nothing in the common time. {NOT_PROOF}",),
        "profile": (f"fit this choice. {NOT_PROOF}", "so the posting habits are not known"),
        "surfaces": (f"No incident of Acme began in this window. {NOT_PROOF}",),
        "incidents": (f"No post of Acme fits this choice. {NOT_PROOF}",),
        "contracts": ("No contract is known. Write yours into `contracts.toml`",),
        "portfolio": ("Acme was not down on API inference", "there was nothing to save"),
        "health": ("All 2 sources answered within their budget.",),
        "methodology": (DOCUMENT,),
    },
    open_incident: {
        EVERY: (FRESH,),
        "overview": ("Still open: 1 post of Acme, open for 2 h so far. Counted up to the newest",),
        "now": (
            "1 post of 1 provider is open.",
            "No forecast: fewer than 50 posts before, or fewer than 30 that lasted as long.",
            "**API inference**: 1 of 2 providers up, as posted by",
            ":orange-badge[partial] Acme :green-badge[operational] Bolt",
        ),
        "head_to_head": (
            "Still open: 1 post of Acme. Counted up to the newest data, as “so far”.",
        ),
        "profile": (
            ":orange-badge[partial]",
            "1 post was open and 1 of 2 components was not operational",
            "newest first, 1 still open.",
            "2 h so far",
        ),
        "surfaces": ("Still open: 1 post of Acme, open for 2 h so far. Counted up to the newest",),
        "incidents": ("newest first, 1 still open.", "ongoing", "2 h so far"),
        "contracts": ("No contract is known. Write yours into `contracts.toml`",),
        "portfolio": ("Acme was down for",),
        "health": ("All 2 sources answered within their budget.",),
        "methodology": (DOCUMENT,),
    },
    stale_source: {
        EVERY: ("1 source stale",),
        "overview": ("Coverage is at least 96 % of the window in every row with a number.",),
        "now": (f"No post is open at the newest captures. {NOT_PROOF}",),
        "head_to_head": ("Acme was last observed on", "later time counts for neither."),
        "profile": (":gray-badge[no data] Not known now. The newest capture is of ",),
        "surfaces": ("2 providers by 2 surfaces",),
        "incidents": ("posts by 2 providers",),
        "contracts": ("No contract is known. Write yours into `contracts.toml`",),
        "portfolio": ("in 87 common days",),
        "health": ("Of 2 sources, 1 is stale (Acme, silent for 3 d).",),
        "methodology": (DOCUMENT,),
    },
    no_feed: {
        EVERY: (FRESH,),
        "overview": (
            "Not shown: Dark and Wall. Nothing is collected of these providers, which is not the "
            "same as up",
        ),
        "now": (f"No post is open at the newest captures. {NOT_PROOF}",),
        "head_to_head": (
            "Nothing is collected of Dark. Its page: it offers nothing a program may read. "
            "Drawn by a browser",
            "That is no data, which is not the same as no incidents.",
        ),
        "profile": (
            ":gray-badge[no data] Nothing has been collected of this provider",
            "Its page: it turns programs away. No data is not the same as no trouble.",
            "Asks for a browser.",
        ),
        "surfaces": ("Not shown: Dark and Wall.",),
        "incidents": ("Not shown: Dark and Wall.",),
        "contracts": ("No contract is known. Write yours into `contracts.toml`",),
        "portfolio": ("Acme was down for",),
        "health": (
            "A page without coverage is unknown, never up: 2 of 4 (1 blocked and 1 no feed).",
            "Drawn by a browser.",
            "Asks for a browser.",
        ),
        "methodology": (DOCUMENT,),
    },
}
#: Where a page must be told whom to show.
ABOUT = {
    stale_source: {"profile": {"of": ACME}},
    no_feed: {"head_to_head": {"b": DARK}, "profile": {"of": WALL}},
}


# --- reading a page


@dataclass(frozen=True)
class Read:
    """What a page showed: its words with what stands in its tables, rows, headings, numbers."""

    told: str
    rows: list[dict[str, Any]]
    levels: list[int]
    numbers: int


Reader = Callable[[Situation, str], Read]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Make a page in a situation. One visitor walks through all of them, however many tests ask."""
    walks: dict[Situation, dict[str, Read]] = {}
    with pytest.MonkeyPatch.context() as patch:

        def reader(situation: Situation, view: str) -> Read:
            if situation not in walks:
                data = situation(tmp_path_factory.mktemp(situation.__name__))
                walks[situation] = walk(
                    shown("overview", data, patch, win="90d"), ABOUT.get(situation, {})
                )
            return walks[situation][view]

        yield reader


def walk(app: AppTest, about: dict[str, dict[str, str]]) -> dict[str, Read]:
    """Every page from the overview on, those of ``about`` with these parameters."""
    found = {"overview": all_of(app)}
    for view in VIEWS[1:]:
        for key, value in about.get(view, {}).items():
            app.query_params[key] = value
        app.switch_page(f"views/{view}.py").run()
        assert not app.exception, view
        found[view] = all_of(app)
    return found


def all_of(app: AppTest) -> Read:
    frames = [element.value for element in (*app.dataframe, *app.table)]
    rows = [row for frame in frames for row in frame.to_dict("records")]
    cells = "\n".join(str(cell) for row in rows for cell in row.values())
    metrics = "\n".join(card.value for card in app.metric)
    return Read(
        told="\n".join((words(app), cells, metrics)),
        rows=rows,
        levels=list(levels(app)),
        numbers=len(app.metric) + len(app.get("vega_lite_chart")),
    )


def levels(app: AppTest) -> Iterator[int]:
    """Levels of the headings in the order of the page."""
    by_kind = {"title": 1, "header": 2, "subheader": 3}
    for element in app.main:
        if element.type in by_kind:
            yield by_kind[element.type]
        elif element.type == "markdown":
            yield from (len(marks) for marks in re.findall(r"^(#+) ", element.value, re.MULTILINE))


MATRIX = pytest.mark.parametrize("view", VIEWS)
SITUATIONS = pytest.mark.parametrize("situation", SAID, ids=lambda one: one.__name__)


@MATRIX
@SITUATIONS
def test_a_page_says_what_is_the_matter(read: Reader, situation: Situation, view: str) -> None:
    told = read(situation, view).told
    for sentence in (*SAID[situation][EVERY], *SAID[situation].get(view, ())):
        assert sentence in told


@MATRIX
@SITUATIONS
def test_headings_are_in_order_under_one_title(
    read: Reader, situation: Situation, view: str
) -> None:
    found = read(situation, view).levels
    assert found[0] == 1
    assert found.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(found))
    assert found.count(2) <= 5


@MATRIX
@pytest.mark.parametrize("situation", [one for one in SAID if one is not no_snapshot])
def test_a_page_ends_with_the_snapshot_and_method_its_numbers_come_from(
    read: Reader, situation: Situation, view: str
) -> None:
    told = read(situation, view).told
    assert re.search(
        rf"Snapshot [0-9a-f]{{12}} · method version {METHOD_VERSION} · all times UTC", told
    )
    assert "Simulated" not in told


@pytest.mark.parametrize(
    ("situation", "view"),
    [
        *((registry_only, view) for view in VIEWS if view != "methodology"),
        (no_feed, "head_to_head"),
        (no_feed, "profile"),
    ],
)
def test_what_is_not_covered_has_no_number_and_is_not_green(
    read: Reader, situation: Situation, view: str
) -> None:
    page = read(situation, view)
    assert page.numbers == 0
    assert "green" not in page.told
    assert "100 %" not in page.told


@MATRIX
def test_no_row_of_a_provider_without_a_feed_says_that_it_is_up(read: Reader, view: str) -> None:
    for row in read(no_feed, view).rows:
        cells = {cell for cell in row.values() if isinstance(cell, str | float)}
        if cells & {"Dark", "Wall", DARK, WALL}:
            assert not cells & {1.0, 100.0, "100 %", "operational"}


@pytest.mark.parametrize(
    ("view", "column", "whole"), [("overview", "Coverage %", 100), ("surfaces", "Coverage", 1)]
)
def test_a_stale_provider_is_not_covered_to_the_end(
    read: Reader, view: str, column: str, whole: int
) -> None:
    rows = [row for row in read(stale_source, view).rows if column in row]
    shares = {row[column] == whole for row in rows if row["Provider"] in {ACME, "Acme"}}
    assert shares == {False}
    assert {row[column] == whole for row in rows if row["Provider"] in {BOLT, "Bolt"}} == {True}


def test_the_days_since_a_source_went_stale_are_no_data(read: Reader) -> None:
    yesterday = f"{NOW - timedelta(days=1):%Y-%m-%d}"
    rows = [row for row in read(stale_source, "overview").rows if "Worst" in row]
    days = [row for row in rows if str(row["Start"]).startswith(yesterday)]
    assert {(row["Provider"], row["Worst"]) for row in days} == {
        (ACME, "no data"),
        (BOLT, "operational"),
    }


def test_a_stale_provider_is_not_green(read: Reader) -> None:
    assert "green" not in read(stale_source, "profile").told
