"""Instatus: what is open now, and the components of the page."""
