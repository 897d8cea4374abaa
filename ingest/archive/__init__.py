"""The archive: captures as immutable Parquet files, and what they say of a page's past visits.

Imports ``models`` and ``files``. A new column of a capture belongs in ``capture_file``.
"""
