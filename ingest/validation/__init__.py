"""Validation of captures and records: rejects with a reason, never labels.

A new doubt about a record belongs in ``records``, about a whole body in ``captures``.
"""
