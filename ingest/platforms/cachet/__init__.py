"""Cachet 1 and 2: incidents and components of a server that posts times without a zone."""
