"""The archive: captures as immutable Parquet files, and the history of each page.

Imports ``models`` and ``files``. A new column of a capture belongs in ``capture_file``.
"""

from ingest.archive.store import Archive

__all__ = ["Archive"]
