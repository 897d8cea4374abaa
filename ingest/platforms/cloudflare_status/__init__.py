"""Cloudflare: the documents of Statuspage, and a summary of its own."""
