"""Findings in sentences, for pages, document and command line."""
