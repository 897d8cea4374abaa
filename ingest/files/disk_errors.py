"""Disk trouble in one form: whatever library was writing, it is an ``OSError``."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

#: No room: on the disk, in a quota, in a file.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
#: What may be wrong with a disk or a folder, rather than with what is written to it.
TROUBLES = (*FULL, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.EIO)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Name ``path`` in the ``OSError`` of a failed write; pyarrow leaves it out."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise


def raise_as_disk_error(error: Exception, path: Path) -> None:
    """Raise ``OSError`` where ``error``, which is DuckDB's own, quotes a trouble.

    Whatever is no trouble of the disk is left to the caller.
    """
    for code in TROUBLES:
        if os.strerror(code) in str(error):
            raise OSError(code, os.strerror(code), str(path)) from error


def require_folder_of(path: Path) -> None:
    """Raise ``FileNotFoundError`` unless there is a folder to write ``path`` into."""
    if not path.absolute().parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "its folder is missing", str(path))


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write ``frame`` as Parquet to ``path``. Raises ``OSError``.

    By way of memory: the words of Polars hide what it met with on a disk.
    """
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    with writing(path):
        path.write_bytes(buffer.getbuffer())
