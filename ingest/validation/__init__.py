"""May a capture or a record be believed? Rejects with a reason; never labels.

A new doubt about a record belongs in ``records``, about a whole body in ``captures``.
"""
