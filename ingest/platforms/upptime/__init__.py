"""Upptime: a repository that measures, and writes down the minutes."""
