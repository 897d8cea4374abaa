"""Checkly: what is unresolved, and the events of each day."""
