"""Slack: its own status API."""
