"""Flashduty: changes with what became of each component, in epoch seconds."""
