"""What a disk says, in one way: whatever library was writing, it is an ``OSError``."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import duckdb
import polars as pl

#: No room: on the disk, in a quota, in a file.
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
#: What may be wrong with a disk or a folder, rather than with what is written to it.
TROUBLES = (*FULL, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.EIO)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Let a write to ``path`` fail as an ``OSError`` that names it.

    DuckDB tells of a full disk with errors of its own, pyarrow without the file; what is no
    trouble of the disk is raised as it is.
    """
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = str(path)
        raise
    except duckdb.Error as error:
        for code in TROUBLES:
            if os.strerror(code) in str(error):
                raise OSError(code, os.strerror(code), str(path)) from error
        raise


def require_folder_of(path: Path) -> None:
    """Raise ``FileNotFoundError`` unless there is a folder to write ``path`` into."""
    if not path.absolute().parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "its folder is missing", str(path))


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """``frame`` as Parquet at ``path``. Raises ``OSError``.

    By way of memory: what polars itself meets with on a disk, it says in words that hide it.
    """
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    with writing(path):
        path.write_bytes(buffer.getbuffer())
