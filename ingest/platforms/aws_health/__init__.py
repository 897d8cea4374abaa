"""AWS: events of the health page, the feeds of updates, and the document before 2022."""
