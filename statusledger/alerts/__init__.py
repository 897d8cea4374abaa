"""News after a publication: found in the snapshot, worded, sent to a webhook, told once.

``events`` finds, ``messages`` words, ``watchlist`` narrows, ``webhook`` sends, ``delivered``
remembers. A new channel is a module beside ``webhook``.
"""
