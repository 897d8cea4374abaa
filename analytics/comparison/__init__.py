"""Comparison: cohorts, ranks and pairs of providers, and what a finding survives."""
