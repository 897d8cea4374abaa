"""Kener: incidents and maintenances with comments, in epoch seconds."""
