"""Atlassian Statuspage: v2 JSON, the Atom feed, the history index and the uptime bars."""
