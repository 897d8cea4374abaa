"""Rootly: the posts that are open now, in the words of Statuspage."""
