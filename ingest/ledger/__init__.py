"""Sightings to versions: the fold per month and over all, removals, and its memos.

Frames in, frames out; ``memo`` alone touches the disk.
"""
