"""One piece of work on a data folder, as the commands ask for it.

Imports everything else of ``ingest``; nothing of ``ingest`` imports it but ``simulation.demo``.
"""
