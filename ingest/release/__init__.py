"""The release: the tables of a snapshot as Parquet, what they mean, and what was restated."""
