"""Feeds to archive to snapshot: collect what status pages say, keep it, derive a ledger."""
