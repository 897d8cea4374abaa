"""From the network to captures: HTTP, robots, schedule, and a page end to end.

Imports ``archive`` and ``platforms.contract``; names no platform.
"""
