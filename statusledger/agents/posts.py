"""Answer agents with what providers posted: in a window, at a moment, or by SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import polars as pl
from pydantic import Field, JsonValue, create_model

from analytics import METRICS, Question, Snapshot, ask
from analytics.answer import INSTANT
from analytics.forecast.now import OPEN_NOW, TOLD, open_now
from analytics.read_models.gate import gate, surface_gates
from analytics.read_models.incident_events import incident_events
from analytics.read_models.incident_list import INCIDENTS, Search, detail, incidents
from analytics.scope import known_providers
from ingest.runs import data_folder
from statusledger.agents.answers import (
    MOST,
    NUMBER,
    NUMBERS,
    Answer,
    answer_model,
    answer_of,
    facts,
    list_of,
    plain,
    row_model,
    with_meaning,
)
from statusledger.agents.asked_question import asked_question, with_unrated
from statusledger.agents.pinned_snapshot import PinnedSnapshots
from statusledger.agents.questions import AboutMoment, AboutProviders, Statement
from statusledger.agents.sql_rows import QueryProcess
from statusledger.asked_providers import named_by_slug
from statusledger.options import LIMIT

#: Updates of a post that are quoted, the newest.
MOST_UPDATES = 3
OF_UPDATES = {
    "posted_at": INSTANT,
    **dict.fromkeys(("status", "body_text", "components"), pl.String),
}
STATE = row_model(
    "SurfaceState",
    {
        **dict.fromkeys(("provider", "surface", "passage", "state"), pl.String),
        **dict.fromkeys(("since_at", "seen_at"), INSTANT),
        "reason": pl.String,
    },
)
STATES = (
    STATE,
    "Of each surface: up, down or not known (passage), by its worst component, as its page said "
    "when it was last read (seen_at).",
)
OF_EVENTS = {
    **dict.fromkeys(("provider", "page_key", "incident_id", "kind"), pl.String),
    "at": INSTANT,
    **dict.fromkeys(("title", "before", "state", "url"), pl.String),
}
#: What of a row about an open post is no forecast.
OF_OPEN = {name: dtype for name, dtype in OPEN_NOW.items() if name not in TOLD}
EDITED = "The past as told later: a text that was edited since reads as it does now."
UPDATE, EVENT = row_model("Update", OF_UPDATES), row_model("Event", OF_EVENTS)
HAPPENED = answer_model(
    "Happened",
    now=STATES,
    numbers=(NUMBER, NUMBERS),
    posts=(
        row_model("PostWithUpdates", INCIDENTS, updates=(list_of(UPDATE), ...)),
        "Incidents that began in the window, newest first, each with its newest updates.",
    ),
)
SAID = answer_model(
    "Said",
    states=STATES,
    posts=(row_model("OpenPost", OF_OPEN), "What was open, with its newest words."),
    events=(EVENT, "What had happened last before, newest first."),
    numbers=(NUMBER, NUMBERS),
)
ROWS = create_model(
    "Rows",
    __base__=Answer,
    columns=(list[str], ...),
    rows=(list[list[JsonValue]], ...),
    n=(int, Field(description="How many rows the statement has.")),
    rows_left_out=(int, ...),
    columns_left_out=(int, ...),
    shortened=(bool, Field(description="True: long texts were cut.")),
)


def what_happened(snapshots: PinnedSnapshots, asked: AboutProviders) -> dict[str, Any]:
    """Answer what was posted in a window, in the providers' words, and what is up now."""
    snapshot = snapshots.pin(asked.region)
    found = asked_question(snapshot, snapshots.data, asked, asked.providers)
    question = found.question
    listed = incidents(snapshot, question, Search(classes=question.classes, kinds=()))
    return answer_of(
        snapshot,
        with_unrated(found),
        now=[] if question.until else _states(snapshot, question, data_folder.now()),
        numbers=with_meaning(METRICS["frequency"](snapshot, question)),
        posts=[
            {**row, "updates": _updates(snapshot, row["key"]) if n < MOST["posts"] else []}
            for n, row in enumerate(listed.iter_rows(named=True))
        ],
    )


def what_did_they_say_at(snapshots: PinnedSnapshots, asked: AboutMoment) -> dict[str, Any]:
    """Answer what a provider's pages said at a moment of the past."""
    known, written = (asked.at, None) if asked.known == "then" else (None, asked.at)
    asking = ask(providers=asked.providers, surface=asked.surface)
    with snapshots.past(known, written, asked.region) as snapshot:
        question, dark = named_by_slug(snapshot, asking, snapshots.data)
        known_providers(snapshot, question)
        mine = pl.col("provider").is_in(question.providers)
        if question.surface is not None:
            mine &= pl.col("surfaces").list.contains(question.surface)
        return answer_of(
            snapshot,
            [*dark, *([EDITED] if snapshot.reconstructed else [])],
            states=_states(snapshot, question, asked.at),
            posts=open_now(snapshot, asked.at).filter(mine).select(list(OF_OPEN)),
            events=[
                {name: getattr(one, name) for name in OF_EVENTS}
                for one in incident_events(snapshot, question)
            ],
            numbers=with_meaning(METRICS["coverage"](snapshot, question)),
        )


def sql_in(queries: QueryProcess) -> Callable[[PinnedSnapshots, Statement], dict[str, Any]]:
    """Return the tool that runs its statements in a process of their own."""

    def sql(snapshots: PinnedSnapshots, asked: Statement) -> dict[str, Any]:
        """Answer one SELECT over the snapshot's tables."""
        snapshot = snapshots.pin()
        found = queries.ask(snapshot.path, asked.sql)
        return {
            **facts(snapshot),
            "columns": [plain(name) for name in found.columns],
            "rows": found.rows,
            "n": found.counted,
            "rows_left_out": found.counted - len(found.rows),
            "columns_left_out": found.columns_left_out,
            "shortened": found.shortened,
        }

    return sql


def _updates(snapshot: Snapshot, key: str) -> list[dict[str, Any]]:
    """Quote the newest updates of an incident."""
    told = detail(snapshot, key)
    return (
        [] if told is None else told.updates.select(list(OF_UPDATES)).head(MOST_UPDATES).to_dicts()
    )


def _states(snapshot: Snapshot, question: Question, now: datetime) -> list[dict[str, Any]]:
    """Say of each surface asked about whether it is up, by the clock ``now``.

    A provider of which no surface is shown is listed too: nothing of it is known.
    """
    found = []
    for provider in question.providers:
        told = [] if question.surface else surface_gates(snapshot, provider, LIMIT, now)
        found += told or [gate(snapshot, provider, question.surface, LIMIT, now)]
    return [asdict(one) for one in found]
