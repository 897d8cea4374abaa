"""Rows of a snapshot's tables for pages of a ledger, without a file of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import polars as pl

from ingest.ledger.ledger import Ledger, split_by_page
from ingest.models import Page
from ingest.snapshot.tables import Rows, page_rows


def page_tables(ledger: Ledger, pages: Iterable[Page], as_of: datetime) -> Rows:
    """Return the rows of every table that captures feed, for the pages that have any."""
    captured = split_by_page(ledger)
    rows: Rows = {}
    for page in pages:
        if page.page_key in captured:
            for table, found in page_rows(page, captured[page.page_key], as_of).items():
                some = found.to_dicts() if isinstance(found, pl.DataFrame) else found
                rows.setdefault(table, []).extend(map(dict, some))
    return rows
