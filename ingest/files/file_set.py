"""Write a folder of derived files: each is whole, and files of an earlier set go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest.files.atomic_write import whole
from ingest.files.disk_errors import writing
from ingest.models import UsageError


class NotAFileSetError(UsageError):
    """The folder holds something other than an earlier set; one line."""


def read_manifest(folder: Path, manifest: str) -> dict[str, Any] | None:
    """Return the manifest of the set in ``folder``; None: there is none yet.

    Raises:
        NotAFileSetError: The folder holds something else.
    """
    try:
        found = json.loads((folder / manifest).read_bytes())
    except FileNotFoundError:
        if folder.is_dir() and any(folder.iterdir()):
            raise NotAFileSetError(
                f"{folder} holds other files and no {manifest}: choose another folder"
            ) from None
        return None
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def is_whole(folder: Path, listed: Mapping[str, Any]) -> bool:
    """Say whether every file that a manifest lists is there."""
    return all((folder / name).is_file() for name in listed.get("files", ()))


def write_set(folder: Path, files: Mapping[str, bytes], manifest: str) -> int:
    """Write files, leave those that are equal, remove those of the set before; count what changed.

    The manifest is written last: a killed run leaves the old one, and the next run writes again.

    Args:
        folder: Where to.
        files: Contents by path inside the folder, the manifest among them.
        manifest: Path of the manifest.

    Raises:
        NotAFileSetError: The folder holds something else.
        OSError: The disk cannot be written.
    """
    before = read_manifest(folder, manifest)
    folder.mkdir(parents=True, exist_ok=True)
    ordered = [*(name for name in files if name != manifest), manifest]
    changed = sum(_write(folder / name, files[name]) for name in ordered)
    gone = set((before or {}).get("files", ())) - files.keys()
    for path in (folder / name for name in sorted(gone)):
        if path.resolve().is_relative_to(folder.resolve()):
            path.unlink(missing_ok=True)
    return changed


def _write(path: Path, content: bytes) -> bool:
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with writing(path), whole(path) as draft:
        draft.write_bytes(content)
    return True
