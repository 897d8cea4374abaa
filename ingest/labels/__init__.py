"""What kind of thing is it? Class, surface and stated window from words; never rejects.

The tables are ``ingest/classes.toml`` and ``ingest/surfaces.toml``.
"""
