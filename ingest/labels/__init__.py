"""Label components and incidents by their words; never reject one.

Labels are class, surface, stated window and stated cause. The tables are
``ingest/classes.toml`` and ``ingest/surfaces.toml``.
"""
