"""Providers against each other: who may be compared, ranks, pairs, what a finding survives."""
