"""Vega-Lite charts: a frame in, a ``Chart`` out. Every instant is UTC; every axis says so."""
