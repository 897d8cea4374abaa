"""One module for each family of metrics: ``(Snapshot, Question) -> frame``."""
