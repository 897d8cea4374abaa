"""The snapshot: rows of every table, the DuckDB file, the pointer to the current one.

A new column begins in ``ingest/schema.sql``.
"""
