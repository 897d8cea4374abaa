"""Metrics: one module for each family, ``(Snapshot, Question) -> frame``."""
