"""The front door: what a user types.

``app`` registers the commands of ``commands/``; ``options`` and ``output`` are shared by them,
``terminal`` turns trouble into one line and an exit code, and ``alerts/`` sends news after a
publication. Everything below it may be imported here; nothing imports this package.
"""
