"""Command ``gate``: whether a job may go on, by what a provider's page says now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.models import State, UnansweredError, UsageError
from ingest.safe_text import strip_control
from statusledger import options
from statusledger.demo_data import data_to_read
from statusledger.options import LIMIT, LIMITS
from statusledger.terminal import GOOD, NO, NOT_KNOWN, fail, reported

if TYPE_CHECKING:
    from analytics import Snapshot
    from analytics.read_models.gate import Gate


class GateOptionError(UsageError):
    """Nobody is asked about, or no such state; one line that says what to write."""


def gate(
    *,
    provider: options.Providers = None,
    saved: options.Saved = None,
    surface: options.Surface = None,
    region: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Only components of this region, such as us-east-1, and those of none.",
        ),
    ] = None,
    max_state: Annotated[
        str,
        typer.Option(metavar="STATE", help=f"Worst state that counts as up: {', '.join(LIMITS)}."),
    ] = LIMIT,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on the line.")] = False,
    demo: options.Demo = False,
    data: options.Data,
) -> None:
    """Say in one line whether providers are up now; exit 0 up, 1 down, 6 not known.

    As posted by the provider. What was read too long ago, or not at all, is not known. Of several
    providers the worst decides: down, then not known.
    """
    from analytics.read_models.gate import Passage

    with reported():
        if max_state not in LIMITS:
            raise GateOptionError(f"--max-state {max_state!r} is not one of {', '.join(LIMITS)}")
        if not provider and saved is None:
            raise GateOptionError("name whom to ask about: --provider, or --question")
        asked = provider or (), surface, region
        try:
            read = data_to_read(data, demo)
            found = _answers(read, data, saved, asked, State(max_state))
        except UnansweredError as error:
            raise fail(str(error), NOT_KNOWN) from None
    answers = {one["answer"] for one in found["providers"]}
    worst = next(one for one in (Passage.DOWN, Passage.NOT_KNOWN, Passage.UP) if one in answers)
    if as_json:
        print(json.dumps({"answer": worst, **found}))
    else:
        invented = "invented: " if found["simulated"] else ""
        print(invented + "; ".join(map(_words, found["providers"])))
    codes = {Passage.UP: GOOD, Passage.DOWN: NO, Passage.NOT_KNOWN: NOT_KNOWN}
    raise typer.Exit(codes[worst])


def _answers(
    place: Path,
    data: Path,
    saved: str | None,
    asked: tuple[Sequence[str], str | None, str | None],
    limit: State,
) -> dict[str, Any]:
    """Ask about each provider, and say of what age the answers are.

    Args:
        place: Where the snapshot is.
        data: Folder with the saved questions.
        saved: Name of one of them, for what is not asked.
        asked: Providers, surface and region.
        limit: Worst state that counts as up.

    Raises:
        UnansweredError: There is no snapshot.
        UsageError: No such question, provider, surface or region.
    """
    from analytics import ask, open_snapshot
    from analytics.downtime.regions import in_region
    from analytics.read_models.gate import Gate, Passage
    from analytics.read_models.gate import gate as gate_of
    from analytics.scope import known_providers
    from ingest.runs import data_folder
    from statusledger.asked_providers import asked_providers
    from statusledger.saved_question import saved_question

    providers, surface, region = asked
    if saved is not None:
        question = saved_question(data, saved)
        providers, surface = providers or question.providers, surface or question.surface
        region = region or question.region
    if not providers:
        raise GateOptionError(f"question {saved!r} names no providers: add --provider")
    now = data_folder.now()
    with open_snapshot(place) as whole:
        _require_surface(whole, surface)
        snapshot = whole if region is None else in_region(whole, region)
        told = asked_providers(snapshot, providers, data)
        listed = ask(providers=[slug for slug in told.slugs if slug not in told.unlisted])
        known_providers(snapshot, listed)
        gates = [
            gate_of(snapshot, slug, surface, limit, now)
            if slug not in told.dark
            else Gate(slug, surface, Passage.NOT_KNOWN, None, None, None, told.dark[slug])
            for slug in told.slugs
        ]
        return {
            "as_of": snapshot.as_of.isoformat(),
            "simulated": snapshot.simulated,
            "providers": [_record(one, region) for one in gates],
        }


def _require_surface(snapshot: Snapshot, surface: str | None) -> None:
    """Refuse a word that is no surface; of one that no component read has, nothing is known."""
    from ingest.labels.surfaces import SURFACES

    known = {*SURFACES, *snapshot.table("components")["surface"]}
    if surface is not None and surface not in known:
        raise GateOptionError(f"no surface {surface!r}: one of {', '.join(sorted(known))}")


def _record(found: Gate, region: str | None) -> dict[str, Any]:
    """Return one answer with plain values, times in ISO 8601."""
    return {
        "provider": found.provider,
        "surface": found.surface,
        "region": region,
        "answer": found.passage,
        "state": found.state,
        "since_at": _iso(found.since_at),
        "seen_at": _iso(found.seen_at),
        "reason": found.reason,
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _words(one: dict[str, Any]) -> str:
    """Word one answer; it never says "up" without the time at which that was seen."""
    about = " ".join(filter(None, (one["provider"], one["surface"], one["region"])))
    seen = one["seen_at"] and f"{datetime.fromisoformat(one['seen_at']):%Y-%m-%d %H:%M} UTC"
    when = f" at {seen}" if seen else ""
    state = f" ({one['state']})" if one["state"] and one["answer"] in {"up", "down"} else ""
    reason = f": {one['reason']}" if one["reason"] else ""
    return strip_control(f"{about} {one['answer']}{state}{when}{reason}")
