"""Google AI Studio: rows by position, by import only."""

from __future__ import annotations

import json
from typing import Any

from ingest.models import Impact, Stage
from ingest.platforms import PLATFORMS
from tests.support.captured.feeds import needs_feeds
from tests.support.paths import FEEDS
from tests.support.payloads.acme import acme, by_id, parse, utc
from tests.support.payloads.golden import Golden

PAGE = acme("google_aistudio")
START = 1767607200  # 2026-01-05 10:00 UTC


def update(state: int, minutes: int) -> list[Any]:
    return [state, "2026-01-05 02:00", [str(START + 60 * minutes)], "Words."]


def row(*updates: list[Any], row_id: str = "AIStudio-errors-20260105") -> list[Any]:
    return [row_id, "Errors", 2, list(updates), 3, [3, 1]]


def rows(*said: Any) -> bytes:
    return json.dumps([[list(said)]]).encode()


BODY = rows(row(update(1, 0), update(5, 10), update(4, 60)))
GOLDEN = (Golden(PAGE, "/rows", BODY),)


def test_an_update_is_dated_by_its_epoch_not_by_its_text() -> None:
    (found,) = parse(PAGE, BODY).incidents
    assert [(one.stage, one.display_at) for one in found.updates] == [
        (Stage.INVESTIGATING, utc("2026-01-05T10:00:00")),
        (Stage.IDENTIFIED, utc("2026-01-05T10:10:00")),
        (Stage.RESOLVED, utc("2026-01-05T11:00:00")),
    ]
    assert (found.impact, found.component_ids) == (Impact.MAJOR, ("1", "3"))


def test_an_id_with_a_blank_is_kept_without_one() -> None:
    assert [*by_id(parse(PAGE, rows(row(update(1, 0), row_id="erroneous charges"))))] == [
        "erroneous%20charges"
    ]


def test_a_row_of_another_length_costs_itself_alone() -> None:
    parsed = parse(PAGE, rows(row(update(1, 0)), ["short"]))
    assert (len(parsed.incidents), len(parsed.rejects)) == (1, 1)


def test_nothing_is_polled() -> None:
    assert PLATFORMS["google_aistudio"].sources(PAGE) == ()


@needs_feeds
def test_the_captured_rows_are_fifty_incidents() -> None:
    (body,) = (FEEDS / "google-aistudio/gemini").glob("*.json")
    parsed = parse(PAGE, body.read_bytes(), utc("2026-04-18T12:00:00"))
    assert (len(parsed.incidents), parsed.rejects) == (50, ())
    assert len([one for one in parsed.incidents if one.stage is not Stage.RESOLVED]) == 2
