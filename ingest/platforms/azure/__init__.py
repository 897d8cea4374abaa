"""Azure: a feed of the events in progress."""
