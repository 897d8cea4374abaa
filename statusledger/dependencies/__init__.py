"""Read what software depends on: hosts of lists and logs, packages of lock files and SBOMs.

``dependency_file`` tells which kind a file is and reads it with ``hosts``, ``lock_files`` or
``sboms``; ``matches`` looks up in the registry whose they are. Nothing here asks anybody.
"""
