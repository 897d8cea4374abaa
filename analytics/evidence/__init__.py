"""Evidence under a number: captures, freshness, incidents left out."""
