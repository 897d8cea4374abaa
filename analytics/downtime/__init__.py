"""Downtime: spans of component states combined under a rule, on any engine."""
