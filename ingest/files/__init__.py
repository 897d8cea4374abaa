"""Files written whole or not at all, disk trouble in one form, and the lock.

Knows nothing of captures or pages. A new way to touch the disk belongs here.
"""
