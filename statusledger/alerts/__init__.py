"""Alerts after a publication: found, worded, sent to each channel, each once.

``around_publishing`` is where commands enter; ``channels`` reads who is told what, ``events``,
``state_events`` and ``maintenance`` find, ``messages`` words, ``message_forms`` writes each
channel's own form, ``webhook`` and ``mail`` send, ``delivered`` remembers, ``delivery`` leads.
"""
