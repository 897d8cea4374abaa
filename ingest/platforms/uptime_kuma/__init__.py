"""Uptime Kuma: posts, windows of maintenance, and what its monitors measured."""
