"""Say in sentences how far to doubt numbers: records refused, pages that are quiet or gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from analytics.evidence.freshness import gone_pages
from analytics.page_doubts import quiet_providers, refused_records
from analytics.snapshot import Snapshot
from analytics.wording.breaks import gone_sentence
from analytics.wording.grammar import name_some
from analytics.wording.numbers import format_count


def doubts_sentence(snapshot: Snapshot, names: Mapping[str, str], shown: Sequence[str]) -> str:
    """Say what was not read of the pages that numbers rest on, and which are gone or quiet.

    Args:
        snapshot: Where the numbers come from.
        names: Slug to name.
        shown: Slugs of those whose numbers are shown.
    """
    refused, quiet = refused_records(snapshot), quiet_providers(snapshot)
    unread = [
        f"{format_count(refused[who], 'record')} of {names.get(who, who)}"
        for who in shown
        if who in refused
    ]
    silent = [
        f"{names.get(who, who)} posts nothing any more ({quiet[who]}). Quiet may not mean well."
        for who in shown
        if who in quiet
    ]
    gone = gone_sentence(gone_pages(snapshot).filter(pl.col("provider").is_in(shown)), names)
    dark = [f"{gone}. Nothing after that is known, good or bad."] if gone else []
    lost = [f"Could not be read: {name_some(unread)}."] if unread else []
    return " ".join([*dark, *lost, *silent])
