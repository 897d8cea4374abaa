"""Estimate what contracts pay: terms, contracts, periods, credits, and one's own probes."""
