"""From the network to captures: polite HTTP, robots, schedule, and one page end to end.

Imports ``archive`` and ``platforms.contract``; names no platform.
"""
