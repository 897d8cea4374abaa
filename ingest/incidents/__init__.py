"""One incident as its merged updates give it: its times, its texts, what it names."""
