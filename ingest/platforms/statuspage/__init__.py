"""Atlassian Statuspage: v2 JSON, feeds, history index and uptime bars."""
