"""Write the site beside a publication: static files for readers that are no people at a page."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.models import UnansweredError, UsageError

if TYPE_CHECKING:
    from analytics import Snapshot
    from dashboard.site.files import SiteQuestion


def require_site(folder: Path) -> None:
    """Raise ``UsageError`` unless ``folder`` is new, empty or a site."""
    from dashboard.site.files import MANIFEST
    from ingest.files.file_set import read_manifest

    read_manifest(folder, MANIFEST)


def write_site(data: Path, folder: Path, parquet: Path | None) -> tuple[int, int]:
    """Write the site of the current snapshot; return how many files there are and changed.

    Where nothing that they depend on changed, none is made again.

    Args:
        data: The data folder, with ``questions.toml``.
        folder: Where to.
        parquet: The release that is written with it; linked where it lies inside ``folder``.

    Raises:
        UsageError: A saved question cannot be asked, or the folder holds something else.
        OSError: The disk cannot be written.
    """
    from analytics import open_snapshot
    from dashboard.site.files import MANIFEST, site_files, site_key
    from ingest.files.file_set import is_whole, read_manifest, write_set

    before = read_manifest(folder, MANIFEST)
    with open_snapshot(data, one_pass=True) as snapshot:
        questions = _questions(snapshot, data)
        release = _release_in(folder, parquet, (before or {}).get("release"))
        key = site_key(snapshot, questions, release)
        if before and key.items() <= before.items() and is_whole(folder, before):
            return len(before["files"]), 0
        files = site_files(snapshot, questions, release)
    return len(files), write_set(folder, files, MANIFEST)


def _release_in(folder: Path, parquet: Path | None, linked: str | None) -> str | None:
    """Return the address of the release inside the site; None: there is none.

    Args:
        folder: That of the site.
        parquet: The release that is written with it.
        linked: The one that the site had before, which stays where it lies.
    """
    from ingest.models import RELEASE_MANIFEST

    if parquet is not None and parquet.resolve().is_relative_to(folder.resolve()):
        return os.path.relpath(parquet, folder).replace(os.sep, "/") + "/"
    return linked if linked and (folder / linked / RELEASE_MANIFEST).is_file() else None


def _questions(snapshot: Snapshot, data: Path) -> dict[str, SiteQuestion]:
    """Ask what the user saved, with providers by slug."""
    from analytics.asking.saved_questions import FILE, read_questions
    from analytics.sla.contract_window import in_period
    from dashboard.site.files import SiteQuestion
    from statusledger.contract_file import contracts_of
    from statusledger.saved_question import as_question

    place = data / FILE
    saved = read_questions(place.read_text(encoding="utf-8")) if place.is_file() else {}
    found = {}
    for name, one in saved.items():
        try:
            question = as_question(snapshot, one, data)
            if one.window is not None:
                question = in_period(
                    question, snapshot.as_of, one.window, partial(contracts_of, data)
                )
        except (UnansweredError, UsageError) as error:
            raise type(error)(f"{FILE}, question {name!r}: {error}") from None
        found[name] = SiteQuestion(question, one.region)
    return found
