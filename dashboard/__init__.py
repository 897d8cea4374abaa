"""Numbers to pages and documents: show what ``analytics`` worked out."""
