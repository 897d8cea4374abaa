"""Heroku: its own status API."""
