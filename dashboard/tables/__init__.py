"""Frames as tables: columns, headings, and one module for each page."""
