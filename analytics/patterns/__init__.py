"""Time patterns: hours of the week, trends, changes of level, and their cost."""
