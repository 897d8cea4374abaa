"""Altair charts: a frame in, a chart out. Every instant is UTC, and every axis says so."""
