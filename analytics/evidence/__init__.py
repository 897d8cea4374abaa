"""Tell what a number rests on: captures, freshness, posts left out."""
