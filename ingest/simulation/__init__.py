"""An invented world that knows the truth and shows it as real status pages would.

``ground_truth`` holds what happened, ``scenario`` makes it up from a seed, ``statuspage_pages``
renders it in Atlassian Statuspage's formats, ``server`` serves it over loopback. Its truth is
computed without the product's own states or intervals, so that each can be held against the
other.
"""
