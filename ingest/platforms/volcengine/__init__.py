"""Volcengine: a feed of updates for a product in a region."""
