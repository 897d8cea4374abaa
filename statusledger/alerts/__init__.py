"""Alerts after a publication: found, worded, sent to a webhook, each once.

``around_publishing`` is where commands enter; ``events`` finds, ``messages`` words, ``watchlist``
narrows, ``webhook`` sends, ``delivered`` remembers. A new channel is a module beside ``webhook``.
"""
